"""Weights: how far two different categories agree, from 0 (not at all) to 1."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from expertsys._core.errors import DataError, check_choice
from expertsys.agreement.ratings import Ratings
from expertsys.agreement.ratings.profiles import Floats

Name = Literal["identity", "linear", "quadratic", "ordinal", "radical", "ratio", "circular", "bipolar"]
NAMES: tuple[Name, ...] = ("identity", "linear", "quadratic", "ordinal", "radical", "ratio", "circular", "bipolar")
Weights: TypeAlias = Name | npt.ArrayLike

#: More categories than this have no table of all pairs.
MOST = 3_000


def words(weights: Weights) -> str:
    """How a result names its weights; nothing for identity."""
    if isinstance(weights, str):
        return "" if weights == "identity" else f"{weights} weights"
    return "own weights"


def table(ratings: Ratings, weights: Weights) -> Floats | None:
    """The weights as a table over the categories, shape (V, V); None for identity.

    Raises
    ------
    DataError
        For an unknown name, categories without order, too many categories, or a table that is not symmetric with 1 on
        its diagonal.
    """
    Ratings.require(ratings, "a coefficient")
    size = len(ratings.categories)
    if isinstance(weights, str):
        check_choice("weights", weights, NAMES)
        if weights == "identity":
            return None
    if size > MOST:
        raise DataError(
            f"weights over {size:,} categories would take a table of {size**2:,} cells",
            place="weights",
            remedy="Use krippendorff_alpha(level='interval') or 'ordinal', which need none.",
        )
    if not isinstance(weights, str):
        return _own(np.asarray(weights, dtype=np.float64), size)
    if size < 2:
        return np.ones((size, size))
    if size > 2 and not ratings.ordered:
        raise DataError(
            f"{weights} weights need categories in order, or numbers",
            place="weights",
            remedy="Give categories=[lowest, ..., highest] when making the Ratings.",
        )
    positions = _positions(ratings)
    if weights == "ratio" and (positions < 0).any():
        raise DataError(
            f"ratio weights need scores of 0 or more; the lowest is {positions.min():g}",
            place="weights",
            remedy="Use 'quadratic' or 'linear', which do not need a zero point.",
        )
    return _FORMS[weights](positions)


def _own(given: npt.NDArray[Any], size: int) -> Floats:
    if given.shape != (size, size):
        raise DataError(
            f"the table of weights has shape {given.shape}, not {(size, size)}",
            place="weights",
            remedy="One row and column for each category, in the order of ratings.categories.",
        )
    if not np.allclose(given, given.T) or not np.allclose(np.diagonal(given), 1) or given.min() < 0 or given.max() > 1:
        raise DataError("weights are symmetric, from 0 to 1, and 1 on the diagonal", place="weights")
    return np.asarray(given, dtype=np.float64)


def _positions(ratings: Ratings) -> Floats:
    """Numbers as they are; other categories by their rank, from 1."""
    if all(isinstance(value, int | float) and not isinstance(value, bool) for value in ratings.categories):
        return np.array(ratings.categories, dtype=np.float64)
    return np.arange(1, len(ratings.categories) + 1, dtype=np.float64)


def _scaled(distance: Floats) -> Floats:
    return np.asarray(1 - distance / distance.max())


def _power(power: float) -> Callable[[Floats], Floats]:
    def form(x: Floats) -> Floats:
        return _scaled(np.abs(x[:, None] - x[None, :]) ** power)

    return form


def _ordinal(x: Floats) -> Floats:
    rank = np.arange(len(x))
    between = np.abs(rank[:, None] - rank[None, :]) + 1
    return _scaled(between * (between - 1) / 2)


def _ratio(x: Floats) -> Floats:
    total = x[:, None] + x[None, :]
    return _scaled(((x[:, None] - x[None, :]) / np.where(total == 0, 1, total)) ** 2)


Metric: TypeAlias = Callable[[Floats, Floats], Floats]


def circular(x: Floats) -> Metric:
    """sin² of half the angle between two points of a circle on which the scale lies (Krippendorff 2019, ch. 12)."""
    around = x.max() - x.min() + 1
    return lambda a, b: np.asarray(np.sin(np.pi * (a - b) / around) ** 2)


def bipolar(x: Floats) -> Metric:
    """(a − b)² / ((a + b − 2 min)(2 max − a − b)) (Krippendorff 2019, ch. 12); 0 between equals."""
    low, high = x.min(), x.max()

    def metric(a: Floats, b: Floats) -> Floats:
        room = (a + b - 2 * low) * (2 * high - a - b)
        return np.asarray((a - b) ** 2 / np.where(room == 0, 1, room))

    return metric


# Gwet 2021, ch. 3, as irrCAC builds them from the sorted categories
_FORMS: dict[str, Callable[[Floats], Floats]] = {
    "linear": _power(1),
    "quadratic": _power(2),
    "radical": _power(0.5),
    "ordinal": _ordinal,
    "ratio": _ratio,
    "circular": lambda x: _scaled(circular(x)(x[:, None], x[None, :])),
    "bipolar": lambda x: _scaled(bipolar(x)(x[:, None], x[None, :])),
}
