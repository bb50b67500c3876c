"""Excel workbooks, through openpyxl."""

from __future__ import annotations

import datetime as dt
import io
import re
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from expertsys._core.errors import DataError, counted, listing, quoted, unknown
from expertsys.io.cells import Cells, column_number, letter, tabulate, with_header
from expertsys.io.content import require_content
from expertsys.io.limits import Limits, beyond
from expertsys.io.log import Log
from expertsys.io.longtable import table_to_write
from expertsys.io.options import Options
from expertsys.io.registry import Format
from expertsys.io.safe_zip import open_zip
from expertsys.io.sheets import write_texts
from expertsys.study import Source, Study

_INSTEAD = "Save it in Excel as .xlsx, without a password."
_DECLARES = re.compile(rb"<\0?!\0?(D\0?O\0?C\0?T\0?Y\0?P\0?E|E\0?N\0?T\0?I\0?T\0?Y)")
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\s+ref=\"([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})\"")
#: Merged cells within a column: its number from 0, and the first and the last row, counted from 1.
Range: TypeAlias = tuple[int, int, int]
_MOST_ROWS = 1_048_576
_MOST_CELLS = 20_000_000


def _recognises(_: Path, head: bytes) -> bool:
    return head.startswith(b"PK")


def read_table(name: str, content: bytes, options: Options, log: Log) -> Cells:
    """The cells of one sheet: of formulas their last computed values, of whole numbers no decimals."""
    require_content(name, content)
    has_formulas, merged = _looked_through(name, content, options)
    sheet, part = _sheet(name, content, options, log)
    rows = list(_rows(name, content, options, sheet, formulas=False))
    if has_formulas:
        _tell_uncomputed(name, rows, _rows(name, content, options, sheet, formulas=True), log)
    _fill_merged(name, rows, merged.get(part, []), options.limits, log)
    first = next((at for at, row in enumerate(rows) if any(cell not in (None, "") for cell in row)), None)
    if first is None:
        raise DataError("the sheet is empty", place=name, remedy="Name another: sheet='...'.")
    width = max(map(len, rows))
    table = [[_text(cell) for cell in row] + [None] * (width - len(row)) for row in rows[first:]]
    columns = [pd.Series(list(column), dtype=object) for column in zip(*table, strict=True)]
    header, skip = with_header(name, [cell or "" for cell in table[0]], options)
    numbers = np.arange(first + 1, len(rows) + 1, dtype=np.int64)[skip:]
    source = Source.of_bytes(name, content, len(numbers))
    return tabulate(name, header, [column.iloc[skip:] for column in columns], numbers, source, options, log)


def _looked_through(name: str, content: bytes, options: Options) -> tuple[bool, dict[str, list[Range]]]:
    """Whether a sheet has formulas, and the merged cells of each sheet within one column, by the member's name.

    On the way, every member is held against the limits and may declare no entity.
    """
    found = False
    merged: dict[str, list[Range]] = {}
    with open_zip(content, name, options.limits) as archive:
        for member in archive.names:
            before = b""
            sheet = member.startswith("xl/worksheets/") and member.endswith(".xml")
            for piece in archive.stream(member):
                both = before + piece
                if _DECLARES.search(both) and member.lower().endswith((".xml", ".rels", ".vml")):
                    raise DataError(
                        "the member declares a type or an entity",
                        place=f"{name}, {member}",
                        remedy="No spreadsheet program writes this: do not open the file, ask its sender.",
                    )
                found = found or (sheet and (b"<f>" in both or b"<f " in both))
                if sheet and b"mergeCell" in both:
                    ranges = merged.setdefault(member, [])
                    ranges += [
                        (column_number(match[1].decode()), int(match[2]), int(match[4]))
                        for match in _MERGED.finditer(both)
                        if match[1] == match[3]
                    ]
                before = piece[-64:]
    return found, {member: list(dict.fromkeys(ranges)) for member, ranges in merged.items()}


def _fill_merged(name: str, rows: list[tuple[Any, ...]], merged: Sequence[Range], limits: Limits, log: Log) -> None:
    """Give every cell of merged cells in one column the value that stands in the first of them."""
    number = size = 0
    if sum(min(last, len(rows)) - first for _, first, last in merged) > _MOST_CELLS:
        raise DataError(f"merged cells come to more than {_MOST_CELLS:,}", place=name, remedy="Save it as .csv.")
    for column, first, last in merged:
        if first > len(rows) or column >= len(rows[first - 1]) or rows[first - 1][column] in (None, ""):
            continue
        value = rows[first - 1][column]
        for at in range(first, min(last, len(rows))):
            row = [*rows[at], *[None] * (column + 1 - len(rows[at]))]
            if row[column] in (None, ""):
                row[column] = value
                rows[at] = tuple(row)
                number += 1
                size += len(str(value))
        if size > limits.table_bytes:
            raise beyond(name, f"merged cells come to {size:,} characters", "table_bytes", limits.table_bytes)
    if number:
        log.tell("note", name, f"filled {counted(number, 'cell')} that are merged with the one above.")


def _book(name: str, content: bytes, *, formulas: bool) -> Any:
    """The workbook, to be read row by row."""
    from openpyxl import load_workbook

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return load_workbook(io.BytesIO(content), read_only=True, data_only=not formulas)
        except Exception as error:  # openpyxl raises whatever its XML and zip readers raise
            raise DataError(
                f"the workbook cannot be opened ({type(error).__name__})", place=name, remedy=_INSTEAD
            ) from None


def _rows(name: str, content: bytes, options: Options, title: str, *, formulas: bool) -> Iterator[tuple[Any, ...]]:
    book = _book(name, content, formulas=formulas)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        sheet = book[title]
        try:
            if hasattr(sheet, "reset_dimensions"):
                sheet.reset_dimensions()
            cells = size = 0
            for number, row in enumerate(sheet.iter_rows(values_only=True), start=1):
                cells += len(row)
                size += sum(len(cell) for cell in row if isinstance(cell, str))
                if size > options.limits.table_bytes:  # cells may all point to one long text
                    what = f"the cells of the sheet {quoted(sheet.title)} come to more than {size:,} characters"
                    most = options.limits.table_bytes
                    raise beyond(f"{name}, row {number}", what, "table_bytes", most)
                if number > _MOST_ROWS or cells > _MOST_CELLS:
                    raise DataError(
                        f"the sheet {quoted(sheet.title)} has more than {_MOST_ROWS:,} rows or {_MOST_CELLS:,} cells, "
                        "blank ones among them",
                        place=name,
                        remedy="Delete what stands far outside the table, or save it as .csv.",
                    )
                yield row
        except DataError:
            raise
        except Exception as error:  # openpyxl raises whatever broken cells make it raise
            raise DataError(
                f"the sheet {quoted(sheet.title)} is damaged ({type(error).__name__})", place=name, remedy=_INSTEAD
            ) from None
        finally:
            book.close()


def sheet_names(name: str, content: bytes) -> list[str]:
    """The names of a workbook's sheets, in their order."""
    book = _book(name, content, formulas=False)
    try:
        return list(book.sheetnames)
    finally:
        book.close()


def _sheet(name: str, content: bytes, options: Options, log: Log) -> tuple[str, str]:
    """The name of the sheet to be read, and of the member of the archive that holds it."""
    book = _book(name, content, formulas=False)
    try:
        sheets, wanted = list(book.sheetnames), options.sheet
        if isinstance(wanted, int):
            if not 1 <= wanted <= len(sheets):
                raise DataError(f"no sheet {wanted}; there are {len(sheets)}", place=name, remedy="They count from 1.")
            wanted = sheets[wanted - 1]
        elif wanted is not None and wanted not in sheets:
            raise unknown("sheet", wanted, sheets, place=name)
        elif wanted is None:
            wanted = sheets[0]
            if len(sheets) > 1:
                log.tell(
                    "warning",
                    name,
                    f"only the first sheet, {quoted(sheets[0])}, was read; there are also {listing(sheets[1:])}.",
                    "Name another: read(..., sheet='...').",
                )
        return wanted, str(getattr(book[wanted], "_worksheet_path", ""))
    finally:
        book.close()


def _text(cell: Any) -> str | None:
    if cell is None or isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, dt.datetime) and cell.time() == dt.time():
        return cell.date().isoformat()
    if isinstance(cell, dt.datetime | dt.date | dt.time):
        return cell.isoformat()
    return str(cell)


def _tell_uncomputed(name: str, values: list[tuple[Any, ...]], raw: Iterator[tuple[Any, ...]], log: Log) -> None:
    places = [
        f"{letter(column)}{row}"
        for row, (computed, written) in enumerate(zip(values, raw, strict=True), start=1)
        for column, (value, formula) in enumerate(zip(computed, written, strict=True))
        if value is None and formula is not None
    ]
    if places:
        log.tell(
            "warning",
            name,
            f"took {counted(len(places), 'formula')} that was never computed as blank: {listing(places)}.",
            "Open the file in a spreadsheet and save it.",
        )


def write(study: Study, path: Path) -> None:
    """The codings as one sheet; every cell is text, so that none turns into a formula, a number or a date.

    Line ends within cells come back as LF, as XML has them.
    """
    table, lost = table_to_write(study, path.name)
    if len(table) >= _MOST_ROWS:
        raise DataError(f"{len(table):,} rows do not fit a sheet", place=path.name, remedy="Write .csv or .parquet.")
    write_texts(path, "codings", table, remedy="Write .csv.")
    lost.warn(path.name, "a table")


FORMAT = Format(
    name="Excel workbook",
    suffixes=(".xlsx", ".xlsm", ".xls"),
    recognises=_recognises,
    read_table=read_table,
    parts=sheet_names,
    write=write,
    written=(".xlsx",),
    instead=_INSTEAD,
)
