"""A party's surroundings planned again: the plan put back, and whoever is free placed where it costs least, transfers included."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from dispatch.batching.connecting import make_alternatives
from dispatch.batching.demand import Unit
from dispatch.batching.direct import DirectCosts
from dispatch.batching.search import close_underfilled, recreate
from dispatch.batching.solve import Problem, Solution, finish, make_state, refill
from dispatch.batching.state import Assignment
from dispatch.explain.locality import Surroundings
from dispatch.model.scenario import Scenario
from dispatch.planning.prepared import Prepared, prepare

Freed = Literal["nobody", "alone", "with companions"]


@dataclass(frozen=True)
class Replanned:
    """Money of a local solution and the journey of the asked party."""

    total_minor: int
    travel_minor: int
    journey: str

    @classmethod
    def of(cls, near: Surroundings, scenario: Scenario) -> Replanned:
        """The surroundings as planned."""
        ready = prepare(scenario)
        return _cost(near, ready, _place(near, ready, "nobody"))


def plan_again(near: Surroundings, scenario: Scenario) -> Replanned | None:
    """The surroundings planned again with the party free; None where it cannot be carried."""
    ready = prepare(scenario)
    units = find_units(near, ready)
    if sum(unit.size for unit in units) < len(near.worker_ids):
        return None
    found = []
    for alone in (True, False) if any(near.party_key in ride.party_keys for ride in near.rides) else (True,):
        solution = _place(near, ready, "alone" if alone else "with companions")
        gone = _list_unserved(ready, solution)
        if not any(unit.index in gone for unit in units):
            found.append(_cost(near, ready, solution))
    return min(found, key=lambda one: one.total_minor, default=None)


def _place(near: Surroundings, ready: Prepared, freed: Freed) -> Solution:
    """Plan put back, then whoever is free placed where it costs least. ``freed``: who gives up their place in the plan: nobody
    (and the asked party stays where it is, if nowhere), the party alone, or all who ride its coach."""
    costs = DirectCosts(ready.scenario, ready.context, ready.demand)
    alternatives = make_alternatives(
        ready.scenario, ready.context, ready.demand, lambda board, site: ready.connections[board, site], costs
    )
    problem = Problem(
        scenario=ready.scenario,
        travel=ready.travel,
        demand=ready.demand,
        alternatives=alternatives,
        reserve={},
    )
    state = make_state(problem, costs)
    refill(state, _start(near, ready, costs, freed))
    mine = {unit.index for unit in find_units(near, ready)} if freed == "nobody" else set()
    free = [unit for unit in ready.demand.units if state.is_free(unit) and unit.index not in mine]
    recreate(state, free, random.Random(0), openings_tried=12)
    close_underfilled(state)
    state.commit()
    return finish(problem, ready.context, costs, state.freeze())


def _start(near: Surroundings, ready: Prepared, costs: DirectCosts, freed: Freed) -> Assignment:
    """The plan's own assignment of the surroundings, without those freed."""
    unit_of = {party.key: unit for unit in ready.demand.units for party in unit.parties}
    mine = {unit.index for unit in find_units(near, ready)}
    trips = []
    with_party = freed == "nobody"
    for ride in near.rides:
        if freed == "with companions" and near.party_key in ride.party_keys:
            continue
        units = {unit_of[key].index: unit_of[key] for key in ride.party_keys if key in unit_of}
        kept = tuple(unit for unit in units.values() if with_party or unit.index not in mine)
        trip = costs.evaluate(ride.fleet_id, ride.day, kept) if kept else None
        if trip is not None:
            trips.append(trip)
    service_of = dict.fromkeys(mine, near.service_id) if with_party and near.service_id else {}
    own = frozenset(mine) if with_party and near.own_ticket else frozenset()
    return Assignment(tuple(trips), service_of, own, 0)


def _list_unserved(ready: Prepared, solution: Solution) -> set[int]:
    assignment = solution.assignment
    carried = {unit.index for trip in assignment.trips for unit in trip.units}
    carried |= set(assignment.service_of) | set(assignment.own_ticket)
    return {unit.index for unit in ready.demand.units if unit.index not in carried}


def _cost(near: Surroundings, ready: Prepared, solution: Solution) -> Replanned:
    gone = _list_unserved(ready, solution)
    penalties = sum(find_penalty(ready, ready.demand.units[index]) for index in gone)
    return Replanned(
        total_minor=solution.cost_minor,
        travel_minor=solution.cost_minor - penalties,
        journey=_tell_journey(near, ready, solution),
    )


def _tell_journey(near: Surroundings, ready: Prepared, solution: Solution) -> str:
    told = []
    assignment, first = solution.assignment, ready.scenario.first_date
    services = {service.id: service for service in ready.scenario.services}
    for unit in find_units(near, ready):
        told += [
            f"{first + timedelta(days=trip.day)} by coach of {trip.fleet_id}"
            for trip in assignment.trips
            if unit in trip.units
        ]
        if unit.index in assignment.service_of:
            service = services[assignment.service_of[unit.index]]
            told.append(
                f"{first + timedelta(days=service.depart_min // 1440)} by {service.mode.value} {service.name}"
            )
        if unit.index in assignment.own_ticket:
            told.append("with an own ticket")
    return "; ".join(dict.fromkeys(told))


def find_units(near: Surroundings, ready: Prepared) -> list[Unit]:
    """Units of the asked party; several where it was split."""
    mine = set(near.worker_ids)
    return [
        unit
        for unit in ready.demand.units
        if any(mine.intersection(ready.members[party.key]) for party in unit.parties)
    ]


def find_penalty(ready: Prepared, unit: Unit) -> int:
    """Penalty of leaving a whole unit behind, minor units."""
    penalties = ready.scenario.rates.unserved_minor
    return penalties.get(unit.cell.priority_class, penalties.get("", 0)) * unit.size
