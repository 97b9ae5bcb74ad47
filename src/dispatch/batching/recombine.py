"""Recombining coaches: per corridor, the best set of skeletons (line, day, stops), each filled anew.

The step that strong fleet-mix methods share (Subramanian et al. 2012), as an integer programme over a pool of real trips:
those the search accepted and those grown from many starts. A trip keeps its stops, its seats are given out again.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence

from ortools.math_opt.python import mathopt

from dispatch.batching.demand import Unit
from dispatch.batching.direct import DirectTrip
from dispatch.batching.opening import Takers, grow_trip
from dispatch.batching.search import price_elsewhere, recreate
from dispatch.batching.state import CorridorKey, State

#: Most skeletons that are weighed for one corridor, the newest first.
MOST_SKELETONS = 160
#: Starts from which trips are grown on each day, on each of the lines with the cheapest seats.
STARTS = 5
LINES = 2
RELATIVE_GAP = 0.004
#: The root alone: its cuts and heuristics find what sixty nodes found, in two thirds of the time.
MOST_NODES = 1


class TripPool:
    """Trips seen in accepted plans, by corridor; the same people on the same line and day are kept once."""

    def __init__(self) -> None:
        self._seen: dict[CorridorKey, dict[tuple[str, int, tuple[int, ...]], DirectTrip]] = defaultdict(dict)

    def add(self, trip: DirectTrip) -> None:
        """Remember a trip."""
        key = (trip.fleet_id, trip.day, tuple(sorted(unit.index for unit in trip.units)))
        self._seen[trip.units[0].cell.corridor].setdefault(key, trip)

    def get_newest(self, corridor: CorridorKey) -> list[DirectTrip]:
        """One trip of each skeleton of a corridor, the newest last, at most ``MOST_SKELETONS``."""
        skeletons: dict[tuple[int, int], DirectTrip] = {}
        for trip in self._seen[corridor].values():
            skeletons.pop((id(trip.shape), trip.day), None)
            skeletons[id(trip.shape), trip.day] = trip
        return list(skeletons.values())[-MOST_SKELETONS:]


class Settled:
    """Corridors that recombining could not improve: not tried again before their trips or values change."""

    def __init__(self) -> None:
        self._seen: dict[CorridorKey, object] = {}

    def knows(self, corridor: CorridorKey, sight: object) -> bool:
        """True where a corridor was settled at the same sight."""
        return self._seen.get(corridor) == sight

    def add(self, corridor: CorridorKey, sight: object) -> None:
        """Remember that a corridor cannot be improved at a sight."""
        self._seen[corridor] = sight


def recombine(state: State, pool: TripPool, settled: Settled, rng: random.Random) -> None:
    """Improve a state corridor by corridor; a corridor that does not get cheaper stays as it was."""
    corridors = state.demand.group_by_corridor()
    for corridor in sorted(corridors):
        units = [unit for unit in corridors[corridor] if unit.cell.may_ride_bus]
        before, mark = state.cost_minor, state.mark()
        now = [state.remove_trip(number) for number in sorted(state.trips_of[corridor])]
        values = {unit.index: _value(state, unit) for unit in units}
        sight = (_see(now), tuple(values.values()))
        if not units or settled.knows(corridor, sight):
            state.undo_to(mark)
            continue
        for trip in (*_grow_many(state, units, values), *now):
            pool.add(trip)
        chosen = _Choice(state, pool.get_newest(corridor), units, values).solve()
        _apply(state, chosen, units, rng)
        if state.cost_minor >= before or state.find_underfilled():
            state.undo_to(mark)
            settled.add(corridor, sight)
        state.commit()


def _see(trips: Sequence[DirectTrip]) -> frozenset[tuple[str, int, frozenset[int]]]:
    """Trips by line, day and units."""
    return frozenset(
        (trip.fleet_id, trip.day, frozenset(unit.index for unit in trip.units)) for trip in trips
    )


def _value(state: State, unit: Unit) -> int:
    """What a unit costs now without a coach: on its service, or wherever it would be cheapest."""
    if unit.index in state.service_of:
        option = state.alternatives.get_option(unit.cell.index, state.service_of[unit.index])
        return state.alternatives.expect_price(option) * unit.size
    return price_elsewhere(state, unit)


def _grow_many(state: State, units: Sequence[Unit], values: dict[int, int]) -> list[DirectTrip]:
    """Trips grown on every day of a corridor from several starts, on the lines with the cheapest seats."""
    if not units:
        return []
    board, gate = units[0].cell.board, units[0].cell.gate
    per_seat = []
    for fleet_id, line in state.costs.lines.items():
        cash = state.costs.get_cheapest_cash(fleet_id, board, gate)
        if cash is not None:
            per_seat.append((cash / state.costs.scenario.vehicle_types[line.type_id].approved, fleet_id))
    grown = []
    for day in sorted({day for unit in units for day in unit.cell.days}):
        takers = Takers(day, units, values)
        for _, fleet_id in sorted(per_seat)[:LINES]:
            for rank in range(STARTS):
                offer = grow_trip(state.costs, fleet_id, takers, rank)
                if offer is not None:
                    grown.append(offer.trip)
    return grown


class _Choice:
    """Which skeletons run how often, and who rides them."""

    def __init__(
        self, state: State, trips: Sequence[DirectTrip], units: Sequence[Unit], values: dict[int, int]
    ) -> None:
        self.state = state
        self.trips = trips
        self.model = mathopt.Model(name="recombine")
        self.runs = [self.model.add_integer_variable(lb=0, ub=3) for _ in trips]
        self.rides: list[list[tuple[Unit, mathopt.Variable]]] = []
        gain: list[mathopt.LinearTypes] = []
        seats_of: dict[int, list[mathopt.Variable]] = defaultdict(list)
        for trip, run in zip(trips, self.runs, strict=True):
            gain.append(-trip.shape.cash_minor * run)
            rides = []
            for unit in units:
                net = _net(state, trip, unit, values[unit.index])
                if net > 0:
                    ride = self.model.add_variable(lb=0, ub=1)
                    rides.append((unit, ride))
                    seats_of[unit.index].append(ride)
                    gain.append(net * ride)
            self.rides.append(rides)
            load = mathopt.fast_sum(unit.size * ride for unit, ride in rides)
            self.model.add_linear_constraint(load <= trip.capacity * run)
        for seats in seats_of.values():
            self.model.add_linear_constraint(mathopt.fast_sum(seats) <= 1)
        self._add_fleet_rows()
        self.model.maximize(mathopt.fast_sum(gain))

    def _add_fleet_rows(self) -> None:
        resources = self.state.resources
        out: dict[tuple[str, int], list[mathopt.Variable]] = defaultdict(list)
        for trip, run in zip(self.trips, self.runs, strict=True):
            for day in resources.days_touched(trip.fleet_id, trip.day, trip.shape.days):
                out[trip.fleet_id, day].append(run)
        for (fleet_id, day), runs in out.items():
            available = resources.find_available(fleet_id, day)
            if available is not None:
                free = max(0, available - resources.fleet_used[fleet_id, day])
                self.model.add_linear_constraint(mathopt.fast_sum(runs) <= free)

    def solve(self) -> list[tuple[DirectTrip, list[Unit]]]:
        """(trip whose stops are run, units wished aboard, the surest first), once for each run."""
        params = mathopt.SolveParameters(relative_gap_tolerance=RELATIVE_GAP, node_limit=MOST_NODES)
        result = mathopt.solve(self.model, mathopt.SolverType.HIGHS, params=params)
        if not result.has_primal_feasible_solution():
            return []
        answer = result.variable_values()
        chosen = []
        for trip, run, rides in zip(self.trips, self.runs, self.rides, strict=True):
            wished = sorted(
                (
                    (-answer[ride], -unit.size, unit.index, unit)
                    for unit, ride in rides
                    if answer[ride] > 1e-6
                ),
                key=lambda item: item[:3],
            )
            chosen += [(trip, [unit for *_, unit in wished])] * round(answer[run])
        return chosen


def _net(state: State, trip: DirectTrip, unit: Unit, value: int) -> int:
    """What a unit saves aboard a trip against its value; 0 where it may not ride."""
    if trip.day not in unit.cell.days:
        return 0
    for party in unit.parties:
        if party.cell.board not in trip.shape.pickups or party.cell.gate not in trip.shape.drops:
            return 0
        per_head = state.costs.find_cost_per_head(trip.shape, trip.day, party.cell)
        if per_head is None:
            return 0
        value -= per_head * party.size
    return max(0, value)


def _apply(
    state: State,
    chosen: Sequence[tuple[DirectTrip, Sequence[Unit]]],
    units: Sequence[Unit],
    rng: random.Random,
) -> None:
    """Run the chosen trips with whom they wish as far as seats last, then put everyone else back."""
    seated: set[int] = set()
    for trip, wished in chosen:
        room = trip.capacity
        aboard = []
        for unit in wished:
            if unit.index not in seated and unit.size <= room:
                aboard.append(unit)
                room -= unit.size
        made = state.costs.evaluate(trip.fleet_id, trip.day, tuple(aboard)) if aboard else None
        if made is None or not state.resources.fits(made):
            continue
        seated |= {unit.index for unit in aboard}
        for unit in aboard:
            state.release(unit)
        state.add_trip(made)
    recreate(state, [unit for unit in units if state.is_free(unit)], rng, openings_tried=3)
