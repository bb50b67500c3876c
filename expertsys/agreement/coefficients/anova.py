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
