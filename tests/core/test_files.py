"""Files are written whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from expertsys._core.files import replacing, write_text
from expertsys.errors import DataError


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_new_file(tmp_path: Path) -> None:
    assert write_text(tmp_path / "a.txt", "é\nb\n") == tmp_path / "a.txt"
    assert (tmp_path / "a.txt").read_bytes() == "é\nb\n".encode()
    assert names(tmp_path) == ["a.txt"]


def test_an_old_file_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("old and longer")
    write_text(tmp_path / "a.txt", "new")
    assert (tmp_path / "a.txt").read_text() == "new"


@pytest.mark.parametrize("fault", [ValueError, KeyboardInterrupt, OSError])
def test_a_failing_writer_leaves_the_old_file_whole(tmp_path: Path, fault: type[BaseException]) -> None:
    (tmp_path / "a.txt").write_text("old")
    with pytest.raises(fault), replacing(tmp_path / "a.txt") as temporary:  # noqa: PT012
        temporary.write_text("half")
        raise fault
    assert (tmp_path / "a.txt").read_text() == "old"
    assert names(tmp_path) == ["a.txt"]


def test_a_failing_writer_leaves_no_new_file(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="stop"), replacing(tmp_path / "a.txt"):
        raise ValueError("stop")
    assert names(tmp_path) == []


def test_text_that_cannot_be_encoded_leaves_the_old_file(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("old")
    with pytest.raises(UnicodeEncodeError):
        write_text(tmp_path / "a.txt", "lone \ud800")
    assert (tmp_path / "a.txt").read_text() == "old"
    assert names(tmp_path) == ["a.txt"]


def test_rights_are_those_of_any_new_file(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write_text(tmp_path / "a.txt", "x")
        assert os.umask(0o027) == 0o027
    finally:
        os.umask(before)
    assert (tmp_path / "a.txt").stat().st_mode & 0o777 == 0o640


def test_targets_that_cannot_be() -> None:
    with pytest.raises(DataError, match=r"nowhere: the folder does not exist\. Make it first\."):
        write_text(Path("nowhere") / "a.txt", "x")


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"is a folder, not a file\. Give a file name\."):
        write_text(tmp_path, "x")
