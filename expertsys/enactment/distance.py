"""Action at a distance: whether what was prescribed there gets done here."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np
import numpy.typing as npt
import pandas as pd

from expertsys._core.errors import DataError, counted
from expertsys._core.results import number
from expertsys._core.rng import RNG
from expertsys.enactment.columns import label_remark
from expertsys.enactment.heterogeneity import Floats, Heterogeneity, Model, estimated, undetermined
from expertsys.enactment.measure import Cells, Measure, check_rate, common_roles, notes, score_interval
from expertsys.enactment.occasions import Columns, Occasions
from expertsys.theory.situations import action_set

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@attrs.frozen(eq=False, repr=False)
class ActionAtADistance(Measure):
    """How often the action taken is the one prescribed; see `action_at_a_distance`.

    Attributes
    ----------
    agreement : float
        Cohen's kappa between rule and practitioner: 0 in expectation where action ignores the prescription.
    """

    agreement: float
    _followed: npt.NDArray[np.bool_]
    _entropies = False
    _sources: tuple[str, ...] = attrs.field(default=("greenhalgh2014hsdr", "efron1993", "cohen1960"), init=False)

    @property
    def by_site(self) -> pd.DataFrame:
        """Index ``site``: ``followed`` of ``n_situations``, ``fidelity``, its ``low`` and ``high`` (95 %), ``periods``.

        Wilson's interval for this site, had other situations occurred in it. Where situations lie within persons, their
        number is divided by the design effect of persons, with t. Sites that cover other periods differ in more than
        what they do: see `between`.
        """
        table, effect, degrees = self._counts("site"), *self._design_effect()
        n = table["n_situations"].to_numpy(dtype=np.float64)
        shares = table["followed"].to_numpy(dtype=np.float64) / n
        return self._shares(table, *score_interval(shares, n / effect, _quantile(degrees))).assign(
            periods=[self._covered(site) for site in table.index]
        )

    @property
    def by_distance(self) -> pd.DataFrame:
        """By distance from the origin, with intervals over sites like these; empty where no distance is known.

        Index ``distance``: ``followed`` of ``n_situations``, ``fidelity``, its ``low`` and ``high`` (95 %; NaN where
        only one site has this distance).
        """
        return self._by("distance")

    @property
    def by_mode(self) -> pd.DataFrame:
        """The same by mode of use, which must have been coded independently of what was done.

        Raises
        ------
        DataError
            Where the mode says exactly whether the action taken is the one prescribed: fidelity "given use as intended"
            is then 1 by definition.
        """
        table = self._by("mode")
        shares = table["fidelity"]
        if len(table) > 1 and shares.isin([0.0, 1.0]).all() and shares.nunique() == 2:
            raise DataError(
                "mode of use is a function of whether the action taken is the one prescribed, so fidelity by mode says "
                "nothing",
                place="mode",
                remedy="Code the mode of use from how the system was used, not from what was done.",
            )
        return table

    def between(self, *, model: Model = "binomial-normal") -> Heterogeneity:
        """How far fidelity differs between sites, over the periods that all of them cover.

        Where situations lie within persons, each site's numbers are divided by the design effect of persons, so that
        habits of persons do not pass for differences between sites. `note` says both. See
        `expertsys.enactment.heterogeneity`.
        """
        rows, note = self._common_periods()
        if not rows.any():
            return undetermined(model, note)
        effect, _ = self._design_effect()
        table = self._counts("site", rows)
        found = estimated(table["followed"].to_numpy() / effect, table["n_situations"].to_numpy() / effect, model=model)
        if effect > 1:
            used = self._cells.used
            of = "persons" if used.cluster == "person" else f"clusters ({used.grouped!r})"
            note = "; ".join(filter(None, [note, f"design effect of {of} {number(effect, 2)}"]))
        return attrs.evolve(found, note="; ".join(filter(None, [found.note, note])))

    def under_misclassification(self, rate: float) -> float:
        """What the estimate would be, were a share of the actions taken recorded wrongly.

        Parameters
        ----------
        rate : float
            Share of situations, 0 to below 1, whose action is taken to have been replaced by one drawn from all actions
            taken, regardless of what was done.

        Returns
        -------
        float
            Below 0 where there is less agreement than such error would leave by chance alone.
        """
        check_rate(rate)
        observed, expected = _agreements(self._cells.table(self._cells.used.counts).reshape(self._cells.shape[1:]))
        return (observed - rate * expected) / (1 - rate)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Fidelity by site with intervals."""
        from expertsys.plot import fidelity

        return fidelity(self, ax=ax)

    def _counts(self, role: str, rows: npt.NDArray[np.bool_] | None = None) -> pd.DataFrame:
        """Index the role: ``followed`` of ``n_situations``."""
        used = self._cells.used
        if role not in used.table or used.table[role].isna().all():
            return pd.DataFrame({"n_situations": [], "followed": []}, index=pd.Index([], name=role), dtype="int64")
        kept = used.counts if rows is None else np.where(rows, used.counts, 0)
        table = pd.DataFrame({"n_situations": kept, "followed": np.where(self._followed, kept, 0)})
        table = table.groupby(used.table[role].to_numpy()).sum().rename_axis(index=role)
        return table[table["n_situations"] > 0]

    def _shares(self, table: pd.DataFrame, low: Floats, high: Floats) -> pd.DataFrame:
        shares = table.assign(fidelity=table["followed"] / table["n_situations"], low=low, high=high)
        shares = shares[["followed", "n_situations", "fidelity", "low", "high"]].rename_axis(columns="column")
        shares.attrs["n"] = table["n_situations"].astype(float).to_dict()  # for `qca.calibrate`
        shares.attrs["note"] = self.note  # for `qca.FromFigures`
        return shares

    def _by(self, role: str) -> pd.DataFrame:
        """Shares by a role that sites have in common, with sites as clusters; situations where there is one site."""
        table = self._counts(role)
        used = self._cells.used
        if used.table["site"].nunique() < 2:
            n = table["n_situations"].to_numpy(dtype=np.float64)
            effect, degrees = self._design_effect()
            shares = table["followed"].to_numpy(dtype=np.float64) / n
            return self._shares(table, *score_interval(shares, n / effect, _quantile(degrees)))
        ends = [
            self._ends(self._counts("site", (used.table[role] == name).to_numpy(dtype=bool))) for name in table.index
        ]
        low, high = np.array(ends, dtype=np.float64).reshape(-1, 2).T
        return self._shares(table, low, high)

    def _ends(self, sites: pd.DataFrame) -> tuple[float, float]:
        """An interval for a share of situations in clusters; NaN for one cluster."""
        n, x = (sites[name].to_numpy(dtype=np.float64) for name in ("n_situations", "followed"))
        if len(n) < 2:
            return float("nan"), float("nan")
        share = x.sum() / n.sum()
        without = (x.sum() - x) / (n.sum() - n)
        variance = (len(n) - 1) / len(n) * ((without - without.mean()) ** 2).sum()
        same = n.sum() ** 2 / (n**2).sum()
        effective = min(share * (1 - share) / variance, n.sum()) if variance > 1e-18 else same
        low, high = score_interval(share, effective if effective > 0 else same, _quantile(len(n) - 1))
        return float(low), float(high)

    def _design_effect(self) -> tuple[float, int]:
        """By what persons raise the variance of a site's share (pooled over sites), and its degrees of freedom.

        1 and 0 where no persons are known.
        """
        used = self._cells.used
        if not used.cluster:
            return 1.0, 0
        numbers, names = used.numbered("site", used.cluster)
        sites, site_names = used.numbered("site")
        site = np.empty(len(names), dtype=np.int64)
        site[numbers] = sites
        n = np.bincount(numbers, weights=used.counts)
        x = np.bincount(numbers, weights=np.where(self._followed, used.counts, 0))
        persons = np.bincount(site, minlength=len(site_names))
        share = (np.bincount(site, weights=x) / np.bincount(site, weights=n))[site]
        several = persons[site] > 1
        if not several.any():
            return 1.0, 0
        correction = (persons / np.maximum(persons - 1, 1))[site]
        between = (correction * (x - share * n) ** 2)[several].sum()
        within = (n * share * (1 - share))[several].sum()
        effect = between / within if within > 0 else (n**2).sum() / n.sum()
        return max(1.0, float(effect)), int((persons - 1).sum())

    def _period(self) -> str:
        table = self._cells.used.table
        return next((role for role in ("period", "month") if role in table and table[role].notna().any()), "")

    def _covered(self, site: str) -> str:
        """The periods of a site, from the first to the last."""
        role, table = self._period(), self._cells.used.table
        known = sorted(table.loc[table["site"] == site, role].dropna().unique(), key=_natural) if role else []
        return f"{known[0]} to {known[-1]}" if len(known) > 1 else "".join(known)

    def _common_periods(self) -> tuple[npt.NDArray[np.bool_], str]:
        """Which combinations lie in periods that all sites cover, and what to say of the others."""
        used, role = self._cells.used, self._period()
        every = np.ones(len(used.table), dtype=bool)
        if not role or used.table["site"].nunique() < 2:
            return every, ""
        periods = used.table[role]
        by_site = {site: set(values.dropna()) for site, values in periods.groupby(used.table["site"])}
        if not all(by_site.values()):
            return every, "a site has no known period, so that sites may have been seen at different times"
        if all(_MONTH.fullmatch(name) for name in periods.dropna().unique()):
            sizes = pd.Series(used.counts).groupby(used.table["site"].to_numpy()).sum()
            first, last = _window(by_site, sizes)
            kept, words = (periods >= first) & (periods <= last), first if first == last else f"{first} to {last}"
        else:
            common = set.intersection(*by_site.values())
            kept, words = periods.isin(common), ", ".join(sorted(common, key=_natural))
        rows = kept.fillna(False).to_numpy(dtype=bool)
        if used.table.loc[rows, "site"].nunique() < len(by_site):
            return np.zeros(len(rows), dtype=bool), "the sites have no period in common: choose sites, or wider periods"
        if (rows | periods.isna()).all():
            return every, ""
        n = int(used.counts[rows].sum())
        return rows, f"sites compared over {words}, which all of them cover ({n:,} of {used.n:,} situations)"

    def _question(self) -> str:
        return "Fidelity, the share of situations in which the action taken is the one prescribed,"

    def _further(self) -> list[str]:
        return [f"Agreement beyond chance (Cohen's kappa) was {number(self.agreement)}."]

    def _rows(self) -> Sequence[tuple[str, object]]:
        first, *rest = super()._rows()
        return (first, ("agreement (kappa)", self.agreement), *rest)


_MONTH = re.compile(r"\d{4}-\d{2}")


def _window(by_site: Mapping[Any, set[str]], sizes: pd.Series[int]) -> tuple[str, str]:
    """The first and last month that all sites cover.

    A site covers months without situations too. It starts late, or ends early, where its number of situations would
    leave such a gap by chance with a probability below 0.01, if they were spread evenly over all months.
    """
    months = sorted(set().union(*by_site.values()))
    first, last = months[0], months[-1]
    span = _number(last) - _number(first) + 1

    def is_gap(length: int, site: Any) -> bool:
        return bool((1 - length / span) ** float(sizes[site]) < 0.01)

    starts = [min(own) for site, own in by_site.items() if is_gap(_number(min(own)) - _number(first), site)]
    ends = [max(own) for site, own in by_site.items() if is_gap(_number(last) - _number(max(own)), site)]
    return max([first, *starts]), min([last, *ends])


def _natural(period: str) -> list[tuple[int, str]]:
    """What puts periods in order by the numbers in them: "9" before "10"."""
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"(\d+)", period)]


def _number(month: str) -> int:
    return 12 * int(month[:4]) + int(month[5:])


def _quantile(degrees: int) -> float:
    """The 97.5 % point of t; of the normal distribution for 0 degrees of freedom."""
    from scipy.stats import norm, t

    return float(t.ppf(0.975, degrees) if degrees else norm.ppf(0.975))


def action_at_a_distance(
    situations: Any,
    *,
    prescribed: str = "prescribed",
    taken: str = "taken",
    site: Columns = "site",
    mode: str | None = "mode",
    distance: str | None = "distance",
    coder: str | None = "coder",
    weight: str | None = "weight",
    person: str | None = "person",
    period: str | None = "period",
    shuffles: int | None = None,
    rng: RNG = 0,
) -> ActionAtADistance:
    """Whether what was prescribed elsewhere gets done here: fidelity, and agreement beyond chance.

    A measure proposed by this library for a concept of the study. Fidelity says what was done; it does not say that the
    system brought it about, nor that following would have been right.

    Parameters
    ----------
    situations : dataframe or Study
        One row per situation, on any engine that narwhals knows; or a study, whose situations are taken.
    prescribed, taken : str
        Columns of the action that the rules prescribe (missing: they are silent) and of what was done (missing, or one
        of the usual words such as "n/a": it was not observed). Situations without either are left out and counted in
        `unused`. Several actions in a cell, separated by semicolons, are compared as sets. Capitals and blanks make no
        difference, nor the order of actions that commas or the like separate; `note` names what counts as one.
    site : str or sequence of str
        Column of the site, or several that combine. Without a column ``site``, each case counts as a site.
    mode, distance : str or None
        Columns of the mode of use and of the distance from the origin.
    coder : str or None
        Column of who coded the situation.
    weight : str or None
        Column of how many situations a row stands for, a whole number; None to count each row once. Without a column
        ``weight``, one called count, n, n_alerts or the like serves, and `note` names it. Like the columns of mode,
        distance, coder, person and period, it need not exist under its default name.
    person : str or None
        Column of who acted. Shuffling stays within persons; intervals and comparisons of sites take persons as
        clusters. Without a column ``person``, one called participant, clinician, doctor, nurse, staff, respondent or
        the like serves, and `note` names it; where only the values of a column look like persons, it asks. None for
        none.
    period : str or None
        Column of the period, or of dates, which are read as months: shuffling stays within it, and `between` compares
        sites over the periods that all of them cover. Without one, a column called date, timestamp, month, quarter or
        the like serves for `between`.
    shuffles : int or None
        Shuffles of the action taken within sites and persons behind `null`: 999, or fewer where these are many and
        large. All rearrangements are listed where they are few.
    rng : None, int or Generator
        For the shuffles.

    Returns
    -------
    ActionAtADistance
        `estimate` is fidelity, 0 to 1.

    Raises
    ------
    DataError
        For columns that do not exist, no situation with all, and free text instead of actions that recur.

    References
    ----------
    Cohen J. Educ Psychol Meas 1960;20:37–46. doi:10.1177/001316446002000104 (kappa)

    Examples
    --------
    >>> import pandas as pd
    >>> seen = pd.DataFrame(
    ...     {
    ...         "site": ["north", "north", "south", "south"],
    ...         "prescribed": ["list", "call", "list", "call"],
    ...         "taken": ["list", "call", "list", "letter"],
    ...     }
    ... )
    >>> found = action_at_a_distance(seen)
    >>> found.estimate, found.by_site["fidelity"].to_dict()
    (0.75, {'north': 1.0, 'south': 0.5})
    """
    roles = {"site": site, "prescribed": prescribed, "taken": taken}
    optional = {"mode": mode, "distance": distance, "date": "date", **common_roles(coder, weight, person, period)}
    occasions = Occasions.of(situations, roles, optional=optional)
    used = occasions.usable(*roles)
    actions = pd.Index(sorted({*used.table["prescribed"], *used.table["taken"]}))
    rule, done = (actions.get_indexer(pd.Index(used.table[role])).astype(np.int64) for role in ("prescribed", "taken"))
    cells = Cells(used, rule * len(actions) + done, (1, len(actions), len(actions)), _fidelity)
    estimate = cells.value(used.counts)
    null = cells.null(estimate, smaller=False, shuffles=shuffles, rng=rng)
    labels = label_remark(used.table["prescribed"], used.table["taken"], used.counts)
    note = notes(occasions, cells, null, labels, _partly(used, rule != done), entropies=False)
    observed, expected = _agreements(cells.table(used.counts).reshape(cells.shape[1:]))
    found = ActionAtADistance(
        "action at a distance",
        estimate,
        null,
        occasions.missing(*roles),
        note,
        cells,
        (observed - expected) / (1 - expected) if expected < 1 - 1e-12 else float("nan"),
        rule == done,
    )
    rows, periods = found._common_periods()
    if not periods:
        return found
    if rows.any() and not rows.all():
        periods = (
            f"sites cover different periods (by {occasions.dated}), all of which by_site counts; between(): {periods}"
        )
    return attrs.evolve(found, note="; ".join(filter(None, [note, periods])))


def _partly(used: Occasions, differ: npt.NDArray[np.bool_]) -> str:
    """What to say of situations in which some of several prescribed actions were taken, or further ones."""
    pairs = zip(used.table["prescribed"], used.table["taken"], strict=True)
    partly = np.array([bool(action_set(rule) & action_set(done)) for rule, done in pairs]) & differ
    if not partly.any():
        return ""
    count = counted(int(used.counts[partly].sum()), "situation")
    return f"in {count} a prescribed action was left out or another one added, which counts as not followed"


def _fidelity(cells: Floats) -> Floats:
    """Share on the diagonal of square tables, (B, K) to (B,)."""
    size = round(cells.shape[1] ** 0.5)
    total = cells.sum(axis=1)
    diagonal = cells[:, :: size + 1].sum(axis=1)
    return np.asarray(np.divide(diagonal, total, out=np.full(len(cells), np.nan), where=total > 0))


def _agreements(table: Floats) -> tuple[float, float]:
    """Observed agreement, and that of independent rule and practitioner (Cohen 1960, p. 40)."""
    shares = table / table.sum()
    return float(np.trace(shares)), float(shares.sum(axis=1) @ shares.sum(axis=0))
