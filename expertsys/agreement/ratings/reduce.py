"""One pass over a table of ratings, on any engine, to distinct profiles and how often each occurs.

Tables in memory are reduced by NumPy, column by column. Lazy ones are reduced where they are, and only the distinct
profiles come back; where there are too many coders or categories for that, the columns are fetched and reduced here.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any, Literal, TypeAlias

import attrs
import narwhals as nw
import numpy as np
import pandas as pd

from expertsys._core.errors import DataError, listing
from expertsys._core.frames import check_columns
from expertsys._core.names import folded
from expertsys.agreement.ratings import engines
from expertsys.agreement.ratings.encode import (
    Factorised,
    Labels,
    coder_profiles,
    encode,
    factorise,
    order_categories,
    plain,
    small,
    to_categories,
    used,
)
from expertsys.agreement.ratings.profiles import Clusters, CoderProfiles, Ints, ValueProfiles

__all__ = ["Reduced", "encode", "from_long", "from_matrix", "from_triples", "from_wide"]

#: More coders than this are kept as counts per category only.
MOST_CODERS = 64
#: More keys than this per unit, or more categories, are not put into one expression.
MOST_KEYS, MOST_CATEGORIES = 12, 64
#: A table of a quick lazy engine with no more rows than this is fetched.
MOST_ROWS = 200_000

#: Names that a column of units usually has, and the fewest rows in which one is recognised by its values.
_NAMES_OF_UNITS = (
    *("id", "nr", "no", "no.", "number", "index", "row", "item", "excerpt", "segment", "case", "subject", "document"),
    *("participant", "interview", "text", "unit id", "unit_id", "unitid"),
)
_FEWEST_NAMES = 4

Repeated = Literal["first", "last"]


@attrs.frozen(eq=False)
class Groups:
    """The group of each unit as a number, and the names of the groups in order."""

    number: Ints
    names: Sequence[Hashable]


#: Name of a grouping of units, and the group of each unit.
Grouping: TypeAlias = "tuple[str, Sequence[Hashable] | pd.Series[Any] | Labels | Groups]"


@attrs.frozen(eq=False)
class Reduced:
    """Coders, categories and the profiles over them; `by_coder` is None where there are too many coders.

    `clusters` counts over `by_coder`, or over `by_value` where that is None; so does `origin`, the profile of each
    row. `labels` are the names of the rows, where they are units and have names. `ordered` says that the column
    declared the order of its categories.
    """

    coders: tuple[str, ...]
    categories: tuple[Hashable, ...]
    by_coder: CoderProfiles | None
    by_value: ValueProfiles
    clusters: Clusters | None = None
    origin: Ints | None = None
    labels: Any = None
    ordered: bool = False


def from_matrix(
    matrix: Ints,
    coders: Sequence[str],
    categories: Sequence[Hashable],
    grouping: Grouping | None = None,
    units: Ints | None = None,
) -> Reduced:
    """From categories per unit (rows) and coder (columns), -1 where missing; a row may stand for several units."""
    if len(coders) > MOST_CODERS:
        row, column = np.nonzero(matrix >= 0)
        units = np.ones(len(matrix), dtype=np.int64) if units is None else units
        return _sparse(row, matrix[row, column], units, coders, categories, grouping)
    if units is None:
        by_coder = coder_profiles(matrix, len(categories), keep_origin=True)
    else:
        by_coder = CoderProfiles.of(matrix, units)
    clusters, origin = _clusters(by_coder, grouping, units), by_coder.origin
    by_coder = attrs.evolve(by_coder, origin=None)
    return Reduced(tuple(coders), tuple(categories), by_coder, by_coder.by_value(len(categories)), clusters, origin)


def _sparse(
    row: Ints,
    value: Ints,
    units: Ints,
    coders: Sequence[str],
    categories: Sequence[Hashable],
    grouping: Grouping | None,
) -> Reduced:
    """From one rating per row of numbers, where it is not kept who gave it."""
    by_value = ValueProfiles.of(row, value.astype(np.int64), len(categories), units)
    clusters = _clusters(by_value, grouping, units)
    plain = attrs.evolve(by_value, origin=None)
    return Reduced(tuple(coders), tuple(categories), None, plain, clusters, by_value.origin)


def _clusters(base: CoderProfiles | ValueProfiles, grouping: Grouping | None, units: Ints | None) -> Clusters | None:
    """The counts per cluster, in the order of their names, for profiles that know the rows they were made of."""
    if grouping is None or base.origin is None:
        return None
    by, labels = grouping
    if isinstance(labels, Groups):
        ones = np.ones(len(labels.number), dtype=np.int64)
        return Clusters.of(by, labels.names, labels.number, base.origin, ones, len(base.counts))
    known = isinstance(labels, pd.Series | pd.Index | np.ndarray)
    number, distinct = factorise(labels if known else pd.Series(list(labels), dtype=object))  # type: ignore[arg-type]
    if number.min(initial=0) < 0:
        raise DataError(
            f"{int((number < 0).sum())} units belong to no cluster", place="cluster", remedy="Name one for each unit."
        )
    (cluster,), names = to_categories([(number, distinct)], None)
    counts = np.ones(len(cluster), dtype=np.int64) if units is None else units
    return Clusters.of(by, names, cluster.astype(np.int64), base.origin, counts, len(base.counts))


def from_triples(
    unit: Ints,
    coder: Ints,
    value: Ints,
    coders: Sequence[str],
    categories: Sequence[Hashable],
    n_units: int,
    grouping: Grouping | None = None,
) -> Reduced:
    """From one rating per row, as whole numbers; of several ratings of a unit by one coder the last counts."""
    if len(coders) > MOST_CODERS:
        units = np.ones(n_units, dtype=np.int64)
        return _sparse(unit.astype(np.int64), value, units, coders, categories, grouping)
    matrix = np.full(n_units * len(coders), -1, dtype=small(len(categories)))
    matrix[coder.astype(np.int64) * n_units + unit] = value
    return from_matrix(matrix.reshape((n_units, len(coders)), order="F"), coders, categories, grouping)


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
    roles = {"unit": unit, "coder": coder, "value": value} | ({} if cluster is None else {"cluster": cluster})
    lazy = isinstance(native, nw.LazyFrame)
    schema = native.collect_schema() if lazy else None
    check_columns(native.columns if schema is None else schema.names(), roles, place="ratings")
    declared = None
    if categories is None:
        dtype = native.get_column(value).dtype if schema is None else schema[value]
        categories = declared = _declared_categories(frame, dtype, value)
    ordered_by_type = declared is not None and _declares_order(frame, value)
    if cluster == unit:
        del roles["cluster"]
    if not lazy:
        columns = {role: engines.column(native.get_column(name)) for role, name in roles.items()}
        return attrs.evolve(_here(columns, categories, repeated, cluster), ordered=ordered_by_type)
    if repeated is not None:
        raise DataError(
            f"repeated={repeated!r} needs rows in an order, and this engine promises none",
            place="ratings",
            remedy="Drop the repetitions there, or pass the table as pandas or eager Polars.",
        )
    table = engines.rated(native, roles)
    rows = engines.fetched(table, MOST_ROWS)
    if rows is None:
        before = engines.found(table)
        if before.coder.isna().any():
            raise engines.nameless(int(before.times[before.coder.isna()].sum()), "coder")
        coders, values = before.coders, before.values_given
        ordered = order_categories(values, categories)
        keys = engines.keys(len(coders), len(ordered))
        if 0 < len(coders) <= MOST_CODERS and len(values) <= MOST_CATEGORIES and keys <= MOST_KEYS:
            apart = None if cluster is None else "unit" if cluster == unit else "cluster"
            made = engines.counted(table, before, ordered, cluster=apart)
            grouping = None if cluster is None or made.clusters is None else (cluster, made.clusters)
            counted = from_matrix(made.matrix, list(map(str, coders)), ordered, grouping, made.units)
            return attrs.evolve(counted, ordered=ordered_by_type)
        rows = engines.collect(table)
    fetched = {role: engines.column(rows.get_column(role)) for role in rows.columns}
    return attrs.evolve(_here(fetched, categories, repeated, cluster), ordered=ordered_by_type)


def _declared_categories(frame: Any, dtype: Any, value: str) -> Sequence[Hashable] | None:
    """The order that a categorical column declares."""
    if isinstance(frame, pd.DataFrame) and isinstance(frame[value].dtype, pd.CategoricalDtype):
        return list(frame[value].cat.categories)
    return list(dtype.categories) if isinstance(dtype, nw.Enum) else None


def _declares_order(frame: Any, value: str) -> bool:
    """Whether a categorical column says that its categories are in order; pandas' may say that they are not."""
    return not isinstance(frame, pd.DataFrame) or bool(frame[value].cat.ordered)


def _here(
    columns: dict[str, Factorised],
    categories: Sequence[Hashable] | None,
    repeated: Repeated | None,
    cluster: str | None,
) -> Reduced:
    """From the columns themselves."""
    rated = columns["value"][0] >= 0
    if not rated.all():
        columns = {role: (number[rated], distinct) for role, (number, distinct) in columns.items()}
    for role, (number, _) in columns.items():
        if number.min(initial=0) < 0:
            raise engines.nameless(int((number < 0).sum()), role)
    (value,), ordered = to_categories([used(*columns["value"])], categories)
    unit, units = used(*columns["unit"])
    coder, found = used(*columns["coder"])
    coders = plain(found)
    ranked = sorted(range(len(coders)), key=lambda number: str(coders[number]))
    rank = np.empty(len(coders), dtype=np.int64)
    rank[ranked] = np.arange(len(coders))
    coder, coders = rank[coder], [coders[number] for number in ranked]
    grouping = None if cluster is None else (cluster, _groups(columns, unit, units))
    cell = coder * len(units) + unit
    if _any_twice(cell, len(units) * len(coders)):
        if repeated is None:
            raise engines.repeated_ratings(_places(cell, units, found[ranked]))
        kept = ~pd.Series(cell).duplicated(keep=repeated).to_numpy()
        unit, coder, value = unit[kept], coder[kept], value[kept]
    made = from_triples(unit, coder, value, list(map(str, coders)), ordered, len(units), grouping)
    return attrs.evolve(made, labels=units)


def _any_twice(cell: Ints, size: int) -> bool:
    if size > 16 * len(cell):
        return bool(pd.Series(cell).duplicated().any())
    seen = np.zeros(size, dtype=np.bool_)
    seen[cell] = True
    return int(np.count_nonzero(seen)) < len(cell)


def _places(cell: Ints, units: Labels, coders: Labels) -> Iterable[tuple[Any, Any, int]]:
    """Unit, coder and number of times of every repetition, sorted."""
    again, times = np.unique(cell, return_counts=True)
    coder, unit = np.divmod(again[times > 1], len(units))
    places = pd.DataFrame({"unit": units[unit], "coder": coders[coder], "times": times[times > 1]})
    return places.sort_values(["unit", "coder"]).itertuples(index=False, name=None)


def _groups(columns: Mapping[str, Factorised], unit: Ints, units: Labels) -> Labels:
    """The cluster of each unit; an error where a unit is in two."""
    if "cluster" not in columns:
        return units
    cluster, clusters = columns["cluster"]
    of_unit = np.empty(len(units), dtype=np.int64)
    of_unit[unit] = cluster
    torn = np.flatnonzero(of_unit[unit] != cluster)
    if len(torn):
        places = zip(units[unit[torn]], clusters[of_unit[unit[torn]]], clusters[cluster[torn]], strict=True)
        raise engines.torn_units(places)
    return clusters[of_unit]


def from_wide(
    frame: Any, *, unit: str | None, categories: Sequence[Hashable] | None, cluster: str | None = None
) -> Reduced:
    """From a table with a row per unit and a column per coder: a lazy engine counts its distinct rows itself."""
    native = nw.from_native(frame)
    present = native.collect_schema().names()
    named = {"unit": unit} if unit not in (None, "unit") else {}
    check_columns(present, named | ({} if cluster is None else {"cluster": cluster}), place="ratings")
    names = [name for name in present if name not in (unit, cluster)]
    if not names:
        raise DataError("no column of ratings", place="ratings", remedy="Rows are units, columns are coders.")
    units = None
    short = {f"c{place}": name for place, name in enumerate(names)} | ({} if cluster is None else {"cluster": cluster})
    if isinstance(native, nw.LazyFrame):
        table = native.select(nw.col(name).alias(alias) for alias, name in short.items())
        rows = engines.fetched(table, MOST_ROWS)
        if rows is None:
            rows = engines.collect(table.group_by(*short, drop_null_keys=False).agg(nw.len().alias("units")))
            units = rows["units"].to_numpy().astype(np.int64)
        short = {alias: alias for alias in short}
    else:
        rows = native
    declared = None
    if categories is None:
        every = [_declared_categories(frame, native.collect_schema()[name], name) for name in names]
        if every[0] is not None and all(one == every[0] for one in every):
            categories = declared = every[0]
    if units is None and unit in present:
        _refuse_repeated_units(native, str(unit))
    series = {alias: rows.get_column(name) for alias, name in short.items()}
    grouping = None if cluster is None else (cluster, series.pop("cluster").to_pandas())
    factorised = [engines.column(one) for one in series.values()]
    if units is None and unit == "unit" and unit not in present:
        _refuse_names(dict(zip(names, factorised, strict=True)))
    columns, ordered = to_categories(factorised, categories)
    matrix = np.empty((len(rows), len(names)), dtype=columns[0].dtype, order="F")
    for place, column in enumerate(columns):
        matrix[:, place] = column
    made = from_matrix(matrix, list(map(str, names)), ordered, grouping, units)
    made = attrs.evolve(made, ordered=declared is not None and all(_declares_order(frame, name) for name in names))
    if units is not None or unit is None or unit not in rows.columns:
        return made
    return attrs.evolve(made, labels=rows.get_column(unit))


def _refuse_repeated_units(native: Any, unit: str) -> None:
    """Refuse a table in which a unit has several rows, of which each would be a unit of its own."""
    table = native.select(nw.col(unit).alias("unit"))
    rows = engines.fetched(table, MOST_ROWS) if isinstance(native, nw.LazyFrame) else table
    if rows is None:
        return
    labels = pd.Index(labels_of(rows.get_column("unit")))
    again = labels[labels.duplicated() & labels.notna()]
    if len(again):
        raise DataError(
            f"units stand in several rows: {listing(again.unique(), 5)}",
            place=f"ratings, column {unit!r}",
            remedy="Each unit has one row, with a column for each coder; for a row per rating see Ratings.from_long.",
        )


def _refuse_names(columns: Mapping[str, Factorised]) -> None:
    """Refuse a column that seems to name the units: another value in each row, as the other columns have not.

    Its values are none of the others', or numbers in a row under a usual name.
    """
    length = len(next(iter(columns.values()))[0])
    apart = [name for name, (number, distinct) in columns.items() if len(distinct) == length and (number >= 0).all()]
    if len(apart) != 1 or length < _FEWEST_NAMES or len(columns) < 2:
        return
    (name,) = apart
    own = set(plain(columns[name][1]))
    other = {value for one, (_, distinct) in columns.items() if one != name for value in plain(distinct)}
    if own.isdisjoint(other) or name.casefold() in _NAMES_OF_UNITS:
        raise DataError(
            f"the column {name!r} seems to name the units: it has another value in each row",
            place="ratings",
            remedy=f"Say unit={name!r}; or unit=None, if it is a coder.",
        )


def oddities(made: Reduced) -> str:
    """Notes on categories that look alike, and on coders who share none with any other."""
    alike: dict[str, Hashable] = {}
    notes = []
    for value in made.categories:
        if isinstance(value, frozenset | tuple):
            continue
        text = folded(str(value))
        other = alike.setdefault(text.removesuffix(".0") if isinstance(value, float) else text, value)
        if other is not value:
            notes.append(f"the categories {other!r} and {value!r} are different ones, and look alike")
            break
    if made.by_coder is not None and len(made.coders) > 1:
        matrix = made.by_coder.matrix
        matrix = matrix[(matrix >= 0).sum(axis=1) > 1]
        used = [set(np.unique(column[column >= 0]).tolist()) for column in matrix.T]
        for place, name in enumerate(made.coders):
            others = set().union(*(mine for number, mine in enumerate(used) if number != place))
            if used[place] and others and used[place].isdisjoint(others):
                notes.append(f"coder {name!r} shares no category with the others")
                break
    return "; ".join(notes)


def labels_of(given: Any) -> Labels:
    """The names of units, from whatever holds them."""
    labels: Labels = pd.Index(given.to_pandas() if isinstance(given, nw.Series) else given)
    return labels
