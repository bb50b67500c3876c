"""`read`: files and dataframes into a Study."""

from __future__ import annotations

import contextlib
import functools
import itertools
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any, Literal

import attrs
import pandas as pd

from expertsys._core.errors import DataError, Remark, counted, listing, quoted
from expertsys._core.frames import is_frame, to_pandas
from expertsys._core.missing import NO_CODE_WORDS
from expertsys.io.assemble import assemble
from expertsys.io.cells import Cells, from_frame
from expertsys.io.codebooks import codebook_of_table, read_codebook
from expertsys.io.content import content_of, missing_path
from expertsys.io.elsewhere import unpacked_project
from expertsys.io.filenames import Named, by_pattern, usual
from expertsys.io.formats import format_of, table_suffixes
from expertsys.io.layouts import columns_of, lay_out
from expertsys.io.levels import bounded
from expertsys.io.limits import Limits
from expertsys.io.log import Log, located
from expertsys.io.options import Layout, Options, Repeated
from expertsys.io.readings import known_readings
from expertsys.io.reports import as_codebook, is_codebook, translated
from expertsys.study import Codebook, Study
from expertsys.study.tables import ALL

_MOST_LOOKED_AT = 50
#: Cells at least this long on average are texts, by which rows of different files can be recognised.
_LONG_TEXT = 12


def read(
    source: Any,
    *,
    layout: Layout | None = None,
    unit: str = "unit",
    coder: str = "coder",
    code: str = "code",
    case: str = "case",
    document: str = "document",
    participant: str = "participant",
    start: str = "start",
    end: str = "end",
    text: str = "text",
    memo: str = "memo",
    round: str = "round",  # noqa: A002  (the column is called so)
    date: str = "date",
    header: Sequence[str] | None = None,
    pattern: str | re.Pattern[str] | None = None,
    coders: Sequence[str] | None = None,
    attributes: Sequence[str] | None = None,
    no_code: str | Sequence[str] | None = NO_CODE_WORDS,
    dates: Literal["day first", "month first"] | None = None,
    shared_documents: bool = False,
    shared_participants: bool = False,
    seen: Literal["coded", "listed", "all"] | Mapping[str, Iterable[str]] | Any = "coded",
    repeated: Repeated = "drop",
    separator: str | None = None,
    hierarchy: str | None = "->",
    codebook: Codebook | str | PathLike[str] | Any = None,
    documents: str | PathLike[str] | Any = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    sheet: str | int | None = None,
    title: str | None = None,
    positions: str | None = None,
    report: str | PathLike[str] | Mapping[str, Any] | None = None,
    limits: Limits | None = None,
) -> Study:
    """Read codings into a Study: a file, a folder, a list of files, or a dataframe.

    Everything is read as text, so that a code spelt ``"nan"`` is a code and ``"007"`` keeps its zeros; only blank cells
    are missing. White space around cells is taken away. Names that differ by capitals or blanks only are one name, as
    are "1" and "01" in the tables of different coders. What was tolerated, dropped or assumed stands in
    ``study.provenance.remarks``, each with its file and row.

    Parameters
    ----------
    source : path, list of paths, or dataframe
        A table, ``.csv .tsv .tab .txt .xlsx .parquet .jsonl .ndjson``; a folder or list of tables, which become one
        study; any dataframe that narwhals knows. A project: ``.qdpx`` or ``.qdc`` (REFI-QDA), ``.qda`` (QualCoder),
        ``.sqlite3`` (Taguette), ``.json`` (Label Studio), ``.jsonl`` or a folder (doccano), a folder with ``.ann``
        files (brat). Or what `write` saved (a folder or ``.zip``), which comes back exactly. `formats` lists all.
    layout : {"long", "wide", "rows", "indicators"}, optional
        *long*: a row per code applied, columns `unit`, `coder`, `code`. *wide*: a row per unit, a column per coder; it
        must be said. *rows*: a row per unit, columns ``Code 1 ... Code n``. *indicators*: a row per unit, a column per
        code that says whether it applies: 0 and 1, TRUE and FALSE, yes and no, x and blank. Without it, a table with a
        column `code` is taken as long, one with numbered code columns as rows, one with several columns of 0 and 1
        whose coder is known as indicators; where it could be either, the error shows the calls.
    unit, coder, code, case, document, participant, start, end, text, memo, round, date : str
        Names of the columns. A table with `document`, `start` and `end` and no `unit` is a study of spans; with
        `document` alone, each document is a unit. A table with numbered code columns and no `unit` has its units in the
        first column; its one further column, if there is just one, holds the texts, and its header is kept as attribute
        ``question`` of the case. Further columns become attributes: of cases where they are the same within each case
        and cases hold several units, else of documents, or of units where they differ within documents. A participant
        that differs within documents is the unit's, as in a focus group. Where one name of a document stands in several
        cases, these are different documents, named ``case/document``.
    header : sequence of str, optional
        Names of the columns, from left to right, of a table whose first row is data.
    pattern : str or compiled regular expression, optional
        Where in a file's name coder, case, document and round stand: ``"{*} - {case} ({coder})"``, with ``{*}`` for
        anything; or named groups. For several files without a column of coders it is guessed: a name in parentheses is
        the coder; otherwise names are cut at ``" - "``, ``"_"``, ``"-"`` or blanks, and the coder is the part that
        repeats with every value of the other. Where two readings fit, the error shows both. Sheets of a workbook that
        are alike and have no column of coders are read like files, by their names.
    coders, attributes : sequence of str, optional
        In a wide table, which columns are coders, or which are not; otherwise those that share their values. Among
        columns of 0 and 1, `attributes` are no codes.
    no_code : str, sequence of str, or None
        Words that say "read, and nothing applies": they are no codes. By default the usual ones ("none", "no code",
        "n/a", "-" and so on, and "0" where other codes are not numbers), unless the codebook has them; None keeps all
        as codes.
    dates : {"day first", "month first"}, optional
        How to read dates such as ``03/04/2024`` where the column does not decide it. All are kept in ISO form.
    shared_documents : bool
        One name of a document in several cases is one document, whose parts are the cases, as in a group interview.
    shared_participants : bool
        One label of a participant, such as "S1", in several group interviews is one person. Otherwise labels of this
        kind that stand in several groups, and in no interview of one person, are named ``document/participant``.
    seen : {"coded", "listed", "all"}, mapping or dataframe
        Who read what. ``"coded"``: a coder read the units for which their row or cell holds a code or a word of
        `no_code`, and those of rows without a code that name them; a blank cell of a wide table, or a blank row in a
        file of one coder, says that they did not. A long table in which every row has a code does not show who read
        what: a coder is assumed to have read every unit of each document in which they coded anything. So is a coder of
        whom no row says that nothing applied, among others of whom rows do, such as a model that gives its codes only;
        where units are their own documents, they are assumed to have read all that anyone read. Assumptions stand in
        ``study.reading_note`` and at each figure. ``"listed"``: blank cells and rows say *read, and nothing applies*; a
        row without a text, in a table that has texts, gave nothing to read. ``"all"``: every coder read every document.
        Or coder to the documents or units that they read; or columns ``coder``, ``unit`` or ``document``, and
        ``round``. A coder without a coding may be named.
    repeated : {"drop", "keep"}
        What happens to rows that repeat an earlier row of the same table in every cell.
    separator : str, optional
        What stands between several codes in one cell. By default a cell such as "trust; time" is read as several codes
        where each stands alone in another cell.
    hierarchy : str or None
        What stands between a code and its sub-code; None where codes have none.
    codebook : Codebook, path or dataframe, optional
        Otherwise made of the codes applied.
    documents : path or dataframe, optional
        Column ``document`` and attributes, texts among them.
    encoding : str, optional
        Otherwise a byte order mark, then UTF-8, then Windows-1252 with a warning.
    delimiter : str, optional
        Otherwise the one of comma, semicolon, tab and bar that cuts header and rows alike.
    sheet : str or int, optional
        Of a workbook, by name or counted from 1; otherwise the first that has any of the columns. Of a database with
        several projects, the project.
    title : str, optional
        Otherwise the name of the file or folder.
    positions : str, optional
        How positions count in a project that does not say it, in words such as ``"codepoints"``, ``"utf-16 lf"`` or
        ``"inclusive"``; otherwise the way that fits best, which the remarks tell with its score.
    report : {"maxqda", "atlasti", "dedoose", "taguette"}, path or mapping, optional
        A table is a tool's report, whose columns are told by its headers in English and German; otherwise it is told by
        them which it is. In another language give a map of your own: role to header, or the path of a TOML file; see
        `expertsys.io.report_map`.
    limits : Limits, optional
        Caps on what the file may unpack to.

    Returns
    -------
    Study
        Units that are only unique within their case (or document) are named ``case/unit``; where they are respondents
        in tables of the layout *rows*, ``documents.participant`` has the respondent.

    Raises
    ------
    DataError
        For data that cannot be read, with every fault and its place.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"unit": ["a", "a", "b"], "coder": ["ann", "ben", "ann"], "code": ["nan", "nan", ""]})
    >>> study = read(table, seen="listed")
    >>> study.codes
    ('nan',)
    >>> study.assignments[["coder", "document"]].to_numpy().tolist()
    [['ann', 'a'], ['ben', 'a'], ['ann', 'b']]
    """
    options = Options(
        layout=layout,
        unit=unit,
        coder=coder,
        code=code,
        case=case,
        document=document,
        participant=participant,
        start=start,
        end=end,
        text=text,
        memo=memo,
        round=round,
        date=date,
        header=header,
        pattern=pattern,
        coders=coders,
        attributes=attributes,
        no_code=no_code,
        dates=dates,
        shared_documents=shared_documents,
        shared_participants=shared_participants,
        seen=seen,
        repeated=repeated,
        separator=separator,
        hierarchy=hierarchy,
        codebook=codebook,
        documents=documents,
        encoding=encoding,
        delimiter=delimiter,
        sheet=sheet,
        title=title,
        positions=positions,
        report=report,
        limits=Limits() if limits is None else limits,
    )
    log = Log()
    if isinstance(source, str | PathLike):
        path = Path(source)
        if not path.exists():
            raise missing_path(path)
        form = format_of(path, table=options.is_table)
        if form is not None and form.read_study is not None:
            options.refuse_others(path, form.options)
            with located(path.name, lambda place: _in_file(place, path.name)):
                study = form.read_study(path, options)
            bounded(study.codebook, path.name, options.limits)
            return _adjusted(study, options)
        tables = [
            table
            for file in (_files_in(path, log) if form is None else [path])
            for table in _tables(file, options, log)
        ]
        return _study(tables, options, log, title=path.resolve().name if form is None else path.stem)
    if is_frame(source):
        return _study([from_frame(source, options, log)], options, log, title="")
    if isinstance(source, Iterable) and not isinstance(source, Mapping | bytes):
        tables = [table for file in _listed(source) for table in _tables(file, options, log)]
        return _study(tables, options, log, title="")
    raise DataError(
        f"cannot read {type(source).__name__}", place="source", remedy="Give a path, a list of paths, or a dataframe."
    )


def _in_file(place: str, name: str) -> str:
    """A place in a study's tables or codebook, with the file's name before it; any other as it is."""
    inner = place.partition(",")[0] in (*(table.name for table in ALL), "codebook", "")
    return f"{name}, {place}".removesuffix(", ") if inner else place


def _adjusted(study: Study, options: Options) -> Study:
    """A study that was read whole, with the codebook, the title and the rule of who saw what that were asked for."""
    if options.codebook is not None:
        study = study.with_codebook(_codebook(options, Log()) or study.codebook)
    if not isinstance(options.seen, str):
        study = study.with_assignments(known_readings(options.seen, study))
    elif options.seen == "all":
        study = study.with_assignments("all")
    return study if options.title is None else study.with_title(options.title)


def _listed(source: Iterable[Any]) -> list[Path]:
    paths: list[Path] = []
    for item in source:
        if not isinstance(item, str | PathLike):
            raise DataError(f"the list holds {type(item).__name__}", place="source", remedy="Give a list of paths.")
        path = Path(item)
        if not path.exists():
            raise missing_path(path)
        if path.is_dir():
            raise DataError("is a folder within a list of files", place=path.name, remedy="Give the folder alone.")
        paths.append(path)
    if not paths:
        raise DataError("the list of files is empty", place="source", remedy="Give at least one path.")
    twice = {path.name for path in paths if sum(path.name == other.name for other in paths) > 1}
    if twice:
        raise DataError(
            f"files of the same name: {listing(sorted(twice))}", place="source", remedy="Rename one of each."
        )
    return paths


def _files_in(folder: Path, log: Log) -> list[Path]:
    """The tables in a folder, Q2 before Q10; plain text only where there is nothing else."""
    try:
        entries = [entry for entry in folder.iterdir() if not entry.name.startswith((".", "~$"))]
    except OSError as error:
        raise DataError(f"the folder cannot be listed ({error.strerror})", place=folder.name) from None
    known = [entry for entry in entries if entry.is_file() and entry.suffix.lower() in table_suffixes()]
    files = [entry for entry in known if entry.suffix.lower() != ".txt"] or known
    others = sorted(entry.name for entry in entries if entry not in files)
    if not files:
        inner = _readable(sorted(entries))
        remedy = f"Tables are named {', '.join(table_suffixes())}; a folder within it must be named itself."
        if inner:
            several = ", and put them together with es.merge(...)" if len(inner) > 1 else ""
            remedy = f"Read what is in it: es.read({str(inner[0])!r}){several}."
        if unpacked_project(others):
            remedy = "It is an unpacked REFI-QDA project: read the .qdpx itself."
        raise DataError(
            f"the folder holds no table of codings; it holds {listing(others)}", place=str(folder), remedy=remedy
        )
    if others:
        log.tell("note", folder.name, f"not read: {listing(others)}.", "Name files by a list to read others.")
    return sorted(files, key=_natural)


def _readable(entries: Iterable[Path]) -> list[Path]:
    """The projects, and folders of them, among the entries of a folder."""
    found = []
    for entry in itertools.islice(entries, _MOST_LOOKED_AT):
        with contextlib.suppress(DataError, OSError):
            if format_of(entry) is not None:
                found.append(entry)
    return found


def _natural(path: Path) -> tuple[list[tuple[int, int, str]], str]:
    parts = re.split(r"(\d+)", path.name.casefold())
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts], path.name


def _tables(path: Path, options: Options, log: Log) -> list[Cells]:
    """The table of a file; where its sheets are alike and have no column of coders, each of them.

    Of a workbook it is the first sheet that has any of the columns asked for, since some begin with a page of notes.
    """
    own = Log()
    cells = _table(path, options, own)
    roles = _roles(cells, options)
    form = format_of(path, table=options.is_table)
    titles: list[str] = []
    alone = bool(roles) and (options.layout == "wide" or "coder" in roles)
    if options.sheet is None and form is not None and form.parts is not None and not alone:
        titles = form.parts(path.name, content_of(path))
    sheets = {title: _sheet(path, title, options) for title in titles} if len(titles) > 1 else {}
    tables = {title: found for title, found in sheets.items() if found and _roles(found[0], options)}
    if tables and not roles:
        title = next(iter(tables))
        cells, own.remarks = tables[title]
        log.tell(
            "note",
            path.name,
            f"read the sheet {quoted(title)}, as {quoted(titles[0])} has no column of units, coders or codes.",
            "Another: read(..., sheet='...').",
        )
    alike = {title: found for title, found in tables.items() if found[0].columns == cells.columns}
    if options.layout == "wide" or len(alike) < 2:
        log.remarks += own.remarks
        return [cells]
    others = [title for title in titles if title not in alike]
    if others:
        log.tell(
            "note", path.name, f"sheets that differ from {quoted(next(iter(alike)))} were not read: {listing(others)}."
        )
    log.remarks += [remark for _, remarks in alike.values() for remark in remarks]
    return [sheet for sheet, _ in alike.values()]


def _roles(cells: Cells, options: Options) -> set[str]:
    """Which of unit, document, coder and code a table has; none where it lacks a column that was named."""
    try:
        return {"unit", "document", "coder", "code"} & set(columns_of(cells, options))
    except DataError:
        return set()


def _sheet(path: Path, title: str, options: Options) -> tuple[Cells, list[Remark]] | None:
    """One sheet of a workbook and the remarks on it, both under the sheet's name; None where it holds no table."""
    log = Log()
    try:
        cells = _table(path, attrs.evolve(options, sheet=title), log)
    except DataError:
        return None
    name = f"{path.name}, sheet {title}"
    remarks = [attrs.evolve(remark, place=name + remark.place.removeprefix(path.name)) for remark in log.remarks]
    return attrs.evolve(cells, name=name, part=title), remarks


def _table(path: Path, options: Options, log: Log) -> Cells:
    form = format_of(path, table=options.is_table)
    if form is None or form.read_table is None:
        raise DataError(
            "is no table of codings",
            place=path.name,
            remedy="Read each alone, and put them together: es.merge(es.read(...), es.read(...)).",
        )
    return form.read_table(path.name, content_of(path), options, log)


def _study(tables: list[Cells], options: Options, log: Log, *, title: str) -> Study:
    log.sources += [cells.source for cells in tables]
    alone = len(tables) == 1 and options.pattern is None
    _refuse_codebooks(tables, options)
    words: dict[str, tuple[str, str]] = {}
    tables = [translated(cells, options, log, words, alone=alone) for cells in tables]
    fixed = _fixed(tables, options, log)
    codebook = _codebook(options, log)
    codes = () if codebook is None else codebook.names
    listed = [lay_out(cells, options, names, log, codes) for cells, names in zip(tables, fixed, strict=True)]
    _refuse_same(tables, fixed, log)
    log.refuse(title or "source")
    return assemble(
        listed,
        options,
        log,
        named=sorted({key for names in fixed for key in names}),
        codebook=codebook,
        documents=_documents(options, log),
        title=title if options.title is None else options.title,
    )


def _refuse_codebooks(tables: list[Cells], options: Options) -> None:
    """Refuse a codebook among tables of codings, with the door that it has."""
    if options.is_table or options.report is not None or options.pattern is not None:
        return
    for cells in tables:
        if is_codebook(cells.columns):
            beside = f"Move it out of the folder and give it beside the codings: es.read(..., codebook={cells.name!r})."
            alone = f"Read it with es.io.read_codebook({cells.name!r}), or beside codings: es.read(..., codebook=...)."
            remedy = alone if len(tables) == 1 else beside
            raise DataError("is a codebook, not a table of codings", place=cells.name, remedy=remedy)


def _fixed(tables: list[Cells], options: Options, log: Log) -> list[Named]:
    """What the files' names say of each table; without a pattern, only where no table has a column of coders."""
    names = [cells.part or cells.name for cells in tables]
    if options.pattern is not None:
        found = by_pattern(options.pattern, names)
        shown = options.pattern.pattern if isinstance(options.pattern, re.Pattern) else options.pattern
        log.choices["file names"] = f"read by the pattern {shown!r}"
        return found
    without = [cells.name for cells in tables if "coder" not in columns_of(cells, options)]
    if len(tables) == 1 or options.layout == "wide" or not without:
        return [{} for _ in tables]
    if len(without) < len(tables):
        raise DataError(
            f"no column {options.coder!r} in {len(without):,} of {counted(len(tables), 'table')}: {listing(without)}",
            place="source",
            remedy="Give pattern=, such as '{case} ({coder})', if the file names say who coded.",
        )
    pattern, found = usual(names, _same_rows(tables, options))
    log.choices["file names"] = f"read by the pattern {pattern!r}, the first usual one that fits"
    sorts = {key: listing(dict.fromkeys(fields[key] for fields in found), 6) for key in found[0]}
    told = "; ".join(f"{key}: {values}" for key, values in sorts.items())
    log.tell(
        "note", "file names", f"were read by the pattern {pattern!r}: {told}.", "Another: read(..., pattern='...')."
    )
    return found


def _same_rows(tables: list[Cells], options: Options) -> Callable[[int, int], float]:
    """From the numbers of two tables, the share of rows of the shorter that the other has too, by the longest column.

    The longest texts tell rows apart; where they are short, as numbers are, nothing is said.
    """

    @functools.cache
    def texts(number: int) -> frozenset[str]:
        cells = tables[number]
        codes = {name for name in cells.columns if name.casefold().startswith(options.code.casefold())}
        lengths = {name: cells.frame[name].str.len().mean() for name in cells.columns if name not in codes}
        longest = max(lengths, key=lambda name: -1.0 if pd.isna(lengths[name]) else lengths[name], default=None)
        if longest is None or not lengths[longest] >= _LONG_TEXT:
            return frozenset()
        return frozenset(cells.frame[longest].dropna())

    def share(one: int, other: int) -> float:
        a, b = texts(one), texts(other)
        return len(a & b) / min(len(a), len(b)) if a and b else 0.0

    return share


def _refuse_same(tables: list[Cells], fixed: list[Named], log: Log) -> None:
    """Refuse two files whose names say the same coder, case, document and round."""
    first: dict[tuple[tuple[str, str], ...], str] = {}
    for cells, names in zip(tables, fixed, strict=True):
        if "coder" not in names:
            continue
        key = tuple(sorted(names.items()))
        if first.setdefault(key, cells.name) != cells.name:
            told = ", ".join(f"{field} {name!r}" for field, name in key)
            log.fault(cells.name, f"has the same {told} as {first[key]!r}.", "Keep one; or change the pattern.")


def _beside(path: Path, what: str, options: Options, log: Log) -> Cells:
    """A table that comes beside the codings."""
    if not path.exists():
        raise missing_path(path)
    own = Log()
    cells = _table(path, Options(repeated="keep", limits=options.limits), own)
    log.remarks += [attrs.evolve(remark, place=f"{what}: {remark.place}") for remark in own.remarks]
    log.sources.append(cells.source)
    return cells


def _documents(options: Options, log: Log) -> Any:
    if isinstance(options.documents, str | PathLike):
        return _beside(Path(options.documents), "documents", options, log).frame
    return options.documents


def _codebook(options: Options, log: Log) -> Codebook | None:
    if options.codebook is None or isinstance(options.codebook, Codebook):
        return options.codebook
    if not isinstance(options.codebook, str | PathLike):
        return Codebook.from_frame(as_codebook(to_pandas(options.codebook)))
    path = Path(options.codebook)
    if path.suffix.lower() in (".qdc", ".qdpx"):
        return read_codebook(path, limits=options.limits)
    return codebook_of_table(_beside(path, "codebook", options, log), options.limits)
