"""Inputs that were misread: tables taken for arrays, names of units for coders, values that look alike."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import expertsys as es
from expertsys.agreement import (
    Ratings,
    cohen_kappa,
    compare,
    double_code,
    krippendorff_alpha,
    percent_agreement,
)
from expertsys.errors import DataError

SCORES = pd.DataFrame({"ann": [1, 2, 3, 3], "ben": [1, 2, 3, 2]})


@pytest.mark.parametrize("make", [lambda table: table, pl.from_pandas, pa.Table.from_pandas])
def test_a_table_is_no_bare_array(make: Any) -> None:
    """Its column names, or the table on its side, were analysed."""
    with pytest.raises(DataError, match=r"takes a bare array.*Ratings\.from_wide\(table\)"):
        Ratings.from_array(make(SCORES), coders="columns")


def test_masked_cells_are_missing() -> None:
    """Without the masked cell the coders agree on both units that both rated."""
    cells = np.ma.masked_array([[1, 1], [2, 2], [9, 1]], mask=[[0, 0], [0, 0], [1, 0]])
    ratings = Ratings.from_array(cells, coders="columns")
    assert (ratings.n_ratings, ratings.categories) == (5, (1, 2))
    assert percent_agreement(ratings).estimate == 1.0


@pytest.mark.parametrize(
    "names", [["p1", "p2", "p3", "p4"], [101, 102, 103, 104], [1, 2, 3, 4]], ids=["text", "numbers", "row numbers"]
)
def test_a_column_that_names_the_units_is_no_coder(names: list[Any]) -> None:
    table = pd.DataFrame({"id": names, "ann": [1, 2, 1, 2], "ben": [1, 2, 1, 1]})
    for made in (table, pl.from_pandas(table).lazy()):
        with pytest.raises(DataError, match=r"'id' seems to name the units.*unit='id'; or unit=None"):
            Ratings.from_wide(made)
        assert Ratings.from_wide(made, unit="id").coders == ("ann", "ben")
    assert Ratings.from_wide(table, unit=None).coders == ("id", "ann", "ben")
    with pytest.raises(DataError, match="no column 'nope'"):
        Ratings.from_wide(table, unit="nope")


def test_scores_that_all_differ_are_scores() -> None:
    """Each of two coders may give every unit a score of its own; and one may happen to."""
    Ratings.from_wide(pd.DataFrame({"ann": [1.5, 2.5, 3.5, 4.5], "ben": [1.4, 2.6, 3.1, 4.5]}))
    assert Ratings.from_wide(SCORES).coders == ("ann", "ben")
    assert len(Ratings.from_wide(pd.DataFrame({"ann": [1, 2, 3, 4], "ben": [1, 2, 3, 3]})).coders) == 2


def test_a_unit_has_one_row_in_a_wide_table() -> None:
    table = SCORES.assign(unit=["a", "a", "b", "c"])
    for made in (table, pl.from_pandas(table).lazy()):
        with pytest.raises(DataError, match="units stand in several rows: 'a'"):
            Ratings.from_wide(made)


def test_categories_need_an_order() -> None:
    """The order of a set is chance, and became the order of an ordinal scale."""
    for given in ({1, 2, 3}, frozenset({1, 2, 3})):
        with pytest.raises(DataError, match="categories must have an order"):
            Ratings.from_wide(SCORES, categories=given)  # type: ignore[arg-type]


def test_declared_categories_are_kept_with_their_order() -> None:
    """Low, middle, high: "middle" was given by no one, and stands between the others."""
    levels = ["low", "middle", "high"]
    cells = {"ann": ["low", "high", "low"], "ben": ["low", "high", "high"]}
    wide = pd.DataFrame({name: pd.Categorical(given, levels, ordered=True) for name, given in cells.items()})
    enum = pl.DataFrame(cells, schema=dict.fromkeys(cells, pl.Enum(levels)))
    long = pd.DataFrame({"unit": list("abc"), **cells}).melt("unit", var_name="coder", value_name="code")
    long["code"] = pd.Categorical(long["code"], levels, ordered=True)
    for made in (Ratings.from_wide(wide), Ratings.from_wide(enum), Ratings.from_long(long)):
        assert made.categories == tuple(levels)
        assert made.ordered
    unordered = wide.apply(lambda column: column.cat.as_unordered())
    assert not Ratings.from_wide(unordered).ordered


@pytest.mark.parametrize(
    ("ann", "ben", "alike"),
    [([1, 2, 1], ["1", "2", "1"], "1 and '1'"), (["yes", "no", "no"], ["Yes ", "No", "No"], "'No' and 'no'")],
)
def test_values_that_look_alike_are_named_at_the_coefficient(ann: list[Any], ben: list[Any], alike: str) -> None:
    alpha = krippendorff_alpha(Ratings.from_wide(pd.DataFrame({"ann": ann, "ben": ben})), level="nominal")
    assert f"the categories {alike} are different ones, and look alike" in alpha.note
    assert "coder 'ann' shares no category with the others" in alpha.note


def test_short_floats_are_the_numbers_that_they_print_as() -> None:
    table = pd.DataFrame({"ann": np.array([0.1, 0.2], dtype="float32"), "ben": [0.1, 0.2]})
    assert Ratings.from_wide(table).categories == (0.1, 0.2)


def test_ratings_without_end_and_numbers_that_are_not_told_apart() -> None:
    endless = Ratings.from_array([[1.0, float("inf")], [2, 2]], coders="columns")
    with pytest.raises(DataError, match="needs finite numbers, and a rating is inf"):
        krippendorff_alpha(endless, level="interval")
    large = Ratings.from_array([[2**53 + 1, 2**53], [2, 2]], coders="columns")
    assert krippendorff_alpha(large, level="nominal").observed == 0.5
    with pytest.raises(DataError, match=r"beyond 2\^53"):
        krippendorff_alpha(large, level="interval")


def test_units_of_one_name_are_called_different() -> None:
    rows = pd.DataFrame({"unit": list("aabbcc"), "coder": ["x", "y"] * 3, "code": list("ppqpqq")})
    one, other = (percent_agreement(Ratings.from_long(table)) for table in (rows, rows.replace("q", "p")))
    assert "3 units have the same name in both: if they are the same, say units='same'" in (
        compare(one, other, units="different").note
    )
    apart = percent_agreement(Ratings.from_long(rows.assign(unit=list("ddeeff"))))
    assert "same name" not in compare(one, apart, units="different").note


def test_a_coder_is_no_pair() -> None:
    ratings = Ratings.from_wide(SCORES)
    with pytest.raises(DataError, match="a coder is named twice"):
        cohen_kappa(ratings, coders=["ann", "ann"])


def test_how_many_units_to_draw() -> None:
    study = es.read(pd.DataFrame({"unit": list("abcd"), "coder": "ann", "code": "trust"}))
    with pytest.raises(DataError, match=r"units=1\.0 may be one unit or all of them.*units=1 or units=4"):
        double_code(study, units=1.0, rng=1)
    with pytest.raises(DataError, match="least must be a whole number above 0, not '5'"):
        double_code(study, units=2, least="5", rng=1)  # type: ignore[arg-type]
