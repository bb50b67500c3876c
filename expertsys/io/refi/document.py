"""A project file as it stands: a tree, and beside it the many selections of text, column by column."""

from __future__ import annotations

from collections.abc import Container, Iterator
from itertools import accumulate, compress
from typing import Any, TypeVar
from xml.etree.ElementTree import Element

import attrs

_Table = TypeVar("_Table", "Codings", "Selections")


@attrs.define(eq=False)
class Codings:
    """The codes applied to the selections of one text, in their order: `of` says to which selection, by its number."""

    of: list[int] = attrs.field(factory=list)
    guid: list[str] = attrs.field(factory=list)
    code: list[str] = attrs.field(factory=list)
    user: list[str | None] = attrs.field(factory=list)
    created: list[str | None] = attrs.field(factory=list)
    notes: dict[int, list[str]] = attrs.field(factory=dict)

    def add(self, of: int, guid: str, code: str, user: str | None, created: str | None) -> None:
        """Add a coding of the last selection."""
        self.of.append(of)
        self.guid.append(guid)
        self.code.append(code)
        self.user.append(user)
        self.created.append(created)

    def drop(self) -> None:
        """Take the last coding out."""
        for column in (self.of, self.guid, self.code, self.user, self.created):
            column.pop()
        self.notes.pop(len(self.of), None)


@attrs.define(eq=False)
class Selections:
    """The stretches that someone marked in one text, and their codings; the few notes are by number of the row."""

    guid: list[str] = attrs.field(factory=list)
    start: list[int] = attrs.field(factory=list)
    end: list[int] = attrs.field(factory=list)
    name: list[str | None] = attrs.field(factory=list)
    description: list[str | None] = attrs.field(factory=list)
    user: list[str | None] = attrs.field(factory=list)
    created: list[str | None] = attrs.field(factory=list)
    modifier: list[str | None] = attrs.field(factory=list)
    modified: list[str | None] = attrs.field(factory=list)
    notes: dict[int, list[str]] = attrs.field(factory=dict)
    codings: Codings = attrs.field(factory=Codings)

    def add(
        self,
        guid: str,
        start: int,
        end: int,
        name: str | None = None,
        description: str | None = None,
        user: str | None = None,
        created: str | None = None,
        modifier: str | None = None,
        modified: str | None = None,
    ) -> None:
        """Add a selection that has no codings yet."""
        self.guid.append(guid)
        self.start.append(start)
        self.end.append(end)
        self.name.append(name)
        self.description.append(description)
        self.user.append(user)
        self.created.append(created)
        self.modifier.append(modifier)
        self.modified.append(modified)

    def coders(self) -> list[str | None]:
        """Who made each coding: its user, else the selection's."""
        codings, users = self.codings, self.user
        return [user or users[number] for user, number in zip(codings.user, codings.of, strict=True)]

    def without(self, gone: Container[int]) -> Selections:
        """The same without these codings, and without the selections that then have none."""
        of = self.codings.of
        stay = [number not in gone for number in range(len(of))]
        emptied = set(of).difference(compress(of, stay))
        held = [number not in emptied for number in range(len(self.guid))]
        numbers = _numbers(held)
        codings = _only(self.codings, stay)
        codings.of = [numbers[number] for number in codings.of]
        return attrs.evolve(_only(self, held), codings=codings)


def _only(table: _Table, stay: list[bool]) -> _Table:
    """The rows that stay."""
    cells = {field.name: getattr(table, field.name) for field in attrs.fields(type(table))}
    columns: Any = {name: list(compress(column, stay)) for name, column in cells.items() if isinstance(column, list)}
    numbers = _numbers(stay)
    notes = {numbers[number]: held for number, held in table.notes.items() if stay[number]}
    return attrs.evolve(table, **columns, notes=notes)


def _numbers(stay: list[bool]) -> list[int]:
    """The new number of each row that stays."""
    return [number - 1 for number in accumulate(stay)]


@attrs.define(eq=False)
class Project:
    """A project: its tree without selections of plain text, and those by the element that they stand in."""

    root: Element
    selections: dict[Element, Selections] = attrs.field(factory=dict)

    def all(self, path: str) -> list[Element]:
        """The elements at a path below the project, such as ``"CodeBook/Codes"``."""
        return self.root.findall(path)

    def section(self, name: str) -> Element:
        """The section of this name, made where it is not there; `emitting` puts sections in order."""
        found = self.root.find(name)
        if found is None:
            found = Element(name)
            self.root.append(found)
        return found

    def sources(self) -> Iterator[Element]:
        """All sources, in order."""
        section = self.root.find("Sources")
        yield from section if section is not None else ()


def codes(parent: Element) -> Iterator[tuple[Element, Element | None]]:
    """All codes below a codebook's ``Codes``, each with the code above it, parents first."""
    for code in parent.findall("Code"):
        yield code, None
        yield from _below(code)


def _below(parent: Element) -> Iterator[tuple[Element, Element | None]]:
    for code in parent.findall("Code"):
        yield code, parent
        yield from _below(code)


def text_of(element: Element, tag: str) -> str | None:
    """The text of a child; None where there is no such child."""
    child = element.find(tag)
    return None if child is None else child.text or ""


def put(element: Element, tag: str, text: str) -> Element:
    """Give a child its text; it is made where it is not there."""
    child = element.find(tag)
    if child is None:
        child = Element(tag)
        element.append(child)
    child.text = text
    return child
