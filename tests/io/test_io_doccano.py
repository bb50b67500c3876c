"""doccano: lines and lists, labels on stretches and on texts, old files and new."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from iofiles import file, refusal, rows, told

from expertsys.io import read

TEXT = "Zoë rang the clinic."


def lines(folder: Path, *objects: Any, name: str = "ann.jsonl") -> Path:
    return file(folder, name, "".join(json.dumps(one) + "\n" for one in objects))


@pytest.mark.parametrize(
    "labels",
    [
        {"label": [[0, 3, "PERSON"], [4, 8, "ACT"]]},
        {"labels": [[0, 3, "PERSON"], [4, 8, "ACT"]]},
        {
            "entities": [
                {"id": 1, "label": "PERSON", "start_offset": 0, "end_offset": 3},
                {"id": 2, "label": "ACT", "start_offset": 4, "end_offset": 8},
            ],
            "relations": [{"id": 1, "from_id": 1, "to_id": 2, "type": "X"}],
        },
    ],
)
def test_labels_on_stretches(tmp_path: Path, labels: dict[str, Any]) -> None:
    study = read(lines(tmp_path, {"id": 5, "text": TEXT, "meta": {"site": "North"}, "Comments": ["hm"]} | labels))
    assert rows(study, "coder", "code", "document", "start", "end") == [
        ("ann", "PERSON", "5", 0, 3),
        ("ann", "ACT", "5", 4, 8),
    ]
    assert study.excerpts().tolist() == ["Zoë", "rang"]
    assert study.documents.loc["5", "site"] == "North"
    relation = "1 relation, " if "relations" in labels else ""
    assert told(study) == [f"ann.jsonl: left out {relation}1 comment: a study has no place for them."]


def test_labels_on_whole_texts_make_units(tmp_path: Path) -> None:
    study = read(lines(tmp_path, {"id": 1, "text": "a", "label": ["for"]}, {"id": 2, "text": "b", "label": []}))
    assert rows(study, "unit", "code") == [("1", "for")]
    assert study.units.index.tolist() == ["1", "2"]
    assert any("took 1 text without a label as not seen" in line for line in told(study))
    assert read(tmp_path / "ann.jsonl", seen="listed").assignments["document"].tolist() == ["1", "2"]


def test_a_file_for_each_annotator(tmp_path: Path) -> None:
    lines(tmp_path, {"id": 1, "text": "a", "label": ["for"]}, name="ann.jsonl")
    lines(tmp_path, {"id": 1, "text": "a", "label": ["against"]}, name="ben.jsonl")
    study = read(tmp_path)
    assert rows(study, "coder", "unit", "code") == [("ann", "1", "for"), ("ben", "1", "against")]
    lines(tmp_path, {"id": 1, "text": "other", "label": ["against"]}, name="ben.jsonl")
    assert "ben.jsonl, line 1: has another text of '1' than was read before." in str(refusal(tmp_path))


def test_shared_labels_have_lost_who_gave_them(tmp_path: Path) -> None:
    study = read(lines(tmp_path, {"id": 1, "text": "a", "label": ["for"]}, name="all.jsonl"))
    assert any("'all': is no annotator" in line for line in told(study))


def test_old_files_name_users_and_number_labels(tmp_path: Path) -> None:
    old = {"id": 1, "text": TEXT, "annotations": [{"label": 3, "start_offset": 0, "end_offset": 3, "user": 9}]}
    study = read(lines(tmp_path, old, name="export.json1"))
    assert rows(study, "coder", "code", "start") == [("user 9", "3", 0)]
    assert study.coders.index.tolist() == ["user 9"]
    assert not any("not seen by their annotator" in line for line in told(study))
    assert any("labels are numbers: '3'" in line for line in told(study))


def test_a_list_of_objects(tmp_path: Path) -> None:
    path = file(tmp_path, "ann.json", json.dumps([{"id": 1, "text": TEXT, "label": [[0, 3, "PERSON"]], "kind": "x"}]))
    study = read(path)
    assert study.excerpts().tolist() == ["Zoë"]
    assert study.documents["kind (doccano)"].tolist() == ["x"]


def test_texts_with_emoji_are_told_as_nothing_can_be_tried(tmp_path: Path) -> None:
    study = read(lines(tmp_path, {"id": 1, "text": "😀 Zoë", "label": [[2, 5, "PERSON"]]}))
    assert study.excerpts().tolist() == ["Zoë"]
    assert any("the file has no quotations to try this on" in line for line in told(study))


def test_all_faults_at_once(tmp_path: Path) -> None:
    path = file(
        tmp_path,
        "ann.jsonl",
        '{"id": 1, "text": "abc", "label": [[0, 9, "X"], [2, 1, "X"], [0, 1, null]]}\n'
        "{\n[]\n"
        '{"id": 2, "label": ["X"]}\n',
    )
    assert [str(fault) for fault in refusal(path).faults] == [
        'ann.jsonl, line 1: has a label that is none: "[2, 1, \'X\']". Such as [0, 5, "LABEL"].',
        "ann.jsonl, line 1: has a label that is none: '[0, 1, None]'. Such as [0, 5, \"LABEL\"].",
        "ann.jsonl, line 2, line 1, column 2: is no JSON (Expecting property name enclosed in double quotes). "
        "Export it again.",
        "ann.jsonl, line 3: is no object but list. Export it again.",
        "ann.jsonl, line 4: has no text. Each object needs a key 'text'.",
        "ann.jsonl, line 1: reaches from 0 to 9, and the document '1' has 3 characters. "
        "The text was changed after it was coded: correct the coding in the program that wrote it.",
    ]


def test_a_table_of_codings_as_json_lines_is_still_one(tmp_path: Path) -> None:
    study = read(lines(tmp_path, {"unit": "u1", "coder": "ann", "code": "policy", "text": "a"}))
    assert rows(study, "unit", "code") == [("u1", "policy")]
    path = lines(tmp_path, {"id": "u1", "who": "ann", "label": ["policy", "trust"], "text": "a"})
    study = read(path, unit="id", coder="who", code="label")
    assert rows(study, "unit", "coder", "code") == [("u1", "ann", "policy"), ("u1", "ann", "trust")]
