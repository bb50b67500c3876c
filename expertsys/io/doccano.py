"""doccano: one JSON object per text, as lines or as a list; one file for each annotator."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from expertsys._core.errors import DataError, counted, listing
from expertsys.io.content import content_of, kind_of
from expertsys.io.jsontext import HEAD, bounded, decoded, parsed, plain, whole
from expertsys.io.options import Options
from expertsys.io.positions import PLAIN
from expertsys.io.project import Applied, Project, same_text, tell_dropped
from expertsys.io.registry import FOLDER, Format, Kept
from expertsys.study import Codebook, Source, Study

_LABELS = ("label", "labels", "annotations", "entities", "cats", "sentiment")
_OWN = {"id", "text", "data", "meta", "relations", "comments", "Comments", "annotation_approver", *_LABELS}
_SUFFIXES = (".jsonl", ".json", ".json1", ".ndjson")
_SHARED = ("all", "unknown")


def _recognises(path: Path, head: bytes) -> bool:
    """Whether the first object has a text and labels, and none of the columns of a table of codings."""
    if path.is_dir():
        files = _files(path)
        others = [file for file in path.iterdir() if file.is_file() and not file.name.startswith(".")]
        return bool(files) and len(files) == len(others) and _recognises(files[0], b"")
    if kind_of(head) is not None:
        return False
    found = _first(content_of(path, HEAD))
    if not isinstance(found, dict) or not isinstance(found.get("text", found.get("data")), str):
        return False
    if {"coder", "unit", "code", "annotator", "annotation_id", "completed_by"} & found.keys():
        return False
    return any(isinstance(found.get(key), list | str) for key in _LABELS)


def _first(content: bytes) -> Any:
    """The first object of a file, from its beginning; None where that is cut or no JSON."""
    text = content.decode("utf-8-sig", errors="ignore").lstrip()
    at = 1 + len(text[1:]) - len(text[1:].lstrip()) if text.startswith("[") else 0
    try:
        return json.JSONDecoder().raw_decode(text, at)[0]
    except (ValueError, RecursionError):
        return None


def _files(folder: Path) -> list[Path]:
    return sorted(file for file in folder.iterdir() if file.is_file() and file.suffix.lower() in _SUFFIXES)


def read_study(path: Path, options: Options) -> Study:
    """A study of one file, or of a folder with one file for each annotator."""
    project = Project(path.name, where=str, whole=True)
    dropped: Counter[str] = Counter()
    for file in _files(path) if path.is_dir() else [path]:
        content = bounded(file, file.name, options.limits)
        before, applied, texts = len(project.listed), len(project.applied), 0
        for where, found in _objects(file.name, decoded(file.name, content), project):
            texts += 1
            _text(where, found, file.stem, project, dropped)
        if any(row.coder != file.stem for row in project.applied[applied:]):  # its labels name their annotators
            project.listed[before:] = [pair for pair in project.listed[before:] if pair[0] != file.stem]
        project.log.sources.append(Source.of_bytes(file.name, content, texts))
    named = {coder for coder, _ in project.listed}
    if named & set(_SHARED):
        project.log.tell(
            "warning",
            listing(sorted(named & set(_SHARED))),
            "is no annotator: doccano writes this file where annotators share their labels, and does not say who gave "
            "which.",
            "For agreement, switch sharing off in the project's settings and export one file for each annotator.",
        )
    tell_dropped(project.log, path.name, dropped)
    _tell_numbers(project)
    spans = any(row.start is not None for row in project.applied)
    project.whole = not spans
    wide = [name for name, raw in project.texts.items() if spans and max(raw.text, default="") > "\uffff"]
    if wide:
        project.log.tell(
            "note",
            path.name,
            "positions were taken to count characters; the file has no quotations to try this on, and some programs "
            f"count an emoji twice. Texts with one: {listing(wide, 5)}.",
            "Look at a coding behind an emoji.",
        )
    silent = set(project.listed) - {(row.coder, row.document) for row in project.applied}
    if silent and isinstance(options.seen, str) and options.seen == "coded":
        project.log.tell(
            "warning",
            "who saw what",
            f"took {counted(len(silent), 'text')} without a label as not seen by their annotator.",
            "If they were read and nothing applied, say so: read(..., seen='listed').",
        )
    return project.study(
        options, codebook=Codebook.of(dict.fromkeys(row.code for row in project.applied)), counting=PLAIN
    )


def _objects(name: str, text: str, project: Project) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each object with its place: a line, or an item of the list."""
    listed = text.lstrip().startswith("[")
    items: Iterator[tuple[str, Any]]
    if listed:
        items = ((f"{name}, item {at}", item) for at, item in enumerate(parsed(name, text), start=1))
    else:
        items = _lines(name, text, project)
    for where, found in items:
        if isinstance(found, dict):
            yield where, found
        else:
            project.log.fault(where, f"is no object but {type(found).__name__}.", "Export it again.")


def _lines(name: str, text: str, project: Project) -> Iterator[tuple[str, Any]]:
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            try:
                yield f"{name}, line {number}", parsed(f"{name}, line {number}", line)
            except DataError as error:
                project.log.faults += error.faults


def _text(where: str, found: dict[str, Any], stem: str, project: Project, dropped: Counter[str]) -> None:
    text = found.get("text", found.get("data"))
    if not isinstance(text, str):
        project.log.fault(where, "has no text.", "Each object needs a key 'text'.")
        return
    name = plain(found.get("id")) or where.rpartition(" ")[2]
    known = project.documents.get(name)
    same_text(project, name, text, where)
    attributes = found["meta"] if isinstance(found.get("meta"), dict) else {}
    attributes = {**attributes, **{key: value for key, value in found.items() if key not in _OWN}}
    if known is None:
        told = {key: plain(value) for key, value in attributes.items()}
        project.add(name, **{_free(key): value for key, value in told.items() if value is not None})
    dropped["relation"] += len(found["relations"]) if isinstance(found.get("relations"), list) else 0
    for key in ("comments", "Comments"):
        dropped["comment"] += len(found[key]) if isinstance(found.get(key), list) else 0
    project.listed.append((stem, name))
    for key in _LABELS:
        for label in _each(found.get(key)):
            _label(where, label, stem, name, project)


def _free(key: str) -> str:
    """An attribute's name that is no column of the study's own."""
    return f"{key} (doccano)" if key in ("document", "case", "participant", "kind", "date", "text") else key


def _each(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [name for name, given in value.items() if given]
    return value if isinstance(value, list) else [value] if isinstance(value, str) else []


def _label(where: str, label: Any, stem: str, document: str, project: Project) -> None:
    """One label: on a stretch, or on the text as a whole; older files name the annotator by number."""
    coder = stem
    start = end = None
    code = label
    if isinstance(label, dict):
        code = label.get("label", label.get("text"))
        if label.get("user") is not None:
            coder = f"user {plain(label['user'])}"
            project.listed.append((coder, document))
        start, end = label.get("start_offset"), label.get("end_offset")
    elif isinstance(label, list | tuple) and len(label) == 3:
        start, end, code = label
    name = re.sub(r"\s+", " ", plain(code) or "").strip()
    first, last = whole(start), whole(end)
    if not name or (start is not None and (first is None or last is None or not 0 <= first <= last)):
        project.log.fault(where, f"has a label that is none: {str(label)[:60]!r}.", 'Such as [0, 5, "LABEL"].')
        return
    project.applied.append(Applied(where, coder, name, document, first, last))


def _tell_numbers(project: Project) -> None:
    numbers = {row.code for row in project.applied if row.code.isdigit()}
    if numbers and len(numbers) == len({row.code for row in project.applied}):
        project.log.tell(
            "warning",
            project.name,
            f"labels are numbers: {listing(sorted(numbers))}. Old versions of doccano keep the names elsewhere.",
            "Export as 'JSONL (text labels)', or rename them.",
        )


FORMAT = Format(
    name="doccano",
    suffixes=(*_SUFFIXES, FOLDER),
    recognises=_recognises,
    read_study=read_study,
    options=("codebook", "title", "seen", "listed", "positions"),
    keeps=(
        Kept("who coded", "part", "no", "a file for each annotator; none where annotators share labels"),
        Kept("texts", "yes", "no"),
        Kept("positions in texts", "yes", "no"),
        Kept("attributes", "yes", "no", "meta of texts"),
        Kept("who saw what", "part", "no", "a text without a label may not have been read: seen='listed'"),
    ),
    tried="files of our own, made after its documentation",
)
