"""make_plan: clearance, demand, travel, search and bound, assembled into one Plan."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future
from dataclasses import dataclass, replace

from dispatch.batching.alternatives import Alternatives
from dispatch.batching.bound.find import BoundResult, find_bound
from dispatch.batching.bound.params import BOUND_PARAMS
from dispatch.batching.demand import Demand
from dispatch.batching.direct import DirectCosts
from dispatch.batching.effort import EFFORTS
from dispatch.batching.progress import Signals
from dispatch.batching.solve import solve
from dispatch.model.plan import Plan
from dispatch.model.scenario import Scenario
from dispatch.model.travel import FrozenTravel
from dispatch.planning.large.make_plan import is_large, make_large_plan
from dispatch.planning.prepared import Prepared, prepare
from dispatch.planning.solved import NameHalt, assemble_plan
from dispatch.routing.context import make_context

Progress = Callable[[str, Mapping[str, str]], None]


def make_plan(
    scenario: Scenario,
    *,
    effort: str,
    seed: int,
    executor: Executor,
    signals: Signals,
    progress: Progress,
    name_halt: NameHalt,
) -> Plan:
    """Lawful, certified plan for every worker of a scenario.

    Parameters
    ----------
    effort
        ``quick``, ``standard`` or ``thorough``: how long to look.
    seed
        Same scenario, seed and effort give the same plan on any executor.
    executor
        Where independent work runs. ``signals`` stop it early, ``progress`` hears of phases.
    """
    if is_large(scenario):
        return make_large_plan(
            scenario, effort=effort, seed=seed, executor=executor, signals=signals, progress=progress
        )
    progress("prepare", {})
    ready = prepare(scenario)
    progress("search", {"workers": str(ready.demand.workers)})
    bounding = _start_bound(ready, effort, executor, signals)
    solution = solve(
        ready.scenario,
        ready.travel,
        ready.context,
        ready.demand,
        ready.connections,
        EFFORTS[effort],
        seed,
        executor,
        signals,
        ready.alternatives,
    )
    progress("bound", {"cost": str(solution.cost_minor)})
    bound = bounding.result()
    progress("assemble", {})
    return assemble_plan(
        ready, solution, bound, effort=effort, seed=seed, signals=signals, name_halt=name_halt
    )


@dataclass(frozen=True, kw_only=True)
class BoundTask:
    """What proving a bound needs; picklable. ``alternatives`` without services: the bound looks for its own."""

    scenario: Scenario
    travel: FrozenTravel
    demand: Demand
    alternatives: Alternatives
    effort: str


def run_bound(ready: Prepared, effort: str, signals: Signals) -> BoundResult | None:
    """Proven bound of a prepared scenario; None when stopped before any proof."""
    return prove_task(_make_task(ready, effort), signals)


def prove_task(task: BoundTask, signals: Signals) -> BoundResult | None:
    """Proven bound; None when stopped before any proof. Runs in any process."""
    context = make_context(task.scenario, task.travel)

    def keep_going(phase: str, value: float) -> bool:
        signals.tell("bound", f"{value:.0f}")
        return not signals.should_stop()

    return find_bound(
        task.scenario,
        context,
        task.demand,
        DirectCosts(task.scenario, context, task.demand),
        task.alternatives,
        lambda board, site: (),
        BOUND_PARAMS[task.effort],
        keep_going,
    )


def _make_task(ready: Prepared, effort: str) -> BoundTask:
    return BoundTask(
        scenario=ready.scenario,
        travel=ready.travel,
        demand=ready.demand,
        alternatives=replace(ready.alternatives, options={}, pools={}),
        effort=effort,
    )


def _start_bound(
    ready: Prepared, effort: str, executor: Executor, signals: Signals
) -> Future[BoundResult | None]:
    return executor.submit(prove_task, _make_task(ready, effort), signals)
