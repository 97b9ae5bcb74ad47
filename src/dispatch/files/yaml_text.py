"""YAML (and JSON) with positions: dates, clocks and padded numbers stay text, double keys are found.

The loader resolves only null, true/false, decimal integers and decimal fractions. Everything that plain
YAML 1.1 silently turns into something else (``0123`` octal, ``22:00`` sexagesimal, ``no``, dates) stays text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import yaml

from dispatch.findings import Where

Path = tuple[str | int, ...]


class PlainNumber(str):
    """Text of an unquoted scalar that other YAML readers take for another number (``0123``)."""


class YamlBroken(ValueError):
    """Text that is not YAML; ``line`` and ``column`` are 1-based."""

    def __init__(self, message: str, line: int, column: int) -> None:
        super().__init__(message)
        self.line = line
        self.column = column


@dataclass(frozen=True)
class Document:
    """A parsed document: plain data, and where each part of it stands."""

    data: Any
    file: str
    node: Any = None

    def find_where(self, path: Path, *, of_key: bool = False) -> Where:
        """Line and column of the value (or key) at a path; of the nearest parent when it is not there."""
        node, mark = self.node, getattr(self.node, "start_mark", None)
        for step in path:
            child = _find_child(node, step)
            if child is None:
                break
            key_node, node = child
            mark = (key_node if of_key and key_node is not None else node).start_mark
        field = ".".join(str(step) for step in path)
        if mark is None:
            return Where(file=self.file, field=field)
        return Where(file=self.file, line=mark.line + 1, column=mark.column + 1, field=field)

    def find_double_keys(self) -> Iterator[tuple[str, Where]]:
        """Every key that stands twice in one mapping, with the place of the second one."""
        yield from _walk_double_keys(self.node, self.file, ())


def parse_yaml(text: str, file: str) -> Document:
    """Document of a YAML or JSON text. Raises ``YamlBroken``."""
    loader_class = _make_loader()
    try:
        loader = loader_class(text)
    except yaml.YAMLError as error:
        raise YamlBroken(str(error).splitlines()[0], 1, 1) from error
    try:
        node = loader.get_single_node()
        data = loader.construct_document(node) if node is not None else None
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or str(error).splitlines()[0]
        raise YamlBroken(problem, mark.line + 1 if mark else 1, mark.column + 1 if mark else 1) from error
    finally:
        loader.dispose()
    return Document(data=data, file=file, node=node)


@cache
def _make_loader() -> Any:
    base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

    class PlainLoader(base):  # type: ignore[misc]
        yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012

    for tag, pattern, first in (
        ("null", r"^(?:~|null|Null|NULL|)$", ["~", "n", "N", ""]),
        ("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", list("tTfF")),
        ("int", r"^[-+]?(?:0|[1-9][0-9]*)$", list("-+0123456789")),
        ("float", r"^[-+]?(?:0|[1-9][0-9]*)\.[0-9]+$", list("-+0123456789")),
        ("merge", r"^(?:<<)$", ["<"]),
    ):
        PlainLoader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(pattern), first)

    def construct_str(loader: Any, node: Any) -> str:
        value = loader.construct_scalar(node)
        if not node.style and re.fullmatch(r"0[0-9]+|[0-9]+[eE][+]?[0-9]+", value):
            return PlainNumber(value)
        return str(value)

    PlainLoader.add_constructor("tag:yaml.org,2002:str", construct_str)
    return PlainLoader


def _find_child(node: Any, step: str | int) -> tuple[Any, Any] | None:
    if isinstance(node, yaml.MappingNode):
        for key_node, value_node in node.value:
            if str(key_node.value) == str(step):
                return key_node, value_node
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return None, node.value[step]
    return None


def _walk_double_keys(node: Any, file: str, path: tuple[str, ...]) -> Iterator[tuple[str, Where]]:
    if isinstance(node, yaml.SequenceNode):
        for child in node.value:
            yield from _walk_double_keys(child, file, path)
    if not isinstance(node, yaml.MappingNode):
        return
    seen: set[str] = set()
    for key_node, value_node in node.value:
        key = str(key_node.value)
        if key in seen and key != "<<":
            mark = key_node.start_mark
            field = ".".join((*path, key))
            yield key, Where(file=file, line=mark.line + 1, column=mark.column + 1, field=field)
        seen.add(key)
        yield from _walk_double_keys(value_node, file, (*path, key))
