"""Random numbers by the Scientific Python convention (SPEC 7): one keyword, `rng`."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np

RNG: TypeAlias = int | np.random.Generator | None


def generator(rng: RNG) -> np.random.Generator:
    """A numpy Generator from a seed, a Generator (used as it is) or None (fresh entropy)."""
    return np.random.default_rng(rng)
