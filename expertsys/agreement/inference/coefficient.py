"""What every coefficient of agreement has: the estimate, its parts, and intervals by one mechanism."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Self

import attrs
import numpy as np

from expertsys._core import references
from expertsys._core.errors import DataError, check_between
from expertsys._core.results import Interval, Result, number, percent
from expertsys.agreement.inference import intervals
from expertsys.agreement.inference.kernel import Kernel, Values
from expertsys.agreement.inference.methods import Analytic, Bootstrap, Jackknife, Method, resolve
from expertsys.agreement.inference.sampling import Sampling
from expertsys.agreement.ratings import Ratings
from expertsys.agreement.ratings.profiles import Floats

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes


@attrs.frozen(eq=False, repr=False)
class Coefficient(Result):
    """A coefficient of agreement with what it was computed from.

    Attributes
    ----------
    name : str
        As the literature calls it.
    estimate : float
        NaN where the data do not determine it; `note` then says why.
    observed, expected : float
        The two quantities that it is made of: disagreements for Krippendorff's alpha (1 − observed / expected),
        agreements for those corrected for chance ((observed − expected) / (1 − expected)); NaN where there are none.
    n_units : int
        Units that entered.
    n_coders : int
        Coders with at least one rating of such a unit.
    level : str
        Level of measurement, distance or weights; empty where there is none.
    note : str
        What a reader must know; empty where there is nothing.
    sources : tuple of str
        Keys of the references behind it.
    """

    name: str
    estimate: float
    observed: float
    expected: float
    n_units: int
    n_coders: int
    level: str
    note: str
    sources: tuple[str, ...]
    _kernel: Kernel
    _ratings: Ratings
    _refit: Callable[[Ratings], Coefficient]

    @classmethod
    def of(
        cls,
        ratings: Ratings,
        kernel: Kernel,
        *,
        name: str,
        sources: tuple[str, ...],
        refit: Callable[[Ratings], Coefficient],
        why: Callable[[Values], str],
        n_units: int | None = None,
        level: str = "",
    ) -> Self:
        """The result over a kernel.

        Parameters
        ----------
        ratings : Ratings
            What the kernel was made from.
        kernel : Kernel
            The coefficient as a function of weights.
        refit : callable
            The same coefficient of other ratings.
        why : callable
            Says why it is undefined, where it is.
        n_units : int, optional
            By default the units that two coders rated.
        """
        found = kernel.evaluate(kernel.counts[None, :].astype(np.float64))
        estimate = float(found.estimate[0])
        told = (ratings.note, why(found) if np.isnan(estimate) else intervals.caution(ratings))
        return cls(
            name,
            estimate,
            float(found.observed[0]),
            float(found.expected[0]),
            ratings.n_pairable if n_units is None else n_units,
            ratings.n_coders,
            level,
            "; ".join(note for note in told if note),
            sources,
            kernel,
            ratings,
            refit,
        )

    @property
    def standard_error(self) -> float:
        """Analytic standard error over units, or over clusters where the ratings have them; NaN where there is none."""
        return float(np.sqrt(self._variance_over_units(None)[0]))

    def interval(self, confidence: float = 0.95, method: Method = Bootstrap(replicates=1000, rng=0)) -> Interval:  # noqa: B008  # frozen
        """An interval for the estimate.

        Parameters
        ----------
        confidence : float
            Nominal coverage.
        method : Bootstrap, Analytic, Jackknife, "bootstrap", "analytic" or "jackknife"
            Percentile bootstrap over units (the default, seeded), or another choice; a name stands for the object with
            its defaults. Where the ratings have clusters, clusters are drawn, linearised or left out. Ends are not cut
            at 1.

        Returns
        -------
        Interval
            NaN with a note where more than a tenth of the replicates are undefined.
        """
        check_between("confidence", confidence, 0, 1)
        method = resolve(method)
        if isinstance(method, Bootstrap):
            return self._bootstrapped(confidence, method)
        note = self.note if np.isnan(self.estimate) else ""
        if isinstance(method, Jackknife):
            variance, freedom = self._left_out_variance(method.population)
            words = f"jackknife standard error over {self._sampling.what}"
        else:
            variance, freedom, words = self._analytic(method)
        return intervals.symmetric(self.estimate, float(np.sqrt(variance)), freedom, confidence, words, note)

    def _bootstrapped(self, confidence: float, method: Bootstrap) -> Interval:
        words = f"{_KINDS[method.kind]} over {self._sampling.what}, {method.replicates:,} replicates"
        if method.kind == "pairs":
            words = f"{_KINDS['pairs']}, {method.replicates:,} replicates"
        if np.isnan(self.estimate):
            return intervals.undefined(confidence, words, self.note)
        skew = None
        if method.kind == "bca":
            linear = self._kernel.linearised()
            if linear is None:
                return intervals.undefined(confidence, words, "no influence function, so no correction for skewness")
            skew = intervals.acceleration(self._sampling.influence(linear, self._kernel.counts), self._sampling)
        drawn = self.replicates(method)
        return intervals.from_replicates(drawn, confidence, words, estimate=self.estimate, acceleration=skew)

    def replicates(self, method: Bootstrap = Bootstrap(replicates=1000, rng=0)) -> Floats:  # noqa: B008  # frozen
        """The bootstrap's estimates, shape (replicates,), NaN where undefined."""
        clusters = self._ratings.clusters
        if method.cluster is not None and (clusters is None or clusters.by != method.cluster):
            held = "units without clusters" if clusters is None else f"clusters by {clusters.by!r}"
            raise DataError(
                f"the ratings have {held}, and the bootstrap is to draw by {method.cluster!r}",
                place="Bootstrap(cluster=...)",
                remedy=f"Give cluster={method.cluster!r} when making the ratings.",
            )
        if method.kind == "pairs":
            return self._pair_replicates(method)
        kernel = self._kernel
        blocks = self._sampling.drawn(method.replicates, method.rng, width=kernel.width)
        return np.concatenate([kernel.evaluate(weights).estimate for weights in blocks])

    def _pair_replicates(self, method: Bootstrap) -> Floats:
        del method
        raise DataError(
            f"the bootstrap of pairs is Krippendorff's, for alpha; {self.name} has none",
            place="Bootstrap(kind='pairs')",
            remedy="Choose kind='percentile' or 'bca'.",
        )

    @property
    def _sampling(self) -> Sampling:
        kernel = self._kernel
        return Sampling.of(kernel.counts, self._ratings.clusters, kernel.origin)

    def _analytic(self, method: Analytic) -> tuple[float, float, str]:
        if method.over == "units":
            variance, freedom = self._variance_over_units(method.population)
            return variance, freedom, f"analytic standard error over {self._sampling.what}"
        over_coders, coder_freedom = self._variance_over_coders(method.coder_population)
        if method.over == "coders":
            return over_coders, coder_freedom, "standard error over coders (jackknife)"
        over_units, freedom = self._variance_over_units(method.population)
        total = over_units + over_coders
        parts = over_units**2 / max(freedom, 1) + over_coders**2 / max(coder_freedom, 1)
        both = total**2 / parts if parts > 0 else freedom  # Satterthwaite 1946
        return total, both, "standard error over units and coders (linearisation and jackknife)"

    def _variance_over_units(self, population: int | None) -> tuple[float, float]:
        sampling = self._sampling
        freedom = sampling.n - 1
        linear = None if freedom < 1 or np.isnan(self.estimate) else self._kernel.linearised()
        if linear is None:
            return float("nan"), freedom
        variance = sampling.variance(sampling.influence(linear, self._kernel.counts))
        return variance * self._share_unseen(population, self.n_units, "population"), freedom

    def _left_out_variance(self, population: int | None) -> tuple[float, float]:
        sampling = self._sampling
        n = sampling.n
        if n < 2:
            return float("nan"), n - 1
        left_out = np.concatenate(
            [self._kernel.evaluate(weights).estimate for weights in sampling.left_out(width=self._kernel.width)]
        )
        mean = float(left_out @ sampling.counts) / n
        # Efron & Tibshirani 1993, eq. 11.5, each kind standing for `counts` draws
        variance = (n - 1) / n * float(sampling.counts @ (left_out - mean) ** 2)
        return variance * self._share_unseen(population, self.n_units, "population"), n - 1

    def _variance_over_coders(self, population: int | None) -> tuple[float, float]:
        coders = self._ratings.coders
        size = len(coders)
        if size < 3:
            raise DataError(
                f"a standard error over coders leaves each out in turn, which takes three; there are {size}",
                place="Analytic(over=...)",
                remedy="Choose over='units'.",
            )
        left_out = np.array([self.without(coder).estimate for coder in coders])
        variance = (size - 1) / size * float(((left_out - left_out.mean()) ** 2).sum())  # Gwet 2021, ch. 5
        return variance * self._share_unseen(population, size, "coder_population"), size - 1

    @staticmethod
    def _share_unseen(population: int | None, n: int, name: str) -> float:
        if population is None:
            return 1.0
        if population < n:
            raise DataError(f"a population of {population} is smaller than the sample of {n}", place=name)
        return 1 - n / population

    def without(self, coder: str) -> Coefficient:
        """The same coefficient without one of the coders."""
        return self._refit(self._ratings.without(coder))

    def methods_text(self) -> str:
        """A paragraph for a methods section, with the figures."""
        scale = f" ({self.level})" if self.level else ""
        if np.isnan(self.estimate):
            return f"{self.name}{scale} could not be determined: {self.note}."
        interval = self.interval()
        return (
            f"Agreement was measured with {self.name}{scale} over {self.n_units:,} units rated by {self.n_coders:,} "
            f"coders: {number(self.estimate)} ({percent(interval.confidence)} interval {number(interval.low)} to "
            f"{number(interval.high)}, {interval.method}). Units with fewer than two ratings were left out: they say "
            "nothing about agreement."
        )

    def cite(self) -> tuple[str, ...]:
        """The references behind the coefficient and its default interval."""
        return references.cite((*self.sources, "efron1993"))

    def to_frame(self) -> pd.DataFrame:
        """One row, index ``coefficient``: the estimate, its parts, its analytic standard error and the counts."""
        import pandas as pd

        row = {
            "estimate": self.estimate,
            "observed": self.observed,
            "expected": self.expected,
            "standard_error": self.standard_error,
            "n_units": self.n_units,
            "n_coders": self.n_coders,
            "level": self.level,
            "note": self.note,
        }
        return pd.DataFrame([row], index=pd.Index([self.name], name="coefficient")).rename_axis(columns="column")

    def plot(self, ax: Axes | None = None) -> Axes:
        """The bootstrap's estimates with the point estimate and the interval."""
        from expertsys.plot import bootstrap_distribution

        return bootstrap_distribution(self, ax=ax)

    def _title(self) -> str:
        return f"{self.name} ({self.level})" if self.level else self.name

    def _rows(self) -> Sequence[tuple[str, object]]:
        return (
            ("estimate", self.estimate),
            ("observed", self.observed),
            ("expected", self.expected),
            ("standard error", self.standard_error),
            ("units", self.n_units),
            ("coders", self.n_coders),
            ("note", self.note),
        )


_KINDS = {
    "percentile": "bootstrap",
    "bca": "bootstrap (bias-corrected and accelerated)",
    "pairs": "Krippendorff's bootstrap of pairs (too narrow)",
}
