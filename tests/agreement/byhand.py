"""Coefficients in plain Python, pair by pair, from a matrix of units × coders: slow, and independent of the library."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from itertools import permutations
from typing import Any

from strategies import Matrix

Distance = Callable[[Any, Any], float]


def given(row: Sequence[Any]) -> list[Any]:
    return [value for value in row if value is not None]


def nominal(a: Any, b: Any) -> float:
    return float(a != b)


def interval(a: float, b: float) -> float:
    return float((a - b) ** 2)


def ratio(a: float, b: float) -> float:
    return 0.0 if a == b == 0 else ((a - b) / (a + b)) ** 2


def ordinal(matrix: Matrix, order: Sequence[Any]) -> Distance:
    """Krippendorff's ordinal metric: the ratings between two categories, both ends by half, squared."""
    times = Counter(value for row in matrix if len(given(row)) > 1 for value in given(row))

    def metric(a: Any, b: Any) -> float:
        low, high = sorted((order.index(a), order.index(b)))
        between = sum(times[order[place]] for place in range(low, high + 1))
        return float((between - (times[a] + times[b]) / 2) ** 2) if low != high else 0.0

    return metric


def jaccard(a: frozenset[Any], b: frozenset[Any]) -> float:
    return 1 - len(a & b) / len(a | b) if a | b else 0.0


def masi(a: frozenset[Any], b: frozenset[Any]) -> float:
    if a == b:
        return 0.0
    weight = 2 / 3 if a <= b or b <= a else 1 / 3 if a & b else 0.0
    return 1 - weight * (1 - jaccard(a, b))


def alpha(matrix: Matrix, distance: Distance = nominal) -> float:
    """Krippendorff's alpha from all pairs of ratings; an error where it is undefined."""
    rated = [given(row) for row in matrix if len(given(row)) > 1]
    pool = [value for row in rated for value in row]
    observed = sum(distance(a, b) / (len(row) - 1) for row in rated for a, b in permutations(row, 2)) / len(pool)
    expected = sum(distance(a, b) for a, b in permutations(pool, 2)) / (len(pool) * (len(pool) - 1))
    return 1 - observed / expected


def percent(matrix: Matrix) -> float:
    rated = [given(row) for row in matrix if len(given(row)) > 1]
    shares = [sum(a == b for a, b in permutations(row, 2)) / (len(row) * (len(row) - 1)) for row in rated]
    return sum(shares) / len(shares)


def shares(matrix: Matrix) -> dict[Any, float]:
    """The mean over rated units of each category's share of the unit's ratings."""
    rated = [given(row) for row in matrix if given(row)]
    values = {value for row in rated for value in row}
    return {value: sum(row.count(value) / len(row) for row in rated) / len(rated) for value in values}


def corrected(observed: float, expected: float) -> float:
    return (observed - expected) / (1 - expected)


def fleiss(matrix: Matrix) -> float:
    return corrected(percent(matrix), sum(share**2 for share in shares(matrix).values()))


def scott(matrix: Matrix) -> float:
    """Scott's pi for two coders and complete data, from the pooled marginals."""
    pool = Counter(value for row in matrix for value in row)
    total = sum(pool.values())
    return corrected(sum(a == b for a, b in matrix) / len(matrix), sum((n / total) ** 2 for n in pool.values()))


def cohen(matrix: Matrix) -> float:
    both = [row for row in matrix if None not in row]
    first, second = Counter(a for a, _ in both), Counter(b for _, b in both)
    expected = sum(first[value] * second[value] for value in first) / len(both) ** 2
    return corrected(sum(a == b for a, b in both) / len(both), expected)


def gwet(matrix: Matrix, categories: int) -> float:
    found = shares(matrix)
    return corrected(percent(matrix), sum(share * (1 - share) for share in found.values()) / (categories - 1))


def specific(matrix: Matrix, category: Any) -> float:
    """Of all pairs of ratings whose first is the category, the share whose second is."""
    pairs = [pair for row in matrix for pair in permutations(given(row), 2) if pair[0] == category]
    return sum(second == category for _, second in pairs) / len(pairs)


def confused(matrix: Matrix, a: Any, b: Any) -> tuple[float, float, int]:
    """Sets in which two codes stand against each other: observed, by chance, and on how many units."""
    rated = [given(row) for row in matrix if len(given(row)) > 1]

    def crossed(first: frozenset[Any], second: frozenset[Any]) -> bool:
        return a in first - second and b in second - first

    found = [sum(crossed(*pair) for pair in permutations(row, 2)) / (len(row) - 1) for row in rated]
    pool = [value for row in rated for value in row]
    chance = sum(crossed(*pair) for pair in permutations(pool, 2)) / (len(pool) - 1)
    return sum(found), chance, sum(value > 0 for value in found)
