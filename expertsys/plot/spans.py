"""Marks along a document: a row for each coder, and below them where they disagree."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from expertsys._core.errors import DataError, unknown
from expertsys.plot.style import ACCENT, INK, MUTED, axes, plain, shorten, title

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from expertsys.agreement import Spans
    from expertsys.agreement.ratings.profiles import Ints

#: Colours that are told apart without colour vision (Okabe and Ito); codes beyond them share one grey.
COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00")
#: Height of the strip of disagreement, in rows of a coder.
STRIP = 0.8


def lanes(start: Ints, end: Ints) -> list[int]:
    """The lane of each stretch, so that none in a lane overlap."""
    free: list[int] = []
    found = [0] * len(start)
    for place in np.lexsort((end, start)).tolist():
        lane = next((number for number, reach in enumerate(free) if reach <= start[place]), len(free))
        if lane == len(free):
            free.append(0)
        free[lane], found[place] = int(end[place]), lane
    return found


def along_spans(spans: Spans, document: str, *, ax: Axes | None = None) -> Axes:
    """Draw the marks of each coder who saw a document, and below them how far they disagree; see `along`."""
    from expertsys.agreement.spans.disagreements import Pieces

    if document not in spans.documents:
        raise unknown("document", document, spans.documents, place="along")
    part = spans.only(documents=[document]).joined()
    rows = [coder for coder, looked in zip(part.coders, part.seen[0], strict=True) if looked]
    if len(rows) < 2:
        raise DataError(f"{document!r} was not seen by two coders", place="along")
    times = np.bincount(part.code, weights=part.end - part.start, minlength=len(part.codes))
    used = [int(code) for code in np.argsort(-times, kind="stable") if times[code] > 0]
    colours = {code: COLOURS[place] if place < len(COLOURS) else MUTED for place, code in enumerate(used)}
    if len(used) == len(COLOURS) + 1:
        colours[used[-1]] = INK
    ax = axes(ax, width=7.2, height=1.3 + 0.55 * (len(rows) + STRIP))
    for row, coder in enumerate(rows):
        own = np.flatnonzero(part.coder == part.coders.index(coder))
        lane = lanes(part.start[own], part.end[own])
        height = 0.76 / (max(lane, default=0) + 1)
        for place, number in zip(own.tolist(), lane, strict=True):
            bottom = row - 0.38 + number * height
            width = int(part.end[place] - part.start[place])
            colour = colours[int(part.code[place])]
            ax.barh(bottom, width, 0.9 * height, int(part.start[place]), align="edge", color=colour, linewidth=0)
    pieces = Pieces.of(part)
    floor = len(rows) - 0.35 + STRIP
    ax.bar(
        pieces.start,
        -STRIP * pieces.disagreement,
        pieces.end - pieces.start,
        floor,
        align="edge",
        color=ACCENT,
        linewidth=0,
    )
    reach = int(part.lengths[0]) if part.lengths[0] >= 0 else int(part.end.max(initial=1))
    ax.axhline(floor, color=MUTED, linewidth=0.8)
    ax.set_xlim(0, reach)
    ax.set_ylim(floor + 0.08, -0.55)
    ax.set_yticks([*range(len(rows)), floor - STRIP / 2], [*map(shorten, rows), "disagreement"])
    ax.set_xlabel("characters")
    told = f"{shorten(document)}: marks of each coder, and the mean Jaccard distance between them"
    title(ax, told)
    plain(ax)
    _legend(ax, part, used, colours)
    return ax


def _legend(ax: Axes, part: Spans, used: list[int], colours: dict[int, str]) -> None:
    from matplotlib.artist import Artist
    from matplotlib.figure import Figure
    from matplotlib.patches import Patch

    own = [code for code in used if colours[code] != MUTED]
    handles: list[Artist] = [Patch(color=colours[code], label=shorten(part.codes[code], 24)) for code in own]
    if len(own) < len(used):
        handles.append(Patch(color=MUTED, label=f"{len(used) - len(own)} other codes"))
    height = ax.figure.get_figheight() if isinstance(ax.figure, Figure) else 2.9
    if handles:
        ax.legend(
            handles=handles,
            loc="upper left",
            bbox_to_anchor=(0, -0.7 / height),
            ncols=4,
            fontsize=8,
            frameon=False,
            borderaxespad=0,
            handlelength=1.2,
        )
