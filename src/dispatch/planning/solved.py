"""From a solution to a plan: trips and papers, certificate, reasons and everything the book tells."""

from __future__ import annotations

from collections.abc import Callable

import dispatch
from dispatch.batching.bound.find import BoundResult
from dispatch.batching.direct import DirectCosts
from dispatch.batching.progress import Signals
from dispatch.batching.solve import Solution
from dispatch.model.plan import Plan
from dispatch.planning.assembly import Assembler
from dispatch.planning.certificate import make_certificate
from dispatch.planning.prepared import Prepared
from dispatch.planning.reasons import explain_unserved
from dispatch.planning.story import tell_part_story, tell_story

NameHalt = Callable[[float, float], str]


def assemble_plan(
    ready: Prepared,
    solution: Solution,
    bound: BoundResult | None,
    *,
    effort: str,
    seed: int,
    signals: Signals,
    name_halt: NameHalt,
    is_part: bool = False,
) -> Plan:
    """Plan of a solution: trips and papers, certificate, reasons and everything the book tells.

    ``is_part``: of a larger plan, which tells its own story.
    """
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
    penalties = dict(solution.alternatives.unserved_minor)
    certificate = make_certificate(ready.scenario, parts, penalties, bound, stopped=signals.should_stop())
    story = tell_part_story(ready, solution, parts) if is_part else tell_story(ready, solution, parts, seed)
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
        unserved_penalty_minor=penalties,
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
