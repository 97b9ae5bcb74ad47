"""Seats given out anew: who rides which of the vehicles that run, all at once, by one flow of least cost.

Ruin and recreate moves a few riders at a time, and where most people ride services whose cheap seats are few it gets
stuck. With the vehicles as they are, sharing out their seats is a transport problem (Hitchcock 1941), solved exactly but for
two things: a party may be split in the answer (it then goes where most of it went), and transfer coaches count by the seat.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field

import numpy as np
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

from dispatch.batching.demand import Unit
from dispatch.batching.direct import DirectTrip
from dispatch.batching.search import close_underfilled, recreate
from dispatch.batching.state import State


@dataclass(slots=True)
class _Arcs:
    """Who could ride what: node of the unit, node of the vehicle, people, minor units per head."""

    tails: list[int] = field(default_factory=list)
    heads: list[int] = field(default_factory=list)
    rooms: list[int] = field(default_factory=list)
    costs: list[int] = field(default_factory=list)

    def add(self, tail: int, head: int, room: int, cost: int) -> None:
        self.tails.append(tail)
        self.heads.append(head)
        self.rooms.append(room)
        self.costs.append(cost)


#: Times that all seats are shared out: with transfer coaches by the seat, then at what a head paid the last time.
ROUNDS = 3
#: Where nobody uses the transfer coaches of a pool a head is expected to pay for so many seats.
LONELY_SEATS = 2


def reseat(state: State, rng: random.Random) -> None:
    """Share out the seats of all coaches and services that run; what does not make the plan cheaper is undone.

    Transfer coaches are paid whole. At first a head is charged for a seat, then the mean price at the last loads (slope
    scaling, Kim and Pardalos 1999), which draws people to coaches that are well filled.
    """
    best, mark = state.cost_minor, state.mark()
    pools = state.alternatives.pools
    prices = {key: pool.coach_minor // pool.seats for key, pool in pools.items()}
    for _ in range(ROUNDS):
        trips, services = [state.trips[number] for number in sorted(state.trips)], _list_rooms(state)
        wishes = _share_out(state, trips, services, prices)
        if wishes is None:
            break
        _apply(state, trips, list(services), wishes, rng)
        if state.cost_minor < best and not state.find_underfilled():
            best, mark = state.cost_minor, state.mark()
        prices = _price_pools(state)
    state.undo_to(mark)
    state.commit()


def _price_pools(state: State) -> dict[str, int]:
    """Transfer coaches per head by pool, at the present loads."""
    prices = {}
    for key, pool in state.alternatives.pools.items():
        load = state.pool_load[key]
        lonely = LONELY_SEATS * pool.coach_minor // pool.seats
        prices[key] = pool.cost_minor(load) // load if load else lonely
    return prices


def _list_rooms(state: State) -> dict[str, int]:
    """Seats by service that may be given out without paying for it as a whole: those it pays for already."""
    rooms: dict[str, int] = {}
    for service_id, tariff in state.alternatives.tariffs.items():
        load = state.service_load[service_id]
        if service_id not in state.dear_to_open:
            rooms[service_id] = tariff.seats
        elif load or tariff.committed:
            paid = tariff.count_carriages(state.class_loads[service_id].values())
            rooms[service_id] = tariff.capacity * (paid if tariff.carriage_minor else tariff.max_carriages)
    return rooms


def _share_out(
    state: State, trips: list[DirectTrip], services: dict[str, int], share: dict[str, int]
) -> list[tuple[int, int, int]] | None:
    """(minus the people, unit, vehicle) of the flow of least cost, vehicles numbered trips first; None where there is none.

    ``share``: transfer coaches per head by pool.
    """
    units = state.demand.units
    first, sink = len(units), len(units) + len(trips) + len(services)
    arcs = _Arcs()
    places = {service_id: first + len(trips) + i for i, service_id in enumerate(services)}
    for unit in units:
        arcs.add(unit.index, sink, unit.size, _price_alone(state, unit) // unit.size)
        for option in state.alternatives.find_options(unit):
            if option.service_id in places:
                per_head = option.per_head_minor + sum([share[key] for key in option.pools])
                arcs.add(unit.index, places[option.service_id], unit.size, per_head)
    for number, trip in enumerate(trips):
        for unit in state.corridor_units(trip.units[0].cell.corridor):
            minor = _price_aboard(state, trip, unit)
            if minor is not None:
                arcs.add(unit.index, first + number, unit.size, minor // unit.size)
        arcs.add(first + number, sink, trip.capacity, 0)
    for service_id, room in services.items():
        arcs.add(places[service_id], sink, room, 0)
    return _solve(arcs, [unit.size for unit in units], first, sink)


def _price_alone(state: State, unit: Unit) -> int:
    fare = state.alternatives.find_own_ticket(unit)
    return state.penalty[unit.index] if fare is None else min(fare, state.penalty[unit.index])


def _price_aboard(state: State, trip: DirectTrip, unit: Unit) -> int | None:
    """What the people of a unit cost aboard a coach that halts where it does; None where one of them may not ride."""
    minor = 0
    for party in unit.parties:
        if party.cell.board not in trip.shape.pickups or party.cell.gate not in trip.shape.drops:
            return None
        per_head = state.costs.find_cost_per_head(trip.shape, trip.day, party.cell)
        if per_head is None:
            return None
        minor += per_head * party.size
    return minor


def _solve(arcs: _Arcs, sizes: list[int], first: int, sink: int) -> list[tuple[int, int, int]] | None:
    flow = SimpleMinCostFlow()
    numbers = flow.add_arcs_with_capacity_and_unit_cost(
        np.array(arcs.tails), np.array(arcs.heads), np.array(arcs.rooms), np.array(arcs.costs)
    )
    flow.set_nodes_supplies(np.arange(first), np.array(sizes))
    flow.set_node_supply(sink, -sum(sizes))
    if flow.solve() != flow.OPTIMAL:
        return None
    people = flow.flows(numbers)
    return sorted(
        (-int(people[arc]), arcs.tails[arc], arcs.heads[arc] - first)
        for arc in np.flatnonzero(people)
        if arcs.tails[arc] < first and arcs.heads[arc] < sink
    )


def _apply(
    state: State,
    trips: list[DirectTrip],
    services: list[str],
    wishes: list[tuple[int, int, int]],
    rng: random.Random,
) -> None:
    """Empty all vehicles, seat everyone as wished while seats last, put the others back where they cost least."""
    units = state.demand.units
    for number in sorted(state.trips):
        state.remove_trip(number)
    for unit in units:
        state.release(unit)
    aboard: list[list[Unit]] = [[] for _ in trips]
    room = [trip.capacity for trip in trips]
    seated: set[int] = set()
    for _, index, vehicle in wishes:
        unit = units[index]
        if vehicle < len(trips) and index not in seated and unit.size <= room[vehicle]:
            room[vehicle] -= unit.size
            aboard[vehicle].append(unit)
            seated.add(index)
        elif vehicle >= len(trips) and index not in seated:
            service_id = services[vehicle - len(trips)]
            if state.price_service(unit, service_id) is not None and state.may_ride_service(unit, service_id):
                state.assign_service(unit, service_id)
                seated.add(index)
    for trip, riders in zip(trips, aboard, strict=True):
        made = state.costs.evaluate(trip.fleet_id, trip.day, tuple(riders)) if riders else None
        if made is not None and state.resources.fits(made):
            state.add_trip(made)
    recreate(state, [unit for unit in units if state.is_free(unit)], rng, openings_tried=3)
    close_underfilled(state)
