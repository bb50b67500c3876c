"""Where coders disagree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from expertsys._core.errors import check_choice
from expertsys.agreement.coefficients.distances import set_distance
from expertsys.agreement.ratings.coded import CodedUnits

if TYPE_CHECKING:
    from expertsys.agreement.ratings import Ratings
    from expertsys.agreement.ratings.profiles import Floats, Ints
    from expertsys.study import Study

COLUMNS = ["case", "n_coders", "disagreement", "cost", "agreed", "contested"]


def disagreements(study: Study, *, text: bool = False, by: Literal["cost", "disagreement"] = "cost") -> pd.DataFrame:
    """The units on which coders disagree, the costliest first: what to talk about at the next meeting.

    Parameters
    ----------
    study : Study
        With units and one round of coding.
    text : bool
        Whether to add the unit's text. It is interview material: show it only to those who may see it.
    by : {"cost", "disagreement"}
        What the units are ranked by. Among equals, the other counts, then the number of contested codes.

    Returns
    -------
    pandas.DataFrame
        Index ``unit``. Columns: ``case``; ``n_coders`` who saw it; ``disagreement``, the mean Jaccard distance between
        the code sets of pairs of coders, 0 to 1; ``cost``, by how much alpha over sets of codes (Jaccard) would be
        higher without the unit, NaN where that leaves no variation; ``agreed``, codes that all applied; ``contested``,
        codes that some applied and how many of those who saw the unit did; ``text`` where asked for. Units on which all
        agree, or that one coder saw, are not listed.

    Notes
    -----
    The cost is exact, not an approximation: alpha over all other units less alpha over all. It weighs a disagreement by
    how many saw it, and by what chance would give: between codes that are seldom used elsewhere it costs less, since
    the unit itself adds to the variety that chance is reckoned from. A unit can cost less than nothing where coders
    differ on it by less than chance would have it.

    Examples
    --------
    >>> import pandas as pd
    >>> from expertsys.study import Study
    >>> codings = pd.DataFrame({"unit": ["u1", "u1"], "coder": ["ann", "ben"], "code": ["policy", "judgement"]})
    >>> disagreements(Study(codings)).loc["u1", "contested"]
    'policy (1 of 2), judgement (1 of 2)'

    Each of the two codes was applied by one of the two who saw the unit.
    """
    check_choice("by", by, ("cost", "disagreement"))
    coded = CodedUnits.of(study)
    names = pd.Index(coded.units)
    table = pd.DataFrame({"n_coders": np.bincount(coded.unit, minlength=len(names))}, index=names)
    unit, disagreement, cost = _costs(coded.sets("unit"))
    table.loc[unit, "disagreement"], table.loc[unit, "cost"] = disagreement, cost
    table = table.join(_told(coded, table["n_coders"].to_numpy())).dropna(subset=["contested"])
    table = table.assign(agreed=table["agreed"].fillna(""), case=study.units["case"].reindex(table.index).astype("str"))
    ranking = [by, "disagreement" if by == "cost" else "cost", "n_contested"]
    rounded = table.assign(cost=table["cost"].round(12), disagreement=table["disagreement"].round(12))
    ranked = rounded.sort_values(ranking, ascending=False, kind="stable", na_position="first").index
    table = table.loc[ranked, COLUMNS].rename_axis(index="unit", columns="column")
    return table.assign(text=texts(study).reindex(table.index)) if text else table


def _costs(ratings: Ratings) -> tuple[list[str], Floats, Floats]:
    """Units seen by two coders, the mean distance on each, and what each costs.

    Without a unit, n ratings become n − m, and the sums over pairs of ratings lose the unit's own: within it, and
    between its ratings and all others.
    """
    profiles = ratings.values.pairable  # noqa: PD011  # no dataframe
    weights = profiles.counts.astype(np.float64)
    distance = set_distance(profiles, ratings.categories, "jaccard")
    n, within = weights @ profiles.sizes, distance.within(weights[None, :])[0]
    between = distance.between(weights[None, :])[0]
    own, slope = distance.slopes(weights)
    with np.errstate(invalid="ignore", divide="ignore"):
        now = 1 - (n - 1) * within / between
        rest = between - slope + own * (profiles.sizes - 1)
        left = np.where(rest > 1e-12 * between, 1 - (n - profiles.sizes - 1) * (within - own) / rest, np.nan)
    clusters = ratings.require_clusters("the cost of a unit")
    table = clusters.over(profiles.origin, len(profiles.counts)).tocoo()
    profile: Ints = table.col
    return clusters.names[table.row].tolist(), (own / profiles.sizes)[profile], (left - now)[profile]


def _told(coded: CodedUnits, n_coders: Ints) -> pd.DataFrame:
    """For units that two coders saw: the codes on which they agree, those on which they do not, and how many these."""
    size = len(coded.codes)
    cell, times = np.unique(coded.unit[coded.reading] * size + coded.code, return_counts=True)
    unit, code = np.divmod(cell, max(size, 1))
    seen = n_coders[unit]
    names = np.array(coded.codes, dtype=object)
    counted = pd.Series(times).astype("str") + " of " + pd.Series(seen).astype("str")
    applied = pd.DataFrame(
        {
            "unit": np.array(coded.units, dtype=object)[unit],
            "name": names[code],
            "told": names[code] + " (" + counted + ")",
        }
    )
    contested, agreed = applied[(seen > 1) & (times < seen)], applied[(seen > 1) & (times == seen)]
    by_unit = contested.groupby("unit", sort=False)["told"]
    return pd.DataFrame({"contested": by_unit.agg(", ".join), "n_contested": by_unit.size()}).join(
        agreed.groupby("unit", sort=False)["name"].agg(", ".join).rename("agreed")
    )


def texts(study: Study) -> pd.Series[str]:
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
