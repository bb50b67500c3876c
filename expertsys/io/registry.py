"""What every format declares, so that reading and writing know it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import attrs

from expertsys.io.cells import Cells
from expertsys.io.log import Log
from expertsys.io.options import Options
from expertsys.study import Study

FOLDER = ""


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
    write : callable or None
        Writes a study to a path, whole or not at all.
    options : tuple of str
        The options that `read_study` heeds; any other is refused.
    instead : str
        What to do with a file of this suffix that is not recognised.
    """

    name: str
    suffixes: tuple[str, ...]
    recognises: Callable[[Path, bytes], bool]
    read_table: Callable[[str, bytes, Options, Log], Cells] | None = None
    read_study: Callable[[Path, Options], Study] | None = None
    write: Callable[[Study, Path], None] | None = None
    options: tuple[str, ...] = ()
    instead: str = ""
