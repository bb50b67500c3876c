"""Scott's pi."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from expertsys.agreement.coefficients import two
from expertsys.agreement.coefficients import weights as weighting
from expertsys.agreement.coefficients.chance import Corrected, Pooled, why_undefined
from expertsys.agreement.inference.coefficient import Coefficient
from expertsys.agreement.inference.words import NOT_BOTH, Words
from expertsys.agreement.ratings import Ratings


def scott_pi(
    ratings: Ratings, *, coders: Sequence[str] | None = None, weights: weighting.Weights = "identity"
) -> Coefficient:
    """Scott's pi: chance agreement from the marginals of two coders pooled.

    Parameters
    ----------
    ratings : Ratings
        Units that one of the two did not rate are left out.
    coders : sequence of two str, optional
        Which two, where there are more.
    weights : {"identity", "linear", "quadratic", "ordinal", "radical", "ratio", "circular", "bipolar"} or array_like
        How far two categories agree. All but "identity" need categories in order, or numbers; a table of one's own has
        shape (V, V) over ``ratings.categories``.

    Returns
    -------
    Coefficient
        At most 1, and at most Cohen's kappa. NaN with a note where all ratings are the same.

    Raises
    ------
    DataError
        With other than two coders.

    Notes
    -----
    In R: ``irrCAC::fleiss.kappa.raw(x)`` with two columns and no missing rating.

    References
    ----------
    Scott WA. Reliability of content analysis: the case of nominal scale coding. Public Opin Q 1955;19:321–325.
    doi:10.1086/266577

    Examples
    --------
    >>> ratings = Ratings.from_array([["a", "b", "b", "a"], ["a", "b", "a", "a"]], coders="rows")
    >>> round(scott_pi(ratings).estimate, 3)
    0.467

    Somewhat less than half of the agreement that one common habit leaves open was reached.
    """
    chosen = two.chosen(
        ratings, coders, name="Scott's pi", place="scott_pi", otherwise="fleiss_kappa, its form for several coders"
    )
    table = weighting.table(chosen, weights)
    return Coefficient.of(
        chosen,
        Corrected.of(chosen.values.pairable, Pooled(table), table),
        name="Scott's pi",
        sources=("scott1955",),
        refit=partial(scott_pi, weights=weights),
        why=why_undefined,
        words=Words("which takes the agreement expected by chance from the ratings of both coders together", NOT_BOTH),
        level=weighting.words(weights),
    )
