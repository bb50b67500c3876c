"""Marks along a document."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from expertsys.agreement import Spans
from expertsys.errors import DataError
from expertsys.plot import along
from expertsys.plot.spans import COLOURS, lanes
from expertsys.plot.style import INK, MUTED
from expertsys.study import Study

ROWS = [("ann", "a", 0, 40), ("ann", "b", 20, 60), ("ben", "a", 0, 40), ("cyn", "c", 70, 90)]


def spans(rows: list[tuple[str, str, int, int]] = ROWS) -> Spans:
    frame = pd.DataFrame(rows, columns=["coder", "code", "start", "end"]).assign(document="d")
    seen = {"ann": ["d", "e"], "ben": ["d"], "cyn": ["d"], "dan": ["d"]}
    return Spans.from_frame(frame, lengths={"d": 100, "e": 5}, seen=seen)


def test_a_row_for_each_coder_and_a_strip() -> None:
    ax = along(spans(), "d")
    assert [label.get_text() for label in ax.get_yticklabels()] == ["ann", "ben", "cyn", "dan", "disagreement"]
    marks, strip = ax.patches[:4], ax.patches[4:]
    assert [(bar.get_x(), bar.get_width()) for bar in marks] == [(0, 40), (20, 40), (0, 40), (70, 20)]  # type: ignore[attr-defined]
    colours = [bar.get_facecolor() for bar in marks]
    assert colours[0] == colours[2]
    assert len(set(colours)) == 3
    # pairs of four coders: a, a, –, –; then ab, a, –, –; then b, –, –, –; then c, –, –, –
    heights = [-bar.get_height() / 0.8 for bar in strip]  # type: ignore[attr-defined]
    assert heights == pytest.approx([4 / 6, 4.5 / 6, 3 / 6, 3 / 6])
    assert ax.get_xlim() == (0, 100)
    legend = ax.get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()] == ["a", "b", "c"]


def test_overlapping_marks_stand_in_lanes() -> None:
    assert lanes(np.array([0, 5, 10, 12]), np.array([10, 15, 20, 13])) == [0, 1, 0, 2]


def test_codes_without_a_colour_share_one() -> None:
    stretches = [(f"code {number}", 10 * number, 10 * number + 9 - number) for number in range(9)]
    rows = [(coder, *stretch) for stretch in stretches for coder in ("ann", "ben")]
    legend = along(spans(rows), "d").get_legend()
    assert legend is not None
    assert legend.get_texts()[-1].get_text() == "3 other codes"
    seven = along(spans(rows[:14]), "d")
    legend = seven.get_legend()
    assert legend is not None
    assert len(legend.get_texts()) == len(COLOURS) + 1
    assert INK != MUTED


def test_a_study_of_spans_is_drawn_too() -> None:
    codings = pd.DataFrame(ROWS, columns=["coder", "code", "start", "end"]).assign(document="d")
    ax = along(Study(codings), "d")
    assert ax.get_title(loc="left").startswith("d: marks of each coder")
    assert ax.get_xlim() == (0, 90)


def test_nothing_to_draw() -> None:
    with pytest.raises(DataError, match="no document 'z'"):
        along(spans(), "z")
    with pytest.raises(DataError, match="'e' was not seen by two coders"):
        along(spans(), "e")
