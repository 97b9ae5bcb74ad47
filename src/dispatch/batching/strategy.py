"""Strategy: which dates, modes and services carry how many people, by one aggregated integer programme.

People are grouped by corridor, gate and window; a coach run is an integer number of average trips, a service runs or
does not. Stop limits, households and exact routes are left to the search, which starts from what this says. The
programme steers and proves nothing (the bound is made elsewhere), so it is solved by diving: the relaxation is
solved again and again while services are rounded, the clearest ones first; then whole coach runs are asked for.
Small programmes are solved as they stand.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ortools.math_opt.python import mathopt

from dispatch.batching.demand import Unit
from dispatch.batching.state import CorridorKey, State

#: Programmes of at most so many variables are solved with everything whole at once.
SMALL_PROGRAMME = 3_000
#: Relative gaps and nodes at which a programme is left.
SMALL_GAP = 1e-6
LARGE_GAP = 0.02
MOST_NODES = 20
#: Most times the relaxation is solved in one dive.
MOST_DIVES = 12
#: Share of a coach's seats that real trips fill on average, and their cost beside the direct run.
EXPECTED_FILL_RATIO = 0.98
EXPECTED_DETOUR_RATIO = 1.03


@dataclass(frozen=True, slots=True)
class Run:
    """Average coach run of a corridor by one line on one day."""

    corridor: CorridorKey
    fleet_id: str
    day: int
    seats: float
    cash_minor: float
    days: int
    drivers: int


@dataclass(frozen=True, kw_only=True)
class Strategy:
    """What the programme wants: a day on a coach, or a service, by unit index; others are left to the search."""

    day_of: Mapping[int, int]
    service_of: Mapping[int, str]


#: Everything is left to the search.
NO_STRATEGY = Strategy(day_of={}, service_of={})


def find_strategy(state: State) -> Strategy:
    """Strategy for all units of a state (only its supply is read, not its assignment)."""
    if not state.demand.units:
        return Strategy(day_of={}, service_of={})
    return _Programme(state, _group(state), _list_runs(state)).solve()


def _group(state: State) -> list[list[Unit]]:
    groups: dict[tuple[object, ...], list[Unit]] = defaultdict(list)
    for unit in state.demand.units:
        cell = unit.cell
        groups[
            cell.corridor, cell.site, cell.earliest, cell.preferred, cell.latest, cell.arrive_by,
            cell.clear_from, cell.clear_until, tuple(sorted(cell.modes)), cell.priority_class,
            cell.date_lock, cell.service_lock, cell.mode_lock, cell.fleet_lock,
        ].append(unit)  # fmt: skip
    return list(groups.values())


def _list_runs(state: State) -> list[Run]:
    """Average runs by corridor, line and day; lines much dearer than the cheapest are left out."""
    runs: list[Run] = []
    for corridor, units in state.demand.group_by_corridor().items():
        pairs: dict[tuple[str, str], int] = defaultdict(int)
        for unit in units:
            if unit.cell.may_ride_bus:
                pairs[unit.cell.board, unit.cell.gate] += unit.size
        days = sorted({day for unit in units if unit.cell.may_ride_bus for day in unit.cell.days})
        samples = sorted(pairs, key=lambda pair: (-pairs[pair], pair))[:5]
        averages = [
            a for line in state.costs.lines if (a := _average(state, line, samples, pairs)) is not None
        ]
        cheapest = min((cash / seats for _, cash, seats, _, _ in averages), default=0.0)
        for fleet_id, cash, seats, length, drivers in averages:
            if cash / seats <= 1.6 * cheapest:
                runs.extend(Run(corridor, fleet_id, day, seats, cash, length, drivers) for day in days)
    return runs


def _average(
    state: State, fleet_id: str, samples: Sequence[tuple[str, str]], pairs: Mapping[tuple[str, str], int]
) -> tuple[str, float, float, int, int] | None:
    """(line, cash, seats, days away, drivers) of an average run, or None where a line cannot run."""
    cash = seats = weight = 0.0
    days = drivers = 1
    for board, gate in samples:
        shape = state.costs.find_shape(fleet_id, frozenset({board}), frozenset({gate}))
        room = state.costs.get_capacity(shape, 0) if shape else 0
        if shape is None or room <= 0:
            continue
        people = pairs[board, gate]
        weight += people
        cash += people * shape.cash_minor
        seats += people * room
        days, drivers = max(days, shape.days), max(drivers, shape.drivers)
    if not weight:
        return None
    return (
        fleet_id,
        cash / weight * EXPECTED_DETOUR_RATIO,
        seats / weight * EXPECTED_FILL_RATIO,
        days,
        drivers,
    )


class _Programme:
    """The integer programme and the reading of its answer."""

    def __init__(self, state: State, classes: list[list[Unit]], runs: list[Run]) -> None:
        self.state = state
        self.classes = classes
        self.runs = runs
        self.runs_of: dict[CorridorKey, dict[str, None]] = defaultdict(dict)
        for run in runs:
            self.runs_of[run.corridor][run.fleet_id] = None
        self.model = mathopt.Model(name="strategy")
        self.cost: list[mathopt.LinearTypes] = []
        self.switches: list[mathopt.Variable] = []
        self.counts: list[mathopt.Variable] = []
        self.transfer_coaches: list[mathopt.Variable] = []
        self.on_day: dict[tuple[int, int], mathopt.Variable] = {}
        self.on_service: dict[tuple[int, str], mathopt.Variable] = {}
        self.in_pool: dict[str, list[mathopt.Variable]] = defaultdict(list)
        self._add_people()
        self._add_coaches()
        self._add_services()
        self._add_transfers()
        self.model.minimize(mathopt.fast_sum(self.cost))

    def _add_people(self) -> None:
        alternatives = self.state.alternatives
        for k, units in enumerate(self.classes):
            people = sum(unit.size for unit in units)
            cell = units[0].cell
            out = self.model.add_variable(lb=0, ub=people)
            fare = alternatives.find_own_ticket(units[0])
            left_minor = self.state.penalty[units[0].index] / units[0].size
            if fare is not None:
                left_minor = min(left_minor, fare / units[0].size)
            self.cost.append(left_minor * out)
            parts = [out]
            for day, per_head in self._day_prices(units[0]).items():
                variable = self.model.add_variable(lb=0, ub=people)
                self.on_day[k, day] = variable
                self.cost.append(per_head * variable)
                parts.append(variable)
            for service_id, price in self._service_prices(units).items():
                variable = self.model.add_variable(lb=0, ub=people)
                self.on_service[k, service_id] = variable
                for key in alternatives.get_option(cell.index, service_id).pools:
                    self.in_pool[key].append(variable)
                self.cost.append(price * variable)
                parts.append(variable)
            self.model.add_linear_constraint(mathopt.fast_sum(parts) == people)

    def _day_prices(self, unit: Unit) -> dict[int, int]:
        """Lateness, ride time and allowance per head on a direct coach, by day, on the first line that may run."""
        cell = unit.cell
        if not cell.may_ride_bus:
            return {}
        for run in self.runs_of.get(cell.corridor, ()):
            shape = self.state.costs.find_shape(run, frozenset({cell.board}), frozenset({cell.gate}))
            if shape is not None:
                prices = {day: self.state.costs.find_cost_per_head(shape, day, cell) for day in cell.days}
                return {day: price for day, price in prices.items() if price is not None}
        return {}

    def _service_prices(self, units: Sequence[Unit]) -> dict[str, float]:
        """Mean expected price per head of the services open to all units of a class."""
        totals: dict[str, float] = defaultdict(float)
        counts: dict[str, int] = defaultdict(int)
        for unit in units:
            for option in self.state.alternatives.find_options(unit):
                totals[option.service_id] += option.per_head_minor * unit.size
                counts[option.service_id] += 1
        people = sum(unit.size for unit in units)
        return {s: total / people for s, total in totals.items() if counts[s] == len(units)}

    def _add_coaches(self) -> None:
        seats: dict[tuple[CorridorKey, int], list[mathopt.LinearTypes]] = defaultdict(list)
        out: dict[tuple[str, int], list[mathopt.Variable]] = defaultdict(list)
        resources = self.state.resources
        for run in self.runs:
            number = self._add_count()
            self.cost.append(run.cash_minor * number)
            seats[run.corridor, run.day].append(run.seats * number)
            for day in resources.days_touched(run.fleet_id, run.day, run.days):
                if resources.find_available(run.fleet_id, day) is not None:
                    out[run.fleet_id, day].append(number)
        for (fleet_id, day), numbers in out.items():
            available = resources.find_available(fleet_id, day) or 0
            free = max(0, available - resources.fleet_used[fleet_id, day])
            self.model.add_linear_constraint(mathopt.fast_sum(numbers) <= free)
        riders: dict[tuple[CorridorKey, int], list[mathopt.Variable]] = defaultdict(list)
        for (k, day), variable in self.on_day.items():
            riders[self.classes[k][0].cell.corridor, day].append(variable)
        for key, variables in riders.items():
            self.model.add_linear_constraint(
                mathopt.fast_sum(variables) <= mathopt.fast_sum(seats.get(key, []))
            )

    def _add_services(self) -> None:
        calls: dict[tuple[str, str, int], list[mathopt.Variable]] = defaultdict(list)
        riders: dict[str, list[mathopt.Variable]] = defaultdict(list)
        for (_, service_id), variable in self.on_service.items():
            riders[service_id].append(variable)
        for service_id, variables in riders.items():
            tariff = self.state.alternatives.tariffs[service_id]
            load = mathopt.fast_sum(variables)
            if not (tariff.fixed_minor or tariff.carriage_minor or tariff.min_load > 1):
                self.model.add_linear_constraint(load <= tariff.seats)
                continue
            runs = self.model.add_variable(lb=0, ub=1)
            self.switches.append(runs)
            for call in tariff.calls:
                calls[call].append(runs)
            carriages = self._add_count(tariff.max_carriages)
            if tariff.committed:
                self.model.add_linear_constraint(runs == 1)
            self.cost.append(tariff.fixed_minor * runs + tariff.carriage_minor * carriages)
            self.model.add_linear_constraint(load <= tariff.capacity * carriages)
            self.model.add_linear_constraint(carriages <= tariff.max_carriages * runs)
            self.model.add_linear_constraint(carriages >= tariff.min_carriages * runs)
            if not tariff.committed:
                self.model.add_linear_constraint(load >= tariff.min_load * runs)

        for call, switches in calls.items():
            self.model.add_linear_constraint(
                mathopt.fast_sum(switches) <= self.state.alternatives.slots[call]
            )

    def _add_count(self, most: int = 1_000) -> mathopt.Variable:
        count = self.model.add_variable(lb=0, ub=most)
        self.counts.append(count)
        return count

    def _add_transfers(self) -> None:
        """Whole transfer coaches for each terminal, day and side; each also half-priced by the head."""
        for key, variables in self.in_pool.items():
            pool = self.state.alternatives.pools[key]
            coaches = self.model.add_variable(lb=0, ub=1_000)
            self.transfer_coaches.append(coaches)
            self.model.add_linear_constraint(mathopt.fast_sum(variables) <= pool.seats * coaches)
            self.cost.append(pool.coach_minor / 2 * coaches)
            self.cost.append(pool.coach_minor / (2 * pool.seats) * mathopt.fast_sum(variables))

    def solve(self) -> Strategy:
        """Strategy of the answer found; an empty one where there is none."""
        values = self._find_values()
        if values is None:
            return Strategy(day_of={}, service_of={})
        wishes: dict[int, dict[tuple[str, int | str], float]] = defaultdict(dict)
        for (k, day), variable in self.on_day.items():
            if values[variable] > 0.5:
                wishes[k]["day", day] = values[variable]
        for (k, service_id), variable in self.on_service.items():
            if values[variable] > 0.5:
                wishes[k]["service", service_id] = values[variable]
        day_of: dict[int, int] = {}
        service_of: dict[int, str] = {}
        for k, units in enumerate(self.classes):
            _share_out(units, wishes[k], day_of, service_of)
        return Strategy(day_of=day_of, service_of=service_of)

    def _find_values(self) -> dict[mathopt.Variable, float] | None:
        """Values of a good answer; None where there is no answer at all."""
        counts = self.counts
        relaxed: dict[mathopt.Variable, float] | None = None
        if self.model.get_num_variables() <= SMALL_PROGRAMME:
            gap, nodes = SMALL_GAP, None
            whole = [*self.switches, *counts, *self.transfer_coaches]
        else:
            gap, nodes = LARGE_GAP, MOST_NODES
            whole = counts
            relaxed = self._dive()
            if relaxed is None:
                return None
        for variable in whole:
            variable.integer = True
        params = mathopt.SolveParameters(relative_gap_tolerance=gap, node_limit=nodes)
        result = mathopt.solve(self.model, mathopt.SolverType.HIGHS, params=params)
        return result.variable_values() if result.has_primal_feasible_solution() else relaxed

    def _dive(self) -> dict[mathopt.Variable, float] | None:
        """Decide which services run, the clearest first; the last relaxation's answer, None where it has none."""
        values: dict[mathopt.Variable, float] | None = None
        solver = mathopt.IncrementalSolver(self.model, mathopt.SolverType.GLOP)
        try:
            for _ in range(MOST_DIVES):
                result = solver.solve()
                if not result.has_primal_feasible_solution():
                    break
                values = result.variable_values()
                if not _round_some(self.switches, values):
                    break
        finally:
            solver.close()
        for switch in self.switches:
            switch.upper_bound = switch.lower_bound
        return values


def _round_some(variables: Sequence[mathopt.Variable], values: Mapping[mathopt.Variable, float]) -> bool:
    """Fix what is whole and round the clearest third of the rest; False when nothing is left to round."""
    open_ones: list[tuple[float, int, mathopt.Variable]] = []
    for number, variable in enumerate(variables):
        value = values[variable]
        if value >= 1 - 1e-6:
            variable.lower_bound = 1
        elif value > 1e-6 and variable.upper_bound > 0:
            open_ones.append((-value, number, variable))
    open_ones.sort(key=lambda item: item[:2])
    for position, (negative, _, variable) in enumerate(open_ones):
        if position <= len(open_ones) // 3 and (negative < -0.5 or position == 0):
            variable.lower_bound = 1
        elif negative > -0.1:
            variable.upper_bound = 0
    return bool(open_ones)


def _share_out(
    units: Sequence[Unit],
    wishes: dict[tuple[str, int | str], float],
    day_of: dict[int, int],
    service_of: dict[int, str],
) -> None:
    """Give each unit of a class the wish with the most room left, larger units first."""
    for unit in sorted(units, key=lambda u: (-u.size, u.cell.board, u.index)):
        if not wishes:
            return
        kind, value = max(wishes, key=lambda wish: (wishes[wish], wish[0], str(wish[1])))
        if wishes[kind, value] < unit.size * 0.5:
            continue
        wishes[kind, value] -= unit.size
        if isinstance(value, int):
            day_of[unit.index] = value
        else:
            service_of[unit.index] = value
