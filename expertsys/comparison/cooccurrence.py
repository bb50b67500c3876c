"""Codes that occur together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np
import pandas as pd

from expertsys._core import references
from expertsys._core.results import TableResult

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from expertsys.study import Study


@attrs.frozen(eq=False, repr=False)
class Cooccurrence(TableResult):
    """How often two codes stand on the same unit, by the same coder.

    Attributes
    ----------
    counts : pandas.DataFrame
        Codes × codes: units to which at least one coder applied both; on the diagonal, units with the code.
    n_units : int
        Units that anyone read.
    """

    counts: pd.DataFrame
    n_units: int

    @property
    def jaccard(self) -> pd.DataFrame:
        """Codes × codes: units with both as a share of units with either, n12 / (n1 + n2 − n12); NaN where none has."""
        both = self.counts.to_numpy(dtype=np.float64)
        own = np.diagonal(both)
        either = own[:, None] + own[None, :] - both
        share = np.divide(both, either, out=np.full_like(both, np.nan), where=either > 0)
        return pd.DataFrame(share, index=self.counts.index, columns=self.counts.columns)

    def to_frame(self) -> pd.DataFrame:
        """One row per pair of codes that occur together, the most frequent first.

        Index ``code_a, code_b``; columns ``both, only_a, only_b`` (units) and ``jaccard``.
        """
        both = self.counts.to_numpy()
        own, names = np.diagonal(both), self.counts.index
        first, second = np.nonzero(np.triu(both, 1))
        together = both[first, second]
        table = pd.DataFrame(
            {
                "code_a": names[first],
                "code_b": names[second],
                "both": together,
                "only_a": own[first] - together,
                "only_b": own[second] - together,
                "jaccard": together / (own[first] + own[second] - together),
            }
        )
        table = table.sort_values(["both", "jaccard"], ascending=False, kind="stable")
        return table.set_index(["code_a", "code_b"]).rename_axis(columns="column")

    def methods_text(self) -> str:
        """A sentence for a methods section."""
        return (
            f"Two codes were taken to occur together where one coder applied both to the same unit; each of "
            f"{self.n_units:,} units counts once. Strength is the Jaccard index, the share of units with either code "
            "that have both."
        )

    def cite(self) -> tuple[str, ...]:
        """The references behind the index."""
        return references.cite(("jaccard1912",))

    def plot(self, ax: Axes | None = None) -> Axes:
        """A heat map of the Jaccard index."""
        from expertsys.plot import cooccurrence

        return cooccurrence(self, ax=ax)

    def _title(self) -> str:
        return f"Codes that occur together, in {self.n_units:,} units (a unit counts once; by the same coder)"


def cooccurrence(study: Study) -> Cooccurrence:
    """Count on how many units two codes occur together.

    Parameters
    ----------
    study : Study
        With units and one round of coding. A unit counts where one coder applied both codes to it, and once however
        many coders did.

    Returns
    -------
    Cooccurrence
        Over all codes that were applied, in the codebook's order.

    Raises
    ------
    DataError
        For a study of spans without units, or with several rounds.

    Notes
    -----
    The Jaccard index is ATLAS.ti's c-coefficient. Codes of a pair may belong together because one is the other's
    sub-code: the table does not know.

    Examples
    --------
    >>> import pandas as pd
    >>> from expertsys.study import Study
    >>> codings = pd.DataFrame(
    ...     {"unit": ["u1", "u1", "u2"], "coder": ["ann", "ann", "ann"], "code": ["policy", "workload", "policy"]}
    ... )
    >>> cooccurrence(Study(codings)).to_frame()
    column           both  only_a  only_b  jaccard
    code_a code_b
    policy workload     1       1       0      0.5

    The codes share one of the two units that have either.
    """
    study.require_units("co-occurrence")
    study.require_one_round("co-occurrence")
    applied = set(study.codings["code"])
    codes = pd.Index([name for name in study.codes if name in applied], name="code")
    rows = study.codings[["unit", "coder", "code"]].drop_duplicates()
    pairs = rows.merge(rows, on=["unit", "coder"], suffixes=("_a", "_b"))
    pairs = pairs.drop_duplicates(["unit", "code_a", "code_b"])
    counts = pd.crosstab(pairs["code_a"], pairs["code_b"]).reindex(index=codes, columns=codes, fill_value=0)
    return Cooccurrence(counts.rename_axis(index="code", columns="code"), study.seen["unit"].nunique())
