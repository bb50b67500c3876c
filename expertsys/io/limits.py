"""How much a file from somewhere else may ask for, before it is refused."""

from __future__ import annotations

from typing import Any

import attrs

from expertsys._core.errors import DataError


def _whole(_: object, field: attrs.Attribute[Any], value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise DataError(f"{field.name} must be a whole number above 0, not {value!r}", place=f"Limits.{field.name}")


@attrs.frozen(kw_only=True)
class Limits:
    """Caps on what a project file may unpack to; passing one is an error that names the place and the limit.

    They are held against the bytes that really come out of an archive, never against what its headers say.

    Parameters
    ----------
    members : int
        Files in an archive.
    member_bytes, total_bytes : int
        What one of them, and all together, may unpack to.
    ratio, free_bytes : int
        Times the archive's own size that it may unpack to, once more than `free_bytes` have come out.
    kept_bytes : int
        Pictures, recordings and other files that a study keeps so as to write them back; more are left out, with a
        remark.
    elements, depth : int
        Elements of an XML document, and how deep they, or the codes of a codebook, may be nested.
    tag_bytes : int
        The longest tag of an XML document, with its attributes.
    rows : int
        Rows read from one table of a database.
    cell_bytes, table_bytes : int
        The longest cell of a table, text of a document or text of an XML element; and what all cells of a sheet,
        which may point to one long text many times, come to.
    codes : int
        Codes of a codebook, those above others among them.

    Examples
    --------
    >>> Limits(members=10).members
    10
    """

    members: int = attrs.field(default=20_000, validator=_whole)
    member_bytes: int = attrs.field(default=1024**3, validator=_whole)
    total_bytes: int = attrs.field(default=2 * 1024**3, validator=_whole)
    ratio: int = attrs.field(default=100, validator=_whole)
    free_bytes: int = attrs.field(default=16 * 1024**2, validator=_whole)
    kept_bytes: int = attrs.field(default=256 * 1024**2, validator=_whole)
    elements: int = attrs.field(default=3_000_000, validator=_whole)
    depth: int = attrs.field(default=100, validator=_whole)
    tag_bytes: int = attrs.field(default=2 * 1024**2, validator=_whole)
    rows: int = attrs.field(default=20_000_000, validator=_whole)
    cell_bytes: int = attrs.field(default=32 * 1024**2, validator=_whole)
    table_bytes: int = attrs.field(default=128 * 1024**2, validator=_whole)
    codes: int = attrs.field(default=100_000, validator=_whole)


def beyond(place: str, what: str, limit: str, value: int) -> DataError:
    """An error for what passes a limit: what it was, which limit, and how to raise it."""
    return DataError(
        f"{what}; the limit is {limit}={value:,}",
        place=place,
        remedy=f"If you trust the file: es.read(..., limits=es.io.Limits({limit}=...)).",
    )
