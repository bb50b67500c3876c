"""The simulator does what it says."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pandas as pd
import pytest

from expertsys.enactment import KINDS, SYSTEM, simulate
from expertsys.errors import DataError
from expertsys.theory import SITUATION_COLUMNS, Category, Classification, ExpertSystem, ModeOfUse, Rule, Situation

PROSE = {kind.local[0]: kind for kind in KINDS}
MANY: dict[str, Any] = {"sites": 4, "occasions": 10_000, "between_sites": 0, "mode_error": 0}


def test_the_same_seed_gives_the_same_table_and_it_is_quick() -> None:
    start = time.perf_counter()
    table = simulate(sites=20, occasions=500, rng=7)
    assert time.perf_counter() - start < 30
    pd.testing.assert_frame_equal(table, simulate(sites=20, occasions=500, rng=np.random.default_rng(7)))
    assert not table.equals(simulate(sites=20, occasions=500, rng=8))
    assert set(table.columns) <= set(SITUATION_COLUMNS)
    assert table["situation"].is_unique
    assert table["site"].value_counts().eq(500).all()


def test_category_and_prescription_are_what_the_system_as_written_says() -> None:
    table = simulate(mode_error=0)
    for row in table.itertuples():
        used = row.mode != "non-use"
        kind = PROSE[row.local]
        recorded, prescribed = SYSTEM.record(kind).category, SYSTEM.prescribe(kind).action
        assert row.category == recorded if used else pd.isna(row.category)
        assert row.prescribed == prescribed if used and prescribed else pd.isna(row.prescribed)
        if row.mode == "as-intended" and prescribed:
            assert row.taken == prescribed


def test_modes_have_their_shares() -> None:
    shares = simulate(following=0.4, adapting=0.3, working_around=0.2, **MANY)["mode"].value_counts(normalize=True)
    expected = {"as-intended": 0.4, "adapted": 0.3, "workaround": 0.2, "non-use": 0.1}
    assert {mode: shares[mode] for mode in expected} == pytest.approx(expected, abs=0.02)
    assert set(simulate(following=1, adapting=0, working_around=0, mode_error=0)["mode"]) == {"as-intended"}
    assert set(simulate(following=0, adapting=0, working_around=0, mode_error=0)["mode"]) == {"non-use"}
    assert set(simulate(mode_error=1)["mode"]) <= set(map(str, ModeOfUse))


def test_sites_differ_as_told() -> None:
    alike = simulate(sites=30, occasions=400, between_sites=0).groupby("site")["mode"]
    apart = simulate(sites=30, occasions=400, between_sites=1).groupby("site")["mode"]
    spread = [part.apply(lambda modes: (modes == "as-intended").mean()).std() for part in (alike, apart)]
    assert spread[0] < 0.04
    assert spread[1] > 0.12


def test_action_answers_to_the_local_situation_or_to_habit() -> None:
    free = simulate(following=0, adapting=0, working_around=1, contingency=1, mode_error=0)
    assert [PROSE[local].taken for local in free["local"]] == free["taken"].tolist()
    habit = simulate(following=0, adapting=0, working_around=1, contingency=0, mode_error=0)
    assert habit.groupby("role")["taken"].nunique().eq(1).all()
    adapted = simulate(following=0, adapting=1, working_around=0, contingency=0, mode_error=0).dropna()
    assert (adapted["taken"] == adapted["prescribed"]).all()


def test_sorting_settles_who_acts() -> None:
    sorted_, mixed = (simulate(sorting=share, **MANY).groupby("local")["role"].nunique() for share in (1, 0))
    assert sorted_.eq(1).all()
    assert mixed.eq(2).all()


def test_variants_and_error_of_coding() -> None:
    fine = simulate(granularity=3, **MANY)
    assert fine["local"].nunique() == 3 * len(KINDS)
    coarse = fine["local"].str.replace(r" \(\d\)$", "", regex=True)
    assert set(coarse) == set(PROSE)
    true, wrong = simulate(**MANY), simulate(coding_error=0.3, **MANY)
    same = float((true["local"] == wrong["local"]).mean())
    by_chance = float((np.array([kind.weight for kind in KINDS]) ** 2).sum() / 14**2)
    assert same == pytest.approx(0.7 + 0.3 * by_chance, abs=0.02)
    assert true["taken"].equals(wrong["taken"])


def test_a_system_of_your_own() -> None:
    recall = ExpertSystem(
        key="recall",
        name="Recall",
        classification=Classification(categories=[Category(name="old", when=[])]),
        rules=[Rule(action="invite", when=[])],
    )
    table = simulate(recall, kinds=[Situation(situation="k", local=["tired", "alone"], taken="visit")], sites=1)
    assert set(table["case"]) == {"recall"}
    assert set(table["category"].dropna()) == {"old"}
    assert set(table["local"]) == {"tired · alone"}
    bare = ExpertSystem(key="bare", name="Bare")
    with pytest.raises(DataError, match="system 'bare': has no rules or no classification"):
        simulate(bare)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"sites": 0}, "sites must be a whole number above 0"),
        ({"occasions": 2.5}, "occasions must be a whole number above 0"),
        ({"granularity": 0}, "granularity must be"),
        ({"following": 1.2}, "following: must lie between 0 and 1, not 1.2"),
        ({"following": 0.9}, r"following \+ adapting \+ working_around: must lie between 0 and 1, not 1.3"),
        ({"coding_error": float("nan")}, "coding_error: must lie"),
        ({"between_sites": -1}, "between_sites: must be 0 or more"),
        ({"kinds": []}, "kinds: there is none"),
        ({"kinds": [Situation(situation="k", local="a")]}, "kinds, situation 'k': has no local description, or no"),
    ],
)
def test_wrong_arguments(options: dict[str, Any], message: str) -> None:
    with pytest.raises(DataError, match=message):
        simulate(**options)
