"""Published formulas for how many units: each a pure function of numbers, before rounding up."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtr, ndtri


def to_tell(distance: float, spread: float, spread_at_minimum: float, significance: float, power: float) -> float:
    """Units to tell a coefficient from a minimum: (z_α s₀ + z_β s₁)² / (κ₁ − κ₀)² (Cantor 1996, eq. 3).

    The spreads are standard deviations times √units, at the expected value and at the minimum.
    """
    reach = ndtri(1 - significance) * spread_at_minimum + ndtri(power) * spread
    return float((reach / distance) ** 2)


def power_to_tell(units: float, distance: float, spread: float, spread_at_minimum: float, significance: float) -> float:
    """The power of the same."""
    return float(ndtr((distance * np.sqrt(units) - ndtri(1 - significance) * spread_at_minimum) / spread))


def krippendorff(minimum: float, share: float, significance: float) -> float:
    """Units for two coders: Krippendorff (2019, ch. 12) after Bloch & Kraemer (1989, eq. 3.7)."""
    z = ndtri(1 - significance)
    inner = (1 + minimum) * (3 - minimum) / (4 * (1 - minimum) * share * (1 - share)) - minimum
    return float(2 * z**2 * inner)


def krippendorff_significance(units: float, minimum: float, share: float) -> float:
    """The significance that the same reaches with so many units."""
    at_one = krippendorff(minimum, share, ndtr(-1.0))
    return float(ndtr(-np.sqrt(units / at_one)))


def goodness_of_fit(expected: float, minimum: float, prevalence: float) -> float:
    """Non-centrality per unit of the test on one code and two coders (Donner & Eliasziw 1992, eq. 6)."""

    def cells(kappa: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        common = prevalence * (1 - prevalence)
        return np.array(
            [(1 - prevalence) ** 2 + kappa * common, 2 * common * (1 - kappa), prevalence**2 + kappa * common]
        )

    return float(((cells(expected) - cells(minimum)) ** 2 / cells(minimum)).sum())


def goodness_of_fit_power(units: float, per_unit: float, significance: float) -> float:
    """Power of the chi-square test with one degree of freedom; two-sided."""
    from scipy.stats import chi2, ncx2

    return float(ncx2.sf(chi2.ppf(1 - significance, 1), 1, units * per_unit))


def bonett(icc: float, coders: int, width: float, confidence: float) -> float:
    """Units for an interval of a width around an ICC (Bonett 2002, eq. 3, with his correction for two coders)."""
    z = ndtri((1 + confidence) / 2)
    spread = (1 - icc) ** 2 * (1 + (coders - 1) * icc) ** 2
    correction = 5 * icc if coders == 2 and icc >= 0.7 else 0.0
    return float(8 * z**2 * spread / (coders * (coders - 1) * width**2) + 1 + correction)


def bonett_width(units: float, icc: float, coders: int, confidence: float) -> float:
    """The width that so many units give."""
    at_one = bonett(icc, coders, 1.0, confidence)
    correction = 5 * icc if coders == 2 and icc >= 0.7 else 0.0
    left = units - 1 - correction
    return float(np.sqrt((at_one - 1 - correction) / left)) if left > 0 else float("nan")


def assured(units: float, width: float, spread: float, quantile: float) -> float:
    """The width that an interval keeps with an assurance, from the width that it has in half of the studies.

    The logarithm of a standard error from n units varies between studies by `spread` / √n (delta method).
    """
    return float(width * np.exp(quantile * spread / np.sqrt(units)))


def bonett_assured(units: float, icc: float, coders: int, confidence: float, assurance: float) -> float:
    """The width that so many units keep with an assurance: that of Bonett's formula where the estimate makes it wide.

    The estimate varies by the standard error behind the same formula (Bonett 2002, eq. 1).
    """
    if units <= 2:
        return float("nan")
    error = np.sqrt(2 / (coders * (coders - 1) * (units - 1))) * (1 - icc) * (1 + (coders - 1) * icc)
    ends = np.clip(icc + np.linspace(-1, 1, 201) * 4 * error, 0.0, 1 - 1e-9)
    chance = np.exp(-(((ends - icc) / max(error, 1e-12)) ** 2) / 2)
    widths = np.array([bonett_width(units, float(end), coders, confidence) for end in ends])
    known = ~np.isnan(widths)
    order = np.argsort(widths[known])
    shares = np.cumsum(chance[known][order]) / chance[known].sum()
    return float(widths[known][order][np.searchsorted(shares, assurance)])


def walter(icc: float, minimum: float, coders: int, significance: float, power: float) -> float:
    """Units to tell an ICC from a minimum (Walter, Eliasziw & Donner 1998, eq. 5)."""
    reach = ndtri(1 - significance) + ndtri(power)
    return float(1 + 2 * reach**2 * coders / (_log_ratio(icc, minimum, coders) ** 2 * (coders - 1)))


def walter_power(units: float, icc: float, minimum: float, coders: int, significance: float) -> float:
    """The power of the same."""
    size = np.sqrt(max(units - 1, 0) * (coders - 1) / (2 * coders)) * abs(_log_ratio(icc, minimum, coders))
    return float(ndtr(size - ndtri(1 - significance)))


def _log_ratio(icc: float, minimum: float, coders: int) -> float:
    return float(np.log((1 + coders * minimum / (1 - minimum)) / (1 + coders * icc / (1 - icc))))


def of_population(units: float, population: int | None) -> float:
    """As precise as so many units of an endless population, of N: n / (1 + n / N) (Cochran 1977, sec. 4.6)."""
    return units if population is None else units / (1 + units / population)


def as_endless(units: float, population: int | None) -> float:
    """The other way round: what so many of N units, but not all, are worth."""
    return units if population is None else units / (1 - units / population)
