"""Shuffles: exact where few, drawn where many, never too sure."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given

from expertsys.enactment import action_at_a_distance, chance, contingency_sensitivity, emptying_out

from . import tables
from .tables import frame, situations

plain = partial(emptying_out, estimator="plugin")
plain.__name__ = "emptying_out"  # type: ignore[attr-defined]
TESTS: list[tuple[Callable[..., Any], Callable[[pd.DataFrame], float], str, list[str], bool]] = [
    (plain, tables.lost, "category", ["site"], True),
    (action_at_a_distance, tables.fidelity, "taken", ["site"], False),
    (contingency_sensitivity, tables.sensitivity, "local", ["site", "prescribed"], False),
]


@pytest.mark.simulation
@pytest.mark.parametrize(("measure", "byhand", "column", "strata", "smaller"), TESTS)
@given(table=situations(most=5))
def test_listing_equals_every_order_of_labels(
    measure: Callable[..., Any],
    byhand: Callable[[pd.DataFrame], float],
    column: str,
    strata: list[str],
    smaller: bool,
    table: pd.DataFrame,
) -> None:
    found = measure(table)
    if found.null is None:
        return
    assert found.estimate == pytest.approx(byhand(table), abs=1e-12)
    values = np.array(tables.every_shuffle(table, column, strata, byhand))
    extreme = values <= found.estimate + 1e-9 if smaller else values >= found.estimate - 1e-9
    assert found.null.exact
    assert found.null.p_value == pytest.approx(extreme.mean())
    assert found.null.mean == pytest.approx(values.mean())


@pytest.mark.slow
@pytest.mark.parametrize("listed", [True, False])
@pytest.mark.parametrize("test", TESTS, ids=lambda test: test[0].__name__)
def test_p_is_never_too_small_under_the_null(test: Any, listed: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not listed:
        monkeypatch.setattr(chance, "MOST_LISTED", 0)
    rng = np.random.default_rng(5)
    found = []
    for _ in range(200):
        table = frame(site=["n", "s"] * 5, **{role: rng.choice(["a", "b"], 10) for role in tables.ROLES[1:]})
        null = test[0](table, shuffles=39, rng=rng).null
        if null is not None:
            assert null.exact is listed
            found.append(null.p_value)
    for level in (0.05, 0.1, 0.25, 0.5):
        share = np.mean(np.array(found) <= level + 1e-12)
        assert share <= level + 3 * np.sqrt(level * (1 - level) / len(found))


def test_drawing_agrees_with_listing(monkeypatch: pytest.MonkeyPatch) -> None:
    table = frame(
        site=["n"] * 8 + ["s"] * 8,
        local=list("aabbccab" * 2),
        category=list("xxyyxyxx" + "yxyxyyxy"),
    )
    exact = emptying_out(table).null
    monkeypatch.setattr(chance, "MOST_LISTED", 0)
    drawn = emptying_out(table, shuffles=4000).null
    assert exact is not None
    assert drawn is not None
    assert (exact.exact, drawn.exact, drawn.shuffles) == (True, False, 4000)
    assert drawn.mean == pytest.approx(exact.mean, abs=0.01)
    assert drawn.p_value == pytest.approx(exact.p_value, abs=0.03)
    assert "all " in str(exact)
    assert "4,000 shuffles" in str(drawn)


def test_the_same_seed_gives_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(1)
    table = frame(local=rng.choice(list("abc"), 300), category=rng.choice(list("xy"), 300))
    assert emptying_out(table, rng=4).null == emptying_out(table, rng=4).null
    assert emptying_out(table, rng=4).null != emptying_out(table, rng=5).null
    monkeypatch.setattr(chance, "_BLOCK", 100)
    assert emptying_out(table, rng=4, shuffles=200).null.shuffles == 200


def test_many_large_strata_are_shuffled_less_often(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(1)
    table = frame(local=rng.choice(list("abc"), 300), category=rng.choice(list("xy"), 300))
    assert emptying_out(table).null.shuffles == 999
    monkeypatch.setattr(chance, "MOST_DRAWN", 6 * 200)
    assert emptying_out(table).null.shuffles == 200
    monkeypatch.setattr(chance, "MOST_DRAWN", 1)
    assert emptying_out(table).null.shuffles == 99
    assert emptying_out(table, shuffles=150).null.shuffles == 150
