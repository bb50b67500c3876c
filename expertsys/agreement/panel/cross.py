"""Agreement between two groups of coders, corrected for chance: cross-replication reliability."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from scipy import sparse

from expertsys.agreement.inference.coefficient import Coefficient
from expertsys.agreement.inference.kernel import Sums, Values
from expertsys.agreement.inference.words import Words
from expertsys.agreement.panel.gaps import Gap
from expertsys.agreement.ratings import Ratings
from expertsys.agreement.ratings.profiles import Floats, Ints, places

Bools: TypeAlias = npt.NDArray[np.bool_]

NAME = "cross-replication reliability"


def cross(ratings: Ratings, first: Sequence[str], second: Sequence[str], gap: Gap) -> Coefficient:
    """Cross-replication reliability of two groups of coders (Wong, Paritosh & Aroyo 2021, sec. 4).

    Parameters
    ----------
    ratings : Ratings
        With their coders.
    first, second : sequence of str
        The two groups; those who are not among the ratings' coders are passed over.
    gap : Gap
        Distance between two values.
    """
    profiles = ratings.require_coders(NAME)
    one, other = (
        profiles.matrix[:, [ratings.coders.index(name) for name in group if name in ratings.coders]]
        for group in (first, second)
    )
    both = np.asarray((one >= 0).any(axis=1) & (other >= 0).any(axis=1))
    size = len(ratings.categories)
    refit = partial(_refit, first=tuple(first), second=tuple(second), gap=gap)
    return _coefficient(ratings, both, times(one[both], size), times(other[both], size), gap, refit)


def one_against(
    ratings: Ratings, coder: int, total: sparse.csr_array, shared: Bools, gap: Gap, others: Sequence[str]
) -> Coefficient:
    """The same for one coder and all whose ratings are counted.

    Parameters
    ----------
    coder : int
        Number of the one coder.
    total : scipy.sparse.csr_array, shape (P, V)
        How often each category was given in each profile by those who are held against the coder.
    shared : ndarray of bool, shape (P,)
        Profiles that may enter.
    others : sequence of str
        The names of those who are held against the coder.
    """
    profiles = ratings.require_coders(NAME)
    own = profiles.matrix[:, [coder]]
    both = shared & (own[:, 0] >= 0) & (np.asarray(total.sum(axis=1)).ravel() > 0)
    refit = partial(_refit, first=(ratings.coders[coder],), second=tuple(others), gap=gap)
    return _coefficient(ratings, both, times(own[both], len(ratings.categories)), total[both], gap, refit)


def _coefficient(
    ratings: Ratings,
    both: Bools,
    x: sparse.csr_array,
    y: sparse.csr_array,
    gap: Gap,
    refit: Callable[[Ratings], Coefficient],
) -> Coefficient:
    features, function = _sums(x, y, gap)
    kernel = Sums(ratings.require_coders(NAME).counts[both], features, function, places(both))
    return Coefficient.of(
        ratings,
        kernel,
        name=NAME,
        sources=("wong2021",),
        refit=refit,
        why=_why_undefined,
        words=Words(
            "agreement across two groups of coders, with the disagreement expected by chance from each group's ratings",
            "that one of the two groups had not rated were left out",
        ),
        n_units=int(kernel.counts.sum()),
        level=gap.words,
    )


def _refit(ratings: Ratings, *, first: Sequence[str], second: Sequence[str], gap: Gap) -> Coefficient:
    return cross(ratings, first, second, gap)


def times(matrix: Ints, size: int) -> sparse.csr_array:
    """How often each category was given in each row: (P, coders) to (P, V)."""
    row, coder = np.nonzero(matrix >= 0)
    cells = (np.ones(len(row)), (row, matrix[row, coder]))
    return sparse.csr_array(cells, shape=(len(matrix), size))


def _sums(x: sparse.csr_array, y: sparse.csr_array, gap: Gap) -> tuple[sparse.csr_array, partial[Values]]:
    """What a unit adds to each sum, and the coefficient as a function of the sums."""
    r, s = (np.asarray(table.sum(axis=1)).ravel() for table in (x, y))
    if gap.values is not None:
        values = gap.values - gap.values.mean() if len(gap.values) else gap.values
        moments = [table @ power for table in (x, y) for power in (values, values**2)]
        mean = moments[1] / r + moments[3] / s - 2 * moments[0] * moments[2] / (r * s)
        marginal = sparse.csr_array(np.column_stack(moments))
        function = partial(_of_moments)
    else:
        near = x.multiply(y) if gap.table is None else (x @ gap.table) * y.toarray()
        product = np.asarray(near.sum(axis=1)).ravel() / (r * s)
        mean = 1 - product if gap.table is None else product
        marginal = sparse.hstack([x, y], format="csr")
        function = partial(_of_totals, table=gap.table)
    # observed disagreement: units weigh by their ratings in both groups (sec. 4.2, with missing data)
    own = sparse.csr_array(np.column_stack([(r + s) * mean, r + s, r, s]))
    return sparse.hstack([own, marginal], format="csr"), function


def _of_totals(sums: Floats, *, table: Floats | None) -> Values:
    size = (sums.shape[1] - 4) // 2
    with np.errstate(invalid="ignore", divide="ignore"):
        x, y = sums[:, 4 : 4 + size] / sums[:, 2:3], sums[:, 4 + size :] / sums[:, 3:4]
    if table is None:
        return _corrected(sums, 1 - (x * y).sum(axis=1))
    return _corrected(sums, ((x @ table) * y).sum(axis=1))


def _of_moments(sums: Floats) -> Values:
    with np.errstate(invalid="ignore", divide="ignore"):
        x, x_square = sums[:, 4] / sums[:, 2], sums[:, 5] / sums[:, 2]
        y, y_square = sums[:, 6] / sums[:, 3], sums[:, 7] / sums[:, 3]
    return _corrected(sums, x_square + y_square - 2 * x * y)


def _corrected(sums: Floats, expected: Floats) -> Values:
    with np.errstate(invalid="ignore", divide="ignore"):
        observed = sums[:, 0] / sums[:, 1]
        estimate = np.where(expected > 1e-12, 1 - observed / expected, np.nan)
    return Values(estimate, observed, np.asarray(expected))


def _why_undefined(found: Values) -> str:
    if np.isnan(found.observed[0]):
        return "no unit was rated on both sides"
    return "both sides gave one and the same value throughout, so there is no variation to agree on"
