"""make_plan: clearance, demand, travel, search and bound, assembled into one Plan."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future

import dispatch
from dispatch.batching.bound.find import BoundResult, find_bound
from dispatch.batching.bound.params import BOUND_PARAMS
from dispatch.batching.connecting import make_alternatives
from dispatch.batching.direct import DirectCosts
from dispatch.batching.effort import EFFORTS
from dispatch.batching.progress import Signals
from dispatch.batching.solve import Solution, solve
from dispatch.model.plan import Plan
from dispatch.model.scenario import Scenario
from dispatch.planning.assembly import Assembler
from dispatch.planning.certificate import make_certificate
from dispatch.planning.prepared import Prepared, prepare
from dispatch.planning.reasons import explain_unserved
from dispatch.planning.story import tell_story
from dispatch.routing.context import make_context

Progress = Callable[[str, Mapping[str, str]], None]
NameHalt = Callable[[float, float], str]


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


def assemble_plan(
    ready: Prepared,
    solution: Solution,
    bound: BoundResult | None,
    *,
    effort: str,
    seed: int,
    signals: Signals,
    name_halt: NameHalt,
) -> Plan:
    """Plan of a solution: trips and papers, certificate, reasons and everything the book tells."""
    unplanned = explain_unserved(ready, solution)
    assembler = Assembler(
        ready.scenario, ready.context, ready.demand, ready.parties, ready.members, name_halt
    )
    costs = DirectCosts(ready.scenario, ready.context, ready.demand)
    parts = assembler.assemble(
        solution.assignment,
        solution.transfers,
        costs,
        solution.alternatives,
        solution.planner,
        ready.set_aside,
        unplanned,
    )
    certificate = make_certificate(ready, solution, parts, bound, stopped=signals.should_stop())
    story = tell_story(ready, solution, parts, seed)
    return Plan(
        scenario_name=ready.scenario.name,
        scenario_hash=ready.scenario.content_hash,
        seed=seed,
        effort=effort,
        version=dispatch.__version__,
        trips=parts.trips,
        duties=parts.duties,
        service_runs=parts.service_runs,
        batches=parts.batches,
        outcomes=parts.outcomes,
        rides=parts.rides,
        costs=parts.costs,
        certificate=certificate,
        unserved_penalty_minor=dict(solution.alternatives.unserved_minor),
        proposed_services=tuple(s for s in ready.scenario.services if s.id in ready.proposed),
        remedies=story.remedies,
        requests=story.requests,
        mode_prices=story.mode_prices,
        rules=story.rules,
        assumptions=ready.scenario.assumptions,
        points=story.points,
        variants=story.variants,
        interrupted=signals.should_stop(),
    )
