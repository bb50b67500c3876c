"""Files that other programs wrote: the counts that they hold, and back again without a difference."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import Any

import pyrefiqda
import pytest
from iofiles import told
from refifiles import CODEBOOK_SCHEMA, SAMPLES, differing, invalid

from expertsys.io import read, read_codebook, write

PROJECTS = ["atlasti84_spec_sample.qdpx", "qualcoder_synthetic_lf.qdpx", "qualcoder_synthetic_crlf.qdpx"]
CODEBOOKS = ["qualcoder_synthetic.qdc", "taguette.qdc"]


@pytest.mark.parametrize("name", PROJECTS)
def test_what_was_read_is_written_back_without_a_difference(tmp_path: Path, name: str) -> None:
    study = read(SAMPLES / name)
    path = write(study, tmp_path / "back.qdpx")
    assert invalid(path) == []
    back = read(path)
    assert differing(back, study) == []
    assert write(back, tmp_path / "again.qdpx").read_bytes() == path.read_bytes()
    assert read(write(study, tmp_path / "saved.zip")) == study


@pytest.mark.parametrize("name", PROJECTS)
def test_an_independent_reader_finds_the_same_in_what_was_written(tmp_path: Path, name: str) -> None:
    """pyrefiqda 0.3.1 (MIT) reads all of the format; text positions are the same as both samples count as we do."""
    path = write(read(SAMPLES / name), tmp_path / "back.qdpx")
    before, after = (
        pyrefiqda.RefiProject.load(source, extract_dir=str(tmp_path / place)).model_dump(mode="json")
        for source, place in ((SAMPLES / name, "before"), (path, "after"))
    )
    assert len(facts(before)) > 50
    assert facts(after) == facts(before)


def facts(node: Any, above: str = "") -> list[tuple[str, str]]:
    """Every value in a project, by the name of its field; what is spelt differently and means the same is left out."""
    if isinstance(node, dict):
        return sorted(fact for key, value in node.items() for fact in facts(value, key))
    if isinstance(node, list):
        return sorted(fact for value in node for fact in facts(value, above))
    if node in (None, "") or above in ("origin", "base_path", "path", "plain_text_path", "plain_text_content"):
        return []
    return [(above, str(node).lower())]


def test_the_sample_of_the_standard() -> None:
    study = read(SAMPLES / "atlasti84_spec_sample.qdpx")
    assert len(study.codebook) == 14
    assert study.codebook["Feelings"].definition == "thoughts about breakfast foods"
    assert study.codebook["Feelings"].colour == "#F00082"
    assert len(study.codings) == 16
    assert list(study.coders.index) == ["Friedrich Markgraf", "Sebastian Petrausch"]
    assert len(study.documents) == 12 + 3  # the transcripts of two videos are documents of their own
    assert study.documents["kind"].value_counts().to_dict() == {
        "transcript": 3, "PDF": 2, "video": 2, "picture": 1, "audio": 1,
    }  # fmt: skip
    first = study.codings.iloc[0]
    assert (first["document"], first["start"], first["end"], first["coder"], first["code"], first["date"]) == (
        "1994 Diet Coke-Diet Coke Break.docx", 139, 195, "Friedrich Markgraf", "Coke::diet Coke",
        "2018-03-27T19:29:27Z",
    )  # fmt: skip
    assert first["text"] == "Oh, that was great. See you tomorrow? Eleven thirty. Mm."
    assert study.codings["memo"].dropna().tolist() == ["why does Simon feel the need to do this?"]
    remarks = "\n".join(told(study))
    for what in (
        "the project is named 'Project.qde'",
        "11 texts named by the project and not in the file",
        "the user 'ATLAS.ti' is the program itself",
        "2 notes, 1 link, 16 sets, 1 graph, 13 sync points, 1 uncoded selection",
        "2 codings of an area of a picture, without a place in a text",
    ):
        assert what in remarks
    assert study.provenance.choice("exported by") == "ATLAS.ti 8.4.0 573 , macOS Version 10.14.3 (Build 18D109)"
    assert study.unmapped is not None
    kept = study.unmapped["project.qde"].decode()
    assert len(re.findall("<[A-Za-z]+Selection ", kept)) == 15
    assert "/Users/" not in kept
    assert kept.count("<SyncPoint") == 13


@pytest.mark.parametrize("ends", ["lf", "crlf"])
def test_every_coding_of_qualcoder_quotes_its_text(ends: str) -> None:
    path = SAMPLES / f"qualcoder_synthetic_{ends}.qdpx"
    study = read(path)
    with zipfile.ZipFile(path) as archive:
        xml = archive.read("project.qde").decode()
    quoted = re.findall(r'<PlainTextSelection [^>]*name="([^"]*)"', xml)
    assert study.excerpts().tolist() == [name.replace("&#x27;", "'") for name in quoted]
    assert len(study.codings) == 34
    assert study.codings["coder"].value_counts().to_dict() == {"asha": 22, "ben": 12}
    assert len(study.codebook) == 7 + 2
    assert study.codebook["workaround"].parent == "modes of use"
    assert study.cases.loc["Birch practice"].to_dict() == {"list size": 11350.0, "rural": "yes"}
    assert len(study.documents) == 6
    assert not study.documents["text"].str.contains("\r|\ufeff").any()
    counted = "codepoints" if ends == "lf" else "codepoints lf"
    assert study.provenance.choice("positions") == counted
    remarks = "\n".join(told(study))
    assert f"positions were taken to count {counted!r}: 34 of 34 quotations agree, 34 of 34 selections lie" in remarks
    assert "not to be applied, only to hold others: 2 codes" in remarks
    assert "3 cases of 3 without a document" in remarks
    assert "6 files to which the project does not refer, left out" in remarks


def test_line_ends_make_no_difference() -> None:
    """But for the identifiers, which QualCoder makes anew at each export."""
    one, other = (read(SAMPLES / f"qualcoder_synthetic_{ends}.qdpx") for ends in ("lf", "crlf"))
    assert differing(one, other, "unmapped", "codebook", "title") == []
    assert [code.name for code in one.codebook] == [code.name for code in other.codebook]


@pytest.mark.parametrize("name", CODEBOOKS)
def test_codebooks_come_back_as_they_were(tmp_path: Path, name: str) -> None:
    study = read(SAMPLES / name)
    path = write(study, tmp_path / "back.qdc")
    assert [error.reason for error in CODEBOOK_SCHEMA.iter_errors(str(path))] == []
    assert differing(read(path, title=study.title), study) == []
    assert read_codebook(SAMPLES / name) == study.codebook
    assert path.read_bytes() == write(read(path), tmp_path / "again.qdc").read_bytes()


def test_what_the_codebooks_hold() -> None:
    assert read_codebook(SAMPLES / "taguette.qdc").names == ("barrier", "barrier.time", "emotion")
    book = read_codebook(SAMPLES / "qualcoder_synthetic.qdc")
    assert len(book) == 7 + 2
    assert book["policy of choice"].definition == "definition of policy of choice"
    assert book["policy of choice"].parent == "foci of resistance"
