"""When two spellings are one name."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Hashable, Iterable

#: Dashes and quotation marks that word processors put in place of the plain ones.
_SIGNS = str.maketrans(dict.fromkeys("‐‑‒–—−", "-") | dict.fromkeys("‘’‚ʼ`´", "'") | dict.fromkeys("“”„«»", '"'))


def folded(name: str) -> str:
    """A name without capitals, blanks, kinds of dashes and quotation marks, and the encoding of its accents."""
    return "".join(unicodedata.normalize("NFKC", name).translate(_SIGNS).casefold().split())


def spellings(names: Iterable[str], key: Callable[[str], Hashable] = folded) -> list[list[str]]:
    """The distinct names that have several spellings, by what two spellings share: each in the order given.

    Examples
    --------
    >>> spellings(["yes", "Yes", "no"])
    [['yes', 'Yes']]
    """
    alike: dict[Hashable, dict[str, None]] = {}
    for name in names:
        alike.setdefault(key(name), {})[name] = None
    return [list(group) for group in alike.values() if len(group) > 1]


def spelt_alike(values: Iterable[object]) -> dict[str, str]:
    """Texts that are another spelling of a more frequent one, or of equally frequent ones the first, and that one.

    Examples
    --------
    >>> spelt_alike(["yes", "Yes", "no", "yes"])
    {'Yes': 'yes'}
    """
    counts = Counter(value for value in values if isinstance(value, str))
    return {name: kept for kept, *others in spellings(name for name, _ in counts.most_common()) for name in others}
