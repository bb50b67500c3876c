"""Fleiss' kappa."""

from __future__ import annotations

from functools import partial

from expertsys.agreement.coefficients import weights as weighting
from expertsys.agreement.coefficients.chance import Corrected, Pooled, why_undefined
from expertsys.agreement.inference.coefficient import Coefficient
from expertsys.agreement.inference.words import MARGINALS, Words
from expertsys.agreement.ratings import Ratings


def fleiss_kappa(ratings: Ratings, *, weights: weighting.Weights = "identity") -> Coefficient:
    """Fleiss' kappa: chance agreement from the marginals of all coders pooled; any number of coders.

    Parameters
    ----------
    ratings : Ratings
        A missing rating is left out. Units with one rating count for the marginals only (Gwet's extension to missing
        ratings).
    weights : {"identity", "linear", "quadratic", "ordinal", "radical", "ratio", "circular", "bipolar"} or array_like
        How far two categories agree. All but "identity" need categories in order, or numbers; a table of one's own has
        shape (V, V) over ``ratings.categories``.

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
    table = weighting.table(ratings, weights)
    return Coefficient.of(
        ratings,
        Corrected.of(ratings.values, Pooled(table), table),
        name="Fleiss' kappa",
        sources=("fleiss1971", "gwet2021"),
        refit=partial(fleiss_kappa, weights=weights),
        why=why_undefined,
        words=Words(
            "which takes the agreement expected by chance from all ratings together, coders being interchangeable",
            MARGINALS,
            widened=True,
        ),
        level=weighting.words(weights),
    )
