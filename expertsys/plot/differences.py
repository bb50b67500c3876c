"""Differences between groups with their intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from expertsys._core.errors import check_positive
from expertsys._core.results import percent
from expertsys.plot.style import ACCENT, INK, MUTED, axes, plain, shorten

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from expertsys.comparison import Contrast


MARKERS = "osD^v<>P*X"


def contrast(result: Contrast, *, most: int = 12, ax: Axes | None = None) -> Axes:
    """Draw the differences between every two groups, by code, with simultaneous intervals.

    Intervals that leave out zero are orange.

    Parameters
    ----------
    result : Contrast
        As `expertsys.contrast` gives it.
    most : int
        Codes drawn; with more, those with the largest effect, and the title says so.
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
    codes = list(result.to_frame().index[:most])
    table = result.differences
    keys = zip(table.index.get_level_values("group_a"), table.index.get_level_values("group_b"), strict=True)
    pairs = list(dict.fromkeys((str(one), str(other)) for one, other in keys))
    ax = axes(ax, width=6.4, height=1.7 + len(codes) * (0.15 * len(pairs) + 0.14))
    step = len(pairs) + 1
    ends: list[float] = []
    figures = {name: table[name].to_dict() for name in ("difference", "low", "high")}
    for place, code in enumerate(codes):
        for number, pair in enumerate(pairs):
            row = -(place * step + number)
            middle, low, high = (float(figures[name][code, pair[0], pair[1]]) for name in figures)
            colour = ACCENT if low > 0 or high < 0 else INK
            ax.plot([low, high], [row, row], color=colour, linewidth=1.5, solid_capstyle="butt")
            ax.plot(middle, row, MARKERS[number % len(MARKERS)], color=colour, markersize=4.5)
            ends += [middle, low, high]
    ax.axvline(0, color=MUTED, linewidth=0.8, zorder=0)
    rows = [-(place * step + (len(pairs) - 1) / 2) for place in range(len(codes))]
    ax.set_yticks(rows, [shorten(code) for code in codes], fontsize=9)
    ax.set_ylim(-(len(codes) * step) + 0.6, 0.8)
    known = np.array(ends)[np.isfinite(ends)]
    reach = float(np.abs(known).max()) if len(known) else 1.0
    ax.set_xlim(-1.05 * reach, 1.05 * reach)
    ax.set_xlabel("difference between shares of units")
    left_out = len(result.to_frame()) - len(codes)
    cut = f"; the {len(codes)} codes with the largest effect of {len(codes) + left_out}" if left_out else ""
    told = f"{percent(result.confidence)} intervals, all at once{cut}"
    ax.set_title(told, fontsize=9, loc="left", color="#444444")
    handles = [
        Line2D([], [], color=INK, marker=MARKERS[number % len(MARKERS)], linewidth=1.5, markersize=4.5,
               label=f"{shorten(one, 20)} − {shorten(other, 20)}")
        for number, (one, other) in enumerate(pairs)
    ]  # fmt: skip
    ax.legend(handles=handles, loc="upper left", bbox_to_anchor=(1.01, 1.0), fontsize=8, frameon=False)
    plain(ax)
    ax.spines["left"].set_visible(False)
    return ax
