"""Where coders disagree."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from expertsys.agreement.ratings.coded import CodedUnits

if TYPE_CHECKING:
    from expertsys.study import Study


def disagreements(study: Study, *, text: bool = False) -> pd.DataFrame:
    """The units on which coders disagree, the largest disagreement first: what to talk about at the next meeting.

    Among equals, the unit with more contested codes comes first.

    Parameters
    ----------
    study : Study
        With units and one round of coding.
    text : bool
        Whether to add the unit's text. It is interview material: show it only to those who may see it.

    Returns
    -------
    pandas.DataFrame
        Index ``unit``. Columns: ``case``; ``n_coders`` who saw it; ``disagreement``, the mean Jaccard distance between
        the code sets of pairs of coders, 0 to 1; ``agreed``, codes that all applied; ``contested``, codes that some
        applied and how many of those who saw the unit did; ``text`` where asked for. Units on which all agree, or that
        one coder saw, are not listed.

    Examples
    --------
    >>> import pandas as pd
    >>> from expertsys.study import Study
    >>> codings = pd.DataFrame({"unit": ["u1", "u1"], "coder": ["ann", "ben"], "code": ["policy", "judgement"]})
    >>> disagreements(Study(codings)).loc["u1", "contested"]
    'policy (1 of 2), judgement (1 of 2)'
    """
    coded = CodedUnits.of(study)
    n_coders = np.bincount(coded.unit, minlength=len(coded.units))
    applied = pd.DataFrame({"unit": coded.unit[coded.reading], "coder": coded.coder[coded.reading], "code": coded.code})
    times = applied.groupby(["unit", "code"]).size().rename("times").reset_index()
    times["n"] = n_coders[times["unit"]]
    times = times[times["n"] > 1]
    contested = times[times["times"] < times["n"]]
    rows = []
    names = study.units["case"]
    readings = pd.Series(np.arange(len(coded.unit))).groupby(coded.unit).agg(list)
    code_sets = applied.groupby(["unit", "coder"])["code"].agg(frozenset)
    agreed = times[times["times"] == times["n"]].groupby("unit")["code"].agg(list)
    for key, group in contested.groupby("unit"):
        unit = int(str(key))
        sets = [code_sets.get((unit, coded.coder[place]), frozenset()) for place in readings[unit]]
        told = ", ".join(
            f"{coded.codes[code]} ({count} of {n})"
            for code, count, n in zip(group["code"], group["times"], group["n"], strict=True)
        )
        rows.append(
            (
                coded.units[unit],
                names.iloc[unit],
                int(n_coders[unit]),
                _mean_distance(sets),
                ", ".join(coded.codes[code] for code in agreed.get(unit, [])),
                told,
                len(group),
            )
        )
    columns = ["unit", "case", "n_coders", "disagreement", "agreed", "contested", "n_contested"]
    table = pd.DataFrame(rows, columns=columns).sort_values(
        ["disagreement", "n_contested"], ascending=False, kind="stable"
    )
    table["case"] = table["case"].astype("str")
    table = table.drop(columns="n_contested").set_index("unit").rename_axis(columns="column")
    return table.assign(text=_texts(study).reindex(table.index)) if text else table


def _mean_distance(sets: list[frozenset[int]]) -> float:
    distances = [
        1 - len(first & second) / len(first | second) if first | second else 0.0
        for place, first in enumerate(sets)
        for second in sets[place + 1 :]
    ]
    return float(np.mean(distances))


def _texts(study: Study) -> pd.Series[str]:
    """Text of each unit: its stretch of the document, what a coding quotes, or the document where it is the unit."""
    units = study.units
    whole = units["document"].map(study.documents["text"])
    alone = ~units["document"].duplicated(keep=False)
    texts = [
        full[start:end] if isinstance(full, str) and not pd.isna(start) else full if only else None
        for full, start, end, only in zip(whole, units["start"], units["end"], alone, strict=True)
    ]
    known = pd.Series(texts, index=units.index, dtype="str")
    quoted = study.codings.dropna(subset=["text", "unit"]).groupby("unit")["text"].first()
    known = known.where(known.notna(), quoted.reindex(known.index).astype("str"))
    return known.where(known.notna(), whole.astype("str"))
