"""Designs with spans of text: from a project's file to the number, the truth by construction."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pytest

import expertsys as es
from expertsys.agreement import compare_unit_rules

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
