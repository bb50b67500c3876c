"""Groups of clusters permuted: every arrangement where there are few, else a sample of them."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

import attrs
import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Sequence

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
_BLOCK = 500


@attrs.frozen(eq=False)
class Permuted:
    """What permuting gives for K codes.

    Parameters
    ----------
    statistic : ndarray, shape (K,)
        Pearson's X² of groups × (with, without), pooled over clusters.
    p, p_family : ndarray, shape (K,)
        Of each code by itself, and against the largest statistic of all codes (Westfall and Young's single step); NaN
        where the code has no variation.
    arrangements : int
        How many were looked at, the observed one among them.
    exact : bool
        Whether these are all that there are.
    """

    statistic: Floats
    p: Floats
    p_family: Floats
    arrangements: int
    exact: bool


def permute(
    sums: Floats, sizes: Floats, group: Ints, stratum: Ints, *, most: int, draw: np.random.Generator
) -> Permuted:
    """Permute which cluster is in which group, within strata.

    Parameters
    ----------
    sums : ndarray, shape (C, K)
        Units of each cluster with each code.
    sizes : ndarray, shape (C,)
        Units of each cluster.
    group, stratum : ndarray of int, shape (C,)
        Of each cluster.
    most : int
        Arrangements looked at; all of them where there are no more.
    draw : numpy.random.Generator
        For a sample of them.
    """
    groups = int(group.max()) + 1
    observed = pearson(sums, sizes, group[None, :], groups)[0]
    total = _arrangements(group, stratum)
    exact = total <= most
    blocks = _every(group, stratum) if exact else _sample(group, stratum, most - 1, draw)
    as_large = np.zeros(len(observed))
    family = np.zeros(len(observed))
    looked_at = 0
    limit = observed * (1 - 1e-9) - 1e-9
    for block in blocks:
        found = pearson(sums, sizes, block, groups)
        as_large += (found >= limit).sum(axis=0)
        family += (np.nanmax(found, axis=1, initial=0.0)[:, None] >= limit).sum(axis=0)
        looked_at += len(block)
    if not exact:  # the observed arrangement is one of those that the sample is compared with
        as_large, family, looked_at = as_large + 1, family + 1, looked_at + 1
    flat = np.isnan(observed)
    p, p_family = as_large / looked_at, family / looked_at
    return Permuted(observed, np.where(flat, np.nan, p), np.where(flat, np.nan, p_family), looked_at, exact)


def pearson(sums: Floats, sizes: Floats, labels: Ints, groups: int) -> Floats:
    """Pearson's X² of groups × (with, without) for arrangements, shape (B, C), and codes: shape (B, K)."""
    total = sizes.sum()
    share = sums.sum(axis=0) / total
    result = np.zeros((len(labels), sums.shape[1]))
    for number in range(groups):
        inside = (labels == number).astype(np.float64)
        size = inside @ sizes
        with np.errstate(invalid="ignore", divide="ignore"):
            result += np.where(size[:, None] > 0, (inside @ sums - size[:, None] * share) ** 2 / size[:, None], 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(result / (share * (1 - share)))


def standardised(sums: Floats, sizes: Floats, group: Ints, stratum: Ints) -> Floats:
    """How far each group is from the mean in standard deviations over all arrangements: shape (groups, K).

    With units as clusters it is Haberman's adjusted residual times √((n − 1) / n).
    """
    groups = int(group.max()) + 1
    away = sums - sizes[:, None] * (sums.sum(axis=0) / sizes.sum())
    mean, variance = np.zeros((groups, sums.shape[1])), np.zeros((groups, sums.shape[1]))
    observed = np.stack([away[group == number].sum(axis=0) for number in range(groups)])
    for layer in np.unique(stratum):
        here = away[stratum == layer]
        count = len(here)
        for number in range(groups):
            inside = int(((group == number) & (stratum == layer)).sum())
            mean[number] += inside * here.mean(axis=0)
            if count > 1:
                spread = ((here - here.mean(axis=0)) ** 2).sum(axis=0)
                variance[number] += inside * (count - inside) / (count * (count - 1)) * spread
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(variance > 1e-12, (observed - mean) / np.sqrt(variance), np.nan))


def _arrangements(group: Ints, stratum: Ints) -> int:
    """How many ways there are to give the clusters of each stratum their groups."""
    ways = 1
    for layer in np.unique(stratum):
        counts = np.bincount(group[stratum == layer])
        ways *= math.factorial(int(counts.sum())) // math.prod(math.factorial(int(count)) for count in counts)
    return ways


def _every(group: Ints, stratum: Ints) -> Iterator[Ints]:
    """All arrangements, in blocks of shape (B, C)."""
    layers = [np.flatnonzero(stratum == layer) for layer in np.unique(stratum)]
    each = [list(_labellings(np.bincount(group[places], minlength=1).tolist())) for places in layers]
    block = []
    for choice in itertools.product(*each):
        labels = np.empty(len(group), dtype=np.int64)
        for places, given in zip(layers, choice, strict=True):
            labels[places] = given
        block.append(labels)
        if len(block) == _BLOCK:
            yield np.stack(block)
            block = []
    if block:
        yield np.stack(block)


def _labellings(counts: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """All sequences in which each number stands as often as its count says."""
    if sum(counts) == 0:
        yield ()
        return
    for number, count in enumerate(counts):
        if count:
            rest = [*counts[:number], count - 1, *counts[number + 1 :]]
            for tail in _labellings(rest):
                yield (number, *tail)


def _sample(group: Ints, stratum: Ints, replicates: int, draw: np.random.Generator) -> Iterator[Ints]:
    layers = [np.flatnonzero(stratum == layer) for layer in np.unique(stratum)]
    for low in range(0, replicates, _BLOCK):
        block = np.tile(group, (min(_BLOCK, replicates - low), 1))
        for places in layers:
            block[:, places] = draw.permuted(block[:, places], axis=1)
        yield block
