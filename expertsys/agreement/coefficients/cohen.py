"""Cohen's kappa."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import attrs
import numpy as np
from scipy import sparse

from expertsys.agreement.coefficients import two
from expertsys.agreement.coefficients import weights as weighting
from expertsys.agreement.coefficients.chance import why_undefined
from expertsys.agreement.inference.coefficient import Coefficient
from expertsys.agreement.inference.kernel import Values, ratio
from expertsys.agreement.inference.words import NOT_BOTH, Words
from expertsys.agreement.ratings import Ratings
from expertsys.agreement.ratings.profiles import Floats, Ints, places


@attrs.frozen(eq=False)
class Two:
    """Two coders, each with marginals of their own (Cohen 1960, p. 40)."""

    counts: Ints
    origin: Ints | None
    width: int
    _first: sparse.csr_array
    _second: sparse.csr_array
    _agree: Floats
    _weights: Floats | None

    @classmethod
    def of(cls, ratings: Ratings, weights: Floats | None) -> Two:
        """Over the units that both of two coders rated."""
        profiles = ratings.require_coders("Cohen's kappa")
        both = np.asarray((profiles.matrix >= 0).all(axis=1))
        found = cls.among(profiles.matrix[both], profiles.counts[both], len(ratings.categories), weights)
        return attrs.evolve(found, origin=places(both))

    @classmethod
    def among(cls, matrix: Ints, counts: Ints, size: int, weights: Floats | None) -> Two:
        """Over complete rows of two ratings."""
        alike = matrix[:, 0] == matrix[:, 1] if weights is None else weights[matrix[:, 0], matrix[:, 1]]
        agree = alike.astype(np.float64)
        rows, ones = np.arange(len(counts)), np.ones(len(counts))
        first, second = (sparse.csr_array((ones, (rows, matrix[:, k])), shape=(len(counts), size)) for k in (0, 1))
        return cls(counts, None, 2 * size, first, second, agree, weights)

    def evaluate(self, weights: Floats) -> Values:
        """See `Kernel`."""
        n = weights.sum(axis=1)
        with np.errstate(invalid="ignore", divide="ignore"):
            observed = weights @ self._agree / n
            expected = (np.asarray(weights @ self._first) * self._weighted(weights @ self._second)).sum(axis=1) / n**2
        return Values(ratio(observed, expected), observed, expected)

    def _weighted(self, totals: Floats) -> Floats:
        return np.asarray(totals) if self._weights is None else np.asarray(totals @ self._weights)

    def linearised(self) -> Floats | None:
        """See `Kernel`."""
        weights = self.counts.astype(np.float64)[None, :]
        found = self.evaluate(weights)
        expected, estimate = found.expected[0], found.estimate[0]
        first, second = (np.asarray(weights @ table)[0] / weights.sum() for table in (self._first, self._second))
        own = (self._agree - expected) / (1 - expected)
        own_expected = (self._first @ self._weighted(second) + self._second @ self._weighted(first)) / 2
        return np.asarray(own - 2 * (1 - estimate) * (own_expected - expected) / (1 - expected))


def cohen_kappa(
    ratings: Ratings, *, coders: Sequence[str] | None = None, weights: weighting.Weights = "identity"
) -> Coefficient:
    """Cohen's kappa: chance agreement from each of two coders' own marginals.

    Parameters
    ----------
    ratings : Ratings
        Units that one of the two did not rate are left out.
    coders : sequence of two str, optional
        Which two, where there are more.
    weights : {"identity", "linear", "quadratic", "ordinal", "radical", "ratio", "circular", "bipolar"} or array_like
        How far two categories agree. All but "identity" need categories in order, or numbers; a table of one's own has
        shape (V, V) over ``ratings.categories``.

    Returns
    -------
    Coefficient
        At most 1. NaN with a note where both gave one and the same category throughout.

    Raises
    ------
    DataError
        With other than two coders.

    Notes
    -----
    In R: ``irr::kappa2(x)``; the standard error is that of ``irrCAC::conger.kappa.raw(x)``.

    References
    ----------
    Cohen J. A coefficient of agreement for nominal scales. Educ Psychol Meas 1960;20:37–46.
    doi:10.1177/001316446002000104

    Examples
    --------
    >>> ratings = Ratings.from_array([["a", "b", "b", "a"], ["a", "b", "a", "a"]], coders="rows")
    >>> cohen_kappa(ratings).estimate
    0.5

    Half of the agreement that chance leaves open was reached.
    """
    chosen = two.chosen(
        ratings, coders, name="Cohen's kappa", place="cohen_kappa", otherwise="fleiss_kappa or krippendorff_alpha"
    )
    kernel = Two.of(chosen, weighting.table(chosen, weights))
    return Coefficient.of(
        chosen,
        kernel,
        name="Cohen's kappa" if weighting.words(weights) == "" else "Cohen's weighted kappa",
        sources=("cohen1960",) if weighting.words(weights) == "" else ("cohen1960", "cohen1968"),
        refit=partial(cohen_kappa, weights=weights),
        why=why_undefined,
        words=Words("which takes the agreement expected by chance from the habits of each of the two coders", NOT_BOTH),
        n_units=int(kernel.counts.sum()),
        level=weighting.words(weights),
    )
