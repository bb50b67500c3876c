"""Which column of a table of situations says what, by its name, and how its cells are read: one rule for all measures.

Capitals, blanks and underscores in names of columns make no difference, and so do capitals and blanks in cells.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from expertsys._core.dates import days
from expertsys._core.errors import DataError, listing
from expertsys._core.missing import NOTHING_WORDS, is_no_code, is_unknown
from expertsys._core.names import folded, spellings
from expertsys.theory.evidence_rules import feature_value
from expertsys.theory.situations import action_key, action_parts, action_set, action_text

#: Names of columns that say who acted.
PERSONS = frozenset(
    (
        *("participant", "prescriber", "practitioner", "clinician", "professional", "physician", "user", "employee"),
        *("person", "doctor", "gp", "hcp", "nurse", "midwife", "pharmacist", "therapist", "consultant", "specialist"),
        *("surgeon", "dentist", "carer", "caregiver", "provider", "careprovider", "healthprofessional", "staff"),
        *("staffmember", "member", "worker", "caseworker", "socialworker", "teacher", "officer", "operator", "agent"),
        *("manager", "colleague", "actor", "performer", "respondent", "informant", "interviewee"),
    )
)
#: Names of columns that say how many situations a row stands for.
WEIGHTS = frozenset(("weight", "count", "n", "frequency", "freq", "nsituations", "occasions"))
#: Names that are often those of a number of situations, and often not: rows must look counted.
_PERHAPS_WEIGHTS = frozenset(
    ("number", "total", "alerts", "visits", "orders", "prescriptions", "reminders", "encounters", "patients", "cases")
)
#: Words of names of whole numbers that describe a situation.
_ATTRIBUTES = frozenset(
    (
        *("age", "score", "level", "year", "years", "month", "months", "week", "day", "days", "hour", "time"),
        *("quarter", "id", "code", "zip", "postcode", "phone", "dose", "rank", "grade", "stage", "size", "duration"),
        *("minutes", "distance", "period", "phase", "wave", "number", "no", "nr", "key", "birth", "row", "index"),
    )
)
#: Names of columns of further roles, the preferred one first.
_ROLES = {"coder": ("coder", "rater", "observer", "reviewer", "abstractor", "auditor")}
_NUMBERED = re.compile(r"(id|no|nr|num|number|ref)$")
#: Names of columns of dates that do not date a situation.
_BIRTHS = re.compile(r"birth|born|^dob$")
#: Larger tables are not looked through for a column of weights.
_MOST_COUNTED = 20_000
#: Names of columns that say when by a name of the period, and of all that say when, the ones preferred first.
PERIODS = ("month", "quarter", "week", "year", "phase", "wave", "term", "semester")
DATES = ("date", "timestamp", "datetime", "day", "visitdate", "actiondate", *PERIODS)
#: Names of columns that say which situations belong together; patients have several of the others.
GROUPS = (
    *("patient", "client", "visit", "encounter", "consultation", "episode", "appointment", "admission", "stay"),
    *("session", "contact", "referral"),
)
_SUFFIX = re.compile(r"(id|ids|no|nr|num|number|name|code|key|ref|initials)$")
_ACTIONS = ("prescribed", "taken")
#: Words by which a table says that the action taken is the one prescribed, without naming it.
_FOLLOWED = frozenset(
    (
        *("accepted", "accept", "followed", "agreed", "complied", "compliant", "adhered", "adherent", "asprescribed"),
        *("asrecommended", "asadvised", "yes", "true", "done", "completed"),
    )
)
_SHOWN = 3
#: Fewest values that can be names; kinds of which there are no more; sites of one value, on average.
_FEWEST, _MOST_KINDS, _MOST_CROSSING = 4, 20, 1.2


def plain(name: str) -> str:
    """A column's name in small letters and figures only: "Prescriber ID" is ``"prescriberid"``."""
    return re.sub(r"[\W_]+", "", name.casefold())


def match(name: str, columns: Sequence[str]) -> str:
    """The column of this name, whatever its capitals, blanks and underscores; the name itself where there is none."""
    if name in columns:
        return name
    alike = [column for column in columns if plain(column) == plain(name)]
    return alike[0] if len(alike) == 1 else name


def role_column(role: str, columns: Sequence[str]) -> str | None:
    """The column of a role by its own name, or with "id", "no" or the like behind, or by another usual name."""
    if (exact := match(role, columns)) in columns:
        return exact
    suffix = _NUMBERED if role == "situation" else _SUFFIX  # a name or code of situations may be one of their kind
    for name in _ROLES.get(role, (role,)):
        for column in columns:
            if name in (plain(column), suffix.sub("", plain(column))):
                return column
    return None


def _called(columns: Sequence[str], names: Iterable[str]) -> list[str]:
    """The columns with one of these names, with or without "id", "name" or the like behind, or an s."""
    known = frozenset(names)

    def is_one(column: str) -> bool:
        whole = plain(column)
        short = _SUFFIX.sub("", whole)
        return not known.isdisjoint({whole, short, whole.removesuffix("s"), short.removesuffix("s")})

    return [column for column in columns if is_one(column)]


def _only(role: str, found: Sequence[str], meaning: str) -> str | None:
    if len(found) > 1:
        raise DataError(
            f"{role} must be one column, {meaning}; {listing(found)} may each say so",
            place="situations",
            remedy=f"Name it, such as {role}={found[0]!r}, or pass {role}=None.",
        )
    return found[0] if found else None


def person_column(columns: Sequence[str]) -> str | None:
    """The column that says who acted, by its name."""
    found = _called(columns, ["person"]) or _called(columns, PERSONS)
    return _only("person", found, "who acted in a situation")


def weight_column(
    free: Sequence[str],
    names: Sequence[str],
    rows: int,
    texts: Callable[[Sequence[str]], pd.DataFrame],
    remarks: list[str],
) -> str | None:
    """The column that says how many situations a row stands for, with a remark; None with a question where it may.

    It does by its name, or by a name such as "n_alerts" in a table whose rows differ without it. Where rows differ
    but for one column of whole numbers of any other name, the remark asks.

    Parameters
    ----------
    free, names : sequence of str
        Columns that have no other role, and all columns.
    rows : int
        Of the table.
    texts : callable
        Columns as text.
    remarks : list of str
        Gets what to say.
    """
    certain = _called(free, ["weight"]) or _called(free, WEIGHTS)
    if name := _only("weight", certain, "how many situations a row stands for"):
        return _checked_weight(pd.to_numeric(texts([name])[name], errors="coerce"), name, remarks)
    if not 1 < rows <= _MOST_COUNTED:
        return None
    table = texts(names)
    numbers = {name: pd.to_numeric(table[name], errors="coerce") for name in free}
    whole = [name for name, column in numbers.items() if _is_whole(column)]
    likely = [name for name in whole if _is_number_of(name)]
    counted = [name for name in (likely or whole) if _is_counted(table.drop(columns=name))]
    if len(likely) == 1 and counted:
        return _checked_weight(numbers[counted[0]], counted[0], remarks)
    grouping = set(group_columns(free))
    others = [name for name in whole if name not in grouping and _ATTRIBUTES.isdisjoint(_words(name))]
    asked = likely or (others if len(others) == 1 and others[0] in counted else [])
    if asked:
        verb, which = ("says", "") if len(asked) == 1 else ("say", "one of ")
        remarks.append(
            f"each row counts once: if {which}{listing(asked, _SHOWN)} {verb} how many situations a row stands for, "
            f"pass weight={asked[0]!r}"
        )
    return None


def _words(name: str) -> list[str]:
    return re.sub(r"(?<=[a-z])(?=[A-Z])|[\W_]+", " ", name).casefold().split() or [""]


def _is_number_of(name: str) -> bool:
    """Whether a name is usual for a number of situations, as "n_alerts", "no of visits" and "alert_count" are."""
    words = _words(name)
    first, last = words[0], words[-1]
    if len(words) > 1 and (first == "n" or last in ("count", "n", "total") or first in ("count", "total")):
        return True
    return plain(name) in _PERHAPS_WEIGHTS or (first in ("no", "nr", "num", "number") and words[1:2] == ["of"])


def _is_whole(numbers: pd.Series[Any]) -> bool:
    """Whether cells are whole numbers from 1 that do not number the rows, and stand for more situations than rows."""
    if numbers.isna().any() or not ((numbers >= 1) & (numbers % 1 == 0)).all() or not (numbers > 1).any():
        return False
    return not _is_numbering(numbers)


def _is_numbering(numbers: pd.Series[Any]) -> bool:
    return len(numbers) > 1 and numbers.is_unique and bool(numbers.max() - numbers.min() + 1 == len(numbers))


def _is_counted(table: pd.DataFrame) -> bool:
    """Whether rows differ from each other, and in no column alone, as those of a counted log do."""
    return not table.duplicated().any() and all(table[name].nunique() < len(table) for name in table)


def unnamed_dates(
    columns: Sequence[str], texts: Callable[[Sequence[str]], pd.DataFrame], remarks: list[str]
) -> list[str]:
    """The one column in which every cell is a date, not of birth, with a remark; of several, a question."""

    def is_date(values: list[str]) -> bool:
        try:
            return days(values, place="") is not None
        except DataError:  # dates whose day and month cannot be told apart
            return True

    found = []
    wanted = [name for name in columns if not _BIRTHS.search(plain(name))]
    table = texts(wanted)
    for name in wanted:
        values = [str(value) for value in table[name].dropna().unique()]
        if len(values) > 1 and is_date(values[:1]) and is_date(values):
            found.append(name)
    if len(found) == 1:
        remarks.append(
            f"the column {found[0]!r} is taken to say when, for it holds dates: pass period=None if it does not"
        )
        return found
    if found:
        remarks.append(
            f"no period is known: {listing(found, _SHOWN)} hold dates; if one says when the action was taken, pass "
            f"period={found[0]!r}"
        )
    return []


def date_columns(columns: Sequence[str]) -> list[str]:
    """The column that says when, by its name; year and month, or year and quarter, where these are apart."""
    found = {name: column for name in reversed(DATES) for column in columns if plain(column) == name}
    first = next((name for name in DATES if name in found), None)
    if first is None:
        return []
    return (
        [found["year"], found[first]] if first in ("month", "quarter", "week") and "year" in found else [found[first]]
    )


def group_columns(columns: Sequence[str]) -> list[str]:
    """The columns that say which situations belong together, by their names; those of patients first."""
    return [column for name in GROUPS for column in _called(columns, [name])]


def _checked_weight(numbers: pd.Series[Any], column: str, remarks: list[str]) -> str | None:
    """The column of weights that was found by its name, unless it numbers the rows; with a remark on either."""
    if _is_numbering(numbers.dropna()):
        remarks.append(f"the column {column!r} numbers the rows, so that each counts once")
        return None
    if plain(column) != "weight":
        remarks.append(
            f"each row counts as many times as the column {column!r} says: pass weight=None to count it once"
        )
    return column


def read_cells(
    cells: pd.Series[str], counts: npt.NDArray[np.int64], column: str, role: str, remarks: list[str]
) -> pd.Series[str]:
    """A column as a role reads it: words for what is not known are missing, and each name has one spelling.

    Actions, local descriptions and categories get their one spelling from `one_wording`.
    """
    values = [str(value) for value in cells.dropna().unique()]
    absent = [value for value in values if is_unknown(value)]
    kept: list[str] = []
    if role in (*_ACTIONS, "local"):
        kept = [value for value in absent if value.casefold() in NOTHING_WORDS]
    elif role == "category":  # what the system recorded, be it "unknown"
        kept = [value for value in absent if not is_no_code(value)]
    absent = [value for value in absent if value not in kept]

    def numbers(words: Iterable[str]) -> str:
        return ", ".join(f"{word!r} ({int(counts[(cells == word).to_numpy(bool)].sum()):,})" for word in sorted(words))

    if kept and role != "local":
        noun, why = ("an action", "nothing is known") if role in _ACTIONS else ("a category", "none was recorded")
        remarks.append(f"in {column!r}, {numbers(kept)} counts as {noun}: leave the cell blank if {why}")
    if absent:
        remarks.append(f"in {column!r}, {numbers(absent)} counts as missing")
        cells = cells.where(~cells.isin(absent))
    if role == "mode":
        cells = _modes(cells, column, remarks)
    worded = (*_ACTIONS, "local", "category", "date", "distance")
    return cells if role in worded else one_spelling(cells, counts, column, remarks)


def combined(columns: list[pd.Series[str]], role: str) -> pd.Series[str]:
    """Several columns as one."""
    if len(columns) == 1:
        return columns[0]
    missing = [column.isna().to_numpy(dtype=bool) for column in columns]
    rule = np.logical_and if role == "local" else np.logical_or
    parts = [column.str.replace("·", "··", regex=False).fillna("–") for column in columns]  # "·" alone parts them
    joined = parts[0]
    for part in parts[1:]:
        joined = joined + " · " + part
    return joined.where(~rule.reduce(missing))


def one_spelling(
    cells: pd.Series[str], counts: npt.NDArray[np.int64], column: str, remarks: list[str]
) -> pd.Series[str]:
    """Names that differ only by capitals and blanks as the most frequent of them, with a remark."""
    if alike := spellings(_by_frequency([cells], counts)):
        remarks.append(f"in {column!r}, {_groups(alike)} count as one")
        cells = cells.replace({text: texts[0] for texts in alike for text in texts[1:]})
    return cells


def one_wording(
    columns: Sequence[pd.Series[str]],
    counts: npt.NDArray[np.int64],
    names: Sequence[str],
    remarks: list[str],
    *,
    actions: bool = True,
) -> list[pd.Series[str]]:
    """Cells in one wording for all columns, whatever their capitals and blanks, and the order of several parts in one.

    A set is what ";" separates. Commas and the like separate where the order alone differs between two cells, or, in
    those of actions, where each part occurs as an action by itself.
    """
    by_key: dict[frozenset[str], list[str]] = {}
    for text in _by_frequency(columns, counts):
        by_key.setdefault(action_key(text), []).append(text)
    wording = {next(iter(key)): texts[0] for key, texts in by_key.items() if len(key) == 1}
    by_text: dict[str, str] = {}
    alike, split, whole = [], [], []
    for key, texts in by_key.items():
        spelt = [{folded(part): part for part in action_set(text)} for text in texts]
        separated = any(len(parts) > 1 for parts in spelt)
        if not actions:
            by_text |= dict.fromkeys(texts, texts[0])
        elif len(key) == 1 or not (separated or len(texts) > 1 or key <= set(wording)):
            by_text |= dict.fromkeys(texts, texts[0])
            if len(key) > 1 and not key.isdisjoint(wording):
                whole += texts
        else:
            own = {folded(part): part for text in reversed(texts) for part in action_parts(text)}
            by_text |= dict.fromkeys(texts, action_text(wording.get(part, own.get(part, part)) for part in key))
            if not separated and len(texts) == 1:
                split += texts
        if len(texts) > 1 and (not actions or len({frozenset(parts.values()) for parts in spelt}) > 1):
            alike.append(texts)
    where = " and ".join(map(repr, dict.fromkeys(names)))
    if alike:
        remarks.append(f"in {where}, {_groups(alike)} count as one")
    if split:
        remarks.append(
            f"in {where}, {listing(split, _SHOWN)} counts as several actions, each of which occurs by itself"
        )
    if whole:
        remarks.append(
            f"in {where}, {listing(whole, _SHOWN)} counts as one action: separate several actions by ';' if it is not"
        )
    return [column.map(by_text).astype("str") for column in columns]


def label_remark(rule: pd.Series[str], done: pd.Series[str], counts: npt.NDArray[np.int64]) -> str:
    """What to say where the action taken is worded otherwise than the prescribed one, as "accepted" is.

    Parameters
    ----------
    rule, done : Series of str
        The actions prescribed and taken, known throughout, in one wording.
    counts : ndarray of int
        Situations behind each.
    """
    keys = {text: action_key(text) for text in {*rule, *done}}
    prescribed = frozenset[str]().union(*(keys[text] for text in rule))
    taken = frozenset[str]().union(*(keys[text] for text in done))
    idle = np.array([keys[text].isdisjoint(taken) for text in rule])
    other = np.array([keys[text].isdisjoint(prescribed) for text in done])
    n = counts.sum()
    yes = np.array([not keys[text].isdisjoint(_FOLLOWED) for text in done]) & other
    parts = []
    if len(rule) and 2 * counts[idle].sum() > n and 2 * counts[other].sum() > n:
        found = "most prescribed actions are never taken, and most actions taken are never prescribed"
        if idle.all() and other.all():
            found = "no action is both prescribed and taken"
        example = f"such as {rule.to_numpy()[idle][0]!r} and {done.to_numpy()[other][0]!r}"
        parts.append(f"{found}, {example}: are the two columns written alike?")
    if yes.any():
        words = listing(dict.fromkeys(done.to_numpy()[yes]), _SHOWN)
        parts.append(
            f"{words} ({int(counts[yes].sum()):,}) is not a prescribed action, and so counts as not followed: write "
            "the action itself if the prescription was followed"
        )
    return "; ".join(parts)


def _modes(cells: pd.Series[str], column: str, remarks: list[str]) -> pd.Series[str]:
    """Modes of use in the spelling of the vocabulary, where they are in it."""
    spelt: dict[str, str] = {}
    for text in map(str, cells.dropna().unique()):
        try:
            spelt[text] = str(feature_value("mode", text))
        except DataError:
            spelt[text] = text
    if changed := [f"{text!r} is read as {value!r}" for text, value in spelt.items() if text != value]:
        remarks.append(f"in {column!r}, {', '.join(changed)}")
    return cells.map(spelt).astype("str")


def _by_frequency(columns: Sequence[pd.Series[str]], counts: npt.NDArray[np.int64]) -> list[str]:
    """Distinct texts, the most frequent first."""
    totals = pd.concat([pd.Series(counts).groupby(column.to_numpy(dtype=object)).sum() for column in columns])
    totals = totals.groupby(level=0).sum()
    return [str(text) for text in totals.sort_values(ascending=False, kind="stable").index]


def _groups(alike: Sequence[Sequence[str]]) -> str:
    rest = len(alike) - _SHOWN
    shown = "; ".join(" and ".join(map(repr, texts)) for texts in alike[:_SHOWN])
    return shown + (f" (and {rest} more such groups)" if rest > 0 else "")


def is_identifier(pairs: pd.DataFrame) -> bool:
    """Whether values name visits or patients, rather than describe them: they hold figures, or each is of one site.

    Parameters
    ----------
    pairs : pandas.DataFrame
        Columns ``site, value, rows``, one row for each pair that occurs.
    """
    values = pairs["value"].drop_duplicates()
    if len(values) < _FEWEST:
        return False
    return 2 * values.str.contains(r"\d").sum() > len(values) or _is_nested(pairs) or len(values) > _MOST_KINDS


def is_like_persons(pairs: pd.DataFrame, column: str) -> bool:
    """Whether values recur as those of who acted do: often, several at each site, and each at one.

    Parameters
    ----------
    pairs : pandas.DataFrame
        Columns ``site, value, rows``, one row for each pair that occurs.
    column : str
        Its name, which says of one site alone whether values are names.
    """
    values = pairs["value"].drop_duplicates()
    if len(values) < _FEWEST or pairs["rows"].sum() < 2 * len(values):
        return False
    if len(set(pairs["site"])) == 1:
        return bool(values.str.fullmatch(r"\D{0,12}\d+").all()) or plain(column) != _SUFFIX.sub("", plain(column))
    return _is_nested(pairs)


def _is_nested(pairs: pd.DataFrame) -> bool:
    """Whether sites have several values of their own."""
    values = pairs["value"].nunique()
    return values > pairs["site"].nunique() > 1 and len(pairs) <= _MOST_CROSSING * values
