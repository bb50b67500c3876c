"""Conger's kappa."""

from __future__ import annotations

from functools import partial

import attrs
import numpy as np
from scipy import sparse

from expertsys.agreement.coefficients import weights as weighting
from expertsys.agreement.coefficients.chance import pair_weights, why_undefined
from expertsys.agreement.inference.coefficient import Coefficient
from expertsys.agreement.inference.kernel import Values, ratio
from expertsys.agreement.inference.words import MARGINALS, Words
from expertsys.agreement.ratings import Ratings
from expertsys.agreement.ratings.profiles import CoderProfiles, Floats, Ints


def conger_kappa(ratings: Ratings, *, weights: weighting.Weights = "identity") -> Coefficient:
    """Conger's kappa: chance agreement from each coder's own marginals, for any number of coders.

    Parameters
    ----------
    ratings : Ratings
        Of at most 64 coders. A missing rating is left out; a coder's marginals are those of all units that they rated,
        also of units that nobody else did.
    weights : {"identity", "linear", "quadratic", "ordinal", "radical", "ratio", "circular", "bipolar"} or array_like
        How far two categories agree. All but "identity" need categories in order, or numbers; a table of one's own has
        shape (V, V) over ``ratings.categories``.

    Returns
    -------
    Coefficient
        At most 1; with two coders and no missing ratings it is Cohen's kappa, on complete data Hubert's. NaN with a
        note where all ratings are the same.

    Raises
    ------
    DataError
        Where there are too many coders to know who gave which rating.

    Notes
    -----
    In R: ``irrCAC::conger.kappa.raw(x, weights)``.

    References
    ----------
    Conger AJ. Integration and generalization of kappas for multiple raters. Psychol Bull 1980;88:322–328.
    doi:10.1037/0033-2909.88.2.322

    Examples
    --------
    >>> ratings = Ratings.from_array([list("aabb"), list("aabb"), list("abbb")], coders="rows")
    >>> round(conger_kappa(ratings).estimate, 2)
    0.67

    Two thirds of the agreement that the coders' habits leave open was reached.
    """
    table = weighting.table(ratings, weights)
    return Coefficient.of(
        ratings,
        _Conger.of(ratings.require_coders("Conger's kappa"), len(ratings.categories), table),
        name="Conger's kappa",
        sources=("conger1980", "gwet2021"),
        refit=partial(conger_kappa, weights=weights),
        why=why_undefined,
        words=Words(
            "which takes the agreement expected by chance from the habits of each coder", MARGINALS, widened=True
        ),
        level=weighting.words(weights),
    )


@attrs.frozen(eq=False)
class _Conger:
    """Any coders, each with marginals of their own: chance is the mean over ordered pairs of coders of Σ w p p."""

    counts: Ints
    origin: None
    width: int
    _agreeing: Floats
    _paired: Floats
    _given: sparse.csr_array
    _sums: sparse.csr_array
    _shape: tuple[int, int]
    _weights: Floats | None

    @classmethod
    def of(cls, base: CoderProfiles, size: int, weights: Floats | None) -> _Conger:
        coders = base.matrix.shape[1]
        profile, coder = np.nonzero(base.matrix >= 0)
        value, ones = base.matrix[profile, coder], np.ones(len(profile))
        given = sparse.csr_array((ones, (profile, coder * size + value)), shape=(len(base.counts), coders * size))
        per_value = sparse.csr_array((ones, (profile, value)), shape=(len(base.counts), size))
        sizes: Floats = np.asarray(per_value.sum(axis=1), dtype=np.float64).ravel()
        paired = (sizes >= 2).astype(np.float64)
        agreeing = paired * (pair_weights(per_value, weights) - sizes) / np.maximum(sizes * (sizes - 1), 1)
        sums = sparse.csr_array(sparse.hstack([given, sparse.csr_array(np.column_stack([agreeing, paired]))]))
        return cls(base.counts, None, 4 * coders * size, agreeing, paired, given, sums, (coders, size), weights)

    def _weighted(self, shares: Floats) -> Floats:
        return shares if self._weights is None else np.asarray(shares @ self._weights)

    def _marginals(self, totals: Floats) -> tuple[Floats, Floats]:
        """Each coder's shares of the categories, (B, coders, V), and units rated by each, (B, coders)."""
        totals = totals.reshape(len(totals), *self._shape)
        rated = totals.sum(axis=2)
        return totals / np.where(rated > 0, rated, 1)[:, :, None], rated

    def evaluate(self, weights: Floats) -> Values:
        """See `Kernel`."""
        sums = np.asarray(weights @ self._sums)
        shares, rated = self._marginals(sums[:, :-2])
        summed, number = shares.sum(axis=1), (rated > 0).sum(axis=1)
        together = (summed * self._weighted(summed)).sum(axis=1)
        own = (shares * self._weighted(shares)).sum(axis=(1, 2))
        with np.errstate(invalid="ignore", divide="ignore"):
            observed = sums[:, -2] / sums[:, -1]
            expected = (together - own) / (number * (number - 1))
        return Values(ratio(observed, expected), observed, expected)

    def linearised(self) -> Floats | None:
        """See `Kernel`; Gwet 2021, ch. 5."""
        weights = self.counts.astype(np.float64)[None, :]
        found = self.evaluate(weights)
        shares, rated = self._marginals(np.asarray(weights @ self._given))
        expected, estimate, n = found.expected[0], found.estimate[0], weights.sum()
        number = int((rated[0] > 0).sum())
        others = self._weighted(shares[0].sum(axis=0) - shares[0])  # the other coders' marginals, for each coder
        centred = others - (shares[0] * others).sum(axis=1, keepdims=True)
        per_rating = n / np.where(rated[0] > 0, rated[0], 1)[:, None] * centred / (number * (number - 1))
        beyond = np.asarray(self._given @ per_rating.ravel())  # what the unit adds to chance agreement
        own = n / (weights[0] @ self._paired) * (self._agreeing - expected * self._paired) / (1 - expected)
        return np.asarray(own - 2 * (1 - estimate) * beyond / (1 - expected))
