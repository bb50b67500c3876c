"""Does agreement change from batch to batch."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np
import pandas as pd
from scipy.special import fdtrc, stdtrit

from expertsys._core import references
from expertsys._core.errors import check_between, check_positive, listing
from expertsys._core.results import TableResult, number, probability
from expertsys._core.rng import RNG, generator
from expertsys.agreement.diagnosis import choice, groups
from expertsys.agreement.diagnosis.batches import in_order, items
from expertsys.agreement.diagnosis.categories import prevalence
from expertsys.agreement.diagnosis.variants import within
from expertsys.agreement.inference.coefficient import Coefficient
from expertsys.agreement.inference.methods import Bootstrap, Method, default, resolve
from expertsys.agreement.ratings import Ratings
from expertsys.agreement.ratings.profiles import Floats, Ints

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from expertsys.study import Study

#: Fewer units or clusters than this in a batch, and Welch's test is rough.
FEW_IN_BATCH = 5
#: A batch's variance is taken to be at least this share of what it would be if all batches had the same.
LEAST = 0.01
#: Variances below this are rounding.
ROUNDING = 1e-12

COLUMNS = (
    "estimate",
    "low",
    "high",
    "change",
    "change_low",
    "change_high",
    "n_units",
    "n_coders",
    "prevalence",
    "note",
)


@attrs.frozen(eq=False, repr=False)
class Drift(TableResult):
    """A coefficient batch by batch, and whether the batches differ by more than the draw of their units.

    Attributes
    ----------
    coefficient : str
        Which one, as the literature calls it.
    spread : float
        Mean squared distance of the batches from their mean, each weighed by its units.
    p_value : float
        How often the batches differ as much when units (or clusters) are dealt to them at random, each batch weighed by
        its own variance. It asks whether the batches are alike in every respect, how often the codes occur included.
    homogeneity, freedom, freedom_within, p_homogeneity : float, int, float, float
        Welch's F for equal coefficients, its two degrees of freedom and its p. It asks about the coefficient alone; NaN
        where a batch has no standard error.
    permutations : int
        Deals that the p value comes from.
    dealt : str
        What was dealt.
    confidence : float
        Of the intervals.
    note : str
        What a reader must know; empty where there is nothing.
    """

    coefficient: str
    spread: float
    p_value: float
    homogeneity: float
    freedom: int
    freedom_within: float
    p_homogeneity: float
    permutations: int
    dealt: str
    confidence: float
    note: str
    _table: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """One row per batch, in order; index ``batch``, columns see `drift`."""
        return self._table.copy()

    def plot(self, ax: Axes | None = None) -> Axes:
        """The batches with their intervals."""
        from expertsys import plot

        return plot.forest(self.to_frame(), ax=ax)

    def methods_text(self) -> str:
        """A paragraph for a methods section, with the figures."""
        known = self._table.dropna(subset=["estimate"])
        told = f"{self.coefficient} was computed for {len(self._table)} batches"
        if len(known) < 2:
            return f"{told}; it could be determined for {len(known)} of them."
        low, high = known["estimate"].min(), known["estimate"].max()
        text = (
            f"{told} and lay between {number(float(low))} and {number(float(high))}. That batches differ by chance was "
            f"tested by dealing {self.dealt} to batches at random ({self.permutations:,} deals; "
            f"{probability(self.p_value, name='p')})"
        )
        if np.isnan(self.p_homogeneity):
            return f"{text}."
        return (
            f"{text}, and that the coefficients are equal by Welch's test with standard errors over {self.dealt} "
            f"(F = {number(self.homogeneity, 2)} with {self.freedom} and {number(self.freedom_within, 1)} degrees of "
            f"freedom; {probability(self.p_homogeneity, name='p')})."
        )

    def cite(self) -> tuple[str, ...]:
        """The references behind the tests."""
        return references.cite(("welch1951", "chung2013", "phipson2010", "efron1993"))

    def _title(self) -> str:
        tests = f"{probability(self.p_value, name='p')} by {self.permutations:,} deals of {self.dealt}"
        if not np.isnan(self.p_homogeneity):
            tests += (
                f"; Welch's F for equal coefficients {number(self.homogeneity, 2)} with {self.freedom} and "
                f"{number(self.freedom_within, 1)} degrees of freedom, {probability(self.p_homogeneity, name='p')}"
            )
        note = f"\n  note: {self.note}" if self.note else ""
        return f"{self.coefficient} over {len(self._table)} batches: {tests}{note}"


def drift(
    data: Study | Ratings,
    *,
    by: groups.By | None = None,
    order: Sequence[Hashable] | None = None,
    batches: int | None = None,
    code: str | None = None,
    coefficient: str | choice.Function = "krippendorff_alpha",
    cluster: str | None = None,
    confidence: float = 0.95,
    method: Method | None = None,
    permutations: int = 999,
    rng: RNG = 0,
) -> Drift:
    """Whether agreement changes over time: the coefficient batch by batch, with two tests that all are alike.

    Parameters
    ----------
    data : Study or Ratings
        A study with units and one round of coding; or ratings whose clusters are the batches, or whose units have
        names, with `by` to say which batch each is in. For rounds of coding there is `change_between_rounds`.
    by : str, mapping or Series
        Column of the study's units, documents, cases or participants, such as ``"date"``, ``"question"`` or
        ``"batch"``, or a mapping from units or documents to batches, such as the week in which each was coded. A unit
        without a batch is left out. ``"date"`` is the documents' date; where they have none, the day on which each was
        coded last.
    order : sequence, optional
        The batches in order; by default dates by time, numbers by size and text by alphabet, with the numbers in it by
        size. Dates that cannot be put in order are refused.
    batches : int, optional
        Join neighbours until so many are left, with about equally many units.
    code, coefficient, cluster
        See `coder_matrix`. Whole clusters are dealt and drawn: by default the coarser of document and participant that
        holds several units and lies within batches, ``study.cluster_level(batches)``.
    confidence : float
        Nominal coverage.
    method : Bootstrap, Analytic, Jackknife or their names in lower case, optional
        See `Coefficient.interval`.
    permutations : int
        Deals of units to batches.
    rng : None, int or numpy.random.Generator
        For the deals.

    Returns
    -------
    Drift
        `to_frame()` has a row per batch: ``estimate, low, high``; ``change`` since the first batch whose estimate is
        known, with ``change_low, change_high``; ``n_units``, ``n_coders``, ``prevalence`` (share of readings with the
        code, or with any), ``note``.

    Raises
    ------
    DataError
        For a column that does not exist, fewer than two batches, a document or case in two batches.

    Notes
    -----
    Look at the table and at the changes with their intervals first: with few units a real drift has a large p, with
    many a negligible one has a small p. The spread is Σ n (κ − κ̄)² / Σ n over the batches' n units. Its p is
    (1 + deals in which the batches differ as much) / (1 + deals) (Phipson & Smyth 2010), where the difference is
    Σ (κ − κ̄)² / var κ by linearisation, so that batches whose clusters differ in size are dealt fairly (Chung & Romano
    2013). Welch's (1951) test of equal coefficients takes the jackknife's variances over the clusters of each batch,
    and fewer degrees of freedom where these are few; with fewer than five in a batch it is rough.

    References
    ----------
    Welch BL. On the comparison of several mean values: an alternative approach. Biometrika 1951;38:330–336.
    doi:10.1093/biomet/38.3-4.330

    Chung E, Romano JP. Exact and asymptotically robust permutation tests. Ann Stat 2013;41:484–507.
    doi:10.1214/13-AOS1090

    Phipson B, Smyth GK. Permutation p-values should never be zero. Stat Appl Genet Mol Biol 2010;9:39.
    doi:10.2202/1544-6115.1585

    Examples
    --------
    >>> ann, ben = "xyxyxyxyxyxyxyxy", "xyxyxyxyyxyxyxxy"
    >>> ratings = Ratings.from_array([list(ann), list(ben)], coders="rows", cluster=["May"] * 8 + ["June"] * 8)
    >>> found = drift(ratings, order=["May", "June"])
    >>> found.to_frame()["estimate"].round(2).to_dict()
    {'May': 1.0, 'June': -0.41}
    >>> found.p_value < 0.05
    True

    From May to June agreement is lost, by more than chance would deal.
    """
    check_between("confidence", confidence, 0, 1)
    check_positive("permutations", permutations)
    function = choice.function(coefficient)
    ratings, label = items(data, by, code, cluster)
    whole = function(ratings)
    batch, names = in_order(ratings, label, order, batches, dates=isinstance(by, str) and by == "date")
    parts = [function(within(ratings, np.flatnonzero(batch == place))) for place in range(len(names))]
    table = _table(parts, names, confidence, method)
    estimates = table["estimate"].to_numpy(dtype=np.float64)
    sizes = np.array([part._kernel.counts.sum() for part in parts], dtype=np.float64)
    known = np.flatnonzero(~np.isnan(estimates))
    notes = [ratings.note] if ratings.note else []
    notes += [f"{int((batch < 0).sum())} {_words(ratings)} without a batch left out"] if (batch < 0).any() else []
    if len(known) < len(names):
        unknown = [name for name, estimate in zip(names, estimates, strict=True) if np.isnan(estimate)]
        notes.append(f"undefined, and not tested: {listing(unknown)}")
    spread, dealt = np.nan, np.empty(0)
    if len(known) > 1:
        renumbered = np.full(len(names) + 1, -1)
        renumbered[known] = np.arange(len(known))
        spread = float(_spread(estimates[None, known], sizes[None, known])[0])
        found, dealt = _dealt(whole, ratings, renumbered[batch], permutations, rng)
    tried = dealt[~np.isnan(dealt)]
    if len(known) > 1 and (not len(tried) or np.isnan(found)):
        notes.append("nothing varies within batches, so there is no test by deals")
        tried = tried[:0]
    p_value = float((1 + (tried >= found * (1 - 1e-9)).sum()) / (1 + len(tried))) if len(tried) else np.nan
    draws = np.array([parts[place]._sampling.n for place in known])
    errors = np.sqrt([parts[place]._variance_of_draws() for place in known])
    welch, within_freedom, p_welch = welch_test(estimates[known], errors, draws)
    if np.isnan(p_welch) and len(known) > 1:
        notes.append("a batch without standard error, so no test of equal coefficients")
    elif len(known) > 1 and draws.min() < FEW_IN_BATCH:
        notes.append(f"a batch of only {int(draws.min())} {_words(ratings)}: Welch's test is rough")
    return Drift(
        whole.name,
        spread,
        p_value,
        welch,
        len(known) - 1,
        within_freedom,
        p_welch,
        len(tried),
        _words(ratings),
        confidence,
        "; ".join(notes),
        table,
    )


def _words(ratings: Ratings) -> str:
    by = ratings.require_clusters("drift").by
    return "units" if by == "unit" else f"clusters ({by})"


def _table(
    parts: Sequence[Coefficient], names: Sequence[Hashable], confidence: float, method: Method | None
) -> pd.DataFrame:
    """A row per batch, with the change since the first that is known."""
    if method is None:
        chosen = default(clustered=any(part._sampling.table is not None for part in parts))
    else:
        chosen = resolve(method)
    if isinstance(chosen, Bootstrap):  # batches are independent, so their draws must be
        chosen = attrs.evolve(chosen, rng=generator(chosen.rng))
    known = [place for place, part in enumerate(parts) if not np.isnan(part.estimate)]
    first = parts[known[0]] if known else None
    before = first.replicates(chosen) if first is not None and isinstance(chosen, Bootstrap) else None
    rows: list[tuple[Any, ...]] = []
    for part in parts:
        interval = part.interval(confidence, None if method is None and part._share else chosen)
        change = (np.nan, np.nan, np.nan)
        if first is not None and part is not first and not np.isnan(part.estimate):
            gain = part.estimate - first.estimate
            if before is not None and isinstance(chosen, Bootstrap):
                ends = np.nanquantile(part.replicates(chosen) - before, [(1 - confidence) / 2, (1 + confidence) / 2])
            else:
                variances = np.array([one._variance_of_draws() for one in (part, first)])
                sizes = np.array([one._sampling.n for one in (part, first)])
                with np.errstate(invalid="ignore", divide="ignore"):  # Welch and Satterthwaite
                    freedom = variances.sum() ** 2 / (variances**2 / np.maximum(sizes - 1, 1)).sum()
                ends = gain + np.array([-1, 1]) * stdtrit(freedom, (1 + confidence) / 2) * np.sqrt(variances.sum())
            change = (gain, float(ends[0]), float(ends[1]))
        notes = dict.fromkeys((part.note, interval.note))
        told = "; ".join(note for note in notes if note)
        row = (part.estimate, interval.low, interval.high, *change, part.n_units, part.n_coders)
        rows.append((*row, prevalence(part._ratings), told))
    index = pd.Index(list(names), name="batch")
    table = pd.DataFrame(rows, columns=list(COLUMNS), index=index).rename_axis(columns="column")
    table.attrs.update(coefficient=parts[0].name, confidence=confidence)
    return table


def _spread(estimates: Floats, sizes: Floats) -> Floats:
    """Mean squared distance from the weighted mean: (B, k) to (B,)."""
    total = sizes.sum(axis=1)
    mean = (estimates * sizes).sum(axis=1) / total
    return np.asarray((sizes * (estimates - mean[:, None]) ** 2).sum(axis=1) / total)


def _dealt(whole: Coefficient, ratings: Ratings, batch: Ints, permutations: int, rng: RNG) -> tuple[float, Floats]:
    """How much the batches differ, and when clusters are dealt to batches of as many clusters; NaN where undefined.

    What a cluster adds to the coefficient is known from its linear part over all batches, so a deal takes sums only.
    """
    kernel, draw = whole._kernel, generator(rng)
    linear = kernel.linearised()
    if linear is None:
        return np.nan, np.empty(0)
    size = len(kernel.counts)
    table = ratings.require_clusters("drift").over(kernel.origin, size)[np.flatnonzero(batch >= 0)]
    units = np.asarray(table.sum(axis=1)).ravel()
    entering = np.flatnonzero(units > 0)
    batch, units = batch[batch >= 0][entering], units[entering]
    sums = np.asarray(table[entering] @ linear).ravel()
    n_batches = int(batch.max(initial=-1)) + 1

    def difference(dealt: Ints) -> float:
        total, weight, number = (
            np.bincount(dealt, weights=part, minlength=n_batches) for part in (sums, units, np.ones(len(units)))
        )
        alone = number.min() < 2  # a batch of one cluster has no variance of its own: that of all is taken
        own = np.full(n_batches, sums.sum() / units.sum()) if alone else total / weight
        residual = sums - own[dealt] * units
        square = np.bincount(dealt, weights=residual**2, minlength=n_batches)
        if alone:
            square = np.full(n_batches, float(residual @ residual) / len(units)) * number
        variance = square * number / np.maximum(number - 1, 1) / weight**2
        pooled = float(residual @ residual) / len(units) * number / weight**2
        precision = 1 / np.maximum(np.maximum(variance, LEAST * pooled), ROUNDING)
        mean = float((precision * total / weight).sum() / precision.sum())
        return float((precision * (total / weight - mean) ** 2).sum())

    return difference(batch), np.array([difference(draw.permutation(batch)) for _ in range(permutations)])


def welch_test(estimates: Floats, errors: Floats, draws: Ints) -> tuple[float, float, float]:
    """F for equal coefficients, its degrees of freedom within batches, and p (Welch 1951, eq. 3 to 5)."""
    k = len(estimates)
    if k < 2 or not (errors > ROUNDING).all() or draws.min() < 2:
        return np.nan, np.nan, np.nan
    precision = 1 / errors**2
    share = precision / precision.sum()
    mean = float(share @ estimates)
    left = float(((1 - share) ** 2 / (draws - 1)).sum())
    statistic = float((precision * (estimates - mean) ** 2).sum()) / (k - 1)
    statistic /= 1 + 2 * (k - 2) / (k**2 - 1) * left
    within_freedom = (k**2 - 1) / (3 * left)
    return statistic, within_freedom, float(fdtrc(k - 1, within_freedom, statistic))
