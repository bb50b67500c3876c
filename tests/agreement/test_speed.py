"""Estimate and interval take less time and memory than the point estimate of the `krippendorff` package."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2]))

from benchmarks.agreement import PACKAGE, compete

pytestmark = pytest.mark.slow


def test_less_time_and_less_memory_than_one_point_estimate() -> None:
    """The best of several turns, side by side: noise only ever adds."""
    ours = "array, with interval"
    found = compete(1_000_000, 3, names=[PACKAGE, ours], quiet=True)
    assert found[ours].result[0] == pytest.approx(found[PACKAGE].result[0], abs=1e-6)
    assert found[ours].result[1] < found[ours].result[0] < found[ours].result[2]
    assert found[ours].best < found[PACKAGE].best
    assert found[ours].peak < found[PACKAGE].peak
    assert found[ours].used < found[PACKAGE].used
