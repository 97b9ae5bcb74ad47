"""Bound of a synthetic county of 3,666 workers; run by hand, prints time, memory, bound and columns.

python tests/benchmarks/bench_bound.py [workers] [boarding places] [areas] [effort]
"""

from __future__ import annotations

import resource
import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "unit" / "batching"))

from bound_worlds import CN_RULES, World, WorldBuilder, make_line, make_train, make_type

from dispatch.batching.bound.find import find_bound
from dispatch.batching.bound.params import BOUND_PARAMS
from dispatch.model.scenario import Rates


def make_county(workers: int, boards: int, areas: int, seed: int = 7, trains: bool = True) -> World:
    """A county with ``boards`` townships around (0, 0), ``areas`` cities 350 to 1,500 km away with 1 to 5 gates each."""
    rng = np.random.default_rng(seed)
    points: dict[str, tuple[float, float, str]] = {"d1": (0.0, 0.0, "home"), "d2": (70.0, 10.0, "next")}
    points["t0"] = (5.0, 2.0, "home")
    for i in range(boards):
        x, y = rng.normal(0, 22, 2)
        points[f"b{i:02d}"] = (float(x), float(y), "home")
    gates: list[list[str]] = []
    for a in range(areas):
        far, angle = rng.uniform(350, 1500), rng.uniform(-0.6, 0.6)
        cx, cy = far * np.cos(angle), far * np.sin(angle)
        points[f"t{a + 1}"] = (float(cx), float(cy), f"city{a:02d}")
        gates.append([])
        for g in range(int(rng.integers(1, 6))):
            name = f"g{a:02d}_{g}"
            x, y = rng.normal(0, 15, 2)
            points[name] = (float(cx + x), float(cy + y), f"city{a:02d}")
            gates[-1].append(name)
    types = (make_type("c53", 53), make_type("c45", 45), make_type("c35", 35))
    fleet = tuple(
        make_line(
            f"{depot}-{kind.id}",
            kind.id,
            depot,
            day=day * 100,
            km=km,
            driver=30_000,
            counts=((0, 30, count),),
        )
        for depot in ("d1", "d2")
        for kind, day, km, count in (
            (types[0], 1300, 380, 18),
            (types[1], 1150, 340, 8),
            (types[2], 850, 280, 8),
        )
    )
    services = tuple(
        make_train(
            f"T{a}-{day}", (("t0", day * 1440 + 550), (f"t{a + 1}", day * 1440 + 900)), 100, seat_minor=70_000
        )
        for a in range(0, areas if trains else 0, 2)
        for day in range(0, 14, 2)
    )
    builder = WorldBuilder(
        points=points, types=types, fleet=fleet, services=services, rules=CN_RULES, speed=75.0,
        rates=Rates(lateness_day_minor=4_000, ride_h_minor=800, allowance_day_minor=6_000, unserved_minor={"": 3_000_000}),
    )  # fmt: skip
    share = rng.dirichlet(np.full(areas, 0.7))
    weight = rng.dirichlet(np.full(boards, 2.0))
    left = workers
    while left > 0:
        size = min(left, int(rng.choice([1, 2, 3, 4, 5, 6], p=[0.45, 0.25, 0.15, 0.08, 0.05, 0.02])))
        area = int(rng.choice(areas, p=share))
        gate = gates[area][int(rng.integers(len(gates[area])))]
        opens = (sum(map(ord, gate)) * 7) % 9
        first = min(13, opens + int(rng.integers(0, 3)))
        builder.add(
            size,
            f"b{int(rng.choice(boards, p=weight)):02d}",
            gate,
            (first, min(15, first + int(rng.integers(0, 4)))),
        )
        left -= size
    return builder.make(own_ticket_minor=150_000)


def main() -> None:
    """Make the county, find the bound, print."""
    workers, boards, areas = (int(x) for x in (sys.argv[1:4] + ["3666", "19", "16"][len(sys.argv) - 1 :])[:3])
    effort = sys.argv[4] if len(sys.argv) > 4 else "standard"
    world = make_county(workers, boards, areas)
    began = time.perf_counter()

    def follow(phase: str, value: float) -> bool:
        sys.stdout.write(f"{time.perf_counter() - began:7.1f} s  {phase} {value / 100:15,.2f}" + "\n")
        return True

    result = find_bound(
        world.scenario,
        world.context,
        world.demand,
        world.costs,
        world.alternatives,
        lambda *_: (),
        BOUND_PARAMS[effort],
        follow,
    )
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    lines = (
        f"{len(world.demand.cells)} cells, {len(result.by_corridor)} corridors, {result.exact_corridors} exact",
        f"bound {result.bound_minor / 100:,.2f} in {time.perf_counter() - began:.1f} s, {result.rounds} rounds",
        f"{result.columns} columns, {memory:.0f} MB",
    )
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
