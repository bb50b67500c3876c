"""One table as every kind of dataframe that the library reads.

A test that takes the fixture ``make_frame`` runs once per kind::

    def test_it(make_frame):
        result = reduce(make_frame(pandas_frame))

``make_frame.kind`` tells which kind it is.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd
import pytest


def _pandas(frame: pd.DataFrame) -> Any:
    return frame.copy()


def _polars(frame: pd.DataFrame) -> Any:
    import polars as pl

    return pl.from_arrow(_arrow(frame))


def _polars_lazy(frame: pd.DataFrame) -> Any:
    return _polars(frame).lazy()


def _arrow(frame: pd.DataFrame) -> Any:
    import pyarrow as pa

    return pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None)


def _duckdb(frame: pd.DataFrame) -> Any:
    import duckdb

    return duckdb.connect().from_arrow(_arrow(frame))


def _dask(frame: pd.DataFrame) -> Any:
    import dask.dataframe as dd

    return dd.from_pandas(frame.copy(), npartitions=2)


KINDS: dict[str, Callable[[pd.DataFrame], Any]] = {
    "pandas": _pandas,
    "polars": _polars,
    "polars-lazy": _polars_lazy,
    "pyarrow": _arrow,
    "duckdb": _duckdb,
    "dask": _dask,
}


@dataclass(frozen=True)
class MakeFrame:
    """Turns a pandas DataFrame with a plain index into one kind of dataframe."""

    kind: str

    def __call__(self, frame: pd.DataFrame) -> Any:
        return KINDS[self.kind](frame)


@pytest.fixture(params=KINDS)
def make_frame(request: pytest.FixtureRequest) -> Iterator[MakeFrame]:
    with warnings.catch_warnings():
        if request.param == "dask":  # narwhals announces that its Dask part becomes a package of its own
            warnings.filterwarnings("ignore", "Dask support is moving out of Narwhals", FutureWarning)
        yield MakeFrame(request.param)
