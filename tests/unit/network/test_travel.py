"""Frozen travel: the table wins in its own direction, everything else is the estimate."""

from __future__ import annotations

import numpy as np
import pytest
from network_world import make_world

from dispatch.model.contracts import TRAVEL, make_frame
from dispatch.network.estimates import estimate_road_matrix
from dispatch.network.travel import freeze_travel


def test_a_table_leg_wins_in_its_own_direction_only() -> None:
    travel = freeze_travel(make_world(), ["village", "station", "hamlet"])
    assert travel.get_leg("village", "station") == (200, 30, "table")
    assert travel.get_leg("station", "village") == (250, 35, "table")
    assert travel.get_leg("hamlet", "station") == (900, 90, "table")
    assert travel.get_leg("station", "hamlet")[2] == "estimate"


def test_other_legs_are_the_estimate_with_the_region_s_circuity() -> None:
    scenario = make_world()
    travel = freeze_travel(scenario, ["village", "mill"])
    places = scenario.geography.places
    km, minutes = estimate_road_matrix(
        [places["village"].lat, places["mill"].lat],
        [places["village"].lon, places["mill"].lon],
        ["610723", "330104"],
    )
    assert travel.get_leg("village", "mill") == (km[0, 1], minutes[0, 1], "estimate")


def test_an_estimated_leg_is_geodesic_times_circuity_over_speed() -> None:
    # village to hamlet: 0.1 degree of latitude at 33.25 N = 11.09 km; below 50 km circuity 1.40 and 45 km/h:
    # 15.5 km, and 15.5 / 45 x 60 = 20.67 -> 21 min
    travel = freeze_travel(make_world(), ["village", "hamlet"])
    assert travel.get_leg("village", "hamlet") == (155, 21, "estimate")


def test_a_place_is_0_km_from_itself_whatever_the_table_says() -> None:
    table = make_frame(TRAVEL, [{"from_id": "village", "to_id": "village", "km_tenths": 99, "minutes": 9}])
    travel = freeze_travel(make_world(travel=table), ["village", "mill"])
    assert travel.get_leg("village", "village")[:2] == (0, 0)
    assert not travel.from_table.any()


def test_ids_keep_their_order_and_are_taken_once() -> None:
    travel = freeze_travel(make_world(), ["mill", "village", "mill"])
    assert travel.place_ids == ("mill", "village")
    assert travel.index == {"mill": 0, "village": 1}
    assert travel.km_tenths.shape == travel.minutes.shape == travel.from_table.shape == (2, 2)
    assert travel.km_tenths.dtype == travel.minutes.dtype == np.int32


def test_of_two_rows_for_one_leg_the_later_one_holds() -> None:
    rows = [{"from_id": "village", "to_id": "mill", "km_tenths": km, "minutes": km} for km in (100, 200)]
    travel = freeze_travel(make_world(travel=make_frame(TRAVEL, rows)), ["village", "mill"])
    assert travel.get_leg("village", "mill") == (200, 200, "table")


def test_an_unknown_place_is_an_error_and_no_place_is_none() -> None:
    with pytest.raises(KeyError):
        freeze_travel(make_world(), ["village", "atlantis"])
    assert freeze_travel(make_world(), []).place_ids == ()
