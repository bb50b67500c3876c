"""What every format declares, so that reading and writing know it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import attrs

from expertsys._core.errors import check_choice
from expertsys.io.cells import Cells
from expertsys.io.log import Log
from expertsys.io.options import Options
from expertsys.study import Study

FOLDER = ""

#: What a project can hold, in the order of the table that says what survives.
ASPECTS = (
    "who coded",
    "when it was coded",
    "sub-codes",
    "definitions of codes",
    "colours of codes",
    "texts",
    "positions in texts",
    "cases",
    "attributes",
    "participants",
    "memos on codings",
    "who saw what",
    "pictures, audio, video",
    "notes, links, sets, graphs",
)
Degree = Literal["yes", "part", "kept", "no"]


def _aspect(_: object, field: attrs.Attribute[Any], value: object) -> None:
    check_choice(field.name, value, ASPECTS)


@attrs.frozen
class Kept:
    """Whether one aspect of a project survives in a format.

    Parameters
    ----------
    aspect : str
        One of `ASPECTS`.
    read, written : {"yes", "part", "kept", "no"}
        Into the study, and out of it; *kept*: in no table of the study, but written back as it was.
    note : str
        What is lost, or how it is done; a few words.
    """

    aspect: str = attrs.field(validator=_aspect)
    read: Degree
    written: Degree
    note: str = ""


@attrs.frozen(kw_only=True)
class Format:
    """One way in which a study, or a table of codings, is kept in a file.

    Parameters
    ----------
    name : str
        As messages call it.
    suffixes : tuple of str
        In small letters, with the dot; ``""`` stands for a folder.
    recognises : callable
        From the path and the file's first bytes (none for a folder), whether it is of this format.
    read_table : callable or None
        From the file's name, its bytes, the options and the log, a table of cells.
    read_study : callable or None
        From the path and the options, a whole study. A format has this or `read_table`.
    parts : callable or None
        From the file's name and its bytes, the names of the tables in it, such as the sheets of a workbook.
    write : callable or None
        Writes a study to a path, whole or not at all.
    needs_texts : bool
        Whether nothing can be written without the texts of documents.
    written : tuple of str or None
        The suffixes under which it is written, where they are fewer than those under which it is read.
    options : tuple of str
        The options that `read_study` heeds; any other is refused.
    instead : str
        What to do with a file of this suffix that is not recognised.
    keeps : tuple of Kept
        What survives of a project; aspects that are not named do not.
    tried : str
        Files of which tools and versions it was tried on, or that it is known from their manuals only.
    """

    name: str
    suffixes: tuple[str, ...]
    recognises: Callable[[Path, bytes], bool]
    read_table: Callable[[str, bytes, Options, Log], Cells] | None = None
    read_study: Callable[[Path, Options], Study] | None = None
    parts: Callable[[str, bytes], list[str]] | None = None
    write: Callable[[Study, Path], None] | None = None
    needs_texts: bool = False
    written: tuple[str, ...] | None = None
    options: tuple[str, ...] = ()
    instead: str = ""
    keeps: tuple[Kept, ...] = ()
    tried: str = ""

    @property
    def writable(self) -> tuple[str, ...]:
        """The suffixes under which it is written."""
        if self.write is None:
            return ()
        return self.suffixes if self.written is None else self.written
