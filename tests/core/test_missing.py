"""One module decides what is missing: text never is."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest

from expertsys._core.missing import is_missing, text_or_none


@pytest.mark.parametrize("value", [None, float("nan"), np.nan, np.float32("nan"), pd.NA, pd.NaT, np.datetime64("NaT")])
def test_missing(value: Any) -> None:
    assert is_missing(value)
    assert text_or_none(value) is None


@pytest.mark.parametrize(
    "value", ["nan", "NA", "None", "", 0, 0.0, False, [], frozenset(), np.datetime64("2020-01-01")]
)
def test_not_missing(value: Any) -> None:
    assert not is_missing(value)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (" fear \n", "fear"),
        ("nan", "nan"),
        ("", None),
        (" \t", None),
        (3.0, "3"),
        (np.float64(3), "3"),
        (3.5, "3.5"),
        (-0.0, "0"),
        (7, "7"),
        (True, "True"),
        (Decimal("1.50"), "1.50"),
        (datetime.date(2026, 11, 1), "2026-11-01"),
        (float("inf"), "inf"),
    ],
)
def test_cells_as_text(value: Any, text: str | None) -> None:
    assert text_or_none(value) == text
