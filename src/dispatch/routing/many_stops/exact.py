"""All routes of up to twenty stops, and the cheapest set of them, proven."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dispatch.routing.many_stops.partition import Work, choose_routes
from dispatch.routing.many_stops.pool import price_by_kind
from dispatch.routing.many_stops.problem import PickupProblem, Route, RoutePlan
from dispatch.routing.many_stops.search import RunParams, make_facts, run_search

#: Above every path, in tenths of a km.
FAR = np.int32(2**30)
#: Up to so many stops every route is listed.
EXACT_STOPS = 20
#: The first answer, against which routes are ruled out.
FIRST_LOOK = RunParams(
    steps=30_000,
    hot_ratio=1.0,
    cold_ratio=0.01,
    soft_seats=10.0,
    hard_seats=100.0,
    true_share=0.5,
    good_ratio=1.0,
)
WORK = Work(most_routes=60_000, most_nodes=100_000)


class _AllRoutes:
    """The shortest route through every set of stops that fits some coach, with the kind that costs least."""

    def __init__(self, problem: PickupProblem) -> None:
        from dispatch.routing.many_stops.subsets import add_up_subsets, close_tours, fill_paths

        self._add_up_subsets = add_up_subsets
        km = problem.km_tenths.astype(np.int32)
        self._between = km[1:, 1:]
        self._leave = km[1:, 0]
        load = add_up_subsets(problem.people[1:].astype(np.int32))
        sizes = add_up_subsets(np.ones(problem.stops, dtype=np.int32))
        fits = (load <= problem.most_aboard) & (sizes <= problem.longest)
        self._table = fill_paths(km[0, 1:], self._between, fits, FAR)
        closed = close_tours(self._table, self._leave, FAR)
        fits[0] = False
        sets = np.flatnonzero(fits)
        prices = price_by_kind(problem, closed[sets], load[sets].astype(np.int64))
        source: NDArray[np.int64]
        if problem.limits:
            source, self.kind = np.nonzero(np.isfinite(prices))
        else:
            source, self.kind = np.arange(len(sets)), prices.argmin(axis=1)
        self.cost_minor: NDArray[np.float64] = prices[source, self.kind]
        self.sets = sets[source]
        self._closed = closed

    def add_up(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """For each route the sum of ``values`` over its stops."""
        sums: NDArray[np.float64] = self._add_up_subsets(values[1:])[self.sets]
        return sums

    def get_stops(self, number: int) -> tuple[int, ...]:
        """Stops of a route, in ascending order."""
        mask = int(self.sets[number])
        return tuple(bit + 1 for bit in range(mask.bit_length()) if mask >> bit & 1)

    def find_numbers(self, plan: NDArray[np.int64]) -> list[int]:
        """Numbers of the sets of stops of some routes, each with its cheapest kind."""
        masks = [sum(1 << int(stop) - 1 for stop in row if stop) for row in plan]
        order = np.lexsort((self.cost_minor, self.sets))
        return [int(number) for number in order[np.searchsorted(self.sets[order], masks)]]

    def read(self, number: int) -> Route:
        """A route, its stops in the order of the shortest tour."""
        from dispatch.routing.many_stops.subsets import trace

        mask = int(self.sets[number])
        last = int((self._table[mask].astype(np.int64) + self._leave).argmin())
        stops = trace(self._table, self._between, mask, last) + 1
        return Route(
            stops=tuple(stops.tolist()),
            kind=int(self.kind[number]),
            km_tenths=int(self._closed[mask]),
            cost_minor=float(self.cost_minor[number]),
        )


def solve_exactly(problem: PickupProblem) -> RoutePlan | None:
    """Cheapest routes of at most ``EXACT_STOPS`` stops; None where the coaches do not suffice."""
    routes = _AllRoutes(problem)
    plan, _ = run_search(problem, make_facts(problem), None, FIRST_LOOK, 1)
    choice = choose_routes(
        routes,
        problem.stops,
        routes.find_numbers(plan.stops),
        problem.limits,
        work=WORK,
    )
    if choice is None:
        return None
    return RoutePlan(
        routes=tuple(routes.read(number) for number in choice.routes),
        cost_minor=choice.cost_minor,
        is_proven=choice.is_proven,
    )
