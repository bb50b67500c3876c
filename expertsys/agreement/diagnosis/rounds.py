"""Several rounds of coding: what changed between them, and how far each coder agrees with themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

import attrs
import numpy as np
import pandas as pd

from expertsys._core.errors import DataError, check_between, check_choice, listing, unknown
from expertsys.agreement.coefficients.alpha import LEVELS, Level, krippendorff_alpha
from expertsys.agreement.diagnosis import choice
from expertsys.agreement.diagnosis.reliability import COLUMNS, WHOLE, of_scores, results, row_of, wanted_codes
from expertsys.agreement.inference.coefficient import Coefficient
from expertsys.agreement.inference.comparison import compare
from expertsys.agreement.inference.methods import Method
from expertsys.agreement.ratings import Ratings
from expertsys.agreement.ratings.coded import CodedUnits, Subcodes

if TYPE_CHECKING:
    from expertsys.study import Study

Cluster = Literal["document", "participant", "case", "unit"]
CHANGES = (
    "first",
    "second",
    "change",
    "low",
    "high",
    "p_value",
    "n_first",
    "n_second",
    "n_shared",
    "note",
)


def intra_coder(
    study: Study,
    *,
    coder: str | Sequence[str] | None = None,
    rounds: Sequence[str] | None = None,
    codes: Sequence[str] | None = None,
    level: Level | None = None,
    coefficient: str | choice.Function = "krippendorff_alpha",
    subcodes: Subcodes = "include",
    map: Mapping[str, str] | None = None,  # noqa: A002  # the word that merge uses
    cluster: Cluster | None = None,
    confidence: float = 0.95,
    method: Method | None = None,
) -> pd.DataFrame:
    """Intra-coder agreement: how far each coder agrees with what they coded themselves in another round.

    Parameters
    ----------
    study : Study
        With units and two rounds of coding or more.
    coder : str or sequence of str, optional
        Whose; by default all who read some units in two rounds.
    rounds : sequence of str, optional
        Only these rounds; by default all.
    codes, level, coefficient, subcodes, map, cluster, confidence, method
        See `reliability`. ``map={"old": "new"}`` names codes that were renamed from one round to the next.

    Returns
    -------
    pandas.DataFrame
        Index ``coder, code``; columns as in `reliability`. ``n_units`` are those that the coder read in two rounds, and
        ``n_coders`` is the number of rounds.

    Raises
    ------
    DataError
        Without two rounds, for an unknown coder or round, or where no coder read a unit twice.

    Notes
    -----
    The coefficient is that of `reliability`, with rounds in the place of coders. It shows how stable a coder is, not
    whether others would code alike, and it is too high where the coder remembers the first round (Krippendorff 2019,
    ch. 12: stability is the weakest form of reliability).

    References
    ----------
    Krippendorff K. Content Analysis: An Introduction to Its Methodology. 4th ed. Sage, 2019. doi:10.4135/9781071878781

    Examples
    --------
    >>> import pandas as pd
    >>> from expertsys.study import Study
    >>> rows = [
    ...     (f"u{n}", "ann", code, when)
    ...     for when, codes in (("1", "aabb"), ("2", "aaba"))
    ...     for n, code in enumerate(codes)
    ... ]
    >>> study = Study(pd.DataFrame(rows, columns=["unit", "coder", "code", "round"]))
    >>> intra_coder(study, coder="ann").loc[("ann", "a"), ["estimate", "agreement", "n_units"]].round(2).to_dict()
    {'estimate': 0.53, 'agreement': 0.75, 'n_units': 4.0}

    On three of four units ann gave the second time what she had given the first time.
    """
    check_between("confidence", confidence, 0, 1)
    function = choice.function(coefficient)
    coded = _in_rounds(study, map, rounds, "intra_coder")
    names = list(coded.coders) if coder is None else [coder] if isinstance(coder, str) else list(coder)
    rows: list[tuple[Any, ...]] = []
    label = "Krippendorff's alpha"
    for name in names:
        if name not in coded.coders:
            raise unknown("coder", name, coded.coders, place="intra_coder(coder=...)")
        own = coded.round_by_round(name)
        twice = np.bincount(own.unit, minlength=len(own.units))[own.unit] > 1
        if not twice.any():
            if coder is not None:
                raise DataError(
                    f"{name!r} read no unit in two of the rounds {listing(coded.rounds)}",
                    place="intra_coder",
                    remedy="Intra-coder agreement needs units that one coder read twice.",
                )
            continue
        part = own.where(twice)
        listed = [] if level is not None else wanted_codes(part, codes)
        found = (
            of_scores(part, level, coefficient, cluster)
            if level is not None
            else results(part, listed, function, cluster, subcodes)
        )
        by_round = {one: coded.by_coders([name]).in_round(one) for one in dict.fromkeys(coded.rounds)}
        for key, result in found:
            *figures, note = row_of(result, confidence, method)
            only = _in_one_only(key[0], by_round) if level is None else ""
            rows.append((name, *key, *figures, "; ".join(filter(None, (note, only)))))
            label = result.name if key[0] not in WHOLE.values() else label
    if not rows:
        raise DataError(
            f"no coder read a unit in two of the rounds {listing(coded.rounds)}",
            place="intra_coder",
            remedy="Use es.reliability(study, by='round') or change_between_rounds(study).",
        )
    table = pd.DataFrame(rows, columns=["coder", "code", *COLUMNS]).set_index(["coder", "code"])
    table.attrs.update(coefficient=label, confidence=confidence)
    return table.rename_axis(columns="column")


def change_between_rounds(
    study: Study,
    *,
    first: str | None = None,
    second: str | None = None,
    codes: Sequence[str] | None = None,
    level: Level | None = None,
    coefficient: str | choice.Function = "krippendorff_alpha",
    subcodes: Subcodes = "include",
    map: Mapping[str, str] | None = None,  # noqa: A002  # the word that merge uses
    cluster: Cluster | None = None,
    confidence: float = 0.95,
    method: Method | None = None,
) -> pd.DataFrame:
    """Whether agreement between coders changed from one round of coding to another, for instance after a training.

    Parameters
    ----------
    study : Study
        With units and two rounds of coding or more.
    first, second : str, optional
        The rounds; by default the first and the last, in the order in which the codings name them.
    codes, level, coefficient, subcodes, map, cluster, confidence
        See `reliability`. ``map={"old": "new"}`` names codes that were renamed from one round to the next.
    method : Bootstrap, Analytic, "bootstrap" or "analytic", optional
        For the interval of the change; see `Comparison.interval`.

    Returns
    -------
    pandas.DataFrame
        Index ``code``. Columns: ``first`` and ``second``, the coefficient in each round; ``change``, the second less
        the first, with ``low, high`` and ``p_value``; ``n_first`` and ``n_second``, units that two coders read in each;
        ``n_shared``, units read in both; ``note``.

    Raises
    ------
    DataError
        Without two rounds, for an unknown round, or with fewer than two coders.

    Notes
    -----
    Where the rounds share units, or clusters of units such as documents, the two coefficients are compared as
    correlated ones; else as independent ones. See `compare`.

    Examples
    --------
    >>> import pandas as pd
    >>> from expertsys.study import Study
    >>> rounds = {"pilot": ("xyxyxyxyxy", "xyyyxxxyyx"), "main": ("xyxyxyxyxy", "xyxyxyxyyy")}
    >>> rows = [
    ...     (f"{when} {n}", coder, code, when)
    ...     for when, pair in rounds.items()
    ...     for coder, codes in zip(("ann", "ben"), pair)
    ...     for n, code in enumerate(codes)
    ... ]
    >>> study = Study(pd.DataFrame(rows, columns=["unit", "coder", "code", "round"]))
    >>> change_between_rounds(study, codes=["x"]).loc["x", ["first", "second", "change"]].round(2).tolist()
    [0.24, 0.81, 0.57]

    After the pilot, coders agree better; the interval says how sure that is.
    """
    check_between("confidence", confidence, 0, 1)
    function = choice.function(coefficient)
    if level is not None:
        check_choice("level", level, LEVELS)
    coded = _in_rounds(study, map, None, "change_between_rounds")
    names = [first if first is not None else coded.rounds[0], second if second is not None else coded.rounds[-1]]
    for name in names:
        if name not in coded.rounds:
            raise unknown("round", name, coded.rounds, place="change_between_rounds")
    if names[0] == names[1]:
        raise DataError(f"both rounds are {names[0]!r}", place="change_between_rounds", remedy="Name two rounds.")
    parts = [coded.in_round(name) for name in names]
    shared = len(np.intersect1d(parts[0].unit, parts[1].unit))
    listed: list[str] = []
    if level is None:
        listed = list(codes) if codes is not None else [n for n in coded.codes if any(n in _used(p) for p in parts)]
        for name in listed:
            if name not in coded.codes:
                raise unknown("code", name, coded.codes, place="change_between_rounds")
    rows, labels = [], []
    pairs = zip(
        *(_coefficients(part, listed, function, level, coefficient, cluster, subcodes) for part in parts), strict=True
    )
    for (key, before), (_, after) in pairs:
        overlap = _overlapping(before._ratings, after._ratings)
        found = compare(after, before, units="same" if overlap else "different")
        span = found.interval(confidence, method)
        notes = dict.fromkeys(
            [f"{name}: {one.note}" for name, one in zip(names, (before, after), strict=True) if one.note]
            + [found.note, span.note, _in_one_only(key, dict(zip(names, parts, strict=True)))]
        )
        if len(coded.rounds) > 2 and (before.n_units == 0 or after.n_units == 0) and first is None and second is None:
            notes[f"choose other rounds with first= and second=: {listing(coded.rounds)}"] = None
        values = (before.estimate, after.estimate, found.difference, span.low, span.high, found.p_value)
        sizes = (before.n_units, after.n_units, shared)
        rows.append((*values, *sizes, "; ".join(note for note in notes if note)))
        labels.append(key)
    table = pd.DataFrame(rows, columns=list(CHANGES), index=pd.Index(labels, name="code"))
    table.attrs.update(confidence=confidence, first=names[0], second=names[1])
    return table.rename_axis(columns="column")


def _in_rounds(
    study: Study, rename: Mapping[str, str] | None, rounds: Sequence[str] | None, purpose: str
) -> CodedUnits:
    coded = CodedUnits.of(study, every_round=True, rename=rename)
    if rounds is not None:
        for name in rounds:
            if name not in coded.rounds:
                raise unknown("round", name, coded.rounds, place=f"{purpose}(rounds=...)")
        numbers = [coded.rounds.index(name) for name in rounds]
        coded = coded.where(np.isin(coded.round, numbers))
    if len(np.unique(coded.round[coded.round >= 0])) < 2:
        raise DataError(
            f"{purpose} needs two rounds of coding; this study has {listing(coded.rounds) or 'none'}",
            place="study.rounds",
            remedy="Name the round of each coding in a column: es.read(..., round='round').",
        )
    return coded


def _in_one_only(code: str, parts: Mapping[str, CodedUnits]) -> str:
    """A note that a code is used in one of two rounds only, as one that was renamed is."""
    using = [name for name, part in parts.items() if code in _used(part)]
    if len(using) != 1 or code in WHOLE.values():
        return ""
    return f"used in {using[0]!r} only; if the code was renamed, pass map={{'old': 'new'}}"


def _used(part: CodedUnits) -> set[str]:
    return {part.codes[number] for number in np.unique(part.code)}


def _coefficients(
    part: CodedUnits,
    listed: Sequence[str],
    function: choice.Function,
    level: Level | None,
    coefficient: str | choice.Function,
    cluster: str | None,
    subcodes: Subcodes,
) -> Iterator[tuple[str, Coefficient]]:
    if level is not None:
        for key, result in of_scores(part, level, coefficient, cluster):
            yield key[0], result
        return
    for name in listed:
        yield name, function(part.applied(name, cluster, subcodes=subcodes))
    sets = part.sets(cluster)
    yield WHOLE["jaccard"], krippendorff_alpha(sets, distance="jaccard")


def _overlapping(one: Ratings, other: Ratings) -> bool:
    """Whether two ratings have a unit, or a cluster of units, in common."""
    names = [made.clusters if made.clusters is not None else made.named for made in (one, other)]
    if names[0] is None or names[1] is None:
        return False
    return not set(names[0].names.tolist()).isdisjoint(names[1].names.tolist())


def reading_sensitivity(
    study: Study,
    *,
    code: str | None = None,
    coefficient: str | choice.Function = "krippendorff_alpha",
    cluster: Cluster | None = None,
    confidence: float = 0.95,
    method: Method | None = None,
) -> pd.DataFrame:
    """Agreement under the extremes of what coders may have read, side by side.

    Where nobody wrote down who read what, a coder who applied no code to a unit either rejected all codes or never saw
    it, and the coefficient depends on which.

    Parameters
    ----------
    study : Study
        With units and one round of coding.
    code : str, optional
        This code applied or not; by default the sets of codes.
    coefficient, cluster, confidence, method
        See `reliability`.

    Returns
    -------
    pandas.DataFrame
        Index ``readings``: ``as in the study``; ``units coded`` (a coder read only the units to which they applied some
        code), ``documents coded`` (every unit of each document in which they coded anything) and ``everything``.
        Columns: ``estimate, low, high``; ``n_units`` that two coders read; ``n_readings``; ``note``, which says in the
        first row whether readings were given.

    Notes
    -----
    If all rows say the same, who read what does not matter. If not, find out and say it:
    ``study.with_assignments(...)``.

    Examples
    --------
    Ben was given three of five excerpts of an interview, and agrees with ann on each of them.

    >>> import pandas as pd
    >>> from expertsys.study import Study
    >>> rows = [("ann", 1, "x"), ("ann", 2, "y"), ("ann", 3, "x"), ("ann", 4, "y"), ("ann", 5, "x")]
    >>> rows += [("ben", 1, "x"), ("ben", 2, "y"), ("ben", 3, "x")]
    >>> codings = pd.DataFrame(rows, columns=["coder", "unit", "code"]).assign(document="interview")
    >>> reading_sensitivity(Study(codings))["estimate"].round(2).to_dict()
    {'as in the study': 0.42, 'units coded': 1.0, 'documents coded': 0.42, 'everything': 0.42}

    Agreement is perfect if ben read three excerpts, and .42 if he read all five.
    """
    function = choice.function(coefficient)
    given = not study.reading_note
    coded = study.codings.dropna(subset=["unit"])[["coder", "unit"]].drop_duplicates()
    variants = {
        "as in the study": study,
        "units coded": study.with_assignments(coded),
        "documents coded": study.with_assignments("coded"),
        "everything": study.with_assignments("all"),
    }
    rows = []
    for name, variant in variants.items():
        ratings = Ratings.from_study(variant, code=code, cluster=cluster)
        told = ""
        if name == "as in the study":
            told = "readings are given: this row holds" if given else study.reading_note
        result = function(attrs.evolve(ratings, note=""))
        span = result.interval(confidence, method)
        notes = dict.fromkeys((told, result.note, span.note))
        row = (result.estimate, span.low, span.high, result.n_units, ratings.n_ratings)
        rows.append((*row, "; ".join(note for note in notes if note)))
    columns = ["estimate", "low", "high", "n_units", "n_readings", "note"]
    table = pd.DataFrame(rows, columns=columns, index=pd.Index(list(variants), name="readings"))
    table.attrs.update(coefficient=result.name, confidence=confidence)
    return table.rename_axis(columns="column")
