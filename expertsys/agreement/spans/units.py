"""Units of the u-family: at each place one value from each coder."""

from __future__ import annotations

from typing import Literal, TypeAlias

import attrs
import numpy as np

from expertsys._core.errors import DataError, Remark
from expertsys.agreement.ratings.profiles import Ints, ValueProfiles
from expertsys.agreement.spans import sweep
from expertsys.agreement.spans.table import Spans

Label: TypeAlias = frozenset[str]
#: Numbers of the labels where one code stands against the others.
OTHERS, CODE = 0, 1


@attrs.frozen(eq=False)
class Units:
    """Stretches that do not overlap within a coder.

    Parameters
    ----------
    labels : tuple of frozenset of str
        Values that a unit can have: sets of codes, of one code each where no marks overlap.
    document, label, start, end, unit : ndarray of int, shape (U,)
        One entry for each stretch; those with the same number in `unit` are one unit.
    """

    labels: tuple[Label, ...]
    document: Ints
    label: Ints
    start: Ints
    end: Ints
    unit: Ints

    def against_others(self, codes: Label) -> Units:
        """The same units with two values: whether one of the codes is among theirs."""
        holds = np.array([bool(codes & label) for label in self.labels], dtype=np.int64)
        return attrs.evolve(self, labels=(frozenset(), codes), label=holds[self.label])


def of(spans: Spans, overlap: Literal["sets"] | None) -> Units:
    """The units of spans in which no code occurs twice at a place."""
    group = sweep.dense(spans.document, spans.coder)
    run = sweep.runs(group, spans.start, spans.end)
    if int(run.max(initial=-1)) + 1 == len(spans):
        single = tuple(frozenset([name]) for name in spans.codes)
        return Units(single, spans.document, spans.code, spans.start, spans.end, spans.mark)
    if overlap is None:
        raise _overlapping(spans, run)
    owner, start, end, piece, stretch = sweep.pieces(group, spans.start, spans.end)
    found = ValueProfiles.of(piece, spans.code[stretch], len(spans.codes), np.ones(len(owner), dtype=np.int64))
    ends = zip(found.table.indptr[:-1], found.table.indptr[1:], strict=True)
    labels = tuple(
        frozenset(spans.codes[code] for code in found.table.indices[low:high].tolist()) for low, high in ends
    )
    document = np.zeros(len(owner), dtype=np.int64)
    document[piece] = spans.document[stretch]
    whole = (np.bincount(piece)[piece] == 1) & (np.bincount(stretch, minlength=len(spans))[stretch] == 1)
    unit = np.arange(len(owner)) + int(spans.mark.max(initial=0)) + 1
    unit[piece[whole]] = spans.mark[stretch[whole]]  # a mark that nothing cuts stays the unit that it was
    label = np.arange(len(owner)) if found.origin is None else found.origin
    return Units(labels, document, label, start, end, unit)


def _overlapping(spans: Spans, run: Ints) -> DataError:
    """Where a coder's own marks overlap, and what can be done."""
    times = np.bincount(run)
    crowded = np.flatnonzero(times[run] > 1)
    faults = []
    for number in np.unique(run[crowded], return_index=True)[1][:20]:
        place = crowded[number]
        names = sorted({spans.codes[code] for code in spans.code[run == run[place]]})
        where = f"{spans.documents[spans.document[place]]} [{spans.start[place]}:{spans.end[place]}]"
        faults.append(Remark("error", where, f"{spans.coders[spans.coder[place]]} marked with {', '.join(names)}."))
    return DataError(
        f"{len(crowded)} marks overlap another mark of the same coder, and u-alpha takes one code at a place",
        place="spans",
        remedy="Give code= for one code alone, overlap='sets' for sets of codes, or kind='U2004'.",
        faults=faults,
    )
