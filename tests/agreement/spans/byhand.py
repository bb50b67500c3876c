"""Agreement on spans, character by character and pair by pair: slow, and independent of the library."""

from __future__ import annotations

import math
from itertools import combinations, permutations

from .continua import Continua

NAN = float("nan")


def read_twice(data: Continua) -> list[str]:
    """Documents that two coders saw."""
    return [name for name in data.lengths if len(data.coders(name)) >= 2]


def characters(data: Continua, code: str | None = None) -> list[tuple[str, str, int, str, object]]:
    """Document, coder, place, value and unit of every character that a coder saw; each unmarked one is its own unit."""
    found: list[tuple[str, str, int, str, object]] = []
    for document in read_twice(data):
        for coder in data.coders(document):
            value, unit = [""] * data.lengths[document], list(range(-1, -1 - data.lengths[document], -1))
            for number, (where, who, what, start, end) in enumerate(data.marks):
                if (where, who) == (document, coder) and code in (None, what):
                    for place in range(start, end):
                        value[place], unit[place] = what, number
            found += [
                (document, coder, place, value[place], (document, coder, unit[place])) for place in range(len(value))
            ]
    return found


def alike(data: Continua, kind: str, one: str, other: str) -> bool:
    return bool(one) == bool(other) if kind == "|u" else one == other


def u_alpha(data: Continua, kind: str, code: str | None = None) -> float:
    """u or |u: what differs within places, and among all pairs of characters that are not of one unit."""
    every = characters(data, code)
    total, apart = 0.0, 0.0
    for document in read_twice(data):
        seen_by = data.coders(document)
        for place in range(data.lengths[document]):
            here = [value for where, _, at, value, _ in every if (where, at) == (document, place)]
            total += len(here)
            apart += sum(not alike(data, kind, a, b) for a, b in permutations(here, 2)) / (len(seen_by) - 1)
    pairs = [(a[3], b[3]) for a, b in permutations(every, 2) if a[4] != b[4]]
    by_chance = sum(not alike(data, kind, a, b) for a, b in pairs)
    return 1 - (apart / total) / (by_chance / len(pairs)) if by_chance else NAN


def codes_alpha(data: Continua, code: str | None = None) -> float:
    """cu, or with a code (k)u: only places that two coders marked, each by the other coders who did / (coders − 1).

    Chance pairs any two such places that are not in one unit: a stretch between two boundaries of a coder's.
    """
    items: list[tuple[str, object, float]] = []
    matched = 0.0
    for document in read_twice(data):
        seen_by = data.coders(document)
        labels = {coder: data.labels(document, coder) for coder in seen_by}
        for coder in seen_by:
            cuts = {
                place
                for name in {mark[2] for mark in data.marks}
                for start, end, marked in sections(data, document, coder, name)
                if marked
                for place in (start, end)
            }
            for place in range(data.lengths[document]):
                mine = labels[coder][place]
                theirs = [labels[other][place] for other in seen_by if other != coder]
                weight = sum(bool(one) for one in theirs) / (len(seen_by) - 1)
                if not mine or not weight:
                    continue
                label = str(sorted(mine)) if code is None else str(code in mine)
                items.append((label, (document, coder, max(cut for cut in cuts if cut <= place)), weight))
                same = [
                    one for one in theirs if one and (mine == one if code is None else code in mine and code in one)
                ]
                matched += len(same) / (len(seen_by) - 1)
    total = sum(weight for _, _, weight in items)
    apart = [(a, b, a[2] * b[2]) for a, b in permutations(items, 2) if a[1] != b[1]]
    pairs = sum(weight for _, _, weight in apart)
    if code is None:
        alike = sum(weight for a, b, weight in apart if a[0] == b[0])
    else:
        alike = sum(weight for a, b, weight in apart if a[0] == b[0] == "True")
        kept = sum(weight for label, _, weight in items if label == "True")
    size = total if code is None else kept
    by_chance = size - total * alike / pairs if pairs > 1e-9 else 0
    return 1 - (size - matched) / by_chance if by_chance > 1e-9 else NAN


def sections(data: Continua, document: str, coder: str, code: str) -> list[tuple[int, int, bool]]:
    """A coder's units of a code and the gaps between them, in order: start, end, whether it is a unit."""
    units: list[list[int]] = []
    for where, who, what, start, end in sorted(data.marks, key=lambda mark: mark[3:]):
        if (where, who, what) == (document, coder, code):
            if units and start < units[-1][1]:
                units[-1][1] = max(units[-1][1], end)
            else:
                units.append([start, end])
    found, reach = [], 0
    for start, end in units:
        if start > reach:
            found.append((reach, start, False))
        found.append((start, end, True))
        reach = end
    if reach < data.lengths[document]:
        found.append((reach, data.lengths[document], False))
    return found


def alpha_u_2004(data: Continua) -> tuple[float, float, float]:
    """Estimate, observed and expected (Krippendorff 2004, p. 252–254), section by section."""
    documents = read_twice(data)
    length = sum(data.lengths[document] for document in documents)
    total = sum(data.lengths[document] * len(data.coders(document)) for document in documents)
    observed = expected = 0.0
    for code in sorted({mark[2] for mark in data.marks if mark[0] in documents}):
        units, gaps = [], []
        for document in documents:
            seen_by = data.coders(document)
            cut = {coder: sections(data, document, coder, code) for coder in seen_by}
            for coder in seen_by:
                units += [end - start for start, end, marked in cut[coder] if marked]
                gaps += [end - start for start, end, marked in cut[coder] if not marked]
            for one, other in permutations(seen_by, 2):
                for a in cut[one]:
                    for b in cut[other]:
                        observed += _delta(a, b) / (len(seen_by) - 1)
        among = sum((len(units) - 1) / 3 * (2 * b**3 - 3 * b**2 + b) for b in units)
        into = sum(b**2 * (g - b + 1) for b in units for g in gaps if g >= b)
        expected += 2 / length * (among + into) / (total * (total - 1) - sum(b * (b - 1) for b in units))
    if not expected:
        return NAN, NAN, NAN
    return 1 - observed / (total * length) / expected, observed / (total * length), expected


def _delta(a: tuple[int, int, bool], b: tuple[int, int, bool]) -> float:
    if min(a[1], b[1]) <= max(a[0], b[0]):
        return 0.0
    if a[2] and b[2]:
        return (a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2
    if a[2] and b[0] <= a[0] and a[1] <= b[1]:
        return (a[1] - a[0]) ** 2
    if b[2] and a[0] <= b[0] and b[1] <= a[1]:
        return (b[1] - b[0]) ** 2
    return 0.0


def pairs_of(data: Continua) -> list[tuple[str, str, list[str]]]:
    """Pairs of coders with the documents that both saw."""
    return [
        (one, other, [name for name in data.lengths if name in data.seen[one] and name in data.seen[other]])
        for one, other in combinations(data.seen, 2)
    ]


def f1(data: Continua, share: float, code: str | None = None) -> float:
    """Mean over pairs of coders; share 0 is any overlap."""
    scores = []
    for one, other, documents in pairs_of(data):
        mine, theirs = (
            [mark for mark in data.marks if mark[1] == coder and mark[0] in documents and code in (None, mark[2])]
            for coder in (one, other)
        )
        if not mine and not theirs:
            continue
        had = sum(any(is_found(a, b, share) for b in theirs) for a in mine)
        had_too = sum(any(is_found(a, b, share) for a in mine) for b in theirs)
        if not had:
            scores.append(0.0)
            continue
        precision, recall = had / len(mine), had_too / len(theirs)
        scores.append(2 * precision * recall / (precision + recall))
    return sum(scores) / len(scores) if scores else NAN


def is_found(a: tuple[str, str, str, int, int], b: tuple[str, str, str, int, int], share: float) -> bool:
    if (a[0], a[2]) != (b[0], b[2]):
        return False
    mine, theirs = set(range(a[3], a[4])), set(range(b[3], b[4]))
    return bool(mine & theirs) and len(mine & theirs) / len(mine | theirs) >= share


def counts(data: Continua, one: str, other: str, document: str, codes: str, *, uncoded: bool) -> list[int]:
    """Characters with a code from one, from the other, from both, and in all, summed over codes."""
    mine, theirs = data.labels(document, one), data.labels(document, other)
    kept = [place for place in range(len(mine)) if uncoded or mine[place] or theirs[place]]
    found = [0, 0, 0, len(kept) * len(codes)]
    for code in codes:
        for place in kept:
            a, b = code in mine[place], code in theirs[place]
            found[0] += a
            found[1] += b
            found[2] += a and b
    return found


def cohen(found: list[int]) -> float:
    one, other, both, size = found
    if not size:
        return NAN
    neither = size - one - other + both
    observed = (both + neither) / size
    expected = one / size * other / size + (size - one) / size * (size - other) / size
    return (observed - expected) / (1 - expected) if expected < 1 - 1e-12 else NAN


def text_kappa(data: Continua, codes: str, *, uncoded: bool, documents: str) -> float:
    """Mean over pairs of coders."""
    values = []
    for one, other, both_saw in pairs_of(data):
        tables = [counts(data, one, other, name, codes, uncoded=uncoded) for name in both_saw]
        if documents == "pooled":
            values.append(cohen([sum(column) for column in zip(*tables, strict=True)]) if tables else NAN)
            continue
        known = [
            (cohen(table), data.lengths[name] if documents == "length" else 1)
            for name, table in zip(both_saw, tables, strict=True)
            if not math.isnan(cohen(table))
        ]
        total = sum(weight for _, weight in known)
        values.append(sum(value * weight for value, weight in known) / total if known else NAN)
    known_pairs = [value for value in values if not math.isnan(value)]
    return sum(known_pairs) / len(known_pairs) if known_pairs else NAN
