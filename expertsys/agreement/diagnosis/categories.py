"""Category by category: each against the rest, and the agreement that is specific to it."""

from __future__ import annotations

from collections.abc import Hashable
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from expertsys._core.errors import check_between, unknown
from expertsys.agreement.diagnosis import choice
from expertsys.agreement.diagnosis.variants import recoded
from expertsys.agreement.inference.coefficient import Coefficient
from expertsys.agreement.inference.kernel import Sums, Values
from expertsys.agreement.inference.methods import Method
from expertsys.agreement.inference.words import Words
from expertsys.agreement.ratings import Ratings
from expertsys.agreement.ratings.profiles import Floats

COLUMNS = (
    "estimate",
    "low",
    "high",
    "specific",
    "specific_low",
    "specific_high",
    "n_units",
    "n_coders",
    "prevalence",
    "note",
)


def specific_agreement(ratings: Ratings, *, category: Hashable) -> Coefficient:
    """Agreement specific to a category: where one coder chose it, how often another who saw the unit chose it too.

    Parameters
    ----------
    ratings : Ratings
        A missing rating is left out; only units with at least two ratings count.
    category : hashable
        One of ``ratings.categories``. With the two categories of a code, ``True`` gives the positive and ``False`` the
        negative agreement.

    Returns
    -------
    Coefficient
        Between 0 and 1; `n_units` are those on which at least one coder chose the category. NaN with a note where no
        one did. It is not corrected for chance.

    Raises
    ------
    DataError
        For a category that the ratings do not have.

    Notes
    -----
    Σ n (n − 1) / Σ n (m − 1) over units, n of whose m ratings are the category: for two coders 2a / (2a + b + c). Each
    pair of ratings counts alike. Report the positive beside the negative agreement: the two together show what one
    coefficient hides where a code is rare.

    References
    ----------
    Spitzer RL, Fleiss JL. A re-analysis of the reliability of psychiatric diagnosis. Br J Psychiatry 1974;125:341–347.
    doi:10.1192/bjp.125.4.341

    Cicchetti DV, Feinstein AR. High agreement but low kappa: II. Resolving the paradoxes. J Clin Epidemiol
    1990;43:551–558. doi:10.1016/0895-4356(90)90159-M

    Examples
    --------
    >>> ratings = Ratings.from_array(
    ...     [[1] * 80 + [1] * 10 + [0] * 5 + [0] * 5, [1] * 80 + [0] * 10 + [1] * 5 + [0] * 5], coders="rows"
    ... )
    >>> [round(specific_agreement(ratings, category=value).estimate, 3) for value in (1, 0)]
    [0.914, 0.4]

    Where one coder says yes, the other nearly always does; where one says no, the other does in two of five units.
    """
    Ratings.require(ratings, "specific_agreement")
    if category not in ratings.categories:
        raise unknown("category", category, ratings.categories, place="specific_agreement")
    profiles = ratings.values.pairable  # noqa: PD011  # no dataframe
    chose = profiles.table[:, [ratings.categories.index(category)]].toarray()[:, 0]
    features = np.column_stack([chose * (chose - 1), chose * (profiles.sizes - 1)])
    return Coefficient.of(
        ratings,
        Sums(profiles.counts, features, _share, profiles.origin),
        name="specific agreement",
        sources=("spitzer1974", "cicchetti1990"),
        refit=partial(specific_agreement, category=category),
        why=lambda _: "no coder chose it where another saw the unit",
        words=Words(
            "the share of pairs of ratings with this category on one side that have it on the other, not corrected for "
            "chance",
            "that two coders had not seen, or for which nobody chose the category, were left out",
        ),
        n_units=int(profiles.counts[chose > 0].sum()),
        level=str(category),
        share=True,
    )


def _share(sums: Floats) -> Values:
    with np.errstate(invalid="ignore", divide="ignore"):
        agreed = np.where(sums[:, 1] > 0, sums[:, 0] / sums[:, 1], np.nan)
    return Values(agreed, agreed, np.full_like(agreed, np.nan))


def categories(
    ratings: Ratings,
    *,
    coefficient: str | choice.Function = "krippendorff_alpha",
    confidence: float = 0.95,
    method: Method | None = None,
) -> pd.DataFrame:
    """How far coders agree on each category: the category against the rest, and the agreement specific to it.

    Parameters
    ----------
    ratings : Ratings
        Where the categories are sets of codes, each code is a row (in the set or not).
    coefficient : str or callable
        A coefficient by its name, or a function of ratings; see `reliability`. It sees two categories, ``False`` and
        ``True``.
    confidence, method
        See `Coefficient.interval`.

    Returns
    -------
    pandas.DataFrame
        Index ``category``. Columns: ``estimate, low, high`` of the coefficient; ``specific, specific_low,
        specific_high``, see `specific_agreement`; ``n_units`` that two coders saw and at least one put there;
        ``n_coders``; ``prevalence``, its share of the ratings of units that two coders saw; ``note``.

    Notes
    -----
    Alpha of a category against the rest is Krippendorff's (1980, p. 139), Fleiss' kappa of it is Fleiss' own (1971,
    p. 381). In R: ``irr::kappam.fleiss(x, detail = TRUE)``.

    References
    ----------
    Krippendorff K. Content Analysis: An Introduction to Its Methodology. Sage, 1980.

    Fleiss JL. Measuring nominal scale agreement among many raters. Psychol Bull 1971;76:378–382. doi:10.1037/h0031619

    Examples
    --------
    Fleiss (1971): thirty patients, each diagnosed by six psychiatrists.

    >>> from expertsys.datasets import load
    >>> ratings = Ratings.from_wide(load("fleiss1971").to_frame())
    >>> categories(ratings, coefficient="fleiss_kappa")["estimate"].round(2).tolist()
    [0.24, 0.24, 0.52, 0.47, 0.57]

    Psychiatrists agree least on who is depressed and on who has a personality disorder.
    """
    check_between("confidence", confidence, 0, 1)
    Ratings.require(ratings, "categories")
    chosen = choice.function(coefficient)
    rows: list[tuple[Any, ...]] = []
    labels, seen = _members(ratings)
    name = ""
    for image in seen:
        against = recoded(ratings, image, (False, True)).ratings
        result, specific = chosen(against), specific_agreement(against, category=True)
        name = result.name
        own, other = result.interval(confidence, method), specific.interval(confidence, method)
        notes = dict.fromkeys((result.note, own.note, specific.note if np.isnan(specific.estimate) else ""))
        rows.append(
            (
                result.estimate,
                own.low,
                own.high,
                specific.estimate,
                other.low,
                other.high,
                specific.n_units,
                result.n_coders,
                prevalence(against),
                "; ".join(note for note in notes if note),
            )
        )
    table = pd.DataFrame(rows, columns=list(COLUMNS), index=pd.Index(labels, name="category", dtype=object))
    table.attrs.update(coefficient=name, confidence=confidence)
    return table.rename_axis(columns="column")


def _members(ratings: Ratings) -> tuple[list[Hashable], list[list[bool]]]:
    """The rows of the table, and for each whether a category belongs to it."""
    values = ratings.categories
    if not any(isinstance(value, frozenset) for value in values):
        return list(values), [[value == other for other in values] for value in values]
    codes = sorted({code for value in values if isinstance(value, frozenset) for code in value}, key=str)
    return codes, [[isinstance(value, frozenset) and code in value for value in values] for code in codes]


def prevalence(ratings: Ratings) -> float:
    """Share of ratings that are not ``False`` or the empty set, over units that two coders saw; NaN without any."""
    profiles = ratings.values.pairable  # noqa: PD011  # no dataframe
    totals = profiles.totals(profiles.counts[None, :].astype(np.float64))[0]
    silent = [place for place, value in enumerate(ratings.categories) if value is False or value == frozenset()]
    readings = float(totals.sum())
    return (readings - float(totals[silent].sum())) / readings if readings else float("nan")
