"""What differs between groups of cases, documents or people, by how much, and how sure that is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import attrs
import numpy as np
import numpy.typing as npt
import pandas as pd

from expertsys._core import references
from expertsys._core.errors import DataError, check_between, check_choice, check_positive, listing
from expertsys._core.results import TableResult, percent
from expertsys._core.rng import RNG, generator
from expertsys.comparison import permuting, shares
from expertsys.comparison.applied import RULES, Coders, applications, columns, mapped
from expertsys.comparison.case_matrix import Of
from expertsys.comparison.grouping import attributes, grouped, order, read_units
from expertsys.study import Study

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Correction = Literal["bh", "by"]
FEW_CLUSTERS = 6


@attrs.frozen(eq=False, repr=False)
class Contrast(TableResult):
    """Shares of units with each code by group, set against each other; see `contrast`.

    Attributes
    ----------
    by, cluster : str
        What the groups are, and what is taken as drawn.
    within : str or None
        What permutations stay within.
    confidence : float
        Of the shares and differences, all at once; of V, each by itself.
    correction : {"bh", "by"}
        How false discoveries are controlled.
    shares : pandas.DataFrame
        Index ``code, group``: ``share`` of the group's units with ``low`` and ``high``; ``n_with`` of ``n`` units in
        ``n_clusters``; ``residual``, standardised: how far from what all groups together have, in standard deviations.
    differences : pandas.DataFrame
        Index ``code, group_a, group_b``: ``difference`` of shares with ``low`` and ``high``; ``odds_ratio`` with
        ``or_low`` and ``or_high``.
    arrangements : int
        Permutations looked at, the observed one among them.
    exact : bool
        Whether these are all that there are.
    note : str
        What a reader must know; empty where there is nothing.
    """

    by: str
    cluster: str
    within: str | None
    confidence: float
    correction: Correction
    shares: pd.DataFrame
    differences: pd.DataFrame
    arrangements: int
    exact: bool
    note: str
    _table: pd.DataFrame
    _coders: Coders

    def to_frame(self) -> pd.DataFrame:
        """One row per code, the largest effect first.

        ``share`` in each group; ``v``, Cramér's V, bias-corrected, with ``v_low`` and ``v_high``; ``p`` by permuting
        clusters; ``q``, the same with false discoveries controlled; ``p_family``, against the largest of all codes.
        """
        return self._table.copy(deep=False)

    @property
    def groups(self) -> tuple[str, ...]:
        """The groups, in order."""
        return tuple(dict.fromkeys(self.shares.index.get_level_values("group")))

    def methods_text(self) -> str:
        """A paragraph for a methods section."""
        how = "all" if self.exact else "a sample of"
        within = f" within each {self.within}" if self.within else ""
        control = {"bh": "Benjamini and Hochberg's", "by": "Benjamini and Yekutieli's"}[self.correction]
        drawn = f"{self.cluster}s"
        return (
            f"For each code, the share of units to which {RULES[self._coders]} applied it was compared between groups "
            f"by {self.by}, taking {drawn} as drawn, for units of one {self.cluster} are not independent. Intervals "
            f"({percent(self.confidence)}) of shares and differences are jackknife intervals over {drawn} on the logit "
            "scale, by the maximum of t simultaneous over codes and groups. Differences were tested by permuting "
            f"{drawn} between groups{within} ({how} {self.arrangements:,} arrangements) with Pearson's X², controlling "
            f"false discoveries by {control} procedure; Cramér's V is bias-corrected, its interval a bootstrap over "
            f"{drawn}." + (f" {self.note}" if self.note else "")
        )

    def cite(self) -> tuple[str, ...]:
        """The references behind the method."""
        control = {"bh": "benjamini1995", "by": "benjamini2001"}[self.correction]
        return references.cite(
            ("zou2008", "phipson2010", "westfall1993", "haberman1973", "bergsma2013", "efron1993", control)
        )

    def plot(self, ax: Axes | None = None) -> Axes:
        """Differences between groups with their intervals."""
        from expertsys.plot import contrast

        return contrast(self, ax=ax)

    _decimals = 4

    def _title(self) -> str:
        counts = self.shares.groupby("group", sort=False)[["n", "n_clusters"]].first()
        told = ", ".join(
            f"{group} ({n:,} units in {clusters} {self.cluster}s)"
            for group, n, clusters in counts.itertuples(name=None)
        )
        title = f"Share of units with each code by {self.by}: {told}"
        return title + (f"\n{self.note}" if self.note else "")


def contrast(
    study: Study,
    *,
    by: str = "case",
    of: Of = "codes",
    cluster: str | None = None,
    within: str | None = "case",
    coders: Coders = "any",
    confidence: float = 0.95,
    correction: Correction = "bh",
    permutations: int = 9999,
    replicates: int = 1000,
    rng: RNG = 0,
) -> Contrast:
    """Compare the shares of units with each code between groups, taking whole documents, people or cases as drawn.

    Parameters
    ----------
    study : Study
        With units and one round of coding.
    by : str
        ``"case"``, or any attribute of documents, participants or cases. Coders are compared in `expertsys.agreement`.
    of : {"codes", "concepts"}
        What is looked for.
    cluster : str, optional
        What is taken as drawn, for what one document says twice is not two observations: by default cases where the
        groups are kinds of case, participants where they are kinds of people, else documents. ``"unit"`` takes every
        unit as independent, which is hardly ever so.
    within : str or None
        Permutations stay within this, where groups vary within it: by default documents of one case are compared with
        each other.
    coders : {"any", "majority", "all"}
        A unit has a code where at least one coder applied it, more than half of those who read it, or all.
    confidence : float
        Nominal simultaneous coverage of all shares, and of all differences.
    correction : {"bh", "by"}
        False discoveries by Benjamini and Hochberg, or by Benjamini and Yekutieli, whatever the codes' dependence.
    permutations : int
        Arrangements looked at; where there are no more than that, all of them, and the p values are exact.
    replicates : int
        Of the bootstrap for Cramér's V.
    rng : None, int or Generator
        For permutations, bootstrap and the maximum of t.

    Returns
    -------
    Contrast
        Units without group or cluster are left out, and the note says how many. With one cluster in a group there are
        no intervals; with few, the smallest p value that can be reached is large, and the note says so.

    Raises
    ------
    DataError
        For fewer than two groups, coders as groups, groups that are their own clusters, or an unknown attribute.

    Notes
    -----
    The test asks whether clusters could change groups without a trace. It does not ask whether three cases stand for
    more than themselves: with ``by="case"`` the cases are fixed, and their documents drawn.

    References
    ----------
    Zou GY, Donner A. Stat Med 2008;27:1693–1702. doi:10.1002/sim.3095. Bergsma W. J Korean Stat Soc 2013;42:323–328.
    doi:10.1016/j.jkss.2012.10.002. Westfall PH, Young SS. Resampling-Based Multiple Testing. Wiley, 1993.

    Examples
    --------
    >>> from expertsys.datasets import load
    >>> study = load("synthetic-three-systems").study()
    >>> found = contrast(study, by="kind", permutations=199)
    >>> found.to_frame().index[0]
    'targets and payment'
    """
    Study.require(study, "contrast")
    check_choice("of", of, ("codes", "concepts"))
    check_choice("coders", coders, tuple(RULES))
    check_choice("correction", correction, ("bh", "by"))
    check_between("confidence", confidence, 0, 1)
    check_positive("permutations", permutations)
    check_positive("replicates", replicates)
    study.require_units("a contrast")
    study.require_one_round("a contrast")
    cluster = cluster or _default_cluster(study, by)
    counted = _counted(study, by, cluster, within, of, coders)
    draw = generator(rng)
    groups = [
        shares.Group.of(counted.sums[counted.group == number], counted.sizes[counted.group == number])
        for number in range(len(counted.names))
    ]
    low, high = shares.of_groups(groups, confidence, draw)
    design = permuting.Design(counted.sums, counted.sizes, counted.group, counted.stratum)
    tested = permuting.permute(design, most=permutations, draw=draw, confidence=confidence)
    pairs = shares.of_pairs(groups, tested.correlation, tested.critical)
    v = shares.cramers_v(groups, tested.correlation, replicates=replicates, confidence=confidence, draw=draw)
    notes = [*counted.notes, *_notes(groups, counted.names, cluster, tested)]
    silent = int((np.isnan(v[1]) & ~np.isnan(v[0])).sum())
    if silent and not np.isnan(v[1]).all():
        notes.append(f"V has no interval for {silent} codes: more than a tenth of the replicates have no variation.")
    stratified = within if len(np.unique(counted.stratum)) > 1 else None
    return Contrast(
        by,
        cluster,
        stratified,
        confidence,
        correction,
        _shares_table(counted, groups, low, high, tested.residual),
        _pairs_table(counted, pairs),
        tested.arrangements,
        tested.exact,
        " ".join(notes),
        _summary(counted, groups, v, tested, correction),
        coders,
    )


@attrs.frozen(eq=False)
class _Counted:
    """Clusters × codes: units with each, their number, and the group and stratum of each cluster."""

    sums: npt.NDArray[np.float64]
    sizes: npt.NDArray[np.float64]
    group: npt.NDArray[np.int64]
    stratum: npt.NDArray[np.int64]
    names: tuple[str, ...]
    codes: tuple[str, ...]
    notes: tuple[str, ...]


def _default_cluster(study: Study, by: str) -> str:
    table = by.rpartition(".")[0] or attributes(study).get(by, [""])[0]
    if table == "cases":
        return "case"
    known = study.documents["participant"].notna()
    return "participant" if table == "participants" and known.any() else "document"


def _counted(study: Study, by: str, cluster: str, within: str | None, of: Of, coders: Coders) -> _Counted:
    if by == "coder" or by in study.coders.columns:
        raise DataError(
            "coders read the same units, so that their codings are no independent groups",
            place="by",
            remedy="Compare coders with es.reliability(study) and es.agreement.disagreements(study).",
        )
    if cluster == by:
        raise DataError(
            f"each {by} would be a group with one {cluster} in it",
            place="cluster",
            remedy="Compare kinds of them, or take what is inside as drawn: cluster='document'.",
        )
    units = read_units(study).drop_duplicates("unit")
    units["group"] = grouped(study, units, by, place="by")
    units["cluster"] = units["unit"] if cluster == "unit" else grouped(study, units, cluster, place="cluster")
    lost = (units["group"] == f"(no {by})") | (units["cluster"] == f"(no {cluster})")
    notes = [f"{int(lost.sum())} units without {by} or {cluster} are left out."] if lost.any() else []
    units = units[~lost]
    units["stratum"] = "" if within is None or within == by else grouped(study, units, within, place="within")
    names = order(study, units["group"], by)
    names = [name for name in names if name in set(units["group"])]
    if len(names) < 2:
        raise DataError(
            f"there is no second group: by={by!r} has {listing(names)}", place="by", remedy="Choose another attribute."
        )
    if (units.groupby("stratum")["group"].nunique() < 2).all():
        units["stratum"] = ""  # groups do not vary within it
    keys = ["cluster", "group", "stratum"]
    parts = units.drop_duplicates(keys)
    split = int((parts.groupby("cluster").size() > 1).sum())
    if split:
        notes.append(f"{split} {cluster}s stand in several groups or strata and are taken as apart there.")
    numbers = units.groupby(keys, sort=False).ngroup()
    rows, note = mapped(study, applications(study, coders=coders), of)
    codes = columns(study, of)
    once = rows.drop_duplicates(["unit", "column"])
    place = pd.Series(numbers.to_numpy(), index=units["unit"])
    once = once[once["unit"].isin(place.index)]
    sums = np.zeros((len(parts), len(codes)))
    at = pd.Index(codes).get_indexer(pd.Index(once["column"]))
    np.add.at(sums, (place[once["unit"]].to_numpy(), at), 1)
    sizes = np.bincount(numbers.to_numpy(), minlength=len(parts)).astype(np.float64)
    group = pd.Index(names).get_indexer(pd.Index(parts["group"])).astype(np.int64)
    stratum = pd.factorize(parts["stratum"])[0].astype(np.int64)
    told = (*([note] if note else []), *notes)
    return _Counted(sums, sizes, group, stratum, tuple(names), tuple(codes), told)


def _notes(groups: list[shares.Group], names: tuple[str, ...], cluster: str, tested: permuting.Permuted) -> list[str]:
    few = {name: group.clusters for name, group in zip(names, groups, strict=True) if group.clusters < FEW_CLUSTERS}
    notes = []
    if few:
        told = ", ".join(f"{name} ({count})" for name, count in few.items())
        notes.append(f"Few {cluster}s, so that intervals are not to be trusted: {told}.")
    if tested.exact and tested.arrangements < 200:
        notes.append(
            f"There are {tested.arrangements} arrangements: no p value can be below {1 / tested.arrangements:.3f}."
        )
    return notes


def _shares_table(
    counted: _Counted, groups: list[shares.Group], low: shares.Floats, high: shares.Floats, residual: shares.Floats
) -> pd.DataFrame:
    rows = [
        (
            code,
            name,
            group.share[place],
            low[number, place],
            high[number, place],
            int(group.sums[:, place].sum()),
            int(group.sizes.sum()),
            group.clusters,
            residual[number, place],
        )
        for place, code in enumerate(counted.codes)
        for number, (name, group) in enumerate(zip(counted.names, groups, strict=True))
    ]
    names = ["code", "group", "share", "low", "high", "n_with", "n", "n_clusters", "residual"]
    return pd.DataFrame(rows, columns=names).set_index(["code", "group"]).rename_axis(columns="column")


def _pairs_table(counted: _Counted, pairs: list[shares.Pair]) -> pd.DataFrame:
    parts = ("difference", "low", "high", "odds_ratio", "or_low", "or_high")
    rows = [
        (code, counted.names[pair.first], counted.names[pair.second], *(getattr(pair, part)[place] for part in parts))
        for place, code in enumerate(counted.codes)
        for pair in pairs
    ]
    keys = ["code", "group_a", "group_b"]
    return pd.DataFrame(rows, columns=[*keys, *parts]).set_index(keys).rename_axis(columns="column")


def _summary(
    counted: _Counted, groups: list[shares.Group], v: shares.Floats, tested: permuting.Permuted, correction: Correction
) -> pd.DataFrame:
    from scipy.stats import false_discovery_control

    known = ~np.isnan(tested.p)
    q = np.full(len(tested.p), np.nan)
    if known.any():
        q[known] = false_discovery_control(tested.p[known], method=correction)
    table = pd.DataFrame(
        {
            **{name: group.share for name, group in zip(counted.names, groups, strict=True)},
            "v": v[0],
            "v_low": v[1],
            "v_high": v[2],
            "p": tested.p,
            "q": q,
            "p_family": tested.p_family,
        },
        index=pd.Index(counted.codes, name="code"),
    )
    ranked = np.argsort(-np.nan_to_num(tested.statistic, nan=-1.0), kind="stable")
    return table.iloc[ranked].rename_axis(columns="column")
