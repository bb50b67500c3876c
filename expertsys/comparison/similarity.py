"""How alike cases or documents are, by the codes that they have or by their profiles."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

import attrs
import numpy as np
import numpy.typing as npt
import pandas as pd

from expertsys._core import references
from expertsys._core.errors import DataError, check_choice, listing
from expertsys._core.results import TableResult
from expertsys.comparison.applied import Coders, Of, Subcodes
from expertsys.comparison.case_matrix import CaseMatrix, Counting, Show, case_matrix
from expertsys.comparison.clustering import Clustering, Linkage, cluster

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from expertsys.study import Study

Floats = npt.NDArray[np.float64]
Measure = Literal[
    "jaccard", "simple_matching", "russell_rao", "kuckartz_radiker", "cosine", "correlation", "euclidean", "cityblock",
    "bray_curtis", "hellinger",
]  # fmt: skip

#: Of the codes that two cases have: a both, b and c one of them, d neither.
_SETS = {
    "jaccard": "codes of both / codes of either, a / (a + b + c)",
    "simple_matching": "codes of both or of neither / all codes, (a + d) / (a + b + c + d)",
    "russell_rao": "codes of both / all codes, a / (a + b + c + d)",
    "kuckartz_radiker": "zeta: codes of both count twice, of neither once, (2a + d) / (2a + b + c + d)",
}
_ALIKE = {
    "cosine": "cosine of the angle between two profiles",
    "correlation": "Pearson's correlation of two profiles",
}
_APART = {
    "euclidean": "Euclidean distance, √Σ(x − y)²",
    "cityblock": "block distance, Σ|x − y|",
    "bray_curtis": "Bray–Curtis dissimilarity, Σ|x − y| / Σ(x + y)",
    "hellinger": "Hellinger distance between shares, √(½ Σ(√p − √q)²)",
}
MEASURES = {**_SETS, **_ALIKE, **_APART}
_SOURCES = {
    "jaccard": ("jaccard1912",),
    "kuckartz_radiker": ("kuckartz2019",),
    "bray_curtis": ("braycurtis1957",),
}


@attrs.frozen(eq=False, repr=False)
class Similarity(TableResult):
    """How alike, or how far apart, every two rows are; see `similarity`.

    Attributes
    ----------
    measure : str
        Its name.
    is_distance : bool
        Whether 0 means the same; else 1 does.
    matrix : pandas.DataFrame
        Rows × rows; NaN where the measure is undefined.
    compared : str
        What was compared, in words.
    note : str
        What a reader must know; empty where there is nothing.
    """

    measure: Measure
    is_distance: bool
    matrix: pd.DataFrame
    compared: str
    note: str

    def to_frame(self) -> pd.DataFrame:
        """One row per pair, the most alike first: index ``a, b``; column ``similarity`` or ``distance``."""
        first, second = np.triu_indices(len(self.matrix), 1)
        names = self.matrix.index
        column = "distance" if self.is_distance else "similarity"
        table = pd.DataFrame(
            {"a": names[first], "b": names[second], column: self.matrix.to_numpy()[first, second]}
        ).sort_values(column, ascending=self.is_distance, kind="stable")
        return table.set_index(["a", "b"]).rename_axis(columns="column")

    @property
    def distances(self) -> pd.DataFrame:
        """Rows × rows: the distance, or 1 less the similarity."""
        return self.matrix if self.is_distance else 1 - self.matrix

    def cluster(self, *, linkage: Linkage = "average") -> Clustering:
        """Join rows step by step, the nearest first; its `plot` draws the tree.

        Parameters
        ----------
        linkage : {"average", "single", "complete", "ward"}
            How far apart two groups are: on average, at their nearest, at their farthest, or by the growth of the
            squared distances within, which needs a Euclidean or Hellinger distance.
        """
        return cluster(self.distances, linkage=linkage, measure=self.measure, told=MEASURES[self.measure])

    def methods_text(self) -> str:
        """A sentence for a methods section."""
        kind = "Distances" if self.is_distance else "Similarities"
        told = f"{kind} between {len(self.matrix)} {self.compared} were measured: {MEASURES[self.measure]}."
        return told + (f" {self.note}" if self.note else "")

    def cite(self) -> tuple[str, ...]:
        """The references behind the measure."""
        rarefied = ("hurlbert1971",) if "rarefy" in self.note else ()
        return references.cite((*_SOURCES.get(self.measure, ()), *rarefied, "legendre2012"))

    def plot(self, ax: Axes | None = None) -> Axes:
        """A heat map of the matrix."""
        from expertsys.plot import similarity

        return similarity(self, ax=ax)

    _decimals = 3

    def _title(self) -> str:
        kind = "Distance" if self.is_distance else "Similarity"
        told = f"{kind} between {self.compared}: {MEASURES[self.measure]}"
        return told + (f"\n{self.note}" if self.note else "")


def similarity(
    data: Study | Any,
    *,
    measure: Measure,
    by: str | Sequence[str] = "case",
    of: Of = "codes",
    counting: Counting = "units",
    show: Show = "share",
    coders: Coders | None = None,
    subcodes: Subcodes = "include",
    rarefy: bool = True,
) -> Similarity:
    """Measure how alike cases, documents or other groups are.

    Parameters
    ----------
    data : Study, dataframe or CaseMatrix
        A study, any table of cases × conditions, or a case matrix made before.
    measure : str
        On which codes there are: ``"jaccard"``, ``"simple_matching"``, ``"russell_rao"``, ``"kuckartz_radiker"``. On
        profiles, as similarity: ``"cosine"``, ``"correlation"``; as distance: ``"euclidean"``, ``"cityblock"``,
        ``"bray_curtis"``, ``"hellinger"``. There is no default: they answer different questions.
    by, of, counting, show, coders, subcodes
        The case matrix that is compared, as in `case_matrix`; by default the share of the units that were read. The
        measures of sets take presence whatever is shown.
    rarefy : bool
        For the measures of sets, of a study: whether presence is what is to be expected in as many units as the smaller
        of the two rows has (Hurlbert 1971), for the more units were read, the more codes occur once. Exact where both
        have equally many.

    Returns
    -------
    Similarity
        A row without any code has no profile: its cosine, correlation, Bray–Curtis with another such row, Hellinger
        distance, and Jaccard index with another such row are NaN.

    Raises
    ------
    DataError
        For fewer than two rows, no columns, or what `case_matrix` refuses.

    Notes
    -----
    Jaccard ignores codes that neither has; simple matching takes them for likeness, so that two nearly empty cases are
    alike. The set measures and the Euclidean and block distances are MAXQDA's, which standardises each code first.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"a": [1, 1, 0], "b": [1, 0, 0], "c": [0, 1, 1]}, index=["x", "y", "z"])
    >>> similarity(table, measure="jaccard").to_frame()["similarity"].round(2).to_dict()
    {('y', 'z'): 0.5, ('x', 'y'): 0.33, ('x', 'z'): 0.0}
    """
    check_choice("measure", measure, tuple(MEASURES))
    sizes: Floats | None = None
    if isinstance(data, CaseMatrix):
        made = data
    else:
        options: dict[str, Any] = {"by": by, "of": of, "counting": counting, "coders": coders, "subcodes": subcodes}
        frame_given = not hasattr(data, "codings")
        rarefied = measure in _SETS and rarefy and counting in ("units", "documents") and not frame_given
        shown: Show = "count" if rarefied or frame_given else "presence" if measure in _SETS else show
        made = case_matrix(data, show=shown, **options)
        if rarefied:
            sizes = made.totals.to_numpy(dtype=np.float64)
    table = made.to_frame()
    if len(table) < 2 or not len(table.columns):
        raise DataError(
            f"{len(table)} rows by {len(table.columns)} columns leave nothing to compare",
            place="similarity",
            remedy="Compare at least two cases that have a code; by='document' compares documents.",
        )
    cells = table.to_numpy(dtype=np.float64)
    unknown = np.isnan(cells).any(axis=1)
    if measure in ("hellinger", "bray_curtis") and (cells < 0).any():
        raise DataError(f"{measure!r} compares amounts, and some cells are below 0", place="similarity")
    uneven = sizes is not None and np.ptp(sizes) > 0
    if measure not in _SETS:
        found = _profiles(cells, measure)
    elif uneven and sizes is not None:
        found = _rarefied(cells, sizes, measure)
    else:
        found = _sets(cells > 0, measure)
    found[unknown, :] = found[:, unknown] = np.nan
    names = [" · ".join(map(str, one)) if isinstance(one, tuple) else str(one) for one in table.index]
    index = pd.Index(names, name=" · ".join(made.by))
    matrix = pd.DataFrame(found, index=index, columns=index.rename("with"))
    given = made.counting == "given"
    empty = ~cells.any(axis=1) | (unknown & (not given))  # a share of nothing that was read is unknown too
    note = f"Without any code: {listing(np.array(names)[empty])}." if empty.any() else ""
    if given and unknown.any():
        note += f"{' ' * bool(note)}Unknown in part, and so not compared: {listing(np.array(names)[unknown])}."
    if measure in _SETS and uneven and sizes is not None:
        note += (
            f"{' ' * bool(note)}Rows have {sizes.min():.0f} to {sizes.max():.0f} {made.counting}: presence is that to "
            "be expected in as many as the smaller of each two has (rarefy=False takes it as it is)."
        )
    elif measure in _SETS and made.totals.notna().all() and made.counting == "units" and np.ptp(made.totals) > 0:
        note += (
            f"{' ' * bool(note)}Rows have {made.totals.min():,} to {made.totals.max():,} units, and the more units, "
            "the more codes are present: rows of different size look less alike than they are."
        )
    rows = "cases" if made.by == ("case",) else f"groups by {' × '.join(made.by)}"
    what = f"the presence of {len(table.columns)} {made.of}" if measure in _SETS else made.counted()
    return Similarity(
        measure, measure in _APART, matrix, f"{rows} by {what}", " ".join(filter(None, (made.note, note)))
    )


def _sets(has: npt.NDArray[np.bool_], measure: str) -> Floats:
    present = has.astype(np.float64)
    return _index(present @ present.T, (1 - present) @ (1 - present).T, has.shape[1], measure)


def _rarefied(counts: Floats, sizes: Floats, measure: str) -> Floats:
    """The same of the presence to be expected in as many units as the smaller of two rows has (Hurlbert 1971, eq. 14).

    A code on m of N units is absent from n of them, drawn at random, with the probability C(N − m, n) / C(N, n).
    """
    from scipy.special import gammaln

    both, neither = np.zeros((len(sizes),) * 2), np.zeros((len(sizes),) * 2)
    rest = sizes[:, None] - counts
    for smaller in np.unique(sizes):
        with np.errstate(invalid="ignore"):
            left = np.maximum(rest - smaller, 0)
            log = gammaln(rest + 1) - gammaln(left + 1) + gammaln(np.maximum(sizes - smaller, 0) + 1)[:, None]
            absent = np.where(rest >= smaller, np.exp(np.minimum(0, log - gammaln(sizes + 1)[:, None])), 0.0)
        use = np.minimum(sizes[:, None], sizes[None, :]) == smaller
        both[use] = ((1 - absent) @ (1 - absent).T)[use]
        neither[use] = (absent @ absent.T)[use]
    return _index(both, neither, counts.shape[1], measure)


def _index(a: Floats, d: Floats, n: int, measure: str) -> Floats:
    """From codes of both and of neither, of n codes."""
    top, bottom = {
        "jaccard": (a, n - d),
        "simple_matching": (a + d, np.full_like(a, n)),
        "russell_rao": (a, np.full_like(a, n)),
        "kuckartz_radiker": (2 * a + d, a + n),
    }[measure]
    return np.asarray(np.divide(top, bottom, out=np.full_like(a, np.nan), where=bottom > 1e-12))


def _profiles(cells: Floats, measure: str) -> Floats:
    from scipy.spatial.distance import pdist, squareform

    with np.errstate(invalid="ignore", divide="ignore"):
        if measure == "hellinger":
            cells = np.sqrt(cells / cells.sum(axis=1, keepdims=True))
        name = {"bray_curtis": "braycurtis", "hellinger": "euclidean"}.get(measure, measure)
        distances: Any = pdist  # its stubs know no variable name of a metric
        apart = np.asarray(squareform(distances(cells, name)), dtype=np.float64)
        if measure in ("cosine", "correlation"):
            alike = 1 - apart
            centred = cells - cells.mean(axis=1, keepdims=True) if measure == "correlation" else cells
            flat = ~(np.abs(centred).max(axis=1) > 1e-12)
            alike[flat, :] = alike[:, flat] = np.nan
            return np.asarray(alike)
    apart = np.asarray(apart / np.sqrt(2)) if measure == "hellinger" else apart
    none = np.isnan(cells).any(axis=1)
    np.fill_diagonal(apart, np.where(none, np.nan, 0.0))
    return np.asarray(apart)
