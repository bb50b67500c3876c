"""Lin's concordance correlation."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np

from expertsys._core.results import Interval
from expertsys.agreement.coefficients import two
from expertsys.agreement.coefficients.anova import centred
from expertsys.agreement.inference.coefficient import Coefficient
from expertsys.agreement.inference.kernel import Sums, Values
from expertsys.agreement.inference.words import NOT_BOTH, Words
from expertsys.agreement.ratings import Ratings
from expertsys.agreement.ratings.profiles import Floats, places


def lin_concordance(ratings: Ratings, *, coders: Sequence[str] | None = None) -> Coefficient:
    """Lin's concordance correlation: how far two coders' scores lie from the line on which both are the same.

    Parameters
    ----------
    ratings : Ratings
        Numbers. Units that one of the two did not rate are left out.
    coders : sequence of two str, optional
        Which two, where there are more.

    Returns
    -------
    Coefficient
        Between −1 and 1. `observed` is the mean squared difference, `expected` what it would be were the scores
        unrelated: the coefficient is 1 − observed / expected. NaN with a note where neither coder's scores vary and
        both are the same. Its analytic interval over units is Lin's, by the inverse hyperbolic tangent, for normal
        scores; `standard_error` is the infinitesimal jackknife, which supposes no distribution.

    Raises
    ------
    DataError
        With other than two coders, or ratings that are no numbers.

    Notes
    -----
    Variances are over n, as in Lin (1989); with n − 1 it is slightly smaller. Over n it is Cohen's kappa with quadratic
    weights. In R: ``epiR::epi.ccc(x, y)``. The variance is that of 1989 with the correction of 2000.

    References
    ----------
    Lin LI. A concordance correlation coefficient to evaluate reproducibility. Biometrics 1989;45:255–268.
    doi:10.2307/2532051

    Lin LI. A note on the concordance correlation coefficient. Biometrics 2000;56:324–325.
    doi:10.1111/j.0006-341X.2000.00324.x

    Examples
    --------
    >>> ratings = Ratings.from_array([[1, 2, 3, 4], [2, 3, 4, 5]], coders="rows")
    >>> round(lin_concordance(ratings).estimate, 2)
    0.71

    The scores are perfectly correlated, but the second coder gives a point more each time.
    """
    chosen = two.chosen(ratings, coders, name="Lin's concordance", place="lin_concordance", otherwise="icc")
    base = chosen.require_coders("Lin's concordance")
    both = np.asarray((base.matrix >= 0).all(axis=1))
    x, y = centred(chosen, "Lin's concordance")[base.matrix[both]].T
    features = np.column_stack([np.ones(len(x)), x, y, x**2, y**2, x * y])
    counts = base.counts[both]
    sums = np.asarray(counts.astype(np.float64) @ features)[None, :]
    least = 1e-12 * float((sums[:, 3] + sums[:, 4])[0]) / max(float(sums[0, 0]), 1)

    def values(sums: Floats) -> Values:
        with np.errstate(invalid="ignore", divide="ignore"):
            first, second, square_first, square_second, product = sums[:, 1:].T / sums[:, 0]
            observed = square_first + square_second - 2 * product
            # s₁² + s₂² + (x̄₁ − x̄₂)²
            expected = square_first + square_second - 2 * first * second
            found = np.where(expected > least, 1 - observed / expected, np.nan)
        return Values(found, observed, expected)

    def why(found: Values) -> str:
        del found
        return "no unit was rated by both" if not len(counts) else "all scores are the same, so there is no variation"

    return Coefficient.of(
        chosen,
        Sums(counts, features, values, places(both)),
        name="Lin's concordance correlation",
        sources=("lin1989",),
        refit=partial(lin_concordance),
        why=why,
        words=Words(
            "the correlation of two coders' scores, reduced by every shift and stretch from the line on which they are "
            "the same",
            NOT_BOTH,
            ("lin1989", "lin2000"),
        ),
        n_units=int(counts.sum()),
        own_interval=lambda confidence: _interval(sums[0], float(values(sums).estimate[0]), confidence),
    )


def _interval(sums: Floats, estimate: float, confidence: float) -> Interval:
    """Lin 1989, p. 258, as corrected in 2000."""
    from scipy.special import ndtri

    words = "Lin's interval by the inverse hyperbolic tangent"
    n = float(sums[0])
    first, second, square_first, square_second, product = sums[1:] / n if n else np.full(5, np.nan)
    variances = (square_first - first**2, square_second - second**2)
    if n < 3 or not min(variances) > 0 or np.isnan(estimate):
        told = "fewer than three units" if n < 3 else "a coder's scores do not vary"
        return Interval(np.nan, np.nan, confidence, words, f"no interval: {told}")
    if estimate > 1 - 1e-12:
        return Interval(np.nan, np.nan, confidence, words, "no interval: the scores are the same throughout")
    r = (product - first * second) / np.sqrt(variances[0] * variances[1])
    if abs(r) < 1e-12:
        return Interval(np.nan, np.nan, confidence, words, "no interval: the scores are not correlated")
    shift = (first - second) ** 2 / np.sqrt(variances[0] * variances[1])
    c, room = estimate, 1 - estimate**2
    variance = (
        (1 - r**2) * c**2 / (room * r**2)
        + 2 * c**3 * (1 - c) * shift / (r * room**2)
        - c**4 * shift**2 / (2 * r**2 * room**2)
    ) / (n - 2)
    reach = float(ndtri((1 + confidence) / 2)) * np.sqrt(max(variance, 0))
    middle = np.arctanh(c)
    return Interval(float(np.tanh(middle - reach)), float(np.tanh(middle + reach)), confidence, words)
