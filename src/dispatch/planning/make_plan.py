"""make_plan: clearance, demand, travel, search and bound, assembled into one Plan."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future

from dispatch.batching.bound.find import BoundResult, find_bound
from dispatch.batching.bound.params import BOUND_PARAMS
from dispatch.batching.connecting import make_alternatives
from dispatch.batching.direct import DirectCosts
from dispatch.batching.effort import EFFORTS
from dispatch.batching.progress import Signals
from dispatch.batching.solve import solve
from dispatch.model.plan import Plan
from dispatch.model.scenario import Scenario
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
    )
    progress("bound", {"cost": str(solution.cost_minor)})
    bound = bounding.result()
    progress("assemble", {})
    return assemble_plan(
        ready, solution, bound, effort=effort, seed=seed, signals=signals, name_halt=name_halt
    )


def run_bound(ready: Prepared, effort: str, signals: Signals) -> BoundResult | None:
    """Proven bound of a prepared scenario; None when stopped before any proof. Runs in any process."""
    context = make_context(ready.scenario, ready.travel)
    costs = DirectCosts(ready.scenario, context, ready.demand)
    alternatives = make_alternatives(
        ready.scenario, context, ready.demand, lambda board, site: ready.connections[board, site], costs
    )

    def keep_going(phase: str, value: float) -> bool:
        signals.tell("bound", f"{value:.0f}")
        return not signals.should_stop()

    return find_bound(
        ready.scenario,
        context,
        ready.demand,
        costs,
        alternatives,
        lambda board, site: ready.connections[board, site],
        BOUND_PARAMS[effort],
        keep_going,
    )


def _start_bound(
    ready: Prepared, effort: str, executor: Executor, signals: Signals
) -> Future[BoundResult | None]:
    return executor.submit(run_bound, ready, effort, signals)
