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

from expertsys.qca.fit import Floats
from expertsys.qca.primes import Bools, Singles

#: Prices are raised in rounds of steps. A round without success halves the pace, which starts and ends at these.
ROUNDS, STEPS, FIRST, LAST = 12, 8, 0.8, 0.02
#: A step aims at this much above the size that is to be refuted, and keeps this share of the direction before it.
ABOVE, KEPT = 0.2, 0.4
#: Columns that are worth less than this do not guide the steps; they count in the bound.
GUIDING = 0.75
#: Rounding of prices in single precision.
ROUNDING = 1e-3


def prices(left: npt.NDArray[Any], end: float | None) -> Floats:
    """A price for each row such that no column is worth more than 1, as dear together as can be.

    Scaled so that rounding cannot break the rule. All the same where the time is up or the solver fails.
    """
    rows = left.shape[1]
    held = LinearConstraint(sparse.csr_array(left.astype(np.float64)), ub=1)
    options: Any = {} if end is None else {"time_limit": max(0.05, end - time.monotonic())}
    solved = milp(-np.ones(rows), constraints=held, bounds=Bounds(0, 1), options=options)
    price = np.ones(rows) if solved.x is None else np.clip(solved.x, 0, 1)
    return np.asarray(price / max(1.0, float((left @ price).max())))


def raised(table: Singles, price: Singles, sizes: Singles, needed: Bools, barred: Bools) -> tuple[Singles, Floats]:
    """Prices for several problems on one table, raised together until they refute the sizes or rise no more.

    Parameters
    ----------
    table : ndarray of float, shape (P, n)
        1 where a column covers a row.
    price : ndarray of float, shape (n,)
        Prices to begin with.
    sizes : ndarray of float, shape (m,)
        For each problem the number of columns that is to be refuted.
    needed : ndarray of bool, shape (m, n)
        Rows that each problem must cover; the others stay free of charge.
    barred : ndarray of bool, shape (m, w)
        Which of the first w columns each problem may not use.

    Returns
    -------
    ndarray of float, shape (m, n)
        Prices for each problem.
    ndarray of float, shape (m,)
        The bound that they give, in double precision.
    """
    guiding = table @ price >= GUIDING
    guiding[: barred.shape[1]] = True
    found = _climbed(table[guiding], needed * price, sizes, needed, barred)
    over = np.maximum(found @ table.T.astype(np.float64) - 1, 0)
    over[:, : barred.shape[1]][barred] = 0
    return found, found.sum(axis=1, dtype=np.float64) - over.sum(axis=1)


def _climbed(table: Singles, price: Singles, sizes: Singles, needed: Bools, barred: Bools) -> Singles:
    """Prices raised along the subgradient, with a share of the direction before it (Camerini, Fratta & Maffioli 1975).

    There are many small steps, whose time goes into calls; so the two products do most of the arithmetic. Behind its
    prices, the state of a problem has a 1 and, at its own place among the problems, another 1. The first product gives
    what each column is worth above 1, far below 0 where it is barred, and in a last column all prices and 1.
    """
    (columns, rows), (count, width) = table.shape, barred.shape
    worth = np.zeros((rows + 1 + count, columns + 1), dtype=np.float32)
    worth[:rows, :columns], worth[rows, :columns] = table.T, -1
    worth[rows + 1 :, :width] = -1e6 * barred
    worth[: rows + 1, columns] = 1
    slopes = np.zeros((columns + 1, rows + 1 + count), dtype=np.float32)
    slopes[:columns, :rows], slopes[columns, :rows] = (KEPT - 1) * table, 1 - KEPT
    sums = np.full(columns + 1, -1, dtype=np.float32)  # of what is above 1, taken from the last column: the bound and 1
    sums[columns] = 1
    state = np.hstack([price, np.ones((count, 1)), np.eye(count)]).astype(np.float32)
    free = np.hstack([needed, np.zeros((count, 1 + count))]).astype(np.float32)
    way, pace = np.zeros_like(state), np.full(count, FIRST, dtype=np.float32)
    found, place = state.copy(), np.arange(count)
    best, high, refuted = state.copy(), np.full(count, -np.inf, dtype=np.float32), sizes + np.float32(1)  # bounds and 1
    for turn in range(ROUNDS):
        before = high.copy()
        for _ in range(STEPS):
            over = state @ worth
            np.maximum(over, 0, out=over)
            bound = over @ sums
            np.copyto(best, state, where=(bound > high)[:, None])
            np.maximum(high, bound, out=high)
            slope = np.sign(over, out=over) @ slopes
            slope *= free
            way *= KEPT
            way += slope
            np.multiply(way, way, out=slope)
            step = pace * (refuted + ABOVE - bound) / (np.add.reduce(slope, axis=1) + 1e-3)
            state += np.multiply(way, step[:, None], out=slope)
            np.maximum(state, 0, out=state)
            np.minimum(state, 1, out=state)  # no row is worth more than a column that covers it; rounding stays small
        pace[high < before + 1e-4] /= 2
        more = (high <= refuted + ROUNDING) & (pace > LAST)
        if not more.all() or turn == ROUNDS - 1:
            found[place] = best
            place, best, high, state, way = place[more], best[more], high[more], state[more], way[more]
            pace, refuted, free = pace[more], refuted[more], free[more]
        if not len(place):
            break
    return found[:, :rows]
