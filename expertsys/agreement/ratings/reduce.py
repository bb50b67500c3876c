"""One pass over a table of ratings, on any engine, to distinct profiles and how often each occurs.

Everything an engine does here is one narwhals expression: each rating becomes a digit of a whole number per unit (the
digit's place is the coder, its value the category), the numbers are summed per unit and counted. What comes back is
small. Where there are too many coders or categories for that, the three columns are fetched and reduced here.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any, Literal, TypeAlias

import attrs
import narwhals as nw
import numpy as np
import pandas as pd

from expertsys._core.errors import DataError, Remark, listing
from expertsys._core.frames import check_columns
from expertsys._core.missing import is_missing
from expertsys.agreement.ratings.profiles import (
    EXACT_BITS,
    Clusters,
    CoderProfiles,
    Ints,
    ValueProfiles,
    digits_per_key,
)

#: More coders than this are kept as counts per category only.
MOST_CODERS = 64
#: More keys than this per unit, or more categories, are not put into one expression.
MOST_KEYS, MOST_CATEGORIES = 12, 64

_REPEATED_BITS = 2
_MANY = 1 << _REPEATED_BITS
_PER_TALLY = EXACT_BITS // _REPEATED_BITS

Repeated = Literal["first", "last"]


@attrs.frozen(eq=False)
class Reduced:
    """Coders, categories and the profiles over them; `by_coder` is None where there are too many coders.

    `clusters` counts over `by_coder`, or over `by_value` where that is None.
    """

    coders: tuple[str, ...]
    categories: tuple[Hashable, ...]
    by_coder: CoderProfiles | None
    by_value: ValueProfiles
    clusters: Clusters | None = None


#: Name of a grouping of units, and the group of each unit.
Grouping: TypeAlias = tuple[str, Sequence[Hashable]]


def order_categories(found: Sequence[Hashable], given: Sequence[Hashable] | None) -> tuple[Hashable, ...]:
    """Categories in the order given, or sorted: numbers by size, text by alphabet.

    Raises
    ------
    DataError
        Where the data hold a category that is not among those given.
    """
    if given is None:
        try:
            return tuple(sorted(found))  # type: ignore[type-var]  # what cannot be sorted is caught
        except TypeError:
            return tuple(sorted(found, key=lambda value: (type(value).__name__, str(value))))
    listed = tuple(dict.fromkeys(given))
    strange = [value for value in found if value not in set(listed)]
    if strange:
        raise DataError(
            f"the data hold {listing(strange)}, not among the categories {listing(listed)}",
            place="categories",
            remedy="List every category, also those that no one used.",
        )
    return listed


def from_matrix(
    matrix: Ints, coders: Sequence[str], categories: Sequence[Hashable], grouping: Grouping | None = None
) -> Reduced:
    """From categories per unit (rows) and coder (columns), -1 where missing."""
    if len(coders) <= MOST_CODERS:
        by_coder = CoderProfiles.of(matrix)
        return _reduced(coders, categories, by_coder, by_coder.by_value(len(categories)), grouping)
    row, column = np.nonzero(matrix >= 0)
    ones = np.ones(len(matrix), dtype=np.int64)
    by_value = ValueProfiles.of(row, matrix[row, column], len(categories), ones)
    return _reduced(coders, categories, None, by_value, grouping)


def _reduced(
    coders: Sequence[str],
    categories: Sequence[Hashable],
    by_coder: CoderProfiles | None,
    by_value: ValueProfiles,
    grouping: Grouping | None,
) -> Reduced:
    """With the counts per cluster, for profiles that know the unit that each row was; then the units are let go."""
    clusters = None
    base = by_value if by_coder is None else by_coder
    if grouping is not None and base.origin is not None:
        by, labels = grouping
        cluster, names = pd.factorize(np.asarray(labels, dtype=object))
        units = np.ones(len(cluster), dtype=np.int64)
        clusters = Clusters.of(by, list(names), cluster.astype(np.int64), base.origin, units, len(base.counts))
    if by_coder is None:
        by_value = attrs.evolve(by_value, origin=None)
    else:
        by_coder = attrs.evolve(by_coder, origin=None)
    return Reduced(tuple(coders), tuple(categories), by_coder, by_value, clusters)


def from_triples(
    unit: Ints,
    coder: Ints,
    value: Ints,
    coders: Sequence[str],
    categories: Sequence[Hashable],
    n_units: int,
    grouping: Grouping | None = None,
) -> Reduced:
    """From one rating per row, as whole numbers; the same coder twice on one unit must have been dealt with."""
    if len(coders) > MOST_CODERS:
        ones = np.ones(n_units, dtype=np.int64)
        by_value = ValueProfiles.of(unit, value, len(categories), ones)
        return _reduced(coders, categories, None, by_value, grouping)
    matrix = np.full((n_units, len(coders)), -1, dtype=np.int32)
    matrix[unit, coder] = value
    return from_matrix(matrix, coders, categories, grouping)


def from_long(
    frame: Any,
    *,
    unit: str,
    coder: str,
    value: str,
    categories: Sequence[Hashable] | None,
    repeated: Repeated | None,
    cluster: str | None = None,
) -> Reduced:
    """From a table with one rating per row, on whatever engine holds it."""
    native = nw.from_native(frame)
    schema = native.collect_schema()
    roles = {"unit": unit, "coder": coder, "value": value} | ({} if cluster is None else {"cluster": cluster})
    check_columns(schema.names(), roles, place="ratings")
    if categories is None:
        categories = _declared_categories(frame, value)
    table = native.select(_plain(schema, column, role) for role, column in roles.items())
    absent = nw.col("value").is_null()
    if schema[value].is_float():
        absent = absent | nw.col("value").is_nan()
    table = table.filter(~absent)
    pairs = _collect(
        table.with_columns(nw.col("unit").is_null().cast(nw.Int64).alias("no_unit"))
        .group_by("coder", "value", drop_null_keys=False)
        .agg(nw.col("no_unit").sum())
    )
    unnamed = int(pairs["no_unit"].sum())
    if unnamed or pairs["coder"].isna().any():
        what = f"{unnamed} ratings name no unit" if unnamed else "ratings name no coder"
        raise DataError(what, place="ratings", remedy="Drop these rows or fill the cells.")
    coders = sorted(pairs["coder"].unique(), key=str)
    found = [item.item() if isinstance(item, np.generic) else item for item in pairs["value"].unique()]
    ordered = order_categories(found, categories)
    keys = -(-len(coders) // digits_per_key(len(ordered) + 1)) + -(-len(coders) // _PER_TALLY)
    names = [str(name) for name in coders]
    small = 0 < len(coders) <= MOST_CODERS and len(found) <= MOST_CATEGORIES and keys <= MOST_KEYS
    if not small or repeated is not None or cluster is not None:
        return _fetched(table, coders, names, ordered, repeated, cluster)
    by_coder = _counted(table, coders, ordered)
    return Reduced(tuple(names), ordered, by_coder, by_coder.by_value(len(ordered)))


def _plain(schema: Any, column: str, role: str) -> nw.Expr:
    """A column under the name of its role, categorical text as text."""
    chosen = nw.col(column)
    return (chosen.cast(nw.String) if schema[column] in (nw.Categorical, nw.Enum) else chosen).alias(role)


def _collect(table: Any) -> pd.DataFrame:
    eager = table.collect() if isinstance(table, nw.LazyFrame) else table
    result: pd.DataFrame = eager.to_pandas()
    return result


def _declared_categories(frame: Any, value: str) -> list[Hashable] | None:
    """The order that a pandas categorical column declares."""
    if isinstance(frame, pd.DataFrame) and isinstance(frame[value].dtype, pd.CategoricalDtype):
        return list(frame[value].cat.categories)
    return None


def _choose(column: str, keys: Sequence[Any], numbers: Sequence[int]) -> nw.Expr:
    """The number that belongs to a key, as one expression; 0 for any other."""
    chosen: nw.Expr = nw.lit(0, dtype=nw.Int64)
    for key, number in zip(keys, numbers, strict=True):
        chosen = nw.when(nw.col(column) == key).then(nw.lit(number, dtype=nw.Int64)).otherwise(chosen)
    return chosen


def _counted(table: Any, coders: Sequence[Any], categories: Sequence[Hashable]) -> CoderProfiles:
    """Profiles by the engine itself; only the distinct ones come back."""
    base = len(categories) + 1
    per_key = digits_per_key(base)
    digit = _choose("value", categories, range(1, base))
    keyed: dict[str, nw.Expr] = {}
    for low in range(0, len(coders), per_key):
        part = coders[low : low + per_key]
        keyed[f"key{low}"] = digit * _choose("coder", part, [base**place for place in range(len(part))])
    for low in range(0, len(coders), _PER_TALLY):
        part = coders[low : low + _PER_TALLY]
        keyed[f"tally{low}"] = _choose("coder", part, [_MANY**place for place in range(len(part))])
    keyed["ratings"] = nw.lit(1, dtype=nw.Int64)
    per_unit = table.with_columns(**keyed).group_by("unit").agg(nw.col(name).sum() for name in keyed)
    whole = per_unit.select(nw.col(name).cast(nw.Int64) for name in keyed)  # some engines widen a sum
    profiles = _collect(whole.group_by(*keyed).agg(nw.len().alias("units")))
    _refuse_repeated(table, profiles, len(coders))
    columns = []
    for low in range(0, len(coders), per_key):
        key = profiles[f"key{low}"].to_numpy(dtype=np.int64)
        for place in range(min(per_key, len(coders) - low)):
            columns.append(key // base**place % base - 1)
    return CoderProfiles.of(np.column_stack(columns), profiles["units"].to_numpy(dtype=np.int64))


def _refuse_repeated(table: Any, profiles: pd.DataFrame, n_coders: int) -> None:
    """Refuse a coder's second rating of a unit.

    A tally has two bits for each coder. Its digits sum to the number of ratings unless one was carried, and then some
    coder rated the unit four times or more.
    """
    digits = [
        profiles[f"tally{low}"].to_numpy(dtype=np.int64) // _MANY**place % _MANY
        for low in range(0, n_coders, _PER_TALLY)
        for place in range(min(_PER_TALLY, n_coders - low))
    ]
    counted = np.column_stack(digits)
    if (counted <= 1).all() and (counted.sum(axis=1) == profiles["ratings"].to_numpy()).all():
        return
    again = _collect(
        table.group_by("unit", "coder").agg(nw.len().alias("times")).filter(nw.col("times") > 1).sort("unit", "coder")
    )
    raise repeated_ratings(zip(again["unit"], again["coder"], again["times"], strict=True))


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


def _fetched(
    table: Any,
    coders: Sequence[Any],
    names: Sequence[str],
    categories: tuple[Hashable, ...],
    repeated: Repeated | None,
    cluster: str | None,
) -> Reduced:
    """Profiles from the three columns themselves."""
    if repeated is not None and isinstance(table, nw.LazyFrame):
        raise DataError(
            f"repeated={repeated!r} needs rows in an order, and this engine promises none",
            place="ratings",
            remedy="Drop the repetitions there, or pass the table as pandas or eager Polars.",
        )
    rows = _collect(table)
    unit, units = pd.factorize(rows["unit"])
    unit_labels = unit
    coder = pd.Index(coders).get_indexer(pd.Index(rows["coder"]))
    value = pd.Index(categories).get_indexer(pd.Index(rows["value"]))
    cell = unit.astype(np.int64) * len(coders) + coder
    again = pd.Series(cell).duplicated(keep="first" if repeated is None else repeated).to_numpy()
    if again.any():
        if repeated is None:
            twice = rows[again].groupby(["unit", "coder"], sort=True).size().add(1).reset_index(name="times")
            raise repeated_ratings(zip(twice["unit"], twice["coder"], twice["times"], strict=True))
        unit, coder, value = unit[~again], coder[~again], value[~again]
    grouping = None if cluster is None else (cluster, _grouped(rows, unit_labels, units))
    return from_triples(unit, coder, value, names, categories, len(units), grouping)


def _grouped(rows: pd.DataFrame, unit: Ints, units: pd.Index) -> Sequence[Hashable]:
    """The cluster of each unit; an error where a unit is in two, or in none."""
    cluster = rows["cluster"].to_numpy(dtype=object)
    if pd.isna(cluster).any():
        raise DataError(
            f"{int(pd.isna(cluster).sum())} ratings name no cluster", place="cluster", remedy="Fill the cells."
        )
    label = np.empty(len(units), dtype=object)
    label[unit] = cluster
    apart = np.flatnonzero(label[unit] != cluster)
    if len(apart):
        faults = [
            Remark("error", f"unit {units[unit[row]]!r}", f"is in {label[unit[row]]!r} and in {cluster[row]!r}.")
            for row in apart[:20]
        ]
        raise DataError(
            "a unit is in two clusters", place="cluster", remedy="Name units apart where they differ.", faults=faults
        )
    return list(label)


def from_wide(
    frame: Any, *, unit: str | None, categories: Sequence[Hashable] | None, cluster: str | None = None
) -> Reduced:
    """From a table with a row per unit and a column per coder: the distinct rows and their number, by the engine."""
    native = nw.from_native(frame)
    found = native.collect_schema().names()
    if cluster is not None:
        check_columns(found, {"cluster": cluster}, place="ratings")
    names = [name for name in found if name not in (unit, cluster)]
    if not names:
        raise DataError("no column of ratings", place="ratings", remedy="Rows are units, columns are coders.")
    renamed = native.select(nw.col(name).alias(f"c{place}") for place, name in enumerate(names))
    if cluster is not None:
        plain = _collect(native.select(*(nw.col(name) for name in names), nw.col(cluster).alias("cluster of units")))
        matrix, ordered = encode(plain[names].astype(object).to_numpy(), categories)
        return from_matrix(matrix, list(map(str, names)), ordered, (cluster, list(plain["cluster of units"])))
    short = [f"c{place}" for place in range(len(names))]
    distinct = _collect(renamed.group_by(*short, drop_null_keys=False).agg(nw.len().alias("units")))
    cells = distinct[short].astype(object).to_numpy()
    matrix, ordered = encode(cells, categories)
    units = distinct["units"].to_numpy(dtype=np.int64)
    if len(names) > MOST_CODERS:
        row, column = np.nonzero(matrix >= 0)
        by_value = ValueProfiles.of(row, matrix[row, column], len(ordered), units)
        return Reduced(tuple(map(str, names)), ordered, None, by_value)
    by_coder = CoderProfiles.of(matrix, units)
    return Reduced(tuple(map(str, names)), ordered, by_coder, by_coder.by_value(len(ordered)))


def encode(cells: Any, categories: Sequence[Hashable] | None) -> tuple[Ints, tuple[Hashable, ...]]:
    """A matrix of ratings as whole numbers, -1 where missing, and the categories that they stand for."""
    flat = np.asarray(cells).ravel()
    labels, distinct = pd.factorize(flat, use_na_sentinel=True)
    found = [item.item() if isinstance(item, np.generic) else item for item in distinct]
    real = [item for item in found if not is_missing(item)]
    ordered = order_categories(real, categories)
    place = {value: number for number, value in enumerate(ordered)}
    to_order = np.array([place.get(item, -1) for item in found] + [-1], dtype=np.int64)
    return to_order[labels].reshape(np.shape(cells)), ordered
