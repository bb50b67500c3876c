"""One coder, a model or a trainee, against a panel: beside how far the members of the panel agree with the rest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np
import pandas as pd
from scipy import sparse

from expertsys._core import references
from expertsys._core.errors import DataError, check_between, listing
from expertsys._core.results import Interval, TableResult, number, percent
from expertsys.agreement.diagnosis import choice
from expertsys.agreement.diagnosis.variants import Draws, Variant
from expertsys.agreement.inference.coefficient import Coefficient
from expertsys.agreement.inference.methods import Method
from expertsys.agreement.panel import crowd
from expertsys.agreement.panel import runs as choosing
from expertsys.agreement.panel.cross import one_against, times
from expertsys.agreement.panel.gaps import Distance, Gap
from expertsys.agreement.ratings import Ratings
from expertsys.agreement.ratings.profiles import Floats

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from expertsys.study import Study

COLUMNS = ("estimate", "low", "high", "difference", "difference_low", "difference_high", "n_units", "note")

#: The row of the panel's mean.
PANEL = "(panel, on average)"
#: Below so many units, a member's own figure says little.
FEW = 30


@attrs.frozen(eq=False, repr=False)
class AgainstPanel(TableResult):
    """How far a coder agrees with a panel, beside how far each of its members agrees with the others.

    Attributes
    ----------
    coder : str
        Who was held against the panel.
    members : tuple of str
        The panel.
    estimate : float
        Agreement of the coder with the panel, corrected for chance.
    panel : float
        Mean agreement of a member with the other members, each weighed by the units that it rests on.
    difference : float
        The first less the second: above 0 where the coder is closer to the panel than its members are to each other.
    difference_interval : Interval
        Over the same draws of units.
    n_units : int
        Units that the coder and a member rated.
    level : str
        Distance between values.
    note : str
        What a reader must know; empty where there is nothing.
    runs : tuple of str
        The runs that `estimate` is the mean of, where several runs of one model were compared; else empty.
    """

    coder: str
    members: tuple[str, ...]
    estimate: float
    panel: float
    difference: float
    difference_interval: Interval
    n_units: int
    level: str
    note: str
    _table: pd.DataFrame
    runs: tuple[str, ...] = ()
    _by_run: pd.DataFrame | None = None

    @property
    def by_run(self) -> pd.DataFrame:
        """A row for each run that was compared, or for the one coder; index ``coder``, columns as in `to_frame`."""
        table = self._table.iloc[:1] if self._by_run is None else self._by_run
        return table.copy()

    def to_frame(self) -> pd.DataFrame:
        """A row for the coder, one for the panel on average and one per member, lowest first; index ``coder``.

        Columns: ``estimate, low, high``; ``difference``, the coder's less this row's, with ``difference_low,
        difference_high``; ``n_units``; ``note``.
        """
        return self._table.copy()

    @property
    def above(self) -> float:
        """Share of the members who agree with the rest less than the coder does; those undefined do not count."""
        figures = self._table["estimate"].iloc[2:].dropna()
        return float((figures < self.estimate).mean()) if len(figures) else float("nan")

    def reading(self) -> str:
        """What the figures show and what they do not, in plain words."""
        low, high = self.difference_interval.low, self.difference_interval.high
        if np.isnan(low):
            found = "The data cannot say how the coder compares with the members of the panel."
        elif low > 0:
            found = f"{self.coder} agrees with the panel more than its members agree with each other."
        elif high < 0:
            found = f"{self.coder} agrees with the panel less than its members agree with each other."
        else:
            found = (
                f"Whether {self.coder} agrees with the panel more or less than its members do is open: the difference "
                f"may lie anywhere from {number(low)} to {number(high)}. That it may be 0 does not show that it is."
            )
        return (
            f"{found} The panel is the measure here, not the truth: if its members share a mistake, whoever shares it "
            "agrees, and whoever sees further does not. A coder near the middle of the panel agrees with everyone a "
            "little more than a member with views of their own. The figures hold for units like these, for this panel "
            "and, of a machine, for this version and these instructions. They do not show how it errs: look at the "
            "units on which it stands alone, and at rare codes one by one."
        )

    def methods_text(self) -> str:
        """A paragraph for a methods section, with the figures."""
        own, rest = self._table.iloc[0], self._table.iloc[1]
        confidence, span = self._table.attrs["confidence"], self.difference_interval
        gain = f"{number(self.difference)} ({number(span.low)} to {number(span.high)})"
        each = f" Figures for {self.coder} are means over its {len(self.runs)} runs." if self.runs else ""
        return (
            f"{self.coder} was compared with a panel of {len(self.members)} coders on {self.n_units:,} units. "
            f"Agreement of one coder with the others, corrected for chance ({self.level}; the cross-replication form "
            f"of Cohen's kappa), was {_told(own)} for {self.coder} and {_told(rest)} on average for each member "
            f"against the other members; difference {gain}. Intervals are {percent(confidence)}, {span.method}, with "
            f"the same draws for all.{each}"
        )

    def cite(self) -> tuple[str, ...]:
        """The references behind the measure."""
        return references.cite(("wong2021", "cohen1960", "efron1993", "zou2007"))

    def plot(self, ax: Axes | None = None) -> Axes:
        """The coder, the panel and its members with their intervals."""
        from expertsys import plot

        return plot.panel(self, ax=ax)

    def _title(self) -> str:
        note = f"\n  note: {self.note}" if self.note else ""
        low, high = (number(end) for end in (self.difference_interval.low, self.difference_interval.high))
        return (
            f"{self.coder} against a panel of {len(self.members)} ({self.level}): {number(self.estimate)}, the panel "
            f"with itself {number(self.panel)}, difference {number(self.difference)} ({low} to {high}){note}"
        )


def _told(row: pd.Series[Any]) -> str:
    return f"{number(float(row['estimate']))} ({number(float(row['low']))} to {number(float(row['high']))})"


def against_panel(
    data: Study | Ratings,
    *,
    coder: str | None = None,
    runs: Sequence[str] | None = None,
    panel: Sequence[str] | None = None,
    distance: Distance = None,
    code: str | None = None,
    cluster: str | None = None,
    confidence: float = 0.95,
    method: Method | None = None,
) -> AgainstPanel:
    """How far one coder (a model, a trainee) agrees with a panel, beside how far the panel agrees with itself.

    Parameters
    ----------
    data : Study or Ratings
        A study with units and one round of coding, in which the model or trainee is a coder like the others; or ratings
        of at most 64 coders. Only units that the coder rated count, for the panel too.
    coder : str, optional
        Who is compared with the panel.
    runs : sequence of str, optional
        In place of `coder`, several runs of one model: each is compared with the panel, and the figures are their
        means.
    panel : sequence of str, optional
        Who is on the panel; by default all other coders. Runs of one model are one coder and no panel: those that look
        like further runs of the coder's model are left out, with a note, and an error asks where it cannot be known.
    distance : {"nominal", "interval", "jaccard", "masi"}, callable or array_like, shape (V, V), optional
        Between two values. By default Jaccard's where the values are sets of codes, else nominal.
    code, cluster : str, optional
        For a study: this code applied or not in place of the sets of codes; what intervals go by, by default
        ``study.cluster_level()``.
    confidence : float
        Nominal coverage.
    method : Bootstrap, optional
        By default the jackknife over clusters where units have them, else the percentile bootstrap over units. All
        rows come from the same draws of units, so that differences are paired.

    Returns
    -------
    AgainstPanel
        ``estimate``, ``panel``, ``difference``, ``to_frame()``, ``reading()``, ``plot()``.

    Raises
    ------
    DataError
        For an unknown coder, fewer than two on the panel, or names that leave open who is on it.

    Notes
    -----
    Each row is `cross_replication` of one coder with the others: the mean distance to all ratings that others gave the
    unit, against what the coder's and the others' use of the values would give by chance. It needs no two coders to
    have rated the same units throughout, so it serves a crowd as well as a team; for two coders and complete data it is
    Cohen's kappa. A member is left out of the panel that it is held against, so none is compared with itself.

    References
    ----------
    Wong K, Paritosh P, Aroyo L. Cross-replication reliability: an empirical approach to interpreting inter-rater
    reliability. Proc ACL-IJCNLP 2021:7053–7065. doi:10.18653/v1/2021.acl-long.548

    Examples
    --------
    >>> from expertsys.agreement import Ratings
    >>> rows = ["aabbccabcabc", "aabbccabcaba", "aabbcbabcabc", "aabacaabcbcc"]
    >>> ratings = Ratings.from_array([list(row) for row in rows], coders="rows", names=["ann", "ben", "cy", "model"])
    >>> found = against_panel(ratings, coder="model")
    >>> found.to_frame()["estimate"].round(2).to_dict()
    {'model': 0.46, '(panel, on average)': 0.83, 'ben': 0.81, 'cy': 0.81, 'ann': 0.88}

    The three agree with each other well, and with the model less.
    """
    check_between("confidence", confidence, 0, 1)
    bootstrap = choice.resampling(method, "against_panel")
    ratings = crowd.ratings_of(data, code=code, cluster=cluster, purpose="against_panel")
    compared, members, guessed = choosing.chosen(ratings.coders, coder, runs, panel, "against_panel")
    if len(members) < 2:
        raise DataError(
            f"a panel takes two coders beside {listing(compared)}; there are {len(members)}: {listing(members)}",
            place="against_panel",
            remedy="With one, use cohen_kappa. panel=[...] says who is on it.",
        )
    label = compared[0] if coder is not None else f"{choosing.stem(compared[0]) or 'model'} ({len(compared)} runs)"
    gap = Gap.of(ratings, distance)
    owns, rest = _each(ratings, compared, members, gap)
    pairs: list[tuple[Variant | None, Coefficient]] = [(None, one) for one in (*owns, *rest)]
    draws = Draws.of(ratings, pairs, bootstrap, whole=len(owns) > 1)
    size = len(owns)
    own_weights = np.array([one.n_units for one in owns], dtype=np.float64)
    weights = np.array([one.n_units for one in rest], dtype=np.float64)
    heads = [(slice(0, size), own_weights), (slice(size, None), weights)]
    estimates = np.concatenate([*(_mean(draws.estimates[part, None], w) for part, w in heads), draws.estimates])
    drawn = np.vstack([*(_mean(draws.replicates[part], w) for part, w in heads), draws.replicates])
    own = owns[0]
    undefined = int(np.isnan(draws.estimates[size:]).sum())
    few = int((weights < FEW).sum())
    notes = [
        *dict.fromkeys(one.note for one in owns),
        guessed,
        f"{undefined} of {len(members)} members left out of the panel's mean: undefined" if undefined else "",
        f"{few} of {len(members)} members share fewer than {FEW} units with the others" if few else "",
    ]
    n_units = max(one.n_units for one in owns)
    told = [own.note if size == 1 else "", "", *(one.note if np.isnan(one.estimate) else "" for one in (*owns, *rest))]
    sizes = [n_units, n_units, *(one.n_units for one in (*owns, *rest))]
    rows = []
    for row, (note, number_of) in enumerate(zip(told, sizes, strict=True)):
        span = draws.resamples.interval(drawn[row], float(estimates[row]), confidence)
        gain = float(estimates[0] - estimates[row])
        between = draws.resamples.difference(
            drawn[0], float(estimates[0]), drawn[row], float(estimates[row]), confidence
        )
        words = "; ".join(part for part in (note, span.note) if part)
        rows.append((estimates[row], span.low, span.high, gain, between.low, between.high, number_of, words))
        if row == 1:
            difference = between
    index = pd.Index([label, PANEL, *compared, *members], name="coder")
    table = pd.DataFrame(rows, columns=list(COLUMNS), index=index).rename_axis(columns="column")
    table.iloc[0, 3:6] = np.nan
    by_run = table.iloc[2 : 2 + size]
    ranked = table.iloc[2 + size :].sort_values("estimate", kind="stable")
    table = pd.concat([table.iloc[:2], ranked]).rename_axis(columns="column")
    table.attrs.update(coefficient="agreement with the other coders", confidence=confidence, method=draws.words)
    return AgainstPanel(
        label,
        tuple(members),
        float(estimates[0]),
        float(estimates[1]),
        float(estimates[0] - estimates[1]),
        difference,
        n_units,
        gap.words,
        "; ".join(note for note in notes if note),
        table,
        tuple(compared) if coder is None else (),
        by_run if coder is None else None,
    )


def _each(
    ratings: Ratings, compared: Sequence[str], panel: Sequence[str], gap: Gap
) -> tuple[list[Coefficient], list[Coefficient]]:
    """Each of those compared with the panel, then each member with the rest of it."""
    matrix = ratings.require_coders("against_panel").matrix
    owns, members = ([ratings.coders.index(name) for name in names] for names in (compared, panel))
    size = len(ratings.categories)
    total, shared = times(matrix[:, members], size), np.asarray((matrix[:, owns] >= 0).any(axis=1))
    own = [one_against(ratings, coder, total, shared, gap, panel) for coder in owns]
    found = []
    for member in members:
        rest = sparse.csr_array(total - times(matrix[:, [member]], size))
        rest.eliminate_zeros()
        others = [name for name in panel if name != ratings.coders[member]]
        found.append(one_against(ratings, member, rest, shared, gap, others))
    return own, found


def _mean(figures: Floats, weights: Floats) -> Floats:
    """Weighted mean over members, those undefined left out: (members, B) to (B,)."""
    known = ~np.isnan(figures)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray((np.where(known, figures, 0).T @ weights) / (known.T @ weights))
