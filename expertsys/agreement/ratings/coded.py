"""From a study to ratings: who saw which unit, and which codes they applied to it."""

from __future__ import annotations

from collections.abc import Iterable

import attrs
import numpy as np
import pandas as pd

from expertsys._core.errors import check_choice
from expertsys.agreement.ratings import Ratings, reduce
from expertsys.agreement.ratings.profiles import Ints, ValueProfiles
from expertsys.study import Study

#: What units of a study can be clustered by.
CLUSTERS = ("document", "case", "unit")


@attrs.frozen(eq=False)
class CodedUnits:
    """Every occasion on which a coder read a unit, and what they applied there.

    Parameters
    ----------
    units, coders, codes : tuple of str
        Names; the arrays hold their numbers.
    unit, coder : ndarray of int, shape (S,)
        The unit and the coder of each of S readings.
    reading, code : ndarray of int, shape (A,)
        The reading and the code of each application, each once.
    case, document : ndarray of str, shape (S,)
        Case and document of each reading; blank where there is none.
    note : str
        How readings were assumed; empty where they were given.
    """

    units: tuple[str, ...]
    coders: tuple[str, ...]
    codes: tuple[str, ...]
    unit: Ints
    coder: Ints
    reading: Ints
    code: Ints
    case: np.ndarray[tuple[int], np.dtype[np.object_]]
    document: np.ndarray[tuple[int], np.dtype[np.object_]]
    note: str = ""

    @classmethod
    def of(cls, study: Study) -> CodedUnits:
        """The readings of a study that has units and one round of coding."""
        Study.require(study, "agreement")
        study.require_units("agreement")
        study.require_one_round("agreement")
        read, codings = study.readings, study.codings
        units, coders, codes = pd.Index(study.units.index), pd.Index(study.coders.index), pd.Index(study.codes)
        place = pd.Index(read.unit * len(coders) + read.coder)
        applied = pd.DataFrame(
            {
                "reading": place.get_indexer(
                    units.get_indexer(pd.Index(codings["unit"])).astype(np.int64) * len(coders)
                    + coders.get_indexer(pd.Index(codings["coder"]))
                ),
                "code": codes.get_indexer(pd.Index(codings["code"])),
            }
        ).drop_duplicates()
        case, document = (
            study.units[name].fillna("").to_numpy(dtype=object)[read.unit] for name in ("case", "document")
        )
        return cls(
            tuple(units),
            tuple(coders),
            tuple(codes),
            read.unit,
            read.coder,
            applied["reading"].to_numpy(dtype=np.int64),
            applied["code"].to_numpy(dtype=np.int64),
            case,
            document,
            study.reading_note,
        )

    def where(self, readings: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> CodedUnits:
        """Some of the readings, with what was applied in them."""
        number = np.cumsum(readings) - 1
        kept = readings[self.reading]
        return attrs.evolve(
            self,
            unit=self.unit[readings],
            coder=self.coder[readings],
            case=self.case[readings],
            document=self.document[readings],
            reading=number[self.reading[kept]],
            code=self.code[kept],
        )

    def in_case(self, case: str) -> CodedUnits:
        """The readings of one case."""
        return self.where(self.case == case)

    def by_coders(self, coders: Iterable[str]) -> CodedUnits:
        """The readings of some coders."""
        numbers = [self.coders.index(name) for name in coders]
        return self.where(np.isin(self.coder, numbers))

    def applied(self, code: str, cluster: str | None = None) -> Ratings:
        """One code: applied or not, for each reading."""
        value = np.zeros(len(self.unit), dtype=np.int64)
        value[self.reading[self.code == self.codes.index(code)]] = 1
        return self._ratings(value, (False, True), cluster)

    def sets(self, cluster: str | None = None) -> Ratings:
        """The set of codes that each reading gave, the empty set included."""
        return self._ratings(*self.set_values(), cluster)

    def set_values(self) -> tuple[Ints, tuple[frozenset[str], ...]]:
        """The set that each reading gave as a number, shape (S,), and the sets that they stand for."""
        found = ValueProfiles.of(self.reading, self.code, len(self.codes), np.ones(len(self.unit), dtype=np.int64))
        ends = zip(found.table.indptr[:-1], found.table.indptr[1:], strict=True)
        distinct = [(), *(tuple(sorted(found.table.indices[low:high].tolist())) for low, high in ends)]
        ranked = sorted(range(len(distinct)), key=lambda number: distinct[number])
        origin = np.arange(len(self.unit)) if found.origin is None else found.origin
        if (origin >= 0).all():
            ranked.remove(0)  # no reading is empty
        place = np.empty(len(distinct), dtype=np.int64)
        place[ranked] = np.arange(len(ranked))
        categories = tuple(frozenset(self.codes[code] for code in distinct[number]) for number in ranked)
        return place[origin + 1], categories

    def _ratings(self, value: Ints, categories: tuple[object, ...], cluster: str | None) -> Ratings:
        present = np.unique(self.coder)
        unit, found = pd.factorize(self.unit)
        coder = np.searchsorted(present, self.coder)
        names = [self.coders[number] for number in present]
        n_units = int(unit.max()) + 1 if len(unit) else 0
        grouping = None
        if cluster is not None:
            label = np.empty(len(self.units), dtype=object)
            label[self.unit] = self.labels(cluster)
            grouping = (cluster, label[found].tolist())
        made = reduce.from_triples(unit.astype(np.int64), coder, value, names, categories, n_units, grouping)
        return Ratings(
            made.coders, made.categories, made.by_value, made.by_coder, note=self.note, clusters=made.clusters
        )

    def labels(self, cluster: str) -> list[str]:
        """The document, case or unit of each reading; where it has no document or case, its unit stands alone."""
        check_choice("cluster", cluster, CLUSTERS)
        names = [self.units[number] for number in self.unit]
        if cluster == "unit":
            return names
        known = self.document if cluster == "document" else self.case
        return [label or f"unit {name}" for label, name in zip(known, names, strict=True)]
