"""The sections on the theory at work: their figures are the library's, and each says its standing."""

import pandas as pd
import pytest
import reported
from reported import made, small, usual

import expertsys as es
from expertsys.reporting import Report


@pytest.fixture(scope="module")
def whole() -> Report:
    return reported.whole()


def rows(report: Report, section: str, table: int = 0) -> dict[str, tuple[object, ...]]:
    return {str(row[0]): row[1:] for row in report.section(section).tables[table].rows}


def test_each_system_is_measured_by_itself(whole: Report) -> None:
    study = es.datasets.load("synthetic-three-systems").study()
    found = rows(whole, "situations")
    assert len(found) == 9
    for case in ("Booking", "Templates", "Record"):
        own = es.enactment.emptying_out(study.select(cases=[case]))
        estimate, low, high, chance, _, n, sites, _ = found[f"emptying out · {case}"]
        assert (estimate, n, sites) == (own.estimate, own.n_situations, own.n_sites)
        assert (low, high) == (own.interval().low, own.interval().high)
        assert own.null is not None
        assert chance == own.null.mean


def test_every_proposed_figure_says_so(whole: Report) -> None:
    for key in ("situations", "resistance", "propositions"):
        assert "Proposed by this library" in " ".join(whole.section(key).paragraphs)
    assert "no score" in whole.section("propositions").tables[0].caption


def test_propositions_are_those_of_the_framework_with_what_bears_on_them(whole: Report) -> None:
    study = es.datasets.load("synthetic-three-systems").study()
    held = es.evidence.evaluate_propositions(study).to_frame()
    table = whole.section("propositions").tables[0]
    shown = {(row[0], row[1]): row[2:4] for row in table.rows}
    assert shown == {key: (row["supports"], row["contradicts"]) for key, row in held.iterrows()}
    assert {row[0] for row in whole.section("propositions").tables[1].rows} == {f"P{n}" for n in range(1, 8)}


def test_resistance_is_shown_by_case_role_and_site_with_a_picture(whole: Report) -> None:
    section = whole.section("resistance")
    captions = [table.caption for table in section.tables]
    assert [caption.split(":")[0] for caption in captions] == [f"Resistance by {by}" for by in ("case", "role", "site")]
    assert len(section.figures) == 1
    assert "largest" in section.figures[0].alt


def test_systems_stand_side_by_side_where_they_are_given(whole: Report) -> None:
    table = whole.section("systems").tables[0]
    assert [column.name for column in table.columns] == ["Part", "Item", "Choose and Book", "Summary Care Record"]
    assert any("21 % of" in str(row[3]) for row in table.rows)


def test_what_the_data_do_not_have_is_no_section() -> None:
    keys = {section.key for section in made(usual()).sections}
    assert not keys & {"situations", "systems", "resistance", "frames", "propositions"} - {"propositions"}


def test_attributes_that_cannot_be_read_are_named_and_the_rest_is_reported() -> None:
    cases = pd.DataFrame({"case": ["A", "B"], "mandate_level": ["federal", "national"]})
    report = made(small(cases=cases))
    (text,) = report.section("propositions").paragraphs
    assert text.startswith("Not computed: study.cases, case 'A': mandate_level must be one of ")
    assert report.section("theory")


def test_a_report_prints_its_contents_and_not_itself() -> None:
    text = repr(made(usual()))
    assert text.splitlines()[0] == "Report 'Usual': 9 sections"
    assert "  reliability    Inter-coder agreement (1 paragraph, 1 table, 1 figure)" in text
    assert len(text) < 1_000


def test_long_lists_and_remarks_are_cut_and_it_says_so() -> None:
    codes = ("policy", "workload")
    rows = [(f"u{number}", "ann", codes[number % 2], f"case {number:03}") for number in range(40)]
    study = es.Study(pd.DataFrame(rows, columns=["unit", "coder", "code", "case"]))
    report = made(study.noting(es.errors.Remark("warning", "file", "x" * 5_000, "")))
    facts = {row[0]: row[1] for row in report.section("data").tables[0].rows}
    assert facts["Cases"].startswith("40: case 000, ")
    assert facts["Cases"].endswith("case 011 and 28 more")
    assert (
        max(len(str(cell)) for table in report.section("warnings").tables for row in table.rows for cell in row) < 700
    )


def test_a_table_of_situations_that_carries_one_measure_tells_of_the_others() -> None:
    situations = pd.DataFrame({"site": ["n", "s"] * 3, "prescribed": ["x"] * 6, "taken": ["x", "y"] * 3})
    section = made(small(situations=situations)).section("situations")
    assert [row[0] for row in section.tables[0].rows] == ["action at a distance"]
    assert sum(text.startswith("Not computed: emptying out") for text in section.paragraphs) == 1
