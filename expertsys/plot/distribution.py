"""The bootstrap's estimates of one coefficient."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from expertsys._core.results import number
from expertsys.plot.style import ACCENT, INK, MUTED, axes, plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from expertsys.agreement import Coefficient, SpanCoefficient


def bootstrap_distribution(result: Coefficient | SpanCoefficient, *, ax: Axes | None = None) -> Axes:
    """Draw the bootstrap's estimates, the point estimate and the 95 % interval.

    Parameters
    ----------
    result : Coefficient or SpanCoefficient
        Any coefficient of `expertsys.agreement`. One that is undefined, or has no interval, draws why.
    ax : matplotlib axes, optional
        To draw into; by default a new figure.

    Examples
    --------
    >>> from expertsys.agreement import Ratings, percent_agreement
    >>> result = percent_agreement(Ratings.from_array([[1, 1, 2], [1, 2, 2]], coders="rows"))
    >>> bootstrap_distribution(result).get_xlabel()
    'percent agreement'
    """
    ax = axes(ax, height=3.0)
    plain(ax)
    ax.set_xlabel(result.name)
    ax.set_yticks([])
    ax.spines["left"].set_visible(False)
    interval = result.interval()
    drawn = np.empty(0) if np.isnan(result.estimate) else result.replicates()
    known = drawn[~np.isnan(drawn)]
    if np.isnan(interval.low) and len(known) == len(drawn):
        told = (
            f"undefined: {result.note}" if np.isnan(result.estimate) else f"{number(result.estimate)}; {interval.note}"
        )
        ax.text(0.5, 0.5, told, ha="center", va="center", transform=ax.transAxes, wrap=True)
        ax.set_xticks([])
        return ax
    ax.hist(known, bins=24, color=MUTED, alpha=0.45)
    ax.axvspan(interval.low, interval.high, color=INK, alpha=0.10)
    ax.axvline(result.estimate, color=ACCENT, linewidth=2)
    told = f"{number(result.estimate)}, 95 % interval {number(interval.low)} to {number(interval.high)}"
    ax.set_title(told, fontsize=10, loc="left")
    return ax
