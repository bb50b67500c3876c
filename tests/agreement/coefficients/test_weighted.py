"""Every coefficient under every set of weights, against R and published examples; and what must coincide."""

from __future__ import annotations

import json
import math
import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from strategies import LETTERS, Matrix, matrices, varied

from expertsys.agreement import (
    Coefficient,
    Ratings,
    bangdiwala_b,
    brennan_prediger,
    cohen_kappa,
    conger_kappa,
    fleiss_kappa,
    gwet_ac,
    holsti,
    krippendorff_alpha,
    light_kappa,
    percent_agreement,
    scott_pi,
)
from expertsys.errors import DataError

from .. import byhand

ORACLE: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "oracles" / "weighted.json").read_text(encoding="utf-8")
)
R = ORACLE["datasets"]
FUNCTIONS: dict[str, Any] = {
    "pa": percent_agreement,
    "ac": gwet_ac,
    "fleiss": fleiss_kappa,
    "conger": conger_kappa,
    "bp": brennan_prediger,
    "kripp": krippendorff_alpha,
}
#: It holds units without any rating, which irrCAC counts in its standard errors.
UNRATED = "rand1_2coders_2cat"


def of(matrix: Matrix, **options: Any) -> Ratings:
    return Ratings.from_array(matrix, coders="columns", **options)


@pytest.mark.parametrize("weights", ["unweighted", *[name for name in R[UNRATED]["irrCAC"] if name != "unweighted"]])
@pytest.mark.parametrize("name", R)
def test_estimates_and_standard_errors_as_in_irrcac(name: str, weights: str) -> None:
    ratings = of(R[name]["data"])
    for key, (estimate, error, low, high) in R[name]["irrCAC"].get(weights, {}).items():
        ours = FUNCTIONS[key](ratings, weights="identity" if weights == "unweighted" else weights)
        assert ours.estimate == pytest.approx(estimate, abs=1e-8), key
        if name != UNRATED:
            assert ours.standard_error == pytest.approx(error, abs=1e-6), key
            ends = ours.interval(method="analytic")
            if error == 0:  # irrCAC gives an interval of no width
                assert math.isnan(ends.low), key
                continue
            assert (max(ends.low, -1), min(ends.high, 1)) == pytest.approx((low, high), abs=1e-6), key


#: Here icr truncates a total to a whole number while it sums.
TRUNCATED = "irr_video"


@pytest.mark.parametrize("name", [name for name in R if name != TRUNCATED])
def test_alpha_at_every_level_as_in_icr(name: str) -> None:
    data = R[name]["data"]
    found = sorted({value for row in data for value in row if value is not None})
    for level, alpha in R[name]["icr"].items():
        ours = krippendorff_alpha(of(data, categories=found), level=level)
        assert ours.estimate == pytest.approx(alpha, abs=1e-8), level


@pytest.mark.parametrize("name", R)
def test_complete_rows_as_in_irr(name: str) -> None:
    data = [row for row in R[name]["data"] if None not in row]
    theirs, ratings = R[name]["complete"], of(data)
    calls: dict[str, Any] = {
        "kappam.light": light_kappa,
        "kappam.fleiss": fleiss_kappa,
        "kappam.fleiss_exact": conger_kappa,
        "agree": lambda ratings: percent_agreement(ratings, of="all"),
        "agree_tol1": lambda ratings: percent_agreement(ratings, of="all", tolerance=1),
        "kappa2_equal": lambda ratings: cohen_kappa(ratings, weights="linear"),
        "kappa2_squared": lambda ratings: cohen_kappa(ratings, weights="quadratic"),
    }
    for key, call in calls.items():
        if theirs.get(key) is not None and not (key.startswith("kappa2_") and spread(data)):
            scale = 100 if key.startswith("agree") else 1
            assert scale * call(ratings).estimate == pytest.approx(theirs[key], abs=1e-8), key


def spread(data: Matrix) -> bool:
    """Whether numbers are not evenly spaced: irr weighs ranks, these weights the numbers."""
    found = sorted({value for row in data for value in row})
    return len(found) < 2 or bool(np.ptp(np.diff(found)) > 0)


PUBLISHED = {entry["name"]: entry for entry in ORACLE["published"]}
FIGURES: dict[str, Any] = {
    "percent_agreement": percent_agreement,
    "gwet_ac": gwet_ac,
    "fleiss_kappa": fleiss_kappa,
    "conger_kappa": conger_kappa,
    "brennan_prediger": brennan_prediger,
    "cohen_kappa": cohen_kappa,
    "krippendorff_alpha": krippendorff_alpha,
    "hubert_kappa": conger_kappa,
}


@pytest.mark.parametrize("name", [name for name, entry in PUBLISHED.items() if entry["data"]])
def test_published_examples_to_the_printed_digits(name: str) -> None:
    entry = PUBLISHED[name]
    weights = entry["weights"].replace("gwet_", "")
    ratings = (
        of(entry["data"]) if weights in ("identity", "bipolar", "linear", "quadratic", "ordinal", "ratio") else None
    )
    if ratings is None:
        found = percent_agreement(of(entry["data"]), of="all").estimate
        assert 100 * found == pytest.approx(float(entry["printed"]["agree_tol0_pct"]))
        return
    if name.startswith("irr_anxiety"):
        ratings = of(entry["data"], categories=[1, 2, 3, 4, 5, 6])
    for figure, printed in entry["printed"].items():
        digits = len(printed.partition(".")[2])
        if figure == "bangdiwala_b":
            assert round(bangdiwala_b(ratings).estimate, digits) == float(printed)
            continue
        part = figure.removeprefix("pe_").removesuffix("_se")
        result: Coefficient = FIGURES[part](ratings, weights=weights)
        value = (
            result.expected
            if figure.startswith("pe_")
            else result.standard_error
            if figure.endswith("_se")
            else result.estimate
        )
        assert abs(value - float(printed)) <= 0.5000001 * 10.0**-digits, figure


@given(varied(values=LETTERS, coders=(2, 2), missing=False))
def test_with_two_coders_and_complete_data(matrix: Matrix) -> None:
    ratings = of(matrix)
    pi = scott_pi(ratings).estimate
    assert pi == pytest.approx(byhand.scott(matrix), abs=1e-12)
    assert fleiss_kappa(ratings).estimate == pytest.approx(pi, abs=1e-12)
    assert conger_kappa(ratings).estimate == pytest.approx(cohen_kappa(ratings).estimate, abs=1e-12, nan_ok=True)
    assert light_kappa(ratings).estimate == pytest.approx(cohen_kappa(ratings).estimate, abs=1e-12, nan_ok=True)
    assert holsti(ratings).estimate == pytest.approx(percent_agreement(ratings).estimate, abs=1e-12)
    assert percent_agreement(ratings, of="all").estimate == pytest.approx(percent_agreement(ratings).estimate)
    n = 2 * len(matrix)
    alpha = krippendorff_alpha(ratings, level="nominal").estimate
    assert alpha == pytest.approx(pi + (1 - pi) / n, abs=1e-12)  # Krippendorff 2011: alpha's small-sample term


@given(varied(values=LETTERS))
def test_doubling_all_units_leaves_all_but_alpha(matrix: Matrix) -> None:
    once, twice = of(matrix), of(matrix * 2)
    for function in (fleiss_kappa, conger_kappa, gwet_ac, brennan_prediger, light_kappa, percent_agreement):
        assert function(twice).estimate == pytest.approx(function(once).estimate, abs=1e-12, nan_ok=True)


@given(varied())
def test_weights_and_distances_are_two_words_for_one_thing(matrix: Matrix) -> None:
    ratings = of(matrix)
    x = np.array(ratings.categories, dtype=float)
    for level, weights in (
        ("nominal", "identity"),
        ("interval", "quadratic"),
        ("circular", "circular"),
        ("bipolar", "bipolar"),
    ):
        by_level = krippendorff_alpha(ratings, level=level).estimate  # type: ignore[arg-type]
        by_weights = krippendorff_alpha(ratings, weights=weights).estimate
        assert by_level == pytest.approx(by_weights, abs=1e-9, nan_ok=True)
    own = (x[:, None] - x[None, :]) ** 2
    assert krippendorff_alpha(ratings, distance=own).estimate == pytest.approx(
        krippendorff_alpha(ratings, level="interval").estimate, abs=1e-9
    )
    identity = np.eye(len(x))
    for function in (gwet_ac, fleiss_kappa, conger_kappa, brennan_prediger, percent_agreement):
        plain, weighted = function(ratings), function(ratings, weights=identity)
        assert weighted.estimate == pytest.approx(plain.estimate, abs=1e-12, nan_ok=True)
        assert weighted.standard_error == pytest.approx(plain.standard_error, abs=1e-9, nan_ok=True)


@given(varied(values=LETTERS, units=(3, 12), missing=False))
def test_standard_errors_are_near_the_jackknife(matrix: Matrix) -> None:
    """Both estimate one thing: they differ by little more than n / (n − 1) where units are many and all rated.

    Gwet's linear part takes the units with two ratings as given in number, the jackknife does not.
    """
    ratings = of(matrix * 12)
    for function in (conger_kappa, light_kappa, holsti, brennan_prediger):
        result = function(ratings)
        if not math.isnan(result.estimate) and result.standard_error > 1e-9 and "left out" not in result.note:
            interval = result.interval(method="jackknife")
            analytic = result.interval(method="analytic")
            assert interval.high - interval.low == pytest.approx(analytic.high - analytic.low, rel=0.25)


@given(matrices(values=LETTERS, coders=(2, 4)))
def test_resampling_never_breaks(matrix: Matrix) -> None:
    for function in (conger_kappa, light_kappa, holsti, brennan_prediger):
        result = function(of(matrix))
        assert result.note or not math.isnan(result.estimate)
        assert repr(result)
        interval = result.interval()
        assert math.isnan(interval.low) or interval.low <= interval.high


def test_holsti_counts_codes_of_sets_and_unshared_decisions() -> None:
    sets = [[frozenset("ab"), frozenset("a")], [frozenset("a"), None], [frozenset(), frozenset("b")]]
    assert holsti(of(sets)).estimate == pytest.approx(2 * 1 / (3 + 2))


def test_pairs_without_a_kappa_are_left_out_and_said() -> None:
    found = light_kappa(of([["a", "a", None], ["b", "a", None], ["a", "b", None], ["b", "b", "b"]]))
    assert "2 of 3 pairs of coders have no kappa" in found.note
    assert found.estimate == pytest.approx(0)


def test_two_hundred_thousand_scores_build_no_matrix() -> None:
    rng = np.random.default_rng(0)
    scores = rng.normal(size=(100_000, 2))
    ratings = of(scores, categories=np.unique(scores).tolist())
    tracemalloc.start()
    for level in ("nominal", "ordinal", "interval"):
        krippendorff_alpha(ratings, level=level)  # type: ignore[arg-type]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 200e6
    with pytest.raises(DataError, match="weights over 200,000 categories would take a table"):
        gwet_ac(ratings, weights="quadratic")


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda r: gwet_ac(r, weights="squared"), "weights must be one of 'identity'"),
        (lambda r: gwet_ac(r, weights=np.ones((2, 2))), r"shape \(2, 2\), not \(3, 3\)"),
        (lambda r: gwet_ac(r, weights=np.zeros((3, 3))), "1 on the diagonal"),
        (lambda r: percent_agreement(r, of="all", weights="linear"), "weights are for pairs"),
        (lambda r: percent_agreement(r, tolerance=1), "tolerance is for of='all'"),
        (lambda r: scott_pi(r), "compares two coders; there are 3"),
        (lambda r: bangdiwala_b(r), "compares two coders; there are 3"),
        (lambda r: krippendorff_alpha(r, level="nominal", weights="linear"), "say either level= or distance="),
    ],
)
def test_what_is_refused(call: Any, told: str) -> None:
    with pytest.raises(DataError, match=told):
        call(of([[1, 2, 3], [1, 1, 2]]))


def test_holsti_tells_of_units_that_one_of_two_coders_rated() -> None:
    both = [["a", "a"]] * 15 + [["b", "b"]] * 10 + [["a", "b"]] * 10
    found = holsti(of([*both, *[["a", None]] * 15]))
    assert found.estimate == pytest.approx(2 * 25 / (50 + 35))
    assert found.note == "30% of the units of two coders were rated by one of them, and count as not shared"
    assert holsti(of([*both, ["a", None]])).note == holsti(of(both)).note == ""


@pytest.mark.parametrize("name", ["linear", "quadratic", "ordinal", "radical", "ratio", "circular", "bipolar"])
def test_weights_need_an_order_that_means_something(name: Any) -> None:
    rows = [["low", "low"], ["high", "middle"], ["middle", "middle"], ["low", "high"]]
    with pytest.raises(DataError, match=f"{name} weights need categories in order.*Give categories=.lowest"):
        gwet_ac(of(rows), weights=name)
    ordered = gwet_ac(of(rows, categories=["low", "middle", "high"]), weights=name)
    numbers = {"low": 1, "middle": 2, "high": 3}
    assert ordered.estimate == gwet_ac(of([[numbers[cell] for cell in row] for row in rows]), weights=name).estimate
    yes_or_no = of([["yes", "no"], ["no", "no"], ["yes", "yes"]])
    assert gwet_ac(yes_or_no, weights=name).estimate == pytest.approx(gwet_ac(yes_or_no).estimate)
