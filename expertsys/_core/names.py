"""When two spellings are one name."""

from __future__ import annotations

import unicodedata


def folded(name: str) -> str:
    """A name without capitals, blanks and the encoding of its accents, by which two spellings are one."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())
