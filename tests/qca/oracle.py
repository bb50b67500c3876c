"""Reference cases of R's QCA beside these tests: tables, settings, and what R found."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from expertsys.qca import TruthTable, truth_table

R: dict[str, Any] = json.loads((Path(__file__).with_name("oracles") / "r.json").read_text(encoding="utf-8"))
CASES = {case["id"]: case for case in R["cases"]}


def table(case: dict[str, Any]) -> pd.DataFrame:
    """The data of a case."""
    return data(case["dataset"])


def data(name: str) -> pd.DataFrame:
    """A dataset by name."""
    dataset = R["datasets"][name]
    return pd.DataFrame(dataset["rows"], columns=dataset["columns"], index=dataset["cases"])


def truth(case: dict[str, Any]) -> TruthTable:
    """Its truth table, here."""
    settings = case["settings"]
    cuts = settings["incl.cut"]
    return truth_table(
        table(case),
        outcome=case["outcome"],
        conditions=case["conditions"],
        consistency_cutoff=cuts[0],
        contradiction_cutoff=cuts[1] if len(cuts) > 1 else None,
        pri_cutoff=settings.get("pri.cut", 0),
        frequency_cutoff=settings.get("n.cut", 1),
        levels=dict(zip(case["conditions"], case["levels"], strict=True)),
        not_applicable="-",
    )


def numbers(truth: TruthTable, rows: Iterable[int]) -> list[int]:
    """Row numbers as R gives them for assumptions: counted without the level for what does not apply."""
    found = truth.configuration(list(rows))
    return (np.ravel_multi_index(tuple(found.T), truth.applicable) + 1).tolist() if len(found) else []


def terms(expression: str) -> frozenset[frozenset[str]]:
    """An expression whatever the order of its terms and literals."""
    return frozenset(frozenset(term.strip().split("*")) for term in expression.split(" + "))


def near(ours: float, theirs: float | None) -> bool:
    """Equal to 1e-6; R sets fits below 1e-4 to 0 where models tie."""
    return theirs is None or abs(ours - theirs) < 1e-6 or (theirs == 0 and abs(ours) < 1e-4)
