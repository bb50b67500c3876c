"""Pictures of comparative analyses show what the results hold."""

from __future__ import annotations

import pandas as pd
import pytest
from matplotlib.collections import PathCollection

from expertsys import plot, qca
from expertsys.errors import DataError

TABLE = pd.DataFrame(
    {"A": [0.9, 0.8, 0.7, 0.2, 0.6, 0.1], "B": [0.9, 0.2, 0.8, 0.9, 0.1, 0.2], "Y": [1.0, 0.9, 0.3, 0.8, 0.4, 0.1]},
    index=pd.Index(list("pqrstu"), name="case"),
)


def solution(cutoff: float = 0.7) -> qca.Solution:
    truth = qca.truth_table(TABLE, outcome="Y", conditions=["A", "B"], consistency_cutoff=cutoff)
    return qca.minimise(truth, solution="conservative")


def points(ax: object) -> list[list[tuple[float, float]]]:
    found = [one for one in ax.collections if isinstance(one, PathCollection)]  # type: ignore[attr-defined]
    return [[(float(x), float(y)) for x, y in one.get_offsets()] for one in found]


def test_a_title_of_long_names_stays_inside_the_picture() -> None:
    name, outcome = (
        "professional_pressure_by_the_royal_colleges*" * 3,
        "an outcome with so long a name " * 2,
    )
    ax = plot.xy_plot(pd.Series([0.9, 0.2], name=name), pd.Series([0.8, 0.6], name=outcome))
    ax.figure.canvas.draw()
    assert ax.figure.bbox.width >= max(text.get_window_extent().x1 for text in [ax._left_title, ax.xaxis.label])


def test_cases_that_contradict_sufficiency_stand_apart_and_are_named() -> None:
    ax = plot.xy_plot(TABLE["A"], TABLE["Y"])
    agree, against = points(ax)
    assert set(against) == {(0.7, 0.3), (0.6, 0.4)}
    assert set(agree) | set(against) == set(zip(TABLE["A"], TABLE["Y"], strict=True))
    assert {"r", "t"} <= {text.get_text() for text in ax.texts}
    fit = qca.parameters_of_fit(["A"], TABLE, outcome="Y").loc["A"]
    assert f"consistency {fit['consistency']:.3f}, PRI {fit['pri']:.3f}" in ax.get_title(loc="left")


def test_necessity_is_contradicted_on_the_other_side() -> None:
    ax = plot.xy_plot(TABLE["A"], TABLE["Y"], relation="necessity")
    assert points(ax)[1] == [(0.2, 0.8)]
    assert "RoN" in ax.get_title(loc="left")


def test_a_solution_draws_itself_or_a_term() -> None:
    found = solution()
    assert found.plot().get_xlabel() == "membership in A + B"
    assert found.plot(term="B").get_xlabel() == "membership in B"
    with pytest.raises(DataError, match="no term 'C'"):
        found.plot(term="C")


def test_many_cases_at_one_place_share_a_label() -> None:
    x = pd.Series([1.0] * 5, index=list("abcde"), name="A")
    texts = [text.get_text() for text in plot.xy_plot(x, x.rename("Y")).texts]
    assert texts == ["a, b, c +2"]
    assert len(plot.xy_plot(TABLE["A"], TABLE["Y"], most=1).texts) == 1
    with pytest.raises(DataError, match="5 memberships in x and 6 in y"):
        plot.xy_plot(x, TABLE["Y"])


def test_overlaps_count_cases_with_and_without_the_outcome() -> None:
    ax = plot.upset(solution())
    totals = [text.get_text() for text in ax.texts if text.get_text().isdigit()]
    assert sorted(totals) == ["1", "1", "2", "2"]  # B alone s, none u, A alone q and t, both p and r
    heights = [[float(bar.get_height()) for bar in group] for group in ax.containers]
    assert sum(map(sum, heights[0::2])) == 3  # p, q, s have the outcome
    assert sum(map(sum, heights[1::2])) == 3
    assert {"A", "B", "none"} <= {text.get_text() for text in ax.texts}


def test_the_curve_passes_through_its_anchors() -> None:
    raw = pd.Series([1.0, 4.0, 9.0], index=list("abc"), name="income")
    ax = plot.calibration_curve(raw, anchors=(2, 4, 8))
    curve = dict(zip(*map(list, ax.lines[0].get_data()), strict=True))
    nearest = min(curve, key=lambda x: abs(x - 8))
    assert curve[nearest] == pytest.approx(0.95, abs=0.01)
    assert {"out 2", "crossover 4", "full 8", "b"} <= {text.get_text() for text in ax.texts}
    assert ax.get_xlabel() == "income"
    steps = plot.calibration_curve(raw, anchors=[3, 5], method="crisp")
    assert steps.get_ylabel() == "level"
    assert {"threshold 1 3", "threshold 2 5"} <= {text.get_text() for text in steps.texts}


def test_the_map_says_where_models_stay_the_same() -> None:
    swept = qca.sweep(solution(), consistency_cutoff=[0.7, 0.9, 0.99], frequency_cutoff=[1, 2])
    ax = plot.robustness_map(swept)
    texts = {text.get_position(): text.get_text() for text in ax.texts}
    assert texts[(0, 1)] == "same"  # 0.7 and 1: columns run up, rows down
    assert texts[(1, 1)] == "0 of 2"
    assert texts[(2, 1)] == "no model"
    assert [label.get_text() for label in ax.get_xticklabels()] == ["0.7", "0.9", "0.99"]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["2", "1"]


def test_repetitions_without_a_grid_are_a_list() -> None:
    left_out = qca.leave_one_out(solution())
    ax = left_out.plot()
    assert [label.get_text() for label in ax.get_yticklabels()] == list("pqrstu")
    assert set(left_out.table["expression"].replace("", "no model")) <= {text.get_text() for text in ax.texts}
    few = plot.robustness_map(left_out, most=2)
    assert len(few.get_yticklabels()) == 2
    assert "the 2 that change most" in few.get_title(loc="left")


def test_where_models_tie_the_title_says_which_is_drawn() -> None:
    """Three conditions neither all absent nor all present: two covers of three terms tie (Quine 1952)."""
    rows = [(0, 1, 1), (0, 1, 0), (1, 0, 1), (1, 0, 0), (0, 0, 1), (1, 1, 0), (0, 0, 0), (1, 1, 1)]
    table = pd.DataFrame(rows, columns=list("PQR")).assign(Y=[1] * 6 + [0] * 2)
    truth = qca.truth_table(table, outcome="Y", conditions=list("PQR"), consistency_cutoff=1)
    tied = qca.minimise(truth, solution="parsimonious")
    assert plot.upset(tied, model=2).get_title(loc="left").endswith("for Y, model 2 of 2")
    assert tied.plot().get_title(loc="left").endswith(", model 1 of 2")
    swept = qca.sweep(tied, consistency_cutoff=[0.9, 1])
    assert "(model 1 of 2) in 2 of 2" in plot.robustness_map(swept).get_title(loc="left")
    assert "model 1 of 2" in repr(swept)
    fewer = qca.minimise(truth, solution="parsimonious", max_models=1)
    assert plot.upset(fewer).get_title(loc="left").endswith("model 1 of 1 listed")
    alone = qca.sweep(solution(), consistency_cutoff=[0.7, 0.9])
    drawn = [plot.upset(solution()), solution().plot(), plot.robustness_map(alone)]
    assert not any("model 1" in ax.get_title(loc="left") for ax in drawn)


def test_what_cannot_be_drawn_is_refused() -> None:
    with pytest.raises(DataError, match=r"y is no membership in \[0, 1\] for '1'"):
        plot.xy_plot([0.1, 0.9], [0.5, 5])  # type: ignore[arg-type]
    with pytest.raises(DataError, match="there are no values"):
        plot.calibration_curve([], anchors=(1, 2, 3))
    assert plot.xy_plot([0.1, 0.9], [0.5, 1]).get_xlabel() == "membership in x"  # type: ignore[arg-type]
