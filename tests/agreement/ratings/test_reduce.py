"""The reduction itself: the order of categories, whole numbers for cells, and no repetition unnoticed."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from strategies import Matrix, long_frame, matrices

from expertsys.agreement.ratings import reduce
from expertsys.agreement.ratings.encode import coder_profiles, encode, factorise, order_categories
from expertsys.agreement.ratings.profiles import CoderProfiles
from expertsys.errors import DataError


@pytest.mark.parametrize(
    ("found", "given_", "ordered"),
    [
        ([3, -1, 2.5], None, (-1, 2.5, 3)),
        (["b", "é", "a"], None, ("a", "b", "é")),
        ([True, False], None, (False, True)),
        (["b", 1, "a"], None, (1, "a", "b")),
        (["b"], ["c", "b", "c"], ("c", "b")),
    ],
)
def test_order_of_categories(found: list[Any], given_: list[Any] | None, ordered: tuple[Any, ...]) -> None:
    assert order_categories(found, given_) == ordered


def test_strange_categories_are_all_named() -> None:
    with pytest.raises(DataError, match=r"categories: the data hold 'x', 'y', not among the categories 'a'\."):
        order_categories(["x", "a", "y"], ["a"])


def test_cells_become_whole_numbers() -> None:
    matrix, categories = encode(np.array([["b", None], ["a", "b"]], dtype=object), None)
    assert matrix.tolist() == [[1, -1], [0, 1]]
    assert categories == ("a", "b")
    numbers, values = encode(np.array([[2.0, np.nan], [0.0, 2.0]]), None)
    assert numbers.tolist() == [[1, -1], [0, 1]]
    assert values == (0.0, 2.0)
    assert all(type(value) is float for value in values)


CELL = st.one_of(st.integers(-5, 300), st.sampled_from([0.5, -0.0, 1e18, float("nan"), float("inf"), 2.0**53]))


@given(st.lists(CELL, max_size=30), st.sampled_from(["float64", "object"]))
def test_numbers_stand_for_their_values(values: list[float], kind: str) -> None:
    number, distinct = factorise(np.array(values, dtype=kind))
    assert len(set(distinct)) == len(distinct)
    for value, place in zip(values, number.tolist(), strict=True):
        assert distinct[place] == value if place >= 0 else np.isnan(value)
    assert set(number.tolist()) - {-1} == set(range(len(distinct)))


@given(arrays.arrays(np.int8, st.tuples(st.integers(0, 40), st.integers(1, 6)), elements=st.integers(-1, 2)))
def test_profiles_counted_in_a_table_are_the_distinct_rows(matrix: Any) -> None:
    """However few or many rows there are: three categories and six coders make 4,096 possible rows."""
    for rows in (matrix, np.asfortranarray(matrix), np.repeat(matrix, 300, axis=0)):
        found, plain = coder_profiles(rows, 3, keep_origin=True), CoderProfiles.of(rows.astype(np.int64))
        assert found.matrix.tolist() == plain.matrix.tolist()
        assert found.counts.tolist() == plain.counts.tolist()
        assert found.origin is not None
        assert plain.origin is not None
        assert found.origin.tolist() == plain.origin.tolist()


@pytest.mark.parametrize("n_values", [2, 125, 126, 127, 32_766, 40_000])
def test_there_is_room_for_every_category(n_values: int) -> None:
    """A category, the one past the last, and -1 fit into the kind of whole number that is chosen."""
    cells = np.arange(n_values)[:, None] * 3
    matrix, categories = encode(cells, None)
    assert matrix.ravel().tolist() == list(range(n_values))
    made = reduce.from_matrix(matrix, ["a"], categories)
    assert made.by_coder is not None
    assert made.by_coder.matrix.ravel().tolist() == list(range(n_values))


def test_arrays_in_any_layout_are_one() -> None:
    cells = np.random.default_rng(0).choice([1.0, 2.0, np.nan], (30, 4))
    expected = encode(cells, None)[0].tolist()
    for same in (np.asfortranarray(cells), np.repeat(cells, 2, axis=0)[::2], cells.astype(object)):
        assert encode(same, None)[0].tolist() == expected


def test_a_row_may_stand_for_several_units() -> None:
    matrix, units = np.array([[0, 1], [1, 1], [0, 1]]), np.array([2, 3, 4])
    made = reduce.from_matrix(matrix, ["a", "b"], [0, 1], ("site", ["x", "y", "y"]), units)
    assert made.by_coder is not None
    assert made.by_coder.counts.tolist() == [6, 3]
    assert made.clusters is not None
    assert made.clusters.table.toarray().tolist() == [[2, 0], [4, 3]]


def test_clusters_stand_in_the_order_of_their_names() -> None:
    made = reduce.from_matrix(np.array([[0], [0], [0]]), ["a"], [0], ("site", [10, 9, 10]))
    assert made.clusters is not None
    assert made.clusters.names.tolist() == [9, 10]
    assert made.clusters.table.toarray().tolist() == [[1], [2]]
    with pytest.raises(DataError, match=r"cluster: 1 units belong to no cluster\. Name one for each unit\."):
        reduce.from_matrix(np.array([[0], [0]]), ["a"], [0], ("site", [None, 1]))


@given(matrices(values=("a", "b", "c")))
def test_triples_are_the_matrix(matrix: Matrix) -> None:
    cells, categories = encode(np.array(matrix, dtype=object), None)
    row, column = np.nonzero(cells >= 0)
    coders = [str(place) for place in range(cells.shape[1])]
    from_matrix = reduce.from_matrix(cells, coders, categories)
    from_triples = reduce.from_triples(row, column, cells[row, column], coders, categories, len(cells))
    assert from_matrix.by_coder is not None
    assert from_triples.by_coder is not None
    assert from_matrix.by_coder.matrix.tolist() == from_triples.by_coder.matrix.tolist()
    assert from_matrix.by_value.counts.tolist() == from_triples.by_value.counts.tolist()


RATINGS = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 3), st.sampled_from("ab")), min_size=1, max_size=24)


@given(RATINGS)
def test_no_repetition_goes_unnoticed(rows: list[tuple[int, int, str]]) -> None:
    """Also where a coder rated a unit so often that the tally of the next coder is reached."""
    frame = pd.DataFrame(rows, columns=["unit", "coder", "code"])
    options: dict[str, Any] = {"unit": "unit", "coder": "coder", "value": "code", "categories": None}
    times = Counter((unit, coder) for unit, coder, _ in rows)
    places = sorted((f"unit '{unit}', coder '{coder}'", n) for (unit, coder), n in times.items() if n > 1)
    if not places:
        assert reduce.from_long(frame, repeated=None, **options).by_value.sizes.sum() > 0
        return
    with pytest.raises(DataError) as caught:
        reduce.from_long(frame, repeated=None, **options)
    assert [(fault.place, fault.what) for fault in caught.value.faults] == [
        (place, f"is rated {n} times.") for place, n in places
    ]
    first = frame.drop_duplicates(["unit", "coder"])
    kept = reduce.from_long(frame, repeated="first", **{**options, "categories": ["a", "b"]})
    assert kept.by_value.sizes @ kept.by_value.counts == len(first)


def test_long_and_wide_share_one_form() -> None:
    matrix = [["a", "b"], ["b", "b"], [None, "a"], ["a", "b"]]
    options: dict[str, Any] = {"categories": None}
    long = reduce.from_long(long_frame(matrix), unit="unit", coder="coder", value="code", repeated=None, **options)
    wide = reduce.from_wide(pd.DataFrame(matrix, columns=["c0", "c1"]), unit="unit", **options)
    for made in (long, wide):
        assert (made.coders, made.categories) == (("c0", "c1"), ("a", "b"))
        assert made.by_coder is not None
        assert made.by_coder.matrix.tolist() == [[-1, 0], [0, 1], [1, 1]]
        assert made.by_coder.counts.tolist() == [1, 2, 1]
