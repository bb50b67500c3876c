"""From the XML of a project to a tidy tree: streamed, with what breaks the format's rules mended and told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from xml.etree.ElementTree import Element

import attrs

from expertsys.io.limits import Limits, beyond
from expertsys.io.log import Log, counted
from expertsys.io.refi import schema
from expertsys.io.refi.document import Coding, Project, Selection, put
from expertsys.io.safe_xml import Cursor, local, namespace, stream

_KNOWN = ("urn:QDA-XML:project:", "urn:QDA-XML:codebook:")
_ALIASES = {"Codebook": "CodeBook"}
_FARTHEST = 2**40
_is_guid = schema.GUID.fullmatch
_PATHS = ("path", "currentPath", "richTextPath", "plainTextPath")


@attrs.define
class Mended:
    """What was mended on the way, counted, with the first place of each."""

    counts: Counter[str] = attrs.field(factory=Counter)
    first: dict[str, str] = attrs.field(factory=dict)
    odd: dict[str, str] = attrs.field(factory=dict)

    def tell(self, what: str, place: str) -> None:
        """Count one more of a kind."""
        self.counts[what] += 1
        self.first.setdefault(what, place)

    def guid(self, text: str | None, place: object, *otherwise: str) -> str:
        """An identifier in its one form; one that breaks the rules is replaced, the same by the same."""
        if text is None:
            self.tell("identifier missing, made from its place", str(place))
            return schema.made_guid("missing", str(place), *otherwise)
        plain = text if schema.GUID.fullmatch(text) else schema.guid(text)
        if plain is None:
            self.tell("identifier not a GUID, replaced", str(place))
            plain = self.odd.setdefault(text, schema.made_guid("odd", text))
        return plain

    def told(self, log: Log, name: str) -> None:
        """Pass all of it on, one remark for each kind."""
        for what, number in self.counts.items():
            log.tell(
                "note",
                f"{name}, {self.first[what]}",
                f"{counted(number, what.partition(' ')[0])} {what.partition(' ')[2]}.",
            )


class Reader:
    """Takes the events of one document and builds the project."""

    def __init__(self, name: str, log: Log, mended: Mended, limits: Limits) -> None:
        self.name, self.log, self.mended = name, log, mended
        self.cursor = Cursor()
        self.project: Project | None = None
        self.namespaces: Counter[str] = Counter()
        self._above: list[Element] = []
        self._texts: list[list[str] | None] = []
        self._skipped = self._inside = 0
        self._most = limits.elements
        self._selection: Selection | None = None
        self._coding: Coding | None = None
        self._held: list[Selection] = []
        self._described: list[str] | None = None
        self._shared: dict[str, str] = {}
        self._names: dict[str, str] = {}

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        tag = self._names.get(name) or self._named(name)
        if self._skipped:
            self._skipped += 1
        elif tag == "PlainTextSelection" and self._above and self._above[-1].tag in schema.TEXTS:
            self._begin(attributes)
            self._held = self.project.selections.setdefault(self._above[-1], []) if self.project else []
            self.cursor.enter(self._marked, self._end_marked)
        elif tag not in schema.ELEMENTS or (self._above and tag not in schema.ELEMENTS[self._above[-1].tag].rank):
            if not self._above and tag not in ("Project", "CodeBook"):
                self.log.fault(self._place, f"the document is a {tag!r}, not a project.", "Is it the right file?")
                self.log.refuse(self.name)
            if self._above:
                self.mended.tell(f"element <{tag}> not in the format there, left out", self._place)
                self._skipped = 1
                return
            self._open(tag, attributes)
        else:
            self._open(tag, attributes)

    def _named(self, name: str) -> str:
        tag = local(name)
        tag = self._names[name] = _ALIASES.get(tag, tag)
        self.namespaces[namespace(name)] += 1
        return tag

    @property
    def _place(self) -> str:
        return str(self.cursor)

    def _open(self, tag: str, attributes: dict[str, str]) -> None:
        element = Element(tag, self._kept(tag, attributes))
        if self._above:
            self._above[-1].append(element)
        else:
            self.project = Project(element)
        self._above.append(element)
        self._texts.append([] if tag in schema.TEXTUAL else None)
        if "description" in attributes and tag in ("Code", "Set"):  # portableQDA
            put(element, "Description", attributes["description"])

    def _kept(self, tag: str, attributes: dict[str, str]) -> dict[str, str]:
        shape, kept = schema.ELEMENTS[tag], {}
        for key, value in attributes.items():
            if key == "guid" and tag == "MemberCode":
                key = "targetGUID"
            kind = shape.attributes.get(key)
            if kind == "g":
                kept[key] = self.mended.guid(value, self._place, tag)
            elif kind is not None:
                fine = schema.KINDS[kind](value)
                if fine is None:
                    self.mended.tell(
                        f"attribute {key}={value[:40]!r} of <{tag}> against the format, left out", self._place
                    )
                elif key != "basePath":
                    kept[key] = _scrubbed(fine) if key in _PATHS else fine
            elif "}" not in key and not (key == "description" and tag in ("Code", "Set")):
                self.mended.tell(f"attribute {key} of <{tag}> not in the format, left out", self._place)
        return kept

    def _begin(self, attributes: dict[str, str]) -> None:
        get, shared, position = attributes.get, self._shared, self._position
        first, last = get("startPosition"), get("endPosition")
        start = int(first) if first and first.isdecimal() and len(first) < 12 else position("startPosition", first)
        end = int(last) if last and last.isdecimal() and len(last) < 12 else position("endPosition", last)
        guid = get("guid")
        if guid is None or not _is_guid(guid):
            guid = self.mended.guid(guid, self.cursor, str(start), str(end))
        user, created = get("creatingUser"), get("creationDateTime")
        self._selection = Selection(
            guid,
            start,
            end,
            get("name"),
            None,
            shared.get(user) or self._share(user, guid=True) if user is not None else None,
            shared.get(created) or self._share(created) if created is not None else None,
            self._share(get("modifyingUser"), guid=True),
            self._share(get("modifiedDateTime")),
            (),
            [],
        )

    def _position(self, key: str, value: str | None) -> int:
        found = schema.integer(value or "")
        if found is None:
            self.log.fault(
                f"{self.name}, {self._place}",
                f"a selection has the {key} {value!r}, which is no whole number.",
                "Export the project again.",
            )
        number = int(found or 0)
        if abs(number) > _FARTHEST:
            what = f"a selection has the {key} {number:,}; no text is so long."
            self.log.fault(f"{self.name}, {self._place}", what)
            return 0
        return number

    def _share(self, value: str | None, *, guid: bool = False) -> str | None:
        """A word that is repeated often, in its one form and held once; a date that is none is left out."""
        if value is None:
            return None
        known = self._shared.get(value)
        if known is None:
            fine = self.mended.guid(value, self._place) if guid else schema.date_time(value)
            if fine is None:
                self.mended.tell(f"date {value[:40]!r} against the format, left out", self._place)
            known = self._shared[value] = fine or ""
        return known or None

    def _marked(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins among selections: the many, so that these two handlers are put in place of the others."""
        selection, coding = self._selection, self._coding
        if selection is None:
            if self._names.get(name) == "PlainTextSelection":
                self.cursor.one_more()
                self._begin(attributes)
            else:
                self.cursor.leave_to_start(name, attributes)
            return
        self._inside += 1
        if self._inside > self._most:
            what = f"the document has more than {self._most:,} elements within selections"
            raise beyond(f"{self.name}, {self._place}", what, "elements", self._most)
        if self._skipped:
            self._skipped += 1
            return
        tag = self._names.get(name) or self._named(name)
        if tag == "CodeRef" and coding is not None:
            target = attributes.get("targetGUID")
            coding.code = self._shared.get(target or "") or self._share(target, guid=True) or ""
        elif tag == "Coding" and coding is None:
            get, shared = attributes.get, self._shared
            text = get("guid")
            if text is None or not _is_guid(text):
                text = self.mended.guid(text, self.cursor, selection.guid, str(len(selection.codings)))
            user, created = get("creatingUser"), get("creationDateTime")
            self._coding = Coding(
                text,
                "",
                shared.get(user) or self._share(user, guid=True) if user is not None else None,
                shared.get(created) or self._share(created) if created is not None else None,
            )
        elif tag == "NoteRef":
            target = self._share(attributes.get("targetGUID"), guid=True) or ""
            holder = selection if coding is None else coding
            if isinstance(holder.notes, list):
                holder.notes.append(target)
            else:
                holder.notes = [target]
        elif tag == "Description" and coding is None:
            self._described = []
            self.cursor.listen(self.text)
        else:
            self.mended.tell(f"element <{tag}> not in the format there, left out", self._place)
            self._skipped = 1

    def _end_marked(self, name: str) -> None:
        selection = self._selection
        if selection is None:
            self.cursor.leave_to_end(name)
            return
        if self._skipped:
            self._skipped -= 1
            return
        tag = self._names[name]
        if tag == "Coding":
            coding = self._coding
            if coding is not None and coding.code:
                selection.codings.append(coding)
            else:
                self.mended.tell("coding without a code, left out", self._place)
            self._coding = None
        elif tag == "Description":
            selection.description = "".join(self._described or ())
            self._described = None
            self.cursor.listen(None)
        elif tag == "PlainTextSelection":
            self._held.append(selection)
            self._selection = None

    def text(self, piece: str) -> None:
        """Text between elements."""
        if self._skipped:
            return
        if self._described is not None:
            self._described.append(piece)
        elif self._texts and (held := self._texts[-1]) is not None:
            held.append(piece)

    def end(self, _: str) -> None:
        """An element ends."""
        if self._skipped:
            self._skipped -= 1
        else:
            element, held = self._above.pop(), self._texts.pop()
            if held is not None:
                element.text = "".join(held)


def parse(name: str, chunks: Iterable[bytes], log: Log, limits: Limits, root: str) -> Project:
    """The project, or the codebook, that a document holds, in tidy form.

    Parameters
    ----------
    name : str
        File and member, for messages.
    root : {"Project", "CodeBook"}
    """
    mended = Mended()
    reader = Reader(name, log, mended, limits)
    stream(name, chunks, start=reader.start, end=reader.end, text=reader.text, limits=limits, cursor=reader.cursor)
    project = reader.project
    if project is None or project.root.tag != root:
        found = "nothing" if project is None else repr(project.root.tag)
        log.fault(name, f"the document is {found}, not a {root!r}.", "Is it the right file?")
    log.refuse(name)
    if project is None:
        return Project(Element(root))
    expected = schema.PROJECT if root == "Project" else schema.CODEBOOK
    for other in reader.namespaces:
        if other != expected:
            older = other.startswith(_KNOWN)
            what = f"the namespace {other!r} was taken for {expected!r}" if other else "the elements have no namespace"
            log.tell("note", name, f"{what}.", "" if older else "It may not be a REFI-QDA file: look at the result.")
    tidy(project.root, mended)
    mended.told(log, name)
    return project


def _scrubbed(path: str) -> str:
    """A path without the folders of somebody's machine."""
    plain = path.strip().replace("\\", "/")
    scheme, mark, rest = plain.partition("://")
    base = (rest if mark else plain).rpartition("/")[2]
    inside = scheme.lower() == "internal" if mark else "/" not in plain and ":" not in plain
    return f"{'internal' if inside else 'relative'}://{'' if inside else '/'}{base}"


def tidy(element: Element, mended: Mended, place: str = "") -> None:
    """Bring an element and all below it to the format's order and number, and give it what it must have."""
    shape = schema.ELEMENTS[element.tag]
    where = f"{place}/{element.tag}"
    if element.tag == "CodeBook" and place:
        element.attrib.clear()
        element[:] = element.findall("Codes")
    for key in shape.required:
        if key not in element.attrib:
            element.set(key, _needed(shape.attributes[key], mended, where))
    if element.tag in schema.CONTENT and element.text:
        fine = schema.CONTENT[element.tag](element.text)
        if fine is None:
            mended.tell(f"content {element.text[:40]!r} of <{element.tag}> against the format, left out", where)
        element.text = fine
    kept: list[tuple[int, int, Element]] = []
    taken: set[int] = set()
    for number, child in enumerate(element):
        rank = shape.rank[child.tag]
        tidy(child, mended, f"{where} {element.get('name') or number + 1}")
        if rank in taken and rank not in shape.many:
            mended.tell(f"element <{child.tag}> there twice, left out", where)
        elif _is_void(child):
            continue
        else:
            taken.add(rank)
            kept.append((rank, number, child))
    element[:] = [child for _, _, child in sorted(kept, key=lambda entry: entry[:2])]


def _needed(kind: str, mended: Mended, where: str) -> str:
    if kind == "g":
        return mended.guid(None, where)
    mended.tell("attribute missing, added", where)
    return {"b": "true", "i": "0", "type": "Text"}.get(kind, "")


def _is_void(element: Element) -> bool:
    """Whether the format forbids an element for what it lacks."""
    if element.tag in schema.CONTENT:
        return not element.text
    if element.tag == "Coding":
        return element.find("CodeRef") is None
    if element.tag == "VariableValue":
        return element.find("VariableRef") is None
    return schema.ELEMENTS[element.tag].filled and not len(element)
