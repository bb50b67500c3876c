"""Where spans come in: a table or a study, checked once, as arrays of numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

import attrs
import numpy as np
import numpy.typing as npt
import pandas as pd

from expertsys._core.errors import DataError, Remark, check_choice, counted, listing
from expertsys._core.frames import as_text, check_columns, is_frame, to_pandas
from expertsys.agreement.ratings.profiles import Ints
from expertsys.agreement.spans import sweep
from expertsys.study import Study

Names: TypeAlias = tuple[str, ...]
Parts: TypeAlias = tuple[Names, Names, Names, Ints, Ints, Ints, Ints, Ints, Ints, Ints, npt.NDArray[np.bool_], str]

ASSUMED = "who saw what is assumed: a coder saw every document in which they marked anything"


@attrs.frozen
class Columns:
    """Names of the columns of a table of spans."""

    document: str
    coder: str
    code: str
    start: str
    end: str
    mark: str | None


def from_frame(
    frame: Any,
    columns: Columns,
    *,
    seen: Any,
    lengths: Mapping[str, int] | None,
    codes: Iterable[str] | None,
) -> Parts:
    """The parts of `Spans` from a table."""
    table = to_pandas(frame).reset_index(drop=True)
    wanted = {role: name for role, name in attrs.asdict(columns).items() if name is not None}
    check_columns([str(name) for name in table.columns], wanted, place="spans")
    made = pd.DataFrame({role: as_text(table[wanted[role]]) for role in ("document", "coder", "code")})
    made["mark"] = np.arange(len(made)) if columns.mark is None else as_text(table[columns.mark])
    for role in ("start", "end"):
        made[role] = pd.to_numeric(table[wanted[role]], errors="coerce").astype("float64")
    _refuse(made, lengths or {})
    known = None if lengths is None else {str(name): int(size) for name, size in lengths.items()}
    return _parts(made, known or {}, seen, None if codes is None else tuple(codes), "")


def from_study(study: Study) -> tuple[Any, ...]:
    """The parts of `Spans` from a study."""
    Study.require(study, "agreement on spans")
    study.require_one_round("agreement on spans")
    codings, texts = study.codings, study.documents["text"]
    placed = codings["start"].notna() & codings["end"].notna()
    if not placed.any():
        raise DataError(
            f"none of the {len(codings)} codings has positions, so there are no spans to compare",
            place="study.codings",
            remedy="Use functions on units, such as reliability(study), or read a file that has start and end.",
        )
    whole = codings[~placed]
    spans = codings[placed].reset_index(drop=True)
    book = study.codebook
    used, elsewhere = set(spans["code"]), set(whole["code"])
    codes = tuple(
        name
        for name in study.codes
        if name in used or (name not in elsewhere and (name not in book or book[name].codable))
    )
    notes = []
    if len(whole):
        notes.append(
            f"without a position in a text, as of a whole document, and left out: {counted(len(whole), 'coding')}"
        )
    texts = study.documents["text"]
    lengths = {str(name): len(text) if isinstance(text, str) else -1 for name, text in texts.items()}
    marked = set(spans["document"])
    blank = [name for name, length in lengths.items() if length < 0 and name not in marked]
    if any(length >= 0 for length in lengths.values()):
        lengths = {name: length for name, length in lengths.items() if name not in set(blank)}
        notes += [f"without text and marks, and left out: {counted(len(blank), 'document')}"] if blank else []
    read = study.assignments
    read = read[read["document"].isin(lengths)]
    partly = _read_in_part(read, study.units)
    if len(partly):
        pairs = pd.MultiIndex.from_frame(partly[["coder", "document"]])
        read, spans = (
            frame[~pd.MultiIndex.from_frame(frame[["coder", "document"]]).isin(pairs)] for frame in (read, spans)
        )
        shown = listing([f"{coder}: {document}" for coder, document in pairs], 3)
        notes.append(f"read in part only, and left out: {shown}; on units, reliability(study) takes them")
    notes += [ASSUMED] if study.assumed_seen else []
    group = ["document", "coder", "code", "mark"]
    mark = spans.groupby(group, sort=False, dropna=False).ngroup()
    made = pd.DataFrame(
        {
            **{name: spans[name] for name in ("document", "coder", "code")},
            "start": spans["start"].astype("float64"),
            "end": spans["end"].astype("float64"),
            "mark": np.where(spans["mark"].notna(), mark, len(spans) + np.arange(len(spans))),
        }
    )
    below = {name: book.with_subcodes(name) for name in book.names if book.children(name)}
    if any(name in used and used & set(names) - {name} for name, names in below.items()):
        notes.append("a code and its sub-code count as different codes; Spans.of(study).rolled_up() makes them one")
    return (
        *_parts(made, lengths, read, codes, "; ".join(notes)),
        {name: tuple(names) for name, names in below.items()},
    )


def _read_in_part(read: pd.DataFrame, units: pd.DataFrame) -> pd.DataFrame:
    """Pairs of coder and document of which the coder read some units and not all."""
    whole = read[read["unit"].isna()][["coder", "document"]].drop_duplicates()
    pieces = read[read["unit"].notna()].drop_duplicates(["coder", "unit"])
    if pieces.empty:
        return whole[:0]
    counts = pieces.groupby(["coder", "document"]).size().rename("read").reset_index()
    counts = counts.merge(whole.assign(whole=True), on=["coder", "document"], how="left")
    size = counts["document"].map(units["document"].value_counts())
    return counts[counts["whole"].isna() & (counts["read"] < size)]


def _refuse(made: pd.DataFrame, lengths: Mapping[str, int]) -> None:
    """All faults of a table at once."""
    size = made["document"].map({str(name): int(length) for name, length in lengths.items()}).astype("float64")
    position = made[["start", "end"]]
    bad = (position.isna() | (position % 1 != 0) | (position < 0)).any(axis=1)
    faults: list[Remark] = []
    for wrong, what in (
        (made[["document", "coder", "code", "mark"]].isna().any(axis=1), "has an empty cell."),
        (bad, "has a position that is no whole number from 0."),
        (~bad & (made["end"] < made["start"]), "ends before it starts."),
        (~bad & (made["end"] > size), "ends behind the end of its document."),
    ):
        faults += [Remark("error", f"spans, row {row + 1}", what) for row in np.flatnonzero(wrong.to_numpy(dtype=bool))]
    if faults:
        raise DataError(
            f"no spans: {counted(len(faults), 'row')}",
            place="spans",
            remedy="Positions count characters from 0, and the end is the place behind the last one.",
            faults=faults,
        )


def _parts(made: pd.DataFrame, lengths: Mapping[str, int], seen: Any, codes: Names | None, note: str) -> Parts:
    told = [note] if note else []
    pairs, assumed = _seen(seen, made, lengths)
    told += [ASSUMED] if assumed else []
    named = {role: set(made[role].unique()) for role in ("document", "coder", "code")}
    documents = tuple(dict.fromkeys((*lengths, *sorted((named["document"] | {*pairs["document"]}) - set(lengths)))))
    coders = tuple(sorted(named["coder"] | {*pairs["coder"]}))
    used = named["code"]
    if codes is not None and used - set(codes):
        raise DataError(
            f"codes that are not on offer: {listing(sorted(used - set(codes)))}",
            place="codes",
            remedy="List all codes, or leave codes= out.",
        )
    names = tuple(sorted(used)) if codes is None else codes
    number = {
        "document": pd.Index(documents).get_indexer(pd.Index(made["document"])),
        "coder": pd.Index(coders).get_indexer(pd.Index(made["coder"])),
        "code": pd.Index(names).get_indexer(pd.Index(made["code"])),
        "mark": pd.factorize(made["mark"])[0],
    }
    table = pd.DataFrame({**number, "start": made["start"], "end": made["end"]}).astype(np.int64)
    table["mark"] = sweep.dense(*(table[name].to_numpy() for name in ("document", "coder", "code", "mark")))
    kept = table[table["end"] > table["start"]]
    distinct = _distinct(kept)
    for gone, why, noun in (
        (len(table) - len(kept), "since without length", "mark"),
        (len(kept) - len(distinct), "as another says the same", "row"),
    ):
        told += [f"dropped, {why}: {counted(gone, noun)}"] if gone else []
    ordered = distinct.sort_values(["document", "coder", "start", "end", "code"], kind="stable")
    ordered = ordered.assign(mark=pd.factorize(ordered["mark"])[0].astype(np.int64))
    looked = np.zeros((len(documents), len(coders)), dtype=bool)
    places = pd.Index(documents).get_indexer(pd.Index(pairs["document"]))
    looked[places, pd.Index(coders).get_indexer(pd.Index(pairs["coder"]))] = True
    looked[number["document"], number["coder"]] = True
    size = np.array([lengths.get(name, -1) for name in documents], dtype=np.int64)
    columns = (ordered[name].to_numpy() for name in ("document", "coder", "code", "start", "end", "mark"))
    document, coder, code, start, end, mark = columns
    return documents, coders, names, document, coder, code, start, end, mark, size, looked, "; ".join(told)


def _distinct(table: pd.DataFrame) -> pd.DataFrame:
    """Without rows that repeat a mark of one stretch, or a stretch of a mark."""
    same = ["document", "coder", "code", "start", "end"]
    alone = ~table["mark"].duplicated(keep=False)
    return table[~((alone & table[alone].duplicated(same).reindex(table.index, fill_value=False)) | table.duplicated())]


def _seen(seen: Any, made: pd.DataFrame, lengths: Mapping[str, int]) -> tuple[pd.DataFrame, bool]:
    """Pairs of coder and document, and whether they were assumed."""
    if isinstance(seen, str):
        check_choice("seen", seen, ("coded", "all"))
        if seen == "coded":
            return made[["coder", "document"]].drop_duplicates(), True
        every = [
            (coder, document)
            for coder in made["coder"].unique()
            for document in dict.fromkeys((*lengths, *made["document"].unique()))
        ]
        return pd.DataFrame(every, columns=["coder", "document"]), False
    if is_frame(seen):
        table = to_pandas(seen)
        check_columns([str(name) for name in table.columns], {"coder": "coder", "document": "document"}, place="seen")
        return pd.DataFrame({name: as_text(table[name]) for name in ("coder", "document")}).dropna(), False
    if isinstance(seen, Mapping):
        rows = [(str(coder), str(document)) for coder, documents in seen.items() for document in documents]
        return pd.DataFrame(rows, columns=["coder", "document"], dtype="str"), False
    raise DataError(
        f"seen must be 'coded', 'all', a mapping or a table, not {type(seen).__name__}",
        place="seen",
        remedy="Say who saw which document, such as seen={'ann': ['d1', 'd2'], 'ben': ['d1']}.",
    )
