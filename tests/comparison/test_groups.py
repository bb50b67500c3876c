"""Case matrices by any attribute, over text, by consensus, and from any table; all counted by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from generated import few
from hypothesis import given
from hypothesis import strategies as st

from expertsys import Study, case_matrix
from expertsys.comparison.applied import depth, union
from expertsys.errors import DataError

# d1 (case A, interview, 20 characters) and d2 (case A, field note, 10) and d3 (case B, interview, 10)
DOCUMENTS = pd.DataFrame(
    {
        "document": ["d1", "d2", "d3"],
        "case": ["A", "A", "B"],
        "participant": ["p1", "p2", "p1"],
        "kind": ["interview", "note", "interview"],
        "text": ["x" * 20, "y" * 10, "z" * 10],
    }
)
SPANS = pd.DataFrame(
    [
        ("d1", "ann", "p", 0, 6),
        ("d1", "ann", "p", 4, 10),  # overlaps the first: 0 to 10 is marked once
        ("d1", "ben", "p", 8, 12),
        ("d2", "ann", "q", 0, 5),
        ("d2", "ben", "q", 5, 10),
        ("d3", "ann", "p", 0, 10),
    ],
    columns=["document", "coder", "code", "start", "end"],
)
PEOPLE = pd.DataFrame({"participant": ["p1", "p2"], "role": ["GP", None]})


def spans() -> Study:
    return Study(SPANS, documents=DOCUMENTS, participants=PEOPLE)


@pytest.mark.parametrize(
    ("coders", "marked"), [("any", {"A": [12, 10], "B": [10, 0]}), ("all", {"A": [2, 0], "B": [10, 0]})]
)
def test_characters_count_once_and_by_rule(coders: str, marked: dict[str, list[int]]) -> None:
    matrix = case_matrix(spans(), counting="characters", coders=coders)  # type: ignore[arg-type]
    assert {str(case): list(row) for case, row in matrix.to_frame().iterrows()} == marked
    share = case_matrix(spans(), counting="characters", coders=coders, show="share")  # type: ignore[arg-type]
    assert share.totals.to_dict() == {"A": 30, "B": 10}
    assert share.to_frame().loc["A"].tolist() == pytest.approx([n / 30 for n in marked["A"]])
    assert share.counted().startswith("share of the case's text that was read with it (characters of text that")


def test_a_majority_of_two_is_both_and_of_one_that_one() -> None:
    counted = [
        case_matrix(spans(), counting="characters", coders=rule).to_frame().to_numpy().tolist()  # type: ignore[arg-type]
        for rule in ("all", "majority")
    ]
    assert counted[0] == counted[1]


def test_characters_of_documents_without_text_have_no_share() -> None:
    silent = DOCUMENTS.assign(text=["x" * 20, None, "z" * 10])
    share = case_matrix(Study(SPANS, documents=silent), counting="characters", show="share")
    assert share.to_frame().loc["A"].isna().all()
    assert share.to_frame().loc["B"].tolist() == [1, 0]
    assert share.note.split(". ")[0] + "." == "1 documents have no text here: shares of their groups are unknown."


def test_positions_are_taken_from_the_unit_and_refused_where_there_are_none() -> None:
    units = pd.DataFrame({"unit": ["u1"], "document": ["d1"], "start": [5], "end": [9]})
    coded = pd.DataFrame({"unit": ["u1"], "coder": ["ann"], "code": ["p"]})
    made = Study(coded, units=units, documents=DOCUMENTS)
    assert case_matrix(made, counting="characters").to_frame().loc["A", "p"] == 4
    with pytest.raises(DataError, match=r"counting characters needs positions, and 1 of 1 codings have none.*'u1'"):
        case_matrix(Study(coded.assign(case="A")), counting="characters")


@pytest.mark.parametrize(
    ("by", "table"),
    [
        ("kind", {"interview": [4, 0], "note": [0, 2]}),
        ("document", {"d1": [3, 0], "d2": [0, 2], "d3": [1, 0]}),
        ("coder", {"ann": [3, 1], "ben": [1, 1]}),
        ("role", {"GP": [4, 0], "(no role)": [0, 2]}),
        ("participants.role", {"GP": [4, 0], "(no participants.role)": [0, 2]}),
        (
            ("case", "coder"),
            {("A", "ann"): [2, 1], ("A", "ben"): [1, 1], ("B", "ann"): [1, 0]},
        ),
        (("kind", "case"), {("interview", "A"): [3, 0], ("interview", "B"): [1, 0], ("note", "A"): [0, 2]}),
    ],
)
def test_rows_by_any_attribute(by: str | tuple[str, str], table: dict[object, list[int]]) -> None:
    matrix = case_matrix(spans(), by=by, counting="codings")
    assert {key: list(row) for key, row in matrix.to_frame().iterrows()} == table
    assert matrix.totals.tolist() == [sum(row) for row in table.values()]
    assert matrix.by == ((by,) if isinstance(by, str) else by)


def test_shares_by_kind_have_what_was_read_of_the_kind_below() -> None:
    matrix = case_matrix(spans(), by=("kind", "coder"), counting="documents", show="share")
    assert matrix.totals.to_dict() == {
        ("interview", "ann"): 2,
        ("interview", "ben"): 1,
        ("note", "ann"): 1,
        ("note", "ben"): 1,
    }
    assert (matrix.to_frame().loc["interview", "p"] == 1).all()
    assert matrix.methods_text().startswith("Groups by kind × coder (4) were compared over 2 codes")
    assert repr(matrix).startswith("Kind × coder × codes: share of the row's documents that were read with it")


def test_a_consensus_of_coders_on_units() -> None:
    rows = [("u1", coder, "p") for coder in "abc"] + [("u2", "a", "p"), ("u2", "b", "p"), ("u3", "a", "p")]
    coded = pd.DataFrame(rows, columns=["unit", "coder", "code"]).assign(document="d", case="A")
    made = Study(coded)  # each of the three is taken to have read the document, so all of its units
    counts = [case_matrix(made, coders=rule).to_frame().loc["A", "p"] for rule in ("any", "majority", "all")]  # type: ignore[arg-type]
    assert counts == [3, 2, 1]
    assert "units to which every coder who read it applied it" in case_matrix(made, coders="all").counted()
    few = case_matrix(made, coders="all", counting="codings")
    assert few.to_frame().loc["A", "p"] == 3
    assert few.counted() == "number of codings on what every coder who read it gave the code"


def test_any_table_of_cases_and_conditions() -> None:
    table = pd.DataFrame({"case": ["x", "y"], "calm": [0.2, 0.0], "wind": [0.6, 0.0]})
    matrix = case_matrix(table)
    assert matrix.to_frame().loc["x"].tolist() == [0.2, 0.6]
    assert matrix.counted() == "values of the table that was given"
    share = case_matrix(table.set_index("case"), show="share")
    assert share.to_frame().loc["x"].tolist() == pytest.approx([0.25, 0.75])
    assert share.to_frame().loc["y"].isna().all()
    assert case_matrix(table, show="presence").to_frame().to_numpy().tolist() == [[1, 1], [0, 0]]
    assert share.counted() == "share of the row's sum"


@pytest.mark.parametrize(
    ("table", "options", "message"),
    [
        (pd.DataFrame({"case": ["x"], "calm": ["yes"]}), {}, r"columns 'calm' hold no numbers"),
        (pd.DataFrame({"case": ["x", "x"], "calm": [1, 2]}), {}, r"case 'x' occurs more than once"),
        (pd.DataFrame({"case": ["x"], "calm": [1]}), {"by": "kind"}, r"a table has no attributes to group by"),
    ],
)
def test_tables_that_are_refused(table: pd.DataFrame, options: dict[str, str], message: str) -> None:
    with pytest.raises(DataError, match=message):
        case_matrix(table, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"by": "knd"}, r"no attribute 'knd'.*Did you mean 'kind'\?"),
        ({"by": ("case", "case")}, r"one attribute or two that differ, not 'case', 'case'"),
        ({"by": ("case", "coder", "kind")}, r"one attribute or two"),
        ({"by": "coder", "coders": "all"}, r"asks how many coders agree"),
        ({"coders": "most"}, r"coders must be one of"),
        ({"by": "text"}, r"no attribute 'text'"),
    ],
)
def test_what_is_refused(options: dict[str, object], message: str) -> None:
    with pytest.raises(DataError, match=message):
        case_matrix(spans(), counting="codings", **options)  # type: ignore[arg-type]


def test_an_attribute_of_two_tables_must_be_named_in_full() -> None:
    cases = pd.DataFrame({"case": ["A", "B"], "role": ["first", "second"]})
    made = Study(SPANS, documents=DOCUMENTS, participants=PEOPLE, cases=cases)
    with pytest.raises(DataError, match=r"'role' is a column of 2 tables.*'participants\.role', 'cases\.role'"):
        case_matrix(made, by="role", counting="codings")
    rows = case_matrix(made, by="cases.role", counting="codings").to_frame()
    assert rows.index.tolist() == ["first", "second"]


def test_something_else_than_a_study_or_table_is_refused() -> None:
    with pytest.raises(DataError, match="takes a Study, not str"):
        case_matrix("study.csv")


STRETCHES = st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 12), st.integers(1, 5)), min_size=1, max_size=8)


@few
@given(STRETCHES)
def test_marked_characters_by_brute_force(stretches: list[tuple[str, int, int]]) -> None:
    part = pd.DataFrame(stretches, columns=["coder", "start", "long"])
    part["end"] = part["start"] + part["long"]
    marked = {coder: set() for coder in "ab"}  # type: dict[str, set[int]]
    for coder, start, long in stretches:
        marked[coder] |= set(range(start, start + long))
    assert depth(part, 1) == len(marked["a"] | marked["b"])
    assert depth(part, 2) == len(marked["a"] & marked["b"])
    start, end = union(part["start"].to_numpy(), part["end"].to_numpy())
    assert set().union(*(set(range(*pair)) for pair in zip(start, end, strict=True))) == marked["a"] | marked["b"]
    assert (np.diff(start) > 0).all()
    assert (start[1:] > end[:-1]).all()
