"""Which codes are confused, against counting pairs of readings one by one."""

from __future__ import annotations

from collections import Counter
from itertools import combinations, permutations

import numpy as np
import pandas as pd
import pytest
import strategies
from hypothesis import given
from hypothesis import strategies as st

from expertsys.agreement import Ratings
from expertsys.agreement.diagnosis.confusion import NOTHING, confusion
from expertsys.errors import DataError

from .. import byhand, studies


def marked(matrix: strategies.Matrix) -> strategies.Matrix:
    return [[None if cell is None else cell or frozenset({NOTHING}) for cell in row] for row in matrix]


def check(matrix: strategies.Matrix, ratings: Ratings) -> None:
    found = confusion(ratings)
    table, square = found.to_frame(), found.matrix
    codes = square.index.tolist()
    by_hand = {pair: byhand.confused(marked(matrix), *pair) for pair in combinations(codes, 2)}
    total, chance = sum(one[0] for one in by_hand.values()), sum(one[1] for one in by_hand.values())
    assert (found.disagreements, found.chance) == (pytest.approx(total), pytest.approx(chance))
    assert set(table.index) == {pair for pair, one in by_hand.items() if one[0] > 0}
    assert table["excess"].is_monotonic_decreasing
    for (a, b), (observed, expected, units) in by_hand.items():
        assert square.loc[a, b] == pytest.approx(observed)
        assert square.loc[b, a] == pytest.approx(observed)
        if observed:
            row = table.loc[(a, b)]
            assert row["observed"] == pytest.approx(observed)
            assert row["chance"] == pytest.approx(expected)
            assert row["expected"] == pytest.approx(expected * total / chance)
            assert row["ratio"] == pytest.approx(observed / row["expected"])
            assert row["n_units"] == units


def test_the_study_by_hand() -> None:
    check(studies.sets(), Ratings.from_study(studies.trapped()))
    found = confusion(studies.trapped())
    assert found.n_units == 7
    assert found.to_frame().index.names == ["code_a", "code_b"]
    assert found.to_frame().index[0] == ("fear", "trust")
    assert found.matrix.loc["fear", "fear"] == 4  # r1 and r7, in both orders
    assert found.matrix.loc[NOTHING, NOTHING] == 4


cells = st.one_of(st.none(), strategies.code_sets)


@given(st.lists(st.lists(cells, min_size=3, max_size=3), min_size=1, max_size=6))
def test_sets_of_three_coders_by_hand(matrix: strategies.Matrix) -> None:
    ratings = Ratings.from_array(matrix, coders="columns")
    if ratings.n_pairable:
        check(matrix, ratings)


@given(strategies.varied(values=("a", "b", "c")))
def test_single_categories_give_the_coincidence_matrix(matrix: strategies.Matrix) -> None:
    square = confusion(Ratings.from_array(matrix, coders="columns")).matrix
    rated = [byhand.given(row) for row in matrix if len(byhand.given(row)) > 1]
    coincidences: Counter[tuple[str, str]] = Counter()
    for row in rated:
        for pair in permutations(row, 2):
            coincidences[pair] += 1 / (len(row) - 1)  # type: ignore[assignment]
    assert float(square.to_numpy().sum()) == pytest.approx(sum(map(len, rated)))
    for pair, value in coincidences.items():
        assert square.loc[pair] == pytest.approx(value)


def test_excess_ranks_the_pair_that_is_mixed_up() -> None:
    """Many uses of c and d, few of a and b: chance explains the former, not the latter."""
    first, second = list("ccccccddddddaabb"), list("cccccdddddcdabab")
    table = confusion(Ratings.from_array([first, second], coders="rows")).to_frame()
    assert table["observed"].to_dict() == {("a", "b"): 2, ("c", "d"): 2}
    assert table.index[0] == ("a", "b")


def test_text_and_repr() -> None:
    found = confusion(studies.trapped())
    assert "The largest excess was between fear and trust: 1.0 where 0.2 were expected, on 1 units." in (
        found.methods_text()
    )
    assert repr(found).startswith("2 pairs of codes that coders confuse, over 7 units\n")
    assert found.cite()[0].startswith("Krippendorff")
    agreed = confusion(Ratings.from_array([["a", "b"], ["a", "b"]], coders="rows"))
    assert agreed.to_frame().empty
    assert agreed.methods_text().endswith("There was none.")


def test_many_coders() -> None:
    rng = np.random.default_rng(0)
    rows = [(unit, coder, "ab"[rng.integers(2)]) for unit in range(20) for coder in rng.choice(70, 3, replace=False)]
    found = confusion(Ratings.from_long(pd.DataFrame(rows, columns=["unit", "coder", "code"])))
    assert found.matrix.to_numpy().sum() == pytest.approx(60)


def test_nothing_to_compare_is_refused() -> None:
    with pytest.raises(DataError, match=r"no unit was seen by two coders.*who saw what"):
        confusion(Ratings.from_array([["a", None]], coders="columns"))
    with pytest.raises(DataError, match="confusion takes a Study, not list"):
        confusion([["a"]])  # type: ignore[arg-type]
