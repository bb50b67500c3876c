"""Standing and citation: whose idea something is, and where it is written."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Self

import attrs

from expertsys._core.errors import DataError, listing, nearest
from expertsys._core.references import Reference, reference


class Term(StrEnum):
    """Base of the vocabularies: a member is its text; case, blanks and underscores do not matter on reading.

    Examples
    --------
    >>> Standing("Source") is Standing.SOURCE
    True
    >>> Standing("sauce")
    Traceback (most recent call last):
    expertsys._core.errors.DataError: Standing: must be one of 'source', 'companion', 'background', 'proposed',
    not 'sauce'. Did you mean 'source'?
    """

    @classmethod
    def _missing_(cls, value: object) -> Self:
        spelt = "-".join(value.casefold().replace("_", " ").split()) if isinstance(value, str) else value
        for member in cls:
            if member.value == spelt:
                return member
        guess = nearest(value, list(cls))
        raise DataError(
            f"must be one of {listing(cls)}, not {value!r}",
            place=cls.__name__,
            remedy=f"Did you mean {guess!r}?" if guess else "",
        )


class Standing(Term):
    """Whose idea a concept, field, proposition or measure is.

    Attributes
    ----------
    SOURCE
        The study itself says it, as its front matter summarises it (Greenhalgh, Swinglehurst & Stones 2014).
    COMPANION
        A paper of the same programme on the same systems says it.
    BACKGROUND
        The literature that the study builds on says it.
    PROPOSED
        Whoever wrote this framework proposes it: for the one that ships, this library; for one that you derive, you.
        It must never be mistaken for the study's authors.

    Examples
    --------
    >>> from expertsys.theory import FRAMEWORK
    >>> print(FRAMEWORK["mode-of-use"].standing)
    proposed
    """

    SOURCE = "source"
    COMPANION = "companion"
    BACKGROUND = "background"
    PROPOSED = "proposed"


@attrs.frozen
class Citation:
    """A work, by the key of its reference, and the place in it.

    Parameters
    ----------
    key : str
        Key of a reference, such as ``"giddens1990"``.
    locator : str
        Page or other place; empty where the whole work is meant.

    Examples
    --------
    >>> where = Citation.parse("giddens1990 p. 27")
    >>> where.locator
    'p. 27'
    >>> print(where)
    giddens1990 p. 27
    """

    key: str
    locator: str = ""

    def __attrs_post_init__(self) -> None:
        if not isinstance(self.key, str) or not self.key or len(self.key.split()) != 1:
            raise DataError(f"must be the key of a reference, without blanks, not {self.key!r}", place="Citation.key")

    @classmethod
    def parse(cls, text: str) -> Citation:
        """A citation from text: the key, and after a blank the place."""
        key, _, locator = text.strip().partition(" ")
        return cls(key, locator.strip())

    @classmethod
    def from_plain(cls, data: object, place: str) -> Citation:
        """A citation from a value of JSON or TOML."""
        if not isinstance(data, str):
            raise DataError(f"must be a reference key and a page as text, not {data!r}", place=place)
        return cls.parse(data)

    def to_plain(self) -> str:
        """The text that `parse` reads."""
        return str(self)

    def reference(self) -> Reference:
        """The work's full reference, for keys that this library knows."""
        return reference(self.key)

    def __str__(self) -> str:
        return f"{self.key} {self.locator}".strip()


def citations(value: str | Citation | Iterable[str | Citation]) -> tuple[Citation, ...]:
    """Citations from one or several, given as text or as `Citation`."""
    several = (value,) if isinstance(value, str | Citation) else value
    return tuple(item if isinstance(item, Citation) else Citation.parse(item) for item in several)
