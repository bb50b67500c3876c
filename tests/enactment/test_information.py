"""Entropies against reference numbers and against their definitions."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from expertsys.enactment import contingency_sensitivity, emptying_out
from expertsys.enactment.information import ESTIMATORS, conditional, entropy, without_error

from .oracle import INFORMATION
from .tables import frame


def counts(values: list[int]) -> np.ndarray:
    return np.bincount(values).astype(float)


@pytest.mark.parametrize("entry", INFORMATION)
def test_reference_numbers(entry: dict) -> None:
    for estimator, name in {"plugin": "ml", "miller-madow": "miller_madow", "chao-shen": "chao_shen"}.items():
        assert float(entropy(counts(entry["local"]), estimator=estimator)) == pytest.approx(
            entry[f"H_local_{name}"], abs=1e-9
        )
    table = frame(**{role: entry[role] for role in ("local", "category", "taken", "prescribed")})
    emptied = emptying_out(table, estimator="plugin", shuffles=1)
    assert emptied.estimate == pytest.approx(entry["ratio_ml"], abs=1e-9)
    joint = emptied.table().to_numpy(dtype=float)
    assert float(conditional(joint)) == pytest.approx(entry["H_local_given_category_ml"], abs=1e-9)
    sensitive = contingency_sensitivity(table, shuffles=1)
    assert sensitive.information == pytest.approx(entry["cmi_taken_local_given_prescribed_ml"], abs=1e-9)
    assert sensitive.uncertainty == pytest.approx(entry["H_taken_given_prescribed_ml"], abs=1e-9)


@given(st.lists(st.integers(0, 9), min_size=1, max_size=8).filter(any))
def test_bounds_and_empty_cells(cells: list[int]) -> None:
    values = np.array(cells, dtype=float)
    plain = float(entropy(values))
    assert -1e-12 <= plain <= math.log(np.count_nonzero(values)) + 1e-12
    for estimator in ESTIMATORS:
        padded = float(entropy(np.append(values, [0.0, 0.0]), estimator=estimator))
        assert padded == pytest.approx(float(entropy(values, estimator=estimator)), abs=1e-12)
    assert float(entropy(values, estimator="miller-madow")) >= plain


def test_all_singletons_have_a_chao_shen_entropy() -> None:
    assert np.isfinite(entropy(np.ones(5), estimator="chao-shen"))
    assert float(entropy(np.ones(1), estimator="chao-shen")) == 0


@pytest.mark.parametrize("rate", [0.0, 0.1, 0.3])
def test_error_of_known_rate_is_taken_out_again(rate: float) -> None:
    true = np.array([[300.0, 20, 12], [40, 500, 10], [5, 5, 200]])
    margin = true.sum(axis=1, keepdims=True) / true.sum()
    seen = (1 - rate) * true + rate * margin * true.sum(axis=0, keepdims=True)
    assert without_error(seen, rate) == pytest.approx(true, abs=1e-3)


def test_error_that_leaves_empty_cells_is_taken_out_nearly() -> None:
    true = np.diag([300.0, 500, 200])
    seen = 0.8 * true + 0.2 * true.sum(axis=1, keepdims=True) * true.sum(axis=0, keepdims=True) / 1000
    assert without_error(seen, 0.2) == pytest.approx(true, abs=0.05)


def chao_wang_jost(cells: list[int]) -> float:
    """Chao, Wang & Jost 2013, eq. 7, summed term by term as it is printed."""
    seen = [cell for cell in cells if cell]
    n, once, twice = sum(seen), seen.count(1), seen.count(2)
    below = sum(cell / n * sum(1 / k for k in range(cell, n)) for cell in seen if cell < n)
    if not once or n == 1:
        return below
    slope = 2 * twice / ((n - 1) * once + 2 * twice) if twice else 2 / ((n - 1) * (once - 1) + 2)
    if slope >= 1:
        return below
    rest = -math.log(slope) - sum((1 - slope) ** r / r for r in range(1, n))
    return below + once / n * (1 - slope) ** (1 - n) * rest


@given(st.lists(st.integers(0, 6), min_size=1, max_size=9).filter(any))
def test_chao_wang_jost_is_its_printed_sum(cells: list[int]) -> None:
    found = float(entropy(np.array(cells, dtype=float), estimator="chao-wang-jost"))
    assert found == pytest.approx(chao_wang_jost(cells), abs=1e-7)


def test_chao_wang_jost_has_little_bias_where_most_kinds_are_rare() -> None:
    """60 equally frequent kinds, 60 observations: the entropy is log 60 by construction."""
    draws = np.random.default_rng(3).multinomial(60, np.full(60, 1 / 60), size=300).astype(float)
    bias = {name: float(entropy(draws, estimator=name).mean() - math.log(60)) for name in ESTIMATORS}
    assert bias["plugin"] < -0.4
    assert abs(bias["chao-wang-jost"]) < 0.05
