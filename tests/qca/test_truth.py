"""Truth tables, against R's and by hand."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
import pytest

from expertsys.errors import DataError
from expertsys.qca import TruthTable, minimise, necessity, truth_table

from . import oracle


@pytest.mark.parametrize("name", oracle.CASES)
def test_rows_as_in_r(name: str) -> None:
    case = oracle.CASES[name]
    rows = oracle.truth(case).rows
    assert sorted(rows.index) == [row[0] for row in case["truth_table"]]
    for number, out, n, consistency, pri, cases, deviant in case["truth_table"]:
        ours = rows.loc[number]
        assert (ours["out"], ours["n"]) == (out, n)
        assert oracle.near(ours["consistency"], consistency)
        assert oracle.near(ours["pri"], pri) or (math.isnan(ours["pri"]) and pri == 0)
        if cases:  # R lists no cases for some tables
            assert set(ours["cases"].split(", ")) == set(cases.split(","))
            assert set(ours["deviant"].split(", ")) == set((deviant or "").split(","))


def test_contradictions_with_a_frequency_cutoff() -> None:
    """R's QCA codes them on the wrong rows here; the right codes are in the oracle."""
    trap = oracle.R["traps"]["contradiction_code_with_n_cut"]
    settings = trap["settings"]
    found = truth_table(
        pd.DataFrame(trap["data"]),
        outcome="Y",
        conditions=["A", "B"],
        consistency_cutoff=settings["incl.cut"][0],
        contradiction_cutoff=settings["incl.cut"][1],
        frequency_cutoff=settings["n.cut"],
    )
    assert found.to_frame(remainders=True)["out"].tolist() == trap["right_OUT_rows_1_to_4"]


FUZZY = pd.DataFrame(
    {"A": [0.9, 0.5, 0.2, 0.6], "B": [0.3, 0.8, 0.1, 0.7], "Y": [0.8, 0.6, 0.3, 0.5]}, index=["p", "q", "r", "s"]
)


def table(**options: Any) -> Any:
    return truth_table(
        options.pop("table", FUZZY),
        **{"outcome": "Y", "conditions": ["A", "B"], "consistency_cutoff": 0.8, **options},
    )


def test_a_case_at_one_half_is_in_no_row_but_in_every_consistency() -> None:
    found = table()
    assert found.rows["cases"].to_dict() == {1: "r", 3: "p", 4: "s"}
    x, y = [0.7, 0.2, 0.1, 0.3], FUZZY["Y"]  # membership in A*~B: p .7, q min(.5, .2), r min(.2, .9), s min(.6, .3)
    x[2] = 0.2
    assert found.rows.loc[3, "consistency"] == pytest.approx(sum(map(min, x, y)) / sum(x))
    assert "'q' at exactly 0.5 in a condition" in found.note
    assert "'s' at exactly 0.5 in the outcome" in found.note


def test_remainders_and_orders() -> None:
    found = table()
    assert found.n_remainders == 1
    assert found.to_frame(remainders=True).loc[2, "out"] == "?"
    assert found.to_frame(sort="n")["n"].is_monotonic_decreasing
    assert found.to_frame(sort="outcome")["out"].tolist()[0] == "1"
    assert str(found.term(3)) == "A*~B"
    assert "3 of 4 configurations hold a case" in repr(found)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"conditions": ["A", "Y"]}, "'Y' is the outcome and a condition"),
        ({"conditions": ["A", "A"]}, "'A' named twice"),
        ({"conditions": []}, "no conditions"),
        ({"conditions": ["A", "C"]}, "no column 'C'"),
        ({"consistency_cutoff": 1.5}, "consistency_cutoff must lie between 0 and 1"),
        ({"consistency_cutoff": "0.8"}, "consistency_cutoff must be a number, not '0.8'"),
        ({"pri_cutoff": "0.5"}, "pri_cutoff must be a number"),
        ({"contradiction_cutoff": "0.5"}, "contradiction_cutoff must be a number"),
        ({"frequency_cutoff": "1"}, "frequency_cutoff must be a number"),
        ({"contradiction_cutoff": 0.9}, "must lie below consistency_cutoff"),
        ({"pri_cutoff": -1}, "pri_cutoff must lie in"),
        ({"frequency_cutoff": 0}, "frequency_cutoff"),
        ({"table": FUZZY.assign(A=[0.9, 1.4, 0.2, 0.6])}, r"case 'q', A: is 1.4, outside \[0, 1\]"),
        ({"table": FUZZY.assign(A=[0.9, None, 0.2, 0.6])}, "case 'q', A: is missing"),
        ({"table": FUZZY.assign(A=["x", "0", "1", "1"])}, "case 'p', A: is 'x'"),
        ({"table": FUZZY.set_axis(["p", "p", "r", "s"], axis=0)}, "case 'p' occurs more than once"),
        ({"table": FUZZY.iloc[:0]}, "there are no cases"),
        ({"table": FUZZY.assign(Y=[0, 1, 2, 1])}, "the outcome 'Y' has 3 levels"),
        ({"levels": {"Z": 3}}, "names 'Z', which is no condition"),
        ({"table": FUZZY.assign(A=[0, 1, 2, 1]), "levels": {"A": 2}}, "the data have 3"),
    ],
)
def test_what_is_refused(options: dict[str, Any], told: str) -> None:
    with pytest.raises(DataError, match=told):
        table(**options)


def test_notes_on_outcomes_that_cannot_be_explained() -> None:
    assert "the outcome does not vary" in table(table=FUZZY.assign(Y=1)).note
    assert "there is one case only" in table(table=FUZZY.iloc[:1]).note


def test_a_level_of_the_outcome_and_its_absence() -> None:
    many = FUZZY.assign(Y=[0, 1, 2, 1])
    assert table(table=many, outcome="Y[1]").membership.tolist() == [0, 1, 0, 1]
    assert table(table=many, outcome="~Y{1}").membership.tolist() == [1, 0, 1, 0]


def test_names_of_cases_from_a_column() -> None:
    named = FUZZY.reset_index(names="case")
    assert table(table=named).rows["cases"].tolist() == ["r", "p", "s"]


def test_rows_with_cases_on_both_sides_are_named() -> None:
    data = pd.DataFrame({"A": [1, 1, 0, 0], "Y": [1, 0, 0, 0]}, index=list("wxyz"))
    assert table(table=data, conditions=["A"], consistency_cutoff=1).note == (
        "cases with and without the outcome share row 2: read them"
    )
    assert table(table=data.drop(index="x"), conditions=["A"], consistency_cutoff=1).note == ""
    many = pd.DataFrame([(a, b, c, y) for a in (0, 1) for b in (0, 1) for c in (0, 1) for y in (0, 1)])
    many.columns = pd.Index(list("ABCY"))
    told = table(table=many, conditions=list("ABC"), consistency_cutoff=1).note
    assert told == "cases with and without the outcome share row 1, 2, 3, 4, 5 and 3 more: read them"


def test_long_lists_of_cases_are_cut_in_print_only() -> None:
    data = pd.DataFrame({"A": [1] * 30 + [0], "Y": [1] * 30 + [0]}, index=[f"a long name {n}" for n in range(31)])
    truth = table(table=data, conditions=["A"], consistency_cutoff=1)
    solution = minimise(truth, solution="conservative")
    for result in (truth, solution):
        assert max(map(len, repr(result).splitlines())) < 160
        assert "a long name 29" in "".join(result.to_frame()["cases"])


def test_a_solution_repeats_what_is_odd_in_its_truth_table() -> None:
    flat = minimise(table(table=FUZZY.assign(Y=1)), solution="conservative")
    assert "note on the truth table: 'q' at exactly 0.5" in repr(flat)
    assert "the outcome does not vary: nothing is explained" in repr(flat)


def temporal(**more: Any) -> TruthTable:
    """Ragin and Strand's (2008) recognition of unions, "EBA" without sense where E or A is absent."""
    case = oracle.CASES["RS_REC"]
    return truth_table(oracle.table(case), outcome="REC", conditions=case["conditions"], consistency_cutoff=1, **more)


def test_a_condition_that_does_not_apply_must_be_said_to() -> None:
    with pytest.raises(DataError, match="not_applicable='-'"):
        temporal()
    truth = temporal(not_applicable="-")
    assert truth.applicable == (2, 2, 2, 2, 2)
    assert "EBA does not apply to '6', '7', '8', '9', '10' and 6 more" in truth.note
    assert truth.to_frame()["EBA"].tolist().count("-") == 6
    assert str(truth.term(42)) == "P*E*~A*EBA[-]*S"
    assert truth.again(without=["6"]).applicable == truth.applicable


def test_a_conservative_solution_says_which_rows_one_that_does_not_apply_stands_for() -> None:
    found = minimise(temporal(not_applicable="-"), solution="conservative")
    assert found.models[0].assumptions == (38, 40)
    assert "rows in which a condition does not apply stand for those in which it does (row 38, 40)" in found.note


def test_where_no_term_without_the_condition_will_do_the_rows_are_named() -> None:
    table = pd.DataFrame({"A": [1, 1, 0], "B": ["-", "0", "1"], "Y": [1, 0, 0]}, index=list("xyz"))
    truth = truth_table(table, outcome="Y", conditions=["A", "B"], consistency_cutoff=1, not_applicable="-")
    assert truth.rows["out"].to_dict() == {2: "0", 4: "0", 6: "1"}
    for kind in ("conservative", "parsimonious"):
        with pytest.raises(DataError, match=r"row 6 is positive.*: row 4, where it applies.*2 beside 0 and 1"):
            minimise(truth, solution=kind)


def test_fuzzy_scores_cannot_be_beside_what_does_not_apply() -> None:
    table = pd.DataFrame({"A": ["0.2", "-"], "Y": [1, 0]}, index=["x", "y"])
    with pytest.raises(DataError, match=r"A: holds fuzzy scores, and '-' for case 'y'"):
        truth_table(table, outcome="Y", conditions=["A"], consistency_cutoff=1, not_applicable="-")


def test_declared_levels_leave_what_does_not_apply_the_last() -> None:
    table = pd.DataFrame({"A": ["0", "1", "-"], "Y": [1, 0, 0]}, index=["x", "y", "z"])
    truth = truth_table(table, outcome="Y", conditions=["A"], consistency_cutoff=1, levels={"A": 3}, not_applicable="-")
    assert (truth.levels, truth.applicable) == ((4,), (3,))
    assert truth.to_frame()["A"].tolist() == [0, 1, "-"]


GDP = [350, 590, 720, 983, 1098, 517]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (GDP, "A: must have levels that start at 0; its values run from 350 to 1,098"),
        ([0, *GDP[1:]], "A: must have at most 10 levels; its values run from 0 to 1,098"),
        ([1, 2, 1, 2, 1, 2], "A: must have levels that start at 0; its values run from 1 to 2"),
        ([*range(5), 10], "A: must have at most 10 levels"),
    ],
)
def test_raw_values_are_not_taken_for_levels(values: list[int], message: str) -> None:
    data = pd.DataFrame({"A": values, "Y": [1, 0, 1, 0, 1, 0]})
    with pytest.raises(DataError, match=message) as caught:
        truth_table(data, outcome="Y", conditions=["A"], consistency_cutoff=0.8)
    assert "Calibrate raw values first" in str(caught.value)
    with pytest.raises(DataError, match=message):
        necessity(data, outcome="Y", conditions=["A"])
    with pytest.raises(DataError, match=message):
        truth_table(data.assign(B=1), outcome="A[1]", conditions=["B"], consistency_cutoff=0.8)


def test_declared_levels_may_be_many_and_do_not_overflow() -> None:
    """Levels 1 and 257 are one byte apart: by hand, each is consistent with its own outcome only."""
    data = pd.DataFrame({"A": [1, 1, 257, 257], "Y": [1, 1, 0, 0]})
    found = truth_table(data, outcome="Y", conditions=["A"], consistency_cutoff=0.8, levels={"A": 258})
    assert found.rows["consistency"].tolist() == [1, 0]
    two = truth_table(
        data.assign(A=[1, 1, 2, 2]), outcome="Y", conditions=["A"], consistency_cutoff=0.8, levels={"A": 3}
    )
    assert two.rows["out"].tolist() == ["1", "0"]


def test_a_half_by_rounding_is_a_half() -> None:
    """0.7 - 0.2 is 0.49999999999999994 in floating point: in no row, and named."""
    data = pd.DataFrame({"A": [0.7 - 0.2, 0.9, 0.1], "Y": [0.9, 0.8, 0.1]}, index=list("xyz"))
    found = truth_table(data, outcome="Y", conditions=["A"], consistency_cutoff=0.8)
    assert found.rows["cases"].tolist() == ["z", "y"]
    assert "'x' at exactly 0.5 in a condition" in found.note
    assert "'x' at exactly 0.5 in the outcome" in table(table=data, outcome="A", conditions=["Y"]).note


def test_names_of_cases_may_hold_commas() -> None:
    data = pd.DataFrame({"A": [1, 1, 0], "Y": [1, 1, 0]}, index=["Smith, Ann", "Jones, Ben", "Doe, Cat"])
    truth = truth_table(data, outcome="Y", conditions=["A"], consistency_cutoff=1)
    assert minimise(truth, solution="conservative").models[0].terms[0].cases == ("Smith, Ann", "Jones, Ben")
    assert truth.members == (("Doe, Cat",), ("Smith, Ann", "Jones, Ben"))
