"""Weights of the bootstrap and the jackknife."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from expertsys._core import resampling
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


@pytest.mark.parametrize("counts", [FEW, MANY])
def test_blocks_change_nothing(counts: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = np.concatenate(list(multinomial_weights(counts, 50, 3, width=5)))
    monkeypatch.setattr(resampling, "BLOCK", 40)
    blocks = list(multinomial_weights(counts, 50, 3, width=5))
    assert len(blocks) > 5
    assert (np.concatenate(blocks) == whole).all()


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
