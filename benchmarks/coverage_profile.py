"""How often the intervals of the resistance profile hold the truth, and how often differences are seen where none is.

Run ``python -m benchmarks.coverage_profile [replicates]``. Each of C interviews has a share of its own for each of four
foci (beta distributed, with the stated correlation within interviews) and on average eight excerpts of resistance (a
Poisson number). Shares: one focus, each interval by itself; all four: true shares .05, .2, .2, .5 at once; no
difference: two groups of C interviews alike, the share of samples in which any of the four intervals of a difference
excludes 0. Beside them, what the interval of earlier versions (jackknife and t, not bounded) gave for one focus.
"""

from __future__ import annotations

import itertools
import sys

import numpy as np
import numpy.typing as npt
from scipy.stats import t

from expertsys._core.score_intervals import ClusteredShares, difference_interval, level_of_each

Floats = npt.NDArray[np.float64]
CLUSTERS = (5, 8, 12, 20, 40)
CORRELATIONS = (0.0, 0.1, 0.3)
SHARES = np.array([0.05, 0.2, 0.2, 0.5])
CONFIDENCE = 0.95


def sample(
    clusters: int, shares: Floats, correlation: float, draw: np.random.Generator, mean: float = 8
) -> ClusteredShares:
    """Excerpts of resistance in interviews, with each focus independently of the others."""
    sizes = 1 + draw.poisson(mean - 1, clusters)
    own = np.broadcast_to(shares, (clusters, len(shares)))
    if correlation:
        weight = (1 - correlation) / correlation
        own = draw.beta(own * weight, (1 - own) * weight)
    return ClusteredShares(draw.binomial(sizes[:, None], own).astype(np.float64), sizes.astype(np.float64))


def coverage(clusters: int, correlation: float, replicates: int, seed: int) -> dict[str, Floats]:
    """Shares of samples: each interval holds its truth, ``plain``; all hold, ``together``; a difference, ``null``."""
    draw = np.random.default_rng(seed)
    single, plain, width = (np.zeros(len(SHARES)) for _ in range(3))
    together = null = 0
    for _ in range(replicates):
        first, second = (sample(clusters, SHARES, correlation, draw) for _ in range(2))
        low, high = first.intervals(CONFIDENCE)
        single += (low <= SHARES) & (high >= SHARES)
        width += high - low
        reach = t.ppf((1 + CONFIDENCE) / 2, clusters - 1) * np.sqrt((first.root**2).sum(axis=0))
        plain += np.abs(first.shares - SHARES) <= reach
        low, high = first.intervals(level_of_each(first.root, CONFIDENCE, draw))
        together += bool(((low <= SHARES) & (high >= SHARES)).all())
        level = level_of_each(np.vstack([first.root, -second.root]), CONFIDENCE, draw)
        ends = [(one.shares, *one.intervals(level)) for one in (first, second)]
        low, high = difference_interval(ends[0], ends[1], np.zeros(len(SHARES)))
        null += bool(((low > 0) | (high < 0)).any())
    return {
        "single": single / replicates,
        "plain": plain / replicates,
        "width": width / replicates,
        "together": np.array(together / replicates),
        "null": np.array(null / replicates),
    }


def main() -> None:
    """Print the table."""
    replicates = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    names = [f"share {share:g}" for share in (0.05, 0.2, 0.5)]
    print(f"{replicates} replicates, 95 % intervals")
    print(f"| interviews | correlation | {' | '.join(names)} | before: {names[0]} | all four | no difference |")
    print("| --- " * 8 + "|")
    for clusters, correlation in itertools.product(CLUSTERS, CORRELATIONS):
        found = coverage(clusters, correlation, replicates, seed=clusters)
        cells = [*found["single"][[0, 1, 3]], found["plain"][0], found["together"], found["null"]]
        print(f"| {clusters} | {correlation:g} | {' | '.join(f'{float(cell):.1%}' for cell in cells)} |", flush=True)


if __name__ == "__main__":
    main()
