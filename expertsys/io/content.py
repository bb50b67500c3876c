"""Bytes of a file, and the text that they mean."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from pathlib import Path

from expertsys._core.errors import DataError, nearest
from expertsys.io.log import Log

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_MAGIC = (
    (b"PK\x03\x04", "a zip archive or an Excel workbook (.xlsx)"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel or Word file (.xls, .doc), or one with a password"),
    (b"PAR1", "a Parquet file"),
    (b"%PDF", "a PDF"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"{\\rtf", "an RTF document"),
)
_PIECE = 1 << 18
_CONTROLS = bytes(code for code in range(32) if chr(code) not in "\t\n\v\f\r\x1a\x1b")


def missing_path(path: Path) -> DataError:
    """An error for a path that does not exist: the nearest name beside it."""
    names = [entry.name for entry in path.parent.iterdir()] if path.parent.is_dir() else []
    guess = nearest(path.name, names)
    hint = f"Did you mean {guess!r}?" if guess else "Check the name and the folder."
    return DataError("there is no such file or folder", place=str(path), remedy=hint)


def content_of(path: Path, most: int = -1) -> bytes:
    """The bytes of a file, or the first of them; one that cannot be read is an error with its name."""
    try:
        with path.open("rb") as file:
            return file.read(most)
    except FileNotFoundError:
        raise DataError(
            "there is no such file; it vanished, or the name is wrong",
            place=path.name,
            remedy="Look for it, and repeat.",
        ) from None
    except OSError as error:
        raise unreadable(path.name, error) from None


def pieces_of(path: Path) -> Iterator[bytes]:
    """The bytes of a file, piece by piece, so that a long one is never held whole."""
    try:
        with path.open("rb") as file:
            while piece := file.read(_PIECE):
                yield piece
    except OSError as error:
        raise unreadable(path.name, error) from None


def unreadable(place: str, error: OSError) -> DataError:
    """An error for a file that the system does not let us read."""
    return DataError(
        f"the file cannot be read ({error.strerror or type(error).__name__})",
        place=place,
        remedy="Check that it is there, that you may read it, and that no other program holds it.",
    )


def kind_of(content: bytes) -> str | None:
    """What a file is by its first bytes, where it is known and no text."""
    return next((kind for magic, kind in _MAGIC if content.startswith(magic)), None)


def require_content(name: str, content: bytes) -> None:
    """Refuse an empty file."""
    if not content.strip():
        raise DataError("the file is empty", place=name, remedy="Export it again.")


def text_of(name: str, content: bytes, encoding: str | None, log: Log) -> str:
    """The text of a file.

    A byte order mark decides; else the text is UTF-8; else it is taken as Windows-1252, with a warning that names the
    first row concerned. `encoding` overrules all three.
    """
    require_content(name, content)
    if encoding is not None:
        return _forced(name, content, encoding)
    for mark, codec in _BOMS:
        if content.startswith(mark):
            if codec != "utf-8":
                log.tell("note", name, f"the file is in {codec.upper()}, by its byte order mark.")
            return _decoded(name, content[len(mark) :], codec)
    _refuse_binary(name, content)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        row = _row(content[: error.start].decode("utf-8"))
    try:
        text = content.decode("cp1252")
    except UnicodeDecodeError as error:
        raise DataError(
            f"the text is neither UTF-8 (row {row}) nor Windows-1252 "
            f"(row {_row(content[: error.start].decode('cp1252'))})",
            place=name,
            remedy="Save it as UTF-8, or name its encoding: encoding='...'.",
        ) from None
    log.tell(
        "warning",
        f"{name}, row {row}",
        "the text is not UTF-8 and was taken as Windows-1252.",
        "If letters look wrong, name the encoding: read(..., encoding='...').",
    )
    return text


def _forced(name: str, content: bytes, encoding: str) -> str:
    try:
        b"a".decode(encoding, errors="replace")
        codec = codecs.lookup(encoding).name
    except (LookupError, ValueError):
        raise DataError(
            f"there is no encoding {encoding!r}", place="encoding", remedy="Usual ones: 'utf-8', 'cp1252', 'utf-16'."
        ) from None
    for mark, marked in _BOMS:
        if content.startswith(mark) and marked.startswith(codec.removesuffix("-sig")):
            return _decoded(name, content[len(mark) :], marked)
    return _decoded(name, content, codec)


def _decoded(name: str, content: bytes, codec: str) -> str:
    try:
        text = content.decode(codec)
    except UnicodeDecodeError as error:
        row = _row(content[: error.start].decode(codec, errors="replace"))
        raise DataError(
            f"the text is not {codec.upper()}",
            place=f"{name}, row {row}",
            remedy="Save it as UTF-8, or name its encoding: encoding='...'.",
        ) from None
    if "\x00" in text:
        raise DataError(
            "the text holds NUL characters",
            place=f"{name}, row {_row(text[: text.index(chr(0))])}",
            remedy="Save it as UTF-8, or name its encoding: encoding='utf-16-le' is usual with NUL bytes.",
        )
    return text


def _refuse_binary(name: str, content: bytes) -> None:
    kind = kind_of(content)
    if kind:
        raise DataError(
            f"the file is {kind}, not text", place=name, remedy="Name it by what it is, or export it as CSV."
        )
    at = content.find(b"\x00")
    head = content[:65_536]
    controls = len(head) - len(head.translate(None, _CONTROLS))
    if at >= 0 or controls > len(head) // 100:
        where = f"NUL byte at byte {at + 1:,}" if at >= 0 else f"{controls:,} control characters at its start"
        raise DataError(
            f"the file is binary, not text ({where})",
            place=name,
            remedy="Export it as UTF-8 text; if it is UTF-16 without a byte order mark: encoding='utf-16-le'.",
        )


def _row(before: str) -> int:
    """The spreadsheet row that a place in a delimited text lies in: line ends within quotes do not count."""
    parts = before.replace("\r\n", "\n").replace("\r", "\n").split('"')
    return sum(part.count("\n") for part in parts[::2]) + 1
