"""A coefficient as a function of weights over profiles: what its estimate, resamples and standard error come from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import attrs
import numpy as np
from scipy import sparse

from expertsys.agreement.ratings.profiles import Floats, Ints

#: Relative step of the central differences in `Sums`; their error is of the order of its square.
STEP = 1e-5


@attrs.frozen(eq=False)
class Values:
    """A coefficient for each row of weights: shape (B,) each, NaN where undefined."""

    estimate: Floats
    observed: Floats
    expected: Floats


class Kernel(Protocol):
    """A coefficient as a function of weights over profiles."""

    @property
    def counts(self) -> Ints:
        """Units per profile, shape (P,)."""
        ...

    @property
    def origin(self) -> Ints | None:
        """The profile here of each base profile of the ratings, -1 where it says nothing; None where they are equal."""
        ...

    @property
    def width(self) -> int:
        """Numbers held for each row of weights, beside the weights."""
        ...

    def evaluate(self, weights: Floats) -> Values:
        """Weights of shape (B, P) to B values."""
        ...

    def linearised(self) -> Floats | None:
        """The estimate's linear part for a unit of each profile, shape (P,), or None where there is none.

        Its mean over units is the estimate (up to terms that vanish with n), its variance over n the sampling variance.
        """
        ...


@attrs.frozen(eq=False)
class Sums:
    """The kernel of a coefficient that is a smooth function of a few sums over units.

    Parameters
    ----------
    counts : ndarray of int, shape (P,)
        Units per profile.
    features : ndarray or sparse array, shape (P, K)
        What a unit of each profile adds to each sum.
    function : callable
        Sums of shape (B, K) to B values; it must not change when all sums are multiplied by one number.
    origin : ndarray of int or None
        See `Kernel`.
    """

    counts: Ints
    features: Floats | sparse.csr_array
    function: Callable[[Floats], Values]
    origin: Ints | None = None

    @property
    def width(self) -> int:
        """See `Kernel`."""
        return 4 * int(self.features.shape[1])

    def evaluate(self, weights: Floats) -> Values:
        """See `Kernel`."""
        return self.function(np.asarray(weights @ self.features))

    def linearised(self) -> Floats | None:
        """See `Kernel`: the infinitesimal jackknife (Efron 1982, ch. 6), the slopes by central differences."""
        sums = np.asarray(self.counts.astype(np.float64) @ self.features)
        size = len(sums)
        steps = STEP * np.maximum(np.abs(sums), STEP * float(np.abs(sums).max(initial=1.0)))
        moved = np.repeat(sums[None, :], 2 * size, axis=0)
        moved[np.arange(size), np.arange(size)] += steps
        moved[size + np.arange(size), np.arange(size)] -= steps
        found = self.function(moved).estimate
        slopes = (found[:size] - found[size:]) / (2 * steps)
        estimate = self.function(sums[None, :]).estimate[0]
        return np.asarray(estimate + self.counts.sum() * (self.features @ slopes))


def ratio(observed: Floats, expected: Floats) -> Floats:
    """Agreement beyond chance, (observed − expected) / (1 − expected); NaN where chance alone gives full agreement."""
    room = 1 - expected
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(room > 1e-12, (observed - expected) / room, np.nan)
