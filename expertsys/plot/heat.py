"""Tables as shades."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from expertsys._core.errors import DataError, check_positive, listing
from expertsys._core.frames import to_pandas
from expertsys.plot.style import SHADES, axes, shorten, title

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from expertsys.comparison import CaseMatrix, Cooccurrence

#: More rows or columns than this are not readable in one picture.
MOST = 40


def heatmap(matrix: CaseMatrix | Any, *, most: int = MOST, ax: Axes | None = None) -> Axes:
    """Draw cases × codes, or cases × conditions, as shades, with the figures in the cells; above stands what they are.

    Parameters
    ----------
    matrix : CaseMatrix, Membership or dataframe
        As `expertsys.case_matrix` gives it: codes run down and cases across, since there are more codes than cases. Or
        membership scores, as of `expertsys.qca.membership`, or any table of them: cases run down. A column ``case``
        names the cases, where there is one; a missing score stays blank.
    most : int
        Codes and cases drawn; with more, those with the largest sums, and the title says so.
    ax : matplotlib axes, optional
        To draw into; by default a new figure.

    Examples
    --------
    >>> import pandas as pd
    >>> from expertsys import Study, case_matrix
    >>> codings = pd.DataFrame({"unit": ["u1"], "coder": ["ann"], "code": ["policy"], "case": ["A"]})
    >>> heatmap(case_matrix(Study(codings))).get_xlabel()
    'case'
    >>> heatmap(pd.DataFrame({"imposed": [1.0, 0.4], "bypassed": [0.9, 0.2]}, index=["Booking", "Scheme"])).get_xlabel()
    'condition'
    """
    if not hasattr(matrix, "counted"):
        return _scores(to_pandas(matrix), most=most, ax=ax)
    table = matrix.to_frame().T
    if table.columns.nlevels > 1:
        table.columns = pd.Index([" · ".join(map(str, pair)) for pair in table.columns])
    whole = matrix.show != "share" and (table.to_numpy() % 1 == 0).all()
    return draw_shades(table, 0 if whole else 2, matrix.counted(), most=most, ax=ax, xlabel=" × ".join(matrix.by))


def _scores(table: pd.DataFrame, *, most: int, ax: Axes | None) -> Axes:
    table = table.set_index("case") if "case" in table.columns else table
    strange = [str(name) for name in table.columns if not pd.api.types.is_numeric_dtype(table[name])]
    if strange:
        raise DataError(
            f"{listing(strange)} without numbers",
            place="heatmap",
            remedy="Leave them out, or calibrate them first: es.qca.calibrate(...).",
        )
    cells = table.to_numpy(dtype=np.float64)
    known = cells[np.isfinite(cells)]
    return draw_shades(
        table.astype(np.float64),
        0 if (known % 1 == 0).all() else 2,
        "membership scores",
        most=most,
        ax=ax,
        xlabel="condition",
    )


def cooccurrence(result: Cooccurrence, *, most: int = 25, ax: Axes | None = None) -> Axes:
    """Draw how strongly codes occur together (Jaccard index; c-coefficient for nearness), the most frequent codes only.

    Parameters
    ----------
    result : Cooccurrence
        As `expertsys.cooccurrence` gives it.
    most : int
        Codes drawn; with more, the most frequent, and the title says so.
    ax : matplotlib axes, optional
        To draw into; by default a new figure.

    Examples
    --------
    >>> import pandas as pd
    >>> import expertsys as es
    >>> codings = pd.DataFrame({"unit": ["u1", "u1"], "coder": ["ann", "ann"], "code": ["policy", "workload"]})
    >>> cooccurrence(es.cooccurrence(es.Study(codings))).texts[0].get_text()
    '1.00'
    """
    check_positive("most", most)
    own = np.diagonal(result.counts.to_numpy())
    kept = np.sort(np.argsort(-own, kind="stable")[:most])
    near = result.where in ("characters", "units")
    table = (result.c_coefficient if near else result.jaccard).iloc[kept, kept].copy()
    cells = table.to_numpy(copy=True)
    cells[np.triu_indices(len(cells))] = np.nan
    shown = table.where(~np.isnan(cells))
    shown = shown.iloc[1:, :-1]
    left_out = f"; the {most} most frequent of {len(own)} codes" if len(own) > most else ""
    what = {
        "unit": "Jaccard index: units with both / units with either",
        "overlap": "Jaccard index: characters with both",
    }
    told = what.get(result.where, f"c-coefficient: {result.counted()}")
    return draw_shades(shown, 2, told + left_out, most=most, ax=ax, xlabel="")


def draw_shades(
    table: pd.DataFrame, digits: int, told: str, *, most: int, ax: Axes | None, xlabel: str, zeros: bool = True
) -> Axes:
    """Draw a table as shades with its figures in the cells, noughts only where asked for; NaN cells stay blank."""
    check_positive("most", most)
    if table.empty:
        ax = axes(ax, height=1.6)
        ax.text(0.5, 0.5, "nothing to draw", ha="center", va="center", transform=ax.transAxes)
        ax.set_axis_off()
        return ax
    sums = table.fillna(0)
    rows = np.sort(np.argsort(-sums.sum(axis=1).to_numpy(), kind="stable")[:most])
    columns = np.sort(np.argsort(-sums.sum(axis=0).to_numpy(), kind="stable")[:most])
    if xlabel and (len(rows) < len(table) or len(columns) < len(table.columns)):
        told += (
            f"; {len(rows)} of {len(table)} rows, {len(columns)} of {len(table.columns)} columns with the largest sums"
        )
    shown = table.iloc[rows, columns]
    cells = shown.to_numpy(dtype=np.float64)
    largest = float(np.nanmax(cells)) if np.isfinite(cells).any() else 1.0
    longest = max(len(str(name)) for name in shown.columns)
    upright = longest <= 6 or (len(columns) <= 6 and longest <= 9)
    told = _wrapped(told, 6 + 8 * len(columns))
    around = (0.8 if upright else 1.7) + 0.16 * told.count("\n")
    ax = axes(ax, width=max(5.0, 2.8 + 0.62 * len(columns)), height=around + 0.27 * len(rows))
    image = ax.imshow(np.ma.masked_invalid(cells), cmap=SHADES, vmin=0, vmax=max(largest, 1e-9), aspect="auto")
    for row, column in zip(*np.nonzero(np.isfinite(cells) & (zeros | (cells != 0))), strict=True):
        value = cells[row, column]
        colour = _legible(image.to_rgba(value))
        ax.text(column, row, f"{value:.{digits}f}", ha="center", va="center", fontsize=8, color=colour)
    ax.set_xticks(range(len(columns)), [shorten(name, 22) for name in shown.columns], fontsize=9)
    if not upright:
        for label in ax.get_xticklabels():
            label.set(rotation=40, ha="right", rotation_mode="anchor")
    ax.set_yticks(range(len(rows)), [shorten(name) for name in shown.index], fontsize=9)
    ax.set_xlabel(xlabel)
    title(ax, told)
    for side in ax.spines.values():
        side.set_visible(False)
    ax.tick_params(length=0)
    return ax


def _legible(shade: Any) -> str:
    """White or black, whichever stands out more: 4.5 : 1 at least (relative luminance, WCAG 2.2)."""
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in shade[:3])
    return "white" if 0.2126 * red + 0.7152 * green + 0.0722 * blue < 0.179 else "black"


def _wrapped(text: str, width: int) -> str:
    import textwrap

    return "\n".join(textwrap.wrap(text, max(32, width)))
