"""One coder against a panel, and the alternative annotator test, against plain Python and scipy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import strategies
from hypothesis import assume, given
from scipy import stats

from expertsys.agreement import Bootstrap, Ratings, against_panel, alternative_annotator_test, cross_replication
from expertsys.errors import DataError

from .. import byhand, studies
from . import plainly

QUICK = Bootstrap(replicates=60, rng=0)
NAMES = ["ann", "ben", "cy", "di", "model"]


def coded(size: int, skill: dict[str, float], seed: int = 0, missing: float = 0.0) -> Ratings:
    """Coders who know a share of the units and guess the others."""
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, 3, size)
    rows = [np.where(rng.random(size) < share, truth, rng.integers(0, 3, size)) for share in skill.values()]
    cells = np.stack(rows).astype(float)
    cells[rng.random(cells.shape) < missing] = np.nan
    return Ratings.from_array(cells, coders="rows", names=list(skill))


@given(strategies.matrices(values=("a", "b", "c"), coders=(3, 5), units=(3, 10)))
def test_every_row_is_one_coder_against_the_others_on_the_units_of_the_first(matrix: strategies.Matrix) -> None:
    names = NAMES[: len(matrix[0])]
    ratings = Ratings.from_array(matrix, coders="columns", names=names)
    found = against_panel(ratings, coder=names[0], method=Bootstrap(3, rng=0))
    seen = [row for row in matrix if row[0] is not None]
    others = range(1, len(names))
    expected = {names[0]: plainly.cross(plainly.columns(seen, [0]), plainly.columns(seen, others), byhand.nominal)}
    for place in others:
        rest = [other for other in others if other != place]
        expected[names[place]] = plainly.cross(
            plainly.columns(seen, [place]), plainly.columns(seen, rest), byhand.nominal
        )
    table = found.to_frame()
    for name, figure in expected.items():
        assert table.loc[name, "estimate"] == pytest.approx(np.nan if figure is None else figure, abs=1e-9, nan_ok=True)
    known = [(figure, table.loc[name, "n_units"]) for name, figure in list(expected.items())[1:] if figure is not None]
    mean = sum(figure * size for figure, size in known) / sum(size for _, size in known) if known else np.nan
    assert found.panel == pytest.approx(mean, abs=1e-9, nan_ok=True)
    assert table.index[1] == "(panel, on average)"
    assert found.estimate == pytest.approx(table["estimate"].iloc[0], nan_ok=True)
    assert found.difference == pytest.approx(found.estimate - found.panel, nan_ok=True)


def test_a_coder_like_the_others_and_one_who_is_not() -> None:
    alike = against_panel(coded(300, dict.fromkeys(NAMES, 0.7)), coder="model")
    low, high = alike.difference_interval.low, alike.difference_interval.high
    assert low < 0 < high
    assert "is open: the difference may lie anywhere" in alike.reading()
    worse = against_panel(coded(300, {**dict.fromkeys(NAMES, 0.8), "model": 0.3}), coder="model")
    assert worse.difference_interval.high < 0
    assert worse.above == 0
    assert "model agrees with the panel less than its members" in worse.reading()
    better = against_panel(coded(300, {**dict.fromkeys(NAMES, 0.4), "model": 0.95}), coder="model")
    assert better.difference_interval.low > 0
    assert better.above == 1
    assert "model agrees with the panel more than its members" in better.reading()


def test_differences_are_paired() -> None:
    ratings = coded(150, dict.fromkeys(NAMES, 0.6), missing=0.1)
    table = against_panel(ratings, coder="model", method=Bootstrap(200, rng=4)).to_frame()
    apart = np.hypot(table["high"] - table["low"], table["high"].iloc[0] - table["low"].iloc[0])
    width = table["difference_high"] - table["difference_low"]
    assert (width.iloc[1:] < apart.iloc[1:]).all()
    assert np.isnan(width.iloc[0])
    own = cross_replication(ratings, first=["model"])
    assert table["estimate"].iloc[0] == own.estimate


def test_a_study_its_codes_and_clusters() -> None:
    with pytest.raises(DataError, match="a panel takes two coders beside 'ann'; there are 1"):
        against_panel(studies.trapped(), coder="ann")
    matrix = [["a", "a", "b"], ["b", "b", "b"], ["a", "b", "b"], ["a", "a", "a"]] * 5
    ratings = Ratings.from_array(matrix, coders="columns", cluster=["x", "y", "z", "v"] * 5)
    found = against_panel(ratings, coder="3", method=QUICK)
    assert "bootstrap over clusters (cluster), 60 replicates" in found.methods_text()
    assert "2 of 2 members share fewer than 30 units with the others" in found.note
    assert found.cite()[0].startswith("Wong K")
    assert repr(found).startswith("3 against a panel of 2 (nominal): ")


def test_nothing_to_say() -> None:
    same = Ratings.from_array([["a", "a", "a"]] * 4, coders="columns")
    found = against_panel(same, coder="1", method=QUICK)
    assert np.isnan(found.estimate)
    assert np.isnan(found.above)
    assert "2 of 2 members left out of the panel's mean: undefined" in found.note
    assert found.reading().startswith("The data cannot say how the coder compares")


def test_a_coder_who_rated_nothing() -> None:
    found = against_panel(
        Ratings.from_array([["a", "a", None], ["b", "a", None]], coders="columns"), coder="3", method=QUICK
    )
    assert np.isnan(found.estimate)
    assert "no unit was rated on both sides" in found.note


def test_an_unknown_coder() -> None:
    ratings = coded(20, dict.fromkeys(NAMES, 0.7))
    with pytest.raises(DataError, match=r"against_panel\(coder=...\): no coder 'modell'.*Did you mean 'model'"):
        against_panel(ratings, coder="modell")
    with pytest.raises(DataError, match="no coder 'x'"):
        alternative_annotator_test(ratings, coder="x", epsilon=0.1)


ALIGNMENTS: list[tuple[Any, Any, tuple[Any, ...]]] = [
    ("accuracy", plainly.accuracy, ("a", "b", "c")),
    ("rmse", plainly.negative_rmse, (0, 1, 2, 4)),
    ("jaccard", plainly.jaccard_similarity, tuple(frozenset(codes) for codes in ("", "a", "ab", "b"))),
    (
        lambda a, b: -abs(a - b),
        lambda value, others: sum(-abs(value - other) for other in others) / len(others),
        (0, 1, 2, 4),
    ),
]


@pytest.mark.parametrize(("alignment", "plain", "values"), ALIGNMENTS)
def test_the_alternative_annotator_test_against_scipy(alignment: Any, plain: Any, values: tuple[Any, ...]) -> None:
    @given(strategies.matrices(values=values, coders=(4, 5), units=(6, 14)))
    def holds(matrix: strategies.Matrix) -> None:
        names = NAMES[5 - len(matrix[0]) :]
        machine, epsilon = len(names) - 1, 0.15
        expected = {name: plainly.indicators(matrix, machine, place, plain) for place, name in enumerate(names[:-1])}
        expected = {name: pair for name, pair in expected.items() if len(pair[0]) >= 2}
        assume(expected)
        found = alternative_annotator_test(
            Ratings.from_array(matrix, coders="columns", names=names),
            coder="model",
            epsilon=epsilon,
            alignment=alignment,
        )
        table = found.to_frame()
        assert list(table.index) == list(expected)
        for name, (ahead, behind) in expected.items():
            row, difference = table.loc[name], np.array(behind) - np.array(ahead)
            assert row["n_units"] == len(ahead)
            assert row["advantage"] == pytest.approx(np.mean(ahead))
            assert row["human_advantage"] == pytest.approx(np.mean(behind))
            if len(set(difference.tolist())) > 1:
                test = stats.ttest_1samp(difference, epsilon, alternative="less")
                assert (row["t"], row["p_value"]) == (pytest.approx(test.statistic), pytest.approx(test.pvalue))
            else:
                ahead_throughout = difference[0] <= epsilon  # a machine worse by ε would show it: (1 − ε)ⁿ
                assert row["p_value"] == pytest.approx((1 - epsilon) ** len(ahead) if ahead_throughout else 1.0)
        adjusted = stats.false_discovery_control(table["p_value"].to_numpy(), method="by")
        assert table["adjusted_p"].to_numpy() == pytest.approx(adjusted, abs=1e-12)
        assert table["wins"].tolist() == (adjusted <= 0.05).tolist()
        assert found.winning_rate == pytest.approx((adjusted <= 0.05).mean())
        assert found.advantage == pytest.approx(np.mean([np.mean(ahead) for ahead, _ in expected.values()]))

    holds()


def test_by_hand() -> None:
    """Ten units; the machine says what ben and cy say, ann differs on four of them and agrees with nobody there.

    Left out, ann is behind on four units and level on six: d is −1 four times and 0 six times, mean −0.4, s² = 4/15, so
    t = (−0.4 − 0.2) / √(4/150) = −3.674. Ben and cy are each level with the machine everywhere: d = 0, no variation.
    """
    machine = list("aabbccaabb")
    ann = list("bbcaccaabb")
    ratings = Ratings.from_array([ann, machine, machine, machine], coders="rows", names=["ann", "ben", "cy", "model"])
    found = alternative_annotator_test(ratings, coder="model", epsilon=0.2)
    table = found.to_frame()
    assert table.loc["ann", "t"] == pytest.approx(-3.674235, abs=1e-6)
    assert table.loc["ann", ["advantage", "human_advantage"]].tolist() == [1.0, 0.6]
    assert table.loc["ben", ["t", "p_value"]].tolist() == [-np.inf, pytest.approx(0.8**10)]
    # Benjamini–Yekutieli: the first of three, p · 3 · (1 + 1/2 + 1/3)
    assert table.loc["ann", "adjusted_p"] == pytest.approx(stats.t.cdf(-3.674235, 9) * 3 * 11 / 6, rel=1e-5)
    assert found.winning_rate == pytest.approx(1 / 3)  # ten units are too few to exclude ε = 0.2 against the others
    assert found.advantage == 1.0
    assert "3 of 3 humans with fewer than 30 units, too few for a t-test to be trusted" in found.note


def test_epsilon_decides() -> None:
    ratings = coded(200, {**dict.fromkeys(NAMES, 0.7), "model": 0.66}, seed=3)
    rates = [
        alternative_annotator_test(ratings, coder="model", epsilon=epsilon).winning_rate for epsilon in (0.0, 0.1, 0.3)
    ]
    assert rates == sorted(rates)
    assert rates[0] < rates[-1]


def test_the_interval_of_the_advantage() -> None:
    ratings = coded(200, dict.fromkeys(NAMES, 0.7), seed=5)
    found = alternative_annotator_test(ratings, coder="model", epsilon=0.1)
    span = found.interval(method=Bootstrap(300, rng=0))
    assert span.low < found.advantage < span.high
    assert span.method == "bootstrap over units, 300 replicates"
    smaller = alternative_annotator_test(coded(50, dict.fromkeys(NAMES, 0.7), seed=5), coder="model", epsilon=0.1)
    wide = smaller.interval(method=Bootstrap(300, rng=0))
    assert wide.high - wide.low > 1.5 * (span.high - span.low)


def test_words_of_the_test() -> None:
    ratings = coded(60, {**dict.fromkeys(NAMES, 0.9), "model": 0.2}, seed=1)
    found = alternative_annotator_test(ratings, coder="model", epsilon=0.15)
    assert not found.passed
    assert "winning rate 0.00, not passed" in repr(found)
    assert "failing is no proof that it is worse" in found.reading()
    assert "The result hangs on ε" in found.reading()
    assert (
        "ε = 0.15; alignment: accuracy; one-sided paired t-tests for each of 4 humans left out" in found.methods_text()
    )
    assert any("Calderon" in citation for citation in found.cite())
    passed = alternative_annotator_test(
        coded(90, {**dict.fromkeys(NAMES, 0.5), "model": 0.9}), coder="model", epsilon=0.1
    )
    assert "take half of them as enough" in passed.reading()


def test_notes_of_the_test() -> None:
    cells = [["a", "a", "b", None], ["b", "b", "b", "b"], ["a", "b", "b", "b"], ["a", "a", "a", "b"]]
    ratings = Ratings.from_array(cells * 2, coders="columns", names=["model", "p", "q", "r"], cluster=list("wxyz") * 2)
    found = alternative_annotator_test(ratings, coder="model", epsilon=0.1, least_units=8)
    assert "1 of 3 humans with fewer than 8 units are not tested" in found.note
    assert "tests and intervals go by 4 clusters (cluster)" in found.note
    assert list(found.to_frame().index) == ["p", "q"]
    assert "clusters (cluster)" in found.interval(method=QUICK).method
    none = alternative_annotator_test(ratings, coder="model", epsilon=0.1, least_units=99)
    assert "no human can be tested" in none.note
    assert np.isnan(none.winning_rate)
    assert not none.passed


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"epsilon": -0.1}, "epsilon must be at least 0 and below 1, not -0.1"),
        ({"epsilon": 1}, "epsilon must be at least 0 and below 1"),
        ({"epsilon": 0.1, "significance": 0}, "significance must lie between 0 and 1"),
        ({"epsilon": 0.1, "least_units": 0}, "least_units must be a whole number above 0"),
        ({"epsilon": 0.1, "alignment": "exact"}, "alignment must be one of 'accuracy', 'rmse'"),
    ],
)
def test_refusals(options: dict[str, Any], told: str) -> None:
    with pytest.raises(DataError, match=told):
        alternative_annotator_test(coded(20, dict.fromkeys(NAMES, 0.7)), coder="model", **options)


def test_two_humans_are_too_few(monkeypatch: pytest.MonkeyPatch) -> None:
    three = coded(20, dict.fromkeys([*NAMES[:2], "model"], 0.7))
    with pytest.raises(DataError, match="the test takes three humans beside 'model'; there are 2"):
        alternative_annotator_test(three, coder="model", epsilon=0.1)
    monkeypatch.setattr("expertsys.agreement.panel.crowd.MOST_CELLS", 3)
    with pytest.raises(DataError, match="kinds of unit × 3 values are too many"):
        alternative_annotator_test(coded(20, dict.fromkeys(NAMES, 0.7)), coder="model", epsilon=0.1)
