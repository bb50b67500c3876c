"""Fleiss' kappa."""

from __future__ import annotations

import attrs
import numpy as np

from expertsys.agreement.coefficients.chance import Corrected, why_undefined
from expertsys.agreement.inference.coefficient import Coefficient
from expertsys.agreement.ratings import Ratings
from expertsys.agreement.ratings.profiles import Floats


@attrs.frozen
class _Pooled:
    """Two ratings drawn from the pooled marginals agree: Σ π² (Fleiss 1971, eq. 5)."""

    def expected(self, shares: Floats) -> Floats:
        return np.asarray((shares**2).sum(axis=1))

    def slope(self, shares: Floats) -> Floats:
        return shares


def fleiss_kappa(ratings: Ratings) -> Coefficient:
    """Fleiss' kappa: chance agreement from the marginals of all coders pooled; any number of coders.

    Parameters
    ----------
    ratings : Ratings
        A missing rating is left out. Units with one rating count for the marginals only (Gwet's extension to missing
        ratings).

    Returns
    -------
    Coefficient
        At most 1; with two coders it is Scott's pi. NaN with a note where all ratings are the same.

    Notes
    -----
    Where one category is rare it can be low though coders nearly always agree (Feinstein & Cicchetti 1990). In R:
    ``irr::kappam.fleiss(x)`` on complete data, ``irrCAC::fleiss.kappa.raw(x)`` with missing ratings.

    References
    ----------
    Fleiss JL. Measuring nominal scale agreement among many raters. Psychol Bull 1971;76:378–382. doi:10.1037/h0031619

    Examples
    --------
    Fleiss (1971): thirty patients, each diagnosed by six psychiatrists.

    >>> from expertsys.datasets import load
    >>> ratings = Ratings.from_wide(load("fleiss1971").to_frame())
    >>> round(fleiss_kappa(ratings).estimate, 2)
    0.43

    Less than half of the agreement that chance leaves open was reached.
    """
    kernel = Corrected.of(ratings.values, _Pooled())
    return Coefficient.of(
        ratings, kernel, name="Fleiss' kappa", sources=("fleiss1971", "gwet2021"), refit=fleiss_kappa, why=why_undefined
    )
