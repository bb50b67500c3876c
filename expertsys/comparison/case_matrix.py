"""Cases by codes or concepts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import attrs
import pandas as pd

from expertsys._core import references
from expertsys._core.errors import DataError, check_choice
from expertsys._core.results import TableResult
from expertsys.study import Study

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Of = Literal["codes", "concepts"]
Counting = Literal["units", "codings", "documents"]
Show = Literal["count", "share", "presence"]
NO_CASE = "(no case)"

_COUNTED = {
    "units": "units to which at least one coder applied it, each once",
    "codings": "codings: every application by every coder",
    "documents": "documents in which at least one coder applied it, each once",
}


@attrs.frozen(eq=False, repr=False)
class CaseMatrix(TableResult):
    """Cases in rows, codes or concepts in columns, and what is counted said.

    Attributes
    ----------
    of : {"codes", "concepts"}
        What the columns are.
    counting : {"units", "codings", "documents"}
        What is counted.
    show : {"count", "share", "presence"}
        What the cells hold: how many; how many of the case's total; whether any (1 or 0).
    totals : pandas.Series
        Per case: units or documents read, or codings; the denominators of shares.
    note : str
        What a reader must know; empty where there is nothing.
    """

    of: Of
    counting: Counting
    show: Show
    totals: pd.Series[int]
    note: str
    _table: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """Index ``case``, a column for each code or concept: whole numbers for counts and presence, else shares."""
        return self._table.copy(deep=False)

    def counted(self) -> str:
        """What a cell holds, in words."""
        what = _COUNTED[self.counting]
        if self.show == "share":
            whole = "the case's codings" if self.counting == "codings" else f"the case's {self.counting} that were read"
            return f"share of {whole} with it ({what})"
        return f"whether there is any of the {what}" if self.show == "presence" else f"number of {what}"

    def methods_text(self) -> str:
        """A sentence for a methods section."""
        return (
            f"Cases ({len(self._table)}) were compared over {len(self._table.columns)} {self.of} in a matrix whose "
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
        return f"Cases × {self.of}: {self.counted()}" + (f"\n{self.note}" if self.note else "")


def case_matrix(study: Study, *, of: Of = "codes", counting: Counting = "units", show: Show = "count") -> CaseMatrix:
    """Set cases against codes or concepts.

    Parameters
    ----------
    study : Study
        With one round of coding; with units where units are counted.
    of : {"codes", "concepts"}
        Columns: every code that was applied, in the codebook's order; or every concept that such a code points to.
    counting : {"units", "codings", "documents"}
        What is counted. Units and documents count once however many coders applied the code, and a document that tells
        of several cases once in each; codings grow with the number of coders who read a case.
    show : {"count", "share", "presence"}
        Counts; shares of the units or documents of the case that anyone read (of its codings, where those are counted);
        or 1 where there is any and 0 where there is none.

    Returns
    -------
    CaseMatrix
        Codings without a case stand in the row ``(no case)``. A case that no one read has 0, and NaN as a share.

    Raises
    ------
    DataError
        Where no case is named, rounds are mixed, or units are counted that are not there.

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

    Policy was found in two units of case A, by one coder or two.
    """
    for parameter, value, choices in (
        ("of", of, ("codes", "concepts")),
        ("counting", counting, tuple(_COUNTED)),
        ("show", show, ("count", "share", "presence")),
    ):
        check_choice(parameter, value, choices)
    Study.require(study, "case_matrix")
    study.require_one_round("a case matrix")
    if not len(study.cases):
        raise DataError(
            "a case matrix needs cases, and none is named",
            place="study.cases",
            remedy="Name the column: es.read(..., case='...'), or give documents a case.",
        )
    column = "code" if of == "codes" else "concept"
    rows, note = _applied(study, of)
    if counting != "codings":
        if counting == "units":
            study.require_units("counting units")
        rows = rows.drop_duplicates(["case", counting.removesuffix("s"), column])
    columns = _columns(study, of)
    cases = list(dict.fromkeys([*study.cases.index, *([NO_CASE] if (rows["case"] == NO_CASE).any() else [])]))
    counts = pd.crosstab(rows["case"], rows[column]).reindex(index=cases, columns=columns, fill_value=0)
    totals = _totals(study, counting).reindex(cases, fill_value=0).rename_axis("case")
    table = counts
    if show == "presence":
        table = (counts > 0).astype("int64")
    elif show == "share":
        table = counts.div(totals.where(totals > 0), axis=0)
    named = table.rename_axis(index="case", columns=column)
    return CaseMatrix(of, counting, show, totals, note, named)


def _applied(study: Study, of: Of) -> tuple[pd.DataFrame, str]:
    rows = study.codings[["case", "unit", "document", "coder", "code"]]
    rows = rows.assign(case=rows["case"].fillna(NO_CASE))
    if of == "codes":
        return rows, ""
    concepts = {code.name: code.concept for code in study.codebook if code.concept is not None}
    mapped = rows.assign(concept=rows["code"].map(concepts)).dropna(subset=["concept"])
    unmapped = sorted(set(rows["code"]) - set(concepts))
    note = f"{len(unmapped)} of {rows['code'].nunique()} applied codes point to no concept and are left out."
    return mapped, note if unmapped else ""


def _columns(study: Study, of: Of) -> list[str]:
    applied = set(study.codings["code"])
    if of == "codes":
        return [name for name in study.codes if name in applied]
    concepts = (code.concept for code in study.codebook if code.name in applied and code.concept is not None)
    return list(dict.fromkeys(concepts))


def _totals(study: Study, counting: Counting) -> pd.Series[int]:
    if counting == "codings":
        return study.codings["case"].fillna(NO_CASE).value_counts()
    if counting == "units":
        return study.seen.fillna({"case": NO_CASE}).groupby("case")["unit"].nunique()
    placed = pd.concat([study.units[["document", "case"]], study.codings[["document", "case"]]])
    whole = study.documents[~study.documents.index.isin(placed["document"])].reset_index()[["document", "case"]]
    pairs = pd.concat([placed, whole]).fillna({"case": NO_CASE}).drop_duplicates()  # a document may tell of two cases
    read = pd.concat([study.assignments["document"], study.codings["document"]])
    return pairs[pairs["document"].isin(read)].groupby("case")["document"].nunique()
