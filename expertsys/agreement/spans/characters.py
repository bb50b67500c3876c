"""Two coders over characters: how many have a code from one, from the other, from both; formulas of these counts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

import attrs
import numpy as np
from scipy import sparse

from expertsys.agreement.inference.kernel import Values
from expertsys.agreement.inference.kernel import ratio as beyond_chance
from expertsys.agreement.ratings.profiles import Floats, Ints
from expertsys.agreement.spans import sweep
from expertsys.agreement.spans.pairs import meetings
from expertsys.agreement.spans.table import Spans

#: From counts in the last axis to estimate, observed and expected.
Formula: TypeAlias = Callable[[Floats], tuple[Floats, Floats, Floats]]
#: Characters with a code from one coder, from the other, from both; characters in all.
CELLS = 4


@attrs.frozen(eq=False)
class Table:
    """Two coders over the documents that both saw: characters with each code.

    Parameters
    ----------
    coders : tuple of int
        Their numbers.
    documents : ndarray of int, shape (D',)
        The documents that both saw.
    first, second, both : scipy.sparse.csr_array, shape (D, V)
        Characters that one, the other, and both gave each code.
    length, coded : ndarray of float, shape (D,)
        Characters in all, and those to which one of the two gave any code; 0 in documents that one did not see.
    """

    coders: tuple[int, int]
    documents: Ints
    first: sparse.csr_array
    second: sparse.csr_array
    both: sparse.csr_array
    length: Floats
    coded: Floats

    def cells(self, code: int | None, *, uncoded: bool) -> Floats:
        """Per document the four counts, of one code or summed over all: shape (D, 4)."""
        parts = (self.first, self.second, self.both)
        counts = [
            np.asarray(part.sum(axis=1)).ravel() if code is None else part[:, [code]].toarray().ravel()
            for part in parts
        ]
        size = (self.length if uncoded else self.coded) * (self.first.shape[1] if code is None else 1)
        return np.column_stack([*counts, size]).astype(np.float64)


def tables(spans: Spans) -> Iterator[Table]:
    """A table for each pair of coders, over spans joined within coders."""
    size = len(spans.documents)
    marked = attrs.evolve(spans, code=np.zeros_like(spans.code), codes=("any",), note="").joined()
    by_code = meetings(spans, sweep.dense(spans.document, spans.code))
    for meeting, any_code in zip(by_code, meetings(marked, marked.document), strict=True):
        held = np.concatenate(any_code.sides)
        together = spans.seen[:, list(meeting.coders)].all(axis=1)
        yield Table(
            meeting.coders,
            np.flatnonzero(together),
            _counted(spans, meeting.sides[0], (spans.end - spans.start)[meeting.sides[0]]),
            _counted(spans, meeting.sides[1], (spans.end - spans.start)[meeting.sides[1]]),
            _counted(spans, meeting.first, meeting.common),
            np.where(together, np.maximum(spans.lengths, 0), 0).astype(np.float64),
            sweep.added(marked.document[held], (marked.end - marked.start)[held], size)
            - sweep.added(marked.document[any_code.first], any_code.common, size),
        )


def _counted(spans: Spans, where: Ints, lengths: Ints | Floats) -> sparse.csr_array:
    """Characters by document and code."""
    cells = (np.asarray(lengths, dtype=np.float64), (spans.document[where], spans.code[where]))
    return sparse.csr_array(cells, shape=(len(spans.documents), len(spans.codes)))


def kappa(cells: Floats) -> tuple[Floats, Floats, Floats]:
    """Cohen's kappa of counts in the last axis, with its two parts (Cohen 1960)."""
    one, other, both, size = (cells[..., place] for place in range(CELLS))
    with np.errstate(invalid="ignore", divide="ignore"):
        observed = (size - one - other + 2 * both) / size
        expected = (one * other + (size - one) * (size - other)) / size**2
    return beyond_chance(observed, expected), observed, expected


def qualcoder(cells: Floats) -> tuple[Floats, Floats, Floats]:
    """What QualCoder calls kappa: over text with the code, and by chance coded AND not coded by both."""
    one, other, both, _ = (cells[..., place] for place in range(CELLS))
    union = one + other - both
    with np.errstate(invalid="ignore", divide="ignore"):
        observed = both / union
        expected = one * other * (union - one) * (union - other) / union**4
    return beyond_chance(observed, expected), observed, expected


def percent(cells: Floats) -> tuple[Floats, Floats, Floats]:
    """The share of characters on which the two agree."""
    _, observed, _ = kappa(cells)
    return observed, observed, np.full_like(observed, np.nan)


def over_pairs(sums: Floats, formula: Formula) -> Values:
    """The mean over pairs of coders of a formula of their pooled counts."""
    parts = formula(sums.reshape(len(sums), -1, CELLS))
    known = ~np.isnan(parts[0])
    with np.errstate(invalid="ignore", divide="ignore"):
        return Values(*(np.where(known, part, 0).sum(axis=1) / known.sum(axis=1) for part in parts))


def over_documents(sums: Floats) -> Values:
    """The mean over pairs of coders of weighted means over documents: sums of weights, and of weighted values."""
    cells = sums.reshape(len(sums), -1, CELLS)
    with np.errstate(invalid="ignore", divide="ignore"):
        means = cells[..., 1:] / cells[..., [0]]
        known = ~np.isnan(means[..., 0])
        found = np.where(known[..., None], means, 0).sum(axis=1) / known.sum(axis=1)[:, None]
    return Values(found[:, 0], found[:, 1], found[:, 2])
