"""Corridors that are pickup problems: one gate, one date, any number of pickups; routed as a whole before anything else.

Ruin and recreate grows a coach stop by stop and is at home where a coach stops a few times. Where it may stop often,
the order of stops and the mix of coaches are the problem, and ``routing.many_stops`` answers it. Every trip it
proposes is priced and judged by ``DirectCosts`` like any other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dispatch.batching.demand import Unit
from dispatch.batching.direct import DirectTrip
from dispatch.batching.state import State
from dispatch.model.supply import FleetLine
from dispatch.routing.trips import TripShape
from dispatch.units import divide_half_even

#: From so many lawful pickups on (or without a limit) a corridor is a routing problem.
FEWEST_PICKUPS = 6
#: Most units routed as a whole.
MOST_UNITS = 250


@dataclass(frozen=True, kw_only=True)
class _Pickup:
    """A corridor's units, one date, one gate, and the lines that could run."""

    units: Sequence[Unit]
    day: int
    gate: str
    lines: Sequence[FleetLine]


def offer_pickup_routes(state: State, effort: str, seed: int) -> bool:
    """Route the corridors of an empty state that are pickup problems; True where nothing is left to decide.

    A corridor whose routes do not save anything, or are not lawful as they stand, stays as it was.
    """
    settled = True
    for corridor, units in sorted(state.demand.group_by_corridor().items()):
        pickup = _recognise(state, units)
        routed = pickup is not None and _route(state, pickup, effort, seed)
        settled = settled and routed and not state.riders_of[corridor]
    return settled and not any(_has_other_ways(state, unit) for unit in state.demand.units)


def _has_other_ways(state: State, unit: Unit) -> bool:
    """True where a unit could also go by service or own ticket, which the routes did not weigh."""
    return bool(state.alternatives.find_options(unit)) or state.alternatives.find_own_ticket(unit) is not None


def _recognise(state: State, units: Sequence[Unit]) -> _Pickup | None:
    limits = state.costs.scenario.limits
    if limits.max_pickups is not None and limits.max_pickups < FEWEST_PICKUPS:
        return None
    gates = {party.cell.gate for unit in units for party in unit.parties}
    if len(gates) != 1 or not 2 <= len(units) <= MOST_UNITS or state.demand.apart:
        return None
    if not all(state.is_free(unit) and _is_simple(unit) for unit in units):
        return None
    day = _find_common_day(units)
    lines = [line for line in state.costs.lines.values() if day is not None and _has_coach(state, line, day)]
    if day is None or not lines or len({(line.depot_place_id, line.returns) for line in lines}) != 1:
        return None
    return _Pickup(units=units, day=day, gate=gates.pop(), lines=lines)


def _has_coach(state: State, line: FleetLine, day: int) -> bool:
    return state.resources.has_coach(line.id, day, 1, 1)


def _is_simple(unit: Unit) -> bool:
    """True for a unit that boards at one place and may ride any coach."""
    boards = {party.cell.board for party in unit.parties}
    return len(boards) == 1 and all(
        party.cell.may_ride_bus and not party.cell.fleet_lock for party in unit.parties
    )


def _find_common_day(units: Sequence[Unit]) -> int | None:
    """Day on which all may travel and the fewest are late; None where there is no such day."""
    cells = {party.cell.index: party.cell for unit in units for party in unit.parties}
    common = set.intersection(*(set(cell.days) for cell in cells.values()))
    people: dict[int, int] = defaultdict(int)
    for unit in units:
        for party in unit.parties:
            people[party.cell.preferred] += party.size

    def count_late_days(day: int) -> tuple[int, int]:
        return sum(max(0, day - wanted) * count for wanted, count in people.items()), day

    return min(common, key=count_late_days, default=None)


def _route(state: State, pickup: _Pickup, effort: str, seed: int) -> bool:
    """Put the routes of a corridor into the state; False where it does not get cheaper by them."""
    from dispatch.routing.many_stops.problem import Kind, PickupProblem
    from dispatch.routing.many_stops.solve import find_routes

    kinds = []
    for line in pickup.lines:
        shapes = _list_direct_shapes(state, line, pickup)
        if not shapes:
            return False
        km_minor = 0 if line.tariff.lump_trip_minor is not None else line.tariff.km_minor
        kinds.append(
            Kind(
                capacity=min(state.costs.get_capacity(shape, pickup.day) for shape in shapes),
                fixed_minor=max(_fixed_cash(shape, km_minor) for shape in shapes),
                km_minor=km_minor,
                available=_count_free(state, line, pickup.day),
            )
        )
    problem = PickupProblem(
        km_tenths=_measure(state, pickup),
        people=np.array([0, *(unit.size for unit in pickup.units)], dtype=np.int64),
        kinds=tuple(kinds),
        most_stops=state.costs.scenario.limits.max_pickups,
    )
    plan = find_routes(problem, effort, seed)
    if plan is None:
        return False
    trips = [
        state.costs.evaluate(
            pickup.lines[route.kind].id, pickup.day, tuple(pickup.units[stop - 1] for stop in route.stops)
        )
        for route in plan.routes
    ]
    return _put_all(state, trips)


def _put_all(state: State, trips: Sequence[DirectTrip | None]) -> bool:
    """Put all trips on the road, or none where one is not lawful or they cost more than they save."""
    before, mark = state.cost_minor, state.mark()
    for trip in trips:
        if trip is None or not state.resources.fits(trip):
            state.undo_to(mark)
            return False
        state.add_trip(trip)
    if state.cost_minor >= before:
        state.undo_to(mark)
        return False
    state.commit()
    return True


def _list_direct_shapes(state: State, line: FleetLine, pickup: _Pickup) -> list[TripShape]:
    """Runs of a line from each boarding place alone to the gate; empty where one of them is not lawful."""
    shapes = []
    for board in sorted({unit.cell.board for unit in pickup.units}):
        shape = state.costs.find_shape(line.id, frozenset((board,)), frozenset((pickup.gate,)))
        if shape is None:
            return []
        shapes.append(shape)
    return shapes


def _fixed_cash(shape: TripShape, km_minor: int) -> int:
    return shape.cash_minor - divide_half_even(shape.km_tenths_total * km_minor, 10)


def _count_free(state: State, line: FleetLine, day: int) -> int | None:
    available = state.resources.find_available(line.id, day)
    return None if available is None else max(0, available - state.resources.fleet_used[line.id, day])


def _measure(state: State, pickup: _Pickup) -> NDArray[np.int64]:
    """Km (tenths) from the depot (row 0), between units, and to the gate and on to where the coach ends (column 0)."""
    context, line = state.costs.context, pickup.lines[0]
    rows = [context.index[unit.cell.board] for unit in pickup.units]
    depot, gate = context.index[line.depot_place_id], context.index[pickup.gate]
    frozen = context.travel.km_tenths
    km = np.zeros((len(rows) + 1, len(rows) + 1), dtype=np.int64)
    km[0, 1:] = frozen[depot, rows]
    km[1:, 1:] = frozen[np.ix_(rows, rows)]
    km[1:, 0] = frozen[rows, gate] + (frozen[gate, depot] if line.returns else 0)
    np.fill_diagonal(km, 0)
    return km
