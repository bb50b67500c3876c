"""What the measures share: intervals over sites, the situations behind a number, and a standing that is always said."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Literal, Protocol, TypeAlias

import attrs
import numpy as np
import numpy.typing as npt
import pandas as pd

from expertsys._core import references
from expertsys._core.errors import DegenerateWarning, check_between, check_choice
from expertsys._core.results import Interval, Result, number
from expertsys.enactment.chance import Null
from expertsys.enactment.occasions import Counts, Occasions

Floats: TypeAlias = npt.NDArray[np.float64]
Estimand = Literal["population", "these"]

#: With fewer sites than this, no interval over sites can be trusted.
FEW_SITES = 6


class Kernel(Protocol):
    """A measure as a function of counts per combination: (P,) to a number, NaN where undefined."""

    def __call__(self, counts: Floats, /) -> float:
        """The measure's value."""
        ...


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
    _used: Occasions
    _kernel: Callable[[Floats], float]

    standing = "proposed"
    _sources: tuple[str, ...] = attrs.field(default=("greenhalgh2014hsdr",), init=False)

    @property
    def n_situations(self) -> int:
        """Situations behind the number."""
        return self._used.n

    @property
    def n_sites(self) -> int:
        """Sites behind the number."""
        return int(self._used.table["site"].nunique())

    @property
    def situations(self) -> pd.DataFrame:
        """The situations behind the number: distinct combinations and how many situations have each."""
        return self._used.to_frame()

    def interval(self, confidence: float = 0.95, *, estimand: Estimand = "population") -> Interval:
        """An interval by the jackknife.

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
        sites, names = self._used.numbered("site")
        counts = self._used.counts
        if np.isnan(self.estimate):
            return Interval(float("nan"), float("nan"), confidence, "jackknife", self.note)
        if estimand == "population":
            return self._over_sites(confidence, sites, len(names), counts)
        return self._within_sites(confidence, sites, len(names), counts)

    def _over_sites(self, confidence: float, sites: Counts, n_sites: int, counts: Counts) -> Interval:
        from scipy.stats import t

        words = f"jackknife over {n_sites} sites, t with {n_sites - 1} degrees of freedom; for sites like these"
        if n_sites < 2:
            return Interval(float("nan"), float("nan"), confidence, words, "one site: nothing to compare it with")
        left_out = np.array([self._kernel(np.where(sites == site, 0, counts)) for site in range(n_sites)])
        note = ""
        if n_sites < FEW_SITES:
            note = f"only {n_sites} sites: the interval is not to be trusted"
            warnings.warn(f"{self.name}: {note}", DegenerateWarning, stacklevel=3)
        if np.isnan(left_out).any():
            return Interval(float("nan"), float("nan"), confidence, words, "undefined without one of the sites")
        # Efron & Tibshirani 1993, eq. 11.5, over sites
        error = float(np.sqrt((n_sites - 1) / n_sites * ((left_out - left_out.mean()) ** 2).sum()))
        reach = float(t.ppf((1 + confidence) / 2, n_sites - 1)) * error
        return Interval(self.estimate - reach, self.estimate + reach, confidence, words, note)

    def _within_sites(self, confidence: float, sites: Counts, n_sites: int, counts: Counts) -> Interval:
        from scipy.stats import t

        words = "jackknife over situations within sites; for these sites"
        per_site = np.bincount(sites, weights=counts, minlength=n_sites)
        if (per_site < 2).any():
            return Interval(float("nan"), float("nan"), confidence, words, "a site has one situation only")
        left_out = np.empty(len(counts))
        for place in range(len(counts)):
            fewer = counts.astype(np.float64)
            fewer[place] -= 1
            left_out[place] = self._kernel(fewer)
        if np.isnan(left_out).any():
            return Interval(float("nan"), float("nan"), confidence, words, "undefined without one of the situations")
        means = np.bincount(sites, weights=counts * left_out, minlength=n_sites) / per_site
        spread = np.bincount(sites, weights=counts * (left_out - means[sites]) ** 2, minlength=n_sites)
        error = float(np.sqrt(((per_site - 1) / per_site * spread).sum()))
        reach = float(t.ppf((1 + confidence) / 2, int(per_site.sum()) - n_sites)) * error
        return Interval(self.estimate - reach, self.estimate + reach, confidence, words)

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
        left = int(self.unused["situations"].max()) if len(self.unused) else 0
        parts = [
            f"{self._question()} was {number(self.estimate)} over {self.n_situations:,} situations at {self.n_sites:,} "
            f"sites ({interval.confidence:.0%} interval {number(interval.low)} to {number(interval.high)}, "
            f"{interval.method}" + (f"; {interval.note}" if interval.note else "") + ").",
        ]
        if self.null is not None:
            parts.append(f"Chance alone would give {self.null}.")
        if left:
            parts.append(f"At least {left:,} situations could not be used.")
        parts.append("The measure is proposed by expertsys; it prompts interpretation and tests no theory by itself.")
        return " ".join(parts)

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


def pooled(first: Counts, second: Counts, shape: tuple[int, int]) -> Callable[[Floats], Floats]:
    """A function from counts per combination to the table of two roles, all sites together."""
    cell = first * shape[1] + second

    def table(counts: Floats) -> Floats:
        filled = np.bincount(cell, weights=counts, minlength=shape[0] * shape[1])
        return filled.astype(np.float64).reshape(shape)

    return table
