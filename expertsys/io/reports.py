"""Reports that tools export as spreadsheets: which column is which, declared in files that users may change."""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Collection, Mapping
from importlib import resources
from os import PathLike
from pathlib import Path
from typing import Any

import attrs
import numpy as np
import pandas as pd

from expertsys._core.errors import DataError, listing, quoted, unknown
from expertsys.io.cells import Cells
from expertsys.io.content import content_of, missing_path
from expertsys.io.jsontext import decoded
from expertsys.io.log import Log
from expertsys.io.options import Options
from expertsys.study import Code

#: The maps that come with the library, in the order in which tables are held against them.
NAMES = ("maxqda", "atlasti", "dedoose", "taguette", "nvivo")
_UNKNOWN = "unknown"
_TAGS = {"tag", "description"}
_MOST_LEVELS = 100


def _tuples(columns: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    return {role: (names,) if isinstance(names, str) else tuple(names) for role, names in columns.items()}


def _names(names: Any) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else tuple(names)


@attrs.frozen(kw_only=True)
class ReportMap:
    """Which columns of a tool's report play which role.

    Parameters
    ----------
    name : str
        The report, as messages call it.
    columns : mapping
        Role to the headers that it may have, in several languages; the first that a table has counts.
    required : tuple of str
        Roles without which a table is no such report.
    unit : tuple of str
        Roles that together name a unit; without them every row is one.
    separator : str or None
        What stands between several codes in one cell.
    applied : str or None
        For reports with a column for each code: its header, with ``{code}`` in it.
    yes : tuple of str
        What such a column says where the code was applied.
    hierarchy : tuple of str
        What stands between a code and its sub-code.
    known : str
        From what the layout is known.
    remedy : str
        What the report cannot tell, and where to get it.
    """

    name: str
    columns: dict[str, tuple[str, ...]] = attrs.field(converter=_tuples)
    required: tuple[str, ...] = attrs.field(default=("document", "code"), converter=_names)
    unit: tuple[str, ...] = attrs.field(default=(), converter=_names)
    separator: str | None = None
    applied: str | None = None
    yes: tuple[str, ...] = attrs.field(default=("true", "1", "yes"), converter=_names)
    hierarchy: tuple[str, ...] = attrs.field(default=(), converter=_names)
    known: str = "as the map that was given says"
    remedy: str = ""

    def found(self, headers: list[str]) -> dict[str, str]:
        """Role to the column of a table that plays it."""
        plain = {_plain(header): header for header in reversed(headers)}
        hits = {
            role: [plain[_plain(name)] for name in names if _plain(name) in plain]
            for role, names in self.columns.items()
        }
        return {role: headers[0] for role, headers in hits.items() if headers}

    def flags(self, headers: list[str]) -> dict[str, str]:
        """Column to code, for reports with a column for each code."""
        if self.applied is None or "{code}" not in self.applied:
            return {}
        before, _, behind = self.applied.partition("{code}")
        rule = re.compile(rf"{re.escape(before.strip())}\s*(.+?)\s*{re.escape(behind.strip())}", re.IGNORECASE)
        return {header: match[1] for header in headers if (match := rule.fullmatch(header.strip()))}

    def fits(self, headers: list[str]) -> bool:
        """Whether a table has what the report must have."""
        found = self.found(headers)
        return all(role in found for role in self.required) and (self.applied is None or bool(self.flags(headers)))


def _plain(header: str) -> str:
    return re.sub(r"[\W_]+", " ", header.casefold()).strip()


@functools.cache
def _built_in(name: str) -> ReportMap:
    text = (resources.files("expertsys.io") / "maps" / f"{name}.toml").read_text(encoding="utf-8")
    return ReportMap(**tomllib.loads(text))


def report_map(report: str | PathLike[str] | Mapping[str, Any]) -> ReportMap:
    """The map of a tool's report: one that comes with the library, a TOML file, or a mapping.

    Parameters
    ----------
    report : {"maxqda", "atlasti", "dedoose", "taguette", "nvivo"}, path or mapping
        A path ends in ``.toml``; a mapping has the fields of the map, ``columns`` at least, or is role to header.

    Raises
    ------
    DataError
        For a file or mapping that is no map.

    Examples
    --------
    >>> report_map("maxqda").columns["coder"][:2]
    ('Created by', 'Author')
    >>> report_map({"document": "Datei", "code": "Kode", "coder": "Wer"}).found(["DATEI", "Kode", "Wer"])
    {'document': 'DATEI', 'code': 'Kode', 'coder': 'Wer'}
    """
    if isinstance(report, ReportMap):
        return report
    place = "report"
    if isinstance(report, str) and report in NAMES:
        return _built_in(report)
    if isinstance(report, str | PathLike):
        path = Path(report)
        if path.suffix.lower() != ".toml":
            raise unknown("report", report, NAMES, place="report", remedy="Or give a path that ends in .toml.")
        if not path.exists():
            raise missing_path(path)
        place = path.name
        try:
            report = tomllib.loads(decoded(path.name, content_of(path, 1 << 20)))
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            raise DataError(f"is no TOML ({error})", place=path.name, remedy="Correct the file.") from None
    if not isinstance(report, Mapping):
        raise DataError(f"report must be a name, a path or a mapping, not {type(report).__name__}", place="report")
    fields = dict(report) if "columns" in report else {"columns": dict(report), "required": list(report)}
    known = [field.name for field in attrs.fields(ReportMap)]
    for name in fields:
        if name not in known:
            raise unknown("field", name, known, place=place)
    try:
        made = ReportMap(**{"name": "a report of your own", **fields})
    except (TypeError, AttributeError):
        raise DataError("is no map of a report", place=place, remedy="It needs a table [columns].") from None
    return made


def translated(cells: Cells, options: Options, log: Log, words: dict[str, tuple[str, str]], *, alone: bool) -> Cells:
    """A report as a long table; any other table as it is.

    Parameters
    ----------
    words : dict
        Of units that go by a number, the words and the file in which they stood; it is added to.
    alone : bool
        Whether nothing but the table can say who coded.
    """
    if options.report is None:
        if options.is_table:
            return cells
        made = next((made for made in map(_built_in, NAMES) if made.fits(cells.columns)), None)
        if made is None:
            return cells
    else:
        made = report_map(options.report)
    found, flags = made.found(cells.columns), made.flags(cells.columns)
    lacking = [role for role in made.required if role not in found]
    if lacking or (made.applied is not None and not flags) or not ("code" in found or flags):
        what = listing(lacking) if lacking else "'code'"
        raise DataError(
            f"is no report {made.name!r}: it has no column for {what}; its columns are {listing(cells.columns)}",
            place=cells.name,
            remedy="Headers differ by language: give your own map, report={'document': '...', 'code': '...'}.",
        )
    if "both" in found:
        raise DataError(
            "is a comparison of two coders, not a list of codings",
            place=cells.name,
            remedy="Read it with es.io.nvivo_comparison(path).",
        )
    log.choices["report"] = made.name
    told = ", ".join(f"{role} from {quoted(header)}" for role, header in found.items())
    log.tell("note", cells.name, f"was read as {made.name}: {told}. Its layout: {made.known}.", made.remedy)
    left = [name for name in cells.columns if name not in {*found.values(), *flags}]
    if left:
        log.tell("note", cells.name, f"columns were not read: {listing(left)}.")
    frame, rows = _laid_out(cells, made, found, flags)
    if "coder" not in frame and alone:
        frame["coder"] = pd.Series(_UNKNOWN, index=frame.index, dtype="str")
        log.tell(
            "warning",
            cells.name,
            f"does not say who coded; everything is put down to {_UNKNOWN!r}.",
            "Export once for each coder, and name the files by them: read([...], pattern='{coder}').",
        )
    if "id" in made.unit and "text" in frame:
        _hold_apart(cells.name, frame, words, log)
    return attrs.evolve(cells, frame=frame, rows=rows, trimmed={})


def is_codebook(columns: Collection[str]) -> bool:
    """Whether a table lists codes and what they mean, and nothing that was coded."""
    if set(columns) >= _TAGS:
        return "content" not in columns
    known = {field.name for field in attrs.fields(Code)}
    return bool({"code", "name"} & set(columns)) and len(columns) > 1 and set(columns) <= {"code", *known}


def _hold_apart(name: str, frame: pd.DataFrame, words: dict[str, tuple[str, str]], log: Log) -> None:
    """Refuse units that have the number of another file's, and other words: programs number within a project."""
    own = {unit: re.sub(r"\s+", " ", text) for unit, text in zip(frame["unit"], frame["text"].fillna(""), strict=True)}
    other = [unit for unit, text in own.items() if words.get(unit, (text, ""))[0] != text]
    if other:
        log.fault(
            name,
            f"{len(other):,} of {len(own):,} units have the number of one in {words[other[0]][1]!r}, and other words: "
            f"{listing(other, 5)}. They are different passages.",
            "Numbers count within one project. Merge the projects themselves, or let the words name the units: "
            "report=attrs.evolve(es.io.report_map(...), unit=('document', 'text')).",
        )
    for unit, text in own.items():
        words.setdefault(unit, (text, name))


def as_codebook(frame: pd.DataFrame) -> pd.DataFrame:
    """A table of codes; Taguette's names them tags, and counts their highlights."""
    if not set(frame.columns) >= _TAGS:
        return frame
    kept = frame[["tag", "description"]].rename(columns={"tag": "name", "description": "definition"})
    names = set(kept["name"].dropna())
    return kept.assign(parent=kept["name"].map(lambda name: parent_of(name, names), na_action="ignore"))


def parent_of(tag: str, tags: Collection[str]) -> str | None:
    """The tag above a tag such as ``a.b``: the longest of ``a`` that there is."""
    for _ in range(_MOST_LEVELS):
        tag, dot, _ = tag.rpartition(".")
        if not dot or tag in tags:
            return tag if dot else None
    return None


def _laid_out(
    cells: Cells, made: ReportMap, found: Mapping[str, str], flags: Mapping[str, str]
) -> tuple[pd.DataFrame, Any]:
    """One row per code, under the names that a long table has."""
    old = cells.frame
    frame = pd.DataFrame({role: old[header] for role, header in found.items() if role not in ("from", "to", "id")})
    parts = [old[found[role]] for role in made.unit if role in found and role != "document"]
    label = pd.Series("", index=old.index)
    for part in parts:
        label = label.where(part.isna(), label.where(label == "", label + "–") + part.fillna(""))
    label = label.where(label != "", "row " + pd.Series(cells.rows, index=old.index).astype(str))
    head = frame["document"] + " " if "document" in frame else ""
    frame["unit"] = (head + "[" + label + "]").astype("str")
    codes: list[list[Any]]
    if flags:
        yes = np.column_stack([old[header].str.casefold().isin(made.yes).to_numpy(dtype=bool) for header in flags])
        names = np.array(list(flags.values()), dtype=object)
        codes = [list(names[row]) or [None] for row in yes]
    else:
        codes = [_split(cell, made.separator) or [None] for cell in old[found["code"]].tolist()]
    frame["code"] = pd.Series(codes, index=old.index, dtype=object)
    frame = frame.explode("code")
    at = frame.index.to_numpy()
    for mark in made.hierarchy:
        frame["code"] = frame["code"].map(lambda code, mark=mark: _path(code, mark))
    frame["code"] = frame["code"].astype("str").where(frame["code"].notna())
    return frame.reset_index(drop=True).astype("str"), cells.rows[at]


def _split(cell: Any, separator: str | None) -> list[str]:
    if not isinstance(cell, str):
        return []
    if separator is None:
        return [cell]
    parts = cell.splitlines() if separator == "\n" else cell.split(separator)
    return [part.strip() for part in parts if part.strip()]


def _path(code: Any, mark: str) -> Any:
    """A code with what stands above it, under the sign that the library has for this."""
    if not isinstance(code, str) or mark not in code:
        return code
    return "->".join(part.strip() for part in code.split(mark) if part.strip())
