"""C10: services that run as their carrier offers them, committed ones always, slots of terminals."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from dispatch.checker.accuse import broken, day_text, time_text
from dispatch.checker.view import View
from dispatch.findings import Finding
from dispatch.model.plan import ServiceRun, Trip
from dispatch.model.supply import Mode, Service, ServiceKind, ServiceStatus


def check_services(view: View) -> Iterator[Finding]:
    """Minimum load (distinct passengers), carriages, status, timetable; committed services; slots per terminal and date."""
    for run in view.plan.service_runs:
        service, trip = view.services[run.service_id], view.trips[run.trip_id]
        yield from _check_run(view, run, service)
        yield from _check_stops(view, service, trip)
    for service in view.scenario.services:
        if service.committed and service.id not in view.runs:
            yield broken(
                "C10", service.id, "The service is committed but does not run.", "Run it, or release it."
            )
    yield from _check_slots(view)


def _check_run(view: View, run: ServiceRun, service: Service) -> Iterator[Finding]:
    if service.status is ServiceStatus.REFUSED:
        yield broken("C10", service.id, "The carrier refused this service, yet it runs.")
    if not service.min_carriages <= run.carriages <= service.max_carriages:
        yield broken(
            "C10",
            service.id,
            f"It runs with {run.carriages} carriages; {service.min_carriages} to {service.max_carriages} are offered.",
        )
    load = view.load(run.trip_id)
    if load < service.min_load and not service.committed:
        yield broken(
            "C10", service.id, f"{load} people ride; the carrier runs it from {service.min_load} on."
        )


def _check_stops(view: View, service: Service, trip: Trip) -> Iterator[Finding]:
    position = 0
    for stop, (up, down) in zip(trip.stops, view.count_at_stops(trip), strict=True):
        rest = service.stops[position:]
        times = (stop.place_id, stop.arrive_min, stop.depart_min)
        found = next(
            (i for i, s in enumerate(rest) if (s.place_id, s.arrive_min, s.depart_min) == times), None
        )
        if found is None:
            when = time_text(view.first_date, stop.arrive_min)
            yield broken(
                "C10", trip.id, f"The service does not stop at {stop.place_id} at {when} in its timetable."
            )
            return
        if (up and not rest[found].boards) or (down and not rest[found].alights):
            yield broken(
                "C10", trip.id, f"The service does not let people {'on' if up else 'off'} at {stop.place_id}."
            )
        position += found + 1


def _check_slots(view: View) -> Iterator[Finding]:
    calls: dict[tuple[str, Mode, int], set[str]] = defaultdict(set)
    for run in view.plan.service_runs:
        service = view.services[run.service_id]
        if service.kind is ServiceKind.SEATS:
            continue
        for index, stop in enumerate(service.stops):
            at_min = stop.arrive_min if index else stop.depart_min
            calls[stop.place_id, service.mode, at_min // 1440].add(service.id)
    for (place_id, mode, day), names in sorted(calls.items()):
        terminal = view.scenario.terminals.get(place_id)
        if terminal is None:
            continue
        limit = terminal.aircraft_per_day if mode is Mode.CHARTER else terminal.trains_per_day
        if limit is not None and len(names) > limit:
            yield broken(
                "C10",
                place_id,
                f"{len(names)} services ({mode}) stop here on {day_text(view.first_date, day)}; {limit} have a slot.",
            )
