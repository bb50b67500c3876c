"""How many units: published numbers to the printed digit, the model of coders by brute force, and the simulation."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np
import pytest
import strategies  # noqa: F401  # chooses the profile
from hypothesis import given
from hypothesis import strategies as st

from expertsys.agreement import (
    Bootstrap,
    Ratings,
    cohen_kappa,
    fleiss_kappa,
    gwet_ac,
    krippendorff_alpha,
    percent_agreement,
    plan,
)
from expertsys.agreement.planning import formulas
from expertsys.agreement.planning.model import Coders
from expertsys.errors import DataError

from .. import byhand


def alpha(ratings: Ratings) -> Any:
    return krippendorff_alpha(ratings, level="nominal")


def test_krippendorffs_table() -> None:
    """ATLAS.ti 22 manual, "Sample Size and Decision Rules", from Krippendorff (2019): p_c = .25 at the .05 level."""
    assert plan(coders=2, shares=[0.25] * 4, minimum=0.8, method="krippendorff").units == 139
    assert plan(coders=2, shares=[0.25] * 4, minimum=0.667, method="krippendorff").units == 81
    found = plan(coders=2, shares={"a": 0.9, "b": 0.1}, minimum=0.667, method="krippendorff")
    assert "rarest category 0.1" in found.method
    table = found.to_frame()
    assert table.loc[found.units, "significance"] == pytest.approx(0.05, abs=5e-4)
    assert math.isnan(found.power)
    assert math.isnan(found.expected)


def test_bonetts_example_and_programs_that_follow_him() -> None:
    """Bonett (2002): four raters, ICC .85, width .2 take 19.2 units.

    R's presize 0.3.11 gives prec_icc(0.75, 2, conf.width=0.2) = 79 and prec_icc(0.75, 3, conf.width=0.2) = 52; R's
    statpsych gives size.ci.icc(.05, .70, 3, .2) = 68.
    """
    assert round(formulas.bonett(0.85, 4, 0.2, 0.95), 1) == 19.2
    for icc, coders, units in ((0.85, 4, 20), (0.75, 2, 79), (0.75, 3, 52), (0.70, 3, 68)):
        found = plan(coders=coders, expected=icc, width=0.2, assurance=0.5, coefficient="icc")
        assert found.units == units
        assert plan(coders=coders, expected=icc, width=0.2, coefficient="icc").units > units
        assert formulas.bonett_width(formulas.bonett(icc, coders, 0.2, 0.95), icc, coders, 0.95) == pytest.approx(0.2)
    assert math.isnan(formulas.bonett_width(1, 0.5, 3, 0.95))


def test_walter() -> None:
    """R's ICC.Sample.Size 1.1: p = 0.75, p0 = 0.5, one tail, power 0.8: k = 3 takes 24 (23.09), k = 2 takes 36."""
    assert formulas.walter(0.75, 0.5, 3, 0.05, 0.8) == pytest.approx(23.09, abs=0.005)
    assert plan(coders=3, expected=0.75, minimum=0.5, coefficient="icc").units == 24
    assert plan(coders=2, expected=0.75, minimum=0.5, coefficient="icc").units == 36
    units = formulas.walter(0.75, 0.5, 3, 0.05, 0.8)
    assert formulas.walter_power(units, 0.75, 0.5, 3, 0.05) == pytest.approx(0.8)
    assert any("Zou GY" in citation for citation in plan(coders=2, expected=0.7, minimum=0.5, coefficient="icc").cite())


def test_donner_and_eliasziw() -> None:
    """R's kappaSize 1.2: PowerBinary(0.4, 0.7, props=0.5, raters=2) = 73.26, with props=0.2 106.89."""
    for prevalence, exact, units in ((0.5, 73.26, 74), (0.2, 106.89, 107)):
        found = plan(coders=2, shares=prevalence, expected=0.7, minimum=0.4, sided=2, method="goodness of fit")
        assert found.units == units
        per_unit = formulas.goodness_of_fit(0.7, 0.4, prevalence)
        assert 7.8489 / per_unit == pytest.approx(exact, abs=0.005)
        assert formulas.goodness_of_fit_power(exact, per_unit, 0.05) == pytest.approx(0.8, abs=5e-4)


def test_cantor() -> None:
    """R's irr 0.84.1, N.cohen.kappa: (0.5, 0.5, 0.7, 0.4, twosided=TRUE) = 64, (0.5, 0.5, 0.7, 0.85) = 96."""
    found = plan(coders=2, shares=0.5, expected=0.7, minimum=0.4, sided=2, coefficient="cohen_kappa")
    assert found.units == 64
    model = Coders.of(2, 0.5)
    spread, at_other = (model.large_sample(cohen_kappa, value)[1] for value in (0.7, 0.85))
    assert math.ceil(formulas.to_tell(0.15, spread, at_other, 0.05, 0.8)) == 96
    # Fleiss, Cohen & Everitt (1969) with even marginals: variance 1 − κ² over n
    assert (spread, at_other) == (pytest.approx(math.sqrt(0.51)), pytest.approx(math.sqrt(1 - 0.85**2)))


def test_percent_agreement() -> None:
    """Gwet (2014, p. 159), as in Stata's kappaetcssi: z² p (1 − p) / E² for agreement p within E either way."""
    for agreement, reach in ((0.75, 0.1), (0.6, 0.05)):
        found = plan(
            coders=2, shares=0.5, expected=agreement, width=2 * reach, assurance=0.5, coefficient="percent_agreement"
        )
        assert found.units == math.ceil(1.959964**2 * agreement * (1 - agreement) / reach**2)


@given(st.floats(0, 0.95), st.sampled_from([(0.3, 0.7), (0.2, 0.3, 0.5)]), st.integers(2, 4))
def test_the_model_by_enumeration(kappa: float, shares: tuple[float, ...], size: int) -> None:
    """Every way in which each coder may know or guess."""
    model = Coders.of(size, shares)
    profiles = model.profiles()
    expected = dict.fromkeys(map(tuple, profiles.tolist()), 0.0)
    root = math.sqrt(kappa)
    for truth, share in enumerate(shares):
        for knows in product((True, False), repeat=size):
            chance = share * math.prod(root if one else 1 - root for one in knows)
            for guess in product(range(len(shares)), repeat=knows.count(False)):
                guesses = iter(guess)
                given_ = tuple(truth if one else next(guesses) for one in knows)
                expected[given_] += chance * math.prod(shares[value] for value in guess)
    chances = model.chances(kappa, profiles)
    assert chances == pytest.approx(np.array(list(expected.values())), abs=1e-12)
    assert chances.sum() == pytest.approx(1)
    differ = sum(chance for profile, chance in expected.items() if len(set(profile)) > 1)
    assert model.split(kappa) == pytest.approx(differ, abs=1e-12)


@pytest.mark.parametrize("function", [alpha, fleiss_kappa])
def test_alpha_and_kappa_are_the_models_own(function: Callable[[Ratings], Any]) -> None:
    for size, shares in ((2, (0.1, 0.9)), (3, (0.2, 0.3, 0.5))):
        assert function(Coders.of(size, shares).population(0.6)).estimate == pytest.approx(0.6, abs=1e-8)
        assert Coders.of(size, shares).large_sample(function, 0.6)[0] == pytest.approx(0.6, abs=1e-8)


def test_other_coefficients_are_asked_in_their_own_terms() -> None:
    model = Coders.of(2, 0.1)
    kappa, _ = model.large_sample(percent_agreement, 0.9)
    assert 1 - 2 * 0.1 * 0.9 * (1 - kappa) == pytest.approx(0.9)
    assert gwet_ac(model.population(model.large_sample(gwet_ac, 0.9)[0])).estimate == pytest.approx(0.9)
    with pytest.raises(
        DataError, match=r"with these shares the coefficient lies between 0\.820 and 1\.000, and 0\.5 is"
    ):
        plan(coders=2, shares=0.1, expected=0.5, width=0.1, coefficient="percent_agreement")


def test_drawn_ratings_follow_the_model() -> None:
    model = Coders.of(3, (0.2, 0.3, 0.5))
    matrix = model.draw(0.5, 40_000, np.random.default_rng(0))
    profiles = model.profiles()
    shares = [(matrix == profile).all(axis=1).mean() for profile in profiles]
    assert shares == pytest.approx(model.chances(0.5, profiles), abs=0.01)
    assert byhand.alpha(matrix[:400].tolist()) == pytest.approx(0.5, abs=0.1)


def test_profiles_that_are_too_many_to_list_are_drawn() -> None:
    many = Coders.of(8, [0.2] * 5)
    assert not many.listed
    kappa, spread = many.large_sample(alpha, 0.7)
    assert kappa == pytest.approx(0.7, abs=0.01)
    assert 0 < spread < Coders.of(5, [0.2] * 5).large_sample(alpha, 0.7)[1]


def test_the_large_sample_plan_keeps_its_promise() -> None:
    """Widths and power of the number that it gives, from studies drawn with another generator than the library's."""
    wide = plan(coders=2, shares=0.4, expected=0.7, width=0.2)
    tell = plan(coders=3, shares=0.3, expected=0.8, minimum=0.65)
    rng = np.random.default_rng(5)
    widths, above = [], []
    for _ in range(150):
        for found, coders, share, kappa in ((wide, 2, 0.4, 0.7), (tell, 3, 0.3, 0.8)):
            truth = rng.random(found.units) < share
            cells = np.where(
                rng.random((coders, found.units)) < math.sqrt(kappa), truth, rng.random((coders, found.units)) < share
            )
            ratings = Ratings.from_array(cells.astype(int), coders="rows")
            if found is wide:
                span = alpha(ratings).interval(0.95, "analytic")
                widths.append(span.high - span.low)
            else:
                above.append(alpha(ratings).interval(0.9, "analytic").low > 0.65)
    assert np.mean(widths) == pytest.approx(0.2, abs=0.02)
    assert np.mean(above) == pytest.approx(0.8, abs=0.1)


def test_more_is_needed_for_more() -> None:
    def units(**more: Any) -> int:
        asked = {"coders": 2, "shares": 0.3, "expected": 0.8, "minimum": 0.667, **more}
        return plan(**asked).units

    plain = units()
    assert units(shares=0.05) > units(shares=0.1) > plain
    assert units(expected=0.75) > plain > units(expected=0.9)
    assert units(power=0.95) > plain
    assert units(sided=2) > plain
    assert units(significance=0.01) > plain
    assert units(coders=3) < plain
    assert units(population=200) < plain
    half = {"minimum": None, "assurance": 0.5}
    assert units(**half, width=0.1) == pytest.approx(4 * units(**half, width=0.2), abs=4)
    assert units(minimum=None, width=0.1) > units(**half, width=0.1)


def test_the_population_and_the_curve() -> None:
    endless = plan(coders=2, shares=0.3, expected=0.8, width=0.2)
    some = plan(coders=2, shares=0.3, expected=0.8, width=0.2, population=150)
    exact = endless.units  # rounded up, so that the bound below holds to a unit
    assert some.units == pytest.approx(exact / (1 + exact / 150), abs=1)
    for found in (endless, some):
        width = found.to_frame()["width"]
        assert width.is_monotonic_decreasing
        assert width.loc[: found.units].iloc[-1] <= 0.2 + 1e-9
        assert width.loc[: found.units].iloc[-2] > 0.2
    assert some.to_frame().index.max() <= 150
    assert some.ratings == 2 * some.units
    power = plan(coders=2, shares=0.3, expected=0.8, minimum=0.6).to_frame()["power"]
    assert power.is_monotonic_increasing


def test_simulation_agrees_with_the_formula_where_that_holds() -> None:
    asked: dict[str, Any] = {"coders": 2, "shares": 0.4, "expected": 0.75, "replicates": 30, "method": "simulation"}
    tell = plan(**asked, minimum=0.5, rng=1)
    assert tell.units == pytest.approx(plan(coders=2, shares=0.4, expected=0.75, minimum=0.5).units, rel=0.35)
    assert tell == tell  # frozen, compared by identity
    again = plan(**asked, minimum=0.5, rng=1)
    assert again.units == tell.units
    assert list(tell.to_frame().columns) == ["power", "error"]
    wide = plan(**asked, width=0.3, rng=1, interval=Bootstrap(replicates=40, rng=0))
    assert wide.units == pytest.approx(plan(coders=2, shares=0.4, expected=0.75, width=0.3).units, rel=0.25)
    assert wide.to_frame()["width"].dropna().is_monotonic_decreasing
    assert "simulation of 240 studies" in wide.methods_text()


def test_simulation_of_a_rare_code_counts_what_cannot_be_measured() -> None:
    found = plan(coders=2, shares=0.04, expected=0.8, width=0.5, method="simulation", replicates=30)
    assert "of the studies drawn had no interval, or one without width" in found.note
    assert found.units > plan(coders=2, shares=0.04, expected=0.8, width=0.5).units
    many = plan(coders=8, shares=[0.2] * 5, expected=0.7, width=0.3, method="simulation", replicates=2)
    assert many.units > 5


def test_a_simulation_that_does_not_reach() -> None:
    with pytest.raises(DataError, match=r"none of up to \d+ simulated units reaches what is asked"):
        plan(coders=2, shares=0.03, expected=0.95, width=0.9, method="simulation", replicates=10)


def test_words_and_notes() -> None:
    found = plan(coders=2, shares=0.2, expected=0.8, minimum=0.667, population=1000)
    assert repr(found).startswith(f"{found.units} units × 2 coders: to tell 0.800 from a minimum of 0.667\n")
    told = found.methods_text()
    assert "to tell 0.800 from a minimum of 0.667 with Krippendorff's alpha at the one-sided level of 0.05" in told
    assert "with power 0.8 (the standard error for large samples; model: a code in 0.2 of the units" in told
    assert "The number allows for drawing from 1,000 units in all." in told
    assert found.note == ""
    named = plan(coders=2, shares={"x": 0.5, "y": 0.25, "z": 0.25}, expected=0.9, width=0.2)
    assert "shares of the categories x 0.5, y 0.25, z 0.25" in named.model
    assert "for Krippendorff's alpha" in named.methods_text()
    few = plan(coders=2, shares=0.05, expected=0.9, width=0.4)
    assert "too few for a large-sample formula; use method='simulation'" in few.note
    assert any("Cantor" in citation for citation in found.cite())
    kripp = plan(coders=2, shares=0.25, minimum=0.8, method="krippendorff")
    assert "so as to exclude less than 0.800 with Krippendorff's alpha" in kripp.methods_text()
    assert "power" not in kripp.methods_text()


GOOD: dict[str, Any] = {"coders": 2, "shares": 0.3, "expected": 0.8, "minimum": 0.6}


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"minimum": None}, "say either minimum= or width="),
        ({"width": 0.2}, "say either minimum= or width="),
        ({"expected": None}, "say what agreement you expect"),
        ({"expected": 0.5}, "an expected agreement of 0.5 is not above the minimum of 0.6"),
        ({"expected": 1}, "expected must be at least 0 and below 1, not 1"),
        ({"minimum": -0.1}, "minimum must be at least 0"),
        ({"minimum": None, "width": 2}, "width must lie between 0 and 2"),
        ({"shares": None}, "say how often each category is expected"),
        ({"shares": [0.5, 0.4]}, r"each above 0, and 1 together, not \[0\.5, 0\.4\]"),
        ({"shares": 1.0}, "shares are those of two categories or more"),
        ({"coders": 1}, "agreement takes two coders"),
        ({"coders": 0}, "coders must be a whole number above 0"),
        ({"power": 1}, "power must lie between 0 and 1"),
        ({"significance": 0}, "significance must lie between 0 and 1"),
        ({"confidence": 95}, "confidence must lie between 0 and 1"),
        ({"sided": 3}, "sided must be one of '1', '2'"),
        ({"population": 0}, "population must be a whole number above 0"),
        ({"method": "exact"}, "method must be one of 'linearised'"),
        ({"coefficient": "kapa"}, "coefficient must be one of"),
        ({"coefficient": "icc", "method": "simulation"}, "the ICC has formulas of its own"),
        ({"coefficient": "icc", "coders": 1}, "agreement takes two coders"),
        ({"method": "krippendorff"}, "Krippendorff's table takes a minimum only"),
        ({"method": "krippendorff", "expected": None, "coders": 3}, "Krippendorff's table is for two coders, not 3"),
        ({"method": "krippendorff", "expected": None, "sided": 2}, "Krippendorff's table is one-sided"),
        ({"method": "goodness of fit"}, "for two coders and one code, against a minimum, two-sided"),
        ({"method": "simulation", "population": 100}, "the simulation draws from an endless population"),
        ({"method": "simulation", "replicates": 0}, "replicates must be a whole number above 0"),
    ],
)
def test_refusals(changed: dict[str, Any], told: str) -> None:
    with pytest.raises(DataError, match=told):
        plan(**{**GOOD, **changed})
