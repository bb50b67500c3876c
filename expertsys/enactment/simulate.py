"""The one simulator of occasions: a system as it is written, and sites that follow it, adapt it or work around it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from expertsys._core.errors import DataError, check_positive
from expertsys._core.rng import RNG, generator
from expertsys.theory import Category, Classification, ExpertSystem, ModeOfUse, Rule, Situation

Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]

SYSTEM: Final = ExpertSystem(
    key="referral-desk",
    name="Referral desk (invented)",
    purpose="Sends people who need a specialist to a clinic, by how urgent it is.",
    classification=Classification(
        categories=[
            Category(name="urgent", when={"feature": "urgency", "op": "==", "value": "high"}),
            Category(name="routine", when={"feature": "urgency", "op": "==", "value": "low"}),
            Category(name="other", residual=True),
        ]
    ),
    rules=[
        Rule(id="r1", action="first free slot", when={"feature": "category", "op": "==", "value": "urgent"}),
        Rule(id="r2", action="offer the list", when={"feature": "category", "op": "==", "value": "routine"}),
    ],
)
"""An invented system: three categories, one of them residual, and two rules."""

KINDS: Final = (
    Situation(situation="plain", local="plain", features={"urgency": "low"}, taken="offer the list", weight=4),
    Situation(situation="named", local="wants one person", features={"urgency": "low"}, taken="letter", weight=3),
    Situation(situation="far", local="cannot travel", features={"urgency": "low"}, taken="telephone", weight=2),
    Situation(situation="acute", local="acutely ill", features={"urgency": "high"}, taken="first free slot", weight=2),
    Situation(situation="afraid", local="ill and afraid", features={"urgency": "high"}, taken="telephone", weight=2),
    Situation(situation="unsure", local="nobody knows", features={"urgency": "unclear"}, taken="letter", weight=1),
)
"""Invented kinds of situation: what each is called locally, what is known of it, what local judgement would do, and how
often it occurs."""

ROLES: Final = ("doctor", "nurse")
CODERS: Final = ("Ada", "Ben")


def simulate(
    system: ExpertSystem | None = None,
    *,
    kinds: Sequence[Situation] = KINDS,
    sites: int = 8,
    occasions: int = 50,
    following: float = 0.5,
    adapting: float = 0.25,
    working_around: float = 0.15,
    contingency: float = 0.5,
    sorting: float = 0.0,
    between_sites: float = 0.5,
    granularity: int = 1,
    coding_error: float = 0.0,
    mode_error: float = 0.05,
    rng: RNG = 0,
) -> pd.DataFrame:
    """Draw a table of situations from a system as it is written and from sites that use it in their own way.

    **Sites** differ in two things, both with the standard deviation `between_sites`: the logit of `following` (the
    other modes keep their proportions), and the logarithm of how often each kind of situation occurs.

    **An occasion** is of one kind, drawn by weight. Its role is the first or second of two, by lot; with the
    probability `sorting` it is settled by the kind instead (kinds in turn). A mode of use is drawn.

    **The system** records the category into which its classification puts the kind's features, and prescribes what its
    rules say, unless it is not used.

    **What is done.** Used as intended: what is prescribed. Adapted: with the probability `contingency` what the local
    situation calls for, else what is prescribed. Worked around, not used, or rules silent: with the probability
    `contingency` what the local situation calls for, else the habit of the role, which knows no situation.

    **Coding.** The local description is the kind's; with a granularity above 1 one of so many variants of it, by lot,
    which stand for nothing else. With the probability `coding_error` it is replaced by one drawn from all descriptions,
    as `EmptyingOut.under_misclassification` assumes; with `mode_error` the mode is replaced by one drawn from all
    modes, whatever was done. One of two coders, by lot, coded the row.

    Parameters
    ----------
    system : ExpertSystem or None
        With a classification and rules; by default the invented `SYSTEM`.
    kinds : sequence of Situation
        Kinds of situation: ``local`` (what it is called), ``features`` (what a scheme could record), ``taken`` (what
        local judgement would do), ``weight`` (how often). By default the invented `KINDS`.
    sites, occasions : int
        Number of sites, and of occasions at each.
    following, adapting, working_around : float
        Shares of the modes of use at a typical site; the rest, up to 1, is non-use.
    contingency : float
        How far action that is not bound by a rule answers to the local situation, 0 to 1.
    sorting : float
        How far the kind of situation settles who acts, 0 to 1: a confounder, since roles have habits.
    between_sites : float
        Standard deviation between sites, on the logit and the logarithmic scale.
    granularity : int
        Variants of each local description.
    coding_error, mode_error : float
        Shares of local descriptions and of modes of use that are coded by lot.
    rng : None, int or numpy.random.Generator
        The same seed gives the same table.

    Returns
    -------
    pandas.DataFrame
        Columns ``situation, case, site, role, local, category, prescribed, taken, mode, distance, coder``; index
        ``occasion``. The distance of a site from the origin of the rules (0, 50, 100 or 200) has no effect.

    Raises
    ------
    DataError
        For numbers out of range, a system without classification or rules, and kinds without description or action.

    Examples
    --------
    >>> from expertsys.enactment import emptying_out
    >>> coarse = emptying_out(simulate(rng=1)).estimate
    >>> fine = emptying_out(simulate(granularity=5, rng=1)).estimate
    >>> round(coarse, 2), round(fine, 2)
    (0.5, 0.74)

    The second figure is higher although nothing more is lost: the variants stand for nothing.
    """
    check_positive("sites", sites)
    check_positive("occasions", occasions)
    check_positive("granularity", granularity)
    for name, share in {
        "following": following,
        "adapting": adapting,
        "working_around": working_around,
        "contingency": contingency,
        "sorting": sorting,
        "coding_error": coding_error,
        "mode_error": mode_error,
        "following + adapting + working_around": following + adapting + working_around,
    }.items():
        if not 0 <= share <= 1 + 1e-12:
            raise DataError(f"must lie between 0 and 1, not {share:g}", place=name)
    if not between_sites >= 0:
        raise DataError(f"must be 0 or more, not {between_sites!r}", place="between_sites")
    system = SYSTEM if system is None else system
    names, written = _written(system, kinds)
    draw = generator(rng)
    n = sites * occasions
    site = np.repeat(np.arange(sites), occasions)

    usual = np.log(np.array([kind.weight for kind in kinds]))
    kind = _pick(draw, np.exp(usual + between_sites * draw.standard_normal((sites, len(kinds)))), site)
    shares = _modes(following, adapting, working_around, between_sites * draw.standard_normal(sites))
    modes = (ModeOfUse.AS_INTENDED, ModeOfUse.ADAPTED, ModeOfUse.WORKAROUND, ModeOfUse.NON_USE)
    mode = _pick(draw, shares, site)
    role = np.where(draw.random(n) < sorting, kind % 2, draw.integers(2, size=n))

    called_for, category, rule = (written[name] for name in ("called for", "category", "prescribed"))
    used = mode != modes.index(ModeOfUse.NON_USE)
    ruled = used & (rule[kind] >= 0)
    answers = draw.random(n) < contingency
    habits = np.unique(called_for)[[0, -1]]
    own = np.where(answers, called_for[kind], habits[role])
    bound = (mode == modes.index(ModeOfUse.AS_INTENDED)) | ((mode == modes.index(ModeOfUse.ADAPTED)) & ~answers)
    taken = np.where(ruled & bound, rule[kind], own)

    variant = draw.integers(granularity, size=n)
    wrong = draw.random(n) < coding_error
    frequency = np.repeat(np.exp(usual), granularity)[None]
    by_lot = _pick(draw, frequency, np.zeros(n, dtype=np.int64))
    told = np.where(wrong, by_lot, kind * granularity + variant)
    mode_told = np.where(draw.random(n) < mode_error, draw.integers(len(modes), size=n), mode)
    variants = [
        " · ".join(one.local) + (f" ({number})" if granularity > 1 else "")
        for one in kinds
        for number in _from_1(granularity)
    ]
    width = len(str(n))
    return pd.DataFrame(
        {
            "situation": [f"s{number:0{width}d}" for number in _from_1(n)],
            "case": system.key,
            "site": np.array([f"site {number:0{len(str(sites))}d}" for number in _from_1(sites)])[site],
            "role": np.array(ROLES)[role],
            "local": np.array(variants)[told],
            "category": _named(names, np.where(used, category[kind], -1)),
            "prescribed": _named(names, np.where(ruled, rule[kind], -1)),
            "taken": _named(names, taken),
            "mode": np.array([str(one) for one in modes])[mode_told],
            "distance": np.array([0, 50, 100, 200])[draw.integers(4, size=sites)][site],
            "coder": np.array(CODERS)[draw.integers(2, size=n)],
        },
        index=pd.RangeIndex(n, name="occasion"),
    ).rename_axis(columns="column")


def _from_1(number: int) -> range:
    return range(1, number + 1)


def _written(system: ExpertSystem, kinds: Sequence[Situation]) -> tuple[tuple[str, ...], Mapping[str, Counts]]:
    """What is called for, recorded and prescribed in each kind, as numbers of names; -1 where there is none."""
    if not system.rules or not isinstance(system.classification, Classification):
        raise DataError(
            "has no rules or no classification",
            place=f"system {system.key!r}",
            remedy="Both are needed to simulate it.",
        )
    if not kinds:
        raise DataError("there is none", place="kinds")
    for kind in kinds:
        if not kind.local or kind.taken is None:
            raise DataError(
                "has no local description, or no action that is called for",
                place=f"kinds, situation {kind.situation!r}",
                remedy="Give it local='...' and taken='...'.",
            )
    told = {
        "called for": [kind.taken for kind in kinds],
        "category": [system.record(kind).category for kind in kinds],
        "prescribed": [system.prescribe(kind).action for kind in kinds],
    }
    names = tuple(dict.fromkeys(name for column in told.values() for name in column if name is not None))
    numbers = {
        role: np.array([-1 if name is None else names.index(name) for name in column]) for role, column in told.items()
    }
    return names, numbers


def _modes(following: float, adapting: float, working_around: float, shift: Floats) -> Floats:
    """Shares of four modes at each site, (S, 4): the logit of the first is shifted, the others share what is left."""
    with np.errstate(divide="ignore"):
        first = 1 / (1 + np.exp(-(np.log(following) - np.log1p(-following) + shift)))
    rest = np.array([adapting, working_around, max(0.0, 1 - following - adapting - working_around)])
    rest = rest / rest.sum() if rest.sum() > 0 else rest
    return np.column_stack([first, (1 - first)[:, None] * rest])


def _pick(draw: np.random.Generator, weights: Floats, row: Counts) -> Counts:
    """One column for each row number, with probabilities in proportion to that row's weights."""
    edges = np.cumsum(weights, axis=1)
    edges /= edges[:, -1:]
    return np.asarray((draw.random(len(row))[:, None] >= edges[row, :-1]).sum(axis=1))


def _named(names: Sequence[str], numbers: Counts) -> pd.Series[str]:
    index = pd.RangeIndex(len(numbers), name="occasion")
    return pd.Series(np.array([*names, None], dtype=object)[numbers], dtype="str", index=index)
