"""The catalogue: names, tables, sources, and printed values by formulas written out here, not by the library."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from expertsys import datasets
from expertsys._core.references import ALL
from expertsys.datasets import Dataset, PublishedValue
from expertsys.errors import DataError
from expertsys.study import Study

EXAMPLES = datasets.names("agreement example")
SHAPES = {
    "krippendorff2011-a": (10, 2, 0),
    "krippendorff2011-b": (12, 2, 0),
    "krippendorff2011-c": (12, 4, 7),
    "hayes2007": (40, 5, 41),
    "fleiss1971": (30, 6, 0),
    "cohen1960": (200, 2, 0),
    "zwick1988": (100, 2, 0),
    "brennan1981": (100, 2, 0),
    "feinstein1990-balanced": (100, 2, 0),
    "feinstein1990-skewed": (100, 2, 0),
    "gwet2014-four-raters": (12, 4, 7),
    "gwet2014-interval": (16, 4, 8),
    "artstein2008": (100, 2, 0),
    "artstein2008-weighted": (100, 2, 0),
}


def units(name: str) -> list[list[Any]]:
    """The ratings of each unit, missing ones left out."""
    frame = datasets.load(name).to_frame()
    return [[value for value in row if not pd.isna(value)] for row in frame.itertuples(index=False)]


def test_names_are_unique_and_sorted_by_kind() -> None:
    assert set(EXAMPLES) == set(SHAPES)
    assert datasets.names("public series") == ("choose-and-book-use",)
    assert datasets.names("synthetic study") == ("synthetic-three-systems",)
    assert datasets.names("comparative table") == ("lipset-rihoux2009",)
    assert len(datasets.names()) == len(EXAMPLES) + 3


@pytest.mark.parametrize(("name", "expected"), SHAPES.items())
def test_examples_are_units_by_coders(name: str, expected: tuple[int, int, int]) -> None:
    frame = datasets.load(name).to_frame()
    assert (*frame.shape, int(frame.isna().sum().sum())) == expected
    assert (frame.index.name, frame.columns.name) == ("unit", "coder")
    assert len(set(frame.dtypes)) == 1


@pytest.mark.parametrize(
    ("name", "first", "second"),
    [
        ("cohen1960", {"1": 120, "2": 60, "3": 20}, {"1": 100, "2": 60, "3": 40}),
        ("zwick1988", dict.fromkeys("ABCD", 25), dict.fromkeys("ABCD", 25)),
        ("brennan1981", {"1": 50, "2": 30, "3": 20}, {"1": 80, "2": 10, "3": 10}),
        ("feinstein1990-balanced", {"yes": 49, "no": 51}, {"yes": 46, "no": 54}),
        ("feinstein1990-skewed", {"yes": 90, "no": 10}, {"yes": 85, "no": 15}),
        ("artstein2008", {"STAT": 30, "IReq": 70}, {"STAT": 40, "IReq": 60}),
        ("artstein2008-weighted", {"STAT": 46, "IReq": 44, "Chck": 10}, {"STAT": 52, "IReq": 32, "Chck": 16}),
    ],
)
def test_cross_tables_keep_their_marginals(name: str, first: dict[str, int], second: dict[str, int]) -> None:
    frame = datasets.load(name).to_frame().astype("str")
    assert [Counter(frame[coder]) for coder in frame] == [first, second]


def test_fleiss_keeps_the_totals_of_the_diagnoses() -> None:
    values = Counter(datasets.load("fleiss1971").to_frame().to_numpy().ravel().tolist())
    assert values == {1: 26, 2: 26, 3: 30, 4: 55, 5: 43}


def test_krippendorff_and_gwet_differ_by_the_place_of_one_rating() -> None:
    letters = datasets.load("gwet2014-four-raters").to_frame()
    numbers = datasets.load("krippendorff2011-c").to_frame()
    read = letters.apply(lambda column: column.map({"a": 1, "b": 2, "c": 3, "d": 4, "e": 5})).astype("Int64")
    assert (
        read.iloc[:11].to_dict() == numbers.rename(columns=dict(zip("ABCD", "1234", strict=True))).iloc[:11].to_dict()
    )
    assert numbers.loc[12, "B"] == 3
    assert letters.loc[12, "3"] == "c"


def alpha(ratings: list[list[Any]], level: str) -> dict[str, float]:
    """Krippendorff's alpha pair by pair; expected disagreement over all pairs of pairable values."""
    pairable = [unit for unit in ratings if len(unit) > 1]
    pooled = [value for unit in pairable for value in unit]
    total = Counter(pooled)

    def ordinal(a: int, b: int) -> float:
        between = sum(count for value, count in total.items() if min(a, b) <= value <= max(a, b))
        return float((between - (total[a] + total[b]) / 2) ** 2)

    distances: dict[str, Callable[..., float]] = {
        "nominal": lambda a, b: float(a != b),
        "ordinal": lambda a, b: 0.0 if a == b else ordinal(a, b),
        "interval": lambda a, b: (a - b) ** 2,
        "ratio": lambda a, b: ((a - b) / (a + b)) ** 2 if a + b else 0.0,
        "distance": lambda a, b: 0.0 if a == b else 0.5 if "Chck" in (a, b) else 1.0,
    }
    distance = distances[level]
    n = len(pooled)
    within = sum(distance(a, b) / (len(unit) - 1) for unit in pairable for a, b in itertools.permutations(unit, 2))
    across = sum(
        count * (other_count - (a == b)) * distance(a, b)
        for a, count in total.items()
        for b, other_count in total.items()
    )
    observed, expected = within / n, across / (n * (n - 1))
    return {"estimate": 1 - observed / expected, "observed": observed, "expected": expected}


def kappa(ratings: list[list[Any]], coefficient: str) -> dict[str, float]:
    """Agreement of two raters corrected by their own shares, by pooled shares, or by equal ones."""
    n = len(ratings)
    first, second = Counter(a for a, _ in ratings), Counter(b for _, b in ratings)
    categories = set(first) | set(second)
    observed = sum(a == b for a, b in ratings) / n
    expected = {
        "percent_agreement": 0.0,
        "cohen_kappa": sum(first[c] * second[c] for c in categories) / n**2,
        "scott_pi": sum(((first[c] + second[c]) / (2 * n)) ** 2 for c in categories),
        "brennan_prediger": 1 / len(categories),
    }[coefficient]
    return {"estimate": (observed - expected) / (1 - expected), "observed": observed, "expected": expected}


def fleiss(ratings: list[list[Any]], category: str) -> dict[str, float]:
    """Fleiss' kappa for complete ratings; for one category, of that category against the rest."""
    if category:
        ratings = [[str(value) == category for value in unit] for unit in ratings]
    m, n = len(ratings[0]), len(ratings)
    total = Counter(value for unit in ratings for value in unit)
    observed = sum(a == b for unit in ratings for a, b in itertools.permutations(unit, 2)) / (n * m * (m - 1))
    expected = sum((count / (n * m)) ** 2 for count in total.values())
    return {"estimate": (observed - expected) / (1 - expected), "observed": observed, "expected": expected}


PRINTED = [(name, value) for name in EXAMPLES for value in datasets.load(name).published]


@pytest.mark.parametrize(
    ("name", "value"),
    [pair for pair in PRINTED if pair[1].coefficient == "krippendorff_alpha" and pair[1].quantity != "standard error"],
    ids=str,
)
def test_printed_alphas_by_hand(name: str, value: PublishedValue) -> None:
    assert value.holds(alpha(units(name), value.level)[value.quantity])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pair
        for pair in PRINTED
        if SHAPES[pair[0]][1] == 2 and pair[1].level == "identity" and pair[1].coefficient != "fleiss_kappa"
    ],
    ids=str,
)
def test_printed_kappas_of_two_raters_by_hand(name: str, value: PublishedValue) -> None:
    assert value.holds(kappa(units(name), value.coefficient)[value.quantity])


@pytest.mark.parametrize("value", datasets.load("fleiss1971").published, ids=str)
def test_fleiss_by_hand(value: PublishedValue) -> None:
    found = fleiss(units("fleiss1971"), value.category)[value.quantity]
    assert value.holds(found)
    rounded_on_the_way = bool(value.recomputed)
    assert rounded_on_the_way == (f"{found:.{value.decimals}f}".rstrip("0") != value.value.rstrip("0"))


def test_weighted_kappa_of_artstein_and_poesio_by_hand() -> None:
    (value,) = (
        value for value in datasets.load("artstein2008-weighted").published if value.coefficient == "cohen_kappa"
    )
    ratings = units("artstein2008-weighted")

    def distance(a: object, b: object) -> float:
        return 0.0 if a == b else 0.5 if "Chck" in (a, b) else 1.0

    observed = sum(distance(a, b) for a, b in ratings) / 100
    expected = sum(distance(a, b) for (a, _), (_, b) in itertools.product(ratings, ratings)) / 100**2
    assert value.holds(1 - observed / expected)


@pytest.mark.parametrize("name", datasets.names())
def test_every_dataset_names_its_source_and_every_value_its_place(name: str) -> None:
    dataset = datasets.load(name)
    assert dataset.name == name
    assert dataset.sources
    assert dataset.description
    assert dataset.origin
    assert all(source in ALL or len(source) > 40 for source in dataset.sources)
    assert all(dataset.cite())
    if name in EXAMPLES:
        assert dataset.published
    for value in dataset.published:
        assert value.where
        assert value.level
        assert float(value.value) < 3


def test_values_that_were_not_read_in_the_source_say_so() -> None:
    for name, value in PRINTED:
        assert (value.standing == "recalled") == name.startswith("feinstein")
        assert value.standing == "asserted" or not name.startswith(("cohen", "gwet2014-four"))
    assert "[recalled]" in repr(datasets.load("feinstein1990-skewed"))


def test_published_value_counts_its_digits() -> None:
    value = PublishedValue("fleiss_kappa", "0.50", "p. 1", level="identity")
    assert value.decimals == 2
    assert value.holds(0.5049)
    assert not value.holds(0.506)
    assert PublishedValue("fleiss_kappa", "0.248", "p. 1", recomputed="0.245").holds(0.2448)
    with pytest.raises(DataError, match="must be a number as text, not 'about a half'"):
        PublishedValue("fleiss_kappa", "about a half", "p. 1")
    with pytest.raises(DataError, match="quantity must be one of"):
        PublishedValue("fleiss_kappa", "0.5", "p. 1", quantity="p-value")  # type: ignore[arg-type]


def test_choose_and_book_series() -> None:
    frame = datasets.load("choose-and-book-use").to_frame()
    assert frame.index.name == "period"
    assert frame.index.is_monotonic_increasing
    assert list(frame.columns) == ["share", "lower", "upper", "of", "scope", "approximate", "source"]
    months = frame[frame["source"] == "parliament2014"]
    assert months.index.tolist() == [f"2013-{m:02d}" for m in range(7, 13)] + [f"2014-{m:02d}" for m in range(1, 7)]
    assert (months["share"] * 100).round().astype(int).tolist() == [52, 53, 53, 53, 52, 51, 54, 51, 52, 51, 52, 51]
    assert frame["share"].dropna().iloc[:3].tolist() == [0.27, 0.40, 0.40]
    (spread,) = frame[frame["share"].isna()].itertuples()
    assert (spread.lower, spread.upper) == (0.15, 0.80)
    assert "trusts" in str(spread.scope)
    assert frame.index[frame["approximate"]].tolist() == ["2007-03", "2007-07"]
    assert {key for keys in frame["source"] for key in keys.split("; ")} <= set(ALL)
    assert frame["of"].str.startswith("GP referrals").all()


def test_overview() -> None:
    table = datasets.table()
    assert tuple(table.index) == datasets.names()
    assert table.index.name == "name"
    assert list(table.columns) == ["kind", "title", "rows", "source"]
    assert table.loc["cohen1960", "rows"] == 200
    assert "synthetic" in str(table.loc["synthetic-three-systems", "title"])


def test_a_table_that_was_handed_out_can_be_changed_without_harm() -> None:
    frame = datasets.load("zwick1988").to_frame()
    frame.loc[:, "A"] = "B"
    assert set(datasets.load("zwick1988").to_frame()["A"]) == set("ABCD")


def test_unknown_name_and_kind_are_refused_with_the_nearest() -> None:
    with pytest.raises(DataError, match=r"no dataset 'fleis-1971'.*Did you mean 'fleiss1971'"):
        datasets.load("fleis-1971")
    with pytest.raises(DataError, match="kind must be one of"):
        datasets.names("study")  # type: ignore[arg-type]


def test_only_studies_give_a_study() -> None:
    with pytest.raises(DataError, match=r"'fleiss1971' is one table.*'synthetic-three-systems'"):
        datasets.load("fleiss1971").study()
    dataset = datasets.load("synthetic-three-systems")
    assert isinstance(dataset.study(), Study)
    assert len(dataset.to_frame()) == len(dataset.study().codings)


def test_repr_tells_what_it_is() -> None:
    told = repr(datasets.load("krippendorff2011-c"))
    assert "12 rows × 4 columns" in told
    assert "krippendorff_alpha (ordinal) 0.815" in told
    assert all(len(line) <= 110 for line in told.splitlines()[1:])
    assert "SYNTHETIC" in repr(datasets.load("synthetic-three-systems"))
    assert "<table>" in datasets.load("fleiss1971")._repr_html_()
    assert isinstance(datasets.load("fleiss1971"), Dataset)
