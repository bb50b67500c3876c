"""The prime-implicant chart: a cover of least size with its proof, and all covers that tie.

Rows are configurations to be covered, columns prime implicants. The chart is reduced by what any least cover must obey,
divided into parts that share no implicant, and solved part by part.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from itertools import islice, product
from typing import Any

import attrs
import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse.csgraph import connected_components

from expertsys.qca.primes import Bools, Ints

#: Columns up to which dominated ones are looked for by one product.
_BLOCK = 2_000
#: Steps of the search for ties in one part of the chart (about 20 µs each): where it ends, the covers are not all.
MOST_STEPS = 500_000


@attrs.frozen
class Covers:
    """Covers of the chart.

    Parameters
    ----------
    found : tuple of tuple of int
        Columns of each cover, the first of them of the least size known.
    bound : int
        No cover has fewer columns; proven.
    complete : bool
        Whether all covers are in `found`.
    """

    found: tuple[tuple[int, ...], ...]
    bound: int
    complete: bool

    @property
    def size(self) -> int:
        """Columns of the first cover."""
        return len(self.found[0]) if self.found else 0


def minimum(chart: Bools, *, most: int, time_limit: float | None = None) -> Covers:
    """All covers of least size, up to `most` of them.

    Parameters
    ----------
    chart : ndarray of bool, shape (P, n)
        Which implicant covers which row; each row by at least one.
    most : int
        Enumeration ends there.
    time_limit : float, optional
        Seconds for the whole; the best cover so far and its bound are given after that.
    """
    end = None if time_limit is None else time.monotonic() + time_limit
    columns, rows, forced = _reduced(chart, lossless=True)
    if not len(rows):
        return Covers((tuple(sorted(forced)),), len(forced), complete=True)
    bound, known, ties = len(forced), [tuple(forced)], []
    proven = True
    for part in _parts(chart[np.ix_(columns, rows)]):
        own, held = columns[part[0]], rows[part[1]]
        best, least = _least(chart[np.ix_(own, held)], _left(end))
        proven &= best.size == least
        bound += least
        known.append(tuple(own[best]))
        ties.append((own, held, own[best]))
    first = tuple(sorted(int(column) for part in known for column in part))
    if not proven or most <= 1:
        return Covers((first,), bound, complete=False)
    always, lists, whole = set(forced), [], True
    for own, held, best in ties:
        fixed, open_parts = _narrowed(chart, own, held, best)
        always |= fixed
        for narrow, rest, inside in open_parts:
            effort = Effort(end)
            every = islice(_exact(chart[np.ix_(narrow, rest)], len(inside), effort), most + 1)
            options = [tuple(narrow[list(chosen)]) for chosen in every]
            whole &= len(options) <= most and not effort.spent
            lists.append(options[:most] or [tuple(inside)])
    covers = [
        tuple(sorted(int(column) for part in (tuple(always), *choice) for column in part))
        for choice in islice(product(*lists), most + 1)
    ]
    whole &= len(covers) <= most
    found = dict.fromkeys([first, *covers]) if first not in covers[:most] else dict.fromkeys(covers)
    return Covers(tuple(islice(found, most)), bound, complete=whole)


def irredundant(chart: Bools, *, most: int, time_limit: float | None = None) -> Covers:
    """All covers from which no column can be dropped, smallest first, up to `most` of them."""
    end = None if time_limit is None else time.monotonic() + time_limit
    effort = Effort(end)
    found = list(islice(_irredundant(chart, effort), most + 1))
    whole = len(found) <= most and not effort.spent
    ordered = sorted(found[:most], key=lambda cover: (len(cover), cover))
    return Covers(tuple(ordered), len(ordered[0]) if ordered and whole else 0, complete=whole)


def _left(end: float | None) -> float | None:
    return None if end is None else max(0.05, end - time.monotonic())


def _reduced(chart: Bools, *, lossless: bool) -> tuple[Ints, Ints, list[int]]:
    """Columns and rows that are left to decide, and columns that every least cover has.

    A row that is covered whenever another is says nothing. With `lossless` false, columns that another column contains
    are dropped too: one least cover remains, its ties may not.
    """
    columns, rows, forced = np.arange(chart.shape[0]), np.arange(chart.shape[1]), []
    while len(rows):
        left = chart[np.ix_(columns, rows)]
        alone = left.sum(axis=0) == 1
        if alone.any():
            chosen = np.unique(left[:, alone].argmax(axis=0))
            forced += columns[chosen].tolist()
            rows = rows[~left[chosen].any(axis=0)]
            columns = np.delete(columns, chosen)
            columns = columns[chart[np.ix_(columns, rows)].any(axis=1)]
            continue
        kept = np.ones(len(columns), dtype=bool) if lossless else ~_contained(left)
        needed = ~_implied(left[kept])
        if kept.all() and needed.all():
            break
        columns, rows = columns[kept], rows[needed]
    return columns, rows, forced


def _contained(left: Bools) -> Bools:
    """Columns whose rows all are in another column; of equal ones, all but the first."""
    _, first, same = np.unique(np.packbits(left, axis=1), axis=0, return_index=True, return_inverse=True)
    contained = np.ones(len(left), dtype=bool)
    contained[first] = False
    place = np.sort(first)
    table = sparse.csr_array(left[place].astype(np.float32))
    sizes = left[place].sum(axis=1)
    for low in range(0, len(place), _BLOCK):
        shared = (table[low : low + _BLOCK] @ table.T).toarray()
        own = sizes[low : low + _BLOCK, None]
        contained[place[low : low + _BLOCK]] |= ((shared == own) & (sizes[None, :] > own)).any(axis=1)
    del same
    return contained


def _implied(left: Bools) -> Bools:
    """Rows that are covered whenever some other row is; of equal ones, all but the first."""
    table = left.astype(np.float32)
    shared = table.T @ table
    implies = shared == np.diagonal(shared)[:, None]  # every column of the first covers the second
    np.fill_diagonal(implies, val=False)
    number = np.arange(len(implies))
    equal = implies & implies.T
    return np.asarray(((implies & ~equal) | (equal & (number[:, None] < number[None, :]))).any(axis=0))


def _parts(left: Bools) -> Iterator[tuple[Ints, Ints]]:
    """Columns and rows of each part of the chart that shares nothing with the others."""
    size = left.shape[0]
    edges = sparse.coo_array(left)
    graph = sparse.coo_array((np.ones(edges.nnz), (edges.row, edges.col + size)), shape=(sum(left.shape),) * 2)
    count, label = connected_components(graph.tocsr(), directed=False)
    for part in range(count):
        rows = np.flatnonzero(label[size:] == part)
        if len(rows):
            yield np.flatnonzero(label[:size] == part), rows


def _least(left: Bools, seconds: float | None) -> tuple[Ints, int]:
    """One cover as small as could be found, and a size that none is below: the set-covering problem, by HiGHS."""
    columns, rows, forced = _reduced(left, lossless=False)
    if not len(rows):
        return np.array(sorted(forced), dtype=np.int64), len(forced)
    matrix = sparse.csr_array(left[np.ix_(columns, rows)].T.astype(np.float64))
    options: Any = {} if seconds is None else {"time_limit": seconds}
    ones = np.ones(len(columns), dtype=np.int64)
    least = LinearConstraint(matrix, lb=1)
    solved = milp(ones, constraints=least, integrality=ones, bounds=Bounds(0, 1), options=options)
    chosen = np.flatnonzero(solved.x > 0.5) if solved.x is not None else _greedy(left[np.ix_(columns, rows)])
    dual = getattr(solved, "mip_dual_bound", None)
    bound = 1 if dual is None or not np.isfinite(dual) else int(np.ceil(dual - 1e-6))
    return np.array(sorted([*forced, *columns[chosen].tolist()]), dtype=np.int64), len(forced) + min(bound, len(chosen))


_Part = tuple[Ints, Ints, Ints]


def _narrowed(chart: Bools, columns: Ints, rows: Ints, best: Ints) -> tuple[set[int], list[_Part]]:
    """What is left to decide among the least covers, of which `best` is one, and the columns that all of them have.

    A column worth less than 1 by more than the gap between the dual's bound and the least size is in no least cover
    (reduced-cost fixing; Nemhauser & Wolsey 1988, ch. II.5). What is left is reduced and divided until it is stable.
    """
    always: set[int] = set()
    waiting, done = [(columns, rows, best)], []
    while waiting:
        own, held, inside = waiting.pop()
        left = chart[np.ix_(own, held)]
        price = np.array(_prices(left))
        kept = left @ price >= 1 - (len(inside) - price.sum()) - 1e-6
        if kept.all():
            others = np.setdiff1d(own, inside)
            others = others[np.argsort(-chart[np.ix_(others, held)].sum(axis=1), kind="stable")]
            done.append((np.concatenate([inside, others]), held, inside))  # ties are found fastest beside a known cover
            continue
        own = own[kept]
        few, some, forced = _reduced(chart[np.ix_(own, held)], lossless=True)
        always |= {int(own[column]) for column in forced}
        for part, below in _parts(chart[np.ix_(own[few], held[some])]):
            place = own[few[part]]
            waiting.append((place, held[some[below]], np.intersect1d(place, inside)))
    return always, done


def _greedy(left: Bools) -> Ints:
    chosen, open_rows = [], np.ones(left.shape[1], dtype=bool)
    while open_rows.any():
        chosen.append(int(left[:, open_rows].sum(axis=1).argmax()))
        open_rows &= ~left[chosen[-1]]
    return np.array(chosen, dtype=np.int64)


def _bits(table: Bools) -> list[int]:
    """Each row as one whole number, the first column its lowest bit."""
    packed = np.packbits(table, axis=1, bitorder="little")
    return [int.from_bytes(row.tobytes(), "little") for row in packed]


@attrs.define
class Effort:
    """How much longer to search: steps, and a time on the monotonic clock.

    Parameters
    ----------
    end : float or None
        When to stop.
    steps : int
        Steps left.
    spent : bool
        Whether the search was cut short.
    """

    end: float | None
    steps: int = MOST_STEPS
    spent: bool = False

    def ends(self) -> bool:
        """Count a step, and say whether it was one too many."""
        self.steps -= 1
        if self.steps < 0 or (self.end is not None and time.monotonic() > self.end):
            self.spent = True
        return self.spent


def _exact(left: Bools, size: int, effort: Effort) -> Iterator[tuple[int, ...]]:
    """Every cover of exactly the least size, each once: branch on the row with the fewest columns."""
    holds, held_by, price = _bits(left), _bits(left.T), _prices(left)
    everything = (1 << left.shape[1]) - 1

    def worth(rows: int) -> float:
        total = 0.0
        while rows:
            total += price[(rows & -rows).bit_length() - 1]
            rows &= rows - 1
        return total

    def search(chosen: list[int], open_rows: int, barred: int, owed: float) -> Iterator[tuple[int, ...]]:
        if not open_rows:
            yield tuple(sorted(chosen))
            return
        room = size - len(chosen)
        if room < 1 or owed > room + 1e-6 or effort.ends():
            return
        least, fewest, apart, used = -1, 1 << 60, 0, 0
        rest = open_rows
        candidates: list[tuple[int, int, int]] = []
        while rest:
            row = (rest & -rest).bit_length() - 1
            rest &= rest - 1
            options = held_by[row] & ~barred
            if not options:
                return
            number = options.bit_count()
            if number == 1:
                least, candidates = row, []
                break
            candidates.append((number, row, options))
            if number < fewest:
                least, fewest = row, number
        for _, _, options in sorted(candidates):  # rows that share no column need a column each
            if not options & used:
                apart, used = apart + 1, used | options
                if apart > room:
                    return
        options = held_by[least] & ~barred
        while options:
            column = (options & -options).bit_length() - 1
            options &= options - 1
            gained = worth(open_rows & holds[column])
            yield from search([*chosen, column], open_rows & ~holds[column], barred, owed - gained)
            barred |= 1 << column

    yield from search([], everything, 0, sum(price))


def _prices(left: Bools) -> list[float]:
    """A price for each row such that no column is worth more than 1: rows left open need as many columns as they cost.

    The dual of the linear relaxation, scaled so that rounding cannot break the rule.
    """
    rows = left.shape[1]
    ones = np.ones(rows)
    held = LinearConstraint(sparse.csr_array(left.astype(np.float64)), ub=1)
    solved = milp(-ones, constraints=held, bounds=Bounds(0, 1))
    if solved.x is None:
        return [0.0] * rows
    price = np.clip(solved.x, 0, 1)
    return list(price / max(1.0, float((left @ price).max())))


def _irredundant(chart: Bools, effort: Effort) -> Iterator[tuple[int, ...]]:
    """Every cover from which no column can be dropped, each once."""
    holds, held_by = _bits(chart), _bits(chart.T)
    everything = (1 << chart.shape[1]) - 1

    def needed(chosen: Sequence[int]) -> bool:
        """Whether each column covers a row that no other chosen one covers."""
        once, twice = 0, 0
        for column in chosen:
            twice |= once & holds[column]
            once |= holds[column]
        return all(holds[column] & ~twice for column in chosen)

    def search(chosen: list[int], open_rows: int, barred: int) -> Iterator[tuple[int, ...]]:
        if not needed(chosen) or effort.ends():
            return
        if not open_rows:
            yield tuple(sorted(chosen))
            return
        row = (open_rows & -open_rows).bit_length() - 1
        options = held_by[row] & ~barred
        while options:
            column = (options & -options).bit_length() - 1
            options &= options - 1
            yield from search([*chosen, column], open_rows & ~holds[column], barred)
            barred |= 1 << column

    yield from search([], everything, 0)
