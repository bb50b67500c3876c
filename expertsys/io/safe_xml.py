"""XML from somewhere else: streamed, with its declarations refused, so that no entity is ever expanded."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NoReturn
from xml.etree.ElementTree import Element
from xml.parsers import expat

from expertsys._core.errors import DataError
from expertsys.io.limits import Limits, beyond

Start = Callable[[str, dict[str, str]], None]
End = Callable[[str], None]
Text = Callable[[str], None]
_MARK = "}"
_CHUNK = 1 << 18


class Cursor:
    """Where in a document the reading is, and how many elements it has met."""

    parser: expat.XMLParserType | None = None
    place = ""
    limits = Limits()
    count = depth = size = 0
    _handlers: tuple[Any, Any, Any] = (None, None, None)

    def enter(self, start: Start, end: End) -> None:
        """Let other handlers take the element that begins and all that follows it, until one of them gives back.

        They take no text unless they ask for it by `listen`, and they hold the limits themselves.
        """
        if self.parser is not None:
            parser = self.parser
            self._handlers = parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler
            parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, None
            self.depth -= 1

    def listen(self, text: Text | None) -> None:
        """Let this function take text from here on, or nothing."""
        self.size = 0
        if self.parser is not None:
            self.parser.CharacterDataHandler = self.within(text) if text is not None else None

    def within(self, text: Text) -> Text:
        """The function, as long as the text of one element is within the limit."""
        most = self.limits.cell_bytes

        def told(piece: str) -> None:
            self.size += len(piece)
            if self.size > most:
                raise beyond(f"{self.place}, {self}", f"a text is longer than {most:,}", "cell_bytes", most)
            text(piece)

        return told

    def leave_to_start(self, name: str, attributes: dict[str, str]) -> None:
        """Put the handlers back that `enter` replaced, and let them take an element that begins."""
        self._leave()
        self._handlers[0](name, attributes)

    def leave_to_end(self, name: str) -> None:
        """Put the handlers back that `enter` replaced, and let them take the end of an element."""
        self._leave()
        self._handlers[1](name)

    def _leave(self) -> None:
        if self.parser is not None:
            parser = self.parser
            parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = self._handlers

    def one_more(self) -> None:
        """Count an element, and refuse it where there are too many."""
        self.count += 1
        if self.count > self.limits.elements:
            most = self.limits.elements
            what = f"the document has more than {most:,} elements"
            raise beyond(f"{self.place}, {self}", what, "elements", most)

    def close(self) -> None:
        """Let go of the parser and of all that its handlers hold."""
        if self.parser is not None:
            parser, self.parser, self._handlers = self.parser, None, (None, None, None)
            parser.StartElementHandler = parser.EndElementHandler = parser.CharacterDataHandler = None
            parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = parser.ExternalEntityRefHandler = None

    def __str__(self) -> str:
        return f"line {self.parser.CurrentLineNumber}" if self.parser is not None else ""


def stream(
    place: str,
    chunks: Iterable[bytes],
    *,
    start: Start,
    end: End,
    text: Text,
    limits: Limits | None = None,
    cursor: Cursor | None = None,
) -> None:
    """Call `start`, `end` and `text` for what a document holds.

    Names come with their namespace, as ``urn:x}Name``, or bare where there is none. A document type declaration is
    refused, and with it every entity beyond the five of XML.

    Parameters
    ----------
    place : str
        File and member, for messages.
    chunks : iterable of bytes
    start, end, text : callable
        Take name and attributes, name, and text.
    limits : Limits, optional
        ``elements``, ``depth``, ``tag_bytes`` and ``cell_bytes`` are held.
    cursor : Cursor, optional
        Told where the reading is.

    Raises
    ------
    DataError
        With the line and column for what is not well formed.
    """
    limits = limits or Limits()
    parser = expat.ParserCreate(namespace_separator=_MARK)
    cursor = cursor or Cursor()
    cursor.parser, cursor.place, cursor.limits = parser, place, limits
    parser.buffer_text = True
    parser.buffer_size = 1 << 16
    deepest = limits.depth

    def opened(name: str, attributes: dict[str, str]) -> None:
        cursor.one_more()
        cursor.depth += 1
        cursor.size = 0
        if cursor.depth > deepest:
            raise beyond(here(), f"elements are nested more than {limits.depth:,} deep", "depth", limits.depth)
        start(name, attributes)

    def closed(name: str) -> None:
        cursor.depth -= 1
        cursor.size = 0
        end(name)

    def here() -> str:
        return f"{place}, line {parser.CurrentLineNumber}"

    def refuse(*_: object) -> NoReturn:
        raise DataError(
            "the document declares a type or an entity",
            place=here(),
            remedy="Entities can be made to fill the memory or to read other files; export it without them.",
        )

    parser.StartElementHandler = opened
    parser.EndElementHandler = closed
    parser.CharacterDataHandler = cursor.within(text)
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.ExternalEntityRefHandler = refuse
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    try:
        fed = 0
        for chunk in chunks:
            for at in range(0, len(chunk), _CHUNK):
                piece = chunk[at : at + _CHUNK]
                parser.Parse(piece, False)
                fed += len(piece)
                if fed - parser.CurrentByteIndex > limits.tag_bytes:
                    raise beyond(here(), "a tag is not at its end yet", "tag_bytes", limits.tag_bytes)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise DataError(
            f"the XML is not well formed ({expat.ErrorString(error.code)})",
            place=f"{place}, line {error.lineno}, column {error.offset + 1}",
            remedy="Export it again; if it was changed by hand, correct it there.",
        ) from None
    except (LookupError, UnicodeError, ValueError) as error:
        if isinstance(error, DataError):
            raise
        raise DataError(
            f"the XML is in an encoding that is not read ({type(error).__name__})",
            place=place,
            remedy="Save it as UTF-8.",
        ) from None
    finally:
        cursor.close()


def tree(place: str, content: bytes, limits: Limits | None = None) -> Element:
    """A small document as a tree; tags and attributes as `stream` names them, text as `Element.text` alone."""
    root: list[Element] = []
    above: list[Element] = []
    texts: list[list[str]] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        element = Element(name, attributes)
        if above:
            above[-1].append(element)
        else:
            root.append(element)
        above.append(element)
        texts.append([])

    def end(_: str) -> None:
        above.pop().text = "".join(texts.pop())

    stream(place, [content], start=start, end=end, text=lambda piece: texts[-1].append(piece), limits=limits)
    return root[0]


def local(name: str) -> str:
    """A name without its namespace."""
    return name.rpartition(_MARK)[2]


def namespace(name: str) -> str:
    """The namespace of a name; empty where it has none."""
    return name.rpartition(_MARK)[0]
