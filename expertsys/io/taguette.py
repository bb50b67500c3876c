"""Taguette: the database of a server or a desktop, and the export of one project."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from expertsys._core.errors import DataError, counted, listing, quoted, unknown
from expertsys.io.htmltext import HtmlText, text_of_html, trouble_of_html
from expertsys.io.jsontext import parsed, whole
from expertsys.io.options import Options
from expertsys.io.positions import PLAIN
from expertsys.io.project import Applied, Project
from expertsys.io.registry import Format, Kept
from expertsys.io.reports import parent_of
from expertsys.io.safe_sqlite import MAGIC, Database, open_sqlite
from expertsys.study import Code, Codebook, Source, Study

_KNOWN = ("projects", "documents", "tags", "highlights", "highlight_tags", "commands", "users", "project_members")
_NEEDED = ("projects", "documents", "tags", "highlights", "highlight_tags", "commands")
_EXPORTER = "admin"
_Hand = tuple[str, str]
_Box = dict[int, _Hand]


def _recognises(_: Path, head: bytes) -> bool:
    return head.startswith(MAGIC)


def read_study(path: Path, options: Options) -> Study:
    """The texts, tags and highlights of one project, and who made them as far as the file says."""
    with open_sqlite(path, _KNOWN, options.limits) as database:
        absent = [table for table in _NEEDED if table not in database.tables]
        if absent:
            raise DataError(
                f"the database has no table {listing(absent)}",
                place=path.name,
                remedy="It is no database of Taguette. One of QualCoder is named .qda.",
            )
        number, title = _project(database, path.name, options)
        project = Project(path.name, where=lambda row: f"{path.name}, highlights, id {row}")
        pages, names = _documents(database, number, project)
        tags = {
            tag: (str(label), str(told or ""))
            for tag, of, label, told in database.rows("tags", ("id", "project_id", "path", "description"), order=["id"])
            if of == number
        }
        hands = _hands(database, number, project)
        _highlights(database, project, pages, names, tags, hands)
        _tell_coders(database, project)
    project.log.sources.append(Source.of_file(path.name, path, len(project.applied)))
    study = project.study(options, codebook=_codebook(tags), counting=PLAIN)
    return study.with_title(title)


def _project(database: Database, place: str, options: Options) -> tuple[int, str]:
    """The one project, or the one that was asked for."""
    known = [(number, str(name)) for number, name in database.rows("projects", ("id", "name"), order=["id"])]
    names = [name for _, name in known]
    wanted = options.sheet
    if isinstance(wanted, int) and 1 <= wanted <= len(known):
        return known[wanted - 1]
    if isinstance(wanted, str) and names.count(wanted) == 1:
        return known[names.index(wanted)]
    if wanted is not None:
        raise unknown("project", wanted, names, place=place)
    if len(known) != 1:
        raise DataError(
            f"the database holds {counted(len(known), 'project')}: {listing(names)}",
            place=place,
            remedy="Name one, by its name or counted from 1: read(..., sheet='...').",
        )
    return known[0]


def _documents(database: Database, number: int, project: Project) -> tuple[dict[Any, HtmlText], dict[Any, str]]:
    pages: dict[Any, HtmlText] = {}
    names: dict[Any, str] = {}
    columns = ("id", "project_id", "name", "description", "contents")
    for key, of, name, told, contents in database.rows("documents", columns, order=["id"]):
        if of != number:
            continue
        label = str(name or "").strip() or f"document {key}"
        names[key] = label if label not in project.documents else f"{label} ({key})"
        if names[key] != label:
            project.log.tell(
                "warning", f"document {quoted(label)}", f"stands twice; the second is named {quoted(names[key])}."
            )
        pages[key] = HtmlText(_html(f"{project.name}, documents, id {key}", contents))
        project.add(names[key], pages[key].text, description=str(told or "") or None)
    return pages, names


def _html(place: str, cell: Any) -> str:
    html = str(cell or "")
    if trouble := trouble_of_html(html):
        raise DataError(
            f"the HTML has {trouble}", place=place, remedy="Taguette writes no such thing: ask the file's sender."
        )
    return html


def _hands(database: Database, number: int, project: Project) -> dict[tuple[Any, Any], tuple[str, str]]:
    """Who gave which highlight which tag, and when, by the record of commands: the first who did, while it lasted."""
    given = Given()
    columns = ("id", "date", "user_login", "project_id", "payload")
    for key, date, user, of, payload in database.rows("commands", columns, order=["id"]):
        if of != number:
            continue
        told = parsed(f"{project.name}, commands, id {key}", str(payload))
        kind = told.get("type") if isinstance(told, dict) else None
        if kind == "highlight_add" and isinstance(told.get("tags"), list):
            mark = whole(told.get("highlight_id"))
            if mark is not None:
                tags = [tag for tag in told["tags"] if isinstance(tag, int)]
                given.add(mark, tags, (str(user), str(date).replace(" ", "T", 1)))
        elif kind == "tag_merge":
            source, target = whole(told.get("src_tag_id")), whole(told.get("dest_tag_id"))
            if source is not None and target is not None:
                given.merge(source, target)
    return given.hands()


class Given:
    """Who gave which highlight which tag: a box for each tag, which holds the hand of each highlight.

    Two tags that are merged become one box. The highlights of the smaller one move, so that each moves a few times at
    most, however often tags are merged.
    """

    def __init__(self) -> None:
        self._boxes: dict[int, _Box] = {}
        self._of: dict[int, dict[int, _Box]] = {}

    def add(self, mark: int, tags: list[int], hand: _Hand) -> None:
        """A highlight has these tags from now on and no others; those that it had keep their hand."""
        boxes = [self._boxes.setdefault(tag, {}) for tag in tags]
        now = {id(box): box for box in boxes}
        for key, box in self._of.get(mark, {}).items():
            if key not in now:
                del box[mark]
        for box in boxes:
            box.setdefault(mark, hand)
        self._of[mark] = now

    def merge(self, source: int, target: int) -> None:
        """The first tag is the second from now on; of a highlight that had both, the hand of the second stays."""
        if source == target or source not in self._boxes:
            return
        gone, kept = self._boxes.pop(source), self._boxes.setdefault(target, {})
        if len(gone) > len(kept):
            gone.update(kept)
            gone, kept = kept, gone
            self._boxes[target] = kept
        for mark, hand in gone.items():
            kept.setdefault(mark, hand)
            self._of[mark].pop(id(gone))
            self._of[mark][id(kept)] = kept

    def hands(self) -> dict[tuple[Any, Any], _Hand]:
        """The hand of each highlight and tag that there is now."""
        return {(mark, tag): hand for tag, box in self._boxes.items() for mark, hand in box.items()}


def _highlights(
    database: Database,
    project: Project,
    pages: dict[Any, HtmlText],
    names: dict[Any, str],
    tags: dict[Any, tuple[str, str]],
    hands: dict[tuple[Any, Any], tuple[str, str]],
) -> None:
    """Highlights with a tag, their bytes over HTML turned into characters of the text."""
    given: dict[Any, list[Any]] = {}
    for mark, tag in database.rows("highlight_tags", ("highlight_id", "tag_id"), order=["highlight_id", "tag_id"]):
        if tag in tags:
            given.setdefault(mark, []).append(tag)
    bare = 0
    columns = ("id", "document_id", "start_offset", "end_offset", "snippet")
    for mark, document, start, end, snippet in database.rows("highlights", columns, order=["id"]):
        if document not in pages:
            continue
        first, last = whole(start), whole(end)
        span = None if first is None or last is None else pages[document].place(first, last)
        if span is None:
            project.log.fault(
                project.where(mark),
                f"reaches from byte {quoted(start)} to {quoted(end)}; "
                f"the text of {quoted(names[document])} has {pages[document].size:,}.",
                "The document was changed after it was coded: correct the highlight in Taguette.",
            )
            continue
        bare += mark not in given
        for tag in given.get(mark, []):
            coder, date = hands.get((mark, tag), ("unknown", ""))
            quote = text_of_html(_html(project.where(mark), snippet))
            project.applied.append(Applied(mark, coder, tags[tag][0], names[document], *span, quote, None, date))
    if bare:
        project.log.tell("note", project.name, f"left out {counted(bare, 'highlight')} without a tag.")
    project.log.choices["positions"] = "characters, from UTF-8 bytes over the text of the HTML"


def _tell_coders(database: Database, project: Project) -> None:
    """Say where the file cannot know who coded: an export puts everything down to the one who imports it."""
    users = [str(row[0]) for row in database.rows("users", ("login",))] if "users" in database.tables else []
    coders = {row.coder for row in project.applied}
    if users == [_EXPORTER] and coders <= {_EXPORTER, "unknown"}:
        project.log.tell(
            "warning",
            project.name,
            f"everything is put down to {_EXPORTER!r}: the export of a project from Taguette does not keep who coded.",
            "Agreement needs the database of the server; or of each coder's own project an export: "
            "es.merge(es.read(...), es.read(...), same_coder='separate').",
        )
    lost = sum(row.coder == "unknown" for row in project.applied)
    if lost:
        project.log.tell(
            "warning", project.name, f"no command on record made {counted(lost, 'coding')}; the coder is unknown."
        )


def _codebook(tags: dict[Any, tuple[str, str]]) -> Codebook:
    """Tags; a tag 'a.b' is below the tag 'a', where there is one."""
    told = dict(tags.values())
    return Codebook(
        Code(name, parent=parent_of(name, told), definition=definition.strip()) for name, definition in told.items()
    )


FORMAT = Format(
    name="Taguette database",
    suffixes=(".sqlite3", ".sqlite", ".db"),
    recognises=_recognises,
    read_study=read_study,
    options=("codebook", "title", "seen", "sheet"),
    keeps=(
        Kept("who coded", "part", "no", "from the database of a server; an exported project has lost it"),
        Kept("when it was coded", "yes", "no"),
        Kept("sub-codes", "yes", "no", "a tag 'a.b' is below 'a'"),
        Kept("definitions of codes", "yes", "no"),
        Kept("texts", "yes", "no", "without their formatting"),
        Kept("positions in texts", "yes", "no"),
        Kept("attributes", "part", "no", "description of documents"),
    ),
    tried="Taguette 1.5.2: database, project export, tables",
    instead="A Taguette database is an SQLite file.",
)
