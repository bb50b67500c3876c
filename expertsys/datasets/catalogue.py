"""The catalogue of bundled data: read from the files of this room, found by name."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

import numpy as np
import pandas as pd

from expertsys._core.errors import check_choice, unknown
from expertsys.datasets.dataset import KINDS, Dataset, Kind, PublishedValue
from expertsys.datasets.synthetic import synthetic_study
from expertsys.study import Study
from expertsys.theory import choose_and_book

_DATA = files("expertsys.datasets") / "data"


def names(kind: Kind | None = None) -> tuple[str, ...]:
    """Names of the bundled datasets.

    Parameters
    ----------
    kind : {"agreement example", "comparative table", "public series", "synthetic study"}, optional
        Only those of one kind.

    Returns
    -------
    tuple of str
        What `load` takes.

    Examples
    --------
    >>> names("public series")
    ('choose-and-book-use',)
    """
    if kind is not None:
        check_choice("kind", kind, KINDS)
    return tuple(name for name, dataset in _catalogue().items() if kind in (None, dataset.kind))


def load(name: str) -> Dataset:
    """A bundled dataset.

    Parameters
    ----------
    name : str
        One of `names`.

    Returns
    -------
    Dataset
        With ``to_frame()``, the values printed for it, its sources; a study also with ``study()``.

    Raises
    ------
    DataError
        For an unknown name, with the nearest one.

    Examples
    --------
    >>> example = load("krippendorff2011-a")
    >>> example.to_frame().shape
    (10, 2)
    >>> print(example.published[0])
    krippendorff_alpha (nominal) 0.095
    """
    try:
        return _catalogue()[name]
    except KeyError:
        raise unknown("dataset", name, list(_catalogue()), place="datasets.load") from None


def table() -> pd.DataFrame:
    """All bundled datasets at a glance.

    Returns
    -------
    pandas.DataFrame
        Index ``name``; columns ``kind, title, rows, source``. ``rows`` are units, months, or codings.

    Examples
    --------
    >>> int(table().loc["fleiss1971", "rows"])
    30
    """
    rows = [
        (item.name, item.kind, item.title, len(item.to_frame()), "; ".join(item.cite()))
        for item in _catalogue().values()
    ]
    frame = pd.DataFrame(rows, columns=["name", "kind", "title", "rows", "source"]).set_index("name")
    return frame.rename_axis(columns="column")


@functools.cache
def _catalogue() -> Mapping[str, Dataset]:
    published = tomllib.loads((_DATA / "published.toml").read_text(encoding="utf-8"))["dataset"]
    compared = tomllib.loads((_DATA / "comparative.toml").read_text(encoding="utf-8"))["dataset"]
    datasets = [*map(_example, published), *map(_comparative, compared), _use_of_choose_and_book(), _three_systems()]
    return {dataset.name: dataset for dataset in datasets}


def _example(record: Mapping[str, Any]) -> Dataset:
    return Dataset(
        name=record["name"],
        title=record["title"],
        kind="agreement example",
        sources=tuple(record["sources"]),
        description=record["description"],
        origin="Ratings and printed values are facts restated from the cited work.",
        published=tuple(PublishedValue(**value) for value in record["published"]),
        make=functools.partial(_wide, record),
    )


def _wide(record: Mapping[str, Any]) -> pd.DataFrame:
    """Units × coders from rows of ratings, or from a cross table of two coders."""
    if "table" in record:
        kinds = record["categories"]
        cells = [
            [kinds[first], kinds[second]]
            for first, counts in enumerate(record["table"])
            for second, count in enumerate(counts)
            for _ in range(count)
        ]
    else:
        cells = [[None if mark == "." else mark for mark in row.split()] for row in record["rows"]]
    index = pd.RangeIndex(1, len(cells) + 1, name="unit")
    columns = pd.Index(record["coders"], dtype="str", name="coder")
    marks = {mark for row in cells for mark in row if mark is not None}
    frame = pd.DataFrame(cells, index=index, columns=columns, dtype="str")
    if all(map(str.isdigit, marks)):
        return frame.astype("Int64")
    return frame if any(map(str.isalpha, marks)) else frame.astype("float64")


def _comparative(record: Mapping[str, Any]) -> Dataset:
    return Dataset(
        name=record["name"],
        title=record["title"],
        kind="comparative table",
        sources=tuple(record["sources"]),
        description=record["description"],
        origin="Figures are facts restated from the cited works.",
        make=functools.partial(_cases, record),
    )


def _cases(record: Mapping[str, Any]) -> pd.DataFrame:
    """Cases × variables."""
    rows = [row[1:] for row in record["rows"]]
    index = pd.Index([row[0] for row in record["rows"]], name=record["index"])
    return pd.DataFrame(rows, index=index, columns=pd.Index(record["columns"], name="column"))


def _use_of_choose_and_book() -> Dataset:
    return Dataset(
        name="choose-and-book-use",
        title="Use of Choose and Book, October 2006 to June 2014",
        kind="public series",
        sources=("ehi2006", "ehi2007a", "ehi2007b", "parliament2014"),
        description=(
            "Share of GP referrals to first outpatient appointments in England that were booked through Choose and "
            "Book, against a target of 90 % by March 2007: three figures from the trade press, then a year of monthly "
            "figures from a written answer in Parliament. The sources measured in different ways and years lie between "
            "them: read it as a level, not as a trend. A row with lower and upper instead of a share gives the "
            "extremes among the trusts of one region (its scope), not an interval estimate. approximate: the source "
            "says about."
        ),
        origin="Figures as the cited public sources report them; the parliamentary answer: Open Parliament Licence.",
        make=_series,
    )


def _series() -> pd.DataFrame:
    rows = [
        (
            fact.period,
            np.nan if fact.to is not None else float(fact.value) / 100,
            np.nan if fact.to is None else float(fact.value) / 100,
            np.nan if fact.to is None else fact.to / 100,
            fact.denominator,
            fact.scope or None,
            fact.approximate,
            "; ".join(citation.key for citation in fact.sources),
        )
        for fact in choose_and_book().documented_use
        if fact.name.startswith("utilisation")
    ]
    columns = ["period", "share", "lower", "upper", "of", "scope", "approximate", "source"]
    frame = pd.DataFrame(rows, columns=columns).astype({"period": "str", "of": "str", "scope": "str", "source": "str"})
    return frame.set_index("period").sort_index(kind="stable").rename_axis(columns="column")


@functools.cache
def _default_study() -> Study:
    return synthetic_study()


def _three_systems() -> Dataset:
    return Dataset(
        name="synthetic-three-systems",
        title="Three mandated systems (synthetic)",
        kind="synthetic study",
        sources=("expertsys.datasets.synthetic_study(): documented, seeded generator",),
        description=(
            "SYNTHETIC: invented systems, sites, people and words; nobody was asked or observed. Three mandated "
            "systems in eight sites, excerpts from interviews, field notes and policy texts, coded by three coders of "
            "whom the third saw a part, with a codebook that points to concepts of the framework, and a table of "
            "situations. For learning the library and testing it; it says nothing about any real system."
        ),
        origin="Generated by this package and under its licence (BSD-3-Clause).",
        make=_default_study,
    )
