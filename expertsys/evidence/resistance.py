"""At what resistance is directed."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Literal

import attrs
import numpy as np
import numpy.typing as npt
import pandas as pd

from expertsys._core import references
from expertsys._core.errors import DataError, check_between, check_choice
from expertsys._core.results import TableResult, percent
from expertsys._core.rng import RNG, generator
from expertsys._core.simultaneous import jackknife, max_t
from expertsys.evidence.excerpts import By, Excerpts
from expertsys.theory import FRAMEWORK, FocusOfResistance, Framework

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from expertsys.study import Study

Floats = npt.NDArray[np.float64]

FOCI = tuple(focus.concept for focus in FocusOfResistance)
FEW_CLUSTERS = 6
WHOLE = "(all)"


@attrs.frozen(eq=False, repr=False)
class ResistanceProfile(TableResult):
    """Shares of resistance excerpts by focus; see `resistance_profile`.

    Attributes
    ----------
    by : str
        What the groups are.
    cluster : str
        What the intervals take as drawn.
    contrasts : pandas.DataFrame
        Differences between groups: index ``group_a, group_b, focus``; ``difference``, ``low``, ``high`` (simultaneous).
    note : str
        What a reader must know.
    standing : str
        Always ``"proposed"``.
    """

    by: str
    cluster: str
    confidence: float
    contrasts: pd.DataFrame
    note: str
    _table: pd.DataFrame

    standing = "proposed"

    def to_frame(self) -> pd.DataFrame:
        """Index ``group, focus``; ``share`` of the group's resistance excerpts with ``low`` and ``high``.

        Beside them ``n_focus`` excerpts with the focus, of ``n_resistance``; ``n_clusters``; ``note``.
        """
        return self._table.copy(deep=False)

    def methods_text(self) -> str:
        """A paragraph for a methods section."""
        return (
            "For each focus of resistance, the profile gives the share of resistance excerpts that carry it; an "
            "excerpt may carry several, so that shares need not sum to one. "
            f"Intervals ({percent(self.confidence)}) are jackknife intervals over {self.cluster}s, simultaneous over "
            f"the foci by the maximum of t. {self.note} The measure is proposed by expertsys."
        )

    def cite(self) -> tuple[str, ...]:
        """The paper that the foci come from."""
        return references.cite(("greenhalgh2014cab",))

    def plot(self, ax: Axes | None = None) -> Axes:
        """Shares with intervals, by focus and group."""
        from expertsys.plot import resistance

        return resistance(self, ax=ax)

    def _title(self) -> str:
        return f"Resistance profile by {self.by}: share of resistance excerpts with each focus (proposed measure)"


def resistance_profile(
    study: Study,
    *,
    by: Literal["case", "role", "site"] | None = "case",
    cluster: Literal["document", "participant", "site"] = "document",
    coders: By = "any",
    framework: Framework = FRAMEWORK,
    confidence: float = 0.95,
    rng: RNG = 0,
) -> ResistanceProfile:
    """At what resistance is directed: the share of resistance excerpts that carry each of the four foci.

    A measure proposed by this library; the foci were found for one system (Choose and Book).

    Parameters
    ----------
    study : Study
        With one round of coding, whose codes point to concepts. An excerpt of resistance carries the concept
        ``resistance``, ``focus-of-resistance`` or one below them.
    by : {"case", "role", "site"} or None
        Groups; None takes all together. Excerpts without one are left out, and the note says how many.
    cluster : {"document", "participant", "site"}
        What intervals take as drawn: excerpts of one document are not independent.
    coders : {"any", "all"}
        A code counts where at least one coder applied it, or where every coder who saw the unit did.
    framework : Framework
        What concept keys are resolved against.
    confidence : float
        Nominal simultaneous coverage over the foci of a group, and over all contrasts.
    rng : None, int or Generator
        For the distribution of the maximum of t.

    Returns
    -------
    ResistanceProfile
        Intervals are NaN with a note where a group has one cluster.

    Raises
    ------
    DataError
        Where no excerpt carries resistance.

    Examples
    --------
    >>> from expertsys.datasets import load
    >>> study = load("synthetic-three-systems").study()
    >>> profile = resistance_profile(study)
    >>> profile.to_frame().loc[("Booking", "focus-of-resistance.policy"), "n_resistance"] > 0
    np.True_
    """
    if by is not None:
        check_choice("by", by, ("case", "role", "site"))
    check_choice("cluster", cluster, ("document", "participant", "site"))
    check_between("confidence", confidence, 0, 1)
    excerpts = Excerpts.of(study, framework, coders=coders)
    resisting = excerpts.table[excerpts.carrying("resistance", "focus-of-resistance")]
    if resisting.empty:
        raise DataError(
            "no excerpt carries resistance",
            place="resistance_profile",
            remedy="Let codes point to 'focus-of-resistance.policy' and its like: study.codebook.with_concepts({...}).",
        )
    group = resisting[by] if by is not None else pd.Series(WHOLE, index=resisting.index)
    known = group.notna() & resisting[cluster].notna()
    left_out = int((~known).sum())
    resisting, group = resisting[known], group[known]
    draw = generator(rng)
    rows, moments = [], {}
    for name, part in resisting.groupby(group, sort=False):
        estimate, covariance, clusters = _jackknife(part, cluster)
        moments[str(name)] = (estimate, covariance, clusters)
        reach = _reach(covariance, clusters - 1, confidence, draw)
        note = "one cluster: no interval" if clusters < 2 else ""
        if 2 <= clusters < FEW_CLUSTERS:
            note = f"only {clusters} {cluster}s: the interval is not to be trusted"
        for place, focus in enumerate(FOCI):
            share = estimate[place]
            carried = round(share * len(part))
            rows.append(
                (
                    str(name),
                    focus,
                    share,
                    share - reach[place],
                    share + reach[place],
                    carried,
                    len(part),
                    clusters,
                    note,
                )
            )
    columns = ["group", "focus", "share", "low", "high", "n_focus", "n_resistance", "n_clusters", "note"]
    table = pd.DataFrame(rows, columns=columns).set_index(["group", "focus"]).rename_axis(columns="column")
    note = f"A code counts where {excerpts.coded_by} applied it."
    if left_out:
        note += f" {left_out} resistance excerpts without {by or cluster} or {cluster} are left out."
    return ResistanceProfile(
        by or "all together", cluster, confidence, _contrasts(moments, confidence, draw), note, table
    )


def _carried(part: pd.DataFrame) -> Floats:
    return np.array([[focus in concepts for focus in FOCI] for concepts in part["concepts"]], dtype=np.float64)


def _jackknife(part: pd.DataFrame, cluster: str) -> tuple[Floats, Floats, int]:
    """Shares, their covariance by leaving out clusters, and the number of clusters."""
    numbers, names = pd.factorize(part[cluster])
    carried = _carried(part)
    size = np.bincount(numbers).astype(np.float64)
    sums = np.stack([np.bincount(numbers, weights=column) for column in carried.T], axis=1).astype(np.float64)
    shares, root = jackknife(sums, size)
    covariance = root.T @ root if len(names) > 1 else np.full((len(FOCI), len(FOCI)), np.nan)
    return shares, np.asarray(covariance), len(names)


def _reach(covariance: Floats, degrees: int, confidence: float, draw: np.random.Generator) -> Floats:
    """Half-widths of simultaneous intervals, by the distribution of the largest |t|."""
    error = np.sqrt(np.diagonal(covariance))
    if degrees < 1 or np.isnan(error).any():
        return np.full(len(error), np.nan)
    live = error > 1e-12
    if not live.any():
        return np.zeros(len(error))
    correlation = covariance[np.ix_(live, live)] / np.outer(error[live], error[live])
    values, vectors = np.linalg.eigh(correlation)
    root = (vectors * np.sqrt(np.maximum(values, 0))).T
    return np.asarray(error * max_t(np.asarray(root), degrees, confidence, draw))


def _contrasts(
    moments: dict[str, tuple[Floats, Floats, int]], confidence: float, draw: np.random.Generator
) -> pd.DataFrame:
    pairs = list(itertools.combinations(moments, 2))
    size = len(FOCI)
    columns = ["group_a", "group_b", "focus", "difference", "low", "high"]
    if not pairs:
        return pd.DataFrame(columns=columns).set_index(columns[:3]).rename_axis(columns="column")
    names = list(moments)
    contrast = np.zeros((len(pairs) * size, len(names) * size))
    for row, (first, second) in enumerate(pairs):
        for place in range(size):
            contrast[row * size + place, names.index(first) * size + place] = 1
            contrast[row * size + place, names.index(second) * size + place] = -1
    whole = np.zeros((len(names) * size, len(names) * size))
    for number, (_, covariance, _) in enumerate(moments.values()):
        whole[number * size : (number + 1) * size, number * size : (number + 1) * size] = covariance
    shares = np.concatenate([estimate for estimate, _, _ in moments.values()])
    degrees = min(clusters for _, _, clusters in moments.values()) - 1
    reach = _reach(contrast @ whole @ contrast.T, degrees, confidence, draw)
    middle = contrast @ shares
    table = pd.DataFrame({"difference": middle, "low": middle - reach, "high": middle + reach})
    table[columns[:3]] = [(*pair, focus) for pair in pairs for focus in FOCI]
    return table.set_index(columns[:3]).rename_axis(columns="column")
