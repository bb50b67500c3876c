"""From stretches of text to units: the rules of `Study.unitise`."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from expertsys._core.errors import DataError, Remark, check_choice, check_positive, counted, listing, quoted

Rule = Literal["document", "paragraph", "sentence", "window", "overlap"]
RULES: tuple[Rule, ...] = ("document", "paragraph", "sentence", "window", "overlap")

_LINE_ENDS = "\r\n\v\f\x85\u2028\u2029"
_CLOSING, _OPENING = "\"'”’»›)\\]」』）】", "\"'“‘«‹(\\[¿¡"
# A sentence ends at . ! ? or an ellipsis (or their like in Arabic, Urdu, Devanagari and Amharic) with its closing
# quotes, where white space and no small letter follow; at the full stops of Chinese and Japanese; and at a line end.
_SENTENCE_END = re.compile(rf"[.!?…؟۔।॥።][{_CLOSING}]*(?=\s+[{_OPENING}]*\w)|[。！？｡][{_CLOSING}]*|[{_LINE_ENDS}]")
_LETTER = re.compile(r"\S")
_LINE = re.compile(f"[^{_LINE_ENDS}]+")
_TOLD = {
    "paragraph": "paragraph",
    "sentence": "sentence: by . ! ? … before white space and no small letter, and by line ends; abbreviations count",
}

Stretch = tuple[int, int]
Ints: TypeAlias = npt.NDArray[np.int64]


def paragraphs(text: str) -> Iterator[Stretch]:
    """Non-empty lines, by any line end that Unicode knows, without the white space around them."""
    for line in _LINE.finditer(text):
        yield from _trimmed(text, line.start(), line.end())


def sentences(text: str) -> Iterator[Stretch]:
    """Sentences by punctuation, a rule without a language: abbreviations before a capital letter end one too."""
    ends = [match.end() for match in _SENTENCE_END.finditer(text) if not _goes_on(text, match)]
    for start, end in itertools.pairwise([0, *ends, len(text)]):
        yield from _trimmed(text, start, end)


def _goes_on(text: str, match: re.Match[str]) -> bool:
    """Whether a small letter follows behind white space, so that a full stop is an abbreviation's."""
    if match[0][0] in _LINE_ENDS + "。！？｡":
        return False
    behind = _LETTER.search(text, match.end())
    return behind is not None and behind[0].islower()


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
            f"no document is named by {counted(int(lost.sum()), 'coding')}",
            place="study.codings",
            remedy="Give them a document.",
        )
    if by == "document":
        units = pd.DataFrame({"unit": documents.index, "document": documents.index, "case": documents["case"].array})
        codings, told = _of_one_case(codings.assign(unit=codings["document"]), "document")
        return codings, units, told
    if by == "overlap":
        units = _runs(codings)
        told = "runs of coded text that overlap, whoever coded them; text that no one coded is no unit"
    else:
        if size is not None:
            check_positive("size", size)
        units = _cut(documents, by, size or 0)
        told = f"window of {size} characters" if by == "window" else _TOLD[by]
    units["case"] = units["document"].map(documents["case"])
    nowhere = int(codings["start"].isna().sum())
    if nowhere:
        told += f"; codings without a position, such as of an area, count in every unit of their document: {nowhere:,}"
    codings, told = _of_one_case(_assign(codings, units), told)
    return codings, units, told


def _of_one_case(codings: pd.DataFrame, told: str) -> tuple[pd.DataFrame, str]:
    """Where cases share a document, a unit with codings of several belongs to none of them."""
    pairs = codings[["unit", "case"]].dropna().drop_duplicates()
    shared = pairs["unit"][pairs["unit"].duplicated()].unique()
    if not len(shared):
        return codings, told
    told += f"; {len(shared):,} with codings of several cases belong to none"
    return codings.assign(case=codings["case"].where(~codings["unit"].isin(shared))), told


def _cut(documents: pd.DataFrame, by: Rule, size: int) -> pd.DataFrame:
    texts = documents["text"]
    if texts.isna().any():
        names = texts.index[texts.isna()]
        raise DataError(
            f"by={by!r} needs the texts of the documents; "
            f"{counted(len(names), 'document')} without one: {listing(names)}",
            place="study.documents",
            remedy="Give documents a column 'text', leave these out with study.select(documents=[...]), or choose "
            "by='document' or by='overlap'.",
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
    """Stretches that chains of overlapping codings cover; those that only touch stay apart.

    A coding without length counts as one character.
    """
    spans = codings.dropna(subset=["start", "end"])[["document", "start", "end"]].drop_duplicates()
    whole = codings["start"].isna()
    if whole.any():
        raise DataError(
            f"{counted(int(whole.sum()), 'coding')} without positions",
            place="study.codings",
            remedy="Choose by='document'.",
        )
    rows: list[tuple[str, int, int]] = []
    for key, group in spans.sort_values(["document", "start", "end"]).groupby("document", sort=True):
        name, reach = str(key), -1
        for start, end in group[["start", "end"]].to_numpy(dtype=np.int64).tolist():
            end = max(end, start + 1)
            if start >= reach:
                rows.append((name, start, end))
            else:
                rows[-1] = (name, rows[-1][1], max(rows[-1][2], end))
            reach = max(reach, end)
    named = [(f"{name} [{start}:{end}]", name, start, end) for name, start, end in rows]
    return pd.DataFrame(named, columns=["unit", "document", "start", "end"])


def _assign(codings: pd.DataFrame, units: pd.DataFrame) -> pd.DataFrame:
    """One row per coding and unit that it reaches into; a coding without positions covers its whole document."""
    cut = {
        document: (
            group["unit"].tolist(),
            group["start"].to_numpy(dtype=np.int64),
            group["end"].to_numpy(dtype=np.int64),
        )
        for document, group in units.groupby("document", sort=False)
    }
    pieces: list[tuple[int, str]] = []
    faults: list[Remark] = []
    columns = zip(codings["document"], codings["start"], codings["end"], strict=True)
    for row, (document, start, end) in enumerate(columns):
        place = f"codings, row {row + 1}"
        if document not in cut:
            faults.append(Remark("error", place, f"lies in the document {quoted(document)}, which holds no unit."))
            continue
        names, starts, ends = cut[document]
        first, last = (0, len(names)) if pd.isna(start) else _reached(starts, ends, int(start), int(end))
        if first >= last:
            faults.append(Remark("error", place, f"marks only white space between units, {start} to {end}."))
        pieces.extend((row, name) for name in names[first:last])
    if faults:
        raise DataError(
            f"no unit is reached by {counted(len(faults), 'coding')}",
            place="study.codings",
            remedy="Drop them, or choose by='window' or by='document'.",
            faults=faults,
        )
    reached = codings.iloc[[row for row, _ in pieces]].assign(unit=[name for _, name in pieces])
    return reached.reset_index(drop=True)


def _reached(starts: Ints, ends: Ints, start: int, end: int) -> Stretch:
    """The units, first to last, that a coding reaches into; one without length counts as the character behind it."""
    first, last = np.searchsorted(ends, start, side="right"), np.searchsorted(starts, max(end, start + 1), side="left")
    if first >= last and start == end:  # behind the last character of a unit
        first, last = np.searchsorted(ends, start, side="left"), np.searchsorted(starts, start, side="right")
    return int(first), int(last)
