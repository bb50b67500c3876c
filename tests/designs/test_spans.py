"""Designs with spans of text: from a project's file to the number, the truth by construction."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pytest

import expertsys as es
from expertsys.agreement import (
    Spans,
    compare_unit_rules,
    segment_kappa,
    span_alpha,
    span_f1,
    text_kappa,
)

Coding = tuple[str, str, str, int, int]


def qualcoder(
    folder: Path,
    texts: dict[str, str],
    codings: Sequence[Coding],
    parts: Sequence[tuple[str, str, int, int]] = (),
    categories: Sequence[str] = (),
) -> Path:
    """A project of QualCoder: texts, codings as (coder, document, code, start, end), cases as (case, document, ...)."""
    path = folder / "project.qda"
    path.mkdir()
    names = {name: number for number, name in enumerate(texts, start=1)}
    codes = {name: number for number, name in enumerate(dict.fromkeys(row[2] for row in codings), start=1)}
    cases = {name: number for number, name in enumerate(dict.fromkeys(row[0] for row in parts), start=1)}
    with sqlite3.connect(path / "data.qda") as base:
        base.executescript(
            "CREATE TABLE project (databaseversion TEXT);"
            "CREATE TABLE source (id INTEGER, name TEXT, fulltext TEXT, mediapath TEXT, memo TEXT);"
            "CREATE TABLE code_cat (catid INTEGER, name TEXT, memo TEXT, supercatid INTEGER);"
            "CREATE TABLE code_name (cid INTEGER, name TEXT, memo TEXT, catid INTEGER, color TEXT);"
            "CREATE TABLE code_text (ctid INTEGER PRIMARY KEY, cid INTEGER, fid INTEGER, seltext TEXT, pos0 INTEGER,"
            " pos1 INTEGER, owner TEXT, date TEXT, memo TEXT);"
            "CREATE TABLE cases (caseid INTEGER, name TEXT, memo TEXT);"
            "CREATE TABLE case_text (id INTEGER PRIMARY KEY, caseid INTEGER, fid INTEGER, pos0 INTEGER, pos1 INTEGER);"
            "INSERT INTO project VALUES ('v11');"
        )
        base.executemany("INSERT INTO source VALUES (?, ?, ?, NULL, '')", [(n, k, texts[k]) for k, n in names.items()])
        base.executemany("INSERT INTO code_cat VALUES (?, ?, '', NULL)", enumerate(categories, start=1))
        catid = 1 if categories else None
        base.executemany("INSERT INTO code_name VALUES (?, ?, '', ?, '')", [(n, k, catid) for k, n in codes.items()])
        base.executemany(
            "INSERT INTO code_text (cid, fid, seltext, pos0, pos1, owner, date) VALUES (?, ?, ?, ?, ?, ?, '')",
            [(codes[c], names[d], texts[d][a:b], a, b, who) for who, d, c, a, b in codings],
        )
        base.executemany("INSERT INTO cases VALUES (?, ?, '')", [(n, k) for k, n in cases.items()])
        base.executemany(
            "INSERT INTO case_text (caseid, fid, pos0, pos1) VALUES (?, ?, ?, ?)",
            [(cases[case], names[document], a, b) for case, document, a, b in parts],
        )
    base.close()
    return path


def turns(speakers: Sequence[str]) -> tuple[str, list[tuple[int, int]]]:
    """A transcript, and where the words of each turn stand."""
    text, places = "", []
    for number, speaker in enumerate(speakers):
        said = f"this is what was said as number {number} of them."
        places.append((len(text) + len(speaker) + 2, len(text) + len(speaker) + 2 + len(said)))
        text += f"{speaker}: {said}\n"
    return text, places


def test_a_group_interview_whose_cases_are_parts_of_one_document(tmp_path: Path) -> None:
    """Two practices of 20 turns each. North: one coder applies the code to 4 turns, the other to 2 of them; South:
    both to the same 2.

    Shares of turns that any coder coded: 4/20 and 2/20. Alpha of North by hand: observed 2/20, expected
    2 · 6 · 34 / (40 · 39), so .62; of South 1.
    """
    text, places = turns([name for name in ("Ann", "Bea") for _ in range(10)] + ["Cy", "Di"] * 10)
    middle = places[20][0] - len("Cy: ")
    chosen = {"ann": [0, 3, 5, 8, 25, 31], "ben": [0, 3, 25, 31]}
    codings = [(who, "group", "trust", *places[at]) for who, held in chosen.items() for at in held]
    parts = [("North", "group", 0, middle), ("South", "group", middle, len(text))]
    project = es.read(qualcoder(tmp_path, {"group": text}, codings, parts))
    for by in ("turn", "paragraph"):
        study = project.unitise(by=by)
        assert study.units["case"].value_counts().to_dict() == {"North": 20, "South": 20}
        shares = es.case_matrix(study, show="share").to_frame()
        assert shares.loc["North", "trust"] == pytest.approx(0.20)
        assert shares.loc["South", "trust"] == pytest.approx(0.10)
        alpha = es.reliability(study, by="case", codes=["trust"])["estimate"].xs("trust", level="code")
        assert alpha.round(2).to_dict() == {"North": 0.62, "South": 1.0}


def test_a_focus_group_has_each_turn_to_its_speaker() -> None:
    """Six people speak five times each; those of two trades are coded always and never, so that shares are 1 and 0."""
    people = [f"P{number}" for number in range(1, 7)]
    text, places = turns(people * 5)
    marks = [(who, *places[at]) for at in range(30) if at % 6 < 3 for who in ("ann", "ben")]
    codings = pd.DataFrame(marks, columns=["coder", "start", "end"]).assign(document="group", code="fear")
    study = es.Study(
        codings,
        documents=pd.DataFrame({"document": ["group"], "text": [text]}),
        participants=pd.DataFrame({"participant": people, "role": ["nurse"] * 3 + ["doctor"] * 3}),
    ).unitise(by="turn")
    assert study.units["participant"].value_counts().to_dict() == dict.fromkeys(people, 5)
    coded = study.codings["unit"].map(study.units["participant"]).map(study.participants["role"])
    assert coded.unique().tolist() == ["nurse"]
    assert study.clusters("participant").tolist() == study.units["participant"].tolist()


def test_sloppy_edges_of_selections_do_not_change_units() -> None:
    """Both coders code the same 12 of 40 sentences; ben drags the mouse up to three characters too far.

    He holds no whole word of the next sentence, so agreement on sentences is perfect. Counting a character as coded,
    his 12 sentences become 24 where no two are neighbours.
    """
    sentences = [f"Sentence {chr(65 + number % 26)} has a number of its own, {number}." for number in range(40)]
    text = " ".join(sentences)
    starts = [sum(len(one) + 1 for one in sentences[:number]) for number in range(40)]
    chosen = list(range(0, 36, 3))
    marks = [
        (who, starts[at], starts[at] + len(sentences[at]) + (0 if who == "ann" else 4))
        for at in chosen
        for who in ("ann", "ben")
    ]
    codings = pd.DataFrame(marks, columns=["coder", "start", "end"]).assign(document="d", code="fear")
    study = es.Study(codings, documents=pd.DataFrame({"document": ["d"], "text": [text]}))
    rules = ["sentence", {"by": "sentence", "least": 0.5}, {"by": "sentence", "least": "character"}]
    table = compare_unit_rules(study, rules, codes=["fear"], coefficient="percent_agreement")
    found = table["estimate"].xs("fear", level="code")
    assert found.tolist() == pytest.approx([1, 1, 28 / 40])


def test_interviews_of_two_cases_in_files_of_their_own_stay_as_they_are(tmp_path: Path) -> None:
    """The usual project: a case has the whole of two files each; 10 sentences a file, one coder codes 3 and 1 of 20."""
    texts = {
        f"{case} {number}": " ".join(f"They said it {at}." for at in range(10)) for case in "AB" for number in (1, 2)
    }
    size = len("They said it 0.")
    marks = [("A 1", 0), ("A 1", 4), ("A 2", 9), ("B 2", 5)]
    codings = [("ann", document, "fear", at * (size + 1), at * (size + 1) + size) for document, at in marks]
    parts = [(name[0], name, 0, len(text)) for name, text in texts.items()]
    study = es.read(qualcoder(tmp_path, texts, codings, parts), seen="all").unitise(by="sentence")
    assert len(study.document_parts) == 0
    shares = es.case_matrix(study, show="share").to_frame()
    assert shares["fear"].to_dict() == pytest.approx({"A": 3 / 20, "B": 1 / 20})


TEXT = "They wait for an hour and then they ring the clinic once more, and nobody comes to the door."
MARKS: list[Coding] = [
    ("ann", "d", "wait", 0, 9),
    ("ben", "d", "wait", 0, 9),
    ("ann", "d", "ring", 31, 45),
    ("ben", "d", "door", 31, 45),
    ("ann", "d", "door", 80, 91),
]


def test_categories_are_not_on_offer(tmp_path: Path) -> None:
    """Eight categories that no one can apply leave each figure as without them, in REFI and selections too."""
    figures = []
    for number, categories in enumerate(((), tuple("ABCDEFGH"))):
        (tmp_path / str(number)).mkdir()
        study = es.read(qualcoder(tmp_path / str(number), {"d": TEXT}, MARKS, categories=categories))
        refi = es.read(es.write(study, tmp_path / f"{number}.qdpx"))
        assert {code.name for code in refi.codebook if not code.codable} == set(categories)
        for one in (study, refi, study.select(codes=["wait", "ring", "door"])):
            assert Spans.of(one).codes == ("wait", "ring", "door")
            kappas = (segment_kappa(one, match="exact"), text_kappa(one, uncoded=True, documents="pooled"))
            figures.append([kappa.estimate for kappa in kappas])
    assert all(row == pytest.approx(figures[0]) for row in figures)
    assert figures[0][0] == pytest.approx((2 / 5 - 1 / 3) / (1 - 1 / 3))  # 2 of 5 marks are matched, 3 codes


def test_a_choice_about_a_whole_text_is_no_mark(tmp_path: Path) -> None:
    """Label Studio: of ann's two and ben's two marks none is the other's; both chose "long" for the text. F1 is 0."""

    def result(mark: tuple[int, int, str]) -> list[dict[str, object]]:
        start, end, label = mark
        return [
            {"type": "labels", "from_name": "label", "value": {"start": start, "end": end, "labels": [label]}},
            {"type": "choices", "from_name": "kind", "value": {"choices": ["long"]}},
        ]

    annotations = [
        {"completed_by": {"email": who}, "result": result((at, at + 4, "wait"))}
        for who, at in (("ann", 0), ("ben", 50))
    ]
    task = [{"id": 1, "data": {"text": TEXT}, "annotations": annotations}]
    (tmp_path / "p.json").write_text(json.dumps(task), encoding="utf-8")
    study = es.read(tmp_path / "p.json")
    found = span_f1(study, match="exact")
    assert (found.estimate, found.n_marks) == (0, 2)
    assert "without a position in a text, as of a whole document, and left out: 2 codings" in found.note
    assert Spans.of(study).codes == ("label->wait",)
    assert text_kappa(study, uncoded=False, documents="pooled").estimate < 0


def test_a_discontinuous_mark_of_brat_is_one_mark(tmp_path: Path) -> None:
    """Ann has a mark in two pieces and one that ben has too; ben another. One of two marks each is matched: F1 1/2."""
    for coder, lines in {
        "ann": "T1\tX 0 4;14 18\tThey hour\nT2\tX 30 34\tring\n",
        "ben": "T1\tX 30 34\tring\nT2\tX 50 54\tmore\n",
    }.items():
        (tmp_path / "p" / coder).mkdir(parents=True)
        (tmp_path / "p" / coder / "d.txt").write_text(TEXT, encoding="utf-8")
        (tmp_path / "p" / coder / "d.ann").write_text(lines, encoding="utf-8")
    study = es.read(tmp_path / "p")
    assert study.codings["mark"].notna().sum() == 2
    assert span_f1(study, match="exact").estimate == pytest.approx(0.5)
    again = es.read(es.write(study, tmp_path / "saved"))
    assert span_f1(again, match="exact").estimate == pytest.approx(0.5)


def test_an_empty_answer_is_left_out() -> None:
    """A survey with one blank answer gives the figures of the survey without it."""
    codings = pd.DataFrame(MARKS, columns=["coder", "document", "code", "start", "end"])
    texts = {"d": TEXT, "blank": ""}
    documents = pd.DataFrame({"document": list(texts), "text": list(texts.values())})
    found = text_kappa(es.Study(codings, documents=documents), uncoded=True, documents="pooled")
    alone = text_kappa(es.Study(codings, documents=documents[:1]), uncoded=True, documents="pooled")
    assert found.estimate == alone.estimate
    assert "without text and marks, and left out: 1 document" in found.note


def test_the_document_that_decides_u_is_named() -> None:
    """Twenty short documents in perfect agreement and one of a hundredfold length in none: it decides u."""
    rows = [(who, f"s{n}", 0, 20) for n in range(20) for who in ("ann", "ben")]
    rows += [("ann", "long", 0, 2000), ("ben", "long", 5000, 7000)]
    codings = pd.DataFrame(rows, columns=["coder", "document", "start", "end"]).assign(code="x")
    texts = pd.DataFrame({"document": [f"s{n}" for n in range(20)] + ["long"], "text": ["x" * 80] * 20 + ["x" * 8000]})
    found = span_alpha(es.Study(codings, documents=texts), kind="u")
    assert found.estimate < 0
    assert "'long' weighs most (83% of the text): without it the coefficient is 1.000" in found.note


def test_a_sub_code_counts_for_its_parent() -> None:
    """Ann codes "resistance", ben its sub-code, on the same stretches: on the parent they agree, apart they do not."""
    rows = [("ann", "resistance", at, at + 9) for at in (0, 30, 60)]
    rows += [("ben", "resistance to policy", at, at + 9) for at in (0, 30, 60)]
    codings = pd.DataFrame(rows, columns=["coder", "code", "start", "end"]).assign(document="d")
    book = es.Codebook([es.Code("resistance"), es.Code("resistance to policy", parent="resistance")])
    study = es.Study(codings, codebook=book, documents=pd.DataFrame({"document": ["d"], "text": [TEXT]}))
    found = span_alpha(study, kind="u", code="resistance")
    assert found.estimate == 1
    assert "code 'resistance' with its 1 sub-code" in found.level
    assert text_kappa(study, uncoded=True, documents="pooled", code="resistance").estimate == 1
    assert span_f1(study, match="exact", code="resistance", subcodes="exclude").estimate == 0
    apart = span_f1(study, match="exact")
    assert apart.estimate == 0
    assert "a code and its sub-code count as different codes" in apart.note
    rolled = span_f1(Spans.of(study).rolled_up(), match="exact")
    assert rolled.estimate == 1
    assert "1 sub-code counted as the codes above them" in rolled.note


def test_who_read_which_sentence_is_kept_when_paragraphs_become_the_units() -> None:
    """Ben read the first two of four sentences, a paragraph of two: of paragraphs he read one, and no unit is added."""
    text = "We wait. They ring.\nWe go. They stay."
    rows = [("ann", 0, 8), ("ben", 0, 8)]
    codings = pd.DataFrame(rows, columns=["coder", "start", "end"]).assign(document="d", code="x")
    study = es.Study(codings, documents=pd.DataFrame({"document": ["d"], "text": [text]})).unitise(by="sentence")
    names = list(study.units.index)
    read = pd.DataFrame({"coder": ["ann"] * 4 + ["ben"] * 2, "unit": names + names[:2]})
    paragraphs = study.with_assignments(read).unitise(by="paragraph")
    assert paragraphs.units.index.tolist() == ["d [0:19]", "d [20:37]"]
    assert sorted(paragraphs.seen[["coder", "unit"]].to_numpy().tolist()) == [
        ["ann", "d [0:19]"],
        ["ann", "d [20:37]"],
        ["ben", "d [0:19]"],
    ]
    assert len(study.with_assignments(read).unitise(by="document").units) == 1


def test_units_that_nobody_coded_in_a_document_of_two_cases_are_missed_at_the_number() -> None:
    """Forty lines, twenty of each case, every other coded: half of the units are nobody's until their case is given."""
    line = "Line 00 of the talk.\n"
    rows = [
        ("group", "A" if n < 20 else "B", "ann", "trust", n * len(line), n * len(line) + 8) for n in range(0, 40, 2)
    ]
    table = pd.DataFrame(rows, columns=["document", "case", "coder", "code", "start", "end"])
    texts = pd.DataFrame({"document": ["group"], "text": [line * 40]})
    study = es.read(table, documents=texts, shared_documents=True).unitise(by="paragraph")
    matrix = es.case_matrix(study, show="share")
    assert "20 units of documents that several cases share belong to no case" in matrix.note
    whose = study.units.assign(case=["A" if start < 20 * len(line) else "B" for start in study.units["start"]])
    whole = es.case_matrix(study.with_attributes(units=whose[["case"]]), show="share")
    assert whole.to_frame()["trust"].to_dict() == {"A": 0.5, "B": 0.5}
    assert "share belong to no case" not in whole.note
