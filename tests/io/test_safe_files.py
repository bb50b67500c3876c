"""Files made to do harm are refused at once, by the place and the limit."""

from __future__ import annotations

import contextlib
import io
import sqlite3
import struct
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from expertsys.errors import DataError
from expertsys.io import Limits
from expertsys.io.safe_sqlite import open_sqlite
from expertsys.io.safe_xml import Cursor, local, namespace, stream, tree
from expertsys.io.safe_zip import open_zip


@contextlib.contextmanager
def at_once() -> Iterator[None]:
    """A refusal comes in under a second, whatever was asked for."""
    started = time.perf_counter()
    yield
    assert time.perf_counter() - started < 30


def take_all(content: bytes | Path, limits: Limits | None) -> None:
    with open_zip(content, "p.zip", limits) as archive:
        for name in archive.names:
            archive.read(name)


def zipped(*members: tuple[str | zipfile.ZipInfo, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return buffer.getvalue()


def refused_zip(content: bytes | Path, limits: Limits | None = None) -> str:
    with at_once(), pytest.raises(DataError) as caught:
        take_all(content, limits)
    return str(caught.value)


def test_members_come_as_they_are_and_names_are_found_whatever_their_capitals() -> None:
    with open_zip(zipped(("Sources/", b""), ("Sources/A.txt", b"a"), ("x\\y", b"b")), "p.zip") as archive:
        assert archive.names == ("Sources/A.txt", "x/y")
        assert archive.read("Sources/A.txt") == b"a"
        assert archive.find("sources/a.TXT") == "Sources/A.txt"
        assert archive.find("x\\y") == "x/y"
        assert archive.find("z") is None
    with open_zip(zipped(("a", b"1"), ("A", b"2")), "p.zip") as archive:
        assert (archive.find("A"), archive.find("a")) == ("A", "a")
    with open_zip(zipped(("ab", b"1"), ("Ab", b"2")), "p.zip") as archive:
        assert archive.find("aB") is None


def test_a_bomb_is_stopped_by_what_comes_out_of_it() -> None:
    bomb = zipped(("bomb", b"\0" * 30_000_000))
    assert len(bomb) < 100_000
    message = refused_zip(bomb)
    assert message.startswith(f"p.zip, bomb: the archive of {len(bomb):,} bytes unpacks to more than 17,039,360")
    assert message.endswith(
        "the limit is ratio=100. If you trust the file: es.read(..., limits=es.io.Limits(ratio=...))."
    )
    assert "the limit is member_bytes=1,000" in refused_zip(bomb, Limits(member_bytes=1_000))
    assert "the limit is total_bytes=1,500" in refused_zip(
        zipped(("a", b"x" * 1000), ("b", b"x" * 1000)), Limits(total_bytes=1_500)
    )


def test_a_bomb_that_lies_about_its_size_gives_no_more_than_it_says() -> None:
    content = bytearray(zipped(("bomb", b"\0" * 5_000_000)))
    at = content.index(b"PK\x01\x02")
    content[at + 24 : at + 28] = struct.pack("<L", 10)
    assert "p.zip, bomb: the member cannot be unpacked (BadZipFile)" in refused_zip(bytes(content))


def test_too_many_members() -> None:
    content = zipped(*((f"{number:05}", b"") for number in range(2_000)))
    assert "p.zip: the archive holds 2,000 members; the limit is members=1,900" in refused_zip(
        content, Limits(members=1_900)
    )
    assert "p.zip: the archive's directory takes 102,000 bytes; the limit is members=10" in refused_zip(
        content, Limits(members=10)
    )


@pytest.mark.parametrize("name", ["../evil", "a/../../evil", "/etc/passwd", "C:\\evil", "a\\..\\..\\evil"])
def test_a_name_that_leads_outside(name: str) -> None:
    assert "the member's name leads out of the archive" in refused_zip(zipped((name, b"")))


def test_a_member_without_a_name() -> None:
    damaged = zipped(("name", b"x")).replace(b"name", b"\0ame")
    with pytest.raises(DataError, match=r"p\.zip: a member has no name"):
        take_all(damaged, None)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_twice_the_same_member() -> None:
    assert refused_zip(zipped(("a", b"1"), ("a", b"2"))) == (
        "p.zip, 'a': the archive holds the member twice. Export it again."
    )


def test_passwords_and_links() -> None:
    content = bytearray(zipped(("secret", b"x")))
    content[content.index(b"PK\x01\x02") + 8] |= 1
    assert "p.zip, 'secret': the member has a password" in refused_zip(bytes(content))
    link = zipfile.ZipInfo("link")
    link.create_system, link.external_attr = 3, 0o120777 << 16
    assert "p.zip, 'link': the member is a link" in refused_zip(zipped((link, b"/etc/passwd")))


def test_damaged_archives(tmp_path: Path) -> None:
    assert "p.zip: the zip archive is damaged" in refused_zip(b"PK\x03\x04")
    whole = zipped(("a", b"x" * 100))
    broken = bytearray(whole)
    broken[31:34] = b"\xff\xff\xff"
    assert "p.zip, a: the member cannot be unpacked" in refused_zip(bytes(broken))
    assert "p.zip: the file cannot be read" in refused_zip(tmp_path)


@pytest.mark.parametrize("value", [0, -1, True, 1.5, "9"])
def test_limits_are_whole_numbers(value: object) -> None:
    with pytest.raises(DataError, match=r"Limits\.members: members must be a whole number above 0"):
        Limits(members=value)  # type: ignore[arg-type]


LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><x>&c;</x>"""


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (LAUGHS, "p.xml, line 1: the document declares a type or an entity"),
        (b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><x/>', "p.xml, line 1: the document declares a type"),
        (LAUGHS.decode().encode("utf-16"), "p.xml, line 1: the document declares a type"),
        (b"<x>\n<y></x>", "p.xml, line 2, column 6: the XML is not well formed (mismatched tag)"),
        (b"<x>&a;</x>", "p.xml, line 1, column 4: the XML is not well formed (undefined entity)"),
        (b"", "p.xml, line 1, column 1: the XML is not well formed (no element found)"),
        (b'<?xml version="1.0" encoding="klingon"?><x/>', "p.xml: the XML is in an encoding that is not read"),
        (b"<x>\xff</x>", "p.xml, line 1, column 4: the XML is not well formed"),
        (b"<x>" * 101, "elements are nested more than 100 deep; the limit is depth=100"),
    ],
)
def test_xml_that_is_refused(content: bytes, message: str) -> None:
    with at_once(), pytest.raises(DataError) as caught:
        tree("p.xml", content)
    assert message in str(caught.value)


def test_too_many_elements() -> None:
    with pytest.raises(DataError, match="the limit is elements=3"):
        tree("p.xml", b"<x><y/><y/><y/></x>", Limits(elements=3))


@pytest.mark.parametrize("opening", [b"<y a='", b"<!--", b"<?y "])
def test_a_tag_without_an_end(opening: bytes) -> None:
    with at_once(), pytest.raises(DataError) as caught:
        tree("p.xml", b"<x>\n" + opening + b"a" * 3_000_000)
    assert str(caught.value).startswith("p.xml, line 2: a tag is not at its end yet; the limit is tag_bytes=2,097,152")


def test_texts_may_be_longer_than_tags() -> None:
    limits = Limits(tag_bytes=1_000_000)
    assert tree("p.xml", b"<x>" + b"a" * 3_000_000 + b"</x>", limits).text == "a" * 3_000_000
    assert tree("p.xml", b"<x><![CDATA[" + b"a" * 3_000_000 + b"]]></x>", limits).text == "a" * 3_000_000


def test_a_text_beyond_the_limit() -> None:
    limits = Limits(cell_bytes=100_000)
    long = b"a" * 60_000
    assert len(tree("p.xml", b"<x>" + long + b"<y>" + long + b"</y></x>", limits)[0].text or "") == 60_000
    with at_once(), pytest.raises(DataError) as caught:
        tree("p.xml", b"<x>\n<y>" + long * 2 + b"</y></x>", limits)
    assert str(caught.value).startswith("p.xml, line 2: a text is longer than 100,000; the limit is cell_bytes=100,000")
    with open_zip(zipped(("a.txt", long * 2)), "p.zip", limits) as archive:
        assert len(archive.read("a.txt")) == 120_000
        with pytest.raises(DataError, match=r"^p\.zip, a\.txt: the text has more than 100,000 bytes; .*cell_bytes"):
            archive.read("a.txt", text=True)


def test_xml_comes_in_pieces_with_its_lines() -> None:
    seen: list[object] = []
    cursor = Cursor()
    stream(
        "p.xml",
        [b'<x xmlns="urn:n"><y a=', b'"1">t &amp; u</y>', b"\n<z/></x>"],
        start=lambda name, attributes: seen.append((local(name), namespace(name), attributes, str(cursor))),
        end=lambda name: seen.append(local(name)),
        text=seen.append,
        cursor=cursor,
    )
    assert seen == [
        ("x", "urn:n", {}, "line 1"), ("y", "urn:n", {"a": "1"}, "line 1"), "t & u", "y", "\n",
        ("z", "urn:n", {}, "line 2"), "z", "x",
    ]  # fmt: skip
    root = tree("p.xml", b"<x>a<y b='c'>d</y></x>")
    assert (root.tag, root.text, root[0].attrib, root[0].text) == ("x", "a", {"b": "c"}, "d")


def database(folder: Path, *statements: str, name: str = "data #1?.qda") -> Path:
    path = folder / name
    connection = sqlite3.connect(path)
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()
    return path


def take_column(path: Path, limits: Limits | None) -> None:
    with open_sqlite(path, ["t", "u"], limits) as data:
        list(data.rows("t", ["a"]))


def refused_sqlite(path: Path, limits: Limits | None = None) -> str:
    with at_once(), pytest.raises(DataError) as caught:
        take_column(path, limits)
    return str(caught.value)


def test_known_tables_are_read_and_nothing_beside_the_file_is_made(tmp_path: Path) -> None:
    path = database(
        tmp_path, "create table t (a, b)", "create table secret (a)", "insert into t values (2, 'x'), (1, NULL)"
    )
    before = path.read_bytes()
    with open_sqlite(path, ["t", "u"]) as data:
        assert data.tables == ("t",)
        assert data.columns["t"] == ("a", "b")
        assert list(data.rows("t", ["b", "a"])) == [("x", 2), (None, 1)]
        assert list(data.rows("t", ["a"], order=["a"])) == [(1,), (2,)]
        with pytest.raises(DataError, match="table secret: no column 'a'; there are none"):
            list(data.rows("secret", ["a"]))
        with pytest.raises(DataError, match="table t: no column 'c'; there are 'a', 'b'"):
            list(data.rows("t", ["a", "c"]))
        assert [entry.name for entry in tmp_path.iterdir()] == [path.name]
    assert path.read_bytes() == before


def test_a_view_under_the_name_of_a_table(tmp_path: Path) -> None:
    endless = "with recursive r(a) as (select 1 union all select a + 1 from r) select a from r"
    path = database(tmp_path, f"create view t as {endless}")
    assert "data #1?.qda, t: 't' is a view, where the format has a table" in refused_sqlite(path)


def test_a_virtual_table_under_the_name_of_a_table(tmp_path: Path) -> None:
    path = database(tmp_path, "create virtual table t using fts5(a)")
    assert "'t' is a virtual table" in refused_sqlite(path)


def test_a_computed_column_is_none(tmp_path: Path) -> None:
    path = database(tmp_path, "create table t (b, a as (hex(zeroblob(b))))", "insert into t (b) values (1)")
    assert "data #1?.qda, table t: no column 'a'; there are 'b'" in refused_sqlite(path)


def test_limits_of_a_database(tmp_path: Path) -> None:
    path = database(tmp_path, "create table t (a)", "insert into t values (1), (2), (3)")
    assert "the limit is rows=2" in refused_sqlite(path, Limits(rows=2))
    path = database(tmp_path, "create table t (a)", "insert into t values (zeroblob(5000))", name="b.qda")
    assert refused_sqlite(path, Limits(cell_bytes=1_000)).startswith(
        "b.qda, table t: a cell has more than 1,000 bytes; the limit is cell_bytes=1,000"
    )


def test_databases_that_are_none_or_broken(tmp_path: Path) -> None:
    path = tmp_path / "x.qda"
    path.write_bytes(b"text")
    assert refused_sqlite(path) == "x.qda: the file is no SQLite database. Look whether it is the right file."
    path.write_bytes(b"SQLite format 3\x00" + b"\xff" * 500)
    assert "x.qda: the database cannot be read" in refused_sqlite(path)
    whole = database(tmp_path, "create table t (a)")
    (tmp_path / f"{whole.name}-wal").write_bytes(b"x")
    assert "data #1?.qda: a program has not finished writing it" in refused_sqlite(whole)


def test_text_that_is_not_utf_8(tmp_path: Path) -> None:
    path = database(tmp_path, "create table t (a)", "insert into t values (cast(x'61ff' as text))")
    with open_sqlite(path, ["t"]) as data:
        assert list(data.rows("t", ["a"])) == [("a\ufffd",)]
