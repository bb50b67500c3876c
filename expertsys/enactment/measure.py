"""What the measures share: intervals over sites, the situations behind a number, and a standing that is always said.

A measure is a statistic of a table of counts: all sites together, one cell for each value that it tells apart. Leaving
out a site or a situation, a coder's own figures and shuffles are the same statistic of other counts.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

import attrs
import numpy as np
import pandas as pd

from expertsys._core import references
from expertsys._core.errors import DataError, DegenerateWarning, check_between, check_choice
from expertsys._core.results import Interval, Result, number, percent
from expertsys._core.rng import RNG
from expertsys.enactment.chance import Floats, Null, Statistic, Stratum, shuffled, strata
from expertsys.enactment.occasions import Counts, Occasions

Estimand = Literal["population", "these"]

#: With fewer sites than this, no interval over sites can be trusted.
FEW_SITES = 6
_BLOCK = 2_000_000


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
    """

    used: Occasions
    cell: Counts
    shape: tuple[int, int, int]
    statistic: Statistic

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

    def by_site(self) -> Iterator[Floats]:
        """Counts per cell of one site after the other, in blocks (B, K)."""
        sites, names = self.used.numbered("site")
        order = np.argsort(sites, kind="stable")
        sites, cell, counts = sites[order], self.cell[order], self.used.counts[order]
        step = max(1, _BLOCK // self.size)
        for low in range(0, len(names), step):
            high = min(low + step, len(names))
            rows = slice(*np.searchsorted(sites, [low, high]))
            places = (sites[rows] - low) * self.size + cell[rows]
            filled = np.bincount(places, weights=counts[rows], minlength=(high - low) * self.size)
            yield filled.astype(np.float64).reshape(high - low, self.size)

    def null(self, observed: float, *, smaller: bool, shuffles: int | None, rng: RNG) -> Null:
        """The statistic under labels shuffled within site and group."""
        loose: list[Stratum] = []
        for block in self.by_site():
            for site in block:
                loose.extend(strata(site.reshape(self.shape), self.shape[0]))
        return shuffled(loose, self.statistic, observed, cells=self.size, smaller=smaller, shuffles=shuffles, rng=rng)


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
    _sources: tuple[str, ...] = attrs.field(default=("greenhalgh2014hsdr", "efron1993"), init=False)

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
        used = self._cells.used
        rows = []
        if "coder" in used.table:
            for name in sorted(used.table["coder"].dropna().unique()):
                own = np.where(used.table["coder"] == name, used.counts, 0)
                rows.append((str(name), self._cells.value(own), int(own.sum())))
        table = pd.DataFrame(rows, columns=["coder", "estimate", "n_situations"])
        return (
            table.astype({"estimate": "float64", "n_situations": "int64"})
            .set_index("coder")
            .rename_axis(columns="column")
        )

    def interval(self, confidence: float = 0.95, *, estimand: Estimand = "population") -> Interval:
        """An interval by the jackknife, around the estimate less its bias.

        The entropies of small samples are biased, and the more so the finer the descriptions; the jackknife takes most
        of that out. The interval may therefore lie to one side of `estimate`, or miss it.

        Parameters
        ----------
        confidence : float
            Nominal coverage.
        estimand : {"population", "these"}
            What it is an interval for: sites like these (whole sites are left out; t with sites − 1 degrees of
            freedom), or these sites alone, had other situations occurred in them (situations are left out within
            sites).

        Returns
        -------
        Interval
            Not cut at the measure's bounds. NaN with a note for one site (population) or one situation at a site
            (these).

        Warns
        -----
        DegenerateWarning
            For a population of sites from fewer than six.
        """
        check_between("confidence", confidence, 0, 1)
        check_choice("estimand", estimand, ("population", "these"))
        if np.isnan(self.estimate):
            return _nothing(confidence, "jackknife", self.note)
        return self._over_sites(confidence) if estimand == "population" else self._within_sites(confidence)

    def _over_sites(self, confidence: float) -> Interval:
        n = self.n_sites
        words = f"bias-corrected jackknife over {n} sites, t with {n - 1} degrees of freedom; for sites like these"
        if n < 2:
            return _nothing(confidence, words, "one site: nothing to compare it with")
        note = ""
        if n < FEW_SITES:
            note = f"only {n} sites: the interval is not to be trusted"
            warnings.warn(f"{self.name}: {note}", DegenerateWarning, stacklevel=3)
        cells = self._cells
        whole = cells.table(cells.used.counts)
        without = np.concatenate([cells.statistic(whole - block) for block in cells.by_site()])
        if np.isnan(without).any():
            return _nothing(confidence, words, "undefined without one of the sites")
        # Efron & Tibshirani 1993, eqs 11.5 and 10.17, over sites
        error = float(np.sqrt((n - 1) / n * ((without - without.mean()) ** 2).sum()))
        centre = n * self.estimate - (n - 1) * float(without.mean())
        return _around(centre, error, n - 1, confidence, words, note)

    def _within_sites(self, confidence: float) -> Interval:
        words = "bias-corrected jackknife over situations within sites; for these sites"
        cells = self._cells
        counts = cells.used.counts
        sites, names = cells.used.numbered("site")
        per_site = np.bincount(sites, weights=counts, minlength=len(names))
        if (per_site < 2).any():
            return _nothing(confidence, words, "a site has one situation only")
        whole = cells.table(counts)
        filled = np.flatnonzero(whole)  # a situation left out leaves its cell, whatever its site
        without = np.full(cells.size, np.nan)
        step = max(1, _BLOCK // cells.size)
        for low in range(0, len(filled), step):
            places = filled[low : low + step]
            block = np.repeat(whole[None], len(places), axis=0)
            block[np.arange(len(places)), places] -= 1
            without[places] = cells.statistic(block)
        left = without[cells.cell]
        if np.isnan(left).any():
            return _nothing(confidence, words, "undefined without one of the situations")
        means = np.bincount(sites, weights=counts * left, minlength=len(names)) / per_site
        spread = np.bincount(sites, weights=counts * (left - means[sites]) ** 2, minlength=len(names))
        error = float(np.sqrt(((per_site - 1) / per_site * spread).sum()))
        centre = self.estimate - float(((per_site - 1) * (means - self.estimate)).sum())
        return _around(centre, error, int(per_site.sum()) - len(names), confidence, words)

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
        told = f"{percent(interval.confidence)} interval {ends}, {interval.method}"
        if np.isnan(interval.low) or self.n_sites < FEW_SITES:
            told = f"no interval: {interval.note}"
        elif interval.note:
            told += f"; {interval.note}"
        where = f"{self.n_situations:,} situations at {self.n_sites:,} sites"
        parts = [f"{self._question()} was {number(self.estimate)} over {where} ({told})."]
        if self.null is not None:
            parts.append(f"Chance alone would give {self.null}.")
        parts += self._further()
        if left := [f"{role} in {row.share:.0%}" for role, row in self.unused.iterrows() if row["situations"]]:
            parts.append(f"Situations were left out for want of {', '.join(left)} of all.")
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


def common_roles(coder: str | None, weight: str | None) -> Mapping[str, str | None]:
    """The optional roles that every measure has."""
    return {"coder": coder, "weight": weight, "situation": "situation"}


def repeated(occasions: Occasions) -> str:
    """What to say of situations that stand in several rows."""
    if not occasions.repeated:
        return ""
    return (
        f"{occasions.repeated:,} rows describe a situation that another row describes too, and each counts: choose one "
        "coder for the comparison with chance, and see by_coder"
    )


def check_rate(rate: float) -> None:
    """Refuse what is no rate of error."""
    if not 0 <= rate < 1:
        raise DataError(f"rate must lie between 0 and below 1, not {rate!r}", place="rate")


def _around(centre: float, error: float, degrees: int, confidence: float, words: str, note: str = "") -> Interval:
    from scipy.stats import t

    if error == 0:
        note = "; ".join(filter(None, [note, "nothing varies, so that the interval has no width: do not trust it"]))
    reach = float(t.ppf((1 + confidence) / 2, degrees)) * error
    return Interval(centre - reach, centre + reach, confidence, words, note)


def _nothing(confidence: float, words: str, note: str) -> Interval:
    return Interval(float("nan"), float("nan"), confidence, words, note)
