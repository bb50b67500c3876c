"""Weights of the bootstrap and the jackknife."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.stats import binom, chisquare

from expertsys._core import many, resampling
from expertsys._core.resampling import jackknife_weights, multinomial_weights
from expertsys._core.rng import generator
from expertsys.agreement import Bootstrap
from expertsys.errors import DataError

FEW, MANY = np.array([1, 2, 1, 3]), np.array([40, 2, 0, 30])


@pytest.mark.parametrize("counts", [FEW, MANY], ids=["few units per profile", "many"])
def test_moments_are_those_of_the_multinomial(counts: Any) -> None:
    weights = np.concatenate(list(multinomial_weights(counts, 20_000, 1, width=0)))
    n, shares = counts.sum(), counts / counts.sum()
    assert weights.shape == (20_000, len(counts))
    assert (weights.sum(axis=1) == n).all()
    assert weights.mean(axis=0) == pytest.approx(counts, abs=0.12)
    covariance = n * (np.diag(shares) - np.outer(shares, shares))
    assert np.cov(weights.T) == pytest.approx(covariance, abs=0.6)


@pytest.mark.parametrize("profiles", [0, 3])
def test_nothing_drawn_of_nothing(profiles: int) -> None:
    blocks = list(multinomial_weights(np.zeros(profiles, dtype=np.int64), 5, 0, width=1))
    assert [block.tolist() for block in blocks] == [[[0.0] * profiles] * 5]


@pytest.mark.parametrize("counts", [FEW, MANY])
def test_blocks_change_nothing(counts: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = np.concatenate(list(multinomial_weights(counts, 50, 3, width=5)))
    monkeypatch.setattr(resampling, "BLOCK", 40)
    blocks = list(multinomial_weights(counts, 50, 3, width=5))
    assert len(blocks) > 5
    assert (np.concatenate(blocks) == whole).all()


def test_thousands_of_profiles_are_drawn_alike_whatever_the_block(monkeypatch: pytest.MonkeyPatch) -> None:
    counts = np.random.default_rng(0).integers(0, 90, resampling.MANY)
    first, second = (np.concatenate(list(multinomial_weights(counts, 20, 3, width=w))) for w in (0, 900_000))
    assert (first == second).all()
    assert first.shape == (20, resampling.MANY)
    assert (first.sum(axis=1) == counts.sum()).all()
    assert (first[:, counts == 0] == 0).all()
    assert len(list(multinomial_weights(counts, 20, 3, width=900_000))) > 3


@pytest.mark.simulation
@pytest.mark.parametrize("counts", [[1, 1, 2, 0, 5], [1, 2, 3, 70, 200, 64, 4]], ids=["few units", "many"])
def test_poisson_numbers_given_their_sum_are_multinomial(counts: list[int]) -> None:
    """Each cell is binomial, by the chi-square of its whole distribution, and each pair has its covariance."""
    replicates, n = 40_000, sum(counts)
    drawn = np.concatenate(list(many.multinomial(np.array(counts), replicates, 5, rows=9_000)))
    shares = np.array(counts) / n
    assert (drawn.sum(axis=1) == n).all()
    assert np.cov(drawn.T) == pytest.approx(n * (np.diag(shares) - np.outer(shares, shares)), abs=0.02 * n)
    for place, share in enumerate(shares):
        expected = binom.pmf(np.arange(n + 1), n, share) * replicates
        found = np.bincount(drawn[:, place].astype(int), minlength=n + 1)
        common = expected > 5
        rare = [[part[common], part[~common].sum(keepdims=True)] for part in (found, expected)]
        told = chisquare(*(np.concatenate(part) if part[1][0] else part[0] for part in rare), sum_check=False)
        assert told.pvalue > 1e-4 or share == 0


def test_a_draw_beyond_the_units_is_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(many, "_MARGIN", 0.0)
    counts = np.array([3, 100, 7])
    drawn = np.concatenate(list(many.multinomial(counts, 5_000, 1, rows=5_000)))
    assert (drawn.sum(axis=1) == 110).all()
    assert drawn.mean(axis=0) == pytest.approx(counts, abs=0.3)


def test_jackknife_leaves_one_unit_out(monkeypatch: pytest.MonkeyPatch) -> None:
    weights = np.concatenate(list(jackknife_weights(FEW, width=0)))
    assert weights.tolist() == (np.tile(FEW, (4, 1)) - np.eye(4)).tolist()
    monkeypatch.setattr(resampling, "BLOCK", 8)
    blocks = list(jackknife_weights(FEW, width=0))
    assert [len(block) for block in blocks] == [2, 2]
    assert (np.concatenate(blocks) == weights).all()


@pytest.mark.parametrize("replicates", [0, -1, 1.5, True])
def test_replicates_are_a_number(replicates: Any) -> None:
    with pytest.raises(DataError, match="replicates must be a whole number above 0"):
        Bootstrap(replicates=replicates)


def test_seeds() -> None:
    made = np.random.default_rng(1)
    assert generator(made) is made
    assert generator(4).random() == generator(4).random()
    assert generator(None).random() != generator(None).random()
