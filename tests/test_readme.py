"""The README keeps its word: two commands, and Python that prints what the page shows."""

from __future__ import annotations

import itertools
import warnings
from pathlib import Path

import pytest
from blocks import blocks, one, run


@pytest.fixture
def readme(checkout: Path) -> Path:
    return checkout / "README.md"


def test_two_commands(readme: Path) -> None:
    shell = [
        b.text.strip() for b in blocks(readme.read_text(encoding="utf-8")) if b.language in {"sh", "bash", "console"}
    ]
    assert shell == [one(readme, "sh", "expertsys demo"), one(readme, "sh", "pytest")]
    assert all("\n" not in command for command in shell)


def test_python_prints_what_the_page_shows(readme: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = blocks(readme.read_text(encoding="utf-8"))
    assert any(a.language == "python" and b.language == "text" for a, b in itertools.pairwise(page))
    monkeypatch.chdir(tmp_path)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert run(readme) > 0
