"""Where coders disagree: the largest disagreement first."""

from __future__ import annotations

import time
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
import strategies
from hypothesis import given
from hypothesis import strategies as st

from expertsys.agreement import disagreements
from expertsys.errors import DataError
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


def test_the_cost_is_alpha_without_the_unit_by_hand() -> None:
    table = disagreements(studies.trapped())
    now = byhand.alpha(studies.sets(), byhand.jaccard)
    for unit, cost in table["cost"].items():
        rest = [row for name, row in zip(studies.CASES, studies.sets(), strict=True) if name != unit]
        assert cost == pytest.approx(byhand.alpha(rest, byhand.jaccard) - now, abs=1e-12)
    assert table["cost"].is_monotonic_decreasing


cells = st.one_of(st.none(), strategies.code_sets)


@given(st.lists(st.lists(cells, min_size=3, max_size=3), min_size=2, max_size=7))
def test_costs_of_three_coders_by_hand(matrix: strategies.Matrix) -> None:
    names = [f"u{number}" for number in range(len(matrix))]
    rows = [
        (u, f"c{c}", code) for u, row in zip(names, matrix, strict=True) for c, x in enumerate(row) for code in x or ()
    ]
    seen = [(f"c{c}", u) for u, row in zip(names, matrix, strict=True) for c, x in enumerate(row) if x is not None]
    if not rows:
        return
    study = Study(
        pd.DataFrame(rows, columns=["unit", "coder", "code"]),
        units=pd.DataFrame({"unit": names}),
        assignments=pd.DataFrame(seen, columns=["coder", "document"]),
    )
    table = disagreements(study)
    for unit, row in zip(names, matrix, strict=True):
        rated = byhand.given(row)
        distances = [byhand.jaccard(a, b) for a, b in combinations(rated, 2)]
        assert (unit in table.index) == (sum(distances) > 0)
        if unit not in table.index:
            continue
        assert table.loc[unit, "disagreement"] == pytest.approx(sum(distances) / len(distances))
        rest = [other for name, other in zip(names, matrix, strict=True) if name != unit]
        try:
            expected = byhand.alpha(rest, byhand.jaccard) - byhand.alpha(matrix, byhand.jaccard)
        except ZeroDivisionError:
            assert np.isnan(table.loc[unit, "cost"])
        else:
            assert table.loc[unit, "cost"] == pytest.approx(expected, abs=1e-9)


def test_what_the_units_are_ranked_by() -> None:
    """A split over common codes costs more than one over a rare code, which also adds to what chance would give."""
    pairs = {"u1": "aa", "u2": "bb", "u3": "ab", "u4": "ac", "u5": "aa", "u6": "bb"}
    rows = [
        (unit, coder, code) for unit, pair in pairs.items() for coder, code in zip(("ann", "ben"), pair, strict=True)
    ]
    study = Study(pd.DataFrame(rows, columns=["unit", "coder", "code"]))
    assert disagreements(study).index.tolist() == ["u3", "u4"]
    assert disagreements(study, by="disagreement")["disagreement"].tolist() == [1, 1]
    with pytest.raises(DataError, match="by must be one of 'cost', 'disagreement'"):
        disagreements(study, by="price")  # type: ignore[arg-type]


@pytest.mark.slow
def test_a_large_study_takes_seconds() -> None:
    rng = np.random.default_rng(0)
    n = 20_000
    codes = rng.integers(0, 12, (n, 3, 2))
    codes[:, 1] = np.where(rng.random((n, 2)) < 0.8, codes[:, 0], codes[:, 1])
    unit, coder, _ = np.indices(codes.shape)
    frame = pd.DataFrame({"unit": unit.ravel(), "coder": coder.ravel(), "code": codes.ravel()}).astype("str")
    study = Study(frame)
    began = time.perf_counter()
    assert len(disagreements(study)) > n / 2
    assert time.perf_counter() - began < 20


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
    assert table.columns.tolist() == ["case", "n_coders", "disagreement", "cost", "agreed", "contested", "text"]


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
