"""Sampling variances of a coefficient: over units or clusters, by leaving each out, over coders."""

from __future__ import annotations

import numpy as np

from expertsys._core.errors import DataError
from expertsys.agreement.inference.kernel import Kernel
from expertsys.agreement.inference.sampling import Sampling
from expertsys.agreement.ratings.profiles import Floats

#: With more clusters it is not tried whether one of them determines the coefficient.
FEW_CLUSTERS = 200


def linearised(kernel: Kernel, sampling: Sampling) -> float:
    """From the linear part of the coefficient (Gwet 2021, ch. 5); NaN where there is none, or one cluster is all."""
    linear = kernel.linearised() if sampling.n > 1 and not _hangs_on_one(kernel, sampling) else None
    return float("nan") if linear is None else sampling.variance(sampling.influence(linear, kernel.counts))


def _hangs_on_one(kernel: Kernel, sampling: Sampling) -> bool:
    """Whether one cluster alone determines the coefficient: a variance over clusters would then be about 0."""
    if sampling.table is None or sampling.n > FEW_CLUSTERS:
        return False
    blocks = sampling.left_out(width=kernel.width)
    return any(bool(np.isnan(kernel.evaluate(weights).estimate).any()) for weights in blocks)


def left_out(kernel: Kernel, sampling: Sampling) -> float:
    """The jackknife: each unit, cluster or group of many clusters left out in turn."""
    sampling = sampling.grouped
    n = sampling.n
    if n < 2:
        return float("nan")
    found = np.concatenate([kernel.evaluate(weights).estimate for weights in sampling.left_out(width=kernel.width)])
    mean = float(found @ sampling.counts) / n
    # Efron & Tibshirani 1993, eq. 11.5, each kind standing for `counts` draws
    return (n - 1) / n * float(sampling.counts @ (found - mean) ** 2)


def over_coders(without: Floats) -> float:
    """The jackknife over coders, from the estimates without each of them (Gwet 2008, Psychometrika, sec. 4)."""
    size = len(without)
    return (size - 1) / size * float(((without - without.mean()) ** 2).sum())


def unseen(population: int | None, n: int, name: str) -> float:
    """What is left of a variance when n of a finite population were seen: 1 − n/N (Cochran 1977, eq. 2.20)."""
    if population is None:
        return 1.0
    if population < n:
        raise DataError(f"a population of {population} is smaller than the sample of {n}", place=name)
    return 1 - n / population


def both(over_units: float, units_freedom: float, over_coders: float, coders_freedom: float) -> tuple[float, float]:
    """The two variances together, and their degrees of freedom (Satterthwaite 1946)."""
    total = over_units + over_coders
    parts = over_units**2 / max(units_freedom, 1) + over_coders**2 / max(coders_freedom, 1)
    return total, total**2 / parts if parts > 0 else units_freedom
