"""Expressions, against R's admisc and against their truth tables."""

from __future__ import annotations

import re
from itertools import product
from typing import Any

import pandas as pd
import pytest
import strategies  # noqa: F401  # chooses the profile
from hypothesis import given
from hypothesis import strategies as st

from expertsys.errors import DataError
from expertsys.qca import evaluate, factor, intersection, negate, parse, simplify

from . import oracle

EXTRAS = oracle.R["extras"]
EVERY = pd.DataFrame(list(product([0, 1], repeat=3)), columns=["A", "B", "C"])

expressions = st.recursive(
    st.sampled_from(["A", "B", "C", "~A", "~B", "~C"]),
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(lambda pair: f"({pair[0]})*({pair[1]})"),
        st.tuples(inner, inner).map(lambda pair: f"{pair[0]} + {pair[1]}"),
        inner.map(lambda one: f"~({one})"),
    ),
    max_leaves=6,
)


def truth(expression: Any) -> list[float]:
    text = str(expression)
    if text in ("0", "1"):
        return [float(text)] * len(EVERY)
    return list(evaluate(text, EVERY))


@given(expressions)
def test_simplifying_and_negating_keep_the_truth(text: str) -> None:
    values = truth(text)
    assert truth(simplify(text)) == values
    assert truth(negate(text)) == [1 - value for value in values]
    assert truth(negate(negate(text))) == values


@given(expressions, expressions)
def test_de_morgan(first: str, second: str) -> None:
    assert truth(negate(f"({first}) + ({second})")) == truth(simplify(f"~({first})*~({second})"))
    assert truth(intersection(first, second)) == [a * b for a, b in zip(truth(first), truth(second), strict=True)]


@given(expressions)
def test_factored_forms_keep_the_truth(text: str) -> None:
    found = simplify(text)
    if str(found) in ("0", "1"):
        return
    for form in factor(found):
        assert truth(form) == truth(found)


def summands(text: str) -> frozenset[str]:
    """The parts of a factored form, whatever their order."""
    return frozenset(re.split(r" \+ (?![^(]*\))", text))


@pytest.mark.parametrize("entry", EXTRAS["negate"])
def test_negation_as_in_r(entry: dict[str, Any]) -> None:
    assert oracle.terms(str(negate(entry["expr"]))) == oracle.terms(entry["result"])


@pytest.mark.parametrize("entry", EXTRAS["simplify"])
def test_simplification_as_in_r(entry: dict[str, Any]) -> None:
    assert oracle.terms(str(simplify(entry["expr"]))) in [oracle.terms(result) for result in entry["result"]]


@pytest.mark.parametrize("entry", EXTRAS["factorize"])
def test_factoring_as_in_r(entry: dict[str, Any]) -> None:
    assert set(map(summands, entry["pos"])) <= set(map(summands, factor(entry["expr"])))


def test_a_contradiction_is_written_0() -> None:
    assert str(intersection("A*~B", "B*C")) == "0"
    assert str(negate("A + ~A")) == "0"


def test_negation_of_levels() -> None:
    """admisc::negate is wrong here; the right negation stands in the notes of the oracle."""
    assert str(negate("DEV[2] + DEV[1]*STB[1]", levels={"DEV": 3, "STB": 2})) == "DEV[0] + DEV[1]*STB[0]"


def test_fuzzy_text_is_taken_as_it_stands() -> None:
    table = pd.DataFrame({"A": [0.6], "B": [0.5]})
    assert evaluate("A*B + A*~B", table).tolist() == [0.5]
    assert str(simplify("A*B + A*~B")) == "A"


def test_levels_in_a_table() -> None:
    table = pd.DataFrame({"A": [0, 1, 2], "B": [0.2, 0.7, 0.9]}, index=list("xyz"))
    assert evaluate("A{1,2}*B", table).to_dict() == {"x": 0, "y": 0.7, "z": 0.9}
    with pytest.raises(DataError, match="'A' has 3 levels"):
        evaluate("A*B", table)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "the expression is empty"),
        ("A*", "ends too soon"),
        ("A + * B", r"'\*' is out of place"),
        ("(A + B", "lacks a closing parenthesis"),
        ("A B", "'B' is out of place"),
        ("A]", "is no expression from"),
        (" + ".join(f"A{n}" for n in range(19)), "19 conditions are too many"),
    ],
)
def test_text_that_is_no_expression(text: str, told: str) -> None:
    with pytest.raises(DataError, match=told):
        parse(text)


def test_a_level_that_does_not_exist() -> None:
    with pytest.raises(DataError, match="names level 3 of 'A', which has 3"):
        parse("A[3]", levels={"A": 3})


def test_levels_that_are_not_named_may_exist() -> None:
    """Without levels= B may have a third level, so B[0] + B[1] is not everything; with two levels it is."""
    assert str(simplify("B[0] + B[1]")) == "B[0] + B[1]"
    assert str(parse("A[1]*B[0] + A[1]*B[1]")) == "A[1]*B[0] + A[1]*B[1]"
    assert str(intersection("B[0] + B[1]", "C[1]")) == "B[0]*C[1] + B[1]*C[1]"
    assert factor("A[1]*B[0] + A[1]*B[1]")[0] == "A[1]*(B[0] + B[1])"
    assert str(simplify("B[0] + B[1]", levels={"B": 2})) == "1"
    assert factor("A[1]*B[0] + A[1]*B[1]", levels={"A": 2, "B": 2}) == ("A[1]",)
    assert str(intersection("B[0] + B[1]", "C[1]", levels={"B": 2, "C": 2})) == "C[1]"


@pytest.mark.parametrize("work", [lambda: negate("B[0] + A"), lambda: parse("~B[0]"), lambda: negate(parse("A*B[1]"))])
def test_a_level_is_negated_only_where_all_are_known(work: Any) -> None:
    with pytest.raises(
        DataError, match=r"numbers of levels must be known; missing: .*'B'\. Give levels=\{.*'B': \.\.\.\}"
    ):
        work()


def test_negation_with_known_levels() -> None:
    assert str(negate("B[0]", levels={"B": 3})) == "B[1] + B[2]"
    assert str(parse("~B[0]", levels={"B": 2})) == "B[1]"
