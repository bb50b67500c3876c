"""The picture of a panel holds what the result holds."""

from __future__ import annotations

import io

import numpy as np
import pytest

from expertsys.agreement import Bootstrap, Ratings, against_panel
from expertsys.errors import DataError
from expertsys.plot import panel

ROWS = ["aabbccabcabc", "aabbccabcaba", "aabbcbabcabc", "aabacaabcbcc"]
QUICK = Bootstrap(replicates=60, rng=0)


def made(rows: list[str] = ROWS) -> Ratings:
    return Ratings.from_array(
        [list(row) for row in rows], coders="rows", names=["ann", "ben", "$cy", "model"][: len(rows)]
    )


def test_rows_points_and_title() -> None:
    result = against_panel(made(), coder="model", method=QUICK)
    ax = result.plot()
    table = result.to_frame()
    assert [label.get_text() for label in ax.get_yticklabels()][:2] == ["model", "(panel, on average)"]
    points = [float(np.asarray(line.get_xdata())[0]) for line in ax.lines if line.get_marker() in ("D", "s", "o")]
    assert points[:2] == [result.estimate, result.panel]
    assert sorted(points[2:]) == pytest.approx(sorted(table["estimate"].iloc[2:]))
    assert ax.get_title(loc="left").startswith("model less the panel: −0.37 (")
    ax.figure.savefig(io.BytesIO(), format="png", dpi=40)  # type: ignore[union-attr]


def test_few_of_many_and_undefined() -> None:
    result = against_panel(made(), coder="model", method=QUICK)
    assert "the 1 of 3 members with the most units" in panel(result, most=1).get_title(loc="left")
    nothing = against_panel(made(["aaaa"] * 4), coder="model", method=QUICK).plot()
    assert [text.get_text() for text in nothing.texts] == ["undefined"] * 5
    with pytest.raises(DataError, match="most must be a whole number above 0"):
        panel(result, most=0)
