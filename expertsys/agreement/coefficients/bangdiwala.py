"""Bangdiwala's B."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
from scipy import sparse

from expertsys.agreement.coefficients import two
from expertsys.agreement.inference.coefficient import Coefficient
from expertsys.agreement.inference.kernel import Sums, Values
from expertsys.agreement.inference.words import NOT_BOTH, Words
from expertsys.agreement.ratings import Ratings
from expertsys.agreement.ratings.profiles import Floats, places


def bangdiwala_b(ratings: Ratings, *, coders: Sequence[str] | None = None) -> Coefficient:
    """Bangdiwala's B: in the agreement chart, the area of agreement over the area that the marginals allow.

    Parameters
    ----------
    ratings : Ratings
        Units that one of the two did not rate are left out.
    coders : sequence of two str, optional
        Which two, where there are more.

    Returns
    -------
    Coefficient
        Between 0 and 1: Σ nₖₖ² / Σ n₁ₖ n₂ₖ; `expected` is NaN. NaN with a note where no unit was rated by both or no
        category by both.

    Raises
    ------
    DataError
        With other than two coders.

    Notes
    -----
    It is not corrected for chance. In R: ``vcd::agreementplot(table)``.

    References
    ----------
    Bangdiwala SI. A graphical test for observer agreement. Proc 45th Int Stat Inst Meeting 1985:307–308.

    Examples
    --------
    >>> ratings = Ratings.from_array([["a", "b", "b", "a"], ["a", "b", "a", "a"]], coders="rows")
    >>> bangdiwala_b(ratings).estimate
    0.625

    Five eighths of the area that the coders' use of the categories allows are agreement.
    """
    chosen = two.chosen(ratings, coders, name="Bangdiwala's B", place="bangdiwala_b")
    base = chosen.require_coders("Bangdiwala's B")
    both = np.asarray((base.matrix >= 0).all(axis=1))
    matrix, counts, size = base.matrix[both], base.counts[both], len(chosen.categories)
    rows = np.arange(len(counts))
    same = np.flatnonzero(matrix[:, 0] == matrix[:, 1])
    place = np.concatenate([rows, rows, same])
    column = np.concatenate([matrix[:, 0], size + matrix[:, 1], 2 * size + matrix[same, 0]])
    features = sparse.csr_array((np.ones(len(place)), (place, column)), shape=(len(counts), 3 * size))

    def area(sums: Floats) -> Values:
        first, second, agreed = sums[:, :size], sums[:, size : 2 * size], sums[:, 2 * size :]
        with np.errstate(invalid="ignore", divide="ignore"):
            found = np.asarray((agreed**2).sum(axis=1) / (first * second).sum(axis=1))
        return Values(found, found, np.full_like(found, np.nan))

    def why(found: Values) -> str:
        del found
        return "no unit was rated by both" if not len(counts) else "no category was used by both"

    return Coefficient.of(
        chosen,
        Sums(counts, features, area, places(both)),
        name="Bangdiwala's B",
        sources=("bangdiwala1985",),
        refit=partial(bangdiwala_b),
        why=why,
        words=Words("the share of the area of agreement that the coders' use of the categories allows", NOT_BOTH),
        n_units=int(counts.sum()),
    )
