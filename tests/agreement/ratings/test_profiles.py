"""Distinct profiles and their counts, against plain counting."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from expertsys.agreement import Ratings
from expertsys.agreement.ratings.profiles import (
    EXACT_BITS,
    CoderProfiles,
    ValueProfiles,
    digits_per_key,
    distinct_rows,
    row_keys,
)

CELLS = arrays.arrays(np.int64, st.tuples(st.integers(1, 12), st.integers(1, 6)), elements=st.integers(-1, 3))


@given(CELLS)
def test_distinct_rows_with_their_counts(matrix: np.ndarray) -> None:
    times = np.arange(1, len(matrix) + 1)
    found = CoderProfiles.of(matrix, times)
    plain: Counter[tuple[int, ...]] = Counter()
    for row, weight in zip(matrix.tolist(), times.tolist(), strict=True):
        if max(row) >= 0:
            plain[tuple(row)] += weight
    assert dict(zip(map(tuple, found.matrix.tolist()), found.counts.tolist(), strict=True)) == plain
    assert found.matrix.tolist() == sorted(found.matrix.tolist())


@given(CELLS)
def test_order_of_profiles_depends_on_the_data_alone(matrix: np.ndarray) -> None:
    for one, other in (
        (CoderProfiles.of(matrix), CoderProfiles.of(matrix[::-1])),
        (CoderProfiles.of(np.vstack([matrix, matrix])), CoderProfiles.of(matrix, np.full(len(matrix), 2))),
    ):
        assert one.matrix.tolist() == other.matrix.tolist()
        assert one.counts.tolist() == other.counts.tolist()
        assert one.by_value(4).table.toarray().tolist() == other.by_value(4).table.toarray().tolist()


@given(CELLS)
def test_counts_per_category(matrix: np.ndarray) -> None:
    found = CoderProfiles.of(matrix).by_value(4)
    plain = Counter(
        tuple(row.count(value) for value in range(4)) for row in matrix.tolist() if any(cell >= 0 for cell in row)
    )
    table = [tuple(map(int, row)) for row in found.table.toarray()]
    assert dict(zip(table, found.counts.tolist(), strict=True)) == plain
    assert found.sizes.tolist() == [sum(row) for row in table]
    pairable = found.pairable
    assert (pairable.sizes >= 2).all()
    assert pairable.counts.sum() == sum(times for row, times in plain.items() if sum(row) > 1)
    assert found.totals(np.ones((2, len(table)))).tolist() == [found.table.toarray().sum(axis=0).tolist()] * 2


@given(CELLS)
def test_pairs_are_all_pairs_of_categories(matrix: np.ndarray) -> None:
    found = CoderProfiles.of(matrix).by_value(4)
    dense = found.table.toarray()
    collected = np.zeros((len(dense), 4, 4))
    for profile, first, second, product in found.pairs():
        np.add.at(collected, (profile, first, second), product)
    assert (collected == dense[:, :, None] * dense[:, None, :]).all()


@pytest.mark.parametrize(("base", "columns"), [(2, 200), (9, 40), (1_000_000, 7)])
def test_rows_with_many_digits_stay_apart(base: int, columns: int) -> None:
    """More digits than one whole number holds: two rows that differ in one cell are two profiles."""
    rows = np.zeros((columns + 1, columns), dtype=np.int64)
    rows[np.arange(1, columns + 1), np.arange(columns)] = base - 1
    keys = row_keys(rows)
    assert len(keys) == -(-columns // digits_per_key(base))
    assert all(key.max() < 2**EXACT_BITS for key in keys)
    found, counts, place = distinct_rows(np.vstack([rows, rows]), np.ones(2 * len(rows), dtype=np.int64))
    assert len(found) == columns + 1
    assert (counts == 2).all()
    assert (found[place] == np.vstack([rows, rows])).all()


def test_nothing_at_all() -> None:
    found = CoderProfiles.of(np.full((3, 2), -1))
    assert found.matrix.shape == (0, 2)
    values = found.by_value(3)
    assert values.table.shape == (0, 3)
    assert values.pairable.counts.sum() == 0
    assert list(values.pairs()) == []


def test_some_coders() -> None:
    found = CoderProfiles.of(np.array([[0, 1, -1], [0, 2, -1], [-1, -1, 3]])).only(np.array([2, 0]))
    assert found.matrix.tolist() == [[-1, 0], [3, -1]]
    assert found.counts.tolist() == [2, 1]


def test_value_profiles_merge_equal_units() -> None:
    unit = np.array([0, 0, 1, 1, 2])
    value = np.array([2, 0, 0, 2, 1])
    found = ValueProfiles.of(unit, value, 3, np.array([1, 5, 2]))
    assert found.table.toarray().tolist() == [[0, 1, 0], [1, 0, 1]]
    assert found.counts.tolist() == [2, 6]


@given(CELLS)
def test_every_row_knows_its_profile_through_every_step(matrix: np.ndarray) -> None:
    base = CoderProfiles.of(matrix)
    assert base.origin is not None
    for row, place in zip(matrix, base.origin, strict=True):
        assert (place < 0) == (max(row) < 0)
        assert place < 0 or base.matrix[place].tolist() == row.tolist()
    values = base.by_value(4)
    for profiles in (values, values.pairable):
        assert profiles.origin is not None
        for row, place in zip(base.matrix, profiles.origin, strict=True):
            times = [int((row == value).sum()) for value in range(4)]
            left_out = profiles is not values and sum(times) < 2
            assert (place < 0) == left_out
            assert left_out or profiles.table.toarray()[place].tolist() == times


@given(CELLS, st.data())
def test_counts_per_cluster_are_those_of_its_units(matrix: np.ndarray, data: st.DataObject) -> None:
    labels = data.draw(st.lists(st.sampled_from("xyz"), min_size=len(matrix), max_size=len(matrix)))
    ratings = Ratings.from_array(matrix, coders="columns", categories=[-1, 0, 1, 2, 3], cluster=labels)
    clusters = ratings.clusters
    assert clusters is not None
    assert (np.asarray(clusters.table.sum(axis=0)).ravel() == ratings.by_coder.counts).all()  # type: ignore[union-attr]
    parts = ratings.split()
    for label in set(labels):
        rows = [row for row, own in zip(matrix.tolist(), labels, strict=True) if own == label]
        alone = Ratings.from_array(rows, coders="columns", categories=[-1, 0, 1, 2, 3])
        assert parts[label].values.table.toarray().tolist() == alone.values.table.toarray().tolist()
        assert parts[label].values.counts.tolist() == alone.values.counts.tolist()
