"""The prime-implicant chart: a cover of least size with its proof, and all covers that tie.

Rows are configurations to be covered, columns prime implicants. The chart is reduced by what any least cover must obey,
divided into parts that share no implicant, and solved part by part.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice, product

import attrs
import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from expertsys.qca.branching import Effort, exact_covers, irredundant_covers
from expertsys.qca.exchange import greedy
from expertsys.qca.least import least_cover
from expertsys.qca.pricing import prices
from expertsys.qca.primes import Bools, Ints, late

#: Columns up to which dominated ones are looked for by one product.
_BLOCK = 2_000
#: Steps of a plain search: past these, prices cost less.
FEW_STEPS = 200


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


def minimum(chart: Bools, *, most: int, end: float | None = None) -> Covers:
    """All covers of least size, up to `most` of them.

    Parameters
    ----------
    chart : ndarray of bool, shape (P, n)
        Which implicant covers which row; each row by at least one.
    most : int
        Enumeration ends there.
    end : float, optional
        When to stop, on the monotonic clock; the best cover so far and its bound are given then.
    """
    columns, rows, forced = _reduced(chart, lossless=True, end=end)
    first, bound, proven = list(forced), len(forced), True
    lists, hard = [[tuple(forced)]], []
    for part, below in _parts(chart[np.ix_(columns, rows)]):
        own, held = columns[part], rows[below]
        left = chart[np.ix_(own, held)]
        options = _outright(left, most)
        if options:
            bound += len(options[0])
            lists.append(_named(own, options))
            first += lists[-1][0]
            continue
        best, least = _least(left, end)
        proven &= best.size == least
        bound += least
        first += own[best].tolist()
        hard.append((own, held, own[best]))
    known = tuple(sorted(first))
    if not proven or (most <= 1 and len(rows)):
        return Covers((known,), bound, complete=False)
    ties, whole = _ties(chart, hard, most, end)
    lists += ties
    same = [place for (option,) in (options for options in lists if len(options) == 1) for place in option]
    several = [options for options in lists if len(options) > 1]
    covers = [
        tuple(sorted([*same, *(place for option in choice for place in option)]))
        for choice in islice(product(*several), most + 1)
    ]
    whole &= len(covers) <= most
    found = dict.fromkeys([known, *covers] if known not in covers[:most] else covers)
    return Covers(tuple(islice(found, most)), bound, complete=whole)


def irredundant(chart: Bools, *, most: int, end: float | None = None) -> Covers:
    """All covers from which no column can be dropped, smallest first, up to `most` of them."""
    effort = Effort(end)
    found = list(islice(irredundant_covers(chart, effort), most + 1))
    whole = len(found) <= most and not effort.spent
    if not found:
        found = [_needed(chart, greedy(chart))]
    ordered = sorted(found[:most], key=lambda cover: (len(cover), cover))
    return Covers(tuple(ordered), len(ordered[0]) if whole else 0, complete=whole)


def _needed(chart: Bools, chosen: Ints) -> tuple[int, ...]:
    """A cover without the columns that it can spare."""
    kept = chosen.tolist()
    for column in chosen.tolist():
        rest = [other for other in kept if other != column]
        if chart[rest].any(axis=0).all():
            kept = rest
    return tuple(sorted(kept))


def _reduced(chart: Bools, *, lossless: bool, end: float | None) -> tuple[Ints, Ints, list[int]]:
    """Columns and rows that are left to decide, and columns that every least cover has.

    A row that is covered whenever another is says nothing. With `lossless` false, columns that another column contains
    are dropped too: one least cover remains, its ties may not. Past `end` what is left is larger than it need be.
    """
    columns, rows, forced = np.arange(chart.shape[0]), np.arange(chart.shape[1]), []
    while len(rows) and not late(end):
        left = chart[np.ix_(columns, rows)]
        alone = left.sum(axis=0) == 1
        if alone.any():
            chosen = np.unique(left[:, alone].argmax(axis=0))
            forced += columns[chosen].tolist()
            rows = rows[~left[chosen].any(axis=0)]
            columns = np.delete(columns, chosen)
            columns = columns[chart[np.ix_(columns, rows)].any(axis=1)]
            continue
        kept = np.ones(len(columns), dtype=bool) if lossless else ~_contained(left, end)
        needed = ~_implied(left[kept])
        if kept.all() and needed.all():
            break
        columns, rows = columns[kept], rows[needed]
    return columns, rows, forced


def _contained(left: Bools, end: float | None) -> Bools:
    """Columns whose rows all are in another column; of equal ones, all but the first."""
    _, first = np.unique(np.packbits(left, axis=1), axis=0, return_index=True)
    contained = np.ones(len(left), dtype=bool)
    contained[first] = False
    sizes, large = left.sum(axis=1), np.empty((0, left.shape[1]), dtype=np.float32)
    for size in np.unique(sizes[first])[::-1]:  # what contains a column is in one that none contains
        place = np.sort(first[sizes[first] == size])
        for low in range(0, len(place), _BLOCK):
            if late(end):
                break
            own = place[low : low + _BLOCK]
            contained[own] = (left[own].astype(np.float32) @ large.T == size).any(axis=1)
        large = np.vstack([large, left[place[~contained[place]]].astype(np.float32)])
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


def _least(left: Bools, end: float | None) -> tuple[Ints, int]:
    """One cover as small as could be found, and a size that none is below."""
    columns, rows, forced = _reduced(left, lossless=False, end=end)
    if not len(rows):
        return np.array(sorted(forced), dtype=np.int64), len(forced)
    chosen, bound = least_cover(left[np.ix_(columns, rows)], end)
    return np.array(sorted([*forced, *columns[chosen].tolist()]), dtype=np.int64), len(forced) + bound


def _named(own: Ints, options: list[tuple[int, ...]]) -> list[tuple[int, ...]]:
    return [tuple(own[list(option)].tolist()) for option in options]


def _outright(left: Bools, most: int) -> list[tuple[int, ...]]:
    """All least covers of a small part, one size after the other; none where the search is long or they are many."""
    effort = Effort(None, steps=FEW_STEPS)
    for size in range(1, left.shape[1] + 1):
        found = list(islice(exact_covers(left, size, None, effort), most + 1))
        if effort.spent or len(found) > most:
            break
        if found:
            return found
    return []


_Part = tuple[Ints, Ints, Ints]


def _ties(chart: Bools, parts: list[_Part], most: int, end: float | None) -> tuple[list[list[tuple[int, ...]]], bool]:
    """The least covers of each part of the chart, one of which is known, and whether these are all.

    A column worth less than 1 by more than the gap between the dual's bound and the least size is in no least cover
    (reduced-cost fixing; Nemhauser & Wolsey 1988, ch. II.5). What is left is reduced and divided until it is stable.
    """
    lists, whole, waiting = [], True, parts[::-1]
    while waiting:
        own, held, inside = waiting.pop()
        left = chart[np.ix_(own, held)]
        options = _outright(left, most)
        if options:
            lists.append(_named(own, options))
            continue
        price = prices(left, end)
        kept = left @ price >= 1 - (len(inside) - price.sum()) - 1e-6
        if not kept.all():
            own = own[kept]
            few, some, forced = _reduced(chart[np.ix_(own, held)], lossless=True, end=end)
            lists.append([tuple(own[forced].tolist())])
            for part, below in _parts(chart[np.ix_(own[few], held[some])]):
                place = own[few[part]]
                waiting.append((place, held[some[below]], np.intersect1d(place, inside)))
            continue
        others = np.setdiff1d(own, inside)
        others = others[np.argsort(-chart[np.ix_(others, held)].sum(axis=1), kind="stable")]
        own = np.concatenate([inside, others])  # ties are found fastest beside a known cover
        effort = Effort(end)
        every = exact_covers(chart[np.ix_(own, held)], len(inside), price.tolist(), effort)
        options = _named(own, list(islice(every, most + 1)))
        whole &= len(options) <= most and not effort.spent
        lists.append(options[:most] or [tuple(inside.tolist())])
    return lists, whole
