"""The cheapest set of routes, out of a long list, that visits every stop once.

Set partitioning: the relaxation by column generation over the list (nothing is built of routes that do not pay), then whole
routes among those that the best known set does not rule out by their reduced cost. The kind of coach was chosen for each route on its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from ortools.math_opt.python import mathopt
from ortools.sat.python import cp_model

Floats = NDArray[np.float64]

#: Routes that enter the relaxation at once.
MOST_ENTERING = 200
#: Reduced cost below which a route would improve the relaxation, as a share of its value.
TOLERANCE_RATIO = 1e-8
#: Price of the dearest route in the relaxation, whose solver likes numbers of this size.
_LARGEST = 1_000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """``most_routes`` are weighed as whole ones, the least reduced costs first; with ``most_nodes`` by branch and bound, to a
    proof if they suffice, otherwise for a deterministic ``most_time``."""

    most_routes: int
    most_nodes: int = 0
    most_time: float = 0.0


class RouteList(Protocol):
    """Routes to choose from."""

    cost_minor: Floats
    kind: NDArray[np.int64]

    def add_up(self, values: Floats) -> Floats:
        """For each route the sum of ``values`` (by stop; ``values[0]`` = 0) over its stops."""

    def get_stops(self, number: int) -> tuple[int, ...]:
        """Stops of a route, in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Numbers of the chosen routes, their cost, and a floor under the cost of any choice.

    ``is_proven``: no cheaper set exists in the list.
    """

    routes: tuple[int, ...]
    cost_minor: float
    floor_minor: float
    is_proven: bool


def choose_routes(
    routes: RouteList,
    stops: int,
    known: Sequence[int],
    limits: Mapping[int, int],
    *,
    work: Work,
) -> Choice | None:
    """Cheapest set of routes that visits each stop 1..``stops`` once; None where none is found.

    Parameters
    ----------
    known
        Numbers of a set that visits every stop; where ``limits`` are empty it is an answer to improve on.
    limits
        Most routes by kind of coach.
    work
        How long to look for whole routes.
    """
    master = _Master(routes, stops, limits)
    floor, reduced = master.solve(known)
    best = float("inf") if limits else float(routes.cost_minor[list(known)].sum())
    slack = (best - floor) * (1 + 1e-9) + 1e-6
    open_routes = np.flatnonzero(reduced <= slack)
    kept = np.union1d(open_routes[np.argsort(reduced[open_routes], kind="stable")][: work.most_routes], known)
    if work.most_nodes:
        found, is_optimal = _prove_whole(routes, stops, kept.tolist(), known, limits, work.most_nodes)
    else:
        found, is_optimal = _choose_whole(routes, stops, kept.tolist(), known, limits, work.most_time)
    if found is None:
        if not np.isfinite(best):
            return None
        found = tuple(known)
    cost = float(routes.cost_minor[list(found)].sum())
    if cost > best:
        found, cost = tuple(known), best
    is_proven = is_optimal and len(open_routes) <= work.most_routes
    return Choice(routes=found, cost_minor=cost, floor_minor=floor, is_proven=is_proven)


class _Master:
    """The relaxation over the routes that have entered so far."""

    def __init__(self, routes: RouteList, stops: int, limits: Mapping[int, int]) -> None:
        self.routes = routes
        self.model = mathopt.Model(name="partition")
        self.unit_minor = float(routes.cost_minor.max()) / _LARGEST
        self.visits = [self.model.add_linear_constraint(lb=1, ub=1) for _ in range(stops)]
        self.coaches = {kind: self.model.add_linear_constraint(ub=count) for kind, count in limits.items()}
        self.entered = np.zeros(len(routes.cost_minor), dtype=bool)
        for row in self.visits:
            left_out = self.model.add_variable(lb=0)
            self.model.objective.set_linear_coefficient(left_out, 2 * _LARGEST)
            row.set_coefficient(left_out, 1.0)

    def solve(self, known: Sequence[int]) -> tuple[float, Floats]:
        """(value of the relaxation over the whole list, reduced cost of every route)."""
        self._enter(np.array(known, dtype=np.int64))
        solver = mathopt.IncrementalSolver(self.model, mathopt.SolverType.GLOP)
        while True:
            result = solver.solve()
            value = result.objective_value() * self.unit_minor
            reduced = self._reduce(result)
            wanted = np.flatnonzero((reduced < -TOLERANCE_RATIO * abs(value)) & ~self.entered)
            if not len(wanted):
                return value, reduced
            self._enter(wanted[np.argsort(reduced[wanted], kind="stable")][:MOST_ENTERING])

    def _enter(self, numbers: NDArray[np.int64]) -> None:
        for number in numbers.tolist():
            if self.entered[number]:
                continue
            self.entered[number] = True
            taken = self.model.add_variable(lb=0)
            self.model.objective.set_linear_coefficient(
                taken, float(self.routes.cost_minor[number]) / self.unit_minor
            )
            for stop in self.routes.get_stops(number):
                self.visits[stop - 1].set_coefficient(taken, 1.0)
            row = self.coaches.get(int(self.routes.kind[number]))
            if row is not None:
                row.set_coefficient(taken, 1.0)

    def _reduce(self, result: mathopt.SolveResult) -> Floats:
        prices = result.dual_values()
        values = np.array([0.0, *(prices[row] for row in self.visits)]) * self.unit_minor
        reduced: Floats = self.routes.cost_minor - self.routes.add_up(values)
        for kind, row in self.coaches.items():
            reduced[self.routes.kind == kind] -= prices[row] * self.unit_minor
        return reduced


def _prove_whole(
    routes: RouteList,
    stops: int,
    numbers: Sequence[int],
    known: Sequence[int],
    limits: Mapping[int, int],
    most_nodes: int,
) -> tuple[tuple[int, ...] | None, bool]:
    """(best set of whole routes found, whether it is the best of these), by branch and bound on the relaxation."""
    model = mathopt.Model(name="whole_routes")
    visits: list[list[mathopt.Variable]] = [[] for _ in range(stops)]
    coaches: dict[int, list[mathopt.Variable]] = {kind: [] for kind in limits}
    taken = {number: model.add_binary_variable() for number in numbers}
    _list_uses(routes, taken, visits, coaches)
    for row in visits:
        model.add_linear_constraint(mathopt.fast_sum(row) == 1)
    for kind, row in coaches.items():
        model.add_linear_constraint(mathopt.fast_sum(row) <= limits[kind])
    model.minimize(mathopt.fast_sum(float(routes.cost_minor[n]) * variable for n, variable in taken.items()))
    params = mathopt.SolveParameters(node_limit=most_nodes)
    result = mathopt.solve(model, mathopt.SolverType.HIGHS, params=params)
    if not result.has_primal_feasible_solution():
        return None, False
    answer = result.variable_values()
    chosen = tuple(number for number, variable in taken.items() if answer[variable] > 0.5)
    return chosen, result.termination.reason is mathopt.TerminationReason.OPTIMAL


def _choose_whole(
    routes: RouteList,
    stops: int,
    numbers: Sequence[int],
    known: Sequence[int],
    limits: Mapping[int, int],
    most_work: float,
) -> tuple[tuple[int, ...] | None, bool]:
    """The same by constraint programming from the known set, for a given work: better where the list is long."""
    model = cp_model.CpModel()
    visits: list[list[cp_model.IntVar]] = [[] for _ in range(stops)]
    coaches: dict[int, list[cp_model.IntVar]] = {kind: [] for kind in limits}
    taken = {number: model.new_bool_var("") for number in numbers}
    _list_uses(routes, taken, visits, coaches)
    for row in visits:
        model.add_exactly_one(row)
    for kind, row in coaches.items():
        model.add(sum(row) <= limits[kind])
    first = set(known)
    for number, variable in taken.items():
        model.add_hint(variable, number in first)
    model.minimize(sum(round(float(routes.cost_minor[n])) * variable for n, variable in taken.items()))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.max_deterministic_time = most_work
    status = solver.solve(model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None, False
    chosen = tuple(number for number, variable in taken.items() if solver.value(variable))
    return chosen, status == cp_model.OPTIMAL


def _list_uses(
    routes: RouteList,
    taken: Mapping[int, Any],
    visits: Sequence[list[Any]],
    coaches: Mapping[int, list[Any]],
) -> None:
    """Put the variable of each route into the rows of its stops and of its kind of coach."""
    for number, variable in taken.items():
        for stop in routes.get_stops(number):
            visits[stop - 1].append(variable)
        kind = int(routes.kind[number])
        if kind in coaches:
            coaches[kind].append(variable)
