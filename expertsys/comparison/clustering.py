"""Cases joined into groups, the nearest first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import attrs
import numpy as np
import numpy.typing as npt
import pandas as pd

from expertsys._core import references
from expertsys._core.errors import DataError, check_choice, listing
from expertsys._core.results import TableResult, number

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Linkage = Literal["average", "single", "complete", "ward"]
_LINKAGE = {
    "average": "the average distance between their members",
    "single": "the distance between their nearest members",
    "complete": "the distance between their farthest members",
    "ward": "the growth of squared distances within",
}


@attrs.frozen(eq=False, repr=False)
class Clustering(TableResult):
    """A tree of cases; made by `Similarity.cluster`.

    Attributes
    ----------
    linkage : str
        How far apart two groups are.
    measure : str
        The measure that the distances come from.
    names : tuple of str
        The cases, as they were given.
    order : tuple of str
        The cases in the order of the tree's leaves.
    cophenetic : float
        Correlation of the heights at which two cases meet with their distances: how much the tree distorts.
    note : str
        What a reader must know; empty where there is nothing.
    """

    linkage: Linkage
    measure: str
    names: tuple[str, ...]
    order: tuple[str, ...]
    cophenetic: float
    note: str
    _tree: npt.NDArray[np.float64]
    _told: str

    def to_frame(self) -> pd.DataFrame:
        """One row per step: ``left`` and ``right``, what is joined; ``height``, how far apart; ``n``, cases joined."""
        members = dict(enumerate(self.names))
        rows = []
        for step, (left, right, height, size) in enumerate(self._tree):
            rows.append((members[int(left)], members[int(right)], height, int(size)))
            members[len(self.names) + step] = f"group {step + 1}"
        table = pd.DataFrame(rows, columns=["left", "right", "height", "n"])
        return table.set_axis(pd.RangeIndex(1, len(rows) + 1, name="group"), axis=0).rename_axis(columns="column")

    def groups(self, n: int) -> pd.Series[int]:
        """Which of `n` groups each case is in when the tree is cut: index the cases, numbers from 1 in leaf order."""
        from scipy.cluster.hierarchy import cut_tree

        if isinstance(n, bool) or not isinstance(n, int) or not 1 <= n <= len(self.names):
            raise DataError(f"n must be a whole number from 1 to {len(self.names)}, not {n!r}", place="groups")
        cut = dict(zip(self.names, cut_tree(self._tree, n_clusters=[n])[:, 0], strict=True))
        numbers = {old: new for new, old in enumerate(dict.fromkeys(cut[name] for name in self.order), start=1)}
        index = pd.Index(self.order, name="case")
        return pd.Series([numbers[cut[name]] for name in self.order], index=index, name="group")

    def methods_text(self) -> str:
        """A sentence for a methods section."""
        apart = _LINKAGE[self.linkage]
        return (
            f"{len(self.names)} cases were joined step by step, two groups being as far apart as {apart} "
            f"({self.linkage} linkage of distances: {self._told}). The tree keeps the distances with a cophenetic "
            f"correlation of {number(self.cophenetic, 2)}." + (f" {self.note}" if self.note else "")
        )

    def cite(self) -> tuple[str, ...]:
        """The reference behind the method."""
        return references.cite(("legendre2012",))

    def plot(self, ax: Axes | None = None) -> Axes:
        """The tree."""
        from expertsys.plot import dendrogram

        return dendrogram(self, ax=ax)

    @property
    def tree(self) -> npt.NDArray[np.float64]:
        """The joins as `scipy.cluster.hierarchy` has them: shape (n − 1, 4)."""
        return self._tree.copy()

    _decimals = 3

    def _title(self) -> str:
        how = f"{self.linkage} linkage of {self.measure}"
        told = f"{len(self.names)} rows joined by {how}; cophenetic correlation {number(self.cophenetic, 2)}"
        return told + (f"\n{self.note}" if self.note else "")


def cluster(distances: pd.DataFrame, *, linkage: Linkage, measure: str, told: str) -> Clustering:
    """Join the rows of a matrix of distances."""
    from scipy.cluster.hierarchy import cophenet, leaves_list
    from scipy.cluster.hierarchy import linkage as join
    from scipy.spatial.distance import squareform

    check_choice("linkage", linkage, tuple(_LINKAGE))
    if linkage == "ward" and measure not in ("euclidean", "hellinger"):
        raise DataError(
            f"Ward's method adds up squared Euclidean distances, and {measure!r} is none",
            place="linkage",
            remedy="Use measure='euclidean' or 'hellinger', or linkage='average'.",
        )
    undefined = distances.index[distances.isna().any(axis=1)]
    if len(undefined):
        raise DataError(
            f"distances are undefined for {listing(undefined)}",
            place="cluster",
            remedy="Leave out what has no code at all, or use a measure that is defined there.",
        )
    flat = squareform(distances.to_numpy(), checks=False)
    tree = join(flat, linkage, optimal_ordering=True)
    names = tuple(map(str, distances.index))
    varied = len(flat) > 1 and np.ptp(flat) > 0
    correlation = float(cophenet(tree, flat)[0]) if varied else float("nan")
    tied = len(flat) - len(np.unique(flat.round(12)))
    note = f"{tied} of {len(flat)} distances tie with another: the tree need not be the only one." if tied else ""
    order = tuple(names[place] for place in leaves_list(tree))
    return Clustering(linkage, measure, names, order, correlation, note, np.asarray(tree), told)
