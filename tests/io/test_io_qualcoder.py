"""QualCoder: what the program shows is what is read; what the database breaks is refused with its row."""

from __future__ import annotations

import json
import shutil
import sqlite3
from pathlib import Path

import pytest
from iofiles import refusal, rows, told

import expertsys as es
from expertsys.io import Limits, read

SAMPLES = Path(__file__).parent / "samples" / "qualcoder"


def changed(folder: Path, *statements: str, version: int = 16) -> Path:
    """The sample project after some statements."""
    path = folder / "p.qda"
    shutil.copytree(SAMPLES / f"v{version}.qda", path)
    with sqlite3.connect(path / "data.qda") as database:
        for statement in statements:
            database.execute(statement)
    database.close()
    return path


@pytest.mark.parametrize("name", ["v8.qda", "v16.qda", "v16.qda/data.qda"])
def test_the_sample_reads_with_its_counts(name: str) -> None:
    study = read(SAMPLES / name)
    assert (len(study.documents), len(study.codings), study.coders.index.tolist()) == (6, 34, ["asha", "ben"])
    assert study.cases.index.tolist() == ["Alder practice", "Birch practice", "Cedar practice"]
    assert study.cases["list size"].tolist() == [7200, 11350, 4100]
    assert study.cases["rural"].tolist() == ["no", "yes", "yes"]
    assert study.documents["case"].tolist() == [case for case in study.cases.index for _ in range(2)]
    assert [(code.name, code.parent) for code in study.codebook][:2] == [
        ("foci of resistance", None),
        ("policy of choice", "foci of resistance"),
    ]
    assert study.codebook["workaround"].parent == "modes of use"
    assert study.codebook["incentives"].parent is None
    assert study.codebook["policy of choice"].definition == "definition of policy of choice"
    assert study.codebook["workaround"].colour == "#FF8040"
    assert told(study) == []
    assert study.title in ("v8", "v16")


def test_every_coding_is_the_text_at_its_positions() -> None:
    study = read(SAMPLES / "v16.qda")
    with sqlite3.connect(f"file:{SAMPLES / 'v16.qda' / 'data.qda'}?mode=ro", uri=True) as database:
        quotes = [row[0] for row in database.execute("SELECT seltext FROM code_text ORDER BY ctid")]
    database.close()
    assert study.excerpts().tolist() == quotes
    texts = study.documents["text"]
    assert [texts[document][start:end] for document, start, end in rows(study, "document", "start", "end")] == quotes  # type: ignore[misc,index]


def test_versions_and_exports_give_the_same_study() -> None:
    old, new = read(SAMPLES / "v8.qda", title="p"), read(SAMPLES / "v16.qda", title="p")
    for name in ("codings", "documents", "cases", "coders", "assignments"):
        assert getattr(old, name).equals(getattr(new, name))
    assert old.codebook == new.codebook


def test_ben_has_not_seen_what_he_did_not_open() -> None:
    seen = read(SAMPLES / "v16.qda").assignments
    assert "Cedar Manager" not in seen.loc[seen["coder"] == "ben", "document"].tolist()
    assert seen["coder"].tolist().count("ben") == 5
    found = es.check(read(SAMPLES / "v16.qda"))
    assert found.loc[found["place"] == "case 'Cedar practice', coder 'ben'", "what"].tolist() == [
        "coded 1 document where another coded 2; the rest is taken as not seen by this coder."
    ]
    everyone = read(SAMPLES / "v16.qda", seen="all")
    assert len(everyone.assignments) == 12
    assert not everyone.assumed_seen
    named = read(SAMPLES / "v16.qda", seen={"asha": ["Alder GP 1"], "ben": []})
    assert named.assignments[["coder", "document"]].to_numpy().tolist() == [["asha", "Alder GP 1"]]


def test_sub_codes_and_categories_of_one_name(tmp_path: Path) -> None:
    path = changed(
        tmp_path,
        "UPDATE code_cat SET name = 'workaround' WHERE catid = 2",
        "UPDATE code_name SET supercid = 7, catid = NULL WHERE cid = 3",
        "UPDATE code_cat SET supercatid = 1 WHERE catid = 2",
    )
    book = read(path).codebook
    assert book["workaround"].parent == "workaround (category)"
    assert book["material constraint"].parent == "incentives"
    assert book["workaround (category)"].parent == "foci of resistance"


def test_categories_in_a_circle_are_cut(tmp_path: Path) -> None:
    path = changed(tmp_path, "UPDATE code_cat SET supercatid = 3 - catid")
    assert read(path).codebook["foci of resistance"].parent is None


def test_cases_that_share_a_document_each_have_the_codings_in_their_part(tmp_path: Path) -> None:
    """Of a talk with two practices, as a group interview is kept: a stretch for each."""
    path = changed(
        tmp_path,
        "UPDATE case_text SET pos1 = 100 WHERE fid = 1",
        "INSERT INTO case_text (caseid, fid, pos0, pos1) VALUES (2, 1, 100, 212)",
    )
    study = read(path)
    inside = study.codings[study.codings["document"] == "Alder GP 1"]
    assert study.documents["case"].isna().tolist() == [True, False, False, False, False, False]
    with sqlite3.connect(path / "data.qda") as database:
        found = database.execute("SELECT pos0, pos1 FROM code_text WHERE fid = 1 ORDER BY ctid").fetchall()
    database.close()
    wanted = ["Alder practice" if end <= 100 else "Birch practice" if start >= 100 else None for start, end in found]
    assert {"Alder practice", "Birch practice"} <= set(wanted)
    assert inside["case"].astype(object).where(inside["case"].notna(), None).tolist() == wanted
    assert any(
        "document 'Alder GP 1': belongs in parts to the cases 'Alder practice', 'Birch practice': each coding and each "
        in line
        for line in told(study)
    )
    assert read(es.write(study, tmp_path / "again.qdpx")).codings["case"].equals(study.codings["case"])
    held = study.document_parts[["document", "start", "end", "case"]].to_numpy().tolist()
    assert held == [["Alder GP 1", 0, 100, "Alder practice"], ["Alder GP 1", 100, 212, "Birch practice"]]
    again = read(es.write(study, tmp_path / "again"))
    assert again.document_parts.equals(study.document_parts)


@pytest.mark.parametrize(
    ("statement", "cases"),
    [
        ("INSERT INTO case_text (caseid, fid, pos0, pos1) VALUES (2, 1, 0, 212)", "the cases 'Alder practice'"),
        ("UPDATE case_text SET pos1 = 80 WHERE fid = 1", "'Alder practice'"),
    ],
)
def test_codings_in_the_part_of_several_cases_or_of_none_are_told(tmp_path: Path, statement: str, cases: str) -> None:
    study = read(changed(tmp_path, statement))
    assert study.documents["case"].isna().tolist() == [True, False, False, False, False, False]
    inside = study.codings[study.codings["document"] == "Alder GP 1"]
    assert (inside["case"].notna() == ((inside["end"] <= 80) & ("UPDATE" in statement))).all()
    [line] = told(study)
    assert f"document 'Alder GP 1': belongs in parts to {cases}" in line
    assert "in the part of no one case have none" in line


def test_pictures_recordings_and_journals_are_told(tmp_path: Path) -> None:
    path = changed(
        tmp_path,
        "INSERT INTO source (id, name, mediapath) VALUES (7, 'ward.jpg', '/images/ward.jpg')",
        "INSERT INTO code_image (imid, id, cid) VALUES (1, 7, 1)",
        "INSERT INTO code_av (avid, id, cid) VALUES (1, 7, 1)",
        "INSERT INTO journal (jid, name, jentry) VALUES (1, 'j', 'x'), (2, 'k', 'y')",
        "INSERT INTO annotation (anid, fid, pos0, pos1, memo) VALUES (1, 1, 0, 3, 'hm')",
    )
    study = read(path)
    assert study.documents.loc["ward.jpg", "kind"] == "picture"
    assert [line for line in told(study) if "unmapped" in line] == [
        "p.qda: kept in study.unmapped, as no table has a place for them: 1 picture coding, 1 audio or video coding, "
        "1 annotation, 2 journal notes. They are JSON."
    ]
    assert study.unmapped is not None
    assert study.unmapped.names == ("annotation.json", "code_av.json", "code_image.json", "journal.json")
    journal = json.loads(study.unmapped["journal.json"])
    assert [(row["name"], row["jentry"]) for row in journal] == [("j", "x"), ("k", "y")]
    again = read(es.write(study, tmp_path / "study.zip"))
    assert again == study


def test_queries_graphs_and_marks_are_kept(tmp_path: Path) -> None:
    path = changed(
        tmp_path,
        "INSERT INTO stored_sql (title, ssql) VALUES ('all', 'select 1')",
        "INSERT INTO graph (grid, name) VALUES (1, 'map')",
        "INSERT INTO gr_cdct_text_item (gtextid, grid, x, y, cid) VALUES (1, 1, 5, 6, 1), (2, 1, 7, 8, 2)",
        "INSERT INTO gr_pix_item (grpixid, grid, filepath) VALUES (1, 1, 'images:/home/jane/ward.jpg')",
        "UPDATE project SET memo = 'why we did this'",
        "UPDATE code_text SET important = 1 WHERE ctid IN (2, 3)",
        "INSERT INTO attribute (name, attr_type, value, id) VALUES ('mood', 'journal', 'tired', 1)",
    )
    study = read(path)
    assert told(study) == [
        "p.qda: kept in study.unmapped, as no table has a place for them: 1 stored query, 1 graph, 1 project memo, "
        "1 other attribute, 2 importance marks. They are JSON."
    ]
    assert study.unmapped is not None
    assert study.unmapped.names == (
        *("attribute.json", "code_text.json", "gr_cdct_text_item.json", "gr_pix_item.json", "graph.json"),
        *("project.json", "stored_sql.json"),
    )
    assert json.loads(study.unmapped["project.json"])[0]["memo"] == "why we did this"
    assert [row["x"] for row in json.loads(study.unmapped["gr_cdct_text_item.json"])] == [5, 7]
    assert [row["ctid"] for row in json.loads(study.unmapped["code_text.json"])] == [2, 3]
    assert "mood" not in study.documents
    assert json.loads(study.unmapped["gr_pix_item.json"])[0]["filepath"] == "images:~/ward.jpg"
    assert read(es.write(study, tmp_path / "study.zip")) == study


@pytest.mark.parametrize("version", range(8, 17))
def test_every_version_gives_the_same_study(tmp_path: Path, version: int) -> None:
    """Columns came with the versions: codes below codes, references, a page of a picture; none of them is needed."""
    optional = [
        *("ALTER TABLE source DROP COLUMN risid", "ALTER TABLE source DROP COLUMN av_text_id"),
        *("ALTER TABLE code_text DROP COLUMN important", "DROP TABLE ris", "DROP TABLE gr_av_item"),
    ]
    later = ["ALTER TABLE code_image ADD COLUMN pdf_page integer", "CREATE TABLE manage_files_display (mfid integer)"]
    statements = [f"UPDATE project SET databaseversion = 'v{version}'", *(optional if version % 2 else later)]  # noqa: S608
    study = read(changed(tmp_path, *statements, version=16 if version > 12 else 8), title="p")
    assert told(study) == []
    whole = read(SAMPLES / "v16.qda", title="p")
    for name in ("codings", "documents", "cases", "coders", "assignments"):
        assert getattr(study, name).equals(getattr(whole, name))
    assert study.codebook == whole.codebook


def test_memos_and_attributes_of_documents(tmp_path: Path) -> None:
    path = changed(
        tmp_path,
        "INSERT INTO attribute_type (name, caseOrFile, valuetype) VALUES ('kind', 'file', 'character')",
        "INSERT INTO attribute (name, attr_type, value, id) VALUES ('kind', 'file', 'phone', 2)",
        "INSERT INTO attribute (name, attr_type, value, id) VALUES ('x', 'file', '5', 99)",
        "UPDATE attribute SET value = 'many' WHERE name = 'list size' AND id = 1",
        "UPDATE code_text SET memo = 'sure?' WHERE ctid = 1",
        "UPDATE source SET memo = 'noisy' WHERE id = 1",
    )
    study = read(path)
    assert study.documents.loc["Alder Admin", "kind (attribute)"] == "phone"
    assert study.documents.loc["Alder GP 1", "memo"] == "noisy"
    assert study.cases["list size"].tolist() == ["many", "11350", "4100"]
    assert study.codings["memo"].tolist()[0] == "sure?"


def test_every_broken_row_is_a_fault(tmp_path: Path) -> None:
    path = changed(
        tmp_path,
        "UPDATE code_text SET cid = 99 WHERE ctid = 1",
        "UPDATE code_text SET fid = 98 WHERE ctid = 2",
        "UPDATE code_text SET pos1 = 5000 WHERE ctid = 3",
        "UPDATE code_text SET pos0 = 'x' WHERE ctid = 4",
        "UPDATE source SET fulltext = NULL WHERE id = 6",
    )
    error = refusal(path)
    assert [str(fault) for fault in error.faults] == [
        "p.qda, code_text, ctid 1: refers to the code 99, which is not there. Check the database in QualCoder.",
        "p.qda, code_text, ctid 2: refers to the source 98, which is not there. Check the database in QualCoder.",
        "p.qda, code_text, ctid 4: has no positions: 'x' to 141. Check the database in QualCoder.",
        "p.qda, code_text, ctid 33: codes the text of 'Cedar Manager', which has none. Check it in QualCoder.",
        "p.qda, code_text, ctid 34: codes the text of 'Cedar Manager', which has none. Check it in QualCoder.",
        "p.qda, code_text, ctid 3: reaches from 87 to 5000, and the document 'Alder GP 1' has 212 characters. "
        "The text was changed after it was coded: correct the coding in the program that wrote it.",
    ]


def test_a_text_that_was_changed_is_told(tmp_path: Path) -> None:
    path = changed(tmp_path, "UPDATE source SET fulltext = 'X' || fulltext WHERE id = 5")
    [line] = [line for line in told(read(path)) if "and the text at the positions differ" in line]
    assert line.startswith(
        "p.qda: 7 quotations and the text at the positions differ: p.qda, code_text, ctid 26 says 'It is my judgement "
    )


def test_positions_that_count_as_another_program_does(tmp_path: Path) -> None:
    moved = "UPDATE code_text SET pos1 = pos1 + 1, pos0 = pos0 + (pos0 > 85) WHERE fid = 1"
    study = read(changed(tmp_path, moved))
    assert study.provenance.choice("positions") == "utf-16"
    assert study.excerpts().equals(read(SAMPLES / "v16.qda").excerpts())
    assert any("positions were taken to count utf-16: 34 of 34 quotations agree" in line for line in told(study))


def test_names_that_are_taken(tmp_path: Path) -> None:
    path = changed(
        tmp_path,
        "CREATE TABLE other AS SELECT cid, name, memo, catid, owner, date, color, supercid FROM code_name",
        "DROP TABLE code_name",
        "ALTER TABLE other RENAME TO code_name",
        "UPDATE code_name SET name = 'incentives' WHERE cid = 1",
    )
    assert "codes of the same name: 'incentives'" in str(refusal(path))


def test_versions_that_are_not_known_are_told(tmp_path: Path) -> None:
    path = changed(tmp_path, "UPDATE project SET databaseversion = 'v99'")
    assert any("the database is of version v99; versions 8 to 16 are known" in line for line in told(read(path)))


def test_what_is_no_project(tmp_path: Path) -> None:
    path = tmp_path / "other.qda"
    sqlite3.connect(path).execute("CREATE TABLE documents (id)").connection.close()
    assert "the database has no table 'source', 'code_name', 'code_text'" in str(refusal(path))
    (tmp_path / "text.qda").write_text("hello", encoding="utf-8")
    assert "A .qda is the folder of a QualCoder project" in str(refusal(tmp_path / "text.qda"))
    assert "the limit is rows=5" in str(refusal(SAMPLES / "v8.qda", limits=Limits(rows=5)))
    assert "to which 'layout' cannot be applied" in str(refusal(SAMPLES / "v8.qda", layout="long"))


def test_coders_who_worked_apart_are_merged() -> None:
    whole = read(SAMPLES / "v16.qda")
    asha = read(SAMPLES / "v8.qda").select(coders=["asha"])
    ben = read(SAMPLES / "v16.qda").select(coders=["ben"])
    merged = es.merge(asha, ben)
    keys = ["coder", "code", "document", "start", "end", "case", "date"]
    assert merged.codings[keys].sort_values(keys).to_numpy().tolist() == (
        whole.codings[keys].sort_values(keys).to_numpy().tolist()
    )
    assert merged.codebook == whole.codebook


@pytest.mark.parametrize("name", ["qualcoder_synthetic_lf.qdpx", "qualcoder_synthetic_crlf.qdpx"])
@pytest.mark.parametrize("native", ["v8.qda", "v16.qda"])
def test_an_export_is_the_same_study(name: str, native: str) -> None:
    """The exchange format has lost the cases of documents, and puts a zone behind times that have none."""
    exported, own = read(SAMPLES.parent / name), read(SAMPLES / native)
    keys = ["coder", "code", "document", "start", "end"]
    assert exported.codings[keys].equals(own.codings[keys])
    assert exported.excerpts().equals(own.excerpts())
    assert exported.codings["date"].str.removesuffix("Z").equals(own.codings["date"])
    assert exported.documents["text"].equals(own.documents["text"])
    assert exported.cases.equals(own.cases)
    assert exported.coders.equals(own.coders)
    assert exported.assignments.equals(own.assignments)
    fields = ("name", "parent", "definition", "colour")
    books = [{tuple(getattr(code, field) for field in fields) for code in study.codebook} for study in (exported, own)]
    assert books[0] == books[1]
    assert len(es.merge(exported, own).codings) == 34


def test_who_saw_what_can_be_said_of_any_project() -> None:
    exported = SAMPLES.parent / "qualcoder_synthetic_lf.qdpx"
    assert len(read(exported, seen="all").assignments) == 12
    own = read(exported).assignments.query("coder == 'asha'")["document"].tolist()
    named = read(exported, seen={"ben": ["Cedar Manager"]}).assignments[["coder", "document"]]
    assert named.to_numpy().tolist() == [*(["asha", name] for name in own), ["ben", "Cedar Manager"]]
    for path in (exported, SAMPLES / "v8.qda"):
        assert "the project does not list who read what" in str(refusal(path, seen="listed"))
        assert "no coder 'bem'; there are: 'asha', 'ben'" in str(refusal(path, seen={"bem": ["Cedar Manager"]}))
        assert "eve" in read(path, seen={"eve": ["Cedar Manager"]}).coders.index  # who read and applied nothing


def test_categories_below_each_other_without_end(tmp_path: Path) -> None:
    chain = [
        f"INSERT INTO code_cat (catid, name, supercatid) VALUES ({at}, 'c{at}', {at - 1})"  # noqa: S608
        for at in range(101, 2_101)
    ]
    path = changed(tmp_path, *chain, "UPDATE code_cat SET supercatid = NULL WHERE catid = 101")
    assert "p.qda, code 'c201': codes are nested more than 100 deep; the limit is depth=100" in str(refusal(path))
