"""What a reader notices on its way: faults, remarks, choices, sources."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import attrs

from expertsys._core.errors import DataError, Remark, Severity
from expertsys._core.version import __version__
from expertsys.study import Provenance, Source

_LONG = 500
_ENDLESS = re.compile(r"\S{200,}")


def rows_listed(rows: Iterable[object], most: int = 10) -> str:
    """Row numbers in a few words: ``row 3``, ``rows 3, 4 and 12 more``."""
    told = [str(row) for row in rows]
    rest = len(told) - most
    text = ", ".join(told[:most]) + (f" and {rest:,} more" if rest > 0 else "")
    return f"row{'s' if len(told) > 1 else ''} {text}"


def _bounded(text: str) -> str:
    """The text without the middle of a word that no one writes, such as a number of a thousand digits."""
    return _ENDLESS.sub(lambda match: f"{match[0][:60]}…{match[0][-20:]}", text) if len(text) > _LONG else text


@attrs.define
class Log:
    """Faults, remarks, choices and sources, gathered while reading; all faults are raised together."""

    faults: list[Remark] = attrs.field(factory=list)
    remarks: list[Remark] = attrs.field(factory=list)
    choices: dict[str, str] = attrs.field(factory=dict)
    sources: list[Source] = attrs.field(factory=list)

    def fault(self, place: str, what: str, remedy: str = "") -> None:
        """Something that makes the data unusable."""
        self.faults.append(Remark("error", _bounded(place), _bounded(what), remedy))

    def tell(self, severity: Severity, place: str, what: str, remedy: str = "") -> None:
        """Something that was tolerated, dropped or assumed."""
        self.remarks.append(Remark(severity, _bounded(place), _bounded(what), remedy))

    def refuse(self, place: str) -> None:
        """Raise all faults so far, if there are any."""
        if len(self.faults) == 1:
            only = self.faults[0]
            raise DataError(only.what, place=only.place, remedy=only.remedy, faults=self.faults)
        if self.faults:
            raise DataError(f"{len(self.faults)} faults", place=place, faults=self.faults)

    def provenance(self) -> Provenance:
        """All of it, as it travels with the study."""
        sources: Any = self.sources
        made = Provenance(sources=sources, choices=self.choices.items(), version=__version__)
        return made.noting(*self.remarks)


@contextlib.contextmanager
def located(file: str, place: Callable[[str], str]) -> Iterator[None]:
    """Let faults that a table or codebook in memory has be told by their place in the file that it came from.

    Parameters
    ----------
    file : str
        Where all of them are.
    place : callable
        From a place in memory, such as ``"codings, row 3"``, to the one in the file.
    """
    try:
        yield
    except DataError as error:
        Log([attrs.evolve(fault, place=place(fault.place)) for fault in error.faults]).refuse(file)
        raise
