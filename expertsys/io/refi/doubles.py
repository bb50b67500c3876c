"""Identifiers that several things have: the first keeps it, so that what refers to it means one thing and is told."""

from __future__ import annotations

from collections.abc import Iterable
from xml.etree.ElementTree import Element

from expertsys._core.errors import counted, listing
from expertsys.io.log import Log
from expertsys.io.refi import schema
from expertsys.io.refi.document import Project, codes


def tell_apart(project: Project, log: Log, place: str) -> None:
    """Give users, codes, cases, variables and sources with the identifier of an earlier one an identifier of their own.

    Parameters
    ----------
    project : Project
        Changed in place.
    log : Log
    place : str
        Where they are, in words.
    """
    book = project.root.find("CodeBook/Codes")
    _give(project.all("Users/User"), "user", log, place)
    _give([code for code, _ in codes(book)] if book is not None else [], "code", log, place)
    _give(project.all("Cases/Case"), "case", log, place)
    _give(project.all("Variables/Variable"), "variable", log, place)
    _give(project.sources(), "source", log, place)


def _give(elements: Iterable[Element], kind: str, log: Log, place: str) -> None:
    first: dict[str, str] = {}
    doubled: list[str] = []
    for number, element in enumerate(elements):
        guid, name = element.get("guid", ""), element.get("name") or f"unnamed {kind}"
        if guid in first:
            element.set("guid", schema.made_guid(kind, guid, str(number)))
            doubled.append(f"{name} (as {first[guid]})")
        else:
            first[guid] = name
    if doubled:
        log.tell(
            "warning",
            place,
            f"{counted(len(doubled), kind)} with the identifier of an earlier one, given another: "
            f"{listing(doubled, 5)}. What refers to it was taken to mean the earlier one.",
            "Compare with the program that wrote the file.",
        )
