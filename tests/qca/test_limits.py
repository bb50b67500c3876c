"""What is given when the time is over or the search is short: a cover, and a bound that is true."""

from __future__ import annotations

from itertools import combinations, product
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from expertsys.qca import cover, least, minimise, pricing, primes, truth_table
from expertsys.qca.truth import TruthTable

KINDS = ("conservative", "parsimonious")


def drawn(k: int, n: int, seed: int) -> TruthTable:
    """A table with an outcome that is drawn for each configuration."""
    rng = np.random.default_rng(seed)
    names = [f"C{place:02}" for place in range(k)]
    table = pd.DataFrame(rng.integers(0, 2, (n, k)), columns=names).drop_duplicates()
    return truth_table(
        table.assign(Y=rng.integers(0, 2, len(table))), outcome="Y", conditions=names, consistency_cutoff=1
    )


@st.composite
def charts(draw: st.DrawFn) -> Any:
    """A chart of up to nine implicants and seven rows, each row covered."""
    rows = draw(st.integers(1, 7))
    columns = draw(st.lists(st.lists(st.booleans(), min_size=rows, max_size=rows), min_size=1, max_size=9))
    chart = np.array(columns)
    chart[0] |= ~chart.any(axis=0)
    return chart


@pytest.mark.parametrize("steps", [0, 200])
@given(chart=charts())
def test_with_and_without_the_solver_every_least_cover_is_found(chart: Any, steps: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cover, "FEW_STEPS", steps)
        found = cover.minimum(chart, most=1000)
    for size in range(1, len(chart) + 1):
        least = {each for each in combinations(range(len(chart)), size) if chart[list(each)].any(axis=0).all()}
        if least:
            break
    assert set(found.found) == least
    assert len(found.found) == len(least)
    assert found.bound == size
    assert found.complete


def least_size(chart: Any) -> int:
    """By trying all."""
    return next(
        size
        for size in range(1, len(chart) + 1)
        if any(chart[list(each)].any(axis=0).all() for each in combinations(range(len(chart)), size))
    )


@pytest.mark.parametrize(("patience", "exchanges"), [(0, 0), (1, 1), (5_000, 4_000)])
@given(chart=charts())
def test_exchanges_or_branching_alone_or_both_prove_the_least_size(chart: Any, patience: int, exchanges: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(least, "PATIENCE", patience)
        patch.setattr(least, "EXCHANGES", exchanges)
        found, bound = least.least_cover(chart, None)
    assert chart[found].any(axis=0).all()
    assert len(found) == bound == least_size(chart)


def test_branching_refutes_what_the_relaxation_leaves_open() -> None:
    """Steiner triples of 7 and 9 points: relaxation 7/3 and 3, least 3 and 5 (Fulkerson, Nemhauser & Trotter 1974)."""
    fano = [(0, 1, 2), (0, 3, 4), (0, 5, 6), (1, 3, 5), (1, 4, 6), (2, 3, 6), (2, 4, 5)]
    lines = [tuple(3 * x + (a * x + b) % 3 for x in range(3)) for a in range(3) for b in range(3)]
    lines += [(0, 1, 2), (3, 4, 5), (6, 7, 8)]
    for points, triples, relaxed, best in ((7, fano, 7 / 3, 3), (9, lines, 3.0, 5)):
        chart = np.zeros((points, len(triples)), dtype=bool)
        for row, triple in enumerate(triples):
            chart[list(triple), row] = True
        assert pricing.prices(chart, None).sum() == pytest.approx(relaxed, abs=1e-9)
        found, bound = least.least_cover(chart, None)
        assert len(found) == bound == best


@given(chart=charts(), seed=st.integers(0, 1000), size=st.integers(1, 4))
def test_raised_prices_bound_every_problem_from_below(chart: Any, seed: int, size: int) -> None:
    """Each problem has rows of its own to cover and may not use some of the first columns."""
    rng = np.random.default_rng(seed)
    left = rng.random((3, chart.shape[1])) < 0.8
    barred = rng.random((3, min(2, len(chart)))) < 0.5
    table, sizes = chart.astype(np.float32), np.full(3, size, dtype=np.float32)
    price, bound = pricing.raised(table, rng.random(chart.shape[1], dtype=np.float32), sizes, left, barred)
    assert (price[~left] == 0).all()
    assert ((price >= 0) & (price <= 1)).all()
    for own, rows, away, low in zip(price, left, barred, bound, strict=True):
        free = np.delete(table, np.flatnonzero(away), axis=0)
        exact = own.astype(float)
        assert low == pytest.approx(exact.sum() - np.maximum(free @ exact - 1, 0).sum(), abs=1e-9)
        open_rows = free[:, rows] > 0
        if open_rows.any(axis=0).all():
            assert low <= (least_size(open_rows) if rows.any() else 0) + 1e-9


@pytest.mark.parametrize("seed", range(20))
def test_branching_alone_finds_the_least_size_that_another_solver_finds(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """HiGHS, on charts of which many are not decided by the relaxation."""
    rng = np.random.default_rng(seed)
    chart = rng.random((120, 40)) < 0.12
    chart[rng.integers(0, 120, 40), np.arange(40)] = True
    held = LinearConstraint(chart.T.astype(float), lb=1)
    other = milp(np.ones(120), constraints=held, bounds=Bounds(0, 1), integrality=np.ones(120))
    monkeypatch.setattr(least, "PATIENCE", 0)
    monkeypatch.setattr(least, "EXCHANGES", 0)
    found, bound = least.least_cover(chart, None)
    assert chart[found].any(axis=0).all()
    assert len(found) == bound == round(other.fun)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 2])
def test_twenty_conditions_and_two_hundred_cases_by_chance(seed: int) -> None:
    """A cover of proven least size well within a minute, although nothing lies behind the outcome."""
    solution = minimise(drawn(20, 200, seed), solution="parsimonious", max_models=1, time_limit=60)
    assert len(solution.models[0].terms) == solution.bound
    assert (solution.models[0].consistency, solution.models[0].coverage) == (1, 1)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("models", ["minimum", "irredundant"])
def test_no_time_at_all_still_gives_a_cover_and_a_true_bound(kind: Any, models: Any) -> None:
    truth = drawn(7, 60, 3)
    best = minimise(truth, solution=kind)
    hasty = minimise(truth, solution=kind, models=models, time_limit=1e-9)
    assert hasty.bound <= best.bound == len(best.models[0].terms) <= len(hasty.models[0].terms)
    assert hasty.models[0].consistency == 1
    assert hasty.models[0].coverage == 1


def test_the_clock_is_looked_at_while_prime_implicants_are_found() -> None:
    truth = drawn(18, 120, 5)  # more cubes than fit into one table
    hasty = minimise(truth, solution="parsimonious", time_limit=0.1)  # all of them last longer
    model = hasty.models[0]
    assert (model.consistency, model.coverage) == (1, 1)
    assert hasty.bound == 1
    assert not hasty.complete
    assert "a model of 1 term is not ruled out: the search was stopped" in hasty.note


def test_one_implicant_for_each_row_when_time_is_over_is_prime() -> None:
    truth = drawn(18, 60, 7)
    positive, negative = truth.configurations("1"), truth.configurations("0")
    found, whole = primes.apart(positive, negative, truth.levels, end=0.0)
    assert not whole
    assert primes.covers(found, positive).any(axis=0).all()
    assert not primes.covers(found, negative).any()
    for cube, place in product(found, range(18)):
        if cube[place] >= 0:
            larger = cube.copy()
            larger[place] = -1
            assert primes.covers(larger[None, :], negative).any()


def test_more_conditions_than_a_table_of_sets_can_hold() -> None:
    solution = minimise(drawn(30, 40, 9), solution="parsimonious", max_models=1)
    assert (solution.models[0].consistency, solution.models[0].coverage) == (1, 1)
    assert not solution.complete
