"""Covers that are small, found by exchanging columns; nothing here proves that none is smaller."""

from __future__ import annotations

import attrs
import numpy as np

from expertsys.qca.primes import Bools, Ints, Singles, late


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
