"""Several coders made one: each code on each unit by a rule, against plain Python; rounds stay apart."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import strategies
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

import expertsys as es
from expertsys.agreement import consensus
from expertsys.errors import DataError
from expertsys.study import Codebook, Study

from .. import studies

CODERS = ("ann", "ben", "cy", "di")
CODES = ("a", "b")


def study_of(matrix: strategies.Matrix) -> Study:
    """Units × coders of sets of codes, None where a coder did not see the unit."""
    rows, seen = [], []
    for place, row in enumerate(matrix):
        for coder, cell in zip(CODERS, row, strict=False):
            if cell is not None:
                seen.append((coder, f"u{place}"))
                rows += [(f"u{place}", coder, code) for code in sorted(cell)]
    return Study(
        pd.DataFrame(rows, columns=["unit", "coder", "code"], dtype="str"),
        units=pd.DataFrame({"unit": [f"u{place}" for place in range(len(matrix))]}),
        assignments=pd.DataFrame(seen, columns=["coder", "document"], dtype="str"),
        codebook=Codebook.of(CODES),
    )


def by_hand(row: list[frozenset[str] | None], code: str, rule: str) -> bool | None:
    """Whether a code is applied; None where it is open."""
    votes = [code in cell for cell in row if cell is not None]
    if len(set(votes)) == 1:
        return votes[0]
    if rule == "expert" and row[0] is not None:
        return code in row[0]
    if rule == "majority" and votes.count(True) != votes.count(False):
        return votes.count(True) > votes.count(False)
    return None


def applied(study: Study, unit: str) -> set[str]:
    codings = study.codings
    return set(codings["code"][codings["unit"] == unit])


SETS = tuple(frozenset(codes) for codes in ("", "a", "b", "ab"))


MATRICES = strategies.matrices(values=SETS, coders=(2, 4), units=(1, 6))
FEW = settings(max_examples=4, phases=[Phase.explicit, Phase.generate])


@FEW
@given(MATRICES, st.sampled_from(["majority", "unanimous", "expert"]))
def test_every_code_on_every_unit_by_hand(matrix: strategies.Matrix, rule: Any) -> None:
    matrix = [[SETS[1], *[None] * (len(matrix[0]) - 1)], *matrix]  # the expert saw something
    study = study_of(matrix)
    found = consensus(study, rule=rule, expert="ann" if rule == "expert" else None)
    table = found.to_frame()
    expected = {
        (f"u{place}", code): by_hand(row, code, rule)
        for place, row in enumerate(matrix)
        for code in CODES
        if any(cell is not None and code in cell for cell in row)
    }
    given_ = {key: None if pd.isna(value) else bool(value) for key, value in table["applied"].items()}
    assert given_ == expected
    assert found.n_open == list(expected.values()).count(None) == int((table["origin"] == "open").sum())
    assert found.origins.sum() == len(expected)
    agreed = found.study.select(rounds=["consensus"])
    for place, row in enumerate(matrix):
        unit = f"u{place}"
        assert applied(agreed, unit) == {code for code in CODES if expected.get((unit, code)) is True}
        settled = all(expected.get((unit, code), False) is not None for code in CODES)
        some_saw_it = any(cell is not None for cell in row)
        assert (unit in set(agreed.seen["unit"])) == ((settled and some_saw_it) or bool(applied(agreed, unit)))


@FEW
@given(MATRICES)
def test_the_order_of_coders_does_not_matter(matrix: strategies.Matrix) -> None:
    turned = [row[::-1] for row in matrix]
    first, second = (consensus(study_of(rows), rule="majority").to_frame()["applied"] for rows in (matrix, turned))
    pd.testing.assert_series_equal(first, second)


def test_original_rounds_are_untouched_and_apart() -> None:
    before = studies.trapped()
    after = consensus(before, rule="majority", ties="apply").study
    kept = after.select(rounds=[None])
    pd.testing.assert_frame_equal(kept.codings, before.codings)
    pd.testing.assert_frame_equal(es.reliability(kept), es.reliability(before))
    pd.testing.assert_frame_equal(kept.seen, before.seen)
    with pytest.raises(DataError, match=r"must not mix rounds.*select\(rounds=\['consensus'\]\), or rounds=\[None\]"):
        es.reliability(after)
    agreed = after.select(rounds=["consensus"])
    assert list(agreed.coders.index) == ["consensus"]
    assert set(agreed.seen["unit"]) == {f"r{number}" for number in range(1, 9)}  # nobody saw r9
    with pytest.raises(DataError, match="agreement takes two coders; there is 1"):
        es.reliability(agreed)


def test_a_named_round_keeps_its_name() -> None:
    first = Study(studies.trapped().codings.assign(round="first"))
    both = consensus(first, rule="majority", round="agreed", coder="team").study
    assert both.rounds == ("first", "agreed")
    pd.testing.assert_frame_equal(both.select(rounds=["first"]).codings, first.codings)
    assert set(both.select(rounds=["agreed"]).codings["coder"]) == {"team"}


def test_ties_and_single_coders() -> None:
    study = studies.trapped()
    taken = consensus(study, rule="majority", ties="apply").to_frame()
    assert taken.loc[("r1", "trust"), ["applied", "origin"]].tolist() == [True, "tie"]
    left = consensus(study, rule="majority", ties="omit").to_frame()
    assert left.loc[("r1", "trust"), ["applied", "origin"]].tolist() == [False, "tie"]
    assert taken.loc[("r6", "rare"), "origin"] == "single coder"
    strict = consensus(study, rule="majority", single="adjudicate")
    assert strict.to_frame().loc[("r6", "rare"), "origin"] == "open"


def test_the_expert_speaks_only_of_what_they_saw() -> None:
    matrix = [[None, {"a"}, set()], [{"a"}, set(), set()], [set(), {"a"}, {"a"}], [None, {"b"}, {"b"}]]
    table = consensus(study_of(matrix), rule="expert", expert="ann").to_frame()
    assert table["origin"].to_dict() == {
        ("u0", "a"): "open",
        ("u1", "a"): "expert",
        ("u2", "a"): "expert",
        ("u3", "b"): "unanimous",
    }
    assert table["applied"].tolist()[1:] == [True, False, True]
    assert table.loc[("u2", "a"), ["applied_by", "not_applied_by"]].tolist() == ["ben, cy", "ann"]


LABELS = tuple(frozenset(codes) for codes in ("", "a", "b"))


@FEW
@given(strategies.matrices(values=LABELS, coders=(3, 4), units=(1, 6)))
def test_plurality_by_hand(matrix: strategies.Matrix) -> None:
    matrix = [[LABELS[1], *[None] * (len(matrix[0]) - 1)], *matrix]
    table = consensus(study_of(matrix), rule="plurality").to_frame()
    for place, row in enumerate(matrix):
        counted = Counter(cell for cell in row if cell is not None)
        top = max(counted.values(), default=0)
        winners = [cell for cell, times in counted.items() if times == top]
        for code in CODES:
            own = counted[frozenset(code)]
            if not own:
                continue
            applied_ = table.loc[(f"u{place}", code), "applied"]
            if own < top or len(winners) == 1:
                assert applied_ == (own == top)
            else:
                assert pd.isna(applied_)


def test_plurality_and_what_the_majority_leaves_bare() -> None:
    three = study_of([[{"a"}, {"b"}, {"a"}, set()], [{"a"}, {"b"}, {"a"}, None], [{"a"}, {"b"}, set(), set()]])
    assert consensus(three, rule="plurality").to_frame()["applied"].tolist() == [True, False, True, False, False, False]
    tied = study_of([[{"a"}, {"b"}, None, None]])
    assert consensus(tied, rule="plurality").n_open == 2
    assert consensus(tied, rule="plurality", ties="apply").to_frame()["origin"].tolist() == ["tie", "tie"]
    rows = [[f"u{unit}", coder, code] for unit in "12" for coder, code in zip("pqrst", "aabbc", strict=True)]
    bare = Study(pd.DataFrame(rows, columns=["unit", "coder", "code"]))
    assert "without a code, though nobody left them without one: 2 of 2 units" in consensus(bare, rule="majority").note
    assert "plurality" not in consensus(three, rule="unanimous").note
    with pytest.raises(DataError, match="'ann' gave 2 codes to the unit 'r1', and the plurality chooses one"):
        consensus(studies.trapped(), rule="plurality")


def test_what_is_left_is_listed_decided_and_taken_in(tmp_path: Path) -> None:
    study = studies.trapped()
    found = consensus(study, rule="unanimous")
    assert found.n_open == 5
    assert "left open, and so not applied: 5 of 12 codes on units" in found.note
    remarks = found.study.provenance.remarks
    assert remarks["what"].tolist() == ["left open, and so not applied: 5 of 12 codes on units."]
    listed = found.to_adjudicate()
    assert list(listed.columns) == ["case", "n_coders", "applied_by", "not_applied_by", "applied"]
    assert listed["applied"].isna().all()
    listed.to_csv(tmp_path / "list.csv")
    filled = pd.read_csv(tmp_path / "list.csv")
    filled["applied"] = ["yes", "No", None, "1", "false"]
    again = consensus(study, rule="unanimous", decided=filled)
    table = again.to_frame()
    assert again.n_open == 1
    assert table["applied"][table["origin"] == "decided"].tolist() == [True, False, True, False]
    by_unit = consensus(study, rule="unanimous", decided={"r1": [], "r2": "trust", "r5": ["fear", "rare"]})
    assert by_unit.n_open == 0
    agreed = by_unit.study.select(rounds=["consensus"])
    assert [applied(agreed, unit) for unit in ("r1", "r2", "r5")] == [
        {"fear"},
        {"fear->exam", "trust"},
        {"fear", "rare"},
    ]
    assert by_unit.to_frame().loc[("r5", "rare"), ["n_applied", "not_applied_by"]].tolist() == [0, "ann, ben"]
    one = consensus(study, rule="majority", ties="omit", decided={("r1", "fear"): False})
    assert one.to_frame().loc[("r1", "fear"), ["applied", "origin"]].tolist() == [False, "decided"]


def by_sentence(text: str) -> Study:
    """Both coders mark the first sentence with x, and one of them the second with y."""
    first = text.index(".") + 1
    second = first + 1, text.index(".", first + 1) + 1
    spans = pd.DataFrame(
        [("ann", "x", 0, first), ("ben", "x", 0, first), ("ben", "y", *second)],
        columns=["coder", "code", "start", "end"],
    ).assign(document="d")
    return Study(spans, documents=pd.DataFrame({"document": ["d"], "text": [text]})).unitise(by="sentence")


def test_text_only_when_asked_for() -> None:
    study = by_sentence("I ring the clinic. It is quicker.")
    found = consensus(study, rule="unanimous")
    assert "text" not in found.to_adjudicate()
    assert found.to_adjudicate(text=True)["text"].tolist() == ["It is quicker."]
    codings = found.study.select(rounds=["consensus"]).codings
    assert codings[["code", "start", "end", "memo"]].to_numpy().tolist() == [["x", 0, 18, "unanimous: ann, ben of 2"]]


def test_only_the_open_units_of_a_document_are_unread() -> None:
    study = by_sentence("One is here. Two is here. Three is here.")
    found = consensus(study, rule="unanimous")
    assert found.note.startswith("left open, and so not applied: 1 of 2 codes on units; Who read what is assumed")
    assert set(found.study.select(rounds=["consensus"]).seen["unit"]) == {"d [0:12]", "d [26:40]"}
    settled = consensus(study, rule="unanimous", decided={("d [13:25]", "y"): False})
    assert len(settled.study.select(rounds=["consensus"]).seen) == 3


def test_the_study_comes_back_from_a_file(tmp_path: Path) -> None:
    made = consensus(studies.trapped(), rule="majority", decided={"r5": ["fear"]}).study
    es.write(made, tmp_path / "study.zip")
    back = es.read(tmp_path / "study.zip")
    assert back.select(rounds=["consensus"]).codings.equals(made.select(rounds=["consensus"]).codings)
    assert back.seen.equals(made.seen)
    assert back.provenance.choice("consensus") == made.provenance.choice("consensus")
    pd.testing.assert_frame_equal(es.reliability(back.select(rounds=[None])), es.reliability(studies.trapped()))


def test_words() -> None:
    found = consensus(studies.trapped(), rule="expert", expert="ben")
    assert found.study.provenance.choice("consensus") == (
        "the word of 'ben' where coders differ; round 'consensus', coder 'consensus': "
        "5 unanimous, 5 expert, 2 single coder"
    )
    told = found.methods_text()
    assert "Of 12 codes on units that at least one coder had applied, 5 were unanimous" in told
    assert "5 were settled by the expert, 2 came from the only coder who saw the unit." in told
    assert "left open" not in told
    assert repr(found).startswith("Consensus of 8 units, round 'consensus', coder 'consensus'\n  rule ")
    assert "5 were left open." in consensus(studies.trapped(), rule="unanimous").methods_text()


def test_nothing_applied_makes_no_coder() -> None:
    study = study_of([[{"a"}, set()]])
    made = consensus(study, rule="unanimous").study
    assert made.rounds == ()
    assert list(made.coders.index) == ["ann", "ben"]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"rule": "most"}, "rule must be one of 'majority', 'plurality', 'unanimous', 'expert'"),
        ({"rule": "expert"}, "expert= names whose word counts with rule='expert'"),
        ({"rule": "majority", "expert": "ann"}, "expert= names whose word counts with rule='expert'"),
        ({"rule": "expert", "expert": "anna"}, "no coder 'anna'.*Did you mean 'ann'"),
        ({"rule": "majority", "ties": "x"}, "ties must be one of"),
        ({"rule": "majority", "single": "x"}, "single must be one of"),
        ({"rule": "majority", "coder": "ann"}, r"consensus\(coder=...\): the study has a coder 'ann' already"),
        ({"rule": "majority", "round": ""}, "the round of a consensus needs a name"),
        ({"rule": "majority", "decided": 3}, "decisions are a mapping or a table, not int"),
        ({"rule": "majority", "decided": {"r99": []}, "round": "b"}, None),
        ({"rule": "majority", "decided": {"r99": ["fear"]}}, "no unit 'r99'"),
        ({"rule": "majority", "decided": {("r1", "feer"): True}}, "no code 'feer'.*Did you mean 'fear'"),
        ({"rule": "majority", "decided": {("r1", "fear"): "perhaps"}}, "applied or not: yes or no, not 'perhaps'"),
        ({"rule": "majority", "decided": pd.DataFrame({"unit": ["r1"], "code": ["fear"]})}, "no column 'applied'"),
        (
            {
                "rule": "majority",
                "decided": pd.DataFrame({"unit": ["r1"] * 2, "code": ["fear"] * 2, "applied": [True, False]}),
            },
            "'fear' on 'r1' was decided otherwise above",
        ),
    ],
)
def test_refusals(options: dict[str, Any], told: str | None) -> None:
    if told is None:
        assert consensus(studies.trapped(), **options).n_open == 5  # a unit without contested codes decides nothing
        return
    with pytest.raises(DataError, match=told):
        consensus(studies.trapped(), **options)


def test_spans_and_rounds_are_refused() -> None:
    spans = Study(pd.DataFrame({"document": ["d"], "coder": ["ann"], "code": ["x"], "start": [0], "end": [3]}))
    with pytest.raises(DataError, match=r"agreement needs units.*study\.unitise"):
        consensus(spans, rule="majority")
    twice = Study(pd.DataFrame({"unit": ["u", "u"], "coder": ["a", "b"], "code": ["x", "x"], "round": ["1", "2"]}))
    with pytest.raises(DataError, match="must not mix rounds"):
        consensus(twice, rule="majority")
