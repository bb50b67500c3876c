"""What a report says of a study: every figure is the library's, and what cannot be told is said."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest
import reported
from reported import QUICK, made, small, usual

import expertsys as es
from expertsys import Code, Codebook, Study
from expertsys.agreement import Bootstrap, disagreements, methods_text
from expertsys.reporting import Report, Section, build


def rows(section: Section, table: int = 0) -> dict[Any, tuple[Any, ...]]:
    """Rows of a table by their first cell."""
    return {row[0]: row[1:] for row in section.tables[table].rows}


@pytest.fixture(scope="module")
def synthetic() -> Study:
    return es.datasets.load("synthetic-three-systems").study()


@pytest.fixture(scope="module")
def whole() -> Report:
    return reported.whole()


def same(cell: Any, value: Any) -> bool:
    return cell is None if pd.isna(value) else cell == value


def test_the_reliability_table_is_the_librarys(synthetic: Study, whole: Report) -> None:
    section = whole.section("reliability")
    table = es.reliability(synthetic, method=QUICK)
    shown = rows(section)
    assert set(shown) == set(table.index)
    assert list(shown)[:2] == ["all codes (Jaccard)", "all codes (MASI)"]
    assert [column.name for column in section.tables[0].columns] == [
        "Code", "Alpha", "Low", "High", "Units", "Coders", "Prevalence", "Pairs that agree", "Note",
    ]  # fmt: skip
    for name, values in table.iterrows():
        assert all(same(cell, value) for cell, value in zip(shown[name], values, strict=True)), name
    assert section.paragraphs == (methods_text(synthetic, table),)


def test_the_disagreements_are_the_librarys(synthetic: Study, whole: Report) -> None:
    section = whole.section("disagreements")
    table = disagreements(synthetic)
    assert len(table) > 15
    assert f"Coders differ on {len(table):,} units. The 15 on which they differ most" in section.paragraphs[0]
    wanted = table.head(15)[["case", "disagreement", "agreed", "contested"]]
    assert list(rows(section)) == list(wanted.index)
    for unit, values in wanted.iterrows():
        assert list(rows(section)[unit]) == values.tolist()


def test_the_case_matrix_is_the_librarys(synthetic: Study, whole: Report) -> None:
    section = whole.section("cases")
    matrix = es.case_matrix(synthetic)
    shown = rows(section)
    assert shown.pop("All units read") == tuple(matrix.totals)
    assert {name: list(cells) for name, cells in shown.items()} == matrix.to_frame().to_dict("list")
    sums = [sum(cells) for cells in shown.values()]
    assert sums == sorted(sums, reverse=True)
    assert [column.name for column in section.tables[0].columns] == ["Code", *matrix.to_frame().index]
    assert section.paragraphs == (matrix.methods_text(),)


def test_the_coverage_is_the_librarys(synthetic: Study, whole: Report) -> None:
    section = whole.section("theory")
    found = es.evidence.coverage(synthetic)
    coded = found.to_frame().query("codes != ''")
    columns = ["name", "standing", "codes", "codings", "units", "cases"]
    assert {key: list(cells) for key, cells in rows(section).items()} == {
        key: row.tolist() for key, row in coded[columns].iterrows()
    }
    assert section.paragraphs[0].startswith(found.methods_text())
    for key in found.without_code:
        assert found.framework[key].name in section.paragraphs[1]
    assert "'humour', 'workload'" in section.paragraphs[2]


def test_who_read_what_is_counted(synthetic: Study, whole: Report) -> None:
    section = whole.section("data")
    seen, units = synthetic.seen, synthetic.units
    shown = rows(section, 1)
    assert list(shown) == list(synthetic.cases.index)
    for case, cells in shown.items():
        here = seen[seen["case"] == case]
        per_unit = here.groupby("unit").size()
        by_coder = [int((here["coder"] == name).sum()) for name in synthetic.coders.index]
        assert list(cells) == [int((units["case"] == case).sum()), int((per_unit > 1).sum()), *by_coder]
    facts = rows(section)
    assert facts["Units"] == (f"{len(units):,}",)
    assert facts["Codings"] == (f"{len(synthetic.codings):,}",)
    assert facts["Round of coding"] == ("independent",)


def test_what_is_odd_is_what_check_lists() -> None:
    odd = small(assignments=pd.DataFrame({"coder": ["ann", "Ann"], "document": ["u1", "u1"]}))
    section = made(odd).section("warnings")
    found = es.check(odd)
    listed = [row for table in section.tables for row in table.rows]
    assert sorted(listed) == sorted(found[["place", "what", "remedy"]].itertuples(index=False, name=None))
    serious = int((found["severity"] != "note").sum())
    assert section.tables[0].caption == f"Warnings: they may change results ({serious})"
    assert (serious, len(found) - serious) == (1, 2)
    assert section.paragraphs == ("1 warning and 2 notes. Nothing was repaired silently.",)


def test_the_python_beside_the_tables_gives_them(synthetic: Study, whole: Report) -> None:
    for section in whole.sections:
        if section.key == "systems":  # records of the library, not of the study
            continue
        assert section.code
        exec(section.code, {"es": es, "study": synthetic})  # noqa: S102


def test_figures_are_told_with_their_numbers(whole: Report) -> None:
    (picture,) = whole.section("reliability").figures
    assert picture.alt.startswith("Coefficients with intervals for 18 rows, 0 of them undefined; the lowest are ")
    assert "0.489" in picture.alt
    (picture,) = whole.section("cases").figures
    assert "Heat map of 3 cases and 16 codes; the largest cell is " in picture.alt


def test_synthetic_data_are_called_so(whole: Report) -> None:
    assert "invented" in whole.synthetic
    assert "<strong>Synthetic data.</strong>" in whole.to_html()
    assert "(synthetic)" in whole.title
    assert "Synthetic data" not in made(usual()).to_html()


def test_long_quotations_are_cut_and_it_says_so() -> None:
    documents = pd.DataFrame({"document": ["u2"], "text": ["a" * 599 + " " + "b" * 5000]})
    section = made(small(documents=documents), quotations=True).section("disagreements")
    assert rows(section)["u2"][-1] == "a" * 599 + " …"
    assert section.tables[0].note == "Texts are cut after 600 characters."
    assert section.tables[0].columns[-1].name == "Text"
    assert section.code == "es.agreement.disagreements(study, text=True)"


@pytest.mark.parametrize(("confidence", "told"), [(0.95, "95%"), (0.975, "97.5%"), (0.999, "99.9%")])
def test_the_confidence_is_told_as_it_is(confidence: float, told: str) -> None:
    caption = made(usual(), confidence=confidence).section("reliability").tables[0].caption
    assert f" {told} intervals" in caption


def test_one_coder() -> None:
    alone = made(usual().select(coders=["ann"]))
    keys = [section.key for section in alone.sections]
    assert {"data", "warnings", "reliability", "cases", "theory", "provenance"} <= set(keys)
    assert "disagreements" not in keys
    assert alone.section("reliability").paragraphs == ("One coder: agreement cannot be measured.",)


def test_coders_who_share_no_unit() -> None:
    apart = Study(pd.DataFrame({"unit": ["u1", "u2"], "coder": ["ann", "ben"], "code": ["p", "q"]}))
    section = made(apart).section("reliability")
    assert rows(section)["p"][:4] == (None, None, None, 0)
    assert section.figures == ()
    assert made(apart).section("disagreements").paragraphs == ("No unit was read by two coders.",)


SPANS = pd.DataFrame(
    {"document": ["d", "d"], "coder": ["ann", "ben"], "code": ["p", "q"], "case": "A", "start": [0, 9], "end": [4, 12]}
)


@pytest.mark.parametrize("some", [SPANS, SPANS.assign(unit=["u", None])])
def test_spans_without_units(some: pd.DataFrame) -> None:
    given = made(Study(some))
    assert given.section("reliability").paragraphs == (
        "The codings are spans of text without units. Choose the unit of coding first: study.unitise(by=...).",
    )
    assert "disagreements" not in [section.key for section in given.sections]
    cases = given.section("cases")
    assert rows(cases)["All documents read"] == (1,)
    assert "counting='documents'" in cases.code


def test_a_study_without_cases() -> None:
    plain = Study(pd.DataFrame({"unit": ["u1", "u1"], "coder": ["ann", "ben"], "code": ["p", "q"]}))
    given = made(plain)
    assert "cases" not in [section.key for section in given.sections]
    assert list(rows(given.section("data"), 1)) == ["(no case)"]
    assert given.title == "Study"


def test_a_code_that_points_nowhere_is_told() -> None:
    book = Codebook([Code("policy", concept="trsut"), Code("workload"), Code("judgement")])
    section = made(small(codebook=book)).section("theory")
    assert section.paragraphs[0].startswith("No code points to a concept of the framework.")
    assert section.paragraphs[1] == "Not in the framework: 'policy' points to 'trsut' (perhaps 'trust')."


def test_many_codes_and_coders_are_cut_and_it_says_so() -> None:
    draw = np.random.default_rng(1)
    table = pd.DataFrame(
        [(f"u{unit}", f"coder {unit % 12:02}", f"code {number:03}", f"case {unit % 3}")
         for unit in range(70) for number in {unit, *draw.integers(0, 70, 2)}],
        columns=["unit", "coder", "code", "case"],
    )  # fmt: skip
    given = build(Study(table), method=Bootstrap(replicates=2, rng=0))
    reliability, cases, data = (given.section(key) for key in ("reliability", "cases", "data"))
    assert len(reliability.tables[0].rows) == 62
    assert reliability.tables[0].note.startswith("The 60 most prevalent codes; 10 more are in es.reliability(study).")
    assert len(cases.tables[0].rows) == 61
    assert cases.tables[0].note == "The 60 most frequent codes; 10 more are in es.case_matrix(study)."
    assert data.tables[1].note.startswith("4 more coders are not shown. Who read what is assumed")
    assert "12: coder 00" in rows(data)["Coders"][0]
    assert "Who read what is assumed" in reliability.paragraphs[0] + reliability.tables[0].note
    assert len(given.to_html()) < 1_000_000
    assert json.loads(given.to_json())
