"""Coder, case, document and round from the names of files."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Callable, Sequence
from pathlib import PurePath

import attrs

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


@attrs.frozen
class _Guess:
    """One way to read the file names: the pattern, what it gives, and whether it is a custom of the library."""

    pattern: str
    fields: tuple[Named, ...]

    def shown(self) -> str:
        """The pattern with the values that it gives, for a message."""
        values = {key: dict.fromkeys(names[key] for names in self.fields if key in names) for key in FIELDS}
        return (
            f"pattern={self.pattern!r} ("
            + "; ".join(f"{key}: {listing(found, 4)}" for key, found in values.items() if found)
            + ")"
        )


#: What separates the parts of a file's name, the clearest first.
_SEPARATORS = (" - ", " – ", " — ", "_", "-", " ")
_ROUND = re.compile(r"(?:round|wave|pass|time|version|runde|welle|t|v)[ .]?\d{1,2}", re.IGNORECASE)
_CODER = re.compile(r"(?:coder|rater|annotator|judge|reviewer|kodierer|codierer)[ .\-]?\w{1,3}", re.IGNORECASE)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_COPY = re.compile(
    r"(.+?)(?: ?\(\d+\)|[ _\-]+copy(?: ?\(?\d+\)?)?|[ _\-]+kopie| \((?:old|backup|alt|copy|neu|new)\))",
    re.IGNORECASE,
)
_JOINED = "\u2011"
_ROLE_WORDS = {
    *("coder", "coders", "rater", "annotator", "judge", "reviewer", "coding", "codings", "codes", "coded", "export"),
    *("file", "sheet", "data", "table", "final", "analysis", "kodierung", "codierung"),
}


def usual(files: Sequence[str], same_rows: Callable[[int, int], float] | None = None) -> tuple[str, list[Named]]:
    """The pattern by which file names say who coded what, where only one reading of them fits.

    A name in parentheses at the end is the coder. Otherwise names are cut at the separator that gives every name the
    same number of parts; parts that are the same in all files are no field. Of two parts that vary, the case is the one
    that files with the same rows share; else the one with numbers where the other has none; else the one with at least
    twice as many values.

    Parameters
    ----------
    same_rows : callable, optional
        From the numbers of two files, the share of rows (apart from codes) that they have in common.

    Raises
    ------
    DataError
        Where no pattern tells the files apart, or several fit equally; these are shown.
    """
    stems = {PurePath(file).stem.casefold() for file in files}
    originals = {file: match[1] for file in files if (match := _COPY.fullmatch(PurePath(file).stem))}
    copies = [file for file, original in originals.items() if original.casefold() in stems]
    if copies:
        raise DataError(
            f"{listing(copies, 4)} looks like a copy of another file",
            place="pattern",
            remedy="Leave it out, or rename it; or say what names mean: read(..., pattern='...').",
        )
    for pattern in USUAL[:2]:
        found = _told_apart(pattern, files)
        if found is not None:
            return pattern, found
    guesses = _guesses(files, same_rows)
    if len(guesses) > 1:
        raise DataError(
            f"the file names {listing(files, 4)} can be read in {len(guesses)} ways: "
            + "; or ".join(guess.shown() for guess in guesses),
            place="pattern",
            remedy="Say which: read(..., pattern='...').",
        )
    if guesses:
        return guesses[0].pattern, list(guesses[0].fields)
    whole = _told_apart("{coder}", files)
    if whole is not None:
        return "{coder}", whole
    raise DataError(
        f"cannot tell coders from the file names {listing(files, 4)}",
        place="pattern",
        remedy="Give pattern=, such as '{case} ({coder})'.",
    )


def _told_apart(pattern: str, files: Sequence[str]) -> list[Named] | None:
    """What a pattern finds, if it fits all files and no two of them alike."""
    found = [fields for fields in named(pattern, files) if fields is not None]
    distinct = {tuple(sorted(fields.items())) for fields in found}
    return found if len(found) == len(distinct) == len(files) else None


def _guesses(files: Sequence[str], same_rows: Callable[[int, int], float] | None) -> list[_Guess]:
    """The readings of file names that are made of parts; none where they are not."""
    stems = [PurePath(unicodedata.normalize("NFC", file)).stem for file in files]
    stems = [_DATE.sub(lambda match: match[0].replace("-", _JOINED), stem) for stem in stems]
    for separator in _SEPARATORS:
        rows = [[part.strip() for part in stem.split(separator)] for stem in stems]
        width = len(rows[0])
        if width < 2 or any(len(row) != width or not all(row) for row in rows) or any("{" in stem for stem in stems):
            continue
        columns = [list(column) for column in zip(*rows, strict=True)]
        varying = [at for at, column in enumerate(columns) if len(set(column)) > 1]
        rounds = [at for at in varying if all(map(_ROUND.fullmatch, columns[at]))]
        fields = {rounds[0]: "round"} if len(rounds) == 1 and len(varying) > 1 else {}
        rest = [at for at in varying if at not in fields]
        labels = [at for at in range(width) if _ROUND.fullmatch(columns[at][0]) or _JOINED in columns[at][0]]
        constant = [at for at in range(width) if at not in (*varying, *labels)]
        choices = _roles(columns, rest, constant, same_rows, custom=separator == "_" and width == 2)
        found = []
        for choice in choices:
            roles = {**fields, **choice}
            parts = [f"{{{roles[at]}}}" if at in roles else columns[at][0] for at in range(width)]
            pattern = separator.join(parts).replace(_JOINED, "-")
            told = _told_apart(pattern, files)
            if told is not None:
                found.append(_Guess(pattern, tuple(told)))
        if found:
            return found
    return []


def _roles(
    columns: list[list[str]],
    varying: list[int],
    constant: list[int],
    same_rows: Callable[[int, int], float] | None,
    *,
    custom: bool,
) -> list[dict[int, str]]:
    """Which parts are coder and case: one answer where it is clear, several where they fit equally, none at all."""
    if len(varying) == 1:
        return _one_varies(columns, varying[0], constant, custom=custom)
    if len(varying) == 3:
        shared = {at: _shared(_beside(columns, varying, at), same_rows) for at in varying} if same_rows else {}
        known = [at for at in varying if shared.get(at, 0.0) >= 0.5]
        return [
            dict(zip([other for other in varying if other != at] + [at], ("case", "document", "coder"), strict=True))
            for at in (known if len(known) == 1 else varying)
        ]
    if len(varying) != 2:
        return []
    first, second = varying
    found = _coder_of_two(columns, first, second, same_rows)
    if found is not None:
        return [{found: "coder", (second if found == first else first): "case"}]
    if max(len(set(columns[at])) for at in varying) == len(columns[0]):  # one part alone tells every file apart
        return [{first: "case", second: "coder"}] if custom else []
    return [{first: "case", second: "coder"}, {first: "coder", second: "case"}]


def _beside(columns: list[list[str]], varying: list[int], at: int) -> list[str]:
    """What the other parts that vary say, together."""
    return ["\0".join(parts) for parts in zip(*(columns[other] for other in varying if other != at), strict=True)]


def _one_varies(columns: list[list[str]], at: int, constant: list[int], *, custom: bool) -> list[dict[int, str]]:
    """The roles where one part alone differs between files: the coder, unless it has numbers and another part none."""
    words = [columns[other][0] for other in constant]
    named_so = any(word.casefold() in _ROLE_WORDS for word in words)
    numbered, beside = _numbered(columns[at]), [other for other in constant if not _numbered([columns[other][0]])]
    if numbered and not named_so and len(constant) == 1 and beside:
        one_coder = {at: "case", constant[0]: "coder"}
        if at < constant[0]:
            return [one_coder]
        return [one_coder, {at: "coder", constant[0]: "case"}]
    if len(constant) == 1 and not named_so and (custom or _numbered(words)):
        return [{at: "coder", constant[0]: "case"}]
    return [{at: "coder"}] if not named_so or not numbered else []


def _coder_of_two(
    columns: list[list[str]], first: int, second: int, same_rows: Callable[[int, int], float] | None
) -> int | None:
    """Which of two parts that vary is the coder; None where both could be."""
    for at in (first, second):
        if all(map(_CODER.fullmatch, columns[at])):
            return at
    counts = {at: len(set(columns[at])) for at in (first, second)}
    if max(counts.values()) == len(columns[0]):
        return None
    if same_rows is not None:
        shared = {at: _shared(columns[at], same_rows) for at in (first, second)}
        low, high = sorted((first, second), key=lambda at: shared[at])
        if shared[high] >= 0.5 and shared[low] <= 0.1:
            return low
    numbered = [at for at in (first, second) if _numbered(columns[at])]
    without = [at for at in (first, second) if not any(map(_digits, columns[at]))]
    if len(numbered) == len(without) == 1 and counts[without[0]] <= counts[numbered[0]]:
        return without[0]
    few, many = sorted((first, second), key=lambda at: counts[at])
    return few if counts[few] * 2 <= counts[many] else None


def _shared(values: list[str], same_rows: Callable[[int, int], float]) -> float:
    """The mean share of rows that files with the same value of a part have in common; at most 200 pairs are tried."""
    pairs = [(a, b) for a, b in itertools.combinations(range(len(values)), 2) if values[a] == values[b]][:200]
    return sum(itertools.starmap(same_rows, pairs)) / len(pairs) if pairs else 0.0


def _numbered(values: Sequence[str]) -> bool:
    return all(map(_digits, values))


def _digits(value: str) -> bool:
    return any(sign.isdigit() for sign in value)
