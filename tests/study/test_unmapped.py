"""What no table has a place for travels along, until a part of the study is taken out of the whole."""

from __future__ import annotations

import pickle

import pandas as pd
import pytest

from expertsys.errors import DataError
from expertsys.study import Study, Unmapped

PARTS = Unmapped.of("a project", {"b": [b"one ", b"two"], "a": b""})


def study() -> Study:
    codings = pd.DataFrame({"document": ["d", "e"], "coder": ["ann", "ben"], "code": ["x", "y"]})
    return Study(codings, unmapped=PARTS)


def test_parts_are_found_by_name_whatever_their_order() -> None:
    assert PARTS.names == ("a", "b")
    assert (PARTS["b"], b"".join(PARTS.pieces("b")), PARTS["a"]) == (b"one two", b"one two", b"")
    assert Unmapped.of("a project", {"a": b"", "b": b"one two"}) == PARTS
    assert Unmapped.of("another", {"a": b"", "b": b"one two"}) != PARTS
    assert repr(PARTS) == "Unmapped parts of a project: a, b"
    for take in (PARTS.__getitem__, lambda name: list(PARTS.pieces(name))):
        with pytest.raises(DataError, match="no part 'c'; there are: 'a', 'b'"):
            take("c")


def test_a_part_given_as_a_function_is_made_when_it_is_asked_for() -> None:
    asked: list[str] = []

    def pieces() -> list[bytes]:
        asked.append("b")
        return [b"one ", b"two"]

    late = Unmapped.of("a project", {"b": pieces, "a": b""})
    assert (late.names, late["a"], repr(late), asked) == (PARTS.names, b"", repr(PARTS), [])
    assert b"".join(late.pieces("b")) == b"one two"
    assert late == PARTS
    assert hash(late) == hash(PARTS)
    assert pickle.loads(pickle.dumps(late)) == PARTS  # noqa: S301
    assert asked == ["b", "b"], "once to be written, and once to be kept from then on"
    assert late["b"] == b"one two"


def test_they_travel_along_and_count_in_equality() -> None:
    whole = study()
    assert whole.unitise(by="document").unmapped == PARTS
    assert whole.with_assignments("all").with_codebook(whole.codebook).with_title("t").noting().unmapped == PARTS
    assert whole != Study(whole.codings)
    assert whole == study()
    assert whole.select().unmapped == PARTS


def test_a_part_of_the_study_leaves_them_out_and_says_so() -> None:
    part = study().select(coders=["ann"])
    assert part.unmapped is None
    assert [note.place for note in part.provenance.notes] == ["study.select"]
    assert "left out study.unmapped" in part.provenance.notes[0].what
