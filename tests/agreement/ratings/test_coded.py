"""From a study to ratings: missing is not absent."""

from __future__ import annotations

import pandas as pd
import pytest
import strategies
from hypothesis import given
from hypothesis import strategies as st

from expertsys.agreement import Ratings, krippendorff_alpha, percent_agreement
from expertsys.agreement.ratings.coded import CodedUnits
from expertsys.errors import DataError
from expertsys.study import Study

from .. import byhand, studies


@pytest.mark.parametrize("code", studies.CODES)
def test_one_code_applied_or_not(code: str) -> None:
    ratings = Ratings.from_study(studies.trapped(), code=code, subcodes="exclude")
    plain = Ratings.from_array(studies.applied(code), coders="columns", names=studies.CODERS, categories=[False, True])
    assert (ratings.categories, ratings.coders) == ((False, True), studies.CODERS)
    assert ratings.by_coder is not None
    assert plain.by_coder is not None
    assert ratings.by_coder.matrix.tolist() == plain.by_coder.matrix.tolist()
    assert ratings.by_coder.counts.tolist() == plain.by_coder.counts.tolist()
    assert (ratings.n_units, ratings.n_pairable) == (8, 7)


def test_sets_of_codes() -> None:
    ratings = Ratings.from_study(studies.trapped())
    assert ratings.categories[0] == frozenset()
    assert set(ratings.categories) == {cell for row in studies.sets() for cell in row if cell is not None}
    found = krippendorff_alpha(ratings, distance="jaccard")
    assert found.estimate == pytest.approx(byhand.alpha(studies.sets(), byhand.jaccard), abs=1e-12)
    assert percent_agreement(ratings).estimate == pytest.approx(byhand.percent(studies.sets()))


def test_parts_of_the_readings() -> None:
    coded = CodedUnits.of(studies.trapped())
    assert len(coded.unit) == sum(map(len, studies.SEEN.values()))
    case = coded.in_case("q2")
    assert case.applied("trust").n_units == 2
    one = coded.by_coders(["ben"])
    assert one.sets().coders == ("ben",)
    assert one.sets().n_units == 7


@given(st.lists(st.lists(strategies.code_sets, min_size=2, max_size=2), min_size=1, max_size=8))
def test_sets_are_those_that_were_applied(matrix: strategies.Matrix) -> None:
    rows = [(f"u{u}", f"c{c}", code) for u, row in enumerate(matrix) for c, cell in enumerate(row) for code in cell]
    if not rows:
        return
    units = pd.DataFrame({"unit": [f"u{u}" for u in range(len(matrix))]})
    seen = pd.DataFrame([(f"c{c}", f"u{u}") for u in range(len(matrix)) for c in (0, 1)], columns=["coder", "document"])
    study = Study(pd.DataFrame(rows, columns=["unit", "coder", "code"]), units=units, assignments=seen)
    found = Ratings.from_study(study, cluster="unit")
    assert set(found.categories) == {cell for row in matrix for cell in row}
    assert found.by_coder is not None
    assert found.clusters is not None
    by_unit = dict(zip(found.clusters.names, found.clusters.table.tocoo().col, strict=True))
    for unit, row in enumerate(matrix):
        profile = found.by_coder.matrix[by_unit[f"u{unit}"]]
        assert {name: found.categories[value] for name, value in zip(found.coders, profile, strict=True)} == {
            f"c{c}": cell for c, cell in enumerate(row)
        }


def test_labels_of_readings() -> None:
    coded = CodedUnits.of(studies.trapped())
    assert set(coded.labels("case")) == {"q1", "q2"}
    assert set(coded.labels("unit")) == set(studies.CASES) - {"r9"}
    with pytest.raises(DataError, match="cluster must be one of 'document', 'participant', 'case', 'unit'"):
        coded.labels("site")


def test_the_order_of_rows_does_not_matter() -> None:
    study = studies.trapped()
    turned = Study(
        study.codings.iloc[::-1],
        units=study.units.iloc[::-1],
        assignments=study.assignments.iloc[::-1],
        codebook=study.codebook,
    )
    for distance in ("jaccard", "masi"):
        one, other = (
            krippendorff_alpha(Ratings.from_study(given), distance=distance)  # type: ignore[arg-type]
            for given in (study, turned)
        )
        assert one.estimate == pytest.approx(other.estimate, abs=1e-12)


def test_an_unknown_code_names_the_nearest() -> None:
    with pytest.raises(DataError, match=r"Ratings\.from_study: no code 'Fears'; there are: .*Did you mean 'fear'\?"):
        Ratings.from_study(studies.trapped(), code="Fears")
