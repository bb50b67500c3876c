"""The picture of a bootstrap holds its replicates, its interval and the estimate."""

from __future__ import annotations

import io

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from expertsys.agreement import Coefficient, Ratings, krippendorff_alpha, percent_agreement
from expertsys.plot import bootstrap_distribution
from expertsys.plot.style import ACCENT

RATED = [[1, 1, 2, 2, 1, 2, 1, 3], [1, 2, 2, 2, 1, 2, 2, 3]]


@pytest.fixture
def result() -> Coefficient:
    return percent_agreement(Ratings.from_array(RATED, coders="rows"))


def test_replicates_interval_and_estimate(result: Coefficient) -> None:
    ax = bootstrap_distribution(result)
    bars = [patch for patch in ax.patches if isinstance(patch, Rectangle)]
    *histogram, span = bars
    drawn = result.replicates()
    assert sum(bar.get_height() for bar in histogram) == len(drawn) == 1000
    assert min(bar.get_x() for bar in histogram) == pytest.approx(drawn.min())
    assert max(bar.get_x() + bar.get_width() for bar in histogram) == pytest.approx(drawn.max())
    interval = result.interval()
    assert (span.get_x(), span.get_x() + span.get_width()) == pytest.approx((interval.low, interval.high))
    (line,) = ax.lines
    assert np.asarray(line.get_xdata()).tolist() == [0.75, 0.75]
    assert line.get_color() == ACCENT
    assert ax.get_xlabel() == result.name == "percent agreement"
    assert ax.get_title(loc="left").startswith("0.750, 95 % interval 0.")


def test_undefined_replicates_are_left_out() -> None:
    alpha = krippendorff_alpha(Ratings.from_array([[1] * 9 + [2], [1] * 9 + [2]], coders="rows"), level="nominal")
    undefined = int(np.isnan(alpha.replicates()).sum())
    assert undefined > 0
    ax = bootstrap_distribution(alpha)
    assert sum(patch.get_height() for patch in ax.patches[:24]) == 1000 - undefined  # type: ignore[attr-defined]
    assert ax.get_title(loc="left").endswith("interval – to –")


def test_an_undefined_coefficient_draws_its_note() -> None:
    alpha = krippendorff_alpha(Ratings.from_array([[1, 1], [1, 1]], coders="rows"), level="nominal")
    ax = alpha.plot()
    assert [text.get_text() for text in ax.texts] == [f"undefined: {alpha.note}"]
    assert not ax.patches
    target = io.BytesIO()
    ax.get_figure(root=True).savefig(target, format="png", dpi=40)  # type: ignore[union-attr]


def test_it_draws_into_axes_that_are_given_and_leaves_pyplot_alone(result: Coefficient) -> None:
    import matplotlib.pyplot as plt

    before = plt.get_fignums()
    ax = Figure().add_subplot()
    assert result.plot(ax=ax) is ax
    result.plot()
    assert plt.get_fignums() == before
