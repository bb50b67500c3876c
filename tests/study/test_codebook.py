"""Codes and codebooks: validated at once, in order, with their hierarchy."""

from __future__ import annotations

import time
from typing import Any

import pandas as pd
import pytest
from frames import MakeFrame
from hypothesis import given
from hypothesis import strategies as st

from expertsys.errors import DataError
from expertsys.study import Code, Codebook

BOOK = Codebook(
    [
        Code("affect", definition="what one feels"),
        Code("fear", parent="affect", guid="g1", colour="#ff0000", concept="emptying-out"),
        Code("fear of exams", parent="fear", inclusion="exams", exclusion="quizzes", example="I was afraid."),
        Code("trust"),
    ],
    name="Proctoring",
    version="2",
)


@pytest.mark.parametrize("name", ["", " ", " fear", "fear\n", None, 3])
def test_a_code_needs_a_name(name: Any) -> None:
    with pytest.raises(DataError, match=r"Code\.name: a code's name must be text without blanks around it, not"):
        Code(name)
    if name is not None:
        with pytest.raises(DataError, match=r"Code\.parent"):
            Code("x", parent=name)


def test_looking_up() -> None:
    assert BOOK["fear"].concept == "emptying-out"
    assert "fear" in BOOK
    assert "Fear" not in BOOK
    assert (len(BOOK), BOOK.names) == (4, ("affect", "fear", "fear of exams", "trust"))
    assert [code.name for code in BOOK] == list(BOOK.names)
    with pytest.raises(DataError, match=r"no code 'Fear'; there are: 'affect', .*Did you mean 'fear'\?"):
        BOOK["Fear"]


def test_hierarchy() -> None:
    assert BOOK.ancestors("fear of exams") == ("fear", "affect")
    assert [code.name for code in BOOK.children("affect")] == ["fear"]
    assert BOOK.children("trust") == ()
    with pytest.raises(DataError, match="no code 'hope'"):
        BOOK.children("hope")


def test_all_faults_at_once() -> None:
    codes = [
        Code("a", parent="b"),
        Code("b", parent="a"),
        Code("c", parent="nowhere"),
        Code("a"),
        Code("d", parent="d"),
    ]
    with pytest.raises(DataError, match=r"the codebook has 3 faults") as caught:
        Codebook(codes)
    assert [str(fault) for fault in caught.value.faults if "taken" in fault.what or "unknown" in fault.what] == [
        "codebook, code 3: 'c' has the unknown parent 'nowhere'. Add it.",
        "codebook, code 4: the name 'a' is already taken. Give each a path.",
    ]
    assert "codebook, code 5: 'd' is its own ancestor. Correct its parent." in str(caught.value)


def test_a_circle_names_its_codes() -> None:
    with pytest.raises(DataError) as caught:
        Codebook([Code("a", parent="b"), Code("b", parent="c"), Code("c", parent="a"), Code("d", parent="a")])
    assert [fault.what for fault in caught.value.faults] == [f"'{name}' is its own ancestor." for name in "abc"]


def test_a_single_fault_is_in_the_message() -> None:
    with pytest.raises(DataError, match=r"1 fault\.\n  - codebook, code 2: the name 'a' is already taken"):
        Codebook([Code("a"), Code("a")])


def test_sub_codes_by_separator() -> None:
    book = Codebook.of(["fear->exam -> essay", "trust", "->", "fear->exam"], separator="->")
    assert book.names == ("fear", "fear->exam", "fear->exam -> essay", "trust", "->")
    assert [code.parent for code in book] == [None, "fear", "fear->exam", None, None]
    assert Codebook.of(["a->b"])["a->b"].parent is None


@given(st.lists(st.lists(st.sampled_from("abc"), min_size=1, max_size=4), max_size=6))
def test_any_paths_make_a_sound_codebook(paths: list[list[str]]) -> None:
    book = Codebook.of(["/".join(path) for path in paths], separator="/")
    assert set(book.names) == {"/".join(path[:depth]) for path in paths for depth in range(1, len(path) + 1)}
    for code in book:
        assert book.ancestors(code.name) == tuple(
            code.name.rsplit("/", cut)[0] for cut in range(1, code.name.count("/") + 1)
        )


def test_pointing_to_concepts() -> None:
    mapped = BOOK.with_concepts({"trust": "trust-in-expert-systems"})
    assert mapped["trust"].concept == "trust-in-expert-systems"
    assert mapped["fear"].concept == "emptying-out"
    assert (mapped.name, mapped.version) == ("Proctoring", "2")
    assert BOOK["trust"].concept is None
    with pytest.raises(DataError, match=r"no code 'trsut'.*Did you mean 'trust'"):
        BOOK.with_concepts({"trsut": "x"})


def test_frame_and_back(make_frame: MakeFrame) -> None:
    frame = BOOK.to_frame()
    assert frame.index.name == "code"
    assert frame["parent"].isna().tolist() == [True, False, False, True]
    assert frame.loc["affect", "definition"] == "what one feels"
    assert Codebook.from_frame(frame, name="Proctoring", version="2") == BOOK
    if make_frame.kind in ("pandas", "polars", "pyarrow"):
        assert Codebook.from_frame(make_frame(frame.reset_index()), name="Proctoring", version="2") == BOOK


def test_frames_from_elsewhere() -> None:
    frame = pd.DataFrame(
        {"name": [" fear ", None, "nan"], "parent": ["affect", None, ""], "colour": [None, " ", "red"]}
    )
    book = Codebook.from_frame(pd.concat([pd.DataFrame({"name": ["affect"]}), frame]))
    assert book.names == ("affect", "fear", "nan")
    assert (book["fear"].parent, book["nan"].colour) == ("affect", "red")


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        ({"label": ["x"]}, r"codebook: no column 'name'; the columns are 'label'"),
        (
            {"code": ["x"], "definitions": ["y"]},
            "no codebook column 'definitions'; there are: .*Did you mean 'definition'",
        ),
        ({"code": ["x", None], "definition": [None, "y"]}, r"codebook, row 2: a code without a name\. Fill the cell"),
    ],
)
def test_refused_frames(columns: dict[str, Any], told: str) -> None:
    with pytest.raises(DataError, match=told):
        Codebook.from_frame(pd.DataFrame(columns))


def test_equal_by_content_and_hashable() -> None:
    again = Codebook(list(BOOK.codes), name="Proctoring", version="2")
    assert again == BOOK
    assert hash(again) == hash(BOOK)
    assert Codebook(BOOK.codes[:3]) != BOOK
    with pytest.raises(AttributeError):
        BOOK.name = "x"  # type: ignore[misc]


def test_repr_is_the_tree() -> None:
    assert repr(BOOK).splitlines() == [
        "Codebook Proctoring version 2: 4 codes, 1 of them point to a concept",
        "  affect",
        "    fear  -> emptying-out",
        "      fear of exams",
        "  trust",
    ]
    assert repr(Codebook.of(map(str, range(30)))).endswith("... and 10 more")
    apart = Codebook([Code("c", parent="a"), Code("b"), Code("a"), Code("d", parent="b")])
    assert repr(apart).splitlines()[1:] == ["  b", "    d", "  a", "    c"]
    assert repr(Codebook()) == "Codebook: 0 codes, 0 of them point to a concept"


@given(st.lists(st.none() | st.integers(0, 7), min_size=8, max_size=8))
def test_only_codes_within_a_circle_are_their_own_ancestors(parents: list[int | None]) -> None:
    """Against climbing from each code as many steps as there are codes."""
    circling = set()
    for start in range(8):
        at = parents[start]
        for _ in range(8):
            if at == start:
                circling.add(f"c{start}")
            at = None if at is None else parents[at]
    codes = [Code(f"c{at}", parent=None if above is None else f"c{above}") for at, above in enumerate(parents)]
    if not circling:
        assert len(Codebook(codes)) == 8
        return
    with pytest.raises(DataError) as caught:
        Codebook(codes)
    assert {fault.what for fault in caught.value.faults} == {f"'{name}' is its own ancestor." for name in circling}


@pytest.mark.parametrize("last", [None, "c0"])
def test_a_chain_of_many_codes_is_followed_once(last: str | None) -> None:
    size = 20_000
    codes = [Code(f"c{at}", parent=f"c{at + 1}" if at < size - 1 else last) for at in range(size)]
    started = time.perf_counter()
    if last is None:
        assert len(Codebook(codes).ancestors("c0")) == size - 1
    else:
        with pytest.raises(DataError, match="the codebook has 20,000 faults"):
            Codebook(codes)
    assert time.perf_counter() - started < 30


def test_many_codes_come_from_a_table_at_once() -> None:
    table = pd.DataFrame({"code": [f"c{at}" for at in range(20_000)], "definition": ["", "x"] * 10_000})
    started = time.perf_counter()
    book = Codebook.from_frame(table)
    assert time.perf_counter() - started < 30
    assert [book["c0"].definition, book["c1"].definition, len(book)] == ["", "x", 20_000]
