"""What-if changes of limits, rates and rules, read as ``scenario.yaml`` reads the same keys."""

from __future__ import annotations

import dataclasses
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from dispatch.errors import UsageError
from dispatch.files.change_text import Change, add_up, read_value, suggest
from dispatch.files.profiles import resolve_drivers
from dispatch.files.rule_values import RULE_KINDS, parse_override
from dispatch.files.scenario_yaml import LimitsMirror, Mirror, OwnTicketMirror
from dispatch.files.values import Unreadable
from dispatch.model.scenario import OwnTicketTariff, Scenario
from dispatch.units import format_money, minor_from_decimal

_RATE_FIELDS = {
    "lateness_per_worker_day": "lateness_day_minor",
    "ride_per_worker_h": "ride_h_minor",
    "exposure_per_pair_h": "exposure_h_minor",
    "allowance_per_worker_day": "allowance_day_minor",
}


def _check_field(mirror: type[Mirror], name: str, value: Any, change: Change) -> Any:
    """Value of one field as the scenario format reads it."""
    if isinstance(value, float):
        value = str(value)
    try:
        return getattr(mirror.model_validate({name: value}), name)
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]["msg"]
        raise UsageError(f"--set {change.text}: {value} does not fit {name}: {problem}.") from error


def change_limits(scenario: Scenario, change: Change) -> tuple[Scenario, str]:
    """Limit of a trip, e.g. ``limits.max_pickups=4``; ``null`` lifts it. Raises ``UsageError``."""
    name = change.path
    if name not in LimitsMirror.model_fields:
        raise UsageError(f"--set {change.text}: no limit {name}.{suggest(name, LimitsMirror.model_fields)}")
    if name == "pull_out_from":
        if change.sign != "=":
            raise UsageError(f"--set {change.text}: write the time itself, e.g. limits.pull_out_from=06:00.")
        checked = _check_field(LimitsMirror, name, change.value, change)
        try:
            minute = LimitsMirror(pull_out_from=checked).get_pull_out_min()
        except Unreadable as error:
            raise UsageError(f"--set {change.text}: {error}") from error
        limits = dataclasses.replace(scenario.limits, pull_out_from_min=minute)
        return scenario.replace(limits=limits), f"{name} = {checked}"
    before = getattr(scenario.limits, name)
    after = _check_field(LimitsMirror, name, add_up(change, before), change)
    limits = dataclasses.replace(scenario.limits, **{name: after})
    return scenario.replace(limits=limits), _tell(name, before, after)


def _tell(name: str, before: object, after: object) -> str:
    said = ["no limit" if value is None else str(value) for value in (before, after)]
    return f"{name}: {said[0]} → {said[1]}"


def change_rates(scenario: Scenario, change: Change) -> tuple[Scenario, str]:
    """Rate of the objective, in units of the currency, e.g. ``rates.lateness_day=20`` or ``rates.unserved.default=50000``. Raises ``UsageError``."""
    group, _, rest = change.path.partition(".")
    if rest and group == "unserved":
        return _change_unserved(scenario, change, rest)
    if rest and group == "own_ticket":
        return _change_own_ticket(scenario, change, rest)
    short = {name.replace("_per_worker", "").replace("_per_pair", ""): name for name in _RATE_FIELDS}
    name = short.get(change.path, change.path)
    if name not in _RATE_FIELDS:
        known = [*short, "unserved.default", "own_ticket.fixed", "own_ticket.per_km"]
        raise UsageError(f"--set {change.text}: no rate {change.path}.{suggest(change.path, known)}")
    field = _RATE_FIELDS[name]
    before = getattr(scenario.rates, field)
    after = _read_money(change, before)
    values: dict[str, Any] = {field: after}
    rates = dataclasses.replace(scenario.rates, **values)
    return scenario.replace(rates=rates), _tell_money(name, before, after)


def _change_unserved(scenario: Scenario, change: Change, name: str) -> tuple[Scenario, str]:
    key = "" if name == "default" else name
    classes = {"default", *scenario.workers["priority_class"].unique(), *scenario.rates.unserved_minor} - {""}
    if key and key not in classes:
        raise UsageError(
            f"--set {change.text}: nobody in the roster is of class {name}.{suggest(name, classes)}"
        )
    before = scenario.rates.unserved_minor.get(key)
    after = _read_money(change, before)
    rates = dataclasses.replace(scenario.rates, unserved_minor={**scenario.rates.unserved_minor, key: after})
    return scenario.replace(rates=rates), _tell_money(f"unserved {name}", before, after)


def _change_own_ticket(scenario: Scenario, change: Change, name: str) -> tuple[Scenario, str]:
    if name not in OwnTicketMirror.model_fields:
        known = suggest(name, OwnTicketMirror.model_fields)
        raise UsageError(f"--set {change.text}: no price {name} of own tickets.{known}")
    ticket = scenario.rates.own_ticket or OwnTicketTariff()
    field = {"fixed": "fixed_minor", "per_km": "km_minor"}[name]
    before = getattr(ticket, field) if scenario.rates.own_ticket else None
    after = _read_money(change, before)
    rates = dataclasses.replace(scenario.rates, own_ticket=dataclasses.replace(ticket, **{field: after}))
    return scenario.replace(rates=rates), _tell_money(f"own ticket {name}", before, after)


def _read_money(change: Change, before_minor: int | None) -> int:
    amount = add_up(change, None if before_minor is None else Decimal(before_minor) / 100)
    checked: Decimal = _check_field(OwnTicketMirror, "fixed", amount, change)
    return minor_from_decimal(checked)


def _tell_money(name: str, before_minor: int | None, after_minor: int) -> str:
    before = "none" if before_minor is None else format_money(before_minor)
    return f"{name}: {before} → {format_money(after_minor)}"


def change_rules(scenario: Scenario, change: Change) -> tuple[Scenario, str]:
    """Value of a rule on all dates, as an override of the scenario, e.g. ``rules.blocked_rows.bus=0``. Raises ``UsageError``."""
    if change.sign != "=":
        raise UsageError(f"--set {change.text}: write the value itself, rules.{change.path}=…")
    try:
        value = parse_override(change.path, read_value(change))
    except KeyError:
        raise UsageError(
            f"--set {change.text}: no rule {change.path}.{suggest(change.path, RULE_KINDS)}"
        ) from None
    except (ValueError, TypeError) as error:
        raise UsageError(f"--set {change.text}: {error}.") from error
    policy = dataclasses.replace(scenario.policy, values=(*scenario.policy.values, value))
    default = policy.default_entry_rule
    if value.key == "default_entry_rule":
        default = str(value.value)
        if default and default not in policy.entry_rules:
            known = suggest(default, policy.entry_rules)
            raise UsageError(f"--set {change.text}: no entry rule is called {default}.{known}")
    policy = dataclasses.replace(
        policy, drivers=resolve_drivers(policy, scenario.first_date), default_entry_rule=default
    )
    return scenario.replace(policy=policy), f"{change.path} = {value.value}"
