"""Alternative answers printed beside the plan: the same campaign with one doubtful rule read the other way."""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta

from dispatch.batching.effort import EFFORTS
from dispatch.batching.progress import Signals
from dispatch.batching.solve import Solution, solve
from dispatch.model.policy import RuleValue
from dispatch.model.scenario import Scenario
from dispatch.planning.prepared import Prepared, prepare
from dispatch.running.inline import InlineExecutor

#: Above so many units the variant is not worth a second search.
LARGEST_VARIANT_UNITS = 1_000


def find_variants(ready: Prepared, solution: Solution, seed: int) -> tuple[tuple[str, str], ...]:
    """(what is read differently, what the plan would then be) for the rule whether the crew counts in the cap.

    Only where a load cap binds coaches on some service date of the plan.
    """
    days = {trip.day for trip in solution.assignment.trips}
    capped = [day for day in sorted(days) if _is_capped(ready.scenario, day)]
    if not capped or len(ready.demand.units) > LARGEST_VARIANT_UNITS:
        return ()
    counted = ready.scenario.policy.get_flag("count_crew_in_cap", _date(ready.scenario, capped[0]), "bus")
    other = _read_otherwise(ready.scenario, not counted)
    varied = prepare(other)
    answer = solve(
        varied.scenario, varied.travel, varied.context, varied.demand, varied.connections,
        EFFORTS["quick"], seed, InlineExecutor(), Signals(),
    )  # fmt: skip
    words = "crew counted in the load cap" if not counted else "crew not counted in the load cap"
    return (
        (
            f"{words}: coaches on direct trips",
            f"{len(answer.assignment.trips)} (this plan: {len(solution.assignment.trips)})",
        ),
    )


def _date(scenario: Scenario, day: int) -> date:
    return scenario.first_date + timedelta(days=day)


def _is_capped(scenario: Scenario, day: int) -> bool:
    rule = scenario.policy.find_value("load_cap_ratio", day=_date(scenario, day), mode="bus")
    return rule is not None and float(str(rule.value)) < 1


def _read_otherwise(scenario: Scenario, counted: bool) -> Scenario:
    rule = RuleValue(
        key="count_crew_in_cap", value=counted, effective_from=date.min, source="the rule read the other way"
    )
    policy = dataclasses.replace(scenario.policy, values=(*scenario.policy.values, rule))
    return scenario.replace(policy=policy)
