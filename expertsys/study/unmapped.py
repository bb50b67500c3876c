"""What a project holds and a study has no place for: kept as it is, to be written back."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import attrs

from expertsys._core.errors import unknown

_LEVEL = 1
Pieces = Callable[[], Iterable[bytes]]


class Part:
    """One part: compressed, or not yet made at all where few will ask for it and making it takes long."""

    def __init__(self, content: bytes | Pieces) -> None:
        self._content = content

    @property
    def packed(self) -> bytes:
        """The part, compressed."""
        if not isinstance(self._content, bytes):
            self._content = _pack(self._content())
        return self._content

    def pieces(self) -> Iterator[bytes]:
        """The part, piece by piece, so that a long one is never held whole."""
        if not isinstance(self._content, bytes):
            yield from self._content()
            return
        view = memoryview(self._content)
        unpacker = zlib.decompressobj()
        for at in range(0, len(view), 1 << 16):
            yield unpacker.decompress(view[at : at + (1 << 16)])
        yield unpacker.flush()

    def __eq__(self, other: object) -> bool:
        return self.packed == other.packed if isinstance(other, Part) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.packed)

    def __reduce__(self) -> tuple[Any, ...]:
        return Part, (self.packed,)


def _by_name(parts: Iterable[tuple[str, Part]]) -> tuple[tuple[str, Part], ...]:
    return tuple(sorted(parts, key=lambda part: part[0]))


@attrs.frozen(repr=False)
class Unmapped:
    """Parts of a project that no table of the study has a place for.

    Notes, links, sets, pictures, sync points, identifiers: the reader of a format keeps them here, and its writer puts
    them back. They may name people and quote them, and nothing looks into them: `Study.select` and
    `Study.pseudonymise` leave them out.

    Parameters
    ----------
    format : str
        Whose they are, such as ``"REFI-QDA project"``; another format's writer leaves them out.
    parts : iterable of (str, Part)
        Name and content of each part; see `of`.

    Examples
    --------
    >>> parts = Unmapped.of("REFI-QDA project", {"notes.xml": b"<Notes/>"})
    >>> parts.names, parts["notes.xml"]
    (('notes.xml',), b'<Notes/>')
    """

    format: str
    parts: tuple[tuple[str, Part], ...] = attrs.field(converter=_by_name)

    @classmethod
    def of(cls, format: str, parts: Mapping[str, bytes | Iterable[bytes] | Pieces]) -> Unmapped:  # noqa: A002
        """Parts by name, each as bytes, as pieces of them, or as a function that gives the pieces.

        Parameters
        ----------
        format : str
        parts : mapping
            A function is called when its part is first asked for, and must give the same whenever that is.
        """
        return cls(format, ((name, Part(part if callable(part) else _pack(part))) for name, part in parts.items()))

    @property
    def names(self) -> tuple[str, ...]:
        """The parts, by name."""
        return tuple(name for name, _ in self.parts)

    def __getitem__(self, name: str) -> bytes:
        return zlib.decompress(self._part(name).packed)

    def pieces(self, name: str) -> Iterator[bytes]:
        """One part, piece by piece, so that a long one is never held whole."""
        yield from self._part(name).pieces()

    def _part(self, name: str) -> Part:
        found = dict(self.parts).get(name)
        if found is None:
            raise unknown("part", name, self.names, place="study.unmapped")
        return found

    def __repr__(self) -> str:
        return f"Unmapped parts of {self.format}: {', '.join(self.names) or 'none'}"


def _pack(content: bytes | Iterable[bytes]) -> bytes:
    packer = zlib.compressobj(_LEVEL)
    pieces = [content] if isinstance(content, bytes) else content
    return b"".join([*map(packer.compress, pieces), packer.flush()])
