"""A document from its beginning to its end, with the codes that it got."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from expertsys._core.errors import DataError, unknown
from expertsys.plot.style import INK, axes, plain, shorten, title

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from expertsys.study import Study


def portrait(study: Study, document: str, *, most: int = 25, ax: Axes | None = None) -> Axes:
    """Draw where in a document which code was applied, by any coder; the more coders, the darker.

    Parameters
    ----------
    study : Study
        With positions, or else with units, which are then taken in their order as equally long.
    document : str
        Its name.
    most : int
        Codes drawn, the most frequent in the document first.
    ax : matplotlib axes, optional
        To draw into; by default a new figure.

    Examples
    --------
    >>> import expertsys as es
    >>> study = es.datasets.load("synthetic-three-systems").study()
    >>> portrait(study, "Booking interview 1").get_title(loc="left")
    'Booking interview 1: 2 coders'
    """
    if document not in study.documents.index:
        raise unknown("document", document, list(study.documents.index), place="portrait")
    rows = study.codings[study.codings["document"] == document]
    if rows.empty:
        raise DataError(f"{document!r} has no codings", place="portrait", remedy="Choose another document.")
    units = study.units[study.units["document"] == document]
    placed = bool(rows["start"].notna().all())
    if placed:
        start, end = rows["start"].to_numpy(dtype=np.float64), rows["end"].to_numpy(dtype=np.float64)
        text = study.documents.loc[document, "text"]
        length, told = float(len(text)) if isinstance(text, str) else float(end.max()), "characters"
    else:
        order = {name: place for place, name in enumerate(units.index)}
        start = rows["unit"].map(order).to_numpy(dtype=np.float64)
        end, length, told = start + 1, float(len(order)), "units, in order"
    counts = rows["code"].value_counts()
    codes = [name for name in study.codes if name in counts.index[:most]]
    readers = max(1, rows["coder"].nunique())
    shade = min(0.85, 0.25 + 0.6 / readers)
    ax = axes(ax, width=6.4, height=1.2 + 0.26 * len(codes))
    for code, low, high in zip(rows["code"], start, end, strict=True):
        if code in codes:
            row = len(codes) - 1 - codes.index(code)
            ax.barh(row, high - low, left=low, height=0.72, color=INK, alpha=shade, linewidth=0)
    ax.set_yticks(range(len(codes)), [shorten(code) for code in reversed(codes)], fontsize=9)
    ax.set_xlim(0, length)
    ax.set_ylim(-0.6, len(codes) - 0.4)
    ax.set_xlabel(told)
    many = f"; the {len(codes)} most frequent of {len(counts)} codes" if len(counts) > len(codes) else ""
    told = f"{shorten(document, 40)}: {readers} coder{'s' if readers > 1 else ''}{many}"
    title(ax, told)
    plain(ax)
    ax.spines["left"].set_visible(False)
    return ax
