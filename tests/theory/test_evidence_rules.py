"""The rules of evidence of P1 to P7, held to the table from which they were written."""

from __future__ import annotations

import pytest

from expertsys.theory import EVIDENCE_FEATURES, FRAMEWORK, Bearing, EvidenceRule

NATIONAL = {"mandate_level": "national", "local_ownership": "little"}


def bearings(key: str, unit: str, features: dict[str, object]) -> list[str]:
    rules = [rule for rule in FRAMEWORK.proposition(key).evidence if rule.unit == unit]
    return [rule.bearing(features).value for rule in rules]


@pytest.mark.parametrize(
    ("key", "unit", "features", "expected"),
    [
        ("P1", "case", NATIONAL | {"prevailing_mode": "token"}, ["supports", "outside"]),
        ("P1", "case", NATIONAL | {"prevailing_mode": "workaround"}, ["supports", "outside"]),
        ("P1", "case", NATIONAL | {"prevailing_mode": "non-use"}, ["supports", "outside"]),
        ("P1", "case", NATIONAL | {"prevailing_mode": "as-intended"}, ["contradicts", "outside"]),
        ("P1", "case", NATIONAL | {"prevailing_mode": "adapted"}, ["silent", "outside"]),
        ("P1", "case", NATIONAL, ["undetermined", "outside"]),
        ("P1", "case", {"mandate_level": "national"}, ["undetermined", "undetermined"]),
        ("P1", "case", {"mandate_level": "local", "local_ownership": "some"}, ["outside", "outside"]),
        (
            "P1",
            "case",
            {"mandate_level": "local", "local_ownership": "much", "prevailing_mode": "non-use"},
            ["outside", "contradicts"],
        ),
        ("P3", "situation", {"distance": 3, "mode": "as-intended", "followed": True}, ["supports"]),
        ("P3", "situation", {"distance": 3, "mode": "as-intended", "followed": False}, ["contradicts"]),
        ("P3", "situation", {"distance": 3, "mode": "workaround", "followed": True}, ["contradicts"]),
        ("P3", "situation", {"distance": 3, "mode": "workaround", "followed": False}, ["silent"]),
        ("P3", "situation", {"distance": 3, "followed": True}, ["undetermined"]),
        ("P3", "situation", {"distance": 0, "mode": "as-intended", "followed": True}, ["outside"]),
        ("P4", "excerpt", {"concepts": {"emptying-out"}}, ["supports"]),
        ("P4", "excerpt", {"concepts": {"reembedding"}}, ["contradicts"]),
        ("P4", "excerpt", {"concepts": {"contingency-represented", "local-contingency"}}, ["contradicts"]),
        ("P4", "excerpt", {"concepts": {"emptying-out", "reembedding"}}, ["mixed"]),
        ("P4", "excerpt", {"concepts": {"trust"}}, ["silent"]),
        ("P4", "excerpt", {"concepts": {"emptying-out", "mode-of-use.non-use"}}, ["outside"]),
        ("P4", "situation", {"concepts": {"emptying-out"}, "mode": "adapted"}, ["supports"]),
        ("P4", "situation", {"concepts": {"emptying-out"}, "mode": "non-use"}, ["outside"]),
        (
            "P5",
            "excerpt",
            {"concepts": {"resistance", "professional-practice.role"}, "frames": {"sociological"}},
            ["supports"],
        ),
        ("P5", "excerpt", {"concepts": {"resistance"}, "frames": {"behaviourist"}}, ["contradicts"]),
        ("P5", "excerpt", {"concepts": {"resistance"}, "frames": set()}, ["silent"]),
        ("P5", "excerpt", {"concepts": {"resistance"}, "frames": {"behaviourist", "sociological"}}, ["silent"]),
        ("P5", "excerpt", {"concepts": {"trust"}, "frames": {"behaviourist"}}, ["outside"]),
        ("P6", "case", {"concepts": {"remedy", "resistance.persists"}}, ["supports"]),
        ("P6", "case", {"concepts": {"infrastructure.rewards-and-punishments", "resistance.ends"}}, ["contradicts"]),
        ("P6", "case", {"concepts": {"resistance.ends"}}, ["outside"]),
        ("P7", "excerpt", {"concepts": {"resistance", "focus-of-resistance.policy"}}, ["supports"]),
        ("P7", "excerpt", {"concepts": {"resistance"}}, ["contradicts"]),
        ("P7", "excerpt", {"concepts": {"trust"}}, ["outside"]),
    ],
)
def test_bearing(key, unit, features, expected):
    assert bearings(key, unit, features) == expected


def test_rules_read_documented_features_only():
    for proposition in FRAMEWORK.propositions:
        for rule in proposition.evidence:
            for part in rule.conditions:
                assert set(part.features) <= set(EVIDENCE_FEATURES)


def test_the_closure_of_a_members_code_is_what_rules_expect():
    concepts = FRAMEWORK.closure(["focus-of-resistance.policy", "professional-practice.role"])
    assert bearings("P7", "excerpt", {"concepts": concepts}) == ["supports"]
    frames = FRAMEWORK.frames_of(["resistance", "explanatory-frame.behaviourist.rational-actor"])
    assert bearings("P5", "excerpt", {"concepts": {"resistance"}, "frames": frames}) == ["contradicts"]


def test_a_rule_without_contradiction_is_silent_otherwise():
    rule = EvidenceRule(unit="case", wording="So.", where=[], supports={"feature": "x", "op": "==", "value": 1})
    assert rule.bearing({"x": 2}) is Bearing.SILENT
    assert rule.bearing({}) is Bearing.UNDETERMINED
