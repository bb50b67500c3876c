"""How an expression is written: text into a tree of leaves, and the value of a tree."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import TypeAlias

import attrs
import numpy as np

from expertsys._core.errors import DataError
from expertsys.qca.expression import Expression
from expertsys.qca.fit import Floats

#: What is true everywhere, and nowhere.
CONSTANTS = ("1", "0")


@attrs.frozen
class Leaf:
    """A condition, with the levels that are meant."""

    name: str
    levels: tuple[int, ...] | None


@attrs.frozen
class Node:
    """A negation (of one part), conjunction or disjunction."""

    sign: str
    parts: tuple[Leaf | Node, ...]


Tree: TypeAlias = Leaf | Node


def value_of(tree: Tree, leaf: Callable[[Leaf, bool], Floats], *, absent: bool = False) -> Floats:
    """Fuzzy logic: 1 − x, the least, the greatest (Zadeh 1965); what is negated is so leaf by leaf (De Morgan)."""
    if isinstance(tree, Leaf):
        return leaf(tree, absent)
    if tree.sign == "~":
        return value_of(tree.parts[0], leaf, absent=not absent)
    combine = np.minimum if (tree.sign == "*") != absent else np.maximum
    return np.asarray(combine.reduce([value_of(part, leaf, absent=absent) for part in tree.parts]))


def leaves(tree: Tree) -> Iterator[Leaf]:
    """The leaves of a tree, from left to right."""
    if isinstance(tree, Leaf):
        yield tree
    else:
        for part in tree.parts:
            yield from leaves(part)


def names_in(expression: Expression | str, names: Iterable[str] = ()) -> list[str]:
    """The names that stand in an expression, each once, whether or not it depends on them."""
    tree = tree_of(str(expression) if isinstance(expression, Expression) else expression, names)
    return list(dict.fromkeys(leaf.name for leaf in leaves(tree)))


_Token: TypeAlias = str | Leaf


@lru_cache
def _token(spaced: tuple[str, ...]) -> re.Pattern[str]:
    """A sign, or a name with the levels that are meant; names with blanks in them only where they are known."""
    plain = r"[^\s~!()+|*&·\[\]{}]+"
    longest = sorted(map(re.escape, spaced), key=len, reverse=True)
    name = "|".join([*(rf"{known}(?![^\s~!()+|*&·\[\]{{}}])" for known in longest), plain])
    return re.compile(rf"\s*(?:(?P<sign>[~!()+|*&·])|(?P<name>{name})(?:[\[{{](?P<levels>[\d,\s]+)[\]}}])?)")


def _tokens(text: str, names: Iterable[str]) -> Iterator[_Token]:
    pattern = _token(tuple(sorted({name for name in names if len(name.split()) > 1})))
    place = 0
    if not text.strip():
        raise DataError("the expression is empty", place="expression", remedy="Write for example 'A*~B + C'.")
    while place < len(text.rstrip()):
        found = pattern.match(text, place)
        if found is None:
            raise DataError(f"{text!r} is no expression from {text[place:]!r} on", place="expression")
        place = found.end()
        if found["sign"]:
            yield {"!": "~", "|": "+", "&": "*", "·": "*"}.get(found["sign"], found["sign"])
        else:
            own = found["levels"]
            yield Leaf(found["name"], None if own is None else tuple(int(part) for part in own.split(",")))


def tree_of(text: str, names: Iterable[str] = ()) -> Tree:
    """The expression as a tree, by recursive descent."""
    if not isinstance(text, str):
        raise DataError(
            f"an expression is a text, not {type(text).__name__}", place="expression", remedy="Write 'A*~B + C'."
        )
    tokens = list(_tokens(text, names))

    def chain(sign: str, below: Callable[[], Tree]) -> Tree:
        parts = [below()]
        while tokens and tokens[0] == sign:
            tokens.pop(0)
            parts.append(below())
        return parts[0] if len(parts) == 1 else Node(sign, tuple(parts))

    def either() -> Tree:
        return chain("+", both)

    def both() -> Tree:
        return chain("*", one)

    def one() -> Tree:
        if not tokens:
            raise DataError(f"{text!r} ends too soon", place="expression", remedy="After * and + comes a condition.")
        token = tokens.pop(0)
        if isinstance(token, Leaf):
            return token
        sign = token
        if sign == "~":
            return Node("~", (one(),))
        if sign != "(":
            raise DataError(f"{text!r} is no expression: {sign!r} is out of place", place="expression")
        inner = either()
        if not tokens or tokens.pop(0) != ")":
            raise DataError(f"{text!r} lacks a closing parenthesis", place="expression")
        return inner

    try:
        tree = either()
    except RecursionError:
        raise DataError("the expression is nested too deeply", place="expression") from None
    if tokens:
        token = tokens[0]
        remedy = "Between two conditions stands * or +; a name with a blank must be that of a column."
        told = token.name if isinstance(token, Leaf) else token
        raise DataError(f"{text!r} is no expression: {told!r} is out of place", place="expression", remedy=remedy)
    return tree
