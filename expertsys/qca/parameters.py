"""Parameters of fit of any expression, for sufficiency and for necessity."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from expertsys._core.errors import DataError
from expertsys._core.frames import to_pandas
from expertsys.qca.algebra import evaluate
from expertsys.qca.expression import Expression
from expertsys.qca.fit import necessity, sufficiency
from expertsys.qca.grammar import names_in
from expertsys.qca.table import Outcome


def parameters_of_fit(
    expressions: Sequence[Expression | str],
    table: Any,
    *,
    outcome: str,
    case: str | None = None,
    not_applicable: str | None = None,
) -> pd.DataFrame:
    """How far each expression is sufficient for an outcome, and how far necessary.

    Parameters
    ----------
    expressions : sequence of Expression or str
        See `parse`.
    table : dataframe
        Cases × conditions; see `truth_table`.
    outcome : str
        A column, ``~Y`` for its absence, ``Y[2]`` for a level.
    case : str, optional
        Column with the names of cases.
    not_applicable : str, optional
        How a cell says that a condition does not apply to a case; see `truth_table`.

    Returns
    -------
    pandas.DataFrame
        Index ``expression``; for sufficiency ``consistency``, ``pri``, ``coverage``, and ``consistency_h``, in which a
        case counts the more against the subset the higher its membership (Haesebrouck); for necessity
        ``necessity_consistency``, ``necessity_coverage``, ``ron``. NaN where nothing is in the expression, or the
        outcome.

    Raises
    ------
    DataError
        As `evaluate` and `truth_table`, and for an expression that holds the outcome itself.

    Notes
    -----
    In R: ``QCA::pof``, ``SetMethods::QCAfit``.

    References
    ----------
    Ragin CC. Redesigning Social Inquiry. University of Chicago Press, 2008. Haesebrouck T. Pitfalls in QCA's
    consistency measure. J Comp Polit 2015;8(2):65–80.

    Examples
    --------
    >>> table = pd.DataFrame({"A": [0.9, 0.6, 0.2], "Y": [0.9, 0.5, 0.4]})
    >>> parameters_of_fit(["A", "~A"], table, outcome="Y")[["consistency", "coverage"]].round(2)
    column      consistency  coverage
    expression
    A                  0.94      0.89
    ~A                 0.69      0.50
    """
    if isinstance(expressions, str | Expression):
        raise DataError("expressions= is a list", place="parameters_of_fit", remedy="Write ['A*B', 'C'].")
    target = Outcome.of(table, outcome, case=case, place="parameters_of_fit")
    y = target.membership
    check_without(target, *expressions, table=table, place="parameters_of_fit")
    x = np.array(
        [evaluate(one, table, case=case, not_applicable=not_applicable).to_numpy() for one in expressions]
    ).reshape(-1, len(y))
    enough, needed = sufficiency(x, y), necessity(x, y)
    over = np.sqrt(np.maximum(x - y, 0) * x).sum(axis=1)  # Haesebrouck 2015, eq. 5
    shared = np.minimum(x, y).sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        weighted = shared / (shared + over)
    columns = {
        "consistency": enough.consistency,
        "pri": enough.pri,
        "coverage": enough.coverage,
        "consistency_h": weighted,
        "necessity_consistency": needed.consistency,
        "necessity_coverage": needed.coverage,
        "ron": needed.ron,
    }
    index = pd.Index([str(one) for one in expressions], name="expression")
    return pd.DataFrame(columns, index=index).rename_axis(columns="column")


def check_without(outcome: Outcome, *expressions: Expression | str, table: Any, place: str) -> None:
    """An error where the outcome is itself in an expression that is held against it."""
    columns = [str(name) for name in to_pandas(table).columns]
    for one in expressions:
        if outcome.name in names_in(one, columns):
            raise DataError(
                f"{str(one)!r} holds the outcome {outcome.name!r} itself", place=place, remedy="Leave it out."
            )
