"""What a class of the theory says of its fields: meaning from its docstring, standing from its records."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from enum import Enum
from typing import Any, NamedTuple

from expertsys import theory


class Described(NamedTuple):
    """One field of a class, or one member of a vocabulary."""

    name: str
    meaning: str
    standing: str


def described(class_name: str) -> list[Described]:
    """The fields of a class, each once, in the order of its docstring."""
    cls: Any = getattr(theory, class_name)
    vocabulary = issubclass(cls, Enum)
    standings = theory.standings(cls)
    meanings = dict(_entries(inspect.getdoc(cls) or "", "Attributes" if vocabulary else "Parameters"))
    missing = [name for name in meanings if name not in standings]
    if missing:
        raise LookupError(f"{class_name} documents {missing}, which it does not have")
    return [Described(name, meaning, standings[name].value) for name, meaning in meanings.items()]


def _entries(docstring: str, section: str) -> Iterator[tuple[str, str]]:
    """Names and meanings of a numpydoc section; several names of one entry each get its meaning."""
    lines = docstring.splitlines()
    if section not in lines:
        return
    names: list[str] = []
    text: list[str] = []
    body = lines[lines.index(section) + 2 :]
    for line, following in zip(body, [*body[1:], ""], strict=True):
        if re.fullmatch(r"-{3,}", following):
            break
        if line and not line[0].isspace():
            yield from ((name, _plain(text)) for name in names)
            names, text = [name.strip() for name in line.partition(" : ")[0].split(",")], []
        elif line.strip():
            text.append(line.strip())
    yield from ((name, _plain(text)) for name in names)


def _plain(text: list[str]) -> str:
    return " ".join(text).replace("``", "`")
