"""Which cases to study within, against R's SetMethods 4.1."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

from expertsys.errors import DataError
from expertsys.qca import CaseTypes, case_types, minimise, truth_table

from . import oracle

R = oracle.R["extras"]["smmr_SCHF_pars"]


@pytest.fixture(scope="module")
def types() -> CaseTypes:
    found = minimise(oracle.truth(oracle.CASES["SCHF_EXPORT"]), solution="parsimonious")
    assert oracle.terms(found.models[0].expression) == oracle.terms(R["solution"])
    return case_types(found)


def printed(lines: list[str], columns: int) -> list[list[str]]:
    """Rows of a table as R prints it: its number, then so many columns."""
    rows = [line.split() for line in lines if re.match(r"^\d+ +\S", line)]
    return [row[1:] for row in rows if len(row) == columns + 1]


def test_typical_cases_as_in_r(types: CaseTypes) -> None:
    theirs = printed(R["typical"], 7)
    assert len(theirs) == 14
    for name, term, membership, outcome, unique, best, most in theirs:
        ours = types.typical.loc[(name, term)]
        numbers = ours[["membership", "outcome", "best"]].astype(float).round(2).tolist()
        assert numbers == pytest.approx([float(membership), float(outcome), float(best)])
        assert unique == "TRUE"
        if term != "~EMP*OCCUP":
            assert bool(ours["unique"])
            assert str(ours["most"]).upper() == most


def test_a_case_in_two_terms_is_not_uniquely_covered(types: CaseTypes) -> None:
    """SetMethods counts a second term only where the case is typical of it as well, and so prints TRUE for all 14."""
    table = types.truth.scores.table.loc[["Denmark_99", "Denmark_03"], ["BARGAIN", "UNI", "STOCK"]]
    assert (table.min(axis=1) > 0.5).all()
    own = types.typical.xs("~EMP*OCCUP", level="term")
    assert own.index[~own["unique"].astype(bool)].tolist() == ["Denmark_99", "Denmark_03"]
    assert own.index[own["most"]].tolist() == ["Switzerland_99"]


def test_deviant_cases_as_in_r(types: CaseTypes) -> None:
    theirs = printed(R["deviant_consistency"], 6)
    assert len(theirs) == len(types.deviant_consistency) == 16
    for name, term, membership, outcome, best, most in theirs:
        ours = types.deviant_consistency.loc[(name, term)]
        numbers = ours[["membership", "outcome", "best"]].astype(float).round(2).tolist()
        assert numbers == pytest.approx([float(membership), float(outcome), float(best)])
        assert str(ours["most"]).upper() == most
    first = printed(R["deviant_coverage"][:15], 9)
    last = {row[0]: row[1:] for row in (line.split() for line in R["deviant_coverage"][16:]) if len(row) == 5}
    assert len(first) == len(types.deviant_coverage) == len(last) == 12
    numbers = dict(zip([line.split()[0] for line in R["deviant_coverage"][3:15]], first, strict=True))
    for number, (name, model, *corner, row) in numbers.items():
        ours = types.deviant_coverage.loc[name]
        outcome, _, best, most = last[number]
        found = ours[["model", "membership", "outcome", "best"]].astype(float).round(2).tolist()
        assert found == pytest.approx([float(model), float(row), float(outcome), float(best)])
        assert types.truth.number(np.array([list(map(int, corner))]))[0] == ours["row"]
        assert str(ours["most"]).upper() == most


def test_pairs_of_typical_and_deviant_cases_as_in_r(types: CaseTypes) -> None:
    ours = types.pairs("typical-deviant")
    assert len(ours) == 15
    theirs = printed(R["typical_deviant_consistency"], 5)
    assert len(theirs) == 15
    for first, second, best, *_ in theirs:
        assert round(float(ours.loc[(first, second), "best"]), 2) == pytest.approx(float(best))


def test_focal_conjuncts_as_in_r(types: CaseTypes) -> None:
    ours = types.focus("~OCCUP*STOCK*~MA")
    found = 0
    conjunct = ""
    for line in R["typical_focal_conjunct_term3"]:
        heading = re.match(r"Typical Cases - Focal Conjunct (\S+) :", line)
        conjunct = heading[1] if heading else conjunct
        row = line.split()
        if len(row) != 11 or row[1] == "Outcome":
            continue
        name, membership, outcome, others, _, rank, clean, consistent, unique, best, _ = row
        mine = ours.loc[(conjunct, name)]
        numbers = mine[["membership", "outcome", "others", "best"]].astype(float).round(2).tolist()
        assert numbers == pytest.approx(list(map(float, (membership, outcome, others, best))))
        assert mine["rank"] == int(rank)
        logical = [str(mine[key]).upper() for key in ("clean", "consistent", "unique")]
        if (conjunct, name) != ("~OCCUP", "Japan_95"):  # outcome and conjunct are equal, .85: nothing lies between
            assert logical == [clean, consistent, unique]
        found += 1
    assert found == 15


def test_the_case_at_one_half_is_told_as_in_r(types: CaseTypes) -> None:
    assert "Austria_03" in " ".join(oracle.R["extras"]["ambig_cases"])
    assert types.note == "Austria_03 at exactly 0.5: of no type"
    every = {*types.typical.index.get_level_values("case"), *types.deviant_consistency.index.get_level_values("case")}
    assert "Austria_03" not in {*every, *types.deviant_coverage.index, *types.irrelevant}


TABLE = pd.DataFrame(
    {
        "A": [0.9, 0.8, 0.2, 0.1, 0.9, 0.2],
        "B": [0.9, 0.9, 0.9, 0.1, 0.8, 0.8],
        "Y": [1.0, 0.9, 0.2, 0.1, 0.3, 0.7],
    },
    index=list("pqrstu"),
)


def small() -> CaseTypes:
    truth = truth_table(TABLE, outcome="Y", conditions=["A", "B"], consistency_cutoff=0.75)
    return case_types(minimise(truth, solution="conservative"))


def test_the_other_pairs_by_hand() -> None:
    found = small()
    assert found.expression == "A*B"
    other = found.pairs("typical-irrelevant")
    assert other.loc[("p", "r"), "conjunct"] == "A"  # r has B, lacks A and Y; t lacks both conjuncts
    assert other.loc[("p", "r"), "best"] == pytest.approx((1 - 0.7) + (1 - 0.8) + 0)
    assert "s" not in other.index.get_level_values("second")
    same = found.pairs("deviant-irrelevant")  # u has Y without the model; r shares its row, ~A*B
    assert same.index.tolist() == [("u", "r")]
    assert same["best"].iloc[0] == pytest.approx(0 + (1 - 0.5) + (1 - 0.8) + (1 - 0.8))
    both = found.pairs("typical-typical")
    assert both.index.tolist() == [("p", "q")]
    assert both["best"].iloc[0] == pytest.approx(2 - (0.1 + 0.1) + (0.1 + 0.1))
    assert found.to_frame()["case"].tolist() == ["p", "t", "u"]
    assert "2 typical by term" in repr(found)
    assert any("Rohlfing" in line for line in found.cite())


def test_what_is_refused() -> None:
    with pytest.raises(DataError, match="kind must be one of"):
        small().pairs("deviant-deviant")  # type: ignore[arg-type]
    with pytest.raises(DataError, match=r"no term 'A'; there are: 'A\*B'"):
        small().focus("A")
