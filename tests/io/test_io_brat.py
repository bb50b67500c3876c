"""brat: folders of annotators, spans in characters, and everything that stands beside them."""

from __future__ import annotations

from pathlib import Path

import pytest
from iofiles import file, refusal, rows, told

from expertsys.io import Limits, read

TEXT = "Zoë 😀 rang\nthe clinic.\n"
CONF = "[entities]\n# labels\nACT\n\tWORKAROUND\n!PERSON\n-----\n[relations]\nX\tA:B\n[events]\nCall\tWho:PERSON\n"
SPANS = (
    "T1\tWORKAROUND 6 10\trang\n"
    "A1\tNegation T1\n"
    "A2\tConfidence T1 High\n"
    "#1\tAnnotatorNotes T1\tlook again\n"
    "T2\tPERSON 0 3\tZoë\n"
    "T3\tCall 6 10;11 21\trang the clinic\n"
    "T4\tWORKAROUND 0 3;15 21\tZoë clinic\n"
    "E1\tCall:T3 Who:T2\n"
    "R1\tX A:T1 B:T2\n"
    "N1\tReference T2 Wiki:1\tZoë\n"
    "*\tX T1 T2\n"
    "#2\tAnnotatorNotes E1\tan event\n"
)


def project(folder: Path, **coders: str) -> Path:
    """One document, a folder for each annotator."""
    place = folder / "brat project"
    for coder, spans in coders.items():
        (place / coder).mkdir(parents=True)
        file(place / coder, "d1.txt", TEXT)
        file(place / coder, "d1.ann", spans)
    return place


def test_spans_attributes_and_notes(tmp_path: Path) -> None:
    place = project(tmp_path, ann=SPANS, ben="T1\tPERSON 0 3\tZoë\n")
    file(place, "annotation.conf", CONF)
    study = read(place)
    assert rows(study, "coder", "code", "document", "start", "end", "memo") == [
        ("ann", "WORKAROUND", "d1", 6, 10, "Negation; Confidence: High; look again"),
        ("ann", "PERSON", "d1", 0, 3, None),
        ("ann", "Call", "d1", 6, 21, None),
        ("ann", "WORKAROUND", "d1", 0, 3, None),
        ("ann", "WORKAROUND", "d1", 15, 21, None),
        ("ben", "PERSON", "d1", 0, 3, None),
    ]
    assert study.excerpts().tolist() == ["rang", "Zoë", "rang\nthe clinic", "Zoë", "clinic", "Zoë"]
    assert [(code.name, code.parent) for code in study.codebook] == [
        ("ACT", None),
        ("WORKAROUND", "ACT"),
        ("PERSON", None),
        ("Call", None),
    ]
    assert told(study) == [
        "ann/d1.ann: left out 1 attribute or note on what is no span: 'E1'.",
        "brat project: left out 1 event, 1 relation, 1 normalisation, 1 equivalence: a study has no place for them.",
        "brat project: 1 span in several pieces became 2 codings, one for each piece; they share a "
        "mark, and count as one in measures of spans.",
    ]
    assert study.title == "brat project"
    assert [source.name for source in study.provenance.sources] == ["ann/d1.ann", "ben/d1.ann"]


def test_one_folder_is_one_annotator(tmp_path: Path) -> None:
    place = project(tmp_path, ann=SPANS) / "ann"
    assert set(read(place).codings["coder"]) == {"ann"}


def test_an_empty_file_may_be_unread_or_may_hold_nothing(tmp_path: Path) -> None:
    place = project(tmp_path, ann="T1\tPERSON 0 3\tZoë\n", ben="")
    study = read(place)
    assert study.assignments["coder"].tolist() == ["ann"]
    assert study.coders.index.tolist() == ["ann", "ben"]
    assert any("1 file without an annotation were taken as not seen" in line for line in told(study))
    listed = read(place, seen="listed")
    assert listed.assignments["coder"].tolist() == ["ann", "ben"]
    assert told(listed) == []
    named = read(place, seen={"ben": ["d1"]}).assignments[["coder", "document"]]
    assert named.to_numpy().tolist() == [["ann", "d1"], ["ben", "d1"]]


def test_all_faults_at_once(tmp_path: Path) -> None:
    place = project(tmp_path, ann="T1\tPERSON 0 99\tZoë\nT2 broken\nT3\tPERSON 5 2\tx\nT1\tPERSON 0 3\tZoë\n", ben="")
    file(place / "ben", "d1.txt", "another text")
    file(place / "ben", "d2.ann", "")
    assert [str(fault) for fault in refusal(place).faults] == [
        "ann/d1.ann, line 2: is no annotation: 'T2 broken'. Such as 'T1<tab>LABEL 0 8<tab>text'.",
        "ann/d1.ann, line 4: T1 is given a second time. Number annotations apart.",
        "ben/d1.txt: has another text of 'd1' than was read before. "
        "Give the documents different names, or the coders the same text.",
        "ben/d2.ann: has no text beside it: 'd2.txt' is not there. Copy both.",
        "ann/d1.ann, line 3: reaches from 5 to 2, and the document 'd1' has 23 characters. "
        "The text was changed after it was coded: correct the coding in the program that wrote it.",
    ]


def test_a_quotation_that_is_not_there_is_told(tmp_path: Path) -> None:
    study = read(project(tmp_path, ann="T1\tPERSON 0 3\tBen\n"))
    [line] = told(study)
    assert "1 quotation and the text at the positions differ: ann/d1.ann, line 1 says 'Ben', the text has 'Zoë'" in line


def test_line_ends_count_as_they_stand(tmp_path: Path) -> None:
    place = tmp_path / "ann"
    place.mkdir()
    file(place, "w.txt", "one\r\ntwo\r\n")
    file(place, "w.ann", "T1\tX 5 8\ttwo\r\n")
    assert read(place).excerpts().tolist() == ["two"]


def test_labels_beside_the_configuration_are_told(tmp_path: Path) -> None:
    place = project(tmp_path, ann="T1\tOTHER 0 3\tZoë\n")
    file(place, "annotation.conf", CONF)
    assert "annotation.conf: labels are applied that it does not declare: 'OTHER'." in told(read(place))


def test_links_are_not_followed_and_limits_hold(tmp_path: Path) -> None:
    place = project(tmp_path, ann="T1\tPERSON 0 3\tZoë\n", ben="T1\tPERSON 0 3\tZoë\n")
    outside = file(tmp_path, "secret.ann", "T1\tX 0 1\ts\n")
    (place / "ann" / "s.ann").symlink_to(outside)
    (place / "cal").symlink_to(place / "ann")
    study = read(place)
    assert len(study.codings) == 2
    assert any("did not follow links to other places: 's.ann'" in line for line in told(study))
    assert "members" in str(refusal(place, limits=Limits(members=1)))
    assert "member_bytes" in str(refusal(place, limits=Limits(member_bytes=5)))


def test_what_is_no_utf_8(tmp_path: Path) -> None:
    place = project(tmp_path, ann="")
    file(place / "ann", "d1.txt", b"one\nZo\xeb")
    assert "ann/d1.txt, line 2: the text is not UTF-8" in str(refusal(place))


@pytest.mark.parametrize("name", ["sub/d1", "d1"])
def test_documents_in_folders_below_keep_their_path(tmp_path: Path, name: str) -> None:
    place = tmp_path / "p" / "ann" / name
    place.parent.mkdir(parents=True)
    file(place.parent, "d1.txt", TEXT)
    file(place.parent, "d1.ann", "T1\tPERSON 0 3\tZoë\n")
    if name == "sub/d1":
        file(tmp_path / "p" / "ann", "d0.txt", TEXT)
        file(tmp_path / "p" / "ann", "d0.ann", "")
    assert name in read(tmp_path / "p").documents.index


@pytest.mark.parametrize("digits", [16, 25, 5_000])
def test_positions_beyond_any_text_are_no_annotation(tmp_path: Path, digits: int) -> None:
    (tmp_path / "ann").mkdir()
    file(tmp_path, "ann/d.txt", "hello")
    file(tmp_path, "ann/d.ann", f"T1\tX 0 {'9' * digits}\thello\n")
    assert "d.ann, line 1: is no annotation" in str(refusal(tmp_path / "ann"))


def test_a_folder_of_projects_names_the_first_within(tmp_path: Path) -> None:
    for place in ("corpus/north/ann", "corpus/north/ben", "corpus/south/ann"):
        (tmp_path / place).mkdir(parents=True)
        file(tmp_path / place, "d1.txt", TEXT)
        file(tmp_path / place, "d1.ann", "T1\tACT 6 10\trang\n")
    inner = tmp_path / "corpus" / "north"
    assert str(refusal(tmp_path / "corpus")).endswith(
        f"it holds 'north', 'south'. Read what is in it: es.read({str(inner)!r}), and put them together with "
        "es.merge(...)."
    )
    assert list(read(inner).coders.index) == ["ann", "ben"]
