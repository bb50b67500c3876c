"""Contingency sensitivity: whether what is done still depends on the local situation, given the prescription."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from expertsys._core.errors import DataError
from expertsys._core.rng import RNG
from expertsys.enactment.information import Floats, conditional, entropy, without_error
from expertsys.enactment.measure import Cells, Measure, check_rate, common_roles, notes
from expertsys.enactment.occasions import Columns, Occasions

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

    def under_misclassification(self, rate: float) -> float:
        """What the estimate would be, were a share of the local descriptions wrong.

        Parameters
        ----------
        rate : float
            Share of situations, 0 to below 1, whose local description is taken to have been replaced by one drawn from
            all descriptions, regardless of what was there. Such error lowers the measure; this takes it out again.

        Returns
        -------
        float
            From the most likely distribution of true descriptions within each prescription and action.
        """
        check_rate(rate)
        if np.isnan(self.estimate):
            return float("nan")
        table = self._cells.table(self._cells.used.counts).reshape(-1, self._cells.shape[2])
        true = without_error(table.T, rate).T
        return float(_share(true.reshape(1, *self._cells.shape))[0])

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
    totals = tables.sum(axis=(-3, -2, -1))[..., None]
    weights = np.divide(tables.sum(axis=(-2, -1)), totals, out=np.zeros(tables.shape[:-2]), where=totals > 0)
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
    taken: Columns = "taken",
    local: Columns = "local",
    prescribed: Columns = "prescribed",
    site: Columns = "site",
    coder: str | None = "coder",
    weight: str | None = "weight",
    person: str | None = "person",
    period: str | None = "period",
    local_before_action: bool = False,
    shuffles: int | None = None,
    rng: RNG = 0,
) -> ContingencySensitivity:
    """Whether what is done still depends on the local situation once the prescription is known.

    I(A; L ∣ P) / H(A ∣ P): 0 where the local situation tells nothing of the action beyond the prescription, 1 where it
    tells all that the prescription leaves open. A measure proposed by this library.

    Parameters
    ----------
    situations : dataframe or Study
        One row per situation, on any engine that narwhals knows; or a study, whose situations are taken.
    taken, prescribed : str or sequence of str
        Columns of the action taken and of the one that the rules prescribe. Situations without either, or without a
        local description, are left out and counted in `unused`. Several columns combine: ``prescribed=["prescribed",
        "role"]`` holds the role constant too.
    local : str or sequence of str
        Column of the local description; several combine.
    site : str or sequence of str
        Column of the site, or several that combine.
    coder : str or None
        Column of who coded the local description.
    weight : str or None
        Column of how many situations a row stands for, a whole number; None to count each row once. Without a column
        ``weight``, one called count, n, n_alerts or the like serves, and `note` names it. Like the columns of coder,
        person and period, it need not exist under its default name.
    person : str or None
        Column of who acted. Persons have habits and patients of their own, so that shuffling stays within persons.
        Without a column ``person``, one called participant, clinician, doctor, nurse, staff, respondent or the like
        serves, and `note` names it; where only the values of a column look like persons, it asks. None for none.
    period : str or None
        Column of the period, or of dates, which are read as months: shuffling stays within it.
    local_before_action : bool
        Whether the local description is known to have been recorded before the action, or independently of it. Unless
        it is, a description that is blank, or always the same, exactly where the action was as prescribed is refused.
    shuffles : int or None
        Shuffles of the local description within prescription, site, person and period behind `null`: 999, or fewer
        where there are many of these and they are large. All rearrangements are listed where they are few. Where each
        person has one local description throughout, persons exchange them within sites.
    rng : None, int or Generator
        For the shuffles.

    Returns
    -------
    ContingencySensitivity
        NaN with a note where the prescription leaves nothing open.

    Raises
    ------
    DataError
        For columns that do not exist, no situation with all, free text instead of values that recur, and a local
        description that can be known only after the action, such as the reason for an override.

    Notes
    -----
    The plug-in estimate is above 0 even where nothing depends on anything: read it against `null`, whose p-value is
    (b + 1) / (m + 1) of m shuffles within prescription, site and person. It shows dependence, not that anyone responded
    to the situation: where roles see different situations and have different habits, the role is enough.

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
    roles = {"site": site, "prescribed": prescribed, "taken": taken, "local": local}
    occasions = Occasions.of(situations, roles, optional=common_roles(coder, weight, person, period))
    if occasions.known_after and not local_before_action:
        raise DataError(
            f"the local description must be known before the action; {occasions.known_after}, as the reason for an "
            "override is: that it depends on the action is then true by definition",
            place="situations, local",
            remedy="Describe each situation, followed or not, by what was known beforehand; if this was, pass "
            "local_before_action=True.",
        )
    used = occasions.usable(*roles)
    (rule, rules), (done, actions), (where, places) = (used.numbered(role) for role in list(roles)[1:])
    shape = (len(rules), len(actions), len(places))

    def statistic(cells: Floats) -> Floats:
        return _share(cells.reshape(-1, *shape))

    cells = Cells(used, (rule * shape[1] + done) * shape[2] + where, shape, statistic)
    estimate = cells.value(used.counts)
    information, open_ = (float(part) for part in _parts(cells.table(used.counts).reshape(shape)))
    if np.isnan(estimate):
        null, note = None, "the prescription leaves nothing open: wherever it is the same, the same is done"
    else:
        null = cells.null(estimate, smaller=False, shuffles=shuffles, rng=rng)
        note = notes(occasions, cells, null)
    return ContingencySensitivity(
        "contingency sensitivity",
        estimate,
        null,
        occasions.missing(*roles),
        note,
        cells,
        information,
        open_,
    )
