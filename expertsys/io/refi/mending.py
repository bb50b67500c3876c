"""What a file has that breaks the format's rules, mended on the way and told."""

from __future__ import annotations

from collections import Counter

import attrs

from expertsys._core.errors import counted
from expertsys.io.log import Log
from expertsys.io.refi import schema


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
        plain = text if schema.is_guid(text) else schema.guid(text)
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
