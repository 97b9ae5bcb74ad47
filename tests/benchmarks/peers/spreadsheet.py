"""How an office plans with a spreadsheet: city by city, day by day, full coaches leave, leftovers wait for their last day."""

from __future__ import annotations

import time
from collections.abc import Sequence

from benchmarks.peers.corridors import Outcome, find_penalties
from benchmarks.peers.mending import settle
from dispatch.batching.demand import Unit
from dispatch.batching.direct import DirectCosts, DirectTrip
from dispatch.batching.resources import Resources
from dispatch.planning.prepared import Prepared


def plan_by_spreadsheet(ready: Prepared) -> Outcome:
    """Trips of the office: the largest coach type first, whoever has waited longest first."""
    started = time.process_time()
    costs = DirectCosts(ready.scenario, ready.context, ready.demand)
    resources = Resources(ready.scenario)
    types = ready.scenario.vehicle_types
    lines = sorted(costs.lines, key=lambda line: (-types[costs.lines[line].type_id].approved, line))
    penalties = find_penalties(ready, costs)
    trips: list[DirectTrip] = []
    last = max((day for unit in ready.demand.units for day in unit.cell.days), default=-1)
    waiting = {key: list(units) for key, units in sorted(ready.demand.group_by_corridor().items())}
    for day in range(last + 1):
        for key, units in waiting.items():
            made = _send(costs, resources, lines, day, units, penalties)
            trips.extend(made)
            gone = {unit.index for trip in made for unit in trip.units}
            waiting[key] = [unit for unit in units if unit.index not in gone]
    return Outcome(trips=tuple(trips), cpu_s=time.process_time() - started, routes=len(trips), mended=0)


def _send(
    costs: DirectCosts,
    resources: Resources,
    lines: Sequence[str],
    day: int,
    units: Sequence[Unit],
    penalties: dict[int, int],
) -> list[DirectTrip]:
    """Coaches of one city on one day: full ones, and one for everybody whose last day it is."""
    here = sorted(
        (unit for unit in units if day in unit.cell.days),
        key=lambda unit: (unit.cell.days[-1], unit.cell.gate, unit.cell.board, unit.index),
    )
    made: list[DirectTrip] = []
    while here:
        trip = _next_coach(costs, resources, lines, day, here)
        if trip is None:
            break
        is_urgent = any(unit.cell.days[-1] == day for unit in trip.units)
        is_worth_it = sum(penalties[unit.index] for unit in trip.units) > trip.cost_minor
        if not is_worth_it or not (is_urgent or trip.load >= 0.9 * trip.capacity):
            break
        resources.hold(trip, 1)
        made.append(trip)
        aboard = {unit.index for unit in trip.units}
        here = [unit for unit in here if unit.index not in aboard]
    return made


def _next_coach(
    costs: DirectCosts, resources: Resources, lines: Sequence[str], day: int, units: Sequence[Unit]
) -> DirectTrip | None:
    """Coach of the first free type, filled in the order of the list as long as the trip stays lawful."""
    for line in lines:
        trip: DirectTrip | None = None
        for unit in units:
            if trip is not None and trip.load + unit.size > trip.capacity:
                continue
            fuller, complete = settle(costs, resources, line, day, (*(trip.units if trip else ()), unit))
            if fuller is not None and complete:
                trip = fuller
        if trip is not None:
            return trip
    return None
