"""Resistance profile, frame evidence and propositions on a study small enough to do by hand."""

import math

import numpy as np
import pandas as pd
import pytest

from expertsys.errors import DataError
from expertsys.evidence import frame_evidence, hold, resistance_profile
from expertsys.evidence.resistance import FOCI
from expertsys.study import Code, Codebook, Study
from expertsys.theory import FRAMEWORK, summary_care_record

POLICY, SOCIOMATERIAL, JUDGEMENT, RELATIONS = FOCI
BOOK = Codebook(
    [
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
    assert table["share"].xs("A").to_dict() == {POLICY: 2 / 3, SOCIOMATERIAL: 2 / 3, JUDGEMENT: 0, RELATIONS: 0}
    assert table["share"].xs("B").to_dict() == {POLICY: 1, SOCIOMATERIAL: 0, JUDGEMENT: 0, RELATIONS: 0}
    assert table["n_resistance"].groupby("group").first().to_dict() == {"A": 3, "B": 1}
    assert table["n_clusters"].groupby("group").first().to_dict() == {"A": 2, "B": 1}


def test_one_cluster_has_no_interval_and_few_have_a_warning() -> None:
    table = resistance_profile(coded()).to_frame()
    assert table.loc[("B", POLICY), ["low", "high"]].isna().all()
    assert table.loc[("B", POLICY), "note"] == "one cluster: no interval"
    assert "only 2 documents" in table.loc[("A", POLICY), "note"]
    assert np.isfinite(table.loc[("A", POLICY), ["low", "high"]].to_numpy(dtype=float)).all()


def test_only_what_every_coder_applied_counts_when_asked_for() -> None:
    table = resistance_profile(coded(), coders="all").to_frame()
    # ann and ben both saw d1 (u1, u2): u1 policy by both; u2 by one each, so nothing remains of it
    assert table["share"].xs("A").to_dict() == {POLICY: 1 / 2, SOCIOMATERIAL: 1 / 2, JUDGEMENT: 0, RELATIONS: 0}


def test_the_jackknife_is_that_of_a_ratio_over_documents() -> None:
    """Two documents with 2 and 1 excerpts: leaving one out gives the other's share."""
    profile = resistance_profile(coded(), rng=1)
    left_out = np.array([0.0, 1.0])  # policy in d2 alone, in d1 alone
    error = math.sqrt(1 / 2 * ((left_out - left_out.mean()) ** 2).sum())
    reach = profile.to_frame().loc[("A", POLICY), "high"] - 2 / 3
    # the two foci that vary mirror each other, so that all at once is one: t with one degree of freedom at 95 %
    assert reach / error == pytest.approx(12.7062, rel=0.05)
    contrast = profile.contrasts.loc[("A", "B", POLICY)]
    assert contrast["difference"] == pytest.approx(2 / 3 - 1)


def test_groups_by_role_and_what_is_left_out_is_told() -> None:
    documents = pd.DataFrame({"document": ["d1", "d2"], "participant": ["p1", "p2"]})
    people = pd.DataFrame({"participant": ["p1", "p2"], "role": ["GP", "nurse"], "site": ["north", "south"]})
    profile = resistance_profile(coded(documents=documents, participants=people), by="role")
    assert profile.to_frame()["n_resistance"].groupby("group").first().to_dict() == {"GP": 2, "nurse": 1}
    assert "1 resistance excerpts without role" in profile.note
    assert profile.standing == "proposed"
    assert "proposed by expertsys" in profile.methods_text()
    assert profile.cite()[0].startswith("Greenhalgh T")


def test_without_resistance_it_is_refused_with_the_remedy() -> None:
    book = Codebook([Code(code.name) for code in BOOK])
    with pytest.raises(DataError, match=r"no excerpt carries resistance.*with_concepts"):
        resistance_profile(coded().with_codebook(book))


@pytest.mark.slow
def test_simultaneous_intervals_cover_all_foci_at_once() -> None:
    """Excerpts drawn independently, 20 documents of 5: all four shares at once in about 95 of 100 samples."""
    rng = np.random.default_rng(7)
    truth = np.array([0.5, 0.3, 0.4, 0.6])
    book = Codebook([Code(focus, concept=focus) for focus in FOCI] + [Code("resists", concept="resistance")])
    covered, samples = 0, 60
    for _ in range(samples):
        carried = rng.random((100, 4)) < truth
        rows = [(f"u{unit}", f"d{unit // 5}", "resists") for unit in range(100)]
        rows += [(f"u{unit}", f"d{unit // 5}", FOCI[place]) for unit, place in zip(*np.nonzero(carried), strict=True)]
        frame = pd.DataFrame(rows, columns=["unit", "document", "code"]).assign(coder="ann")
        table = resistance_profile(Study(frame, codebook=book), by=None).to_frame()
        covered += bool(((table["low"].to_numpy() <= truth) & (truth <= table["high"].to_numpy())).all())
    assert covered >= 50  # P(fewer than 50 of 60 | 95 %) < 1e-4


def test_excerpts_are_sorted_by_frame_and_codes_available_are_told() -> None:
    found = frame_evidence(coded())
    table = found.to_frame()
    # behaviourist: u3. Sociological: foci, professional practice and emptying out: u1 u2 u3, u4 u5 u7 u8.
    assert table.loc[("behaviourist", "A")].to_dict() == {"speaks": 1, "alone": 0, "both": 1, "against": 2}
    assert table.loc[("sociological", "A")].to_dict() == {"speaks": 3, "alone": 2, "both": 1, "against": 0}
    assert table.loc[("behaviourist", "B")].to_dict() == {"speaks": 0, "alone": 0, "both": 0, "against": 4}
    assert found.available == {
        "behaviourist": ("stubborn",),
        "sociological": ("no choice", "slow", "role lost", "boxes"),
    }
    assert set(found.against("behaviourist").index) == {"u1", "u2", "u4", "u5", "u7", "u8"}
    assert found.against("sociological").empty
    assert "wins" not in found.methods_text()
    assert "favours it by construction" in found.methods_text()


def test_propositions_are_sorted_by_their_rules_and_no_more() -> None:
    held = hold(FRAMEWORK, coded())
    table = held.to_frame()
    assert list(table.index.get_level_values("proposition").unique()) == [f"P{number}" for number in range(1, 8)]
    # P4: u5 and no non-use supports; u6 contradicts; u7 both; u8 is of non-use and outside
    assert set(held.bearing("P4", "supports")["name"]) == {"u5"}
    assert set(held.bearing("P4", "contradicts")["name"]) == {"u6"}
    assert set(held.bearing("P4", "mixed")["name"]) == {"u7"}
    assert "u8" not in set(held.evidence[held.evidence["proposition"] == "P4"]["name"])
    # P5: of resistance u1 to u4, only u1 carries a disrupted role; u3 speaks for both frames
    assert set(held.bearing("P5", "supports")["name"]) == {"u1"}
    # P7: all four excerpts of resistance carry one of the foci
    assert set(held.bearing("P7", "supports")["name"]) == {"u1", "u2", "u3", "u4"}
    assert table.loc[("P7", "excerpt"), "cases_for"] == "A, B"
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
    held = hold(FRAMEWORK, coded(situations=situations, cases=cases), systems=[summary_care_record()])
    assert set(held.bearing("P3", "supports")["name"]) == {"s1"}
    assert set(held.bearing("P3", "contradicts")["name"]) == {"s2", "s3"}
    assert "s4" not in set(held.evidence.query("proposition == 'P3'")["name"])  # at the origin
    assert set(held.bearing("P1", "contradicts")["name"]) == {"A", "B"}  # used as intended by most, nevertheless
    assert "store" in held.definitions.loc["Summary Care Record", "documented"]
    with pytest.raises(DataError, match="no bearing 'proves'"):
        held.bearing("P3", "proves")


def test_a_misspelt_mode_of_use_is_refused_and_not_taken_for_another() -> None:
    situations = pd.DataFrame({"situation": ["s1"], "mode": ["As intended"]})
    with pytest.raises(DataError, match=r"row 1: no mode of use 'As intended'.*'as-intended'"):
        hold(FRAMEWORK, coded(situations=situations))
