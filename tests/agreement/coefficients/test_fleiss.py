"""Fleiss' kappa against published values, R, and Scott's pi."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from strategies import LETTERS, Matrix, matrices

from expertsys.agreement import Ratings, fleiss_kappa, gwet_ac, krippendorff_alpha

from .. import byhand, oracle

FIGURES = ("fleiss_kappa", "scott_pi", "pe_fleiss_kappa", "fleiss_kappa_se")
#: Fleiss rounded the marginal shares to three digits before he squared them; Warrens' last digit is up by 4e-7.
LOOSE = {("fleiss1971_psychiatric", "pe_fleiss_kappa"): 0.0002, ("warrens2010_omalley", "fleiss_kappa"): 0.0001}


@pytest.mark.parametrize(("entry", "figure", "printed"), oracle.examples(*FIGURES), ids=oracle.named)
def test_published(entry: dict, figure: str, printed: str) -> None:
    found = fleiss_kappa(Ratings.from_array(oracle.units(entry), coders="columns"))
    value = {"pe_fleiss_kappa": found.expected, "fleiss_kappa_se": found.standard_error}.get(figure, found.estimate)
    if (entry["name"], figure) in LOOSE:
        assert value == pytest.approx(float(printed), abs=LOOSE[entry["name"], figure])
    else:
        assert oracle.as_printed(value, printed)


@pytest.mark.parametrize(
    "name", sorted(set(oracle.R) - {"rand1_2coders_2cat"})
)  # irrCAC gives none with an unrated unit
def test_as_in_r(name: str) -> None:
    theirs = oracle.R[name]["irrCAC"]["fleiss"]
    found = fleiss_kappa(Ratings.from_array(oracle.R[name]["data"], coders="columns"))
    assert found.estimate == pytest.approx(theirs["coefficient"], abs=1e-8)
    assert found.standard_error == pytest.approx(theirs["se"], abs=1e-6)


@pytest.mark.parametrize("name", oracle.R)
def test_complete_units_as_in_irr(name: str) -> None:
    complete = [row for row in oracle.R[name]["data"] if None not in row]
    found = fleiss_kappa(Ratings.from_array(complete, coders="columns"))
    assert found.estimate == pytest.approx(oracle.R[name]["irr_kappam.fleiss"], abs=1e-8)


@given(matrices(values=LETTERS, coders=(2, 2), missing=False))
def test_two_coders_are_scotts_pi(matrix: Matrix) -> None:
    found = fleiss_kappa(Ratings.from_array(matrix, coders="columns"))
    if len({value for row in matrix for value in row}) > 1:
        assert found.estimate == pytest.approx(byhand.scott(matrix), abs=1e-12)
    else:
        assert math.isnan(found.estimate)


@given(matrices(values=LETTERS))
def test_definition(matrix: Matrix) -> None:
    found = fleiss_kappa(Ratings.from_array(matrix, coders="columns"))
    if not math.isnan(found.estimate):
        assert found.estimate == pytest.approx(byhand.fleiss(matrix), abs=1e-9)


@given(matrices(values=LETTERS, coders=(2, 4), missing=False))
def test_alpha_on_complete_data_differs_by_the_small_sample_term_only(matrix: Matrix) -> None:
    ratings = Ratings.from_array(matrix, coders="columns")
    kappa, alpha = fleiss_kappa(ratings), krippendorff_alpha(ratings, level="nominal")
    if not math.isnan(kappa.estimate):
        assert alpha.estimate == pytest.approx(kappa.estimate + (1 - kappa.estimate) / ratings.n_ratings, abs=1e-12)


def test_two_equally_frequent_categories_give_ac1() -> None:
    ratings = Ratings.from_array([["a", "a"], ["b", "b"], ["a", "b"], ["b", "a"]], coders="columns")
    assert fleiss_kappa(ratings).estimate == pytest.approx(gwet_ac(ratings).estimate, abs=1e-12)
