"""Calibration, against R's QCA."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize
from scipy.special import expit, xlogy

from expertsys.errors import DataError, DegenerateWarning
from expertsys.qca import calibrate, find_thresholds

from . import oracle

ENTRIES = {
    name: entry
    for name, entry in oracle.R["extras"]["calibration"].items()
    if not entry["args"].get("ecdf") and isinstance(entry["result"], list)
}
#: R stops one step of its fit earlier.
EARLIER = {"income_indirect": 2e-5}


def ours(entry: dict[str, Any]) -> Any:
    arguments = entry["args"]
    thresholds = arguments.get("thresholds")
    if arguments.get("type") == "crisp":
        return calibrate(entry["x"], method="crisp", anchors=np.atleast_1d(thresholds).tolist())
    if arguments.get("method") == "indirect":
        return calibrate(entry["x"], method="indirect", anchors=thresholds)
    if arguments.get("method") == "TFR":
        return calibrate(entry["x"], method="rank")
    named = {key: value[0] for key, value in thresholds.items()}
    if len(named) == 6:
        inverted = named["i1"] < named["e1"]
        order = ("i1", "c1", "e1", "e2", "c2", "i2") if inverted else ("e1", "c1", "i1", "i2", "c2", "e2")
        powers = {key: arguments[key] for key in ("below", "above") if key in arguments}
        bell = calibrate(entry["x"], method="linear", anchors=[named[key] for key in order], **powers)
        return 1 - bell if inverted else bell
    anchors = (named["e"], named["c"], named["i"])
    if arguments.get("logistic") is False:
        powers = {key: arguments[key] for key in ("below", "above") if key in arguments}
        return calibrate(entry["x"], method="linear", anchors=anchors, **powers)
    return calibrate(entry["x"], anchors=anchors, full_membership=arguments.get("idm", 0.95))


@pytest.mark.parametrize("name", ENTRIES)
def test_as_in_r(name: str) -> None:
    assert ours(ENTRIES[name]).to_numpy() == pytest.approx(ENTRIES[name]["result"], abs=EARLIER.get(name, 1e-6))


def test_grouped_values_as_in_setmethods() -> None:
    entry = oracle.R["extras"]["indirect_SetMethods"]
    found = calibrate(entry["x"], method="indirect", groups=entry["x_cal"])
    assert found.to_numpy() == pytest.approx(entry["binomial"], abs=1e-6)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"groups": [0, 1]}, "3 values and 2 groups"),
        ({"groups": [0, 1, 2]}, r"preliminary scores in \[0, 1\]"),
        ({"groups": [0, 0.5, 1], "anchors": [2]}, "two ways; give one"),
        ({"groups": [0, None, None]}, "the values do not vary"),
    ],
)
def test_groups_that_are_refused(options: dict[str, Any], told: str) -> None:
    with pytest.raises(DataError, match=told):
        calibrate([1, 2, 3], method="indirect", **options)


@pytest.mark.parametrize("entry", [entry for entry in oracle.R["extras"]["findTh"] if len(entry["args"]) == 1])
def test_thresholds_as_in_r(entry: dict[str, Any]) -> None:
    assert find_thresholds(entry["x"], n=entry["args"]["n"]) == pytest.approx(tuple(entry["result"]))


def test_index_missing_values_and_the_middle() -> None:
    with pytest.warns(DegenerateWarning, match="income: 'c' at exactly 0.5, in no configuration"):
        found = calibrate(pd.Series([1.0, None, 5.0], index=list("abc"), name="income"), anchors=(1, 5, 9))
    assert found.index.tolist() == ["a", "b", "c"]
    assert found.isna().tolist() == [False, True, False]
    assert found.attrs["note"].startswith("'c' at exactly 0.5")


@pytest.mark.parametrize(
    ("values", "options", "told"),
    [
        ([1, 2, 3], {"anchors": (1, 2)}, "3 anchors are needed, not 2"),
        ([1, 2, 3], {"anchors": (1, 2, 3, 4, 5, 6)}, "takes 3 anchors.*For a bell-shaped set say method='linear'"),
        ([1, 2, 3], {"anchors": (1, 3, 2)}, "neither rise nor fall"),
        ([1, 2, 3], {"anchors": (1, 2, 3, 4), "method": "linear"}, "3 or 6 anchors are needed"),
        ([1, 2, 3], {"anchors": (1, 2, 3, 3, 2, 9), "method": "linear"}, "do not rise"),
        ([1, 2, 3], {"anchors": (9,), "method": "crisp"}, r"the threshold 9 lies outside the values \(1 to 3\)"),
        ([1, 2, 3], {"anchors": (), "method": "crisp"}, "thresholds are needed, rising"),
        ([0, 2, 3], {"anchors": (1, 2), "method": "indirect"}, "not above 0"),
        ([1, 2, 3], {"anchors": (1,), "method": "rank"}, "takes no anchors"),
        ([1, 2, 3], {"anchors": (1, 2, 3), "full_membership": 0.4}, "full_membership must lie"),
        ([1, 2, 3], {"anchors": (1, 2, 3), "method": "fuzzy"}, "method must be one of"),
        (["a", 2, 3], {"anchors": (1, 2, 3)}, "is 'a'"),
    ],
)
def test_what_is_refused(values: Any, options: dict[str, Any], told: str) -> None:
    with pytest.raises(DataError, match=told):
        calibrate(values, **options)


def test_too_few_values_for_thresholds() -> None:
    with pytest.raises(DataError, match="2 thresholds need 3 distinct values"):
        find_thresholds([1, 2, 2], n=2)


def test_values_far_beyond_the_anchors_are_out_or_in_without_a_warning() -> None:
    assert calibrate([0, 1e6, -1e9], anchors=(400000, 400001, 400002)).tolist() == [0, 1, 0]


def likelihood(raw: np.ndarray[Any, Any], thresholds: tuple[float, ...], scores: np.ndarray[Any, Any]) -> float:
    """Negative log-likelihood of fitted shares, as the fractional logit maximises it."""
    target = np.searchsorted(np.array(thresholds), raw, side="left") / len(thresholds)
    with np.errstate(divide="ignore"):
        return float(-(xlogy(target, scores) + xlogy(1 - target, 1 - scores)).sum())


def attainable(raw: np.ndarray[Any, Any], thresholds: tuple[float, ...]) -> float:
    """The same at the optimum, by scipy's trust-region method."""
    target = np.searchsorted(np.array(thresholds), raw, side="left") / len(thresholds)
    x = raw / np.exp(np.log(raw).mean())
    terms = np.column_stack([np.log(x), np.sqrt(x), x, x**2])
    design = np.column_stack([np.ones(len(x)), (terms - terms.mean(axis=0)) / terms.std(axis=0)])

    def spread(beta: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        share = expit(design @ beta)
        return np.asarray(design.T @ (design * (share * (1 - share))[:, None]))

    found = minimize(
        lambda beta: float((np.logaddexp(0, design @ beta) - target * (design @ beta)).sum()),
        np.zeros(5),
        jac=lambda beta: design.T @ (expit(design @ beta) - target),
        hess=spread,
        method="trust-exact",
        options={"maxiter": 5000},
    )
    return float(found.fun)


def test_the_indirect_method_reaches_the_best_fit() -> None:
    """Values on which plain reweighted least squares diverge (all scores 0 or 1): 3.5404 is attainable, by scipy."""
    raw, thresholds = np.array([9, 14, 18, 22, 22, 24, 24, 30, 48, 53, 102.0]), (9.5, 14.5, 18.5, 24.5)
    scores = calibrate(raw, method="indirect", anchors=thresholds).to_numpy()
    assert likelihood(raw, thresholds, scores) == pytest.approx(3.5404, abs=1e-3)
    assert scores[1:7] == pytest.approx([0.234, 0.553, 0.696, 0.696, 0.787, 0.787], abs=5e-3)


@pytest.mark.parametrize("seed", range(30))
def test_no_other_fit_of_the_indirect_method_is_better(seed: int) -> None:
    rng = np.random.default_rng(seed)
    raw = np.round(np.exp(rng.normal(3, rng.uniform(0.3, 1.5), int(rng.integers(8, 40)))), 1)
    thresholds = tuple(np.unique(np.quantile(raw, np.sort(rng.uniform(0.05, 0.95, int(rng.integers(2, 6)))))).tolist())
    scores = calibrate(raw, method="indirect", anchors=thresholds).to_numpy()
    assert likelihood(raw, thresholds, scores) <= attainable(raw, thresholds) + 1e-3


def test_a_fit_that_does_not_converge_is_refused() -> None:
    """Seed by search: one of ten in 1,500 random columns whose groups the values all but separate."""
    rng = np.random.default_rng(1010)
    raw = np.round(np.exp(rng.normal(3, rng.uniform(0.3, 2), int(rng.integers(6, 60)))), 1) + 0.1
    thresholds = np.unique(np.quantile(raw, np.sort(rng.uniform(0.05, 0.95, int(rng.integers(1, 6))))))
    with pytest.raises(DataError, match=r"did not converge\. Use fewer groups, or method='direct'"):
        calibrate(raw, method="indirect", anchors=thresholds.tolist())
