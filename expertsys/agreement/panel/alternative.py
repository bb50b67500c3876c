"""The alternative annotator test: may a machine stand in for a member of the panel."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import attrs
import numpy as np
import pandas as pd
from scipy import sparse

from expertsys._core import references
from expertsys._core.errors import DataError, check_between, check_choice, check_positive, listing
from expertsys._core.results import Interval, TableResult, number
from expertsys.agreement.diagnosis import choice
from expertsys.agreement.inference import intervals
from expertsys.agreement.inference.methods import Bootstrap, Method
from expertsys.agreement.inference.sampling import Sampling
from expertsys.agreement.panel import crowd
from expertsys.agreement.panel import runs as choosing
from expertsys.agreement.panel.gaps import Gap
from expertsys.agreement.ratings import Ratings
from expertsys.agreement.ratings.profiles import Floats, Ints, places

if TYPE_CHECKING:
    from expertsys.study import Study

Alignment: TypeAlias = Literal["accuracy", "rmse", "jaccard", "masi"] | Callable[[Any, Any], float]
NAMES = ("accuracy", "rmse", "jaccard", "masi")
WORDS = {
    "accuracy": "accuracy",
    "rmse": "negative root mean squared difference",
    "jaccard": "Jaccard similarity of sets",
    "masi": "MASI similarity of sets",
}
COLUMNS = (
    "n_units",
    "advantage",
    "human_advantage",
    "difference",
    "t",
    "p_value",
    "adjusted_p",
    "wins",
    "note",
)

#: With fewer units the mean of the differences is far from normal (Calderon et al. 2025, sec. 3).
FEW = 30
#: The share of wins from which on the test is passed.
PASS = 0.5
#: Differences of alignment below this are rounding.
ROUNDING = 1e-12


@attrs.frozen(eq=False, repr=False)
class AlternativeAnnotatorTest(TableResult):
    """Against how many humans a machine holds its own as a stand-in.

    Attributes
    ----------
    coder : str
        The machine.
    epsilon : float
        The advantage that it was given for being cheaper.
    alignment : str
        How closeness of a rating to those of the other humans was measured.
    significance : float
        Share of false wins that is tolerated (false discovery rate, Benjamini–Yekutieli).
    winning_rate : float
        Share of the humans against whom it wins.
    advantage : float
        Average advantage probability: how often, on average over the humans, it is at least as close to the others as
        the human left out.
    n_humans, n_units : int
        Humans tested; units that the machine and two humans rated.
    note : str
        What a reader must know; empty where there is nothing.
    """

    coder: str
    epsilon: float
    alignment: str
    significance: float
    winning_rate: float
    advantage: float
    n_humans: int
    n_units: int
    note: str
    _table: pd.DataFrame
    _wins: Floats
    _counts: Ints
    _sampling: Sampling

    @property
    def passed(self) -> bool:
        """Whether the winning rate is at least one half."""
        return self.winning_rate >= PASS

    def to_frame(self) -> pd.DataFrame:
        """A row per human, index ``coder``.

        Columns: ``n_units`` that both and another human rated; ``advantage`` and ``human_advantage``, how often the
        machine and the human were at least as close to the others; ``difference``, the first less the second; ``t``,
        ``p_value`` of the one-sided test that it lies above −ε; ``adjusted_p`` (Benjamini–Yekutieli); ``wins``;
        ``note``.
        """
        return self._table.copy()

    def interval(self, confidence: float = 0.95, method: Method | None = None) -> Interval:
        """An interval for the average advantage probability.

        By default the jackknife over clusters where units have them, else the percentile bootstrap over units.
        """
        check_between("confidence", confidence, 0, 1)
        asked = choice.resampling(method, "alternative_annotator_test")
        over, boot = self._sampling, asked or Bootstrap()
        jackknife = asked is None and over.table is not None
        size = len(self._table)
        if jackknife:
            over = over.grouped
            drawing, words = over.left_out(width=2 * size), f"jackknife standard error over {over.what}"
        else:
            drawing = over.drawn(boot.replicates, boot.rng, width=2 * size)
            words = f"bootstrap over {over.what}, {boot.replicates:,} replicates"
        drawn = []
        for weights in drawing:
            sums = weights @ self._wins
            with np.errstate(invalid="ignore", divide="ignore"):
                share = sums[:, :size] / sums[:, size:]
            known = ~np.isnan(share)
            drawn.append(np.where(known, share, 0).sum(axis=1) / np.maximum(known.sum(axis=1), 1))
        counts = over.counts.astype(np.float64)
        resamples = intervals.Resamples(jackknife, counts, None if over.table is None else over.n, words)
        return resamples.interval(np.concatenate(drawn), self.advantage, confidence)

    def reading(self) -> str:
        """What the test shows and what it does not, in plain words."""
        wins = int(self._table["wins"].sum())
        found = (
            f"{self.coder} wins against {wins} of {self.n_humans} humans: given an advantage of {self.epsilon:g} for "
            "being cheaper, it is as close to the remaining humans as the one left out. "
        )
        verdict = (
            "The authors of the test take half of them as enough to let it stand in."
            if self.passed
            else "That is less than half, which the authors of the test take as not enough to let it stand in. With "
            "few units there are few wins too: failing is no proof that it is worse."
        )
        return (
            f"{found}{verdict} The result hangs on ε, which no datum gives: say why you chose it, before you see the "
            "result. The humans are the measure: the test cannot show that the machine is right where they are wrong, "
            "and it passes easily where they agree little. It speaks of the average unit, so it is silent on rare "
            "codes and on kinds of material that the machine reads badly. Read it beside the agreement of the humans "
            "with each other."
        )

    def methods_text(self) -> str:
        """A paragraph for a methods section, with the figures."""
        span = self.interval()
        wins = int(self._table["wins"].sum())
        return (
            f"Whether {self.coder} can stand in for a human coder was tested with the alternative annotator test "
            f"(ε = {self.epsilon:g}; alignment: {self.alignment}; one-sided paired t-tests for each of {self.n_humans} "
            f"humans left out, false discovery rate {self.significance:g} by Benjamini–Yekutieli) on {self.n_units:,} "
            f"units: winning rate {number(self.winning_rate, 2)} ({wins} of {self.n_humans}), average advantage "
            f"probability {number(self.advantage, 2)} (95% interval {number(span.low, 2)} to {number(span.high, 2)}, "
            f"{span.method})."
        )

    def cite(self) -> tuple[str, ...]:
        """The references behind the test."""
        return references.cite(("calderon2025", "benjamini2001", "efron1993"))

    def _title(self) -> str:
        note = f"\n  note: {self.note}" if self.note else ""
        return (
            f"Alternative annotator test of {self.coder} (ε = {self.epsilon:g}, {self.alignment}): winning rate "
            f"{number(self.winning_rate, 2)}, {'passed' if self.passed else 'not passed'}; average advantage "
            f"probability {number(self.advantage, 2)}{note}"
        )


def alternative_annotator_test(
    data: Study | Ratings,
    *,
    coder: str | None = None,
    runs: Sequence[str] | None = None,
    panel: Sequence[str] | None = None,
    epsilon: float,
    alignment: Alignment | None = None,
    significance: float = 0.05,
    least_units: int = 2,
    code: str | None = None,
    cluster: str | None = None,
) -> AlternativeAnnotatorTest:
    """The alternative annotator test: is a machine as close to the other humans as each human is whom it could replace.

    Each human is left out in turn. On every unit it is asked who is closer to what the remaining humans said: the
    machine or the human left out.

    Parameters
    ----------
    data : Study or Ratings
        A study with units and one round of coding, in which the machine is a coder like the others; or ratings of at
        most 64 coders. A unit counts for a human where the machine, the human and at least one other rated it.
    coder : str, optional
        The machine.
    runs : sequence of str, optional
        In place of `coder`, several runs of one machine: what is compared with a human is how often, on average over
        the runs, the machine is the closer one.
    panel : sequence of str, optional
        The humans; by default all other coders, without those that look like further runs of the same machine.
    epsilon : float
        How much less often than the human the machine may be the closer one and still win, because it is cheaper. It
        decides the result and has no default. The authors suggest 0.2 where the humans are experts, 0.15 for trained
        coders, 0.1 for a crowd, and less where they agree little.
    alignment : {"accuracy", "rmse", "jaccard", "masi"} or callable, optional
        Closeness of a rating to those of the remaining humans: the share who gave the same; the negative root mean
        squared difference, for scores; the mean similarity of sets; or the mean of a similarity of two values of one's
        own, larger for closer. By default Jaccard where values are sets of codes, else accuracy: scores must say
        "rmse".
    significance : float
        The false discovery rate.
    least_units : int
        Humans with fewer units are not tested, and the note says how many these are. The authors' program leaves out
        those with fewer than 30.
    code, cluster : str, optional
        For a study: this code applied or not in place of the sets of codes; what the tests and the interval go by, by
        default ``study.cluster_level()``.

    Returns
    -------
    AlternativeAnnotatorTest
        ``winning_rate``, ``passed``, ``advantage``, ``to_frame()``, ``interval()``, ``reading()``.

    Raises
    ------
    DataError
        For fewer than three humans, with whom there is no panel to be close to, and for an unknown coder.

    Notes
    -----
    With S(x, i) the closeness of a rating x of unit i to those of the humans but j, W_f = 1 where the machine's is at
    least the human's and W_h = 1 where the human's is at least the machine's, the test of human j is the one-sided
    paired t-test of H₀: ρ_f ≤ ρ_h − ε, with d_i = W_h − W_f and t = (mean d − ε) / (s / √n), n − 1 degrees of freedom
    (Calderon, Reichart & Dror 2025, sec. 3). Where units have clusters, s / √n is the jackknife's standard error over C
    clusters, and t has C − 1 degrees of freedom. Wins are the rejected hypotheses under the procedure of Benjamini and
    Yekutieli (2001). Where d does not vary, p is (1 − ε)ⁿ, the probability that a machine which is worse by ε shows no
    unit (or cluster) on which it is, or 1. With fewer than 30 units per human the note says so: the authors then prefer
    a rank test.

    References
    ----------
    Calderon N, Reichart R, Dror R. The alternative annotator test for LLM-as-a-judge: how to statistically justify
    replacing human annotators with LLMs. Proc ACL 2025:16051–16081. doi:10.18653/v1/2025.acl-long.782

    Benjamini Y, Yekutieli D. The control of the false discovery rate in multiple testing under dependency. Ann Stat
    2001;29(4):1165–1188. doi:10.1214/aos/1013699998

    Examples
    --------
    >>> from expertsys.agreement import Ratings
    >>> rows = ["aabbccabcabc" * 3, "aabbccabcaba" * 3, "aabbcbabcabc" * 3, "aabaccabcbcc" * 3]
    >>> ratings = Ratings.from_array([list(row) for row in rows], coders="rows", names=["ann", "ben", "cy", "model"])
    >>> found = alternative_annotator_test(ratings, coder="model", epsilon=0.2)
    >>> round(found.winning_rate, 2), found.passed, round(found.advantage, 2)
    (0.0, False, 0.75)

    The model is at least as close to two of the humans as the third on three units in four: not often enough to win.
    """
    check_between("significance", significance, 0, 1)
    if isinstance(epsilon, bool) or not 0 <= epsilon < 1:
        raise DataError(f"epsilon must be at least 0 and below 1, not {epsilon!r}", place="epsilon")
    check_positive("least_units", least_units)
    ratings = crowd.ratings_of(data, code=code, cluster=cluster, purpose="alternative_annotator_test")
    compared, members, guessed = choosing.chosen(ratings.coders, coder, runs, panel, "alternative_annotator_test")
    if len(members) < 3:
        raise DataError(
            f"the test takes three humans beside {listing(compared)}; there are {len(members)}: {listing(members)}",
            place="alternative_annotator_test",
            remedy="With two, against_panel still compares the coder with them.",
        )
    label = compared[0] if coder is not None else f"{choosing.stem(compared[0]) or 'model'} ({len(compared)} runs)"
    alignment = alignment or ("jaccard" if isinstance(next(iter(ratings.categories), None), frozenset) else "accuracy")
    profiles = ratings.require_coders("the test")
    humans, machines = ([ratings.coders.index(name) for name in names] for names in (members, compared))
    matrix = profiles.matrix[:, humans]
    kept = np.asarray((profiles.matrix[:, machines] >= 0).any(axis=1) & ((matrix >= 0).sum(axis=1) >= 2))
    matrix, machine, counts = matrix[kept], profiles.matrix[kept][:, machines].astype(np.int64), profiles.counts[kept]
    sampling = Sampling.of(counts, ratings.clusters, places(kept))
    closeness = _closeness(ratings, alignment, matrix)
    rows, wins, names = [], np.zeros((len(matrix), 2 * len(humans))), list(members)
    for column in range(len(humans)):
        seen = np.flatnonzero(matrix[:, column] >= 0)
        own = matrix[seen, column].astype(np.int64)
        ahead, behind = np.zeros(len(seen)), np.zeros(len(seen))
        for run in machine[seen].T:  # the mean over the runs that rated the unit
            rated = run >= 0
            gain = closeness(seen[rated], run[rated], own[rated]) - closeness(seen[rated], own[rated], own[rated])
            ahead[rated] += gain >= -ROUNDING
            behind[rated] += gain <= ROUNDING
        number_of = (machine[seen] >= 0).sum(axis=1)
        ahead, behind = ahead / number_of, behind / number_of
        wins[seen, column], wins[seen, len(humans) + column] = ahead, 1
        table_of = None if sampling.table is None else sampling.table[:, seen]
        rows.append(_tested(ahead, behind, counts[seen], epsilon, table_of))
    table = pd.DataFrame(rows, columns=["n_units", "advantage", "human_advantage", "t", "p_value"])
    table.index = pd.Index(names, name="coder")
    tested = (table["n_units"] >= max(least_units, 2)).to_numpy()
    table = _decided(table[tested], significance)
    left = int((~tested).sum())
    few = int((table["n_units"] < FEW).sum())
    notes = [
        ratings.note,
        guessed,
        f"{left} of {len(humans)} humans with fewer than {max(least_units, 2)} units are not tested" if left else "",
        f"{few} of {len(table)} humans with fewer than {FEW} units, too few for a t-test to be trusted" if few else "",
    ]
    if sampling.table is not None:
        notes.append(f"tests and intervals go by {sampling.n:,} {sampling.what}")
    undefined = not len(table)
    if undefined:
        notes.append("no human can be tested")
    wins = wins[:, np.flatnonzero(np.concatenate([tested, tested]))]
    return AlternativeAnnotatorTest(
        label,
        float(epsilon),
        WORDS[alignment] if isinstance(alignment, str) else "a similarity of one's own",
        significance,
        float("nan") if undefined else float(table["wins"].mean()),
        float("nan") if undefined else float(table["advantage"].mean()),
        len(table),
        int(counts.sum()),
        "; ".join(note for note in notes if note),
        table,
        wins,
        counts,
        sampling,
    )


def _closeness(ratings: Ratings, alignment: Alignment, matrix: Ints) -> Callable[[Ints, Ints, Ints], Floats]:
    """Closeness of a value to the ratings of a row but one: rows, values, the values left out, to numbers."""
    size = len(ratings.categories)
    row, column = np.nonzero(matrix >= 0)
    given = matrix[row, column]
    others = (matrix >= 0).sum(axis=1) - 1.0
    if isinstance(alignment, str):
        check_choice("alignment", alignment, NAMES)
    if alignment == "rmse":
        values = ratings.numbers("alignment='rmse'")
        values = values - values.mean()
        sums, squares = (np.bincount(row, weights=values[given] ** power, minlength=len(matrix)) for power in (1, 2))

        def rmse(rows: Ints, value: Ints, left: Ints) -> Floats:
            x, y, n = values[value], values[left], others[rows]
            mean, square = (sums[rows] - y) / n, (squares[rows] - y**2) / n
            return np.asarray(-np.sqrt(np.maximum(x**2 - 2 * x * mean + square, 0)))

        return rmse
    table = sparse.csr_array((np.ones(len(row)), (row, given)), shape=(len(matrix), size))
    similar = _similarity(ratings, alignment)
    if size * len(matrix) > crowd.MOST_CELLS:
        raise DataError(
            f"{len(matrix):,} kinds of unit × {size:,} values are too many",
            place="alternative_annotator_test",
            remedy="Choose one code at a time: code=...",
        )
    near: Floats = table.toarray() if similar is None else np.asarray(table @ similar.T)

    def mean(rows: Ints, value: Ints, left: Ints) -> Floats:
        own = (value == left).astype(np.float64) if similar is None else similar[value, left]
        return np.asarray((near[rows, value] - own) / others[rows])

    return mean


def _similarity(ratings: Ratings, alignment: Alignment) -> Floats | None:
    if alignment == "accuracy":
        return None
    if isinstance(alignment, str):
        table = Gap.of(ratings, alignment).table
        return None if table is None else 1 - table
    return np.array([[float(alignment(a, b)) for b in ratings.categories] for a in ratings.categories])


def _tested(
    ahead: Floats, behind: Floats, counts: Ints, epsilon: float, clusters: sparse.csr_array | None
) -> tuple[int, float, float, float, float]:
    """Units, both advantages, t and p of one human; `clusters` holds the units of each cluster by profile."""
    from scipy.stats import t as student

    n = int(counts.sum())
    if n < 2:
        return n, np.nan, np.nan, np.nan, np.nan
    difference = behind - ahead
    mean = float(counts @ difference) / n
    if clusters is None:
        draws, square = n, float(counts @ (difference - mean) ** 2) / (n - 1) / n
    else:
        sizes = np.asarray(clusters.sum(axis=1)).ravel()
        sums, sizes = np.asarray(clusters @ difference)[sizes > 0], sizes[sizes > 0]
        draws = len(sizes)
        if draws < 2:
            return n, float(counts @ ahead) / n, float(counts @ behind) / n, np.nan, np.nan
        left = (sums.sum() - sums) / (n - sizes)  # the jackknife, each cluster left out in turn
        square = float((draws - 1) / draws * ((left - left.mean()) ** 2).sum())
    if square > ROUNDING**2:
        value = (mean - epsilon) / np.sqrt(square)
        p_value = float(student.cdf(value, draws - 1))
    else:
        value = float(np.copysign(np.inf, mean - epsilon)) if mean != epsilon else 0.0
        p_value = float((1 - epsilon) ** draws) if mean < epsilon else 1.0
    return n, float(counts @ ahead) / n, float(counts @ behind) / n, value, p_value


def _decided(table: pd.DataFrame, significance: float) -> pd.DataFrame:
    """With adjusted p values by Benjamini & Yekutieli (2001, theorem 1.3) and who is won against."""
    size = len(table)
    p = table["p_value"].to_numpy(dtype=np.float64)
    order = np.argsort(p, kind="stable")
    harmonic = (1 / np.arange(1, size + 1)).sum()
    scaled = p[order] * size * harmonic / np.arange(1, size + 1)
    adjusted = np.empty(size)
    adjusted[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1)
    notes = np.where(table["n_units"] < FEW, f"fewer than {FEW} units", "")
    made = table.assign(
        difference=table["advantage"] - table["human_advantage"],
        adjusted_p=adjusted,
        wins=adjusted <= significance,
        note=notes,
    )
    return made[list(COLUMNS)].rename_axis(columns="column")
