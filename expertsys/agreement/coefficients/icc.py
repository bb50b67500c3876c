"""The six intraclass correlations of Shrout and Fleiss."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Literal

import attrs
import numpy as np

from expertsys._core.errors import DataError, check_choice
from expertsys._core.results import Interval
from expertsys.agreement.coefficients import anova
from expertsys.agreement.coefficients.anova import MeanSquares
from expertsys.agreement.inference.coefficient import Coefficient
from expertsys.agreement.inference.kernel import Sums, Values
from expertsys.agreement.inference.methods import Analytic, Method
from expertsys.agreement.inference.words import Words
from expertsys.agreement.ratings import Ratings
from expertsys.agreement.ratings.profiles import Floats

if TYPE_CHECKING:
    import pandas as pd

Form = Literal["ICC(1,1)", "ICC(2,1)", "ICC(3,1)", "ICC(1,k)", "ICC(2,k)", "ICC(3,k)"]
#: The names that McGraw and Wong (1996) give them.
OTHER_NAMES: dict[str, Form] = {
    "ICC(1)": "ICC(1,1)",
    "ICC(A,1)": "ICC(2,1)",
    "ICC(C,1)": "ICC(3,1)",
    "ICC(k)": "ICC(1,k)",
    "ICC(A,k)": "ICC(2,k)",
    "ICC(C,k)": "ICC(3,k)",
}
Missing = Literal["drop", "estimate"]
FORMS: tuple[Form, ...] = tuple(OTHER_NAMES.values())
F_INTERVAL = "F interval of Shrout and Fleiss"
#: What is nearer to 0 than this, of quantities around 1, is 0 but for rounding.
_ROUNDING = 1e-10
_MODELS = {
    "1": "coders taken at random for each unit",
    "2": "coders drawn from a population and their shifts counted as disagreement",
    "3": "these coders only and their constant shifts left aside",
}


def icc(ratings: Ratings, *, form: Form, missing: Missing = "drop") -> Coefficient:
    """Intraclass correlation of scores: the share of their variance that lies between units.

    Parameters
    ----------
    ratings : Ratings
        Numbers. The forms 2 and 3 take the units that all coders rated, and the note counts the others; the forms 1
        take any unit with a rating, and numbers of ratings may differ.
    form : {"ICC(1,1)", "ICC(2,1)", "ICC(3,1)", "ICC(1,k)", "ICC(2,k)", "ICC(3,k)"}
        As Shrout and Fleiss number them; there is no default, since for the same scores the six differ widely. First 1:
        each unit has coders of its own; 2: the coders are drawn from a population and rate every unit (absolute
        agreement); 3: these coders, rating every unit (consistency). Second 1: the reliability of a single coder; k: of
        the mean of k coders.
    missing : {"drop", "estimate"}
        For the forms 2 and 3, what becomes of units that some coders did not rate: left out; or kept, with components
        of variance by Henderson's method III, which equals the analysis of variance where nothing is missing. Ratings
        must then be missing at random, not because of the score that they would have had. k is the number of all
        coders. The forms 1 keep all units in any case.

    Returns
    -------
    Coefficient
        At most 1; below 0 where units differ less than their ratings do. NaN with a note where there is no variation,
        or fewer than two units or coders. Its analytic interval over units is the F interval of Shrout and Fleiss, for
        normal scores; `standard_error` is the infinitesimal jackknife, which supposes no distribution.

    Raises
    ------
    DataError
        For an unknown form, or ratings that are no numbers.

    Notes
    -----
    In R: ``irr::icc(x, model, type, unit)`` with "oneway" for 1, "twoway" and "agreement" for 2, "twoway" and
    "consistency" for 3; with unequal numbers of ratings ICC(1,1) is ``irrNA::iccNA(x)``'s ICC(1). The interval of
    ICC(2,k) is that of ICC(2,1) with both ends stepped up (Shrout & Fleiss 1979, p. 425); irr and irrNA take the
    degrees of freedom from k times the odds of ICC(2,k), which hold the k already, and differ in the third decimal.

    References
    ----------
    Shrout PE, Fleiss JL. Intraclass correlations: uses in assessing rater reliability. Psychol Bull 1979;86:420–428.
    doi:10.1037/0033-2909.86.2.420

    Searle SR, Casella G, McCulloch CE. Variance Components. Wiley, 1992, ch. 5.5.

    McGraw KO, Wong SP. Forming inferences about some intraclass correlation coefficients. Psychol Methods 1996;1:30–46.
    doi:10.1037/1082-989X.1.1.30

    Examples
    --------
    Shrout and Fleiss (1979): six targets, four judges.

    >>> scores = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
    >>> ratings = Ratings.from_array(scores, coders="columns")
    >>> round(icc(ratings, form="ICC(2,1)").estimate, 2)
    0.29
    >>> round(icc(ratings, form="ICC(3,1)").estimate, 2)
    0.71

    The judges order the targets alike, but some give much higher scores than others.
    """
    Ratings.require(ratings, "icc")
    _check(form)
    check_choice("missing", missing, ("drop", "estimate"))
    model, unit = form[4], form[6]
    x = anova.centred(ratings, "the ICC")
    complete = ratings.by_coder is not None and bool((ratings.by_coder.matrix >= 0).all())
    estimated = missing == "estimate" and model != "1" and not complete
    make = anova.one_way if model == "1" else anova.two_way_incomplete if estimated else anova.two_way
    design = make(ratings, x)
    of = _FORMULAS[model]

    def values(sums: Floats) -> Values:
        squares = design.squares(sums)
        single = of(squares)
        with np.errstate(invalid="ignore", divide="ignore"):
            below = 1 + (squares.k - 1) * single
            found = single if unit == "1" else squares.k * single / below
        if unit == "k":  # where ICC(·,1) = −1/(k − 1) the mean has no reliability, in the limit −∞
            found = np.where((squares.between > 0) & (np.abs(below) > _ROUNDING), found, np.nan)
        nothing = np.full_like(found, np.nan)
        return Values(np.where(np.isfinite(found), found, np.nan), nothing, nothing)

    kernel = Sums(design.counts, design.features, values, design.origin)
    squares = design.squares(np.asarray(design.counts.astype(np.float64) @ design.features)[None, :])
    estimate = float(values(np.asarray(design.counts.astype(np.float64) @ design.features)[None, :]).estimate[0])
    n_units, k = int(design.counts.sum()), float(squares.k[0])

    def interval(confidence: float) -> Interval:
        low, high = _ends(squares, model, unit, confidence, estimate) if not np.isnan(estimate) else (np.nan, np.nan)
        return Interval(low, high, confidence, F_INTERVAL)

    def why(found: Values) -> str:
        del found
        if n_units < 2:
            return (
                f"{n_units} units with ratings by all coders, and it takes two"
                if model != "1"
                else "it takes two units"
            )
        if estimated and np.isnan(squares.error[0]):
            return "coders and units fall into groups that share no rating, or there are too few ratings"
        if not k > 1:
            return "no unit was rated by two coders"
        if squares.between[0] > 0:
            return "coders disagree so much that the mean of their scores has no reliability: ICC(·,1) is −1/(k − 1)"
        return "the units' scores do not vary, so there is nothing to tell apart"

    result = (_ForOtherCoders if model == "2" else Coefficient).of(
        ratings,
        kernel,
        name=form,
        sources=(
            "shrout1979",
            "mcgraw1996",
            *(("ebel1951",) if model == "1" else ("searle1992",) if estimated else ()),
        ),
        refit=partial(icc, form=form, missing=missing),
        why=why,
        words=Words(
            f"the share of variance of scores that lies between units, with {_MODELS[model]}, as the reliability of "
            + ("a single coder" if unit == "1" else f"the mean of {k:.3g} coders"),
            "" if estimated else "without a rating by every coder were left out",
            ("shrout1979", "mcgraw1996"),
        ),
        n_units=n_units,
        own_interval=None if estimated else interval,
    )
    left = ratings.n_units - n_units
    if estimated:
        told = (
            f"{_incomplete(ratings)} of {n_units} units lack ratings by some coders; components of variance estimated"
        )
    elif left:
        told = (
            f"{left} of {ratings.n_units} units without a rating by every coder left out; missing='estimate' keeps them"
        )
    else:
        return result
    return attrs.evolve(result, note="; ".join(part for part in (told, result.note) if part))


def _incomplete(ratings: Ratings) -> int:
    base = ratings.require_coders("a two-way ICC")
    rated = (base.matrix >= 0).sum(axis=1)
    return int(base.counts[(rated > 0) & (rated < base.matrix.shape[1])].sum())


@attrs.frozen(eq=False, repr=False)
class _ForOtherCoders(Coefficient):
    """The forms 2, whose F interval allows for other coders, as no resampling of units does."""

    def interval(self, confidence: float = 0.95, method: Method | None = None) -> Interval:
        """See `Coefficient`."""
        found, chosen = super().interval(confidence, method), self._chosen(method)
        allowed = isinstance(chosen, Analytic) and (chosen.over != "units" or found.method == F_INTERVAL)
        if allowed or np.isnan(self.estimate):
            return found
        told = "the coders are held fixed; the F interval (method='analytic', no clusters) allows for other coders too"
        return attrs.evolve(
            found, method=f"{found.method}, these coders", note="; ".join(note for note in (told, found.note) if note)
        )


def icc_table(ratings: Ratings, *, confidence: float = 0.95, method: Method = "analytic") -> pd.DataFrame:
    """All six intraclass correlations of the same scores, with intervals.

    Parameters
    ----------
    ratings : Ratings
        See `icc`.
    confidence : float
        Nominal coverage.
    method : Bootstrap, Analytic, Jackknife or their names
        The F intervals by default; see `Coefficient.interval`.

    Returns
    -------
    DataFrame
        Index ``form``; columns ``estimate, low, high, n_units, n_coders, note``.

    Examples
    --------
    >>> scores = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
    >>> icc_table(Ratings.from_array(scores, coders="columns"))["estimate"].round(2).to_dict()
    {'ICC(1,1)': 0.17, 'ICC(2,1)': 0.29, 'ICC(3,1)': 0.71, 'ICC(1,k)': 0.44, 'ICC(2,k)': 0.62, 'ICC(3,k)': 0.91}

    Six answers to six questions: a paper must say which one it asked.
    """
    import pandas as pd

    rows = []
    for form in FORMS:
        found = icc(ratings, form=form)
        ends = found.interval(confidence, method)
        notes = dict.fromkeys(note for note in (found.note, ends.note) if note)
        rows.append((found.estimate, ends.low, ends.high, found.n_units, found.n_coders, "; ".join(notes)))
    columns = pd.Index(["estimate", "low", "high", "n_units", "n_coders", "note"], name="column")
    return pd.DataFrame(rows, index=pd.Index(FORMS, name="form"), columns=columns)


def _check(form: str) -> None:
    if form in FORMS:
        return
    guess = OTHER_NAMES.get(form)
    told = f"McGraw and Wong's {form} is {guess!r} here." if guess else "First 1, 2 or 3 (the design), then 1 or k."
    raise DataError(
        f"form must be one of {', '.join(map(repr, FORMS))}, not {form!r}", place="icc(form=...)", remedy=told
    )


def _single_one(s: MeanSquares) -> Floats:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray((s.between - s.error) / (s.between + (s.k - 1) * s.error))


def _single_two(s: MeanSquares) -> Floats:
    with np.errstate(invalid="ignore", divide="ignore"):
        shift = s.k * (s.coders - s.error) / s.n
        return np.asarray((s.between - s.error) / (s.between + (s.k - 1) * s.error + shift))


# Shrout & Fleiss 1979, p. 423; the formula of the third differs from that of the first in its mean squares only
_FORMULAS: dict[str, Callable[[MeanSquares], Floats]] = {"1": _single_one, "2": _single_two, "3": _single_one}


def _ends(s: MeanSquares, model: str, unit: str, confidence: float, estimate: float) -> tuple[float, float]:
    """The F interval (McGraw & Wong 1996, table 7)."""
    from scipy.stats import f as distribution

    n, k, freedom = float(s.n[0]), float(s.k[0]), float(s.freedom[0])
    between, coders, error = float(s.between[0]), float(s.coders[0]), float(s.error[0])
    tail = (1 + confidence) / 2
    if error == 0 and (model != "2" or coders == 0):
        return estimate, estimate
    if model != "2":
        ratio = between / error
        low = ratio / float(distribution.ppf(tail, n - 1, freedom))
        high = ratio * float(distribution.ppf(tail, freedom, n - 1))
        if unit == "k":
            return 1 - 1 / low if low > 0 else -np.inf, 1 - 1 / high
        return (low - 1) / (low + k - 1), (high - 1) / (high + k - 1)
    times = k if unit == "1" else 1.0  # the odds of ICC(2,k) are k times those of ICC(2,1)
    odds = times * estimate / (1 - estimate) / n
    a, b = odds, 1 + odds * (n - 1)
    parts = (a * coders) ** 2 / (k - 1) + (b * error) ** 2 / freedom
    v = (a * coders + b * error) ** 2 / parts if parts > 0 else freedom  # in the limit, where units do not differ
    f_low = float(distribution.ppf(tail, n - 1, v))
    f_high = float(distribution.ppf(tail, v, n - 1))
    if unit == "k":
        low = n * (between - f_low * error) / (f_low * (coders - error) + n * between)
        high = n * (f_high * between - error) / (coders - error + n * f_high * between)
        return low, high
    rest = k * coders + (k * n - k - n) * error
    low = n * (between - f_low * error) / (f_low * rest + n * between)
    high = n * (f_high * between - error) / (rest + n * f_high * between)
    return low, high
