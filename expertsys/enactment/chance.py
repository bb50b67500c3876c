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
#: With fewer arrangements of whole persons than this, none can have a probability below 0.05.
FEWEST_ARRANGEMENTS = 20
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
        probability where all are listed. Never 0 where they are drawn. NaN where none can be given; see `note`.
    shuffles : int
        Shuffles drawn, or different tables listed.
    exact : bool
        Whether all were listed.
    within : str
        Within what labels were shuffled: ``"site"``, ``"person"``, ``"period"``, ``"person and period"``, or ``"whole
        persons"`` where each person has one label, and so for visits and the like.
    note : str
        Why there is no p-value, or what it takes for granted; empty where there is nothing to say.
    """

    mean: float
    low: float
    high: float
    p_value: float
    shuffles: int
    exact: bool
    within: str = "site"
    note: str = ""

    def __str__(self) -> str:
        if math.isnan(self.mean):
            return f"not compared: {self.note}"
        how = f"all {self.shuffles:,} rearrangements" if self.exact else f"{self.shuffles:,} shuffles"
        if self.within != "site":
            how += f" of {self.within}" if self.within.startswith("whole ") else f" within {self.within}"
        p_value = "no p-value" if math.isnan(self.p_value) else f"p = {self.p_value:.3g}"
        if self.note and not math.isnan(self.p_value):
            p_value += f" ({self.note})"
        return f"{self.mean:.3f} ({self.low:.3f} to {self.high:.3f}; {how}), {p_value}"


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
    ordering: Statistic | None = None,
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
    ordering : callable, optional
        What orders tables from usual to extreme for the p-value; by default the statistic.
    """
    order_by = statistic if ordering is None else ordering
    if shuffles is not None and (isinstance(shuffles, bool) or not isinstance(shuffles, int) or shuffles < 1):
        raise DataError(f"shuffles must be None or a whole number above 0, not {shuffles!r}", place="shuffles")
    fixed = np.zeros(cells)
    for stratum in tables:
        if not stratum.loose:
            fixed[stratum.cells] += stratum.table
    loose = [stratum for stratum in tables if stratum.loose]
    if ordering is not None:
        observed = float(ordering(sum((stratum_table(stratum, cells) for stratum in tables), np.zeros(cells))[None])[0])
    tolerance = 1e-12 * max(1.0, abs(observed))
    listed = _listed(loose)
    if listed is not None:
        values, ranks, chances = _all_values(loose, listed, fixed, statistic, order_by)
        extreme = ranks <= observed + tolerance if smaller else ranks >= observed - tolerance
        order = np.argsort(values)
        below = np.cumsum(chances[order])
        ends = np.minimum(np.searchsorted(below, [0.025, 0.975]), len(below) - 1)
        low, high = (float(value) for value in values[order][ends])
        p_value = min(1.0, float(chances[extreme].sum()))
        return Null(float(values @ chances), low, high, p_value, len(values), exact=True)
    if shuffles is None:
        work = sum(stratum.table.size for stratum in loose)
        shuffles = min(SHUFFLES, max(FEWEST, MOST_DRAWN // work))
    values, ranks = _both(_drawn(loose, fixed, shuffles, rng), statistic, order_by)
    extreme = ranks <= observed + tolerance if smaller else ranks >= observed - tolerance
    low, high = (float(value) for value in np.quantile(values, [0.025, 0.975]))
    p_value = (int(extreme.sum()) + 1) / (shuffles + 1)
    return Null(float(values.mean()), low, high, p_value, shuffles, exact=False)


def stratum_table(stratum: Stratum, cells: int) -> Floats:
    """The counts of a stratum in the measure's table, (K,)."""
    table = np.zeros(cells)
    table[stratum.cells] = stratum.table
    return table


def _both(blocks: Iterator[Floats], statistic: Statistic, order_by: Statistic) -> tuple[Floats, Floats]:
    """The statistic of each table, and what orders the tables."""
    pairs = []
    for block in blocks:
        values = statistic(block)
        pairs.append((values, values if order_by is statistic else order_by(block)))
    return np.concatenate([values for values, _ in pairs]), np.concatenate([ranks for _, ranks in pairs])


def persons_shuffled(
    persons: Floats,
    above: Counts,
    statistic: Statistic,
    observed: float,
    *,
    cells: int,
    smaller: bool,
    shuffles: int | None,
    rng: RNG,
    ordering: Statistic | None = None,
    who: str = "person",
) -> Null:
    """Compare a statistic with its distribution when persons who each have one label exchange these labels.

    Parameters
    ----------
    persons : ndarray of float, shape (M, G, R, C)
        The situations of each person; a person fills one row only, or one column only.
    above : ndarray of int, shape (M,)
        Within what they exchange labels, such as the site.
    statistic, observed, cells, smaller, shuffles, rng, ordering
        As in `shuffled`.
    who : str
        What they are called, where they are visits or the like.

    Returns
    -------
    Null
        Without a p-value where persons differ in neither, or where fewer than 20 arrangements are possible, so that
        none can be rare.
    """
    count = SHUFFLES if shuffles is None else shuffles
    nothing = Null(float("nan"), float("nan"), float("nan"), float("nan"), 0, exact=True, within=f"whole {who}s")
    for axis in (3, 2):  # the label is the column, or the row, that a person fills
        filled = persons.any(axis=tuple({1, 2, 3} - {axis}))
        if (filled.sum(axis=1) <= 1).all():
            break
    else:
        return attrs.evolve(
            nothing, note=f"within {who}s nothing can be exchanged, and {who}s have several labels each"
        )
    labels = filled.argmax(axis=1)
    possible = 1.0
    for group in np.unique(above):
        _, sizes = np.unique(labels[above == group], return_counts=True)
        possible *= math.exp(math.lgamma(sizes.sum() + 1) - sum(math.lgamma(size + 1) for size in sizes))
    if possible < FEWEST_ARRANGEMENTS - 0.5:
        return attrs.evolve(
            nothing,
            note=f"each {who} has one label throughout, and there are too few {who}s at each site to exchange them "
            f"({possible:.0f} arrangements)",
        )
    rest = persons.sum(axis=axis).reshape(len(persons), -1)
    draw = generator(rng)
    order_by = statistic if ordering is None else ordering
    observed = float(order_by(persons.sum(axis=0).reshape(1, -1))[0])
    values, ranks = [], []
    step = max(1, _BLOCK // max(cells, persons.size // persons.shape[1]))
    for start in range(0, count, step):
        size = min(step, count - start)
        given = np.tile(labels, (size, 1))
        for group in np.unique(above):
            members = np.flatnonzero(above == group)
            given[:, members] = draw.permuted(given[:, members], axis=1)
        moved = np.einsum("bmk,mx->bxk", np.eye(filled.shape[1])[given], rest)
        other = persons.shape[5 - axis]
        block = moved.reshape(size, persons.shape[1], other, filled.shape[1])
        table = (block if axis == 3 else block.swapaxes(2, 3)).reshape(size, -1)
        values.append(statistic(table))
        ranks.append(values[-1] if order_by is statistic else order_by(table))
    drawn, placed = np.concatenate(values), np.concatenate(ranks)
    tolerance = 1e-12 * max(1.0, abs(observed))
    extreme = placed <= observed + tolerance if smaller else placed >= observed - tolerance
    low, high = (float(value) for value in np.quantile(drawn, [0.025, 0.975]))
    p_value = (int(extreme.sum()) + 1) / (count + 1)
    return Null(float(drawn.mean()), low, high, p_value, count, exact=False, within=f"whole {who}s")


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
    loose: Sequence[Stratum],
    lists: list[list[tuple[Floats, float]]],
    fixed: Floats,
    statistic: Statistic,
    order_by: Statistic,
) -> tuple[Floats, Floats, Floats]:
    values, ranks, chances = [], [], []
    step = max(1, _BLOCK // len(fixed))
    combinations = itertools.product(*lists)
    while batch := list(itertools.islice(combinations, step)):
        block = np.repeat(fixed[None], len(batch), axis=0)
        for place, combination in enumerate(batch):
            for stratum, (table, _) in zip(loose, combination, strict=True):
                block[place][stratum.cells] += table
        values.append(statistic(block))
        ranks.append(values[-1] if order_by is statistic else order_by(block))
        chances += [math.prod(chance for _, chance in combination) for combination in batch]
    return np.concatenate(values), np.concatenate(ranks), np.array(chances) / math.fsum(chances)
