"""Projects whose archive is whole and whose document or texts are broken: a study, or a located error."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from mutations import mutated
from refifiles import SAMPLES
from workers import answers

FILES = sorted(SAMPLES.glob("*.qdpx"))


def inner(content: bytes, seed: int) -> bytes:
    """A project whose archive is whole and whose document or texts are broken."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as whole, zipfile.ZipFile(buffer, "w") as broken:
        for number, name in enumerate(whole.namelist()):
            member = whole.read(name)
            broken.writestr(name, mutated(member, seed + number) if name.endswith(".qde") or seed % 3 == 0 else member)
    return buffer.getvalue()


def broken(folder: Path, number: int, first: int) -> list[Path]:
    paths = []
    for file in FILES:
        content = file.read_bytes()
        for seed in range(first, first + number):
            paths.append(folder / f"{file.stem}-{seed}{file.suffix}")
            paths[-1].write_bytes(inner(content, seed))
    return paths


def hold(folder: Path, number: int, first: int) -> None:
    paths = broken(folder, number, first)
    told = list(answers(paths))
    wrong = [f"{path.name}: {line}" for path, line in zip(paths, told, strict=True) if not is_right(line)]
    assert wrong == []
    assert any(line.startswith("study") for line in told)
    assert any(line.startswith("error") for line in told)


def is_right(line: str) -> bool:
    return line.startswith(("study ", "error True "))


def test_a_few_broken_copies(tmp_path: Path) -> None:
    hold(tmp_path, 20, 0)


@pytest.mark.slow
def test_many_broken_copies(tmp_path: Path) -> None:
    hold(tmp_path, 60, 1_000)
