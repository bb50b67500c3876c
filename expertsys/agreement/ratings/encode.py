"""From values to whole numbers and from whole numbers to profiles, on NumPy and pandas columns."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from expertsys._core.errors import DataError, listing
from expertsys._core.missing import is_missing
from expertsys.agreement.ratings.profiles import CoderProfiles, Ints

#: Distinct values.
Labels: TypeAlias = "npt.NDArray[Any] | pd.Index[Any]"
#: Numbers of distinct values, -1 where missing, and these values.
Factorised: TypeAlias = tuple[Ints, Labels]

#: Whole numbers up to here are exact as floating numbers too.
_EXACT = 1 << 52
#: Cells worked on at a time, few enough to stay near the processor.
_BLOCK = 1 << 15


def order_categories(found: Sequence[Hashable], given: Sequence[Hashable] | None) -> tuple[Hashable, ...]:
    """Categories in the order given, or sorted: numbers by size, text by alphabet.

    Raises
    ------
    DataError
        Where the data hold a category that is not among those given.
    """
    if given is None:
        try:
            return tuple(sorted(found))  # type: ignore[type-var]  # what cannot be sorted is caught
        except TypeError:
            return tuple(sorted(found, key=lambda value: (type(value).__name__, str(value))))
    if isinstance(given, AbstractSet):
        raise DataError(
            "categories must have an order, and a set has none",
            place="categories",
            remedy=f"Give a list, such as {sorted(map(str, given))}.",
        )
    listed = tuple(dict.fromkeys(given))
    known = set(listed)
    strange = [value for value in found if value not in known]
    if strange:
        raise DataError(
            f"the data hold {listing(strange)}, not among the categories {listing(listed)}",
            place="categories",
            remedy="List every category, also those that no one used.",
        )
    return listed


def factorise(values: npt.NDArray[Any] | pd.Series[Any]) -> Factorised:
    """A column as numbers of its distinct values, -1 where missing; whole numbers close together need no hash table."""
    bare = values.to_numpy() if isinstance(values, pd.Series) and isinstance(values.dtype, np.dtype) else values
    if isinstance(bare, np.ndarray) and bare.dtype.kind in "biuf" and len(bare):
        addressed = _addressed(bare)
        if addressed is not None:
            return addressed
    number, distinct = pd.factorize(bare, use_na_sentinel=True)
    return number, distinct if isinstance(distinct, np.ndarray) else pd.Index(distinct)


def _addressed(values: npt.NDArray[Any]) -> Factorised | None:
    """The same by the distance to the least value; None where the values are not whole or lie far apart."""
    floating = values.dtype.kind == "f"
    ends = np.fmin.reduce(values), np.fmax.reduce(values)
    if not all(np.isfinite(ends)):
        return None
    low, high = int(ends[0]), int(ends[1])
    span = high - low + 1
    if span > 4 * len(values) + 1000 or max(-low, high) >= _EXACT or float(low) != ends[0]:
        return None
    number = np.empty(len(values), dtype=small(span))
    present = np.zeros(span + 1, dtype=np.bool_)  # the last place, also called -1, is that of missing ones
    for start in range(0, len(values), _BLOCK):
        block = values[start : start + _BLOCK]
        whole = np.subtract(block, low, dtype=np.float64 if floating else np.int64)
        if floating:
            away = np.fmax(whole, -1)
            whole = away.astype(np.int64)
            if not (whole == away).all():
                return None
        present[whole] = True
        number[start : start + _BLOCK] = whole
    kept = np.flatnonzero(present[:-1])
    if len(kept) < span:
        renumber = np.full(span + 1, -1, dtype=number.dtype)
        renumber[kept] = np.arange(len(kept))
        number = renumber[number]
    return number, (kept + low).astype(values.dtype)


def plain(values: Labels) -> list[Hashable]:
    """Values as Python's own, so that they are the same from every engine; a short float is the number it prints as."""
    short = isinstance(getattr(values, "dtype", None), np.dtype) and values.dtype in (np.float16, np.float32)
    if short:
        return [float(str(item)) for item in values]
    return [item.item() if isinstance(item, np.generic) else item for item in values]


def encode(cells: Any, categories: Sequence[Hashable] | None) -> tuple[Ints, tuple[Hashable, ...]]:
    """A matrix of ratings as whole numbers, -1 where missing, and the categories that they stand for."""
    array = np.asarray(cells)
    order: Literal["C", "F"] = "F" if array.flags.f_contiguous and not array.flags.c_contiguous else "C"
    (number,), ordered = to_categories([factorise(array.ravel(order))], categories)
    return number.reshape(array.shape, order=order), ordered


def to_categories(
    columns: Sequence[Factorised], categories: Sequence[Hashable] | None
) -> tuple[list[Ints], tuple[Hashable, ...]]:
    """Columns of values as numbers of the categories that they all share, and these."""
    labelled = [(number, plain(distinct)) for number, distinct in columns]
    found = dict.fromkeys(item for _, labels in labelled for item in labels if not is_missing(item))
    ordered = order_categories(list(found), categories)
    place = {value: position for position, value in enumerate(ordered)}
    encoded = []
    for number, labels in labelled:
        to_order = np.array([place.get(item, -1) for item in labels] + [-1], dtype=small(len(ordered)))
        same = number.dtype == to_order.dtype and (to_order[:-1] == np.arange(len(labels))).all()
        encoded.append(number if same else to_order[number])
    return encoded, ordered


def used(number: Ints, distinct: Labels) -> tuple[Ints, Labels]:
    """The same column, with those of its distinct values that still occur."""
    kept = np.flatnonzero(np.bincount(number, minlength=len(distinct)))
    if len(kept) == len(distinct):
        return number, distinct
    renumber = np.empty(len(distinct), dtype=np.int64)
    renumber[kept] = np.arange(len(kept))
    return renumber[number], distinct[kept]


def small(n_values: int) -> npt.DTypeLike:
    """The least kind of whole number that holds so many categories, one more and -1."""
    return np.int8 if n_values < 126 else np.int16 if n_values < 32_766 else np.int64


def coder_profiles(matrix: Ints, n_values: int, *, keep_origin: bool = False) -> CoderProfiles:
    """Distinct rows of a matrix of categories; where few rows are possible, counted in a table of all of them."""
    length, width = matrix.shape
    base = n_values + 1
    possible = base**width
    if width == 0 or possible > min(16 * length, 4 * length + _BLOCK):
        return CoderProfiles.of(matrix)
    key = np.empty(length, dtype=np.int64)
    matrix = np.asfortranarray(matrix)
    for low in range(0, length, _BLOCK):
        block = key[low : low + _BLOCK]
        block[:] = 0
        for position in range(width):
            block *= base
            block += matrix[low : low + _BLOCK, position]
            block += 1
    totals = np.bincount(key, minlength=possible)
    totals[0] = 0
    found = np.flatnonzero(totals)
    rows = found[:, None] // base ** np.arange(width - 1, -1, -1)[None, :] % base - 1
    origin = None
    if keep_origin:
        number = np.full(possible, -1, dtype=np.int64)
        number[found] = np.arange(len(found))
        origin = number[key]
    return CoderProfiles(rows, totals[found], origin)
