"""Category by category, against published values, R and plain Python."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
import strategies
from hypothesis import given

from expertsys.agreement import Bootstrap, Ratings, fleiss_kappa, krippendorff_alpha, percent_agreement
from expertsys.agreement.diagnosis.categories import categories, specific_agreement
from expertsys.errors import DataError

from .. import byhand, oracle, studies

QUICK = Bootstrap(replicates=50, rng=0)
ORACLE = oracle.load("categories")
EXAMPLES = {entry["name"]: entry for entry in oracle.PUBLISHED["examples"]}


@pytest.mark.parametrize("entry", ORACLE["published"], ids=lambda entry: entry["example"])
def test_published(entry: dict[str, Any]) -> None:
    """Fleiss printed his category kappas from rounded parts: .248 where the data give .245."""
    ratings = Ratings.from_array(oracle.units(EXAMPLES[entry["example"]]), coders="columns")
    table = categories(ratings, coefficient=entry["coefficient"], method=QUICK)
    reach = 0.0035 if entry["example"].startswith("fleiss") else 0.005
    for category, printed in entry["printed"].items():
        found = table.set_axis(table.index.astype(str), axis=0).loc[category, "estimate"]
        assert found == pytest.approx(printed, abs=reach)


@pytest.mark.parametrize("entry", ORACLE["r"], ids=lambda entry: entry["dataset"])
def test_r(entry: dict[str, Any]) -> None:
    ratings = Ratings.from_array(oracle.R[entry["dataset"]]["data"], coders="columns")
    table = categories(ratings, coefficient="fleiss_kappa", method=QUICK)
    named = dict(zip(table.index.astype(str), table["estimate"], strict=True))
    for category, kappa in entry["kappa"].items():
        assert named[category] == pytest.approx(kappa, abs=5.1e-4)


@pytest.mark.parametrize(
    ("name", "positive", "negative"),
    [
        ("feinstein_cicchetti1990_balanced", 2 * 40 / (2 * 40 + 9 + 6), 2 * 45 / (2 * 45 + 9 + 6)),
        ("feinstein_cicchetti1990_skewed", 2 * 80 / (2 * 80 + 10 + 5), 2 * 5 / (2 * 5 + 10 + 5)),
    ],
)
def test_positive_and_negative_agreement(name: str, positive: float, negative: float) -> None:
    ratings = Ratings.from_array(oracle.units(EXAMPLES[name]), coders="columns")
    found = [specific_agreement(ratings, category=category) for category in (1, 2)]
    assert [one.estimate for one in found] == pytest.approx([positive, negative])
    for one in found:
        interval = one.interval(method="analytic")
        assert interval.low < one.estimate < interval.high
        assert one.standard_error == pytest.approx(float(np.std(one.replicates())), rel=0.15)


@given(strategies.varied(values=("a", "b", "c")))
def test_by_hand_and_the_share_of_all_pairs(matrix: strategies.Matrix) -> None:
    ratings = Ratings.from_array(matrix, coders="columns")
    rated = [byhand.given(row) for row in matrix if len(byhand.given(row)) > 1]
    table = categories(ratings, method=QUICK)
    for category in {value for row in rated for value in row}:
        assert table.loc[category, "specific"] == pytest.approx(byhand.specific(rated, category))
        against = [[None if value is None else value == category for value in row] for row in matrix]
        assert table.loc[category, "estimate"] == pytest.approx(byhand.alpha(against), abs=1e-12)
        assert table.loc[category, "n_units"] == sum(category in row for row in rated)


def test_two_categories_have_the_alpha_of_both() -> None:
    ratings = Ratings.from_array(studies.applied("trust"), coders="columns")
    table = categories(ratings, method=QUICK)
    assert table["estimate"].tolist() == pytest.approx([krippendorff_alpha(ratings, level="nominal").estimate] * 2)
    assert table.index.name == "category"
    weights = table["prevalence"]
    assert (table["specific"] * weights).sum() == pytest.approx(percent_agreement(ratings).estimate)


def test_sets_are_taken_code_by_code() -> None:
    table = categories(Ratings.from_study(studies.trapped()), method=QUICK)
    assert table.index.tolist() == ["fear", "fear->exam", "rare", "trust"]
    assert table.loc["trust", "estimate"] == pytest.approx(byhand.alpha(studies.applied("trust")))
    assert math.isnan(table.loc["rare", "specific"])
    assert "no coder chose it where another saw the unit" in table.loc["rare", "note"]


def test_many_coders_and_clusters() -> None:
    rng = np.random.default_rng(0)
    rows = [(u, c, "abc"[rng.integers(3)], u // 3) for u in range(60) for c in rng.choice(90, 4, replace=False)]
    frame = pd.DataFrame(rows, columns=["unit", "coder", "code", "document"])
    ratings = Ratings.from_long(frame, cluster="document")
    assert ratings.by_coder is None
    table = categories(ratings, coefficient=fleiss_kappa, method=QUICK)
    matrix = [[row[2] == "b" for row in rows if row[0] == unit] for unit in range(60)]
    assert table.loc["b", "estimate"] == pytest.approx(byhand.fleiss(matrix))
    assert "clusters (document)" in specific_agreement(ratings, category="b").interval(method=QUICK).method


def test_an_unknown_category_is_named() -> None:
    with pytest.raises(DataError, match=r"no category 'd'; there are: 'a', 'b'"):
        specific_agreement(Ratings.from_array([["a", "b"]], coders="columns"), category="d")
    with pytest.raises(DataError, match="confidence must lie between"):
        categories(Ratings.from_array([["a", "b"]], coders="columns"), confidence=2)
