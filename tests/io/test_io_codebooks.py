"""Codebooks as files: valid against the published schema, the same bytes each time, nothing half written."""

import csv
import time
from pathlib import Path
from xml.etree import ElementTree

import pytest
import xmlschema
from iofiles import file, refusal

from expertsys.errors import DataError
from expertsys.io import Limits, read, read_codebook, write_codebook
from expertsys.study import Code, Codebook
from expertsys.theory import FRAMEWORK

#: Codebook.xsd of QDA-XML 1.0, copyright 2019 REFI, www.qdasoftware.org, MIT licence (notice in the file).
SCHEMA = Path(__file__).parent / "schemas" / "Codebook-mrt2019.xsd"
NODE = "{urn:QDA-XML:codebook:1.0}"


def test_the_template_of_the_framework_is_valid_and_complete(tmp_path: Path) -> None:
    book = Codebook.template()
    path = write_codebook(book, tmp_path / "framework.qdc")
    xmlschema.validate(str(path), str(SCHEMA))
    names = [node.get("name") for node in ElementTree.parse(path).getroot().iter(f"{NODE}Code")]  # noqa: S314  # ours
    assert sorted(names) == sorted(book.names)
    assert {code.concept for code in book} <= set(FRAMEWORK)


def test_children_stand_within_their_parents_wherever_they_are_in_the_codebook(tmp_path: Path) -> None:
    book = Codebook([Code("policy", parent="resistance", colour="#1f77b4"), Code("resistance", definition="a & b < c")])
    path = write_codebook(book, tmp_path / "book.qdc")
    xmlschema.validate(str(path), str(SCHEMA))
    root = ElementTree.parse(path).getroot()  # noqa: S314  # ours
    (parent,) = root.findall(f"{NODE}Codes/{NODE}Code")
    assert parent.get("name") == "resistance"
    assert parent.findtext(f"{NODE}Description") == "a & b < c"
    (child,) = parent.findall(f"{NODE}Code")
    assert (child.get("name"), child.get("color")) == ("policy", "#1f77b4")


def test_identifiers_are_kept_where_they_are_valid_and_made_from_the_name_where_not(tmp_path: Path) -> None:
    kept = "0f7c2173-72bb-4f40-82f8-9402c0a63553"
    book = Codebook([Code("a", guid=kept), Code("b"), Code("c", guid="17")])
    first, second = (write_codebook(book, tmp_path / name).read_bytes() for name in ("1.qdc", "2.qdc"))
    assert first == second
    xmlschema.validate(str(tmp_path / "1.qdc"), str(SCHEMA))
    guids = [node.get("guid") for node in ElementTree.fromstring(first).iter(f"{NODE}Code")]  # noqa: S314  # ours
    assert guids[0] == kept
    assert len(set(guids)) == 3


def test_the_table_reads_back_as_a_codebook(tmp_path: Path) -> None:
    book = Codebook([Code("Ärger", definition="line\nbreak"), Code("NA", parent="Ärger", concept="emptying-out")])
    path = write_codebook(book, tmp_path / "book.csv")
    with path.open(encoding="utf-8-sig", newline="") as lines:
        assert next(csv.reader(lines))[0] == "code"
    table = tmp_path / "codings.csv"
    table.write_text("unit,coder,code\nu1,ann,NA\n", encoding="utf-8")
    assert read(table, codebook=path).codebook.codes == book.codes


@pytest.mark.parametrize(
    ("book", "name", "message"),
    [
        (Codebook(), "book.qdc", "has no code"),
        (Codebook([Code("a")]), "book.docx", "written as .csv or .qdc, not '.docx'"),
        (Codebook([Code("a", definition="\x00")]), "book.qdc", "XML cannot hold the character"),
    ],
)
def test_what_cannot_be_written_is_refused_and_leaves_nothing(
    tmp_path: Path, book: Codebook, name: str, message: str
) -> None:
    with pytest.raises(DataError, match=message):
        write_codebook(book, tmp_path / name)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_the_codebook_of_taguette(suffix: str) -> None:
    path = Path(__file__).parent / "samples" / "taguette" / f"codebook.{suffix}"
    assert str(refusal(path)) == (
        f"codebook.{suffix}: is a codebook, not a table of codings. Read it with "
        f"es.io.read_codebook('codebook.{suffix}'), or beside codings: es.read(..., codebook=...)."
    )
    assert list(read_codebook(path)) == [
        Code("barrier"),
        Code("barrier.time", parent="barrier", definition="time pressure"),
        Code("emotion"),
    ]


def test_a_codebook_among_tables_of_codings(tmp_path: Path) -> None:
    for coder in ("ann", "ben"):
        file(tmp_path, f"{coder}.csv", "unit,code\nu1,fear\n")
    assert len(read(tmp_path).coders) == 2
    write_codebook(Codebook.of(["fear"]), tmp_path / "codes.csv")
    assert str(refusal(tmp_path)) == (
        "codes.csv: is a codebook, not a table of codings. Move it out of the folder and give it beside the codings: "
        "es.read(..., codebook='codes.csv')."
    )


def test_faults_of_a_table_of_codes_name_the_row_of_the_file(tmp_path: Path) -> None:
    path = file(tmp_path, "book.csv", "code,parent\na,b\n\nb,a\n,x\n")
    with pytest.raises(DataError, match=r"^book\.csv, row 5: a code without a name\. Fill the cell\.$"):
        read_codebook(path)
    path = file(tmp_path, "book.csv", "code,parent\na,b\n\nb,a\nc,x\n")
    codings = file(tmp_path, "x.csv", "unit,coder,code\nu,ann,a\n")
    for fails in (lambda: read_codebook(path), lambda: read(codings, codebook=path)):
        with pytest.raises(DataError, match=r"^book\.csv: 3 faults") as caught:
            fails()
        assert [str(fault) for fault in caught.value.faults] == [
            "book.csv, row 2: 'a' is its own ancestor. Correct its parent.",
            "book.csv, row 4: 'b' is its own ancestor. Correct its parent.",
            "book.csv, row 5: 'c' has the unknown parent 'x'. Add it.",
        ]


def test_codes_nested_without_end_are_refused_by_the_limit(tmp_path: Path) -> None:
    size = 20_000
    chain = "".join(f"c{at},c{at + 1}\n" for at in range(size - 1))
    path = file(tmp_path, "book.csv", f"code,parent\n{chain}c{size - 1},\n")
    codings = file(tmp_path, "x.csv", "unit,coder,code\nu,ann,c1\n")
    started = time.perf_counter()
    for fails in (lambda: read_codebook(path), lambda: read(codings, codebook=path)):
        with pytest.raises(DataError, match=r"^book\.csv, code 'c0': the code stands 20,000 levels .* depth=100\."):
            fails()
    assert time.perf_counter() - started < 30
    short = file(tmp_path, "short.csv", "code,parent\na,\nb,a\nc,b\n")
    assert len(read_codebook(short, limits=Limits(depth=3))) == 3
    with pytest.raises(DataError, match=r"^short\.csv, code 'c': the code stands 3 levels deep; the limit is depth=2"):
        read_codebook(short, limits=Limits(depth=2))
    with pytest.raises(DataError, match=r"^short\.csv: the codebook has 3 codes; the limit is codes=2"):
        read_codebook(short, limits=Limits(codes=2))


def test_a_code_that_is_a_path_without_end_is_refused_by_the_limit(tmp_path: Path) -> None:
    deep = file(tmp_path, "deep.csv", f"unit,coder,code\nu,ann,{'->'.join(['a'] * 50_000)}\n")
    wide = "".join(f"u,ann,{at}{'->a' * 90}\n" for at in range(2_000))
    many = file(tmp_path, "many.csv", f"unit,coder,code\n{wide}")
    started = time.perf_counter()
    assert "the code stands 50,000 levels deep; the limit is depth=100" in str(refusal(deep))
    assert "the codes and those above them come to 182,000; the limit is codes=100,000" in str(refusal(many))
    assert time.perf_counter() - started < 30
    assert len(read(deep, hierarchy=None).codebook) == 1
