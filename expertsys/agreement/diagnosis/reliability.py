"""The table of reliability: a row per code and one for the whole."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import attrs
import numpy as np
import pandas as pd

from expertsys._core.errors import DataError, check_between, check_choice, listing, unknown
from expertsys._core.progress import track
from expertsys._core.results import number, percent
from expertsys.agreement.coefficients.alpha import LEVELS, Level, krippendorff_alpha
from expertsys.agreement.coefficients.percent import percent_agreement
from expertsys.agreement.diagnosis import choice, groups
from expertsys.agreement.diagnosis.categories import prevalence, specific_agreement
from expertsys.agreement.inference.coefficient import Coefficient
from expertsys.agreement.inference.methods import Bootstrap, Method, Wilson, default, resolve
from expertsys.agreement.panel.runs import runs_of_one_model
from expertsys.agreement.ratings import Ratings
from expertsys.agreement.ratings.coded import CodedUnits, Subcodes

if TYPE_CHECKING:
    from expertsys.study import Study

WHOLE: dict[Literal["jaccard", "masi"], str] = {"jaccard": "all codes (Jaccard)", "masi": "all codes (MASI)"}
COLUMNS = ("estimate", "low", "high", "n_units", "n_coders", "prevalence", "agreement", "note")
APPLIED: dict[bool, str] = {True: "applied", False: "not applied"}
#: Gwet's weights for a level of measurement.
WEIGHTS: dict[Level, str] = {
    "nominal": "identity",
    "ordinal": "ordinal",
    "interval": "quadratic",
    "ratio": "ratio",
    "circular": "circular",
    "bipolar": "bipolar",
}
#: Where a code could have been applied so often, and was not, it may not have been available there.
EXPECTED = 5

#: Where each code could be applied: a column, or for each code the values of a column, or units and documents.
Available: TypeAlias = "str | Mapping[str, Mapping[str, Iterable[Hashable]] | Iterable[str]]"


def reliability(
    study: Study,
    *,
    by: Literal["case", "pair", "coder", "category", "round"] | groups.By | None = None,
    codes: Sequence[str] | None = None,
    level: Level | None = None,
    coefficient: str | choice.Function = "krippendorff_alpha",
    subcodes: Subcodes = "include",
    available: Available | None = None,
    map: Mapping[str, str] | None = None,  # noqa: A002  # the word that merge uses
    cluster: Literal["document", "participant", "case", "unit"] | None = None,
    confidence: float = 0.95,
    method: Method | None = None,
) -> pd.DataFrame:
    """How far coders agree: a row for each code (applied or not), and for all codes as sets; or one row for scores.

    Parameters
    ----------
    study : Study
        With units, and one round of coding unless ``by="round"``. A coder who read a unit and did not apply the code
        said "no"; one who did not read it is missing there. Where the study does not know who read what, that is
        assumed from the codings, and the notes say so.
    by : str, mapping or Series, optional
        The table for each ``"case"``; for each ``"pair"`` of coders; without each ``"coder"`` in turn; or for each
        group of units by a column of the study's units, documents, cases or participants (``"question"``,
        ``"document"``, ``"date"``, ``"kind"``, ``"site"``, a batch, ...) or by a mapping from units or documents to
        groups; or for each ``"round"`` of coding, see also `change_between_rounds` and `intra_coder`. With
        ``"category"`` the estimates are the specific agreement on having applied each code and on not having applied
        it.
    codes : sequence of str, optional
        Only these codes; by default all that were applied (in the group, where there are groups), in the codebook's
        order.
    level : {"nominal", "ordinal", "interval", "ratio", "circular", "bipolar"}, optional
        The codes are scores, or exclude each other: each coder gives a unit one of them, and the table has one row for
        all. Numbers are in their order, other codes in that of the codebook.
    coefficient : str or callable
        For the rows of single codes: the name of a function of `expertsys.agreement`, such as ``"gwet_ac"``,
        ``"fleiss_kappa"``, ``"percent_agreement"`` or, with two coders or by pair, ``"cohen_kappa"``; or any function
        of `Ratings` that gives a `Coefficient`. The rows for all codes are alpha, with the distance between sets of
        codes.
    subcodes : {"include", "exclude"}
        Whether a code counts as applied where one of its sub-codes is; the note of its row names the choice. The rows
        for all codes compare the codes as they were applied.
    available : str or mapping, optional
        Where each code could be applied at all: units where it could not are left out of its row. A column, such as
        ``"question"``: a code could be applied in those groups in which anyone applied it. Or a mapping from codes to
        ``{column: values}``, or to the units or documents; codes that it does not name could be applied everywhere.
    map : mapping, optional
        Codes that were renamed, under their names of old: ``{"old": "new"}``.
    cluster : {"document", "participant", "case", "unit"}, optional
        What intervals go by. By default ``study.cluster_level()``: the coarser of document and participant that holds
        several units, since units that are alike say less than as many independent ones.
    confidence : float
        Nominal coverage of the intervals.
    method : Bootstrap, Analytic, Jackknife, Wilson or their names in lower case, optional
        See `Coefficient.interval`.

    Returns
    -------
    pandas.DataFrame
        Index ``code`` (after ``case``, ``coder_a, coder_b``, ``without`` or the column's name, or before ``category``,
        where asked for); the rows of the whole are named ``all codes (Jaccard)`` and ``all codes (MASI)`` and are not
        there by category. Columns: ``estimate, low, high``; ``n_units`` seen by at least two coders (by category: on
        which one of them chose it); ``n_coders``; ``prevalence``, the share of their readings in which the code was
        applied (in the rows of the whole: any code); ``agreement``, the share of pairs of coders who agree; ``note``.

    Raises
    ------
    DataError
        For a study of spans without units, with several rounds of coding unless ``by="round"``, with too few coders;
        for a level where a coder gave a unit several codes.

    Examples
    --------
    >>> import pandas as pd
    >>> from expertsys.study import Study
    >>> codings = pd.DataFrame(
    ...     {
    ...         "unit": ["u1", "u1", "u2", "u2", "u3", "u3"],
    ...         "coder": ["ann", "ben", "ann", "ben", "ann", "ben"],
    ...         "code": ["policy", "policy", "policy", "judgement", "judgement", "judgement"],
    ...     }
    ... )
    >>> reliability(Study(codings))[["estimate", "n_units", "prevalence"]].round(3)
    column               estimate  n_units  prevalence
    code
    policy                  0.444        3         0.5
    judgement               0.444        3         0.5
    all codes (Jaccard)     0.444        3         1.0
    all codes (MASI)        0.444        3         1.0

    The coders agree on two of three units; nearly half of what chance leaves open.

    >>> reliability(Study(codings), by="category", codes=["policy"])["estimate"].round(2).tolist()
    [0.67, 0.67]

    Where one coder applied the code, the other did in two of three units, and so where one did not.
    """
    function = choice.function(coefficient)
    check_between("confidence", confidence, 0, 1)
    check_choice("subcodes", subcodes, ("include", "exclude"))
    by_round = isinstance(by, str) and by == "round"
    if level is not None:
        check_choice("level", level, LEVELS)
        if by == "category" or codes is not None or available is not None:
            raise DataError(
                "level= takes all codes as one scale, and by='category', codes= and available= speak of single codes",
                place="reliability",
                remedy="Leave one of them out; study.select(codes=[...]) chooses the codes of a scale.",
            )
    if isinstance(by, str) and by == "category" and coefficient != "krippendorff_alpha":
        raise DataError(
            f"by='category' gives specific agreement, and coefficient={coefficient!r} asks for another",
            place="reliability",
            remedy="Leave one of the two out.",
        )
    coded = CodedUnits.of(study, every_round=by_round, rename=map)
    if len(coded.coders) < 2:
        raise DataError(
            f"agreement takes two coders; there is {len(coded.coders)}",
            place="study.coders",
            remedy="Read all coders' files together: es.read([...]).",
        )
    keys, parts = _parts(study, coded, by)
    kind = "category" if isinstance(by, str) and by == "category" else "code"
    wanted = [[] if level is not None else wanted_codes(part, codes) for _, part in parts]
    places = availability(coded, available)
    runs = runs_of_one_model(coded.coders)
    rows: list[tuple[Any, ...]] = []
    names: set[str] = set()
    with track(sum(len(listed) + len(WHOLE) for listed in wanted), "agreement") as step:
        for (key, part), listed in zip(parts, wanted, strict=True):
            if level is not None:
                found = of_scores(part, level, coefficient, cluster)
            else:
                chosen = None if kind == "category" else function
                found = results(part, listed, chosen, cluster, subcodes, places)
            for name, result in found:
                note = "; ".join(part for part in (result.note, runs) if part)
                rows.append((*key, *name, *row_of(attrs.evolve(result, note=note), confidence, method)))
                names |= {result.name} if name[0] not in WHOLE.values() else set()
                step()
    index = [*keys, "code", *(["category"] if kind == "category" else [])]
    table = pd.DataFrame(rows, columns=[*index, *COLUMNS]).set_index(index)
    told = names.pop() if names else "Krippendorff's alpha"
    over = coded.level(cluster)
    table.attrs.update(coefficient=told, confidence=confidence, method=_how(method, over), level=level or "")
    return table.rename_axis(columns="column")


def _how(method: Method | None, level: str) -> str:
    chosen = default(clustered=level != "unit") if method is None else resolve(method)
    over = "units" if level == "unit" else f"clusters ({level})"
    if isinstance(chosen, Bootstrap):
        return f"bootstrap over {over}, {chosen.replicates:,} replicates"
    if isinstance(chosen, Wilson):
        return f"Wilson's score interval over {over}"
    return f"{type(chosen).__name__.lower()} standard error over {over}"


def wanted_codes(coded: CodedUnits, codes: Sequence[str] | None) -> list[str]:
    """The codes asked for, or those that were applied."""
    if codes is None:
        applied = set(np.unique(coded.code).tolist())
        return [name for number, name in enumerate(coded.codes) if number in applied]
    for name in codes:
        if name not in coded.codes:
            raise unknown("code", name, coded.codes, place="reliability")
    return list(codes)


def availability(coded: CodedUnits, available: Available | None) -> dict[str, np.ndarray[Any, Any]]:
    """For each code that could not be applied everywhere, the readings in which it could."""
    if available is None:
        return {}
    place = "reliability(available=...)"
    if isinstance(available, str):
        label = groups.labels(coded.study, coded, available, place=place)
        found = {}
        for number, name in enumerate(coded.codes):
            used = {*label[coded.reading[coded.code == number]].tolist()} - {None}
            found[name] = np.array([value in used for value in label.tolist()])
        return {name: mask for name, mask in found.items() if mask.any()}
    units = np.array(coded.units, dtype=object)[coded.unit]
    made = {}
    for name, where in available.items():
        if name not in coded.codes:
            raise unknown("code", name, coded.codes, place=place)
        if isinstance(where, Mapping):
            mask = np.ones(len(units), dtype=np.bool_)
            for column, values in where.items():
                label = groups.labels(coded.study, coded, column, place=place)
                wanted = {str(value) for value in ([values] if isinstance(values, str) else values)}
                if strange := sorted(wanted - {str(value) for value in label.tolist()}):
                    raise DataError(
                        f"{column!r} has no value {strange[0]!r}; it has {listing(groups.in_order(label.tolist()))}",
                        place=place,
                    )
                mask &= np.array([str(value) in wanted for value in label.tolist()])
        else:
            wanted = {str(value) for value in ([where] if isinstance(where, str) else where)}
            mask = np.isin(units, list(wanted)) | np.isin(coded.document, list(wanted))
        made[name] = mask
    return made


def _confined(coded: CodedUnits, members: Sequence[int]) -> str:
    """A note where a code was applied in some groups only of a column of the units, though it is frequent there."""
    applied = np.zeros(len(coded.unit), dtype=np.bool_)
    applied[coded.reading[np.isin(coded.code, list(members))]] = True
    for column, label in coded.attributes.items():
        known = label >= 0
        size = int(label.max(initial=-1)) + 1
        read, used = (np.bincount(label[known & which], minlength=size) for which in (known, known & applied))
        inside = used > 0
        if not inside.any() or inside.all():
            continue
        rate = used[inside].sum() / read[inside].sum()
        few = inside.sum() <= size / 2 + 0.5
        if (few and rate * read[~inside].sum() >= EXPECTED) or rate * read[~inside].max() >= 2 * EXPECTED:
            values = coded.attribute_values[column]
            where = listing([values[number] for number in np.flatnonzero(inside)], 3)
            return (
                f"applied only where {column} is {where}, and the other {int(read[~inside].sum()):,} readings count as "
                f"'no': if it was possible only there, say available={column!r}"
            )
    return ""


def _parts(
    study: Study, coded: CodedUnits, by: groups.By | None
) -> tuple[list[str], list[tuple[tuple[Any, ...], CodedUnits]]]:
    """Names of the index before the code, and for each of its values the readings."""
    if by is None or (isinstance(by, str) and by == "category"):
        return [], [((), coded)]
    if isinstance(by, str) and by == "pair":
        return ["coder_a", "coder_b"], [(pair, coded.by_coders(pair)) for pair in combinations(coded.coders, 2)]
    if isinstance(by, str) and by == "coder":
        if len(coded.coders) < 3:
            raise DataError(
                "leaving a coder out takes three; there are two", place="reliability(by='coder')", remedy="Use by=None."
            )
        rest = {name: [other for other in coded.coders if other != name] for name in coded.coders}
        return ["without"], [((name,), coded.by_coders(others)) for name, others in rest.items()]
    if isinstance(by, str) and by == "round":
        if not coded.rounds:
            raise DataError("the study has no rounds of coding", place="reliability(by='round')", remedy="Use by=None.")
        unnamed = [None] if (coded.round < 0).any() else []
        return ["round"], [((name or "(no round)",), coded.in_round(name)) for name in (*coded.rounds, *unnamed)]
    if isinstance(by, str) and by == "case":
        return ["case"], [((case,), coded.in_case(case)) for case in dict.fromkeys(coded.case.tolist())]
    found = groups.labels(study, coded, by, place="reliability(by=...)")
    order = groups.in_order(found.tolist(), dates=isinstance(by, str) and by == "date")
    return [by if isinstance(by, str) else "group"], [((label,), coded.where(found == label)) for label in order]


def results(
    part: CodedUnits,
    codes: Sequence[str],
    function: choice.Function | None,
    cluster: str | None,
    subcodes: Subcodes = "include",
    places: Mapping[str, np.ndarray[Any, Any]] | None = None,
) -> Iterator[tuple[tuple[str, ...], Coefficient]]:
    """Each row's names and its coefficient; without a function, specific agreement."""
    for name in codes:
        inside, note = part, "" if places else _confined(part, part.members(name, subcodes))
        if places and name in places:
            mask = places[name][part.numbers]
            inside = part.where(mask)
            left = len(np.unique(part.unit)) - len(np.unique(inside.unit))
            note = f"{left:,} units left out in which the code was not available" if left else ""
        ratings = inside.applied(name, cluster, subcodes=subcodes)
        ratings = attrs.evolve(ratings, note="; ".join(one for one in (ratings.note, note) if one))
        if function is None:
            for applied, told in APPLIED.items():
                yield (name, told), specific_agreement(ratings, category=applied)
        else:
            yield (name,), function(ratings)
    if function is not None:
        sets = part.sets(cluster)
        for distance, label in WHOLE.items():
            yield (label,), krippendorff_alpha(sets, distance=distance)


def of_scores(
    part: CodedUnits, level: Level, coefficient: str | choice.Function, cluster: str | None
) -> Iterator[tuple[tuple[str, ...], Coefficient]]:
    """The row of scores: alpha at their level, or another coefficient with the weights of that level."""
    ratings = part.scores(cluster)
    label = f"scores ({level})"
    if coefficient == "krippendorff_alpha":
        yield (label,), krippendorff_alpha(ratings, level=level)
    elif callable(coefficient):
        yield (label,), coefficient(ratings)
    else:
        function: Any = choice.function(coefficient)
        if level == "nominal":
            yield (label,), function(ratings)
        else:
            yield (label,), choice.weighted(coefficient, function, WEIGHTS[level])(ratings)


def row_of(result: Coefficient, confidence: float, method: Method | None) -> tuple[Any, ...]:
    """The cells of a coefficient's row."""
    ratings: Ratings = result._ratings
    agreement = percent_agreement(ratings).estimate
    interval = result.interval(confidence, method)
    notes = dict.fromkeys((result.note, interval.note))
    if ratings.categories == (False, True) and agreement >= 0.9 and result.estimate < 0.6:
        notes[f"coders agree on {agreement:.0%} of units, as chance nearly gives for so rare a code"] = None
    return (
        result.estimate,
        interval.low,
        interval.high,
        result.n_units,
        result.n_coders,
        prevalence(ratings),
        agreement,
        "; ".join(note for note in notes if note),
    )


def methods_text(study: Study, table: pd.DataFrame) -> str:
    """A paragraph for a methods section about a table made by `reliability`, with the figures.

    Parameters
    ----------
    study : Study
        The study that the table was made from.
    table : pandas.DataFrame
        As `reliability` gives it; its ``attrs`` name the coefficient, the confidence and the method. Of a table by
        groups, pairs or coders it gives the lowest and the highest group.
    """
    seen = study.provenance.choice("who saw what") or "given"
    unit = study.provenance.choice("unit of coding")
    codes = table.index.get_level_values("code")
    whole, single = table[codes == WHOLE["jaccard"]], table[~codes.isin(list(WHOLE.values()))]
    n_units = CodedUnits.of(study).sets().n_pairable
    parts = [
        f"{n_units:,} of {len(study.units):,} units "
        + (f"(unit of coding: {unit}) " if unit else "")
        + f"were read by at least two of {len(study.coders)} coders. Who saw which unit: {seen}."
    ]
    reported = table.attrs["confidence"], table.attrs["method"]
    if len(whole):
        measure = "Krippendorff's alpha with Jaccard distance"
        parts.append(_whole_sentence(whole, "Agreement on the set of codes per unit", measure, *reported))
    if table.attrs.get("level"):
        measure = f"{table.attrs['coefficient']}, {table.attrs['level']}"
        return " ".join([*parts, _whole_sentence(single, "Agreement on the scores", measure, *reported)])
    kinds = single.groupby("category", sort=False) if "category" in table.index.names else [("", single)]
    for kind, rows in kinds:
        known = rows["estimate"].dropna()
        if len(known):
            low, middle, high = (float(known.quantile(share)) for share in (0, 0.5, 1))
            what = f"{table.attrs['coefficient']} on {kind!r}" if kind else table.attrs["coefficient"]
            counted = "codes" if kind or rows.index.nlevels == 1 else "rows"
            parts.append(
                f"For single codes{'' if kind else ', applied or not'}, {what} lay between {number(low)} and "
                f"{number(high)} (median {number(middle)}, {len(known)} {counted}; "
                f"undefined for {len(rows) - len(known)})."
            )
    return " ".join(parts)


def _whole_sentence(whole: pd.DataFrame, start: str, measure: str, confidence: float, how: str) -> str:
    """The sentence on sets of codes, or on scores; with several groups, the lowest and the highest."""
    rows = whole.dropna(subset=["estimate"]).sort_values("estimate", kind="stable")
    if len(whole) == 1 or rows.empty:
        rows = whole.iloc[:1]
    ends = rows if len(rows) == 1 else rows.iloc[[0, -1]]
    figures = [
        (number(estimate), f"interval {number(low)} to {number(high)}")
        for estimate, low, high in ends[["estimate", "low", "high"]].to_numpy(dtype=np.float64).tolist()
    ]
    if len(figures) == 1:
        figure, interval = figures[0]
        return f"{start} was {figure} ({measure}; {percent(confidence)} {interval}, {how})."
    names = [" and ".join(map(str, key[:-1])) for key in ends.index]
    kind = {"coder_a": "pair", "without": "coder left out"}.get(str(whole.index.names[0]), str(whole.index.names[0]))
    told = " and ".join(
        f"{figure} ({name}; {interval})" for name, (figure, interval) in zip(names, figures, strict=True)
    )
    return f"{start} ({measure}; {percent(confidence)} intervals, {how}) by {kind} lay between {told}."
