"""The ways to a number of units: published formulas, large-sample standard errors, simulation."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Any

import attrs
import numpy as np
import pandas as pd
from scipy.special import ndtri, stdtrit

from expertsys._core.errors import DataError, check_positive
from expertsys._core.rng import RNG
from expertsys.agreement.diagnosis import choice
from expertsys.agreement.inference.methods import Method
from expertsys.agreement.planning import formulas
from expertsys.agreement.planning.model import Coders
from expertsys.agreement.planning.result import Plan
from expertsys.agreement.planning.simulated import simulated

#: Below so many minority ratings, or units with disagreement, every known interval covers less than it says.
FEW = 10
#: The assurance of formulas for the width of a typical interval.
HALF = 0.5
#: Multiples of the number of units that the curve shows.
SHOWN = np.linspace(0.1, 2.0, 39)

_KNOWS = (
    "coders know the category of a unit independently of each other and else guess by the categories' shares, so that "
    "any two agree beyond chance equally often"
)


@attrs.frozen
class Asked:
    """What is asked; `level` is the significance of one side."""

    coders: int
    expected: float | None
    minimum: float | None
    width: float | None
    power: float
    assurance: float
    level: float
    sided: int
    confidence: float
    population: int | None


@attrs.frozen(eq=False)
class Found:
    """Units before rounding, the curve as a function of units or as a table, and words."""

    units: float
    column: str
    curve: Callable[[float], float] | pd.DataFrame
    coefficient: str
    method: str
    sources: tuple[str, ...]
    model: str = ""
    notes: tuple[str, ...] = ()
    expects_power: bool = True
    made: tuple[Coders, float] | None = None


def scores(asked: Asked) -> Found:
    """For an ICC: a width by Bonett, a minimum by Walter, Eliasziw and Donner."""
    expected = asked.expected or 0.0
    if asked.coders < 2:
        raise DataError("agreement takes two coders", place="coders")
    if asked.width is not None:
        units = formulas.bonett(expected, asked.coders, asked.width, asked.confidence)
        options: dict[str, Any] = {"icc": expected, "coders": asked.coders, "confidence": asked.confidence}
        words = "Bonett's formula for the width of an interval"
        if asked.assurance == HALF:
            return Found(units, "width", partial(formulas.bonett_width, **options), "the ICC", words, ("bonett2002",))
        curve = partial(formulas.bonett_assured, **options, assurance=asked.assurance)
        units = _least(curve, asked.width, units)
        return Found(units, "width", curve, "the ICC", words, ("bonett2002",))
    minimum = asked.minimum or 0.0
    units = formulas.walter(expected, minimum, asked.coders, asked.level, asked.power)
    power = partial(formulas.walter_power, icc=expected, minimum=minimum, coders=asked.coders, significance=asked.level)
    words = "the formula of Walter, Eliasziw and Donner"
    return Found(units, "power", power, "the ICC", words, ("walter1998", "zou2012"))


def krippendorff(asked: Asked, made: Coders) -> Found:
    """Krippendorff's table, for two coders and the rarest category."""
    if asked.coders != 2:
        raise DataError(f"Krippendorff's table is for two coders, not {asked.coders}", place="coders")
    if asked.sided != 1:
        raise DataError("Krippendorff's table is one-sided", place="sided", remedy="Leave sided out.")
    share, minimum = float(made.shares.min()), asked.minimum or 0.0
    units = formulas.krippendorff(minimum, share, asked.level)
    curve = partial(formulas.krippendorff_significance, minimum=minimum, share=share)
    words = f"Krippendorff's table after Bloch and Kraemer, rarest category {share:g}"
    sources = ("krippendorff2019", "bloch1989")
    return Found(units, "significance", curve, "Krippendorff's alpha", words, sources, expects_power=False)


def goodness_of_fit(asked: Asked, made: Coders) -> Found:
    """The approach of Donner and Eliasziw, for two coders and one code."""
    if asked.coders != 2 or len(made.shares) != 2 or asked.minimum is None or asked.sided != 2:
        raise DataError(
            "the goodness-of-fit test is for two coders and one code, against a minimum, two-sided",
            place="method",
            remedy="Give minimum= and sided=2, or leave method out.",
        )
    per_unit = formulas.goodness_of_fit(asked.expected or 0.0, asked.minimum, float(made.shares[-1]))
    units = float((ndtri(1 - asked.level) + ndtri(asked.power)) ** 2 / per_unit)
    curve = partial(formulas.goodness_of_fit_power, per_unit=per_unit, significance=2 * asked.level)
    words = "the goodness-of-fit approach of Donner and Eliasziw"
    model = f"a code in {made.shares[-1]:g} of the units"
    made_of = (made, asked.expected or 0.0)
    return Found(units, "power", curve, "kappa", words, ("donner1992",), model, made=made_of)


def large(
    asked: Asked,
    made: Coders,
    coefficient: str | choice.Function,
    simulation: tuple[Method, int, RNG] | None,
) -> Found:
    """From the large-sample standard error of any coefficient under the model, or by simulation from there."""
    function = choice.function(coefficient)
    expected = asked.expected or 0.0
    kappa, spread = made.large_sample(function, expected)
    name = function(made.population(kappa)).name
    model = f"{_shares(made)}; {_KNOWS}"
    if asked.minimum is None:
        tail = (1 + asked.confidence) / 2
        reach = 2 * float(ndtri(tail)) * spread
        wide, quantile = asked.width or 1.0, float(ndtri(asked.assurance))
        varies = 0.0 if asked.assurance == HALF else made.spread_of_error(function, kappa)

        def curve(n: float) -> float:
            if not varies:
                return reach / math.sqrt(n)
            by_t = 2 * float(stdtrit(max(n - 1, 1), tail)) * spread / math.sqrt(n)
            return formulas.assured(n, by_t, varies, quantile)

        units, column = (reach / wide) ** 2, "width"
        if varies:
            units = _least(curve, wide, units)

    else:
        _, at_minimum = made.large_sample(function, asked.minimum)
        distance = expected - asked.minimum
        units, column = formulas.to_tell(distance, spread, at_minimum, asked.level, asked.power), "power"
        curve = partial(
            formulas.power_to_tell,
            distance=distance,
            spread=spread,
            spread_at_minimum=at_minimum,
            significance=asked.level,
        )
    made_of = (made, kappa)
    if simulation is None:
        words = "the standard error for large samples"
        return Found(units, column, curve, name, words, ("cantor1996", "gwet2021"), model, made=made_of)
    interval, replicates, rng = simulation
    check_positive("replicates", replicates)
    if asked.population is not None:
        raise DataError(
            "the simulation draws from an endless population", place="population", remedy="Leave it out, or the method."
        )
    found = simulated(
        made,
        function,
        kappa,
        units,
        minimum=asked.minimum,
        width=asked.width,
        target=asked.power if asked.minimum is not None else asked.assurance,
        confidence=asked.confidence if asked.minimum is None else 1 - 2 * asked.level,
        interval=interval,
        replicates=replicates,
        rng=rng,
    )
    words = f"simulation of {len(found.curve) * replicates:,} studies"
    lost = f"{found.undefined:.1%} of the studies drawn had no interval, or one without width"
    notes = (lost,) if found.undefined else ()
    if math.isnan(found.units):
        raise DataError(
            f"none of up to {int(found.curve.index.max()):,} simulated units reaches what is asked",
            place="plan",
            remedy="Ask for less, or use the large-sample formula: leave method out.",
        )
    return Found(found.units, column, found.curve, name, words, (), model, notes, made=made_of)


def _least(curve: Callable[[float], float], width: float, near: float) -> float:
    """The least number of units, whole or not, with which the width is kept."""
    from scipy.optimize import brentq

    low, high = max(near / 4, 3.0), max(4 * near, 12.0)
    while not curve(high) <= width:
        high *= 2
    if curve(low) <= width:
        return low
    return float(brentq(lambda n: curve(n) - width, low, high, xtol=1e-6))


def _shares(made: Coders) -> str:
    if made.categories == (False, True):
        return f"a code in {made.shares[-1]:g} of the units"
    told = ", ".join(f"{name} {share:g}" for name, share in zip(made.categories, made.shares, strict=True))
    return f"shares of the categories {told}"


def finished(asked: Asked, found: Found) -> Plan:
    """The plan: whole units, of the population that there is, with the curve around them."""
    exact = formulas.of_population(found.units, asked.population)
    units = max(2, math.ceil(exact - 1e-9))
    if isinstance(found.curve, pd.DataFrame):
        curve = found.curve
    else:
        shown = np.unique(np.maximum(np.round(SHOWN * units), 2).astype(np.int64))
        shown = shown if asked.population is None else shown[shown < asked.population]
        values = [found.curve(formulas.as_endless(float(n), asked.population)) for n in shown]
        curve = pd.DataFrame({found.column: values}, index=pd.Index(shown, name="units")).rename_axis(columns="column")
    notes = list(found.notes)
    if found.made is not None:
        made, kappa = found.made
        minority, split = units * made.size * (1 - float(made.shares.max())), units * made.split(kappa)
        if min(minority, split) < FEW and not isinstance(found.curve, pd.DataFrame):
            notes.append(
                f"only {minority:.0f} ratings of the rarer categories and {split:.0f} units with disagreement are "
                "expected: too few for a large-sample formula; use method='simulation'"
            )
    nothing = float("nan")
    tells = asked.minimum is not None
    return Plan(
        units,
        asked.coders,
        found.coefficient,
        nothing if asked.expected is None else asked.expected,
        nothing if asked.minimum is None else asked.minimum,
        nothing if asked.width is None else asked.width,
        asked.power if tells and found.expects_power else nothing,
        nothing if tells else asked.assurance,
        asked.level * asked.sided if tells else nothing,
        asked.sided,
        asked.confidence,
        asked.population,
        found.method,
        found.model,
        "; ".join(notes),
        found.sources,
        curve,
    )
