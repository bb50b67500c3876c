"""Whether `es.contrast` keeps its level, and whether its intervals cover, where documents differ.

    python -m benchmarks.level_contrast

Groups of documents of 3 to 12 units; in each document a code has a share of its own, drawn from a beta distribution
with intraclass correlation rho. No group differs from another. Printed: how often tests at 5 % err (permuting them;
chi-square of the same units, as if they were independent; the family-wise test), and how often all shares, all
differences and all odds ratios lie in their simultaneous 95 % intervals.
"""

from __future__ import annotations

import numpy as np
from scipy.stats import chi2

from expertsys.comparison import permuting, shares

CODES = 5
SETTINGS = ((4, 3, 0.2, 0.2, 600), (6, 3, 0.15, 0.2, 1000), (12, 3, 0.2, 0.2, 1000), (20, 2, 0.1, 0.3, 1000))
INTERVALS = 400


def main() -> None:
    """Print a row for each setting."""
    draw = np.random.default_rng(1)
    print("documents groups share rho | permuted chi2 family | shares differences odds ratios")
    for documents, groups, share, rho, times in SETTINGS:
        shape = share * (1 - rho) / rho, (1 - share) * (1 - rho) / rho
        group = np.repeat(np.arange(groups), documents)
        errors, covered = np.zeros(3), np.zeros(3)
        for time in range(times):
            sizes = draw.integers(3, 13, size=len(group)).astype(float)
            own = draw.beta(*shape, size=(len(group), CODES))
            sums = draw.binomial(sizes[:, None].astype(int), own).astype(float)
            found = permuting.permute(sums, sizes, group, np.zeros_like(group), most=299, draw=draw)
            errors += np.nanmean(found.p <= 0.05), np.nanmean(chi2.sf(found.statistic, groups - 1) <= 0.05), 0
            errors[2] += np.nanmin(found.p_family) <= 0.05
            if time < INTERVALS:
                parts = [shares.Group.of(sums[group == one], sizes[group == one]) for one in range(groups)]
                low, high = shares.of_groups(parts, 0.95, draw)
                pairs = shares.of_pairs(parts, 0.95, draw)
                covered[0] += ((low <= share) & (share <= high)).all()
                covered[1] += all(((one.low <= 0) & (one.high >= 0)).all() for one in pairs)
                covered[2] += all(
                    (((one.or_low <= 1) & (one.or_high >= 1)) | np.isnan(one.or_low)).all() for one in pairs
                )
        told = " ".join(f"{value:8.3f}" for value in (*errors / times, *covered / INTERVALS))
        print(f"{documents:9d} {groups:6d} {share:5.2f} {rho:3.1f} | {told}")


if __name__ == "__main__":
    main()
