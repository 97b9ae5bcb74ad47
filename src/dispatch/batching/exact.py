"""Exact assignment of a handful of units: every lawful coach trip as a column, chosen by constraint programming.

For scenarios that fit on a page. Transfers enter at their expected price, so the answer is the optimum only where
no transfer coach is needed; the caller compares true costs.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations

from ortools.sat.python import cp_model

from dispatch.batching.demand import Unit
from dispatch.batching.direct import DirectTrip
from dispatch.batching.state import Assignment, State

#: Most coach trips weighed; beyond, the instance is not tiny.
MOST_TRIPS = 6_000
#: Deterministic time of the solver; the same on every machine.
MOST_WORK = 8.0


def solve_exactly(state: State) -> Assignment | None:
    """Cheapest assignment of all units of an empty state, or None where there are too many trips to weigh."""
    if state.resources.bay_terminals & {cell.gate for cell in state.demand.cells}:
        return None
    trips = _list_trips(state)
    if trips is None:
        return None
    return _Choice(state, trips).solve()


def _list_trips(state: State) -> list[DirectTrip] | None:
    """Every lawful direct trip of any subset of a corridor's units."""
    trips: list[DirectTrip] = []
    weighed = 0
    for units in state.demand.group_by_corridor().values():
        riders = [unit for unit in units if unit.cell.may_ride_bus]
        days = sorted({day for unit in riders for day in unit.cell.days})
        weighed += (2 ** len(riders) - 1) * len(days) * len(state.costs.lines)
        if weighed > MOST_TRIPS:
            return None
        for size in range(1, len(riders) + 1):
            for chosen in combinations(riders, size):
                trips.extend(_weigh(state, chosen, days))
    return trips


def _weigh(state: State, units: tuple[Unit, ...], days: list[int]) -> list[DirectTrip]:
    found = []
    for day in days:
        if all(day in unit.cell.days for unit in units):
            for fleet_id in state.costs.lines:
                trip = state.costs.evaluate(fleet_id, day, units)
                if trip is not None:
                    found.append(trip)
    return found


class _Choice:
    """The model: one place for each unit, within coaches, drivers, gates, seats and slots."""

    def __init__(self, state: State, trips: list[DirectTrip]) -> None:
        self.state = state
        self.trips = trips
        self.model = cp_model.CpModel()
        self.cost: list[cp_model.LinearExprT] = []
        self.places: dict[int, list[cp_model.IntVar]] = defaultdict(list)
        self.arrivals: dict[tuple[str, int], list[cp_model.LinearExprT]] = defaultdict(list)
        self.chosen = [self.model.new_bool_var(f"trip{i}") for i in range(len(trips))]
        self.rides: dict[tuple[int, str], cp_model.IntVar] = {}
        self.own: dict[int, cp_model.IntVar] = {}
        self._add_trips()
        self._add_services()
        self._add_people()
        for (site, _), counts in self.arrivals.items():
            self.model.add(sum(counts) <= state.resources.site_limits[site])
        self.model.minimize(sum(self.cost))

    def _add_trips(self) -> None:
        resources = self.state.resources
        out: dict[tuple[str, int], list[cp_model.IntVar]] = defaultdict(list)
        driving: dict[tuple[str, int], list[cp_model.LinearExprT]] = defaultdict(list)
        for trip, taken in zip(self.trips, self.chosen, strict=True):
            self.cost.append(trip.cost_minor * taken)
            for unit in trip.units:
                self.places[unit.index].append(taken)
            for day in resources.days_touched(trip.fleet_id, trip.day, trip.shape.days):
                out[trip.fleet_id, day].append(taken)
            for day in range(trip.day, trip.day + trip.shape.days):
                driving[resources.lines[trip.fleet_id].depot_place_id, day].append(trip.shape.drivers * taken)
            for key, count in resources.count_arrivals(trip).items():
                self.arrivals[key].append(count * taken)
        for (fleet_id, day), takers in out.items():
            available = resources.find_available(fleet_id, day)
            if available is not None:
                self.model.add(sum(takers) <= available - resources.fleet_used[fleet_id, day])
        if resources.has_named_drivers:
            for (depot, _), drivers in driving.items():
                self.model.add(sum(drivers) <= resources.drivers_at[depot])

    def _add_services(self) -> None:
        alternatives = self.state.alternatives
        loads: dict[str, dict[str, list[cp_model.LinearExprT]]] = defaultdict(lambda: defaultdict(list))
        pools: dict[str, list[cp_model.LinearExprT]] = defaultdict(list)
        for unit in self.state.demand.units:
            for option in alternatives.find_options(unit):
                ride = self.model.new_bool_var(f"ride{unit.index}{option.service_id}")
                self.rides[unit.index, option.service_id] = ride
                self.places[unit.index].append(ride)
                self.cost.append(self.state.price_people(unit, option.service_id) * ride)
                for party in unit.parties:
                    loads[option.service_id][party.cell.tier_class].append(party.size * ride)
                    for key in alternatives.get_option(party.cell.index, option.service_id).pools:
                        pools[key].append(party.size * ride)
                for gate_day, count in self.state.count_service_arrivals(unit, option.service_id).items():
                    self.arrivals[gate_day].append(count * ride)
        runs = {
            service_id: self._add_service(service_id, loads[service_id])
            for service_id in alternatives.tariffs
        }
        for call, slots in alternatives.slots.items():
            callers = [runs[t.service_id] for t in alternatives.tariffs.values() if call in t.calls]
            self.model.add(sum(callers) <= slots)
        for pool_key, people in pools.items():
            pool = alternatives.pools[pool_key]
            coaches = self.model.new_int_var(0, 1_000, pool_key)
            self.model.add(sum(people) <= pool.seats * coaches)
            self.cost.append(pool.coach_minor * coaches)
        for a, b in self.state.demand.apart:
            self._keep_apart(a, b)

    def _add_service(self, service_id: str, loads: dict[str, list[cp_model.LinearExprT]]) -> cp_model.IntVar:
        tariff = self.state.alternatives.tariffs[service_id]
        runs = self.model.new_bool_var(f"runs{service_id}")
        if tariff.committed:
            self.model.add(runs == 1)
        carriages = []
        for tier_class, people in loads.items():
            needed = self.model.new_int_var(0, tariff.max_carriages, f"{service_id}{tier_class}")
            self.model.add(sum(people) <= tariff.capacity * needed)
            carriages.append(needed)
        used = self.model.new_int_var(0, tariff.max_carriages, f"carriages{service_id}")
        self.model.add(used >= sum(carriages))
        self.model.add(used >= tariff.min_carriages * runs)
        self.model.add(used <= tariff.max_carriages * runs)
        everyone = [person for people in loads.values() for person in people]
        if not tariff.committed:
            self.model.add(sum(everyone) >= max(1, tariff.min_load) * runs)
        self.cost.append(tariff.fixed_minor * runs + tariff.carriage_minor * used)
        return runs

    def _keep_apart(self, a: int, b: int) -> None:
        unit_of = {party.index: unit.index for unit in self.state.demand.units for party in unit.parties}
        if a < b and a in unit_of and b in unit_of:
            for service_id in self.state.alternatives.tariffs:
                first = self.rides.get((unit_of[a], service_id))
                second = self.rides.get((unit_of[b], service_id))
                if first is not None and second is not None:
                    self.model.add(first + second <= 1)

    def _add_people(self) -> None:
        for unit in self.state.demand.units:
            out = self.model.new_bool_var(f"out{unit.index}")
            self.cost.append(self.state.penalty[unit.index] * out)
            options = [out, *self.places[unit.index]]
            fare = self.state.alternatives.find_own_ticket(unit)
            if fare is not None:
                self.own[unit.index] = self.model.new_bool_var(f"own{unit.index}")
                self.cost.append(fare * self.own[unit.index])
                options.append(self.own[unit.index])
            self.model.add_exactly_one(options)

    def solve(self) -> Assignment | None:
        """Best assignment found within the work limit."""
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.max_deterministic_time = MOST_WORK
        if solver.solve(self.model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return None
        return Assignment(
            tuple(trip for trip, taken in zip(self.trips, self.chosen, strict=True) if solver.value(taken)),
            {unit: service for (unit, service), ride in self.rides.items() if solver.value(ride)},
            frozenset(unit for unit, own in self.own.items() if solver.value(own)),
            int(solver.objective_value),
        )
