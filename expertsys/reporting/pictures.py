"""Pictures of the report: drawn, and said in words for those who do not see them."""

from __future__ import annotations

import io
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from expertsys._core.errors import DataError
from expertsys._core.results import number
from expertsys.plot import forest, heatmap
from expertsys.reporting.model import Figure

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from expertsys.comparison import CaseMatrix


def svg(ax: Axes) -> str:
    """The picture as SVG text, the same bytes for the same data."""
    import matplotlib as mpl

    figure = ax.get_figure(root=True)
    if figure is None:
        raise DataError("the picture belongs to no figure", place="svg")
    style: Any = {"svg.hashsalt": "expertsys", "svg.fonttype": "none"}  # a reader's fonts know more letters than ours
    with mpl.rc_context(style), io.StringIO() as target, warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing from font")
        figure.savefig(target, format="svg", metadata={"Date": None, "Creator": None})
        return target.getvalue()


def reliability_figure(table: pd.DataFrame) -> Figure:
    """Coefficients with their intervals."""
    ax = forest(table)
    known = table.dropna(subset=["estimate"])
    lows = known.nsmallest(3, "estimate")
    told = ", ".join(f"{name} {number(value)}" for name, value in lows["estimate"].items())
    undefined = len(table) - len(known)
    return Figure(
        "Agreement on each code (dots) and on sets of codes (diamonds), with intervals. Dashed lines: Krippendorff's "
        ".667, below which he accepts no conclusion, and .800, from which he accepts firm ones.",
        f"Coefficients with intervals for {len(table)} rows, {undefined} of them undefined; the lowest are {told}. "
        "The table below holds the same figures.",
        svg(ax),
    )


def case_figure(matrix: CaseMatrix) -> Figure:
    """Cases by codes as shades."""
    table = matrix.to_frame()
    cells = table.to_numpy(dtype=np.float64)
    row, column = divmod(int(np.nanargmax(cells)), cells.shape[1])
    largest = f"{table.columns[column]} in {table.index[row]} ({cells[row, column]:g})"
    return Figure(
        f"Cases and codes; each cell holds the {matrix.counted()}. Darker is more.",
        f"Heat map of {len(table)} cases and {len(table.columns)} codes; the largest cell is {largest}. The table "
        "below holds the same figures.",
        svg(heatmap(matrix)),
    )


def described(ax: Axes, caption: str, alt: str) -> Figure:
    """A picture with its caption and with what to say in its place."""
    return Figure(caption, alt, svg(ax))
