"""Ratings: any table of who gave which unit which value, compressed to distinct profiles and their counts."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from functools import partial
from math import isfinite
from typing import TYPE_CHECKING, Any, Literal

import attrs
import numpy as np
import pandas as pd

from expertsys._core.errors import DataError, check_choice, listing, unknown
from expertsys._core.frames import is_frame
from expertsys.agreement.ratings import reduce
from expertsys.agreement.ratings.profiles import Clusters, CoderProfiles, Ints, UnitNames, ValueProfiles, through

if TYPE_CHECKING:
    from expertsys.study import Study

#: The largest whole number up to which all are exact as floating numbers.
_LARGEST = 1 << 53


@attrs.frozen(eq=False, repr=False)
class Ratings:
    """Units rated by coders, reduced to what a coefficient can see: distinct profiles and how often each occurs.

    Made by one of `from_long`, `from_wide`, `from_array`, `from_study`. A missing rating (None, NaN) means that the
    coder did not see the unit; it is not a category. Text such as ``"nan"`` is a category.

    Parameters
    ----------
    coders : tuple of str
        Names, in order.
    categories : tuple
        The values that could be given, in order, also those that no one gave: they count for some coefficients.
    values : ValueProfiles
        How many coders gave each category, per distinct profile.
    by_coder : CoderProfiles or None
        Who gave which category, per distinct profile; None with more than 64 coders.
    ordered : bool
        Whether the order of the categories means something: they are numbers, or their order was given.
    note : str
        What a reader must know of them; empty where there is nothing.
    clusters : Clusters or None
        Which units belong together, counted over the profiles of `by_coder` (of `values` where that is None).
    names : UnitNames or None
        Which unit is which, for pairing them with the units of other ratings.
    lineage : tuple of Ratings and ndarray, or None
        The ratings that these were made from, and the profile here of each of theirs; see `root`.

    Examples
    --------
    >>> ratings = Ratings.from_array([[1, 1, 2, 2], [1, 1, 2, None]], coders="rows")
    >>> ratings
    Ratings: 4 units, 2 coders, 2 categories, 7 ratings (3 distinct profiles)
    >>> ratings.n_pairable
    3
    """

    coders: tuple[str, ...]
    categories: tuple[Hashable, ...]
    values: ValueProfiles
    by_coder: CoderProfiles | None
    ordered: bool = False
    note: str = ""
    clusters: Clusters | None = None
    _names: UnitNames | None = None
    _lineage: tuple[Ratings, Ints] | None = None

    @classmethod
    def from_long(
        cls,
        frame: Any,
        *,
        unit: str = "unit",
        coder: str = "coder",
        value: str = "code",
        categories: Sequence[Hashable] | None = None,
        repeated: Literal["first", "last"] | None = None,
        cluster: str | None = None,
    ) -> Ratings:
        """From a table with one rating per row, held by any engine that narwhals knows, eager or lazy.

        Parameters
        ----------
        frame : dataframe
            Rows in any order. A missing value is a missing rating.
        unit, coder, value : str
            Names of its columns.
        categories : sequence, optional
            All values that could be given, in order; by default those that occur, numbers by size, text by alphabet.
        repeated : {"first", "last"}, optional
            Which rating counts where a coder rated a unit more than once; without it, that is an error.
        cluster : str, optional
            Column that says which units belong together, such as the document that they come from: intervals then go
            by whole clusters.

        Raises
        ------
        DataError
            For a column that does not exist, ratings without unit or coder, repeated ratings, unlisted categories, a
            unit in two clusters.

        Examples
        --------
        >>> import pandas as pd
        >>> frame = pd.DataFrame({"unit": [1, 1, 2, 2], "coder": ["a", "b", "a", "b"], "code": ["x", "x", "x", "y"]})
        >>> Ratings.from_long(frame).categories
        ('x', 'y')
        """
        if repeated is not None:
            check_choice("repeated", repeated, ("first", "last"))
        made = reduce.from_long(
            frame, unit=unit, coder=coder, value=value, categories=categories, repeated=repeated, cluster=cluster
        )
        return cls._of(made, ordered=categories is not None or made.ordered)

    @classmethod
    def from_wide(
        cls,
        frame: Any,
        *,
        unit: str | None = "unit",
        categories: Sequence[Hashable] | None = None,
        cluster: str | None = None,
    ) -> Ratings:
        """From a table with a row per unit and a column per coder; columns named as `unit` and `cluster` are no coders.

        Parameters
        ----------
        frame : dataframe
            As in `from_long`.
        unit : str or None
            The column of the units' names, each in one row. A table may lack a column ``"unit"``; None says that every
            column is a coder, also one with another value in each row.
        categories : sequence, optional
            As in `from_long`; columns of a categorical type keep the categories that they declare.
        cluster : str, optional
            As in `from_long`.

        Raises
        ------
        DataError
            For a column that does not exist, a column that seems to name the units, a unit in several rows.

        Examples
        --------
        >>> import pandas as pd
        >>> Ratings.from_wide(pd.DataFrame({"ann": [1, 2, 3], "ben": [1, 2, None]})).coders
        ('ann', 'ben')
        """
        made = reduce.from_wide(frame, unit=unit, categories=categories, cluster=cluster)
        return cls._of(made, ordered=categories is not None or made.ordered)

    @classmethod
    def from_array(
        cls,
        array: Any,
        *,
        coders: Literal["rows", "columns"],
        categories: Sequence[Hashable] | None = None,
        names: Sequence[str] | None = None,
        cluster: Sequence[Hashable] | None = None,
    ) -> Ratings:
        """From a bare array, which must say which axis the coders are on.

        Parameters
        ----------
        array : array_like, shape (n_units, n_coders), or (n_coders, n_units) with ``coders="rows"``
            NaN, None or masked where a coder did not rate a unit.
        coders : {"columns", "rows"}
            The axis that the coders are on: a matrix the wrong way round has a coefficient too, of nothing.
        categories : sequence, optional
            As in `from_long`.
        names : sequence of str, optional
            The coders' names; by default their numbers from 1.
        cluster : sequence, shape (n_units,), optional
            The cluster of each unit; ``range(n_units)`` keeps the units by number.

        Raises
        ------
        DataError
            For a dataframe, whose columns have names: see `from_wide`.
        """
        check_choice("coders", coders, ("rows", "columns"))
        if is_frame(array):
            raise DataError(
                f"takes a bare array, and this is a table ({type(array).__name__})",
                place="Ratings.from_array",
                remedy="Ratings.from_wide(table), with a column for each coder; or from_long, a row for each rating.",
            )
        if isinstance(array, np.ma.MaskedArray):
            masked = np.ma.getmaskarray(array)
            array = array.data.astype(object)
            array[masked] = None
        cells = np.asarray(array) if isinstance(array, np.ndarray) else _cells(array)
        if cells.ndim != 2:
            raise DataError(f"expected two axes, units and coders, not shape {cells.shape}", place="array")
        if coders == "rows":
            cells = cells.T
        labels = [str(number) for number in range(1, cells.shape[1] + 1)] if names is None else list(names)
        if len(labels) != cells.shape[1]:
            raise DataError(f"{len(labels)} names for {cells.shape[1]} coders", place="names")
        matrix, ordered = reduce.encode(cells, categories)
        if cluster is not None and len(cluster) != len(matrix):
            raise DataError(f"{len(cluster)} clusters for {len(matrix)} units", place="cluster")
        grouping = None if cluster is None else ("cluster", cluster)
        return cls._of(reduce.from_matrix(matrix, labels, ordered, grouping), ordered=categories is not None)

    @classmethod
    def from_study(
        cls,
        study: Study,
        *,
        code: str | None = None,
        cluster: str | None = None,
        scores: bool = False,
        subcodes: Literal["include", "exclude"] = "include",
    ) -> Ratings:
        """From a study: one code applied or not by each coder who read the unit, or the set of codes that each applied.

        Parameters
        ----------
        study : Study
            With units and one round of coding.
        code : str, optional
            Categories are then ``False`` and ``True``; without it they are frozensets of codes, the empty one included.
        cluster : {"document", "participant", "case", "unit"}, optional
            What units belong together; by default ``study.cluster_level()``: the coarser of document and participant
            that holds several units. Intervals and tests go by it.
        scores : bool
            Each coder gives a unit one code, and the codes are the categories: numbers as numbers in their order, other
            codes in the order of the codebook. A reading without a code is a missing rating.
        subcodes : {"include", "exclude"}
            Whether a code counts as applied where one of its sub-codes is.
        """
        from expertsys.agreement.ratings.coded import CodedUnits

        check_choice("subcodes", subcodes, ("include", "exclude"))
        coded = CodedUnits.of(study)
        if scores:
            if code is not None:
                raise DataError("scores are all codes together, and code= chooses one", place="Ratings.from_study")
            return coded.scores(cluster)
        if code is None:
            return coded.sets(cluster)
        if code not in study.codes:
            raise unknown("code", code, study.codes, place="Ratings.from_study")
        return coded.applied(code, cluster, subcodes=subcodes)

    @classmethod
    def _of(cls, made: reduce.Reduced, *, ordered: bool) -> Ratings:
        numeric = all(isinstance(value, int | float) for value in made.categories)
        units = int(made.by_value.counts.sum())
        note = reduce.oddities(made)
        if len(made.coders) > 20 and len(made.coders) > 2 * units:
            note = f"{len(made.coders)} coders on {units} units: are units and coders the wrong way round?"
        names = None
        if made.origin is not None and made.labels is not None:
            names = UnitNames(partial(reduce.labels_of, made.labels), made.origin)
        return cls(
            made.coders, made.categories, made.by_value, made.by_coder, ordered or numeric, note, made.clusters, names
        )

    @staticmethod
    def require(value: object, purpose: str) -> None:
        """Refuse what are no ratings, with the way to make them."""
        if not isinstance(value, Ratings):
            raise DataError(
                f"{purpose} takes Ratings, not {type(value).__name__}",
                place=purpose,
                remedy="Make them first: Ratings.from_study(study, code=...), from_wide(table) or from_long(table). "
                "For all codes of a study at once: es.reliability(study).",
            )

    @property
    def n_units(self) -> int:
        """Units with at least one rating."""
        return int(self.values.counts.sum())

    @property
    def n_pairable(self) -> int:
        """Units with at least two ratings: the only ones that say something about agreement."""
        return int(self.values.pairable.counts.sum())

    @property
    def n_ratings(self) -> int:
        """Ratings given."""
        return int(self.values.sizes @ self.values.counts)

    def numbers(self, purpose: str) -> np.ndarray[Any, np.dtype[np.float64]]:
        """The categories as numbers; an error where they are not."""
        if not all(isinstance(value, int | float) for value in self.categories):
            strange = [value for value in self.categories if not isinstance(value, int | float)]
            raise DataError(
                f"{purpose} needs numbers; the categories {listing(strange, 5)} are not",
                place="ratings",
                remedy="Recode them as numbers, or choose level='nominal' (or 'ordinal' with categories= in order).",
            )
        endless = [value for value in self.categories if isinstance(value, float) and not isfinite(value)]
        if endless:
            raise DataError(
                f"{purpose} needs finite numbers, and a rating is {endless[0]}",
                place="ratings",
                remedy="Leave the cell blank where there is no rating.",
            )
        large = [value for value in self.categories if isinstance(value, int) and abs(value) > _LARGEST]
        if large:
            raise DataError(
                f"whole numbers beyond 2^53, such as {large[0]}, are not told apart as measurements",
                place="ratings",
                remedy="Subtract a constant, or choose level='nominal'.",
            )
        return np.array(self.categories, dtype=np.float64)

    @property
    def n_coders(self) -> int:
        """Coders with at least one rating of a unit that another rated too; all, where it is not kept who rated."""
        if self.by_coder is None:
            return len(self.coders)
        rated = self.by_coder.matrix >= 0
        return int(rated[rated.sum(axis=1) >= 2].any(axis=0).sum())

    def without(self, coder: str) -> Ratings:
        """The ratings of all coders but one."""
        if coder not in self.coders:
            raise unknown("coder", coder, self.coders)
        return self.only(name for name in self.coders if name != coder)

    def only(self, coders: Iterable[str]) -> Ratings:
        """The ratings of some of the coders."""
        wanted = list(coders)
        for name in wanted:
            if name not in self.coders:
                raise unknown("coder", name, self.coders)
        if len(set(wanted)) < len(wanted):
            raise DataError(f"a coder is named twice: {listing(wanted)}", place="coders", remedy="Name each once.")
        numbers = np.array([self.coders.index(name) for name in wanted], dtype=np.int64)
        chosen = self.require_coders("choosing coders").only(numbers)
        return self._over(chosen, tuple(wanted))

    def _over(self, chosen: CoderProfiles, coders: tuple[str, ...]) -> Ratings:
        """The ratings over profiles that were made from these."""
        clusters = self.clusters
        if clusters is not None:
            clusters = attrs.evolve(clusters, table=clusters.over(chosen.origin, len(chosen.counts)))
        base = attrs.evolve(chosen, origin=None)
        by_value = base.by_value(len(self.categories))
        lineage = self.descent(chosen.origin, len(chosen.counts))
        return attrs.evolve(
            self, coders=coders, by_coder=base, values=by_value, clusters=clusters, names=None, lineage=lineage
        )

    @property
    def base(self) -> CoderProfiles | ValueProfiles:
        """The profiles that everything else of these ratings is counted over."""
        return self.values if self.by_coder is None else self.by_coder

    @property
    def root(self) -> tuple[Ratings, Ints | None]:
        """The ratings that these were made from, by leaving out coders or recoding, and the profile here of each there.

        A profile of which nothing is left has −1; None stands for the ratings themselves.
        """
        return (self, None) if self._lineage is None else self._lineage

    def descent(self, origin: Ints | None, size: int) -> tuple[Ratings, Ints]:
        """The root of ratings that are made from these, and the profile there of each of its own."""
        root, before = self.root
        made = through(before, np.arange(size) if origin is None else origin)
        return root, np.arange(size) if made is None else made

    @property
    def named(self) -> Clusters | None:
        """Each unit a cluster of its own, by its name; None where units have no names."""
        if self.clusters is not None and self.clusters.by == "unit":
            return self.clusters
        root, origin = self.root
        if root is not self:
            whole = root.named
            size = len(self.base.counts)
            return None if whole is None else attrs.evolve(whole, table=whole.over(origin, size))
        if self._names is None:
            return None
        ones = np.ones(len(self._names.origin), dtype=np.int64)
        labels = pd.Index(self._names.labels())
        number, distinct = labels.factorize()
        return Clusters.of("unit", list(distinct), number, self._names.origin, ones, len(self.base.counts))

    def split(self) -> dict[Hashable, Ratings]:
        """The ratings of each cluster, in the order of `clusters`; their units are clustered no more.

        Raises
        ------
        DataError
            Where the ratings have no clusters.
        """
        table = self.require_clusters("splitting ratings").table
        names = () if self.clusters is None else self.clusters.names
        return {name: self._weighing(table[[place]].toarray()[0]) for place, name in enumerate(names)}

    def _weighing(self, counts: np.ndarray[Any, np.dtype[np.float64]]) -> Ratings:
        """The same profiles, each standing for as many units."""
        kept = counts > 0
        units = counts[kept].round().astype(np.int64)
        if self.by_coder is None:
            values = ValueProfiles(self.values.table[kept], units)
            return attrs.evolve(self, values=values, clusters=None, names=None, lineage=None)
        base = CoderProfiles(self.by_coder.matrix[kept], units)
        values = base.by_value(len(self.categories))
        return attrs.evolve(self, values=values, by_coder=base, clusters=None, names=None, lineage=None)

    def require_clusters(self, purpose: str) -> Clusters:
        """The clusters; an error where there are none."""
        if self.clusters is None:
            raise DataError(
                f"{purpose} needs to know which units belong together",
                place="ratings",
                remedy="Give cluster= when making the ratings: a document, a case, or the unit itself.",
            )
        return self.clusters

    def require_coders(self, purpose: str) -> CoderProfiles:
        """The profiles with their coders; an error where there are too many coders to keep them."""
        if self.by_coder is None:
            raise DataError(
                f"{purpose} needs to know who gave which rating, which is kept for up to {reduce.MOST_CODERS} coders; "
                f"here are {len(self.coders)}",
                place="ratings",
                remedy="Filter the table by coder before reducing it.",
            )
        return self.by_coder

    def __repr__(self) -> str:
        return (
            f"Ratings: {self.n_units:,} units, {len(self.coders):,} coders, {len(self.categories):,} categories, "
            f"{self.n_ratings:,} ratings ({len(self.values.counts):,} distinct profiles)"
            + (f"\n  note: {self.note}" if self.note else "")
        )


def _cells(rows: Any) -> np.ndarray[Any, Any]:
    listed = [list(row) for row in rows]
    lengths = {len(row) for row in listed}
    if len(lengths) > 1:
        raise DataError(f"rows of different lengths: {sorted(lengths)}", place="array")
    cells = np.empty((len(listed), lengths.pop() if lengths else 0), dtype=object)
    for number, row in enumerate(listed):
        for place, cell in enumerate(row):
            cells[number, place] = cell
    return cells
