"""A model of coders, for planning: on each unit a coder knows the category or guesses."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from itertools import product
from typing import TypeAlias

import attrs
import numpy as np

from expertsys._core.errors import DataError, check_positive
from expertsys.agreement.inference.coefficient import Coefficient
from expertsys.agreement.ratings import Ratings
from expertsys.agreement.ratings.profiles import CoderProfiles, Floats, Ints

#: Share of each category; a single number is that of a code, applied or not.
Shares: TypeAlias = float | Sequence[float] | Mapping[Hashable, float]
Function: TypeAlias = Callable[[Ratings], Coefficient]

#: More profiles than this are drawn, not listed.
MOST_PROFILES = 50_000
#: Units that stand for a population without end.
POPULATION = 10**12
DRAWN = 100_000
#: With more profiles, what each does to the standard error is not worked out one by one.
MOST_MOVED = 300
STEP = 1e-4
#: So near are coefficients of drawn ratings to those of an endless number.
NEAR = 0.01


@attrs.frozen(eq=False)
class Coders:
    """Coders who know the category of a unit with probability √κ, each by themselves, and else guess by the shares.

    Two of them agree beyond chance on a share κ of the units, whoever they are: kappa, pi and alpha at any level are
    κ, and each category keeps its share.

    Parameters
    ----------
    size : int
        How many coders.
    categories : tuple
        In order.
    shares : ndarray, shape (V,)
        Of each category.
    """

    size: int
    categories: tuple[Hashable, ...]
    shares: Floats

    @classmethod
    def of(cls, size: int, shares: Shares) -> Coders:
        """Check and bring into one form."""
        check_positive("coders", size)
        if size < 2:
            raise DataError("agreement takes two coders", place="coders")
        names: tuple[Hashable, ...]
        if isinstance(shares, Mapping):
            names, found = tuple(shares), np.array(list(shares.values()), dtype=np.float64)
        elif isinstance(shares, int | float):
            names, found = (False, True), np.array([1 - shares, shares], dtype=np.float64)
        else:
            found = np.array(list(shares), dtype=np.float64)
            names = tuple(range(1, len(found) + 1))
        if len(found) < 2 or not (found > 0).all() or abs(float(found.sum()) - 1) > 1e-6:
            raise DataError(
                f"shares are those of two categories or more, each above 0, and 1 together, not {shares!r}",
                place="shares",
                remedy="Give the share of the code, such as 0.1, or of each category: {'a': 0.5, 'b': 0.3, 'c': 0.2}.",
            )
        return cls(size, names, found / found.sum())

    @property
    def listed(self) -> bool:
        """Whether all profiles can be listed."""
        return bool(len(self.shares) ** self.size <= MOST_PROFILES)

    def profiles(self) -> Ints:
        """Every profile, shape (V ** coders, coders)."""
        return np.array(list(product(range(len(self.shares)), repeat=self.size)), dtype=np.int64)

    def chances(self, kappa: float, profiles: Ints) -> Floats:
        """The probability of each profile."""
        knows = np.sqrt(kappa)
        chances = np.zeros(len(profiles))
        for category, share in enumerate(self.shares):
            given = (1 - knows) * self.shares[profiles] + knows * (profiles == category)
            chances += share * given.prod(axis=1)
        return chances

    def draw(self, kappa: float, units: int, rng: np.random.Generator) -> Ints:
        """Ratings of so many units, shape (units, coders)."""
        truth = rng.choice(len(self.shares), size=units, p=self.shares)
        guess = rng.choice(len(self.shares), size=(units, self.size), p=self.shares)
        return np.where(rng.random((units, self.size)) < np.sqrt(kappa), truth[:, None], guess)

    def ratings(self, matrix: Ints, counts: Ints) -> Ratings:
        """Ratings of units with these profiles."""
        kept = counts > 0
        base = CoderProfiles.of(matrix[kept], counts[kept])
        by_coder = CoderProfiles(base.matrix, base.counts)
        names = tuple(str(number) for number in range(1, self.size + 1))
        values = by_coder.by_value(len(self.categories))
        return Ratings(names, self.categories, values, by_coder, ordered=True)

    def population(self, kappa: float) -> Ratings:
        """Ratings without end; those of many units drawn with a fixed seed where profiles are too many to list."""
        if not self.listed:
            matrix = self.draw(kappa, DRAWN, np.random.default_rng(0))
            return self.ratings(matrix, np.ones(len(matrix), dtype=np.int64))
        profiles = self.profiles()
        return self.ratings(profiles, np.round(self.chances(kappa, profiles) * POPULATION).astype(np.int64))

    def split(self, kappa: float) -> float:
        """Share of units on which not all coders agree."""
        knows = np.sqrt(kappa)
        same = 0.0
        for category, share in enumerate(self.shares):
            others = (1 - knows) * self.shares
            others[category] += knows
            same += float(share * (others**self.size).sum())
        return 1 - same

    def spread_of_error(self, function: Function, kappa: float) -> float:
        """How the logarithm of the standard error varies from study to study, times √units.

        By the infinitesimal jackknife over profiles; from 100 drawn studies where profiles are too many to list.
        """

        def log_error(ratings: Ratings) -> float:
            found = function(ratings)
            return float(np.log(found.standard_error * np.sqrt(found._kernel.counts.sum())))

        profiles = self.profiles() if self.listed else np.empty((0, 0), dtype=np.int64)
        if not 0 < len(profiles) <= MOST_MOVED:
            draw, units = np.random.default_rng(0), 400
            ones = np.ones(units, dtype=np.int64)
            found = [log_error(self.ratings(self.draw(kappa, units, draw), ones)) for _ in range(100)]
            return float(np.nanstd(found) * np.sqrt(units))
        chances = self.chances(kappa, profiles)
        whole = log_error(self.ratings(profiles, np.round(chances * POPULATION).astype(np.int64)))
        total = 0.0
        for place in np.flatnonzero(chances > 0):
            moved = chances * (1 - STEP)
            moved[place] += STEP
            slope = (log_error(self.ratings(profiles, np.round(moved * POPULATION).astype(np.int64))) - whole) / STEP
            total += chances[place] * slope**2
        return float(np.sqrt(total))

    def large_sample(self, function: Function, value: float) -> tuple[float, float]:
        """κ at which a coefficient has this value, and the standard deviation of its estimate times √units."""
        from scipy.optimize import brentq

        def gap(kappa: float) -> float:
            return function(self.population(kappa)).estimate - value

        kappa = value
        if abs(gap(value)) > (1e-9 if self.listed else NEAR):
            low, high = gap(0.0), gap(1 - 1e-9)
            if not low <= 1e-9 or not high >= 0:
                raise DataError(
                    f"with these shares the coefficient lies between {low + value:.3f} and {high + value:.3f}, and "
                    f"{value:g} is asked for",
                    place="plan",
                    remedy="Choose an agreement in between.",
                )
            kappa = 0.0 if low > -1e-9 else float(brentq(gap, 0.0, 1 - 1e-9, xtol=1e-10 if self.listed else 1e-4))
        found = function(self.population(kappa))
        return kappa, found.standard_error * float(np.sqrt(found._kernel.counts.sum()))
