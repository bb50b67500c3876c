from __future__ import annotations

import pytest

from expertsys.errors import DataError
from expertsys.theory import (
    SITUATION_COLUMNS,
    AccessPoint,
    ActionAtADistance,
    ActiveAgency,
    Disembedding,
    ExplanatoryFrame,
    ExternalStructure,
    FocusOfResistance,
    InternalStructure,
    LocalContingency,
    ModeOfUse,
    Outcome,
    PositionPractice,
    ProfessionalPractice,
    Reembedding,
    Resistance,
    Rule,
    Situation,
    Structuration,
    Trust,
    choose_and_book,
)

PRACTICE = ProfessionalPractice(profession="general practice", roles="advocate", judgement="is it urgent?")


def test_columns_of_a_table_of_situations():
    assert SITUATION_COLUMNS == (
        "situation",
        "case",
        "site",
        "role",
        "date",
        "local",
        "category",
        "prescribed",
        "taken",
        "mode",
        "distance",
        "coder",
        "weight",
    )


@pytest.mark.parametrize(
    ("prescribed", "taken", "followed"),
    [("book", "book", True), ("book", "write", False), (None, "write", None), ("book", None, None)],
)
def test_followed(prescribed, taken, followed):
    assert Situation(situation="s1", prescribed=prescribed, taken=taken).followed is followed


@pytest.mark.parametrize("spelt", ["as-intended", "as intended", "AS_INTENDED", " As Intended "])
def test_vocabularies_forgive_case_and_blanks(spelt):
    assert Situation(situation="s1", mode=spelt).mode is ModeOfUse.AS_INTENDED


@pytest.mark.parametrize(
    ("mode", "site", "distant", "can_apply"),
    [
        ("as-intended", "practice", True, True),
        ("workaround", "practice", True, False),
        ("as-intended", "department", False, False),
        (None, "practice", True, None),
        ("as-intended", None, None, None),
        ("workaround", None, None, False),
    ],
)
def test_action_at_a_distance(mode, site, distant, can_apply):
    rule = Rule(action="book online", when=[], authored_at="department")
    found = ActionAtADistance.of(rule, Situation(situation="s1", site=site, mode=mode, taken="other"))
    assert (found.distant, found.can_apply) == (distant, can_apply)
    assert found.what == ("book online",)


def test_resistance_is_a_relation_and_takes_its_mode_from_the_situation():
    seen = Resistance(
        system=choose_and_book(),
        practice=PRACTICE,
        situation=Situation(situation="s1", mode="token"),
        disrupts="advocate",
        focus=["policy", FocusOfResistance.JUDGEMENT],
        reported_in="behaviourist",
    )
    assert seen.mode is ModeOfUse.TOKEN
    assert seen.focus == (FocusOfResistance.POLICY, FocusOfResistance.JUDGEMENT)
    assert seen.reported_in is ExplanatoryFrame.BEHAVIOURIST
    assert seen.concepts == (
        "resistance",
        "focus-of-resistance.policy",
        "focus-of-resistance.judgement",
        "mode-of-use.token",
        "explanatory-frame.behaviourist",
    )


def test_reembedding_leads_back_to_the_system():
    lifted = Disembedding(relation="referral", from_context="a", to_span="b", system=choose_and_book())
    pinned = Reembedding(disembedding=lifted, arrangement="a telephone call", full=True, site="practice 1")
    assert pinned.system is choose_and_book()
    assert str(pinned).endswith("pinned down fully at practice 1 by a telephone call")


def test_access_point():
    trusts = [Trust(commitment=kind, by="patient", of=kind) for kind in ("facework", "faceless", "facework")]
    point = AccessPoint(site="surgery", role="nurse", commitments=trusts)
    assert [trust.of for trust in point.resting_on("facework")] == ["facework", "facework"]


CYCLE = Structuration(
    agent="nurse",
    external=ExternalStructure(
        conditions="pay depends on fields",
        positions=[PositionPractice(position="nurse", practices="review", relations=("patient", "manager"))],
    ),
    internal=InternalStructure(dispositions="patient first", conjunctural_knowledge="audit is due"),
    agency=ActiveAgency(actions="listens, then fills fields"),
    outcomes=[Outcome(description="reviews take longer", intended=False, feeds_back_on="nurse")],
)


def test_the_cycle_is_walked_in_order():
    assert [str(step) for step in CYCLE.walk()] == [
        "external structure: pay depends on fields; nurse does review with patient, manager",
        "internal structure: patient first; audit is due",
        "active agency: listens, then fills fields",
        "outcome: reviews take longer (unintended), feeding back on nurse",
    ]
    assert str(Structuration(agent="nurse").walk()[3]) == "outcome: nothing known"


def test_conduct_and_context_analysis_share_the_cycle_between_them():
    conduct, context = CYCLE.conduct_analysis(), CYCLE.context_analysis()
    assert [step.concept for step in conduct] == ["internal-structure", "active-agency"]
    assert [step.concept for step in context] == ["external-structure", "outcome"]
    assert {*conduct, *context} == set(CYCLE.walk())


def test_outcomes_are_conditions_of_the_next_turn_and_only_once():
    following = CYCLE.next_turn(agency=ActiveAgency(actions="asks for more time"))
    assert following.external.conditions == ("pay depends on fields", "reviews take longer")
    assert following.external.positions == CYCLE.external.positions
    assert following.internal == CYCLE.internal
    assert following.outcomes == ()
    assert following.next_turn().external == following.external


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Situation(situation=""), r"Situation\.situation: must be text"),
        (
            lambda: Situation(situation="s", mode="worked around"),
            r"ModeOfUse: must be one of .* Did you mean 'workaround'",
        ),
        (lambda: Situation(situation="s", distance=-1), r"Situation\.distance: must be a number of at least 0, not -1"),
        (lambda: Situation(situation="s", weight=0), r"Situation\.weight: must be a number above 0, not 0"),
        (
            lambda: Situation(situation="s", weight=float("nan")),
            r"Situation\.weight: must be a number above 0, not nan",
        ),
        (lambda: Situation(situation="s", local=["a", ""]), r"Situation\.local: must be texts"),
        (lambda: Situation(situation="s", contingencies=["x"]), r"Situation\.contingencies: must be LocalContingency"),
        (lambda: LocalContingency(kind="weather", description="rain"), r"ContingencyKind: must be one of"),
        (
            lambda: Resistance(
                system=choose_and_book(),
                practice=PRACTICE,
                situation=Situation(situation="s"),
                disrupts="advocat",
            ),
            r"Resistance\.disrupts: no element of the practice 'advocat'.*Did you mean 'advocate'\?",
        ),
        (
            lambda: Resistance(system="choose-and-book", practice=PRACTICE, situation=Situation(situation="s")),
            r"Resistance\.system: must be ExpertSystem, not 'choose-and-book'",
        ),
        (
            lambda: Disembedding(
                relation="a", from_context="b", to_span="c", mechanism="symbolic token", system=choose_and_book()
            ),
            r"Disembedding\.system: must be None where the mechanism is 'symbolic-token'",
        ),
        (lambda: Reembedding(disembedding="x", arrangement="y"), r"Reembedding\.disembedding: must be Disembedding"),
        (lambda: Outcome(description="x", intended="yes"), r"Outcome\.intended: must be True, False or None"),
        (lambda: ActionAtADistance(as_intended="no"), r"ActionAtADistance\.as_intended: must be True, False or None"),
    ],
)
def test_refused(make, message):
    with pytest.raises(DataError, match=message):
        make()
