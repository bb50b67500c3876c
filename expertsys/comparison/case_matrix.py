"""Cases, or whatever else is compared, by codes or concepts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

import attrs
import numpy as np
import pandas as pd

from expertsys._core import references
from expertsys._core.errors import DataError, check_choice, counted, listing
from expertsys._core.frames import case_column, check_cases, is_frame, to_pandas
from expertsys._core.results import TableResult
from expertsys.comparison.applied import (
    RULES,
    Coders,
    Of,
    Subcodes,
    availability,
    chosen_columns,
    confined,
    covered,
    has_units,
    mapped,
    passing,
    readers_of,
    rule_of,
    spans,
    subcodes_note,
    uneven,
    weighted,
)
from expertsys.comparison.grouping import grouped, order, read_documents, read_units
from expertsys.study import Study

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Counting = Literal["units", "codings", "documents", "characters", "given"]
Show = Literal["count", "share", "presence"]

_COUNTED = {
    "units": "units to which {rule} applied it, each once",
    "codings": "codings: every application by every coder",
    "documents": "documents in which {rule} applied it, each once",
    "characters": "characters of text that {rule} marked with it, each once",
    "given": "values of the table that was given",
}


@attrs.frozen(eq=False, repr=False)
class CaseMatrix(TableResult):
    """Cases, or what else is compared, in rows, codes or concepts in columns; what is counted is said.

    Attributes
    ----------
    of : {"codes", "concepts"}
        What the columns are.
    counting : {"units", "codings", "documents", "characters", "given"}
        What is counted; "given" for a table that came with its values.
    show : {"count", "share", "presence"}
        What the cells hold: how many; how many of the row's total; whether any (1 or 0).
    by : tuple of str
        What the rows are.
    coders : {"any", "majority", "all", "mean"}
        Whose applications count.
    totals : pandas.Series
        Per row: units, documents or characters read, or codings; the denominators of shares. NaN where unknown.
    note : str
        What a reader must know; empty where there is nothing.
    """

    of: Of
    counting: Counting
    show: Show
    by: tuple[str, ...]
    coders: Coders
    totals: pd.Series[Any]
    note: str
    _table: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """A row for each case, a column for each code or concept: whole numbers, or shares."""
        return self._table.copy(deep=False)

    def counted(self) -> str:
        """What a cell holds, in words."""
        what = _COUNTED[self.counting].format(rule=RULES[self.coders])
        if self.coders == "mean" and self.counting in ("units", "documents", "characters"):
            what = f"{self.counting}, each counted as the share of its readers who applied the code"
        if self.counting == "given":
            return {"count": what, "share": "share of the row's sum", "presence": "whether the value is above 0"}[
                self.show
            ]
        if self.counting == "codings" and self.coders != "any":
            what = f"codings on what {RULES[self.coders]} gave the code"
        if self.show == "share":
            row = "case" if self.by == ("case",) else "row"
            read = "text that was read" if self.counting == "characters" else f"{self.counting} that were read"
            whole = f"the {row}'s codings" if self.counting == "codings" else f"the {row}'s {read}"
            return f"share of {whole} with it ({what})"
        return f"whether there is any of the {what}" if self.show == "presence" else f"number of {what}"

    def methods_text(self) -> str:
        """A sentence for a methods section."""
        rows = "Cases" if self.by == ("case",) else f"Groups by {' × '.join(self.by)}"
        return (
            f"{rows} ({len(self._table)}) were compared over {len(self._table.columns)} {self.of} in a matrix whose "
            f"cells hold the {self.counted()}." + (f" {self.note}" if self.note else "")
        )

    def cite(self) -> tuple[str, ...]:
        """The references behind the table."""
        return references.cite(("gale2013",))

    def plot(self, ax: Axes | None = None) -> Axes:
        """A heat map of the table."""
        from expertsys.plot import heatmap

        return heatmap(self, ax=ax)

    def _title(self) -> str:
        rows = "Cases" if self.by == ("case",) else " × ".join(self.by).capitalize()
        return f"{rows} × {self.of}: {self.counted()}" + (f"\n{self.note}" if self.note else "")


def case_matrix(
    data: Study | Any,
    *,
    by: str | Sequence[str] = "case",
    of: Of = "codes",
    counting: Counting = "units",
    show: Show = "count",
    coders: Coders | None = None,
    subcodes: Subcodes = "include",
    codes: Sequence[str] | None = None,
    available: str | None = None,
) -> CaseMatrix:
    """Set cases, or other groups, against codes or concepts.

    Parameters
    ----------
    data : Study or dataframe
        A study with one round of coding; with units where units are counted, with positions where characters are. Or
        any table of cases × conditions, whose numbers are taken as they are; its cases are its index or a column
        ``case``.
    by : str or two of them
        Rows: ``"case"``, ``"document"``, ``"participant"``, ``"coder"``, or any attribute of units (``"question"``),
        documents (``"kind"``), participants (``"role"``), cases or coders; two are crossed. Participants are those of
        the units, so that each excerpt of a focus group counts for its speaker.
    of : {"codes", "concepts"}
        Columns: every code that was applied, in the codebook's order; or every concept that such a code points to.
    counting : {"units", "codings", "documents", "characters"}
        What is counted. Units, documents and characters count once however many coders applied the code, and a document
        that tells of several cases once in each; codings grow with the number of coders who read a case.
    show : {"count", "share", "presence"}
        Counts; shares of the units, documents or characters of the row that anyone read (of its codings, where those
        are counted); or 1 where there is any and 0 where there is none.
    coders : {"any", "majority", "all", "mean"}, optional
        A code counts on a unit (a document, a character) where at least one coder applied it, more than half of those
        who read it, or all of them; or it counts as the share of its readers who applied it. One reader alone is all of
        them. By default ``"any"``, and for shares ``"mean"`` where some units had more readers than others: with
        ``"any"``, a case that more coders read would have more of every code.
    subcodes : {"include", "exclude"}
        Whether applications of a sub-code count for the codes above it, and those of a sub-concept for the concepts
        above it.
    codes : sequence of str, optional
        The columns, by default all. A code that was applied by its sub-codes only, such as a theme, may be named here.
    available : str, optional
        An attribute, such as ``"question"``, on which it depended whether a code could be applied: its share is one of
        the units under those values for which it was applied at all.

    Returns
    -------
    CaseMatrix
        What has no such attribute stands in the row ``(no case)``, ``(no kind)`` and so on. A row that no one read is
        unknown: NaN, whatever is shown.

    Raises
    ------
    DataError
        Where no case is named, an attribute does not exist, rounds are mixed, or units or positions are counted that
        are not there.

    Examples
    --------
    >>> import pandas as pd
    >>> from expertsys.study import Study
    >>> codings = pd.DataFrame(
    ...     {
    ...         "unit": ["u1", "u1", "u2", "u3"],
    ...         "coder": ["ann", "ben", "ann", "ann"],
    ...         "code": ["policy", "policy", "policy", "judgement"],
    ...         "case": ["A", "A", "A", "B"],
    ...     }
    ... )
    >>> case_matrix(Study(codings)).to_frame()
    code  policy  judgement
    case
    A          2          0
    B          0          1

    Policy was found in two units of case A, by one coder or two. Apart by coder:

    >>> case_matrix(Study(codings), by=("case", "coder")).to_frame()
    code        policy  judgement
    case coder
    A    ann         2          0
         ben         1          0
    B    ann         0          1
    """
    check_choice("of", of, ("codes", "concepts"))
    check_choice("counting", counting, [name for name in _COUNTED if name != "given"])
    check_choice("show", show, ("count", "share", "presence"))
    names = (by,) if isinstance(by, str) else tuple(by)
    if not isinstance(data, Study) and is_frame(data):
        return _of_table(data, names, show)
    Study.require(data, "case_matrix")
    study: Study = data
    if counting == "units":
        study.require_units(
            "counting units", instead="Without units there is counting='documents', 'codings' or 'characters'."
        )
    by_unit = counting == "units" or (counting == "codings" and has_units(study))
    read = read_units(study) if by_unit else read_documents(study)
    place = "unit" if by_unit else "document"
    readers = readers_of(read, place)
    fixed = "coder" in names or counting == "codings" or show != "share"
    rule: Coders = "any" if coders is None and fixed else rule_of(coders, readers)
    _refuse(study, names, coders, available, show, counting)
    names_of_columns = chosen_columns(study, of, codes, place="codes")
    rows, note = mapped(study, study.codings, of, subcodes)
    every = passing(study, rows, rule)
    rows = every[every["column"].isin(names_of_columns)]
    if counting == "characters":
        rows = spans(study, rows, purpose="counting characters")
    for name in names:
        rows[f"by {name}"] = grouped(study, rows, name, place="by")
        read[f"by {name}"] = grouped(study, read, name, place="by")
    groups = [f"by {name}" for name in names]
    index = _index(study, rows, read, names)
    if counting == "characters":
        counts = covered(rows, by=groups, coders=rule, readers=readers).groupby([*groups, "column"]).sum()
    elif counting == "codings":
        counts = rows.groupby([*groups, "column"]).size()
    else:
        own = readers if "coder" not in names else readers * 0 + 1
        counts = weighted(rows, groups, place, rule, own).groupby([*groups, "column"]).sum()
    wide = counts.unstack("column", fill_value=0)  # noqa: PD010  # a pivot_table would drop groups named like missing
    table = wide.reindex(index=index, columns=names_of_columns, fill_value=0)
    if counting == "codings":
        for name in names:
            every[f"by {name}"] = grouped(study, every, name, place="by")
    totals, silent = _totals(study, counting, every[~every.index.duplicated()], read, groups)
    known = read.groupby(groups)[place].nunique().reindex(index)
    unread = known.isna().to_numpy()
    if unread.any():
        table = table.astype("float64")
        table.loc[unread] = np.nan
    whole = _available(study, read, rows, groups, available, table) if available else None
    notes = [note, subcodes_note(study, of, subcodes, table.columns), silent]
    notes += [_differing(rule, fixed and coders is None, uneven(read, place, groups, readers))] if by_unit else []
    notes += [confined(study, read, rows, available) if show == "share" else "", study.reading_note]
    if unread.any():
        notes.append(f"Nothing was read of {listing([_name(one) for one in index[unread]])}, which is unknown.")
    if whole is not None:
        notes.append(f"The share of a code is one of the units under values of {available!r} where it was applied.")
    return _made(table, totals.reindex(index), names, of, counting, show, rule, " ".join(filter(None, notes)), whole)


def _name(key: Any) -> str:
    return " × ".join(map(str, key)) if isinstance(key, tuple) else str(key)


def _differing(rule: Coders, default: bool, told: str) -> str:
    if not told or rule == "mean":
        return ""
    more = "show='share' takes the mean of the readers" if default else "coders='mean' does not depend on it"
    return f"Rows differ in how many coders read their units ({told}), on which figures by {rule!r} depend: {more}."


def _available(
    study: Study, read: pd.DataFrame, rows: pd.DataFrame, groups: list[str], available: str, table: pd.DataFrame
) -> pd.DataFrame:
    """Units read in which each column was on offer: rows × columns."""
    label = grouped(study, read, available, place="available")
    found = {}
    for column, values in availability(study, rows, available).items():
        found[column] = read[label.isin(values)].groupby(groups)["unit"].nunique()
    return pd.DataFrame(found, columns=table.columns).reindex(table.index)


def _made(
    counts: pd.DataFrame, totals: pd.Series[Any], by: tuple[str, ...], of: Of, counting: Counting, show: Show,
    coders: Coders, note: str, whole: pd.DataFrame | None = None,
) -> CaseMatrix:  # fmt: skip
    exact = counting == "given" or coders == "mean" or counts.isna().any(axis=None)
    table = counts if exact else counts.astype("int64")
    if show == "presence":
        table = (counts > 0).astype("float64").where(counts.notna())
        table = table if counts.isna().any(axis=None) else table.astype("int64")
    elif show == "share":
        table = counts.div(totals.where(totals > 0), axis=0) if whole is None else counts / whole.where(whole > 0)
    column = "condition" if counting == "given" else of.removesuffix("s")
    named = table.rename_axis(index=list(by) if len(by) > 1 else by[0], columns=column)
    if counting not in ("given", "characters"):
        totals = totals.fillna(0).astype("int64")
    return CaseMatrix(of, counting, show, by, coders, totals.set_axis(named.index), note, named)


def _refuse(
    study: Study, names: tuple[str, ...], coders: Coders | None, available: str | None, show: Show, counting: Counting
) -> None:
    study.require_one_round("a case matrix")
    if available is not None and (show != "share" or counting != "units"):
        raise DataError(
            f"available= is about shares of units, and show={show!r}, counting={counting!r} were asked for",
            place="available",
            remedy="Use show='share', counting='units', or leave it out.",
        )
    if not 1 <= len(names) <= 2 or len(set(names)) < len(names):
        raise DataError(f"rows are one attribute or two that differ, not {listing(names)}", place="by")
    if "case" in names and not len(study.cases):
        raise DataError(
            "a case matrix needs cases, and none is named",
            place="study.cases",
            remedy="Name the column: es.read(..., case='...'), or give documents a case; or choose by='document'.",
        )
    if "coder" in names and coders not in (None, "any"):
        raise DataError(
            f"coders={coders!r} asks how many coders agree, and by='coder' separates them",
            place="coders",
            remedy="Leave one of them out.",
        )


def _index(study: Study, rows: pd.DataFrame, read: pd.DataFrame, names: tuple[str, ...]) -> pd.Index[Any]:
    """All groups in order; of two attributes, the pairs that occur."""
    both = pd.concat([read, rows])
    if len(names) == 1:
        return pd.Index(order(study, both[f"by {names[0]}"], names[0]), name=f"by {names[0]}")
    columns = [f"by {name}" for name in names]
    places = [
        {one: at for at, one in enumerate(order(study, both[column], name))}
        for column, name in zip(columns, names, strict=True)
    ]
    pairs = set(both[columns].itertuples(index=False, name=None))
    ranked = sorted(pairs, key=lambda pair: tuple(place[one] for place, one in zip(places, pair, strict=True)))
    return pd.MultiIndex.from_tuples(ranked, names=columns)


def _totals(
    study: Study, counting: Counting, rows: pd.DataFrame, read: pd.DataFrame, groups: list[str]
) -> tuple[pd.Series[Any], str]:
    if counting == "codings":
        return rows.groupby(groups).size(), ""
    if counting == "characters":
        once = read.drop_duplicates([*groups, "document"])
        once = once.assign(length=once["document"].map(study.documents["text"].str.len()).astype("float64"))
        silent = once["document"][once["length"].isna()].nunique()
        note = f"{silent} documents have no text here: shares of their groups are unknown." if silent else ""
        return once.groupby(groups)["length"].sum(min_count=1, skipna=False), note
    return read.groupby(groups)[counting.removesuffix("s")].nunique(), ""


def _of_table(data: Any, names: tuple[str, ...], show: Show) -> CaseMatrix:
    frame = to_pandas(data)
    if names != ("case",):
        raise DataError("a table has no attributes to group by", place="by", remedy="Group its rows beforehand.")
    if (cases := case_column(frame.columns)) is not None:
        frame = frame.set_index(cases).rename_axis("case")
    wrong = [str(name) for name in frame if not pd.api.types.is_numeric_dtype(frame[name])]
    if wrong:
        raise DataError(
            f"columns {listing(wrong)} hold no numbers",
            place="case_matrix",
            remedy="Drop them, or name the cases 'case'.",
        )
    check_cases(frame.index, "case_matrix", "Join its rows.")
    values = frame.rename(columns=str, index=str).astype(np.float64)
    silent = int(values.isna().sum().sum())
    note = f"{counted(silent, 'cell')} without a value: unknown, not absent." if silent else ""
    return _made(values, values.sum(axis=1, skipna=False), names, "codes", "given", show, "any", note)
