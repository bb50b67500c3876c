"""Every coefficient in one table: the estimates of each by itself, over the same draws."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

import expertsys as es
from expertsys.errors import DataError

A = es.agreement


def made(coders: int, units: int = 60, categories: int = 3) -> A.Ratings:
    draw = np.random.default_rng(coders)
    truth = draw.integers(0, categories, units)
    cells = np.where(draw.random((units, coders)) < 0.6, truth[:, None], draw.integers(0, categories, (units, coders)))
    cells = cells.astype(float)
    cells[draw.random((units, coders)) < 0.15] = np.nan
    return A.Ratings.from_array(cells, coders="columns")


@pytest.mark.parametrize(
    ("coders", "alone"),
    [
        (2, {"Scott's pi": A.scott_pi, "Cohen's kappa": A.cohen_kappa, "Bangdiwala's B": A.bangdiwala_b}),
        (4, {"Conger's kappa": A.conger_kappa, "Light's kappa": A.light_kappa}),
    ],
)
def test_each_row_is_the_coefficient_by_itself(coders: int, alone: dict) -> None:
    ratings = made(coders)
    table = A.all_coefficients(ratings, method=A.Bootstrap(replicates=400, rng=1))
    common = {"Fleiss' kappa": A.fleiss_kappa, "Gwet's AC1": A.gwet_ac, "Holsti's method": A.holsti} | alone
    assert len(table) == 7 + len(alone)
    for name, function in common.items():
        one, row = function(ratings), table.loc[name]
        assert row["estimate"] == one.estimate
        assert row["standard_error"] == pytest.approx(one.standard_error, nan_ok=True)
        assert row[["n_units", "n_coders"]].tolist() == [one.n_units, one.n_coders]
        interval = one.interval(method=A.Bootstrap(replicates=400, rng=1))
        spread = interval.high - interval.low
        assert [row["low"], row["high"]] == pytest.approx([interval.low, interval.high], abs=0.15 * spread)


@pytest.mark.simulation
def test_draws_are_of_units_and_shared() -> None:
    """Against units drawn by hand: the profile of every unit by name, the same weights for every coefficient."""
    draw = np.random.default_rng(3)
    cells = draw.integers(0, 2, (12, 3))
    ratings = A.Ratings.from_array(cells, coders="columns")
    table = A.all_coefficients(ratings, method=A.Bootstrap(replicates=4_000, rng=2))
    by_hand: dict[str, list[float]] = {"Fleiss' kappa": [], "Conger's kappa": [], "Light's kappa": []}
    for _ in range(500):
        some = A.Ratings.from_array(cells[draw.integers(0, 12, 12)], coders="columns")
        for name, function in zip(by_hand, (A.fleiss_kappa, A.conger_kappa, A.light_kappa), strict=True):
            by_hand[name].append(function(some).estimate)
    for name, drawn in by_hand.items():
        expected = np.nanquantile(drawn, [0.025, 0.975])
        assert table.loc[name, ["low", "high"]].tolist() == pytest.approx(expected.tolist(), abs=0.07)


def test_weights_leave_out_what_has_none() -> None:
    table = A.all_coefficients(made(3), weights="linear", method=A.Bootstrap(replicates=20))
    assert "Light's kappa" not in table.index
    assert len(table) == 6
    alpha = A.krippendorff_alpha(made(3), weights="linear")
    assert table["estimate"].iloc[0] == alpha.estimate


def test_without_knowing_who_rated() -> None:
    draw = np.random.default_rng(0)
    cells = np.full((200, 80), np.nan)
    for unit in range(200):
        cells[unit, draw.choice(80, 4, replace=False)] = draw.integers(0, 3, 4)
    ratings = A.Ratings.from_array(cells, coders="columns")
    assert ratings.by_coder is None
    assert len(A.all_coefficients(ratings, method=A.Bootstrap(replicates=20))) == 6


def test_differences_need_the_percentile_bootstrap() -> None:
    with pytest.raises(DataError, match="takes a percentile bootstrap"):
        A.all_coefficients(made(2), method="analytic")


def test_light_of_pairs_with_gaps_by_hand() -> None:
    """The mean of Cohen's kappas, each of the two coders' own table; the weights reach every pair."""
    ratings = made(4)
    pairs = [(a, b) for a in ratings.coders for b in ratings.coders if a < b]
    expected = np.mean([A.cohen_kappa(ratings, coders=pair).estimate for pair in pairs])
    assert A.light_kappa(ratings).estimate == pytest.approx(expected, abs=1e-12)
    kernel = A.light_kappa(ratings)._kernel
    assert isinstance(kernel._pushed, sparse.csr_array)  # type: ignore[attr-defined]
    weights = np.random.default_rng(0).integers(0, 4, (3, len(kernel.counts))).astype(float)
    assert ratings.by_coder is not None
    for row, found in zip(weights, kernel.evaluate(weights).estimate, strict=True):
        again = A.Ratings.from_array(
            np.where(ratings.by_coder.matrix < 0, np.nan, ratings.by_coder.matrix).repeat(row.astype(int), axis=0),
            coders="columns",
            categories=[0, 1, 2],
        )
        assert A.light_kappa(again).estimate == pytest.approx(found, abs=1e-12)


def test_light_of_one_coder_is_undefined() -> None:
    assert A.light_kappa(A.Ratings.from_array([["a", "b"]], coders="rows")).note == "no unit was rated by two coders"
