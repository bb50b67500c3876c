"""The framework that ships with the library, read once, when it is first asked for."""

from __future__ import annotations

import functools
import tomllib
from enum import Enum
from importlib.resources import files
from typing import Any

import attrs

from expertsys.theory.framework import Framework
from expertsys.theory.standing import Standing

_FILES = ("concepts", "resistance", "background", "relations", "propositions")


@functools.cache
def shipped_framework() -> Framework:
    """The framework of the study: the same object at every call."""
    folder = files("expertsys.theory") / "data"
    data: dict[str, Any] = {"key": "expert-systems", "name": "Expert systems and resistance to them", "concepts": []}
    for name in _FILES:
        content = tomllib.loads((folder / f"{name}.toml").read_text(encoding="utf-8"))
        data["concepts"] += content.pop("concepts", [])
        data |= content
    return Framework.from_dict(data, place="framework")


def standings(cls: Any) -> dict[str, Standing]:
    """Whose idea each field of a class is: its own standing, or that of the concept of which the class makes instances.

    Parameters
    ----------
    cls : type
        One of the classes of `expertsys.theory` that belong to a concept.

    Returns
    -------
    dict
        Field, or member of a vocabulary, to standing.

    Raises
    ------
    DataError
        If the class belongs to no concept.

    Examples
    --------
    >>> from expertsys.theory import Technology
    >>> found = standings(Technology)
    >>> found["aggregate"].value, found["constraints"].value
    ('source', 'companion')
    """
    framework = shipped_framework()
    if issubclass(cls, Enum) and hasattr(cls, "concept"):
        return {member.name: framework[member.concept].standing for member in cls}
    general = framework.of(cls).standing
    return {name: field.metadata.get("standing", general) for name, field in attrs.fields_dict(cls).items()}
