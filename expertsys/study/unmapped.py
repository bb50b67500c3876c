"""What a project holds and a study has no place for: kept as it is, to be written back."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Mapping

import attrs

from expertsys._core.errors import unknown

_LEVEL = 1


def _sorted(packed: Iterable[tuple[str, bytes]]) -> tuple[tuple[str, bytes], ...]:
    return tuple(sorted(packed))


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
    packed : iterable of (str, bytes)
        Name and content of each part, compressed; see `of`.

    Examples
    --------
    >>> parts = Unmapped.of("REFI-QDA project", {"notes.xml": b"<Notes/>"})
    >>> parts.names, parts["notes.xml"]
    (('notes.xml',), b'<Notes/>')
    """

    format: str
    packed: tuple[tuple[str, bytes], ...] = attrs.field(converter=_sorted)

    @classmethod
    def of(cls, format: str, parts: Mapping[str, bytes | Iterable[bytes]]) -> Unmapped:  # noqa: A002
        """Parts by name, each as bytes or as pieces of them.

        Parameters
        ----------
        format : str
        parts : mapping
        """
        return cls(format, ((name, _pack(content)) for name, content in parts.items()))

    @property
    def names(self) -> tuple[str, ...]:
        """The parts, by name."""
        return tuple(name for name, _ in self.packed)

    def __getitem__(self, name: str) -> bytes:
        for other, content in self.packed:
            if other == name:
                return zlib.decompress(content)
        raise unknown("part", name, self.names, place="study.unmapped")

    def pieces(self, name: str) -> Iterator[bytes]:
        """One part, piece by piece, so that a long one is never held whole."""
        content = dict(self.packed).get(name)
        if content is None:
            raise unknown("part", name, self.names, place="study.unmapped")
        view = memoryview(content)
        unpacker = zlib.decompressobj()
        for at in range(0, len(view), 1 << 16):
            yield unpacker.decompress(view[at : at + (1 << 16)])
        yield unpacker.flush()

    def __repr__(self) -> str:
        return f"Unmapped parts of {self.format}: {', '.join(self.names) or 'none'}"


def _pack(content: bytes | Iterable[bytes]) -> bytes:
    packer = zlib.compressobj(_LEVEL)
    pieces = [content] if isinstance(content, bytes) else content
    return b"".join([*map(packer.compress, pieces), packer.flush()])
