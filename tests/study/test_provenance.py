"""Provenance: files, choices and remarks that travel along."""

from __future__ import annotations

import hashlib

import pandas as pd
import pytest

from expertsys.errors import Remark
from expertsys.study import Provenance, Source, Study


def test_a_source_knows_its_digest() -> None:
    source = Source.of_bytes("a.csv", b"unit,coder\n", 3)
    assert (source.name, source.rows) == ("a.csv", 3)
    assert source.sha256 == hashlib.sha256(b"unit,coder\n").hexdigest()


def test_the_last_choice_counts() -> None:
    first = Provenance(choices=[("encoding", "utf-8"), ("unit", "row")])
    second = first.choosing("encoding", "latin-1").choosing("rounds", "1")
    assert second.choices == (("unit", "row"), ("encoding", "latin-1"), ("rounds", "1"))
    assert second.choice("encoding") == "latin-1"
    assert second.choice("nothing") is None
    assert first.choice("encoding") == "utf-8"


def test_remarks_are_a_table_without_repetitions() -> None:
    one, two = Remark("note", "row 1", "is blank."), Remark("warning", "row 2", "is odd.", "Look.")
    told = Provenance().noting(one, two, one).noting(two)
    assert told.notes == (one, two)
    assert told.remarks.to_dict("records") == [
        {"severity": "note", "place": "row 1", "what": "is blank.", "remedy": ""},
        {"severity": "warning", "place": "row 2", "what": "is odd.", "remedy": "Look."},
    ]
    assert told.remarks.index.name == "remark"
    assert Provenance().remarks.columns.tolist() == ["severity", "place", "what", "remedy"]


def test_it_is_frozen_and_hashable() -> None:
    provenance = Provenance(sources=[Source("a")], notes=[Remark("note", "x", "y")])
    assert provenance == Provenance(sources=(Source("a"),), notes=(Remark("note", "x", "y"),))
    assert hash(provenance) == hash(Provenance(sources=(Source("a"),), notes=(Remark("note", "x", "y"),)))
    with pytest.raises(AttributeError):
        provenance.version = "1"  # type: ignore[misc]


def test_it_travels_with_every_change_of_the_study() -> None:
    codings = pd.DataFrame({"document": ["d"], "coder": ["ann"], "code": ["x"], "start": [0], "end": [2]})
    given = Provenance(sources=[Source("a.csv", "00", 1)], synthetic="by a generator", version="0.1")
    study = Study(codings, provenance=given).unitise(by="overlap").with_assignments("all").select(coders=["ann"])
    assert study.provenance.sources == given.sources
    assert (study.provenance.synthetic, study.provenance.version) == ("by a generator", "0.1")
    assert [what for what, _ in study.provenance.choices] == ["unit of coding", "who saw what", "selected"]


def test_a_reader_may_have_said_who_saw_what() -> None:
    codings = pd.DataFrame({"unit": ["u"], "coder": ["ann"], "code": ["x"]})
    seen = pd.DataFrame({"coder": ["ann"], "document": ["u"]})
    told = Provenance(choices=[("who saw what", "every listed row")])
    assert Study(codings, assignments=seen, provenance=told).provenance.choice("who saw what") == "every listed row"
    assert Study(codings, assignments=seen).provenance.choice("who saw what") == "given"
