"""The page that says what of a project survives in each format, from what the readers and writers declare."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from expertsys.io.formats import FORMATS
from expertsys.io.registry import ASPECTS, Format, Kept
from expertsys.io.reports import NAMES, report_map

MADE = "<!-- Made by `python docs/.generate` from the declarations in expertsys/io. -->"
_INTRO = """# What survives

A project is more than its codings. These tables are made from what each reader and writer declares; the same is in
[`es.io.survives()`][expertsys.io.survives]. *Part* and *kept* are explained below them. *Kept* means: in no table of
the study, but written back as it was."""
_REPORTS = """## Reports as tables

Lists that a program exports as a spreadsheet are told by their headers, in English and German. They hold codings and
little else: no texts, no codebook, no positions. Another language needs
[a map of your own](from/index.md#headers-in-another-language)."""


def write_survival(folder: Path) -> Path:
    """Write the page into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "what-survives.md"
    path.write_text("\n\n".join([*_blocks(), MADE]) + "\n", encoding="utf-8", newline="\n")
    return path


def _blocks() -> Iterator[str]:
    declared = [form for form in FORMATS if form.keeps]
    written = [form for form in declared if form.write]
    yield _INTRO
    yield "## Into the study"
    yield _table(declared, "read")
    yield "## Out of the study"
    yield _table(written, "written")
    yield "## How, and what is lost"
    for form in declared:
        yield "\n".join([f"### {form.name}", "", f"Tried on: {form.tried}.", *_notes(form)])
    yield _REPORTS
    rows = [f"| {made.name} | {', '.join(made.columns)} | {made.known} |" for made in map(report_map, NAMES)]
    yield "\n".join(["| report | what is read | layout |", "| --- | --- | --- |", *rows])


def _table(forms: list[Format], way: str) -> str:
    lines = [f"| | {' | '.join(form.name for form in forms)} |", f"| --- |{' --- |' * len(forms)}"]
    for aspect in ASPECTS:
        cells = [getattr(_kept(form, aspect), way) for form in forms]
        lines.append(f"| {aspect} | {' | '.join(cell if cell != 'no' else '–' for cell in cells)} |")
    return "\n".join(lines)


def _kept(form: Format, aspect: str) -> Kept:
    return next((kept for kept in form.keeps if kept.aspect == aspect), Kept(aspect, "no", "no"))


def _notes(form: Format) -> list[str]:
    notes = [f"- {kept.aspect}: {kept.note}" for kept in form.keeps if kept.note]
    return ["", *notes] if notes else []
