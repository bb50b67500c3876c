"""All coefficients of the same ratings, side by side, from the same draws of units."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import pandas as pd

from expertsys._core.errors import check_between
from expertsys.agreement.coefficients import weights as weighting
from expertsys.agreement.coefficients.alpha import krippendorff_alpha
from expertsys.agreement.coefficients.bangdiwala import bangdiwala_b
from expertsys.agreement.coefficients.brennan import brennan_prediger
from expertsys.agreement.coefficients.cohen import cohen_kappa
from expertsys.agreement.coefficients.conger import conger_kappa
from expertsys.agreement.coefficients.fleiss import fleiss_kappa
from expertsys.agreement.coefficients.gwet import gwet_ac
from expertsys.agreement.coefficients.pairwise import holsti, light_kappa
from expertsys.agreement.coefficients.percent import percent_agreement
from expertsys.agreement.coefficients.scott import scott_pi
from expertsys.agreement.diagnosis import choice
from expertsys.agreement.diagnosis.variants import Draws
from expertsys.agreement.inference.coefficient import Coefficient
from expertsys.agreement.inference.methods import Method
from expertsys.agreement.ratings import Ratings

if TYPE_CHECKING:
    from expertsys.study import Study

COLUMNS = ("estimate", "low", "high", "standard_error", "observed", "expected", "n_units", "n_coders", "note")

#: Those of any number of coders, and those of two or of all pairs, which need to know who gave which rating.
_ANY: tuple[Callable[..., Coefficient], ...] = (percent_agreement, fleiss_kappa, gwet_ac, brennan_prediger)
_TWO: tuple[Callable[..., Coefficient], ...] = (scott_pi, cohen_kappa)
_UNWEIGHTED: dict[bool, tuple[Callable[[Ratings], Coefficient], ...]] = {
    True: (bangdiwala_b, holsti),
    False: (light_kappa, holsti),
}


def all_coefficients(
    data: Study | Ratings,
    *,
    code: str | None = None,
    weights: weighting.Weights = "identity",
    cluster: str | None = None,
    confidence: float = 0.95,
    method: Method | None = None,
) -> pd.DataFrame:
    """Every coefficient that suits the ratings, each with its interval, from the same draws of units.

    Parameters
    ----------
    data : Study or Ratings
        A study with units and one round of coding, or ratings. A missing rating is left out.
    code, cluster : str, optional
        For a study: this code applied or not in place of the sets of codes; what intervals go by, by default
        ``study.cluster_level()``.
    weights : {"identity", "linear", "quadratic", "ordinal", "radical", "ratio", "circular", "bipolar"} or array_like
        How far two categories agree, see `gwet_ac`. With other than "identity", those that know no weights are left
        out.
    confidence : float
        Nominal coverage of the intervals.
    method : Bootstrap, optional
        By default the jackknife over clusters where units have them, else the percentile bootstrap over units. All
        rows come from the same draws of units.

    Returns
    -------
    pandas.DataFrame
        Index ``coefficient``. Columns: ``estimate, low, high``; ``standard_error``, the analytic one; ``observed,
        expected``, disagreements for alpha and agreements for the others; ``n_units``, ``n_coders``, ``note``. With two
        coders Scott's pi, Cohen's kappa and Bangdiwala's B are among them, with more Conger's and Light's kappa; with
        more than 64 only those that need not know who gave which rating.

    Notes
    -----
    A table for seeing how far the choice matters, not for choosing the highest: say beforehand which one is reported.
    The draws are of all units with a rating, also for alpha, whose own `interval` draws those with two.

    Examples
    --------
    >>> from expertsys.datasets import load
    >>> ratings = Ratings.from_wide(load("krippendorff2011-c").to_frame())
    >>> all_coefficients(ratings)[["estimate", "low", "high"]].round(2)
    column                           estimate   low  high
    coefficient
    Krippendorff's alpha                 0.74  0.43  1.00
    percent agreement                    0.82  0.64  1.00
    percent agreement of all coders      0.73  0.45  1.00
    Fleiss' kappa                        0.76  0.45  1.00
    Gwet's AC1                           0.78  0.55  1.00
    Brennan–Prediger coefficient         0.77  0.55  1.00
    Conger's kappa                       0.76  0.47  1.00
    Light's kappa                        0.70  0.39  1.00
    Holsti's method                      0.70  0.49  0.87

    Corrected for chance, they differ by a few hundredths; the draw of the units matters ten times as much.
    """
    check_between("confidence", confidence, 0, 1)
    bootstrap = choice.resampling(method, "all_coefficients")
    ratings = choice.ratings_of(data, code=code, cluster=cluster, purpose="all_coefficients")
    found = [function(ratings) for function in _suitable(ratings, weights)]
    draws = Draws.of(ratings, [(None, result) for result in found], bootstrap, whole=True)
    rows: list[tuple[Any, ...]] = []
    for member, result in enumerate(found):
        own = draws.interval(member, confidence)
        notes = dict.fromkeys((result.note, own.note))
        parts = (result.standard_error, result.observed, result.expected, result.n_units, result.n_coders)
        rows.append((result.estimate, own.low, own.high, *parts, "; ".join(note for note in notes if note)))
    index = pd.Index([result.name for result in found], name="coefficient")
    table = pd.DataFrame(rows, columns=list(COLUMNS), index=index).rename_axis(columns="column")
    table.attrs.update(coefficient="estimate", confidence=confidence, method=draws.words)
    return table


def _suitable(ratings: Ratings, weights: weighting.Weights) -> list[Callable[[Ratings], Coefficient]]:
    """Those that the number of coders and the weights allow."""
    identity = isinstance(weights, str) and weights == "identity"
    first: Callable[[Ratings], Coefficient]
    first = choice.alpha if identity else partial(krippendorff_alpha, weights=weights)
    two = len(ratings.coders) == 2
    chosen: list[Callable[[Ratings], Coefficient]] = [first, *(partial(function, weights=weights) for function in _ANY)]
    if identity:
        chosen.insert(2, partial(percent_agreement, of="all"))
    if ratings.by_coder is None:
        return chosen
    chosen += [partial(function, weights=weights) for function in (_TWO if two else (conger_kappa,))]
    return [*chosen, *_UNWEIGHTED[two]] if identity else chosen
