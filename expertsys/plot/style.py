"""How all pictures look: one set of colours and sizes that reads on a phone, in print and without colour vision."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Dark blue for what is shown, grey for what it is compared with, orange for what to look at.
INK, MUTED, ACCENT = "#1b4965", "#767676", "#b4541a"
#: One hue from light to dark, so that order survives a black-and-white printer.
SHADES = "Blues"

#: Line ends and what SVG cannot hold.
_UNDRAWABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]+")


def axes(ax: Axes | None, *, width: float = 5.4, height: float = 4.0) -> Axes:
    """The axes given, or new ones of this size in inches, outside pyplot's list of open figures."""
    if ax is not None:
        return ax
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure.add_subplot()


def title(ax: Axes, text: str, *, wrap: bool = False) -> None:
    """What a picture shows, above it on the left."""
    ax.set_title(text, fontsize=9, loc="left", color="#444444", wrap=wrap)


def plain(ax: Axes) -> None:
    """Take away the frame that carries no information."""
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
    ax.tick_params(length=0)


def shorten(name: object, most: int = 34) -> str:
    """A label that leaves room for the picture: the end of a path tells codes apart, so the middle goes."""
    text = _UNDRAWABLE.sub(" ", str(name))
    if len(text) > most:
        head = (most - 1) // 2
        text = f"{text[:head]}…{text[-(most - 1 - head) :]}"
    return text.replace("$", r"\$")
