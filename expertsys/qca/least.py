"""A cover of least size with its proof: exchanges find it, and branching under prices shows that none is smaller.

Columns cover rows. A price for each row, such that no column is worth more than 1, bounds every cover from below: rows
left open need as many columns as they cost (the dual of the linear relaxation; Nemhauser & Wolsey 1988, ch. II.5).
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from expertsys.qca.fit import Floats
from expertsys.qca.primes import Bools, Ints, late

Singles = npt.NDArray[np.float32]

#: Exchanges without success before branching begins; then nodes in turn with exchanges.
PATIENCE, NODES, EXCHANGES = 5_000, 50, 4_000
#: Steps in which prices are raised before the linear programme is solved.
RAISES = 40
#: How much less a column counts for a row's scarcity that could be in few covers only.
_SHARPNESS = 5.0
#: Rounding of sums in double and in single precision.
_EXACT, _NEAR = 1e-6, 1e-3


def least_cover(left: Bools, end: float | None) -> tuple[Ints, int]:
    """One cover as small as could be found, and a size that none is below.

    Parameters
    ----------
    left : ndarray of bool, shape (P, n)
        Which column covers which row; each row is covered by some.
    end : float, optional
        When to stop, on the monotonic clock.

    Returns
    -------
    ndarray of int
        Columns, sorted.
    int
        Equal to their number where that is proven to be least.
    """
    bound = int(np.ceil(prices(left, end).sum() - _EXACT))
    exchange, patience = Exchange.of(left), PATIENCE
    nodes = _within(left, bound, end)
    while len(exchange.best) > bound and not late(end):
        if exchange.shorter(patience, end):
            continue
        patience = EXCHANGES
        for _ in range(NODES):
            found = next(nodes, ())
            if found:
                exchange.best = np.array(found, dtype=np.int64)
                break
            if found is not None:
                bound += 1
                nodes = _within(left, bound, end)
                break
    return np.sort(exchange.best), min(bound, len(exchange.best))


def prices(left: npt.NDArray[Any], end: float | None) -> Floats:
    """A price for each row such that no column is worth more than 1, as dear together as can be.

    Scaled so that rounding cannot break the rule; 0 where the time is up.
    """
    rows = left.shape[1]
    held = LinearConstraint(sparse.csr_array(left.astype(np.float64)), ub=1)
    options: Any = {} if end is None else {"time_limit": max(0.05, end - time.monotonic())}
    solved = milp(-np.ones(rows), constraints=held, bounds=Bounds(0, 1), options=options)
    if solved.x is None:
        return np.zeros(rows)
    price = np.clip(solved.x, 0, 1)
    return np.asarray(price / max(1.0, float((left @ price).max())))


def greedy(left: Bools) -> Ints:
    """A cover of the columns that cover most rows that are left."""
    chosen, open_rows = [], np.ones(left.shape[1], dtype=bool)
    while open_rows.any():
        chosen.append(int(left[:, open_rows].sum(axis=1).argmax()))
        open_rows &= ~left[chosen[-1]]
    return np.array(chosen, dtype=np.int64)


@attrs.define(eq=False)
class Exchange:
    """Looks for a smaller cover: one column is dropped, then columns are exchanged until no row is open.

    Rows that stay open gain weight (Gao, Yao, Weise & Li 2015, European Journal of Operational Research 246:750-761).

    Parameters
    ----------
    table : ndarray of float, shape (P, n)
        1 where a column covers a row.
    best : ndarray of int
        The smallest cover that is known.
    """

    table: Singles
    best: Ints
    _holders: list[Ints]
    _weight: Singles
    _random: np.random.Generator
    _chosen: Ints
    _times: Singles  # how often each row is covered
    _until: Ints  # the step before which a column may not move
    _step: int = 0

    @classmethod
    def of(cls, left: Bools) -> Exchange:
        """From the cover that takes most rows first."""
        table, first = left.astype(np.float32), greedy(left)
        holders = [np.flatnonzero(row) for row in left.T]
        weight, until = np.ones(table.shape[1], dtype=np.float32), np.zeros(len(table), dtype=np.int64)
        random = np.random.default_rng(0)
        found = cls(table, first, holders, weight, random, first.copy(), table[first].sum(axis=0), until)
        found._chosen = np.delete(first, found._drop())
        return found

    def shorter(self, steps: int, end: float | None) -> bool:
        """Go on for some steps; whether a cover with a column less was found."""
        for _ in range(steps):
            if late(end) or not len(self._chosen):
                break
            if self._times.all():
                self.best = self._chosen.copy()
                self._chosen = np.delete(self._chosen, self._drop())
                return True
            self._step += 1
            place = self._drop()
            self._until[self._chosen[place]] = self._step + 1
            open_rows = np.flatnonzero(self._times == 0)
            options = self._holders[open_rows[self._random.integers(len(open_rows))]]
            gain = self.table[options] @ (self._weight * (self._times == 0)) + self._noise(len(options))
            gain[self._until[options] > self._step] -= 1e9
            taken = options[gain.argmax()]
            self._chosen[place] = taken
            self._times += self.table[taken]
            self._until[taken] = self._step + self._random.integers(2, 5)
            self._weight[self._times == 0] += 1
        return False

    def _drop(self) -> int:
        """Uncover what one column covers: that which alone covers the least weight; its place."""
        loss = self.table[self._chosen] @ (self._weight * (self._times == 1)) + self._noise(len(self._chosen))
        loss[self._until[self._chosen] > self._step] += 1e9
        place = int(loss.argmin())
        self._times -= self.table[self._chosen[place]]
        return place

    def _noise(self, size: int) -> Singles:
        return np.asarray(self._random.random(size, dtype=np.float32) * np.float32(1e-3))


@attrs.frozen(eq=False)
class _Node:
    """Columns and rows that are left to decide, and how many columns may be added.

    Parameters
    ----------
    table : ndarray of float, shape (P, n)
        1 where a column covers a row.
    own : ndarray of int, shape (P,)
        The columns' numbers.
    size : int
        Columns that may be added.
    price : ndarray of float, shape (n,)
        Of each row.
    chosen : tuple of int
        Columns that were taken.
    """

    table: Singles
    own: Ints
    size: int
    price: Singles
    chosen: tuple[int, ...]

    def without(self, price: npt.NDArray[Any], bound: float) -> _Node:
        """The columns that can be in a cover of this size: what they are short of 1 must not exceed the gap."""
        own = price.astype(np.float32)
        kept = 1 - self.table @ own <= self.size - bound + _NEAR
        return attrs.evolve(self, table=self.table[kept], own=self.own[kept], price=own)

    @property
    def hopeless(self) -> bool:
        """Whether a row is left that no column covers, or the largest columns together cover too few."""
        return (
            not len(self.table)
            or not self.table.any(axis=0).all()
            or bool(self.table.sum(axis=1).max() * self.size < self.table.shape[1])
        )

    def children(self, end: float | None) -> Iterator[_Node]:
        """The node with each column of a scarce row taken, those before it barred; none where no cover can be."""
        if self.hopeless:
            return
        price, bound = _raised(self)
        if bound > self.size + _NEAR:
            return
        node = self.without(price, bound)
        if node.hopeless:
            return
        exact = prices(node.table, end)
        if exact.sum() > node.size + _EXACT:
            return
        node = node.without(exact, float(exact.sum()))
        if node.hopeless:
            return
        short = 1 - node.table @ node.price
        likely = np.exp(-_SHARPNESS * short / max(node.size - float(exact.sum()), _NEAR)).astype(np.float32)
        options = np.flatnonzero(node.table[:, (likely @ node.table).argmin()])
        options = options[np.argsort(short[options], kind="stable")]
        free = np.ones(len(node.own), dtype=bool)
        for column in options:
            free[column] = False
            rows = node.table[column] == 0
            table = node.table[np.ix_(free, rows)]
            some = table.any(axis=1)
            yield _Node(
                table[some],
                node.own[free][some],
                node.size - 1,
                node.price[rows],
                (*node.chosen, int(node.own[column])),
            )


def _raised(node: _Node) -> tuple[Singles, float]:
    """Prices raised step by step along the subgradient (Held & Karp 1971), and the bound that they give."""
    best, kept, price, pace, still = -1.0, node.price, node.price, 1.0, 0
    for _ in range(RAISES):
        short = 1 - node.table @ price
        cheap = short < 0
        bound = float(price.sum() + short[cheap].sum())
        if bound > best + 1e-4:
            best, kept, still = bound, price, 0
        else:
            still += 1
        if still == 4:
            pace, still = pace / 2, 0
        slope = 1 - node.table[cheap].sum(axis=0)
        steep = float(slope @ slope)
        if best > node.size + _NEAR or steep == 0:
            break
        price = np.maximum(0, price + np.float32(pace * (node.size + 0.2 - bound) / steep) * slope)
    return kept, best


def _within(left: Bools, size: int, end: float | None) -> Iterator[tuple[int, ...] | None]:
    """A cover of at most this size, where there is one; nothing for each node on the way to it."""
    free = np.zeros(left.shape[1], dtype=np.float32)
    stack = [iter([_Node(left.astype(np.float32), np.arange(len(left)), size, free, ())])]
    while stack:
        node = next(stack[-1], None)
        if node is None:
            stack.pop()
        elif not node.table.shape[1]:
            yield node.chosen
        elif node.size:
            yield None
            stack.append(node.children(end))
