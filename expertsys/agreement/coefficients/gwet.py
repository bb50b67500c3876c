"""Gwet's agreement coefficient."""

from __future__ import annotations

import attrs
import numpy as np

from expertsys.agreement.coefficients.chance import Corrected, why_undefined
from expertsys.agreement.inference.coefficient import Coefficient
from expertsys.agreement.inference.kernel import Values
from expertsys.agreement.ratings import Ratings
from expertsys.agreement.ratings.profiles import Floats


@attrs.frozen
class _Occasional:
    """Coders guess on some units only: Σ π (1 − π) / (q − 1) (Gwet 2008, eq. 15)."""

    categories: int

    def expected(self, shares: Floats) -> Floats:
        if self.categories < 2:
            return np.full(len(shares), np.nan)
        return np.asarray((shares * (1 - shares)).sum(axis=1) / (self.categories - 1))

    def slope(self, shares: Floats) -> Floats:
        return (1 - shares) / (self.categories - 1)


def gwet_ac(ratings: Ratings) -> Coefficient:
    """Gwet's AC1: chance agreement that stays small when one category prevails; any number of coders.

    Parameters
    ----------
    ratings : Ratings
        A missing rating is left out. Units with one rating count for the marginals only. All categories count, also
        those that no one used: give them as ``categories=`` when making the ratings.

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
    kernel = Corrected.of(ratings.values, _Occasional(len(ratings.categories)))

    def why(found: Values) -> str:
        if len(ratings.categories) == 1:
            return "there is one category only: give categories= if others could have been chosen"
        return why_undefined(found)

    return Coefficient.of(ratings, kernel, name="Gwet's AC1", sources=("gwet2008", "gwet2021"), refit=gwet_ac, why=why)
