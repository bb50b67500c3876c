"""How many units to code: for an interval of a width, or to tell agreement from a minimum."""

from __future__ import annotations

from typing import Literal

from expertsys._core.errors import DataError, check_between, check_choice, check_positive
from expertsys._core.rng import RNG
from expertsys.agreement.diagnosis import choice
from expertsys.agreement.inference.methods import Method
from expertsys.agreement.planning import ways
from expertsys.agreement.planning.model import Coders, Shares
from expertsys.agreement.planning.result import Plan

How = Literal["linearised", "simulation", "krippendorff", "goodness of fit"]
METHODS: tuple[How, ...] = ("linearised", "simulation", "krippendorff", "goodness of fit")


def plan(
    *,
    coders: int,
    shares: Shares | None = None,
    expected: float | None = None,
    minimum: float | None = None,
    width: float | None = None,
    power: float = 0.8,
    assurance: float = 0.8,
    significance: float = 0.05,
    sided: Literal[1, 2] = 1,
    confidence: float = 0.95,
    coefficient: str | choice.Function = "krippendorff_alpha",
    method: How | None = None,
    population: int | None = None,
    interval: Method = "analytic",
    replicates: int = 400,
    rng: RNG = 0,
) -> Plan:
    """How many units to code, for an interval of a wanted width or to tell agreement from a minimum.

    Parameters
    ----------
    coders : int
        How many code every unit.
    shares : float, sequence or mapping
        How often each category is expected: ``0.1`` for a code that is applied to a tenth of the units, or a share for
        each category. Of all that is assumed this weighs most: rare codes take many units. Not for ``"icc"``.
    expected : float
        Agreement that you expect, in terms of the coefficient. Not for ``method="krippendorff"``.
    minimum : float, optional
        The agreement that the study must be able to exclude, such as 0.667.
    width : float, optional
        Wanted width of the interval, from end to end, at most. Give this or `minimum`.
    power : float
        Probability of excluding the minimum if agreement is as expected.
    assurance : float
        Probability that the interval is no wider than wanted, if agreement is as expected: the width differs from study
        to study, and with 0.5, as many formulas have it, half of the studies miss it.
    significance : float
        Probability of excluding it if agreement is no higher.
    sided : {1, 2}
        Whether only agreement above the minimum counts, or a difference on either side.
    confidence : float
        Nominal coverage of the interval whose width is wanted.
    coefficient : str or callable
        A coefficient by its name, such as ``"gwet_ac"`` or ``"cohen_kappa"``, or a function of ratings; or ``"icc"``,
        for scores.
    method : {"linearised", "simulation", "krippendorff", "goodness of fit"}, optional
        How; see the notes. The default is the first, and for ``"icc"`` its own formulas.
    population : int, optional
        Units that there are in all, if the plan is for a sample drawn without replacement from them.
    interval : "analytic", "jackknife", Bootstrap, ...
        For the simulation: the interval that will be reported; see `Coefficient.interval`.
    replicates : int
        Studies simulated for each number of units tried.
    rng : None, int or numpy.random.Generator
        For the simulation.

    Returns
    -------
    Plan
        ``units``, ``to_frame()`` and ``plot()`` with other numbers of units, ``methods_text()``, ``cite()``, ``note``.

    Raises
    ------
    DataError
        Where both or neither of `minimum` and `width` are given, an expected agreement not above the minimum, shares
        that are none, or a method that does not suit.

    Notes
    -----
    Nothing here is more certain than what you put in: try several shares and agreements.

    *linearised*: from the standard error for large samples of the very coefficient, for any number of coders and
    categories, under a model: coders know the category of a unit with probability √κ, independently of each other, and
    else guess by the shares; any two then agree beyond chance on κ of the units. Units to tell κ₁ from κ₀ are
    (z_α s₀ + z_β s₁)² / (κ₁ − κ₀)²; with two coders, one code and Cohen's kappa that is Cantor's (1996), in R
    ``irr::N.cohen.kappa(p, p, k1, k0)``. Units for a width w with assurance γ satisfy 2 t s exp(z_γ τ / √n) / √n ≤ w,
    where τ / √n is how the logarithm of the standard error varies between studies; with γ = 0.5 they are (2 z s / w)².

    *simulation*: studies are drawn from the same model, and each is measured with its interval. With a width, the share
    `assurance` of them must be no wider. Slower, and right where large-sample formulas are not: for rare codes, high
    agreement, few units.

    *krippendorff*: his table (2019, ch. 12) after Bloch and Kraemer (1989), for two coders, a minimum and the share of
    the rarest category; it asks for no expected agreement and promises no power.

    *goodness of fit*: Donner and Eliasziw (1992), for two coders and one code, always two-sided; in R
    ``kappaSize::PowerBinary``.

    For ``"icc"``: a width by Bonett (2002), kept with the assurance as the estimate varies between studies; a minimum
    by Walter, Eliasziw and Donner (1998). The latter is also the number of units with which the lower end of a
    one-sided interval lies above the minimum with probability `power` (Zou 2012).

    Of N units in all, n / (1 + n / N) are as good as n of an endless number (Cochran 1977).

    References
    ----------
    Cantor AB. Sample-size calculations for Cohen's kappa. Psychol Methods 1996;1(2):150–153.
    doi:10.1037/1082-989X.1.2.150

    Krippendorff K. Content Analysis: An Introduction to Its Methodology. 4th ed. Sage, 2019. doi:10.4135/9781071878781

    Donner A, Eliasziw M. A goodness-of-fit approach to inference procedures for the kappa statistic. Stat Med
    1992;11(11):1511–1519. doi:10.1002/sim.4780111109

    Bonett DG. Sample size requirements for estimating intraclass correlations with desired precision. Stat Med
    2002;21(9):1331–1335. doi:10.1002/sim.1108

    Walter SD, Eliasziw M, Donner A. Sample size and optimal designs for reliability studies. Stat Med
    1998;17(1):101–110. doi:10.1002/(SICI)1097-0258(19980115)17:1<101::AID-SIM727>3.0.CO;2-E

    Examples
    --------
    Two coders, a code in a fifth of the units, an alpha of about .8 that shall be told from .667:

    >>> plan(coders=2, shares=0.2, expected=0.8, minimum=0.667).units
    271

    Bonett's own example: four raters, an ICC of .85, an interval .2 wide.

    >>> plan(coders=4, expected=0.85, width=0.2, assurance=0.5, coefficient="icc").units
    20
    >>> plan(coders=4, expected=0.85, width=0.2, coefficient="icc").units
    28

    With 20 units half of the studies have a wider interval, with 28 one in five.

    Krippendorff's table: four categories alike, a minimum of .800.

    >>> plan(coders=2, shares=[0.25] * 4, minimum=0.8, method="krippendorff").units
    139
    """
    if (minimum is None) == (width is None):
        raise DataError("say either minimum= or width=", place="plan", remedy="Each asks for another number of units.")
    shares_of_one = {
        "power": power,
        "assurance": assurance,
        "significance": significance,
        "confidence": confidence,
    }
    for name, value in shares_of_one.items():
        check_between(name, value, 0, 1)
    check_choice("sided", str(sided), ("1", "2"))
    if population is not None:
        check_positive("population", population)
    _check_agreement(expected, minimum, width, method)
    if method is not None:
        check_choice("method", method, METHODS)
    level = significance / sided
    asked = ways.Asked(coders, expected, minimum, width, power, assurance, level, sided, confidence, population)
    if coefficient == "icc":
        if method is not None:
            raise DataError("the ICC has formulas of its own", place="method", remedy="Leave method out.")
        return ways.finished(asked, ways.scores(asked))
    if shares is None:
        raise DataError(
            "say how often each category is expected: shares=",
            place="plan",
            remedy="The share of a code, such as 0.1, or of each category; a pilot or an earlier study tells.",
        )
    model = Coders.of(coders, shares)
    if method == "krippendorff":
        return ways.finished(asked, ways.krippendorff(asked, model))
    if method == "goodness of fit":
        return ways.finished(asked, ways.goodness_of_fit(asked, model))
    simulation = (interval, replicates, rng) if method == "simulation" else None
    return ways.finished(asked, ways.large(asked, model, coefficient, simulation))


def _check_agreement(expected: float | None, minimum: float | None, width: float | None, method: How | None) -> None:
    if method == "krippendorff":
        if expected is not None or width is not None:
            raise DataError(
                "Krippendorff's table takes a minimum only", place="plan", remedy="Leave expected and width out."
            )
    elif expected is None:
        raise DataError("say what agreement you expect: expected=", place="plan", remedy="A pilot tells best.")
    for name, value in (("expected", expected), ("minimum", minimum)):
        if value is not None and not 0 <= value < 1:
            raise DataError(f"{name} must be at least 0 and below 1, not {value!r}", place=name)
    if width is not None and not 0 < width < 2:
        raise DataError(f"width must lie between 0 and 2, not {width!r}", place="width")
    if minimum is not None and expected is not None and not expected > minimum:
        raise DataError(
            f"an expected agreement of {expected:g} is not above the minimum of {minimum:g}",
            place="plan",
            remedy="No number of units shows what is not there: expect more or ask for less.",
        )
