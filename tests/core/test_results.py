"""Results: one table behind repr and HTML, and numbers as a paper prints them."""

from __future__ import annotations

import attrs
import pandas as pd
import pytest

from expertsys._core.results import Interval, Result, TableResult, number, probability


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.12345, "0.123"),
        (-0.5, "−0.500"),
        (float("nan"), "–"),
        (1234567, "1,234,567"),
        (True, "True"),
        (None, "None"),
        ("<b>", "<b>"),
    ],
)
def test_numbers(value: object, text: str) -> None:
    assert number(value) == text


def test_digits() -> None:
    assert number(0.98765, 1) == "1.0"


def test_an_interval_in_words() -> None:
    assert str(Interval(0.1, 0.25, 0.95, "bootstrap")) == "0.100 to 0.250 (95%, bootstrap)"
    assert str(Interval(0.1, 0.25, 0.975, "x")) == "0.100 to 0.250 (97.5%, x)"
    assert str(Interval(float("nan"), float("nan"), 0.9, "x")) == "undefined"
    assert str(Interval(float("nan"), float("nan"), 0.9, "x", "one site")) == "undefined: one site"


@attrs.frozen(repr=False)
class Made(Result):
    estimate: float
    note: str

    def _title(self) -> str:
        return "A <title>"

    def _rows(self) -> tuple[tuple[str, object], ...]:
        return (("estimate", self.estimate), ("note & so", self.note))


def test_repr_and_html_hold_the_same_rows() -> None:
    assert repr(Made(0.5, "<odd>")).splitlines() == ["A <title>", "  estimate   0.500", "  note & so  <odd>"]
    html = Made(0.5, "<odd>")._repr_html_()
    assert "<caption>A &lt;title&gt;</caption>" in html
    assert "note &amp; so" in html
    assert "&lt;odd&gt;" in html
    assert "note" not in repr(Made(0.5, ""))
    assert "note" not in Made(0.5, "")._repr_html_()


@attrs.frozen(repr=False)
class MadeTable(TableResult):
    def _title(self) -> str:
        return "T & t"

    def to_frame(self) -> pd.DataFrame:
        return pd.DataFrame({"x": [1.0, None]}, index=pd.Index(["a", "<b>"], name="unit"))


def test_a_table_has_a_title() -> None:
    assert repr(MadeTable()).startswith("T & t\n")
    assert "–" in repr(MadeTable())
    html = MadeTable()._repr_html_()
    assert html.startswith("<p>T &amp; t</p><table")
    assert "&lt;b&gt;" in html


@pytest.mark.parametrize("call", [repr, lambda made: made._rows(), lambda made: made._repr_html_()])
def test_a_result_must_say_its_title_and_rows(call: object) -> None:
    class Bare(Result):
        pass

    with pytest.raises(TypeError, match="Bare must say its"):
        call(Bare())  # type: ignore[operator]

    class BareTable(TableResult):
        def _title(self) -> str:
            return "x"

    with pytest.raises(TypeError, match="BareTable must give its table"):
        BareTable().to_frame()


@pytest.mark.parametrize(
    ("value", "cell", "told"),
    [(0.0123, "0.012", "p = 0.012"), (0.00099, "< 0.001", "p < 0.001"), (float("nan"), "–", "p = –")],
)
def test_no_p_value_is_nought(value: float, cell: str, told: str) -> None:
    assert (probability(value), probability(value, name="p")) == (cell, told)


def test_a_table_without_rows_says_so() -> None:
    class Empty(TableResult):
        def _title(self) -> str:
            return "Nothing"

        def to_frame(self) -> pd.DataFrame:
            return pd.DataFrame(columns=["a"])

    assert repr(Empty()) == "Nothing\n(no rows)"
