"""JSON Lines: one object per line, a list where several codes apply."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from expertsys._core.errors import DataError, quoted
from expertsys._core.files import replacing
from expertsys.io.cells import Cells, tabulate
from expertsys.io.content import kind_of, text_of
from expertsys.io.jsontext import parsed
from expertsys.io.log import Log
from expertsys.io.longtable import table_to_write
from expertsys.io.options import Options
from expertsys.io.registry import Format
from expertsys.study import Source, Study

Row = dict[str, "str | None"]
_MOST_MADE = 500_000


def _recognises(_: Path, head: bytes) -> bool:
    return kind_of(head) is None


def read_table(name: str, content: bytes, options: Options, log: Log) -> Cells:
    """The cells of a JSON Lines file: keys are columns, a list stands for several rows that differ in it alone."""
    text = text_of(name, content, options.encoding, log)
    if options.header is not None:
        raise DataError("header is for tables without one; JSON names its cells", place=name, remedy="Leave it out.")
    table: list[Row] = []
    numbers: list[int] = []
    made = 0
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        rows = _rows(f"{name}, line {number}", line, log)
        made += len(rows) - 1
        if made > _MOST_MADE:
            place = f"{name}, line {number}"
            raise DataError(
                f"lists stand for more than {_MOST_MADE:,} rows beyond the lines that there are",
                place=place,
                remedy="Give one object for each row.",
            )
        table += rows
        numbers += [number] * len(rows)
    log.refuse(name)
    header = list(dict.fromkeys(key for row in table for key in row))
    columns = [pd.Series([row.get(key) for row in table], dtype=object) for key in header]
    source = Source.of_bytes(name, content, len(set(numbers)))
    return tabulate(name, header, columns, np.array(numbers, dtype=np.int64), source, options, log)


def _rows(place: str, line: str, log: Log) -> list[Row]:
    try:
        found = parsed(place, line)
    except DataError as error:
        half = "half of a character" in error.faults[0].what
        if half:
            log.faults += error.faults
            return []
        log.fault(place, "is no JSON.", 'Write one object per line, such as {"unit": "u1", ...}.')
        return []
    if not isinstance(found, dict):
        log.fault(place, f"is no JSON object but {type(found).__name__}.", "Write one object per line.")
        return []
    rows: list[Row] = [{}]
    for key, value in found.items():
        values = value if isinstance(value, list) else [value]
        if any(isinstance(item, dict | list) for item in values):
            log.fault(place, f"the value of {quoted(key)} is nested.", "Give text, numbers or a list of them.")
            return []
        texts = [_text(item) for item in values] or [None]
        if len(rows) * len(texts) > 10_000:
            log.fault(place, "its lists stand for more than 10,000 rows.", "Give a list for the code alone.")
            return []
        rows = [{**row, key: text} for row in rows for text in texts]
    return rows


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return None if value != value else str(value)


def write(study: Study, path: Path) -> None:
    """The codings as one object per line; cells that are missing are left out, but not a column that is needed."""
    table, lost = table_to_write(study, path.name)
    columns = [table[name].tolist() for name in table]
    bare = {str(name) for name in table if table[name].isna().all()}
    with replacing(path) as temporary, temporary.open("w", encoding="utf-8", newline="\n") as file:
        for cells in zip(*columns, strict=True):
            told = zip(table.columns, cells, strict=True)
            row = {name: None if name in bare else cell for name, cell in told if name in bare or isinstance(cell, str)}
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
    lost.warn(path.name, "a table")


FORMAT = Format(
    name="JSON Lines",
    suffixes=(".jsonl", ".ndjson"),
    recognises=_recognises,
    read_table=read_table,
    write=write,
)
