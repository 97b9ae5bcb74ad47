"""Plans made in parts: small scenarios planned as large ones are, and what must hold for their plans."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from small_world import FIRST, GATE, VAN, make_small_world, with_site, worker

from dispatch.batching.progress import Signals
from dispatch.checker import check_plan
from dispatch.files.format import read_scenario
from dispatch.files.plan_hash import hash_plan
from dispatch.files.profiles import read_policy
from dispatch.files.synthesis import make_generated_tables
from dispatch.files.synthesis_facts import read_facts
from dispatch.model.geography import Region
from dispatch.model.plan import Plan, Reason
from dispatch.model.scenario import Lock, LockKind, Payer, Rates, Scenario
from dispatch.model.slicing import take_workers
from dispatch.model.supply import CountOnDates, CrewMember
from dispatch.network.resolver import make_resolver
from dispatch.planning.large import make_plan as large
from dispatch.planning.large import parts
from dispatch.planning.loading import load_scenario, name_halt
from dispatch.planning.make_plan import make_plan
from dispatch.running.inline import InlineExecutor

SCENARIOS = Path(__file__).parents[2] / "scenarios"
#: Read once for this file; a scenario is a frozen value.
READ: dict[str, Scenario] = {}


@pytest.fixture(autouse=True)
def everything_is_large(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every scenario is planned in parts of about forty people."""
    monkeypatch.setattr(large, "LARGE_WORKERS", 0)
    monkeypatch.setattr(large, "LARGE_COACH_WORKERS", 0)
    monkeypatch.setattr(parts, "PART_WORKERS", 40)
    yield


def plan_large(scenario: Scenario, **changes: Any) -> Plan:
    """Plan made in parts in this process."""
    assert large.is_large(scenario)
    wiring: dict[str, Any] = {"seed": 1, "signals": Signals(), "executor": InlineExecutor()}
    return make_plan(
        scenario, effort="quick", progress=lambda phase, info: None, name_halt=name_halt, **(wiring | changes)
    )


def check(scenario: Scenario, plan: Plan) -> None:
    """Nothing is broken, everybody is there once, and the bound holds."""
    assert [str(finding) for finding in check_plan(scenario, plan)] == []
    assert plan.outcomes["worker_id"].tolist() == scenario.workers["worker_id"].tolist()
    bound = plan.certificate.bound_minor
    assert bound is not None
    assert 0 <= bound <= plan.costs.total_minor


def read_generated(campaign: str, scale: float) -> Scenario:
    """Campaign with a generated roster of a share of its people."""
    if campaign not in READ:
        folder = SCENARIOS / campaign
        made = make_generated_tables(read_facts(folder / "facts.yaml"), scale=scale)
        scenario = read_scenario(folder, make_resolver(), read_policy, made_files=made).scenario
        assert scenario is not None
        READ[campaign] = scenario
    return READ[campaign]


def read_yangxian() -> Scenario:
    """Every twelfth worker of Yangxian: coaches, township buses, trains and aircraft."""
    if "yangxian" not in READ:
        scenario = load_scenario(SCENARIOS / "yangxian").scenario
        assert scenario is not None
        READ["yangxian"] = take_workers(scenario, np.arange(0, len(scenario.workers), 12))
    return READ["yangxian"]


@pytest.mark.parametrize(("campaign", "scale"), [("zhenping", 0.005), ("qianxinan", 0.005)])
def test_a_campaign_planned_in_parts_gives_the_same_lawful_plan_twice(campaign: str, scale: float) -> None:
    scenario = read_generated(campaign, scale)
    plan = plan_large(scenario)
    check(scenario, plan)
    assert (plan.outcomes["status"] == "itinerary").any()
    assert hash_plan(plan) == hash_plan(plan_large(scenario))
    facts = read_facts(SCENARIOS / campaign / "facts.yaml")
    aside = plan.outcomes[plan.outcomes["reason"] == str(Reason.NOT_CLEARED)]
    assert len(aside) == round(facts.health.not_cleared * scale)
    assert (aside["status"] == "unserved").all()
    assert (aside["detail"] != "").all()


def test_a_county_with_trains_aircraft_and_township_buses_gives_a_lawful_plan() -> None:
    scenario = read_yangxian()
    plan = plan_large(scenario)
    check(scenario, plan)
    assert {"bus", "train"} <= set(plan.outcomes["mode"])
    assert any(line.local_only for line in scenario.fleet)


@pytest.mark.parametrize("name", ["four_villages", "four_villages_one_held", "night_coach", "three_modes"])
def test_a_tiny_world_planned_in_parts_is_lawful(name: str) -> None:
    scenario = load_scenario(SCENARIOS / "tiny" / name).scenario
    assert scenario is not None
    check(scenario, plan_large(scenario))


@pytest.mark.parametrize("campaign", ["zhenping", "yangxian"])
def test_a_stop_asked_at_once_still_gives_a_complete_lawful_plan(campaign: str, tmp_path: Path) -> None:
    scenario = read_yangxian() if campaign == "yangxian" else read_generated("zhenping", 0.005)
    signals = Signals(tmp_path)
    signals.ask_to_stop()
    plan = plan_large(scenario, signals=signals)
    assert plan.interrupted
    assert [str(finding) for finding in check_plan(scenario, plan)] == []
    assert plan.outcomes["worker_id"].tolist() == scenario.workers["worker_id"].tolist()
    assert (plan.outcomes["status"] == "itinerary").any()


# --- small world: one van of five passengers on one road ----------------------------------------------------------------------


def get_status(plan: Plan) -> dict[str, str]:
    """Status by worker."""
    return dict(zip(plan.outcomes["worker_id"], plan.outcomes["status"], strict=True))


def get_trips(plan: Plan) -> dict[str, str]:
    """Trip of the line-haul by worker, of those who travel."""
    rides = plan.rides
    return dict(zip(rides["worker_id"], rides["trip_id"], strict=True))


def make_locked_world(*locks: Lock, vans: int = 4, **changes: Any) -> Scenario:
    """Eight people of v1 and four of v2, all to one gate on 2 or 3 March, so many vans a day."""
    counts = (CountOnDates(from_date=FIRST, to_date=FIRST + timedelta(days=9), count=vans),)
    people = [
        worker(f"w{i}", "v1" if i < 8 else "v2", latest_date=FIRST + timedelta(days=1)) for i in range(12)
    ]
    return make_small_world(people, fleet=(replace(VAN, counts=counts),), locks=locks, **changes)


def lock(kind: LockKind, worker_id: str, value: str) -> Lock:
    """A lock."""
    return Lock(kind=kind, worker_id=worker_id, value=value)


def test_people_locked_together_share_a_coach_and_people_locked_apart_do_not() -> None:
    scenario = make_locked_world(
        lock(LockKind.TOGETHER, "w0", "w9"),
        lock(LockKind.APART, "w1", "w2"),
        lock(LockKind.APART, "w3", "w0"),
    )
    plan = plan_large(scenario)
    check(scenario, plan)
    trips = get_trips(plan)
    assert set(get_status(plan).values()) == {"itinerary"}
    assert trips["w0"] == trips["w9"]
    assert trips["w1"] != trips["w2"]
    assert trips["w3"] != trips["w0"]


def test_a_date_lock_holds() -> None:
    day = FIRST + timedelta(days=1)
    scenario = make_locked_world(*(lock(LockKind.DATE, f"w{i}", day.isoformat()) for i in range(3)))
    plan = plan_large(scenario)
    check(scenario, plan)
    dates = dict(zip(plan.outcomes["worker_id"], pd.to_datetime(plan.outcomes["service_date"]), strict=True))
    assert [dates[f"w{i}"].date() for i in range(3)] == [day] * 3


def set_apart(scenario: Scenario) -> Scenario:
    """Same scenario with v2 in a prefecture of its own, which has no depot: a second district."""
    geography = scenario.geography
    places = geography.places | {"v2": replace(geography.places["v2"], region_id="BESIDE")}
    regions = geography.regions | {"BESIDE": Region(id="BESIDE", name="BESIDE", level="county")}
    return scenario.replace(geography=replace(geography, places=places, regions=regions))


def test_who_is_locked_to_somebody_set_aside_does_not_travel_alone() -> None:
    # w11 has no site and is set aside before planning; w0 may ride only with them.
    people = [worker(f"w{i}") for i in range(11)] + [worker("w11", site_id="")]
    van = replace(VAN, counts=(CountOnDates(from_date=FIRST, to_date=FIRST + timedelta(days=9), count=4),))
    scenario = make_small_world(people, fleet=(van,), locks=(lock(LockKind.TOGETHER, "w0", "w11"),))
    plan = plan_large(scenario)
    check(scenario, plan)
    status = get_status(plan)
    assert status["w0"] == "unserved"
    assert [status[f"w{i}"] for i in range(1, 11)] == ["itinerary"] * 10


def test_people_of_two_districts_who_are_locked_together_are_never_sent_apart() -> None:
    scenario = set_apart(make_locked_world(lock(LockKind.TOGETHER, "w0", "w9")))
    plan = plan_large(scenario)
    check(scenario, plan)
    assert get_status(plan)["w0"] == "unserved"


def test_who_stays_in_a_district_without_coaches_is_told_the_true_reason() -> None:
    scenario = set_apart(make_locked_world())
    plan = plan_large(scenario)
    check(scenario, plan)
    status = get_status(plan)
    assert [status[f"w{i}"] for i in range(8)] == ["itinerary"] * 8
    reasons = dict(zip(plan.outcomes["worker_id"], plan.outcomes["reason"], strict=True))
    stays = [reasons[f"w{i}"] for i in range(8, 12)]
    assert stays == [str(Reason.NO_SUPPLY)] * 4


def test_twelve_people_in_vans_of_five_need_three_vans() -> None:
    plan = plan_large(make_locked_world())
    # v1 and v2 lie on one road: three runs of 720 km (360 out, 360 back). Back at the depot on the first day:
    # out 05:00 at the earliest, 12:15 at the gate, 18:30 home. 3 x (10,000 + 5,000 + 72,000) = 261,000.
    assert plan.costs.total_minor == 261_000
    assert len(plan.duties) == 3


def test_one_van_serves_five_people_a_day() -> None:
    plan = plan_large(make_locked_world(vans=1))
    assert sum(status == "itinerary" for status in get_status(plan).values()) == 10
    # Two full vans on two days, five people a day late at 40.00, two stay at 5,000.00 each.
    assert plan.costs.total_minor == 2 * 87_000 + 5 * 4_000 + 2 * 500_000


# --- what is planned whole ----------------------------------------------------------------------------------------------------


def test_a_plain_scenario_above_the_threshold_is_planned_in_parts() -> None:
    assert large.is_large(make_small_world([worker("w0")]))


def test_a_budget_is_planned_whole() -> None:
    payer = Payer(id="pays", name="County", group_id="county", budget_minor=1_000_000)
    assert not large.is_large(make_small_world([worker("w0")], payers=(payer,)))
    assert large.is_large(make_small_world([worker("w0")], payers=(replace(payer, budget_minor=None),)))


def test_named_drivers_are_planned_whole() -> None:
    driver = CrewMember(id="c1", name="C", role="driver", depot_place_id="v1")
    assert not large.is_large(make_small_world([worker("w0")], crew=(driver,)))
    assert large.is_large(make_small_world([worker("w0")], crew=(replace(driver, role="medic"),)))


def test_daily_limits_of_a_gate_are_planned_whole() -> None:
    scenario = make_small_world([worker("w0")])
    assert not large.is_large(with_site(scenario, replace(GATE, arrivals_per_day=50)))


def test_a_price_of_mixing_counties_and_a_missing_penalty_are_planned_whole() -> None:
    scenario = make_small_world([worker("w0")])
    assert not large.is_large(scenario.replace(rates=Rates(exposure_h_minor=1, unserved_minor={"": 5})))
    assert not large.is_large(scenario.replace(rates=Rates(unserved_minor={})))


def test_a_scenario_at_the_threshold_is_planned_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(large, "LARGE_COACH_WORKERS", 2)
    assert not large.is_large(make_small_world([worker("w0"), worker("w1")]))
    assert large.is_large(make_small_world([worker("w0"), worker("w1"), worker("w2")]))
