"""What every coefficient over spans has: the estimate, its parts, and intervals over documents."""

from __future__ import annotations

from collections.abc import Callable
from typing import Self

import attrs
import numpy as np
from scipy import sparse

from expertsys._core import references
from expertsys._core.errors import DataError, check_between
from expertsys._core.results import Interval, number, percent
from expertsys.agreement.inference import benchmarks, intervals, variances
from expertsys.agreement.inference import words as wording
from expertsys.agreement.inference.estimate import Estimate
from expertsys.agreement.inference.kernel import STEP, Sums, Values
from expertsys.agreement.inference.methods import Analytic, Bootstrap, Chosen, Jackknife, Method, resolve
from expertsys.agreement.inference.sampling import Sampling
from expertsys.agreement.ratings.profiles import Floats
from expertsys.agreement.spans.table import Spans

ONE_DOCUMENT = "one document only: no interval, since documents are what varies"
#: A document is named where the coefficient without it differs by as much.
NOTICEABLE = 0.1
#: With fewer documents than this, no interval over documents covers what it says.
FEW_DOCUMENTS = 10


@attrs.frozen(eq=False)
class DocumentSums(Sums):
    """A coefficient that is a function of sums over documents, which need not be without scale."""

    def linearised(self) -> Floats | None:
        """See `Kernel`: the slope in the direction of each document (Efron 1982, ch. 6), by central differences."""
        features = sparse.csr_array(self.features)
        size, width = features.shape
        total = np.asarray(self.counts.astype(np.float64) @ features)
        slopes = np.empty(size)
        block = max(1, 1_000_000 // max(1, width))
        for low in range(0, size, block):
            step = STEP * features[low : low + block].toarray()
            up, down = (self.function(total[None, :] + sign * step).estimate for sign in (1, -1))
            slopes[low : low + block] = (up - down) / (2 * STEP)
        return np.asarray(self.function(total[None, :]).estimate[0] + self.counts.sum() * slopes)


@attrs.frozen(eq=False, repr=False)
class SpanCoefficient(Estimate):
    """A coefficient of agreement on spans.

    Attributes
    ----------
    name : str
        As the literature calls it.
    estimate : float
        NaN where the data do not determine it; `note` then says why.
    observed, expected : float
        What it is made of: disagreements for Krippendorff's family (1 − observed / expected), agreements for kappas
        ((observed − expected) / (1 − expected)); NaN where there are none.
    n_documents : int
        Documents that at least two coders saw: only these say something about agreement.
    n_marks : int
        Marks in them that entered.
    n_coders : int
        Coders who saw one of them.
    level : str
        What was compared, and how; empty where the name says it.
    note : str
        What a reader must know; empty where there is nothing.
    sources : tuple of str
        Keys of the references behind it.
    """

    _COUNTED = ("n_documents", "n_marks", "n_coders")

    name: str
    estimate: float
    observed: float
    expected: float
    n_documents: int
    n_marks: int
    n_coders: int
    level: str
    note: str
    sources: tuple[str, ...]
    _kernel: DocumentSums
    _spans: Spans
    _refit: Callable[[Spans], SpanCoefficient]

    @classmethod
    def of(
        cls,
        spans: Spans,
        features: sparse.csr_array,
        function: Callable[[Floats], Values],
        *,
        name: str,
        sources: tuple[str, ...],
        refit: Callable[[Spans], SpanCoefficient],
        why: str,
        level: str = "",
        note: str = "",
        whole: Spans | None = None,
    ) -> Self:
        """The result over sums of features of documents.

        Parameters
        ----------
        spans : Spans
            What the features were made from, a row for each document.
        features : scipy.sparse.csr_array, shape (D, K)
            What a document adds to each sum.
        function : callable
            Sums of shape (B, K) to B values.
        refit : callable
            The same coefficient of other spans.
        why : str
            Why it is undefined, should it be.
        whole : Spans, optional
            The spans that a refit starts from, where they are not `spans`.
        """
        kernel = DocumentSums(np.ones(len(spans.documents), dtype=np.int64), features, function)
        found = kernel.evaluate(kernel.counts[None, :].astype(np.float64))
        estimate = float(found.estimate[0])
        told = [spans.note, note]
        if len(spans.documents) == 0:
            told.append("no document was seen by two coders")
        elif np.isnan(estimate):
            told.append(why)
        elif 1 < len(spans.documents) < FEW_DOCUMENTS:
            told.append(f"{len(spans.documents)} documents only: intervals are rough")
        if not np.isnan(estimate):
            told.append(_weightiest(spans, kernel, estimate))
        return cls(
            name,
            estimate,
            float(found.observed[0]),
            float(found.expected[0]),
            len(spans.documents),
            spans.n_marks,
            int(spans.seen.any(axis=0).sum()),
            level,
            "; ".join(dict.fromkeys(part for part in told if part)),
            sources,
            kernel,
            spans if whole is None else whole,
            refit,
        )

    @property
    def _sampling(self) -> Sampling:
        return Sampling(self._kernel.counts, None, "documents")

    @property
    def standard_error(self) -> float:
        """Standard error over documents (infinitesimal jackknife); NaN with one document."""
        return float(np.sqrt(self._variance()))

    def _variance(self) -> float:
        return float("nan") if np.isnan(self.estimate) else variances.linearised(self._kernel, self._sampling)

    def interval(self, confidence: float = 0.95, method: Method = Bootstrap(replicates=1000, rng=0)) -> Interval:  # noqa: B008  # frozen
        """An interval for the estimate, over documents.

        Parameters
        ----------
        confidence : float
            Nominal coverage.
        method : Bootstrap, Analytic, Jackknife, "bootstrap", "analytic" or "jackknife"
            Whole documents are drawn, linearised or left out: places in one document are not independent. Ends are not
            cut at 1.

        Returns
        -------
        Interval
            NaN with a note where there is one document, or where more than a tenth of the replicates are undefined.

        Raises
        ------
        DataError
            For kinds of bootstrap and standard errors that spans do not have.
        """
        check_between("confidence", confidence, 0, 1)
        method = resolve(method)
        self._refuse(method)
        words = _WORDS[type(method)]
        if isinstance(method, Bootstrap):
            words = f"{words}, {method.replicates:,} replicates"
        if np.isnan(self.estimate):
            return intervals.undefined(confidence, words, self.note)
        if self.n_documents < 2:
            return intervals.undefined(confidence, words, ONE_DOCUMENT)
        if isinstance(method, Bootstrap):
            return intervals.from_replicates(self.replicates(method), confidence, words, estimate=self.estimate)
        variance = (
            variances.left_out(self._kernel, self._sampling) if isinstance(method, Jackknife) else self._variance()
        )
        return intervals.by_t(self.estimate, float(np.sqrt(variance)), self.n_documents - 1, confidence, words, "")

    @staticmethod
    def _refuse(method: Chosen) -> None:
        plain = (
            (method.kind, method.cluster) == ("percentile", method.cluster if method.cluster == "document" else None)
            if isinstance(method, Bootstrap)
            else method in (Analytic(), Jackknife())
        )
        if not plain:
            raise DataError(
                f"{method} is not for spans, where whole documents are drawn",
                place="method",
                remedy="Choose Bootstrap(replicates=..., rng=...), 'analytic' or 'jackknife'.",
            )

    def replicates(self, method: Bootstrap = Bootstrap(replicates=1000, rng=0)) -> Floats:  # noqa: B008  # frozen
        """The bootstrap's estimates, shape (replicates,), NaN where undefined."""
        self._refuse(method)
        blocks = self._sampling.drawn(method.replicates, method.rng, width=self._kernel.width)
        return np.concatenate([self._kernel.evaluate(weights).estimate for weights in blocks])

    def benchmark(
        self,
        *,
        scale: benchmarks.Scale,
        method: Bootstrap = Bootstrap(replicates=1000, rng=0),  # noqa: B008  # frozen
        certainty: float = 0.95,
    ) -> benchmarks.Benchmark:
        """Where on a benchmark scale the coefficient may lie; see `Coefficient.benchmark`.

        Without a band and with a note where there is one document: it has no standard error.
        """
        drawn = self.replicates(method) if self.n_documents > 1 and not np.isnan(self.estimate) else np.empty(0)
        return benchmarks.placed(
            self.name, self.estimate, self.standard_error, drawn, scale=scale, certainty=certainty, note=self.note
        )

    def without(self, coder: str) -> SpanCoefficient:
        """The same coefficient without one of the coders."""
        return self._refit(self._spans.without(coder))

    def methods_text(self, confidence: float = 0.95, method: Method = Bootstrap(replicates=1000, rng=0)) -> str:  # noqa: B008  # frozen
        """A paragraph for a methods section, with the figures and the interval of `interval`."""
        scale = f" ({self.level})" if self.level else ""
        if np.isnan(self.estimate):
            return f"{self.name}{scale} could not be determined: {self.note}."
        documents = f"{self.n_documents:,} document{'' if self.n_documents == 1 else 's'}"
        text = (
            f"{self.n_coders:,} coders marked stretches of text in {documents} by themselves ({self.n_marks:,} marks). "
            f"Agreement was measured with {self.name}{scale}: {number(self.estimate)}"
        )
        interval = self.interval(confidence, method)
        if np.isnan(interval.low):
            return f"{text} (no interval: {interval.note})."
        return (
            f"{text} ({percent(interval.confidence)} interval {number(interval.low)} to {number(interval.high)}, "
            f"{interval.method})."
        )

    def cite(self, method: Method = Bootstrap(replicates=1000, rng=0)) -> tuple[str, ...]:  # noqa: B008  # frozen
        """The references behind the coefficient and behind an interval by this method, the default one if not given."""
        behind = wording.sources(resolve(method), clustered=True, own=("efron1993",))
        return references.cite(dict.fromkeys((*self.sources, *behind)))


def _weightiest(spans: Spans, kernel: DocumentSums, estimate: float) -> str:
    """Which of the three longest documents the coefficient rests on, if on one."""
    size = len(spans.documents)
    if size < 3:
        return ""
    marked = np.bincount(spans.document, weights=(spans.end - spans.start).astype(np.float64), minlength=size)
    length = np.where(spans.lengths >= 0, spans.lengths, marked)
    longest = np.argsort(-length, kind="stable")[:3]
    weights = np.repeat(kernel.counts[None, :].astype(np.float64), len(longest), axis=0)
    weights[np.arange(len(longest)), longest] = 0
    without = kernel.evaluate(weights).estimate
    change = np.abs(without - estimate)
    if np.isnan(change).all() or np.nanmax(change) < NOTICEABLE:
        return ""
    most = int(np.nanargmax(change))
    share = length[longest[most]] / max(float(length.sum()), 1)
    return (
        f"{spans.documents[longest[most]]!r} weighs most ({share:.0%} of the text): without it the coefficient is "
        f"{number(float(without[most]))}"
    )


_WORDS: dict[type, str] = {
    Bootstrap: "percentile bootstrap over documents",
    Analytic: "standard error over documents (infinitesimal jackknife)",
    Jackknife: "jackknife standard error over documents",
}
