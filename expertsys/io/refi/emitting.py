"""From a tidy tree to XML: the same bytes for the same project, valid against the format's schema."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from expertsys._core.errors import DataError
from expertsys.io.refi import schema
from expertsys.io.refi.document import Codings, Project, Selections

NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SPECIAL = re.compile('[&<>"\t\n\r]')
_PIECE = 1 << 16


def emit(project: Project, *, parsed: bool = False) -> Iterator[bytes]:
    """The document, piece by piece; what was parsed has no characters that XML cannot hold."""
    encoded = str.encode if parsed else _encoded
    held: list[str] = []
    size = 0
    for line in _lines(project):
        held.append(line)
        size += len(line)
        if size > _PIECE:
            yield encoded("".join(held))
            held, size = [], 0
    yield encoded("".join(held))


def _encoded(text: str) -> bytes:
    wrong = NOT_XML.search(text)
    if wrong is None:
        return text.encode("utf-8")
    around = text[max(0, wrong.start() - 60) : wrong.start()].rpartition("\n")[2]
    raise DataError(
        f"XML cannot hold the character {wrong[0]!r}, which follows {around!r}",
        place="write",
        remedy="Take it out; in the text of a document it may stand.",
    )


def _lines(project: Project) -> Iterator[str]:
    namespace = schema.PROJECT if project.root.tag == "Project" else schema.CODEBOOK
    yield '<?xml version="1.0" encoding="utf-8"?>\n'
    yield from _element(project.root, project, f' xmlns="{namespace}"')


def _element(element: Element, project: Project, extra: str = "") -> Iterator[str]:
    tag = element.tag
    order = schema.ELEMENTS[tag].attributes
    written = "".join(f' {key}="{_in_quotes(element.attrib[key])}"' for key in order if key in element.attrib)
    if tag == "MemberCode" and project.root.tag == "CodeBook":
        written = written.replace(" targetGUID=", " guid=")
    selections = project.selections.get(element)
    if tag in schema.TEXTUAL:
        yield f"<{tag}>{_in_text(element.text or '')}</{tag}>\n"
        return
    children = sorted(element, key=lambda child: schema.ELEMENTS[tag].rank[child.tag])
    if not children and not (selections and selections.guid):
        yield f"<{tag}{extra}{written}/>\n"
        return
    yield f"<{tag}{extra}{written}>\n"
    place = schema.ELEMENTS[tag].rank.get("PlainTextSelection", 0)
    for child in children:
        if selections is not None and schema.ELEMENTS[tag].rank[child.tag] > place:
            yield from _selections(selections)
            selections = None
        yield from _element(child, project)
    if selections is not None:
        yield from _selections(selections)
    yield f"</{tag}>\n"


def _selections(held: Selections) -> Iterator[str]:
    """Selections one after the other; who made them when is said often, and put into words once."""
    made: dict[tuple[str | None, str | None], str] = {}
    special = _SPECIAL.search
    bodies = _bodies(held.codings, made)
    number, body = next(bodies, (-1, ""))
    columns = zip(
        held.guid, held.name, held.start, held.end, held.user, held.created, held.modifier, held.modified,
        held.description, strict=True,
    )  # fmt: skip
    for at, (guid, name, start, end, user, created, modifier, modified, description) in enumerate(columns):
        named = "" if name is None else f' name="{_in_quotes(name) if special(name) else name}"'
        head = (
            f'<PlainTextSelection guid="{guid}"{named} startPosition="{start}" endPosition="{end}"'
            f"{made.get((user, created)) or _made(made, user, created)}"
        )
        if modifier is not None or modified is not None:
            head += _given("modifyingUser", modifier) + _given("modifiedDateTime", modified)
        inside = "" if description is None else f"<Description>{_in_text(description)}</Description>\n"
        while number == at:
            inside += body
            number, body = next(bodies, (-1, ""))
        if held.notes:
            inside += "".join(map(_note, held.notes.get(at, ())))
        yield f"{head}>\n{inside}</PlainTextSelection>\n" if inside else f"{head}/>\n"


def _bodies(codings: Codings, made: dict[tuple[str | None, str | None], str]) -> Iterator[tuple[int, str]]:
    """Codings one after the other, each with the number of its selection."""
    columns = zip(codings.of, codings.guid, codings.code, codings.user, codings.created, strict=True)
    for at, (of, guid, code, user, created) in enumerate(columns):
        notes = "".join(map(_note, codings.notes.get(at, ()))) if codings.notes else ""
        words = made.get((user, created)) or _made(made, user, created)
        yield of, f'<Coding guid="{guid}"{words}>\n<CodeRef targetGUID="{code}"/>\n{notes}</Coding>\n'


def _note(target: str) -> str:
    return f'<NoteRef targetGUID="{target}"/>\n'


def _made(made: dict[tuple[str | None, str | None], str], user: str | None, created: str | None) -> str:
    made[user, created] = words = _given("creatingUser", user) + _given("creationDateTime", created)
    return words


def _given(name: str, value: str | None) -> str:
    """An attribute whose value needs no escape: an identifier or a date."""
    return "" if value is None else f' {name}="{value}"'


def _in_text(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#13;")


def _in_quotes(text: str) -> str:
    if not _SPECIAL.search(text):
        return text
    plain = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    return plain.replace("\t", "&#9;").replace("\n", "&#10;").replace("\r", "&#13;")
