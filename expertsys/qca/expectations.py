"""Directional expectations: how a condition, or a conjunction of them, is expected to contribute to the outcome."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from itertools import groupby, product
from operator import itemgetter

import attrs

from expertsys._core.errors import DataError, check_list, unknown
from expertsys.qca.primes import Ints
from expertsys.qca.truth import TruthTable

_LITERAL = re.compile(r"^(?P<not>~?)(?P<name>[^~*+\[\]{}]+?)(?:[\[{](?P<value>\d+(?:,\d+)*)[\]}])?$")


@attrs.frozen
class Expectation:
    """Places of conditions, and the combinations of their levels that are expected; any of them will do.

    Parameters
    ----------
    places : tuple of int
        Conditions, by their place in the truth table.
    levels : tuple of tuple of int
        Alternatives: a level for each place.
    """

    places: tuple[int, ...]
    levels: tuple[tuple[int, ...], ...]

    def contradicted(self, term: Ints, part: Ints) -> tuple[int, ...]:
        """The places of this expectation at which a conservative term loses its literals.

        Only the literals that the term has and the parsimonious term does not have are compared with the expectation.
        Where they agree with one of its alternatives none of them is lost, and else all of them.

        Parameters
        ----------
        term, part : ndarray of int, shape (k,)
            A conservative term and a parsimonious one that holds it: levels, -1 where a condition is free.
        """
        compared = [place for place, number in enumerate(self.places) if term[number] >= 0 > part[number]]
        own = [int(term[self.places[place]]) for place in compared]
        if any(own == [levels[place] for place in compared] for levels in self.levels):
            return ()
        return tuple(self.places[place] for place in compared)

    def undirected(self, truth: TruthTable) -> str:
        """The conditions, where all their levels are named, so that no direction is expected; else nothing."""
        every = math.prod(truth.applicable[place] for place in self.places)
        named = "*".join(truth.conditions[place] for place in self.places)
        return named if len(set(self.levels)) == every else ""


def read_expectations(texts: Sequence[str], truth: TruthTable) -> tuple[Expectation, ...]:
    """Expectations from text: ``A``, ``~B``, ``C[1,2]``, ``~A*B``. Those on the same conditions are alternatives.

    A conjunction that holds another expectation says nothing more: of ``A`` and ``A*B`` only ``A`` counts.

    Raises
    ------
    DataError
        For a condition that the truth table does not have, or a level that the condition does not have.
    """
    check_list("expectations", texts)
    found: list[tuple[tuple[int, ...], tuple[int, ...]]] = []
    for text in texts:
        literals = [_literal(part.strip(), truth) for part in text.split("*")]
        literals.sort()
        places = tuple(place for place, _ in literals)
        if len(set(places)) < len(places):
            raise DataError(f"{text!r} names a condition twice", place="expectations")
        found += [(places, levels) for levels in product(*(levels for _, levels in literals))]
    every = [frozenset(zip(places, levels, strict=True)) for places, levels in found]
    ordered = sorted(one for one, own in zip(found, every, strict=True) if not any(other < own for other in every))
    return tuple(
        Expectation(places, tuple(levels for _, levels in group))
        for places, group in groupby(ordered, key=itemgetter(0))
    )


def _literal(text: str, truth: TruthTable) -> tuple[int, tuple[int, ...]]:
    match = _LITERAL.match(text)
    name = match["name"].strip() if match else text
    if match is None or name not in truth.conditions:
        raise unknown("condition", name, truth.conditions, place="expectations")
    place = truth.conditions.index(name)
    size = truth.applicable[place]
    if match["value"] is None and size > 2:
        raise DataError(
            f"{name!r} has {size} levels", place="expectations", remedy=f"Name the expected one, such as {name}[1]."
        )
    levels = tuple(map(int, match["value"].split(","))) if match["value"] is not None else (1,)
    if max(levels) >= size:
        raise DataError(f"{name!r} has no level {max(levels)}; levels run from 0 to {size - 1}", place="expectations")
    return place, tuple(level for level in range(size) if level not in levels) if match["not"] else levels
