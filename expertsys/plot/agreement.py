"""Where coders disagree: codes against codes, coders against coders, along a document."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from expertsys._core.errors import DataError, check_positive, unknown
from expertsys.plot.heat import draw_shades
from expertsys.plot.spans import along_spans
from expertsys.plot.style import ACCENT, INK, MUTED, axes, plain, shorten, title

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from expertsys.agreement import CoderMatrix, Confusion, Spans
    from expertsys.study import Study


def confusion(result: Confusion, *, most: int = 20, ax: Axes | None = None) -> Axes:
    """Draw which codes are taken for one another: how often one coder used the one where another used the other.

    Parameters
    ----------
    result : Confusion
        As `expertsys.agreement.confusion` gives it. Pairs that never stand against each other are blank.
    most : int
        Codes drawn; with more, those of the pairs with the largest excess over chance, and the title says so.
    ax : matplotlib axes, optional
        To draw into; by default a new figure.

    Examples
    --------
    >>> from expertsys.agreement import Ratings
    >>> from expertsys.agreement import confusion as confused
    >>> ratings = Ratings.from_array([list("aabbccc"), list("abbaccc")], coders="rows")
    >>> [text.get_text() for text in confusion(confused(ratings)).texts]
    ['2']
    """
    check_positive("most", most)
    table = result.matrix
    kept = (
        np.arange(len(table))
        if len(table) <= most
        else np.sort([table.index.get_loc(code) for code in _top(result, most)])
    )
    shown = table.iloc[kept, kept].astype(np.float64)
    part = shown.to_numpy(copy=True)
    part[np.triu_indices(len(part))] = np.nan
    confused = np.nansum(part) > 0
    lower = shown.where(~np.isnan(part)).iloc[1 : None if confused else 1, :-1]
    left_out = f"; the {len(kept)} most confused of {len(table)} codes" if len(kept) < len(table) else ""
    digits = 0 if np.allclose(part[~np.isnan(part)], np.round(part[~np.isnan(part)])) else 1
    told = f"pairs of readings in which one coder used this code and another that one{left_out}"
    return draw_shades(lower, digits, told, most=most, ax=ax, xlabel="", zeros=False)


def _top(result: Confusion, most: int) -> list[str]:
    """The codes of the first pairs, each with its partner: up to so many."""
    codes: dict[str, None] = {}
    for pair in result.to_frame().index:
        if len({*codes, *pair}) > most:
            break
        codes.update(dict.fromkeys(pair))
    return list(codes)


def coder_matrix(result: CoderMatrix, *, most: int = 25, ax: Axes | None = None) -> Axes:
    """Draw the agreement of each coder with each other.

    Parameters
    ----------
    result : CoderMatrix
        As `expertsys.agreement.coder_matrix` gives it. A blank cell is undefined; below 0 the shade is that of 0.
    most : int
        Coders drawn, the first ones; with more, the title says so.
    ax : matplotlib axes, optional
        To draw into; by default a new figure.

    Examples
    --------
    >>> from expertsys.agreement import Ratings
    >>> from expertsys.agreement import coder_matrix as between
    >>> ratings = Ratings.from_array([list("aabb"), list("aabb"), list("abab")], coders="rows", names=["x", "y", "z"])
    >>> coder_matrix(between(ratings)).texts[0].get_text()
    '1.00'
    """
    check_positive("most", most)
    table = result.matrix.iloc[:most, :most]
    cells = table.to_numpy(dtype=np.float64, copy=True)
    cells[np.triu_indices(len(cells))] = np.nan
    shown = table.where(~np.isnan(cells)).iloc[1:, :-1]
    left_out = f"; the first {most} of {len(result.coders)} coders" if len(result.coders) > most else ""
    return draw_shades(shown, 2, f"{result.coefficient} of each pair of coders{left_out}", most=most, ax=ax, xlabel="")


def along(study: Study | Spans, document: str, *, ax: Axes | None = None) -> Axes:
    """Draw where in a document coders disagree: a bar for each unit, or everybody's marks where there are no units.

    Parameters
    ----------
    study : Study or Spans
        With one round of coding. A study with units gives a bar for each, as high as its disagreement. A study of spans
        without units, or spans, give a row for each coder who saw the document with their marks in the colours of the
        codes, and below a strip of disagreement.
    document : str
        Its name. Units stand in the order of their positions, where they have them, as wide as they are long.
    ax : matplotlib axes, optional
        To draw into; by default a new figure.

    Raises
    ------
    DataError
        For a document that the study does not have, or in which no unit was seen by two coders.

    Examples
    --------
    >>> import pandas as pd
    >>> from expertsys.study import Study
    >>> codings = pd.DataFrame(
    ...     {"unit": ["u1", "u1", "u2", "u2"], "coder": list("abab"), "code": list("xxxy"), "document": ["d"] * 4}
    ... )
    >>> along(Study(codings), "d").get_ylabel()
    'disagreement'
    """
    from expertsys.agreement import Spans, disagreements

    if isinstance(study, Spans) or study.units.empty:
        return along_spans(Spans.of(study), document, ax=ax)
    units = study.units
    own = units[units["document"] == document]
    if not len(own):
        raise unknown("document", document, sorted(units["document"].dropna().unique()), place="along")
    seen = study.seen
    n_coders = seen[seen["unit"].isin(own.index)].groupby("unit")["coder"].nunique().reindex(own.index).fillna(0)
    if not (n_coders >= 2).any():
        raise DataError(f"no unit of {document!r} was seen by two coders", place="along")
    found = disagreements(study)["disagreement"].reindex(own.index).fillna(0.0)
    placed = own["start"].notna().all() and own["end"].notna().all()
    order = own.sort_values("start") if placed else own
    starts = order["start"].to_numpy(dtype=float) if placed else np.arange(len(order), dtype=float)
    widths = (order["end"].to_numpy(dtype=float) - starts) if placed else np.full(len(order), 0.9)
    ax = axes(ax, width=7.2, height=2.4)
    paired = (n_coders.loc[order.index] >= 2).to_numpy()
    heights = found.loc[order.index].to_numpy()
    ax.bar(starts[paired], heights[paired], widths[paired], align="edge", color=ACCENT, linewidth=0)
    ax.bar(starts[paired], np.full(paired.sum(), 0.02), widths[paired], align="edge", color=INK, linewidth=0)
    alone = ~paired
    if alone.any():
        ax.bar(starts[alone], np.full(alone.sum(), 0.02), widths[alone], align="edge", color=MUTED, alpha=0.5)
    ax.set_ylim(0, 1.02)
    ax.set_xlim(float(starts.min()), float((starts + widths).max()))
    ax.set_ylabel("disagreement")
    ax.set_xlabel("characters" if placed else "units, in order")
    told = f"{shorten(document)}: mean Jaccard distance between coders"
    title(ax, told + ("; grey: seen by one coder" if alone.any() else ""))
    plain(ax)
    return ax
