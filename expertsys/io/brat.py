"""brat: stand-off annotations beside their texts, one folder for each annotator."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from expertsys._core.errors import DataError, counted, listing
from expertsys.io.jsontext import bounded
from expertsys.io.limits import Limits, beyond
from expertsys.io.options import Options
from expertsys.io.positions import PLAIN
from expertsys.io.project import Applied, Project, same_text, tell_dropped
from expertsys.io.registry import FOLDER, Format, Kept
from expertsys.study import Code, Codebook, Source, Study

_SPAN = re.compile(r"(T\d+)\t(\S+) (\d{1,15} \d{1,15}(?:;\d{1,15} \d{1,15})*)(?:\t(.*))?")
_ATTRIBUTE = re.compile(r"[AM]\d+\t(\S+) ([TRE]\d+)(?: (.+?))?\s*")
_NOTE = re.compile(r"#\d+\t\S+ (\S+)(?:\t(.*))?")
_OTHERS = {"E": "event", "R": "relation", "N": "normalisation", "*": "equivalence"}
_CONF = "annotation.conf"


def _recognises(path: Path, _: bytes) -> bool:
    """Whether a folder, or the folders in it, hold annotations."""
    if not path.is_dir():
        return False
    return any(path.glob("*.ann")) or any(path.glob("*/*.ann"))


def read_study(path: Path, options: Options) -> Study:
    """A study of all annotators: each folder below is one, or the folder itself."""
    project = Project(path.name, where=str)
    dropped: Counter[str] = Counter()
    pieces: Counter[str] = Counter()
    single = any(path.glob("*.ann"))
    size = 0
    for file in _files(path, options.limits, project):
        inside = file.relative_to(path)
        coder = path.resolve().name if single else inside.parts[0]
        document = inside.with_suffix("").as_posix() if single else Path(*inside.parts[1:]).with_suffix("").as_posix()
        beside = file.with_suffix(".txt")
        if not beside.is_file() or beside.is_symlink():
            project.log.fault(inside.as_posix(), f"has no text beside it: {beside.name!r} is not there.", "Copy both.")
            continue
        text = _text(beside, inside.with_suffix(".txt").as_posix(), options.limits)
        same_text(project, document, text, inside.with_suffix(".txt").as_posix())
        project.listed.append((coder, document))
        content = _text(file, inside.as_posix(), options.limits)
        size += content.count("\n")
        project.log.sources.append(Source.of_bytes(inside.as_posix(), content.encode("utf-8"), content.count("\n")))
        _annotations(content, inside.as_posix(), coder, document, project, dropped, pieces, text)
    tell_dropped(project.log, path.name, {kind: dropped[kind] for kind in _OTHERS.values()})
    if pieces["discontinuous"]:
        project.log.tell(
            "note",
            path.name,
            f"{counted(pieces['discontinuous'], 'span')} in several pieces became {counted(pieces['pieces'], 'coding')}"
            ", one for each piece; they share a mark, and count as one in measures of spans.",
        )
    empty = len(project.listed) - len({(row.coder, row.document) for row in project.applied})
    if empty and isinstance(options.seen, str) and options.seen == "coded":
        project.log.tell(
            "warning",
            "who saw what",
            f"{counted(empty, 'file')} without an annotation were taken as not seen by their annotator.",
            "If they were read and nothing applied, say so: read(..., seen='listed').",
        )
    return project.study(options, codebook=_codebook(path, project), counting=PLAIN)


def _files(path: Path, limits: Limits, project: Project) -> list[Path]:
    found: list[Path] = []
    links: list[str] = []
    for file in sorted(path.rglob("*.ann")):
        if file.is_symlink() or any(
            above.is_symlink() for above in file.parents if above != path and path in above.parents
        ):
            links.append(file.name)
            continue
        found.append(file)
        if len(found) > limits.members:
            raise beyond(path.name, f"the folder holds more than {limits.members:,} files", "members", limits.members)
    if links:
        project.log.tell("warning", path.name, f"did not follow links to other places: {listing(links, 5)}.")
    return found


def _text(file: Path, place: str, limits: Limits) -> str:
    content = bounded(file, place, limits)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise DataError("the text is not UTF-8", place=f"{place}, line {line}", remedy="brat writes UTF-8.") from None


def _annotations(
    content: str,
    place: str,
    coder: str,
    document: str,
    project: Project,
    dropped: Counter[str],
    pieces: Counter[str],
    text: str,
) -> None:
    spans: dict[str, tuple[int, str, list[tuple[int, int]], str | None]] = {}
    notes: dict[str, list[str]] = {}
    for number, line in enumerate(content.split("\n"), start=1):
        line = line.rstrip("\r")
        where = f"{place}, line {number}"
        if not line.strip():
            continue
        if match := _SPAN.fullmatch(line):
            key, label, ranges, quote = match.groups()
            if key in spans:
                project.log.fault(where, f"{key} is given a second time.", "Number annotations apart.")
            ends = [(int(first), int(last)) for first, last in (pair.split() for pair in ranges.split(";"))]
            spans[key] = (number, label, _joined(ends, text), quote)
        elif match := _ATTRIBUTE.fullmatch(line):
            name, key, value = match.groups()
            notes.setdefault(key, []).append(f"{name}: {value}" if value else name)
        elif match := _NOTE.fullmatch(line):
            notes.setdefault(match[1], []).append(match[2] or "")
        elif line[0] in _OTHERS and "\t" in line:
            dropped[_OTHERS[line[0]]] += 1
        else:
            project.log.fault(where, f"is no annotation: {line[:40]!r}.", "Such as 'T1<tab>LABEL 0 8<tab>text'.")
    for key, (number, label, ends, quote) in spans.items():
        memo = "; ".join(part for part in notes.pop(key, []) if part) or None
        if len(ends) > 1:
            pieces.update(discontinuous=1, pieces=len(ends))
            quote = None
        mark = key if len(ends) > 1 else None
        for start, end in ends:
            where = f"{place}, line {number}"
            project.applied.append(Applied(where, coder, label, document, start, end, quote, memo, mark=mark))
    astray = sum(len(lines) for key, lines in notes.items())
    if astray:
        project.log.tell(
            "note", place, f"left out {counted(astray, 'attribute or note')} on what is no span: {listing(notes)}."
        )


def _joined(ends: list[tuple[int, int]], text: str) -> list[tuple[int, int]]:
    """Pieces of a span; those with nothing but white space between them are one: brat cuts spans at line ends."""
    joined = [ends[0]]
    for start, end in ends[1:]:
        if start >= joined[-1][1] and not text[joined[-1][1] : start].strip():
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


def _codebook(path: Path, project: Project) -> Codebook:
    """The labels that `annotation.conf` declares, by indentation, then those that are applied beside them."""
    conf = path / _CONF
    codes: dict[str, Code] = {}
    if conf.is_file() and not conf.is_symlink():
        section, above = "", [""] * 100
        for line in _text(conf, _CONF, Limits()).splitlines():
            bare = line.strip()
            if bare.startswith("["):
                section = bare.strip("[]").casefold()
            elif section in ("entities", "events") and bare and not bare.startswith(("#", "-", "<")):
                depth = min(len(line) - len(line.lstrip("\t")), 98)
                name = bare.lstrip("!").split()[0]
                parent = next((label for label in reversed(above[:depth]) if label), None)
                above[depth:] = [name, *[""] * (99 - depth)]
                if name != parent:
                    codes.setdefault(name, Code(name, parent=parent, codable=not bare.startswith("!")))
    applied = list(dict.fromkeys(row.code for row in project.applied))
    beside = [name for name in applied if name not in codes]
    if codes and beside:
        project.log.tell("warning", _CONF, f"labels are applied that it does not declare: {listing(beside)}.")
    return Codebook([*codes.values(), *(Code(name) for name in beside)])


FORMAT = Format(
    name="brat",
    suffixes=(FOLDER,),
    recognises=_recognises,
    read_study=read_study,
    options=("codebook", "title", "seen", "listed"),
    keeps=(
        Kept("who coded", "yes", "no", "a folder for each annotator"),
        Kept("sub-codes", "yes", "no", "by the indentation of annotation.conf"),
        Kept("texts", "yes", "no"),
        Kept("positions in texts", "yes", "no", "a span in several pieces is a coding for each, with one mark"),
        Kept("memos on codings", "yes", "no", "attributes and notes of a span"),
        Kept("who saw what", "part", "no", "an .ann file may be empty because no one opened it: seen='listed'"),
    ),
    tried="a published collection of four annotators, 1,567 spans of Spanish news",
    instead="A brat folder holds .ann and .txt files.",
)
