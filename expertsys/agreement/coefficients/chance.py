"""Agreement corrected for chance, (observed − expected) / (1 − expected): the mechanism that these coefficients share.

A coefficient differs from the next in what it expects by chance. Observed agreement is the mean, over units with at
least two ratings, of the mean weight of pairs of coders; units with one rating count for the marginals (Gwet 2021, ch.
2 and 3).
"""

from __future__ import annotations

from typing import Protocol

import attrs
import numpy as np
from scipy import sparse

from expertsys.agreement.inference.kernel import Values, ratio
from expertsys.agreement.ratings.profiles import Floats, Ints, ValueProfiles


class Chance(Protocol):
    """Agreement expected by chance, from the marginal shares of the categories."""

    def expected(self, shares: Floats) -> Floats:
        """(B, V) to (B,)."""
        ...

    def slope(self, shares: Floats) -> Floats:
        """What a rating of each category adds to it, so that the mean over ratings is `expected`: (V,) to (V,)."""
        ...


@attrs.frozen(eq=False)
class Pooled:
    """Two ratings drawn from the pooled marginals: Σ w π π (Fleiss 1971, eq. 5; Gwet 2021, eq. 3.5)."""

    weights: Floats | None

    def expected(self, shares: Floats) -> Floats:
        """See `Chance`."""
        other = shares if self.weights is None else shares @ self.weights
        return np.asarray((shares * other).sum(axis=1))

    def slope(self, shares: Floats) -> Floats:
        """See `Chance`."""
        return shares if self.weights is None else np.asarray(self.weights @ shares)


@attrs.frozen(eq=False)
class Occasional:
    """Coders guess on some units only: Σ w / (q (q − 1)) · Σ π (1 − π) (Gwet 2008, eq. 15; 2021, ch. 3)."""

    categories: int
    weights: Floats | None

    @property
    def _scale(self) -> float:
        size = self.categories
        total = size if self.weights is None else float(self.weights.sum())
        return total / (size * (size - 1)) if size > 1 else float("nan")

    def expected(self, shares: Floats) -> Floats:
        """See `Chance`."""
        return np.asarray(self._scale * (shares * (1 - shares)).sum(axis=1))

    def slope(self, shares: Floats) -> Floats:
        """See `Chance`."""
        return np.asarray(self._scale * (1 - shares))


@attrs.frozen(eq=False)
class Uniform:
    """Every category is equally likely: Σ w / q² (Brennan & Prediger 1981)."""

    categories: int
    weights: Floats | None

    @property
    def _share(self) -> float:
        total = self.categories if self.weights is None else float(self.weights.sum())
        return total / self.categories**2 if self.categories else float("nan")

    def expected(self, shares: Floats) -> Floats:
        """See `Chance`."""
        return np.full(len(shares), self._share)

    def slope(self, shares: Floats) -> Floats:
        """See `Chance`."""
        return np.full_like(shares, self._share)


@attrs.frozen(eq=False)
class Corrected:
    """The kernel of a coefficient that depends on how many coders gave each category; `chance` None means none."""

    counts: Ints
    origin: Ints | None
    width: int
    _shares: sparse.csr_array
    _agreeing: Floats
    _paired: Floats
    _chance: Chance | None

    @classmethod
    def of(cls, profiles: ValueProfiles, chance: Chance | None, weights: Floats | None = None) -> Corrected:
        """Over these profiles."""
        sizes, table = profiles.sizes, profiles.table
        paired = (sizes >= 2).astype(np.float64)
        agreeing = paired * (pair_weights(table, weights) - sizes) / np.maximum(sizes * (sizes - 1), 1)
        shares = table.multiply(1 / sizes[:, None]).tocsr() if len(sizes) else table
        return cls(profiles.counts, profiles.origin, table.shape[1], shares, agreeing, paired, chance)

    def evaluate(self, weights: Floats) -> Values:
        """See `Kernel`."""
        with np.errstate(invalid="ignore", divide="ignore"):
            observed = weights @ self._agreeing / (weights @ self._paired)
            if self._chance is None:
                return Values(observed, observed, np.full_like(observed, np.nan))
            shares = np.asarray(weights @ self._shares) / weights.sum(axis=1, keepdims=True)
            expected = self._chance.expected(shares)
        return Values(ratio(observed, expected), observed, expected)

    def linearised(self) -> Floats | None:
        """See `Kernel`; Gwet 2008, eq. 22, and Gwet 2021, ch. 5."""
        weights = self.counts.astype(np.float64)[None, :]
        found = self.evaluate(weights)
        scale = weights.sum() / (weights[0] @ self._paired)
        if self._chance is None:
            return np.asarray(scale * self._agreeing)
        shares = np.asarray(weights @ self._shares)[0] / weights.sum()
        expected, estimate = found.expected[0], found.estimate[0]
        own = scale * (self._agreeing - expected * self._paired) / (1 - expected)
        own_expected = np.asarray(self._shares @ self._chance.slope(shares))
        return np.asarray(own - 2 * (1 - estimate) * (own_expected - expected) / (1 - expected))


def pair_weights(table: sparse.csr_array, weights: Floats | None, block: int = 20_000) -> Floats:
    """Σ over ordered pairs of a profile's ratings, each with itself too, of their weight: (P, V) to (P,)."""
    if weights is None:
        return np.asarray(table.power(2).sum(axis=1), dtype=np.float64).ravel()
    total = np.empty(table.shape[0])
    for low in range(0, table.shape[0], block):
        part = table[low : low + block]
        total[low : low + block] = part.multiply(part @ weights).sum(axis=1)
    return total


def why_undefined(found: Values) -> str:
    """The reason in words."""
    if np.isnan(found.observed[0]):
        return "no unit was rated by two coders"
    return "all ratings are the same, so chance alone gives full agreement and there is no variation to agree on"
