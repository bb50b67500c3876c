"""What the measures share: intervals over sites, the situations behind a number, and a standing that is always said.

A measure is a statistic of a table of counts: all sites together, one cell for each value that it tells apart. Leaving
out a site or a situation, a coder's own figures and shuffles are the same statistic of other counts.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar, Literal

import attrs
import numpy as np
import pandas as pd

from expertsys._core import references
from expertsys._core.errors import DataError, DegenerateWarning, check_between, check_choice, counted
from expertsys._core.results import Interval, Result, number, percent
from expertsys._core.rng import RNG
from expertsys.enactment.chance import Floats, Null, Statistic, Stratum, persons_shuffled, shuffled, strata
from expertsys.enactment.occasions import Counts, Occasions, systems_of

Estimand = Literal["population", "these"]

#: With fewer sites than this, no interval over sites can be trusted.
FEW_SITES = 6
#: With a larger share of situations that are the only one of their combination, entropies cannot be estimated.
MOST_SINGLE = 0.12
#: Below so many situations, nobody expects a close estimate.
ENOUGH_FOR_NOTE = 20
#: With a smaller share of rows of one visit or the like as another row, they may count as independent.
FEW_REPEATED = 0.01
#: So many figures of systems or cases are listed; of more, the least and the greatest.
_MOST_FIGURES, _MOST_COMPARED = 6, 200
UNNUMBERED = (
    "several coders described situations at one site, and no column 'situation' says which of their rows describe the "
    "same one: p-values and intervals take all rows as independent; add such a column, or keep the rows of one coder"
)
_BLOCK = 2_000_000
#: With more cells than this, of all clusters together, whole clusters are not exchanged.
_MOST_CLUSTERED = 50_000_000


@attrs.frozen(eq=False)
class Cells:
    """The situations that a measure uses, each combination with its cell in the measure's table.

    Parameters
    ----------
    used : Occasions
        Its combinations have a ``site``.
    cell : ndarray of int, shape (P,)
        From 0.
    shape : tuple of int
        The table: groups within which labels are shuffled, rows, columns.
    statistic : callable
        Counts per cell (B, K) to B values, NaN where undefined.
    ordering : callable, optional
        What orders shuffled tables for the p-value; by default the statistic.
    """

    used: Occasions
    cell: Counts
    shape: tuple[int, int, int]
    statistic: Statistic
    ordering: Statistic | None = None

    @property
    def size(self) -> int:
        """Number of cells, K."""
        return int(np.prod(self.shape))

    def table(self, counts: Floats | Counts) -> Floats:
        """Counts per combination as counts per cell: (P,) to (K,)."""
        return np.bincount(self.cell, weights=counts, minlength=self.size).astype(np.float64)

    def value(self, counts: Floats | Counts) -> float:
        """The statistic of counts per combination; NaN where there are none."""
        return float(self.statistic(self.table(counts)[None])[0]) if counts.any() else float("nan")

    def groups(self, *roles: str) -> Iterator[Floats]:
        """Counts per cell of one group after the other, in blocks (B, K); groups are combinations of roles."""
        numbers, names = self.used.numbered(*roles)
        order = np.argsort(numbers, kind="stable")
        numbers, cell, counts = numbers[order], self.cell[order], self.used.counts[order]
        step = max(1, _BLOCK // self.size)
        for low in range(0, len(names), step):
            high = min(low + step, len(names))
            rows = slice(*np.searchsorted(numbers, [low, high]))
            places = (numbers[rows] - low) * self.size + cell[rows]
            filled = np.bincount(places, weights=counts[rows], minlength=(high - low) * self.size)
            yield filled.astype(np.float64).reshape(high - low, self.size)

    def null(self, observed: float, *, smaller: bool, shuffles: int | None, rng: RNG) -> Null:
        """The statistic under labels shuffled within site and group, and within person and period where they are known.

        Where no person has anything to shuffle, because each has one label throughout, whole persons are shuffled.
        Where no person is known, whole visits or the like are, and there is no p-value where they have several labels.
        """
        used = self.used
        words = [role for role in used.strata if role in ("person", "period")]
        within = " and ".join(words) or "site"
        options: dict[str, Any] = {"cells": self.size, "smaller": smaller, "shuffles": shuffles, "rng": rng}
        options["ordering"] = self.ordering
        loose = self._strata(*used.strata)
        who = used.group if used.cluster == "group" else used.cluster
        inner_roles = [*used.strata, "group"] if used.cluster == "group" else used.strata
        inner, clusters = used.numbered(*inner_roles)
        few = len(clusters) * self.size <= _MOST_CLUSTERED
        if who and few and not any(stratum.loose for stratum in self._strata(*inner_roles)):
            above = [role for role in inner_roles if role != used.cluster]
            outer, _ = used.numbered(*above)
            first = np.unique(inner, return_index=True)[1]
            blocks = np.concatenate(list(self.groups(*inner_roles))).reshape(-1, *self.shape)
            return self._cautioned(persons_shuffled(blocks, outer[first], self.statistic, observed, who=who, **options))
        found = shuffled(loose, self.statistic, observed, **options)
        found = attrs.evolve(found, within=within)
        if used.repeated and not (used.grouped and used.repeated < FEW_REPEATED * used.n):
            which = "of one " + repr(used.grouped) if used.grouped else "that describe one situation"
            found = attrs.evolve(found, p_value=float("nan"), note=f"rows {which} are not independent of each other")
        return self._cautioned(found)

    def _cautioned(self, null: Null) -> Null:
        """Where several coders may have described one situation, a p-value that says so."""
        if not self.used.unnumbered or np.isnan(null.p_value):
            return null
        return attrs.evolve(
            null, note="all rows taken as independent, though several coders may describe one situation"
        )

    def _strata(self, *roles: str) -> list[Stratum]:
        """The tables that combinations of roles and groups make, within which labels can be shuffled."""
        return [
            stratum
            for block in self.groups(*roles)
            for table in block
            for stratum in strata(table.reshape(self.shape), self.shape[0])
        ]

    def sparse(self) -> str:
        """Why entropies cannot be estimated from these situations; empty where they can.

        The share of situations whose combination occurs once is about the chance that the next combination is new.
        """
        table = self.table(self.used.counts)
        single, n = int((table == 1).sum()), int(table.sum())
        if single <= MOST_SINGLE * n:
            return ""
        return (
            f"{single:,} of the {n:,} situations are the only one of their combination: too few situations for so many "
            "different descriptions"
        )


@attrs.frozen(eq=False, repr=False)
class Measure(Result):
    """A measure that this library proposes: it prompts interpretation and tests no one's theory by itself.

    Attributes
    ----------
    name : str
        What it is called.
    estimate : float
        NaN where the situations do not determine it; `note` then says why.
    null : Null or None
        What chance alone would give; None where the estimate is undefined.
    n_situations, n_sites : int
        Situations and sites behind the number.
    unused : pandas.DataFrame
        What could not be used: index ``role`` that is missing; ``situations`` and ``share`` of all.
    note : str
        What a reader must know; empty where there is nothing.
    standing : str
        Always ``"proposed"``.
    """

    name: str
    estimate: float
    null: Null | None
    unused: pd.DataFrame
    note: str
    _cells: Cells

    standing = "proposed"
    #: Whether entropies are behind it, and whether its estimate is free of their bias.
    _entropies: ClassVar[bool] = True
    _sources: tuple[str, ...] = attrs.field(default=("greenhalgh2014hsdr", "efron1993"), init=False)

    @property
    def _corrected(self) -> bool:
        """Whether the estimate needs no correction for bias."""
        return not self._entropies

    @property
    def n_situations(self) -> int:
        """Situations behind the number."""
        return self._cells.used.n

    @property
    def n_sites(self) -> int:
        """Sites behind the number."""
        return int(self._cells.used.table["site"].nunique())

    @property
    def situations(self) -> pd.DataFrame:
        """The situations behind the number: distinct combinations and how many situations have each."""
        return self._cells.used.to_frame()

    @property
    def by_coder(self) -> pd.DataFrame:
        """The estimate from each coder's rows alone: index ``coder``; ``estimate``, ``n_situations``.

        Empty where no coder is known.
        """
        return self._of_each("coder")

    @property
    def by_case(self) -> pd.DataFrame:
        """The estimate of each case alone: index ``case``; ``estimate``, ``n_situations``. Empty without a case."""
        return self._of_each("case")

    @property
    def by_system(self) -> pd.DataFrame:
        """The estimate of each system alone: index ``system``; ``estimate``, ``n_situations``. Empty without one."""
        return self._of_each("system")

    @property
    def by_period(self) -> pd.DataFrame:
        """The estimate of each period alone: index ``period``; ``estimate``, ``n_situations``. Empty without one."""
        return self._of_each("month" if "month" in self._cells.used.table else "period", name="period")

    def _of_each(self, role: str, *, name: str = "") -> pd.DataFrame:
        used = self._cells.used
        rows = []
        if role in used.table:
            for value in sorted(used.table[role].dropna().unique()):
                own = np.where(used.table[role] == value, used.counts, 0)
                rows.append((str(value), self._cells.value(own), int(own.sum())))
        table = pd.DataFrame(rows, columns=[name or role, "estimate", "n_situations"])
        table = table.astype({"estimate": "float64", "n_situations": "int64"}).set_index(name or role)
        return table.rename_axis(columns="column")

    def interval(self, confidence: float = 0.95, *, estimand: Estimand = "population") -> Interval:
        """An interval within the range of the measure, 0 to 1.

        The variance is that of a jackknife over clusters. It gives an effective number of situations,
        p (1 - p) / variance, with which Wilson's score interval is computed. Where nothing varies between clusters, as
        with perfect fidelity, each cluster counts as one observation.

        Parameters
        ----------
        confidence : float
            Nominal coverage.
        estimand : {"population", "these"}
            What it is an interval for: sites like these (whole sites are left out; t with sites - 1 degrees of
            freedom), or these sites alone, had other situations occurred in them (persons are left out within sites
            where they are known, else situations).

        Returns
        -------
        Interval
            Around the estimate or, where that is the plug-in estimate of an entropy, around the estimate less its
            jackknife bias. NaN with a note for one site (population), for one person or situation at a site (these),
            and where more than 12% of the situations are the only one of their combination: entropies cannot then be
            estimated without bias.

        Warns
        -----
        DegenerateWarning
            For a population of sites from fewer than six.

        References
        ----------
        Wilson EB. J Am Stat Assoc 1927;22:209-212. Korn EL, Graubard BI. Surv Methodol 1998;24:193-201 (the effective
        number). Efron B, Tibshirani RJ. An Introduction to the Bootstrap, 1993, eqs 11.5 and 10.17 (the jackknife).
        """
        check_between("confidence", confidence, 0, 1)
        check_choice("estimand", estimand, ("population", "these"))
        if np.isnan(self.estimate):
            return _nothing(confidence, "jackknife", self.note)
        return self._over_sites(confidence) if estimand == "population" else self._within_sites(confidence)

    def _sparse(self) -> str:
        """Why entropies cannot be estimated from these situations; empty where they can."""
        return self._cells.sparse() if self._entropies else ""

    def _over_sites(self, confidence: float) -> Interval:
        n = self.n_sites
        words = (
            f"Wilson, variance by a jackknife over {n} sites, t with {n - 1} degrees of freedom; for sites like these"
        )
        if n < 2:
            return _nothing(confidence, words, "one site: nothing to compare it with")
        note = ""
        if n < FEW_SITES:
            note = f"computed from {n} sites only: with fewer than {FEW_SITES}, its coverage is not reliable"
            warnings.warn(f"{self.name}: {note}", DegenerateWarning, stacklevel=3)
        cells = self._cells
        whole = cells.table(cells.used.counts)
        sites = list(cells.groups("site"))
        without = np.concatenate([cells.statistic(whole - block) for block in sites])
        if np.isnan(without).any():
            return _nothing(confidence, words, "undefined without one of the sites")
        if sparse := self._sparse():
            return _nothing(confidence, words, sparse)
        # Efron & Tibshirani 1993, eqs 11.5 and 10.17, over sites
        variance = float((n - 1) / n * ((without - without.mean()) ** 2).sum())
        centre = n * self.estimate - (n - 1) * float(without.mean())
        sizes = np.concatenate([block.sum(axis=1) for block in sites])
        return self._around(centre, variance, sizes, n - 1, confidence, words, note)

    def _within_sites(self, confidence: float) -> Interval:
        cluster = self._cells.used.cluster
        kind = (self._cells.used.group if cluster == "group" else cluster) or "situation"
        words = f"Wilson, variance by a jackknife over {kind}s within sites; for these sites"
        cells = self._cells
        sites, names = cells.used.numbered("site")
        if cluster:
            numbers, clusters = cells.used.numbered("site", cluster)
            site = np.empty(len(clusters), dtype=np.int64)
            site[numbers] = sites
            sizes = np.bincount(numbers, weights=cells.used.counts, minlength=len(site)).astype(np.float64)
            members = np.ones(len(site))
            left = np.concatenate(
                [cells.statistic(cells.table(cells.used.counts) - block) for block in cells.groups("site", cluster)]
            )
        else:
            site, members = sites, cells.used.counts.astype(np.float64)
            sizes = np.ones(self.n_situations)
            left = self._without_each_situation()
        per_site = np.bincount(site, weights=members, minlength=len(names))
        if (per_site < 2).any():
            return _nothing(confidence, words, f"a site has one {kind} only")
        if np.isnan(left).any():
            return _nothing(confidence, words, f"undefined without one of the {kind}s")
        if sparse := self._sparse():
            return _nothing(confidence, words, sparse)
        means = np.bincount(site, weights=members * left, minlength=len(names)) / per_site
        spread = np.bincount(site, weights=members * (left - means[site]) ** 2, minlength=len(names))
        variance = float(((per_site - 1) / per_site * spread).sum())
        centre = self.estimate - float(((per_site - 1) * (means - self.estimate)).sum())
        degrees = int(per_site.sum()) - len(names)
        return self._around(centre, variance, sizes, degrees, confidence, words)

    def _without_each_situation(self) -> Floats:
        """The statistic without one situation of each combination."""
        cells = self._cells
        whole = cells.table(cells.used.counts)
        filled = np.flatnonzero(whole)  # a situation left out leaves its cell, whatever its site
        without = np.full(cells.size, np.nan)
        step = max(1, _BLOCK // cells.size)
        for low in range(0, len(filled), step):
            places = filled[low : low + step]
            block = np.repeat(whole[None], len(places), axis=0)
            block[np.arange(len(places)), places] -= 1
            without[places] = cells.statistic(block)
        return np.asarray(without[cells.cell])

    def _around(
        self,
        corrected: float,
        variance: float,
        sizes: Floats,
        degrees: int,
        confidence: float,
        words: str,
        note: str = "",
    ) -> Interval:
        """Wilson's interval with the number of situations that has this variance."""
        from scipy.stats import t

        centre = min(1.0, max(0.0, self.estimate if self._corrected else corrected))
        notes = [note]
        if variance < 1e-18:
            number = float(sizes.sum() ** 2 / (sizes**2).sum())
            notes.append(f"nothing varies: as wide as if there were {number:.0f} independent situations")
        else:
            spread = min(0.5, variance**0.5)  # near the ends, where p (1 - p) is too small for this variance
            near = min(1 - spread, max(spread, centre))
            number = near * (1 - near) / variance
            if not self._entropies:
                number = min(number, float(self.n_situations))
        ends = score_interval(centre, number, float(t.ppf((1 + confidence) / 2, degrees)))
        low, high = (float(end) for end in ends)
        if not low <= self.estimate <= high:
            notes.append("the estimate, which is not corrected for bias, lies outside")
        return Interval(low, high, confidence, words, "; ".join(filter(None, notes)))

    def cite(self) -> tuple[str, ...]:
        """The study whose concept it measures, and the references behind its figures."""
        return references.cite(self._sources)

    def to_frame(self) -> pd.DataFrame:
        """One row, index ``measure``: the estimate, what chance gives, the counts, the standing."""
        row = {
            "estimate": self.estimate,
            "null": self.null.mean if self.null else float("nan"),
            "p_value": self.null.p_value if self.null else float("nan"),
            "n_situations": self.n_situations,
            "n_sites": self.n_sites,
            "standing": self.standing,
            "note": self.note,
        }
        return pd.DataFrame([row], index=pd.Index([self.name], name="measure")).rename_axis(columns="column")

    def methods_text(self) -> str:
        """A paragraph for a methods section, with the figures and the measure's standing."""
        if np.isnan(self.estimate):
            return f"{self._question()} could not be determined: {self.note}."
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DegenerateWarning)  # the note is printed
            interval = self.interval()
        ends = f"{number(interval.low)} to {number(interval.high)}"
        told = f"{percent(interval.confidence)} interval {ends}; {interval.method}"
        if np.isnan(interval.low):
            told = f"no interval: {interval.note}"
        elif self.n_sites < FEW_SITES:
            told = f"no interval over sites is reported, because {self.n_sites} sites are too few"
        elif interval.note:
            told += f"; {interval.note}"
        where = f"{self.n_situations:,} situations at {self.n_sites:,} sites"
        parts = [f"{self._question()} was {number(self.estimate)} over {where} ({told})."]
        if self.null is not None:
            parts.append(f"Comparison with chance: {self.null}.")
        parts += self._further()
        if left := [f"{role} in {row.share:.0%}" for role, row in self.unused.iterrows() if row["situations"]]:
            parts.append(f"Situations were left out because a value was missing: {', '.join(left)} of all.")
        if self.note:
            parts.append(f"Note: {self.note}.")
        parts.append("The measure is proposed by expertsys; it prompts interpretation and tests no theory by itself.")
        return " ".join(parts)

    def _further(self) -> list[str]:
        """Sentences of its own for the methods section."""
        return []

    def _question(self) -> str:
        return self.name.capitalize()

    def _title(self) -> str:
        return f"{self.name.capitalize()} (proposed measure)"

    def _rows(self) -> Sequence[tuple[str, object]]:
        return (
            ("estimate", self.estimate),
            ("by chance alone", str(self.null) if self.null else ""),
            ("situations", self.n_situations),
            ("sites", self.n_sites),
            ("note", self.note),
        )


def common_roles(
    coder: str | None, weight: str | None, person: str | None, period: str | None
) -> Mapping[str, str | None]:
    """The optional roles that every measure has."""
    return {
        "coder": coder,
        "weight": weight,
        "person": person,
        "period": period,
        "situation": "situation",
        "case": "case",
        "system": "system",
    }


def notes(occasions: Occasions, cells: Cells, null: Null | None, *further: str, entropies: bool = True) -> str:
    """What to say of how the situations were read, grouped and compared with chance."""
    used, parts = cells.used, [*_pooled(cells), *further, *occasions.remarks]
    if entropies and used.n >= ENOUGH_FOR_NOTE and (sparse := cells.sparse()):
        parts.append(f"{sparse}; there is no interval, and the estimate may be far from the truth")
    rows = counted(occasions.repeated, "row")
    if occasions.repeated and occasions.grouped:
        how = "keep one row of each for the comparison with chance, or drop the column if its rows are independent"
        if null is not None and null.within.startswith("whole ") and not null.note:
            how = f"they are compared with chance as {null.within}"
        elif occasions.repeated < FEW_REPEATED * used.n:
            how = "so few that they are compared with chance as if they were independent"
        verb = "repeats" if occasions.repeated == 1 else "repeat"
        parts.append(f"{rows} {verb} the {occasions.grouped!r} of another row, and each counts: {how}")
    elif occasions.repeated:
        choose = "choose one coder for the comparison with chance, and see by_coder"
        if "coder" not in used.table:
            choose = "keep one row of each for the comparison with chance"
        parts.append(
            f"{rows} {'describes' if occasions.repeated == 1 else 'describe'} a situation that another row describes "
            f"too, and each counts: {choose}"
        )
    if occasions.person and "person" in used.table:
        known = used.table.dropna(subset=["person"])
        persons, named = len(known.drop_duplicates(["site", "person"])), known["person"].nunique()
        parts.append(f"situations lie within {counted(persons, 'person')} (column {occasions.person!r})")
        if persons > named:
            parts.append(f"persons count within sites: there are {counted(named, 'name')}, some at several sites")
        if blank := int(used.counts[used.table["person"].isna()].sum()):
            parts.append(f"{counted(blank, 'situation')} without a person count as those of one person at each site")
    if null is not None and null.note and np.isnan(null.p_value):
        parts.append(f"no p-value: {null.note}")
    if occasions.unnumbered:
        parts.append(UNNUMBERED)
    return "; ".join(filter(None, parts))


def _pooled(cells: Cells) -> list[str]:
    """What to say of several systems, or of several cases, with the figure of each."""
    used, parts = cells.used, []

    def figures(groups: Mapping[str, Sequence[str]], role: str) -> str:
        own = {
            name: cells.value(np.where(used.table[role].isin(members), used.counts, 0))
            for name, members in groups.items()
        }
        if len(own) <= _MOST_FIGURES:
            return ", ".join(f"{name} {number(value, 2)}" for name, value in own.items())
        known = {name: value for name, value in own.items() if not np.isnan(value)} or own
        ends = min(known, key=known.__getitem__), max(known, key=known.__getitem__)
        return " to ".join(f"{number(own[name], 2)} ({name})" for name in ends)

    def alone(role: str) -> dict[str, list[str]]:
        return (
            {str(name): [str(name)] for name in sorted(used.table[role].dropna().unique())}
            if role in used.table
            else {}
        )

    systems, cases = alone("system"), alone("case")
    if len(systems) > 1:
        parts.append(
            f"{len(systems)} systems are pooled, which has no clear meaning; separately: {figures(systems, 'system')}"
        )
        if blank := int(used.counts[used.table["system"].isna()].sum()):
            parts.append(f"of {counted(blank, 'situation')} the system is not known")
    elif 1 < len(cases) <= _MOST_COMPARED and len(apart := systems_of(used.table)) > 1:
        what = "categories" if "category" in used.table else "prescribed actions"
        groups = {" and ".join(group): group for group in apart}
        parts.append(
            f"cases with different {what} are pooled, which has no clear meaning; separately: {figures(groups, 'case')}"
        )
    if len(cases) > 1:
        parts.append(f"pooled over {len(cases)} cases, {figures(cases, 'case')}: see by_case")
    return parts


def score_interval(shares: Floats | float, number: Floats | float, quantile: Floats | float) -> tuple[Floats, Floats]:
    """Wilson's score interval (Wilson 1927) of shares of a number of situations, which need not be whole."""
    p, n, c = (np.asarray(value, dtype=np.float64) for value in (shares, number, np.square(quantile)))
    middle = (p + c / (2 * n)) / (1 + c / n)
    reach = np.sqrt(c * (p * (1 - p) / n + c / (4 * n**2))) / (1 + c / n)
    return np.clip(np.minimum(p, middle - reach), 0, 1), np.clip(np.maximum(p, middle + reach), 0, 1)


def check_rate(rate: float) -> None:
    """Refuse what is no rate of error."""
    if not 0 <= rate < 1:
        raise DataError(f"rate must lie between 0 and below 1, not {rate!r}", place="rate")


def _nothing(confidence: float, words: str, note: str) -> Interval:
    return Interval(float("nan"), float("nan"), confidence, words, note)
