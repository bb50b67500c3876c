"""Error rates and coverage under document effects, quick and seeded; the page on every p value has them at length.

Bounds are three standard errors of so few studies away from what must hold.
"""

from __future__ import annotations

from math import sqrt

import pytest

from benchmarks import agreement_inference as simulated

pytestmark = pytest.mark.simulation
STUDIES = 60


def above(rate: float, studies: int = STUDIES) -> float:
    return rate + 3 * sqrt(rate * (1 - rate) / studies)


def below(rate: float, studies: int = STUDIES) -> float:
    return rate - 3 * sqrt(rate * (1 - rate) / studies)


def test_intervals_over_documents_cover() -> None:
    """Units taken as independent covered 71 % of studies of 20 documents of 15 units."""
    design = ("20 documents of 15 units", [15] * 20, {})
    for _, name, covered, without, _ in simulated.coverage(STUDIES, (design,)):
        assert covered >= below(0.95), name
        assert without == 0, name


def test_drift_is_seldom_reported_where_documents_are_alike() -> None:
    """4 batches of 5 documents: 35 % by deals of units and 37 % by the chi-square were rejected at .05."""
    name, deals, _, welch, _ = simulated.drift(STUDIES, simulated.BATCHES[:1], permutations=99)[0]
    assert name.startswith("4 batches of 5 documents")
    assert max(deals, welch) <= above(0.06)


def test_comparisons_seldom_find_a_difference_that_is_not_there() -> None:
    for name, rejected, _, covered in simulated.compare(STUDIES)[:3]:
        assert rejected <= above(0.06), name
        assert covered >= below(0.94), name


def test_a_machine_like_the_people_is_seldom_told_apart() -> None:
    for name, covered, wins in simulated.coders(20):
        assert covered >= below(0.94, 20), name
        assert wins <= above(0.06, 20), name


@pytest.mark.parametrize("assurance", [0.5, 0.8])
def test_the_planned_width_holds_with_its_assurance(assurance: float) -> None:
    rows = [row for row in simulated.plan(STUDIES) if row[1] == assurance and "20%" in row[0]]
    for name, _, _, kept in rows:
        assert below(assurance - 0.05) <= kept <= above(assurance), name
