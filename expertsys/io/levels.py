"""How many codes a codebook may have, and how deep they may be nested, before a file is refused."""

from __future__ import annotations

from collections.abc import Iterable

from expertsys._core.errors import counted, quoted
from expertsys.io.limits import Limits, beyond
from expertsys.study import Codebook


def codebook_of_paths(names: Iterable[str], separator: str | None, limits: Limits) -> Codebook:
    """The codebook of codes such as ``fear->exam``, unless their levels are more than the limits allow.

    A code of a thousand levels stands for a thousand codes: the levels are counted before any of them is made.
    """
    wanted = list(dict.fromkeys(names))
    total = 0
    for name in wanted:
        levels = 1 + (name.count(separator) if separator else 0)
        _hold(f"code {quoted(name)}", levels, limits)
        total += levels
    if total > limits.codes:
        raise beyond("codebook", f"the codes and those above them come to {total:,}", "codes", limits.codes)
    return Codebook.of(wanted, separator=separator)


def bounded(book: Codebook, place: str, limits: Limits) -> Codebook:
    """The codebook, unless it has more codes, or more levels of them, than the limits allow."""
    if len(book) > limits.codes:
        raise beyond(place, f"the codebook has {counted(len(book), 'code')}", "codes", limits.codes)
    levels: dict[str, int] = {}
    for code in book:
        path: list[str] = []
        at: str | None = code.name
        while at is not None and at not in levels:
            path.append(at)
            at = book[at].parent
        above = levels[at] if at is not None else 0
        levels.update({name: above + level for level, name in enumerate(reversed(path), start=1)})
        _hold(f"{place}, code {quoted(code.name)}", levels[code.name], limits)
    return book


def _hold(place: str, levels: int, limits: Limits) -> None:
    if levels > limits.depth:
        raise beyond(place, f"the code stands {levels:,} levels deep", "depth", limits.depth)
