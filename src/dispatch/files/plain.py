"""Frozen nouns to plain JSON values and back, by their type hints alone."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any, TypeVar

Noun = TypeVar("Noun")


class NotPlain(ValueError):
    """A value that does not fit the type it should be read as."""


def plain_of(value: Any) -> Any:
    """JSON value: dataclasses and mappings become objects, tuples lists, enums their values, dates ISO text."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain_of(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return {str(key): plain_of(item) for key, item in value.items()}
    if isinstance(value, frozenset | set):
        return sorted(plain_of(item) for item in value)
    if isinstance(value, tuple | list):
        return [plain_of(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, bool | str | int | float) or value is None:
        return value
    return _plain_number(value)


def _plain_number(value: Any) -> Any:
    """Python number of a numpy scalar."""
    if hasattr(value, "item"):
        return value.item()
    raise NotPlain(f"{type(value).__name__} has no plain form")


def noun_from(kind: type[Noun], data: Any) -> Noun:
    """Value of a type (a dataclass, tuple, mapping, enum, optional or scalar) from its plain form.

    Keys that the dataclass does not have are ignored (derived values written for people). Raises ``NotPlain``.
    """
    made: Noun = _read(kind, data)
    return made


@cache
def _hints(kind: type[Any]) -> dict[str, Any]:
    return typing.get_type_hints(kind)


def _read(kind: Any, data: Any) -> Any:
    origin = typing.get_origin(kind)
    if origin in (typing.Union, types.UnionType):
        return _read_union(kind, data)
    if origin in (tuple, frozenset):
        return _read_sequence(kind, data)
    if origin is not None and issubclass(origin, Mapping):
        key_kind, value_kind = typing.get_args(kind)
        return {_read(key_kind, key): _read(value_kind, item) for key, item in _expect(data, dict).items()}
    if dataclasses.is_dataclass(kind):
        return _read_dataclass(kind, data)
    return _read_scalar(kind, data)


def _read_dataclass(kind: Any, data: Any) -> Any:
    hints = _hints(kind)
    names = [field.name for field in dataclasses.fields(kind)]
    values = _expect(data, dict)
    try:
        return kind(**{name: _read(hints[name], values[name]) for name in names if name in values})
    except TypeError as error:
        raise NotPlain(str(error)) from error


def _read_union(kind: Any, data: Any) -> Any:
    branches = [branch for branch in typing.get_args(kind) if branch is not type(None)]
    if data is None:
        return None
    return _read(branches[0], data)


def _read_sequence(kind: Any, data: Any) -> Any:
    parts = typing.get_args(kind)
    items = _expect(data, list)
    if typing.get_origin(kind) is frozenset:
        return frozenset(_read(parts[0], item) for item in items)
    if len(parts) == 2 and parts[1] is Ellipsis:
        return tuple(_read(parts[0], item) for item in items)
    if len(parts) != len(items):
        raise NotPlain(f"expected {len(parts)} items, found {len(items)}")
    return tuple(_read(part, item) for part, item in zip(parts, items, strict=True))


def _read_scalar(kind: Any, data: Any) -> Any:
    try:
        if kind is date:
            return date.fromisoformat(_expect(data, str))
        if kind is Decimal or (isinstance(kind, type) and issubclass(kind, Enum)):
            return kind(data)
    except ValueError as error:
        raise NotPlain(str(error)) from error
    if kind is float and isinstance(data, int) and not isinstance(data, bool):
        return float(data)
    return _expect(data, kind)


def _expect(data: Any, kind: Any) -> Any:
    if not isinstance(data, kind) or (kind is int and isinstance(data, bool)):
        raise NotPlain(f"expected {getattr(kind, '__name__', kind)}, found {data!r:.60}")
    return data
