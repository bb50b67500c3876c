"""Published figures and findings, each with the source that gives it."""

from __future__ import annotations

from typing import Any

import attrs

from expertsys.theory import fields as f
from expertsys.theory.standing import Citation, citations


@attrs.frozen
class Fact:
    """One published figure or statement, with the source that gives it.

    Parameters
    ----------
    name : str
        What is stated, such as ``"utilisation"``; several facts of one name form a series.
    value : float, int, str or bool
        The figure or statement; of a range, its lower end.
    sources : str, Citation or iterable
        Keys of the references that give it; at least one.
    to : float or None
        Upper end, where the source gives a range.
    unit, denominator, period, scope : str
        Unit of the value; of what it is a share; when, as ISO 8601 month or year
        where there is one; where it holds. Empty: not stated.
    approximate : bool
        Whether the source says "about".

    Examples
    --------
    >>> print(Fact("utilisation", 27, "ehi2006", unit="%", denominator="GP referrals", period="2006-10"))
    utilisation: 27 % of GP referrals (2006-10) [ehi2006]
    """

    name: str = attrs.field(validator=f.text)
    value: int | float | str | bool = attrs.field(validator=f.a(int, float, str))
    sources: tuple[Citation, ...] = attrs.field(converter=citations, validator=f.cited)
    to: int | float | None = attrs.field(default=None, kw_only=True)
    unit: str = attrs.field(default="", kw_only=True, validator=f.prose)
    denominator: str = attrs.field(default="", kw_only=True, validator=f.prose)
    period: str = attrs.field(default="", kw_only=True, validator=f.prose)
    scope: str = attrs.field(default="", kw_only=True, validator=f.prose)
    approximate: bool = attrs.field(default=False, kw_only=True, validator=f.flag)

    @to.validator
    def _above_value(self, field: attrs.Attribute[Any], to: object) -> None:
        if to is not None and (
            isinstance(self.value, str | bool) or not isinstance(to, int | float) or to < self.value
        ):
            raise f.refuse(self, field, f"a number above the value {self.value!r}", to)

    def to_row(self) -> dict[str, Any]:
        """The fact as one row of a table; `source` is text, missing parts are None."""
        row = {name: getattr(self, name) for name in ("name", "value", "to")}
        row |= {name: getattr(self, name) or None for name in ("unit", "denominator", "period", "scope")}
        return row | {"approximate": self.approximate, "source": "; ".join(map(str, self.sources))}

    def __str__(self) -> str:
        value = f"{self.value:,}" if isinstance(self.value, int) and self.value >= 10_000 else str(self.value)
        parts = ["about" if self.approximate else "", value if self.to is None else f"{value} to {self.to}", self.unit]
        text = " ".join(part for part in parts if part) + (f" of {self.denominator}" if self.denominator else "")
        where = ", ".join(part for part in (self.scope, self.period) if part)
        return f"{self.name}: {text}{f' ({where})' if where else ''} [{'; '.join(map(str, self.sources))}]"


@attrs.frozen
class Finding:
    """What a study found of a system, in our own words.

    Parameters
    ----------
    wording : str
        One sentence.
    sources : str, Citation or iterable
        At least one.
    concepts : iterable of str
        Keys of the concepts that it speaks of.
    setting : str
        Where it was found, such as ``"four general practices"``.

    Examples
    --------
    >>> Finding("It emptied out the consultation.", "greenhalgh2014cab", concepts="emptying-out").concepts
    ('emptying-out',)
    """

    wording: str = attrs.field(validator=f.text)
    sources: tuple[Citation, ...] = attrs.field(converter=citations, validator=f.cited)
    concepts: tuple[str, ...] = attrs.field(default=(), kw_only=True, converter=f.strings, validator=f.texts)
    setting: str = attrs.field(default="", kw_only=True, validator=f.prose)
