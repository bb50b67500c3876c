from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from expertsys.errors import DataError
from expertsys.theory import Compare, Every, Not, Some, condition

NAMES = ("a", "b", "c")
tests = st.builds(
    Compare, st.sampled_from(NAMES), st.sampled_from(["==", "!=", "<", "<=", ">", ">="]), st.integers(0, 3)
)
conditions = st.recursive(
    tests,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(Every), st.lists(inner, max_size=3).map(Some), inner.map(Not)
    ),
    max_leaves=6,
)
known = st.fixed_dictionaries({name: st.integers(0, 3) for name in NAMES})


@given(conditions)
def test_plain_form_round_trip(given_condition):
    assert condition(given_condition.to_plain()) == given_condition


@given(conditions, known)
def test_known_features_decide(given_condition, features):
    assert given_condition.holds(features) in (True, False)


@given(conditions, known, st.sets(st.sampled_from(NAMES)))
def test_what_is_decided_without_a_feature_stays_so_with_it(given_condition, features, hidden):
    partial = {name: value for name, value in features.items() if name not in hidden}
    decided = given_condition.holds(partial)
    if decided is not None:
        assert given_condition.holds(features) is decided


@given(conditions, conditions, known, st.sets(st.sampled_from(NAMES)))
def test_de_morgan(one, two, features, hidden):
    features = {name: value for name, value in features.items() if name not in hidden}
    assert Not(Every([one, two])).holds(features) == Some([Not(one), Not(two)]).holds(features)


@pytest.mark.parametrize(
    ("op", "value", "found", "holds"),
    [
        ("in", ["token", "workaround"], "token", True),
        ("in", ["token", "workaround"], "adapted", False),
        ("not in", ["token"], "adapted", True),
        ("includes", "policy", {"policy", "judgement"}, True),
        ("includes", ["policy", "relations"], frozenset({"judgement"}), False),
        ("excludes", ["policy", "relations"], ("judgement",), True),
        ("==", ["x", "y"], {"y", "x"}, True),
        ("==", ["x"], {"y", "x"}, False),
        ("==", "x", "x", True),
        ("!=", 3, 4, True),
        (">=", 65, None, None),
        (">=", 65, float("nan"), None),
    ],
)
def test_operators(op, value, found, holds):
    assert Compare("feature", op, value).holds({"feature": found}) is holds


def test_features_each_once():
    assert condition([{"any": [Compare("b", "==", 1), Compare("a", "==", 1)]}, Compare("b", ">", 0)]).features == (
        "b",
        "a",
    )


def test_words():
    assert str(Every()) == "always"
    assert str(Every([Some([Compare("a", ">", 1), Compare("b", "in", [1, 2])]), Not(Compare("c", "==", 0))])) == (
        "(a > 1 or b in 1, 2) and not (c == 0)"
    )


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("age > 65", r"condition: a condition is a table or a list, not 'age > 65'"),
        ({"feature": "age", "op": "=>", "value": 65}, r"op must be one of '==', .* not '=>'"),
        ({"feature": "age", "op": ">="}, r"has 'feature', 'op' and 'value'"),
        ({"feature": "age", "opp": ">=", "value": 1}, r"no part of a condition 'opp'.* Did you mean 'op'\?"),
        ({"feature": " ", "op": ">=", "value": 1}, r"must be the name of a feature, not ' '"),
        ({"feature": "age", "op": "in", "value": 1}, r"'in' needs several values, not 1"),
        ({"all": {"feature": "age"}}, r"condition\.all: must be a list of conditions"),
        ({"any": [{"not": 3}]}, r"condition\.any\[0\]\.not: a condition is a table or a list, not 3"),
    ],
)
def test_refused(data, message):
    with pytest.raises(DataError, match=message):
        condition(data)


def test_values_that_cannot_be_compared():
    with pytest.raises(DataError, match=r"feature 'age': '71' cannot be compared with 65 by '>='.*both as numbers"):
        Compare("age", ">=", 65).holds({"age": "71"})
    with pytest.raises(DataError, match=r"'includes' asks for several values, not 'policy'"):
        Compare("focus", "includes", "policy").holds({"focus": "policy"})
