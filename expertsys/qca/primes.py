"""Prime implicants: the largest cubes of configurations that hold a positive row and no forbidden one.

A cube is a row of whole numbers, one per condition: a level, or -1 where the condition is free. Three ways to the same
result, for small spaces, for few forbidden rows, and for few allowed configurations.
"""

from __future__ import annotations

import time
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Ints: TypeAlias = npt.NDArray[np.signedinteger[Any]]
Bools: TypeAlias = npt.NDArray[np.bool_]
Singles: TypeAlias = npt.NDArray[np.float32]

#: Cubes held at once in a table of all of them.
MOST_CUBES = 6_000_000
#: Conditions up to which sets of conditions are held in one table (a byte each).
MOST_CONDITIONS = 24


def late(end: float | None) -> bool:
    """Whether the monotonic clock is past this time."""
    return end is not None and time.monotonic() > end


def apart(
    positive: Ints,
    forbidden: Ints,
    levels: tuple[int, ...],
    *,
    applicable: tuple[int, ...] | None = None,
    end: float | None = None,
) -> tuple[Ints, bool]:
    """Prime implicants that hold some positive row and no forbidden one; all other configurations may be in them.

    Parameters
    ----------
    positive, forbidden : ndarray of int, shape (n, k) and (m, k)
        Distinct configurations; the two share none.
    levels : tuple of int
        Number of levels of each condition.
    applicable : tuple of int, optional
        Levels of each condition that an implicant may name: by default all.
    end : float, optional
        When to stop, on the monotonic clock: each positive row that is left then is given one implicant, as is every
        one where there are more than 24 conditions.

    Returns
    -------
    ndarray of int, shape (P, k)
        -1 where a condition is free; sorted.
    bool
        Whether these are all.
    """
    if not len(positive):
        return np.empty((0, len(levels)), dtype=np.int64), True
    if np.prod([size + 1.0 for size in levels]) <= MOST_CUBES:
        found, whole = _maximal(_cubes(positive, levels) & ~_cubes(forbidden, levels)), True
    else:
        found, whole = _separating(positive, forbidden, applicable or levels, end)
    return _naming(found, applicable or levels), whole


def _naming(cubes: Ints, applicable: tuple[int, ...]) -> Ints:
    """The cubes that name these levels only: none that holds one of them is left out, since it would name less."""
    return np.asarray(cubes[(cubes < np.array(applicable)).all(axis=1)])


def within(
    positive: Ints, allowed: Ints, levels: tuple[int, ...], *, applicable: tuple[int, ...] | None = None
) -> Ints:
    """Prime implicants that hold some positive row and allowed configurations only; `allowed` holds `positive`."""
    if not len(positive):
        return np.empty((0, len(levels)), dtype=np.int64)
    if np.prod([size + 1.0 for size in levels]) <= MOST_CUBES:
        whole = ~_cubes(np.argwhere(~_table(allowed, levels)), levels)
        return _naming(_maximal(whole & _cubes(positive, levels)), applicable or levels)
    found = _naming(_merged(allowed, levels), applicable or levels)
    return np.asarray(found[covers(found, positive).any(axis=1)])


def stand_ins(rows: Ints, applicable: tuple[int, ...]) -> Ints:
    """The rows with each level in place of one that does not apply; other rows as they are."""
    for place, size in enumerate(applicable):
        beside = rows[:, place] >= size
        made = np.repeat(rows[beside], size, axis=0)
        made[:, place] = np.tile(np.arange(size), int(beside.sum()))
        rows = np.vstack([rows[~beside], made])
    return np.asarray(np.unique(rows, axis=0))


def closed(allowed: Ints, barred: Ints, levels: tuple[int, ...], applicable: tuple[int, ...]) -> Ints:
    """Allowed configurations, and those in which a condition does not apply where all its levels are allowed."""
    for place, (every, own) in enumerate(zip(levels, applicable, strict=True)):
        if every == own:
            continue
        rest = allowed[allowed[:, place] < own].copy()
        rest[:, place] = own
        found, times = np.unique(rest, axis=0, return_counts=True)
        known = np.ravel_multi_index(tuple(np.vstack([allowed, barred]).T), levels)
        new = found[(times == own) & ~np.isin(np.ravel_multi_index(tuple(found.T), levels), known)]
        allowed = np.vstack([allowed, new])
    return np.asarray(allowed)


def covers(cubes: Ints, rows: Ints) -> Bools:
    """Which cube holds which configuration, shape (P, n)."""
    held = np.ones((len(cubes), len(rows)), dtype=bool)
    for place in range(rows.shape[1]):
        literal = cubes[:, [place]]
        held &= (literal < 0) | (literal == rows[:, place])
    return held


def _table(rows: Ints, levels: tuple[int, ...]) -> Bools:
    table = np.zeros(levels, dtype=bool)
    table[tuple(rows.T)] = True
    return table


def _cubes(rows: Ints, levels: tuple[int, ...]) -> Bools:
    """Whether each cube holds one of the rows; the last place of an axis stands for a free condition."""
    table = _table(rows, levels)
    for axis in range(len(levels)):
        table = np.concatenate([table, table.any(axis=axis, keepdims=True)], axis=axis)
    return table


def _maximal(cubes: Bools) -> Ints:
    """The cubes that no other one of them contains, as rows."""
    largest = cubes.copy()
    for axis in range(cubes.ndim):
        bound = [slice(None)] * cubes.ndim
        bound[axis] = slice(0, -1)
        largest[tuple(bound)] &= ~np.take(cubes, [-1], axis=axis)
    found = np.argwhere(largest)
    return np.asarray(np.where(found == np.array(cubes.shape) - 1, -1, found))


def _separating(positive: Ints, forbidden: Ints, applicable: tuple[int, ...], end: float | None) -> tuple[Ints, bool]:
    """For each positive row, the smallest sets of conditions on which it differs from every forbidden row."""
    size = positive.shape[1]
    bits = 1 << np.arange(size, dtype=np.int64)
    everything = (1 << size) - 1
    found, whole = [], True
    for row in positive:
        if size > MOST_CONDITIONS or late(end):
            found.append(_one(row, forbidden, applicable)[None, :])
            whole = False
            continue
        differing = np.unique((forbidden != row) @ bits)
        meets = np.ones(1 << size, dtype=bool)
        meets[everything ^ differing] = False  # a set of conditions that all are equal to some forbidden row
        for bit in range(size):  # and so is every part of it
            halves = meets.reshape(-1, 2, 1 << bit)
            halves[:, 0] &= halves[:, 1]
        least = meets.copy()
        for bit in range(size):
            least.reshape(-1, 2, 1 << bit)[:, 1] &= ~meets.reshape(-1, 2, 1 << bit)[:, 0]
        chosen = np.flatnonzero(least)
        found.append(np.where((chosen[:, None] & bits) > 0, row, -1))
    return np.unique(np.vstack(found), axis=0), whole


def _one(row: Ints, forbidden: Ints, applicable: tuple[int, ...]) -> Ints:
    """One prime implicant that holds a row: each condition in turn is freed where that lets no forbidden row in."""
    differs, cube = forbidden != row, row.copy()
    for place in np.argsort(row < np.array(applicable), kind="stable"):  # first those that do not apply
        kept = cube >= 0
        kept[place] = False
        if differs[:, kept].any(axis=1).all():
            cube[place] = -1
    return cube


def _merged(allowed: Ints, levels: tuple[int, ...]) -> Ints:
    """Quine and McCluskey: cubes that agree but for one condition, with all its levels, become one."""
    current = np.unique(allowed, axis=0)
    prime = []
    while len(current):
        used = np.zeros(len(current), dtype=bool)
        larger = []
        for place, size in enumerate(levels):
            bound = np.flatnonzero(current[:, place] >= 0)
            rest = current[bound].copy()
            rest[:, place] = -1
            cubes, group, times = np.unique(rest, axis=0, return_inverse=True, return_counts=True)
            group = group.ravel()
            used[bound[times[group] == size]] = True
            larger.append(cubes[times == size])
        prime.append(current[~used])
        current = np.unique(np.vstack(larger), axis=0)
    return np.unique(np.vstack(prime), axis=0)
