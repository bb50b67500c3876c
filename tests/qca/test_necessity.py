"""Necessity, against R's QCA."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from expertsys.errors import DataError
from expertsys.qca import necessity

from . import oracle

WITH = [name for name in oracle.CASES if "necessity_single" in oracle.CASES[name]]


def key(expression: str) -> tuple[bool, frozenset[str]]:
    either = " + " in expression
    return either, frozenset(expression.split(" + " if either else "*"))


@pytest.mark.parametrize("name", WITH)
def test_single_conditions_and_the_search_as_in_r(name: str) -> None:
    case = oracle.CASES[name]
    search = case["superSubset"]
    found = necessity(
        oracle.table(case),
        outcome=case["outcome"],
        conditions=case["conditions"],
        consistency_cutoff=search["incl.cut"],
        coverage_cutoff=search["cov.cut"],
        depth=(search.get("depth") or [len(case["conditions"])])[0],
    )
    for theirs in case["necessity_single"]:
        ours = found.single.loc[theirs["condition"]]
        assert oracle.near(ours["consistency"], theirs["inclN"])
        assert oracle.near(ours["coverage"], theirs["covN"])
        assert oracle.near(ours["ron"], theirs["RoN"])
    listed = {key(expression): row for expression, row in found.expressions.iterrows()}
    assert set(listed) == {key(theirs["expression"]) for theirs in search["expressions"]}
    for theirs in search["expressions"]:
        assert oracle.near(listed[key(theirs["expression"])]["ron"], theirs["RoN"])


TABLE = pd.DataFrame({"A": [1, 1, 0], "B": [0.2, 0.6, 0.9], "Y": [0, 0, 0]}, index=list("xyz"))


def test_an_outcome_without_members() -> None:
    found = necessity(TABLE, outcome="Y", conditions=["A", "B"])
    assert math.isnan(found.single.loc["A", "consistency"])
    assert "no case has the outcome" in found.note
    assert "no expression reaches" in repr(found)


def test_the_outcome_is_no_condition() -> None:
    with pytest.raises(DataError, match="'Y' is the outcome and a condition"):
        necessity(TABLE, outcome="~Y", conditions=["A", "Y"])
