"""Trees, likeness, contrasts and portraits: what is drawn is what the results say."""

from __future__ import annotations

import pandas as pd
import pytest

import expertsys as es
from expertsys import Study, contrast, plot
from expertsys.comparison import similarity
from expertsys.errors import DataError


def spans() -> Study:
    codings = pd.DataFrame(
        [("d", "ann", "p", 0, 4), ("d", "ben", "p", 2, 6), ("d", "ann", "q", 6, 8), ("e", "ann", "p", 0, 1)],
        columns=["document", "coder", "code", "start", "end"],
    )
    documents = pd.DataFrame({"document": ["d", "e", "f"], "text": ["x" * 12, "y", "z"]})
    return Study(codings, documents=documents)


def test_a_portrait_of_positions() -> None:
    ax = plot.portrait(spans(), "d")
    assert [(bar.get_x(), bar.get_width()) for bar in ax.patches] == [(0, 4), (2, 4), (6, 2)]  # type: ignore[attr-defined]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["q", "p"]
    assert (ax.get_xlim(), ax.get_xlabel()) == ((0, 12), "characters")
    assert "the 1 most frequent of 2 codes" in plot.portrait(spans(), "d", most=1).get_title(loc="left")


def test_a_portrait_of_units() -> None:
    rows = pd.DataFrame({"unit": ["u2", "u3"], "coder": "ann", "code": "p", "document": "d"})
    units = pd.DataFrame({"unit": ["u1", "u2", "u3"], "document": "d"})
    ax = plot.portrait(Study(rows, units=units), "d")
    assert [bar.get_x() for bar in ax.patches] == [1, 2]  # type: ignore[attr-defined]
    assert (ax.get_xlim(), ax.get_xlabel()) == ((0, 3), "units, in order")


def test_no_portrait_of_what_is_not_there() -> None:
    with pytest.raises(DataError, match="no document 'g'"):
        plot.portrait(spans(), "g")
    with pytest.raises(DataError, match="'f' has no codings"):
        plot.portrait(spans(), "f")


def test_likeness_is_a_triangle() -> None:
    table = pd.DataFrame({"a": [1, 1, 0], "b": [1, 0, 0], "c": [0, 1, 1]}, index=["x", "y", "z"])
    ax = similarity(table, measure="jaccard").plot()
    assert sorted(text.get_text() for text in ax.texts) == ["0.00", "0.33", "0.50"]
    assert "more alike" in ax.get_title(loc="left")
    tree = similarity(table, measure="euclidean").cluster().plot()
    assert {label.get_text() for label in tree.get_yticklabels()} == {"x", "y", "z"}


def grouped(cases: int) -> Study:
    rows = [
        (f"{case}.{unit}", f"d{case}.{unit % 3}", f"case {case}", "pq"[unit % 2])
        for case in range(cases)
        for unit in range(9)
    ]
    return Study(pd.DataFrame(rows, columns=["unit", "document", "case", "code"]).assign(coder="ann"))


def test_pairs_are_drawn_for_few_groups_and_shares_for_many() -> None:
    few = contrast(grouped(3), permutations=9, replicates=9).plot()
    assert few.get_xlabel() == "difference between shares of units"
    legend = few.get_legend()
    assert legend is not None
    assert legend.get_texts()[0].get_text() == "case 0 − case 1"
    many = contrast(grouped(5), permutations=9, replicates=9).plot()
    assert many.get_xlabel() == "share of units"


def test_without_intervals_the_picture_says_so() -> None:
    study = es.Study(pd.DataFrame({"unit": ["a", "b"], "coder": "ann", "code": ["p", "q"], "case": ["A", "B"]}))
    assert contrast(study, permutations=9, replicates=9).plot().get_title(loc="left") == "too little for intervals"
