"""Agreement corrected for chance, (observed − expected) / (1 − expected): the mechanism that these coefficients share.

A coefficient differs from the next in what it expects by chance. Observed agreement is the mean, over units with at
least two ratings, of the share of pairs of coders who agree; units with one rating count for the marginals (Gwet 2021,
ch. 2).
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
class Corrected:
    """The kernel of a coefficient that depends on how many coders gave each category; `chance` None means none."""

    counts: Ints
    origin: Ints | None
    width: int
    _shares: sparse.csr_array
    _agreeing: Floats
    _paired: Floats
    _profiles: ValueProfiles
    _chance: Chance | None

    @classmethod
    def of(cls, profiles: ValueProfiles, chance: Chance | None) -> Corrected:
        """Over these profiles."""
        sizes = profiles.sizes
        squares = np.asarray(profiles.table.power(2).sum(axis=1)).ravel()
        paired = (sizes >= 2).astype(np.float64)
        agreeing = paired * (squares - sizes) / np.maximum(sizes * (sizes - 1), 1)
        shares = profiles.table.multiply(1 / sizes[:, None]).tocsr() if len(sizes) else profiles.table
        return cls(
            profiles.counts, profiles.origin, profiles.table.shape[1], shares, agreeing, paired, profiles, chance
        )

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


def why_undefined(found: Values) -> str:
    """The reason in words."""
    if np.isnan(found.observed[0]):
        return "no unit was rated by two coders"
    return "all ratings are the same, so chance alone gives full agreement and there is no variation to agree on"
