"""A corridor as VROOM sees it: jobs, one vehicle per coach and day, days as skills, its deepest exploration."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import vroom

from benchmarks.peers.tasks import Run, Task

#: Skill of "no earlier than day d" is d; of "no later than day d", this + d.
_NO_LATER = 1_000


def route(task: Task, cpu_s: float, seed: int) -> list[Run]:
    """Routes of a corridor. VROOM takes no seed, ends by itself, and is stopped after ``cpu_s`` seconds of wall time.

    It carries as many people as it can whatever that costs; leaving somebody for a price cannot be said to it.
    """
    problem = vroom.Input()
    profiles: dict[tuple[int, int], str] = {}
    for kind in task.kinds:
        name = profiles.setdefault((kind.km_minor, kind.day), f"p{len(profiles)}")
        problem.set_durations_matrix(name, np.zeros_like(task.km_tenths))
        problem.set_distances_matrix(name, task.km_tenths * 100)
        problem.set_costs_matrix(name, task.make_costs(kind))
    days = sorted({kind.day for kind in task.kinds})
    vehicles = [kind for kind in task.kinds for _ in range(kind.count)]
    for number, kind in enumerate(vehicles):
        skills = {day for day in days if day <= kind.day} | {_NO_LATER + d for d in days if d >= kind.day}
        problem.add_vehicle(
            vroom.Vehicle(
                number,
                start=kind.depot,
                end=kind.depot,
                profile=profiles[kind.km_minor, kind.day],
                capacity=[kind.capacity],
                skills=skills,
                costs=vroom.VehicleCosts(fixed=kind.fixed),
            )
        )
    for i, load in enumerate(task.loads):
        within = [day for day in days if load.first_day <= day <= load.last_day]
        if within:
            skills = {within[0], _NO_LATER + within[-1]}
            problem.add_job(vroom.Job(i, task.depots + i, delivery=[load.size], skills=skills))
    solution = problem.solve(exploration_level=5, nb_threads=1, timeout=timedelta(seconds=cpu_s))
    visits = solution.routes[solution.routes["type"] == "job"]
    return [
        Run(vehicles[int(number)], tuple(int(i) for i in group["id"]))
        for number, group in visits.groupby("vehicle_id")
    ]
