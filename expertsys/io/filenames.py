"""Coder, case, document and round from the names of files."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from pathlib import PurePath

from expertsys._core.errors import DataError, Remark, counted, listing, unknown

FIELDS = ("case", "coder", "document", "round")
USUAL = ("{*} - {case} ({coder})", "{case} ({coder})", "{case}_{coder}", "{coder}")

Named = dict[str, str]


def compiled(pattern: str | re.Pattern[str]) -> re.Pattern[str]:
    """A pattern such as ``"{*} - {case} ({coder})"`` as a regular expression; one that is compiled stays as it is."""
    if isinstance(pattern, re.Pattern):
        for name in pattern.groupindex:
            if name not in FIELDS:
                raise unknown("field", name, FIELDS, place="pattern")
        return pattern
    if not isinstance(pattern, str):
        raise DataError(
            f"pattern must be text or a compiled regular expression, not {type(pattern).__name__}", place="pattern"
        )
    pieces = re.split(r"\{(.*?)\}", unicodedata.normalize("NFC", pattern))
    made, seen = re.escape(pieces[0]), set()
    for field, literal in zip(pieces[1::2], pieces[2::2], strict=True):
        if field != "*" and field not in FIELDS:
            raise unknown("field", field, (*FIELDS, "*"), place="pattern")
        if field in seen:
            raise DataError(f"the field {field!r} stands twice in {pattern!r}", place="pattern", remedy="Use {*} once.")
        if field != "*":
            seen.add(field)
        made += (".*" if field == "*" else f"(?P<{field}>.+)") + re.escape(literal)
    if not seen:
        raise DataError(
            f"{pattern!r} names no field",
            place="pattern",
            remedy="Such as '{case} ({coder})'; {*} stands for anything.",
        )
    return re.compile(made)


def named(pattern: str | re.Pattern[str], files: Sequence[str]) -> list[Named | None]:
    """The fields in the name of each file, with or without its suffix; None where the pattern does not fit."""
    rule = compiled(pattern)
    found: list[Named | None] = []
    for file in files:
        name = unicodedata.normalize("NFC", file)
        match = rule.fullmatch(PurePath(name).stem) or rule.fullmatch(name)
        fields = {key: value.strip() for key, value in match.groupdict().items() if value} if match else None
        found.append(fields if fields and all(fields.values()) else None)
    return found


def by_pattern(pattern: str | re.Pattern[str], files: Sequence[str]) -> list[Named]:
    """The fields in the names of all files; every file that the pattern does not fit is a fault."""
    found = named(pattern, files)
    shown = pattern.pattern if isinstance(pattern, re.Pattern) else pattern
    faults = [
        Remark("error", file, f"does not fit the pattern {shown!r}.", "Rename it, or change the pattern.")
        for file, fields in zip(files, found, strict=True)
        if fields is None
    ]
    if faults:
        raise DataError(
            f"the pattern {shown!r} does not fit {len(faults):,} of {counted(len(files), 'file name')}",
            place="pattern",
            faults=faults,
        )
    return [fields for fields in found if fields is not None]


def usual(files: Sequence[str]) -> tuple[str, list[Named]]:
    """The first usual pattern that fits all files and tells them apart, with what it finds."""
    for pattern in USUAL:
        found = [fields for fields in named(pattern, files) if fields is not None]
        keys = {(fields.get("case"), fields["coder"]) for fields in found}
        if len(found) == len(keys) == len(files):
            return pattern, found
    raise DataError(
        f"cannot tell coders from the file names {listing(files, 4)}",
        place="pattern",
        remedy="Give pattern=, such as '{case} ({coder})'.",
    )
