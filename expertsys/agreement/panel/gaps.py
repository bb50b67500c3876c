"""How far two values are apart, as a table over the categories or by closed forms."""

from __future__ import annotations

from typing import Literal, TypeAlias

import attrs
import numpy as np
import numpy.typing as npt
from scipy import sparse

from expertsys._core.errors import DataError, check_choice
from expertsys.agreement.coefficients.distances import MOST_HELD, OwnDistance, own_distance, set_distance
from expertsys.agreement.ratings import Ratings
from expertsys.agreement.ratings.profiles import Floats, ValueProfiles

Name = Literal["nominal", "interval", "jaccard", "masi"]
NAMES: tuple[Name, ...] = ("nominal", "interval", "jaccard", "masi")
Distance: TypeAlias = Name | OwnDistance | npt.ArrayLike | None

_WORDS = {
    "nominal": "nominal",
    "interval": "interval",
    "jaccard": "Jaccard distance between sets",
    "masi": "MASI distance between sets",
}


@attrs.frozen(eq=False)
class Gap:
    """A distance between values.

    Parameters
    ----------
    words : str
        As results name it.
    option : str, callable or array_like
        As it was given.
    values : ndarray, shape (V,), or None
        The categories as numbers, where the distance is the squared difference.
    table : ndarray, shape (V, V), or None
        All distances; None where it is nominal or the squared difference.
    """

    words: str
    option: Distance
    values: Floats | None = None
    table: Floats | None = None

    @classmethod
    def of(cls, ratings: Ratings, distance: Distance) -> Gap:
        """The distance that a name stands for; without one Jaccard's between sets, else the nominal one."""
        if distance is None:
            distance = "jaccard" if any(isinstance(value, frozenset) for value in ratings.categories) else "nominal"
        if isinstance(distance, str):
            check_choice("distance", distance, NAMES)
            if distance == "nominal":
                return cls(_WORDS[distance], distance)
            if distance == "interval":
                return cls(_WORDS[distance], distance, values=ratings.numbers("distance='interval'"))
        size = len(ratings.categories)
        if size > MOST_HELD:
            raise DataError(
                f"distances between {size:,} different values take too large a table",
                place="distance",
                remedy="Choose one code at a time (code=...), or distance='nominal'.",
            )
        none = ValueProfiles(sparse.csr_array((0, size)), np.empty(0, dtype=np.int64))
        if isinstance(distance, str):
            made = set_distance(none, ratings.categories, distance)
            return cls(_WORDS[distance], distance, table=made._rows(0, size))
        made = own_distance(none, ratings.categories, distance)
        return cls("own distance", distance, table=made._rows(0, size))
