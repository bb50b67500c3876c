"""Action at a distance: whether what was prescribed there gets done here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np
import pandas as pd

from expertsys._core.errors import DataError
from expertsys._core.rng import RNG
from expertsys.enactment.chance import Stratum, shuffled
from expertsys.enactment.heterogeneity import Heterogeneity, Model, heterogeneity
from expertsys.enactment.measure import Floats, Measure, pooled
from expertsys.enactment.occasions import Occasions, require_usable

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
    _followed: Floats

    @property
    def by_site(self) -> pd.DataFrame:
        """Index ``site``: ``followed`` of ``n_situations``, ``fidelity``, its ``low`` and ``high`` (95 %, Wilson)."""
        return self._by("site")

    @property
    def by_distance(self) -> pd.DataFrame:
        """The same by distance from the origin; empty where no distance is known."""
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
        """How far fidelity differs between sites; see `expertsys.enactment.heterogeneity`."""
        table = self.by_site
        return heterogeneity(table["followed"].to_numpy(), table["n_situations"].to_numpy(), model=model)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Fidelity by site with intervals."""
        from expertsys.plot import fidelity

        return fidelity(self, ax=ax)

    def _by(self, role: str) -> pd.DataFrame:
        used = self._used
        if role not in used.table or used.table[role].isna().all():
            table = pd.DataFrame({"n_situations": [], "followed": []}, index=pd.Index([], name=role), dtype="int64")
        else:
            rows = pd.DataFrame(
                {
                    role: used.table[role],
                    "n_situations": used.counts,
                    "followed": (used.counts * self._followed).astype(np.int64),
                }
            )
            table = rows.groupby(role)[["n_situations", "followed"]].sum()
        n, x = (table[name].to_numpy(dtype=np.float64) for name in ("n_situations", "followed"))
        low, high = _wilson(x, n)
        shares = table.assign(fidelity=x / n, low=low, high=high)
        return shares[["followed", "n_situations", "fidelity", "low", "high"]].rename_axis(columns="column")

    def _question(self) -> str:
        return "Fidelity, the share of situations in which the action taken is the one prescribed,"


def _wilson(x: Floats, n: Floats, z: float = 1.959963984540054) -> tuple[Floats, Floats]:
    """Wilson's score interval (Wilson 1927), 95 %."""
    middle = (x + z**2 / 2) / (n + z**2)
    reach = z / (n + z**2) * np.sqrt(x * (n - x) / n + z**2 / 4)
    return middle - reach, middle + reach


def action_at_a_distance(
    situations: Any,
    *,
    prescribed: str = "prescribed",
    taken: str = "taken",
    site: str | Sequence[str] = "site",
    mode: str | None = "mode",
    distance: str | None = "distance",
    shuffles: int = 999,
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
        Columns of the action that the rules prescribe (missing: they are silent) and of what was done (missing: it was
        not observed). Situations without either are left out and counted in `unused`.
    site : str or sequence of str
        Column of the site, or several that combine.
    mode, distance : str or None
        Columns of the mode of use and of the distance from the origin; left out where they do not exist.
    shuffles : int
        Shuffles of the action taken within sites behind `null`; all are listed where they are few.
    rng : None, int or Generator
        For the shuffles.

    Returns
    -------
    ActionAtADistance
        `estimate` is fidelity, 0 to 1.

    Raises
    ------
    DataError
        For columns that do not exist, or no situation with all.

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
    optional = {"mode": mode, "distance": distance}
    occasions = Occasions.of(situations, {"site": site, "prescribed": prescribed, "taken": taken}, optional=optional)
    used = occasions.where(occasions.known("site", "prescribed", "taken"))
    require_usable(used, ("site", "prescribed", "taken"))
    names = sorted({*used.table["prescribed"], *used.table["taken"]})
    place = pd.Index(names)
    rule, done = (place.get_indexer(pd.Index(used.table[role])).astype(np.int64) for role in ("prescribed", "taken"))
    sites, site_names = used.numbered("site")
    followed = (rule == done).astype(np.float64)
    table = pooled(rule, done, (len(names), len(names)))
    counts = used.counts.astype(np.float64)

    def kernel(weights: Floats) -> float:
        total = weights.sum()
        return float(weights @ followed / total) if total > 0 else float("nan")

    estimate = kernel(counts)
    strata = [Stratum(0, table(np.where(sites == number, counts, 0))) for number in range(len(site_names))]
    null = shuffled(
        strata,
        lambda tables: np.trace(tables[:, 0], axis1=1, axis2=2) / counts.sum(),
        estimate,
        smaller=False,
        shuffles=shuffles,
        rng=rng,
    )
    return ActionAtADistance(
        "action at a distance",
        estimate,
        null,
        occasions.missing("site", "prescribed", "taken"),
        "",
        used,
        kernel,
        _kappa(table(counts)),
        followed,
    )


def _kappa(table: Floats) -> float:
    """Cohen 1960, p. 40; NaN where both have one and the same action throughout."""
    shares = table / table.sum()
    expected = float(shares.sum(axis=1) @ shares.sum(axis=0))
    return (float(np.trace(shares)) - expected) / (1 - expected) if expected < 1 - 1e-12 else float("nan")
