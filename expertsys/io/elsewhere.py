"""Files that only the program opens which wrote them: what to export instead, so that nobody renames them."""

from __future__ import annotations

import re
from collections.abc import Iterable

_EXPORT = "Export the project there as REFI-QDA (.qdpx), and read that."
_UNREADABLE = (
    (r"\.nvpx?|\.nvcx", "is a project of NVivo, which only NVivo opens", _EXPORT),
    (r"\.m[ex]x?\d+|\.mqd\w?", "is a project of MAXQDA, which only MAXQDA opens", _EXPORT),
    (r"\.atlproj\d*|\.hpr\d*", "is a project of ATLAS.ti, which only ATLAS.ti opens", _EXPORT),
    (r"\.qrk", "is a project of Quirkos, which only Quirkos opens", _EXPORT),
    (
        r"\.rqda",
        "is a project of RQDA, which is not read",
        "Import it into QualCoder, and read the project made there.",
    ),
    (r"\.qde", "is the inner part of a project, without its texts", "Read the whole .qdpx that it comes from."),
    (
        r"\.docx?|\.odt|\.rtf|\.pdf|\.html?",
        "is a text, not a coded project or a table",
        "Export the project as .qdpx, or the codings as a table (.xlsx, .csv).",
    ),
    (
        r"\.ods|\.sav|\.dta|\.sas7bdat|\.rds|\.rdata",
        "is a table in a format that is not read",
        "Save it as .csv or .xlsx.",
    ),
)


def unreadable(suffix: str) -> tuple[str, str] | None:
    """What a file of another program is, and what to export from it; None for a suffix that nothing is known of."""
    for rule, what, remedy in _UNREADABLE:
        if re.fullmatch(rule, suffix.lower()):
            return what, remedy
    return None


def unpacked_project(names: Iterable[str]) -> bool:
    """Whether files are the inside of a REFI-QDA project."""
    return any(name.lower().endswith(".qde") for name in names)
