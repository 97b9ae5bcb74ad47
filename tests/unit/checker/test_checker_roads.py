"""The checker's own estimate of road travel."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dispatch.checker.roads import Roads, drive_minutes
from worlds import World, change_place


def find_range(world: World, **ends: tuple[str, float, float]) -> tuple[int, int]:
    """Range of km (tenths) between two villages put at (region, lat, lon)."""
    scenario = world.scenario
    for name, (region, lat, lon) in ends.items():
        scenario = change_place(
            scenario, replace(scenario.geography.places[name], region_id=region, lat=lat, lon=lon)
        )
    road = Roads(scenario, replace(world.plan, duties=())).estimate("DEPOT", "V1")
    return road.km_from, road.km_to


@pytest.mark.parametrize(
    ("regions", "circuity"),
    [
        (("610723", "320583"), 1.30),
        (("530828", "320583"), 1.40),
        (("610723", "513401"), 1.40),
        (("510183", "320583"), 1.30),
        (("TH", "TH"), 1.42),
        (("US", "DE"), 1.32),
    ],
)
def test_two_degrees_on_the_equator(four_villages: World, regions: tuple[str, str], circuity: float) -> None:
    # 2 x 111.3195 = 222.639 km of geodesic
    low, high = find_range(four_villages, DEPOT=(regions[0], 0.0, 30.0), V1=(regions[1], 0.0, 32.0))
    km = 222.639 * circuity
    assert low / 10 == pytest.approx(km * 0.994 - 0.05, abs=0.1)
    assert high / 10 == pytest.approx(km * 1.006 + 0.05, abs=0.1)
    assert low < 10 * km < high


def test_both_sides_of_the_fifty_kilometre_step_are_accepted_near_it(four_villages: World) -> None:
    # 0.4492 degrees = 50.005 km: 1.30 gives 65.0 km, 1.40 gives 70.0 km
    low, high = find_range(four_villages, DEPOT=("610723", 0.0, 30.0), V1=("610723", 0.0, 30.4492))
    assert low < 650 < 700 < high


def test_minutes_are_those_of_the_rounded_kilometres_rounded_up() -> None:
    assert drive_minutes(1300, 75) == 104
    assert drive_minutes(1301, 75) == 105
    assert drive_minutes(312, 45) == 42


def test_the_table_goes_before_the_estimate_and_is_directed(four_villages: World) -> None:
    roads = Roads(four_villages.scenario, four_villages.plan)
    there, back = roads.find_road("GATE", "DEPOT"), roads.find_road("DEPOT", "GATE")
    assert (there.km_from, there.minutes_to, there.exact) == (4300, 320, True)
    assert not back.exact
