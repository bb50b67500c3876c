"""Percent agreement."""

from __future__ import annotations

from functools import partial
from typing import Literal

import numpy as np

from expertsys._core.errors import DataError, check_choice
from expertsys.agreement.coefficients import weights as weighting
from expertsys.agreement.coefficients.chance import Corrected, why_undefined
from expertsys.agreement.inference.coefficient import Coefficient
from expertsys.agreement.inference.kernel import Sums, Values
from expertsys.agreement.inference.words import Words
from expertsys.agreement.ratings import Ratings
from expertsys.agreement.ratings.profiles import Floats

Of = Literal["pairs", "all"]


def percent_agreement(
    ratings: Ratings, *, of: Of = "pairs", weights: weighting.Weights = "identity", tolerance: float = 0.0
) -> Coefficient:
    """Share of pairs of coders who agree on a unit, averaged over units; not corrected for chance.

    Parameters
    ----------
    ratings : Ratings
        A missing rating is left out; only units with at least two ratings count.
    of : {"pairs", "all"}
        Pairs of coders, or units on which all who rated it agree. With two coders it is the same.
    weights : {"identity", "linear", "quadratic", "ordinal", "radical", "ratio", "circular", "bipolar"} or array_like
        How far two categories agree. All but "identity" need categories in order, or numbers; a table of one's own has
        shape (V, V) over ``ratings.categories``.
        For pairs only.
    tolerance : float
        For "all" and scores: how far the highest may lie above the lowest rating.

    Returns
    -------
    Coefficient
        Between 0 and 1; `expected` is NaN.

    Raises
    ------
    DataError
        For a tolerance with pairs or with categories that are no numbers, or weights with "all".

    Notes
    -----
    Two coders who say "no" to a rare code nearly always agree, whatever they read: report it beside a coefficient that
    is corrected for chance, never alone. In R: ``irrCAC::pa.coeff.raw(x)``; of all, ``irr::agree(x, tolerance)``.

    Examples
    --------
    >>> ratings = Ratings.from_array([["a", "b", "b", "a"], ["a", "b", "a", "a"]], coders="rows")
    >>> percent_agreement(ratings).estimate
    0.75

    Three of four units got the same code from both.
    """
    check_choice("of", of, ("pairs", "all"))
    table = weighting.table(ratings, weights)
    if of == "all" and table is not None:
        raise DataError("weights are for pairs; units on which all agree have none", place="percent_agreement")
    if tolerance and of == "pairs":
        raise DataError("tolerance is for of='all'", place="percent_agreement", remedy="Use weights= for pairs.")
    kernel = Corrected.of(ratings.values, None, table) if of == "pairs" else _unanimous(ratings, tolerance)
    return Coefficient.of(
        ratings,
        kernel,
        name="percent agreement" if of == "pairs" else "percent agreement of all coders",
        sources=("gwet2021",),
        refit=partial(percent_agreement, of=of, weights=weights, tolerance=tolerance),
        why=why_undefined,
        words=Words(
            "the share of pairs of coders who agree on a unit, not corrected for chance"
            if of == "pairs"
            else "the share of units on which all coders agree, not corrected for chance",
            widened=of == "pairs",
        ),
        level=weighting.words(weights) if not tolerance else f"within {tolerance:g}",
        share=True,
    )


def _unanimous(ratings: Ratings, tolerance: float) -> Sums:
    profiles = ratings.values.pairable
    table = profiles.table
    if tolerance:
        x = ratings.numbers("a tolerance")[table.indices]
        starts = table.indptr[:-1]
        spread = np.maximum.reduceat(x, starts) - np.minimum.reduceat(x, starts) if len(starts) else x
        same = spread <= tolerance
    else:
        same = np.diff(table.indptr) == 1
    features = np.column_stack([same, np.ones(len(same))]).astype(np.float64)

    def share(sums: Floats) -> Values:
        with np.errstate(invalid="ignore", divide="ignore"):
            found = sums[:, 0] / sums[:, 1]
        return Values(found, found, np.full_like(found, np.nan))

    return Sums(profiles.counts, features, share, profiles.origin)
