"""Gwet's AC1 against published values, R and the definition."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from strategies import LETTERS, Matrix, matrices

from expertsys.agreement import Ratings, gwet_ac

from .. import byhand, oracle

FIGURES = ("gwet_ac", "pe_gwet_ac", "gwet_ac_se")


@pytest.mark.parametrize(("entry", "figure", "printed"), oracle.examples(*FIGURES), ids=oracle.named)
def test_published(entry: dict, figure: str, printed: str) -> None:
    units = oracle.units(entry)
    found = gwet_ac(Ratings.from_array(units, coders="columns"))
    value = {"pe_gwet_ac": found.expected, "gwet_ac_se": found.standard_error}.get(figure, found.estimate)
    if (entry["name"], figure) == ("gwet_cont3x3abstractors", "gwet_ac_se"):
        value *= math.sqrt(
            (len(units) - 1) / len(units)
        )  # the table route divides the variance by n, the raw one n - 1
    assert oracle.as_printed(value, printed)


@pytest.mark.parametrize(
    "name", sorted(set(oracle.R) - {"rand1_2coders_2cat"})
)  # irrCAC gives none with an unrated unit
def test_as_in_r(name: str) -> None:
    theirs = oracle.R[name]["irrCAC"]["ac"]
    found = gwet_ac(Ratings.from_array(oracle.R[name]["data"], coders="columns"))
    assert found.estimate == pytest.approx(theirs["coefficient"], abs=1e-8)
    assert found.standard_error == pytest.approx(theirs["se"], abs=1e-6)


@given(matrices(values=LETTERS))
def test_definition_over_all_categories(matrix: Matrix) -> None:
    found = gwet_ac(Ratings.from_array(matrix, coders="columns", categories=[*LETTERS, "never used"]))
    if any(len(byhand.given(row)) > 1 for row in matrix):
        assert found.estimate == pytest.approx(byhand.gwet(matrix, 5), abs=1e-12)
    else:
        assert found.note == "no unit was rated by two coders"


def test_an_unused_category_changes_it() -> None:
    rows = [["a", "a"], ["b", "b"], ["a", "b"]]
    two = gwet_ac(Ratings.from_array(rows, coders="columns")).estimate
    three = gwet_ac(Ratings.from_array(rows, coders="columns", categories=["a", "b", "c"])).estimate
    assert two == pytest.approx(1 / 3)
    assert three == pytest.approx(5 / 9)


def test_one_category_is_undefined_and_says_what_to_do() -> None:
    rows = [["a", "a"], ["a", "a"]]
    found = gwet_ac(Ratings.from_array(rows, coders="columns"))
    assert math.isnan(found.estimate)
    assert found.note == "there is one category only: give categories= if others could have been chosen"
    assert gwet_ac(Ratings.from_array(rows, coders="columns", categories=["a", "b"])).estimate == 1.0
