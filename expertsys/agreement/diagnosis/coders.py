"""Who agrees with whom, and what agreement becomes without one of the coders."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np
import pandas as pd

from expertsys._core.errors import DataError, check_between
from expertsys._core.progress import track
from expertsys._core.results import TableResult, number
from expertsys.agreement.diagnosis import choice
from expertsys.agreement.diagnosis.variants import Draws, among
from expertsys.agreement.inference.methods import Method
from expertsys.agreement.ratings import Ratings

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from expertsys.study import Study

COLUMNS = ("estimate", "low", "high", "n_units", "note")
WITHOUT = (
    "estimate",
    "low",
    "high",
    "difference",
    "difference_low",
    "difference_high",
    "n_units",
    "n_coders",
    "note",
)

#: The row in which no coder is left out.
NOBODY = "(nobody)"


@attrs.frozen(eq=False, repr=False)
class CoderMatrix(TableResult):
    """Agreement of each coder with each other.

    Attributes
    ----------
    coefficient : str
        Which one, as the literature calls it.
    coders : tuple of str
        In order.
    confidence : float
        Of the intervals.
    """

    coefficient: str
    coders: tuple[str, ...]
    confidence: float
    _pairs: pd.DataFrame
    _rated: tuple[int, ...]

    @property
    def matrix(self) -> pd.DataFrame:
        """Coder × coder: the coefficient of the two; NaN in the diagonal and where the data do not determine it."""
        return self._square("estimate", np.nan)

    @property
    def shared(self) -> pd.DataFrame:
        """Coder × coder: units that both saw; in the diagonal, units that the coder saw."""
        square = self._square("n_units", 0).astype(np.int64)
        cells = square.to_numpy(copy=True)
        np.fill_diagonal(cells, self._rated)
        return pd.DataFrame(cells, index=square.index, columns=square.columns)

    @property
    def average(self) -> pd.Series[float]:
        """Each coder's mean over the others, each pair by the units that it shares: the lowest is the odd one out."""
        cells = self.matrix.to_numpy()
        weights = np.where(np.isnan(cells), 0.0, self.shared.to_numpy())
        with np.errstate(invalid="ignore"):
            means = np.nansum(cells * weights, axis=1) / weights.sum(axis=1)
        return pd.Series(means, index=pd.Index(self.coders, name="coder"), name="average")

    def to_frame(self) -> pd.DataFrame:
        """One row per pair, index ``coder_a, coder_b``; columns ``estimate, low, high, n_units, note``."""
        return self._pairs.copy()

    def plot(self, ax: Axes | None = None) -> Axes:
        """The matrix as a picture."""
        from expertsys import plot

        return plot.coder_matrix(self, ax=ax)

    def _square(self, column: str, empty: float) -> pd.DataFrame:
        cells = np.full((len(self.coders), len(self.coders)), empty, dtype=np.float64)
        first, second = np.triu_indices(len(self.coders), 1)
        cells[first, second] = cells[second, first] = self._pairs[column].to_numpy()
        names = list(self.coders)
        return pd.DataFrame(cells, index=pd.Index(names, name="coder"), columns=pd.Index(names, name="with"))

    def _title(self) -> str:
        average = self.average
        told = f"{self.coefficient} of {len(self._pairs)} pairs of coders"
        if average.isna().all():
            return told
        lowest = int(np.nanargmin(average.to_numpy()))
        return f"{told}; lowest on average: {self.coders[lowest]} ({number(float(average.iloc[lowest]))})"


def coder_matrix(
    data: Study | Ratings,
    *,
    coefficient: str | choice.Function = "krippendorff_alpha",
    code: str | None = None,
    cluster: str | None = None,
    confidence: float = 0.95,
    method: Method | None = None,
) -> CoderMatrix:
    """Agreement of each coder with each other: who is the odd one out, who works alike.

    Parameters
    ----------
    data : Study or Ratings
        A study with units and one round of coding, or ratings of at most 64 coders.
    coefficient : str or callable
        A coefficient by its name, or a function of ratings; see `reliability`. Alpha takes Jaccard's distance where
        the categories are sets, else the nominal level.
    code, cluster : str, optional
        For a study: this code applied or not in place of the sets of codes; what intervals go by, by default
        ``study.cluster_level()``.
    confidence, method
        See `Coefficient.interval`.

    Returns
    -------
    CoderMatrix
        `matrix` and `shared` are coder × coder, `to_frame()` has a row per pair with its interval, `average` a figure
        per coder.

    Raises
    ------
    DataError
        With fewer than two coders.

    Notes
    -----
    Two coders who saw few units in common agree or differ by chance: read `matrix` beside `shared`.

    Examples
    --------
    >>> ratings = Ratings.from_array(
    ...     [["a", "b", "b", "a", "b"], ["a", "b", "b", "a", "a"], ["a", "a", "b", "b", "a"]],
    ...     coders="rows",
    ...     names=["ann", "ben", "cy"],
    ... )
    >>> coder_matrix(ratings, coefficient="percent_agreement").matrix
    with   ann  ben   cy
    coder
    ann    NaN  0.8  0.4
    ben    0.8  NaN  0.6
    cy     0.4  0.6  NaN

    Cy agrees least with the other two.
    """
    function = choice.function(coefficient)
    check_between("confidence", confidence, 0, 1)
    ratings = choice.ratings_of(data, code=code, cluster=cluster, purpose="coder_matrix")
    rated = ratings.require_coders("a matrix of coders")
    names = ratings.coders
    if len(names) < 2:
        raise DataError(
            f"a matrix of coders takes two; there is {len(names)}",
            place="coder_matrix",
            remedy="Read all coders' files together: es.read([...]).",
        )
    rows: list[tuple[Any, ...]] = []
    told = ""
    pairs = list(combinations(names, 2))
    with track(len(pairs), "pairs of coders") as step:
        for pair in pairs:
            result = function(among(ratings, pair).ratings)
            interval = result.interval(confidence, method)
            notes = dict.fromkeys((result.note, interval.note))
            told = result.name
            note = "; ".join(note for note in notes if note)
            rows.append((result.estimate, interval.low, interval.high, result.n_units, note))
            step()
    index = pd.MultiIndex.from_tuples(pairs, names=["coder_a", "coder_b"])
    table = pd.DataFrame(rows, columns=list(COLUMNS), index=index).rename_axis(columns="column")
    table.attrs.update(coefficient=told, confidence=confidence)
    seen = tuple(((rated.matrix >= 0) * rated.counts[:, None]).sum(axis=0).tolist())
    return CoderMatrix(told, names, confidence, table, seen)


def without_coder(
    data: Study | Ratings,
    *,
    coefficient: str | choice.Function = "krippendorff_alpha",
    code: str | None = None,
    cluster: str | None = None,
    confidence: float = 0.95,
    method: Method | None = None,
) -> pd.DataFrame:
    """What agreement becomes when each coder is left out in turn, and whether that differs from what it is.

    Parameters
    ----------
    data, coefficient, code, cluster, confidence
        See `coder_matrix`.
    method : Bootstrap, optional
        By default the jackknife over clusters where units have them, else the percentile bootstrap over units. All rows
        come from the same draws, so that their differences are paired.

    Returns
    -------
    pandas.DataFrame
        Index ``without``: the coders, the largest gain first, below the row of all of them, ``(nobody)``. Columns:
        ``estimate, low, high``; ``difference`` to the estimate with all coders, above 0 where the others agree better
        among themselves, with ``difference_low, difference_high``; ``n_units``, ``n_coders``, ``note``.

    Raises
    ------
    DataError
        With fewer than three coders.

    Examples
    --------
    >>> ratings = Ratings.from_array(
    ...     [["a", "b", "b", "a", "b"], ["a", "b", "b", "a", "a"], ["a", "a", "b", "b", "a"]],
    ...     coders="rows",
    ...     names=["ann", "ben", "cy"],
    ... )
    >>> without_coder(ratings, coefficient="percent_agreement")["difference"].round(2).to_dict()
    {'(nobody)': 0.0, 'cy': 0.2, 'ann': 0.0, 'ben': -0.2}

    Without cy, the other two agree on a fifth more of the units.
    """
    function = choice.function(coefficient)
    check_between("confidence", confidence, 0, 1)
    bootstrap = choice.resampling(method, "without_coder")
    ratings = choice.ratings_of(data, code=code, cluster=cluster, purpose="without_coder")
    names = ratings.coders
    if len(names) < 3:
        raise DataError(
            f"leaving a coder out takes three; there are {len(names)}",
            place="without_coder",
            remedy="With two, es.reliability(study) says all there is.",
        )
    variants = [None, *(among(ratings, [other for other in names if other != name]) for name in names)]
    results = [function(ratings if variant is None else variant.ratings) for variant in variants]
    draws = Draws.of(ratings, list(zip(variants, results, strict=True)), bootstrap)
    rows = []
    for member, result in enumerate(results):
        own = draws.interval(member, confidence)
        gain, span = draws.difference(member, [0], confidence)
        notes = dict.fromkeys((result.note, own.note))
        note = "; ".join(note for note in notes if note)
        ends = (own.low, own.high, gain, span.low, span.high)
        rows.append((result.estimate, *ends, result.n_units, result.n_coders, note))
    table = pd.DataFrame(rows, columns=list(WITHOUT), index=pd.Index([NOBODY, *names], name="without"))
    ranked = table.iloc[1:].sort_values("difference", ascending=False, kind="stable")
    table = pd.concat([table.iloc[:1], ranked]).rename_axis(columns="column")
    table.attrs.update(coefficient=results[0].name, confidence=confidence, method=draws.words)
    return table
