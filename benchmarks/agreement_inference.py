"""Error rates and coverage of the inference on agreement, where units lie in documents that differ.

    python -m benchmarks.agreement_inference                 # every table, in Markdown; minutes
    python -m benchmarks.agreement_inference --studies 100   # rougher and faster
    python -m benchmarks.agreement_inference drift compare   # some of the tables

Each document has a share of plain units, on which all coders see the same, and a prevalence of the code, both drawn
from beta distributions; on the other units each coder applies the code at random, as often as it occurs there. So units
of one document are alike, and coefficients of the population are known from 100,000 documents.
"""

from __future__ import annotations

import argparse
import itertools
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from scipy import sparse

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from expertsys import agreement
from expertsys.agreement.ratings.profiles import Clusters, CoderProfiles

SPREAD = 6.0
Row: TypeAlias = tuple[Any, ...]
COEFFICIENTS: dict[str, Callable[[agreement.Ratings], Any]] = {
    "alpha": lambda ratings: agreement.krippendorff_alpha(ratings, level="nominal"),
    "Cohen's or Conger's kappa": agreement.conger_kappa,
    "Gwet's AC1": agreement.gwet_ac,
    "percent agreement": agreement.percent_agreement,
    "specific agreement": lambda ratings: agreement.specific_agreement(ratings, category=True),
}


def documents(
    draw: np.random.Generator,
    sizes: Sequence[int],
    *,
    plain: float = 0.7,
    prevalence: float = 0.3,
    coders: int = 2,
    spread: float = SPREAD,
) -> np.ndarray:
    """Units of each profile in each document, shape (documents, 2 ** coders)."""
    number = len(sizes)
    ease = draw.beta(plain * spread, (1 - plain) * spread, number)
    share = draw.beta(prevalence * spread, (1 - prevalence) * spread, number)
    cells = np.array(list(itertools.product((0, 1), repeat=coders)))
    yes = cells.sum(axis=1)
    guessed = share[:, None] ** yes * (1 - share[:, None]) ** (coders - yes)
    seen = np.where(yes == coders, share[:, None], np.where(yes == 0, 1 - share[:, None], 0.0))
    chances = ease[:, None] * seen + (1 - ease[:, None]) * guessed
    return draw.multinomial(np.asarray(sizes), chances / chances.sum(axis=1, keepdims=True))


def ratings(table: np.ndarray, *, clustered: bool = True) -> agreement.Ratings:
    """Ratings of such documents, clustered by them or not."""
    coders = int(np.log2(table.shape[1]))
    cells = np.array(list(itertools.product((0, 1), repeat=coders)))
    kept = table.sum(axis=0) > 0
    base = CoderProfiles(cells[kept], table.sum(axis=0)[kept])
    names = np.arange(len(table)).astype(object)
    clusters = Clusters("document", names, sparse.csr_array(table[:, kept].astype(float)))
    labels = tuple("abcdefgh"[:coders])
    return agreement.Ratings(labels, (False, True), base.by_value(2), base, clusters=clusters if clustered else None)


def truth(function: Callable[[agreement.Ratings], Any], **population: Any) -> float:
    """The coefficient of 100,000 documents."""
    return float(function(ratings(documents(np.random.default_rng(0), [15] * 100_000, **population))).estimate)


def coverage(studies: int, settings: Sequence[tuple[str, Sequence[int], dict[str, float]]] = ()) -> list[Row]:
    """Coverage of default intervals, by documents and as if units were independent."""
    given = settings or (
        ("20 documents of 15 units", [15] * 20, {}),
        ("12 documents of 5 to 40 units", [5, 5, 5, 10, 10, 10, 15, 15, 20, 20, 30, 40], {}),
        ("8 documents of 5 units", [5] * 8, {}),
        ("8 documents of 15 units", [15] * 8, {}),
        ("5 documents of 15 units", [15] * 5, {}),
        ("20 documents of 15 units, a code in a tenth", [15] * 20, {"prevalence": 0.1}),
    )
    rows = []
    for place, (name, sizes, population) in enumerate(given):
        draw = np.random.default_rng([1, place])
        for label, function in COEFFICIENTS.items():
            true, held, known, naive = truth(function, **population), 0, 0, 0
            for _ in range(studies):
                table = documents(draw, sizes, **population)
                ends = function(ratings(table)).interval()
                known += not np.isnan(ends.low)
                held += ends.low <= true <= ends.high
                alone = function(ratings(table, clustered=False)).interval(method="analytic")
                naive += alone.low <= true <= alone.high
            rows.append((name, label, held / max(known, 1), 1 - known / studies, naive / studies))
    return rows


BATCHES: tuple[tuple[int, list[int]], ...] = ((4, [15] * 5), (4, [15] * 10), (2, [5, 5, 10, 20, 40]), (2, [15] * 10))


def drift(studies: int, designs: Sequence[tuple[int, list[int]]] = BATCHES, *, permutations: int = 199) -> list[Row]:
    """Share of studies of like batches in which drift is reported at .05 and .01."""
    rows = []
    for place, (batches, sizes) in enumerate(designs):
        draw, found = np.random.default_rng([2, place]), []
        for seed in range(studies):
            table = documents(draw, sizes * batches)
            order = dict(enumerate(np.repeat(range(batches), len(sizes)).tolist()))
            made = agreement.drift(ratings(table), by=order, permutations=permutations, rng=seed, method="analytic")
            found.append((made.p_value, made.p_homogeneity))
        p = np.array(found)
        lengths = f"{min(sizes)} to {max(sizes)} units" if min(sizes) < max(sizes) else f"{sizes[0]} units"
        name = f"{batches} batches of {len(sizes)} documents of {lengths}"
        rows.append((name, *(float(np.nanmean(p[:, k] <= level)) for k in (0, 1) for level in (0.05, 0.01))))
    return rows


def compare(studies: int) -> list[Row]:
    """Share of studies in which two coders who are alike are told apart at .05 and .01, and coverage of 0."""
    rows = []
    for place, sizes in enumerate(([15] * 10, [15] * 20, [5] * 20, [1] * 40, [1] * 200)):
        draw, found = np.random.default_rng([3, place]), []
        for _ in range(studies):
            made = ratings(documents(draw, sizes, coders=3))
            pair = [agreement.cohen_kappa(made, coders=["a", other]) for other in "bc"]
            result = agreement.compare(*pair, units="same")
            ends = result.interval()
            found.append((result.p_value, ends.low <= 0 <= ends.high))
        p = np.array(found)
        name = f"{len(sizes)} documents of {sizes[0]} units" if sizes[0] > 1 else f"{len(sizes)} units"
        known = ~np.isnan(p[:, 0])
        rows.append(
            (name, *(float((p[known, 0] <= level).mean()) for level in (0.05, 0.01)), float(p[known, 1].mean()))
        )
    return rows


def coders(studies: int) -> list[Row]:
    """A machine that is exactly like the people, compared with three of them."""
    rows = []
    for place, sizes in enumerate(([15] * 20, [15] * 10, [5] * 12)):
        draw, held, wins = np.random.default_rng([4, place]), 0, []
        for _ in range(studies):
            made = ratings(documents(draw, sizes, coders=4))
            ends = agreement.against_panel(made, coder="d").difference_interval
            held += ends.low <= 0 <= ends.high
            test = agreement.alternative_annotator_test(made, coder="d", epsilon=0.0).to_frame()
            wins.append((test["p_value"] <= 0.05).mean())
        rows.append((f"{len(sizes)} documents of {sizes[0]} units", held / studies, float(np.mean(wins))))
    return rows


def chance(studies: int, *, permutations: int = 199) -> list[Row]:
    """Two coders who do not agree beyond chance, each with moods that last for a document: rejected at .05."""
    rows = []
    for place, sizes in enumerate(([15] * 8, [15] * 20, [5, 5, 10, 20, 40] * 3)):
        draw, p = np.random.default_rng([5, place]), np.empty((studies, 2))
        for one in range(studies):
            mood = draw.beta(1.8, 4.2, (2, len(sizes)))
            table = np.zeros((len(sizes), 4), dtype=np.int64)
            for row, size in enumerate(sizes):
                codes = draw.random((size, 2)) < mood[:, row]
                table[row] = np.bincount(codes[:, 0] * 2 + codes[:, 1], minlength=4)
            for column, clustered in enumerate((True, False)):
                found = agreement.krippendorff_alpha(ratings(table, clustered=clustered), level="nominal")
                p[one, column] = found.permutation_test(permutations=permutations, rng=one).p_value
        rows.append(
            (f"{len(sizes)} documents of {min(sizes)} to {max(sizes)} units", *(p <= 0.05).mean(axis=0).tolist())
        )
    return rows


def perfect(studies: int) -> list[Row]:
    """Coverage near perfect agreement of independent units, and how often there is no interval."""
    rows = []
    for place, (units, plain) in enumerate(itertools.product((40, 100), (0.9, 0.95, 0.99))):
        draw = np.random.default_rng([6, place])
        population = {"plain": plain, "spread": 1e9}
        for label in ("percent agreement", "specific agreement", "alpha"):
            function = COEFFICIENTS[label]
            true, held, known, zero = truth(function, **population), 0, 0, 0
            for _ in range(studies):
                found = function(ratings(documents(draw, [1] * units, **population), clustered=False))
                ends = found.interval()
                known += not np.isnan(ends.low)
                held += ends.low <= true <= ends.high
                zero += found.estimate == 1
            rows.append(
                (f"{units} units, {plain:.0%} plain", label, zero / studies, held / max(known, 1), 1 - known / studies)
            )
    return rows


def plan(studies: int) -> list[Row]:
    """Share of studies of the planned size whose interval is as narrow as was asked for."""
    from expertsys.agreement.planning.model import Coders

    rows = []
    for share, expected, assurance in itertools.product((0.5, 0.2, 0.1), (0.6, 0.8), (0.5, 0.8, 0.95)):
        planned = agreement.plan(coders=2, shares=share, expected=expected, width=0.2, assurance=assurance)
        model = Coders.of(2, share)
        profiles, draw = model.profiles(), np.random.default_rng(7)
        chances = model.chances(expected, profiles)
        widths = []
        for _ in range(studies):
            made = model.ratings(profiles, draw.multinomial(planned.units, chances / chances.sum()))
            ends = agreement.krippendorff_alpha(made, level="nominal").interval(method="analytic")
            widths.append(ends.high - ends.low)
        rows.append(
            (
                f"a code in {share:.0%}, alpha {expected}",
                assurance,
                planned.units,
                float(np.mean(np.array(widths) <= 0.2)),
            )
        )
    return rows


TABLES: dict[str, tuple[Callable[[int], list[Row]], tuple[str, ...]]] = {
    "coverage": (coverage, ("design", "coefficient", "by default", "without interval", "as if units were independent")),
    "drift": (drift, ("design", "deals, .05", "deals, .01", "Welch, .05", "Welch, .01")),
    "compare": (compare, ("design", "rejected at .05", "rejected at .01", "coverage")),
    "coders": (coders, ("design", "against_panel: coverage", "alternative annotator test: wins at .05, ε = 0")),
    "chance": (chance, ("design", "whole documents dealt", "units dealt")),
    "perfect": (perfect, ("design", "coefficient", "perfect in the sample", "coverage", "without interval")),
    "plan": (plan, ("design", "assurance", "units", "no wider than asked")),
}


def markdown(name: str, rows: list[Row]) -> str:
    """One table."""

    def cell(value: Any) -> str:
        return (
            f"{value:.1%}".replace("%", " %")
            if isinstance(value, float)
            else f"{value:,}"
            if isinstance(value, int)
            else value
        )

    head = TABLES[name][1]
    lines = ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    return "\n".join([*lines, *("| " + " | ".join(cell(value) for value in row) + " |" for row in rows)])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("tables", nargs="*", choices=[*TABLES, []], help="by default all")
    parser.add_argument("--studies", type=int, default=1000, help="simulated studies for each row")
    options = parser.parse_args()
    for name in options.tables or TABLES:
        print(f"\n{name} ({options.studies:,} studies a row)\n")
        print(markdown(name, TABLES[name][0](options.studies)), flush=True)


if __name__ == "__main__":
    main()
