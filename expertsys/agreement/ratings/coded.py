"""From a study to ratings: who read which unit, and which codes they applied to it."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any, Literal

import attrs
import numpy as np
import pandas as pd

from expertsys._core.errors import DataError, check_choice, listing
from expertsys._core.missing import mark_of_missing
from expertsys.agreement.ratings import Ratings, reduce
from expertsys.agreement.ratings.profiles import Ints, UnitNames, ValueProfiles
from expertsys.study import Study

#: What units of a study can be clustered by.
CLUSTERS = ("document", "participant", "case", "unit")
Subcodes = Literal["include", "exclude"]
#: A column with more different values than this is no division of the material into kinds.
MOST_KINDS = 20

SCORES = (
    "all codes are numbers and are analysed as separate codes, without their order; for scores say level='ordinal' or "
    "'interval': es.reliability(study, level='ordinal'), or make ratings of them: "
    "Ratings.from_study(study, scores=True)"
)


@attrs.frozen(eq=False)
class CodedUnits:
    """Every occasion on which a coder read a unit, and what they applied there.

    Parameters
    ----------
    study : Study
        That they were made from.
    units, coders, codes : tuple of str
        Names; the arrays hold their numbers.
    unit, coder : ndarray of int, shape (S,)
        The unit and the coder of each of S readings.
    round : ndarray of int, shape (S,)
        The round of each reading, as a number of `rounds`; −1 where there is none.
    reading, code : ndarray of int, shape (A,)
        The reading and the code of each application, each once.
    case, document : ndarray of str, shape (S,)
        Case and document of each reading; blank where there is none.
    note : str
        What every result says: how readings were assumed, and that scores were analysed as codes.
    numbers : ndarray of int, shape (S,)
        The place of each reading among those of the whole study.
    """

    study: Study
    units: tuple[str, ...]
    coders: tuple[str, ...]
    codes: tuple[str, ...]
    rounds: tuple[str, ...]
    unit: Ints
    coder: Ints
    round: Ints
    reading: Ints
    code: Ints
    case: np.ndarray[tuple[int], np.dtype[np.object_]]
    document: np.ndarray[tuple[int], np.dtype[np.object_]]
    note: str = ""
    numbers: Ints = attrs.field(
        init=True, default=attrs.Factory(lambda self: np.arange(len(self.unit)), takes_self=True)
    )
    _cache: dict[str, Any] = attrs.field(factory=dict)

    @classmethod
    def of(cls, study: Study, *, every_round: bool = False, rename: Mapping[str, str] | None = None) -> CodedUnits:
        """The readings of a study that has units.

        Parameters
        ----------
        every_round : bool
            Whether the study may have several rounds; a coder's readings of one unit in two rounds are then two.
        rename : mapping, optional
            Codes under their names of old to the names that they have now.
        """
        Study.require(study, "agreement")
        study.require_units("agreement")
        if not every_round:
            study.require_one_round("agreement")
        read, codings = study.readings, study.codings
        units, coders = pd.Index(study.units.index), pd.Index(study.coders.index)
        names = renamed(study.codes, rename)
        codes = pd.Index(list(dict.fromkeys(names.values())), dtype="str")
        rounds = pd.Index(read.rounds, dtype="str")
        size = len(rounds) + 1
        places = pd.Index((read.unit * len(coders) + read.coder) * size + read.round + 1)
        when = np.full(len(codings), -1, dtype=np.int64)
        if len(rounds):
            when = np.where(codings["round"].isna(), -1, rounds.get_indexer(pd.Index(codings["round"])))
        place = units.get_indexer(pd.Index(codings["unit"])).astype(np.int64) * len(coders)
        place = (place + coders.get_indexer(pd.Index(codings["coder"]))) * size + when + 1
        code = codings["code"] if rename is None else codings["code"].map(names)
        applied = pd.DataFrame(
            {"reading": places.get_indexer(pd.Index(place)), "code": codes.get_indexer(pd.Index(code))}
        ).drop_duplicates()
        case, document = (
            study.units[name].fillna("").to_numpy(dtype=object)[read.unit] for name in ("case", "document")
        )
        used = codes[np.unique(applied["code"].to_numpy())] if len(applied) else codes[:0]
        scores = len(used) > 2 and numbers(used) is not None
        return cls(
            study,
            tuple(units),
            tuple(coders),
            tuple(codes),
            tuple(rounds),
            read.unit,
            read.coder,
            read.round,
            applied["reading"].to_numpy(dtype=np.int64),
            applied["code"].to_numpy(dtype=np.int64),
            case,
            document,
            "; ".join(part for part in (study.reading_note.removesuffix("."), SCORES if scores else "") if part),
        )

    def where(self, readings: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> CodedUnits:
        """Some of the readings, with what was applied in them."""
        number = np.cumsum(readings) - 1
        kept = readings[self.reading]
        return attrs.evolve(
            self,
            unit=self.unit[readings],
            numbers=self.numbers[readings],
            coder=self.coder[readings],
            round=self.round[readings],
            case=self.case[readings],
            document=self.document[readings],
            reading=number[self.reading[kept]],
            code=self.code[kept],
        )

    def in_case(self, case: str) -> CodedUnits:
        """The readings of one case."""
        return self.where(self.case == case)

    def in_round(self, name: str | None) -> CodedUnits:
        """The readings of one round; None stands for those without one."""
        number = -1 if name is None else self.rounds.index(name)
        return self.where(self.round == number)

    def by_coders(self, coders: Iterable[str]) -> CodedUnits:
        """The readings of some coders."""
        numbers = [self.coders.index(name) for name in coders]
        return self.where(np.isin(self.coder, numbers))

    def round_by_round(self, coder: str) -> CodedUnits:
        """The readings of one coder, each round in the place of a coder."""
        own = self.where((self.coder == self.coders.index(coder)) & (self.round >= 0))
        return attrs.evolve(own, coders=self.rounds, coder=own.round)

    @property
    def attributes(self) -> dict[str, Ints]:
        """The columns by which the material falls into kinds, and the kind of each reading as a number; −1 for none.

        They are the attributes of units, such as the question that was asked, and the kind of document.
        """
        return {name: number[self.unit] for name, (number, _) in self._kinds().items()}

    @property
    def attribute_values(self) -> dict[str, list[Any]]:
        """The values that the numbers of `attributes` stand for."""
        return {name: values for name, (_, values) in self._kinds().items()}

    def _kinds(self) -> dict[str, tuple[Ints, list[Any]]]:
        if "kinds" not in self._cache:
            units, found = self.study.units, {}
            own = ("document", "case", "participant", "start", "end", "text")
            columns = {str(name): units[name] for name in units.columns if name not in own}
            columns["kind"] = units["document"].map(self.study.documents["kind"])
            for name, column in columns.items():
                number, values = pd.factorize(column)
                if 1 < len(values) <= MOST_KINDS:
                    found[name] = number.astype(np.int64), list(values)
            self._cache["kinds"] = found
        kinds: dict[str, tuple[Ints, list[Any]]] = self._cache["kinds"]
        return kinds

    def level(self, cluster: str | None) -> str:
        """What units are clustered by: as asked, or the study's own level."""
        if cluster is None:
            if "level" not in self._cache:
                self._cache["level"] = self.study.cluster_level()
            return str(self._cache["level"])
        check_choice("cluster", cluster, CLUSTERS)
        return cluster

    def members(self, code: str, subcodes: Subcodes) -> list[int]:
        """Numbers of a code and, where they are included, of the codes below it."""
        book = self.study.codebook
        below = book.with_subcodes(code) if subcodes == "include" and code in book else (code,)
        return [self.codes.index(name) for name in below if name in self.codes]

    def applied(self, code: str, cluster: str | None = None, *, subcodes: Subcodes = "include") -> Ratings:
        """One code: applied or not, for each reading; with its sub-codes where they are included."""
        value = np.zeros(len(self.unit), dtype=np.int64)
        members = self.members(code, subcodes)
        value[self.reading[np.isin(self.code, members)]] = 1
        book = self.study.codebook
        has_below = code in book and len(book.with_subcodes(code)) > 1
        told = f"sub-codes {'included' if subcodes == 'include' else 'excluded'}" if has_below else ""
        return self._ratings(value, (False, True), cluster, told)

    def sets(self, cluster: str | None = None) -> Ratings:
        """The set of codes that each reading gave, the empty set included."""
        return self._ratings(*self.set_values(), cluster)

    def scores(self, cluster: str | None = None) -> Ratings:
        """The one code that each reading gave, as a category; a reading without a code is left out."""
        given = np.bincount(self.reading, minlength=len(self.unit))
        if (given > 1).any():
            first = int(np.flatnonzero(given > 1)[0])
            raise DataError(
                f"scores take one code for each coder and unit; {self.coders[self.coder[first]]!r} gave "
                f"{int(given[first])} to the unit {self.units[self.unit[first]]!r}",
                place="level",
                remedy="Leave level out to analyse codes one by one, or select the codes that are scores: "
                "study.select(codes=[...]).",
            )
        part = self.where(given == 1)
        code = np.empty(len(part.unit), dtype=np.int64)
        code[part.reading] = part.code
        used = pd.Index(part.codes)[np.unique(code)]
        found = numbers(used)
        if found is None:
            order = list(used)
            told = f"categories in the order of the codebook: {listing(order)}"
            told += " (in another: es.read(..., codebook=es.Codebook.of([...])))"
            categories: Sequence[Hashable] = order
            rank = np.arange(len(order))
        else:
            order = [name for _, name in sorted(zip(found, used, strict=True))]
            categories, missing = sorted(found), mark_of_missing(found)
            told = ""
            if missing is not None:
                told = f"the score {missing:g} lies far from the others; if it marks a missing one, "
                told += f"es.read(..., no_code='{missing:g}')"
            rank = np.array([order.index(name) for name in used], dtype=np.int64)
        place = np.full(len(part.codes), -1, dtype=np.int64)
        place[np.unique(code)] = rank
        empty = int((given == 0).sum())
        without = f"{empty:,} of {len(given):,} readings without a score left out" if empty else ""
        part = attrs.evolve(part, note=self.note.replace(SCORES, "").strip("; "))
        made = part._ratings(place[code], tuple(categories), cluster, "; ".join(t for t in (told, without) if t))
        return attrs.evolve(made, ordered=True)

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

    def _ratings(self, value: Ints, categories: tuple[object, ...], cluster: str | None, told: str = "") -> Ratings:
        present = np.unique(self.coder)
        unit, found = pd.factorize(self.unit)
        coder = np.searchsorted(present, self.coder)
        names = [self.coders[number] for number in present]
        level = self.level(cluster)
        grouping = None
        if level != "unit" or cluster is not None:
            number, labels = self._clusters(level)
            grouping = (level, self._some_of(number[found], labels))
        made = reduce.from_triples(unit.astype(np.int64), coder, value, names, categories, len(found), grouping)
        note = "; ".join(part for part in (self.note, told) if part)
        named = None
        if made.origin is not None:
            named = UnitNames(lambda: pd.Index(self.units).take(found), made.origin)
        return Ratings(
            made.coders,
            made.categories,
            made.by_value,
            made.by_coder,
            note=note,
            clusters=made.clusters,
            names=named,
        )

    def _clusters(self, level: str) -> tuple[Ints, np.ndarray[Any, Any]]:
        """The cluster of each unit as a number, and the names of all clusters in order; found once for each level."""
        if level not in self._cache:
            label: Any = pd.Index(self.units) if level == "unit" else self.study.clusters(level)  # type: ignore[arg-type]
            number, names = pd.factorize(label, sort=True)
            self._cache[level] = number.astype(np.int64), np.asarray(names, dtype=object)
        found: tuple[Ints, np.ndarray[Any, Any]] = self._cache[level]
        return found

    @staticmethod
    def _some_of(number: Ints, names: np.ndarray[Any, Any]) -> reduce.Groups:
        """Only the clusters that occur."""
        present = np.flatnonzero(np.bincount(number, minlength=len(names)))
        if len(present) == len(names):
            return reduce.Groups(number, names)  # type: ignore[arg-type]  # an array of names
        place = np.full(len(names), -1, dtype=np.int64)
        place[present] = np.arange(len(present))
        return reduce.Groups(place[number], names[present])  # type: ignore[arg-type]

    def labels(self, cluster: str) -> list[str]:
        """The document, participant, case or unit of each reading; where it has none, its unit stands alone."""
        number, names = self._clusters(self.level(cluster))
        return list(names[number[self.unit]])


def numbers(codes: Iterable[str]) -> list[float] | None:
    """Codes as numbers, whole ones as such; None where one of them is none."""
    found: list[float] = []
    for code in codes:
        try:
            value = float(str(code).replace(",", "."))
        except ValueError:
            return None
        if not np.isfinite(value):
            return None
        found.append(int(value) if value.is_integer() else value)
    return found or None


def renamed(codes: Iterable[str], rename: Mapping[str, str] | None) -> dict[str, str]:
    """The name that each code has after renaming; an error for one that does not exist."""
    known = list(codes)
    changes = {} if rename is None else {str(old): str(new) for old, new in rename.items()}
    for old in changes:
        if old not in known:
            raise DataError(
                f"no code is called {old!r}; codes are {listing(known)}",
                place="map",
                remedy="Give the old name of each renamed code and the name that it has now: map={'old': 'new'}.",
            )
    return {code: changes.get(code, code) for code in known}
