"""A project file, ``.qdpx``, into a study."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from xml.etree.ElementTree import Element

import attrs

from expertsys._core.collecting import paused
from expertsys._core.errors import DataError, counted, listing, quoted
from expertsys._core.progress import stage, track
from expertsys.io.log import Log
from expertsys.io.options import Options
from expertsys.io.positions import Counting
from expertsys.io.refi.document import Project, codes, text_of
from expertsys.io.refi.doubles import tell_apart
from expertsys.io.refi.drawing import FORMAT_NAME, INNER, SYNTHETIC
from expertsys.io.refi.emitting import emit
from expertsys.io.refi.parsing import parse
from expertsys.io.refi.tables import study_of, tell_view
from expertsys.io.refi.texts import Texts, gather, member_of, settle
from expertsys.io.refi.view import NOBODY, look
from expertsys.io.safe_zip import Archive, open_zip
from expertsys.study import Source, Study, Unmapped
from expertsys.study.provenance import without_home

MARK = " / expertsys "
#: Behind our mark in the project's origin, where each document is a unit: nothing else in the format can say it.
WHOLE = ", units: documents"
_PATHS = ("richTextPath", "path", "currentPath", "plainTextPath")
_STEP = 1 << 18


@paused()
def read_study(path: Path, options: Options) -> Study:
    """The study that a project file holds."""
    log = Log()
    with open_zip(path, path.name, options.limits) as archive:
        inner = _inner(archive, log)
        steps = archive.packed(inner) // _STEP + 1
        # it is read, and then made into tables, which takes about a third as long
        with track(steps + steps // 3, f"reading {archive.place}") as step:
            return _study(path, archive, inner, options, log, step)


def _study(path: Path, archive: Archive, inner: str, options: Options, log: Log, step: Callable[[], object]) -> Study:
    place = f"{path.name}, {inner}"
    project = parse(place, _told(archive.stream(inner), step), log, options.limits, "Project")
    own = _origin(project, log)
    stage("gathering texts")
    texts = gather(project, archive, log)
    forced = None if options.positions is None else Counting.parse(options.positions)
    stage("placing selections")
    counting = settle(project, texts, log, place, forced, own=own)
    complete(project, log, place)
    held = {carrier: raw.as_counted(counting) for carrier, raw in texts.raw.items()}
    files = _files(project, archive, texts, options, log)
    stage("looking at codes and documents")
    view = look(project, held)
    tell_view(view, log, path.name)
    _blank(project)
    unmapped = Unmapped.of(FORMAT_NAME, {INNER: partial(emit, project, parsed=True), **files})
    log.sources.append(Source(path.name, _digest(path), 0))
    said = text_of(project.root, "Description") or ""
    synthetic = said.removeprefix(SYNTHETIC) if said.startswith(SYNTHETIC) else ""
    stage("making tables")
    whole = own and log.choices.get("exported by", "").endswith(WHOLE)
    return study_of(view, attrs.evolve(log.provenance(), synthetic=synthetic), unmapped, whole=whole)


def _inner(archive: Archive, log: Log) -> str:
    """The member that is the project, whatever its name."""
    found = [name for name in archive.names if name.lower().endswith(".qde") and not name.startswith("__MACOSX/")]
    usual = [name for name in found if name.lower() == INNER] or found
    if len(usual) != 1:
        what = f"there are {listing(usual)}, and only one can be the project" if usual else "there is no .qde in it"
        raise DataError(
            f"the archive is no REFI-QDA project: {what}",
            place=archive.place,
            remedy="Export the project again as REFI-QDA.",
        )
    if usual[0] != INNER:
        log.tell("note", archive.place, f"the project is named {usual[0]!r}.")
    folders = {name.partition("/")[0] for name in archive.names if name.lower().startswith("sources/")} - {"sources"}
    if folders:
        log.tell("note", archive.place, f"the folder of its sources is named {listing(sorted(folders))}.")
    others = sorted(name for name in archive.names if name not in usual and not name.lower().startswith("sources/"))
    if others:
        log.tell("note", archive.place, f"not read: {listing(others, 5)}.")
    return usual[0]


def _told(pieces: Iterable[bytes], step: Callable[[], object]) -> Iterator[bytes]:
    """The pieces of a document, with a step of the bar for each stretch of a certain length."""
    size = 0
    for piece in pieces:
        size += len(piece)
        for _ in range(size // _STEP):
            step()
        size %= _STEP
        yield piece


def _origin(project: Project, log: Log) -> bool:
    """Take down who wrote the file, and whether it was this library, which counts code points."""
    origin = project.root.get("origin", "")
    alone = MARK.lstrip(" /")
    before, mark, _ = origin.partition(alone) if origin.startswith(alone) else origin.rpartition(MARK)
    if origin:
        log.choices["exported by"] = origin
    other = before if mark else origin
    if other:
        project.root.set("origin", without_home(other))
    elif mark:
        project.root.attrib.pop("origin")
    return bool(mark)


def complete(project: Project, log: Log, place: str) -> None:
    """Give every user and every code that is referred to an element of its own."""
    tell_apart(project, log, place)
    users = {user.get("guid") for user in project.all("Users/User")}
    section = project.root.find("CodeBook/Codes")
    known = {code.get("guid") for code, _ in codes(section)} if section is not None else set()
    absent_users: dict[str, int] = {}
    absent_codes: dict[str, int] = {}
    for user, code in _references(project):
        if user not in users:
            absent_users[user] = absent_users.get(user, 0) + 1
        if code not in known:
            absent_codes[code] = absent_codes.get(code, 0) + 1
    for user, number in absent_users.items():
        name = "unknown coder" if user == NOBODY else f"unknown coder {user[:8]}"
        project.section("Users").append(Element("User", {"guid": user, "name": name}))
        why = "without a word on who coded" if user == NOBODY else f"by the user {user}, whom the project does not list"
        log.tell(
            "warning",
            place,
            f"{counted(number, 'coding')} {why}: the coder is called {quoted(name)}.",
            "Rename the coder.",
        )
    for code, number in absent_codes.items():
        name = f"unknown code {code[:8]}"
        book = project.section("CodeBook")
        if book.find("Codes") is None:
            book.append(Element("Codes"))
        book[0].append(Element("Code", {"guid": code, "name": name, "isCodable": "true"}))
        log.tell("warning", place, f"{counted(number, 'coding')} with the code {code}, which is not in the codebook.")


def _references(project: Project) -> Iterator[tuple[str, str]]:
    """User and code of every coding."""
    for held in project.selections.values():
        for user, code in zip(held.coders(), held.codings.code, strict=True):
            yield user or NOBODY, code
    for holder in project.root.iter():
        for element in holder.findall("Coding"):
            reference = element.find("CodeRef")
            user = element.get("creatingUser") or (holder.get("creatingUser") if "Selection" in holder.tag else None)
            yield user or NOBODY, reference.get("targetGUID", "") if reference is not None else ""


def _files(project: Project, archive: Archive, texts: Texts, options: Options, log: Log) -> dict[str, bytes]:
    """Pictures, recordings, formatted texts and notes that the project refers to, as they are."""
    files: dict[str, bytes] = {}
    left: list[str] = []
    room = options.limits.kept_bytes
    used = set(texts.used)
    for element in project.root.iter():
        for key in _PATHS:
            path = element.get(key)
            member = member_of(archive, path) if path else None
            if path is None or member is None or (key == "plainTextPath" and element.tag != "Note"):
                continue
            base = path.rpartition("/")[2]
            element.set(key, f"internal://{base}")
            used.add(member)
            name = f"sources/{base}"
            if name in files:
                continue
            content = archive.read(member) if archive.packed(member) <= room else None
            if content is None or len(content) > room:
                left.append(member)
                continue
            files[name] = content
            room -= len(content)
    if left:
        log.tell(
            "warning",
            archive.place,
            f"{counted(len(left), 'file')} too long to be kept and written back: {listing(left, 5)}.",
            f"read(..., limits=es.io.Limits(kept_bytes=...)) keeps more than {options.limits.kept_bytes:,} bytes.",
        )
    unused = [name for name in archive.names if name.lower().startswith("sources/") and name not in used]
    if unused:
        log.tell(
            "note",
            archive.place,
            f"{counted(len(unused), 'file')} to which the project does not refer, left out: "
            f"{listing(sorted(unused), 3)}.",
        )
    return files


def _blank(project: Project) -> None:
    """Take out of the tree what the study's documents hold: their texts."""
    for source in project.sources():
        carriers = [source, *source.findall("Representation"), *source.findall("TextDescription")]
        for carrier in (*carriers, *source.findall("Transcript")):
            content = carrier.find("PlainTextContent")
            if content is not None:
                content.text = ""


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            digest.update(piece)
    return digest.hexdigest()
