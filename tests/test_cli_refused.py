"""What the command refuses: with place and remedy, without a traceback, and with nothing half written."""

# ruff: noqa: F811
from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from commands import LONG, Capture, codings, here, names  # noqa: F401  # fixtures are asked for by name

import expertsys as es
from expertsys.cli import main

COMMANDS = ("report", "agreement", "check", "convert")


def arguments(command: str, source: str) -> list[str]:
    return [command, source, *(["out.csv"] if command == "convert" else [])]


def _missing(folder: Path) -> str:
    (folder / "coding.csv").write_text(LONG, encoding="utf-8")
    return "codings.csv"


def _empty(folder: Path) -> str:
    (folder / "empty.csv").write_bytes(b"")
    return "empty.csv"


def _header_only(folder: Path) -> str:
    (folder / "header.csv").write_text("unit,coder\n", encoding="utf-8")
    return "header.csv"


def _binary(folder: Path) -> str:
    (folder / "picture.csv").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40)
    return "picture.csv"


def _folder(folder: Path) -> str:
    (folder / "notes").mkdir()
    (folder / "notes" / "readme.md").write_text("nothing here", encoding="utf-8")
    return "notes"


def _column(folder: Path) -> str:
    (folder / "typo.csv").write_text(LONG.replace("coder", "codr"), encoding="utf-8")
    return "typo.csv"


def _one_line(folder: Path) -> str:
    (folder / "line.csv").write_text("x" * 10_000_000, encoding="utf-8")
    return "line.csv"


def _kind(folder: Path) -> str:
    (folder / "talk.docx").write_bytes(b"PK\x03\x04 no workbook")
    return "talk.docx"


def _broken(folder: Path) -> str:
    (folder / "book.xlsx").write_bytes(b"PK\x03\x04 no workbook")
    return "book.xlsx"


BAD: list[tuple[Callable[[Path], str], list[str]]] = [
    (_missing, ["codings.csv", "there is no such file", "Did you mean 'coding.csv'?"]),
    (_empty, ["empty.csv", "empty"]),
    (_header_only, ["header.csv", "has a header and no rows"]),
    (_binary, ["picture.csv"]),
    (_folder, ["notes", "no table of codings", "'readme.md'"]),
    (_column, ["typo.csv", "no column 'coder'", "Perhaps coder='codr'"]),
    (_one_line, ["line.csv"]),
    (_kind, ["talk.docx"]),
    (_broken, ["book.xlsx"]),
]


REFUSED = [*(("report", *bad) for bad in BAD), *((command, *BAD[0]) for command in COMMANDS[1:])]


@pytest.mark.parametrize(("command", "make", "told"), REFUSED, ids=lambda value: getattr(value, "__name__", None))
def test_data_that_are_refused(
    command: str, make: Callable[[Path], str], told: list[str], here: Path, capsys: Capture
) -> None:
    source = make(here)
    before = names(here)
    start = time.perf_counter()
    assert main(arguments(command, source)) == 1
    assert time.perf_counter() - start < 30
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("expertsys: ")
    assert "Traceback" not in err
    assert len(err) < 2000
    for words in told:
        assert words in err
    assert names(here) == before


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (["report", "codings.csv", "-o", "absent/report.html"], ["absent", "folder does not exist", "Make it first."]),
        (["report", "codings.csv", "-o", "report.pdf"], ["does not end in .html", "Name it so."]),
        (["convert", "codings.csv", "absent/out.zip"], ["absent"]),
        (["convert", "codings.csv", "out.foo"], ["'.foo'"]),
        (["demo", "-o", "absent/demo.html"], ["absent", "folder does not exist"]),
        (["agreement", "codings.csv", "--pattern", "("], ["pattern"]),
        (["agreement", "codings.csv", "--encoding", "klingon"], ["no encoding 'klingon'"]),
        (["agreement", "codings.csv", "--delimiter", ";;"], ["delimiter"]),
        (["agreement", "codings.csv", "--codebook", "absent.csv"], ["absent.csv"]),
        (["agreement", "codings.csv", "codings.csv"], ["codings.csv"]),
        (["datasets", "fleiss"], ["no dataset 'fleiss'", "Did you mean 'fleiss1971'?"]),
    ],
    ids=lambda value: " ".join(value) if value and "." in str(value) else "told",
)
def test_what_else_is_refused(given: list[str], told: list[str], codings: Path, here: Path, capsys: Capture) -> None:
    assert main(given) == 1
    err = capsys.readouterr().err
    assert err.startswith("expertsys: ")
    for words in told:
        assert words in err
    assert names(here) == ["codings.csv"]


def test_one_coder_has_no_agreement(here: Path, capsys: Capture) -> None:
    (here / "alone.csv").write_text("unit,coder,code\nu1,ann,p\n", encoding="utf-8")
    assert main(["agreement", "alone.csv"]) == 1
    assert "agreement takes two coders; there is 1. Read all coders' files together" in capsys.readouterr().err


def test_a_failed_report_leaves_the_old_one_whole(
    codings: Path, here: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["report", "codings.csv"]) == 0
    before = {path.name: path.read_bytes() for path in here.iterdir()}

    def full(self: Any) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(es.reporting.Report, "to_json", full)
    capsys.readouterr()
    assert main(["report", "codings.csv", "--title", "New"]) == 1
    assert capsys.readouterr().err == "expertsys: No space left on device\n"
    assert {path.name: path.read_bytes() for path in here.iterdir()} == before


@pytest.mark.parametrize(
    "given",
    [
        [],
        ["bogus"],
        ["agreement"],
        ["convert", "codings.csv"],
        ["agreement", "x.csv", "--by", "unit"],
        ["agreement", "x.csv", "--confidence", "high"],
        ["report", "x.csv", "--no-such-option"],
    ],
)
def test_usage(given: list[str], here: Path, capsys: Capture) -> None:
    assert main(given) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("usage: expertsys")
    assert names(here) == []
