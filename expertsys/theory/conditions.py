"""Conditions as data: what a rule, a category or an evidence rule asks of the features of a situation.

There are four forms, each of which can be written in TOML or JSON and none of which is ever evaluated as code::

    {"feature": "age", "op": ">=", "value": 65}
    {"all": [...]}      {"any": [...]}      {"not": {...}}

What is not known stays so: a condition on a feature that is missing is neither true nor false but None, and `all`,
`any` and `not` carry it on as Kleene's strong three-valued logic does.
"""

from __future__ import annotations

import math
import operator
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any

import attrs

from expertsys._core.errors import DataError, check_choice, unknown
from expertsys.theory import fields as f

_ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
OPERATORS: tuple[str, ...] = ("==", "!=", *_ORDER, "in", "not in", "includes", "excludes")


class Condition(ABC):
    """What must hold of a situation's features; made by `condition` or from its forms.

    Examples
    --------
    >>> older = condition({"feature": "age", "op": ">=", "value": 65})
    >>> older.holds({"age": 71}), older.holds({"age": 40}), older.holds({})
    (True, False, None)
    """

    __slots__ = ()

    @abstractmethod
    def holds(self, features: Mapping[str, object]) -> bool | None:
        """Whether it holds; None where the features cannot tell."""

    @abstractmethod
    def tests(self) -> Iterator[Compare]:
        """The comparisons that it is made of."""

    @abstractmethod
    def to_plain(self) -> dict[str, Any]:
        """The form that JSON and TOML hold."""

    @property
    def features(self) -> tuple[str, ...]:
        """The features that it reads, each once."""
        return tuple(dict.fromkeys(test.feature for test in self.tests()))

    @staticmethod
    def from_plain(data: object, place: str) -> Condition:
        """The condition that JSON or TOML holds."""
        return condition(data, place=place)


def _plain_value(value: object) -> object:
    return tuple(value) if isinstance(value, list | set | frozenset) else value


def _folded(value: Any) -> Any:
    """Text without capitals and surrounding blanks; any other value as it is."""
    return value.strip().casefold() if isinstance(value, str) else value


def _is_collection(value: object) -> bool:
    return isinstance(value, Collection) and not isinstance(value, str | bytes | Mapping)


@attrs.frozen
class Compare(Condition):
    """One feature against one value.

    Parameters
    ----------
    feature : str
        Name of the feature.
    op : str
        One of `OPERATORS`. ``in`` and ``not in`` look a single feature up in several values; ``includes`` and
        ``excludes`` ask whether a feature that is itself several has any, or none, of the values. ``==`` between two
        collections disregards order. Except by ``<, <=, >, >=``, text is compared without regard to capitals and to
        blanks around it: "High" in the data is the "high" of a rule.
    value : object
        Number, text, truth value, or several of these.

    Examples
    --------
    >>> Compare("codes", "includes", ["policy", "judgement"]).holds({"codes": {"policy"}})
    True
    """

    feature: str
    op: str = attrs.field()
    value: Any = attrs.field(converter=_plain_value)

    def __attrs_post_init__(self) -> None:
        if not isinstance(self.feature, str) or not self.feature.strip():
            raise DataError(f"must be the name of a feature, not {self.feature!r}", place="Compare.feature")
        check_choice("op", self.op, OPERATORS)
        if self.op in ("in", "not in") and not _is_collection(self.value):
            raise DataError(f"{self.op!r} needs several values, not {self.value!r}", place="Compare.value")

    def holds(self, features: Mapping[str, object]) -> bool | None:
        """Whether it holds; None where the feature is missing."""
        found = features.get(self.feature)
        if found is None or (isinstance(found, float) and math.isnan(found)):
            return None
        if self.op in ("includes", "excludes"):
            return self._has_any(found) == (self.op == "includes")
        if self.op in ("in", "not in"):
            return (_folded(found) in map(_folded, self.value)) == (self.op == "in")
        if self.op in ("==", "!="):
            return self._same(found) == (self.op == "==")
        try:
            return bool(_ORDER[self.op](found, self.value))
        except TypeError:
            raise DataError(
                f"{found!r} cannot be compared with {self.value!r} by {self.op!r}",
                place=f"feature {self.feature!r}",
                remedy="Give both as numbers, or both as text.",
            ) from None

    def _has_any(self, found: object) -> bool:
        if not isinstance(found, Collection) or not _is_collection(found):
            raise DataError(
                f"{self.op!r} asks for several values, not {found!r}",
                place=f"feature {self.feature!r}",
                remedy="Use '==' or 'in' for a single value.",
            )
        wanted = self.value if _is_collection(self.value) else (self.value,)
        present = [_folded(item) for item in found]
        return any(_folded(item) in present for item in wanted)

    def _same(self, found: object) -> bool:
        if isinstance(found, Iterable) and _is_collection(found) and _is_collection(self.value):
            return set(map(_folded, found)) == set(map(_folded, self.value))
        return bool(_folded(found) == _folded(self.value))

    def tests(self) -> Iterator[Compare]:
        """Itself."""
        yield self

    def to_plain(self) -> dict[str, Any]:
        """The form that JSON and TOML hold."""
        value = list(self.value) if isinstance(self.value, tuple) else self.value
        return {"feature": self.feature, "op": self.op, "value": value}

    def __str__(self) -> str:
        value = ", ".join(map(str, self.value)) if isinstance(self.value, tuple) else self.value
        return f"{self.feature} {self.op} {value}"


@attrs.frozen
class _Several(Condition):
    parts: tuple[Condition, ...] = attrs.field(default=(), converter=f.items)

    def tests(self) -> Iterator[Compare]:
        """The comparisons of all parts."""
        for part in self.parts:
            yield from part.tests()


@attrs.frozen
class Every(_Several):
    """All parts hold; without parts it always holds, as an unconditional rule does.

    Parameters
    ----------
    parts : iterable of Condition
        What must hold together.

    Examples
    --------
    >>> Every().holds({})
    True
    """

    def holds(self, features: Mapping[str, object]) -> bool | None:
        """False if a part fails; else None if one cannot be told; else True."""
        found = [part.holds(features) for part in self.parts]
        return False if False in found else None if None in found else True

    def to_plain(self) -> dict[str, Any]:
        """The form that JSON and TOML hold."""
        return {"all": [part.to_plain() for part in self.parts]}

    def __str__(self) -> str:
        return " and ".join(_bracketed(part) for part in self.parts) or "always"


@attrs.frozen
class Some(_Several):
    """At least one part holds; without parts it never does.

    Parameters
    ----------
    parts : iterable of Condition
        Of which one must hold.

    Examples
    --------
    >>> Some([Compare("age", ">=", 65), Compare("smoker", "==", True)]).holds({"age": 71})
    True
    """

    def holds(self, features: Mapping[str, object]) -> bool | None:
        """True if a part holds; else None if one cannot be told; else False."""
        found = [part.holds(features) for part in self.parts]
        return True if True in found else None if None in found else False

    def to_plain(self) -> dict[str, Any]:
        """The form that JSON and TOML hold."""
        return {"any": [part.to_plain() for part in self.parts]}

    def __str__(self) -> str:
        return " or ".join(_bracketed(part) for part in self.parts) or "never"


@attrs.frozen
class Not(Condition):
    """The part does not hold.

    Parameters
    ----------
    part : Condition
        What must not hold.

    Examples
    --------
    >>> Not(Compare("age", ">=", 65)).holds({"age": 40})
    True
    """

    part: Condition

    def holds(self, features: Mapping[str, object]) -> bool | None:
        """The opposite of the part; None stays None."""
        found = self.part.holds(features)
        return None if found is None else not found

    def tests(self) -> Iterator[Compare]:
        """The comparisons of the part."""
        return self.part.tests()

    def to_plain(self) -> dict[str, Any]:
        """The form that JSON and TOML hold."""
        return {"not": self.part.to_plain()}

    def __str__(self) -> str:
        return f"not ({self.part})"


def _bracketed(part: Condition) -> str:
    return f"({part})" if isinstance(part, _Several) and len(part.parts) > 1 else str(part)


def condition(data: object, *, place: str = "condition") -> Condition:
    """A condition from plain data; a list means that all its parts must hold.

    Parameters
    ----------
    data : dict, list or Condition
        One of the four forms.
    place : str
        Where the data stand, for the message of an error.

    Returns
    -------
    Condition
        The condition.

    Raises
    ------
    DataError
        For any other form, with its place.

    Examples
    --------
    >>> print(
    ...     condition(
    ...         {
    ...             "any": [
    ...                 {"feature": "age", "op": ">=", "value": 65},
    ...                 {"not": {"feature": "ward", "op": "==", "value": "a"}},
    ...             ]
    ...         }
    ...     )
    ... )
    age >= 65 or not (ward == a)
    """
    if isinstance(data, Condition):
        return data
    if isinstance(data, list | tuple):
        return Every(condition(part, place=f"{place}[{at}]") for at, part in enumerate(data))
    if not isinstance(data, Mapping):
        raise DataError(f"a condition is a table or a list, not {data!r}", place=place)
    if set(data) == {"not"}:
        return Not(condition(data["not"], place=f"{place}.not"))
    for word, form in (("all", Every), ("any", Some)):
        if set(data) == {word}:
            if not isinstance(data[word], list | tuple):
                raise DataError(f"must be a list of conditions, not {data[word]!r}", place=f"{place}.{word}")
            return form(condition(part, place=f"{place}.{word}[{at}]") for at, part in enumerate(data[word]))
    for name in data:
        if name not in ("feature", "op", "value"):
            raise unknown("part of a condition", name, ("feature", "op", "value", "all", "any", "not"), place=place)
    if set(data) != {"feature", "op", "value"}:
        raise DataError(f"a comparison has 'feature', 'op' and 'value', here only {sorted(data)}", place=place)
    try:
        return Compare(data["feature"], data["op"], data["value"])
    except DataError as error:
        raise DataError(str(error), place=place) from None
