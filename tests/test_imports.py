"""Importing the library is cheap, and what it offers is there."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

import expertsys

HEAVY = ("pandas", "scipy.stats", "matplotlib")


def test_import_loads_nothing_heavy() -> None:
    code = f"import expertsys, json, sys; print(json.dumps([name for name in {HEAVY!r} if name in sys.modules]))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == []


def test_public_names_resolve_and_are_listed() -> None:
    missing = [name for name in expertsys.__all__ if getattr(expertsys, name, None) is None]
    assert not missing
    assert set(expertsys.__all__) <= set(dir(expertsys))


def test_no_name_twice() -> None:
    assert len(set(expertsys.__all__)) == len(expertsys.__all__)


def test_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no_such_name"):
        expertsys.no_such_name  # noqa: B018
