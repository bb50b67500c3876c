"""Terms with all that is the same in every model that has them."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence

import attrs
import numpy as np

from expertsys.qca.expression import Term, term_of
from expertsys.qca.fit import Floats, Sufficiency, sufficiency
from expertsys.qca.primes import Ints, covers
from expertsys.qca.solution import Model, Origin, TermFit
from expertsys.qca.table import memberships
from expertsys.qca.truth import TruthTable


@attrs.frozen(eq=False)
class Fitter:
    """Terms with all that is the same in every model that has them.

    Parameters
    ----------
    truth : TruthTable
        What was minimised.
    terms : tuple of Term
        All that models are made of.
    cubes : ndarray of int, shape (P, k)
        The terms as cubes.
    remainders : ndarray of int, shape (R, k)
        Configurations that may be assumed positive.
    """

    truth: TruthTable
    terms: tuple[Term, ...]
    cubes: Ints
    remainders: Ints
    _texts: tuple[str, ...]
    _literals: tuple[int, ...]
    _ranks: tuple[int, ...]

    @classmethod
    def of(cls, truth: TruthTable, cubes: Ints, remainders: Ints) -> Fitter:
        """For these implicants and these configurations that may be assumed positive."""
        terms = tuple(term_of(cube.tolist(), truth.conditions, truth.applicable) for cube in cubes)
        ordered = sorted(range(len(terms)), key=lambda place: terms[place].literals)
        ranks = tuple(np.argsort(ordered).tolist())
        literals = tuple(len(term.literals) for term in terms)
        return cls(truth, terms, cubes, remainders, tuple(map(str, terms)), literals, ranks)

    @functools.cached_property
    def _memberships(self) -> Floats:
        return memberships(self.truth.scores, self.cubes)

    @functools.cached_property
    def _crisp(self) -> bool:
        return bool(((self._memberships == 0) | (self._memberships == 1)).all())

    @functools.cached_property
    def _alone(self) -> Sufficiency:
        return sufficiency(self._memberships, self.truth.membership)

    @functools.cached_property
    def _cases(self) -> tuple[tuple[str, ...], ...]:
        positive = np.flatnonzero(self.truth.rows["out"] == "1")
        held = covers(self.cubes, self.truth.configurations("1"))
        names = [self.truth.members[place] for place in positive]
        return tuple(tuple(name for place in np.flatnonzero(row) for name in names[place]) for row in held)

    def model(self, cover: Iterable[int], origins: tuple[Origin, ...] = ()) -> Model:
        """The model of these terms, by their places."""
        chosen = tuple(sorted(cover, key=self._ranks.__getitem__))
        expression = " + ".join([self._texts[place] for place in chosen])
        literals = sum([self._literals[place] for place in chosen])
        return Model(expression, origins, self, chosen, literals)

    def whole(self, chosen: Sequence[int]) -> Sufficiency:
        """Fit of terms together."""
        return sufficiency(self._memberships[list(chosen)].max(axis=0), self.truth.membership)

    def assumptions(self, chosen: Sequence[int]) -> tuple[int, ...]:
        """Numbers of the rows that terms assume."""
        assumed = self.remainders[covers(self.cubes[list(chosen)], self.remainders).any(axis=0)]
        return tuple(sorted(self.truth.number(assumed).tolist()))

    def fits(self, chosen: Sequence[int]) -> tuple[TermFit, ...]:
        """Fit of each term beside the others."""
        y = self.truth.membership
        own = self._memberships[list(chosen)]
        greatest, rest = own.max(axis=0), np.zeros(len(y))
        if self._crisp:
            rest = (own.sum(axis=0) > 1).astype(np.float64)
        elif len(chosen) > 1:
            rest = np.partition(own, -2, axis=0)[-2]
        unique = np.full(len(chosen), np.nan)
        if y.sum() > 0:  # raw coverage less what the others share: only where a term is greatest does it add anything
            added = np.minimum(greatest, y) - np.minimum(rest, y)
            unique = np.bincount(own.argmax(axis=0), weights=added, minlength=len(chosen)) / y.sum()
        return tuple(
            TermFit(
                self.terms[place],
                self._texts[place],
                float(self._alone.consistency[place]),
                float(self._alone.pri[place]),
                float(self._alone.coverage[place]),
                float(only),
                self._cases[place],
            )
            for place, only in zip(chosen, unique, strict=True)
        )
