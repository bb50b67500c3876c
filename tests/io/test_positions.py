"""How positions count: each way is found out where the texts tell, told with its score, and can be forced."""

from __future__ import annotations

from pathlib import Path

import pytest
import strategies  # noqa: F401  (chooses hypothesis's profile)
from hypothesis import assume, given
from hypothesis import strategies as st
from iofiles import refusal, told
from refifiles import CODES, USERS, packed, project, selection, text_source

from expertsys.errors import DataError
from expertsys.io import read
from expertsys.io.positions import Counting, Marked, RawText, Ruler, candidates, choose, fits, is_quotation
from expertsys.study import Study

TEXT = "Naïve 😀 she said.\r\nIt is 🙂 not.\r\nAnd so on, we rang."
WORDS = ("she", "said", "It", "not", "And so on", "rang")


def counted(text: str, start: int, way: str) -> int:
    """A position as another program counts it, by Python's own encoders."""
    before = text[:start]
    if "lf" in way.split():
        before = before.replace("\r\n", "\n")
    unit = way.split()[0]
    number = (
        len(before.encode("utf-16-le")) // 2
        if unit == "utf-16"
        else len(before.encode())
        if unit == "utf-8"
        else len(before)
    )
    return number + (1 if unit != "utf-8" else 3) * ("with-bom" in way)


def coded(folder: Path, way: str, *, names: bool = True, **options: object) -> Study:
    marks = []
    for number, word in enumerate(WORDS):
        start = TEXT.index(word)
        first, last = (counted(TEXT, at, way) for at in (start, start + len(word)))
        marks.append(selection(number + 1, first, last - ("inclusive" in way), word if names else None))
    source = f"<Sources>{text_source(99, 'talk', *marks)}</Sources>"
    path = packed(folder, project(USERS + CODES + source), sources__a_txt=b"\xef\xbb\xbf" + TEXT.encode())
    return read(path, **options)  # type: ignore[arg-type]


WAYS = [
    "codepoints",
    "codepoints lf",
    "utf-16",
    "utf-16 lf",
    "utf-8",
    "utf-8 lf",
    "codepoints inclusive",
    "utf-16 with-bom",
]


@pytest.mark.parametrize("way", WAYS)
def test_quotations_tell_how_positions_count(tmp_path: Path, way: str) -> None:
    study = coded(tmp_path, way)
    assert study.provenance.choice("positions") == way
    assert study.excerpts().tolist() == list(WORDS)
    assert (
        f"positions were taken to count {way!r}: 6 of 6 quotations agree, 6 of 6 selections lie within"
        in told(study)[0]
    )
    assert ("\r" in study.documents["text"].iloc[0]) == ("lf" not in way)


@pytest.mark.parametrize("way", WAYS)
def test_a_way_that_is_asked_for_is_taken_without_quotations(tmp_path: Path, way: str) -> None:
    study = coded(tmp_path, way, names=False, positions=way)
    assert study.provenance.choice("positions") == f"{way} (as asked)"
    assert study.excerpts().tolist() == list(WORDS)


def test_a_wrong_way_is_taken_when_asked_for_and_said_to_be_worse(tmp_path: Path) -> None:
    study = coded(tmp_path, "utf-16 lf", positions="codepoints")
    (warning,) = (note for note in study.provenance.notes if note.severity == "warning")
    assert "positions were taken to count 'codepoints': 3 of 6 quotations agree" in warning.what
    assert warning.remedy.startswith("'utf-16 lf' fits better: 6 of 6 quotations agree")


def test_a_quotation_that_fits_but_for_a_blank_is_no_match_for_an_exact_one(tmp_path: Path) -> None:
    """An emoji less and a line end more cancel each other out, but for one character of white space."""
    text = "Q: Is the 😀 system slow?\r\n\r\nA: It’s slow — 🏥 very slow. We wait.\r\nWe write it 📝."
    quotations = ["Is the 😀 system slow?", "very slow", "We write it 📝"]
    marks = []
    for number, quotation in enumerate(quotations, start=1):
        start = text.index(quotation)
        first, last = (counted(text, at, "utf-16 lf") for at in (start, start + len(quotation)))
        marks.append(selection(number, first, last, quotation))
    source = f"<Sources>{text_source(99, 'talk', *marks)}</Sources>"
    study = read(packed(tmp_path, project(USERS + CODES + source), sources__a_txt=text.encode()))
    assert study.provenance.choice("positions") == "utf-16 lf"
    assert study.excerpts().tolist() == quotations


def test_a_way_that_cuts_fewer_words_is_told_where_it_is_not_taken(tmp_path: Path) -> None:
    study = coded(tmp_path, "codepoints lf", names=False)
    [warning] = [note for note in study.provenance.notes if note.severity == "warning"]
    assert "6 of 6 selections lie within their text, 3 begin and end between words" in warning.what
    assert "With 'codepoints lf', 6 of them begin and end between words." in warning.remedy
    assert warning.remedy.endswith("read(..., positions='codepoints lf').")
    right = coded(tmp_path, "codepoints lf", names=False, positions="codepoints lf")
    assert right.excerpts().tolist() == list(WORDS)
    assert not [note for note in right.provenance.notes if note.severity == "warning"]


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark(tmp_path: Path, codec: str) -> None:
    source = f"<Sources>{text_source(99, 'talk', selection(1, 6, 9, 'she'))}</Sources>"
    study = read(packed(tmp_path, project(USERS + CODES + source), sources__a_txt="Naïve she said.".encode(codec)))
    assert study.excerpts().tolist() == ["she"]
    assert f"1 text in {codec.upper()}." in "\n".join(told(study))


def test_without_evidence_the_plain_way_is_kept(tmp_path: Path) -> None:
    study = coded(tmp_path, "codepoints lf", names=False)
    assert study.provenance.choice("positions") == "codepoints"


def test_words_tell_only_where_the_lead_is_clear() -> None:
    text = RawText("\r\n".join(["one two three four"] * 40))
    plain = text.text.replace("\r\n", "\n")
    starts = [at + 4 for at in range(0, len(plain), 19)]
    marked = [Marked(text, starts, [start + 3 for start in starts], [None] * len(starts))]
    assert str(choose(fits(marked, candidates([text]))).counting) == "codepoints lf"
    few = [Marked(text, starts[:4], [start + 3 for start in starts[:4]], [None] * 4)]
    assert str(choose(fits(few, candidates([text]))).counting) == "codepoints"


def test_line_ends_counted_as_two_in_a_text_that_has_one() -> None:
    raw = RawText("a\nb\nc")
    begin, end, fit = Ruler.of(raw, Counting(line_ends="crlf")).place(*(array([n]) for n in (6, 7)))
    assert (begin.tolist(), end.tolist(), fit.tolist()) == ([4], [5], [True])


def array(numbers: list[int]) -> object:
    import numpy as np

    return np.array(numbers, dtype=np.int64)


@given(
    text=st.text("a b\r\né😀", min_size=1, max_size=30),
    ends=st.tuples(st.integers(0, 30), st.integers(0, 30)),
    way=st.sampled_from(["codepoints", "utf-16", "utf-8", "codepoints lf", "utf-16 lf"]),
)
def test_every_way_leads_back_to_the_same_place(text: str, ends: tuple[int, int], way: str) -> None:
    start, end = sorted(min(end, len(text)) for end in ends)
    assume("lf" not in way or not any(text[at - 1 : at + 1] == "\r\n" for at in (start, end)))
    ruler = Ruler.of(RawText(text), Counting.parse(way))
    first, last, fit = ruler.place(*(array([counted(text, at, way)]) for at in (start, end)))  # type: ignore[arg-type]
    assert fit.all()
    excerpt = text[start:end].replace("\r\n", "\n") if "lf" in way else text[start:end]
    assert ruler.text[int(first[0]) : int(last[0])] == excerpt


def test_selections_that_do_not_fit_are_cut_and_told(tmp_path: Path) -> None:
    marks = [selection(1, 2, 99), selection(2, 50, 60), selection(3, 4, 2), selection(4, -3, 2), selection(5, 0, 5)]
    source = f"<Sources>{text_source(99, 'talk', *marks)}</Sources>"
    study = read(packed(tmp_path, project(USERS + CODES + source), sources__a_txt=b"short"))
    assert study.codings[["start", "end"]].to_numpy().tolist() == [[2, 5], [5, 5], [4, 4], [0, 2], [0, 5]]
    text = "\n".join(told(study))
    assert "4 selections beyond the text, or with an end before the start, cut to fit" in text
    assert "(2 to 99 of 5)" in text
    assert "another way of counting is forced by read(..., positions='...')" in text


@pytest.mark.parametrize("words", ["klingon", "utf-8 utf-16", "lf crlf", ""])
def test_words_that_name_no_way(words: str) -> None:
    with pytest.raises(DataError, match="positions must be made of the words 'codepoints', 'utf-16', 'utf-8'"):
        Counting.parse(words)


def test_positions_are_for_projects_only(tmp_path: Path) -> None:
    table = tmp_path / "t.zip"
    table.write_bytes(b"PK\x05\x06" + bytes(18))
    assert "to which 'positions' cannot be applied" in str(refusal(table, positions="codepoints"))


@pytest.mark.parametrize(
    ("name", "excerpt", "same"),
    [
        ("a b", "a b", True),
        ("a  b", "a\nb", True),
        ("she said that…", "she said that she had", True),
        ("she said that...", "she said that she had", True),
        ("a…", "a b", False),
        ("a", "a b", False),
        ("", "", False),
        (None, "a", False),
    ],
)
def test_what_counts_as_a_quotation(name: str | None, excerpt: str, *, same: bool) -> None:
    assert is_quotation(name, excerpt) is same
