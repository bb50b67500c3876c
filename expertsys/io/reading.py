"""`read`: files and dataframes into a Study."""

from __future__ import annotations

import contextlib
import itertools
import re
from collections.abc import Iterable, Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any, Literal

import attrs

from expertsys._core.errors import DataError, counted, listing
from expertsys._core.frames import is_frame, to_pandas
from expertsys.io.assemble import assemble, known_pairs
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
from expertsys.io.reports import as_codebook, is_codebook, translated
from expertsys.study import Codebook, Study
from expertsys.study.tables import ALL

_MOST_LOOKED_AT = 50


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
    are missing. White space around cells is taken away. What was tolerated, dropped or assumed stands in
    ``study.provenance.remarks``, each with its file and row.

    Parameters
    ----------
    source : path, list of paths, or dataframe
        A table, ``.csv .tsv .tab .txt .xlsx .parquet .jsonl .ndjson``; a folder or list of tables, which become one
        study; any dataframe that narwhals knows. A project: ``.qdpx`` or ``.qdc`` (REFI-QDA), ``.qda`` (QualCoder),
        ``.sqlite3`` (Taguette), ``.json`` (Label Studio), ``.jsonl`` or a folder (doccano), a folder with ``.ann``
        files (brat). Or what `write` saved (a folder or ``.zip``), which comes back exactly. `formats` lists all.
    layout : {"long", "wide", "rows"}, optional
        *long*: a row per code applied, columns `unit`, `coder`, `code`. *wide*: a row per unit, a column per coder; it
        must be said. *rows*: a row per unit, columns ``Code 1 ... Code n``, one coder per file. Without it, a table
        with numbered code columns is taken as rows, any other as long.
    unit, coder, code, case, document, participant, start, end, text, memo, round, date : str
        Names of the columns. A table with `document`, `start` and `end` and no `unit` is a study of spans; with
        `document` alone, each document is a unit. A table with numbered code columns and no `unit` has its units in the
        first column; its one further column, if there is just one, holds the texts, and its header is kept as attribute
        ``question`` of the case. Further columns become attributes of documents.
    header : sequence of str, optional
        Names of the columns, from left to right, of a table whose first row is data.
    pattern : str or compiled regular expression, optional
        Where in a file's name coder, case, document and round stand: ``"{*} - {case} ({coder})"``, with ``{*}`` for
        anything; or named groups. For several files without a column of coders, the first of
        ``"{*} - {case} ({coder})"``, ``"{case} ({coder})"``, ``"{case}_{coder}"`` and ``"{coder}"`` is taken that fits
        all of them and tells them apart.
    seen : {"coded", "listed", "all"}, mapping or dataframe
        Who saw what. ``"coded"``: a coder saw the documents in which they coded anything. ``"listed"``: those that
        their table lists, so that a row without a code means *read, and nothing applies* (in a wide table: every row);
        a row without a text, in a table that has texts, gave nothing to read. ``"all"``: every coder saw every
        document. Or coder to documents; or columns ``coder, document``.
    repeated : {"drop", "keep"}
        What happens to rows that repeat an earlier row of the same table in every cell.
    separator : str, optional
        What stands between several codes in one cell.
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
        Of a workbook, by name or counted from 1; otherwise the first. Of a database with several projects, the project.
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
        tables = [_table(file, options, log) for file in (_files_in(path, log) if form is None else [path])]
        return _study(tables, options, log, title=path.resolve().name if form is None else path.stem)
    if is_frame(source):
        return _study([from_frame(source, options, log)], options, log, title="")
    if isinstance(source, Iterable) and not isinstance(source, Mapping | bytes):
        return _study([_table(file, options, log) for file in _listed(source)], options, log, title="")
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
        study = study.with_assignments(known_pairs(options.seen, study))
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
    listed = [lay_out(cells, options, names, log) for cells, names in zip(tables, fixed, strict=True)]
    _refuse_same(tables, fixed, log)
    log.refuse(title or "source")
    return assemble(
        listed,
        options,
        log,
        named=sorted({key for names in fixed for key in names}),
        codebook=_codebook(options, log),
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
    names = [cells.name for cells in tables]
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
    pattern, found = usual(names)
    log.choices["file names"] = f"read by the pattern {pattern!r}, the first usual one that fits"
    sorts = {key: listing(dict.fromkeys(fields[key] for fields in found), 6) for key in found[0]}
    told = "; ".join(f"{key}: {values}" for key, values in sorts.items())
    log.tell(
        "note", "file names", f"were read by the pattern {pattern!r}: {told}.", "Another: read(..., pattern='...')."
    )
    return found


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
