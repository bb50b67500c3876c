"""Boolean expressions over conditions: literals, terms, sums of terms, and the membership of cases in them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import attrs
import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import pandas as pd

    from expertsys.qca.primes import Ints

Floats = npt.NDArray[np.float64]


@attrs.frozen(order=True)
class Literal:
    """A condition at one of its levels.

    Parameters
    ----------
    condition : str
        Its name.
    value : int
        1 for presence, 0 for absence; any level of a multi-value condition.
    multi : bool
        Whether it is written ``A[2]``, as where some condition has more than two levels; else ``A`` or ``~A``.
    beside : bool
        Whether the level says that the condition does not apply: ``A[-]``, in the text of a row only.

    Examples
    --------
    >>> str(Literal("A", 0)), str(Literal("B", 2, multi=True))
    ('~A', 'B[2]')
    """

    condition: str
    value: int
    multi: bool = False
    beside: bool = False

    def membership(self, scores: Floats) -> Floats:
        """Membership of cases with these scores: whether it is the level; else the score or its complement."""
        if (scores == np.round(scores)).all():
            return np.asarray(scores == self.value, dtype=np.float64)
        return scores if self.value else 1 - scores

    def __str__(self) -> str:
        if self.beside:
            return f"{self.condition}[-]"
        if self.multi:
            return f"{self.condition}[{self.value}]"
        return self.condition if self.value else f"~{self.condition}"


@attrs.frozen(order=True)
class Term:
    """A conjunction of literals; without any it is true everywhere.

    Examples
    --------
    >>> str(Term((Literal("A", 1), Literal("B", 0))))
    'A*~B'
    """

    literals: tuple[Literal, ...]

    def membership(self, table: pd.DataFrame) -> Floats:
        """The least membership of its literals, for each row of a table of scores: shape (n,)."""
        result: Floats = np.ones(len(table))
        for literal in self.literals:
            result = np.minimum(result, literal.membership(table[literal.condition].to_numpy(dtype=np.float64)))
        return result

    def __str__(self) -> str:
        return "*".join(map(str, self.literals)) or "1"


@attrs.frozen
class Expression:
    """A disjunction of terms; without any it is false everywhere.

    Examples
    --------
    >>> str(Expression((Term((Literal("A", 1),)), Term((Literal("B", 0), Literal("C", 1))))))
    'A + ~B*C'
    """

    terms: tuple[Term, ...]

    def membership(self, table: pd.DataFrame) -> Floats:
        """The greatest membership of its terms, for each row of a table of scores: shape (n,)."""
        result: Floats = np.zeros(len(table))
        for term in self.terms:
            result = np.maximum(result, term.membership(table))
        return result

    def __str__(self) -> str:
        return " + ".join(map(str, self.terms)) or "0"


def term_of(cube: Sequence[int], conditions: Sequence[str], levels: Sequence[int]) -> Term:
    """A cube (-1: free) as a term; past a condition's levels is the one that says that it does not apply."""
    return Term(
        tuple(
            Literal(name, int(value), multi=max(levels) > 2, beside=value >= size)
            for value, name, size in zip(cube, conditions, levels, strict=True)
            if value >= 0
        )
    )


def texts_of(cubes: Ints, conditions: Sequence[str], levels: Sequence[int]) -> list[str]:
    """Cubes as the texts of their terms, many at once."""
    multi = max(levels) > 2
    written = [
        [str(Literal(name, value, multi=multi)) for value in range(size)]
        for name, size in zip(conditions, levels, strict=True)
    ]
    return [
        "*".join([own[value] for own, value in zip(written, cube, strict=True) if value >= 0]) or "1"
        for cube in cubes.tolist()
    ]
