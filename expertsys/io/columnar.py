"""Parquet files, through pyarrow."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np

from expertsys._core.errors import DataError
from expertsys._core.files import replacing
from expertsys._core.optional import require
from expertsys.io.cells import Cells, tabulate, with_header
from expertsys.io.content import require_content
from expertsys.io.limits import Limits, beyond
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
        file = parquet.ParquetFile(io.BytesIO(content))
        kinds = arrow.types.is_string, arrow.types.is_large_string
        texts = [field.name for field in file.schema_arrow if any(kind(field.type) for kind in kinds)]
        table = parquet.read_table(io.BytesIO(content), read_dictionary=texts)
    except (arrow.ArrowException, OSError) as error:
        raise DataError(
            f"the Parquet file is damaged ({type(error).__name__})", place=name, remedy="Export it again."
        ) from None
    _hold(name, table, len(content), options.limits)
    columns = [table.column(at).to_pandas(integer_object_nulls=True) for at in range(table.num_columns)]
    header, _ = with_header(name, table.column_names, options)
    numbers = np.arange(1, table.num_rows + 1, dtype=np.int64)
    if not len(numbers):
        raise DataError("has a header and no rows", place=name, remedy="Is it the right file?")
    source = Source.of_bytes(name, content, table.num_rows)
    return tabulate(name, header, columns, numbers, source, options, log)


def _hold(name: str, table: Any, size: int, limits: Limits) -> None:
    """Refuse a table whose rows point to texts many times over, before they are written out."""
    total = 0
    for column in table.columns:
        for chunk in column.chunks:
            if hasattr(chunk, "dictionary") and len(chunk.dictionary):
                lengths = np.array([len(text or "") for text in chunk.dictionary.to_pylist()])
                total += int(lengths[chunk.indices.drop_null().to_numpy()].sum())
    if total > limits.table_bytes and total > limits.ratio * size:
        what = f"the file of {size:,} bytes stands for {total:,} characters"
        raise beyond(name, what, "ratio", limits.ratio)


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
