"""Contingency sensitivity on tables whose answer is known."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given

from expertsys.enactment import contingency_sensitivity, simulate

from .tables import frame, situations


def test_all_depends_on_the_local_situation() -> None:
    found = contingency_sensitivity(frame(prescribed=list("pppp"), local=list("aabb"), taken=list("xxyy")))
    assert found.estimate == pytest.approx(1)
    assert found.information == pytest.approx(math.log(2))
    assert found.uncertainty == pytest.approx(math.log(2))
    assert found.null is not None
    assert found.null.p_value == pytest.approx(1 / 3)  # two of the six ways to place two of four


def test_nothing_depends_on_it() -> None:
    found = contingency_sensitivity(frame(prescribed=list("pppp"), local=list("abab"), taken=list("xxyy")))
    assert found.estimate == pytest.approx(0, abs=1e-12)


def test_what_the_prescription_tells_does_not_count() -> None:
    table = frame(prescribed=list("pppqqq"), local=list("aaabbb"), taken=list("xxyyyx"))
    assert contingency_sensitivity(table).estimate == pytest.approx(0, abs=1e-12)


def test_undefined_where_the_prescription_leaves_nothing_open() -> None:
    found = contingency_sensitivity(frame(prescribed=list("pq"), local=list("ab"), taken=list("xy")))
    assert math.isnan(found.estimate)
    assert found.note == "the prescription leaves nothing open: wherever it is the same, the same is done"
    assert math.isnan(found.under_misclassification(0.1))
    assert found.plot().get_xlabel() == "contingency sensitivity"


@given(situations())
def test_bounds(table: pd.DataFrame) -> None:
    found = contingency_sensitivity(table, shuffles=1)
    assert math.isnan(found.estimate) or -1e-12 <= found.estimate <= 1 + 1e-12
    assert found.information <= found.uncertainty + 1e-12


def test_a_habit_of_roles_looks_like_it_until_the_role_is_held_constant() -> None:
    table = simulate(contingency=0, sorting=0.9, sites=6, occasions=200)
    apparent = contingency_sensitivity(table, shuffles=99)
    given_role = contingency_sensitivity(table, prescribed=["prescribed", "role"], shuffles=99)
    assert apparent.null is not None
    assert apparent.null.p_value == 0.01
    assert apparent.estimate > 0.1
    assert given_role.null is None or given_role.null.p_value > 0.05
    without = contingency_sensitivity(simulate(contingency=0, sites=6, occasions=200), shuffles=99)
    assert without.null is not None
    assert without.null.p_value > 0.05


def test_error_in_coding_lowers_it_and_is_taken_out_at_the_stated_rate() -> None:
    rng = np.random.default_rng(0)
    local = rng.choice(list("abc"), 60_000)
    taken = np.where(rng.random(60_000) < 0.7, local, rng.choice(list("abc"), 60_000))
    table = frame(prescribed=rng.choice(list("pq"), 60_000), local=local, taken=taken)
    wrong = table.assign(local=np.where(rng.random(60_000) < 0.3, rng.permutation(local), local))
    true, blurred = (contingency_sensitivity(one, shuffles=1) for one in (table, wrong))
    assert blurred.estimate < 0.7 * true.estimate
    assert blurred.under_misclassification(0.3) == pytest.approx(true.estimate, abs=0.01)
