"""Records as plain values, as JSON and TOML hold them, and back, with errors that name the place."""

from __future__ import annotations

import functools
import json
import tomllib
import types
import typing
from collections.abc import Mapping
from enum import Enum
from pathlib import Path
from typing import Any

import attrs

from expertsys._core.errors import DataError, unknown


def to_plain(value: Any) -> Any:
    """Dictionaries, lists and scalars; fields that have their default are left out.

    Parameters
    ----------
    value : object
        A record of this room, or anything that a record holds.

    Returns
    -------
    object
        Only dict, list, str, int, float, bool and None.
    """
    if hasattr(value, "to_plain"):
        return value.to_plain()
    if attrs.has(type(value)):
        return {
            field.name: to_plain(getattr(value, field.name))
            for field in attrs.fields(type(value))
            if field.init and not _is_default(value, field)
        }
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return {str(key): to_plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list | set | frozenset):
        return [to_plain(item) for item in value]
    return value


def _is_default(owner: object, field: attrs.Attribute[Any]) -> bool:
    default: Any = field.default
    if type(default).__name__ == "Factory":
        default = default.factory(owner) if default.takes_self else default.factory()
    value = getattr(owner, field.name)
    return bool(default == value) and isinstance(default, bool) == isinstance(value, bool)


def from_plain(hint: Any, data: object, place: str = "$") -> Any:
    """An instance of the type `hint` from plain values.

    Parameters
    ----------
    hint : type
        Class, or type expression, that the values must fit.
    data : object
        Plain values.
    place : str
        Where they stand, such as ``"$.concepts[3]"``.

    Returns
    -------
    object
        An instance of `hint`.

    Raises
    ------
    DataError
        For an unknown or a missing field or a value of the wrong kind, with its place.
    """
    origin = typing.get_origin(hint)
    arguments = typing.get_args(hint)
    if origin is typing.Union or origin is types.UnionType:
        for arm in arguments:
            if _fits(arm, data):
                return from_plain(arm, data, place)
        raise _wrong(hint, data, place)
    if origin is tuple:
        items = data if isinstance(data, list | tuple) else [data]
        return tuple(from_plain(arguments[0], item, f"{place}[{at}]") for at, item in enumerate(items))
    if isinstance(origin, type) and issubclass(origin, Mapping):
        if not isinstance(data, Mapping):
            raise _wrong(hint, data, place)
        return {key: from_plain(arguments[1], item, f"{place}.{key}") for key, item in data.items()}
    if hint is Any or hint is object:
        return data
    if hasattr(hint, "from_plain"):
        return hint.from_plain(data, place)
    if attrs.has(hint):
        return _record(hint, data, place)
    if not _fits(hint, data):
        raise _wrong(hint, data, place)
    return _located(hint, place, data) if issubclass(hint, Enum) else data


def _fits(hint: Any, data: object) -> bool:
    origin = typing.get_origin(hint)
    if hint is type(None):
        return data is None
    if origin is tuple:
        return isinstance(data, list | tuple | str)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return isinstance(data, Mapping)
    if hasattr(hint, "from_plain"):
        return isinstance(data, str | Mapping | list)
    if attrs.has(hint):
        return isinstance(data, Mapping)
    if issubclass(hint, Enum):
        return isinstance(data, str)
    if hint in (int, float):
        return isinstance(data, (int, float) if hint is float else int) and not isinstance(data, bool)
    return isinstance(data, hint)


def _wrong(hint: Any, data: object, place: str) -> DataError:
    kinds = typing.get_args(hint) if typing.get_origin(hint) in (typing.Union, types.UnionType) else (hint,)
    names = " or ".join("nothing" if kind is type(None) else getattr(kind, "__name__", str(kind)) for kind in kinds)
    return DataError(f"must be {names}, not {data!r}", place=place)


@functools.cache
def _hints(cls: type) -> dict[str, Any]:
    return typing.get_type_hints(cls)


def _record(cls: Any, data: object, place: str) -> Any:
    if not isinstance(data, Mapping):
        raise _wrong(cls, data, place)
    fields = {field.name: field for field in attrs.fields(cls) if field.init}
    for name in data:
        if name not in fields:
            raise unknown(f"field of {cls.__name__}", name, list(fields), place=place)
    for name, field in fields.items():
        if field.default is attrs.NOTHING and name not in data:
            raise DataError(f"{cls.__name__} needs the field {name!r}", place=place)
    hints = _hints(cls)
    given = {name: from_plain(hints[name], value, f"{place}.{name}") for name, value in data.items()}
    return _located(cls, place, **given)


def _located(cls: Any, place: str, *values: object, **fields: object) -> Any:
    try:
        return cls(*values, **fields)
    except DataError as error:
        raise DataError(str(error), place=place) from None


def read_file(path: str | Path) -> dict[str, Any]:
    """The content of a TOML or JSON file.

    Parameters
    ----------
    path : str or Path
        Ends in ``.toml`` or ``.json``; UTF-8.

    Returns
    -------
    dict
        Its content.
    """
    file = Path(path)
    readers = {".toml": tomllib.loads, ".json": json.loads}
    reader = readers.get(file.suffix.casefold())
    if reader is None:
        raise DataError(
            f"must be a .toml or .json file, not {file.suffix or 'a file without ending'!r}", place=str(file)
        )
    try:
        content = reader(file.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:
        raise DataError(f"cannot be read: {error}", place=str(file)) from None
    if not isinstance(content, dict):
        raise DataError(f"must hold a table, not {type(content).__name__}", place=str(file))
    return content
