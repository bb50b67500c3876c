"""Kendall's coefficient of concordance W."""

from __future__ import annotations

from functools import partial

import attrs
import numpy as np

from expertsys._core.errors import DataError
from expertsys._core.results import probability
from expertsys.agreement.inference.coefficient import Coefficient
from expertsys.agreement.inference.kernel import Values
from expertsys.agreement.inference.words import Words
from expertsys.agreement.ratings import Ratings
from expertsys.agreement.ratings.profiles import Floats, Ints, places


@attrs.frozen(eq=False)
class _Ranks:
    """12 S / (k² (n³ − n) − k T), the units ranked anew for each row of weights (Kendall 1948, ch. 6)."""

    counts: Ints
    origin: Ints | None
    width: int
    _places: Ints  # (P, k): the place of each rating among its coder's distinct values, in order
    _sizes: tuple[int, ...]
    _ties: bool

    @classmethod
    def of(cls, matrix: Ints, counts: Ints, origin: Ints | None, ties: bool) -> _Ranks:
        ranked = [np.unique(column, return_inverse=True) for column in matrix.T]
        where = np.column_stack([place for _, place in ranked]) if len(ranked) else np.empty((len(matrix), 0), np.int64)
        sizes = tuple(len(values) for values, _ in ranked)
        return cls(counts, origin, 3 * len(counts) + 3 * max(sizes, default=0), where, sizes, ties)

    def _totals(self, weights: Floats, coder: int) -> Floats:
        """Units at each distinct value of a coder: (B, P) to (B, V)."""
        size, place = self._sizes[coder], self._places[:, coder]
        if len(weights) == 1:
            return np.asarray(np.bincount(place, weights=weights[0], minlength=size)[None, :], dtype=np.float64)
        order = np.argsort(place, kind="stable")
        starts = np.searchsorted(place[order], np.arange(size))
        return np.add.reduceat(weights[:, order], starts, axis=1)

    def _sums(self, weights: Floats) -> tuple[Floats, Floats]:
        """Rank sums less their mean, (B, P), and Σ (t³ − t) over ties of all coders, (B,)."""
        n = weights.sum(axis=1)
        sums, tied = np.zeros(weights.shape), np.zeros(len(weights))
        for coder in range(len(self._sizes)):
            totals = self._totals(weights, coder)
            middle = np.cumsum(totals, axis=1) - totals / 2 - n[:, None] / 2  # mid-ranks less (n + 1) / 2
            sums += middle[:, self._places[:, coder]]
            tied += (totals**3 - totals).sum(axis=1)
        return sums, tied

    def evaluate(self, weights: Floats) -> Values:
        """See `Kernel`."""
        n, k = weights.sum(axis=1), len(self._sizes)
        sums, tied = self._sums(weights)
        spread = np.einsum("bp,bp,bp->b", weights, sums, sums)
        most = k**2 * (n**3 - n) - (k * tied if self._ties else 0)
        with np.errstate(invalid="ignore", divide="ignore"):
            found = np.where((n > 1) & (most > 1e-9 * k**2 * n**3), 12 * spread / most, np.nan)
        nothing = np.full_like(found, np.nan)
        return Values(found, nothing, nothing)

    def linearised(self) -> Floats | None:
        """See `Kernel`: the derivative by a profile's weight, itself and through the ranks of the others."""
        weights = self.counts.astype(np.float64)[None, :]
        n, k = weights.sum(), len(self._sizes)
        sums, tied = self._sums(weights)
        spread = float(weights[0] @ sums[0] ** 2)
        most = k**2 * (n**3 - n) - (k * tied[0] if self._ties else 0)
        by_spread = sums[0] ** 2
        by_most = np.full(len(self.counts), k**2 * (3 * n**2 - 1))
        pulled = weights[0] * sums[0]
        for coder, size in enumerate(self._sizes):
            place = self._places[:, coder]
            per_value = np.bincount(place, weights=pulled, minlength=size)
            above = np.cumsum(per_value[::-1])[::-1] - per_value / 2  # one more unit here lifts all that rank above
            by_spread += 2 * (above - pulled.sum() / 2)[place]
            if self._ties:
                totals = self._totals(weights, coder)[0]
                by_most -= k * (3 * totals**2 - 1)[place]
        slope = 12 * (by_spread * most - spread * by_most) / most**2
        return np.asarray(12 * spread / most + n * slope)


@attrs.frozen(eq=False, repr=False)
class KendallW(Coefficient):
    """Kendall's W with its chi-square. See `Coefficient` for the other fields.

    Attributes
    ----------
    chi_square, freedom, p_value : float
        k (n − 1) W, n − 1, and the probability of as large a chi-square were the orders unrelated: the test of
        Friedman, for more than about seven units. For few units use `permutation_test`.
    """

    chi_square: float = float("nan")
    freedom: float = float("nan")
    p_value: float = float("nan")

    def _rows(self) -> tuple[tuple[str, object], ...]:
        test = (("chi-square", self.chi_square), ("freedom", self.freedom), ("p value", probability(self.p_value)))
        rows = tuple(super()._rows())
        return (*rows[:-1], *test, rows[-1])


def kendall_w(ratings: Ratings, *, ties: bool = True) -> KendallW:
    """Kendall's W: how far coders put the units into the same order.

    Parameters
    ----------
    ratings : Ratings
        Numbers, or categories in order. Units that one of the coders did not rate are left out, and the note counts
        them.
    ties : bool
        Correct for ties; without it, coders who tie units cannot reach 1.

    Returns
    -------
    KendallW
        Between 0 and 1; levels do not matter, only order. NaN with a note where there are fewer than two units or
        coders, or all of a coder's units are tied for every coder.

    Raises
    ------
    DataError
        Where categories have no order, or there are too many coders to know who gave which rating.

    Notes
    -----
    A bootstrap ranks the drawn units anew; a unit drawn twice is tied with itself, in the same place for all coders,
    so with fewer than about thirty units its interval lies too high: take the jackknife. In R:
    ``irr::kendall(x, TRUE)``.

    References
    ----------
    Kendall MG, Babington Smith B. The problem of m rankings. Ann Math Stat 1939;10:275–287.
    doi:10.1214/aoms/1177732186

    Examples
    --------
    >>> ratings = Ratings.from_array([[1, 2, 3, 4], [11, 12, 14, 13], [5, 6, 7, 8]], coders="rows")
    >>> round(kendall_w(ratings).estimate, 2)
    0.91

    The second coder swaps two units; that they give higher scores does not matter.
    """
    Ratings.require(ratings, "kendall_w")
    base = ratings.require_coders("Kendall's W")
    _in_order(ratings)
    complete = np.asarray((base.matrix >= 0).all(axis=1))
    matrix, counts = base.matrix[complete], base.counts[complete]
    kernel = _Ranks.of(matrix, counts, places(complete), ties)
    n, k = int(counts.sum()), len(ratings.coders)

    def why(found: Values) -> str:
        del found
        if n < 2 or k < 2:
            return f"{n} units that all of {k} coders rated: it takes two of each"
        return "every coder ties all units, so there is no order to agree on"

    if k < 2:
        kernel = attrs.evolve(kernel, counts=np.zeros_like(counts))
    result = KendallW.of(
        ratings,
        kernel,
        name="Kendall's W",
        sources=("kendall1939",),
        refit=partial(kendall_w, ties=ties),
        why=why,
        words=Words(
            "the agreement on the order of the units, whatever the level of each coder's scores",
            "without a rating by every coder were left out",
        ),
        n_units=n,
        level="" if ties else "no correction for ties",
    )
    left = ratings.n_units - n
    told = f"{left} of {ratings.n_units} units without a rating by every coder left out" if left else ""
    chi = k * (n - 1) * result.estimate
    return attrs.evolve(
        result,
        note="; ".join(part for part in (told, result.note) if part),
        chi_square=chi,
        freedom=float(n - 1),
        p_value=_upper(chi, n - 1),
    )


def _in_order(ratings: Ratings) -> None:
    if not ratings.ordered:
        raise DataError(
            "Kendall's W needs categories in order",
            place="kendall_w",
            remedy="Give categories=[lowest, ..., highest] when making the Ratings.",
        )


def _upper(chi: float, freedom: int) -> float:
    from scipy.special import chdtrc

    return float(chdtrc(freedom, chi)) if freedom > 0 and not np.isnan(chi) else float("nan")
