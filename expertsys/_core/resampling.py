"""Resampling by weights: how often each distinct profile is drawn, in blocks that fit into memory."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from expertsys._core import many
from expertsys._core.rng import RNG, generator

#: Numbers held at once in a block of replicates (8 bytes each).
BLOCK = 4_000_000
#: From so many profiles on, they are not drawn one after the other.
MANY = 4_096


def multinomial_weights(
    counts: npt.NDArray[np.int64], replicates: int, rng: RNG, *, width: int
) -> Iterator[npt.NDArray[np.float64]]:
    """Bootstrap weights over profiles, in blocks of shape (B, P).

    Parameters
    ----------
    counts : ndarray of int, shape (P,)
        Units per profile; their sum n is drawn in each replicate.
    replicates : int
        Rows in all blocks together.
    width : int
        Numbers that a user of the weights holds for each replicate beside them.
    """
    draw = generator(rng)
    n, profiles = int(counts.sum()), len(counts)
    rows = max(1, BLOCK // max(1, profiles + width))
    if not n:
        yield np.zeros((replicates, profiles))
        return
    if profiles >= MANY:
        for drawn in many.multinomial(counts, replicates, draw, rows=max(1, BLOCK // (2 * profiles))):
            yield from (drawn[low : low + rows] for low in range(0, len(drawn), rows))
        return
    if n < 4 * profiles:  # few units per profile: drawing units is cheaper than drawing a binomial for each profile
        owner = np.repeat(np.arange(profiles), counts)
        for low in range(0, replicates, rows):
            block = min(rows, replicates - low)
            yield np.stack(
                [np.bincount(owner[draw.integers(0, n, n)], minlength=profiles) for _ in range(block)]
            ).astype(np.float64)
        return
    shares = counts / n
    for low in range(0, replicates, rows):
        yield draw.multinomial(n, shares, size=min(rows, replicates - low)).astype(np.float64)


def jackknife_weights(counts: npt.NDArray[np.int64], *, width: int) -> Iterator[npt.NDArray[np.float64]]:
    """Leave-one-unit-out weights, one row per profile (it stands for as many units as `counts` says), in blocks."""
    profiles = len(counts)
    rows = max(1, BLOCK // max(1, profiles + width))
    for low in range(0, profiles, rows):
        high = min(low + rows, profiles)
        block = np.tile(counts.astype(np.float64), (high - low, 1))
        block[np.arange(high - low), np.arange(low, high)] -= 1
        yield block
