"""Label Studio and doccano: who labelled what, in both of their shapes."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from iofiles import file, refusal, rows, told

from expertsys.errors import DataError, LossWarning
from expertsys.io import read, write
from expertsys.study import Code, Codebook, Study, Unmapped

TEXT = "Zoë 😀 rang the clinic."


def region(start: Any, end: Any, label: str, text: str | None = None, **more: Any) -> dict[str, Any]:
    value = {"start": start, "end": end, "labels": [label]} | ({} if text is None else {"text": text})
    return {"id": f"r{start}", "type": "labels", "from_name": "label", "to_name": "text", "value": value} | more


def task(number: int, *annotations: dict[str, Any], text: str = TEXT, **more: Any) -> dict[str, Any]:
    return {"id": number, "data": {"text": text, "site": "North"}, "annotations": list(annotations)} | more


def by(coder: Any, *regions: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"completed_by": coder, "result": list(regions), "updated_at": "2024-05-01T10:00:00Z"} | more


def studio(folder: Path, *tasks: Any) -> Path:
    return file(folder, "export.json", json.dumps(list(tasks)))


def test_spans_of_several_annotators(tmp_path: Path) -> None:
    note = {"id": "r0", "type": "textarea", "value": {"text": ["who?"]}}
    first = by({"id": 1, "email": "ann@x.org"}, region(0, 3, "PERSON", "Zoë"), note, region(6, 10, "ACT", "rang"))
    second = by(2, region(6, 22, "ACT", "rang the clinic."))
    path = studio(tmp_path, task(7, first, second), task(8, by(2), text="Fine."))
    study = read(path)
    assert rows(study, "coder", "code", "document", "start", "end", "memo", "date") == [
        ("ann@x.org", "PERSON", "7", 0, 3, "who?", "2024-05-01T10:00:00Z"),
        ("ann@x.org", "ACT", "7", 6, 10, None, "2024-05-01T10:00:00Z"),
        ("annotator 2", "ACT", "7", 6, 22, None, "2024-05-01T10:00:00Z"),
    ]
    assert study.excerpts().tolist() == ["Zoë", "rang", "rang the clinic."]
    assert study.documents["site"].tolist() == ["North", "North"]
    assert study.assignments[["coder", "document"]].to_numpy().tolist() == [
        ["ann@x.org", "7"],
        ["annotator 2", "7"],
        ["annotator 2", "8"],
    ]
    assert not study.assumed_seen
    assert told(study) == []


def test_positions_as_a_browser_counts_them(tmp_path: Path) -> None:
    path = studio(tmp_path, task(1, by(1, region(7, 11, "ACT", "rang"), region(12, 23, "ACT", "the clinic."))))
    study = read(path)
    assert study.excerpts().tolist() == ["rang", "the clinic."]
    assert any("positions were taken to count utf-16: 2 of 2 quotations agree" in line for line in told(study))
    forced = read(path, positions="utf-16")
    assert forced.codings.equals(study.codings)
    assert "reaches from 12 to 23, and the document '1' has 22 characters" in str(refusal(path, positions="codepoints"))


def test_choices_are_codes_of_the_whole_task(tmp_path: Path) -> None:
    def chosen(*names: Any, tag: str = "stance", kind: str = "choices") -> dict[str, Any]:
        return {"id": "c", "type": kind, "from_name": tag, "to_name": "text", "value": {kind: list(names)}}

    one = read(studio(tmp_path, task(1, by(1, chosen("for", "with doubts"))), task(2, by(1, chosen("against")))))
    assert rows(one, "unit", "code") == [("1", "for"), ("1", "with doubts"), ("2", "against")]
    assert one.provenance.choice("unit of coding") == "document"
    two = by(1, chosen("for"), chosen(["focus", "policy"], tag="tree", kind="taxonomy"))
    several = read(studio(tmp_path, task(1, two)))
    assert several.codings["code"].tolist() == ["stance->for", "tree->focus->policy"]
    assert several.codebook["tree->focus->policy"].parent == "tree->focus"


def test_what_is_left_out_is_told(tmp_path: Path) -> None:
    box = {"id": "b", "type": "rectanglelabels", "value": {"x": 1, "rectanglelabels": ["A"]}}
    remark = {"id": "z", "type": "textarea", "value": {"text": "hm"}}
    path = studio(
        tmp_path,
        task(
            1,
            by(1, region(0, 3, "P", "Zoë"), box, remark, {"type": "relation"}),
            by(2, was_cancelled=True),
            predictions=[{}, {}],
            drafts=[{}],
        ),
    )
    [line] = told(read(path))
    assert line == (
        "export.json: left out 2 predictions, 1 draft, 1 skipped annotation, 1 region of type 'rectanglelabels', "
        "1 region of type 'relation', 1 remark of an annotator on a task: a study has no place for them."
    )


def test_the_last_of_several_annotations_counts(tmp_path: Path) -> None:
    early = by(1, region(0, 3, "OLD", "Zoë")) | {"updated_at": "2023"}
    study = read(studio(tmp_path, task(1, by(1, region(0, 3, "NEW", "Zoë")), early)))
    assert study.codings["code"].tolist() == ["NEW"]
    [line] = told(study)
    assert "kept the last of several annotations by the same coder on the same task; left out 1." in line


def test_the_short_form(tmp_path: Path) -> None:
    spans = [{"start": 0, "end": 3, "text": "Zoë", "labels": ["PERSON"]}]
    rows_ = [
        {"id": 1, "text": TEXT, "label": spans, "annotator": 1, "annotation_id": 5, "updated_at": "2024"},
        {"id": 1, "text": TEXT, "label": [], "annotator": "ben@x.org", "annotation_id": 6, "updated_at": "2024"},
        {"id": 2, "text": "Fine.", "stance": "for", "annotator": 1, "annotation_id": 7, "updated_at": "2024"},
    ]
    study = read(file(tmp_path, "min.json", json.dumps(rows_)))
    assert rows(study, "coder", "code", "document", "start") == [
        ("annotator 1", "label->PERSON", "1", 0),
        ("annotator 1", "stance->for", "2", None),
    ]
    assert study.assignments[["coder", "document"]].to_numpy().tolist() == [
        ["annotator 1", "1"],
        ["ben@x.org", "1"],
        ["annotator 1", "2"],
    ]


def test_html_counts_over_the_whole_page_or_is_refused(tmp_path: Path) -> None:
    def page(value: dict[str, Any]) -> dict[str, Any]:
        return {"id": "h", "type": "hypertextlabels", "from_name": "l", "value": value | {"hypertextlabels": ["P"]}}

    whole = page(
        {"start": "/p[1]", "startOffset": 0, "endOffset": 3, "globalOffsets": {"start": 0, "end": 3}, "text": "Zoë"}
    )
    assert read(studio(tmp_path, task(1, by(1, whole)))).excerpts().tolist() == ["Zoë"]
    error = refusal(studio(tmp_path, task(1, by(1, page({"start": "/p[1]", "end": "/p[1]", "startOffset": 0})))))
    assert "export.json, task 1, annotation 1, region 1: counts within an element, not within the text" in str(error)


def test_html_is_kept_as_the_text_over_which_a_browser_counts(tmp_path: Path) -> None:
    """Positions by the rule of the DOM, over text nodes one behind the other in UTF-16, independently of the reader."""
    html = "<h1>Z&amp;oë</h1><p>😀 We <b>wa</b>it &lt;long&gt;.</p><p>Fine.</p>"
    nodes = "Z&oë😀 We wait <long>.Fine."
    marks = []
    for number, words in enumerate(["Z&oë", "We wait", "<long>", "Fine"]):
        start, end = (
            len(nodes[:at].encode("utf-16-le")) // 2 for at in (nodes.index(words), nodes.index(words) + len(words))
        )
        value = {"start": "/h1[1]/text()[1]", "globalOffsets": {"start": start, "end": end}, "text": words}
        kind = "hypertextlabels"
        marks.append({"id": f"r{number}", "type": kind, "from_name": "l", "value": value | {kind: ["P"]}})
    tasks = [{"id": 1, "data": {"html": html}, "annotations": [by(1, *marks)]}, {"id": 2, "data": {"html": "<p>B</p>"}}]
    path = studio(tmp_path, *tasks)
    study = read(path)
    assert study.documents["text"].tolist() == ["Z&oë\n😀 We wait <long>.\nFine.", "B"]
    assert study.excerpts().tolist() == ["Z&oë", "We wait", "<long>", "Fine"]
    assert told(study) == []
    assert "Leave out positions=" in str(refusal(path, positions="utf-16"))
    marks[0]["value"]["globalOffsets"] = {"start": 0, "end": 99}
    assert "region 1: reaches from 0 to 99, beyond the text of its page" in str(refusal(studio(tmp_path, *tasks)))


def test_dialogues_and_old_names_of_keys(tmp_path: Path) -> None:
    talk = {
        "id": "d",
        "type": "paragraphlabels",
        "from_name": "l",
        "value": {"start": "0", "end": "0", "text": "hi", "paragraphlabels": ["P"]},
    }
    one = {"id": 1, "data": {"dialogue": [{"text": "hi"}]}, "completions": [by(1, talk)]}
    study = read(studio(tmp_path, one))
    assert rows(study, "code", "document", "start", "text") == [("P", "1", None, None)]
    assert any("is a dialogue: its codings are kept without positions" in line for line in told(study))


@pytest.mark.parametrize(
    ("tasks", "what"),
    [
        (["x"], "export.json, task 1: is no task of Label Studio."),
        ([{"id": 1}], "export.json, task 1: is no task of Label Studio."),
        ([task(1, "x")], "export.json, task 1, annotation 1: is no annotation."),  # type: ignore[arg-type]
        ([task(1), task(1)], "export.json, task 2: the task '1' stands twice in the file."),
        ([task(1, by(1, "x"))], "annotation 1, region 1: is no object but str."),  # type: ignore[arg-type]
        ([task(1, by(1, region("a", 3, "P")))], "region 1: has no positions: start 'a', end '3'."),
        ([task(1, by(1, region(0, 99, "P")))], "reaches from 0 to 99, and the document '1' has 22 characters."),
    ],
)
def test_faults_have_a_place(tmp_path: Path, tasks: list[Any], what: str) -> None:
    assert what in str(refusal(studio(tmp_path, *tasks)))


def test_what_is_no_json(tmp_path: Path) -> None:
    assert "x.json, line 2, column 1: is no JSON" in str(refusal(file(tmp_path, "x.json", "[\n")))
    assert "is no JSON (RecursionError)" in str(refusal(file(tmp_path, "x.json", "[" * 100_000)))
    assert "x.json, line 2: the text is not UTF-8" in str(refusal(file(tmp_path, "x.json", b'["\n\xff"]')))
    half = json.dumps([task(1, text="\ud83d")])
    assert "x.json: the text holds half of a character ('\\ud83d')" in str(refusal(file(tmp_path, "x.json", half)))
    lines = '{"unit": "u", "coder": "a", "code": "\\ud83d"}'
    assert "x.jsonl, line 1: the text holds half of a character" in str(refusal(file(tmp_path, "x.jsonl", lines)))
    assert "the name says doccano or Label Studio, the file is a zip archive" in str(
        refusal(file(tmp_path, "x.json", b"PK\x03\x04"))
    )


def test_a_study_comes_back(tmp_path: Path) -> None:
    study = read(Path(__file__).parent / "samples" / "qualcoder" / "v16.qda").with_assignments("all")
    with pytest.warns(LossWarning, match="Label Studio's JSON has no place for 7 codes with a definition or a colour"):
        path = write(study, tmp_path / "study.json")
    back = read(path)
    keys = ["coder", "code", "document", "start", "end"]
    assert sorted(rows(back, *keys)) == sorted(rows(study, *keys))  # type: ignore[type-var]
    assert sorted(back.excerpts()) == sorted(study.excerpts())
    assert back.documents[["case", "text"]].equals(study.documents[["case", "text"]])
    assert sorted(back.assignments[["coder", "document"]].to_numpy().tolist()) == sorted(
        study.assignments[["coder", "document"]].to_numpy().tolist()
    )


@pytest.mark.filterwarnings("ignore::expertsys.errors.LossWarning")
def test_codings_of_whole_documents_and_memos_come_back(tmp_path: Path) -> None:
    codings = pd.DataFrame(
        {"unit": ["a", "a"], "coder": ["ann", "ben"], "code": ["for", "against"], "memo": ["so?", None]}
    )
    documents = pd.DataFrame({"document": ["a", "b"], "text": ["One.", "Two."], "pages": [1, 2]})
    study = Study(codings, documents=documents).with_assignments({"ann": ["a", "b"], "ben": ["a"]})
    back = read(write(study, tmp_path / "s.json"))
    assert rows(back, "unit", "coder", "code", "memo") == rows(study, "unit", "coder", "code", "memo")
    assert back.documents["pages"].tolist() == [1, 2]
    assert back.assignments[["coder", "document"]].to_numpy().tolist() == [["ann", "a"], ["ben", "a"], ["ann", "b"]]


def test_what_is_lost_on_the_way_is_counted(tmp_path: Path) -> None:
    dates = ["2024-05-01T10:00:00Z", None, "2024-05-02T10:00:00Z", None]
    codings = pd.DataFrame({"document": "a", "coder": ["ann"] * 3 + ["ben"], "code": "for", "date": dates})
    spans = codings.assign(start=pd.array([0, 1, 2, 0], "Int64"), end=pd.array([3, 3, 3, 3], "Int64"))
    book = Codebook([Code("for", concept="situation"), Code("never")])
    texts = pd.DataFrame({"document": ["a"], "text": ["One."]})
    study = Study(spans, documents=texts, codebook=book, unmapped=Unmapped.of("x", {"note.json": b"[]"}))
    wanted = (
        "no place for 2 codings of another date than the last of its annotation; 1 code that points to a concept; "
        "1 code never applied; 1 part of the project that was read."
    )
    with pytest.warns(LossWarning, match=re.escape(wanted)):
        back = read(write(study, tmp_path / "s.json"))
    assert back.codings["date"].fillna("").tolist() == ["2024-05-02T10:00:00Z"] * 3 + [""]


def test_a_study_without_texts_is_not_written(tmp_path: Path) -> None:
    study = Study(pd.DataFrame({"unit": ["a"], "coder": ["ann"], "code": ["for"]}))
    with pytest.raises(DataError) as caught:
        write(study, tmp_path / "s.json")
    assert str(caught.value) == (
        "s.json: labels are put on texts; 1 document without one: 'a'. Give the texts on reading, "
        "read(..., documents=...), or write .csv."
    )
    with pytest.raises(DataError) as caught:
        write(study, tmp_path / "s.json", texts=False)
    assert str(caught.value) == (
        "s.json: Label Studio puts labels on texts, and texts=False leaves them out. "
        "Write .zip, .qdpx or .csv without texts."
    )
    assert not (tmp_path / "s.json").exists()
