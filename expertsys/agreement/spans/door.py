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


def from_study(study: Study) -> Parts:
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
    lengths = {str(name): len(text) for name, text in texts.items() if isinstance(text, str)}
    whole = codings[~placed]
    unknown = sorted(set(whole["document"]) - set(lengths))
    if unknown:
        raise DataError(
            f"{counted(len(whole), 'coding')} without positions, and the length of the documents is not known: "
            f"{listing(unknown)}",
            place="study.codings",
            remedy="Give documents their text, or drop these codings.",
        )
    ends = whole["document"].map(lengths)
    made = pd.DataFrame(
        {
            "document": codings["document"],
            "coder": codings["coder"],
            "code": codings["code"],
            "start": codings["start"].where(placed, 0).astype("float64"),
            "end": codings["end"].where(placed, ends.reindex(codings.index)).astype("float64"),
            "mark": np.arange(len(codings)),
        }
    )
    told = [f"without positions, so over the whole document: {counted(len(whole), 'coding')}"] if len(whole) else []
    told += [ASSUMED] if study.assumed_seen else []
    for name in study.documents.index:
        lengths.setdefault(str(name), -1)
    return _parts(made, lengths, study.assignments, study.codes, "; ".join(told))


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
