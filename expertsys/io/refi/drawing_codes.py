"""The codebook of a study as the tree of codes of a project."""

from __future__ import annotations

from xml.etree.ElementTree import Element

import attrs

from expertsys.io.refi import schema
from expertsys.io.refi.document import codes, put, text_of
from expertsys.io.refi.losses import Losses
from expertsys.io.refi.view import View, codebook_of
from expertsys.io.refi.wording import code_of, description_of
from expertsys.study import Code, Study


def draw_codes(study: Study, view: View, losses: Losses) -> None:
    """Bring the project's codes to those of the study, and those that were applied without being in its codebook."""
    extra = [Code(name) for name in study.codes if name not in study.codebook]
    wanted = (*study.codebook, *extra)
    losses.add("code", "that is applied and not in the codebook, to which it was added", len(extra))
    losses.add(
        "colour",
        "that is not written as #rrggbb",
        sum(bool(code.colour) and not schema.colour(code.colour) for code in wanted),
    )
    losses.add("code", "whose fields cannot be told apart in one description", sum(map(_is_mixed, wanted)))
    if wanted != view.codes:
        _rebuild(wanted, view)


def _is_mixed(code: Code) -> bool:
    again = code_of(code.name, guid=code.guid, parent=code.parent, colour=code.colour, description=description_of(code))
    return again != attrs.evolve(code, codable=True)


def build(wanted: tuple[Code, ...], known: dict[str, Element]) -> list[Element]:
    """Nested elements of these codes, in their order; elements that are known by name are kept."""
    taken: set[str] = set()
    elements: dict[str, Element] = {}
    for code in wanted:
        element = known.get(code.name)
        plain = schema.guid(code.guid) if code.guid else None
        if element is None:
            element = Element("Code", {"name": code.name})
        element.set("isCodable", "true" if code.codable else "false")
        guid = plain if plain and plain not in taken else schema.made_guid("code", code.guid or "", code.name)
        taken.add(guid)
        element.set("guid", guid)
        colour = schema.colour(code.colour)
        if colour:
            element.set("color", colour)
        else:
            element.attrib.pop("color", None)
        description = description_of(code)
        if (text_of(element, "Description") or "") != description:
            put(element, "Description", description)
        element[:] = [child for child in element if child.tag != "Code"]
        elements[code.name] = element
    for code in wanted:
        if code.parent is not None:
            elements[code.parent].append(elements[code.name])
    return [elements[code.name] for code in wanted if code.parent is None]


def _rebuild(wanted: tuple[Code, ...], view: View) -> None:
    section = view.project.root.find("CodeBook/Codes")
    found = [code for code, _ in codes(section)] if section is not None else []
    names = {name: guid for guid, name in view.code_names.items()}
    by_guid = {code.get("guid", ""): code for code in found}
    known = {name: by_guid[guid] for name, guid in names.items() if guid in by_guid}
    book = view.project.root.find("CodeBook")
    if not wanted:
        if book is not None:
            view.project.root.remove(book)
        view.codes, view.code_names = (), {}
        return
    if book is None or section is None:
        book = view.project.section("CodeBook")
        section = Element("Codes")
        book.append(section)
    section[:] = build(wanted, known)
    view.codes, view.code_names = codebook_of(view.project)
    if {code.name for code in view.codes} != {code.name for code in wanted}:
        for element, name in zip((code for code, _ in codes(section)), _in_tree_order(wanted), strict=True):
            element.set("name", name)
        view.codes, view.code_names = codebook_of(view.project)


def _in_tree_order(wanted: tuple[Code, ...]) -> list[str]:
    children: dict[str | None, list[str]] = {}
    for code in wanted:
        children.setdefault(code.parent, []).append(code.name)
    order: list[str] = []
    waiting = list(reversed(children.get(None, [])))
    while waiting:
        name = waiting.pop()
        order.append(name)
        waiting.extend(reversed(children.get(name, [])))
    return order
