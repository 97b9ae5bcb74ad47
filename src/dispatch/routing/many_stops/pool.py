"""Routes that were found, priced with every kind of coach: the list among which is chosen."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from dispatch.routing.many_stops.problem import PickupProblem, Route
from dispatch.routing.many_stops.search import Routes, name_sets

Floats = NDArray[np.float64]


def price_by_kind(problem: PickupProblem, km_tenths: NDArray[np.generic], load: NDArray[np.int64]) -> Floats:
    """Shape (routes, kinds): money in minor units, infinite where the people do not fit."""
    prices = np.full((len(load), len(problem.kinds)), np.inf)
    for k, kind in enumerate(problem.kinds):
        fits = load <= kind.capacity
        prices[fits, k] = kind.fixed_minor + km_tenths[fits].astype(np.float64) * kind.km_minor / 10
    return prices


class RoutePool:
    """Each route with the kind of coach that costs least; where some kind is finite, with every kind it fits."""

    def __init__(self, problem: PickupProblem, found: Routes) -> None:
        self.found = found
        prices = price_by_kind(problem, found.km_tenths, found.load)
        self._source: NDArray[np.int64]
        self.kind: NDArray[np.int64]
        if problem.limits:
            self._source, self.kind = np.nonzero(np.isfinite(prices))
        else:
            self._source, self.kind = np.arange(len(found)), prices.argmin(axis=1)
        self.cost_minor: Floats = prices[self._source, self.kind]

    def add_up(self, values: Floats) -> Floats:
        """For each route the sum of ``values`` (by stop; ``values[0]`` = 0) over its stops."""
        sums: Floats = values[self.found.stops].sum(axis=1)[self._source]
        return sums

    def get_stops(self, number: int) -> tuple[int, ...]:
        """Stops of a route, in order."""
        row = self.found.stops[self._source[number]]
        return tuple(row[row > 0].tolist())

    def read(self, number: int) -> Route:
        """A route of the list."""
        return Route(
            stops=self.get_stops(number),
            kind=int(self.kind[number]),
            km_tenths=round(float(self.found.km_tenths[self._source[number]])),
            cost_minor=float(self.cost_minor[number]),
        )

    def cost_of(self, numbers: Sequence[int]) -> float:
        """Cost of several routes."""
        return float(self.cost_minor[list(numbers)].sum())

    def find_numbers(self, plan: Routes) -> list[int]:
        """Numbers of the routes of a plan, each with its cheapest kind of coach; they must be in the list."""
        names = name_sets(self.found.stops)[self._source]
        order = np.lexsort((self.cost_minor, names))
        at = np.searchsorted(names[order], name_sets(plan.stops))
        return [int(number) for number in order[at]]

    def as_routes(self, numbers: Sequence[int]) -> Routes:
        """Some routes of the list."""
        rows = self._source[list(numbers)]
        return Routes(
            stops=self.found.stops[rows], km_tenths=self.found.km_tenths[rows], load=self.found.load[rows]
        )
