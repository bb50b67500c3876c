"""Tables for a report, and the bundled table from raw figures to the published sets."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

import expertsys as es
from expertsys import qca
from expertsys.errors import DataError

from . import oracle

ANCHORS = {
    "development": (400, 550, 900),
    "urbanisation": (25, 50, 65),
    "literacy": (50, 75, 90),
    "industry": (20, 30, 40),
    "governments": (15, 9.5, 5),
    "survival": (-9, 0, 10),
}


def test_the_bundled_table_gives_the_published_sets() -> None:
    """Ragin's log odds of 3 at the anchors: 1 / (1 + e^-3). The crisp and the fuzzy table as R's QCA bundles them."""
    raw = es.datasets.load("lipset-rihoux2009").to_frame()
    fuzzy = pd.DataFrame(
        {name: qca.calibrate(raw[name], anchors=at, full_membership=0.9525741268) for name, at in ANCHORS.items()}
    )
    published = oracle.data("LF").to_numpy(dtype=float)
    assert abs(fuzzy.to_numpy() - published).max() <= 0.0051
    crisp = pd.DataFrame(
        {name: qca.calibrate(raw[name], method="crisp", anchors=[at[1]]) for name, at in ANCHORS.items()}
    )
    crisp["governments"] = 1 - crisp["governments"]
    assert (crisp.to_numpy() == oracle.data("LC").to_numpy()).all()


def everything() -> list[object]:
    truth = oracle.truth(oracle.CASES["LF_SURV"])
    opposite = qca.truth_table(
        oracle.data("LF"), outcome="~SURV", conditions=list(truth.conditions), consistency_cutoff=0.8
    )
    solutions = [
        qca.minimise(truth, solution="conservative"),
        qca.minimise(truth, solution="parsimonious"),
        qca.minimise(truth, solution="intermediate", expectations=list(truth.conditions)),
        qca.minimise(opposite, solution="parsimonious"),
    ]
    table = oracle.data("LF").assign(half=["a", "b"] * 9)
    return [
        *solutions,
        qca.necessity(table, outcome="SURV", conditions=list(truth.conditions)),
        qca.untenable(truth, solutions=(solutions[1], solutions[3])),
        qca.robustness(solutions[1], [solutions[0]]),
        qca.sweep(solutions[1], consistency_cutoff=[0.75, 0.9]),
        qca.leave_one_out(solutions[0]),
        qca.fit_intervals(solutions[1], replicates=50, rng=1),
        qca.false_positives(solutions[1], replicates=50, rng=1),
        qca.cluster_fit(solutions[1].models[0].expression, table, outcome="SURV", cluster="half"),
        qca.evaluate_theory("DEV*STB", solutions[1].models[0].expression, table, outcome="SURV"),
        qca.case_types(solutions[1]),
    ]


def test_every_result_has_its_table() -> None:
    found = qca.report_tables(*everything())  # type: ignore[arg-type]
    for caption in (
        "Scores of the cases (SURV)",
        "Scores of the cases (~SURV)",
        "Necessary conditions (SURV)",
        "Truth table (SURV)",
        "Truth table (~SURV)",
        "Prime-implicant chart, parsimonious (SURV)",
        "Parsimonious solution (SURV)",
        "Intermediate solution (SURV)",
        "Assumptions about remainders, parsimonious (SURV)",
        "Untenable configurations (SURV)",
        "Robustness of fit and cases (SURV)",
        "Repetitions over consistency cut-off",
        "Repetitions over case",
        "Terms that survive over case",
        "Fit with intervals over resampled cases",
        "False positives under permutation",
        "Fit in each cluster (SURV)",
        "Theory evaluation (SURV)",
        "Typical cases (SURV)",
    ):
        assert len(found[caption]), caption
    assert list(found).index("Necessary conditions (SURV)") < list(found).index("Truth table (SURV)")
    assert len(found["Scores of the cases (SURV)"]) == 18


def test_members_of_each_set_as_in_setmethods() -> None:
    truth = oracle.truth(oracle.CASES["SCHF_EXPORT"])
    found = qca.report_tables(truth)["Members of each set (EXPORT)"]
    for line in oracle.R["extras"]["skew"]:  # "Set EMP - Cases > 0.5 / Total number of cases: 44 / 76 = 57.89 %"
        words = line.split()
        assert found.loc[words[1], "members"] == int(words[-6])
        assert round(100 * float(found.loc[words[1], "share"]), 2) == float(words[-2])


def test_two_solutions_of_one_kind_stay_apart() -> None:
    truth = oracle.truth(oracle.CASES["LF_SURV"])
    one = qca.minimise(truth, solution="parsimonious")
    other = qca.minimise(truth, solution="parsimonious", exclude=[18])
    captions = list(qca.report_tables(one, other))
    assert "Parsimonious solution (SURV)" in captions
    assert "Parsimonious solution (SURV), 2" in captions
    assert sum(caption.startswith("Truth table") for caption in captions) == 1


def test_the_page_holds_them_all(tmp_path: Path) -> None:
    results = everything()
    made = es.reporting.report_qca(results, tmp_path / "page.html", title="Democracy & survival")  # type: ignore[arg-type]
    section = made.section("qca")
    assert [table.caption for table in section.tables] == list(qca.report_tables(*results))  # type: ignore[arg-type]
    assert len(section.figures) >= 6
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "Democracy &amp; survival" in page
    assert "DEV*~IND" in page
    model = json.loads((tmp_path / "page.json").read_text(encoding="utf-8"))
    assert model["sections"][0]["key"] == "qca"
    assert any("Ragin" in line for line in made.references)
    assert "simplifying assumptions" in " ".join(section.paragraphs)


def test_a_missing_kind_is_told_and_nothing_is_refused(tmp_path: Path) -> None:
    truth = oracle.truth(oracle.CASES["LF_SURV"])
    solution = qca.minimise(truth, solution="parsimonious")
    made = es.reporting.report_qca([solution], tmp_path / "page.html", title="One")
    assert "Not shown: the 'conservative', 'intermediate' solution" in " ".join(made.section("qca").paragraphs)
    with pytest.raises(DataError, match="no result was given"):
        es.reporting.report_qca([], tmp_path / "page.html", title="None")
    with pytest.raises(DataError, match="one result was given where several are taken"):
        es.reporting.report_qca(solution, tmp_path / "page.html", title="One")  # type: ignore[arg-type]
    with pytest.raises(DataError, match=r"does not end in \.html"):
        es.reporting.report_qca([solution], tmp_path / "page.txt", title="One")


def test_a_study_takes_them_into_its_report() -> None:
    study = es.Study(
        pd.DataFrame(
            {"unit": ["u1", "u2"], "coder": ["ann", "ann"], "code": ["policy", "workload"], "case": ["A", "B"]}
        )
    )
    solution = qca.minimise(oracle.truth(oracle.CASES["LF_SURV"]), solution="conservative")
    made = es.reporting.build(study, comparative=[solution])
    assert made.section("qca").tables
    assert any("Ragin" in line for line in made.references)
    assert "qca" not in [section.key for section in es.reporting.build(study).sections]
