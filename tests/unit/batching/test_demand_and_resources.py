"""Demand and supply as the search sees them: cells, units and locks from parties; coaches, drivers and gates by date."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pandas as pd
import pytest

from dispatch.batching.alternatives import ServiceTariff, TransferPool
from dispatch.batching.connecting import price_unserved, shift_into_hours
from dispatch.batching.demand import Demand, get_tier_class, make_demand
from dispatch.batching.direct import DirectCosts, cost_per_head
from dispatch.batching.resources import Resources
from dispatch.clearance.parties import make_parties
from dispatch.clearance.windows import make_clearance
from dispatch.model.geography import DatedTier, Tier
from dispatch.model.plan import Reason
from dispatch.model.scenario import Lock, LockKind, Scenario
from dispatch.model.supply import CountOnDates, CrewMember
from dispatch.planning.prepared import prepare
from worlds import FIRST, LINE, World, add_rule, change_region, change_worker, rule


def demand_of(scenario: Scenario) -> Demand:
    """Demand of all cleared parties."""
    found = make_parties(scenario, make_clearance(scenario))
    return make_demand(scenario, found.parties, found.members)


def lock(kind: LockKind, worker_id: str, value: str) -> Lock:
    return Lock(kind=kind, worker_id=worker_id, value=value)


def test_parties_alike_share_a_cell_and_every_party_is_a_unit(four_villages: World) -> None:
    # the family at V1, W3 (own date lock and preferred date), W5 and W6 (other modes) at V2; W4 is not cleared
    demand = demand_of(four_villages.scenario.replace(locks=()))
    assert demand.workers == 5
    assert [unit.size for unit in demand.units] == [1, 1, 1, 2]
    twin = change_worker(four_villages.scenario.replace(locks=()), "W6", "modes", "bus|train")
    assert len(demand_of(twin).cells) == len(demand.cells) - 1


def test_a_together_lock_makes_one_unit_of_two_parties(four_villages: World) -> None:
    demand = demand_of(four_villages.scenario.replace(locks=(lock(LockKind.TOGETHER, "W1", "W5"),)))
    assert sorted(unit.size for unit in demand.units) == [1, 1, 3]


def test_together_is_passed_on_from_party_to_party(four_villages: World) -> None:
    locks = (lock(LockKind.TOGETHER, "W1", "W5"), lock(LockKind.TOGETHER, "W6", "W5"))
    assert sorted(unit.size for unit in demand_of(four_villages.scenario.replace(locks=locks)).units) == [
        1,
        4,
    ]


def test_an_apart_lock_is_known_from_both_sides(four_villages: World) -> None:
    demand = demand_of(four_villages.scenario.replace(locks=(lock(LockKind.APART, "W5", "W6"),)))
    index = {party.key: party.index for party in demand.parties}
    assert demand.apart == {(index["W5"], index["W6"]), (index["W6"], index["W5"])}


def test_a_lock_of_a_member_set_aside_binds_the_party_that_travels(four_villages: World) -> None:
    # W4 is not cleared; with W5 in one party, W4's lock holds for W5
    scenario = change_worker(four_villages.scenario, "W5", "party_id", "W4")
    demand = demand_of(scenario.replace(locks=(lock(LockKind.MODE, "W4", "train"),)))
    (cell,) = [party.cell for party in demand.parties if party.key == "W4"]
    assert cell.mode_lock == "train"
    assert not cell.may_ride_bus


def test_a_date_lock_leaves_one_day_or_none(four_villages: World) -> None:
    for value, days in (("2020-03-02", [1]), ("2020-03-09", [])):
        demand = demand_of(four_villages.scenario.replace(locks=(lock(LockKind.DATE, "W5", value),)))
        (cell,) = [party.cell for party in demand.parties if party.key == "W5"]
        assert list(cell.days) == days


def test_contradictory_locks_leave_a_party_for_the_reason_lock(four_villages: World) -> None:
    locks = (lock(LockKind.TOGETHER, "W5", "W6"), lock(LockKind.APART, "W5", "W6"))
    ready = prepare(four_villages.scenario.replace(locks=locks))
    keys = {party.key: party.index for party in ready.parties}
    assert {ready.hopeless.get(keys[key]) for key in ("W5", "W6")} == {Reason.LOCK}


def test_a_tier_that_changes_within_the_window_keeps_people_apart_who_differ_on_any_day(
    four_villages: World,
) -> None:
    # county B is of medium tier until 3 March and the rule separates medium
    regions = four_villages.scenario.geography.regions
    tiers = (
        DatedTier(from_date=FIRST, tier=Tier.MEDIUM),
        DatedTier(from_date=date(2020, 3, 3), tier=Tier.LOW),
    )
    scenario = change_region(four_villages.scenario, replace(regions["CH1B"], tiers=tiers))
    scenario = add_rule(scenario, rule("separated_tiers", ("medium", "high"), mode=""))
    assert get_tier_class(scenario, "CH1A", 0, 3) == ""
    assert get_tier_class(scenario, "CH1B", 0, 1) == "medium"
    assert get_tier_class(scenario, "CH1B", 2, 3) == ""
    assert get_tier_class(scenario, "CH1B", 1, 2) not in ("", "medium")


# --- supply ------------------------------------------------------------------------------------------------------------------


def count(coaches: int, days: int = 5) -> tuple[CountOnDates, ...]:
    return (CountOnDates(from_date=FIRST, to_date=FIRST + timedelta(days=days - 1), count=coaches),)


def test_a_coach_away_for_three_dates_is_missing_on_each_of_them(four_villages: World) -> None:
    resources = Resources(four_villages.scenario.replace(fleet=(replace(LINE, counts=count(1)),)))
    resources.hold_coach("FL1", 1, 3, 2, 1)
    assert [resources.has_coach("FL1", day, 1, 1) for day in range(5)] == [True, False, False, False, True]
    resources.hold_coach("FL1", 1, 3, 2, -1)
    assert all(resources.has_coach("FL1", day, 1, 1) for day in range(5))


def test_a_one_way_coach_is_gone_until_the_horizon_ends(four_villages: World) -> None:
    line = replace(LINE, counts=count(1), returns=False)
    resources = Resources(four_villages.scenario.replace(fleet=(line,)))
    resources.hold_coach("FL1", 1, 1, 1, 1)
    # another one on the first day would still be away on the second, when there is none left
    assert [resources.has_coach("FL1", day, 1, 1) for day in range(5)] == [False] * 5


@pytest.mark.parametrize(
    ("coaches", "ratio", "out"),
    [(10, 0.1, 9), (11, 0.1, 9), (1, 0.2, 0), (5, 0.0, 5)],  # 1; 1.1 -> 2; 0.2 -> 1; 0 kept back
)
def test_standby_is_rounded_up(coaches: int, ratio: float, out: int) -> None:
    assert replace(LINE, counts=count(coaches), standby_ratio=ratio).find_available(FIRST) == out


def test_no_coach_exists_outside_its_dates(four_villages: World) -> None:
    resources = Resources(four_villages.scenario.replace(fleet=(replace(LINE, counts=count(3, days=2)),)))
    assert [resources.find_available("FL1", day) for day in range(4)] == [3, 3, 0, 0]


def test_named_drivers_limit_the_coaches_of_their_depot(four_villages: World) -> None:
    crew = tuple(
        CrewMember(id=f"C{i}", name=f"C{i}", role="driver", depot_place_id="DEPOT") for i in range(3)
    )
    resources = Resources(four_villages.scenario.replace(crew=crew, fleet=(replace(LINE, counts=()),)))
    resources.hold_coach("FL1", 0, 1, 2, 1)
    assert resources.has_coach("FL1", 0, 1, 1)
    assert not resources.has_coach("FL1", 0, 1, 2)
    assert resources.has_coach("FL1", 1, 1, 2)


def test_a_gate_counts_arrivals_by_date(four_villages: World) -> None:
    # the gate takes three a day
    resources = Resources(four_villages.scenario)
    resources.hold_arrivals({("S1", 1): 2}, 1)
    assert resources.fits_arrivals({("S1", 1): 1})
    assert not resources.fits_arrivals({("S1", 1): 2})
    assert resources.fits_arrivals({("S1", 2): 3})


# --- prices ------------------------------------------------------------------------------------------------------------------


def test_a_tariff_pays_whole_carriages_and_nothing_for_a_service_that_does_not_run() -> None:
    tariff = ServiceTariff(
        service_id="T", capacity=10, min_carriages=2, max_carriages=4, min_load=5, fixed_minor=500, carriage_minor=100,
        committed=False,
    )  # fmt: skip
    assert [tariff.cost_minor([load]) for load in (0, 1, 20, 21, 40)] == [0, 700, 700, 800, 900]
    assert replace(tariff, committed=True).cost_minor([0]) == 700
    # two tiers that share no carriage: 11 and 1 people need two carriages and one
    assert tariff.cost_minor([11, 1]) == 800
    assert tariff.seats == 40


def test_a_transfer_pool_expects_whole_coaches_and_half_of_the_last() -> None:
    # 10 seats at 100: 25 people are two coaches and one half full: 200 + 50 + 25
    pool = TransferPool("key", 10, 100)
    assert [pool.cost_minor(load) for load in (0, 10, 20, 25)] == [0, 100, 200, 275]


def test_the_cost_per_head_adds_days_late_dates_and_hours_aboard(four_villages: World) -> None:
    # rates 40.00 a day late, 60.00 a date, 6.00 an hour: preferred 2 March, on 4 March, two dates, 310 min aboard
    demand = demand_of(four_villages.scenario.replace(locks=()))
    (cell,) = [party.cell for party in demand.parties if party.key == "W5"]
    assert cell.preferred == 1
    assert cost_per_head(four_villages.scenario, cell, 3, 3, 4, 310) == 2 * 4_000 + 2 * 6_000 + 3_100


def test_the_default_penalty_is_the_dearest_dedicated_run(four_villages: World) -> None:
    # no rules: V1 22.3 -> 31.2 km (estimate) + 410 + 430 km and V2 dearer or not, each on one day with one driver or more
    scenario = four_villages.scenario
    ready = prepare(scenario.replace(rates=replace(scenario.rates, unserved_minor={})))
    costs = DirectCosts(ready.scenario, ready.context, ready.demand)
    runs = [costs.get_cheapest_cash("FL1", board, "GATE") for board in ("V1", "V2")]
    assert all(run is not None for run in runs)
    assert price_unserved(ready.scenario, costs, ready.demand)[""] == max(
        run for run in runs if run is not None
    )


@pytest.mark.parametrize(
    ("at", "received"),
    [(2 * 1440 + 479, 2 * 1440 + 480), (2 * 1440 + 480, 2 * 1440 + 480), (1080, 1080), (1081, 1440 + 480)],
)
def test_a_gate_open_from_8_to_18_receives_at_once_or_at_its_next_opening(
    four_villages: World, at: int, received: int
) -> None:
    assert shift_into_hours(prepare(four_villages.scenario).context, "GATE", at) == received


def test_a_party_without_any_lawful_trip_leaves_the_demand(four_villages: World) -> None:
    # coach only, and the gate opens on 2 March: whoever must travel on the 1st arrives that day, too early
    scenario = change_worker(four_villages.scenario, "W6", "latest_date", pd.Timestamp("2020-03-01"))
    scenario = scenario.replace(rates=replace(scenario.rates, own_ticket=None))
    ready = prepare(scenario)
    keys = {party.index: party.key for party in ready.parties}
    assert {keys[index] for index in ready.hopeless} == {"W6"}
    assert "W6" not in {party.key for party in ready.demand.parties}
