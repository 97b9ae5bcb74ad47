"""Routes for a pickup problem: proven best up to twenty stops, the best known way beyond."""

from __future__ import annotations

from dataclasses import dataclass

from dispatch.routing.many_stops.exact import EXACT_STOPS, solve_exactly
from dispatch.routing.many_stops.partition import Work, choose_routes
from dispatch.routing.many_stops.pool import RoutePool
from dispatch.routing.many_stops.problem import PickupProblem, RoutePlan
from dispatch.routing.many_stops.search import Routes, RunParams, join, make_facts, run_search

#: The runs from nothing, in turn: share of steps at the prices of the whole plan, heat, seats a person too many costs at
#: first. Each leaves other mixes of coaches behind.
STYLES = ((0.5, 0.3, 3.0), (0.5, 1.0, 3.0), (0.5, 0.3, 5.0), (0.8, 0.5, 8.0))
#: The runs that go on from a choice.
WARM_STYLE = (0.5, 0.3, 8.0)
COLD_RATIO = 0.01
HARD_SEATS = 100.0
#: Routes are remembered from plans up to this much dearer than the best of the run.
GOOD_RATIO = 1.02


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchEffort:
    """Work, never time: ``runs`` from nothing of so many ``steps`` at fifty stops (fewer where there are more), then ``rounds`` of choosing among all routes
    seen and searching on from the choice; ``work`` of one choice."""

    runs: int
    steps: int
    rounds: int
    work: Work

    def count_steps(self, stops: int) -> int:
        """Steps of one run: a step takes longer among more stops."""
        return self.steps * 75 // (stops + 25)


EFFORTS = {
    "quick": SearchEffort(runs=1, steps=100_000, rounds=1, work=Work(most_routes=500, most_time=0.5)),
    "standard": SearchEffort(runs=5, steps=350_000, rounds=2, work=Work(most_routes=800, most_time=1.0)),
    "thorough": SearchEffort(runs=8, steps=1_500_000, rounds=4, work=Work(most_routes=2_000, most_time=20.0)),
}


def find_routes(problem: PickupProblem, effort: str, seed: int) -> RoutePlan | None:
    """Cheapest routes found for a problem; None where some stop fits no coach or no lawful set was found.

    ``effort`` is ``quick``, ``standard`` or ``thorough``. The same problem, effort and seed give the same routes.
    """
    if not problem.stops:
        return RoutePlan(routes=(), cost_minor=0.0, is_proven=True)
    if not problem.longest or int(problem.people.max()) > problem.most_aboard:
        return None
    if problem.stops <= EXACT_STOPS:
        return solve_exactly(problem)
    return _solve_well(problem, EFFORTS[effort], seed)


def _solve_well(problem: PickupProblem, effort: SearchEffort, seed: int) -> RoutePlan | None:
    """Runs from nothing; the best choice of all routes seen; a run from that choice; and so on."""
    facts = make_facts(problem)
    steps = effort.count_steps(problem.stops)
    plans: list[Routes] = []
    lots: list[Routes] = []
    for run in range(effort.runs):
        plan, seen = run_search(
            problem, facts, None, _make_params(STYLES[run % len(STYLES)], steps), 1_000 * seed + run + 1
        )
        plans.append(plan)
        lots += [plan, seen]
    return _choose_and_go_on(problem, effort, seed, plans, lots)


def _make_params(style: tuple[float, float, float], steps: int) -> RunParams:
    true_share, heat, soft_seats = style
    return RunParams(
        steps=steps,
        hot_ratio=heat,
        cold_ratio=COLD_RATIO,
        soft_seats=soft_seats,
        hard_seats=HARD_SEATS,
        true_share=true_share,
        good_ratio=GOOD_RATIO,
    )


def _choose_and_go_on(
    problem: PickupProblem, effort: SearchEffort, seed: int, plans: list[Routes], lots: list[Routes]
) -> RoutePlan | None:
    facts = make_facts(problem)
    best: RoutePlan | None = None
    for round_number in range(effort.rounds):
        pool = RoutePool(problem, join(lots))
        known = min((pool.find_numbers(plan) for plan in plans), key=pool.cost_of)
        choice = choose_routes(pool, problem.stops, known, problem.limits, work=effort.work)
        if choice is None:
            return best
        best = RoutePlan(
            routes=tuple(pool.read(number) for number in choice.routes),
            cost_minor=choice.cost_minor,
            is_proven=False,
        )
        if round_number + 1 < effort.rounds:
            start = [route.stops for route in best.routes]
            plan, seen = run_search(
                problem,
                facts,
                start,
                _make_params(WARM_STYLE, effort.count_steps(problem.stops)),
                1_000 * seed + 500 + round_number,
            )
            plans = [pool.as_routes(choice.routes), plan]
            lots = [pool.found, plan, seen]
    return best
