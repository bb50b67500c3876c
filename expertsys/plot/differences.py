"""Differences between groups with their intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from expertsys._core.errors import check_positive
from expertsys._core.results import percent
from expertsys.plot.style import ACCENT, INK, MUTED, axes, plain, shorten, title

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from expertsys.comparison import Contrast


MARKERS = "osD^v<>P*X"
#: Groups of which every two are set against each other, and rows in one picture.
MOST_PAIRED, MOST_ROWS = 4, 60


def contrast(result: Contrast, *, most: int = 12, ax: Axes | None = None) -> Axes:
    """Draw the differences between every two groups, by code, with simultaneous intervals.

    Intervals that leave out zero are orange. With more than four groups there are too many pairs to read: the share of
    each group is drawn instead.

    Parameters
    ----------
    result : Contrast
        As `expertsys.contrast` gives it.
    most : int
        Codes drawn, fewer where there are many groups; with more, those with the largest effect, and the title says so.
    ax : matplotlib axes, optional
        To draw into; by default a new figure.

    Examples
    --------
    >>> import expertsys as es
    >>> study = es.datasets.load("synthetic-three-systems").study()
    >>> ax = contrast(es.contrast(study, permutations=99, replicates=99))
    >>> ax.get_xlabel()
    'difference between shares of units'
    """
    from matplotlib.lines import Line2D

    check_positive("most", most)
    paired = len(result.groups) <= MOST_PAIRED
    table = result.differences if paired else result.shares
    columns = ("difference", "low", "high") if paired else ("share", "low", "high")
    figures = {name: table[name].to_dict() for name in columns}
    levels = [table.index.get_level_values(level) for level in range(1, table.index.nlevels)]
    keys: list[tuple[str, ...]] = list(dict.fromkeys(tuple(map(str, key)) for key in zip(*levels, strict=True)))
    codes = list(result.to_frame().index[: max(1, min(most, MOST_ROWS // len(keys)))])
    step = len(keys) + 1
    ax = axes(ax, width=6.4, height=1.7 + len(codes) * 0.15 * step)
    ends: list[float] = []
    for place, code in enumerate(codes):
        for number, key in enumerate(keys):
            row = -(place * step + number)
            middle, low, high = (float(figures[name][code, *key]) for name in columns)
            colour = ACCENT if paired and (low > 0 or high < 0) else INK
            ax.plot([low, high], [row, row], color=colour, linewidth=1.5, solid_capstyle="butt")
            ax.plot(middle, row, MARKERS[number % len(MARKERS)], color=colour, markersize=4.5)
            ends += [middle, low, high]
    rows = [-(place * step + (len(keys) - 1) / 2) for place in range(len(codes))]
    ax.set_yticks(rows, [shorten(code) for code in codes], fontsize=9)
    ax.set_ylim(-(len(codes) * step) + 0.6, 0.8)
    known = np.array(ends)[np.isfinite(ends)]
    reach = 1.05 * float(np.abs(known).max()) if len(known) else 1.0
    ax.set_xlim(-reach if paired else -0.02, reach)
    if paired:
        ax.axvline(0, color=MUTED, linewidth=0.8, zorder=0)
    ax.set_xlabel("difference between shares of units" if paired else "share of units")
    total = len(result.to_frame())
    cut = f"; the {len(codes)} codes with the largest effect of {total}" if len(codes) < total else ""
    told = (
        f"{percent(result.confidence)} intervals, all at once"
        if known.size > len(ends) / 3
        else "too little for intervals"
    )
    title(ax, told + cut)
    handles = [
        Line2D([], [], color=INK, marker=MARKERS[number % len(MARKERS)], linewidth=1.5, markersize=4.5,
               label=" − ".join(shorten(name, 20) for name in key))
        for number, key in enumerate(keys)
    ]  # fmt: skip
    ax.legend(handles=handles, loc="upper left", bbox_to_anchor=(1.01, 1.0), fontsize=8, frameon=False)
    plain(ax)
    ax.spines["left"].set_visible(False)
    return ax
