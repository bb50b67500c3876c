"""A cases × conditions table at the door: checked once, then trusted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

import attrs
import numpy as np
import pandas as pd

from expertsys._core.errors import DataError, Remark, check_list, listing
from expertsys._core.frames import case_column, check_cases, check_columns, to_pandas
from expertsys._core.names import folded
from expertsys.qca.expression import Literal
from expertsys.qca.fit import Floats, at_middle
from expertsys.qca.primes import Ints, covers

#: What an expression is written with, so that a name cannot hold it.
SIGNS = "~!()+|*&·[]{}"
#: Levels of a multi-value condition up to which whole numbers are taken for levels and not for raw values.
MOST_LEVELS = 10
#: Columns of a truth table and of the tables made from it, beside those of the conditions.
RESERVED = frozenset(
    (
        *("case", "row", "out", "n", "consistency", "pri", "cases", "deviant"),
        *("terms", "models", "model", "counterfactual", "observed", "why"),
    )
)
_OUTCOME = re.compile(r"^(?P<not>~?)(?P<name>.+?)(?:[\[{](?P<value>\d+)[\]}])?$")


@attrs.frozen(eq=False)
class Scores:
    """Membership scores of cases.

    Parameters
    ----------
    cases : tuple of str
        Names.
    table : pandas.DataFrame
        Index ``case``; a column of floats for each condition.
    levels : dict
        Number of levels of each condition: 2 for crisp and fuzzy ones.
    undefined : frozenset of str
        Conditions whose last level says that they do not apply to a case: it is in none of their other levels.
    notes : tuple of str
        What a reader must know of where the scores come from; see `origin_notes`.
    """

    cases: tuple[str, ...]
    table: pd.DataFrame
    levels: dict[str, int]
    undefined: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()

    @classmethod
    def of(
        cls,
        table: Any,
        names: Sequence[str],
        *,
        case: str | None = None,
        place: str,
        not_applicable: str | None = None,
        declared: Iterable[str] | None = (),
    ) -> Scores:
        """Columns of any dataframe as scores: fuzzy or crisp within [0, 1], multi-value as whole numbers from 0.

        Cells that are `not_applicable` get a level of their own, above the others. Whole numbers that do not start at
        0, or that run to more than a few levels, are raw values, unless the condition is one of `declared` (None: all).

        Raises
        ------
        DataError
            For absent or repeated columns, missing values, text, scores that are neither.
        """
        frame = to_pandas(table).rename(columns=str)
        check_columns(list(map(str, frame.columns)), {name: name for name in names}, place=place, keywords=False)
        twice = [name for name in dict.fromkeys(names) if list(names).count(name) > 1]
        if twice:
            raise DataError(f"{listing(twice)} named twice", place=place, remedy="Name each condition once.")
        if case is None:
            case = case_column(name for name in frame.columns if name not in names)
        labels = frame.index if case is None else frame[case]
        cases = tuple(str(label) for label in labels)
        if not cases:
            raise DataError("there are no cases", place=place)
        check_cases(cases, place)
        faults: list[Remark] = []
        levels = {}
        columns = {}
        undefined = set()
        for name in names:
            column = pd.to_numeric(frame[name], errors="coerce")
            scores = column.to_numpy(dtype=np.float64, na_value=np.nan)
            beside = np.zeros(len(scores), dtype=bool)
            if not_applicable is not None:
                beside |= frame[name].astype(str).str.strip().eq(not_applicable.strip()).to_numpy(dtype=bool)
            scores = np.where(np.isinf(scores), np.nan, scores)
            missing = np.isnan(scores) & ~beside
            for row in np.flatnonzero(missing):
                value = frame[name].iloc[row]
                told = "is missing" if pd.isna(value) else f"is {value!r}" if isinstance(value, str) else f"is {value}"
                faults.append(Remark("error", f"case {cases[row]!r}, {name}", f"{told}."))
            known = scores[~missing & ~beside]
            whole = bool((known == np.round(known)).all())
            outside = (scores < 0) | ((scores > 1) & (not whole))
            faults += [
                Remark("error", f"case {cases[row]!r}, {name}", f"is {scores[row]:g}, outside [0, 1].")
                for row in np.flatnonzero(outside)
            ]
            levels[name] = max(2, int(known.max(initial=1)) + 1) if whole else 2
            if levels[name] > 2 and declared is not None and name not in declared:
                faults += _raw(name, known)
            if beside.any():
                if not whole:
                    what = f"holds fuzzy scores, and {not_applicable!r} for case {cases[int(beside.argmax())]!r}."
                    faults.append(Remark("error", name, what))
                undefined.add(name)
                scores = np.where(beside, levels[name], scores)
                levels[name] += 1
            columns[name] = at_middle(scores)
        if faults:
            remedy = "Drop these cases, fill the cells, or calibrate raw values first: es.qca.calibrate(...)."
            if all(fault.place in names for fault in faults):
                remedy = (
                    "Calibrate raw values first, es.qca.calibrate(...), or recode levels to start at 0; where they are "
                    "levels all the same, declare how many there are: truth_table(..., levels={...})."
                )
            if any(frame[name].astype(str).str.strip().eq("-").any() for name in names):
                remedy += " Where - says that a condition does not apply: not_applicable='-'."
            raise DataError("scores that cannot be used", place=place, remedy=remedy, faults=faults)
        array = np.column_stack(list(columns.values())) if columns else np.empty((len(cases), 0))
        scored = pd.DataFrame(array, index=pd.Index(cases, name="case"), columns=list(columns))
        return cls(cases, scored, levels, frozenset(undefined))

    def declared(self, sizes: Mapping[str, int]) -> Scores:
        """The same with more levels of some conditions than occur; the level that does not apply stays the last."""
        table = self.table
        for name, size in sizes.items():
            if name not in self.levels:
                raise DataError(f"levels= names {name!r}, which is no condition", place="truth_table")
            own = self.applicable[name]
            if size < own:
                raise DataError(f"levels= gives {name!r} {size} levels; the data have {own}", place="truth_table")
            if name in self.undefined:
                table = table.assign(**{name: table[name].where(table[name] < own, float(size))})
        levels = {name: size + (name in self.undefined) for name, size in sizes.items()}
        return attrs.evolve(self, table=table, levels={**self.levels, **levels})

    @property
    def applicable(self) -> dict[str, int]:
        """Levels of each condition, without the last one where that says that the condition does not apply."""
        return {name: size - (name in self.undefined) for name, size in self.levels.items()}

    @property
    def array(self) -> Floats:
        """Scores, shape (n, k)."""
        return self.table.to_numpy(dtype=np.float64)

    def corners(self) -> tuple[np.ndarray[Any, np.dtype[np.int64]], np.ndarray[Any, np.dtype[np.bool_]]]:
        """The configuration of each case, shape (n, k), and whether it has one: a score of 0.5 belongs nowhere."""
        multi = np.array([size > 2 for size in self.levels.values()])
        array = self.array
        corner = np.where(multi, array, array > 0.5).astype(np.int64)
        return corner, ~((array == 0.5) & ~multi).any(axis=1)


def _raw(name: str, known: Floats) -> list[Remark]:
    """A fault where whole numbers cannot well be levels of a multi-value condition."""
    low, high = int(known.min()), int(known.max())
    if low > 0:
        return [Remark("error", name, f"must have levels that start at 0; its values run from {low:,} to {high:,}.")]
    if high >= MOST_LEVELS:
        what = f"must have at most {MOST_LEVELS} levels; its values run from {low:,} to {high:,}."
        return [Remark("error", name, what)]
    return []


def conditions_of(conditions: Sequence[str], outcome: str | None, *, place: str) -> tuple[str, ...]:
    """The names of conditions, each of which can stand in an expression and in a truth table.

    Raises
    ------
    DataError
        For a text in place of a list, no condition, one named as the outcome is, or as no condition can be.
    """
    check_list("conditions", conditions)
    names = tuple(map(str, conditions))
    if not names:
        raise DataError("no conditions", place=place, remedy="Name at least one: conditions=['A', ...].")
    if outcome in names:
        raise DataError(f"{outcome!r} is the outcome and a condition", place=place, remedy="Drop it from conditions.")
    for name in names:
        if name != name.strip() or name in ("", "0", "1") or set(name) & set(SIGNS):
            what = f"a condition cannot be named {name!r}: in an expression it would say something else"
            raise DataError(what, place=place, remedy=f"Rename the column, without blank ends and without {SIGNS}.")
        if name in RESERVED or folded(name) == "case":
            what = f"a condition cannot be named {name!r}: a table made from it has a column of that name"
            other = "kind_of_case" if folded(name) == "case" else name.upper()
            raise DataError(what, place=place, remedy=f"Rename the column, for example {other!r}.")
    return names


@attrs.frozen(eq=False)
class Outcome:
    """What is to be explained: ``Y``, ``~Y``, ``Y[2]`` or ``~Y[2]``.

    Parameters
    ----------
    name : str
        The column.
    expression : str
        As it was asked for.
    membership : ndarray, shape (n,)
        Of each case.
    """

    name: str
    expression: str
    membership: Floats

    @classmethod
    def of(cls, table: Any, outcome: str, *, case: str | None = None, place: str) -> Outcome:
        """The outcome from its column; an error where it is multi-value and no level is named."""
        found = _OUTCOME.match(str(outcome).strip())
        if found is None:
            raise DataError(f"{outcome!r} is no outcome", place=place, remedy="Write Y, ~Y or Y[1].")
        name, value = found["name"], found["value"]
        scores = Scores.of(table, [name], case=case, place=place)
        own = scores.array[:, 0]
        if value is not None:
            if int(value) >= scores.levels[name]:
                raise DataError(
                    f"the outcome {name!r} has no level {value}",
                    place=place,
                    remedy=f"Its levels are 0 to {scores.levels[name] - 1}.",
                )
            own = Literal(name, int(value), multi=True).membership(own)
        elif scores.levels[name] > 2:
            raise DataError(
                f"the outcome {name!r} has {scores.levels[name]} levels",
                place=place,
                remedy=f"Name the one to be explained, such as {name}[1].",
            )
        return cls(name, str(outcome).strip(), 1 - own if found["not"] else own)


def column_of(outcome: str) -> tuple[str, bool]:
    """The column of an outcome as it was asked for, and whether its absence is meant."""
    found = _OUTCOME.match(str(outcome).strip())
    return (found["name"], bool(found["not"])) if found else (str(outcome), False)


#: A set with a smaller share of the cases than this on either side of 0.5 is called skewed.
SKEWED = 0.15


def joined(texts: Sequence[str], most: int = 5) -> str:
    """Texts with commas, cut after `most` with a count of the rest."""
    return ", ".join(texts[:most]) + (f" and {len(texts) - most:,} more" if len(texts) > most else "")


def shared_sources(sources: Mapping[str, Sequence[str]], names: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    """Pairs of sets that are made from the same codes, attribute or figure, and what they share."""
    for first, second in combinations([name for name in names if name in sources], 2):
        shared = [source for source in sources[first] if source in sources[second]]
        if shared:
            yield first, second, joined(shared)


def origin_notes(table: Any, outcome: Outcome, scores: Scores) -> tuple[str, ...]:
    """What a reader must know of where scores come from: sources that an outcome and a condition share, few data.

    Tables that `expertsys.qca.membership` makes say it in their ``attrs``. Of any other table, fuzzy scores that are
    the same in a condition and the outcome, for every case, are pointed out.
    """
    origin: Any = to_pandas(table).attrs
    notes = []
    names = (outcome.name, *scores.levels)
    for first, second, what in shared_sources(origin.get("sources", {}), names):
        if first == outcome.name:
            notes.append(
                f"circular: {second} and the outcome {first} are both made from {what}, so their fit says nothing of "
                "the cases"
            )
    fuzzy = (outcome.membership != np.round(outcome.membership)).any()
    for name in scores.levels:
        own = scores.table[name].to_numpy()
        if fuzzy and (np.allclose(own, outcome.membership) or np.allclose(1 - own, outcome.membership)):
            same = "the same scores as" if np.allclose(own, outcome.membership) else "the reverse of the scores of"
            notes.append(f"{name} has {same} the outcome in every case: check that they have different sources")
    few = origin.get("few", {})
    uncertain = [f"{case} in {name} ({text})" for name in names for case, text in few.get(name, {}).items()]
    if uncertain:
        notes.append(f"few observations behind {joined(uncertain)}: these scores are uncertain")
    return tuple(notes)


def skewness(scores: Scores, outcome: Floats, name: str) -> str:
    """The sets that have nearly all cases on one side of 0.5, so that fit is high whatever relates them."""
    sides: dict[str, list[str]] = {}
    every = {condition: scores.table[condition].to_numpy() for condition, size in scores.levels.items() if size == 2}
    for condition, own in {**every, name: outcome}.items():
        for side, count in (("above", int((own > 0.5).sum())), ("below", int((own < 0.5).sum()))):
            if count > (1 - SKEWED) * len(own) and len(own) > 1:
                sides.setdefault(f"{count} of {len(own)} cases {side} 0.5 in", []).append(condition)
    for condition, size in scores.levels.items():
        if size > 2 and len(scores.cases) > 1 and np.ptp(scores.table[condition].to_numpy()) == 0:
            sides.setdefault(f"all {len(scores.cases)} cases at one level of", []).append(condition)
    if not sides:
        return ""
    found = "; ".join(f"{what} {' and '.join(sets)}" for what, sets in sides.items())
    return f"skewed: {found}, so that fit is high or low whatever relates the sets"


def told_of(
    scores: Scores, placed: np.ndarray[Any, np.dtype[np.bool_]], outcome: Floats, mixed: Sequence[str], name: str
) -> str:
    """What a reader must know of the cases in a truth table."""
    notes = [*scores.notes]
    if mixed:
        more = f" and {len(mixed) - 5} more" if len(mixed) > 5 else ""
        notes.append(f"cases with and without the outcome share row {', '.join(mixed[:5])}{more}: read them")
    for name in sorted(scores.undefined):
        last = scores.applicable[name]
        beside = [case for case, value in zip(scores.cases, scores.table[name], strict=True) if value >= last]
        if beside:
            notes.append(f"{name} does not apply to {listing(beside, 5)}: in no term that names it")
    if not placed.all():
        between = [name for name, inside in zip(scores.cases, placed, strict=True) if not inside]
        notes.append(f"{listing(between, 5)} at exactly 0.5 in a condition: in no row, but in every consistency")
    if (outcome == 0.5).any():
        between = [scores.cases[row] for row in np.flatnonzero(outcome == 0.5)]
        notes.append(f"{listing(between, 5)} at exactly 0.5 in the outcome")
    skewed = skewness(scores, outcome, name)
    if skewed:
        notes.append(skewed)
    if np.ptp(outcome) == 0:
        notes.append("the outcome does not vary: nothing is explained")
    if len(outcome) == 1:
        notes.append("there is one case only")
    return "; ".join(notes)


def memberships(scores: Scores, cubes: Ints) -> Floats:
    """Membership of every case in every configuration, or in every cube of them (-1: free), shape (R, n)."""
    array = scores.array
    if (array == np.round(array)).all():
        small = array.max(initial=0) <= np.iinfo(np.int8).max
        return covers(cubes, array.astype(np.int8 if small else np.int64)).astype(np.float64)
    result = np.ones((len(cubes), len(array)))
    for place, size in enumerate(scores.levels.values()):
        value, own = cubes[:, [place]], array[None, :, place]
        literal = (own == value).astype(np.float64) if size > 2 else np.where(value == 1, own, 1 - own)
        np.minimum(result, np.where(value < 0, 1.0, literal), out=result)
    return result
