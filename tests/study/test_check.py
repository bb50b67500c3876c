"""What is odd in a study: one test for each finding, and none where nothing is odd."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from expertsys.errors import DataError, Remark
from expertsys.study import Code, Codebook, Study, check

PLAIN = {
    "unit": ["u1", "u1", "u2", "u2", "u1", "u2"],
    "coder": ["ann", "ben", "ann", "ben", "ann", "ben"],
    "code": ["policy", "policy", "policy", "trust", "trust", "policy"],
}


def found(study: Study) -> list[str]:
    return [f"{row.severity}, {row.place}: {row.what}" for row in check(study).itertuples()]


def with_rows(*rows: tuple[Any, ...], columns: tuple[str, ...] = ("unit", "coder", "code"), **more: Any) -> Study:
    return Study(pd.concat([pd.DataFrame(PLAIN), pd.DataFrame(rows, columns=list(columns))]), **more)


def test_nothing_odd() -> None:
    table = check(Study(pd.DataFrame(PLAIN)))
    assert table.empty
    assert table.columns.tolist() == ["severity", "place", "what", "remedy"]
    assert (table.index.name, table.columns.name) == ("remark", "column")


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (("u1", "Ben", "judgement"), "warning, coders: 'ben' and 'Ben' differ only by case or blanks."),
        (("u1", "b en", "judgement"), "warning, coders: 'ben' and 'b en' differ only by case or blanks."),
        (("u1", "ann", "Trust"), "warning, codes: 'trust' and 'Trust' differ only by case or blanks."),
        (("u1", "ann", "tru\u00adst"), None),
        (("u1", "ann", "ｔrust"), "warning, codes: 'trust' and 'ｔrust' differ only by case or blanks."),
    ],
)
def test_names_that_look_alike(row: tuple[str, str, str], told: str | None) -> None:
    lines = found(with_rows(row))
    assert (told in lines) if told else not any("differ only" in line for line in lines)


def test_accents_in_two_encodings() -> None:
    lines = found(with_rows(("u1", "ann", "é"), ("u1", "ben", "e\u0301")))
    assert any(line.startswith("warning, codes:") and "differ only" in line for line in lines)


def test_cases_that_look_alike() -> None:
    study = Study(pd.DataFrame(PLAIN), cases=pd.DataFrame({"case": ["North", "north "]}))
    assert "warning, cases: 'North' and 'north' differ only by case or blanks." in found(study)


def test_codes_against_the_codebook() -> None:
    book = Codebook([Code("policy"), Code("affect"), Code("fear", parent="affect"), Code("rare")])
    lines = found(with_rows(("u2", "ann", "rare"), codebook=book))
    assert lines == [
        "warning, code 'trust': is applied 2 times and is not in the codebook.",
        "note, code 'fear': is in the codebook and never applied.",  # affect is a parent: that is what it is for
        "note, code 'rare': is applied once, by 'ann' on 'u2'.",
    ]


def test_two_areas_of_one_picture_are_not_the_same_place() -> None:
    marks = pd.DataFrame({"document": ["ward", "ward", "talk", "talk"], "coder": "ann", "code": "x"})
    kinds = pd.DataFrame({"document": ["ward", "talk"], "kind": ["picture", "interview"], "text": [None, "We wait."]})
    spans = marks.assign(start=pd.array([None, None, 0, 0], dtype="Int64"), end=pd.array([None] * 2 + [2, 2], "Int64"))
    assert [line for line in found(Study(spans, documents=kinds)) if "more than once" in line] == [
        "warning, coder 'ann', code 'x': is applied more than once to the same place: 'talk'."
    ]


def test_many_codes_are_told_together() -> None:
    """Of a codebook with hundreds of codes, of which few are used, a line for each would hide what matters."""
    rows = [("u1", "ann", f"once {number}") for number in range(7)] + [("u1", "ben", f"new {n}") for n in range(7)]
    book = Codebook([Code(f"{kind} {n}") for kind in ("once", "never") for n in range(7)])
    lines = found(Study(pd.DataFrame(rows, columns=["unit", "coder", "code"]), codebook=book))
    shown = {
        kind: ", ".join(f"'{kind} {number}'" for number in range(5)) + " and 2 more"
        for kind in ("once", "new", "never")
    }
    assert lines == [
        f"warning, codes: 7 are applied and not in the codebook: {shown['new']}.",
        f"note, codebook: 7 of 14 are never applied: {shown['never']}.",
        f"note, codes: 7 are applied once: {shown['once']}.",
    ]


def test_the_same_coding_twice() -> None:
    assert found(with_rows(("u1", "ann", "policy"), ("u2", "ann", "policy"))) == [
        "warning, coder 'ann', code 'policy': is applied more than once to the same place: 'u1', 'u2'."
    ]
    spans = pd.DataFrame(
        {"document": "d", "coder": "ann", "code": "x", "start": [0, 0, 1], "end": [4, 4, 4], "round": ["1", "1", "1"]}
    )
    assert found(Study(spans)) == ["warning, coder 'ann', code 'x': is applied more than once to the same place: 'd'."]
    assert found(Study(spans.assign(round=["1", "2", "1"]))) == []


def test_units_seen_by_one_or_by_none() -> None:
    units = pd.DataFrame({"unit": ["u1", "u2", "u3", "u4"]})
    seen = {"ann": ["u1", "u2", "u3"], "ben": ["u1", "u2"]}
    lines = found(Study(pd.DataFrame(PLAIN), units=units).with_assignments(seen))
    assert lines == [
        "note, units: 1 of 4 units carry no code and no one is known to have seen them: 'u4'.",
        "note, units: 1 of 3 units were seen by one coder only: 'u3'.",
    ]


def test_a_lone_coder_sees_everything_alone() -> None:
    study = Study(pd.DataFrame(PLAIN)).select(coders=["ann"])
    assert not any("one coder only" in line for line in found(study))


def test_a_coder_who_saw_nothing() -> None:
    study = Study(pd.DataFrame(PLAIN), coders=pd.DataFrame({"coder": ["ann", "ben", "cy"]}))
    assert found(study) == ["warning, coder 'cy': saw no unit."]


def test_a_coder_with_less_than_the_others() -> None:
    codings = pd.DataFrame(
        [(f"u{number}", "ann", "x") for number in range(10)] + [(f"u{number}", "ben", "x") for number in range(8)],
        columns=["unit", "coder", "code"],
    )
    told = "coded 8 units where another coded 10; the rest is taken as not seen by this coder."
    assert f"warning, coder 'ben': {told}" in found(Study(codings))
    assert f"warning, case 'north', coder 'ben': {told}" in found(Study(codings.assign(case="north")))
    assert not any("taken as not seen" in line for line in found(Study(codings).with_assignments("all")))
    given = Study(codings).with_assignments({"ann": list(codings["unit"].unique()), "ben": ["u0"]})
    assert not any("taken as not seen" in line for line in found(given))


def test_what_the_reader_tolerated_is_listed_too() -> None:
    noted = Study(pd.DataFrame(PLAIN)).noting(Remark("note", "x.csv, row 3", "is blank."), Remark("warning", "y", "z."))
    assert found(noted) == ["warning, y: z.", "note, x.csv, row 3: is blank."]


def test_the_study_is_left_as_it_is() -> None:
    study = Study(pd.DataFrame(PLAIN))
    check(study)
    assert study == Study(pd.DataFrame(PLAIN))


def test_a_mode_of_use_that_is_none() -> None:
    situations = pd.DataFrame({"situation": ["s1", "s2"], "mode": ["as intendid", "Token"]})
    codings = pd.DataFrame({"unit": ["u1"], "coder": ["ann"], "code": ["policy"]})
    found = check(Study(codings, situations=situations)).set_index("place")
    row = found.loc["situations, mode 'as intendid'"]
    assert row["severity"] == "warning"
    assert row["remedy"] == "Did you mean 'as-intended'? Leave the cell empty where it is not known."
    row = found.loc["situations, mode 'Token'"]
    assert row.tolist() == ["note", "is read as 'token'.", ""]


def test_what_is_no_study_is_refused_with_the_way_to_make_one() -> None:
    with pytest.raises(DataError, match=r"check takes a Study, not str\. Read it first: study = es\.read"):
        check("codings.csv")  # type: ignore[arg-type]
