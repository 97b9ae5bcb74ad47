"""C11: changing vehicles in time and at one terminal; bays for the coaches."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from dispatch.checker.accuse import broken, time_text
from dispatch.checker.view import Itinerary, View
from dispatch.findings import Finding
from dispatch.model.plan import Role, TripStop


def check_transfers(view: View) -> Iterator[Finding]:
    """Buffers and longest waits of every transfer; coaches per bay and slot."""
    for journey in view.journeys.values():
        yield from _check_journey(view, journey)
    yield from _check_bays(view)


def _check_journey(view: View, journey: Itinerary) -> Iterator[Finding]:
    for before, after in zip(journey.rides, journey.rides[1:], strict=False):
        arrival = view.trips[before.trip].stops[before.alight]
        departure = view.trips[after.trip].stops[after.board]
        who = journey.person.id
        if arrival.place_id != departure.place_id:
            yield broken(
                "C11",
                who,
                f"The worker leaves {before.trip} at {arrival.place_id}, boards at {departure.place_id}.",
            )
        elif view.trips[before.trip].role is Role.FEEDER:
            yield from _check_feeder(view, journey, arrival, departure)
        else:
            yield from _check_last_mile(view, who, arrival, departure)


def _check_feeder(
    view: View, journey: Itinerary, arrival: TripStop, departure: TripStop
) -> Iterator[Finding]:
    buffer = view.buffer_min(arrival.place_id)
    leaves = time_text(view.first_date, departure.depart_min)
    if arrival.arrive_min + buffer > departure.depart_min:
        yield broken(
            "C11",
            journey.person.id,
            f"The feeder arrives at {time_text(view.first_date, arrival.arrive_min)}, the service leaves at {leaves};"
            f" {buffer} min are needed.",
        )
    hours = view.scenario.limits.max_wait_h
    if journey.first_min < departure.depart_min - 60 * hours:
        yield broken(
            "C11",
            journey.person.id,
            f"The worker boards more than {hours} h before the service leaves at {leaves}.",
        )


def _check_last_mile(view: View, who: str, arrival: TripStop, departure: TripStop) -> Iterator[Finding]:
    buffer = view.buffer_min(arrival.place_id)
    wait = departure.arrive_min - arrival.arrive_min
    if wait < buffer:
        yield broken(
            "C11",
            who,
            f"The last-mile coach loads {wait} min after the service arrives; {buffer} are needed.",
        )
    if wait > 60 * view.scenario.limits.max_wait_h:
        yield broken(
            "C11",
            who,
            f"The worker waits {wait} min for the coach; {view.scenario.limits.max_wait_h} h are allowed.",
        )


def _check_bays(view: View) -> Iterator[Finding]:
    taken: dict[tuple[str, int], set[str]] = defaultdict(set)
    for trip in view.coach_trips():
        for stop in trip.stops:
            terminal = view.scenario.terminals.get(stop.place_id)
            if terminal is None or terminal.bays is None:
                continue
            last = max(stop.arrive_min, stop.depart_min - 1) // terminal.slot_min
            for slot in range(stop.arrive_min // terminal.slot_min, last + 1):
                taken[stop.place_id, slot].add(trip.duty_id)
    for (place_id, slot), coaches in sorted(taken.items()):
        terminal = view.scenario.terminals[place_id]
        if terminal.bays is not None and len(coaches) > terminal.bays:
            when = time_text(view.first_date, slot * terminal.slot_min)
            yield broken(
                "C11",
                place_id,
                f"{len(coaches)} coaches stand at the terminal in the slot from {when}; it has {terminal.bays} bays.",
            )
