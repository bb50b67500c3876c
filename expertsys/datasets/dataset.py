"""What a bundled dataset is: a table, or a study, with its sources and the values printed for it."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence
from decimal import Decimal, InvalidOperation
from typing import Literal, get_args

import attrs
import pandas as pd

from expertsys._core.errors import DataError, check_choice, listing
from expertsys._core.references import ALL, reference
from expertsys._core.results import Result
from expertsys.study import Study

Kind = Literal["agreement example", "comparative table", "public series", "synthetic study"]
Quantity = Literal["estimate", "observed", "expected", "standard error"]
Standing = Literal["published", "asserted", "recalled"]

KINDS: tuple[Kind, ...] = get_args(Kind)
QUANTITIES: tuple[Quantity, ...] = get_args(Quantity)
STANDINGS: tuple[Standing, ...] = get_args(Standing)


def _digits(_: object, field: attrs.Attribute[str], value: str) -> None:
    try:
        Decimal(value or "0")
    except InvalidOperation:
        raise DataError(
            f"must be a number as text, not {value!r}", place=f"PublishedValue.{field.name}", remedy="Write '0.743'."
        ) from None


@attrs.frozen
class PublishedValue:
    """One figure that a source prints for a dataset, with the digits that it prints.

    Parameters
    ----------
    coefficient : str
        Name of the function that computes it, such as ``"krippendorff_alpha"``.
    value : str
        As printed, so that the number of its digits is known.
    where : str
        Page or example.
    level : str
        Level of measurement for alpha, weights for the others; ``"distance"`` where the source gives distances of its
        own.
    quantity : {"estimate", "observed", "expected", "standard error"}
        What is printed: the coefficient itself; the observed or the expected part of it, which for alpha is
        disagreement and for the others agreement; or its standard error.
    category : str
        The category that it is about; empty where it is about all of them.
    standing : {"published", "asserted", "recalled"}
        Restated from the source; asserted by the tests of another library; or recalled and confirmed by computation.
    recomputed : str
        What full precision gives, where the source rounded on the way and so printed other digits; else empty.

    Examples
    --------
    >>> alpha = PublishedValue("krippendorff_alpha", "0.743", "example C", level="nominal")
    >>> alpha.decimals, alpha.holds(0.743421), alpha.holds(0.75)
    (3, True, False)
    """

    coefficient: str
    value: str = attrs.field(validator=_digits)
    where: str
    level: str = ""
    quantity: Quantity = "estimate"
    category: str = ""
    standing: Standing = "published"
    recomputed: str = attrs.field(default="", validator=_digits)

    def __attrs_post_init__(self) -> None:
        check_choice("quantity", self.quantity, QUANTITIES)
        check_choice("standing", self.standing, STANDINGS)

    @property
    def decimals(self) -> int:
        """Digits after the point, as printed."""
        return len(self.value.partition(".")[2])

    def holds(self, number: float) -> bool:
        """Whether a number, rounded to the printed digits, is this value, or `recomputed` where that is given.

        Parameters
        ----------
        number : float
            As computed.
        """
        printed = self.recomputed or self.value
        half = 0.5 * 10.0 ** -len(printed.partition(".")[2])
        return abs(number - float(printed)) <= half + 1e-12

    def __str__(self) -> str:
        told = [self.level, f"category {self.category}" if self.category else ""]
        told.append("" if self.quantity == "estimate" else self.quantity)
        inside = ", ".join(part for part in told if part)
        name = f"{self.coefficient} ({inside})" if inside else self.coefficient
        return f"{name} {self.value}"


@attrs.frozen(repr=False)
class Dataset(Result):
    """One bundled dataset; made by `load`.

    Parameters
    ----------
    name : str
        By which `load` finds it.
    title : str
        For a heading.
    kind : {"agreement example", "comparative table", "public series", "synthetic study"}
        What it is.
    sources : tuple of str
        Keys of references, or citations; `cite` gives both as citations.
    description : str
        What it is and how to read it.
    origin : str
        Where the figures come from and on what terms they are here.
    published : tuple of PublishedValue
        What the source prints for it.
    make : callable
        Gives its table or its study.
    """

    name: str
    title: str
    kind: Kind
    sources: tuple[str, ...]
    description: str
    origin: str
    published: tuple[PublishedValue, ...] = ()
    _make: Callable[[], pd.DataFrame | Study] = attrs.field(kw_only=True, eq=False)

    def to_frame(self) -> pd.DataFrame:
        """The table: units × coders of an agreement example, cases × variables, or codings of a study.

        Returns
        -------
        pandas.DataFrame
            A fresh copy, with named index and columns.
        """
        made = self._make()
        return made.codings if isinstance(made, Study) else made

    def study(self) -> Study:
        """The study.

        Returns
        -------
        Study
            Immutable.

        Raises
        ------
        DataError
            For a dataset that is one table only.
        """
        made = self._make()
        if isinstance(made, Study):
            return made
        from expertsys.datasets.catalogue import names

        raise DataError(
            f"dataset {self.name!r} is one table, not a study",
            place="Dataset.study",
            remedy=f"Use to_frame(), or load a study: {listing(names('synthetic study'))}.",
        )

    def cite(self) -> tuple[str, ...]:
        """The sources as a reference list prints them."""
        return tuple(str(reference(source)) if source in ALL else source for source in self.sources)

    def _title(self) -> str:
        return f"{self.title} ({self.kind} {self.name!r})"

    def _rows(self) -> Sequence[tuple[str, object]]:
        made = self._make()
        if isinstance(made, Study):
            size = f"{len(made.units):,} units, {len(made.coders)} coders, {len(made.situations):,} situations"
        else:
            size = f"{len(made):,} rows × {made.shape[1]} columns: {listing(made.columns, 8)}"
        weak = {value.standing for value in self.published} - {"published"}
        printed = "; ".join(f"{value} [{value.standing}]" if weak else str(value) for value in self.published)
        return [
            ("table", size),
            ("about", self.description),
            ("printed", printed),
            ("sources", " | ".join(self.cite())),
            ("origin", self.origin),
        ]

    def __repr__(self) -> str:
        lines = [self._title()]
        for name, told in self._rows():
            if told:
                lines.append(textwrap.fill(str(told), 110, initial_indent=f"  {name:<9}", subsequent_indent=" " * 11))
        return "\n".join(lines)
