"""Which group of units a reading belongs to: a case, a document, or whatever the study knows of these."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Mapping
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from expertsys._core.dates import days
from expertsys._core.errors import DataError, listing, unknown
from expertsys._core.missing import is_missing
from expertsys.agreement.ratings.coded import CodedUnits
from expertsys.study import Study

#: A column of the study's units, documents, cases or participants, or what group each unit or document is in.
By: TypeAlias = str | Mapping[Any, Hashable] | pd.Series

Labels: TypeAlias = np.ndarray[tuple[int], np.dtype[np.object_]]


#: Columns of units that are no attributes, but places.
_PLACES = ("document", "case", "start", "end", "text")


def columns(study: Study) -> list[str]:
    """What units can be grouped by."""
    found = ["case", "document", *(name for name in study.units.columns if name not in _PLACES)]
    found += [name for name in study.documents.columns if name not in ("case", "text")]
    found += [*study.cases.columns, *(name for name in study.participants.columns if name != "case")]
    return list(dict.fromkeys(map(str, found)))


def labels(study: Study, coded: CodedUnits, by: By, *, place: str) -> Labels:
    """The group of each reading; None where it is in none."""
    if not isinstance(by, str):
        return _mapped(coded, by, place)
    if by in ("case", "document"):
        return _plain(coded.case if by == "case" else coded.document)
    units = study.units
    for table, keys in (
        (units, np.array(coded.units, dtype=object)[coded.unit]),
        (study.documents, coded.document),
        (study.cases, coded.case),
        (study.participants, units["participant"].to_numpy(dtype=object)[coded.unit]),
    ):
        if by in table.columns and by not in _PLACES and table[by].notna().any():
            return _plain(table[by].reindex(keys).to_numpy(dtype=object))
    if by == "date" and study.codings["date"].notna().any():
        return _coding_dates(study, coded)
    available = columns(study)
    if by in available:
        raise DataError(
            f"the column {by!r} is empty", place=place, remedy="Give it with the study, or a mapping of units."
        )
    raise unknown("column", by, available, place=place, remedy="Or give a mapping from units or documents to groups.")


def _coding_dates(study: Study, coded: CodedUnits) -> Labels:
    """The day on which each reading's document was coded last, where documents have no date of their own."""
    codings = study.codings.dropna(subset=["date", "unit"])
    place = codings["document"].where(codings["document"].notna(), codings["unit"])
    distinct = codings["date"].unique().tolist()
    found = days(distinct, place="by='date'")
    if found is None:
        raise not_dates(distinct)
    day = codings["date"].map(dict(zip(distinct, found, strict=True)))
    last = codings.assign(place=place, day=day).sort_values("day", kind="stable").groupby("place")["date"].last()
    units = np.array(coded.units, dtype=object)[coded.unit]
    keys = np.where(coded.document == "", units, coded.document)
    return _plain(last.reindex(keys).to_numpy(dtype=object))


def not_dates(found: Iterable[Any]) -> DataError:
    """The error for dates that cannot be put in order."""
    return DataError(
        f"dates must be written so that they can be put in order of time; found {listing(list(found), 4)}",
        place="by='date'",
        remedy="Write them as year-month-day, such as 2023-12-31, or give their order where there is one: order=[...].",
    )


def _mapped(coded: CodedUnits, by: Mapping[Any, Hashable] | pd.Series, place: str) -> Labels:
    group = {str(name): value for name, value in by.items()}
    units, documents = set(coded.units), set(coded.document.tolist())
    strange = [name for name in group if name not in units and name not in documents]
    if strange:
        raise unknown("unit or document", strange[0], [*coded.units, *sorted(documents)], place=place)
    units_of = [coded.units[number] for number in coded.unit]
    found = [group.get(unit, group.get(document)) for unit, document in zip(units_of, coded.document, strict=True)]
    return _plain(found)


def _plain(found: Iterable[Any]) -> Labels:
    """Groups with None for what is missing or blank."""
    listed = [_group(value) for value in found]
    result = np.empty(len(listed), dtype=object)
    result[:] = listed
    return result


def _group(value: Any) -> Hashable:
    if is_missing(value) or value == "":
        return None
    plain: Hashable = value.item() if isinstance(value, np.generic) else value
    return int(plain) if isinstance(plain, float) and plain.is_integer() else plain  # a column with gaps holds floats


def in_order(found: Iterable[Hashable], *, dates: bool = False) -> list[Hashable]:
    """Distinct groups without the missing one: dates by time, numbers by size, text by alphabet and numbers within it.

    Raises
    ------
    DataError
        Where `dates` are wanted and the groups are none, or days and months cannot be told apart.
    """
    distinct = [value for value in dict.fromkeys(found) if value is not None]
    if all(isinstance(value, int | float) for value in distinct):
        return sorted(distinct, key=float)  # type: ignore[arg-type]  # numbers
    time = days(distinct, place="by='date'" if dates else "by")
    if time is not None:
        when = dict(zip(distinct, time, strict=True))
        return sorted(distinct, key=when.__getitem__)
    if dates:
        raise not_dates(distinct)
    return sorted(distinct, key=lambda value: [_rank(part) for part in re.split(r"(\d+)", str(value)) if part])


def _rank(part: str) -> tuple[bool, str]:
    return (False, part.zfill(12)) if part.isdigit() else (True, part)
