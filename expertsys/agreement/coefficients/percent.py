"""Percent agreement."""

from __future__ import annotations

from expertsys.agreement.coefficients.chance import Corrected, why_undefined
from expertsys.agreement.inference.coefficient import Coefficient
from expertsys.agreement.ratings import Ratings


def percent_agreement(ratings: Ratings) -> Coefficient:
    """Share of pairs of coders who agree on a unit, averaged over units; not corrected for chance.

    Parameters
    ----------
    ratings : Ratings
        A missing rating is left out; only units with at least two ratings count.

    Returns
    -------
    Coefficient
        Between 0 and 1; `expected` is NaN.

    Notes
    -----
    Two coders who say "no" to a rare code nearly always agree, whatever they read: report it beside a coefficient that
    is corrected for chance, never alone. In R: ``irrCAC::pa.coeff.raw(x)``.

    Examples
    --------
    >>> ratings = Ratings.from_array([["a", "b", "b", "a"], ["a", "b", "a", "a"]], coders="rows")
    >>> percent_agreement(ratings).estimate
    0.75

    Three of four units got the same code from both.
    """
    kernel = Corrected.of(ratings.values, None)
    return Coefficient.of(
        ratings, kernel, name="percent agreement", sources=("gwet2021",), refit=percent_agreement, why=why_undefined
    )
