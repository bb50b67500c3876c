"""Saved studies: a folder or zip of plain CSV tables and one JSON file, which comes back exactly."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import pandas as pd

from expertsys._core.errors import DataError, Remark, counted, listing, quoted
from expertsys._core.files import replacing
from expertsys.io.archive import pack, packed, unpack
from expertsys.io.content import content_of
from expertsys.io.delimited import any_length, fast, hold_cells
from expertsys.io.limits import Limits, beyond
from expertsys.io.log import located
from expertsys.io.options import Options
from expertsys.io.registry import ASPECTS, FOLDER, Format, Kept
from expertsys.io.safe_zip import open_zip
from expertsys.study import Code, Codebook, Provenance, Source, Study, Unmapped
from expertsys.study.tables import ALL, DOCUMENT_PARTS, SUMMARIES, Table

MANIFEST = "study.json"
README = "README.txt"
KIND = "expertsys study"
FORMAT_VERSION = 1
_ROW = re.compile(r"(\w+), row (\d+)")
UNMAPPED = "unmapped.zip"
_NAMES = (MANIFEST, README, UNMAPPED, *(f"{table.name}.csv" for table in ALL))
_README = f"""A study, saved by expertsys: read it with expertsys.read(...).

study.json   codebook, provenance, and the kind of each column
*.csv        the tables, in UTF-8, cells separated by commas; a blank cell is missing
unmapped.zip where it is there: parts of the project that was read which no table has a place for

The tables may be opened in any editor or spreadsheet. Cells are verbatim, so that the study comes back
exactly: a text that begins with = + - or @ may be taken for a formula by a spreadsheet, and one like 007
or 3-4 for a number or a date. Import the columns as text, and do not save over these files from a
spreadsheet that changed them. The files hold all texts and names of the study: share them as you would
share the interviews.

Format version {FORMAT_VERSION}.
"""


_KINDS: dict[str, tuple[str, Callable[[str], Any]]] = {
    "boolean": ("boolean", {"true": True, "false": False}.__getitem__),
    "integer": ("Int64", lambda cell: _whole(cell)),
    "number": ("float64", float),
}


def _whole(cell: str) -> int:
    """A number that a column of whole numbers can hold."""
    number = int(cell)
    if not -(2**63) <= number < 2**63:
        raise ValueError
    return number


def members_of(study: Study) -> dict[str, bytes]:
    """The files of a saved study, by name."""
    tables = {table.name: _flat(getattr(study, table.name), table) for table in ALL}
    manifest = {
        "format": KIND,
        "format_version": FORMAT_VERSION,
        "title": study.title,
        "unmapped": study.unmapped.format if study.unmapped is not None else None,
        "codebook": {
            "name": study.codebook.name,
            "version": study.codebook.version,
            "codes": [attrs.asdict(code) for code in study.codebook],
        },
        "provenance": {
            "version": study.provenance.version,
            "synthetic": study.provenance.synthetic,
            "sources": [attrs.asdict(source) for source in study.provenance.sources],
            "choices": [list(pair) for pair in study.provenance.choices],
            "notes": [attrs.asdict(note) for note in study.provenance.notes],
        },
        "tables": {
            name: {"rows": len(frame), "columns": {str(column): _kind(frame[column]) for column in frame}}
            for name, frame in tables.items()
        },
    }
    members = {MANIFEST: json.dumps(manifest, ensure_ascii=False, indent=1) + "\n", README: _README}
    for name, frame in tables.items():
        members[f"{name}.csv"] = _csv(frame)
    try:
        encoded = {name: text.encode("utf-8") for name, text in members.items()}
    except UnicodeEncodeError as error:
        raise DataError(
            f"the study holds a character that no file can ({quoted(error.object[error.start : error.end])})",
            place="write",
            remedy="It is half of a pair (a surrogate): replace it.",
        ) from None
    if study.unmapped is not None:
        encoded[UNMAPPED] = packed({name: study.unmapped[name] for name in study.unmapped.names})
    return encoded


def _flat(frame: pd.DataFrame, table: Table) -> pd.DataFrame:
    return frame.reset_index() if table.index else frame


def _kind(column: pd.Series[Any]) -> str:
    if isinstance(column.dtype, pd.BooleanDtype):
        return "boolean"
    return {"Int64": "integer", "float64": "number"}.get(str(column.dtype), "text")


def _csv(frame: pd.DataFrame) -> str:
    columns = [_written(frame[name]) for name in frame]
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(frame.columns)
    if columns:
        writer.writerows(zip(*columns, strict=True))
    return buffer.getvalue()


def _written(column: pd.Series[Any]) -> list[str]:
    kind = _kind(column)
    if kind == "text":
        texts: list[str] = column.fillna("").tolist()
        return texts
    spell = {
        "boolean": lambda cell: "true" if cell else "false",
        "integer": lambda cell: str(int(cell)),
        "number": repr,
    }
    cells = column.astype(object).tolist()
    return ["" if missing else spell[kind](cell) for cell, missing in zip(cells, column.isna(), strict=True)]


def study_of(name: str, members: dict[str, bytes], limits: Limits | None = None) -> Study:
    """The study that these files hold."""
    if MANIFEST not in members:
        raise DataError(f"no {MANIFEST}", place=name, remedy="Is it a study that expertsys.write saved?")
    held = limits or Limits()
    if len(members[MANIFEST]) > held.cell_bytes:
        what = f"the manifest has {len(members[MANIFEST]):,} bytes"
        raise beyond(f"{name}, {MANIFEST}", what, "cell_bytes", held.cell_bytes)
    manifest = _manifest(name, members[MANIFEST])
    try:
        book, provenance = manifest["codebook"], manifest["provenance"]
        with located(name, lambda place: f"{name}, {MANIFEST}, {place}"):
            codebook = Codebook((Code(**code) for code in book["codes"]), name=book["name"], version=book["version"])
        sources: Any = tuple(Source(**source) for source in provenance["sources"])
        made = Provenance(
            sources=sources,
            choices=((what, choice) for what, choice in provenance["choices"]),
            notes=(Remark(**note) for note in provenance["notes"]),
            synthetic=provenance["synthetic"],
            version=provenance["version"],
        )
        described = {
            table.name: (int(manifest["tables"][table.name]["rows"]), dict(manifest["tables"][table.name]["columns"]))
            for table in ALL
            if table.name in manifest["tables"]
            or table not in (DOCUMENT_PARTS, SUMMARIES)  # studies saved before there were any
        }
        title = str(manifest["title"])
        original = manifest.get("unmapped")
    except DataError:
        raise
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise DataError(
            f"the manifest is damaged ({type(error).__name__}: {error})",
            place=f"{name}, {MANIFEST}",
            remedy="Save the study again.",
        ) from None
    frames = {}
    for table in (table for table in ALL if table.name in described):
        file = f"{table.name}.csv"
        if file not in members:
            raise DataError(f"no {file}", place=name, remedy="Save the study again.")
        frames[table.name] = _table(f"{name}, {file}", members[file], *described[table.name], held)
    unmapped = None
    if isinstance(original, str):
        if UNMAPPED not in members:
            raise DataError(f"no {UNMAPPED}", place=name, remedy="Save the study again.")
        with open_zip(members[UNMAPPED], f"{name}, {UNMAPPED}", limits) as archive:
            unmapped = Unmapped.of(original, {part: archive.read(part) for part in archive.names})
    with located(name, lambda place: _in_tables(place, name)):
        return Study(**frames, codebook=codebook, provenance=made, title=title, unmapped=unmapped)


def _in_tables(place: str, name: str) -> str:
    """Where a fault of a table stands in its file, whose first row is the header."""
    row = _ROW.match(place)
    return f"{name}, {row[1]}.csv, row {int(row[2]) + 1}{place[row.end() :]}" if row else f"{name}, {place}"


def _manifest(name: str, content: bytes) -> dict[str, Any]:
    place = f"{name}, {MANIFEST}"
    try:
        manifest = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise DataError("is no JSON", place=place, remedy="Save the study again.") from None
    if not isinstance(manifest, dict) or manifest.get("format") != KIND:
        raise DataError(f"is not the manifest of an {KIND}", place=place, remedy="Is it the right file?")
    version = manifest.get("format_version")
    if version != FORMAT_VERSION:
        raise DataError(
            f"the study was saved in format version {quoted(version)}; this library reads {FORMAT_VERSION}",
            place=place,
            remedy="Update expertsys.",
        )
    return manifest


def _table(place: str, content: bytes, rows: int, columns: dict[str, str], limits: Limits) -> pd.DataFrame:
    hold_cells(place, content, ",", limits)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise DataError("is not UTF-8", place=place, remedy="Save it as UTF-8 with commas.") from None
    if not columns:
        return pd.DataFrame(index=pd.RangeIndex(min(rows, len(text))))
    regular = fast(text, ",")
    if regular is not None and [column.iloc[0] for column in regular] == list(columns):
        return pd.DataFrame(
            {
                name: _read(place, name, kind, column.iloc[1:].reset_index(drop=True))
                for (name, kind), column in zip(columns.items(), regular, strict=True)
            }
        )
    try:
        with any_length():
            records = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        raise DataError(f"is no CSV ({error})", place=place, remedy="Save the study again.") from None
    header, *cells = records or [[]]
    if header != list(columns):
        raise DataError(
            f"the columns are {listing(header)}; the manifest says {listing(columns)}",
            place=place,
            remedy="Keep the first row and the commas as they were.",
        )
    for number, record in enumerate(cells, start=2):
        if len(record) != len(header):
            raise DataError(
                f"has {counted(len(record), 'cell')} instead of {len(header):,}",
                place=f"{place}, row {number}",
                remedy="Correct it.",
            )
    values = zip(*cells, strict=True) if cells else ([] for _ in header)
    return pd.DataFrame(
        {
            name: _read(place, name, kind, pd.Series(list(column), dtype="str"))
            for (name, kind), column in zip(columns.items(), values, strict=True)
        }
    )


def _read(place: str, name: str, kind: str, cells: pd.Series[str]) -> pd.Series[Any]:
    if kind == "text":
        return cells.where(cells != "")
    if kind not in _KINDS:
        raise DataError(f"the manifest gives column {quoted(name)} the unknown kind {quoted(kind)}", place=place)
    dtype, convert = _KINDS[kind]
    missing = float("nan") if kind == "number" else None
    values: list[Any] = []
    for number, cell in enumerate(cells, start=2):
        try:
            values.append(convert(cell) if cell else missing)
        except (ValueError, KeyError):
            raise DataError(
                f"{quoted(cell)} is no {kind}",
                place=f"{place}, row {number}, column {quoted(name)}",
                remedy="Correct the cell.",
            ) from None
    return pd.Series(values, dtype=dtype)


def _recognises(path: Path, head: bytes) -> bool:
    return (path / MANIFEST).is_file() if path.is_dir() else head.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def read_study(path: Path, options: Options) -> Study:
    """The study that `write` saved."""
    if path.is_dir():
        members = {name: content_of(path / name) for name in _NAMES if (path / name).exists()}
    else:
        members = unpack(path.name, path, _NAMES, options.limits)
    return study_of(path.name, members, options.limits)


def write(study: Study, path: Path) -> None:
    """Save a study as a zip or as a folder, whole or not at all; nothing but a saved study is replaced."""
    members = members_of(study)
    if path.suffix.lower() == ".zip" and not path.is_dir():
        if path.exists():
            _require_saved(path)
        with replacing(path) as temporary:
            pack(temporary, members)
        return
    if path.exists():
        _require_saved(path)
    if not path.parent.is_dir():
        raise DataError("the folder does not exist", place=str(path.parent), remedy="Make it first.")
    made = Path(tempfile.mkdtemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent))
    try:
        for name, content in members.items():
            (made / name).write_bytes(content)
        umask = os.umask(0)
        os.umask(umask)
        made.chmod(0o777 & ~umask)
        _swap(made, path)
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _swap(made: Path, target: Path) -> None:
    """Put a folder in the place of another, which stays whole if that fails."""
    old = made.with_name(f"{made.name}.old")
    if target.exists():
        target.rename(old)
    try:
        made.rename(target)
    except BaseException:
        if old.exists():
            old.rename(target)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _require_saved(path: Path) -> None:
    """Refuse to replace anything but a saved study or an empty folder."""
    if path.is_dir():
        names = sorted(entry.name for entry in path.iterdir())
        strange = [name for name in names if name not in _NAMES]
        if not names or (MANIFEST in names and not strange):
            return
        what = f"the folder holds {listing(strange or names, 5)} and would be replaced"
    else:
        try:
            if MANIFEST in unpack(path.name, path, _NAMES):
                return
        except DataError:
            pass
        what = "the file is no saved study and would be replaced"
    raise DataError(what, place=str(path), remedy="Give another name, or move it away.")


FORMAT = Format(
    name="saved study",
    suffixes=(".zip", FOLDER),
    recognises=_recognises,
    read_study=read_study,
    write=write,
    options=("codebook", "title"),
    keeps=tuple(
        Kept(aspect, "kept", "kept", "of the project that was read")
        if aspect in ("pictures, audio, video", "notes, links, sets, graphs")
        else Kept(aspect, "yes", "yes")
        for aspect in ASPECTS
    ),
    tried="its own format: it comes back exactly",
    instead="A .zip is read if expertsys.write saved it; unpack any other.",
)
