"""The difference of two coefficients: tests by scipy where the coefficient is a mean, and what must hold."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from scipy import stats
from strategies import LETTERS, Matrix, matrices

from expertsys.agreement import (
    Bootstrap,
    Comparison,
    Ratings,
    cohen_kappa,
    compare,
    fleiss_kappa,
    gwet_ac,
    icc,
    krippendorff_alpha,
    percent_agreement,
)
from expertsys.errors import DataError


def of(matrix: Any, **options: Any) -> Ratings:
    return Ratings.from_array(matrix, coders="columns", **options)


def alpha(ratings: Ratings) -> Any:
    return krippendorff_alpha(ratings, level="nominal")


def two(seed: int, n: int = 40, noise: tuple[float, float] = (0.2, 0.4)) -> tuple[np.ndarray, np.ndarray]:
    """The same units rated twice by three coders, the second time worse."""
    draw = np.random.default_rng(seed)
    truth = draw.integers(0, 3, n)
    return tuple(np.where(draw.random((n, 3)) < share, draw.integers(0, 3, (n, 3)), truth[:, None]) for share in noise)  # type: ignore[return-value]


def shares(matrix: np.ndarray) -> np.ndarray:
    """Pairwise agreement unit by unit."""
    return np.mean([matrix[:, a] == matrix[:, b] for a, b in ((0, 1), (0, 2), (1, 2))], axis=0)


@pytest.mark.parametrize("seed", range(4))
def test_percent_agreement_is_a_mean_and_its_test_that_of_means(seed: int) -> None:
    before, after = two(seed)
    named = [percent_agreement(of(matrix, cluster=range(40))) for matrix in (before, after)]
    paired = compare(*named, units="same")
    theirs = stats.ttest_rel(shares(before), shares(after))
    assert (paired.statistic, paired.p_value) == pytest.approx((theirs.statistic, theirs.pvalue), abs=1e-9)
    assert paired.freedom == 39
    ends, reach = paired.interval(method="analytic"), theirs.confidence_interval()
    assert (ends.low, ends.high) == pytest.approx((reach.low, reach.high), abs=1e-9)
    apart = compare(percent_agreement(of(before)), percent_agreement(of(after[:25])), units="different")
    welch = stats.ttest_ind(shares(before), shares(after[:25]), equal_var=False)
    assert (apart.statistic, apart.p_value) == pytest.approx((welch.statistic, welch.pvalue), abs=1e-9)
    assert apart.freedom == pytest.approx(welch.df)


@pytest.mark.parametrize("function", [cohen_kappa, alpha, fleiss_kappa, gwet_ac])
def test_standard_error_of_the_difference_by_the_jackknife(function: Any) -> None:
    """On the same units, each left out of both; alpha's analytic error is larger by n / (n − 1) over its ratings."""
    first, second = (matrix[:, :2] for matrix in two(5, n=90))
    found = compare(*[function(of(matrix, cluster=range(90))) for matrix in (first, second)], units="same")
    left = np.array(
        [
            function(of(np.delete(first, u, 0))).estimate - function(of(np.delete(second, u, 0))).estimate
            for u in range(90)
        ]
    )
    assert found.standard_error == pytest.approx(math.sqrt(89 / 90 * ((left - left.mean()) ** 2).sum()), rel=0.03)
    drawn = found.replicates(Bootstrap(replicates=2000, rng=1))
    assert found.standard_error == pytest.approx(drawn.std(), rel=0.08)


def test_two_coefficients_of_the_same_ratings_need_no_names() -> None:
    matrix = two(2)[1]
    plain, named = of(matrix), of(matrix, cluster=range(40))
    found = compare(gwet_ac(plain), alpha(plain), units="same")
    again = compare(gwet_ac(named), alpha(named), units="same")
    assert found.difference == pytest.approx(gwet_ac(plain).estimate - alpha(plain).estimate)
    assert found.standard_error == pytest.approx(again.standard_error, rel=1e-9)
    assert found.n_units == again.n_units == 40
    assert np.std(found.replicates()) == pytest.approx(np.std(again.replicates()), rel=0.1)
    own = compare(alpha(plain), alpha(plain), units="same")
    assert (own.difference, own.standard_error) == pytest.approx((0, 0), abs=1e-12)
    assert math.isnan(own.p_value)
    assert "does not vary over units" in own.note


@given(matrices(values=LETTERS[:2], coders=(3, 3), units=(4, 12)))
def test_swapping_the_two_turns_the_sign(matrix: Matrix) -> None:
    n = len(matrix)
    first, second = (
        of([row[:2] for row in matrix], cluster=range(n)),
        of([row[1:] for row in matrix], cluster=range(n)),
    )
    try:
        there, back = (compare(percent_agreement(a), fleiss_kappa(b), units="same") for a, b in ((first, second),) * 2)
    except DataError as error:
        assert "no unit of the one is a unit of the other" in str(error)  # noqa: PT017  # no rating in common
        return
    turned = compare(back.second, back.first, units="same")
    assert turned.difference == pytest.approx(-there.difference, nan_ok=True)
    assert turned.standard_error == pytest.approx(there.standard_error, nan_ok=True)
    assert turned.p_value == pytest.approx(there.p_value, nan_ok=True)
    assert repr(there)


def test_units_by_name_whatever_their_order_and_clusters_whole() -> None:
    before, after = two(3)
    order = np.random.default_rng(1).permutation(40)
    straight = compare(
        *[alpha(of(matrix, cluster=[f"u{u}" for u in range(40)])) for matrix in (before, after)], units="same"
    )
    mixed = compare(
        alpha(of(before, cluster=[f"u{u}" for u in range(40)])),
        alpha(of(after[order], cluster=[f"u{u}" for u in order])),
        units="same",
    )
    assert mixed.standard_error == pytest.approx(straight.standard_error, rel=1e-9)
    documents = [u // 4 for u in range(40)]
    by_document = compare(*[percent_agreement(of(m, cluster=documents)) for m in (before, after)], units="same")
    means = (shares(before) - shares(after)).reshape(10, 4).mean(axis=1)
    assert by_document.statistic == pytest.approx(stats.ttest_1samp(means, 0).statistic)
    assert by_document.freedom == 9
    assert "jackknife standard error of the difference, clusters (cluster)" in by_document.interval().method
    assert "paired bootstrap over clusters (cluster)" in by_document.interval(method="bootstrap").method


def test_units_that_only_one_has_are_counted() -> None:
    before, after = two(4)
    found = compare(
        percent_agreement(of(before, cluster=range(40))),
        percent_agreement(of(after[5:], cluster=range(5, 40))),
        units="same",
    )
    assert found.note == "5 units with only one of the two"
    assert found.difference == pytest.approx(shares(before).mean() - shares(after[5:]).mean())
    assert found.n_units == 40


def test_bootstraps_repeat_and_cover_the_difference() -> None:
    before, after = two(6)
    named = [alpha(of(matrix, cluster=range(40))) for matrix in (before, after)]
    for units, other in (("same", named), ("different", [alpha(of(m)) for m in (before, after)])):
        found = compare(*other, units=units)  # type: ignore[arg-type]
        first = found.interval(method=Bootstrap(replicates=300, rng=4))
        assert first == found.interval(method=Bootstrap(replicates=300, rng=4))
        assert first.low < found.difference < first.high
    independent = compare(*[alpha(of(m)) for m in (before, after)], units="different").replicates()
    assert abs(np.corrcoef(independent, found.first.replicates())[0, 1]) < 0.95
    assert np.std(independent) == pytest.approx(
        math.hypot(*(np.std(one.replicates()) for one in (found.first, found.second))), rel=0.1
    )


def test_scores_can_be_compared() -> None:
    draw = np.random.default_rng(0)
    truth = draw.normal(size=(60, 1))
    good, bad = (of(truth + s * draw.normal(size=(60, 3)), cluster=range(60)) for s in (0.3, 1.5))
    found = compare(icc(good, form="ICC(2,1)"), icc(bad, form="ICC(2,1)"), units="same")
    assert found.p_value < 0.001
    assert "degrees of freedom, p < 0.001)." in found.methods_text()
    assert found.interval().low > 0


def test_undefined_is_said() -> None:
    found = compare(alpha(of([[1, 1], [1, 1]])), alpha(of([[1, 2], [1, 1]])), units="different")
    assert math.isnan(found.difference)
    assert math.isnan(found.p_value)
    assert "Krippendorff's alpha: all ratings are the same" in found.note
    assert found.interval().note == found.note == found.interval(method="analytic").note
    assert "could not be compared" in found.methods_text()
    same = of([[1, 1], [1, 1]])
    assert math.isnan(compare(alpha(same), percent_agreement(same), units="same").p_value)


def test_words_and_table() -> None:
    before, after = two(7)
    found = compare(*[alpha(of(m, cluster=range(40))) for m in (before, after)], units="same")
    text = found.methods_text()
    assert text.startswith("Krippendorff's alpha (nominal) (0.")
    assert "on the same 40 units, differ by" in text
    told = "paired t test with the jackknife's standard error for correlated coefficients, units paired (t = "
    assert told in text  # of fewer than 100 units
    assert any("2016;76(4):609" in line for line in found.cite())
    assert found.to_frame().loc["Krippendorff's alpha − Krippendorff's alpha", "n_units"] == 40
    apart = compare(alpha(of(before)), alpha(of(after)), units="different")
    assert "on different units, differ by" in apart.methods_text()
    assert isinstance(apart, Comparison)
    with pytest.raises(TypeError):
        iter(apart)  # type: ignore[call-overload]


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda a, b: compare(alpha(a), alpha(b), units="same"), "no names to pair them by.*cluster=range"),
        (lambda a, _: compare(alpha(a), gwet_ac(a), units="different"), "of the same ratings.*units='same'"),
        (lambda a, b: compare(alpha(a), alpha(b), units="paired"), "units must be one of 'same', 'different'"),
        (
            lambda a, b: compare(alpha(a), alpha(b), units="different").interval(method="jackknife"),
            "percentile bootstrap or analytic, not 'jackknife'",
        ),
        (
            lambda a, b: compare(alpha(a), alpha(b), units="different").interval(method=Bootstrap(kind="bca")),
            "percentile bootstrap or analytic",
        ),
    ],
)
def test_what_is_refused(call: Any, told: str) -> None:
    before, after = two(1)
    with pytest.raises(DataError, match=told):
        call(of(before), of(after))


def test_other_refusals() -> None:
    from expertsys.agreement import Analytic

    before, after = two(1)
    far = [alpha(of(before, cluster=range(40))), alpha(of(after, cluster=range(100, 140)))]
    with pytest.raises(DataError, match="no unit of the one is a unit of the other: 0 and 100, for example"):
        compare(*far, units="same")
    with pytest.raises(DataError, match="over units without end"):
        compare(*far, units="different").interval(method=Analytic(population=1000))


def test_units_with_one_rating_are_told() -> None:
    rows = [["a", "a"], ["b", "b"], ["a", "b"], ["b", "b"]] * 5
    ratings = of([*rows, *[["a", None]] * 5])
    found = compare(fleiss_kappa(ratings), gwet_ac(ratings), units="same")
    assert found.note.count("5 of 25 units have one rating") == 1
    other = compare(fleiss_kappa(ratings), alpha(of(rows)), units="different")
    assert "5 of 25 units have one rating" in other.note
    assert compare(fleiss_kappa(of(rows)), alpha(of(rows)), units="different").note == ""


def test_a_small_p_value_is_not_printed_as_nought() -> None:
    good, bad = [["a", "a"], ["b", "b"]] * 100, [["a", "b"], ["b", "b"], ["a", "a"]] * 60
    found = compare(alpha(of([*good[:-1], ["a", "b"]])), alpha(of(bad)), units="different")
    assert found.p_value < 0.001
    assert "p value         < 0.001" in repr(found)
    assert "p < 0.001)." in found.methods_text()
