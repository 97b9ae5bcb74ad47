"""Vehicles in the plan book: each fleet line with its duties, days and kilometres; each service that runs."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from dispatch.messages import Lang, word
from dispatch.model.plan import CoachDuty, Plan
from dispatch.model.scenario import Scenario
from dispatch.model.supply import FleetLine
from dispatch.render.book_markup import Cell, Html, join, make_section, make_table, tag
from dispatch.render.trip_classes import date_text
from dispatch.units import DAY_MIN, clock_text, format_money


def render_vehicles(scenario: Scenario, plan: Plan, lang: Lang) -> Html:
    """Section of vehicles and drivers, without names of people."""
    lines = {line.id: line for line in scenario.fleet}
    used: dict[str, list[CoachDuty]] = {}
    for duty in plan.duties:
        used.setdefault(duty.fleet_id, []).append(duty)
    parts: list[Cell] = []
    if used:
        keys = ("fleet_line", "vehicle_type", "depot", "duties_count", "peak_out", "available", "vehicle_days", "driver_days", "km", "empty_km")  # fmt: skip
        rows = [
            _fleet_row(scenario, plan, lines.get(fleet), fleet, duties, lang)
            for fleet, duties in sorted(used.items())
        ]
        parts.append(make_table([word(key, lang) for key in keys], rows, numeric=range(3, 10)))
    if plan.service_runs:
        parts.append(_services(scenario, plan, lang))
    return make_section("vehicles", "fleet_use", lang, *parts)


def _fleet_row(
    scenario: Scenario, plan: Plan, line: FleetLine | None, fleet: str, duties: list[CoachDuty], lang: Lang
) -> list[Cell]:
    out = count_out(scenario, line, duties)
    day, peak = max(out.items(), key=lambda item: (item[1], -item[0]), default=(0, 0))
    available = line.find_available(scenario.first_date + timedelta(days=day)) if line else None
    vehicle_type = scenario.vehicle_types.get(line.type_id) if line else None
    depot = scenario.geography.places.get(line.depot_place_id) if line else None
    name: Cell = " · ".join(part for part in (fleet, line.operator if line else "") if part)
    if line and line.assumed:
        name = join([name, " ", tag("span", word("assumed_mark", lang), css="mark")])
    km = sum(leg.km_tenths for duty in duties for leg in duty.legs)
    empty = sum(leg.km_tenths for duty in duties for leg in duty.legs if not leg.loaded)
    return [
        name,
        vehicle_type.name if vehicle_type else "",
        depot.name if depot else "",
        len(duties),
        f"{peak:,} ({date_text(scenario.first_date, day * DAY_MIN)[5:]})",
        word("unlimited", lang) if available is None else available,
        sum(duty.days for duty in duties),
        sum(duty.days * duty.drivers for duty in duties),
        f"{km / 10:,.1f}",
        f"{empty / 10:,.1f}",
    ]


def count_out(scenario: Scenario, line: FleetLine | None, duties: list[CoachDuty]) -> Counter[int]:
    """Coaches out by day of the horizon; one that does not return is out until the horizon's end."""
    horizon_end = (scenario.last_date - scenario.first_date).days
    out: Counter[int] = Counter()
    for duty in duties:
        first = duty.pull_out_min // DAY_MIN
        last = max(duty.pull_out_min, duty.pull_in_min - 1) // DAY_MIN
        if line is not None and not line.returns:
            last = max(last, horizon_end)
        out.update(range(first, last + 1))
    return out


def _services(scenario: Scenario, plan: Plan, lang: Lang) -> Html:
    services = {service.id: service for service in (*scenario.services, *plan.proposed_services)}
    trips = {trip.id: trip for trip in plan.trips}
    rows: list[list[Cell]] = []
    for run in plan.service_runs:
        service, trip = services.get(run.service_id), trips.get(run.trip_id)
        moment = (
            ""
            if trip is None
            else f"{date_text(scenario.first_date, trip.stops[0].depart_min)} {clock_text(trip.stops[0].depart_min)}"
        )
        rows.append(
            [
                service.name or service.id if service else run.service_id,
                word(service.mode, lang) if service else "",
                word(f"status_{service.status}", lang) if service else "",
                moment,
                run.carriages,
                f"{run.load:,} / {trip.capacity:,}" if trip else run.load,
                format_money(sum(run.costs.values()), scenario.currency),
            ]
        )
    keys = ("service", "mode", "status", "depart", "carriages", "load_capacity", "amount")
    return make_table([word(key, lang) for key in keys], rows, numeric=(4, 5, 6))
