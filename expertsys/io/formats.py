"""The registry: every format, in the order in which they are asked whether a file is theirs."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from expertsys._core.errors import DataError, listing, nearest
from expertsys.io import (
    brat,
    columnar,
    delimited,
    doccano,
    jsonlines,
    labelstudio,
    saved,
    taguette,
    workbook,
)
from expertsys.io.content import content_of, kind_of
from expertsys.io.elsewhere import unreadable
from expertsys.io.qualcoder.reading import FORMAT as QUALCODER
from expertsys.io.refi.formats import CODEBOOK, PROJECT
from expertsys.io.registry import ASPECTS, FOLDER, Format, Kept

FORMATS: tuple[Format, ...] = (
    saved.FORMAT,
    delimited.FORMAT,
    workbook.FORMAT,
    columnar.FORMAT,
    doccano.FORMAT,
    jsonlines.FORMAT,
    labelstudio.FORMAT,
    QUALCODER,
    taguette.FORMAT,
    brat.FORMAT,
    PROJECT,
    CODEBOOK,
)


def formats() -> pd.DataFrame:
    """What can be read and written: one row per format.

    Examples
    --------
    >>> formats().loc["delimited text", "suffixes"]
    '.csv .tsv .tab .txt'
    """
    rows = [
        (
            form.name,
            " ".join(suffix or "a folder" for suffix in form.suffixes),
            "study" if form.read_study else "table",
            form.write is not None,
        )
        for form in FORMATS
    ]
    table = pd.DataFrame(rows, columns=["format", "suffixes", "reads", "writes"]).set_index("format")
    return table.rename_axis(columns="column")


def survives() -> pd.DataFrame:
    """What of a project survives in each format: one row per format and aspect, for formats that declare it.

    Columns ``read`` and ``written`` say *yes*, *part*, *no*, or *kept* (in no table of the study, but written back as
    it was); ``note`` says how. Aspects that a format does not name do not survive in it.

    Examples
    --------
    >>> survives().loc[("saved study", "who coded"), "read"]
    'yes'
    """
    rows = [
        (form.name, aspect, kept.read, kept.written, kept.note)
        for form in FORMATS
        if form.keeps
        for aspect in ASPECTS
        for kept in [{kept.aspect: kept for kept in form.keeps}.get(aspect, Kept(aspect, "no", "no"))]
    ]
    table = pd.DataFrame(rows, columns=["format", "aspect", "read", "written", "note"]).astype("str")
    return table.set_index(["format", "aspect"]).rename_axis(columns="column")


def table_suffixes() -> tuple[str, ...]:
    """Suffixes of the formats that hold one table."""
    return tuple(suffix for form in FORMATS if form.read_table for suffix in form.suffixes)


def format_of(path: Path, *, table: bool = False) -> Format | None:
    """The format of a file or folder; None for a folder that no format knows.

    Parameters
    ----------
    path : Path
    table : bool
        Whether it is known to be a table: formats that hold one are asked first.
    """
    folder = path.is_dir()
    head = b"" if folder else content_of(path, 64)
    suffix = FOLDER if folder else path.suffix.lower()
    claimed = [form for form in FORMATS if suffix in form.suffixes]
    for form in sorted(claimed, key=lambda form: table and form.read_table is None):
        if form.recognises(path, head):
            return form
    if folder:
        return None
    if claimed:
        found = kind_of(head) or "something else"
        names = " or ".join(form.name for form in claimed)
        what = f"the name says {names}, the file is {found}" if head else "the file is empty"
        raise DataError(what, place=path.name, remedy=claimed[-1].instead or "Export it again.")
    raise _unknown(path, "read")


def format_for_writing(path: Path) -> Format:
    """The format that a path to be written asks for; a path without a suffix is a folder."""
    suffix = FOLDER if path.is_dir() else path.suffix.lower()
    for form in FORMATS:
        if suffix in form.writable:
            return form
    raise _unknown(path, "write")


def _unknown(path: Path, verb: str) -> DataError:
    able = [form.suffixes if verb == "read" else form.writable for form in FORMATS]
    suffixes = list(dict.fromkeys(suffix for own in able for suffix in own if suffix))
    guess = nearest(path.suffix, suffixes)
    known = unreadable(path.suffix) if verb == "read" else None
    if known is not None:
        return DataError(known[0], place=path.name, remedy=known[1])
    return DataError(
        f"cannot {verb} files named {path.suffix!r}; it can be {listing(suffixes, 30)}, or a folder",
        place=path.name,
        remedy=f"Did you mean {guess!r}?" if guess else "Export it as CSV, or name it by what it is.",
    )
