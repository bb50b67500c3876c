"""Cohen's kappa against published values, R and the definition."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from strategies import LETTERS, Matrix, matrices

from expertsys.agreement import Ratings, cohen_kappa
from expertsys.errors import DataError

from .. import byhand, oracle

FIGURES = ("cohen_kappa", "pe_cohen", "cohen_kappa_se")


@pytest.mark.parametrize(("entry", "figure", "printed"), oracle.examples(*FIGURES), ids=oracle.named)
def test_published(entry: dict, figure: str, printed: str) -> None:
    units = oracle.units(entry)
    found = cohen_kappa(Ratings.from_array(units, coders="columns"))
    value = {"pe_cohen": found.expected, "cohen_kappa_se": found.standard_error}.get(figure, found.estimate)
    if figure == "cohen_kappa_se":
        value *= math.sqrt(
            (len(units) - 1) / len(units)
        )  # the table route divides the variance by n, the raw one n - 1
    assert oracle.as_printed(value, printed)


COMPLETE = {name for name, entry in oracle.R.items() if all(len(row) == 2 and None not in row for row in entry["data"])}


@pytest.mark.parametrize("name", sorted(COMPLETE))
def test_as_congers_kappa_in_r(name: str) -> None:
    """With missing ratings Conger's kappa is another coefficient: units that one coder rated enter its marginals."""
    theirs = oracle.R[name]["irrCAC"]["conger"]
    found = cohen_kappa(Ratings.from_array(oracle.R[name]["data"], coders="columns"))
    assert found.estimate == pytest.approx(theirs["coefficient"], abs=1e-8)
    assert found.standard_error == pytest.approx(theirs["se"], abs=1e-6)


@pytest.mark.parametrize("name", [name for name, entry in oracle.R.items() if "irr_kappa2" in entry])
def test_as_kappa2_in_r(name: str) -> None:
    found = cohen_kappa(Ratings.from_array(oracle.R[name]["data"], coders="columns"))
    assert found.estimate == pytest.approx(oracle.R[name]["irr_kappa2"], abs=1e-8)


@given(matrices(values=LETTERS, coders=(2, 2)))
def test_definition(matrix: Matrix) -> None:
    found = cohen_kappa(Ratings.from_array(matrix, coders="columns"))
    both = [row for row in matrix if None not in row]
    assert found.n_units == len(both)
    if not both:
        assert found.note == "no unit was rated by two coders"
    elif len({value for row in both for value in row}) == 1:
        assert math.isnan(found.estimate)
        assert "no variation" in found.note
    else:
        assert found.estimate == pytest.approx(byhand.cohen(matrix), abs=1e-12)


def test_two_of_three_coders() -> None:
    rows = [["a", "a", "b"], ["b", "b", "a"], ["a", None, "a"], ["b", "a", "b"]]
    ratings = Ratings.from_array(rows, coders="columns", names=["ann", "ben", "cy"])
    chosen = cohen_kappa(ratings, coders=["cy", "ann"])
    assert chosen.estimate == pytest.approx(byhand.cohen([[row[2], row[0]] for row in rows]))
    assert (chosen.n_units, chosen.n_coders) == (4, 2)


def test_three_coders_are_refused_with_the_remedy() -> None:
    ratings = Ratings.from_array([[1, 2, 1], [1, 1, 1]], coders="columns", names=["ann", "ben", "cy"])
    with pytest.raises(DataError, match=r"compares two coders; there are 3: 'ann', 'ben', 'cy'.*coders=\('a', 'b'\)"):
        cohen_kappa(ratings)


def test_an_unknown_coder_is_refused_with_the_nearest() -> None:
    ratings = Ratings.from_array([[1, 2, 1]], coders="columns", names=["ann", "ben", "cy"])
    with pytest.raises(DataError, match=r"no coder 'Anne'; there are: .*Did you mean 'ann'\?"):
        cohen_kappa(ratings, coders=["Anne", "ben"])
