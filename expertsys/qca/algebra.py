"""Expressions from text, and what can be done with them: expand, negate, simplify, intersect, factor, evaluate."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from expertsys._core.errors import DataError, listing
from expertsys._core.frames import to_pandas
from expertsys.qca import primes
from expertsys.qca.cover import minimum
from expertsys.qca.expression import Expression, Literal, Term, term_of
from expertsys.qca.fit import Floats
from expertsys.qca.grammar import CONSTANTS, Leaf, leaves, names_in, tree_of, value_of
from expertsys.qca.primes import Bools
from expertsys.qca.table import Scores

#: Configurations of the conditions in an expression, up to which it is worked on.
MOST_CONFIGURATIONS = 1 << 18


def parse(text: str, *, levels: Mapping[str, int] | None = None, names: Iterable[str] = ()) -> Expression:
    """An expression from text, as a disjunction of prime terms.

    Parameters
    ----------
    text : str
        ``~`` or ``!`` negates, ``*`` (or ``&``) is *and*, ``+`` (or ``|``) is *or*; parentheses group; ``A[2]``,
        ``A{2}`` and ``A[1,2]`` are levels of a multi-value condition.
    levels : mapping, optional
        Number of levels of multi-value conditions. Where it is not given there may be more levels than are named:
        such a condition cannot be negated, and ``B[0] + B[1]`` stays as it is.
    names : iterable of str
        Names that may hold blanks, such as the columns of a table; other names end at a blank.

    Returns
    -------
    Expression
        Simplified: ``A*B + A*~B`` is ``A``. A contradiction has no terms and is written 0, what is always true 1.

    Raises
    ------
    DataError
        For text that is no expression, naming the place; for more conditions than can be worked on; for a negation of a
        multi-value condition whose number of levels is not known.

    Examples
    --------
    >>> str(parse("A*(B + ~C)"))
    'A*B + A*~C'
    >>> str(parse("~(A*B)"))
    '~A + ~B'
    """
    tree = tree_of(text, names)
    found: dict[str, int] = {}
    known = levels or {}
    open_: set[str] = set()
    multi = max(known.values(), default=2) > 2
    for node in leaves(tree):
        if node.name in CONSTANTS:
            continue
        multi |= node.levels is not None
        if node.levels is not None and node.name not in known:
            open_.add(node.name)
        found[node.name] = max(found.get(node.name, 2), 1 + max(node.levels or (1,)))
    for name in found:
        size = known.get(name, found[name] + (name in open_))
        if size < found[name]:
            raise DataError(f"{text!r} names level {found[name] - 1} of {name!r}, which has {size}", place="expression")
        found[name] = size
    sizes = tuple(found.values())
    if np.prod([float(size) for size in sizes]) > MOST_CONFIGURATIONS:
        raise DataError(f"{len(sizes)} conditions are too many for one expression", place="expression")
    order = list(found)

    def leaf(node: Leaf, absent: bool) -> Floats:
        if node.name in CONSTANTS:
            return np.full(sizes, abs(absent - float(node.name)))
        if absent and node.name in open_:
            raise _without_levels([node.name])
        axis = order.index(node.name)
        held = np.full(sizes[axis], float(absent))
        held[list(node.levels or (1,))] = 1 - absent
        shape = [1] * len(sizes)
        shape[axis] = sizes[axis]
        return np.broadcast_to(held.reshape(shape), sizes)

    return _expression(value_of(tree, leaf) > 0.5, tuple(found), sizes, multi=multi)


def _expression(table: Bools, names: tuple[str, ...], sizes: tuple[int, ...], *, multi: bool) -> Expression:
    """The shortest disjunction that is true where the table is."""
    if table.all():
        return Expression((Term(()),))
    true = np.argwhere(table)
    if not len(true):
        return Expression(())
    cubes = primes.within(true, true, sizes)
    cover = minimum(primes.covers(cubes, true), most=1).found[0]
    terms = [
        Term(
            tuple(
                Literal(literal.condition, literal.value, multi)
                for literal in term_of(cubes[place].tolist(), names, sizes).literals
            )
        )
        for place in cover
    ]
    return Expression(tuple(sorted(terms)))


def _without_levels(names: Iterable[str]) -> DataError:
    every = sorted(names)
    return DataError(
        f"to negate multi-value conditions, their numbers of levels must be known; missing: {listing(every)}",
        place="expression",
        remedy=f"Give levels={{{', '.join(f'{name!r}: ...' for name in every)}}}.",
    )


def _space(
    *expressions: Expression, levels: Mapping[str, int] | None, negated: bool = False
) -> tuple[tuple[str, ...], tuple[int, ...], bool]:
    """Conditions and their levels; with one level more than is named where the number is not given."""
    names: dict[str, int] = {}
    multi = False
    open_: set[str] = set()
    for literal in (part for whole in expressions for term in whole.terms for part in term.literals):
        names[literal.condition] = max(names.get(literal.condition, 2), literal.value + 1)
        multi |= literal.multi
        if literal.multi and literal.condition not in (levels or {}):
            open_.add(literal.condition)
    if negated and open_:
        raise _without_levels(open_)
    for name in names:
        names[name] = max(names[name] + (name in open_), (levels or {}).get(name, 2))
    if np.prod([float(size) for size in names.values()]) > MOST_CONFIGURATIONS:
        raise DataError(f"{len(names)} conditions are too many for one expression", place="expression")
    return tuple(names), tuple(names.values()), multi


def _truth(expression: Expression, names: tuple[str, ...], sizes: tuple[int, ...]) -> Bools:
    table = np.zeros(sizes, dtype=bool)
    for term in expression.terms:
        index: list[Any] = [slice(None)] * len(sizes)
        for literal in term.literals:
            index[names.index(literal.condition)] = literal.value
        table[tuple(index)] = True
    return table


def _read(expression: Expression | str, levels: Mapping[str, int] | None) -> Expression:
    return parse(expression, levels=levels) if isinstance(expression, str) else expression


def negate(expression: Expression | str, *, levels: Mapping[str, int] | None = None) -> Expression:
    """What is true where the expression is not, as the shortest disjunction.

    Parameters
    ----------
    expression : Expression or str
        See `parse`.
    levels : mapping, optional
        Number of levels of multi-value conditions: needed where the expression names some.

    Raises
    ------
    DataError
        As `parse`.

    Examples
    --------
    >>> str(negate("A*B + ~C"))
    '~A*C + ~B*C'
    """
    found = _read(expression, levels)
    names, sizes, multi = _space(found, levels=levels, negated=True)
    return _expression(~_truth(found, names, sizes), names, sizes, multi=multi)


def simplify(expression: Expression | str, *, levels: Mapping[str, int] | None = None) -> Expression:
    """The shortest disjunction that is true where the expression is.

    Parameters
    ----------
    expression : Expression or str
        See `parse`.
    levels : mapping, optional
        Number of levels of multi-value conditions.

    Examples
    --------
    >>> str(simplify("A*B*C + A*B*~C + ~A*B"))
    'B'
    """
    found = _read(expression, levels)
    names, sizes, multi = _space(found, levels=levels)
    return _expression(_truth(found, names, sizes), names, sizes, multi=multi)


def intersection(*expressions: Expression | str, levels: Mapping[str, int] | None = None) -> Expression:
    """What is true where all are.

    Parameters
    ----------
    *expressions : Expression or str
        See `parse`.
    levels : mapping, optional
        Number of levels of multi-value conditions.

    Examples
    --------
    >>> str(intersection("A + B", "~A + C"))
    '~A*B + A*C'
    """
    found = [_read(expression, levels) for expression in expressions]
    names, sizes, multi = _space(*found, levels=levels)
    table = np.ones(sizes, dtype=bool)
    for expression in found:
        table &= _truth(expression, names, sizes)
    return _expression(table, names, sizes, multi=multi)


def evaluate(
    expression: Expression | str, table: Any, *, case: str | None = None, not_applicable: str | None = None
) -> pd.Series[Any]:
    """Membership of each case in an expression.

    Parameters
    ----------
    expression : Expression or str
        See `parse`. Text is evaluated as it stands, not simplified: with fuzzy scores, ``A*B + A*~B`` is not ``A``.
    table : dataframe
        Cases × conditions; see `truth_table`.
    case : str, optional
        Column with the names of cases.
    not_applicable : str, optional
        How a cell says that a condition does not apply to a case, such as "-": the case is then in neither ``A`` nor
        ``~A``.

    Returns
    -------
    pandas.Series
        Index ``case``.

    Examples
    --------
    >>> evaluate("A*~B", pd.DataFrame({"A": [0.8, 0.3], "B": [0.1, 0.6]})).tolist()
    [0.8, 0.3]
    """
    text = str(expression) if isinstance(expression, Expression) else expression
    columns = [str(name) for name in to_pandas(table).columns]
    tree = tree_of(text, columns)
    names = [name for name in names_in(text, columns) if name not in CONSTANTS or name in columns]
    scores = Scores.of(table, names, case=case, place="evaluate", not_applicable=not_applicable, declared=None)

    def leaf(node: Leaf, absent: bool) -> Floats:
        if node.name not in names:
            return np.full(len(scores.cases), abs(absent - float(node.name)))
        own, size = scores.table[node.name].to_numpy(), scores.applicable[node.name]
        if node.levels is None and size > 2:
            raise DataError(f"{node.name!r} has {size} levels", place="evaluate", remedy=f"Name one: {node.name}[1].")
        if max(node.levels or (1,)) > 1 and (own != np.round(own)).any():
            raise DataError(
                f"{node.name!r} holds fuzzy scores, which have no level {max(node.levels or (1,))}", place="evaluate"
            )
        parts = [Literal(node.name, level).membership(own) for level in node.levels or (1,)]
        inside = np.asarray(np.maximum.reduce(parts))
        return np.where(own < size, 1 - inside, 0.0) if absent else inside

    return pd.Series(value_of(tree, leaf), index=scores.table.index, name=text)


def factor(expression: Expression | str, *, levels: Mapping[str, int] | None = None) -> tuple[str, ...]:
    """All ways to take common factors out of a disjunction, the one with the fewest literals first.

    Parameters
    ----------
    expression : Expression or str
        See `parse`.
    levels : mapping, optional
        Number of levels of multi-value conditions.

    Examples
    --------
    >>> factor("A*B + A*C + D*B + D*C")[0]
    '(A + D)*(B + C)'
    """
    found = _read(expression, levels)
    forms = set(_forms(tuple(term.literals for term in found.terms)))
    return tuple(sorted(forms, key=lambda form: (len(re.findall(r"[^\s~()+*]+", form)), form)))


Literals = tuple[Literal, ...]


def _forms(terms: tuple[Literals, ...]) -> Iterator[str]:
    if len(terms) < 2:
        yield _sum(terms)
        return
    shared = {
        frozenset(first) & frozenset(second) for first, second in combinations(terms, 2) if set(first) & set(second)
    }
    if not shared:
        yield _sum(terms)
    for common in sorted(shared, key=sorted):
        inside = [term for term in terms if common <= set(term)]
        outside = tuple(term for term in terms if not common <= set(term))
        rests = tuple(tuple(literal for literal in term if literal not in common) for term in inside)
        factors = "*".join(str(literal) for literal in inside[0] if literal in common)
        quotient = _sum(rests)
        whole = f"{factors}*({quotient})" if len(common) else quotient
        if not outside:
            yield whole
            continue
        for remainder in _forms(outside):
            again = re.fullmatch(r"(?P<factors>[^()+]+)\*\((?P<inner>[^()]+)\)", remainder)
            if again and set(again["inner"].split(" + ")) == set(quotient.split(" + ")):
                yield f"({factors} + {again['factors']})*({quotient})"
            else:
                yield f"{whole} + {remainder}"


def _sum(terms: tuple[Literals, ...]) -> str:
    return " + ".join("*".join(map(str, term)) or "1" for term in terms)
