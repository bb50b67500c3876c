"""What a codebook says about the theory, and what it leaves out."""

from __future__ import annotations

import pandas as pd
import pytest

from expertsys import Code, Codebook, Study
from expertsys.errors import DataError
from expertsys.evidence import Coverage, coverage
from expertsys.theory import FRAMEWORK, Concept

BOOK = Codebook(
    [
        Code("tick box", concept="emptying-out"),
        Code("lost detail", concept="emptying-out"),
        Code("against policy", concept="focus-of-resistance.policy"),
        Code("faceless", concept="trust.faceless"),
        Code("weather"),
        Code("typo", concept="local-contigency"),
    ]
)
CODED = [
    ("u1", "ann", "tick box", "A"),
    ("u1", "ben", "lost detail", "A"),
    ("u2", "ann", "tick box", "B"),
    ("u2", "ann", "against policy", "B"),
    ("u3", "ann", "against policy", None),
    ("u3", "ann", "weather", None),
    ("u3", "ann", "typo", None),
    ("u3", "ben", "not in the book", None),
]


def study(book: Codebook = BOOK) -> Study:
    return Study(pd.DataFrame(CODED, columns=["unit", "coder", "code", "case"]), codebook=book)


@pytest.fixture
def found() -> Coverage:
    return coverage(study())


def test_a_row_for_every_concept_in_the_order_of_the_framework(found: Coverage) -> None:
    table = found.to_frame()
    assert list(table.index) == list(FRAMEWORK)
    assert table.index.name == "concept"
    assert list(table.columns) == ["name", "standing", "codes", "codings", "units", "cases", "below"]
    assert found.framework is FRAMEWORK


def test_counts_by_hand(found: Coverage) -> None:
    table = found.to_frame().drop(columns=["name", "standing"])
    assert table.loc["emptying-out"].tolist() == ["tick box, lost detail", 3, 2, "A, B", 0]
    assert table.loc["focus-of-resistance.policy"].tolist() == ["against policy", 2, 2, "B", 0]
    assert table.loc["trust.faceless"].tolist() == ["faceless", 0, 0, "", 0]
    assert table.loc["local-contingency"].tolist() == ["", 0, 0, "", 0]
    assert table["codings"].sum() == 5


def test_codings_below_a_concept_are_told_beside_its_own(found: Coverage) -> None:
    assert found.to_frame().loc["focus-of-resistance", ["codes", "codings", "below"]].tolist() == ["", 0, 2]


def test_codings_two_levels_below() -> None:
    book = Codebook([Code("tick box", concept="explanatory-frame.behaviourist.stubborn-clinician")])
    table = coverage(study(book)).to_frame()
    assert table.loc["explanatory-frame.behaviourist.stubborn-clinician", ["codings", "below"]].tolist() == [2, 0]
    assert table.loc["explanatory-frame.behaviourist", ["codings", "below"]].tolist() == [0, 2]
    assert table.loc["explanatory-frame", ["codings", "below"]].tolist() == [0, 2]


def test_concepts_without_a_code(found: Coverage) -> None:
    without = found.without_code
    assert {"mandate", "local-contingency", "focus-of-resistance.judgement", "trust.facework"} <= set(without)
    # a concept above one that has a code is spoken of
    assert not {"emptying-out", "focus-of-resistance", "focus-of-resistance.policy", "trust"} & set(without)
    assert len(without) == len(FRAMEWORK) - 5


def test_concepts_with_a_code_and_no_evidence(found: Coverage) -> None:
    assert found.without_evidence == ("trust.faceless",)


def test_evidence_below_is_evidence() -> None:
    book = Codebook(
        [Code("focus", concept="focus-of-resistance"), Code("against policy", concept="focus-of-resistance.policy")]
    )
    assert coverage(study(book)).without_evidence == ()


def test_codes_that_map_to_nothing(found: Coverage) -> None:
    assert found.unmapped == ("weather", "not in the book")
    assert found.unresolved == {"typo": "local-contigency"}
    assert found.note == "Not in the framework: 'typo' points to 'local-contigency' (perhaps 'local-contingency')."


def test_a_key_without_a_near_one_has_no_hint() -> None:
    found = coverage(study(Codebook([Code("typo", concept="zzz")])))
    assert found.note == "Not in the framework: 'typo' points to 'zzz'."


def test_no_code_has_a_concept() -> None:
    found = coverage(study(Codebook([Code("weather")])))
    assert found.without_code == tuple(FRAMEWORK)
    assert found.without_evidence == ()
    assert found.note == ""
    assert found.to_frame()["codings"].sum() == 0


def test_an_extended_framework() -> None:
    fatigue = Concept(key="alert-fatigue", name="Alert fatigue", standing="proposed", wording="Alerts go unread.")
    own = FRAMEWORK.extend(concepts=[fatigue])
    book = Codebook([Code("tick box", concept="alert-fatigue")])
    assert coverage(study(book)).unresolved == {"tick box": "alert-fatigue"}
    found = coverage(study(book), framework=own)
    assert found.unresolved == {}
    assert found.framework is own
    assert found.to_frame().loc["alert-fatigue", ["name", "standing", "codings"]].tolist() == [
        "Alert fatigue",
        "proposed",
        2,
    ]


def test_a_framework_without_a_concept() -> None:
    smaller = FRAMEWORK.drop("trust", "access-point")
    found = coverage(study(), framework=smaller)
    assert found.unresolved["faceless"] == "trust.faceless"
    assert "trust.faceless" not in found.to_frame().index


def test_each_concept_has_its_standing(found: Coverage) -> None:
    table = found.to_frame()
    for key in FRAMEWORK:
        assert table.loc[key, "standing"] == FRAMEWORK[key].standing.value
        assert table.loc[key, "name"] == FRAMEWORK[key].name
    assert found.standing == "proposed"


def test_spans_have_codings_and_no_units() -> None:
    spans = pd.DataFrame({"document": ["d", "d"], "coder": "ann", "code": "tick box", "start": [0, 9], "end": [4, 12]})
    table = coverage(Study(spans, codebook=BOOK)).to_frame()
    assert table.loc["emptying-out", ["codings", "units"]].tolist() == [2, 0]


def test_words_for_the_paper(found: Coverage) -> None:
    assert found.methods_text() == (
        f"Of {len(FRAMEWORK)} concepts of the framework, 3 are the target of a code and 2 of these have codings; "
        "2 codes point to no concept."
    )
    assert found.cite()[0].startswith("Greenhalgh T, Swinglehurst D, Stones R. Rethinking resistance")
    assert "doi:10.3310/hsdr02390" in found.cite()[0]
    told = repr(found)
    assert found.methods_text() in told
    assert "Codes without a concept: 'weather', 'not in the book'" in told
    assert found.note in told


def test_it_cannot_be_changed(found: Coverage) -> None:
    mine = found.to_frame()
    mine["codings"] = 99
    assert found.to_frame().loc["emptying-out", "codings"] == 3


def test_evidence_by_kind_of_source_and_participant() -> None:
    codings = pd.DataFrame(
        [("u1", "d1", "ann", "tick box"), ("u2", "d1", "ben", "tick box"), ("u3", "d2", "ann", "tick box")],
        columns=["unit", "document", "coder", "code"],
    )
    documents = pd.DataFrame({"document": ["d1", "d2"], "kind": ["interview", None], "participant": ["p1", None]})
    people = pd.DataFrame({"participant": ["p1"], "role": ["GP"]})
    book = Codebook([Code("tick box", concept="emptying-out"), Code("unused", concept="mandate"), Code("weather")])
    found = coverage(Study(codings, codebook=book, documents=documents, participants=people))
    assert found.by("kind").to_dict("index") == {
        "mandate": {"(unknown)": 0, "interview": 0},
        "emptying-out": {"(unknown)": 1, "interview": 2},
    }
    assert found.by("role").loc["emptying-out"].to_dict() == {"(unknown)": 1, "GP": 2}
    with pytest.raises(DataError, match="'case', 'kind', 'participant', 'role', 'site'"):
        found.by("colour")  # type: ignore[arg-type]
