"""Coefficients with their intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from expertsys._core.errors import check_positive
from expertsys._core.frames import check_columns
from expertsys.agreement.diagnosis.reliability import WHOLE
from expertsys.plot.style import ACCENT, INK, MUTED, axes, plain, shorten

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

#: Krippendorff's smallest acceptable value, and the one below which conclusions are tentative (2019, ch. 12).
MARKS = (0.667, 0.8)


def forest(table: pd.DataFrame, *, most: int = 40, ax: Axes | None = None) -> Axes:
    """Draw a row per code: the estimate, its interval, and Krippendorff's two marks for alpha.

    Parameters
    ----------
    table : pandas.DataFrame
        As `expertsys.reliability` gives it: columns ``estimate, low, high, note``. Where its ``attrs`` name another
        coefficient than alpha, there are no marks.
    most : int
        Rows drawn; with more, those with the highest prevalence, and the title says so. Rows of the whole are always
        drawn. Undefined rows are named, with a dash in place of the interval.
    ax : matplotlib axes, optional
        To draw into; by default a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        Its ``figure`` saves the picture.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"estimate": [0.7], "low": [0.6], "high": [0.8]}, index=pd.Index(["policy"], name="code"))
    >>> forest(table).get_xlabel()
    "Krippendorff's alpha"
    """
    check_positive("most", most)
    check_columns(list(table.columns), {"estimate": "estimate", "low": "low", "high": "high"}, place="forest")
    names = [" · ".join(map(str, key)) if isinstance(key, tuple) else str(key) for key in table.index]
    whole = table.index.get_level_values(-1).isin(list(WHOLE.values()))
    chosen = np.ones(len(table), dtype=bool)
    if len(table) > most and "prevalence" in table:
        ranked = np.argsort(-table["prevalence"].fillna(-1).to_numpy() - 2 * whole, kind="stable")
        chosen[:] = False
        chosen[ranked[:most]] = True
    places = np.flatnonzero(chosen)
    ax = axes(ax, height=1.3 + 0.27 * len(places))
    rows = np.arange(len(places))[::-1]
    for row, place in zip(rows, places, strict=True):
        estimate, low, high = (float(table[name].iloc[place]) for name in ("estimate", "low", "high"))
        colour = ACCENT if whole[place] else INK
        if np.isnan(estimate):
            ax.text(0.012, row, "undefined", color=MUTED, va="center", fontsize=8)
            continue
        if not np.isnan(low):
            ax.plot([low, high], [row, row], color=colour, linewidth=1.6, solid_capstyle="butt")
        ax.plot(estimate, row, "D" if whole[place] else "o", color=colour, markersize=5.5)
    measure = str(table.attrs.get("coefficient", "Krippendorff's alpha"))
    for mark in MARKS if "alpha" in measure or whole.any() else ():
        ax.plot([mark, mark], [-0.7, len(places) - 0.4], color=MUTED, linewidth=0.8, linestyle=(0, (4, 3)), zorder=0)
        ax.text(mark, len(places) - 0.35, f"{mark:g}", color="#595959", fontsize=8, ha="center", va="bottom")
    ax.set_yticks(rows, [shorten(names[place]) for place in places], fontsize=9)
    lows = table["low"].iloc[places].min(), table["estimate"].iloc[places].min()
    smallest = float(np.nanmin([0.0, *lows]))
    ax.set_xlim(
        min(-0.02, smallest - 0.03), max(1.02, float(np.nanmax([1.0, table["high"].iloc[places].max()])) + 0.01)
    )
    ax.set_ylim(-0.7, len(places) + 0.3)
    ax.axvline(0, color=MUTED, linewidth=0.6, zorder=0)
    ax.set_xlabel(measure)
    if len(places) < len(table):
        ax.set_title(f"The {len(places)} most prevalent of {len(table)} rows", fontsize=10, loc="left", color=MUTED)
    plain(ax)
    ax.spines["left"].set_visible(False)
    return ax
