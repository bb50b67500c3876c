"""The reduction itself: the order of categories, whole numbers for cells, and no repetition unnoticed."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import Matrix, long_frame, matrices

from expertsys.agreement.ratings import reduce
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
    assert reduce.order_categories(found, given_) == ordered


def test_strange_categories_are_all_named() -> None:
    with pytest.raises(DataError, match=r"categories: the data hold 'x', 'y', not among the categories 'a'\."):
        reduce.order_categories(["x", "a", "y"], ["a"])


def test_cells_become_whole_numbers() -> None:
    matrix, categories = reduce.encode(np.array([["b", None], ["a", "b"]], dtype=object), None)
    assert matrix.tolist() == [[1, -1], [0, 1]]
    assert categories == ("a", "b")
    numbers, values = reduce.encode(np.array([[2.0, np.nan], [0.0, 2.0]]), None)
    assert numbers.tolist() == [[1, -1], [0, 1]]
    assert values == (0.0, 2.0)
    assert all(type(value) is float for value in values)


@given(matrices(values=("a", "b", "c")))
def test_triples_are_the_matrix(matrix: Matrix) -> None:
    cells, categories = reduce.encode(np.array(matrix, dtype=object), None)
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
