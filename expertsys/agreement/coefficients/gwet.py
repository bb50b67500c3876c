"""Gwet's agreement coefficient."""

from __future__ import annotations

from functools import partial

from expertsys.agreement.coefficients import weights as weighting
from expertsys.agreement.coefficients.chance import Corrected, Occasional, why_undefined
from expertsys.agreement.inference.coefficient import Coefficient
from expertsys.agreement.inference.kernel import Values
from expertsys.agreement.inference.words import MARGINALS, Words
from expertsys.agreement.ratings import Ratings


def gwet_ac(ratings: Ratings, *, weights: weighting.Weights = "identity") -> Coefficient:
    """Gwet's AC1, with weights AC2: chance agreement that stays small when one category prevails; any number of coders.

    Parameters
    ----------
    ratings : Ratings
        A missing rating is left out. Units with one rating count for the marginals only. All categories count, also
        those that no one used: give them as ``categories=`` when making the ratings.
    weights : {"identity", "linear", "quadratic", "ordinal", "radical", "ratio", "circular", "bipolar"} or array_like
        How far two categories agree. All but "identity" need categories in order, or numbers; a table of one's own has
        shape (V, V) over ``ratings.categories``.

    Returns
    -------
    Coefficient
        At most 1. NaN with a note where there is one category only.

    Notes
    -----
    Where kappa and alpha fall towards 0 for a rare code, AC1 stays near percent agreement. Which of the two tells more
    depends on whether agreeing on "no" is an achievement. In R: ``irrCAC::gwet.ac1.raw(x)``.

    References
    ----------
    Gwet KL. Computing inter-rater reliability and its variance in the presence of high agreement.
    Br J Math Stat Psychol 2008;61:29–48. doi:10.1348/000711006X126600

    Examples
    --------
    >>> ratings = Ratings.from_array([[1] * 9 + [2], [1] * 10], coders="rows")
    >>> round(gwet_ac(ratings).estimate, 3)
    0.89

    Nine of ten units agree, and guessing would rarely have given the one category that prevails.
    """
    table = weighting.table(ratings, weights)
    kernel = Corrected.of(ratings.values, Occasional(len(ratings.categories), table), table)

    def why(found: Values) -> str:
        if len(ratings.categories) == 1:
            return "there is one category only: give categories= if others could have been chosen"
        return why_undefined(found)

    return Coefficient.of(
        ratings,
        kernel,
        name="Gwet's AC1" if table is None else "Gwet's AC2",
        sources=("gwet2008", "gwet2021"),
        refit=partial(gwet_ac, weights=weights),
        why=why,
        words=Words("which supposes that coders guess on hard units only, any category alike", MARGINALS, widened=True),
        level=weighting.words(weights),
    )
