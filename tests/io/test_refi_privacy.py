"""Nobody's words and nobody's folders leave with a file that should not have them."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from refifiles import SAMPLES, invalid, packed, project

from expertsys.io import read, write


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
