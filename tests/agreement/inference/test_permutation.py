"""The permutation test against chance: all deals by hand, and what a deal keeps."""

from __future__ import annotations

import math
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from scipy import stats
from strategies import LETTERS, Matrix, matrices

from expertsys.agreement import Ratings, cohen_kappa, fleiss_kappa, gwet_ac, icc, kendall_w, krippendorff_alpha
from expertsys.agreement.inference import permutation
from expertsys.agreement.inference.permutation import _deals
from expertsys.errors import DataError


def of(matrix: Matrix, **options: object) -> Ratings:
    return Ratings.from_array(matrix, coders="columns", **options)  # type: ignore[arg-type]


def test_p_by_all_orders_of_one_coder() -> None:
    """With two coders it is enough to deal one: 720 orders."""
    first, second = list("aabbcb"), list("aabbbc")
    found = cohen_kappa(of([list(pair) for pair in zip(first, second, strict=True)]))
    tried = [
        cohen_kappa(of([list(pair) for pair in zip(first, order, strict=True)])).estimate
        for order in permutations(second)
    ]
    exact = np.mean(np.array(tried) >= found.estimate - 1e-9)
    test = found.permutation_test(permutations=3000, rng=1)
    assert test.p_value == pytest.approx(exact, abs=4 * math.sqrt(exact * (1 - exact) / 3000))
    assert test.chance == pytest.approx(np.mean(tried), abs=0.03)
    assert test.p_value * 3001 == pytest.approx(round(test.p_value * 3001))


def test_kendall_against_friedmans_chi_square() -> None:
    draw = np.random.default_rng(2)
    x = draw.normal(size=(30, 1)) * 0.5 + draw.normal(size=(30, 4))
    found = kendall_w(Ratings.from_array(x, coders="columns"))
    test = found.permutation_test(permutations=999, rng=0)
    assert test.p_value == pytest.approx(found.p_value, abs=0.02)
    assert test.chance == pytest.approx(1 / 4, abs=0.02)  # the mean of W by chance is 1 / k


@given(matrices(values=LETTERS, coders=(2, 4)))
def test_a_deal_keeps_each_coders_habits_and_who_rated(matrix: Matrix) -> None:
    ratings = of(matrix)
    for dealt in next(iter(_deals(ratings, 2, 5))).split().values():
        for coder in range(len(ratings.coders)):
            for one, other in ((ratings, dealt), (dealt, ratings)):
                here, there = (
                    np.bincount(base.matrix[:, coder] + 1, weights=base.counts, minlength=6)
                    for base in (one.require_coders(""), other.require_coders(""))
                )
                assert (here[1:] == there[1:]).all()
        assert dealt.n_pairable == ratings.n_pairable


def test_many_coders_are_dealt_together() -> None:
    draw = np.random.default_rng(0)
    rows = draw.integers(0, 2, (50, 70))
    ratings = Ratings.from_array(rows, coders="columns")
    assert ratings.by_coder is None
    (dealt,) = next(iter(_deals(ratings, 1, 0))).split().values()
    totals = [one.values.totals(one.values.counts[None, :].astype(float))[0].tolist() for one in (ratings, dealt)]
    assert totals[0] == totals[1]
    assert 0.001 < fleiss_kappa(ratings).permutation_test(permutations=99, rng=0).p_value <= 1


def test_blocks_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    found = gwet_ac(of([list("aab"), list("abb"), list("bbb"), ["a", None, "b"], list("aaa")]))
    whole = found.permutation_test(permutations=60, rng=2)
    monkeypatch.setattr(permutation, "BLOCK", 40)
    assert found.permutation_test(permutations=60, rng=2).chance == pytest.approx(whole.chance, abs=1e-12)


def test_chance_has_uniform_p() -> None:
    draw = np.random.default_rng(4)
    found = [
        krippendorff_alpha(of(draw.integers(0, 3, (25, 3)).tolist()), level="nominal")
        .permutation_test(permutations=49, rng=seed)
        .p_value
        for seed in range(60)
    ]
    assert stats.kstest(found, "uniform").pvalue > 0.001


def test_agreement_has_the_smallest_p_and_seeds_repeat() -> None:
    rows = [[value, value, value] for value in "abcabcabcab"]
    test = gwet_ac(of(rows)).permutation_test(permutations=199, rng=3)
    assert test.p_value == 1 / 200
    again = gwet_ac(of(rows)).permutation_test(permutations=199, rng=3)
    assert test.chance == again.chance
    assert "one-sided p = 0.005" in test.methods_text()
    assert test.cite()[0].startswith("Phipson")
    assert test.to_frame().loc["Gwet's AC1", "permutations"] == 199
    assert "by chance" in repr(test)


def test_undefined_and_clusters_are_said() -> None:
    undefined = krippendorff_alpha(of([[1, 1], [1, 1]]), level="nominal").permutation_test()
    assert math.isnan(undefined.p_value)
    assert "not tested against chance: all ratings are the same" in undefined.methods_text()
    clustered = of([list("ab"), list("aa"), list("bb"), list("bb")], cluster=[1, 1, 2, 2])
    note = fleiss_kappa(clustered).permutation_test(permutations=9).note
    assert "whole clusters (cluster) of each coder's ratings are dealt, 2 of them" in note
    assert "with so few, the p-value is only approximate" in note
    single = of([[1, 2], [2, 2], [3, 4], [1, None]])
    test = icc(single, form="ICC(1,1)").permutation_test(permutations=20)
    assert test.permutations <= 20
    with pytest.raises(DataError, match="permutations must be a whole number above 0"):
        fleiss_kappa(clustered).permutation_test(permutations=0)
