"""What-if changes of a scenario: ``fleet.yangxian.coach53+=2`` on the command line instead of an edited file.

A change is made after the files are read, printed among the plan's assumptions, and part of the scenario's hash: a plan of
a changed scenario can never pass for one of the files alone.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Sequence

from dispatch.errors import UsageError
from dispatch.files.change_supply import change_fleet, change_services
from dispatch.files.change_text import Change, suggest
from dispatch.files.change_values import change_limits, change_rates, change_rules
from dispatch.model.resolver import PlaceResolver
from dispatch.model.scenario import Assumption, Scenario

#: ``table`` of the assumptions that record changes; from them a run can make its scenario again.
TABLE = "--set"
EXAMPLES = "fleet.yangxian.coach53+=2, limits.max_pickups=4, rates.lateness_day=20"
_SHAPE = re.compile(r"(?P<path>[^=]+?)\s*(?P<sign>[+-]?=)\s*(?P<value>.*)")


def parse_changes(texts: Iterable[str]) -> tuple[Change, ...]:
    """Changes of ``--set`` options, in their order. Raises ``UsageError`` for one that is none."""
    return tuple(_parse_change(text) for text in texts)


def _parse_change(text: str) -> Change:
    shape = _SHAPE.fullmatch(text.strip())
    group, dot, path = shape["path"].strip().partition(".") if shape else ("", "", "")
    if shape is None or not dot or not path or not shape["value"].strip():
        raise UsageError(f"--set {text}: write a path, =, += or -=, and a value, e.g. {EXAMPLES}.")
    if group not in GROUPS:
        known = suggest(group, GROUPS)
        raise UsageError(f"--set {text}: nothing is called {group}.{known} Examples: {EXAMPLES}.")
    return Change(group, path, shape["sign"], shape["value"].strip())


def apply_changes(scenario: Scenario, changes: Sequence[Change], resolver: PlaceResolver) -> Scenario:
    """Scenario with changes made in their order, each recorded among the assumptions, under a hash of its own.

    Changes of ``generated`` were made before the tables were; here they are only recorded. Without changes the scenario
    itself comes back. Raises ``UsageError`` where a path names nothing, or a value does not fit.
    """
    if not changes:
        return scenario
    for change in changes:
        scenario, told = _change(scenario, change, resolver)
        made = Assumption(
            subject=change.text,
            what="what-if change",
            value=told,
            people=len(scenario.workers),
            table=TABLE,
        )
        scenario = scenario.replace(assumptions=(*scenario.assumptions, made))
    lines = [scenario.content_hash, *(change.text for change in changes)]
    return scenario.replace(content_hash=hashlib.sha256("\n".join(lines).encode()).hexdigest())


def list_changes(assumptions: Iterable[Assumption]) -> tuple[str, ...]:
    """Texts of the changes that a plan's assumptions record, in their order."""
    return tuple(one.subject for one in assumptions if one.table == TABLE)


def _change(scenario: Scenario, change: Change, resolver: PlaceResolver) -> tuple[Scenario, str]:
    """Scenario with one change made, and in words what that did."""
    if change.group == "fleet":
        return change_fleet(scenario, change, resolver)
    if change.group == "generated":
        return scenario, f"{change.path} {change.sign} {change.value}"
    return _SIMPLE[change.group](scenario, change)


_SIMPLE: dict[str, Callable[[Scenario, Change], tuple[Scenario, str]]] = {
    "services": change_services,
    "limits": change_limits,
    "rates": change_rates,
    "rules": change_rules,
}
#: First words a path may begin with.
GROUPS = ("fleet", *_SIMPLE, "generated")
