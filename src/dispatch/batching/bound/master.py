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
        self.columns: dict[tuple[object, ...], Any] = {}
        self.values: dict[int, float] = {}
        self.services = [ServiceRows(self, number, first) for number in range(len(problem.offers))]

    def _add_variable(self, cost: float, most: float | None = None) -> Any:
        variable = self.solver.NumVar(0.0, self.infinity if most is None else most, "")
        self.objective.SetCoefficient(variable, float(cost) / _SCALE)
        return variable

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
        if key in self.columns:
            return False
        variable = self._add_variable(pattern.cost)
        self.columns[key] = variable
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

    def add_ride(self, position: int, price: float) -> Any:
        """Column of people of a cell (position) who ride a service at a price per head."""
        rides = self._add_variable(price)
        self.by_cell[position].append(rides)
        self.cover[position].SetCoefficient(rides, 1.0)
        for cut, row in self.cuts.items():
            span = self.problem.spans[cut.corridor]
            if span.start <= position < span.stop and position - span.start in cut.cells:
                row.SetCoefficient(rides, 1.0 / cut.rest)
        return rides

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
        self._read()
        return self.objective.Value() * _SCALE, duals

    def _read(self) -> None:
        """Keep the values of the solution: once the programme changes the solver no longer tells them."""
        self.values = {
            variable.index(): variable.solution_value()
            for variables in (
                self.otherwise,
                self.columns.values(),
                *(rows.get_variables() for rows in self.services),
            )
            for variable in variables
        }
        for rows in self.services:
            rows.read()

    def widen(self) -> bool:
        """Let prices rise where people stay only because the box makes it cheap; True where any box grew."""
        grew = False
        for position in np.flatnonzero(self.caps < self.problem.otherwise).tolist():
            variable = self.otherwise[position]
            if self.values[variable.index()] > 1e-6:
                cap, most = float(self.caps[position]), float(self.problem.otherwise[position])
                self.caps[position] = min(most, cap * BOX_GROWTH + 1.0)
                self.objective.SetCoefficient(variable, float(self.caps[position]) / _SCALE)
                grew = True
        return grew

    def get_trips(self, corridor: int) -> FloatArray:
        """Trips of a corridor by its days in the last solution."""
        trips = np.zeros(len(self.problem.corridors[corridor].days))
        for day, variable in self.trips[corridor]:
            trips[day] += self.values.get(variable.index(), 0.0)
        return trips

    def get_otherwise(self, corridor: int) -> FloatArray:
        """People of each cell of a corridor who ride no direct coach in the last solution."""
        span = self.problem.spans[corridor]
        return np.array(
            [
                sum(self.values.get(variable.index(), 0.0) for variable in self.by_cell[i])
                for i in range(span.start, span.stop)
            ]
        )

    def add_rides(self, duals: Duals) -> int:
        """Add the rides of services that pay at the duals of the last solution; how many."""
        if not self.services:
            return 0
        pay = self.problem.pay_otherwise(duals)
        return sum(rows.add_rides(pay) for rows in self.services)

    def link_services(self, most: int) -> int:
        """Add the rows "riders of a cell <= people × runs" that the last solution breaks most; how many."""
        broken = sorted(lack for rows in self.services for lack in rows.find_broken())
        for _, number, position in broken[:most]:
            self.services[number].link(position)
        return min(len(broken), most)


class ServiceRows:
    """One service in the master: whether it runs, its carriages, and the riders that were ever worth a column."""

    def __init__(self, master: Master, number: int, first: FloatArray) -> None:
        self.master = master
        self.number = number
        self.offer = offer = master.problem.offers[number]
        solver, infinity = master.solver, master.infinity
        self.runs = master._add_variable(offer.fixed, 1.0)
        if offer.committed:
            self.runs.SetLb(1.0)
        carriages = master._add_variable(offer.carriage)
        for slot in offer.slots:
            if slot in master.slots:
                master.slots[slot].SetCoefficient(self.runs, 1.0)
        most = min(offer.room, float(offer.people.sum()))
        self.seats = solver.Constraint(-infinity, 0.0)
        self.seats.SetCoefficient(carriages, -float(offer.carriage_room))
        self.filled = solver.Constraint(-infinity, 0.0)
        self.filled.SetCoefficient(self.runs, -most)
        self.enough = solver.Constraint(0.0, infinity)
        self.enough.SetCoefficient(self.runs, -min(float(offer.min_load), most))
        for least, count in ((True, offer.min_carriages), (False, offer.max_carriages)):
            row = solver.Constraint(0.0, infinity) if least else solver.Constraint(-infinity, 0.0)
            row.SetCoefficient(carriages, 1.0)
            row.SetCoefficient(self.runs, -float(count))
        self.rides: dict[int, Any] = {}
        self.links: dict[int, Any] = {}
        self.seat_minor = 0.0
        self.is_waiting = np.ones(len(offer.riders), dtype=bool)
        if not offer.min_load:
            self.is_waiting &= offer.price < master.problem.otherwise[offer.riders]
        self._add(self.is_waiting & (offer.price < FIRST_BOX * first[offer.riders]) | bool(offer.min_load))

    def _add(self, chosen: NDArray[np.bool_]) -> int:
        rows = np.flatnonzero(chosen & self.is_waiting).tolist()
        for row in rows:
            position = int(self.offer.riders[row])
            rides = self.master.add_ride(position, float(self.offer.price[row]))
            for constraint in (self.seats, self.filled, self.enough):
                constraint.SetCoefficient(rides, 1.0)
            self.rides[position] = rides
            self.is_waiting[row] = False
        return len(rows)

    def add_rides(self, pay: FloatArray) -> int:
        """Add the riders who bring more than their price and what a seat is worth in the last solution."""
        if not self.is_waiting.any():
            return 0
        gain = pay[self.offer.riders] + self.seat_minor - self.offer.price
        return self._add(gain > 1e-3)

    def get_variables(self) -> list[Any]:
        """Variables whose values are asked for."""
        return [self.runs, *self.rides.values()]

    def read(self) -> None:
        """Keep what a seat costs in the last solution, as a number at most 0."""
        self.seat_minor = sum(row.dual_value() for row in (self.seats, self.filled, self.enough)) * _SCALE

    def find_broken(self) -> list[tuple[float, int, int]]:
        """(- people too many, service, position) where more ride than the service runs for."""
        values, people = self.master.values, self.master.problem.people
        runs = values[self.runs.index()]
        if runs > 1 - 1e-9:
            return []
        lacks = (
            (position, values.get(rides.index(), 0.0) - float(people[position]) * runs)
            for position, rides in self.rides.items()
            if position not in self.links
        )
        return [(-lack, self.number, position) for position, lack in lacks if lack > 1e-4]

    def link(self, position: int) -> None:
        """Add the row of one cell."""
        row = self.master.solver.Constraint(-self.master.infinity, 0.0)
        row.SetCoefficient(self.rides[position], 1.0)
        row.SetCoefficient(self.runs, -float(self.master.problem.people[position]))
        self.links[position] = row
