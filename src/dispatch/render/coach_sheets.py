"""The blocks of a vehicle sheet that only a coach has: vehicle, drivers and their duty table, route and halts."""

from __future__ import annotations

from datetime import date

from dispatch.model.plan import CoachDuty, Trip
from dispatch.model.policy import RuleValue
from dispatch.model.scenario import Scenario
from dispatch.model.supply import FleetLine, Mode
from dispatch.render.blocks import Block, Head, facts, heading, table
from dispatch.render.duties import driver_groups, route_rows
from dispatch.render.sources import PrintSource, place_text, printable
from dispatch.units import date_of_min

_ROUTE_HEADS = (
    Head("自", "from", "21mm", "center"),
    Head("至", "until", "21mm", "center"),
    Head("内容", "what", "34mm"),
    Head("地点 / 区段", "place or stretch", "1fr"),
    Head("km", "km", "14mm", "right"),
    Head("分钟", "min", "12mm", "right"),
    Head("驾驶", "driver", "12mm", "center"),
)
_DUTY_HEADS = (
    Head("自", "from", "21mm", "center"),
    Head("至", "until", "21mm", "center"),
    Head("内容", "what", "34mm"),
    Head("区段", "stretch", "1fr"),
    Head("驾驶时间", "driving", "20mm", "right"),
)


def coach_blocks(source: PrintSource, trip: Trip, duty: CoachDuty) -> list[Block]:
    """Vehicle, drivers, duty table and route of a coach trip, for its one-vehicle-one-plan sheet."""
    line = next((line for line in source.scenario.fleet if line.id == duty.fleet_id), None)
    km_tenths = sum(leg.km_tenths for leg in duty.legs)
    empty = sum(leg.km_tenths for leg in duty.legs if not leg.loaded)
    return [
        heading("车辆", "vehicle"),
        facts(_coach_facts(source, trip, line)),
        heading("驾驶员", "drivers"),
        facts(
            (
                ("人数", "number of drivers", f"{duty.drivers}"),
                ("依据", "why", duty.driver_reason or "—"),
                ("在途日历日", "days away", str(duty.days)),
                *_driver_lines(duty),
            )
        ),
        table(_DUTY_HEADS, driver_groups(source, duty)),
        heading(
            "路线与时刻",
            f"route: {km_tenths / 10:.1f} km, of which empty {empty / 10:.1f} km; ≈ 估算 estimated",
        ),
        table(_ROUTE_HEADS, [("", route_rows(source, duty))]),
    ]


def _coach_facts(source: PrintSource, trip: Trip, line: FleetLine | None) -> list[tuple[str, str, str]]:
    scenario = source.scenario
    day = date_of_min(scenario.first_date, trip.service_date_min)
    kind = scenario.vehicle_types.get(line.type_id) if line is not None else None
    rows = scenario.policy.get_count("blocked_rows", day, Mode.BUS, 0)
    regions = scenario.geography.regions
    home = line.registered_region_id if line is not None else ""
    return [
        ("车型", "type", printable(kind.name) if kind else "—"),
        ("核定人数", "approved persons", str(kind.approved) if kind else "—"),
        ("本趟限载", "capacity in force", f"{trip.capacity}(计划 planned {trip.load})"),
        ("限载依据", "rule and date", capacity_text(scenario, trip, day)),
        (
            "封闭后排",
            "blocked rear rows",
            f"{rows} 排 rows, {kind.count_blocked_seats(rows)} 座 seats" if kind and rows else "无 none",
        ),
        ("车场 / 承运人", "depot, operator", _depot_text(source, line)),
        ("注册地", "registered in", regions[home].name if home in regions else ""),
        ("车牌", "plate", ""),
        ("保险有效期", "insurance until", ""),
        ("检验有效期", "inspection until", ""),
        ("GPS 编号", "GPS id", ""),
        ("消毒记录", "disinfected (time, by)", ""),
    ]


def capacity_text(scenario: Scenario, trip: Trip, day: date) -> str:
    """Rule behind a trip's capacity, with date and source; says so where no rule caps it."""
    return trip.capacity_rule or _rule_text(
        scenario.policy.find_value("load_cap_ratio", day=day, mode=trip.mode)
    )


def _rule_text(rule: RuleValue | None) -> str:
    if rule is None:
        return "无限载规定，核定人数 no cap in force, approved number"
    return f"{rule.key} {rule.value}, 自 since {rule.effective_from.isoformat()} · {rule.source}"


def _depot_text(source: PrintSource, line: FleetLine | None) -> str:
    if line is None:
        return "—"
    operator = printable(line.operator)
    assumed = "(假设 assumed)" if line.assumed else ""
    return f"{place_text(source, line.depot_place_id)} {operator}{assumed}".strip()


def _driver_lines(duty: CoachDuty) -> list[tuple[str, str, str]]:
    names = [printable(name) for name in duty.driver_names]
    return [
        (
            f"驾驶员 {number + 1} 姓名、证号、电话",
            "name, licence, phone",
            names[number] if number < len(names) else "",
        )
        for number in range(duty.drivers)
    ]
