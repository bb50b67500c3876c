"""What all coefficients share: invariances, intervals, standard errors, words."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from strategies import LETTERS, Matrix, matrices, paired, varied

from expertsys import agreement
from expertsys._core import resampling
from expertsys.agreement import (
    Bootstrap,
    Coefficient,
    Ratings,
    brennan_prediger,
    cohen_kappa,
    conger_kappa,
    fleiss_kappa,
    gwet_ac,
    krippendorff_alpha,
    percent_agreement,
)
from expertsys.agreement.inference import sampling
from expertsys.errors import DataError

from .. import byhand

Function = Callable[[Ratings], Coefficient]
ALPHAS: dict[str, Function] = {
    "alpha nominal": lambda ratings: krippendorff_alpha(ratings, level="nominal"),
    "alpha ordinal": lambda ratings: krippendorff_alpha(ratings, level="ordinal"),
    "alpha interval": lambda ratings: krippendorff_alpha(ratings, level="interval"),
    "alpha ratio": lambda ratings: krippendorff_alpha(ratings, level="ratio"),
}
CORRECTED: dict[str, Function] = {"fleiss": fleiss_kappa, "gwet": gwet_ac, "percent": percent_agreement}
A_COEFFICIENT = [
    *("bangdiwala_b", "brennan_prediger", "categories", "cohen_kappa", "conger_kappa", "fleiss_kappa", "gwet_ac"),
    *("holsti", "icc", "icc_table", "kendall_w", "krippendorff_alpha", "light_kappa", "lin_concordance"),
    *("percent_agreement", "scott_pi", "specific_agreement"),
]
ANY_CODERS = {**ALPHAS, **CORRECTED}
ALL = {**ANY_CODERS, "cohen": cohen_kappa}


def of(name: str, matrix: Matrix) -> Coefficient:
    return ALL[name](Ratings.from_array(matrix, coders="columns"))


def for_name(name: str, **options: Any) -> st.SearchStrategy[Matrix]:
    return varied(coders=(2, 2) if name == "cohen" else (2, 5), **options)


def equal(first: Coefficient, second: Coefficient) -> None:
    for field in ("estimate", "observed", "expected", "standard_error"):
        here, there = getattr(first, field), getattr(second, field)
        assert here == pytest.approx(there, rel=1e-9, abs=1e-7, nan_ok=True), field
    assert (first.n_units, first.n_coders) == (second.n_units, second.n_coders)


@pytest.mark.parametrize("name", ALL)
@given(st.data())
def test_order_of_units_and_coders(name: str, data: st.DataObject) -> None:
    matrix = data.draw(for_name(name))
    units = data.draw(st.permutations(matrix))
    coders = data.draw(st.permutations(range(len(matrix[0]))))
    equal(of(name, matrix), of(name, [[row[place] for place in coders] for row in units]))


@pytest.mark.parametrize("name", ["alpha nominal", "fleiss", "gwet", "percent", "cohen"])
@given(st.data())
def test_names_of_categories(name: str, data: st.DataObject) -> None:
    matrix = data.draw(for_name(name, values=LETTERS))
    other = dict(zip(LETTERS, data.draw(st.permutations(["nan", "NA", "é", " x"])), strict=True))
    equal(of(name, matrix), of(name, [[None if cell is None else other[cell] for cell in row] for row in matrix]))


@pytest.mark.parametrize("name", ALL)
@given(st.data())
def test_perfect_agreement_is_one(name: str, data: st.DataObject) -> None:
    width = 2 if name == "cohen" else data.draw(st.integers(2, 4))
    values = data.draw(st.lists(st.sampled_from([0, 1, 2.5, 4]), min_size=2, max_size=8))
    found = of(name, [[value] * width for value in values])
    if len(set(values)) > 1 or name == "percent":
        assert found.estimate == pytest.approx(1, abs=1e-12)
    else:
        assert math.isnan(found.estimate)


@pytest.mark.parametrize("name", ALL)
@given(st.data())
def test_a_unit_that_nobody_rated(name: str, data: st.DataObject) -> None:
    matrix = data.draw(for_name(name))
    equal(of(name, matrix), of(name, [*matrix, [None] * len(matrix[0])]))


@pytest.mark.parametrize("name", ["fleiss", "gwet", "percent", "cohen"])
@given(st.data())
def test_all_units_twice(name: str, data: st.DataObject) -> None:
    """Only alpha corrects for the size of the sample."""
    matrix = data.draw(for_name(name))
    once, twice = of(name, matrix), of(name, [*matrix, *matrix])
    assert twice.estimate == pytest.approx(once.estimate, abs=1e-12, nan_ok=True)
    assert twice.n_units == 2 * once.n_units


@given(matrices(units=(1, 6)), st.sampled_from(sorted(ANY_CODERS)))
def test_any_matrix_gives_a_number_or_a_reason(matrix: Matrix, name: str) -> None:
    found = of(name, matrix)
    assert found.note or not math.isnan(found.estimate)
    assert repr(found)
    interval = found.interval(method=Bootstrap(replicates=20, rng=1))
    assert math.isnan(interval.low) or interval.low <= interval.high
    assert math.isnan(interval.low) == math.isnan(interval.high)


UNITS = [["a", "a", "a"]] * 9 + [["b", "b", None]] * 6 + [["c", "c", "a"]] * 4 + [["a", "b", "c"], ["b", None, "c"]] * 3


def test_reason_reaches_the_interval() -> None:
    found = of("fleiss", [["a", "a"], ["a", "a"]])
    assert "there is no variation to agree on" in found.note
    for method in ("bootstrap", "analytic", "jackknife"):
        interval = found.interval(method=method)
        assert math.isnan(interval.low)
        assert interval.note == found.note


@pytest.mark.parametrize("name", ["alpha nominal", "fleiss", "gwet", "percent"])
@pytest.mark.parametrize("times", [1, 3])
def test_bootstrap_over_profiles_is_the_bootstrap_over_units(name: str, times: int) -> None:
    """Moments and distribution of 4,000 replicates by weights against 1,500 by drawing units."""
    plain: dict[str, Callable[[Matrix], float]] = {
        "alpha nominal": byhand_alpha,
        "fleiss": byhand.fleiss,
        "gwet": lambda matrix: byhand.gwet(matrix, 3),
        "percent": byhand.percent,
    }
    units = UNITS[::3] if times == 1 else UNITS
    ratings = Ratings.from_array(units, coders="columns", categories=["a", "b", "c"])
    found = ALL[name](ratings)
    drawn = found.replicates(Bootstrap(replicates=4000, rng=3))
    draw = np.random.default_rng(8)
    naive = [plain[name]([units[place] for place in draw.integers(0, len(units), len(units))]) for _ in range(1500)]
    error = np.std(naive) * (1 / 1500 + 1 / 4000) ** 0.5
    assert np.nanmean(drawn) == pytest.approx(np.mean(naive), abs=4 * error)
    assert np.nanstd(drawn) == pytest.approx(np.std(naive), rel=0.1)
    drawn, naive = np.sort(drawn[~np.isnan(drawn)].round(9)), np.sort(np.round(naive, 9))
    points = np.union1d(drawn, naive)
    reached = [np.searchsorted(values, points, side="right") / len(values) for values in (drawn, naive)]
    assert np.abs(reached[0] - reached[1]).max() < 1.95 * (1 / 1500 + 1 / 4000) ** 0.5  # Kolmogorov and Smirnov, 0.001


def byhand_alpha(matrix: Matrix) -> float:
    """Nominal alpha by counting: within a unit and over all."""
    rated = [byhand.given(row) for row in matrix if len(byhand.given(row)) > 1]
    pool = paired(matrix)
    within = sum((len(row) ** 2 - sum(row.count(v) ** 2 for v in set(row))) / (len(row) - 1) for row in rated)
    between = len(pool) ** 2 - sum(pool.count(value) ** 2 for value in set(pool))
    return 1 - (len(pool) - 1) * within / between if between else math.nan


def test_same_seed_same_interval() -> None:
    found = of("alpha nominal", UNITS)
    first = found.interval(method=Bootstrap(replicates=300, rng=7))
    assert first == found.interval(method=Bootstrap(replicates=300, rng=7))
    assert first != found.interval(method=Bootstrap(replicates=300, rng=8))
    assert found.interval() == found.interval(0.95, "bootstrap") == found.interval(method=Bootstrap(1000, rng=0))
    generator = np.random.default_rng(7)
    assert found.interval(method=Bootstrap(replicates=300, rng=generator)) == first


def test_blocks_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bootstrap and a jackknife in one block and in many."""
    for units in (UNITS[::3], UNITS * 20):
        found = of("alpha ordinal", [[{"a": 1, "b": 2, "c": 3}.get(cell) for cell in row] for row in units])
        whole = found.interval(method=Bootstrap(500, rng=1)), found.interval(method="jackknife")
        with monkeypatch.context() as patch:
            patch.setattr(resampling, "BLOCK", 64)
            assert (found.interval(method=Bootstrap(500, rng=1)), found.interval(method="jackknife")) == whole


def test_intervals_are_nested_and_end_at_one() -> None:
    found = of("alpha nominal", [["a", "a"]] * 5 + [["b", "b"]] * 4 + [["a", "b"]])
    for method in (Bootstrap(2000, rng=1), "analytic", "jackknife"):
        wide, narrow = found.interval(0.99, method), found.interval(0.8, method)
        assert wide.low <= narrow.low <= found.estimate <= narrow.high <= wide.high
    cut = found.interval(0.99, "analytic")
    assert (cut.high, cut.note) == (
        1.0,
        "the symmetric interval reaches beyond 1, the highest value possible, and is cut there",
    )


def test_analytic_interval_is_t_with_n_less_one() -> None:
    found = of("fleiss", UNITS)
    interval = found.interval(0.9, "analytic")
    assert (interval.high - interval.low) / 2 == pytest.approx(found.standard_error * 1.71088, rel=1e-5)
    assert interval.method == "analytic standard error over units, t with 24 degrees of freedom"


def numeric_error(found: Coefficient) -> float:
    """The infinitesimal jackknife by finite differences of the coefficient's own weights."""
    kernel = found._kernel
    counts = kernel.counts.astype(float)
    n, step, size = counts.sum(), 1e-4, len(counts)
    moved = counts + step * np.vstack([np.eye(size), -np.eye(size)])
    values = kernel.evaluate(moved).estimate
    linear = n * (values[:size] - values[size:]) / (2 * step)
    return float(np.sqrt(counts @ (linear - linear @ counts / n) ** 2 / (n * (n - 1))))


@pytest.mark.parametrize("name", ALL)
@given(st.data())
def test_standard_error_is_the_infinitesimal_jackknife(name: str, data: st.DataObject) -> None:
    """On complete data; alpha's is larger by n / (n - 1) over its n ratings."""
    matrix = data.draw(for_name(name, units=(4, 15), missing=False))
    found = of(name, matrix)
    ratings = len(matrix) * len(matrix[0])
    factor = ratings / (ratings - 1) if name in ALPHAS else 1
    if not math.isnan(found.estimate):
        assert found.standard_error == pytest.approx(factor * numeric_error(found), rel=1e-4, abs=1e-5)


@pytest.mark.parametrize("level", ["nominal", "ordinal", "interval"])
def test_jackknife_is_leave_one_out_with_the_package(level: Any) -> None:
    krippendorff = pytest.importorskip("krippendorff")
    draw = np.random.default_rng(4)
    truth = draw.integers(0, 4, 40)
    cells = np.where(draw.random((40, 3)) < 0.3, draw.integers(0, 4, (40, 3)), truth[:, None]).astype(float)
    cells[draw.random((40, 3)) < 0.1] = np.nan
    ratings = Ratings.from_array(cells, coders="columns")
    found = krippendorff_alpha(ratings, level=level)
    cells = cells[(~np.isnan(cells)).sum(axis=1) > 1]
    n = len(cells)
    left_out = np.array(
        [krippendorff.alpha(np.delete(cells, unit, axis=0).T, level_of_measurement=level) for unit in range(n)]
    )
    error = math.sqrt((n - 1) / n * ((left_out - left_out.mean()) ** 2).sum())
    interval = found.interval(0.95, "jackknife")
    assert (interval.high - interval.low) / 2 == pytest.approx(error * student(n - 1), rel=1e-9)
    assert error == pytest.approx(found.standard_error, rel=0.1)


def student(freedom: int) -> float:
    from scipy.stats import t

    return float(t.ppf(0.975, freedom))


def test_many_undefined_replicates_leave_no_interval() -> None:
    rows = [["a", "a"]] * 19 + [["b", "a"]]
    interval = of("alpha nominal", rows).interval(method=Bootstrap(500, rng=2))
    assert math.isnan(interval.low)
    assert math.isnan(interval.high)
    undefined = int(interval.note.split()[0])
    assert undefined / 500 == pytest.approx(0.95**20, abs=0.08)
    assert interval.note.endswith("of 500 replicates undefined and left out: too many for an interval")


def test_few_undefined_replicates_are_left_out_and_counted() -> None:
    rows = [["a", "a"]] * 27 + [["b", "b"]] * 3
    found = of("alpha nominal", rows)
    interval = found.interval(method=Bootstrap(500, rng=2))
    undefined = int(np.isnan(found.replicates(Bootstrap(500, rng=2))).sum())
    assert 0 < undefined <= 50
    assert math.isnan(interval.low)  # all other replicates are 1
    assert interval.note.startswith("coders agree on all 30 units, so the data cannot say how far below 1")
    rows = [["a", "a"]] * 26 + [["b", "b"]] * 3 + [["a", "b"]]
    varied = of("alpha nominal", rows).interval(method=Bootstrap(500, rng=2))
    assert "replicates undefined and left out" in varied.note
    assert varied.low < varied.high


def test_one_unit_has_no_error() -> None:
    found = of("alpha nominal", [["a", "b"]])
    assert math.isnan(found.standard_error)
    assert found.interval(method="analytic").note == "no analytic standard error over units"
    assert math.isnan(found.interval(method="jackknife").low)


@pytest.mark.parametrize("confidence", [0, 1, 95, math.nan])
def test_confidence_outside_zero_and_one(confidence: float) -> None:
    with pytest.raises(DataError, match="confidence must lie between 0 and 1, not"):
        of("fleiss", UNITS).interval(confidence)


def test_unknown_method_and_long_jackknife(monkeypatch: pytest.MonkeyPatch) -> None:
    found = of("fleiss", UNITS)
    wrong: Any = "jacknife"
    with pytest.raises(DataError, match=r"method must be one of 'bootstrap', .*Did you mean 'jackknife'\?"):
        found.interval(method=wrong)
    monkeypatch.setattr(sampling, "MOST_LEFT_OUT", 2)
    with pytest.raises(DataError, match=r"over 5 distinct profiles would take too long.*'analytic' or a Bootstrap"):
        found.interval(method="jackknife")


def test_words_and_references() -> None:
    found = of("gwet", UNITS)
    text = found.methods_text()
    assert text.startswith(
        "Agreement was measured with Gwet's AC1, which supposes that coders guess on hard units only, any category "
        "alike, over 25 units rated by 3 coders: 0."
    )
    assert "95% interval" in text
    assert "bootstrap over units, 1,000 replicates" in text
    assert [line.split()[0] for line in found.cite()] == ["Gwet", "Gwet", "Efron"]


def test_a_result_is_frozen_and_no_tuple() -> None:
    found = of("gwet", UNITS)
    with pytest.raises(AttributeError):
        found.estimate = 1.0  # type: ignore[misc]
    with pytest.raises(TypeError):
        iter(found)  # type: ignore[call-overload]


def singly_rated(both: int, single: int) -> Ratings:
    """Units with two ratings, of which every tenth is in dispute, and units with one."""
    pairs = [["no", "yes" if unit % 10 == 0 else "no"] for unit in range(both)]
    return Ratings.from_array([*pairs, ["yes", "yes"], *[["yes", None]] * single], coders="columns")


@pytest.mark.parametrize(
    ("function", "marginals"),
    [
        (percent_agreement, False),
        (brennan_prediger, False),
        (fleiss_kappa, True),
        (conger_kappa, True),
        (gwet_ac, True),
    ],
)
def test_units_with_one_rating_are_told_where_they_matter(function: Any, marginals: bool) -> None:
    found = function(singly_rated(199, 100))
    assert "100 of 300 units have one rating" in found.note
    assert ("krippendorff_alpha leaves it out" in found.note) is marginals
    told = found.interval(method="analytic").note
    assert told in found.note
    assert told.endswith("prefer an interval by the bootstrap or method='jackknife'")
    for method in ("jackknife", "bootstrap"):
        assert "one rating" not in found.interval(method=method).note
    assert "one rating" not in function(singly_rated(199, 8)).note
    assert "one rating" not in krippendorff_alpha(singly_rated(199, 100), level="nominal").note


def test_the_jackknife_leaves_units_with_one_rating_aside_and_the_analytic_error_does_not() -> None:
    found = percent_agreement(singly_rated(199, 100))
    agree = np.array([unit % 10 != 0 for unit in range(199)] + [True])
    ends = found.interval(method="jackknife")
    alone = agree.std(ddof=1) / np.sqrt(200)  # of a mean over the units that two rated
    assert (ends.high - ends.low) / 2 / stats.t.ppf(0.975, 299) == pytest.approx(alone, rel=0.01)
    assert found.standard_error > 1.9 * alone


def test_no_error_over_clusters_where_one_of_them_holds_all_variation() -> None:
    """Without it the coefficient is undefined: the linear part of the others is about 0, and so would the error be."""
    rows = [["yes", "yes"]] * 2 + [["yes", "no"]] * 2 + [["no", "no"]] * 56
    clustered = Ratings.from_array(rows, coders="columns", cluster=[unit // 10 for unit in range(60)])
    found = krippendorff_alpha(clustered, level="nominal")
    for method in ("analytic", "jackknife"):
        assert math.isnan(found.interval(method=method).low)
        assert "clusters" in found.interval(method=method).note
    assert "without one of the clusters (cluster) the coefficient is undefined" in found.interval().note
    assert percent_agreement(clustered).standard_error > 0
    spread = Ratings.from_array(rows, coders="columns", cluster=[unit % 6 for unit in range(60)])
    assert krippendorff_alpha(spread, level="nominal").standard_error > 0


def test_clusters_are_named() -> None:
    rows = [["yes", "no"], ["yes", "yes"], ["no", "no"]] * 20
    few = Ratings.from_array(rows, coders="columns", cluster=[unit % 6 for unit in range(60)])
    assert fleiss_kappa(few).note == "standard errors and intervals go by 6 clusters (cluster)"
    assert fleiss_kappa(Ratings.from_array(rows, coders="columns", cluster=range(60))).note == ""


@pytest.mark.parametrize("name", A_COEFFICIENT)
@pytest.mark.parametrize("value", [pd.DataFrame({"a": [1, 2], "b": [1, 2]}), None], ids=["table", "nothing"])
def test_what_are_no_ratings_is_refused_with_the_way_to_make_them(name: str, value: Any) -> None:
    options = {"krippendorff_alpha": {"level": "nominal"}, "icc": {"form": "ICC(1,1)"}, "specific_agreement": {}}
    given = options.get(name, {}) | ({"category": 1} if name == "specific_agreement" else {})
    with pytest.raises(DataError, match=r"takes Ratings, not .*Make them first: Ratings.from_study"):
        getattr(agreement, name)(value, **given)
