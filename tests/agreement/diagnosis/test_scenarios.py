"""What reliability would become, against alpha by hand of the changed data."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
import strategies

from expertsys.agreement import Bootstrap, reliability
from expertsys.agreement.diagnosis.scenarios import what_if
from expertsys.errors import DataError
from expertsys.study import Codebook, Study

from .. import byhand, studies

QUICK = Bootstrap(replicates=60, rng=0)
Change = Callable[[frozenset[str]], frozenset[str]]


def changed(change: Change) -> strategies.Matrix:
    return [[None if cell is None else change(cell) for cell in row] for row in studies.sets()]


def renamed(**new: str | None) -> Change:
    names = {"fear_exam": "fear->exam"}
    becomes = {names.get(code, code): name for code, name in new.items()}
    return lambda cell: frozenset(name for code in cell if (name := becomes.get(code, code)) is not None)


@pytest.mark.parametrize(
    ("options", "scenario", "change"),
    [
        ({"merge": [("fear", "trust")]}, "merge fear and trust", renamed(fear="x", trust="x")),
        ({"merge": [("fear", "fear->exam")]}, "merge fear and fear->exam", renamed(fear_exam="fear")),
        (
            {"merge": [("fear", "trust", "rare")]},
            "merge fear, trust and rare",
            renamed(fear="x", trust="x", rare="x"),
        ),
        ({"drop": ["trust"]}, "drop trust", renamed(trust=None)),
        ({"drop": "fear"}, "drop fear", renamed(fear=None)),
        ({"roll_up": True}, "roll up to level 1", renamed(fear_exam="fear")),
        ({"roll_up": 1}, "roll up to level 1", renamed(fear_exam="fear")),
    ],
)
@pytest.mark.parametrize("distance", ["jaccard", "masi"])
def test_a_scenario_by_hand(options: dict[str, Any], scenario: str, change: Change, distance: Any) -> None:
    measure = {"jaccard": byhand.jaccard, "masi": byhand.masi}[distance]
    table = what_if(studies.trapped(), **options, distance=distance, method=QUICK)
    now, then = byhand.alpha(studies.sets(), measure), byhand.alpha(changed(change), measure)
    assert table.index.tolist() == ["as it is", scenario]
    assert table["estimate"].tolist() == pytest.approx([now, then], abs=1e-12)
    assert table["difference"].tolist() == pytest.approx([0, then - now], abs=1e-12)
    assert table.loc["as it is", ["difference_low", "difference_high"]].tolist() == [0, 0]


def test_the_merged_code_by_hand() -> None:
    row = what_if(studies.trapped(), merge=[("fear", "trust")], method=QUICK).loc["merge fear and trust"]
    either = [[None if cell is None else bool(cell & {"fear", "trust"}) for cell in row] for row in studies.sets()]
    alphas = [byhand.alpha(studies.applied(code)) for code in ("fear", "trust")]
    assert row["merged"] == pytest.approx(byhand.alpha(either))
    assert row["merged_difference"] == pytest.approx(byhand.alpha(either) - sum(alphas) / 2)
    assert row["n_codes"] == 2
    assert row["n_units"] == 7


def test_by_default_all_that_is_sensible() -> None:
    table = what_if(studies.trapped(), method=QUICK)
    assert table["kind"].tolist() == ["now", "merge", "merge", "drop", "drop", "drop", "roll up"]
    for _, rows in table.groupby("kind"):
        assert rows["difference"].is_monotonic_decreasing
    assert "drop rare" not in table.index  # where it was applied, one coder looked: nobody differs
    assert what_if(studies.trapped(), drop=["rare"], method=QUICK).loc["drop rare", "difference"] == 0
    assert table.attrs["method"] == "bootstrap over units, 60 replicates"
    assert table.columns.is_unique


def three() -> Study:
    rng = np.random.default_rng(4)
    rows = [
        (f"u{unit}", coder, code, f"d{unit // 4}")
        for unit in range(40)
        for truth in [str(rng.choice(["a", "b", "c"]))]
        for coder, error in (("ann", 0.1), ("ben", 0.1), ("cy", 0.7))
        for code in [truth if rng.random() > error else str(rng.choice(["a", "b", "c"]))]
    ]
    return Study(pd.DataFrame(rows, columns=["unit", "coder", "code", "document"]))


def test_leaving_out_the_coder_who_differs() -> None:
    study = three()
    table = what_if(study, leave_out=["ann", "cy"], method=Bootstrap(300, rng=0))
    assert table.index.tolist() == ["as it is", "without cy", "without ann"]
    left = reliability(study.select(coders=["ann", "ben"]), method=QUICK).loc["all codes (Jaccard)", "estimate"]
    assert table.loc["without cy", "estimate"] == pytest.approx(left)
    assert table.loc["without cy", "difference_low"] > 0
    assert table.loc["without ann", "difference_high"] < 0
    assert table["n_coders"].tolist() == [3, 2, 2]
    assert what_if(study, method=QUICK)["kind"].tolist().count("leave out") == 3


@pytest.mark.simulation
def test_paired_intervals_are_those_of_the_same_units() -> None:
    """Dealt out by hand: the same draw of units for what is and for what would be."""
    study, replicates = three(), 200
    table = what_if(study, drop=["a"], method=Bootstrap(replicates, rng=5))
    wide = study.codings.set_index(["unit", "coder"])["code"].unstack("coder")  # noqa: PD010  # text
    rows = wide.map(lambda code: frozenset({code})).to_numpy().tolist()
    fewer = wide.map(lambda code: frozenset({code}) - {"a"}).to_numpy().tolist()
    rng = np.random.default_rng(6)
    drawn = []
    for _ in range(replicates):
        chosen = rng.integers(0, len(rows), len(rows))
        drawn.append(
            byhand.alpha([fewer[n] for n in chosen], byhand.jaccard)
            - byhand.alpha([rows[n] for n in chosen], byhand.jaccard)
        )
    low, high = np.quantile(drawn, [0.025, 0.975])
    assert table.loc["drop a", "difference_low"] == pytest.approx(low, abs=0.04)
    assert table.loc["drop a", "difference_high"] == pytest.approx(high, abs=0.04)


def test_documents_are_drawn_whole() -> None:
    table = what_if(three(), drop=["a"], cluster="document", method=QUICK)
    assert table.attrs["method"] == "bootstrap over clusters (document), 60 replicates"


def test_levels_of_the_codebook() -> None:
    study = studies.trapped()
    deep = Study(
        study.codings.replace({"code": {"trust": "fear->exam->oral"}}),
        units=study.units,
        assignments=study.assignments,
        codebook=Codebook.of([*studies.CODES, "fear->exam->oral"], separator="->"),
    )
    rows = what_if(deep, method=QUICK)
    assert {"roll up to level 1", "roll up to level 2"} < set(rows.index)
    assert rows.loc["roll up to level 1", "n_codes"] == 1
    assert rows.loc["roll up to level 2", "n_codes"] == 2


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"merge": [("fear", "trist")]}, r"what_if\(merge=\.\.\.\): no code 'trist'.*Did you mean 'trust'"),
        ({"merge": [("fear",)]}, "a merge takes two codes or more, not 'fear'"),
        ({"merge": ["fear"]}, "a merge takes two codes or more, not 'fear'"),
        ({"drop": ["nothing"]}, r"what_if\(drop=\.\.\.\): no code 'nothing'"),
        ({"roll_up": 2}, "no code of the codebook stands below level 2"),
        ({"roll_up": -1}, "roll_up must be a whole number above 0, not -1"),
        ({"leave_out": ["ann"]}, "leaving a coder out takes three; there are 2"),
        ({"distance": "nominal"}, "distance must be one of"),
        ({"method": "jackknife"}, "takes a percentile bootstrap"),
        ({"confidence": 95}, "confidence must lie between 0 and 1"),
    ],
)
def test_refusals(options: dict[str, Any], told: str) -> None:
    with pytest.raises(DataError, match=told):
        what_if(studies.trapped(), **options)


def test_refused_studies() -> None:
    with pytest.raises(DataError, match="agreement takes two coders; there is 1"):
        what_if(three().select(coders=["ann"]))
    with pytest.raises(DataError, match="no coder 'bob'"):
        what_if(three(), leave_out=["bob"])
    apart = Study(pd.DataFrame({"unit": ["u", "v"], "coder": ["ann", "ben"], "code": ["a", "b"]}))
    with pytest.raises(DataError, match="no unit was seen by two coders"):
        what_if(apart)
