"""Stretches of text swept from boundary to boundary: arrays only, nothing is held per character.

Stretches are half-open and have a length. Each belongs to a group (a document, or one coder's code in a document);
groups are small whole numbers and never meet.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from expertsys.agreement.ratings.profiles import Floats, Ints

#: Whole numbers up to here are safe from overflow.
_MOST = 2**62


def dense(*keys: Ints) -> Ints:
    """Rows of keys as whole numbers from 0: the same row, the same number, in the order of the rows."""
    number, reach = np.zeros(len(keys[0]), dtype=np.int64), 1
    for key in keys:
        size = int(key.max(initial=0)) + 1
        if reach * size > _MOST:
            number = np.unique(number, return_inverse=True)[1].astype(np.int64)
            reach = len(number) + 1
        number, reach = number * size + key, reach * size
    return np.unique(number, return_inverse=True)[1].astype(np.int64)


def on_one_axis(group: Ints, end: Ints) -> Ints:
    """Where each group starts when all are laid out one behind the other, none touching the next, shape (groups,)."""
    extent = np.zeros(int(group.max(initial=-1)) + 1, dtype=np.int64)
    np.maximum.at(extent, group, end)
    return np.concatenate([[0], np.cumsum(extent + 1)])[:-1].astype(np.int64)


def covered(group: Ints, start: Ints, end: Ints, size: int) -> tuple[Floats, Floats]:
    """Integrals over each group of n and of n², where n is how many stretches lie at a place: two of shape (size,)."""
    position = np.concatenate([start, end])
    owner = np.concatenate([group, group])
    step = np.repeat(np.array([1, -1], dtype=np.int64), len(group))
    order = np.lexsort((position, owner))
    depth = np.cumsum(step[order])[:-1].astype(np.float64)  # 0 between groups
    width = np.diff(position[order]).astype(np.float64)
    owner = owner[order][:-1]
    first, second = (np.bincount(owner, weights=depth**power * width, minlength=size) for power in (1, 2))
    return first.astype(np.float64), second.astype(np.float64)


def added(group: Ints, values: Ints | Floats, size: int) -> Floats:
    """The sum of values for each group, shape (size,)."""
    return np.bincount(group, weights=values, minlength=size).astype(np.float64)


class Cover:
    """How many stretches lie at each place of one axis, to be integrated between any two of their ends."""

    def __init__(self, start: Ints, end: Ints) -> None:
        position = np.concatenate([start, end])
        order = np.argsort(position, kind="stable")
        step = np.repeat(np.array([1.0, -1.0]), len(start))[order]
        self._position = position[order]
        swept = np.cumsum(step)[:-1] * np.diff(self._position)
        self._integral = np.concatenate([[0.0], np.cumsum(swept)])

    def within(self, start: Ints, end: Ints) -> Floats:
        """The integral over each of some stretches whose ends are among those of the cover."""
        low, high = (np.searchsorted(self._position, place, side="left") for place in (start, end))
        return np.asarray(self._integral[high] - self._integral[low])


def runs(group: Ints, start: Ints, end: Ints) -> Ints:
    """The run of each stretch, a number from 0: stretches of a group that overlap are one run, those that touch not."""
    if not len(group):
        return np.empty(0, dtype=np.int64)
    offset = on_one_axis(group, end)[group]
    left, right = start + offset, end + offset
    order = np.lexsort((right, left))
    reach = np.maximum.accumulate(right[order])
    opens = np.concatenate([[True], left[order][1:] >= reach[:-1]])
    run = np.empty(len(group), dtype=np.int64)
    run[order] = np.cumsum(opens) - 1
    return run


def crossings(left_a: Ints, right_a: Ints, left_b: Ints, right_b: Ints) -> tuple[Ints, Ints]:
    """All pairs of a stretch of the first set and one of the second that share a place on one axis: their numbers.

    Sorted by start, the stretches that start within another are neighbours, so each is found by two searches; the work
    beyond sorting is one step for each pair found.
    """
    order_a, order_b = np.argsort(left_a, kind="stable"), np.argsort(left_b, kind="stable")
    here = _ranges(left_b[order_b], left_a, right_a, side="left")
    there = _ranges(left_a[order_a], left_b, right_b, side="right")
    return np.concatenate([here[0], order_a[there[1]]]), np.concatenate([order_b[here[1]], there[0]])


def _ranges(starts: Ints, left: Ints, right: Ints, *, side: Literal["left", "right"]) -> tuple[Ints, Ints]:
    """For each stretch the sorted starts that lie in it: its number and theirs; `side` "right" leaves its own out."""
    low = np.searchsorted(starts, left, side=side)
    high = np.searchsorted(starts, right, side="left")
    times = np.maximum(high - low, 0)
    owner = np.repeat(np.arange(len(left)), times)
    return owner, stepped(low, times)


def stepped(low: Ints, times: Ints) -> Ints:
    """low, low + 1, ... for as many steps as `times` says, one row after the other."""
    ends = np.cumsum(times)
    return np.arange(int(ends[-1]) if len(ends) else 0) - np.repeat(ends - times - low, times)


def pieces(group: Ints, start: Ints, end: Ints) -> tuple[Ints, Ints, Ints, Ints, Ints]:
    """The stretches of each group cut at every boundary in it.

    Returns
    -------
    group, start, end : ndarray of int, shape (P,)
        The pieces that some stretch covers, in order.
    piece, stretch : ndarray of int
        Which piece each stretch covers, one entry for each.
    """
    offset = on_one_axis(group, end)
    left, right = start + offset[group], end + offset[group]
    boundary = np.unique(np.concatenate([left, right]))
    low, high = np.searchsorted(boundary, left), np.searchsorted(boundary, right)
    times = high - low
    stretch, cell = np.repeat(np.arange(len(group)), times), stepped(low, times)
    used, piece = np.unique(cell, return_inverse=True)
    owner = np.zeros(len(used), dtype=np.int64)
    owner[piece] = group[stretch]
    return owner, boundary[used] - offset[owner], boundary[used + 1] - offset[owner], piece.astype(np.int64), stretch
