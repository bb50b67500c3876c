"""The text of an HTML document, with line ends between its blocks, and where each byte of its text stands in it."""

from __future__ import annotations

import bisect
import functools
import re
from html.parser import HTMLParser

_BLOCK = re.compile(
    "address|article|aside|blockquote|body|br|center|d[dlt]|div|fieldset|figcaption|figure|footer|form|h[1-6]|header|hr|html|"
    "li|main|nav|ol|p|pre|section|table|tbody|td|tfoot|th|thead|tr|ul"
)
_LONG_NUMBER = re.compile("&#[xX]?[0-9a-fA-F]{10}")
_MOST_MARKS = 1_000
_SILENT = frozenset(("script", "style", "title", "head", "template"))


class _Collector(HTMLParser):
    """Text nodes, and where line ends belong between them."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self.breaks: list[bool] = []
        self._break = False
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        self._break = self._break or _BLOCK.fullmatch(tag) is not None
        if tag in _SILENT:
            self._silent += 1

    def handle_endtag(self, tag: str) -> None:
        self._break = self._break or _BLOCK.fullmatch(tag) is not None
        if tag in _SILENT and self._silent:
            self._silent -= 1

    def handle_data(self, data: str) -> None:
        if not self._silent and data:
            self.pieces.append(data)
            self.breaks.append(self._break)
            self._break = False


def trouble_of_html(html: str) -> str | None:
    """What no program writes and would keep a parser busy for hours, or stop it; None where there is nothing."""
    if html.count("<", html.rfind(">") + 1) > _MOST_MARKS:
        return f"more than {_MOST_MARKS:,} tags that are never closed"
    if html.count("<!") + html.count("<?") > _MOST_MARKS:
        return f"more than {_MOST_MARKS:,} comments or declarations"
    return "a number of a character with more than 9 digits" if _LONG_NUMBER.search(html) else None


class HtmlText:
    r"""Text of an HTML document.

    Parameters
    ----------
    html : str
        What stands between tags counts, with its entities resolved; blocks that the document holds apart are held apart
        by a line end, which does not count.

    Examples
    --------
    >>> page = HtmlText("<p>caf&eacute; &amp; bar</p><p>open</p>")
    >>> page.text
    'café & bar\nopen'
    >>> page.place(0, 5)  # the bytes of 'café'
    (0, 4)
    """

    def __init__(self, html: str) -> None:
        collector = _Collector()
        collector.feed(html.replace("\r\n", "\n").replace("\r", "\n"))
        collector.close()
        self._pieces: list[str] = []
        self._bytes: list[int] = []
        self._chars: list[int] = []
        parts: list[str] = []
        size = count = 0
        for piece, apart in zip(collector.pieces, collector.breaks, strict=True):
            if apart and parts and not parts[-1].endswith("\n") and not piece.startswith("\n"):
                parts.append("\n")
                count += 1
            self._pieces.append(piece)
            self._bytes.append(size)
            self._chars.append(count)
            parts.append(piece)
            size += len(piece.encode("utf-8", "surrogatepass"))
            count += len(piece)
        self.text = "".join(parts)
        self.size = size

    @functools.cached_property
    def _wide(self) -> bytes:
        return "".join(self._pieces).encode("utf-16-le", "surrogatepass")

    def place_utf16(self, start: int, end: int) -> tuple[int, int] | None:
        """As `place`, from the units in which a browser counts: UTF-16."""
        if not 0 <= start <= end <= len(self._wide) // 2:
            return None
        first, last = (len(self._wide[: 2 * at].decode("utf-16-le", "ignore").encode()) for at in (start, end))
        return self.place(first, last)

    def place(self, start: int, end: int) -> tuple[int, int] | None:
        """Start and end in code points of the text, from bytes of the document's text; None where they fall outside.

        A byte within a character stands for that character: the stretch is widened to hold it whole.
        """
        if not 0 <= start <= end <= self.size or not self._pieces:
            return None
        first = bisect.bisect_right(self._bytes, start) - 1
        last = first if start == end else bisect.bisect_left(self._bytes, end) - 1
        return self._at(start, first, up=start == end), self._at(end, last, up=True)

    def _at(self, byte: int, piece: int, *, up: bool) -> int:
        """The place of a byte within a piece; within a character, before it or, going up, behind it."""
        content = self._pieces[piece].encode("utf-8", "surrogatepass")
        within = min(byte - self._bytes[piece], len(content))
        while 0 < within < len(content) and content[within] & 0xC0 == 0x80:
            within += 1 if up else -1
        return self._chars[piece] + len(content[:within].decode("utf-8", "surrogatepass"))


def text_of_html(html: str) -> str:
    """The text of an HTML document or snippet."""
    return HtmlText(html).text
