"""P3, first part: every name in the plan points at something. Runs before anything is recomputed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from dispatch.checker.accuse import broken
from dispatch.findings import Finding
from dispatch.model.plan import CoachDuty, Plan, Role, Trip
from dispatch.model.scenario import Scenario
from dispatch.model.supply import FleetLine, Service

STATUSES = ("itinerary", "own_ticket", "unserved")


@dataclass(frozen=True, slots=True)
class Names:
    """Everything that may be named, looked up by id. ``made``: (duty, trip) and (service, trip) pairs."""

    trips: dict[str, Trip]
    batches: frozenset[str]
    made: frozenset[tuple[str, str]]
    lines: dict[str, FleetLine]
    services: dict[str, Service]


def check_references(scenario: Scenario, plan: Plan) -> Iterator[Finding]:
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
    yield from _check_outcomes(scenario, plan)
    yield from _check_rides(scenario, plan)


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


def _check_outcomes(scenario: Scenario, plan: Plan) -> Iterator[Finding]:
    geography = scenario.geography
    workers = scenario.workers
    roster = dict(
        zip(
            workers["worker_id"].tolist(),
            zip(workers["boarding_place_id"].tolist(), workers["site_id"].tolist(), strict=True),
            strict=True,
        )
    )
    for worker, status in zip(
        plan.outcomes["worker_id"].tolist(), plan.outcomes["status"].tolist(), strict=True
    ):
        if worker not in roster:
            yield broken("P3", worker, "The plan decides about a worker who is not in the roster.")
            continue
        if status not in STATUSES:
            yield broken("P3", worker, f"The status '{status}' is none of {', '.join(STATUSES)}.")
        boarding, site = roster[worker]
        is_known = site in geography.sites and boarding in geography.places
        if status != "unserved" and not (is_known and geography.sites[site].place_id in geography.places):
            yield broken(
                "P3", worker, f"The worker is sent from '{boarding}' to '{site}', one of which is unknown."
            )


def _check_rides(scenario: Scenario, plan: Plan) -> Iterator[Finding]:
    stops = {trip.id: len(trip.stops) for trip in plan.trips}
    roster = set(scenario.workers["worker_id"].tolist())
    names = ("worker_id", "trip_id", "board_stop", "alight_stop")
    for worker, trip_id, board, alight in zip(*(plan.rides[name].tolist() for name in names), strict=True):
        if worker not in roster:
            yield broken("P3", worker, f"Somebody rides on {trip_id} who is not in the roster.")
        elif trip_id not in stops:
            yield broken("P3", worker, f"The worker rides on {trip_id}, which is no trip of the plan.")
        elif not 0 <= board < alight < stops[trip_id]:
            yield broken(
                "P3",
                worker,
                f"The worker rides from stop {board} to {alight} of {trip_id}, which has {stops[trip_id]}.",
            )
