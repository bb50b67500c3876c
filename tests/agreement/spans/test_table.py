"""How spans come in: who saw what, what is joined or dropped, and every refusal."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from expertsys.agreement import Spans
from expertsys.errors import DataError
from expertsys.study import Codebook, Study

COLUMNS = ["document", "coder", "code", "start", "end"]


def table(*rows: tuple[Any, ...]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=COLUMNS)


TWO = table(("d", "ann", "a", 0, 4), ("e", "ben", "b", 1, 3))


def seen(spans: Spans) -> dict[str, list[str]]:
    return {
        coder: [document for row, document in enumerate(spans.documents) if spans.seen[row, column]]
        for column, coder in enumerate(spans.coders)
    }


@pytest.mark.parametrize(
    ("choice", "expected", "note"),
    [
        ("coded", {"ann": ["d"], "ben": ["e"]}, True),
        ("all", {"ann": ["d", "e"], "ben": ["d", "e"]}, False),
        ({"ann": ["d"], "cyn": ["e"]}, {"ann": ["d"], "ben": ["e"], "cyn": ["e"]}, False),
        (pd.DataFrame({"coder": ["ben"], "document": ["d"]}), {"ann": ["d"], "ben": ["d", "e"]}, False),
    ],
)
def test_who_saw_what(choice: Any, expected: dict[str, list[str]], note: bool) -> None:
    spans = Spans.from_frame(TWO, seen=choice)
    assert seen(spans) == expected
    assert ("who saw what is assumed" in spans.note) == note


def test_documents_without_marks_and_codes_without_use() -> None:
    spans = Spans.from_frame(TWO, seen="all", lengths={"d": 9, "f": 5}, codes=["b", "a", "rare"])
    assert spans.documents == ("d", "f", "e")
    assert spans.lengths.tolist() == [9, 5, -1]
    assert spans.codes == ("b", "a", "rare")
    assert spans.n_seen.tolist() == [2, 2, 2]


def test_what_is_dropped_and_joined_is_said() -> None:
    frame = table(("d", "ann", "a", 0, 4), ("d", "ann", "a", 0, 4), ("d", "ann", "a", 3, 8), ("d", "ann", "a", 8, 9),
                  ("d", "ann", "b", 2, 2))  # fmt: skip
    spans = Spans.from_frame(frame, seen="all")
    assert "dropped, since without length: 1 mark; dropped, as another says the same: 1 row" in spans.note
    joined = spans.joined()
    assert joined.to_frame()[["start", "end"]].to_numpy().tolist() == [[0, 8], [8, 9]]  # those that touch stay two
    assert joined.note.endswith("1 stretches overlapped another of the same coder and code and were joined to it")
    assert joined.joined() is joined


def test_other_names_and_engines() -> None:
    import polars as pl

    frame = pl.DataFrame({"text": ["d"], "who": ["ann"], "label": ["a"], "from": [0], "to": [4], "id": [7]})
    options = {"document": "text", "coder": "who", "code": "label", "start": "from", "end": "to", "mark": "id"}
    spans = Spans.from_frame(frame, seen="all", **options)  # type: ignore[arg-type]
    assert repr(spans) == "Spans: 1 marks by 1 coders in 1 document, 1 codes, lengths not known"
    assert spans.to_frame().iloc[0].tolist() == ["d", "ann", "a", 0, 4, 0]


def test_parts() -> None:
    spans = Spans.from_frame(TWO, seen="all", lengths={"d": 9, "e": 9})
    assert seen(spans.only(coders=["ben"], documents=["e", "d"])) == {"ben": ["e", "d"]}
    assert len(spans.only(codes=["a"])) == 1
    assert spans.without("ann").coders == ("ben",)
    assert spans.without("ann").comparable().documents == ()
    for kind in ("codes", "coders", "documents"):
        with pytest.raises(DataError, match=f"no {kind[:-1]} 'z'"):
            spans.only(**{kind: ["z"]})
    with pytest.raises(DataError, match="no coder 'z'"):
        spans.without("z")


@pytest.mark.parametrize(
    ("frame", "options", "told"),
    [
        (TWO.rename(columns={"coder": "who"}), {}, r"no column 'coder'"),
        (table(("d", "ann", "a", 0, None)), {}, r"spans, row 1: has a position that is no whole number from 0\."),
        (table(("d", "ann", "a", -1, 2)), {}, r"row 1: has a position"),
        (table(("d", "ann", "a", 0.5, 2)), {}, r"row 1: has a position"),
        (table(("d", "ann", "a", "x", 2)), {}, r"row 1: has a position"),
        (table(("d", "ann", None, 0, 2)), {}, r"row 1: has an empty cell\."),
        (table(("d", "ann", "a", 5, 2)), {}, r"row 1: ends before it starts\."),
        (TWO, {"lengths": {"d": 3}}, r"row 1: ends behind the end of its document\."),
        (TWO, {"codes": ["a"]}, r"codes that are not on offer: 'b'"),
        (TWO, {"seen": "most"}, r"seen must be one of 'coded', 'all'"),
        (TWO, {"seen": 3}, r"seen must be 'coded', 'all', a mapping or a table, not int"),
        (TWO, {"seen": pd.DataFrame({"who": ["ann"]})}, r"no columns 'coder', 'document'"),
    ],
)
def test_refusals(frame: pd.DataFrame, options: dict[str, Any], told: str) -> None:
    with pytest.raises(DataError, match=told):
        Spans.from_frame(frame, **{"seen": "all", **options})


def test_all_faults_at_once() -> None:
    frame = table(("d", "ann", "a", 5, 2), ("d", "ann", "a", 0, 1), ("d", None, "a", 0, 1))
    with pytest.raises(DataError, match="no spans: 2 rows") as caught:
        Spans.from_frame(frame, seen="all")
    assert {fault.place for fault in caught.value.faults} == {"spans, row 1", "spans, row 3"}


def test_from_a_study() -> None:
    codings = TWO.assign(start=[0, float("nan")], end=[4, float("nan")])
    documents = pd.DataFrame({"document": ["d", "e", "f"], "text": ["Rules.", "No", "Empty"]})
    book = Codebook.of(["b", "a", "c"])
    assumed = Study(codings, documents=documents, codebook=book)
    spans = Spans.from_study(assumed)
    assert spans.codes == ("a", "c")  # b was applied to a whole document only
    assert spans.lengths.tolist() == [6, 2, 5]
    assert spans.to_frame()[["document", "start", "end"]].to_numpy().tolist() == [["d", 0, 4]]
    assert spans.note.startswith("without a position in a text, as of a whole document, and left out: 1 coding; who ")
    told = Spans.of(assumed.with_assignments("all"))
    assert seen(told) == {"ann": ["d", "e", "f"], "ben": ["d", "e", "f"]}
    assert "assumed" not in told.note


def test_studies_without_spans_are_refused() -> None:
    units = Study(pd.DataFrame({"unit": ["u"], "coder": ["ann"], "code": ["a"]}))
    with pytest.raises(DataError, match="none of the 1 codings has positions"):
        Spans.from_study(units)
    rounds = Study(TWO.assign(round=["1", "2"]))
    with pytest.raises(DataError, match="must not mix rounds"):
        Spans.from_study(rounds)
    with pytest.raises(DataError, match="takes a Study, not int"):
        Spans.of(3)


def test_a_study_cut_into_units_keeps_its_spans() -> None:
    documents = pd.DataFrame({"document": ["d", "e"], "text": ["One two.\nThree four.", "Else."]})
    study = Study(
        table(("d", "ann", "a", 4, 14), ("d", "ben", "a", 4, 7), ("e", "ben", "a", 0, 2)), documents=documents
    )
    here, there = Spans.from_study(study), Spans.from_study(study.unitise(by="sentence"))
    pd.testing.assert_frame_equal(here.to_frame(), there.to_frame())
