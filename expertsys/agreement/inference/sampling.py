"""What is drawn: units, or clusters of units, as weights over profiles."""

from __future__ import annotations

from collections.abc import Iterator

import attrs
import numpy as np
from scipy import sparse

from expertsys._core.errors import DataError
from expertsys._core.resampling import jackknife_weights, multinomial_weights
from expertsys._core.rng import RNG
from expertsys.agreement.ratings.profiles import Clusters, Floats, Ints

#: A jackknife over more distinct drawables than this would take hours.
MOST_LEFT_OUT = 20_000
#: More clusters than this are left out by random groups of them, as many groups as this.
MOST_CLUSTERS = 500


@attrs.frozen(eq=False)
class Sampling:
    """The independent draws that a sample consists of.

    Parameters
    ----------
    counts : ndarray of int, shape (S,)
        How many draws there are of each distinct kind.
    table : scipy.sparse.csr_array or None, shape (S, P)
        Units of each profile in a draw of each kind; None where a draw is one unit of the profile.
    what : str
        What is drawn, in words.
    """

    counts: Ints
    table: sparse.csr_array | None
    what: str

    @classmethod
    def of(cls, counts: Ints, clusters: Clusters | None, origin: Ints | None) -> Sampling:
        """Draws of units, or of clusters where there are any that hold more than one; without those that hold none."""
        if clusters is None:
            return cls(counts, None, "units")
        table = clusters.over(origin, len(counts))
        sizes = np.asarray(table.sum(axis=1)).ravel()
        if sizes.max(initial=0) <= 1:
            return cls(counts, None, "units")
        kept = table[sizes > 0]
        return cls(np.ones(kept.shape[0], dtype=np.int64), kept, f"clusters ({clusters.by})")

    @property
    def note(self) -> str:
        """What is drawn, for the note of a result, where it is not units."""
        return "" if self.table is None else f"standard errors and intervals go by {self.n:,} {self.what}"

    @property
    def n(self) -> int:
        """Number of draws."""
        return int(self.counts.sum())

    @property
    def grouped(self) -> Sampling:
        """Clusters in random groups where there are many: what the jackknife leaves out (Kott 2001)."""
        if self.table is None or self.n <= MOST_CLUSTERS:
            return self
        group = np.random.default_rng(0).permutation(self.n) % MOST_CLUSTERS
        cells = (np.ones(self.n), (group, np.arange(self.n)))
        table = sparse.csr_array(sparse.csr_array(cells, shape=(MOST_CLUSTERS, self.n)) @ self.table)
        return Sampling(np.ones(MOST_CLUSTERS, dtype=np.int64), table, self.what)

    def drawn(self, replicates: int, rng: RNG, *, width: int) -> Iterator[Floats]:
        """Bootstrap weights over profiles, in blocks of shape (B, P)."""
        extra = 0 if self.table is None else int(self.table.shape[1])
        for weights in multinomial_weights(self.counts, replicates, rng, width=width + extra):
            yield weights if self.table is None else np.asarray(weights @ self.table)

    def left_out(self, *, width: int) -> Iterator[Floats]:
        """Weights over profiles with one draw of each kind left out, in blocks."""
        if len(self.counts) > MOST_LEFT_OUT:
            raise DataError(
                f"a jackknife over {len(self.counts):,} distinct profiles would take too long",
                place="method",
                remedy="Choose method='analytic' or a Bootstrap.",
            )
        extra = 0 if self.table is None else int(self.table.shape[1])
        for weights in jackknife_weights(self.counts, width=width + extra):
            yield weights if self.table is None else np.asarray(weights @ self.table)

    def influence(self, linear: Floats, counts: Ints) -> Floats:
        """What a draw of each kind adds to the estimate less its mean, shape (S,), from the linear part per unit."""
        n = counts.sum()
        deviations = (linear - float(linear @ counts) / n) / n
        return deviations if self.table is None else np.asarray(self.table @ deviations)

    def variance(self, influence: Floats) -> float:
        """Sampling variance of a sum of independent draws, from its influences."""
        if self.n < 2:
            return float("nan")
        mean = float(influence @ self.counts) / self.n
        return float(self.n / (self.n - 1) * (self.counts @ (influence - mean) ** 2))
