"""What happens where system and practice meet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from expertsys._core.results import number
from expertsys.plot.heat import MOST, draw_shades
from expertsys.plot.style import ACCENT, INK, MUTED, axes, plain, shorten, title

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from expertsys.enactment import ActionAtADistance, EmptyingOut
    from expertsys.enactment.measure import Measure


def emptying(result: EmptyingOut, *, most: int = MOST, ax: Axes | None = None) -> Axes:
    """Draw local descriptions by the category that they were put into, as shares of each category.

    A column that holds many shades is a category that does not tell them apart.

    Parameters
    ----------
    result : EmptyingOut
        As `expertsys.enactment.emptying_out` gives it.
    most : int
        Rows and columns drawn; with more, those with the largest sums, and the title says so.
    ax : matplotlib axes, optional
        To draw into; by default a new figure.

    Examples
    --------
    >>> import pandas as pd
    >>> from expertsys.enactment import emptying_out
    >>> table = pd.DataFrame({"site": ["a", "a"], "local": ["frail", "well"], "category": ["x", "x"]})
    >>> emptying(emptying_out(table)).get_xlabel()
    'category'
    """
    table = result.table()
    shares = table / table.sum(axis=0)
    told = f"share of each category; lost: {number(result.estimate)}"
    if result.null is not None:
        told += f" (by chance alone {number(result.null.mean)})"
    return draw_shades(shares.where(shares > 0), 2, told, most=most, ax=ax, xlabel="category")


def fidelity(result: ActionAtADistance, *, most: int = MOST, ax: Axes | None = None) -> Axes:
    """Draw at each site the share of situations in which the prescribed action was taken, with intervals.

    Parameters
    ----------
    result : ActionAtADistance
        As `expertsys.enactment.action_at_a_distance` gives it.
    most : int
        Sites drawn; with more, those with most situations, and the title says so.
    ax : matplotlib axes, optional
        To draw into; by default a new figure.

    Examples
    --------
    >>> import pandas as pd
    >>> from expertsys.enactment import action_at_a_distance
    >>> table = pd.DataFrame({"site": ["a", "b"], "prescribed": ["x", "x"], "taken": ["x", "y"]})
    >>> len(fidelity(action_at_a_distance(table)).get_yticks())
    2
    """
    table = result.by_site.sort_values("fidelity", kind="stable")
    shown = table.loc[table["n_situations"].nlargest(most).index.intersection(table.index, sort=False)]
    shown = shown.sort_values("fidelity", kind="stable")
    ax = axes(ax, height=1.4 + 0.27 * len(shown))
    rows = np.arange(len(shown))
    for row, (share, low, high) in zip(rows, shown[["fidelity", "low", "high"]].to_numpy(), strict=True):
        ax.plot([low, high], [row, row], color=INK, linewidth=1.6, solid_capstyle="butt")
        ax.plot(share, row, "o", color=INK, markersize=5.5)
    ax.axvline(result.estimate, color=ACCENT, linewidth=1.2)
    labels = [f"{shorten(name)} (n = {n:,})" for name, n in shown["n_situations"].items()]
    ax.set_yticks(rows, labels, fontsize=9)
    ax.set_xlim(-0.02, 1.02)
    ax.set_xlabel("share of situations in which the prescribed action was taken")
    told = f"all sites together: {number(result.estimate)} (line)"
    told += f"; {len(shown)} of {len(table)} sites" if len(shown) < len(table) else ""
    title(ax, told)
    plain(ax)
    ax.spines["left"].set_visible(False)
    return ax


def against_chance(result: Measure, *, ax: Axes | None = None) -> Axes:
    """Draw a measure's estimate beside what chance alone gives.

    Parameters
    ----------
    result : Measure
        Any measure of `expertsys.enactment`. An undefined one draws its note.
    ax : matplotlib axes, optional
        To draw into; by default a new figure.

    Examples
    --------
    >>> import pandas as pd
    >>> from expertsys.enactment import emptying_out
    >>> table = pd.DataFrame({"site": ["a", "a"], "local": ["frail", "well"], "category": ["x", "y"]})
    >>> against_chance(emptying_out(table)).get_xlabel()
    'emptying out'
    """
    ax = axes(ax, height=1.9)
    plain(ax)
    ax.spines["left"].set_visible(False)
    ax.set_xlabel(result.name)
    if result.null is None:
        ax.text(0.5, 0.5, f"undefined: {result.note}", ha="center", va="center", transform=ax.transAxes, wrap=True)
        ax.set_xticks([])
        ax.set_yticks([])
        return ax
    null = result.null
    ax.plot([null.low, null.high], [0, 0], color=MUTED, linewidth=5, solid_capstyle="butt")
    ax.plot(null.mean, 0, "|", color=MUTED, markersize=14)
    ax.plot(result.estimate, 1, "o", color=ACCENT, markersize=7)
    ax.set_yticks([0, 1], ["by chance alone (95 %)", "here"], fontsize=9)
    ax.set_ylim(-0.6, 1.6)
    ax.set_xlim(min(-0.02, result.estimate - 0.02), max(1.02, result.estimate + 0.02, null.high + 0.02))
    return ax
