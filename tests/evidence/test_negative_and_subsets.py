"""What contradicts a proposition, unit by unit and as a relation between sets."""

from __future__ import annotations

import pandas as pd
import pytest

from expertsys import Code, Codebook, Study
from expertsys.errors import DataError
from expertsys.evidence import Relation, evaluate_propositions, negative_cases, subset_relations
from expertsys.qca import FromCodes, membership

BOOK = Codebook(
    [
        Code("lost", concept="emptying-out"),
        Code("rebuilt", concept="reembedding"),
        Code("used", concept="mode-of-use.as-intended"),
    ]
)
CODINGS = pd.DataFrame(
    [
        ("u1", "ann", "lost", "A", "no box for it"),
        ("u2", "ann", "rebuilt", "A", "we made room for it"),
        ("u2", "ben", "rebuilt", "A", "we made room for it"),
        ("u3", "ann", "lost", "B", "gone"),
        ("u3", "ann", "rebuilt", "B", "gone"),
        ("u4", "ann", "used", "B", "as told"),
    ],
    columns=["unit", "coder", "code", "case", "text"],
)


def coded() -> Study:
    return Study(CODINGS, codebook=BOOK)


def test_excerpts_that_contradict_or_do_both() -> None:
    found = negative_cases(coded(), "P4")
    table = found.to_frame().reset_index().set_index("name")
    assert table["bearing"].to_dict() == {"u2": "contradicts", "u3": "mixed"}
    assert table["codes"].to_dict() == {"u2": "rebuilt", "u3": "lost, rebuilt"}
    assert len(set(table["rule"])) == 1
    assert found.cases.to_numpy().tolist() == [[1, 0, 1], [0, 1, 0]]
    assert found.note.startswith(
        "Of 4 units to which its rules apply, 1 contradicts it, 1 both supports and contradicts it, 1 supports it, "
        "1 is silent."
    )
    assert "1 unit in 1 of 2 cases contradicts it, and 1 both supports and contradicts it." in found.methods_text()
    assert "excerpt" not in found.to_frame()
    assert "made room" not in repr(found)


def test_quotations_only_when_asked_for() -> None:
    found = negative_cases(coded(), "P4", quotations=True)
    assert found.to_frame()["excerpt"].tolist() == ["we made room for it", "gone"]


def test_they_are_those_of_evaluate_propositions() -> None:
    sorted_evidence = evaluate_propositions(coded()).bearing("P4", "contradicts")
    found = negative_cases(coded(), "P4").to_frame()
    assert sorted_evidence["name"].tolist() == [name for _, name in found[found["bearing"] == "contradicts"].index]


def test_spans_are_named_by_document_and_positions() -> None:
    spans = CODINGS.drop(columns="unit").assign(document="d", start=[0, 5, 5, 9, 9, 20], end=[4, 8, 8, 12, 12, 30])
    found = negative_cases(Study(spans, codebook=BOOK), "P4", quotations=True)
    assert [name for _, name in found.to_frame().index] == ["d [5:8]", "d [9:12]"]
    assert found.to_frame()["excerpt"].tolist() == ["we made room for it", "gone"]


def test_definitions_and_silence_say_so() -> None:
    definition = negative_cases(coded(), "P2")
    assert definition.to_frame().empty
    assert repr(definition).endswith("A definition is neither supported nor contradicted.")
    silent = negative_cases(coded(), "P7")
    assert "It bears on none of the units coded here." in silent.note
    assert silent.cite()
    with pytest.raises(DataError, match="P9"):
        negative_cases(coded(), "P9")


TABLE = pd.DataFrame(
    {"imposed": [1, 0.9, 0.2, 0.5], "owned": [0, 0.8, 0.1, 0.2], "bypassed": [0.9, 0.3, 0.1, 0.4]}, index=list("WXYZ")
)


def test_sufficiency_by_hand() -> None:
    found = subset_relations(TABLE, {"P1": Relation("imposed", "bypassed")})
    row = found.to_frame().loc["P1"]
    assert row["consistency"] == pytest.approx((0.9 + 0.3 + 0.1 + 0.4) / 2.6)
    assert row["coverage"] == pytest.approx(1.7 / 1.7)
    # min(x, y, 1 - y): 0.1, 0.3, 0.1, 0.4
    assert row["pri"] == pytest.approx((1.7 - 0.9) / (2.6 - 0.9))
    assert (row["cases"], row["contradicting"]) == (2, "X")
    assert found.contradicting("P1") == ("X",)
    assert found.scores.loc["P1"]["agrees"].to_dict() == {
        "W": "as said",
        "X": "contradicts",
        "Y": "silent",
        "Z": "silent",
    }
    assert "P1 (source), read as imposed is sufficient for bypassed: consistency 0.654, coverage 1.000" in (
        found.methods_text()
    )
    assert any("Ragin" in reference for reference in found.cite())


def test_necessity_and_expressions() -> None:
    found = subset_relations(
        TABLE,
        {"P1": Relation("imposed*~owned", "bypassed"), "P6": Relation("owned", "imposed", kind="necessary")},
    )
    assert found.contradicting("P1") == ()
    row = found.to_frame().loc["P6"]
    assert row["consistency"] == pytest.approx((0 + 0.8 + 0.1 + 0.2) / 2.6)
    assert row["coverage"] == pytest.approx(1.1 / 1.1)
    assert pd.isna(row["pri"])
    assert found.contradicting("P6") == ("W",)
    assert repr(found).startswith("Propositions as relations between sets")


def test_from_a_coded_study_in_one_line() -> None:
    made = membership(
        coded(),
        conditions={"lost": FromCodes("lost", show="presence"), "rebuilt": FromCodes("rebuilt", show="presence")},
    )
    found = subset_relations(made, {"P4": Relation("lost", "~rebuilt")})
    assert found.contradicting("P4") == ("A", "B")
    assert made.trace("A", "rebuilt")["unit"].tolist() == ["u2", "u2"]


@pytest.mark.parametrize(
    ("relations", "message"),
    [
        ({}, r"no proposition is named"),
        ({"P2": Relation("imposed", "bypassed")}, r"P2 is a definition"),
        ({"P9": Relation("imposed", "bypassed")}, r"P9"),
        ({"P1": Relation("imposed", "ignored")}, r"ignored"),
    ],
)
def test_what_is_refused(relations: dict[str, Relation], message: str) -> None:
    with pytest.raises(DataError, match=message):
        subset_relations(TABLE, relations)
    with pytest.raises(DataError, match="kind must be one of"):
        Relation("a", "b", kind="equal")  # type: ignore[arg-type]


def test_codes_that_point_to_no_concept_are_said_to() -> None:
    found = negative_cases(Study(CODINGS), "P4")
    assert len(found.to_frame()) == 0
    assert "No code points to a concept" in found.note
