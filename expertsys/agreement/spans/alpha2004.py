"""Krippendorff's alpha_U in its form of 2004, as sums over documents."""

from __future__ import annotations

from collections.abc import Callable

import attrs
import numpy as np
from scipy import sparse

from expertsys.agreement.inference.kernel import Values
from expertsys.agreement.ratings.profiles import Floats, Ints
from expertsys.agreement.spans import sweep
from expertsys.agreement.spans.pairs import meetings
from expertsys.agreement.spans.table import Spans


@attrs.frozen(eq=False)
class _Code:
    """Distinct lengths of units and of gaps of a code, and where their counts stand among the features."""

    unit: Floats
    gap: Floats
    first: int

    @property
    def place(self) -> Ints:
        """For each unit length, the first gap length that is not shorter."""
        return np.searchsorted(self.gap, self.unit, side="left")

    def chance(self, sums: Floats) -> tuple[Floats, Floats]:
        """Numerator of the expected disagreement and Σ b (b − 1), each for a row of sums."""
        middle = self.first + len(self.unit)
        units, gaps = sums[:, self.first : middle], sums[:, middle : middle + len(self.gap)]
        b = self.unit
        number = units.sum(axis=1)
        # Krippendorff 2004, p. 254: (N − 1)/3 (2b³ − 3b² + b) + b² Σ (g − b + 1) over gaps that hold the unit
        among = (number - 1) * (units @ (2 * b**3 - 3 * b**2 + b)) / 3
        count, reach = (_from_the_end(values)[:, self.place] for values in (gaps, gaps * self.gap))
        into = ((units * b**2) * (reach - (b - 1) * count)).sum(axis=1)
        return among + into, units @ (b * (b - 1))


def _from_the_end(values: Floats) -> Floats:
    """Sums from each column to the last, with a column of 0 behind it."""
    padded = np.concatenate([values, np.zeros((len(values), 1))], axis=1)
    return np.asarray(np.cumsum(padded[:, ::-1], axis=1)[:, ::-1])


def document_sums(spans: Spans) -> tuple[sparse.csr_array, Callable[[Floats], Values]]:
    """Features of documents and the coefficient as a function of their sums, over spans joined within coders."""
    used = np.unique(spans.code)
    size, coders = len(spans.documents), spans.n_seen
    extent = np.maximum(spans.lengths, 0)
    columns: list[sparse.csr_array] = [
        _column(coders * extent),
        _column(extent),
        _column(_observed(spans) / np.maximum(coders - 1, 1)),
    ]
    codes: list[_Code] = []
    first = 3
    for code in used:
        mine = np.flatnonzero(spans.code == code)
        document, coder, start, end = (values[mine] for values in (spans.document, spans.coder, spans.start, spans.end))
        unit, units = _counted(document, end - start, np.ones(len(mine)), size)
        gap, gaps = _counted(*_gaps(document, coder, start, end, extent, coders), size)
        codes.append(_Code(unit, gap, first))
        first += len(unit) + len(gap)
        columns += [units, gaps]
    features = sparse.csr_array(sparse.hstack(columns))

    def function(sums: Floats) -> Values:
        total, length = sums[:, 0], sums[:, 1]  # of the continuum of all documents, by coders and alone
        expected = np.zeros(len(sums))
        with np.errstate(invalid="ignore", divide="ignore"):
            for code in codes:
                numerator, own = code.chance(sums)
                expected += 2 * numerator / (length * (total * (total - 1) - own))
            observed = sums[:, 2] / (total * length)
            estimate = np.where(expected > 0, 1 - observed / expected, np.nan)
        return Values(estimate, observed, expected)

    return features, function


def _column(values: Ints | Floats) -> sparse.csr_array:
    return sparse.csr_array(np.asarray(values, dtype=np.float64)[:, None])


def _counted(document: Ints, length: Ints, times: Floats, size: int) -> tuple[Floats, sparse.csr_array]:
    """Distinct lengths, and how many of each there are in each document."""
    distinct, column = np.unique(length, return_inverse=True)
    table = sparse.csr_array((times, (document, column)), shape=(size, len(distinct)))
    return distinct.astype(np.float64), table


def _gaps(document: Ints, coder: Ints, start: Ints, end: Ints, extent: Ints, coders: Ints) -> tuple[Ints, Ints, Floats]:
    """Document, length and number of the gaps between, before and behind a code's units, for each coder who looked."""
    order = np.lexsort((start, coder, document))
    document, coder, start, end = document[order], coder[order], start[order], end[order]
    opens = np.ones(len(order), dtype=bool)
    opens[1:] = (document[1:] != document[:-1]) | (coder[1:] != coder[:-1])
    closes = np.append(opens[1:], True)[: len(order)]
    before = start - np.where(opens, 0, np.concatenate([[0], end[:-1]]))
    behind = extent[document[closes]] - end[closes]
    idle = coders - np.bincount(document[opens], minlength=len(coders))  # one gap as long as the document
    where = np.concatenate([document, document[closes], np.arange(len(extent))])
    length = np.concatenate([before, behind, extent])
    times = np.concatenate([np.ones(len(order) + int(closes.sum())), idle.astype(np.float64)])
    kept = (length > 0) & (times > 0)
    return where[kept], length[kept], times[kept]


def _observed(spans: Spans) -> Floats:
    """Σ δ² over ordered pairs of coders, by document (Krippendorff 2004, p. 253).

    Two units that share a place differ by the squared distances of their two boundaries; a unit that lies in a gap of
    the other coder's, by its squared length.
    """
    size = len(spans.documents)
    long = (spans.end - spans.start).astype(np.float64)
    total = np.zeros(size)
    for meeting in meetings(spans, sweep.dense(spans.document, spans.code)):
        first, second = meeting.first, meeting.second
        apart = [(place[first] - place[second]).astype(np.float64) for place in (spans.start, spans.end)]
        total += sweep.added(spans.document[first], apart[0] ** 2 + apart[1] ** 2, size)
        for side, met in zip(meeting.sides, (first, second), strict=True):
            alone = side[~np.isin(side, met)]
            total += sweep.added(spans.document[alone], long[alone] ** 2, size)
    return np.asarray(2 * total)
