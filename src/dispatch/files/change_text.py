"""One what-if change as it is written: ``fleet.yangxian.coach53+=2`` is a path, a sign and a value."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from dispatch.errors import UsageError
from dispatch.files.report import find_near_misses
from dispatch.files.yaml_text import YamlBroken, parse_yaml

_SHOWN_NAMES = 12


@dataclass(frozen=True, slots=True)
class Change:
    """One change: ``group`` (``fleet``, ``limits`` …), the rest of its path, ``=``, ``+=`` or ``-=``, and the value as text."""

    group: str
    path: str
    sign: str
    value: str

    @property
    def text(self) -> str:
        """The change as it is written, without blanks."""
        return f"{self.group}.{self.path}{self.sign}{self.value}"


def suggest(name: str, known: Iterable[str]) -> str:
    """`` Did you mean 'a'?`` with near misses, else `` Known: a, b, c.``"""
    names = sorted(known)
    close = find_near_misses(name, names)
    if close:
        return f" Did you mean {' or '.join(repr(hit) for hit in close)}?"
    more = f" and {len(names) - _SHOWN_NAMES} more" if len(names) > _SHOWN_NAMES else ""
    return f" Known: {', '.join(names[:_SHOWN_NAMES]) or 'nothing'}{more}."


def read_value(change: Change) -> Any:
    """Value as the scenario format reads it: a number, a yes or no, a list, ``null`` or a text."""
    try:
        return parse_yaml(f"value: {change.value}\n", "--set").data["value"]
    except YamlBroken as error:
        raise UsageError(f"--set {change.text}: {change.value} cannot be read: {error}.") from error


def add_up(change: Change, before: Decimal | int | None) -> Any:
    """New value: the one given, or ``before`` with it added or taken away. Raises ``UsageError`` where that has no sense."""
    if change.sign == "=":
        return read_value(change)
    try:
        step = Decimal(change.value)
    except InvalidOperation:
        raise UsageError(f"--set {change.text}: {change.value} is not a number.") from None
    if before is None or not step.is_finite():
        raise UsageError(
            f"--set {change.text}: there is no number to start from; write = and the value wanted."
        )
    value = Decimal(before) + (step if change.sign == "+=" else -step)
    return int(value) if value == value.to_integral_value() else value


def count_up(change: Change, before: int) -> int:
    """New whole number of at least 0. Raises ``UsageError`` for anything else."""
    value = add_up(change, before)
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise UsageError(
            f"--set {change.text}: {value} is not a whole number of at least 0 (it was {before})."
        )
    return value
