"""Likeness of cases and their tree: by hand, and by SciPy's own functions on sets."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import strategies  # noqa: F401  # chooses the profile
from generated import study
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial import distance

from expertsys import case_matrix
from expertsys.comparison import similarity
from expertsys.errors import DataError

# x and y share two codes, x has one more, y two more, neither has one: a = 2, b = 1, c = 2, d = 1
TABLE = pd.DataFrame(
    {"x": [3, 1, 1, 0, 0, 0], "y": [1, 2, 0, 1, 1, 0], "z": [0, 0, 0, 0, 0, 4]}, index=list("abcdef")
).T


@pytest.mark.parametrize(
    ("measure", "expected"),
    [
        ("jaccard", 2 / 5),
        ("simple_matching", 3 / 6),
        ("russell_rao", 2 / 6),
        ("kuckartz_radiker", 5 / 8),
        ("cosine", 5 / np.sqrt(11 * 7)),
        ("euclidean", np.sqrt(4 + 1 + 1 + 1 + 1)),
        ("cityblock", 2 + 1 + 1 + 1 + 1),
        ("bray_curtis", 6 / 10),
        (
            "hellinger",
            np.sqrt(((np.sqrt([0.6, 0.2, 0.2, 0, 0]) - np.sqrt([0.2, 0.4, 0, 0.2, 0.2])) ** 2).sum() / 2),
        ),
        ("correlation", (5 - 5 * 5 / 6) / np.sqrt((11 - 25 / 6) * (7 - 25 / 6))),
    ],
)
def test_each_measure_by_hand(measure: str, expected: float) -> None:
    found = similarity(TABLE, measure=measure)  # type: ignore[arg-type]
    assert found.matrix.loc["x", "y"] == pytest.approx(expected, abs=1e-12)
    assert found.matrix.loc["y", "x"] == found.matrix.loc["x", "y"]
    same = 3 / 6 if measure == "russell_rao" else 0 if found.is_distance else 1
    assert found.matrix.loc["x", "x"] == pytest.approx(same)
    assert found.methods_text().startswith("Distances" if found.is_distance else "Similarities")
    assert found.cite()[-1].startswith("Legendre P")


def test_profiles_that_share_nothing() -> None:
    assert similarity(TABLE, measure="hellinger").matrix.loc["x", "z"] == pytest.approx(1)
    assert similarity(TABLE, measure="bray_curtis").matrix.loc["x", "z"] == 1
    assert similarity(TABLE, measure="jaccard").matrix.loc["x", "z"] == 0


def test_a_row_without_any_code_is_undefined_or_different_and_named() -> None:
    empty = pd.DataFrame({"p": [1, 0, 0], "q": [1, 0, 0]}, index=["x", "y", "z"])
    for measure in ("cosine", "correlation", "hellinger"):
        assert np.isnan(similarity(empty, measure=measure).matrix.loc["x", "y"])  # type: ignore[arg-type]
    jaccard = similarity(empty, measure="jaccard")
    assert jaccard.matrix.loc["x", "y"] == 0
    assert np.isnan(jaccard.matrix.loc["y", "z"])
    assert jaccard.note == "Without any code: 'y', 'z'."
    assert similarity(empty, measure="simple_matching").matrix.loc["y", "z"] == 1
    with pytest.raises(DataError, match=r"distances are undefined for 'y', 'z'"):
        jaccard.cluster()


def test_pairs_the_most_alike_first() -> None:
    assert similarity(TABLE, measure="jaccard").to_frame().index.tolist() == [("x", "y"), ("x", "z"), ("y", "z")]
    assert similarity(TABLE, measure="euclidean").to_frame().index[0] == ("x", "y")


def test_a_study_is_compared_by_shares_or_by_presence() -> None:
    rows = [("u1", "ann", "p", "A"), ("u2", "ann", "q", "A"), ("u3", "ann", "p", "B"), ("u4", "ann", "p", "B")]
    coded = study(rows)
    assert similarity(coded, measure="euclidean").matrix.loc["A", "B"] == pytest.approx(np.sqrt(0.25 + 0.25))
    assert similarity(coded, measure="jaccard").matrix.loc["A", "B"] == 0.5
    assert similarity(coded, measure="cityblock", show="count").matrix.loc["A", "B"] == 2
    made = case_matrix(coded, by="document")
    assert similarity(made, measure="jaccard").matrix.shape == (4, 4)
    assert (
        "between 4 groups by document by the presence of 2 codes" in similarity(made, measure="jaccard").methods_text()
    )


def test_a_tree_by_hand() -> None:
    line = pd.DataFrame({"at": [0.0, 1.0, 5.0, 7.0]}, index=list("abcd"))
    tree = similarity(line, measure="euclidean").cluster(linkage="single")
    assert tree.to_frame()["height"].tolist() == [1, 2, 4]
    assert tree.to_frame()["n"].tolist() == [2, 2, 4]
    assert {tuple(sorted(pair)) for pair in tree.to_frame()[["left", "right"]].to_numpy()[:2]} == {
        ("a", "b"),
        ("c", "d"),
    }
    assert tree.groups(2)["a"] == tree.groups(2)["b"] != tree.groups(2)["c"]
    assert sorted(tree.groups(4)) == [1, 2, 3, 4]
    average = similarity(line, measure="euclidean").cluster()
    assert average.to_frame()["height"].tolist() == pytest.approx([1, 2, (5 + 7 + 4 + 6) / 4])
    # distances ab ac ad bc bd cd = 1 5 7 4 6 2 meet at 1 5.5 5.5 5.5 5.5 2
    assert average.cophenetic == pytest.approx(np.corrcoef([1, 5, 7, 4, 6, 2], [1, 5.5, 5.5, 5.5, 5.5, 2])[0, 1])
    assert "average linkage of distances: Euclidean distance" in average.methods_text()
    assert average.plot().get_xlabel() == "distance (euclidean), average linkage"


def test_ties_are_told() -> None:
    line = pd.DataFrame({"at": [0.0, 1.0, 2.0]}, index=list("abc"))
    assert "1 of 3 distances tie" in similarity(line, measure="euclidean").cluster().note
    assert np.isnan(similarity(TABLE.iloc[:2], measure="euclidean").cluster().cophenetic)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: similarity(TABLE, measure="likeness"), r"measure must be one of"),
        (lambda: similarity(TABLE.iloc[:1], measure="jaccard"), r"1 rows by 6 columns leave nothing to compare"),
        (lambda: similarity(TABLE, measure="jaccard").cluster(linkage="ward"), r"Ward's method .*'jaccard' is none"),
        (lambda: similarity(TABLE, measure="jaccard").cluster(linkage="nearest"), r"linkage must be one of"),
        (lambda: similarity(TABLE, measure="euclidean").cluster().groups(4), r"n must be a whole number from 1 to 3"),
    ],
)
def test_what_is_refused(make: object, message: str) -> None:
    with pytest.raises(DataError, match=message):
        make()  # type: ignore[operator]


def test_a_large_tree_is_not_drawn() -> None:
    many = pd.DataFrame({"at": np.arange(81.0) ** 2})
    with pytest.raises(DataError, match="a tree of 81 cases cannot be read"):
        similarity(many, measure="euclidean").cluster().plot()


@settings(max_examples=20)
@given(st.lists(st.lists(st.booleans(), min_size=4, max_size=4).filter(any), min_size=2, max_size=5))
def test_measures_of_sets_are_those_of_scipy(rows: list[list[bool]]) -> None:
    has = np.array(rows)
    table = pd.DataFrame(has.astype(int), index=[f"c{place}" for place in range(len(rows))])
    for ours, theirs in (
        ("jaccard", distance.jaccard),
        ("russell_rao", distance.russellrao),
        ("simple_matching", distance.hamming),
    ):
        found = similarity(table, measure=ours).matrix.to_numpy()  # type: ignore[arg-type]
        assert found[0, 1] == pytest.approx(1 - theirs(has[0], has[1]))


def test_a_cell_without_a_value_is_unknown_and_not_absent() -> None:
    """What is not known of y can be neither like x nor unlike it, and its row has no sum."""
    table = pd.DataFrame({"a": [1, np.nan, 1], "b": [1, 1, 0]}, index=list("xyz"))
    for measure in ("jaccard", "simple_matching", "russell_rao", "kuckartz_radiker", "cosine", "euclidean"):
        found = similarity(table, measure=measure)
        assert found.matrix.loc["y"].isna().all()
        assert not np.isnan(found.matrix.loc["x", "z"])
        assert found.note == "1 cell without a value: unknown, not absent. Unknown in part, and so not compared: 'y'."
    presence = case_matrix(table, show="presence")
    assert presence.to_frame().loc["x"].tolist() == [1, 1]
    assert np.isnan(presence.to_frame().loc["y", "a"])
    assert case_matrix(table, show="share").to_frame().loc["y"].isna().all()
    assert "unknown, not absent" in presence.note


def test_amounts_below_zero_are_no_amounts() -> None:
    with pytest.raises(DataError, match="'hellinger' compares amounts, and some cells are below 0"):
        similarity(pd.DataFrame({"a": [1, -1], "b": [1, 1]}), measure="hellinger")
