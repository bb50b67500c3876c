"""Action at a distance on tables whose answer is known."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from scipy.stats import t

from expertsys.agreement import Ratings, cohen_kappa
from expertsys.enactment import KINDS, action_at_a_distance, simulate
from expertsys.errors import DataError, DegenerateWarning

from .tables import frame


def test_perfect_following() -> None:
    found = action_at_a_distance(frame(site=list("nnss"), prescribed=list("abab"), taken=list("abab")))
    assert (found.estimate, found.agreement) == (1, 1)
    interval = found.interval(estimand="these")
    square = t.ppf(0.975, 2) ** 2  # Wilson's lower end of n of n is n / (n + t²)
    assert (interval.low, interval.high) == pytest.approx((4 / (4 + square), 1))
    assert interval.note == "nothing varies: as wide as if there were 4 independent situations"
    with pytest.warns(DegenerateWarning):
        over_sites = found.interval()
    assert over_sites.low == pytest.approx(2 / (2 + t.ppf(0.975, 1) ** 2))


@pytest.mark.slow
def test_kappa_is_0_in_expectation_where_action_ignores_the_rule() -> None:
    rng = np.random.default_rng(3)
    kappas = [
        action_at_a_distance(
            frame(prescribed=rng.choice(list("abc"), 80), taken=rng.choice(list("aabc"), 80)), shuffles=1
        ).agreement
        for _ in range(100)
    ]
    assert abs(np.mean(kappas)) < 3 * np.std(kappas) / np.sqrt(len(kappas))


def test_kappa_is_that_of_the_agreement_room() -> None:
    table = simulate(rng=2).dropna(subset=["prescribed"])
    ratings = Ratings.from_wide(table[["prescribed", "taken"]])
    assert action_at_a_distance(table, shuffles=1).agreement == pytest.approx(cohen_kappa(ratings).estimate)


def test_kappa_is_undefined_where_one_action_is_all() -> None:
    found = action_at_a_distance(frame(prescribed=["a", "a"], taken=["a", "a"]))
    assert math.isnan(found.agreement)
    assert found.estimate == 1


def test_following_is_not_needed_for_fidelity() -> None:
    plain = [kind for kind in KINDS if kind.situation in ("plain", "acute")]
    table = simulate(kinds=plain, following=0, adapting=0, working_around=1, contingency=1)
    found = action_at_a_distance(table)
    assert found.estimate == 1
    assert "as-intended" not in table["mode"][table["mode"] == "workaround"].unique()


def test_by_site_mode_and_distance() -> None:
    table = frame(
        site=list("nnss"),
        prescribed=list("aaaa"),
        taken=list("aaab"),
        mode=["adapted", "adapted", "adapted", "token"],
        distance=[0, 0, 10.0, 10.0],
    )
    found = action_at_a_distance(table)
    assert found.by_site["fidelity"].to_dict() == {"n": 1.0, "s": 0.5}
    assert found.by_site.loc["s", ["low", "high"]].tolist() == pytest.approx([0.094531, 0.905469], abs=1e-6)
    assert found.by_distance["fidelity"].to_dict() == {"0": 1.0, "10": 0.5}
    bare = action_at_a_distance(table.drop(columns=["mode", "distance"]))
    assert bare.by_mode.empty
    assert bare.by_distance.empty


def test_a_mode_that_only_says_what_was_done_is_refused() -> None:
    rng = np.random.default_rng(0)
    table = frame(prescribed=rng.choice(list("ab"), 60), taken=rng.choice(list("ab"), 60))
    same = table["prescribed"] == table["taken"]
    found = action_at_a_distance(table.assign(mode=np.where(same, "as-intended", "workaround")), shuffles=1)
    with pytest.raises(DataError, match=r"mode: mode of use is a function of .* Code the mode of use from how"):
        _ = found.by_mode
    own = action_at_a_distance(table.assign(mode=rng.choice(["as-intended", "workaround"], 60)), shuffles=1)
    assert own.by_mode["n_situations"].sum() == 60


def test_between_sites() -> None:
    found = action_at_a_distance(simulate(sites=12, occasions=80, between_sites=1.5), shuffles=1)
    apart = found.between()
    assert apart.tau > 0.2
    assert apart.prediction_low < apart.typical < apart.prediction_high
    assert found.between(model="REML").tau == pytest.approx(apart.tau, abs=0.3)


def test_wrongly_recorded_actions_are_taken_out_at_the_stated_rate() -> None:
    rng = np.random.default_rng(1)
    table = simulate(sites=2, occasions=50_000, between_sites=0).dropna(subset=["prescribed"])
    replaced = np.where(rng.random(len(table)) < 0.25, rng.permutation(table["taken"]), table["taken"])
    true = action_at_a_distance(table, shuffles=1).estimate
    wrong = action_at_a_distance(table.assign(taken=replaced), shuffles=1)
    assert wrong.estimate < true - 0.05
    assert wrong.under_misclassification(0.25) == pytest.approx(true, abs=0.01)


def test_columns_that_are_not_written_alike() -> None:
    found = action_at_a_distance(frame(prescribed=["list"], taken=["referred"]))
    assert found.estimate == 0
    assert found.note == (
        "no action is both prescribed and taken, such as 'list' and 'referred': are the two columns written alike?"
    )


def test_words() -> None:
    found = action_at_a_distance(simulate(rng=1), shuffles=99)
    text = found.methods_text()
    assert "Cohen's kappa" in text
    assert "left out because a value was missing: prescribed in " in text
    assert "agreement (kappa)" in repr(found)
    assert any(work.startswith("Cohen J") for work in found.cite())
    assert found.plot().get_xlabel().startswith("share of situations")


def test_actions_that_differ_only_in_capitals_are_one() -> None:
    table = pd.DataFrame(
        {"site": ["n", "s", "s"], "prescribed": ["list", "call", "list"], "taken": ["List", "call", "list"]}
    )
    found = action_at_a_distance(table)
    assert found.note == "in 'prescribed' and 'taken', 'list' and 'List' count as one"
    assert found.estimate == 1


def test_the_paragraph_gives_no_interval_from_few_sites() -> None:
    table = pd.DataFrame({"site": ["a", "b", "c"] * 4, "prescribed": ["x", "y"] * 6, "taken": ["x"] * 12})
    text = action_at_a_distance(table).methods_text()
    assert "(no interval over sites is reported, because 3 sites are too few" in text
