"""What resistance is directed at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from expertsys.plot.style import INK, axes, plain, shorten

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from expertsys.evidence import ResistanceProfile

#: Told apart by shape as well as by shade.
_MARKERS = "osD^vPX*"


def resistance(result: ResistanceProfile, *, ax: Axes | None = None) -> Axes:
    """Plot for each focus the share of resistance excerpts that carry it, a mark per group, with intervals.

    Parameters
    ----------
    result : ResistanceProfile
        As `expertsys.evidence.resistance_profile` gives it.
    ax : matplotlib axes, optional
        To draw into; by default a new figure.

    Examples
    --------
    >>> import expertsys as es
    >>> study = es.datasets.load("synthetic-three-systems").study()
    >>> len(resistance(es.evidence.resistance_profile(study)).get_yticks())
    4
    """
    table = result.to_frame().reset_index()
    groups, foci = (list(dict.fromkeys(table[name])) for name in ("group", "focus"))
    ax = axes(ax, height=1.6 + len(foci) * (0.25 + 0.22 * len(groups)))
    shades = np.linspace(0.0, 0.62, max(len(groups), 2))
    for number, group in enumerate(groups):
        own = table[table["group"] == group]
        shift = (number - (len(groups) - 1) / 2) * 0.72 / max(len(groups), 1)
        rows = np.array([foci.index(focus) for focus in own["focus"]]) + shift
        colour = _lighter(INK, float(shades[number]))
        ax.hlines(rows, own["low"], own["high"], color=colour, linewidth=1.5)
        label = f"{shorten(group)} (n = {int(own['n_resistance'].iloc[0])})"
        ax.plot(own["share"], rows, _MARKERS[number % len(_MARKERS)], color=colour, markersize=5.5, label=label)
    names = [str(focus).rpartition(".")[2] for focus in foci]
    ax.set_yticks(range(len(foci)), names, fontsize=9)
    ax.invert_yaxis()
    ax.set_xlim(-0.02, 1.02)
    ax.set_xlabel("share of resistance excerpts that carry the focus (several may)")
    ax.legend(fontsize=8, frameon=False, loc="lower left", bbox_to_anchor=(0, 1), ncols=3, borderaxespad=0)
    plain(ax)
    ax.spines["left"].set_visible(False)
    return ax


def _lighter(colour: str, by: float) -> tuple[float, float, float]:
    from matplotlib.colors import to_rgb

    red, green, blue = (part + (1 - part) * by for part in to_rgb(colour))
    return red, green, blue
