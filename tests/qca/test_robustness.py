"""Robustness, against R's SetMethods 4.1 and by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from expertsys.errors import DataError
from expertsys.qca import (
    Solution,
    calibrate,
    leave_one_out,
    minimise,
    robustness,
    sweep,
    sweep_anchors,
    truth_table,
)

from . import oracle

CONDITIONS = ["HE", "GG", "AH", "HI", "HW"]
TRAP = oracle.R["traps"]["rob.fit_middle_test_solution_ignored"]


def payf(consistency: float, frequency: int) -> Solution:
    truth = truth_table(
        oracle.data("PAYF"),
        outcome="HL",
        conditions=CONDITIONS,
        consistency_cutoff=consistency,
        frequency_cutoff=frequency,
    )
    return minimise(truth, solution="parsimonious")


@pytest.fixture(scope="module")
def solutions() -> dict[str, Any]:
    """The initial solution and the test solutions; R takes the second of the two models of TS3 (HE*GG + HE*HI)."""
    return {"IS": payf(0.87, 2), "TS1": payf(0.7, 2), "TS2": payf(0.87, 1), "TS3": (payf(0.8, 2), 2)}


def fit(found: Any) -> list[float]:
    return [round(value, 3) for value in (found.rf_cov, found.rf_cons, found.rf_sc_min, found.rf_sc_max)]


@pytest.mark.parametrize("names", ["TS1,TS3", "TS2,TS3"])
def test_fit_as_in_r(names: str, solutions: dict[str, Any]) -> None:
    found = robustness(solutions["IS"], [solutions[name] for name in names.split(",")])
    assert fit(found) == TRAP["R"][names]


def test_core_as_in_r(solutions: dict[str, Any]) -> None:
    reference = oracle.R["extras"]["robustness_PAYF"]
    found = robustness(solutions["IS"], [solutions["TS1"], solutions["TS2"]])
    assert fit(found) == reference["rob.fit"]["values"][0]
    core = [[round(value, 3)] for value in (found.core_consistency, found.core_coverage, found.core_pri)]
    assert core == reference["rob.corefit"]["values"]


def test_all_alternatives_count_in_whatever_order(solutions: dict[str, Any]) -> None:
    """R skips the middle one, so that its order matters: .85 in one order and .96 with .85 in another."""
    orders = [["TS1", "TS2", "TS3"], ["TS2", "TS1", "TS3"], ["TS3", "TS2", "TS1"]]
    found = [fit(robustness(solutions["IS"], [solutions[name] for name in order])) for order in orders]
    assert found[0] == found[1] == found[2]
    assert TRAP["R"]["TS1,TS2,TS3"] != TRAP["R"]["TS2,TS1,TS3"]
    ends = [TRAP["R"]["TS1,TS3"], TRAP["R"]["TS2,TS3"]]
    assert found[0][3] == min(one[3] for one in ends)  # the union only grows with a further alternative


FUZZY = pd.DataFrame(
    {
        "A": [0.9, 0.8, 0.7, 0.2, 0.6, 0.1],
        "B": [0.9, 0.2, 0.8, 0.9, 0.1, 0.2],
        "Y": [1.0, 0.9, 0.3, 0.8, 0.4, 0.1],
    },
    index=list("pqrstu"),
)


def small(cutoff: float, **options: Any) -> Solution:
    truth = truth_table(FUZZY, outcome="Y", conditions=["A", "B"], consistency_cutoff=cutoff)
    return minimise(truth, solution=options.pop("solution", "conservative"), **options)


def test_cases_by_hand() -> None:
    initial, wider = small(0.9), small(0.7)
    assert (initial.models[0].expression, wider.models[0].expression) == ("~A*B", "A + B")
    found = robustness(initial, [wider])
    kinds = {"s": "robust typical", "p": "possible typical", "q": "possible typical"}
    kinds |= {"r": "possible deviant", "t": "possible deviant", "u": ""}
    assert found.cases["kind"].to_dict() == kinds
    assert found.rcr_typical == pytest.approx(1 / 3)
    assert found.rcr_deviant == 0
    assert "alternatives cover 4 more" in found.relation
    back = robustness(wider, [initial])
    assert back.cases["kind"]["p"] == "shaky typical"
    assert "covers 4 cases that not all alternatives cover" in back.relation
    assert robustness(initial, [initial]).relation == "All solutions cover the same cases."
    text = found.methods_text()
    assert "RF_cov 1.000" in text
    assert "2 possible typical" in text
    assert any("Oana" in line for line in found.cite())
    assert "Robustness of ~A*B for Y" in repr(found)


def test_an_alternative_without_a_model_leaves_no_core() -> None:
    found = robustness(small(0.75), [small(0.99)])
    assert found.rf_cov == 0
    assert np.isnan(found.core_consistency)
    assert "alternative 1 has no model: it covers nothing" in found.note


def test_what_robustness_refuses() -> None:
    with pytest.raises(DataError, match="no alternative solution is given"):
        robustness(small(0.75), [])
    fewer = minimise(small(0.75).truth.again(without=["u"]), solution="conservative")
    with pytest.raises(DataError, match="alternative 1 has other cases or another outcome"):
        robustness(small(0.75), [fewer])
    with pytest.raises(DataError, match="there is no model 2: the conservative solution has 1"):
        robustness(small(0.75), [small(0.7)], model=2)


def test_a_sweep_is_the_analysis_at_each_setting(solutions: dict[str, Any]) -> None:
    found = sweep(solutions["IS"], consistency_cutoff=[0.7, 0.87], frequency_cutoff=[1, 2])
    for _, row in found.table.iterrows():
        own = payf(row["consistency_cutoff"], int(row["frequency_cutoff"]))
        assert row["expression"] == own.models[0].expression
        assert row["coverage"] == own.models[0].coverage
        assert row["models"] == len(own.models)
    assert found.table["same"].tolist() == [False, False, False, True]
    assert found.terms.loc["GG*AH", "share"] == 0.5
    assert found.terms["in_initial"].sum() == 2
    assert "1 gives the same models as GG*AH" in repr(found)


def test_the_sensitivity_range_of_the_frequency_as_in_r(solutions: dict[str, Any]) -> None:
    low, high = oracle.R["extras"]["robustness_PAYF"]["ncutrange"]
    table = sweep(solutions["IS"], frequency_cutoff=[1, 2, 3, 4]).table
    assert table.loc[table["same"], "frequency_cutoff"].tolist() == list(range(low, high + 1))


def test_other_anchors() -> None:
    raw = pd.Series([9, 7, 4, 1], index=list("pqrs"))
    table = pd.DataFrame({"A": calibrate(raw, anchors=(1, 5, 9)), "Y": [0.9, 0.8, 0.3, 0.1]})
    truth = truth_table(table, outcome="Y", conditions=["A"], consistency_cutoff=0.8)
    first = minimise(truth, solution="conservative")
    moved = [(1, 5, 9), (0.5, 0.8, 9)]
    found = sweep_anchors(first, condition="A", values=raw.iloc[::-1], anchors=moved)
    expected = truth_table(
        table.assign(A=calibrate(raw, anchors=moved[1])), outcome="Y", conditions=["A"], consistency_cutoff=0.8
    )
    assert found.table["expression"].tolist() == ["A", ""]
    assert found.solutions[1].truth.rows["consistency"].tolist() == expected.rows["consistency"].tolist()
    outcome = sweep_anchors(first, condition="Y", values=[9, 8, 2, 1], anchors=[(1, 5, 9), (1, 8.5, 9)])
    assert outcome.table["models"].tolist() == [1, 0]


def test_what_a_sweep_refuses() -> None:
    with pytest.raises(DataError, match="nothing is varied"):
        sweep(small(0.75))
    with pytest.raises(DataError, match="no condition 'C'"):
        sweep_anchors(small(0.75), condition="C", values=range(6), anchors=[(1, 2, 3)])
    with pytest.raises(DataError, match="no anchors are given"):
        sweep_anchors(small(0.75), condition="A", values=range(6), anchors=[])
    with pytest.raises(DataError, match="case 'u' has no raw value"):
        sweep_anchors(small(0.75), condition="A", values=pd.Series(range(5), index=list("pqrst")), anchors=[(1, 2, 3)])
    with pytest.raises(DataError, match="no case 'z'"):
        small(0.75).truth.again(without=["z"])


def test_leaving_out_each_case_is_the_analysis_without_it() -> None:
    case = oracle.CASES["LF_SURV"]
    table = oracle.table(case)
    found = leave_one_out(minimise(oracle.truth(case), solution="parsimonious"))
    assert found.table.index.tolist() == table.index.tolist()
    for name in ("AU", "FI", "UK"):
        truth = truth_table(
            table.drop(index=name), outcome="SURV", conditions=case["conditions"], consistency_cutoff=0.8
        )
        own = minimise(truth, solution="parsimonious")
        assert found.table.loc[name, "expression"] == own.models[0].expression
    with pytest.raises(DataError, match="one case only"):
        leave_one_out(minimise(oracle.truth(case).again(without=list(table.index[1:])), solution="conservative"))


def test_a_repetition_keeps_expectations_exclusions_and_decisions() -> None:
    truth = oracle.truth(oracle.CASES["LF_SURV"]).decide({32: "0"}, why="read again")
    first = minimise(truth, solution="intermediate", expectations=["DEV", "STB"], exclude=[18])
    again = sweep(first, consistency_cutoff=[0.8]).solutions[0]
    assert again.how == {**first.how, "exclude": (18,)}
    assert again.truth.rows.loc[32, "out"] == "0"
    assert again.models[0].expression == first.models[0].expression
