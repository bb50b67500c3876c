"""The report's model: what a cell shows, and the way to JSON and back."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest
import strategies  # noqa: F401  # chooses the profile
from hypothesis import given
from hypothesis import strategies as st

from expertsys.errors import DataError
from expertsys.reporting import Column, Figure, Report, Section, Table
from expertsys.reporting.model import FORMAT, Kind, plain

NAN = float("nan")


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        ("text", "a < b", "a < b"),
        ("text", None, ""),
        ("count", 1234567, "1,234,567"),
        ("count", 0, "0"),
        ("count", None, "–"),
        ("figure", 0.12345, "0.123"),
        ("figure", -0.5, "−0.500"),
        ("figure", 1, "1.000"),
        ("figure", None, "–"),
        ("figure", NAN, "–"),
        ("share", 0.125, "12%"),
        ("share", 0.0, "0%"),
        ("share", 1.0, "100%"),
        ("share", 0.004, "0.4%"),
        ("share", 0.996, "99.6%"),
        ("share", 0.00001, "<0.1%"),
        ("share", 0.99999, ">99.9%"),
        ("share", None, "–"),
    ],
)
def test_what_a_cell_shows(kind: Kind, value: Any, shown: str) -> None:
    assert Column("x", kind).shown(value) == shown


@given(st.floats(0, 1))
def test_little_is_not_none_and_most_is_not_all(share: float) -> None:
    shown = Column("x", "share").shown(share)
    assert (shown == "0%") == (share == 0)
    assert (shown == "100%") == (share == 1)


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (np.int64(3), 3),
        (np.float64(0.5), 0.5),
        (np.float64("nan"), None),
        (NAN, None),
        (pd.NA, None),
        (pd.NaT, None),
        (None, None),
        ("nan", "nan"),
        ("text", "text"),
        (pd.Timestamp("2014-06-01"), "2014-06-01 00:00:00"),
    ],
)
def test_cells_that_json_can_hold(value: Any, cell: Any) -> None:
    assert plain(value) == cell
    assert type(plain(value)) is type(cell)


def test_a_table_of_a_dataframe() -> None:
    frame = pd.DataFrame(
        {"n": [1, 2], "share": [0.5, NAN], "left_out": ["x", "y"]},
        index=pd.MultiIndex.from_tuples([("A", "p"), ("B", "q")], names=["case", "code"]),
    )
    table = Table.of("Caption", frame, {"share": "share", "n": "count"}, names={"case": "Case"}, note="Note.")
    assert table.columns == (Column("Case"), Column("code"), Column("share", "share"), Column("n", "count"))
    assert table.rows == (("A", "p", 0.5, 1), ("B", "q", None, 2))
    assert [text for _, text in table.shown(table.rows[1])] == ["B", "q", "–", "2"]


cells = st.none() | st.text(max_size=9) | st.integers(-9, 9) | st.floats(-2, 2)
tables = st.lists(st.sampled_from(["text", "count", "figure", "share"]), min_size=1, max_size=3).flatmap(
    lambda kinds: st.builds(
        Table,
        caption=st.text(max_size=9),
        columns=st.just([Column(f"c{n}", kind) for n, kind in enumerate(kinds)]),  # type: ignore[arg-type]
        rows=st.lists(st.lists(cells, min_size=len(kinds), max_size=len(kinds)), max_size=3),
        note=st.text(max_size=9),
    )
)
figures = st.builds(Figure, caption=st.text(max_size=9), alt=st.text(max_size=9), svg=st.just("<svg/>"))
sections = st.builds(
    Section,
    key=st.text(max_size=5),
    title=st.text(max_size=9),
    paragraphs=st.lists(st.text(max_size=9), max_size=2),
    tables=st.lists(tables, max_size=2),
    figures=st.lists(figures, max_size=1),
    code=st.text(max_size=9),
)
reports = st.builds(
    Report,
    title=st.text(max_size=9),
    version=st.just("0.1.0"),
    synthetic=st.text(max_size=9),
    quotations=st.booleans(),
    sections=st.lists(sections, max_size=3),
    references=st.lists(st.text(max_size=9), max_size=2),
)


@given(reports)
def test_json_and_back(report: Report) -> None:
    text = report.to_json()
    assert Report.from_json(text) == report
    assert json.loads(text) == json.loads(json.dumps(report.to_dict()))
    assert report.to_dict()["format"] == FORMAT
    assert report.to_html().startswith("<!DOCTYPE html>")


@pytest.mark.parametrize("text", ["", "no json", "[]", "{}", '{"format": 1}', '{"format": 99, "sections": []}', "null"])
def test_other_json_is_refused(text: str) -> None:
    with pytest.raises(DataError, match=r"^report\.json: this is no report of this version\. Make it anew\.$"):
        Report.from_json(text)


def test_undefined_cells_are_written_as_null() -> None:
    made = Report("t", "0", "", False, [Section("k", "t", tables=[Table("c", [Column("x", "figure")], [[NAN]])])], [])
    assert made.section("k").tables[0].rows == ((None,),)
    assert json.loads(made.to_json())["sections"][0]["tables"][0]["rows"] == [[None]]


def test_sections_are_found_by_key() -> None:
    made = Report("t", "0", "", False, [Section("cases", "Cases")], [])
    assert made.section("cases").title == "Cases"
    with pytest.raises(DataError, match=r"no section 'case'; there are: 'cases'\. Did you mean 'cases'\?"):
        made.section("case")


def test_the_model_cannot_be_changed() -> None:
    made = Report("t", "0", "", False, [Section("cases", "Cases")], ["a"])
    with pytest.raises(AttributeError):
        made.title = "other"  # type: ignore[misc]
    assert isinstance(made.sections, tuple)
    assert isinstance(made.references, tuple)
    assert hash(made) == hash(Report.from_json(made.to_json()))
