"""What a position in a text counts: the ways in which tools count, how well each fits, and the choice among them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any, Literal

import attrs
import numpy as np
import numpy.typing as npt

from expertsys._core.errors import DataError, listing

Ints = npt.NDArray[np.int64]
Measured = tuple[str, Ints | None]
Unit = Literal["codepoints", "utf-16", "utf-8"]
LineEnds = Literal["as-written", "lf", "crlf"]
UNITS: tuple[Unit, ...] = ("codepoints", "utf-16", "utf-8")
LINE_ENDS: tuple[LineEnds, ...] = ("as-written", "lf", "crlf")
WORDS = (*UNITS, *LINE_ENDS, "with-bom", "inclusive")

#: Selections on which the ways of counting are tried; of more, as many are taken, evenly over the project.
MOST_TRIED = 1_000
_DOUBT = 2
_BLANKS = re.compile(r"\s+")
_BLANK = re.compile(r"\r\n|\s")
_BEYOND = re.compile("[\U00010000-\U0010ffff]")
_CUT = re.compile(r"(…|\.\.\.)$")


@attrs.frozen(kw_only=True)
class Counting:
    """One way of counting: of what, with which line ends, from where, and whether the end is the last character.

    Its text form names what differs from the plain way, such as ``"utf-16 lf inclusive"``.
    """

    unit: Unit = "codepoints"
    line_ends: LineEnds = "as-written"
    with_bom: bool = False
    inclusive: bool = False

    @classmethod
    def parse(cls, text: str) -> Counting:
        """The way of counting that these words name, in any order; what is not named is plain."""
        words = re.split(r"[\s,]+", text.strip().lower()) if isinstance(text, str) else [repr(text)]
        units = [unit for unit in UNITS if unit in words]
        ends = [end for end in LINE_ENDS if end in words]
        if any(word not in WORDS for word in words) or len(units) > 1 or len(ends) > 1:
            raise DataError(
                f"positions must be made of the words {listing(WORDS)}, one unit and one line end, not {text!r}",
                place="positions",
                remedy="Such as 'codepoints', or 'utf-16 lf'; the remarks of a study name the one that was chosen.",
            )
        return cls(
            unit=units[0] if units else "codepoints",
            line_ends=ends[0] if ends else "as-written",
            with_bom="with-bom" in words,
            inclusive="inclusive" in words,
        )

    def __str__(self) -> str:
        words: list[str] = [self.unit]
        words += [] if self.line_ends == "as-written" else [self.line_ends]
        words += ["with-bom"] * self.with_bom + ["inclusive"] * self.inclusive
        return " ".join(words)


PLAIN = Counting()


@attrs.frozen
class RawText:
    """A text as it stands in a file, its byte order mark taken off."""

    text: str
    bom: bool = False

    def as_counted(self, counting: Counting) -> str:
        """The text that the study holds: as it stands, or with its line ends as they were counted."""
        return self.text.replace("\r\n", "\n") if counting.line_ends == "lf" else self.text


@attrs.define(eq=False)
class Ruler:
    """From positions as a file counts them to code points of the study's text."""

    text: str
    _ends: Ints | None
    _shift: int
    _inclusive: bool

    @classmethod
    def of(cls, raw: RawText, counting: Counting, known: dict[tuple[str, str], Measured] | None = None) -> Ruler:
        """The ruler of one text under one way of counting.

        Parameters
        ----------
        known : dict, optional
            What was measured of this same text before, by unit and line ends; what is measured now is put in.
        """
        known = {} if known is None else known
        measured = known.get((counting.unit, counting.line_ends))
        if measured is None:
            text = raw.as_counted(counting)
            measured = known[counting.unit, counting.line_ends] = text, _ends_of(text, counting)
        shift = (3 if counting.unit == "utf-8" else 1) if raw.bom and counting.with_bom else 0
        return cls(*measured, shift, counting.inclusive)

    def place(self, starts: Ints, ends: Ints) -> tuple[Ints, Ints, npt.NDArray[np.bool_]]:
        """Start and end of selections in code points, clipped to the text, and whether they lay within it."""
        first, last = starts - self._shift, ends - self._shift + self._inclusive
        fits = (first >= 0) & (first <= last)
        if self._ends is None:
            fits &= last <= len(self.text)
            return _clipped(first, len(self.text)), _clipped(np.maximum(first, last), len(self.text)), fits
        begin = np.searchsorted(self._ends, first, side="right") - 1
        end = np.searchsorted(self._ends, last, side="left")
        size = len(self.text)
        fits &= end <= size
        begin, end = _clipped(begin, size), _clipped(end, size)
        fits &= (self._ends[begin] == first) & (self._ends[end] == last)
        return begin, np.maximum(begin, end), fits


def _clipped(positions: Ints, size: int) -> Ints:
    return np.minimum(np.maximum(positions, 0), size)


def _ends_of(text: str, counting: Counting) -> Ints | None:
    """Where each code point begins as counted, and the last one ends; None where each counts one."""
    wide = counting.unit != "codepoints" and not text.isascii()
    if not wide and not (counting.line_ends == "crlf" and "\n" in text):
        return None
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    widths = np.ones(len(codes), dtype=np.uint8)
    if counting.unit == "utf-16":
        widths += codes > 0xFFFF
    elif counting.unit == "utf-8":
        for least in (0x7F, 0x7FF, 0xFFFF):
            widths += codes > least
    if counting.line_ends == "crlf":
        feeds = codes == 10
        feeds[1:] &= codes[:-1] != 13
        widths += feeds
    ends = np.zeros(len(codes) + 1, dtype=np.int64)
    np.cumsum(widths, out=ends[1:])
    return ends


@attrs.frozen
class Marked:
    """The selections of one text: where they start and end as the file counts, and what they are called."""

    raw: RawText
    starts: Sequence[int]
    ends: Sequence[int]
    names: Sequence[str | None]


@attrs.frozen
class Fit:
    """How well a way of counting fits: of the selections tried, how many lie within, quote right, and cut no word.

    `quoted` does not mind white space, `exact` of them begin and end at the same character as the quotation.
    """

    counting: Counting
    tried: int
    within: int
    quoted: int
    exact: int
    quotations: int
    whole_words: int

    def __str__(self) -> str:
        quotes = f"{self.quoted:,} of {self.quotations:,} quotations agree, " if self.quotations else ""
        return (
            f"{quotes}{self.within:,} of {self.tried:,} selections lie within their text, "
            f"{self.whole_words:,} begin and end between words"
        )


def candidates(texts: Iterable[RawText]) -> list[Counting]:
    """The ways of counting that differ on these texts, the plain one first."""
    held = list(texts)
    units: list[Unit] = ["codepoints"]
    if any(_BEYOND.search(raw.text) for raw in held):
        units.append("utf-16")
    if any(not raw.text.isascii() for raw in held):
        units.append("utf-8")
    ends: list[LineEnds] = ["as-written"]
    if any("\r\n" in raw.text for raw in held):
        ends.append("lf")
    if any(raw.text.count("\n") > raw.text.count("\r\n") for raw in held):
        ends.append("crlf")
    boms = [False, True] if any(raw.bom for raw in held) else [False]
    return [
        Counting(unit=unit, line_ends=end, with_bom=bom, inclusive=inclusive)
        for inclusive in (False, True)
        for bom in boms
        for unit in units
        for end in ends
    ]


def fits(marked: Sequence[Marked], ways: Sequence[Counting]) -> list[Fit]:
    """How well each way of counting fits the selections of a project, or an even sample of them."""
    total = sum(len(one.starts) for one in marked)
    step = max(1, -(-total // MOST_TRIED))
    sampled = _sample(marked, step)
    tried = sum(len(one.starts) for one in sampled)
    outcomes = _outcomes(sampled, ways)
    evidence = np.any([outcome[1] for outcome in outcomes], axis=0) if outcomes else np.zeros(0, dtype=bool)
    return [
        Fit(
            way,
            tried,
            within=int(within.sum()),
            quoted=int(quoted.sum()),
            exact=int(exact.sum()),
            quotations=int(evidence.sum()),
            whole_words=int(words.sum()),
        )
        for way, (within, quoted, exact, words) in zip(ways, outcomes, strict=True)
    ]


def _sample(marked: Sequence[Marked], step: int) -> list[Marked]:
    sampled, offset = [], 0
    for one in marked:
        taken = slice(-offset % step, None, step)
        offset += len(one.starts)
        if len(one.starts[taken]):
            sampled.append(Marked(one.raw, one.starts[taken], one.ends[taken], one.names[taken]))
    return sampled


def _outcomes(marked: Sequence[Marked], ways: Sequence[Counting]) -> list[tuple[Any, ...]]:
    """Of each way, which selections lie within their text, quote it, quote it exactly, and cut no word."""
    found: list[tuple[list[bool], ...]] = [([], [], [], []) for _ in ways]
    for one in marked:
        known: dict[tuple[str, str], Measured] = {}
        given = _ints(one.starts), _ints(one.ends)
        for way, (within, quoted, exact, words) in zip(ways, found, strict=True):
            ruler = Ruler.of(one.raw, way, known)
            starts, ends, inside = ruler.place(*given)
            for start, end, fit, name in zip(starts.tolist(), ends.tolist(), inside.tolist(), one.names, strict=True):
                excerpt = ruler.text[start:end]
                within.append(fit)
                quoted.append(fit and is_quotation(name, excerpt))
                exact.append(quoted[-1] and _is_exact(name, excerpt))
                words.append(fit and _between(ruler.text, start) and _between(ruler.text, end))
    return [tuple(np.array(column, dtype=bool) for column in columns) for columns in found]


def _ints(numbers: Sequence[int]) -> Ints:
    return np.array(numbers, dtype=np.int64)


def is_quotation(name: str | None, excerpt: str) -> bool:
    """Whether a name is the excerpt, or its beginning followed by three dots, but for white space."""
    if not name or not excerpt:
        return False
    if name == excerpt:
        return True
    told, text = _BLANKS.sub("", name), _BLANKS.sub("", excerpt)
    begun, cut = _CUT.subn("", told)
    return bool(told) and (told == text or bool(cut and len(begun) > 5 and text.startswith(begun)))


def _is_exact(name: str | None, excerpt: str) -> bool:
    """Whether a quotation has its excerpt's white space at both ends too; XML makes each line end a blank."""
    told, text = _BLANK.sub(" ", name or ""), _BLANK.sub(" ", excerpt)
    begun, cut = _CUT.subn("", told)
    return text.startswith(begun) if cut and told != text else told == text


def _between(text: str, at: int) -> bool:
    return not (0 < at < len(text) and text[at - 1].isalnum() and text[at].isalnum())


def choose(found: Sequence[Fit]) -> Fit:
    """The way that fits best: by quotations, then by selections within; by words only where the lead is clear.

    The first of `found` is the plain way, which is left only for a reason.
    """
    best = max(map(evidence, found))
    first = next(fit for fit in found if evidence(fit) == best)
    words = _rival(found, first)
    return words if words.whole_words - first.whole_words >= max(5, first.tried // 10) else first


def evidence(fit: Fit) -> tuple[int, int, int]:
    """By what ways are told apart, words aside."""
    return fit.quoted, fit.exact, fit.within


def doubt(found: Sequence[Fit], chosen: Fit) -> str:
    """What to look at where another way, as good as the chosen one, cuts fewer words; nothing where none does."""
    rival = _rival(found, chosen)
    if rival.whole_words - chosen.whole_words < _DOUBT:
        return ""
    return (
        f"With {str(rival.counting)!r}, {rival.whole_words:,} of them begin and end between words. Look at some "
        f"excerpts; if they are shifted: read(..., positions={str(rival.counting)!r})."
    )


def _rival(found: Sequence[Fit], chosen: Fit) -> Fit:
    """Where no quotation decides, the way that is as good as this one and cuts the fewest words."""
    equal = [fit for fit in found if not chosen.quotations and evidence(fit) == evidence(chosen)]
    return max(equal, key=lambda fit: fit.whole_words, default=chosen)
