"""A cover of least size with its proof: exchanges find it, and branching under prices shows that none is smaller."""

from __future__ import annotations

from collections.abc import Iterator

import attrs
import numpy as np

from expertsys._core.progress import stage
from expertsys.qca.exchange import Exchange
from expertsys.qca.fit import Floats
from expertsys.qca.pricing import ROUNDING, prices, raised
from expertsys.qca.primes import Bools, Ints, Singles, late

#: Exchanges without success before branching begins; then nodes, more each time, in turn with exchanges.
PATIENCE, NODES, EXCHANGES = 5_000, 50, 4_000
#: How much less a column counts for a row's scarcity that could be in few covers only.
_SHARPNESS = 8.0
#: Columns of a row that are tried before prices are looked at again: so many, or those that are worth less than 1 by
#: such a share of the gap between bound and size, up to the last.
_FEW, _SHARE, _MANY = 5, 0.05, 20


def least_cover(left: Bools, end: float | None) -> tuple[Ints, int]:
    """One cover as small as could be found, and a size that none is below.

    Parameters
    ----------
    left : ndarray of bool, shape (P, n)
        Which column covers which row; there are rows, and each is covered by some.
    end : float, optional
        When to stop, on the monotonic clock.

    Returns
    -------
    ndarray of int
        Columns, sorted.
    int
        Equal to their number where that is proven to be least.
    """
    price = prices(left, end)
    bound = int(np.ceil(price.sum() - 1e-6))
    exchange, patience, most = Exchange.of(left), PATIENCE, NODES
    nodes = _within(left, bound, price)
    while len(exchange.best) > bound and not late(end):
        stage(f"{len(exchange.best)} terms, at least {bound}")
        if exchange.shorter(patience, end):
            continue
        for _ in range(most):
            found = next(nodes, ())
            if found:
                exchange.best = np.array(found, dtype=np.int64)
                break
            if found is not None:
                bound += 1
                nodes = _within(left, bound, price)
                break
            if late(end):
                break
        patience, most = EXCHANGES, 2 * most
    return np.sort(exchange.best), bound


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
    bound : float
        Columns that must be added, by these prices.
    chosen : tuple of int
        Columns that were taken.
    """

    table: Singles
    own: Ints
    size: int
    price: Singles
    bound: float
    chosen: tuple[int, ...]

    @classmethod
    def of(
        cls, table: Singles, own: Ints, size: int, price: Singles, bound: float, chosen: tuple[int, ...] = ()
    ) -> _Node:
        """Without the columns that no cover of this size needs: they cover no row, or are worth too little.

        A cover with a column is larger than the bound by what the column is worth less than 1.
        """
        kept = table.any(axis=1) & (1 - table @ price <= size - bound + ROUNDING)
        return cls(table[kept], own[kept], size, price, bound, chosen)

    @property
    def hopeless(self) -> bool:
        """Whether a row is left that no column covers, or the largest columns together cover too few."""
        return not self.table.any(axis=0).all() or bool(self.table.sum(axis=1).max() * self.size < self.table.shape[1])

    def children(self) -> Iterator[_Node]:
        """The node with each of some columns of a scarce row taken, those before it barred; last, with all barred.

        Children whose bound is above their size are left out.
        """
        if self.hopeless:
            return
        short = np.maximum(1 - self.table @ self.price, 0)
        gap = max(self.size - self.bound, 0) + ROUNDING
        likely = np.exp(-_SHARPNESS / gap * short)
        options = np.flatnonzero(self.table[:, (likely @ self.table).argmin()])
        options = options[np.argsort(short[options], kind="stable")]
        few = min(max(_FEW, int((short[options] <= _SHARE * gap).sum())), _MANY)
        last = int(len(options) > few + 1)  # whether columns of the row are left for one more child
        options = options[: few if last else None]
        count = len(options)
        order = np.concatenate([options, np.delete(np.arange(len(self.own)), options)])
        table, own = self.table[order], self.own[order]
        needed = np.vstack([table[:count] == 0, np.ones((last, table.shape[1]), dtype=bool)])
        barred = np.vstack([np.tri(count, dtype=bool), np.ones((last, count), dtype=bool)])
        size = np.array([self.size - 1] * count + [self.size] * last)
        price, bound = raised(table, self.price, size.astype(np.float32), needed, barred)
        for place in np.flatnonzero(bound <= size + ROUNDING):
            rows, after = needed[place], min(place + 1, count)
            yield _Node.of(
                table[after:, rows],
                own[after:],
                int(size[place]),
                price[place, rows],
                float(bound[place]),
                (*self.chosen, *own[place:after].tolist()),
            )


def _within(left: Bools, size: int, price: Floats) -> Iterator[tuple[int, ...] | None]:
    """Nothing for each node, and a cover of at most this size as soon as there is one; ends where there is none."""
    root = _Node.of(left.astype(np.float32), np.arange(len(left)), size, price.astype(np.float32), float(price.sum()))
    stack = [iter([root])]
    while stack:
        node = next(stack[-1], None)
        if node is None:
            stack.pop()
        elif not node.table.shape[1]:
            yield node.chosen
        elif node.size:
            yield None
            stack.append(node.children())
