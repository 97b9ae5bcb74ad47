"""One campaign as a router can be given it: corridor by corridor, on the coaches that earlier corridors left over.

What a competent user would build around any router. A coach of day d is a vehicle of its own (days as vehicle copies).
Coach k of a line starts only on days that are k modulo the days it is away, so that copies of one coach never overlap.
Parties with the same stops and windows that overlap travel in loads of at most eight people. Routes are read back as trips of ours, unlawful ones are
mended (``mending``), and everything is priced by our own arithmetic.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from benchmarks.peers.mending import mend, settle
from benchmarks.peers.tasks import Run, Task, make_task, pack_loads
from dispatch.batching.connecting import make_alternatives
from dispatch.batching.demand import Unit
from dispatch.batching.direct import DirectCosts, DirectTrip
from dispatch.batching.resources import Resources
from dispatch.planning.prepared import Prepared

Router = Callable[[Task, float, int], Iterable[Run]]


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """Trips of a whole campaign, CPU seconds spent, and how many routes were not lawful as they came."""

    trips: tuple[DirectTrip, ...]
    cpu_s: float
    routes: int
    mended: int


def plan_by_corridors(ready: Prepared, router: Router, *, cpu_s: float, seed: int) -> Outcome:
    """Plan a campaign of direct coaches with a router.

    Parameters
    ----------
    cpu_s
        CPU seconds of this process for all corridors together, shared out by loads; mending comes on top and counts. A
        router that ends by itself begins anew in another order of corridors while another pass fits; the best is taken.
    seed
        Of the router, and of the order of corridors: large ones first, with some chance.
    """
    started = time.process_time()
    costs = DirectCosts(ready.scenario, ready.context, ready.demand)
    penalties = find_penalties(ready, costs)
    best: Outcome | None = None
    lowest, spent, longest = 0, 0.0, 0.0
    while best is None or spent + longest <= cpu_s:
        found = _pass_over(ready, costs, penalties, router, cpu_s - spent, seed)
        cost = count_cost(found.trips, penalties)
        if best is None or cost < lowest:
            best, lowest = found, cost
        longest = max(longest, time.process_time() - started - spent)
        spent = time.process_time() - started
        seed += 1_000
    return replace(best, cpu_s=spent)


def _pass_over(
    ready: Prepared,
    costs: DirectCosts,
    penalties: Mapping[int, int],
    router: Router,
    cpu_s: float,
    seed: int,
) -> Outcome:
    """Every corridor once, and mending."""
    started = time.process_time()
    resources = Resources(ready.scenario)
    corridors = _order_corridors(ready, random.Random(seed))
    loads_left = sum(len(loads) for loads in corridors)
    trips: list[DirectTrip] = []
    routes = mended = 0
    for loads in corridors:
        task = make_task(ready, costs, resources, penalties, loads)
        left = cpu_s - (time.process_time() - started)
        for run in router(task, max(0.1, left * len(loads) / loads_left), seed) if task.kinds else ():
            units = [unit for i in run.loads for unit in task.loads[i].units]
            trip, was_lawful = settle(costs, resources, run.kind.fleet_id, run.kind.day, units)
            routes += 1
            mended += not was_lawful
            if trip is not None:
                resources.hold(trip, 1)
                trips.append(trip)
        loads_left -= len(loads)
    trips = mend(ready.demand.units, penalties, costs, resources, trips)
    return Outcome(trips=tuple(trips), cpu_s=time.process_time() - started, routes=routes, mended=mended)


def count_cost(trips: Iterable[DirectTrip], penalties: Mapping[int, int]) -> int:
    """Cost of trips and of everybody not aboard, minor units."""
    left = dict(penalties)
    total = 0
    for trip in trips:
        total += trip.cost_minor
        for unit in trip.units:
            del left[unit.index]
    return total + sum(left.values())


def find_penalties(ready: Prepared, costs: DirectCosts) -> dict[int, int]:
    """Price of leaving each unit behind, minor units, by its number."""
    alternatives = make_alternatives(
        ready.scenario, ready.context, ready.demand, lambda board, site: ready.connections[board, site], costs
    )
    return {unit.index: alternatives.get_penalty(unit) for unit in ready.demand.units}


def _order_corridors(ready: Prepared, rng: random.Random) -> list[list[list[Unit]]]:
    """Loads (lists of units) of each corridor, corridors with many people first."""
    corridors = sorted(ready.demand.group_by_corridor().items())
    weights = {key: sum(unit.size for unit in units) * (0.8 + 0.4 * rng.random()) for key, units in corridors}
    return [pack_loads(units) for key, units in sorted(corridors, key=lambda item: -weights[item[0]])]
