"""Designs of comparative studies, from coded excerpts to the solution; each truth is known by construction."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import expertsys as es
from expertsys.errors import DataError, DegenerateWarning
from expertsys.qca import (
    FromAttribute,
    FromCodes,
    FromFigures,
    calibrate,
    membership,
    minimise,
    necessity,
    truth_table,
)

ANCHORS = (0.1, 0.3, 0.6)


def excerpts(counts: dict[str, dict[str, int]], *, units: int = 20, coder: str = "ann") -> pd.DataFrame:
    """Excerpts of interviews, one interview a case: each code on the first so many of them, "none" on the rest."""
    rows = []
    for case, codes in counts.items():
        for unit in range(units):
            own = [code for code, count in codes.items() if unit < count] or ["none"]
            rows += [(f"{case} interview", f"{case}-{unit}", case, coder, code) for code in own]
    return pd.DataFrame(rows, columns=["document", "unit", "case", "coder", "code"])


def read(tmp_path: Path, table: pd.DataFrame) -> es.Study:
    """The table through a file."""
    path = tmp_path / "excerpts.csv"
    table.to_csv(path, index=False)
    return es.read(path, case="case")


def test_passages_under_sub_codes_count_for_the_code_above(tmp_path: Path) -> None:
    """Two cases with 8 and 2 of 20 excerpts under sub-codes of resistance: shares .4 and .1, not 0."""
    counts = {"A": {"resistance->policy": 8}, "B": {"resistance->staff": 2}}
    study = read(tmp_path, excerpts(counts))
    made = membership(study, conditions={"resisted": FromCodes("resistance", ANCHORS)})
    assert made.raw["resisted"].tolist() == pytest.approx([0.4, 0.1])
    assert "sub-codes included: 'resistance->policy', 'resistance->staff'" in repr(made)
    assert "sub-codes included" in made.methods_text()
    assert len(made.trace("A", "resisted")) == 8
    assert made.codes["resisted"] == ("resistance", "resistance->policy", "resistance->staff")
    without = membership(study, conditions={"resisted": FromCodes("resistance", ANCHORS, subcodes="exclude")})
    assert without.raw["resisted"].tolist() == [0, 0]
    assert "sub-codes excluded" in repr(without)


def test_sub_codes_inherit_the_concept_of_the_code_above() -> None:
    """The parent is mapped to a concept, its sub-codes are not: 8 of 20 excerpts all the same."""
    table = excerpts({"A": {"resistance->policy": 8}, "B": {"other": 1}})
    book = es.Codebook.of(["resistance->policy", "other", "none"], separator="->")
    book = book.with_concepts({"resistance": "focus-of-resistance"})
    study = es.Study(table, codebook=book)
    made = membership(study, conditions={"resisted": FromCodes("focus-of-resistance", ANCHORS)})
    assert made.raw["resisted"].tolist() == pytest.approx([0.4, 0])


@pytest.mark.parametrize("show", ["share", "count", "presence"])
@pytest.mark.parametrize("counting", ["units", "documents", "codings"])
def test_a_case_that_nobody_read_is_unknown_whatever_is_counted(show: str, counting: str) -> None:
    """Case C is listed and has no reader; A has the code, B was read and does not have it."""
    table = excerpts({"A": {"detour": 8}, "B": {"other": 3}})
    cases = pd.DataFrame({"case": ["A", "B", "C"]})
    study = es.Study(table, cases=cases)
    anchors = {"share": ANCHORS, "count": (0.5, 1.5, 8), "presence": None}[show]
    spec = FromCodes("detour", anchors, show=show, counting=counting)  # type: ignore[arg-type]
    made = membership(study, conditions={"bypassed": spec})
    assert made.table.loc["C"].isna().all()
    assert "Unknown: C in bypassed." in made.note
    assert made.table.loc["A", "bypassed"] > made.table.loc["B", "bypassed"]


def test_a_case_with_one_unit_is_said_to_be_uncertain_down_to_the_solution(tmp_path: Path) -> None:
    """Five cases of 20 excerpts and one, S, of a single one."""
    counts = {case: {"detour": 12 if case in "AB" else 1, "fear": 11 if case in "AB" else 1} for case in "ABCDE"}
    single = excerpts({"S": {"detour": 1, "fear": 1}}, units=1)
    study = read(tmp_path, pd.concat([excerpts(counts), single]))
    made = membership(
        study, conditions={"bypassed": FromCodes("detour", ANCHORS), "afraid": FromCodes("fear", ANCHORS)}
    )
    assert "S in bypassed (1 unit)" in made.note
    assert made.support.loc[("S", "afraid"), "n"] == 1
    truth = truth_table(made, outcome="bypassed", conditions=["afraid"], consistency_cutoff=0.8)
    for result in (truth, minimise(truth, solution="conservative")):
        assert "few observations behind S in bypassed (1 unit), S in afraid (1 unit)" in repr(result)
    assert "S in afraid" in necessity(made.table, outcome="bypassed", conditions=["afraid"]).note


def situations() -> pd.DataFrame:
    """Sites of 40 situations, 36 or 12 of them as prescribed, and one, North, with 3 of 3."""
    rows = []
    for site, n, followed in (("East", 40, 36), ("West", 40, 12), ("South", 40, 10), ("North", 3, 3)):
        rows += [(site, place, "yes", "yes" if place < followed else "no") for place in range(n)]
    return pd.DataFrame(rows, columns=["site", "situation", "prescribed", "taken"])


def test_fidelity_of_three_situations_is_no_certain_membership() -> None:
    """3 of 3: Wilson's interval is .438 to 1 (by hand), so the score lies between .007 and .983, not at .983."""
    by_site = es.enactment.action_at_a_distance(situations()).by_site
    with pytest.warns(DegenerateWarning, match="North rests on 3 observations"):
        scores = calibrate(by_site["fidelity"], anchors=(0.5, 0.7, 0.9))
    assert "North rests on 3 observations" in scores.attrs["note"]
    cases = pd.DataFrame({"case": ["East", "West", "South", "North"], "mandate": ["n", "l", "l", "n"]})
    study = es.Study(excerpts({case: {"detour": 4} for case in cases["case"]}), cases=cases)
    made = membership(
        study,
        conditions={
            "faithful": FromFigures(by_site, "fidelity", anchors=(0.5, 0.7, 0.9)),
            "mandated": FromAttribute("mandate", scores={"n": 1, "l": 0}),
        },
    )
    north = made.support.loc[("North", "faithful")]
    low = 1 / (1 + np.exp(np.log(19) * (0.7 - 0.43850) / 0.2))
    assert (north["n"], north["of"]) == (3, "situation")
    assert north["low"] == pytest.approx(low, abs=1e-4)
    assert north["high"] == pytest.approx(north["score"]) == pytest.approx(0.988, abs=1e-3)
    assert "North in faithful (3 situations: 0.99, over the interval 0.02 to 0.99)" in made.note
    assert made.trace("North", "faithful")["n_situations"].tolist() == [3]
    truth = truth_table(made, outcome="faithful", conditions=["mandated"], consistency_cutoff=0.8)
    assert "North in faithful (3 situations" in minimise(truth, solution="parsimonious").methods_text()


def test_everyone_in_condition_and_outcome_is_called_skewed() -> None:
    """Twelve cases, all above 0.5 in both, with scores that are independent: fit is high all the same."""
    rng = np.random.default_rng(3)
    table = pd.DataFrame(rng.uniform(0.7, 1, (12, 2)), columns=["A", "Y"])
    truth = truth_table(table, outcome="Y", conditions=["A"], consistency_cutoff=0.8)
    solution = minimise(truth, solution="conservative")
    assert solution.models[0].consistency > 0.9
    assert solution.models[0].coverage > 0.9
    for text in (repr(solution), solution.methods_text(), necessity(table, outcome="Y", conditions=["A"]).note):
        assert "skewed: 12 of 12 cases above 0.5 in A and Y" in text


@pytest.mark.parametrize("same", ["detour", ("detour", "fear")])
def test_outcome_and_condition_from_one_code_are_called_circular(same: str | tuple[str, ...], tmp_path: Path) -> None:
    """Both sets are made from passages with "detour": a perfect fit, by construction."""
    counts = {"A": {"detour": 12}, "B": {"detour": 9, "fear": 4}, "C": {"detour": 1}, "D": {"other": 6}}
    made = membership(
        read(tmp_path, excerpts(counts)),
        conditions={"bypassed": FromCodes("detour", ANCHORS), "resisted": FromCodes(same, ANCHORS)},
    )
    assert "bypassed and resisted are both made from the code 'detour'" in made.note
    for table in (made, made.table, made.table.loc[["A", "B", "C"]]):
        truth = truth_table(table, outcome="bypassed", conditions=["resisted"], consistency_cutoff=0.8)
        assert "circular: resisted and the outcome bypassed are both made from the code 'detour'" in truth.note
    assert "circular" in repr(minimise(truth, solution="conservative"))
    assert "circular" in minimise(truth.again(consistency_cutoff=0.9), solution="conservative").methods_text()


def test_equal_fuzzy_scores_in_condition_and_outcome_are_pointed_out() -> None:
    """A table without a source: one column is the reverse of the other in every case."""
    table = pd.DataFrame({"A": [0.9, 0.2, 0.6, 0.4], "B": [0.3, 0.1, 0.9, 0.7], "Y": [0.1, 0.8, 0.4, 0.6]})
    truth = truth_table(table, outcome="Y", conditions=["A", "B"], consistency_cutoff=0.8)
    assert "A has the reverse of the scores of the outcome in every case" in truth.note
    assert "B has" not in truth.note


def test_crisp_rows_with_both_outcomes_are_said_to_be_contradictory() -> None:
    """A: 4 with and 1 without the outcome (.8); ~A: 1 of 5. Both rows hold cases of either kind."""
    table = pd.DataFrame({"A": [1] * 5 + [0] * 5, "Y": [1, 1, 1, 1, 0, 1, 0, 0, 0, 0]})
    truth = truth_table(table, outcome="Y", conditions=["A"], consistency_cutoff=0.8)
    assert truth.mixed == (1, 2)
    assert "cases with and without the outcome share row 1, 2" in truth.note
    text = minimise(truth, solution="conservative").methods_text()
    assert "0 contradictory" not in text
    assert "cases with and without the outcome share row 1, 2" in text
    clean = truth_table(table.drop(index=[4, 5]), outcome="Y", conditions=["A"], consistency_cutoff=0.8)
    assert clean.mixed == ()
    assert "No row holds cases both with and without the outcome" in clean.methods_text()


def test_two_paths_from_excerpts_to_solution(tmp_path: Path) -> None:
    """Ordinary: six sites; bypassed where the system was imposed and feared, or where it is slow. Truth: A*B + C."""
    sites = {
        "P": (9, 9, 0, 10), "Q": (10, 8, 9, 9), "R": (0, 1, 9, 8), "S": (9, 0, 0, 0), "T": (1, 9, 0, 1),
        "U": (0, 0, 1, 0), "V": (8, 1, 10, 9), "W": (1, 10, 8, 10),
    }  # fmt: skip
    names = ("imposed", "fear", "slow", "detour")
    study = read(tmp_path, excerpts({site: dict(zip(names, n, strict=True)) for site, n in sites.items()}))
    made = membership(study, conditions={name: FromCodes(name, ANCHORS) for name in names})
    truth = truth_table(made, outcome="detour", conditions=names[:3], consistency_cutoff=0.8)
    assert made.note == ""
    for kind in ("conservative", "parsimonious"):
        solution = minimise(truth, solution=kind)  # type: ignore[arg-type]
        assert [model.expression for model in solution.models] == ["imposed*fear + slow"]
        assert solution.models[0].coverage > 0.9


def test_a_scale_and_an_attribute_from_a_table_of_cases(tmp_path: Path) -> None:
    """Ordinary: a table of cases with a mandate and a budget; use is low where the mandate is national and money short.

    The three cases with both have shares of .6 and .7, the others at most .05: truth mandate*~budget.
    """
    cases = pd.DataFrame(
        {
            "case": list("ABCDEFG"),
            "mandate": ["national"] * 4 + ["local"] * 3,
            "budget": [10.0, 12, 11, 40, 9, 45, 50],
        }
    )
    counts = dict(zip("ABCDEFG", (12, 14, 13, 1, 0, 1, 0), strict=True))
    table = excerpts({case: {"avoids it": n} for case, n in counts.items()})
    path = tmp_path / "excerpts.csv"
    table.to_csv(path, index=False)
    study = es.read(path, case="case")
    study = es.Study(
        study.codings,
        units=study.units,
        documents=study.documents,
        cases=cases,
        codebook=study.codebook,
        assignments=study.assignments,
    )
    made = membership(
        study,
        conditions={
            "MANDATE": FromAttribute("mandate", scores={"national": 1, "local": 0}),
            "BUDGET": FromAttribute("budget", anchors=(15, 25, 35)),
            "avoided": FromCodes("avoids it", ANCHORS),
        },
    )
    truth = truth_table(made, outcome="avoided", conditions=["MANDATE", "BUDGET"], consistency_cutoff=0.8)
    assert minimise(truth, solution="conservative").models[0].expression == "MANDATE*~BUDGET"
    assert truth.rows["cases"].tolist()[-2:] == ["A, B, C", "D"]


def test_two_coders_in_some_cases_and_a_documented_absence(tmp_path: Path) -> None:
    """Ordinary: ann reads all, ben ten excerpts of A and agrees: shares stay .5 and .1; ~Y has its own solution."""
    first = excerpts({"A": {"detour": 10}, "B": {"detour": 2}, "C": {"detour": 10}, "D": {"other": 2}})
    second = first[(first["case"] == "A")].groupby("unit", sort=False).head(1).head(10).assign(coder="ben")
    made = membership(read(tmp_path, pd.concat([first, second])), conditions={"used": FromCodes("detour", ANCHORS)})
    assert made.raw["used"].tolist() == pytest.approx([0.5, 0.1, 0.5, 0])
    assert "(a unit counts as the share of them who applied the code)" in repr(made)
    table = made.table.assign(A=[1, 0, 1, 0])
    for outcome, expected in (("used", "A"), ("~used", "~A")):
        truth = truth_table(table, outcome=outcome, conditions=["A"], consistency_cutoff=0.8)
        assert minimise(truth, solution="parsimonious").models[0].expression == expected


def test_more_coders_in_one_case_make_no_difference_between_cases(tmp_path: Path) -> None:
    """Two sites, each coder finds the code in half of the excerpts, in other ones: .5 in both, not 1 in the one."""
    first = excerpts({"A": {"detour": 10}, "B": {"detour": 10}})
    second = first[first["case"] == "A"].assign(coder="ben")
    second["code"] = ["none"] * 10 + ["detour"] * 10
    study = read(tmp_path, pd.concat([first, second]))
    made = membership(study, conditions={"used": FromCodes("detour", ANCHORS)})
    assert made.raw["used"].tolist() == pytest.approx([0.5, 0.5])
    one = membership(study, conditions={"used": FromCodes("detour", ANCHORS, coders="any")})
    assert "Cases differ in how many coders read them (2 coders per unit in A and 1 in B), on which used" in one.note


CRISP = pd.DataFrame({"A": [1, 1, 0, 0], "Y": [1, 1, 0, 1]}, index=list("pqrs"))


@pytest.mark.parametrize("name", ["case", "Case", "CASE"])
def test_a_column_case_names_the_cases_however_it_is_written(name: str) -> None:
    """Cases p to s; one of them entered twice, with a blank or another capital, is refused."""
    table = CRISP.rename_axis(name).reset_index()
    truth = truth_table(table, outcome="Y", conditions=["A"], consistency_cutoff=0.8)
    assert truth.rows["cases"].tolist() == ["r, s", "p, q"]
    assert necessity(table, outcome="Y", conditions=["A"]).to_frame().shape[0] > 0
    for other in ("p ", "P"):
        twice = table.assign(**{name: ["p", other, "r", "s"]})
        with pytest.raises(DataError, match=r"cases 'p' and 'P?p? ?' differ only by capitals or blanks"):
            truth_table(twice, outcome="Y", conditions=["A"], consistency_cutoff=0.8)
    with pytest.raises(DataError, match=r"cannot be named 'Case'.*'kind_of_case'"):
        truth_table(table, outcome="Y", conditions=["A", "Case"], consistency_cutoff=0.8)


def test_cases_of_a_study_that_are_spelt_alike_are_refused() -> None:
    study = es.Study(excerpts({"North": {"detour": 4}, "north": {"detour": 9}}))
    with pytest.raises(DataError, match="cases 'North' and 'north' differ only by capitals or blanks"):
        membership(study, conditions={"used": FromCodes("detour", ANCHORS)})


def test_figures_of_sites_that_are_no_cases_are_all_named() -> None:
    """The study has North and South; the table has besides Centre, West and a "south " in place of South."""
    study = es.Study(excerpts({"North": {"detour": 4}, "South": {"detour": 9}}))
    figures = pd.DataFrame({"Case": ["North", "south ", "Centre", "West"], "fidelity": [0.2, 0.5, 0.4, 0.8]})
    with pytest.raises(
        DataError, match=r"'south ', 'Centre', 'West' are not.*Spell 'south ' 'South'.*drop\(index="
    ) as e:
        membership(study, conditions={"faithful": FromFigures(figures, "fidelity", anchors=(0.3, 0.5, 0.8))})
    assert "drop(index=['Centre', 'West'])" in str(e.value)
    right = figures.assign(Case=["North", "South", "Centre", "West"]).set_index("Case").drop(index=["Centre", "West"])
    made = membership(study, conditions={"faithful": FromFigures(right, "fidelity", anchors=(0.3, 0.5, 0.8))})
    assert made.table.loc["South", "faithful"] == 0.5


def test_anchors_in_percent_of_shares_are_refused() -> None:
    """Shares .2 and .45 with anchors 20, 50 and 80: every case was far out of the set, at .008."""
    study = es.Study(excerpts({"North": {"detour": 4}, "South": {"detour": 9}}))
    figures = pd.DataFrame({"fidelity": [0.2, 0.9]}, index=["North", "South"])
    for spec in (FromCodes("detour", (20, 50, 80)), FromFigures(figures, "fidelity", anchors=(20, 50, 80)),
                 FromFigures(100 * figures, "fidelity", anchors=(0.2, 0.5, 0.8))):  # fmt: skip
        with pytest.raises(
            DataError, match=r"condition 'x': anchors must be on the scale of the values.*0\.2, not as 20"
        ):
            membership(study, conditions={"x": spec})
    made = membership(study, conditions={"x": FromFigures(100 * figures, "fidelity", anchors=(20, 50, 80))})
    assert made.table["x"].tolist() == pytest.approx([0.05, 0.99], abs=0.01)


def test_cases_of_negative_rows_are_not_called_deviant() -> None:
    """~A is negative (1 of 2 with the outcome): r, without it, is as expected; in A, with 2 of 3, t deviates."""
    table = pd.DataFrame({"A": [1, 1, 1, 0, 0], "Y": [1, 1, 0, 0, 1]}, index=list("pqtrs"))
    shown = truth_table(table, outcome="Y", conditions=["A"], consistency_cutoff=0.6).to_frame()
    assert shown["deviant"].tolist() == ["", "t"]


@pytest.mark.parametrize(("values", "anchors"), [([0.2, 0.5, 0.9], (20, 50, 80)), ([20, 50, 90], (0.2, 0.5, 0.8))])
@pytest.mark.parametrize("method", ["direct", "linear"])
def test_calibrate_refuses_anchors_on_another_scale(
    values: list[float], anchors: tuple[float, ...], method: Any
) -> None:
    """Shares and percent: every case would be fully out, or fully in."""
    with pytest.raises(DataError, match="anchors must be on the scale of the values"):
        es.qca.calibrate(values, method=method, anchors=anchors)
