"""Plans of random small scenarios: lawful to the checker, complete, priced, proven, and the same every time."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from oracle import TinyWorld, find_optimum, tiny_worlds
from planning_checks import find_faults, find_raw_bound, plan_scenario
from random_scenarios import scenarios

from dispatch.files.runs import hash_plan
from dispatch.model.scenario import Scenario

#: Every example is a whole plan; shrinking one costs hundreds of plans, so it is left to runs by hand (marker ``long``).
NO_SHRINKING = (Phase.explicit, Phase.reuse, Phase.generate)
QUICK = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    phases=NO_SHRINKING,
    suppress_health_check=list(HealthCheck),
)
LONG = settings(max_examples=3_000, deadline=None, suppress_health_check=list(HealthCheck))


def check_promises(scenario: Scenario) -> None:
    """A plan keeps every rule and every promise, and its bound is below its cost."""
    plan = plan_scenario(scenario)
    assert list(find_faults(scenario, plan, find_raw_bound(scenario))) == []


@given(scenarios())
@QUICK
def test_every_plan_is_lawful_complete_priced_and_proven(scenario: Scenario) -> None:
    check_promises(scenario)


@pytest.mark.long
@given(scenarios())
@LONG
def test_thousands_of_plans_are_lawful_complete_priced_and_proven(scenario: Scenario) -> None:
    check_promises(scenario)


@given(scenarios(), st.integers(0, 5))
@settings(QUICK, max_examples=8)
def test_the_same_seed_gives_the_same_plan(scenario: Scenario, seed: int) -> None:
    first, second = plan_scenario(scenario, seed=seed), plan_scenario(scenario, seed=seed)
    assert hash_plan(first) == hash_plan(second)


def check_optimum(world: TinyWorld) -> None:
    """The plan costs what the best of all partitions costs, and no less than the bound says."""
    optimum = find_optimum(world)
    plan = plan_scenario(world.scenario, "standard")
    bound = find_raw_bound(world.scenario, "standard")
    assert bound is not None
    assert bound.bound_minor <= optimum
    assert plan.costs.total_minor == optimum


@given(tiny_worlds())
@settings(QUICK, max_examples=40)
def test_up_to_six_parties_are_planned_at_the_least_cost_of_all_partitions(world: TinyWorld) -> None:
    check_optimum(world)


@pytest.mark.long
@given(tiny_worlds())
@LONG
def test_thousands_of_tiny_worlds_are_planned_at_least_cost(world: TinyWorld) -> None:
    check_optimum(world)
