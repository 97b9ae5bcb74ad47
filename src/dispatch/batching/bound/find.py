"""The proven bound of a scenario: components of corridors, each by rounds of master and pricing.

What is left out can only make a plan dearer: that parties are whole, detours and ride limits, arrivals per gate, locks that
bind people together or apart, named drivers, budgets, bays, and the coaches that feeders and last miles take from the
fleet. A coach is taken to halt only where somebody boards or alights.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from dispatch.batching.alternatives import Alternatives
from dispatch.batching.bound.centre import Centre
from dispatch.batching.bound.components import split_components
from dispatch.batching.bound.corridors import Key, count_people, make_corridors
from dispatch.batching.bound.cuts import find_cuts, find_violated
from dispatch.batching.bound.fleets import Fleets
from dispatch.batching.bound.lagrange import Proof, find_service_least, prove_bound, stretch_duals
from dispatch.batching.bound.master import FIRST_BOX, Master
from dispatch.batching.bound.params import BoundParams
from dispatch.batching.bound.problem import Cut, Problem, make_problem
from dispatch.batching.bound.services import make_offers
from dispatch.batching.bound.shadow_prices import list_coach_prices, list_scales, list_seat_prices
from dispatch.batching.bound.start import make_first_duals
from dispatch.batching.demand import Demand
from dispatch.batching.direct import DirectCosts
from dispatch.model.scenario import Scenario
from dispatch.routing.context import RoutingContext

FindConnections = Callable[[str, str], Sequence[object]]
KeepGoing = Callable[[str, float], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundResult:
    """A lower bound on cash plus penalties of every lawful plan.

    Attributes
    ----------
    bound_minor
        The bound, whole minor units. Costs are whole, so the proven number is rounded up.
    by_corridor
        (share of the bound, workers) by corridor (pickup group, destination area, tier classes); what shared coaches and
        services take or bring is spread in proportion, the shares add up to the bound.
    method
        In words, how it was obtained.
    rounds
        Rounds of master and pricing, summed over components.
    exact_corridors
        Corridors whose pricing found nothing better at the end.
    columns
        Trip patterns in all masters.
    coach_prices_minor
        What one more coach of a fleet line on a day (days after the horizon's first) would lower the bound by, where not 0.
    service_prices_minor
        What one more seat on a service would lower it by.
    scales
        By corridor the share of the prices wanted that was proven; below 1 the corridor was not closed.
    scarcity_minor, services_minor
        What the coaches there are take off the corridors' sum, what services add to it.
    """

    bound_minor: int
    by_corridor: dict[Key, tuple[int, int]]
    method: str
    rounds: int
    exact_corridors: int
    columns: int = 0
    coach_prices_minor: dict[tuple[str, int], float] = field(default_factory=dict)
    service_prices_minor: dict[str, float] = field(default_factory=dict)
    scales: dict[Key, float] = field(default_factory=dict)
    scarcity_minor: float = 0.0
    services_minor: float = 0.0


@dataclass(frozen=True)
class _Solved:
    proof: Proof
    rounds: int
    columns: int


def find_bound(
    scenario: Scenario,
    context: RoutingContext,
    demand: Demand,
    costs: DirectCosts,
    alternatives: Alternatives,
    connections: FindConnections,
    params: BoundParams,
    keep_going: KeepGoing,
) -> BoundResult:
    """Lower bound on the cost of every lawful plan for ``demand``.

    Parameters
    ----------
    demand
        Parties that have some lawful itinerary; the others enter neither cost nor bound.
    costs, connections
        Not asked: what the planner believes about trips and connections proves nothing about all lawful plans.
    alternatives
        Only own-ticket prices and unserved penalties are used.
    params
        Work limits; the same input gives the same bound.
    keep_going
        Called after each round with the phase ``"bound"`` and the bound so far in minor units; False stops.
    """
    fleets = Fleets(scenario)
    corridors = make_corridors(scenario, context, demand, params)
    positions = {
        cell.index: i for i, cell in enumerate(cell for corridor in corridors for cell in corridor.cells)
    }
    people = count_people(demand)
    counts = np.array([people[index] for index in positions], dtype=np.float64)
    offers = make_offers(scenario, context, fleets, demand, positions, counts)
    parts = split_components(corridors, offers, fleets)
    problems = [
        make_problem(scenario, context, part.corridors, part.offers, fleets, alternatives, params)
        for part in parts
    ]
    idle = sum(offer.find_least(np.zeros(0), 0.0) for offer in offers if not len(offer.riders))
    solved: list[_Solved] = []
    done = idle
    going = True
    for problem in problems:
        found = _solve(problem, params, keep_going if going else _stop, done)
        solved.append(found)
        done += found.proof.bound
        going = going and keep_going("bound", max(done, 0.0))
    return _summarise(problems, solved, done)


def _stop(phase: str, value: float) -> bool:
    return False


def _solve(problem: Problem, params: BoundParams, keep_going: KeepGoing, done: float) -> _Solved:
    """Best proof for one component."""
    first = make_first_duals(problem)
    best = prove_bound(problem, first)
    if not keep_going("bound", max(done + best.bound, 0.0)):
        return _Solved(best, 0, 0)
    master = Master(problem, first.cover)
    cuts = [
        find_cuts(i, corridor, problem.pricers[i].find_most_room)
        for i, corridor in enumerate(problem.corridors)
    ]
    proof = prove_bound(problem, stretch_duals(problem, first, FIRST_BOX))
    centre = Centre(problem, best, params.smoothing_ratio)
    rounds, duals, stirred = 0, first, True
    while rounds < params.rounds:
        rounds += 1
        added = sum(master.add_pattern(corridor, pattern) for corridor, pattern in proof.patterns)
        answer = master.solve()
        if answer is None:
            break
        cost, duals = answer
        rides = master.add_rides(duals)
        grew = master.widen()
        rows = _add_rows(master, problem, cuts, params) if not (grew or rides) or rounds % 4 == 0 else 0
        if not (added or stirred) and centre.is_left:
            break
        stirred = bool(rows or grew or rides)
        proof = prove_bound(problem, centre.mix(duals))
        centre.move(proof)
        if proof.bound > best.bound:
            best = proof
        if not keep_going("bound", max(done + best.bound, 0.0)):
            break
        if not stirred and cost - best.bound <= params.gap_ratio * abs(cost):
            break
    for wanted in (duals, centre.get_duals(duals)):
        best = max(best, prove_bound(problem, wanted, thorough=True), key=lambda each: each.bound)
    return _Solved(best, rounds, len(master.columns))


def _add_rows(master: Master, problem: Problem, cuts: list[tuple[Cut, ...]], params: BoundParams) -> int:
    """Add the cuts and service links that the last master solution breaks; how many."""
    violated = []
    for i, own in enumerate(cuts):
        if own:
            left = tuple(cut for cut in own if cut not in master.cuts)
            violated += find_violated(
                left, master.get_trips(i), master.get_otherwise(i), params.cuts_per_round
            )
    linked = master.link_services(200)
    for cut in violated:
        master.add_cut(cut)
    return linked + len(violated)


def _summarise(problems: list[Problem], solved: list[_Solved], total: float) -> BoundResult:
    bound = max(0, math.ceil(total - 1e-6))
    proven = [(problem, each.proof) for problem, each in zip(problems, solved, strict=True)]
    brought = [
        (corridor.key, corridor.workers, float(money))
        for problem, each in zip(problems, solved, strict=True)
        for corridor, money in zip(problem.corridors, each.proof.by_corridor, strict=True)
    ]
    return BoundResult(
        bound_minor=bound,
        by_corridor=share_out(bound, brought),
        method="trip patterns with interval round-up cuts"
        if any(each.rounds for each in solved)
        else "full coaches",
        scarcity_minor=sum(
            price * problem.available.get(key, 0)
            for problem, each in zip(problems, solved, strict=True)
            for key, price in each.proof.duals.coach.items()
        ),
        services_minor=sum(
            sum(find_service_least(problem, each.proof.duals))
            for problem, each in zip(problems, solved, strict=True)
        ),
        rounds=sum(each.rounds for each in solved),
        exact_corridors=sum(sum(each.proof.exact) for each in solved),
        columns=sum(each.columns for each in solved),
        coach_prices_minor=list_coach_prices(proven),
        service_prices_minor=list_seat_prices(proven),
        scales=list_scales(proven),
    )


def share_out(bound: int, brought: list[tuple[Key, int, float]]) -> dict[Key, tuple[int, int]]:
    """The bound split in proportion to what corridors bring, in whole minor units that add up."""
    total = sum(money for _, _, money in brought)
    shares: dict[Key, tuple[int, int]] = {}
    given, so_far = 0, 0.0
    for key, workers, money in brought:
        so_far += money
        upto = round(bound * so_far / total) if total > 0 else 0
        shares[key] = (upto - given, workers)
        given = upto
    return shares
