"""The framework matrix: summaries, memos and excerpts, quoted only when asked for, and safe in HTML and workbooks."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from expertsys import Code, Codebook, Study, framework_matrix, read, write
from expertsys.errors import DataError

CODINGS = pd.DataFrame(
    [
        ("u1", "ann", "imposed", "A", "told to <use> it", "angry"),
        ("u1", "ben", "imposed", "A", "told to <use> it", "angry"),
        ("u2", "ann", "imposed", "A", "=nobody asked", None),
        ("u2", "ann", "bypassed", "A", "=nobody asked", None),
        ("u3", "ann", "bypassed", "B", "rang instead", None),
        ("u4", "ann", "bypassed", None, "lost", None),
    ],
    columns=["unit", "coder", "code", "case", "text", "memo"],
)
BOOK = Codebook([Code("imposed", concept="mandate"), Code("bypassed"), Code("trusted", concept="trust")])
TOLD = {("A", "imposed"): "+ felt & imposed", ("B", "trusted"): "none seen"}


def coded() -> Study:
    return Study(CODINGS, codebook=BOOK).with_summaries(TOLD)


def test_what_a_cell_holds_without_quotations() -> None:
    matrix = framework_matrix(coded())
    assert list(matrix.to_frame().columns) == ["imposed", "bypassed", "trusted"]
    assert matrix.to_frame().loc["A", "imposed"] == "+ felt & imposed\nMemo: angry\n[2 excerpts in 2 documents]"
    assert matrix.to_frame().loc["B", "trusted"] == "none seen"
    assert matrix.to_frame().loc["B", "imposed"] == ""
    assert matrix.unsummarised == (("A", "bypassed"), ("B", "bypassed"))
    assert matrix.note == "Left out: 1 coding without a case."
    for page in (matrix.to_html(), repr(matrix), matrix.to_frame().to_string(), matrix._repr_html_()):
        assert "told to" not in page
        assert "asked" not in page


def test_quotations_when_asked_for_each_once() -> None:
    matrix = framework_matrix(coded(), quotations=True)
    assert matrix.cells["A", "imposed"].excerpts == (("u1", "told to <use> it"), ("u2", "=nobody asked"))
    assert "“told to <use> it” (u1)" in matrix.to_frame().loc["A", "imposed"]
    assert "told to &lt;use&gt; it" in matrix.to_html()
    assert "<use>" not in matrix.to_html()
    assert "+ felt &amp; imposed" in matrix._repr_html_()


def test_concepts_and_summaries_that_belong_elsewhere() -> None:
    matrix = framework_matrix(coded().with_summaries({**TOLD, ("A", "mandate"): "national"}), of="concepts")
    assert list(matrix.to_frame().columns) == ["mandate"]
    assert matrix.cells["A", "mandate"].summary == "national"
    assert "Summaries that belong to none of these concepts: 'imposed', 'trusted'." in matrix.note
    assert "1 of 2 applied codes point to no concept" in matrix.note


def test_the_picture_of_what_is_there() -> None:
    shown = repr(framework_matrix(coded()))
    assert shown.startswith("Framework matrix: 2 cases × 3 codes\n2 cells with excerpts have no summary yet")
    assert "2*" in shown
    words = framework_matrix(coded()).methods_text()
    assert "3 of 6 cells hold excerpts, and 1 of these are summarised" in words
    assert framework_matrix(coded()).cite()[0].startswith("Gale NK")


def test_a_workbook_in_which_nothing_is_a_formula(tmp_path: Path) -> None:
    matrix = framework_matrix(coded(), quotations=True)
    sheet = openpyxl.load_workbook(matrix.to_excel(tmp_path / "m.xlsx"))["framework"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[0] == ["case", "imposed", "bypassed", "trusted"]
    assert rows[1][1].startswith("+ felt & imposed")
    cell = sheet["B2"]
    assert (cell.data_type, bool(cell.quotePrefix)) == ("s", True)
    assert not sheet["A2"].quotePrefix
    with pytest.raises(DataError, match=r"'m\.csv' does not end in \.xlsx"):
        matrix.to_excel(tmp_path / "m.csv")


def test_a_page_is_written_whole(tmp_path: Path) -> None:
    page = framework_matrix(coded()).to_html(tmp_path / "m.html")
    assert (tmp_path / "m.html").read_text(encoding="utf-8") == page
    assert page.startswith("<!doctype html>")


def test_summaries_survive_with_the_study(tmp_path: Path) -> None:
    back = read(write(coded(), tmp_path / "study.zip"))
    assert framework_matrix(back).to_frame().equals(framework_matrix(coded()).to_frame())


def test_what_is_refused() -> None:
    with pytest.raises(DataError, match=r"a framework matrix needs cases"):
        framework_matrix(Study(CODINGS.drop(columns="case")))
    with pytest.raises(DataError, match=r"of must be one of"):
        framework_matrix(coded(), of="themes")  # type: ignore[arg-type]
    with pytest.raises(DataError, match=r"must not mix rounds"):
        framework_matrix(Study(CODINGS.assign(round=["1", "2", "1", "1", "1", "1"])))
