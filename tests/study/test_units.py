"""From text to units: every rule cuts whole characters, and every coding finds the units that it reaches into."""

from __future__ import annotations

import itertools
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import texts

from expertsys.errors import DataError
from expertsys.study import Study
from expertsys.study.units import RULES, paragraphs, sentences, unitise, windows

TEXT = "First line.\r\n\r\n  Second – «yes!» Third? 😀 Fourth…\nno end"


def pieces(text: str, cut: Any) -> list[str]:
    return [text[start:end] for start, end in cut]


def test_paragraphs_end_at_every_line_end_that_unicode_knows() -> None:
    text = "a\nb\r\nc\rd\ve\ff\x85g\u2028h\u2029i"
    assert pieces(text, paragraphs(text)) == list("abcdefghi")


def test_paragraphs_are_non_empty_lines() -> None:
    assert pieces(TEXT, paragraphs(TEXT)) == ["First line.", "Second – «yes!» Third? 😀 Fourth…", "no end"]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (TEXT, ["First line.", "Second – «yes!»", "Third? 😀 Fourth…", "no end"]),  # no word follows
        ("He said “No.” Then left.", ["He said “No.”", "Then left."]),
        ("About 3.5 mg, e.g. twice. 4 mg next.", ["About 3.5 mg, e.g. twice.", "4 mg next."]),
        ("Élan? ¿Qué? (Yes.) «No.» End", ["Élan?", "¿Qué?", "(Yes.)", "«No.»", "End"]),
        ("... and so on... and on. Äh.", ["... and so on... and on.", "Äh."]),
        ("Это так. Это нет. а это да.", ["Это так.", "Это нет. а это да."]),
        ("这是。那是！「好。」完", ["这是。", "那是！", "「好。」", "完"]),
        ("هل هذا؟ نعم. لا", ["هل هذا؟", "نعم.", "لا"]),
        ("यह है। वह है।", ["यह है।", "वह है।"]),
        ("One\u2028two.\x85Three", ["One", "two.", "Three"]),
        ("  \n\t", []),
        ("", []),
    ],
)
def test_sentences(text: str, parts: list[str]) -> None:
    assert pieces(text, sentences(text)) == parts


@given(texts)
def test_stretches_hold_all_text_but_white_space(text: str) -> None:
    for rule in (paragraphs, sentences):
        cut = list(rule(text))
        assert "".join("".join(pieces(text, cut)).split()) == "".join(text.split())
        assert all(piece and piece == piece.strip() for piece in pieces(text, cut))
        assert all(end <= start for (_, end), (start, _) in itertools.pairwise(cut))


@given(texts, st.integers(1, 9))
def test_windows_hold_all_text(text: str, size: int) -> None:
    cut = list(windows(text, size))
    assert "".join(pieces(text, cut)) == text
    assert all(end - start == size for start, end in cut[:-1])


@st.composite
def coded(draw: st.DrawFn) -> tuple[str, list[tuple[int, int]]]:
    text = draw(texts.filter(str.strip))
    places = st.integers(0, len(text))
    spans = draw(st.lists(st.tuples(places, places).map(sorted).map(tuple), min_size=1, max_size=6))
    return text, spans  # type: ignore[return-value]


def codings_of(spans: list[tuple[int, int]]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "document": "d",
            "coder": [f"c{row % 2}" for row in range(len(spans))],
            "code": [f"k{row}" for row in range(len(spans))],
            "start": [start for start, _ in spans],
            "end": [end for _, end in spans],
        }
    )


def study_of(text: str, spans: list[tuple[int, int]]) -> Study:
    return Study(codings_of(spans), documents=pd.DataFrame({"document": ["d"], "text": [text]}))


@pytest.mark.parametrize(("by", "size"), [("paragraph", None), ("sentence", None), ("window", 4), ("overlap", None)])
@given(coded())
def test_a_coding_stands_in_every_unit_that_it_reaches_into(
    by: Any, size: int | None, given_: tuple[str, list[tuple[int, int]]]
) -> None:
    text, spans = given_
    codings = codings_of(spans)
    documents = pd.DataFrame({"case": ["n"], "text": [text]}, index=pd.Index(["d"], name="document"))
    if by in ("paragraph", "sentence"):  # these leave white space out
        inside = [text[start : max(end, start + 1)].strip() for start, end in spans]
        codings, spans = codings[[bool(kept) for kept in inside]], list(itertools.compress(spans, inside))
    reaching, units, _ = unitise(codings.assign(case="n"), documents, by=by, size=size, least="character")
    cut = units.set_index("unit")
    for code, (start, end) in zip(codings["code"], spans, strict=True):
        reached = reaching.loc[reaching["code"] == code, "unit"].tolist()
        assert reached
        if start < end:
            assert reached == cut.index[(cut["start"] < end) & (cut["end"] > start)].tolist()
        else:
            assert all(cut.loc[name, "start"] <= start <= cut.loc[name, "end"] for name in reached)
    if by == "overlap":
        ends, starts = cut["end"].tolist(), cut["start"].tolist()
        assert all(end <= start for end, start in zip(ends, starts[1:], strict=False))


def names(study: Study) -> list[tuple[str, str]]:
    return list(zip(study.codings["code"], study.codings["unit"], strict=True))


def test_by_paragraph_with_positions_in_code_points() -> None:
    at = TEXT.index("😀")
    study = study_of(TEXT, [(at, at + 1), (0, len(TEXT)), (len(TEXT) - 6, len(TEXT))]).unitise(by="paragraph")
    whole = study.units.index.tolist()
    assert whole == ["d [0:11]", "d [17:49]", f"d [{len(TEXT) - 6}:{len(TEXT)}]"]
    assert names(study) == [("k0", whole[1]), *(("k1", name) for name in whole), ("k2", whole[2])]
    assert study.provenance.choice("unit of coding") == "paragraph"
    assert study.excerpts()[0] == "😀"


def test_runs_of_overlapping_codings() -> None:
    """Chains merge, touching stretches stay apart, documents never mix."""
    codings = pd.DataFrame(
        {
            "document": ["d", "d", "d", "d", "e"],
            "coder": ["a", "b", "a", "b", "a"],
            "code": list("vwxyz"),
            "start": [0, 3, 5, 9, 0],
            "end": [4, 6, 9, 12, 4],
        }
    )
    study = Study(codings).unitise(by="overlap")
    assert study.units.index.tolist() == ["d [0:9]", "d [9:12]", "e [0:4]"]
    assert study.codings["unit"].tolist() == ["d [0:9]"] * 3 + ["d [9:12]", "e [0:4]"]
    assert "text that no one coded is no unit" in str(study.provenance.choice("unit of coding"))


def test_codings_without_length() -> None:
    """They count as the character behind them; at the end of a unit, as belonging to it."""
    spans = [(0, 0), (2, 2), (5, 5), (3, 4)]
    assert [unit for _, unit in names(study_of("ab cd", spans).unitise(by="window", size=2))] == [
        "d [0:2]",
        "d [2:4]",
        "d [4:5]",
        "d [2:4]",
    ]
    assert {unit for _, unit in names(study_of("ab cd", spans).unitise(by="sentence"))} == {"d [0:5]"}
    runs = study_of("ab cd", spans).unitise(by="overlap")
    assert runs.units.index.tolist() == ["d [0:1]", "d [2:3]", "d [3:4]", "d [5:6]"]
    assert len(runs.codings) == 4


def test_a_coding_without_positions_covers_its_document() -> None:
    codings = pd.DataFrame({"document": ["d"], "coder": ["a"], "code": ["x"]})
    documents = pd.DataFrame({"document": ["d", "e"], "text": ["One.\nTwo.", "Three."], "case": ["n", "s"]})
    study = Study(codings, documents=documents).unitise(by="paragraph")
    assert study.codings["unit"].tolist() == ["d [0:4]", "d [5:9]"]
    assert study.units["case"].tolist() == ["n", "n", "s"]
    whole = Study(codings, documents=documents).unitise(by="document")
    assert whole.units.index.tolist() == ["d", "e"]
    assert whole.codings["unit"].tolist() == ["d"]


def test_unitising_again_replaces_the_units() -> None:
    study = study_of("One. Two.\nThree.", [(0, 4), (10, 15)])
    assert study.unitise(by="sentence").unitise(by="document") == study.unitise(by="document")
    assert len(study.unitise(by="document").unitise(by="sentence").units) == 3


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"by": "paragraphs"}, r"by must be one of 'document', 'paragraph', .*Did you mean 'paragraph'\?"),
        ({"by": "window"}, "size goes with by='window', and is needed there"),
        ({"by": "sentence", "size": 4}, "size goes with by='window'"),
        ({"by": "window", "size": 0}, "size must be a whole number above 0, not 0"),
    ],
)
def test_refused_rules(options: dict[str, Any], told: str) -> None:
    with pytest.raises(DataError, match=told):
        study_of("ab", [(0, 1)]).unitise(**options)


@pytest.mark.parametrize("by", ["paragraph", "sentence", "window"])
def test_texts_are_needed(by: Any) -> None:
    codings = pd.DataFrame({"document": ["d"], "coder": ["a"], "code": ["x"], "start": [0], "end": [3]})
    with pytest.raises(
        DataError, match=rf"by='{by}' needs the texts of the documents; 1 document without one: 'd'\. Give"
    ):
        Study(codings).unitise(by=by, size=4 if by == "window" else None)


def test_runs_need_positions() -> None:
    codings = pd.DataFrame({"document": ["d"], "coder": ["a"], "code": ["x"]})
    with pytest.raises(DataError, match=r"1 coding without positions\. Choose by='document'"):
        Study(codings).unitise(by="overlap")


def test_codings_that_reach_no_unit_are_listed() -> None:
    documents = pd.DataFrame({"document": ["d", "blank"], "text": ["One.\n\nTwo.", " \t"]})
    codings = pd.DataFrame(
        {"document": ["d", "d", "blank"], "coder": "a", "code": "x", "start": [0, 5, 0], "end": [2, 6, 1]}
    )
    with pytest.raises(
        DataError, match=r"no unit is reached by 2 codings\. Drop them, or choose by='window'"
    ) as caught:
        Study(codings, documents=documents).unitise(by="paragraph")
    assert [str(fault) for fault in caught.value.faults] == [
        "codings, row 2: marks only white space between units, 5 to 6.",
        "codings, row 3: lies in the document 'blank', which holds no unit.",
    ]


def test_codings_without_document_are_refused() -> None:
    codings = pd.DataFrame({"document": [None], "start": pd.array([1], dtype="Int64")})
    with pytest.raises(DataError, match=r"no document is named by 1 coding\. Give them a document"):
        unitise(codings, pd.DataFrame({"text": []}), by="document", size=None)


def test_rules_are_all_tested() -> None:
    assert set(RULES) == {"document", "paragraph", "sentence", "window", "overlap"}


@pytest.mark.parametrize(("by", "cases"), [("document", [None]), ("paragraph", ["north", "south"])])
def test_a_unit_of_a_document_that_cases_share_is_of_none_where_it_holds_codings_of_several(
    by: Any, cases: list[str | None]
) -> None:
    codings = pd.DataFrame(
        {
            "document": ["talk"] * 2,
            "coder": "ann",
            "code": "x",
            "case": ["north", "south"],
            "start": [0, 9],
            "end": [5, 14],
        }
    )
    study = Study(codings, documents=pd.DataFrame({"document": ["talk"], "text": ["We wait.\nThey ring."]}))
    units = study.unitise(by=by)
    found = units.units["case"]
    assert found.astype(object).where(found.notna(), None).tolist() == cases
    told = units.provenance.choice("unit of coding")
    assert told == (f"{by}; 1 with codings of several cases belong to none" if None in cases else by)


def test_codings_without_a_position_are_counted_and_documents_without_a_text_can_be_left_out() -> None:
    codings = pd.DataFrame(
        {
            "document": ["pdf", "pdf", "film"],
            "coder": "ann",
            "code": "x",
            "start": [0, None, None],
            "end": [4, None, None],
        }
    )
    documents = pd.DataFrame({"document": ["pdf", "film"], "text": ["One. Two. Three.", None]})
    study = Study(codings.astype({"start": "Int64", "end": "Int64"}), documents=documents)
    with pytest.raises(DataError, match=r"leave these out with study.select\(documents=\[...\]\)"):
        study.unitise(by="sentence")
    units = study.select(documents=["pdf"]).unitise(by="sentence")
    assert units.codings["unit"].tolist() == ["pdf [0:4]", "pdf [0:4]", "pdf [5:9]", "pdf [10:16]"]
    told = str(units.provenance.choice("unit of coding"))
    assert told.endswith("; codings without a position, such as of an area, count in every unit of their document: 1")
