"""Parquet files, through pyarrow."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np

from expertsys._core.errors import DataError
from expertsys._core.files import replacing
from expertsys._core.optional import require
from expertsys.io.cells import Cells, tabulate, with_header
from expertsys.io.content import require_content
from expertsys.io.log import Log
from expertsys.io.longtable import table_to_write
from expertsys.io.options import Options
from expertsys.io.registry import Format
from expertsys.study import Source, Study


def _recognises(_: Path, head: bytes) -> bool:
    return head.startswith(b"PAR1")


def read_table(name: str, content: bytes, options: Options, log: Log) -> Cells:
    """The cells of a Parquet file as text; rows are counted from 1."""
    require_content(name, content)
    arrow = require("pyarrow", feature="reading Parquet", extra="parquet")
    parquet = require("pyarrow.parquet", feature="reading Parquet", extra="parquet")
    try:
        table = parquet.read_table(io.BytesIO(content))
    except (arrow.ArrowException, OSError) as error:
        raise DataError(
            f"the Parquet file is damaged ({type(error).__name__})", place=name, remedy="Export it again."
        ) from None
    columns = [table.column(at).to_pandas(integer_object_nulls=True) for at in range(table.num_columns)]
    header, _ = with_header(name, table.column_names, options)
    numbers = np.arange(1, table.num_rows + 1, dtype=np.int64)
    if not len(numbers):
        raise DataError("has a header and no rows", place=name, remedy="Is it the right file?")
    source = Source.of_bytes(name, content, table.num_rows)
    return tabulate(name, header, columns, numbers, source, options, log)


def write(study: Study, path: Path) -> None:
    """The codings as one long table of text."""
    require("pyarrow", feature="writing Parquet", extra="parquet")
    table, lost = table_to_write(study, path.name)
    with replacing(path) as temporary:
        table.to_parquet(temporary, index=False)
    lost.warn(path.name, "a table")


FORMAT = Format(
    name="Parquet file",
    suffixes=(".parquet",),
    recognises=_recognises,
    read_table=read_table,
    write=write,
)
