"""Codebooks in files: a table for people, and the exchange format of coding tools (REFI-QDA)."""

from __future__ import annotations

import re
from os import PathLike
from pathlib import Path

from expertsys._core.errors import DataError
from expertsys._core.files import replacing
from expertsys.io.cells import Cells
from expertsys.io.content import content_of, missing_path
from expertsys.io.formats import format_of
from expertsys.io.formulas import neutral
from expertsys.io.levels import bounded
from expertsys.io.limits import Limits
from expertsys.io.log import Log, located
from expertsys.io.options import Options
from expertsys.io.refi.codebook import encoded, read_tree
from expertsys.io.refi.reading import read_study as read_project
from expertsys.io.reports import as_codebook
from expertsys.study import Codebook

_ROW = re.compile(r"codebook, (?:code|row) (\d+)")


def write_codebook(codebook: Codebook, path: str | Path) -> Path:
    """Write a codebook: ``.csv`` for people and spreadsheets, ``.qdc`` for coding tools.

    Parameters
    ----------
    codebook : Codebook
        At least one code.
    path : str or Path
        Ending in ``.csv`` (UTF-8 with a byte order mark, which spreadsheets need; a column for each field of `Code`),
        or in ``.qdc`` (REFI-QDA codebook 1.0; definition, inclusion, exclusion, example and concept go into the
        description, since the format has no other place for them).

    Returns
    -------
    Path
        What was written, whole or not at all.

    Raises
    ------
    DataError
        For another ending, an empty codebook, or text that XML cannot hold.

    Notes
    -----
    Codes without an identifier get one made from their name, so that the same codebook gives the same file.

    Examples
    --------
    >>> import tempfile
    >>> from expertsys.study import Codebook
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_codebook(Codebook.template(), f"{folder}/framework.qdc").name
    'framework.qdc'
    """
    target = Path(path)
    if not isinstance(codebook, Codebook):
        raise DataError(
            f"expected a Codebook, not {type(codebook).__name__}",
            place="write_codebook",
            remedy="Of a framework: Codebook.template(framework).",
        )
    if not len(codebook):
        raise DataError("the codebook has no code", place=target.name, remedy="Add one.")
    if target.suffix.lower() == ".csv":
        content = (
            codebook.to_frame()
            .reset_index()
            .map(neutral, na_action="ignore")
            .to_csv(index=False, lineterminator="\r\n")
            .encode("utf-8-sig")
        )
    elif target.suffix.lower() == ".qdc":
        content = encoded(codebook)
    else:
        raise DataError(f"a codebook is written as .csv or .qdc, not {target.suffix!r}", place=target.name)
    with replacing(target) as temporary:
        temporary.write_bytes(content)
    return target


def read_codebook(path: str | PathLike[str], *, limits: Limits | None = None) -> Codebook:
    """Read a codebook: from a coding tool, or from a table.

    Parameters
    ----------
    path : str or Path
        ``.qdc`` (REFI-QDA codebook, also of older versions); ``.qdpx`` (the codebook of a project); or a table such as
        ``.csv`` or ``.xlsx`` with a column ``code`` and any of the fields of `Code`, or as Taguette exports it.
    limits : Limits, optional
        Caps on what the file may unpack to.

    Returns
    -------
    Codebook
        A name that several codes have is shown with its path, such as ``"fear->exam"``. Sets of codes have no place in
        it: ``es.read`` keeps them, and gives the remarks.

    Raises
    ------
    DataError
        For a file that is no codebook, with the line.

    Examples
    --------
    >>> import tempfile
    >>> from expertsys.study import Codebook
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     read_codebook(write_codebook(Codebook.of(["fear", "trust"]), f"{folder}/book.qdc")).names
    ('fear', 'trust')
    """
    source = Path(path)
    if not source.exists():
        raise missing_path(source)
    held = limits or Limits()
    if source.suffix.lower() == ".qdc":
        return bounded(read_tree(source, held, Log())[1], source.name, held)
    if source.suffix.lower() == ".qdpx":
        return bounded(read_project(source, Options(limits=held)).codebook, source.name, held)
    form = format_of(source)
    if form is None or form.read_table is None:
        raise DataError("is no codebook", place=source.name, remedy="It can be .qdc, .qdpx, or a table such as .csv.")
    cells = form.read_table(source.name, content_of(source), Options(repeated="keep", limits=held), Log())
    return codebook_of_table(cells, held)


def codebook_of_table(cells: Cells, limits: Limits) -> Codebook:
    """The codebook that a table is; Taguette's names its codes tags."""

    def place(told: str) -> str:
        row = _ROW.fullmatch(told)
        return f"{cells.name}, row {cells.rows[int(row[1]) - 1]}" if row else f"{cells.name}, {told}"

    with located(cells.name, place):
        book = Codebook.from_frame(as_codebook(cells.frame))
    return bounded(book, cells.name, limits)
