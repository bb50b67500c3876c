"""Do two coders' marks match: boundary F1, and kappa over segments."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Literal, TypeAlias

import attrs
import numpy as np
import numpy.typing as npt
from scipy import sparse

from expertsys._core.errors import DataError, check_choice
from expertsys.agreement.inference.kernel import Values
from expertsys.agreement.ratings.profiles import Floats, Ints
from expertsys.agreement.spans import sweep
from expertsys.agreement.spans.pairs import meetings
from expertsys.agreement.spans.result import SpanCoefficient
from expertsys.agreement.spans.table import Spans, Subcodes

if TYPE_CHECKING:
    from expertsys.study import Study

Match: TypeAlias = Literal["exact", "overlap"] | float
Bools = npt.NDArray[np.bool_]
#: What a mark adds: that one coder made it, that the other has it too; then the same the other way round.
CELLS = 4


@attrs.frozen(eq=False)
class _Marks:
    """Marks, each with the stretches that it is made of."""

    spans: Spans
    document: Ints
    code: Ints
    length: Floats

    @classmethod
    def of(cls, spans: Spans) -> _Marks:
        _, first, mark = np.unique(spans.mark, return_index=True, return_inverse=True)
        length = np.bincount(mark, weights=(spans.end - spans.start).astype(np.float64)).astype(np.float64)
        numbered = attrs.evolve(spans, mark=mark.astype(np.int64))
        return cls(numbered, spans.document[first], spans.code[first], length)

    def pairs(self, match: Match) -> Iterator[tuple[tuple[Ints, Ints], tuple[Ints, Ints]]]:
        """For each pair of coders: the marks of each in documents that both saw, and those that the other has too."""
        spans, size = self.spans, max(len(self.length), 1)
        for meeting in meetings(spans, sweep.dense(spans.document, spans.code)):
            key = spans.mark[meeting.first] * size + spans.mark[meeting.second]
            met, cell = np.unique(key, return_inverse=True)
            common = np.bincount(cell, weights=meeting.common, minlength=len(met)).astype(np.float64)
            left, right = np.divmod(met, size)
            alike = _alike(common, self.length[left] + self.length[right] - common, match)
            here, there = (_present(spans.mark[side], size) for side in meeting.sides)
            yield (here, _present(left[alike], size)), (there, _present(right[alike], size))

    def counts(self, match: Match) -> tuple[Ints, Ints, Floats]:
        """Document, column and number of what marks add; columns count coders' pairs, codes, and `CELLS`."""
        codes = len(self.spans.codes)
        document, column = [], []
        for number, sides in enumerate(self.pairs(match)):
            for place, marks in enumerate(part for side in sides for part in side):
                document.append(self.document[marks])
                column.append((number * codes + self.code[marks]) * CELLS + place)
        if not document:
            return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64), np.empty(0)
        found = np.concatenate(document), np.concatenate(column)
        return found[0], found[1], np.ones(len(found[0]))


def _present(numbers: Ints, size: int) -> Ints:
    """Which whole numbers below `size` occur."""
    return np.flatnonzero(np.bincount(numbers, minlength=size))


def _alike(common: Floats, union: Floats, match: Match) -> Bools:
    if match == "overlap":
        return common > 0
    return common >= union * (1.0 if match == "exact" else float(match))


def _checked(match: Match) -> str:
    """The rule in words."""
    if isinstance(match, str):
        check_choice("match", match, ("exact", "overlap"))
        return "exact boundaries" if match == "exact" else "any overlap"
    if isinstance(match, bool) or not isinstance(match, int | float) or not 0 < match <= 1:
        raise DataError(
            f"match must be 'exact', 'overlap' or a share above 0, up to 1, not {match!r}",
            place="match",
            remedy="A share is the text that both marks hold, of the text that one of them holds.",
        )
    return f"overlap of at least {match:.0%} of the two together"


def _mean(values: Floats, axis: int) -> Floats:
    """The mean of what is defined; NaN where nothing is."""
    known = ~np.isnan(values)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(known, values, 0).sum(axis=axis) / known.sum(axis=axis))


def _f1(sums: Floats, codes: int) -> Values:
    """Mean over pairs of coders, then over codes, of 2PR / (P + R); with one code, of all marks together."""
    cells = sums.reshape(len(sums), -1, codes, CELLS)
    made, had, made_too, had_too = (cells[..., place] for place in range(CELLS))
    with np.errstate(invalid="ignore", divide="ignore"):
        precision, recall = had / made, had_too / made_too
        score = np.where(had + had_too > 0, 2 * precision * recall / (precision + recall), 0.0)
    score = np.where(made + made_too > 0, score, np.nan)
    estimate = _mean(_mean(score, axis=1), axis=1)
    return Values(estimate, np.full_like(estimate, np.nan), np.full_like(estimate, np.nan))


def _segment_kappa(sums: Floats, categories: int) -> Values:
    """Brennan & Prediger 1981 over segments; a segment is an agreement where the other coder has it too."""
    cells = sums.reshape(len(sums), -1, CELLS)
    with np.errstate(invalid="ignore", divide="ignore"):
        observed = _mean((cells[..., 1] + cells[..., 3]) / (cells[..., 0] + cells[..., 2]), axis=1)
        expected = np.full_like(observed, 1 / categories if categories else np.nan)
        estimate = np.where(expected < 1, (observed - expected) / (1 - expected), np.nan)
    return Values(estimate, observed, expected)


def _features(spans: Spans, match: Match, *, by_code: bool) -> sparse.csr_array:
    document, column, values = _Marks.of(spans).counts(match)
    codes, pairs = len(spans.codes), len(spans.coders) * (len(spans.coders) - 1) // 2
    width = pairs * codes * CELLS
    if not by_code:
        column, width = column // (codes * CELLS) * CELLS + column % CELLS, pairs * CELLS
    return sparse.csr_array((values, (document, column)), shape=(len(spans.documents), width))


def span_f1(
    data: Spans | Study,
    *,
    match: Match,
    average: Literal["micro", "macro"] = "micro",
    code: str | None = None,
    subcodes: Subcodes = "include",
) -> SpanCoefficient:
    """Boundary F1: how many of a coder's marks the other coder made too, the mean over pairs of coders.

    Parameters
    ----------
    data : Spans or Study
        Two or more coders. A pair is compared on the documents that both saw.
    match : {"exact", "overlap"} or float
        When a mark is found again, always with the same code: the same text; any text in common; or at least this share
        in common, of the text that one of the two holds (Jaccard). There is no default: it decides the number.
    average : {"micro", "macro"}
        All marks together, so that frequent codes count for more, or the mean of the codes' own F1.
    code : str, optional
        One code alone.
    subcodes : {"include", "exclude"}
        Whether `code` includes the marks of its sub-codes.

    Returns
    -------
    SpanCoefficient
        NaN with a note where nobody marked anything. A pair, or for ``"macro"`` a code, without any mark is left out;
        where one coder marked and the other did not, F1 is 0.

    Notes
    -----
    F1 is 2PR / (P + R), with P the share of one coder's marks that the other has and R the other way round; who is
    which does not matter. With ``"overlap"`` a long mark can be found in several short ones. F1 is not corrected for
    chance, and needs no correction where marks are few in much text: chance agreement on exact boundaries is then close
    to 0 (Hripcsak & Rothschild 2005: kappa tends to F1). A discontinuous mark is one mark.

    References
    ----------
    Hripcsak G, Rothschild AS. Agreement, the F-measure, and reliability in information retrieval. J Am Med Inform Assoc
    2005;12(3):296–298. doi:10.1197/jamia.M1733

    Examples
    --------
    >>> import pandas as pd
    >>> rows = [("ann", 0, 10), ("ann", 20, 30), ("ben", 0, 10), ("ben", 22, 30), ("ben", 40, 44)]
    >>> frame = pd.DataFrame(rows, columns=["coder", "start", "end"]).assign(document="d", code="fear")
    >>> spans = Spans.from_frame(frame, seen="all")
    >>> span_f1(spans, match="exact").estimate, span_f1(spans, match=0.5).estimate
    (0.4, 0.8)

    One of Ann's two and Ben's three marks has the same boundaries; two overlap by half.
    """
    words = _checked(match)
    check_choice("average", average, ("micro", "macro"))
    given = Spans.of(data)
    part = (given if code is None else given.of_code(code, subcodes)).comparable()
    macro = average == "macro" and len(part.codes) > 0
    return SpanCoefficient.of(
        part,
        _features(part, match, by_code=macro),
        partial(_f1, codes=len(part.codes) if macro else 1),
        name="boundary F1",
        sources=("hripcsak2005",),
        refit=partial(span_f1, match=match, average=average, code=code, subcodes=subcodes),
        why="nobody marked anything",
        level=words
        + (f"; {given.code_words(code, subcodes)}" if code is not None else ", mean of codes" if macro else ""),
        whole=given,
    )


def segment_kappa(data: Spans | Study, *, match: Match) -> SpanCoefficient:
    """Kappa over segments as MAXQDA reports it: Brennan and Prediger's, with one code in so many by chance.

    Parameters
    ----------
    data : Spans or Study
        Two or more coders; with more, the mean over pairs. The codes on offer count, also those that nobody used.
    match : {"exact", "overlap"} or float
        When a segment counts as coded by the other too: see `span_f1`. MAXQDA's presetting is an overlap of 0.9.

    Returns
    -------
    SpanCoefficient
        `observed` is the share of segments, of both coders together, that the other has too; `expected` is one over the
        number of codes. NaN with a note with one code on offer, or where nobody marked anything.

    Notes
    -----
    Unmarked text does not count, so no agreement on nothing inflates it. But chance does not know how many segments
    there could have been: "by chance" means that one of the codes was drawn by lot for a segment that both had found.
    With many codes it is nearly the percentage of matched segments, and that is what it is best read as.

    References
    ----------
    Brennan RL, Prediger DJ. Coefficient kappa: some uses, misuses, and alternatives. Educ Psychol Meas
    1981;41(3):687–699. doi:10.1177/001316448104100307

    Examples
    --------
    >>> import pandas as pd
    >>> rows = [("ann", "x", 0, 10), ("ann", "y", 20, 30), ("ben", "x", 0, 10), ("ben", "x", 20, 30)]
    >>> frame = pd.DataFrame(rows, columns=["coder", "code", "start", "end"]).assign(document="d")
    >>> segment_kappa(Spans.from_frame(frame, seen="all"), match=0.9).estimate
    0.0

    Two of four segments are matched, as many as two codes would give by lot.
    """
    words = _checked(match)
    given = Spans.of(data)
    part = given.comparable()
    function: Callable[[Floats], Values] = partial(_segment_kappa, categories=len(part.codes))
    return SpanCoefficient.of(
        part,
        _features(part, match, by_code=False),
        function,
        name="kappa over segments (Brennan–Prediger)",
        sources=("brennan1981",),
        refit=partial(segment_kappa, match=match),
        why="nobody marked anything, or there is one code only",
        level=words,
        whole=given,
    )
