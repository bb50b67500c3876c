"""What an engine does by itself: one narwhals expression from ratings to distinct profiles.

Each rating becomes a digit of a whole number per unit (the digit's place is the coder, its value the category); the
numbers are summed per unit and counted. What comes back is small.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

import attrs
import narwhals as nw
import numpy as np
import pandas as pd

from expertsys._core.errors import DataError, Remark
from expertsys.agreement.ratings.encode import Factorised, factorise, plain
from expertsys.agreement.ratings.profiles import Ints, digits_per_key

#: Lazy engines that answer in milliseconds: a small table is fetched from them rather than reduced there.
_QUICK = (nw.Implementation.POLARS, nw.Implementation.DUCKDB)


@attrs.frozen(eq=False)
class Counted:
    """Rows of categories, -1 where missing, with the units that each stands for and their cluster where there is one.

    Parameters
    ----------
    matrix : ndarray of int, shape (R, m)
        One row per profile, or per cluster and profile.
    units : ndarray of int, shape (R,)
        Units with this profile.
    clusters : Series or None, shape (R,)
        Their cluster.
    """

    matrix: Ints
    units: Ints
    clusters: pd.Series[Any] | None


@attrs.frozen(eq=False)
class Found:
    """Which coder gave which value how often, before any unit is looked at: one row per pair."""

    coder: pd.Series[Any]
    value: pd.Series[Any]
    times: Ints

    @property
    def coders(self) -> list[Any]:
        """Coders in the order of their names."""
        return sorted(self.coder.unique(), key=str)

    @property
    def values_given(self) -> list[Hashable]:
        """Distinct values."""
        return plain(pd.Index(self.value.unique()))


def rated(native: nw.LazyFrame[Any], roles: dict[str, str]) -> nw.LazyFrame[Any]:
    """The columns under the names of their roles, without the rows that hold no rating; categorical text as text."""
    schema = native.collect_schema()
    plain = [_as_text(nw.col(name), schema[name]).alias(role) for role, name in roles.items()]
    return native.select(*plain).filter(~_absent("value", schema[roles["value"]]))


def _as_text(values: Any, dtype: Any) -> Any:
    return values.cast(nw.String) if dtype in (nw.Categorical, nw.Enum) else values


def _absent(column: str, dtype: Any) -> nw.Expr:
    absent = nw.col(column).is_null()
    return absent | nw.col(column).is_nan() if dtype.is_float() else absent


def collect(table: Any) -> nw.DataFrame[Any]:
    """The rows themselves; Polars streams, so that it need not hold what it groups."""
    if isinstance(table, nw.DataFrame):
        return table
    options = {"engine": "streaming"} if table.implementation.is_polars() else {}
    rows: nw.DataFrame[Any] = table.collect(**options)
    return rows


def fetched(table: nw.LazyFrame[Any], most: int) -> nw.DataFrame[Any] | None:
    """The rows of a small table on a quick engine; None for any other."""
    if table.implementation not in _QUICK:
        return None
    rows = table.head(most + 1).collect()
    return rows if len(rows) <= most else None


def column(series: nw.Series[Any]) -> Factorised:
    """A column of any eager engine as numbers of its distinct values."""
    native = series.to_native()
    if isinstance(native, pd.Series):
        return factorise(native)
    series = _as_text(series, series.dtype)
    if series.null_count():
        number = np.full(len(series), -1, dtype=np.int64)
        known, distinct = column(series.drop_nulls())
        number[~series.is_null().to_numpy()] = known
        return number, distinct
    if series.dtype == nw.String:
        encoded = series.to_arrow().dictionary_encode()
        return encoded.indices.to_numpy(), pd.Index(encoded.dictionary.to_pandas())
    numeric = series.dtype.is_integer() or series.dtype.is_float() or series.dtype == nw.Boolean
    return factorise(series.to_numpy() if numeric else series.to_pandas())


def found(table: Any) -> Found:
    """The engine's first pass: coders, values, and how often they go together."""
    pairs = _pandas(table.group_by("coder", "value", drop_null_keys=False).agg(nw.len().alias("times")))
    return Found(pairs["coder"], pairs["value"], pairs["times"].to_numpy(dtype=np.int64))


def keys(n_coders: int, n_values: int) -> int:
    """Whole numbers that it takes to write a unit's ratings down."""
    return -(-n_coders // digits_per_key(n_values + 1))


def counted(table: Any, before: Found, categories: Sequence[Hashable], *, cluster: str | None) -> Counted:
    """The engine's second pass: distinct profiles with their number, over rows as `rated` gives them.

    Parameters
    ----------
    cluster : {None, "unit", "cluster"}
        The column to keep apart by.

    Raises
    ------
    DataError
        Where a coder rated a unit twice, a rating names no unit or no cluster, or a unit is in two clusters.
    """
    schema = table.collect_schema()
    coders, base = before.coders, len(categories) + 1
    per_key = digits_per_key(base)
    digit = _choose("value", categories, range(1, base))
    parts = {f"key{low}": coders[low : low + per_key] for low in range(0, len(coders), per_key)}
    named = table.filter(~_absent("unit", schema["unit"]))
    keyed = named.with_columns(
        **{key: digit * _choose("coder", part, [base**at for at in range(len(part))]) for key, part in parts.items()}
    )
    sums = [nw.col(key).sum() for key in parts]
    if cluster == "cluster":
        sums += [nw.col("cluster").min().alias("first"), nw.col("cluster").max().alias("last")]
        sums.append(nw.col("outside").sum())
        keyed = keyed.with_columns(nw.col("cluster").is_null().cast(nw.Int64).alias("outside"))
    per_unit = keyed.group_by("unit").agg(*sums)
    whole = [nw.col(key).cast(nw.Int64) for key in parts]  # some engines widen a sum
    if cluster == "unit":
        rows = _pandas(per_unit.select(*whole, nw.col("unit").alias("first"), nw.lit(1).alias("units")))
    else:
        by = ["first", "last", "outside"] if cluster else []
        chosen = per_unit.select(*whole, *by)
        rows = _pandas(chosen.group_by(*parts, *by, drop_null_keys=False).agg(nw.len().alias("units")))
    units = rows["units"].to_numpy(dtype=np.int64)
    matrix = _digits([rows[key].to_numpy(dtype=np.int64) for key in parts], [len(p) for p in parts.values()], base)
    if matrix is None or not _accounted(matrix, units, before, coders, categories):
        raise _why_not(table, schema)
    if cluster == "cluster" and (rows["outside"].any() or (rows["first"] != rows["last"]).any()):
        raise _why_apart(table, per_unit)
    return Counted(matrix, units, rows["first"] if cluster else None)


def _pandas(table: Any) -> pd.DataFrame:
    result: pd.DataFrame = collect(table).to_pandas()
    return result


def _choose(column: str, names: Sequence[Any], numbers: Sequence[int]) -> nw.Expr:
    """The number that belongs to a name, as one expression; 0 for any other."""
    chosen: nw.Expr = nw.lit(0, dtype=nw.Int64)
    for name, number in zip(names, numbers, strict=True):
        chosen = nw.when(nw.col(column) == name).then(nw.lit(number, dtype=nw.Int64)).otherwise(chosen)
    return chosen


def _digits(sums: Sequence[Ints], widths: Sequence[int], base: int) -> Ints | None:
    """Categories of the coders from the digits; None where a sum has more digits than it can have."""
    columns = []
    for key, width in zip(sums, widths, strict=True):
        if key.min(initial=0) < 0 or key.max(initial=0) >= base**width:
            return None
        columns += [key // base**place % base - 1 for place in range(width)]
    return np.column_stack(columns)


def _accounted(matrix: Ints, units: Ints, before: Found, coders: Sequence[Any], categories: Sequence[Hashable]) -> bool:
    """Whether every coder has given every value exactly as often as the first pass counted.

    Then no unit was rated twice by one coder. Two ratings in one digit either carry, which lowers the sum of all
    digits, or leave fewer digits above 0 than there are ratings; the counts of the first pass fix both totals.
    """
    expected = np.zeros((len(coders), len(categories)), dtype=np.int64)
    row = {coder: place for place, coder in enumerate(coders)}
    column = {category: place for place, category in enumerate(categories)}
    for coder, value, times in zip(before.coder, before.value, before.times, strict=True):
        expected[row[coder], column[value]] += times
    size = len(categories) + 1
    counts = [np.bincount(digit + 1, weights=units, minlength=size)[1:] for digit in matrix.T]
    return bool((np.array(counts) == expected).all())


def _why_not(table: Any, schema: Any) -> DataError:
    """The error behind ratings that the second pass could not account for."""
    unnamed = len(collect(table.filter(_absent("unit", schema["unit"])).select("unit")))
    if unnamed:
        return nameless(unnamed, "unit")
    times = nw.col("times")
    again = table.group_by("unit", "coder").agg(nw.len().alias("times")).filter(times > 1).sort("unit", "coder")
    places = _pandas(again)
    if len(places):
        return repeated_ratings(zip(places["unit"], places["coder"], places["times"], strict=True))
    return DataError(
        "the table held other rows when it was read a second time",
        place="ratings",
        remedy="Write it to a file, or collect it, before making Ratings of it.",
    )


def _why_apart(table: Any, per_unit: Any) -> DataError:
    outside = len(collect(table.filter(nw.col("cluster").is_null()).select("unit")))
    if outside:
        return nameless(outside, "cluster")
    torn = _pandas(per_unit.filter(nw.col("first") != nw.col("last")).select("unit", "first", "last"))
    return torn_units(zip(torn["unit"], torn["first"], torn["last"], strict=True))


def nameless(ratings: int, role: str) -> DataError:
    """The error for ratings without a unit, a coder or a cluster."""
    return DataError(f"{ratings} ratings name no {role}", place="ratings", remedy="Drop these rows or fill the cells.")


def repeated_ratings(places: Any) -> DataError:
    """The error for coders who rated a unit more than once, listing the places."""
    faults = [
        Remark("error", f"unit {str(unit)!r}, coder {str(coder)!r}", f"is rated {int(times)} times.")
        for unit, coder, times in places
    ]
    return DataError(
        "the same coder rated the same unit more than once",
        place="ratings",
        remedy="Say repeated='first' or 'last', or, where several codes on one unit are meant, make sets of them.",
        faults=faults,
    )


def torn_units(places: Any) -> DataError:
    """The error for units that are in two clusters, listing them."""
    torn = sorted({(str(unit), *sorted((str(one), str(other)))) for unit, one, other in places})
    faults = [Remark("error", f"unit {unit!r}", f"is in {one!r} and in {other!r}.") for unit, one, other in torn]
    return DataError(
        "a unit is in two clusters", place="cluster", remedy="Name units apart where they differ.", faults=faults
    )
