"""What resistance is directed at."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

import attrs
import numpy as np
import numpy.typing as npt
import pandas as pd

from expertsys._core.errors import DataError, check_between, check_choice, counted, listing
from expertsys._core.results import TableResult, percent
from expertsys._core.rng import RNG, generator
from expertsys._core.score_intervals import ClusteredShares, difference_interval, level_of_each
from expertsys.evidence.excerpts import Excerpts, attribute, concepts_of_codes
from expertsys.theory import FRAMEWORK, FocusOfResistance, Framework, Resistance

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from expertsys.study import Study
    from expertsys.study.clusters import Level

Floats = npt.NDArray[np.float64]

#: With fewer clusters than this there is no interval.
FEWEST_CLUSTERS = 5
EVERYTHING = "(all)"


@attrs.frozen(eq=False, repr=False)
class ResistanceProfile(TableResult):
    """Shares of resistance excerpts by focus; see `resistance_profile`.

    Attributes
    ----------
    by : str
        What the groups are.
    cluster : str
        What is taken as sampled independently: unit, document, participant or site.
    confidence : float
        Nominal coverage of the intervals, all foci of a group at once.
    contrasts : pandas.DataFrame
        Differences between groups: index ``group_a, group_b, focus``; ``difference``, ``low``, ``high`` (all at once)
        and ``note``.
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
    _references: tuple[str, ...]

    standing = "proposed"

    def to_frame(self) -> pd.DataFrame:
        """Index ``group, focus``; ``share`` of the group's resistance excerpts with ``low`` and ``high``.

        Beside them ``n_focus`` excerpts with the focus, of ``n_resistance``; ``n_clusters``; ``note``. Share and
        interval are missing for a focus that no code points to, and for one that every code for resistance points to.
        """
        return self._table.copy(deep=False)

    def methods_text(self) -> str:
        """A paragraph for a methods section."""
        return (
            "For each focus of resistance, the profile gives the share of resistance excerpts that carry it; an "
            "excerpt may carry several, so that shares need not sum to one. "
            f"Intervals ({percent(self.confidence)}) are Wilson score intervals with the effective sample size of "
            f"excerpts clustered by {self.cluster}, simultaneous over the foci of a group. {self.note} The measure is "
            "proposed by expertsys."
        )

    def cite(self) -> tuple[str, ...]:
        """The works that the framework cites for the foci."""
        return self._references

    def plot(self, ax: Axes | None = None) -> Axes:
        """Shares with intervals, by focus and group."""
        from expertsys.plot import resistance

        return resistance(self, ax=ax)

    def _title(self) -> str:
        return (
            f"Resistance profile by {self.by}: share of resistance excerpts with each focus (proposed measure). "
            f"{self.note}"
        )

    _decimals = 3
    _widest = 60


def resistance_profile(
    study: Study,
    *,
    by: str | None = "case",
    cluster: str | None = None,
    coders: str = "any",
    framework: Framework = FRAMEWORK,
    confidence: float = 0.95,
    rng: RNG = 0,
) -> ResistanceProfile:
    """What resistance is directed at: the share of resistance excerpts that carry each focus of the framework.

    A measure proposed by this library; the four foci were found for one system (Choose and Book).

    Parameters
    ----------
    study : Study
        With one round of coding, whose codes point to concepts; a sub-code without a concept has that of the code above
        it. An excerpt of resistance carries the framework's concept of resistance, of the focus of resistance, or one
        below them.
    by : str or None
        Groups: ``"case"``, ``"role"``, ``"site"`` or another attribute of units, participants, documents or cases; None
        takes all together. Excerpts without one are left out, and the note says how many.
    cluster : {"unit", "document", "participant", "site"} or None
        What is taken as sampled independently: excerpts of one person or one interview are alike. By default the
        coarsest of participant and document that holds several units and lies within the groups; where none does, the
        coarsest of all, whose correlation between groups is taken into account.
    coders : {"any", "all", "mean"}
        A code counts where at least one coder applied it; where every coder who read the unit did; or each unit counts
        as the mean of the coders who read it, which is fair where groups were read by different numbers of coders.
    framework : Framework
        Its members of the focus of resistance are the foci.
    confidence : float
        Nominal simultaneous coverage over the foci of a group, and over all contrasts.
    rng : None, int or Generator
        For the joint distribution of the foci.

    Returns
    -------
    ResistanceProfile
        Shares and intervals lie in [0, 1], differences in [-1, 1]. A focus that no code points to is missing, not 0;
        one that every code for resistance points to is missing, for its share is 1 by construction. There is no
        interval with fewer than five clusters, nor for differences between groups that were read by different numbers
        of coders, unless ``coders="mean"``.

    Raises
    ------
    DataError
        Where no excerpt carries resistance, or the framework has no concept of the focus of resistance.

    References
    ----------
    Korn EL, Graubard BI. Surv Methodol 1998;24:193-201. Newcombe RG. Stat Med 1998;17:873-890.

    Examples
    --------
    >>> from expertsys.datasets import load
    >>> study = load("synthetic-three-systems").study()
    >>> profile = resistance_profile(study)
    >>> row = profile.to_frame().loc[("Booking", "focus-of-resistance.policy")]
    >>> bool(0 <= row["low"] <= row["share"] <= row["high"] <= 1)
    True
    """
    check_between("confidence", confidence, 0, 1)
    if cluster is not None:
        check_choice("cluster", cluster, ("unit", "document", "participant", "site"))
    excerpts = Excerpts.from_study(study, framework, coders=coders, rules=("any", "all", "mean"))
    concepts = _Concepts.from_framework(framework, study)
    resisting = excerpts.table[excerpts.carrying(concepts.resistance)]
    if resisting.empty:
        raise DataError(
            "no excerpt carries resistance",
            place="resistance_profile",
            remedy=f"Let codes point to {concepts.foci[0]!r} and its like: study.codebook.with_concepts({{...}}).",
        )
    group = excerpts.attribute(by).reindex(resisting.index) if by is not None else EVERYTHING
    records = _records(excerpts, resisting, concepts).assign(group=group)
    groups_of_units = _groups_of_units(study, by)
    records["cluster"], level = _clusters(study, resisting, cluster, groups_of_units)
    known = records["group"].notna() & records["cluster"].notna()
    left_out = int((~known).sum())
    if left_out == len(records):
        missing = by if by is not None and records["group"].isna().all() else level
        raise DataError(
            f"an excerpt must have a {missing}; none of {counted(left_out, 'resistance excerpt')} has one",
            place="resistance_profile",
            remedy="Fill the attribute, or choose another for by= or cluster=.",
        )
    records = records[known]
    unequal = "" if coders == "mean" else excerpts.coders_differ(groups_of_units)
    shares = {
        str(name): ClusteredShares(*_per_cluster(part, concepts)) for name, part in records.groupby("group", sort=False)
    }
    sizes = {str(name): part for name, part in records.groupby("group", sort=False)}
    draw = generator(rng)
    rows = [
        row
        for name, found in shares.items()
        for row in _rows(name, found, sizes[name], concepts, level, confidence, draw)
    ]
    columns = ["group", "focus", "share", "low", "high", "n_focus", "n_resistance", "n_clusters", "note"]
    table = pd.DataFrame(rows, columns=columns).astype({"n_focus": "Int64"})
    note = [
        excerpts.note,
        *concepts.notes,
        f"Clusters: {level}s." if level != "unit" else "Units count as independent.",
    ]
    if left_out:
        note.append(f"Left out: {counted(left_out, 'resistance excerpt')} without {by or cluster} or {level}.")
    if unequal:
        note.append(f"{unequal} Differences have no interval; coders='mean' compares fairly.")
    return ResistanceProfile(
        by or "all together",
        level,
        confidence,
        _contrasts(shares, sizes, concepts, level, confidence, draw, unequal),
        " ".join(filter(None, note)),
        table.set_index(["group", "focus"]).rename_axis(columns="column"),
        tuple(str(framework.source(each)) for each in framework[concepts.focus].sources),
    )


@attrs.frozen
class _Concepts:
    """The framework's concepts of resistance, and which of its foci the codebook can tell.

    Parameters
    ----------
    focus : str
        The concept whose members the foci are.
    resistance : frozenset of str
        The concepts that make an excerpt one of resistance.
    foci : tuple of str
        All of them.
    unknown : dict
        Focus to the reason why its share is missing, for those that have none.
    notes : tuple of str
        What a reader must know.
    """

    focus: str
    resistance: frozenset[str]
    foci: tuple[str, ...]
    unknown: Mapping[str, str]
    notes: tuple[str, ...]

    @property
    def measured(self) -> tuple[str, ...]:
        """The foci whose shares are known."""
        return tuple(key for key in self.foci if key not in self.unknown)

    @classmethod
    def from_framework(cls, framework: Framework, study: Study) -> _Concepts:
        """The concepts of which `Resistance` and `FocusOfResistance` make instances, whatever their keys."""
        classes = {concept.class_name: concept.key for concept in framework.concepts if concept.class_name}
        focus = classes.get(FocusOfResistance.__name__)
        foci = tuple(concept.key for concept in framework.children(focus)) if focus else ()
        if focus is None or not foci:
            raise DataError(
                f"the framework {framework.name!r} must have a concept with the class 'FocusOfResistance' and members; "
                "it has none",
                place="framework",
                remedy="Keep focus-of-resistance, under whatever key, or pass another framework.",
            )
        resistance = frozenset({focus, classes.get(Resistance.__name__, focus)})
        coded = [keys for keys in concepts_of_codes(study, framework).values() if not resistance.isdisjoint(keys)]
        unknown = {key: "no code points to it: not measured" for key in foci if not any(key in keys for keys in coded)}
        unknown |= {
            key: "every code for resistance points to it: 1 by construction"
            for key in foci
            if coded and all(key in keys for keys in coded)
        }
        notes = []
        without = [key for key in foci if unknown.get(key, "").startswith("no code")]
        general = any(frozenset(foci).isdisjoint(keys) for keys in coded)
        if without:
            notes.append(f"No code points to {listing(without)}: not measured.")
        if without and not general:
            notes.append(
                "No code stands for resistance in general: shares are among excerpts with one of the foci that have a "
                "code."
            )
        return cls(focus, resistance, foci, unknown, tuple(notes))


def _records(excerpts: Excerpts, resisting: pd.DataFrame, concepts: _Concepts) -> pd.DataFrame:
    """Per excerpt of resistance how much of one it is, ``size``, and as much of each focus, ``0 ...``."""

    def carried(keys: pd.Series[Any]) -> pd.DataFrame:
        rows = [[focus in each for focus in concepts.foci] for each in keys]
        table = pd.DataFrame(rows, index=keys.index, columns=range(len(concepts.foci))).astype(np.float64)
        return table.assign(size=[float(not concepts.resistance.isdisjoint(each)) for each in keys])

    if excerpts.coders != "mean":
        return carried(resisting["concepts"])
    own = excerpts.by_coder.set_index("excerpt")["concepts"]
    total = carried(own).groupby(level="excerpt", sort=False).sum().reindex(resisting.index)
    return total.div(resisting["n_coders"], axis=0)


def _groups_of_units(study: Study, by: str | None) -> pd.Series[str]:
    """The group of each unit of the study, coded or not; empty without units."""
    units = study.units
    if by is None or units.empty:
        return pd.Series(dtype="str")
    rows = units.assign(unit=units.index)
    return units[by] if by in units else attribute(study, rows, by)


def _clusters(
    study: Study, resisting: pd.DataFrame, cluster: str | None, groups: pd.Series[str]
) -> tuple[pd.Series[str], str]:
    """The cluster of each excerpt, and at which level."""
    if cluster == "site" or (cluster is not None and study.units.empty):
        return resisting[cluster], cluster
    if study.units.empty:  # spans of text
        if resisting["participant"].notna().any():
            return resisting["participant"].fillna(resisting["document"]), "participant"
        return resisting["document"], "document"
    level = cast("Level", cluster) if cluster else study.cluster_level(groups if len(groups) else None)
    if cluster is None and level == "unit":  # questions, say, within interviews: interviews belong to several groups
        level = study.cluster_level()
    return study.clusters(level).reindex(resisting.index), level


def _per_cluster(part: pd.DataFrame, concepts: _Concepts) -> tuple[Floats, Floats]:
    """Per cluster the sums of the measured foci, and the sizes."""
    columns = [concepts.foci.index(key) for key in concepts.measured]
    totals = part.groupby("cluster", sort=False)[[*columns, "size"]].sum()
    return totals[columns].to_numpy(dtype=np.float64), totals["size"].to_numpy(dtype=np.float64)


def _rows(
    name: str,
    found: ClusteredShares,
    part: pd.DataFrame,
    concepts: _Concepts,
    level: str,
    confidence: float,
    draw: np.random.Generator,
) -> list[tuple[object, ...]]:
    """The rows of one group."""
    few = found.clusters < FEWEST_CLUSTERS
    if few or not concepts.measured:
        low = high = np.full(len(concepts.measured), np.nan)
    else:
        low, high = found.intervals(level_of_each(found.root, confidence, draw))
    reason = f"only {counted(found.clusters, level)}: no interval" if few else ""
    numbers = dict(zip(concepts.measured, zip(found.shares, low, high, strict=True), strict=True))
    rows: list[tuple[object, ...]] = []
    for column, focus in enumerate(concepts.foci):
        nothing = (np.nan, np.nan, np.nan)
        share, low_end, high_end = numbers.get(focus, nothing)
        unmeasured = concepts.unknown.get(focus, "")
        carried = pd.NA if unmeasured.startswith("no code") else int((part[column] > 0).sum())
        place = (name, focus, share, low_end, high_end)
        rows.append((*place, carried, len(part), found.clusters, unmeasured or reason))
    return rows


def _contrasts(
    shares: Mapping[str, ClusteredShares],
    parts: Mapping[str, pd.DataFrame],
    concepts: _Concepts,
    level: str,
    confidence: float,
    draw: np.random.Generator,
    unequal: str,
) -> pd.DataFrame:
    """Differences between groups, with intervals that hold all at once."""
    columns = ["group_a", "group_b", "focus", "difference", "low", "high", "note"]
    pairs = list(itertools.combinations(shares, 2))
    size = len(concepts.measured)
    roots = {name: _root_by_cluster(shares[name], parts[name]) for name in shares}
    clusters = pd.Index(dict.fromkeys(label for root in roots.values() for label in root.index))
    aligned = {name: root.reindex(clusters).fillna(0).to_numpy(dtype=np.float64) for name, root in roots.items()}
    usable = [
        pair
        for pair in pairs
        if not unequal and size and min(shares[name].clusters for name in pair) >= FEWEST_CLUSTERS
    ]
    if usable:
        differences = np.hstack([aligned[first] - aligned[second] for first, second in usable])
        each = level_of_each(differences, confidence, draw)
        ends = {name: shares[name].intervals(each) for name in {name for pair in usable for name in pair}}
    rows: list[tuple[object, ...]] = []
    for pair in pairs:
        first, second = (shares[name] for name in pair)
        low = high = np.full(size, np.nan)
        fewest = min(pair, key=lambda name: shares[name].clusters)
        reason = ""
        if pair in usable:
            a, b = aligned[pair[0]], aligned[pair[1]]
            scale = np.sqrt((a**2).sum(axis=0) * (b**2).sum(axis=0))
            correlation = (a * b).sum(axis=0) / np.where(scale > 0, scale, 1.0)
            low, high = difference_interval(
                (first.shares, *ends[pair[0]]), (second.shares, *ends[pair[1]]), correlation
            )
        elif unequal:
            reason = "different numbers of coders: no interval"
        else:
            reason = f"only {counted(shares[fewest].clusters, level)} in {fewest!r}: no interval"
        difference = dict(
            zip(concepts.measured, zip(first.shares - second.shares, low, high, strict=True), strict=True)
        )
        for focus in concepts.foci:
            numbers = difference.get(focus, (np.nan, np.nan, np.nan))
            rows.append((*pair, focus, *numbers, concepts.unknown.get(focus, reason)))
    return pd.DataFrame(rows, columns=columns).set_index(columns[:3]).rename_axis(columns="column")


def _root_by_cluster(found: ClusteredShares, part: pd.DataFrame) -> pd.DataFrame:
    """The root of the covariance of a group's shares, by cluster."""
    return pd.DataFrame(found.root, index=list(dict.fromkeys(part["cluster"])))
