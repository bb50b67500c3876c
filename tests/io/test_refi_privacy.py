"""Nobody's words and nobody's folders leave with a file that should not have them."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from refifiles import CODES, SAMPLES, invalid, packed, project

from expertsys.errors import DataError, Remark
from expertsys.io import read, write
from expertsys.study import Provenance, Source, Study


def everything(path: Path) -> bytes:
    with zipfile.ZipFile(path) as archive:
        return b"\n".join(archive.read(name) for name in archive.namelist())


@pytest.mark.filterwarnings("ignore::expertsys.errors.LossWarning")
@pytest.mark.parametrize("suffix", [".zip", ".qdpx", ".csv", ".jsonl"])
def test_an_export_without_texts(tmp_path: Path, suffix: str) -> None:
    study = read(SAMPLES / "qualcoder_synthetic_crlf.qdpx")
    whole, bare = (write(study, tmp_path / f"{texts}{suffix}", texts=texts) for texts in (True, False))
    if suffix in (".zip", ".qdpx"):
        assert b"booking screen froze" in everything(whole)
        assert b"booking screen froze" not in everything(bare)
    else:
        assert b"booking screen froze" not in bare.read_bytes()
    if suffix == ".qdpx":
        assert invalid(bare) == []
    if suffix in (".zip", ".qdpx"):
        back = read(bare)
        assert back.codings["start"].tolist() == study.codings["start"].tolist()
        assert back.documents["text"].isna().all()


def test_a_pseudonymised_project_names_nobody(tmp_path: Path) -> None:
    made = read(SAMPLES / "qualcoder_synthetic_lf.qdpx").pseudonymise("a long secret").study
    for suffix in (".qdpx", ".zip"):
        content = everything(write(made, tmp_path / f"p{suffix}"))
        for name in (b"asha", b'ben"', b"Alder", b"Birch", b"Cedar"):
            assert name not in content


def test_folders_of_the_exporter_are_left_behind(tmp_path: Path) -> None:
    source = (
        '<Sources><PDFSource guid="00000000-0000-4000-8000-000000000001" name="a.pdf" path="relative:///x/a.pdf" '
        'currentPath="absolute:///C:/Users/ann/study/a.pdf"/></Sources>'
    )
    path = packed(tmp_path, project(source, head='name="p" basePath="/Users/ann/study"'))
    content = everything(write(read(path), tmp_path / "back.qdpx"))
    assert b"ann" not in content
    assert b'path="relative:///a.pdf" currentPath="relative:///a.pdf"' in content


PATHS = (
    "/home/jane.doe/study/a.pdf", "/home/jane.doe/study", "file:///Users/jane/study/a.pdf", "/mnt/c/Users/jane/a.pdf",
    r"C:\Users\Jane Doe\study\a.pdf", r"c:\users\jane doe\a.pdf", "C:/Users/Jane Doe/a.pdf",
    "file:///C:/Users/Jane%20Doe/a.pdf", r"\\server\Users\jane\a.pdf", repr(r"C:\Users\Jane Doe\a.pdf"),
)  # fmt: skip
FORMATS = ("", ".zip", ".csv", ".tsv", ".xlsx", ".parquet", ".jsonl", ".json", ".qdpx", ".qdc")


def all_bytes(path: Path) -> bytes:
    """A file, or all files of a folder, with what is in archives and in archives in them."""
    if path.is_dir():
        return b"".join(all_bytes(inner) for inner in path.iterdir())
    return _unpacked(path.read_bytes())


def _unpacked(content: bytes) -> bytes:
    if not content.startswith(b"PK"):
        return content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return content + b"".join(name.encode() + _unpacked(archive.read(name)) for name in archive.namelist())


def of_jane(folder: Path) -> list[Study]:
    """A project whose exporter was jane, and a study whose provenance has her folders everywhere."""
    sources = "".join(
        f'<PDFSource guid="00000000-0000-4000-8000-{at:012d}" name="d{at}" path="{path}" currentPath="{path}">'
        f'<Representation guid="00000000-0000-4000-9000-{at:012d}"><PlainTextContent>Hello</PlainTextContent>'
        "</Representation></PDFSource>"
        for at, path in enumerate(PATHS)
    )
    head = 'name="p" basePath="/home/jane.doe/study" origin="Tool in /home/jane.doe/bin"'
    told = read(packed(folder, project(CODES + f"<Sources>{sources}</Sources>", head=head)))
    provenance = Provenance(
        sources=[Source(path) for path in PATHS],
        choices=[*((f"file {at}", path) for at, path in enumerate(PATHS)), *((path, "read") for path in PATHS)],
        notes=[Remark("note", path, f"was read from {path}.", f"Look at {path!r}.") for path in PATHS],
        synthetic=f"made by {PATHS[0]}",
    )
    codings = pd.DataFrame({"unit": ["d0"], "coder": ["ann"], "code": ["fear"]})
    return [told, Study(codings, documents=told.documents, provenance=provenance, unmapped=told.unmapped)]


@pytest.mark.filterwarnings("ignore::expertsys.errors.LossWarning")
@pytest.mark.parametrize("suffix", FORMATS)
def test_no_format_keeps_a_home_folder(suffix: str, tmp_path: Path) -> None:
    for number, study in enumerate(of_jane(tmp_path)):
        for changed in (study, study.pseudonymise("a long secret").study):
            path = tmp_path / f"{number}{changed is study}{suffix}"
            content = all_bytes(write(changed, path)).lower()
            assert b"jane" not in content
            assert b"doe" not in content


def test_an_error_names_the_file_and_not_the_home_folder(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        read(packed(tmp_path, project("<Sources>"), "broken.qdpx"))
    assert str(caught.value).startswith("broken.qdpx, project.qde, line 1")
    assert str(tmp_path) not in str(caught.value)
