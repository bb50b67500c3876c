"""From stretches of text to units: the rules of `Study.unitise`."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Literal, TypeAlias

import attrs
import numpy as np
import numpy.typing as npt
import pandas as pd

from expertsys._core.errors import DataError, Remark, check_choice, check_positive, counted, listing, quoted

Rule = Literal["document", "paragraph", "sentence", "turn", "window", "overlap", "pattern"]
RULES: tuple[Rule, ...] = ("document", "paragraph", "sentence", "turn", "window", "overlap", "pattern")

Stretch = tuple[int, int]
#: From the text of a document to where its units start and end.
Cutter: TypeAlias = Callable[[str], Iterable[Stretch]]
#: How much of a unit a coding must hold for the unit to count as coded.
Least: TypeAlias = Literal["word", "character"] | float
Ints: TypeAlias = npt.NDArray[np.int64]
Bools: TypeAlias = npt.NDArray[np.bool_]

_LINE_ENDS = "\r\n\v\f\x85\u2028\u2029"
_CLOSING, _OPENING = "\"'”’»›)\\]」』）】", "\"'“‘«‹(\\[¿¡"
# A sentence ends at . ! ? or an ellipsis (or their like in Arabic, Urdu, Devanagari and Amharic) with its closing
# quotes, where white space and no small letter follow; at the full stops of Chinese and Japanese; and at a line end.
_SENTENCE_END = re.compile(rf"[.!?…؟۔।॥።][{_CLOSING}]*(?=\s+[{_OPENING}]*\w)|[。！？｡][{_CLOSING}]*|[{_LINE_ENDS}]")
_CLOSED = re.compile(rf"[.!?…:؟۔।॥።。！？｡][{_CLOSING}]*$")
_LETTER = re.compile(r"\S")
_LINE = re.compile(f"[^{_LINE_ENDS}]+")
_AS_NEWLINES = str.maketrans(dict.fromkeys(_LINE_ENDS, "\n"))
_PAGE_NUMBER = re.compile(
    r"[-–—\s]*(?:page|p\.|seite|página|страница)?\s*\d{1,4}(?:\s*(?:of|von|de|/)\s*\d{1,4})?[-–—\s]*", re.I
)
# Scripts without blanks between words: each character counts as a word there.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_WORD = re.compile(rf"[{_UNSPACED}]|(?:(?![{_UNSPACED}])\w)+(?:['’](?:(?![{_UNSPACED}])\w)+)*")
# A line that begins with a name of at most four words and a colon; a time and marks of emphasis may stand around it.
_TURN = re.compile(
    r"^[ \t*_]*(?:[\[(]?\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d+)?[\])]?[ \t*_\-–]*)?"
    r"(?P<speaker>[^\W\d_][\w.'’\-]*(?:[ \t]+[\w.'’\-]+){0,3}?)"
    r"[ \t*_]*(?:[\[(][^\])\n]{0,30}[\])])?[ \t*_]*(?:：|:(?=[\s*_]|$))",
    re.M,
)
_ENDS = ("start", "end")
_TOLD = {
    "paragraph": "paragraph",
    "sentence": "sentence: by . ! ? … before white space and no small letter, and by line ends; abbreviations count",
}


@attrs.define
class _Units:
    """Units as a rule cuts them, and what must be said of it."""

    table: pd.DataFrame
    told: list[str] = attrs.field(factory=list)


def paragraphs(text: str) -> Iterator[Stretch]:
    """Non-empty lines, by any line end that Unicode knows, without the white space around them.

    Where the lines of a text are wrapped, as in a text taken from a PDF file (`is_wrapped`), its paragraphs end at an
    empty line, and at a line that ends a sentence and is shorter than the others or the last of its page; page numbers
    are no paragraphs.
    """
    lines = _lines(text)
    yield from _joined(text, lines) if _wrapped(text, lines) else lines


def is_wrapped(text: str) -> bool:
    """Whether lines end where the page did.

    Of the lines that another follows without an empty line, at least half (and two) are about as long as the longest,
    end no sentence, and are followed by no capital letter.
    """
    return _wrapped(text, _lines(text))


def _lines(text: str) -> list[Stretch]:
    return [piece for line in _LINE.finditer(text) for piece in _trimmed(text, line.start(), line.end())]


def _plain(text: str) -> str:
    """The text with every line end as one newline, as long as before."""
    return text.replace("\r\n", " \n").translate(_AS_NEWLINES)


def _width(lines: Sequence[Stretch]) -> float:
    return float(np.quantile([end - start for start, end in lines], 0.9)) if lines else 0.0


def _wrapped(text: str, lines: Sequence[Stretch]) -> bool:
    width, plain = _width(lines), _plain(text)
    if len(lines) < 3 or not 20 <= width <= 200:
        return False
    pairs = [(a, b) for a, b in itertools.pairwise(lines) if plain.count("\n", a[1], b[0]) == 1]
    broken = sum(
        end - start >= 0.7 * width and not _CLOSED.search(text[start:end]) and not text[after].isupper()
        for (start, end), (after, _) in pairs
    )
    return broken >= max(2, len(pairs) / 2)


def _joined(text: str, lines: Sequence[Stretch]) -> Iterator[Stretch]:
    """Wrapped lines as paragraphs."""
    width, plain = _width(lines), _plain(text)
    begun: Stretch | None = None
    line = (0, 0)
    turned = False  # whether a page ended since
    for start, end in lines:
        if _PAGE_NUMBER.fullmatch(text, start, end):
            turned = True
            continue
        if begun is not None:
            closed = bool(_CLOSED.search(text[line[0] : line[1]]))
            empty = not turned and plain.count("\n", line[1], start) > 1
            short = line[1] - line[0] < 0.7 * width
            ended = closed and (short or turned)
            if ended or (empty and (closed or not text[start].islower())) or _TURN.match(plain, start):
                yield begun
                begun = None
        begun = (start if begun is None else begun[0], end)
        line, turned = (start, end), False
    if begun is not None:
        yield begun


def sentences(text: str) -> Iterator[Stretch]:
    """Sentences by punctuation, a rule without a language: abbreviations before a capital letter end one too.

    A line end is the end of a sentence, but for the line ends within a paragraph whose lines are wrapped.
    """
    if is_wrapped(text):
        for first, last in paragraphs(text):
            inside = _plain(text[first:last]).replace("\n", " ")
            yield from ((first + start, first + end) for start, end in _sentences(inside))
    else:
        yield from _sentences(text)


def _sentences(text: str) -> Iterator[Stretch]:
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
    codings: pd.DataFrame,
    documents: pd.DataFrame,
    *,
    by: Rule | Cutter,
    size: int | None = None,
    pattern: str | re.Pattern[str] | None = None,
    least: Least = "word",
    parts: pd.DataFrame | None = None,
    participants: Iterable[str] = (),
) -> tuple[pd.DataFrame, pd.DataFrame, str]:
    """Codings that name their units, the table of units, and the choice in words.

    Parameters
    ----------
    parts : dataframe, optional
        Stretches of documents that belong to a case or a participant of their own: ``document, start, end, case,
        participant``. A unit belongs to the part that holds most of it.
    participants : iterable of str
        Known names, to which speakers are matched.
    """
    if not callable(by):
        check_choice("by", by, RULES)
    for name, value, rule in (("size", size, "window"), ("pattern", pattern, "pattern")):
        if (value is not None) != (by == rule):
            raise DataError(f"{name} goes with by={rule!r}, and is needed there", place="unitise")
    rule_of_reach = _checked_least(least)
    lost = codings["document"].isna()
    if lost.any():
        raise DataError(
            f"no document is named by {counted(int(lost.sum()), 'coding')}",
            place="study.codings",
            remedy="Give them a document.",
        )
    known = list(dict.fromkeys([*participants, *documents.get("participant", pd.Series(dtype="str")).dropna()]))
    made = _made(codings, documents, by, size, pattern, known)
    units = made.table
    for name in ("case", "participant"):
        units[name] = units[name] if name in units else pd.Series(index=units.index, dtype="str")
    divided: list[str] = []
    if parts is not None and len(parts):
        units = _in_parts(units, parts, divided)
    for name in ("case", "participant"):
        own = documents[name] if name in documents else pd.Series(dtype="str")
        units[name] = units[name].where(units[name].notna(), units["document"].map(own).astype("str"))
    if by == "document":
        codings = codings.assign(unit=codings["document"])
    else:
        nowhere = int(codings["start"].isna().sum())
        texts = documents["text"] if "text" in documents else pd.Series(dtype="str")
        codings = _assign(codings, units, texts, least, rule_of_reach if by != "overlap" else "", made.told)
        if nowhere:
            made.told.append(
                f"codings without a position, such as of an area, count in every unit of their document: {nowhere:,}"
            )
    if parts is not None and len(parts):
        made.told += divided
        cases = codings["unit"].map(units.set_index("unit")["case"])
        inside = codings["document"].isin(parts["document"][parts["case"].notna()])
        codings = codings.assign(case=codings["case"].where(~inside, cases).astype("str"))
    codings = _of_one_case(codings, made.told)
    return codings, units, "; ".join(made.told)


def _checked_least(least: Least) -> str:
    """The rule in words."""
    if isinstance(least, str):
        check_choice("least", least, ("word", "character"))
        if least == "word":
            return "a unit counts as coded where a coding holds at least one whole word of it"
        return "a unit counts as coded where a coding holds at least one character of it"
    if isinstance(least, bool) or not isinstance(least, int | float) or not 0 < least <= 1:
        raise DataError(
            f"least must be 'word', 'character' or a share above 0, up to 1; got {least!r}",
            place="unitise",
            remedy="A share is the text of the unit that a coder's codings with the same code hold together.",
        )
    return f"a unit counts as coded where a coder's codings with the code hold at least {least:.0%} of its text"


def _made(
    codings: pd.DataFrame,
    documents: pd.DataFrame,
    by: Rule | Cutter,
    size: int | None,
    pattern: str | re.Pattern[str] | None,
    participants: Sequence[str],
) -> _Units:
    if by == "document":
        return _Units(pd.DataFrame({"unit": documents.index, "document": documents.index}), ["document"])
    if by == "overlap":
        told = "runs of coded text that overlap, whoever coded them; text that no one coded is no unit"
        return _Units(_runs(codings), [told])
    if callable(by):
        name = getattr(by, "__qualname__", type(by).__name__)
        return _Units(
            _cut(documents, f"function {name}", lambda text: _sound(by(text), text, name)), [f"function {name}"]
        )
    if by == "window":
        check_positive("size", size or 0)
        return _Units(_cut(documents, by, lambda text: windows(text, size or 1)), [f"window of {size} characters"])
    if by in ("turn", "pattern"):
        texts = _texts(documents, by)
        return _turns(codings, texts, participants) if by == "turn" else _matches(codings, texts, pattern, participants)
    made = _Units(_cut(documents, by, paragraphs if by == "paragraph" else sentences), [_TOLD[by]])
    wrapped = sum(is_wrapped(str(text)) for text in documents["text"])
    if wrapped:
        made.told.append(
            f"in {counted(wrapped, 'document')} lines are wrapped and were joined: a paragraph ends at an empty line, "
            "and where a sentence ends at a short line or a page's end; page numbers were left out"
        )
    return made


def _texts(documents: pd.DataFrame, by: object) -> pd.Series[str]:
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
    return texts


def _cut(documents: pd.DataFrame, by: str, cutter: Cutter) -> pd.DataFrame:
    rows = [
        (f"{name} [{start}:{end}]", name, start, end)
        for name, text in _texts(documents, by).items()
        for start, end in cutter(str(text))
    ]
    return pd.DataFrame(rows, columns=["unit", "document", "start", "end"])


def _sound(stretches: Iterable[Stretch], text: str, name: str) -> Iterator[Stretch]:
    """The stretches of a caller's function, which must be in order and not overlap."""
    reach = 0
    for start, end in stretches:
        if not (isinstance(start, int | np.integer) and isinstance(end, int | np.integer)):
            raise DataError(f"{name} must give whole numbers; got {start!r}, {end!r}", place="unitise")
        if not reach <= start < end <= len(text):
            raise DataError(
                f"units must follow one another and lie within their text of {len(text):,} characters; {name} gives "
                f"[{start}:{end}] behind {reach}",
                place="unitise",
                remedy="Let it yield (start, end) in order, end exclusive.",
            )
        yield int(start), int(end)
        reach = int(end)


def _turns(codings: pd.DataFrame, texts: pd.Series[str], participants: Sequence[str]) -> _Units:
    """Speaker turns: from a line that begins with a speaker's name and a colon to the next."""
    lines = {str(name): _plain(str(text)) for name, text in texts.items()}
    found = {name: list(_TURN.finditer(text)) for name, text in lines.items()}
    times = Counter(_spoken(match["speaker"]) for matches in found.values() for match in matches)
    named = {_spoken(name) for name in participants}
    speakers = {
        label for label, number in times.items() if label in named or (number > 1 and not _is_sentence(label, found))
    }
    told = ["speaker turn: from a line that begins with a speaker's name and a colon to the next such line"]
    kept = {
        name: [match for match in matches if _spoken(match["speaker"]) in speakers] for name, matches in found.items()
    }
    without = [name for name, matches in kept.items() if not matches]
    if without:
        raise DataError(
            f"by='turn' needs lines that begin with a speaker's name and a colon; "
            f"{counted(len(without), 'document')} without one: {listing(without, 5)}",
            place="study.documents",
            remedy="Leave these out with study.select(documents=[...]), or say how a turn begins: by='pattern', "
            r"pattern=r'^(?P<speaker>\w+)\t'.",
        )
    shown = list(dict.fromkeys(match["speaker"] for matches in kept.values() for match in matches))
    told.append(f"speakers: {listing(_first_of_each(shown), 8)}")
    others = [label for label in times if label not in speakers]
    if others:
        told.append(f"not taken for speakers: {listing(others, 5)}")
    return _from_marks(codings, texts, kept, participants, told)


def _is_sentence(label: str, found: dict[str, list[re.Match[str]]]) -> bool:
    """Whether what stands before the colon is several words of which the first has a small letter: no name."""
    spelt = next(
        match["speaker"] for matches in found.values() for match in matches if _spoken(match["speaker"]) == label
    )
    return " " in label and spelt[0].islower()


def _first_of_each(names: Sequence[str]) -> list[str]:
    first: dict[str, str] = {}
    for name in names:
        first.setdefault(_spoken(name), name)
    return list(first.values())


def _spoken(name: str) -> str:
    """A speaker's name as it is compared: without regard to capitals and blanks."""
    return " ".join(name.casefold().split())


def _matches(
    codings: pd.DataFrame, texts: pd.Series[str], pattern: str | re.Pattern[str] | None, participants: Sequence[str]
) -> _Units:
    """Units that each begin at a match of a regular expression."""
    try:
        compiled = re.compile(pattern, re.M) if isinstance(pattern, str) else pattern
    except re.error as error:
        raise DataError(f"pattern must be a regular expression: {error}", place="unitise") from None
    if not isinstance(compiled, re.Pattern) or not isinstance(compiled.pattern, str):
        raise DataError(f"pattern must be a regular expression of text; got {pattern!r}", place="unitise")
    found = {
        str(name): [m for m in compiled.finditer(str(text)) if m.end() > m.start()] for name, text in texts.items()
    }
    without = [name for name, matches in found.items() if not matches]
    if without:
        raise DataError(
            f"pattern {compiled.pattern!r} must begin a unit in every document; "
            f"{counted(len(without), 'document')} without a match: {listing(without, 5)}",
            place="study.documents",
            remedy="Change the pattern, or leave these out with study.select(documents=[...]).",
        )
    return _from_marks(codings, texts, found, participants, [f"from a match of {compiled.pattern!r} to the next"])


def _from_marks(
    codings: pd.DataFrame,
    texts: pd.Series[str],
    found: dict[str, list[re.Match[str]]],
    participants: Sequence[str],
    told: list[str],
) -> _Units:
    """Units from match to match; named groups become columns, and ``speaker`` the participant of that name.

    The text before the first match is a unit where someone coded it.
    """
    marked = codings.dropna(subset=["start"]).groupby("document")["start"].min().to_dict()
    person = {_spoken(name): name for name in participants}
    rows: list[dict[str, object]] = []
    heads = 0
    for name, matches in found.items():
        text = str(texts[name])
        begins = [match.start() for match in matches]
        for stretch in _trimmed(text, 0, begins[0]):
            heads += 1
            if marked.get(name, len(text)) < stretch[1]:
                rows.append({"document": name, "start": stretch[0], "end": stretch[1]})
        for match, (start, end) in zip(matches, itertools.pairwise([*begins, len(text)]), strict=True):
            groups = {key: " ".join(value.split()) for key, value in match.groupdict().items() if value}
            for first, last in _trimmed(text, start, end):
                row: dict[str, object] = {"document": name, "start": first, "end": last, **groups}
                if "participant" not in groups and "speaker" in groups:
                    row["participant"] = person.get(_spoken(groups["speaker"]))
                rows.append(row)
    if heads:
        told.append(f"text before the first is a unit only where someone coded it: {counted(heads, 'document')}")
    table = pd.DataFrame(rows)
    for column in table.columns.difference(["start", "end"]):
        table[column] = table[column].astype("str")
    names = [
        f"{name} [{start}:{end}]"
        for name, start, end in zip(table["document"], table["start"], table["end"], strict=True)
    ]
    table.insert(0, "unit", names)
    if "speaker" in table:
        strange = [name for name in table["speaker"].dropna().unique() if _spoken(name) not in person]
        if strange and person:
            told.append(f"speakers who are no participant: {listing(_first_of_each(strange), 8)}")
    return _Units(table, told)


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


@attrs.frozen
class _Reach:
    """Which codings of a document reach into which of its units.

    Parameters
    ----------
    starts, ends : ndarray of int, shape (U,)
        The units.
    first, last : ndarray of int, shape (N,)
        The codings' stretches; those of codings without a position reach over the whole document.
    coding, unit : ndarray of int, shape (P,)
        Numbers of a coding and of a unit into which it reaches, one entry for each such pair.
    low, high : ndarray of int, shape (P,)
        What they have in common.
    placed : ndarray of bool, shape (P,)
        Whether the coding has a length.
    """

    starts: Ints
    ends: Ints
    first: Ints
    last: Ints
    coding: Ints
    unit: Ints
    low: Ints
    high: Ints
    placed: Bools

    @classmethod
    def of(cls, units: pd.DataFrame, codings: pd.DataFrame) -> _Reach:
        starts, ends = (units[name].to_numpy(dtype=np.int64) for name in ("start", "end"))
        nowhere = codings["start"].isna().to_numpy(dtype=bool)
        size = int(ends.max(initial=0))
        first = codings["start"].fillna(0).to_numpy(dtype=np.int64)
        last = codings["end"].fillna(size).to_numpy(dtype=np.int64)
        begin = np.searchsorted(ends, first, side="right")
        stop = np.searchsorted(starts, np.maximum(last, first + 1), side="left")
        # one without length counts as the character behind it; behind the last character of a unit, as its last one
        behind = (begin >= stop) & (first == last)
        begin = np.where(behind, np.searchsorted(ends, first, side="left"), begin)
        stop = np.where(behind, np.searchsorted(starts, first, side="right"), stop)
        times = np.maximum(stop - begin, 0)
        coding = np.repeat(np.arange(len(codings)), times)
        unit = np.arange(int(times.sum())) - np.repeat(np.cumsum(times) - times - begin, times)
        low, high = np.maximum(starts[unit], first[coding]), np.minimum(ends[unit], last[coding])
        return cls(starts, ends, first, last, coding, unit, low, high, (~nowhere & (last > first))[coding])

    @property
    def astray(self) -> Ints:
        """Codings that reach into no unit."""
        return np.flatnonzero(np.bincount(self.coding, minlength=len(self.first)) == 0)

    def with_a_word(self, text: str) -> Bools:
        """Whether a coding holds a whole word of a unit; of a unit without words, a character is enough.

        A coding that holds a whole word of no unit counts in the one in which most of it lies.
        """
        words = np.array([match.span() for match in _WORD.finditer(text)], dtype=np.int64).reshape(-1, 2)

        def n_words(low: Ints, high: Ints) -> Ints:
            ended = np.searchsorted(words[:, 1], high, side="right")
            return np.asarray(ended - np.searchsorted(words[:, 0], low, side="left"))

        held = ~self.placed | (n_words(self.low, self.high) > 0) | (n_words(self.starts, self.ends) <= 0)[self.unit]
        without = np.bincount(self.coding, weights=held, minlength=len(self.first)) == 0
        order = np.lexsort((self.unit, self.low - self.high, self.coding))
        most = order[np.unique(self.coding[order], return_index=True)[1]]
        held[most[without[self.coding[most]]]] = True
        return held

    def with_share(self, share: float, group: Ints) -> Bools:
        """Whether the codings of a group (of one coder, code and round) hold so much of a unit together."""
        n_units = len(self.starts)
        order = np.lexsort((self.high, self.low, self.unit, group[self.coding]))
        cell = (group[self.coding] * n_units + self.unit)[order]
        low, high = self.low[order], self.high[order]
        reach = high.copy()
        for number in range(1, len(order)):  # where the next stretch of a cell begins beyond those before it
            if cell[number] == cell[number - 1]:
                low[number] = max(low[number], reach[number - 1])
                reach[number] = max(high[number], reach[number - 1])
        held = np.bincount(cell, weights=np.maximum(high - low, 0), minlength=(int(group.max(initial=0)) + 1) * n_units)
        part = held[group[self.coding] * n_units + self.unit] / np.maximum(self.ends - self.starts, 1)[self.unit]
        return np.asarray(~self.placed | (part >= share - 1e-12))


def _assign(
    codings: pd.DataFrame, units: pd.DataFrame, texts: pd.Series[str], least: Least, rule: str, told: list[str]
) -> pd.DataFrame:
    """One row per coding and unit that it counts in; a coding without positions covers its whole document."""
    codings = codings.reset_index(drop=True)
    by_document = dict(iter(units.groupby("document", sort=False)))
    keys = [name for name in ("coder", "code", "round") if name in codings]
    rows: list[Ints] = []
    names: list[npt.NDArray[np.object_]] = []
    faults: list[Remark] = []
    touched = dropped = 0
    for document, group in codings.groupby("document", sort=False):
        places = group.index.to_numpy(dtype=np.int64)
        if document not in by_document:
            what = f"lies in the document {quoted(document)}, which holds no unit."
            faults += [Remark("error", f"codings, row {row + 1}", what) for row in places.tolist()]
            continue
        here = by_document[document]
        reach = _Reach.of(here, group)
        faults += [
            Remark(
                "error",
                f"codings, row {places[number] + 1}",
                f"marks only white space between units, {reach.first[number]} to {reach.last[number]}.",
            )
            for number in reach.astray.tolist()
        ]
        held = np.ones(len(reach.coding), dtype=bool)
        if rule and least == "word":
            held = reach.with_a_word(str(texts.get(str(document), "")))
        elif rule and not isinstance(least, str):
            of_one = group.groupby(keys, dropna=False).ngroup()
            held = reach.with_share(float(least), np.asarray(of_one, dtype=np.int64))
        touched += int((~held).sum())
        dropped += int((np.bincount(reach.coding, weights=held, minlength=len(group)) == 0).sum())
        rows.append(places[reach.coding[held]])
        names.append(here["unit"].to_numpy(dtype=object)[reach.unit[held]])
    if faults:
        raise DataError(
            f"no unit is reached by {counted(len(faults), 'coding')}",
            place="study.codings",
            remedy="Drop them, or choose by='window' or by='document'.",
            faults=sorted(faults, key=lambda fault: int(fault.place.rpartition(" ")[2])),
        )
    if rule:
        told.append(rule + (f" ({counted(touched, 'unit')} touched by less)" if touched else ""))
    if dropped:
        told.append(f"{counted(dropped, 'coding')} that hold as much of no unit were left out")
    row = np.concatenate(rows) if rows else np.empty(0, dtype=np.int64)
    order = np.argsort(row, kind="stable")
    reached = codings.iloc[row[order]]
    return reached.assign(unit=np.concatenate(names)[order] if names else []).reset_index(drop=True)


def _in_parts(units: pd.DataFrame, parts: pd.DataFrame, told: list[str]) -> pd.DataFrame:
    """The units with the case and participant of the part that holds most of each.

    Units that no part holds, or two parts equally, have none; units in a part without case and participant are no
    units.
    """
    columns = {name: units[name].astype(object).to_numpy(copy=True) for name in ("case", "participant")}
    outside = 0
    left = np.zeros(len(units), dtype=bool)
    by_document = dict(iter(parts.groupby("document", sort=False)))
    numbers = pd.Series(np.arange(len(units)), index=units["document"].array)
    for name, held in by_document.items():
        spans = held[["start", "end"]].to_numpy(dtype=np.int64)
        labels = {kind: held[kind].astype(object).to_numpy() for kind in columns}
        nobody = held[["case", "participant"]].isna().all(axis=1).to_numpy()
        for row in numbers[numbers.index == name].tolist():
            start, end = (int(units[kind].iloc[row]) if kind in units else 10**15 * at for at, kind in enumerate(_ENDS))
            common = np.maximum(np.minimum(spans[:, 1], end) - np.maximum(spans[:, 0], start), 0)
            most = int(common.max(initial=0))
            left[row] = "start" in units and most > 0 and bool(nobody[common == most].all())
            for kind, values in columns.items():
                known = pd.notna(labels[kind])
                if not known.any() or pd.notna(values[row]):
                    continue
                sums = pd.Series(common[known]).groupby(labels[kind][known]).sum()
                best = sums.index[(sums == sums.max()) & (sums > 0)]
                values[row] = best[0] if len(best) == 1 else None
                outside += kind == "case" and len(best) != 1 and not left[row]
    for kind, values in columns.items():
        units[kind] = pd.Series(values, index=units.index).astype("str")
    told.append(
        "documents that cases or participants share in parts: each unit belongs to the part that holds most of it"
        + (f"; {counted(outside, 'unit')} in the part of no one case" if outside else "")
    )
    return units[~left].reset_index(drop=True)


def _of_one_case(codings: pd.DataFrame, told: list[str]) -> pd.DataFrame:
    """Where cases share a document, a unit with codings of several belongs to none of them."""
    pairs = codings[["unit", "case"]].dropna().drop_duplicates()
    shared = pairs["unit"][pairs["unit"].duplicated()].unique()
    if not len(shared):
        return codings
    told.append(f"{len(shared):,} with codings of several cases belong to none")
    return codings.assign(case=codings["case"].where(~codings["unit"].isin(shared)))
