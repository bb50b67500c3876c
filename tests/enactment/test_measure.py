"""Intervals by leaving out, and what every measure says of itself."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import t

from expertsys.enactment import action_at_a_distance, contingency_sensitivity, emptying_out, measure, simulate
from expertsys.errors import DataError, DegenerateWarning
from expertsys.plot import against_chance

from . import tables
from .tables import frame

MEASURES: list[tuple[Callable[..., Any], Callable[[pd.DataFrame], float]]] = [
    (partial(emptying_out, estimator="plugin"), tables.lost),
    (action_at_a_distance, tables.fidelity),
    (contingency_sensitivity, tables.sensitivity),
]
TABLE = simulate(sites=7, occasions=15, rng=4).dropna(subset=["prescribed"]).reset_index(drop=True)


def wilson(centre: float, variance: float, degrees: int, confidence: float, most: float = math.inf) -> list[float]:
    """The two chances at which (share - chance)^2 is t^2 chance (1 - chance) / n, n being what has this variance."""
    share = min(1.0, max(0.0, centre))
    spread = min(0.5, math.sqrt(variance))
    near = min(1 - spread, max(spread, share))
    n = min(near * (1 - near) / variance, most)
    square = t.ppf((1 + confidence) / 2, degrees) ** 2 / n
    return sorted(np.clip(np.roots([1 + square, -2 * share - square, share**2]), 0, 1))


@pytest.mark.parametrize(("measured", "byhand"), MEASURES)
@pytest.mark.parametrize("block", [2_000_000, 50])
def test_leaving_out_sites(
    measured: Callable[..., Any], byhand: Callable[[pd.DataFrame], float], block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(measure, "_BLOCK", block)
    without = np.array([byhand(TABLE[TABLE["site"] != site]) for site in TABLE["site"].unique()])
    variance = 6 / 7 * ((without - without.mean()) ** 2).sum()
    share = byhand is tables.fidelity  # without bias, and at most as precise as independent situations
    centre = byhand(TABLE) if share else 7 * byhand(TABLE) - 6 * without.mean()
    found = measured(TABLE, shuffles=1).interval(0.9)
    expected = wilson(centre, variance, 6, 0.9, len(TABLE) if share else math.inf)
    assert [found.low, found.high] == pytest.approx(expected, abs=1e-9)
    assert (
        found.method
        == "Wilson, variance by a jackknife over 7 sites, t with 6 degrees of freedom; for sites like these"
    )


@pytest.mark.parametrize(("measured", "byhand"), MEASURES)
def test_leaving_out_situations(measured: Callable[..., Any], byhand: Callable[[pd.DataFrame], float]) -> None:
    whole = byhand(TABLE)
    without = pd.Series([byhand(TABLE.drop(index=row)) for row in TABLE.index], index=TABLE.index)
    variance, centre = 0.0, whole
    for _, values in without.groupby(TABLE["site"]):
        n = len(values)
        variance += (n - 1) / n * ((values - values.mean()) ** 2).sum()
        centre -= (n - 1) * (values.mean() - whole)
    share = byhand is tables.fidelity
    expected = wilson(whole if share else centre, variance, len(TABLE) - 7, 0.95, len(TABLE) if share else math.inf)
    found = measured(TABLE, shuffles=1).interval(estimand="these")
    assert [found.low, found.high] == pytest.approx(expected, abs=1e-9)


def test_an_interval_around_fidelity_is_that_of_a_mean_of_sites() -> None:
    table = simulate(sites=9, occasions=20, adapting=0.4, working_around=0.1, rng=2)
    found = action_at_a_distance(table.assign(prescribed=table["prescribed"].fillna("none")), shuffles=1)
    shares = found.by_site["fidelity"]
    interval = found.interval()
    assert [interval.low, interval.high] == pytest.approx(wilson(shares.mean(), shares.var() / 9, 8, 0.95, 180))


def test_one_site_and_few_sites() -> None:
    one = emptying_out(TABLE[TABLE["site"] == "site 1"], shuffles=1)
    interval = one.interval()
    assert math.isnan(interval.low)
    assert interval.note == "one site: nothing to compare it with"
    assert one.interval(estimand="these").low < one.interval(estimand="these").high
    few = emptying_out(TABLE[TABLE["site"] < "site 6"], shuffles=1)
    with pytest.warns(DegenerateWarning, match="emptying out: computed from 5 sites only"):
        interval = few.interval()
    assert interval.note == "computed from 5 sites only: with fewer than 6, its coverage is not reliable"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert "no interval over sites is reported, because 5 sites are too few" in few.methods_text()
        emptying_out(TABLE, shuffles=1).interval()


def test_one_situation_at_a_site_and_one_site_that_carries_all() -> None:
    single = emptying_out(frame(site=list("nss"), local=list("abc"), category=list("xxy")))
    interval = single.interval(estimand="these")
    assert math.isnan(interval.high)
    assert interval.note == "a site has one situation only"
    carried = emptying_out(frame(site=list("nnss"), local=list("abaa"), category=list("xyxy")))
    with pytest.warns(DegenerateWarning):
        assert carried.interval().note == "undefined without one of the sites"
    pair = emptying_out(frame(site=list("nn"), local=list("ab"), category=list("xx")))
    assert pair.interval(estimand="these").note == "undefined without one of the situations"


def test_wrong_arguments() -> None:
    found = emptying_out(TABLE, shuffles=1)
    with pytest.raises(DataError, match="confidence must lie between 0 and 1"):
        found.interval(95)
    with pytest.raises(DataError, match="estimand must be one of 'population', 'these'"):
        found.interval(estimand="sites")


@pytest.mark.parametrize(("measured", "byhand"), MEASURES)
def test_what_it_says_of_itself(measured: Callable[..., Any], byhand: Callable[[pd.DataFrame], float]) -> None:
    found = measured(TABLE, shuffles=19)
    assert found.standing == "proposed"
    row = found.to_frame().loc[found.name]
    assert row["standing"] == "proposed"
    assert row["estimate"] == pytest.approx(byhand(TABLE))
    assert row["n_situations"] == len(TABLE) == found.situations["situations"].sum()
    assert "(proposed measure)" in repr(found)
    assert "(proposed measure)" in found._repr_html_()
    assert found.cite()[0].startswith("Greenhalgh T, Swinglehurst D, Stones R.")
    text = found.methods_text()
    assert "The measure is proposed by expertsys; it prompts interpretation and tests no theory by itself." in text
    assert f"{found.estimate:.3f} over {len(TABLE):,} situations at 7 sites" in text
    coders = found.by_coder
    assert coders["n_situations"].sum() == len(TABLE)
    for coder, own in TABLE.groupby("coder"):
        assert coders.loc[coder, "estimate"] == pytest.approx(byhand(own))
    assert measured(TABLE.drop(columns="coder"), shuffles=1).by_coder.empty
    assert against_chance(found).get_xlabel() == found.name
