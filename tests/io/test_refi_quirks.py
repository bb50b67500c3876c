"""What programs do to the format: tolerated, and told."""

from __future__ import annotations

import contextlib
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from iofiles import refusal, rows, told
from refifiles import (
    ANN,
    BEN,
    CODES,
    FEAR,
    TRUST,
    USERS,
    differing,
    guid,
    invalid,
    packed,
    project,
    selection,
    text_source,
)

from expertsys.io import Limits, read, write
from expertsys.io.refi import reading
from expertsys.study import Study


def back(study: Study, folder: Path) -> Study:
    """The study, written and read again; what was written is valid."""
    path = write(study, folder / "back.qdpx")
    assert invalid(path) == []
    return read(path)


def same(study: Study, folder: Path) -> None:
    assert differing(back(study, folder), study) == []


def sources(*inside: str) -> str:
    return f"<Sources>{''.join(inside)}</Sources>"


def test_names_folders_namespaces_and_identifiers_of_all_kinds(tmp_path: Path) -> None:
    upper = FEAR.upper()
    xml = project(
        f'<Users><User guid="{{{ANN.upper()}}}" name="ann"/></Users>'
        f'<CodeBook><Codes><Code guid="{{{upper}}}" name="fear" isCodable="1" color="red"/></Codes></CodeBook>'
        + sources(text_source(1, "t", selection(2, 0, 3, user=ANN, code=upper), path="INTERNAL://A.TXT")),
        namespace="urn:QDA-XML:project:0:4",
    )
    study = read(packed(tmp_path, xml, inner="My study.QDE", Sources__a_txt=b"abc def"))
    assert rows(study, "coder", "code", "start", "end") == [("ann", "fear", 0, 3)]
    assert study.documents["text"].tolist() == ["abc def"]
    text = "\n".join(told(study))
    assert "the project is named 'My study.QDE'" in text
    assert "the namespace 'urn:QDA-XML:project:0:4' was taken for 'urn:QDA-XML:project:1.0'" in text
    assert "attribute color='red' of <Code> against the format, left out" in text
    same(study, tmp_path)


def test_names_that_are_missing_repeated_or_blank(tmp_path: Path) -> None:
    xml = project(
        f'<Users><User guid="{ANN}" id="A"/><User guid="{BEN}"/></Users>'
        f'<CodeBook><Codes><Code guid="{FEAR}" name="new" isCodable="true">'
        f'<Code guid="{TRUST}" name="other" isCodable="true"/></Code>'
        f'<Code guid="{guid(7)}" name="old" isCodable="false"><Code guid="{guid(8)}" name="other" isCodable="true"/>'
        f'<Code guid="{guid(9)}" name=" " isCodable="true"/></Code></Codes></CodeBook>'
        f'<Cases><Case guid="{guid(11)}"/><Case guid="{guid(12)}" name="x"/><Case guid="{guid(13)}" name="x"/></Cases>'
        + sources(
            f'<TextSource guid="{guid(21)}" plainTextPath="board.txt"/>',
            text_source(22, "t"),
            text_source(23, "t"),
            f'<PictureSource guid="{guid(24)}" path="internal://{guid(24)}.jpg"/>',
        )
    )
    study = read(packed(tmp_path, xml, sources__board_txt=b"b", sources__a_txt=b"a"))
    assert list(study.coders.index) == ["A", "unnamed user 2"]
    assert study.codebook.names == ("new", "new->other", "old", "old->other", "unnamed code 5")
    assert list(study.cases.index) == ["unnamed case 1", "x", "x (2)"]
    assert list(study.documents.index) == ["board.txt", "t", "t (2)", "PictureSource 4"]
    text = "\n".join(told(study))
    assert "3 codes without a name, or with one that is taken, got another: 'other' is 'new->other'" in text
    assert "2 cases without a name, or with one that is taken" in text
    assert "3 sources without a name, or with one that is taken" in text
    assert "not to be applied, only to hold others: 1 code" in text
    same(study, tmp_path)


def test_who_coded_is_the_codings_user_else_the_selections_else_unknown(tmp_path: Path) -> None:
    stranger = guid(77)
    mark = (
        f'<PlainTextSelection guid="{guid(1)}" startPosition="0" endPosition="1" creatingUser="{ANN}" '
        f'creationDateTime="2024-01-02T03:04:05Z">'
        f'<Coding guid="{guid(2)}" creatingUser="{BEN}" creationDateTime="2024-01-03 03:04:05">'
        f'<CodeRef targetGUID="{FEAR}"/></Coding>'
        f'<Coding guid="{guid(3)}"><CodeRef targetGUID="{TRUST}"/></Coding>'
        f'<Coding guid="{guid(4)}" creatingUser="{stranger}"><CodeRef targetGUID="{guid(78)}"/></Coding>'
        "</PlainTextSelection>"
        f'<PlainTextSelection guid="{guid(5)}" startPosition="0" endPosition="1" creationDateTime="yesterday">'
        f'<Coding guid="{guid(6)}"><CodeRef targetGUID="{FEAR}"/></Coding></PlainTextSelection>'
    )
    study = read(packed(tmp_path, project(USERS + CODES + sources(text_source(9, "t", mark))), sources__a_txt=b"ab"))
    assert rows(study, "coder", "code", "date") == [
        ("ben", "fear", "2024-01-03T03:04:05"),
        ("ann", "trust", "2024-01-02T03:04:05Z"),
        ("unknown coder 00000000", "unknown code 00000000", "2024-01-02T03:04:05Z"),
        ("unknown coder", "fear", None),
    ]
    text = "\n".join(told(study))
    assert f"1 coding by the user {stranger}, whom the project does not list" in text
    assert "1 coding without a word on who coded: the coder is called 'unknown coder'" in text
    assert f"1 coding with the code {guid(78)}, which is not in the codebook" in text
    assert "date 'yesterday' against the format, left out" in text
    same(study, tmp_path)


def test_cases_and_what_belongs_to_them(tmp_path: Path) -> None:
    def case(number: int, name: str, *inside: str) -> str:
        return f'<Case guid="{guid(number)}" name="{name}">{"".join(inside)}</Case>'

    def value(variable: int, tag: str, text: str) -> str:
        return f'<VariableValue><VariableRef targetGUID="{guid(variable)}"/><{tag}>{text}</{tag}></VariableValue>'

    kinds = {"beds": "Integer", "rate": "Float", "rural": "Boolean", "note": "Text", "opened": "Date", "kind": "Text"}
    variables = "".join(
        f'<Variable guid="{guid(200 + at)}" name="{name}" typeOfVariable="{kind}"/>'
        for at, (name, kind) in enumerate(kinds.items())
    )
    xml = project(
        f"{USERS}{CODES}<Variables>{variables}</Variables><Cases>"
        + case(
            11, "Elm",
            value(200, "IntegerValue", "12"), value(201, "FloatValue", "0.125"), value(202, "BooleanValue", "1"),
            value(203, "TextValue", " odd "), value(204, "DateValue", "2024-02-30"),
            f'<SourceRef targetGUID="{guid(1)}"/>', f'<SourceRef targetGUID="{guid(3)}"/>',
        )
        + case(12, "Oak", value(201, "FloatValue", "1e5"), f'<SourceRef targetGUID="{guid(3)}"/>')
        + case(13, "Ash", f'<SelectionRef targetGUID="{guid(31)}"/>', f'<SelectionRef targetGUID="{guid(41)}"/>')
        + case(14, "Fir", f'<SelectionRef targetGUID="{guid(32)}"/>')
        + "</Cases>"
        + sources(
            text_source(1, "one", selection(30, 0, 1), value(205, "TextValue", "interview")),
            text_source(2, "parts", selection(31, 0, 1), selection(32, 1, 2), selection(33, 1, 2)),
            text_source(3, "both"),
            text_source(4, "whole", selection(41, 0, 1)),
        )
    )  # fmt: skip
    study = read(packed(tmp_path, xml, sources__a_txt=b"ab"))
    assert study.cases.loc["Elm"].to_dict() == {"beds": 12, "rate": 0.125, "rural": True, "note": "odd"}
    assert study.cases.loc["Oak"].isna().all()
    assert study.documents["case"].fillna("").to_dict() == {"one": "Elm", "parts": "", "both": "", "whole": "Ash"}
    assert study.documents.loc["one", "kind"] == "interview"
    assert rows(study, "document", "case") == [
        ("one", "Elm"), ("parts", "Ash"), ("parts", "Fir"), ("parts", None), ("whole", "Ash"),
    ]  # fmt: skip
    text = "\n".join(told(study))
    assert "1 document of several cases" in text
    assert "content '2024-02-30' of <DateValue> against the format, left out" in text
    assert "content '1e5' of <FloatValue> against the format, left out" in text
    same(study, tmp_path)


def test_every_kind_of_source(tmp_path: Path) -> None:
    coding = '<Coding guid="{0}" creatingUser="{1}"><CodeRef targetGUID="{2}"/></Coding>'
    one, two, three, four, five = (coding.format(guid(50 + n), ANN, FEAR) for n in range(5))
    area = 'firstX="0" firstY="0" secondX="5" secondY="5"'
    xml = project(
        USERS
        + CODES
        + sources(
            f'<PDFSource guid="{guid(1)}" name="a.pdf" path="internal://a.pdf"><PDFSelection guid="{guid(2)}" page="0" '
            f'{area}><Representation guid="{guid(3)}"><PlainTextContent>on the page</PlainTextContent></Representation>'
            f'{one}</PDFSelection><Representation guid="{guid(4)}" plainTextPath="internal://a.txt">'
            f"{selection(5, 0, 2)}</Representation></PDFSource>",
            f'<PictureSource guid="{guid(6)}" name="p" path="internal://p.jpg">'
            f'<PictureSelection guid="{guid(7)}" {area}>'
            f"<Description>left</Description>{two}</PictureSelection></PictureSource>",
            f'<VideoSource guid="{guid(8)}" name="v"><Transcript guid="{guid(9)}" name="said">'
            f'<PlainTextContent>hello there</PlainTextContent><SyncPoint guid="{guid(20)}" timeStamp="0" position="0"/>'
            f'<SyncPoint guid="{guid(21)}" timeStamp="900" position="5"/><TranscriptSelection guid="{guid(22)}" '
            f'fromSyncPoint="{guid(20)}" toSyncPoint="{guid(21)}">{three}</TranscriptSelection></Transcript>'
            f'<VideoSelection guid="{guid(23)}" begin="0" end="900">{four}</VideoSelection></VideoSource>',
            f'<AudioSource guid="{guid(10)}" name="s">{five}</AudioSource>',
        )
        + f'<Notes><Note guid="{guid(30)}" name="memo"><PlainTextContent>think</PlainTextContent></Note></Notes>'
    )
    path = packed(tmp_path, xml, sources__a_txt=b"pdf text", sources__p_jpg=b"\xff\xd8picture")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("sources/a.pdf", b"%PDF")
    study = read(path)
    assert study.documents["kind"].to_dict() == {
        "a.pdf": "PDF", "p": "picture", "v": "video", "v: said": "transcript", "s": "audio",
    }  # fmt: skip
    assert rows(study, "document", "start", "end", "text", "memo") == [
        ("a.pdf", 0, 2, None, None),
        ("a.pdf", None, None, "on the page", None),
        ("p", None, None, None, "left"),
        ("v", None, None, None, None),
        ("v: said", 0, 5, None, None),
        ("s", None, None, None, None),
    ]
    assert study.excerpts().iloc[4] == "hello"
    assert study.unmapped is not None
    assert study.unmapped.names == ("project.qde", "sources/a.pdf", "sources/p.jpg")
    assert study.unmapped["sources/p.jpg"] == b"\xff\xd8picture"
    same(study, tmp_path)
    small = read(path, limits=Limits(kept_bytes=5))
    assert small.unmapped is not None
    assert small.unmapped.names == ("project.qde", "sources/a.pdf")
    assert "1 file too long to be kept and written back: 'sources/p.jpg'" in "\n".join(told(small))


def test_notes_are_memos_where_a_coding_names_them(tmp_path: Path) -> None:
    mark = (
        f'<PlainTextSelection guid="{guid(1)}" startPosition="0" endPosition="1" creatingUser="{ANN}">'
        f'<Coding guid="{guid(2)}"><CodeRef targetGUID="{FEAR}"/><NoteRef targetGUID="{guid(30)}"/></Coding>'
        f'<NoteRef targetGUID="{guid(31)}"/></PlainTextSelection>'
    )
    notes = (
        f'<Notes><Note guid="{guid(30)}"><PlainTextContent>first</PlainTextContent></Note>'
        f'<Note guid="{guid(31)}" plainTextPath="internal://n.txt"/></Notes>'
    )
    xml = project(USERS + CODES + sources(text_source(9, "t", mark)) + notes)
    study = read(packed(tmp_path, xml, sources__a_txt=b"ab", sources__n_txt=b"zweite"))
    assert study.codings["memo"].tolist() == ["first\n\nzweite"]
    same(study, tmp_path)


def test_encodings_of_texts(tmp_path: Path) -> None:
    xml = project(USERS + CODES + sources(text_source(1, "one"), text_source(2, "two", path="internal://b.txt")))
    study = read(packed(tmp_path, xml, sources__a_txt="né😀".encode("utf-16"), sources__b_txt=b"caf\xe9"))
    assert study.documents["text"].tolist() == ["né😀", "café"]
    text = "\n".join(told(study))
    assert "1 text in UTF-16-LE" in text
    assert "1 text not in UTF-8, taken as Windows-1252" in text


def test_what_breaks_the_format_is_mended_and_told(tmp_path: Path) -> None:
    xml = project(
        f"<Sets/><Notes></Notes>{USERS}<Users/><Unknown><Inner/></Unknown>"
        f'<CodeBook><Codes><Code name="fear" guid="17" isCodable="perhaps" odd="1"/></Codes></CodeBook>'
        + sources(
            '<TextSource name="t"><PlainTextSelection guid="x" startPosition="0" endPosition="0">'
            "<Coding/><Odd><In/></Odd>"
            f'<Description>d</Description></PlainTextSelection><Coding guid="{guid(3)}"/></TextSource>'
        )
    )
    study = read(packed(tmp_path, xml))
    text = "\n".join(told(study))
    for what in (
        "element <Unknown> not in the format there, left out",
        "element <Odd> not in the format there, left out",
        "identifiers not a GUID, replaced",
        "identifiers missing, made from its place",
        "attribute odd of <Code> not in the format, left out",
        "attribute missing, added",
        "coding without a code, left out",
        "element <Users> there twice, left out",
    ):
        assert what in text
    same(study, tmp_path)


@pytest.mark.parametrize(
    ("xml", "inner", "message"),
    [
        ("<Project", "project.qde", "p.qdpx, project.qde, line 1, column 1: the XML is not well formed"),
        ("<other/>", "project.qde", "the document is a 'other', not a project"),
        ('<CodeBook xmlns="urn:QDA-XML:codebook:1.0"/>', "project.qde", "the document is 'CodeBook', not a 'Project'"),
        (project(""), "project.xml", "the archive is no REFI-QDA project: there is no .qde in it"),
        (
            project(sources(text_source(1, "t", '<PlainTextSelection startPosition="x" endPosition="1"/>'))),
            "project.qde",
            "line 1: a selection has the startPosition 'x', which is no whole number",
        ),
        (
            project(sources(text_source(1, "t", f'<PlainTextSelection startPosition="0" endPosition="{2**50}"/>'))),
            "project.qde",
            "a selection has the endPosition 1,125,899,906,842,624; no text is so long",
        ),
        ('<!DOCTYPE x [<!ENTITY a "b">]><Project>&a;</Project>', "project.qde", "declares a type or an entity"),
    ],
)
def test_what_is_refused(tmp_path: Path, xml: str, inner: str, message: str) -> None:
    assert message in str(refusal(packed(tmp_path, xml, inner=inner)))


def test_two_projects_in_one_archive(tmp_path: Path) -> None:
    path = packed(tmp_path, project(""), inner="a.qde")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("b.qde", project(""))
    assert "there are 'a.qde', 'b.qde', and only one can be the project" in str(refusal(path))


def test_no_file_outside_the_archive_is_opened(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    for path in (
        "../secret.txt",
        f"{tmp_path}/secret.txt",
        f"absolute://{tmp_path}/secret.txt",
        "relative:///secret.txt",
    ):
        study = read(packed(tmp_path, project(sources(text_source(1, "t", path=path)))))
        assert study.documents["text"].isna().all()


def test_files_made_to_do_harm_are_refused_at_once(tmp_path: Path) -> None:
    head = '<Project xmlns="urn:QDA-XML:project:1.0" name="x">'
    made = {
        "zip.qdpx": (head + " " * 40_000_000, "the limit is ratio=100"),
        "laughs.qdpx": ('<!DOCTYPE x [<!ENTITY a "ha">]>' + head, "declares a type or an entity"),
        "deep.qdpx": (head + "<CodeBook><Codes>" + '<Code name="a" isCodable="true">' * 300, "the limit is depth=100"),
    }
    for name, (xml, message) in made.items():
        path = packed(tmp_path, xml, name)
        started = time.perf_counter()
        assert message in str(refusal(path))
        assert time.perf_counter() - started < 30
    path = packed(tmp_path, project(""), "outside.qdpx")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("../evil.txt", "")
    assert "outside.qdpx, '../evil.txt': the member's name leads out of the archive" in str(refusal(path))


def test_elements_within_selections_are_counted_too(tmp_path: Path) -> None:
    marks = "".join(selection(number, 0, 1) for number in range(1, 5))
    path = packed(tmp_path, project(USERS + CODES + sources(text_source(9, "t", marks))), sources__a_txt=b"ab")
    message = str(refusal(path, limits=Limits(elements=12)))
    assert "the limit is elements=12" in message
    assert len(read(path, limits=Limits(elements=20)).codings) == 4


def test_many_of_one_name_are_told_apart_at_once(tmp_path: Path) -> None:
    codes = "".join(f'<Code guid="{guid(number)}" name="x" isCodable="true"/>' for number in range(1, 3_001))
    codes += f'<Code guid="{guid(9_000)}" name="x (2)" isCodable="true"/>'
    started = time.perf_counter()
    names = read(packed(tmp_path, project(f"<CodeBook><Codes>{codes}</Codes></CodeBook>"))).codebook.names
    assert time.perf_counter() - started < 30
    assert names[:3] == ("x", "x (3)", "x (4)")
    assert names[-1] == "x (2)"
    assert len(set(names)) == 3_001


def test_elements_among_the_selections_of_a_text(tmp_path: Path) -> None:
    """What stands between selections is taken as anywhere else, and the selections after it as those before."""
    xml = project(
        USERS + CODES + f'<Sources><TextSource guid="{guid(1)}" name="a">'
        "<PlainTextContent>one two six</PlainTextContent>"
        + selection(2, 0, 3)
        + "words between<Odd>more<PlainTextSelection/></Odd>"
        + selection(3, 4, 7)
        + f'<Coding guid="{guid(4)}" creatingUser="{BEN}"><CodeRef targetGUID="{TRUST}"/></Coding>'
        + selection(5, 8, 11).replace(">", "><Description>said &amp; done</Description>\n", 1)
        + f'</TextSource><TextSource guid="{guid(6)}" name="b"><PlainTextContent>ten</PlainTextContent>'
        + f'{selection(7, 0, 3)}</TextSource></Sources>'
    )  # fmt: skip
    study = read(packed(tmp_path, xml))
    assert study.documents["text"].to_list() == ["one two six", "ten"]
    assert rows(study, "document", "coder", "code", "start", "memo") == [
        ("a", "ann", "fear", 0, None),
        ("a", "ann", "fear", 4, None),
        ("a", "ann", "fear", 8, "said & done"),
        ("a", "ben", "trust", None, None),
        ("b", "ann", "fear", 0, None),
    ]
    assert "<Odd> not in the format there, left out" in " ".join(told(study))


@pytest.mark.parametrize(("most", "fine"), [(19, True), (18, False)])
def test_every_selection_counts_as_an_element(tmp_path: Path, most: int, fine: bool) -> None:
    """Project, users, codes and the source with its text are 11, the selections 8."""
    marks = "".join(selection(number, 0, 1) for number in range(10, 18))
    xml = project(
        USERS + CODES + f'<Sources><TextSource guid="{guid(1)}" name="a"><PlainTextContent>one</PlainTextContent>'
        f'{marks}</TextSource></Sources>'
    )  # fmt: skip
    path = packed(tmp_path, xml)
    if fine:
        assert len(read(path, limits=Limits(elements=most)).codings) == 8
    else:
        assert "the document has more than 18 elements; the limit" in str(refusal(path, limits=Limits(elements=most)))


def test_the_bar_covers_the_reading(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[int] = []
    totals: list[int] = []

    @contextlib.contextmanager
    def track(total: int, what: str) -> Iterator[Callable[[], None]]:
        totals.append(total)
        assert what == "reading p.qdpx"
        yield lambda: steps.append(1)

    monkeypatch.setattr(reading, "track", track)
    monkeypatch.setattr(reading, "_STEP", 100)
    marks = "".join(selection(number, 0, 1) for number in range(10, 60))
    xml = project(
        USERS + CODES + f'<Sources><TextSource guid="{guid(1)}" name="a"><PlainTextContent>one</PlainTextContent>'
        f'{marks}</TextSource></Sources>'
    )  # fmt: skip
    read(packed(tmp_path, xml))
    assert totals[0] * 0.7 < len(steps) <= totals[0]


def test_a_bar_says_each_stage_of_reading(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(reading, "stage", said.append)
    read(packed(tmp_path, project(USERS + CODES)))
    assert said == [
        "gathering texts", "placing selections", "looking at codes and documents", "making tables",
    ]  # fmt: skip


def test_an_endless_position_is_shown_by_its_ends(tmp_path: Path) -> None:
    marks = selection(9, 0, 1).replace('endPosition="1"', f'endPosition="{"9" * 5_000}x"')
    source = f'<Sources><TextSource guid="{guid(1)}" name="a"><PlainTextContent>one</PlainTextContent>{marks}'
    message = str(refusal(packed(tmp_path, project(USERS + CODES + source + "</TextSource></Sources>"))))
    assert message.startswith("p.qdpx, project.qde, line 1: a selection has the endPosition '9999")
    assert message.endswith("9x', which is no whole number. Export the project again.")
    assert len(message) < 300


def test_identifiers_that_two_have_mean_the_first_and_it_is_told(tmp_path: Path) -> None:
    """Otherwise codings would silently go to whichever code, or coder, comes last."""
    body = USERS.replace(BEN, ANN) + CODES.replace(TRUST, FEAR)
    body += f"<Sources>{text_source(99, 'talk', selection(1, 0, 4))}</Sources>"
    study = read(packed(tmp_path, project(body), sources__a_txt=b"They wait."))
    assert rows(study, "coder", "code") == [("ann", "fear")]
    assert study.codebook["fear"].guid == FEAR
    assert study.codebook["trust"].guid not in (None, FEAR)
    lines = told(study)
    for what, name, first in (("user", "ben", "ann"), ("code", "trust", "fear")):
        wanted = f"1 {what} with the identifier of an earlier one, given another: '{name} (as {first})'. What refers to"
        assert any(wanted in line for line in lines)
    again = read(write(study, tmp_path / "q.qdpx"))
    assert not any("identifier of an earlier" in line for line in told(again))
    assert again.codebook == study.codebook
    path = tmp_path / "b.qdc"
    path.write_text(
        project(CODES.replace(TRUST, FEAR)[10:-11]).replace("Project", "CodeBook").replace("project", "codebook")
    )
    assert any("1 code with the identifier of an earlier one" in line for line in told(read(path)))


def test_descriptions_of_sources_and_cases_are_kept_and_told(tmp_path: Path) -> None:
    source = text_source(99, "talk", selection(1, 0, 4)).replace(
        "</TextSource>", "<Description>noisy</Description></TextSource>"
    )
    cases = f'<Cases><Case guid="{guid(70)}" name="n"><Description>small</Description></Case></Cases>'
    study = read(
        packed(tmp_path, project(f"{USERS}{CODES}{cases}<Sources>{source}</Sources>"), sources__a_txt=b"They wait.")
    )
    assert any("2 source or case descriptions: in no table of the study, kept in" in line for line in told(study))
    with zipfile.ZipFile(write(study, tmp_path / "q.qdpx")) as archive:
        inner = archive.read("project.qde").decode()
    assert "<Description>noisy</Description>" in inner
    assert "<Description>small</Description>" in inner


def test_another_spelling_of_the_folder_is_read_and_told(tmp_path: Path) -> None:
    body = USERS + CODES + f"<Sources>{text_source(99, 'talk', selection(1, 0, 4))}</Sources>"
    study = read(packed(tmp_path, project(body), Sources__a_txt=b"They wait."))
    assert study.excerpts().tolist() == ["They"]
    assert any("the folder of its sources is named 'Sources'." in line for line in told(study))


def test_a_text_that_was_changed_after_coding_is_told(tmp_path: Path) -> None:
    """Ten words coded; a word put in before the last five moves them: 5 of 10 quotations are not at their positions."""
    words = [f"passage number {number} of it" for number in range(10)]
    starts = [sum(len(word) + 2 for word in words[:number]) for number in range(10)]
    marked = "".join(selection(n + 10, at, at + len(words[n]), words[n]) for n, at in enumerate(starts))
    text = ". ".join([*words[:5], "Now", *words[5:]])
    xml = project(f"{USERS}{CODES}<Sources>{text_source(1, 'a', marked)}</Sources>")
    study = read(packed(tmp_path, xml, sources__a_txt=text.encode()))
    lines = [str(note) for note in study.provenance.notes]
    assert any("5 of 10 quotations agree" in line for line in lines)
    assert any(
        "5 quotations of 10 and the text at the positions differ: 'passage number 5 of it'" in line for line in lines
    )
