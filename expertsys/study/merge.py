"""`merge`: one study of several that coders made apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Literal

import attrs
import numpy as np
import pandas as pd

from expertsys._core.errors import DataError, Remark, check_choice, counted, listing
from expertsys.study import tables
from expertsys.study.codebook import Code, Codebook
from expertsys.study.matching import Matching, Rule, canonical, ends_kept, match
from expertsys.study.provenance import Provenance
from expertsys.study.readings import ASSUMED, SEEN, Readings
from expertsys.study.selecting import left_out
from expertsys.study.study import Study

_KEYS = ["unit", "coder", "code", "document", "start", "end", "round"]


def merge(
    *studies: Study,
    codes: Mapping[str, str] | None = None,
    documents: Mapping[str, str] | None = None,
    codes_by: Iterable[Rule] = ("guid", "path"),
    same_coder: Literal["refuse", "same", "separate"] = "refuse",
    same_document: Literal["refuse", "separate"] = "refuse",
    title: str | None = None,
) -> Study:
    """Put studies together that coders made apart, over the same documents or over others.

    Documents with the same text are one, whatever their names and line ends; then documents with the same name, if one
    of them has no text. Codes are one where the map says so, where their identifiers are the same, or where they stand
    in the same place of the codebook under the same name. What was matched and what not is told in the remarks.

    Parameters
    ----------
    *studies : Study
        At least two. Names, definitions and attributes of the first that has them are kept.
    codes, documents : mapping, optional
        Names in further studies to names in the merged one.
    codes_by : iterable of {"guid", "path", "name"}
        By what codes are matched, in this order: identifier; name with the codes above it; name alone.
    same_coder : {"refuse", "same", "separate"}
        What it means that two studies have a coder of the same name who coded the same document differently: an error,
        one person whose codings are put together, or two people, of whom the later gets the study's number.
    same_document : {"refuse", "separate"}
        What it means that documents of the same name have different texts: an error, or two documents.
    title : str, optional
        Otherwise the titles, joined.

    Returns
    -------
    Study
        Codings that several studies have alike, by the same coder, are there once.

    Raises
    ------
    DataError
        With every contradiction between the studies, each located.

    See Also
    --------
    expertsys.study.matching_of : the same matching as a table, without merging.

    Examples
    --------
    >>> import pandas as pd
    >>> def by(coder, name):
    ...     codings = pd.DataFrame({"coder": [coder], "code": ["policy"], "document": [name], "start": [0], "end": [4]})
    ...     return Study(codings, documents=pd.DataFrame({"document": [name], "text": ["They wait."]}))
    >>> together = merge(by("ann", "d1"), by("ben", "interview 1"))
    >>> together.codings[["coder", "document"]].to_numpy().tolist()
    [['ann', 'd1'], ['ben', 'd1']]
    """
    matching = matching_of(*studies, codes=codes, documents=documents, codes_by=codes_by, same_document=same_document)
    check_choice("same_coder", same_coder, ("refuse", "same", "separate"))
    notes: list[Remark] = []
    pieces = [_piece(study, number, matching, studies) for number, study in enumerate(studies, start=1)]
    _name_units(pieces)
    _people(pieces, same_coder, notes)
    notes += _other_words(pieces)
    parts: dict[str, Any] = {
        table.name: _joined(table, [piece[table.name] for piece in pieces], notes) for table in tables.ALL
    }
    again = _again([piece["codings"] for piece in pieces])
    if again.any():
        notes.append(
            Remark(
                "note", "merge", f"counted {counted(int(again.sum()), 'coding')} once that several studies have alike."
            )
        )
        parts["codings"] = parts["codings"][~again]
    notes += _told(matching)
    notes += _other_ends(matching, studies)
    notes += _in_every_copy(pieces)
    if any(study.unmapped is not None for study in studies):
        notes.append(left_out("merge"))
    return Study(
        **parts,
        codebook=_codebook(studies, matching, notes),
        provenance=_provenance(studies, matching).noting(*notes),
        title=title if title is not None else " + ".join(dict.fromkeys(s.title for s in studies if s.title)),
    )


def matching_of(
    *studies: Study,
    codes: Mapping[str, str] | None = None,
    documents: Mapping[str, str] | None = None,
    codes_by: Iterable[Rule] = ("guid", "path"),
    same_document: Literal["refuse", "separate"] = "refuse",
) -> Matching:
    """How `merge` would match the documents and codes of these studies.

    Parameters
    ----------
    *studies : Study
        At least two.
    codes, documents, codes_by, same_document
        As in `merge`.

    Returns
    -------
    Matching
        Its `to_frame` has a row for each document and code of each study.

    Examples
    --------
    >>> import pandas as pd
    >>> a = Study(pd.DataFrame({"unit": ["u1"], "coder": ["ann"], "code": ["policy"]}))
    >>> b = Study(pd.DataFrame({"unit": ["u1"], "coder": ["ben"], "code": ["trust"]}))
    >>> matching_of(a, b).to_frame()["how"].tolist()
    ['first', 'name', 'first', 'first']
    """
    for study in studies:
        Study.require(study, "merge")
    if len(studies) < 2:
        raise DataError(f"merge takes at least two studies, not {len(studies)}", place="merge", remedy="Give them all.")
    return match(studies, codes=codes or {}, documents=documents or {}, by=codes_by, same_document=same_document)


def _piece(study: Study, number: int, matching: Matching, studies: tuple[Study, ...]) -> dict[str, pd.DataFrame]:
    """The tables of one study, under the names of the merged one."""
    names, codes = matching.renamed("document", number), matching.renamed("code", number)
    parts = {table.name: getattr(study, table.name) for table in tables.ALL}
    kept = _kept_texts(matching, studies)
    codings = _moved(parts["codings"], study, names, kept)
    units = _moved(parts["units"].reset_index(), study, names, kept)
    summaries = parts["summaries"].assign(code=parts["summaries"]["code"].replace(codes))
    codings["code"] = codings["code"].map(codes).astype("str")
    unit_names = _unit_names(units, names)
    for frame in (codings, units, parts["assignments"]):
        if unit_names:
            frame["unit"] = frame["unit"].map(lambda unit: unit_names.get(unit, unit), na_action="ignore").astype("str")
        frame["document"] = frame["document"].map(names).astype("str")
    documents = parts["documents"].rename(index=names)
    for name, text in kept.items():
        if name in documents.index:
            documents.loc[name, "text"] = text
    return {
        **parts,
        "codings": codings,
        "units": units.set_index("unit"),
        "documents": documents,
        "summaries": summaries,
    }


def _kept_texts(matching: Matching, studies: tuple[Study, ...]) -> dict[str, str]:
    """The text that each merged document keeps: the first that there is."""
    kept: dict[str, str] = {}
    texts = [study.documents["text"].to_dict() for study in studies]
    for kind, number, name, new, _ in matching.rows:
        if kind == "document":
            text = texts[number - 1].get(name)
            if isinstance(text, str):
                kept.setdefault(new, text)
    return kept


def _moved(frame: pd.DataFrame, study: Study, names: Mapping[str, str], kept: Mapping[str, str]) -> pd.DataFrame:
    """Positions as the kept text has them, where a copy of it differs in line ends or byte order mark."""
    texts = study.documents["text"].to_dict()
    places = frame[frame["start"].notna()].groupby("document", sort=False).indices
    located = np.flatnonzero(frame["start"].notna())
    moved = {column: frame[column].to_numpy(dtype="float64", na_value=np.nan) for column in ("start", "end")}
    for name, new in names.items():
        own = texts.get(name)
        if name not in places or not isinstance(own, str) or own == kept[new]:
            continue
        if canonical(own) != canonical(kept[new]):
            continue
        there, here = ends_kept(own), ends_kept(kept[new])
        rows = located[places[name]]
        for column in moved.values():
            column[rows] = here[np.minimum(np.searchsorted(there, column[rows]), len(here) - 1)]
    return frame.assign(**{name: pd.array(column, dtype="Int64") for name, column in moved.items()})


def _unit_names(units: pd.DataFrame, names: Mapping[str, str]) -> dict[str, str]:
    """Units that are named by their document follow its new name and their new positions."""
    renamed: dict[str, str] = {}
    for unit, document, start, end in units[["unit", "document", "start", "end"]].itertuples(index=False, name=None):
        new = names.get(document, document)
        if unit == document:
            renamed[unit] = new
        elif str(unit).startswith(f"{document} [") and not pd.isna(start):
            renamed[unit] = f"{new} [{start}:{end}]"
    return renamed


def _name_units(pieces: list[dict[str, pd.DataFrame]]) -> None:
    """Give a unit the same name in each study, where one study puts document or case before it and another does not.

    A unit is identified by its document and its name there; a name that stands for units of several documents gets
    the document before it.
    """
    names: dict[tuple[str, str], str] = {}
    own: list[dict[str, tuple[str, str]]] = []
    for piece in pieces:
        keys = {}
        for unit, document, case in piece["units"].reset_index()[["unit", "document", "case"]].itertuples(index=False):
            local = unit
            for prefix in (f"{document}/", f"{case}/"):
                local = local.removeprefix(prefix) or local
            keys[unit] = (document, local)
            names[keys[unit]] = max(names.get(keys[unit], unit), unit, key=len)
        own.append(keys)
    times = Counter(names.values())
    for piece, keys in zip(pieces, own, strict=True):
        renamed = {
            unit: new
            for unit, key in keys.items()
            if (new := names[key] if times[names[key]] == 1 else "/".join(key)) != unit
        }
        if not renamed:
            continue
        for table in ("codings", "assignments"):
            units = piece[table]["unit"]
            piece[table] = piece[table].assign(unit=units.map(renamed).astype("str").fillna(units))
        piece["units"] = piece["units"].rename(index=renamed)


def _people(pieces: list[dict[str, pd.DataFrame]], same: str, notes: list[Remark]) -> None:
    """Coders of the same name in several studies: one person, or told apart, or refused where it matters."""
    faults: list[Remark] = []
    seen: dict[str, list[pd.DataFrame]] = {}
    for number, piece in enumerate(pieces, start=1):
        names = {name: name for name in piece["coders"].index}
        for name in names:
            own = piece["codings"][piece["codings"]["coder"] == name]
            earlier = seen.get(name)
            clash = [] if earlier is None else _clashes(own, pd.concat(earlier))
            clash += [unit for unit in _silent_clashes(piece, pieces[: number - 1], name) if unit not in clash]
            if earlier is not None and same == "separate":
                names[name] = f"{name} ({number})"
                notes.append(Remark("note", f"study {number}, coder {name!r}", f"is named {names[name]!r} now."))
            elif clash and same == "refuse":
                faults.append(
                    Remark(
                        "error",
                        f"study {number}, coder {name!r}",
                        f"coded differently in an earlier study: {listing(clash, 5)}.",
                        "If it is one person: same_coder='same'. If they are two: same_coder='separate'.",
                    )
                )
            elif earlier is not None:
                notes.append(
                    Remark(
                        "note",
                        f"study {number}, coder {name!r}",
                        "is taken as the coder of the same name in an earlier study.",
                        "If they are two people: merge(..., same_coder='separate').",
                    )
                )
            seen.setdefault(name, []).append(own)
        for table in ("codings", "assignments"):
            piece[table] = piece[table].assign(coder=piece[table]["coder"].map(names).astype("str"))
        piece["coders"] = piece["coders"].rename(index=names)
    if faults:
        raise DataError(f"coders of the same name in {counted(len(faults), 'place')}", place="merge", faults=faults)


def _again(frames: list[pd.DataFrame]) -> pd.Series[bool]:
    """Codings that an earlier study has too; those that one study has several times stay as many as they are."""
    keyed = [frame[_KEYS].assign(time=frame.groupby(_KEYS, dropna=False).cumcount()) for frame in frames if len(frame)]
    return pd.concat(keyed or frames[:1], ignore_index=True).duplicated()


def _other_words(pieces: list[dict[str, pd.DataFrame]]) -> list[Remark]:
    """Tell of units of one name with other words in each study: numbers of excerpts count within one project."""
    words: dict[str, str] = {}
    other: dict[str, None] = {}
    for piece in pieces:
        whole = piece["codings"][piece["codings"]["start"].isna()].dropna(subset=["unit", "text"])
        single = whole.drop_duplicates(["unit", "text"]).drop_duplicates("unit", keep=False)
        for unit, text in zip(single["unit"], single["text"], strict=True):
            if " ".join(words.setdefault(unit, text).split()) != " ".join(text.split()):
                other[unit] = None
    if not other:
        return []
    return [
        Remark(
            "warning",
            "merge, units",
            f"studies have other words of the same {'unit' if len(other) == 1 else f'{len(other):,} units'}: "
            f"{listing(other, 5)}.",
            "If they are different passages, agreement on them means nothing: name units by their words, or merge "
            "projects with positions.",
        )
    ]


def _clashes(own: pd.DataFrame, earlier: pd.DataFrame) -> list[str]:
    """Documents that both coded, and not alike."""
    keys = [key for key in _KEYS if key not in ("coder", "document")]
    before, now = (_by_document(frame, keys) for frame in (earlier, own))
    return [document for document, rows in now.items() if document in before and before[document] != rows]


def _silent_clashes(piece: dict[str, pd.DataFrame], earlier: list[dict[str, pd.DataFrame]], name: str) -> list[str]:
    """Units that a coder coded in one study and read without a code in another."""
    keys = ["unit", "round"]
    found: list[str] = []
    own = _read_and_coded(piece, name)
    for other in earlier:
        both = own.merge(_read_and_coded(other, name), on=keys, suffixes=("", "_before"))
        found += both["unit"][both["coded"] != both["coded_before"]].tolist()
    return list(dict.fromkeys(found))


def _read_and_coded(piece: dict[str, pd.DataFrame], name: str) -> pd.DataFrame:
    """The units that a coder read in each round, and whether they carry a code."""
    keys = ["unit", "round"]
    rounds = tuple(pd.concat([piece["codings"]["round"], piece["assignments"]["round"]]).dropna().unique())
    seen = Readings.from_tables(piece, rounds).to_frame(piece["units"], piece["coders"].index)
    seen = seen.loc[seen["coder"] == name, keys]
    codings = piece["codings"]
    coded = pd.MultiIndex.from_frame(codings.loc[codings["coder"] == name, keys].fillna(""))
    return seen.assign(coded=pd.MultiIndex.from_frame(seen.fillna("")).isin(coded))


def _by_document(frame: pd.DataFrame, keys: list[str]) -> dict[str, set[tuple[Any, ...]]]:
    rows: dict[str, set[tuple[Any, ...]]] = {}
    cells = frame[["document", *keys]].astype(object)
    for document, *rest in cells.where(cells.notna(), None).itertuples(index=False, name=None):
        rows.setdefault(document, set()).add(tuple(rest))
    return rows


def _joined(table: tables.Table, frames: list[pd.DataFrame], notes: list[Remark]) -> pd.DataFrame:
    """One table of several: rows of the same name filled from each other, the first that has a cell wins."""
    if table.index is None:
        both = pd.concat([frame for frame in frames if len(frame)] or frames[:1], ignore_index=True)
        if table.name == "codings":
            return both
        both = both.drop_duplicates(ignore_index=True)
        return _one_summary(both, notes) if table.name == "summaries" else both
    result = frames[0]
    for frame in frames[1:]:
        common = result.index.intersection(frame.index)
        for column in result.columns.intersection(frame.columns):
            left, right = result.loc[common, column], frame.loc[common, column]
            other = left.notna() & right.notna() & (left.astype(object) != right.astype(object))
            if other.any() and column != "text":
                names = listing(common[other.to_numpy(dtype=bool)], 5)
                notes.append(
                    Remark(
                        "warning",
                        f"{table.name}, column {column!r}",
                        f"studies differ on {names}; the first is kept.",
                        "Correct it in one of them, if it matters.",
                    )
                )
        result = result.combine_first(frame).loc[[*result.index, *frame.index.difference(result.index, sort=False)]]
    columns = list(dict.fromkeys(column for frame in frames for column in frame.columns))
    return result[columns].rename_axis(table.index)


def _one_summary(both: pd.DataFrame, notes: list[Remark]) -> pd.DataFrame:
    again = both.duplicated(["case", "code"])
    for case, code in both.loc[again, ["case", "code"]].drop_duplicates().itertuples(index=False, name=None):
        what = f"studies have different summaries of {case!r} under {code!r}; the first is kept."
        notes.append(Remark("warning", "summaries", what, "Join them with study.with_summaries(...)."))
    return both[~again]


def _codebook(studies: tuple[Study, ...], matching: Matching, notes: list[Remark]) -> Codebook:
    """All codes under their merged names; what the first says stands, blanks are filled from the others."""
    merged: dict[str, Code] = {}
    for number, study in enumerate(studies, start=1):
        names = matching.renamed("code", number)
        for code in study.codebook:
            new = names[code.name]
            moved = attrs.evolve(code, name=new, parent=None if code.parent is None else names[code.parent])
            if new not in merged:
                merged[new] = moved
                continue
            known = merged[new]
            filled = {
                field.name: getattr(moved, field.name)
                for field in attrs.fields(Code)
                if field.name != "parent" and not getattr(known, field.name)
            }
            merged[new] = attrs.evolve(known, **filled)
            if known.definition and moved.definition and known.definition != moved.definition:
                what = "is defined in other words than in an earlier study; the first definition is kept."
                notes.append(Remark("warning", f"study {number}, code {code.name!r}", what, "Agree on one."))
    first = studies[0].codebook
    return Codebook(merged.values(), name=first.name, version=first.version)


def _told(matching: Matching) -> list[Remark]:
    """What was matched, in words: renamed ones one by one, the rest as counts."""
    notes = [Remark("note", "merge", f"{matching._title()[0].lower()}{matching._title()[1:]}.")]
    for kind, number, name, new, how in matching.rows:
        if name != new:
            notes.append(Remark("note", f"study {number}, {kind} {name!r}", f"was matched with {new!r} by {how}."))
    fresh = [name for kind, number, name, _, how in matching.rows if kind == "code" and number > 1 and how == "first"]
    if fresh:
        notes.append(
            Remark("warning", "merge, codes", f"no earlier study has {listing(fresh)}.", "Map them: codes={...}.")
        )
    return notes


def _other_ends(matching: Matching, studies: tuple[Study, ...]) -> list[Remark]:
    """Tell of documents whose copies differ in the white space at their end only."""
    ends: dict[str, set[str]] = {}
    texts = [study.documents["text"].to_dict() for study in studies]
    for kind, number, name, new, _ in matching.rows:
        text = texts[number - 1].get(name) if kind == "document" else None
        if isinstance(text, str):
            ends.setdefault(new, set()).add(text[len(text.rstrip()) :].replace("\r\n", "\n"))
    other = [name for name, found in ends.items() if len(found) > 1]
    if not other:
        return []
    what = f"copies differ in the white space at their end only and were taken for one: {listing(other, 5)}."
    return [Remark("note", "merge, documents", what)]


def _in_every_copy(pieces: list[dict[str, pd.DataFrame]]) -> list[Remark]:
    """Warn of a coder beside others whose codings are the same in every study: they were there before it was copied."""
    codings = [piece["codings"] for piece in pieces]
    common = set.intersection(*(set(frame["coder"]) for frame in codings))
    keys = [key for key in _KEYS if key != "coder"]
    found = []
    for name in sorted(common):
        own = [frame[frame["coder"] == name] for frame in codings]
        others = all((frame["coder"] != name).any() for frame in codings)
        rows = [_by_document(frame, [key for key in keys if key != "document"]) for frame in own]
        if others and all(row == rows[0] for row in rows[1:]):
            found.append(name)
    return [
        Remark(
            "warning",
            f"merge, coder {name!r}",
            "has the same codings in every study, as a project has that was coded in part before it was copied. They "
            "count as those of one more coder.",
            f"If they are not to be compared: study.select(coders=[...]) without {name!r}.",
        )
        for name in found
    ]


def _provenance(studies: tuple[Study, ...], matching: Matching) -> Provenance:
    """Sources, choices and remarks of all; choices that differ name their study."""
    choices: dict[str, str] = {}
    for key in dict.fromkeys(what for study in studies for what, _ in study.provenance.choices):
        told = [study.provenance.choice(key) for study in studies]
        same = len(set(told)) == 1
        choices[key] = str(told[0]) if same else "; ".join(f"study {n}: {c}" for n, c in enumerate(told, 1) if c)
    known = list(dict.fromkeys(study.provenance.choice(SEEN) or ASSUMED for study in studies))
    if ASSUMED in known:
        choices[SEEN] = ASSUMED if len(known) == 1 else f"partly {ASSUMED}"
    choices["merged"] = f"{len(studies)} studies; {matching._title()[0].lower()}{matching._title()[1:]}"
    synthetic = [study.provenance.synthetic for study in studies if study.provenance.synthetic]
    return Provenance(
        sources=list(dict.fromkeys(source for study in studies for source in study.provenance.sources)),
        choices=choices.items(),
        notes=list(dict.fromkeys(note for study in studies for note in study.provenance.notes)),
        synthetic="; ".join(dict.fromkeys(synthetic)),
        version=studies[0].provenance.version,
    )
