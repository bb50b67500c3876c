"""Coefficients that are a mean over pairs of coders: Light's kappa and Holsti's method."""

from __future__ import annotations

from functools import partial
from itertools import combinations

import attrs
import numpy as np
from scipy import sparse

from expertsys.agreement.coefficients import weights as weighting
from expertsys.agreement.coefficients.chance import why_undefined
from expertsys.agreement.coefficients.cohen import Two
from expertsys.agreement.inference.coefficient import Coefficient
from expertsys.agreement.inference.kernel import Sums, Values
from expertsys.agreement.inference.words import CONSIDERABLE, Words
from expertsys.agreement.ratings import Ratings
from expertsys.agreement.ratings.profiles import Floats, Ints, distinct_rows


@attrs.frozen(eq=False)
class _Mean:
    """The mean of two-coder kernels, each over the units that both rated; pairs that are undefined are left out.

    A pair has few distinct profiles: `_pushed` carries weights over all profiles to those of every pair, side by side.
    """

    counts: Ints
    origin: None
    width: int
    _pushed: sparse.csr_array
    _parts: tuple[tuple[slice, Two], ...]

    def evaluate(self, weights: Floats) -> Values:
        """See `Kernel`."""
        pushed = np.asarray(weights @ self._pushed)
        found = [kernel.evaluate(pushed[:, place]) for place, kernel in self._parts]
        known = ~np.isnan([part.estimate for part in found]).reshape(len(found), len(weights))
        with np.errstate(invalid="ignore", divide="ignore"):
            means = [
                np.where(known, np.reshape(values, known.shape), 0.0).sum(axis=0) / known.sum(axis=0)
                for values in (
                    [part.estimate for part in found],
                    [part.observed for part in found],
                    [part.expected for part in found],
                )
            ]
        return Values(*means)

    def linearised(self) -> Floats | None:
        """See `Kernel`: what a unit does to each pair's kappa, averaged."""
        n = self.counts.sum()
        whole = self.counts.astype(np.float64)[None, :]
        total, known = np.zeros(len(self.counts)), 0
        for place, kernel in self._parts:
            own = kernel.counts.sum()
            estimate = kernel.evaluate(kernel.counts[None, :].astype(np.float64)).estimate[0]
            linear = None if np.isnan(estimate) else kernel.linearised()
            if linear is not None:
                total += n / own * np.asarray(self._pushed[:, place] @ (linear - estimate))
                known += 1
        return np.asarray(self.evaluate(whole).estimate[0] + total / max(known, 1))


def light_kappa(ratings: Ratings, *, weights: weighting.Weights = "identity") -> Coefficient:
    """Light's kappa: the mean of Cohen's kappas over all pairs of coders.

    Parameters
    ----------
    ratings : Ratings
        Of at most 64 coders. For each pair, units that one of the two did not rate are left out.
    weights : {"identity", "linear", "quadratic", "ordinal", "radical", "ratio", "circular", "bipolar"} or array_like
        How far two categories agree. All but "identity" need categories in order, or numbers; a table of one's own has
        shape (V, V) over ``ratings.categories``.

    Returns
    -------
    Coefficient
        At most 1. Pairs whose kappa is undefined (no shared unit, no variation) are left out, and the note says how
        many they are; NaN where all are.

    Notes
    -----
    Every pair counts alike, however few units it shares. In R: ``irr::kappam.light(x)`` on complete data.

    References
    ----------
    Light RJ. Measures of response agreement for qualitative data. Psychol Bull 1971;76:365–377. doi:10.1037/h0031643

    Examples
    --------
    >>> ratings = Ratings.from_array([list("aabb"), list("aabb"), list("abbb")], coders="rows")
    >>> round(light_kappa(ratings).estimate, 2)
    0.67

    The first two agree fully, each of them with the third half-way.
    """
    Ratings.require(ratings, "light_kappa")
    base = ratings.require_coders("Light's kappa")
    table = weighting.table(ratings, weights)
    parts: list[tuple[slice, Two]] = []
    row, column, reached = [], [], 0
    for both in combinations(range(len(ratings.coders)), 2):
        rated = np.flatnonzero((base.matrix[:, both] >= 0).all(axis=1))
        pairs, counts, place = distinct_rows(base.matrix[rated][:, both], base.counts[rated])
        row.append(rated)
        column.append(reached + place)
        parts.append((slice(reached, reached + len(counts)), Two.among(pairs, counts, len(ratings.categories), table)))
        reached += len(counts)
    cells = (np.concatenate([base.counts[:0], *row]), np.concatenate([base.counts[:0], *column]))
    pushed = sparse.csr_array((np.ones(len(cells[0])), cells), shape=(len(base.counts), reached))
    kernel = _Mean(base.counts, None, reached + sum(part.width for _, part in parts), pushed, tuple(parts))
    singles = [float(part.evaluate(part.counts[None, :].astype(np.float64)).estimate[0]) for _, part in parts]
    undefined = int(np.isnan(singles).sum())
    result = Coefficient.of(
        ratings,
        kernel,
        name="Light's kappa",
        sources=("light1971", "cohen1968") if weighting.words(weights) else ("light1971",),
        refit=partial(light_kappa, weights=weights),
        why=why_undefined,
        words=Words("the mean of Cohen's kappas over all pairs of coders, each with the coders' own habits as chance"),
        level=weighting.words(weights),
    )
    if not undefined or np.isnan(result.estimate):
        return result
    told = f"{undefined} of {len(parts)} pairs of coders have no kappa and are left out"
    return attrs.evolve(result, note="; ".join(part for part in (told, result.note) if part))


def holsti(ratings: Ratings) -> Coefficient:
    """Holsti's method: decisions that two coders share, over those that they made; the mean over pairs of coders.

    Parameters
    ----------
    ratings : Ratings
        Of at most 64 coders. Single categories, or sets of codes: each code of a set is a decision, and shared codes
        count also where the sets differ. A decision on a unit that the other did not rate counts as not shared.

    Returns
    -------
    Coefficient
        Between 0 and 1; `expected` is NaN: it is not corrected for chance. NaN with a note where no decision was made.

    Notes
    -----
    2 M / (N₁ + N₂). With one category per unit and no missing rating it is percent agreement.

    References
    ----------
    Holsti OR. Content Analysis for the Social Sciences and Humanities. Addison-Wesley, 1969, p. 140.

    Examples
    --------
    >>> sets = [[frozenset("ab"), frozenset("a")], [frozenset("a"), frozenset("a")]]
    >>> holsti(Ratings.from_array(sets, coders="rows")).estimate
    0.8

    Of five decisions, two pairs are shared: four of five.
    """
    Ratings.require(ratings, "holsti")
    base = ratings.require_coders("Holsti's method")
    members = [value if isinstance(value, frozenset) else frozenset([value]) for value in ratings.categories]
    sizes = np.array([*map(len, members), 0], dtype=np.float64)  # the last stands for a missing rating
    pairs = list(combinations(range(len(ratings.coders)), 2))
    features = np.empty((len(base.counts), len(pairs) + len(ratings.coders)))
    sets = any(isinstance(value, frozenset) for value in ratings.categories)
    for place, (first, second) in enumerate(pairs):
        a, b = base.matrix[:, first], base.matrix[:, second]
        if sets:
            features[:, place] = [
                len(members[x] & members[y]) if min(x, y) >= 0 else 0 for x, y in zip(a, b, strict=True)
            ]
        else:
            features[:, place] = (a == b) & (a >= 0)
    features[:, len(pairs) :] = sizes[base.matrix]
    left, right = np.array(pairs, dtype=np.int64).reshape(-1, 2).T + len(pairs)

    def share(sums: Floats) -> Values:
        with np.errstate(invalid="ignore", divide="ignore"):
            found = np.asarray((2 * sums[:, : len(pairs)] / (sums[:, left] + sums[:, right])).mean(axis=1))
        return Values(found, found, np.full_like(found, np.nan))

    def why(found: Values) -> str:
        del found
        return "some coder made no decision"

    result = Coefficient.of(
        ratings,
        Sums(base.counts, features, share),
        name="Holsti's method",
        sources=("holsti1969",),
        refit=holsti,
        why=why,
        words=Words(
            "the share of decisions that two coders have in common, not corrected for chance",
            "with one rating counted as decisions that nobody shared",
        ),
    )
    alone = sum(((base.matrix[:, a] >= 0) != (base.matrix[:, b] >= 0)) @ base.counts for a, b in pairs)
    either = sum(((base.matrix[:, a] >= 0) | (base.matrix[:, b] >= 0)) @ base.counts for a, b in pairs)
    if np.isnan(result.estimate) or not alone or alone < CONSIDERABLE * either:
        return result
    told = f"{alone / either:.0%} of the units of two coders were rated by one of them, and count as not shared"
    return attrs.evolve(result, note="; ".join(part for part in (told, result.note) if part))
