"""P3, first part: every name in the plan points at something. Runs before anything is recomputed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from dispatch.checker.accuse import broken
from dispatch.checker.columns import read_texts, read_whole
from dispatch.checker.people import NO_STATUS, STATUSES, UNSERVED
from dispatch.checker.view import Rows
from dispatch.findings import Finding
from dispatch.model.plan import CoachDuty, Plan, Role, Trip
from dispatch.model.scenario import Scenario
from dispatch.model.supply import FleetLine, Service


@dataclass(frozen=True, slots=True)
class Names:
    """Everything that may be named, looked up by id. ``made``: (duty, trip) and (service, trip) pairs."""

    trips: dict[str, Trip]
    batches: frozenset[str]
    made: frozenset[tuple[str, str]]
    lines: dict[str, FleetLine]
    services: dict[str, Service]


def check_references(scenario: Scenario, plan: Plan, rows: Rows) -> Iterator[Finding]:
    """Dangling or repeated names, stops out of range, workers planned without a known place or site."""
    if scenario.content_hash and plan.scenario_hash and scenario.content_hash != plan.scenario_hash:
        yield broken(
            "P3",
            plan.scenario_name,
            f"The plan was made from inputs with hash {plan.scenario_hash[:12]}, these have {scenario.content_hash[:12]}.",
            "Plan the changed scenario again.",
        )
    names = _list_names(scenario, plan)
    yield from _check_unique(plan)
    for trip in plan.trips:
        yield from _check_trip(scenario, names, trip)
    for duty in plan.duties:
        yield from _check_duty(scenario, names, duty)
    yield from _check_runs(scenario, plan, names)
    yield from _check_outcomes(scenario, plan, rows)
    yield from _check_rides(plan, rows)


def _list_names(scenario: Scenario, plan: Plan) -> Names:
    services = {service.id: service for service in plan.proposed_services}
    services.update({service.id: service for service in scenario.services})
    made = {(duty.id, trip_id) for duty in plan.duties for trip_id in duty.trip_ids}
    made |= {(run.service_id, run.trip_id) for run in plan.service_runs}
    return Names(
        trips={trip.id: trip for trip in plan.trips},
        batches=frozenset(batch.id for batch in plan.batches),
        made=frozenset(made),
        lines={line.id: line for line in scenario.fleet},
        services=services,
    )


def _check_unique(plan: Plan) -> Iterator[Finding]:
    lists: tuple[tuple[str, Iterable[str]], ...] = (
        ("trip", (trip.id for trip in plan.trips)),
        ("duty", (duty.id for duty in plan.duties)),
        ("batch", (batch.id for batch in plan.batches)),
        ("service run", (run.service_id for run in plan.service_runs)),
        ("trip of a duty", (trip_id for duty in plan.duties for trip_id in duty.trip_ids)),
        ("trip of a service", (run.trip_id for run in plan.service_runs)),
    )
    for what, ids in lists:
        for name, count in Counter(ids).items():
            if count > 1:
                yield broken("P3", name, f"The {what} {name} is listed {count} times; once was expected.")


def _check_trip(scenario: Scenario, names: Names, trip: Trip) -> Iterator[Finding]:
    geography = scenario.geography
    if len(trip.stops) < 2:
        yield broken("P3", trip.id, f"The trip has {len(trip.stops)} stops; at least two are needed.")
    for stop in trip.stops:
        if stop.place_id not in geography.places:
            yield broken(
                "P3", trip.id, f"The trip stops at {stop.place_id}, which is no place of the scenario."
            )
        for site_id in stop.site_ids:
            if site_id not in geography.sites:
                yield broken("P3", trip.id, f"The trip serves {site_id}, which is no site of the scenario.")
    for batch_id in trip.batch_ids:
        if batch_id not in names.batches:
            yield broken("P3", trip.id, f"The trip names the batch {batch_id}, which the plan does not list.")
    if trip.role is Role.LINE_HAUL:
        if (trip.service_id, trip.id) not in names.made:
            yield broken(
                "P3", trip.id, f"No service run stands behind the trip of service '{trip.service_id}'."
            )
    elif (trip.duty_id, trip.id) not in names.made:
        yield broken("P3", trip.id, f"The coach duty '{trip.duty_id}' does not make this trip.")


def _check_duty(scenario: Scenario, names: Names, duty: CoachDuty) -> Iterator[Finding]:
    line = names.lines.get(duty.fleet_id)
    if line is None:
        yield broken(
            "P3", duty.id, f"The duty takes a coach of {duty.fleet_id}, which is no fleet of the scenario."
        )
    elif line.type_id not in scenario.vehicle_types or line.depot_place_id not in scenario.geography.places:
        yield broken("P3", duty.id, f"The vehicle type or depot of the fleet {line.id} is unknown.")
    if not duty.trip_ids:
        yield broken("P3", duty.id, "The duty makes no trip.")
    for trip_id in duty.trip_ids:
        trip = names.trips.get(trip_id)
        if trip is None or trip.role is Role.LINE_HAUL or trip.duty_id != duty.id:
            yield broken("P3", duty.id, f"The duty names {trip_id}, which is no trip of this coach.")
    for leg in duty.legs:
        for place_id in (leg.from_id, leg.to_id):
            if place_id not in scenario.geography.places:
                yield broken("P3", duty.id, f"A leg names {place_id}, which is no place of the scenario.")
    for event in duty.events:
        if not -1 <= event.leg < len(duty.legs):
            yield broken(
                "P3", duty.id, f"An event names leg {event.leg}; the duty has {len(duty.legs)} legs."
            )


def _check_runs(scenario: Scenario, plan: Plan, names: Names) -> Iterator[Finding]:
    for run in plan.service_runs:
        if run.service_id not in names.services:
            yield broken(
                "P3", run.service_id, "A service runs that neither the scenario nor the plan describes."
            )
        elif any(s.place_id not in scenario.geography.places for s in names.services[run.service_id].stops):
            yield broken("P3", run.service_id, "The service stops at a place the scenario does not know.")
        trip = names.trips.get(run.trip_id)
        if trip is None or trip.role is not Role.LINE_HAUL or trip.service_id != run.service_id:
            yield broken(
                "P3", run.service_id, f"The run names the trip {run.trip_id}, which is not a trip of it."
            )


def _check_outcomes(scenario: Scenario, plan: Plan, rows: Rows) -> Iterator[Finding]:
    who, ids, people = rows.raw.outcome_who, rows.raw.outcome_ids, rows.people
    for row in np.flatnonzero(who < 0):
        yield broken("P3", ids[int(row)].as_py(), "The plan decides about a worker who is not in the roster.")
    texts = read_texts(plan.outcomes["status"])
    status = texts.number(STATUSES, NO_STATUS)
    for row in np.flatnonzero((status == NO_STATUS) & (who >= 0)):
        yield broken(
            "P3",
            people.name(who[row]),
            f"The status '{texts.text(row)}' is none of {', '.join(STATUSES)}.",
        )
    sites = scenario.geography.sites.values()
    has_gate = np.array([*(site.place_id in rows.places for site in sites), False])
    is_known = has_gate[people.site] & (people.boarding >= 0)
    sent = who[(status != UNSERVED) & (who >= 0)]
    for number in map(int, sent[~is_known[sent]]):
        boarding, site_id = people.boarding_texts.text(number), people.site_texts.text(number)
        yield broken(
            "P3",
            people.name(number),
            f"The worker is sent from '{boarding}' to '{site_id}', one of which is unknown.",
        )


def _check_rides(plan: Plan, rows: Rows) -> Iterator[Finding]:
    who, ids = rows.raw.ride_who, rows.raw.ride_ids
    texts = read_texts(plan.rides["trip_id"])
    lengths = np.array([*(len(trip.stops) for trip in plan.trips), 0])
    trip = texts.number({trip.id: number for number, trip in enumerate(plan.trips)})
    board, alight = (read_whole(plan.rides[name]) for name in ("board_stop", "alight_stop"))
    in_order = (board >= 0) & (board < alight) & (alight < lengths[trip])
    for row in map(int, np.flatnonzero((who < 0) | (trip < 0) | ~in_order)):
        worker, trip_id = ids[row].as_py(), texts.text(row)
        if who[row] < 0:
            yield broken("P3", worker, f"Somebody rides on {trip_id} who is not in the roster.")
        elif trip[row] < 0:
            yield broken("P3", worker, f"The worker rides on {trip_id}, which is no trip of the plan.")
        else:
            yield broken(
                "P3",
                worker,
                f"The worker rides from stop {board[row]} to {alight[row]} of {trip_id}, which has {lengths[trip[row]]}.",
            )
