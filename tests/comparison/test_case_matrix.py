"""Cases by codes and concepts, counted by hand."""

from __future__ import annotations

import html

import numpy as np
import pandas as pd
import pytest
from generated import codings, few, study
from hypothesis import assume, given
from hypothesis import strategies as st

from expertsys import Code, Codebook, Study, case_matrix
from expertsys.errors import DataError

# Ann and Ben read d1 (u1, u2, u3; case A); Ann read d2 (u4; case B); case C was not read by anyone.
UNITS = pd.DataFrame(
    {
        "unit": ["u1", "u2", "u3", "u4", "u5"],
        "document": ["d1", "d1", "d1", "d2", "d3"],
        "case": ["A", "A", "A", "B", "C"],
    }
)
ASSIGNED = pd.DataFrame({"coder": ["ann", "ben", "ann"], "document": ["d1", "d1", "d2"]})
CODED = [
    ("u1", "ann", "policy"),
    ("u1", "ben", "policy"),
    ("u1", "ben", "workload"),
    ("u2", "ann", "policy"),
    ("u4", "ann", "judgement"),
]
BOOK = Codebook(
    [
        Code("judgement", concept="phronesis"),
        Code("policy", concept="expert-system"),
        Code("workload"),
        Code("idle", concept="trust"),
    ]
)


@pytest.fixture
def read() -> Study:
    return study(CODED, units=UNITS, assignments=ASSIGNED, codebook=BOOK)


def cells(table: pd.DataFrame) -> dict[str, list[float]]:
    return {str(case): row.tolist() for case, row in table.iterrows()}


def test_units_count_once_however_many_coders_agree(read: Study) -> None:
    matrix = case_matrix(read)
    table = matrix.to_frame()
    assert (table.index.name, table.columns.name) == ("case", "code")
    assert list(table.columns) == ["judgement", "policy", "workload"]
    assert cells(table.loc[["A", "B"]]) == {"A": [0, 2, 1], "B": [1, 0, 0]}
    assert table.loc["C"].isna().all()  # nobody read anything of it
    assert "Nothing was read of 'C', which is unknown." in matrix.note
    assert matrix.totals.to_dict() == {"A": 3, "B": 1, "C": 0}


def test_codings_count_every_coder(read: Study) -> None:
    matrix = case_matrix(read, counting="codings")
    assert cells(matrix.to_frame().loc[["A", "B"]]) == {"A": [0, 3, 1], "B": [1, 0, 0]}
    assert matrix.totals.to_dict() == {"A": 4, "B": 1, "C": 0}


def test_documents_count_once(read: Study) -> None:
    matrix = case_matrix(read, counting="documents")
    assert cells(matrix.to_frame().loc[["A", "B"]]) == {"A": [0, 1, 1], "B": [1, 0, 0]}
    assert matrix.totals.to_dict() == {"A": 1, "B": 1, "C": 0}


@pytest.mark.parametrize(
    ("counting", "of_a"),
    [("units", [0, 2 / 3, 1 / 3]), ("codings", [0, 3 / 4, 1 / 4]), ("documents", [0, 1, 1])],
)
def test_shares_of_what_was_read_and_none_where_nothing_was(read: Study, counting: str, of_a: list[float]) -> None:
    table = case_matrix(read, counting=counting, show="share", coders="any").to_frame()  # type: ignore[arg-type]
    assert table.loc["A"].tolist() == pytest.approx(of_a)
    assert table.loc["B"].tolist() == [1, 0, 0]
    assert table.loc["C"].isna().all()


def test_presence(read: Study) -> None:
    table = case_matrix(read, show="presence").to_frame()
    assert cells(table.loc[["A", "B"]]) == {"A": [0, 1, 1], "B": [1, 0, 0]}
    assert table.loc["C"].isna().all()


def test_concepts_leave_out_codes_that_point_to_none(read: Study) -> None:
    matrix = case_matrix(read, of="concepts")
    table = matrix.to_frame()
    assert table.columns.name == "concept"
    assert list(table.columns) == ["phronesis", "expert-system"]
    assert cells(table.loc[["A", "B"]]) == {"A": [0, 2], "B": [1, 0]}
    assert matrix.note.startswith("1 of 3 applied codes point to no concept and are left out.")
    assert matrix.note in matrix.methods_text()
    assert matrix.note in repr(matrix)


def test_two_codes_of_one_concept_count_a_unit_once() -> None:
    book = Codebook([Code("a", concept="trust"), Code("b", concept="trust")])
    both = study([("u1", "ann", "a", "A"), ("u1", "ann", "b", "A"), ("u2", "ann", "b", "A")], codebook=book)
    assert case_matrix(both, of="concepts").to_frame().loc["A", "trust"] == 2
    assert case_matrix(both, of="concepts", counting="codings").to_frame().loc["A", "trust"] == 3


def test_no_code_points_to_a_concept() -> None:
    table = case_matrix(study([("u1", "ann", "a", "A")]), of="concepts").to_frame()
    assert table.shape == (1, 0)


def test_codings_without_a_case_have_a_row_of_their_own() -> None:
    lost = study([("u1", "ann", "p", "A"), ("u2", "ann", "p", None), ("u2", "ann", "q", None)])
    matrix = case_matrix(lost, show="share")
    assert cells(matrix.to_frame()) == {"A": [1, 0], "(no case)": [1, 1]}
    assert matrix.totals.to_dict() == {"A": 1, "(no case)": 1}


def test_a_case_that_is_named_no_case_is_not_doubled() -> None:
    odd = study([("u1", "ann", "p", "(no case)"), ("u2", "ann", "p", None)])
    assert cells(case_matrix(odd).to_frame()) == {"(no case)": [2]}


def test_a_document_that_tells_of_two_cases_counts_in_each() -> None:
    spans = pd.DataFrame(
        {
            "document": ["talk", "talk", "talk", "note"],
            "coder": "ann",
            "code": ["p", "p", "q", "p"],
            "case": ["A", "B", "B", "B"],
            "start": [0, 5, 5, 0],
            "end": [4, 9, 9, 3],
        }
    )
    matrix = case_matrix(Study(spans), counting="documents").to_frame()
    assert matrix.loc["A"].to_dict() == {"p": 1, "q": 0}
    assert matrix.loc["B"].to_dict() == {"p": 2, "q": 1}
    totals = case_matrix(Study(spans), counting="documents", show="share").totals
    assert totals[["A", "B"]].tolist() == [1, 2]


def test_a_document_read_without_a_coding_counts_as_read() -> None:
    spans = pd.DataFrame({"document": ["d1"], "coder": "ann", "code": "p", "start": 0, "end": 4})
    documents = pd.DataFrame({"document": ["d1", "d2", "d3"], "case": ["A", "A", "A"]})
    seen = pd.DataFrame({"coder": ["ann", "ann"], "document": ["d1", "d2"]})
    matrix = case_matrix(Study(spans, documents=documents, assignments=seen), counting="documents", show="share")
    assert matrix.totals.to_dict() == {"A": 2}
    assert matrix.to_frame().loc["A", "p"] == 0.5


def test_codes_spelt_like_missing_values_are_codes() -> None:
    table = case_matrix(study([("u1", "ann", "nan", "NA"), ("u2", "ann", "None", "null")])).to_frame()
    assert list(table.columns) == ["nan", "None"]
    assert list(table.index) == ["NA", "null"]


def test_a_study_without_codings_gives_an_empty_table(read: Study) -> None:
    matrix = case_matrix(read.select(codes=[]))
    assert matrix.to_frame().shape == (3, 0)
    assert "0 codes" in matrix.methods_text()


@pytest.mark.parametrize(
    ("rows", "options", "message"),
    [
        ([("u1", "ann", "p")], {}, r"^study\.cases: a case matrix needs cases.*Name the column: es\.read"),
        ([("u1", "ann", "p", "A")], {"of": "code"}, r"^of: of must be one of .*Did you mean 'codes'\?"),
        ([("u1", "ann", "p", "A")], {"counting": "unit"}, r"^counting: .*Did you mean 'units'\?"),
        ([("u1", "ann", "p", "A")], {"show": "shares"}, r"^show: .*Did you mean 'share'\?"),
    ],
)
def test_what_is_refused(rows: list[tuple[str, ...]], options: dict[str, str], message: str) -> None:
    with pytest.raises(DataError, match=message):
        case_matrix(study(rows), **options)  # type: ignore[arg-type]


def test_rounds_are_not_mixed() -> None:
    table = pd.DataFrame({"unit": ["u", "u"], "coder": "ann", "code": "p", "case": "A", "round": ["1", "2"]})
    with pytest.raises(DataError, match=r"^study\.rounds: a case matrix must not mix rounds.*rounds=\['1'\]"):
        case_matrix(Study(table))


def test_spans_have_no_units_to_count_but_codings_and_documents() -> None:
    table = pd.DataFrame(
        {"document": ["d", "d"], "coder": "ann", "code": "p", "case": "A", "start": [0, 9], "end": [4, 12]}
    )
    with pytest.raises(
        DataError, match=r"counting units needs units.*study\.unitise\(by=\.\.\.\).*counting='documents'"
    ):
        case_matrix(Study(table))
    assert case_matrix(Study(table), counting="codings").to_frame().loc["A", "p"] == 2
    assert case_matrix(Study(table), counting="documents").to_frame().loc["A", "p"] == 1


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, "number of units to which at least one coder applied it, each once"),
        ({"counting": "codings"}, "number of codings: every application by every coder"),
        ({"show": "share"}, "share of the case's units that were read with it"),
        ({"show": "share", "counting": "codings"}, "share of the case's codings with it"),
        ({"show": "presence", "counting": "documents"}, "whether there is any of the documents"),
    ],
)
def test_it_says_what_is_counted(read: Study, options: dict[str, str], words: str) -> None:
    matrix = case_matrix(read, **options)  # type: ignore[arg-type]
    assert matrix.counted().startswith(words)
    assert matrix.methods_text().startswith("Cases (3) were compared over 3 codes in a matrix whose cells hold the")
    assert matrix.counted() in matrix.methods_text()
    assert repr(matrix).startswith(f"Cases × codes: {matrix.counted()}\n")
    assert html.escape(matrix.counted()) in matrix._repr_html_()


def test_it_cites_the_framework_method(read: Study) -> None:
    (reference,) = case_matrix(read).cite()
    assert reference.startswith("Gale NK")
    assert "doi:10.1186/1471-2288-13-117" in reference


def test_it_cannot_be_unpacked_or_changed(read: Study) -> None:
    matrix = case_matrix(read)
    with pytest.raises(TypeError):
        iter(matrix)  # type: ignore[call-overload]
    with pytest.raises(AttributeError):
        matrix.note = "other"  # type: ignore[misc]
    mine = matrix.to_frame()
    mine["policy"] = 9
    assert matrix.to_frame().loc["A", "policy"] == 2


OPTIONS = st.fixed_dictionaries(
    {"counting": st.sampled_from(["units", "codings", "documents"]), "show": st.sampled_from(["count", "share"])}
)


@few
@given(codings(), OPTIONS, st.randoms(use_true_random=False))
def test_order_and_names_of_coders_do_not_matter(table: pd.DataFrame, options: dict[str, str], random: object) -> None:
    assume(table["case"].notna().any())
    first = case_matrix(study(table), **options).to_frame()  # type: ignore[arg-type]
    other = table.sample(frac=1, random_state=random.randrange(9999))  # type: ignore[attr-defined]
    other = other.assign(coder=other["coder"].map({"ann": "zoe", "ben": "yan", "cem": "ann"}))
    second = case_matrix(study(other), **options).to_frame()  # type: ignore[arg-type]
    pd.testing.assert_frame_equal(second.loc[first.index, first.columns], first)


@few
@given(codings())
def test_counts_shares_and_presence_tell_the_same(table: pd.DataFrame) -> None:
    assume(table["case"].notna().any())
    made = study(table)
    named = table.assign(case=table["case"].fillna("(no case)"))
    by_hand = {key: len(set(rows)) for key, rows in named.groupby(["case", "code"])["unit"]}
    counted = case_matrix(made).to_frame().to_dict("index")
    assert {(case, code): n for case, row in counted.items() for code, n in row.items() if n} == by_hand
    for counting in ("units", "codings", "documents"):
        count, share, presence = (
            case_matrix(made, counting=counting, show=show, coders="any")  # type: ignore[arg-type]
            for show in ("count", "share", "presence")
        )
        pd.testing.assert_frame_equal(presence.to_frame(), (count.to_frame() > 0).astype("int64"))
        whole = share.to_frame().mul(share.totals, axis=0)
        np.testing.assert_allclose(whole[share.totals > 0], count.to_frame()[share.totals > 0])
        defined = share.to_frame()[share.totals > 0]
        assert ((defined >= 0) & (defined <= 1)).all(axis=None)
