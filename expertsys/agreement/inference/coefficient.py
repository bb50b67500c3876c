"""What every coefficient of agreement has: the estimate, its parts, and intervals by one mechanism."""

from __future__ import annotations

from collections.abc import Callable
from typing import Self

import attrs
import numpy as np

from expertsys._core import references
from expertsys._core.errors import DataError, check_between
from expertsys._core.results import Interval
from expertsys._core.rng import RNG
from expertsys.agreement.inference import benchmarks, intervals, permutation, variances
from expertsys.agreement.inference import words as wording
from expertsys.agreement.inference.estimate import Estimate
from expertsys.agreement.inference.kernel import Kernel, Values
from expertsys.agreement.inference.methods import (
    Analytic,
    Bootstrap,
    Chosen,
    Jackknife,
    Method,
    Wilson,
    default,
    resolve,
)
from expertsys.agreement.inference.sampling import MOST_LEFT_OUT, Sampling
from expertsys.agreement.ratings import Ratings
from expertsys.agreement.ratings.profiles import Clusters, Floats

#: With fewer draws, linearised variances are too small, and tests take the jackknife's.
FEW_DRAWS = 100


@attrs.frozen(eq=False, repr=False)
class Coefficient(Estimate):
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

    _COUNTED = ("n_units", "n_coders")

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
    _words: wording.Words
    _own_interval: Callable[[float], Interval] | None = None
    _share: bool = False

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
        words: wording.Words = wording.Words(),  # noqa: B008  # frozen
        n_units: int | None = None,
        level: str = "",
        own_interval: Callable[[float], Interval] | None = None,
        share: bool = False,
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
        words : Words
            For a methods section.
        n_units : int, optional
            By default the units that two coders rated.
        own_interval : callable, optional
            The analytic interval over units for a confidence, where the literature has one in place of t.
        share : bool
            Whether it is a share of units or decisions, for which there is Wilson's interval.
        """
        found = kernel.evaluate(kernel.counts[None, :].astype(np.float64))
        estimate = float(found.estimate[0])
        n_units = ratings.n_pairable if n_units is None else n_units
        known = not np.isnan(estimate)
        alone = wording.alone(words, ratings.n_units - n_units, ratings.n_units) if known else ""
        over = Sampling.of(kernel.counts, ratings.clusters, kernel.origin)
        told = (ratings.note, intervals.caution(ratings) if known else why(found), alone, over.note if known else "")
        return cls(
            name,
            estimate,
            float(found.observed[0]),
            float(found.expected[0]),
            n_units,
            ratings.n_coders,
            level,
            "; ".join(note for note in told if note),
            sources,
            kernel,
            ratings,
            refit,
            words,
            own_interval,
            share,
        )

    @property
    def standard_error(self) -> float:
        """Analytic standard error over units, or over clusters where the ratings have them; NaN where there is none."""
        return float(np.sqrt(self._variance_over_units(None)))

    def interval(self, confidence: float = 0.95, method: Method | None = None) -> Interval:
        """An interval for the estimate.

        Parameters
        ----------
        confidence : float
            Nominal coverage.
        method : Bootstrap, Analytic, Jackknife, Wilson, or their names in lower case, optional
            By default Wilson's score interval for shares (percent agreement, specific agreement). For coefficients,
            where the ratings have clusters, the jackknife over clusters with t on the scale of Fisher's z; else the
            percentile bootstrap over units (seeded). A name stands for the object with its defaults. Where the ratings
            have clusters, every method draws, linearises or leaves out whole clusters.

        Returns
        -------
        Interval
            NaN with a note where the data cannot give one: where more than a tenth of the replicates are undefined, or
            where coders agree on all units, so that nothing varies (a share has an interval then too). No end lies
            above 1.
        """
        check_between("confidence", confidence, 0, 1)
        chosen = self._chosen(method)
        if isinstance(chosen, Bootstrap):
            return self._bootstrapped(confidence, chosen)
        if isinstance(chosen, Wilson):
            return self._by_score(confidence)
        note = self.note if np.isnan(self.estimate) else ""
        freedom: float = self._sampling.n - 1
        if isinstance(chosen, Jackknife):
            over = self._sampling.grouped
            freedom, words = over.n - 1, f"jackknife standard error over {over.what}"
            variance = variances.left_out(self._kernel, over)
            if np.isnan(variance) and over.n > 1:
                note = note or intervals.ONE_DECIDES.format(what=over.what)
            finite = variances.unseen(chosen.population, self.n_units, "population")
            variance *= finite
        elif chosen == Analytic() and self._own_interval is not None and self._sampling.what == "units":
            own = self._own_interval(confidence)
            if own.high - own.low < intervals.ROUNDING:
                return intervals.undefined(confidence, own.method, note or own.note or self._unvaried)
            return attrs.evolve(own, note=note or own.note)
        else:
            variance, freedom, words = self._analytic(chosen)
            finite = variances.unseen(chosen.population, self.n_units, "population")
            note = note or (self._single if chosen.over != "coders" else "")
        if finite == 0 and variance == 0:  # every unit of the population was seen
            return Interval(self.estimate, self.estimate, confidence, words, note)
        scale = chosen.scale if isinstance(chosen, Jackknife) else "linear"
        error = float(np.sqrt(variance))
        return intervals.by_t(
            self.estimate, error, freedom, confidence, words, note, scale=scale, unvaried=self._unvaried, top=1.0
        )

    def _chosen(self, method: Method | None) -> Chosen:
        if method is None:
            return default(clustered=self._sampling.table is not None, share=self._share)
        return resolve(method)

    @property
    def _unvaried(self) -> str:
        """Why there is no interval where nothing varies."""
        if self.estimate < 1 - intervals.ROUNDING:
            return intervals.NO_VARIATION
        also = "method='wilson' gives one" if self._share else "percent_agreement has one"
        return (
            f"coders agree on all {self.n_units:,} units, so the data cannot say how far below 1 the coefficient may "
            f"lie: no interval can be given ({also})"
        )

    def _by_score(self, confidence: float) -> Interval:
        """Wilson's interval with as many trials as the share's variance is worth."""
        from scipy.special import ndtri, stdtrit

        if not self._share:
            raise DataError(
                f"Wilson's interval is for shares, and {self.name} is none",
                place="interval(method='wilson')",
                remedy="Leave method out, or choose 'bootstrap', 'analytic' or 'jackknife'.",
            )
        over, p = self._sampling, self.estimate
        words = f"Wilson's score interval over {over.what}"
        tail = (1 + confidence) / 2
        if np.isnan(p):
            return intervals.undefined(confidence, words, self.note)
        units = Sampling(self._kernel.counts, None, "units")
        size, quantile = self._trials(units), float(ndtri(tail))
        if over.table is not None:
            if over.n < 2:
                return intervals.undefined(confidence, words, f"one of the {over.what} only")
            size, quantile = min(size, self._trials(over)), float(stdtrit(over.n - 1, tail))
            words = f"{words}, t with {over.n - 1} degrees of freedom"
        low, high = intervals.wilson(p, size, quantile, confidence)
        return Interval(low, high, confidence, words)

    def _trials(self, over: Sampling) -> float:
        """Independent trials that the share is worth: p (1 − p) over its variance (Korn & Graubard 1998, eq. 1)."""
        n, p = self.n_units if over.table is None else over.n, self.estimate
        if p * (1 - p) < intervals.ROUNDING or n < 2:
            return float(n)
        if over.table is None and len(over.counts) > MOST_LEFT_OUT:
            variance = self._variance_over_units(None)
        else:
            variance = variances.left_out(self._kernel, over)
            variance *= (n - 1) / n if over.table is None else 1.0  # of two coders it is then p (1 − p) / n
        return float(p * (1 - p) / variance) if variance > 0 else float(n)

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
        over = self._sampling
        return intervals.from_replicates(
            self.replicates(method),
            confidence,
            words,
            estimate=self.estimate,
            acceleration=skew,
            clusters=None if over.table is None or method.kind == "pairs" else over.n,
            unvaried=self._unvaried,
        )

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
    def _single(self) -> str:
        return wording.alone(self._words, self._ratings.n_units - self.n_units, self._ratings.n_units)

    @property
    def _sampling(self) -> Sampling:
        kernel = self._kernel
        return Sampling.of(kernel.counts, self._ratings.clusters, kernel.origin)

    def _analytic(self, method: Analytic) -> tuple[float, float, str]:
        over_units = self._variance_over_units(method.population)
        freedom = self._sampling.n - 1
        if method.over == "units":
            return over_units, freedom, f"analytic standard error over {self._sampling.what}"
        over_coders, coder_freedom = self._variance_over_coders(method.coder_population)
        if method.over == "coders":
            return over_coders, coder_freedom, "standard error over coders (jackknife)"
        total, together = variances.both(over_units, freedom, over_coders, coder_freedom)
        return total, together, "standard error over units and coders (linearisation and jackknife)"

    def _variance_over_units(self, population: int | None) -> float:
        if np.isnan(self.estimate):
            return float("nan")
        variance = variances.linearised(self._kernel, self._sampling)
        return variance * variances.unseen(population, self.n_units, "population")

    def _variance_of_draws(self) -> float:
        """The sampling variance that tests go by: with clusters or few units the jackknife's, else linearised."""
        over = self._sampling
        if np.isnan(self.estimate) or (over.table is None and over.n >= FEW_DRAWS):
            return self._variance_over_units(None)
        return variances.left_out(self._kernel, over)

    def _variance_over_coders(self, population: int | None) -> tuple[float, float]:
        coders = self._ratings.coders
        size = len(coders)
        if size < 3:
            raise DataError(
                f"a standard error over coders leaves each out in turn, which takes three; there are {size}",
                place="Analytic(over=...)",
                remedy="Choose over='units'.",
            )
        variance = variances.over_coders(np.array([self.without(coder).estimate for coder in coders]))
        return variance * variances.unseen(population, size, "coder_population"), size - 1

    def without(self, coder: str) -> Coefficient:
        """The same coefficient without one of the coders."""
        return self._refit(self._ratings.without(coder))

    def benchmark(
        self,
        *,
        scale: benchmarks.Scale,
        method: Bootstrap = Bootstrap(replicates=1000, rng=0),  # noqa: B008  # frozen
        certainty: float = 0.95,
    ) -> benchmarks.Benchmark:
        """Where on a benchmark scale the coefficient may lie, in place of a bare verdict.

        Parameters
        ----------
        scale : {"landis-koch", "altman", "fleiss", "krippendorff"}
            Whose bands. There is no default: all are conventions, and they differ.
        method : Bootstrap
            Whose replicates are sorted into the bands.
        certainty : float
            What the cumulative probability must exceed in Gwet's rule.

        Returns
        -------
        Benchmark
            For each band, from the highest, the share of replicates in it, and the probability and cumulative
            probability of Gwet's rule; `band` is the highest whose cumulative probability exceeds `certainty`, empty
            with a note where the standard error is undefined.

        Notes
        -----
        Neither column is the probability that the true coefficient lies in a band (there is no prior): the first tells
        how resampled units scatter, the second how a normal error of the estimate's standard error would (Gwet 2021,
        ch. 6), cut to −1 to 1.

        References
        ----------
        Gwet KL. Handbook of Inter-Rater Reliability. Vol. 1. 5th ed. AgreeStat Analytics, 2021, ch. 6.

        Examples
        --------
        >>> from expertsys.agreement import gwet_ac
        >>> ratings = Ratings.from_array([list("aabbabba") * 5, list("aabbabbb") * 5], coders="rows")
        >>> gwet_ac(ratings).benchmark(scale="altman").band
        'moderate'

        The estimate, 0.75, is in the band above, but the data do not rule the lower one out.
        """
        drawn = self.replicates(method) if not np.isnan(self.estimate) else np.empty(0)
        return benchmarks.placed(
            self.name, self.estimate, self.standard_error, drawn, scale=scale, certainty=certainty, note=self.note
        )

    def permutation_test(self, *, permutations: int = 999, rng: RNG = 0) -> permutation.PermutationTest:
        """Whether agreement is above chance: each coder's ratings dealt anew to the units that they rated.

        Parameters
        ----------
        permutations : int
            Deals.
        rng : None, int or numpy.random.Generator
            For the deals.

        Returns
        -------
        PermutationTest
            `p_value` is (1 + deals that reach the estimate) / (1 + deals); NaN with a note where it is undefined.

        Notes
        -----
        Each coder keeps their habits (how often they gave each category) and loses the units: what is left is agreement
        by chance. Where units have clusters, the ratings that a coder gave in one cluster stay together: the clusters
        of each coder are dealt anew, and the units within them. Where there are too many coders to know who gave which
        rating, all ratings are dealt. A small p says that coders do not guess, no more: it is easily had, and no
        measure of how well they agree.

        References
        ----------
        Phipson B, Smyth GK. Permutation p-values should never be zero. Stat Appl Genet Mol Biol 2010;9:39.
        doi:10.2202/1544-6115.1585

        Examples
        --------
        >>> from expertsys.agreement import cohen_kappa
        >>> ratings = Ratings.from_array([list("aabbabba"), list("aabbabbb")], coders="rows")
        >>> cohen_kappa(ratings).permutation_test().p_value < 0.1
        True
        """

        def again(dealt: Ratings) -> tuple[Kernel, Clusters]:
            made = self._refit(dealt)
            return made._kernel, made._ratings.require_clusters("a permutation test")

        return permutation.tested(
            self.name, self.estimate, self._ratings, again, permutations=permutations, rng=rng, note=self.note
        )

    def methods_text(self, confidence: float = 0.95, method: Method | None = None) -> str:
        """A paragraph for a methods section: which coefficient, why, on what, and the interval of `interval`."""
        if np.isnan(self.estimate):
            scale = f" ({self.level})" if self.level else ""
            return f"{self.name}{scale} could not be determined: {self.note}."
        interval, single = self.interval(confidence, method), self._ratings.n_units - self.n_units
        return wording.paragraph(
            self.name, self.level, self._words, self.estimate, interval, self.n_units, single, self.n_coders
        )

    def cite(self, method: Method | None = None) -> tuple[str, ...]:
        """The references behind the coefficient and behind an interval by this method, the default one if not given."""
        clustered, chosen = self._sampling.what != "units", self._chosen(method)
        own = ("gwet2021",) if clustered or chosen != Analytic() else self._words.own
        behind = wording.sources(chosen, clustered, own)
        return references.cite(dict.fromkeys((*self.sources, *behind)))


_KINDS = {
    "percentile": "bootstrap",
    "bca": "bootstrap (bias-corrected and accelerated)",
    "pairs": "Krippendorff's bootstrap of pairs (too narrow)",
}
