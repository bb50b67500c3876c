"""A section on Qualitative Comparative Analysis: every table that the standards of good practice ask for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from expertsys import plot, qca
from expertsys._core.errors import DataError, listing
from expertsys._core.results import TableResult, number
from expertsys.reporting.model import Column, Figure, Kind, Section, Table, plain
from expertsys.reporting.pictures import described

#: Rows of a long table that the page shows.
MOST_ROWS = 80


def comparative(results: Iterable[TableResult]) -> Section | None:
    """What was compared, what was found, and what it rests on."""
    given = tuple(results)
    if not given:
        return None
    tables = [_table(caption, frame) for caption, frame in qca.report_tables(*given).items()]
    solutions = [result for result in given if isinstance(result, qca.Solution)]
    paragraphs = [one.methods_text() for one in given if isinstance(one, qca.Necessity)]
    paragraphs += [solution.truth.methods_text() for solution in solutions]
    paragraphs += [solution.own_text() for solution in solutions]
    paragraphs += [one.methods_text() for one in given if one not in solutions and hasattr(one, "methods_text")]
    paragraphs = list(dict.fromkeys(paragraphs))
    kinds = {solution.kind for solution in solutions}
    absent = [kind for kind in ("conservative", "intermediate", "parsimonious") if kind not in kinds]
    if solutions and absent:
        paragraphs.append(
            f"Not shown: the {listing(absent)} solution. The standards of good practice ask for all three."
        )
    code = "es.qca.report_tables(*results)"
    figures = [figure for solution in solutions if solution.models for figure in _figures(solution)]
    figures += [_map(result) for result in given if isinstance(result, qca.Sweep)]
    return Section("qca", "Qualitative Comparative Analysis", paragraphs, tables, figures, code)


def _table(caption: str, frame: pd.DataFrame) -> Table:
    shown = frame.head(MOST_ROWS)
    note = f"{len(frame) - MOST_ROWS} more rows are left out." if len(frame) > MOST_ROWS else ""
    columns = [Column(str(name or "row")) for name in frame.index.names]
    columns += [Column(str(name).replace("_", " "), _kind(frame[name])) for name in frame.columns]
    rows = []
    for key, cells in zip(shown.index, shown.itertuples(index=False, name=None), strict=True):
        parts = key if isinstance(key, tuple) else (key,)
        rows.append([*map(str, parts), *(_cell(cell) for cell in cells)])
    return Table(caption, columns, rows, note)


def _kind(column: pd.Series[Any]) -> Kind:
    if pd.api.types.is_bool_dtype(column):
        return "text"
    if pd.api.types.is_integer_dtype(column):
        return "count"
    return "figure" if pd.api.types.is_float_dtype(column) else "text"


def _cell(value: Any) -> Any:
    found = plain(value)
    return ("yes" if found else "no") if isinstance(found, bool) else found


def _figures(solution: qca.Solution) -> list[Figure]:
    """The first model against the outcome, and what its terms cover."""
    model = solution.models[0]
    against = qca.case_types(solution)
    names = sorted({name for name, _ in against.deviant_consistency.index})
    told = (
        f"{model.expression} against {solution.truth.outcome}: consistency {number(model.consistency)}, coverage "
        f"{number(model.coverage)}; in the model without the outcome: {listing(names, 10)}."
    )
    title = f"{solution.kind.capitalize()} solution for {solution.truth.outcome}, model 1"
    found = [described(solution.plot(), f"{title}: cases by membership. Orange: against sufficiency.", told)]
    if len(model.terms) > 1:
        counts = ", ".join(f"{fit.expression} {len(fit.cases)}" for fit in model.terms)
        found.append(
            described(
                plot.upset(solution), f"{title}: cases that its terms cover.", f"Cases in positive rows: {counts}."
            )
        )
    return found


def _map(result: qca.Sweep) -> Figure:
    same, total = int(result.table["same"].sum()), len(result.table)
    return described(
        result.plot(),
        f"Where the models stay the same, over {result.over}.",
        f"The models are those of {result.initial} in {same} of {total} repetitions; the table holds them all.",
    )


def references_of(results: Iterable[TableResult]) -> tuple[str, ...]:
    """What the methods behind these results rest on, each once."""
    found: dict[str, None] = {}
    for result in results:
        if isinstance(result, qca.Solution) or hasattr(result, "cite"):
            found |= dict.fromkeys(result.cite())
    return tuple(found)


def checked(results: Iterable[TableResult]) -> tuple[TableResult, ...]:
    """Results as a tuple; an error where one was given instead of several, or none."""
    if isinstance(results, TableResult):
        raise DataError("one result was given where several are taken", place="qca", remedy="Write [solution].")
    return tuple(results)
