"""Contingency sensitivity: whether what is done still depends on the local situation, given the prescription."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from expertsys._core.rng import RNG
from expertsys.enactment.chance import Stratum, shuffled
from expertsys.enactment.information import conditional, entropy
from expertsys.enactment.measure import Floats, Measure
from expertsys.enactment.occasions import Occasions, require_usable

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@attrs.frozen(eq=False, repr=False)
class ContingencySensitivity(Measure):
    """How far what is done depends on the local situation beyond the prescription; see `contingency_sensitivity`.

    Attributes
    ----------
    information : float
        I(A; L ∣ P), in nats.
    uncertainty : float
        H(A ∣ P), in nats: what the prescription leaves open.
    """

    information: float
    uncertainty: float

    def plot(self, ax: Axes | None = None) -> Axes:
        """The estimate beside what chance alone gives."""
        from expertsys.plot import against_chance

        return against_chance(self, ax=ax)

    def _question(self) -> str:
        return (
            "The share of what the prescription leaves open in the action taken that the local situation tells, "
            "I(A; L∣P)/H(A∣P),"
        )


def _parts(tables: Floats) -> tuple[Floats, Floats]:
    """I(A; L ∣ P) and H(A ∣ P) of tables (..., P, A, L)."""
    totals = tables.sum(axis=(-3, -2, -1))
    weights = tables.sum(axis=(-2, -1)) / totals[..., None]
    open_ = (weights * entropy(tables.sum(axis=-1))).sum(axis=-1)
    left = (weights * conditional(tables)).sum(axis=-1)
    return np.maximum(open_ - left, 0), open_


def _share(tables: Floats) -> Floats:
    information, open_ = _parts(tables)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(open_ > 1e-12, information / open_, np.nan)


def contingency_sensitivity(
    situations: Any,
    *,
    taken: str = "taken",
    local: str | Sequence[str] = "local",
    prescribed: str = "prescribed",
    site: str | Sequence[str] = "site",
    shuffles: int = 999,
    rng: RNG = 0,
) -> ContingencySensitivity:
    """Whether what is done still depends on the local situation once the prescription is known.

    I(A; L ∣ P) / H(A ∣ P): 0 where the local situation tells nothing of the action beyond the prescription, 1 where it
    tells all that the prescription leaves open. A measure proposed by this library.

    Parameters
    ----------
    situations : dataframe or Study
        One row per situation, on any engine that narwhals knows; or a study, whose situations are taken.
    taken, prescribed : str
        Columns of the action taken and of the one that the rules prescribe. Situations without either, or without a
        local description, are left out and counted in `unused`.
    local : str or sequence of str
        Column of the local description; several combine.
    site : str or sequence of str
        Column of the site, or several that combine.
    shuffles : int
        Shuffles of the local description within prescription and site behind `null`.
    rng : None, int or Generator
        For the shuffles.

    Returns
    -------
    ContingencySensitivity
        NaN with a note where the prescription leaves nothing open.

    Raises
    ------
    DataError
        For columns that do not exist, or no situation with all.

    Notes
    -----
    The plug-in estimate is above 0 even where nothing depends on anything: read it against `null`, whose p-value is
    (b + 1) / (m + 1) of m shuffles within prescription and site.

    Examples
    --------
    >>> import pandas as pd
    >>> seen = pd.DataFrame(
    ...     {
    ...         "site": ["north"] * 4,
    ...         "prescribed": ["list"] * 4,
    ...         "local": ["frail", "frail", "well", "well"],
    ...         "taken": ["call", "call", "list", "list"],
    ...     }
    ... )
    >>> contingency_sensitivity(seen).estimate
    1.0

    The rule prescribes the list throughout; whether it is followed depends on the patient alone.
    """
    roles = {"site": site, "taken": taken, "local": local, "prescribed": prescribed}
    occasions = Occasions.of(situations, roles)
    used = occasions.where(occasions.known(*roles))
    require_usable(used, tuple(roles))
    numbers = {role: used.numbered(role) for role in roles}
    (sites, site_names), (done, done_names) = numbers["site"], numbers["taken"]
    (where, where_names), (rule, rule_names) = numbers["local"], numbers["prescribed"]
    shape = (len(rule_names), len(done_names), len(where_names))
    cell = (rule * shape[1] + done) * shape[2] + where

    def table(counts: Floats) -> Floats:
        return np.bincount(cell, weights=counts, minlength=int(np.prod(shape))).reshape(shape).astype(np.float64)

    def kernel(counts: Floats) -> float:
        return float(_share(table(counts))) if counts.sum() > 0 else float("nan")

    counts = used.counts.astype(np.float64)
    estimate = kernel(counts)
    information, open_ = (float(part) for part in _parts(table(counts)))
    null, note = None, ""
    if np.isnan(estimate):
        note = "the prescription leaves nothing open: the same is done wherever it is the same"
    else:
        strata = [
            Stratum(group, one)
            for number in range(len(site_names))
            for group, one in enumerate(table(np.where(sites == number, counts, 0)))
            if one.any()
        ]
        null = shuffled(strata, _share, estimate, smaller=False, shuffles=shuffles, rng=rng)
    return ContingencySensitivity(
        "contingency sensitivity",
        estimate,
        null,
        occasions.missing(*roles),
        note,
        used,
        kernel,
        information,
        open_,
    )
