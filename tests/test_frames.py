"""Every kind of dataframe holds the same values, text that looks missing included."""

from __future__ import annotations

import narwhals as nw
import pandas as pd
from frames import MakeFrame


def test_values_survive(make_frame: MakeFrame) -> None:
    frame = pd.DataFrame(
        {
            "unit": ["u1", "u2", "u3", "u4"],
            "code": ["nan", None, "é", "NA"],
            "score": [1, 2, 3, 4],
            "x": [0.5, None, 1.5, 2.5],
        }
    )
    table = nw.from_native(make_frame(frame)).lazy().collect(backend="pyarrow")
    rows = sorted(table.rows(named=True), key=lambda row: row["unit"])
    assert [row["code"] for row in rows] == ["nan", None, "é", "NA"]
    assert [row["score"] for row in rows] == [1, 2, 3, 4]
    assert [row["x"] for row in rows][:1] == [0.5]
    assert rows[1]["x"] is None or rows[1]["x"] != rows[1]["x"]
    assert list(rows[0]) == ["unit", "code", "score", "x"]
