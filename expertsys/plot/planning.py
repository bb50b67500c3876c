"""What a number of units buys."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from expertsys._core.results import number
from expertsys.plot.style import ACCENT, INK, MUTED, axes, plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from expertsys.agreement import Plan

_LABELS = {
    "power": "power",
    "width": "width of the interval",
    "significance": "significance (one-sided)",
}


def power_curve(result: Plan, *, ax: Axes | None = None) -> Axes:
    """Draw power, width or significance against the number of units, and the number that was planned.

    Parameters
    ----------
    result : Plan
        As `expertsys.agreement.plan` gives it. Of a simulation the numbers tried are dots with twice their standard
        error.
    ax : matplotlib axes, optional
        To draw into; by default a new figure.

    Examples
    --------
    >>> from expertsys.agreement import plan
    >>> power_curve(plan(coders=2, shares=0.3, expected=0.8, minimum=0.6)).get_ylabel()
    'power'
    """
    table = result.to_frame()
    name = str(table.columns[0])
    units, values = table.index.to_numpy(dtype=np.float64), table[name].to_numpy(dtype=np.float64)
    target = {"power": result.power, "width": result.width, "significance": result.significance}[name]
    ax = axes(ax, width=5.6, height=3.5)
    if "error" in table:
        error = table["error"].to_numpy(dtype=np.float64)
        ax.errorbar(units, values, 2 * error, fmt="o", color=INK, markersize=5, linewidth=1.2)
        ax.plot(units, values, color=INK, linewidth=0.8, alpha=0.5)
    else:
        ax.plot(units, values, color=INK, linewidth=2)
    ax.set_xlim(0, float(units.max()) * 1.03)
    known = values[~np.isnan(values)]
    top = 1.02 if name == "power" else float(min(known.max(initial=target), 4 * target)) * 1.05
    ax.set_ylim(0, top)
    ax.plot([0, result.units], [target, target], color=MUTED, linewidth=0.9, linestyle=(0, (4, 3)), zorder=0)
    ax.plot([result.units] * 2, [0, target], color=MUTED, linewidth=0.9, linestyle=(0, (4, 3)), zorder=0)
    ax.plot(result.units, target, "D", color=ACCENT, markersize=7, zorder=5)
    left = result.units > 0.6 * units.max()
    ax.annotate(
        f"{result.units:,} units",
        (result.units, target),
        xytext=(-9 if left else 9, -13 if name == "power" else 9),
        textcoords="offset points",
        color=ACCENT,
        fontsize=10,
        ha="right" if left else "left",
    )
    ax.set_xlabel(f"units coded by {result.coders} coders")
    ax.set_ylabel(_LABELS[name])
    ax.set_title(f"{result.coefficient}: {result.question}", fontsize=9.5, loc="left", color="#444444")
    if name == "power":
        ax.set_yticks([0, 0.2, 0.4, 0.6, 0.8, 1.0], [number(tick, 1) for tick in (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)])
    plain(ax)
    return ax
