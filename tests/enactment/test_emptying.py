"""Emptying out on tables whose answer is known."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given

from expertsys.enactment import emptying_out, simulate
from expertsys.errors import DataError

from .tables import entropy, frame, situations


def test_nothing_is_lost_where_each_category_is_one_description() -> None:
    found = emptying_out(frame(local=list("aabbc"), category=list("xxyyz")))
    assert found.estimate == 0
    assert found.adjusted == 0


def test_everything_is_lost_in_one_category() -> None:
    found = emptying_out(frame(local=list("aabbc"), category=list("xxxxx")))
    assert found.estimate == pytest.approx(1)
    assert found.adjusted == pytest.approx(1)
    assert found.null is not None
    assert found.null.p_value == 1


def test_many_to_one_is_the_ratio_of_entropies() -> None:
    local = list("aaabbcccccd")
    category = ["x" if name in "ab" else "y" for name in local]
    expected = (entropy(local) - entropy(category)) / entropy(local)  # H(L | C) = H(L) − H(C) where C is a map of L
    found = emptying_out(frame(local=local, category=category), estimator="plugin")
    assert found.estimate == pytest.approx(expected, abs=1e-12)


def test_independence_tends_to_one() -> None:
    rng = np.random.default_rng(2)
    losses = [
        emptying_out(
            frame(local=rng.choice(list("abcd"), n), category=rng.choice(list("xyz"), n)),
            estimator="plugin",
            shuffles=19,
        ).estimate
        for n in (60, 6_000, 600_000)
    ]
    assert losses == sorted(losses)
    assert losses[-1] == pytest.approx(1, abs=2e-4)


@given(situations())
def test_merging_categories_never_lowers_it(table: pd.DataFrame) -> None:
    merged = table.assign(category=table["category"].replace({"c": "b"}))
    fine, coarse = (emptying_out(one, estimator="plugin", shuffles=1) for one in (table, merged))
    assert math.isnan(fine.estimate) == math.isnan(coarse.estimate)
    if not math.isnan(fine.estimate):
        assert coarse.estimate >= fine.estimate - 1e-12
        assert -1e-12 <= fine.estimate <= 1 + 1e-12


def test_corrected_estimators_are_named_and_not_cut() -> None:
    table = frame(local=list("abcdabcd"), category=list("xxyyyyxx"))
    plain, madow, chao = (
        emptying_out(table, estimator=name).estimate  # type: ignore[arg-type]
        for name in ("plugin", "miller-madow", "chao-shen")
    )
    assert plain == pytest.approx(1 / 2 + 0.5)
    assert madow > 1
    assert chao > 1
    with pytest.raises(DataError, match="estimator must be one of"):
        emptying_out(table, estimator="jackknife")  # type: ignore[arg-type]


def test_undefined_where_descriptions_do_not_differ() -> None:
    found = emptying_out(frame(local=["a", "a"], category=["x", "y"]))
    assert math.isnan(found.estimate)
    assert found.null is None
    assert math.isnan(found.adjusted)
    assert math.isnan(found.under_misclassification(0.1))
    assert found.note == "all local descriptions are the same ('a'): there is nothing to lose"
    interval = found.interval()
    assert math.isnan(interval.low)
    assert interval.note == found.note
    assert "could not be determined: all local descriptions" in found.methods_text()


def test_error_in_coding_raises_it_and_is_taken_out_at_the_stated_rate() -> None:
    options = {"sites": 4, "occasions": 20_000, "between_sites": 0.0}
    true = emptying_out(simulate(**options), shuffles=1)  # type: ignore[arg-type]
    wrong = emptying_out(simulate(coding_error=0.2, **options), shuffles=1)  # type: ignore[arg-type]
    assert wrong.estimate > true.estimate + 0.1
    assert wrong.under_misclassification(0.2) == pytest.approx(true.estimate, abs=0.02)
    assert true.under_misclassification(0) == pytest.approx(true.estimate, abs=1e-9)
    for bad in (-0.1, 1, float("nan")):
        with pytest.raises(DataError, match="rate must lie between 0 and below 1"):
            true.under_misclassification(bad)


def test_it_rises_with_granularity_alone() -> None:
    coarse, fine = (emptying_out(simulate(granularity=number, rng=1), shuffles=19) for number in (1, 5))
    assert fine.estimate > coarse.estimate + 0.1


def test_table_and_picture() -> None:
    found = emptying_out(frame(local=list("aab"), category=list("xyx")))
    assert found.table().to_dict() == {"x": {"a": 1, "b": 1}, "y": {"a": 1, "b": 0}}
    assert found.plot().get_xlabel() == "category"


def test_an_absent_column_of_sites_is_asked_for_by_the_keyword_that_there_is() -> None:
    table = frame(local=["a"], category=["x"]).drop(columns="site")
    with pytest.raises(DataError, match=r"no column 'site'.*cluster='...'"):
        emptying_out(table)
