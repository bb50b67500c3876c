"""How often codes meet, and how often they would by chance: on units, between units, between passages."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import attrs
import numpy as np
import numpy.typing as npt
import pandas as pd

from expertsys.comparison.applied import spans, union

if TYPE_CHECKING:
    from expertsys.study import Study

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@attrs.frozen(eq=False)
class Found:
    """Counts, what is expected of them, and the Jaccard index, each codes × codes; what the diagonal is part of."""

    counts: Ints
    expected: Floats
    jaccard: Floats
    total: int
    note: str


@attrs.frozen(eq=False)
class Marks:
    """Who read and coded what: readings ``unit, coder`` and codings, in which one coder may stand for all."""

    study: Study
    seen: pd.DataFrame
    codings: pd.DataFrame

    @classmethod
    def of(cls, study: Study, codings: pd.DataFrame, *, together: bool) -> Marks:
        """From a study; with `together`, what any coder did counts as done by one."""
        seen = study.seen[["unit", "coder"]]
        if together:
            seen, codings = seen.assign(coder="any"), codings.assign(coder="any")
        return cls(study, seen.drop_duplicates(ignore_index=True), codings)


def on_units(marks: Marks, codes: pd.Index[str]) -> Found:
    """Units with both codes by one coder, each once."""
    seen = marks.seen
    rows = marks.codings[["unit", "coder", "code"]].drop_duplicates()
    pairs = rows.merge(rows, on=["unit", "coder"], suffixes=("_a", "_b")).drop_duplicates(["unit", "code_a", "code_b"])
    counts = _table(pairs, codes)
    readers = {str(unit): frozenset(part["coder"]) for unit, part in seen.groupby("unit")}
    patterns: dict[frozenset[str], Counter[tuple[str, frozenset[str]]]] = {}
    for (unit, code), part in rows.groupby(["unit", "code"]):
        kind = patterns.setdefault(readers[str(unit)], Counter())
        kind[str(code), frozenset(part["coder"])] += 1
    sizes = Counter(readers.values())
    expected = np.zeros((len(codes), len(codes)))
    for read_by, times in patterns.items():
        expected += _meeting_patterns(times, codes) / sizes[read_by]
    own = np.diagonal(counts)
    return Found(
        counts, _off(expected), _ratio(counts, own[:, None] + own[None, :] - counts), seen["unit"].nunique(), ""
    )


def _meeting_patterns(times: Counter[tuple[str, frozenset[str]]], codes: pd.Index[str]) -> Floats:
    """Over all pairs of units, on how many some coder gave the first code to the one and the second to the other.

    A unit's pattern is who gave it the code: coders who agree do so in any order of the units, codes need not.
    """
    sets = list(dict.fromkeys(coders for _, coders in times))
    place = {coders: at for at, coders in enumerate(sets)}
    known = {code: at for at, code in enumerate(codes)}
    counts = np.zeros((len(codes), len(sets)))
    for (code, coders), number in times.items():
        counts[known[code], place[coders]] = number
    meet = np.array([[not one.isdisjoint(other) for other in sets] for one in sets], dtype=np.float64)
    return np.asarray(counts @ meet @ counts.T)


def between_units(marks: Marks, codes: pd.Index[str], distance: int) -> Found:
    """Pairs of units of a document, at most so far apart in order, of which one coder gave one code each."""
    units = marks.study.units.reset_index()[["unit", "document", "start"]]
    positioned = bool(units["start"].notna().all())
    if positioned:
        units = units.sort_values(["document", "start"], kind="stable")
    units["place"] = units.groupby("document").cumcount()
    placed = units.set_index("unit")
    seen = marks.seen
    rows = marks.codings[["unit", "coder", "code"]].drop_duplicates()
    size = len(codes)
    counts, expected = np.zeros((size, size)), np.zeros((size, size))
    own = np.zeros(size, dtype=np.int64)
    by_coder = dict(list(rows.groupby("coder")))
    for coder, read in seen.groupby("coder"):
        coded = by_coder.get(coder)
        if coded is None:
            continue
        here = placed.loc[read["unit"], ["document", "place"]].reset_index()
        number = pd.Series(np.arange(len(here)), index=here["unit"])
        carried = np.zeros((len(here), size))
        carried[number[coded["unit"]].to_numpy(), codes.get_indexer(pd.Index(coded["code"]))] = 1
        own += carried.sum(axis=0).astype(np.int64)
        share = carried.mean(axis=0)
        for _, part in here.groupby("document"):
            place, at = part["place"].to_numpy(), part.index.to_numpy()
            near = (np.abs(place[:, None] - place[None, :]) <= distance).astype(np.float64)
            counts += carried[at].T @ near @ carried[at]
            expected += near.sum() * np.outer(share, share)
    whole = counts.round().astype(np.int64)
    np.fill_diagonal(whole, own)
    note = "" if positioned else "Units without positions are taken in the order of study.units."
    return Found(whole, _off(expected), np.full((size, size), np.nan), len(seen), note)


def between_passages(marks: Marks, codes: pd.Index[str], distance: int | None) -> Found:
    """Pairs of passages by one coder that overlap, or stand at most so many characters apart."""
    study = marks.study
    rows = spans(study, marks.codings, purpose="co-occurrence of passages")
    rows = rows.drop_duplicates(["document", "coder", "code", "start", "end"])
    size = len(codes)
    counts, expected = np.zeros((size, size), dtype=np.int64), np.zeros((size, size))
    shared, silent = np.zeros((size, size)), 0
    apart = -1 if distance is None else distance
    texts = study.documents["text"].str.len().astype("float64")
    lengths = {str(document): float(length) for document, length in texts.items()}
    for (document, _), part in rows.groupby(["document", "coder"], sort=False):
        start, end = (part[name].to_numpy(dtype=np.int64) for name in ("start", "end"))
        which = np.zeros((len(part), size))
        which[np.arange(len(part)), codes.get_indexer(pd.Index(part["code"]))] = 1
        gap = np.maximum(start[:, None], start[None, :]) - np.minimum(end[:, None], end[None, :])
        counts += (which.T @ (gap <= apart).astype(np.float64) @ which).round().astype(np.int64)
        shared += _characters(start, end, which)
        length = lengths[str(document)]
        if np.isnan(length):
            silent += 1
            expected += which.sum(axis=0)[:, None] * which.sum(axis=0)[None, :] * np.nan
        else:
            expected += which.T @ _meeting(end - start, int(length), apart) @ which
    own = np.bincount(codes.get_indexer(pd.Index(rows["code"])), minlength=size)
    np.fill_diagonal(counts, own)
    note = "What to expect cannot be known: documents without their text." if silent else ""
    marked = np.diagonal(shared)
    jaccard = _ratio(shared, marked[:, None] + marked[None, :] - shared)
    if distance is not None:
        jaccard = np.full_like(jaccard, np.nan)
    return Found(counts, _off(expected), jaccard, len(rows), note)


def _meeting(long: Ints, length: int, apart: int) -> Floats:
    """The chance that two passages meet, all places in the text being equally likely; shape (n, n).

    Of (L − a + 1)(L − b + 1) ways to place them, (f + 1)(f + 2) leave more than `apart` between them, where
    f = L − a − b − apart − 1 characters are free.
    """
    free = np.maximum(length - long[:, None] - long[None, :] - apart - 1, -1).astype(np.float64)
    ways = (length - long + 1).astype(np.float64)
    return np.asarray(1 - (free + 1) * (free + 2) / np.outer(ways, ways))


def _characters(start: Ints, end: Ints, which: Floats) -> Floats:
    """Characters with both codes, codes × codes; on the diagonal those with the code; each once."""
    joined = [union(start[own > 0], end[own > 0]) if own.any() else (start[:0], end[:0]) for own in which.T]
    edges = np.unique(np.concatenate([start, end]))
    inside = np.zeros((len(edges) - 1 if len(edges) else 0, which.shape[1]))
    for code, (low, high) in enumerate(joined):
        for first, last in zip(np.searchsorted(edges, low), np.searchsorted(edges, high), strict=True):
            inside[first:last, code] = 1
    return np.asarray(inside.T @ (inside * np.diff(edges)[:, None]))


def _table(pairs: pd.DataFrame, codes: pd.Index[str]) -> Ints:
    table = pd.crosstab(pairs["code_a"], pairs["code_b"]).reindex(index=codes, columns=codes, fill_value=0)
    return table.to_numpy(dtype=np.int64)


def _ratio(both: npt.NDArray[np.float64] | Ints, either: npt.NDArray[np.float64] | Ints) -> Floats:
    share = np.full(both.shape, np.nan)
    np.divide(both, either, out=share, where=either > 0)
    return share


def _off(matrix: Floats) -> Floats:
    """Without its diagonal: a code is not expected to meet itself."""
    matrix = matrix.copy()
    np.fill_diagonal(matrix, np.nan)
    return matrix
