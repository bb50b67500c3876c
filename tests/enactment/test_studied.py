"""Situations from coded units."""

from __future__ import annotations

import pandas as pd
import pytest

import expertsys as es
from expertsys.enactment import action_at_a_distance, emptying_out, from_study
from expertsys.errors import DataError
from expertsys.study import Code, Codebook, Study

BOOK = Codebook(
    [
        Code("local"),
        Code("ill", parent="local"),
        Code("far", parent="local"),
        Code("urgent"),
        Code("routine"),
        Code("rule: list"),
        Code("did: list"),
        Code("did: letter"),
        Code("around it", concept="mode-of-use.workaround"),
        Code("as meant", concept="mode-of-use.as-intended"),
        Code("odd", concept="mode-of-use"),
    ]
)
ROWS = [
    ("u1", "Ada", "far"),
    ("u1", "Ada", "ill"),
    ("u1", "Ada", "routine"),
    ("u1", "Ada", "rule: list"),
    ("u1", "Ada", "did: list"),
    ("u1", "Ada", "as meant"),
    ("u1", "Ben", "ill"),
    ("u1", "Ben", "around it"),
    ("u2", "Ada", "did: letter"),
    ("u2", "Ada", "rule: list"),
    ("u2", "Ada", "odd"),
    ("u3", "Ben", "something else"),
]


def study(rows: list[tuple[str, str, str]] = ROWS) -> Study:
    return Study(
        pd.DataFrame(rows, columns=["unit", "coder", "code"]),
        codebook=BOOK,
        units=pd.DataFrame({"unit": ["u1", "u2", "u3"], "document": ["d1", "d2", "d1"]}),
        documents=pd.DataFrame(
            {
                "document": ["d1", "d2"],
                "participant": ["p1", None],
                "case": ["c", "c"],
                "site": [None, "south"],
                "date": ["2020-01-01", None],
            }
        ),
        participants=pd.DataFrame({"participant": ["p1"], "role": ["nurse"], "site": ["north"]}),
    )


ACTIONS = {"prescribed": {"rule: list": "list"}, "taken": {"did: list": "list", "did: letter": "letter"}}


def test_one_row_for_each_unit_and_coder() -> None:
    table = from_study(study(), local="local", category=["urgent", "routine"], mode="mode-of-use", **ACTIONS)  # type: ignore[arg-type]
    filled = table.astype(object).where(table.notna(), None)
    assert filled.to_dict("list") == {
        "situation": ["u1", "u1", "u2"],
        "case": ["c", "c", "c"],
        "site": ["north", "north", "south"],
        "role": ["nurse", "nurse", None],
        "date": ["2020-01-01", "2020-01-01", None],
        "local": ["ill + far", "ill", None],
        "category": ["routine", None, None],
        "prescribed": ["list", None, "list"],
        "taken": ["list", None, "letter"],
        "mode": ["as-intended", "workaround", "odd"],
        "coder": ["Ada", "Ben", "Ada"],
    }
    found = action_at_a_distance(table)
    assert found.estimate == 0.5
    assert found.note.startswith("1 row describes a situation")


def test_only_the_roles_that_were_named() -> None:
    assert list(from_study(study(), local=["ill", "far"])) == [
        "situation",
        "case",
        "site",
        "role",
        "date",
        "local",
        "coder",
    ]


def test_several_values_of_one_occasion() -> None:
    crowded = study([*ROWS, ("u2", "Ada", "did: list"), ("u1", "Ada", "urgent")])
    with pytest.raises(DataError, match=r"units have several values where an occasion has one") as caught:
        from_study(crowded, local="local", category=["urgent", "routine"], **ACTIONS)  # type: ignore[arg-type]
    assert [str(fault) for fault in caught.value.faults] == [
        "unit 'u1', coder 'Ada': category is 'urgent' and 'routine'.",
        "unit 'u2', coder 'Ada': taken is 'list' and 'letter'.",
    ]
    table = from_study(crowded, local="local", several="missing", **ACTIONS)  # type: ignore[arg-type]
    assert table.set_index(["situation", "coder"]).loc[("u2", "Ada"), "taken"] is not "letter"  # noqa: F632
    assert table["taken"].isna().tolist() == [False, True, True]
    alike = from_study(crowded, local="local", taken=dict.fromkeys(["did: list", "did: letter"], "something"))
    assert alike["taken"].dropna().tolist() == ["something", "something"]


def test_what_is_refused() -> None:
    with pytest.raises(DataError, match=r"local: no code 'lokal'; .*Did you mean 'local'\?"):
        from_study(study(), local="lokal")
    with pytest.raises(DataError, match="taken: no code points to the concept 'emptying-out'"):
        from_study(study(), local="local", taken="emptying-out")
    with pytest.raises(DataError, match="several must be one of"):
        from_study(study(), local="local", several="first")  # type: ignore[arg-type]
    spans = Study(pd.DataFrame({"document": ["d"], "coder": ["a"], "code": ["ill"], "start": [0], "end": [3]}))
    with pytest.raises(DataError, match="a table of situations needs units"):
        from_study(spans, local="ill")


def test_the_synthetic_study() -> None:
    full = es.datasets.load("synthetic-three-systems").study()
    table = from_study(full, local="resistance", category="emptying-out", several="missing")
    assert table["site"].notna().any()
    assert set(table["coder"]) == {"Ada", "Ben", "Cem"}
    assert not table.duplicated(["situation", "coder"]).any()
    assert emptying_out(table.dropna(subset="category"), shuffles=19).n_situations > 0


def test_no_unit_has_any_of_the_codes() -> None:
    table = from_study(study(), local="urgent")
    assert table.empty
    with pytest.raises(DataError, match="there is no situation in the table"):
        emptying_out(table.assign(category="x"))
