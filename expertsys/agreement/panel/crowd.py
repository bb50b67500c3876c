"""The ratings of a panel: who gave which value, also where there are hundreds of coders."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from expertsys._core.errors import DataError
from expertsys.agreement.diagnosis import choice
from expertsys.agreement.ratings import Ratings
from expertsys.agreement.ratings.coded import CodedUnits
from expertsys.agreement.ratings.profiles import Clusters, CoderProfiles, Ints
from expertsys.study import Study

#: Units × coders held at once.
MOST_CELLS = 100_000_000


def ratings_of(data: Study | Ratings, *, code: str | None, cluster: str | None, purpose: str) -> Ratings:
    """Ratings with their coders; those of a study also where it has more coders than a table of ratings keeps."""
    ratings = choice.ratings_of(data, code=code, cluster=cluster, purpose=purpose)
    if ratings.by_coder is None and isinstance(data, Study):
        return _many(CodedUnits.of(data), code, cluster, purpose)
    ratings.require_coders(purpose)
    return ratings


def _many(coded: CodedUnits, code: str | None, cluster: str | None, purpose: str) -> Ratings:
    value: Ints
    categories: Sequence[object]
    if code is None:
        value, categories = coded.set_values()
    else:
        value, categories = np.zeros(len(coded.unit), dtype=np.int64), (False, True)
        value[coded.reading[coded.code == coded.codes.index(code)]] = 1
    unit, found = pd.factorize(coded.unit)
    present, coder = np.unique(coded.coder, return_inverse=True)
    if len(found) * len(present) > MOST_CELLS:
        raise DataError(
            f"{len(found):,} units × {len(present):,} coders are too many for {purpose}",
            place="study",
            remedy="Select some of the coders or units: study.select(coders=[...]).",
        )
    matrix = np.full((len(found), len(present)), -1, dtype=np.int16)
    matrix[unit, coder] = value
    made = CoderProfiles.of(matrix)
    clusters = None
    cluster = coded.level(cluster)
    if cluster != "unit" and made.origin is not None:
        label = np.empty(len(found), dtype=object)
        label[unit] = coded.labels(cluster)
        number, names = pd.factorize(label)
        ones = np.ones(len(found), dtype=np.int64)
        clusters = Clusters.of(cluster, list(names), number.astype(np.int64), made.origin, ones, len(made.counts))
    by_coder = CoderProfiles(made.matrix, made.counts)
    names_of = tuple(coded.coders[number] for number in present)
    values = by_coder.by_value(len(categories))
    return Ratings(names_of, tuple(categories), values, by_coder, note=coded.note, clusters=clusters)
