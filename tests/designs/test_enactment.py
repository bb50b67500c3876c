"""Studies of a mandated technology, from a table of situations to the number, with the truth by construction."""

from __future__ import annotations

import math
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import expertsys as es
from expertsys.enactment import action_at_a_distance, contingency_sensitivity, emptying_out, systems_of
from expertsys.errors import DataError, DegenerateWarning
from expertsys.reporting import enacted
from expertsys.theory import ExpertSystem, Rule, Situation
from expertsys.theory.conditions import condition

MEASURES = (emptying_out, action_at_a_distance, contingency_sensitivity)


def from_csv(table: pd.DataFrame, folder: Path) -> pd.DataFrame:
    """As a researcher reads an export: every cell as text."""
    path = folder / "situations.csv"
    table.to_csv(path, index=False)
    return pd.read_csv(path, dtype=str)


def alert_log(seed: int, *, persons: int = 12, alerts: int = 40) -> pd.DataFrame:
    """Alerts of prescribers at four sites, each with habits and patients of their own; given the prescriber, what is
    done depends neither on the patient nor on the alert."""
    rng = np.random.default_rng(seed)
    person = np.repeat(np.arange(persons), alerts)
    habit = np.cumsum(rng.dirichlet(np.ones(3), persons), axis=1)[person]
    mix = np.cumsum(rng.dirichlet(np.ones(4), persons), axis=1)[person]
    kind = (rng.random(len(person))[:, None] >= mix[:, :-1]).sum(axis=1)
    alert = (rng.random(len(person)) < np.array([0.2, 0.4, 0.6, 0.8])[kind]).astype(int)
    done = (rng.random(len(person))[:, None] >= habit[:, :-1]).sum(axis=1)
    names = np.array(["stop", "reduce", "continue"])
    return pd.DataFrame(
        {
            "site": [f"site {number % 4 + 1}" for number in person],
            "Prescriber ID": [f"p{number:02d}" for number in person],
            "local": np.array(["frail", "well", "in pain", "dying"])[kind],
            "prescribed": names[alert],
            "taken": names[done],
        }
    )


@pytest.mark.simulation
@pytest.mark.parametrize("measure", [contingency_sensitivity, action_at_a_distance])
def test_habits_and_patients_of_prescribers_are_no_dependence(measure: Any) -> None:
    """Independent given the prescriber: p <= .05 in 5% of tables by default, and more often where only sites count.

    The full simulation is benchmarks/enactment_persons.py.
    """
    default, sites_only = [], []
    for seed in range(20):
        table = alert_log(seed, alerts=60)
        default.append(measure(table, shuffles=19, rng=seed).null.p_value)
        sites_only.append(measure(table, shuffles=19, rng=seed, person=None).null.p_value)
    assert np.mean(np.array(default) <= 0.05) <= 0.2  # at most 4 of 20; P(more) = 0.003 at 5 %
    assert np.mean(default) > np.mean(sites_only)
    if measure is contingency_sensitivity:
        assert np.mean(np.array(sites_only) <= 0.05) >= 0.25  # 4 in 10 in the full simulation


def test_the_default_names_the_persons_and_equals_sites_with_persons(tmp_path: Path) -> None:
    table = from_csv(alert_log(1), tmp_path)
    found = contingency_sensitivity(table)
    assert "situations lie within 12 persons (column 'Prescriber ID')" in found.note
    assert "shuffles within person" in str(found.null)
    by_hand = contingency_sensitivity(table, person=None, site=["site", "Prescriber ID"])
    assert found.null.p_value == pytest.approx(by_hand.null.p_value, abs=0.05)
    assert found.n_sites == 4
    assert "person" in found.interval(estimand="these").method


def test_differences_between_sites_are_not_those_between_their_persons() -> None:
    """Persons follow or not by habit, sites do not differ: the interval for tau reaches 0."""
    rng = np.random.default_rng(4)
    habit = rng.choice([0.05, 0.95], 40)
    table = pd.DataFrame({"person": np.repeat(np.arange(40), 30)})
    table["site"] = (table["person"] % 4).astype(str)
    table["prescribed"] = "list"
    table["taken"] = np.where(rng.random(len(table)) < habit[table["person"]], "list", "call")
    found = action_at_a_distance(table.astype(str), shuffles=9).between()
    ignored = action_at_a_distance(table.astype(str), person=None, shuffles=9).between()
    assert found.tau_low == 0
    assert ignored.tau > found.tau
    assert "design effect of persons" in found.note


def test_two_persons_with_one_description_each_give_no_p_value() -> None:
    """Each prescriber sees one kind of patient only: person and patient cannot be told apart, with two at each site."""
    table = pd.DataFrame(
        {
            "site": ["n"] * 20 + ["s"] * 20,
            "person": ["a"] * 10 + ["b"] * 10 + ["c"] * 10 + ["d"] * 10,
            "local": (["frail"] * 10 + ["well"] * 10) * 2,
            "prescribed": "list",
            "taken": (["call"] * 8 + ["list"] * 2 + ["list"] * 9 + ["call"]) * 2,
        }
    )
    found = contingency_sensitivity(table)
    assert math.isnan(found.null.p_value)
    assert "no p-value: each person has one label throughout, and there are too few persons at each site" in found.note
    assert "(4 arrangements)" in found.note
    many = pd.concat([table.assign(person=table["person"] + str(copy)) for copy in range(6)])
    exchanged = contingency_sensitivity(many).null
    assert exchanged.within == "whole persons"
    assert exchanged.p_value < 0.05


@pytest.mark.parametrize("measure", MEASURES)
def test_weights_are_so_many_rows_in_every_figure(measure: Any, tmp_path: Path) -> None:
    """The counted log and its expansion are one data set: the same estimate, null, interval and tables."""
    log = alert_log(2, alerts=10).rename(columns={"Prescriber ID": "person"})
    log["category"], log["date"] = log["prescribed"], np.where(np.arange(len(log)) % 3 == 0, "2021-01-05", "2021-02-07")
    counted = log.groupby(list(log.columns)).size().rename("weight").reset_index()
    counted["weight"] *= 3
    rows = pd.concat([log] * 3)
    one, other = (measure(table, shuffles=19) for table in (from_csv(counted, tmp_path), rows))
    assert one.estimate == pytest.approx(other.estimate)
    assert one.null == other.null
    for estimand in ("population", "these"):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DegenerateWarning)  # four sites
            first, second = (found.interval(estimand=estimand) for found in (one, other))
        assert (first.low, first.high) == pytest.approx((second.low, second.high))
    if measure is action_at_a_distance:
        pd.testing.assert_frame_equal(one.by_site, other.by_site)
        assert one.between().tau == pytest.approx(other.between().tau)


def test_situations_numbered_from_1_in_each_case_are_not_repeats(tmp_path: Path) -> None:
    """Three cases, each with situations 1 to 20; then one of them described by two coders."""
    rows = [
        {"case": case, "situation": n, "site": f"{case} {n % 4}", "local": "ab"[n % 2], "category": "xy"[n % 2]}
        for case in "ABC"
        for n in range(1, 21)
    ]
    table = from_csv(pd.DataFrame(rows), tmp_path)
    assert "another row describes" not in emptying_out(table).note
    twice = pd.concat([table.assign(coder="ann"), table[table["case"] == "A"].assign(coder="ben")])
    found = emptying_out(twice)
    assert "20 rows describe a situation that another row describes too" in found.note
    assert math.isnan(found.null.p_value)


@pytest.mark.parametrize("accepted", [None, "accepted", "n/a"])
def test_a_reason_for_the_override_is_known_only_after_the_action(accepted: str | None, tmp_path: Path) -> None:
    """The reason is filled in only where the alert was overridden: any dependence is circular."""
    rng = np.random.default_rng(5)
    followed = rng.random(200) < 0.6
    table = pd.DataFrame(
        {
            "site": rng.choice(["n", "s", "e"], 200),
            "prescribed": rng.choice(["stop", "reduce"], 200),
            "local": np.where(followed, accepted or "", rng.choice(["dose is right", "palliative", "allergy"], 200)),
        }
    )
    table["taken"] = np.where(followed, table["prescribed"], "continue")
    with pytest.raises(DataError, match=r"must be known before the action.*'local' is .* wherever the action was as"):
        contingency_sensitivity(from_csv(table, tmp_path))
    if accepted == "accepted":
        assert contingency_sensitivity(table, local_before_action=True).estimate > 0.5


def test_descriptions_that_are_blank_at_random_are_not_refused() -> None:
    table = alert_log(3)
    table.loc[np.random.default_rng(0).random(len(table)) < 0.4, "local"] = None
    assert contingency_sensitivity(table, shuffles=9).n_situations < len(table)


def test_residual_category_in_other_spelling_is_matched_and_named() -> None:
    """30 of 100 situations are in "Other": the share is .3 however the residual is spelt."""
    table = pd.DataFrame({"site": ["n", "s"] * 50, "local": ["a", "b"] * 50, "category": ["Other"] * 30 + ["x"] * 70})
    found = emptying_out(table, residual="other")
    assert found.shares["residual"] == pytest.approx(0.3)
    assert "'Other' in the data counts as the residual category 'other'" in found.note
    assert "no situation is in the residual category 'rest'; the categories are 'Other', 'x'" in (
        emptying_out(table, residual="rest").note
    )


def test_rules_apply_to_features_in_other_spelling() -> None:
    assert condition({"feature": "level", "op": "==", "value": "national"}).holds({"level": " National"})
    assert condition({"feature": "level", "op": "in", "value": ["low", "high"]}).holds({"level": "Low"})
    assert condition({"feature": "codes", "op": "includes", "value": ["policy"]}).holds({"codes": ["Policy"]})


def twelve_sites() -> pd.DataFrame:
    """One system at twelve sites, each a case; fidelity .8 by construction at each: 16 of 20."""
    rows = []
    for site in range(1, 13):
        for n in range(20):
            rule = ("list", "call")[n % 2]
            rows.append(
                {
                    "case": f"practice {site}",
                    "site": f"practice {site}",
                    "local": ("frail", "well", "anxious")[(n + site) % 3],
                    "category": ("Urgent", "routine")[n % 2],
                    "prescribed": rule,
                    "taken": rule if n >= 4 else "letter",
                }
            )
    return pd.DataFrame(rows)


@pytest.mark.parametrize("site_column", [True, False])
def test_twelve_sites_of_one_system_are_one_figure(site_column: bool) -> None:
    table = twelve_sites() if site_column else twelve_sites().drop(columns="site")
    codings = pd.DataFrame({"unit": ["u1", "u2"], "coder": "ann", "code": ["a", "b"]})
    study = es.Study(codings, situations=table)
    assert [len(cases) for cases in systems_of(study)] == [12]
    found = action_at_a_distance(study)
    assert (found.estimate, found.n_sites) == (pytest.approx(0.8), 12)
    assert found.interval().low > 0.4
    assert "pooled over 12 cases" in found.note
    section = enacted.situations(study)
    assert section is not None
    assert len(section.tables[0].rows) == 3
    assert "share neither" not in " ".join(section.paragraphs)
    row = {str(row[0]): row for row in section.tables[0].rows}["action at a distance"]
    assert row[1] == pytest.approx(0.8)
    assert row[2] is not None
    assert row[7] == 12


def test_three_systems_are_pooled_only_with_each_figure_in_the_note() -> None:
    """Losses by construction: 1 (one category), 0 (a category for each description), 1/2 (two for four)."""
    local = list("abcd") * 50
    parts = {
        "Booking": ["all"] * 200,
        "Templates": [f"t-{name}" for name in local],
        "Record": [{"a": "r1", "b": "r1"}.get(name, "r2") for name in local],
    }
    table = pd.concat(
        [
            pd.DataFrame(
                {"case": case, "site": [f"{case} {n % 8}" for n in range(200)], "local": local, "category": own}
            )
            for case, own in parts.items()
        ]
    )
    codings = pd.DataFrame({"unit": ["u1", "u2"], "coder": "ann", "code": ["a", "b"]})
    found = emptying_out(es.Study(codings, situations=table))
    assert "cases with different categories are pooled" in found.note
    assert "separately: Booking 1.00, Record 0.50, Templates 0.00" in found.note
    assert found.by_case["estimate"].to_dict() == pytest.approx({"Booking": 1, "Templates": 0, "Record": 0.5}, abs=0.01)


def rare_labels(n: int, seed: int) -> tuple[pd.DataFrame, float]:
    """40 descriptions, equally frequent; each of four categories takes ten of them, but half of the situations at
    random. The truth is that of the 160 probabilities."""
    rng = np.random.default_rng(seed)
    share = np.full((40, 4), 0.5 / 160)
    share[np.arange(40), np.arange(40) % 4] += 0.5 / 40
    truth = (-(share * np.log(share)).sum() + (share.sum(axis=0) * np.log(share.sum(axis=0))).sum()) / np.log(40)
    cell = rng.choice(160, n, p=share.ravel())
    table = pd.DataFrame({"local": [f"l{number // 4}" for number in cell], "category": [f"c{k % 4}" for k in cell]})
    return table.assign(site=[f"s{number % 8}" for number in range(n)]), float(truth)


@pytest.mark.simulation
def test_many_rare_descriptions_have_little_bias_and_intervals_that_cover() -> None:
    """Plug-in is .13 too low at 80 situations; where the estimate cannot be trusted there is no interval."""
    errors, plain, covered = [], [], []
    for seed in range(16):
        table, truth = rare_labels(80, seed)
        found = emptying_out(table, shuffles=1)
        errors.append(found.estimate - truth)
        plain.append(emptying_out(table, estimator="plugin", shuffles=1).estimate - truth)
        assert math.isnan(found.interval().low)
        assert "are the only one of their combination: too few situations" in found.interval().note
        assert "are the only one of their combination" in found.note
        table, truth = rare_labels(600, seed)
        large = emptying_out(table, shuffles=1)
        interval = large.interval()
        covered.append(interval.low <= truth <= interval.high)
        assert interval.low <= large.estimate <= interval.high
    assert np.mean(plain) < -0.1
    assert abs(np.mean(errors)) < 0.06
    assert np.mean(covered) >= 0.75  # at least 12 of 16; P(fewer) = 0.001 at 95 %


def test_several_rules_fire() -> None:
    """Two rules apply: a set of actions, whose order says nothing."""
    rules = [
        Rule(action="refer", when={"feature": "age", "op": ">=", "value": 65}),
        Rule(action="call", when={"feature": "smoker", "op": "==", "value": True}),
    ]
    features = {"age": 70, "smoker": True}
    one = ExpertSystem(key="a", name="A", rules=rules).prescribe(Situation(situation="s", features=features))
    other = ExpertSystem(key="a", name="A", rules=rules[::-1]).prescribe(Situation(situation="s", features=features))
    assert one.actions == other.actions == {"refer", "call"}
    assert one.action == other.action == "call; refer"
    assert Situation(situation="s", prescribed="refer; call", taken="call;refer").followed
    table = pd.DataFrame(
        {
            "site": ["n", "s"] * 3,
            "prescribed": ["refer; call", "call; refer", "refer;call", "call", "refer", "call; refer"],
            "taken": ["call; refer", "refer; call", "refer; call", "call", "call", "call"],
        }
    )
    found = action_at_a_distance(table)
    assert found.estimate == pytest.approx(4 / 6)
    assert "in 1 situation a prescribed action was left out or another one added" in found.note


@pytest.mark.parametrize("role", ["local", "category"])
def test_free_text_is_refused(role: str) -> None:
    table = pd.DataFrame({"site": ["n", "s"] * 30, "local": ["a", "b"] * 30, "category": ["x", "y"] * 30})
    table[role] = [f"the patient in bed {n} said that it could wait" for n in range(60)]
    with pytest.raises(
        DataError, match=f"{role} must be one of a few kinds that recur; 60 situations have 60 different"
    ):
        emptying_out(table)


def staggered() -> pd.DataFrame:
    """Fidelity rises everywhere from .2 in January to .8 in December; six sites start in January, six in July."""
    rows = []
    for site in range(12):
        for month in range(1 if site < 6 else 7, 13):
            for n in range(30):
                followed = n < round(30 * (0.2 + 0.6 * (month - 1) / 11))
                rows.append((f"site {site:02d}", f"{1 + n % 28}/{month}/2021", "use", "use" if followed else "paper"))
    return pd.DataFrame(rows, columns=["site", "date", "prescribed", "taken"])


def test_sites_that_start_late_are_compared_over_common_months(tmp_path: Path) -> None:
    """In the same months all sites have the same fidelity: tau is 0. Over all months it is far from it."""
    found = action_at_a_distance(from_csv(staggered(), tmp_path), shuffles=9)
    assert (
        "sites cover different periods (by 'date'), all of which by_site counts; between(): sites compared over 2021-07"
        in (found.note)
    )
    assert found.by_site["periods"].to_dict()["site 00"] == "2021-01 to 2021-12"
    between = found.between()
    assert between.tau == 0
    assert "2021-07 to 2021-12" in between.note
    assert action_at_a_distance(staggered().drop(columns="date"), shuffles=9).between().tau > 0.3


def test_periods_by_name_and_sites_without_a_common_one() -> None:
    table = staggered().assign(period=lambda t: np.where(t["date"].str.contains("/[1-6]/"), "pilot", "main"))
    found = action_at_a_distance(table, shuffles=9)
    assert found.between().tau == 0
    assert found.by_period["estimate"]["pilot"] < found.by_period["estimate"]["main"]
    apart = table[(table["period"] == "pilot") | table["site"].str.endswith(("06", "07"))]
    none = action_at_a_distance(apart, shuffles=9).between()
    assert math.isnan(none.tau)
    assert none.note.startswith("the sites have no period in common")


def test_words_for_not_observed_are_missing(tmp_path: Path) -> None:
    """60 of 70 observed situations were followed (.857); 20 more were not observed, in three spellings."""
    table = pd.DataFrame(
        {
            "site": [f"s{n % 6}" for n in range(90)],
            "prescribed": "list",
            "taken": ["list"] * 60 + ["call"] * 10 + ["not observed"] * 12 + ["n/a"] * 5 + ["-"] * 3,
        }
    )
    found = action_at_a_distance(from_csv(table, tmp_path))
    assert found.estimate == pytest.approx(60 / 70)
    assert found.unused.loc["taken", "situations"] == 20
    assert "'not observed' (12)" in found.note
    assert "counts as missing" in found.note


def test_perfect_fidelity_has_an_interval_with_width_inside_the_range() -> None:
    """All follow at eight sites: each site is one observation, so that the lower end is 8 / (8 + t^2)."""
    table = pd.DataFrame({"site": [f"s{n % 8}" for n in range(80)], "prescribed": "x", "taken": "x"})
    interval = action_at_a_distance(table).interval()
    assert interval.low == pytest.approx(8 / (8 + 2.3646**2), abs=1e-3)
    assert interval.high == 1
    rng = np.random.default_rng(0)
    for _ in range(10):
        rare = table.assign(taken=np.where(rng.random(80) < 0.03, "y", "x"))
        for estimand in ("population", "these"):
            ends = action_at_a_distance(rare, shuffles=1).interval(estimand=estimand)
            assert 0 <= ends.low < ends.high <= 1


def test_a_diary_with_weights_and_a_day_numbered_in_each_person(tmp_path: Path) -> None:
    """Ten nurses count how often they did what the template asks: 3 of 4 times each, numbered from 1 by each nurse."""
    rows = []
    for nurse in range(10):
        for day in range(1, 6):
            rows.append((f"n{nurse}", day, f"clinic {nurse % 5}", "ask", "ask", 3))
            rows.append((f"n{nurse}", 100 + day, f"clinic {nurse % 5}", "ask", "skip", 1))
    names = ["participant", "situation", "site", "prescribed", "taken", "weight"]
    found = action_at_a_distance(from_csv(pd.DataFrame(rows, columns=names), tmp_path))
    assert (found.estimate, found.n_situations) == (0.75, 200)
    assert "column 'participant'" in found.note
    assert "another row describes" not in found.note
    assert found.between().tau == 0


def test_an_observation_log_with_one_person_at_each_site() -> None:
    """Person and site are one: nothing is nested, and the figures are those by site."""
    table = twelve_sites().assign(person=lambda t: t["site"])
    one, other = action_at_a_distance(table), action_at_a_distance(table, person=None)
    assert one.interval().low == other.interval().low
    assert one.null.p_value == other.null.p_value


def test_two_columns_that_may_say_who_acted_are_asked_for() -> None:
    table = alert_log(1).assign(participant=lambda t: t["local"] + " patient")
    with pytest.raises(DataError, match=r"'Prescriber ID', 'participant' may each say so. Name it"):
        contingency_sensitivity(table)
    named = contingency_sensitivity(table, person="Prescriber ID", shuffles=9)
    assert "12 persons" in named.note


def test_a_log_on_polars_equals_that_on_pandas() -> None:
    polars = pytest.importorskip("polars")
    table = alert_log(6, alerts=15)
    one, other = (
        contingency_sensitivity(table, shuffles=19),
        contingency_sensitivity(polars.from_pandas(table), shuffles=19),
    )
    assert one.null == other.null
    assert one.note == other.note


def test_dates_that_cannot_be_read_are_named() -> None:
    """3 April and 5 February, or 4 March and 2 May: nothing in the column says which."""
    table = staggered()
    table["date"] = np.where(np.arange(len(table)) % 2, "03/04/2021", "05/02/2021")
    assert "the column 'date' cannot be read as dates (such as '05/02/2021')" in action_at_a_distance(table).note


def log(prescribed: list[str], taken: list[str], **columns: Any) -> pd.DataFrame:
    """Used as intended, at six sites in turn."""
    table = pd.DataFrame({"prescribed": prescribed, "taken": taken, "mode": "as-intended", **columns})
    return table if "site" in table else table.assign(site=[f"s{n % 6}" for n in range(len(table))])


def third_proposition(table: pd.DataFrame) -> tuple[dict[str, int], str]:
    """How many situations support and contradict P3, and the note at these numbers."""
    study = es.Study(
        pd.DataFrame({"unit": ["u"], "coder": ["ann"], "code": ["a"]}), situations=table.assign(distance=3)
    )
    result = es.evidence.evaluate_propositions(study)
    row = result.to_frame().loc[("P3", "situation")]
    assert result.note in repr(result)
    return {name: int(row[name]) for name in ("supports", "contradicts", "undetermined")}, result.note


def note_of_membership(found: Any, sites: Any) -> str:
    codings = pd.DataFrame({"unit": ["u"], "coder": ["ann"], "code": ["a"], "case": [sites[0]]})
    study = es.Study(codings, cases=pd.DataFrame({"case": list(sites)}))
    faithful = es.qca.FromFigures(found.by_site, "fidelity", anchors=(0.5, 0.7, 0.9))
    return es.qca.membership(study, conditions={"faithful": faithful}).note


@pytest.mark.parametrize("coinciding", [0, 10])
def test_actions_worded_otherwise_than_the_rule_are_said_wherever_they_count(coinciding: int, tmp_path: Path) -> None:
    """The log says "accepted" or "overridden": 15 of 30 were followed, and no count of equal wordings can know it."""
    same = ["no change"] * coinciding
    table = from_csv(log(["reduce dose"] * 30 + same, ["accepted", "overridden"] * 15 + same), tmp_path)
    found = action_at_a_distance(table, shuffles=9)
    counts, note = third_proposition(table)
    assert (found.estimate, counts["contradicts"]) == (pytest.approx(coinciding / (30 + coinciding)), 30)
    question = "such as 'reduce dose' and 'accepted': are the two columns written alike?"
    for text in (found.note, note, note_of_membership(found, found.by_site.index), found.methods_text()):
        assert question in text
        assert "'accepted' (15) is not a prescribed action, and so counts as not followed" in text
    section = enacted.situations(es.Study(pd.DataFrame({"unit": ["u"], "coder": "a", "code": "b"}), situations=table))
    assert section is not None
    assert any(question in str(row[-1]) for row in section.tables[0].rows)


@pytest.mark.parametrize(
    ("rule", "done"),
    [
        ("Refer", "refer"),
        ("Offer review", "offer  Review "),
        ("call, letter", "letter, call"),
        ("call + letter", "Letter + call"),
        ("call and letter", "letter and call"),
        ("call/letter", "letter / call"),
        ("call | letter", "letter | call"),
        ("call & letter; form", "form; letter, call"),
    ],
)
def test_actions_in_other_capitals_order_or_marks_are_the_same(rule: str, done: str, tmp_path: Path) -> None:
    """20 of 30 did what was prescribed, half of them in other spelling."""
    table = from_csv(log([rule] * 30, [rule, done, "nothing of it"] * 10), tmp_path)
    found = action_at_a_distance(table, shuffles=9)
    counts, note = third_proposition(table)
    assert found.estimate == pytest.approx(2 / 3)
    assert counts == {"supports": 20, "contradicts": 10, "undetermined": 0}
    for text in (found.note, note, note_of_membership(found, found.by_site.index)):
        assert "n 'prescribed' and 'taken', " in text
        assert "count as one" in text
    assert Situation(situation="s", prescribed=rule, taken=done).followed


def test_several_actions_in_a_cell_are_told_by_those_that_occur_alone() -> None:
    """Ten took one action of two: not followed, and said. Numbers and fractions are no sets."""
    found = action_at_a_distance(log(["call, letter"] * 20, ["call, letter"] * 10 + ["call"] * 5 + ["letter"] * 5))
    assert found.estimate == 0.5
    assert "in 10 situations a prescribed action was left out or another one added" in found.note
    assert "'call, letter' counts as several actions, each of which occurs by itself" in found.note
    half = action_at_a_distance(log(["call, letter"] * 20, ["call, letter"] * 10 + ["call"] * 10))
    assert "'call, letter' counts as one action: separate several actions by ';' if it is not" in half.note
    doses = action_at_a_distance(log(["2,5 mg", "1/2 tablet"] * 10, ["5,2 mg", "2/1 tablet"] * 10))
    assert doses.estimate == 0


@pytest.mark.parametrize(
    "word",
    ["unknown", "?", "missing", "not known", "Not documented", "n/k", "don't know", "unclear", "not recorded", "nan"],
)
def test_words_for_unknown_are_missing(word: str, tmp_path: Path) -> None:
    """Of 120 actions, 90 are known and all of these followed."""
    path = tmp_path / "log.csv"
    log(["list"] * 120, ["list", "list", "list", word] * 30).to_csv(path, index=False)
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    found = action_at_a_distance(table, shuffles=9)
    counts, note = third_proposition(table)
    assert (found.estimate, found.n_situations) == (1, 90)
    assert counts == {"supports": 90, "contradicts": 0, "undetermined": 30}
    assert "(30) counts as missing" in found.note
    assert "(30) counts as missing" in note


def test_what_the_system_recorded_is_a_category_even_if_unknown() -> None:
    """Half of the situations are in the category "Unknown": a residual of .5, not a missing category."""
    table = pd.DataFrame({"site": ["n", "s"] * 20, "local": list("aabb") * 10, "category": ["x", "Unknown"] * 20})
    found = emptying_out(table, residual="unknown")
    assert found.shares["residual"] == 0.5
    assert "'Unknown' (20) counts as a category" in found.note


@pytest.mark.parametrize("weight", ["Weight", "weights", "Count", "n", "frequency"])
def test_headers_in_capitals_and_other_names_of_weights(weight: str, tmp_path: Path) -> None:
    """Each site has 27 followed and 3 not: .9 over 360, in one row for each site and action."""
    rows = [(f"s{n}", "list", done, size) for n in range(12) for done, size in (("list", 27), ("call", 3))]
    table = pd.DataFrame(rows, columns=["Site", "Prescribed", "Taken", weight]).assign(
        Mode="As intended", Date="2021-03"
    )
    for given in (table, from_csv(table, tmp_path)):
        found = action_at_a_distance(given, shuffles=9)
        assert (found.estimate, found.n_situations, found.n_sites) == (pytest.approx(0.9), 360, 12)
        assert found.by_mode.index.tolist() == ["as-intended"]
        assert found.by_period.index.tolist() == ["2021-03"]
        named = f"each row counts as many times as the column {weight!r} says" in found.note
        assert named == (weight != "Weight")
    counts, _ = third_proposition(table)
    assert counts == {"supports": 324, "contradicts": 36, "undetermined": 0}
    study = es.Study(pd.DataFrame({"unit": ["u"], "coder": ["a"], "code": ["b"]}), situations=table)
    assert action_at_a_distance(study, site="Site", shuffles=9).estimate == pytest.approx(0.9)
    assert action_at_a_distance(table, weight=None, shuffles=9).estimate == 0.5


def test_a_column_that_numbers_the_rows_is_no_weight() -> None:
    found = action_at_a_distance(log(["a"] * 12, ["a", "b"] * 6, n=range(1, 13)))
    assert found.n_situations == 12
    assert "the column 'n' numbers the rows, so that each counts once" in found.note


def visits(seed: int, column: str = "visit", *, anew: bool = False) -> pd.DataFrame:
    """8 sites with 15 visits each: prescription and action are independent, and repeated in 1 to 7 rows of a visit."""
    rng = np.random.default_rng(seed)
    visit = np.repeat(np.arange(120), rng.integers(1, 8, 120))
    rule, done = (rng.choice(["list", "call"], 120)[visit] for _ in range(2))
    names = [str(n % 15) if anew else f"v{n}" for n in visit]
    site = [f"site {n // 15}" for n in visit]
    return pd.DataFrame({"site": site, column: names, "prescribed": rule, "taken": done})


def test_rows_of_one_visit_are_exchanged_together() -> None:
    """Independent between visits: p <= .05 in 5 % of tables, against more than 20 % where rows count as independent."""
    small = [action_at_a_distance(visits(seed), shuffles=19).null.p_value <= 0.05 for seed in range(6)]
    assert np.sum(small) <= 2  # P(more) = 0.002 at 5 %


@pytest.mark.parametrize("column", ["Visit ID", "encounter", "consultation_no", "episode", "Patient"])
def test_columns_of_visits_and_patients_are_found(column: str, tmp_path: Path) -> None:
    table = from_csv(visits(3, column, anew=True), tmp_path)
    found = action_at_a_distance(table, shuffles=19)
    rows = len(table) - 120
    assert f"{rows} rows repeat the {column!r} of another row" in found.note
    assert found.null.within.startswith("whole ")
    single = action_at_a_distance(table.drop(columns=column), shuffles=19)
    assert (found.by_site["high"] - found.by_site["low"]).mean() > (
        single.by_site["high"] - single.by_site["low"]
    ).mean()
    mixed = table.assign(taken=np.random.default_rng(0).choice(["list", "call"], len(table)))
    mixed["prescribed"] = np.random.default_rng(1).choice(["list", "call"], len(table))
    refused = action_at_a_distance(mixed, shuffles=19)
    assert math.isnan(refused.null.p_value)
    assert "keep one row of each for the comparison with chance" in refused.note
    once = table.drop_duplicates(["site", column])
    assert action_at_a_distance(once, shuffles=19).note == ""


def test_a_patient_who_comes_twice_among_hundreds_leaves_a_p_value() -> None:
    table = log(["a", "b", "b"] * 100, ["a", "b"] * 150, patient=[f"p{max(n, 1)}" for n in range(300)], site="n")
    found = action_at_a_distance(table, shuffles=19)
    assert found.null is not None
    assert found.null.p_value > 0
    assert "1 row repeats the 'patient' of another row" in found.note


def test_a_column_of_kinds_of_visits_groups_nothing() -> None:
    table = visits(3).assign(visit=lambda t: np.where(np.arange(len(t)) % 2, "at home", "by phone"))
    assert action_at_a_distance(table, shuffles=9).note == ""


@pytest.mark.parametrize("column", ["doctor", "GP", "respondent", "staff", "Nurse name", "staff_member"])
def test_other_names_of_columns_of_persons(column: str) -> None:
    found = contingency_sensitivity(alert_log(1).rename(columns={"Prescriber ID": column}), shuffles=9)
    assert f"situations lie within 12 persons (column {column!r})" in found.note
    assert found.null.within == "person"


def test_a_column_that_may_say_who_acted_is_asked_about() -> None:
    table = alert_log(1).rename(columns={"Prescriber ID": "treated by"})
    asked = "values of the column 'treated by' recur within sites, as the names of people do"
    found = contingency_sensitivity(table, shuffles=9)
    assert asked in found.note
    assert "p-values and intervals take the situations of a site as independent" in found.note
    assert asked not in contingency_sensitivity(table, person="treated by", shuffles=9).note
    assert asked not in contingency_sensitivity(table, person=None, shuffles=9).note
    rng = np.random.default_rng(0)
    other = table.drop(columns="treated by").assign(
        age=rng.integers(20, 80, len(table)), ward=rng.choice(list("abcde"), len(table))
    )
    assert contingency_sensitivity(other, shuffles=9).note == ""


def test_persons_with_one_name_at_several_sites_are_several() -> None:
    """Dr 0 to Dr 3 at each of six sites: 24 persons."""
    table = pd.DataFrame(
        {"doctor": [f"Dr {n % 4}" for n in range(240)], "site": [f"s{n // 4 % 6}" for n in range(240)]}
    )
    found = action_at_a_distance(table.assign(prescribed="a", taken=["a", "b", "a"] * 80), shuffles=9)
    assert "situations lie within 24 persons (column 'doctor')" in found.note
    assert "persons count within sites: there are 4 names, some at several sites" in found.note


def renamed_dates(name: str) -> pd.DataFrame:
    table = staggered()
    month = table["date"].str.split("/").str[1].astype(int)
    columns: dict[str, Any] = {
        "Date": {"Date": table["date"]},
        "timestamp": {"timestamp": "2021-" + month.astype(str).str.zfill(2) + "-03 10:20"},
        "month": {"month": month},
        "Quarter": {"Quarter": [f"Q{(number + 2) // 3}" for number in month]},
        "year and month": {"Year": 2021, "Month": month},
    }
    return table.drop(columns="date").assign(**columns[name])


@pytest.mark.parametrize("name", ["Date", "timestamp", "month", "Quarter", "year and month"])
def test_columns_of_periods_are_found_and_figures_by_site_say_what_they_count(name: str, tmp_path: Path) -> None:
    """In the same months all sites have the same fidelity: tau is 0, although figures by site differ."""
    found = action_at_a_distance(from_csv(renamed_dates(name), tmp_path), shuffles=9)
    assert found.between().tau == 0
    for text in (found.note, note_of_membership(found, found.by_site.index)):
        assert "sites cover different periods (by " in text
        assert "all of which by_site counts" in text


def test_sites_persons_and_categories_in_other_spelling_are_one(tmp_path: Path) -> None:
    """Three sites in two spellings each: fidelity .5 at each, of 20 situations."""
    table = pd.DataFrame({"site": ["North", "north", "South", "SOUTH ", "East", "e ast"] * 10, "prescribed": "a"})
    table["taken"] = ["a", "b", "b", "a", "a", "b"] * 10
    found = action_at_a_distance(from_csv(table, tmp_path), shuffles=9)
    assert found.by_site["fidelity"].tolist() == [0.5] * 3
    assert found.by_site["n_situations"].tolist() == [20] * 3
    assert "in 'site', " in found.note
    assert "'North' and 'north'" in found.note
    lost = emptying_out(
        pd.DataFrame({"site": "n", "local": ["a", "A", "b", "B"] * 5, "category": ["x", "X", "y", "y"] * 5})
    )
    assert lost.estimate == 0
    assert "in 'category', 'x' and 'X' count as one" in lost.note.replace("'X' and 'x'", "'x' and 'X'")


def test_rows_described_twice_without_a_coder_do_not_speak_of_coders() -> None:
    table = log(["a", "b"] * 6, ["a", "b", "b"] * 4, situation=[n // 2 for n in range(12)], site="n")
    assert "keep one row of each for the comparison with chance" in action_at_a_distance(table, shuffles=9).note


def test_few_sites_have_an_interval_that_is_not_reported() -> None:
    found = action_at_a_distance(log(["a"] * 40, ["a", "a", "b", "a"] * 10, site=[f"s{n // 10}" for n in range(40)]))
    with pytest.warns(DegenerateWarning, match="computed from 4 sites only: with fewer than 6"):
        assert found.interval().low < found.estimate
    assert "no interval over sites is reported, because 4 sites are too few" in found.methods_text()


def test_shares_are_no_counts_for_differences_between_sites() -> None:
    with pytest.raises(DataError, match=r"numbers of occasions, not shares; site 1 has 0.9 of 100. Give whole numbers"):
        es.enactment.heterogeneity([0.9, 0.8, 0.7], [100] * 3)
    assert es.enactment.heterogeneity([90, 80, 70], [100] * 3).typical == pytest.approx(0.81, abs=0.01)


def two_systems(column: str = "system") -> pd.DataFrame:
    """Booking at three sites and Record at three others: fidelity .9 and .2; each has one category and loses all."""
    rows = []
    for site in range(6):
        booking = site < 3
        for n in range(20):
            done = n < (18 if booking else 4)
            rows.append((f"S{site}", "Booking" if booking else "Record", "travel" if n % 2 else "language", done))
    table = pd.DataFrame(rows, columns=["site", column, "local", "done"])
    table["prescribed"], table["category"] = "do", table[column].str[:3]
    table["taken"] = np.where(table.pop("done"), "do", "skip")
    return table


@pytest.mark.parametrize("column", ["system", "System name", "case", "case_id"])
def test_figures_of_each_system_are_in_every_note_and_the_report(column: str, tmp_path: Path) -> None:
    """.9 at 60 situations and .2 at 60 pool to .55, which is the figure of no system."""
    table = from_csv(two_systems(column), tmp_path)
    found = action_at_a_distance(table, shuffles=9)
    assert found.estimate == pytest.approx(0.55)
    assert "Booking 0.90, Record 0.20" in found.note
    assert "Booking 1.00, Record 1.00" in emptying_out(table, shuffles=9).note
    study = es.Study(pd.DataFrame({"unit": ["u"], "coder": ["a"], "code": ["b"]})).with_situations(table)
    section = enacted.situations(study)
    assert section is not None
    rows = {str(row[0]): row for row in section.tables[0].rows}
    if "action at a distance" in rows:
        assert "Booking 0.90, Record 0.20" in str(rows["action at a distance"][-1])
    else:
        assert [rows[f"action at a distance · {name}"][1] for name in ("Booking", "Record")] == pytest.approx(
            [0.9, 0.2]
        )


def described_twice(situation: str, coder: str, *, anew: bool = False) -> pd.DataFrame:
    """100 situations, each described alike by two coders; what is done does not depend on them."""
    rng = np.random.default_rng(0)
    rows: list[tuple[Any, ...]] = []
    for site in range(5):
        for n in range(20):
            local, taken = rng.choice(["frail", "young"]), rng.choice(["do", "skip"])
            name = n + 1 if anew else site * 100 + n
            rows += [(name, f"S{site}", each, local, "do", taken) for each in ("Ann", "Ben")]
    return pd.DataFrame(rows, columns=[situation, "site", coder, "local", "prescribed", "taken"])


@pytest.mark.parametrize(
    ("situation", "coder"),
    [
        *(("situation_id", "coder_id"), ("Situation No", "Rater"), ("SituationNumber", "observer")),
        *(("situation nr", "reviewer name"), ("situation", "abstractor"), ("Situation ID", "auditor")),
    ],
)
def test_situations_and_coders_are_found_with_id_or_number_behind(situation: str, coder: str) -> None:
    """100 of 200 rows describe a situation that another describes: no p-value, and each counts once in P3."""
    found = contingency_sensitivity(described_twice(situation, coder), shuffles=9)
    assert math.isnan(found.null.p_value)
    assert "100 rows describe a situation that another row describes too" in found.note
    assert "person=" not in found.note
    assert found.by_coder.index.tolist() == ["Ann", "Ben"]


def test_each_situation_counts_once_in_evidence_whatever_its_column_is_called() -> None:
    table = described_twice("situation_id", "rater").assign(mode="as-intended")
    counts, note = third_proposition(table)
    assert counts["supports"] + counts["contradicts"] == 100
    assert "each situation counts once" in note


def test_coders_whose_rows_cannot_be_matched_are_said_at_the_p_value() -> None:
    """No column says that the rows of Ann and Ben are of the same 100 situations."""
    found = contingency_sensitivity(described_twice("id", "rater", anew=True), shuffles=9)
    assert "several coders may describe one situation" in str(found.null)
    assert "no column 'situation' says which of their rows describe the same one" in found.note
    alone = described_twice("id", "rater").query("rater == 'Ann'")
    assert "may describe one situation" not in str(contingency_sensitivity(alone, shuffles=9).null)
    _, note = third_proposition(described_twice("id", "rater").assign(mode="as-intended"))
    assert "each row counts as a situation of its own" in note


@pytest.mark.parametrize(("one", "other"), [("frail; alone", "alone;Frail"), ("frail, alone", "alone, frail")])
def test_descriptions_and_categories_in_another_order_are_one(one: str, other: str, tmp_path: Path) -> None:
    """Each description has a category of its own, so that nothing is lost."""
    rows = [(f"S{s}", x, c) for s in range(4) for x, c in ((one, "x; y"), (other, "y; x"), ("young", "z")) * 20]
    table = from_csv(pd.DataFrame(rows, columns=["site", "local", "category"]), tmp_path)
    found = emptying_out(table, residual="y;x", shuffles=9)
    assert found.estimate == 0
    assert found.shares["residual"] == pytest.approx(2 / 3)
    assert "in 'local', " in found.note
    assert "in 'category', " in found.note


WEIGHTED = [
    "alerts",
    "total",
    "number",
    "n_alerts",
    "no_of_alerts",
    "No. of alerts",
    "nAlerts",
    "alert_count",
    "orders",
]


@pytest.mark.parametrize("name", WEIGHTED)
def test_counted_logs_with_other_names_of_the_number(name: str, tmp_path: Path) -> None:
    """Followed 90 times and not 10 times at each of four sites: .9 over 400."""
    rows = [(site, done, n) for site in "ABCD" for done, n in (("do", 90), ("skip", 10))]
    table = pd.DataFrame(rows, columns=["site", "taken", name]).assign(prescribed="do", mode="as-intended")
    for given in (table, from_csv(table, tmp_path)):
        found = action_at_a_distance(given, shuffles=9)
        assert (found.estimate, found.n_situations) == (pytest.approx(0.9), 400)
        assert f"each row counts as many times as the column {name!r} says" in found.note
    assert third_proposition(from_csv(table, tmp_path))[0] == {"supports": 360, "contradicts": 40, "undetermined": 0}


def test_a_column_of_whole_numbers_that_alone_is_no_key_is_asked_about() -> None:
    rows = [(site, done, n) for site in "ABCD" for done, n in (("do", 90), ("skip", 10))]
    table = pd.DataFrame(rows, columns=["site", "taken", "hits"]).assign(prescribed="do", mode="as-intended")
    asked = "if 'hits' says how many situations a row stands for, pass weight='hits'"
    assert asked in action_at_a_distance(table, shuffles=9).note
    assert asked in third_proposition(table)[1]
    assert action_at_a_distance(table, weight="hits", shuffles=9).estimate == pytest.approx(0.9)
    assert action_at_a_distance(table, weight=None, shuffles=9).note == ""
    assert action_at_a_distance(table.rename(columns={"hits": "age"}), shuffles=9).note == ""
    patients = log(["a"] * 40, ["a", "b"] * 20, n_drugs=[1, 2, 3, 5] * 10)
    found = action_at_a_distance(patients, shuffles=9)
    assert found.n_situations == 40
    assert "pass weight='n_drugs'" in found.note


@pytest.mark.parametrize("name", ["created_at", "order_date", "alert time", "admitted"])
def test_a_column_of_dates_by_any_name_is_the_period(name: str, tmp_path: Path) -> None:
    """In the same months all sites have the same fidelity: tau is 0."""
    table = from_csv(staggered().rename(columns={"date": name}), tmp_path)
    found = action_at_a_distance(table, shuffles=9)
    assert found.between().tau == 0
    assert f"the column {name!r} is taken to say when" in found.note
    assert action_at_a_distance(table, period=None, shuffles=9).between().tau > 0.3
    both = action_at_a_distance(table.assign(discharged=table[name], birth_date="1950-01-01"), shuffles=9)
    assert f"{name!r}, 'discharged' hold dates; if one says when" in both.note


def test_sites_that_are_numbered_anew_in_each_case_are_several() -> None:
    """Sites 1 to 3 of A follow in .9, those of B in .2: six sites, none of .55."""
    table = two_systems("case").assign(site=lambda t: t["site"].str[1:].astype(int) % 3 + 1)
    found = action_at_a_distance(table, shuffles=9)
    assert found.n_sites == 6
    assert found.by_site["fidelity"].round(2).tolist() == [0.9] * 3 + [0.2] * 3
    assert found.by_site.index[0] == "Booking · 1"
    assert "sites of one name in several cases, such as '" in found.note
