"""Zip archives: the same bytes for the same content, and none unpacked that could do harm."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path

from expertsys._core.errors import DataError, listing

MOST_BYTES = 2 * 1024**3
MOST_RATIO = 300
FREE_BYTES = 64 * 1024**2
_STAMP = (1980, 1, 1, 0, 0, 0)


def pack(target: Path, members: Mapping[str, bytes]) -> None:
    """Write a zip archive whose bytes depend on names and content alone."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            entry = zipfile.ZipInfo(name, _STAMP)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content, compresslevel=6)


def unpack(name: str, content: bytes, known: Iterable[str]) -> dict[str, bytes]:
    """The members of a zip archive, in memory.

    Only known names are taken, each once; what they unpack to is limited by the bytes that really come out, whatever
    the archive says of itself.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except zipfile.BadZipFile:
        raise DataError("the zip archive is damaged", place=name, remedy="Copy or download it again.") from None
    names = archive.namelist()
    strange = [member for member in dict.fromkeys(names) if member not in set(known)]
    if strange:
        raise DataError(
            f"the archive holds what no saved study has: {listing(strange, 5)}",
            place=name,
            remedy="Remove them from it; or read the files that it holds one by one.",
        )
    if len(set(names)) < len(names):
        raise DataError("the archive holds a member twice", place=name, remedy="Save the study again.")
    members: dict[str, bytes] = {}
    total = 0
    for member in names:
        members[member] = _member(archive, name, member, total, len(content))
        total += len(members[member])
    return members


def _member(archive: zipfile.ZipFile, name: str, member: str, before: int, packed: int) -> bytes:
    pieces: list[bytes] = []
    total = before
    try:
        with archive.open(member) as stream:
            while piece := stream.read(1 << 20):
                total += len(piece)
                if total > MOST_BYTES or (total > FREE_BYTES and total > MOST_RATIO * packed):
                    raise DataError(
                        f"the archive of {packed:,} bytes unpacks to more than {total:,}",
                        place=f"{name}, {member}",
                        remedy="It is no study, or a very repetitive one: save it as a folder.",
                    )
                pieces.append(piece)
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError, OSError) as error:
        raise DataError(
            f"the member cannot be unpacked ({type(error).__name__})",
            place=f"{name}, {member}",
            remedy="It is damaged or has a password: save the study again.",
        ) from None
    return b"".join(pieces)
