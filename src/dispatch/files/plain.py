"""Frozen nouns to plain JSON values and back, by their type hints alone.

What a type needs is worked out once and kept as a function, because a province has millions of values.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any, TypeVar

Noun = TypeVar("Noun")
Convert = Callable[[Any], Any]
#: How values of each class met so far become plain.
_WRITERS: dict[type[Any], Convert] = {}


class NotPlain(ValueError):
    """A value that does not fit the type it should be read as."""


def plain_of(value: Any) -> Any:
    """JSON value: dataclasses and mappings become objects, tuples lists, enums their values, dates ISO text."""
    kind = type(value)
    write = _WRITERS.get(kind)
    if write is None:
        write = _WRITERS[kind] = _make_writer(kind)
    return write(value)


def _make_writer(kind: type[Any]) -> Convert:
    """How values of a class become plain."""
    if kind in (bool, int, float, str, type(None)):
        return _keep
    if dataclasses.is_dataclass(kind):
        names = tuple(field.name for field in dataclasses.fields(kind))
        return lambda value: {name: plain_of(getattr(value, name)) for name in names}
    if issubclass(kind, Enum):
        return lambda value: value.value
    if issubclass(kind, Mapping):
        return lambda value: {str(key): plain_of(item) for key, item in value.items()}
    if issubclass(kind, frozenset | set):
        return lambda value: sorted(plain_of(item) for item in value)
    if issubclass(kind, Sequence) and not issubclass(kind, str | bytes):
        return lambda value: [plain_of(item) for item in value]
    if issubclass(kind, date):
        return lambda value: value.isoformat()
    if issubclass(kind, Decimal):
        return str
    return _keep if issubclass(kind, str | int | float) else _plain_number


def _keep(value: Any) -> Any:
    return value


def _plain_number(value: Any) -> Any:
    """Python number of a numpy scalar."""
    if hasattr(value, "item"):
        return value.item()
    raise NotPlain(f"{type(value).__name__} has no plain form")


def noun_from(kind: type[Noun], data: Any) -> Noun:
    """Value of a type (a dataclass, tuple, mapping, enum, optional or scalar) from its plain form.

    Keys that the dataclass does not have are ignored (derived values written for people), missing ones take their
    default. Raises ``NotPlain``.
    """
    read: Convert = _find_reader(kind)  # type: ignore[arg-type]
    made: Noun = read(data)
    return made


@cache
def _find_reader(kind: Any) -> Convert:
    """How a plain value becomes one of a type."""
    origin = typing.get_origin(kind)
    if origin in (typing.Union, types.UnionType):
        read = _find_reader(next(branch for branch in typing.get_args(kind) if branch is not type(None)))
        return lambda data: None if data is None else read(data)
    if origin is frozenset:
        read = _find_reader(typing.get_args(kind)[0])
        return lambda data: frozenset(read(item) for item in _expect(data, list))
    if origin is tuple:
        return _make_tuple_reader(typing.get_args(kind))
    if origin is Sequence:
        return _make_tuple_reader((typing.get_args(kind)[0], Ellipsis))
    if origin is not None and issubclass(origin, Mapping):
        read_key, read = map(_find_reader, typing.get_args(kind))
        return lambda data: {read_key(key): read(item) for key, item in _expect(data, dict).items()}
    if dataclasses.is_dataclass(kind):
        return _make_dataclass_reader(kind)
    return _make_scalar_reader(kind)


def _make_tuple_reader(parts: tuple[Any, ...]) -> Convert:
    if len(parts) == 2 and parts[1] is Ellipsis:
        read = _find_reader(parts[0])
        return lambda data: tuple([read(item) for item in _expect(data, list)])
    readers = tuple(map(_find_reader, parts))

    def read_all(data: Any) -> tuple[Any, ...]:
        if len(_expect(data, list)) != len(readers):
            raise NotPlain(f"expected {len(readers)} items, found {len(data)}")
        return tuple([read(item) for read, item in zip(readers, data, strict=True)])

    return read_all


def _make_dataclass_reader(kind: Any) -> Convert:
    hints = typing.get_type_hints(kind)
    readers = [(field.name, _find_reader(hints[field.name])) for field in dataclasses.fields(kind)]

    def read(data: Any) -> Any:
        values = _expect(data, dict)
        try:
            return kind(**{name: convert(values[name]) for name, convert in readers if name in values})
        except TypeError as error:
            raise NotPlain(str(error)) from error

    return read


def _make_scalar_reader(kind: Any) -> Convert:
    if kind is date:
        return lambda data: _convert(date.fromisoformat, _expect(data, str))
    if kind is Decimal or (isinstance(kind, type) and issubclass(kind, Enum)):
        return lambda data: _convert(kind, data)
    if kind is float:
        return lambda data: float(data) if type(data) is int else _expect(data, float)
    return lambda data: data if type(data) is kind else _expect(data, kind)


def _convert(make: Convert, data: Any) -> Any:
    try:
        return make(data)
    except ValueError as error:
        raise NotPlain(str(error)) from error


def _expect(data: Any, kind: Any) -> Any:
    if not isinstance(data, kind) or (kind is int and isinstance(data, bool)):
        raise NotPlain(f"expected {getattr(kind, '__name__', kind)}, found {data!r:.60}")
    return data
