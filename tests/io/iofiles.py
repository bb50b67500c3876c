"""Small files with the traps of real ones, made for a test."""

from __future__ import annotations

from pathlib import Path

import pytest

from expertsys.errors import DataError
from expertsys.io import read
from expertsys.study import Study


def file(folder: Path, name: str, content: str | bytes) -> Path:
    """A file with this content, as it is."""
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return path


def refusal(source: object, **options: object) -> DataError:
    """The error with which a source is refused."""
    with pytest.raises(DataError) as caught:
        read(source, **options)  # type: ignore[arg-type]
    return caught.value


def told(study: Study) -> list[str]:
    """All remarks as text."""
    return [str(note) for note in study.provenance.notes]


def rows(study: Study, *columns: str) -> list[tuple[object, ...]]:
    """Columns of the codings as tuples; missing cells are None."""
    table = study.codings[list(columns)].astype(object)
    return list(table.where(table.notna(), None).itertuples(index=False, name=None))


def survey(folder: Path) -> Path:
    """Two questions, two coders, as a small team keeps them.

    Q2: r1 and r2 coded by ann; ben coded r1 only; r3 has no text and no code. Q10: r1 has two rows with different
    texts; both coded it; ann gave ``fear`` twice; r4 was coded by no one.
    """
    place = folder / "a survey"
    place.mkdir()
    q2 = "ResponseId,Why did you?,Code 1,Code 2\r\n"
    file(place, "Open answers - Q2 (ann).csv", q2 + "r1,One,fear,fear->exam\r\nr2,Two,nan,\r\nr3,,,\r\n")
    file(place, "Open answers - Q2 (ben).csv", q2 + "r1,One,fear,\r\nr2,Two,,\r\nr3,,,\r\n")
    q10 = 'ResponseId,"Which, then?",Code 1,Code 2\r\n'
    file(place, "Open answers - Q10 (ann).csv", q10 + "r1,First,fear,fear\r\nr1,Second,trust,\r\nr4,Four,,\r\n")
    file(place, "Open answers - Q10 (ben).csv", q10 + "r1,First,trust,\r\nr1,Second,,\r\nr4,Four,,\r\n")
    return place
