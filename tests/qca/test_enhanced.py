"""Untenable assumptions, rows decided by hand, and other cut-offs, against R's QCA and SetMethods."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from expertsys.errors import DataError
from expertsys.qca import minimise, rows_of, truth_table, untenable

from . import oracle

FIND = oracle.R["extras"]["findRows"]
ESA = oracle.R["extras"]["SetMethods_esa"]
LIPSET = ["DEV", "URB", "LIT", "IND", "STB"]


def lipset(outcome: str, cutoff: float = 0.8) -> Any:
    return truth_table(oracle.data("LF"), outcome=outcome, conditions=LIPSET, consistency_cutoff=cutoff)


def test_reasons_are_counted_each_by_itself() -> None:
    """Of the four rows, two lack A and two B; both of one row. Row 4 holds the only case and lacks nothing."""
    table = pd.DataFrame({"A": [1], "B": [1], "Y": [1]})
    truth = truth_table(table, outcome="Y", conditions=["A", "B"], consistency_cutoff=1)
    text = untenable(truth, necessary=["A"], impossible=["~B"]).methods_text()
    assert "3 remainders for Y were held to be untenable (lacks A, which is necessary: 2; ~B cannot occur: 2)" in text


def test_rows_of_an_expression_as_in_r() -> None:
    truth = truth_table(oracle.data("LC"), outcome="SURV", conditions=LIPSET, consistency_cutoff=1)
    assert list(rows_of(truth, FIND["LC_subset"]["expression"])) == FIND["LC_subset"]["observed"]
    found = untenable(truth, impossible=[FIND["LC_subset"]["expression"]])
    assert list(found.remainders) == FIND["LC_subset"]["remainders"]


def test_contradictory_assumptions_and_simultaneous_subsets_as_in_r() -> None:
    pair = tuple(minimise(lipset(name), solution="parsimonious") for name in ("SURV", "~SURV"))
    found = untenable(lipset("SURV"), solutions=pair)  # type: ignore[arg-type]
    assert list(found.remainders) == FIND["LF_contradictory_SA"]
    assert list(found.observed) == FIND["LF_simultaneous"]
    assert set(found.table["why"]) == {"assumed for the outcome and for its absence"}
    assert "8 remainders to leave out, 0 positive rows" in repr(found)


def test_enhanced_standard_analysis_as_in_setmethods() -> None:
    truth = oracle.truth(oracle.CASES["SCHF_EXPORT"])
    found = untenable(truth, necessary=ESA["nec_cond"], impossible=[ESA["untenable_LR"]])
    contradictory = set(ESA["contrad_rows"])
    assert sorted({*found.remainders, *found.observed, *contradictory}) == ESA["rows_set_to_0"]
    was = [row for row, out in zip(ESA["rows_set_to_0"], ESA["was"], strict=True) if out == "1"]
    observed = {*found.observed, *(row for row in contradictory if row in truth.rows.index)}
    assert sorted(observed) == was
    solution = minimise(
        truth.decide(dict.fromkeys(sorted(observed), "0"), why="against a necessary condition"),
        solution="parsimonious",
        exclude={*found.remainders, *(contradictory - observed)},
    )
    ours = {oracle.terms(model.expression) for model in solution.models}
    assert ours == {oracle.terms(" + ".join(model)) for model in ESA["enhanced_parsimonious"]}


def test_what_untenable_refuses() -> None:
    truth = lipset("SURV")
    with pytest.raises(DataError, match="no reason is given"):
        untenable(truth)
    twice = (minimise(truth, solution="parsimonious"),) * 2
    with pytest.raises(DataError, match="are not an outcome and its absence"):
        untenable(truth, solutions=twice)
    many = pd.DataFrame([[0] * 17, [1] * 17], columns=[f"C{n}" for n in range(17)]).assign(Y=[0, 1])
    wide = truth_table(many, outcome="Y", conditions=list(many.columns[:-1]), consistency_cutoff=1)
    with pytest.raises(DataError, match="131,072 configurations are too many to list"):
        rows_of(wide, "C0")


def test_rows_decided_by_hand_are_told() -> None:
    truth = lipset("SURV").decide({22: "0"}, why="its only case is misread")
    assert truth.rows.loc[22, "out"] == "0"
    assert "row 22 set to 0 by hand (its only case is misread)" in truth.note
    solution = minimise(truth, solution="conservative")
    assert "its only case is misread" in solution.methods_text()
    with pytest.raises(DataError, match="row 1 cannot be 'yes'"):
        truth.decide({1: "yes"}, why="read")  # type: ignore[dict-item]
    with pytest.raises(DataError, match="row 3 holds no case"):
        truth.decide({3: "0"}, why="read")
    with pytest.raises(DataError, match="decide: there is no reason"):
        truth.decide({22: "0"}, why=" ")


def test_other_cutoffs_are_those_of_a_new_table() -> None:
    one = lipset("SURV").again(consistency_cutoff=0.9, frequency_cutoff=2, contradiction_cutoff=0.5, pri_cutoff=0.6)
    new = truth_table(
        oracle.data("LF"),
        outcome="SURV",
        conditions=LIPSET,
        consistency_cutoff=0.9,
        frequency_cutoff=2,
        contradiction_cutoff=0.5,
        pri_cutoff=0.6,
    )
    pd.testing.assert_frame_equal(one.rows, new.rows)
    assert one.settings == new.settings
    with pytest.raises(DataError, match="consistency_cutoff must lie between"):
        lipset("SURV").again(consistency_cutoff=2)


def test_the_chart_and_the_assumptions_as_tables() -> None:
    solution = minimise(lipset("SURV"), solution="parsimonious")
    chart = solution.chart_frame()
    assert chart.loc["DEV*~IND"].to_dict() == {"22": "x", "32": "", "essential": "yes", "models": 1}
    assumed = solution.assumptions()
    assert tuple(assumed.index) == solution.models[0].assumptions
    assert assumed.loc[26, "terms"] == "DEV*~IND, URB*STB"
    middle = minimise(lipset("SURV"), solution="intermediate", expectations=LIPSET)
    kinds = middle.assumptions()["counterfactual"]
    assert set(kinds[kinds == "easy"].index) == set(middle.models[0].easy)
    assert set(kinds[kinds == "difficult"].index) == set(middle.models[0].difficult)
    assert (kinds == "difficult").any()
    text = middle.methods_text()
    assert "Directional expectations: DEV, URB, LIT, IND, STB." in text


def test_a_factored_model() -> None:
    table = pd.DataFrame(
        {"A": [1, 1, 0, 0, 1], "B": [1, 0, 1, 0, 0], "C": [0, 1, 1, 0, 0], "Y": [1, 1, 0, 0, 0]}, index=list("vwxyz")
    )
    truth = truth_table(table, outcome="Y", conditions=["A", "B", "C"], consistency_cutoff=1)
    model = minimise(truth, solution="parsimonious").models[0]
    assert model.expression == "A*B + A*C"
    assert model.factored == "A*(B + C)"
