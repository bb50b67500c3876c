"""Emptying out: what is lost of a situation once it is put into the system's categories."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np
import pandas as pd

from expertsys._core.errors import check_choice
from expertsys._core.rng import RNG
from expertsys.enactment.information import ESTIMATORS, Estimator, Floats, conditional, entropy, without_error
from expertsys.enactment.measure import Cells, Measure, check_rate, common_roles, repeated
from expertsys.enactment.occasions import Columns, Occasions
from expertsys.theory import ModeOfUse

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@attrs.frozen(eq=False, repr=False)
class EmptyingOut(Measure):
    """How much of what practitioners distinguish locally is lost in the system's categories; see `emptying_out`.

    Attributes
    ----------
    adjusted : float
        The estimate as a share of what chance alone loses: 1 where the categories tell no more than shuffled ones.
    shares : pandas.Series
        Of all situations: with ``no category``; ``not used`` (mode of use ``non-use``; NaN where no mode is known); in
        a ``residual`` category (NaN where none was named); with ``no local description``.
    estimator : str
        How entropies were estimated.
    """

    shares: pd.Series[float]
    estimator: Estimator
    _local: tuple[str, ...]
    _category: tuple[str, ...]

    @property
    def adjusted(self) -> float:
        """The estimate as a share of what shuffled categories would lose; may pass 1."""
        return self.estimate / self.null.mean if self.null and self.null.mean > 0 else float("nan")

    def under_misclassification(self, rate: float) -> float:
        """What the estimate would be, were a share of the local descriptions wrong.

        Parameters
        ----------
        rate : float
            Share of situations, 0 to below 1, whose local description is taken to have been replaced by one drawn from
            all descriptions, regardless of what was there. Such error raises the measure; this takes it out again.

        Returns
        -------
        float
            By the plug-in estimator, from the most likely distribution of true descriptions within each category.
        """
        check_rate(rate)
        if np.isnan(self.estimate):
            return float("nan")
        table = self._cells.table(self._cells.used.counts).reshape(len(self._local), len(self._category))
        return float(_ratio(without_error(table, rate), "plugin"))

    def plot(self, ax: Axes | None = None) -> Axes:
        """Local descriptions by category, as shades."""
        from expertsys.plot import emptying

        return emptying(self, ax=ax)

    def table(self) -> pd.DataFrame:
        """Situations by local description (index ``local``) and category (columns)."""
        table = self._cells.table(self._cells.used.counts).reshape(len(self._local), len(self._category))
        index, columns = pd.Index(self._local, name="local"), pd.Index(self._category, name="category")
        return pd.DataFrame(table.astype(np.int64), index=index, columns=columns)

    def _question(self) -> str:
        return "The share of local distinctions lost in the system's categories, H(L∣C)/H(L),"

    def _further(self) -> list[str]:
        return [f"That is {self.adjusted:.0%} of what chance alone loses."] if np.isfinite(self.adjusted) else []


def _ratio(joint: Floats, estimator: Estimator) -> Floats:
    """H(row ∣ column) / H(row); NaN where rows do not differ."""
    whole = entropy(joint.sum(axis=-1), estimator=estimator)
    lost = conditional(joint, estimator=estimator)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(whole > 1e-12, lost / whole, np.nan)


def emptying_out(
    situations: Any,
    *,
    local: Columns = "local",
    category: Columns = "category",
    cluster: Columns = "site",
    residual: str | Sequence[str] | None = None,
    mode: str | None = "mode",
    coder: str | None = "coder",
    weight: str | None = "weight",
    estimator: Estimator = "plugin",
    shuffles: int | None = None,
    rng: RNG = 0,
) -> EmptyingOut:
    """How much of what practitioners distinguish locally is lost once situations are put into the system's categories.

    H(L∣C) / H(L), that is 1 − Theil's U(L∣C): 0 where each category stands for one local description, 1 where
    categories say nothing of it. A measure proposed by this library for a concept of the study.

    Parameters
    ----------
    situations : dataframe or Study
        One row per situation, on any engine that narwhals knows; or a study, whose situations are taken.
    local : str or sequence of str
        Column of the local description; several combine.
    category : str or sequence of str
        Column of the category that the system recorded. Missing: the system was not used or has no place for it; such
        situations are counted in `shares`, and left out of the estimate.
    cluster : str or sequence of str
        Column of the site, or several that combine (sites within cases). Shuffling stays within sites; intervals are
        over sites.
    residual : str, sequence of str or None
        Categories for what fits nowhere else, such as ``system.classification.residual``.
    mode : str or None
        Column of the mode of use, for the share in which the system was not used.
    coder : str or None
        Column of who coded the local description.
    weight : str or None
        Column of how many situations a row stands for, a whole number; None to count each row once. Like those of mode
        and coder, it need not exist under its default name.
    estimator : {"plugin", "miller-madow", "chao-shen"}
        Plug-in is bounded and cannot fall when categories are merged; the others correct for small samples and are not
        cut at the bounds.
    shuffles : int or None
        Shuffles of the categories within sites behind `null`: 999, or fewer where sites are many and large. All
        rearrangements are listed where they are few.
    rng : None, int or Generator
        For the shuffles.

    Returns
    -------
    EmptyingOut
        NaN with a note where all local descriptions are the same.

    Raises
    ------
    DataError
        For columns that do not exist, or no situation with both.

    Notes
    -----
    It rises with the granularity of the local description and with error in coding it: a description unique to each
    situation loses nearly everything in any scheme. Compare with `null`, per coder, and under a stated
    misclassification. In R: ``1 - DescTools::UncertCoef(local, category, direction = "row")``, which differs in the
    third decimal where a cell is empty, for it adds a little to zeros.

    References
    ----------
    Greenhalgh T, Swinglehurst D, Stones R. Health Serv Deliv Res 2014;2(39). doi:10.3310/hsdr02390 (the concept)

    Examples
    --------
    Four local descriptions, two categories that each hold two of them:

    >>> import pandas as pd
    >>> seen = pd.DataFrame(
    ...     {
    ...         "site": ["north", "south"] * 4,
    ...         "local": ["frail", "anxious", "far away", "no phone"] * 2,
    ...         "category": ["clinical", "clinical", "social", "social"] * 2,
    ...     }
    ... )
    >>> emptying_out(seen).estimate
    0.5

    Half of what the four descriptions tell apart is lost.
    """
    check_choice("estimator", estimator, ESTIMATORS)
    roles = {"site": cluster, "local": local, "category": category}
    optional = {"mode": mode, **common_roles(coder, weight)}
    occasions = Occasions.of(situations, roles, optional=optional, site="cluster")
    used = occasions.usable(*roles)
    locals_, local_names = used.numbered("local")
    categories, category_names = used.numbered("category")
    shape = (1, len(local_names), len(category_names))

    def statistic(cells: Floats) -> Floats:
        return _ratio(cells.reshape(-1, *shape[1:]), estimator)

    cells = Cells(used, locals_ * shape[2] + categories, shape, statistic)
    estimate = cells.value(used.counts)
    null, note = None, repeated(occasions)
    if np.isnan(estimate):
        note = f"all local descriptions are the same ({local_names[0]!r}): there is nothing to lose"
    else:
        null = cells.null(estimate, smaller=True, shuffles=shuffles, rng=rng)
    return EmptyingOut(
        "emptying out",
        estimate,
        null,
        occasions.missing(*roles),
        note,
        cells,
        _shares(occasions, residual),
        estimator,
        local_names,
        category_names,
    )


def _shares(occasions: Occasions, residual: str | Sequence[str] | None) -> pd.Series[float]:
    table = occasions.table
    unused = float("nan")
    if "mode" in table and table["mode"].notna().any():
        spelt = table["mode"].str.casefold().str.replace(r"[\s_-]+", "-", regex=True)
        unused = occasions.share(spelt == ModeOfUse.NON_USE.value)
    named = [residual] if isinstance(residual, str) else residual
    return pd.Series(
        {
            "no category": occasions.share(table["category"].isna()),
            "not used": unused,
            "residual": float("nan") if named is None else occasions.share(table["category"].isin(list(named))),
            "no local description": occasions.share(table["local"].isna()),
        },
        name="share",
    )
