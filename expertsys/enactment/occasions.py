"""Tables of situations, reduced to distinct combinations per site and how often each occurs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import attrs
import narwhals as nw
import numpy as np
import numpy.typing as npt
import pandas as pd

from expertsys._core.errors import DataError, listing
from expertsys._core.frames import as_text, check_columns
from expertsys.study import Study

Counts: TypeAlias = npt.NDArray[np.int64]


@attrs.frozen(eq=False)
class Occasions:
    """Distinct combinations of what was recorded of a situation, with their counts.

    Parameters
    ----------
    table : pandas.DataFrame
        One row per combination, a text column per role (``site``, ``local``, ...), missing where blank.
    counts : ndarray of int, shape (P,)
        Situations with this combination.
    """

    table: pd.DataFrame
    counts: Counts

    @classmethod
    def of(
        cls,
        situations: Any,
        roles: Mapping[str, str | Sequence[str]],
        *,
        optional: Mapping[str, str | None] | None = None,
    ) -> Occasions:
        """Reduce a table, on whatever engine holds it, or the situations of a study.

        Parameters
        ----------
        situations : dataframe or Study
            One row per situation.
        roles : mapping
            Role to the column that has it, or to several that combine.
        optional : mapping
            Roles that are left out where their column does not exist.
        """
        frame = situations.situations if isinstance(situations, Study) else situations
        try:
            native = nw.from_native(frame)
        except TypeError:
            raise DataError(
                f"expected a table of situations or a Study, not {type(frame).__name__}", place="situations"
            ) from None
        names = native.collect_schema().names()
        if not names and isinstance(situations, Study):
            raise DataError("the study has no situations", place="study.situations", remedy="Give it a table of them.")
        wanted: dict[str, list[str]] = {
            role: [columns] if isinstance(columns, str) else list(columns) for role, columns in roles.items()
        }
        for role, group in wanted.items():
            for column in group:
                check_columns(names, {role: column}, place="situations")
        for role, name in (optional or {}).items():
            if name is not None and name in names:
                wanted[role] = [name]
        columns = list(dict.fromkeys(column for group in wanted.values() for column in group))
        short = {column: f"c{place}" for place, column in enumerate(columns)}
        chosen: Any = native.select(nw.col(column).alias(short[column]) for column in columns)
        grouped = chosen.group_by(*short.values(), drop_null_keys=False).agg(nw.len().alias("situations"))
        eager = grouped.collect() if isinstance(grouped, nw.LazyFrame) else grouped
        counted: pd.DataFrame = eager.to_pandas()
        texts = {column: as_text(counted[name]) for column, name in short.items()}
        table = pd.DataFrame({role: _combined([texts[column] for column in group]) for role, group in wanted.items()})
        table["situations"] = counted["situations"].to_numpy(dtype=np.int64)
        roles_in = list(wanted)
        table = table.groupby(roles_in, dropna=False, sort=True)[["situations"]].sum().reset_index()
        if not len(table):
            raise DataError("there is no situation in the table", place="situations", remedy="Check what was selected.")
        return cls(table[roles_in].astype("str"), table["situations"].to_numpy(dtype=np.int64))

    @property
    def n(self) -> int:
        """Situations in all."""
        return int(self.counts.sum())

    def where(self, rows: npt.NDArray[np.bool_]) -> Occasions:
        """Some of the combinations."""
        return Occasions(self.table[rows].reset_index(drop=True), self.counts[rows])

    def known(self, *roles: str) -> npt.NDArray[np.bool_]:
        """Which combinations have all of these roles."""
        return np.asarray(self.table[list(roles)].notna().all(axis=1).to_numpy(dtype=bool))

    def numbered(self, role: str) -> tuple[Counts, tuple[str, ...]]:
        """A role as numbers from 0, in alphabetical order of the names that they stand for."""
        numbers, names = pd.factorize(self.table[role], sort=True)
        return numbers.astype(np.int64), tuple(map(str, names))

    def missing(self, *roles: str) -> pd.DataFrame:
        """How many situations, and which share, lack each role."""
        rows = [(role, int(self.counts[self.table[role].isna()].sum())) for role in roles]
        table = pd.DataFrame(rows, columns=["role", "situations"]).set_index("role")
        return table.assign(share=table["situations"] / self.n).rename_axis(columns="column")

    def to_frame(self) -> pd.DataFrame:
        """The combinations, the most frequent first, with their number."""
        table = self.table.assign(situations=self.counts)
        ranked = table.sort_values("situations", ascending=False, kind="stable", ignore_index=True)
        return ranked.rename_axis(index="combination", columns="column")


def _combined(columns: list[pd.Series[str]]) -> pd.Series[str]:
    """Several columns as one; missing where all are."""
    if len(columns) == 1:
        return columns[0]
    missing = np.logical_and.reduce([column.isna().to_numpy(dtype=bool) for column in columns])
    joined = columns[0].fillna("–")
    for column in columns[1:]:
        joined = joined + " · " + column.fillna("–")
    return joined.where(~missing)


def require_usable(usable: Occasions, needed: Sequence[str]) -> None:
    """Refuse a table in which no situation has what a measure needs."""
    if not usable.n:
        raise DataError(
            f"no situation has all of {listing(needed)}", place="situations", remedy="Fill them, or name other columns."
        )
