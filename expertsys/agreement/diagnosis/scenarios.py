"""What reliability would become: codes merged, dropped or rolled up, coders left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

import attrs
import numpy as np
import pandas as pd

from expertsys._core.errors import DataError, check_between, check_choice, check_positive, listing, unknown
from expertsys.agreement.coefficients.alpha import SET_DISTANCES, krippendorff_alpha
from expertsys.agreement.diagnosis import choice
from expertsys.agreement.diagnosis.confusion import NOTHING, confusion, incidence
from expertsys.agreement.diagnosis.variants import Draws, Variant, among, recoded
from expertsys.agreement.inference.coefficient import Coefficient
from expertsys.agreement.inference.methods import Method
from expertsys.agreement.ratings import Ratings
from expertsys.agreement.ratings.coded import CodedUnits

if TYPE_CHECKING:
    from expertsys.study import Study

#: By default this many of the most confused pairs are tried as one.
MOST_MERGES = 10
NOW = "as it is"
KINDS = ("now", "merge", "drop", "roll up", "leave out")
COLUMNS = (
    "kind",
    "estimate",
    "low",
    "high",
    "difference",
    "difference_low",
    "difference_high",
    "merged",
    "merged_low",
    "merged_high",
    "merged_difference",
    "merged_difference_low",
    "merged_difference_high",
    "n_units",
    "n_coders",
    "n_codes",
    "note",
)


@attrs.frozen(eq=False)
class _Scenario:
    """One change: what some codes become (None: nothing), or which coder is left out."""

    name: str
    kind: str
    becomes: Mapping[str, str | None] = attrs.field(factory=dict)
    coder: str | None = None
    merged: tuple[str, ...] = ()

    @property
    def compared(self) -> list[tuple[str, ...]]:
        """The codes that would be one, then each of them; none where nothing is merged."""
        return [self.merged, *((code,) for code in self.merged)] if self.merged else []

    def applied_to(self, ratings: Ratings) -> Variant:
        """The ratings as they would be."""
        if self.coder is not None:
            return among(ratings, [name for name in ratings.coders if name != self.coder])
        return recoded(ratings, [self._image(value) for value in ratings.categories])

    def _image(self, codes: Any) -> frozenset[str]:
        return frozenset(name for code in codes if (name := self.becomes.get(code, code)) is not None)


def what_if(
    study: Study,
    *,
    merge: Iterable[Sequence[str]] | None = None,
    drop: Iterable[str] | None = None,
    roll_up: bool | int | None = None,
    leave_out: Iterable[str] | None = None,
    distance: Literal["jaccard", "masi"] = "jaccard",
    cluster: Literal["document", "participant", "case", "unit"] | None = None,
    confidence: float = 0.95,
    method: Method | None = None,
) -> pd.DataFrame:
    """What reliability would become if codes were merged, dropped or rolled up, or a coder left out.

    Without a choice, all that is sensible: the ten most confused pairs merged, each code dropped that coders dispute,
    sub-codes rolled up to each level, and with three coders or more each of them left out.

    Parameters
    ----------
    study : Study
        With units and one round of coding.
    merge : iterable of sequences of str, optional
        Codes that would be one, such as ``[("fear", "doubt")]``; each sequence is a scenario of its own. One may be a
        sub-code of another.
    drop : iterable of str, optional
        Codes that would not be used; each is a scenario of its own. Its sub-codes stay.
    roll_up : bool or int, optional
        Replace sub-codes by the code above them at this level of the codebook: 1, or True, is the top.
    leave_out : iterable of str, optional
        Coders; each is a scenario of its own.
    distance : {"jaccard", "masi"}
        Between sets of codes, see `krippendorff_alpha`.
    cluster : {"document", "participant", "case", "unit"}, optional
        What intervals go by; by default ``study.cluster_level()``.
    confidence : float
        Nominal coverage.
    method : Bootstrap, optional
        By default the jackknife over clusters where units have them, else the percentile bootstrap over units. All
        figures come from the same draws of units, so that differences are paired.

    Returns
    -------
    pandas.DataFrame
        Index ``scenario``, the first row ``as it is``, then by kind, the largest gain first. Columns: ``kind``;
        ``estimate, low, high``, alpha over sets of codes; ``difference`` to what it is now, with ``difference_low,
        difference_high``; for merges ``merged, merged_low, merged_high``, alpha of the merged code applied or not, and
        ``merged_difference`` to the mean of what its parts have now, with its interval; ``n_units``, ``n_coders``,
        ``n_codes`` applied where two coders saw the unit; ``note``.

    Raises
    ------
    DataError
        For unknown codes or coders, a merge of fewer than two codes, a codebook without sub-codes to roll up, a coder
        left out of two.

    Notes
    -----
    Reliability is not validity: merging everything into one code agrees perfectly and says nothing. A gain found by
    looking through many scenarios is in part luck; settle on a change for reasons of meaning, and recode a fresh sample
    to see what it brought.

    Examples
    --------
    >>> import pandas as pd
    >>> from expertsys.study import Study
    >>> rows = [
    ...     (f"u{n}", coder, code)
    ...     for n, pair in enumerate(["aa", "ab", "ba", "bb", "cc", "cc"])
    ...     for coder, code in zip(("ann", "ben"), pair)
    ... ]
    >>> study = Study(pd.DataFrame(rows, columns=["unit", "coder", "code"]))
    >>> what_if(study, merge=[("a", "b")])[["estimate", "difference"]].round(2)
    column         estimate  difference
    scenario
    as it is           0.54        0.00
    merge a and b      1.00        0.46

    All disagreement is between a and b: as one code they would be applied alike.
    """
    check_between("confidence", confidence, 0, 1)
    check_choice("distance", distance, SET_DISTANCES)
    bootstrap = choice.resampling(method, "what_if")
    coded = CodedUnits.of(study)
    if len(coded.coders) < 2:
        raise DataError(
            f"agreement takes two coders; there is {len(coded.coders)}",
            place="study.coders",
            remedy="Read all coders' files together: es.read([...]).",
        )
    sets = coded.sets(cluster)
    if merge is None and drop is None and roll_up is None and leave_out is None:
        scenarios = _sensible(study, sets)
    else:
        scenarios = [*_merges(study, merge or ()), *_drops(study, drop or ())]
        scenarios += [*_roll_ups(study, [int(roll_up)] if roll_up else []), *_left_out(sets, leave_out or ())]
    variants = [None, *(scenario.applied_to(sets) for scenario in scenarios)]
    members: list[tuple[Variant | None, Coefficient]] = [
        (variant, krippendorff_alpha(sets if variant is None else variant.ratings, distance=distance))
        for variant in variants
    ]
    whole = {codes: 0 for scenario in scenarios for codes in scenario.compared}
    for codes in whole:
        whole[codes] = len(members)
        members.append(_any_of(sets, codes))
    draws = Draws.of(sets, members, bootstrap)
    rows = []
    for member, scenario in enumerate([_Scenario(NOW, KINDS[0]), *scenarios]):
        merged = [whole[codes] for codes in scenario.compared]
        rows.append((scenario.name, scenario.kind, *_row(draws, members, member, merged, confidence)))
    table = pd.DataFrame(rows, columns=["scenario", *COLUMNS]).set_index("scenario")
    order = np.lexsort((-table["difference"].fillna(-np.inf).to_numpy(), table["kind"].map(KINDS.index).to_numpy()))
    table = table.iloc[order].rename_axis(columns="column")
    table.attrs.update(coefficient="Krippendorff's alpha", confidence=confidence, method=draws.words)
    return table


def _row(
    draws: Draws,
    members: Sequence[tuple[Variant | None, Coefficient]],
    member: int,
    merged: Sequence[int],
    confidence: float,
) -> tuple[Any, ...]:
    result = members[member][1]
    own, (gain, span) = draws.interval(member, confidence), draws.difference(member, [0], confidence)
    notes = dict.fromkeys((result.note, own.note, span.note))
    as_one: tuple[float, ...] = (np.nan,) * 6
    if merged:
        one, (more, reach) = draws.interval(merged[0], confidence), draws.difference(merged[0], merged[1:], confidence)
        notes |= {f"as one: {one.note or reach.note}": None} if one.note or reach.note else {}
        as_one = (members[merged[0]][1].estimate, one.low, one.high, more, reach.low, reach.high)
    return (
        *(result.estimate, own.low, own.high, gain, span.low, span.high),
        *as_one,
        result.n_units,
        result.n_coders,
        _n_codes(result._ratings),
        "; ".join(note for note in notes if note),
    )


def _n_codes(sets: Ratings) -> int:
    """Codes applied where two coders saw the unit."""
    profiles = sets.values.pairable  # noqa: PD011  # no dataframe
    used = np.flatnonzero(profiles.totals(np.ones((1, len(profiles.counts))))[0])
    return len(frozenset[Any]().union(*(sets.categories[place] for place in used)))  # type: ignore[arg-type]  # sets


def _contested(sets: Ratings) -> set[str]:
    """Codes that one coder applied to a unit and another did not."""
    profiles = sets.values.pairable  # noqa: PD011  # no dataframe
    codes, holds = incidence(sets)
    times = (profiles.table @ holds).toarray()
    differing = ((times > 0) & (times < profiles.sizes[:, None])).any(axis=0)
    return {str(code) for code, differs in zip(codes, differing, strict=True) if differs}


def _any_of(sets: Ratings, codes: tuple[str, ...]) -> tuple[Variant, Coefficient]:
    """Whether one of these codes was applied."""
    image = [not frozenset(codes).isdisjoint(value) for value in sets.categories]  # type: ignore[arg-type]  # sets
    variant = recoded(sets, image, (False, True))
    return variant, krippendorff_alpha(variant.ratings, level="nominal")


def _sensible(study: Study, sets: Ratings) -> list[_Scenario]:
    if not sets.n_pairable:
        raise DataError(
            "no unit was seen by two coders",
            place="what_if",
            remedy="Read all coders' files together, and say who saw what: es.read(..., seen=...).",
        )
    pairs = [pair for pair in confusion(sets).to_frame().index if NOTHING not in pair][:MOST_MERGES]
    contested = _contested(sets)
    applied = [code for code in study.codes if code in contested]
    deepest = max((len(_path(study, code)) for code in study.codes), default=1)
    return [
        *_merges(study, pairs),
        *_drops(study, applied if _n_codes(sets) > 1 else ()),
        *_roll_ups(study, range(1, deepest)),
        *_left_out(sets, sets.coders if len(sets.coders) > 2 else ()),
    ]


def _merges(study: Study, merges: Iterable[Sequence[str]]) -> Iterator[_Scenario]:
    for codes in dict.fromkeys(tuple(dict.fromkeys(one)) if not isinstance(one, str) else (one,) for one in merges):
        _check(study, codes, "merge")
        if len(codes) < 2:
            raise DataError(
                f"a merge takes two codes or more, not {listing(codes)}",
                place="what_if(merge=...)",
                remedy="Give a list of pairs: merge=[('a', 'b')].",
            )
        name = f"{', '.join(codes[:-1])} and {codes[-1]}"
        becomes: dict[str, str | None] = dict.fromkeys(codes, name)
        yield _Scenario(f"merge {name}", "merge", becomes, merged=codes)


def _drops(study: Study, codes: Iterable[str]) -> Iterator[_Scenario]:
    chosen = list(dict.fromkeys([codes] if isinstance(codes, str) else codes))
    _check(study, chosen, "drop")
    return (_Scenario(f"drop {code}", "drop", {code: None}) for code in chosen)


def _roll_ups(study: Study, levels: Iterable[int]) -> Iterator[_Scenario]:
    paths = {code: _path(study, code) for code in study.codes}
    for level in levels:
        check_positive("roll_up", level)
        becomes: dict[str, str | None] = {code: path[level - 1] for code, path in paths.items() if len(path) > level}
        if not becomes:
            raise DataError(
                f"no code of the codebook stands below level {level}",
                place="what_if(roll_up=...)",
                remedy="Sub-codes are codes with a parent: Codebook.of(names, separator='->').",
            )
        yield _Scenario(f"roll up to level {level}", "roll up", becomes)


def _left_out(sets: Ratings, coders: Iterable[str]) -> Iterator[_Scenario]:
    for coder in dict.fromkeys([coders] if isinstance(coders, str) else coders):
        if coder not in sets.coders:
            raise unknown("coder", coder, sets.coders, place="what_if(leave_out=...)")
        if len(sets.coders) < 3:
            raise DataError(
                f"leaving a coder out takes three; there are {len(sets.coders)}",
                place="what_if(leave_out=...)",
                remedy="Leave it out of the question.",
            )
        yield _Scenario(f"without {coder}", "leave out", coder=coder)


def _check(study: Study, codes: Iterable[str], role: str) -> None:
    for code in codes:
        if code not in study.codes:
            raise unknown("code", code, study.codes, place=f"what_if({role}=...)")


def _path(study: Study, code: str) -> tuple[str, ...]:
    """From the top of the codebook to the code."""
    return (*reversed(study.codebook.ancestors(code)), code) if code in study.codebook else (code,)
