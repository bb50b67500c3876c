"""Krippendorff's alpha against published values, R, the `krippendorff` package and the definition."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from strategies import NUMBERS, Matrix, long_frame, varied

from expertsys.agreement import Ratings, krippendorff_alpha
from expertsys.agreement.coefficients.alpha import SHARED_LEVELS, Level
from expertsys.errors import DataError, MissingDependencyError

from .. import byhand, oracle

FIGURES = ("krippendorff_alpha", "D_o", "D_e", "krippendorff_alpha_se")
CUT = {"krippendorff2018_p306"}  # .234375 stands there as .2343: cut, not rounded
BY_LEVEL = [
    (entry, figure, printed)
    for entry, figure, printed in oracle.examples(*FIGURES)
    if entry["level"] in SHARED_LEVELS and (figure, entry["level"]) not in {("D_o", "ordinal"), ("D_e", "ordinal")}
]


@pytest.mark.parametrize(("entry", "figure", "printed"), BY_LEVEL, ids=oracle.named)
def test_published(entry: dict, figure: str, printed: str) -> None:
    found = krippendorff_alpha(Ratings.from_array(oracle.units(entry), coders="columns"), level=entry["level"])
    value = {"D_o": found.observed, "D_e": found.expected, "krippendorff_alpha_se": found.standard_error}
    assert oracle.as_printed(value.get(figure, found.estimate), printed, cut=entry["name"] in CUT)


@pytest.mark.parametrize("name", oracle.R)
@pytest.mark.parametrize(("level", "key"), [("nominal", "kripp"), ("interval", "kripp_quadratic")])
def test_with_its_standard_error_as_in_irrcac(name: str, level: Level, key: str) -> None:
    theirs = oracle.R[name]["irrCAC"][key]
    found = krippendorff_alpha(Ratings.from_array(oracle.R[name]["data"], coders="columns"), level=level)
    assert found.estimate == pytest.approx(theirs["coefficient"], abs=1e-8)
    assert found.standard_error == pytest.approx(theirs["se"], abs=1e-6)


#: icr 0.6.6 sums into a whole number where it should not, and is off on this set alone.
WRONG_IN_ICR = {"irr_video"}
#: irr 0.84.1 does not divide pairs by m - 1 on complete data of more than two coders.
WRONG_IN_IRR = {"irr_anxiety", "irr_diagnoses", "irr_video", "rand7_3coders_4cat_complete"}


@pytest.mark.parametrize("name", oracle.R)
@pytest.mark.parametrize("level", SHARED_LEVELS)
def test_as_in_irr_and_icr(name: str, level: Level) -> None:
    entry = oracle.R[name]
    found = krippendorff_alpha(Ratings.from_array(entry["data"], coders="columns"), level=level).estimate
    theirs = [] if name in WRONG_IN_ICR else [entry["icr_krippalpha"][level]]
    theirs += [] if name in WRONG_IN_IRR else [entry["irr_kripp.alpha"][level]]
    for value in theirs:
        if value is not None:  # icr has no ratio level with zeros
            assert found == pytest.approx(value, abs=1e-8)


@pytest.mark.parametrize("level", SHARED_LEVELS)
@settings(max_examples=60)
@given(varied(units=(1, 25)))
def test_as_the_package_krippendorff(level: Level, matrix: Matrix) -> None:
    krippendorff = pytest.importorskip("krippendorff")
    cells = np.array(matrix, dtype=float)
    theirs = krippendorff.alpha(reliability_data=cells.T, level_of_measurement=level)
    found = krippendorff_alpha(Ratings.from_array(cells, coders="columns"), level=level)
    assert found.estimate == pytest.approx(theirs, abs=1e-10)
    check = found.crosscheck()
    assert (check.ours, check.theirs) == (found.estimate, pytest.approx(theirs, abs=1e-12))
    assert abs(check.difference) <= 1e-10


def test_crosscheck_names_the_referee() -> None:
    ratings = Ratings.from_array([["a", "a"], ["b", "b"], ["a", "b"]], coders="columns")
    told = repr(krippendorff_alpha(ratings, level="nominal").crosscheck())
    assert told.splitlines()[0].startswith("Krippendorff's alpha, checked against krippendorff 0.")
    assert "difference" in told


def test_crosscheck_has_no_set_distances() -> None:
    ratings = Ratings.from_array([[frozenset("a"), frozenset("b")]], coders="columns")
    with pytest.raises(DataError, match="no level 'MASI distance between sets'; it has nominal, ordinal"):
        krippendorff_alpha(ratings, distance="masi").crosscheck()


def test_crosscheck_without_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "krippendorff", None)
    ratings = Ratings.from_array([[1, 2], [1, 1]], coders="columns")
    with pytest.raises(MissingDependencyError, match=r"crosscheck\(\) needs .*expertsys\[crosscheck\]"):
        krippendorff_alpha(ratings, level="nominal").crosscheck()


def distance_of(level: str, matrix: Matrix) -> byhand.Distance:
    named = {"nominal": byhand.nominal, "interval": byhand.interval, "ratio": byhand.ratio}
    return byhand.ordinal(matrix, NUMBERS) if level == "ordinal" else named[level]


@pytest.mark.parametrize("level", SHARED_LEVELS)
@given(varied())
def test_definition(level: Level, matrix: Matrix) -> None:
    found = krippendorff_alpha(Ratings.from_array(matrix, coders="columns"), level=level)
    assert found.estimate == pytest.approx(byhand.alpha(matrix, distance_of(level, matrix)), abs=1e-10)


@pytest.mark.parametrize("level", SHARED_LEVELS)
@given(varied())
def test_what_says_nothing_about_agreement_changes_nothing(level: Level, matrix: Matrix) -> None:
    """Units that nobody rated, and units with one rating."""
    width = len(matrix[0])
    more = [*matrix, [None] * width, [7, *[None] * (width - 1)], [*[None] * (width - 1), 0]]
    plain, longer = (
        krippendorff_alpha(Ratings.from_array(rows, coders="columns"), level=level) for rows in (matrix, more)
    )
    assert longer.estimate == pytest.approx(plain.estimate, abs=1e-12)
    assert longer.standard_error == pytest.approx(plain.standard_error, abs=1e-9, nan_ok=True)
    assert longer.n_units == plain.n_units


@given(varied())
def test_interval_level_knows_no_origin_and_no_unit(matrix: Matrix) -> None:
    moved = [[None if value is None else 1e6 - 40 * value for value in row] for row in matrix]
    plain, other = (
        krippendorff_alpha(Ratings.from_array(rows, coders="columns"), level="interval") for rows in (matrix, moved)
    )
    assert other.estimate == pytest.approx(plain.estimate, abs=1e-9)


@given(varied())
def test_ordinal_level_knows_the_order_only(matrix: Matrix) -> None:
    stretched = [[None if value is None else value**3 - 5 for value in row] for row in matrix]
    plain, other = (
        krippendorff_alpha(Ratings.from_array(rows, coders="columns"), level="ordinal") for rows in (matrix, stretched)
    )
    assert other.estimate == pytest.approx(plain.estimate, abs=1e-12)


@pytest.mark.parametrize("level", SHARED_LEVELS)
@given(varied())
def test_two_values_are_the_same_at_every_level(level: Level, matrix: Matrix) -> None:
    coarse = [[None if value is None else int(value > 1) for value in row] for row in matrix]
    ratings = Ratings.from_array(coarse, coders="columns")
    here, nominal = (krippendorff_alpha(ratings, level=name).estimate for name in (level, "nominal"))
    assert here == pytest.approx(nominal, abs=1e-12, nan_ok=True)


def test_ordinal_text_needs_and_takes_an_order() -> None:
    rows = [["low", "low"], ["high", "mid"], ["mid", "mid"], ["high", "low"]]
    with pytest.raises(DataError, match=r"ordinal level needs categories in order\. Give categories="):
        krippendorff_alpha(Ratings.from_array(rows, coders="columns"), level="ordinal")
    order = ["low", "mid", "high"]
    numbers = [[order.index(value) for value in row] for row in rows]
    by_name, by_number = (
        krippendorff_alpha(ratings, level="ordinal").estimate
        for ratings in (
            Ratings.from_array(rows, coders="columns", categories=order),
            Ratings.from_array(numbers, coders="columns"),
        )
    )
    assert by_name == pytest.approx(by_number)


@pytest.mark.parametrize("level", ["interval", "ratio"])
def test_text_has_no_interval(level: Level) -> None:
    ratings = Ratings.from_array([["low", "high"]], coders="columns", categories=["low", "high"])
    with pytest.raises(DataError, match=rf"level='{level}' needs numbers; the categories 'low', 'high' are not"):
        krippendorff_alpha(ratings, level=level)


def test_ratio_level_refuses_negative_values() -> None:
    ratings = Ratings.from_array([[-1.5, 2], [1, 1]], coders="columns")
    with pytest.raises(DataError, match=r"no negative values, and there is -1\.5\. Use 'interval'"):
        krippendorff_alpha(ratings, level="ratio")


def test_two_zeros_agree_at_the_ratio_level() -> None:
    ratings = Ratings.from_array([[0, 0], [0, 1], [2, 2]], coders="columns")
    assert krippendorff_alpha(ratings, level="ratio").observed == pytest.approx(2 / 6)


@pytest.mark.parametrize("options", [{}, {"level": "nominal", "distance": "masi"}])
def test_level_or_distance_must_be_said(options: dict[str, Any]) -> None:
    with pytest.raises(DataError, match=r"say either level= or distance=.*'nominal', 'ordinal', 'interval', 'ratio'"):
        krippendorff_alpha(Ratings.from_array([[1, 2]], coders="columns"), **options)


@pytest.mark.parametrize(
    ("options", "told"),
    [({"level": "nominl"}, "Did you mean 'nominal'"), ({"distance": "jacard"}, "Did you mean 'jaccard'")],
)
def test_a_misspelt_choice(options: dict[str, Any], told: str) -> None:
    with pytest.raises(DataError, match=told):
        krippendorff_alpha(Ratings.from_array([[1, 2]], coders="columns"), **options)


@pytest.mark.parametrize("level", SHARED_LEVELS)
@pytest.mark.parametrize(
    ("rows", "note"),
    [
        ([[3, 3], [3, 3]], "all ratings are the same (3), so there is no variation to agree on"),
        ([[1], [2]], "no unit was rated by two coders"),
        ([[1, None], [None, 2]], "no unit was rated by two coders"),
        ([[None, None]], "no unit was rated by two coders"),
        ([[2, 2], [5, None]], "all ratings are the same (2), so there is no variation to agree on"),
    ],
)
def test_undefined_says_why(level: Level, rows: Matrix, note: str) -> None:
    found = krippendorff_alpha(Ratings.from_array(rows, coders="columns"), level=level)
    assert math.isnan(found.estimate)
    assert found.note == note
    assert math.isnan(found.standard_error)
    assert found.methods_text().endswith(f"could not be determined: {note}.")


def test_undefined_for_sets() -> None:
    empty, one = frozenset(), frozenset({"a"})
    found = krippendorff_alpha(Ratings.from_array([[empty, empty]], coders="columns"), distance="jaccard")
    assert found.note == "all ratings are the same (the empty set), so there is no variation to agree on"
    ratings = Ratings.from_array([[empty, one], [one, one]], coders="columns")
    flat = krippendorff_alpha(ratings, distance=[[0, 0], [0, 0]])
    assert math.isnan(flat.estimate)
    assert flat.note == "all ratings are at distance 0, so there is no variation to agree on"


def test_many_distinct_values_need_no_square_table() -> None:
    """2,400 distinct values at the interval and the ordinal level: sums of moments, no table of all pairs."""
    draw = np.random.default_rng(1)
    truth = draw.normal(size=1200)
    cells = truth[:, None] + draw.normal(scale=0.5, size=(1200, 2))
    ratings = Ratings.from_array(cells, coders="columns")
    found = krippendorff_alpha(ratings, level="interval")
    grand = cells.mean()
    total = ((cells - grand) ** 2).sum() * 2 * 2400 / (2400 * 2399)
    within = ((cells[:, 0] - cells[:, 1]) ** 2).mean()
    assert found.estimate == pytest.approx(1 - within / total, abs=1e-10)
    order = np.argsort(np.argsort(cells.ravel())).reshape(cells.shape)
    by_rank = krippendorff_alpha(Ratings.from_array(order, coders="columns"), level="interval").estimate
    assert krippendorff_alpha(ratings, level="ordinal").estimate == pytest.approx(by_rank, abs=1e-10)


def test_repr_and_frame() -> None:
    ratings = Ratings.from_long(long_frame([["a", "a"], ["b", "b"], ["a", "b"]]))
    found = krippendorff_alpha(ratings, level="nominal")
    assert repr(found).splitlines()[0] == "Krippendorff's alpha (nominal)"
    row = found.to_frame().loc["Krippendorff's alpha"]
    assert (row["estimate"], row["n_units"], row["level"]) == (found.estimate, 3, "nominal")
    assert "<caption>Krippendorff&#x27;s alpha (nominal)</caption>" in found._repr_html_()
    assert found.cite()[0].startswith("Krippendorff K. Computing")


@pytest.mark.parametrize("level", ["nominal", "ordinal", "interval", "ratio", "circular", "bipolar"])
def test_no_rating_is_no_error(level: Any) -> None:
    found = krippendorff_alpha(Ratings.from_array([[None, None]], coders="columns"), level=level)
    assert math.isnan(found.estimate)
    assert found.note.startswith("no unit was rated by two coders")


def test_ratio_weights_refuse_negative_scores() -> None:
    ratings = Ratings.from_array([[-1, 2], [3, 3], [1, 2]], coders="columns")
    with pytest.raises(DataError, match=r"ratio weights need scores of 0 or more; the lowest is -1\. Use 'quadratic'"):
        krippendorff_alpha(ratings, weights="ratio")
    with pytest.raises(DataError, match="ratio"):
        krippendorff_alpha(ratings, level="ratio")
