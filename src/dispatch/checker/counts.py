"""P3, second part: loads, counts at stops, capacities, batches and outcomes add up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from dispatch.checker.accuse import broken, day_text, time_text
from dispatch.checker.bills import count_lateness
from dispatch.checker.capacity import count_peak, find_coach_capacity
from dispatch.checker.path import find_path
from dispatch.checker.timetable import measure
from dispatch.checker.view import Itinerary, View
from dispatch.findings import Finding
from dispatch.model.plan import Batch, CoachDuty, Role, ServiceRun, Trip
from dispatch.model.supply import Mode


def check_counts(view: View) -> Iterator[Finding]:
    """Everything printed that follows from something else in the plan."""
    for trip in view.plan.trips:
        yield from _check_trip(view, trip)
    for duty in view.plan.duties:
        yield from _check_duty(view, duty)
    for run in view.plan.service_runs:
        yield from _check_run(view, run)
    for journey in view.journeys.values():
        yield from _check_outcome(view, journey)
    yield from _check_set_aside(view)
    yield from _check_batches(view)


def _check_trip(view: View, trip: Trip) -> Iterator[Finding]:
    rides = view.riders[trip.id]
    load = len({ride.worker for ride in rides})
    if trip.load != load:
        yield broken("P3", trip.id, f"The load is printed as {trip.load}; {load} people ride.")
    for stop, (up, down) in zip(trip.stops, view.count_at_stops(trip), strict=True):
        if (stop.board, stop.alight) != (up, down):
            seen = f"{stop.board} boarding and {stop.alight} alighting"
            yield broken(
                "P3", trip.id, f"At {stop.place_id} {seen} are printed; {up} and {down} was expected."
            )
    named = (view.outcomes[ride.worker].batch for ride in rides if ride.worker in view.outcomes)
    batches = {batch for batch in named if batch}
    if set(trip.batch_ids) != batches:
        yield broken(
            "P3", trip.id, f"The batches {_list(trip.batch_ids)} are printed; {_list(batches)} ride."
        )
    is_service = trip.role is Role.LINE_HAUL
    start = view.services[trip.service_id].stops[0].depart_min if is_service else trip.stops[0].arrive_min
    if trip.service_date_min != start // 1440 * 1440:
        seen, right = (day_text(view.first_date, minute // 1440) for minute in (trip.service_date_min, start))
        yield broken("P3", trip.id, f"The service date is printed as {seen}; {right} was expected.")
    yield from _check_service_trip(view, trip) if is_service else _check_coach_trip(view, trip)


def _check_coach_trip(view: View, trip: Trip) -> Iterator[Finding]:
    if trip.mode is not Mode.BUS:
        yield broken("P3", trip.id, f"The mode is printed as {trip.mode}; a coach trip is bus.")
    if trip.service_id or trip.carriages:
        yield broken(
            "P3", trip.id, f"A coach trip names the service '{trip.service_id}', {trip.carriages} carriages."
        )
    capacity = find_coach_capacity(view, trip)
    if trip.capacity != capacity:
        yield broken("P3", trip.id, f"The capacity is printed as {trip.capacity}; {capacity} is in force.")
    sites = view.scenario.geography.sites
    for index, stop in enumerate(trip.stops):
        here = [view.people[ride.worker].site for ride in view.riders[trip.id] if ride.alight == index]
        gates = {site for site in here if site in sites and sites[site].place_id == stop.place_id}
        if trip.role is not Role.FEEDER and set(stop.site_ids) != gates:
            yield broken(
                "P3",
                trip.id,
                f"At {stop.place_id} the sites {_list(stop.site_ids)} are printed; {_list(gates)} was expected.",
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
    peak = count_peak(view.riders[trip.id], len(trip.stops))
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
    load = len({ride.worker for ride in view.riders[run.trip_id]})
    if run.load != load:
        yield broken("P3", run.service_id, f"The load is printed as {run.load}; {load} people ride.")


def _check_outcome(view: View, journey: Itinerary) -> Iterator[Finding]:
    who, outcome = journey.person.id, view.outcomes[journey.person.id]
    if not journey.arrive_from_min <= outcome.arrive_min <= journey.arrive_to_min:
        seen, right = (time_text(view.first_date, m) for m in (outcome.arrive_min, journey.arrive_from_min))
        yield broken("P3", who, f"The arrival is printed as {seen}; {right} was expected.")
    if outcome.service_day != journey.service_day:
        yield broken(
            "P3",
            who,
            f"The service date is misprinted; {day_text(view.first_date, journey.service_day)} was expected.",
        )
    if outcome.mode != journey.line_haul.mode:
        yield broken(
            "P3", who, f"The mode is printed as '{outcome.mode}'; {journey.line_haul.mode} was expected."
        )
    if outcome.lateness != count_lateness(journey):
        yield broken(
            "P3", who, f"{outcome.lateness} days late are printed; {count_lateness(journey)} was expected."
        )


def _check_set_aside(view: View) -> Iterator[Finding]:
    for worker, outcome in view.outcomes.items():
        person = view.people[worker]
        if outcome.party_key not in (person.party, f"{person.party}#{worker}"):
            yield broken(
                "P3", worker, f"The party is printed as {outcome.party_key}; {person.party} was expected."
            )
        figures = (outcome.service_day, outcome.mode, outcome.arrive_min, outcome.lateness)
        if outcome.status != "itinerary" and figures != (None, "", 0, 0):
            yield broken(
                "P3",
                worker,
                f"The worker is {outcome.status} but has a service date, mode, arrival or lateness.",
            )
        if outcome.status == "itinerary" and outcome.reason:
            yield broken(
                "P3", worker, f"The worker has an itinerary and the reason {outcome.reason} for having none."
            )
        if outcome.status != "itinerary" and outcome.batch:
            yield broken(
                "P3", worker, f"The worker is {outcome.status} but counted in the batch {outcome.batch}."
            )


def _check_batches(view: View) -> Iterator[Finding]:
    members: dict[str, list[Itinerary]] = defaultdict(list)
    for worker, outcome in view.outcomes.items():
        if outcome.status == "itinerary" and outcome.batch not in view.batches:
            yield broken("P3", worker, f"The worker's batch '{outcome.batch}' is not listed.")
        elif worker in view.journeys:
            members[outcome.batch].append(view.journeys[worker])
    seen: dict[tuple[str, str, str, int], str] = {}
    for batch in view.plan.batches:
        key = (batch.origin_region_id, batch.destination_area, batch.mode.value, batch.service_date_min)
        if seen.setdefault(key, batch.id) != batch.id:
            yield broken(
                "P3", batch.id, f"The batch is the same as {seen[key]}: county, area, mode and date agree."
            )
        yield from _check_batch(view, batch, members[batch.id])


def _check_batch(view: View, batch: Batch, members: list[Itinerary]) -> Iterator[Finding]:
    if batch.workers != len(members) or not members:
        yield broken(
            "P3", batch.id, f"{batch.workers} workers are printed; {len(members)} belong to the batch."
        )
    key = (batch.origin_region_id, batch.destination_area, batch.mode.value, batch.service_date_min)
    for journey in members:
        mine = _find_key(view, journey)
        if mine != key:
            yield broken(
                "P3", batch.id, f"{journey.person.id} belongs to {_tell(mine)}, not to {_tell(key)}."
            )
    hauls = {journey.line_haul.id for journey in members}
    every = {ride.trip for journey in members for ride in journey.rides}
    if members and not hauls <= set(batch.trip_ids) <= every:
        yield broken(
            "P3", batch.id, f"The trips {_list(batch.trip_ids)} are printed; {_list(hauls)} was expected."
        )


def _find_key(view: View, journey: Itinerary) -> tuple[str, str, str, int]:
    geography = view.scenario.geography
    area = geography.get_destination_area(view.county(geography.sites[journey.person.site].place_id))
    county = view.county(journey.person.boarding)
    return county, area, journey.line_haul.mode.value, journey.service_day * 1440


def _tell(key: tuple[str, str, str, int]) -> str:
    return f"{key[0]} to {key[1]} by {key[2]}"


def _list(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "none"
