"""Where two coders' stretches share a place, for each pair of coders."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import attrs
import numpy as np

from expertsys.agreement.ratings.profiles import Floats, Ints
from expertsys.agreement.spans import sweep
from expertsys.agreement.spans.table import Spans


@attrs.frozen(eq=False)
class Meeting:
    """Two coders, over the documents that both saw.

    Parameters
    ----------
    coders : tuple of int
        Their numbers.
    sides : tuple of ndarray of int
        The stretches of each in these documents, as places in the arrays of the spans.
    first, second : ndarray of int, shape (M,)
        A stretch of one and a stretch of the other that share a place, one entry for each such pair.
    common : ndarray of float, shape (M,)
        Length of what they share.
    """

    coders: tuple[int, int]
    sides: tuple[Ints, Ints]
    first: Ints
    second: Ints
    common: Floats


def meetings(spans: Spans, group: Ints) -> Iterator[Meeting]:
    """A meeting for each pair of coders; stretches meet within a group, a number for each stretch."""
    offset = sweep.on_one_axis(group, spans.end)[group]
    left, right = spans.start + offset, spans.end + offset
    own = [np.flatnonzero(spans.coder == coder) for coder in range(len(spans.coders))]
    for one, other in combinations(range(len(spans.coders)), 2):
        here = own[one][spans.seen[spans.document[own[one]], other]]
        there = own[other][spans.seen[spans.document[own[other]], one]]
        a, b = sweep.crossings(left[here], right[here], left[there], right[there])
        first, second = here[a], there[b]
        common = np.minimum(right[first], right[second]) - np.maximum(left[first], left[second])
        yield Meeting((one, other), (here, there), first, second, common.astype(np.float64))
