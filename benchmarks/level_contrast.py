"""Whether `es.contrast` keeps its level where documents differ in length, and whether its intervals cover.

    python -m benchmarks.level_contrast            # all tables, in Markdown; some fifteen minutes on one core
    python -m benchmarks.level_contrast --quick    # the same with fewer codes

Two groups of documents of equal length (12 units each), or of 5 against 20 units. In each document a code has a share
of its own, drawn from a beta distribution with an intraclass correlation of .1. Level: the groups do not differ; power:
one group has three times the share of the other (at a share of .2: twice). Intervals: 10 codes in groups of documents
of 3 to 12 units, of which none or half differ between groups. The same persons twice: each has a level of their own
from .05 to .6, of which all, or each in another degree, depart the second time. Unequal numbers of coders: the
documents of one group are read by two coders, those of the other by one; each errs in 8 % of the units.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from scipy.stats import t as student

from expertsys.comparison import permuting, shares

Floats = npt.NDArray[np.float64]
CORRELATION = 0.1
SHARES, DOCUMENTS = (0.004, 0.02, 0.05, 0.2), (8, 20, 40)
LENGTHS = {"12 and 12": (12, 12), "5 and 20": (5, 20)}
CODES, TIMES = 10, 400
#: Persons, units of each before and after (from, to), mean change, and standard deviation of the change over persons.
PERSONS = (
    (8, (10, 10), 0.0, 0.0), (8, (3, 12), 0.2, 0.1), (14, (10, 10), 0.0, 0.1), (14, (3, 12), 0.0, 0.0),
    (14, (10, 10), 0.2, 0.0), (14, (3, 12), 0.2, 0.1), (30, (3, 12), 0.0, 0.1), (30, (10, 10), 0.2, 0.1),
)  # fmt: skip


def counts(draw: np.random.Generator, sizes: Floats, share: Floats, correlation: float = CORRELATION) -> Floats:
    """Units with each code: `share` of shape (C, K), beta-binomial with the sizes of the documents."""
    scale = (1 - correlation) / correlation
    chance = draw.beta(share * scale, (1 - share) * scale)
    return draw.binomial(sizes.astype(np.int64)[:, None], chance).astype(np.float64)


def tested(draw: np.random.Generator, lengths: tuple[int, int], documents: int, share: Floats, codes: int) -> Floats:
    """The p values of so many codes, each by itself, with these shares in the two groups."""
    group = np.repeat([0, 1], documents)
    sizes = np.repeat(np.array(lengths, dtype=np.float64), documents)
    found = []
    for low in range(0, codes, 250):
        sums = counts(draw, sizes, np.repeat(share[group][:, None], min(250, codes - low), axis=1))
        design = permuting.Design(sums, sizes, group, np.zeros_like(group))
        found.append(permuting.permute(design, most=499, draw=draw).p)
    return np.concatenate(found)


def levels(codes: int, draw: np.random.Generator) -> Iterator[str]:
    """Rows of the first table."""
    yield "| units per document | share | documents per group | tested | ≤ .01 | ≤ .05 | power at .05 |"
    yield "| --- | --- | --- | --- | --- | --- | --- |"
    for name, lengths in LENGTHS.items():
        for share in SHARES:
            for documents in DOCUMENTS:
                p = tested(draw, lengths, documents, np.array([share, share]), codes)
                other = share * (2 if share >= 0.2 else 3)
                power = tested(draw, lengths, documents, np.array([share, other]), codes // 4)
                cells = [(~np.isnan(p)).mean(), (p <= 0.01).mean(), (p <= 0.05).mean(), (power <= 0.05).mean()]
                shown = " | ".join(f"{cell:.2f}" if at in (0, 3) else f"{cell:.3f}" for at, cell in enumerate(cells))
                yield f"| {name} | {share} | {documents} | {shown} |"


def simultaneous(times: int, draw: np.random.Generator) -> Iterator[str]:
    """Rows of the second table."""
    yield "| groups | documents per group | share | codes that differ | all differences | any p_family ≤ .05 | width |"
    yield "| --- | --- | --- | --- | --- | --- | --- |"
    for groups, documents, share, differ in (
        (3, 6, 0.2, 0), (3, 12, 0.2, 0), (2, 20, 0.1, 0), (2, 40, 0.05, 0),
        (2, 8, 0.2, 5), (2, 20, 0.1, 5), (3, 12, 0.2, 5), (2, 40, 0.05, 5),
    ):  # fmt: skip
        held = rejected = width = 0.0
        group = np.repeat(np.arange(groups), documents)
        truth = np.full((groups, CODES), share)
        truth[0, :differ] = 2 * share
        for _ in range(times):
            sizes = draw.integers(3, 13, size=len(group)).astype(np.float64)
            sums = counts(draw, sizes, truth[group])
            design = permuting.Design(sums, sizes, group, np.zeros_like(group))
            found = permuting.permute(design, most=299, draw=draw)
            parts = [shares.Group.of(sums[group == one], sizes[group == one]) for one in range(groups)]
            pairs = shares.of_pairs(parts, found.correlation, found.critical)
            held += all(
                (
                    (one.low <= truth[one.first] - truth[one.second] + 1e-9)
                    & (one.high >= truth[one.first] - truth[one.second] - 1e-9)
                ).all()
                for one in pairs
            )
            width += float(np.mean([one.high - one.low for one in pairs]))
            rejected += bool(np.nanmin(np.append(found.p_family, 1.0)) <= 0.05)
        cells = " | ".join(f"{value / times:.2f}" for value in (held, rejected, width))
        yield f"| {groups} | {documents} | {share} | {differ} | {cells} |"


def paired(times: int, draw: np.random.Generator) -> Iterator[str]:
    """Rows of the third table; the t interval is that of the persons' own differences."""
    yield "| persons | units each time | change | its sd | ≤ .05 | difference held | width | width of t |"
    yield "| --- " * 8 + "|"
    for people, (least, most), change, scatter in PERSONS:
        rejected = held = width = plain = 0.0
        group, stratum = np.tile([0, 1], people), np.repeat(np.arange(people), 2)
        for _ in range(times):
            sizes = draw.integers(least, most + 1, size=2 * people).astype(np.float64)
            first = draw.uniform(0.05, 0.6, people)
            second = first + change + scatter * np.sqrt(3) * draw.uniform(-1, 1, people)
            chance = np.clip(np.stack([first, second], axis=1).ravel(), 0, 1)
            sums = draw.binomial(sizes.astype(np.int64), chance)[:, None].astype(np.float64)
            design = permuting.Design(sums, sizes, group, stratum)
            found = permuting.permute(design, most=299, draw=draw, paired=True)
            parts = shares.of_strata(design, found.correlation, drawn=True)
            (pair,) = shares.of_pairs(parts, found.correlation, found.critical)
            rejected += bool(found.p[0] <= 0.05)
            held += bool(pair.low[0] <= -change <= pair.high[0])
            width += float(pair.high[0] - pair.low[0])
            own = np.diff((sums[:, 0] / sizes).reshape(people, 2), axis=1)
            plain += 2 * student.ppf(0.975, people - 1) * float(own.std(ddof=1)) / np.sqrt(people)
        cells = " | ".join(f"{value / times:.2f}" for value in (rejected, held, width, plain))
        units = str(least) if least == most else f"{least} to {most}"
        yield f"| {people} | {units} | {change:g} | {scatter:g} | {cells} |"


def coders(codes: int, draw: np.random.Generator) -> Iterator[str]:
    """Rows of the fourth table: the share of codes rejected by the mean of the coders, and by any of them."""
    yield "| share | documents per group | by the mean, ≤ .01 | by the mean, ≤ .05 | by any, ≤ .05 |"
    yield "| --- " * 5 + "|"
    for share in (0.05, 0.2):
        for documents in (8, 20):
            group = np.repeat([0, 1], documents)
            sizes = np.full(len(group), 12.0)
            scale = (1 - CORRELATION) / CORRELATION
            chance = draw.beta(share * scale, (1 - share) * scale, (len(group), codes))
            truth = draw.random((12, len(group), codes)) < chance
            first, second = (truth ^ (draw.random(truth.shape) < 0.08) for _ in range(2))
            second = np.where(group[:, None] == 0, second, first)
            rates = []
            for sums in ((first + second.astype(np.float64)) / 2, (first | second).astype(np.float64)):
                design = permuting.Design(sums.sum(axis=0), sizes, group, np.zeros_like(group))
                p = permuting.permute(design, most=499, draw=draw).p
                rates += [(p <= 0.01).mean(), (p <= 0.05).mean()]
            yield f"| {share} | {documents} | {rates[0]:.3f} | {rates[1]:.3f} | {rates[3]:.3f} |"


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true")
    quick = parser.parse_args().quick
    permuting._WORK, permuting._MOST = 10_000_000, 299
    draw = np.random.default_rng(20261128)
    for row in levels(500 if quick else 2000, draw):
        print(row, flush=True)
    print()
    for row in simultaneous(TIMES // (4 if quick else 1), draw):
        print(row, flush=True)
    print()
    permuting._WORK, permuting._MOST = 2_000_000, 199
    for row in paired(TIMES // (4 if quick else 1), draw):
        print(row, flush=True)
    print()
    for row in coders(500 if quick else 2000, draw):
        print(row, flush=True)


if __name__ == "__main__":
    main()
