"""The one place that decides what counts as missing."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
import pandas as pd


def is_missing(value: object) -> bool:
    """Whether a value is None, a float NaN, NaT or pandas' NA.

    Text is never missing, so a code spelt ``"nan"`` or ``"NA"`` is a code. Readers of files turn blank cells into None
    at the door.
    """
    if value is None or value is pd.NA or value is pd.NaT:
        return True
    if isinstance(value, float | np.floating):
        return math.isnan(value)
    return isinstance(value, np.datetime64) and bool(np.isnat(value))


def text_or_none(value: object) -> str | None:
    """A cell as text without surrounding white space; None where it is missing or blank.

    Whole numbers that a spreadsheet stores as 3.0 become ``"3"``.
    """
    if is_missing(value):
        return None
    if isinstance(value, float | np.floating) and float(value).is_integer():
        value = int(value)
    text = str(value).strip()
    return text or None


#: Words by which tables say that no code was applied, or that something was not observed.
NO_CODE_WORDS = (
    *("none", "no code", "no codes", "nocode", "no_code", "not coded", "uncoded", "nothing", "no code applies"),
    *("not applicable", "n/a", "na", "n.a.", "not observed", "not recorded", "-", "–", "—", "--", "∅"),
)


def is_no_code(value: object) -> bool:
    """Whether a cell says in one of the usual words that there is no code, or nothing was observed.

    Examples
    --------
    >>> is_no_code("None"), is_no_code("N/A"), is_no_code("trust")
    (True, True, False)
    """
    return isinstance(value, str) and " ".join(value.split()).casefold() in NO_CODE_WORDS


#: Those of them that can be something observed: nothing was done, nothing mattered.
NOTHING_WORDS = ("none", "nothing")

#: Words by which a table of observations says that something is not known; a code may be called so.
UNKNOWN_WORDS = (
    *("unknown", "not known", "unk", "n/k", "nk", "n.k.", "missing", "not documented", "undocumented", "not stated"),
    *("not reported", "not specified", "unspecified", "not available", "not determined", "undetermined", "unclear"),
    *("not clear", "not sure", "unsure", "uncertain", "don't know", "don’t know", "dont know", "do not know", "dk"),
    *("no data", "no information", "not seen", "not assessed", "cannot tell", "can't tell", "null", "nan", "<na>"),
    "#n/a",
)


def is_unknown(value: object) -> bool:
    """Whether a cell of a table of observations says in one of the usual words that something is not known.

    Examples
    --------
    >>> is_unknown("Unknown"), is_unknown("??"), is_unknown("n/a"), is_unknown("accepted")
    (True, True, True, False)
    """
    if not isinstance(value, str):
        return False
    word = " ".join(value.split()).casefold()
    return word in (*NO_CODE_WORDS, *UNKNOWN_WORDS) or word.strip("()[]") in ("", "?", "??", "???", *UNKNOWN_WORDS)


#: Numbers by which tables of scores mark that there is none.
_MARKS = (-999, -99, -98, -9, -8, -1, 8, 9, 77, 88, 98, 99, 777, 888, 998, 999)


def mark_of_missing(scores: Iterable[float]) -> float | None:
    """The score that lies outside the scale of the others and is a usual mark for a missing value; None without one.

    Examples
    --------
    >>> mark_of_missing([1, 2, 4, 5, 99]), mark_of_missing([7, 8, 9]), mark_of_missing([97, 98, 99])
    (99, None, None)
    """
    distinct = sorted(set(scores))
    for mark, others in ((distinct[-1:], distinct[:-1]), (distinct[:1], distinct[1:])):
        if len(others) > 1 and mark[0] in _MARKS:
            low, high = others[0], others[-1]
            if mark[0] - high > high - low or (mark[0] < 0 <= low):
                return mark[0]
    return None
