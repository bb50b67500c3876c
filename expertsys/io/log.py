"""What a reader notices on its way: faults, remarks, choices, sources."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import attrs

from expertsys._core.errors import DataError, Remark, Severity
from expertsys._core.version import __version__
from expertsys.study import Provenance, Source


def counted(number: int, noun: str) -> str:
    """A number with its noun: ``1 row``, ``1,200 rows``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def rows_listed(rows: Iterable[object], most: int = 10) -> str:
    """Row numbers in a few words: ``row 3``, ``rows 3, 4 and 12 more``."""
    told = [str(row) for row in rows]
    rest = len(told) - most
    text = ", ".join(told[:most]) + (f" and {rest:,} more" if rest > 0 else "")
    return f"row{'s' if len(told) > 1 else ''} {text}"


@attrs.define
class Log:
    """Faults, remarks, choices and sources, gathered while reading; all faults are raised together."""

    faults: list[Remark] = attrs.field(factory=list)
    remarks: list[Remark] = attrs.field(factory=list)
    choices: dict[str, str] = attrs.field(factory=dict)
    sources: list[Source] = attrs.field(factory=list)

    def fault(self, place: str, what: str, remedy: str = "") -> None:
        """Something that makes the data unusable."""
        self.faults.append(Remark("error", place, what, remedy))

    def tell(self, severity: Severity, place: str, what: str, remedy: str = "") -> None:
        """Something that was tolerated, dropped or assumed."""
        self.remarks.append(Remark(severity, place, what, remedy))

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
