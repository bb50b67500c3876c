from __future__ import annotations

import re
import sys

import pytest

from expertsys.errors import MissingDependencyError
from expertsys.theory import FRAMEWORK, Standing


def test_print_shows_every_record_with_its_standing():
    text = str(FRAMEWORK)
    flat = " ".join(text.split())
    for concept in FRAMEWORK.concepts:
        assert f"[{concept.key}] ({'; '.join((concept.standing, *map(str, concept.sources)))})" in flat
    for proposition in FRAMEWORK.propositions:
        assert f"{proposition.key} ({proposition.kind.value}; {proposition.standing.value}" in text
        assert proposition.wording in flat
    for measure in FRAMEWORK.measures:
        assert f"[{measure.key}] (proposed)" in text
    for source in FRAMEWORK.sources:
        assert f"{source.key}: {source}" in flat
    assert max(map(len, text.splitlines())) <= 110


def test_repr_is_short():
    assert repr(FRAMEWORK).startswith("Framework('expert-systems': ")
    assert len(repr(FRAMEWORK)) < 130


@pytest.mark.parametrize(
    ("key", "shows"),
    [
        ("emptying-out", ["tend to", "invariably", "P4", "expertsys.enactment.emptying_out (proposed)", "(invented)"]),
        ("focus-of-resistance", ["Members: focus-of-resistance.policy"]),
        ("P3", ["claim; source", "Evidence (proposed), situations where distance > 0", "contradicts:"]),
        ("P2", ["never as supported"]),
        ("behaviourist", ["Voices:", "Remedies:", "Spoken for by:"]),
        ("coverage", ["the framework as a whole", "Limits:"]),
        ("giddens1990", ["Consequences of Modernity"]),
    ],
)
def test_one_record(key, shows):
    text = " ".join(FRAMEWORK.describe(key).split())
    for words in shows:
        assert words in text


def test_mermaid():
    lines = FRAMEWORK.to_mermaid().splitlines()
    assert lines[0] == "flowchart LR"
    nodes = dict(re.match(r'  (c\d+)\["(.*)"\]:::(?:\w+)$', line).groups() for line in lines if '["' in line)
    edges = [re.match(r'  (c\d+) -->\|"(.*)"\| (c\d+)$', line).groups() for line in lines if "-->" in line]
    assert len(edges) == len(FRAMEWORK.relations)
    named = {(nodes[start], kind, nodes[end]) for start, kind, end in edges}
    assert ("Expert system", "disrupts", "Professional practice") in named
    for standing in Standing:
        assert any(line.startswith(f"  classDef {standing.value} ") for line in lines)


def test_mermaid_with_members_shows_all_concepts_and_no_edge_twice():
    lines = FRAMEWORK.to_mermaid(members=True).splitlines()
    assert sum('["' in line for line in lines) == len(FRAMEWORK)
    pairs = [frozenset(re.findall(r"c\d+", line)) for line in lines if "---" in line]
    related = [frozenset(re.findall(r"\bc\d+\b", line)) for line in lines if "-->" in line]
    assert not set(pairs) & set(related)


def test_networkx():
    networkx = pytest.importorskip("networkx")
    graph = FRAMEWORK.to_networkx()
    assert graph.nodes["emptying-out"]["standing"] == "source"
    assert graph.nodes["emptying_out"]["record"] == "measure"
    assert graph.get_edge_data("P4", "emptying-out")[0]["kind"] == "rests on"
    assert graph.get_edge_data("focus-of-resistance.policy", "focus-of-resistance")[0]["kind"] == "is a member of"
    records = (FRAMEWORK.concepts, FRAMEWORK.propositions, FRAMEWORK.frames, FRAMEWORK.measures)
    assert graph.number_of_nodes() == sum(map(len, records))
    assert networkx.is_weakly_connected(graph.subgraph({"mandate", "expert-system", "emptying-out", "P4"}))


def test_networkx_absent(monkeypatch):
    monkeypatch.setitem(sys.modules, "networkx", None)
    with pytest.raises(MissingDependencyError, match=r'pip install "expertsys\[graph\]"'):
        FRAMEWORK.to_networkx()


def test_codebook_rows_are_ready_to_code_with():
    rows = FRAMEWORK.codebook_rows()
    names = [row["name"] for row in rows]
    assert len(set(names)) == len(names)
    for at, row in enumerate(rows):
        assert row["concept"] in FRAMEWORK
        assert all(row[column] for column in ("definition", "inclusion", "exclusion"))
        assert row["example"].startswith("(invented) ")
        assert row["parent"] is None or row["parent"] in names[:at]
    assert {row["concept"]: row["parent"] for row in rows}["focus-of-resistance.policy"] == "Focus of resistance"


def test_every_concept_that_evidence_reads_can_be_coded():
    coded = {row["concept"] for row in FRAMEWORK.codebook_rows()}
    for proposition in FRAMEWORK.propositions:
        for rule in proposition.evidence:
            for test in (test for part in rule.conditions for test in part.tests()):
                if test.feature == "concepts":
                    for key in test.value:
                        members = {concept.key for concept in FRAMEWORK.children(key)}
                        assert key in coded or members & coded


def test_inclusion_and_exclusion_are_sentences_and_differ():
    for row in FRAMEWORK.codebook_rows():
        assert row["exclusion"].endswith(".")
        assert row["inclusion"] != row["exclusion"]
