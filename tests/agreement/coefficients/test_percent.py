"""Percent agreement against published values, R and the definition."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from strategies import Matrix, matrices

from expertsys.agreement import Ratings, percent_agreement

from .. import byhand, oracle


@pytest.mark.parametrize(("entry", "figure", "printed"), oracle.examples("percent_agreement"), ids=oracle.named)
def test_published(entry: dict, figure: str, printed: str) -> None:
    found = percent_agreement(Ratings.from_array(oracle.units(entry), coders="columns"))
    assert oracle.as_printed(found.estimate, printed)
    assert found.observed == found.estimate
    assert math.isnan(found.expected)


@pytest.mark.parametrize("name", oracle.R)
def test_as_in_r(name: str) -> None:
    theirs = oracle.R[name]["irrCAC"]["pa"]
    found = percent_agreement(Ratings.from_array(oracle.R[name]["data"], coders="columns"))
    assert found.estimate == pytest.approx(theirs["coefficient"], abs=1e-8)
    if name != "rand1_2coders_2cat":  # irrCAC counts a unit that nobody rated in n, and so in the standard error
        assert found.standard_error == pytest.approx(theirs["se"], abs=1e-6)


def test_standard_error_where_r_counts_an_unrated_unit() -> None:
    data = oracle.R["rand1_2coders_2cat"]["data"]
    rated = [row for row in data if row != [None, None]]
    both = percent_agreement(Ratings.from_array(data, coders="columns"))
    assert both.standard_error == percent_agreement(Ratings.from_array(rated, coders="columns")).standard_error


@given(matrices())
def test_definition(matrix: Matrix) -> None:
    found = percent_agreement(Ratings.from_array(matrix, coders="columns"))
    if any(len(byhand.given(row)) > 1 for row in matrix):
        assert found.estimate == pytest.approx(byhand.percent(matrix), abs=1e-12)
    else:
        assert math.isnan(found.estimate)
        assert found.note == "no unit was rated by two coders"


def test_counts_of_units_and_coders() -> None:
    found = percent_agreement(Ratings.from_array([[1, 1, None], [1, None, None], [None, None, 2]], coders="columns"))
    assert (found.estimate, found.n_units, found.n_coders) == (1.0, 1, 2)
