"""What every coefficient of agreement has: the estimate, its parts, and intervals by one mechanism."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, Protocol

import attrs
import numpy as np

from expertsys._core import references
from expertsys._core.errors import DataError, check_between, check_choice
from expertsys._core.resampling import Bootstrap, jackknife_weights, multinomial_weights
from expertsys._core.results import Interval, Result, number, percent
from expertsys.agreement.ratings.profiles import Floats, Ints

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

Method = Bootstrap | Literal["bootstrap", "analytic", "jackknife"]

#: More undefined replicates than this share, and the interval is undefined too.
MOST_UNDEFINED = 0.1
#: A jackknife over more distinct profiles than this would take hours.
MOST_JACKKNIFE = 20_000


@attrs.frozen(eq=False)
class Values:
    """A coefficient for each row of weights: shape (B,) each, NaN where undefined."""

    estimate: Floats
    observed: Floats
    expected: Floats


class Kernel(Protocol):
    """A coefficient as a function of weights over profiles."""

    @property
    def counts(self) -> Ints:
        """Units per profile, shape (P,)."""
        ...

    @property
    def width(self) -> int:
        """Numbers held for each row of weights, beside the weights."""
        ...

    def evaluate(self, weights: Floats) -> Values:
        """Weights of shape (B, P) to B values."""
        ...

    def linearised(self) -> Floats | None:
        """The estimate's linear part for a unit of each profile, shape (P,), or None where the literature has none.

        Its mean over units is the estimate (up to terms that vanish with n), its variance over n the sampling variance.
        """
        ...


def ratio(observed: Floats, expected: Floats) -> Floats:
    """Agreement beyond chance, (observed − expected) / (1 − expected); NaN where chance alone gives full agreement."""
    room = 1 - expected
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(room > 1e-12, (observed - expected) / room, np.nan)


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
        agreements for the others ((observed − expected) / (1 − expected)).
    n_units : int
        Units that entered.
    n_coders : int
        Coders with at least one rating of such a unit.
    level : str
        Level of measurement or distance; empty where there is none.
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

    @property
    def standard_error(self) -> float:
        """Analytic standard error over units (linearisation); NaN where there is none."""
        counts = self._kernel.counts
        n = int(counts.sum())
        linear = None if n < 2 or np.isnan(self.estimate) else self._kernel.linearised()
        if linear is None:
            return float("nan")
        mean = float(linear @ counts) / n
        return float(np.sqrt(counts @ (linear - mean) ** 2 / (n * (n - 1))))

    def interval(self, confidence: float = 0.95, method: Method = Bootstrap(replicates=1000, rng=0)) -> Interval:  # noqa: B008  # frozen
        """An interval for the estimate.

        Parameters
        ----------
        confidence : float
            Nominal coverage.
        method : Bootstrap, "bootstrap", "analytic" or "jackknife"
            Percentile bootstrap over units (the default, seeded); the analytic standard error, or the jackknife's, with
            t on n − 1 degrees of freedom. Ends are not cut at 1.

        Returns
        -------
        Interval
            NaN with a note where more than a tenth of the replicates are undefined.
        """
        check_between("confidence", confidence, 0, 1)
        if isinstance(method, str):
            check_choice("method", method, ("bootstrap", "analytic", "jackknife"))
        if method == "bootstrap":
            method = Bootstrap()
        if isinstance(method, Bootstrap):
            return self._bootstrapped(confidence, method)
        return self._symmetric(confidence, method)

    def _bootstrapped(self, confidence: float, method: Bootstrap) -> Interval:
        words = f"bootstrap over units, {method.replicates:,} replicates"
        if np.isnan(self.estimate):
            return Interval(float("nan"), float("nan"), confidence, words, self.note)
        drawn = self.replicates(method)
        undefined = int(np.isnan(drawn).sum())
        note = f"{undefined} of {method.replicates} replicates undefined and left out" if undefined else ""
        if undefined > MOST_UNDEFINED * method.replicates:
            return Interval(float("nan"), float("nan"), confidence, words, f"{note}: too many for an interval")
        tail = (1 - confidence) / 2
        low, high = np.nanquantile(drawn, [tail, 1 - tail])
        return Interval(float(low), float(high), confidence, words, note)

    def replicates(self, method: Bootstrap = Bootstrap(replicates=1000, rng=0)) -> Floats:  # noqa: B008  # frozen
        """The bootstrap's estimates, shape (replicates,), NaN where undefined."""
        kernel = self._kernel
        blocks = multinomial_weights(kernel.counts, method.replicates, method.rng, width=kernel.width)
        return np.concatenate([kernel.evaluate(weights).estimate for weights in blocks])

    def _symmetric(self, confidence: float, method: str) -> Interval:
        from scipy.stats import t

        n = int(self._kernel.counts.sum())
        error = self.standard_error if method == "analytic" else self._jackknife_error()
        words = f"{method} standard error, t with {n - 1:,} degrees of freedom"
        note = self.note if np.isnan(self.estimate) else ""
        if np.isnan(error):
            note = note or f"no {method} standard error"
            return Interval(float("nan"), float("nan"), confidence, words, note)
        reach = float(t.ppf((1 + confidence) / 2, n - 1)) * error
        return Interval(self.estimate - reach, self.estimate + reach, confidence, words, note)

    def _jackknife_error(self) -> float:
        counts = self._kernel.counts
        n = int(counts.sum())
        if len(counts) > MOST_JACKKNIFE:
            raise DataError(
                f"a jackknife over {len(counts):,} distinct profiles would take too long",
                place="method",
                remedy="Choose method='analytic' or a Bootstrap.",
            )
        if n < 2:
            return float("nan")
        blocks = jackknife_weights(counts, width=self._kernel.width)
        left_out = np.concatenate([self._kernel.evaluate(weights).estimate for weights in blocks])
        mean = float(left_out @ counts) / n
        # Efron & Tibshirani 1993, eq. 11.5, each profile standing for `counts` units
        return float(np.sqrt((n - 1) / n * (counts @ (left_out - mean) ** 2)))

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
