"""Small continua for property tests: who saw which document, and what they marked there."""

from __future__ import annotations

import itertools

import attrs
import pandas as pd
from hypothesis import strategies as st

from expertsys.agreement import Spans

Mark = tuple[str, str, str, int, int]


@attrs.frozen
class Continua:
    """Documents with their lengths, who saw them, and marks: document, coder, code, start, end."""

    lengths: dict[str, int]
    seen: dict[str, list[str]]
    marks: list[Mark]

    def spans(self) -> Spans:
        """The same as the library has it."""
        frame = pd.DataFrame(self.marks, columns=["document", "coder", "code", "start", "end"])
        return Spans.from_frame(frame, lengths=self.lengths, seen=self.seen, codes=["a", "b", "c"])

    def coders(self, document: str) -> list[str]:
        """Who saw a document."""
        return [coder for coder, documents in self.seen.items() if document in documents]

    def labels(self, document: str, coder: str, code: str | None = None) -> list[frozenset[str]]:
        """The codes that a coder gave each character; with a code, that one or none."""
        found: list[set[str]] = [set() for _ in range(self.lengths[document])]
        for where, who, what, start, end in self.marks:
            if (where, who) == (document, coder) and code in (None, what):
                for place in range(start, end):
                    found[place].add(what)
        return [frozenset(codes) for codes in found]


@st.composite
def continua(
    draw: st.DrawFn, *, overlap: bool = False, longest: int = 12, documents: int = 3, coders: tuple[int, int] = (2, 4)
) -> Continua:
    """Up to `documents` documents; without `overlap`, a coder has one code at a place."""
    lengths = {f"d{number}": draw(st.integers(1, longest)) for number in range(draw(st.integers(1, documents)))}
    names = [f"c{number}" for number in range(draw(st.integers(*coders)))]
    seen = {name: [doc for doc in lengths if draw(st.integers(0, 9)) > 1] for name in names}
    marks: list[Mark] = []
    for coder, documents_seen in seen.items():
        for document in documents_seen:
            if overlap:
                for _ in range(draw(st.integers(0, 4))):
                    start = draw(st.integers(0, lengths[document] - 1))
                    end = draw(st.integers(start + 1, lengths[document]))
                    marks.append((document, coder, draw(st.sampled_from("abc")), start, end))
                continue
            cuts = sorted(draw(st.sets(st.integers(0, lengths[document]), max_size=5)))
            for start, end in itertools.pairwise(cuts):
                code = draw(st.sampled_from([None, "a", "b", "c"]))
                if code is not None:
                    marks.append((document, coder, code, start, end))
    return Continua(lengths, seen, list(dict.fromkeys(marks)))
