"""Mean squares of an analysis of variance of scores, as a function of sums over units."""

from __future__ import annotations

from collections.abc import Callable

import attrs
import numpy as np

from expertsys.agreement.ratings import Ratings
from expertsys.agreement.ratings.profiles import Floats, Ints, places


@attrs.frozen(eq=False)
class MeanSquares:
    """Mean squares, shape (B,) each; `coders` is NaN in a one-way design.

    Parameters
    ----------
    n, k : ndarray of float
        Units, and ratings per unit.
    freedom : ndarray of float
        Degrees of freedom of `error`.
    between, coders, error : ndarray of float
        Between units, between coders, and what is left: within units in a one-way design.
    """

    n: Floats
    k: Floats
    freedom: Floats
    between: Floats
    coders: Floats
    error: Floats


@attrs.frozen(eq=False)
class Design:
    """What units add to a few sums, and the mean squares of these sums.

    Parameters
    ----------
    counts : ndarray of int, shape (P,)
        Units per profile.
    features : ndarray of float, shape (P, K)
        What a unit of each profile adds to each sum.
    origin : ndarray of int or None
        See `Kernel`.
    squares : callable
        Sums of shape (B, K) to mean squares.
    """

    counts: Ints
    features: Floats
    origin: Ints | None
    squares: Callable[[Floats], MeanSquares]


def centred(ratings: Ratings, purpose: str) -> Floats:
    """The categories as numbers, around the middle of those used: fewer digits are lost, and no variation is 0."""
    x = ratings.numbers(purpose)
    used = np.unique(ratings.values.table.indices)
    return x - (x[used].min() + x[used].max()) / 2 if len(used) else x


def one_way(ratings: Ratings, x: Floats) -> Design:
    """Units with any rating, whoever gave it; k is the ANOVA mean of unequal numbers of ratings (Ebel 1951, p. 412)."""
    profiles = ratings.values
    sizes, total = profiles.sizes, profiles.times(x)
    parts = [np.ones(len(sizes)), sizes, sizes**2, total, total**2 / np.maximum(sizes, 1), profiles.times(x**2)]
    features = np.column_stack(parts)

    def squares(sums: Floats) -> MeanSquares:
        n, ratings_given, by_size, total, unit_means, square = sums.T
        with np.errstate(invalid="ignore", divide="ignore"):
            k = (ratings_given - by_size / ratings_given) / (n - 1)
            between = (unit_means - total**2 / ratings_given) / (n - 1)
            error = (square - unit_means) / (ratings_given - n)
        return MeanSquares(n, k, ratings_given - n, between, np.full(len(n), np.nan), np.maximum(error, 0))

    return Design(profiles.counts, features, profiles.origin, squares)


def two_way(ratings: Ratings, x: Floats) -> Design:
    """Units that all coders rated."""
    base = ratings.require_coders("a two-way ICC")
    complete = np.asarray((base.matrix >= 0).all(axis=1))
    scores = x[base.matrix[complete]]
    parts = [np.ones(len(scores)), scores.sum(axis=1) ** 2, (scores**2).sum(axis=1), scores]
    features = np.column_stack(parts)
    k = scores.shape[1]

    def squares(sums: Floats) -> MeanSquares:
        n, unit_totals, square, coder_totals = sums[:, 0], sums[:, 1], sums[:, 2], sums[:, 3:]
        with np.errstate(invalid="ignore", divide="ignore"):
            middle = coder_totals.sum(axis=1) ** 2 / (n * k)
            between = unit_totals / k - middle
            coders = np.maximum((coder_totals**2).sum(axis=1) / n - middle, 0)
            freedom = (n - 1) * (k - 1)
            error = np.maximum(square - middle - between - coders, 0) / freedom
            return MeanSquares(n, np.full(len(n), float(k)), freedom, between / (n - 1), coders / (k - 1), error)

    return Design(base.counts[complete], features, places(complete), squares)


def two_way_incomplete(ratings: Ratings, x: Floats) -> Design:
    """Units with any rating, each by some of the coders: Henderson's method III (Searle et al. 1992, ch. 5.5).

    Reductions in sums of squares by fitting units, coders, and both are equated to their expectations, which gives
    unbiased components of variance; the mean squares are those of a complete table with these components. They are
    NaN where coders and units fall into groups that share no rating.
    """
    base = ratings.require_coders("a two-way ICC")
    rated = (base.matrix >= 0).astype(np.float64)
    kept = rated.sum(axis=1) > 0
    rated = rated[kept]
    scores = np.where(rated > 0, x[np.maximum(base.matrix[kept], 0)] if len(x) else 0.0, 0.0)
    size, total = rated.sum(axis=1), scores.sum(axis=1)
    k = rated.shape[1]
    upper = np.triu_indices(k)
    shares = rated / np.maximum(size, 1)[:, None]
    features = np.column_stack(
        [
            np.ones(len(size)),
            size,
            (scores**2).sum(axis=1),
            total**2 / np.maximum(size, 1),
            rated,
            scores,
            shares * total[:, None],
            rated[:, upper[0]] * shares[:, upper[1]],
        ]
    )

    def squares(sums: Floats) -> MeanSquares:
        n, given, square, by_units = sums[:, :4].T
        times, coder_totals, adjusted = (sums[:, 4 + part * k : 4 + (part + 1) * k] for part in range(3))
        among = np.zeros((len(sums), k, k))
        among[:, upper[0], upper[1]] = -sums[:, 4 + 3 * k :]
        among = among + np.triu(among, 1).transpose(0, 2, 1)
        among[:, np.arange(k), np.arange(k)] += times
        here = (times > 0).astype(np.float64)  # coders' effects that sum to 0; those who rated nothing have none
        among += here[:, :, None] * here[:, None, :]
        among[:, np.arange(k), np.arange(k)] += 1 - here
        connected = np.linalg.eigvalsh(among)[:, 0] > 1e-9
        among[~connected] = np.eye(k)
        apart = coder_totals - adjusted
        with np.errstate(invalid="ignore", divide="ignore"):
            coders_after_units = (apart * np.linalg.solve(among, apart[:, :, None])[:, :, 0]).sum(axis=1)
            by_coders = np.where(times > 0, coder_totals**2 / np.where(times > 0, times, 1), 0).sum(axis=1)
            present = here.sum(axis=1)
            freedom = given - n - present + 1
            error = np.maximum(square - by_units - coders_after_units, 0) / freedom
            unit = (by_units + coders_after_units - by_coders - (n - 1) * error) / (given - present)
            coder = (coders_after_units - (present - 1) * error) / (given - n)
            sound = connected & (freedom > 0)
            found = (np.where(sound, part, np.nan) for part in (error + k * unit, error + n * coder, error))
            between, coders, error = found
        return MeanSquares(n, np.full(len(n), float(k)), freedom, between, coders, error)

    return Design(base.counts[kept], features, places(kept), squares)
