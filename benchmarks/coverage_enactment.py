"""How often the interval over sites covers the truth, by number of sites, for each measure of enactment.

Run ``python benchmarks/coverage_enactment.py [replicates] [granularity]``. The estimand: the measure over a population
of sites like these, with 50 occasions at each. Its true value is that of 40,000 simulated sites taken together; every
replicate draws a few sites anew and asks for the 95 % interval. The bar: 90 to 98 % at eight sites and more.

Beside the coverage of the interval stands that of one of the same width around the plain estimate, which shows what the
correction for bias is for.
"""

from __future__ import annotations

import sys
import warnings

import numpy as np
import pandas as pd

import expertsys as es

MEASURES = {
    "emptying out": es.enactment.emptying_out,
    "action at a distance": es.enactment.action_at_a_distance,
    "contingency sensitivity": es.enactment.contingency_sensitivity,
}
ROLES = ["local", "category", "prescribed", "taken"]
SITES = (4, 6, 8, 12, 20)
OCCASIONS = 50


def population(granularity: int, *, sites: int = 40_000, step: int = 2_000) -> pd.DataFrame:
    """All occasions of many sites, as combinations with weights."""
    parts = [
        es.enactment.simulate(sites=step, occasions=OCCASIONS, granularity=granularity, rng=10**6 + number)
        .groupby(ROLES, dropna=False)
        .size()
        for number in range(sites // step)
    ]
    whole = pd.concat(parts).groupby(level=ROLES, dropna=False).sum().rename("weight").reset_index()
    return whole.assign(site="all")


def main() -> None:
    replicates, granularity = (int(value) for value in (*sys.argv[1:], *("2000", "1")[len(sys.argv) - 1 :]))
    warnings.simplefilter("ignore", es.errors.DegenerateWarning)
    whole = population(granularity)
    truth = {name: measure(whole, shuffles=1).estimate for name, measure in MEASURES.items()}
    print(f"{replicates} replicates, {OCCASIONS} occasions at each site, granularity {granularity}")
    print("| measure | truth | sites | coverage | around the plain estimate | mean estimate | mean width |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for sites in SITES:
        rows: dict[str, list[tuple[float, float, float]]] = {name: [] for name in MEASURES}
        for replicate in range(replicates):
            table = es.enactment.simulate(
                sites=sites, occasions=OCCASIONS, granularity=granularity, rng=np.random.default_rng([sites, replicate])
            )
            for name, measure in MEASURES.items():
                result = measure(table, shuffles=1)
                interval = result.interval()
                rows[name].append((interval.low, interval.high, result.estimate))
        for name, found in rows.items():
            low, high, estimate = np.array(found).T
            covered = (low <= truth[name]) & (truth[name] <= high)
            plain = np.abs(estimate - truth[name]) <= (high - low) / 2
            print(
                f"| {name} | {truth[name]:.3f} | {sites} | {covered.mean():.1%} | {plain.mean():.1%} "
                f"| {estimate.mean():.3f} | {(high - low).mean():.3f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
