"""Ratings in Spark, on a local master: the same as from pandas, bit for bit.

Needs the extra ``spark`` and a Java runtime (17 or newer).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import pytest

from expertsys.agreement import Bootstrap, Ratings, krippendorff_alpha
from expertsys.errors import DataError

from .test_engines import same, table

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas:FutureWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    sql = pytest.importorskip("pyspark.sql")
    options = {
        "spark.ui.enabled": "false",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.memory": "1g",
        "spark.sql.shuffle.partitions": "4",
        "spark.log.level": "ERROR",
    }
    session = sql.SparkSession.builder.master("local[2]").appName("expertsys").config(map=options).getOrCreate()
    yield session
    session.stop()


def distributed(spark: Any, frame: pd.DataFrame) -> Any:
    """The same table in four partitions."""
    import pyarrow as pa

    held = pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None)
    return spark.createDataFrame(held).repartition(4)


@pytest.mark.parametrize(
    "values", [("x", "y", "z"), (5, -2, 1000), (0.5, 1.25, -3.0), (False, True)], ids=["text", "whole", "float", "bool"]
)
@pytest.mark.parametrize("cluster", [None, "document", "unit"])
def test_spark_gives_the_same(spark: Any, values: Any, cluster: str | None) -> None:
    frame = table(values=values)
    found, here = (Ratings.from_long(rows, cluster=cluster) for rows in (distributed(spark, frame), frame))
    same(found, here)
    method = Bootstrap(replicates=50, rng=3)
    first, second = (krippendorff_alpha(ratings, level="nominal").interval(method=method) for ratings in (found, here))
    assert first == second


def test_missing_ratings_in_spark(spark: Any) -> None:
    for values in (["x", None, "y", "x"], [1.0, float("nan"), 2.0, 1.0]):
        frame = pd.DataFrame({"unit": ["u1", "u1", "u2", "u2"], "coder": ["a", "b", "a", "b"], "code": values})
        same(Ratings.from_long(distributed(spark, frame)), Ratings.from_long(frame))


def test_wide_tables_in_spark(spark: Any) -> None:
    cells = np.random.default_rng(0).choice(np.array(["x", "y", None], dtype=object), (60, 3))
    wide = pd.DataFrame(cells, columns=["a", "b", "c"], dtype="str").assign(document=[f"d{n // 9}" for n in range(60)])
    same(Ratings.from_wide(distributed(spark, wide), cluster="document"), Ratings.from_wide(wide, cluster="document"))


def test_more_coders_than_are_kept_in_spark(spark: Any) -> None:
    frame = table(units=40, coders=90)
    found = Ratings.from_long(distributed(spark, frame))
    assert found.by_coder is None
    same(found, Ratings.from_long(frame))


def test_spark_refuses_what_all_engines_refuse(spark: Any) -> None:
    frame = table()
    twice = distributed(spark, pd.concat([frame, frame.head(1)]))
    unit, coder = frame.loc[0, ["unit", "coder"]]
    with pytest.raises(DataError, match=rf"unit '{unit}', coder '{coder}': is rated 2 times"):
        Ratings.from_long(twice)
    with pytest.raises(DataError, match="needs rows in an order"):
        Ratings.from_long(twice, repeated="first")
    for role in ("unit", "coder", "document"):
        blank = frame.copy()
        blank.loc[4, role] = None
        with pytest.raises(DataError, match="1 ratings name no"):
            Ratings.from_long(distributed(spark, blank), cluster="document")
