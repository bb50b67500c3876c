"""Krippendorff's family: published values, another program, and a calculation character by character."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd
import pytest
import strategies  # noqa: F401  # chooses the profile
from hypothesis import given, settings
from hypothesis import strategies as st

from expertsys.agreement import Spans, span_alpha
from expertsys.errors import DataError

from .. import oracle
from . import byhand
from .continua import Continua, continua

ORACLE = oracle.load("spans")
KINDS: tuple[Any, ...] = ("u", "|u", "cu", "U2004")


def of_marks(marks: list[list[Any]], length: int, stretch: int = 1) -> Spans:
    """Marks of one document, as coder, code, start, end; `stretch` makes each unit of length so many."""
    frame = pd.DataFrame(marks, columns=["coder", "code", "start", "end"]).assign(document="d")
    frame[["start", "end"]] *= stretch
    return Spans.from_frame(frame, lengths={"d": length * stretch}, seen="all")


def equal(here: float, there: float) -> None:
    assert here == pytest.approx(there, rel=1e-9, abs=1e-9, nan_ok=True)


@pytest.mark.parametrize("entry", ORACLE["published"], ids=oracle.named)
def test_alpha_u_published(entry: dict[str, Any]) -> None:
    spans = of_marks(entry["marks"], entry["length"])
    for code, printed in entry["printed"].items():
        found = span_alpha(spans, kind="U2004", code=code)
        for field, value in (("observed", found.observed), ("expected", found.expected), ("alpha", found.estimate)):
            assert field not in printed or oracle.as_printed(value, printed[field]), (code, field)


def test_alpha_u_of_all_codes() -> None:
    entry = ORACLE["published"][0]
    spans = of_marks(entry["marks"], entry["length"])
    found = span_alpha(spans, kind="U2004")
    parts = [span_alpha(spans, kind="U2004", code=code) for code in "ck"]
    equal(found.estimate, 1 - sum(part.observed for part in parts) / sum(part.expected for part in parts))
    assert found.estimate == pytest.approx(float(entry["overall"]), abs=5e-4)  # printed from rounded parts


def test_alpha_u_of_a_continuum_without_grain() -> None:
    entry = ORACLE["published"][1]
    spans = of_marks(entry["marks"], entry["length"], entry["stretch"])
    for code, printed in entry["limit"].items():
        assert oracle.as_printed(span_alpha(spans, kind="U2004", code=code).estimate, printed)


@pytest.mark.parametrize("entry", ORACLE["package"])
def test_u_alpha_of_another_program(entry: dict[str, Any]) -> None:
    rows = [("d", coder, *mark) for coder, marks in entry["marks"].items() for mark in marks]
    frame = pd.DataFrame(rows, columns=["document", "coder", "code", "start", "end"])
    seen = {coder: ["d"] for coder in entry["marks"]}
    spans = Spans.from_frame(frame, lengths={"d": entry["length"]}, seen=seen)
    assert span_alpha(spans, kind="u").estimate == pytest.approx(entry["u"], abs=1e-12)
    assert span_alpha(spans, kind="|u").estimate == pytest.approx(entry["|u"], abs=1e-12)


@given(continua())
def test_u_family_by_hand(data: Continua) -> None:
    spans = data.spans()
    equal(span_alpha(spans, kind="u").estimate, byhand.u_alpha(data, "u"))
    equal(span_alpha(spans, kind="|u").estimate, byhand.u_alpha(data, "|u"))
    equal(span_alpha(spans, kind="u", code="a").estimate, byhand.u_alpha(data, "u", "a"))


def test_coding_of_common_text_published() -> None:
    """Krippendorff, Content Analysis, 4th ed. 2019, p. 340: Alex and Paul, as the issue of the book prints them."""
    alex = [(0, 7, "1"), (7, 13, "2"), (30, 32, "5"), (32, 37, "6"), (37, 44, "6"), (44, 60, "7")]
    paul = [(0, 7, "1"), (7, 13, "3"), (13, 21, "5"), (32, 44, "6")]
    spans = of_marks([["alex", c, a, b] for a, b, c in alex] + [["paul", c, a, b] for a, b, c in paul], 60)
    assert span_alpha(spans, kind="cu").estimate == pytest.approx(0.6939, abs=5e-5)
    assert span_alpha(spans, kind="ku", code="2").estimate == pytest.approx(0, abs=1e-12)
    # by hand: 24 of 50 have code 6, all matched; ε = 50 (24² − 5² − 7² − 12²) / (50² − 388)
    assert span_alpha(spans, kind="ku", code="6").estimate == 1
    assert span_alpha(spans, kind="ku", code="6").expected == pytest.approx(1 - 50 * 358 / 2112 / 24, abs=1e-12)


def test_three_coders_of_common_text_by_hand() -> None:
    """Half of a unit that two others marked counts fully, half that one did counts half: its square is of both."""
    marks = [["a", "x", 0, 4], ["b", "x", 0, 4], ["c", "y", 0, 2], ["c", "y", 6, 8]]
    spans = of_marks(marks, 10)
    # contributions: a 2 + 2/2 = 3, b 3, c 2 (and 0); total 8, pairs 64 − 22, alike 36 − 18; matched 8 / 2 + 0
    expected = 8 - 8 * 18 / 42
    assert span_alpha(spans, kind="cu").estimate == pytest.approx(1 - (8 - 4) / expected, abs=1e-12)


@given(continua(longest=25))
def test_coding_of_common_text_by_hand(data: Continua) -> None:
    spans = data.spans()
    equal(span_alpha(spans, kind="cu").estimate, byhand.codes_alpha(data))
    equal(span_alpha(spans, kind="ku", code="a").estimate, byhand.codes_alpha(data, "a"))


@given(continua(overlap=True, longest=25))
def test_sets_of_codes_by_hand(data: Continua) -> None:
    spans = data.spans()
    equal(span_alpha(spans, kind="cu", overlap="sets").estimate, byhand.codes_alpha(data))
    equal(span_alpha(spans, kind="ku", code="a", overlap="sets").estimate, byhand.codes_alpha(data, "a"))


@given(continua(overlap=True, longest=30))
def test_alpha_u_by_hand(data: Continua) -> None:
    found, expected = span_alpha(data.spans(), kind="U2004"), byhand.alpha_u_2004(data)
    for here, there in zip((found.estimate, found.observed, found.expected), expected, strict=True):
        if not math.isnan(expected[0]):
            equal(here, there)
    assert math.isnan(found.estimate) == math.isnan(expected[0])


def renamed(data: Continua, names: dict[str, str], codes: dict[str, str]) -> Continua:
    marks = [(where, names[who], codes[what], start, end) for where, who, what, start, end in data.marks]
    return Continua(data.lengths, {names[who]: seen for who, seen in data.seen.items()}, marks)


def same(here: Spans, there: Spans, kinds: Sequence[Any] = KINDS) -> None:
    for kind in kinds:
        first, second = span_alpha(here, kind=kind), span_alpha(there, kind=kind)
        equal(first.estimate, second.estimate)
        assert first.n_coders == second.n_coders


@given(st.data())
@settings(max_examples=8)
def test_names_and_order_do_not_matter(data: st.DataObject) -> None:
    given_data = data.draw(continua())
    names = dict(zip(given_data.seen, data.draw(st.permutations([*given_data.seen])), strict=True))
    codes = dict(zip("abc", data.draw(st.permutations("abc")), strict=True))
    other = renamed(given_data, names, codes)
    other.marks[:] = data.draw(st.permutations(other.marks))
    same(given_data.spans(), other.spans())


@given(continua(), st.integers(1, 9))
@settings(max_examples=8)
def test_place_of_the_marks_does_not_matter(data: Continua, shift: int) -> None:
    longer = {name: length + shift for name, length in data.lengths.items()}
    moved = [(where, who, what, start + shift, end + shift) for where, who, what, start, end in data.marks]
    same(Continua(longer, data.seen, data.marks).spans(), Continua(longer, data.seen, moved).spans(), ("u", "|u", "cu"))


@given(continua(), st.integers(1, 5))
@settings(max_examples=8)
def test_a_document_can_be_cut_where_nobody_marked(data: Continua, gap: int) -> None:
    joined = {"all": sum(length + gap for length in data.lengths.values())}
    everyone = {key: list(data.lengths) for key in data.seen}
    offset, reach = {}, 0
    for name, length in data.lengths.items():
        offset[name], reach = reach, reach + length + gap
    apart = Continua({name: length + gap for name, length in data.lengths.items()}, everyone, data.marks)
    marks = [("all", who, what, start + offset[where], end + offset[where])
             for where, who, what, start, end in data.marks]  # fmt: skip
    whole = Continua(joined, {key: ["all"] for key in data.seen}, marks)
    same(apart.spans(), whole.spans(), ("u", "|u", "cu"))


@given(continua())
@settings(max_examples=8)
def test_same_marks_are_perfect_agreement(data: Continua) -> None:
    first = next(iter(data.seen))
    marks = [(where, who, what, start, end) for where, made, what, start, end in data.marks if made == first
             for who in ("x", "y", "z")]  # fmt: skip
    spans = Continua(data.lengths, {key: list(data.lengths) for key in ("x", "y", "z")}, marks).spans()
    for kind in KINDS:
        found = span_alpha(spans, kind=kind).estimate
        assert math.isnan(found) or found == pytest.approx(1)


@given(continua())
@settings(max_examples=8)
def test_who_saw_nothing_changes_nothing(data: Continua) -> None:
    marks = [*data.marks, ("alone", "late", "a", 2, 9)]
    more = Continua({**data.lengths, "alone": 20}, {**data.seen, "late": ["alone"]}, marks)
    same(data.spans(), more.spans())


def test_nothing_found_is_not_nothing_seen() -> None:
    frame = pd.DataFrame([("d", "ann", "a", 0, 5), ("d", "ben", "a", 0, 5)],
                         columns=["document", "coder", "code", "start", "end"])  # fmt: skip
    two, three = (
        span_alpha(Spans.from_frame(frame, lengths={"d": 10}, seen={key: ["d"] for key in names}), kind="u").estimate
        for names in (("ann", "ben"), ("ann", "ben", "cyn"))
    )
    assert two == 1
    assert three == pytest.approx(1 - (10 / 30) / (400 / 830))  # 10 of 30 characters marked, units of 5, 20 blank


def test_a_discontinuous_mark_is_one_unit() -> None:
    rows = [("ann", 0, 4, 1), ("ann", 6, 10, 1), ("ben", 0, 4, 2), ("ben", 6, 10, 3)]
    frame = pd.DataFrame(rows, columns=["coder", "start", "end", "mark"]).assign(document="d", code="a")
    spans = Spans.from_frame(frame, lengths={"d": 20}, seen="all", mark="mark")
    assert (len(spans), spans.n_marks) == (4, 3)
    # by hand: 40 characters, 16 with the code, squared units 8², 4², 4²; no place differs
    assert span_alpha(spans, kind="u").expected == pytest.approx(2 * 24 * 16 / (40**2 - 96 - 24))


@pytest.mark.parametrize("kind", KINDS)
def test_no_variation_is_undefined_and_says_so(kind: Any) -> None:
    frame = pd.DataFrame([("d", "ann", "a", 0, 5), ("d", "ben", "a", 0, 5)],
                         columns=["document", "coder", "code", "start", "end"])  # fmt: skip
    found = span_alpha(Spans.from_frame(frame.iloc[:0], lengths={"d": 5}, seen={"ann": ["d"], "ben": ["d"]}), kind=kind)
    assert math.isnan(found.estimate)
    assert "mark" in found.note
    apart = Spans.from_frame(frame, lengths={"d": 5, "e": 5}, seen={"ann": ["d"], "ben": ["e"]})
    assert span_alpha(apart.only(documents=["e"]), kind=kind).note.endswith("no document was seen by two coders")


def test_a_code_against_others_says_how_much_enters() -> None:
    rows = [("ann", "a", 0, 10), ("ann", "b", 10, 20), ("ben", "a", 0, 5), ("ben", "b", 12, 30)]
    spans = of_marks([list(row) for row in rows], 40)
    assert "67% of the text with this code" in span_alpha(spans, kind="ku", code="a").note
    empty = span_alpha(spans.only(codes=["a", "b"]), kind="ku", code="b")
    assert "57% of the text" in empty.note


def test_overlapping_marks_are_refused_with_the_choices() -> None:
    spans = of_marks(ORACLE["published"][0]["marks"], 300)
    with pytest.raises(DataError, match=r"4 marks overlap another mark of the same coder") as caught:
        span_alpha(spans, kind="u")
    assert "overlap='sets'" in str(caught.value)
    assert "d [30:90]: 0 marked with c, k." in str(caught.value)
    assert span_alpha(spans, kind="u", overlap="sets").estimate < 1


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"kind": "w"}, "kind must be one of"),
        ({"kind": "ku"}, "kind='ku' needs one code"),
        ({"kind": "cu", "code": "a"}, "kind='cu' compares all of them"),
        ({"kind": "u", "code": "z"}, "no code 'z'"),
        ({"kind": "u", "overlap": "any"}, "overlap must be one of 'sets'"),
    ],
)
def test_wrong_choices(options: Any, told: str) -> None:
    with pytest.raises(DataError, match=told):
        span_alpha(of_marks([["1", "a", 0, 2], ["2", "a", 0, 3]], 9), **options)


def test_unmarked_text_needs_a_length() -> None:
    frame = pd.DataFrame([("d", "ann", "a", 0, 5), ("d", "ben", "b", 0, 5)],
                         columns=["document", "coder", "code", "start", "end"])  # fmt: skip
    spans = Spans.from_frame(frame, seen="all")
    with pytest.raises(DataError, match="the length of 1 document is not known: 'd'"):
        span_alpha(spans, kind="u")
    assert span_alpha(spans, kind="cu").estimate == 0  # one unit of each code: chance cannot pair it with its like
