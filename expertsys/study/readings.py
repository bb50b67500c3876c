"""Readings: which coder read which unit in which round, as given or as assumed."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

import attrs
import numpy as np
import numpy.typing as npt
import pandas as pd

from expertsys._core.errors import DataError, counted, listing, unknown
from expertsys._core.frames import as_text

#: The name under which the provenance keeps how readings are known.
SEEN = "who saw what"
GIVEN = "given"
EVERYTHING = "every coder read every document"
ASSUMED = "assumed: a coder read every unit of each document in which they coded anything"
#: Where a coder coded less than this share of what another coded of their readings, the note names both.
_NOTICEABLE = 0.5
#: So many units without a code are expected, if coders were independent, before their absence is named; coders who
#: agree leave far more.
_MISSED = 0.5
_ALL_UNITS = "rows without a code, or es.Study(..., units=...)"
#: Names that a consensus has, which is not a coder beside those who reached it.
SETTLED = ("consensus", "final", "agreed", "adjudicated", "adjudication", "reconciled")

Ints: TypeAlias = npt.NDArray[np.int64]
Parts: TypeAlias = Mapping[str, pd.DataFrame]


def assumed(codings: pd.DataFrame) -> pd.DataFrame:
    """The readings that codings show: each document in which a coder coded anything, in the round of the coding."""
    return codings[["coder", "document", "round"]].drop_duplicates()


def completed(assignments: pd.DataFrame, units: pd.DataFrame, codings: pd.DataFrame) -> pd.DataFrame:
    """Assignments with the document of each unit and, where all codings have a round, a round in each row.

    A row without a round counts in each round in which its document was coded and its coder coded anything; where there
    is none, in the coder's rounds; where the coder coded nothing, in the document's, and else in all of them.
    """
    nowhere = assignments["unit"].isna() & assignments["document"].isna()
    if nowhere.any():
        row = int(np.flatnonzero(nowhere.to_numpy(dtype=bool))[0]) + 1
        raise DataError(
            f"row {row} names neither a unit nor a document", place="assignments", remedy="Fill one of the two."
        )
    if assignments["unit"].notna().any():
        document = assignments["unit"].map(units["document"]).astype("str")
        assignments = assignments.assign(document=document.where(document.notna(), assignments["document"]))
    rounds = codings["round"]
    if rounds.isna().any() or assignments["round"].notna().all() or codings.empty:
        return assignments.drop_duplicates(ignore_index=True)
    rows = assignments[assignments["round"].isna()].drop(columns="round").reset_index(names="row")
    of_document = codings[["document", "round"]].drop_duplicates()
    of_coder = codings[["coder", "round"]].drop_duplicates()
    every = pd.DataFrame({"round": rounds.unique()}, dtype="str")
    pieces = [assignments[assignments["round"].notna()]]
    both = of_document.merge(of_coder, on="round")
    for known, keys in ((both, ["coder", "document"]), (of_coder, ["coder"]), (of_document, ["document"]), (every, [])):
        pieces.append(rows.merge(known, on=keys) if keys else rows.merge(known, how="cross"))
        rows = rows[~rows["row"].isin(pieces[-1]["row"])]
    table = pd.concat(pieces, ignore_index=True)[list(assignments.columns)]
    return table.drop_duplicates(ignore_index=True)


@attrs.frozen(eq=False)
class Readings:
    """Every reading of a study, as numbers.

    Parameters
    ----------
    unit, coder, round : ndarray of int, shape (S,)
        Row of the units, row of the coders, and number of the round of each of S readings; round −1 is none.
    rounds : tuple of str
        The names of the rounds.
    """

    unit: Ints
    coder: Ints
    round: Ints
    rounds: tuple[str, ...]

    @classmethod
    def from_tables(cls, parts: Parts, rounds: tuple[str, ...]) -> Readings:
        """By the assignments; a coder has read each unit that they coded, in the round in which they coded it."""
        units, assignments, codings = parts["units"], parts["assignments"], parts["codings"]
        coders, names = parts["coders"].index, pd.Index(rounds, dtype="str")
        by_unit = assignments[assignments["unit"].notna()]
        by_document = assignments[assignments["unit"].isna()]
        coded = codings[codings["unit"].notna()]
        row, within = _units_of(by_document["document"], units["document"])
        frames = ((by_unit, None), (by_document, row), (coded, None))
        unit = [_numbers(by_unit["unit"], units.index), within, _numbers(coded["unit"], units.index)]
        coder, number = [], []
        for frame, rows in frames:
            there = _numbers(frame["coder"], coders)
            when = _numbers(frame["round"], names)
            coder.append(there if rows is None else there[rows])
            number.append(when if rows is None else when[rows])
        sizes = len(coders), len(rounds) + 1
        place = (np.concatenate(unit) * sizes[0] + np.concatenate(coder)) * sizes[1] + np.concatenate(number) + 1
        distinct = pd.unique(place)
        of_unit, rest = np.divmod(distinct, sizes[0] * sizes[1])
        of_coder, of_round = np.divmod(rest, sizes[1])
        return cls(of_unit, of_coder, of_round - 1, rounds)

    def to_frame(self, units: pd.DataFrame, coders: pd.Index[str]) -> pd.DataFrame:
        """Columns ``unit, coder, round, case``, one row for each reading."""
        names = np.array([*self.rounds, None], dtype=object)
        return pd.DataFrame(
            {
                "unit": units.index.take(self.unit),
                "coder": coders.take(self.coder),
                "round": pd.Series(names[self.round], dtype="str"),
                "case": units["case"].array.take(self.unit),
            }
        ).astype("str")

    def share_coded(self, parts: Parts) -> pd.Series[float]:
        """The share of each coder's readings in which they coded anything, without coders who read nothing."""
        coders = parts["coders"].index
        pairs = parts["codings"][["unit", "coder", "round"]].dropna(subset=["unit"]).drop_duplicates()
        read = np.bincount(self.coder, minlength=len(coders))
        coded = pairs["coder"].value_counts().reindex(coders, fill_value=0).to_numpy()
        return pd.Series(coded[read > 0] / read[read > 0], index=coders[read > 0])


def _numbers(names: pd.Series[str], index: pd.Index[str]) -> Ints:
    """The position of each name in the index; −1 where it is missing."""
    if names.isna().all():
        return np.full(len(names), -1, dtype=np.int64)
    return index.get_indexer(pd.Index(names)).astype(np.int64)


def _units_of(documents: pd.Series[str], document: pd.Series[str]) -> tuple[Ints, Ints]:
    """For rows that name documents: the row and the unit of each pair of a row and a unit of its document."""
    codes, names = pd.factorize(pd.Index(document))
    order = np.argsort(codes, kind="stable")
    first = np.searchsorted(codes[order], np.arange(len(names) + 1))
    number = _numbers(documents, pd.Index(names))
    number = np.where(number < 0, len(names), number)  # a document without units
    sizes = np.append(np.diff(first), 0)[number]
    row = np.repeat(np.arange(len(documents)), sizes)
    offset = np.arange(int(sizes.sum())) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return row.astype(np.int64), order[np.append(first, 0)[number][row] + offset].astype(np.int64)


def note(choice: str, readings: Readings, parts: Parts) -> str:
    """How readings were assumed, and what makes them doubtful."""
    share = readings.share_coded(parts)
    shared = _shared(parts["units"])
    several = len(readings.rounds) > 1
    if len(parts["coders"]) < 2 and not several:
        alone = "assumed" in choice and _each_unit_is_coded(parts) and parts["units"]["document"].duplicated().any()
        return (
            "Each unit carries a code: shares are of the units that were coded, not of all that were read. If others "
            f"were read, give them too: {_ALL_UNITS}."
            if alone
            else shared
        )
    text = f"Who read what is {choice}." if "assumed" in choice else ""
    low, high = (float(share.min()), float(share.max())) if len(share) else (1.0, 1.0)
    if text and low < _NOTICEABLE * high:
        text += (
            f" {share.idxmin()!r} coded {low:.0%} of the units so counted, {share.idxmax()!r} "
            f"{high:.0%}: if {share.idxmin()!r} read only some of them, say which with "
            "study.with_assignments(...)."
        )
    missed = float((1 - share).to_numpy().prod()) * len(parts["units"])
    if len(share) > 1 and missed >= _MISSED and _each_unit_is_coded(parts):
        text += (
            " Each unit carries a code, though coders left units that they read without one: those that nobody coded "
            f"are missing, and agreement is too low. Give all units: {_ALL_UNITS}."
        )
    settled = [name for name in parts["coders"].index if name.casefold() in SETTLED]
    if settled and len(parts["coders"]) > 2:
        text += (
            f" {settled[0]!r} looks like a consensus of the other coders: leave it out with study.select(coders=[...])."
        )
    return f"{text} {shared}".strip()


def _shared(units: pd.DataFrame) -> str:
    """That units of documents which cases share belong to none, where it is known of coded ones only whose they are."""
    bare = units["case"].isna()
    if not bare.any() or bare.all():
        return ""
    pairs = units[["document", "case"]].dropna().drop_duplicates()
    shared = pairs["document"][pairs["document"].duplicated()]
    lost = int((bare & units["document"].isin(shared)).sum())
    if not lost:
        return ""
    return (
        f"{counted(lost, 'unit')} of documents that several cases share belong to no case: shares of cases leave them "
        "out. Say whose they are: study.with_attributes(units=...), with a column case."
    )


def _each_unit_is_coded(parts: Parts) -> bool:
    return bool(parts["units"].index.isin(parts["codings"]["unit"]).all())


def assigned(readings: Any, coder: str | Iterable[str] | None, parts: Parts) -> tuple[pd.DataFrame | None, str]:
    """A table of assignments from the forms in which readings may be given, and the choice in words.

    None stands for what is to be assumed from the codings.
    """
    coders, documents = list(parts["coders"].index), list(parts["documents"].index)
    if isinstance(readings, str):
        if readings not in ("coded", "all"):
            raise unknown("rule of who read what", readings, ["coded", "all"], place="with_assignments")
        if readings == "coded":
            return None, ASSUMED
        pairs = list(itertools.product(coders, documents))
        return pd.DataFrame(pairs, columns=["coder", "document"]), EVERYTHING
    if isinstance(readings, Mapping):
        listed = {str(name): [places] if isinstance(places, str) else places for name, places in readings.items()}
        rows = [(name, place) for name, places in listed.items() for place in places]
        return _beside_others(
            _placed(pd.DataFrame(rows, columns=["coder", "place"], dtype="str"), parts), listed, parts
        )
    if isinstance(readings, pd.DataFrame):
        return _of_frame(readings, coder, parts)
    raise DataError(
        "readings must be a dataframe, a mapping, the result of double_code, 'coded' or 'all', "
        f"not {type(readings).__name__}",
        place="with_assignments",
    )


def _placed(table: pd.DataFrame, parts: Parts) -> pd.DataFrame:
    """Rows of coder and place as rows of coder with document or unit; a name of neither is taken for a document."""
    place = as_text(table["place"])
    is_unit = place.isin(parts["units"].index) & ~place.isin(parts["documents"].index)
    return pd.DataFrame({"coder": table["coder"], "unit": place.where(is_unit), "document": place.where(~is_unit)})


def _of_frame(table: pd.DataFrame, coder: str | Iterable[str] | None, parts: Parts) -> tuple[pd.DataFrame, str]:
    """A table of readings; with `coder`, of these coders, beside what is known of the others."""
    if table.index.name in ("unit", "document"):
        table = table.reset_index()
    every = table
    if "drawn" in table:
        table = table[table["drawn"].astype(bool)]
    if "unit" in table:
        table = table.assign(unit=known_units(table, parts["units"].index))
    if coder is None:
        if "coder" not in table:
            raise DataError(
                f"the table of readings must name the coder; its columns are {listing(table.columns)}",
                place="with_assignments",
                remedy="Say who read these units: with_assignments(table, coder='...').",
            )
        columns = [name for name in ("coder", "unit", "document", "round") if name in table]
        return _beside_others(table[columns], as_text(table["coder"]).dropna().unique(), parts)
    names = [coder] if isinstance(coder, str) else list(coder)
    columns = [name for name in ("unit", "document", "round") if name in table]
    if not {"unit", "document"} & set(columns):
        raise DataError(
            f"the table of readings must have a column 'unit' or 'document'; its columns are {listing(every.columns)}",
            place="with_assignments",
        )
    own = pd.concat([table[columns].assign(coder=name) for name in names], ignore_index=True)
    return _beside_others(own, names, parts)


def _beside_others(table: pd.DataFrame, named: Iterable[str], parts: Parts) -> tuple[pd.DataFrame, str]:
    """The readings of the coders that are named, and what is known of those who are not."""
    names = [str(name) for name in named]
    if "unit" in table:
        _refuse_unknown_units(table, parts)
    others = [name for name in parts["coders"].index if name not in names]
    if not others:
        return table, GIVEN
    known = parts["assignments"][parts["assignments"]["coder"].isin(others)]
    return pd.concat([known, table], ignore_index=True), f"given for {listing(names, 6)}"


def _refuse_unknown_units(table: pd.DataFrame, parts: Parts) -> None:
    """Refuse unknown units without a document, and unknown units in a list that has none of those its coder coded."""
    rows = pd.DataFrame({name: as_text(table[name]) for name in ("coder", "unit", "document") if name in table})
    rows = rows.reindex(columns=["coder", "unit", "document"]).dropna(subset=["coder", "unit"])
    strange = rows[~rows["unit"].isin(parts["units"].index)]
    nowhere = strange["unit"][strange["document"].isna()].unique()
    if len(nowhere) and parts["units"]["document"].duplicated().any():
        raise DataError(
            f"the study does not have the units {listing(nowhere, 3)}, and its units lie within documents",
            place="who read what",
            remedy="If nobody coded them, give the table a column 'document'; otherwise name them as the study does "
            "(study.units).",
        )
    for coder in strange["coder"].unique():
        coded = parts["codings"]["unit"][parts["codings"]["coder"] == coder].dropna().unique()
        listed = set(rows["unit"][rows["coder"] == coder])
        if len(coded) and listed.isdisjoint(coded):
            other = strange["unit"][strange["coder"] == coder].iloc[0]
            raise DataError(
                f"{coder!r} is said to have read units such as {other!r}, which the study does not have, and none "
                f"of the {len(coded):,} units that {coder!r} coded, such as {str(coded[0])!r}",
                place="who read what",
                remedy="Name units as the study does (study.units), with a column document or case where names are "
                "unique within these only.",
            )


def with_population(units: pd.DataFrame, given: object) -> pd.DataFrame:
    """The units with those that a draw was made from and nobody coded; the same where it is not a draw's table."""
    if not isinstance(given, pd.DataFrame) or "drawn" not in given:
        return units
    table = given.reset_index() if given.index.name == "unit" else given
    names = known_units(table, units.index)
    fresh = table.assign(unit=names)[~names.isin(units.index)].set_index("unit")
    columns = [name for name in ("document", "case") if name in fresh and units[name].notna().any()]
    return pd.concat([units, fresh[columns]]) if len(fresh) else units


def known_units(table: pd.DataFrame, units: pd.Index[str]) -> pd.Series[str]:
    """The units that a table names, under the names of the study, which may put case and document before them."""
    names = as_text(table["unit"])
    result = names.copy()
    for fields in (["document"], ["case"], ["case", "document"]):
        if not set(fields) <= set(table.columns):
            continue
        longer = names
        for field in reversed(fields):
            longer = as_text(table[field]) + "/" + longer
        result = result.where(result.isin(units) | ~longer.isin(units), longer)
    return result


def on_new_units(assignments: pd.DataFrame, before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Assignments after a document was cut anew: a coder read a new unit if they read at least half of it before."""
    by_unit = assignments["unit"].notna()
    if not by_unit.any():
        return assignments
    rows = assignments[by_unit].drop(columns="document").merge(before.reset_index(), on="unit")
    alone = before["document"].map(before["document"].value_counts())[rows["unit"]].to_numpy() == 1
    lost = rows["unit"][rows["start"].isna().to_numpy() & ~alone]
    if len(lost):
        raise DataError(
            f"readings are given for units without a position: {listing(lost.unique(), 3)}",
            place="study.assignments",
            remedy="Choose the units of text first, and say who read which of them then.",
        )
    keys = ["coder", "round", "document"]
    if "start" not in after:
        return pd.concat([assignments[~by_unit], rows[keys]], ignore_index=True).drop_duplicates(ignore_index=True)
    names = {"start": "from", "end": "to", "unit": "old"}
    pairs = rows[["unit", *keys, "start", "end"]].rename(columns=names)
    pairs = pairs.merge(after[["unit", "document", "start", "end"]], on="document")
    start, end, first, last = (
        pairs[name].astype("float64").fillna(other).to_numpy()
        for name, other in (("start", 0), ("end", np.inf), ("from", 0), ("to", np.inf))
    )
    pairs["common"] = np.maximum(np.minimum(end, last) - np.maximum(start, first), 0)
    sums = pairs.groupby([*keys, "unit"], dropna=False, sort=False)["common"].sum().reset_index()
    size = sums["unit"].map((after["end"] - after["start"]).set_axis(after["unit"]).astype("float64"))
    kept = sums[(2 * sums["common"] >= size).to_numpy()].drop(columns="common")
    return pd.concat([assignments[~by_unit], kept], ignore_index=True)[list(assignments.columns)]
