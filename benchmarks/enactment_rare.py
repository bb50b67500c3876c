"""Emptying out where local descriptions are many and rare: bias, and how often the interval covers the truth.

Run ``python benchmarks/enactment_rare.py [replicates]``. Situations at eight sites that do not differ. Each of the
local descriptions belongs to one category, and a situation is put into that category or, with some chance, into one
drawn at random; the chance is set so that the share of local distinctions that is lost is .805. The descriptions are
equally frequent, or their frequencies fall as 1 / rank.
"""

from __future__ import annotations

import sys

import numpy as np
import numpy.typing as npt
import pandas as pd

from expertsys.enactment import emptying_out
from expertsys.enactment.information import conditional, entropy

TRUTH, SITES = 0.805, 8
DESIGNS = ((40, 4, 0.0), (40, 4, 1.0), (40, 12, 0.0), (6, 3, 0.0))
SITUATIONS = (40, 80, 160, 400, 800, 1600)


def loss(joint: npt.NDArray[np.float64]) -> float:
    """H(L | C) / H(L) of probabilities."""
    return float(conditional(joint) / entropy(joint.sum(axis=1)))


def design(descriptions: int, categories: int, slope: float) -> npt.NDArray[np.float64]:
    """Probabilities of descriptions by categories of which .805 is lost."""
    share = np.arange(1, descriptions + 1) ** -slope
    share /= share.sum()
    own = np.zeros((descriptions, categories))
    own[np.arange(descriptions), np.arange(descriptions) % categories] = share
    spread = np.repeat(share[:, None] / categories, categories, axis=1)
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if loss(middle * spread + (1 - middle) * own) < TRUTH else (low, middle)
    return low * spread + (1 - low) * own


def drawn(joint: npt.NDArray[np.float64], situations: int, rng: np.random.Generator) -> pd.DataFrame:
    """A table of situations, counted."""
    counts = rng.multinomial(situations // SITES, joint.ravel(), size=SITES)
    site, cell = np.nonzero(counts)
    local, category = np.divmod(cell, joint.shape[1])
    table = pd.DataFrame({"site": site, "local": local, "category": category}).astype(str)
    return table.assign(weight=counts[site, cell])


def main() -> None:
    replicates = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    print(f"truth {TRUTH}, {replicates} tables each")
    print("| descriptions | categories | situations | plug-in | estimate | interval given | covers | mean width |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for descriptions, categories, slope in DESIGNS:
        joint = design(descriptions, categories, slope)
        kind = f"{descriptions}, {'equally frequent' if not slope else 'as 1 / rank'}"
        for situations in SITUATIONS:
            rows = []
            for replicate in range(replicates):
                table = drawn(joint, situations, np.random.default_rng([situations, replicate]))
                plain = emptying_out(table, estimator="plugin", shuffles=1).estimate
                found = emptying_out(table, shuffles=1)
                interval = found.interval()
                rows.append((plain, found.estimate, interval.low, interval.high))
            plain, estimate, low, high = np.array(rows).T
            given = ~np.isnan(low)
            covered, width = "–", "–"
            if given.mean() > 0.1:
                covered = f"{np.mean((low <= TRUTH) & (high >= TRUTH), where=given):.1%}"
                width = f"{np.mean(high - low, where=given):.3f}"
            print(
                f"| {kind} | {categories} | {situations:,} | {plain.mean():.3f} | {estimate.mean():.3f} "
                f"| {given.mean():.0%} | {covered} | {width} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
