"""Workbooks, Parquet, JSON Lines, and the long table that each format writes."""

from __future__ import annotations

import datetime as dt
import io
import json
import re
import sys
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from iofiles import file, refusal, rows, told

from expertsys.errors import DataError, LossWarning
from expertsys.io import Limits, formats, read, read_codebook, workbook, write, write_codebook
from expertsys.study import Code, Codebook, Study

LONG = [".csv", ".tsv", ".xlsx", ".parquet", ".jsonl"]


def book(folder: Path, *sheets: list[list[Any]], name: str = "x.xlsx") -> Path:
    """A workbook with these sheets, called one, two, ..."""
    made = openpyxl.Workbook()
    made.remove(made.active)
    for title, lines in zip(("one", "two", "three"), sheets, strict=False):
        sheet = made.create_sheet(title)
        for line in lines:
            sheet.append(line)
    made.save(folder / name)
    return folder / name


HEAD = ["unit", "coder", "code", "note"]


def test_a_workbook(tmp_path: Path) -> None:
    day = dt.datetime(2024, 5, 1)
    path = book(
        tmp_path,
        [
            [],
            HEAD,
            [1, "ann", 3.0, day],
            [2, " ben", "nan", dt.datetime(2024, 5, 1, 9, 30)],
            [],
            [3, "ann", 2.5, True],
            [4, "ann"],
        ],
    )
    study = read(path, seen="listed")
    assert rows(study, "unit", "coder", "code") == [("1", "ann", "3"), ("2", "ben", "nan"), ("3", "ann", "2.5")]
    assert study.documents["note"].fillna("").tolist() == ["2024-05-01", "2024-05-01T09:30:00", "TRUE", ""]
    assert told(study) == [
        "x.xlsx: skipped 1 blank row: row 5.",
        "x.xlsx, column 'coder': took away white space around 1 name: row 4.",
    ]


def test_sheets(tmp_path: Path) -> None:
    path = book(tmp_path, [HEAD[:3], ["u1", "ann", "a"]], [HEAD[:3], ["u2", "ann", "b"]])
    study = read(path)
    assert study.codes == ("a",)
    assert told(study) == [
        "x.xlsx: only the first sheet, 'one', was read; there are also 'two'. Name another: read(..., sheet='...')."
    ]
    assert read(path, sheet="two").codes == read(path, sheet=2).codes == ("b",)
    assert "no sheet 'tow'; there are: 'one', 'two'. Did you mean 'two'?" in str(refusal(path, sheet="tow"))
    assert "no sheet 3; there are 2" in str(refusal(path, sheet=3))


def test_formulas_give_their_last_values(tmp_path: Path) -> None:
    path = book(tmp_path, [HEAD[:3], ["u1", "ann", "=1+1"], ["u2", "ann", "a"]])
    study = read(path)
    assert study.codes == ("a",)
    assert told(study)[0] == (
        "x.xlsx: took 1 formula that was never computed as blank: 'C2'. Open the file in a spreadsheet and save it."
    )
    with zipfile.ZipFile(path) as made:
        members = {name: made.read(name) for name in made.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    assert b"<f>1+1</f><v></v>" in members[sheet] or b"<f>1+1</f><v />" in members[sheet]
    for empty in (b"<v></v>", b"<v />"):
        members[sheet] = members[sheet].replace(b"<f>1+1</f>" + empty, b"<f>1+1</f><v>2</v>")
    with zipfile.ZipFile(path, "w") as made:
        for name, content in members.items():
            made.writestr(name, content)
    study = read(path)
    assert study.codes == ("2", "a")
    assert told(study) == []


def test_workbooks_that_are_refused(tmp_path: Path) -> None:
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100)
    for name in ("x.xls", "y.xlsx"):
        assert "an old Excel or Word file (.xls, .doc), or one with a password. Save it in Excel as .xlsx" in str(
            refusal(file(tmp_path, name, ole))
        )
    assert "the zip archive is damaged" in str(refusal(file(tmp_path, "z.xlsx", b"PK\x03\x04 and so on")))
    assert "the name says Excel workbook, the file is something else" in str(refusal(file(tmp_path, "c.xlsx", "a,b\n")))
    assert "e.xlsx: the file is empty" in str(refusal(file(tmp_path, "e.xlsx", "")))
    assert "the sheet is empty" in str(refusal(book(tmp_path, [[]])))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        made.writestr("other.txt", "")
    assert "the workbook cannot be opened (KeyError)" in str(refusal(file(tmp_path, "o.xlsx", buffer.getvalue())))
    path = book(tmp_path, [HEAD[:3], ["u1", "ann", "a"]])
    with zipfile.ZipFile(path) as made:
        members = {name: made.read(name) for name in made.namelist()}
    members["xl/worksheets/sheet1.xml"] = members["xl/worksheets/sheet1.xml"][:-40]
    with zipfile.ZipFile(path, "w") as made:
        for name, content in members.items():
            made.writestr(name, content)
    assert "the sheet 'one' is damaged" in str(refusal(path))
    assert "the limit is total_bytes=100" in str(refusal(path, limits=Limits(total_bytes=100)))
    members["xl/workbook.xml"] = b'<!DOCTYPE x [<!ENTITY a "b">]>' + members["xl/workbook.xml"]
    with zipfile.ZipFile(path, "w") as made:
        for name, content in members.items():
            made.writestr(name, content)
    assert "xl/workbook.xml: the member declares a type or an entity" in str(refusal(path))


def test_parquet(tmp_path: Path) -> None:
    table = pd.DataFrame(
        {
            "unit": pd.array([2**60 + 1, 7, None], dtype="Int64"),
            "document": ["d1", "d1", "d2"],
            "coder": pd.Categorical(["ann", "ben", "ann"]),
            "code": ["nan", None, "b"],
            "weight": [1.0, 2.0, 0.5],
        }
    )
    path = tmp_path / "x.parquet"
    table.to_parquet(path)
    study = read(path, seen="listed")
    assert rows(study, "unit", "coder", "code") == [(str(2**60 + 1), "ann", "nan"), (None, "ann", "b")]
    assert study.provenance.sources[0].rows == 3
    table.iloc[:0].to_parquet(path)
    assert "x.parquet: has a header and no rows" in str(refusal(path))
    assert "the Parquet file is damaged" in str(refusal(file(tmp_path, "y.parquet", b"PAR1" + bytes(50))))
    assert "the name says Parquet file" in str(refusal(file(tmp_path, "z.parquet", "unit")))


@pytest.mark.parametrize("verb", ["read", "write"])
def test_parquet_needs_pyarrow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, verb: str) -> None:
    study = tiny()
    path = write(study, tmp_path / "x.parquet")
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(ImportError, match=r'python -m pip install "expertsys\[parquet\]"'):
        read(path) if verb == "read" else write(study, path)


def test_json_lines(tmp_path: Path) -> None:
    lines = [
        {"unit": 1, "coder": "ann", "code": ["a", "nan"]},
        {"unit": "u\u20282", "coder": "ben", "code": [], "sure": True},
        {"unit": 3.0, "coder": "ben", "code": None, "sure": 0.5},
    ]
    text = (
        "\n".join(json.dumps(line, ensure_ascii=False) for line in lines)
        + '\n\n{"unit": 4, "coder": "ben", "code": NaN}'
    )
    study = read(file(tmp_path, "x.jsonl", text), seen="listed")
    assert rows(study, "unit", "coder", "code") == [("1", "ann", "a"), ("1", "ann", "nan")]
    assert list(study.units.index) == ["1", "u\u20282", "3", "4"]
    assert study.documents["sure"].fillna("").tolist() == ["", "true", "0.5", ""]


def test_json_lines_that_are_refused(tmp_path: Path) -> None:
    text = '{"unit":\n[1]\n\n{"code": {"name": 1}}\n{"a": %s, "b": %s}\n' % ((list(range(200)),) * 2)
    assert [str(fault) for fault in refusal(file(tmp_path, "x.jsonl", text)).faults] == [
        'x.jsonl, line 1: is no JSON. Write one object per line, such as {"unit": "u1", ...}.',
        "x.jsonl, line 2: is no JSON object but list. Write one object per line.",
        "x.jsonl, line 4: the value of 'code' is nested. Give text, numbers or a list of them.",
        "x.jsonl, line 5: its lists stand for more than 10,000 rows. Give a list for the code alone.",
    ]
    path = file(tmp_path, "y.jsonl", '{"unit": 1}\n')
    assert "header is for tables without one" in str(refusal(path, header=["unit"]))


def tiny() -> Study:
    """Two coders and three units: u2 was read by ann, who found nothing; u3 was read by no one."""
    return Study(
        pd.DataFrame(
            {
                "unit": ["u1", "u1"],
                "coder": ["ann", "ben"],
                "code": ["=nan", "007"],
                "memo": ["one\ntwo", None],
                "start": [0, 1],
                "end": [2, 3],
            }
        ),
        units=pd.DataFrame({"unit": ["u1", "u2", "u3"], "case": ["n", "n", "s"]}),
        documents=pd.DataFrame({"document": ["u1", "u2"], "text": ["Hello", "Word, again"]}),
        assignments=pd.DataFrame({"coder": ["ann", "ben", "ann"], "document": ["u1", "u1", "u2"]}),
    )


@pytest.mark.parametrize("suffix", LONG)
def test_a_long_table_keeps_who_saw_what(tmp_path: Path, suffix: str) -> None:
    study = tiny()
    back = read(write(study, tmp_path / f"x{suffix}"), seen="listed")
    columns = ["unit", "coder", "code", "case", "start", "end", "memo"]
    assert rows(back, *columns) == rows(study, *columns)
    assert sorted(map(tuple, back.assignments[["coder", "document"]].to_numpy())) == [
        ("ann", "u1"),
        ("ann", "u2"),
        ("ben", "u1"),
    ]
    assert list(back.units.index) == ["u1", "u2", "u3"]
    assert back.units["case"].tolist() == ["n", "n", "s"]


@pytest.mark.parametrize("suffix", LONG)
def test_a_long_table_of_spans(tmp_path: Path, suffix: str) -> None:
    study = Study(
        pd.DataFrame({"document": ["d1"], "coder": ["ann"], "code": ["a"], "start": [1], "end": [4], "round": ["1"]}),
        documents=pd.DataFrame({"document": ["d1", "d2", "d3"]}),
        assignments=pd.DataFrame({"coder": ["ann", "ben"], "document": ["d1", "d2"]}),
    )
    back = read(write(study, tmp_path / f"x{suffix}"), seen="listed")
    assert rows(back, "unit", "document", "start", "end", "round") == [(None, "d1", 1, 4, "1")]
    assert back.assignments[["coder", "document"]].to_numpy().tolist() == [["ann", "d1"], ["ben", "d2"]]
    assert list(back.documents.index) == ["d1", "d2", "d3"]


def test_the_long_table_as_text(tmp_path: Path) -> None:
    path = write(tiny(), tmp_path / "x.csv")
    assert path.read_bytes().decode() == (
        "unit,coder,code,case,start,end,text,memo\r\n"
        'u1,ann,\'=nan,n,0,2,Hello,"one\ntwo"\r\n'
        "u1,ben,007,n,1,3,Hello,\r\n"
        'u2,ann,,n,,,"Word, again",\r\n'
        "u3,,,s,,,,\r\n"
    )


def test_a_workbook_holds_text_alone(tmp_path: Path) -> None:
    sheet = openpyxl.load_workbook(write(tiny(), tmp_path / "x.xlsx"))["codings"]
    assert [sheet.cell(row, 3).data_type for row in (2, 3)] == ["s", "s"]
    assert [sheet.cell(row, 3).value for row in (2, 3)] == ["=nan", "007"]


@pytest.mark.parametrize(
    ("text", "what"),
    [("x" * 40_000, "a cell holds 32,767 characters at most"), ("\x01", "a workbook cannot hold control characters")],
)
def test_what_a_workbook_cannot_hold(tmp_path: Path, text: str, what: str) -> None:
    study = Study(pd.DataFrame({"unit": ["u1"], "coder": ["ann"], "code": ["a"], "memo": [text]}))
    with pytest.raises(DataError, match=rf"x.xlsx, cell D2: {what}"):
        write(study, tmp_path / "x.xlsx")
    assert list(tmp_path.iterdir()) == []


def test_more_rows_than_a_sheet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "_MOST_ROWS", 3)
    with pytest.raises(DataError, match="4 rows do not fit a sheet"):
        write(tiny(), tmp_path / "x.xlsx")


def test_the_registry() -> None:
    table = formats()
    assert table.loc["saved study"].tolist() == [".zip a folder", "study", True]
    assert table.loc["JSON Lines"].tolist() == [".jsonl .ndjson", "table", True]
    every = " ".join(table["suffixes"]).split()
    shared = {suffix for suffix in every if every.count(suffix) > 1}
    assert shared == {"a", "folder", ".jsonl", ".ndjson", ".json"}  # told apart by what is in them


def test_a_study_within_a_list_is_refused(tmp_path: Path) -> None:
    path = write(tiny(), tmp_path / "s.zip")
    assert "s.zip: is no table of codings. Read each alone, and put them together: es.merge(" in str(refusal([path]))


def test_cells_that_begin_a_formula_are_no_formula_and_come_back(tmp_path: Path) -> None:
    odd = ["=1+1", "+a", "-", "@x", "'=1", "''-2", "'a", "a=1", "'"]
    codings = pd.DataFrame({"unit": ["u"] * len(odd), "coder": ["ann"] * len(odd), "code": odd, "memo": odd})
    study = read(codings, no_code=None)
    for suffix in (".csv", ".tsv"):
        with pytest.warns(LossWarning, match="1 code that is read as a word for no code, unless no_code=None"):
            path = write(study, tmp_path / f"t{suffix}")
        text = path.read_text("utf-8")
        assert "'=1+1" in text
        assert "''=1" in text
        cells = re.split("[,\t]", text.replace("\r\n", "\t"))
        assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
        back = read(path, hierarchy=None, no_code=None)
        assert back.codings["code"].tolist() == odd
        assert back.codings["memo"].tolist() == odd
        assert "took away the apostrophe before 12 cells that would begin a formula" in told(back)[0]
    book = write_codebook(study.codebook, tmp_path / "book.csv")
    assert "\r\n=1+1" not in book.read_text("utf-8-sig")
    assert read_codebook(book) == study.codebook


@pytest.mark.slow
@pytest.mark.parametrize(("width", "height"), [(16_384, 1_300), (1, 1_048_577)])
def test_a_sheet_of_blank_cells_without_end(tmp_path: Path, width: int, height: int) -> None:
    path = book(tmp_path, [["unit"], ["u1"]])
    letters = openpyxl.utils.get_column_letter(width)
    numbers = range(1, height + 1) if width > 1 else [height]
    rows = "".join(f'<row r="{at}"><c r="{letters}{at}"><v>1</v></c></row>' for at in numbers)
    with zipfile.ZipFile(path) as archive:
        kept = {name: archive.read(name) for name in archive.namelist()}
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    kept["xl/worksheets/sheet1.xml"] = f'<worksheet xmlns="{space}"><sheetData>{rows}</sheetData></worksheet>'.encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in kept.items():
            archive.writestr(name, content)
    assert "has more than 1,048,576 rows or 20,000,000 cells, blank ones among them" in str(refusal(path))


BLANK = pd.DataFrame({"unit": [], "coder": [], "code": []}, dtype="str")


@pytest.mark.parametrize("suffix", LONG)
def test_a_study_that_gives_no_row_is_not_written_as_a_table(suffix: str, tmp_path: Path) -> None:
    study = Study(BLANK, codebook=Codebook.of(["fear"]))
    with pytest.raises(DataError) as caught:
        write(study, tmp_path / f"blank{suffix}")
    assert str(caught.value) == (
        f"blank{suffix}: the study has no coding, no unit and no document, and a table without a row cannot be read "
        "back. Write it as .zip; its codebook alone: es.io.write_codebook(study.codebook, path)."
    )
    assert list(tmp_path.iterdir()) == []
    assert read(write(study, tmp_path / "blank.zip")) == study


@pytest.mark.parametrize("suffix", LONG)
def test_a_study_without_a_coding_comes_back_from_a_table(suffix: str, tmp_path: Path) -> None:
    study = Study(BLANK, units=pd.DataFrame({"unit": ["u1", "u2"]}))
    back = read(write(study, tmp_path / f"x{suffix}"))
    assert (list(back.units.index), len(back.codings), len(back.coders)) == (["u1", "u2"], 0, 0)
    documents = Study(
        BLANK, documents=pd.DataFrame({"document": ["d1", "d2"]}), coders=pd.DataFrame({"coder": ["ann"]})
    )
    listed = documents.with_assignments({"ann": ["d1"]})
    back = read(write(listed, tmp_path / f"y{suffix}"), seen="listed")
    assert back.assignments[["coder", "document"]].to_numpy().tolist() == [["ann", "d1"]]
    assert list(back.documents.index) == ["d1", "d2"]


@pytest.mark.parametrize("suffix", LONG)
def test_a_table_tells_what_it_has_no_place_for(suffix: str, tmp_path: Path) -> None:
    names = ["fear", "fear->exam"]
    codings = pd.DataFrame({"unit": ["u1", "u2"], "coder": "ann", "code": names, "case": ["Elm", "Oak"]})
    book = Codebook.of(names, separator="->")
    plain = Study(codings, codebook=book)
    write(plain, tmp_path / f"plain{suffix}")  # a warning would fail
    exam = Code("fear->exam", parent="fear")
    loose = Codebook([Code("fear"), exam, Code("doubt", parent="fear")])

    def having(**tables: dict[str, list[Any]]) -> Study:
        return Study(codings, codebook=book, **{name: pd.DataFrame(cells) for name, cells in tables.items()})

    told = {
        "2 summaries of a case under a code": plain.with_summaries({("Elm", "fear"): "Much.", ("Oak", "fear"): "No."}),
        "1 code with a definition, colour or concept": plain.with_codebook(
            Codebook([Code("fear", colour="#111111"), exam])
        ),
        "1 code below another; 1 code never applied": plain.with_codebook(loose),
        "1 version of the codebook": plain.with_codebook(Codebook(book.codes, version="2")),
        "1 attribute of cases": having(cases={"case": ["Elm", "Oak"], "site": ["N", None]}),
        "1 case without a document": having(cases={"case": ["Elm", "Oak", "Ash"]}),
        "2 attributes of documents; 1 participant": having(
            documents={"document": ["u1"], "kind": ["note"], "participant": ["p1"]}
        ),
        "1 attribute of coders": having(coders={"coder": ["ann"], "trained": [True]}),
        "1 situation": having(situations={"case": ["Elm"]}),
    }
    for words, study in told.items():
        with pytest.warns(LossWarning) as caught:
            path = write(study, tmp_path / f"x{suffix}")
        (warning,) = caught
        assert str(warning.message) == (
            f"x{suffix}: a table has no place for {words}. Save the study as .zip as well, to keep all of it."
        )
        assert warning.filename == __file__
        assert len(read(path).codings) == 2


def test_a_long_text_to_which_many_cells_point(tmp_path: Path) -> None:
    path = book(tmp_path, [HEAD, *([at, "ann", "a", "x" * 1_000] for at in range(50))])
    assert str(refusal(path, limits=Limits(table_bytes=20_000))).startswith(
        "x.xlsx, row 21: the cells of the sheet 'one' come to more than 20,"
    )
    message = str(refusal(path, limits=Limits(cell_bytes=999)))
    assert message.startswith(
        "x.xlsx, row 2, column 'note': the cell has 1,000 characters; the limit is cell_bytes=999"
    )
    units = [f"u{at}" for at in range(2_000)]
    table = pd.DataFrame({"unit": units, "coder": "ann", "code": "a", "text": "x" * 5_000})
    table.to_parquet(tmp_path / "x.parquet", index=False)
    size, limits = (tmp_path / "x.parquet").stat().st_size, Limits(table_bytes=1_000_000)
    total = sum(map(len, units)) + 2_000 * (3 + 1 + 5_000)
    assert str(refusal(tmp_path / "x.parquet", limits=limits)).startswith(
        f"x.parquet: the file of {size:,} bytes stands for {total:,} characters; the limit is ratio=100"
    )
    assert len(read(tmp_path / "x.parquet", limits=Limits(table_bytes=1_000_000, ratio=1_000)).units) == 2_000


def test_lists_that_stand_for_rows_without_end(tmp_path: Path) -> None:
    line = json.dumps({"unit": [f"u{at}" for at in range(100)], "coder": [f"c{at}" for at in range(99)], "code": "a"})
    path = file(tmp_path, "x.jsonl", f"{line}\n" * 1_000)
    assert str(refusal(path)) == (
        "x.jsonl, line 51: lists stand for more than 500,000 rows beyond the lines that there are. "
        "Give one object for each row."
    )
