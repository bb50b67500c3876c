"""Intervals for shares in clusters, by hand, against Newcombe's printed example and by simulation."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binomtest, t

from expertsys._core.score_intervals import ClusteredShares, difference_interval, level_of_each


def test_without_clusters_it_is_wilsons_interval_with_a_quantile_of_t() -> None:
    """10 of 20 single members: leaving one out gives p (1 - p) / 19, and Wilson's 0.5 ± q / (2 sqrt(19 + q²))."""
    found = ClusteredShares(np.array([[1.0], [0.0]] * 10), np.ones(20))
    assert found.degrees == pytest.approx([19])
    assert found.effective == pytest.approx([19])
    q = t.ppf(0.975, 19)
    low, high = found.intervals(0.95)
    assert [low[0], high[0]] == pytest.approx([0.5 - q / (2 * np.sqrt(19 + q**2)), 0.5 + q / (2 * np.sqrt(19 + q**2))])


def test_newcombes_printed_example() -> None:
    """56/70 - 48/80, method 10: 0.0524 to 0.3339 (Stat Med 1998;17:873-890, table II)."""
    ends = []
    for count, n in ((56, 70), (48, 80)):
        wilson = binomtest(count, n).proportion_ci(0.95, method="wilson")
        ends.append(tuple(np.array([value]) for value in (count / n, wilson.low, wilson.high)))
    low, high = difference_interval(ends[0], ends[1], np.zeros(1))
    assert [round(float(low[0]), 4), round(float(high[0]), 4)] == [0.0524, 0.3339]


def test_nothing_leaves_the_range_of_a_share() -> None:
    draw = np.random.default_rng(5)
    for _ in range(200):
        sizes = draw.integers(1, 6, 5).astype(float)
        found = ClusteredShares(draw.binomial(sizes.astype(int)[:, None], [0.0, 0.02, 0.5, 1.0]).astype(float), sizes)
        low, high = found.intervals(0.99)
        assert ((low >= 0) & (low <= found.shares) & (found.shares <= high) & (high <= 1)).all()
        assert low[0] == 0 < high[0]
        assert low[3] < 1 == high[3]


def test_whole_clusters_alike_count_as_one_member_each() -> None:
    """Eight clusters of ten members without the property: the interval of 0 of 8, not of 0 of 80."""
    found = ClusteredShares(np.zeros((8, 1)), np.full(8, 10.0))
    assert found.effective == pytest.approx([8])
    c = t.ppf(0.975, 7) ** 2
    assert found.intervals(0.95)[1] == pytest.approx([c / (8 + c)])


def test_several_intervals_at_once_need_a_higher_level_each() -> None:
    """Four independent estimates at 95 % together: .95 ** (1 / 4) each; four times the same one: .95."""
    draw = np.random.default_rng(1)
    assert level_of_each(np.eye(4), 0.95, draw) == pytest.approx(0.95**0.25, abs=0.002)
    assert level_of_each(np.ones((1, 4)), 0.95, draw) == pytest.approx(0.95, abs=0.002)
    assert level_of_each(np.zeros((3, 4)), 0.95, draw) == pytest.approx(0.95**0.25, abs=0.002)
    assert level_of_each(np.ones((3, 1)), 0.95, draw) == 0.95


@pytest.mark.parametrize("correlation", [0.1, 0.3])
def test_coverage_in_eight_interviews(correlation: float) -> None:
    """Shares .05, .2 and .5 in 8 interviews of about 8 excerpts; the unbounded interval covered .05 in some 80 %."""
    draw = np.random.default_rng(11)
    truth = np.array([0.05, 0.2, 0.5])
    weight = (1 - correlation) / correlation
    covered = np.zeros(3)
    for _ in range(600):
        sizes = 1 + draw.poisson(7, 8)
        own = draw.beta(truth * weight, (1 - truth) * weight, (8, 3))
        low, high = ClusteredShares(draw.binomial(sizes[:, None], own).astype(float), sizes.astype(float)).intervals(
            0.95
        )
        covered += (low <= truth) & (high >= truth)
    assert (covered / 600 > 0.93).all()
    assert (covered[1:] / 600 < 0.975).all()
