"""What is dealt to batches, and which batch each is in."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import attrs
import numpy as np
import pandas as pd

from expertsys._core.errors import DataError, check_positive, listing, unknown
from expertsys.agreement.diagnosis import choice, groups
from expertsys.agreement.ratings import Ratings
from expertsys.agreement.ratings.coded import CodedUnits
from expertsys.agreement.ratings.profiles import Clusters, Ints
from expertsys.study import Study


def items(
    data: Study | Ratings, by: groups.By | None, code: str | None, cluster: str | None
) -> tuple[Ratings, list[Hashable]]:
    """Ratings clustered by what is dealt to batches, and the batch of each; None where it has none."""
    if isinstance(data, Ratings):
        ratings = choice.ratings_of(data, code=code, cluster=cluster, purpose="drift")
        if ratings.clusters is None and by is not None:
            ratings = attrs.evolve(ratings, clusters=ratings.named)
        clusters = ratings.require_clusters("drift")
        if by is None:
            return _apart(ratings, clusters)
        if isinstance(by, str):
            raise DataError(
                f"ratings have no column {by!r}", place="drift(by=...)", remedy="Give a mapping from units to batches."
            )
        batch_of: dict[Hashable, Hashable] = dict(by.items())
        return ratings, [batch_of.get(name) for name in clusters.names]
    Study.require(data, "drift")
    if isinstance(by, str) and by == "round":
        raise DataError(
            "batches are of different units, and rounds may be of the same",
            place="drift(by='round')",
            remedy="Use es.agreement.change_between_rounds(study).",
        )
    if by is None:
        raise DataError(
            "say by= what the batches are",
            place="drift",
            remedy=f"A column, {listing(groups.columns(data))}, or a mapping from units to batches.",
        )
    coded = CodedUnits.of(data)
    found = groups.labels(data, coded, by, place="drift(by=...)")
    if cluster is None:
        own = pd.Series(found, index=pd.Index(coded.units).take(coded.unit), dtype=object)
        own = own[~own.index.duplicated()]
        cluster = data.cluster_level(own.where(own.notna(), "(no batch)"))
    ratings = Ratings.from_study(data, code=code, cluster=cluster)
    item = coded.labels(cluster)
    batch: dict[Hashable, Hashable] = {}
    for name, label in dict.fromkeys(zip(item, found.tolist(), strict=True)):
        if batch.setdefault(name, label) != label:
            raise DataError(
                f"{cluster} {str(name)!r} is in the batches {batch[name]!r} and {label!r}",
                place="drift(cluster=...)",
                remedy="Choose a cluster that lies within batches: 'document' or 'unit', or leave cluster out.",
            )
    return ratings, [batch[name] for name in ratings.require_clusters("drift").names]


def _apart(ratings: Ratings, clusters: Clusters) -> tuple[Ratings, list[Hashable]]:
    """The same with every unit a cluster of its own; its batch was its cluster."""
    table = clusters.table.tocoo()
    times = table.data.round().astype(np.int64)
    profile, batch = np.repeat(table.col, times), np.repeat(table.row, times)
    units = np.arange(len(profile))
    single = Clusters.of("unit", units.tolist(), units, profile, np.ones_like(units), int(clusters.table.shape[1]))
    return attrs.evolve(ratings, clusters=single), clusters.names[batch].tolist()


def in_order(
    ratings: Ratings,
    label: Sequence[Hashable],
    order: Sequence[Hashable] | None,
    batches: int | None,
    *,
    dates: bool = False,
) -> tuple[Ints, list[Hashable]]:
    """The batch of each cluster as a number, -1 where it has none, and the names of the batches in order."""
    found = [] if order is not None else groups.in_order(label, dates=dates)
    found = found or list(dict.fromkeys(name for name in label if name is not None))
    names = found if order is None else list(dict.fromkeys(order))
    for name in found:
        if name not in names:
            raise unknown("batch", name, names, place="drift(order=...)", remedy="List every batch.")
    names = [name for name in names if name in found]
    place = {name: number for number, name in enumerate(names)}
    batch = np.array([place.get(name, -1) for name in label], dtype=np.int64)
    if batches is not None:
        check_positive("batches", batches)
    if batches is not None and batches < len(names):
        units = np.asarray(ratings.require_clusters("drift").table.sum(axis=1)).ravel()
        sizes = np.bincount(batch[batch >= 0], weights=units[batch >= 0], minlength=len(names))
        middle = np.cumsum(sizes) - sizes / 2
        joined = np.minimum((middle / sizes.sum() * batches).astype(np.int64), batches - 1)
        _, joined = np.unique(joined, return_inverse=True)
        ends = [np.flatnonzero(joined == number)[[0, -1]] for number in range(int(joined.max()) + 1)]
        batch = np.where(batch >= 0, joined[batch], -1)
        names = [names[low] if low == high else f"{names[low]} to {names[high]}" for low, high in ends]
    if len(names) < 2:
        raise DataError(
            f"drift compares two batches or more; there is {listing(names)}",
            place="drift",
            remedy="Choose another by=.",
        )
    return batch, names
