"""Agreement with a gold standard, by hand and with scikit-learn's definitions; its intervals in simulated clusters."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from expertsys.agreement import gold_standard
from expertsys.errors import DataError
from expertsys.study import Study


def study_of(truth: np.ndarray, found: np.ndarray, document: np.ndarray | None = None) -> Study:
    """One code: by the gold standard and by a model, unit by unit."""
    names = np.array([f"u{number}" for number in range(len(truth))])
    rows = [("gold", names[at]) for at in np.flatnonzero(truth)] + [
        ("model", names[at]) for at in np.flatnonzero(found)
    ]
    codings = pd.DataFrame(rows, columns=["coder", "unit"]).assign(code="fear")
    units = pd.DataFrame({"unit": names})
    if document is not None:
        units["document"] = [f"d{number}" for number in document]
    coders = pd.DataFrame({"coder": ["gold", "model"]})
    return Study(codings, units=units, coders=coders).with_assignments("all")


def test_measures_by_hand() -> None:
    """Of 10 units 4 have the code; the model finds 3 of them and 2 others: 3/5, 3/4, 6/9, 4/6."""
    truth = np.array([1, 1, 1, 1, 0, 0, 0, 0, 0, 0])
    found = np.array([1, 1, 1, 0, 1, 1, 0, 0, 0, 0])
    table = gold_standard(study_of(truth, found), gold="gold")
    row = table.xs("model").xs("fear")
    assert row["estimate"].to_dict() == pytest.approx(
        {"precision": 3 / 5, "recall": 3 / 4, "f1": 6 / 9, "specificity": 4 / 6}
    )
    assert (row["n_units"] == 10).all()
    assert (row["n_gold"] == 4).all()
    assert (row["n_coder"] == 5).all()
    assert table.xs("model").xs("all codes (micro)")["estimate"].tolist() == row["estimate"].tolist()
    assert ((row["low"] < row["estimate"]) & (row["estimate"] < row["high"])).all()


def test_what_cannot_be_divided_is_undefined() -> None:
    table = gold_standard(study_of(np.array([1, 0, 0]), np.zeros(3, dtype=int)), gold="gold")
    row = table.xs("model").xs("fear")
    assert math.isnan(row.loc["precision", "estimate"])
    assert "nothing to divide by" in row.loc["precision", "note"]
    assert row.loc["recall", "estimate"] == 0
    assert row.loc["recall", "low"] == pytest.approx(0)


def test_intervals_are_wider_where_units_of_a_document_are_alike() -> None:
    """20 documents of 10 units; the model finds all or none of a document: as much information as 20 units."""
    document = np.repeat(np.arange(20), 10)
    found = (document % 2 == 0).astype(int)
    truth = np.ones(200, dtype=int)
    row = gold_standard(study_of(truth, found, document), gold="gold").loc["model", "fear", "recall"]
    alone = gold_standard(study_of(truth, found, document), gold="gold", cluster="unit").loc[
        ("model", "fear", "recall")
    ]
    assert row["n_clusters"] == 20
    assert row["high"] - row["low"] > 2.5 * (alone["high"] - alone["low"])


def test_intervals_cover() -> None:
    """Recall .8 on average, by document Beta(8, 2); 25 documents of 4 to 12 units, 300 studies."""
    rng = np.random.default_rng(5)
    held = 0
    for _ in range(300):
        sizes = rng.integers(4, 13, 25)
        document = np.repeat(np.arange(25), sizes)
        chance = rng.beta(8, 2, 25)[document]
        truth = np.ones(len(document), dtype=int)
        found = (rng.random(len(document)) < chance).astype(int)
        right = np.bincount(document, weights=found)
        from expertsys.agreement.coefficients.gold import _ratio

        _, low, high, _ = _ratio(right, np.bincount(document, weights=truth).astype(float), 0.95, "document")
        held += low <= 0.8 <= high
    assert 0.92 <= held / 300 <= 0.985


def test_refusals() -> None:
    study = study_of(np.array([1, 0]), np.array([1, 1]))
    with pytest.raises(DataError, match="no coder 'expert'"):
        gold_standard(study, gold="expert")
    with pytest.raises(DataError, match="coders must be others than the gold standard"):
        gold_standard(study, gold="gold", coders=["gold"])
    with pytest.raises(DataError, match="no code 'joy'"):
        gold_standard(study, gold="gold", codes=["joy"])
