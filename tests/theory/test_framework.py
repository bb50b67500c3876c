from __future__ import annotations

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from expertsys._core.references import Reference
from expertsys.errors import DataError
from expertsys.theory import FRAMEWORK, Compare, Concept, EvidenceRule, Framework, Proposition, Relation, RelationKind

KEYS = st.sampled_from(sorted(FRAMEWORK))


def concept(key: str, **fields: object) -> Concept:
    return Concept(**{"key": key, "name": key.capitalize(), "standing": "proposed", "wording": "Something."} | fields)


def test_mapping_access():
    assert "emptying-out" in FRAMEWORK
    assert "P4" not in FRAMEWORK
    assert len(list(FRAMEWORK)) == len(FRAMEWORK) == len(FRAMEWORK.concepts)
    assert FRAMEWORK["emptying-out"] is FRAMEWORK.concept("emptying-out")
    assert FRAMEWORK.source(FRAMEWORK["disembedding"].sources[0]).key == "giddens1990"


@pytest.mark.parametrize(
    ("method", "key", "message"),
    [
        ("concept", "emptying out", r"no concept 'emptying out'.*Did you mean 'emptying-out'\?"),
        ("concept", "npt:coherence", "no concept 'npt:coherence'"),
        ("proposition", "P8", "no proposition 'P8'; there are: 'P1'"),
        ("frame", "behaviorist", r"Did you mean 'behaviourist'\?"),
        ("measure", "emptying-out", r"Did you mean 'emptying_out'\?"),
        ("source", "giddens1991", r"Did you mean 'giddens1990'\?"),
        ("related", "trusts", r"Did you mean 'trust'\?"),
        ("describe", "trusts", r"Did you mean 'trust'\?"),
        ("propositions_on", "trusts", r"Did you mean 'trust'\?"),
        ("operationalised_by", "trusts", r"Did you mean 'trust'\?"),
        ("of", Relation, r"no concept with the class 'Relation'"),
    ],
)
def test_unknown_key(method, key, message):
    with pytest.raises(DataError, match=message):
        getattr(FRAMEWORK, method)(key)


def test_queries():
    assert {child.key for child in FRAMEWORK.children("focus-of-resistance")} == {
        f"focus-of-resistance.{name}" for name in ("policy", "sociomaterial", "judgement", "relations")
    }
    assert FRAMEWORK.ancestors("explanatory-frame.behaviourist.rational-actor") == (
        "explanatory-frame.behaviourist",
        "explanatory-frame",
    )
    assert [each.key for each in FRAMEWORK.propositions_on("emptying-out")] == ["P4"]
    assert "expert-system disrupts professional-practice" in map(str, FRAMEWORK.related("professional-practice"))
    assert FRAMEWORK.frames_of(["resistance"]) == ()
    assert FRAMEWORK.frames_of(["explanatory-frame.behaviourist.stubborn-clinician"]) == ("behaviourist",)
    assert FRAMEWORK.frames_of(["professional-practice.role", "explanatory-frame.behaviourist"]) == (
        "behaviourist",
        "sociological",
    )


@given(st.lists(KEYS, max_size=5))
def test_closure_holds_all_above_and_is_idempotent(keys):
    closed = FRAMEWORK.closure(keys)
    assert set(keys) <= closed
    assert all(FRAMEWORK[key].parent in (None, *closed) for key in closed)
    assert FRAMEWORK.closure(closed) == closed


FAULTS = {
    "parent": ({"concepts": [concept("a", parent="resistence")]}, r"concept 'a', parent: no concept 'resistence'"),
    "itself": ({"concepts": [concept("a", parent="b"), concept("b", parent="a")]}, r"its own ancestor"),
    "source": ({"concepts": [concept("a", sources="giddens1991 p. 3")]}, r"concept 'a': no source 'giddens1991'"),
    "twice": ({"concepts": [concept("emptying-out")]}, r"key 'emptying-out': is given more than once"),
    "name": ({"concepts": [concept("a", name="Trust")]}, r"concept name 'Trust': is given more than once"),
    "relation": (
        {"relations": [Relation("trust", "disrupts", "emptying", "proposed")]},
        r"relation 'trust disrupts emptying': no concept 'emptying'",
    ),
    "kind": (
        {"relations": [Relation("trust", "disrupt", "resistance", "proposed")]},
        r"no relation kind 'disrupt'.*Did you mean 'disrupts'\?",
    ),
    "proposition": (
        {"propositions": [Proposition(key="P8", kind="claim", wording="So.", standing="proposed", concepts="trusts")]},
        r"proposition 'P8': no concept 'trusts'.*Did you mean 'trust'\?",
    ),
    "evidence": (
        {
            "propositions": [
                Proposition(
                    key="P8",
                    kind="claim",
                    wording="So.",
                    standing="proposed",
                    concepts="trust",
                    evidence=[
                        EvidenceRule(unit="excerpt", wording="So.", where=[Compare("concepts", "includes", "trusts")])
                    ],
                )
            ]
        },
        r"proposition 'P8', evidence rule 1: no concept 'trusts'",
    ),
    "frame in evidence": (
        {
            "propositions": [
                Proposition(
                    key="P8",
                    kind="claim",
                    wording="So.",
                    standing="proposed",
                    concepts="trust",
                    evidence=[EvidenceRule(unit="excerpt", wording="So.", where=[Compare("frames", "==", ["social"])])],
                )
            ]
        },
        r"evidence rule 1: no frame 'social'",
    ),
    "linked": ({"linked": [FRAMEWORK, FRAMEWORK]}, r"linked framework 'expert-systems': is given more than once"),
}


@pytest.mark.parametrize(("records", "message"), FAULTS.values(), ids=FAULTS)
def test_every_reference_must_resolve(records, message):
    changed = {name: (*getattr(FRAMEWORK, name), *given) for name, given in records.items()}
    with pytest.raises(DataError, match=message):
        attrs.evolve(FRAMEWORK, **changed)


@pytest.mark.parametrize(("kind", "field"), [("frames", "voices"), ("frames", "remedies"), ("measures", "concepts")])
def test_frames_and_measures_must_resolve(kind, field):
    record = getattr(FRAMEWORK, kind)[0]
    with pytest.raises(DataError, match=rf"{record.key}.*no concept 'trusts'"):
        FRAMEWORK.revise(record.key, **{field: ("trusts",)})


def test_all_faults_at_once():
    with pytest.raises(DataError) as caught:
        FRAMEWORK.extend(concepts=[concept("a", parent="x", sources="y"), concept("trust")])
    assert [fault.place for fault in caught.value.faults] == [
        "key 'trust'",
        "concept name 'Trust'",
        "concept 'a'",
        "concept 'a', parent",
    ]


@pytest.mark.parametrize("standing", ["source", "companion", "background"])
def test_only_what_is_proposed_may_lack_a_source(standing):
    with pytest.raises(DataError, match="and no source"):
        concept("a", standing=standing)
    with pytest.raises(DataError, match="and no source"):
        Relation("a", "disrupts", "b", standing)


def test_a_definition_has_no_evidence_rules():
    rule = EvidenceRule(unit="case", wording="So.", where=[])
    with pytest.raises(DataError, match="Proposition 'P2': is a definition"):
        FRAMEWORK.revise("P2", evidence=[rule])


def test_round_trip():
    again = Framework.from_json(FRAMEWORK.to_json())
    assert again == FRAMEWORK
    assert hash(again) == hash(FRAMEWORK)
    assert again.to_json() == FRAMEWORK.to_json()


def test_from_file(tmp_path):
    path = tmp_path / "own.toml"
    path.write_text(
        """
        key = "own"
        name = "Own"
        [[concepts]]
        key = "trust"
        name = "Trust"
        standing = "background"
        sources = "giddens1990 p. 80"
        wording = "Reliance."
        """,
        encoding="utf-8",
    )
    assert str(Framework.from_file(path)["trust"].sources[0]) == "giddens1990 p. 80"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda data: data["concepts"][2].update(standing="sorce"), r"\$\.concepts\[2\]\.standing: .*mean 'source'"),
        (lambda data: data["concepts"][2].update(nme="x"), r"\$\.concepts\[2\]: no field of Concept 'nme'"),
        (lambda data: data["concepts"][2].pop("wording"), r"\$\.concepts\[2\]: Concept needs the field 'wording'"),
        (lambda data: data["concepts"][2].update(name=3), r"\$\.concepts\[2\]\.name: must be str, not 3"),
        (lambda data: data["concepts"][2].update(wording=" "), r"Concept\.wording: must be text that is not blank"),
        (lambda data: data["concepts"][0].update(sources=[5]), r"\$\.concepts\[0\]\.sources\[0\]: must be a reference"),
        (lambda data: data["concepts"].append("x"), r"must be Concept, not 'x'"),
        (
            lambda data: data["propositions"][0]["evidence"][0].update(where={"feature": "a"}),
            r"\$\.propositions\[0\]\.evidence\[0\]\.where: a comparison has",
        ),
    ],
)
def test_faults_in_plain_data_are_located(change, message):
    data = FRAMEWORK.to_dict()
    change(data)
    with pytest.raises(DataError, match=message):
        Framework.from_dict(data)


def test_text_that_is_no_json():
    with pytest.raises(DataError, match="framework: is no JSON"):
        Framework.from_json("{")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("own.yaml", "", r"must be a \.toml or \.json file, not '\.yaml'"),
        ("own.toml", "key = ", "cannot be read"),
        ("own.json", "[]", "must hold a table, not list"),
        ("own.json", "\udce4", "cannot be read"),
        (None, "", "cannot be read"),
    ],
)
def test_file_that_cannot_be_read(tmp_path, name, content, message):
    path = tmp_path / (name or "absent.json")
    if name:
        path.write_text(content, encoding="utf-8", errors="surrogateescape")
    with pytest.raises(DataError, match=message) as caught:
        Framework.from_file(path)
    assert str(path) in str(caught.value)


def test_extended_frameworks_say_so():
    kind = RelationKind("wears down", "The subject tires the object.")
    source = Reference("own2030", "Own work, 2030.")
    own = FRAMEWORK.extend(
        concepts=[concept("alert-fatigue", sources="own2030", standing="background")],
        relation_kinds=[kind],
        sources=[source],
        relations=[Relation("alert-fatigue", "wears down", "trust", "proposed")],
    )
    assert own.source("own2030") is source
    assert "'alert-fatigue'" in own.changes[0]
    assert "1 changes" in repr(own)
    assert own != FRAMEWORK
    assert not FRAMEWORK.changes
