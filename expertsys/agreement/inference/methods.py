"""How an interval is made: small frozen choices that are passed as ``method=``."""

from __future__ import annotations

from typing import Literal, TypeAlias

import attrs

from expertsys._core.errors import check_choice, check_positive
from expertsys._core.rng import RNG

Kind = Literal["percentile", "bca", "pairs"]
KINDS: tuple[Kind, ...] = ("percentile", "bca", "pairs")
Over = Literal["units", "coders", "both"]
OVER: tuple[Over, ...] = ("units", "coders", "both")
Scale = Literal["linear", "z"]
SCALES: tuple[Scale, ...] = ("linear", "z")


@attrs.frozen
class Bootstrap:
    """Bootstrap: units are drawn with replacement, all their ratings together; whole clusters where units have them.

    Parameters
    ----------
    replicates : int
        Number of resamples.
    rng : None, int or numpy.random.Generator
        Seed or generator; the same seed gives the same interval on any engine. None draws anew each time.
    kind : {"percentile", "bca", "pairs"}
        Quantiles of the replicates, further out where clusters are drawn, by as much as t with C − 1 degrees of freedom
        lies outside the normal distribution (the expanded percentile interval, Hesterberg 2015); the same corrected for
        bias and skewness (Efron & Tibshirani 1993, ch. 14); or
        Krippendorff's own bootstrap for alpha, which draws pairs as if they were independent and is too narrow: only to
        reproduce an interval made by KALPHA or its descendants.
    cluster : str, optional
        What the ratings must be clustered by, such as ``"document"``; an error where they are not. Without it, their
        own clusters are drawn where they have them.

    Examples
    --------
    >>> Bootstrap(replicates=2000, rng=1)
    Bootstrap(replicates=2000, rng=1, kind='percentile', cluster=None)
    """

    replicates: int = attrs.field(default=1000)
    rng: RNG = 0
    kind: Kind = "percentile"
    cluster: str | None = None

    def __attrs_post_init__(self) -> None:
        check_positive("replicates", self.replicates)
        check_choice("kind", self.kind, KINDS)


@attrs.frozen
class Analytic:
    """The analytic standard error with t: linearisation, the infinitesimal jackknife over units or clusters.

    Parameters
    ----------
    over : {"units", "coders", "both"}
        What the interval generalises to: other units rated by these coders; these units rated by other coders (the
        jackknife over coders); or both (Gwet 2021, ch. 5: the sum of the two variances).
    population : int, optional
        Units in the population that the units were drawn from without replacement: the variance over units shrinks by
        1 − n/N (Cochran 1977, eq. 2.20). By default it is without end.
    coder_population : int, optional
        The same for coders.

    Examples
    --------
    >>> Analytic(over="both")
    Analytic(over='both', population=None, coder_population=None)
    """

    over: Over = "units"
    population: int | None = None
    coder_population: int | None = None

    def __attrs_post_init__(self) -> None:
        check_choice("over", self.over, OVER)


@attrs.frozen
class Jackknife:
    """The jackknife: each unit, or each cluster, left out in turn; with t.

    With more than 1,000 clusters, random groups of clusters are left out in their place (Kott 2001).

    Parameters
    ----------
    population : int, optional
        See `Analytic`.
    scale : {"linear", "z"}
        Whether t is applied to the estimate itself, or to its inverse hyperbolic tangent (Fisher's z), which keeps the
        ends between −1 and 1 and allows for the skewness of high agreement.

    Examples
    --------
    >>> Jackknife()
    Jackknife(population=None, scale='linear')
    """

    population: int | None = None
    scale: Scale = "linear"

    def __attrs_post_init__(self) -> None:
        check_choice("scale", self.scale, SCALES)


@attrs.frozen
class Wilson:
    """The score interval of Wilson, for shares: percent agreement and specific agreement.

    It has a width also where all units agree, and stays between 0 and 1. Several coders, and units that are alike
    within clusters, enter through the effective number of units (Korn & Graubard 1998).

    Examples
    --------
    >>> Wilson()
    Wilson()
    """


Chosen: TypeAlias = Bootstrap | Analytic | Jackknife | Wilson
Method: TypeAlias = Chosen | Literal["bootstrap", "analytic", "jackknife", "wilson"]
_NAMED: dict[str, Chosen] = {
    "bootstrap": Bootstrap(),
    "analytic": Analytic(),
    "jackknife": Jackknife(),
    "wilson": Wilson(),
}


def resolve(method: Method) -> Chosen:
    """The method that a name stands for."""
    if isinstance(method, Chosen):
        return method
    check_choice("method", method, list(_NAMED))
    return _NAMED[method]


def default(*, clustered: bool, share: bool = False) -> Chosen:
    """The method where none is given: Wilson for shares, the jackknife over clusters, or the bootstrap over units."""
    return Wilson() if share else Jackknife(scale="z") if clustered else Bootstrap()
