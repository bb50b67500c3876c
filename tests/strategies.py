"""Generated data for property tests, and how many examples a test takes.

Import it before the first `given`: it chooses the profile. Under CI=true the examples are the same in every run.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import pandas as pd
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

Matrix = list[list[Any]]

settings.register_profile(
    "expertsys",
    max_examples=12,
    deadline=None,
    derandomize=os.environ.get("CI") == "true",
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("expertsys")

#: Whole numbers and halves, zero among them: every level of measurement can take them.
NUMBERS = (0, 1, 2, 3, 4.5, 7)
LETTERS = ("a", "b", "c", "d")


@st.composite
def matrices(
    draw: st.DrawFn,
    *,
    values: Sequence[Any] = NUMBERS,
    coders: tuple[int, int] = (2, 5),
    units: tuple[int, int] = (1, 12),
    missing: bool = True,
) -> Matrix:
    """Units × coders, None where a coder did not see a unit."""
    width = draw(st.integers(*coders))
    used = draw(st.lists(st.sampled_from(values), min_size=1, max_size=len(values), unique=True))
    cell = st.sampled_from([*used, None] if missing else used)
    return draw(st.lists(st.lists(cell, min_size=width, max_size=width), min_size=units[0], max_size=units[1]))


@st.composite
def varied(draw: st.DrawFn, **options: Any) -> Matrix:
    """A matrix in which alpha is defined: some unit has two ratings, and not all paired ratings are the same."""
    return draw(matrices(**options).filter(_has_variation))


def _has_variation(matrix: Matrix) -> bool:
    return len(set(paired(matrix))) > 1


def paired(matrix: Matrix) -> list[Any]:
    """The ratings of units that at least two coders rated."""
    given = [[value for value in row if value is not None] for row in matrix]
    return [value for row in given if len(row) > 1 for value in row]


#: Sets of codes, the empty one among them.
code_sets = st.frozensets(st.sampled_from(LETTERS), max_size=3)

texts = st.text("ab. ?!\n\r\t«»“”éß😀’\u0301", max_size=60)
"""Text with what makes positions hard: line ends of all kinds, quotes, accents in two encodings, astral characters."""


def long_frame(matrix: Matrix, *, names: Sequence[str] | None = None) -> pd.DataFrame:
    """One row per rating, columns ``unit, coder, code``."""
    coders = names or [f"c{number}" for number in range(len(matrix[0]))]
    rows = [
        (f"u{unit}", coders[place], value)
        for unit, row in enumerate(matrix)
        for place, value in enumerate(row)
        if value is not None
    ]
    return pd.DataFrame(rows, columns=["unit", "coder", "code"])
