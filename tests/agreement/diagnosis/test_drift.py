"""Agreement batch by batch, against dealing units by hand."""

from __future__ import annotations

import math
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import f, t

from expertsys.agreement import Bootstrap, Ratings, krippendorff_alpha
from expertsys.agreement.diagnosis.drift import drift
from expertsys.errors import DataError
from expertsys.study import Study

from .. import byhand, studies

QUICK = Bootstrap(replicates=60, rng=0)
FIRST = [["x", "x"], ["y", "y"], ["x", "x"], ["y", "x"], ["y", "y"]]
SECOND = [["x", "y"], ["y", "x"], ["x", "x"], ["y", "y"], ["y", "x"]]


def two() -> Ratings:
    return Ratings.from_array(FIRST + SECOND, coders="columns", cluster=["May"] * 5 + ["June"] * 5)


def spread(first: float, second: float) -> float:
    return ((first - second) / 2) ** 2  # two batches of one size


def test_the_permutation_test_by_all_deals() -> None:
    """All 252 ways to deal ten units to two batches of five; the test draws from them."""
    rows = FIRST + SECOND
    found = drift(two(), order=["May", "June"], permutations=4000, method=QUICK)
    estimates = [byhand.alpha(FIRST), byhand.alpha(SECOND)]
    assert found.to_frame()["estimate"].tolist() == pytest.approx(estimates)
    assert found.spread == pytest.approx(spread(*estimates))
    as_large = total = 0
    for chosen in combinations(range(10), 5):
        one, other = [rows[n] for n in chosen], [rows[n] for n in range(10) if n not in chosen]
        try:
            dealt = spread(byhand.alpha(one), byhand.alpha(other))
        except ZeroDivisionError:
            continue
        total += 1
        as_large += dealt >= found.spread - 1e-12
    assert found.p_value == pytest.approx(as_large / total, abs=0.03)


def test_homogeneity_by_hand() -> None:
    rng = np.random.default_rng(0)
    rows = [[str(a), str(a if rng.random() < 0.8 else b)] for a, b in rng.integers(0, 2, (90, 2))]
    found = drift(Ratings.from_array(rows, coders="columns", cluster=[n // 30 for n in range(90)]), method="analytic")
    parts = [
        krippendorff_alpha(Ratings.from_array(rows[low : low + 30], coders="columns"), level="nominal")
        for low in (0, 30, 60)
    ]
    errors = [part._variance_of_draws() ** 0.5 for part in parts]  # the jackknife's
    precision = [error**-2 for error in errors]
    mean = sum(w * part.estimate for w, part in zip(precision, parts, strict=True)) / sum(precision)
    square = sum(w * (part.estimate - mean) ** 2 for w, part in zip(precision, parts, strict=True))
    left = sum((1 - w / sum(precision)) ** 2 / 29 for w in precision)  # Welch 1951
    expected = square / 2 / (1 + 2 / 8 * left)
    assert (found.homogeneity, found.freedom) == (pytest.approx(expected), 2)
    assert found.freedom_within == pytest.approx(8 / (3 * left))
    assert found.p_homogeneity == pytest.approx(float(f.sf(expected, 2, 8 / (3 * left))))
    table = found.to_frame()
    assert table.index.tolist() == [0, 1, 2]
    assert table["change"].tolist()[1:] == pytest.approx([part.estimate - parts[0].estimate for part in parts[1:]])
    both = errors[0] ** 2 + errors[1] ** 2
    freedom = both**2 / (errors[0] ** 4 / 29 + errors[1] ** 4 / 29)
    reach = float(t.ppf(0.975, freedom)) * both**0.5
    assert table.loc[1, "change_high"] - table.loc[1, "change"] == pytest.approx(reach, rel=1e-9)
    assert "Welch's test with standard errors over" in found.methods_text()
    assert "3 batches" in repr(found)
    assert any("Phipson" in source for source in found.cite())


def test_no_drift_is_seldom_found_and_drift_is() -> None:
    """Of forty sets of like batches, about one in twenty is called different."""
    small = []
    for seed in range(40):
        rng = np.random.default_rng(seed)
        truth = rng.integers(0, 3, 60)
        other = np.where(rng.random(60) < 0.7, truth, rng.integers(0, 3, 60))
        made = Ratings.from_array(np.stack([truth, other]), coders="rows", cluster=[n // 20 for n in range(60)])
        small.append(drift(made, permutations=99, method="analytic").p_value < 0.05)
    assert sum(small) <= 6
    assert drift(
        Ratings.from_array([[0, 1] * 40, [0, 1] * 20 + [1, 0] * 20], coders="rows", cluster=[0] * 40 + [1] * 40),
        method=QUICK,
        permutations=99,
    ).p_value == pytest.approx(0.01)


def study() -> Study:
    rng = np.random.default_rng(1)
    rows = []
    for unit in range(48):
        truth = str(rng.choice(["a", "b"]))
        for coder in ("ann", "ben"):
            wrong = rng.random() < (0.05 if unit < 24 else 0.5)
            rows.append((f"u{unit:02}", coder, str(rng.choice(["a", "b"])) if wrong else truth, f"d{unit // 4:02}"))
    documents = pd.DataFrame(
        {
            "document": [f"d{n:02}" for n in range(12)],
            "date": [f"2024-{1 + n // 2:02}-01" for n in range(12)],
            "batch": [f"batch {10 if n >= 9 else n // 3}" for n in range(12)],
        }
    )
    return Study(pd.DataFrame(rows, columns=["unit", "coder", "code", "document"]), documents=documents)


def test_by_a_column_of_the_documents() -> None:
    found = drift(study(), by="batch", code="a", method=QUICK)
    table = found.to_frame()
    assert table.index.tolist() == ["batch 0", "batch 1", "batch 2", "batch 10"]
    assert table["n_units"].tolist() == [12] * 4
    assert found.dealt == "clusters (document)"
    assert found.p_value < 0.3
    turned = drift(study(), by="batch", code="a", order=table.index[::-1], method=QUICK)
    assert turned.to_frame().index.tolist() == table.index.tolist()[::-1]
    assert turned.spread == pytest.approx(found.spread)
    assert drift(study(), by="date", method=QUICK).to_frame().index[0] == "2024-01-01"


def test_neighbours_are_joined() -> None:
    found = drift(study(), by="date", batches=2, method=QUICK).to_frame()
    assert found.index.tolist() == ["2024-01-01 to 2024-03-01", "2024-04-01 to 2024-06-01"]
    assert found["n_units"].tolist() == [24, 24]
    assert found["change"].iloc[1] < 0
    assert found["change_high"].iloc[1] < 0


def test_whole_documents_are_dealt() -> None:
    found = drift(study(), by="batch", cluster="document", method=QUICK)
    assert found.dealt == "clusters (document)"
    assert drift(study(), by="batch", method=QUICK).p_value == found.p_value  # the default
    units = drift(study(), by="batch", cluster="unit", method=QUICK)
    assert found.spread == pytest.approx(units.spread)
    assert found.p_value != units.p_value
    with pytest.raises(DataError, match=r"document 'd00' is in the batches '\d' and '\d'.*'document' or 'unit'"):
        drift(study(), by={f"u{n:02}": str(n % 2) for n in range(48)}, cluster="document")


def test_a_mapping_from_units_and_those_without() -> None:
    weeks = {f"u{n:02}": n // 20 for n in range(40)}
    found = drift(study(), by=weeks, method=QUICK)
    assert found.to_frame()["n_units"].to_dict() == {0: 20, 1: 20}
    assert "2 clusters (document) without a batch left out" in found.note
    series = drift(study(), by=pd.Series(weeks), method=QUICK)
    pd.testing.assert_frame_equal(found.to_frame(), series.to_frame())
    by_unit = drift(study(), by=weeks, cluster="unit", method=QUICK)
    assert "8 units without a batch left out" in by_unit.note
    named = Ratings.from_study(study(), cluster="unit")
    pd.testing.assert_frame_equal(by_unit.to_frame(), drift(named, by=weeks, method=QUICK).to_frame())


def test_an_undefined_batch_is_named_and_not_tested() -> None:
    rows = [*FIRST, *SECOND, ["x", "x"], ["x", "x"]]
    made = Ratings.from_array(rows, coders="columns", cluster=["1"] * 5 + ["2"] * 5 + ["3"] * 2)
    found = drift(made, method=QUICK)
    assert "undefined, and not tested: '3'" in found.note
    assert found.freedom == 1
    assert math.isnan(found.to_frame().loc["3", "change"])
    alone = drift(
        Ratings.from_array([*FIRST, ["x", "x"]], coders="columns", cluster=["1"] * 5 + ["2"]), method="analytic"
    )
    assert math.isnan(alone.p_value)
    assert alone.methods_text().endswith("it could be determined for 1 of them.")


def test_a_batch_of_full_agreement_has_no_welch_test() -> None:
    found = drift(
        Ratings.from_array([*FIRST, ["x", "x"], ["y", "y"]], coders="columns", cluster=[0] * 5 + [1] * 2), method=QUICK
    )
    assert "a batch without standard error, so no test of equal coefficients" in found.note
    assert not math.isnan(found.p_value)
    assert "Welch" not in found.methods_text()


def test_the_same_seed_gives_the_same() -> None:
    one, other = (drift(two(), method=QUICK, permutations=50) for _ in range(2))
    assert one.p_value == other.p_value
    pd.testing.assert_frame_equal(one.to_frame(), other.to_frame())


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({}, r"say by= what the batches are\. A column, 'case', 'document'"),
        ({"by": "batsh"}, "no column 'batsh'.*Did you mean 'batch'"),
        ({"by": "kind"}, "the column 'kind' is empty"),
        ({"by": {"u99": 1}}, "no unit or document 'u99'"),
        ({"by": {"u00": 1}}, "drift compares two batches or more; there is '1'"),
        ({"by": "batch", "order": ["batch 0"]}, "no batch 'batch 1'.*List every batch"),
        ({"by": "batch", "batches": 0}, "batches must be a whole number above 0"),
        ({"by": "batch", "permutations": 0}, "permutations must be a whole number above 0"),
        ({"by": "batch", "code": "z"}, "no code 'z'"),
    ],
)
def test_refusals(options: dict[str, Any], told: str) -> None:
    with pytest.raises(DataError, match=told):
        drift(study(), **options)


def test_refused_ratings() -> None:
    with pytest.raises(DataError, match="ratings have no column 'date'"):
        drift(two(), by="date")
    with pytest.raises(DataError, match="drift needs to know which units belong together"):
        drift(Ratings.from_array(FIRST, coders="columns"))


def test_sets_of_the_trapped_study_by_case() -> None:
    found = drift(studies.trapped(), by="case", method=QUICK, permutations=20)
    units = [unit for unit, case in studies.CASES.items() if case == "q1"]
    assert found.to_frame().loc["q1", "estimate"] == pytest.approx(byhand.alpha(studies.sets(units), byhand.jaccard))
