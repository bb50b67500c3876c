"""Errors, remarks and the checks behind them: every message names the place, the value and the remedy."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from numbers import Real
from typing import Literal

import attrs

Severity = Literal["error", "warning", "note"]
_LONGEST_SHOWN = 100


@attrs.frozen
class Remark:
    """One thing noticed in data or in a file: how serious, where, what, and what to do.

    Parameters
    ----------
    severity : {"error", "warning", "note"}
        An error refuses the data; a warning may change a result; a note tells what was assumed.
    place : str
        File, row, column, element or name.
    what : str
        What was found there, in one sentence.
    remedy : str
        What to do about it; empty where nothing need be done.
    """

    severity: Severity
    place: str
    what: str
    remedy: str = ""

    def __str__(self) -> str:
        return ": ".join(part for part in (self.place, self.what) if part) + (f" {self.remedy}" if self.remedy else "")


class DataError(ValueError):
    """Data or an argument that cannot be used, with the place, what was found there and the remedy.

    Parameters
    ----------
    what : str
        What is wrong, with the value that was found.
    place : str
        File, row, column or argument; empty where `what` says it.
    remedy : str
        What to do.
    faults : iterable of Remark
        All faults, where a check found several or one at another place; the message lists the first twenty.

    Attributes
    ----------
    faults : tuple of Remark
        One entry for each fault, at least one.

    Examples
    --------
    >>> raise DataError("no column 'coder'", place="codings.csv", remedy="Name it: coder='...'.")
    Traceback (most recent call last):
    expertsys._core.errors.DataError: codings.csv: no column 'coder'. Name it: coder='...'.
    """

    def __init__(self, what: str, *, place: str = "", remedy: str = "", faults: Iterable[Remark] = ()) -> None:
        self.faults: tuple[Remark, ...] = tuple(faults) or (Remark("error", place, _sentence(what), remedy),)
        message = str(Remark("error", place, _sentence(what), remedy))
        if len(self.faults) > 1 or self.faults[0].place != place:
            lines = [f"  - {fault}" for fault in self.faults[:20]]
            if len(self.faults) > 20:
                lines.append(f"  ... and {len(self.faults) - 20} more")
            message = "\n".join([message, *lines])
        super().__init__(message)


class MissingDependencyError(ImportError):
    """An optional package is needed and absent; the message gives the exact install line."""


class DegenerateWarning(UserWarning):
    """The data cannot carry what was asked (no variation, too few units); the result says so too."""


class LossWarning(UserWarning):
    """A file was written in a format that has no place for some of the study; the message says for what."""


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?", ":")) else text + "."


def counted(number: int, noun: str) -> str:
    """A number with its noun: ``1 row``, ``1,200 rows``."""
    many = f"{noun[:-1]}ies" if noun.endswith("y") and noun[-2:-1] not in "aeiou" else f"{noun}s"
    return f"{number:,} {noun if number == 1 else many}"


def quoted(value: object) -> str:
    """A value in quotes, as a message shows it: of a long one its beginning, and how long it is.

    Examples
    --------
    >>> quoted("d1"), quoted("9" * 5_000)[-27:]
    ("'d1'", "999…' (of 5,000 characters)")
    """
    text = value if isinstance(value, str) else repr(value)
    if len(text) <= _LONGEST_SHOWN:
        return repr(value)
    return f"{text[: _LONGEST_SHOWN - 20] + '…'!r} (of {len(text):,} characters)"


def listing(names: Iterable[object], most: int = 12) -> str:
    """Names in quotes, comma-separated, cut after `most` with a count of the rest."""
    told = [str(name) for name in names]
    rest = len(told) - most
    return ", ".join(map(quoted, told[:most])) + (f" and {rest} more" if rest > 0 else "") if told else "none"


def nearest(name: object, available: Iterable[object]) -> str | None:
    """The available name that looks most like `name`, or None."""
    by_fold = {str(candidate).casefold(): str(candidate) for candidate in available}
    close = difflib.get_close_matches(str(name).casefold(), list(by_fold), n=1, cutoff=0.6)
    return by_fold[close[0]] if close else None


def unknown(kind: str, name: object, available: Sequence[object], *, place: str = "", remedy: str = "") -> DataError:
    """An error for a name that does not exist: what exists, and which name is nearest."""
    guess = nearest(name, available)
    hint = f"Did you mean {quoted(guess)}? " if guess else ""
    for other in available:
        if str(other) == str(name):  # they look alike, and differ in type
            hint = f"Give {quoted(other)} ({type(other).__name__}), not {quoted(name)} ({type(name).__name__}). "
    return DataError(
        f"no {kind} {quoted(str(name))}; there are: {listing(available)}", place=place, remedy=(hint + remedy).strip()
    )


def check_choice(parameter: str, value: object, choices: Sequence[str]) -> None:
    """Refuse a value that is not one of the choices."""
    if value not in choices:
        guess = nearest(value, choices)
        raise DataError(
            f"{parameter} must be one of {listing(choices)}, not {value!r}",
            place=parameter,
            remedy=f"Did you mean {guess!r}?" if guess else "",
        )


def check_list(parameter: str, value: object) -> None:
    """Refuse a text where several are taken: its letters would count as names."""
    if isinstance(value, str):
        raise DataError(
            f"{parameter}= is a list, not the text {value!r}", place=parameter, remedy=f"Write [{value!r}]."
        )


def is_number(value: object) -> bool:
    """Whether it is a number of Python's or NumPy's, and neither text nor nothing."""
    return isinstance(value, Real)


def check_between(parameter: str, value: float, low: float, high: float) -> None:
    """Refuse what is no number strictly between `low` and `high`."""
    if not is_number(value) or not low < value < high:
        raise DataError(f"{parameter} must lie between {low:g} and {high:g}, not {value!r}", place=parameter)


def check_positive(parameter: str, value: int) -> None:
    """Refuse what is not a whole number above zero."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise DataError(f"{parameter} must be a whole number above 0, not {value!r}", place=parameter)
