"""Agreement with a gold standard: precision, recall, F1 and specificity of each coder and code."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

import numpy as np

from expertsys._core.errors import DataError, check_between, unknown
from expertsys.agreement.ratings.coded import CodedUnits
from expertsys.agreement.ratings.profiles import Floats, Ints

if TYPE_CHECKING:
    import pandas as pd

    from expertsys.study import Study

ALL_CODES = "all codes (micro)"
#: What a measure counts, and of how many: weights of true positives, false positives, false and true negatives.
MEASURES: dict[str, tuple[tuple[int, int, int, int], tuple[int, int, int, int]]] = {
    "precision": ((1, 0, 0, 0), (1, 1, 0, 0)),
    "recall": ((1, 0, 0, 0), (1, 0, 1, 0)),
    "f1": ((2, 0, 0, 0), (2, 1, 1, 0)),
    "specificity": ((0, 0, 0, 1), (0, 1, 0, 1)),
}
COLUMNS = ["estimate", "low", "high", "n_units", "n_gold", "n_coder", "n_clusters", "note"]
#: With fewer clusters than this, an interval is rough.
FEW = 10


def gold_standard(
    study: Study,
    *,
    gold: str,
    coders: Sequence[str] | None = None,
    codes: Sequence[str] | None = None,
    cluster: Literal["unit", "document", "participant", "case"] | None = None,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """How well coders, people or models, find what a gold standard has: precision, recall, F1 and specificity.

    Parameters
    ----------
    study : Study
        With units and one round of coding, in which the gold standard is one of the coders.
    gold : str
        The coder whose codings are taken as correct, such as an expert or the result of `consensus`.
    coders : sequence of str, optional
        Whom to compare with it; by default all others. A coder is compared on the units that both read.
    codes : sequence of str, optional
        By default all that were applied, in the codebook's order.
    cluster : {"unit", "document", "participant", "case"}, optional
        What units belong together; by default ``study.cluster_level()``.
    confidence : float
        Nominal coverage.

    Returns
    -------
    pandas.DataFrame
        Index ``coder, code, measure``, the measures being ``precision`` (of what the coder coded, the share that the
        gold standard has), ``recall`` (of what it has, the share that the coder found), ``f1`` (their harmonic mean)
        and ``specificity`` (of what it does not have, the share that the coder left uncoded); the last code,
        ``all codes (micro)``, adds the decisions of all. Columns ``estimate, low, high``; ``n_units`` that both read;
        ``n_gold`` and ``n_coder`` to which each applied the code; ``n_clusters``; ``note``. NaN with a note where there
        is nothing to divide by.

    Raises
    ------
    DataError
        For an unknown coder or code, a study without units, or several rounds.

    Notes
    -----
    None of these is corrected for chance, and a gold standard has errors too: where both sides are fallible, use
    `reliability`. The interval is Wilson's with the effective number of units, which is estimated from the variance
    between clusters (linearisation) and t with one less than the number of clusters; at 0 and 1, where that variance is
    0, each cluster counts as one unit.

    References
    ----------
    Korn EL, Graubard BI. Confidence intervals for proportions with small expected number of positive counts estimated
    from survey data. Surv Methodol 1998;24:193–201.

    Examples
    --------
    >>> import pandas as pd
    >>> from expertsys.study import Study
    >>> rows = [("gold", "u1"), ("gold", "u2"), ("gold", "u3"), ("ann", "u1"), ("ann", "u2"), ("ann", "u4")]
    >>> codings = pd.DataFrame(rows, columns=["coder", "unit"]).assign(code="fear")
    >>> units = pd.DataFrame({"unit": [f"u{number}" for number in range(1, 9)]})
    >>> study = Study(codings, units=units).with_assignments("all")
    >>> gold_standard(study, gold="gold")["estimate"].round(2).xs("fear", level="code").to_dict()
    {('ann', 'precision'): 0.67, ('ann', 'recall'): 0.67, ('ann', 'f1'): 0.67, ('ann', 'specificity'): 0.8}

    Two of Ann's three codings are right, she found two of three, and left four of the other five units alone.
    """
    import pandas as pd

    check_between("confidence", confidence, 0, 1)
    coded = CodedUnits.of(study)
    others = [name for name in coded.coders if name != gold] if coders is None else list(coders)
    for name in (gold, *others):
        if name not in coded.coders:
            raise unknown("coder", name, coded.coders, place="gold_standard")
    if gold in others or not others:
        raise DataError(
            "coders must be others than the gold standard; there is " + ("no other" if not others else f"{gold!r}"),
            place="gold_standard",
            remedy="Name them with coders=, or leave it out for all others.",
        )
    applied = set(np.unique(coded.code).tolist())
    wanted = [name for number, name in enumerate(coded.codes) if number in applied] if codes is None else list(codes)
    for name in wanted:
        if name not in coded.codes:
            raise unknown("code", name, coded.codes, place="gold_standard")
    level = study.cluster_level() if cluster is None else cluster
    labels = study.clusters(level).reindex(list(coded.units))
    group = pd.factorize(labels.where(labels.notna(), labels.index.to_series()))[0].astype(np.int64)
    rows, keys = [], []
    for name in others:
        unit, marks = _marks(coded, gold, name, wanted)
        of_unit = np.unique(group[unit], return_inverse=True)[1].astype(np.int64)
        whole = np.zeros((int(of_unit.max(initial=-1)) + 1, 4))
        for number, code in enumerate([*wanted, ALL_CODES]):
            if code == ALL_CODES:
                cells, uses = whole, (int(marks[:, 0].sum()), int(marks[:, 1].sum()))
            else:
                cells = _cells(marks[:, :, number], of_unit, len(whole))
                uses = int(marks[:, 0, number].sum()), int(marks[:, 1, number].sum())
                whole = whole + cells
            for measure, (top, bottom) in MEASURES.items():
                estimate, low, high, note = _ratio(cells @ np.array(top), cells @ np.array(bottom), confidence, level)
                told = "; ".join(part for part in (note, coded.note) if part)
                keys.append((name, code, measure))
                rows.append((estimate, low, high, len(unit), *uses, len(whole), told))
    index = pd.MultiIndex.from_tuples(keys, names=["coder", "code", "measure"])
    table = pd.DataFrame(rows, columns=COLUMNS, index=index).rename_axis(columns="column")
    table.attrs.update(gold=gold, confidence=confidence, cluster=level)
    return table


def _marks(coded: CodedUnits, gold: str, coder: str, codes: Sequence[str]) -> tuple[Ints, Ints]:
    """The units that both read, and whether each applied each code, shape (N, 2, V)."""
    pair = [coded.coders.index(gold), coded.coders.index(coder)]
    read = [np.flatnonzero(coded.coder == number) for number in pair]
    unit, *places = np.intersect1d(coded.unit[read[0]], coded.unit[read[1]], return_indices=True)
    marks = np.zeros((len(unit), 2, len(codes)), dtype=np.int64)
    number = {coded.codes.index(name): place for place, name in enumerate(codes)}
    for side, (rows, place) in enumerate(zip(read, places, strict=True)):
        row_of = np.full(len(coded.unit), -1, dtype=np.int64)
        row_of[rows[place]] = np.arange(len(unit))
        row, code = (
            row_of[coded.reading],
            np.array([number.get(one, -1) for one in range(len(coded.codes))])[coded.code],
        )
        kept = (row >= 0) & (code >= 0)
        marks[row[kept], side, code[kept]] = 1
    return unit.astype(np.int64), marks


def _cells(marks: Ints, group: Ints, size: int) -> Floats:
    """True positives, false positives, false and true negatives of each cluster."""
    right, found = marks.T
    parts = (right * found, (1 - right) * found, right * (1 - found), (1 - right) * (1 - found))
    return np.column_stack([np.bincount(group, weights=part, minlength=size) for part in parts]).astype(np.float64)


def _ratio(top: Floats, bottom: Floats, confidence: float, level: str) -> tuple[float, float, float, str]:
    """A ratio of sums over clusters with its interval, and what must be said of it."""
    from scipy.stats import t as distribution

    nan, total = float("nan"), float(bottom.sum())
    if total == 0:
        return nan, nan, nan, "undefined: there is nothing to divide by"
    clusters = np.flatnonzero(bottom > 0)
    size, p = len(clusters), float(top.sum() / total)
    if len(top) < 2:
        return p, nan, nan, f"one {level} only: no interval"
    spread = top - p * bottom
    variance = len(top) / (len(top) - 1) * float((spread**2).sum()) / total**2
    n = float(size) if p in (0, 1) or variance == 0 else min(p * (1 - p) / variance, total)
    z2 = float(distribution.ppf((1 + confidence) / 2, max(size - 1, 1))) ** 2
    middle = (p + z2 / (2 * n)) / (1 + z2 / n)
    reach = np.sqrt(z2) / (1 + z2 / n) * np.sqrt(p * (1 - p) / n + z2 / (4 * n**2))
    few = f"{size} {level}s only: the interval is rough" if size < FEW and level != "unit" else ""
    return p, max(float(middle - reach), 0.0), min(float(middle + reach), 1.0), few
