"""Prices of rows, which bound every cover from below.

Where no column is worth more than 1, the sum of its rows' prices, rows left open need as many columns as they cost (the
dual of the linear relaxation; Nemhauser & Wolsey 1988, ch. II.5). Where some are, the bound is less by what they are
worth above 1 (Held & Karp 1971).
"""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from expertsys.qca.exchange import Singles
from expertsys.qca.fit import Floats
from expertsys.qca.primes import Bools

#: Prices are raised in rounds of steps. A round without success halves the pace, which starts and ends at these.
ROUNDS, STEPS, FIRST, LAST = 12, 8, 0.8, 0.02
#: A step aims at this much above the size that is to be refuted, and keeps this share of the direction before it.
ABOVE, KEPT = 0.2, 0.4
#: Columns that are short of 1 by more than this do not guide the steps; they count in the bound.
FAR = 0.25
#: Rounding of sums in single precision.
NEAR = 1e-3
#: Less than any column is worth.
_AWAY = np.float32(-1e6)
_KEPT, _LEAST = np.float32(KEPT), np.float32(1e-3)


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


def raised(table: Singles, price: Singles, sizes: Singles, left: Bools, barred: Bools) -> tuple[Singles, Singles]:
    """Prices for several problems on one table, raised together until each bound passes its size or stays below it.

    Parameters
    ----------
    table : ndarray of float, shape (P, n)
        1 where a column covers a row.
    price : ndarray of float, shape (n,)
        Prices to begin with.
    sizes : ndarray of float, shape (m,)
        For each problem the number of columns that may not suffice.
    left : ndarray of bool, shape (m, n)
        Rows that each problem must cover.
    barred : ndarray of bool, shape (m, w)
        Which of the first w columns each problem may not use.

    Returns
    -------
    ndarray of float, shape (m, n)
        Prices for each problem.
    ndarray of float, shape (m,)
        The bound that they give.
    """
    near = table @ price >= 1 - FAR
    near[: barred.shape[1]] = True
    kept, best = _climbed(table[near], left * price, sizes, left, barred)
    best -= np.maximum(kept @ table[~near].T - 1, 0).sum(axis=1)
    return kept, best


def _climbed(table: Singles, price: Singles, sizes: Singles, left: Bools, barred: Bools) -> tuple[Singles, Singles]:
    """Prices raised along the subgradient, with a share of the direction before it (Camerini, Fratta & Maffioli 1975).

    Steps are many and small, so that their additions are left to the products. After its prices each problem has a 1,
    and a 1 at its own place among the problems; columns are worth what their rows cost, less 1, less what bars them. A
    last column is worth all prices and 1.
    """
    (columns, rows), (count, width) = table.shape, barred.shape
    worth = np.zeros((rows + 1 + count, columns + 1), dtype=np.float32)
    worth[:rows, :columns], worth[rows, :columns] = table.T, -1
    worth[rows + 1 :, :width] = barred * _AWAY
    worth[: rows + 1, columns] = 1
    slopes = np.zeros((columns + 1, rows + 1 + count), dtype=np.float32)
    slopes[:columns, :rows], slopes[columns, :rows] = (KEPT - 1) * table, 1 - KEPT
    bounds = np.full(columns + 1, -1, dtype=np.float32)  # with the last: 1 and the bound
    bounds[columns] = 1
    own = np.hstack([price, np.ones((count, 1)), np.eye(count)]).astype(np.float32)
    free = np.hstack([left, np.zeros((count, 1 + count))]).astype(np.float32)
    way, pace = np.zeros_like(own), np.full(count, FIRST, dtype=np.float32)
    kept, best = own.copy(), np.full(count, -np.inf, dtype=np.float32)
    place, top, high, goal = np.arange(count), own.copy(), best.copy(), sizes + np.float32(1 + ABOVE)
    for turn in range(ROUNDS):
        before = high.copy()
        for _ in range(STEPS):
            over = own @ worth
            np.maximum(over, 0, out=over)
            bound = over @ bounds
            np.copyto(top, own, where=(bound > high)[:, None])
            np.maximum(high, bound, out=high)
            slope = np.sign(over, out=over) @ slopes
            slope *= free
            way *= _KEPT
            way += slope
            np.multiply(way, way, out=slope)
            step = pace * (goal - bound) / (np.add.reduce(slope, axis=1) + _LEAST)
            own += np.multiply(way, step[:, None], out=slope)
            np.maximum(own, 0, out=own)
            np.minimum(own, 1, out=own)  # no row is worth more than a column that covers it; rounding stays small
        pace[high < before + 1e-4] /= 2
        more = (high <= goal - ABOVE + NEAR) & (pace > LAST)
        if not more.all() or turn == ROUNDS - 1:
            best[place], kept[place] = high - 1, top
            place, top, high, own, way = place[more], top[more], high[more], own[more], way[more]
            pace, goal, free = pace[more], goal[more], free[more]
        if not len(place):
            break
    return kept[:, :rows], best
