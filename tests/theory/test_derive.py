from __future__ import annotations

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from expertsys.errors import DataError
from expertsys.theory import FRAMEWORK, Concept, Framework

KEYS = sorted(FRAMEWORK)
NPT = Framework(
    key="npt",
    name="Normalisation process theory",
    concepts=[
        Concept(key="coherence", name="Coherence", standing="proposed", wording="Making sense of new work."),
        Concept(key="coherence.shared", name="Shared", standing="proposed", wording="Making sense of it together."),
    ],
)


@given(st.sampled_from(KEYS))
def test_rename_there_and_back_gives_the_same_records(key):
    there = FRAMEWORK.rename({key: "quite-another-name"})
    assert key not in there
    back = there.rename({"quite-another-name": key})
    assert attrs.evolve(back, changes=()) == FRAMEWORK


def test_rename_reaches_every_reference():
    own = FRAMEWORK.rename({"focus-of-resistance": "target", "emptying-out": "hollowing-out", "P7": "four-targets"})
    text = own.to_json().replace(own.changes[0], "")
    assert "focus-of-resistance" not in text.replace("expertsys.", "")
    assert '"emptying-out"' not in text
    rule = own.proposition("four-targets").evidence[0]
    assert rule.bearing({"concepts": {"target", "target.policy"}}).value == "supports"
    assert own.changes[0].startswith("renamed 'focus-of-resistance' to 'target'")


def test_rename_of_a_frame_reaches_evidence_rules():
    own = FRAMEWORK.rename({"behaviourist": "blame"})
    rule = own.proposition("P5").evidence[0]
    assert rule.bearing({"concepts": {"resistance"}, "frames": {"blame"}}).value == "contradicts"


def test_rename_onto_a_taken_key():
    with pytest.raises(DataError, match="key 'trust': is given more than once"):
        FRAMEWORK.rename({"access-point": "trust"})


def test_drop_takes_members_and_relations_along():
    own = FRAMEWORK.drop("trust")
    assert "trust.facework" not in own
    assert not [relation for relation in own.relations if "trust" in (relation.subject, relation.object)]


def rested_on(key: str) -> bool:
    """Whether a proposition, its evidence, a frame or a measure refers to a concept or to one of its members."""
    records = [*FRAMEWORK.propositions, *FRAMEWORK.frames, *FRAMEWORK.measures]
    referred = {name for record in records for name in record.concepts}
    referred |= {name for frame in FRAMEWORK.frames for name in (*frame.voices, *frame.remedies)}
    for proposition in FRAMEWORK.propositions:
        for test in (test for rule in proposition.evidence for part in rule.conditions for test in part.tests()):
            referred |= set(test.value) if test.feature == "concepts" else set()
    return any(key == name or key in FRAMEWORK.ancestors(name) for name in referred)


@pytest.mark.parametrize("key", KEYS)
def test_drop_refuses_what_others_rest_on_and_nothing_else(key):
    if rested_on(key):
        with pytest.raises(DataError, match="would refer to what is no longer there"):
            FRAMEWORK.drop(key)
    else:
        own = FRAMEWORK.drop(key)
        assert key not in own
        assert not any(key in (concept.parent, *own.ancestors(concept.key)) for concept in own.concepts)


def test_drop_names_what_rests_on_it():
    with pytest.raises(
        DataError, match=r"drop 'emptying-out': proposition 'P4', frame 'sociological', measure"
    ) as caught:
        FRAMEWORK.drop("emptying-out")
    assert "Drop those too" in str(caught.value)
    own = FRAMEWORK.drop("emptying-out", "P4", "sociological", "emptying_out", "P5")
    assert "emptying-out" not in own


def test_revise():
    own = FRAMEWORK.revise("P1", note="Read otherwise.")
    assert own.proposition("P1").note == "Read otherwise."
    assert own.changes == ("revised 'P1': note",)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: FRAMEWORK.rename({"trusts": "x"}), r"rename: no record 'trusts'.*Did you mean 'trust'\?"),
        (lambda: FRAMEWORK.drop("trusts"), r"drop: no record 'trusts'"),
        (lambda: FRAMEWORK.revise("trusts", name="x"), r"revise: no record 'trusts'"),
        (lambda: FRAMEWORK.revise("trust", nam="x"), r"no field 'nam'.*Did you mean 'name'\?"),
        (lambda: FRAMEWORK.revise("trust", key="x"), r"no field 'key'.*Use rename for a key"),
        (lambda: FRAMEWORK.extend(concept=[]), r"no kind of record 'concept'.*Did you mean 'concepts'\?"),
        (lambda: FRAMEWORK.extend(concepts=["trust"]), r"Framework\.concepts: must be Concept, not 'trust'"),
        (lambda: FRAMEWORK.relate("trust", "overlaps with", "coherence"), "no concept 'coherence'"),
        (lambda: FRAMEWORK.relate("trust", "overlaps with", "coherent", to=NPT), r"no concept 'npt:coherent'"),
        (
            lambda: FRAMEWORK.relate("trust", "overlaps with", "coherence", to=NPT).relate(
                "trust", "overlaps with", "coherence", to=NPT.revise("coherence", name="Sense")
            ),
            r"relate: another framework of the key 'npt' is linked already",
        ),
    ],
)
def test_refused(call, message):
    with pytest.raises(DataError, match=message):
        call()


def test_related_framework_is_carried_along():
    own = FRAMEWORK.relate("professional-practice", "overlaps with", "coherence.shared", to=NPT)
    assert own["npt:coherence"] is NPT["coherence"]
    assert own.ancestors("npt:coherence.shared") == ("npt:coherence",)
    assert [child.key for child in own.children("npt:coherence")] == ["coherence.shared"]
    assert Framework.from_json(own.to_json()) == own
    assert "npt:coherence.shared" in own.describe("professional-practice")
    assert "Shared" in own.to_mermaid()
    assert own.related("npt:coherence.shared") == own.relations[-1:]
    twice = own.relate("trust", "overlaps with", "coherence", to=NPT)
    assert twice.linked == (NPT,)
