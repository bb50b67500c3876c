"""The measures of a panel in plain Python, rating by rating: slow, and independent of the library."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from strategies import Matrix

from ..byhand import given

Pairwise = Callable[[Any, Any], float]


def cross(first: Matrix, second: Matrix, distance: Pairwise) -> float | None:
    """xRR from all pairs of ratings of two groups; None where no unit was rated by both or nothing varies."""
    pairs = [(given(a), given(b)) for a, b in zip(first, second, strict=True) if given(a) and given(b)]
    if not pairs:
        return None
    total = sum(len(a) + len(b) for a, b in pairs)
    observed = 0.0
    for a, b in pairs:
        mean = sum(distance(x, y) for x in a for y in b) / (len(a) * len(b))
        observed += (len(a) + len(b)) / total * mean
    left, right = [x for a, _ in pairs for x in a], [y for _, b in pairs for y in b]
    expected = sum(distance(x, y) for x in left for y in right) / (len(left) * len(right))
    return None if expected < 1e-12 else 1 - observed / expected


def columns(matrix: Matrix, places: Sequence[int]) -> Matrix:
    return [[row[place] for place in places] for row in matrix]


def accuracy(value: Any, others: list[Any]) -> float:
    return sum(value == other for other in others) / len(others)


def negative_rmse(value: float, others: list[float]) -> float:
    return -((sum((value - other) ** 2 for other in others) / len(others)) ** 0.5)


def jaccard_similarity(value: frozenset[Any], others: list[frozenset[Any]]) -> float:
    return sum(len(value & other) / len(value | other) if value | other else 1.0 for other in others) / len(others)


def indicators(
    matrix: Matrix, machine: int, human: int, alignment: Callable[[Any, list[Any]], float]
) -> tuple[list[int], list[int]]:
    """For each unit: whether the machine is at least as close as the human to the rest, and the other way round."""
    ahead, behind = [], []
    for row in matrix:
        others = [row[place] for place in range(len(row)) if place not in (machine, human) and row[place] is not None]
        if row[machine] is None or row[human] is None or not others:
            continue
        of_machine, of_human = alignment(row[machine], others), alignment(row[human], others)
        ahead.append(int(of_machine >= of_human - 1e-9))
        behind.append(int(of_human >= of_machine - 1e-9))
    return ahead, behind
