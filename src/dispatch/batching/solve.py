"""From demand to an assignment with its transfer coaches: construct, search in chains, plan transfers, repeat."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

from dispatch.batching.alternatives import Alternatives
from dispatch.batching.budgets import find_over_budget
from dispatch.batching.connecting import Connection, make_alternatives
from dispatch.batching.demand import Demand, Unit
from dispatch.batching.direct import DirectCosts
from dispatch.batching.effort import Effort
from dispatch.batching.exact import solve_exactly
from dispatch.batching.pickup_routes import offer_pickup_routes
from dispatch.batching.progress import Signals
from dispatch.batching.recombine import Settled, TripPool, recombine
from dispatch.batching.reseat import reseat
from dispatch.batching.resources import Resources
from dispatch.batching.search import SearchParams, close_underfilled, construct, improve, recreate
from dispatch.batching.state import Assignment, State
from dispatch.batching.strategy import NO_STRATEGY, find_strategy
from dispatch.batching.transfers import Rider, TransferPlan, TransferPlanner
from dispatch.model.plan import Role
from dispatch.model.scenario import Scenario
from dispatch.model.travel import FrozenTravel
from dispatch.routing.context import RoutingContext, make_context
from dispatch.units import DAY_MIN

Connections = Mapping[tuple[str, str], Sequence[Connection]]
Reserve = Mapping[tuple[str, int], int]


@dataclass(frozen=True, kw_only=True)
class Problem:
    """What a chain needs to search; picklable. ``reserve``: coaches per (line, day) kept for transfers.

    ``effort`` (by name) is that of routing corridors as a whole.
    """

    scenario: Scenario
    travel: FrozenTravel
    demand: Demand
    alternatives: Alternatives
    reserve: Reserve
    effort: str = "standard"


@dataclass(frozen=True, kw_only=True)
class Solution:
    """A complete decision: assignment, transfer duties, the alternatives it was priced with, true cost.

    ``over_budget``: units (by number) left out to keep a payer's budget.
    """

    assignment: Assignment
    transfers: TransferPlan
    alternatives: Alternatives
    planner: TransferPlanner
    cost_minor: int
    over_budget: frozenset[int] = frozenset()


def make_state(problem: Problem, costs: DirectCosts) -> State:
    """Empty state of a problem with the reserve held."""
    resources = Resources(problem.scenario)
    for key, count in problem.reserve.items():
        resources.fleet_used[key] += count
    return State(problem.demand, costs, problem.alternatives, resources)


def settle(
    problem: Problem,
    context: RoutingContext,
    wished: Sequence[tuple[str, int, Sequence[int]]],
    steps: int,
    seed: int,
    signals: Signals,
) -> Solution:
    """Solution around trips wished for: (line, service date, units by number) each.

    Every trip is priced and judged anew; what is not lawful, or finds no coach, falls apart and its people are put elsewhere,
    as are all others who have no seat. Then ``steps`` of ruin and recreate, and the transfers.
    """
    costs = DirectCosts(problem.scenario, context, problem.demand)
    state = make_state(problem, costs)
    units = problem.demand.units
    for fleet_id, day, numbers in wished:
        trip = costs.evaluate(fleet_id, day, tuple(units[number] for number in numbers))
        if trip is not None and state.resources.fits(trip):
            state.add_trip(trip)
    rng = random.Random(seed)
    free = [unit for unit in units if state.is_free(unit)]
    if free:
        recreate(state, free, rng, openings_tried=4)
        close_underfilled(state)
    state.commit()
    if steps:
        best = improve(
            state,
            SearchParams(steps=steps, start_temperature_ratio=0.1),
            seed,
            lambda step, cost: not signals.should_stop(),
            lambda trip: None,
        )
        state = make_state(problem, costs)
        state.load(best)
    return finish(problem, context, costs, state.freeze())


def run_chain(
    problem: Problem,
    start: Assignment | None,
    steps: int,
    phases: int,
    seed: int,
    signals: Signals,
    name: str,
) -> Assignment:
    """One search from a start (or from nothing). Runs in any process."""
    costs = DirectCosts(problem.scenario, make_context(problem.scenario, problem.travel), problem.demand)
    return _search(problem, costs, start, steps, phases, seed, signals, name)


def _search(
    problem: Problem,
    costs: DirectCosts,
    start: Assignment | None,
    steps: int,
    phases: int,
    seed: int,
    signals: Signals,
    name: str,
) -> Assignment:
    state = make_state(problem, costs)
    if start is not None:
        refill(state, start)
        construct(state, random.Random(seed), NO_STRATEGY)
    elif offer_pickup_routes(state, problem.effort, seed):
        return state.freeze()
    else:
        state = _construct_twice(problem, state, seed, signals, name)
    reseat(state, random.Random(seed))
    signals.tell(name, f"{state.cost_minor}")

    def keep_going(step: int, best_minor: int) -> bool:
        if step % 50 == 0:
            signals.tell(name, f"{best_minor}")
            return not signals.should_stop()
        return True

    pool, settled = TripPool(), Settled()
    for phase in range(phases):
        params = SearchParams(steps=steps // phases, start_temperature_ratio=0.5 / (phase + 1))
        best = improve(state, params, seed + phase, keep_going, pool.add)
        state = make_state(problem, costs)
        state.load(best)
        if signals.should_stop():
            break
        if (phases - phase) % 2:  # dear: every second time, and at the end
            recombine(state, pool, settled, random.Random(seed + phase))
        reseat(state, random.Random(seed + phase))
        signals.tell(name, f"{state.cost_minor}")
    return state.freeze()


def _construct_twice(problem: Problem, state: State, seed: int, signals: Signals, name: str) -> State:
    """Cheaper of a plan made at once, so that there soon is one, and the plan that follows the strategy."""
    routed = state.freeze()
    construct(state, random.Random(seed), NO_STRATEGY)
    signals.tell(name, f"{state.cost_minor}")
    other = make_state(problem, state.costs)
    other.load(routed)
    if signals.should_stop():
        return state
    construct(other, random.Random(seed), find_strategy(other))
    return other if other.cost_minor <= state.cost_minor else state


def refill(state: State, start: Assignment) -> None:
    """Put an earlier assignment into a state as far as its resources still allow; the rest stays free."""
    for trip in start.trips:
        units = tuple(state.demand.units[unit.index] for unit in trip.units)
        same = state.costs.evaluate(trip.fleet_id, trip.day, units)
        if same is not None and state.resources.fits(same):
            state.add_trip(same)
    for unit in state.demand.units:
        if not state.is_free(unit):
            continue
        service_id = start.service_of.get(unit.index)
        if service_id and _still_open(state, unit, service_id):
            state.assign_service(unit, service_id)
        elif unit.index in start.own_ticket:
            state.give_own_ticket(unit)
    state.commit()


def _still_open(state: State, unit: Unit, service_id: str) -> bool:
    offered = any(option.service_id == service_id for option in state.alternatives.find_options(unit))
    return (
        offered
        and state.price_service(unit, service_id) is not None
        and state.may_ride_service(unit, service_id)
    )


def solve(
    scenario: Scenario,
    travel: FrozenTravel,
    context: RoutingContext,
    demand: Demand,
    connections: Connections,
    effort: Effort,
    seed: int,
    executor: Executor,
    signals: Signals,
    alternatives: Alternatives | None = None,
) -> Solution:
    """Best solution over a few rounds; each round re-prices transfers by what the last one really paid.

    A single chain runs in this very process, on the trips already known to ``context``. ``alternatives``: of ``demand``,
    where they are known already.
    """
    costs = DirectCosts(scenario, context, demand)
    first = alternatives or make_alternatives(
        scenario, context, demand, lambda board, site: connections[board, site], costs
    )
    best: Solution | None = None
    pool_ratios: dict[str, float] = {}
    reserve: Reserve = {}
    start: Assignment | None = None
    steps = effort.count_steps(len(demand.units))
    for round_number in range(effort.rounds):
        problem = Problem(
            scenario=scenario,
            travel=travel,
            demand=demand,
            alternatives=first.reprice(pool_ratios),
            reserve=reserve,
            effort=effort.name,
        )
        phases = max(1, effort.phases - round_number)
        assignment = _best_chain(
            problem, costs, start, steps, phases, seed + round_number, effort.chains, executor, signals
        )
        solution = finish(problem, context, costs, assignment)
        if len(demand.units) <= effort.exact_units:
            solution = _try_exactly(problem, context, costs, solution)
        if best is None or solution.cost_minor < best.cost_minor:
            best = solution
        uses_transfers = bool(solution.transfers.duties or solution.transfers.stranded)
        if signals.should_stop() or not uses_transfers:
            break
        pool_ratios = compare_pools(demand, solution, pool_ratios)
        reserve = count_reserve(scenario, solution.transfers)
        start, steps = solution.assignment, max(effort.min_steps, steps // 2)
    assert best is not None
    return best


def _try_exactly(
    problem: Problem, context: RoutingContext, costs: DirectCosts, solution: Solution
) -> Solution:
    """The better of a solution and the exact choice of trips, by true cost."""
    exact = solve_exactly(make_state(problem, costs))
    if exact is None:
        return solution
    state = make_state(problem, costs)
    refill(state, exact)
    other = finish(problem, context, costs, state.freeze())
    return other if other.cost_minor < solution.cost_minor else solution


def _best_chain(
    problem: Problem,
    costs: DirectCosts,
    start: Assignment | None,
    steps: int,
    phases: int,
    seed: int,
    chains: int,
    executor: Executor,
    signals: Signals,
) -> Assignment:
    if chains == 1:
        return _search(problem, costs, start, steps, phases, seed * 1000, signals, "chain0")
    futures = [
        executor.submit(
            run_chain, problem, start, steps, phases, seed * 1000 + chain, signals, f"chain{chain}"
        )
        for chain in range(chains)
    ]
    return min((future.result() for future in futures), key=lambda assignment: assignment.cost_minor)


def finish(problem: Problem, context: RoutingContext, costs: DirectCosts, assignment: Assignment) -> Solution:
    """Plan the transfers of an assignment and keep the budgets.

    Riders without a lawful or free transfer coach are put elsewhere (their transfer pools are closed to further
    riders), and people whose payer cannot pay are left out; each turn closes or leaves out more, so it ends.
    """
    scenario, demand, alternatives = problem.scenario, problem.demand, problem.alternatives
    closed: set[str] = set()
    over_budget: set[int] = set()
    while True:
        resources = Resources(scenario)
        for trip in assignment.trips:
            resources.hold(trip, 1)
        planner = TransferPlanner(scenario, context, resources)
        transfers = planner.plan(list_riders(scenario, demand, assignment, alternatives))
        if transfers.stranded:
            closed |= {key for rider in transfers.stranded for key in rider.option.pools}
            lost = {rider.party.index for rider in transfers.stranded}
            gone = [unit for unit in demand.units if any(party.index in lost for party in unit.parties)]
            assignment = _put_elsewhere(problem, costs, assignment, gone, closed, over_budget)
            continue
        unpaid = find_over_budget(scenario, demand, alternatives, assignment, transfers)
        if not unpaid:
            break
        over_budget |= unpaid
        assignment = _leave_out(problem, costs, assignment, unpaid)
    return Solution(
        assignment=assignment,
        transfers=transfers,
        alternatives=alternatives,
        planner=planner,
        cost_minor=_true_cost(demand, alternatives, assignment, transfers),
        over_budget=frozenset(over_budget),
    )


def _put_elsewhere(
    problem: Problem,
    costs: DirectCosts,
    assignment: Assignment,
    gone: Sequence[Unit],
    closed: set[str],
    barred: set[int],
) -> Assignment:
    """Same assignment with some riders put on coaches, other services, own tickets or nowhere."""
    state = make_state(problem, costs)
    refill(state, assignment)
    state.closed_pools |= closed
    for unit in gone:
        state.release(unit)
    close_underfilled(state)
    free = [unit for unit in problem.demand.units if state.is_free(unit) and unit.index not in barred]
    recreate(state, free, random.Random(0), openings_tried=4)
    close_underfilled(state)
    state.commit()
    return state.freeze()


def _leave_out(
    problem: Problem, costs: DirectCosts, assignment: Assignment, unpaid: Collection[int]
) -> Assignment:
    """Same assignment without some units; services that then run too empty are closed."""
    trips = []
    for trip in assignment.trips:
        rest = tuple(unit for unit in trip.units if unit.index not in unpaid)
        smaller = costs.evaluate(trip.fleet_id, trip.day, rest) if rest else None
        if smaller is not None:
            trips.append(smaller)
    kept = Assignment(
        tuple(trips),
        {index: service for index, service in assignment.service_of.items() if index not in unpaid},
        assignment.own_ticket - frozenset(unpaid),
        0,
    )
    state = make_state(problem, costs)
    refill(state, kept)
    for service_id in state.find_underfilled():
        for index in [i for i, ridden in state.service_of.items() if ridden == service_id]:
            state.release(problem.demand.units[index])
    state.commit()
    return state.freeze()


def _true_cost(
    demand: Demand, alternatives: Alternatives, assignment: Assignment, transfers: TransferPlan
) -> int:
    """Cost with the transfers really planned in place of their estimates."""
    loads = count_pool_loads(demand, alternatives, assignment)
    expected = sum(alternatives.pools[key].cost_minor(load) for key, load in loads.items())
    return assignment.cost_minor - expected + sum(duty.cost_minor for duty in transfers.duties)


def count_pool_loads(demand: Demand, alternatives: Alternatives, assignment: Assignment) -> dict[str, int]:
    """People by transfer pool."""
    loads: dict[str, int] = defaultdict(int)
    for index, service_id in assignment.service_of.items():
        for party in demand.units[index].parties:
            for key in alternatives.get_option(party.cell.index, service_id).pools:
                loads[key] += party.size
    return loads


def compare_pools(demand: Demand, solution: Solution, ratios: Mapping[str, float]) -> dict[str, float]:
    """By side of a terminal: what its coaches really cost over what they were expected to, earlier ratios included."""
    expected: dict[str, float] = defaultdict(float)
    for key, load in count_pool_loads(demand, solution.alternatives, solution.assignment).items():
        expected[key.rsplit("|", 1)[0]] += solution.alternatives.pools[key].cost_minor(load)
    paid: dict[str, float] = defaultdict(float)
    for duty in solution.transfers.duties:
        load = sum(trip.load for trip in duty.trips)
        for trip in duty.trips:
            cell = trip.riders[0].party.cell
            side = cell.county if trip.role is Role.FEEDER else cell.area
            paid[f"{trip.role.value}|{trip.terminal}|{side}"] += duty.cost_minor * trip.load / load
    updated = dict(ratios)
    for side, amount in expected.items():
        if amount > 0 and side in paid:
            updated[side] = min(3.0, max(0.3, ratios.get(side, 1.0) * paid[side] / amount))
    return updated


def count_reserve(scenario: Scenario, transfers: TransferPlan) -> dict[tuple[str, int], int]:
    """Coaches that transfers use per (line, day)."""
    resources = Resources(scenario)
    for duty in transfers.duties:
        shape = duty.shape
        resources.hold_coach(shape.fleet_id, shape.pull_out_min // DAY_MIN, shape.days, shape.drivers, 1)
    return dict(resources.fleet_used)


def list_riders(
    scenario: Scenario, demand: Demand, assignment: Assignment, alternatives: Alternatives
) -> list[Rider]:
    """Parties on services, each with its option, in party order."""
    services = {service.id: service for service in scenario.services}
    riders = [
        Rider(party, services[service_id], alternatives.get_option(party.cell.index, service_id))
        for index, service_id in assignment.service_of.items()
        for party in demand.units[index].parties
    ]
    return sorted(riders, key=lambda rider: rider.party.index)
