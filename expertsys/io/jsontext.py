"""JSON from somewhere else: parsed under limits, its faults located."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from expertsys._core.errors import DataError
from expertsys.io.content import content_of, require_content, unreadable
from expertsys.io.limits import Limits, beyond

_HALF = re.compile(r"\\u[dD][89a-fA-F]")
#: So many bytes are looked at to tell formats apart.
HEAD = 1 << 20


def bounded(path: Path, place: str, limits: Limits) -> bytes:
    """The bytes of a file, unless they are more than one member of an archive might be."""
    try:
        size = path.stat().st_size
    except OSError as error:
        raise unreadable(place, error) from None
    if size > limits.member_bytes:
        raise beyond(place, f"the file has {size:,} bytes", "member_bytes", limits.member_bytes)
    return content_of(path, size)


def decoded(place: str, content: bytes) -> str:
    """UTF-8, with or without a byte order mark."""
    require_content(place, content)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise DataError(
            "the text is not UTF-8", place=f"{place}, line {line}", remedy="Export it again, or save it as UTF-8."
        ) from None


def parsed(place: str, text: str) -> Any:
    """What a JSON text holds."""
    try:
        found = json.loads(text)
        if _HALF.search(text):
            json.dumps(found, ensure_ascii=False).encode("utf-8")
        return found
    except UnicodeEncodeError as error:
        half = error.object[error.start : error.end]
        raise DataError(
            f"the text holds half of a character ({half!r})", place=place, remedy="Export it again as UTF-8."
        ) from None
    except json.JSONDecodeError as error:
        what = f"is no JSON ({error.msg})"
        raise DataError(
            what, place=f"{place}, line {error.lineno}, column {error.colno}", remedy="Export it again."
        ) from None
    except (RecursionError, ValueError) as error:
        raise DataError(f"is no JSON ({type(error).__name__})", place=place, remedy="Export it again.") from None


def whole(value: Any) -> int | None:
    """A position: a whole number, or one that is written with a point or as text."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 16:
        return int(value)
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return int(value)
    return value if isinstance(value, int) and abs(value) < 10**15 else None


def plain(value: Any) -> str | None:
    """A cell that is text or a number, as text; None for what is nested or missing."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str | int):
        return str(value)
    return repr(value) if isinstance(value, float) and value == value else None
