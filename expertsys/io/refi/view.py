"""What a project says in the words of a study: names that tell things apart, documents, cases, attributes, codings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple
from xml.etree.ElementTree import Element

import attrs

from expertsys.io.refi import schema
from expertsys.io.refi.document import Project, Selections, codes, text_of
from expertsys.io.refi.wording import code_of
from expertsys.study import Code

ATLAS_TI = "c32a2bd5-537f-4838-8b17-df9efbafdf4b"
NOBODY = schema.made_guid("user", "unknown coder")
KIND = {"PDFSource": "PDF", "PictureSource": "picture", "AudioSource": "audio", "VideoSource": "video"}
#: The columns of codings that a project says something about.
FIELDS = ("document", "start", "end", "coder", "code", "case", "text", "memo", "date")
FIXED = ("case", "participant", "kind", "date", "text")
#: Text variables of a source that are columns of the study's documents, not attributes.
OWN_COLUMNS = ("participant", "kind", "date")
PATH = "->"
_SELECTIONS = ("PictureSelection", "PDFSelection", "AudioSelection", "VideoSelection", "TranscriptSelection")

_NONE = Selections()


@attrs.define(eq=False)
class Document:
    """One text, picture or recording: a row of the study's documents."""

    name: str
    source: Element
    carrier: Element | None
    kind: str | None
    text: str | None = None
    case: str | None = None
    attributes: dict[str, Any] = attrs.field(factory=dict)


class Applied(NamedTuple):
    """Codings that stand together: their cells, a column for each of `FIELDS`, and where in the project each stands.

    A place is a holder and an item in it: the selections of a text and a coding's number, or an element and its child.
    """

    columns: tuple[Sequence[Any], ...]
    places: Iterable[tuple[Any, Any]]


@attrs.define(eq=False)
class View:
    """The whole project in the words of a study."""

    users: dict[str, str]
    codes: tuple[Code, ...]
    code_names: dict[str, str]
    cases: dict[str, Element]
    case_values: dict[str, dict[str, Any]]
    documents: list[Document]
    variables: dict[str, tuple[str, str]]
    apart: int = 0
    project: Project = attrs.field(factory=lambda: Project(Element("Project")))
    notes: dict[str, str] = attrs.field(factory=dict)
    case_of_selection: dict[str, str] = attrs.field(factory=dict)

    def applied(self) -> Iterator[Applied]:
        """All codings, in the order of the file."""
        for document in self.documents:
            yield from _applied(self, document)


def distinct(names: Iterable[str | None], otherwise: str) -> list[str]:
    """Names without blanks around them, of which none is empty and no two are the same."""
    wanted = [(name or "").strip() or f"{otherwise} {number}" for number, name in enumerate(names, start=1)]
    taken = set(wanted)
    given: dict[str, int] = {}
    made = []
    for name in wanted:
        number = given.get(name, 0) + 1
        fresh = name if number == 1 else f"{name} ({number})"
        while number > 1 and (fresh in taken or fresh in given):
            number += 1
            fresh = f"{name} ({number})"
        given[name] = number
        given.setdefault(fresh, 1)
        made.append(fresh)
    return made


def carriers(project: Project) -> Iterator[Element]:
    """Every element that holds, or points to, the text of a document or of a note."""
    for source in project.sources():
        if source.tag == "TextSource":
            yield source
        yield from source.findall("Representation")
        yield from source.findall("TextDescription")
        yield from source.findall("Transcript")
    yield from project.all("Notes/Note")


def look(project: Project, texts: Mapping[Element, str | None]) -> View:
    """The view of a tidy project whose texts are known."""
    users = project.all("Users/User")
    named = distinct((user.get("name") or user.get("id") for user in users), "unnamed user")
    book, code_names = codebook_of(project)
    cases = project.all("Cases/Case")
    case_names = distinct((case.get("name") for case in cases), "unnamed case")
    variables = project.all("Variables/Variable")
    columns = distinct((variable.get("name") for variable in variables), "unnamed variable")
    known = {
        variable.get("guid", ""): (column, variable.get("typeOfVariable", "Text"))
        for variable, column in zip(variables, columns, strict=True)
    }
    view = View(
        users={user.get("guid", ""): name for user, name in zip(users, named, strict=True)},
        codes=book,
        code_names=code_names,
        cases=dict(zip(case_names, cases, strict=True)),
        case_values={name: _values(case, known, ()) for name, case in zip(case_names, cases, strict=True)},
        documents=_documents(project, texts, known),
        variables=known,
        project=project,
        notes={
            note.get("guid", ""): text
            for note in project.all("Notes/Note")
            if (text := (texts.get(note) or text_of(note, "Description") or "").strip())
        },
    )
    _place_cases(view)
    return view


def codebook_of(project: Project) -> tuple[tuple[Code, ...], dict[str, str]]:
    """The codes under names that tell them apart, and those names by identifier."""
    section = project.root.find("CodeBook/Codes")
    found = list(codes(section)) if section is not None else []
    plain = [(code.get("name") or "").strip() for code, _ in found]
    repeated = _repeated(plain)
    paths: dict[Element, str] = {}
    wanted = []
    for (code, above), name in zip(found, plain, strict=True):
        paths[code] = f"{paths[above]}{PATH}{name}" if above is not None else name
        wanted.append(paths[code] if name in repeated else name)
    names = dict(zip((code for code, _ in found), distinct(wanted, "unnamed code"), strict=True))
    book = tuple(
        code_of(
            names[code],
            guid=code.get("guid"),
            parent=names[above] if above is not None else None,
            colour=code.get("color", ""),
            description=text_of(code, "Description") or "",
            codable=code.get("isCodable") != "false",
        )
        for code, above in found
    )
    return book, {code.get("guid", ""): name for code, name in names.items()}


def _repeated(names: list[str]) -> set[str]:
    seen: set[str] = set()
    return {name for name in names if name in seen or seen.add(name)}  # type: ignore[func-returns-value]


def _documents(
    project: Project, texts: Mapping[Element, str | None], variables: Mapping[str, tuple[str, str]]
) -> list[Document]:
    entries: list[tuple[str | None, Element, Element | None, str | None]] = []
    for number, source in enumerate(project.sources(), start=1):
        own = (source.get("name") or "").strip() or _from_path(source) or f"{source.tag} {number}"
        inner = {"PDFSource": "Representation", "PictureSource": "TextDescription"}.get(source.tag)
        carrier = source if source.tag == "TextSource" else source.find(inner) if inner else None
        entries.append((own, source, carrier, KIND.get(source.tag)))
        for place, transcript in enumerate(source.findall("Transcript"), start=1):
            called = (transcript.get("name") or "").strip() or f"transcript {place}"
            entries.append((f"{own}: {called}", source, transcript, "transcript"))
    for note in project.all("Notes/Note"):
        if note in project.selections or note.find("Coding") is not None:
            entries.append((note.get("name") or "note", note, note, "note"))
    names = distinct((entry[0] for entry in entries), "unnamed source")
    documents = []
    for name, (_, source, carrier, kind) in zip(names, entries, strict=True):
        values = {} if kind in ("transcript", "note") else _values(source, variables, FIXED)
        text = texts.get(carrier) if carrier is not None else None
        documents.append(Document(name, source, carrier, kind, text or None, None, values))
    return documents


def _from_path(source: Element) -> str:
    path = source.get("plainTextPath") or source.get("path") or ""
    base = path.rpartition("/")[2]
    return "" if schema.guid(base.partition(".")[0]) else base


def column_of(variable: str, fixed: tuple[str, ...], kind: str) -> str:
    """The column that a variable is in a table whose own columns are `fixed`."""
    own = kind == "Text" and variable in OWN_COLUMNS
    return f"{variable} (variable)" if variable in fixed and not own else variable


def _values(holder: Element, variables: Mapping[str, tuple[str, str]], fixed: tuple[str, ...]) -> dict[str, Any]:
    """Column to the text of its value, with the type that it is given as."""
    found: dict[str, Any] = {}
    for entry in holder.findall("VariableValue"):
        reference = entry.find("VariableRef")
        known = variables.get(reference.get("targetGUID", "")) if reference is not None else None
        value = next((child for child in entry if child.tag != "VariableRef"), None)
        if known is None or value is None or not (value.text or "").strip():
            continue
        found[column_of(known[0], fixed, known[1])] = (value.tag.removesuffix("Value"), (value.text or "").strip())
    return found


def _place_cases(view: View) -> None:
    """Give documents their case, and selections theirs where a document has several."""
    of_source: dict[str, list[str]] = defaultdict(list)
    of_selection: dict[str, str] = {}
    for name, case in view.cases.items():
        for reference in case.findall("SourceRef"):
            of_source[reference.get("targetGUID", "")].append(name)
        for reference in case.findall("SelectionRef"):
            of_selection.setdefault(reference.get("targetGUID", ""), name)
    for document in view.documents:
        guids = {document.source.get("guid", "")}
        if document.carrier is not None:
            guids.add(document.carrier.get("guid", ""))
        held = [name for guid in guids for name in of_source.get(guid, [])]
        if len(held) == 1:
            document.case = held[0]
        elif len(held) > 1:
            view.apart += 1
        elif of_selection:
            _by_selection(view, document, of_selection)


def _by_selection(view: View, document: Document, of_selection: Mapping[str, str]) -> None:
    plain = view.project.selections.get(document.carrier) if document.carrier is not None else None
    marked = [plain.guid[number] for number in dict.fromkeys(plain.codings.of)] if plain is not None else []
    for element, inner in _areas(view, document):
        marked += [element.get("guid", ""), *inner.guid]
    coded = {guid: of_selection.get(guid) for guid in marked}
    named = {case for case in coded.values() if case is not None}
    if len(named) == 1 and None not in coded.values():
        document.case = named.pop()
    elif len(named) > 1:
        view.case_of_selection |= {guid: case for guid, case in coded.items() if case is not None}
    elif named:
        view.apart += 1


def _areas(view: View, document: Document) -> Iterator[tuple[Element, Selections]]:
    """The selections of a document that are not in its text, each with those in a text of its own."""
    carrier = document.carrier
    for element in carrier if carrier is not None and carrier.tag == "Transcript" else document.source:
        if element.tag in _SELECTIONS:
            inner = element.find("Representation")
            yield element, view.project.selections.get(inner, _NONE) if inner is not None else _NONE


def _applied(view: View, document: Document) -> Iterator[Applied]:
    carrier, source = document.carrier, document.source
    if carrier is not None and (held := view.project.selections.get(carrier)) is not None:
        names = [None if document.text is not None else held.name[number] for number in held.codings.of]
        yield _cells(view, document, held, names, placed=True)
    for element, inner in _areas(view, document):
        text = element.findtext("Representation/PlainTextContent") or ""
        yield _on_element(view, document, element, text)
        excerpts = [text[inner.start[number] : inner.end[number]] for number in inner.codings.of]
        yield _cells(view, document, inner, excerpts, placed=False)
    wholes = [source] if document.kind != "transcript" else []
    if carrier is not None and carrier is not source:
        wholes.append(carrier)
    for whole in wholes:
        yield _on_element(view, document, whole, None)


def _cells(view: View, document: Document, held: Selections, texts: Iterable[str | None], *, placed: bool) -> Applied:
    """The codings of some selections, with the text that each is given."""
    codings, of = held.codings, held.codings.of
    number = len(of)
    by_case = view.case_of_selection
    columns: tuple[Sequence[Any], ...] = (
        [document.name] * number,
        [held.start[at] for at in of] if placed else [None] * number,
        [held.end[at] for at in of] if placed else [None] * number,
        [view.users.get(user or NOBODY, "") for user in held.coders()],
        [view.code_names.get(code, "") for code in codings.code],
        [document.case or by_case.get(held.guid[at]) for at in of] if by_case else [document.case] * number,
        [(text or "").strip() or None for text in texts],
        _memos(view, held),
        [created or held.created[at] for created, at in zip(codings.created, of, strict=True)],
    )
    return Applied(columns, ((held, at) for at in range(number)))


def _on_element(view: View, document: Document, element: Element, text: str | None) -> Applied:
    """The codings within an element: of an area, a time, a stretch of a recording's text, or a whole document."""
    held = Selections()
    if element.tag in _SELECTIONS:
        start, end = _span(element, document.carrier)
        made = element.get("creatingUser"), element.get("creationDateTime")
        held.add(element.get("guid", ""), start, end, None, text_of(element, "Description"), *made)
        held.notes[0] = _notes(element)
    else:
        start = end = -1
        held.add("", start, end)
    items = element.findall("Coding")
    for number, item in enumerate(items):
        reference = item.find("CodeRef")
        code = reference.get("targetGUID", "") if reference is not None else ""
        held.codings.add(0, item.get("guid", ""), code, item.get("creatingUser"), item.get("creationDateTime"))
        held.codings.notes[number] = _notes(item)
    found = _cells(view, document, held, [text] * len(items), placed=start >= 0)
    return Applied(found.columns, ((element, item) for item in items))


def _notes(element: Element) -> list[str]:
    return [note.get("targetGUID", "") for note in element.findall("NoteRef")]


def _span(element: Element, transcript: Element | None) -> tuple[int, int]:
    """Where in its text a selection of a recording begins and ends; -1 where that is not said."""
    if element.tag == "TranscriptSelection" and transcript is not None:
        marks = {point.get("guid"): point.get("position") for point in transcript.findall("SyncPoint")}
        begun, ended = marks.get(element.get("fromSyncPoint")), marks.get(element.get("toSyncPoint"))
        if begun is not None and ended is not None and 0 <= int(begun) <= int(ended):
            return int(begun), int(ended)
    return -1, -1


def _memos(view: View, held: Selections) -> Sequence[str | None]:
    """What was noted with each coding: the description of its selection, else the notes."""
    codings = held.codings
    if not (held.notes or codings.notes or any(held.description)):
        return [None] * len(codings.of)
    memos = []
    for number, of in enumerate(codings.of):
        memo = (held.description[of] or "").strip()
        if not memo:
            notes = (*codings.notes.get(number, ()), *held.notes.get(of, ()))
            memo = "\n\n".join(dict.fromkeys(view.notes[note] for note in notes if note in view.notes))
        memos.append(memo or None)
    return memos
