"""Differences between sites against metafor and against brute force."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import binom, norm

from expertsys.enactment import heterogeneity
from expertsys.errors import DataError

from .oracle import HETEROGENEITY


def logits(entry: dict) -> tuple[np.ndarray, np.ndarray]:
    x, n = np.array(entry["x"], dtype=float), np.array(entry["n"], dtype=float)
    add = np.where((x == 0) | (x == n), 0.5, 0)
    return np.log((x + add) / (n - x + add)), 1 / (x + add) + 1 / (n - x + add)


def spread(y: np.ndarray, v: np.ndarray, tau2: float) -> float:
    w = 1 / (v + tau2)
    return float((w * (y - (w @ y) / w.sum()) ** 2).sum())


def restricted(y: np.ndarray, v: np.ndarray, tau2: float) -> float:
    """Restricted log-likelihood up to a constant (Viechtbauer 2005, eq. 12)."""
    w = 1 / (v + tau2)
    return float(0.5 * np.log(w).sum() - 0.5 * np.log(w.sum()) - 0.5 * spread(y, v, tau2))


@pytest.mark.parametrize("entry", HETEROGENEITY)
def test_dersimonian_laird_is_that_of_metafor(entry: dict) -> None:
    found, printed = heterogeneity(entry["x"], entry["n"], model="DL"), entry["DL"]
    assert found.tau**2 == pytest.approx(printed["tau2"], abs=1e-9)
    assert found.centre == pytest.approx(printed["mu_logit"], abs=1e-9)
    assert found.error == pytest.approx(printed["se"], abs=1e-9)
    assert 100 * found.i_squared == pytest.approx(printed["I2"], abs=1e-9)


@pytest.mark.parametrize("model", ["REML", "PM"])
@pytest.mark.parametrize("entry", HETEROGENEITY)
def test_iterated_estimators_are_those_of_metafor_or_better(entry: dict, model: str) -> None:
    """metafor stops when τ² moves by less than 1e-5 or so; where the figures differ, ours must fit at least as well."""
    found, printed = heterogeneity(entry["x"], entry["n"], model=model), entry[model]  # type: ignore[arg-type]
    assert found.tau**2 == pytest.approx(printed["tau2"], abs=5e-5)
    assert found.centre == pytest.approx(printed["mu_logit"], abs=2e-5)
    assert found.error == pytest.approx(printed["se"], abs=2e-5)
    y, v = logits(entry)
    if model == "REML":
        assert restricted(y, v, found.tau**2) >= restricted(y, v, printed["tau2"]) - 1e-12
    elif found.tau > 0:
        assert (
            abs(spread(y, v, found.tau**2) - (len(y) - 1)) <= abs(spread(y, v, printed["tau2"]) - (len(y) - 1)) + 1e-9
        )
    else:
        assert spread(y, v, 0.0) <= len(y) - 1


Z = np.linspace(-12, 12, 40_001)


def likelihood(entry: dict, centre: float, tau: float) -> float:
    """Log-likelihood of the binomial-normal model by the trapezoid rule, independent of the code under test."""
    x, n = (np.array(entry[name], dtype=float)[:, None] for name in "xn")
    heights = binom.pmf(x, n, 1 / (1 + np.exp(-(centre + tau * Z)))) * norm.pdf(Z)
    return float(np.log(np.trapezoid(heights, Z, axis=1)).sum())


@pytest.mark.simulation
@pytest.mark.parametrize("entry", [one for one in HETEROGENEITY if len(one["x"]) <= 12])
def test_binomial_normal_against_brute_force(entry: dict) -> None:
    found = heterogeneity(entry["x"], entry["n"])
    tau = max(found.tau, 1e-9)
    top = likelihood(entry, found.centre, tau)
    for step in (0.02, -0.02):
        assert likelihood(entry, found.centre + step, tau) < top
        assert tau + step < 0 or likelihood(entry, found.centre, tau + step) < top
    fallen = max(likelihood(entry, centre, found.tau_high) for centre in found.centre + np.linspace(-1, 1, 21))
    assert top - fallen == pytest.approx(1.9207, abs=0.02)


def test_the_error_is_that_of_the_curvature() -> None:
    entry = HETEROGENEITY[4]
    found = heterogeneity(entry["x"], entry["n"])
    step = 0.01
    at = {
        (i, j): likelihood(entry, found.centre + i * step, found.tau + j * step) for i in (-1, 0, 1) for j in (-1, 0, 1)
    }
    own = (at[1, 0] - 2 * at[0, 0] + at[-1, 0]) / step**2
    other = (at[0, 1] - 2 * at[0, 0] + at[0, -1]) / step**2
    cross = (at[1, 1] - at[1, -1] - at[-1, 1] + at[-1, -1]) / (4 * step**2)
    covariance = np.linalg.inv(-np.array([[own, cross], [cross, other]]))
    assert found.error == pytest.approx(math.sqrt(covariance[0, 0]), rel=1e-2)


def test_no_differences_is_the_pooled_share() -> None:
    found = heterogeneity([10, 20, 30], [40, 80, 120])
    assert found.tau == 0
    assert found.typical == pytest.approx(0.25)
    assert found.error == pytest.approx((240 * 0.25 * 0.75) ** -0.5, rel=1e-4)
    assert (found.tau_low, found.note) == (0, "")
    assert found.tau_high > 0


@pytest.mark.parametrize(
    ("x", "n", "note"),
    [
        ([3], [5], "one site: nothing to compare it with"),
        ([], [], "no site"),
        ([0, 0], [5, 4], "all sites have all, or all have none"),
        ([5, 4], [5, 4], "all sites have all, or all have none"),
        ([0, 10], [10, 10], "each site has all or none: how far they differ has no bound"),
    ],
)
def test_undefined(x: list[int], n: list[int], note: str) -> None:
    found = heterogeneity(x, n)
    assert math.isnan(found.tau)
    assert math.isnan(found.typical)
    assert found.note == note


def test_extreme_sites_have_figures_where_one_does_not_have_all_or_none() -> None:
    found = heterogeneity([0, 10, 1], [10, 10, 9])
    assert found.tau > 1
    assert found.tau_low < found.tau < found.tau_high
    assert math.isnan(heterogeneity([1, 2], [5, 5]).prediction_low)
    assert heterogeneity([0, 10], [10, 10], model="DL").tau > 0


def test_wrong_arguments() -> None:
    with pytest.raises(DataError, match="site 2 has 6 of 5"):
        heterogeneity([1, 6], [5, 5])
    with pytest.raises(DataError, match="x and n must be of one length"):
        heterogeneity([1, 2], [5])
    with pytest.raises(DataError, match="model must be one of"):
        heterogeneity([1, 2], [5, 5], model="ML")  # type: ignore[arg-type]
