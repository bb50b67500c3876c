"""The analyst's own words on a case under a code are part of the study."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from expertsys import Code, Codebook, Study, read, write
from expertsys.errors import DataError

CODINGS = pd.DataFrame(
    {"unit": ["u1", "u2"], "coder": ["ann", "ann"], "code": ["policy", "judgement"], "case": ["north", "south"]}
)
BOOK = Codebook([Code("policy", concept="focus-of-resistance.policy"), Code("judgement")])
TOLD = {
    ("north", "policy"): "Seen as imposed.\nBy all.",
    ("south", "judgement"): "=A matter of conscience",
    ("north", "focus-of-resistance.policy"): "as above",
}


def told() -> Study:
    return Study(CODINGS, codebook=BOOK).with_summaries(TOLD)


def test_a_mapping_and_a_table_say_the_same() -> None:
    table = pd.DataFrame([(*cell, text) for cell, text in TOLD.items()], columns=["case", "code", "text"])
    assert Study(CODINGS, codebook=BOOK, summaries=table) == told()
    assert told().summaries["text"].tolist() == list(TOLD.values())
    assert Study(CODINGS).summaries.empty
    assert told() != Study(CODINGS, codebook=BOOK)


@pytest.mark.parametrize("name", ["study", "study.zip"])
def test_they_survive_a_round_trip(tmp_path: Path, name: str) -> None:
    assert read(write(told(), tmp_path / name)) == told()


def test_they_follow_a_selection_of_cases_and_codes() -> None:
    assert told().select(cases=["south"]).summaries["code"].tolist() == ["judgement"]
    chosen = told().select(codes=["policy"]).summaries
    assert chosen["code"].tolist() == ["policy", "focus-of-resistance.policy"]
    assert len(told().select(coders=["ann"]).summaries) == 3


def test_the_study_tells_of_them() -> None:
    assert "3 cells of a framework matrix" in repr(told())
    assert "summaries" not in repr(Study(CODINGS))


def test_a_misspelt_case_a_second_summary_and_an_empty_one_are_refused() -> None:
    with pytest.raises(DataError, match=r"summaries, row 1: no case 'nort'; there are: 'north', 'south'"):
        Study(CODINGS).with_summaries({("nort", "policy"): "x"})
    with pytest.raises(DataError, match=r"to a case and a code, not to 'north'\. Write \{\(case, code\)"):
        Study(CODINGS).with_summaries({"north": "x"})  # type: ignore[dict-item]
    twice = pd.DataFrame({"case": ["north"] * 2, "code": ["policy"] * 2, "text": ["x", "y"]})
    with pytest.raises(DataError, match=r"summaries, row 2: a second summary of 'north' under 'policy'"):
        Study(CODINGS).with_summaries(twice)
    with pytest.raises(DataError, match=r"row 1: the cell 'text' is empty"):
        Study(CODINGS).with_summaries({("north", "policy"): " "})
