"""Codes that occur together: on one unit, in overlapping text, or near each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import attrs
import numpy as np
import pandas as pd

from expertsys._core import references
from expertsys._core.errors import DataError, check_choice, counted
from expertsys._core.results import TableResult
from expertsys.comparison import nearness
from expertsys.comparison.applied import Subcodes, mapped, subcodes_note

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from expertsys.study import Study

Where = Literal["unit", "overlap", "characters", "units"]
Coding = Literal["each", "any"]
_WHERE = {
    "unit": "units to which {coder} applied both, each once",
    "overlap": "pairs of passages by {coder} that overlap by a character at least; touching ones do not",
    "characters": "pairs of passages by {coder} that overlap, or are at most {distance} characters apart",
    "units": "pairs of units of one document, at most {distance} apart, that {coder} gave one code each",
}
_CODERS = {"each": "one coder", "any": "any coders, whoever applied which"}


@attrs.frozen(eq=False, repr=False)
class Cooccurrence(TableResult):
    """How often two codes occur together; see `cooccurrence`.

    Attributes
    ----------
    where : {"unit", "overlap", "characters", "units"}
        What together means.
    distance : int or None
        How far apart, for the last two.
    coders : {"each", "any"}
        Whether one coder must have applied both codes.
    counts : pandas.DataFrame
        Codes × codes: how many units, or pairs of passages or units, have both; on the diagonal, how many units,
        passages, or units by coder have the code.
    expected : pandas.DataFrame
        Codes × codes: the count to be expected if codes were placed independently; NaN on the diagonal and where it
        cannot be known.
    jaccard : pandas.DataFrame
        Codes × codes: what has both as a share of what has either, in units, or in characters for "overlap"; NaN where
        nothing has either, and for nearness, where nothing carries both.
    n_units : int
        Units that anyone read, passages, or units by coder: what the diagonal counts.
    note : str
        What a reader must know; empty where there is nothing.
    """

    where: Where
    distance: int | None
    coders: Coding
    counts: pd.DataFrame
    expected: pd.DataFrame
    jaccard: pd.DataFrame
    n_units: int
    note: str = ""
    _related: frozenset[tuple[str, str]] = frozenset()

    @property
    def c_coefficient(self) -> pd.DataFrame:
        """Codes × codes: n12 / (n1 + n2 − n12) of the counts; NaN where there is neither.

        Of units it is the Jaccard index. Of pairs it can exceed 1, or be undefined, where one passage meets several:
        the note says so.
        """
        both = self.counts.to_numpy(dtype=np.float64)
        own = np.diagonal(both)
        either = own[:, None] + own[None, :] - both
        share = np.divide(both, either, out=np.full_like(both, np.nan), where=either > 0)
        return pd.DataFrame(share, index=self.counts.index, columns=self.counts.columns)

    @property
    def excess(self) -> pd.DataFrame:
        """Codes × codes: counts less what is expected; above 0, more often together than by chance."""
        return self.counts - self.expected

    def counted(self) -> str:
        """What the counts are, in words."""
        return _WHERE[self.where].format(distance=self.distance, coder=_CODERS[self.coders])

    def to_frame(self) -> pd.DataFrame:
        """One row per pair of codes that occur together, the most frequent first; none for a code and its sub-code.

        Index ``code_a, code_b``; columns ``both, expected, excess``; ``total_a, total_b``, as on the diagonal;
        ``jaccard`` and ``c_coefficient``.
        """
        both = self.counts.to_numpy()
        own, names = np.diagonal(both), self.counts.index
        first, second = np.nonzero(np.triu(both, 1))
        apart = [pair not in self._related for pair in zip(names[first], names[second], strict=True)]
        first, second = first[apart], second[apart]
        table = pd.DataFrame(
            {
                "code_a": names[first],
                "code_b": names[second],
                "both": both[first, second],
                "expected": self.expected.to_numpy()[first, second],
                "excess": self.excess.to_numpy()[first, second],
                "total_a": own[first],
                "total_b": own[second],
                "jaccard": self.jaccard.to_numpy()[first, second],
                "c_coefficient": self.c_coefficient.to_numpy()[first, second],
            }
        )
        table = table.sort_values(["both", "c_coefficient"], ascending=False, kind="stable")
        return table.set_index(["code_a", "code_b"]).rename_axis(columns="column")

    def methods_text(self) -> str:
        """A sentence for a methods section."""
        strength = {
            "unit": "the Jaccard index, the share of units with either code that have both, which is the c-coefficient",
            "overlap": "the c-coefficient n12 / (n1 + n2 − n12) over passages, and the Jaccard index over characters",
        }.get(self.where, "the c-coefficient n12 / (n1 + n2 − n12)")
        return (
            f"Co-occurrence of two codes was counted in {self.counted()} (of {self.n_units:,} in all). Strength is "
            f"{strength}; counts are set against what independent placement leads one to expect."
            + (f" {self.note}" if self.note else "")
        )

    def cite(self) -> tuple[str, ...]:
        """The references behind the index."""
        return references.cite(("jaccard1912",))

    def plot(self, ax: Axes | None = None) -> Axes:
        """A heat map of the Jaccard index, or of the c-coefficient for nearness."""
        from expertsys.plot import cooccurrence

        return cooccurrence(self, ax=ax)

    _decimals = 3

    def _title(self) -> str:
        return f"Codes that occur together: {self.counted()}" + (f"\n{self.note}" if self.note else "")


def cooccurrence(
    study: Study,
    *,
    where: Where = "unit",
    distance: int | None = None,
    coders: Coding = "each",
    subcodes: Subcodes = "include",
) -> Cooccurrence:
    """Count how often two codes occur together.

    Parameters
    ----------
    study : Study
        With one round of coding; with units for "unit" and "units", with positions for "overlap" and "characters".
    where : {"unit", "overlap", "characters", "units"}
        Together on the same unit; in passages that share a character; in passages at most `distance` characters apart;
        in units of one document at most `distance` apart in their order (0: the same unit).
    distance : int, optional
        For the last two, from 0. Passages that touch are 0 characters apart, and do not overlap.
    coders : {"each", "any"}
        Whether one coder must have applied both codes, or any coder one and any the other, as a merged project of a
        QDA tool counts. Codes that different coders applied to one unit never occur together by ``"each"``; by
        ``"any"`` they do, and so does every disagreement between two codes.
    subcodes : {"include", "exclude"}
        Whether applications of sub-codes count for the applied codes above them. A code and its own sub-code are no
        pair.

    Returns
    -------
    Cooccurrence
        Over all codes that were applied, in the codebook's order. A unit counts once however many coders applied both
        codes to it; a pair of passages or of neighbouring units counts for each coder.

    Raises
    ------
    DataError
        For a study without the units or positions that are asked for, with several rounds, or without a distance.

    Notes
    -----
    n12 / (n1 + n2 − n12) is ATLAS.ti's c-coefficient. The expected count takes codes as placed independently of each
    other: n1 n2 / N on units of one coder; with several, the mean over all orders of the units that the same coders
    read, who agree on each code as they do. For passages, lengths are kept and all places in the document are equally
    likely, which needs the document's text.

    Examples
    --------
    >>> import pandas as pd
    >>> from expertsys.study import Study
    >>> codings = pd.DataFrame(
    ...     {"unit": ["u1", "u1", "u2"], "coder": ["ann", "ann", "ann"], "code": ["policy", "workload", "policy"]}
    ... )
    >>> cooccurrence(Study(codings)).to_frame().iloc[:, :5]
    column           both  expected  excess  total_a  total_b
    code_a code_b
    policy workload     1       1.0     0.0        2        1

    The codes share one of the two units, and as policy is on both, one is what independence leads one to expect.
    """
    check_choice("where", where, tuple(_WHERE))
    far = where in ("characters", "units")
    if far and (isinstance(distance, bool) or not isinstance(distance, int) or distance < 0):
        raise DataError(
            f"where={where!r} needs a distance, a whole number from 0, not {distance!r}",
            place="distance",
            remedy="Say how far apart still counts as together: distance=...",
        )
    if not far and distance is not None:
        raise DataError(f"where={where!r} takes no distance", place="distance", remedy="Use 'characters' or 'units'.")
    check_choice("coders", coders, tuple(_CODERS))
    if where in ("unit", "units"):
        study.require_units("co-occurrence", instead="Without units there is where='overlap' or 'characters'.")
    study.require_one_round("co-occurrence")
    applied = set(study.codings["code"])
    codes = pd.Index([name for name in study.codes if name in applied], name="code")
    rows = mapped(study, study.codings, "codes", subcodes)[0]
    rows = rows[rows["column"].isin(applied)].assign(code=lambda table: table["column"])
    marks = nearness.Marks.of(study, rows, together=coders == "any")
    if where == "unit":
        found = nearness.on_units(marks, codes)
    elif where == "units":
        found = nearness.between_units(marks, codes, int(distance or 0))
    else:
        found = nearness.between_passages(marks, codes, None if where == "overlap" else int(distance or 0))
    counts, expected, jaccard = (
        pd.DataFrame(one, index=codes, columns=codes) for one in (found.counts, found.expected, found.jaccard)
    )
    readings = study.reading_note if where in ("unit", "units") else ""
    notes = [found.note, _above_one(found.counts, where), subcodes_note(study, "codes", subcodes, codes), readings]
    book = study.codebook
    related = frozenset(
        pair
        for name in codes
        if name in book
        for above in book.ancestors(name)
        for pair in ((name, above), (above, name))
    )
    note = " ".join(filter(None, notes))
    return Cooccurrence(where, distance, coders, counts, expected, jaccard, found.total, note, related)


def _above_one(counts: nearness.Ints, where: Where) -> str:
    """What to know of the c-coefficient, which is made for codes that meet once."""
    own = np.diagonal(counts)
    odd = int(np.triu(counts > own[:, None] + own[None, :] - counts, 1).sum())
    if not odd:
        return ""
    part, instead = ("unit" if where == "units" else "passage"), ("Jaccard index" if where == "overlap" else "counts")
    told = f"The c-coefficient is above 1 or undefined for {counted(odd, 'pair')} of codes"
    return f"{told}, since one {part} meets several: go by the {instead}."
