"""Every result has words for the paper, with the figures of its table, and says what it rests on."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from expertsys import qca
from expertsys._core.results import TableResult

TABLE = pd.DataFrame(
    {
        "A": [0.9, 0.8, 0.7, 0.3, 0.2, 0.1, 0.8, 0.3],
        "B": [0.8, 0.9, 0.2, 0.7, 0.3, 0.1, 0.3, 0.8],
        "Y": [0.9, 0.9, 0.8, 0.4, 0.3, 0.1, 0.3, 0.6],
    },
    index=list("stuvwxyz"),
)
NEED = qca.necessity(TABLE, outcome="Y", conditions=["A", "B"], consistency_cutoff=0.8)
TRUTH = qca.truth_table(TABLE, outcome="Y", conditions=["A", "B"], consistency_cutoff=0.8)
SOLUTION = qca.minimise(TRUTH, solution="conservative")
ABSENT = qca.minimise(
    qca.truth_table(TABLE, outcome="~Y", conditions=["A", "B"], consistency_cutoff=0.8), solution="conservative"
)
CLUSTERED = TABLE.assign(year=[1, 1, 1, 1, 2, 2, 2, 2])
RESULTS: list[Any] = [
    NEED,
    TRUTH,
    SOLUTION,
    qca.untenable(TRUTH, necessary=["A + B"], solutions=(SOLUTION, ABSENT)),
    qca.sweep(SOLUTION, consistency_cutoff=[0.75, 0.8]),
    qca.leave_one_out(SOLUTION),
    qca.robustness(SOLUTION, [SOLUTION]),
    qca.fit_intervals(SOLUTION),
    qca.false_positives(SOLUTION),
    qca.cluster_fit("A*B", CLUSTERED, outcome="Y", cluster="year"),
    qca.evaluate_theory("A", SOLUTION.models[0].expression, TABLE, outcome="Y"),
    qca.case_types(SOLUTION),
    qca.sensitivity_ranges(SOLUTION),
]


@pytest.mark.parametrize("result", RESULTS, ids=lambda result: type(result).__name__)
def test_every_result_has_words_and_references(result: Any) -> None:
    text = result.methods_text()
    assert text.endswith(".")
    assert "nan" not in text
    assert "\n" not in text
    assert all(isinstance(entry, str) and entry for entry in result.cite())


def test_all_results_of_the_room_are_looked_at() -> None:
    classes = [getattr(qca, name) for name in qca.__all__]
    own = {made for made in classes if isinstance(made, type) and issubclass(made, TableResult)}
    assert own == {type(result) for result in RESULTS} | {qca.Membership}


def test_necessity_in_words_by_hand() -> None:
    """Of A: Σ min(x, y) = 3.6, Σ y = 4.3, Σ x = 4.1, so that RoN is (8 − 4.1) / (8 − 3.6); of A + B 4.2 / 4.3."""
    told = f"A (consistency {3.6 / 4.3:.3f}, coverage {3.6 / 4.1:.3f}, RoN {3.9 / 4.4:.3f})"
    assert f"necessary for Y, with at least consistency 0.8: {told}" in NEED.methods_text()
    none = qca.necessity(TABLE, outcome="Y", conditions=["B"], consistency_cutoff=0.99)
    assert none.methods_text().endswith("with at least consistency 0.99: none.")
    high = qca.necessity(TABLE, outcome="Y", conditions=["A", "B"], consistency_cutoff=0.95, ron_cutoff=0.3)
    assert "consistency 0.95 and RoN 0.3: none. 1 disjunction of up to 2 conditions reaches" in high.methods_text()


def test_chance_is_drawn_from_the_same_seed_as_everywhere() -> None:
    """As with all other random numbers of the library: the same call, the same figures."""
    for ask in (qca.fit_intervals, qca.false_positives):
        pd.testing.assert_frame_equal(ask(SOLUTION).table, ask(SOLUTION, rng=0).table)


def test_words_on_repetitions() -> None:
    text = RESULTS[4].methods_text()
    assert "was repeated with consistency cut-off 0.75, 0.8: " in text
    assert "without each case in turn" in RESULTS[5].methods_text()
