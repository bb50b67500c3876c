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
