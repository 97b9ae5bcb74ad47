"""Master linear programme of one corridor over prices of seats: patterns sell seats, people of cells take them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from dispatch.batching.bound.cuts import find_violated
from dispatch.batching.bound.patterns import Pattern
from dispatch.batching.bound.problem import Cut
from dispatch.batching.bound.seats import SeatDuals, SeatProblem

FloatArray = NDArray[np.float64]
#: Money of the programme in hundreds of minor units; money in place of infinity.
_SCALE = 100.0
_DEAREST = 1e12
#: How fast the box of a seat's price grows where it binds.
_GROWTH = 1.5


class SeatMaster:
    """Rows: people of each cell, seats of each pair and day, cuts. GLOP, one thread; its answers are only suggestions.

    A seat may also be bought at ``caps`` (P, T), which grow where that is done: it keeps prices near sensible ones.
    """

    def __init__(self, problem: SeatProblem, caps: FloatArray, coach: FloatArray) -> None:
        from ortools.linear_solver import pywraplp

        self.problem = problem
        self.coach = coach
        self.caps = caps
        self.solver = pywraplp.Solver.CreateSolver("GLOP")
        self.solver.SetSolverSpecificParametersAsString("use_preprocessing: false")
        self.infinity = self.solver.infinity()
        self.objective = self.solver.Objective()
        self.objective.SetMinimization()
        self.columns: dict[tuple[object, ...], tuple[Pattern, Any]] = {}
        self.cuts: dict[Cut, Any] = {}
        self.cover = [self.solver.Constraint(float(n), self.infinity) for n in problem.corridor.people]
        self.seats: dict[tuple[int, int], Any] = {}
        self.bought: dict[tuple[int, int], Any] = {}
        for pair, t in zip(*(at.tolist() for at in np.nonzero(problem.supply)), strict=True):
            self._add_seat(pair, t)
        self.staying = [self._add_variable(float(cost)) for cost in problem.otherwise]
        for row, variable in zip(self.cover, self.staying, strict=True):
            row.SetCoefficient(variable, 1.0)
        self._add_rides()

    def _add_variable(self, cost: float) -> Any:
        variable = self.solver.NumVar(0.0, self.infinity, "")
        self.objective.SetCoefficient(variable, cost / _SCALE)
        return variable

    def _add_seat(self, pair: int, t: int) -> None:
        row = self.solver.Constraint(0.0, self.infinity)
        bought = self._add_variable(float(self.caps[pair, t]))
        row.SetCoefficient(bought, 1.0)
        self.seats[pair, t], self.bought[pair, t] = row, bought

    def _add_rides(self) -> None:
        per_head, otherwise = self.problem.corridor.per_head, self.problem.otherwise
        worth = np.isfinite(per_head) & (per_head < otherwise[:, None])
        for cell, t in zip(*(at.tolist() for at in np.nonzero(worth)), strict=True):
            rides = self._add_variable(float(per_head[cell, t]))
            self.cover[cell].SetCoefficient(rides, 1.0)
            self.seats[int(self.problem.pair_of[cell]), t].SetCoefficient(rides, -1.0)

    def add_pattern(self, pattern: Pattern) -> bool:
        """Add a trip pattern as a column; False where it is known."""
        key = (pattern.line, pattern.day, pattern.board_set, pattern.gate_set, pattern.loads, pattern.cost)
        if key in self.columns:
            return False
        variable = self._add_variable(self._price(pattern))
        self.columns[key] = (pattern, variable)
        t = self.problem.corridor.days.index(pattern.day)
        for pair, load in pattern.loads:
            self.seats[pair, t].SetCoefficient(variable, load)
        for cut, row in self.cuts.items():
            if cut.days[0] <= t <= cut.days[1]:
                row.SetCoefficient(variable, 1.0)
        return True

    def _price(self, pattern: Pattern) -> float:
        scarcity = float(self.coach[pattern.line, slice(*pattern.touched)].sum())
        return min(pattern.cost + scarcity, _DEAREST)

    def reprice(self, coach: FloatArray) -> None:
        """Take over other prices of coaches."""
        if np.array_equal(self.coach, coach):
            return
        self.coach = coach
        for pattern, variable in self.columns.values():
            self.objective.SetCoefficient(variable, self._price(pattern) / _SCALE)

    def solve(self) -> tuple[float, SeatDuals] | None:
        """(cost, duals), or None where the solver gave up."""
        from ortools.linear_solver import pywraplp

        if self.solver.Solve() not in (pywraplp.Solver.OPTIMAL, pywraplp.Solver.FEASIBLE):
            return None
        seats = np.zeros(self.problem.supply.shape)
        for at, row in self.seats.items():
            seats[at] = max(row.dual_value(), 0.0) * _SCALE
        cuts = {cut: max(row.dual_value(), 0.0) * _SCALE for cut, row in self.cuts.items()}
        self._read()
        return self.objective.Value() * _SCALE, SeatDuals(seats, cuts)

    def _read(self) -> None:
        """Keep what the solution says; once the programme changes the solver no longer tells."""
        self.runs = [(pattern, variable.solution_value()) for pattern, variable in self.columns.values()]
        self.short = [at for at, bought in self.bought.items() if bought.solution_value() > 1e-6]
        self.stay = np.array([variable.solution_value() for variable in self.staying])

    def widen(self) -> bool:
        """Let prices of seats rise where seats were bought at the box; True where any box grew."""
        grew = False
        for at in self.short:
            most = float(self.problem.most[at])
            if self.caps[at] < most:
                self.caps[at] = min(most, self.caps[at] * _GROWTH + 1.0)
                self.objective.SetCoefficient(self.bought[at], float(self.caps[at]) / _SCALE)
                grew = True
        return grew

    def add_cuts(self, most: int) -> int:
        """Add the cuts that the last solution breaks most; how many."""
        left = tuple(cut for cut in self.problem.cuts if cut not in self.cuts)
        if not left:
            return 0
        trips = np.zeros(len(self.problem.corridor.days))
        for pattern, runs in self.runs:
            trips[self.problem.corridor.days.index(pattern.day)] += runs
        violated = find_violated(left, trips, self.stay, most)
        for cut in violated:
            self._add_cut(cut)
        return len(violated)

    def _add_cut(self, cut: Cut) -> None:
        row = self.solver.Constraint(cut.trips, self.infinity)
        for pattern, variable in self.columns.values():
            if cut.days[0] <= self.problem.corridor.days.index(pattern.day) <= cut.days[1]:
                row.SetCoefficient(variable, 1.0)
        for cell in cut.cells:
            row.SetCoefficient(self.staying[cell], 1.0 / cut.rest)
        self.cuts[cut] = row

    def count_coaches(self) -> FloatArray:
        """Coaches out by (line, day) in the last solution, in the shape of the prices."""
        used = np.zeros(self.coach.shape)
        for pattern, runs in self.runs:
            if runs > 1e-9:
                used[pattern.line, slice(*pattern.touched)] += runs
        return used
