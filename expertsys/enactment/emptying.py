"""Emptying out: what is lost of a situation once it is put into the system's categories."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np
import pandas as pd

from expertsys._core.errors import check_choice, listing
from expertsys._core.rng import RNG
from expertsys.enactment.information import ESTIMATORS, Estimator, Floats, conditional, entropy, without_error
from expertsys.enactment.measure import Cells, Measure, check_rate, common_roles, notes
from expertsys.enactment.occasions import Columns, Occasions
from expertsys.theory import ModeOfUse
from expertsys.theory.situations import action_key

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@attrs.frozen(eq=False, repr=False)
class EmptyingOut(Measure):
    """How much of what practitioners distinguish locally is lost in the system's categories; see `emptying_out`.

    Attributes
    ----------
    adjusted : float
        The estimate as a share of what chance alone loses: 1 where the categories tell no more than shuffled ones.
    shares : pandas.Series
        Of all situations: with ``no category``; ``not used`` (mode of use ``non-use``; NaN where no mode is known); in
        a ``residual`` category (NaN where none was named); with ``no local description``.
    estimator : str
        How entropies were estimated.
    """

    shares: pd.Series[float]
    estimator: Estimator
    _local: tuple[str, ...]
    _category: tuple[str, ...]
    _sources: tuple[str, ...] = attrs.field(default=("greenhalgh2014hsdr", "chao2013", "efron1993"), init=False)

    @property
    def _corrected(self) -> bool:
        """Whether the estimate needs no correction for bias."""
        return self.estimator == "chao-wang-jost"

    @property
    def adjusted(self) -> float:
        """The estimate as a share of what shuffled categories would lose; may pass 1."""
        return self.estimate / self.null.mean if self.null and self.null.mean > 0 else float("nan")

    def under_misclassification(self, rate: float) -> float:
        """What the estimate would be, were a share of the local descriptions wrong.

        Parameters
        ----------
        rate : float
            Share of situations, 0 to below 1, whose local description is taken to have been replaced by one drawn from
            all descriptions, regardless of what was there. Such error raises the measure; this takes it out again.

        Returns
        -------
        float
            From the most likely distribution of true descriptions within each category, by the plug-in estimator, times
            the ratio of `estimate` to that estimator; at most 1.
        """
        check_rate(rate)
        if np.isnan(self.estimate):
            return float("nan")
        table = self._cells.table(self._cells.used.counts).reshape(len(self._local), len(self._category))
        plain, true = (float(_ratio(counts, "plugin")) for counts in (table, without_error(table, rate)))
        return min(1.0, true * self.estimate / plain) if plain > 0 else true

    def plot(self, ax: Axes | None = None) -> Axes:
        """Local descriptions by category, as shades."""
        from expertsys.plot import emptying

        return emptying(self, ax=ax)

    def table(self) -> pd.DataFrame:
        """Situations by local description (index ``local``) and category (columns)."""
        table = self._cells.table(self._cells.used.counts).reshape(len(self._local), len(self._category))
        index, columns = pd.Index(self._local, name="local"), pd.Index(self._category, name="category")
        return pd.DataFrame(table.astype(np.int64), index=index, columns=columns)

    def _question(self) -> str:
        return "The share of local distinctions lost in the system's categories, H(L∣C)/H(L),"

    def _further(self) -> list[str]:
        return [f"That is {self.adjusted:.0%} of what chance alone loses."] if np.isfinite(self.adjusted) else []


def _ratio(joint: Floats, estimator: Estimator) -> Floats:
    """H(row ∣ column) / H(row); NaN where rows do not differ."""
    whole = entropy(joint.sum(axis=-1), estimator=estimator)
    lost = conditional(joint, estimator=estimator)
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = np.where(whole > 1e-12, lost / whole, np.nan)
    return np.clip(ratio, 0, 1) if estimator == "chao-wang-jost" else ratio


def emptying_out(
    situations: Any,
    *,
    local: Columns = "local",
    category: Columns = "category",
    cluster: Columns = "site",
    residual: str | Sequence[str] | None = None,
    mode: str | None = "mode",
    coder: str | None = "coder",
    weight: str | None = "weight",
    person: str | None = "person",
    period: str | None = "period",
    estimator: Estimator = "chao-wang-jost",
    shuffles: int | None = None,
    rng: RNG = 0,
) -> EmptyingOut:
    """How much of what practitioners distinguish locally is lost once situations are put into the system's categories.

    H(L∣C) / H(L), that is 1 − Theil's U(L∣C): 0 where each category stands for one local description, 1 where
    categories say nothing of it. A measure proposed by this library for a concept of the study.

    Parameters
    ----------
    situations : dataframe or Study
        One row per situation, on any engine that narwhals knows; or a study, whose situations are taken.
    local : str or sequence of str
        Column of the local description; several combine.
    category : str or sequence of str
        Column of the category that the system recorded. Missing: the system was not used or has no place for it; such
        situations are counted in `shares`, and left out of the estimate.
    cluster : str or sequence of str
        Column of the site, or several that combine (sites within cases). Shuffling stays within sites; intervals are
        over sites. Without a column ``site``, each case counts as a site.
    residual : str, sequence of str or None
        Categories for what fits nowhere else, such as ``system.classification.residual``; capitals do not matter.
    mode : str or None
        Column of the mode of use, for the share in which the system was not used.
    coder : str or None
        Column of who coded the local description.
    weight : str or None
        Column of how many situations a row stands for, a whole number; None to count each row once. Without a column
        ``weight``, one called count, n, n_alerts or the like serves, and `note` names it. Like the columns of mode,
        coder, person and period, it need not exist under its default name.
    person : str or None
        Column of who acted. Shuffling stays within persons, and intervals for these sites leave out whole persons.
        Without a column ``person``, one called participant, clinician, doctor, nurse, staff, respondent or the like
        serves, and `note` names it; where only the values of a column look like persons, it asks. None for none.
    period : str or None
        Column of the period, or of dates, which are read as months: shuffling stays within it.
    estimator : {"chao-wang-jost", "plugin", "miller-madow", "chao-shen"}
        How entropies are estimated. Chao–Wang–Jost has the least bias where descriptions are many and rare; its ratio
        is cut at 0 and 1. Plug-in is bounded and cannot fall when categories are merged, but too low where situations
        are few for so many descriptions. The other two are not cut at the bounds.
    shuffles : int or None
        Shuffles of the categories within sites behind `null`: 999, or fewer where sites are many and large. All
        rearrangements are listed where they are few.
    rng : None, int or Generator
        For the shuffles.

    Returns
    -------
    EmptyingOut
        NaN with a note where all local descriptions are the same.

    Raises
    ------
    DataError
        For columns that do not exist, no situation with both, and free text instead of descriptions or categories that
        recur.

    Notes
    -----
    It rises with the granularity of the local description and with error in coding it: a description unique to each
    situation loses nearly everything in any scheme. Compare with `null`, per coder, and under a stated
    misclassification. Several cases with different systems are pooled, and `note` says so: `by_case` has a figure for
    each. In R: ``1 - DescTools::UncertCoef(local, category, direction = "row")`` for ``estimator="plugin"``, which
    differs in the third decimal where a cell is empty, for it adds a little to zeros.

    References
    ----------
    Greenhalgh T, Swinglehurst D, Stones R. Health Serv Deliv Res 2014;2(39). doi:10.3310/hsdr02390 (the concept)

    Chao A, Wang YT, Jost L. Methods Ecol Evol 2013;4:1091–1100. doi:10.1111/2041-210X.12108 (the estimator)

    Examples
    --------
    Four local descriptions, two categories that each hold two of them:

    >>> import pandas as pd
    >>> seen = pd.DataFrame(
    ...     {
    ...         "site": ["north", "south"] * 40,
    ...         "local": ["frail", "anxious", "far away", "no phone"] * 20,
    ...         "category": ["clinical", "clinical", "social", "social"] * 20,
    ...     }
    ... )
    >>> round(emptying_out(seen).estimate, 2)
    0.5

    Half of what the four descriptions tell apart is lost.
    """
    check_choice("estimator", estimator, ESTIMATORS)
    roles = {"site": cluster, "local": local, "category": category}
    optional = {"mode": mode, **common_roles(coder, weight, person, period)}
    occasions = Occasions.of(situations, roles, optional=optional, site="cluster")
    used = occasions.usable(*roles)
    locals_, local_names = used.numbered("local")
    categories, category_names = used.numbered("category")
    shape = (1, len(local_names), len(category_names))

    def statistic(cells: Floats) -> Floats:
        return _ratio(cells.reshape(-1, *shape[1:]), estimator)

    def plain(cells: Floats) -> Floats:
        return _ratio(cells.reshape(-1, *shape[1:]), "plugin")

    cells = Cells(used, locals_ * shape[2] + categories, shape, statistic, plain)
    estimate = cells.value(used.counts)
    shares, residual_note = _shares(occasions, residual)
    if np.isnan(estimate):
        null, note = None, f"all local descriptions are the same ({local_names[0]!r}): there is nothing to lose"
    else:
        null = cells.null(estimate, smaller=True, shuffles=shuffles, rng=rng)
        note = notes(occasions, cells, null, residual_note)
    return EmptyingOut(
        "emptying out",
        estimate,
        null,
        occasions.missing(*roles),
        note,
        cells,
        shares,
        estimator,
        local_names,
        category_names,
    )


def _shares(occasions: Occasions, residual: str | Sequence[str] | None) -> tuple[pd.Series[float], str]:
    """Shares of all situations, and what to say of the residual categories."""
    table = occasions.table
    unused = float("nan")
    if "mode" in table and table["mode"].notna().any():
        spelt = table["mode"].str.casefold().str.replace(r"[\s_-]+", "-", regex=True)
        unused = occasions.share(spelt == ModeOfUse.NON_USE.value)
    named = [residual] if isinstance(residual, str) else None if residual is None else list(residual)
    share, note = float("nan"), ""
    if named is not None:
        residuals = {name for name in table["category"].dropna().unique() if _is_among(name, named)}
        share = occasions.share(table["category"].isin(residuals))
        present = table["category"].dropna().unique()
        spellings = [name for name in present if name not in named and _is_among(name, named)]
        absent = [name for name in named if not _is_among(name, present)]
        if spellings:
            note = f"{listing(spellings)} in the data counts as the residual category {listing(named)}"
        elif absent:
            note = f"no situation is in the residual category {listing(absent)}; the categories are {listing(present)}"
    shares = {
        "no category": occasions.share(table["category"].isna()),
        "not used": unused,
        "residual": share,
        "no local description": occasions.share(table["local"].isna()),
    }
    return pd.Series(shares, name="share"), note


def _is_among(name: str, names: Iterable[str]) -> bool:
    """Whether one of the names is this one but for capitals, blanks and the order of several parts."""
    return action_key(name) in {action_key(other) for other in names}
