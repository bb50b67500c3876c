"""Brennan and Prediger's coefficient."""

from __future__ import annotations

from functools import partial

from expertsys.agreement.coefficients import weights as weighting
from expertsys.agreement.coefficients.chance import Corrected, Uniform, why_undefined
from expertsys.agreement.inference.coefficient import Coefficient
from expertsys.agreement.inference.kernel import Values
from expertsys.agreement.inference.words import Words
from expertsys.agreement.ratings import Ratings


def brennan_prediger(ratings: Ratings, *, weights: weighting.Weights = "identity") -> Coefficient:
    """Brennan and Prediger's coefficient: by chance every category is equally likely; any number of coders.

    Parameters
    ----------
    ratings : Ratings
        A missing rating is left out; only units with at least two ratings count. All categories count, also those that
        no one used: give them as ``categories=`` when making the ratings.
    weights : {"identity", "linear", "quadratic", "ordinal", "radical", "ratio", "circular", "bipolar"} or array_like
        How far two categories agree. All but "identity" need categories in order, or numbers; a table of one's own has
        shape (V, V) over ``ratings.categories``.

    Returns
    -------
    Coefficient
        At most 1. NaN with a note where there is one category only.

    Notes
    -----
    Elsewhere it is Bennett's S (two coders), Randolph's free-marginal kappa (several), PABAK (two categories), and the
    "kappa (Brennan & Prediger)" of MAXQDA. It takes no notice of how often a category was used. In R:
    ``irrCAC::bp.coeff.raw(x)``.

    References
    ----------
    Brennan RL, Prediger DJ. Coefficient kappa: some uses, misuses, and alternatives. Educ Psychol Meas 1981;41:687–699.
    doi:10.1177/001316448104100307

    Examples
    --------
    >>> ratings = Ratings.from_array([["a", "b", "b", "a"], ["a", "b", "a", "a"]], coders="rows")
    >>> brennan_prediger(ratings).estimate
    0.5

    Guessing between two categories agrees half of the time; half of the rest was reached.
    """
    table = weighting.table(ratings, weights)

    def why(found: Values) -> str:
        if len(ratings.categories) == 1:
            return "there is one category only: give categories= if others could have been chosen"
        return why_undefined(found)

    return Coefficient.of(
        ratings,
        Corrected.of(ratings.values, Uniform(len(ratings.categories), table), table),
        name="Brennan–Prediger coefficient",
        sources=("brennan1981", "gwet2021"),
        refit=partial(brennan_prediger, weights=weights),
        why=why,
        words=Words("which takes every category to be equally likely by chance", widened=True),
        level=weighting.words(weights),
    )
