"""Two replications of a coding: how far they agree with each other, beside how far each agrees with itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

import attrs
import numpy as np
import pandas as pd

from expertsys._core import references
from expertsys._core.errors import DataError, check_between, check_choice, listing, unknown
from expertsys._core.results import Interval, TableResult, number, percent
from expertsys.agreement.coefficients.alpha import krippendorff_alpha
from expertsys.agreement.diagnosis import choice
from expertsys.agreement.diagnosis.variants import Draws, Variant, among
from expertsys.agreement.inference import intervals
from expertsys.agreement.inference.coefficient import Coefficient
from expertsys.agreement.inference.methods import Method
from expertsys.agreement.panel import crowd
from expertsys.agreement.panel.cross import cross
from expertsys.agreement.panel.gaps import Distance, Gap
from expertsys.agreement.ratings import Ratings
from expertsys.agreement.ratings.profiles import Floats

if TYPE_CHECKING:
    from expertsys.study import Study

Of = Literal["estimate", "normalised", "first", "second"]
ROWS: dict[Of, str] = {
    "estimate": "xRR",
    "normalised": "normalised xRR",
    "first": "within the first",
    "second": "within the second",
}

_NOT_WITHIN = "a group has no two coders who agree beyond chance"
_ALONE = "a group has one coder only, so there is no agreement within it"


@attrs.frozen(eq=False, repr=False)
class CrossReplication(TableResult):
    """Agreement between two groups of coders, and within each.

    Attributes
    ----------
    estimate : float
        Cross-replication reliability, xRR: at most 1, 0 where the groups agree as chance would have it.
    normalised : float
        The same over the root of the product of the reliabilities within the two groups: about 1 where the groups
        differ from each other no more than coders within them do. It can exceed 1.
    observed, expected : float
        Disagreement between the groups, as it is and by chance.
    first, second : Coefficient
        Reliability within each group.
    groups : tuple of two tuples of str
        The coders of each.
    n_units : int
        Units that both groups rated.
    level : str
        Distance between values.
    note : str
        What a reader must know; empty where there is nothing.
    """

    estimate: float
    normalised: float
    observed: float
    expected: float
    first: Coefficient
    second: Coefficient
    groups: tuple[tuple[str, ...], tuple[str, ...]]
    n_units: int
    level: str
    note: str
    _cross: Coefficient
    _members: tuple[tuple[Variant | None, Coefficient], ...]

    def interval(
        self,
        confidence: float = 0.95,
        method: Method | None = None,
        *,
        of: Of = "estimate",
    ) -> Interval:
        """An interval over units, or over clusters where the ratings have them; all rows share the draws.

        Parameters
        ----------
        confidence : float
            Nominal coverage.
        method : Bootstrap, optional
            By default the jackknife over clusters where units have them, else the percentile bootstrap over units.
        of : {"estimate", "normalised", "first", "second"}
            For which of the four figures.
        """
        check_choice("of", of, list(ROWS))
        return self._intervals(confidence, method)[of]

    def to_frame(
        self,
        confidence: float = 0.95,
        method: Method | None = None,
    ) -> pd.DataFrame:
        """Index ``measure``: xRR, normalised xRR, and within each group; ``estimate, low, high, n_units, note``."""
        found = self._intervals(confidence, method)
        estimates = (self.estimate, self.normalised, self.first.estimate, self.second.estimate)
        sizes = (self.n_units, self.n_units, self.first.n_units, self.second.n_units)
        attenuated = _why_not(self.groups) if np.isnan(self.normalised) else ""
        notes = (self._cross.note, attenuated, self.first.note, self.second.note)
        rows = [
            (estimate, found[name].low, found[name].high, size, "; ".join(n for n in (note, found[name].note) if n))
            for name, estimate, size, note in zip(ROWS, estimates, sizes, notes, strict=True)
        ]
        index = pd.Index(list(ROWS.values()), name="measure")
        table = pd.DataFrame(rows, columns=["estimate", "low", "high", "n_units", "note"], index=index)
        table.attrs.update(coefficient="agreement corrected for chance", confidence=confidence)
        return table.rename_axis(columns="column")

    def _intervals(self, confidence: float, method: Method | None) -> dict[Of, Interval]:
        check_between("confidence", confidence, 0, 1)
        draws = Draws.of(
            self._cross._ratings, self._members, choice.resampling(method, "cross_replication"), whole=True
        )
        between, first, second = (draws.interval(member, confidence) for member in range(3))
        normalised = intervals.undefined(confidence, draws.words, "")
        if not np.isnan(self.normalised):
            drawn = _normalised(*draws.replicates)
            normalised = draws.resamples.interval(drawn, self.normalised, confidence, difference=True)
        return {"estimate": between, "normalised": normalised, "first": first, "second": second}

    def reading(self) -> str:
        """What the figures show and what they do not, in plain words."""
        text = (
            "xRR asks how far one group's ratings agree with the other's, beyond what the two groups' own use of the "
            "values would give by chance. It is low where the groups differ, and also where coders within a group "
            "differ: a noisy group agrees with nobody."
        )
        if not np.isnan(self.normalised):
            text += (
                " The normalised figure takes that noise out: near 1, a coder of the other group is about as close as "
                "one of the same group; well below 1, the groups see something different."
            )
        return (
            f"{text} Neither figure says who is right, nor that one group can stand in for the other: two groups can "
            "share a mistake. Groups differ in people, time and instructions at once, and the figure cannot tell which."
        )

    def methods_text(self) -> str:
        """A paragraph for a methods section, with the figures."""
        one, other = (len(group) for group in self.groups)
        found = self._intervals(0.95, None)
        span = found["estimate"]
        text = (
            f"Agreement between two groups of {one} and {other} coders was measured with cross-replication reliability "
            f"({self.level}) over {self.n_units:,} units that both rated: {number(self.estimate)} "
            f"({percent(0.95)} interval {number(span.low)} to {number(span.high)}, {span.method})."
        )
        if np.isnan(self.normalised):
            return text
        wide = found["normalised"]
        return (
            f"{text} Divided by the root of the product of {self.first.name} within the groups "
            f"({number(self.first.estimate)} and {number(self.second.estimate)}) it was {number(self.normalised)} "
            f"({number(wide.low)} to {number(wide.high)})."
        )

    def cite(self) -> tuple[str, ...]:
        """The references behind the measures."""
        return references.cite((*self._cross.sources, *self.first.sources, "efron1993"))

    def _title(self) -> str:
        one, other = (listing(group, most=4) for group in self.groups)
        note = f"\n  note: {self.note}" if self.note else ""
        return f"Cross-replication reliability ({self.level}) between {one} and {other}{note}"


def cross_replication(
    data: Study | Ratings,
    *,
    first: Sequence[str],
    second: Sequence[str] | None = None,
    distance: Distance = None,
    within: str | choice.Function | None = None,
    code: str | None = None,
    cluster: str | None = None,
) -> CrossReplication:
    """Cross-replication reliability (xRR): how far two groups of coders agree with each other, given how noisy each is.

    Parameters
    ----------
    data : Study or Ratings
        A study with units and one round of coding, or ratings of at most 64 coders. A missing rating is left out; units
        that one group did not rate are left out of what lies between the groups.
    first, second : sequence of str
        The coders of each group: experts and crowd, this year's and last year's team, people and machines. Without
        `second`, all other coders.
    distance : {"nominal", "interval", "jaccard", "masi"}, callable or array_like, shape (V, V), optional
        Between two values. By default Jaccard's where the values are sets of codes, else nominal.
    within : str or callable, optional
        The reliability within a group that the normalised figure divides by, a coefficient by its name or a function of
        ratings; by default Krippendorff's alpha with the same distance.
    code, cluster : str, optional
        For a study: this code applied or not in place of the sets of codes; what intervals go by, by default
        ``study.cluster_level()``.

    Returns
    -------
    CrossReplication
        ``estimate``, ``normalised``, ``first``, ``second``, ``interval()``, ``to_frame()``, ``reading()``. Normalised
        is NaN with a note where a group cannot be held against itself: one coder, or no agreement within.

    Raises
    ------
    DataError
        For unknown coders, a coder in both groups, an empty group.

    Notes
    -----
    With x, y the ratings of a unit i by the R_i and S_i coders of the two groups, and R = Σ R_i, S = Σ S_i over the
    units that both rated, xRR is 1 − d_o / d_e: observed disagreement d_o = Σ_i (R_i + S_i) / (R + S) · mean d(x, y)
    over the pairs of unit i; expected d_e, the mean over all pairs of a rating of the one group with one of the other
    (Wong, Paritosh & Aroyo 2021, sec. 4). With one coder on each side and complete data it is Cohen's kappa.
    The normalised figure is xRR / √(reliability within the first × within the second), a correction for attenuation as
    for correlations.

    References
    ----------
    Wong K, Paritosh P, Aroyo L. Cross-replication reliability: an empirical approach to interpreting inter-rater
    reliability. Proc ACL-IJCNLP 2021:7053–7065. doi:10.18653/v1/2021.acl-long.548

    Examples
    --------
    Two labels on five items by two groups whose coders are not the same from item to item; the published reference
    program gives 0.1818.

    >>> rows = [list("BB BB "), list("BBBAB "), list("AA AB "), list("AAAAB "), list("AB AA ")]
    >>> cells = [[None if cell == " " else cell for cell in row] for row in rows]
    >>> ratings = Ratings.from_array(cells, coders="columns", names=["x1", "x2", "x3", "y1", "y2", "y3"])
    >>> found = cross_replication(ratings, first=["x1", "x2", "x3"])
    >>> round(found.estimate, 4)
    0.1818

    The groups agree little beyond chance.
    """
    ratings = crowd.ratings_of(data, code=code, cluster=cluster, purpose="cross_replication")
    rest = tuple(name for name in ratings.coders if name not in set(first))
    groups = (tuple(dict.fromkeys(first)), rest if second is None else tuple(dict.fromkeys(second)))
    for group in groups:
        for name in group:
            if name not in ratings.coders:
                raise unknown("coder", name, ratings.coders, place="cross_replication")
        if not group:
            raise DataError("a group has no coder", place="cross_replication", remedy="Name the coders of both.")
    twice = [name for name in groups[0] if name in groups[1]]
    if twice:
        raise DataError(f"in both groups: {listing(twice)}", place="cross_replication", remedy="Put each in one.")
    gap = Gap.of(ratings, distance)
    between = cross(ratings, *groups, gap)
    function = _within(gap) if within is None else choice.function(within)
    variants = [among(ratings, group) for group in groups]
    own = [function(variant.ratings) for variant in variants]
    figures = (between.estimate, own[0].estimate, own[1].estimate)
    normalised = float(_normalised(*(np.array([figure]) for figure in figures))[0])
    told = (between.note, f"no normalised figure: {_why_not(groups)}" if np.isnan(normalised) else "")
    members: list[tuple[Variant | None, Coefficient]] = [(None, between), *zip(variants, own, strict=True)]
    return CrossReplication(
        between.estimate,
        normalised,
        between.observed,
        between.expected,
        own[0],
        own[1],
        groups,
        between.n_units,
        gap.words,
        "; ".join(note for note in told if note),
        between,
        tuple(members),
    )


def _why_not(groups: tuple[tuple[str, ...], ...]) -> str:
    return _ALONE if min(map(len, groups)) < 2 else _NOT_WITHIN


def _normalised(between: Floats, first: Floats, second: Floats) -> Floats:
    """Corrected for attenuation; NaN where a group does not agree within itself beyond chance."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where((first > 0) & (second > 0), between / np.sqrt(first * second), np.nan)


def _within(gap: Gap) -> choice.Function:
    def alpha(ratings: Ratings) -> Coefficient:
        if gap.option in ("nominal", "interval"):
            return krippendorff_alpha(ratings, level=gap.option)  # type: ignore[arg-type]  # one of the two
        return krippendorff_alpha(ratings, distance=gap.option)

    return alpha
