"""The house keeps its order: rooms import downwards only, files stay short, checks are not asserts.

`faults` walks the syntax trees of a package; the tests below it hold that every rule can fail.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOMS = (
    "_core",
    "theory",
    "study",
    "io",
    "agreement",
    "comparison",
    "qca",
    "enactment",
    "evidence",
    "datasets",
    "plot",
    "reporting",
    "cli",
)
LONGEST = 800
DYNAMIC = {"import_module", "__import__", "require"}


def room_of(parts: tuple[str, ...]) -> str:
    """The room of a dotted path below the package; the public module of errors stands on the lowest floor."""
    return {"errors": "_core"}.get(parts[0], parts[0]) if parts else ""


def imported(node: ast.AST, package: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Dotted paths that a statement or a dynamic import brings in; `package` is where relative ones start."""
    match node:
        case ast.Import(names=names):
            yield from (tuple(alias.name.split(".")) for alias in names)
        case ast.ImportFrom(module=module, names=names, level=level):
            base = package[: len(package) - level + 1] if level else ()
            whole = (*base, *(module.split(".") if module else ()))
            if len(whole) == 1:
                yield from ((*whole, alias.name) for alias in names)
            else:
                yield whole
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=[ast.Constant(value=str(target)), *_]):
            if name in DYNAMIC:
                yield tuple(target.split("."))


def walk(node: ast.AST, within: tuple[ast.AST, ...] = ()) -> Iterator[tuple[ast.AST, tuple[ast.AST, ...]]]:
    """Every node with the definitions that it stands in, outermost first."""
    for child in ast.iter_child_nodes(node):
        yield child, within
        definition = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        yield from walk(child, (*within, child) if definition else within)


def is_method(within: tuple[ast.AST, ...], name: str) -> bool:
    """Whether the innermost function is a method of that name."""
    return len(within) > 1 and isinstance(within[-2], ast.ClassDef) and getattr(within[-1], "name", "") == name


def faults(root: Path) -> list[str]:
    """Every breach of the rules in the package at `root`, with its place."""
    found = []
    for file in sorted(root.rglob("*.py")):
        text = file.read_text(encoding="utf-8")
        path = file.relative_to(root).with_suffix("").parts
        room = room_of(path)
        lines = len(text.splitlines())
        if lines > LONGEST:
            found.append(f"{file.relative_to(root)}: {lines} lines, more than {LONGEST}")
        if room not in (*ROOMS, "__init__", "__main__"):
            found.append(f"{file.relative_to(root)}: no room of this name")
        package = (root.name, *path[:-1])
        for node, within in walk(ast.parse(text)):
            place = f"{file.relative_to(root)}:{getattr(node, 'lineno', 0)}"
            if isinstance(node, ast.Assert):
                found.append(f"{place}: assert")
            if isinstance(node, ast.Raise) and "NotImplementedError" in ast.dump(node):
                found.append(f"{place}: raises NotImplementedError")
            for target in imported(node, package):
                if target[0] == "krippendorff" and "crosscheck" not in {getattr(d, "name", "") for d in within}:
                    found.append(f"{place}: krippendorff outside crosscheck()")
                face = len(target) == 1 and room == ROOMS[-1]  # all that it shows lies above the last room
                if target[0] == root.name and room in ROOMS and not face and target[1:] != ("__version__",):
                    other = room_of(target[1:])
                    picture = other == "plot" and is_method(within, "plot")
                    if not picture and (other not in ROOMS or ROOMS.index(other) > ROOMS.index(room)):
                        found.append(f"{place}: {room} imports {'.'.join(target)}")
    return found


def test_the_package_keeps_the_rules(checkout: Path) -> None:
    assert faults(checkout / "expertsys") == []


PLOT = "class Alpha:\n    def {name}(self):\n        from expertsys.plot import forest\n"


@pytest.mark.parametrize(
    ("path", "text", "fault"),
    [
        ("study/a.py", "from expertsys.agreement import alpha\n", "study/a.py:1: study imports expertsys.agreement"),
        ("study/a.py", "import expertsys.io.csv\n", "study/a.py:1: study imports expertsys.io.csv"),
        ("study/a.py", "from expertsys import io\n", "study/a.py:1: study imports expertsys.io"),
        ("study/a.py", "import expertsys as es\n", "study/a.py:1: study imports expertsys"),
        ("study/a.py", "from ..io import csv\n", "study/a.py:1: study imports expertsys.io"),
        ("study/a.py", "from .. import io\n", "study/a.py:1: study imports expertsys.io"),
        ("study/a.py", "importlib.import_module('expertsys.io')\n", "study/a.py:1: study imports expertsys.io"),
        (
            "study/a.py",
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from expertsys.plot import forest\n",
            "study/a.py:3: study imports expertsys.plot",
        ),
        ("errors.py", "from expertsys.theory import X\n", "errors.py:1: _core imports expertsys.theory"),
        ("agreement/a.py", PLOT.format(name="draw"), "agreement/a.py:3: agreement imports expertsys.plot"),
        (
            "agreement/a.py",
            "def plot():\n    from expertsys.plot import forest\n",
            "agreement/a.py:2: agreement imports expertsys.plot",
        ),
        ("attic/a.py", "", "attic/a.py: no room of this name"),
        ("io/a.py", "x = 1\n" * 801, "io/a.py: 801 lines, more than 800"),
        ("io/a.py", "def f(x):\n    assert x\n", "io/a.py:2: assert"),
        ("io/a.py", "def f():\n    raise NotImplementedError('later')\n", "io/a.py:2: raises NotImplementedError"),
        ("agreement/a.py", "import krippendorff\n", "agreement/a.py:1: krippendorff outside crosscheck()"),
        ("agreement/a.py", "require('krippendorff')\n", "agreement/a.py:1: krippendorff outside crosscheck()"),
        ("__init__.py", "assert True\n", "__init__.py:1: assert"),
    ],
)
def test_each_rule_can_fail(path: str, text: str, fault: str, tmp_path: Path) -> None:
    assert faults(_package(tmp_path, path, text)) == [fault]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("__init__.py", "from expertsys.agreement import alpha\nfrom expertsys import cli\n"),
        ("agreement/a.py", PLOT.format(name="plot")),
        (
            "agreement/a.py",
            "from expertsys.study import Study\nfrom expertsys.errors import DataError\nfrom . import b\n",
        ),
        ("agreement/a.py", "def crosscheck():\n    import krippendorff\n"),
        ("agreement/a.py", "class A:\n    def crosscheck(self):\n        require('krippendorff')\n"),
        ("cli.py", "from expertsys import agreement, errors, reporting\nimport expertsys.io\n"),
        ("cli.py", "import expertsys as es\n"),
        ("io/a.py", "from expertsys import __version__\n"),
        ("io/a.py", "x = 1\n" * 800),
        ("io/a.py", "try:\n    zipped()\nexcept NotImplementedError:\n    pass\n"),
    ],
)
def test_what_the_rules_allow(path: str, text: str, tmp_path: Path) -> None:
    assert faults(_package(tmp_path, path, text)) == []


def _package(folder: Path, path: str, text: str) -> Path:
    file = folder / "expertsys" / path
    file.parent.mkdir(parents=True)
    file.write_text(text, encoding="utf-8")
    return folder / "expertsys"
