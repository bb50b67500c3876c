"""Fields of the theory's classes: what they accept, how they refuse, and the standing that each carries."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Generic, TypeVar

import attrs

from expertsys._core.errors import DataError, unknown
from expertsys.theory.standing import Citation, Standing, citations

V = TypeVar("V")

_KEY = re.compile(r"[a-z0-9]+(?:[-_.:][a-z0-9]+)*")


class Frozen(Mapping[str, V], Generic[V]):
    """A mapping that cannot be changed and can be hashed, compared and pickled.

    Examples
    --------
    >>> Frozen({"age": 71}) == {"age": 71}
    True
    """

    __slots__ = ("_items",)

    def __init__(self, items: Mapping[str, V] | Iterable[tuple[str, V]] = ()) -> None:
        self._items = dict(items)

    def __getitem__(self, key: str) -> V:
        return self._items[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __hash__(self) -> int:
        return hash(frozenset(self._items.items()))

    def __repr__(self) -> str:
        return repr(self._items)


def marked(standing: Standing, sources: str | Iterable[str] = ()) -> dict[str, Any]:
    """Metadata of a field whose standing is not that of its class."""
    return {"standing": standing, "sources": citations(sources)}


PROPOSED = marked(Standing.PROPOSED)


def refuse(instance: object, field: attrs.Attribute[Any], rule: str, value: object) -> DataError:
    """The error for a field: its name, the rule and the value found."""
    return DataError(f"must be {rule}, not {value!r}", place=f"{type(instance).__name__}.{field.name}")


def text(instance: object, field: attrs.Attribute[Any], value: object) -> None:
    """Text that is not blank."""
    if not isinstance(value, str) or not value.strip():
        raise refuse(instance, field, "text that is not blank", value)


def prose(instance: object, field: attrs.Attribute[Any], value: object) -> None:
    """Text, possibly empty."""
    if not isinstance(value, str):
        raise refuse(instance, field, "text", value)


def key(instance: object, field: attrs.Attribute[Any], value: object) -> None:
    """A key in lower case."""
    if not isinstance(value, str) or not _KEY.fullmatch(value):
        raise refuse(instance, field, "a key in lower case, such as 'emptying-out'", value)


def texts(instance: object, field: attrs.Attribute[Any], value: tuple[object, ...]) -> None:
    """Several texts, none of them blank."""
    for item in value:
        if not isinstance(item, str) or not item.strip():
            raise refuse(instance, field, "texts that are not blank", item)


def flag(instance: object, field: attrs.Attribute[Any], value: object) -> None:
    """True or False."""
    if not isinstance(value, bool):
        raise refuse(instance, field, "True or False", value)


def known_or_not(instance: object, field: attrs.Attribute[Any], value: object) -> None:
    """True, False or None for unknown: no other value stands for them."""
    if value is not None and not isinstance(value, bool):
        raise refuse(instance, field, "True, False or None (unknown)", value)


def number(low: float, *, strict: bool = False) -> Callable[[object, attrs.Attribute[Any], object], None]:
    """A finite number of at least `low`; above it if `strict`."""

    def check(instance: object, field: attrs.Attribute[Any], value: object) -> None:
        fits = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
        if not fits or value < low or (strict and value == low):  # type: ignore[operator]
            raise refuse(instance, field, f"a number {'above' if strict else 'of at least'} {low:g}", value)

    return check


def a(*types: type) -> Callable[[object, attrs.Attribute[Any], object], None]:
    """An instance of one of the types."""

    def check(instance: object, field: attrs.Attribute[Any], value: object) -> None:
        if not isinstance(value, types):
            raise refuse(instance, field, " or ".join(each.__name__ for each in types), value)

    return check


def each(*types: type) -> Callable[[object, attrs.Attribute[Any], tuple[object, ...]], None]:
    """Several instances of the types."""

    def check(instance: object, field: attrs.Attribute[Any], value: tuple[object, ...]) -> None:
        for item in value:
            a(*types)(instance, field, item)

    return check


def cited(instance: object, field: attrs.Attribute[Any], value: tuple[Citation, ...]) -> None:
    """At least one citation."""
    if not value:
        raise refuse(instance, field, "at least one source key, such as 'greenhalgh2014cab'", value)


def of_fields(instance: object, field: attrs.Attribute[Any], value: Mapping[str, object]) -> None:
    """A mapping whose keys are fields of the same class."""
    cls: Any = type(instance)
    names = [name for name in attrs.fields_dict(cls) if name != field.name]
    for name in value:
        if name not in names:
            raise unknown("field", name, names, place=f"{type(instance).__name__}.{field.name}")


def strings(value: str | Iterable[str]) -> tuple[str, ...]:
    """Several texts, or one."""
    return (value,) if isinstance(value, str) else tuple(value)


def sources_by_field(
    value: Mapping[str, str | Citation | Iterable[str | Citation]],
) -> Frozen[tuple[Citation, ...]]:
    """For each field, the citations behind it."""
    return Frozen((name, citations(given)) for name, given in value.items())


def frozen(value: Mapping[str, Any]) -> Frozen[Any]:
    """A mapping that cannot be changed."""
    return Frozen(value)


def items(value: Iterable[Any]) -> tuple[Any, ...]:
    """Several things as a tuple; what they are, a validator says."""
    return tuple(value)
