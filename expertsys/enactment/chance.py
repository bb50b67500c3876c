"""What a measure would show if nothing but chance were at work: labels shuffled within strata.

Shuffling labels within a stratum leaves the margins of its table as they are, so that tables with fixed margins are
drawn directly, whatever the number of situations. Where few tables are possible, all are listed with their
probabilities, and nothing is drawn.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Sequence

import attrs
import numpy as np
import numpy.typing as npt

from expertsys._core.rng import RNG, generator

Floats = npt.NDArray[np.float64]

#: Up to so many combinations of tables are listed one by one.
MOST_LISTED = 5_000
#: Tables larger than this have too many rearrangements to be listed.
MOST_SITUATIONS, MOST_CELLS = 120, 40
_BLOCK = 2_000_000


@attrs.frozen(eq=False)
class Stratum:
    """A table whose margins stay as they are, and the group whose tables it is added to."""

    group: int
    table: Floats


@attrs.frozen
class Null:
    """A measure under shuffled labels.

    Parameters
    ----------
    mean : float
        Its mean.
    low, high : float
        Its central 95 %.
    p_value : float
        Share of shuffles at least as extreme as what was observed: (b + 1) / (m + 1) where they are drawn, the exact
        probability where all are listed. Never 0 where they are drawn.
    shuffles : int
        Shuffles drawn, or listed.
    exact : bool
        Whether all were listed.
    """

    mean: float
    low: float
    high: float
    p_value: float
    shuffles: int
    exact: bool

    def __str__(self) -> str:
        how = f"all {self.shuffles:,} shuffles" if self.exact else f"{self.shuffles:,} shuffles"
        return f"{self.mean:.3f} ({self.low:.3f} to {self.high:.3f}; {how}), p = {self.p_value:.3g}"


def shuffled(
    strata: Sequence[Stratum],
    statistic: Callable[[Floats], Floats],
    observed: float,
    *,
    smaller: bool,
    shuffles: int,
    rng: RNG,
) -> Null:
    """Compare a statistic with its distribution under shuffling within strata.

    Parameters
    ----------
    strata : sequence of Stratum
        All tables of one shape (R, C).
    statistic : callable
        Tables of shape (B, G, R, C), G groups, to B values.
    observed : float
        Its value in the data.
    smaller : bool
        Whether smaller values are more extreme.
    shuffles : int
        To draw where not all can be listed.
    rng : None, int or Generator
        For drawing.
    """
    groups = max(stratum.group for stratum in strata) + 1
    listed = _listed(strata)
    tolerance = 1e-12 * max(1.0, abs(observed))
    if listed is not None:
        tables, chances = _all_sums(strata, listed, groups)
        values = statistic(tables)
        extreme = values <= observed + tolerance if smaller else values >= observed - tolerance
        order = np.argsort(values)
        below = np.cumsum(chances[order])
        ends = np.minimum(np.searchsorted(below, [0.025, 0.975]), len(below) - 1)
        low, high = (float(value) for value in values[order][ends])
        return Null(float(values @ chances), low, high, float(chances[extreme].sum()), len(values), exact=True)
    values = np.concatenate([statistic(block) for block in _drawn(strata, groups, shuffles, rng)])
    extreme = values <= observed + tolerance if smaller else values >= observed - tolerance
    low, high = (float(value) for value in np.quantile(values, [0.025, 0.975]))
    p_value = (int(extreme.sum()) + 1) / (shuffles + 1)
    return Null(float(values.mean()), low, high, p_value, shuffles, exact=False)


def _drawn(strata: Sequence[Stratum], groups: int, shuffles: int, rng: RNG) -> Iterator[Floats]:
    from scipy.stats import random_table

    draw = generator(rng)
    shape = strata[0].table.shape
    fixed = np.zeros((groups, *shape))
    loose: list[tuple[int, npt.NDArray[np.int64], npt.NDArray[np.int64], Floats]] = []
    for stratum in strata:
        rows = np.flatnonzero(stratum.table.sum(axis=1))
        columns = np.flatnonzero(stratum.table.sum(axis=0))
        if len(rows) < 2 or len(columns) < 2:
            fixed[stratum.group] += stratum.table
        else:
            loose.append((stratum.group, rows, columns, stratum.table[np.ix_(rows, columns)]))
    step = max(1, _BLOCK // max(1, groups * shape[0] * shape[1]))
    for low in range(0, shuffles, step):
        size = min(step, shuffles - low)
        block = np.repeat(fixed[None], size, axis=0)
        for group, rows, columns, table in loose:
            margins = table.sum(axis=1).astype(np.int64), table.sum(axis=0).astype(np.int64)
            drawn = random_table(*margins).rvs(size=size, random_state=draw)
            block[:, group, rows[:, None], columns[None, :]] += drawn
        yield block


def _listed(strata: Sequence[Stratum]) -> list[list[tuple[Floats, float]]] | None:
    """All tables of each stratum with their probabilities, or None where there are too many."""
    if any(stratum.table.sum() > MOST_SITUATIONS or stratum.table.size > MOST_CELLS for stratum in strata):
        return None
    lists: list[list[tuple[Floats, float]]] = []
    total = 1
    for stratum in strata:
        found: list[tuple[Floats, float]] = []
        rows, columns = stratum.table.sum(axis=1).astype(int), stratum.table.sum(axis=0).astype(int)
        whole = sum(map(math.lgamma, rows + 1.0)) + sum(map(math.lgamma, columns + 1.0))
        whole -= math.lgamma(int(rows.sum()) + 1.0)
        for table in _tables(tuple(rows.tolist()), tuple(columns.tolist())):
            filled = np.array(table, dtype=np.float64)
            found.append((filled, math.exp(whole - sum(map(math.lgamma, (filled + 1).ravel())))))
            if total * len(found) > MOST_LISTED:
                return None
        lists.append(found)
        total *= len(found)
    return lists


def _tables(rows: tuple[int, ...], columns: tuple[int, ...]) -> Iterator[list[tuple[int, ...]]]:
    """All tables of whole numbers with these margins."""
    if len(rows) == 1:
        yield [columns]
        return
    for first in _splits(rows[0], columns):
        left = tuple(column - taken for column, taken in zip(columns, first, strict=True))
        for rest in _tables(rows[1:], left):
            yield [first, *rest]


def _splits(total: int, most: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    """All ways to split a total over places that hold so many each."""
    if len(most) == 1:
        if total <= most[0]:
            yield (total,)
        return
    room = sum(most[1:])
    for taken in range(max(0, total - room), min(total, most[0]) + 1):
        for rest in _splits(total - taken, most[1:]):
            yield (taken, *rest)


def _all_sums(strata: Sequence[Stratum], lists: list[list[tuple[Floats, float]]], groups: int) -> tuple[Floats, Floats]:
    tables, chances = [], []
    for combination in itertools.product(*lists):
        whole = np.zeros((groups, *strata[0].table.shape))
        chance = 1.0
        for stratum, (table, share) in zip(strata, combination, strict=True):
            whole[stratum.group] += table
            chance *= share
        tables.append(whole)
        chances.append(chance)
    return np.stack(tables), np.array(chances) / math.fsum(chances)
