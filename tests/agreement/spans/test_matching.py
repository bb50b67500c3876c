"""Boundary F1 and kappa over segments: a published report, and a calculation mark by mark."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
import pytest
import strategies  # noqa: F401  # chooses the profile
from hypothesis import given

from expertsys.agreement import Spans, segment_kappa, span_f1
from expertsys.errors import DataError

from . import byhand
from .continua import Continua, continua


def equal(here: float, there: float) -> None:
    assert here == pytest.approx(there, rel=1e-9, abs=1e-9, nan_ok=True)


@given(continua(overlap=True))
def test_f1_by_hand(data: Continua) -> None:
    spans = data.spans()
    for match, share in (("exact", 1.0), ("overlap", 0.0), (0.5, 0.5), (0.9, 0.9)):
        equal(span_f1(spans, match=match).estimate, byhand.f1(data, share))  # type: ignore[arg-type]
    equal(span_f1(spans, match="exact", code="b").estimate, byhand.f1(data, 1.0, "b"))


@given(continua(overlap=True, coders=(2, 2)))
def test_macro_is_the_mean_of_codes(data: Continua) -> None:
    codes = [byhand.f1(data, 0.3, code) for code in "abc"]
    known = [value for value in codes if not math.isnan(value)]
    expected = sum(known) / len(known) if known else math.nan
    equal(span_f1(data.spans(), match=0.3, average="macro").estimate, expected)


@given(continua(overlap=True, coders=(2, 2)))
def test_segments_by_hand(data: Continua) -> None:
    (one, other, both), *_ = byhand.pairs_of(data)
    marks = [mark for mark in data.marks if mark[0] in both]
    had = sum(
        any(byhand.is_found(mark, made, 0.9) for made in marks if made[1] != mark[1])
        for mark in marks
    )  # fmt: skip
    assert {mark[1] for mark in marks} <= {one, other}
    expected = (had / len(marks) - 1 / 3) / (1 - 1 / 3) if marks else math.nan
    equal(segment_kappa(data.spans(), match=0.9).estimate, expected)


def of(rows: list[tuple[Any, ...]], mark: str | None = None) -> Spans:
    columns = ["coder", "code", "start", "end", *([mark] if mark else [])]
    return Spans.from_frame(pd.DataFrame(rows, columns=columns).assign(document="d"), seen="all", mark=mark)


def test_a_discontinuous_mark_is_found_as_a_whole() -> None:
    rows = [("ann", "a", 0, 4, "m"), ("ann", "a", 6, 10, "m"), ("ben", "a", 0, 4, "n"), ("ben", "a", 6, 10, "n")]
    assert span_f1(of(rows, "mark"), match="exact").estimate == 1
    apart = [(*row[:4], f"{row[0]} {row[2]}") for row in rows]
    half = [*rows[:2], *apart[2:]]
    assert span_f1(of(half, "mark"), match="exact").estimate == 0
    assert span_f1(of(half, "mark"), match=0.5).estimate == 1  # each of Ben's two marks is half of Ann's one


def test_one_who_found_nothing_scores_nothing() -> None:
    frame = pd.DataFrame({"document": ["d"], "coder": ["ann"], "code": ["a"], "start": [0], "end": [4]})
    seen = {"ann": ["d"], "ben": ["d"]}
    assert span_f1(Spans.from_frame(frame, seen=seen), match="exact").estimate == 0
    nothing = span_f1(Spans.from_frame(frame.iloc[:0], seen=seen, lengths={"d": 9}, codes=["a"]), match="exact")
    assert math.isnan(nothing.estimate)
    assert nothing.note == "nobody marked anything"


def test_a_kappa_of_one_code_is_undefined() -> None:
    found = segment_kappa(of([("ann", "a", 0, 4), ("ben", "a", 0, 4)]), match="exact")
    assert math.isnan(found.estimate)
    assert "one code only" in found.note


@pytest.mark.parametrize("match", [0, 1.5, True, "nearly"])
def test_a_match_must_be_a_rule(match: Any) -> None:
    with pytest.raises(DataError, match=r"match must be"):
        span_f1(of([("ann", "a", 0, 4), ("ben", "a", 0, 4)]), match=match)


def test_wrong_choices() -> None:
    spans = of([("ann", "a", 0, 4), ("ben", "a", 0, 4)])
    with pytest.raises(DataError, match="no code 'z'"):
        span_f1(spans, match="exact", code="z")
    with pytest.raises(DataError, match="average must be one of 'micro', 'macro'"):
        span_f1(spans, match="exact", average="mini")  # type: ignore[arg-type]
