"""Where coders disagree: the largest disagreement first."""

from __future__ import annotations

import pandas as pd
import pytest

from expertsys.agreement import disagreements
from expertsys.study import Study

from .. import byhand, studies


def test_units_and_their_disagreement_by_hand() -> None:
    table = disagreements(studies.trapped())
    expected = {
        unit: byhand.jaccard(*row)
        for unit, row in zip(studies.CASES, studies.sets(), strict=True)
        if None not in row and row[0] != row[1]
    }
    assert table["disagreement"].to_dict() == pytest.approx(expected)
    assert table.index.name == "unit"
    assert table.index.tolist() == ["r5", "r1", "r2"]
    assert table.loc["r5", ["agreed", "contested"]].tolist() == [
        "",
        "fear (1 of 2), fear->exam (1 of 2), trust (1 of 2)",
    ]
    assert table.loc["r1", ["case", "n_coders", "agreed", "contested"]].tolist() == ["q1", 2, "fear", "trust (1 of 2)"]
    assert "text" not in table


def test_three_coders_and_one_who_did_not_see() -> None:
    rows = [("u", "ann", "a"), ("u", "ben", "a"), ("u", "ben", "b"), ("v", "cy", "a"), ("v", "ann", "a")]
    study = Study(
        pd.DataFrame(rows, columns=["unit", "coder", "code"]),
        assignments=pd.DataFrame(
            [("ann", "u"), ("ben", "u"), ("cy", "u"), ("ann", "v"), ("cy", "v"), ("dan", "w")],
            columns=["coder", "document"],
        ),
    )
    table = disagreements(study)
    assert table.index.tolist() == ["u"]
    assert table.loc["u", "contested"] == "a (2 of 3), b (1 of 3)"
    assert table.loc["u", "disagreement"] == pytest.approx((1 / 2 + 1 + 1) / 3)


def test_full_agreement_is_an_empty_table() -> None:
    codings = pd.DataFrame({"unit": ["u", "u"], "coder": ["ann", "ben"], "code": ["a", "a"]})
    table = disagreements(Study(codings), text=True)
    assert table.empty
    assert table.columns.tolist() == ["case", "n_coders", "disagreement", "agreed", "contested", "text"]


def test_text_only_when_asked_for() -> None:
    documents = pd.DataFrame({"document": ["d", "e"], "text": ["I fear the exam.\nI trust it. 😀 So.", None]})
    codings = pd.DataFrame(
        {
            "document": ["d", "d", "e", "e"],
            "coder": ["ann", "ben", "ann", "ben"],
            "code": ["fear", "trust", "fear", "trust"],
            "start": [2, 2, None, None],
            "end": [6, 6, None, None],
            "text": [None, None, "quoted by hand", None],
        }
    )
    study = Study(codings, documents=documents)
    whole = disagreements(study.unitise(by="document"), text=True)
    assert whole.loc["d", "text"] == "I fear the exam.\nI trust it. 😀 So."
    assert whole.loc["e", "text"] == "quoted by hand"
    cut = disagreements(study.select(documents=["d"]).unitise(by="paragraph"), text=True)
    assert cut["text"].tolist() == ["I fear the exam."]
