"""One coder against a panel."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from expertsys._core.errors import check_positive
from expertsys._core.results import number
from expertsys.plot.style import ACCENT, INK, MUTED, axes, plain, shorten

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from expertsys.agreement import AgainstPanel


def panel(result: AgainstPanel, *, most: int = 20, ax: Axes | None = None) -> Axes:
    """Draw a coder, the panel on average and its members: agreement of each with the others, with intervals.

    Parameters
    ----------
    result : AgainstPanel
        As `expertsys.agreement.against_panel` gives it.
    most : int
        Members drawn; with more, those who rest on the most units, and the title says so. The band is the interval of
        the panel's mean.
    ax : matplotlib axes, optional
        To draw into; by default a new figure.

    Examples
    --------
    >>> from expertsys.agreement import Ratings, against_panel
    >>> ratings = Ratings.from_array([list("aabbab"), list("aabbaa"), list("abbbab")], coders="rows")
    >>> [label.get_text() for label in panel(against_panel(ratings, coder="3")).get_yticklabels()]
    ['3', '(panel, on average)', '1', '2']
    """
    check_positive("most", most)
    table = result.to_frame()
    members = table.iloc[2:]
    kept = members.loc[members["n_units"].sort_values(ascending=False, kind="stable").index[:most]]
    kept = kept.sort_values("estimate", ascending=False, kind="stable", na_position="last")
    names = [*table.index[:2], *kept.index]
    rows = np.arange(len(names))[::-1].astype(np.float64)
    rows[:2] += 0.6
    ax = axes(ax, width=6.0, height=1.5 + 0.3 * len(names))
    own, mean = table.iloc[0], table.iloc[1]
    if not np.isnan(mean["low"]):
        ax.axvspan(mean["low"], mean["high"], color=MUTED, alpha=0.14, linewidth=0, zorder=0)
    shown = [own, mean, *(kept.loc[name] for name in kept.index)]
    styles = [(ACCENT, "D", 2.4), (INK, "s", 2.0), *[(INK, "o", 1.2)] * len(kept)]
    for row, line, (colour, marker, width) in zip(rows, shown, styles, strict=True):
        if np.isnan(line["estimate"]):
            ax.text(0.01, row, "undefined", color=MUTED, va="center", fontsize=8)
            continue
        if not np.isnan(line["low"]):
            ax.plot([line["low"], line["high"]], [row, row], color=colour, linewidth=width, solid_capstyle="butt")
        ax.plot(line["estimate"], row, marker, color=colour, markersize=6)
    ax.set_yticks(rows, [shorten(name) for name in names], fontsize=9)
    ax.get_yticklabels()[0].set_color(ACCENT)
    ends = np.array([[line["low"], line["estimate"], line["high"]] for line in shown], dtype=np.float64)
    known = ends[~np.isnan(ends)]
    low, high = (float(known.min()), float(known.max())) if len(known) else (0.0, 1.0)
    ax.set_xlim(min(-0.02, low - 0.03), max(1.02, high + 0.01))
    ax.set_ylim(-0.7, rows[0] + 0.7)
    ax.axvline(0, color=MUTED, linewidth=0.6, zorder=0)
    ax.set_xlabel("agreement with the other coders, corrected for chance")
    low_end, high_end = (number(end, 2) for end in (result.difference_interval.low, result.difference_interval.high))
    told = f"{shorten(result.coder)} less the panel: {number(result.difference, 2)} ({low_end} to {high_end})"
    if len(kept) < len(members):
        told += f"\nthe {len(kept)} of {len(members)} members with the most units"
    ax.set_title(told, fontsize=9.5, loc="left", color="#444444")
    plain(ax)
    ax.spines["left"].set_visible(False)
    return ax
