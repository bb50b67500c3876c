"""The part of a study with some cases, documents, participants, coders, codes or rounds."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from expertsys.errors import DataError
from expertsys.study import Code, Codebook, Study

from .samples import CODINGS, SPANS, spans


@pytest.mark.parametrize(
    ("chosen", "rows"),
    [
        ({"cases": ["south"]}, [3]),
        ({"cases": "south"}, [3]),
        ({"documents": ["d2", "d1", "d2"]}, [0, 1, 2]),
        ({"participants": ["p2"]}, [2, 3]),
        ({"coders": ["ben", "ben"]}, [1, 3]),
        ({"codes": ["trust"]}, [2, 3]),
        ({"codes": ["trust"], "coders": ["ben"]}, [3]),
        ({}, [0, 1, 2, 3]),
    ],
)
def test_select(chosen: dict[str, Any], rows: list[int]) -> None:
    part = spans().select(**chosen)
    wanted = SPANS.iloc[rows].reset_index(drop=True)
    found = part.codings.sort_values(["document", "start"]).reset_index(drop=True)
    for column in ("document", "coder", "code"):
        assert found[column].tolist() == wanted[column].tolist()
    assert set(part.documents.index) >= set(wanted["document"])


def test_select_keeps_related_tables_in_step() -> None:
    situations = pd.DataFrame({"case": ["north", "south"], "taken": ["x", "y"]})
    part = spans(situations=situations).select(cases=["north"])
    assert part.cases.index.tolist() == ["north"]
    assert part.documents.index.tolist() == ["d1", "d2"]
    assert part.situations["taken"].tolist() == ["x"]
    assert part.assignments["document"].isin(["d1", "d2"]).all()
    assert part.provenance.choice("selected") == "case: north"
    assert spans().select(coders=["ann"]).coders.index.tolist() == ["ann"]


def test_selecting_codes_keeps_who_saw_what_and_the_parents() -> None:
    book = Codebook([Code("affect"), Code("fear", parent="affect"), Code("trust")])
    part = spans(codebook=book).select(codes=["fear"])
    assert part.codebook.names == ("affect", "fear")
    assert part.seen.equals(spans(codebook=book).seen)
    assert part.assignments.equals(spans().assignments)


def test_selecting_a_round() -> None:
    study = Study(CODINGS)
    assert study.select(rounds=["2"]).codings["unit"].tolist() == ["u2", "u3"]
    with pytest.raises(DataError, match="must not mix rounds"):
        study.require_one_round("agreement")
    study.select(rounds=["1"]).require_one_round("agreement")
    mixed = Study(CODINGS.assign(round=["1", "1", None, None]))
    with pytest.raises(DataError, match=r"this study has '1'.*study\.select\(rounds=\['1'\]\)"):
        mixed.require_one_round("agreement")
    with pytest.raises(
        DataError, match=r"'1' and codings without a round\..*or rounds=\[None\] for the codings without"
    ):
        mixed.require_one_round("agreement")
    unnamed = mixed.select(rounds=[None])
    assert unnamed.rounds == ()
    assert unnamed.codings["unit"].tolist() == CODINGS["unit"].tolist()[2:]
    unnamed.require_one_round("agreement")
    assert Study(CODINGS.drop(columns="round")).select(rounds=[None]).codings["unit"].tolist() == list(CODINGS["unit"])


def test_who_coded_in_another_round_only_took_no_part_in_this_one() -> None:
    codings = pd.DataFrame(
        {
            "unit": ["u1", "u1", "u2", "u1"],
            "coder": ["ann", "ben", "ann", "both"],
            "code": ["x", "x", "y", "x"],
            "round": ["1", "1", "1", "2"],
        }
    )
    study = Study(codings).with_assignments("all")
    first, second = study.select(rounds=["1"]), study.select(rounds=["2"])
    assert list(first.coders.index) == ["ann", "ben"]
    assert set(first.seen["coder"]) == {"ann", "ben"}
    assert list(second.coders.index) == ["both"]
    assert list(study.select(rounds=["1", "2"]).coders.index) == ["ann", "ben", "both"]


def test_who_coded_nothing_at_all_read_in_the_first_round() -> None:
    study = Study(
        CODINGS,
        coders=pd.DataFrame({"coder": ["idle"]}),
        assignments=pd.DataFrame({"coder": ["idle"], "document": ["u1"]}),
    )
    assert "idle" in study.select(rounds=["1"]).coders.index
    assert "idle" not in study.select(rounds=["2"]).coders.index
    assert "idle" in study.select(coders=["ann", "idle"]).coders.index


@pytest.mark.parametrize(
    ("chosen", "told"),
    [
        ({"cases": ["North"]}, r"study\.select: no case 'North'; there are: 'north', 'south'\. Did you mean 'north'\?"),
        ({"documents": ["d9"]}, "no document 'd9'"),
        ({"participants": ["p9"]}, "no participant 'p9'"),
        ({"coders": "anna"}, r"no coder 'anna'; there are: 'ann', 'ben'\. Did you mean 'ann'"),
        ({"codes": ["ferar"]}, "Did you mean 'fear'"),
        ({"rounds": ["1"]}, r"no round '1'; there are: none\."),
    ],
)
def test_selecting_what_is_not_there(chosen: dict[str, Any], told: str) -> None:
    with pytest.raises(DataError, match=told):
        spans().select(**chosen)
