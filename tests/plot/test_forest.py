"""The picture of coefficients holds what the table holds."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from expertsys.errors import DataError
from expertsys.plot import forest
from expertsys.plot.style import ACCENT, INK, shorten

NAN = float("nan")


def table(rows: dict[Any, tuple[float, float, float]], **columns: Any) -> pd.DataFrame:
    made = pd.DataFrame(list(rows.values()), columns=["estimate", "low", "high"], dtype="float64").assign(**columns)
    if all(isinstance(key, tuple) for key in rows) and rows:
        made.index = pd.MultiIndex.from_tuples(list(rows), names=["case", "code"])
    else:
        made.index = pd.Index(list(rows), name="code")
    return made


def points(ax: Axes) -> list[tuple[float, float, str]]:
    """Estimate, row and marker of each point, from the top."""
    drawn = [line for line in ax.lines if line.get_marker() not in ("None", "", None)]
    return sorted(
        ((float(line.get_xdata()[0]), float(line.get_ydata()[0]), str(line.get_marker())) for line in drawn),  # type: ignore[index]
        key=lambda point: -point[1],
    )


def intervals(ax: Axes) -> dict[float, tuple[float, float]]:
    """Ends of the interval in each row: horizontal lines."""
    found = {}
    for line in ax.lines:
        x, y = np.asarray(line.get_xdata(), dtype=float), np.asarray(line.get_ydata(), dtype=float)
        if len(x) == 2 and y[0] == y[1] and line.get_marker() == "None":
            found[float(y[0])] = (float(x[0]), float(x[1]))
    return found


def labels(ax: Axes) -> list[str]:
    """Labels of the rows, from the top."""
    pairs = zip(ax.get_yticks(), ax.get_yticklabels(), strict=True)
    return [label.get_text() for _, label in sorted(pairs, key=lambda pair: -float(pair[0]))]


def rendered(ax: Axes) -> bytes:
    target = io.BytesIO()
    ax.get_figure(root=True).savefig(target, format="png", dpi=40)  # type: ignore[union-attr]
    return target.getvalue()


def test_points_intervals_and_labels_are_the_tables() -> None:
    rows = {"policy": (0.7, 0.6, 0.8), "workload": (0.2, 0.1, 0.45), "all codes (Jaccard)": (0.5, 0.4, 0.6)}
    ax = forest(table(rows))
    assert labels(ax) == list(rows)
    assert points(ax) == [(0.7, 2, "o"), (0.2, 1, "o"), (0.5, 0, "D")]
    assert intervals(ax) == {2: (0.6, 0.8), 1: (0.1, 0.45), 0: (0.4, 0.6)}
    assert ax.get_xlabel() == "Krippendorff's alpha"
    assert ax.get_title(loc="left") == ""


def test_the_whole_stands_out_and_only_the_whole() -> None:
    ax = forest(table({"overall codes (x)": (0.7, 0.6, 0.8), "all codes (MASI)": (0.5, 0.4, 0.6)}))
    assert [marker for *_, marker in points(ax)] == ["o", "D"]
    colours = [to_hex(line.get_color()) for line in ax.lines if line.get_marker() in ("o", "D")]
    assert colours == [INK, ACCENT]


def test_krippendorffs_marks() -> None:
    ax = forest(table({"policy": (0.7, 0.6, 0.8)}))
    upright = {float(np.asarray(line.get_xdata())[0]) for line in ax.lines if line.get_linestyle() == "--"}
    assert upright == {0.667, 0.8}
    assert {text.get_text() for text in ax.texts} == {"0.667", "0.8"}


def test_the_axis_reaches_from_0_to_1_and_to_what_lies_beyond() -> None:
    low, high = forest(table({"a": (0.7, 0.6, 0.8)})).get_xlim()
    assert low < 0
    assert high > 1
    low, high = forest(table({"a": (-0.4, -0.9, 0.1), "b": (0.9, 0.8, 1.2)})).get_xlim()
    assert low < -0.9
    assert high > 1.2
    low, _ = forest(table({"a": (-0.5, NAN, NAN)})).get_xlim()
    assert low < -0.5


def test_an_undefined_row_is_named_and_has_no_point() -> None:
    ax = forest(table({"a": (NAN, NAN, NAN), "b": (0.4, NAN, NAN)}))
    assert labels(ax) == ["a", "b"]
    assert points(ax) == [(0.4, 0, "o")]
    assert intervals(ax) == {}
    assert [text.get_position()[1] for text in ax.texts if text.get_text() == "undefined"] == [1]


@pytest.mark.parametrize("rows", [{}, {"a": (NAN, NAN, NAN), "b": (NAN, NAN, NAN)}])
def test_nothing_to_draw(rows: dict[str, tuple[float, float, float]]) -> None:
    ax = forest(table(rows))
    assert points(ax) == []
    assert labels(ax) == list(rows)
    assert rendered(ax)


def test_more_rows_than_are_readable() -> None:
    rows = {f"code {number}": (number / 100, 0.0, 1.0) for number in range(60)}
    whole = {"all codes (Jaccard)": (0.5, 0.4, 0.6)}
    made = table(rows | whole, prevalence=[*(number / 60 for number in range(60)), 0.0])
    ax = forest(made, most=10)
    # the nine most prevalent codes in the table's order, and the whole although its prevalence is lowest
    assert labels(ax) == [*(f"code {number}" for number in range(51, 60)), "all codes (Jaccard)"]
    assert ax.get_title(loc="left") == "The 10 most prevalent of 61 rows"
    assert len(labels(forest(made))) == 40
    assert len(labels(forest(made, most=99))) == 61


def test_undefined_prevalence_comes_last() -> None:
    rows = dict.fromkeys(["a", "b", "c"], (0.5, 0.4, 0.6))
    assert labels(forest(table(rows, prevalence=[NAN, 0.1, 0.2]), most=2)) == ["b", "c"]


def test_rows_of_cases_and_pairs_are_named_by_all_their_parts() -> None:
    ax = forest(table({("A", "policy"): (0.7, 0.6, 0.8), ("A", "all codes (MASI)"): (0.7, 0.6, 0.8)}))
    assert labels(ax) == ["A · policy", "A · all codes (MASI)"]
    assert [marker for *_, marker in points(ax)] == ["o", "D"]


def test_other_coefficients_are_named() -> None:
    made = table({"policy": (0.7, 0.6, 0.8)})
    made.attrs["coefficient"] = "Gwet's AC1"
    assert forest(made).get_xlabel() == "Gwet's AC1"


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("costs $5 or $6", r"costs \$5 or \$6"),
        ("a\tb\nc\x0bd\x00e", "a b c d e"),
        ("parent code->" + "x" * 60 + "->the very end", "parent code->xxx…xxx->the very end"),
        ("$" * 40, r"\$" * 16 + "…" + r"\$" * 17),
    ],
)
def test_labels_of_any_name(name: str, label: str) -> None:
    assert shorten(name) == label
    ax = forest(table({name: (0.7, 0.6, 0.8)}))
    assert labels(ax) == [label]
    assert rendered(ax)


def test_it_draws_into_axes_that_are_given_and_leaves_pyplot_alone() -> None:
    import matplotlib.pyplot as plt

    before = plt.get_fignums()
    figure = Figure()
    left, right = figure.subplots(1, 2)
    assert forest(table({"a": (0.5, 0.4, 0.6)}), ax=right) is right
    assert not left.lines
    forest(table({"a": (0.5, 0.4, 0.6)}))
    assert plt.get_fignums() == before


def test_the_picture_grows_with_its_rows() -> None:
    few, many = (
        forest(table({f"c{n}": (0.5, 0.4, 0.6) for n in range(rows)})).get_figure(root=True) for rows in (2, 30)
    )
    assert few is not None
    assert many is not None
    assert many.get_figheight() > few.get_figheight() + 28 * 0.2


@pytest.mark.parametrize("most", [0, -1, 2.5, True])
def test_most_is_a_whole_number(most: Any) -> None:
    with pytest.raises(DataError, match=r"^most: most must be a whole number above 0"):
        forest(table({"a": (0.5, 0.4, 0.6)}), most=most)


def test_a_table_of_another_kind_is_refused() -> None:
    with pytest.raises(DataError, match=r"forest: no columns 'low', 'high'; the columns are 'estimate', 'lows'"):
        forest(pd.DataFrame({"estimate": [1.0], "lows": [1.0]}))


def test_marks_are_for_alpha() -> None:
    rows = table({"a": (0.7, 0.6, 0.8)})
    assert [text.get_text() for text in forest(rows).texts] == ["0.667", "0.8"]
    rows.attrs["coefficient"] = "percent agreement"
    ax = forest(rows)
    assert not ax.texts
    assert ax.get_xlabel() == "percent agreement"
