"""The power curve holds what the plan holds."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest

from expertsys.agreement import plan
from expertsys.plot import power_curve


@pytest.mark.parametrize(
    ("asked", "label", "target"),
    [
        ({"expected": 0.8, "minimum": 0.6}, "power", 0.8),
        ({"expected": 0.8, "width": 0.2}, "width of the interval", 0.2),
        ({"minimum": 0.8, "method": "krippendorff"}, "significance (one-sided)", 0.05),
        ({"expected": 0.8, "minimum": 0.5, "method": "simulation", "replicates": 10}, "power", 0.8),
    ],
)
def test_the_curve_and_the_planned_number(asked: dict[str, Any], label: str, target: float) -> None:
    found = plan(coders=2, shares=0.3, **asked)
    ax = found.plot()
    assert ax.get_ylabel() == label
    assert ax.get_xlabel() == "units coded by 2 coders"
    marked = [line for line in ax.lines if line.get_marker() == "D"]
    assert [(float(line.get_xdata()[0]), float(line.get_ydata()[0])) for line in marked] == [(found.units, target)]  # type: ignore[index]
    table = found.to_frame()
    drawn = max(ax.lines, key=lambda line: len(line.get_xdata()))  # type: ignore[arg-type]
    assert np.asarray(drawn.get_xdata()).tolist() == table.index.tolist()
    assert np.asarray(drawn.get_ydata()).tolist() == pytest.approx(table.iloc[:, 0].tolist(), nan_ok=True)
    assert [text.get_text() for text in ax.texts] == [f"{found.units} units"]
    ax.figure.savefig(io.BytesIO(), format="png", dpi=40)  # type: ignore[union-attr]


def test_axes_of_ones_own() -> None:
    found = plan(coders=2, shares=0.3, expected=0.8, minimum=0.6)
    ax = power_curve(found)
    assert power_curve(found, ax=ax) is ax
