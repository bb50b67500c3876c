"""Krippendorff's alphas for spans: u-alpha and its family, and alpha_U."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

import attrs
import numpy as np
from scipy import sparse

from expertsys._core.errors import DataError, check_choice
from expertsys.agreement.inference.kernel import Values
from expertsys.agreement.ratings.profiles import Floats
from expertsys.agreement.spans import alpha2004, sweep, units
from expertsys.agreement.spans.result import SpanCoefficient
from expertsys.agreement.spans.table import Spans, Subcodes

if TYPE_CHECKING:
    from expertsys.study import Study

Kind = Literal["u", "|u", "cu", "ku", "U2004"]
KINDS: tuple[Kind, ...] = ("u", "|u", "cu", "ku", "U2004")
NAMES: dict[str, str] = {
    "u": "Krippendorff's u-alpha",
    "|u": "Krippendorff's |u-alpha",
    "cu": "Krippendorff's cu-alpha",
    "ku": "Krippendorff's (k)u-alpha",
    "U2004": "Krippendorff's alpha_U (2004)",
}
LEVELS: dict[str, str] = {
    "u": "where the marks are, and their codes",
    "|u": "marked or not",
    "cu": "codes of text that both marked",
    "ku": "one code against the others in text that both marked",
    "U2004": "where the marks are, each code on its own",
}


@attrs.frozen(eq=False)
class _Intersections:
    """What a document adds: lengths of intersections of coders' units, their marginals, squares of unit lengths.

    Parameters
    ----------
    blank : Floats, shape (D, 2)
        Unmarked text of all coders; the part of it that is unmarked by another coder too, by pairs over coders − 1.
    matched, valued, shared, length, square : Floats, shape (D, V)
        For each code: text that two gave it, and text that one gave it and another any code, by pairs over coders − 1;
        sum of the squares that its units contribute to the latter; text that it was given; sum of the squared lengths
        of its units.
    """

    blank: Floats
    matched: sparse.csr_array
    valued: sparse.csr_array
    shared: sparse.csr_array
    length: sparse.csr_array
    square: sparse.csr_array

    @classmethod
    def of(cls, made: units.Units, spans: Spans) -> _Intersections:
        size, width = len(spans.documents), len(made.labels)
        cell = made.document * max(width, 1) + made.label
        used, cells = np.unique(cell, return_inverse=True)
        n, square = sweep.covered(cells.astype(np.int64), made.start, made.end, len(used))
        coders = np.maximum(spans.n_seen - 1, 1).astype(np.float64)
        document, label = np.divmod(used, max(width, 1))
        long = (made.end - made.start).astype(np.float64)
        offset = sweep.on_one_axis(made.document, made.end)[made.document]
        cover = sweep.Cover(made.start + offset, made.end + offset)
        others = (cover.within(made.start + offset, made.end + offset) - long) / coders[made.document]
        whole = np.unique(made.unit, return_inverse=True)[1]
        first = np.zeros(int(whole.max(initial=-1)) + 1, dtype=np.int64)
        first[whole] = cells
        squares, shared = (
            sweep.added(first, sweep.added(whole, part, len(first)) ** 2, len(used)) for part in (long, others)
        )

        def table(values: Floats) -> sparse.csr_array:
            return sparse.csr_array((values, (document, label)), shape=(size, width))

        marked, twice = sweep.covered(made.document, made.start, made.end, size)
        m, extent = spans.n_seen.astype(np.float64), np.maximum(spans.lengths, 0).astype(np.float64)
        unmarked = m * extent - marked
        both = m**2 * extent - 2 * m * marked + twice - unmarked  # ∫ (m − n)(m − n − 1)
        return cls(
            np.column_stack([unmarked, both / coders]),
            table((square - n) / coders[document]),
            table(sweep.added(cells, others, len(used))),
            table(shared),
            table(n),
            table(squares),
        )


def _u(sums: Floats) -> Values:
    """Krippendorff et al. 2016: chance pairs any two places, save those in one and the same unit."""
    width = (sums.shape[1] - 2) // 2
    blank, agreed, length, square = sums[:, 0], sums[:, 1], sums[:, 2 : 2 + width], sums[:, 2 + width :]
    total = blank + length.sum(axis=1)
    pairs = total**2 - square.sum(axis=1) - blank
    alike = (length**2 - square).sum(axis=1) + blank**2 - blank
    return _alpha(total - agreed, total, pairs - alike, pairs)


def _binary(sums: Floats) -> Values:
    """The same with all codes as one: what differs is marked in one place and unmarked in the other."""
    blank, agreed, length, square = sums.T
    total = blank + length
    return _alpha(2 * (blank - agreed), total, 2 * blank * length, total**2 - square - blank)


def _codes(sums: Floats) -> Values:
    """Text that both marked; chance pairs any two places in it, save those in one and the same unit."""
    width = (sums.shape[1] - 1) // 2
    matched, valued, shared = sums[:, 0], sums[:, 1 : 1 + width], sums[:, 1 + width :]
    total = valued.sum(axis=1)
    pairs = total**2 - shared.sum(axis=1)
    return _alpha(total - matched, total, pairs - (valued**2 - shared).sum(axis=1), pairs)


def _one_code(sums: Floats) -> Values:
    """Of the text with one code in text that both marked: what the other coder gave another code."""
    matched, other, valued, others_shared, shared = sums.T
    total = valued + other
    pairs = total**2 - shared - others_shared
    return _alpha(valued - matched, valued, pairs * valued - total * (valued**2 - shared), pairs * valued)


def _alpha(apart: Floats, of: Floats, apart_by_chance: Floats, pairs: Floats) -> Values:
    with np.errstate(invalid="ignore", divide="ignore"):
        observed, expected = apart / of, apart_by_chance / pairs
        estimate = np.where((pairs > 0) & (apart_by_chance > 1e-12 * pairs), 1 - observed / expected, np.nan)
    return Values(estimate, observed, expected)


def span_alpha(
    data: Spans | Study,
    *,
    kind: Kind,
    code: str | None = None,
    subcodes: Subcodes = "include",
    overlap: Literal["sets"] | None = None,
) -> SpanCoefficient:
    """Krippendorff's alpha for coders who mark their own stretches of text: u-alpha and its family, or alpha_U.

    Parameters
    ----------
    data : Spans or Study
        Two or more coders. A coder who did not see a document is missing there; one who saw it and marked nothing found
        nothing. Documents are one continuum in which no unit and no gap reaches across a document's end.
    kind : {"u", "|u", "cu", "ku", "U2004"}
        There is no default: they answer different questions.

        - ``"u"``: do they mark the same text with the same codes; unmarked text counts;
        - ``"|u"``: do they mark the same text, whatever the code;
        - ``"cu"``: where both marked, do they give the same code; unmarked text does not count;
        - ``"ku"``: where both marked, do they agree on one `code` against all others;
        - ``"U2004"``: alpha_U in the form of Krippendorff 2004, each code by itself, distances between boundaries
          squared. An older, different coefficient.
    code : str, optional
        One code alone: the marks with other codes count as unmarked text (for ``"ku"``: as the other codes).
    subcodes : {"include", "exclude"}
        Whether `code` includes the marks of its sub-codes.
    overlap : {"sets"}, optional
        The u-family takes one code at a place from each coder. Where a coder's marks of several codes overlap, cut them
        at every boundary and take the set of codes of each piece as its code; without it that is an error. Not needed
        for ``"U2004"`` or with one `code`.

    Returns
    -------
    SpanCoefficient
        `observed` and `expected` disagreements. NaN with a note where there is nothing to disagree on.

    Raises
    ------
    DataError
        Where the length of a document is needed and not known, marks overlap, or `kind` and `code` do not go together.

    Notes
    -----
    With ℓ(c, k) the length of all intersections of units of two coders with codes c and k (each pair of coders by
    1 / (coders − 1)), ℓ(c) its sums and gaps a value of their own, u-alpha is 1 − (ℓ − Σ ℓ(k, k)) / (ℓ − Σ ε(k, k)); by
    chance ε(k, k) is proportional to ℓ(k)² less the squared lengths of units with code k (of gaps: their length), since
    a unit does not meet itself. Parts of a discontinuous mark are one unit there. Time and memory grow as sorting the
    boundaries does.

    ``"cu"`` is the same over the text that two coders marked, ℓ*(c, k) with c and k both codes: a unit enters with the
    text of it that others marked too, each of them by 1 / (coders − 1), and chance does not pair it with itself, so
    that ε*(k, k) is proportional to ℓ*(k)² less the squares of what its units contribute. ``"ku"`` is
    1 − (ℓ*(k) − ℓ*(k, k)) / (ℓ*(k) − ε*(k, k)) of one code. With two coders these are the values printed by
    Krippendorff (2019, p. 340). With three, programs differ in the square of a unit that two others marked; here it
    is that of its contribution, which is the rule of ``"u"`` and keeps ε* positive. The text of the 2016 paper was not
    at hand when this was written, and the data of the printed value for three coders (.724) are not reproduced here.

    In R: ``quallmer`` (end positions inclusive); in Java: DKPro Statistics (alpha_U), Krippendorff's own u-alpha tool.

    References
    ----------
    Krippendorff K, Mathet Y, Bouvry S, Widlöcher A. On the reliability of unitizing textual continua. Qual Quant
    2016;50(6):2347–2364. doi:10.1007/s11135-015-0266-1

    Krippendorff K. Content Analysis: An Introduction to Its Methodology. 2nd ed. Sage, 2004, p. 251–256; 4th ed. Sage,
    2019, p. 334–343.

    Examples
    --------
    Krippendorff (2004, p. 254): two observers, codes c and k, a continuum of 300 units of length.

    >>> import pandas as pd
    >>> rows = [
    ...     ("1", "c", 75, 145), ("1", "c", 220, 250), ("1", "k", 30, 90), ("1", "k", 150, 200),
    ...     ("2", "c", 70, 150), ("2", "c", 205, 225), ("2", "c", 250, 270), ("2", "k", 30, 90), ("2", "k", 150, 200),
    ... ]  # fmt: skip
    >>> frame = pd.DataFrame(rows, columns=["coder", "code", "start", "end"]).assign(document="p. 254")
    >>> spans = Spans.from_frame(frame, lengths={"p. 254": 300}, seen="all")
    >>> round(span_alpha(spans, kind="U2004", code="c").estimate, 4)
    0.7286
    >>> round(span_alpha(spans, kind="u", code="c").estimate, 4)
    0.5163

    Both say that the observers find much of the same text for c. They are two coefficients: do not compare one study's
    alpha_U with another's u-alpha.
    """
    check_choice("kind", kind, KINDS)
    if overlap is not None:
        check_choice("overlap", overlap, ("sets",))
    given = Spans.of(data)
    alone = None if code is None else given.of_code(code, subcodes)
    if (kind == "ku" and code is None) or (kind == "cu" and code is not None):
        raise DataError(
            "kind='ku' needs one code, and kind='cu' compares all of them",
            place="span_alpha",
            remedy="Give code= with 'ku', 'u', '|u' or 'U2004' only; for each code in turn see span_reliability().",
        )
    part = (given if alone is None or kind == "ku" else alone).comparable().joined()
    if kind not in ("cu", "ku"):
        part.require_lengths(f"kind={kind!r}")
    refit = partial(span_alpha, kind=kind, code=code, subcodes=subcodes, overlap=overlap)
    shared: dict[str, Any] = {
        "name": NAMES[kind],
        "level": "; ".join(word for word in (LEVELS[kind], given.code_words(code, subcodes)) if word),
        "refit": refit,
        "whole": given,
    }
    if kind == "U2004":
        return SpanCoefficient.of(
            part,
            *alpha2004.document_sums(part),
            sources=("krippendorff2004", "krippendorff1995"),
            why="no coder marked anything, or each marked all of the text",
            **shared,
        )
    made = units.of(part, overlap)
    if kind == "ku" and code is not None:
        below = given.subcodes.get(code, ()) if subcodes == "include" else ()
        made = made.against_others(frozenset((code, *below)))
    sums = _Intersections.of(made, part)
    return SpanCoefficient.of(
        part,
        *_reduced(sums, kind),
        sources=("krippendorff2016",),
        why=_WHY[kind],
        note=_coverage(sums) if kind == "ku" else "",
        **shared,
    )


_WHY: dict[str, str] = {
    "u": "no text was marked, or all of it by all coders with one code: there is no variation to agree on",
    "|u": "no text was marked, or all of it by all coders: there is no variation to agree on",
    "cu": "the text that two coders marked has one code or none: there is no variation to agree on",
    "ku": "the text that two coders marked has this code everywhere or nowhere: there is no variation to agree on",
}


def _reduced(sums: _Intersections, kind: str) -> tuple[sparse.csr_array, Callable[[Floats], Values]]:
    """The features that a kind needs, and its function of their sums."""
    matched, length, square = (_column(table) for table in (sums.matched, sums.length, sums.square))
    blank, agreed = sums.blank[:, [0]], sums.blank[:, [1]]
    if kind == "u":
        return _beside(blank, agreed + matched, sums.length, sums.square), _u
    if kind == "|u":
        return _beside(blank, agreed, length, square), _binary
    if kind == "cu":
        return _beside(matched, sums.valued, sums.shared), _codes
    return _beside(sums.matched[:, [units.CODE]], sums.valued, sums.shared), _one_code


def _beside(*tables: Floats | sparse.csr_array) -> sparse.csr_array:
    return sparse.csr_array(sparse.hstack([sparse.csr_array(table) for table in tables]))


def _column(table: sparse.csr_array) -> Floats:
    return np.asarray(table.sum(axis=1), dtype=np.float64).reshape(-1, 1)


def _coverage(sums: _Intersections) -> str:
    """How much of a code enters when it is held against the others."""
    length = float(sums.length.sum(axis=0)[units.CODE])
    if not length:
        return "nobody used this code"
    share = float(sums.valued.sum(axis=0)[units.CODE]) / length
    return f"{share:.0%} of the text with this code was marked by another coder too; the rest does not enter"
