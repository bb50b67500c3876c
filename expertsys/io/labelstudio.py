"""Label Studio: its JSON export of tasks and annotations, and the shorter JSON-MIN."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

import attrs

from expertsys._core.errors import DataError, quoted
from expertsys.io.content import kind_of
from expertsys.io.htmltext import HtmlText, trouble_of_html
from expertsys.io.jsontext import bounded, decoded, parsed, plain, whole
from expertsys.io.labelstudio_writing import write
from expertsys.io.levels import codebook_of_paths
from expertsys.io.options import Options
from expertsys.io.positions import PLAIN
from expertsys.io.project import Applied, Project, tell_dropped
from expertsys.io.registry import Format, Kept
from expertsys.study import Codebook, Source, Study

_SPANS = ("labels", "hypertextlabels", "paragraphlabels")
_CODES = (*_SPANS, "choices", "taxonomy")
_MIN_OWN = {"id", "annotator", "annotation_id", "created_at", "updated_at", "lead_time"}
_TEXTS = ("text", "dialogue", "html", "content", "body")


@attrs.frozen
class Given:
    """One annotation: of a task, by a coder, with its regions."""

    where: str
    task: str
    coder: str
    date: str | None
    regions: list[Any]


def _recognises(_: Path, head: bytes) -> bool:
    return kind_of(head) is None and head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"[", b"{")


def read_study(path: Path, options: Options) -> Study:
    """A study of all annotations that were submitted."""
    content = bounded(path, path.name, options.limits)
    found = parsed(path.name, decoded(path.name, content))
    tasks = found if isinstance(found, list) else [found]
    project = Project(path.name, where=str, submitted=True)
    project.log.sources.append(Source.of_bytes(path.name, content, len(tasks)))
    dropped: Counter[str] = Counter()
    given: list[Given] = []
    for number, task in enumerate(tasks, start=1):
        where = f"{path.name}, task {number}"
        if not isinstance(task, dict) or not ("data" in task or _MIN_OWN & task.keys() - {"id"}):
            project.log.fault(where, "is no task of Label Studio.", "Export the project as JSON.")
            continue
        given += _annotations(where, task, project, dropped) if "data" in task else _short(where, task, project)
    project.log.refuse(path.name)
    given = _latest(given, project)
    qualified = _several(given)
    pages = _pages(given, project, options)
    for one in given:
        project.listed.append((one.coder, one.task))
        _regions(one, project, dropped, pages, qualified=qualified)
    tell_dropped(project.log, path.name, dropped)
    project.whole = not any(row.start is not None for row in project.applied)
    codes = dict.fromkeys(row.code for row in project.applied)
    counting = PLAIN if pages else None
    book = codebook_of_paths(codes, "->", options.limits)
    if qualified:  # the codes above all are the tags of the labelling page
        book = Codebook(attrs.evolve(code, codable=code.parent is not None or code.name in codes) for code in book)
    return project.study(options, codebook=book, counting=counting)


def _annotations(where: str, task: dict[str, Any], project: Project, dropped: Counter[str]) -> list[Given]:
    """The annotations of a full task; the data beside its text become attributes."""
    data = task["data"] if isinstance(task["data"], dict) else {"text": task["data"]}
    own = data.get("document")
    name = plain(task.get("id")) or where.rpartition(" ")[2]
    name = own.strip() if isinstance(own, str) and own.strip() and own.strip() not in project.documents else name
    _document(where, name, data, project)
    dropped["prediction"] += len(task.get("predictions") or [])
    dropped["draft"] += len(task.get("drafts") or [])
    listed = task.get("annotations", task.get("completions"))
    given = []
    for at, one in enumerate(listed if isinstance(listed, list) else [], start=1):
        place = f"{where}, annotation {at}"
        if not isinstance(one, dict) or not isinstance(one.get("result", []), list):
            project.log.fault(place, "is no annotation.", "Export the project as JSON.")
        elif one.get("was_cancelled") or one.get("skipped"):
            dropped["skipped annotation"] += 1
        else:
            date = plain(one.get("updated_at") or one.get("created_at"))
            given.append(Given(place, name, _coder(one.get("completed_by")), date, one.get("result", [])))
    return given


def _document(where: str, name: str, data: dict[str, Any], project: Project) -> None:
    texts = {key: value for key, value in data.items() if isinstance(value, str)}
    dialogue = next((key for key, value in data.items() if isinstance(value, list)), None)
    key = next((key for key in _TEXTS if key in texts), None) or max(
        texts, key=lambda key: len(texts[key]), default=None
    )
    if key is None and dialogue is not None:
        project.log.tell(
            "warning",
            f"{where}, data {quoted(dialogue)}",
            "is a dialogue: its codings are kept without positions.",
            "Its paragraphs have no one text to count in.",
        )
    if name in project.documents:
        project.log.fault(where, f"the task {quoted(name)} stands twice in the file.", "Export it again.")
    told = {
        f"{label} (data)" if label in ("document", "text") else label: value if _is_number(value) else plain(value)
        for label, value in data.items()
        if label != key and not (label == "document" and value == name)
    }
    project.add(name, texts[key] if key else None, **{k: value for k, value in told.items() if value is not None})


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value == value


def _short(where: str, row: dict[str, Any], project: Project) -> list[Given]:
    """One row of JSON-MIN: an annotation with the data of its task; regions stand under the names of their tags."""
    name = plain(row.get("id")) or where.rpartition(" ")[2]
    regions: list[dict[str, Any]] = []
    data: dict[str, Any] = {}
    for key, value in row.items():
        items = value if isinstance(value, list) else [value]
        if all(isinstance(item, dict) for item in items) and key not in _MIN_OWN:
            regions += [_as_region(key, item) for item in items]
        elif key not in _MIN_OWN:
            data[key] = value
    chosen = {key: value for key, value in data.items() if key not in _TEXTS and isinstance(value, str)}
    told = [key for key in data if key in _TEXTS] or [max(chosen, key=lambda key: len(chosen[key]), default="")]
    for key, value in chosen.items():
        if key not in told and len(value) < 100:
            regions.append({"type": "choices", "from_name": key, "value": {"choices": [value]}})
    if name not in project.documents:
        _document(where, name, {key: value for key, value in data.items() if key in told}, project)
    date = plain(row.get("updated_at") or row.get("created_at"))
    return [Given(where, name, _coder(row.get("annotator")), date, regions)]


def _as_region(key: str, item: dict[str, Any]) -> dict[str, Any]:
    kind = next((kind for kind in _CODES if kind in item), "other")
    return {"type": kind, "from_name": key, "value": item}


def _coder(given: Any) -> str:
    """Who annotated: the address or the name where there is one, else the number."""
    if isinstance(given, dict):
        full = " ".join(part for key in ("first_name", "last_name") if isinstance(part := given.get(key), str) and part)
        return plain(given.get("email")) or full or f"annotator {plain(given.get('id'))}"
    told = plain(given)
    if told is None:
        return "annotator unknown"
    return f"annotator {told}" if told.isdigit() else told


def _latest(given: list[Given], project: Project) -> list[Given]:
    """One annotation for each coder and task: the last, where there are several."""
    last: dict[tuple[str, str], Given] = {}
    again = 0
    for one in given:
        key = (one.coder, one.task)
        again += key in last
        if key not in last or (one.date or "") >= (last[key].date or ""):
            last[key] = one
    if again:
        project.log.tell(
            "warning",
            project.name,
            f"kept the last of several annotations by the same coder on the same task; left out {again:,}.",
            "If different people share an account, give each their own.",
        )
    if any(one.coder == "annotator unknown" for one in given):
        project.log.tell("warning", project.name, "some annotations do not say who made them.")
    return list(last.values())


def _several(given: list[Given]) -> bool:
    """Whether codes come from several tags of the labelling page, so that their names need the tag's."""
    tags = {
        str(region.get("from_name"))
        for one in given
        for region in one.regions
        if isinstance(region, dict) and region.get("type") in _CODES
    }
    return len(tags) > 1


def _pages(given: list[Given], project: Project, options: Options) -> dict[str, HtmlText]:
    """The tasks of a project of HTML, of which the text alone counts and is kept; none where texts are plain."""
    regions = (region for one in given for region in one.regions)
    if not any(isinstance(region, dict) and region.get("type") == "hypertextlabels" for region in regions):
        return {}
    if options.positions is not None:
        raise DataError(
            "positions in HTML count its text as a browser does, and no other way",
            place=project.name,
            remedy="Leave out positions=.",
        )
    pages: dict[str, HtmlText] = {}
    for name, raw in project.texts.items():
        if trouble := trouble_of_html(raw.text):
            place = f"{project.name}, task {quoted(name)}"
            project.log.fault(place, f"the HTML has {trouble}.", "No program writes this: ask the file's sender.")
        else:
            pages[name] = HtmlText(raw.text)
    project.log.refuse(project.name)
    for name, page in pages.items():
        project.add(name, page.text)
    return pages


def _regions(
    one: Given, project: Project, dropped: Counter[str], pages: dict[str, HtmlText], *, qualified: bool
) -> None:
    notes: dict[str, list[str]] = {}
    for region in one.regions:
        if isinstance(region, dict) and region.get("type") == "textarea" and isinstance(region.get("value"), dict):
            written = region["value"].get("text")
            lines = written if isinstance(written, list) else [written]
            notes.setdefault(str(region.get("id")), []).extend(text for line in lines if (text := plain(line)))
    used: set[str] = set()
    for at, region in enumerate(one.regions, start=1):
        where = f"{one.where}, region {at}"
        if not isinstance(region, dict):
            project.log.fault(where, f"is no object but {type(region).__name__}.", "Export it again.")
            continue
        kind, value = region.get("type"), region.get("value")
        if kind == "textarea":
            continue
        if kind not in _CODES or not isinstance(value, dict):
            dropped[f"region of type {quoted(kind)}"] += 1
            continue
        key = str(region.get("id"))
        memo = "; ".join(notes.get(key, [])) or None
        used.add(key)
        span = _span(where, kind, value, one.task, project)
        if span is not None and span[0] is not None and one.task in pages:
            span = _on_page(where, span, pages[one.task], project)
        if span is None:
            continue
        for code in _codes(value.get(kind), str(region.get("from_name")) if qualified else None):
            quote = plain(value.get("text")) if span[0] is not None else None
            project.applied.append(Applied(where, one.coder, code, one.task, *span, quote, memo, one.date))
    dropped["remark of an annotator on a task"] += sum(len(told) for key, told in notes.items() if key not in used)


def _on_page(where: str, span: tuple[Any, Any], page: HtmlText, project: Project) -> tuple[int, int] | None:
    """From the units of a browser over the page's text to characters of the text that is kept."""
    placed = page.place_utf16(*span)
    if placed is None:
        what = f"reaches from {span[0]} to {span[1]}, beyond the text of its page."
        project.log.fault(where, what, "The page was changed after it was labelled: correct the label.")
    return placed


def _span(
    where: str, kind: str, value: dict[str, Any], task: str, project: Project
) -> tuple[int | None, int | None] | None:
    """Start and end as the file counts; None twice for the document; nothing for a fault."""
    if kind in _SPANS or "start" in value:
        ends = value.get("globalOffsets") if isinstance(value.get("globalOffsets"), dict) else value
        raw = (ends.get("start"), ends.get("end")) if isinstance(ends, dict) else (None, None)
        if task not in project.texts or (kind == "paragraphlabels" and ends is value):
            return None, None
        first, last = whole(raw[0]), whole(raw[1])
        if first is None or last is None or not 0 <= first <= last:
            what = "counts within an element, not within the text" if "startOffset" in value else "has no positions"
            project.log.fault(
                where, f"{what}: start {str(raw[0])[:40]!r}, end {str(raw[1])[:40]!r}.", "Export as JSON."
            )
            return None
        return first, last
    return None, None


def _codes(given: Any, tag: str | None) -> list[str]:
    """The codes of a region; of a taxonomy, paths."""
    items = given if isinstance(given, list) else [given]
    codes = []
    for item in items:
        parts = [plain(part) for part in (item if isinstance(item, list) else [item])]
        names = [re.sub(r"\s+", " ", part).strip() for part in parts if part and part.strip()]
        if names:
            codes.append("->".join([*([tag] if tag else []), *names]))
    return codes


FORMAT = Format(
    name="Label Studio",
    suffixes=(".json",),
    recognises=_recognises,
    read_study=read_study,
    write=write,
    needs_texts=True,
    options=("codebook", "title", "seen", "listed", "positions"),
    keeps=(
        Kept("who coded", "yes", "yes"),
        Kept("when it was coded", "yes", "part", "when the annotation was last changed, for all of its codings"),
        Kept("sub-codes", "part", "no", "of a taxonomy, and of several tags"),
        Kept("texts", "yes", "yes", "of HTML, without its formatting"),
        Kept("positions in texts", "yes", "yes", "written as code points"),
        Kept("cases", "yes", "part", "the name, as data of the task"),
        Kept("attributes", "yes", "part", "the data of tasks; those of documents are written"),
        Kept("memos on codings", "yes", "yes", "remarks on a region"),
        Kept("who saw what", "yes", "yes", "every annotation that was submitted"),
    ),
    tried="files of our own, made after its documentation",
)
