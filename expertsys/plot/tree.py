"""Likeness of cases: as shades, and as a tree."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import numpy as np

from expertsys._core.errors import DataError
from expertsys.plot.heat import MOST, draw_shades
from expertsys.plot.style import INK, axes, plain, shorten

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from expertsys.comparison import Clustering, Similarity


def similarity(result: Similarity, *, most: int = MOST, ax: Axes | None = None) -> Axes:
    """Draw how alike, or how far apart, every two cases are.

    Parameters
    ----------
    result : Similarity
        As `expertsys.comparison.similarity` gives it.
    most : int
        Cases drawn; with more, those with the largest sums, and the title says so.
    ax : matplotlib axes, optional
        To draw into; by default a new figure.

    Examples
    --------
    >>> import pandas as pd
    >>> from expertsys.comparison import similarity as measured
    >>> table = pd.DataFrame({"a": [1, 1], "b": [1, 0]}, index=["x", "y"])
    >>> similarity(measured(table, measure="jaccard")).texts[0].get_text()
    '0.50'
    """
    kind = "distance" if result.is_distance else "similarity"
    table = result.matrix.copy()
    cells = table.to_numpy(copy=True)
    cells[np.triu_indices(len(cells))] = np.nan
    shown = table.where(~np.isnan(cells)).iloc[1:, :-1]
    name = result.measure.replace("_", " ")
    return draw_shades(shown, 2, f"{name}: {kind}; darker is {'farther apart' if result.is_distance else 'more alike'}",
                       most=most, ax=ax, xlabel="")  # fmt: skip


def dendrogram(result: Clustering, *, most: int = 80, ax: Axes | None = None) -> Axes:
    """Draw the tree of cases: the farther to the left two branches meet, the farther apart they are.

    Parameters
    ----------
    result : Clustering
        As `Similarity.cluster` gives it.
    most : int
        With more cases than this a tree cannot be read, and is refused.
    ax : matplotlib axes, optional
        To draw into; by default a new figure.

    Examples
    --------
    >>> import pandas as pd
    >>> from expertsys.comparison import similarity as measured
    >>> table = pd.DataFrame({"a": [1, 1, 0], "b": [1, 0, 0], "c": [0, 1, 1]}, index=["x", "y", "z"])
    >>> dendrogram(measured(table, measure="euclidean").cluster()).get_xlabel()
    'distance (euclidean), average linkage'
    """
    from scipy.cluster.hierarchy import dendrogram as draw

    names = [shorten(name) for name in result.names]
    if len(names) > most:
        raise DataError(f"a tree of {len(names)} cases cannot be read", place="most", remedy="Compare groups of them.")
    ax = axes(ax, height=1.1 + 0.28 * len(names))
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Attempting to set identical", UserWarning)  # cases that are all alike
        draw(result.tree, orientation="left", labels=names, ax=ax, color_threshold=0, above_threshold_color=INK)
    if not result.tree[:, 2].any():
        ax.set_xlim(1, 0)
    ax.set_xlabel(f"distance ({result.measure.replace('_', ' ')}), {result.linkage} linkage")
    ax.tick_params(axis="y", labelsize=9)
    plain(ax)
    ax.spines["left"].set_visible(False)
    return ax
