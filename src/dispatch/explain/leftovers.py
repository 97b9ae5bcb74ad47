"""What the people outside leave over for those inside: coaches by date, seats, room at the gates, drivers."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta

import pandas as pd

from dispatch.model.geography import Site
from dispatch.model.plan import CoachDuty, Plan
from dispatch.model.scenario import Scenario
from dispatch.model.supply import CountOnDates, CrewMember, FleetLine, Service, ServiceKind
from dispatch.units import DAY_MIN

#: Fleet counts further from the horizon are cut off.
_FAR_DAYS = 400


def leave_coaches(
    scenario: Scenario, busy: list[CoachDuty], row: pd.Series, used: set[str]
) -> tuple[FleetLine, ...]:
    """Lines at either end of the corridor with the coaches that other duties leave on each date."""
    geography = scenario.geography
    site = geography.sites[str(row["site_id"])]
    ends = {
        geography.get_prefecture(geography.get_county(place))
        for place in (str(row["boarding_place_id"]), site.place_id)
    }
    kept = [
        line
        for line in scenario.fleet
        if line.id in used or geography.get_prefecture(geography.get_county(line.depot_place_id)) in ends
    ]
    out = count_out(scenario, busy)
    return tuple(_leave_line(scenario, line, out) for line in kept)


def count_out(scenario: Scenario, duties: Iterable[CoachDuty]) -> Counter[tuple[str, int]]:
    """Coaches out by line and day; one that does not return is out until the horizon's end."""
    returns = {line.id: line.returns for line in scenario.fleet}
    end = (scenario.last_date - scenario.first_date).days
    out: Counter[tuple[str, int]] = Counter()
    for duty in duties:
        first, last = duty.pull_out_min // DAY_MIN, max(duty.pull_out_min, duty.pull_in_min - 1) // DAY_MIN
        if not returns.get(duty.fleet_id, True):
            last = max(last, end)
        out.update((duty.fleet_id, day) for day in range(first, last + 1))
    return out


def _leave_line(scenario: Scenario, line: FleetLine, out: Counter[tuple[str, int]]) -> FleetLine:
    if not line.counts:
        return line
    first = min(scenario.first_date - timedelta(days=31), *(dated.from_date for dated in line.counts))
    last = max(scenario.last_date + timedelta(days=31), *(dated.to_date for dated in line.counts))
    counts: list[CountOnDates] = []
    day = max(first, scenario.first_date - timedelta(days=_FAR_DAYS))
    while day <= min(last, scenario.last_date + timedelta(days=_FAR_DAYS)):
        left = max(0, (line.find_available(day) or 0) - out[line.id, (day - scenario.first_date).days])
        counts = add_date(counts, day, left)
        day += timedelta(days=1)
    return dataclasses.replace(line, counts=tuple(counts), standby_ratio=0.0)


def add_date(counts: list[CountOnDates], day: date, count: int) -> list[CountOnDates]:
    """Ranges with one more date at their end."""
    if counts and counts[-1].count == count:
        return [*counts[:-1], dataclasses.replace(counts[-1], to_date=day)]
    return [*counts, CountOnDates(from_date=day, to_date=day, count=count)]


def leave_seats(scenario: Scenario, plan: Plan, ids: set[str]) -> tuple[Service, ...]:
    """Services that run, with the seats others leave at no fixed price (it is paid); of the rest only scheduled seats."""
    trips = {trip.service_id: trip for trip in plan.trips if trip.service_id}
    mine = plan.rides[plan.rides["worker_id"].isin(ids)]["trip_id"].value_counts()
    left = []
    for service in scenario.services:
        trip = trips.get(service.id)
        if trip is not None:
            seats = trip.capacity - trip.load + int(mine.get(trip.id, 0))
            left.append(
                dataclasses.replace(
                    service, kind=ServiceKind.SEATS, carriage_seats=max(0, seats), min_carriages=1, max_carriages=1,
                    fixed_minor=0, carriage_minor=0, min_load=0, committed=False,
                )
            )  # fmt: skip
        elif service.kind is ServiceKind.SEATS:
            left.append(service)
    return tuple(left)


def leave_gates(scenario: Scenario, plan: Plan, ids: set[str]) -> dict[str, Site]:
    """Sites whose daily limit is less what others bring on their busiest date."""
    sites = dict(scenario.geography.sites)
    limited = {key for key, site in sites.items() if site.arrivals_per_day is not None}
    if not limited:
        return sites
    workers = scenario.workers
    site_of = workers.loc[workers["site_id"].isin(limited)].set_index("worker_id")["site_id"]
    others = plan.outcomes[~plan.outcomes["worker_id"].isin(ids) & (plan.outcomes["status"] == "itinerary")]
    others = others[others["worker_id"].isin(set(site_of.index))]
    busiest: Counter[str] = Counter()
    for (site, _), count in Counter(
        zip(others["worker_id"].map(site_of), others["arrive_min"] // DAY_MIN, strict=True)
    ).items():
        busiest[str(site)] = max(busiest[str(site)], count)
    for key in limited:
        limit = sites[key].arrivals_per_day or 0
        sites[key] = dataclasses.replace(sites[key], arrivals_per_day=max(0, limit - busiest[key]))
    return sites


def leave_crew(scenario: Scenario, busy: list[CoachDuty]) -> tuple[CrewMember, ...]:
    """Named drivers whom the others leave at each depot on their busiest date."""
    depot_of = {line.id: line.depot_place_id for line in scenario.fleet}
    out: Counter[tuple[str, int]] = Counter()
    for duty in busy:
        first, last = duty.pull_out_min // DAY_MIN, max(duty.pull_out_min, duty.pull_in_min - 1) // DAY_MIN
        for day in range(first, last + 1):
            out[depot_of.get(duty.fleet_id, ""), day] += duty.drivers
    busiest: Counter[str] = Counter()
    for (depot, _), count in out.items():
        busiest[depot] = max(busiest[depot], count)
    left = []
    for member in scenario.crew:
        if member.role == "driver" and busiest[member.depot_place_id] > 0:
            busiest[member.depot_place_id] -= 1
        else:
            left.append(member)
    return tuple(left)
