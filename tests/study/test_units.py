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
    told = "paragraph; a unit counts as coded where a coding holds at least one whole word of it"
    assert study.provenance.choice("unit of coding") == told
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
    assert set(RULES) == {"document", "paragraph", "sentence", "turn", "window", "overlap", "pattern"}


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
    assert ("1 with codings of several cases belong to none" in str(told)) == (None in cases)


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


def units_of(text: str, spans: list[tuple[int, int]], **options: Any) -> list[list[str]]:
    """For each coding, the texts of the units in which it counts."""
    study = study_of(text, spans).unitise(**options)
    pieces = {unit: text[row.start : row.end] for unit, row in study.units.iterrows()}
    rows = study.codings.groupby("code", sort=False)["unit"]
    held = {code: [pieces[unit] for unit in units] for code, units in rows}
    return [held.get(f"k{number}", []) for number in range(len(spans))]


SENTENCES = "We wait. They ring back. Nobody came!"


@pytest.mark.parametrize(
    ("span", "least", "reached"),
    [
        ((0, 10), "word", [0]),  # 'We wait. T': no whole word of the second
        ((0, 10), "character", [0, 1]),
        ((0, 13), "word", [0, 1]),  # 'They' is a word
        ((4, 6), "word", [0]),  # within one word: where most of it lies
        ((23, 27), "word", [2]),  # '. No': no whole word; most of it lies in the third
        ((0, 18), 0.5, [0, 1]),  # 9 of 15 characters
        ((0, 16), 0.5, [0]),  # 7 of 15
        ((0, 3), 0.5, []),  # 3 of 8: it reaches the share nowhere
        ((0, 37), 1, [0, 1, 2]),
    ],
)
def test_how_much_of_a_unit_a_coding_must_hold(span: tuple[int, int], least: Any, reached: list[int]) -> None:
    cut = ["We wait.", "They ring back.", "Nobody came!"]
    kept = units_of(SENTENCES, [span, (0, 37)], by="sentence", least=least)
    assert kept[0] == [cut[number] for number in reached]


def test_a_share_is_of_what_codings_of_one_coder_and_code_hold_together() -> None:
    """Two halves of the first sentence, one character of them in common, are all of it; of two coders each is half."""
    codings = pd.DataFrame(
        {"document": "d", "coder": ["a", "a", "b"], "code": "x", "start": [0, 4, 0], "end": [5, 8, 5]}
    )
    study = Study(codings, documents=pd.DataFrame({"document": ["d"], "text": [SENTENCES]}))
    made = study.unitise(by="sentence", least=0.9)
    assert made.codings[["coder", "unit"]].to_numpy().tolist() == [["a", "d [0:8]"]] * 2
    told = str(made.provenance.choice("unit of coding"))
    assert "at least 90% of its text" in told
    assert told.endswith("1 coding that hold as much of no unit were left out")


def test_a_word_of_a_script_without_blanks_is_a_character() -> None:
    assert units_of("这是。那是！", [(0, 4)], by="sentence") == [["这是。", "那是！"]]


@pytest.mark.parametrize("least", ["words", 0, 1.5, True])
def test_refused_shares(least: Any) -> None:
    with pytest.raises(DataError, match="least must be"):
        units_of(SENTENCES, [(0, 4)], by="sentence", least=least)


TALK = """Focus group, 3 May

Moderator: How is it?
ANNA (00:01:10): We wait.
One reason: nobody rings.
[00:01:20] Ben Okri: They ring.
Anna: I see."""


def test_turns_have_their_speaker_and_participant() -> None:
    people = pd.DataFrame({"participant": ["Anna", "Ben Okri"]})
    documents = pd.DataFrame({"document": ["d"], "text": [TALK]})
    at = TALK.index("nobody")
    codings = pd.DataFrame({"document": ["d"], "coder": "a", "code": "x", "start": [at], "end": [at + 6]})
    with pytest.raises(DataError, match="by='turn' needs the texts"):
        Study(codings, participants=people).unitise(by="turn")
    study = Study(codings, documents=documents, participants=people).unitise(by="turn")
    pieces = [TALK[start:end] for start, end in study.units[["start", "end"]].to_numpy().tolist()]
    assert pieces == [
        "ANNA (00:01:10): We wait.\nOne reason: nobody rings.",
        "[00:01:20] Ben Okri: They ring.",
        "Anna: I see.",
    ]
    assert study.units["participant"].tolist() == ["Anna", "Ben Okri", "Anna"]
    assert study.units["speaker"].tolist() == ["ANNA", "Ben Okri", "Anna"]
    assert study.codings["unit"].tolist() == [study.units.index[0]]
    told = str(study.provenance.choice("unit of coding"))
    assert "speakers: 'ANNA', 'Ben Okri'" in told
    assert "not taken for speakers: 'moderator', 'one reason'" in told
    assert "text before the first is a unit only where someone coded it: 1 document" in told


def test_turns_are_refused_where_no_one_speaks() -> None:
    with pytest.raises(DataError, match=r"1 document without one: 'd'\. Leave these out with study.select"):
        study_of("We wait. They ring.", [(0, 2)]).unitise(by="turn")


def test_a_pattern_begins_units_and_its_groups_are_columns() -> None:
    text = "Intro\nQ1 Why?\nBecause.\nQ2 How?\nSo."
    study = study_of(text, [(0, 5), (14, 21)]).unitise(by="pattern", pattern=r"^Q(?P<question>\d+)")
    assert study.units["question"].astype(object).where(study.units["question"].notna(), None).tolist() == [
        None,
        "1",
        "2",
    ]
    assert [text[start:end] for start, end in study.units[["start", "end"]].to_numpy().tolist()] == [
        "Intro",
        "Q1 Why?\nBecause.",
        "Q2 How?\nSo.",
    ]
    with pytest.raises(DataError, match="pattern must be a regular expression"):
        study_of(text, [(0, 5)]).unitise(by="pattern", pattern="(")
    with pytest.raises(DataError, match="must begin a unit in every document"):
        study_of(text, [(0, 5)]).unitise(by="pattern", pattern="Z")


def test_a_function_cuts_units() -> None:
    def halves(text: str) -> list[tuple[int, int]]:
        return [(0, 4), (4, len(text))]

    assert units_of("ab cd ef", [(0, 2), (6, 8)], by=halves) == [["ab c"], ["d ef"]]
    with pytest.raises(DataError, match="units must follow one another and lie within their text"):
        study_of("ab cd", [(0, 2)]).unitise(by=lambda _: [(0, 3), (2, 5)])


PDF = """The surgery changed how it
hands out appointments, and
nobody told the patients.
4
We learned of it from the
notice on the door, which was
small."""


def test_wrapped_lines_are_joined_and_page_numbers_left_out() -> None:
    """Two paragraphs as a PDF reader gives them: six lines and the number of the page between them."""
    study = study_of(PDF, [(0, 5)])
    paragraphs_of_it = study.unitise(by="paragraph")
    assert len(paragraphs_of_it.units) == 2
    assert "in 1 document lines are wrapped and were joined" in str(
        paragraphs_of_it.provenance.choice("unit of coding")
    )
    assert len(study.unitise(by="sentence").units) == 2


@pytest.mark.parametrize(
    "text",
    [
        "Anna: well I do not know about it\nBen: so that is how it is then\nAnna: yes I think that is right",
        "eggs\nmilk\nbread and butter\ncheese",
        "One line that is long enough.\nAnother one that ends, too.\nAnd a third line like them.",
    ],
)
def test_lines_of_speakers_lists_and_sentences_are_not_joined(text: str) -> None:
    assert len(list(paragraphs(text))) == text.count("\n") + 1


def test_units_of_documents_that_cases_share_have_the_case_of_their_part() -> None:
    text = "We wait. They ring. We go. They stay. So."
    codings = pd.DataFrame({"document": ["d"], "coder": "a", "code": "x", "start": [0], "end": [8]})
    parts = pd.DataFrame({"document": "d", "start": [0, 22], "end": [22, 37], "case": ["north", "south"]})
    study = Study(codings, documents=pd.DataFrame({"document": ["d"], "text": [text]}), document_parts=parts)
    assert study.codings["case"].tolist() == ["north"]
    assert study.cases.index.tolist() == ["north", "south"]
    made = study.unitise(by="sentence")
    cases = made.units["case"].astype(object)
    assert cases.where(cases.notna(), None).tolist() == ["north", "north", "south", "south", None]
    told = str(made.provenance.choice("unit of coding"))
    assert told.endswith("each unit belongs to the part that holds most of it; 1 unit in the part of no one case")
    south = study.select(cases=["south"]).unitise(by="sentence")
    assert south.units["case"].dropna().unique().tolist() == ["south"]
    assert len(south.units) == 3
