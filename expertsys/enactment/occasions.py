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
Columns: TypeAlias = str | Sequence[str]


@attrs.frozen(eq=False)
class Occasions:
    """Distinct combinations of what was recorded of a situation, with their counts.

    Parameters
    ----------
    table : pandas.DataFrame
        One row per combination, a text column per role (``site``, ``local``, ...), missing where blank; rows in order
        of their roles.
    counts : ndarray of int, shape (P,)
        Situations with this combination.
    repeated : int
        Rows of a situation that another row had already described, as where several coders did.
    """

    table: pd.DataFrame
    counts: Counts
    repeated: int = 0

    @classmethod
    def of(
        cls,
        situations: Any,
        roles: Mapping[str, Columns],
        *,
        optional: Mapping[str, str | None] | None = None,
        site: str = "site",
    ) -> Occasions:
        """Reduce a table, on whatever engine holds it, or the situations of a study.

        Parameters
        ----------
        situations : dataframe or Study
            One row per situation.
        roles : mapping
            Role to the column that has it, or to several that combine. Several that make up a local description are
            missing where all are; any others, such as case and site, where one is.
        optional : mapping
            Further roles; one that bears its own name is left out where there is no such column. ``weight`` (how many
            situations a row stands for) and ``situation`` (what it is called) do not become columns.
        site : str
            The keyword by which the caller is given the column of the site, for errors.
        """
        frame = situations.situations if isinstance(situations, Study) else situations
        if isinstance(situations, Study) and not len(frame):
            raise DataError("the study has no situations", place="study.situations", remedy="Give it a table of them.")
        try:
            native: Any = nw.from_native(frame)
        except TypeError:
            raise DataError(
                f"expected a table of situations or a Study, not {type(frame).__name__}",
                place="situations",
                remedy="Read the file first, for instance pandas.read_csv(path, dtype=str).",
            ) from None
        schema = native.collect_schema()
        wanted = {role: [columns] if isinstance(columns, str) else list(columns) for role, columns in roles.items()}
        for role, name in (optional or {}).items():
            if name is not None and (name in schema or name != role):
                wanted[role] = [name]
        said = {"site": site}
        sought = [(role, column) for role, group in wanted.items() for column in group]
        check_columns(
            schema.names(),
            {
                said.get(role, role) + (f", {column}" if len(wanted[role]) > 1 else ""): column
                for role, column in sought
            },
            place="situations",
        )
        weight, name = (wanted.pop(role, [None])[0] for role in ("weight", "situation"))
        counted = _counted(native, [column for group in wanted.values() for column in group], weight)
        if not len(counted):
            raise DataError("there is no situation in the table", place="situations", remedy="Check what was selected.")
        table = pd.DataFrame(
            {role: _combined([counted[column] for column in group], role) for role, group in wanted.items()}
        )
        table["situations"] = counted["situations"]
        table = table.groupby(list(wanted), dropna=False, sort=True)[["situations"]].sum().reset_index()
        repeated = 0 if name is None else _repeated(native, name)
        return cls(table[list(wanted)].astype("str"), table["situations"].to_numpy(dtype=np.int64), repeated)

    @property
    def n(self) -> int:
        """Situations in all."""
        return int(self.counts.sum())

    def where(self, rows: npt.NDArray[np.bool_]) -> Occasions:
        """Some of the combinations."""
        return Occasions(self.table[rows].reset_index(drop=True), self.counts[rows], self.repeated)

    def known(self, *roles: str) -> npt.NDArray[np.bool_]:
        """Which combinations have all of these roles."""
        return np.asarray(self.table[list(roles)].notna().all(axis=1).to_numpy(dtype=bool))

    def usable(self, *roles: str) -> Occasions:
        """The combinations that have all of these roles; an error where none has."""
        used = self.where(self.known(*roles))
        if not used.n:
            raise DataError(
                f"no situation has all of {listing(roles)}", place="situations", remedy="Fill them, or name others."
            )
        return used

    def numbered(self, role: str) -> tuple[Counts, tuple[str, ...]]:
        """A role as numbers from 0, in alphabetical order of the names that they stand for."""
        numbers, names = pd.factorize(self.table[role], sort=True)
        return numbers.astype(np.int64), tuple(map(str, names))

    def missing(self, *roles: str) -> pd.DataFrame:
        """How many situations, and which share, lack each role."""
        rows = [(role, int(self.counts[self.table[role].isna()].sum())) for role in roles]
        table = pd.DataFrame(rows, columns=["role", "situations"]).set_index("role")
        return table.assign(share=table["situations"] / self.n).rename_axis(columns="column")

    def share(self, rows: pd.Series[bool]) -> float:
        """Share of all situations that some combinations make up."""
        return float(self.counts[rows.to_numpy(dtype=bool)].sum() / self.n)

    def to_frame(self) -> pd.DataFrame:
        """The combinations, the most frequent first, with their number."""
        table = self.table.assign(situations=self.counts)
        ranked = table.sort_values("situations", ascending=False, kind="stable", ignore_index=True)
        return ranked.rename_axis(index="combination", columns="column")


def _eager(frame: Any) -> pd.DataFrame:
    table: pd.DataFrame = (frame.collect() if isinstance(frame, nw.LazyFrame) else frame).to_pandas()
    return table


def _counted(native: Any, names: Sequence[str], weight: str | None) -> pd.DataFrame:
    """Distinct combinations of columns, as text, and the situations behind each: one pass of the engine."""
    short = {column: f"c{place}" for place, column in enumerate(dict.fromkeys(names))}
    columns = [nw.col(column).alias(alias) for column, alias in short.items()]
    if weight is None:
        grouped = native.select(*columns).group_by(*short.values(), drop_null_keys=False)
        counted = _eager(grouped.agg(nw.len().alias("situations")))
    else:
        kind = native.collect_schema()[weight]
        if not kind.is_numeric():
            raise _bad_weight(weight, f"it holds {kind}")
        chosen = native.select(*columns, nw.col(weight).cast(nw.Float64).fill_null(0).alias("weight"))
        bad = ~((nw.col("weight") >= 1) & (nw.col("weight") % 1 == 0))
        grouped = chosen.with_columns(bad.cast(nw.Int64).alias("bad")).group_by(*short.values(), drop_null_keys=False)
        counted = _eager(grouped.agg(nw.col("weight").sum().alias("situations"), nw.col("bad").sum()))
        if wrong := int(counted["bad"].sum()):
            raise _bad_weight(weight, f"{wrong} rows have none, or another number")
    texts = {column: as_text(counted[alias]) for column, alias in short.items()}
    return pd.DataFrame(texts).assign(situations=counted["situations"].to_numpy(dtype=np.int64))


def _bad_weight(column: str, found: str) -> DataError:
    return DataError(
        f"a weight is the number of situations that a row stands for, a whole number from 1; {found}",
        place=f"situations, column {column}",
        remedy="Give numbers of situations, or pass weight=None to count each row once. Shuffling and leaving out need "
        "whole situations, so that other weights are not supported.",
    )


def _repeated(native: Any, name: str) -> int:
    """Rows with a situation's name that another row has too."""
    column = nw.col(name)
    told = _eager(
        native.select(
            column.n_unique().alias("names"), column.count().alias("rows"), column.null_count().alias("blank")
        )
    )
    names, rows, blank = (int(told[word].iloc[0]) for word in ("names", "rows", "blank"))
    return rows - (names - (blank > 0))


def _combined(columns: list[pd.Series[str]], role: str) -> pd.Series[str]:
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
