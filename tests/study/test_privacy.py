"""Names go, consistently; positions follow; nothing of what went is left anywhere in the study."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import time
from typing import Any

import attrs
import pandas as pd
import pytest
import strategies
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from expertsys._core.errors import Remark
from expertsys.errors import DataError
from expertsys.study import Code, Codebook, Provenance, Source, Study, Unmapped

KEY = "a long secret"
TEXT = "Dr Smith rang. José, said DR SMITH; Smithson did not."


def study() -> Study:
    return Study(
        pd.DataFrame(
            {
                "document": ["talk with Smith"] * 3,
                "coder": ["Ann", "Ben", "Ann"],
                "code": ["fear"] * 3,
                "start": pd.array([0, 15, 3], dtype="Int64"),
                "end": pd.array([13, len(TEXT), 3], dtype="Int64"),
                "memo": ["Dr Smith again", None, None],
            }
        ),
        codebook=Codebook([Code("fear", definition="as Dr Smith has it")]),
        documents=pd.DataFrame(
            {
                "document": ["talk with Smith"],
                "case": ["Elm"],
                "participant": ["Jo"],
                "text": [TEXT],
                "by": ["dr smith"],
            }
        ),
        participants=pd.DataFrame({"participant": ["Jo"], "role": ["GP"], "case": ["Elm"]}),
        cases=pd.DataFrame({"case": ["Elm"], "beds": [3]}),
        provenance=Provenance(
            sources=[Source("Smith.qdpx", "ab")],  # type: ignore[arg-type]
            notes=[Remark("note", "coder 'Ann'", "saw 'talk with Smith'", "")],
            choices=[("selected", "coder: Ann")],
        ),
        title="Elm, by Ann",
        unmapped=Unmapped.of("a project", {"a": b"Ann"}),
    )


def everything(made: Study) -> str:
    """All that a saved study would hold, as text."""
    parts: list[Any] = [frame.reset_index().to_csv() for frame in made._parts().values()]
    parts += [attrs.asdict(made.provenance), [attrs.asdict(code) for code in made.codebook], made.title, made.unmapped]
    return json.dumps(parts, ensure_ascii=False, default=repr)


def test_no_name_is_left() -> None:
    made = study().pseudonymise(KEY, terms=["Dr Smith", "Jose\u0301"])
    text = everything(made.study)
    for name in ("Ann", "Ben", "Elm", "talk with Smith", "Dr Smith", "dr smith", "DR SMITH", "José", "Smith.qdpx"):
        assert name not in text
    assert "Smithson" in text  # another word
    assert made.study.unmapped is None
    assert made.mapping["kind"].tolist() == ["coder", "coder", "participant", "document", "case", "term", "term"]
    assert made.mapping["name"].tolist()[:4] == ["Ann", "Ben", "Jo", "talk with Smith"]
    assert repr(made).startswith("Pseudonymised study (2 coders, 2 terms, 1 participants, 1 documents, 1 cases)")


def test_pseudonyms_are_the_keyed_digest_of_the_name() -> None:
    """HMAC-SHA-256 by Python's own module, over the kind, a separator and the name."""
    made = study().pseudonymise(KEY)
    digest = hmac.new(KEY.encode(), b"coder\x1fAnn", hashlib.sha256).hexdigest()
    assert made.study.coders.index[0] == f"coder-{digest[:6]}"
    assert study().pseudonymise(KEY.encode()).study == made.study
    assert study().pseudonymise("another secret").study.coders.index[0] != made.study.coders.index[0]


def test_all_tables_name_alike() -> None:
    made = study().pseudonymise(KEY).study
    document = made.documents.index[0]
    assert set(made.codings["document"]) == {document} == set(made.assignments["document"])
    assert made.documents["case"].tolist() == list(made.cases.index) == made.participants["case"].tolist()
    assert made.documents["participant"].tolist() == list(made.participants.index)
    assert made.cases["beds"].tolist() == [3]
    assert made.documents["text"].tolist() == [TEXT]
    assert made.codings["start"].tolist() == [0, 15, 3]


def test_positions_follow_the_words() -> None:
    made = study().pseudonymise(KEY, terms={"Dr Smith": "the doctor", "José": "J"}).study
    assert made.documents["text"].iloc[0] == "the doctor rang. J, said the doctor; Smithson did not."
    assert made.excerpts().tolist() == ["the doctor rang", "J, said the doctor; Smithson did not.", ""]
    assert made.codings["memo"].iloc[0] == "the doctor again"
    assert made.documents["by"].iloc[0] == "the doctor"
    assert made.codebook["fear"].definition == "as the doctor has it"


def between_words(text: str, at: int) -> bool:
    return not re.fullmatch(r"\w\w", text[max(0, at - 1) : at + 1])


@settings(max_examples=10)
@given(text=strategies.texts, ends=st.tuples(st.integers(0, 60), st.integers(0, 60)), word=st.sampled_from(["a", "ab"]))
def test_a_span_between_words_holds_the_same_but_for_the_word(text: str, ends: tuple[int, int], word: str) -> None:
    start, end = sorted(min(end, len(text)) for end in ends)
    assume(text.strip() and between_words(text, start) and between_words(text, end))
    whole = Study(
        pd.DataFrame({"document": ["d"], "coder": ["c"], "code": ["x"], "start": [start], "end": [end]}),
        documents=pd.DataFrame({"document": ["d"], "text": [text]}),
    )
    made = whole.pseudonymise(KEY, terms={word: "[word]"}).study
    alone = re.compile(rf"(?<!\w){word}(?!\w)")
    new, first, last = (*made.documents["text"], *made.codings["start"], *made.codings["end"])
    assert new == alone.sub("[word]", text)
    assert new[first:last] == alone.sub("[word]", text[start:end])


def test_units_are_named_with_their_documents() -> None:
    units = pd.DataFrame({"unit": ["Elm 1", "Elm 2"], "coder": ["Ann", "Ann"], "code": ["x", "y"]})
    made = Study(units).pseudonymise(KEY)
    assert list(made.study.units.index) == list(made.study.documents.index)
    pieces = study().unitise(by="sentence").pseudonymise(KEY).study
    assert pieces.units.index.str.startswith(pieces.documents.index[0]).all()
    local = pd.DataFrame({"unit": ["Elm 1"], "document": ["d"], "coder": ["Ann"], "code": ["x"]})
    made = Study(local).pseudonymise(KEY)
    assert made.study.units.index[0].startswith("unit-")
    assert "unit" in made.mapping["kind"].tolist()


@pytest.mark.parametrize(
    ("key", "terms", "message"),
    [
        ("short", (), "key must be text or bytes of at least 8 characters"),
        (None, (), "key must be text or bytes"),
        (KEY, "Ann", "terms must be several words or a mapping, not one text"),
        (KEY, ["Ann", " "], "1 of the terms are blank: ' '"),
    ],
)
def test_what_is_refused(key: Any, terms: Any, message: str) -> None:
    with pytest.raises(DataError, match=message):
        study().pseudonymise(key, terms=terms)


def test_without_texts() -> None:
    made = study().without_texts()
    assert made.documents["text"].isna().all()
    assert made.codings["text"].isna().all()
    assert made.codings["memo"].iloc[0] == "Dr Smith again"
    assert made.unmapped is None
    assert made.provenance.notes[-1].place == "study.without_texts"
    assert made.codings["end"].tolist() == study().codings["end"].tolist()


def test_home_folders_are_never_kept() -> None:
    for path, kept in (
        ("/home/ann/x.csv", "~/x.csv"),
        ("/Users/ann smith/x.csv", "~/x.csv"),
        (r"C:\Users\ann\x.csv", "~\\x.csv"),
        ("file:///home/ann/x", "file://~/x"),
        ("/data/x.csv", "/data/x.csv"),
        ("/home/ann", "~"),
        ("/home/ann.o'brien/x", "~/x"),
        (r"C:\Users\Ann Smith", "~"),
        (r"c:\users\Ann Smith\x", "~\\x"),
        (repr(r"C:\Users\Ann Smith\x"), repr("~\\x")),
        ("file:///C:/Users/Ann%20Smith/x", "file:///~/x"),
        (r"\\server\Users\ann\x", "~\\x"),
        ("d:/Documents and Settings/ann/x", "~/x"),
        ("'/home/ann' has 'a/b', /Users/ben; and c", "'~' has 'a/b', ~; and c"),
        ("the homepage /homes/x, a/home", "the homepage /homes/x, a/home"),
    ):
        made = Provenance(
            notes=[Remark("note", path, f"in {path}", path)], choices=[("from", path), (path, "x")], synthetic=path
        )
        assert Provenance(sources=[Source(path)]).sources[0].name == made.synthetic == made.choices[1][0] == kept
        assert (made.notes[0].place, made.notes[0].remedy, made.choices[0][1]) == (kept, kept, kept)
        assert made.notes[0].what == f"in {kept}"


def test_looking_for_home_folders_takes_no_time() -> None:
    started = time.perf_counter()
    for text in ("\\" * 200_000, "/home/" * 50_000, "/home/" + "a " * 100_000, "C:\\Users\\" + "b' " * 60_000):
        Provenance(synthetic=text)
    assert time.perf_counter() - started < 30


def test_names_in_headers_and_in_the_name_of_the_codebook_are_replaced() -> None:
    codings = pd.DataFrame({"unit": ["u1"], "coder": ["Ann"], "code": ["fear"]})
    documents = pd.DataFrame({"document": ["u1"], "mood (Ann)": ["low"], "kind": ["note"]})
    book = Codebook([Code("fear")], name="Codes of Ann")
    choices = [("what Ann chose", "all"), ("x", "by Ann")]
    made = Study(
        codings, documents=documents, codebook=book, provenance=Provenance(choices=choices, synthetic="by Ann")
    )
    shared = made.pseudonymise("a long secret").study
    new = shared.coders.index[0]
    assert f"mood ({new})" in shared.documents
    assert shared.codebook.name == f"Codes of {new}"
    assert shared.provenance.synthetic == f"by {new}"
    assert re.search(r"\bann\b", everything(shared), re.IGNORECASE) is None


def test_situations_that_are_called_by_a_case_are_called_by_its_pseudonym() -> None:
    situations = pd.DataFrame({"situation": ["North 1", "Northern 2"], "case": ["North", "North"], "taken": ["a", "b"]})
    codings = pd.DataFrame({"unit": ["u"], "coder": ["ann"], "code": ["x"], "case": ["North"]})
    made = Study(codings, situations=situations).pseudonymise(KEY)
    case = made.study.cases.index[0]
    assert made.study.situations["situation"].tolist() == [f"{case} 1", "Northern 2"]
