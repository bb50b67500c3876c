"""The Study: what it completes, what it refuses, and that nothing changes it."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from frames import MakeFrame

from expertsys.errors import DataError, Remark
from expertsys.study import Code, Codebook, Provenance, Study

from .samples import CODINGS, DOCUMENTS, SPANS, spans


def test_what_is_named_somewhere_has_a_row() -> None:
    study = Study(CODINGS)
    assert study.units.index.tolist() == ["u1", "u2", "u3"]
    assert study.units["document"].tolist() == ["u1", "u2", "u3"]  # a unit without a document is its own
    assert study.documents["case"].to_dict() == {"u1": "north", "u2": "south", "u3": "south"}
    assert study.cases.index.tolist() == ["north", "south"]
    assert study.coders.index.tolist() == ["ann", "ben"]
    assert study.codes == study.codebook.names == ("policy", "judgement")
    assert study.rounds == ("1", "2")
    assert spans().participants.index.tolist() == ["p1", "p2"]


def test_tables_complete_each_other() -> None:
    study = spans(units=pd.DataFrame({"unit": ["a", "b"], "document": ["d1", "d3"]}))
    assert study.units["case"].tolist() == ["north", "south"]
    assert study.codings["case"].tolist() == ["north", "north", "north", "south"]
    named = Study(pd.DataFrame({"unit": ["a"], "coder": ["ann"], "code": ["x"]}), units=study.units)
    assert named.codings[["document", "case"]].iloc[0].tolist() == ["d1", "north"]


def test_a_document_with_units_of_two_cases_belongs_to_neither() -> None:
    """One respondent's answers to several questions, where the question is the case."""
    codings = pd.DataFrame(
        {"unit": ["q1.r", "q2.r"], "document": ["r", "r"], "case": ["q1", "q2"], "coder": "ann", "code": "x"}
    )
    study = Study(codings)
    assert study.documents["case"].isna().all()
    assert study.codings["case"].tolist() == ["q1", "q2"]
    for case in ("q1", "q2"):
        assert study.select(cases=[case]).codings["unit"].tolist() == [f"{case}.r"]
        assert study.select(cases=[case]).units.index.tolist() == [f"{case}.r"]


def test_tables_have_one_form(make_frame: MakeFrame) -> None:
    study = Study(make_frame(CODINGS), documents=make_frame(DOCUMENTS))
    assert study == Study(CODINGS, documents=DOCUMENTS)
    assert study.codings.columns.tolist() == [
        "unit",
        "coder",
        "code",
        "case",
        "document",
        "start",
        "end",
        "text",
        "memo",
        "round",
        "date",
        "mark",
    ]
    assert (study.codings.index.name, study.codings.columns.name) == ("coding", "column")
    assert (study.codings["start"].dtype, study.codings["memo"].dtype) == ("Int64", "str")
    assert study.documents["pages"].dtype == "Int64"


def test_text_is_trimmed_and_blank_is_missing_and_nan_is_a_code() -> None:
    codings = pd.DataFrame({"unit": [" u1", 2.0], "coder": ["ann ", "ann"], "code": ["nan", "NA"], "memo": [" ", "x"]})
    study = Study(codings)
    assert study.codes == ("nan", "NA")
    assert study.units.index.tolist() == ["u1", "2"]
    assert study.codings["memo"].isna().tolist() == [True, False]
    assert study.coders.index.tolist() == ["ann"]


def test_white_space_of_a_document_stays_because_positions_count_it() -> None:
    text = "\n  I fear it. \r\n"
    codings = pd.DataFrame({"document": ["d"], "coder": ["ann"], "code": ["fear"], "start": [5], "end": [9]})
    study = Study(codings, documents=pd.DataFrame({"document": ["d", "e", "f"], "text": [text, "", None]}))
    assert study.documents["text"].fillna("none").tolist() == [text, "none", "none"]
    assert study.excerpts()[0] == "fear"


def test_codes_not_in_the_codebook_come_last() -> None:
    study = Study(CODINGS, codebook=Codebook([Code("trust"), Code("judgement")]))
    assert study.codes == ("trust", "judgement", "policy")


@pytest.mark.parametrize(
    ("codings", "told"),
    [
        ({"unit": ["u"], "code": ["x"]}, r"codings, row 1: the cell 'coder' is empty\."),
        (
            {"unit": ["u", "v"], "coder": ["ann", None], "code": [" ", "x"]},
            r"codings: cells are empty that may not be\. Fill .*\n  - codings, row 2: the cell 'coder' .*\n"
            r"  - codings, row 1: the cell 'code' is empty\.",
        ),
        (
            {"coder": ["ann"], "code": ["x"]},
            r"must say where they are\. Fill one\.\n  - codings, row 1: has neither unit",
        ),
        (
            {"unit": ["u"], "coder": ["a"], "code": ["x"], "Code2": ["y"]},
            r"unknown columns 'Code2'; it has 'unit', 'coder'",
        ),
        (
            {"document": ["d"], "coder": ["a"], "code": ["x"], "start": ["two"], "end": [4]},
            r"whole numbers from 0\. They count characters\.\n  - codings, row 1, column start: 'two' is no position",
        ),
        (
            {"document": ["d"], "coder": ["a"], "code": ["x"], "start": [-1], "end": [4]},
            "column start: '-1' is no position",
        ),
        (
            {"document": ["d"], "coder": ["a"], "code": ["x"], "start": [0.5], "end": [4]},
            "column start: '0.5' is no pos",
        ),
        (
            {"document": ["d"], "coder": ["a"], "code": ["x"], "start": [3]},
            r"the study has 1 fault\.\n  - codings, row 1: has a start without an end, or an end without a st",
        ),
        ({"document": ["d"], "coder": ["a"], "code": ["x"], "start": [3], "end": [2]}, "row 1: ends before it starts"),
        (
            {"document": ["d1"], "coder": ["a"], "code": ["x"], "start": [3], "end": [11]},
            "row 1: ends behind the end of its",
        ),
        (
            {"unit": ["u", "u"], "case": ["north", "south"], "coder": ["a", "b"], "code": ["x", "x"]},
            r"codings, unit 'u': has more than one case: 'north', 'south'\. Give each case its own unit",
        ),
        (
            {"unit": ["u", "u"], "document": ["d", "e"], "coder": ["a", "b"], "code": "x"},
            "'u': has more than one document",
        ),
    ],
)
def test_refused_codings(codings: dict[str, Any], told: str) -> None:
    with pytest.raises(DataError, match=told):
        Study(pd.DataFrame(codings), documents=DOCUMENTS)


@pytest.mark.parametrize(
    ("tables", "told"),
    [
        (
            {"cases": pd.DataFrame({"cases": ["north"]})},
            r"cases: no column 'case'; the columns are 'cases'\. Perhaps case=",
        ),
        (
            {"cases": pd.DataFrame({"case": ["n", "n"]})},
            r"cases: case given more than once: 'n'\. Keep one row for each",
        ),
        ({"cases": pd.DataFrame({"case": ["n", " "]})}, "cases, row 2: the cell 'case' is empty"),
        ({"coders": ["ann"]}, r"expected a dataframe, not list\. Any dataframe that narwhals knows will do"),
        (
            {"assignments": pd.DataFrame({"coder": ["a"], "document": [None]})},
            "assignments: row 1 names neither a unit nor a document. Fill one of the two",
        ),
        (
            {"assignments": pd.DataFrame({"coder": ["a"], "document": ["d"], "x": [1]})},
            "assignments: unknown columns 'x'",
        ),
        (
            {"documents": pd.DataFrame([["d", 1, 2]], columns=["document", "pages", "pages"])},
            "documents: repeated columns 'pages'",
        ),
    ],
)
def test_refused_tables(tables: dict[str, Any], told: str) -> None:
    with pytest.raises(DataError, match=told):
        Study(CODINGS, **tables)


def test_all_faults_at_once() -> None:
    codings = pd.DataFrame(
        {"document": "d1", "coder": "a", "code": "x", "start": [3, 1, None], "end": [2, 99, 4], "unit": None}
    )
    with pytest.raises(DataError) as caught:
        Study(codings, documents=DOCUMENTS)
    assert [fault.place for fault in caught.value.faults] == [f"codings, row {row}" for row in (3, 1, 2)]


TABLES = ["codings", "units", "cases", "documents", "participants", "coders", "assignments", "situations"]


@pytest.mark.parametrize("name", TABLES)
def test_changing_a_table_that_was_handed_out_changes_nothing(name: str) -> None:
    study = spans(situations=pd.DataFrame({"case": ["north"], "taken": ["x"]})).unitise(by="document")
    copy = spans(situations=pd.DataFrame({"case": ["north"], "taken": ["x"]})).unitise(by="document")
    table = getattr(study, name)
    table["added"] = 1
    for column in list(table.columns):
        table[column] = None
    table.index.name = table.columns.name = "changed"
    table.attrs["changed"] = True
    assert study == copy
    assert getattr(study, name).index.name == getattr(copy, name).index.name
    assert getattr(study, name).columns.name == "column"
    assert not getattr(study, name).attrs


def test_changing_what_was_given_changes_nothing() -> None:
    codings, documents = CODINGS.copy(), DOCUMENTS.copy()
    study = Study(codings, documents=documents)
    codings.loc[:, "code"] = "changed"
    documents.loc[:, "pages"] = 9
    documents["weight"] = 1.0
    assert study == Study(CODINGS, documents=DOCUMENTS)


def test_a_study_is_frozen_and_has_no_hash() -> None:
    study = Study(CODINGS)
    with pytest.raises(AttributeError):
        study.title = "x"  # type: ignore[misc]
    with pytest.raises(TypeError, match="unhashable"):
        hash(study)


def test_equality_is_by_content() -> None:
    study = Study(CODINGS, title="t")
    assert study == Study(CODINGS.copy(), title="t")
    assert study != Study(CODINGS, title="other")
    assert study != Study(CODINGS.iloc[::-1], title="t")
    assert study != Study(CODINGS, title="t", codebook=Codebook([Code("policy")]))
    assert study != Study(CODINGS, title="t", provenance=Provenance(synthetic="made"))
    assert study != Study(CODINGS, title="t", coders=pd.DataFrame({"coder": ["ann", "ben"], "school": ["x", "y"]}))
    assert study != "t"


def test_excerpts() -> None:
    assert spans().excerpts().tolist()[:3] == ["fear", "fear it", "😀"]
    assert spans().excerpts().isna().tolist() == [False, False, False, True]
    own = Study(SPANS.assign(text=["own words", None, None, None]), documents=DOCUMENTS)
    assert own.excerpts().tolist()[:2] == ["own words", "fear it"]
    whole = Study(SPANS.assign(start=None, end=None), documents=DOCUMENTS)
    assert whole.excerpts()[0] == "I fear it."


def test_with_codebook_and_noting() -> None:
    study = Study(CODINGS)
    mapped = study.with_codebook(study.codebook.with_concepts({"policy": "focus-of-resistance.policy"}))
    assert mapped.codebook["policy"].concept == "focus-of-resistance.policy"
    assert study.codebook["policy"].concept is None
    noted = study.noting(Remark("note", "row 3", "is odd."))
    assert noted.provenance.remarks["what"].tolist() == ["is odd."]
    assert study.provenance.remarks.empty


def test_repr_tells_a_newcomer_what_is_there() -> None:
    told = repr(Study(CODINGS, title="Referrals", provenance=Provenance(synthetic="by a generator")))
    for part in (
        "Study 'Referrals': 4 codings with 2 codes by 2 coders",
        "SYNTHETIC: generated, not observed",
        "2: 'north', 'south'",
        "3, of which 1 seen by two or more coders",
        "ann (saw 2), ben (saw 2)",
        "2 codes, 0 of them point to a concept",
        "assumed: a coder read every unit of each document in which they coded anything",
    ):
        assert part in told
    assert "none yet: choose them with study.unitise(by=...)" in repr(spans())
    warned = Study(CODINGS).noting(Remark("warning", "row 1", "odd."), Remark("note", "row 2", "odd."))
    assert "2, 1 of them warnings: study.provenance.remarks" in repr(warned)


def test_spans_need_units_first() -> None:
    with pytest.raises(
        DataError, match=r"needs units, and this study has 4 spans.*unitise\(by=\.\.\.\) with one of 'document'"
    ):
        spans().require_units("agreement")
    spans().unitise(by="document").require_units("agreement")
