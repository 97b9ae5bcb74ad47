"""How many people a vehicle may carry (C2), with the rule that says so in words."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from math import floor

from dispatch.model.geography import Tier
from dispatch.model.policy import Policy, RuleValue
from dispatch.model.supply import Service, VehicleType

BUS = "bus"


def coach_capacity(
    vehicle_type: VehicleType,
    policy: Policy,
    *,
    service_date: date,
    tier: Tier,
    intercity: bool,
    drivers: int,
    escorts: int,
) -> tuple[int, str]:
    """Passengers a coach may carry, and the rule that sets it in words with since-when and source.

    min( ⌊approved × cap⌋ − crew if the crew counts in the cap, approved − blocked rows' seats − crew − escorts ),
    crew = drivers. 53 approved, cap 50 %, two drivers counted: 26 − 2 = 24.
    """
    approved = vehicle_type.approved
    cap_rule = policy.find_value("load_cap_ratio", day=service_date, mode=BUS, tier=tier, intercity=intercity)
    cap = policy.get_cap_ratio(BUS, tier, service_date, intercity=intercity)
    counted = drivers if policy.get_flag("count_crew_in_cap", service_date, BUS) else 0
    rows = policy.get_count("blocked_rows", service_date, BUS, 0)
    blocked = vehicle_type.count_blocked_seats(rows)
    by_cap = floor(approved * cap) - counted
    by_seats = approved - blocked - drivers - escorts
    if by_cap < by_seats:
        return max(0, by_cap), _word_cap(approved, cap, counted, by_cap, cap_rule)
    rows_rule = policy.find_value("blocked_rows", day=service_date, mode=BUS) if blocked else None
    parts = [f"{approved} approved"]
    parts += [f"{blocked} seats of the last {rows} rows"] if blocked else []
    parts += [f"{drivers} drivers"] if drivers else []
    parts += [f"{escorts} escorts"] if escorts else []
    return max(0, by_seats), f"seats: {' − '.join(parts)} = {max(0, by_seats)}{_word_source(rows_rule)}"


def carriage_capacity(service: Service, policy: Policy, tier: Tier, service_date: date) -> tuple[int, str]:
    """Passengers one carriage (or one aircraft) of a service may carry, and the rule in words.

    min( ⌊approved × cap⌋, approved − isolation seats ); scheduled seats: the seats on sale. 118 seats: 59 at a
    cap of 50 %, 114 without a cap and with 4 isolation seats.
    """
    approved = service.carriage_seats
    if not service.carrier_caps_apply:
        return approved, f"seats on sale: {approved}"
    mode = service.mode.value
    cap_rule = policy.find_value("load_cap_ratio", day=service_date, mode=mode, tier=tier, intercity=True)
    cap = policy.get_cap_ratio(mode, tier, service_date, intercity=True)
    stated = service.isolation_seats
    isolation = policy.get_count("isolation_seats", service_date, mode, 0) if stated is None else stated
    by_cap, by_seats = floor(approved * cap), approved - isolation
    if by_cap < by_seats:
        return max(0, by_cap), _word_cap(approved, cap, 0, by_cap, cap_rule)
    rule = policy.find_value("isolation_seats", day=service_date, mode=mode) if stated is None else None
    taken = f" − {isolation} isolation seats" if isolation else ""
    return max(0, by_seats), f"seats: {approved} approved{taken} = {max(0, by_seats)}{_word_source(rule)}"


def _word_cap(approved: int, cap: Decimal, counted: int, result: int, rule: RuleValue | None) -> str:
    crew = f" − {counted} drivers" if counted else ""
    share = f"{(cap * 100).normalize():f} %"
    return f"load cap {share}: {approved} × {share} rounded down{crew} = {max(0, result)}{_word_source(rule)}"


def _word_source(rule: RuleValue | None) -> str:
    if rule is None:
        return ""
    source = f"; {rule.source}" if rule.source else ""
    return f" ({rule.key} since {rule.effective_from.isoformat()}{source}; {rule.confidence})"
