"""Krippendorff's alpha."""

from __future__ import annotations

from functools import partial
from typing import Any, Literal

import attrs
import numpy as np
import numpy.typing as npt

from expertsys._core.errors import DataError, check_choice
from expertsys._core.optional import require
from expertsys._core.resampling import BLOCK
from expertsys._core.results import Result
from expertsys._core.rng import generator
from expertsys.agreement.coefficients import distances
from expertsys.agreement.coefficients import weights as weighting
from expertsys.agreement.inference.coefficient import Coefficient
from expertsys.agreement.inference.kernel import Values
from expertsys.agreement.inference.methods import Bootstrap
from expertsys.agreement.inference.words import Words
from expertsys.agreement.ratings import Ratings
from expertsys.agreement.ratings.profiles import Floats, Ints, ValueProfiles

Level = Literal["nominal", "ordinal", "interval", "ratio", "circular", "bipolar"]
LEVELS: tuple[Level, ...] = ("nominal", "ordinal", "interval", "ratio", "circular", "bipolar")
#: Levels that the `krippendorff` package has too.
SHARED_LEVELS = ("nominal", "ordinal", "interval", "ratio")
SET_DISTANCES = ("jaccard", "masi")


@attrs.frozen(eq=False)
class _Alpha:
    """1 − (n − 1) · within / between, over n pairable ratings (Krippendorff 2011, p. 1 and 3)."""

    counts: Ints
    origin: Ints | None
    width: int
    _sizes: Floats
    distance: distances.Distance
    _least: float = 0.0

    @classmethod
    def of(cls, profiles: ValueProfiles, distance: distances.Distance) -> _Alpha:
        plain = cls(profiles.counts, profiles.origin, distance.width, profiles.sizes, distance)
        full = plain.evaluate(profiles.counts[None, :].astype(np.float64))
        return attrs.evolve(plain, least=1e-12 * float(full.expected[0]))  # below this lies rounding, not variation

    def evaluate(self, weights: Floats) -> Values:
        ratings = weights @ self._sizes
        within, between = self.distance.within(weights), self.distance.between(weights)
        with np.errstate(invalid="ignore", divide="ignore"):
            observed, expected = within / ratings, between / (ratings * (ratings - 1))
            estimate = np.where(expected > self._least, 1 - observed / expected, np.nan)
        return Values(estimate, observed, expected)

    def linearised(self) -> Floats | None:
        weights = self.counts.astype(np.float64)
        n, ratings = weights.sum(), weights @ self._sizes
        within = self.distance.within(weights[None, :])[0]
        between = self.distance.between(weights[None, :])[0]
        by_within, by_between = self.distance.slopes(weights)
        # Derivative by a profile's weight; the small-sample factor (n − 1) / n stands where Gwet has it (2021, ch. 5),
        # in the term for unequal numbers of ratings only, which makes the standard error the larger one by as much.
        sizes = self._sizes * (1 + 1 / ratings)
        slope = -(sizes * within + ratings * by_within - ratings * within * by_between / between) / between
        linear: Floats = 1 - ratings * within / between + n * slope
        return linear


@attrs.frozen(eq=False, repr=False)
class CrossCheck(Result):
    """Alpha here and by the `krippendorff` package, from the same ratings.

    Attributes
    ----------
    ours, theirs, difference : float
        The two estimates, and the first less the second.
    package : str
        Name and version of the referee.
    """

    ours: float
    theirs: float
    difference: float
    package: str

    def _title(self) -> str:
        return f"Krippendorff's alpha, checked against {self.package}"

    def _rows(self) -> tuple[tuple[str, object], ...]:
        return (("here", self.ours), ("there", self.theirs), ("difference", f"{self.difference:.1e}"))


@attrs.frozen(eq=False, repr=False)
class Alpha(Coefficient):
    """Krippendorff's alpha; `observed` and `expected` are disagreements. See `Coefficient`."""

    def _pair_replicates(self, method: Bootstrap) -> Floats:
        """Krippendorff's bootstrap as KALPHA draws it: as many pairs as there are, observed disagreement only."""
        profiles, kernel = self._ratings.values.pairable, self._kernel
        if not isinstance(kernel, _Alpha):
            return super()._pair_replicates(method)
        apart, share = [np.zeros(1)], [np.zeros(1)]
        for profile, first, second, product in profiles.pairs():
            apart.append(kernel.distance.apart(first, second))
            share.append(profiles.counts[profile] * product / (profiles.sizes[profile] - 1))
        distances_found, place = np.unique(np.concatenate(apart), return_inverse=True)
        ratings = float(profiles.counts @ profiles.sizes)
        shares = np.bincount(place, weights=np.concatenate(share)) / ratings
        shares[0] = max(1 - shares[1:].sum(), 0.0)  # a rating is no pair with itself, and 0 is what is left
        number = round(float(profiles.counts @ (profiles.sizes * (profiles.sizes - 1))) / 2)
        draw, block = generator(method.rng), max(1, BLOCK // len(shares))
        rows = [min(block, method.replicates - low) for low in range(0, method.replicates, block)]
        drawn = [draw.multinomial(number, shares, size=size) @ distances_found / number for size in rows]
        return np.asarray(1 - np.concatenate(drawn) / self.expected)

    def crosscheck(self) -> CrossCheck:
        """Recompute the estimate with the `krippendorff` package.

        Returns
        -------
        CrossCheck
            Both estimates and their difference.

        Raises
        ------
        MissingDependencyError
            Where the package is not installed (extra ``crosscheck``).
        DataError
            For distances that the package has no name for.
        """
        from importlib.metadata import version

        if self.level not in SHARED_LEVELS:
            told = f"the package has no level {self.level!r}; it has {', '.join(SHARED_LEVELS)}"
            raise DataError(told, place="crosscheck")
        krippendorff = require("krippendorff", feature="crosscheck()", extra="crosscheck")
        ratings = self._ratings
        profiles = ratings.values.pairable
        table = profiles.table.toarray().astype(np.int64).repeat(profiles.counts, axis=0)
        numeric = self.level in ("interval", "ratio")
        domain = ratings.numbers("crosscheck") if numeric else np.arange(len(ratings.categories))
        theirs = float(krippendorff.alpha(value_counts=table, value_domain=domain, level_of_measurement=self.level))
        return CrossCheck(self.estimate, theirs, self.estimate - theirs, f"krippendorff {version('krippendorff')}")


def krippendorff_alpha(
    ratings: Ratings,
    *,
    level: Level | None = None,
    distance: Literal["jaccard", "masi"] | distances.OwnDistance | npt.ArrayLike | None = None,
    weights: weighting.Weights | None = None,
) -> Alpha:
    """Krippendorff's alpha: 1 − observed / expected disagreement, for any number of coders and missing ratings.

    Parameters
    ----------
    ratings : Ratings
        A missing rating is left out; units with fewer than two ratings say nothing and are left out too.
    level : {"nominal", "ordinal", "interval", "ratio", "circular", "bipolar"}
        Level of measurement. There is no default: it changes the result and is the researcher's to say. Ordinal needs
        categories in order, the others but nominal numbers, ratio none below 0. The ends of a circular (hours, angles)
        or bipolar scale are those of the categories: give ``categories=`` where not all were used.
    distance : {"jaccard", "masi"}, callable or array_like, shape (V, V), optional
        In place of a level: distance between sets of codes, a function of two categories, or a table over
        ``ratings.categories``.
    weights : str or array_like, optional
        In place of a level: 1 less Gwet's weights as distance, as irrCAC has it; see `gwet_ac`. Gwet's ordinal weights
        depend on the number of ranks only, Krippendorff's ordinal metric on how often each was used.

    Returns
    -------
    Alpha
        `observed` and `expected` disagreement, 0 to 1 at the nominal level. NaN with a note where all ratings are the
        same or no unit has two.

    Raises
    ------
    DataError
        Where neither or both of `level` and `distance` are given, or the categories do not suit the level.

    Notes
    -----
    Linear in memory at the nominal, ordinal and interval levels. The standard error is the infinitesimal jackknife over
    units. Krippendorff's own bootstrap draws pairs as if they were independent and is too narrow; `interval()` draws
    units. In R: ``irrCAC::krippen.alpha.raw(x)`` with coders in columns, for the weights of that package (`weights`).

    References
    ----------
    Krippendorff K. Computing Krippendorff's Alpha-Reliability. University of Pennsylvania, 2011.

    Examples
    --------
    Krippendorff (2011, example C): four observers, twelve units, ratings missing.

    >>> from expertsys.datasets import load
    >>> ratings = Ratings.from_wide(load("krippendorff2011-c").to_frame())
    >>> alpha = krippendorff_alpha(ratings, level="nominal")
    >>> round(alpha.estimate, 3)
    0.743

    About three quarters of the disagreement that chance would give is absent; below .800, above .667, it is what
    Krippendorff lets through for tentative conclusions only.
    """
    Ratings.require(ratings, "krippendorff_alpha")
    if sum(option is not None for option in (level, distance, weights)) != 1:
        raise DataError(
            "say either level= or distance= (or weights=)",
            place="krippendorff_alpha",
            remedy=f"Levels are {', '.join(map(repr, LEVELS))}; for sets of codes distance='jaccard' or 'masi'.",
        )
    profiles = ratings.values.pairable
    domain: npt.NDArray[Any] = np.arange(len(ratings.categories))
    words = "own distance"
    if level is not None:
        check_choice("level", level, LEVELS)
        words = level
        if level == "ordinal" and not ratings.ordered:
            raise DataError(
                "the ordinal level needs categories in order",
                place="level",
                remedy="Give categories=[lowest, ..., highest] when making the Ratings.",
            )
        if level not in ("nominal", "ordinal"):
            domain = ratings.numbers(f"level={level!r}")
    elif weights is not None:
        words = weighting.words(weights) or "identity weights"
    elif isinstance(distance, str):
        check_choice("distance", distance, SET_DISTANCES)
        words = f"{'Jaccard' if distance == 'jaccard' else 'MASI'} distance between sets"
    if weights is not None:
        table = weighting.table(ratings, weights)
        measure: distances.Distance = (
            distances.Nominal.of(profiles) if table is None else distances.held(profiles, 1 - table)
        )
    else:
        measure = _measure(ratings, profiles, level, distance, domain)
    return Alpha.of(
        ratings,
        _Alpha.of(profiles, measure),
        name="Krippendorff's alpha",
        sources=("krippendorff2011", "krippendorff2019"),
        refit=partial(krippendorff_alpha, level=level, distance=distance, weights=weights),
        why=lambda _: _why_undefined(ratings, profiles),
        words=Words(
            "which takes the disagreement expected by chance from all ratings together, coders being interchangeable"
        ),
        level=words,
    )


def _measure(
    ratings: Ratings,
    profiles: ValueProfiles,
    level: Level | None,
    distance: str | distances.OwnDistance | npt.ArrayLike | None,
    domain: npt.NDArray[Any],
) -> distances.Distance:
    if level == "ordinal":
        return distances.Ordinal.of(profiles)
    if level == "interval":
        return distances.Interval.of(profiles, domain)
    if level == "ratio":
        return distances.ratio_scale(profiles, domain)
    if level in ("circular", "bipolar") and len(domain):
        form = weighting.circular if level == "circular" else weighting.bipolar
        return distances.of_numbers(profiles, domain, form(domain))
    if isinstance(distance, str):
        return distances.set_distance(profiles, ratings.categories, distance)
    if distance is not None:
        return distances.own_distance(profiles, ratings.categories, distance)
    return distances.Nominal.of(profiles)


def _why_undefined(ratings: Ratings, profiles: ValueProfiles) -> str:
    if not len(profiles.counts):
        return "no unit was rated by two coders"
    used = np.flatnonzero(profiles.totals(np.ones((1, len(profiles.counts))))[0])
    if len(used) == 1:
        same = ratings.categories[int(used[0])]
        shown = repr(same)
        if isinstance(same, bool):
            shown = "applied everywhere" if same else "applied nowhere"
        elif same == frozenset():
            shown = "the empty set"
        return f"all ratings are the same ({shown}), so there is no variation to agree on"
    return "all ratings are at distance 0, so there is no variation to agree on"
