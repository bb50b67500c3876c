"""The page of all functions that give a p value or an interval lists every one of them."""

from __future__ import annotations

import importlib
import inspect
import typing
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

PAGE = Path(__file__).parents[1] / "docs" / "explanation" / "inference-table.md"
AREAS = ("agreement", "comparison", "enactment", "evidence", "qca")
#: Parameters of functions that infer, and what their results offer.
ASKED = {"confidence", "permutations", "significance"}
GIVEN = {"interval", "p_value", "p_values", "p_familywise", "p_homogeneity"}


def infers(function: Callable[..., Any], names: dict[str, Any]) -> bool:
    """Whether a function gives a p value or an interval, by its parameters and what it returns."""
    signature = inspect.signature(function)
    if ASKED & set(signature.parameters):
        return True
    try:
        result = typing.get_type_hints(function).get("return")
    except (NameError, TypeError):  # a name that is imported for type checkers only, or generic only for them
        result = names.get(str(signature.return_annotation))
    fields = {field.name for field in getattr(result, "__attrs_attrs__", ())}
    return bool(GIVEN & (fields | set(dir(result)))) if inspect.isclass(result) else False


def inferential(area: str) -> list[str]:
    """The public functions of a subpackage that infer."""
    module = importlib.import_module(f"expertsys.{area}")
    names = {name: getattr(module, name) for name in module.__all__}
    return [
        name for name, value in names.items() if callable(value) and not inspect.isclass(value) and infers(value, names)
    ]


def listed(text: str) -> set[str]:
    """The functions in the first column of the tables of a page, as `area.function`."""
    cells = [line.split("|")[1] for line in text.splitlines() if line.startswith("| `")]
    return {name.strip(" `") for cell in cells for name in cell.split(",")}


@pytest.mark.parametrize("area", AREAS)
def test_every_function_that_infers_is_in_the_table(area: str) -> None:
    found = inferential(area)
    assert found
    missing = sorted({f"{area}.{name}" for name in found} - listed(PAGE.read_text(encoding="utf-8")))
    assert missing == [], f"add to {PAGE.name}: {', '.join(missing)}"


def test_what_is_listed_exists() -> None:
    for name in listed(PAGE.read_text(encoding="utf-8")):
        area, _, function = name.partition(".")
        assert hasattr(importlib.import_module(f"expertsys.{area}"), function), name


def test_a_new_function_would_be_missed() -> None:
    def tested(*, confidence: float = 0.95) -> None:
        del confidence

    def plain() -> None: ...

    assert infers(tested, {})
    assert not infers(plain, {})
    assert listed("| `agreement.drift`, `agreement.compare` | x |\n| none | `y` |") == {
        "agreement.drift",
        "agreement.compare",
    }
