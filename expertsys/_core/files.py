"""Files written whole or not at all."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from expertsys._core.errors import DataError


@contextlib.contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """Give a temporary path beside `target`; move it into place on success, remove it on failure.

    Parameters
    ----------
    target : Path
        The file to be written or replaced. Its folder must exist.

    Yields
    ------
    Path
        An empty file in the same folder, to be written by the caller.
    """
    check_target(target)
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".part", dir=target.parent)
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        umask = os.umask(0)
        os.umask(umask)
        temporary.chmod(0o666 & ~umask)
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def check_target(target: Path) -> None:
    """Refuse a file that could not be written, before anything is computed for it."""
    if not target.parent.is_dir():
        raise DataError("the folder does not exist", place=str(target.parent), remedy="Make it first.")
    if target.is_dir():
        raise DataError("is a folder, not a file", place=str(target), remedy="Give a file name.")


def write_text(target: Path, text: str) -> Path:
    """Write UTF-8 text with LF line ends, atomically."""
    with replacing(target) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")
    return target
