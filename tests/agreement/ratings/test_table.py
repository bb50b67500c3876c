"""Ratings from every kind of table: the same profiles, and every refusal with its place and remedy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from frames import MakeFrame
from hypothesis import given
from hypothesis import strategies as st
from strategies import LETTERS, NUMBERS, Matrix, long_frame, matrices

from expertsys.agreement import Bootstrap, Ratings, krippendorff_alpha
from expertsys.agreement.ratings import reduce
from expertsys.agreement.ratings.profiles import ValueProfiles
from expertsys.errors import DataError


def profiles(ratings: Ratings) -> ValueProfiles:
    return ratings.values  # noqa: PD011  # no dataframe


def same(first: Ratings, second: Ratings) -> None:
    """Equal in everything, the order of profiles included: one seed must draw the same bootstrap."""
    assert first.coders == second.coders
    assert first.categories == second.categories
    assert [type(value) for value in first.categories] == [type(value) for value in second.categories]
    assert (profiles(first).table.toarray() == profiles(second).table.toarray()).all()
    assert (profiles(first).counts == profiles(second).counts).all()
    assert (first.by_coder is None) == (second.by_coder is None)
    if first.by_coder is not None and second.by_coder is not None:
        assert (first.by_coder.matrix == second.by_coder.matrix).all()
        assert (first.by_coder.counts == second.by_coder.counts).all()
    assert (first.ordered, first.note) == (second.ordered, second.note)


def generated(values: Any, *, n_units: int = 60, n_coders: int = 5, seed: int = 5) -> Matrix:
    draw = np.random.default_rng(seed)
    cells = draw.integers(0, len(values), (n_units, n_coders))
    absent = draw.random((n_units, n_coders)) < 0.2
    absent[3] = True
    return [
        [None if gone else values[cell] for cell, gone in zip(*row, strict=True)]
        for row in zip(cells.tolist(), absent.tolist(), strict=True)
    ]


KINDS: dict[str, Any] = {
    "text": ["policy", "nan", "é", "NA"],
    "whole numbers": [3, -1, 12],
    "numbers": [0.0, 0.5, 2.25],
    "booleans": [False, True],
}


@pytest.mark.parametrize("values", KINDS.values(), ids=KINDS)
def test_long_on_every_engine(make_frame: MakeFrame, values: Any) -> None:
    matrix = generated(values)
    names = [f"c{place}" for place in range(5)]
    frame = long_frame(matrix, names=names).sample(frac=1, random_state=2, ignore_index=True)
    found = Ratings.from_long(make_frame(frame))
    same(found, Ratings.from_array(matrix, coders="columns", names=names))
    assert (found.n_units, found.n_ratings) == (59, len(frame))


@pytest.mark.parametrize("kind", KINDS)
def test_wide_on_every_engine(make_frame: MakeFrame, kind: str) -> None:
    matrix = generated(KINDS[kind])
    names = [f"c{place}" for place in range(5)]
    wide = pd.DataFrame(matrix, columns=names)
    if kind in ("whole numbers", "booleans"):  # with missing ones, pandas' own guess is float or object
        wide = wide.astype("Int64" if kind == "whole numbers" else "boolean")
    wide.insert(0, "unit", [f"u{row}" for row in range(len(wide))])
    found = Ratings.from_wide(make_frame(wide))
    expected = Ratings.from_array(matrix, coders="columns", names=names)
    assert found.categories == expected.categories
    assert found.coders == expected.coders
    assert (found.by_coder.matrix == expected.by_coder.matrix).all()
    assert (profiles(found).counts == profiles(expected).counts).all()


def test_missing_ratings_on_every_engine(make_frame: MakeFrame) -> None:
    for values in (["x", None, "y", "x"], [1.0, float("nan"), 2.0, 1.0], [1.0, None, 2.0, 1.0]):
        frame = pd.DataFrame({"unit": ["u1", "u1", "u2", "u2"], "coder": ["a", "b", "a", "b"], "code": values})
        found = Ratings.from_long(make_frame(frame))
        assert (found.n_units, found.n_ratings, found.n_pairable) == (2, 3, 1)
        assert len(found.categories) == 2


def test_a_nan_in_polars_is_missing_too() -> None:
    pl = pytest.importorskip("polars")
    frame = pl.DataFrame({"unit": [1, 1, 2], "coder": ["a", "b", "a"], "code": [1.0, float("nan"), None]})
    for table in (frame, frame.lazy()):
        assert Ratings.from_long(table).n_ratings == 1
    wide = Ratings.from_wide(pl.DataFrame({"a": [1.0, float("nan"), 2.0], "b": [1.0, 2.0, None]}))
    assert (wide.categories, wide.n_ratings, wide.n_pairable) == ((1.0, 2.0), 4, 1)


def test_every_spelling_of_missing_in_pandas() -> None:
    cells = ["x", None, float("nan"), pd.NA, pd.NaT, "nan", "NA", ""]
    frame = pd.DataFrame({"unit": range(8), "coder": "a", "code": pd.Series(cells, dtype=object)})
    assert Ratings.from_long(frame).categories == ("", "NA", "nan", "x")
    assert Ratings.from_array([[cell] for cell in cells], coders="columns").categories == ("", "NA", "nan", "x")
    assert Ratings.from_wide(pd.DataFrame({"a": pd.Series(cells, dtype=object)})).n_ratings == 4


def test_same_seed_same_interval_on_every_engine(make_frame: MakeFrame) -> None:
    frame = long_frame(generated(["a", "b", "c"], n_units=200)).sample(frac=1, random_state=4, ignore_index=True)
    found = krippendorff_alpha(Ratings.from_long(make_frame(frame)), level="nominal")
    here = krippendorff_alpha(Ratings.from_long(frame), level="nominal")
    method = Bootstrap(replicates=200, rng=11)
    assert found.interval(method=method) == here.interval(method=method)


@given(matrices(), st.randoms(use_true_random=False))
def test_long_wide_and_array_are_one(matrix: Matrix, random: Any) -> None:
    width = len(matrix[0])
    names = [f"c{place}" for place in range(width)]
    expected = Ratings.from_array(matrix, coders="columns", names=names, categories=NUMBERS)
    turned = [list(column) for column in zip(*matrix, strict=True)]
    same(expected, Ratings.from_array(turned, coders="rows", names=names, categories=NUMBERS))
    same(expected, Ratings.from_wide(pd.DataFrame(matrix, columns=names, dtype=float), categories=NUMBERS))
    frame = long_frame(matrix)
    if frame["coder"].nunique() == width:  # a coder without any rating is not in a long table
        order = random.sample(range(len(frame)), len(frame))
        same(expected, Ratings.from_long(frame.iloc[order], categories=NUMBERS))


@given(matrices(values=LETTERS))
def test_many_coders_give_the_same_counts(matrix: Matrix) -> None:
    """Above 64 coders only the counts per category are kept; here above one."""
    dense = Ratings.from_array(matrix, coders="columns")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reduce, "MOST_CODERS", 1)
        sparse = [Ratings.from_array(matrix, coders="columns"), Ratings.from_wide(pd.DataFrame(matrix, dtype=object))]
        if dense.n_ratings:
            sparse.append(Ratings.from_long(long_frame(matrix)))
    for found in sparse:
        if len(found.coders) < 2:
            continue
        assert found.by_coder is None
        assert found.categories == dense.categories
        assert (profiles(found).table.toarray() == profiles(dense).table.toarray()).all()
        assert (profiles(found).counts == profiles(dense).counts).all()
        with pytest.raises(DataError, match=r"kept for up to 64 coders|kept for up to 1 coders|needs to know who"):
            found.only([found.coders[0]])


def test_really_many_coders() -> None:
    draw = np.random.default_rng(0)
    cells = np.where(draw.random((300, 90)) < 0.05, draw.integers(0, 3, (300, 90)), -1)
    matrix = [[None if cell < 0 else int(cell) for cell in row] for row in cells]
    found = Ratings.from_long(long_frame(matrix))
    assert found.by_coder is None
    krippendorff = pytest.importorskip("krippendorff")
    theirs = krippendorff.alpha(np.where(cells < 0, np.nan, cells).T, level_of_measurement="nominal")
    assert krippendorff_alpha(found, level="nominal").estimate == pytest.approx(theirs, abs=1e-10)


@pytest.mark.parametrize(("limit", "value"), [("MOST_KEYS", 1), ("MOST_CATEGORIES", 2)])
def test_fetched_and_counted_are_one(
    make_frame: MakeFrame, limit: str, value: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What does not fit into one expression is fetched and reduced here."""
    frame = long_frame(generated(["a", "b", "c"])).sample(frac=1, random_state=1, ignore_index=True)
    counted = Ratings.from_long(make_frame(frame))
    monkeypatch.setattr(reduce, limit, value)
    same(counted, Ratings.from_long(make_frame(frame)))


def test_several_keys_per_unit(make_frame: MakeFrame) -> None:
    """Thirty coders with six categories need two keys and two tallies."""
    matrix = generated(list("abcdef"), n_coders=30, n_units=40)
    names = [f"c{place:02}" for place in range(30)]
    frame = long_frame(matrix, names=names)
    same(Ratings.from_long(make_frame(frame)), Ratings.from_array(matrix, coders="columns", names=names))


REPEATED = pd.DataFrame(
    {
        "unit": ["u1", "u1", "u1", "u2", "u2", "u3", "u3", "u3", "u3", "u3"],
        "coder": ["ann", "ann", "ben", "ann", "ben", "ann", "ben", "ben", "ben", "ben"],
        "code": ["x", "y", "x", "y", "y", "x", "y", "x", "x", "x"],
    }
)


def test_repeated_ratings_are_refused_with_their_places(make_frame: MakeFrame) -> None:
    with pytest.raises(DataError) as caught:
        Ratings.from_long(make_frame(REPEATED))
    assert str(caught.value).startswith("ratings: the same coder rated the same unit more than once. Say repeated=")
    assert [(fault.place, fault.what) for fault in caught.value.faults] == [
        ("unit 'u1', coder 'ann'", "is rated 2 times."),
        ("unit 'u3', coder 'ben'", "is rated 4 times."),
    ]


def test_repeated_ratings_are_refused_where_rows_are_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reduce, "MOST_KEYS", 0)
    with pytest.raises(DataError, match="more than once") as caught:
        Ratings.from_long(REPEATED)
    assert [fault.what for fault in caught.value.faults] == ["is rated 2 times.", "is rated 4 times."]


@pytest.mark.parametrize(("repeated", "ann"), [("first", ["x", "y", "x"]), ("last", ["y", "y", "x"])])
def test_the_first_or_the_last_rating(make_frame: MakeFrame, repeated: Any, ann: list[str]) -> None:
    frame = make_frame(REPEATED)
    if make_frame.kind in ("polars-lazy", "duckdb", "dask"):
        with pytest.raises(DataError, match=r"needs rows in an order, and this engine promises none.*eager Polars"):
            Ratings.from_long(frame, repeated=repeated)
        return
    ben = ["x", "y", "y" if repeated == "first" else "x"]
    expected = Ratings.from_array([ann, ben], coders="rows", names=["ann", "ben"])
    same(Ratings.from_long(frame, repeated=repeated), expected)


def test_repeated_is_one_of_two() -> None:
    wrong: Any = "frist"
    with pytest.raises(DataError, match="Did you mean 'first'"):
        Ratings.from_long(REPEATED, repeated=wrong)


def test_a_missing_column_names_the_nearest(make_frame: MakeFrame) -> None:
    frame = make_frame(REPEATED.rename(columns={"coder": "Coders"}))
    with pytest.raises(
        DataError, match=r"no column 'coder'; the columns are 'unit', 'Coders', 'code'\. Perhaps coder="
    ):
        Ratings.from_long(frame)


@pytest.mark.parametrize(("column", "what"), [("unit", "1 ratings name no unit"), ("coder", "1 ratings name no coder")])
def test_ratings_without_unit_or_coder(make_frame: MakeFrame, column: str, what: str) -> None:
    frame = pd.DataFrame({"unit": ["u1", "u1", "u2"], "coder": ["a", "b", "a"], "code": ["x", "x", "y"]})
    frame.loc[1, column] = None
    with pytest.raises(DataError, match=rf"ratings: {what}\. Drop these rows or fill the cells\."):
        Ratings.from_long(make_frame(frame))


def test_a_row_without_rating_may_lack_its_unit(make_frame: MakeFrame) -> None:
    frame = pd.DataFrame({"unit": ["u1", "u1", None], "coder": ["a", "b", None], "code": ["x", "x", None]})
    assert Ratings.from_long(make_frame(frame)).n_ratings == 2


def test_unlisted_categories() -> None:
    with pytest.raises(DataError, match=r"the data hold 'y', not among the categories 'x', 'z'\. List every category"):
        Ratings.from_long(REPEATED, categories=["x", "z"], repeated="first")


def test_listed_categories_keep_their_order_and_count_unused() -> None:
    ratings = Ratings.from_array([["b", "a"]], coders="columns", categories=["b", "never", "a", "b"])
    assert ratings.categories == ("b", "never", "a")
    assert ratings.ordered
    assert profiles(ratings).table.toarray().tolist() == [[1.0, 0.0, 1.0]]


def test_a_pandas_categorical_brings_its_order() -> None:
    frame = long_frame([["mid", "low"], ["high", "mid"]])
    frame["code"] = pd.Categorical(frame["code"], categories=["low", "mid", "high", "never"], ordered=True)
    ratings = Ratings.from_long(frame)
    assert ratings.categories == ("low", "mid", "high", "never")
    assert Ratings.from_long(frame, categories=["never", "high", "mid", "low"]).categories[0] == "never"


def test_numbers_are_in_order_and_text_is_not() -> None:
    assert Ratings.from_array([[10, 9], [-1, 10]], coders="columns").categories == (-1, 9, 10)
    assert Ratings.from_array([[10, 9]], coders="columns").ordered
    text = Ratings.from_array([["10", "9"]], coders="columns")
    assert text.categories == ("10", "9")
    assert not text.ordered
    assert Ratings.from_array([["b", 2], [1, "a"]], coders="columns").categories == (1, 2, "a", "b")


def test_an_array_must_say_its_axis() -> None:
    cells: Any = [[1, 2], [1, 1]]
    with pytest.raises(TypeError, match="coders"):
        Ratings.from_array(cells)
    wrong: Any = "row"
    with pytest.raises(DataError, match=r"coders must be one of 'rows', 'columns', not 'row'\. Did you mean 'rows'\?"):
        Ratings.from_array(cells, coders=wrong)


@pytest.mark.parametrize(
    ("cells", "options", "told"),
    [
        ([[1, 2], [1]], {}, r"rows of different lengths: \[1, 2\]"),
        (np.arange(3), {}, r"expected two axes, units and coders, not shape \(3,\)"),
        ([[1, 2]], {"names": ["ann"]}, "1 names for 2 coders"),
    ],
)
def test_odd_arrays(cells: Any, options: dict[str, Any], told: str) -> None:
    with pytest.raises(DataError, match=told):
        Ratings.from_array(cells, coders="columns", **options)


def test_a_wide_table_without_coders() -> None:
    with pytest.raises(DataError, match=r"no column of ratings\. Rows are units, columns are coders\."):
        Ratings.from_wide(pd.DataFrame({"unit": ["u1"]}))
    assert Ratings.from_wide(pd.DataFrame({"unit": ["u1"]}), unit=None).coders == ("unit",)


def test_no_ratings_at_all() -> None:
    frame = pd.DataFrame({"unit": pd.Series(dtype=str), "coder": pd.Series(dtype=str), "code": pd.Series(dtype=str)})
    for ratings in (
        Ratings.from_long(frame),
        Ratings.from_array(np.empty((0, 2)), coders="columns"),
        Ratings.from_array([[None, None]], coders="columns"),
    ):
        assert (ratings.n_units, ratings.n_pairable, ratings.n_ratings) == (0, 0, 0)
        assert krippendorff_alpha(ratings, level="nominal").note == "no unit was rated by two coders"


def test_a_matrix_the_wrong_way_round_is_noticed() -> None:
    cells = np.random.default_rng(0).integers(0, 3, (30, 2))
    ratings = Ratings.from_array(cells, coders="rows")
    assert ratings.note == "30 coders on 2 units: are units and coders the wrong way round?"
    assert ratings.note in repr(ratings)
    assert krippendorff_alpha(ratings, level="nominal").note.startswith(ratings.note)
    assert not Ratings.from_array(cells, coders="columns").note


def test_some_of_the_coders() -> None:
    rows = [["a", "b", "a"], ["b", None, "b"], [None, "a", None]]
    ratings = Ratings.from_array(rows, coders="columns", names=["ann", "ben", "cy"])
    chosen = ratings.only(["cy", "ann"])
    assert chosen.coders == ("cy", "ann")
    assert (chosen.n_units, chosen.n_pairable) == (2, 2)
    assert chosen.by_coder is not None
    assert chosen.by_coder.matrix.tolist() == [[0, 0], [1, 1]]
    assert chosen.categories == ratings.categories


def test_ratings_cannot_be_changed() -> None:
    ratings = Ratings.from_array([[1, 2]], coders="columns")
    with pytest.raises(AttributeError):
        ratings.coders = ("x",)  # type: ignore[misc]
