"""ICC, Lin's concordance and Kendall's W against published values, R and their definitions."""

from __future__ import annotations

import json
import math
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from strategies import LETTERS, Matrix, matrices

from expertsys.agreement import (
    Analytic,
    Bootstrap,
    Coefficient,
    Jackknife,
    Ratings,
    cohen_kappa,
    icc,
    icc_table,
    kendall_w,
    krippendorff_alpha,
    limits_of_agreement,
    lin_concordance,
)
from expertsys.agreement.coefficients.icc import FORMS, Form
from expertsys.errors import DataError

from .. import oracle
from ..inference.test_coefficient import numeric_error

ORACLE: dict[str, Any] = json.loads((Path(__file__).parents[1] / "oracles" / "scores.json").read_text(encoding="utf-8"))
R = {entry["name"]: entry for entry in ORACLE["datasets"]}
SHROUT = ORACLE["published"][0]["data"]


def of(matrix: Any, **options: Any) -> Ratings:
    return Ratings.from_array(matrix, coders="columns", **options)


def complete(name: str) -> Ratings:
    return of([row for row in R[name]["data"] if None not in row])


@pytest.mark.parametrize("entry", ORACLE["published"], ids=oracle.named)
def test_published(entry: dict[str, Any]) -> None:
    ratings = of(entry["data"])
    for figure, printed in entry["printed"].items():
        kind, _, form = figure.rpartition(" ")
        if form == "kendall_w":
            value = kendall_w(ratings).estimate
        else:
            found = icc(ratings, form=form)
            ends = found.interval(method="analytic")
            value = {"low": ends.low, "high": ends.high}.get(kind, found.estimate)
        assert oracle.as_printed(value, printed), figure


@pytest.mark.parametrize("name", [name for name in R if "irr_icc" in R[name]])
def test_six_forms_with_their_intervals_as_in_irr(name: str) -> None:
    ratings = complete(name)
    for form, (value, low, high) in R[name]["irr_icc"].items():
        found = icc(ratings, form=form)
        ends = found.interval(method="analytic")
        assert found.estimate == pytest.approx(value, abs=1e-8), form
        if form != "ICC(2,k)":
            assert (ends.low, ends.high) == pytest.approx((low, high), rel=1e-6, abs=1e-6), form


def stepped(single: float, k: int) -> float:
    """Spearman and Brown."""
    return k * single / (1 + (k - 1) * single)


@pytest.mark.parametrize("name", [name for name in R if "irr_icc" in R[name]])
def test_the_interval_of_the_mean_of_coders_is_that_of_one_coder_stepped_up(name: str) -> None:
    """irr takes the degrees of freedom of ICC(2,k) from k times its odds, which hold the k already: near, not equal."""
    k = len(R[name]["data"][0])
    _, low, high = R[name]["irr_icc"]["ICC(2,1)"]
    ends = icc(complete(name), form="ICC(2,k)").interval(method="analytic")
    assert (ends.low, ends.high) == pytest.approx((stepped(low, k), stepped(high, k)), rel=1e-6)
    assert ends.high == pytest.approx(R[name]["irr_icc"]["ICC(2,k)"][2], abs=0.02)


@pytest.mark.parametrize("name", R)
def test_unequal_numbers_of_ratings_as_in_irrna(name: str) -> None:
    for form, (value, low, high) in R[name]["irrNA_icc"].items():
        found = icc(of(R[name]["data"]), form=form)
        ends = found.interval(method="analytic")
        assert found.estimate == pytest.approx(value, abs=1e-8), form
        assert (ends.low, ends.high) == pytest.approx((low, high), rel=1e-6, abs=1e-6), form


@pytest.mark.parametrize("name", [name for name in R if "irr_kendall" in R[name]])
def test_kendall_with_its_chi_square_as_in_irr(name: str) -> None:
    for key, ties in (("irr_kendall", False), ("irr_kendall_corrected", True)):
        found = kendall_w(complete(name), ties=ties)
        value, chi, p = R[name][key]
        assert found.estimate == pytest.approx(value, abs=1e-8)
        assert found.chi_square == pytest.approx(chi, rel=1e-8)
        assert found.p_value == pytest.approx(p, abs=1e-8)


def test_kendall_is_friedmans_test() -> None:
    found = kendall_w(of(SHROUT))
    theirs = stats.friedmanchisquare(*[[row[unit] for row in np.array(SHROUT).T] for unit in range(6)])
    assert (found.chi_square, found.p_value) == pytest.approx((theirs.statistic, theirs.pvalue), abs=1e-9)


scores = matrices(missing=False, units=(3, 12), coders=(2, 4))


def spread(matrix: Matrix) -> bool:
    means = np.array(matrix, dtype=float).mean(axis=1)
    return bool(np.ptp(means) > 1e-6)


@given(scores.filter(spread))
def test_icc_from_an_analysis_of_variance_by_hand(matrix: Matrix) -> None:
    x = np.array(matrix, dtype=float)
    n, k = x.shape
    rows, columns, grand = x.mean(axis=1, keepdims=True), x.mean(axis=0, keepdims=True), x.mean()
    between = k * ((rows - grand) ** 2).sum() / (n - 1)
    within = ((x - rows) ** 2).sum() / (n * (k - 1))
    coders = n * ((columns - grand) ** 2).sum() / (k - 1)
    error = ((x - rows - columns + grand) ** 2).sum() / ((n - 1) * (k - 1))
    mean = between + (coders - error) / n
    expected = {
        "ICC(1,1)": (between - within) / (between + (k - 1) * within),
        "ICC(2,1)": (between - error) / (between + (k - 1) * error + k * (coders - error) / n),
        "ICC(3,1)": (between - error) / (between + (k - 1) * error),
        "ICC(1,k)": (between - within) / between,
        "ICC(2,k)": (between - error) / mean if abs(mean) > 1e-9 * error else math.nan,
        "ICC(3,k)": (between - error) / between,
    }
    for form, value in expected.items():
        found = icc(of(matrix), form=form)  # type: ignore[arg-type]
        assert found.estimate == pytest.approx(value, abs=1e-8, rel=1e-6, nan_ok=True), form


@pytest.mark.parametrize("high", [1, 3])
def test_the_mean_of_coders_who_disagree_has_no_reliability_where_its_variance_is_0(high: int) -> None:
    """Mean squares between units, of coders and of error by hand: (1/6, 0, 1/2) times high squared, so 0 below."""
    found = icc(of([[0, 0], [0, high], [high, 0]]), form="ICC(2,k)")
    assert math.isnan(found.estimate)
    assert "the mean of their scores has no reliability" in found.note


@given(scores.filter(spread), st.floats(-50, 50), st.floats(0.1, 9))
def test_shift_and_scale_of_all_scores_change_nothing(matrix: Matrix, shift: float, scale: float) -> None:
    x = np.array(matrix, dtype=float)
    calls: list[Any] = [lambda r, form=form: icc(r, form=form) for form in FORMS]
    calls += [kendall_w] + ([lin_concordance] if x.shape[1] == 2 else [])
    for call in calls:
        once, twice = call(of(x)).estimate, call(of(shift + scale * x)).estimate
        assert twice == pytest.approx(once, abs=1e-6, nan_ok=True)


@given(scores.filter(spread))
def test_a_constant_of_each_coder_does_not_matter_for_consistency(matrix: Matrix) -> None:
    x = np.array(matrix, dtype=float)
    shifted = x + np.arange(x.shape[1])
    assert icc(of(shifted), form="ICC(3,1)").estimate == pytest.approx(icc(of(x), form="ICC(3,1)").estimate, abs=1e-9)
    assert kendall_w(of(shifted)).estimate == pytest.approx(kendall_w(of(x)).estimate, abs=1e-12, nan_ok=True)


def test_doubling_all_units_changes_an_icc() -> None:
    once, twice = (icc(of(SHROUT * times), form="ICC(2,1)").estimate for times in (1, 2))
    assert abs(once - twice) > 0.001


@given(matrices(missing=False, units=(3, 12), coders=(2, 2)))
def test_lin_is_kappa_with_quadratic_weights(matrix: Matrix) -> None:
    found, kappa = lin_concordance(of(matrix)), cohen_kappa(of(matrix), weights="quadratic")
    assert found.estimate == pytest.approx(kappa.estimate, abs=1e-9, nan_ok=True)
    if not math.isnan(found.estimate):
        assert found.standard_error == pytest.approx(kappa.standard_error, abs=1e-6, nan_ok=True)
        x, y = np.array(matrix, dtype=float).T
        covariance = ((x - x.mean()) * (y - y.mean())).mean()
        by_moments = 2 * covariance / (x.var() + y.var() + (x.mean() - y.mean()) ** 2)
        assert found.estimate == pytest.approx(by_moments, abs=1e-9)


def test_lins_interval_holds_the_truth_as_often_as_it_says() -> None:
    """Normal scores with a shift and a stretch: its standard error of z is that of 3,000 samples of 60."""
    draw = np.random.default_rng(1)
    true = 2 * 0.8 * 1.2 / (1 + 1.44 + 0.09)
    found, reach, hits = [], [], 0
    for _ in range(3000):
        x = draw.normal(size=60)
        y = 0.3 + 1.2 * (0.8 * x + 0.6 * draw.normal(size=60))
        made = lin_concordance(of(np.column_stack([x, y]))) if len(found) < 200 else None
        moments = [x.mean(), y.mean(), x.var(), y.var(), ((x - x.mean()) * (y - y.mean())).mean()]
        found.append(math.atanh(2 * moments[4] / (moments[2] + moments[3] + (moments[0] - moments[1]) ** 2)))
        if made is not None:
            ends = made.interval(method="analytic")
            reach.append((math.atanh(ends.high) - math.atanh(ends.low)) / 2 / 1.959964)
            hits += ends.low <= true <= ends.high
    assert np.mean(reach) == pytest.approx(np.std(found), rel=0.05)
    assert 0.90 <= hits / 200 <= 0.99


@given(scores)
def test_kendall_by_ranks_and_through_spearman(matrix: Matrix) -> None:
    x = np.array(matrix, dtype=float)
    n, k = x.shape
    ranks = np.apply_along_axis(stats.rankdata, 0, x)
    ties = sum((times**3 - times).sum() for times in (np.unique(column, return_counts=True)[1] for column in x.T))
    most = k**2 * (n**3 - n) - k * ties
    found = kendall_w(of(matrix)).estimate
    if most < 1e-6:
        assert math.isnan(found)
        return
    totals = ranks.sum(axis=1)
    assert found == pytest.approx(12 * ((totals - totals.mean()) ** 2).sum() / most, abs=1e-12)
    if not ties:
        rho = np.mean([stats.spearmanr(x[:, a], x[:, b]).statistic for a, b in combinations(range(k), 2)])
        assert found == pytest.approx((rho * (k - 1) + 1) / k, abs=1e-12)


CALLS: dict[str, Any] = {form: lambda r, form=form: icc(r, form=form) for form in FORMS} | {
    "Kendall": kendall_w,
    "Kendall without ties": lambda r: kendall_w(r, ties=False),
    "Lin": lambda r: lin_concordance(r.only(r.coders[:2])),
}


def made(seed: int, n: int = 40, k: int = 4) -> Ratings:
    draw = np.random.default_rng(seed)
    x = draw.normal(size=(n, 1)) + 0.7 * draw.normal(size=(n, k)) + np.arange(k) / 4
    return of(x.round(1), cluster=[unit // 2 for unit in range(n)])


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("seed", [1, 2])
def test_standard_errors_by_finite_differences_and_jackknife(name: str, seed: int) -> None:
    ratings = made(seed, n=160)
    found: Coefficient = CALLS[name](of(np.array(ratings.categories)[ratings.require_coders("").matrix]))
    assert found.standard_error == pytest.approx(numeric_error(found), rel=1e-4)
    kept = found.interval(method="jackknife")
    assert (kept.high - kept.low) / 2 == pytest.approx(found.standard_error * stats.t.ppf(0.975, 159), rel=0.15)
    clustered: Coefficient = CALLS[name](ratings)
    ends = clustered.interval(method="analytic")
    assert ends.method.startswith("analytic standard error over clusters (cluster), t with 79")
    assert (ends.high - ends.low) / 2 == pytest.approx(clustered.standard_error * stats.t.ppf(0.975, 79), rel=1e-9)


@pytest.mark.parametrize("name", CALLS)
def test_bootstrap_ranks_and_centres_anew(name: str) -> None:
    """Each replicate is the coefficient of the drawn units."""
    ratings = of(np.array(made(3).categories)[made(3).require_coders("").matrix])
    found: Coefficient = CALLS[name](ratings)
    base = ratings.require_coders("")
    weights = np.stack([np.bincount(np.random.default_rng(s).integers(0, 40, 40), minlength=40) for s in range(3)])
    own = np.arange(40) if found._kernel.origin is None else found._kernel.origin
    drawn = np.zeros(weights.shape)
    drawn[:, own] = weights  # the profiles of the coefficient, where they are not those of the ratings
    whole = found._kernel.evaluate(drawn).estimate
    for row, value in zip(weights, whole, strict=True):
        again = np.array(ratings.categories)[base.matrix.repeat(row, axis=0)]
        assert value == pytest.approx(CALLS[name](of(again)).estimate, abs=1e-9)


def test_table_of_all_six() -> None:
    table = icc_table(of(SHROUT))
    assert list(table.index) == list(FORMS)
    assert table.loc["ICC(1,1)", ["low", "high"]].tolist() == pytest.approx([-0.1329323, 0.7225601], abs=1e-6)
    assert (table["n_units"], table["n_coders"])[0].eq(6).all()
    booted = icc_table(of(SHROUT), confidence=0.5, method=Bootstrap(replicates=50, rng=1))
    assert (booted["low"] > table["low"]).all()


def test_missing_ratings_are_said() -> None:
    rows = [*SHROUT, [1, None, 2, 3]]
    found = icc(of(rows), form="ICC(3,1)")
    assert found.estimate == pytest.approx(icc(of(SHROUT), form="ICC(3,1)").estimate, abs=1e-12)
    assert found.note.startswith("1 of 7 units without a rating by every coder left out")
    assert "1 unit without a rating by every coder was left out." in found.methods_text()
    assert kendall_w(of(rows)).note.startswith("1 of 7 units without a rating by every coder left out")
    assert icc(of(rows), form="ICC(1,1)").n_units == 7


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([[1, 1], [1, 1]], "the units' scores do not vary"),
        ([[1, 2]], "1 units with ratings by all coders, and it takes two"),
        ([[1, None], [2, None]], "0 units with ratings by all coders"),
    ],
)
def test_undefined_with_a_reason(rows: Matrix, told: str) -> None:
    found = icc(of(rows), form="ICC(3,1)")
    assert math.isnan(found.estimate)
    assert told in found.note
    assert math.isnan(found.interval(method="analytic").low)
    assert found.interval(method="analytic").note == found.note


def test_undefined_one_way_and_others() -> None:
    assert "no unit was rated by two coders" in icc(of([[1, None], [None, 2]]), form="ICC(1,1)").note
    assert "it takes two units" in icc(of([[1, 2]]), form="ICC(1,1)").note
    assert "every coder ties all units" in kendall_w(of([[1, 2], [1, 2]])).note
    assert "it takes two of each" in kendall_w(of([[1, 2]])).note
    assert math.isnan(kendall_w(of([[1, 2]])).p_value)
    assert "all scores are the same" in lin_concordance(of([[1, 1], [1, 1]])).note
    assert "no unit was rated by both" in lin_concordance(of([[1, None], [None, 1]])).note


def test_agreement_without_error_has_no_interval() -> None:
    for form in FORMS:
        ends = icc(of([[1, 1], [2, 2], [4, 4]]), form=form).interval(method="analytic")
        assert math.isnan(ends.low)
        assert "coders agree on all 3 units" in ends.note
    ends = lin_concordance(of([[1, 1], [2, 2], [4, 4]])).interval(method="analytic")
    assert math.isnan(ends.low)
    assert ends.note == "no interval: the scores are the same throughout"
    for rows, told in (([[1, 2], [2, 1]], "fewer than three units"), ([[1, 2], [1, 1], [1, 3]], "do not vary")):
        assert told in lin_concordance(of(rows)).interval(method="analytic").note
    flat = of([[1, 1], [1, 2], [2, 1], [2, 2]])
    assert "not correlated" in lin_concordance(flat).interval(method="analytic").note


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda r: icc(r, form="ICC2"), r"form must be one of 'ICC\(1,1\)'.*First 1, 2 or 3"),
        (lambda r: icc(r, form="ICC(A,1)"), r"McGraw and Wong's ICC\(A,1\) is 'ICC\(2,1\)' here"),
        (lambda r: lin_concordance(r), "compares two coders; there are 4"),
    ],
)
def test_what_is_refused(call: Any, told: str) -> None:
    with pytest.raises(DataError, match=told):
        call(of(SHROUT))


def test_labels_are_refused() -> None:
    ratings = of([["a", "b"], ["b", "b"]])
    for call in (lambda r: icc(r, form="ICC(1,1)"), lin_concordance):
        with pytest.raises(DataError, match="needs numbers; the categories 'a', 'b' are not"):
            call(ratings)
    with pytest.raises(DataError, match="needs categories in order"):
        kendall_w(ratings)
    assert kendall_w(of([list("ab"), list("ba"), list("bb")], categories=LETTERS)).estimate >= 0
    wide = of(np.random.default_rng(0).normal(size=(70, 65)))
    with pytest.raises(DataError, match="kept for up to 64 coders"):
        icc(wide, form="ICC(2,1)")
    assert icc(wide, form="ICC(1,1)").n_coders == 65


@pytest.mark.slow
def test_two_hundred_thousand_distinct_scores_in_blocks() -> None:
    """The largest array is that of the units: no matrix of replicates × units or scores × scores."""
    import tracemalloc

    draw = np.random.default_rng(0)
    x = draw.normal(size=(100_000, 1)) + draw.normal(size=(100_000, 2))
    ratings = of(x, categories=np.unique(x).tolist())
    few = Bootstrap(replicates=5, rng=0)
    calls: list[Any] = [lambda form=form: icc(ratings, form=form) for form in ("ICC(1,1)", "ICC(2,1)")]
    calls += [lambda: lin_concordance(ratings), lambda: krippendorff_alpha(ratings, level="interval")]
    tracemalloc.start()
    for call in calls:
        found = call()
        ends = found.interval(method=few)
        assert ends.low <= found.estimate + 0.01
        assert found.estimate == pytest.approx(0.5, abs=0.02)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 250e6
    with pytest.raises(DataError, match="would take too long"):
        calls[0]().interval(method=Jackknife())


def test_form_is_a_word_of_the_type() -> None:
    form: Form = "ICC(1,1)"
    with pytest.raises(TypeError, match="form"):
        icc(of(SHROUT))  # type: ignore[call-arg]
    assert icc(of(SHROUT), form=form).name == form


@pytest.mark.parametrize("form", ["ICC(2,1)", "ICC(2,k)"])
def test_only_the_f_interval_of_the_forms_2_allows_for_other_coders(form: Any) -> None:
    found = icc(of(SHROUT), form=form)
    for method in ("bootstrap", "jackknife", Analytic(population=60)):
        ends = found.interval(method=method)
        assert ends.method.endswith("these coders")
        assert ends.note.startswith("the coders are held fixed; the F interval")
    for method in ("analytic", Analytic(over="both")):
        assert "held fixed" not in found.interval(method=method).note
    assert "these coders)" in found.methods_text()
    assert "these coders" not in icc(of(SHROUT), form="ICC(3,1)").interval().method


def test_scores_at_which_units_do_not_differ_have_no_interval() -> None:
    """Between units there is no variance: F intervals would have no width, so none is given, and none divides by 0."""
    table = icc_table(of([[3, 3, 1], [3, 1, 3], [1, 3, 3]]))
    assert table["estimate"].tolist()[:3] == [-0.5, -1.0, -0.5]
    assert table[["low", "high"]].isna().all(axis=None)
    found = icc(of([[3, 3, 1], [3, 1, 3], [1, 3, 3]]), form="ICC(2,1)").interval(method="analytic")
    assert math.isnan(found.low)
    assert "the same in every resample, so no interval can be given" in found.note


INCOMPLETE = [[9, None, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [None, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, None]]


def henderson(rows: list[list[float | None]]) -> tuple[float, float, float]:
    """Components of units, coders and error by fitting constants with least squares (Searle et al. 1992, ch. 5.5)."""
    cells = [(u, c, y) for u, row in enumerate(rows) for c, y in enumerate(row) if y is not None]
    y = np.array([cell[2] for cell in cells], dtype=float)
    units = np.eye(len(rows))[[cell[0] for cell in cells]]
    coders = np.eye(len(rows[0]))[[cell[1] for cell in cells]]

    def fitted(x: Any) -> float:
        return float(np.sum((x @ np.linalg.lstsq(x, y, rcond=None)[0]) ** 2))

    both, n, k = fitted(np.hstack([units, coders])), len(rows), len(rows[0])
    error = (float(y @ y) - both) / (len(y) - n - k + 1)
    unit = (both - fitted(coders) - (n - 1) * error) / (len(y) - k)
    coder = (both - fitted(units) - (k - 1) * error) / (len(y) - n)
    return unit, coder, error


def test_two_way_forms_with_missing_ratings() -> None:
    """By least squares; lme4 1.1-31 (REML, R 4.2.2) has .3753 and .7716 for the two single forms of these scores."""
    unit, coder, error = henderson(INCOMPLETE)
    expected = {
        "ICC(2,1)": unit / (unit + coder + error),
        "ICC(3,1)": unit / (unit + error),
        "ICC(2,k)": unit / (unit + (coder + error) / 4),
        "ICC(3,k)": unit / (unit + error / 4),
    }
    forms: tuple[Form, ...] = ("ICC(2,1)", "ICC(3,1)", "ICC(2,k)", "ICC(3,k)")
    for form in forms:
        found = icc(of(INCOMPLETE), form=form, missing="estimate")
        assert found.estimate == pytest.approx(expected[form], abs=1e-10), form
        assert found.note.startswith("3 of 6 units lack ratings by some coders")
        assert found.n_units == 6
        assert found.standard_error > 0
    assert icc(of(INCOMPLETE), form="ICC(3,1)", missing="estimate").estimate == pytest.approx(0.7716, abs=0.03)
    assert icc(of(INCOMPLETE), form="ICC(2,1)", missing="estimate").estimate == pytest.approx(0.3753, abs=0.03)
    assert "missing='estimate' keeps them" in icc(of(INCOMPLETE), form="ICC(2,1)").note


@given(scores.filter(spread))
def test_nothing_missing_is_the_analysis_of_variance(matrix: Matrix) -> None:
    form: Form = "ICC(2,1)"
    rows = [list(row) for row in matrix]
    complete_form = icc(of(rows), form=form).estimate
    one_more = icc(of([*rows, [None] * len(rows[0])]), form=form, missing="estimate").estimate
    assert one_more == pytest.approx(complete_form, abs=1e-6, nan_ok=True)


def test_groups_of_coders_and_units_that_share_nothing_have_no_coefficient() -> None:
    rows = [[1, 2, None, None], [3, 3, None, None], [None, None, 2, 4], [None, None, 5, 5]]
    found = icc(of(rows), form="ICC(2,1)", missing="estimate")
    assert math.isnan(found.estimate)
    assert "fall into groups that share no rating" in found.note
    with pytest.raises(DataError, match="missing must be one of 'drop', 'estimate'"):
        icc(of(rows), form="ICC(2,1)", missing="keep")  # type: ignore[arg-type]


def test_limits_of_agreement_published() -> None:
    """Bland and Altman (Lancet 1986): 17 people on two peak flow meters; mean −2.1 l/min, standard deviation 38.8."""
    wright = [494, 395, 516, 434, 476, 557, 413, 442, 650, 433, 417, 656, 267, 478, 178, 423, 427]
    mini = [512, 430, 520, 428, 500, 600, 364, 380, 658, 445, 432, 626, 260, 477, 259, 350, 451]
    found = limits_of_agreement(of(list(zip(wright, mini, strict=True)), names=["Wright", "mini"]))
    assert (round(found.bias, 1), round(found.sd, 1)) == (-2.1, 38.8)
    # 95% interval of the bias printed there: −22.0 to 17.8
    assert (round(found.bias_interval.low, 1), round(found.bias_interval.high, 1)) == pytest.approx(
        (-22.0, 17.8), abs=0.11
    )
    assert found.upper - found.lower == pytest.approx(2 * stats.norm.ppf(0.975) * found.sd)
    assert "17 units only" in found.note
    assert "Wright were 2.118 below those of mini" in found.methods_text()


def test_limits_of_agreement_in_clusters_by_hand() -> None:
    """Two clusters of two: differences 0, 2 and 4, 6. Within 2, between 16, so 2 + (16 − 2) / 2 = 9 and sd 3."""
    rows = [[0, 0], [2, 0], [4, 0], [6, 0]]
    found = limits_of_agreement(of(rows, cluster=["a", "a", "b", "b"]))
    assert (found.bias, found.sd, found.n_clusters) == (3, 3, 2)
    growing = limits_of_agreement(of([[2 * x, x + (x % 2) / 9] for x in range(40)]))
    assert "differences change with the scores" in growing.note
    assert math.isnan(limits_of_agreement(of([[1, 2]])).sd)
