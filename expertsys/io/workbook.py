"""Excel workbooks, through openpyxl."""

from __future__ import annotations

import datetime as dt
import io
import re
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from expertsys._core.errors import DataError, counted, listing, quoted, unknown
from expertsys.io.cells import Cells, letter, tabulate, with_header
from expertsys.io.content import require_content
from expertsys.io.limits import beyond
from expertsys.io.log import Log
from expertsys.io.longtable import table_to_write
from expertsys.io.options import Options
from expertsys.io.registry import Format
from expertsys.io.safe_zip import open_zip
from expertsys.io.sheets import write_texts
from expertsys.study import Source, Study

_INSTEAD = "Save it in Excel as .xlsx, without a password."
_DECLARES = re.compile(rb"<\0?!\0?(D\0?O\0?C\0?T\0?Y\0?P\0?E|E\0?N\0?T\0?I\0?T\0?Y)")
_MOST_ROWS = 1_048_576
_MOST_CELLS = 20_000_000


def _recognises(_: Path, head: bytes) -> bool:
    return head.startswith(b"PK")


def read_table(name: str, content: bytes, options: Options, log: Log) -> Cells:
    """The cells of one sheet: of formulas their last computed values, of whole numbers no decimals."""
    require_content(name, content)
    has_formulas = _has_formulas(name, content, options)
    rows = list(_rows(name, content, options, log, formulas=False))
    if has_formulas:
        _tell_uncomputed(name, rows, _rows(name, content, options, None, formulas=True), log)
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


def _has_formulas(name: str, content: bytes, options: Options) -> bool:
    """Whether a sheet has formulas; on the way, every member is held against the limits and may declare no entity."""
    found = False
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
                before = piece[-32:]
    return found


def _rows(name: str, content: bytes, options: Options, log: Log | None, *, formulas: bool) -> Iterator[tuple[Any, ...]]:
    from openpyxl import load_workbook

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            book = load_workbook(io.BytesIO(content), read_only=True, data_only=not formulas)
        except Exception as error:  # openpyxl raises whatever its XML and zip readers raise
            raise DataError(
                f"the workbook cannot be opened ({type(error).__name__})", place=name, remedy=_INSTEAD
            ) from None
        sheet = book[_sheet(name, book.sheetnames, options, log)]
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


def _sheet(name: str, sheets: list[str], options: Options, log: Log | None) -> str:
    wanted = options.sheet
    if isinstance(wanted, int):
        if not 1 <= wanted <= len(sheets):
            raise DataError(f"no sheet {wanted}; there are {len(sheets)}", place=name, remedy="They count from 1.")
        return sheets[wanted - 1]
    if wanted is not None:
        if wanted not in sheets:
            raise unknown("sheet", wanted, sheets, place=name)
        return wanted
    if len(sheets) > 1 and log is not None:
        log.tell(
            "warning",
            name,
            f"only the first sheet, {quoted(sheets[0])}, was read; there are also {listing(sheets[1:])}.",
            "Name another: read(..., sheet='...').",
        )
    return sheets[0]


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
    write=write,
    written=(".xlsx",),
    instead=_INSTEAD,
)
