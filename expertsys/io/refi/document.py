"""A project file as it stands: a tree, and beside it the many selections of text, each in one small object."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from xml.etree.ElementTree import Element

import attrs


@attrs.define(eq=False)
class Coding:
    """A code applied to a selection."""

    guid: str
    code: str
    user: str | None = None
    created: str | None = None
    notes: Sequence[str] = ()


@attrs.define(eq=False)
class Selection:
    """A stretch of text that someone marked, with the codes applied to it."""

    guid: str
    start: int
    end: int
    name: str | None = None
    description: str | None = None
    user: str | None = None
    created: str | None = None
    modifier: str | None = None
    modified: str | None = None
    notes: Sequence[str] = ()
    codings: list[Coding] = attrs.field(factory=list)


@attrs.define(eq=False)
class Project:
    """A project: its tree without selections of plain text, and those by the element that they stand in."""

    root: Element
    selections: dict[Element, list[Selection]] = attrs.field(factory=dict)

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
