"""Covers of a chart one after the other, by branching: all of one size, or all that can spare nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import attrs
import numpy as np

from expertsys.qca.primes import Bools, late

#: Steps of the search for ties in one part of the chart (about 20 µs each): where it ends, the covers are not all.
MOST_STEPS = 500_000


def _bits(table: Bools) -> list[int]:
    """Each row as one whole number, the first column its lowest bit."""
    packed = np.packbits(table, axis=1, bitorder="little")
    return [int.from_bytes(row.tobytes(), "little") for row in packed]


@attrs.define
class Effort:
    """How much longer to search: steps, and a time on the monotonic clock.

    Parameters
    ----------
    end : float or None
        When to stop.
    steps : int
        Steps left.
    spent : bool
        Whether the search was cut short.
    """

    end: float | None
    steps: int = MOST_STEPS
    spent: bool = False

    def ends(self) -> bool:
        """Count a step, and say whether it was one too many."""
        self.steps -= 1
        if self.steps < 0 or late(self.end):
            self.spent = True
        return self.spent


def exact_covers(left: Bools, size: int, price: Sequence[float] | None, effort: Effort) -> Iterator[tuple[int, ...]]:
    """Every cover of exactly the least size, each once: branch on the row with the fewest columns.

    Parameters
    ----------
    left : ndarray of bool, shape (P, n)
        Which column covers which row.
    size : int
        The least size, or less: then there is none.
    price : sequence of float, optional
        Of each row, such that no column is worth more than 1: prunes the search.
    effort : Effort
        How long to search.
    """
    holds, held_by = _bits(left), _bits(left.T)
    everything = (1 << left.shape[1]) - 1

    def worth(rows: int) -> float:
        total = 0.0
        while rows and price is not None:
            total += price[(rows & -rows).bit_length() - 1]
            rows &= rows - 1
        return total

    def search(chosen: list[int], open_rows: int, barred: int, owed: float) -> Iterator[tuple[int, ...]]:
        if not open_rows:
            yield tuple(sorted(chosen))
            return
        room = size - len(chosen)
        if room < 1 or owed > room + 1e-6 or effort.ends():
            return
        least, fewest, apart, used = -1, 1 << 60, 0, 0
        rest = open_rows
        candidates: list[tuple[int, int, int]] = []
        while rest:
            row = (rest & -rest).bit_length() - 1
            rest &= rest - 1
            options = held_by[row] & ~barred
            if not options:
                return
            number = options.bit_count()
            if number == 1:
                least, candidates = row, []
                break
            candidates.append((number, row, options))
            if number < fewest:
                least, fewest = row, number
        for _, _, options in sorted(candidates):  # rows that share no column need a column each
            if not options & used:
                apart, used = apart + 1, used | options
                if apart > room:
                    return
        options = held_by[least] & ~barred
        while options:
            column = (options & -options).bit_length() - 1
            options &= options - 1
            gained = worth(open_rows & holds[column])
            yield from search([*chosen, column], open_rows & ~holds[column], barred, owed - gained)
            barred |= 1 << column

    yield from search([], everything, 0, sum(price or ()))


def irredundant_covers(chart: Bools, effort: Effort) -> Iterator[tuple[int, ...]]:
    """Every cover from which no column can be dropped, each once."""
    holds, held_by = _bits(chart), _bits(chart.T)
    everything = (1 << chart.shape[1]) - 1

    def needed(chosen: Sequence[int]) -> bool:
        """Whether each column covers a row that no other chosen one covers."""
        once, twice = 0, 0
        for column in chosen:
            twice |= once & holds[column]
            once |= holds[column]
        return all(holds[column] & ~twice for column in chosen)

    def search(chosen: list[int], open_rows: int, barred: int) -> Iterator[tuple[int, ...]]:
        if not needed(chosen) or effort.ends():
            return
        if not open_rows:
            yield tuple(sorted(chosen))
            return
        row = (open_rows & -open_rows).bit_length() - 1
        options = held_by[row] & ~barred
        while options:
            column = (options & -options).bit_length() - 1
            options &= options - 1
            yield from search([*chosen, column], open_rows & ~holds[column], barred)
            barred |= 1 << column

    yield from search([], everything, 0)
