"""Zip archives from somewhere else: read in memory, under limits, with nothing ever unpacked onto the disk."""

from __future__ import annotations

import contextlib
import io
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import attrs

from expertsys._core.errors import DataError, quoted
from expertsys.io.content import unreadable
from expertsys.io.limits import Limits, beyond

_CHUNK = 1 << 18
_END, _END_64 = b"PK\x05\x06", b"PK\x06\x06"
_SMALLEST_ENTRY = 46
_TAIL = 66_000
_UPWARDS = re.compile(r"(^|/)\.\.(/|$)|^/|^[A-Za-z]:")


@attrs.define(eq=False)
class Archive:
    """An open archive whose members are read one by one, all of them together under the same limits."""

    place: str
    size: int
    limits: Limits
    _archive: zipfile.ZipFile
    _entries: dict[str, zipfile.ZipInfo]
    _out: int = 0

    @property
    def names(self) -> tuple[str, ...]:
        """The members, as they are spelt, folders not among them."""
        return tuple(self._entries)

    def find(self, name: str) -> str | None:
        """The member of this name; where there is none, the one that differs by capitals only, if it is one."""
        wanted = name.replace("\\", "/")
        if wanted in self._entries:
            return wanted
        alike = [member for member in self._entries if member.casefold() == wanted.casefold()]
        return alike[0] if len(alike) == 1 else None

    def read(self, name: str, *, text: bool = False) -> bytes:
        """All bytes of a member; of one that is a single text, no more than a cell of a table may have."""
        held, most = io.BytesIO(), self.limits.cell_bytes
        for piece in self.stream(name):
            held.write(piece)
            if text and held.tell() > most:
                raise beyond(f"{self.place}, {name}", f"the text has more than {most:,} bytes", "cell_bytes", most)
        return held.getvalue()

    def packed(self, name: str) -> int:
        """What the archive says that a member takes; not to be relied on for more than a first look."""
        return self._entries[name].file_size

    def stream(self, name: str) -> Iterator[bytes]:
        """The bytes of a member, piece by piece, for as long as they stay under the limits."""
        entry = self._entries[name]
        place = f"{self.place}, {name}"
        size = 0
        try:
            with self._archive.open(entry) as member:
                while piece := member.read(_CHUNK):
                    size += len(piece)
                    self._out += len(piece)
                    self._hold(place, size)
                    yield piece
        except DataError:
            raise
        except (zipfile.BadZipFile, zlib.error, RuntimeError, EOFError, OSError, ValueError, struct.error) as error:
            raise DataError(
                f"the member cannot be unpacked ({type(error).__name__})",
                place=place,
                remedy="It is damaged, or packed in a way that is not read: export it again.",
            ) from None

    def _hold(self, place: str, size: int) -> None:
        limits = self.limits
        if size > limits.member_bytes:
            raise beyond(place, f"the member unpacks to more than {size:,} bytes", "member_bytes", limits.member_bytes)
        if self._out > limits.total_bytes:
            raise beyond(
                place, f"the archive unpacks to more than {self._out:,} bytes", "total_bytes", limits.total_bytes
            )
        if self._out > limits.free_bytes and self._out > limits.ratio * self.size:
            told = f"the archive of {self.size:,} bytes unpacks to more than {self._out:,}"
            raise beyond(place, told, "ratio", limits.ratio)


@contextlib.contextmanager
def open_zip(source: Path | bytes, place: str, limits: Limits | None = None) -> Iterator[Archive]:
    """Open an archive, after a look at its directory.

    Refused: more members than the limit, a member that stands in it twice, one with a password, one whose name leads
    out of the archive, and a link.

    Parameters
    ----------
    source : Path or bytes
    place : str
        The file's name, for messages.
    limits : Limits, optional
    """
    limits = limits or Limits()
    with contextlib.ExitStack() as stack:
        try:
            stream: IO[bytes] = stack.enter_context(
                io.BytesIO(source) if isinstance(source, bytes) else source.open("rb")
            )
            size = stream.seek(0, io.SEEK_END)
        except OSError as error:
            raise unreadable(place, error) from None
        _hold_directory(stream, size, place, limits)
        try:
            archive = stack.enter_context(zipfile.ZipFile(stream))
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, struct.error) as error:
            raise DataError(
                f"the zip archive is damaged ({type(error).__name__})", place=place, remedy="Copy or export it again."
            ) from None
        yield Archive(place, size, limits, archive, _entries(archive, place, limits))


def _hold_directory(stream: IO[bytes], size: int, place: str, limits: Limits) -> None:
    """Refuse a directory that is longer than that of any archive within the limit, before it is taken apart."""
    stream.seek(max(0, size - _TAIL))
    tail = stream.read()
    length = 0
    at = tail.rfind(_END)
    if 0 <= at <= len(tail) - 16:
        length = struct.unpack_from("<L", tail, at + 12)[0]
    at = tail.rfind(_END_64)
    if length == 0xFFFFFFFF and 0 <= at <= len(tail) - 48:
        length = struct.unpack_from("<Q", tail, at + 40)[0]
    if min(length, size) > limits.members * 8 * _SMALLEST_ENTRY:
        raise beyond(place, f"the archive's directory takes {length:,} bytes", "members", limits.members)


def _entries(archive: zipfile.ZipFile, place: str, limits: Limits) -> dict[str, zipfile.ZipInfo]:
    infos = archive.infolist()
    if len(infos) > limits.members:
        raise beyond(place, f"the archive holds {len(infos):,} members", "members", limits.members)
    entries: dict[str, zipfile.ZipInfo] = {}
    for entry in infos:
        name = entry.filename.replace("\\", "/")
        where = f"{place}, {quoted(entry.filename)}"
        if not entry.filename:
            raise DataError("a member has no name", place=place, remedy="The file is damaged: export it again.")
        if _UPWARDS.search(name):
            raise DataError(
                "the member's name leads out of the archive",
                place=where,
                remedy="No honest program writes this: do not unpack the file, ask its sender.",
            )
        if entry.flag_bits & 0x1:
            raise DataError("the member has a password", place=where, remedy="Export it without one.")
        if stat.S_ISLNK(entry.external_attr >> 16):
            raise DataError("the member is a link to another file", place=where, remedy="Export it again.")
        if name in entries:
            raise DataError("the archive holds the member twice", place=where, remedy="Export it again.")
        if not entry.is_dir():
            entries[name] = entry
    return entries
