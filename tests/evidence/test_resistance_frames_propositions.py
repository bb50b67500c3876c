"""Resistance profile, frame evidence and propositions on a study small enough to do by hand."""

import pandas as pd
import pytest

from expertsys.errors import DataError
from expertsys.evidence import evaluate_propositions, frame_evidence, resistance_profile
from expertsys.study import Code, Codebook, Study
from expertsys.theory import FocusOfResistance, summary_care_record

FOCI = tuple(focus.concept for focus in FocusOfResistance)
POLICY, SOCIOMATERIAL, JUDGEMENT, RELATIONS = FOCI
BOOK = Codebook(
    [
        Code("resists", concept="resistance"),
        Code("no choice", concept=POLICY),
        Code("slow", concept=SOCIOMATERIAL),
        Code("stubborn", concept="explanatory-frame.behaviourist"),
        Code("role lost", concept="professional-practice.role"),
        Code("boxes", concept="emptying-out"),
        Code("put back", concept="reembedding"),
        Code("not used", concept="mode-of-use.non-use"),
        Code("weather"),
    ]
)
ROWS = [
    # unit, document, case, coder, code
    ("u1", "d1", "A", "ann", "no choice"),
    ("u1", "d1", "A", "ben", "no choice"),
    ("u1", "d1", "A", "ann", "role lost"),
    ("u2", "d1", "A", "ann", "slow"),
    ("u2", "d1", "A", "ben", "no choice"),
    ("u3", "d2", "A", "ann", "slow"),
    ("u3", "d2", "A", "ann", "stubborn"),
    ("u4", "d3", "B", "ann", "no choice"),
    ("u5", "d4", "B", "ben", "boxes"),
    ("u6", "d4", "B", "ben", "put back"),
    ("u7", "d4", "B", "ben", "boxes"),
    ("u7", "d4", "B", "ben", "put back"),
    ("u8", "d4", "B", "ben", "not used"),
    ("u8", "d4", "B", "ben", "boxes"),
    ("u9", "d4", "B", "ben", "weather"),
]


def coded(**more: object) -> Study:
    codings = pd.DataFrame(ROWS, columns=["unit", "document", "case", "coder", "code"])
    return Study(codings, codebook=BOOK, **more)


def test_shares_of_resistance_excerpts_are_those_counted_by_hand() -> None:
    table = resistance_profile(coded()).to_frame()
    # case A: u1 policy; u2 policy and sociomaterial (of either coder); u3 sociomaterial. Case B: u4 policy.
    assert table["share"].xs("A").dropna().to_dict() == {POLICY: 2 / 3, SOCIOMATERIAL: 2 / 3}
    assert table["share"].xs("B").dropna().to_dict() == {POLICY: 1, SOCIOMATERIAL: 0}
    assert set(table["note"].xs("B")[[JUDGEMENT, RELATIONS]]) == {"no code points to it: not measured"}
    assert table["n_resistance"].groupby("group").first().to_dict() == {"A": 3, "B": 1}
    assert table["n_clusters"].groupby("group").first().to_dict() == {"A": 2, "B": 1}


def test_few_clusters_have_no_interval_and_the_reason() -> None:
    table = resistance_profile(coded()).to_frame()
    assert table[["low", "high"]].isna().all(axis=None)
    assert table.loc[("A", POLICY), "note"] == "only 2 documents: no interval"
    assert table.loc[("B", POLICY), "note"] == "only 1 document: no interval"


def test_only_what_every_coder_applied_counts_when_asked_for() -> None:
    table = resistance_profile(coded(), coders="all").to_frame()
    # ann and ben both saw d1 (u1, u2): u1 policy by both; u2 by one each, so nothing remains of it
    assert table["share"].xs("A").dropna().to_dict() == {POLICY: 1 / 2, SOCIOMATERIAL: 1 / 2}


def test_groups_by_role_and_what_is_left_out_is_told() -> None:
    documents = pd.DataFrame({"document": ["d1", "d2"], "participant": ["p1", "p2"]})
    people = pd.DataFrame({"participant": ["p1", "p2"], "role": ["GP", "nurse"], "site": ["north", "south"]})
    profile = resistance_profile(coded(documents=documents, participants=people), by="role")
    assert profile.to_frame()["n_resistance"].groupby("group").first().to_dict() == {"GP": 2, "nurse": 1}
    assert "Left out: 1 resistance excerpt without role or " in profile.note
    assert profile.standing == "proposed"
    assert "proposed by expertsys" in profile.methods_text()
    assert profile.cite()[0].startswith("Greenhalgh T")


def test_without_resistance_it_is_refused_with_the_remedy() -> None:
    book = Codebook([Code(code.name) for code in BOOK])
    with pytest.raises(DataError, match=r"no excerpt carries resistance.*with_concepts"):
        resistance_profile(coded().with_codebook(book))


def test_excerpts_are_sorted_by_frame_and_codes_available_are_told() -> None:
    found = frame_evidence(coded())
    table = found.to_frame()
    # behaviourist: u3. Sociological: foci, professional practice and emptying out: u1 u2 u3, u4 u5 u7 u8.
    assert table.loc[("behaviourist", "A")].to_dict() == {
        "supports": 1, "alone": 0, "both": 1, "against": 2, "coders_differ": 0,
    }  # fmt: skip
    assert table.loc[("sociological", "A")].to_dict() == {
        "supports": 3, "alone": 2, "both": 1, "against": 0, "coders_differ": 0,
    }  # fmt: skip
    assert table.loc[("behaviourist", "B")].to_dict() == {
        "supports": 0, "alone": 0, "both": 0, "against": 4, "coders_differ": 0,
    }  # fmt: skip
    assert found.available == {
        "behaviourist": ("stubborn",),
        "sociological": ("no choice", "slow", "role lost", "boxes"),
    }
    assert set(found.against("behaviourist").index) == {"u1", "u2", "u4", "u5", "u7", "u8"}
    assert found.against("sociological").empty
    assert "wins" not in found.methods_text()
    assert "favours it by construction" in found.methods_text()


def test_propositions_are_sorted_by_their_rules_and_no_more() -> None:
    result = evaluate_propositions(coded())
    table = result.to_frame()
    assert list(table.index.get_level_values("proposition").unique()) == [f"P{number}" for number in range(1, 8)]
    # P4: u5 and no non-use supports; u6 contradicts; u7 both; u8 is of non-use and outside
    assert set(result.bearing("P4", "supports")["name"]) == {"u5"}
    assert set(result.bearing("P4", "contradicts")["name"]) == {"u6"}
    assert set(result.bearing("P4", "mixed")["name"]) == {"u7"}
    assert "u8" not in set(result.evidence[result.evidence["proposition"] == "P4"]["name"])
    # P5: of resistance u1 to u4, only u1 carries a disrupted role; u3 speaks for both frames
    assert set(result.bearing("P5", "supports")["name"]) == {"u1"}
    # P7: all four excerpts of resistance carry one of the foci, and the codebook lacks one of the four
    assert set(result.bearing("P7", "untested")["name"]) == {"u1", "u2", "u3", "u4"}
    assert table.loc[("P5", "excerpt"), "cases_for"] == "A"
    assert table.loc[("P2", "–")][["supports", "contradicts"]].sum() == 0
    assert not {"score", "verdict", "supported"} & set(table.columns)


def test_situations_and_cases_bear_by_mode_and_mandate() -> None:
    situations = pd.DataFrame(
        {
            "situation": ["s1", "s2", "s3", "s4"],
            "case": ["A", "A", "A", "B"],
            "site": ["n", "n", "s", "s"],
            "prescribed": ["list", "list", "list", "list"],
            "taken": ["list", "call", "list", None],
            "mode": ["as-intended", "as-intended", "workaround", "as-intended"],
            "distance": [2, 2, 2, 0],
        }
    )
    cases = pd.DataFrame(
        {"case": ["A", "B"], "mandate_level": ["national", "national"], "local_ownership": ["little"] * 2}
    )
    result = evaluate_propositions(coded(situations=situations, cases=cases), systems=[summary_care_record()])
    assert set(result.bearing("P3", "supports")["name"]) == {"s1"}
    assert set(result.bearing("P3", "contradicts")["name"]) == {"s2", "s3"}
    assert "s4" not in set(result.evidence.query("proposition == 'P3'")["name"])  # at the origin
    assert set(result.bearing("P1", "contradicts")["name"]) == {"A", "B"}  # used as intended by most, nevertheless
    assert "store" in result.definitions.loc["Summary Care Record", "documented"]
    with pytest.raises(DataError, match="no bearing 'proves'"):
        result.bearing("P3", "proves")


def test_capitals_and_blanks_of_a_mode_do_not_matter_and_another_word_is_refused() -> None:
    situations = pd.DataFrame({"situation": ["s1"], "case": ["A"], "mode": ["As intended "]})
    result = evaluate_propositions(coded(situations=situations))
    assert result.modes_of_use.loc[("A", "(all)"), "prevailing_mode"] == "as-intended"
    assert "The mode of use 'As intended' is read as 'as-intended'." in result.note
    situations = pd.DataFrame({"situation": ["s1"], "mode": ["as intendid"]})
    with pytest.raises(DataError, match=r"row 1: mode must be one of 'as-intended'.*Did you mean 'as-intended'"):
        evaluate_propositions(coded(situations=situations))
