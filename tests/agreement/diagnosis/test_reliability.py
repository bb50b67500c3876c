"""The reliability table against alpha by hand, on a study with the traps of real files."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
import pytest

from expertsys.agreement import Bootstrap, methods_text, reliability
from expertsys.errors import DataError
from expertsys.study import Study

from .. import byhand, studies

QUICK = Bootstrap(replicates=50, rng=0)
JACCARD, MASI = "all codes (Jaccard)", "all codes (MASI)"


def test_every_row_by_hand() -> None:
    table = reliability(studies.trapped(), method=QUICK)
    assert table.index.tolist() == ["fear", "fear->exam", "trust", "rare", JACCARD, MASI]  # never applied: no row
    assert table.index.name == "code"
    assert table.columns.tolist() == [
        "estimate",
        "low",
        "high",
        "n_units",
        "n_coders",
        "prevalence",
        "agreement",
        "note",
    ]
    for code in ("fear", "fear->exam", "trust"):
        matrix = studies.applied(code)
        readings = [cell for row in matrix if None not in row for cell in row]
        assert table.loc[code, "estimate"] == pytest.approx(byhand.alpha(matrix), abs=1e-12)
        assert table.loc[code, "agreement"] == pytest.approx(byhand.percent(matrix))
        assert table.loc[code, "prevalence"] == pytest.approx(sum(readings) / len(readings))
    assert table.loc[JACCARD, "estimate"] == pytest.approx(byhand.alpha(studies.sets(), byhand.jaccard), abs=1e-12)
    assert table.loc[MASI, "estimate"] == pytest.approx(byhand.alpha(studies.sets(), byhand.masi), abs=1e-12)
    assert (table["n_units"] == 7).all()
    assert (table["n_coders"] == 2).all()
    assert table.loc[JACCARD, "prevalence"] == pytest.approx(10 / 14)  # any code


def test_numbers_counted_by_hand() -> None:
    """Trust: of seven units both apply it on r3 and r7, one on r1, r2, r5; 7 applications in 14 readings.

    Observed disagreement 3/7, expected 2 · 7 · 7 / (14 · 13).
    """
    table = reliability(studies.trapped(), codes=["trust"], method=QUICK)
    assert table.loc["trust", "estimate"] == pytest.approx(1 - (3 / 7) / (2 * 7 * 7 / (14 * 13)))
    assert table.loc["trust", "prevalence"] == 0.5
    assert table.loc["trust", "agreement"] == pytest.approx(4 / 7)


def test_a_code_that_one_coder_applied_where_no_other_looked() -> None:
    row = reliability(studies.trapped(), codes=["rare"], method=QUICK).loc["rare"]
    assert math.isnan(row["estimate"])
    assert row["prevalence"] == 0
    assert row["note"] == "all ratings are the same (applied nowhere), so there is no variation to agree on"


def test_by_case() -> None:
    table = reliability(studies.trapped(), by="case", method=QUICK)
    assert table.index.names == ["case", "code"]
    for case in ("q1", "q2"):
        units = [unit for unit, name in studies.CASES.items() if name == case]
        assert table.loc[(case, JACCARD), "estimate"] == pytest.approx(
            byhand.alpha(studies.sets(units), byhand.jaccard), abs=1e-12
        )
    assert table.loc[("q1", "fear"), "n_units"] == 5
    assert table.loc[("q2", "fear"), "n_units"] == 2


THREE = pd.DataFrame(
    {
        "unit": ["u1", "u1", "u1", "u2", "u2", "u3", "u3", "u3"],
        "coder": ["ann", "ben", "cy", "ann", "cy", "ann", "ben", "cy"],
        "code": ["a", "a", "b", "b", "b", "a", "b", "a"],
    }
)


def test_by_pair() -> None:
    table = reliability(Study(THREE), by="pair", method=QUICK)
    assert table.index.names == ["coder_a", "coder_b", "code"]
    cells = {(row.unit, row.coder): row.code for row in THREE.itertuples()}
    for first, second in (("ann", "ben"), ("ann", "cy"), ("ben", "cy")):
        both = [unit for unit in ("u1", "u2", "u3") if (unit, first) in cells and (unit, second) in cells]
        matrix = [[cells[unit, first] == "a", cells[unit, second] == "a"] for unit in both]
        assert table.loc[(first, second, "a"), "estimate"] == pytest.approx(byhand.alpha(matrix), nan_ok=True)
        assert table.loc[(first, second, "a"), "n_units"] == len(both)


@pytest.mark.parametrize(
    ("coefficient", "name", "plain"),
    [
        ("fleiss_kappa", "Fleiss' kappa", byhand.fleiss),
        ("gwet_ac", "Gwet's AC1", lambda matrix: byhand.gwet(matrix, 2)),
        ("percent_agreement", "percent agreement", byhand.percent),
    ],
)
def test_other_coefficients(coefficient: Any, name: str, plain: Any) -> None:
    table = reliability(studies.trapped(), coefficient=coefficient, codes=["trust"], method=QUICK)
    paired = [row for row in studies.applied("trust") if row != [None, None]]
    assert table.loc["trust", "estimate"] == pytest.approx(plain(paired), abs=1e-12)
    assert table.loc[JACCARD, "estimate"] == pytest.approx(byhand.alpha(studies.sets(), byhand.jaccard))
    assert table.attrs["coefficient"] == name


def two_coders(cells: list[tuple[bool, bool]]) -> Study:
    """One code, applied or not by ann and ben; a filler keeps every unit seen."""
    rows = [
        (f"u{number:03}", coder, code)
        for number, pair in enumerate(cells)
        for coder, applied in zip(("ann", "ben"), pair, strict=True)
        for code in (["code", "seen"] if applied else ["seen"])
    ]
    return Study(pd.DataFrame(rows, columns=["unit", "coder", "code"]))


@pytest.mark.parametrize(
    ("cells", "notes"),
    [
        (
            [(True, True), (True, False), (False, True), *[(False, False)] * 57],
            [
                "applied in 4 of 120 readings: the interval is rough",
                "coders agree on 97% of units, as chance nearly gives",
            ],
        ),
        ([*[(True, True)] * 20, *[(False, False)] * 20, (True, False)], ["few disagreements: the interval is rough"]),
        ([*[(True, True)] * 20, *[(False, False)] * 20, *[(True, False)] * 15], []),
    ],
)
def test_notes_on_rare_codes_and_few_disagreements(cells: list[tuple[bool, bool]], notes: list[str]) -> None:
    note = reliability(two_coders(cells), codes=["code"], method="analytic").loc["code", "note"]
    assert [part.startswith(told) for part, told in zip(note.split("; "), notes, strict=bool(notes))] == [True] * len(
        notes
    )
    assert bool(note) == bool(notes)


def test_intervals_by_every_method() -> None:
    study = studies.trapped()
    for method, how in (
        (Bootstrap(2000, rng=3), "bootstrap over units, 2,000 replicates"),
        ("bootstrap", "bootstrap over units"),
        ("analytic", "analytic standard error"),
        ("jackknife", "jackknife standard error"),
    ):
        table = reliability(study, codes=["trust"], method=method, confidence=0.9)  # type: ignore[arg-type]
        assert (table["low"] < table["estimate"]).all()
        assert (table["estimate"] < table["high"]).all()
        assert table.attrs["method"] == how
        assert table.attrs["confidence"] == 0.9


def test_the_same_table_twice() -> None:
    pd.testing.assert_frame_equal(reliability(studies.trapped()), reliability(studies.trapped()))


def test_methods_text_gives_the_figures() -> None:
    study = studies.trapped()
    table = reliability(study, method=QUICK)
    text = methods_text(study, table)
    assert "7 of 9 units were read by at least two of 2 coders. Who saw which unit: given." in text
    assert f"{table.loc[JACCARD, 'estimate']:.3f} (Krippendorff's alpha with Jaccard distance; 95% interval" in text
    assert "3 codes; undefined for 1)" in text


def test_assumed_reading_is_said() -> None:
    study = Study(THREE)
    text = methods_text(study, reliability(study, method=QUICK))
    assert "Who saw which unit: assumed: a coder saw every document in which they coded anything." in text


def test_rounds_are_not_mixed() -> None:
    study = Study(THREE.assign(round=["1"] * 4 + ["2"] * 4))
    with pytest.raises(DataError, match=r"must not mix rounds of coding; this study has '1', '2'.*rounds=\['1'\]"):
        reliability(study)
    assert reliability(study.select(rounds=["1"]), method=QUICK).loc["a", "n_units"] == 3


def test_spans_need_units() -> None:
    spans = pd.DataFrame(
        {"document": ["d", "d"], "coder": ["ann", "ben"], "code": ["a", "b"], "start": [0, 2], "end": [4, 6]}
    )
    told = r"needs units, and 2 codings are spans of text without one\. Choose the unit first: study\.unitise\(by="
    with pytest.raises(DataError, match=told):
        reliability(Study(spans))


def test_one_coder_is_refused() -> None:
    with pytest.raises(DataError, match=r"agreement takes two coders; there is 1\. Read all coders' files together"):
        reliability(Study(THREE).select(coders=["ann"]))


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"by": "cases"}, "Did you mean 'case'"),
        ({"coefficient": "fleiss"}, "coefficient must be one of"),
        ({"codes": ["A"]}, r"no code 'A'; there are: 'a', 'b'\. Did you mean 'a'\?"),
        ({"confidence": 95}, "confidence must lie between 0 and 1, not 95"),
        ({"method": "jacknife"}, "Did you mean 'jackknife'"),
    ],
)
def test_refused_options(options: dict[str, Any], told: str) -> None:
    with pytest.raises(DataError, match=told):
        reliability(Study(THREE), **options)
