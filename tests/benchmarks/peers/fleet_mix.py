"""Fleet size and mix as each router sees it through its own interface; the answer is routes of customers (1 to n)."""

from __future__ import annotations

import time
import warnings
from datetime import timedelta
from itertools import pairwise
from typing import Any

import numpy as np

from benchmarks.fsm import FsmInstance

#: Routers work in integers: thousandths of a unit of cost and distance.
SCALE = 1_000
Tours = list[tuple[int, ...]]


def price_tours(instance: FsmInstance, tours: Tours) -> float:
    """Cost of routes, each on the cheapest type that carries it. Raises ValueError where they are no answer."""
    if sorted(stop for tour in tours for stop in tour) != list(range(1, len(instance.points))):
        raise ValueError("some customer is not visited exactly once")
    total = 0.0
    for tour in tours:
        load = sum(instance.demands[stop - 1] for stop in tour)
        path = [0, *tour, 0]
        length = sum(instance.measure(a, b) for a, b in pairwise(path))
        total += min(
            fixed + per_unit * length for capacity, fixed, per_unit in instance.types if capacity >= load
        )
    return total


def _make_matrix(instance: FsmInstance) -> np.ndarray[Any, np.dtype[np.int64]]:
    n = len(instance.points)
    return np.array([[round(instance.measure(a, b) * SCALE) for b in range(n)] for a in range(n)])


def _count_useful(instance: FsmInstance, capacity: int) -> int:
    """Vehicles of a type that are never too few: as many as carry everyone with every second seat empty."""
    return min(len(instance.demands), -(-2 * sum(instance.demands) // capacity))


def route_pyvrp(instance: FsmInstance, cpu_s: float, seed: int) -> Tours:
    """PyVRP alone, one type of vehicle per type."""
    from pyvrp import Client, Depot, Location, ProblemData, VehicleType, solve
    from pyvrp.exceptions import PenaltyBoundWarning

    matrix = _make_matrix(instance)
    data = ProblemData(
        locations=[Location(x, y) for x, y in instance.points],
        clients=[Client(i, delivery=[demand]) for i, demand in enumerate(instance.demands, start=1)],
        depots=[Depot(0)],
        vehicle_types=[
            VehicleType(
                num_available=_count_useful(instance, capacity),
                capacity=[capacity],
                fixed_cost=round(fixed * SCALE),
                unit_distance_cost=round(per_unit),
            )
            for capacity, fixed, per_unit in instance.types
        ],
        distance_matrices=[matrix],
        duration_matrices=[np.zeros_like(matrix)],
    )
    ends = time.process_time() + cpu_s
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PenaltyBoundWarning)
        result = solve(data, lambda _: time.process_time() > ends, seed=seed, collect_stats=False)
    return [tuple(step.idx + 1 for step in tour if step.is_client()) for tour in result.best.routes()]


def route_ortools(instance: FsmInstance, cpu_s: float, seed: int) -> Tours:
    """OR-Tools routing: guided local search from parallel insertion; it takes no seed."""
    from ortools.constraint_solver import pywrapcp, routing_enums_pb2

    ends = time.process_time() + cpu_s
    vehicles = [kind for kind in instance.types for _ in range(_count_useful(instance, kind[0]))]
    manager = pywrapcp.RoutingIndexManager(len(instance.points), len(vehicles), 0)
    routing = pywrapcp.RoutingModel(manager)
    matrix = _make_matrix(instance)
    costs = {
        unit: routing.RegisterTransitMatrix((matrix * unit).astype(int).tolist())
        for _, _, unit in instance.types
    }
    people = routing.RegisterUnaryTransitVector([0, *instance.demands])
    routing.AddDimensionWithVehicleCapacity(people, 0, [kind[0] for kind in vehicles], True, "people")
    for number, (_, fixed, per_unit) in enumerate(vehicles):
        routing.SetArcCostEvaluatorOfVehicle(costs[per_unit], number)
        routing.SetFixedCostOfVehicle(round(fixed * SCALE), number)
    routing.AddSearchMonitor(routing.solver().CustomLimit(lambda: time.process_time() > ends))
    parameters = pywrapcp.DefaultRoutingSearchParameters()
    parameters.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
    parameters.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    parameters.time_limit.FromTimedelta(timedelta(seconds=20 * cpu_s))
    solution = routing.SolveWithParameters(parameters)
    return _read_ortools(manager, routing, solution, len(vehicles))


def _read_ortools(manager: Any, routing: Any, solution: Any, vehicles: int) -> Tours:
    tours = []
    for number in range(vehicles):
        index, stops = routing.Start(number), []
        while not routing.IsEnd(index):
            stops.append(manager.IndexToNode(index))
            index = solution.Value(routing.NextVar(index))
        if len(stops) > 1:
            tours.append(tuple(stops[1:]))
    return tours


def route_vroom(instance: FsmInstance, cpu_s: float, seed: int) -> Tours:
    """VROOM at its deepest exploration; it takes no seed and ends by itself."""
    import vroom

    problem = vroom.Input()
    matrix = _make_matrix(instance)
    for unit in {unit for _, _, unit in instance.types}:
        name = f"p{unit}"
        problem.set_durations_matrix(name, np.zeros_like(matrix))
        problem.set_distances_matrix(name, matrix)
        problem.set_costs_matrix(name, (matrix * unit).astype(np.int64))
    number = 0
    for capacity, fixed, unit in instance.types:
        for _ in range(_count_useful(instance, capacity)):
            problem.add_vehicle(
                vroom.Vehicle(
                    number, start=0, end=0, profile=f"p{unit}", capacity=[capacity],
                    costs=vroom.VehicleCosts(fixed=round(fixed * SCALE)),
                )
            )  # fmt: skip
            number += 1
    for i, demand in enumerate(instance.demands, start=1):
        problem.add_job(vroom.Job(i, i, delivery=[demand]))
    solution = problem.solve(exploration_level=5, nb_threads=1, timeout=timedelta(seconds=cpu_s))
    visits = solution.routes[solution.routes["type"] == "job"]
    return [tuple(int(i) for i in group["id"]) for _, group in visits.groupby("vehicle_id")]
