"""Dates as people and spreadsheets write them, in the form in which they can be sorted: ISO 8601."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from typing import Literal

import attrs
import pandas as pd

from expertsys._core.errors import DataError, counted, listing, quoted
from expertsys.io.log import Log

Order = Literal["day first", "month first"]
ORDERS: tuple[Order, ...] = ("day first", "month first")

_TIME = r"(?:[T ,]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*([AaPp]\.?[Mm]\.?)?)?\s*(Z|[+-]\d{2}:?\d{2})?"
_YEAR_FIRST = re.compile(rf"(\d{{4}})([/.\-])(\d{{1,2}})\2(\d{{1,2}}){_TIME}")
_YEAR_LAST = re.compile(rf"(\d{{1,2}})([/.\- ])(\d{{1,2}})\2(\d{{4}}|\d{{2}}){_TIME}")
_DAY_NAME = re.compile(rf"(\d{{1,2}})(?:st|nd|rd|th)?[.\- ]*([^\W\d]{{3,}})[.,\- ]*(\d{{4}}){_TIME}")
_NAME_DAY = re.compile(rf"([^\W\d]{{3,}})\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?,?\s+(\d{{4}}){_TIME}")
_REDUCED = re.compile(r"\d{4}(?:-\d{2})?")
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            *("jan january januar", "feb february februar", "mar march märz mär", "apr april", "may mai"),
            *("jun june juni", "jul july juli", "aug august", "sep sept september", "oct october okt oktober"),
            *("nov november", "dec december dez dezember"),
        ),
        start=1,
    )
    for name in names.split()
}


@attrs.frozen
class _Written:
    """A date as it was written: year, the other two numbers in their order, and the rest in ISO form."""

    year: int
    first: int
    second: int
    order: Order | None
    time: str


def iso_dates(column: pd.Series[str], place: str, order: Order | None, log: Log) -> pd.Series[str]:
    """A column of dates in ISO form, such as ``2023-12-31`` or ``2023-12-31T14:05``.

    Whether the day or the month stands first in dates such as ``31/12/2023`` is decided by the whole column; where
    every date fits both, it is a fault unless `order` says which. A column without a single date is kept as text, with
    a remark; one in which some cells are dates and others are not is a fault.

    Parameters
    ----------
    place : str
        The column, for messages.
    """
    distinct = list(column.dropna().unique())
    written = {text: _parts(text) for text in distinct if not _REDUCED.fullmatch(text)}
    dates = {text: parts for text, parts in written.items() if parts is not None}
    others = [text for text, parts in written.items() if parts is None]
    if others and not dates:
        log.tell(
            "warning",
            place,
            f"{listing(others, 3)} cannot be read as a date; the column is kept as text, which has no order in time.",
            "Write dates as 2023-12-31, or name another column: read(..., date='...').",
        )
        return column
    if others:
        log.fault(
            place,
            f"{counted(len(others), 'value')} cannot be read as a date: {listing(others, 5)}; others can, such as "
            f"{quoted(next(iter(dates)))}.",
            "Write every date as 2023-12-31.",
        )
        return column
    chosen = order or _order(dates, place, log)
    iso = {text: _iso(text, parts, chosen, place, log) for text, parts in dates.items()}
    changed = [text for text, made in iso.items() if text != made]
    if changed:
        how = "" if all(parts.order for parts in dates.values()) else f", {chosen}"
        log.choices["dates"] = f"brought to ISO 8601{how}"
        log.tell(
            "note",
            place,
            f"dates were brought to ISO form{how}: {quoted(changed[0])} is {iso[changed[0]]}.",
            "" if not how else "Otherwise: read(..., dates='month first') or dates='day first'.",
        )
    made: pd.Series[str] = column.map(lambda text: iso.get(text, text), na_action="ignore").astype("str")
    return made


def _parts(text: str) -> _Written | None:
    """The parts of a date in any of the usual forms; None for other text."""
    if match := _YEAR_FIRST.fullmatch(text):
        return _Written(int(match[1]), int(match[3]), int(match[4]), "month first", _time(match.groups()[4:]))
    if match := _YEAR_LAST.fullmatch(text):
        year = int(match[4]) if len(match[4]) == 4 else int(match[4]) + (2000 if int(match[4]) < 70 else 1900)
        known: Order | None = "day first" if match[2] == "." else None
        return _Written(year, int(match[1]), int(match[3]), known, _time(match.groups()[4:]))
    if (match := _DAY_NAME.fullmatch(text)) and match[2].casefold() in _MONTHS:
        return _Written(
            int(match[3]), int(match[1]), _MONTHS[match[2].casefold()], "day first", _time(match.groups()[3:])
        )
    if (match := _NAME_DAY.fullmatch(text)) and match[1].casefold() in _MONTHS:
        month = _MONTHS[match[1].casefold()]
        return _Written(int(match[3]), month, int(match[2]), "month first", _time(match.groups()[3:]))
    return None


def _time(groups: Sequence[str | None]) -> str:
    hour, minute, second, half, zone = groups
    if hour is None:
        return ""
    number = int(hour)
    if half:
        number = number % 12 + (12 if half[0] in "pP" else 0)
    return f"T{number:02}:{minute}" + (f":{second}" if second else "") + (zone or "")


def _order(dates: dict[str, _Written], place: str, log: Log) -> Order:
    """Day or month first, as the dates that can only be read one way say."""
    open_ = {text: parts for text, parts in dates.items() if parts.order is None}
    day_first = [text for text, parts in open_.items() if parts.first > 12]
    month_first = [text for text, parts in open_.items() if parts.second > 12]
    if day_first and month_first:
        log.fault(
            place,
            f"some dates have the day first, such as {quoted(day_first[0])}, others the month, such as "
            f"{quoted(month_first[0])}.",
            "Write every date as 2023-12-31.",
        )
    elif not day_first and not month_first and any(parts.first != parts.second for parts in open_.values()):
        log.fault(
            place,
            f"dates such as {quoted(next(iter(open_)))} can be read with the day or with the month first, and no date "
            "in the column decides it.",
            "Say which: read(..., dates='day first') or read(..., dates='month first').",
        )
    return "month first" if month_first else "day first"


def _iso(text: str, parts: _Written, order: Order, place: str, log: Log) -> str:
    day, month = parts.first, parts.second
    if (parts.order or order) == "month first":
        day, month = month, day
    try:
        date = dt.date(parts.year, month, day)
        if parts.time:
            dt.time.fromisoformat(parts.time[1:6])
    except ValueError:
        log.fault(place, f"{quoted(text)} is not a date of the calendar.", "Correct it.")
        return text
    return date.isoformat() + parts.time


def order_of(value: object) -> None:
    """Refuse an order of dates that there is not."""
    if value is not None and value not in ORDERS:
        raise DataError(f"dates must be 'day first', 'month first' or None, not {value!r}", place="dates")
