"""Each constraint C1-C18 broken once, cost and counts repaired: exactly that code.

Where it is simpler, the plan stays and the law of the scenario is changed under it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pandas as pd
import pytest

from dispatch.checker import check_plan
from dispatch.model.contracts import RIDES, conform
from dispatch.model.geography import DatedTier, Tier
from dispatch.model.plan import CoachDuty, Plan, Role, ServiceRun, Trip
from dispatch.model.policy import EntryRule, EvidenceRequirement
from dispatch.model.scenario import Lock, LockKind, Payer, Scenario
from dispatch.model.supply import CountOnDates, CrewMember, ServiceKind, ServiceStatus
from worlds import (
    COACH,
    FIRST,
    LINE,
    SITE,
    TRAIN,
    World,
    add_rule,
    change_duty,
    change_frame,
    change_place,
    change_region,
    change_site,
    change_terms,
    change_trip,
    change_worker,
    drive,
    make_fetched_train,
    make_four_villages,
    make_night_train,
    ride,
    rule,
)


def find_codes(scenario: Scenario, plan: Plan) -> set[str]:
    """Codes of all findings."""
    return {finding.code for finding in check_plan(scenario, plan)}


def day(text: str) -> pd.Timestamp:
    """Date for a frame."""
    return pd.Timestamp(text)


def shift_trip(trip: Trip, minutes: int) -> Trip:
    """Trip with every stop later."""
    stops = tuple(
        replace(stop, arrive_min=stop.arrive_min + minutes, depart_min=stop.depart_min + minutes)
        for stop in trip.stops
    )
    return replace(trip, stops=stops)


def shift_duty(duty: CoachDuty, minutes: int) -> CoachDuty:
    """Duty with every event later."""
    events = tuple(
        replace(event, start_min=event.start_min + minutes, end_min=event.end_min + minutes)
        for event in duty.events
    )
    return replace(
        duty, events=events, pull_out_min=duty.pull_out_min + minutes, pull_in_min=duty.pull_in_min + minutes
    )


def leave_out(plan: Plan, worker_id: str, reason: str) -> Plan:
    """Four villages with W1 or W2 left out of the coach, every count and cost but the unserved penalty repaired."""
    trip = plan.trips[0]
    first, second, gate = trip.stops
    stops = (replace(first, board=1), second, replace(gate, alight=2))
    outcomes = plan.outcomes
    for column, value in (
        ("status", "unserved"), ("batch_id", ""), ("service_date", pd.NaT), ("mode", ""), ("arrive_min", 0), ("reason", reason),
    ):  # fmt: skip
        outcomes = change_frame(outcomes, worker_id, column, value)
    plan = change_trip(plan, replace(trip, stops=stops, load=2))
    plan = replace(
        plan,
        outcomes=outcomes,
        rides=plan.rides[plan.rides["worker_id"] != worker_id].reset_index(drop=True),
        batches=(replace(plan.batches[0], workers=1), plan.batches[1]),
    )
    # 355 + 320 min at 6.00 an hour; one pair 320 min at 12.00 an hour; two allowances
    return change_terms(plan, {"ride_time": 6_750, "exposure": 6_400, "allowances": 12_000})


@pytest.mark.parametrize("make", [make_four_villages, make_night_train, make_fetched_train])
def test_lawful_plans_have_no_finding(make: Callable[[], World]) -> None:
    world = make()
    assert check_plan(world.scenario, world.plan) == ()


# --- C1 ----------------------------------------------------------------------------------------------------------------------


def test_c1_a_lost_worker(four_villages: World) -> None:
    plan = four_villages.plan
    plan = replace(plan, outcomes=plan.outcomes[plan.outcomes["worker_id"] != "W6"].reset_index(drop=True))
    assert find_codes(four_villages.scenario, change_terms(plan, {"unserved": 0})) == {"C1"}


def test_c1_a_worker_with_two_outcomes(four_villages: World) -> None:
    plan = four_villages.plan
    twice = pd.concat([plan.outcomes, plan.outcomes[plan.outcomes["worker_id"] == "W5"]], ignore_index=True)
    assert find_codes(four_villages.scenario, replace(plan, outcomes=twice)) == {"C1"}


def test_c1_an_unserved_worker_with_a_seat(four_villages: World) -> None:
    plan = four_villages.plan
    trip = plan.trips[0]
    stops = (trip.stops[0], replace(trip.stops[1], board=2), replace(trip.stops[2], alight=4))
    plan = change_trip(plan, replace(trip, stops=stops, load=4))
    extra = conform(pd.DataFrame([ride("W6", 1, "T1", 1, 2, "2A")]), RIDES)
    plan = replace(plan, rides=pd.concat([plan.rides, extra], ignore_index=True))
    # four pairs from different counties x 320 min x 12.00 an hour = 256.00
    assert find_codes(four_villages.scenario, change_terms(plan, {"exposure": 25_600})) == {"C1"}


def test_c1_a_party_that_is_split(four_villages: World) -> None:
    plan = leave_out(four_villages.plan, "W2", "no_supply")
    assert find_codes(four_villages.scenario, change_terms(plan, {"unserved": 1_000_000})) == {"C1"}


def test_c1_a_child_who_loses_their_adult(four_villages: World) -> None:
    scenario = four_villages.scenario
    scenario = scenario.replace(health=scenario.health[scenario.health["worker_id"] != "W1"])
    assert find_codes(scenario, leave_out(four_villages.plan, "W1", "not_cleared")) == {"C1"}


def test_c1_an_adult_may_travel_without_an_uncleared_child(four_villages: World) -> None:
    scenario = four_villages.scenario
    scenario = scenario.replace(health=scenario.health[scenario.health["worker_id"] != "W2"])
    assert find_codes(scenario, leave_out(four_villages.plan, "W2", "not_cleared")) == set()


def test_c1_a_party_that_travels_only_whole(four_villages: World) -> None:
    scenario = change_worker(four_villages.scenario, "W1", "all_or_none", True)
    scenario = scenario.replace(health=scenario.health[scenario.health["worker_id"] != "W2"])
    assert find_codes(scenario, leave_out(four_villages.plan, "W2", "not_cleared")) == {"C1"}


def test_c1_an_own_ticket_that_is_not_offered(four_villages: World) -> None:
    scenario = four_villages.scenario
    scenario = scenario.replace(rates=replace(scenario.rates, own_ticket=None))
    assert find_codes(scenario, change_terms(four_villages.plan, {"own_tickets": 0})) == {"C1"}


def test_c1_a_boarding_place_that_is_not_the_workers(night_train: World) -> None:
    # N3 lives at V1 but boards at V2; the batch follows the home: county A twice is one batch of three
    plan = night_train.plan
    plan = replace(
        plan,
        batches=(replace(plan.batches[0], workers=3),),
        outcomes=change_frame(plan.outcomes, "N3", "batch_id", "A"),
        trips=tuple(replace(trip, batch_ids=("A",)) for trip in plan.trips),
    )
    assert find_codes(change_worker(night_train.scenario, "N3", "boarding_place_id", "V1"), plan) == {"C1"}


# --- C2 ----------------------------------------------------------------------------------------------------------------------


def test_c2_a_load_above_the_capped_licence(four_villages: World) -> None:
    # 0.34 x 12 = 4.08, 4 less two drivers = 2 < 3
    scenario = add_rule(four_villages.scenario, rule("load_cap_ratio", Decimal("0.34")))
    plan = change_trip(four_villages.plan, replace(four_villages.plan.trips[0], capacity=2))
    assert find_codes(scenario, plan) == {"C2"}


def test_c2_a_load_above_the_seats_left_by_blocked_rows(four_villages: World) -> None:
    # 12 less two rows of 4 less two drivers = 2 < 3
    scenario = add_rule(four_villages.scenario, rule("blocked_rows", 2))
    plan = change_trip(four_villages.plan, replace(four_villages.plan.trips[0], capacity=2))
    assert find_codes(scenario, plan) == {"C2"}


def test_c2_a_carriage_with_people_on_isolation_seats(night_train: World) -> None:
    scenario = night_train.scenario.replace(services=(replace(TRAIN, isolation_seats=8),))
    assert find_codes(scenario, night_train.plan) == {"C2"}


def test_c2_scheduled_seats_know_no_isolation_seats(night_train: World) -> None:
    scenario = night_train.scenario.replace(
        services=(replace(TRAIN, isolation_seats=8, kind=ServiceKind.SEATS, carriage_seats=10),)
    )
    assert find_codes(scenario, night_train.plan) == set()


def test_c2_the_highest_tier_on_the_date_of_the_stop_sets_the_cap(four_villages: World) -> None:
    region = four_villages.scenario.geography.regions["CD1A"]
    high = replace(region, tiers=(DatedTier(from_date=date(2020, 3, 2), tier=Tier.HIGH),))
    scenario = add_rule(
        change_region(four_villages.scenario, high),
        replace(rule("load_cap_ratio", Decimal("0.34")), tier=Tier.HIGH),
    )
    plan = change_trip(four_villages.plan, replace(four_villages.plan.trips[0], capacity=2))
    assert find_codes(scenario, plan) == {"C2"}


# --- C3, C4 ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("column", "value"),
    [("latest_date", "2020-03-01"), ("earliest_date", "2020-03-03"), ("required_on_post_date", "2020-03-01")],
)
def test_c3_a_service_date_outside_the_window(four_villages: World, column: str, value: str) -> None:
    scenario = change_worker(four_villages.scenario, "W1", column, day(value))
    assert find_codes(scenario, four_villages.plan) == {"C3"}


def test_c3_an_arrival_on_the_day_after_the_required_date(night_train: World) -> None:
    scenario = change_worker(night_train.scenario, "N3", "required_on_post_date", day("2020-03-02"))
    assert find_codes(scenario, night_train.plan) == {"C3"}


def test_c4_a_paper_that_ends_before_the_arrival_next_morning(night_train: World) -> None:
    health = change_frame(night_train.scenario.health, "N1", "valid_until", day("2020-03-02"))
    assert find_codes(night_train.scenario.replace(health=health), night_train.plan) == {"C4"}


def test_c4_a_first_boarding_before_the_paper_begins(four_villages: World) -> None:
    health = change_frame(four_villages.scenario.health, "W3", "date", day("2020-03-03"))
    assert find_codes(four_villages.scenario.replace(health=health), four_villages.plan) == {"C4"}


@pytest.mark.parametrize(
    "demand",
    [
        EvidenceRequirement(kind="certificate", valid_days=1),
        EvidenceRequirement(kind="certificate", signatures=3),
        EvidenceRequirement(kind="certificate", seals=2),
        EvidenceRequirement(kind="certificate", min_readings=2),
    ],
)
def test_c4_a_paper_that_does_not_meet_the_rule(night_train: World, demand: EvidenceRequirement) -> None:
    policy = replace(
        night_train.scenario.policy, entry_rules={"paper": EntryRule(name="paper", requirements=(demand,))}
    )
    assert find_codes(night_train.scenario.replace(policy=policy), night_train.plan) == {"C4"}


@pytest.mark.parametrize(
    ("column", "value"), [("result", "bad"), ("result", "pending"), ("kind", "chest_exam")]
)
def test_c4_a_paper_that_is_not_good(night_train: World, column: str, value: str) -> None:
    health = change_frame(night_train.scenario.health, "N2", column, value)
    assert find_codes(night_train.scenario.replace(health=health), night_train.plan) == {"C4"}


def test_c4_a_declared_paper_where_a_verified_one_is_demanded(night_train: World) -> None:
    demand = EvidenceRequirement(kind="certificate", verified_only=True)
    policy = replace(
        night_train.scenario.policy, entry_rules={"paper": EntryRule(name="paper", requirements=(demand,))}
    )
    scenario = night_train.scenario.replace(policy=policy)
    assert find_codes(scenario, night_train.plan) == set()
    health = change_frame(scenario.health, "N2", "verified", False)
    assert find_codes(scenario.replace(health=health), night_train.plan) == {"C4"}


# --- C5, C6 ------------------------------------------------------------------------------------------------------------------


def test_c5_a_site_that_opens_a_day_later(four_villages: World) -> None:
    scenario = change_site(four_villages.scenario, replace(SITE, opens_on=date(2020, 3, 3)))
    assert find_codes(scenario, four_villages.plan) == {"C5"}


def test_c5_a_site_that_is_not_accepted(night_train: World) -> None:
    scenario = change_site(night_train.scenario, replace(SITE, accepted=False))
    assert find_codes(scenario, night_train.plan) == {"C5"}


def test_c5_more_arrivals_than_the_site_takes_a_day(four_villages: World) -> None:
    scenario = change_site(four_villages.scenario, replace(SITE, arrivals_per_day=2))
    assert find_codes(scenario, four_villages.plan) == {"C5"}


def test_c5_a_train_that_arrives_at_a_site_outside_its_hours() -> None:
    world = make_fetched_train()  # the site now lies at the station: arrival 08:00, it receives from 08:30
    scenario = change_site(world.scenario, replace(SITE, place_id="STB", receives_from_min=510))
    plan = replace(world.plan, outcomes=world.plan.outcomes.assign(arrive_min=3360))
    assert find_codes(scenario, plan) == {"C5"}


def test_c6_people_of_separated_tiers_on_one_coach(four_villages: World) -> None:
    region = four_villages.scenario.geography.regions["CH1A"]
    high = replace(region, tiers=(DatedTier(from_date=FIRST, tier=Tier.HIGH),))
    scenario = change_region(four_villages.scenario, high)
    assert find_codes(scenario, four_villages.plan) == set()
    assert find_codes(
        add_rule(scenario, rule("separated_tiers", ("high",), mode="")), four_villages.plan
    ) == {"C6"}


def test_c6_boarding_where_the_tier_forbids_it(four_villages: World) -> None:
    forbids = add_rule(four_villages.scenario, rule("no_boarding_tiers", ("high",), mode=""))
    region = forbids.geography.regions["CH1B"]
    for from_date, expected in ((date(2020, 3, 2), {"C6"}), (date(2020, 3, 3), set())):
        high = replace(region, tiers=(DatedTier(from_date=from_date, tier=Tier.HIGH),))
        assert find_codes(change_region(forbids, high), four_villages.plan) == expected


# --- C7, C8 ------------------------------------------------------------------------------------------------------------------


def test_c7_a_coach_that_does_not_exist_that_day(four_villages: World) -> None:
    counts = (CountOnDates(from_date=date(2020, 3, 3), to_date=date(2020, 3, 5), count=9),)
    assert find_codes(
        four_villages.scenario.replace(fleet=(replace(LINE, counts=counts),)), four_villages.plan
    ) == {"C7"}


def test_c7_the_only_coach_is_kept_in_reserve(four_villages: World) -> None:
    # one coach, a standby share of a tenth: 0.1 rounded up is 1, none may go out
    fleet = (replace(LINE, standby_ratio=0.1),)
    assert find_codes(four_villages.scenario.replace(fleet=fleet), four_villages.plan) == {"C7"}


@pytest.mark.parametrize(
    "limits",
    [
        {"max_pickups": 1},
        {"max_drop_offs": 0},
        {"max_detour_min": 9},
        {"max_ride_min": 354},
        {"max_trips_per_duty": 0},
    ],
)
def test_c8_a_trip_beyond_its_limits(four_villages: World, limits: dict[str, int]) -> None:
    # detour of V1: 20 + 300 by way of V2, 310 direct: 10 min; ride of V1: 1815 to 2170, 355 min
    scenario = four_villages.scenario
    assert find_codes(scenario.replace(limits=replace(scenario.limits, **limits)), four_villages.plan) == {
        "C8"
    }


@pytest.mark.parametrize("limits", [{"max_detour_min": 10}, {"max_ride_min": 355}])
def test_c8_limits_may_be_reached(four_villages: World, limits: dict[str, int]) -> None:
    scenario = four_villages.scenario
    assert (
        find_codes(scenario.replace(limits=replace(scenario.limits, **limits)), four_villages.plan) == set()
    )


def test_c8_a_pickup_in_a_county_of_another_group(four_villages: World) -> None:
    region = replace(four_villages.scenario.geography.regions["CH1B"], pickup_group="")
    assert find_codes(change_region(four_villages.scenario, region), four_villages.plan) == {"C8"}


def test_c8_a_coach_that_makes_feeder_and_last_mile_trips(night_train: World) -> None:
    duty = next(duty for duty in night_train.plan.duties if len(duty.trip_ids) == 2)
    second = next(trip for trip in night_train.plan.trips if trip.id == duty.trip_ids[1])
    plan = change_trip(night_train.plan, replace(second, role=Role.LAST_MILE))
    findings = check_plan(night_train.scenario, plan)
    assert "The coach mixes direct, feeder and last-mile trips." in {
        finding.message for finding in findings if finding.code == "C8"
    }


# --- C9 ----------------------------------------------------------------------------------------------------------------------


def test_c9_too_few_drivers(four_villages: World) -> None:
    # 682 driving minutes in 24 hours need two; one driver counted in the cap leaves 6 - 1 = 5 places
    duty = four_villages.plan.duties[0]
    alone = tuple(replace(event, driver=0) if event.leg >= 0 else event for event in duty.events)
    costs = {**duty.costs, "driver_days": 30_000}
    plan = change_duty(four_villages.plan, replace(duty, drivers=1, events=alone, costs=costs))
    plan = change_trip(plan, replace(plan.trips[0], capacity=5))
    assert find_codes(four_villages.scenario, change_terms(plan, {"driver_days": 30_000})) == {"C9"}


def test_c9_seven_drivers_on_one_coach(four_villages: World) -> None:
    duty = replace(four_villages.plan.duties[0], drivers=7)
    findings = check_plan(four_villages.scenario, change_duty(four_villages.plan, duty))
    assert "7 drivers on one coach; at most 6 may be seated." in {
        finding.message for finding in findings if finding.code == "C9"
    }


def test_c9_one_of_two_drivers_drives_everything(four_villages: World) -> None:
    duty = four_villages.plan.duties[0]
    unfair = tuple(replace(event, driver=0) if event.leg >= 0 else event for event in duty.events)
    assert find_codes(
        four_villages.scenario, change_duty(four_villages.plan, replace(duty, events=unfair))
    ) == {"C9"}


def test_c9_a_distance_that_needs_a_third_driver(four_villages: World) -> None:
    # 12.0 + 400.0 km one way: three from 412 km on, two below 413
    policy = four_villages.scenario.policy
    for from_km, expected in ((412, {"C9"}), (413, set())):
        rules = replace(policy.drivers, drivers_by_km=((400, 2), (from_km, 3)))
        scenario = four_villages.scenario.replace(policy=replace(policy, drivers=rules))
        assert find_codes(scenario, four_villages.plan) == expected


def test_c9_a_driver_over_the_limit_of_the_week(four_villages: World) -> None:
    policy = four_villages.scenario.policy
    for limit, expected in ((361, {"C9"}), (362, set())):  # 42 + 20 + 178 + 122 = 362
        rules = replace(policy.drivers, weekly_max_min=limit)
        scenario = four_villages.scenario.replace(policy=replace(policy, drivers=rules))
        assert find_codes(scenario, four_villages.plan) == expected


def test_c9_minutes_driven_before_the_horizon_count(four_villages: World) -> None:
    # limit 2640; the second driver drives 320
    duty = replace(four_villages.plan.duties[0], driver_names=("Li", "Wang"))
    plan = change_duty(four_villages.plan, duty)
    for used, expected in ((2320, set()), (2321, {"C9"})):
        crew = (
            CrewMember(id="c1", name="Li", role="driver", depot_place_id="DEPOT"),
            CrewMember(id="c2", name="Wang", role="driver", depot_place_id="DEPOT", used_week_min=used),
        )
        assert find_codes(four_villages.scenario.replace(crew=crew), plan) == expected


def test_c9_a_break_that_is_left_out(four_villages: World) -> None:
    # without the break on the way there everything from 2028 on is 20 min earlier, and the break home is kept by the clock
    plan = four_villages.plan
    duty, trip = plan.duties[0], plan.trips[0]
    kept, later = duty.events[:4], duty.events[6:]
    moved = tuple(replace(e, start_min=e.start_min - 20, end_min=e.end_min - 20) for e in later)
    events = (*kept, drive(2, 0, 1850, 2028), drive(2, 0, 2028, 2150), *moved[1:])
    gate = replace(trip.stops[2], arrive_min=2150, depart_min=2165)
    plan = change_duty(plan, replace(duty, events=events, pull_in_min=2505))
    plan = change_trip(plan, replace(trip, stops=(*trip.stops[:2], gate)))
    plan = replace(
        plan, outcomes=plan.outcomes.assign(arrive_min=plan.outcomes["arrive_min"].replace(2170, 2150))
    )
    # rides 335 + 335 + 300 min = 97.00; two pairs 300 min = 120.00
    assert find_codes(
        four_villages.scenario, change_terms(plan, {"ride_time": 9_700, "exposure": 12_000})
    ) == {"C9"}


def test_c9_a_coach_that_leaves_an_hour_later_than_it_could(four_villages: World) -> None:
    plan = four_villages.plan
    plan = change_duty(plan, shift_duty(plan.duties[0], 60))
    plan = change_trip(plan, shift_trip(plan.trips[0], 60))
    plan = replace(
        plan, outcomes=plan.outcomes.assign(arrive_min=plan.outcomes["arrive_min"].replace(2170, 2230))
    )
    assert find_codes(four_villages.scenario, plan) == {"C9"}


def test_c9_days_away_that_are_miscounted(four_villages: World) -> None:
    plan = change_duty(four_villages.plan, replace(four_villages.plan.duties[0], days=2))
    assert find_codes(four_villages.scenario, plan) == {"C9"}


# --- C10, C11 ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "service",
    [
        replace(TRAIN, min_load=4, committed=False),
        replace(TRAIN, status=ServiceStatus.REFUSED),
        replace(TRAIN, min_carriages=2),
        replace(TRAIN, stops=(replace(TRAIN.stops[0], boards=False), TRAIN.stops[1])),
        replace(TRAIN, stops=(TRAIN.stops[0], replace(TRAIN.stops[1], arrive_min=3350))),
    ],
)
def test_c10_a_service_that_may_not_run_so(night_train: World, service: object) -> None:
    assert find_codes(night_train.scenario.replace(services=(service,)), night_train.plan) == {"C10"}


def test_c10_more_carriages_than_are_offered(night_train: World) -> None:
    plan = night_train.plan
    costs = {"service_fixed": 200_000, "carriages": 150_000, "seats": 3_000}
    run = ServiceRun(service_id="K1", trip_id="R1", carriages=3, load=3, costs=costs)
    plan = change_trip(replace(plan, service_runs=(run,)), replace(plan.trips[2], carriages=3))
    assert find_codes(night_train.scenario, change_terms(plan, {"carriages": 150_000})) == {"C10"}


def test_c10_a_committed_service_that_does_not_run(night_train: World) -> None:
    second = replace(TRAIN, id="K2")
    assert find_codes(night_train.scenario.replace(services=(TRAIN, second)), night_train.plan) == {"C10"}


def test_c10_a_terminal_without_a_slot(night_train: World) -> None:
    terminals = night_train.scenario.terminals
    full = {**terminals, "STB": replace(terminals["STB"], trains_per_day=0)}
    assert find_codes(night_train.scenario.replace(terminals=full), night_train.plan) == {"C10"}


def test_c11_a_transfer_below_the_buffer(night_train: World) -> None:
    # F2 arrives 2505, the train leaves 2640: 135 min
    terminals = night_train.scenario.terminals
    for buffer, expected in ((135, set()), (136, {"C11"})):
        slow = {**terminals, "STA": replace(terminals["STA"], buffer_min=buffer)}
        assert find_codes(night_train.scenario.replace(terminals=slow), night_train.plan) == expected


def test_c11_a_last_mile_coach_that_loads_too_early(night_train: World) -> None:
    terminals = night_train.scenario.terminals
    slow = {**terminals, "STB": replace(terminals["STB"], buffer_min=61)}
    assert find_codes(night_train.scenario.replace(terminals=slow), night_train.plan) == {"C11"}


def test_c11_a_feeder_that_starts_too_early(night_train: World) -> None:
    # V1 boards at 2322, 318 min before the train: more than 5 hours
    limits = replace(night_train.scenario.limits, max_wait_h=5)
    assert find_codes(night_train.scenario.replace(limits=limits), night_train.plan) == {"C11"}


def test_c11_no_bay_for_the_coach(night_train: World) -> None:
    terminals = night_train.scenario.terminals
    full = {**terminals, "STA": replace(terminals["STA"], bays=0)}
    assert find_codes(night_train.scenario.replace(terminals=full), night_train.plan) == {"C11"}


# --- C12 to C18 --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("column", "value"), [("modes", "train|charter"), ("needs", "wheelchair|no_bus")])
def test_c12_a_mode_that_is_not_accepted(four_villages: World, column: str, value: str) -> None:
    scenario = change_worker(four_villages.scenario, "W3", column, value)
    assert find_codes(scenario, four_villages.plan) == {"C12"}


def test_c13_a_coach_with_no_end_at_home(four_villages: World) -> None:
    fleet = (replace(LINE, registered_region_id="CD2"),)
    assert find_codes(four_villages.scenario.replace(fleet=fleet), four_villages.plan) == {"C13"}
    free = add_rule(four_villages.scenario.replace(fleet=fleet), rule("registered_end_required", False))
    assert find_codes(free, four_villages.plan) == set()


def test_c13_a_local_coach_on_a_trip_to_another_prefecture(four_villages: World) -> None:
    fleet = (replace(LINE, local_only=True),)
    assert find_codes(four_villages.scenario.replace(fleet=fleet), four_villages.plan) == {"C13"}
    free = add_rule(four_villages.scenario.replace(fleet=fleet), rule("registered_end_required", False))
    assert find_codes(free, four_villages.plan) == {"C13"}


def test_c13_local_coaches_may_run_to_and_from_stations(night_train: World) -> None:
    fleet = tuple(replace(line, local_only=True) for line in night_train.scenario.fleet)
    assert find_codes(night_train.scenario.replace(fleet=fleet), night_train.plan) == set()


def test_c14_more_origin_counties_than_allowed(four_villages: World) -> None:
    scenario = add_rule(four_villages.scenario, rule("max_origin_counties", 1))
    assert find_codes(scenario, four_villages.plan) == {"C14"}


def test_c15_a_payer_over_the_budget(four_villages: World) -> None:
    # coach 5,529.40 + own ticket 210.00 + allowances 180.00 = 5,919.40
    for budget, expected in ((591_940, set()), (591_900, {"C15"})):
        payers = (Payer(id="county", name="Home county", group_id="county", budget_minor=budget),)
        assert find_codes(four_villages.scenario.replace(payers=payers), four_villages.plan) == expected


def test_c15_a_coach_is_shared_equally_by_its_passengers(four_villages: World) -> None:
    # W3 is of another group and pays a third of the km: 3,929.40 / 3 = 1,309.80, nothing else
    scenario = change_worker(four_villages.scenario, "W3", "payer_id", "other")
    for budget, expected in ((130_980, set()), (130_900, {"C15"})):
        payers = (Payer(id="p", name="Other", group_id="other", shares=(("km", 1000),), budget_minor=budget),)
        assert find_codes(scenario.replace(payers=payers), four_villages.plan) == expected


@pytest.mark.parametrize("seat", ["1A", "3A", "9A", "", "A"])
def test_c16_a_seat_taken_blocked_or_not_there(four_villages: World, seat: str) -> None:
    plan = replace(four_villages.plan, rides=change_frame(four_villages.plan.rides, "W3", "seat", seat))
    assert find_codes(four_villages.scenario, plan) == {"C16"}


def test_c16_a_child_two_rows_from_their_adult(four_villages: World) -> None:
    scenario = add_rule(four_villages.scenario, rule("blocked_rows", 0))
    plan = replace(four_villages.plan, rides=change_frame(four_villages.plan.rides, "W2", "seat", "3A"))
    assert find_codes(scenario, plan) == {"C16"}


def test_c16_a_carriage_that_does_not_run(night_train: World) -> None:
    rides = night_train.plan.rides.copy()
    rides.loc[(rides["worker_id"] == "N3") & (rides["trip_id"] == "R1"), "carriage"] = 2
    assert find_codes(night_train.scenario, replace(night_train.plan, rides=rides)) == {"C16"}


@pytest.mark.parametrize(
    "lock",
    [
        Lock(kind=LockKind.DATE, worker_id="W3", value="2020-03-03"),
        Lock(kind=LockKind.SERVICE, worker_id="W3", value="K1"),
        Lock(kind=LockKind.MODE, worker_id="W3", value="train"),
        Lock(kind=LockKind.FLEET, worker_id="W3", value="FL9"),
        Lock(kind=LockKind.TOGETHER, worker_id="W3", value="W6"),
        Lock(kind=LockKind.APART, worker_id="W3", value="W1"),
    ],
)
def test_c17_a_lock_that_does_not_hold(four_villages: World, lock: Lock) -> None:
    assert find_codes(four_villages.scenario.replace(locks=(lock,)), four_villages.plan) == {"C17"}


@pytest.mark.parametrize(
    "lock",
    [
        Lock(kind=LockKind.MODE, worker_id="W3", value="bus"),
        Lock(kind=LockKind.FLEET, worker_id="W3", value="FL1"),
        Lock(kind=LockKind.TOGETHER, worker_id="W3", value="W1"),
        Lock(kind=LockKind.APART, worker_id="W3", value="W6"),
        Lock(kind=LockKind.DATE, worker_id="W6", value="2020-03-04"),
    ],
)
def test_c17_locks_that_hold_or_bind_nobody_served(four_villages: World, lock: Lock) -> None:
    assert find_codes(four_villages.scenario.replace(locks=(lock,)), four_villages.plan) == set()


def test_c18_boarding_after_the_place_has_closed(four_villages: World) -> None:
    # V2 boards at 1835, 06:35
    spot = four_villages.scenario.geography.places["V2"]
    for until, expected in ((395, set()), (394, {"C18"})):
        scenario = change_place(four_villages.scenario, replace(spot, boards_until_min=until))
        assert find_codes(scenario, four_villages.plan) == expected


def test_every_row_of_the_small_coach_has_four_seats() -> None:
    assert sum(COACH.row_seats) == COACH.approved
