"""Taguette: bytes over HTML become characters of text, and who coded is told as far as the file knows it."""

from __future__ import annotations

import json
import shutil
import sqlite3
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from iofiles import refusal, rows, told

import expertsys as es
from expertsys.io import read
from expertsys.io.htmltext import HtmlText, text_of_html
from expertsys.io.taguette import Given

SAMPLES = Path(__file__).parent / "samples" / "taguette"
SERVER = SAMPLES / "server_db_two_users.sqlite3"
TEXT = "Interviewer: How did the café rollout — “go-live” — feel? 😀\n"
TEXT += "Nurse: The naïve timeline hurt us; staff were 100 % overwhelmed."


def changed(folder: Path, *statements: tuple[str, tuple[object, ...]] | str) -> Path:
    path = folder / "t.sqlite3"
    shutil.copy(SERVER, path)
    with sqlite3.connect(path) as database:
        for statement in statements:
            database.execute(*([statement] if isinstance(statement, str) else statement))
    database.close()
    return path


def test_a_server_knows_who_coded() -> None:
    study = read(SERVER)
    assert study.documents["text"].tolist() == [TEXT]
    assert rows(study, "coder", "code", "start", "end") == [
        ("alice", "barrier", 71, 93),
        ("alice", "barrier.time", 71, 93),
        ("bob", "barrier.time", 77, 100),
        ("bob", "emotion", 112, 123),
    ]
    assert study.excerpts().tolist() == [
        "naïve timeline hurt us",
        "naïve timeline hurt us",
        "timeline hurt us; staff",
        "overwhelmed",
    ]
    assert study.codebook["barrier.time"].parent == "barrier"
    assert study.codebook["barrier.time"].definition == "time pressure"
    assert study.title == "Synthetic two-coder demo"
    assert told(study) == []


def test_an_exported_project_has_lost_who_coded() -> None:
    study = read(SAMPLES / "project_export.sqlite3")
    assert set(study.codings["coder"]) == {"admin"}
    assert study.excerpts().equals(read(SERVER).excerpts())
    [line] = told(study)
    assert line.startswith(
        "project_export.sqlite3: everything is put down to 'admin': the export of a project from Taguette does not "
        "keep who coded."
    )
    assert line.endswith("es.merge(es.read(...), es.read(...), same_coder='separate').")
    both = es.merge(study, study, same_coder="separate")  # what the line says to do
    assert both.coders.index.tolist() == ["admin", "admin (2)"]


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_tables_of_highlights_have_no_coder_and_no_positions(suffix: str) -> None:
    study = read(SAMPLES / f"highlights.{suffix}", codebook=SAMPLES / f"codebook.{suffix}")
    assert rows(study, "unit", "coder", "code", "text") == [
        ("int1.txt [1]", "unknown", "barrier", "naïve timeline hurt us"),
        ("int1.txt [1]", "unknown", "barrier.time", "naïve timeline hurt us"),
        ("int1.txt [2]", "unknown", "barrier.time", "timeline hurt us; staff"),
        ("int1.txt [3]", "unknown", "emotion", "overwhelmed"),
    ]
    assert study.codebook == read(SERVER).codebook
    assert any("does not say who coded; everything is put down to 'unknown'" in line for line in told(study))


def test_a_coder_for_each_export(tmp_path: Path) -> None:
    for name in ("ann", "ben"):
        shutil.copy(SAMPLES / "highlights.csv", tmp_path / f"{name}.csv")
    study = read(tmp_path)
    assert study.coders.index.tolist() == ["ann", "ben"]
    assert not any("does not say who coded" in line for line in told(study))


def test_tags_that_came_later_belong_to_who_gave_them(tmp_path: Path) -> None:
    def command(number: int, user: str, **payload: object) -> tuple[str, tuple[object, ...]]:
        text = "INSERT INTO commands (id, date, user_login, project_id, document_id, payload) VALUES (?, ?, ?, 1, 1, ?)"
        return text, (number, "2026-12-01 10:00:00", user, json.dumps(payload))

    path = changed(
        tmp_path,
        command(8, "bob", type="highlight_add", highlight_id=1, tags=[1, 3]),
        "DELETE FROM highlight_tags WHERE highlight_id = 1 AND tag_id = 2",
        "INSERT INTO highlight_tags VALUES (1, 3)",
        command(9, "bob", type="tag_merge", src_tag_id=2, dest_tag_id=1),
        "UPDATE highlight_tags SET tag_id = 1 WHERE tag_id = 2",
        "DELETE FROM tags WHERE id = 2",
    )
    assert rows(read(path), "coder", "code", "start") == [
        ("alice", "barrier", 71),
        ("bob", "emotion", 71),
        ("bob", "barrier", 77),
        ("bob", "emotion", 112),
    ]


def test_highlights_without_a_command_or_a_tag(tmp_path: Path) -> None:
    path = changed(
        tmp_path,
        "DELETE FROM commands WHERE id = 7",
        "DELETE FROM highlight_tags WHERE highlight_id = 2",
    )
    study = read(path)
    assert study.codings["coder"].tolist() == ["alice", "alice", "unknown"]
    assert "t.sqlite3: no command on record made 1 coding; the coder is unknown." in told(study)
    assert "t.sqlite3: left out 1 highlight without a tag." in told(study)


def test_several_projects_have_to_be_told_apart(tmp_path: Path) -> None:
    path = changed(tmp_path, "INSERT INTO projects VALUES (2, 'Other', '', '2026-01-01')")
    assert "the database holds 2 projects: 'Synthetic two-coder demo', 'Other'. Name one" in str(refusal(path))
    assert len(read(path, sheet="Other").codings) == 0
    assert len(read(path, sheet=1).codings) == 4
    assert "no project 'Third'; there are: 'Synthetic two-coder demo', 'Other'" in str(refusal(path, sheet="Third"))


def test_documents_of_one_name_and_highlights_outside(tmp_path: Path) -> None:
    path = changed(
        tmp_path,
        "INSERT INTO documents SELECT 2, name, '', filename, created, 1, text_direction, '<p>short</p>' FROM documents",
        "UPDATE highlights SET document_id = 2 WHERE id = 3",
    )
    assert str(refusal(path)) == (
        "t.sqlite3, highlights, id 3: reaches from byte 124 to 135; the text of 'int1.txt (2)' has 5. "
        "The document was changed after it was coded: correct the highlight in Taguette."
    )


def test_a_snippet_that_is_not_there_any_more(tmp_path: Path) -> None:
    path = changed(tmp_path, "UPDATE highlights SET snippet = 'something else' WHERE id = 3")
    assert any(
        "1 quotation and the text at the positions differ" in line and "'something else'" in line
        for line in told(read(path))
    )


def test_what_is_no_database_of_taguette(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    sqlite3.connect(path).execute("CREATE TABLE documents (id)").connection.close()
    assert "One of QualCoder is named .qda." in str(refusal(path))
    bad = changed(tmp_path, "UPDATE commands SET payload = '{' WHERE id = 5")
    assert "t.sqlite3, commands, id 5, line 1, column 2: is no JSON" in str(refusal(bad))


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>a</p><p>b</p>", "a\nb"),
        ("<p>a<br>b</p>\n<ul><li>c</li><li>d</li></ul>", "a\nb\nc\nd"),
        ("a &amp; b &lt;c&gt; &eacute;&#128512;", "a & b <c> é😀"),
        ("<p>one <b>two</b> three</p>", "one two three"),
        ("<style>p {}</style><p>x</p><script>y</script>", "x"),
        ("x\r\ny", "x\ny"),
        ("a < b and <unknown>c</unknown>", "a < b and c"),
        ("", ""),
    ],
)
def test_text_of_html(html: str, text: str) -> None:
    assert text_of_html(html) == text


@given(st.lists(st.text("aé😀& \u0301", min_size=1, max_size=5), min_size=1, max_size=5), st.data())
def test_any_stretch_of_characters_is_found_again_from_its_bytes(parts: list[str], data: st.DataObject) -> None:
    page = HtmlText("".join(f"<p>{part.replace('&', '&amp;')}</p>" for part in parts))
    flat = "".join(parts)
    start = data.draw(st.integers(0, len(flat)))
    end = data.draw(st.integers(start, len(flat)))
    place = page.place(len(flat[:start].encode()), len(flat[:end].encode()))
    assert place is not None
    assert page.text[slice(*place)].replace("\n", "") == flat[start:end]
    assert page.text == "\n".join(parts)
    if start < end:
        assert page.text[slice(*place)] == page.text[slice(*place)].strip("\n")


def test_a_byte_within_a_character_takes_the_whole_of_it() -> None:
    page = HtmlText("<p>é😀é</p>")
    assert page.place(3, 5) == (1, 2)
    assert page.place(0, 99) is None
    assert page.place(-1, 1) is None
    assert HtmlText("").place(0, 0) is None


@pytest.mark.parametrize(
    ("html", "what"),
    [
        ("<a " * 2_000, "more than 1,000 tags that are never closed"),
        ("<!-- >" * 2_000, "more than 1,000 comments or declarations"),
        (f"&#{'9' * 5_000};", "a number of a character with more than 9 digits"),
    ],
)
def test_html_that_would_never_end(tmp_path: Path, html: str, what: str) -> None:
    path = changed(tmp_path, ("UPDATE documents SET contents = ?", (html,)))
    assert f"t.sqlite3, documents, id 1: the HTML has {what}. Taguette writes no such thing" in str(refusal(path))


def test_commands_that_name_no_highlight_or_tag_are_passed_over(tmp_path: Path) -> None:
    def command(number: int, **payload: object) -> tuple[str, tuple[object, ...]]:
        text = (
            "INSERT INTO commands (id, date, user_login, project_id, document_id, payload) VALUES (?, '', '', 1, 1, ?)"
        )
        return text, (number, json.dumps(payload))

    path = changed(
        tmp_path,
        command(8, type="highlight_add", highlight_id=[1], tags=[1]),
        command(9, type="tag_merge", src_tag_id=1, dest_tag_id={"a": 1}),
    )
    assert rows(read(path), "coder", "code", "start") == rows(read(SERVER), "coder", "code", "start")


Command = tuple[int, list[int]] | tuple[int, int]
TAGGED = st.tuples(st.integers(0, 3), st.lists(st.integers(0, 4), max_size=3))
MERGED = st.tuples(st.integers(0, 4), st.integers(0, 4))


@given(st.lists(TAGGED | MERGED, max_size=25))
def test_merged_tags_keep_the_hand_that_the_target_had(commands: list[Command]) -> None:
    """Against going through all highlights at every merging."""
    plain: dict[int, dict[int, tuple[str, str]]] = {}
    made = Given()
    for number, (first, second) in enumerate(commands):
        hand = (f"coder {number}", "")
        if isinstance(second, list):
            before = plain.get(first, {})
            plain[first] = {tag: before.get(tag, hand) for tag in second}
            made.add(first, second, hand)
        else:
            for tags in plain.values():
                if first in tags:
                    tags.setdefault(second, tags.pop(first))
            made.merge(first, second)
    assert made.hands() == {(mark, tag): hand for mark, tags in plain.items() for tag, hand in tags.items()}


def test_many_highlights_whose_tags_are_merged_many_times() -> None:
    made = Given()
    started = time.perf_counter()
    for mark in range(20_000):
        made.add(mark, [0, 1], ("ann", ""))
    for tag in range(1, 20_000):
        made.merge(tag, tag + 1)
        made.merge(0, 1)
        made.merge(1, 0)
    assert time.perf_counter() - started < 30
    assert len(made.hands()) == 40_000
