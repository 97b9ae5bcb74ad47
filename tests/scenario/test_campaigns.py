"""The four shipped campaigns and the tiny worlds, planned, checked and compared with what their READMEs say."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from dispatch.batching.progress import Signals
from dispatch.checker import check_plan
from dispatch.model.plan import Plan, Reason, Role
from dispatch.model.scenario import Scenario
from dispatch.planning.loading import load_scenario, name_halt
from dispatch.planning.make_plan import make_plan
from dispatch.running.inline import InlineExecutor
from dispatch.units import date_of_min

SCENARIOS = Path(__file__).parents[2] / "scenarios"
#: Planned once for this file; a plan is a frozen value.
PLANNED: dict[tuple[str, str], tuple[Scenario, Plan]] = {}


def plan_shipped(name: str, effort: str = "quick") -> tuple[Scenario, Plan]:
    """Scenario of a folder and its plan."""
    if (name, effort) not in PLANNED:
        scenario = load_scenario(SCENARIOS / name).scenario
        assert scenario is not None
        plan = make_plan(
            scenario, effort=effort, seed=1, executor=InlineExecutor(), signals=Signals(),
            progress=lambda phase, info: None, name_halt=name_halt,
        )  # fmt: skip
        PLANNED[name, effort] = (scenario, plan)
    return PLANNED[name, effort]


#: Yangxian takes a minute, so one test asks it everything.
CAMPAIGNS = ("wushan", "zhuanghe", "mianxian")
TINY = ("tiny/four_villages", "tiny/four_villages_one_held", "tiny/night_coach", "tiny/three_modes")
#: People of the reports: wushannews 50827902; Nehe to Zhuanghe, 12 March 2020; K4558, 12 March 2020; Yang county, March 2020.
PEOPLE = {"wushan": 443, "zhuanghe": 552, "mianxian": 1_036, "yangxian": 3_666}


@pytest.mark.parametrize("name", (*CAMPAIGNS, *TINY))
def test_every_shipped_scenario_gives_a_plan_without_findings(name: str) -> None:
    check_shipped(name)


def check_shipped(name: str) -> None:
    """No rule is broken, nobody is forgotten, something is proven."""
    scenario, plan = plan_shipped(name)
    assert [str(finding) for finding in check_plan(scenario, plan)] == []
    assert sorted(plan.outcomes["worker_id"]) == sorted(scenario.workers["worker_id"])
    bound = plan.certificate.bound_minor
    assert bound is not None
    assert 0 <= bound <= plan.costs.total_minor


@pytest.mark.parametrize("name", CAMPAIGNS)
def test_everybody_of_a_campaign_is_served_and_stands_in_one_batch(name: str) -> None:
    check_everybody_served(name)


def check_everybody_served(name: str) -> None:
    """Roster = itineraries = batches = people on line-hauls."""
    _, plan = plan_shipped(name)
    assert Counter(plan.outcomes["status"]) == {"itinerary": PEOPLE[name]}
    assert sum(batch.workers for batch in plan.batches) == PEOPLE[name]
    hauls = [trip for trip in plan.trips if trip.role in (Role.DIRECT, Role.LINE_HAUL)]
    assert sum(trip.load for trip in hauls) == PEOPLE[name]


def count_coaches(scenario: Scenario, plan: Plan) -> dict[str, int]:
    """Direct coaches by destination area."""
    area_of = scenario.geography.get_destination_area
    county = scenario.geography.get_county
    return Counter(
        area_of(county(trip.stops[-1].place_id)) for trip in plan.trips if trip.role is Role.DIRECT
    )


def test_wushan_needs_the_eighteen_coaches_of_the_report() -> None:
    # 53 x 0.5 = 26.5, so 26 people a coach: 50 / 26 -> 2, 173 / 26 -> 7, 72 / 26 -> 3, 148 / 26 -> 6
    scenario, plan = plan_shipped("wushan")
    coaches = count_coaches(scenario, plan)
    names = {scenario.geography.regions[area].name: count for area, count in coaches.items()}
    assert names == {"杭州市": 2, "深圳市": 7, "泉州市": 3, "珠海市": 6}
    assert sum(names.values()) == 18
    assert len(plan.batches) == 4
    assert all(trip.load <= 26 for trip in plan.trips)


def test_wushan_says_how_many_coaches_it_takes_with_the_crew_counted_in_the_cap() -> None:
    # three drivers on more than 1,000 km: 26 - 3 = 23; 50 / 23 -> 3, 173 / 23 -> 8, 72 / 23 -> 4, 148 / 23 -> 7: 22 coaches
    _, plan = plan_shipped("wushan")
    ((what, answer),) = plan.variants
    assert "crew counted" in what
    assert answer.startswith("22 ")
    assert "18" in answer


def test_zhuanghe_hands_over_552_people_to_32_employers_in_the_small_hours_of_leap_day() -> None:
    scenario, plan = plan_shipped("zhuanghe")
    site_of = dict(zip(scenario.workers["worker_id"], scenario.workers["site_id"], strict=True))
    handed_over = Counter(site_of[worker] for worker in plan.outcomes["worker_id"])
    assert (sum(handed_over.values()), len(handed_over)) == (552, 32)
    assert {service.date() for service in plan.outcomes["service_date"]} == {date(2020, 2, 28)}
    (train,) = [trip for trip in plan.trips if trip.role is Role.LINE_HAUL]
    # 02:20 on 29 February: 1,440 + 140 minutes after 00:00 of the 28th
    arrival = train.stops[-1].arrive_min
    assert date_of_min(scenario.first_date, arrival) == date(2020, 2, 29)
    assert arrival % 1440 == 140
    assert {date_of_min(scenario.first_date, at) for at in plan.outcomes["arrive_min"]} == {date(2020, 2, 29)}
    # nine carriages of 59 take 531, ten take 590
    assert (train.load, train.carriages) == (552, 10)


def test_mianxian_runs_k4558_with_all_1036_aboard() -> None:
    scenario, plan = plan_shipped("mianxian")
    (run,) = plan.service_runs
    service = next(service for service in scenario.services if service.id == run.service_id)
    assert "K4558" in service.id + service.name
    # eighteen carriages of 118 half full: 18 x 59 = 1,062; seventeen would take 1,003
    assert (run.load, run.carriages) == (1_036, 18)
    feeders = [trip for trip in plan.trips if trip.role is Role.FEEDER]
    assert sum(trip.load for trip in feeders) + count_at_station(scenario, plan) == 1_036
    assert {date_of_min(scenario.first_date, at) for at in plan.outcomes["arrive_min"]} == {date(2020, 3, 8)}


def count_at_station(scenario: Scenario, plan: Plan) -> int:
    """People who walk to the station: those whose first ride is the train."""
    (train,) = [trip for trip in plan.trips if trip.role is Role.LINE_HAUL]
    first = plan.rides[plan.rides["leg"] == 1]
    return int((first["trip_id"] == train.id).sum())


def test_yangxian_serves_all_3666_by_coach_train_and_air() -> None:
    check_shipped("yangxian")
    check_everybody_served("yangxian")
    _, plan = plan_shipped("yangxian")
    assert set(plan.outcomes["mode"]) == {"bus", "train", "charter"}
    # 53 approved, two rear rows of 4 and 5 empty, three drivers: 41 on 1,500 km
    far = [trip for trip in plan.trips if trip.role is Role.DIRECT and trip.km_tenths >= 15_000]
    assert far
    assert all(trip.load <= trip.capacity <= 53 - 9 - 3 for trip in far if trip.capacity > 30)


@pytest.mark.parametrize(
    ("name", "cost_minor"),
    [
        # 1,000 + 660 km x 4 + 300
        ("tiny/four_villages", 394_000),
        ("tiny/four_villages_one_held", 394_000),
        # 3 x 1,000 + 1,800 km x 4 + 3 drivers x 3 days x 300
        ("tiny/night_coach", 1_290_000),
        # 700 + 2,000 + 420 + 5,000
        ("tiny/three_modes", 812_000),
    ],
)
def test_a_tiny_world_costs_what_its_readme_computes(name: str, cost_minor: int) -> None:
    _, plan = plan_shipped(name, "standard")
    assert plan.costs.total_minor == plan.costs.cash_minor == cost_minor


def test_the_held_worker_stays_and_their_party_travels() -> None:
    _, plan = plan_shipped("tiny/four_villages_one_held")
    unserved = plan.outcomes[plan.outcomes["status"] == "unserved"]
    assert list(zip(unserved["worker_id"], unserved["reason"], strict=True)) == [("D01", Reason.NOT_CLEARED)]
    (trip,) = plan.trips
    assert trip.load == 39


def test_the_night_coach_arrives_at_1155_with_three_drivers() -> None:
    scenario, plan = plan_shipped("tiny/night_coach")
    (duty,) = plan.duties
    assert (duty.drivers, duty.days) == (3, 3)
    assert {at % 1440 for at in plan.outcomes["arrive_min"]} == {11 * 60 + 55}
    assert {date_of_min(scenario.first_date, at) for at in plan.outcomes["arrive_min"]} == {date(2020, 3, 3)}
