"""Distances: own ones, those between sets, and the sums and slopes that alpha is made of."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import Matrix, code_sets, matrices, varied

from expertsys.agreement import Ratings, krippendorff_alpha
from expertsys.agreement.coefficients import distances
from expertsys.agreement.coefficients.alpha import _measure
from expertsys.errors import DataError

from .. import byhand, oracle

OWN = next(entry for entry in oracle.PUBLISHED["examples"] if entry["level"] == "own distance")


def test_published_own_distance() -> None:
    table = {frozenset(pair): far for *pair, far in OWN["distance"]}
    ratings = Ratings.from_array(oracle.units(OWN), coders="columns")
    found = krippendorff_alpha(ratings, distance=lambda a, b: table.get(frozenset({a, b}), 0))
    for value, figure in ((found.estimate, "krippendorff_alpha"), (found.observed, "D_o"), (found.expected, "D_e")):
        assert oracle.as_printed(value, OWN["printed"][figure])
    assert found.level == "own distance"


@pytest.mark.parametrize("entry", oracle.PUBLISHED["sets"], ids=oracle.named)
@pytest.mark.parametrize("distance", ["jaccard", "masi"])
def test_published_sets(entry: dict, distance: Any) -> None:
    rows = [[frozenset(cell) for cell in row] for row in entry["rows"]]
    found = krippendorff_alpha(Ratings.from_array(rows, coders="columns"), distance=distance)
    assert oracle.as_printed(found.estimate, entry["printed"][distance])


def between_two(first: frozenset[Any], second: frozenset[Any], kind: Any) -> float:
    """The distance itself: the observed disagreement of one unit that two coders rated."""
    return krippendorff_alpha(Ratings.from_array([[first, second]], coders="columns"), distance=kind).observed


@pytest.mark.parametrize("entry", oracle.PUBLISHED["masi"], ids=lambda entry: entry["printed"])
def test_masi_by_its_definition(entry: dict) -> None:
    assert oracle.as_printed(
        between_two(frozenset(entry["first"]), frozenset(entry["second"]), "masi"), entry["printed"]
    )


@pytest.mark.parametrize(
    ("first", "second", "jaccard", "masi"),
    [
        ("", "", 0, 0),
        ("", "a", 1, 1),
        ("a", "b", 1, 1),
        ("ab", "ab", 0, 0),
        ("a", "ab", 1 / 2, 1 - 1 / 2 * 2 / 3),
        ("ab", "ac", 2 / 3, 1 - 1 / 3 * 1 / 3),
    ],
)
def test_sets_by_hand(first: str, second: str, jaccard: float, masi: float) -> None:
    one, other = frozenset(first), frozenset(second)
    assert between_two(one, other, "jaccard") == pytest.approx(jaccard, abs=1e-12)
    assert between_two(other, one, "masi") == pytest.approx(masi, abs=1e-12)


SETS = st.lists(st.lists(st.one_of(code_sets, st.none()), min_size=3, max_size=3), min_size=2, max_size=8)


@pytest.mark.parametrize(("kind", "metric"), [("jaccard", byhand.jaccard), ("masi", byhand.masi)])
@given(SETS.filter(lambda rows: len({cell for row in rows if row.count(None) < 2 for cell in row} - {None}) > 1))
def test_sets_pair_by_pair(kind: Any, metric: byhand.Distance, rows: Matrix) -> None:
    ratings = Ratings.from_array(rows, coders="columns")
    found = krippendorff_alpha(ratings, distance=kind).estimate
    assert found == pytest.approx(byhand.alpha(rows, metric), abs=1e-10)
    assert krippendorff_alpha(ratings, distance=metric).estimate == pytest.approx(found, abs=1e-10)


@given(st.lists(st.tuples(code_sets, code_sets), min_size=3, max_size=8))
def test_many_sets_are_compared_without_a_table_of_all(rows: list[tuple[Any, Any]]) -> None:
    ratings = Ratings.from_array(rows, coders="columns")
    held = krippendorff_alpha(ratings, distance="masi")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(distances, "MOST_HELD", 1)
        not_held = krippendorff_alpha(ratings, distance="masi")
    assert not_held.estimate == pytest.approx(held.estimate, abs=1e-12, nan_ok=True)
    assert not_held.standard_error == pytest.approx(held.standard_error, abs=1e-12, nan_ok=True)


@pytest.mark.parametrize(("level", "metric"), [("nominal", byhand.nominal), ("interval", byhand.interval)])
@given(varied())
def test_own_distance_equals_the_built_in(level: Any, metric: byhand.Distance, matrix: Matrix) -> None:
    ratings = Ratings.from_array(matrix, coders="columns")
    built_in = krippendorff_alpha(ratings, level=level)
    table = [[metric(a, b) for b in ratings.categories] for a in ratings.categories]
    for own in (metric, table):
        found = krippendorff_alpha(ratings, distance=own)
        assert found.estimate == pytest.approx(built_in.estimate, abs=1e-10)
        assert found.standard_error == pytest.approx(built_in.standard_error, abs=1e-7, nan_ok=True)


@given(matrices(units=(2, 10)), st.integers(0, 3))
def test_ordinal_closed_form_is_the_matrix_form(matrix: Matrix, seed: int) -> None:
    """Within and between for any weights, against the squared sums of marginals between two categories."""
    ratings = Ratings.from_array(matrix, coders="columns")
    profiles = ratings.values.pairable
    if not len(profiles.counts):
        return
    weights = np.random.default_rng(seed).integers(0, 4, (3, len(profiles.counts))).astype(float)
    table = profiles.table.toarray()
    closed = distances.Ordinal.of(profiles)
    within, between = closed.within(weights), closed.between(weights)
    for row, weight in enumerate(weights):
        totals = weight @ table
        reach = np.cumsum(totals) - totals / 2
        metric = (reach[:, None] - reach[None, :]) ** 2
        pairs = np.einsum("p,pv,pu->vu", weight / (table.sum(axis=1) - 1), table, table)
        assert within[row] == pytest.approx((pairs * metric).sum(), abs=1e-8)
        assert between[row] == pytest.approx(totals @ metric @ totals, abs=1e-8)


MEASURES: dict[str, dict[str, Any]] = {
    "nominal": {"level": "nominal"},
    "ordinal": {"level": "ordinal"},
    "interval": {"level": "interval"},
    "ratio": {"level": "ratio"},
    "own": {"distance": lambda a, b: abs(a - b) ** 0.5},
}


@pytest.mark.parametrize("name", MEASURES)
@given(varied(units=(3, 10)))
def test_slopes_are_the_derivatives(name: str, matrix: Matrix) -> None:
    ratings = Ratings.from_array(matrix, coders="columns")
    profiles = ratings.values.pairable
    options = {"level": None, "distance": None, **MEASURES[name]}
    domain = np.array(ratings.categories, dtype=float)
    measure = _measure(ratings, profiles, options["level"], options["distance"], domain)
    weights = profiles.counts.astype(float)
    by_within, by_between = measure.slopes(weights)
    step = 1e-4
    moved = weights + step * np.vstack([np.eye(len(weights)), -np.eye(len(weights))])
    for exact, values in ((by_within, measure.within(moved)), (by_between, measure.between(moved))):
        numeric = (values[: len(weights)] - values[len(weights) :]) / (2 * step)
        assert exact == pytest.approx(numeric, rel=1e-5, abs=1e-4)


@pytest.mark.parametrize(
    ("distance", "told"),
    [
        ([[0, 1], [1, 0], [1, 1]], r"has shape \(3, 2\), not \(2, 2\)"),
        ([[0, 1], [2, 0]], "symmetric, not negative, and 0 between equals"),
        ([[0, -1], [-1, 0]], "symmetric, not negative"),
        ([[1, 1], [1, 1]], "0 between equals"),
        ([[0, np.nan], [np.nan, 0]], "symmetric, not negative"),
        ("masi", r"masi compares sets \(frozenset\), and 'a' is none"),
    ],
)
def test_refused_distances(distance: Any, told: str) -> None:
    ratings = Ratings.from_array([["a", "b"], ["a", "a"]], coders="columns")
    with pytest.raises(DataError, match=told):
        krippendorff_alpha(ratings, distance=distance)


def test_too_many_categories_for_a_function(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(distances, "MOST_HELD", 1)
    ratings = Ratings.from_array([["a", "b"], ["a", "a"]], coders="columns")
    with pytest.raises(DataError, match="takes up to 1 categories, not 2"):
        krippendorff_alpha(ratings, distance=byhand.nominal)


def test_ratio_with_many_values_works_in_blocks() -> None:
    values = np.arange(1, 2601, dtype=float)
    cells = np.column_stack([values, values[::-1]])
    found = krippendorff_alpha(Ratings.from_array(cells, coders="columns"), level="ratio")
    all_values = cells.ravel()
    total = all_values[:, None] + all_values[None, :]
    expected = (((all_values[:, None] - all_values[None, :]) / total) ** 2).sum() / (5200 * 5199)
    observed = (((cells[:, 0] - cells[:, 1]) / cells.sum(axis=1)) ** 2).mean()
    assert found.estimate == pytest.approx(1 - observed / expected, abs=1e-10)
