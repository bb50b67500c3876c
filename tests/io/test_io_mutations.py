"""Damaged files of every format: a study, or an error with its place."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pytest
from iofiles import file, refusal
from mutations import mutated, run

SAMPLES = Path(__file__).parent / "samples"
NUMBER = 15
MANY = 100


def brat(folder: Path) -> Path:
    place = folder / "project" / "ann"
    place.mkdir(parents=True)
    file(place, "d1.txt", "Zoë 😀 rang\nthe clinic.\n")
    file(
        place,
        "d1.ann",
        "T1\tACT 6 10\trang\nA1\tNot T1\n#1\tNote T1\tx\nT2\tWHO 0 3;6 10\tZoë rang\nE1\tACT:T1\nR1\tX A:T1 B:T2\n",
    )
    file(folder / "project", "annotation.conf", "[entities]\nACT\n\tWHO\n[relations]\nX\tA:B\n")
    return folder / "project"


def labelstudio(folder: Path) -> Path:
    span = {"start": 0, "end": 3, "text": "Zoë", "labels": ["WHO"]}
    regions = [{"id": "a", "type": "labels", "from_name": "l", "value": span}]
    regions.append({"id": "b", "type": "choices", "from_name": "c", "value": {"choices": ["for"]}})
    task = {"id": 1, "data": {"text": "Zoë 😀 rang"}, "annotations": [{"completed_by": 1, "result": regions}]}
    return file(folder, "export.json", json.dumps([task, {**task, "id": 2}]))


def doccano(folder: Path) -> Path:
    lines = ({"id": at, "text": "Zoë rang", "label": [[0, 3, "WHO"]], "meta": {"a": 1}} for at in range(4))
    return file(folder, "ann.jsonl", "\n".join(map(json.dumps, lines)))


def maxqda(folder: Path) -> Path:
    head = "Dokumentname;Code;Anfang;Ende;Segment;Erstellt von\n"
    return file(folder, "segments.csv", head + "I1;Fokus\\Politik;3;3;Wir warten;ann\nI2;Vertrauen;5;6;Gut;ben\n")


MADE = {made.__name__: made for made in (brat, labelstudio, doccano, maxqda)}
KEPT = sorted(
    path.relative_to(SAMPLES).as_posix()
    for path in (*SAMPLES.glob("*.qd*"), *SAMPLES.glob("*/*.qda"), *SAMPLES.glob("taguette/*.*"))
    if path.suffix != ".md"
)


def survives(sample: Path, number: int, folder: Path) -> None:
    folder.mkdir()
    told = run(sample, number, folder)
    assert "BAD" not in told, told
    counts = re.fullmatch(r"studies (\d+), errors (\d+)\n", told)
    assert counts, told
    assert int(counts[1]) + int(counts[2]) == number


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="limits memory as Linux does")
@pytest.mark.parametrize("name", MADE)
def test_damaged_files_of_ours(name: str, tmp_path: Path) -> None:
    survives(MADE[name](tmp_path), NUMBER, tmp_path / "damaged")


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="limits memory as Linux does")
@pytest.mark.parametrize("name", ["qualcoder/v16.qda", "taguette/server_db_two_users.sqlite3"])
def test_damaged_databases(name: str, tmp_path: Path) -> None:
    survives(SAMPLES / name, NUMBER // 2, tmp_path / "damaged")


@pytest.mark.slow
@pytest.mark.parametrize("name", [*MADE, *KEPT])
def test_many_damaged_files(name: str, tmp_path: Path) -> None:
    sample = MADE[name](tmp_path) if name in MADE else SAMPLES / name
    survives(sample, MANY, tmp_path / "damaged")


@pytest.mark.parametrize(
    ("name", "seed", "what"),
    [
        ("server_db_two_users.sqlite3", 71, "the database cannot be read"),  # a message that quotes broken bytes
        ("highlights.xlsx", 27, "the member cannot be unpacked (ValueError)"),  # a place before the archive's start
    ],
)
def test_damage_that_python_tells_in_an_unusual_way(name: str, seed: int, what: str, tmp_path: Path) -> None:
    content = (SAMPLES / "taguette" / name).read_bytes()
    assert what in str(refusal(file(tmp_path, name, mutated(content, seed))))


def test_mutations_change_something_and_are_the_same_every_time() -> None:
    content = bytes(range(256)) * 4
    made = [mutated(content, seed) for seed in range(30)]
    assert made == [mutated(content, seed) for seed in range(30)]
    assert sum(one != content for one in made) > 25
    assert mutated(b"", 1) == b""
