"""What a measure would show if nothing but chance were at work: labels shuffled within strata.

Shuffling labels within a stratum leaves the margins of its table as they are, so that tables with fixed margins are
drawn directly, whatever the number of situations. Where few tables are possible, all are listed with their
probabilities, and nothing is drawn.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

import attrs
import numpy as np
import numpy.typing as npt

from expertsys._core.errors import DataError
from expertsys._core.rng import RNG, generator

Floats: TypeAlias = npt.NDArray[np.float64]
Counts: TypeAlias = npt.NDArray[np.int64]
Statistic: TypeAlias = Callable[[Floats], Floats]

#: Up to so many combinations of tables are listed one by one.
MOST_LISTED = 5_000
#: Tables larger than this have too many rearrangements to be listed.
MOST_SITUATIONS, MOST_CELLS = 120, 40
#: Shuffles drawn, and how many cells they may fill before fewer (never below the second number) have to do.
SHUFFLES, FEWEST, MOST_DRAWN = 999, 99, 100_000_000
_BLOCK = 2_000_000


@attrs.frozen(eq=False)
class Stratum:
    """A table whose margins stay as they are.

    Parameters
    ----------
    table : ndarray of float, shape (R, C)
        Whole numbers; no row and no column is empty.
    cells : ndarray of int, shape (R, C)
        Which cell of the measure's table each of them is.
    """

    table: Floats
    cells: Counts

    @property
    def loose(self) -> bool:
        """Whether it can be rearranged at all."""
        return bool(min(self.table.shape) > 1)


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
        Shuffles drawn, or different tables listed.
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
        how = f"all {self.shuffles:,} rearrangements" if self.exact else f"{self.shuffles:,} shuffles"
        return f"{self.mean:.3f} ({self.low:.3f} to {self.high:.3f}; {how}), p = {self.p_value:.3g}"


def strata(tables: Floats, groups: int) -> Iterator[Stratum]:
    """The strata of one site: one for each group, of those rows and columns that occur in it.

    Parameters
    ----------
    tables : ndarray of float, shape (G, R, C)
        Its situations.
    groups : int
        G.
    """
    cells = np.arange(tables.size).reshape(tables.shape)
    for group in range(groups):
        rows, columns = (np.flatnonzero(tables[group].any(axis=axis)) for axis in (1, 0))
        if len(rows):
            where = np.ix_(rows, columns)
            yield Stratum(tables[group][where], cells[group][where])


def shuffled(
    tables: Sequence[Stratum],
    statistic: Statistic,
    observed: float,
    *,
    cells: int,
    smaller: bool,
    shuffles: int | None,
    rng: RNG,
) -> Null:
    """Compare a statistic with its distribution under shuffling within strata.

    Parameters
    ----------
    tables : sequence of Stratum
        Their sum is what the statistic is of.
    statistic : callable
        Counts per cell (B, K) to B values.
    observed : float
        Its value in the data.
    cells : int
        K.
    smaller : bool
        Whether smaller values are more extreme.
    shuffles : int or None
        To draw where not all can be listed; None for 999, or fewer where the strata are many and large.
    rng : None, int or Generator
        For drawing.
    """
    if shuffles is not None and (isinstance(shuffles, bool) or not isinstance(shuffles, int) or shuffles < 1):
        raise DataError(f"shuffles must be None or a whole number above 0, not {shuffles!r}", place="shuffles")
    fixed = np.zeros(cells)
    for stratum in tables:
        if not stratum.loose:
            fixed[stratum.cells] += stratum.table
    loose = [stratum for stratum in tables if stratum.loose]
    tolerance = 1e-12 * max(1.0, abs(observed))
    listed = _listed(loose)
    if listed is not None:
        values, chances = _all_values(loose, listed, fixed, statistic)
        extreme = values <= observed + tolerance if smaller else values >= observed - tolerance
        order = np.argsort(values)
        below = np.cumsum(chances[order])
        ends = np.minimum(np.searchsorted(below, [0.025, 0.975]), len(below) - 1)
        low, high = (float(value) for value in values[order][ends])
        p_value = min(1.0, float(chances[extreme].sum()))
        return Null(float(values @ chances), low, high, p_value, len(values), exact=True)
    if shuffles is None:
        work = sum(stratum.table.size for stratum in loose)
        shuffles = min(SHUFFLES, max(FEWEST, MOST_DRAWN // work))
    values = np.concatenate([statistic(block) for block in _drawn(loose, fixed, shuffles, rng)])
    extreme = values <= observed + tolerance if smaller else values >= observed - tolerance
    low, high = (float(value) for value in np.quantile(values, [0.025, 0.975]))
    p_value = (int(extreme.sum()) + 1) / (shuffles + 1)
    return Null(float(values.mean()), low, high, p_value, shuffles, exact=False)


def _drawn(loose: Sequence[Stratum], fixed: Floats, shuffles: int, rng: RNG) -> Iterator[Floats]:
    from scipy.stats import random_table

    draw = generator(rng)
    step = max(1, _BLOCK // len(fixed))
    for low in range(0, shuffles, step):
        block = np.repeat(fixed[None], min(step, shuffles - low), axis=0)
        for stratum in loose:
            margins = (stratum.table.sum(axis=axis).astype(np.int64) for axis in (1, 0))
            block[:, stratum.cells] += random_table(*margins).rvs(size=len(block), random_state=draw)
        yield block


def _listed(loose: Sequence[Stratum]) -> list[list[tuple[Floats, float]]] | None:
    """All tables of each stratum with their probabilities, or None where there are too many."""
    if any(stratum.table.sum() > MOST_SITUATIONS or stratum.table.size > MOST_CELLS for stratum in loose):
        return None
    total = math.prod(_fewest(stratum.table) for stratum in loose)
    if total > MOST_LISTED:
        return None
    lists: list[list[tuple[Floats, float]]] = []
    for stratum in loose:
        total //= _fewest(stratum.table)
        found: list[tuple[Floats, float]] = []
        rows, columns = (tuple(stratum.table.sum(axis=axis).astype(int).tolist()) for axis in (1, 0))
        whole = sum(math.lgamma(margin + 1) for margin in (*rows, *columns)) - math.lgamma(sum(rows) + 1)
        for table in _tables(rows, columns):
            filled = np.array(table, dtype=np.float64)
            found.append((filled, math.exp(whole - sum(math.lgamma(count + 1) for count in filled.ravel()))))
            if total * len(found) > MOST_LISTED:
                return None
        lists.append(found)
        total *= len(found)
    return lists


def _fewest(table: Floats) -> int:
    """A number that its rearrangements reach at least: the values that one of its cells can take."""
    rows, columns = table.sum(axis=1)[:, None], table.sum(axis=0)[None]
    reach = np.minimum(rows, columns) - np.maximum(0, rows + columns - table.sum())
    return int(reach.max()) + 1


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


def _all_values(
    loose: Sequence[Stratum], lists: list[list[tuple[Floats, float]]], fixed: Floats, statistic: Statistic
) -> tuple[Floats, Floats]:
    values, chances = [], []
    step = max(1, _BLOCK // len(fixed))
    combinations = itertools.product(*lists)
    while batch := list(itertools.islice(combinations, step)):
        block = np.repeat(fixed[None], len(batch), axis=0)
        for place, combination in enumerate(batch):
            for stratum, (table, _) in zip(loose, combination, strict=True):
                block[place][stratum.cells] += table
        values.append(statistic(block))
        chances += [math.prod(chance for _, chance in combination) for combination in batch]
    return np.concatenate(values), np.array(chances) / math.fsum(chances)
