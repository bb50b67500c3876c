"""The draw of units to double-code: proportional, repeatable, whatever the order of rows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
import strategies  # noqa: F401  # chooses the profile
from hypothesis import given
from hypothesis import strategies as st

from expertsys.agreement import double_code, plan
from expertsys.errors import DataError
from expertsys.study import Study

from .. import studies


def table(sizes: dict[str, int]) -> pd.DataFrame:
    rows = [(f"{case}{number:03}", case) for case, size in sizes.items() for number in range(size)]
    return pd.DataFrame(rows, columns=["unit", "case"])


@given(st.lists(st.integers(1, 40), min_size=1, max_size=6), st.floats(0.01, 1), st.integers(1, 3))
def test_proportional_with_a_least(sizes: list[int], share: float, least: int) -> None:
    data = table({f"c{number}": size for number, size in enumerate(sizes)})
    total, floor = sum(sizes), [min(size, least) for size in sizes]
    units = max(sum(floor), round(share * total))
    found = double_code(data, units=units, least=least, rng=1)
    drawn = found.by_case["drawn"].to_numpy()
    assert found.units == drawn.sum() == units == len(found.drawn)
    assert (drawn >= floor).all()
    assert (drawn <= sizes).all()
    exact = units * np.array(sizes) / total
    if (exact >= floor).all():  # no case needed more than its share: within one of it
        assert (np.abs(drawn - exact) < 1).all()
    assert found.population == total


def test_the_same_seed_draws_the_same_units_in_any_order_of_rows() -> None:
    data = table({"north": 30, "south": 12})
    first = double_code(data, units=15, rng=3)
    shuffled = double_code(data.sample(frac=1, random_state=0), units=15, rng=3)
    assert set(first.drawn) == set(shuffled.drawn)
    assert first.drawn == double_code(data, units=15, rng=3).drawn
    assert first.drawn != double_code(data, units=15, rng=4).drawn


def test_every_unit_has_the_same_chance() -> None:
    data = table({"north": 8, "south": 4})
    rng = np.random.default_rng(0)
    times = sum(double_code(data, units=6, rng=rng).to_frame()["drawn"].to_numpy().astype(int) for _ in range(150))
    assert np.asarray(times) / 150 == pytest.approx(0.5, abs=0.15)


def test_how_many() -> None:
    data = table({"north": 60, "south": 40})
    assert double_code(data, units=0.2, rng=0).units == 20
    assert double_code(data, units=0.205, rng=0).units == 21
    assert double_code(data, units=20.0, rng=0).units == 20
    endless = plan(coders=2, shares=0.3, expected=0.8, width=0.3)
    found = double_code(data, units=endless, rng=0)
    assert found.units == int(np.ceil(endless.units / (1 + endless.units / 100)))
    finite = plan(coders=2, shares=0.3, expected=0.8, width=0.3, population=100)
    assert double_code(data, units=finite, rng=0).units == finite.units


def test_a_list_to_hand_out() -> None:
    data = table({"north": 3, "south": 2}).assign(case=["north", "north", "north", None, None])
    found = double_code(data, units=2, rng=0)
    listed = found.to_frame()
    assert list(listed.columns) == ["case", "drawn"]
    assert listed.index.tolist() == data["unit"].tolist()
    assert found.by_case.index.tolist() == ["north", "(no case)"]
    assert tuple(listed.index[listed["drawn"]]) == found.drawn
    other = data.rename(columns={"unit": "id"}).set_index("id")
    assert double_code(other.reset_index(), units=2, rng=0, unit="id").drawn == found.drawn
    assert double_code(data.set_index("unit"), units=2, rng=0).drawn == found.drawn
    alone = double_code(data, units=2, rng=0, case=None)
    assert alone.by_case.index.tolist() == ["(no case)"]


def test_a_study() -> None:
    found = double_code(studies.trapped(), units=4, least=2, rng=1)
    assert found.by_case["drawn"].to_dict() == {"q1": 2, "q2": 2}
    assert double_code(studies.trapped(), units=4, rng=1, case=None).by_case["units"].tolist() == [9]
    spans = Study(pd.DataFrame({"document": ["d"], "coder": ["ann"], "code": ["x"], "start": [0], "end": [3]}))
    with pytest.raises(DataError, match=r"double coding needs units"):
        double_code(spans, units=1, rng=0)


def test_words() -> None:
    found = double_code(table({"north": 60, "south": 40}), units=20, rng=7)
    assert found.methods_text() == (
        "20 of 100 units (20%) were drawn at random for double coding, from each of 2 cases in proportion to its "
        "units, at least 1 from each (8 to 12) (seed 7)."
    )
    assert "20 of 100 units drawn for double coding (seed 7)" in repr(found)
    assert found.cite()[0].startswith("Cochran")
    assert double_code(table({"a": 9}), units=3, rng=None).seed == "no seed was given"
    assert "from each" not in double_code(table({"a": 9}), units=3, rng=np.random.default_rng(0)).methods_text()


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"units": 101}, "101 units are wanted and there are 100"),
        ({"units": 0}, "units must be a whole number above 0"),
        ({"units": 2, "least": 2}, r"2 from each of 2 cases \('north', 'south'\) are 4 units, and 2 are wanted"),
        ({"units": 5, "least": 0}, "least must be a whole number above 0"),
        ({"units": 5, "case": "place"}, "no column 'place'"),
    ],
)
def test_refusals(options: dict[str, Any], told: str) -> None:
    with pytest.raises(DataError, match=told):
        double_code(table({"north": 60, "south": 40}), rng=0, **options)


def test_units_once_and_named() -> None:
    with pytest.raises(DataError, match="units that occur more than once: 'x/a'"):
        double_code(pd.DataFrame({"unit": ["a", "a"], "case": ["x", "x"]}), units=1, rng=0)
    with pytest.raises(DataError, match="1 units have no name"):
        double_code(pd.DataFrame({"unit": ["a", None], "case": ["x", "x"]}), units=1, rng=0)
