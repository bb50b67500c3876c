"""From tables in their common form to one Study."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import attrs
import numpy as np
import pandas as pd

from expertsys._core.errors import DataError, counted, listing, quoted
from expertsys._core.frames import as_text, to_pandas
from expertsys._core.missing import NO_CODE_WORDS, is_no_code, mark_of_missing
from expertsys.io.dates import iso_dates
from expertsys.io.layouts import PLACES, Listed
from expertsys.io.levels import codebook_of_paths
from expertsys.io.log import Log, located, rows_listed
from expertsys.io.options import Options
from expertsys.io.readings import known_readings, rows_as_readings
from expertsys.io.spelling import one_spelling, one_spelling_of_codes
from expertsys.study import Codebook, Study
from expertsys.study.readings import SEEN

_NUMBER = r"[+\-]?\d+(?:[.,]\d+)?"
_FIELDS = ("kind", "date")
_UNIT_FIELDS = ("document", "case", "participant", "start", "end")
#: Columns with these headers tell documents of one name apart.
_SITES = (
    *("site", "hospital", "practice", "clinic", "ward", "school", "organisation", "organization", "centre", "center"),
    *("facility", "region", "country", "municipality", "university", "company"),
)
_ROUNDS = ("phase", "wave", "stage", "iteration", "pass", "session", "rounds", "coding round", "version")
#: Labels that are given anew in each group: letters or a word with a number, one letter, or a part in the talk.
_LABEL = (
    r"(?i:[^\W\d]{0,12}[ ._\-]?\d{1,2}|[^\W\d]|moderator|interviewer|interviewee|facilitator|respondent|speaker|"
    r"male|female|man|woman)"
)
_ROW = re.compile(r"codings, row (\d+)(.*)")


@attrs.frozen(eq=False)
class Joined:
    """All tables together: places, the codes applied there, further columns."""

    places: pd.DataFrame
    codes: pd.Series[str]
    extra: pd.DataFrame


def assemble(
    tables: Sequence[Listed],
    options: Options,
    log: Log,
    *,
    named: Sequence[str],
    codebook: Codebook | None,
    documents: Any,
    title: str,
) -> Study:
    """One study of all tables.

    Parameters
    ----------
    named : sequence of str
        What the files' names said, such as ``"case"``: units are then local to their file.
    """
    own = () if codebook is None else codebook.names
    joined = _join(tables)
    one_spelling(joined.places, log)
    joined = attrs.evolve(joined, codes=one_spelling_of_codes(joined.codes, own, log))
    joined = _without_words(joined, options, own, log)
    places = joined.places
    places["date"] = iso_dates(places["date"], "column 'date'", options.dates, log)
    _refuse_other_cases(joined, options, log)
    apart = _documents_apart(places, options, log)
    _participants_apart(places, options, bool(apart), log)
    _qualify(places, tables, named, log)
    _refuse_both(joined, tables, log)
    _refuse_other_codes(joined, tables, log)
    places["document"] = places["document"].fillna(places["unit"])
    _refuse_shifted(places, tables, log)
    held, of_units, of_cases = _documents(joined, tables, log)
    codings, origin = _codings(joined, tables, log)
    _tell_numbers(codings, tables, log)
    units = places.dropna(subset=["unit"]).drop_duplicates("unit")[["unit", "document", "case"]]
    units = units.merge(of_units, how="left", left_on="unit", right_index=True)
    coders = pd.DataFrame({"coder": places.loc[places["document"].notna(), "coder"].dropna().unique()})
    cases = _cases(tables, of_cases, log)
    seen = options.seen
    assignments = None
    if isinstance(seen, str) and seen != "all":
        assignments, choice = rows_as_readings(places, joined.codes, tables, seen, held.get("text"), log)
        if assignments is not None:
            log.choices[SEEN] = choice
    book = codebook if codebook is not None else _codebook(codings, tables, options, log)
    held = held if documents is None else _with_documents(held, documents, apart, options, log)
    log.refuse("read")
    file = tables[0].cells.name if len(tables) == 1 else title or "source"

    def place(told: str) -> str:
        row = _ROW.fullmatch(told)
        if row:
            return _place(tables, places, origin[int(row[1]) - 1]) + row[2]
        return f"{file}, {told}" if told.startswith(("codings", "units")) else told

    with located(file, place):
        study = Study(
            codings,
            codebook=book,
            units=units if len(units) else None,
            cases=cases,
            documents=held,
            coders=coders,
            assignments=assignments,
            provenance=log.provenance(),
            title=title,
        )
    if isinstance(seen, str):
        return study.with_assignments("all") if seen == "all" else study
    return study.with_assignments(known_readings(seen, study))


def _join(tables: Sequence[Listed]) -> Joined:
    starts = np.cumsum([0, *(len(table.places) for table in tables)])
    places, codes, extra = [], [], []
    for number, (table, start) in enumerate(zip(tables, starts, strict=False)):
        nothing = np.zeros(len(table.places), dtype=bool) if table.nothing is None else table.nothing
        places.append(table.places.assign(file=number, row=table.cells.rows[table.at], nothing=nothing))
        codes.append(table.codes.set_axis(table.codes.index + start))
        extra.append(table.extra)
    return Joined(
        pd.concat(places, ignore_index=True), pd.concat(codes).astype("str"), pd.concat(extra, ignore_index=True)
    )


def _without_words(joined: Joined, options: Options, own: Collection[str], log: Log) -> Joined:
    """The places and codes, without the words that say "read, and nothing applied": they are no codes."""
    if options.no_code is None or joined.codes.empty:
        return joined
    distinct = list(joined.codes.unique())
    if options.no_code is NO_CODE_WORDS:
        words = {code for code in distinct if is_no_code(code) and code not in own}
        others = [code for code in distinct if code not in words]
        if "0" in others and "0" not in own and not all(re.fullmatch(_NUMBER, code) for code in others):
            words.add("0")
    else:
        wanted = {" ".join(word.split()).casefold() for word in options.no_code}
        words = {code for code in distinct if " ".join(code.split()).casefold() in wanted}
    if not words:
        return joined
    mask = joined.codes.isin(words).to_numpy(dtype=bool)
    nothing = joined.places["nothing"].to_numpy(dtype=bool).copy()
    nothing[joined.codes.index[mask]] = True
    shown = [code for code in distinct if code in words]
    log.choices["no code"] = f"{listing(shown)}: read, and nothing applied"
    log.tell(
        "note",
        "codes",
        f"took {listing(shown)} in {counted(int(mask.sum()), 'cell')} as words for no code: the coder read the unit, "
        "and nothing applied.",
        "If they are codes: read(..., no_code=None); if other words say it: no_code=['...'].",
    )
    return Joined(joined.places.assign(nothing=nothing), joined.codes[~mask], joined.extra)


def _refuse_both(joined: Joined, tables: Sequence[Listed], log: Log) -> None:
    """Refuse units to which a coder gave a code in one row, and a word for no code in another."""
    keys = ["unit", "document", "coder", "round"]
    places = joined.places
    coded = np.zeros(len(places), dtype=bool)
    coded[joined.codes.index] = True
    nothing = places["nothing"].to_numpy(dtype=bool) & ~coded
    if not nothing.any() or not coded.any():
        return
    both = places.loc[nothing, keys].reset_index(names="row").merge(places.loc[coded, keys].drop_duplicates(), on=keys)
    if len(both):
        row = both.iloc[0]
        unit = row["unit"] if isinstance(row["unit"], str) else row["document"]
        log.fault(
            _place(tables, places, row["row"]),
            f"{quoted(row['coder'])} gave {quoted(unit)} a code in another row, and here a word that says that no "
            f"code applies ({counted(len(both), 'such row')}).",
            "Keep one of the two; if they are of two rounds, name the column: round='...'.",
        )


def _refuse_other_codes(joined: Joined, tables: Sequence[Listed], log: Log) -> None:
    """Refuse tables of indicators in which a coder has no column for a code that others have."""
    offered: dict[str, set[str]] = {}
    for number, table in enumerate(tables):
        if table.layout == "indicators":
            for coder in joined.places["coder"][joined.places["file"] == number].dropna().unique():
                offered.setdefault(coder, set()).update(table.offered)
    every = dict.fromkeys(code for table in tables for code in table.offered)
    for coder, own in offered.items():
        lacking = [code for code in every if code not in own]
        if lacking:
            log.fault(
                f"coder {quoted(coder)}",
                f"has no column for {listing(lacking, 4)}, which other coders have; a code that a coder could not "
                "apply must not count as rejected.",
                "Add the columns, with 0 where the code did not apply; or take them out of the other tables.",
            )


def _tell_numbers(codings: pd.DataFrame, tables: Sequence[Listed], log: Log) -> None:
    """Warn where all codes are numbers: as codes they have no order. Decimal commas become points."""
    names = codings["code"].unique()
    if len(names) < 2 or not all(re.fullmatch(_NUMBER, name) for name in names):
        return
    commas = [name for name in names if "," in name]
    if commas:
        codings["code"] = codings["code"].str.replace(",", ".")
        log.tell("note", "codes", f"numbers with a decimal comma, such as {quoted(commas[0])}, were read with a point.")
    place = tables[0].cells.name if len(tables) == 1 else "codes"
    ordered = sorted(names, key=lambda name: float(name.replace(",", ".")))
    if set(names) <= {"0", "1"}:
        log.tell(
            "warning",
            place,
            "the only codes are 0 and 1; they were read as two codes.",
            "If 0 says that the code was not applied: read(..., no_code='0').",
        )
        return
    missing = mark_of_missing([float(name.replace(",", ".")) for name in names])
    if missing is not None:
        log.tell(
            "warning",
            place,
            f"the score {missing:g} lies far from the others ({listing(ordered, 6)}) and is read as one of them.",
            f"If it marks a missing score: read(..., no_code='{missing:g}').",
        )
    log.tell(
        "warning",
        place,
        f"all {len(names):,} codes are numbers ({listing(ordered, 6)}) and are analysed as codes without an order.",
        "If they are scores: es.reliability(study, level='ordinal') or level='interval'; on the command line, "
        "expertsys agreement --level ordinal.",
    )


def _documents_apart(places: pd.DataFrame, options: Options, log: Log) -> dict[str, list[str]]:
    """Put the case before the names of documents, where one name stands in several cases: they are different documents.

    Gives the new names of each such document. With positions in a text, or `shared_documents`, they stay one.
    """
    pairs = places[["document", "case"]].dropna().drop_duplicates()
    twice = pairs["document"][pairs["document"].duplicated()].unique()
    if not len(twice):
        return {}
    what = f"{counted(len(twice), 'name')} of documents in several cases, such as {quoted(twice[0])}:"
    spans = bool(places.loc[places["document"].isin(twice), "start"].notna().any())
    if options.shared_documents or (spans and options.documents is not None):
        log.choices["documents"] = "one of the same name in several cases is one document"
        why = "" if options.shared_documents else ", as its codings have positions in its text"
        log.tell("note", "documents", f"{what} each was read as one document, whose parts are the cases{why}.")
        return {}
    both = places["document"].notna() & places["case"].notna()
    names = places["case"] + "/" + places["document"]
    places["document"] = places["document"].where(~both, names)
    log.choices["document names"] = "case/document"
    log.tell(
        "note",
        "documents",
        f"{what} they were read as different documents, named with their case, such as "
        f"{quoted(pairs['case'].iloc[0] + '/' + pairs['document'].iloc[0])}.",
        "If it is one document whose parts are cases, such as a group interview: read(..., shared_documents=True).",
    )
    return {name: list(pairs["case"][pairs["document"] == name] + "/" + name) for name in pairs["document"].unique()}


def _refuse_other_cases(joined: Joined, options: Options, log: Log) -> None:
    """Refuse a table whose units stand several times, once for each value of a column that tells them apart.

    It does so where the values differ in one coder's rows of a unit, and go with different texts, or are the same for
    all coders in most units, or have the header of sites or rounds.
    """
    keys = ["document", "unit", "coder", "round", "file"]
    for column in joined.extra.columns.difference(list(options.attributes or ()), sort=False):
        rows = joined.places[[*keys, "text"]].assign(value=joined.extra[column]).dropna(subset=["value", "unit"])
        several = rows[rows.groupby(keys, dropna=False)["value"].transform("nunique") > 1]
        if several.empty:
            continue
        header = str(column).casefold()
        if header not in (*_SITES, *_ROUNDS) and not (_one_text_each(several, keys) or _shared_values(rows)):
            continue
        place = "document" if several["document"].notna().any() and header in _SITES else "unit"
        name = several[place].dropna().iloc[0]
        values = several["value"][several[place] == name].unique()
        role = "round" if header in _ROUNDS else "case" if header in _SITES else "document"
        what = {"round": "rounds of coding", "case": f"different {place}s", "document": "different units"}[role]
        log.fault(
            f"column {quoted(str(column))}",
            f"the {place} {quoted(name)} stands under several of its values ({listing(values, 4)}).",
            f"If these are {what}: read(..., {role}={str(column)!r}). If it is one, and the column describes its rows: "
            f"attributes=[{str(column)!r}].",
        )


def _one_text_each(several: pd.DataFrame, keys: Sequence[str]) -> bool:
    """Whether each value of a unit goes with one text, and each with another."""
    texts = several.dropna(subset="text").drop_duplicates([*keys, "value", "text"])
    one_each = not texts.duplicated([*keys, "value"]).any()
    differ = texts.drop_duplicates([*keys, "text"]).duplicated([*keys], keep=False)
    return len(texts) > 1 and one_each and bool(differ.all()) and len(differ) == len(texts)


def _shared_values(rows: pd.DataFrame) -> bool:
    """Whether, in most units of several coders, each coder has rows under the same several values."""
    own = rows.groupby(["unit", "coder"], dropna=False)["value"].agg(frozenset)
    by_unit = own.groupby(level="unit").agg(["size", "nunique", "first"])
    both = by_unit[by_unit["size"] > 1]
    if both.empty:
        return False
    repeated = both["first"].map(len) > 1
    return bool(repeated.mean() >= 0.5 and (both["nunique"][repeated] == 1).mean() >= 0.9)


def _participants_apart(places: pd.DataFrame, options: Options, sites: bool, log: Log) -> None:
    """Put the document or case before labels of participants that stand in several, as "S1" does in each focus group.

    Parameters
    ----------
    sites : bool
        Whether documents of one name stand in several cases; then participants do too.
    """
    if options.shared_participants:
        return
    sites |= options.case.casefold() in _SITES
    for place in ("document", "case"):
        pairs = places[[place, "participant"]].dropna().drop_duplicates()
        pairs = pairs[pairs["participant"].str.fullmatch(_LABEL)]
        size = pairs[place].map(pairs[place].value_counts())
        local = pairs
        if place == "document":
            local = pairs[(size > 1) & ~pairs["participant"].isin(pairs["participant"][size == 1])]
        twice = local["participant"][local["participant"].duplicated()].unique()
        if not len(twice) or (place == "case" and not sites):
            continue
        where = local[place].unique()
        rows = places[place].isin(where) & places["participant"].isin(local["participant"])
        places.loc[rows, "participant"] = places[place][rows] + "/" + places["participant"][rows]
        log.choices["participant names"] = f"{place}/participant"
        log.tell(
            "note",
            "participants",
            f"{counted(len(twice), 'label')} of participants in several of {counted(len(where), place)}, such as "
            f"{quoted(twice[0])}: they were read as different people, named with their {place}.",
            f"If they are the same people in each {place}: read(..., shared_participants=True).",
        )


def _refuse_shifted(places: pd.DataFrame, tables: Sequence[Listed], log: Log) -> None:
    """Refuse tables in which one coder's rows are numbered otherwise than another's: the same words, another unit."""
    rows = places.loc[places["unit"].notna() & places["text"].notna(), ["unit", "coder", "text", "file"]]
    rows = rows.drop_duplicates()
    if rows["text"].is_unique or rows.empty:
        return
    source = rows["file"].astype(str) + "\0" + rows["coder"].fillna("")
    rows = rows.assign(source=source)
    once = rows[~rows.duplicated(["source", "text"], keep=False) & ~rows.duplicated(["source", "unit"], keep=False)]
    texts = once.groupby("text")["unit"].nunique()
    moved = once[once["text"].isin(texts.index[texts > 1])]
    differ = once.groupby("unit")["text"].nunique()
    moved = moved[moved["unit"].isin(differ.index[differ > 1])]
    share = moved["text"].nunique() / max(once["text"].nunique(), 1)
    if moved["text"].nunique() < 2 or share < 0.05:
        return
    first = moved[moved["text"] == moved["text"].iloc[0]].drop_duplicates("unit").iloc[:2]
    where = [
        f"{quoted(unit)} of {coder if isinstance(coder, str) else tables[int(file)].cells.name}"
        for unit, coder, file in first[["unit", "coder", "file"]].itertuples(index=False, name=None)
    ]
    log.fault(
        "units",
        f"{moved['text'].nunique():,} texts stand under different units in the tables of different coders, whose units "
        f"of the same name have other texts: one text is {' and '.join(where)}. A row too many or too few shifts all "
        "rows below it.",
        "Give the same text the same unit in each table; or let the text name the unit: read(..., unit='...') with the "
        "name of its column.",
    )


def _qualify(places: pd.DataFrame, tables: Sequence[Listed], named: Sequence[str], log: Log) -> None:
    """Put the case, or the document, before the names of units that are only unique within it."""
    for field in ("document", "case"):
        pairs = places[["unit", field]].dropna().drop_duplicates()
        if pairs[field].nunique() < 2:
            continue
        twice = pairs["unit"].duplicated()
        if not twice.any() and field not in named:
            continue
        apart = places["unit"].notna() & places[field].notna()
        if field == "case" and log.choices.get("document names") and log.choices.get("unit names"):
            continue
        if field == "case" and any(table.layout == "rows" for table in tables):
            places["participant"] = places["participant"].fillna(
                places["unit"].where(apart & places["document"].isna())
            )
        places["unit"] = places["unit"].where(~apart, places[field] + "/" + places["unit"])
        log.choices["unit names"] = f"{field}/unit"
        why = f"Names repeated in another {field}: {int(twice.sum()):,}."
        example = places["unit"][apart].iloc[0]
        log.tell("note", "units", f"named units with their {field}, such as {quoted(example)}. {why}")


def _place(tables: Sequence[Listed], places: pd.DataFrame, at: Any) -> str:
    """The file and the row of a place."""
    return f"{tables[int(places['file'].iloc[at])].cells.name}, row {places['row'].iloc[at]}"


def _codings(joined: Joined, tables: Sequence[Listed], log: Log) -> tuple[pd.DataFrame, pd.Index[int]]:
    """One row per code applied, and the place of each.

    In tables with one row per unit a code counts once for a unit and coder.
    """
    roles = [role for role in PLACES if role != "participant"]
    places = joined.places
    codings = places[roles].iloc[joined.codes.index].assign(code=joined.codes.to_numpy())
    file = places["file"].to_numpy()[joined.codes.index]
    sets = np.array([table.layout != "long" for table in tables])[file]
    if sets.any():
        codings.loc[sets, "text"] = None
        again = codings.duplicated(["unit", "coder", "code", "round"]).to_numpy() & sets
        if again.any():
            rows = joined.codes.index[again]
            log.tell(
                "note",
                _place(tables, places, rows[0]),
                f"counted {counted(int(again.sum()), 'code')} once that the same coder gave the same unit again.",
            )
            codings = codings[~again]
    return codings.reset_index(drop=True), codings.index


def _documents(joined: Joined, tables: Sequence[Listed], log: Log) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Every listed document, with its case, participant, text and further columns; and what belongs to units and cases.

    A further column that is the same in all rows of each case is the case's, where cases hold several units; a
    participant, a date or a column that is the same in all rows of a document is the document's; else it is the unit's.
    """
    places = joined.places
    held = places[["document"]].drop_duplicates().set_index("document")
    of_units = pd.DataFrame(index=pd.Index(places["unit"].dropna().unique(), name="unit"))
    of_cases = pd.DataFrame(index=pd.Index(places["case"].dropna().unique(), name="case"))
    by_case = 1 < len(of_cases) < len(of_units) and bool(places["case"].notna().all())
    pairs = places[["document", "case"]].dropna().drop_duplicates()
    known = pairs[~pairs["document"].duplicated(keep=False)].set_index("document")["case"]
    held["case"] = known.reindex(held.index)
    _participants(places, held, of_units, log)
    sets = np.array([table.layout != "long" for table in tables])[places["file"].to_numpy()]
    held["text"] = _texts(places[sets], tables, log).reindex(held.index)
    own = places[(places["unit"] == places["document"]) & ~sets]
    if len(own) and places["start"].isna().all():
        texts = own[["document", "text"]].dropna().drop_duplicates()
        if not texts["document"].duplicated().any():
            held["text"] = held["text"].fillna(texts.set_index("document")["text"].reindex(held.index))
    dates = _constant(places["document"], places["date"])
    if dates is not None:
        held["date"] = dates.reindex(held.index)
    elif (dates := _constant(places["unit"], places["date"])) is not None:
        of_units["date"] = dates.reindex(of_units.index)
    for column in joined.extra.columns:
        values = _constant(places["case"], joined.extra[column]) if by_case else None
        if values is not None:
            of_cases[str(column)] = values.reindex(of_cases.index)
            continue
        _attribute(held, of_units, str(column), places, joined.extra[column], log)
    return held.dropna(axis=1, how="all"), of_units, of_cases


def _constant(keys: pd.Series[str], cells: pd.Series[str]) -> pd.Series[str] | None:
    """The one value of each key; None where a key has several, or there is no value."""
    pairs = pd.DataFrame({"key": keys, "cell": cells}).dropna().drop_duplicates()
    if pairs.empty or pairs["key"].duplicated().any():
        return None
    return pairs.set_index("key")["cell"]


def _participants(places: pd.DataFrame, held: pd.DataFrame, of_units: pd.DataFrame, log: Log) -> None:
    """The participant of each document, or of each unit where a document has several, as a focus group has."""
    pairs = places[["document", "participant"]].dropna().drop_duplicates()
    held["participant"] = pairs.drop_duplicates("document").set_index("document")["participant"].reindex(held.index)
    several = pairs["document"][pairs["document"].duplicated()].unique()
    if not len(several):
        return
    held.loc[several, "participant"] = None
    speakers = _constant(places["unit"], places["participant"].where(places["document"].isin(several)))
    if speakers is None:
        log.tell(
            "warning",
            "participants",
            f"{counted(len(several), 'document')} with several participants have none: the table does not say which "
            f"unit is whose: {listing(several, 5)}.",
            "Give each excerpt of one participant a unit of its own.",
        )
        return
    of_units["participant"] = speakers.reindex(of_units.index)
    log.tell(
        "note",
        "participants",
        f"{counted(len(several), 'document')} with several participants, such as {quoted(several[0])}: each unit has "
        "its own.",
    )


def _texts(places: pd.DataFrame, tables: Sequence[Listed], log: Log) -> pd.Series[str]:
    """The text of each document: several rows of one table joined, the first table's where tables differ."""
    rows = places.dropna(subset=["unit"]).drop_duplicates(["file", "row"])
    wide = np.array([table.layout == "wide" for table in tables])[rows["file"].to_numpy()]
    doubled = rows[rows.assign(coder=rows["coder"].mask(wide)).duplicated(["file", "unit", "coder", "round"])]
    for file in sorted(doubled["file"].unique().tolist()):
        group = doubled[doubled["file"] == file]
        log.tell(
            "warning",
            tables[file].cells.name,
            f"took {counted(group['unit'].nunique(), 'unit')} with several rows ({rows_listed(group['row'])}) "
            f"as one each, its codes together and its texts joined: {listing(group['unit'].unique(), 5)}.",
            "If they are different units, give them different names.",
        )
    texts = rows[["file", "document", "text"]].dropna().drop_duplicates()
    several = texts.duplicated(["file", "document"], keep=False)
    joined = texts[~several]
    if several.any():
        together = texts[several].groupby(["file", "document"], sort=False)["text"].agg("\n\n".join).reset_index()
        joined = pd.concat([joined, together]).sort_values("file", kind="stable")
    differ = joined[["document", "text"]].drop_duplicates()
    other = differ["document"][differ["document"].duplicated()].unique()
    if len(other):
        log.tell(
            "warning",
            "texts",
            f"kept the first table's text of {counted(len(other), 'unit')} that tables differ on: {listing(other, 5)}.",
            "Look whether the column is the unit's text, or the coder's own remarks: text='...' names the right one.",
        )
    return joined.drop_duplicates("document").set_index("document")["text"]


def _attribute(
    held: pd.DataFrame, of_units: pd.DataFrame, column: str, places: pd.DataFrame, cells: pd.Series[str], log: Log
) -> None:
    """A further column: an attribute of documents, of units, or one of documents for each coder where coders differ."""
    name = column if column in _FIELDS or column not in held else f"{column} (column)"
    values = _constant(places["document"], cells)
    if values is not None:
        held[name] = values.reindex(held.index)
        return
    values = _constant(places["unit"], cells)
    if values is not None:
        named = column if column not in _UNIT_FIELDS else f"{column} (column)"
        of_units[named] = values.reindex(of_units.index)
        log.tell("note", f"column {quoted(column)}", "differs within documents; it is kept as an attribute of units.")
        return
    if cells.isna().all():
        return
    distinct = pd.DataFrame({"document": places["document"], "coder": places["coder"], "cell": cells})
    distinct = distinct.dropna().drop_duplicates()
    if len(distinct) and not distinct.duplicated(["document", "coder"]).any() and distinct["coder"].nunique() <= 12:
        for coder, group in distinct.groupby("coder", sort=False):
            held[f"{name} ({coder})"] = group.set_index("document")["cell"].reindex(held.index)
        log.tell(
            "note",
            f"column {quoted(column)}",
            "differs between coders; it is kept as one attribute of documents for each.",
        )
        return
    log.tell(
        "warning",
        f"column {quoted(column)}",
        "differs between rows of the same unit and is not kept.",
        "If it is one of the columns that a study has, name it by keyword, such as memo='...'.",
    )


def _cases(tables: Sequence[Listed], of_cases: pd.DataFrame, log: Log) -> pd.DataFrame | None:
    """The attributes of cases, and their question, where the header of the texts is one."""
    questions: dict[str, str] = {}
    alone: list[str] = []
    for table in tables:
        if table.question is None:
            continue
        cases = table.places["case"].dropna().unique()
        alone += [] if len(cases) else [table.question]
        for case in cases:
            if questions.setdefault(case, table.question) != table.question:
                log.tell(
                    "warning",
                    table.cells.name,
                    f"the texts of case {quoted(case)} have another header than in an earlier file; the first is kept.",
                    "Look whether the file belongs to this case.",
                )
    if alone:
        log.choices["question"] = "; ".join(dict.fromkeys(alone))
    if not questions and of_cases.columns.empty:
        return None
    every = of_cases.index.union(pd.Index(questions), sort=False)
    made = of_cases.reindex(every).rename_axis("case")
    return made.assign(question=pd.Series(questions, dtype="str").reindex(every)) if questions else made


def _codebook(codings: pd.DataFrame, tables: Sequence[Listed], options: Options, log: Log) -> Codebook:
    mark = options.hierarchy
    names = list(dict.fromkeys([*(code for table in tables for code in table.offered), *codings["code"].unique()]))
    if mark and any(mark in name for name in names):
        log.choices["sub-codes"] = f"a code 'a{mark}b' is below the code 'a'"
    return codebook_of_paths(names, mark, options.limits)


def _with_documents(
    held: pd.DataFrame, given: Any, apart: Mapping[str, list[str]], options: Options, log: Log
) -> pd.DataFrame:
    """Documents as read, overlaid and extended by a table of documents.

    Parameters
    ----------
    apart : mapping
        Names of documents in the tables to their names in the study, where the case was put before them.
    """
    table = to_pandas(given)
    if table.index.name != "document":
        if "document" not in table.columns:
            raise DataError(
                f"no column 'document'; the columns are {listing(table.columns)}",
                place="documents",
                remedy="Name it so.",
            )
        table = table.set_index("document")
    names = as_text(table.index.to_series()).reset_index(drop=True)
    if apart and "case" in table.columns:
        longer = as_text(table["case"]).reset_index(drop=True) + "/" + names
        names = names.where(~longer.isin(held.index), longer)
    for name in names[names.isin(list(apart)) & ~names.isin(held.index)]:
        log.fault(
            "documents",
            f"{quoted(name)} is one of {counted(len(apart[name]), 'document')}: {listing(apart[name], 4)}.",
            "Give the table a column case too; or say that they are one document: shared_documents=True.",
        )
    log.refuse("documents")
    table = table.set_axis(names.array, axis=0).rename_axis("document")
    if "date" in table.columns:
        dates = as_text(table["date"])
        table = table.assign(date=iso_dates(dates, "documents, column 'date'", options.dates, log))
    if (held.index.get_indexer(table.index) < 0).all():
        raise DataError(
            f"none of {listing(table.index, 5)} occurs in the codings; there are {listing(held.index, 5)}",
            place="documents",
            remedy="Name documents alike in both.",
        )
    every = held.index.append(table.index.difference(held.index, sort=False))
    result = held.reindex(every)
    for column in table.columns:
        fresh = table[column].reindex(every)
        result[column] = fresh.where(fresh.notna(), result[column]) if column in result else fresh
    return result.rename_axis("document")
