"""What-if changes of a campaign's facts, made before its tables are generated: ``generated.fleet.tightness=4.4``."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from dispatch.errors import UsageError
from dispatch.files.change_text import Change, add_up, suggest
from dispatch.files.synthesis_facts import Facts

GROUP = "generated"
_SHORT = {"fleet_tightness": "fleet.tightness"}


def has_generated(changes: Sequence[Change]) -> bool:
    """True where some change concerns generated tables."""
    return any(change.group == GROUP for change in changes)


def change_facts(facts: Facts, changes: Sequence[Change]) -> Facts:
    """Facts with the changes of ``generated`` made. Raises ``UsageError`` for a key that facts do not have, or a bad value."""
    for change in changes:
        if change.group == GROUP:
            facts = _change(facts, change)
    return facts


def _choose_variant(facts: Facts, change: Change) -> Facts:
    """Facts with the fleet tightness of one of their variants: what ``--variant`` writes as ``generated.variant``."""
    variants = facts.fleet.variants if facts.fleet else {}
    if facts.fleet is None or change.sign != "=" or change.value not in variants:
        raise UsageError(
            f"Campaign {facts.name} has no variant named {change.value!r}.{suggest(change.value, variants)}"
        )
    fleet = facts.fleet.model_copy(update={"tightness": variants[change.value]})
    return facts.model_copy(update={"fleet": fleet})


def _change(facts: Facts, change: Change) -> Facts:
    if change.path == "variant":
        return _choose_variant(facts, change)
    content: dict[str, Any] = copy.deepcopy(facts.model_dump())
    *steps, last = _SHORT.get(change.path, change.path).split(".")
    inner: Any = content
    for step in steps:
        inner = inner[step] if isinstance(inner, dict) and step in inner else None
    if not isinstance(inner, dict) or last not in inner:
        known = inner if isinstance(inner, dict) else content
        raise UsageError(
            f"--set {change.text}: the facts have no {change.path}.{suggest(last, map(str, known))}"
        )
    before = inner[last]
    number = isinstance(before, int | float) and not isinstance(before, bool)
    value = add_up(change, Decimal(str(before)) if number else None)
    inner[last] = float(value) if isinstance(value, Decimal) else value
    try:
        return Facts.model_validate(content)
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]["msg"]
        raise UsageError(f"--set {change.text}: {value} does not fit: {problem}.") from error
