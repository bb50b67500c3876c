"""Tables of counts: published examples, and all tables with the same margins by brute force."""

from __future__ import annotations

import itertools
import math
import sys

import numpy as np
import pandas as pd
import pytest
import strategies  # noqa: F401  # chooses the profile
from hypothesis import given, settings
from hypothesis import strategies as st

from expertsys.comparison import association
from expertsys.comparison.association import freeman_halton
from expertsys.errors import DataError

# Agresti A. An Introduction to Categorical Data Analysis. 2nd ed. Wiley, 2007
GENDER = [[762, 327, 468], [484, 239, 477]]  # table 2.5: X² = 30.1; table 2.6: standardised residuals
ASPIRIN = [[189, 11034 - 189], [104, 11037 - 104]]  # table 2.3: odds ratio 1.832, difference .0077


@pytest.mark.slow
def test_agrestis_party_identification() -> None:
    found = association(GENDER, replicates=99)
    assert found.statistic == pytest.approx(30.1, abs=0.05)
    assert found.degrees == 2
    assert found.residuals.to_numpy()[0].round(2).tolist() == [4.50, 0.70, -5.32]
    np.testing.assert_allclose(found.residuals.to_numpy()[1], -found.residuals.to_numpy()[0])


def test_agrestis_aspirin() -> None:
    found = association(ASPIRIN)
    assert round(found.odds_ratio, 3) == 1.832
    assert round(found.difference, 4) == 0.0077


@pytest.mark.parametrize(
    ("table", "low", "high"),
    # Newcombe RG. Stat Med 1998;17:873-890, table II, method 10: contrasts a, d and g
    [([[56, 14], [48, 32]], 0.0524, 0.3339), ([[9, 1], [3, 7]], 0.1705, 0.8090), ([[10, 0], [0, 10]], 0.6075, 1.0)],
)
def test_newcombes_intervals(table: list[list[int]], low: float, high: float) -> None:
    interval = association(table).difference_interval
    assert interval is not None
    assert (round(interval.low, 4), round(interval.high, 4)) == (low, high)


@pytest.mark.parametrize(
    ("table", "p"),
    [
        ([[3, 1], [1, 3]], 0.4857),  # Fisher's tea taster, two-sided: Agresti (2007), section 2.6.2
        # R's example(fisher.test): convictions of like-sex twins of criminals
        ([[2, 15], [10, 3]], 0.0005367),
    ],
)
def test_published_exact_tests(table: list[list[int]], p: float) -> None:
    found = association(table)
    assert found.exact
    assert found.p == pytest.approx(p, rel=1e-3)


@pytest.mark.slow
def test_job_satisfaction() -> None:
    # Agresti (2002), p. 57, as in R's example(fisher.test): p = .7827
    found = association([[1, 2, 1, 0], [3, 3, 6, 1], [10, 10, 14, 9], [6, 7, 12, 11]], replicates=99)
    assert (found.exact, round(found.p, 4)) == (True, 0.7827)


def test_too_many_tables_are_sampled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["expertsys.comparison.association"], "_MOST", 3)
    table = [[5, 3, 8], [9, 2, 1], [4, 4, 7]]
    found = association(table)
    assert not found.exact
    exact = freeman_halton(np.array(table), 10**6)
    assert exact is not None
    assert found.p == pytest.approx(exact, abs=3 * math.sqrt(exact * (1 - exact) / 9999))
    assert "(by a sample of tables)" in found.methods_text()
    assert "sampled" in repr(found)


def test_bergsmas_v_by_hand() -> None:
    # X²/n of [[30, 10], [10, 30]] is .25; less 1/79; r and c become 2 - 1/79
    expected = math.sqrt((0.25 - 1 / 79) / (1 - 1 / 79))
    found = association([[30, 10], [10, 30]])
    assert found.v == pytest.approx(expected, abs=1e-12)
    assert found.v_interval.low < expected < found.v_interval.high
    assert association([[10, 10], [10, 10]]).v == 0


def test_the_table_and_the_words() -> None:
    frame = pd.DataFrame([[3, 1], [1, 3]], index=["milk", "tea"], columns=["said milk", "said tea"])
    found = association(frame)
    assert found.to_frame().loc[("milk", "said tea"), "expected"] == 2
    assert found.expected.loc["milk", "said milk"] == 2
    assert "Cramér's V" in found.methods_text()
    assert "p = 0.4857; difference of shares 0.500" in found.methods_text()
    assert "taken as independent" in found.methods_text()
    assert found.cite()[0].startswith("Freeman GH")
    assert "odds ratio" in repr(found)
    large = association([[30, 2, 1], [1, 20, 30]], replicates=99)
    assert "odds ratio" not in repr(large)
    assert "p < 0.0001" in large.methods_text()


def test_a_table_without_variation_is_undefined() -> None:
    found = association([[4, 0], [6, 0]])
    assert np.isnan([found.p, found.v, found.statistic, found.v_interval.low]).all()
    assert found.difference == 0
    empty = association([[0, 0], [1, 2]])
    assert empty.difference_interval is None
    assert np.isnan(empty.difference)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ([[1, 2]], r"shape \(1, 2\) cannot be compared"),
        ([[1, 2], [-1, 2]], r"cells must be counts"),
        ([[1, 2], [0.5, 2]], r"cells must be counts"),
        ([[1, "a"], [1, 2]], r"cells must be counts"),
    ],
)
def test_what_is_refused(table: object, message: str) -> None:
    with pytest.raises(DataError, match=message):
        association(table)


def same_margins(table: np.ndarray) -> list[np.ndarray]:
    """All tables with its margins, by trying every cell but the last row and column."""
    rows, columns = table.shape
    found = []
    free = (rows - 1) * (columns - 1)
    bound = [min(row, column) for row in table.sum(axis=1)[:-1] for column in table.sum(axis=0)[:-1]]
    for cells in itertools.product(*(range(int(most) + 1) for most in bound)):
        made = np.zeros_like(table)
        made[:-1, :-1] = np.array(cells[:free]).reshape(rows - 1, columns - 1)
        made[:-1, -1] = table.sum(axis=1)[:-1] - made[:-1].sum(axis=1)
        made[-1] = table.sum(axis=0) - made[:-1].sum(axis=0)
        if (made >= 0).all():
            found.append(made)
    return found


TABLES = st.tuples(st.integers(2, 3), st.integers(2, 3)).flatmap(
    lambda shape: st.lists(st.integers(0, 3), min_size=shape[0] * shape[1], max_size=shape[0] * shape[1]).map(
        lambda cells: np.array(cells).reshape(shape)
    )
)


@settings(max_examples=12)
@given(TABLES)
def test_exact_test_by_brute_force(table: np.ndarray) -> None:
    tables = same_margins(table)
    weight = [1 / math.prod(math.factorial(int(cell)) for cell in made.ravel()) for made in tables]
    observed = 1 / math.prod(math.factorial(int(cell)) for cell in table.ravel())
    expected = sum(one for one in weight if one <= observed * (1 + 1e-7)) / sum(weight)
    assert freeman_halton(table, 10**6) == pytest.approx(expected, abs=1e-12)
    assert freeman_halton(table.T, 10**6) == pytest.approx(expected, abs=1e-12)


def test_the_interval_of_v_holds_v_and_its_absence_in_a_wide_table_of_noise() -> None:
    """Drawing again adds chance a second time: without taking it off, the interval lies above V and above 0."""
    noise = np.random.default_rng(0).multinomial(419, np.full(48, 1 / 48)).reshape(3, 16)
    found = association(noise, replicates=499)
    assert found.v_interval.low == 0
    assert found.v_interval.low <= found.v <= found.v_interval.high


def test_a_table_without_counts_and_a_text() -> None:
    found = association([[0, 0], [0, 0]])
    assert np.isnan(found.p)
    assert np.isnan(found.v)
    assert found.degrees == 0
    with pytest.raises(DataError, match="a text is no table"):
        association("ab")


def test_a_row_that_is_as_expected_does_not_widen_the_interval_of_v() -> None:
    """600 of 1,000 in all and in the second row: V of some .17 from 3,000 people is known to within .05."""
    found = association([[500, 500], [600, 400], [700, 300]])
    assert 0.12 < found.v_interval.low < found.v < found.v_interval.high < 0.22


@pytest.mark.parametrize("name", ["year", "wave", "visit number"])
def test_a_first_column_that_names_the_rows_is_no_count(name: str) -> None:
    labels = [2021, 2022, 2023] if name == "year" else [1, 2, 3]
    table = pd.DataFrame({name: labels, "accepted": [50, 60, 70], "overridden": [50, 40, 30]})
    with pytest.raises(DataError, match=rf"'{name}', seems to label the rows.*table\.set_index\('{name}'\)"):
        association(table)
    assert association(table.set_index(name)).p == pytest.approx(0.0157, abs=5e-4)  # R: fisher.test
