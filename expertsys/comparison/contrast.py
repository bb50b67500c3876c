"""What differs between groups of cases, documents or people, by how much, and how sure that is."""

from __future__ import annotations

from collections.abc import Sequence
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
from expertsys.comparison.applied import (
    RULES,
    Coders,
    Of,
    Subcodes,
    availability,
    chosen_columns,
    confined,
    mapped,
    passing,
    readers_of,
    rule_of,
    subcodes_note,
    uneven,
    weighted,
)
from expertsys.comparison.grouping import grouped, order, read_units, table_of
from expertsys.study import Study

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Correction = Literal["bh", "by"]
FEW_CLUSTERS = 6
#: What is itself drawn where it is compared with itself, so that all that one of them has in a group stays together.
_DRAWN = ("participant", "document")


@attrs.frozen(eq=False, repr=False)
class Contrast(TableResult):
    """Shares of units with each code by group, compared with each other; see `contrast`.

    Attributes
    ----------
    by, cluster : str
        What the groups are, and what is taken as drawn: the level of clusters.
    within : str or None
        What permutations stay within.
    coders : {"any", "majority", "all", "mean"}
        Whose applications count.
    confidence : float
        Of all shares, and of all differences, simultaneously; of V, each by itself.
    correction : {"bh", "by"}
        How false discoveries are controlled.
    shares : pandas.DataFrame
        Index ``code, group``: ``share`` of the group's units with ``low`` and ``high``; ``n_with`` of ``n`` units in
        ``n_clusters``; ``residual``, standardised: how far from what all groups together have, in standard errors.
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
    coders: Coders
    confidence: float
    correction: Correction
    shares: pd.DataFrame
    differences: pd.DataFrame
    arrangements: int
    exact: bool
    note: str
    _table: pd.DataFrame
    _modelled: bool
    _drawn: str

    def to_frame(self) -> pd.DataFrame:
        """One row per code, the largest effect first.

        The share in each group; ``v``, Cramér's V, bias-corrected, with ``v_low`` and ``v_high``; ``p``; ``q``, the
        same with false discoveries controlled; and ``p_family``, against the largest statistic of all codes. The three
        are NaN where fewer clusters carry the code than can decide.
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
        permuted = (
            f"exchanging the groups of what each {self.within} has in them"
            if self.cluster == self.within
            else f"permuting {drawn} between groups{within}"
        )
        weights = (
            f"Each {self.within} has the same weight in every group, and differences have the error of comparisons "
            f"within {self.within}s. "
            if self.within
            else ""
        )
        model = (
            " and, since their sizes differ, by the beta-binomial model of one share, the larger p value being reported"
            if self._modelled
            else ""
        )
        return (
            f"For each code, the share of units to which {RULES[self.coders]} applied it was compared between groups "
            f"by {self.by}, taking {drawn} as drawn, for units of one {self.cluster} are not independent. Differences "
            f"were tested by {permuted} ({how} {self.arrangements:,} arrangements)"
            f"{model}; the statistic is Pearson's X² with the variance of each share that the sizes of its "
            f"{drawn} and their intraclass correlation imply. False discoveries were controlled by {control} "
            f"procedure. {weights}Intervals ({percent(self.confidence)}) of differences hold what the test against the "
            f"largest difference does not reject; those of shares are jackknife intervals over {self._drawn}s on the "
            "logit scale, simultaneous by the maximum of t; Cramér's V is bias-corrected, its interval an inverted "
            "test." + (f" {self.note}" if self.note else "")
        )

    def cite(self) -> tuple[str, ...]:
        """The references behind the method."""
        control = {"bh": "benjamini1995", "by": "benjamini2001"}[self.correction]
        return references.cite(
            (
                "rao1992",
                "donner2000",
                "phipson2010",
                "westfall1993",
                "wallenstein1997",
                "bergsma2013",
                "efron1993",
                control,
            )
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
    coders: Coders | None = None,
    subcodes: Subcodes = "include",
    codes: Sequence[str] | None = None,
    available: str | None = None,
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
        ``"case"``, or any attribute of units, documents, participants or cases. Coders are compared in
        `expertsys.agreement`.
    of : {"codes", "concepts"}
        What is looked for.
    cluster : str, optional
        What is taken as drawn, for units of one interview, or of one person, are not independent. By default the
        coarsest of participant and document that holds several units and lies within the groups, and cases where
        the groups are kinds of case; people or documents that are compared with themselves (`within`) are clusters in
        each group. ``cluster`` of the result names it. ``"unit"`` takes every unit as independent,
        which is hardly ever so.
    within : str or None
        Groups are compared within this, where they vary within it: by default documents of one case with each other.
        ``"participant"`` compares each person with themselves, as before and after in the same persons. Shares,
        differences, V, intervals and p values are then of those who are in every group, each with the same weight in
        all groups; the note says how many are left out. None compares whole groups.
    coders : {"any", "majority", "all", "mean"}, optional
        A unit has a code where at least one coder applied it, more than half of those who read it, or all; or it counts
        as the share of its readers who applied it. By default ``"any"`` where every unit had equally many readers, else
        ``"mean"``. Under another rule, groups whose units had different numbers of readers are not tested, for more
        coders find more.
    subcodes : {"include", "exclude"}
        Whether applications of sub-codes count for the codes above them, and those of sub-concepts likewise.
    codes : sequence of str, optional
        The codes or concepts compared, by default all that were applied. A code that was applied by its sub-codes only,
        such as a theme, may be named here.
    available : str, optional
        An attribute, such as ``"question"``, on which it depended whether a code could be applied: codes are compared
        over the units under those values for which they were applied at all.
    confidence : float
        Nominal simultaneous coverage of all shares, and of all differences.
    correction : {"bh", "by"}
        False discoveries by Benjamini and Hochberg, or by Benjamini and Yekutieli, whatever the codes' dependence.
    permutations : int
        Arrangements looked at; where there are no more than that, all of them.
    replicates : int
        Of the tables drawn for the interval of Cramér's V.
    rng : None, int or Generator
        For permutations, the model, V and the maximum of t.

    Returns
    -------
    Contrast
        Units without group or cluster are left out, and the note says how many. Where groups are compared within cases
        or participants that have unequal numbers of units in them, a share is not ``n_with / n``. With one cluster in a
        group there are no intervals. A code that fewer clusters carry than can decide has no p value, and the note says
        how many that is.

    Raises
    ------
    DataError
        For fewer than two groups, coders as groups, groups that are their own clusters, an unknown attribute, or where
        nobody is in every group that `within` compares.

    Notes
    -----
    Where groups have documents of different lengths, groups of other arrangements have other sizes, and Pearson's X² of
    one is not comparable with that of another. The statistic therefore divides by the variance that follows from the
    sizes of the clusters and their intraclass correlation, estimated within groups (Rao and Scott 1992). As a rare code
    falls into long documents by their length alone, the same statistic is also compared with counts drawn from the
    beta-binomial model of one share for all groups; the larger p value is given. Where all clusters are of one size,
    permutations suffice. See the table of error rates in the how-to guide "Compare cases".

    With ``by="case"`` the cases are fixed and their documents drawn: the test does not ask whether three cases stand
    for more than themselves.

    References
    ----------
    Rao JNK, Scott AJ. Biometrics 1992;48:577–585. doi:10.2307/2532311. Donner A, Klar N. Design and Analysis of Cluster
    Randomization Trials in Health Research. Arnold, 2000. Wallenstein S. Stat Med 1997;16:1329–1336. Bergsma W. J
    Korean Stat Soc 2013;42:323–328. doi:10.1016/j.jkss.2012.10.002. Westfall PH, Young SS. Resampling-Based Multiple
    Testing. Wiley, 1993.

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
    check_choice("correction", correction, ("bh", "by"))
    check_between("confidence", confidence, 0, 1)
    check_positive("permutations", permutations)
    check_positive("replicates", replicates)
    study.require_units("a contrast")
    study.require_one_round("a contrast")
    counted = _counted(study, by, cluster, within, of, coders, subcodes, codes, available)
    cluster = counted.cluster
    draw = generator(rng)
    design = permuting.Design(counted.sums, counted.sizes, counted.group, counted.stratum)
    tested = permuting.permute(design, most=permutations, draw=draw, confidence=confidence, paired=counted.paired)
    if counted.paired:
        groups = shares.of_strata(design, tested.correlation, drawn=within != "case")
    else:
        groups = [
            shares.Group.of(counted.sums[counted.group == number], counted.sizes[counted.group == number])
            for number in range(len(counted.names))
        ]
    if counted.untested:
        nothing = np.full_like(tested.p, np.nan)
        tested = attrs.evolve(tested, p=nothing, p_family=nothing)
    low, high = shares.of_groups(groups, confidence, draw)
    pairs = shares.of_pairs(groups, tested.correlation, tested.critical)
    if counted.paired:
        groups = [
            attrs.evolve(group, independent=group.effective(tested.correlation) / tested.scatter) for group in groups
        ]
    v = shares.cramers_v(groups, tested.correlation, replicates=replicates, confidence=confidence, draw=draw)
    stratified = within if len(np.unique(counted.stratum)) > 1 else None
    drawn = stratified if stratified is not None and counted.paired and within != "case" else cluster
    notes = [*counted.notes, *_notes(design, groups, counted, tested, drawn)]
    return Contrast(
        by,
        cluster,
        stratified,
        counted.coders,
        confidence,
        correction,
        _shares_table(counted, groups, low, high, tested.residual),
        _pairs_table(counted, pairs),
        tested.arrangements,
        tested.exact,
        " ".join(notes),
        _summary(counted, groups, v, tested, correction),
        tested.replicates > 0,
        drawn,
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
    cluster: str
    coders: Coders
    paired: bool
    untested: str
    notes: tuple[str, ...]


def _counted(
    study: Study, by: str, cluster: str | None, within: str | None, of: Of, coders: Coders | None,
    subcodes: Subcodes, asked: Sequence[str] | None, available: str | None,
) -> _Counted:  # fmt: skip
    if by == "coder" or by in study.coders.columns:
        raise DataError(
            "coders read the same units, so that their codings are no independent groups",
            place="by",
            remedy="Compare coders with es.reliability(study) and es.agreement.disagreements(study).",
        )
    read = read_units(study)
    readers = readers_of(read, "unit")
    rule = rule_of(coders, readers)
    read["group"] = grouped(study, read, by, place="by")
    units = read.drop_duplicates("unit")
    if cluster is None:
        of_units = units.set_index("unit")["group"]
        level = study.cluster_level(of_units[of_units != f"(no {by})"])
        cluster = "case" if table_of(study, by, place="by")[0] == "cases" else level
        if within in _DRAWN and by != within:
            cluster = within
    if cluster == by:
        raise DataError(
            f"each {by} would be a group with one {cluster} in it",
            place="cluster",
            remedy="Compare kinds of them, or take what is inside as drawn: cluster='document'.",
        )
    if cluster in ("unit", "participant"):  # who speaks in a document without a participant is not known
        units["cluster"] = units["unit"].map(study.clusters("unit" if cluster == "unit" else "participant"))
    else:
        units["cluster"] = grouped(study, units, cluster, place="cluster")
    lost = (units["group"] == f"(no {by})") | (units["cluster"] == f"(no {cluster})")
    notes = [f"{int(lost.sum())} units without {by} or {cluster} are left out."] if lost.any() else []
    codes = chosen_columns(study, of, asked, place="codes")
    rows, note = mapped(study, study.codings, of, subcodes)
    rows = passing(study, rows[rows["column"].isin(codes)], rule)
    notes += [note, subcodes_note(study, of, subcodes, codes), confined(study, read, rows, available)]
    units = units[~lost]
    if available is not None:
        units, codes, more = _offered(study, units, rows, available, codes)
        notes.append(more)
    units, paired, left_out = _strata(study, units, by, within)
    notes += left_out
    names = order(study, units["group"], by)
    names = [name for name in names if name in set(units["group"])]
    if len(names) < 2:
        raise DataError(
            f"there is no second group: by={by!r} has {listing(names)}", place="by", remedy="Choose another attribute."
        )
    keys = ["cluster", "group", "stratum"]
    parts = units.drop_duplicates(keys)
    alone = parts if not paired or within == "case" else parts.drop_duplicates(["cluster", "stratum"])
    split = int((alone.groupby("cluster").size() > 1).sum())
    if split:
        notes.append(
            f"{split} {cluster}s are in several groups or strata and are taken as independent there: "
            f"cluster= and within= say otherwise."
        )
    notes.append(_repeated(study, units, by, cluster, within))
    told = uneven(read[read["unit"].isin(units["unit"])], "unit", ["group"], readers)
    untested = ""
    if told and rule != "mean":
        untested = (
            f"No test: groups differ in how many coders read their units ({told}), and by {rule!r} more coders find "
            "more or less. Use coders='mean', one coder (study.select(coders=[...])) or a consensus "
            "(es.agreement.consensus)."
        )
    elif rule == "mean" and coders is None:
        notes.append(
            "Units differ in how many coders read them: each counts as the share of its readers (coders='mean')."
        )
    notes += [untested, study.reading_note]
    numbers = units.groupby(keys, sort=False).ngroup()
    rows = rows[rows["unit"].isin(units["unit"]) & rows["column"].isin(codes)]
    amount = weighted(rows, [], "unit", rule, readers).rename("amount").reset_index()
    place = pd.Series(numbers.to_numpy(), index=units["unit"])
    sums = np.zeros((len(parts), len(codes)))
    at = pd.Index(codes).get_indexer(pd.Index(amount["column"]))
    np.add.at(sums, (place[amount["unit"]].to_numpy(), at), amount["amount"].to_numpy(dtype=np.float64))
    sizes = np.bincount(numbers.to_numpy(), minlength=len(parts)).astype(np.float64)
    group = pd.Index(names).get_indexer(pd.Index(parts["group"])).astype(np.int64)
    stratum = pd.factorize(parts["stratum"])[0].astype(np.int64)
    return _Counted(
        sums, sizes, group, stratum, tuple(names), tuple(codes), cluster, rule, paired, untested,
        tuple(filter(None, notes)),
    )  # fmt: skip


def _strata(study: Study, units: pd.DataFrame, by: str, within: str | None) -> tuple[pd.DataFrame, bool, list[str]]:
    """The units that can be compared within strata, whether they are, and what is left out."""
    if within is None or within == by:
        return units.assign(stratum=""), False, []
    units = units.assign(stratum=grouped(study, units, within, place="within"))
    number = units["group"].nunique()
    if number < 2:
        return units, False, []
    nameless = units["stratum"] == f"(no {within})"
    groups_of = units[~nameless].groupby("stratum")["group"].nunique()
    if within == "case":  # by default: where no case has several groups, whole groups are compared
        groups_of = units.groupby("stratum")["group"].nunique()
        nameless[:] = False
        if (groups_of < 2).all():
            return units.assign(stratum=""), False, []
    some_only = bool(groups_of.between(2, number - 1).any())
    least = 2 if within == "case" and some_only else number
    kept = groups_of.index[groups_of >= least]
    if not len(kept):
        raise DataError(
            f"no {within} is in every group by {by}, so that nobody can be compared with themselves",
            place="within",
            remedy=f"Say within=None to compare whole groups. There are {listing(units['group'].unique())}; "
            "study.select(...) chooses among them.",
        )
    notes = []
    gone = len(groups_of) - len(kept)
    inside = units["stratum"].isin(kept)
    if gone:
        what = "every group" if least == number else "several groups"
        notes.append(
            f"{gone} of {len(groups_of)} {within}s {'is' if gone == 1 else 'are'} not in {what} and left out, with "
            f"{int((~inside & ~nameless).sum())} units; within=None compares whole groups."
        )
    if nameless.any():
        notes.append(f"{int(nameless.sum())} units without {within} are left out.")
    if least < number:
        notes.append(
            f"{within.capitalize()}s differ in which groups they have: p values compare within {within}s, shares and "
            f"differences are over all that are left. Choose groups that all {within}s have for shares within them."
        )
        return units[inside], False, notes
    units = units[inside]
    if len(kept) == 1:
        return units.assign(stratum=""), False, notes
    sizes = units.groupby(["stratum", "group"]).size().groupby("stratum").agg(["min", "max"])
    if (sizes["min"] < sizes["max"]).any():
        notes.append(f"Each {within} has the same weight in every group, so that shares are not n_with / n.")
    return units, True, notes


def _offered(
    study: Study, units: pd.DataFrame, rows: pd.DataFrame, available: str, codes: list[str]
) -> tuple[pd.DataFrame, list[str], str]:
    """The units and codes of the values of an attribute; codes must share them, for they are tested together."""
    offered = availability(study, rows, available)
    sets: dict[frozenset[str], list[str]] = {}
    for code in codes:
        sets.setdefault(frozenset(offered.get(code, ())), []).append(code)
    widest = max(sets, key=lambda values: (len(sets[values]), len(values)))
    label = grouped(study, units, available, place="available")
    left = [code for code in codes if not widest <= offered.get(code, set())]
    kept = [code for code in codes if code not in left]
    told = f"Units under {available} = {listing(sorted(widest))} only"
    if left:
        told += (
            f"; codes that were not available under all of them are left out: {listing(left, 5)}. "
            "codes=[...] compares these among themselves"
        )
    return units[label.isin(widest)], kept, told + "."


def _repeated(study: Study, units: pd.DataFrame, by: str, cluster: str, within: str | None) -> str:
    """A note where participants are in several groups and nothing pairs them, or in several cases and it does."""
    people = grouped(study, units, "participant", place="within")
    people = people.where(people != "(no participant)")
    if within == "participant":
        several = int(units.groupby(people)["case"].nunique().gt(1).sum())
        return (
            f"{several} of {people.nunique()} participants are in several cases, and are taken for the same people: "
            "where they are numbered anew in each case, put the case before their number."
            if several
            else ""
        )
    if "participant" in (cluster, by) or within in _DRAWN:
        return ""
    groups = units.groupby(people)["group"].nunique()
    several = int((groups > 1).sum())
    if several < 2:
        return ""
    return (
        f"{several} of {len(groups)} participants are in several groups. If they are the same people, "
        "within='participant' compares each with themselves, which has more power; if they are numbered anew in each "
        f"{by}, put the {by} before their number."
    )


def _notes(
    design: permuting.Design, groups: list[shares.Group], counted: _Counted, tested: permuting.Permuted, drawn: str
) -> list[str]:
    cluster = counted.cluster
    few = {
        name: group.clusters for name, group in zip(counted.names, groups, strict=True) if group.clusters < FEW_CLUSTERS
    }
    notes = []
    if few:
        told = ", ".join(f"{name} ({count})" for name, count in few.items())
        notes.append(f"Few {drawn}s, so that intervals cannot be trusted: {told}.")
    if len(design.sizes) == design.groups:
        notes.append(f"No p value: each group is one {cluster}.")
    elif tested.exact and tested.arrangements < 200:
        notes.append(
            f"There are {tested.arrangements} arrangements: no p value can be below {1 / tested.arrangements:.3f}."
        )
    rare = int((~np.isnan(tested.statistic) & (design.carriers < tested.needed)).sum())
    if rare and not counted.untested:
        notes.append(
            f"No p value for {rare} of {len(counted.codes)} codes: fewer than {tested.needed} {cluster}s carry each of "
            "them, which cannot decide."
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
            int(counted.sums[counted.group == number, place].sum()),
            int(counted.sizes[counted.group == number].sum()),
            int((counted.group == number).sum()),
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
