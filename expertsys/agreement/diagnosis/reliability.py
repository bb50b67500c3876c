"""The table of reliability: a row per code and one for the whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from expertsys._core.errors import DataError, check_between, unknown
from expertsys._core.progress import track
from expertsys._core.results import number, percent
from expertsys.agreement.coefficients.alpha import krippendorff_alpha
from expertsys.agreement.coefficients.percent import percent_agreement
from expertsys.agreement.diagnosis import choice, groups
from expertsys.agreement.diagnosis.categories import prevalence, specific_agreement
from expertsys.agreement.inference.coefficient import Coefficient
from expertsys.agreement.inference.methods import Bootstrap, Method, resolve
from expertsys.agreement.ratings import Ratings
from expertsys.agreement.ratings.coded import CodedUnits

if TYPE_CHECKING:
    from expertsys.study import Study

WHOLE: dict[Literal["jaccard", "masi"], str] = {"jaccard": "all codes (Jaccard)", "masi": "all codes (MASI)"}
COLUMNS = ("estimate", "low", "high", "n_units", "n_coders", "prevalence", "agreement", "note")
APPLIED: dict[bool, str] = {True: "applied", False: "not applied"}


def reliability(
    study: Study,
    *,
    by: Literal["case", "pair", "coder", "category"] | groups.By | None = None,
    codes: Sequence[str] | None = None,
    coefficient: str | choice.Function = "krippendorff_alpha",
    cluster: Literal["document", "case"] | None = None,
    confidence: float = 0.95,
    method: Method = Bootstrap(replicates=1000, rng=0),  # noqa: B008  # frozen
) -> pd.DataFrame:
    """How far coders agree: a row for each code (applied or not), and for all codes as sets.

    Parameters
    ----------
    study : Study
        With units and one round of coding. A coder who saw a unit and did not apply the code said "no"; one who did not
        see it is missing there. Where the study does not know who saw what, that is assumed from the codings, and the
        notes say so.
    by : str, mapping or Series, optional
        The table for each ``"case"``; for each ``"pair"`` of coders; without each ``"coder"`` in turn; or for each
        group of units by a column of the study's documents, cases or participants (``"document"``, ``"date"``,
        ``"kind"``, ``"site"``, a batch, ...) or by a mapping from units or documents to groups. With ``"category"`` the
        estimates are the specific agreement on having applied each code and on not having applied it.
    codes : sequence of str, optional
        Only these codes; by default all that were applied (in the group, where there are groups), in the codebook's
        order.
    coefficient : str or callable
        For the rows of single codes: the name of a function of `expertsys.agreement`, such as ``"gwet_ac"``,
        ``"fleiss_kappa"``, ``"percent_agreement"`` or, with two coders or by pair, ``"cohen_kappa"``; or any function
        of `Ratings` that gives a `Coefficient`. The rows for all codes are alpha, with the distance between sets of
        codes.
    cluster : {"document", "case"}, optional
        Intervals draw whole documents or cases: where units of one document are alike, drawing units is too narrow.
    confidence : float
        Nominal coverage of the intervals.
    method : Bootstrap, Analytic, Jackknife, "bootstrap", "analytic" or "jackknife"
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
        For a study of spans without units, with several rounds of coding, or with too few coders.

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
    if by == "category" and coefficient != "krippendorff_alpha":
        raise DataError(
            f"by='category' gives specific agreement, and coefficient={coefficient!r} asks for another",
            place="reliability",
            remedy="Leave one of the two out.",
        )
    coded = CodedUnits.of(study)
    if len(coded.coders) < 2:
        raise DataError(
            f"agreement takes two coders; there is {len(coded.coders)}",
            place="study.coders",
            remedy="Read all coders' files together: es.read([...]).",
        )
    keys, parts = _parts(study, coded, by)
    chosen = [(key, part, _wanted(study, part, codes)) for key, part in parts]
    rows: list[tuple[Any, ...]] = []
    names: set[str] = set()
    with track(sum(len(wanted) + len(WHOLE) for _, _, wanted in chosen), "agreement") as step:
        for key, part, wanted in chosen:
            for name, result in _results(part, wanted, None if by == "category" else function, cluster):
                rows.append((*key, *name, *_row(result, confidence, method)))
                names |= {result.name} if name[0] not in WHOLE.values() else set()
                step()
    index = [*keys, "code", *(["category"] if by == "category" else [])]
    table = pd.DataFrame(rows, columns=[*index, *COLUMNS]).set_index(index)
    told = names.pop() if names else "Krippendorff's alpha"
    table.attrs.update(coefficient=told, confidence=confidence, method=_how(method, cluster))
    return table.rename_axis(columns="column")


def _how(method: Method, cluster: str | None) -> str:
    chosen = resolve(method)
    over = "units" if cluster is None else f"clusters ({cluster})"
    if isinstance(chosen, Bootstrap):
        return f"bootstrap over {over}, {chosen.replicates:,} replicates"
    return f"{type(chosen).__name__.lower()} standard error over {over}"


def _wanted(study: Study, coded: CodedUnits, codes: Sequence[str] | None) -> list[str]:
    if codes is None:
        applied = set(np.unique(coded.code).tolist())
        return [name for number, name in enumerate(coded.codes) if number in applied]
    for name in codes:
        if name not in study.codes:
            raise unknown("code", name, study.codes, place="reliability")
    return list(codes)


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
    if isinstance(by, str) and by == "case":
        return ["case"], [((case,), coded.in_case(case)) for case in dict.fromkeys(coded.case.tolist())]
    found = groups.labels(study, coded, by, place="reliability(by=...)")
    order = groups.in_order(found.tolist())
    return [by if isinstance(by, str) else "group"], [((label,), coded.where(found == label)) for label in order]


def _results(
    part: CodedUnits, codes: Sequence[str], function: choice.Function | None, cluster: str | None
) -> Iterator[tuple[tuple[str, ...], Coefficient]]:
    """Each row's names and its coefficient; without a function, specific agreement."""
    for name in codes:
        ratings = part.applied(name, cluster)
        if function is None:
            for applied, told in APPLIED.items():
                yield (name, told), specific_agreement(ratings, category=applied)
        else:
            yield (name,), function(ratings)
    if function is not None:
        sets = part.sets(cluster)
        for distance, label in WHOLE.items():
            yield (label,), krippendorff_alpha(sets, distance=distance)


def _row(result: Coefficient, confidence: float, method: Method) -> tuple[Any, ...]:
    ratings: Ratings = result._ratings
    agreement = percent_agreement(ratings).estimate
    interval = result.interval(confidence, method)
    notes = dict.fromkeys((result.note, interval.note))
    if True in ratings.categories and agreement >= 0.9 and result.estimate < 0.6:
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
    if len(whole):
        parts.append(_told_of_sets(whole, table.attrs["confidence"], table.attrs["method"]))
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


def _told_of_sets(whole: pd.DataFrame, confidence: float, how: str) -> str:
    """The sentence on sets of codes; with several groups, the lowest and the highest."""
    start, measure = "Agreement on the set of codes per unit", "Krippendorff's alpha with Jaccard distance"
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
