"""The cheapest change that would serve those left out for want of supply, confirmed by re-solving."""

from __future__ import annotations

import dataclasses
import random
from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta

from dispatch.batching.demand import Unit
from dispatch.batching.direct import DirectCosts
from dispatch.batching.opening import Offer, find_best_offer
from dispatch.batching.resources import Resources
from dispatch.batching.search import recreate
from dispatch.batching.solve import Problem, Solution, make_state, refill
from dispatch.model.plan import Reason, Remedy
from dispatch.model.supply import CountOnDates, FleetLine
from dispatch.planning.prepared import Prepared
from dispatch.units import format_money

#: Corridors with people left out for which a remedy is worked out, the largest first.
MOST_REMEDIES = 12


def find_remedies(ready: Prepared, solution: Solution) -> tuple[Remedy, ...]:
    """One remedy for each corridor with unserved units, the most people first."""
    assignment = solution.assignment
    carried = {unit.index for trip in assignment.trips for unit in trip.units}
    carried |= set(assignment.service_of) | set(assignment.own_ticket)
    left: dict[tuple[str, str, str], list[Unit]] = defaultdict(list)
    for unit in ready.demand.units:
        if unit.index not in carried:
            left[unit.cell.corridor].append(unit)
    ranked = sorted(left, key=lambda key: (-sum(unit.size for unit in left[key]), key))
    return tuple(_find_remedy(ready, solution, left[key]) for key in ranked[:MOST_REMEDIES])


def _find_remedy(ready: Prepared, solution: Solution, units: Sequence[Unit]) -> Remedy:
    """One more coach of the line and day that serve most of the units for least; re-solved with it."""
    costs = DirectCosts(ready.scenario, ready.context, ready.demand)
    offer = _find_unlimited_offer(ready, costs, solution, units)
    if offer is None:
        return Remedy(
            worker_ids=_workers(ready, units),
            reason=Reason.NO_SUPPLY,
            change="a wider window or a service on another date; one more coach alone does not help",
            extra_minor=None,
            confirmed=False,
        )
    line = costs.lines[offer.trip.fleet_id]
    extra, served = _solve_with(ready, solution, line, offer)
    depot = ready.scenario.geography.places[line.depot_place_id].name
    on = costs.date_of(offer.trip.day).isoformat()
    name = ready.scenario.vehicle_types[line.type_id].name
    return Remedy(
        worker_ids=_workers(ready, offer.trip.units),
        reason=Reason.NO_SUPPLY,
        change=f"one more {name} at {depot} from {on} for {offer.trip.shape.days} days serves {served} more people"
        f" (cash {format_money(offer.trip.shape.cash_minor, ready.scenario.currency)})",
        extra_minor=extra,
        confirmed=served > 0,
    )


def _workers(ready: Prepared, units: Sequence[Unit]) -> tuple[str, ...]:
    return tuple(worker for unit in units for party in unit.parties for worker in ready.members[party.key])


def _find_unlimited_offer(
    ready: Prepared, costs: DirectCosts, solution: Solution, units: Sequence[Unit]
) -> Offer | None:
    boundless = ready.scenario.replace(
        fleet=tuple(dataclasses.replace(line, counts=()) for line in ready.scenario.fleet), crew=()
    )
    values = {unit.index: solution.alternatives.get_penalty(unit) for unit in units}
    return find_best_offer(costs, Resources(boundless), units, values, random.Random(0), tries=12)


def _solve_with(ready: Prepared, solution: Solution, line: FleetLine, offer: Offer) -> tuple[int, int]:
    """(change of the total cost, people newly served) with one more coach on the days of the offer."""
    first = ready.scenario.first_date
    span = CountOnDates(from_date=first, to_date=ready.scenario.last_date + timedelta(days=366), count=1)
    more = dataclasses.replace(line, counts=(*line.counts, span)) if line.counts else line
    scenario = ready.scenario.replace(
        fleet=tuple(more if other.id == line.id else other for other in ready.scenario.fleet)
    )
    costs = DirectCosts(scenario, ready.context, ready.demand)
    problem = Problem(
        scenario=scenario,
        travel=ready.travel,
        demand=ready.demand,
        alternatives=solution.alternatives,
        reserve={},
    )
    state = make_state(problem, costs)
    refill(state, solution.assignment)
    before = state.cost_minor
    free = [unit for unit in ready.demand.units if state.is_free(unit)]
    people = sum(unit.size for unit in free)
    recreate(state, free, random.Random(0), openings_tried=12)
    still = sum(unit.size for unit in free if state.is_free(unit))
    return state.cost_minor - before, people - still
