"""Codes in overlapping passages and near each other: by hand, and by placing passages in every possible way."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from generated import few
from hypothesis import given
from hypothesis import strategies as st

from expertsys import Study, cooccurrence
from expertsys.comparison.nearness import _meeting
from expertsys.errors import DataError

DOCUMENTS = pd.DataFrame({"document": ["d1", "d2"], "text": ["x" * 12, "y" * 8]})


def spans(*rows: tuple[str, str, str, int, int], documents: pd.DataFrame | None = DOCUMENTS) -> Study:
    return Study(pd.DataFrame(rows, columns=["document", "coder", "code", "start", "end"]), documents=documents)


THREE = (
    ("d1", "ann", "a", 0, 4),
    ("d1", "ann", "b", 4, 6),  # touches the first, overlaps the next
    ("d1", "ann", "a", 5, 9),
    ("d2", "ann", "b", 0, 3),
    ("d2", "ben", "a", 0, 3),  # another coder: not together
)


def test_passages_that_touch_do_not_overlap() -> None:
    found = cooccurrence(spans(*THREE), where="overlap")
    assert found.counts.loc["a", "b"] == found.counts.loc["b", "a"] == 1
    assert np.diagonal(found.counts).tolist() == [3, 2]
    assert found.n_units == 5
    assert found.c_coefficient.loc["a", "b"] == pytest.approx(1 / (3 + 2 - 1))
    # characters, by coder: a has 8 + 3, b has 2 + 3, both one (the sixth of d1)
    assert found.jaccard.loc["a", "b"] == pytest.approx(1 / (11 + 5 - 1))
    assert "touching ones do not" in found.methods_text()


@pytest.mark.parametrize(("distance", "pairs"), [(0, 2), (1, 2), (50, 2)])
def test_passages_near_each_other(distance: int, pairs: int) -> None:
    found = cooccurrence(spans(*THREE), where="characters", distance=distance)
    assert found.counts.loc["a", "b"] == pairs
    assert found.jaccard.isna().all(axis=None)
    assert f"at most {distance} characters apart" in found.counted()


def test_near_is_not_far() -> None:
    two = spans(("d1", "ann", "a", 0, 2), ("d1", "ann", "b", 5, 6))
    counts = [cooccurrence(two, where="characters", distance=far).counts.loc["a", "b"] for far in (0, 2, 3)]
    assert counts == [0, 0, 1]


def test_a_code_that_meets_itself_keeps_its_total() -> None:
    found = cooccurrence(spans(("d1", "ann", "a", 0, 4), ("d1", "ann", "a", 2, 6)), where="overlap")
    assert found.counts.loc["a", "a"] == 2
    assert found.jaccard.loc["a", "a"] == 1


@pytest.mark.parametrize("apart", [-1, 0, 2])
@pytest.mark.parametrize(("one", "other", "length"), [(3, 2, 9), (1, 1, 4), (5, 4, 6), (4, 4, 12)])
def test_the_chance_to_meet_by_placing_in_every_way(one: int, other: int, length: int, apart: int) -> None:
    ways = list(itertools.product(range(length - one + 1), range(length - other + 1)))
    meet = [max(a, b) - min(a + one, b + other) <= apart for a, b in ways]
    chance = _meeting(np.array([one, other]), length, apart)
    assert chance[0, 1] == pytest.approx(sum(meet) / len(ways))


def test_what_is_expected_of_passages() -> None:
    found = cooccurrence(spans(("d1", "ann", "a", 0, 3), ("d1", "ann", "b", 1, 3)), where="overlap")
    # 10 x 11 ways in 12 characters; 7 characters left over: 8 x 9 of them without overlap
    assert found.expected.loc["a", "b"] == pytest.approx(1 - 72 / 110)
    assert found.excess.loc["a", "b"] == pytest.approx(72 / 110)
    silent = cooccurrence(spans(*THREE, documents=None), where="overlap")
    assert np.isnan(silent.expected.loc["a", "b"])
    assert silent.note == "What to expect cannot be known: documents without their text."


def units(rows: list[tuple[str, str, str]], number: int = 4) -> Study:
    made = pd.DataFrame({"unit": [f"u{place}" for place in range(number)], "document": "d"})
    return Study(pd.DataFrame(rows, columns=["unit", "coder", "code"]), units=made)


def test_units_near_each_other_by_hand() -> None:
    study = units([("u0", "ann", "a"), ("u1", "ann", "b"), ("u3", "ann", "b"), ("u3", "ann", "a")])
    counts = [cooccurrence(study, where="units", distance=far).counts.loc["a", "b"] for far in (0, 1, 2, 3)]
    assert counts == [1, 2, 3, 4]  # u3 with itself; u0 and u1; u3 and u1; u0 and u3
    found = cooccurrence(study, where="units", distance=1)
    # shares 1/2 and 1/2 over 4 units: 10 of the 16 ordered pairs are within 1
    assert found.expected.loc["a", "b"] == pytest.approx(10 / 4)
    assert np.diagonal(found.counts).tolist() == [2, 2]
    assert found.note == "Units without positions are taken in the order of study.units."


def test_units_with_positions_are_ordered_by_them() -> None:
    made = pd.DataFrame({"unit": ["z", "y", "x"], "document": "d1", "start": [6, 0, 12], "end": [9, 3, 15]})
    rows = pd.DataFrame({"unit": ["z", "y"], "coder": "ann", "code": ["a", "b"]})
    found = cooccurrence(Study(rows, units=made, documents=DOCUMENTS), where="units", distance=1)
    assert (found.counts.loc["a", "b"], found.note) == (1, "")


def test_documents_end_nearness() -> None:
    made = pd.DataFrame({"unit": ["u0", "u1"], "document": ["d", "e"]})
    study = Study(pd.DataFrame({"unit": ["u0", "u1"], "coder": "ann", "code": ["a", "b"]}), units=made)
    assert cooccurrence(study, where="units", distance=9).counts.loc["a", "b"] == 0


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"where": "units"}, r"needs a distance, a whole number from 0, not None"),
        ({"where": "characters", "distance": -1}, r"not -1"),
        ({"where": "overlap", "distance": 3}, r"where='overlap' takes no distance"),
        ({"where": "paragraph"}, r"where must be one of"),
    ],
)
def test_what_is_refused(options: dict[str, object], message: str) -> None:
    with pytest.raises(DataError, match=message):
        cooccurrence(spans(*THREE), **options)  # type: ignore[arg-type]
    with pytest.raises(DataError, match=r"passages needs positions"):
        cooccurrence(units([("u0", "ann", "a")]), where="overlap")


PASSAGES = st.lists(
    st.tuples(st.sampled_from("ab"), st.sampled_from("pqr"), st.integers(0, 8), st.integers(1, 3)),
    min_size=1,
    max_size=9,
    unique=True,
)


@few
@given(PASSAGES)
def test_overlaps_and_shared_characters_by_brute_force(passages: list[tuple[str, str, int, int]]) -> None:
    study = spans(*(("d1", coder, code, start, start + long) for coder, code, start, long in passages))
    found = cooccurrence(study, where="overlap")
    marked = [(coder, code, set(range(start, start + long))) for coder, code, start, long in passages]
    for one, other in itertools.combinations(found.counts.index, 2):
        pairs = [1 for c, k, x in marked for d, m, y in marked if (k, m) == (one, other) and c == d and x & y]
        assert found.counts.loc[one, other] == len(pairs)
        text = {k: {(c, at) for c, m, x in marked if m == k for at in x} for k in (one, other)}
        both, either = text[one] & text[other], text[one] | text[other]
        assert found.jaccard.loc[one, other] == pytest.approx(len(both) / len(either))
