"""Does agreement change from batch to batch."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np
import pandas as pd
from scipy import sparse
from scipy.special import chdtrc, ndtri

from expertsys._core import references
from expertsys._core.errors import check_between, check_positive, listing
from expertsys._core.resampling import BLOCK
from expertsys._core.results import TableResult, number, probability
from expertsys._core.rng import RNG, generator
from expertsys.agreement.diagnosis import choice, groups
from expertsys.agreement.diagnosis.batches import in_order, items
from expertsys.agreement.diagnosis.categories import prevalence
from expertsys.agreement.diagnosis.variants import within
from expertsys.agreement.inference.coefficient import Coefficient
from expertsys.agreement.inference.methods import Bootstrap, Method, resolve
from expertsys.agreement.ratings import Ratings
from expertsys.agreement.ratings.profiles import Floats, Ints

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from expertsys.study import Study

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
        How often as large a spread arises when units (or clusters) are dealt to the batches at random. It asks whether
        the batches are alike in every respect, how often the codes occur included.
    homogeneity, freedom, p_homogeneity : float, int, float
        The chi-square for equal coefficients, its degrees of freedom and its p. It asks about the coefficient alone,
        and takes large batches; NaN where a batch has no standard error.
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
            f"{text}, and that the coefficients are equal by their chi-square for homogeneity "
            f"({number(self.homogeneity, 2)} with {self.freedom} degrees of freedom; "
            f"{probability(self.p_homogeneity, name='p')})."
        )

    def cite(self) -> tuple[str, ...]:
        """The references behind the tests."""
        return references.cite(("fleiss2003", "phipson2010", "efron1993"))

    def _title(self) -> str:
        tests = f"{probability(self.p_value, name='p')} by {self.permutations:,} deals of {self.dealt}"
        if not np.isnan(self.p_homogeneity):
            tests += (
                f"; chi-square for homogeneity {number(self.homogeneity, 2)}, {self.freedom} degrees of freedom, "
                f"{probability(self.p_homogeneity, name='p')}"
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
    method: Method = Bootstrap(replicates=1000, rng=0),  # noqa: B008  # frozen
    permutations: int = 999,
    rng: RNG = 0,
) -> Drift:
    """Whether agreement changes over time: the coefficient batch by batch, with two tests that all are alike.

    Parameters
    ----------
    data : Study or Ratings
        A study with units and one round of coding; or ratings whose clusters are the batches, or units by name
        (``cluster=``) with `by` to say which batch each is in.
    by : str, mapping or Series
        Column of the study's documents, cases or participants, such as ``"date"`` or ``"batch"``, or a mapping from
        units or documents to batches, such as the week in which each was coded. A unit without a batch is left out.
    order : sequence, optional
        The batches in order; by default numbers by size and text by alphabet, with the numbers in it by size, which
        puts dates as 2024-05-31 in order.
    batches : int, optional
        Join neighbours until so many are left, with about equally many units.
    code, coefficient, cluster
        See `coder_matrix`. With a cluster, whole documents or cases are dealt and drawn.
    confidence : float
        Nominal coverage.
    method : Bootstrap, "analytic", "jackknife"
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
    many a negligible one has a small p. The spread is Σ n (κ − κ̄)² / Σ n over the batches' n units, its p (1 + as large
    ones) / (1 + deals) (Phipson & Smyth 2010). The chi-square is Σ (κ − κ̄)² / var κ, κ̄ weighed by 1 / var κ (Fleiss,
    Levin & Paik 2003, ch. 18), with variances by linearisation.

    References
    ----------
    Fleiss JL, Levin B, Paik MC. Statistical Methods for Rates and Proportions. 3rd ed. Wiley, 2003.
    doi:10.1002/0471445428

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
    batch, names = in_order(ratings, label, order, batches)
    parts = [function(within(ratings, np.flatnonzero(batch == place))) for place in range(len(names))]
    table = _table(parts, names, confidence, method)
    estimates = table["estimate"].to_numpy(dtype=np.float64)
    sizes = np.array([part._kernel.counts.sum() for part in parts], dtype=np.float64)
    known = np.flatnonzero(~np.isnan(estimates))
    notes = [f"{int((batch < 0).sum())} {_words(ratings)} without a batch left out"] if (batch < 0).any() else []
    if len(known) < len(names):
        unknown = [name for name, estimate in zip(names, estimates, strict=True) if np.isnan(estimate)]
        notes.append(f"undefined, and not tested: {listing(unknown)}")
    spread, dealt = np.nan, np.empty(0)
    if len(known) > 1:
        renumbered = np.full(len(names) + 1, -1)
        renumbered[known] = np.arange(len(known))
        spread = float(_spread(estimates[None, known], sizes[None, known])[0])
        dealt = _dealt(whole, ratings, renumbered[batch], permutations, rng)
        lost = int(np.isnan(dealt).sum())
        notes += [f"{lost} of {permutations} deals undefined and left out"] if lost else []
    tried = dealt[~np.isnan(dealt)]
    p_value = float((1 + (tried >= spread - 1e-12).sum()) / (1 + len(tried))) if len(tried) else np.nan
    errors = np.array([parts[place].standard_error for place in known])
    chi, freedom = _homogeneity(estimates[known], errors)
    p_chi = float(chdtrc(freedom, chi)) if freedom > 0 and not np.isnan(chi) else np.nan
    if np.isnan(p_chi) and len(known) > 1:
        notes.append("a batch without standard error, so no chi-square")
    return Drift(
        whole.name,
        spread,
        p_value,
        chi,
        freedom,
        p_chi,
        len(tried),
        _words(ratings),
        confidence,
        "; ".join(notes),
        table,
    )


def _words(ratings: Ratings) -> str:
    by = ratings.require_clusters("drift").by
    return "units" if by == "unit" else f"clusters ({by})"


def _table(parts: Sequence[Coefficient], names: Sequence[Hashable], confidence: float, method: Method) -> pd.DataFrame:
    """A row per batch, with the change since the first that is known."""
    chosen = resolve(method)
    if isinstance(chosen, Bootstrap):  # batches are independent, so their draws must be
        chosen = attrs.evolve(chosen, rng=generator(chosen.rng))
    known = [place for place, part in enumerate(parts) if not np.isnan(part.estimate)]
    first = parts[known[0]] if known else None
    before = first.replicates(chosen) if first is not None and isinstance(chosen, Bootstrap) else None
    rows: list[tuple[Any, ...]] = []
    for part in parts:
        interval = part.interval(confidence, chosen)
        change = (np.nan, np.nan, np.nan)
        if first is not None and part is not first and not np.isnan(part.estimate):
            gain = part.estimate - first.estimate
            if before is not None and isinstance(chosen, Bootstrap):
                ends = np.nanquantile(part.replicates(chosen) - before, [(1 - confidence) / 2, (1 + confidence) / 2])
            else:
                error = np.hypot(part.standard_error, first.standard_error)
                ends = gain + np.array([-1, 1]) * ndtri((1 + confidence) / 2) * error
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


def _dealt(whole: Coefficient, ratings: Ratings, batch: Ints, permutations: int, rng: RNG) -> Floats:
    """Spreads when clusters are dealt to batches of as many clusters; NaN where a batch is undefined."""
    kernel, draw = whole._kernel, generator(rng)
    size, n_batches = len(kernel.counts), int(batch.max()) + 1
    table = ratings.require_clusters("drift").over(kernel.origin, size)[np.flatnonzero(batch >= 0)]
    entering = np.flatnonzero(np.asarray(table.sum(axis=1)).ravel() > 0)
    cells = sparse.coo_array(table[entering])
    batch = batch[batch >= 0][entering]
    per_block = max(1, BLOCK // (n_batches * (size + kernel.width)))
    spreads = []
    for low in range(0, permutations, per_block):
        times = min(per_block, permutations - low)
        weights = np.empty((times * n_batches, size))
        for one in range(times):
            place = draw.permutation(batch)[cells.row] * size + cells.col
            counted = np.bincount(place, weights=cells.data, minlength=n_batches * size)
            weights[one * n_batches : (one + 1) * n_batches] = counted.reshape(n_batches, size)
        estimates = kernel.evaluate(weights).estimate.reshape(times, n_batches)
        spreads.append(_spread(estimates, weights.sum(axis=1).reshape(times, n_batches)))
    return np.concatenate(spreads)


def _homogeneity(estimates: Floats, errors: Floats) -> tuple[float, int]:
    """Chi-square for equal coefficients and its degrees of freedom."""
    freedom = len(estimates) - 1
    if freedom < 1 or not (errors > 1e-12).all():
        return np.nan, freedom
    precision = 1 / errors**2
    mean = float((precision * estimates).sum() / precision.sum())
    return float((precision * (estimates - mean) ** 2).sum()), freedom
