"""The reference numbers beside these tests, with their data expanded to one row per unit."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).with_name("oracles")


def load(name: str) -> dict[str, Any]:
    """One file of reference numbers, which says where they come from."""
    content: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    assert all(content[field] for field in ("name", "origin", "version", "date"))
    return content


PUBLISHED = load("published")
R = {entry["name"]: entry for entry in load("r")["datasets"]}


def examples(*figures: str, level: str | None = None) -> list[Any]:
    """Published examples that print one of these figures: name, units × coders, figure, value as printed."""
    return [
        (entry, figure, entry["printed"][figure])
        for entry in PUBLISHED["examples"]
        for figure in figures
        if figure in entry["printed"] and level in (None, entry["level"])
    ]


def units(entry: dict[str, Any]) -> list[list[Any]]:
    """Units × coders of an example."""
    if "data" in entry:
        return list(entry["data"])
    return [row for row, times in zip(entry["rows"], entry["times"], strict=True) for _ in range(times)]


def named(value: Any) -> str | None:
    """An identifier for a parametrised test."""
    return value["name"] if isinstance(value, dict) else None


def as_printed(value: float, printed: str, *, cut: bool = False) -> bool:
    """Whether a value, rounded (or cut) to as many digits, is the printed one."""
    unit = 10.0 ** -len(printed.partition(".")[2])
    reach = unit if cut else unit / 2
    return abs(value - float(printed)) <= reach * (1 + 1e-6)
