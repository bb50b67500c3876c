"""The heat maps hold what the tables hold."""

from __future__ import annotations

import io
import itertools

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

import expertsys as es
from expertsys import Study
from expertsys.errors import DataError
from expertsys.plot import cooccurrence, heatmap

ROWS = [
    ("u1", "policy", "A"),
    ("u1", "workload", "A"),
    ("u2", "policy", "A"),
    ("u3", "policy", "B"),
    ("u3", "cost $", "B"),
]


def study(rows: list[tuple[str, str, str]] = ROWS) -> Study:
    return Study(pd.DataFrame(rows, columns=["unit", "code", "case"]).assign(coder="ann"))


def cells(ax: Axes) -> dict[tuple[float, float], str]:
    """Text by (row, column)."""
    return {(text.get_position()[1], text.get_position()[0]): text.get_text() for text in ax.texts}


def ticks(ax: Axes) -> tuple[list[str], list[str]]:
    return [label.get_text() for label in ax.get_yticklabels()], [label.get_text() for label in ax.get_xticklabels()]


def rendered(ax: Axes) -> bytes:
    target = io.BytesIO()
    ax.get_figure(root=True).savefig(target, format="png", dpi=40)  # type: ignore[union-attr]
    return target.getvalue()


def title(ax: Axes) -> str:
    return ax.get_title(loc="left").replace("\n", " ")


def test_codes_run_down_and_cases_across() -> None:
    matrix = es.case_matrix(study())
    ax = heatmap(matrix)
    assert ticks(ax) == (["policy", "workload", r"cost \$"], ["A", "B"])
    assert cells(ax) == {(0, 0): "2", (0, 1): "1", (1, 0): "1", (1, 1): "0", (2, 0): "0", (2, 1): "1"}
    assert ax.images[0].get_array().tolist() == matrix.to_frame().T.to_numpy().tolist()  # type: ignore[union-attr]
    assert ax.images[0].get_clim() == (0, 2)
    assert title(ax) == matrix.counted()
    assert ax.get_xlabel() == "case"
    assert rendered(ax)


def test_shares_have_two_decimals_and_an_unread_case_stays_blank() -> None:
    units = pd.DataFrame({"unit": ["u9"], "document": ["d9"], "case": ["C"]})
    made = Study(pd.DataFrame(ROWS, columns=["unit", "code", "case"]).assign(coder="ann"), units=units)
    ax = es.case_matrix(made, show="share").plot()
    assert ticks(ax)[1] == ["C", "A", "B"]
    assert {place: text for place, text in cells(ax).items() if place[0] == 0} == {(0, 1): "1.00", (0, 2): "1.00"}
    assert rendered(ax)


def test_more_than_is_readable() -> None:
    rows = [(f"u{n}-{k}", f"code {n}", f"case {n % 6}") for n in range(30) for k in range(n % 7 + 1)]
    ax = heatmap(es.case_matrix(study(rows)), most=4)
    codes, cases = ticks(ax)
    # the codes with seven units each are 6, 13, 20 and 27
    assert codes == ["code 6", "code 13", "code 20", "code 27"]
    assert len(cases) == 4
    assert "4 of 30 rows, 4 of 6 columns with the largest sums" in title(ax)
    assert len(cells(ax)) == 16


def test_text_stands_out_from_every_shade() -> None:
    rows = [(f"u{n}", f"code {code}", "A") for code in range(40) for n in range(code + 1)]
    ax = heatmap(es.case_matrix(study(rows)))
    image = ax.images[0]
    array = np.asarray(image.get_array())
    for text in ax.texts:
        column, row = (int(part) for part in text.get_position())
        shades = (to_rgb(image.to_rgba(array[row, column])), to_rgb(text.get_color()))
        low, high = sorted(_luminance(shade) for shade in shades)
        assert (high + 0.05) / (low + 0.05) >= 4.5


def _luminance(rgb: tuple[float, float, float]) -> float:
    parts = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in rgb]
    return float(np.dot(parts, [0.2126, 0.7152, 0.0722]))


def test_the_title_fits_over_narrow_pictures() -> None:
    ax = heatmap(es.case_matrix(study([("u1", "a code with a rather long name", "A")])))
    figure = ax.get_figure(root=True)
    assert isinstance(figure, Figure)
    figure.draw_without_rendering()
    boxes = [ax.get_window_extent(), *(text.get_window_extent() for text in (ax._left_title, *ax.get_yticklabels()))]  # type: ignore[attr-defined]
    assert max(box.x1 for box in boxes) <= figure.bbox.x1
    assert min(box.x0 for box in boxes) >= 0


@pytest.mark.parametrize("chosen", [[], None])
def test_nothing_to_draw(chosen: list[str] | None) -> None:
    empty = study().select(codes=chosen)
    for ax in (
        heatmap(es.case_matrix(empty, of="concepts")),
        cooccurrence(es.cooccurrence(study([("u1", "alone", "A")]))),
        cooccurrence(es.cooccurrence(study().select(codes=[]))),
    ):
        assert [text.get_text() for text in ax.texts] == ["nothing to draw"]
        assert rendered(ax)


def test_pairs_of_codes_are_drawn_once() -> None:
    found = es.cooccurrence(study())
    ax = found.plot()
    rows, columns = ticks(ax)
    assert (rows, columns) == (["workload", r"cost \$"], ["policy", "workload"])
    assert cells(ax) == {(0, 0): "0.33", (1, 0): "0.33", (1, 1): "0.00"}
    assert title(ax) == "Jaccard index: units with both / units with either"
    assert rendered(ax)


def test_the_most_frequent_codes_of_many() -> None:
    rows = [(f"u{n}", f"code {code:02}", "A") for code in range(30) for n in range(code + 1)]
    ax = cooccurrence(es.cooccurrence(study(rows)), most=3)
    assert ticks(ax) == (["code 28", "code 29"], ["code 27", "code 28"])
    assert cells(ax) == {(0, 0): "0.97", (1, 0): "0.93", (1, 1): "0.97"}
    assert "the 3 most frequent of 30 codes" in title(ax)
    assert len(ticks(cooccurrence(es.cooccurrence(study(rows))))[0]) == 24


def test_long_names_of_many_cases_lean_and_do_not_overlap() -> None:
    cases = [f"the hospital trust with a long name, number {n}" for n in range(9)]
    ax = heatmap(es.case_matrix(study([("u" + case, "policy", case) for case in cases])))
    assert {label.get_rotation() for label in ax.get_xticklabels()} == {40}
    figure = ax.get_figure(root=True)
    assert isinstance(figure, Figure)
    figure.draw_without_rendering()
    ends = [label.get_window_extent().x1 for label in ax.get_xticklabels()]
    assert all(right - left > 10 for left, right in itertools.pairwise(ends))


def test_it_draws_into_axes_that_are_given_and_leaves_pyplot_alone() -> None:
    import matplotlib.pyplot as plt

    before = plt.get_fignums()
    left, right = Figure().subplots(1, 2)
    assert es.case_matrix(study()).plot(ax=left) is left
    assert es.cooccurrence(study()).plot(ax=right) is right
    es.case_matrix(study()).plot()
    assert plt.get_fignums() == before


@pytest.mark.parametrize("most", [0, -3])
def test_most_is_a_whole_number(most: int) -> None:
    with pytest.raises(DataError, match=r"^most: most must be a whole number above 0"):
        heatmap(es.case_matrix(study()), most=most)
    with pytest.raises(DataError, match=r"^most: most must be a whole number above 0"):
        cooccurrence(es.cooccurrence(study()), most=most)


def test_short_names_stand_upright() -> None:
    cases = [f"Q{n}" for n in range(12)]
    ax = heatmap(es.case_matrix(study([("u" + case, "policy", case) for case in cases])))
    assert {label.get_rotation() for label in ax.get_xticklabels()} == {0}


def test_membership_scores_of_cases_and_conditions() -> None:
    table = pd.DataFrame({"case": ["Booking", "Scheme"], "imposed": [1.0, 0.4], "bypassed": [0.95, np.nan]})
    ax = heatmap(table)
    assert cells(ax) == {(0, 0): "1.00", (0, 1): "0.95", (1, 0): "0.40"}
    assert ticks(ax) == (["Booking", "Scheme"], ["imposed", "bypassed"])
    assert title(ax) == "membership scores"
    assert cells(heatmap(pd.DataFrame({"A": [1, 0]}, index=["x", "y"]))) == {(0, 0): "1", (1, 0): "0"}
    with pytest.raises(DataError, match=r"'level' without numbers.*es\.qca\.calibrate"):
        heatmap(pd.DataFrame({"level": ["national", "local"]}))
