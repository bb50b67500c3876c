"""Which applications of a code count: by any coder, by most of those who read it, or by all of them."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from expertsys._core.errors import DataError, listing
from expertsys.comparison.grouping import read_documents, read_units
from expertsys.study import Study

Coders = Literal["any", "majority", "all"]
RULES: dict[Coders, str] = {
    "any": "at least one coder",
    "majority": "more than half of the coders who read it",
    "all": "every coder who read it",
}


def has_units(study: Study) -> bool:
    """Whether every coding stands on a unit."""
    return len(study.units) > 0 and bool(study.codings["unit"].notna().all())


def applications(study: Study, *, coders: Coders) -> pd.DataFrame:
    """The codings that count by the rule, with their columns; the rule looks at units, or at documents without them."""
    codings = study.codings
    if coders == "any" or codings.empty:
        return codings
    place = "unit" if has_units(study) else "document"
    read = read_units(study) if place == "unit" else read_documents(study)
    readers = read.drop_duplicates([place, "coder"]).groupby(place)["coder"].nunique()
    applied = codings.groupby([place, "code"])["coder"].transform("nunique")
    share = applied / codings[place].map(readers)
    return codings[share >= 1 if coders == "all" else share > 0.5]


def mapped(study: Study, rows: pd.DataFrame, of: Literal["codes", "concepts"]) -> tuple[pd.DataFrame, str]:
    """The rows with what the columns are, ``column``, and a note on codes that are left out."""
    if of == "codes":
        return rows.assign(column=rows["code"]), ""
    concepts = {code.name: code.concept for code in study.codebook if code.concept is not None}
    found = rows.assign(column=rows["code"].map(concepts).astype("str")).dropna(subset=["column"])
    unmapped = sorted(set(rows["code"]) - set(concepts))
    note = f"{len(unmapped)} of {rows['code'].nunique()} applied codes point to no concept and are left out."
    return found, note if unmapped else ""


def columns(study: Study, of: Literal["codes", "concepts"]) -> list[str]:
    """The codes that were applied, in the codebook's order, or the concepts that they point to."""
    applied = set(study.codings["code"])
    if of == "codes":
        return [name for name in study.codes if name in applied]
    concepts = (code.concept for code in study.codebook if code.name in applied and code.concept is not None)
    return list(dict.fromkeys(concepts))


def spans(study: Study, rows: pd.DataFrame, *, purpose: str) -> pd.DataFrame:
    """The rows with the positions of their text, those of their unit where they have none of their own."""
    unit = study.units[["start", "end"]].reindex(rows["unit"])
    start = rows["start"].where(rows["start"].notna(), pd.Series(unit["start"].array, index=rows.index))
    end = rows["end"].where(rows["end"].notna(), pd.Series(unit["end"].array, index=rows.index))
    nowhere = start.isna()
    if nowhere.any():
        raise DataError(
            f"{purpose} needs positions, and {int(nowhere.sum())} of {len(rows)} codings have none, such as in "
            f"{listing(rows['document'][nowhere].unique(), 3)}",
            place="study.codings",
            remedy="Give start and end, or count units or documents.",
        )
    return rows.assign(start=start.astype("int64"), end=end.astype("int64"))


def covered(rows: pd.DataFrame, *, by: list[str], coders: Coders, readers: pd.Series[int]) -> pd.Series[int]:
    """Characters covered, for each value of the columns `by`, document and ``column``; a character counts once.

    Parameters
    ----------
    rows : pandas.DataFrame
        With ``document, coder, column, start, end``.
    by : list of str
        Further columns that keep counts apart.
    coders : {"any", "majority", "all"}
        A character counts where that many of those who read the document marked it.
    readers : pandas.Series
        Coders per document.
    """
    keys = [*by, "document", "column"]
    found = {}
    read = {str(document): int(there) for document, there in readers.items()}
    for key, part in rows.groupby(keys, sort=False):
        there = read[str(key[-2])]
        least = {"any": 1, "all": there, "majority": there // 2 + 1}[coders]
        found[key] = depth(part, least)
    index = pd.MultiIndex.from_tuples(list(found), names=keys) if found else pd.MultiIndex.from_arrays([[]] * len(keys))
    return pd.Series(list(found.values()), index=index.set_names(keys), dtype="int64")


def depth(part: pd.DataFrame, least: int) -> int:
    """Characters that at least so many coders marked, in one document."""
    starts, ends = [], []
    for _, own in part.groupby("coder", sort=False):
        joined = union(own["start"].to_numpy(), own["end"].to_numpy())
        starts.append(joined[0])
        ends.append(joined[1])
    places = np.concatenate([*starts, *ends])
    steps = np.concatenate([np.ones(sum(map(len, starts))), -np.ones(sum(map(len, ends)))])
    at = np.argsort(places, kind="stable")
    deep = np.cumsum(steps[at])[:-1] >= least
    return int((np.diff(places[at]) * deep).sum())


def union(start: np.ndarray, end: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Stretches joined where they overlap or touch: their starts and ends, rising."""
    at = np.argsort(start, kind="stable")
    start, reach = start[at], np.maximum.accumulate(end[at])
    first = np.ones(len(start), dtype=bool)
    first[1:] = start[1:] > reach[:-1]
    last = np.append(np.flatnonzero(first)[1:] - 1, len(start) - 1)
    return start[first], reach[last]
