"""Delimited text: encodings, delimiters, line ends, faults."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from iofiles import file, refusal, rows, told

from expertsys.io import Limits, delimited, read
from expertsys.io.log import Log
from expertsys.io.options import Options

HEAD = "unit,coder,code\n"
PLAIN = HEAD + "u1,Zoë,ärger – «ja»\n"


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_unicode_is_recognised(tmp_path: Path, codec: str) -> None:
    study = read(file(tmp_path, "x.csv", PLAIN.encode(codec)))
    assert rows(study, "unit", "coder", "code") == [("u1", "Zoë", "ärger – «ja»")]
    assert [text.startswith("x.csv: the file is in UTF-") for text in told(study)] == [True] * codec[4:].startswith(
        ("16", "32")
    )


def test_both_byte_orders(tmp_path: Path) -> None:
    content = b"\xfe\xff" + PLAIN.encode("utf-16-be")
    assert read(file(tmp_path, "x.csv", content)).coders.index[0] == "Zoë"
    for encoding in ("utf-16", "utf-16-be", "utf_16_be"):
        assert read(file(tmp_path, "x.csv", content), encoding=encoding).coders.index[0] == "Zoë"


def test_windows_1252_is_taken_with_a_warning(tmp_path: Path) -> None:
    content = HEAD + '"u\n1",ann,a\nu2,Zoë,b\n'
    study = read(file(tmp_path, "x.csv", content.encode("cp1252")))
    assert list(study.coders.index) == ["ann", "Zoë"]
    assert told(study) == [
        "x.csv, row 3: the text is not UTF-8 and was taken as Windows-1252. "
        "If letters look wrong, name the encoding: read(..., encoding='...')."
    ]
    assert study.provenance.notes[0].severity == "warning"


def test_encoding_is_forced(tmp_path: Path) -> None:
    path = file(tmp_path, "x.csv", (HEAD + "u1,ann,ж\n").encode("cp1251"))
    study = read(path, encoding="cp1251")
    assert study.codes == ("ж",)
    assert told(study) == []
    assert str(refusal(path, encoding="utf-8")) == (
        "x.csv, row 2: the text is not UTF-8. Save it as UTF-8, or name its encoding: encoding='...'."
    )
    assert read(file(tmp_path, "y.csv", PLAIN.encode("utf-16-le")), encoding="utf-16-le").coders.index[0] == "Zoë"
    for codec in ("latin-17", "hex"):
        assert f"there is no encoding {codec!r}" in str(refusal(path, encoding=codec))


def test_neither_encoding(tmp_path: Path) -> None:
    path = file(tmp_path, "x.csv", HEAD.encode() + b"u1,ann,\xe9\nu2,ann,\x81\n")
    assert str(refusal(path)).startswith("x.csv: the text is neither UTF-8 (row 2) nor Windows-1252 (row 3).")


def test_nul_bytes(tmp_path: Path) -> None:
    path = file(tmp_path, "x.csv", HEAD.encode() + b"u1,ann,a\x00\n")
    assert "x.csv: the file is binary, not text (NUL byte at byte 25)" in str(refusal(path))
    assert "x.csv, row 2: the text holds NUL characters" in str(refusal(path, encoding="utf-8"))


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "x.csv: the file is empty"),
        (b" \n\r\n", "x.csv: the file is empty"),
        (HEAD.encode(), "x.csv: has a header and no rows"),
        (HEAD.encode() + b",,\n\n", "x.csv: has a header and no rows"),
        (b"\x01\x02\x03\x04 and more", "x.csv: the file is binary, not text (4 control characters at its start)"),
        (b"%PDF-1.7 ...", "x.csv: the name says delimited text, the file is a PDF"),
        (b"\x1f\x8b....", "the file is a gzip archive"),
        (b",,\nu1,ann,a\n", "no columns 'unit', 'coder', 'code'; the columns are 'column A', 'column B', 'column C'"),
        (b"unit,unit,code\nu1,ann,a\n", "x.csv: repeated columns 'unit'"),
        (b"u" * 3000 + b",coder\n1,2\n", "x.csv: the header has a cell of 3,000 characters"),
        (b"a," * 20_000 + b"\n" + b"1," * 20_000 + b"\n", "x.csv: the first row has 20,001 cells"),
    ],
)
def test_what_is_no_table(tmp_path: Path, content: bytes, what: str) -> None:
    assert what in str(refusal(file(tmp_path, "x.csv", content)))


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"x" * 10_000_000, "the first line is more than 1,000,000 characters long"),
        (b"x," * 5_000_000, "the first line is more than 1,000,000 characters long"),
        (HEAD.encode() + b'u,"' + b"x,\n" * 3_000_000, "x.csv, row 2 (line 2): a quote opens in this row and is never"),
        (HEAD.encode() + b"x" * 10_000_000, "x.csv, row 2: names"),
        (os.urandom(10_000_000), "x.csv: the file is binary"),
    ],
    ids=["line", "commas", "quote", "cell", "noise"],
)
def test_ten_megabytes_are_refused_quickly(tmp_path: Path, content: bytes, what: str) -> None:
    path = file(tmp_path, "x.csv", content)
    started = time.perf_counter()
    message = str(refusal(path)) if what != "x.csv, row 2: names" else "; ".join(told(read(path)))
    assert time.perf_counter() - started < 30
    assert (what in message) if what != "x.csv, row 2: names" else ("filled up 1 row" in message)
    assert len(message) < 1_000


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".txt"])
def test_delimiters_are_found(tmp_path: Path, delimiter: str, suffix: str) -> None:
    content = 'unit,coder,code,"one, two; three|four"\nu1,ann,a,"x, y"\n'.replace(",", "\x00")
    content = content.replace("one\x00", "one,").replace("x\x00 y", "x, y; z").replace("\x00", delimiter)
    study = read(file(tmp_path, f"x{suffix}", content))
    assert rows(study, "unit", "coder", "code") == [("u1", "ann", "a")]
    assert study.documents["one, two; three|four"].tolist() == ["x, y; z"]
    usual = {".csv": ",", ".tsv": "\t"}.get(suffix)
    named = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}[delimiter]
    expected = f"x{suffix}: cells are separated by {named}s. read(..., delimiter='...') forces another."
    assert told(study) == ([] if delimiter == usual else [expected])


def test_commas_in_a_header_of_semicolons(tmp_path: Path) -> None:
    path = file(tmp_path, "x.csv", "unit;Why, when, where, and how?;coder;Code 1\nu1;So;ann;a\nu2;Well, so;ann;a\n")
    assert read(path).documents["text"].tolist() == ["So", "Well, so"]


def test_delimiter_is_forced(tmp_path: Path) -> None:
    path = file(tmp_path, "x.csv", "unit^coder^code\nu1^ann^a,b\n")
    assert read(path, delimiter="^").codes == ("a,b",)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_and_blank_rows(tmp_path: Path, end: str) -> None:
    lines = ["", "unit,coder,code", "u1,ann,a", "", " , ,", "u2,ann,", "u2,ben,b", "", ",,"]
    study = read(file(tmp_path, "x.csv", end.join(lines) + end))
    assert rows(study, "unit", "coder", "code") == [("u1", "ann", "a"), ("u2", "ben", "b")]
    assert told(study)[0] == "x.csv: skipped 2 blank rows: rows 4, 5."


def test_line_ends_within_cells(tmp_path: Path) -> None:
    content = 'unit,coder,code,text\r\nu1,ann,a,"one\r\ntwo ""three"" \u2028four"\r\nu2,ann,,\r\nu2,,b,\r\n'
    path = file(tmp_path, "x.csv", content)
    assert str(refusal(path)).startswith("x.csv, row 4: has a code and no coder.")
    study = read(file(tmp_path, "y.csv", content.replace("u2,,b", "u2,ben,b")))
    assert study.codings["text"].iloc[0] == 'one\r\ntwo "three" \u2028four'


def test_ragged_rows_are_all_located(tmp_path: Path) -> None:
    path = file(tmp_path, "x.csv", HEAD + "u1,ann,a,b\nu2,ann,x,,\nu3,ann,a,b,c\n")
    assert [str(fault) for fault in refusal(path).faults] == [
        f"x.csv, row {row}: has {cells} cells, and the first row has 3. "
        "A cell that holds the delimiter must stand in quotes."
        for row, cells in ((2, 4), (4, 5))
    ]


def test_short_rows_are_filled_up(tmp_path: Path) -> None:
    study = read(file(tmp_path, "x.csv", HEAD + "u1,ann\nu2,ann,a\n"), seen="listed")
    assert told(study) == [
        "x.csv: filled up 1 row with fewer cells than the first: row 2. "
        "Look whether a quote or a delimiter is missing there."
    ]
    assert len(study.assignments) == 2


def test_faulty_quotes_are_located(tmp_path: Path) -> None:
    path = file(tmp_path, "x.csv", HEAD + '"u\n1",ann,a\nu1,ann,"a"b\nu2,ann,"x\nu3,ann,a\n')
    assert [str(fault) for fault in refusal(path).faults] == [
        "x.csv, row 3 (line 4): text follows a closing quote. Write a quote within quotes twice.",
        "x.csv, row 4 (line 5): a quote opens in this row and is never closed. Write a quote within quotes twice.",
    ]


def test_quotes_within_cells_are_text(tmp_path: Path) -> None:
    assert read(file(tmp_path, "x.csv", HEAD + 'u1,ann,5" pipe\n')).codes == ('5" pipe',)


@pytest.mark.parametrize(
    "text",
    [
        "a,b\n1,2\n3,4\n",
        'a,b\n"1,\n1","2 ""x"""\n"",4\n',
        "a,b\r\n1,2\r\n\r\n,\r\n3,4",
        "a\nb\n\nc\n",
        'a,b\n"",""\n1,\n',
    ],
)
def test_the_fast_way_and_the_careful_way_agree(text: str) -> None:
    fast = delimited.fast(text, ",")
    slow, numbers = delimited._careful("x", text, ",", Log())
    assert fast is not None
    assert [column.fillna("").tolist() for column in fast] == [column.tolist() for column in slow]
    assert numbers.tolist() == list(range(1, len(slow[0]) + 1))


@pytest.mark.parametrize(
    "text", ["a,b\n1\n", "a,b\n1,2,3\n", 'a,b\n"1"2,3\n', 'a,b\n"1,2\n', "\na,b\n1,2\n", 'a,b\n5",2\n']
)
def test_what_is_irregular_goes_the_careful_way(text: str) -> None:
    assert delimited.fast(text, ",") is None


def test_a_large_table_is_read_in_seconds() -> None:
    lines = "".join(f"u{n // 3},c{n % 5},code {n % 17},case {n // 100000}\n" for n in range(200_000))
    content = ("unit,coder,code,case\n" + lines).encode()
    started = time.perf_counter()
    cells = delimited.read_table("x.csv", content, Options(), Log())
    assert time.perf_counter() - started < 30
    assert len(cells.frame) == 200_000


HEADER = b"unit,coder,code,text\n"


@pytest.mark.parametrize(
    ("content", "place"),
    [
        (b"u1,ann,a,x\nu2,ann,a," + b"y" * 3_000 + b"\n", "x.csv, up to line 3"),
        (b'u1,ann,a,x\nu2,ann,a,"' + b'y""y,\n' * 600 + b'"\n', "x.csv, up to line "),
    ],
)
def test_a_cell_beyond_the_limit(content: bytes, place: str, tmp_path: Path) -> None:
    path = file(tmp_path, "x.csv", HEADER + content)
    message = str(refusal(path, limits=Limits(cell_bytes=2_000)))
    assert message.startswith(place)
    assert "a cell has more than 2,000 characters; the limit is cell_bytes=2,000." in message
    assert len(read(path, limits=Limits(cell_bytes=4_000)).units) == 2
    marked = file(tmp_path, "y.csv", b"\xff\xfe" + (HEADER + content).decode().encode("utf-16-le"))
    assert "cell_bytes=2,000" in str(refusal(marked, limits=Limits(cell_bytes=2_000)))


def test_a_long_file_of_short_cells_is_within_the_limit(tmp_path: Path) -> None:
    """Also where inches stand in cells without quotes, so that every second line end seems to be quoted."""
    rows = b"".join(b"u%d,ann,a,5' 7\" %d\n" % (at, at) for at in range(1_001))
    assert len(read(file(tmp_path, "x.csv", HEADER + rows), limits=Limits(cell_bytes=2_000)).units) == 1_001
    wide = b",".join(b"c%d" % at for at in range(500))
    cells = HEADER[:-1] + b"," + wide + b"\nu1,ann,a,x," + wide + b"\n"
    assert len(read(file(tmp_path, "y.csv", cells), limits=Limits(cell_bytes=100)).units) == 1
