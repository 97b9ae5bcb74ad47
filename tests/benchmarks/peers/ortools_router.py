"""A corridor as OR-Tools routing sees it: one vehicle per coach and day, optional visits, guided local search."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from ortools.constraint_solver import pywrapcp, routing_enums_pb2

from benchmarks.peers.tasks import Kind, Run, Task


def route(task: Task, cpu_s: float, seed: int) -> list[Run]:
    """Routes of a corridor within some CPU seconds. The solver takes no seed: the order of corridors alone varies.

    Only the line whose seats cost least when full is offered: with every line it opens small coaches at once, keeps them,
    and came out 8 to 20 % dearer. The exchange of types afterwards finds the small ones.
    """
    ends = time.process_time() + cpu_s
    line = min(task.kinds, key=lambda kind: (kind.fixed / kind.capacity, kind.fleet_id)).fleet_id
    vehicles = [kind for kind in task.kinds for _ in range(kind.count) if kind.fleet_id == line]
    depots = [kind.depot for kind in vehicles]
    manager = pywrapcp.RoutingIndexManager(task.depots + len(task.loads), len(vehicles), depots, depots)
    routing = pywrapcp.RoutingModel(manager)
    _add_costs(task, routing, vehicles)
    people = routing.RegisterUnaryTransitVector([0] * task.depots + [load.size for load in task.loads])
    routing.AddDimensionWithVehicleCapacity(people, 0, [kind.capacity for kind in vehicles], True, "people")
    for i, load in enumerate(task.loads):
        index = manager.NodeToIndex(task.depots + i)
        allowed = [n for n, kind in enumerate(vehicles) if load.first_day <= kind.day <= load.last_day]
        routing.VehicleVar(index).SetValues([-1, *allowed])
        routing.AddDisjunction([index], load.penalty)
    solution = _search(routing, ends)
    return [] if solution is None else _read(task, manager, routing, solution, vehicles)


def _add_costs(task: Task, routing: Any, vehicles: Sequence[Kind]) -> None:
    registered: dict[Kind, int] = {}
    for number, kind in enumerate(vehicles):
        if kind not in registered:
            registered[kind] = routing.RegisterTransitMatrix(task.make_costs(kind).tolist())
        routing.SetArcCostEvaluatorOfVehicle(registered[kind], number)
        routing.SetFixedCostOfVehicle(kind.fixed, number)


def _search(routing: Any, ends: float) -> Any:
    routing.AddSearchMonitor(routing.solver().CustomLimit(lambda: time.process_time() > ends))
    parameters = pywrapcp.DefaultRoutingSearchParameters()
    parameters.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
    parameters.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    # Wall time only as a net: the CPU limit above ends the search.
    parameters.time_limit.FromTimedelta(timedelta(seconds=20 * max(1.0, ends - time.process_time())))
    return routing.SolveWithParameters(parameters)


def _read(task: Task, manager: Any, routing: Any, solution: Any, vehicles: Sequence[Kind]) -> list[Run]:
    runs = []
    for number, kind in enumerate(vehicles):
        index, loads = routing.Start(number), []
        while not routing.IsEnd(index):
            node = manager.IndexToNode(index)
            if node >= task.depots:
                loads.append(node - task.depots)
            index = solution.Value(routing.NextVar(index))
        if loads:
            runs.append(Run(kind, tuple(loads)))
    return runs
