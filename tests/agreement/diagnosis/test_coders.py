"""Who agrees with whom, and what agreement is without each coder, against plain Python."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
import strategies
from hypothesis import given

from expertsys.agreement import Bootstrap, Ratings, fleiss_kappa, krippendorff_alpha
from expertsys.agreement.diagnosis.coders import coder_matrix, without_coder
from expertsys.agreement.diagnosis.variants import Draws, among
from expertsys.errors import DataError

from .. import byhand, studies

QUICK = Bootstrap(replicates=40, rng=0)
ROWS = [
    ["a", "a", "b"],
    ["b", "b", "b"],
    ["a", "b", None],
    ["b", None, "a"],
    ["a", "a", "a"],
    ["b", "b", "a"],
    ["b", "b", "b"],
    ["a", "a", "b"],
]
NAMES = ["ann", "ben", "cy"]


def ratings() -> Ratings:
    return Ratings.from_array(ROWS, coders="columns", names=NAMES)


def test_the_matrix_by_hand() -> None:
    found = coder_matrix(ratings(), method=QUICK)
    for (i, a), (j, b) in combinations(enumerate(NAMES), 2):
        pair = [[row[i], row[j]] for row in ROWS]
        shared = sum(None not in row for row in pair)
        assert found.matrix.loc[a, b] == found.matrix.loc[b, a] == pytest.approx(byhand.alpha(pair))
        assert found.shared.loc[a, b] == found.shared.loc[b, a] == shared
        assert found.to_frame().loc[(a, b), "n_units"] == shared
    assert np.diagonal(found.shared).tolist() == [8, 7, 7]
    assert np.isnan(np.diagonal(found.matrix)).all()
    table = found.to_frame()
    assert found.average["cy"] == pytest.approx(
        (table.loc[("ann", "cy"), "estimate"] * 7 + table.loc[("ben", "cy"), "estimate"] * 6) / 13
    )
    assert "lowest on average: cy" in repr(found)
    assert ((table["low"] <= table["estimate"]) & (table["estimate"] <= table["high"])).all()


def test_the_matrix_of_a_study() -> None:
    found = coder_matrix(studies.trapped(), method=QUICK)
    assert found.matrix.loc["ann", "ben"] == pytest.approx(byhand.alpha(studies.sets(), byhand.jaccard))
    assert found.shared.to_numpy().tolist() == [[8, 7], [7, 7]]
    one = coder_matrix(studies.trapped(), code="trust", coefficient="percent_agreement", cluster="case", method=QUICK)
    assert one.matrix.loc["ann", "ben"] == pytest.approx(byhand.percent(studies.applied("trust")))
    rare = coder_matrix(studies.trapped(), code="rare", method=QUICK)
    assert rare.average.isna().all()
    assert repr(rare).startswith("Krippendorff's alpha of 1 pairs of coders\n")


@given(strategies.varied(values=("a", "b"), coders=(3, 4)))
def test_without_each_coder_by_hand(matrix: strategies.Matrix) -> None:
    made = Ratings.from_array(matrix, coders="columns")
    table = without_coder(made, method=Bootstrap(replicates=3, rng=0))
    now = byhand.alpha(matrix)
    assert table.index[0] == "(nobody)"
    assert table.loc["(nobody)", "estimate"] == pytest.approx(now)
    for place, name in enumerate(made.coders):
        rest = [row[:place] + row[place + 1 :] for row in matrix]
        if strategies._has_variation(rest):
            assert table.loc[name, "estimate"] == pytest.approx(byhand.alpha(rest), abs=1e-12)
            assert table.loc[name, "difference"] == pytest.approx(byhand.alpha(rest) - now, abs=1e-12)
        else:
            assert np.isnan(table.loc[name, "estimate"])
            assert np.isnan(table.loc[name, "difference_low"])


def test_differences_are_paired() -> None:
    """The same draws of units for both: a coder who always copies another changes nothing in any replicate."""
    rng = np.random.default_rng(2)
    first, second = rng.integers(0, 2, (2, 60))
    made = Ratings.from_array([first, first, second, second], coders="rows", names=list("abcd"))
    table = without_coder(made, coefficient="percent_agreement", method=Bootstrap(200, rng=1))
    assert table.loc["a", "difference"] == pytest.approx(table.loc["b", "difference"])
    a, b = table.loc["a"], table.loc["b"]
    assert (a["difference_low"], a["difference_high"]) == (
        pytest.approx(b["difference_low"]),
        pytest.approx(b["difference_high"]),
    )
    assert a["difference_high"] - a["difference_low"] < a["high"] - a["low"]


def test_a_replicate_is_the_coefficient_of_the_drawn_units() -> None:
    """Weights over base profiles reach every variant: twice all units gives every estimate again."""
    made = ratings()
    variant = among(made, ["ann", "cy"])
    members = [(None, fleiss_kappa(made)), (variant, fleiss_kappa(variant.ratings))]
    draws = Draws.of(made, members, Bootstrap(500, rng=0))
    assert draws.replicates.shape == (2, 500)
    assert np.nanmean(draws.replicates, axis=1) == pytest.approx(draws.estimates, abs=0.12)


def test_clusters_are_drawn_whole() -> None:
    made = Ratings.from_array(ROWS, coders="columns", names=NAMES, cluster=["x", "x", "y", "y", "z", "z", "v", "v"])
    table = without_coder(made, method=QUICK)
    assert table.attrs["method"] == "bootstrap over clusters (cluster), 40 replicates"
    with pytest.raises(DataError, match="draw by 'document', and the ratings are not clustered by it"):
        without_coder(made, method=Bootstrap(cluster="document"))


def test_refusals() -> None:
    two = Ratings.from_array([["a", "b"]], coders="columns")
    with pytest.raises(DataError, match="leaving a coder out takes three; there are 2"):
        without_coder(two)
    with pytest.raises(DataError, match="a matrix of coders takes two; there is 1"):
        coder_matrix(Ratings.from_array([["a"]], coders="columns"))
    with pytest.raises(DataError, match="takes a percentile bootstrap, not 'analytic'"):
        without_coder(ratings(), method="analytic")
    with pytest.raises(DataError, match="code= and cluster= choose from a study, and ratings are given"):
        coder_matrix(ratings(), code="a")
    with pytest.raises(DataError, match=r"coefficient must be one of .*Did you mean 'fleiss_kappa'"):
        coder_matrix(ratings(), coefficient="fleis_kappa")
    assert coder_matrix(ratings(), coefficient=lambda r: krippendorff_alpha(r, level="nominal"), method=QUICK)
