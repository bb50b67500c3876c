"""The section on how far cases differ: the figures of `contrast`, and nothing where there is nothing to compare."""

from __future__ import annotations

import pandas as pd
import pytest

import expertsys as es
from expertsys import Study
from expertsys.reporting import build, compared


@pytest.fixture(scope="module")
def synthetic() -> Study:
    return es.datasets.load("synthetic-three-systems").study()


def test_it_shows_shares_effects_and_controlled_tests(synthetic: Study) -> None:
    section = compared.contrasts(synthetic)
    assert section is not None
    found = es.contrast(synthetic, permutations=999, replicates=500)
    names = [column.name for column in section.tables[0].columns]
    assert names == ["Code", "Booking", "Templates", "Record", "V", "Low", "High", "p", "q", "p, family"]
    assert [row[0] for row in section.tables[0].rows] == list(found.to_frame().index)
    assert section.tables[0].rows[0][1:4] == pytest.approx(found.to_frame().iloc[0, :3].tolist())
    assert section.paragraphs[0] == found.methods_text()
    assert "Nearest are Templates and Record" in section.paragraphs[1]
    assert len(section.figures) == 1
    namespace = {"es": es, "study": synthetic}
    exec(section.code, namespace)  # noqa: S102
    pd.testing.assert_frame_equal(namespace["found"].to_frame(), found.to_frame())  # type: ignore[attr-defined]


def study(cases: int, codes: int) -> Study:
    rows = [
        (f"{case}.{unit}", f"d{case}.{unit % 3}", f"case {case}", f"c{(case * 7 + unit) % codes}")
        for case in range(cases)
        for unit in range(9)
    ]
    return Study(pd.DataFrame(rows, columns=["unit", "document", "case", "code"]).assign(coder="ann"))


def test_many_cases_and_codes_are_cut_and_said_and_a_tree_is_drawn() -> None:
    section = compared.contrasts(study(8, 40))
    assert section is not None
    assert "The 30 most frequent codes of 40 were compared." in section.paragraphs[0]
    assert len(section.tables[0].rows) == 20
    assert "Codes with smaller effects, in found.to_frame(): 10." in section.tables[0].note
    assert "Shares of 2 more cases are in found.shares." in section.tables[0].note
    assert len(section.figures) == 2
    assert "Tree of 8 cases" in section.figures[1].alt
    exec(section.code, {"es": es, "study": study(8, 40)})  # noqa: S102


@pytest.mark.parametrize(
    "lone",
    [
        study(1, 3),
        Study(
            pd.DataFrame(
                {"document": ["d", "e"], "coder": "ann", "code": "p", "case": ["A", "B"], "start": 0, "end": 4}
            )
        ),
        Study(pd.DataFrame({"unit": ["u"], "coder": "ann", "code": "p"}), cases=pd.DataFrame({"case": ["A", "B"]})),
    ],
)
def test_where_there_is_nothing_to_compare_there_is_no_section(lone: Study) -> None:
    assert compared.contrasts(lone) is None


def test_the_report_cites_its_methods() -> None:
    few = es.agreement.Bootstrap(replicates=20, rng=0)
    made = build(study(3, 3), method=few)
    assert "contrast" in [section.key for section in made.sections]
    assert any("Bergsma W" in reference for reference in made.references)
    none = build(study(1, 3), method=few)
    assert not any("Bergsma W" in reference for reference in none.references)


def test_p_values_are_never_nought() -> None:
    assert [compared._p(value) for value in (0.0001, 0.0314, 1.0, float("nan"))] == ["<.001", ".031", "1.000", None]
