"""From the XML of a project to a tidy tree: streamed, with what breaks the format's rules mended and told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from xml.etree.ElementTree import Element

from expertsys.io.limits import Limits
from expertsys.io.log import Log
from expertsys.io.refi import schema
from expertsys.io.refi.document import Project, Selections, put
from expertsys.io.refi.marking import Marking, Once
from expertsys.io.refi.mending import Mended
from expertsys.io.safe_xml import Cursor, local, namespace, stream

_KNOWN = ("urn:QDA-XML:project:", "urn:QDA-XML:codebook:")
_ALIASES = {"Codebook": "CodeBook"}
_PATHS = ("path", "currentPath", "richTextPath", "plainTextPath")


class Reader:
    """Takes the events of one document and builds the project."""

    def __init__(self, name: str, log: Log, mended: Mended, limits: Limits) -> None:
        self.name, self.log, self.mended = name, log, mended
        self.cursor = Cursor()
        self.project: Project | None = None
        self.namespaces: Counter[str] = Counter()
        self._above: list[Element] = []
        self._texts: list[list[str] | None] = []
        self._skipped = 0
        self._tags: Once[str, str] = Once(self._named)
        self._marking = Marking(name, log, mended, limits, self.cursor, self._tags)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        tag = self._tags[name]
        if self._skipped:
            self._skipped += 1
        elif tag == "PlainTextSelection" and self._above and self._above[-1].tag in schema.TEXTS:
            held = self.project.selections.setdefault(self._above[-1], Selections()) if self.project else Selections()
            self._marking.enter(held, attributes)
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
        self.namespaces[namespace(name)] += 1
        return _ALIASES.get(local(name), local(name))

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

    def text(self, piece: str) -> None:
        """Text between elements."""
        if not self._skipped and self._texts and (held := self._texts[-1]) is not None:
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
