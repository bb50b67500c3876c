"""Files made to fill the memory, each as it would come: refused by the limit, in seconds, within 500 MB."""

from __future__ import annotations

import json
import re
import sys
import time
import zipfile
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from iofiles import file, refusal
from refifiles import packed, project
from workers import answers

from expertsys.io import Limits, read, read_codebook
from expertsys.io.saved import members_of
from expertsys.study import Study

TEXTS = '<Sources><TextSource guid="00000000-0000-4000-8000-000000000001" name="a"{}</Sources>'
INSIDE = TEXTS.format("><PlainTextContent>{}</PlainTextContent></TextSource>")
BESIDE = TEXTS.format(' plainTextPath="internal://a.txt"/>')
BOOK = (
    '<?xml version="1.0" encoding="utf-8"?><CodeBook xmlns="urn:QDA-XML:codebook:1.0"><Codes>'
    '<Code guid="00000000-0000-4000-8000-000000000001" name="a" isCodable="true"><Description>{}</Description></Code>'
    "</Codes></CodeBook>"
)
HEADER = b"unit,coder,code,text\n"
FULL = 40 * 1024**2


def test_a_text_of_a_project_beyond_the_limit(tmp_path: Path) -> None:
    limits, most = Limits(cell_bytes=2_000), "the limit is cell_bytes=2,000"
    for text in ("x" * 1_900, "x" * 2_100):
        inside = packed(tmp_path, project(INSIDE.format(text)), "inside.qdpx")
        beside = packed(tmp_path, project(BESIDE), "beside.qdpx", sources__a_txt=text.encode())
        book = file(tmp_path, "book.qdc", BOOK.format(text))
        if len(text) < 2_000:
            assert read(inside, limits=limits).documents["text"].tolist() == [text]
            assert read(beside, limits=limits).documents["text"].tolist() == [text]
            assert read_codebook(book, limits=limits)["a"].definition == text
    assert str(refusal(inside, limits=limits)).startswith(
        f"inside.qdpx, project.qde, line 1: a text is longer than 2,000; {most}"
    )
    assert str(refusal(beside, limits=limits)).startswith(
        f"beside.qdpx, sources/a.txt: the text has more than 2,000 bytes; {most}"
    )
    assert str(refusal(book, limits=limits)).startswith(f"book.qdc, line 1: a text is longer than 2,000; {most}")


def saved(folder: Path, name: str, manifest: dict[str, Any] | None = None, **changed: bytes) -> Path:
    """A saved study of one coding, in which members are changed."""
    study = Study(pd.DataFrame({"unit": ["u1"], "coder": ["ann"], "code": ["a"]}))
    members = members_of(study) | {f"{name}.csv": content for name, content in changed.items()}
    if manifest is not None:
        told = json.loads(members["study.json"])
        members["study.json"] = json.dumps({**told, **manifest}).encode()
    with zipfile.ZipFile(folder / name, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for member, content in members.items():
            archive.writestr(member, content)
    return folder / name


def codings(**cells: str) -> bytes:
    """The table of codings with these cells in its one row."""
    study = Study(pd.DataFrame({"unit": ["u1"], "coder": ["ann"], "code": ["a"]}))
    header = members_of(study)["codings.csv"].split(b"\r\n")[0]
    row = {"unit": "u1", "coder": "ann", "code": "a", **cells}
    return header + b"\r\n" + ",".join(row.get(name, "") for name in header.decode().split(",")).encode() + b"\r\n"


def test_saved_studies_beyond_the_limits(tmp_path: Path) -> None:
    limits = Limits(cell_bytes=20_000)
    assert "s.zip, codings.csv, up to line 2: a cell has more than 20,000 characters; the limit is cell_bytes" in str(
        refusal(saved(tmp_path, "s.zip", codings=codings(memo="x" * 30_000)), limits=limits)
    )
    assert "t.zip, study.json: the manifest has " in str(
        refusal(saved(tmp_path, "t.zip", {"title": "x" * 30_000}), limits=limits)
    )
    digits = "9" * 5_000
    for name, start, shown in (("u.zip", "9" * 25, "'9999999999999999999999999'"), ("v.zip", digits, f"'{'9' * 80}…'")):
        message = str(refusal(saved(tmp_path, name, codings=codings(start=start, end="1"))))
        assert message.startswith(f"{name}, codings.csv, row 2, column 'start': {shown}")
        assert message.endswith("is no integer. Correct the cell.")
    chain = [{"name": f"c{at}", "parent": f"c{at + 1}" if at < 19_999 else None} for at in range(20_000)]
    deep = saved(tmp_path, "w.zip", {"codebook": {"name": "", "version": "", "codes": chain}})
    started = time.perf_counter()
    assert "w.zip, code 'c0': the code stands 20,000 levels deep; the limit is depth=100" in str(refusal(deep))
    assert time.perf_counter() - started < 20  # a walk from each code upwards took minutes
    message = str(refusal(saved(tmp_path, "x.zip", codings=codings() + codings().split(b"\r\n")[1] * 2)))
    assert message.startswith("x.zip, codings.csv, row 3: has ")


def shared(folder: Path, rows: int) -> None:
    """A workbook in which a cell of each row points to the same long text."""
    pd.DataFrame({"unit": ["u"], "coder": ["ann"], "code": ["a"], "text": ["t"]}).to_excel(
        folder / "x.xlsx", index=False
    )
    with zipfile.ZipFile(folder / "x.xlsx") as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    (folder / "x.xlsx").unlink()
    space = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    texts = ["unit", "coder", "code", "text", "ann", "y" * 30_000]
    strings = "".join(f"<si><t>{text}</t></si>" for text in texts)
    places = [[0, 1, 2, 3], *([4, 4, 4, 5] for _ in range(rows))]
    cells = ("".join(f'<c t="s"><v>{at}</v></c>' for at in row) for row in places)
    sheet = "".join(f"<row>{row}</row>" for row in cells)
    members["xl/worksheets/sheet1.xml"] = f"<worksheet {space}><sheetData>{sheet}</sheetData></worksheet>".encode()
    members["xl/sharedStrings.xml"] = f"<sst {space}>{strings}</sst>".encode()
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    types = members["[Content_Types].xml"]
    if b"sharedStrings" not in types:
        part = f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}"/></Types>'
        members["[Content_Types].xml"] = types.replace(b"</Types>", part.encode())
    with zipfile.ZipFile(folder / "shared.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)


def bombs(folder: Path) -> dict[str, str]:
    """Files that take some hundred megabytes when they are read, and the words that they are refused with."""
    row = b"u1,ann,a,"
    (folder / "cell.csv").write_bytes(HEADER + row + b"x" * 200_000_000 + b"\n")
    (folder / "quoted.csv").write_bytes(HEADER + row + b'"' + b'xx""x,x\n' * (FULL // 8) + b'"\n')
    text = b"x" * FULL
    with zipfile.ZipFile(folder / "inside.qdpx", "w") as archive:
        archive.writestr("project.qde", project(INSIDE.format(text.decode())))
    with zipfile.ZipFile(folder / "beside.qdpx", "w") as archive:
        archive.writestr("project.qde", project(BESIDE))
        archive.writestr("sources/a.txt", text * 4)
    (folder / "book.qdc").write_bytes(BOOK.format("{}").encode().replace(b"{}", text * 3))
    saved(folder, "rows.zip", codings=codings() + codings().split(b"\r\n")[1] + b"\r\n" + b"u1,ann,a\r\n" * 8_000_000)
    with zipfile.ZipFile(folder / "whole.zip", "w") as archive:
        for name, content in members_of(Study(pd.DataFrame({"unit": ["u"], "coder": ["c"], "code": ["a"]}))).items():
            archive.writestr(name, codings(memo=text.decode() * 3) if name == "codings.csv" else content)
    shared(folder, 60_000)
    return {
        "cell.csv": "cell.csv, line 2: a line has more than 33,554,432 bytes; the limit is cell_bytes",
        "quoted.csv": "a cell has more than 33,554,432 characters; the limit is cell_bytes",
        "inside.qdpx": "a text is longer than 33,554,432; the limit is cell_bytes",
        "beside.qdpx": "sources/a.txt: the text has more than 33,554,432 bytes; the limit is cell_bytes",
        "book.qdc": "book.qdc, line 1: a text is longer than 33,554,432; the limit is cell_bytes",
        "rows.zip": "the limit is ratio=100",
        "whole.zip": "codings.csv, line 2: a line has more than 33,554,432 bytes; the limit is cell_bytes",
        "shared.xlsx": "the cells of the sheet 'Sheet1' come to more than 134,",
    }


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="limits memory as Linux does")
def test_files_that_would_fill_the_memory(tmp_path: Path) -> None:
    wanted = bombs(tmp_path)
    started = time.perf_counter()
    for (name, words), answer in zip(wanted.items(), answers([tmp_path / name for name in wanted]), strict=True):
        assert re.match("error True ", answer), f"{name}: {answer}"
        assert words in answer, f"{name}: {answer}"
    assert time.perf_counter() - started < 30
    for name in wanted:
        (tmp_path / name).unlink()
