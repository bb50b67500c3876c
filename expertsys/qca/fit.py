"""Parameters of fit, from memberships x in a term and y in the outcome; cases run along the last axis.

Ragin CC. Redesigning Social Inquiry. Chicago, 2008; Schneider CQ, Wagemann C. Set-Theoretic Methods for the Social
Sciences. Cambridge, 2012, ch. 5 and 9.
"""

from __future__ import annotations

import attrs
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
#: Two figures nearer than this are equal (R's QCA compares cut-offs with the same tolerance).
TOLERANCE = 1.5e-8


def at_middle(scores: Floats) -> Floats:
    """Scores with those that differ from 0.5 by rounding only, such as 0.7 − 0.2, at 0.5."""
    return np.asarray(np.where(np.abs(scores - 0.5) < TOLERANCE, 0.5, scores))


@attrs.frozen(eq=False)
class Sufficiency:
    """How far membership in x is a subset of membership in y; arrays of the leading shape, NaN where undefined."""

    consistency: Floats
    pri: Floats
    coverage: Floats


@attrs.frozen(eq=False)
class Necessity:
    """How far membership in y is a subset of membership in x; arrays of the leading shape, NaN where undefined."""

    consistency: Floats
    coverage: Floats
    ron: Floats


def sufficiency(x: Floats, y: Floats) -> Sufficiency:
    """Consistency Σ min(x, y) / Σ x, proportional reduction in inconsistency, raw coverage Σ min(x, y) / Σ y."""
    both = np.minimum(x, y)
    neither = np.minimum(both, 1 - y).sum(axis=-1)
    own, shared = x.sum(axis=-1), both.sum(axis=-1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return Sufficiency(
            np.asarray(shared / own),
            np.asarray((shared - neither) / (own - neither)),
            np.asarray(shared / y.sum(axis=-1)),
        )


def necessity(x: Floats, y: Floats) -> Necessity:
    """Consistency Σ min(x, y) / Σ y, coverage Σ min(x, y) / Σ x, relevance Σ (1 − x) / Σ (1 − min(x, y))."""
    both = np.minimum(x, y)
    shared = both.sum(axis=-1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return Necessity(
            np.asarray(shared / y.sum(axis=-1)),
            np.asarray(shared / x.sum(axis=-1)),
            np.asarray((1 - x).sum(axis=-1) / (1 - both).sum(axis=-1)),
        )
