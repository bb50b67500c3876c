"""The reliability table against alpha by hand, on a study with the traps of real files."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
import pytest

from expertsys import agreement
from expertsys.agreement import Bootstrap, gwet_ac, methods_text, reliability
from expertsys.agreement.diagnosis import choice
from expertsys.errors import DataError
from expertsys.io import read
from expertsys.study import Study

from .. import byhand, studies

QUICK = Bootstrap(replicates=50, rng=0)
JACCARD, MASI = "all codes (Jaccard)", "all codes (MASI)"


def test_every_row_by_hand() -> None:
    table = reliability(studies.trapped(), method=QUICK)
    assert table.index.tolist() == ["fear", "fear->exam", "trust", "rare", JACCARD, MASI]  # never applied: no row
    assert table.index.name == "code"
    table = reliability(studies.trapped(), subcodes="exclude", method=QUICK)
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
    for case in ("q1", "q2"):
        used = {code for (unit, _), codes in studies.APPLIED.items() if studies.CASES[unit] == case for code in codes}
        assert set(table.loc[case].index) - {JACCARD, "all codes (MASI)"} == used
    named = reliability(studies.trapped(), by="case", codes=["rare"], method=QUICK)
    assert named.index.get_level_values("code").tolist().count("rare") == 2


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


def test_by_coder_left_out() -> None:
    table = reliability(Study(THREE), by="coder", method=QUICK)
    assert table.index.names == ["without", "code"]
    left = reliability(Study(THREE).select(coders=["ann", "cy"]), method=QUICK)
    assert table.loc[("ben", "a"), "estimate"] == pytest.approx(left.loc["a", "estimate"])
    assert set(table.index.get_level_values("without")) == {"ann", "ben", "cy"}
    with pytest.raises(DataError, match="leaving a coder out takes three; there are two"):
        reliability(studies.trapped(), by="coder")


def test_by_category() -> None:
    table = reliability(studies.trapped(), by="category", subcodes="exclude", method=QUICK)
    assert table.index.names == ["code", "category"]
    assert table.columns.tolist()[:8] == list(reliability(studies.trapped(), method=QUICK).columns)
    for code in ("fear", "fear->exam", "trust"):
        rated = [row for row in studies.applied(code) if None not in row]
        for applied, name in ((True, "applied"), (False, "not applied")):
            row = table.loc[(code, name)]
            assert row["estimate"] == pytest.approx(byhand.specific(rated, applied))
            assert row["n_units"] == sum(applied in pair for pair in rated)
    assert table.loc[("rare", "applied"), "note"] == "no coder chose it where another saw the unit"
    assert table.attrs["coefficient"] == "specific agreement"


def sited() -> Study:
    study = studies.trapped()
    documents = pd.DataFrame(
        {
            "document": list(studies.CASES),
            "batch": [10, 10, 2, 2, 2, 2, 10, 10, None],
            "participant": ["p"] * 5 + ["q"] * 4,
        }
    )
    return Study(
        study.codings,
        units=study.units,
        assignments=study.assignments,
        codebook=study.codebook,
        documents=documents,
        participants=pd.DataFrame({"participant": ["p", "q"], "role": ["nurse", "doctor"]}),
        cases=pd.DataFrame({"case": ["q1", "q2"], "site": ["north", "south"]}),
    )


@pytest.mark.parametrize(
    ("by", "name", "units"),
    [
        ("batch", "batch", {"2": ["r3", "r4", "r5", "r6"], "10": ["r1", "r2", "r7", "r8"]}),
        ("role", "role", {"doctor": ["r6", "r7", "r8"], "nurse": ["r1", "r2", "r3", "r4", "r5"]}),
        ("site", "site", {"north": ["r1", "r2", "r3", "r4", "r5", "r6"], "south": ["r7", "r8"]}),
        ("document", "document", {f"r{n}": [f"r{n}"] for n in range(1, 9)}),
        ({"r1": "x", "r2": "x", "r5": "y"}, "group", {"x": ["r1", "r2"], "y": ["r5"]}),
    ],
)
def test_by_what_the_study_knows_of_a_unit(by: Any, name: str, units: dict[str, list[str]]) -> None:
    table = reliability(sited(), by=by, codes=["trust"], method=QUICK)
    assert table.index.names == [name, "code"]
    named = table.set_axis(table.index.set_levels(table.index.levels[0].astype(str), level=0))
    assert list(dict.fromkeys(named.index.get_level_values(0))) == list(units)
    for group, chosen in units.items():
        matrix = [row for row in studies.applied("trust", chosen) if None not in row]
        found = named.loc[(group, "trust"), "estimate"]
        if len({cell for row in matrix for cell in row}) > 1:
            assert found == pytest.approx(byhand.alpha(matrix))
        else:
            assert math.isnan(found)


def test_clusters_are_drawn_whole() -> None:
    table = reliability(studies.trapped(), codes=["trust"], cluster="case", method=QUICK)
    plain = reliability(studies.trapped(), codes=["trust"], method=QUICK)
    assert table["estimate"].tolist() == plain["estimate"].tolist()
    assert table["low"].tolist() != plain["low"].tolist()
    assert table.attrs["method"] == "bootstrap over clusters (case), 50 replicates"
    assert table.attrs["method"] in methods_text(studies.trapped(), table)


def test_a_coefficient_of_ones_own() -> None:
    named = reliability(studies.trapped(), coefficient="gwet_ac", codes=["trust"], method=QUICK)
    own = reliability(studies.trapped(), coefficient=lambda ratings: gwet_ac(ratings), codes=["trust"], method=QUICK)
    pd.testing.assert_frame_equal(named, own)
    assert reliability(studies.trapped(), coefficient="cohen_kappa", codes=["trust"], method=QUICK).loc[
        "trust", "estimate"
    ] == pytest.approx(byhand.cohen(studies.applied("trust")))


def test_every_name_that_the_room_offers_can_be_chosen() -> None:
    offered = [name for name in choice.NAMES if hasattr(agreement, name)]
    assert len(offered) >= 5
    for name in offered:
        assert not reliability(studies.trapped(), coefficient=name, codes=["trust"], method=QUICK).empty


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
                "only 4 of 120 ratings are not of the main category: intervals are rough",
                "the symmetric interval reaches beyond 1",
                "coders agree on 97% of units, as chance nearly gives",
            ],
        ),
        (
            [*[(True, True)] * 20, *[(False, False)] * 20, (True, False)],
            ["coders disagree on 1 of 41 units only: intervals are rough", "the symmetric interval reaches beyond 1"],
        ),
        ([*[(True, True)] * 20, *[(False, False)] * 20, *[(True, False)] * 15], []),
    ],
)
def test_notes_on_rare_codes_and_few_disagreements(cells: list[tuple[bool, bool]], notes: list[str]) -> None:
    assumed = "Who read what is assumed: a coder read every unit of each document in which they coded anything"
    note = reliability(two_coders(cells), codes=["code"], method="analytic").loc["code", "note"]
    assert note.startswith(assumed)
    note = note.removeprefix(assumed).removeprefix("; ")
    assert [part.startswith(told) for part, told in zip(note.split("; "), notes, strict=bool(notes))] == [True] * len(
        notes
    )
    assert bool(note) == bool(notes)


def test_intervals_by_every_method() -> None:
    study = studies.trapped()
    for method, how in (
        (Bootstrap(2000, rng=3), "bootstrap over units, 2,000 replicates"),
        ("bootstrap", "bootstrap over units, 1,000 replicates"),
        ("analytic", "analytic standard error over units"),
        ("jackknife", "jackknife standard error over units"),
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


def test_methods_text_of_the_other_tables() -> None:
    study = studies.trapped()
    by_case = methods_text(study, reliability(study, by="case", method=QUICK))
    assert "by case lay between 0.491 (q1; interval" in by_case
    assert "and 1.000 (q2; interval" in by_case
    by_category = methods_text(study, reliability(study, by="category", subcodes="exclude", method=QUICK))
    assert "specific agreement on 'applied' lay between 0.571 and 0.800 (median 0.667, 3 codes" in by_category
    assert "Jaccard" not in by_category
    by_pair = methods_text(Study(THREE), reliability(Study(THREE), by="pair", method=QUICK))
    assert "by pair lay between" in by_pair
    without = methods_text(Study(THREE), reliability(Study(THREE), by="coder", method=QUICK))
    assert "by coder left out lay between" in without


def test_assumed_reading_is_said() -> None:
    study = Study(THREE)
    text = methods_text(study, reliability(study, method=QUICK))
    assert "Who saw which unit: assumed: a coder read every unit of each document in which they coded anything." in text


def test_rounds_are_not_mixed() -> None:
    study = Study(THREE.assign(round=["1"] * 4 + ["2"] * 4))
    with pytest.raises(DataError, match=r"must not mix rounds of coding; this study has '1', '2'.*rounds=\['1'\]"):
        reliability(study)
    assert reliability(study.select(rounds=["1"]), method=QUICK).loc["a", "n_units"] == 1  # ben reads u3 later


def test_spans_need_units() -> None:
    spans = pd.DataFrame(
        {"document": ["d", "d"], "coder": ["ann", "ben"], "code": ["a", "b"], "start": [0, 2], "end": [4, 6]}
    )
    told = r"needs units, and this study has 2 spans of text without one\. Choose the unit first: study\.unitise\(by="
    with pytest.raises(DataError, match=told):
        reliability(Study(spans))


def test_one_coder_is_refused() -> None:
    with pytest.raises(DataError, match=r"agreement takes two coders; there is 1\. Read all coders' files together"):
        reliability(Study(THREE).select(coders=["ann"]))


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"by": "cases"}, "Did you mean 'case'"),
        (
            {"by": "category", "coefficient": "gwet_ac"},
            "by='category' gives specific agreement, and coefficient='gwet_ac'",
        ),
        ({"cluster": "unitt"}, "Did you mean 'unit'"),
        ({"coefficient": "fleiss"}, "coefficient must be one of"),
        ({"codes": ["A"]}, r"no code 'A'; there are: 'a', 'b'\. Did you mean 'a'\?"),
        ({"confidence": 95}, "confidence must lie between 0 and 1, not 95"),
        ({"method": "jacknife"}, "Did you mean 'jackknife'"),
    ],
)
def test_refused_options(options: dict[str, Any], told: str) -> None:
    with pytest.raises(DataError, match=told):
        reliability(Study(THREE), **options)


def test_methods_text_of_scores() -> None:
    """Scores are one scale: the sentence names it, and speaks of no single codes."""
    scores = pd.DataFrame({"unit": list("abcdef"), "ann": [1, 2, 3, 1, 2, 3], "ben": [1, 2, 3, 1, 2, 2]})
    study = read(scores, layout="wide")
    table = reliability(study, level="interval")
    text = methods_text(study, table)
    assert f"Agreement on the scores was {table['estimate'].iloc[0]:.3f} (Krippendorff's alpha, interval;" in text
    assert "single codes" not in text
