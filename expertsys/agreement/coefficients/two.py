"""Coefficients of two coders: which two."""

from __future__ import annotations

from collections.abc import Sequence

from expertsys._core.errors import DataError, listing
from expertsys.agreement.ratings import Ratings


def chosen(ratings: Ratings, coders: Sequence[str] | None, *, name: str, place: str, otherwise: str = "") -> Ratings:
    """The ratings of two coders; an error that says what to do where there are more or fewer.

    Parameters
    ----------
    coders : sequence of two str or None
        Which two; None where there are no others.
    name, place : str
        The coefficient as the literature calls it, and the function.
    otherwise : str
        What else to use, after "or use".
    """
    Ratings.require(ratings, place)
    found = ratings if coders is None else ratings.only(coders)
    if len(found.coders) != 2:
        raise DataError(
            f"{name} compares two coders; there are {len(found.coders)}: {listing(found.coders)}",
            place=place,
            remedy=f"Choose two with coders=('a', 'b'){f', or use {otherwise}' if otherwise else ''}.",
        )
    return found
