"""Who saw what is not who applied what."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from expertsys.errors import DataError
from expertsys.study import Study

from .samples import CODINGS


def test_who_saw_what_is_assumed_and_said() -> None:
    study = Study(CODINGS)
    assert study.assumed_seen
    assert study.provenance.choice("who saw what") == (
        "assumed: a coder read every unit of each document in which they coded anything"
    )
    assert sorted(map(tuple, study.seen[["unit", "coder"]].to_numpy())) == [
        ("u1", "ann"),
        ("u1", "ben"),
        ("u2", "ann"),
        ("u3", "ben"),
    ]


def test_a_coder_of_one_unit_saw_the_whole_document() -> None:
    codings = pd.DataFrame({"unit": ["a", "b"], "document": "d", "coder": ["ann", "ben"], "code": "x"})
    assert len(Study(codings).seen) == 4


@pytest.mark.parametrize(
    ("seen", "pairs", "choice"),
    [
        ("all", 6, "every coder read every document"),
        ("coded", 4, "assumed: a coder read every unit of each document in which they coded anything"),
        ({"ann": ["u1", "u2", "u3"], "ben": ["u1", "u3"]}, 5, "given"),
        ({"ann": "u3", "ben": []}, 5, "given"),  # what one coded, one has seen in any case
        (
            pd.DataFrame({"coder": ["ann", "ann"], "document": ["u3", "u3"]}),
            5,
            "given for 'ann'; otherwise assumed: a coder read every unit of each document in which they coded anything",
        ),
    ],
)
def test_with_assignments(seen: Any, pairs: int, choice: str) -> None:
    study = Study(CODINGS).with_assignments(seen)
    assert len(study.seen) == pairs
    assert study.provenance.choice("who saw what") == choice
    assert study.assumed_seen == ("assumed" in choice)
    assert set(study.seen["case"]) == {"north", "south"}


def test_a_coder_who_coded_nothing_has_still_seen() -> None:
    study = Study(CODINGS).with_assignments({"ann": ["u1"], "cy": ["u1", "u4"]})
    assert study.coders.index.tolist() == ["ann", "ben", "cy"]
    assert ("u1", "cy") in set(map(tuple, study.seen[["unit", "coder"]].to_numpy()))
    assert "u4" in study.documents.index


def test_refused_assignments() -> None:
    wrong: Any = ["ann"]
    with pytest.raises(
        DataError, match=r"must be a dataframe, a mapping, the result of double_code, 'coded' or 'all', not list"
    ):
        Study(CODINGS).with_assignments(wrong)
    wrong = "al"
    with pytest.raises(
        DataError, match=r"no rule of who read what 'al'; there are: 'coded', 'all'\. Did you mean 'all'\?"
    ):
        Study(CODINGS).with_assignments(wrong)
