"""Two plans side by side: what is counted, and who counts as travelling otherwise."""

from __future__ import annotations

import dataclasses

import pandas as pd
import pytest

from dispatch.explain.compare import compare_plans
from dispatch.model.contracts import OUTCOMES, RIDES, make_frame
from dispatch.model.plan import Assumption, CarrierRequest, Plan
from worlds import World, change_terms, outcome, ride


@pytest.fixture
def after(four_villages: World) -> Plan:
    """The next day's coach T2 takes W3 (who was on T1 with W1 and W2) and W6 (who was left at home)."""
    plan = four_villages.plan
    second = dataclasses.replace(plan.trips[0], id="T2", service_date_min=2_880, load=2)
    ridden = {"mode": "bus", "arrive_min": 2170}
    outcomes = [
        outcome("W1", "itinerary", party_key="family", batch_id="A", service_date="2020-03-02", **ridden),
        outcome("W2", "itinerary", party_key="family", batch_id="A", service_date="2020-03-02", **ridden),
        outcome("W3", "itinerary", batch_id="C", service_date="2020-03-03", lateness_days=2, **ridden),
        outcome("W4", "unserved", reason="not_cleared"),
        outcome("W5", "own_ticket"),
        outcome("W6", "itinerary", batch_id="C", service_date="2020-03-03", **ridden),
    ]
    rides = [
        ride(name, 1, trip, 0, 2, "1A")
        for name, trip in (("W1", "T1"), ("W2", "T1"), ("W3", "T2"), ("W6", "T2"))
    ]
    changed = dataclasses.replace(
        plan,
        trips=(*plan.trips, second),
        outcomes=make_frame(OUTCOMES, outcomes),
        rides=make_frame(RIDES, rides),
    )
    return change_terms(changed, {"unserved": 0})


def test_who_travels_otherwise_is_counted_by_kind(four_villages: World, after: Plan) -> None:
    found = compare_plans(four_villages.plan, after)
    assert {kind: count for kind, count in found.counts.items() if count} == {
        "unserved → served": 1,  # W6
        "leaves later": 1,  # W3
        "other companions": 2,  # W1 and W2 lost W3
    }
    assert list(found.changed["worker_id"]) == ["W6", "W3", "W1", "W2"]  # the largest change first
    assert found.in_both == 6


def test_money_people_and_lateness_stand_on_both_sides(four_villages: World, after: Plan) -> None:
    found = compare_plans(four_villages.plan, after)
    assert found.before.people == {"served": 3, "own ticket": 1, "unserved": 2}
    assert found.after.people == {"served": 4, "own ticket": 1, "unserved": 1}
    assert (found.before.lateness_days, found.after.lateness_days) == (1, 2)
    assert found.before.total_minor - found.after.total_minor == 500_000


def test_a_plan_compared_with_itself_has_no_difference(four_villages: World) -> None:
    found = compare_plans(four_villages.plan, four_villages.plan)
    assert found.same_scenario
    assert found.changed.empty
    assert sum(found.counts.values()) == 0


def test_trips_with_other_numbers_but_the_same_people_are_no_change(four_villages: World) -> None:
    plan = four_villages.plan
    renamed = dataclasses.replace(
        plan,
        trips=(dataclasses.replace(plan.trips[0], id="T9"),),
        rides=plan.rides.assign(trip_id=pd.Series(["T9"] * 3, dtype=plan.rides["trip_id"].dtype)),
    )
    assert compare_plans(plan, renamed).changed.empty


def test_plans_of_other_rosters_are_matched_by_id(four_villages: World) -> None:
    plan = four_villages.plan
    other = dataclasses.replace(
        plan,
        scenario_hash="other",
        outcomes=make_frame(OUTCOMES, [outcome("W5", "own_ticket"), outcome("W99", "own_ticket")]),
        rides=make_frame(RIDES),
    )
    found = compare_plans(plan, other)
    assert not found.same_scenario
    assert (found.in_both, found.only_before, found.only_after) == (1, 5, 1)


def test_ids_that_look_like_documents_are_masked(four_villages: World) -> None:
    document = "610723199001011235"
    before = dataclasses.replace(
        four_villages.plan,
        outcomes=make_frame(OUTCOMES, [outcome(document, "own_ticket")]),
        rides=make_frame(RIDES),
    )
    after = dataclasses.replace(before, outcomes=make_frame(OUTCOMES, [outcome(document, "unserved")]))
    assert list(compare_plans(before, after).changed["worker_id"]) == ["610***********1235"]


def test_coaches_are_counted_by_vehicle_type_and_what_if_changes_named(four_villages: World) -> None:
    asked = CarrierRequest(carrier="c", what="53-seat · big · DEPOT", date_min=0, quantity=1, unit="coaches")
    change = Assumption(subject="fleet.FL1+=1", what="what-if change", value="", people=6, table="--set")
    plan = dataclasses.replace(four_villages.plan, requests=(asked,), assumptions=(change,))
    found = compare_plans(plan, four_villages.plan)
    assert found.before.coaches == {"53-seat · big": 1}
    assert found.after.coaches == {"other": 1}  # a duty that no request names
    assert found.before.changes == ("fleet.FL1+=1",)
