"""How often 95 % intervals of agreement hold the truth, by prevalence, agreement, coders and units.

    python -m benchmarks.coverage                 # a table, and whether each bar is met; minutes
    python -m benchmarks.coverage --markdown      # the section of docs/explanation/intervals.md

In a share s of the units the code is plain and all coders see it alike; on the others each coder applies it at random,
as often as it occurs. So the population's alpha, pi and kappa are s, and how often each profile of ratings is expected
is known. In clusters, units have a share and a prevalence of their own. The ends are those of the library's own
functions, which is checked before it starts.
"""

from __future__ import annotations

import argparse
import itertools
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import attrs
import numpy as np
from scipy import sparse

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from expertsys import agreement
from expertsys.agreement import Ratings
from expertsys.agreement.inference import intervals
from expertsys.agreement.inference.sampling import Sampling

AGREEMENT, PREVALENCE = (0.6, 0.8, 0.95), (0.5, 0.2, 0.05)
CODERS, UNITS = (2, 4), (40, 100, 400)
PER_CLUSTER, CLUSTERS = 5, (20, 50)
COEFFICIENTS: dict[str, Callable[[Ratings], Any]] = {
    "Krippendorff's alpha": lambda ratings: agreement.krippendorff_alpha(ratings, level="nominal"),
    "Fleiss' kappa": agreement.fleiss_kappa,
    "Cohen's, Conger's kappa": agreement.conger_kappa,
    "Gwet's AC1": agreement.gwet_ac,
    "Brennan–Prediger": agreement.brennan_prediger,
    "percent agreement": agreement.percent_agreement,
}
METHODS = ("percentile", "BCa", "analytic", "jackknife")
FEW, BAND = 10, (0.92, 0.97)


@dataclass(frozen=True)
class Setting:
    """One cell of the grid."""

    agreement: float
    prevalence: float
    coders: int
    units: int
    clustered: bool = False

    @property
    def kinds(self) -> list[tuple[float, float]]:
        """Share of plain units and prevalence, of all units or of the two kinds of cluster."""
        s, p = self.agreement, self.prevalence
        return [(s - 0.2, p / 2), (min(s + 0.2, 1), p * 1.5)] if self.clustered else [(s, p)]

    def shares(self, cells: np.ndarray) -> np.ndarray:
        """Probability of each profile, for each kind: (kinds, P)."""
        yes = cells.sum(axis=1)
        made = []
        for s, p in self.kinds:
            plain = np.where(yes == self.coders, p, np.where(yes == 0, 1 - p, 0.0))
            made.append(s * plain + (1 - s) * p**yes * (1 - p) ** (self.coders - yes))
        return np.array(made)

    def expected(self, cells: np.ndarray) -> tuple[float, float]:
        """Ratings with the rarer value, and units on which coders differ."""
        share = self.shares(cells).mean(axis=0)
        yes = cells.sum(axis=1)
        minority = min(share @ yes, share @ (self.coders - yes)) * self.units
        return float(minority), float(share[(yes > 0) & (yes < self.coders)].sum() * self.units)


def grid() -> Iterator[Setting]:
    """Units, then clusters of units."""
    yield from itertools.starmap(Setting, itertools.product(AGREEMENT, PREVALENCE, CODERS, UNITS))
    for number in CLUSTERS:
        for s, p, m in itertools.product((0.6, 0.8), (0.3,), (2, 4)):
            yield Setting(s, p, m, number * PER_CLUSTER, clustered=True)


def tables(setting: Setting, cells: np.ndarray, number: int, draw: np.random.Generator) -> Iterator[np.ndarray]:
    """Units per profile, (1, P), or per cluster and profile, (C, P)."""
    shares = setting.shares(cells)
    for _ in range(number):
        if setting.clustered:
            kind = draw.integers(0, 2, setting.units // PER_CLUSTER)
            yield draw.multinomial(PER_CLUSTER, shares[kind])
        else:
            yield draw.multinomial(setting.units, shares)


def simulate(setting: Setting, number: int, replicates: int, seed: int) -> dict[str, Any]:
    """Share of tables whose interval holds the truth, by coefficient and method, with how many were undefined."""
    cells = np.array(list(itertools.product((0, 1), repeat=setting.coders)))
    every = Ratings.from_array(cells, coders="columns", categories=(0, 1))
    kernels = {name: function(every)._kernel for name, function in COEFFICIENTS.items()}
    push = {name: _pushing(kernel, len(cells)) for name, kernel in kernels.items()}
    population = setting.shares(cells).mean(axis=0)[None, :] * 1e9
    truth = {name: float(kernel.evaluate(population @ push[name]).estimate[0]) for name, kernel in kernels.items()}
    draw = np.random.default_rng([20261101, seed])
    held = {(name, method): 0 for name in kernels for method in METHODS}
    known = dict.fromkeys(held, 0)
    noted = 0
    for table in tables(setting, cells, number, draw):
        counts = table.sum(axis=0)
        noted += bool(_note(cells, counts))
        sampling = Sampling(counts, None, "units")
        if setting.clustered:
            sampling = Sampling(np.ones(len(table), dtype=np.int64), sparse.csr_array(table.astype(float)), "clusters")
        weights = np.concatenate(list(sampling.drawn(replicates, draw, width=0)))
        for name, kernel in kernels.items():
            for method, found in _intervals(
                attrs.evolve(kernel, counts=counts @ push[name]), push[name], sampling, weights
            ):
                if not np.isnan(found.low):
                    known[name, method] += 1
                    held[name, method] += found.low <= truth[name] <= found.high
    return {
        "held": {key: held[key] / known[key] if known[key] else np.nan for key in held},
        "known": {key: known[key] / number for key in held},
        "noted": noted / number,
        "expected": setting.expected(cells),
    }


def _pushing(kernel: Any, size: int) -> np.ndarray:
    """From weights over all profiles to the kernel's."""
    origin = np.arange(size) if kernel.origin is None else kernel.origin
    found = np.zeros((size, len(kernel.counts)))
    found[np.flatnonzero(origin >= 0), origin[origin >= 0]] = 1
    return found


def _note(cells: np.ndarray, counts: np.ndarray) -> str:
    return intervals.caution(Ratings.from_array(cells.repeat(counts, axis=0), coders="columns", categories=(0, 1)))


def _intervals(kernel: Any, push: np.ndarray, sampling: Sampling, weights: np.ndarray) -> Iterator[tuple[str, Any]]:
    """By every method, of one table; none where the estimate is undefined."""
    whole = kernel.counts[None, :].astype(float)
    estimate = float(kernel.evaluate(whole).estimate[0])
    if np.isnan(estimate):
        return
    drawn = kernel.evaluate(weights @ push).estimate
    yield "percentile", intervals.from_replicates(drawn, 0.95, "", estimate=estimate)
    linear = push @ kernel.linearised()
    influence = sampling.influence(linear, _units(sampling))
    skew = intervals.acceleration(influence, sampling)
    yield "BCa", intervals.from_replicates(drawn, 0.95, "", estimate=estimate, acceleration=skew)
    error = float(np.sqrt(sampling.variance(influence)))
    yield "analytic", intervals.by_t(estimate, error, sampling.n - 1, 0.95, "", "")
    used = attrs.evolve(sampling, counts=sampling.counts[sampling.counts > 0]) if sampling.table is None else sampling
    rows = np.flatnonzero(sampling.counts > 0)
    left = np.eye(len(sampling.counts))[rows] * -1 + sampling.counts
    left = left if sampling.table is None else np.asarray(left @ sampling.table)
    without = kernel.evaluate(left @ push).estimate
    n = sampling.n
    mean = float(without @ used.counts) / n
    variance = (n - 1) / n * float(used.counts @ (without - mean) ** 2)
    yield "jackknife", intervals.by_t(estimate, float(np.sqrt(variance)), n - 1, 0.95, "", "")


def _units(sampling: Sampling) -> np.ndarray:
    """Units per profile."""
    return (
        sampling.counts if sampling.table is None else np.asarray(sampling.table.sum(axis=0)).ravel().astype(np.int64)
    )


def check() -> None:
    """The ends that are made here at once are those of `Coefficient.interval`."""
    cells = np.array(list(itertools.product((0, 1), repeat=3)))
    counts = np.array([30, 4, 2, 3, 5, 1, 2, 12])
    ratings = Ratings.from_array(cells.repeat(counts, axis=0), coders="columns", categories=(0, 1))
    every = Ratings.from_array(cells, coders="columns", categories=(0, 1))
    sampling = Sampling(counts, None, "units")
    methods = {"percentile": "bootstrap", "BCa": agreement.Bootstrap(kind="bca"), "analytic": "analytic"}
    for function in COEFFICIENTS.values():
        own, kernel = function(ratings), function(every)._kernel
        push = _pushing(kernel, len(cells))
        weights = np.concatenate(list(sampling.drawn(20_000, 0, width=0)))
        for method, found in _intervals(
            attrs.evolve(kernel, counts=(counts @ push).astype(int)), push, sampling, weights
        ):
            theirs = own.interval(method=methods.get(method, "jackknife"))
            near = 0.04 if method in ("percentile", "BCa") else 1e-9
            if not np.allclose([found.low, found.high], [theirs.low, theirs.high], atol=near):
                raise SystemExit(f"{own.name}, {method}: {found} here, {theirs} there")


def summarised(found: dict[Setting, dict[str, Any]], wanted: Callable[[Setting, dict[str, Any]], bool]) -> list[Any]:
    """Least, mean and largest coverage over the wanted settings, by coefficient and method, and how many there are."""
    chosen = [result for setting, result in found.items() if wanted(setting, result)]
    rows = []
    for name in COEFFICIENTS:
        shares = np.array([[result["held"][name, method] for method in METHODS] for result in chosen])
        rows.append((name, np.nanmin(shares, axis=0), np.nanmean(shares, axis=0), np.nanmax(shares, axis=0)))
    return [len(chosen), rows]


def inside(result: dict[str, Any]) -> bool:
    """Whether there are enough of both."""
    return min(result["expected"]) >= FEW


def told(summary: list[Any]) -> list[str]:
    """A table in Markdown."""
    lines = ["| coefficient | " + " | ".join(METHODS) + " |", "| --- |" + " --- |" * len(METHODS)]
    for name, low, mean, high in summary[1]:
        figures = [f"{m:.1%} ({a:.1%} to {b:.1%})".replace("%", " %") for a, m, b in zip(low, mean, high, strict=True)]
        lines.append(f"| {name} | " + " | ".join(figures) + " |")
    return lines


def markdown(found: dict[Setting, dict[str, Any]], number: int) -> str:
    """The section of the documentation."""
    enough = summarised(found, lambda setting, result: inside(result) and not setting.clustered)
    clusters = summarised(found, lambda setting, result: inside(result) and setting.clustered)
    few = [(0, 1), (1, 3), (3, 5), (5, FEW), (FEW, 20), (20, 1e9)]
    lines = [
        f"{enough[0]} settings with at least {FEW} expected ratings of the rarer value and {FEW} expected units of "
        f"disagreement ({number:,} tables each): mean coverage, and in brackets the least and largest of a setting.",
        "",
        *told(enough),
        "",
        f"{clusters[0]} settings with {' or '.join(map(str, CLUSTERS))} clusters of {PER_CLUSTER} units, alike within:",
        "",
        *told(clusters),
        "",
        "Below that they collapse. By the smaller of the two expected numbers, for Krippendorff's alpha over units, "
        "and in how many tables the result's `note` says so:",
        "",
        "| smaller number | " + " | ".join(METHODS) + " | note | undefined |",
        "| --- |" + " --- |" * (len(METHODS) + 2),
    ]
    for low, high in few:
        some = [r for s, r in found.items() if not s.clustered and low <= min(r["expected"]) < high]
        if some:
            key = "Krippendorff's alpha"
            shares = [float(np.nanmean([result["held"][key, method] for result in some])) for method in METHODS]
            noted = float(np.mean([result["noted"] for result in some]))
            lost = 1 - float(np.mean([result["known"][key, "percentile"] for result in some]))
            name = f"{low} to {high}" if high < 1e9 else f"{low} and more"
            cells = [f"{share:.1%}".replace("%", " %") for share in (*shares, noted, lost)]
            lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def bars(found: dict[Setting, dict[str, Any]]) -> list[str]:
    """What was to hold, and whether it does: the default, then the others, in every setting inside the region."""
    lines = []
    for method in METHODS:
        for clustered in (False, True):
            worst = [
                (result["held"][name, method], name, setting)
                for setting, result in found.items()
                for name in COEFFICIENTS
                if inside(result) and setting.clustered == clustered
            ]
            outside = [one for one in worst if not BAND[0] <= one[0] <= BAND[1]]
            low, high = min(worst, key=lambda one: one[0]), max(worst, key=lambda one: one[0])
            lines.append(
                f"{'pass' if not outside else 'FAIL'}  {method}{', clusters' if clustered else ''}: "
                f"{len(outside)} of {len(worst)} outside {BAND[0]:.0%} to {BAND[1]:.0%}; "
                f"least {low[0]:.1%} ({low[1]}, {low[2]}), largest {high[0]:.1%} ({high[1]}, {high[2]})"
            )
    unnoted = [(result["noted"], setting) for setting, result in found.items() if min(result["expected"]) < FEW / 2]
    least = min(unnoted, key=lambda one: one[0])
    lines.append(f"note where fewer than {FEW / 2:g} are expected: at least in {least[0]:.0%} of tables ({least[1]})")
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--tables", type=int, default=1000, help="simulated tables for each setting")
    parser.add_argument("--replicates", type=int, default=1000)
    parser.add_argument("--markdown", action="store_true", help="print the section of the documentation")
    options = parser.parse_args()
    check()
    found = {}
    settings = list(grid())
    for place, setting in enumerate(settings):
        found[setting] = simulate(setting, options.tables, options.replicates, place)
        print(f"{place + 1}/{len(settings)} {setting}", file=sys.stderr)
    if options.markdown:
        print(markdown(found, options.tables), end="\n\n")
    print("\n".join(bars(found)), file=sys.stderr if options.markdown else sys.stdout)


if __name__ == "__main__":
    main()
