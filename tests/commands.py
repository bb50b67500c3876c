"""What tests of the command share: a folder to run in, a table of codings, and strict JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

CODED = {"ann": ["policy"] * 6 + ["workload"] * 4, "ben": ["policy"] * 4 + ["workload"] * 6}
LONG = "unit,coder,code,case\n" + "".join(
    f"u{unit},{coder},{code},{'AB'[unit % 2]}\n" for coder, codes in CODED.items() for unit, code in enumerate(codes)
)

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, in which the command runs."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def codings(here: Path) -> Path:
    path = here / "codings.csv"
    path.write_text(LONG, encoding="utf-8")
    return path


def strict(text: str) -> Any:
    """JSON as the standard has it: no NaN, no Infinity."""

    def refuse(constant: str) -> Any:
        raise AssertionError(f"{constant} is no JSON")

    return json.loads(text, parse_constant=refuse)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())
