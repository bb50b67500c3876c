"""From a coded study to calibrated sets and back to the excerpts: counted and calibrated by hand."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from expertsys import Code, Codebook, Study
from expertsys.errors import DataError
from expertsys.qca import FromAttribute, FromCodes, Membership, membership, truth_table

CODINGS = pd.DataFrame(
    [
        ("u1", "ann", "tick box", "A", "ticked it"),
        ("u1", "ben", "tick box", "A", "ticked it"),
        ("u1", "ann", "detour", "A", "ticked it"),
        ("u2", "ann", "detour", "A", "rang them"),
        ("u3", "ann", "chat", "A", "weather"),
        ("u4", "ann", "chat", "B", "lunch"),
        ("u5", "ann", "tick box", "B", "typed a dot"),
    ],
    columns=["unit", "coder", "code", "case", "text"],
)
BOOK = Codebook(
    [Code("tick box", concept="mode-of-use.token"), Code("detour", concept="mode-of-use.workaround"), Code("chat")]
)
CASES = pd.DataFrame({"case": ["A", "B", "C"], "level": ["national", "local", "national"], "size": [10.0, 20, 30]})


def coded() -> Study:
    return Study(CODINGS, codebook=BOOK, cases=CASES)


ANCHORS = (0.1, 0.4, 0.7)


def logistic(share: float) -> float:
    """Ragin's direct method, 19 : 1 odds at the anchors."""
    edge = ANCHORS[0] if share < ANCHORS[1] else ANCHORS[2]
    return 1 / (1 + math.exp(-math.log(19) * (share - ANCHORS[1]) / abs(edge - ANCHORS[1])))


def test_shares_are_counted_and_calibrated() -> None:
    made = membership(
        coded(),
        conditions={
            "token": FromCodes("tick box", ANCHORS),
            "around": FromCodes("detour", ANCHORS, coders="any"),
        },
    )
    assert made.raw["token"].tolist()[:2] == pytest.approx([1 / 3, 1 / 2])
    assert made.raw["around"].tolist()[:2] == pytest.approx([2 / 3, 0])
    assert made.table.loc["A"].tolist() == pytest.approx([logistic(1 / 3), logistic(2 / 3)])
    assert made.table.loc["C"].isna().all()
    mean = membership(coded(), conditions={"around": FromCodes("detour", ANCHORS)})
    assert mean.raw.loc["A", "around"] == pytest.approx((0.5 + 1) / 3)  # ben read u1 and did not apply it
    assert made.note.startswith(
        "Unknown: C in token, C in around. Uncertain, for they rest on few observations: A in token (3 units), "
        "B in token (2 units), A in around (3 units), B in around (2 units). Cases differ in how many coders "
        "read them (1.33 coders per unit in A and 1 in B)"
    )
    assert "Who read what is assumed: " in made.note


def test_a_concept_stands_for_its_codes_and_those_below_and_counts_a_unit_once() -> None:
    made = membership(coded(), conditions={"use": FromCodes("mode-of-use", ANCHORS)})
    assert made.raw["use"].tolist()[:2] == pytest.approx([2 / 3, 1 / 2])
    both = membership(coded(), conditions={"use": FromCodes(("tick box", "detour"), ANCHORS)})
    assert both.raw["use"].tolist()[:2] == made.raw["use"].tolist()[:2]
    counted = membership(coded(), conditions={"use": FromCodes("mode-of-use", (0, 1.5, 3), show="count")})
    assert counted.raw["use"].tolist()[:2] == [2, 1]
    assert np.isnan(counted.raw.loc["C", "use"])


def test_the_way_back_to_the_excerpts() -> None:
    made = membership(coded(), conditions={"token": FromCodes("tick box", ANCHORS), "high": level()})
    trace = made.trace("A", "token")
    assert trace.index.tolist() == [0, 1]
    assert trace[["unit", "coder", "code"]].to_numpy().tolist() == [
        ["u1", "ann", "tick box"],
        ["u1", "ben", "tick box"],
    ]
    assert "excerpt" not in trace
    assert made.trace("B", "token", quotations=True)["excerpt"].tolist() == ["typed a dot"]
    assert made.trace("B", "high").to_numpy().tolist() == [["level", "local"]]
    assert made.trace("C", "token").empty
    for page in (repr(made), made._repr_html_(), made.methods_text()):
        assert "typed" not in page


def one(spec: FromCodes | FromAttribute) -> Membership:
    return membership(coded(), conditions={"x": spec})


def level() -> FromAttribute:
    return FromAttribute("level", scores={"national": 1, "local": 0.2})


def test_attributes_by_value_and_by_anchors() -> None:
    made = membership(coded(), conditions={"high": level(), "large": FromAttribute("size", anchors=(10, 20, 30))})
    assert made.table["high"].tolist() == [1, 0.2, 1]
    assert made.table["large"].tolist() == pytest.approx([0.05, 0.5, 0.95])
    assert made.note == "Exactly 0.5, so in no configuration: B in large."
    assert "attribute 'level': national = 1, local = 0.2" in made.methods_text()
    assert "calibrated (direct) at 10, 20, 30" in repr(made)
    assert made.cite()[0].startswith("Ragin CC")


def test_presence_and_consensus() -> None:
    made = membership(
        coded(),
        conditions={
            "any": FromCodes("detour", show="presence"),
            "all": FromCodes("tick box", show="presence", coders="all"),
            "detour by all": FromCodes("detour", show="count", anchors=(0, 1, 2), coders="all"),
        },
    )
    assert made.table["any"].tolist()[:2] == [1, 0]
    assert made.table["all"].tolist()[:2] == [1, 1]
    assert made.table.loc["C"].isna().all()  # nothing of C was read
    assert made.raw["detour by all"].tolist()[:2] == [1, 0]  # ben read u1 and found none
    assert made.trace("A", "detour by all")["unit"].tolist() == ["u2"]
    assert made.to_frame().equals(made.table)


def test_a_code_that_nobody_applied_is_nowhere() -> None:
    book = Codebook([*BOOK, Code("absent")])
    made = membership(Study(CODINGS, codebook=book, cases=CASES), conditions={"none": FromCodes("absent", ANCHORS)})
    assert made.raw["none"].tolist()[:2] == [0, 0]
    assert np.isnan(made.raw.loc["C", "none"])


def test_the_table_goes_into_a_truth_table() -> None:
    made = membership(
        coded().select(cases=["A", "B"]),
        conditions={"high": level(), "around": FromCodes("detour", show="presence")},
    )
    table = truth_table(made.table, outcome="around", conditions=["high"], consistency_cutoff=0.8).to_frame()
    assert len(table) == 2


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: FromCodes(()), r"names no code"),
        (lambda: FromCodes("p"), r"FromCodes 'p': says nothing of when a case is in the set"),
        (lambda: FromAttribute("level"), r"takes either scores or anchors"),
        (lambda: membership(coded(), conditions={}), r"no conditions"),
        (lambda: membership(coded(), conditions={"a*b": FromCodes("detour", ANCHORS)}), r"cannot be named 'a\*b'"),
        (
            lambda: membership(coded(), conditions={"x": FromCodes("tickbox", ANCHORS)}),
            r"'tickbox'.*Did you mean 'tick box'",
        ),
        (
            lambda: membership(coded(), conditions={"x": FromAttribute("rank", anchors=ANCHORS)}),
            r"no attribute of cases 'rank'",
        ),
        (
            lambda: membership(coded(), conditions={"x": FromAttribute("level", anchors=ANCHORS)}),
            r"'level' holds no numbers",
        ),
        (
            lambda: membership(coded(), conditions={"x": FromAttribute("level", scores={"local": 0})}),
            r"is 'national' somewhere",
        ),
        (
            lambda: membership(coded(), conditions={"x": FromAttribute("level", scores={"local": 2})}),
            r"outside \[0, 1\]",
        ),
        (lambda: membership(coded(), conditions={"x": FromCodes("chat", (0.4, 0.1))}), r"condition 'x': "),
        (lambda: membership(coded(), conditions={"x": 3}), r"'x' is a int"),  # type: ignore[dict-item]
        (lambda: membership(Study(CODINGS.drop(columns="case")), conditions={"x": level()}), r"there are no cases"),
        (lambda: membership(coded(), conditions={"high": level()}).trace("A", "low"), r"no condition 'low'"),
        (lambda: membership(coded(), conditions={"high": level()}).trace("Z", "high"), r"no case 'Z'"),
    ],
)
def test_what_is_refused(make: object, message: str) -> None:
    with pytest.raises(DataError, match=message):
        make()  # type: ignore[operator]


def test_the_made_table_goes_on_as_it_is() -> None:
    made = membership(
        coded().select(cases=["A", "B"]),
        conditions={"token": FromCodes("tick box", ANCHORS), "around": FromCodes("detour", ANCHORS)},
    )
    direct, table = (
        truth_table(given, outcome="around", conditions=["token"], consistency_cutoff=0.8)
        for given in (made, made.table)
    )
    pd.testing.assert_frame_equal(direct.rows, table.rows)
