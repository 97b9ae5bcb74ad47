"""Why somebody stays at home or leaves late, and what would mend it: prices against hand arithmetic."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

import pytest
from small_world import FIRST, VAN, make_small_world, plan_small, worker

from dispatch.checker.check import check_plan
from dispatch.explain.locality import find_surroundings
from dispatch.explain.relaxations import Relaxation, find_relaxations
from dispatch.explain.worker import tell_worker
from dispatch.model.plan import Plan
from dispatch.model.scenario import Scenario
from dispatch.model.supply import CountOnDates

ONE_VAN = dataclasses.replace(
    VAN, counts=(CountOnDates(from_date=FIRST, to_date=FIRST + timedelta(days=5), count=1),)
)
# A van to the gate and back: 100.00 for the day, 720 km at 1.00, a driver's 50.00.
VAN_TRIP = 87_000


def plan_checked(scenario: Scenario) -> Plan:
    plan = plan_small(scenario)
    assert check_plan(scenario, plan) == ()
    return plan


def find(scenario: Scenario, plan: Plan, worker_id: str, *, on_time: bool) -> dict[str, Relaxation]:
    near = find_surroundings(scenario, plan, worker_id)
    return {one.binds: one for one in find_relaxations(near, on_time=on_time)}


@pytest.fixture(scope="module")
def left_at_home() -> tuple[Scenario, Plan, str]:
    """Eight people want 2 March, and there is one van for five: three stay, at 5,000.00 each."""
    scenario = make_small_world([worker(f"W{n}") for n in range(8)], fleet=(ONE_VAN,))
    plan = plan_checked(scenario)
    left = plan.outcomes.loc[plan.outcomes["status"] == "unserved", "worker_id"]
    assert len(left) == 3
    return scenario, plan, str(left.iloc[0])


def test_one_more_coach_carries_all_who_were_left(left_at_home: tuple[Scenario, Plan, str]) -> None:
    found = find(*left_at_home, on_time=False)
    # one more van serves all three: 870.00 less 3 x 5,000.00
    assert found["coaches"].total_minor == VAN_TRIP - 3 * 500_000
    assert found["coaches"].travel_minor == VAN_TRIP
    assert "one more Van at v1 (van) from 2020-03-02 for 1 days" in found["coaches"].change


def test_a_wider_window_carries_the_one_who_has_it(left_at_home: tuple[Scenario, Plan, str]) -> None:
    found = find(*left_at_home, on_time=False)
    # the van goes again the next day for this one person: 870.00 and 40.00 of lateness, less 5,000.00
    assert found["the dates they can leave"].total_minor == VAN_TRIP + 4_000 - 500_000
    assert found["the dates they can leave"].journey.startswith("2020-03-03 by coach")


def test_what_binds_is_told_with_the_cheapest_change_first(left_at_home: tuple[Scenario, Plan, str]) -> None:
    lines = tell_worker(*left_at_home)
    assert "What binds: coaches." in lines
    assert any(
        line.startswith("Cheapest way to be carried: one more Van") and "total -14,130.00 CNY" in line
        for line in lines
    )


def test_being_on_time_costs_what_planning_again_says() -> None:
    people = [worker(f"W{n}", latest_date=FIRST + timedelta(days=3)) for n in range(8)]
    scenario = make_small_world(people, fleet=(ONE_VAN,), last_date=FIRST + timedelta(days=4))
    plan = plan_checked(scenario)
    late = plan.outcomes.loc[plan.outcomes["lateness_days"] > 0, "worker_id"]
    assert len(late) == 3  # five on the first day, three on the second, 40.00 each
    found = find(scenario, plan, str(late.iloc[0]), on_time=True)
    # a second van on the first day takes all three, and the second day's trip is saved: only the lateness falls away
    assert found["coaches"].total_minor == -3 * 4_000


def test_travelling_apart_is_no_help_where_one_seat_is_left_for_two() -> None:
    people = [worker(f"W{n}", party_id="four", all_or_none=True) for n in range(4)]
    people += [worker(f"P{n}", party_id="two", all_or_none=True) for n in range(2)]
    scenario = make_small_world(people, fleet=(ONE_VAN,))
    plan = plan_checked(scenario)
    left = plan.outcomes.loc[plan.outcomes["status"] == "unserved", "worker_id"]
    assert sorted(left) == ["P0", "P1"]
    found = find(scenario, plan, "P0", on_time=False)
    assert "that the party travels whole" not in found
    assert found["coaches"].total_minor == VAN_TRIP - 2 * 500_000


def test_a_party_larger_than_any_coach_is_carried_apart() -> None:
    people = [worker(f"W{n}", party_id="six", all_or_none=True) for n in range(6)]
    scenario = make_small_world(people, fleet=(VAN,))  # as many vans as wanted, five seats each
    plan = plan_checked(scenario)
    assert set(plan.outcomes["reason"]) == {"party_too_large"}
    found = find(scenario, plan, "W0", on_time=False)
    # two vans; nobody pays a penalty for people whom no vehicle takes
    assert found["that the party travels whole"].total_minor == 2 * VAN_TRIP


def test_a_journey_that_is_dearer_than_staying_is_priced_without_any_change() -> None:
    # the penalty, 100.00, is less than a van for one: 870.00
    rates = dataclasses.replace(make_small_world([worker("W0")]).rates, unserved_minor={"": 10_000})
    scenario = make_small_world([worker("W0")], fleet=(ONE_VAN,), rates=rates)
    plan = plan_checked(scenario)
    assert list(plan.outcomes["status"]) == ["unserved"]
    found = find(scenario, plan, "W0", on_time=False)
    assert found["nothing but the price"].total_minor == VAN_TRIP - 10_000
    assert "What binds: nothing but the price." in tell_worker(scenario, plan, "W0")
