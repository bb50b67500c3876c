"""Cross-replication reliability: the authors' own example, plain Python, and what it must coincide with."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
import strategies
from hypothesis import given

from expertsys.agreement import Bootstrap, Ratings, cohen_kappa, cross_replication, fleiss_kappa, krippendorff_alpha
from expertsys.errors import DataError
from expertsys.study import Study

from .. import byhand, studies
from . import plainly

QUICK = Bootstrap(replicates=50, rng=0)
SETS = tuple(frozenset(codes) for codes in ("", "a", "ab", "b"))


def example(extra: bool) -> Ratings:
    """The data of the authors' test, CrossReplicationReliabilityTest.java.

    github.com/google-research/cross-replication-reliability at 798e3f3, Apache 2.0: counts of A and B per item in two
    replications, five items in both and, with `extra`, two in the first only; the expected result is 0.1818182.
    """
    first = [(0, 2), (0, 3), (2, 0), (3, 0), (1, 1), *([(3, 0), (2, 1)] if extra else [])]
    second = [(0, 2), (1, 1), (1, 1), (1, 1), (2, 0), *([(0, 0)] * 2 if extra else [])]
    cells = [[*_filled(counts, 3), *_filled(other, 2)] for counts, other in zip(first, second, strict=True)]
    return Ratings.from_array(cells, coders="columns", names=["x1", "x2", "x3", "y1", "y2"])


def _filled(counts: tuple[int, int], width: int) -> list[str | None]:
    given_: list[str | None] = [*"A" * counts[0], *"B" * counts[1]]
    return given_ + [None] * (width - len(given_))


@pytest.mark.parametrize("extra", [False, True])
def test_the_authors_example(extra: bool) -> None:
    found = cross_replication(example(extra), first=["x1", "x2", "x3"])
    assert found.estimate == pytest.approx(0.1818182, abs=5e-8)
    assert found.estimate == pytest.approx(2 / 11)
    assert found.n_units == 5
    assert found.groups == (("x1", "x2", "x3"), ("y1", "y2"))


DISTANCES: list[tuple[Any, Any, tuple[Any, ...]]] = [
    ("nominal", byhand.nominal, ("a", "b", "c")),
    ("interval", byhand.interval, strategies.NUMBERS),
    ("jaccard", byhand.jaccard, SETS),
    ("masi", byhand.masi, SETS),
    (lambda a, b: abs(a - b), lambda a, b: abs(a - b), strategies.NUMBERS),
]


@pytest.mark.parametrize(("distance", "plain", "values"), DISTANCES)
def test_against_plain_python(distance: Any, plain: plainly.Pairwise, values: tuple[Any, ...]) -> None:
    @given(strategies.matrices(values=values, coders=(3, 5)))
    def holds(matrix: strategies.Matrix) -> None:
        names = [str(number) for number in range(len(matrix[0]))]
        found = cross_replication(
            Ratings.from_array(matrix, coders="columns", names=names), first=names[:2], distance=distance
        )
        expected = plainly.cross(plainly.columns(matrix, [0, 1]), plainly.columns(matrix, range(2, len(names))), plain)
        if expected is None:
            assert np.isnan(found.estimate)
            assert found.note
        else:
            assert found.estimate == pytest.approx(expected, abs=1e-9)
            assert found.observed / found.expected == pytest.approx(1 - expected, abs=1e-9)

    holds()


@given(strategies.varied(values=("a", "b", "c"), coders=(2, 2), missing=False))
def test_two_coders_give_cohens_kappa(matrix: strategies.Matrix) -> None:
    ratings = Ratings.from_array(matrix, coders="columns")
    found, kappa = cross_replication(ratings, first=["1"]), cohen_kappa(ratings)
    assert (found.estimate, found.observed) == (pytest.approx(kappa.estimate), pytest.approx(1 - kappa.observed))
    assert np.isnan(found.normalised)
    assert "no normalised figure: a group has one coder only" in found.note
    assert "one coder only" in found.to_frame(method=Bootstrap(replicates=9))["note"]["normalised xRR"]


@given(strategies.varied(values=("a", "b", "c"), coders=(2, 4), missing=False))
def test_a_replication_with_itself(matrix: strategies.Matrix) -> None:
    """With R coders, 1 / R of all pairs are of a rating with itself: 1 − (R − 1) / R · (1 − Fleiss' kappa)."""
    width = len(matrix[0])
    doubled = Ratings.from_array([row + row for row in matrix], coders="columns")
    found = cross_replication(doubled, first=doubled.coders[:width])
    kappa = fleiss_kappa(Ratings.from_array(matrix, coders="columns")).estimate
    assert found.estimate == pytest.approx(1 - (width - 1) / width * (1 - kappa), abs=1e-9)


@given(strategies.varied(values=("a", "b"), coders=(4, 4)))
def test_groups_and_coders_may_change_places(matrix: strategies.Matrix) -> None:
    ratings = Ratings.from_array(matrix, coders="columns", names=list("pqrs"))
    figures = [
        cross_replication(ratings, first=first, second=second).estimate
        for first, second in ((["p", "q"], ["r", "s"]), (["s", "r"], ["q", "p"]))
    ]
    assert figures[0] == pytest.approx(figures[1], nan_ok=True)


def coded(size: int, seed: int, share: float = 0.7) -> Any:
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, 3, size)
    return np.stack([np.where(rng.random(size) < share, truth, rng.integers(0, 3, size)) for _ in range(4)])


def test_normalised_divides_by_what_each_group_reaches() -> None:
    ratings = Ratings.from_array(coded(200, 1), coders="rows", names=list("pqrs"))
    found = cross_replication(ratings, first=["p", "q"])
    inner = [krippendorff_alpha(ratings.only(group), level="nominal").estimate for group in ("pq", "rs")]
    assert [found.first.estimate, found.second.estimate] == pytest.approx(inner)
    assert found.normalised == pytest.approx(found.estimate / np.sqrt(inner[0] * inner[1]))
    assert found.normalised == pytest.approx(1, abs=0.15)  # the groups are alike
    other = cross_replication(ratings, first=["p", "q"], within="fleiss_kappa")
    assert other.first.name == "Fleiss' kappa"
    assert other.estimate == found.estimate
    masi = cross_replication(studies.trapped(), first=["ann"], distance="masi")
    assert masi.estimate == pytest.approx(
        plainly.cross(plainly.columns(studies.sets(), [0]), plainly.columns(studies.sets(), [1]), byhand.masi)
    )


def test_intervals_come_from_the_same_draws_and_cover() -> None:
    ratings = Ratings.from_array(coded(300, 2), coders="rows", names=list("pqrs"))
    found = cross_replication(ratings, first=["p", "q"])
    table = found.to_frame(method=Bootstrap(300, rng=1))
    assert list(table.index) == ["xRR", "normalised xRR", "within the first", "within the second"]
    assert ((table["low"] < table["estimate"]) & (table["estimate"] < table["high"])).all()
    for name, row in zip(("estimate", "normalised", "first", "second"), table.index, strict=True):
        span = found.interval(method=Bootstrap(300, rng=1), of=name)  # type: ignore[arg-type]
        assert (span.low, span.high) == (table.loc[row, "low"], table.loc[row, "high"])
    exact = cohen_kappa(ratings, coders=["p", "r"])
    pair = cross_replication(ratings, first=["p"], second=["r"])
    assert pair.interval(method=Bootstrap(400, rng=3)).high - pair.interval(method=Bootstrap(400, rng=3)).low == (
        pytest.approx(2 * 1.96 * exact.standard_error, rel=0.15)
    )


def test_units_that_one_group_saw_still_count_within_it() -> None:
    rows = [["a", "a", "a"], ["b", "b", "b"], ["a", "b", None], ["b", "a", None], ["a", "a", None]]
    ratings = Ratings.from_array(rows, coders="columns", names=["p", "q", "r"])
    found = cross_replication(ratings, first=["p", "q"])
    assert (found.n_units, found.first.n_units) == (2, 5)
    drawn = found.interval(method=QUICK, of="first")
    assert drawn.low < found.first.estimate


def test_words() -> None:
    ratings = Ratings.from_array(coded(100, 3), coders="rows", names=list("pqrs"))
    found = cross_replication(ratings, first=["p", "q"])
    told = found.methods_text()
    assert told.startswith("Agreement between two groups of 2 and 2 coders was measured with cross-replication")
    assert "Divided by the root of the product of Krippendorff's alpha within the groups" in told
    assert "takes that noise out" in found.reading()
    assert "Neither figure says who is right" in found.reading()
    assert any("Wong K, Paritosh P" in citation for citation in found.cite())
    assert repr(found).startswith("Cross-replication reliability (nominal) between 'p', 'q' and 'r', 's'\n")
    single = cross_replication(ratings, first=["p"])
    assert "Divided by" not in single.methods_text()
    assert "takes that noise out" not in single.reading()


def test_a_study_of_many_coders() -> None:
    rng = np.random.default_rng(0)
    rows = [(f"u{unit}", f"c{rng.integers(0, 90):02}", rng.choice(["x", "y"])) for unit in range(150) for _ in range(4)]
    frame = pd.DataFrame(rows, columns=["unit", "coder", "code"]).drop_duplicates(["unit", "coder"])
    study = Study(frame)
    assert len(study.coders) > 64
    first = [name for name in study.coders.index if name < "c45"]
    found = cross_replication(study, first=first, cluster="document")
    cells = frame.assign(code=frame["code"].map(lambda code: frozenset([code])))
    wide = cells.pivot_table(index="unit", columns="coder", values="code", aggfunc="first").astype(object)
    wide = wide.where(wide.notna(), None)
    one = wide[[name for name in wide.columns if name < "c45"]].to_numpy().tolist()
    other = wide[[name for name in wide.columns if name >= "c45"]].to_numpy().tolist()
    assert found.estimate == pytest.approx(plainly.cross(one, other, byhand.jaccard))
    binary = cross_replication(study, first=first, code="x")
    yes = [[[None if cell is None else "x" in cell for cell in row] for row in group] for group in (one, other)]
    assert binary.estimate == pytest.approx(plainly.cross(yes[0], yes[1], byhand.nominal))
    assert "bootstrap over units" in found.interval(method=QUICK).method


def test_refusals(monkeypatch: pytest.MonkeyPatch) -> None:
    ratings = example(False)
    with pytest.raises(DataError, match="no coder 'x9'"):
        cross_replication(ratings, first=["x9"])
    with pytest.raises(DataError, match="in both groups: 'x1'"):
        cross_replication(ratings, first=["x1"], second=["x1", "y1"])
    with pytest.raises(DataError, match="a group has no coder"):
        cross_replication(ratings, first=[])
    with pytest.raises(DataError, match="distance must be one of 'nominal', 'interval', 'jaccard', 'masi'"):
        cross_replication(ratings, first=["x1"], distance="ordinal")  # type: ignore[arg-type]
    with pytest.raises(DataError, match="takes a percentile bootstrap, not 'analytic'"):
        cross_replication(ratings, first=["x1"]).interval(method="analytic")
    with pytest.raises(DataError, match="of must be one of"):
        cross_replication(ratings, first=["x1"]).interval(of="x")  # type: ignore[arg-type]
    many = Ratings.from_long(
        pd.DataFrame({"unit": range(70), "coder": range(70), "code": ["x"] * 70}),
    )
    with pytest.raises(DataError, match="needs to know who gave which rating, which is kept for up to 64 coders"):
        cross_replication(many, first=["1"])
    monkeypatch.setattr("expertsys.agreement.panel.gaps.MOST_HELD", 1)
    with pytest.raises(DataError, match="distances between 2 different values take too large a table"):
        cross_replication(ratings, first=["x1"], distance=lambda a, b: float(a != b))
    monkeypatch.setattr("expertsys.agreement.panel.crowd.MOST_CELLS", 10)
    study = Study(pd.DataFrame({"unit": range(70), "coder": range(70), "code": ["x"] * 70}))
    with pytest.raises(DataError, match="70 units × 70 coders are too many for cross_replication"):
        cross_replication(study, first=["1"])


def test_leaving_a_coder_out() -> None:
    ratings = example(False)
    left = cross_replication(ratings, first=["x1", "x2", "x3"])._cross.without("x3")
    assert left.estimate == cross_replication(ratings.without("x3"), first=["x1", "x2"]).estimate


def test_groups_without_agreement_within_have_no_normalised_figure() -> None:
    rows = [["a", "b", "a", "b"], ["b", "a", "b", "a"]] * 5
    found = cross_replication(Ratings.from_array(rows, coders="columns"), first=["1", "2"])
    assert np.isnan(found.normalised)
    assert "no normalised figure: a group has no two coders who agree beyond chance" in found.note
