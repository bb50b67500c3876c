"""Saved studies come back exactly; damaged ones are refused; nothing else is overwritten."""

from __future__ import annotations

import csv
import io
import json
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import strategies  # noqa: F401  (chooses hypothesis's profile)
from hypothesis import given
from hypothesis import strategies as st
from iofiles import file, refusal

from expertsys._core.errors import Remark
from expertsys.errors import DataError
from expertsys.io import Limits, read, saved, write
from expertsys.study import Code, Codebook, Provenance, Source, Study, Unmapped

ODD = [
    "nan",
    "NA",
    "007",
    "=1+1",
    "-",
    "@x",
    "a,b",
    'say "x"',
    "one\ntwo",
    "cr\rlf\r\n!",
    "a\u2028b",
    "\x00x",
    "é",
    "e\u0301",
]


def unmapped_of(parts: dict[str, bytes]) -> Unmapped:
    return Unmapped.of("some project", parts)


names = st.sampled_from(ODD) | st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(
    lambda text: text.strip() == text != ""
)
maybe = st.none() | names


@st.composite
def attributes(draw: st.DrawFn, rows: int) -> dict[str, Any]:
    """Columns of all four kinds, under odd names."""
    kinds = {
        "boolean": st.none() | st.booleans(),
        "Int64": st.none() | st.integers(-(2**63), 2**63 - 1),
        "float64": st.floats(),
        "str": maybe,
    }
    columns: dict[str, Any] = {}
    for kind, cells in kinds.items():
        name = draw(names)
        values = draw(st.lists(cells, min_size=rows, max_size=rows))
        columns[f"{kind} {name}"] = pd.Series(values, dtype=kind)
    return columns


@st.composite
def studies(draw: st.DrawFn) -> Study:
    """Studies of units, of spans, or of nothing, with odd names and attributes."""
    some = draw(st.lists(names, min_size=1, max_size=4, unique=True))
    rows = draw(st.lists(st.tuples(*[st.sampled_from(some)] * 3, maybe, maybe, maybe), max_size=6))
    codings = pd.DataFrame(rows, columns=["document", "coder", "code", "text", "memo", "round"], dtype="str")
    if draw(st.booleans()):
        codings["unit"] = pd.Series([f"{row[0]} {at % 2}" for at, row in enumerate(rows)], dtype="str")
        known = {name: draw(maybe) for name in some}
        cases = [known[row[0]] for row in rows]
        codings["case"] = pd.Series(cases, dtype="str")
    else:
        start = draw(st.lists(st.integers(0, 2**40), min_size=len(rows), max_size=len(rows)))
        codings["start"] = pd.Series(start, dtype="Int64")
        codings["end"] = codings["start"] + 3
    index = pd.Index(some, dtype="str")
    documents = pd.DataFrame({"document": index, "case": draw(maybe), **draw(attributes(len(index)))})
    cases = pd.DataFrame({"case": index, **draw(attributes(len(index)))})
    told = draw(st.lists(st.tuples(st.sampled_from(some), names, names), max_size=3, unique_by=lambda row: row[:2]))
    given_cases = draw(st.booleans())
    seen = draw(st.lists(st.tuples(st.sampled_from(some), st.sampled_from(some)), max_size=4))
    return Study(
        codings,
        documents=documents if draw(st.booleans()) else None,
        cases=cases if given_cases else None,
        summaries=pd.DataFrame(told, columns=["case", "code", "text"], dtype="str") if given_cases else None,
        coders=pd.DataFrame({"coder": index, **draw(attributes(len(index)))}),
        assignments=pd.DataFrame(seen, columns=["coder", "document"], dtype="str") if draw(st.booleans()) else None,
        situations=pd.DataFrame(draw(attributes(draw(st.integers(0, 3))))),
        codebook=Codebook(
            [
                Code(name, parent=parent, definition=draw(st.text(st.characters(exclude_categories=["Cs"]))))
                for name, parent in zip(some, [None, *some], strict=False)
            ]
        ),
        provenance=Provenance(
            sources=(Source(some[0], "ab", 3),),  # type: ignore[arg-type]
            choices=[("what", some[0])],
            notes=[Remark("warning", some[0], "odd", "")],
            synthetic=draw(st.sampled_from(["", "made"])),
            version="0.0",
        ),
        title=draw(st.text(st.characters(exclude_categories=["Cs"]))),
        unmapped=draw(st.none() | st.dictionaries(st.sampled_from(["a.xml", "b/c"]), st.binary()).map(unmapped_of)),
    )


@given(study=studies(), name=st.sampled_from(["study.zip", "study"]))
def test_a_saved_study_comes_back_exactly(study: Study, name: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        back = read(write(study, Path(folder) / name))
    assert back == study
    assert back.codings.dtypes.equals(study.codings.dtypes)


def test_a_study_saved_before_there_were_summaries_is_read(tmp_path: Path) -> None:
    folder = write(small(), tmp_path / "s")
    (folder / "summaries.csv").unlink()
    with pytest.raises(DataError, match=r"no summaries\.csv"):
        read(folder)
    manifest = json.loads((folder / "study.json").read_text(encoding="utf-8"))
    del manifest["tables"]["summaries"]
    (folder / "study.json").write_text(json.dumps(manifest), encoding="utf-8")
    assert read(folder) == small()


def small(code: str = "a") -> Study:
    codings = pd.DataFrame({"unit": ["u1"], "coder": ["ann"], "code": [code]})
    return Study(
        codings, documents=pd.DataFrame({"document": ["u1"], "n": [3], "ok": [True], "x": [0.1]}), title="small"
    )


@pytest.mark.parametrize("name", ["s.zip", "s"])
def test_the_same_bytes_each_time(tmp_path: Path, name: str) -> None:
    first, second = tmp_path / "1", tmp_path / "2"
    for folder in (first, second):
        folder.mkdir()
        write(small(), folder / name)
    files = [path for path in sorted(first.rglob("*")) if path.is_file()]
    assert [path.read_bytes() for path in files] == [(second / path.relative_to(first)).read_bytes() for path in files]


def test_the_files_are_plain(tmp_path: Path) -> None:
    folder = write(small("é, ja"), tmp_path / "s")
    assert sorted(path.name for path in folder.iterdir()) == [
        "README.txt",
        "assignments.csv",
        "cases.csv",
        "coders.csv",
        "codings.csv",
        "document_parts.csv",
        "documents.csv",
        "participants.csv",
        "situations.csv",
        "study.json",
        "summaries.csv",
        "units.csv",
    ]
    records = list(csv.DictReader(io.StringIO((folder / "codings.csv").read_text("utf-8"))))
    assert (records[0]["unit"], records[0]["code"], records[0]["memo"]) == ("u1", "é, ja", "")
    assert (folder / "documents.csv").read_bytes() == (
        b"document,case,participant,kind,date,text,n,ok,x\r\nu1,,,,,,3,true,0.1\r\n"
    )
    manifest = json.loads((folder / "study.json").read_text("utf-8"))
    assert (manifest["format"], manifest["format_version"]) == ("expertsys study", 1)
    assert manifest["tables"]["documents"]["columns"]["n"] == "integer"
    assert "formula" in (folder / "README.txt").read_text("utf-8")


def test_a_byte_order_mark_that_a_spreadsheet_adds(tmp_path: Path) -> None:
    folder = write(small(), tmp_path / "s")
    path = folder / "codings.csv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert read(folder) == small()


def test_options_of_a_saved_study(tmp_path: Path) -> None:
    path = write(small(), tmp_path / "s.zip")
    book = Codebook([Code("a", definition="first")])
    changed = read(path, title="new", codebook=book)
    assert (changed.title, changed.codebook) == ("new", book)
    assert changed.codings.equals(small().codings)
    assert str(refusal(path, unit="id", seen="all")) == (
        "s.zip: this file holds a whole study, to which 'unit', 'seen' cannot be applied. "
        "Leave them out; it takes 'codebook', 'title'."
    )


def test_only_a_saved_study_is_replaced(tmp_path: Path) -> None:
    folder = write(small("a"), tmp_path / "s")
    assert read(write(small("b"), folder)).codes == ("b",)
    packed = write(small("a"), tmp_path / "s.zip")
    assert read(write(small("b"), packed)).codes == ("b",)
    file(folder, "mine.txt", "notes")
    with pytest.raises(DataError, match=r"the folder holds 'mine.txt' and would be replaced"):
        write(small("c"), folder)
    assert read(folder).codes == ("b",)
    other = tmp_path / "t"
    other.mkdir()
    assert read(write(small(), other)) == small()
    file(tmp_path, "x.zip", "text")
    with pytest.raises(DataError, match="the file is no saved study and would be replaced"):
        write(small(), tmp_path / "x.zip")
    assert (tmp_path / "x.zip").read_text() == "text"
    inner = tmp_path / "v"
    inner.mkdir()
    file(inner, "codings.csv", "unit\n")
    with pytest.raises(DataError, match=r"the folder holds 'codings.csv' and would be replaced"):
        write(small(), inner)


@pytest.mark.parametrize("name", ["s.zip", "s"])
def test_a_failed_write_leaves_the_old_whole(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(small("old"), tmp_path / name)
    whole = Path.rename
    calls: list[Path] = []

    def failing(self: Path, target: Path) -> Path:
        calls.append(self)
        if self.name.endswith(".part"):
            raise OSError(28, "No space left on device")
        return whole(self, target)

    monkeypatch.setattr(Path, "rename", failing)
    monkeypatch.setattr(Path, "replace", failing)
    with pytest.raises(DataError, match=r"cannot be written \(No space left on device\)"):
        write(small("new"), path)
    assert calls
    monkeypatch.undo()
    assert read(path).codes == ("old",)
    assert [entry.name for entry in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("name", ["s.zip", "s", "s.csv", "s.xlsx", "s.parquet", "s.jsonl"])
def test_a_folder_that_does_not_exist(tmp_path: Path, name: str) -> None:
    with pytest.raises(DataError, match="the folder does not exist"):
        write(small(), tmp_path / "no" / name)


def test_what_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="expected a Study, not str"):
        write("study", tmp_path / "s.zip")  # type: ignore[arg-type]
    with pytest.raises(
        DataError, match=r"cannot write files named '.docx'.*Did you mean|cannot write files named '.docx'"
    ):
        write(small(), tmp_path / "s.docx")
    for old in ("s.xls", "s.xlsm"):  # Excel does not open an .xlsx of another name without a warning
        with pytest.raises(DataError, match=r"cannot write files named '.xlsm?'.*Did you mean '.xlsx'"):
            write(small(), tmp_path / old)
    with pytest.raises(DataError, match="half of a pair"):
        write(small().with_codebook(Codebook([Code("a", definition="\ud800")])), tmp_path / "s.zip")
    assert list(tmp_path.iterdir()) == []


def changed(folder: Path, name: str, old: str, new: str) -> Path:
    """A saved study in which one file was changed by hand."""
    path = write(small(), folder / "s") / name
    text = path.read_bytes().decode("utf-8")
    assert old in text
    path.write_bytes(text.replace(old, new).encode("utf-8"))
    return folder / "s"


@pytest.mark.parametrize(
    ("name", "old", "new", "what"),
    [
        ("study.json", "{", "", "s, study.json: is no JSON"),
        ("study.json", "expertsys study", "other", "s, study.json: is not the manifest of an expertsys study"),
        ("study.json", '"format_version": 1', '"format_version": 9', "saved in format version 9; this library reads 1"),
        ("study.json", '"title"', '"titel"', "the manifest is damaged (KeyError: 'title')"),
        ("study.json", '"guid"', '"gold"', "the manifest is damaged (TypeError"),
        ("study.json", '"name": "a"', '"name": ""', "a code's name must be text without blanks around it"),
        ("study.json", '"n": "integer"', '"n": "date"', "the manifest gives column 'n' the unknown kind 'date'"),
        ("codings.csv", "unit,", "unit;", "s, codings.csv: the columns are 'unit;coder'"),
        ("codings.csv", "u1,ann", "u1", "s, codings.csv, row 2: has 11 cells instead of 12"),
        ("codings.csv", "u1", '"u1', "s, codings.csv: is no CSV"),
        ("documents.csv", "3,true", "three,true", "s, documents.csv, row 2, column 'n': 'three' is no integer"),
        ("documents.csv", "3,true", "3,yes", "s, documents.csv, row 2, column 'ok': 'yes' is no boolean"),
        ("documents.csv", "0.1", "0,1", "s, documents.csv, row 2: has 10 cells instead of 9"),
    ],
)
def test_what_was_changed_by_hand_is_located(tmp_path: Path, name: str, old: str, new: str, what: str) -> None:
    assert what in str(refusal(changed(tmp_path, name, old, new)))


def test_what_is_gone_is_named(tmp_path: Path) -> None:
    folder = write(small(), tmp_path / "s")
    (folder / "units.csv").write_bytes(b"unit\xff")
    assert "s, units.csv: is not UTF-8" in str(refusal(folder))
    (folder / "units.csv").unlink()
    assert str(refusal(folder)) == "s: no units.csv. Save the study again."


def packed(folder: Path, members: list[tuple[str, bytes]]) -> Path:
    path = folder / "s.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in members:
            made.writestr(name, content)
    return path


@pytest.mark.parametrize("name", ["other.csv", "sub/codings.csv", "Codings.csv"])
def test_strange_members_are_refused(tmp_path: Path, name: str) -> None:
    error = str(refusal(packed(tmp_path, [("study.json", b"{}"), (name, b"")])))
    assert error.startswith(f"s.zip: the archive holds what no saved study has: {name!r}.")


@pytest.mark.parametrize("name", ["../codings.csv", "/etc/passwd"])
def test_members_that_lead_outside_are_refused(tmp_path: Path, name: str) -> None:
    error = str(refusal(packed(tmp_path, [("study.json", b"{}"), (name, b"")])))
    assert error.startswith(f"s.zip, {name!r}: the member's name leads out of the archive.")


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_members_twice_are_refused(tmp_path: Path) -> None:
    assert "holds the member twice" in str(refusal(packed(tmp_path, [("study.json", b"{}"), ("study.json", b"[]")])))


def test_unmapped_parts_that_are_gone(tmp_path: Path) -> None:
    whole = Study(small().codings, unmapped=unmapped_of({"a": b"1"}))
    folder = write(whole, tmp_path / "s")
    assert read(folder) == whole
    (folder / "unmapped.zip").unlink()
    assert str(refusal(folder)) == "s: no unmapped.zip. Save the study again."


def test_archives_without_a_study(tmp_path: Path) -> None:
    assert str(refusal(packed(tmp_path, []))) == ("s.zip: no study.json. Is it a study that expertsys.write saved?")
    assert "the name says saved study, the file is something else" in str(refusal(file(tmp_path, "t.zip", "text")))


def test_damaged_archives(tmp_path: Path) -> None:
    path = write(small(), tmp_path / "s.zip")
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    assert "s.zip: the zip archive is damaged" in str(refusal(path))
    at = content.index(b"study.json") + len(b"study.json") + 5
    path.write_bytes(content[:at] + b"\xff\xff\xff\xff" + content[at + 4 :])
    assert "s.zip, study.json: the member cannot be unpacked" in str(refusal(path))


def test_bombs_are_refused(tmp_path: Path) -> None:
    path = packed(tmp_path, [("study.json", b"{}"), ("codings.csv", b"\0" * 3_000_000)])
    limits = Limits(free_bytes=1_000_000)
    assert "s.zip, codings.csv: the archive of" in str(refusal(path, limits=limits))
    assert "unpacks to more than" in str(refusal(path, limits=Limits(member_bytes=2_000_000)))
    assert "limits must be es.io.Limits(...), not int" in str(refusal(path, limits=3))


def test_a_manifest_beside_other_tables_is_a_study(tmp_path: Path) -> None:
    folder = write(small(), tmp_path / "s")
    file(folder, "unrelated.csv", "x\n1\n")
    assert read(folder) == small()
    assert saved.FORMAT.read_study is not None
