"""P1-P4 broken once each, everything else repaired: exactly that code."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from dispatch.checker import check_plan
from dispatch.model.geography import DatedTier, Tier
from dispatch.model.plan import CASH_TERMS, HOPELESS, PENALTY_TERMS, DutyLeg, Plan
from dispatch.model.scenario import Scenario
from worlds import (
    LINE,
    NOTHING_PROVEN,
    SITE,
    World,
    add_rule,
    change_duty,
    change_frame,
    change_region,
    change_site,
    change_terms,
    change_trip,
    change_worker,
    rule,
)


def find_codes(scenario: Scenario, plan: Plan) -> set[str]:
    """Codes of all findings."""
    return {finding.code for finding in check_plan(scenario, plan)}


# --- P1 ----------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("term", [*CASH_TERMS, *PENALTY_TERMS, "tips"])
def test_p1_one_cent_too_much_in_one_total(four_villages: World, term: str) -> None:
    plan = four_villages.plan
    plan = change_terms(plan, {term: plan.costs.terms.get(term, 0) + 1})
    assert find_codes(four_villages.scenario, plan) == {"P1"}


@pytest.mark.parametrize("term", ["vehicle_days", "km", "driver_days"])
def test_p1_one_cent_too_little_on_one_duty_and_in_the_total(night_train: World, term: str) -> None:
    plan = night_train.plan
    duty = plan.duties[1]
    plan = change_duty(plan, replace(duty, costs={**duty.costs, term: duty.costs[term] - 1}))
    plan = change_terms(plan, {term: plan.costs.terms[term] - 1})
    assert find_codes(night_train.scenario, plan) == {"P1"}


@pytest.mark.parametrize("term", ["service_fixed", "carriages", "seats"])
def test_p1_one_cent_too_much_on_a_service(night_train: World, term: str) -> None:
    run = night_train.plan.service_runs[0]
    plan = replace(
        night_train.plan, service_runs=(replace(run, costs={**run.costs, term: run.costs[term] + 1}),)
    )
    assert find_codes(night_train.scenario, change_terms(plan, {term: plan.costs.terms[term] + 1})) == {"P1"}


def test_p1_an_unserved_penalty_that_is_not_the_scenarios(four_villages: World) -> None:
    plan = replace(four_villages.plan, unserved_penalty_minor={"": 1})
    assert find_codes(four_villages.scenario, change_terms(plan, {"unserved": 1})) == {"P1"}


def test_a_lump_sum_replaces_the_other_terms(four_villages: World) -> None:
    tariff = replace(LINE.tariff, lump_trip_minor=300_000)
    scenario = four_villages.scenario.replace(fleet=(replace(LINE, tariff=tariff),))
    assert find_codes(scenario, four_villages.plan) == {"P1"}
    plan = change_duty(
        four_villages.plan, replace(four_villages.plan.duties[0], costs={"lump_sums": 300_000})
    )
    plan = change_terms(plan, {"vehicle_days": 0, "km": 0, "driver_days": 0, "lump_sums": 300_000})
    assert find_codes(scenario, plan) == set()


# --- P2 ----------------------------------------------------------------------------------------------------------------------


def put_leg(plan: Plan, index: int, leg: DutyLeg, km_minor: int, trip_km_tenths: int = 4120) -> Plan:
    """Four villages with one leg changed and the km paid for repaired."""
    duty = plan.duties[0]
    legs = tuple(leg if number == index else old for number, old in enumerate(duty.legs))
    plan = change_duty(plan, replace(duty, legs=legs, costs={**duty.costs, "km": km_minor}))
    plan = change_trip(plan, replace(plan.trips[0], km_tenths=trip_km_tenths))
    return change_terms(plan, {"km": km_minor})


def test_p2_a_table_leg_with_another_hundred_metres(four_villages: World) -> None:
    leg = replace(four_villages.plan.duties[0].legs[2], km_tenths=4001)  # 873.3 km x 4.50
    assert find_codes(four_villages.scenario, put_leg(four_villages.plan, 2, leg, 392_985, 4121)) == {"P2"}


@pytest.mark.parametrize(
    ("km_tenths", "km_minor", "codes"),
    [(309, 392_805, {"P2"}), (315, 393_075, {"P2"}), (310, 392_850, set())],
)
def test_p2_an_estimate_outside_the_tolerance(
    four_villages: World, km_tenths: int, km_minor: int, codes: set[str]
) -> None:
    # 31.17 km, 0.6 % and 0.05 km either way: 30.93 to 31.41; all take 42 min at 45 km/h
    leg = replace(four_villages.plan.duties[0].legs[0], km_tenths=km_tenths)
    assert find_codes(four_villages.scenario, put_leg(four_villages.plan, 0, leg, km_minor)) == codes


def test_p2_an_estimate_called_a_table_leg(four_villages: World) -> None:
    leg = replace(four_villages.plan.duties[0].legs[0], source="table")
    assert find_codes(four_villages.scenario, put_leg(four_villages.plan, 0, leg, 392_940)) == {"P2"}


def test_p2_a_missing_leg(four_villages: World) -> None:
    plan = four_villages.plan
    duty = plan.duties[0]
    # 31.2 + 400.0 + 430.0 = 861.2 km x 4.50; the events name the legs left
    events = tuple(replace(event, leg=event.leg - 1) if event.leg > 1 else event for event in duty.events)
    legs = (duty.legs[0], *duty.legs[2:])
    plan = change_duty(plan, replace(duty, legs=legs, events=events, costs={**duty.costs, "km": 387_540}))
    assert find_codes(four_villages.scenario, change_terms(plan, {"km": 387_540})) == {"P2"}


# --- P3 ----------------------------------------------------------------------------------------------------------------------


def test_p3_printed_figures_that_do_not_add_up(four_villages: World) -> None:
    trip = four_villages.plan.trips[0]
    for wrong in (
        replace(trip, load=4),
        replace(trip, capacity=5),
        replace(trip, km_tenths=4000),
        replace(trip, batch_ids=("A",)),
        replace(trip, service_id="K1"),
        replace(trip, carriages=1),
        replace(trip, service_date_min=0),
        replace(trip, stops=(replace(trip.stops[0], board=3), *trip.stops[1:])),
        replace(trip, stops=(*trip.stops[:2], replace(trip.stops[2], site_ids=()))),
    ):
        assert find_codes(four_villages.scenario, change_trip(four_villages.plan, wrong)) == {"P3"}


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("batch_id", "B"),
        ("service_date", pd.Timestamp("2020-03-03")),
        ("mode", "train"),
        ("arrive_min", 2171),
        ("lateness_days", 1),
        ("party_key", "other"),
        ("status", "lost"),
    ],
)
def test_p3_an_outcome_that_contradicts_the_rides(four_villages: World, column: str, value: object) -> None:
    plan = replace(
        four_villages.plan, outcomes=change_frame(four_villages.plan.outcomes, "W1", column, value)
    )
    assert find_codes(four_villages.scenario, plan) == {"P3"}


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("mode", "bus"),
        ("arrive_min", 2170),
        ("lateness_days", 1),
        ("service_date", pd.Timestamp("2020-03-02")),
        ("batch_id", "A"),
    ],
)
def test_p3_an_unserved_worker_with_the_figures_of_a_journey(
    four_villages: World, column: str, value: object
) -> None:
    plan = replace(
        four_villages.plan, outcomes=change_frame(four_villages.plan.outcomes, "W6", column, value)
    )
    assert find_codes(four_villages.scenario, plan) == {"P3"}


def test_p3_a_batch_with_one_worker_too_many(four_villages: World) -> None:
    one, two = four_villages.plan.batches
    assert find_codes(
        four_villages.scenario, replace(four_villages.plan, batches=(replace(one, workers=3), two))
    ) == {"P3"}


def test_p3_names_that_point_nowhere(four_villages: World) -> None:
    plan = four_villages.plan
    for wrong in (
        change_trip(plan, replace(plan.trips[0], duty_id="D9")),
        change_duty(plan, replace(plan.duties[0], fleet_id="FL9")),
        replace(plan, rides=change_frame(plan.rides, "W1", "trip_id", "T9")),
        replace(plan, rides=change_frame(plan.rides, "W1", "alight_stop", 3)),
        replace(plan, rides=change_frame(plan.rides, "W1", "worker_id", "W9")),
        replace(plan, trips=(*plan.trips, plan.trips[0])),
        replace(plan, duties=()),
        replace(plan, scenario_hash="0000"),
    ):
        assert find_codes(four_villages.scenario.replace(content_hash="1111"), wrong) == {"P3"}


@pytest.mark.parametrize("reason", sorted(HOPELESS))
def test_p3_a_reason_claimed_for_a_worker_who_is_fine(four_villages: World, reason: str) -> None:
    plan = replace(
        four_villages.plan, outcomes=change_frame(four_villages.plan.outcomes, "W6", "reason", reason)
    )
    assert find_codes(four_villages.scenario, change_terms(plan, {"unserved": 0})) == {"P3"}


def test_p3_a_reason_that_is_none(four_villages: World) -> None:
    plan = replace(
        four_villages.plan, outcomes=change_frame(four_villages.plan.outcomes, "W6", "reason", "bad_luck")
    )
    assert find_codes(four_villages.scenario, plan) == {"P3"}


def make_true(scenario: Scenario, reason: str) -> Scenario:
    """Four villages changed so that the reason holds for W6."""
    if reason == "not_cleared":
        return scenario.replace(health=scenario.health[scenario.health["worker_id"] != "W6"])
    if reason == "site_closed":
        scenario = change_site(scenario, replace(SITE, id="S2", accepted=False))
        return change_worker(scenario, "W6", "site_id", "S2")
    if reason == "tier_forbids":
        far = replace(
            scenario.geography.regions["CD2A"], tiers=(DatedTier(from_date=date(2020, 2, 1), tier=Tier.HIGH),)
        )
        scenario = change_site(change_region(scenario, far), replace(SITE, id="S2", place_id="FAR"))
        scenario = add_rule(scenario, rule("no_boarding_tiers", ("high",), mode=""))
        return change_worker(scenario, "W6", "site_id", "S2")
    if reason == "party_incomplete":
        return change_worker(change_worker(scenario, "W6", "party_id", "W4"), "W6", "all_or_none", True)
    column, value = {
        "seeking": ("site_id", ""),
        "unknown_place": ("boarding_place_id", "NOWHERE"),
        "no_mode": ("needs", "no_bus"),
        "window_empty": ("earliest_date", pd.Timestamp("2020-03-05")),
        "no_lawful_trip": ("latest_date", pd.Timestamp("2020-03-01")),
    }[reason]
    return change_worker(scenario, "W6", column, value)


@pytest.mark.parametrize("reason", sorted(HOPELESS - {"party_too_large"}))
def test_a_true_reason_is_believed(four_villages: World, reason: str) -> None:
    outcomes = change_frame(four_villages.plan.outcomes, "W6", "reason", reason)
    if reason == "party_incomplete":
        outcomes = change_frame(outcomes, "W6", "party_key", "W4")
    plan = change_terms(replace(four_villages.plan, outcomes=outcomes), {"unserved": 0})
    assert find_codes(make_true(four_villages.scenario, reason), plan) == set()


# --- P4 ----------------------------------------------------------------------------------------------------------------------


def test_p3_believes_that_a_coach_licensed_for_local_trips_helps_nobody_who_goes_far(
    four_villages: World,
) -> None:
    # W6 lives in CH1, the gate lies in CD1: a local coach may not go there, so "no lawful trip" is true
    outcomes = change_frame(four_villages.plan.outcomes, "W6", "reason", "no_lawful_trip")
    plan = change_terms(replace(four_villages.plan, outcomes=outcomes), {"unserved": 0})
    local = tuple(replace(line, local_only=True) for line in four_villages.scenario.fleet)
    assert "P3" in find_codes(four_villages.scenario, plan)
    assert "P3" not in find_codes(four_villages.scenario.replace(fleet=local), plan)


def test_p4_a_bound_above_the_cost(four_villages: World) -> None:
    # cost 1,119,040; gap (1,119,040 - 1,119,140) / 1,119,040; without the penalty (619,040 - 1,119,140) / 619,040
    certificate = replace(
        four_villages.plan.certificate,
        bound_minor=1_119_140,
        gap_ratio=-100 / 1_119_040,
        gap_without_unserved_ratio=-500_100 / 619_040,
    )
    assert find_codes(four_villages.scenario, replace(four_villages.plan, certificate=certificate)) == {"P4"}


@pytest.mark.parametrize("field", ["gap_ratio", "gap_without_unserved_ratio"])
@pytest.mark.parametrize("gap", [0.02, None])
def test_p4_a_gap_that_is_misprinted(four_villages: World, field: str, gap: float | None) -> None:
    certificate = replace(four_villages.plan.certificate, **{field: gap})
    assert find_codes(four_villages.scenario, replace(four_villages.plan, certificate=certificate)) == {"P4"}


def test_p4_a_gap_without_a_proof(four_villages: World) -> None:
    certificate = replace(NOTHING_PROVEN, gap_ratio=0.01)
    assert find_codes(four_villages.scenario, replace(four_villages.plan, certificate=certificate)) == {"P4"}
