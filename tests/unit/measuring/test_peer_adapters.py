"""What other planners make of a county: read back as trips of ours, every plan of theirs is lawful."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.county import make_county, make_direct_plan, prepare_folder
from benchmarks.peers.corridors import find_penalties
from benchmarks.peers.mending import settle
from benchmarks.peers.tasks import LOAD_SIZE, count_starts, make_task, pack_loads
from benchmarks.side_by_side import ROUTERS, SHEET, is_installed, plan_with
from dispatch.batching.direct import DirectCosts
from dispatch.batching.resources import Resources
from dispatch.checker.check import check_plan
from dispatch.planning.prepared import Prepared


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    """2 % of the county campaign: 73 people."""
    folder: Path = tmp_path_factory.mktemp("county")
    return prepare_folder(make_county(folder, scale=0.02))


@pytest.mark.parametrize("tool", [*ROUTERS, SHEET])
def test_a_peer_s_plan_is_lawful_and_loses_nobody(county: Prepared, tool: str) -> None:
    if tool in ROUTERS and not is_installed(tool):
        pytest.skip(f"{tool} is not installed: pip install -e .[bench]")
    outcome = plan_with(tool, county, cpu_s=0.3, seed=1)
    plan = make_direct_plan(county, outcome.trips, seed=1)
    assert check_plan(county.scenario, plan) == ()
    assert sorted(plan.outcomes["worker_id"]) == sorted(county.scenario.workers["worker_id"])
    aboard = sum(trip.load for trip in outcome.trips)
    left = int((plan.outcomes["status"] == "unserved").sum())
    assert (aboard + left, aboard > 0) == (73, True)
    # Everybody left behind costs 20,000.00; what the trips cost was counted before the plan was put together.
    assert plan.costs.total_minor == sum(trip.cost_minor for trip in outcome.trips) + 2_000_000 * left


def test_loads_keep_their_stops_size_and_a_common_day(county: Prepared) -> None:
    loads = pack_loads(county.demand.units)
    assert sorted(unit.index for load in loads for unit in load) == [u.index for u in county.demand.units]
    for load in loads:
        assert len({(unit.cell.board, unit.cell.gate) for unit in load}) == 1
        assert sum(unit.size for unit in load) <= LOAD_SIZE
        assert set.intersection(*(set(unit.cell.days) for unit in load))


def test_coaches_away_three_days_start_in_turns_of_three(county: Prepared) -> None:
    # 7 coaches of 35 seats, numbers 0 to 6; day d has those with number = d modulo 3: 0, 3, 6; 1, 4; 2, 5.
    resources = Resources(county.scenario)
    assert [count_starts(resources, "C35", day, 3) for day in range(6)] == [3, 2, 2, 3, 2, 2]
    # One coach out on day 2 leaves 6 to every start that touches day 2 (days 0, 1, 2): 0, 3; 1, 4; 2, 5. Day 3 has 7.
    resources.hold_coach("C35", 2, 1, 1, 1)
    assert [count_starts(resources, "C35", day, 3) for day in range(4)] == [2, 2, 2, 3]


def test_going_between_two_loads_costs_both_ends_and_lateness(county: Prepared) -> None:
    costs = DirectCosts(county.scenario, county.context, county.demand)
    units = max(county.demand.group_by_corridor().values(), key=len)
    penalties = find_penalties(county, costs)
    task = make_task(county, costs, Resources(county.scenario), penalties, pack_loads(units))
    a, b = task.loads[:2]
    kind = replace(task.kinds[0], day=b.units[0].cell.preferred + 2, km_minor=1_000)
    km = county.context.get_km_tenths(a.board, b.board) + county.context.get_km_tenths(a.gate, b.gate)
    late = b.count_late_days(kind.day)
    # 10.00 a km = 1.00 a tenth, and 40.00 for each person and day late.
    assert task.make_costs(kind)[task.depots, task.depots + 1] == km + 40 * late
    assert late >= 2 * b.units[0].size


def test_a_route_with_too_many_stops_loses_its_thinnest_until_it_is_lawful(county: Prepared) -> None:
    costs = DirectCosts(county.scenario, county.context, county.demand)
    resources = Resources(county.scenario)
    units = max(county.demand.group_by_corridor().values(), key=len)
    day = units[0].cell.preferred
    alone, complete = settle(costs, resources, "C53", day, units[:1])
    assert alone is not None
    assert complete
    # With everybody of the corridor, also those who cannot leave on that day.
    trip, complete = settle(costs, resources, "C53", day, units)
    assert trip is not None
    assert not complete
    assert all(day in unit.cell.days for unit in trip.units)
    assert trip.load <= trip.capacity
