"""The list of concepts, propositions and facts, each held to a record, a class or an instance, with its source."""

from __future__ import annotations

import re
from enum import Enum
from operator import attrgetter

import attrs
import pytest
import specification as spec

import expertsys.theory as theory
from expertsys.theory import FRAMEWORK, ExpertSystem, PropositionKind, Standing, standings

SYSTEMS = {
    system.key: system for system in (theory.choose_and_book(), theory.qof_templates(), theory.summary_care_record())
}


def by_name(name: str) -> type:
    return getattr(theory, name)


@pytest.mark.parametrize(("name", "key", "standing", "sources"), spec.CONCEPTS)
def test_concept_has_record_class_and_docstring(name, key, standing, sources):
    concept = FRAMEWORK[key]
    cls = by_name(name)
    assert FRAMEWORK.of(cls) is concept
    assert concept.standing.value == standing
    assert set(sources) <= {str(citation) for citation in concept.sources}
    assert attrs.has(cls) or issubclass(cls, Enum)
    assert re.search(rf"Standing:\s+{standing}", cls.__doc__)
    for source in sources:
        assert source.split()[0] in cls.__doc__


@pytest.mark.parametrize("name", [row[0] for row in spec.CONCEPTS])
def test_classes_are_frozen(name):
    cls = by_name(name)
    if issubclass(cls, Enum):
        with pytest.raises(AttributeError):
            next(iter(cls)).value = "other"
    else:
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            setattr(object.__new__(cls), attrs.fields(cls)[0].name, "other")


@pytest.mark.parametrize(("name", "field", "standing"), spec.FIELDS)
def test_standing_of_field(name, field, standing):
    assert standings(by_name(name))[field].value == standing


@pytest.mark.parametrize("name", [row[0] for row in spec.CONCEPTS])
def test_record_and_class_agree_on_standings(name):
    cls = by_name(name)
    concept = FRAMEWORK.of(cls)
    found = {} if issubclass(cls, Enum) else standings(cls)
    for part in concept.parts:
        if part.name in found:
            assert found[part.name] is part.standing, part.name
    marked = {field: standing for field, standing in found.items() if standing is Standing.COMPANION}
    if concept.standing is not Standing.COMPANION:
        assert set(marked) == {part.name for part in concept.parts if part.standing is Standing.COMPANION}


@pytest.mark.parametrize(("name", "members"), spec.VOCABULARIES)
def test_vocabulary_and_its_members_as_concepts(name, members):
    vocabulary = by_name(name)
    assert {member.value for member in vocabulary} == members
    for member in vocabulary:
        assert FRAMEWORK[member.concept].parent == member.concept.rpartition(".")[0]


@pytest.mark.parametrize(("key", "kind", "standing", "source", "phrase"), spec.PROPOSITIONS)
def test_proposition(key, kind, standing, source, phrase):
    proposition = FRAMEWORK.proposition(key)
    assert (proposition.kind.value, proposition.standing.value) == (kind, standing)
    assert [citation.key for citation in proposition.sources] == [source]
    assert phrase in proposition.wording
    assert FRAMEWORK.rests_on(key)
    assert all(rule.standing is Standing.PROPOSED for rule in proposition.evidence)
    assert bool(proposition.evidence) == (proposition.kind is not PropositionKind.DEFINITION)


def test_nothing_beyond_the_seven_propositions():
    assert [each.key for each in FRAMEWORK.propositions] == [row[0] for row in spec.PROPOSITIONS]


@pytest.mark.parametrize("key", spec.SOURCES)
def test_source_is_in_the_framework(key):
    assert FRAMEWORK.source(key).key == key


@pytest.mark.parametrize(("key", "concepts"), spec.MEASURES)
def test_measure_is_proposed_and_says_its_limits(key, concepts):
    measure = FRAMEWORK.measure(key)
    assert measure.standing is Standing.PROPOSED
    assert measure.function.rpartition(".")[2] == key
    assert set(concepts) <= set(measure.concepts)
    for concept in concepts:
        assert measure in FRAMEWORK.operationalised_by(concept)


def test_frames_have_voices_and_remedies():
    behaviourist = FRAMEWORK.frame("behaviourist")
    standing = {key: FRAMEWORK[key].standing.value for key in behaviourist.voices}
    assert list(standing.values()) == ["source", "companion"]
    assert {key.rpartition(".")[2] for key in behaviourist.remedies} == {"training", "incentives", "sanctions"}
    assert [frame.key for frame in FRAMEWORK.frames] == ["behaviourist", "sociological"]


@pytest.mark.parametrize(("key", "name", "value", "to", "denominator", "period", "scope", "sources"), spec.FACTS)
def test_fact(key, name, value, to, denominator, period, scope, sources):
    rows = [
        (fact.value, fact.to, fact.denominator, fact.period, fact.scope, [each.key for each in fact.sources])
        for fact in SYSTEMS[key].series(name)
    ]
    assert rows.count((value, to, denominator, period, scope, sources)) == 1


@pytest.mark.parametrize("key", SYSTEMS)
def test_no_fact_beyond_the_list(key):
    system = SYSTEMS[key]
    targets = (getattr(system.infrastructure, "targets", None) or ()) if system.infrastructure else ()
    facts = (*system.documented_use, *system.facts, *targets)
    assert len(facts) == sum(row[0] == key for row in spec.FACTS)
    assert len(system.findings) == sum(row[0] == key for row in spec.FINDINGS)


@pytest.mark.parametrize(("key", "path", "value", "source"), spec.PARTS)
def test_documented_field_with_its_source(key, path, value, source):
    part, field = path.split(".")
    owner = getattr(SYSTEMS[key], part)
    assert getattr(owner, field) == value
    assert [citation.key for citation in owner.sources[field]] == [source]


@pytest.mark.parametrize(("key", "path"), spec.UNKNOWN)
def test_unknown_stays_unknown(key, path):
    assert attrgetter(path)(SYSTEMS[key]) is None


@pytest.mark.parametrize("key", SYSTEMS)
def test_every_known_field_of_every_part_has_a_source(key):
    system = SYSTEMS[key]
    for part in filter(None, (system.mandate, system.infrastructure, system.technology)):
        known = {name for name, value in attrs.asdict(part, recurse=False).items() if value is not None}
        assert known - {"sources", "targets"} == set(part.sources)
    assert set(system.sources) == {"purpose"}


@pytest.mark.parametrize(("key", "phrase", "source"), spec.FINDINGS)
def test_finding(key, phrase, source):
    (finding,) = [each for each in SYSTEMS[key].findings if phrase in each.wording]
    assert [citation.key for citation in finding.sources] == [source]


@pytest.mark.parametrize("key", SYSTEMS)
def test_systems_point_to_known_sources_and_concepts(key):
    system = SYSTEMS[key]
    assert isinstance(system, ExpertSystem)
    for source in system.source_keys():
        assert FRAMEWORK.source(source).key == source
    for finding in system.findings:
        for concept in finding.concepts:
            assert concept in FRAMEWORK
