"""Which units belong together: those of one document, of one participant, or of one case."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from expertsys._core.errors import check_choice

if TYPE_CHECKING:
    from expertsys.study.study import Study

Level = Literal["unit", "document", "participant", "case"]
LEVELS: tuple[Level, ...] = ("unit", "document", "participant", "case")


def clusters_at(study: Study, level: Level) -> pd.Series[str]:
    """The cluster of each unit at a level; a unit without one is a cluster of its own."""
    check_choice("cluster", level, LEVELS)
    names = study.units.index.to_series()
    if level == "unit":
        return names.rename("unit")
    if level == "participant":  # a document without a participant is a cluster too
        labels = study.units["participant"]
        return labels.fillna("document " + study.units["document"]).fillna("unit " + names).rename(level)
    return study.units[level].fillna("unit " + names).rename(level)


def cluster_level(study: Study, groups: pd.Series[Any] | None) -> Level:
    """The coarsest of participant and document that holds several units and lies within the groups compared."""
    levels: list[Level] = []
    for level in ("participant", "document"):
        if level == "participant" and study.units["participant"].isna().all():
            continue
        label = clusters_at(study, level)
        if not label.duplicated().any():
            continue
        if groups is not None:
            pairs = pd.DataFrame({"cluster": label, "group": groups.reindex(label.index)}).dropna().drop_duplicates()
            if pairs["cluster"].duplicated().any():
                continue
        levels.append(level)
    if not levels:
        return "unit"
    return min(levels, key=lambda level: (clusters_at(study, level).nunique(), level))
