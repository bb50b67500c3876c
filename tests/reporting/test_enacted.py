"""The sections on the theory at work: their figures are the library's, and each says its standing."""

import pandas as pd
import pytest
from reported import QUICK, made, small, usual

import expertsys as es
from expertsys.reporting import Report, build
from expertsys.theory import choose_and_book, summary_care_record


@pytest.fixture(scope="module")
def whole() -> Report:
    study = es.datasets.load("synthetic-three-systems").study()
    return build(study, method=QUICK, systems=[choose_and_book(), summary_care_record()])


def rows(report: Report, section: str, table: int = 0) -> dict[str, tuple[object, ...]]:
    return {str(row[0]): row[1:] for row in report.section(section).tables[table].rows}


def test_each_case_is_measured_by_itself(whole: Report) -> None:
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


def test_a_table_of_situations_that_carries_one_measure_tells_of_the_others() -> None:
    situations = pd.DataFrame({"site": ["n", "s"] * 3, "prescribed": ["x"] * 6, "taken": ["x", "y"] * 3})
    section = made(small(situations=situations)).section("situations")
    assert [row[0] for row in section.tables[0].rows] == ["action at a distance"]
    assert sum(text.startswith("Not computed: emptying out") for text in section.paragraphs) == 1
