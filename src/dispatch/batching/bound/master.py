"""Master linear programme of one component: patterns found so far against people, cuts, coaches and services."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dispatch.batching.bound.patterns import Pattern
from dispatch.batching.bound.problem import CoachDay, Cut, Duals, Problem, Slot

FloatArray = NDArray[np.float64]
#: Money of the programme in hundreds of minor units: keeps numbers near 1 to 1e5.
_SCALE = 100.0
#: The box of prices: at first so much above the first prices, then growing by so much where it binds.
FIRST_BOX = 1.15
BOX_GROWTH = 1.25


class Master:
    """Restricted master. Rows: people of each cell, coaches, cuts, services; columns grow round by round.

    GLOP, one thread. Its answers are only suggestions of prices; nothing here needs to be exact. Prices are kept in a
    box that grows where it binds (Marsten, Hogan and Blankenship 1975): staying costs at first little more than ``first``.
    """

    def __init__(self, problem: Problem, first: FloatArray) -> None:
        from ortools.linear_solver import pywraplp

        self.problem = problem
        self.solver = pywraplp.Solver.CreateSolver("GLOP")
        self.solver.SetSolverSpecificParametersAsString("use_preprocessing: false")
        self.infinity = self.solver.infinity()
        self.objective = self.solver.Objective()
        self.objective.SetMinimization()
        self.cover = [self.solver.Constraint(float(n), self.infinity) for n in problem.people]
        self.cuts: dict[Cut, Any] = {}
        self.coaches: dict[CoachDay, Any] = {}
        self.slots: dict[Slot, Any] = {
            slot: self.solver.Constraint(-self.infinity, most) for slot, most in problem.slots.items()
        }
        self.caps = np.minimum(problem.otherwise, FIRST_BOX * first)
        self.otherwise = [self._add_variable(cost) for cost in self.caps]
        for row, variable in zip(self.cover, self.otherwise, strict=True):
            row.SetCoefficient(variable, 1.0)
        self.by_cell: dict[int, list[Any]] = defaultdict(list)
        for position, variable in enumerate(self.otherwise):
            self.by_cell[position].append(variable)
        self.trips: dict[int, list[tuple[int, Any]]] = defaultdict(list)
        self.values: list[float] = []
        self.known: set[tuple[object, ...]] = set()
        self._rides: list[tuple[int, int, Any, Any]] = []
        self._linked: set[tuple[int, int]] = set()
        for number in range(len(problem.offers)):
            self._add_service(number)

    def _add_variable(self, cost: float, most: float | None = None) -> Any:
        variable = self.solver.NumVar(0.0, self.infinity if most is None else most, "")
        self.objective.SetCoefficient(variable, float(cost) / _SCALE)
        return variable

    def _add_service(self, number: int) -> None:
        """Run variable, carriages and one variable per rider cell of a service."""
        offer = self.problem.offers[number]
        runs = self._add_variable(offer.fixed, 1.0)
        if offer.committed:
            runs.SetLb(1.0)
        carriages = self._add_variable(offer.carriage)
        for slot in offer.slots:
            if slot in self.slots:
                self.slots[slot].SetCoefficient(runs, 1.0)
        seats = self.solver.Constraint(-self.infinity, 0.0)
        seats.SetCoefficient(carriages, -float(offer.carriage_room))
        most = min(offer.room, float(offer.people.sum()))
        filled = self.solver.Constraint(-self.infinity, 0.0)
        filled.SetCoefficient(runs, -most)
        enough = self.solver.Constraint(0.0, self.infinity)
        enough.SetCoefficient(runs, -min(float(offer.min_load), most))
        for least, count in ((True, offer.min_carriages), (False, offer.max_carriages)):
            row = (
                self.solver.Constraint(0.0, self.infinity)
                if least
                else self.solver.Constraint(-self.infinity, 0.0)
            )
            row.SetCoefficient(carriages, 1.0)
            row.SetCoefficient(runs, -float(count))
        for position, price in zip(offer.riders.tolist(), offer.price.tolist(), strict=True):
            if price >= self.problem.otherwise[position] and not offer.min_load:
                continue
            rides = self._add_variable(price)
            self.by_cell[position].append(rides)
            self.cover[position].SetCoefficient(rides, 1.0)
            seats.SetCoefficient(rides, 1.0)
            filled.SetCoefficient(rides, 1.0)
            enough.SetCoefficient(rides, 1.0)
            self._rides.append((number, position, rides, runs))

    def add_pattern(self, corridor: int, pattern: Pattern) -> bool:
        """Add a trip pattern as a column; False where it is known."""
        key = (
            corridor,
            pattern.line,
            pattern.day,
            pattern.board_set,
            pattern.gate_set,
            pattern.loads,
            pattern.cost,
        )
        if key in self.known:
            return False
        self.known.add(key)
        variable = self._add_variable(pattern.cost)
        start = self.problem.spans[corridor].start
        for row, load in pattern.loads:
            self.cover[start + row].SetCoefficient(variable, load)
        day = self.problem.corridors[corridor].days.index(pattern.day)
        self.trips[corridor].append((day, variable))
        for cut, row in self.cuts.items():
            if cut.corridor == corridor and cut.days[0] <= day <= cut.days[1]:
                row.SetCoefficient(variable, 1.0)
        if self.problem.fleets.lines[pattern.line].counts:
            for at in range(*pattern.touched):
                self._get_coach_row(pattern.line, at).SetCoefficient(variable, 1.0)
        return True

    def _get_coach_row(self, line: int, day: int) -> Any:
        if (line, day) not in self.coaches:
            most = float(self.problem.available.get((line, day), 0))
            self.coaches[line, day] = self.solver.Constraint(-self.infinity, most)
        return self.coaches[line, day]

    def add_cut(self, cut: Cut) -> None:
        """Add an interval round-up cut as a row."""
        if cut in self.cuts:
            return
        row = self.solver.Constraint(cut.trips, self.infinity)
        start = self.problem.spans[cut.corridor].start
        for day, variable in self.trips[cut.corridor]:
            if cut.days[0] <= day <= cut.days[1]:
                row.SetCoefficient(variable, 1.0)
        for cell in cut.cells:
            for variable in self.by_cell[start + cell]:
                row.SetCoefficient(variable, 1.0 / cut.rest)
        self.cuts[cut] = row

    def solve(self) -> tuple[float, Duals] | None:
        """(cost of the master, duals), or None where the solver gave up."""
        from ortools.linear_solver import pywraplp

        if self.solver.Solve() not in (pywraplp.Solver.OPTIMAL, pywraplp.Solver.FEASIBLE):
            return None
        duals = Duals(
            cover=np.array([max(row.dual_value(), 0.0) * _SCALE for row in self.cover]),
            cuts={cut: max(row.dual_value(), 0.0) * _SCALE for cut, row in self.cuts.items()},
            coach={key: max(-row.dual_value(), 0.0) * _SCALE for key, row in self.coaches.items()},
            slots={key: max(-row.dual_value(), 0.0) * _SCALE for key, row in self.slots.items()},
        )
        self.values = [variable.solution_value() for variable in self.solver.variables()]
        return self.objective.Value() * _SCALE, duals

    def widen(self) -> bool:
        """Let prices rise where people stay only because the box makes it cheap; True where any box grew."""
        grew = False
        for position, variable in enumerate(self.otherwise):
            cap, most = float(self.caps[position]), float(self.problem.otherwise[position])
            if cap < most and self.values[variable.index()] > 1e-6:
                self.caps[position] = min(most, cap * BOX_GROWTH + 1.0)
                self.objective.SetCoefficient(variable, float(self.caps[position]) / _SCALE)
                grew = True
        return grew

    def get_trips(self, corridor: int) -> FloatArray:
        """Trips of a corridor by its days in the last solution."""
        trips = np.zeros(len(self.problem.corridors[corridor].days))
        for day, variable in self.trips[corridor]:
            trips[day] += self.values[variable.index()]
        return trips

    def get_otherwise(self, corridor: int) -> FloatArray:
        """People of each cell of a corridor who ride no direct coach in the last solution."""
        span = self.problem.spans[corridor]
        return np.array(
            [
                sum(self.values[variable.index()] for variable in self.by_cell[i])
                for i in range(span.start, span.stop)
            ]
        )

    def link_services(self, most: int) -> int:
        """Add the rows "riders of a cell <= people × runs" that the last solution breaks most; how many."""
        broken = []
        for i, (number, position, rides, runs) in enumerate(self._rides):
            lack = self.values[rides.index()] - self.problem.people[position] * self.values[runs.index()]
            if lack > 1e-4 and (number, position) not in self._linked:
                broken.append((-lack, i))
        for _, i in sorted(broken)[:most]:
            number, position, rides, runs = self._rides[i]
            row = self.solver.Constraint(-self.infinity, 0.0)
            row.SetCoefficient(rides, 1.0)
            row.SetCoefficient(runs, -float(self.problem.people[position]))
            self._linked.add((number, position))
        return min(len(broken), most)
