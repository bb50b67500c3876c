"""`write`: a Study into files."""

from __future__ import annotations

from os import PathLike
from pathlib import Path

from expertsys._core.errors import DataError
from expertsys.io.formats import format_for_writing
from expertsys.study import Study


def write(study: Study, path: str | PathLike[str], *, texts: bool = True) -> Path:
    """Save a study: exactly, as a folder or ``.zip``; for coding tools; or its codings alone, as one long table.

    Files are written beside their place and moved there when they are complete, so that a failed write leaves the old
    one whole.

    Parameters
    ----------
    study : Study
        Left as it is.
    path : path
        Without a suffix, a folder; ``.zip``, the same files in a zip: plain CSV tables in UTF-8 and ``study.json``,
        from which `read` gives back an equal study. Neither replaces anything but a saved study. ``.csv``, ``.tsv``,
        ``.xlsx``, ``.parquet`` or ``.jsonl``: one long table with a row for each coding, and a row with a blank code
        for each unit that a coder read in a round and did not code; where readings were assumed, `read` assumes them
        again. It leaves out the codebook, the provenance, situations, and attributes of cases, documents, units,
        participants and coders. ``.qdpx``: a
        REFI-QDA project, which coding tools read; ``.qdc``: its codebook alone. ``.json``: tasks with annotations for
        Label Studio, of documents that have texts.
    texts : bool
        Without them nobody's words are written: no texts of documents and codings, no parts that are kept of the
        original project (see `Study.without_texts`). Memos stay: they are the coders' own.

    Returns
    -------
    Path
        Where it was written.

    Warns
    -----
    LossWarning
        Where a project for coding tools has no place for some of the study; `survives` says for what.

    Notes
    -----
    In ``.csv`` and ``.tsv``, a cell that begins with ``=``, ``+``, ``-`` or ``@`` stands behind an apostrophe, since a
    spreadsheet would compute it; `read` takes the apostrophe away. In ``.xlsx`` every cell is text. The tables of a
    saved study are verbatim.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import pandas as pd
    >>> from expertsys.io import read
    >>> study = read(pd.DataFrame({"unit": ["a"], "coder": ["ann"], "code": ["policy"]}))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     read(write(study, Path(folder) / "study.zip")) == study
    True
    """
    if not isinstance(study, Study):
        raise DataError(
            f"expected a Study, not {type(study).__name__}",
            place="write",
            remedy="A codebook is written with es.io.write_codebook(codebook, path).",
        )
    target = Path(path)
    form = format_for_writing(target)
    if form.write is None:
        raise DataError(f"{form.name} cannot be written", place=target.name)
    if not texts:
        if form.needs_texts:
            what = f"{form.name} puts labels on texts, and texts=False leaves them out"
            raise DataError(what, place=target.name, remedy="Write .zip, .qdpx or .csv without texts.")
        study = study.without_texts()
    try:
        form.write(study, target)
    except OSError as error:
        raise DataError(
            f"cannot be written ({error.strerror or type(error).__name__})",
            place=str(target),
            remedy="Check the folder, the room on the disk, and that no other program holds the file.",
        ) from error
    return target
