"""Agreement over characters: the tools' own examples, and a calculation character by character."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
import pytest
import strategies  # noqa: F401  # chooses the profile
from hypothesis import given, settings

from expertsys.agreement import (
    Ratings,
    Spans,
    coding_comparison,
    cohen_kappa,
    qualcoder_kappa,
    text_agreement,
    text_kappa,
)
from expertsys.errors import DataError

from . import byhand
from .continua import Continua, continua


def equal(here: float, there: float) -> None:
    assert here == pytest.approx(there, rel=1e-9, abs=1e-9, nan_ok=True)


def of(rows: list[tuple[Any, ...]], length: int = 1000) -> Spans:
    frame = pd.DataFrame(rows, columns=["coder", "code", "start", "end"]).assign(document="d")
    return Spans.from_frame(frame, lengths={"d": length}, seen="all")


@given(continua(overlap=True))
@settings(max_examples=8)
def test_kappa_by_hand(data: Continua) -> None:
    spans = data.spans()
    for documents in ("pooled", "mean", "length"):
        for uncoded in (True, False):
            for codes, code in (("abc", None), ("b", "b")):
                found = text_kappa(spans, uncoded=uncoded, documents=documents, code=code)
                equal(found.estimate, byhand.text_kappa(data, codes, uncoded=uncoded, documents=documents))


@given(continua(overlap=True, coders=(2, 2), documents=1))
def test_kappa_is_that_of_the_characters_as_units(data: Continua) -> None:
    (one, other, both), *_ = byhand.pairs_of(data)
    found = text_kappa(data.spans(), uncoded=True, documents="pooled", code="a")
    if not both:
        assert math.isnan(found.estimate)
        return
    rows = [["a" in codes for codes in data.labels(both[0], coder)] for coder in (one, other)]
    ratings = Ratings.from_array(rows, coders="rows")
    expected = cohen_kappa(ratings)
    for field in ("estimate", "observed", "expected"):
        if not math.isnan(expected.estimate):
            equal(getattr(found, field), getattr(expected, field))
    assert math.isnan(found.estimate) == math.isnan(expected.estimate)


@given(continua(overlap=True, coders=(2, 2)))
def test_comparison_by_hand(data: Continua) -> None:
    (one, other, both), *_ = byhand.pairs_of(data)
    table = coding_comparison(data.spans())
    assert list(table.index.get_level_values("document")) == both * 3
    for key, row in table.iterrows():
        code, document = list(key)[:2]  # type: ignore[call-overload]
        a, b, shared, size = byhand.counts(data, one, other, document, code, uncoded=True)
        assert (row["size"], row["both"], row["only_a"], row["only_b"]) == pytest.approx(
            (size, shared / size, (a - shared) / size, (b - shared) / size)
        )
        assert row["neither"] == pytest.approx((size - a - b + shared) / size)
        assert row["agreement"] == pytest.approx(1 - row["disagreement"])
        equal(row["kappa"], byhand.cohen([a, b, shared, size]))
        equal(row["kappa_coded"], byhand.cohen(byhand.counts(data, one, other, document, code, uncoded=False)))


def test_qualcoder_is_not_cohen() -> None:
    # 1,000 characters, 50 each, 40 in common: u = 60, Po = 40/60, Pe = (50/60)² (10/60)², rounded there to four digits
    spans = of([("ann", "fear", 100, 150), ("ben", "fear", 110, 160)])
    assert round(qualcoder_kappa(spans, documents="pooled").estimate, 4) == 0.6601
    assert text_kappa(spans, uncoded=True, documents="pooled").estimate == pytest.approx(15 / 19)


def test_nvivo_manual() -> None:
    # "50 characters coded by both, 150 by one, 800 by neither": agreement 85 %; kappa by its steps, by hand
    spans = of([("a", "node", 0, 150), ("b", "node", 100, 200)])
    assert text_agreement(spans, uncoded=True, documents="pooled").estimate == pytest.approx(0.85)
    expected = 150 * 100 / 1000 + 850 * 900 / 1000
    kappa = text_kappa(spans, uncoded=True, documents="pooled").estimate
    assert kappa == pytest.approx((850 - expected) / (1000 - expected))


def test_uncoded_text_swamps_kappa() -> None:
    rows = [("ann", "a", 0, 40), ("ann", "b", 40, 80), ("ben", "a", 0, 40), ("ben", "a", 40, 80)]
    short, long = of(rows, 100), of(rows, 100_000)
    for spans in (short, long):
        assert text_kappa(spans, uncoded=False, documents="pooled").estimate == pytest.approx(0)
    assert text_kappa(short, uncoded=True, documents="pooled").estimate == pytest.approx(1 / 6)
    assert text_kappa(long, uncoded=True, documents="pooled").estimate == pytest.approx(0.5, abs=1e-3)


def test_uncoded_text_needs_a_length() -> None:
    frame = pd.DataFrame([("d", "ann", "a", 0, 5), ("d", "ben", "a", 0, 5), ("d", "ben", "b", 5, 9)],
                         columns=["document", "coder", "code", "start", "end"])  # fmt: skip
    spans = Spans.from_frame(frame, seen="all")
    for wrong in (
        lambda: text_kappa(spans, uncoded=True, documents="pooled"),
        lambda: text_kappa(spans, uncoded=False, documents="length"),
        lambda: coding_comparison(spans),
    ):
        with pytest.raises(DataError, match="the length of 1 document is not known: 'd'"):
            wrong()
    # by hand: of 9 characters and 2 codes 5 from one, 9 from the other, 5 in common
    assert text_kappa(spans, uncoded=False, documents="pooled").estimate == pytest.approx((14 / 18 - 1 / 2) / (1 / 2))
    assert qualcoder_kappa(spans, documents="mean", code="a").estimate == 1


def test_undefined_says_why() -> None:
    spans = of([("ann", "a", 0, 5), ("ben", "b", 0, 5)]).only(codes=["a", "b"], coders=["ann"])
    assert text_kappa(spans, uncoded=True, documents="pooled").note == "no document was seen by two coders"
    every = of([("ann", "a", 0, 10), ("ben", "a", 0, 10)], 10)
    assert "no variation" in text_kappa(every, uncoded=True, documents="pooled").note


def test_wrong_choices() -> None:
    spans = of([("ann", "a", 0, 5), ("ben", "a", 0, 5)])
    with pytest.raises(DataError, match="documents must be one of 'pooled', 'mean', 'length'"):
        text_kappa(spans, uncoded=True, documents="all")  # type: ignore[arg-type]
    with pytest.raises(DataError, match="no code 'z'"):
        text_agreement(spans, uncoded=True, documents="pooled", code="z")
