"""The truth table: configurations of conditions, and whether the cases in them show the outcome."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

import attrs
import numpy as np
import pandas as pd

from expertsys._core import references
from expertsys._core.errors import DataError, check_between, is_number, listing, unknown
from expertsys._core.results import TableResult
from expertsys.qca.expression import Term, term_of
from expertsys.qca.fit import TOLERANCE, Floats, sufficiency
from expertsys.qca.primes import Ints
from expertsys.qca.table import Outcome, Scores, column_of, conditions_of, memberships, origin_notes, told_of

#: Configurations up to which a table can list its remainders.
MOST_ROWS = 1 << 16

Sort = Literal["row", "outcome", "consistency", "n"]
Out = Literal["1", "0", "C", "?"]
_OUT: tuple[Out, ...] = ("1", "0", "C", "?")


@attrs.frozen(eq=False, repr=False)
class TruthTable(TableResult):
    """Configurations with their cases and fit.

    Attributes
    ----------
    outcome : str
        As it was asked for, such as ``~Y``.
    conditions : tuple of str
        In order; the first counts most in a row's number.
    levels : tuple of int
        Levels of each condition.
    rows : pandas.DataFrame
        The configurations that hold a case. Index ``row``, from 1; columns: each condition, the highest level where it
        does not apply (`to_frame` shows "-"); ``out``, "1" positive, "0"
        negative, "C" contradictory, "?" fewer cases than the frequency cut-off; ``n`` cases; ``consistency``; ``pri``;
        ``cases``; ``deviant``, the cases in the row that have the outcome by less than 0.5; `to_frame` leaves those of
        negative rows out, where they are as expected.
    settings : dict
        The cut-offs.
    note : str
        What a reader must know, such as cases at exactly 0.5.
    scores : Scores
        Of the cases in the conditions.
    membership : ndarray, shape (n,)
        Of the cases in the outcome.
    members : tuple of tuple of str
        The cases of each of `rows`, in its order.
    mixed : tuple of int
        Rows that hold cases both with and without the outcome: contradictions between cases, whatever `out` says.
    decided : dict
        Rows whose ``out`` was set by hand; see `decide`.
    """

    outcome: str
    conditions: tuple[str, ...]
    levels: tuple[int, ...]
    rows: pd.DataFrame
    settings: dict[str, float]
    note: str
    scores: Scores
    membership: Floats
    members: tuple[tuple[str, ...], ...]
    mixed: tuple[int, ...]
    decided: dict[int, str] = attrs.field(factory=dict)

    def configurations(self, *out: str) -> Ints:
        """The observed configurations with one of these values of ``out``, shape (n, k)."""
        chosen = self.rows["out"].isin(out).to_numpy()
        return self.rows[list(self.conditions)].to_numpy(dtype=np.int64)[chosen]

    def number(self, configurations: Ints) -> Ints:
        """Row numbers, from 1; the first condition counts most."""
        if not len(configurations):
            return np.empty(0, dtype=np.int64)
        return np.asarray(np.ravel_multi_index(tuple(configurations.T), self.levels) + 1)

    def configuration(self, rows: Sequence[int] | Ints) -> Ints:
        """The configurations of row numbers, shape (n, k)."""
        numbers = np.asarray(rows, dtype=np.int64)
        total = int(np.prod(self.levels, dtype=np.float64))
        strange = numbers[(numbers < 1) | (numbers > total)]
        if len(strange):
            raise DataError(f"there is no row {int(strange[0])}: rows run from 1 to {total}", place="truth table")
        return np.column_stack(np.unravel_index(numbers - 1, self.levels)).astype(np.int64)

    def term(self, row: int) -> Term:
        """A row as a term of all conditions."""
        return term_of(self.configuration([row])[0].tolist(), self.conditions, self.applicable)

    def decide(self, rows: Mapping[int, Out], *, why: str) -> TruthTable:
        """The table with what you decide about observed rows, such as a contradiction that a case resolves.

        Parameters
        ----------
        rows : mapping
            Row numbers to "1", "0", "C" or "?". For rows without cases use ``minimise(..., exclude=...)``.
        why : str
            The reason; it stands in the table's note and in the methods text.

        Raises
        ------
        DataError
            Without a reason, for a row that holds no case, for another value.
        """
        if not why.strip():
            raise DataError("there is no reason", place="decide", remedy="Say why=: what is known of the cases.")
        for row, out in rows.items():
            if out not in _OUT:
                raise DataError(f"row {row} cannot be {out!r}", place="decide", remedy=f"Say one of {listing(_OUT)}.")
            if row not in self.rows.index:
                raise DataError(
                    f"row {row} holds no case", place="decide", remedy="Leave a remainder out by minimise(exclude=...)."
                )
        told = "; ".join(f"row {row} set to {out} by hand ({why})" for row, out in rows.items())
        table = self.rows.assign(
            out=self.rows["out"].where(~self.rows.index.isin(list(rows)), self.rows.index.map(rows))
        )
        note = "; ".join(part for part in (self.note, told) if part)
        return attrs.evolve(self, rows=table, note=note, decided={**self.decided, **rows})

    def again(
        self,
        *,
        consistency_cutoff: float | None = None,
        contradiction_cutoff: float | None = None,
        pri_cutoff: float | None = None,
        frequency_cutoff: int | None = None,
        without: Iterable[str] = (),
    ) -> TruthTable:
        """The same table with other cut-offs, or without some cases; rows decided by hand stay decided.

        Parameters
        ----------
        consistency_cutoff, contradiction_cutoff, pri_cutoff, frequency_cutoff : optional
            See `truth_table`; by default as they are.
        without : iterable of str
            Names of cases to leave out.
        """
        asked = {
            "consistency_cutoff": consistency_cutoff,
            "contradiction_cutoff": contradiction_cutoff,
            "pri_cutoff": pri_cutoff,
            "frequency_cutoff": frequency_cutoff,
        }
        settings = {**self.settings, **{name: value for name, value in asked.items() if value is not None}}
        gone = set(without)
        strange = gone - set(self.scores.cases)
        if strange:
            raise unknown("case", sorted(strange)[0], self.scores.cases, place="again")
        kept = np.array([name not in gone for name in self.scores.cases])
        left = tuple(name for name in self.scores.cases if name not in gone)
        scores = attrs.evolve(self.scores, cases=left, table=self.scores.table[kept])
        return rebuilt(self, scores, self.membership[kept], settings)

    @property
    def applicable(self) -> tuple[int, ...]:
        """Levels of each condition, without the last one where that says that the condition does not apply."""
        return tuple(self.scores.applicable[name] for name in self.conditions)

    @property
    def n_remainders(self) -> int:
        """Configurations without cases."""
        return int(np.prod(self.levels, dtype=np.float64)) - len(self.rows)

    def to_frame(self, *, remainders: bool = False, sort: Sort = "row") -> pd.DataFrame:
        """The rows as a table.

        Parameters
        ----------
        remainders : bool
            Whether to list the configurations without cases too.
        sort : {"row", "outcome", "consistency", "n"}
            By number; positive rows first; most consistent first; most cases first.
        """
        table = self.rows
        if remainders:
            total = int(np.prod(self.levels, dtype=np.float64))
            if total > MOST_ROWS:
                raise DataError(
                    f"{total:,} configurations are too many to list",
                    place="to_frame(remainders=True)",
                    remedy="List the observed ones, or use fewer conditions.",
                )
            every = np.arange(1, total + 1)
            shown = pd.DataFrame(
                self.configuration(every), columns=list(self.conditions), index=pd.Index(every, name="row")
            )
            empty = shown.drop(index=table.index).assign(
                out="?", n=0, consistency=np.nan, pri=np.nan, cases="", deviant=""
            )
            table = pd.concat([table, empty]).sort_index()
        if sort == "row":
            ordered = table.sort_index()
        elif sort == "outcome":
            rank = table["out"].map({"1": 0, "C": 1, "0": 2, "?": 3})
            ordered = (
                table.assign(rank=rank)
                .sort_values(["rank", "consistency", "n"], ascending=[True, False, False], kind="stable")
                .drop(columns="rank")
            )
        else:
            ordered = table.sort_values(sort, ascending=False, kind="stable")
        own = zip(self.conditions, self.levels, strict=True)
        apart = {name: {size - 1: "-"} for name, size in own if name in self.scores.undefined}
        shown = ordered.replace(apart).rename_axis(columns="column")
        return shown.assign(deviant=shown["deviant"].where(shown["out"] != "0", ""))

    def methods_text(self) -> str:
        """A paragraph for a methods section, with the figures."""
        settings, rows = self.settings, self.rows["out"].value_counts()
        count = {out: int(rows.get(out, 0)) for out in _OUT}
        contradictory = f", {count['C']} contradictory" if "contradiction_cutoff" in settings or count["C"] else ""
        mixed = "" if self.mixed else " No row holds cases both with and without the outcome."
        return (
            f"{len(self.scores.cases)} cases were compared by {len(self.conditions)} conditions "
            f"({', '.join(self.conditions)}) in a truth table for {self.outcome} (consistency cut-off "
            f"{settings['consistency_cutoff']:g}, PRI cut-off {settings['pri_cutoff']:g}, frequency cut-off "
            f"{settings['frequency_cutoff']:g}): {count['1']} positive and {count['0']} negative rows"
            f"{contradictory}, {self.n_remainders + count['?']:,} remainders.{mixed}"
        ) + (f" Note: {self.note}." if self.note else "")

    def cite(self) -> tuple[str, ...]:
        """The references behind the method."""
        return references.cite(("ragin2008", "schneider2012"))

    _widest = 60

    def _title(self) -> str:
        told = ", ".join(f"{name.replace('_', ' ')} {value:g}" for name, value in self.settings.items())
        note = f"\nnote: {self.note}" if self.note else ""
        return (
            f"Truth table for {self.outcome}: {len(self.rows)} of {len(self.rows) + self.n_remainders:,} "
            f"configurations hold a case ({told}){note}"
        )


def truth_table(
    table: Any,
    *,
    outcome: str,
    conditions: Sequence[str],
    consistency_cutoff: float,
    contradiction_cutoff: float | None = None,
    pri_cutoff: float = 0.0,
    frequency_cutoff: int = 1,
    case: str | None = None,
    levels: dict[str, int] | None = None,
    not_applicable: str | None = None,
) -> TruthTable:
    """Which configurations of the conditions are sufficient for the outcome.

    Parameters
    ----------
    table : dataframe
        Cases × conditions: crisp (0, 1), fuzzy ([0, 1]) or multi-value (0, 1, 2, ...). No missing values.
    outcome : str
        A column, ``~Y`` for its absence, ``Y[2]`` for a level.
    conditions : sequence of str
        Columns; one that takes a whole number above 1 is multi-value.
    consistency_cutoff : float
        A row is positive from here on. No default: it changes the solution.
    contradiction_cutoff : float, optional
        A row from here to `consistency_cutoff` is contradictory, "C", in place of negative.
    pri_cutoff : float
        A positive row must reach this proportional reduction in inconsistency too.
    frequency_cutoff : int
        Rows with fewer cases are remainders.
    case : str, optional
        Column with the names of cases; by default a column ``case`` (or ``Case``), or else the index. Names that
        differ by capitals or blanks only are refused.
    levels : dict, optional
        Number of levels of a multi-value condition, where not all occur. Needed where level 0 does not, or where there
        are more than ten: other whole numbers are taken for raw values and refused.
    not_applicable : str, optional
        How a cell says that a condition does not apply to a case, such as "-": see Notes.

    Returns
    -------
    TruthTable
        A case at 0.5 in a condition (within 1.5e-8, the tolerance of cut-offs too) is in no row, but counts in every
        row's consistency; the note names it.

    Raises
    ------
    DataError
        For absent columns, missing values, scores outside [0, 1], whole numbers that are not levels, an outcome among
        the conditions.

    Notes
    -----
    Consistency and PRI of a row are over all cases, weighted by membership; `n` counts those with more than 0.5. In R:
    ``QCA::truthTable(data, outcome, conditions, incl.cut, n.cut, pri.cut)``. That function codes contradictions on the
    wrong rows when ``n.cut`` is above 1 (3.25.1).

    A condition may be without sense for some cases, as "E before A" is where E or A is absent. Such a case is a member
    neither of ``EBA`` nor of ``~EBA``, and no term says so of it. Its row is positive or negative as any other: a
    negative one forbids terms without the condition only; a positive one is covered by such terms only, so that it
    stands for the rows with each level of the condition, whatever else is known of these (``model.assumptions`` lists
    them where no case is in them). This is R's "-", or "don't care".

    References
    ----------
    Ragin CC. Redesigning Social Inquiry: Fuzzy Sets and Beyond. University of Chicago Press, 2008, ch. 7. Where
    conditions do not apply: Ragin CC, Strand SI. Using qualitative comparative analysis to study causal order.
    Sociological Methods & Research 2008;36:431-441. doi:10.1177/0049124107313903

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"A": [1, 1, 0, 0], "B": [1, 0, 1, 0], "Y": [1, 1, 0, 0]}, index=list("wxyz"))
    >>> truth_table(table, outcome="Y", conditions=["A", "B"], consistency_cutoff=1).to_frame()[
    ...     ["A", "B", "out", "cases"]
    ... ]
    column  A  B out cases
    row
    1       0  0   0     z
    2       0  1   0     y
    3       1  0   1     x
    4       1  1   1     w

    Both configurations with A show the outcome, whatever B is.
    """
    settings: dict[str, float] = {
        "consistency_cutoff": consistency_cutoff,
        "pri_cutoff": pri_cutoff,
        "frequency_cutoff": frequency_cutoff,
    }
    if contradiction_cutoff is not None:
        settings["contradiction_cutoff"] = contradiction_cutoff
    _checked(settings)
    names = conditions_of(conditions, column_of(outcome)[0], place="truth_table")
    target = Outcome.of(table, outcome, case=case, place="truth_table")
    scores = Scores.of(
        table, names, case=case, place="truth_table", not_applicable=not_applicable, declared=levels or ()
    )
    if levels:
        scores = scores.declared(levels)
    scores = attrs.evolve(scores, notes=origin_notes(table, target, scores))
    return _tabulated(target.expression, names, scores, target.membership, settings)


def _checked(settings: Mapping[str, float]) -> None:
    for name, value in settings.items():
        if value is not None and not is_number(value):
            raise DataError(f"{name} must be a number, not {value!r}", place="truth_table")
    consistency, pri = settings["consistency_cutoff"], settings["pri_cutoff"]
    check_between("consistency_cutoff", consistency, 0, 1 + 1e-9)
    frequency = settings["frequency_cutoff"]
    if frequency % 1 or frequency < 1:
        raise DataError(f"frequency_cutoff must be a whole number above 0, not {frequency:g}", place="frequency_cutoff")
    if not 0 <= pri <= 1:
        raise DataError(f"pri_cutoff must lie in [0, 1], not {pri:g}", place="truth_table")
    contradiction = settings.get("contradiction_cutoff")
    if contradiction is not None and not 0 <= contradiction < consistency:
        raise DataError(
            f"contradiction_cutoff {contradiction:g} must lie below consistency_cutoff {consistency:g}",
            place="truth_table",
        )


def renumbered(old: TruthTable, new: TruthTable, rows: Sequence[int]) -> dict[int, int]:
    """Row numbers of the same configurations in a table whose conditions may have other levels; none for those gone."""
    numbers = list(rows)
    if old.levels == new.levels or not numbers:
        return {row: row for row in numbers}
    found = old.configuration(numbers)
    beside = found >= np.array(old.applicable)  # does not apply: always the last level
    moved = np.where(beside, np.array(new.applicable), found)
    kept = np.all((moved < np.array(new.levels)) & (beside | (moved < np.array(new.applicable))), axis=1)
    again = iter(new.number(moved[kept]).tolist())
    return {row: next(again) for row, here in zip(numbers, np.atleast_1d(kept).tolist(), strict=True) if here}


def rebuilt(truth: TruthTable, scores: Scores, membership: Floats, settings: dict[str, float]) -> TruthTable:
    """A truth table as another one, from other scores or settings; rows decided by hand stay decided."""
    _checked(settings)
    table = _tabulated(truth.outcome, truth.conditions, scores, membership, settings)
    numbers = renumbered(truth, table, list(truth.decided))
    own: dict[int, Any] = {numbers[row]: out for row, out in truth.decided.items() if row in numbers}
    own = {row: out for row, out in own.items() if row in table.rows.index}
    return table.decide(own, why="as before") if own else table


def _tabulated(
    outcome: str, names: tuple[str, ...], scores: Scores, membership: Floats, settings: dict[str, float]
) -> TruthTable:
    """The table of checked scores."""
    sizes = tuple(scores.levels[name] for name in names)
    corner, placed = scores.corners()
    found, own = np.unique(corner[placed], axis=0, return_inverse=True)
    own = own.ravel()
    fit = sufficiency(memberships(scores, found), membership)
    n = np.bincount(own, minlength=len(found))
    members: list[list[str]] = [[] for _ in found]
    deviant: list[list[str]] = [[] for _ in found]
    for row, place in zip(np.flatnonzero(placed).tolist(), own.tolist(), strict=True):
        members[place].append(scores.cases[row])
        if membership[row] < 0.5:
            deviant[place].append(scores.cases[row])
    consistency_cutoff, pri_cutoff = settings["consistency_cutoff"], settings["pri_cutoff"]
    contradiction_cutoff = settings.get("contradiction_cutoff")
    consistent = fit.consistency + TOLERANCE
    out = np.where((consistent > consistency_cutoff) & (np.nan_to_num(fit.pri) + TOLERANCE > pri_cutoff), "1", "0")
    if contradiction_cutoff is not None:
        out = np.where((consistent <= consistency_cutoff) & (consistent > contradiction_cutoff), "C", out)
    out = np.where(n < settings["frequency_cutoff"], "?", out)
    numbers = np.ravel_multi_index(tuple(found.T), sizes) + 1 if len(found) else np.empty(0, dtype=np.int64)
    columns = {
        **dict(zip(names, found.T, strict=True)),
        "out": out,
        "n": n,
        "consistency": fit.consistency,
        "pri": fit.pri,
        "cases": list(map(", ".join, members)),
        "deviant": list(map(", ".join, deviant)),
    }
    rows = pd.DataFrame(columns, index=pd.Index(numbers, name="row"))
    there, away = (np.bincount(own, side[placed], len(found)) > 0 for side in (membership > 0.5, membership < 0.5))
    mixed = tuple(numbers[there & away].tolist())
    note = told_of(scores, placed, membership, list(map(str, mixed)), outcome)
    return TruthTable(
        outcome, names, sizes, rows, settings, note, scores, membership, tuple(map(tuple, members)), mixed
    )
