"""How many units, by drawing studies from the model of coders and measuring them as one would measure a real one."""

from __future__ import annotations

import attrs
import numpy as np
import pandas as pd

from expertsys._core.progress import track
from expertsys._core.rng import RNG, generator
from expertsys.agreement.inference.methods import Method
from expertsys.agreement.planning.model import Coders, Function
from expertsys.agreement.ratings.profiles import Floats, Ints

#: Numbers of units tried, as multiples of what the formula gives.
TRIED = (0.4, 0.6, 0.8, 1.0, 1.3, 1.7, 2.3, 3.0)


@attrs.frozen(eq=False)
class Simulated:
    """What came out.

    Parameters
    ----------
    units : float
        How many units, before rounding up; NaN where no number tried comes near.
    curve : pandas.DataFrame
        Index ``units``; column ``power`` or ``width``, with ``error`` of the simulation.
    undefined : float
        Share of the studies drawn whose interval the data could not determine, or that has no width for lack of any
        disagreement.
    """

    units: float
    curve: pd.DataFrame
    undefined: float


def simulated(
    coders: Coders,
    function: Function,
    kappa: float,
    start: float,
    *,
    minimum: float | None,
    width: float | None,
    target: float,
    confidence: float,
    interval: Method,
    replicates: int,
    rng: RNG,
) -> Simulated:
    """Power (share of studies whose interval lies above the minimum), or the width kept by a share of the studies.

    The target is the power, or the share.

    A study without an interval, or with one of no width, excludes no minimum and counts as infinitely wide.
    """
    draw = generator(rng)
    tried = np.unique(np.maximum(np.round(np.array(TRIED) * start), 4).astype(np.int64))
    profiles = coders.profiles() if coders.listed else None
    chances = None if profiles is None else coders.chances(kappa, profiles)
    found = np.full((len(tried), replicates, 2), np.nan)
    with track(len(tried) * replicates, "simulated studies") as step:
        for row, units in enumerate(tried.tolist()):
            for one in range(replicates):
                if profiles is None or chances is None:
                    matrix = coders.draw(kappa, units, draw)
                    made = coders.ratings(matrix, np.ones(units, dtype=np.int64))
                else:
                    made = coders.ratings(profiles, draw.multinomial(units, chances / chances.sum()))
                ends = function(made).interval(confidence, interval)
                found[row, one] = ends.low, ends.high
                step()
    widths = found[:, :, 1] - found[:, :, 0]
    missing = ~(widths > 1e-12)
    if minimum is not None:
        above = np.where(missing, False, found[:, :, 0] > minimum)
        values, errors = above.mean(axis=1), above.std(axis=1) / np.sqrt(replicates)
        units_needed, name = _crossing(tried, values, target, replicates), "power"
    else:
        ranked = np.sort(np.where(missing, np.inf, widths), axis=1)
        values = ranked[:, int(np.ceil(target * replicates)) - 1]
        values = np.where(np.isfinite(values), values, np.nan)
        # half the distance between the order statistics one binomial standard error below and above the share
        step = np.sqrt(target * (1 - target) / replicates)
        low, high = (ranked[:, int(np.clip(target + side * step, 0, 1) * (replicates - 1))] for side in (-1, 1))
        errors = (np.where(np.isfinite(high), high, np.nan) - np.where(np.isfinite(low), low, np.nan)) / 2
        units_needed, name = _narrow(tried, values, width or 0.0), "width"
    curve = pd.DataFrame({name: values, "error": errors}, index=pd.Index(tried, name="units"))
    return Simulated(units_needed, curve.rename_axis(columns="column"), float(missing.mean()))


def _crossing(tried: Ints, power: Floats, target: float, replicates: int) -> float:
    """Where a probit line in √units through all points reaches the target."""
    from scipy.special import ndtr, ndtri

    inside = np.clip(power, 0.5 / replicates, 1 - 0.5 / replicates)
    score, root = ndtri(inside), np.sqrt(np.asarray(tried, dtype=np.float64))
    density = np.exp(-(score**2) / 2) / np.sqrt(2 * np.pi)
    weight = density**2 / (inside * (1 - inside))  # precision of a probit
    centre = float(weight @ root / weight.sum())
    slope = float(weight @ ((root - centre) * score) / (weight @ (root - centre) ** 2))
    if slope <= 0:
        return float("nan")
    level = float(weight @ score / weight.sum())
    needed = centre + (ndtri(target) - level) / slope
    reached = ndtr(level + slope * (root.max() - centre)) >= target
    return float(needed**2) if needed > 0 and reached else float("nan")


def _narrow(tried: Ints, widths: Floats, width: float) -> float:
    """Where a line through the logarithms of units and widths reaches the width."""
    known = ~np.isnan(widths) & (widths > 0)
    if known.sum() < 2:
        return float("nan")
    size, wide = np.log(np.asarray(tried, dtype=np.float64)[known]), np.log(widths[known])
    slope, level = np.polyfit(size, wide, 1)
    if slope >= 0:
        return float("nan")
    needed = (np.log(width) - level) / slope
    return float(np.exp(needed)) if needed <= size.max() else float("nan")
