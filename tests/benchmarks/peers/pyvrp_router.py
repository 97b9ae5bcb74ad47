"""A corridor as PyVRP sees it: clients, one vehicle type per line and day, optional at the price of leaving people."""

from __future__ import annotations

import time
import warnings

import numpy as np
from pyvrp import Client, Depot, Location, PenaltyParams, ProblemData, SolveParams, VehicleType, solve
from pyvrp.exceptions import PenaltyBoundWarning

from benchmarks.peers.tasks import Run, Task

#: Units of time in a day. With the highest penalty a day too early costs as much as six people left behind.
DAY = 3
#: Default penalties are for instances of some 500 iterations a second; ours have far fewer, and costs of a few thousand.
PENALTIES = PenaltyParams(max_penalty=40_000.0, solutions_between_updates=100)


def route(task: Task, cpu_s: float, seed: int) -> list[Run]:
    """Routes of a corridor within some CPU seconds. A coach of day d does everything at one moment of day d."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PenaltyBoundWarning)
        result = solve(
            _make_data(task),
            _CpuTime(cpu_s),
            seed=seed,
            collect_stats=False,
            params=SolveParams(penalty=PENALTIES),
        )
    if not result.best.is_feasible():
        return []
    return [
        Run(task.kinds[found.vehicle_type()], tuple(step.idx for step in found if step.is_client()))
        for found in result.best.routes()
    ]


def _make_data(task: Task) -> ProblemData:
    nodes = task.depots + len(task.loads)
    return ProblemData(
        locations=[Location(0, 0) for _ in range(nodes)],
        clients=[
            Client(
                task.depots + i,
                delivery=[load.size],
                tw_early=load.first_day * DAY,
                tw_late=load.last_day * DAY,
                prize=load.penalty,
                required=False,
            )
            for i, load in enumerate(task.loads)
        ],
        depots=[Depot(i) for i in range(task.depots)],
        vehicle_types=[
            VehicleType(
                num_available=kind.count,
                capacity=[kind.capacity],
                start_depot=kind.depot,
                end_depot=kind.depot,
                fixed_cost=kind.fixed,
                tw_early=kind.day * DAY,
                tw_late=kind.day * DAY,
                profile=number,
            )
            for number, kind in enumerate(task.kinds)
        ],
        distance_matrices=[task.make_costs(kind) for kind in task.kinds],
        duration_matrices=[np.zeros((nodes, nodes), dtype=np.int64)] * len(task.kinds),
    )


class _CpuTime:
    """Stops after CPU seconds of this process, so that a busy machine takes nothing from anyone."""

    def __init__(self, cpu_s: float) -> None:
        self._end = time.process_time() + cpu_s

    def __call__(self, best_cost: int) -> bool:
        return time.process_time() > self._end
