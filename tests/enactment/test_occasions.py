"""Reading tables: engines, missing cells, several columns, weights, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from frames import MakeFrame
from hypothesis import given
from hypothesis import strategies as st
from strategies import LETTERS

import expertsys as es
from expertsys.enactment import action_at_a_distance, contingency_sensitivity, emptying_out, simulate
from expertsys.errors import DataError

from .tables import frame, situations

MEASURES: list[Callable[..., Any]] = [emptying_out, action_at_a_distance, contingency_sensitivity]


def figures(result: Any) -> tuple[Any, ...]:
    interval = result.interval()
    return (result.estimate, result.null, interval.low, interval.high, result.n_situations, result.n_sites)


@pytest.mark.parametrize("measure", MEASURES)
def test_every_engine_gives_the_same(measure: Callable[..., Any], make_frame: MakeFrame) -> None:
    table = simulate(sites=6, occasions=30, rng=3).reset_index(drop=True)
    assert figures(measure(make_frame(table), shuffles=20)) == pytest.approx(figures(measure(table, shuffles=20)))


def test_weights_on_every_engine(make_frame: MakeFrame) -> None:
    table = simulate(sites=6, occasions=30, rng=3)
    counted = table.groupby(["site", "local", "category"], dropna=False).size().rename("weight").reset_index()
    found = emptying_out(make_frame(counted), shuffles=20)
    assert figures(found) == pytest.approx(figures(emptying_out(table, shuffles=20)))
    assert found.unused.equals(emptying_out(table, shuffles=20).unused)


@given(situations(), st.lists(st.integers(1, 4), min_size=12, max_size=12))
def test_a_weight_is_so_many_rows(table: pd.DataFrame, weights: list[int]) -> None:
    chosen = weights[: len(table)]
    repeated = table.loc[table.index.repeat(chosen)].reset_index(drop=True)
    one = emptying_out(table.assign(weight=chosen), shuffles=5)
    other = emptying_out(repeated, shuffles=5)
    assert one.estimate == pytest.approx(other.estimate, nan_ok=True)
    assert one.null == other.null
    ignored = emptying_out(table.assign(weight=chosen), weight=None, shuffles=5)
    assert ignored.n_situations == len(table)


@pytest.mark.parametrize("bad", [0.5, 0, -1, None, float("nan"), float("inf")])
def test_other_weights_are_refused(bad: float | None) -> None:
    table = frame(local=["a", "b"], category=["x", "y"], weight=[1.0, bad])
    with pytest.raises(DataError, match=r"column weight: a weight is the number of situations .* 1 rows have none"):
        emptying_out(table)
    with pytest.raises(DataError, match="it holds String"):
        emptying_out(table.assign(weight=["1", "two"]))


@pytest.mark.parametrize("measure", MEASURES)
@given(table=situations(), names=st.permutations(LETTERS[:3]), seed=st.integers(0, 99))
def test_order_of_rows_and_names_do_not_matter(
    measure: Callable[..., Any], table: pd.DataFrame, names: list[str], seed: int
) -> None:
    renamed = dict(zip("abc", [f"name {name}" for name in names], strict=True))
    other = table.map(lambda cell: renamed.get(cell, f"at {cell}")).sample(frac=1, random_state=seed)
    one, two = measure(table), measure(other)
    assert one.estimate == pytest.approx(two.estimate, nan_ok=True)
    if one.null and one.null.exact:
        assert one.null.p_value == pytest.approx(two.null.p_value)


def test_missing_cells_are_shares_and_left_out() -> None:
    table = frame(
        site=["n", "n", "n", "s", None],
        local=["a", "b", None, "a", "a"],
        category=["x", None, "x", " ", "x"],
        prescribed=["p", None, None, "p", "p"],
        taken=["p", "q", "p", None, "p"],
        mode=["as-intended", "Non_Use", "token", "non use", None],
    )
    found = emptying_out(table, residual="x")
    assert found.unused["situations"].to_dict() == {"site": 1, "local": 1, "category": 2}
    assert found.unused["share"].to_dict() == {"site": 0.2, "local": 0.2, "category": 0.4}
    assert found.shares.to_dict() == {
        "no category": 0.4,
        "not used": 0.4,
        "residual": 0.6,
        "no local description": 0.2,
    }
    assert found.n_situations == 1
    assert action_at_a_distance(table).unused["situations"].to_dict() == {"site": 1, "prescribed": 2, "taken": 1}
    without = emptying_out(table.drop(columns="mode")).shares
    assert np.isnan(without["not used"])
    assert np.isnan(without["residual"])
    assert emptying_out(table, residual=()).shares["residual"] == 0


def test_several_columns_combine() -> None:
    table = frame(
        case=["c1", "c1", "c2", "c2"],
        site=["1", "1", "1", None],
        local=["a", "a", "b", "b"],
        second=["u", None, "u", None],
        category=["x", "x", "y", "y"],
    )
    found = emptying_out(table, local=["local", "second"], cluster=["case", "site"])
    assert found.situations["site"].unique().tolist() == ["c1 · 1", "c2 · 1"]
    assert set(found.situations["local"]) == {"a · u", "a · –", "b · u"}
    assert found.n_situations == 3  # a case without its site is no site; one aspect of two is a description
    blank = table.assign(local=[None, "a", "b", "b"], second=None)
    assert emptying_out(blank, local=["local", "second"]).n_situations == 2
    dotted = frame(local=["a · b", "a"], second=["c", "b · c"], category=["x", "y"])
    assert emptying_out(dotted, local=["local", "second"]).table().shape == (2, 2)


def test_what_is_refused() -> None:
    table = frame(local=["a"], category=["x"])
    with pytest.raises(DataError, match=r"situations: no column 'locale'; .* Perhaps local='local'"):
        emptying_out(table, local="locale")
    with pytest.raises(DataError, match=r"no columns 'prescribed', 'taken'"):
        action_at_a_distance(table)
    with pytest.raises(DataError, match="no column 'codr'"):
        emptying_out(table, coder="codr")
    with pytest.raises(DataError, match="expected a table of situations or a Study, not int"):
        emptying_out(3)
    with pytest.raises(DataError, match="there is no situation in the table"):
        emptying_out(table.iloc[:0])
    with pytest.raises(DataError, match="no situation has all of 'site', 'local', 'category'"):
        emptying_out(table.assign(category=None))
    study = es.Study(pd.DataFrame({"unit": ["u"], "coder": ["a"], "code": ["c"]}))
    with pytest.raises(DataError, match=r"study\.situations: the study has no situations"):
        emptying_out(study)
    for bad in (0, 1.5, True):
        with pytest.raises(DataError, match="shuffles must be None or a whole number above 0"):
            action_at_a_distance(frame(prescribed=["p"], taken=["p"]), shuffles=bad)


def test_situations_that_several_coders_described() -> None:
    table = frame(
        situation=["1", "1", "2", "2", None], local=list("abaab"), category=list("xxyyx"), coder=list("ABABA")
    )
    found = emptying_out(table)
    assert found.note.startswith("2 rows describe a situation that another row describes too")
    assert found.by_coder["n_situations"].to_dict() == {"A": 3, "B": 2}
    assert found.by_coder.loc["B", "estimate"] == 0
    assert emptying_out(table.drop_duplicates("situation")).note == ""
