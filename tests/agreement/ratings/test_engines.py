"""The engines' own reduction, beside the one in memory: the same profiles, clusters and refusals, bit for bit."""

from __future__ import annotations

import tracemalloc
from collections import Counter
from typing import Any

import numpy as np
import pandas as pd
import pytest
from frames import MakeFrame
from hypothesis import given
from hypothesis import strategies as st

from expertsys.agreement import Bootstrap, Ratings, krippendorff_alpha
from expertsys.agreement.ratings import engines, reduce
from expertsys.errors import DataError

from .test_table import same as same_profiles


@pytest.fixture
def by_the_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is small enough to be fetched."""
    monkeypatch.setattr(reduce, "MOST_ROWS", -1)


def same(first: Ratings, second: Ratings) -> None:
    """Equal profiles, and equal clusters in one order."""
    same_profiles(first, second)
    assert (first.clusters is None) == (second.clusters is None)
    if first.clusters is not None and second.clusters is not None:
        assert first.clusters.by == second.clusters.by
        assert first.clusters.names.tolist() == second.clusters.names.tolist()
        assert (first.clusters.table.toarray() == second.clusters.table.toarray()).all()


def table(units: int = 80, coders: int = 4, values: Any = ("x", "y", "z"), seed: int = 3) -> pd.DataFrame:
    """One row per rating in any order; unit u of document u // 7."""
    draw = np.random.default_rng(seed)
    unit, coder = np.nonzero(draw.random((units, coders)) < 0.8)
    frame = pd.DataFrame(
        {
            "unit": [f"u{number}" for number in unit],
            "coder": [f"c{number}" for number in coder],
            "code": [values[number] for number in draw.integers(0, len(values), len(unit))],
            "document": [f"d{number // 7}" for number in unit],
        }
    )
    return frame.sample(frac=1, random_state=1, ignore_index=True)


@pytest.mark.usefixtures("by_the_engine")
@pytest.mark.parametrize(
    "values", [("x", "y", "z"), (5, -2, 1000), (0.5, 1.25, -3.0), (False, True)], ids=["text", "whole", "float", "bool"]
)
@pytest.mark.parametrize("cluster", [None, "document", "unit"])
def test_every_engine_gives_the_same(make_frame: MakeFrame, values: Any, cluster: str | None) -> None:
    frame = table(values=values)
    found = Ratings.from_long(make_frame(frame), cluster=cluster)
    same(found, Ratings.from_long(frame, cluster=cluster))
    method = Bootstrap(replicates=50, rng=3)
    here = krippendorff_alpha(Ratings.from_long(frame, cluster=cluster), level="nominal")
    assert krippendorff_alpha(found, level="nominal").interval(method=method) == here.interval(method=method)


@pytest.mark.usefixtures("by_the_engine")
@pytest.mark.parametrize("cluster", [None, "document"])
def test_every_engine_gives_the_same_from_wide_tables(make_frame: MakeFrame, cluster: str | None) -> None:
    draw = np.random.default_rng(0)
    cells = draw.choice(np.array(["x", "y", None], dtype=object), (60, 3), p=[0.5, 0.3, 0.2])
    wide = pd.DataFrame(cells, columns=["a", "b", "c"], dtype="str").assign(document=[f"d{n // 9}" for n in range(60)])
    if cluster is None:
        wide = wide.drop(columns="document")
    found = Ratings.from_wide(make_frame(wide), cluster=cluster)
    labels = None if cluster is None else wide["document"]
    expected = Ratings.from_array(cells, coders="columns", names=["a", "b", "c"], cluster=labels)
    if expected.clusters is not None:
        assert found.clusters is not None
        assert (found.clusters.table.toarray() == expected.clusters.table.toarray()).all()
        assert found.clusters.names.tolist() == expected.clusters.names.tolist()
    assert (found.by_coder.matrix == expected.by_coder.matrix).all()  # type: ignore[union-attr]
    assert (found.by_coder.counts == expected.by_coder.counts).all()  # type: ignore[union-attr]


@pytest.mark.usefixtures("by_the_engine")
def test_many_coders_take_several_keys(make_frame: MakeFrame) -> None:
    frame = table(units=50, coders=40, values=tuple("abcdefgh"))
    assert engines.keys(40, 8) > 1
    same(Ratings.from_long(make_frame(frame)), Ratings.from_long(frame))


@pytest.mark.usefixtures("by_the_engine")
@pytest.mark.parametrize("role", ["unit", "coder", "document"])
def test_a_cell_without_a_name(make_frame: MakeFrame, role: str) -> None:
    frame = table()
    frame.loc[[4, 9], role] = None
    told = "cluster" if role == "document" else role
    with pytest.raises(DataError, match=rf"^ratings: 2 ratings name no {told}\. Drop these rows or fill the cells\.$"):
        Ratings.from_long(make_frame(frame), cluster="document")


@pytest.mark.usefixtures("by_the_engine")
def test_a_unit_in_two_clusters_is_named(make_frame: MakeFrame) -> None:
    frame = table()
    unit = frame["unit"].value_counts().index[0]
    own = frame.loc[frame["unit"] == unit, "document"].iloc[0]
    frame.loc[frame.index[frame["unit"] == unit][-1], "document"] = "dx"
    told = rf"cluster: a unit is in two clusters.*\n  - unit '{unit}': is in '{own}' and in 'dx'\."
    with pytest.raises(DataError, match=told):
        Ratings.from_long(make_frame(frame), cluster="document")


@pytest.mark.usefixtures("by_the_engine")
@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.sampled_from("abcdefgh")), min_size=1, max_size=40),
)
def test_no_repetition_goes_unnoticed(rows: list[tuple[int, int, str]]) -> None:
    """However the digits of two, three or twenty ratings add up and carry."""
    pl = pytest.importorskip("polars")
    lazy = pl.DataFrame(rows, schema=["unit", "coder", "code"], orient="row").lazy()
    times = Counter((unit, coder) for unit, coder, _ in rows)
    places = sorted((f"unit '{unit}', coder '{coder}'", n) for (unit, coder), n in times.items() if n > 1)
    if not places:
        assert Ratings.from_long(lazy).n_ratings == len(rows)
        return
    with pytest.raises(DataError) as caught:
        Ratings.from_long(lazy)
    assert [(fault.place, fault.what) for fault in caught.value.faults] == [
        (place, f"is rated {n} times.") for place, n in places
    ]


@pytest.mark.usefixtures("by_the_engine")
def test_a_table_that_changes_between_two_readings_is_refused() -> None:
    pl = pytest.importorskip("polars")
    readings = iter([["x", "x"], ["x", "y"], ["x", "x"], ["x", "x"]])
    frame = pl.LazyFrame({"unit": [1, 1], "coder": ["a", "b"], "code": ["x", "x"]})

    def read(columns: Any) -> Any:
        return columns.with_columns(code=pl.Series(next(readings)))

    with pytest.raises(DataError, match="held other rows when it was read a second time"):
        Ratings.from_long(frame.map_batches(read, schema=frame.collect_schema()))


def test_a_declared_order_is_kept() -> None:
    pl = pytest.importorskip("polars")
    frame = pd.DataFrame({"unit": [1, 1, 2], "coder": ["a", "b", "a"], "code": ["high", "low", "low"]})
    order = ["low", "mid", "high"]
    declared = frame.assign(code=pd.Categorical(frame["code"], order, ordered=True))
    enumerated = pl.from_pandas(frame).with_columns(pl.col("code").cast(pl.Enum(order)))
    for found in (declared, enumerated, enumerated.lazy()):
        assert Ratings.from_long(found).categories == ("low", "mid", "high")


def test_categorical_columns_without_order_hold_what_occurs() -> None:
    pl = pytest.importorskip("polars")
    frame = table()
    plain = Ratings.from_long(frame)
    categorical = pl.from_pandas(frame).with_columns(pl.all().cast(pl.Categorical))
    for found in (categorical, categorical.lazy(), frame.astype({"unit": "category", "coder": "category"})):
        same(Ratings.from_long(found), plain)


@pytest.mark.parametrize("values", [[3, 1, 10**15], [2**62, 2**63 - 1, 5], [-128, 127, 0], [1e300, 0.0, float("inf")]])
def test_numbers_far_apart(values: list[Any]) -> None:
    frame = pd.DataFrame({"unit": [1, 1, 2], "coder": ["a", "b", "a"], "code": values})
    assert Ratings.from_long(frame).categories == tuple(sorted(values))
    by_unit = frame.rename(columns={"unit": "code", "code": "unit"}).assign(coder="a")
    assert Ratings.from_long(by_unit).n_units == 3


@pytest.mark.parametrize("kind", ["int8", "uint8", "uint64", "bool", "float32", "float64", "Int16", "boolean"])
def test_every_kind_of_number(kind: str) -> None:
    cells = pd.Series([1, 0, 1, 1, 0], dtype=kind)
    frame = pd.DataFrame({"unit": [1, 1, 2, 2, 3], "coder": list("ababa"), "code": cells})
    found = Ratings.from_long(frame)
    assert found.categories == (0, 1)
    assert found.by_coder is not None
    assert found.by_coder.matrix.tolist() == [[0, -1], [1, 0], [1, 1]]


def peak(work: Any) -> tuple[int, Any]:
    tracemalloc.start()
    try:
        result = work()
        return tracemalloc.get_traced_memory()[1], result
    finally:
        tracemalloc.stop()


def crowd(rows: int, coders: int, codes: int) -> pd.DataFrame:
    draw = np.random.default_rng(1)
    unit = np.arange(rows) // 5
    coder = (draw.integers(0, coders, rows // 5 + 1)[unit] + np.arange(rows) % 5 * 37) % coders
    truth = draw.integers(0, codes, rows // 5 + 1)[unit]
    code = np.where(draw.random(rows) < 0.7, truth, draw.integers(0, codes, rows))
    return pd.DataFrame({"unit": unit, "coder": coder, "code": code}).sample(frac=1, random_state=0, ignore_index=True)


@pytest.mark.slow
def test_ten_thousand_coders_take_memory_by_the_rating(make_frame: MakeFrame) -> None:
    """A million ratings; a matrix of units by coders would take 2 GB, one of profiles by coders not much less."""
    frame = crowd(1_000_000, 10_000, 6)
    given_ = make_frame(frame)
    most, found = peak(lambda: Ratings.from_long(given_))
    assert most < 250e6
    assert (len(found.coders), found.n_ratings, found.by_coder) == (10_000, 1_000_000, None)
    most, alpha = peak(lambda: krippendorff_alpha(found, level="nominal"))
    assert most < 10e6
    assert alpha.estimate == pytest.approx(0.49, abs=0.01)


def test_five_hundred_codes_take_memory_by_the_rating() -> None:
    """100,000 profiles by 500 codes would take 400 MB."""
    frame = crowd(500_000, 5 * 37, 500).assign(coder=lambda rows: rows["coder"] % 7)
    frame = frame.drop_duplicates(["unit", "coder"])
    most, found = peak(lambda: Ratings.from_long(frame))
    assert most < 200e6
    assert found.values.counts.size > 50_000  # noqa: PD011  # no dataframe
    most, alpha = peak(lambda: krippendorff_alpha(found, level="nominal"))
    assert most < 50e6
    most, error = peak(lambda: alpha.standard_error)
    assert most < 50e6
    assert 0 < error < 0.01
    most, interval = peak(lambda: alpha.interval(method=Bootstrap(replicates=20, rng=0)))
    assert most < 150e6
    assert interval.low < alpha.estimate < interval.high


@pytest.mark.parametrize("most", [200_000, -1])
def test_no_ratings_on_any_engine(make_frame: MakeFrame, most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reduce, "MOST_ROWS", most)
    nothing = table().head(0)
    found = Ratings.from_long(make_frame(nothing), cluster="document")
    assert (found.n_units, found.coders, found.categories) == (0, (), ())
    assert krippendorff_alpha(found, level="nominal").note == "no unit was rated by two coders"
