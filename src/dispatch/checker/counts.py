"""P3, second part: loads, counts at stops, capacities and sites add up along trips, duties and runs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from dispatch.checker.accuse import broken, day_text
from dispatch.checker.capacity import count_peak, find_coach_capacity
from dispatch.checker.columns import list_distinct
from dispatch.checker.path import find_path
from dispatch.checker.timetable import measure
from dispatch.checker.view import View
from dispatch.findings import Finding
from dispatch.model.plan import CoachDuty, Role, ServiceRun, Trip
from dispatch.model.supply import Mode


def check_counts(view: View) -> Iterator[Finding]:
    """Everything printed about trips, duties and runs that follows from something else in the plan."""
    batches, gates = _list_batches(view), _list_gates(view)
    for number, trip in enumerate(view.plan.trips):
        yield from _check_trip(view, trip, batches[number])
        if trip.role is Role.LINE_HAUL:
            yield from _check_service_trip(view, trip)
        else:
            yield from _check_coach_trip(view, trip, gates[number])
    for duty in view.plan.duties:
        yield from _check_duty(view, duty)
    for run in view.plan.service_runs:
        yield from _check_run(view, run)


def list_words(names: Iterable[str]) -> str:
    """Names in order, ``none`` where there is none."""
    return ", ".join(sorted(names)) or "none"


def _list_batches(view: View) -> dict[int, set[str]]:
    """Batches of the riders of each trip."""
    rides, outcomes = view.rides, view.outcomes
    row = outcomes.row_of[rides.who]
    decided = row >= 0
    (trips, codes), _ = list_distinct(rides.trip[decided], outcomes.batch.codes[row[decided]])
    batches: dict[int, set[str]] = defaultdict(set)
    for trip, code in zip(trips.tolist(), codes.tolist(), strict=True):
        name = str(outcomes.batch.names[code])
        if name:
            batches[trip].add(name)
    return batches


def _list_gates(view: View) -> dict[int, dict[int, set[str]]]:
    """Per trip and stop: sites of the riders who alight there and whose gate lies there."""
    rides, stops = view.rides, view.stops
    site = view.people.site[rides.who]
    place = stops.place[stops.first[rides.trip] + rides.alight]
    at_gate = (site >= 0) & (view.site_places[site] == place)
    (trips, alights, sites), _ = list_distinct(rides.trip[at_gate], rides.alight[at_gate], site[at_gate])
    gates: dict[int, dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
    for trip, alight, number in zip(trips.tolist(), alights.tolist(), sites.tolist(), strict=True):
        gates[trip][alight].add(view.site_ids[number])
    return gates


def _check_trip(view: View, trip: Trip, batches: set[str]) -> Iterator[Finding]:
    load = view.load(trip.id)
    if trip.load != load:
        yield broken("P3", trip.id, f"The load is printed as {trip.load}; {load} people ride.")
    for stop, (up, down) in zip(trip.stops, view.count_at_stops(trip), strict=True):
        if (stop.board, stop.alight) != (up, down):
            seen = f"{stop.board} boarding and {stop.alight} alighting"
            yield broken(
                "P3", trip.id, f"At {stop.place_id} {seen} are printed; {up} and {down} was expected."
            )
    if set(trip.batch_ids) != batches:
        seen, right = list_words(trip.batch_ids), list_words(batches)
        yield broken("P3", trip.id, f"The batches {seen} are printed; {right} ride.")
    day = int(view.stops.day[view.number[trip.id]])
    if trip.service_date_min != day * 1440:
        seen = day_text(view.first_date, trip.service_date_min // 1440)
        right = day_text(view.first_date, day)
        yield broken("P3", trip.id, f"The service date is printed as {seen}; {right} was expected.")


def _check_coach_trip(view: View, trip: Trip, gates: dict[int, set[str]]) -> Iterator[Finding]:
    if trip.mode is not Mode.BUS:
        yield broken("P3", trip.id, f"The mode is printed as {trip.mode}; a coach trip is bus.")
    if trip.service_id or trip.carriages:
        yield broken(
            "P3", trip.id, f"A coach trip names the service '{trip.service_id}', {trip.carriages} carriages."
        )
    capacity = find_coach_capacity(view, trip)
    if trip.capacity != capacity:
        yield broken("P3", trip.id, f"The capacity is printed as {trip.capacity}; {capacity} is in force.")
    if trip.role is Role.FEEDER:
        return
    for index, stop in enumerate(trip.stops):
        right = gates.get(index, set())
        if set(stop.site_ids) != right:
            seen = list_words(stop.site_ids)
            yield broken(
                "P3",
                trip.id,
                f"At {stop.place_id} the sites {seen} are printed; {list_words(right)} was expected.",
            )


def _check_service_trip(view: View, trip: Trip) -> Iterator[Finding]:
    service, run = view.services[trip.service_id], view.runs[trip.service_id]
    if trip.duty_id or trip.km_tenths:
        yield broken(
            "P3", trip.id, f"A service trip names the duty '{trip.duty_id}' and {trip.km_tenths / 10:.1f} km."
        )
    if trip.mode is not service.mode:
        yield broken("P3", trip.id, f"The mode is printed as {trip.mode}; the service is by {service.mode}.")
    if trip.carriages != run.carriages and (trip.carriages or service.mode is Mode.TRAIN):
        yield broken("P3", trip.id, f"{trip.carriages} carriages are printed; the run has {run.carriages}.")
    peak = count_peak(view.flows_of(trip), len(trip.stops))
    most = run.carriages * service.carriage_seats
    if not peak <= trip.capacity <= most:
        yield broken(
            "P3", trip.id, f"The capacity is printed as {trip.capacity}; {peak} to {most} was expected."
        )


def _check_duty(view: View, duty: CoachDuty) -> Iterator[Finding]:
    path = find_path(view, duty)
    if path.trouble:
        return
    for trip in (view.trips[trip_id] for trip_id in duty.trip_ids):
        km_tenths = measure(path, trip)
        if trip.km_tenths != km_tenths:
            yield broken(
                "P3",
                trip.id,
                f"{trip.km_tenths / 10:.1f} km are printed; the legs sum to {km_tenths / 10:.1f} km.",
            )
    for move in path.moves:
        if move.leg >= 0 and duty.legs[move.leg].loaded != bool(move.trip_id):
            yield broken(
                "P3",
                duty.id,
                f"The leg from {move.from_id} to {move.to_id} is wrongly marked loaded or empty.",
            )


def _check_run(view: View, run: ServiceRun) -> Iterator[Finding]:
    load = view.load(run.trip_id)
    if run.load != load:
        yield broken("P3", run.service_id, f"The load is printed as {run.load}; {load} people ride.")
