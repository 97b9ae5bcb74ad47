"""Rule profiles: dated rules of a country and year, read from the YAML files beside this module.

What a rule says is data; this module only reads it, puts overrides of a scenario on top and resolves the drivers'
limits at the start of the horizon. Later profiles override earlier ones, overrides override all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from importlib import resources
from typing import Any

from dispatch.files.rule_values import (
    DRIVER_FIELDS,
    NO_LIMIT,
    RULE_KINDS,
    parse_entry_rule,
    parse_override,
    parse_own_entry_rules,
    parse_step,
    parse_value,
)
from dispatch.findings import Finding, Severity, Where
from dispatch.model.policy import DriverRules, EntryRule, Policy, RuleValue
from dispatch.model.supply import Mode


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleProfile:
    """One rule profile as shipped: its own values and entry rules, those of ``based_on`` not included."""

    name: str
    title: str
    based_on: tuple[str, ...]
    notes: tuple[str, ...]
    values: tuple[RuleValue, ...]
    entry_rules: tuple[EntryRule, ...]


def list_profiles() -> tuple[str, ...]:
    """Names of the shipped rule profiles, sorted."""
    folder = resources.files("dispatch.files") / "profiles"
    return tuple(sorted(item.name[:-5] for item in folder.iterdir() if item.name.endswith(".yaml")))


def read_profile(name: str) -> RuleProfile:
    """One shipped profile. Raises FileNotFoundError for an unknown name, ValueError for a damaged file."""
    text = (resources.files("dispatch.files") / "profiles" / f"{name}.yaml").read_text(encoding="utf-8")
    return parse_profile(text)


def parse_profile(text: str) -> RuleProfile:
    """Profile from YAML text. Raises ValueError or KeyError when a key, value, date or source is missing or off."""
    import yaml

    raw = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return RuleProfile(
        name=str(raw["name"]),
        title=str(raw["title"]),
        based_on=tuple(raw.get("based_on", ())),
        notes=tuple(raw.get("notes", ())),
        values=tuple(parse_value(item) for item in raw["values"]),
        entry_rules=tuple(parse_entry_rule(str(item["name"]), item) for item in raw["entry_rules"]),
    )


def read_policy(
    profile_names: tuple[str, ...], overrides: Mapping[str, object], first_date: date, last_date: date
) -> tuple[Policy, tuple[Finding, ...]]:
    """Policy of a scenario and what is wrong with its profile names and overrides.

    Parameters
    ----------
    profile_names
        Shipped profiles; later ones override earlier ones. A profile's ``based_on`` come right before it.
    overrides
        ``key``, ``key.mode``, ``key.tier`` or ``key.mode.tier`` -> value, in force on all dates; ``drivers.*`` limits may be
        ``none``. ``entry_rules`` -> mapping of names to ``{requirements: [...], source, confidence}``.
    first_date, last_date
        Horizon. Driver limits and the default entry rule are those in force on ``first_date``; a change up to
        ``last_date`` is warned of (W304).
    """
    profiles, findings = _collect_profiles(profile_names)
    values = [value for profile in profiles for value in profile.values]
    entry_rules = {rule.name: rule for profile in profiles for rule in profile.entry_rules}
    for key, raw in overrides.items():
        try:
            if key == "entry_rules":
                entry_rules |= parse_own_entry_rules(raw)
            else:
                values.append(parse_override(str(key), raw))
        except KeyError:
            findings.append(_report_unknown_key(str(key)))
        except (ValueError, TypeError) as error:
            findings.append(_report_bad_value(str(key), raw, error))
    policy = Policy(profile_names=profile_names, values=tuple(values), entry_rules=entry_rules)
    default = policy.find_value("default_entry_rule", day=first_date)
    default_name = str(default.value) if default else ""
    if default_name and default_name not in entry_rules:
        findings.append(_report_unknown_entry_rule(default_name, entry_rules))
    findings += _find_changes(policy, first_date, last_date)
    resolved = Policy(
        profile_names=profile_names,
        values=policy.values,
        drivers=resolve_drivers(policy, first_date),
        entry_rules=entry_rules,
        default_entry_rule=default_name,
    )
    return resolved, tuple(findings)


def resolve_drivers(policy: Policy, day: date) -> DriverRules:
    """Drivers' limits in force on a date, from the policy's ``drivers.*`` values; unset ones keep their default."""
    found: dict[str, Any] = {}
    for name in DRIVER_FIELDS:
        rule = policy.find_value(f"drivers.{name}", day=day, mode=Mode.BUS)
        if rule is None:
            continue
        if isinstance(rule.value, tuple):
            found[name] = tuple(sorted(parse_step(step) for step in rule.value))
        else:
            found[name] = None if rule.value == NO_LIMIT else int(str(rule.value))
    return DriverRules(**found)


def _collect_profiles(names: Iterable[str]) -> tuple[list[RuleProfile], list[Finding]]:
    known = list_profiles()
    profiles: list[RuleProfile] = []
    findings: list[Finding] = []
    for name in names:
        if name not in known:
            findings.append(_report_unknown_profile(name, known))
            continue
        profile = read_profile(name)
        profiles += [read_profile(base) for base in profile.based_on]
        profiles.append(profile)
    return profiles, findings


def _find_changes(policy: Policy, first_date: date, last_date: date) -> list[Finding]:
    """Warnings for values that are resolved once but change inside the horizon."""
    once = [f"drivers.{name}" for name in DRIVER_FIELDS] + ["default_entry_rule"]
    findings = []
    for key in once:
        at_start = policy.find_value(key, day=first_date, mode=Mode.BUS)
        at_end = policy.find_value(key, day=last_date, mode=Mode.BUS)
        before, after = (rule.value if rule else NO_LIMIT for rule in (at_start, at_end))
        if before != after:
            findings.append(
                Finding(
                    code="W304",
                    severity=Severity.WARNING,
                    message=f"{key} is {before} on {first_date} but {after} on {last_date}.",
                    action=f"The plan uses {before} on all dates; split the horizon or override {key}.",
                    where=Where(field="profiles"),
                )
            )
    return findings


def _report_unknown_profile(name: str, known: Iterable[str]) -> Finding:
    return Finding(
        code="E301",
        severity=Severity.ERROR,
        message=f"Rule profile '{name}' is unknown.",
        action=_suggest(name, known),
        where=Where(field="profiles"),
    )


def _report_unknown_key(key: str) -> Finding:
    return Finding(
        code="E302",
        severity=Severity.ERROR,
        message=f"Override '{key}' names no rule.",
        action=_suggest(key, [*RULE_KINDS, "entry_rules"])
        + " A mode (bus, train, charter) or tier may follow a dot.",
        where=Where(field="overrides"),
    )


def _report_bad_value(key: str, raw: object, error: Exception) -> Finding:
    return Finding(
        code="E303",
        severity=Severity.ERROR,
        message=f"Override '{key}' has the value {raw!r}.",
        action=f"{str(error)[:1].upper()}{str(error)[1:]}.",
        where=Where(field="overrides"),
    )


def _report_unknown_entry_rule(name: str, known: Iterable[str]) -> Finding:
    return Finding(
        code="E305",
        severity=Severity.ERROR,
        message=f"Default entry rule '{name}' is not defined.",
        action=_suggest(name, known) + " Or define it under overrides: entry_rules.",
        where=Where(field="overrides"),
    )


def _suggest(name: str, known: Iterable[str]) -> str:
    names = sorted(known)
    close = get_close_matches(name, names, n=3, cutoff=0.5)
    if close:
        return f"Did you mean {' or '.join(close)}?"
    return f"Known: {', '.join(names)}." if names else "None is known."
