"""C11: changing vehicles in time and at one terminal; bays for the coaches."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import numpy as np

from dispatch.checker.accuse import broken, time_text
from dispatch.checker.columns import Ints
from dispatch.checker.journeys import LONGEST_CHAIN
from dispatch.checker.stops import FEEDER
from dispatch.checker.view import View
from dispatch.findings import Finding


def check_transfers(view: View) -> Iterator[Finding]:
    """Buffers and longest waits of every transfer; coaches per bay and slot."""
    journeys, rides = view.journeys, view.rides
    length = journeys.last - journeys.first
    for step in range(LONGEST_CHAIN - 1):
        changing = np.flatnonzero(length > step)
        yield from _check_changes(view, changing, journeys.first[changing] + step, rides.trip)
    yield from _check_bays(view)


def _check_changes(view: View, rows: Ints, before: Ints, trip: Ints) -> Iterator[Finding]:
    """Changes from the ride ``before`` to the next of the journeys ``rows``."""
    rides, stops = view.rides, view.stops
    after = before + 1
    off = stops.first[trip[before]] + rides.alight[before]
    on = stops.first[trip[after]] + rides.board[after]
    is_apart = stops.place[off] != stops.place[on]
    for row in np.flatnonzero(is_apart):
        yield broken(
            "C11",
            view.people.name(view.journeys.who[rows[row]]),
            f"The worker leaves {view.plan.trips[trip[before[row]]].id} at {view.place_ids[stops.place[off[row]]]},"
            f" boards at {view.place_ids[stops.place[on[row]]]}.",
        )
    by_feeder = stops.role[trip[before]] == FEEDER
    fed, fetched = np.flatnonzero(~is_apart & by_feeder), np.flatnonzero(~is_apart & ~by_feeder)
    yield from _check_feeders(view, rows[fed], off[fed], on[fed])
    yield from _check_last_miles(view, rows[fetched], off[fetched], on[fetched])


def _check_feeders(view: View, rows: Ints, off: Ints, on: Ints) -> Iterator[Finding]:
    stops, journeys, first = view.stops, view.journeys, view.first_date
    buffer = view.buffers[stops.place[off]]
    leaves = stops.depart[on]
    for row in np.flatnonzero(stops.arrive[off] + buffer > leaves):
        yield broken(
            "C11",
            view.people.name(journeys.who[rows[row]]),
            f"The feeder arrives at {time_text(first, stops.arrive[off[row]])},"
            f" the service leaves at {time_text(first, leaves[row])}; {buffer[row]} min are needed.",
        )
    hours = view.scenario.limits.max_wait_h
    for row in np.flatnonzero(journeys.first_min[rows] < leaves - 60 * hours):
        yield broken(
            "C11",
            view.people.name(journeys.who[rows[row]]),
            f"The worker boards more than {hours} h before the service leaves at {time_text(first, leaves[row])}.",
        )


def _check_last_miles(view: View, rows: Ints, off: Ints, on: Ints) -> Iterator[Finding]:
    stops, who, hours = view.stops, view.journeys.who, view.scenario.limits.max_wait_h
    buffer = view.buffers[stops.place[off]]
    wait = stops.arrive[on] - stops.arrive[off]
    for row in np.flatnonzero(wait < buffer):
        yield broken(
            "C11",
            view.people.name(who[rows[row]]),
            f"The last-mile coach loads {wait[row]} min after the service arrives; {buffer[row]} are needed.",
        )
    for row in np.flatnonzero(wait > 60 * hours):
        yield broken(
            "C11",
            view.people.name(who[rows[row]]),
            f"The worker waits {wait[row]} min for the coach; {hours} h are allowed.",
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
