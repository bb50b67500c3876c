"""The fields of a code in the one description that the format has, and back."""

from __future__ import annotations

from expertsys.study import Code

_MARKS = {
    "inclusion": "Code it when: ",
    "exclusion": "Not when: ",
    "example": "Example: ",
    "concept": "Concept: ",
}


def description_of(code: Code) -> str:
    """Definition, instructions, example and concept of a code, one after the other."""
    parts = [code.definition] if code.definition else []
    parts += [f"{mark}{value}" for field, mark in _MARKS.items() if (value := getattr(code, field))]
    return "\n".join(parts)


def code_of(
    name: str, *, guid: str | None, parent: str | None, colour: str, description: str, codable: bool = True
) -> Code:
    """A code whose description is taken apart where it carries the marks that `description_of` sets.

    The marks are looked for from the last to the first, each at the beginning of a line.
    """
    fields: dict[str, str] = {}
    rest = description
    for field, mark in reversed(_MARKS.items()):
        before, found, value = rest.rpartition(f"\n{mark}")
        if not found and rest.startswith(mark):
            before, found, value = "", mark, rest.removeprefix(mark)
        if found and value:
            rest, fields[field] = before, value
    return Code(name, guid=guid, parent=parent, colour=colour, definition=rest, codable=codable, **fields)
