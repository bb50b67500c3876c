"""Delimited text: comma, semicolon, tab or bar, with quotes as spreadsheets write them."""

from __future__ import annotations

import contextlib
import csv
import io
import itertools
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from expertsys._core.errors import DataError, counted
from expertsys._core.files import replacing
from expertsys.io.cells import Cells, refuse_width, tabulate, with_header
from expertsys.io.content import kind_of, text_of
from expertsys.io.formulas import neutral, plain
from expertsys.io.limits import Limits, beyond
from expertsys.io.log import Log, rows_listed
from expertsys.io.longtable import table_to_write
from expertsys.io.options import Options
from expertsys.io.registry import Format
from expertsys.study import Source, Study

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
_USUAL = {".csv": ",", ".tsv": "\t", ".tab": "\t"}
_LONGEST_LINE = 1_000_000
_SAMPLE = 65_536
_PIECE = 1 << 20
_LONGEST_OF_ALL = 32 * 1024**2


@contextlib.contextmanager
def any_length() -> Iterator[None]:
    """Cells of any length for the csv module, whose limit is global."""
    before = csv.field_size_limit(sys.maxsize)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def _recognises(_: Path, head: bytes) -> bool:
    return kind_of(head) is None


def read_table(name: str, content: bytes, options: Options, log: Log) -> Cells:
    """The cells of a delimited text."""
    hold_cells(name, content, options.delimiter, options.limits)
    text = text_of(name, content, options.encoding, log)
    if len(text) > _LONGEST_LINE and max(text.find("\n", 0, _LONGEST_LINE), text.find("\r", 0, _LONGEST_LINE)) < 0:
        raise DataError(
            f"the first line is more than {_LONGEST_LINE:,} characters long", place=name, remedy="Is it a table?"
        )
    delimiter = options.delimiter or _delimiter(name, text, log)
    refuse_width(name, re.split("[\r\n]", text, maxsplit=1)[0].count(delimiter) + 1)
    columns = fast(text, delimiter)
    if columns is None:
        columns, numbers = _careful(name, text, delimiter, log)
    else:
        numbers = np.arange(1, len(columns[0]) + 1, dtype=np.int64)
    first = ["" if pd.isna(column.iloc[0]) else str(column.iloc[0]) for column in columns]
    header, skip = with_header(name, first, options)
    columns, marked = plain(column.iloc[skip:] for column in columns)
    if marked:
        what = f"took away the apostrophe before {counted(marked, 'cell')} that would begin a formula."
        log.tell("note", name, what, "It is how they are kept from being computed in a spreadsheet.")
    source = Source.of_bytes(name, content, len(numbers) - skip)
    return tabulate(name, header, columns, numbers[skip:], source, options, log)


def hold_cells(name: str, content: bytes, delimiter: str | None, limits: Limits) -> None:
    """Refuse a line or a cell beyond the limit before anything is made of the file."""
    most = limits.cell_bytes
    if len(content) <= most:
        return
    longest = max(most, _LONGEST_OF_ALL)
    at = _long_gap(content, b"", longest)
    if at >= 0:
        line = content.count(b"\n", 0, at) + 1
        raise beyond(f"{name}, line {line:,}", f"a line has more than {longest:,} bytes", "cell_bytes", most)
    delimiter = delimiter or _delimiter(name, content[:_SAMPLE].decode("utf-8", errors="replace"), Log())
    if _long_gap(content, delimiter.encode("utf-8", errors="replace")[:1], most) < 0:
        return
    # a quote within a cell that is not quoted may have misled the quick look
    before = csv.field_size_limit(most)
    lines = io.TextIOWrapper(io.BytesIO(content), encoding="utf-8", errors="replace", newline="")
    reader = csv.reader(lines, delimiter=delimiter)
    try:
        for _ in reader:
            pass
    except csv.Error as error:
        if "field limit" in str(error):
            what = f"a cell has more than {most:,} characters"
            raise beyond(f"{name}, up to line {reader.line_num:,}", what, "cell_bytes", most) from None
    finally:
        csv.field_size_limit(before)


def _long_gap(content: bytes, delimiter: bytes, most: int) -> int:
    """Where the first stretch beyond the limit begins, -1 where there is none.

    Stretches end at line ends; with a delimiter also there, and then quotes open and close, so that an end between them
    is none.
    """
    marks = np.frombuffer(delimiter + b"\n\r", dtype=np.uint8)
    last, within = -1, 0
    for at in range(0, len(content), _PIECE):
        piece = np.frombuffer(content, dtype=np.uint8, count=min(_PIECE, len(content) - at), offset=at)
        found = np.isin(piece, marks)
        if delimiter:
            inside = (np.cumsum(piece == ord('"'), dtype=np.int64) + within) & 1
            within = int(inside[-1])
            found &= inside == 0
        ends = np.flatnonzero(found) + at
        if len(ends):
            begins = np.concatenate([[last], ends[:-1]])
            wide = np.flatnonzero(ends - begins > most + 1)
            if len(wide):
                return int(begins[wide[0]]) + 1
            last = int(ends[-1])
    return last + 1 if len(content) - last > most + 1 else -1


def _delimiter(name: str, text: str, log: Log) -> str:
    """The delimiter that cuts the first rows into the same number of cells as the header, and into most cells."""
    usual = _USUAL.get(Path(name).suffix.lower())
    sample = text[:_SAMPLE]
    best, merit = usual or ",", (0.0, 1)
    for mark in DELIMITERS:
        with any_length():
            records = list(itertools.islice(csv.reader(io.StringIO(sample, newline=""), delimiter=mark), 50))
        filled = [record for record in records if any(map(str.strip, record))]
        if len(sample) < len(text) and len(filled) > 1 and len(records) < 50:
            filled.pop()
        if not filled or len(filled[0]) < 2:
            continue
        share = sum(len(record) == len(filled[0]) for record in filled) / len(filled)
        if (share, len(filled[0])) > merit:
            best, merit = mark, (share, len(filled[0]))
    if best != usual and merit[1] > 1:
        log.tell(
            "note", name, f"cells are separated by {DELIMITERS[best]}s.", "read(..., delimiter='...') forces another."
        )
    return best


def fast(text: str, delimiter: str) -> list[pd.Series[str]] | None:
    """The columns of a text that is regular: every record as wide as the first, quotes only around whole cells."""
    if not text.strip() or text[0] in "\r\n":
        return None
    try:
        frame = pd.read_csv(
            io.BytesIO(text.encode("utf-8", "surrogatepass")),
            sep=delimiter,
            header=None,
            index_col=False,
            dtype="str",
            keep_default_na=False,
            skip_blank_lines=False,
        )
    except (pd.errors.ParserError, pd.errors.EmptyDataError):
        return None
    columns: list[pd.Series[Any]] = [frame[at] for at in frame.columns]
    return columns if _regular(text, delimiter, frame) else None


def _regular(text: str, delimiter: str, frame: pd.DataFrame) -> bool:
    parts = text.split('"')
    if len(parts) % 2 == 0:
        return False
    edges = (delimiter, "\n", "\r")
    outside = parts[::2]
    between = outside[1:-1]
    if len(parts) > 1 and not (
        (not outside[0] or outside[0][-1] in edges)
        and (not outside[-1] or outside[-1][0] in edges)
        and all(not part or (part[0] in edges and part[-1] in edges) for part in between)
    ):
        return False
    gaps = frame.shape[1] - 1
    if not gaps:
        return True
    found = sum(part.count(delimiter) for part in outside)
    if found == gaps * len(frame):
        return True
    empty = int((frame == "").all(axis=1).sum())
    filled = gaps * (len(frame) - empty)
    return filled <= found <= gaps * len(frame) and (found - filled) % gaps == 0


def _careful(
    name: str, text: str, delimiter: str, log: Log
) -> tuple[list[pd.Series[str]], np.ndarray[Any, np.dtype[np.int64]]]:
    """The columns record by record, every fault located; records that are too short are filled up and told."""
    records: list[list[str]] = []
    numbers: list[int] = []
    short: list[int] = []
    width = 0
    for row, record in _records(name, text, delimiter, log):
        if not any(map(str.strip, record)) and (not width or len(record) <= 1):
            if width:
                records.append([""] * width)
                numbers.append(row)
            continue
        width = width or len(record)
        if any(map(str.strip, record[width:])):
            log.fault(
                f"{name}, row {row}",
                f"has {len(record)} cells, and the first row has {width}.",
                "A cell that holds the delimiter must stand in quotes.",
            )
        if len(record) < width:
            short.append(row)
            record = record + [""] * (width - len(record))
        records.append(record[:width])
        numbers.append(row)
    log.refuse(name)
    if short:
        log.tell(
            "warning",
            name,
            f"filled up {counted(len(short), 'row')} with fewer cells than the first: {rows_listed(short)}.",
            "Look whether a quote or a delimiter is missing there.",
        )
    columns = [pd.Series(list(column), dtype="str") for column in zip(*records, strict=True)]
    return columns, np.array(numbers, dtype=np.int64)


def _records(name: str, text: str, delimiter: str, log: Log) -> Iterator[tuple[int, list[str]]]:
    with any_length():
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        for row in itertools.count(1):
            line = reader.line_num
            try:
                yield row, next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                at_end = "unexpected end" in str(error)
                what = "a quote opens in this row and is never closed." if at_end else "text follows a closing quote."
                log.fault(f"{name}, row {row} (line {line + 1})", what, "Write a quote within quotes twice.")
                if at_end:
                    return


def write_rows(target: Path, header: Sequence[str], rows: Iterator[Sequence[str]], delimiter: str) -> None:
    """Write cells as UTF-8 text, lines ended by CR LF as RFC 4180 has it, so that line ends within cells survive."""
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=delimiter, lineterminator="\r\n")
        writer.writerow(header)
        writer.writerows(rows)


def write(study: Study, path: Path) -> None:
    """The codings as one long table; a cell that a spreadsheet would compute stands behind an apostrophe."""
    table, lost = table_to_write(study, path.name)
    delimiter = _USUAL.get(path.suffix.lower(), ",")
    rows = zip(*(map(neutral, table[name].fillna("")) for name in table), strict=True)
    with replacing(path) as temporary:
        write_rows(temporary, list(table.columns), iter(rows), delimiter)
    lost.warn(path.name, "a table")


FORMAT = Format(
    name="delimited text",
    suffixes=(".csv", ".tsv", ".tab", ".txt"),
    recognises=_recognises,
    read_table=read_table,
    write=write,
)
