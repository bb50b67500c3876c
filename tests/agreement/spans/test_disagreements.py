"""Where coders who mark their own stretches disagree, and coefficients part by part."""

from __future__ import annotations

from functools import partial
from itertools import combinations

import pandas as pd
import pytest
import strategies  # noqa: F401  # chooses the profile
from hypothesis import given

from expertsys.agreement import Spans, span_alpha, span_disagreements, span_f1, span_reliability
from expertsys.errors import DataError
from expertsys.study import Study

from . import byhand
from .continua import Continua, continua
from .test_result import corpus


@given(continua(overlap=True, longest=20))
def test_cost_by_hand(data: Continua) -> None:
    table = span_disagreements(data.spans())
    expected: dict[tuple[str, int], float] = {}
    for document in byhand.read_twice(data):
        coders = data.coders(document)
        labels = {coder: data.labels(document, coder) for coder in coders}
        for place in range(data.lengths[document]):
            pairs = [(labels[one][place], labels[other][place]) for one, other in combinations(coders, 2)]
            apart = sum(1 - len(a & b) / len(a | b) for a, b in pairs if a | b) / len(pairs)
            if apart:
                expected[document, place] = apart
    found = {
        (row.document, place): row.disagreement
        for row in table.itertuples()
        for place in range(row.start, row.end)  # type: ignore[arg-type]
    }
    assert found == pytest.approx(expected)
    assert table["cost"].sum() == pytest.approx(sum(expected.values()))
    assert table["cost"].is_monotonic_decreasing or table["cost"].round(12).is_monotonic_decreasing


def study() -> Study:
    rows = [("ann", "a", 0, 4), ("ann", "b", 0, 4), ("ben", "a", 0, 4), ("cyn", "c", 2, 9), ("ann", "c", 5, 9)]
    codings = pd.DataFrame(rows, columns=["coder", "code", "start", "end"]).assign(document="d")
    return Study(codings, documents=pd.DataFrame({"document": ["d"], "text": ["Rules bend."]}))


def test_what_a_stretch_tells() -> None:
    table = span_disagreements(study(), text=True, by="disagreement")
    assert table.index.tolist() == ["d [0:2]", "d [2:4]", "d [5:9]", "d [4:5]"]
    row = table.loc["d [0:2]"]
    assert row["contested"] == "a (2 of 3), b (1 of 3)"
    assert row["text"] == "Ru"
    assert row["disagreement"] == pytest.approx((0.5 + 1 + 1) / 3)
    assert table["share"].sum() == pytest.approx(1)
    two = span_disagreements(Spans.from_study(study()).only(coders=["ann", "ben"]))
    assert two.loc["d [0:4]", "agreed"] == "a"


def test_spans_alone_hold_no_text() -> None:
    with pytest.raises(DataError, match="spans hold no text"):
        span_disagreements(Spans.from_study(study()), text=True)
    with pytest.raises(DataError, match="by must be one of 'cost', 'disagreement'"):
        span_disagreements(study(), by="length")  # type: ignore[arg-type]


def test_full_agreement_lists_nothing() -> None:
    same = Spans.from_study(study()).only(coders=["ann"])
    assert span_disagreements(same).empty


def test_reliability_part_by_part() -> None:
    spans = corpus(4)
    u = partial(span_alpha, kind="u")
    by_code = span_reliability(spans, u, by="code")
    assert by_code["estimate"].to_dict() == {name: u(spans, code=name).estimate for name in "ab"}
    by_document = span_reliability(spans, u, by="document")
    assert by_document.index.tolist() == ["d0", "d1", "d2", "d3"]
    assert by_document["low"].isna().all()
    assert by_document["note"].str.contains("one document only").all()
    pairs = span_reliability(spans, partial(span_f1, match="exact"), by="pair")
    whole = span_f1(spans, match="exact").estimate
    assert pairs["estimate"].mean() == pytest.approx(whole)
    assert pairs.loc[("ann", "ben"), "estimate"] == span_f1(spans.without("cyn"), match="exact").estimate
    left_out = span_reliability(spans, u, by="coder", method="jackknife")
    assert left_out.loc["cyn", "low"] == u(spans).without("cyn").interval(method="jackknife").low
    with pytest.raises(DataError, match="by must be one of"):
        span_reliability(spans, u, by="case")  # type: ignore[arg-type]
