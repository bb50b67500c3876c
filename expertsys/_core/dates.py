"""Dates in the forms in which tables hold them, as days that can be put in order."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from typing import Any

from expertsys._core.errors import DataError, listing

#: Ways of writing a date; those of one group are told apart by nothing but the order of day and month.
_FORMS = (
    ("%d/%m/%Y", "%m/%d/%Y"),
    ("%d-%m-%Y", "%m-%d-%Y"),
    ("%d.%m.%Y",),
    ("%d/%m/%y", "%m/%d/%y"),
    ("%d.%m.%y",),
    ("%Y/%m/%d",),
    ("%d %b %Y",),
    ("%d %B %Y",),
    ("%b %d, %Y",),
    ("%B %d, %Y",),
    ("%b %d %Y",),
    ("%B %d %Y",),
    ("%b %Y",),
    ("%B %Y",),
    ("%m/%Y",),
    ("%d-%b-%Y",),
    ("%d-%b-%y",),
)
_ISO = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2})(?:[T ]\d{1,2}:\d{2}.*)?)?)?")
_TIME = re.compile(r"[ T,]+\d{1,2}:\d{2}(:\d{2})?(\.\d+)?( ?[APap][Mm])?$")


def days(values: Iterable[Any], *, place: str) -> list[int] | None:
    """Each value as a number of days, in order of time; None where they are not all dates.

    Read are dates of Python, ISO 8601 (also years and months alone) and the usual national forms, all values in one of
    them. Years alone are dates only beside fuller ones.

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
    iso = [_iso(text) for text in texts]
    if all(day is not None for day in iso) and any("-" in text for text in texts):
        return [day for day in iso if day is not None]
    bare = [_TIME.sub("", text) for text in texts]
    for group in _FORMS:
        read = [found for form in group if (found := _in_form(bare, form)) is not None]
        if len(read) > 1 and _ranks(read[0]) != _ranks(read[1]):
            raise DataError(
                f"the dates {listing(texts, 4)} may name the day or the month first, and their order depends on it",
                place=place,
                remedy="Write them as year-month-day, such as 2023-12-31, or give their order: order=[...].",
            )
        if read:
            return read[0]
    return None


def _of_object(value: Any) -> int | None:
    if isinstance(value, dt.datetime):
        value = value.date()
    return value.toordinal() if isinstance(value, dt.date) else None


def _iso(text: str) -> int | None:
    match = _ISO.fullmatch(text)
    if match is None:
        return None
    year, month, day = (int(part) if part else 1 for part in match.groups())
    try:
        return dt.date(year, month, day).toordinal()
    except ValueError:
        return None


def _in_form(texts: list[str], form: str) -> list[int] | None:
    try:
        return [dt.datetime.strptime(text, form).toordinal() for text in texts]  # days have no zone
    except ValueError:
        return None


def _ranks(numbers: list[int]) -> list[int]:
    """The place of each among the distinct ones."""
    order = {number: place for place, number in enumerate(sorted(set(numbers)))}
    return [order[number] for number in numbers]
