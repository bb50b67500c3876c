"""Generated studies: units that lie in cases, coders, and codes that they applied."""

from __future__ import annotations

from typing import Any

import pandas as pd
import strategies  # noqa: F401  # chooses the profile
from hypothesis import settings
from hypothesis import strategies as st

from expertsys import Study

#: Making a study takes longer than any check of it.
few = settings(max_examples=6)

CODES, CODERS, UNITS = "pqr", ("ann", "ben", "cem"), 5


@st.composite
def codings(draw: st.DrawFn) -> pd.DataFrame:
    """One row per application; each unit lies in one case, a unit in ten in none."""
    cases = draw(st.lists(st.sampled_from(["A", "B", "C", None]), min_size=UNITS, max_size=UNITS))
    row = st.tuples(st.integers(0, UNITS - 1), st.sampled_from(CODERS), st.sampled_from(CODES))
    rows = draw(st.lists(row, min_size=1, max_size=25))
    return pd.DataFrame(
        [(f"u{unit}", coder, code, cases[unit]) for unit, coder, code in rows],
        columns=["unit", "coder", "code", "case"],
    )


def study(table: Any, **tables: Any) -> Study:
    """A study of rows ``unit, coder, code`` and, with a fourth cell, ``case``."""
    if isinstance(table, pd.DataFrame):
        return Study(table, **tables)
    rows = [tuple(row) for row in table]
    return Study(pd.DataFrame(rows, columns=["unit", "coder", "code", "case"][: len(rows[0])]), **tables)
