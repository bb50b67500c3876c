"""Columns of dates, in the form in which they can be sorted: ISO 8601."""

from __future__ import annotations

import pandas as pd

from expertsys._core.dates import ORDERS, Order, Written, is_reduced, written
from expertsys._core.errors import DataError, counted, listing, quoted
from expertsys.io.log import Log


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
    read = {text: written(text) for text in distinct if not is_reduced(text)}
    dates = {text: parts for text, parts in read.items() if parts is not None}
    others = [text for text, parts in read.items() if parts is None]
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


def _order(dates: dict[str, Written], place: str, log: Log) -> Order:
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


def _iso(text: str, parts: Written, order: Order, place: str, log: Log) -> str:
    try:
        return parts.date(order).isoformat() + parts.time
    except ValueError:
        log.fault(place, f"{quoted(text)} is not a date of the calendar.", "Correct it.")
        return text


def order_of(value: object) -> None:
    """Refuse an order of dates that there is not."""
    if value is not None and value not in ORDERS:
        raise DataError(f"dates must be 'day first', 'month first' or None, not {value!r}", place="dates")
