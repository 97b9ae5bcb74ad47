"""Values of rules as written in a profile or an override, checked against what each rule key takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from dispatch.model.geography import Tier
from dispatch.model.policy import DriverRules, EntryRule, EvidenceRequirement, RuleScalar, RuleValue
from dispatch.model.supply import Mode

OVERRIDE_SOURCE = "scenario override"
#: Value of a ``drivers.*`` key that lifts the limit.
NO_LIMIT = "none"

#: Kind of value of every rule key that is not a driver limit.
_COMMON_KINDS = {
    "load_cap_ratio": "ratio",
    "count_crew_in_cap": "flag",
    "registered_end_required": "flag",
    "blocked_rows": "count",
    "isolation_seats": "count",
    "max_origin_counties": "count",
    "separated_tiers": "tiers",
    "no_boarding_tiers": "tiers",
    "default_entry_rule": "name",
}
DRIVER_FIELDS = tuple(field.name for field in fields(DriverRules))
_LIMITS_THAT_MAY_BE_LIFTED = (
    "continuous_day_max_min",
    "continuous_night_max_min",
    "rolling_24h_max_min",
    "weekly_max_min",
)
RULE_KINDS = _COMMON_KINDS | {
    f"drivers.{name}": "steps"
    if name == "drivers_by_km"
    else "limit"
    if name in _LIMITS_THAT_MAY_BE_LIFTED
    else "count"
    for name in DRIVER_FIELDS
}


def parse_value(item: Mapping[str, Any]) -> RuleValue:
    """Dated value of one item of a profile's ``values``. Raises KeyError for an unknown or missing key, ValueError else."""
    key = str(item["key"])
    return RuleValue(
        key=key,
        value=_as_kind(item["value"], RULE_KINDS[key]),
        effective_from=_as_date(item["effective_from"]),
        effective_to=_as_date(item["effective_to"]) if item.get("effective_to") else None,
        mode=str(Mode(item["mode"])) if item.get("mode") else "",
        tier=Tier(item["tier"]) if item.get("tier") else None,
        scope=str(item.get("scope", "all")),
        source=_as_source(item),
        confidence=_as_confidence(item["confidence"]),
    )


def parse_entry_rule(name: str, item: Mapping[str, Any]) -> EntryRule:
    """Entry rule of one item of a profile's ``entry_rules``. Raises KeyError, TypeError or ValueError when it is off."""
    return EntryRule(
        name=name,
        requirements=tuple(EvidenceRequirement(**requirement) for requirement in item["requirements"]),
        source=_as_source(item),
        confidence=_as_confidence(item["confidence"]),
    )


def parse_own_entry_rules(raw: object) -> dict[str, EntryRule]:
    """Entry rules a scenario defines itself. Raises ValueError naming the rule that is off."""
    if not isinstance(raw, Mapping):
        raise ValueError("entry_rules must map names to rules")
    rules = {}
    for name, item in raw.items():
        if not isinstance(item, Mapping) or not isinstance(item.get("requirements"), list):
            raise ValueError(f"{name} needs a list of requirements")
        full = {"source": OVERRIDE_SOURCE, "confidence": "D", **item}
        try:
            rules[str(name)] = parse_entry_rule(str(name), full)
        except TypeError as error:
            raise ValueError(
                f"{name} has a requirement with an unknown or missing field ({error})"
            ) from error
    return rules


def parse_override(dotted: str, raw: object) -> RuleValue:
    """Value of an override, in force on all dates. Raises KeyError for an unknown key, ValueError for a bad value."""
    key, mode, tier = _split_key(dotted)
    return RuleValue(
        key=key,
        value=_as_kind(raw, RULE_KINDS[key]),
        effective_from=date.min,
        mode=mode,
        tier=tier,
        source=OVERRIDE_SOURCE,
        confidence="D",
    )


def _split_key(dotted: str) -> tuple[str, str, Tier | None]:
    """``load_cap_ratio.bus.low`` -> (key, mode, tier). Raises KeyError for an unknown key or ending."""
    key, endings = dotted, []
    while key not in RULE_KINDS:
        key, dot, ending = key.rpartition(".")
        if not dot:
            raise KeyError(dotted)
        endings.append(ending)
    modes = [ending for ending in endings if ending in list(Mode)]
    tiers = [ending for ending in endings if ending in list(Tier)]
    if len(modes) > 1 or len(tiers) > 1 or len(modes) + len(tiers) != len(endings):
        raise KeyError(dotted)
    return key, modes[0] if modes else "", Tier(tiers[0]) if tiers else None


def _as_kind(raw: object, kind: str) -> RuleScalar:
    """Raw value as the kind its key demands. Raises ValueError with what was expected."""
    if kind == "flag":
        if not isinstance(raw, bool):
            raise ValueError("expected yes or no")
        return raw
    if kind == "ratio":
        return _as_ratio(raw)
    if kind == "tiers":
        return tuple(str(Tier(str(name))) for name in _as_list(raw))
    if kind == "steps":
        return tuple(f"{km}:{drivers}" for km, drivers in map(parse_step, _as_list(raw)))
    if kind == "name":
        return "" if raw is None else str(raw)
    if kind == "limit" and raw in (None, NO_LIMIT):
        return NO_LIMIT
    if isinstance(raw, bool) or not isinstance(raw, int) or raw < 0:
        raise ValueError("expected a whole number of at least 0")
    return raw


def _as_ratio(raw: object) -> Decimal:
    try:
        ratio = Decimal(str(raw))
    except InvalidOperation:
        raise ValueError("expected a number above 0 and at most 1") from None
    if not (ratio.is_finite() and 0 < ratio <= 1):
        raise ValueError("expected a number above 0 and at most 1")
    return ratio


def _as_list(raw: object) -> list[object]:
    if not isinstance(raw, list | tuple):
        raise ValueError("expected a list")
    return list(raw)


def parse_step(raw: object) -> tuple[int, int]:
    """``"600:2"`` -> (600, 2): from 600 km one way at least 2 drivers."""
    km, colon, drivers = str(raw).partition(":")
    if not (colon and km.strip().isdigit() and drivers.strip().isdigit()):
        raise ValueError('expected steps like "600:2" (km one way : least drivers)')
    return int(km), int(drivers)


def _as_date(raw: object) -> date:
    if isinstance(raw, date):
        return raw
    return date.fromisoformat(str(raw))


def _as_source(item: Mapping[str, Any]) -> str:
    source = str(item["source"]).strip()
    if not source:
        raise ValueError("a rule without a source")
    return source


def _as_confidence(raw: object) -> str:
    if raw not in ("A", "B", "C", "D"):
        raise ValueError(f"confidence {raw!r} is not A, B, C or D")
    return str(raw)
