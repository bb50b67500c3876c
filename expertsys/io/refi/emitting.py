"""From a tidy tree to XML: the same bytes for the same project, valid against the format's schema."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from expertsys._core.errors import DataError
from expertsys.io.refi import schema
from expertsys.io.refi.document import Coding, Project, Selection

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
    selections = project.selections.get(element, ())
    if tag in schema.TEXTUAL:
        yield f"<{tag}>{_in_text(element.text or '')}</{tag}>\n"
        return
    children = sorted(element, key=lambda child: schema.ELEMENTS[tag].rank[child.tag])
    if not children and not selections:
        yield f"<{tag}{extra}{written}/>\n"
        return
    yield f"<{tag}{extra}{written}>\n"
    place = schema.ELEMENTS[tag].rank.get("PlainTextSelection", 0)
    after = False
    for child in children:
        if not after and schema.ELEMENTS[tag].rank[child.tag] > place:
            after = True
            yield from map(_selection, selections)
        yield from _element(child, project)
    if not after:
        yield from map(_selection, selections)
    yield f"</{tag}>\n"


def _selection(selection: Selection) -> str:
    name = "" if selection.name is None else f' name="{_in_quotes(selection.name)}"'
    head = (
        f'<PlainTextSelection guid="{selection.guid}"{name} startPosition="{selection.start}"'
        f' endPosition="{selection.end}"{_made(selection.user, selection.created)}'
        f"{_given('modifyingUser', selection.modifier)}{_given('modifiedDateTime', selection.modified)}"
    )
    body = "" if selection.description is None else f"<Description>{_in_text(selection.description)}</Description>\n"
    body += "".join(map(_coding, selection.codings)) + "".join(map(_note, selection.notes))
    return f"{head}>\n{body}</PlainTextSelection>\n" if body else f"{head}/>\n"


def _coding(coding: Coding) -> str:
    return (
        f'<Coding guid="{coding.guid}"{_made(coding.user, coding.created)}>\n<CodeRef targetGUID="{coding.code}"/>\n'
        f"{''.join(map(_note, coding.notes))}</Coding>\n"
    )


def _note(target: str) -> str:
    return f'<NoteRef targetGUID="{target}"/>\n'


def _made(user: str | None, created: str | None) -> str:
    return _given("creatingUser", user) + _given("creationDateTime", created)


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
