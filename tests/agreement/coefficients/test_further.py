"""Published figures of coefficients under their other names, with their standard errors and limits."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from expertsys.agreement import (
    Coefficient,
    Ratings,
    brennan_prediger,
    cohen_kappa,
    conger_kappa,
    fleiss_kappa,
    gwet_ac,
    krippendorff_alpha,
    light_kappa,
    scott_pi,
)

from .. import oracle

FURTHER = oracle.load("further")["examples"]
CALLS: dict[str, Any] = {
    "bennett_s": brennan_prediger,
    "randolph_kappa": brennan_prediger,
    "brennan_prediger": brennan_prediger,
    "hubert_kappa": conger_kappa,
    "conger_kappa": conger_kappa,
    "light_kappa": light_kappa,
    "cohen_kappa": cohen_kappa,
    "scott_pi": scott_pi,
    "fleiss_kappa": fleiss_kappa,
    "gwet_ac": gwet_ac,
    "krippendorff_alpha": lambda r: krippendorff_alpha(r, level="nominal"),
}
#: Printed there from rounded parts: .8357 as .8358, .8324 as .8325.
ROUGH = {("warrens2010_omalley", "randolph_kappa"), ("warrens2010_omalley", "light_kappa")}
PARTS = ("se_table", "se", "low", "high")


def value(found: Coefficient, part: str) -> float:
    """A figure of a result; a source cuts limits at 1, and irrCAC's variance from a table of counts is over n."""
    n = found.n_units
    ends = found.interval(method="analytic")
    return {
        "": found.estimate,
        "se": found.standard_error,
        "se_table": found.standard_error * math.sqrt((n - 1) / n),
        "low": ends.low,
        "high": min(ends.high, 1.0),
    }[part]


@pytest.mark.parametrize(
    ("entry", "figure"),
    [(entry, figure) for entry in FURTHER for figure in entry["printed"] if not figure.endswith("_own")],
    ids=oracle.named,
)
def test_published(entry: dict[str, Any], figure: str) -> None:
    part = next((part for part in PARTS if figure.endswith(f"_{part}")), "")
    name = figure.removesuffix(f"_{part}") if part else figure
    ratings = Ratings.from_array(entry["data"], coders="columns", categories=entry.get("categories"))
    found, rough = value(CALLS[name](ratings), part), (entry["name"], figure) in ROUGH
    assert oracle.as_printed(found, entry["printed"][figure], cut=rough)


def test_published_with_distances_of_their_own() -> None:
    entry = next(entry for entry in FURTHER if "distance" in entry)
    order = list(entry["distance"])
    table = np.array(list(entry["distance"].values()))
    ratings = Ratings.from_array(entry["data"], coders="columns", categories=order)
    alpha, kappa = krippendorff_alpha(ratings, distance=table), cohen_kappa(ratings, weights=1 - table)
    printed = entry["printed"]
    found = (alpha.estimate, alpha.observed, alpha.expected, kappa.estimate)
    for figure, one in zip(("krippendorff_alpha_own", "D_o_own", "D_e_own", "cohen_kappa_own"), found, strict=True):
        assert oracle.as_printed(one, printed[figure]), figure
    by_function = krippendorff_alpha(ratings, distance=lambda a, b: table[order.index(a), order.index(b)])
    assert by_function.estimate == alpha.estimate


def _nested(a: frozenset[str], b: frozenset[str]) -> float:
    """DKPro's distance of sets: 0 if equal, 1/3 if one holds the other, 2/3 if they overlap, else 1."""
    return 0.0 if a == b else 1 / 3 if a <= b or b <= a else 2 / 3 if a & b else 1.0


def _nested_jaccard(a: frozenset[str], b: frozenset[str]) -> float:
    """What DKPro calls MASI: the same times Jaccard's distance, which is not Passonneau's."""
    return _nested(a, b) * (1 - len(a & b) / len(a | b)) if a | b else 0.0


@pytest.mark.parametrize(("figure", "distance"), [("set", _nested), ("masi", _nested_jaccard)])
def test_set_distances_of_another_package_as_ones_own(figure: str, distance: Any) -> None:
    (entry,) = oracle.load("further")["sets"]
    rows = [[frozenset(cell) for cell in row] for row in entry["data"]]
    found = krippendorff_alpha(Ratings.from_array(rows, coders="columns"), distance=distance)
    for part, value in (("", found.estimate), ("_D_o", found.observed), ("_D_e", found.expected)):
        printed = entry["printed"][f"{figure}{part}"]
        assert oracle.as_printed(value, printed, cut=True), part  # .4096 stands there as .409
