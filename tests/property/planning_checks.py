"""What must hold for every plan of every scenario, and how the tests ask for one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dispatch.batching.bound.find import BoundResult
from dispatch.batching.progress import Signals
from dispatch.checker import check_plan
from dispatch.model.plan import Plan
from dispatch.model.scenario import Scenario
from dispatch.planning.make_plan import make_plan, run_bound
from dispatch.planning.prepared import prepare
from dispatch.running.inline import InlineExecutor


def name_halt(lat: float, lon: float) -> str:
    """Every halt has the same name; names are no part of these tests."""
    return "somewhere"


def plan_scenario(scenario: Scenario, effort: str = "quick", seed: int = 1) -> Plan:
    """Plan made in this process."""
    return make_plan(
        scenario,
        effort=effort,
        seed=seed,
        executor=InlineExecutor(),
        signals=Signals(),
        progress=lambda phase, info: None,
        name_halt=name_halt,
    )


def find_raw_bound(scenario: Scenario, effort: str = "quick") -> BoundResult | None:
    """The bound as proven, before the certificate has seen the cost."""
    return run_bound(prepare(scenario), effort, Signals())


def plan_it(scenario: Scenario, effort: str = "quick") -> tuple[Plan, BoundResult | None]:
    """Plan and the bound as proven."""
    return plan_scenario(scenario, effort), find_raw_bound(scenario, effort)


def find_faults(scenario: Scenario, plan: Plan, bound: BoundResult | None) -> Iterator[str]:
    """Every promise a plan breaks, in words without numbers (so that like faults have one name)."""
    for finding in check_plan(scenario, plan):
        yield f"{finding.code} {re.sub(r'[0-9]+', '#', finding.message)[:90]}"
    outcomes = plan.outcomes
    if sorted(outcomes["worker_id"]) != sorted(scenario.workers["worker_id"]):
        yield "not every worker is in exactly one status"
    if not set(outcomes["status"]) <= {"itinerary", "own_ticket", "unserved"}:
        yield "a status nobody knows"
    if (outcomes.loc[outcomes["status"] == "unserved", ["reason", "detail", "next_step"]] == "").any(
        axis=None
    ):
        yield "somebody is unserved without reason, detail or next step"
    cost = plan.costs.total_minor
    if cost != sum(plan.costs.terms.values()):
        yield "the cost is not the sum of its terms"
    if any(amount < 0 for amount in plan.costs.terms.values()):
        yield "a cost term is negative"
    certificate = plan.certificate
    if bound is None or certificate.bound_minor is None or certificate.gap_ratio is None:
        yield "nothing was proven although nobody stopped the search"
        return
    if bound.bound_minor > cost:
        yield "the proven bound lies above the cost of a lawful plan"
    if certificate.bound_minor > cost:
        yield "the printed bound lies above the cost"
    if abs(certificate.gap_ratio * cost - (cost - certificate.bound_minor)) > 1:
        yield "the gap does not fit cost and bound"
