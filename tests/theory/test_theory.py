"""The public face of the room."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import expertsys.theory as theory

FOLDER = Path(theory.__file__).parent


def test_all_names_resolve_and_are_listed():
    assert sorted({*theory._HOME, "FRAMEWORK"}) == sorted(theory.__all__)
    for name in theory.__all__:
        assert getattr(theory, name) is not None
        assert name in dir(theory)


def test_static_and_lazy_imports_name_the_same():
    tree = ast.parse((FOLDER / "__init__.py").read_text(encoding="utf-8"))
    static = {
        alias.name: node.module.rpartition(".")[2]
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("expertsys.theory.")
        for alias in node.names
    }
    assert static == theory._HOME


def test_unknown_name():
    with pytest.raises(AttributeError, match="Frameworks"):
        theory.Frameworks  # noqa: B018


def test_framework_is_read_once():
    assert theory.FRAMEWORK is theory.FRAMEWORK
    assert theory.choose_and_book() is theory.choose_and_book()


def test_neither_tables_nor_pictures_are_loaded():
    code = (
        "import sys, expertsys.theory as t; t.FRAMEWORK; [getattr(t, n) for n in t.__all__]; "
        "print({'pandas', 'scipy', 'matplotlib', 'networkx', 'narwhals'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.py")), ids=lambda path: path.name)
def test_imports_only_downwards(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        modules = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        modules += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        for module in modules:
            if module.startswith("expertsys"):
                assert module.startswith(("expertsys._core", "expertsys.theory"))
