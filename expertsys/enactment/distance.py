"""Action at a distance: whether what was prescribed there gets done here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np
import numpy.typing as npt
import pandas as pd

from expertsys._core.errors import DataError
from expertsys._core.results import number
from expertsys._core.rng import RNG
from expertsys.enactment.heterogeneity import Floats, Heterogeneity, Model, heterogeneity
from expertsys.enactment.measure import Cells, Measure, check_rate, common_roles, repeated
from expertsys.enactment.occasions import Columns, Occasions

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
    _sources: tuple[str, ...] = attrs.field(default=("greenhalgh2014hsdr", "efron1993", "cohen1960"), init=False)

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

    def _by(self, role: str) -> pd.DataFrame:
        used = self._cells.used
        if role not in used.table or used.table[role].isna().all():
            table = pd.DataFrame({"n_situations": [], "followed": []}, index=pd.Index([], name=role), dtype="int64")
        else:
            rows = pd.DataFrame(
                {
                    role: used.table[role],
                    "n_situations": used.counts,
                    "followed": np.where(self._followed, used.counts, 0),
                }
            )
            table = rows.groupby(role)[["n_situations", "followed"]].sum()
        n, x = (table[name].to_numpy(dtype=np.float64) for name in ("n_situations", "followed"))
        low, high = _wilson(x, n)
        shares = table.assign(fidelity=x / n, low=low, high=high)
        shares = shares[["followed", "n_situations", "fidelity", "low", "high"]].rename_axis(columns="column")
        shares.attrs["n"] = dict(zip(shares.index.tolist(), n.tolist(), strict=True))  # for `qca.calibrate`
        return shares

    def _question(self) -> str:
        return "Fidelity, the share of situations in which the action taken is the one prescribed,"

    def _further(self) -> list[str]:
        return [f"Agreement beyond chance (Cohen's kappa) was {number(self.agreement)}."]

    def _rows(self) -> Sequence[tuple[str, object]]:
        first, *rest = super()._rows()
        return (first, ("agreement (kappa)", self.agreement), *rest)


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
    site: Columns = "site",
    mode: str | None = "mode",
    distance: str | None = "distance",
    coder: str | None = "coder",
    weight: str | None = "weight",
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
        Columns of the action that the rules prescribe (missing: they are silent) and of what was done (missing: it was
        not observed). Situations without either are left out and counted in `unused`.
    site : str or sequence of str
        Column of the site, or several that combine.
    mode, distance : str or None
        Columns of the mode of use and of the distance from the origin.
    coder : str or None
        Column of who coded the situation.
    weight : str or None
        Column of how many situations a row stands for, a whole number; None to count each row once. Like those of mode,
        distance and coder, it need not exist under its default name.
    shuffles : int or None
        Shuffles of the action taken within sites behind `null`: 999, or fewer where sites are many and large. All
        rearrangements are listed where they are few.
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
    roles = {"site": site, "prescribed": prescribed, "taken": taken}
    optional = {"mode": mode, "distance": distance, **common_roles(coder, weight)}
    occasions = Occasions.of(situations, roles, optional=optional)
    used = occasions.usable(*roles)
    actions = pd.Index(sorted({*used.table["prescribed"], *used.table["taken"]}))
    rule, done = (actions.get_indexer(pd.Index(used.table[role])).astype(np.int64) for role in ("prescribed", "taken"))
    cells = Cells(used, rule * len(actions) + done, (1, len(actions), len(actions)), _fidelity)
    estimate = cells.value(used.counts)
    note = repeated(occasions)
    if not set(used.table["prescribed"]) & set(used.table["taken"]):
        note = "no action is both prescribed and taken: are the two columns written alike?"
    elif alike := _alike(actions):
        note = "; ".join(part for part in (note, f"{alike} count as different actions: are they?") if part)
    observed, expected = _agreements(cells.table(used.counts).reshape(cells.shape[1:]))
    return ActionAtADistance(
        "action at a distance",
        estimate,
        cells.null(estimate, smaller=False, shuffles=shuffles, rng=rng),
        occasions.missing(*roles),
        note,
        cells,
        (observed - expected) / (1 - expected) if expected < 1 - 1e-12 else float("nan"),
        rule == done,
    )


def _alike(actions: Iterable[str]) -> str:
    """Actions that differ only in capitals, in words; empty where there are none."""
    by_fold: dict[str, list[str]] = {}
    for action in actions:
        by_fold.setdefault(action.casefold(), []).append(repr(action))
    return "; ".join(" and ".join(group) for group in by_fold.values() if len(group) > 1)


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
