"""Zip archives of our own: the same bytes for the same content, and back, nothing unknown among them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import IO

from expertsys._core.errors import DataError, listing
from expertsys.io.elsewhere import unpacked_project
from expertsys.io.limits import Limits
from expertsys.io.safe_zip import open_zip

_STAMP = (1980, 1, 1, 0, 0, 0)


def packed(members: Mapping[str, bytes]) -> bytes:
    """A zip archive whose bytes depend on names and content alone."""
    buffer = io.BytesIO()
    pack(buffer, members)
    return buffer.getvalue()


def pack(target: Path | IO[bytes], members: Mapping[str, bytes | Iterable[bytes]]) -> None:
    """Write a zip archive whose bytes depend on names and content alone; long members come in pieces."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            entry = zipfile.ZipInfo(name, _STAMP)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            if isinstance(content, bytes):
                archive.writestr(entry, content, compresslevel=6)
                continue
            with archive.open(entry, "w", force_zip64=True) as member:
                for piece in content:
                    member.write(piece)


def unpack(name: str, content: bytes | Path, known: Iterable[str], limits: Limits | None = None) -> dict[str, bytes]:
    """The members of a zip archive, in memory; only known names are taken, each once."""
    with open_zip(content, name, limits) as archive:
        wanted = set(known)
        strange = [member for member in archive.names if member not in wanted]
        if strange:
            raise DataError(
                f"the archive holds what no saved study has: {listing(strange, 5)}",
                place=name,
                remedy="It is a REFI-QDA project: give it its own ending, .qdpx."
                if unpacked_project(strange)
                else "Remove them from it; or read the files that it holds one by one.",
            )
        return {member: archive.read(member) for member in archive.names}
