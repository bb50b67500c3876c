"""How far shares differ between sites beyond what chance within sites gives.

The default is the binomial-normal model: at each site, x of n with a chance whose logit is normal across sites. It
needs no correction where a site has all or none. The three estimators of R's metafor are there by name, to reproduce.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import attrs
import numpy as np
import numpy.typing as npt

from expertsys._core.errors import DataError, check_choice
from expertsys._core.results import Result, number

Floats = npt.NDArray[np.float64]
Model = Literal["binomial-normal", "DL", "REML", "PM"]
MODELS: tuple[Model, ...] = ("binomial-normal", "DL", "REML", "PM")

_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(25)
_WEIGHTS = _WEIGHTS / _WEIGHTS.sum()


@attrs.frozen(repr=False)
class Heterogeneity(Result):
    """Differences between sites, on the logit scale.

    Parameters
    ----------
    centre : float
        Logit of the share at a typical site.
    error : float
        Its standard error.
    tau : float
        Standard deviation of logits between sites.
    tau_low, tau_high : float
        95 % interval for it: profile likelihood, or Q-profile for the estimators of metafor.
    prediction_low, prediction_high : float
        95 % prediction interval for the share at another site, 0 to 1; NaN below three sites.
    i_squared : float
        Share of the variance of observed logits that lies between sites: an aside, it grows with the sites' size.
    model : str
        How it was estimated.
    note : str
        Why there is no figure, or on what it rests; empty where there is nothing to say.
    """

    centre: float
    error: float
    tau: float
    tau_low: float
    tau_high: float
    prediction_low: float
    prediction_high: float
    i_squared: float
    model: Model
    note: str = ""

    @property
    def typical(self) -> float:
        """The share at a typical site, 0 to 1."""
        return _share(self.centre)

    def _title(self) -> str:
        return f"Differences between sites ({self.model})"

    def _rows(self) -> tuple[tuple[str, object], ...]:
        return (
            ("share at a typical site", self.typical),
            ("tau, between sites (logit)", f"{number(self.tau)} ({number(self.tau_low)} to {number(self.tau_high)})"),
            ("share at another site, 95%", f"{number(self.prediction_low)} to {number(self.prediction_high)}"),
            ("I squared", self.i_squared),
            ("note", self.note),
        )


def heterogeneity(x: npt.ArrayLike, n: npt.ArrayLike, *, model: Model = "binomial-normal") -> Heterogeneity:
    """Estimate how far shares differ between sites.

    Parameters
    ----------
    x, n : array_like of int, shape (S,)
        Successes and occasions at each site, n above 0.
    model : {"binomial-normal", "DL", "REML", "PM"}
        Maximum likelihood of the binomial-normal model, or DerSimonian–Laird, restricted maximum likelihood,
        Paule–Mandel on logits with 0.5 added to the cells of sites that have all or none.

    Returns
    -------
    Heterogeneity
        NaN with a note where there is one site, where all sites have all or all have none, and in the binomial-normal
        model where each has all or none, for τ then has no bound. An end of an interval may be infinite.

    Raises
    ------
    DataError
        Where x and n are not whole numbers, as shares are not, or x is not between 0 and n.

    Notes
    -----
    In R: ``metafor::rma(measure = "PLO", xi = x, ni = n, method = "REML")``, and for the default
    ``metafor::rma.glmm(measure = "PLO", xi = x, ni = n)``.

    Examples
    --------
    >>> found = heterogeneity([5, 38, 30], [38, 188, 157])
    >>> round(found.typical, 2), round(found.tau, 2)
    (0.19, 0.0)
    """
    check_choice("model", model, MODELS)
    hits, trials = np.asarray(x, dtype=np.float64), np.asarray(n, dtype=np.float64)
    if hits.shape != trials.shape or hits.ndim != 1:
        raise DataError(f"x and n must be of one length, not {hits.shape} and {trials.shape}", place="heterogeneity")
    if (trials <= 0).any() or (hits < 0).any() or (hits > trials).any():
        place = int(np.flatnonzero((trials <= 0) | (hits < 0) | (hits > trials))[0])
        raise DataError(
            f"site {place + 1} has {hits[place]:g} of {trials[place]:g}",
            place="heterogeneity",
            remedy="0 <= x <= n, n > 0.",
        )
    if (fractions := (hits % 1 != 0) | (trials % 1 != 0)).any():
        place = int(np.flatnonzero(fractions)[0])
        raise DataError(
            f"x and n must be numbers of occasions, not shares; site {place + 1} has {hits[place]:g} of "
            f"{trials[place]:g}",
            place="heterogeneity",
            remedy="Give whole numbers, such as the columns followed and n_situations of by_site.",
        )
    return estimated(hits, trials, model=model)


def estimated(hits: Floats, trials: Floats, *, model: Model) -> Heterogeneity:
    """The same for numbers that need not be whole, as those of an effective sample are not."""
    check_choice("model", model, MODELS)
    if note := _undetermined(hits, trials, model):
        return undetermined(model, note)
    logits, variances = _logits(hits, trials)
    if model == "binomial-normal":
        centre, error, tau, low, high = _binomial_normal(hits, trials)
    else:
        centre, error, tau, low, high = _weighted(logits, variances, model)
    prediction = _prediction(centre, error, tau, len(hits))
    typical = _typical_variance(variances)
    return Heterogeneity(centre, error, tau, low, high, *prediction, tau**2 / (tau**2 + typical), model)


def undetermined(model: Model, note: str) -> Heterogeneity:
    """No figure, and why."""
    nan = float("nan")
    return Heterogeneity(nan, nan, nan, nan, nan, nan, nan, nan, model, note)


def _undetermined(hits: Floats, trials: Floats, model: Model) -> str:
    if len(hits) < 2:
        return "one site: nothing to compare it with" if len(hits) else "no site"
    if hits.sum() in (0, trials.sum()):
        return "all sites have all, or all have none"
    if model == "binomial-normal" and ((hits == 0) | (hits == trials)).all():
        return "each site has all or none: how far they differ has no bound"
    return ""


def _share(logit: float) -> float:
    return float(1 / (1 + np.exp(-logit)))


def _logits(hits: Floats, trials: Floats) -> tuple[Floats, Floats]:
    extreme = np.where((hits == 0) | (hits == trials), 0.5, 0.0)
    yes, no = hits + extreme, trials - hits + extreme
    return np.log(yes / no), 1 / yes + 1 / no


def _typical_variance(variances: Floats) -> float:
    """Higgins & Thompson 2002, eq. 9."""
    weights = 1 / variances
    return float((len(weights) - 1) * weights.sum() / (weights.sum() ** 2 - (weights**2).sum()))


def _prediction(centre: float, error: float, tau: float, sites: int) -> tuple[float, float]:
    from scipy.stats import t

    if sites < 3:
        return float("nan"), float("nan")
    reach = float(t.ppf(0.975, sites - 2)) * float(np.hypot(error, tau))
    return _share(centre - reach), _share(centre + reach)


def _weighted(logits: Floats, variances: Floats, model: Model) -> tuple[float, float, float, float, float]:
    def mean(tau2: float) -> tuple[float, Floats]:
        weights = 1 / (variances + tau2)
        return float(weights @ logits / weights.sum()), weights

    def spread(tau2: float) -> float:
        centre, weights = mean(tau2)
        return float(weights @ (logits - centre) ** 2)

    degrees = len(logits) - 1
    if model == "DL":
        weights = 1 / variances
        tau2 = max(0.0, float((spread(0) - degrees) / (weights.sum() - (weights**2).sum() / weights.sum())))
    elif model == "PM":
        tau2 = _crossing(lambda value: spread(value) - degrees)
    else:
        tau2 = _restricted(logits, variances)
    centre, weights = mean(tau2)
    low, high = _q_profile(spread, degrees)
    return centre, float(weights.sum() ** -0.5), tau2**0.5, low, high


def _restricted(logits: Floats, variances: Floats) -> float:
    from scipy.optimize import minimize_scalar

    def loss(tau2: float) -> float:
        weights = 1 / (variances + tau2)
        centre = weights @ logits / weights.sum()
        fit = float(weights @ (logits - centre) ** 2)
        return float(-np.log(weights).sum() + np.log(weights.sum()) + fit)

    most = 10 * float(np.var(logits)) + 1
    grid = np.concatenate([[0.0], np.geomspace(1e-8, most, 60)])
    best = int(np.argmin([loss(value) for value in grid]))
    low, high = grid[max(best - 1, 0)], grid[min(best + 1, len(grid) - 1)]
    found = minimize_scalar(loss, bounds=(low, high), method="bounded", options={"xatol": 1e-12})
    return float(found.x) if found.fun < loss(0.0) else 0.0


def _crossing(decreasing: Callable[[float], float]) -> float:
    """Where a decreasing function of τ² crosses 0; 0 where it starts below."""
    from scipy.optimize import brentq

    if decreasing(0.0) <= 0:
        return 0.0
    high = 1.0
    while decreasing(high) > 0:
        high *= 2
        if high > 1e6:
            return float("inf")
    return float(brentq(decreasing, 0.0, high, xtol=1e-14))


def _q_profile(spread: Callable[[float], float], degrees: int) -> tuple[float, float]:
    """Viechtbauer 2007: the τ² at which the weighted spread is at the ends of its distribution."""
    from scipy.stats import chi2

    upper, lower = float(chi2.ppf(0.975, degrees)), float(chi2.ppf(0.025, degrees))
    return _crossing(lambda value: spread(value) - upper) ** 0.5, _crossing(lambda value: spread(value) - lower) ** 0.5


def _binomial_normal(hits: Floats, trials: Floats) -> tuple[float, float, float, float, float]:
    from scipy.optimize import brentq, minimize_scalar
    from scipy.stats import chi2

    start = float(np.log((hits.sum() + 0.5) / (trials.sum() - hits.sum() + 0.5)))

    def best(tau: float) -> tuple[float, float]:
        """The most likely centre for this τ, and its log-likelihood."""
        found = minimize_scalar(
            lambda centre: -_likelihood(hits, trials, centre, tau), bracket=(start - 0.5, start + 0.5)
        )
        return float(found.x), -float(found.fun)

    grid = np.concatenate([[0.0], np.geomspace(0.02, 8, 25)])
    place = int(np.argmax([best(value)[1] for value in grid]))
    ends = float(grid[max(place - 1, 0)]), float(grid[min(place + 1, len(grid) - 1)])
    found = minimize_scalar(
        lambda value: -best(float(value))[1], bounds=ends, method="bounded", options={"xatol": 1e-8}
    )
    tau = float(found.x) if -found.fun > best(0.0)[1] + 1e-10 else 0.0
    centre, top = best(tau)
    # profile likelihood: the τ at which it has fallen by half the 95 % point of χ² with one degree of freedom
    level = top - float(chi2.ppf(0.95, 1)) / 2

    def above(value: float) -> float:
        return best(value)[1] - level

    low = 0.0 if tau == 0 or above(0.0) >= 0 else float(brentq(above, 0.0, tau, xtol=1e-8))
    high = max(2 * tau, 0.1)
    while above(high) > 0 and high < 100:
        high *= 1.5
    most = float(brentq(above, tau, high, xtol=1e-8)) if above(high) <= 0 else float("inf")
    return centre, _error(hits, trials, centre, tau), tau, low, most


def _error(hits: Floats, trials: Floats, centre: float, tau: float, step: float = 1e-3) -> float:
    """Standard error of the centre from the curvature of the log-likelihood, in both parameters where τ is above 0."""

    def at(shift: float, widening: float) -> float:
        return _likelihood(hits, trials, centre + shift, tau + widening)

    own = (at(step, 0) - 2 * at(0, 0) + at(-step, 0)) / step**2
    if tau <= 2 * step:
        return float((-own) ** -0.5)
    other = (at(0, step) - 2 * at(0, 0) + at(0, -step)) / step**2
    cross = (at(step, step) - at(step, -step) - at(-step, step) + at(-step, -step)) / (4 * step**2)
    return float((-(own - cross**2 / other)) ** -0.5)


def _likelihood(hits: Floats, trials: Floats, centre: float, tau: float) -> float:
    """Log-likelihood up to a constant, by adaptive Gauss–Hermite quadrature around each site's mode."""
    from scipy.special import expit, log_expit

    if tau < 1e-6:
        return float((hits * log_expit(centre) + (trials - hits) * log_expit(-centre)).sum())
    mode = np.zeros_like(hits)
    for _ in range(100):
        chance = expit(centre + tau * mode)
        slope = tau * (hits - trials * chance) - mode
        curve = 1 + tau**2 * trials * chance * (1 - chance)
        step = np.clip(slope / curve, -1, 1)
        mode = mode + step
        if np.abs(step).max() < 1e-10:
            break
    chance = expit(centre + tau * mode)
    width = (1 + tau**2 * trials * chance * (1 - chance)) ** -0.5
    z = mode + width * _NODES[:, None]
    logits = centre + tau * z
    height = hits * log_expit(logits) + (trials - hits) * log_expit(-logits) - z**2 / 2 + _NODES[:, None] ** 2 / 2
    top = height.max(axis=0)
    return float((np.log(width) + top + np.log(_WEIGHTS @ np.exp(height - top))).sum())
