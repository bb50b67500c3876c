"""What a diagnosis takes: a coefficient by name, and the ratings of a study or a table."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from inspect import signature
from typing import TypeAlias

from expertsys._core.errors import DataError, check_choice
from expertsys.agreement.coefficients.alpha import krippendorff_alpha
from expertsys.agreement.inference.coefficient import Coefficient
from expertsys.agreement.inference.methods import Bootstrap, Method, resolve
from expertsys.agreement.ratings import Ratings
from expertsys.study import Study

#: A coefficient of ratings, such as ``functools.partial(gwet_ac, weights="ordinal")``.
Function: TypeAlias = Callable[[Ratings], Coefficient]

#: Public functions of the room that turn ratings on categories into a coefficient without further ado.
NAMES = (
    "krippendorff_alpha",
    "percent_agreement",
    "cohen_kappa",
    "scott_pi",
    "fleiss_kappa",
    "conger_kappa",
    "light_kappa",
    "gwet_ac",
    "brennan_prediger",
    "bangdiwala_b",
    "holsti",
)


def alpha(ratings: Ratings) -> Coefficient:
    """Krippendorff's alpha: with Jaccard's distance where the categories are sets, else nominal."""
    if any(isinstance(value, frozenset) for value in ratings.categories):
        return krippendorff_alpha(ratings, distance="jaccard")
    return krippendorff_alpha(ratings, level="nominal")


def function(coefficient: str | Function) -> Function:
    """The coefficient that a name stands for; a function stands for itself."""
    if callable(coefficient):
        return coefficient
    from expertsys import agreement  # the room's public face, which imports this module

    offered: dict[str, Function] = {name: getattr(agreement, name) for name in NAMES if hasattr(agreement, name)}
    check_choice("coefficient", coefficient, list(offered))
    return alpha if coefficient == "krippendorff_alpha" else offered[coefficient]


def weighted(name: str, function: Callable[..., Coefficient], weights: str) -> Function:
    """A coefficient with weights; an error where it knows none."""
    if "weights" not in signature(function).parameters:
        raise DataError(
            f"{name} takes no account of the order of scores",
            place="level",
            remedy="Choose coefficient='krippendorff_alpha', 'gwet_ac', 'cohen_kappa' or another that has weights.",
        )
    return partial(function, weights=weights)


def ratings_of(data: Study | Ratings, *, code: str | None, cluster: str | None, purpose: str) -> Ratings:
    """The ratings of a study; a table of ratings as it is."""
    if not isinstance(data, Ratings):
        Study.require(data, purpose)
        return Ratings.from_study(data, code=code, cluster=cluster)
    if code is not None or cluster is not None:
        raise DataError(
            "code= and cluster= choose from a study, and ratings are given",
            place=purpose,
            remedy="Choose when making the ratings: Ratings.from_study(study, code=..., cluster=...).",
        )
    return data


def resampling(method: Method | None, purpose: str) -> Bootstrap | None:
    """The percentile bootstrap that differences between coefficients of the same units come from; None for the default.

    The default leaves out each cluster in turn where units have clusters, and draws units by the bootstrap elsewhere.
    """
    if method is None:
        return None
    chosen = resolve(method)
    if isinstance(chosen, Bootstrap) and chosen.kind == "percentile":
        return chosen
    raise DataError(
        f"differences on the same units are resampled together, which takes a percentile bootstrap, not {method!r}",
        place=purpose,
        remedy="Give method=Bootstrap(replicates=1000, rng=0), or leave method out.",
    )
