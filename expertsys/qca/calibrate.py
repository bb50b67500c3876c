"""Raw values to membership scores."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd

from expertsys._core.errors import DataError, DegenerateWarning, Remark, check_choice, check_positive, counted, listing
from expertsys._core.frames import is_frame
from expertsys.qca.fit import Floats, at_middle
from expertsys.qca.table import joined

Method = Literal["direct", "linear", "indirect", "crisp", "rank"]
Linkage = Literal["single", "complete", "average", "weighted", "centroid", "median", "ward"]
#: A score that rests on fewer observations than this is named in a note.
FEW = 5
#: Newton steps of the indirect method.
MOST_STEPS = 200
METHODS: tuple[Method, ...] = ("direct", "linear", "indirect", "crisp", "rank")


def calibrate(
    values: Any,
    *,
    method: Method = "direct",
    anchors: Sequence[float] | None = None,
    groups: Sequence[float] | None = None,
    full_membership: float = 0.95,
    below: float = 1.0,
    above: float = 1.0,
    n: Any = None,
) -> pd.Series[Any]:
    """Raw values as membership scores in a set.

    Parameters
    ----------
    values : array_like, shape (n,)
        Raw values; a pandas Series keeps its index. A missing value stays missing.
    method : {"direct", "linear", "indirect", "crisp", "rank"}
        Logistic in three anchors; linear (or bent by `below` and `above`) in three or six; estimated from grouped
        values; groups divided by thresholds; the share of values that are lower, for ordered scales.
    anchors : sequence of float
        For "direct": out, crossover, full; falling anchors make a falling set ("low income"). For "linear": the same
        three, or six for a bell, ``(out, crossover, full, full, crossover, out)``; its negation is
        ``1 - calibrate(...)``. For "indirect" and "crisp": the thresholds between groups, rising; a value at one is
        below it for "indirect" and above it for "crisp", as in R; one makes a crisp set, several a
        multi-value condition. None for "rank".
    groups : sequence of float, shape (n,), optional
        For "indirect" in place of thresholds: each case's preliminary score, such as 0, 0.2, …, 1, by what is known of
        it; smoothed by a fractional logit that is straight in the values.
    full_membership : float
        For "direct", the score at the anchor for full membership; at the other one it is 1 less this.
    below, above : float
        For "linear", the exponents below and above the crossover: 1 is straight, more is s-shaped.
    n : array_like, shape (n,), optional
        How many observations each value rests on, such as the situations behind a share; by default what
        ``values.attrs["n"]`` says, as that of a measure's ``by_site`` does.

    Returns
    -------
    pandas.Series
        Scores in [0, 1], or group numbers 0, 1, 2, ... for "crisp". ``attrs["note"]`` names the cases at exactly 0.5
        and those whose values rest on fewer than five observations.

    Warns
    -----
    DegenerateWarning
        Where a case is at exactly 0.5: it belongs to no configuration, and so is neither for nor against any. Where a
        value rests on few observations: its score looks more certain than it is.

    Raises
    ------
    DataError
        For anchors that are not in order, of the wrong number, or on another scale than the values (percent and
        shares), or thresholds outside the values.

    Notes
    -----
    Anchors come from knowledge of the cases, never from the values' own distribution, unless you say so and why. In R:
    ``QCA::calibrate(x, type="fuzzy", thresholds="e=..., c=..., i=...")``; ``idm=`` is `full_membership`, and
    ``logistic=FALSE`` is "linear". "indirect" smooths the groups by a fractional logit, as there; with `groups`, as
    ``SetMethods::indirectCalibration(x, x_cal, binom=TRUE)``.

    References
    ----------
    Ragin CC. Redesigning Social Inquiry. University of Chicago Press, 2008, ch. 5. Duşa A. QCA with R. Springer, 2019,
    ch. 4. doi:10.1007/978-3-319-75668-4. Papke LE, Wooldridge JM. J Appl Econometrics 1996;11:619–632.

    Examples
    --------
    Income per head in thousands, and how far it is the income of a rich country:

    >>> calibrate([2, 4, 8, 20], anchors=(2.5, 5, 20)).round(2).tolist()
    [0.03, 0.24, 0.64, 0.95]

    5,000 is the point of greatest ambiguity, 20,000 is almost fully in.
    """
    check_choice("method", method, METHODS)
    series = _column(values)
    raw = _numbers(series)
    if isinstance(anchors, str | int | float):
        raise DataError(f"anchors= is a list, not {anchors!r}", place="anchors", remedy=f"Write [{anchors}].")
    points = () if anchors is None else tuple(float(anchor) for anchor in anchors)
    known = raw[~np.isnan(raw)]
    check_scale(pd.Series(raw), points, "calibrate")
    if method == "rank":
        if points:
            raise DataError("method='rank' takes no anchors", place="anchors")
        scores = _rank(raw, known)
    elif method == "crisp":
        scores = _groups(raw, _thresholds(points, known))
    elif method == "indirect" and groups is not None:
        scores = _smoothed(raw, groups, points)
    elif method == "indirect":
        scores = _indirect(raw, _thresholds(points, known))
    elif method == "direct":
        if not 0.5 < full_membership < 1:
            raise DataError(f"full_membership must lie between 0.5 and 1, not {full_membership:g}", place="calibrate")
        if len(points) == 6:
            raise DataError(
                "method='direct' takes 3 anchors, (out, crossover, full), not 6",
                place="anchors",
                remedy="For a bell-shaped set say method='linear', with below= and above= to bend it.",
            )
        scores = _logistic(raw, _ordered(points, (3,)), full_membership)
    else:
        scores = _linear(raw, _ordered(points, (3, 6)), below, above)
    scores = at_middle(scores) if method != "crisp" else scores
    result = pd.Series(scores, index=series.index, name=series.name)
    notes = []
    middle = [str(name) for name in series.index[scores == 0.5]]
    if method != "crisp" and middle:
        notes.append(f"{listing(middle, 5)} at exactly 0.5, in no configuration: move the crossover a little")
    few = _few(series, series.attrs.get("n") if n is None else n)
    if few:
        notes.append(f"{joined(few)}: a score from so few is uncertain")
    if notes:
        note = "; ".join(notes)
        result.attrs["note"] = note
        named = f"{series.name}: " if series.name is not None else ""
        warnings.warn(f"{named}{note}", DegenerateWarning, stacklevel=2)
    return result


def _few(series: pd.Series[Any], n: Any) -> list[str]:
    """The cases whose value rests on few observations, with how many."""
    if n is None:
        return []
    sizes = pd.Series(n) if isinstance(n, Mapping) else n
    if isinstance(sizes, pd.Series):
        sizes = sizes.reindex(series.index)
    own = np.asarray(sizes, dtype=np.float64)
    if len(own) != len(series):
        raise DataError(f"n must give one number for each of {len(series)} values; it has {len(own)}", place="n")
    return [
        f"{case} rests on {counted(int(size), 'observation')}"
        for case, size, value in zip(series.index, own, series, strict=True)
        if size < FEW and not pd.isna(value)
    ]


def _column(values: Any) -> pd.Series[Any]:
    if is_frame(values) and getattr(values, "ndim", 2) == 2:
        raise DataError("values are one column, not a table", place="calibrate", remedy="Give table['A'].")
    return values if isinstance(values, pd.Series) else pd.Series(list(values))


def _numbers(series: pd.Series[Any]) -> Floats:
    numbers = pd.to_numeric(series, errors="coerce")
    strange = series[numbers.isna() & series.notna()]
    if len(strange):
        faults = [Remark("error", f"case {label!r}", f"is {value!r}.") for label, value in strange.head(20).items()]
        raise DataError("values that are no numbers", place="calibrate", remedy="Recode them.", faults=faults)
    return np.asarray(numbers.to_numpy(dtype=np.float64, na_value=np.nan))


def _ordered(points: tuple[float, ...], lengths: tuple[int, ...]) -> tuple[float, ...]:
    if len(points) not in lengths:
        wanted = " or ".join(map(str, lengths))
        raise DataError(
            f"{wanted} anchors are needed, not {len(points)}",
            place="anchors",
            remedy="Give (out, crossover, full)" + (", or six for a bell." if 6 in lengths else "."),
        )
    if len(points) == 3:
        steps = np.diff(points)
        if not ((steps > 0).all() or (steps < 0).all()):
            raise DataError(f"anchors {points} neither rise nor fall", place="anchors")
    elif not (np.diff(points[:3]) > 0).all() or points[3] < points[2] or not (np.diff(points[3:]) > 0).all():
        raise DataError(f"anchors {points} do not rise", place="anchors")
    return points


def _thresholds(points: tuple[float, ...], known: Floats) -> tuple[float, ...]:
    if not points or not (np.diff(points) > 0).all():
        raise DataError("thresholds are needed, rising", place="anchors", remedy="Give anchors=(first, second, ...).")
    for point in points:
        if not len(known) or not known.min() <= point <= known.max():
            raise DataError(
                f"the threshold {point:g} lies outside the values"
                + (f" ({known.min():g} to {known.max():g})" if len(known) else ""),
                place="anchors",
            )
    return points


def _logistic(raw: Floats, points: tuple[float, ...], membership: float) -> Floats:
    """Log odds straight on either side of the crossover (Ragin 2008, p. 89–94; Duşa 2019, eq. 4.1)."""
    from scipy.special import expit

    out, crossover, full = points
    odds = np.log(membership / (1 - membership))
    upper = (raw > crossover) == (full > crossover)
    scale = np.where(upper, full - crossover, crossover - out)
    return np.asarray(expit(odds * (raw - crossover) / scale))


def _linear(raw: Floats, points: tuple[float, ...], below: float, above: float) -> Floats:
    if len(points) == 6:
        out, crossover, full, high, fall, end = points
        rising = _linear(raw, (out, crossover, full), below, above)
        falling = _linear(-raw, (-end, -fall, -high), below, above)
        return np.asarray(np.where(raw <= (full + high) / 2, rising, falling))
    out, crossover, full = points
    sign = 1.0 if full > out else -1.0
    x, low, middle, top = sign * raw, sign * out, sign * crossover, sign * full
    with np.errstate(invalid="ignore"):
        lower = np.clip((x - low) / (middle - low), 0, 1) ** below / 2
        upper = 1 - np.clip((top - x) / (top - middle), 0, 1) ** above / 2
    return np.asarray(np.where(np.isnan(raw), np.nan, np.where(x <= middle, lower, upper)))


def _groups(raw: Floats, thresholds: tuple[float, ...]) -> Floats:
    """A value at a threshold belongs to the group above it."""
    groups = np.searchsorted(np.array(thresholds), raw, side="right").astype(np.float64)
    return np.asarray(np.where(np.isnan(raw), np.nan, groups))


def _indirect(raw: Floats, thresholds: tuple[float, ...]) -> Floats:
    """Groups spread evenly over [0, 1], smoothed by a fractional logit in log x, √x, x and x² (Duşa 2019, p. 88–91)."""
    known = ~np.isnan(raw)
    if (raw[known] <= 0).any():
        raise DataError(
            "the indirect method takes logarithms, and some values are not above 0",
            place="calibrate",
            remedy="Shift the values, or use method='direct'.",
        )
    target = np.searchsorted(np.array(thresholds), raw[known], side="left") / len(thresholds)
    x = raw[known] / np.exp(np.log(raw[known]).mean())
    terms = np.column_stack([np.log(x), np.sqrt(x), x, x**2])
    design = np.column_stack([np.ones(len(x)), (terms - terms.mean(axis=0)) / np.maximum(terms.std(axis=0), 1e-300)])
    scores = np.full(len(raw), np.nan)
    scores[known] = _fractional_logit(design, target)
    return scores


def _smoothed(raw: Floats, groups: Sequence[float], points: tuple[float, ...]) -> Floats:
    """Preliminary scores on the values, by a fractional logit (Ragin 2008, p. 94–97)."""
    if points:
        raise DataError("groups= and anchors= are two ways; give one", place="calibrate")
    given = _numbers(pd.Series(list(groups)))
    if len(given) != len(raw):
        raise DataError(f"{len(raw)} values and {len(given)} groups", place="groups", remedy="Give one for each value.")
    known = ~np.isnan(raw) & ~np.isnan(given)
    if ((given[known] < 0) | (given[known] > 1)).any():
        raise DataError("groups= are preliminary scores in [0, 1]", place="groups")
    if len(np.unique(raw[known])) < 2:
        raise DataError("the values do not vary", place="calibrate")
    scores = np.full(len(raw), np.nan)
    scores[known] = _fractional_logit(np.column_stack([np.ones(int(known.sum())), raw[known]]), given[known])
    return scores


def _fractional_logit(design: Floats, target: Floats) -> Floats:
    """Fitted shares (Papke & Wooldridge 1996), by Newton steps that are halved until the likelihood rises.

    The likelihood is concave, so that such steps reach its maximum from anywhere; where it has none, as with groups
    that the values separate, they approach its limit until neither deviance nor gradient says that more can be won.
    """
    from scipy.special import expit, xlogy

    entropy = -xlogy(target, target) - xlogy(1 - target, 1 - target)

    def deviance(logit: Floats) -> float:
        return 2 * float((np.logaddexp(0, logit) - target * logit - entropy).sum())

    coefficients = np.zeros(design.shape[1])
    logit = design @ coefficients
    now = deviance(logit)
    for _ in range(MOST_STEPS):
        fitted = expit(logit)
        root = np.sqrt(np.maximum(fitted * (1 - fitted), 1e-12))
        step = np.linalg.lstsq(design * root[:, None], (target - fitted) / root, rcond=None)[0]
        before = now
        for halving in range(60):
            logit = design @ (coefficients + step * 0.5**halving)
            now = deviance(logit)
            if now <= before:
                coefficients = coefficients + step * 0.5**halving
                break
        else:
            logit, now = design @ coefficients, before
        gradient = float(np.abs(design.T @ (target - expit(logit))).max())
        if before - now < 1e-8 * (now + 0.1) or gradient < 1e-8:
            return np.asarray(expit(logit))
    raise DataError(
        "the fit of the indirect method did not converge",
        place="calibrate",
        remedy="Use fewer groups, or method='direct' with anchors from what is known of the cases.",
    )


def _rank(raw: Floats, known: Floats) -> Floats:
    """Totally fuzzy and relative (Cheli & Lemmi 1995): from the empirical distribution, 0 at its lowest value."""
    ordered = np.sort(known)
    share = np.searchsorted(ordered, raw, side="right") / max(1, len(ordered))
    first = float((known == known.min()).mean()) if len(known) else 0.0
    scores = np.maximum(0, (share - first) / (1 - first)) if first < 1 else np.full(len(raw), np.nan)
    return np.asarray(np.where(np.isnan(raw), np.nan, scores))


def find_thresholds(values: Any, *, n: int = 1, linkage: Linkage = "complete") -> tuple[float, ...]:
    """Thresholds where the values leave the widest gaps between groups: a description of the data, not an argument.

    Parameters
    ----------
    values : array_like, shape (n,)
        Raw values; missing ones are left out.
    n : int
        Thresholds wanted.
    linkage : str
        How distances between groups are taken, as `scipy.cluster.hierarchy.linkage` names it.

    Returns
    -------
    tuple of float
        Midway between the groups, rising.

    Raises
    ------
    DataError
        Where there are too few distinct values.

    Notes
    -----
    In R: ``QCA::findTh(x, n)``. A threshold from the data alone makes the sets depend on the sample: use it to look,
    and justify anchors by what is known of the cases.

    Examples
    --------
    >>> find_thresholds([1, 2, 9, 10])
    (5.5,)
    """
    from scipy.cluster.hierarchy import fcluster
    from scipy.cluster.hierarchy import linkage as join

    check_positive("n", n)
    raw = _numbers(_column(values))
    known = np.sort(raw[~np.isnan(raw)])
    if len(np.unique(known)) <= n:
        raise DataError(f"{n} thresholds need {n + 1} distinct values", place="find_thresholds")
    group = fcluster(join(known[:, None], method=linkage), n + 1, criterion="maxclust")
    edges = np.flatnonzero(np.diff(group) != 0)
    return tuple(float((known[edge] + known[edge + 1]) / 2) for edge in edges)


def check_scale(raw: pd.Series[Any], anchors: Sequence[float] | None, place: str) -> None:
    """Refuse anchors in percent for shares between 0 and 1, and the other way round."""
    known = raw.dropna().astype("float64")
    if known.empty or not anchors:
        return
    shares, whole = bool(known.between(0, 1).all()), bool((known > 1).all())
    if (shares and min(anchors) > 1) or (whole and min(anchors) > 0 and max(anchors) < 1):
        raise DataError(
            f"anchors must be on the scale of the values; the values run from {known.min():.3g} to {known.max():.3g}, "
            f"the anchors from {min(anchors):g} to {max(anchors):g}",
            place=place,
            remedy="Write shares as 0.2, not as 20, in the anchors and in the table.",
        )
