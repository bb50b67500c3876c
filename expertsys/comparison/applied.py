"""Which applications of a code count, and how much: by any coder, most or all of those who read it, or their mean."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd

from expertsys._core.errors import DataError, check_choice, listing, unknown
from expertsys.comparison.grouping import grouped, read_documents, read_units
from expertsys.study import Study
from expertsys.theory import FRAMEWORK

Coders = Literal["any", "majority", "all", "mean"]
Subcodes = Literal["include", "exclude"]
Of = Literal["codes", "concepts"]
RULES: dict[Coders, str] = {
    "any": "at least one coder",
    "majority": "more than half of the coders who read it",
    "all": "every coder who read it",
    "mean": "its readers (a unit counts as the share of them who applied the code)",
}
#: Units that a code leads one to expect where it was never applied, from which on a note asks whether it could be.
_EXPECTED = 5.0


def has_units(study: Study) -> bool:
    """Whether every coding stands on a unit."""
    return len(study.units) > 0 and bool(study.codings["unit"].notna().all())


def readers_of(read: pd.DataFrame, place: str) -> pd.Series[int]:
    """How many coders read each unit or document."""
    return read.drop_duplicates([place, "coder"]).groupby(place)["coder"].nunique()


def rule_of(coders: Coders | None, readers: pd.Series[int], *, choices: Iterable[Coders] = tuple(RULES)) -> Coders:
    """The rule asked for; by default any coder where all was read by equally many, else the mean of the readers."""
    if coders is None:
        return "mean" if len(readers) and readers.min() != readers.max() else "any"
    check_choice("coders", coders, tuple(choices))
    return coders


def uneven(read: pd.DataFrame, place: str, groups: list[str], readers: pd.Series[int]) -> str:
    """In words, how many coders read the units of each group; empty where there is no difference."""
    if not len(readers) or readers.min() == readers.max() or not groups:
        return ""
    once = read.drop_duplicates([place, *groups])
    mean = once.assign(readers=once[place].map(readers)).groupby(groups, sort=False)["readers"].mean()
    if np.ptp(mean.to_numpy()) < 1e-9:
        return ""
    names = [" × ".join(map(str, key)) if isinstance(key, tuple) else str(key) for key in mean.index]
    ends = sorted(zip(mean, names, strict=True), key=lambda pair: pair[0])
    return f"{ends[-1][0]:.3g} coders per {place} in {ends[-1][1]} and {ends[0][0]:.3g} in {ends[0][1]}"


def applications(study: Study, *, coders: Coders) -> pd.DataFrame:
    """The codings that count by the rule, with their columns; the rule looks at units, or at documents without them."""
    codings = study.codings
    return passing(study, codings.assign(column=codings["code"]), coders).drop(columns="column")


def passing(study: Study, rows: pd.DataFrame, coders: Coders) -> pd.DataFrame:
    """The rows, with a ``column``, on units (else documents) where as many coders as the rule asks agree."""
    if coders in ("any", "mean") or rows.empty:
        return rows
    place = "unit" if has_units(study) else "document"
    readers = readers_of(read_units(study) if place == "unit" else read_documents(study), place)
    applied = rows.groupby([place, "column"])["coder"].transform("nunique")
    return rows[_kept(applied / rows[place].map(readers), coders)]


def _kept(share: pd.Series[float], coders: Coders) -> pd.Series[bool]:
    return share >= 1 - 1e-9 if coders == "all" else share > 0.5 if coders == "majority" else share > 0


def weighted(
    rows: pd.DataFrame, keys: list[str], place: str, coders: Coders, readers: pd.Series[int]
) -> pd.Series[Any]:
    """For each group, unit (or document) and column, how much it counts: 1, or the share of readers who applied it."""
    levels = list(dict.fromkeys([*keys, place, "column"]))
    applied = rows.groupby(levels, sort=False)["coder"].nunique()
    if coders == "mean":
        return applied / readers.reindex(applied.index.get_level_values(place)).to_numpy()
    return pd.Series(1, index=applied.index, dtype="int64")


def mapped(study: Study, rows: pd.DataFrame, of: Of, subcodes: Subcodes = "include") -> tuple[pd.DataFrame, str]:
    """The rows with what the columns are, ``column``: one for each code or concept that a coding counts for.

    With ``subcodes="include"`` a coding counts for its code and every code above it, or for its concept (that of the
    nearest code above it where it has none) and every concept above that.
    """
    check_choice("subcodes", subcodes, ("include", "exclude"))
    targets, notes = {}, []
    for name in rows["code"].unique():
        if of == "codes":
            above = study.codebook.ancestors(name) if subcodes == "include" and name in study.codebook else ()
            targets[name] = (name, *above)
        else:
            targets[name] = concepts_of(study, name, subcodes)
    if of == "concepts":
        unmapped = sum(not found for found in targets.values())
        if unmapped:
            notes.append(f"{unmapped} of {len(targets)} applied codes point to no concept and are left out.")
    both = pd.DataFrame(
        [(name, column) for name, found in targets.items() for column in found], columns=["code", "column"], dtype="str"
    )
    order = rows.assign(order=np.arange(len(rows))).reset_index(names="index")
    found = order.merge(both, on="code").sort_values("order", kind="stable")
    return found.set_index("index").rename_axis(None).drop(columns="order"), " ".join(notes)


def concepts_of(study: Study, name: str, subcodes: Subcodes) -> tuple[str, ...]:
    """The concepts that a coding with this code counts for."""
    if name not in study.codebook:
        return ()
    line = (name, *study.codebook.ancestors(name)) if subcodes == "include" else (name,)
    concept = next((key for one in line if (key := study.codebook[one].concept) is not None), None)
    if concept is None:
        return ()
    if subcodes == "exclude":
        return (concept,)
    if concept in FRAMEWORK:
        return (concept, *sorted(FRAMEWORK.closure([concept]) - {concept}))
    parts = concept.split(".")
    return tuple(".".join(parts[:depth]) for depth in range(len(parts), 0, -1))


def columns(study: Study, of: Of) -> list[str]:
    """The codes that were applied, in the codebook's order, or the concepts that they point to."""
    applied = set(study.codings["code"])
    if of == "codes":
        return [name for name in study.codes if name in applied]
    pointed = (concepts_of(study, name, "include")[:1] for name in study.codes if name in applied)
    return list(dict.fromkeys(concept for found in pointed for concept in found))


def chosen_columns(study: Study, of: Of, names: Sequence[str] | None, *, place: str) -> list[str]:
    """The columns asked for, among them codes that were applied by their sub-codes only; by default those applied."""
    if names is None:
        return columns(study, of)
    known = list(study.codes)
    if of == "concepts":
        known = list(dict.fromkeys(key for name in study.codes for key in concepts_of(study, name, "include")))
    asked = [names] if isinstance(names, str) else list(dict.fromkeys(names))
    for name in asked:
        if name not in known:
            raise unknown(of.removesuffix("s"), name, known, place=place)
    return asked


def subcodes_note(study: Study, of: Of, subcodes: Subcodes, names: Iterable[str]) -> str:
    """Whether the figures of codes or concepts that have others below them include these; empty where none has."""
    applied = [name for name in study.codes if name in set(study.codings["code"])]
    below: Mapping[str, list[str]]
    if of == "codes":
        below = {name: [one for one in applied if one in study.codebook and name in study.codebook.ancestors(one)]
                 for name in names}  # fmt: skip
    else:
        full = {one: concepts_of(study, one, "include") for one in applied}
        alone = {one: concepts_of(study, one, "exclude") for one in applied}
        below = {name: [one for one in applied if name in full[one] and name not in alone[one]] for name in names}
    above = [name for name, found in below.items() if found]
    if not above:
        return ""
    what = "sub-codes" if of == "codes" else "sub-codes and sub-concepts"
    if subcodes == "include":
        return f"Figures of {listing(above, 3)} include their {what}; subcodes='exclude' leaves these out."
    return f"Figures of {listing(above, 3)} leave out their {what} (subcodes='exclude')."


def confined(study: Study, read: pd.DataFrame, rows: pd.DataFrame, available: str | None) -> str:
    """A note on codes applied under one value only of an attribute of the units, though frequent there.

    Parameters
    ----------
    read, rows : pandas.DataFrame
        Readings and applications, with ``unit`` and, of the latter, ``column``.
    available : str, optional
        The attribute by which it was already considered.
    """
    if "unit" not in read or read.empty:
        return ""
    units = study.units
    names = [name for name in units.columns if name not in ("document", "case", "participant", "start", "end")]
    once = read.drop_duplicates("unit")
    for name in names:
        label = once["unit"].map(units[name])
        sizes = label.value_counts()
        if name == available or not 2 <= len(sizes) <= 20:
            continue
        pairs = rows.drop_duplicates(["unit", "column"])
        used = pairs.groupby(["column", pairs["unit"].map(units[name])]).size()
        found = []
        for column, part in used.groupby(level=0):
            inside = sizes[part.index.get_level_values(1)].sum()
            outside = sizes.sum() - inside
            if len(part) <= len(sizes) / 2 + 0.5 and part.sum() / inside * outside >= _EXPECTED:
                found.append(str(column))
        if found:
            verb = "was" if len(found) == 1 else "were"
            return (
                f"{listing(found, 3)} {verb} applied under some values of {name!r} only, and all other units count as "
                f"'no': if the code was available only there, say available={name!r}."
            )
    return ""


def availability(study: Study, rows: pd.DataFrame, available: str) -> dict[str, set[str]]:
    """For each column, the values of an attribute under which it was applied at all."""
    label = grouped(study, rows, available, place="available")
    return {str(column): set(part) for column, part in label.groupby(rows["column"])}


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


def covered(rows: pd.DataFrame, *, by: list[str], coders: Coders, readers: pd.Series[int]) -> pd.Series[Any]:
    """Characters covered, for each value of the columns `by`, document and ``column``; a character counts once.

    Parameters
    ----------
    rows : pandas.DataFrame
        With ``document, coder, column, start, end``.
    by : list of str
        Further columns that keep counts apart.
    coders : {"any", "majority", "all", "mean"}
        A character counts where that many of those who read the document marked it, or as the share who did.
    readers : pandas.Series
        Coders per document.
    """
    keys = [*by, "document", "column"]
    found = {}
    read = {str(document): int(there) for document, there in readers.items()}
    for key, part in rows.groupby(keys, sort=False):
        there = read[str(key[-2])]
        if coders == "mean":
            found[key] = sum(depth(own, 1) for _, own in part.groupby("coder")) / there
            continue
        least = {"any": 1, "all": there, "majority": there // 2 + 1}[coders]
        found[key] = depth(part, least)
    index = pd.MultiIndex.from_tuples(list(found), names=keys) if found else pd.MultiIndex.from_arrays([[]] * len(keys))
    return pd.Series(list(found.values()), index=index.set_names(keys), dtype=float if coders == "mean" else "int64")


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
