"""The API pages and the library say the same: every public name has its page, and no page names what is gone."""

from __future__ import annotations

import importlib
import inspect
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from blocks import blocks

import expertsys

ROOT = Path(__file__).parents[1]
REFERENCE = ROOT / "docs" / "reference"
ROOMS = sorted(
    path.stem
    for path in (ROOT / "expertsys").iterdir()
    if not path.name.startswith("_") and (path.suffix == ".py" or (path / "__init__.py").is_file())
)
_NAMED = re.compile(r"\b(?:es|expertsys)((?:\.[A-Za-z_]\w*)+)")


def resolve(dotted: str) -> Any:
    """The object of a dotted path below the package."""
    found: Any = expertsys
    path = "expertsys"
    for part in dotted.strip(".").split("."):
        path = f"{path}.{part}"
        try:
            found = getattr(found, part)
        except AttributeError:
            found = importlib.import_module(path)
    return found


def documented_parameters(docstring: str) -> set[str]:
    """Names in the section "Parameters" of a numpydoc docstring."""
    section = re.search(r"^Parameters\n-+\n(.*?)(?=^\S[^\n]*\n-{3,}\n|\Z)", inspect.cleandoc(docstring), re.M | re.S)
    heads = re.findall(r"^([\w*][\w*, ]*?)\s*(?::|$)", section[1], re.M) if section else []
    return {name.strip().lstrip("*") for head in heads for name in head.split(",")}


def public_objects(room: str) -> dict[str, Any]:
    module = importlib.import_module(f"expertsys.{room}")
    return {name: getattr(module, name) for name in module.__all__}


@pytest.mark.parametrize("room", ROOMS)
def test_room_has_a_page_that_documents_all_of_it(room: str) -> None:
    page = (REFERENCE / f"{room}.md").read_text(encoding="utf-8")
    assert re.findall(r"^:::.*(?:\n +.*)*", page, re.MULTILINE) == [f"::: expertsys.{room}"]


def test_every_page_has_its_room() -> None:
    assert {page.stem for page in REFERENCE.glob("*.md")} - {"index"} == set(ROOMS)


@pytest.mark.parametrize("room", ROOMS)
def test_public_objects_are_documented(room: str) -> None:
    faults = []
    for name, thing in public_objects(room).items():
        if not (inspect.isclass(thing) or inspect.isroutine(thing)):
            continue
        if not (thing.__doc__ or "").strip():
            faults.append(f"{name} has no docstring")
            continue
        told = documented_parameters(thing.__doc__)
        taken = _parameters(thing)
        if taken is not None and told != taken and (told or inspect.isroutine(thing)):
            faults.append(f"{name} documents {sorted(told)} and takes {sorted(taken)}")
    assert not faults


def _parameters(thing: Any) -> set[str] | None:
    """Public parameters of a function or class; None where a class is not made by its users."""
    if inspect.isclass(thing) and issubclass(thing, Warning | BaseException) and "__init__" not in vars(thing):
        return None
    try:
        names = set(inspect.signature(thing).parameters)
    except ValueError:
        return None
    return {name for name in names if not name.startswith("_")}


@pytest.mark.parametrize("page", sorted(p.relative_to(ROOT).as_posix() for p in (ROOT / "docs").rglob("*.md")))
def test_pages_name_nothing_that_is_gone(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    for block in blocks(text):
        text = text.replace(block.text, "")
    gone = []
    for dotted in {match.rstrip(".") for match in _NAMED.findall(text)}:
        try:
            resolve(dotted)
        except (ImportError, AttributeError):
            gone.append(f"es{dotted}")
    assert not sorted(gone)


def test_command_page_names_the_commands() -> None:
    page = (REFERENCE / "cli.md").read_text(encoding="utf-8")
    named = set(re.findall(r"^\| `expertsys (\w+)", page, re.MULTILINE))
    assert named
    program = [sys.executable, "-c", "import sys; from expertsys.cli import main; sys.exit(main())"]
    general = subprocess.run([*program, "--help"], capture_output=True, text=True, check=True).stdout
    assert [name for name in named if not re.search(rf"\b{name}\b", general)] == []
    listed = re.search(r"\{([\w,]+)\}", general)
    if listed:
        assert set(listed[1].split(",")) == named


def test_parameters_are_read_from_a_docstring() -> None:
    text = "Do.\n\nParameters\n----------\nlow, high : float\n    Ends.\n*rest\n    All.\n\nReturns\n-------\nx : int\n"
    assert documented_parameters(text) == {"low", "high", "rest"}
    assert documented_parameters("Do.") == set()
