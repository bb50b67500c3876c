"""Where a study's data come from, and what was chosen and tolerated on the way."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import attrs

from expertsys._core.errors import Remark

if TYPE_CHECKING:
    import pandas as pd


_SIGN = r"(?:[^\s/\\\"']|'(?![\s,.;:)\]]|$))"
_NAME = rf"{_SIGN}+(?:[ ]{_SIGN}+){{0,3}}(?=[\\/])"
# A home folder of Windows (also in a message, where its bars are doubled, and on a server), or of any other system. Its
# name ends where a folder below begins; else, in Windows, at a mark or the end, as it may have blanks, and at a blank.
_HOME = re.compile(
    rf"(?:\b[a-z]:[\\/]+(?:Users|Documents[ ]and[ ]Settings)[\\/]+|(?<!\\)\\\\+[^\\/\s]+\\+Users\\+)"
    rf"(?:{_NAME}|[^/\\\n\"',;:)\]]+)"
    rf"|/(?:home|Users)/+(?:{_NAME}|[^\s/\\\"',;:)\]]+)",
    re.IGNORECASE,
)


@attrs.frozen
class Source:
    """One file that was read.

    Parameters
    ----------
    name : str
        Its name, without the folders above (they may name people).
    sha256 : str
        Digest of its bytes; empty for a table that came from memory.
    rows : int
        Rows of data in it.
    """

    name: str
    sha256: str = ""
    rows: int = 0

    @classmethod
    def of_bytes(cls, name: str, content: bytes, rows: int) -> Source:
        """The source that these bytes are."""
        return cls(name, hashlib.sha256(content).hexdigest(), rows)

    @classmethod
    def of_file(cls, name: str, path: Path, rows: int) -> Source:
        """The source that this file is, read piece by piece."""
        with path.open("rb") as file:
            return cls(name, hashlib.file_digest(file, "sha256").hexdigest(), rows)


def _sources(sources: Iterable[Source]) -> tuple[Source, ...]:
    return tuple(attrs.evolve(source, name=without_home(source.name)) for source in sources)


def _choices(choices: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple((without_home(str(what)), without_home(str(choice))) for what, choice in choices)


def _remarks(notes: Iterable[Remark]) -> tuple[Remark, ...]:
    return tuple(
        Remark(note.severity, without_home(note.place), without_home(note.what), without_home(note.remedy))
        for note in notes
    )


def without_home(text: str) -> str:
    """The text with every home folder in it written as ``~``: its name is somebody's."""
    return _HOME.sub("~", text) if "/" in text or "\\" in text else text


@attrs.frozen
class Provenance:
    """What travels along with a study and is printed in its report.

    Parameters
    ----------
    sources : tuple of Source
        The files that were read.
    choices : tuple of (str, str)
        What was decided, in order: on reading, then by each change of the study. Example:
        ``("who saw what", "assumed: ...")``.
    notes : tuple of Remark
        What a reader tolerated, dropped or assumed; as a table: `remarks`.
    synthetic : str
        How the data were generated, where no one was asked or observed; empty for real data.
    version : str
        Version of the library that read the data.
    """

    sources: tuple[Source, ...] = attrs.field(default=(), converter=_sources)
    choices: tuple[tuple[str, str], ...] = attrs.field(default=(), converter=_choices)
    notes: tuple[Remark, ...] = attrs.field(default=(), converter=_remarks)
    synthetic: str = attrs.field(default="", converter=without_home)
    version: str = ""

    @property
    def remarks(self) -> pd.DataFrame:
        """What was tolerated, dropped or assumed: columns ``severity, place, what, remedy``, one row per remark."""
        return remarks_frame(self.notes)

    def choosing(self, what: str, choice: str) -> Provenance:
        """The same with one more choice; a choice of the same name is replaced."""
        kept = tuple(pair for pair in self.choices if pair[0] != what)
        return attrs.evolve(self, choices=(*kept, (what, choice)))

    def choice(self, what: str) -> str | None:
        """What was chosen under this name, or None."""
        return dict(self.choices).get(what)

    def noting(self, *notes: Remark) -> Provenance:
        """The same with more remarks; one that is there already is not repeated."""
        return attrs.evolve(self, notes=list(dict.fromkeys((*self.notes, *notes))))


def remarks_frame(remarks: Iterable[Remark]) -> pd.DataFrame:
    """Remarks as a table with the columns ``severity, place, what, remedy``."""
    import pandas as pd

    rows = [attrs.astuple(remark) for remark in remarks]
    table = pd.DataFrame(rows, columns=["severity", "place", "what", "remedy"]).astype("str")
    table.index.name = "remark"
    return table.rename_axis(columns="column")
