"""Which pairs of codes are confused: one coder says this, another that."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING

import attrs
import numpy as np
import pandas as pd
from scipy import sparse

from expertsys._core import references
from expertsys._core.errors import DataError
from expertsys._core.results import TableResult, number
from expertsys.agreement.diagnosis import choice
from expertsys.agreement.ratings import Ratings
from expertsys.agreement.ratings.profiles import Floats, Ints, ValueProfiles

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from expertsys.study import Study

#: The row and column of readings in which nothing was applied.
NOTHING = "(no code)"


@attrs.frozen(eq=False, repr=False)
class Confusion(TableResult):
    """Pairs of codes that stand against each other on the same unit.

    Attributes
    ----------
    disagreements : float
        Weight of all pairs in `matrix` off the diagonal, each pair of codes once.
    chance : float
        What it would be if readings were paired at random.
    n_units, n_coders : int
        Units seen by at least two coders, and these.
    note : str
        How it is assumed who read what; empty where nothing is.
    """

    disagreements: float
    chance: float
    n_units: int
    n_coders: int
    _matrix: pd.DataFrame
    _pairs: pd.DataFrame
    note: str = ""

    @property
    def matrix(self) -> pd.DataFrame:
        """Code × code, symmetric: the observed coincidences; agreement on a code in the diagonal."""
        return self._matrix.copy()

    def to_frame(self) -> pd.DataFrame:
        """One row per pair of codes, the largest excess first; index ``code_a, code_b``, columns see `confusion`."""
        return self._pairs.copy()

    def plot(self, ax: Axes | None = None) -> Axes:
        """The matrix as a picture."""
        from expertsys import plot

        return plot.confusion(self, ax=ax)

    def methods_text(self) -> str:
        """A paragraph for a methods section, with the figures."""
        told = (
            f"Over {self.n_units:,} units seen by at least two of {self.n_coders:,} coders, pairs of readings on which "
            "one coder used a code that the other did not, and the other a code that the first did not, were counted "
            "by pair of codes and compared with their number if the same disagreements fell on codes as their use "
            "alone would have it."
        )
        if not len(self._pairs):
            return f"{told} There was none."
        (first, second), top = self._pairs.index[0], self._pairs.iloc[0]
        return (
            f"{told} The largest excess was between {first} and {second}: {number(float(top['observed']), 1)} where "
            f"{number(float(top['expected']), 1)} were expected, on {int(top['n_units']):,} units."
        )

    def cite(self) -> tuple[str, ...]:
        """The references behind the coincidence matrix."""
        return references.cite(("krippendorff2019",))

    def _title(self) -> str:
        title = f"{len(self._pairs)} pairs of codes that coders confuse, over {self.n_units:,} units"
        return f"{title}\n{self.note}" if self.note else title


def confusion(data: Study | Ratings) -> Confusion:
    """Which pairs of codes coders confuse: how often one used this and the other that, against what chance gives.

    Parameters
    ----------
    data : Study or Ratings
        A study with units and one round of coding, compared by sets of codes; or ratings, of single categories or of
        sets. A missing rating is left out; a reading in which nothing was applied counts as ``(no code)``.

    Returns
    -------
    Confusion
        `matrix` is code × code; `to_frame()` has a row for each pair of codes that stood against each other, with
        ``observed``, the pairs of readings in which they did; ``expected``, how many of the disagreements that there
        are would fall on this pair by the use of the codes alone; ``excess`` and ``ratio``, observed less and over
        expected; ``chance``, the number if readings were paired at random; ``n_units`` on which it happened; ``uses_a``
        and ``uses_b``, readings with one and without the other. Ranked by excess.

    Raises
    ------
    DataError
        Where no unit was seen by two coders.

    Notes
    -----
    Two codes a and b are confused in a pair of readings of one unit where a is in the first and not in the second, and
    b in the second and not in the first. A unit seen by m coders weighs 1 / (m − 1) for each pair of readings, as in
    Krippendorff's coincidence matrix (2019, ch. 12), which `matrix` is where each reading has one category: observed
    o(a, b), chance n(a) n(b) / (n − 1). With sets, n(a) counts the readings with a and without b. Where agreement is
    good, every pair of codes stands below chance; ``expected`` is therefore chance, times all disagreements observed
    over all expected by chance.

    Examples
    --------
    >>> ratings = Ratings.from_array([list("aabbccc"), list("abbaccc")], coders="rows")
    >>> found = confusion(ratings)
    >>> found.to_frame()[["observed", "n_units"]]
    column         observed  n_units
    code_a code_b
    a      b            2.0        2

    The coders take a for b, or b for a, on two units, and confuse neither with c.
    """
    ratings = choice.ratings_of(data, code=None, cluster=None, purpose="confusion")
    profiles = ratings.values.pairable  # noqa: PD011  # no dataframe
    if not len(profiles.counts):
        raise DataError(
            "no unit was seen by two coders",
            place="confusion",
            remedy="Read all coders' files together, and say who saw what: es.read(..., seen=...).",
        )
    codes, holds = incidence(ratings)
    observed, units = _coincidences(profiles, holds)
    chance, uses = _at_random(profiles, holds)
    first, second = np.triu_indices(len(codes), 1)
    total, by_chance = float(observed[first, second].sum()), float(chance[first, second].sum())
    expected = chance[first, second] * (total / by_chance if by_chance else 0.0)
    columns = {
        "observed": observed[first, second],
        "expected": expected,
        "excess": observed[first, second] - expected,
        "ratio": np.divide(observed[first, second], expected, out=np.full(len(first), np.nan), where=expected > 0),
        "chance": chance[first, second],
        "n_units": units[first, second],
        "uses_a": uses[first, second],
        "uses_b": uses[second, first],
    }
    names = pd.Index(codes, dtype=object)
    index = pd.MultiIndex.from_arrays([names[first], names[second]], names=["code_a", "code_b"])
    pairs = pd.DataFrame(columns, index=index).rename_axis(columns="column")
    pairs = pairs[pairs["observed"] > 0].sort_values(["excess", "observed"], ascending=False, kind="stable")
    matrix = pd.DataFrame(observed, index=names.rename("code"), columns=names.rename("against"))
    return Confusion(total, by_chance, ratings.n_pairable, ratings.n_coders, matrix, pairs, ratings.note)


def incidence(ratings: Ratings) -> tuple[list[Hashable], sparse.csr_array]:
    """The codes, and which of them each category holds, shape (V, C)."""
    values = ratings.categories
    if not any(isinstance(value, frozenset) for value in values):
        return list(values), sparse.csr_array(np.eye(len(values)))
    held = [value if isinstance(value, frozenset) and value else frozenset({NOTHING}) for value in values]
    codes = sorted({code for value in held for code in value}, key=lambda code: (code == NOTHING, str(code)))
    place = {code: number for number, code in enumerate(codes)}
    cells = np.array([(row, place[code]) for row, value in enumerate(held) for code in value])
    return codes, sparse.csr_array((np.ones(len(cells)), (cells[:, 0], cells[:, 1])), shape=(len(values), len(codes)))


def _coincidences(profiles: ValueProfiles, holds: sparse.csr_array) -> tuple[Floats, Ints]:
    """Weighted pairs of readings by pair of codes, and the units on which there is any; both of shape (C, C)."""
    size, n_codes = int(holds.shape[0]), int(holds.shape[1])
    weight, units = np.zeros(n_codes**2), np.zeros(n_codes**2)
    per_pair = profiles.counts / (profiles.sizes - 1)
    for profile, first, second, product in profiles.pairs():
        apart = np.flatnonzero(first < second)
        pair, place = np.unique(first[apart] * size + second[apart], return_inverse=True)
        owner, crossed = _crossed(holds[pair // size], holds[pair % size])
        shape = (len(pair), n_codes**2)
        events = sparse.csr_array((np.ones(len(owner)), (owner, crossed)), shape=shape)
        times = np.bincount(place, weights=(product * per_pair[profile])[apart], minlength=len(pair))
        weight += np.asarray(times @ events)
        seen = sparse.csr_array((np.ones(len(apart)), (profile[apart], place)), shape=(len(profiles.counts), len(pair)))
        units += np.asarray(profiles.counts @ ((seen @ events) > 0))
    square = weight.reshape(n_codes, n_codes)
    with_code = (profiles.table @ holds).toarray()
    agreed = (profiles.counts / (profiles.sizes - 1)) @ (with_code * (with_code - 1))
    square[np.diag_indices(n_codes)] = agreed
    return square, units.reshape(n_codes, n_codes).astype(np.int64)


def _crossed(one: sparse.csr_array, other: sparse.csr_array) -> tuple[Ints, Ints]:
    """For each row, every code of the first alone with every code of the second alone, both ways, as a · C + b."""
    shared = one.multiply(other)
    only, instead = sparse.csr_array(one - shared).tocoo(), sparse.csr_array(other - shared)
    only.eliminate_zeros()
    instead.eliminate_zeros()
    widths = np.diff(instead.indptr)[only.row]
    owner, first = np.repeat(only.row, widths), np.repeat(only.col, widths).astype(np.int64)
    within = np.arange(len(owner)) - np.repeat(np.cumsum(widths) - widths, widths)
    second = instead.indices[np.repeat(instead.indptr[:-1][only.row], widths) + within].astype(np.int64)
    n_codes = int(one.shape[1])
    return np.concatenate([owner, owner]), np.concatenate([first * n_codes + second, second * n_codes + first])


def _at_random(profiles: ValueProfiles, holds: sparse.csr_array) -> tuple[Floats, Ints]:
    """Pairs by pair of codes if readings were paired at random, and readings with one code and without the other."""
    totals = profiles.totals(profiles.counts[None, :].astype(np.float64))[0]
    both = (holds.T @ holds.multiply(totals[:, None])).toarray()
    without = np.diagonal(both)[:, None] - both
    return without * without.T / (totals.sum() - 1), without.round().astype(np.int64)
