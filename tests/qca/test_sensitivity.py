"""Sensitivity ranges, against SetMethods' stepwise search on three published data sets, and by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from expertsys.errors import DataError
from expertsys.qca import minimise, report_tables, sensitivity_ranges, sweep, truth_table

RANGES = json.loads((Path(__file__).with_name("oracles") / "ranges.json").read_text(encoding="utf-8"))
ENTRIES = [
    pytest.param(dataset, entry, id=f"{dataset['name']}-{entry['id']}")
    for dataset in RANGES["datasets"]
    for entry in dataset["entries"]
]


@pytest.mark.slow
@pytest.mark.parametrize(("dataset", "entry"), ENTRIES)
def test_ranges_as_in_setmethods(dataset: dict[str, Any], entry: dict[str, Any]) -> None:
    """R's bound is the last step that keeps the first model; the change lies within one step beyond it."""
    table = pd.DataFrame(dataset["data"], index=dataset["cases"])
    truth = truth_table(
        table,
        outcome=entry["outcome"],
        conditions=entry["conditions"],
        consistency_cutoff=entry["consistency_cutoff"],
        frequency_cutoff=entry["frequency_cutoff"],
    )
    solution = minimise(truth, solution=entry["solution"], expectations=entry.get("expectations", ()))
    options: dict[str, Any] = {}
    if "condition" in entry:
        raw = pd.DataFrame(dataset["raw"], index=dataset["cases"]) if "raw" in dataset else table * 100
        options = {"raw": raw, "anchors": {entry["condition"]: entry["anchors"]}, "method": entry["method"]}
    found = sensitivity_ranges(solution, model=1, **options)
    assert found.note == ""
    for name, (lower, upper) in entry["bounds"].items():
        row, step = found.table.loc[name], entry["step"]
        furthest = (entry["max.runs"] - 1) * step
        neighbours = [anchor for anchor in entry.get("anchors", []) if anchor != row["value"]]
        if lower is not None:
            assert lower - step - 1e-9 <= row["lower"] <= lower + 1e-9
        else:
            assert row["value"] - row["lower"] >= furthest - 1e-9 or row["lower"] in neighbours
        if upper is not None:
            assert upper - 1e-9 <= row["upper"] <= upper + step + 1e-9
        else:
            assert row["upper"] - row["value"] >= furthest - 1e-9 or row["upper"] in neighbours


TABLE = pd.DataFrame({"A": [0.9, 0.8, 0.3, 0.1], "B": [0.8, 0.2, 0.9, 0.1], "Y": [0.9, 0.6, 0.4, 0.2]}, list("wxyz"))


def test_bounds_of_cutoffs_are_the_figures_of_rows() -> None:
    """By a sweep just below, at and just above each bound."""
    truth = truth_table(TABLE, outcome="Y", conditions=["A", "B"], consistency_cutoff=0.8)
    solution = minimise(truth, solution="conservative")
    found = sensitivity_ranges(solution)
    lower, upper = found.table.loc["consistency_cutoff", ["lower", "upper"]].astype(float)
    assert lower in truth.rows["consistency"].tolist()
    assert upper in truth.rows["consistency"].tolist()
    swept = sweep(solution, consistency_cutoff=[lower, lower + 1e-6, upper, upper + 1e-6])
    assert swept.table["same"].tolist() == [False, True, True, False]
    assert found.table.loc["consistency_cutoff", "below"] == swept.table["expression"].iloc[0]
    assert found.table.loc["frequency_cutoff", ["lower", "upper"]].tolist() == [1, 1]
    assert "consistency cut-off 0.8" in found.methods_text()
    assert "Sensitivity ranges (Y)" in report_tables(found)


def test_a_crisp_threshold_moves_between_raw_values() -> None:
    """Raw 2, 4 lack the outcome and 6, 9 have it. At 4 and below A holds one without it; up to 9 some of A is left."""
    raw = pd.DataFrame({"A": [2.0, 4, 6, 9]}, index=list("wxyz"))
    table = pd.DataFrame({"A": [0, 0, 1, 1], "Y": [0, 0, 1, 1]}, index=list("wxyz"))
    truth = truth_table(table, outcome="Y", conditions=["A"], consistency_cutoff=1)
    found = sensitivity_ranges(
        minimise(truth, solution="conservative"), raw=raw, anchors={"A": [5]}, method="crisp"
    ).table
    assert found.loc["A, threshold", ["lower", "upper"]].tolist() == pytest.approx([4, 9])


def test_what_ranges_refuse_and_note() -> None:
    truth = truth_table(TABLE, outcome="Y", conditions=["A", "B"], consistency_cutoff=0.8)
    solution = minimise(truth, solution="conservative")
    with pytest.raises(DataError, match="raw= and anchors= belong together"):
        sensitivity_ranges(solution, anchors={"A": (1, 2, 3)})
    with pytest.raises(DataError, match="no condition 'C'"):
        sensitivity_ranges(solution, raw=TABLE, anchors={"C": (1, 2, 3)})
    with pytest.raises(DataError, match="there is no model"):
        sensitivity_ranges(
            minimise(truth.again(pri_cutoff=1, consistency_cutoff=1, without=["w"]), solution="conservative")
        )
    wrong = sensitivity_ranges(solution, raw=TABLE * 100, anchors={"A": (93, 95, 97)})
    assert "are these its anchors and options?" in wrong.note
    assert np.isnan(wrong.table.loc["A, out", "lower"])
