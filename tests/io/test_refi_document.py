"""Selections column by column against the same as a list of small lists, and identifiers against their pattern."""

from __future__ import annotations

import re

import strategies  # noqa: F401  (chooses hypothesis's profile)
from hypothesis import given
from hypothesis import strategies as st

from expertsys.io.refi.document import Selections
from expertsys.io.refi.schema import is_guid

PATTERN = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
Nested = list[tuple[str, list[str], list[tuple[str, list[str]]]]]


def nested(held: Selections) -> Nested:
    """Each selection with its notes and its codings, each of those with its notes."""
    made: Nested = [(guid, held.notes.get(at, []), []) for at, guid in enumerate(held.guid)]
    for at, (of, guid) in enumerate(zip(held.codings.of, held.codings.guid, strict=True)):
        made[of][2].append((guid, held.codings.notes.get(at, [])))
    return made


def columns(drawn: list[tuple[bool, list[tuple[bool, bool]]]]) -> tuple[Selections, set[int]]:
    """Selections, noted or not, with codings that are noted or not, and the numbers of those that are to go."""
    held, gone = Selections(), set()
    for number, (noted, codings) in enumerate(drawn):
        held.add(f"s{number}", number, number + 1)
        if noted:
            held.notes[number] = [f"of s{number}"]
        for coding_noted, goes in codings:
            at = len(held.codings.of)
            held.codings.add(number, f"c{at}", "code", None, None)
            if coding_noted:
                held.codings.notes[at] = [f"of c{at}"]
            if goes:
                gone.add(at)
    return held, gone


@given(drawn=st.lists(st.tuples(st.booleans(), st.lists(st.tuples(st.booleans(), st.booleans()), max_size=3))))
def test_codings_go_and_with_them_the_selections_that_they_leave_bare(
    drawn: list[tuple[bool, list[tuple[bool, bool]]]],
) -> None:
    held, gone = columns(drawn)
    names = {f"c{at}" for at in gone}
    expected = [
        (guid, notes, [coding for coding in codings if coding[0] not in names])
        for guid, notes, codings in nested(held)
        if not codings or any(coding[0] not in names for coding in codings)
    ]
    left = held.without(gone)
    assert nested(left) == expected
    assert [f"s{start}" for start in left.start] == left.guid
    assert {len(column) for column in (left.end, left.name, left.modified)} == {len(left.guid)}


HEXADECIMAL = "0123456789abcdef"
NEARLY = st.from_regex(PATTERN, fullmatch=True).flatmap(
    lambda text: st.tuples(st.integers(0, len(text) - 1), st.sampled_from(f"{HEXADECIMAL}AFg-x0é\ud800\n")).map(
        lambda change: text[: change[0]] + change[1] + text[change[0] + 1 :]
    )
)


@given(text=st.from_regex(PATTERN, fullmatch=True) | NEARLY | st.text(alphabet=f"{HEXADECIMAL}-é", max_size=40))
def test_an_identifier_is_told_as_by_its_pattern(text: str) -> None:
    assert is_guid(text) == (PATTERN.fullmatch(text) is not None)
