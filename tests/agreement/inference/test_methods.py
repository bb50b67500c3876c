"""Every kind of interval: over coders, both, finite populations, clusters, BCa, and Krippendorff's pairs."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy import stats

from expertsys.agreement import (
    Analytic,
    Bootstrap,
    Coefficient,
    Jackknife,
    Ratings,
    fleiss_kappa,
    gwet_ac,
    icc,
    kendall_w,
    krippendorff_alpha,
    light_kappa,
    lin_concordance,
    percent_agreement,
)
from expertsys.errors import DataError

from .. import byhand, oracle

DRAW = np.random.default_rng(9)
TRUTH = DRAW.integers(0, 3, 48)
CELLS = np.where(DRAW.random((48, 4)) < 0.3, DRAW.integers(0, 3, (48, 4)), TRUTH[:, None]).tolist()
CLUSTER = [unit // 4 for unit in range(48)]


def of(matrix: Any = CELLS, **options: Any) -> Ratings:
    return Ratings.from_array(matrix, coders="columns", **options)


def half(found: Coefficient, method: Any) -> float:
    ends = found.interval(method=method)
    return (ends.high - ends.low) / 2


def test_over_coders_is_the_jackknife_over_coders() -> None:
    """Gwet (2008, Psychometrika): (m - 1)/m times the squared distances of the estimates without each coder."""
    left = np.array([byhand.fleiss(np.delete(np.array(CELLS), coder, axis=1).tolist()) for coder in range(4)])
    error = math.sqrt(3 / 4 * ((left - left.mean()) ** 2).sum())
    found = fleiss_kappa(of())
    assert half(found, Analytic(over="coders")) == pytest.approx(error * stats.t.ppf(0.975, 3), rel=1e-9)
    few = Analytic(over="coders", coder_population=10)
    assert half(found, few) == pytest.approx(math.sqrt(1 - 4 / 10) * error * stats.t.ppf(0.975, 3), rel=1e-9)
    both = found.standard_error**2 + error**2
    freedom = both**2 / (found.standard_error**4 / 47 + error**4 / 3)
    assert half(found, Analytic(over="both")) == pytest.approx(math.sqrt(both) * stats.t.ppf(0.975, freedom), rel=1e-9)
    words = found.interval(method=Analytic(over="both")).method
    assert words.startswith("standard error over units and coders (linearisation and jackknife), t with")


@pytest.mark.parametrize(("method", "plain"), [(Analytic, "analytic"), (Jackknife, "jackknife")])
def test_a_finite_population_shrinks_the_variance(method: Any, plain: Any) -> None:
    found = gwet_ac(of())
    assert half(found, method(population=64)) == pytest.approx(0.5 * half(found, plain), rel=1e-12)
    assert half(found, method(population=48)) == 0
    with pytest.raises(DataError, match="population: a population of 47 is smaller than the sample of 48"):
        found.interval(method=method(population=47))


def test_two_coders_have_no_error_over_coders() -> None:
    found = fleiss_kappa(of([row[:2] for row in CELLS]))
    for over in ("coders", "both"):
        with pytest.raises(DataError, match=r"takes three; there are 2.*over='units'"):
            found.interval(method=Analytic(over=over))  # type: ignore[arg-type]
    wrong: Any = "raters"
    with pytest.raises(DataError, match="over must be one of 'units', 'coders', 'both'"):
        Analytic(over=wrong)


@pytest.mark.parametrize("function", [fleiss_kappa, lambda r: krippendorff_alpha(r, level="nominal")])
def test_jackknife_over_clusters_by_hand(function: Any) -> None:
    cells, labels = np.array(CELLS), np.array(CLUSTER)
    left = np.array([function(of(cells[labels != one].tolist())).estimate for one in range(12)])
    error = math.sqrt(11 / 12 * ((left - left.mean()) ** 2).sum())
    found = function(of(cluster=CLUSTER))
    assert half(found, "jackknife") == pytest.approx(error * stats.t.ppf(0.975, 11), rel=1e-9)
    assert found.interval(method="jackknife").method.endswith("over clusters (cluster), t with 11 degrees of freedom")
    assert found.standard_error == pytest.approx(error, rel=0.2)


def test_bootstrap_draws_whole_clusters() -> None:
    cells, labels = np.array(CELLS), np.array(CLUSTER)
    found = percent_agreement(of(cluster=CLUSTER))
    draw = np.random.default_rng(2)
    naive = [
        byhand.percent(np.concatenate([cells[labels == one] for one in draw.integers(0, 12, 12)]).tolist())
        for _ in range(400)
    ]
    drawn = found.replicates(Bootstrap(replicates=4000, rng=1))
    assert drawn.mean() == pytest.approx(np.mean(naive), abs=4 * np.std(naive) / 20)
    assert drawn.std() == pytest.approx(np.std(naive), rel=0.15)
    assert found.interval(method=Bootstrap(cluster="cluster")) == found.interval(method="bootstrap")
    with pytest.raises(DataError, match="clusters by 'cluster', and the bootstrap is to draw by 'document'"):
        found.interval(method=Bootstrap(cluster="document"))
    with pytest.raises(DataError, match="units without clusters"):
        percent_agreement(of()).interval(method=Bootstrap(cluster="document"))


def test_bca_as_in_scipy() -> None:
    """Percent agreement is a mean, and scipy has the BCa interval of a mean."""
    shares = np.array([byhand.percent([row]) for row in CELLS])
    theirs = stats.bootstrap((shares,), np.mean, n_resamples=40_000, method="BCa", rng=np.random.default_rng(0))
    ends = percent_agreement(of()).interval(method=Bootstrap(replicates=40_000, rng=1, kind="bca"))
    reach = theirs.confidence_interval
    assert (ends.low, ends.high) == pytest.approx((reach.low, reach.high), abs=0.005)
    assert ends.method == "bootstrap (bias-corrected and accelerated) over units, 40,000 replicates"


HAYES = next(entry for entry in oracle.PUBLISHED["examples"] if entry["name"] == "hayes_krippendorff_2007_ordinal")


def test_krippendorffs_bootstrap_of_pairs_gives_kalphas_interval() -> None:
    """Hayes & Krippendorff (2007) print .7078 to .8078 from 10,000 draws; the draw itself moves the third decimal."""
    found = krippendorff_alpha(of(oracle.units(HAYES), categories=[0, 1, 2, 3]), level="ordinal")
    ends = found.interval(method=Bootstrap(replicates=10_000, rng=0, kind="pairs"))
    assert (ends.low, ends.high) == pytest.approx((0.7078, 0.8078), abs=0.0015)
    assert ends.method == "Krippendorff's bootstrap of pairs (too narrow), 10,000 replicates"
    over_units = found.interval()
    assert over_units.high - over_units.low > 1.9 * (ends.high - ends.low)


def test_pairs_of_nominal_ratings_are_binomial() -> None:
    found = krippendorff_alpha(of(), level="nominal")
    drawn = found.replicates(Bootstrap(replicates=20_000, rng=1, kind="pairs"))
    pairs = 48 * 6
    spread = math.sqrt(found.observed * (1 - found.observed) / pairs) / found.expected
    assert drawn.mean() == pytest.approx(found.estimate, abs=4 * spread / math.sqrt(20_000))
    assert drawn.std() == pytest.approx(spread, rel=0.02)


@pytest.mark.parametrize(
    "options",
    [{"level": level} for level in ("ordinal", "interval", "ratio", "circular", "bipolar")] + [{"weights": "linear"}],
)
def test_pairs_of_any_distance_are_centred_on_alpha(options: Any) -> None:
    found = krippendorff_alpha(of(), **options)
    drawn = found.replicates(Bootstrap(replicates=4000, rng=2, kind="pairs"))
    assert drawn.mean() == pytest.approx(found.estimate, abs=5 * drawn.std() / math.sqrt(4000))


def test_pairs_are_krippendorffs_alone() -> None:
    with pytest.raises(DataError, match="the bootstrap of pairs is Krippendorff's, for alpha; Gwet's AC1 has none"):
        gwet_ac(of()).interval(method=Bootstrap(kind="pairs"))
    wrong: Any = "basic"
    with pytest.raises(DataError, match="kind must be one of"):
        Bootstrap(kind=wrong)


def surnames(lines: tuple[str, ...]) -> list[str]:
    return [line.split()[0] for line in lines]


def test_references_are_those_of_the_interval() -> None:
    found = fleiss_kappa(of())
    base = ["Fleiss", "Gwet"]
    assert surnames(found.cite()) == [*base, "Efron"]
    assert surnames(found.cite(Bootstrap(kind="bca"))) == [*base, "Efron", "Efron"]
    assert surnames(found.cite("analytic")) == base  # Gwet's handbook stands there already
    assert surnames(found.cite(Analytic(over="both", population=100))) == [*base, "Gwet", "Cochran"]
    assert surnames(found.cite("jackknife")) == [*base, "Efron"]
    assert surnames(fleiss_kappa(of(cluster=CLUSTER)).cite()) == [*base, "Efron", "Kott"]
    assert surnames(fleiss_kappa(of(cluster=CLUSTER)).cite("bootstrap")) == [*base, "Efron", "Field", "Hesterberg"]
    alpha = krippendorff_alpha(of(), level="nominal")
    assert surnames(alpha.cite(Bootstrap(kind="pairs"))) == ["Krippendorff", "Krippendorff", "Hayes"]
    assert surnames(icc(of(), form="ICC(2,1)").cite("analytic")) == ["Shrout", "McGraw"]
    two = lin_concordance(of([row[:2] for row in CELLS]))
    assert surnames(two.cite("analytic")) == ["Lin", "Lin"]


MISSING = [*CELLS[:6], [1, None, None, None], [2, 2, None, None]]


@pytest.mark.parametrize(
    ("found", "told"),
    [
        (lambda r: krippendorff_alpha(r, level="nominal"), "1 unit that fewer than two coders had read was left out"),
        (fleiss_kappa, "1 unit with one rating counted for how often each category was used, not for agreement."),
        (percent_agreement, "1 unit that fewer than two coders had read was left out"),
        (kendall_w, "2 units without a rating by every coder were left out."),
        (lambda r: lin_concordance(r, coders=("1", "2")), "1 unit that one of the two had not rated was left out."),
        (light_kappa, "1 unit that fewer than two coders had read was left out"),
    ],
)
def test_words_say_what_became_of_units_with_one_rating(found: Any, told: str) -> None:
    text = found(of(MISSING)).methods_text()
    assert told in text
    assert text.count(". ") == 1
    whole = found(of(CELLS[:6])).methods_text()
    assert "left out" not in whole
    assert "counted for" not in whole


def test_words_name_the_interval_asked_for() -> None:
    found = gwet_ac(of(cluster=CLUSTER))
    assert "(90% interval 0." in found.methods_text(0.9, "jackknife")
    assert "jackknife standard error over clusters (cluster), t with 11" in found.methods_text(0.9, "jackknife")
    few = krippendorff_alpha(of([["a", "a"]] * 19 + [["b", "a"]]), level="nominal")
    assert "(no interval: " in few.methods_text()
