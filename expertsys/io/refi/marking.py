"""The selections of a text as the parser tells them: most of a large project, so each must cost little."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from typing import TypeVar

from expertsys.io.limits import Limits, beyond
from expertsys.io.log import Log
from expertsys.io.refi import schema
from expertsys.io.refi.document import Selections
from expertsys.io.refi.mending import Mended
from expertsys.io.safe_xml import Cursor

_K = TypeVar("_K")
_V = TypeVar("_V")
_FARTHEST = 2**40


class Once(dict[_K, _V]):
    """What comes of each key, found when it is first asked for."""

    def __init__(self, find: Callable[[_K], _V]) -> None:
        self._find = find

    def __missing__(self, key: _K) -> _V:
        found = self[key] = self._find(key)
        return found


class Marking:
    """Takes the events from one selection to the last of those that follow it, in place of the reader."""

    def __init__(
        self, name: str, log: Log, mended: Mended, limits: Limits, cursor: Cursor, tags: Once[str, str]
    ) -> None:
        self.name, self.log, self.mended, self.cursor = name, log, mended, cursor
        self._tags = tags
        self._held = Selections()
        self._selected = self._coded = False
        self._skipped = self._inside = 0
        self._most = limits.elements
        self._described: list[str] = []
        self._guids: Once[str | None, str | None] = Once(self._guid)
        self._dates: Once[str | None, str | None] = Once(self._date)

    def enter(self, held: Selections, attributes: dict[str, str]) -> None:
        """The first selection begins."""
        self._held = held
        self._select(attributes)
        self.cursor.enter(self.start, self.end)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        tag = self._tags[name]
        if not self._selected:
            if tag == "PlainTextSelection":
                self.cursor.one_more()
                self._select(attributes)
            else:
                self.cursor.leave_to_start(name, attributes)
            return
        self._inside += 1
        if self._inside > self._most:
            what = f"the document has more than {self._most:,} elements within selections"
            raise beyond(f"{self.name}, {self.cursor}", what, "elements", self._most)
        if self._skipped:
            self._skipped += 1
        elif tag == "CodeRef" and self._coded:
            self._held.codings.code[-1] = self._guids[attributes.get("targetGUID")] or ""
        elif tag == "Coding" and not self._coded:
            self._code(attributes)
        elif tag == "NoteRef":
            rows = self._held.codings if self._coded else self._held
            rows.notes.setdefault(len(rows.guid) - 1, []).append(self._guids[attributes.get("targetGUID")] or "")
        elif tag == "Description" and not self._coded:
            self._described = []
            self.cursor.listen(self.text)
        else:
            self.mended.tell(f"element <{tag}> not in the format there, left out", str(self.cursor))
            self._skipped = 1

    def end(self, name: str) -> None:
        """An element ends."""
        if not self._selected:
            self.cursor.leave_to_end(name)
            return
        if self._skipped:
            self._skipped -= 1
            return
        tag = self._tags[name]
        if tag == "Coding":
            self._coded = False
            if not self._held.codings.code[-1]:
                self._held.codings.drop()
                self.mended.tell("coding without a code, left out", str(self.cursor))
        elif tag == "PlainTextSelection":
            self._selected = False
        elif tag == "Description":
            self._held.description[-1] = "".join(self._described)
            self.cursor.listen(None)

    def text(self, piece: str) -> None:
        """Text within a description."""
        if not self._skipped:
            self._described.append(piece)

    def _select(self, attributes: dict[str, str]) -> None:
        get, held = attributes.get, self._held
        first, last = get("startPosition"), get("endPosition")
        start = (
            int(first) if first and first.isdecimal() and len(first) < 12 else self._position("startPosition", first)
        )
        end = int(last) if last and last.isdecimal() and len(last) < 12 else self._position("endPosition", last)
        guid = get("guid")
        if guid is None or not schema.is_guid(guid):
            guid = self.mended.guid(guid, self.cursor, str(start), str(end))
        self._selected = True
        held.guid.append(guid)
        held.start.append(start)
        held.end.append(end)
        held.name.append(get("name"))
        held.description.append(None)
        held.user.append(self._guids[get("creatingUser")])
        held.created.append(self._dates[get("creationDateTime")])
        held.modifier.append(self._guids[get("modifyingUser")])
        held.modified.append(self._dates[get("modifiedDateTime")])

    def _code(self, attributes: dict[str, str]) -> None:
        get, codings, of = attributes.get, self._held.codings, len(self._held.guid) - 1
        guid = get("guid")
        if guid is None or not schema.is_guid(guid):
            before = len(codings.of) - bisect_left(codings.of, of)
            guid = self.mended.guid(guid, self.cursor, self._held.guid[-1], str(before))
        self._coded = True
        codings.of.append(of)
        codings.guid.append(guid)
        codings.code.append("")
        codings.user.append(self._guids[get("creatingUser")])
        codings.created.append(self._dates[get("creationDateTime")])

    def _position(self, key: str, value: str | None) -> int:
        found = schema.integer(value or "")
        if found is None:
            self.log.fault(
                f"{self.name}, {self.cursor}",
                f"a selection has the {key} {value!r}, which is no whole number.",
                "Export the project again.",
            )
        number = int(found or 0)
        if abs(number) > _FARTHEST:
            what = f"a selection has the {key} {number:,}; no text is so long."
            self.log.fault(f"{self.name}, {self.cursor}", what)
            return 0
        return number

    def _guid(self, text: str | None) -> str | None:
        return None if text is None else self.mended.guid(text, self.cursor)

    def _date(self, text: str | None) -> str | None:
        found = None if text is None else schema.date_time(text)
        if found is None and text is not None:
            self.mended.tell(f"date {text[:40]!r} against the format, left out", str(self.cursor))
        return found
