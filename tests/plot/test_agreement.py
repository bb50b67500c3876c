"""The pictures of disagreement hold what their results hold."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import expertsys as es
from expertsys.errors import DataError

A = es.agreement


def shown(ax) -> dict[tuple[str, str], str]:  # type: ignore[no-untyped-def]
    """Figures by row and column."""
    rows = dict(zip(ax.get_yticks(), (label.get_text() for label in ax.get_yticklabels()), strict=True))
    columns = dict(zip(ax.get_xticks(), (label.get_text() for label in ax.get_xticklabels()), strict=True))
    return {
        (rows[round(text.get_position()[1])], columns[round(text.get_position()[0])]): text.get_text()
        for text in ax.texts
    }


def test_confusion_shows_each_pair_once_and_no_noughts() -> None:
    result = A.confusion(A.Ratings.from_array([list("aabbccdd"), list("abbaacdd")], coders="rows"))
    ax = es.plot.confusion(result)
    assert shown(ax) == {("b", "a"): "2", ("c", "a"): "1"}
    assert result.plot(ax=ax) is ax


def test_the_most_confused_codes_are_kept_and_that_is_said() -> None:
    result = A.confusion(A.Ratings.from_array([list("aabbccdd"), list("abbaacdd")], coders="rows"))
    ax = es.plot.confusion(result, most=2)
    assert shown(ax) == {("b", "a"): "2"}
    assert "the 2 most confused of 4 codes" in " ".join(ax.get_title(loc="left").split())


def test_a_confused_code_is_kept_with_its_partner() -> None:
    """One code that is confused once each with many must not crowd out the pairs that are confused most."""
    first, second = list("aabb" + "ccc" + "xxx" + "xyz"), list("bbaa" + "ccc" + "def" + "xyz")
    result = A.confusion(A.Ratings.from_array([first, second], coders="rows"))
    assert shown(es.plot.confusion(result, most=3)) == {("b", "a"): "4"}


def test_no_confusion_says_so() -> None:
    ax = es.plot.confusion(A.confusion(A.Ratings.from_array([list("ab"), list("ab")], coders="rows")))
    assert [text.get_text() for text in ax.texts] == ["nothing to draw"]


def test_coders_are_shown_pair_by_pair() -> None:
    cells = np.random.default_rng(0).integers(0, 2, (30, 3))
    result = A.coder_matrix(A.Ratings.from_array(cells, coders="columns", names=["x", "y", "z"]))
    found = shown(es.plot.coder_matrix(result))
    for (first, second), row in result.to_frame().iterrows():
        assert float(found[second, first]) == pytest.approx(row["estimate"], abs=0.0051)
    ax = es.plot.coder_matrix(result)
    assert result.plot(ax=ax) is ax
    few = es.plot.coder_matrix(result, most=2)
    assert "the first 2 of 3 coders" in " ".join(few.get_title(loc="left").split())


def spans() -> es.Study:
    rows = [
        ("u1", "ann", "x", 0, 10),
        ("u1", "ben", "x", 0, 10),
        ("u2", "ann", "x", 10, 40),
        ("u2", "ben", "y", 10, 40),
        ("u3", "ann", "x", 40, 50),
    ]
    codings = pd.DataFrame(rows, columns=["unit", "coder", "code", "start", "end"]).assign(document="d")
    seen = pd.DataFrame({"coder": ["ann", "ben"], "document": ["d", "d"]})
    units = codings[["unit", "document", "start", "end"]].drop_duplicates()
    return es.Study(codings, assignments=seen, units=units)


def test_along_a_document_units_are_as_wide_as_they_are_long() -> None:
    ax = es.plot.along(spans(), "d")
    high = {round(bar.get_x()): bar for bar in ax.patches if bar.get_height() > 0.05}
    assert set(high) == {10, 40}
    assert (high[10].get_width(), high[10].get_height()) == (30, 1)
    assert ax.get_xlabel() == "characters"


def test_along_refuses_what_it_cannot_draw() -> None:
    with pytest.raises(DataError, match="'e'"):
        es.plot.along(spans(), "e")
    alone = es.Study(pd.DataFrame({"unit": ["u1"], "coder": ["ann"], "code": ["x"], "document": ["d"]}))
    with pytest.raises(DataError, match="no unit of 'd' was seen by two coders"):
        es.plot.along(alone, "d")
