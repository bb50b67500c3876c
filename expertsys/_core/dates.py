"""Dates in the forms in which tables hold them, as days that can be put in order, or in ISO form."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from typing import Any, Literal

import attrs

from expertsys._core.errors import DataError, listing

Order = Literal["day first", "month first"]
ORDERS: tuple[Order, ...] = ("day first", "month first")

_TIME = r"(?:[T ,]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*([AaPp]\.?[Mm]\.?)?)?\s*(Z|[+-]\d{2}:?\d{2})?"
_YEAR_FIRST = re.compile(rf"(\d{{4}})([/.\-])(\d{{1,2}})\2(\d{{1,2}}){_TIME}")
_YEAR_LAST = re.compile(rf"(\d{{1,2}})([/.\- ])(\d{{1,2}})\2(\d{{4}}|\d{{2}}){_TIME}")
_DAY_NAME = re.compile(rf"(\d{{1,2}})(?:st|nd|rd|th)?[.\- ]*([^\W\d]{{3,}})[.,\- ]*(\d{{4}}|\d{{2}}){_TIME}")
_NAME_DAY = re.compile(rf"([^\W\d]{{3,}})\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?,?\s+(\d{{4}}){_TIME}")
_MONTH = re.compile(r"(?:([^\W\d]{3,})\.?[ \-]+|(\d{1,2})/)(\d{4})")
_REDUCED = re.compile(r"(\d{4})(?:-(\d{1,2}))?")
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
class Written:
    """A date as it was written: year, the other two numbers in their order, and the time of day in ISO form.

    Parameters
    ----------
    year, first, second : int
    order : {"day first", "month first"} or None
        Which of the two numbers is which, where the form says it.
    time : str
    """

    year: int
    first: int
    second: int
    order: Order | None
    time: str = ""

    def date(self, order: Order) -> dt.date:
        """The day, read in this order where the form leaves it open; ValueError where the calendar has none."""
        day, month = self.first, self.second
        if (self.order or order) == "month first":
            day, month = month, day
        if self.time:
            dt.time.fromisoformat(self.time[1:6])
        return dt.date(self.year, month, day)


def written(text: str) -> Written | None:
    """The parts of a date of day, month and year in any of the usual forms; None for other text."""
    if match := _YEAR_FIRST.fullmatch(text):
        return Written(int(match[1]), int(match[3]), int(match[4]), "month first", _time(match.groups()[4:]))
    if match := _YEAR_LAST.fullmatch(text):
        known: Order | None = "day first" if match[2] == "." else None
        return Written(_year(match[4]), int(match[1]), int(match[3]), known, _time(match.groups()[4:]))
    if (match := _DAY_NAME.fullmatch(text)) and match[2].casefold() in _MONTHS:
        month = _MONTHS[match[2].casefold()]
        return Written(_year(match[3]), int(match[1]), month, "day first", _time(match.groups()[3:]))
    if (match := _NAME_DAY.fullmatch(text)) and match[1].casefold() in _MONTHS:
        month = _MONTHS[match[1].casefold()]
        return Written(int(match[3]), month, int(match[2]), "month first", _time(match.groups()[3:]))
    return None


def is_reduced(text: str) -> bool:
    """Whether a date in ISO form is a year or a month alone."""
    return _REDUCED.fullmatch(text) is not None


def days(values: Iterable[Any], *, place: str) -> list[int] | None:
    """Each value as a number of days, in order of time; None where they are not all dates.

    Read are dates of Python, ISO 8601 and the usual national forms, also months alone, which stand for their first day.
    Years alone are dates only beside fuller ones.

    Raises
    ------
    DataError
        Where days and months cannot be told apart, and the order of the dates depends on it.

    Examples
    --------
    >>> days(["31/12/2023", "02/01/2024"], place="by")
    [738885, 738887]
    """
    given = list(values)
    if not given:
        return None
    objects = [_of_object(value) for value in given]
    if all(day is not None for day in objects):
        return [day for day in objects if day is not None]
    texts = [str(value).strip() for value in given]
    dates = [written(text) or _month(text) for text in texts]
    if None in dates or all(text.isdecimal() for text in texts):
        return None
    read = [found for order in ORDERS if (found := _ordinals(dates, order)) is not None]
    if len(read) > 1 and _ranks(read[0]) != _ranks(read[1]):
        raise DataError(
            f"the dates {listing(texts, 4)} may name the day or the month first, and their order depends on it",
            place=place,
            remedy="Write them as year-month-day, such as 2023-12-31, or give their order: order=[...].",
        )
    return read[0] if read else None


def _of_object(value: Any) -> int | None:
    if isinstance(value, dt.datetime):
        value = value.date()
    return value.toordinal() if isinstance(value, dt.date) else None


def _month(text: str) -> Written | None:
    """The first day of a month or year."""
    if match := _REDUCED.fullmatch(text):
        return Written(int(match[1]), int(match[2] or 1), 1, "month first")
    match = _MONTH.fullmatch(text)
    if match is None or (match[1] and match[1].casefold() not in _MONTHS):
        return None
    return Written(int(match[3]), _MONTHS[match[1].casefold()] if match[1] else int(match[2]), 1, "month first")


def _year(digits: str) -> int:
    return int(digits) if len(digits) == 4 else int(digits) + (2000 if int(digits) < 70 else 1900)


def _time(groups: Sequence[str | None]) -> str:
    hour, minute, second, half, zone = groups
    if hour is None:
        return ""
    number = int(hour)
    if half:
        number = number % 12 + (12 if half[0] in "pP" else 0)
    return f"T{number:02}:{minute}" + (f":{second}" if second else "") + (zone or "")


def _ordinals(dates: Iterable[Written | None], order: Order) -> list[int] | None:
    try:
        return [date.date(order).toordinal() for date in dates if date is not None]
    except ValueError:
        return None


def _ranks(numbers: list[int]) -> list[int]:
    """The place of each among the distinct ones."""
    order = {number: place for place, number in enumerate(sorted(set(numbers)))}
    return [order[number] for number in numbers]
