"""Codebooks as files: valid against the published schema, the same bytes each time, nothing half written."""

import csv
from pathlib import Path
from xml.etree import ElementTree

import pytest
import xmlschema

from expertsys.errors import DataError
from expertsys.io import read, write_codebook
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
