"""The difference of two coefficients, on the same units or on different ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import attrs
import numpy as np
from scipy import sparse

from expertsys._core import references
from expertsys._core.errors import DataError, check_between, check_choice, counted
from expertsys._core.results import Interval, Result, number, percent, probability
from expertsys._core.rng import generator
from expertsys.agreement.inference import intervals
from expertsys.agreement.inference.coefficient import FEW_DRAWS, Coefficient
from expertsys.agreement.inference.methods import Analytic, Bootstrap, Jackknife, Method, Wilson, resolve
from expertsys.agreement.inference.sampling import Sampling
from expertsys.agreement.ratings.profiles import Floats, Ints, through

if TYPE_CHECKING:
    import pandas as pd

Units = Literal["same", "different"]


@attrs.frozen(eq=False, repr=False)
class Comparison(Result):
    """The difference of two coefficients and its test.

    Attributes
    ----------
    first, second : Coefficient
        What is compared.
    difference : float
        The first less the second; NaN where one is undefined.
    standard_error : float
        Of the difference, by linearisation.
    statistic, freedom, p_value : float
        Difference over standard error, its degrees of freedom, and the two-sided p by t.
    units : {"same", "different"}
        Whether both are of the same units.
    n_units : int
        Units (or clusters) that the difference rests on, of both together.
    method : str
        The test, in words.
    note : str
        What a reader must know; empty where there is nothing.
    """

    first: Coefficient
    second: Coefficient
    difference: float
    standard_error: float
    statistic: float
    freedom: float
    p_value: float
    units: Units
    n_units: int
    method: str
    note: str
    _joint: Sampling | None

    def interval(self, confidence: float = 0.95, method: Method | None = None) -> Interval:
        """An interval for the difference.

        Parameters
        ----------
        confidence : float
            Nominal coverage.
        method : Bootstrap, Analytic, "bootstrap" or "analytic", optional
            Percentile bootstrap (units drawn for both coefficients together where they are the same, else for each by
            itself), or t with the standard error of the test. By default the latter where units have clusters or are
            fewer than 100, else the bootstrap.
        """
        check_between("confidence", confidence, 0, 1)
        chosen = (Analytic() if self._small else Bootstrap()) if method is None else resolve(method)
        if isinstance(chosen, Jackknife | Wilson) or (isinstance(chosen, Bootstrap) and chosen.kind != "percentile"):
            raise DataError(
                f"an interval for a difference is a percentile bootstrap or analytic, not {method!r}",
                place="Comparison.interval",
                remedy="Give method=Bootstrap(replicates=1000, rng=0) or 'analytic'.",
            )
        if isinstance(chosen, Analytic):
            if chosen != Analytic():
                raise DataError(
                    "the standard error of a difference is over units without end", place="Comparison.interval"
                )
            kind = "jackknife" if self._small else "analytic"
            words = f"{kind} standard error of the difference, {self._sampled}"
            return intervals.by_t(
                self.difference, self.standard_error, self.freedom, confidence, words, self._undefined
            )
        paired = "paired " if self.units == "same" else ""
        words = f"{paired}bootstrap over {self._sampled}, {chosen.replicates:,} replicates"
        if np.isnan(self.difference):
            return intervals.undefined(confidence, words, self._undefined)
        clustered = self._joint is not None and self._joint.table is not None and self._joint.what != "units"
        return intervals.from_replicates(
            self.replicates(chosen),
            confidence,
            words,
            estimate=self.difference,
            clusters=self.n_units if clustered else None,
        )

    def replicates(self, method: Bootstrap = Bootstrap(replicates=1000, rng=0)) -> Floats:  # noqa: B008  # frozen
        """The bootstrap's differences, shape (replicates,), NaN where one of the two is undefined."""
        kernels = self.first._kernel, self.second._kernel
        if self._joint is None:
            once = attrs.evolve(method, rng=generator(method.rng))  # one stream, so that the draws are independent
            return self.first.replicates(once) - self.second.replicates(once)
        width = kernels[0].width + kernels[1].width
        found, size = [], len(kernels[0].counts)
        for weights in self._joint.drawn(method.replicates, method.rng, width=width):
            parts = weights[:, :size], weights[:, size:]
            estimates = [kernel.evaluate(part).estimate for kernel, part in zip(kernels, parts, strict=True)]
            found.append(estimates[0] - estimates[1])
        return np.concatenate(found)

    def methods_text(self, confidence: float = 0.95, method: Method | None = None) -> str:
        """A paragraph for a methods section, with the figures."""
        a, b = (f"{one.name} ({one.level})" if one.level else one.name for one in (self.first, self.second))
        told = f"{a} ({number(self.first.estimate)}) and {b} ({number(self.second.estimate)})"
        if np.isnan(self.difference):
            return f"{told} could not be compared: {self.note}."
        ends = self.interval(confidence, method)
        on = f"the same {self.n_units:,} {self._sampled}" if self.units == "same" else f"different {self._sampled}"
        return (
            f"{told}, on {on}, differ by {number(self.difference)} ({percent(confidence)} interval "
            f"{number(ends.low)} to {number(ends.high)}, {ends.method}). That they are equal was tested by "
            f"{self.method} (t = {number(self.statistic, 2)} with {self.freedom:,.4g} degrees of freedom, "
            f"{probability(self.p_value, name='p')})."
        )

    def cite(self) -> tuple[str, ...]:
        """The references behind both coefficients, the test and the default interval."""
        test = ("gwet2016",) if self.units == "same" else ("gwet2021",)
        return references.cite((*self.first.sources, *self.second.sources, *test, "efron1993"))

    def to_frame(self) -> pd.DataFrame:
        """One row: both estimates, the difference, its standard error and its test."""
        import pandas as pd

        row = {
            "first": self.first.estimate,
            "second": self.second.estimate,
            "difference": self.difference,
            "standard_error": self.standard_error,
            "statistic": self.statistic,
            "freedom": self.freedom,
            "p_value": self.p_value,
            "units": self.units,
            "n_units": self.n_units,
            "note": self.note,
        }
        index = pd.Index([f"{self.first.name} − {self.second.name}"], name="comparison")
        return pd.DataFrame([row], index=index).rename_axis(columns="column")

    @property
    def _small(self) -> bool:
        """Whether the standard error is the jackknife's, as with clusters and with few units."""
        parts = [self._joint] if self._joint is not None else [one._sampling for one in self._both]
        return any(needs_jackknife(part) for part in parts)

    @property
    def _sampled(self) -> str:
        kinds = dict.fromkeys([self._joint.what] if self._joint else [one._sampling.what for one in self._both])
        return " and ".join(kinds)

    @property
    def _both(self) -> tuple[Coefficient, Coefficient]:
        return self.first, self.second

    @property
    def _undefined(self) -> str:
        return self.note if np.isnan(self.difference) else ""

    def _title(self) -> str:
        return f"{self.first.name} less {self.second.name}, {self.units} units"

    def _rows(self) -> tuple[tuple[str, object], ...]:
        return (
            ("first", self.first.estimate),
            ("second", self.second.estimate),
            ("difference", self.difference),
            ("standard error", self.standard_error),
            ("t", self.statistic),
            ("freedom", self.freedom),
            ("p value", probability(self.p_value)),
            ("test", self.method),
            ("note", self.note),
        )


def compare(a: Coefficient, b: Coefficient, *, units: Units) -> Comparison:
    """Whether two coefficients differ by more than the draw of their units.

    Parameters
    ----------
    a, b : Coefficient
        Two coefficients of the same ratings; or of the same units rated by others, before and after a training, or by
        a machine, of two pairs of coders of the same ratings; or of different units. Units of different ratings are
        paired by name, or by the name of their cluster where they have one.
    units : {"same", "different"}
        Which of these. There is no default: the same units taken for different ones give a standard error that is too
        large, different ones taken for the same cannot be paired.

    Returns
    -------
    Comparison
        `difference` and `p_value`; `interval()` for the difference. NaN with a note where one is undefined.

    Raises
    ------
    DataError
        Where the units are to be the same and are not known by name, or have no name in common; or are to be different
        and are the same ratings.

    Notes
    -----
    On the same units: both coefficients are linearised, and the differences unit by unit go into a paired t test (Gwet
    2016). Units that only one of the two has count for that one, and the note says how many. On different units: the
    difference over the root of the two variances' sum, with the degrees of freedom of Welch and Satterthwaite. In
    Stata: ``kappaetc, ttest``. Where units have clusters, or are fewer than 100, the variances are the jackknife's,
    each cluster or unit left out in turn: linearised ones are too small there.

    References
    ----------
    Gwet KL. Testing the difference of correlated agreement coefficients for statistical significance. Educ Psychol Meas
    2016;76:609–637. doi:10.1177/0013164415596420

    Examples
    --------
    >>> from expertsys.agreement import Ratings, percent_agreement
    >>> first = Ratings.from_array([list("aabbabbaab"), list("abbaabbbab")], coders="rows", cluster=range(10))
    >>> second = Ratings.from_array([list("aabbabbaab"), list("aabbabbbab")], coders="rows", cluster=range(10))
    >>> found = compare(percent_agreement(second), percent_agreement(first), units="same")
    >>> round(found.difference, 2), round(found.p_value, 2)
    (0.2, 0.17)

    After the training the coders agree on two more units of ten, which chance would give too often to build on.
    """
    check_choice("units", units, ("same", "different"))
    why = "; ".join(f"{one.name}: {one.note}" for one in (a, b) if np.isnan(one.estimate))
    widened = "" if why else "; ".join(dict.fromkeys(one._single for one in (a, b) if one._single))
    if units == "different":
        return _apart(a, b, why or widened)
    joint, alone, cut = _together(a, b)
    notes = [why or widened, f"{alone} {joint.what} with only one of the two" if alone else ""]
    error, freedom = float("nan"), float(joint.n - 1)
    small = needs_jackknife(joint)
    if small and not why and joint.n > 1:
        error, freedom = _left_out(a, b, joint, cut)
        if np.isnan(error):
            notes.append(intervals.ONE_DECIDES.format(what=joint.what).replace("interval", "test"))
    elif not why and joint.n > 1:
        linear = [one._kernel.linearised() for one in (a, b)]
        if linear[0] is not None and linear[1] is not None:
            change = _influence(linear[0], a._kernel.counts, joint, slice(0, cut))
            change -= _influence(linear[1], b._kernel.counts, joint, slice(cut, None))
            error = float(np.sqrt(joint.variance(change)))
    kind = "paired t test with the jackknife's standard error" if small else "Gwet's linearised t test"
    words = f"{kind} for correlated coefficients, {joint.what} paired"
    return _tested(a, b, error, freedom, "same", joint.n, words, notes, joint)


def needs_jackknife(over: Sampling) -> bool:
    """Whether linearised variances over these draws would be too small: with clusters, and with few units."""
    return (over.table is not None and over.what != "units") or over.n < FEW_DRAWS


def _left_out(a: Coefficient, b: Coefficient, joint: Sampling, cut: int) -> tuple[float, float]:
    """The jackknife's standard error of a difference, and its degrees of freedom."""
    over = joint.grouped if joint.what != "units" else joint
    width = a._kernel.width + b._kernel.width
    found = []
    for weights in over.left_out(width=width):
        one = a._kernel.evaluate(weights[:, :cut] if joint.table is not None else weights).estimate
        found.append(one - b._kernel.evaluate(weights[:, cut:] if joint.table is not None else weights).estimate)
    drawn = np.concatenate(found)
    counts = over.counts.astype(np.float64)
    return intervals.Resamples(True, counts, None, "").error(drawn)


def _tested(
    a: Coefficient,
    b: Coefficient,
    error: float,
    freedom: float,
    units: Units,
    n: int,
    words: str,
    notes: list[str],
    joint: Sampling | None,
) -> Comparison:
    from scipy.special import stdtr

    difference = a.estimate - b.estimate
    statistic, p_value = float("nan"), float("nan")
    if error > 1e-12:
        statistic = difference / error
        p_value = float(2 * stdtr(freedom, -abs(statistic)))
    elif error == error:
        notes.append("the difference does not vary over units, so there is no test")
    note = "; ".join(part for part in notes if part)
    return Comparison(a, b, difference, error, statistic, freedom, p_value, units, n, words, note, joint)


def _apart(a: Coefficient, b: Coefficient, why: str) -> Comparison:
    if a._ratings is b._ratings:
        raise DataError(
            "both coefficients are of the same ratings, and their units are to be different",
            place="compare(units=...)",
            remedy="Say units='same'.",
        )
    named = [one._ratings.named for one in (a, b)]
    common = set(named[0].names) & set(named[1].names) if named[0] and named[1] else set()
    if common:
        same = f"{counted(len(common), 'unit')} have the same name in both: if they are the same, say units='same'"
        why = "; ".join(filter(None, (why, same)))
    variance = [one._variance_of_draws() for one in (a, b)]
    sizes = [one._sampling.n for one in (a, b)]
    parts = sum(part**2 / max(size - 1, 1) for part, size in zip(variance, sizes, strict=True))
    freedom = sum(variance) ** 2 / parts if parts > 0 else float(sum(sizes) - 2)  # Satterthwaite 1946
    small = any(needs_jackknife(one._sampling) for one in (a, b))
    words = f"the t test of Welch with {'jackknife' if small else 'linearised'} standard errors"
    return _tested(a, b, float(np.sqrt(sum(variance))), freedom, "different", sum(sizes), words, [why], None)


def _together(a: Coefficient, b: Coefficient) -> tuple[Sampling, int, int]:
    """What is drawn for both, with the units of both in each draw; draws that only one has; where the second begins."""
    sizes = len(a._kernel.counts), len(b._kernel.counts)
    clusters = a._ratings.clusters, b._ratings.clusters
    roots = a._ratings.root, b._ratings.root
    if roots[0][0] is roots[1][0] and clusters[0] is None:  # two parts of the same ratings: paired profile by profile
        base = roots[0][0].base.counts
        origins = [through(root[1], one._kernel.origin) for root, one in zip(roots, (a, b), strict=True)]
        tables = [_chosen(origin, len(base), size) for origin, size in zip(origins, sizes, strict=True)]
        table = sparse.csr_array(sparse.hstack(tables))
        entering = np.asarray(table.sum(axis=1)).ravel() > 0
        single = entering & (np.asarray(table.sum(axis=1)).ravel() < 2)
        alone = 0 if a._ratings is b._ratings else int(base[single].sum())
        return Sampling(base[entering], table[entering], "units"), alone, sizes[0]
    if clusters[0] is None and clusters[1] is None:
        clusters = a._ratings.named, b._ratings.named
    if clusters[0] is None or clusters[1] is None:
        raise DataError(
            "the coefficients are of different ratings, whose units have no names to pair them by",
            place="compare(units='same')",
            remedy="Make both ratings alike from tables with names of units (from_long, from_wide, from_study), or "
            "give cluster= when making them (from_array: cluster=range(n_units)).",
        )
    names = [list(one.names) for one in clusters if one is not None]
    shared = set(names[0]) & set(names[1])
    if not shared:
        raise DataError(
            f"no unit of the one is a unit of the other: {names[0][0]!r} and {names[1][0]!r}, for example",
            place="compare(units='same')",
            remedy="Name units alike in both, or say units='different'.",
        )
    place = {name: row for row, name in enumerate(dict.fromkeys([*names[0], *names[1]]))}
    tables = []
    for one, cluster, own, size in zip((a, b), clusters, names, sizes, strict=True):
        cells = sparse.coo_array(cluster.over(one._kernel.origin, size))  # type: ignore[union-attr]
        rows = np.array([place[name] for name in own], dtype=np.int64)[cells.row]
        tables.append(sparse.csr_array((cells.data, (rows, cells.col)), shape=(len(place), size)))
    holding = [np.asarray(table.sum(axis=1)).ravel() for table in tables]
    kept = (holding[0] > 0) | (holding[1] > 0)
    together = sparse.csr_array(sparse.hstack(tables))[kept]
    alone = int(((holding[0] > 0) != (holding[1] > 0)).sum())
    most = max(part.max(initial=0) for part in holding)
    what = "units" if most <= 1 else f"clusters ({clusters[0].by})"
    return Sampling(np.ones(int(kept.sum()), dtype=np.int64), together, what), alone, sizes[0]


def _chosen(origin: Ints | None, base: int, size: int) -> sparse.csr_array:
    """For each base profile, the profile of the coefficient that its units have."""
    origin = np.arange(base) if origin is None else origin
    kept = np.flatnonzero(origin >= 0)
    return sparse.csr_array((np.ones(len(kept)), (kept, origin[kept])), shape=(base, size))


def _influence(linear: Floats, counts: Ints, joint: Sampling, columns: slice) -> Floats:
    """What each draw adds to a coefficient less its mean, from the draws' units of that coefficient."""
    table = joint.table
    part = attrs.evolve(joint, table=None if table is None else table[:, columns])
    return part.influence(linear, counts)
