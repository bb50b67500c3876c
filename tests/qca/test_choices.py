"""Models by expression, excluded rows by expression, limits, progress: by hand on small tables."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from expertsys._core import progress
from expertsys.errors import DataError
from expertsys.qca import (
    Solution,
    calibrate,
    case_types,
    minimise,
    robustness,
    sweep_anchors,
    truth_table,
)

from . import oracle

TIED = pd.DataFrame({"A": [1, 0, 1, 0], "B": [1, 0, 1, 0], "C": [0, 0, 1, 1], "Y": [1, 0, 1, 0]})


def tied() -> Solution:
    """A and B are the same in every case: two parsimonious models."""
    truth = truth_table(TIED, outcome="Y", conditions=["A", "B", "C"], consistency_cutoff=1)
    return minimise(truth, solution="parsimonious")


def test_a_model_is_chosen_by_its_expression() -> None:
    solution = tied()
    assert [model.expression for model in solution.models] == ["A", "B"]
    assert solution.model("B") is solution.models[1]
    assert solution.which("B") == ", model 2 of 2"
    assert set(case_types(solution, model="B").typical.index.get_level_values("term")) == {"B"}
    assert robustness(solution, [(solution, "B")], model="B").expression == "B"
    with pytest.raises(DataError, match="no model 'C'; there are: 'A', 'B'"):
        solution.model("C")


def test_an_expression_is_found_whatever_its_order() -> None:
    solution = minimise(oracle.truth(oracle.CASES["LC_SURV"]), solution="conservative")
    text = solution.models[0].expression
    turned = " + ".join("*".join(reversed(term.split("*"))) for term in reversed(text.split(" + ")))
    assert turned != text
    assert solution.model(turned) is solution.models[0]


def test_a_tied_intermediate_model_keeps_every_origin() -> None:
    """Two parsimonious models, one intermediate model that lies below both; each pair has its own counterfactuals."""
    truth = tied().truth
    found = minimise(truth, solution="intermediate", expectations=["A", "B"])
    assert [model.expression for model in found.models] == ["A*B"]
    assert found.models[0].origin == "C1P1, C1P2"
    assert [origin.pair for origin in found.models[0].origins] == ["C1P1", "C1P2"]
    assert {origin.difficult for origin in found.models[0].origins} == {(5, 6), (3, 4)}


def test_an_intermediate_solution_lists_no_more_models_than_asked() -> None:
    rng = np.random.default_rng(2)
    table = pd.DataFrame(rng.integers(0, 2, (14, 6)), columns=[*"ABCDE", "Y"])
    truth = truth_table(table, outcome="Y", conditions=list("ABCDE"), consistency_cutoff=0.8)
    every = minimise(truth, solution="intermediate", expectations=["A", "~B"])
    assert len(every.models) == 2
    few = minimise(truth, solution="intermediate", expectations=["A", "~B"], max_models=1)
    assert len(few.models) == 1
    assert not few.complete
    assert "more models tie than are listed" in few.note


def test_a_conservative_solution_of_positive_rows_only_says_so() -> None:
    table = pd.DataFrame({"A": [1, 1, 0, 0], "B": [1, 0, 1, 0], "Y": [1, 1, 1, 1]})
    whole = minimise(
        truth_table(table, outcome="Y", conditions=["A", "B"], consistency_cutoff=1), solution="conservative"
    )
    assert whole.models[0].expression == "1"
    assert "the model is true everywhere, so that nothing is explained" in repr(whole)
    part = truth_table(table.iloc[:3], outcome="Y", conditions=["A", "B"], consistency_cutoff=1)
    assert "which configurations occur, not what sets them apart" in minimise(part, solution="conservative").note


def test_rows_are_excluded_by_expression() -> None:
    """A*B positive, ~A*~B negative; without an assumption on A*~B, B alone remains."""
    table = pd.DataFrame({"A": [1, 0], "B": [1, 0], "Y": [1, 0]})
    truth = truth_table(table, outcome="Y", conditions=["A", "B"], consistency_cutoff=1)
    for exclude in (["A*~B"], [3], ["A"]):  # A holds the positive row too, which stays
        solution = minimise(truth, solution="parsimonious", exclude=exclude)  # type: ignore[arg-type]
        assert [model.expression for model in solution.models] == ["B"]


def test_excluded_and_decided_rows_stay_the_same_configurations_when_levels_change() -> None:
    """Row 2 of A × B is ~A*B. With three levels of B row 2 is still A[0]*B[1]; row 3, A*~B, becomes row 4."""
    raw = pd.Series([1.0, 9.0, 5.0, 8.0], index=list("wxyz"))
    table = pd.DataFrame({"A": [0, 1, 1, 0], "B": calibrate(raw, method="crisp", anchors=[4]), "Y": [0, 1, 1, 0]})
    table.index = raw.index
    truth = truth_table(table, outcome="Y", conditions=["A", "B"], consistency_cutoff=1)
    first = minimise(truth, solution="parsimonious", exclude=[3])
    swept = sweep_anchors(first, condition="B", values=raw, anchors=[[4], [4, 7]], method="crisp")
    again = swept.solutions[1]
    assert again.truth.levels == (2, 3)
    assert again.how["exclude"] == (4,)
    assert again.truth.term(4).literals[0].value == 1
    decided = minimise(truth.decide({4: "0"}, why="read again"), solution="conservative")
    moved = sweep_anchors(decided, condition="B", values=raw, anchors=[[4, 7]], method="crisp").solutions[0]
    assert moved.truth.decided == {5: "0"}


def test_a_long_minimisation_says_what_it_does() -> None:
    said: list[str] = []
    before = progress._SAY.set(said.append)
    try:
        rng = np.random.default_rng(5)
        names = [f"C{place:02}" for place in range(10)]
        table = pd.DataFrame(rng.integers(0, 2, (300, 10)), columns=names).drop_duplicates()
        truth = truth_table(
            table.assign(Y=rng.integers(0, 2, len(table))), outcome="Y", conditions=names, consistency_cutoff=1
        )
        minimise(truth, solution="parsimonious", max_models=1, time_limit=3)
    finally:
        progress._SAY.reset(before)
    assert any("prime implicants" in text for text in said)
    assert any("terms, at least" in text for text in said)
