"""The table of reliability: a row per code and one for the whole."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from expertsys._core.errors import DataError, check_between, check_choice, unknown
from expertsys._core.progress import track
from expertsys._core.results import number, percent
from expertsys.agreement.coefficients.alpha import krippendorff_alpha
from expertsys.agreement.coefficients.fleiss import fleiss_kappa
from expertsys.agreement.coefficients.gwet import gwet_ac
from expertsys.agreement.coefficients.percent import percent_agreement
from expertsys.agreement.inference.coefficient import Coefficient
from expertsys.agreement.inference.methods import Bootstrap, Method
from expertsys.agreement.ratings import Ratings
from expertsys.agreement.ratings.coded import CodedUnits

if TYPE_CHECKING:
    from expertsys.study import Study

Name = Literal["krippendorff_alpha", "fleiss_kappa", "gwet_ac", "percent_agreement"]
COEFFICIENTS: dict[str, Callable[[Ratings], Coefficient]] = {
    "krippendorff_alpha": lambda ratings: krippendorff_alpha(ratings, level="nominal"),
    "fleiss_kappa": fleiss_kappa,
    "gwet_ac": gwet_ac,
    "percent_agreement": percent_agreement,
}
NAMES = {
    "krippendorff_alpha": "Krippendorff's alpha",
    "fleiss_kappa": "Fleiss' kappa",
    "gwet_ac": "Gwet's AC1",
    "percent_agreement": "percent agreement",
}
WHOLE: dict[Literal["jaccard", "masi"], str] = {"jaccard": "all codes (Jaccard)", "masi": "all codes (MASI)"}
COLUMNS = ("estimate", "low", "high", "n_units", "n_coders", "prevalence", "agreement", "note")

#: Below so many applications, or disagreements, every known interval covers less than it says.
FEW = 10


def reliability(
    study: Study,
    *,
    by: Literal["case", "pair"] | None = None,
    codes: Sequence[str] | None = None,
    coefficient: Name = "krippendorff_alpha",
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
    by : {"case", "pair"}, optional
        The table for each case, or for each pair of coders.
    codes : sequence of str, optional
        Only these codes; by default all that were applied, in the codebook's order.
    coefficient : {"krippendorff_alpha", "fleiss_kappa", "gwet_ac", "percent_agreement"}
        For the rows of single codes. The rows for all codes are alpha, with the distance between sets of codes.
    confidence : float
        Nominal coverage of the intervals.
    method : Bootstrap, "analytic" or "jackknife"
        See `Coefficient.interval`.

    Returns
    -------
    pandas.DataFrame
        Index ``code`` (after ``case``, or ``coder_a, coder_b``, where asked for); the rows of the whole are named
        ``all codes (Jaccard)`` and ``all codes (MASI)``. Columns: ``estimate, low, high``; ``n_units`` seen by at least
        two coders; ``n_coders``; ``prevalence``, the share of their readings in which the code was applied (in the rows
        of the whole: any code); ``agreement``, the share of pairs of coders who agree; ``note``.

    Raises
    ------
    DataError
        For a study of spans without units, or with several rounds of coding.

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
    """
    check_choice("coefficient", coefficient, list(COEFFICIENTS))
    check_between("confidence", confidence, 0, 1)
    if by is not None:
        check_choice("by", by, ("case", "pair"))
    coded = CodedUnits.of(study)
    if len(coded.coders) < 2:
        raise DataError(
            f"agreement takes two coders; there is {len(coded.coders)}",
            place="study.coders",
            remedy="Read all coders' files together: es.read([...]).",
        )
    wanted = _wanted(study, coded, codes)
    keys, parts = _parts(coded, by)
    rows: list[tuple[Any, ...]] = []
    total = len(parts) * (len(wanted) + len(WHOLE))
    with track(total, "agreement") as step:
        for key, part in parts:
            for name, row in _rows(part, wanted, COEFFICIENTS[coefficient], confidence, method):
                rows.append((*key, name, *row))
                step()
    table = pd.DataFrame(rows, columns=[*keys, "code", *COLUMNS]).set_index([*keys, "code"])
    table.attrs.update(coefficient=NAMES[coefficient], confidence=confidence, method=_how(method))
    return table.rename_axis(columns="column")


def _how(method: Method) -> str:
    if isinstance(method, Bootstrap):
        return f"bootstrap over units, {method.replicates:,} replicates"
    return "bootstrap over units" if method == "bootstrap" else f"{method} standard error"


def _wanted(study: Study, coded: CodedUnits, codes: Sequence[str] | None) -> list[str]:
    if codes is None:
        applied = set(np.unique(coded.code).tolist())
        return [name for number, name in enumerate(coded.codes) if number in applied]
    for name in codes:
        if name not in study.codes:
            raise unknown("code", name, study.codes, place="reliability")
    return list(codes)


def _parts(coded: CodedUnits, by: str | None) -> tuple[list[str], list[tuple[tuple[str, ...], CodedUnits]]]:
    if by == "case":
        cases = dict.fromkeys(coded.case.tolist())
        return ["case"], [((case,), coded.in_case(case)) for case in cases]
    if by == "pair":
        pairs = itertools.combinations(coded.coders, 2)
        return ["coder_a", "coder_b"], [(pair, coded.by_coders(pair)) for pair in pairs]
    return [], [((), coded)]


def _rows(
    part: CodedUnits,
    codes: Sequence[str],
    function: Callable[[Ratings], Coefficient],
    confidence: float,
    method: Method,
) -> Iterator[tuple[str, tuple[Any, ...]]]:
    for name in codes:
        ratings = part.applied(name)
        yield name, _row(function(ratings), ratings, confidence, method, binary=True)
    sets = part.sets()
    for distance, label in WHOLE.items():
        result = krippendorff_alpha(sets, distance=distance)
        yield label, _row(result, sets, confidence, method, binary=False)


def _row(result: Coefficient, ratings: Ratings, confidence: float, method: Method, *, binary: bool) -> tuple[Any, ...]:
    profiles = ratings.values.pairable  # noqa: PD011  # no dataframe
    totals = profiles.totals(profiles.counts[None, :].astype(np.float64))[0]
    readings = float(totals.sum())
    silent = [place for place, value in enumerate(ratings.categories) if value is False or value == frozenset()]
    applied = readings - float(totals[silent].sum())
    agreement = percent_agreement(ratings).estimate
    interval = result.interval(confidence, method)
    notes = [result.note or interval.note]
    if binary and not np.isnan(result.estimate):
        minority = min(applied, readings - applied)
        if minority < FEW:
            notes.append(f"applied in {applied:.0f} of {readings:.0f} readings: the interval is rough")
        elif (1 - agreement) * result.n_units < FEW:
            notes.append("few disagreements: the interval is rough")
        if agreement >= 0.9 and result.estimate < 0.6:
            notes.append(f"coders agree on {agreement:.0%} of units, as chance nearly gives for so rare a code")
    return (
        result.estimate,
        interval.low,
        interval.high,
        result.n_units,
        result.n_coders,
        applied / readings if readings else float("nan"),
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
        As `reliability` gives it without `by`; its ``attrs`` name the coefficient, the confidence and the method.
    """
    whole: dict[Any, Any] = table.loc[[WHOLE["jaccard"]]].to_dict("records")[0]
    single = table.drop(index=list(WHOLE.values()))
    known = single["estimate"].dropna()
    seen = study.provenance.choice("who saw what") or "given"
    unit = study.provenance.choice("unit of coding")
    how, confidence = table.attrs["method"], table.attrs["confidence"]
    parts = [
        f"{int(whole['n_units']):,} of {len(study.units):,} units "
        + (f"(unit of coding: {unit}) " if unit else "")
        + f"were read by at least two of {len(study.coders)} coders. Who saw which unit: {seen}.",
        f"Agreement on the set of codes per unit was {number(whole['estimate'])} (Krippendorff's alpha with Jaccard "
        f"distance; {percent(confidence)} interval {number(whole['low'])} to {number(whole['high'])}, {how}).",
    ]
    if len(known):
        low, middle, high = (float(known.quantile(share)) for share in (0, 0.5, 1))
        parts.append(
            f"For single codes, applied or not, {table.attrs['coefficient']} lay between {number(low)} and "
            f"{number(high)} (median {number(middle)}, {len(known)} codes; undefined for {len(single) - len(known)})."
        )
    return " ".join(parts)
