"""The codings of a study in a project: those that stand there stay, those that are gone go, new ones are added."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator
from typing import Any, NamedTuple
from xml.etree.ElementTree import Element

import pandas as pd

from expertsys.io.refi import schema
from expertsys.io.refi.document import Selections, put
from expertsys.io.refi.losses import Losses
from expertsys.io.refi.view import FIELDS, Document, View
from expertsys.study import Study

Place = tuple[Any, Any]


class Wanted(NamedTuple):
    """One coding of the study."""

    document: str
    start: int | None
    end: int | None
    coder: str
    code: str
    case: str | None
    text: str | None
    memo: str | None
    date: str | None


class Fresh(NamedTuple):
    """A coding that the project does not have yet, in the project's words."""

    guid: str
    code: str
    user: str | None
    created: str | None


def draw_codings(study: Study, view: View, losses: Losses) -> None:
    """Bring the project's codings to those of the study."""
    standing: dict[Hashable, list[Place]] = defaultdict(list)
    for columns, places in view.applied():
        for cells, place in zip(zip(*columns, strict=True), places, strict=True):
            standing[cells].append(place)
    for held in standing.values():
        held.reverse()
    fresh: list[Wanted] = []
    for wanted in _wanted(study.codings):
        if same := standing.get(wanted):
            same.pop()
        else:
            fresh.append(wanted)
    _remove([place for held in standing.values() for place in held], view)
    if fresh:
        _Adder(view, losses).add(fresh)


def _wanted(codings: pd.DataFrame) -> Iterator[Wanted]:
    """The codings, one that stands in several units counted once."""
    columns = [codings[name].astype(object).where(codings[name].notna(), None).tolist() for name in (*FIELDS, "unit")]
    times: Counter[Hashable] = Counter()
    seen: set[Hashable] = set()
    for *cells, unit in zip(*columns, strict=True):
        key = tuple(cells)
        if unit is not None:
            times[key, unit] += 1
            mark = (key, times[key, unit])
            if mark in seen:
                continue
            seen.add(mark)
        yield Wanted(*cells)


def _remove(places: list[Place], view: View) -> None:
    gone: dict[Any, list[Any]] = defaultdict(list)
    for holder, item in places:
        gone[holder].append(item)
    for holder, items in gone.items():
        if isinstance(holder, Element):
            for item in items:
                holder.remove(item)
    for carrier, held in view.project.selections.items():
        if held in gone:
            view.project.selections[carrier] = held.without(set(gone[held]))


class _Adder:
    """Puts codings into the project that are not there yet."""

    def __init__(self, view: View, losses: Losses) -> None:
        self.view, self.losses = view, losses
        self.users = {name: guid for guid, name in view.users.items()}
        self.codes = {name: guid for guid, name in view.code_names.items()}
        self.documents = {document.name: document for document in view.documents}
        self.made: Counter[str] = Counter()

    def add(self, fresh: list[Wanted]) -> None:
        """Add them, those of one stretch that follow each other as one selection."""
        before: tuple[Hashable, Selections] | None = None
        for wanted in fresh:
            document = self.documents[wanted.document]
            created = schema.date_time(wanted.date) if wanted.date else None
            if wanted.date and created is None:
                self.losses.add("coding", "whose date has no time")
            guid = self._guid("coding", *map(str, wanted))
            coding = Fresh(guid, self.codes[wanted.code], self.users[wanted.coder], created)
            if wanted.case is not None and wanted.case != document.case and wanted.start is None:
                self.losses.add("coding", "of another case than its document")
            if wanted.start is None or wanted.end is None:
                self._whole(document, wanted, coding)
                continue
            if document.kind == "transcript" or document.carrier is None:
                self._in_recording(document, wanted, coding)
                continue
            key = (wanted.document, wanted.start, wanted.end, wanted.memo, wanted.case, wanted.text)
            if before is None or before[0] != key:
                before = key, self._selected(document, document.carrier, wanted)
            held = before[1]
            held.codings.add(len(held.guid) - 1, *coding)

    def _guid(self, *words: str) -> str:
        guid = schema.made_guid(*words)
        self.made[guid] += 1
        return guid if self.made[guid] == 1 else schema.made_guid(guid, str(self.made[guid]))

    def _selected(self, document: Document, carrier: Element, wanted: Wanted) -> Selections:
        name = wanted.text if document.text is None else None
        if document.text is not None and wanted.text is not None:
            excerpt = document.text[wanted.start : wanted.end].strip()
            self.losses.add("coding", "whose text is not that of its document", int(wanted.text != excerpt))
        guid = self._guid("selection", *map(str, (wanted.document, wanted.start, wanted.end, wanted.memo, wanted.case)))
        held = self.view.project.selections.setdefault(carrier, Selections())
        held.add(guid, int(wanted.start or 0), int(wanted.end or 0), name, wanted.memo)
        self._of_case(document, wanted, guid)
        return held

    def _of_case(self, document: Document, wanted: Wanted, guid: str) -> None:
        if wanted.case is None or wanted.case == document.case:
            return
        if document.case is not None:
            self.losses.add("coding", "of another case than its document")
            return
        self.view.cases[wanted.case].append(Element("SelectionRef", {"targetGUID": guid}))

    def _whole(self, document: Document, wanted: Wanted, coding: Fresh) -> None:
        if wanted.text is not None and wanted.text != (document.text or "").strip():
            self.losses.add("coding", "whose text is not that of its document")
        if document.kind == "transcript" and document.carrier is not None:
            guid = self._guid("selection", wanted.document, str(wanted.memo))
            selection = Element("TranscriptSelection", {"guid": guid})
            document.carrier.append(selection)
            self._element(selection, coding, wanted.memo)
        else:
            self._element(document.source, coding, wanted.memo)

    def _in_recording(self, document: Document, wanted: Wanted, coding: Fresh) -> None:
        transcript = document.carrier
        if transcript is None or wanted.start is None or wanted.end is None:
            self.losses.add("coding", "at a position in a recording, which has no text")
            return
        points: dict[str, str] = {}
        for key, position in (("fromSyncPoint", wanted.start), ("toSyncPoint", wanted.end)):
            points[key] = self._guid("sync point", wanted.document, str(position))
            transcript.append(Element("SyncPoint", {"guid": points[key], "position": str(position)}))
        guid = self._guid("selection", wanted.document, str(wanted.start), str(wanted.end), str(wanted.memo))
        selection = Element("TranscriptSelection", {"guid": guid, **points})
        transcript.append(selection)
        self._element(selection, coding, wanted.memo)

    def _element(self, holder: Element, coding: Fresh, memo: str | None) -> None:
        attributes = {"guid": coding.guid, "creatingUser": coding.user, "creationDateTime": coding.created}
        element = Element("Coding", {key: value for key, value in attributes.items() if value})
        element.append(Element("CodeRef", {"targetGUID": coding.code}))
        if memo is not None:
            element.append(Element("NoteRef", {"targetGUID": self._note(memo)}))
        holder.append(element)

    def _note(self, memo: str) -> str:
        guid = schema.made_guid("note", memo)
        if guid not in self.view.notes:
            note = Element("Note", {"guid": guid, "name": "memo"})
            put(note, "PlainTextContent", memo)
            self.view.project.section("Notes").append(note)
            self.view.notes[guid] = memo
        return guid
