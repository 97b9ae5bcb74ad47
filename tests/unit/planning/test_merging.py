"""Plans of parts become one plan: lawful, numbered as one, whatever the order in which they come."""

from __future__ import annotations

import dataclasses
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pandas as pd
import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "scenario"))

from small_world import FIRST, make_small_world, plan_small, worker

from dispatch.checker import check_plan
from dispatch.files.runs import hash_plan
from dispatch.model.plan import Certificate, CostTerms, ModePrice, Plan, Reason, Remedy
from dispatch.model.scenario import Rates, Scenario
from dispatch.model.supply import CrewMember, Mode
from dispatch.planning.ledger import number_id
from dispatch.planning.loading import load_scenario
from dispatch.planning.merging import merge_plans
from dispatch.planning.proposals import extend_scenario

TINY = Path(__file__).parents[3] / "scenarios" / "tiny"
NEXT_DAY = FIRST + timedelta(days=1)
LATER = {"earliest_date": NEXT_DAY, "preferred_date": NEXT_DAY, "latest_date": NEXT_DAY}
#: Five of each half fill one van on 2 March; two of the first half travel on 3 March. The second half comes first in the roster.
SECOND = [worker(f"x{i}") for i in range(1, 6)]
FIRST_HALF = [*(worker(f"w{i}") for i in range(1, 6)), worker("w6", **LATER), worker("w7", **LATER)]


def certify(costs: CostTerms) -> Certificate:
    """Certificate of a merged plan: nothing proven but that nothing costs less than nothing."""
    return Certificate(bound_minor=0, gap_ratio=1.0, gap_without_unserved_ratio=1.0, method="none")


def merge(plans: list[Plan], scenario: Scenario) -> Plan:
    return merge_plans(plans, scenario, effort="quick", seed=1, certify=certify)


@pytest.fixture(scope="module")
def whole() -> Scenario:
    return make_small_world([*SECOND, *FIRST_HALF])


@pytest.fixture(scope="module")
def halves() -> list[Plan]:
    return [plan_small(make_small_world(people)) for people in (FIRST_HALF, SECOND)]


def test_the_plans_of_two_halves_make_a_lawful_plan_of_the_whole(whole: Scenario, halves: list[Plan]) -> None:
    plan = merge(halves, whole)
    assert check_plan(whole, plan) == ()
    assert list(plan.outcomes["worker_id"]) == list(whole.workers["worker_id"])
    assert set(plan.outcomes["status"]) == {"itinerary"}
    # a van: a day 100.00, 2 x 360 km at 1.00, a driver-day 50.00 = 870.00; three vans
    assert plan.costs.total_minor == 3 * 87_000
    assert plan.costs.terms["km"] == 3 * 72_000


def test_trips_and_duties_are_numbered_by_date_and_then_by_the_first_worker_of_the_part(
    whole: Scenario, halves: list[Plan]
) -> None:
    plan = merge(halves, whole)
    assert [(trip.id, trip.duty_id, trip.service_date_min) for trip in plan.trips] == [
        ("B0001", "D0001", 0),
        ("B0002", "D0002", 0),
        ("B0003", "D0003", 1440),
    ]
    assert [(duty.id, duty.trip_ids) for duty in plan.duties] == [
        ("D0001", ("B0001",)),
        ("D0002", ("B0002",)),
        ("D0003", ("B0003",)),
    ]
    aboard = plan.rides.groupby("trip_id")["worker_id"].agg(list).to_dict()
    assert aboard == {
        "B0001": ["w1", "w2", "w3", "w4", "w5"],
        "B0002": ["x1", "x2", "x3", "x4", "x5"],
        "B0003": ["w6", "w7"],
    }


def test_one_batch_gathers_the_trips_of_several_parts(whole: Scenario, halves: list[Plan]) -> None:
    plan = merge(halves, whole)
    assert [(batch.id, batch.workers, batch.trip_ids) for batch in plan.batches] == [
        ("P0001", 10, ("B0001", "B0002")),
        ("P0002", 2, ("B0003",)),
    ]
    batch_of = dict(zip(plan.outcomes["worker_id"], plan.outcomes["batch_id"], strict=True))
    assert (batch_of["w1"], batch_of["x1"], batch_of["w7"]) == ("P0001", "P0001", "P0002")


def test_the_whole_does_not_depend_on_the_order_in_which_parts_come(
    whole: Scenario, halves: list[Plan]
) -> None:
    assert hash_plan(merge(halves, whole)) == hash_plan(merge(halves[::-1], whole))


@pytest.mark.parametrize("name", ["three_modes", "four_villages", "night_coach", "four_villages_one_held"])
def test_one_part_alone_merges_to_itself(name: str) -> None:
    loaded = load_scenario(TINY / name).scenario
    assert loaded is not None
    scenario = extend_scenario(loaded)
    plan = replace(plan_small(scenario), variants=())
    again = merge_plans(
        iter([plan]), scenario, effort="quick", seed=1, certify=lambda costs: plan.certificate
    )
    for item in dataclasses.fields(Plan):
        if item.name in ("outcomes", "rides"):
            pd.testing.assert_frame_equal(getattr(plan, item.name), getattr(again, item.name))
        else:
            assert getattr(plan, item.name) == getattr(again, item.name), item.name


def test_riders_of_trains_and_of_coaches_planned_apart_keep_their_vehicles() -> None:
    loaded = load_scenario(TINY / "three_modes").scenario
    assert loaded is not None
    workers = loaded.workers
    near = (workers["site_id"] == "S-near").to_numpy()
    by_road = loaded.replace(workers=workers[near].reset_index(drop=True), services=())
    by_rail = loaded.replace(workers=workers[~near].reset_index(drop=True))
    plan = merge([plan_small(by_road), plan_small(by_rail)], loaded)
    assert check_plan(loaded, plan) == ()
    modes = dict(zip(plan.outcomes["worker_id"], plan.outcomes["mode"], strict=True))
    assert {modes[worker_id] for worker_id in workers.loc[near, "worker_id"]} == {"bus"}
    assert {run.trip_id for run in plan.service_runs} == {t.id for t in plan.trips if t.service_id}
    assert {trip.id for trip in plan.trips} >= set(plan.rides["trip_id"])


def test_a_driver_whom_two_parts_named_is_kept_on_one_duty() -> None:
    crew = tuple(
        CrewMember(id=f"c{i}", name=f"driver {i}", role="driver", depot_place_id="v1") for i in (1, 2)
    )
    on_one_day = [FIRST_HALF[:5], SECOND]
    plans = [plan_small(make_small_world(people, crew=crew)) for people in on_one_day]
    # each half has one van and picks the first driver for it
    assert [plan.duties[0].driver_names for plan in plans] == [("driver 1",), ("driver 1",)]
    scenario = make_small_world([*SECOND, *FIRST_HALF[:5]], crew=crew)
    plan = merge(plans, scenario)
    assert [duty.driver_names for duty in plan.duties] == [("driver 1",), ()]
    assert check_plan(scenario, plan) == ()


def test_a_plan_without_anybody_merges_into_an_empty_one() -> None:
    empty = make_small_world([])
    plan = merge([], empty)
    assert (len(plan.outcomes), len(plan.rides), plan.trips, plan.costs.total_minor) == (0, 0, (), 0)


def test_a_worker_in_no_part_or_in_two_is_refused(whole: Scenario, halves: list[Plan]) -> None:
    with pytest.raises(ValueError, match="worker x1 is in 0 parts"):
        merge(halves[:1], whole)
    with pytest.raises(ValueError, match="in 2 parts"):
        merge([*halves, halves[0]], whole)
    with pytest.raises(ValueError, match="not in the roster"):
        merge(halves, make_small_world(SECOND))


def test_a_part_whose_tables_name_unknown_trips_or_people_is_refused(
    whole: Scenario, halves: list[Plan]
) -> None:
    strange = halves[0].rides.assign(trip_id="B9999")
    with pytest.raises(ValueError, match="B9999"):
        merge([replace(halves[0], rides=strange), halves[1]], whole)
    nobody = halves[0].rides.assign(worker_id="nobody")
    with pytest.raises(ValueError, match="without an outcome"):
        merge([replace(halves[0], rides=nobody), halves[1]], whole)


def test_parts_that_disagree_about_the_penalty_are_refused(whole: Scenario, halves: list[Plan]) -> None:
    dearer = plan_small(make_small_world(SECOND, rates=Rates(unserved_minor={"": 600_000})))
    with pytest.raises(ValueError, match="disagree"):
        merge([halves[0], dearer], whole)


def test_a_service_that_runs_in_two_parts_is_refused() -> None:
    loaded = load_scenario(TINY / "three_modes").scenario
    assert loaded is not None
    plan = plan_small(loaded)
    with pytest.raises(ValueError, match="runs in two parts"):
        merge([plan, plan], loaded)


def test_the_remedies_for_most_people_are_kept(whole: Scenario, halves: list[Plan]) -> None:
    def help_some(people: int) -> Remedy:
        ids = tuple(f"u{i}" for i in range(people))
        return Remedy(
            worker_ids=ids, reason=Reason.NO_SUPPLY, change="a coach", extra_minor=1, confirmed=True
        )

    first = replace(halves[0], remedies=tuple(help_some(people) for people in range(1, 9)))
    second = replace(halves[1], remedies=tuple(help_some(people) for people in range(5, 15)))
    kept = merge([first, second], whole).remedies
    # twelve of the eighteen: 14 to 9, then both of 8, 7 and 6
    assert [len(remedy.worker_ids) for remedy in kept] == [14, 13, 12, 11, 10, 9, 8, 8, 7, 7, 6, 6]


def test_prices_of_modes_are_averaged_by_heads(whole: Scenario, halves: list[Plan]) -> None:
    def compare(workers: int, chosen: Mode, price: int, other: Mode, switch: int, note: str) -> ModePrice:
        return ModePrice(
            origin_region_id="HOME",
            destination_area="AWAY",
            workers=workers,
            chosen=chosen,
            chosen_minor_per_head=price,
            alternative=other,
            switch_above_minor_per_head=switch,
            note=note,
        )

    parts = [
        compare(30, Mode.BUS, 100, Mode.TRAIN, 150, "bus 30"),
        compare(10, Mode.BUS, 140, Mode.CHARTER, 400, "bus 9, train 1"),
        compare(20, Mode.TRAIN, 120, Mode.BUS, 130, "train 20"),
    ]
    first = replace(halves[0], mode_prices=tuple(parts[:1]))
    others = [replace(halves[1], mode_prices=tuple(parts[1:]))]
    (price,) = merge([first, *others], whole).mode_prices
    # 40 by bus at (30 x 100 + 10 x 140) / 40 = 110; 20 by train at 120, which beats the charter at 400
    assert (price.workers, price.chosen, price.chosen_minor_per_head) == (60, Mode.BUS, 110)
    assert (price.alternative, price.switch_above_minor_per_head) == (Mode.TRAIN, 120)
    assert price.note == "bus 39, train 21"


def test_numbers_have_four_digits_and_more_where_needed() -> None:
    assert number_id("B", 7, 9_999) == "B0007"
    assert [number_id("B", n, 10_000) for n in (9_999, 10_000)] == ["B09999", "B10000"]
