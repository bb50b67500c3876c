"""The boundary to dataframes."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from frames import MakeFrame

from expertsys._core.frames import as_attribute, as_text, check_columns, is_frame, to_pandas
from expertsys.errors import DataError

FRAME = pd.DataFrame({"unit": ["u1", "u2"], "code": ["nan", None], "n": [1, 2]})


def test_any_frame_becomes_pandas(make_frame: MakeFrame) -> None:
    given = make_frame(FRAME)
    assert is_frame(given)
    table = to_pandas(given).sort_values("unit", ignore_index=True)
    assert table["unit"].tolist() == ["u1", "u2"]
    assert table["code"].isna().tolist() == [False, True]
    assert table["n"].tolist() == [1, 2]


def test_pandas_is_passed_through() -> None:
    assert to_pandas(FRAME) is FRAME


@pytest.mark.parametrize("value", [[1, 2], {"a": [1]}, "x.csv", None, np.zeros((2, 2))])
def test_what_is_no_frame(value: object) -> None:
    assert not is_frame(value)
    with pytest.raises(
        DataError, match=rf"expected a dataframe, not {type(value).__name__}\. Any dataframe that narwhals"
    ):
        to_pandas(value)


def test_absent_columns_are_all_named_with_the_nearest() -> None:
    check_columns(["unit", "coder"], {"unit": "unit"})
    told = (
        r"^a\.csv: no columns 'coder', 'theme'; the columns are 'U', 'Coders', 'x'\. Perhaps coder='Coders'\. Or so\.$"
    )
    with pytest.raises(DataError, match=told):
        check_columns(["U", "Coders", "x"], {"coder": "coder", "code": "theme"}, place="a.csv", remedy="Or so.")
    with pytest.raises(DataError, match=r"no column 'coder'; .* Name them by keyword, such as coder='\.\.\.'\."):
        check_columns(["x"], {"coder": "coder"})
    with pytest.raises(DataError, match=r"no column 'dev'; the columns are 'DEV', 'X'\. Did you mean 'DEV'\?$"):
        check_columns(["DEV", "X"], {"dev": "dev"}, keywords=False)
    with pytest.raises(DataError, match=r"the columns are 'DEV', 'X'\.$"):
        check_columns(["DEV", "X"], {"quite other": "quite other"}, keywords=False)


def test_cells_as_text() -> None:
    found = as_text([" a ", None, 3.0, float("nan"), "nan", "", True, 2, pd.NA])
    assert found.dtype == "str"
    assert found.isna().tolist() == [False, True, False, True, False, True, False, False, True]
    assert found.dropna().tolist() == ["a", "3", "nan", "True", "2"]
    series = pd.Series(["x", "  "], index=[5, 6], name="code")
    text = as_text(series)
    assert (text.index.tolist(), text.name, text.isna().tolist()) == ([5, 6], "code", [False, True])
    assert as_text(pd.Series(["x", None], dtype="category")).isna().tolist() == [False, True]
    assert as_text([]).dtype == "str"


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([True, False], "boolean"),
        (pd.array([True, None], dtype="boolean"), "boolean"),
        ([1, 2], "Int64"),
        (pd.array([1, None], dtype="Int32"), "Int64"),
        ([0.5, None], "float64"),
        (["a", None], "str"),
        ([1, "a"], "str"),
    ],
)
def test_attributes_have_one_of_four_kinds(values: object, kind: str) -> None:
    assert as_attribute(pd.Series(values)).dtype == kind
