"""When two spellings are one name."""

from __future__ import annotations

import unicodedata

#: Dashes and quotation marks that word processors put in place of the plain ones.
_SIGNS = str.maketrans(dict.fromkeys("‐‑‒–—−", "-") | dict.fromkeys("‘’‚ʼ`´", "'") | dict.fromkeys("“”„«»", '"'))


def folded(name: str) -> str:
    """A name without capitals, blanks, kinds of dashes and quotation marks, and the encoding of its accents."""
    return "".join(unicodedata.normalize("NFKC", name).translate(_SIGNS).casefold().split())
