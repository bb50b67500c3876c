"""From stretches of text to units: the rules of `Study.unitise`."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator
from typing import Any, Literal

import numpy as np
import pandas as pd

from expertsys._core.errors import DataError, check_choice, check_positive, listing

Rule = Literal["document", "paragraph", "sentence", "window", "overlap"]
RULES: tuple[Rule, ...] = ("document", "paragraph", "sentence", "window", "overlap")

# A sentence ends at . ! ? or an ellipsis with its closing quotes, where white space and no small letter follow,
# and at a line end.
_SENTENCE_END = re.compile(r"[.!?…][\"'”’»)\]]*(?=\s+[\"'“‘«(\[]*[\w])(?!\s+[a-zà-ÿ])|\n")
_LINE = re.compile(r"[^\r\n]+")

Stretch = tuple[int, int]


def paragraphs(text: str) -> Iterator[Stretch]:
    """Non-empty lines, without the white space around them."""
    for line in _LINE.finditer(text):
        yield from _trimmed(text, line.start(), line.end())


def sentences(text: str) -> Iterator[Stretch]:
    """Sentences by punctuation, a rule without a language: abbreviations before a capital letter end one too."""
    ends = [match.end() for match in _SENTENCE_END.finditer(text)]
    for start, end in itertools.pairwise([0, *ends, len(text)]):
        yield from _trimmed(text, start, end)


def windows(text: str, size: int) -> Iterator[Stretch]:
    """Stretches of `size` characters; the last may be shorter."""
    for start in range(0, len(text), size):
        yield start, min(start + size, len(text))


def _trimmed(text: str, start: int, end: int) -> Iterator[Stretch]:
    piece = text[start:end]
    if piece.strip():
        yield start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip())


def unitise(
    codings: pd.DataFrame, documents: pd.DataFrame, *, by: Rule, size: int | None
) -> tuple[pd.DataFrame, pd.DataFrame, str]:
    """Codings that name their units, the table of units, and the choice in words."""
    check_choice("by", by, RULES)
    if (size is not None) != (by == "window"):
        raise DataError("size goes with by='window', and is needed there", place="unitise")
    lost = codings["document"].isna()
    if lost.any():
        raise DataError(
            f"{int(lost.sum())} codings name no document", place="study.codings", remedy="Give them a document."
        )
    if by == "document":
        units = pd.DataFrame({"unit": documents.index, "document": documents.index, "case": documents["case"].array})
        return codings.assign(unit=codings["document"]), units, "document"
    if by == "overlap":
        units = _runs(codings)
        told = "runs of coded text that overlap, whoever coded them; text that no one coded is no unit"
    else:
        if size is not None:
            check_positive("size", size)
        units = _cut(documents, by, size or 0)
        told = f"window of {size} characters" if by == "window" else by
    units["case"] = units["document"].map(documents["case"])
    return _assign(codings, units), units, told


def _cut(documents: pd.DataFrame, by: Rule, size: int) -> pd.DataFrame:
    texts = documents["text"]
    if texts.isna().any():
        names = texts.index[texts.isna()]
        raise DataError(
            f"by={by!r} needs the texts of the documents, and {len(names)} have none: {listing(names)}",
            place="study.documents",
            remedy="Give documents a column 'text', or choose by='document' or by='overlap'.",
        )
    cutters: dict[str, Callable[[str], Iterator[Stretch]]] = {
        "paragraph": paragraphs,
        "sentence": sentences,
        "window": lambda text: windows(text, size),
    }
    rows = [
        (f"{name} [{start}:{end}]", name, start, end)
        for name, text in texts.items()
        for start, end in cutters[by](str(text))
    ]
    return pd.DataFrame(rows, columns=["unit", "document", "start", "end"])


def _runs(codings: pd.DataFrame) -> pd.DataFrame:
    """Stretches that chains of overlapping codings cover; those that only touch stay apart."""
    spans = codings.dropna(subset=["start", "end"])[["document", "start", "end"]].drop_duplicates()
    whole = codings["start"].isna()
    if whole.any():
        raise DataError(
            f"{int(whole.sum())} codings have no positions", place="study.codings", remedy="Choose by='document'."
        )
    rows: list[tuple[str, int, int]] = []
    for key, group in spans.sort_values(["document", "start", "end"]).groupby("document", sort=True):
        name, reach = str(key), -1
        for start, end in group[["start", "end"]].to_numpy(dtype=np.int64).tolist():
            if start >= reach:
                rows.append((name, start, end))
            else:
                rows[-1] = (name, rows[-1][1], max(rows[-1][2], end))
            reach = max(reach, end)
    named = [(f"{name} [{start}:{end}]", name, start, end) for name, start, end in rows]
    return pd.DataFrame(named, columns=["unit", "document", "start", "end"])


def _assign(codings: pd.DataFrame, units: pd.DataFrame) -> pd.DataFrame:
    """One row per coding and unit that it reaches into; a coding without positions covers its whole document."""
    by_document: dict[Any, pd.DataFrame] = dict(tuple(units.groupby("document", sort=False)))
    pieces: list[tuple[int, str | None]] = []
    columns = zip(codings["document"], codings["start"], codings["end"], strict=True)
    for row, (document, start, end) in enumerate(columns):
        near = by_document.get(document)
        if near is None:
            pieces.append((row, None))
            continue
        starts, ends = near["start"].to_numpy(dtype=np.int64), near["end"].to_numpy(dtype=np.int64)
        low, high = (0, int(ends.max())) if pd.isna(start) else (int(start), max(int(end), int(start) + 1))
        first, last = int(np.searchsorted(ends, low, side="right")), int(np.searchsorted(starts, high, side="left"))
        pieces.extend((row, str(name)) for name in near["unit"].iloc[first:last])
    lost = [row for row, name in pieces if name is None]
    if lost:
        raise DataError(
            f"{len(lost)} codings lie in documents without a unit, the first in row {lost[0] + 1}",
            place="study.codings",
            remedy="Choose another rule, or give the documents their texts.",
        )
    reached = codings.iloc[[row for row, _ in pieces]].assign(unit=[str(name) for _, name in pieces])
    between = len(codings) - len({row for row, _ in pieces})
    if between:
        raise DataError(
            f"{between} codings mark only white space between units", place="study.codings", remedy="Choose a window."
        )
    return reached.reset_index(drop=True)
