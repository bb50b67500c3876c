"""Emptying out: what is lost of a situation once it is put into the system's categories."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np
import pandas as pd

from expertsys._core.errors import DataError, check_choice
from expertsys._core.rng import RNG
from expertsys.enactment.chance import Stratum, shuffled
from expertsys.enactment.information import ESTIMATORS, Estimator, Floats, conditional, entropy
from expertsys.enactment.measure import Measure, pooled
from expertsys.enactment.occasions import Occasions, require_usable

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
        Of all situations: with ``no category``, in a ``residual`` category, and with ``no local description``.
    by_coder : pandas.DataFrame
        The estimate from each coder's situations alone (index ``coder``; ``estimate``, ``n_situations``); empty where
        no coder is known.
    """

    shares: pd.Series[float]
    by_coder: pd.DataFrame
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
        if not 0 <= rate < 1:
            raise DataError(f"rate must lie between 0 and below 1, not {rate!r}", place="rate")
        local, _ = self._used.numbered("local")
        category, _ = self._used.numbered("category")
        table = pooled(local, category, (len(self._local), len(self._category)))(self._used.counts.astype(np.float64))
        return float(_ratio(_true(table, rate), "plugin"))

    def plot(self, ax: Axes | None = None) -> Axes:
        """Local descriptions by category, as shades."""
        from expertsys.plot import emptying

        return emptying(self, ax=ax)

    def table(self) -> pd.DataFrame:
        """Situations by local description (index ``local``) and category (columns)."""
        counted = self._used.to_frame()
        return counted.pivot_table(index="local", columns="category", values="situations", aggfunc="sum", fill_value=0)

    def _question(self) -> str:
        return "The share of local distinctions lost in the system's categories, H(L∣C)/H(L),"


def _ratio(joint: Floats, estimator: Estimator) -> Floats:
    """H(row ∣ column) / H(row); NaN where rows do not differ."""
    whole = entropy(joint.sum(axis=-1), estimator=estimator)
    lost = conditional(joint, estimator=estimator)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(whole > 1e-12, lost / whole, np.nan)


def _true(table: Floats, rate: float) -> Floats:
    """Most likely true counts, each column a mixture of rows that were replaced with chance `rate` (EM algorithm)."""
    shares = table.sum(axis=1) / table.sum()
    seen_as = (1 - rate) * np.eye(len(shares)) + rate * shares[:, None]  # [seen, true]
    totals = table.sum(axis=0)
    true = np.where(totals > 0, table / np.where(totals > 0, totals, 1), 0)
    for _ in range(2_000):
        expected = seen_as @ true
        step = np.divide(table, expected * totals, out=np.zeros_like(table), where=expected * totals > 0)
        updated = true * (seen_as.T @ step)
        if np.abs(updated - true).max() < 1e-12:
            break
        true = updated
    return np.asarray(true * totals)


def emptying_out(
    situations: Any,
    *,
    local: str | Sequence[str] = "local",
    category: str = "category",
    cluster: str | Sequence[str] = "site",
    residual: Sequence[str] = (),
    coder: str | None = "coder",
    estimator: Estimator = "plugin",
    shuffles: int = 999,
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
    category : str
        Column of the category that the system recorded. Missing: the system was not used or has no place for it; such
        situations are counted in `shares`, and left out of the estimate.
    cluster : str or sequence of str
        Column of the site, or several that combine (sites within cases). Shuffling stays within sites; intervals are
        over sites.
    residual : sequence of str
        Categories for what fits nowhere else.
    coder : str or None
        Column of who coded the local description; left out where it does not exist.
    estimator : {"plugin", "miller-madow", "chao-shen"}
        Plug-in is bounded and cannot fall when categories are merged; the others correct for small samples and are not
        cut at the bounds.
    shuffles : int
        Shuffles of the categories within sites behind `null`; all are listed where they are few.
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
    misclassification. In R: ``1 - DescTools::UncertCoef(local, category, direction = "row")``.

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
    occasions = Occasions.of(
        situations,
        {"site": cluster, "local": local, "category": category},
        optional={"coder": coder} if coder is not None else None,
    )
    used = occasions.where(occasions.known("site", "local", "category"))
    require_usable(used, ("site", "local", "category"))
    shares = pd.Series(
        {
            "no category": _share(occasions, occasions.table["category"].isna()),
            "residual": _share(occasions, occasions.table["category"].isin(list(residual))),
            "no local description": _share(occasions, occasions.table["local"].isna()),
        },
        name="share",
    )
    locals_, local_names = used.numbered("local")
    categories, category_names = used.numbered("category")
    sites, site_names = used.numbered("site")
    shape = (len(local_names), len(category_names))
    table = pooled(locals_, categories, shape)

    def kernel(counts: Floats) -> float:
        return float(_ratio(table(counts), estimator))

    counts = used.counts.astype(np.float64)
    estimate = kernel(counts)
    null, note = None, ""
    if np.isnan(estimate):
        note = f"all local descriptions are the same ({local_names[0]!r}): there is nothing to lose"
    else:
        strata = [Stratum(0, table(np.where(sites == site, counts, 0))) for site in range(len(site_names))]
        null = shuffled(
            strata,
            lambda tables: _ratio(tables[:, 0], estimator),
            estimate,
            smaller=True,
            shuffles=shuffles,
            rng=rng,
        )
    return EmptyingOut(
        "emptying out",
        estimate,
        null,
        occasions.missing("site", "local", "category"),
        note,
        used,
        kernel,
        shares,
        _by_coder(used, kernel),
        estimator,
        local_names,
        category_names,
    )


def _share(occasions: Occasions, rows: pd.Series[bool]) -> float:
    return float(occasions.counts[rows.to_numpy(dtype=bool)].sum() / occasions.n)


def _by_coder(used: Occasions, kernel: Any) -> pd.DataFrame:
    rows = []
    if "coder" in used.table:
        for name in sorted(used.table["coder"].dropna().unique()):
            own = np.where(used.table["coder"] == name, used.counts, 0).astype(np.float64)
            rows.append((str(name), kernel(own), int(own.sum())))
    table = pd.DataFrame(rows, columns=["coder", "estimate", "n_situations"])
    return table.set_index("coder").rename_axis(columns="column")
