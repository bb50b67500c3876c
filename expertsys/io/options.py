"""What a reader may be told: one frozen object, handed to every format."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import attrs

from expertsys._core.dates import Order
from expertsys._core.errors import DataError, check_choice, listing
from expertsys._core.missing import NO_CODE_WORDS
from expertsys.io.dates import order_of
from expertsys.io.limits import Limits

Layout = Literal["long", "wide", "rows", "indicators"]
Repeated = Literal["drop", "keep"]
LAYOUTS: tuple[Layout, ...] = ("long", "wide", "rows", "indicators")


def _layout(_: object, field: attrs.Attribute[Any], value: object) -> None:
    if value is not None:
        check_choice(field.name, value, LAYOUTS)


def _repeated(_: object, field: attrs.Attribute[Any], value: object) -> None:
    check_choice(field.name, value, ("drop", "keep"))


def _seen(_: object, field: attrs.Attribute[Any], value: object) -> None:
    if isinstance(value, str):
        check_choice(field.name, value, ("coded", "listed", "all"))


def _mark(_: object, field: attrs.Attribute[Any], value: object) -> None:
    if value is not None and (not isinstance(value, str) or not value):
        raise DataError(f"{field.name} must be text or None, not {value!r}", place=field.name)


def _words(value: Any) -> tuple[str, ...] | None:
    if value is None or value == "":
        return None
    words = (value,) if isinstance(value, str) else tuple(value)
    if not all(isinstance(word, str) and word.strip() for word in words):
        raise DataError(f"no_code must be a word, several, or None, not {value!r}", place="no_code")
    return words


def _names(value: Any) -> tuple[str, ...] | None:
    if value is None:
        return None
    return (value,) if isinstance(value, str) else tuple(map(str, value))


def _dates(_: object, __: attrs.Attribute[Any], value: object) -> None:
    order_of(value)


def _delimiter(_: object, __: attrs.Attribute[Any], value: object) -> None:
    if value is not None and (not isinstance(value, str) or len(value) != 1 or value in '"\r\n'):
        raise DataError(
            f"delimiter must be one character, and neither quote nor line end, not {value!r}", place="delimiter"
        )


def _limits(_: object, field: attrs.Attribute[Any], value: object) -> None:
    if not isinstance(value, Limits):
        raise DataError(f"limits must be es.io.Limits(...), not {type(value).__name__}", place=field.name)


@attrs.frozen(kw_only=True, eq=False)
class Options:
    """The keyword arguments of `expertsys.io.read`, checked; see there for what each means."""

    layout: Layout | None = attrs.field(default=None, validator=_layout)
    unit: str = "unit"
    coder: str = "coder"
    code: str = "code"
    case: str = "case"
    document: str = "document"
    participant: str = "participant"
    start: str = "start"
    end: str = "end"
    text: str = "text"
    memo: str = "memo"
    round: str = "round"
    date: str = "date"
    header: Sequence[str] | None = None
    pattern: str | re.Pattern[str] | None = None
    coders: tuple[str, ...] | None = attrs.field(default=None, converter=_names)
    attributes: tuple[str, ...] | None = attrs.field(default=None, converter=_names)
    no_code: tuple[str, ...] | None = attrs.field(default=NO_CODE_WORDS, converter=_words)
    dates: Order | None = attrs.field(default=None, validator=_dates)
    shared_documents: bool = False
    shared_participants: bool = False
    seen: Any = attrs.field(default="coded", validator=_seen)
    repeated: Repeated = attrs.field(default="drop", validator=_repeated)
    separator: str | None = attrs.field(default=None, validator=_mark)
    hierarchy: str | None = attrs.field(default="->", validator=_mark)
    codebook: Any = None
    documents: Any = None
    encoding: str | None = None
    delimiter: str | None = attrs.field(default=None, validator=_delimiter)
    sheet: str | int | None = None
    title: str | None = None
    positions: str | None = None
    report: Any = None
    limits: Limits = attrs.field(factory=Limits, validator=_limits)

    @property
    def is_table(self) -> bool:
        """Whether it was said that the file is a plain table: its layout, or a column's name."""
        roles = ("unit", "coder", "code", "case", "document", "participant", "start", "end", "text")
        named = self.header is not None or any(getattr(self, role) != role for role in roles)
        return named or self.layout is not None or self.coders is not None or self.attributes is not None

    def column(self, role: str) -> str:
        """The name of the column that plays a role, such as ``"coder"``."""
        name: str = getattr(self, role)
        return name

    def refuse_others(self, path: Path, kept: Sequence[str]) -> None:
        """Refuse every option that was given and that a format, which brings a whole study, would ignore."""
        given = [
            field.name
            for field in attrs.fields(Options)
            if field.name not in (*kept, "limits") and not self._is_default(field)
        ]
        if given:
            raise DataError(
                f"this file holds a whole study, to which {listing(given)} cannot be applied",
                place=path.name,
                remedy=f"Leave them out; it takes {listing(name for name in kept if name != 'listed')}.",
            )
        if isinstance(self.seen, str) and self.seen == "listed" and "listed" not in kept:
            raise DataError(
                "the project does not list who read what, so that seen='listed' has no meaning",
                place=path.name,
                remedy="Say it: seen={'coder': ['document', ...]}; or seen='all', if everyone read everything.",
            )

    def _is_default(self, field: attrs.Attribute[Any]) -> bool:
        value = getattr(self, field.name)
        return value is field.default or (isinstance(value, str) and value == field.default)
