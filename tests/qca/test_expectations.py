"""Directional expectations, against R's QCA 3.25.1 on random tables, and by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from expertsys.qca import Solution, TruthTable, minimise, truth_table

from . import oracle

RANDOM = json.loads((Path(__file__).with_name("oracles") / "random.json").read_text(encoding="utf-8"))
SETTINGS = [
    pytest.param(table, setting, id=f"{table['id']}-{number}")
    for table in RANDOM["tables"]
    for number, setting in enumerate(table["settings"], start=1)
]


def tabulated(table: dict[str, Any], setting: dict[str, Any]) -> TruthTable:
    cuts = setting["cuts"]
    consistency = cuts["incl.cut"]
    return truth_table(
        pd.DataFrame(table["data"], index=table["cases"]),
        outcome=setting["outcome"],
        conditions=table["conditions"],
        consistency_cutoff=consistency[0],
        contradiction_cutoff=consistency[1] if len(consistency) > 1 else None,
        pri_cutoff=cuts.get("pri.cut", [0])[0],
        frequency_cutoff=int(cuts.get("n.cut", [1])[0]),
        levels=dict(zip(table["conditions"], table["levels"], strict=True)),
    )


def models(solution: Solution) -> set[frozenset[frozenset[str]]]:
    return {oracle.terms(model.expression) for model in solution.models}


def theirs(lists: list[list[str]]) -> set[frozenset[frozenset[str]]]:
    return {oracle.terms(" + ".join(terms)) for terms in lists}


@pytest.mark.parametrize(("table", "setting"), SETTINGS)
def test_random_tables_as_in_r(table: dict[str, Any], setting: dict[str, Any]) -> None:
    """Rows, models and easy counterfactuals: R's, or of a brute force where R loses expectations."""
    truth = tabulated(table, setting)
    assert truth.rows["out"].to_dict() == {int(row): out for row, out in setting["out"].items()}
    assert models(minimise(truth, solution="conservative")) == theirs(setting["conservative"])
    if "parsimonious" in setting:
        assert models(minimise(truth, solution="parsimonious")) == theirs(setting["parsimonious"])
    for entry in setting["intermediate"]:
        if not entry["expectations"]:
            continue
        solution = minimise(truth, solution="intermediate", expectations=entry["expectations"])
        easy = {tuple(sorted(rows)) for rows in entry["easy"].values()}
        assert {model.easy for model in solution.models} <= easy, entry["dir.exp"]
        if "every_expectation" not in entry:
            every = [terms for own in entry["models"].values() for terms in own]
            assert models(solution) == theirs(every), entry["dir.exp"]


def small(rows: dict[str, int], *expectations: str) -> Solution:
    """Crisp rows of A, B, ... as text, such as "10", with the outcome of their case."""
    names = list("ABC")[: len(next(iter(rows)))]
    table = pd.DataFrame([[*map(int, row), out] for row, out in rows.items()], columns=[*names, "Y"])
    truth = truth_table(table, outcome="Y", conditions=names, consistency_cutoff=1)
    return minimise(truth, solution="intermediate", expectations=expectations)


ISSUE = {"10": 1, "11": 0, "01": 0}


def test_a_conjunction_is_compared_with_what_the_parsimonious_term_lacks() -> None:
    """A*~B is positive; ~B is parsimonious, so that only A is compared. It agrees with A*B: nothing is dropped."""
    assert [model.expression for model in small(ISSUE, "A*B").models] == ["A*~B"]
    assert [model.expression for model in small(ISSUE, "A").models] == ["A*~B"]
    dropped = small(ISSUE, "~A*B")
    assert [model.expression for model in dropped.models] == ["~B"]
    assert dropped.models[0].easy == (1,)


THREE = {"111": 1, "011": 0, "000": 0}


def test_one_contradiction_drops_all_extras_of_the_conjunction() -> None:
    """A*B*C is positive, A parsimonious; the extras are B and C."""
    assert [model.expression for model in small(THREE, "B*~C").models] == ["A"]  # C contradicts, B goes with it
    assert [model.expression for model in small(THREE, "B", "~C").models] == ["A*B"]  # each for itself
    assert [model.expression for model in small(THREE, "B*C").models] == ["A*B*C"]


def test_every_expectation_counts_and_a_conjunction_adds_nothing_to_its_part() -> None:
    assert [model.expression for model in small(THREE, "B*C", "~C").models] == ["A*B"]  # R: only B*C counts
    assert [model.expression for model in small(THREE, "~B", "~B*C").models] == ["A*C"]  # as ~B alone
    assert [model.expression for model in small(THREE, "~B").models] == ["A*C"]
