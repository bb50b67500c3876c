"""Cases in groups or over time: whether a subset relation holds in each of them as it does in all."""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np
import pandas as pd

from expertsys._core import references
from expertsys._core.errors import DataError
from expertsys._core.frames import check_columns, to_pandas
from expertsys._core.results import TableResult, number
from expertsys.qca.algebra import evaluate
from expertsys.qca.expression import Expression
from expertsys.qca.fit import Floats
from expertsys.qca.parameters import check_without
from expertsys.qca.table import Outcome

RELATIONS = ("sufficiency", "necessity")


@attrs.frozen(eq=False, repr=False)
class ClusterFit(TableResult):
    """Consistency and coverage pooled, between clusters and within units.

    Attributes
    ----------
    outcome, relation : str
        What is held: sufficiency for, or necessity of, the outcome.
    pooled : pandas.DataFrame
        Index ``expression``; ``consistency``, ``coverage``, ``between_distance``, ``within_distance`` (NaN without
        units).
    between, within : pandas.DataFrame
        Index ``expression, cluster`` (or ``unit``); ``consistency``, ``coverage``, ``cases``.
    """

    outcome: str
    relation: str
    pooled: pd.DataFrame
    between: pd.DataFrame
    within: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """A row for each expression."""
        return self.pooled

    def methods_text(self) -> str:
        """A paragraph for a methods section, with the figures."""
        told = []
        for name, row in self.pooled.to_dict(orient="index").items():
            own = self.between.xs(name, level="expression")["consistency"]
            within = "" if np.isnan(row["within_distance"]) else f", over units {number(row['within_distance'])}"
            told.append(
                f"{name}: pooled {number(row['consistency'])}, in clusters {number(float(own.min()))} to "
                f"{number(float(own.max()))}, distance between clusters {number(row['between_distance'])}{within}"
            )
        clusters = len(self.between.index.unique("cluster"))
        return (
            f"Whether {self.relation} for {self.outcome} holds alike in {clusters} clusters of cases was looked at by "
            f"its consistency (Garcia-Castro & Ariño 2016). {'; '.join(told)}."
        )

    def cite(self) -> tuple[str, ...]:
        """The references behind the method."""
        return references.cite(("garciacastro2016", "oana2021"))

    def _title(self) -> str:
        return f"{self.relation.capitalize()} for {self.outcome}, pooled, between clusters and within units"


def cluster_fit(
    expression: Expression | str,
    table: Any,
    *,
    outcome: str,
    cluster: str,
    unit: str | None = None,
    relation: str = "sufficiency",
    case: str | None = None,
    not_applicable: str | None = None,
) -> ClusterFit:
    """Consistencies of an expression and of each of its terms in clusters of cases, such as years, and over time.

    Parameters
    ----------
    expression : Expression or str
        Such as a model's ``expression``.
    table : dataframe
        Cases × conditions, with columns for clusters and units.
    outcome : str
        A column, or ``~Y``.
    cluster : str
        Column that says in which cluster a case is: a year, a country.
    unit : str, optional
        Column that says which cases are the same unit at different times.
    relation : {"sufficiency", "necessity"}
        Which subset relation.
    case : str, optional
        Column with the names of cases.
    not_applicable : str, optional
        How a cell says that a condition does not apply to a case; see `truth_table`.

    Returns
    -------
    ClusterFit

    Raises
    ------
    DataError
        For absent columns, a case without a cluster, one cluster only, and an expression that holds the outcome itself.

    Notes
    -----
    The distance is the Euclidean one of the clusters' consistencies, divided by their sum, from equal shares:
    √Σ (c_j / Σ c − 1/J)². 0 says that the relation holds alike in all; there is no threshold that is more than a
    convention (0.1 is used). A cluster without a member of the subset has no consistency: NaN, and left out of the
    distance. In R: ``SetMethods::cluster``, ``cluster.diagnostics``.

    References
    ----------
    Garcia-Castro R, Ariño MA. A general approach to panel data set-theoretic research. Int J Adv Manag Econ
    2016;2:63–76.

    Examples
    --------
    >>> table = pd.DataFrame({"A": [1, 1, 0, 1], "Y": [1, 1, 0, 0], "year": [1990, 1990, 2000, 2000]})
    >>> cluster_fit("A", table, outcome="Y", cluster="year").between["consistency"].tolist()
    [1.0, 0.0]

    A is sufficient in 1990 and not at all in 2000; over both years its consistency is 0.67.
    """
    if relation not in RELATIONS:
        raise DataError(f"relation must be 'sufficiency' or 'necessity', not {relation!r}", place="cluster_fit")
    frame = to_pandas(table)
    wanted = [cluster, *([unit] if unit is not None else [])]
    check_columns(list(map(str, frame.columns)), {name: name for name in wanted}, place="cluster_fit", keywords=False)
    for name in wanted:
        if frame[name].isna().any():
            raise DataError(f"{int(frame[name].isna().sum())} cases have no {name!r}", place="cluster_fit")
        if frame[name].nunique() < 2:
            raise DataError(f"all cases have the same {name!r}", place="cluster_fit", remedy="Leave it out.")
    target = Outcome.of(table, outcome, case=case, place="cluster_fit")
    check_without(target, expression, table=table, place="cluster_fit")
    text = str(expression)
    summands = [part.strip() for part in text.split("+")]
    parts = summands if len(summands) > 1 and "(" not in text else []
    members = {
        part: evaluate(part, table, case=case, not_applicable=not_applicable).to_numpy() for part in [*parts, text]
    }
    pooled: list[tuple[Any, ...]] = []
    tables: dict[str, list[pd.DataFrame]] = {name: [] for name in wanted}
    for part, x in members.items():
        distances = []
        for name in wanted:
            rows = _grouped(x, target.membership, frame[name], relation)
            tables[name].append(rows)
            distances.append(_distance(rows["consistency"].to_numpy()))
        whole = _fit(x, target.membership, relation)
        pooled.append((part, *whole, *distances, *([] if unit is not None else [np.nan])))
    columns = ["expression", "consistency", "coverage", "between_distance", "within_distance"]
    names = list(members)
    between = pd.concat(tables[cluster], keys=names, names=["expression", "cluster"])
    within = between.iloc[:0].rename_axis(index=["expression", "unit"])
    if unit is not None:
        within = pd.concat(tables[unit], keys=names, names=["expression", "unit"])
    shown = pd.DataFrame(pooled, columns=columns).set_index("expression").rename_axis(columns="column")
    return ClusterFit(target.expression, relation, shown, between, within)


def _fit(x: Floats, y: Floats, relation: str) -> tuple[float, float]:
    shared, own, all_of_it = np.minimum(x, y).sum(), x.sum(), y.sum()
    if relation == "necessity":
        own, all_of_it = all_of_it, own
    return tuple(float(shared / total) if total > 0 else float("nan") for total in (own, all_of_it))  # type: ignore[return-value]


def _grouped(x: Floats, y: Floats, groups: pd.Series[Any], relation: str) -> pd.DataFrame:
    rows = {}
    for name in sorted(groups.unique(), key=lambda value: (str(type(value)), value)):
        inside = (groups == name).to_numpy()
        rows[name] = (*_fit(x[inside], y[inside], relation), int(inside.sum()))
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["consistency", "coverage", "cases"])
    return table.rename_axis(columns="column")


def _distance(consistencies: Floats) -> float:
    """Garcia-Castro & Ariño 2016, eq. 4 and 5."""
    known = consistencies[~np.isnan(consistencies)]
    if not len(known) or known.sum() == 0:
        return float("nan")
    return float(np.sqrt(((known / known.sum() - 1 / len(known)) ** 2).sum()))
