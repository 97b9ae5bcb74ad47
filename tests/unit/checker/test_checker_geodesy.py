"""The checker's own geodesic, against constants of the ellipsoid and another library."""

from __future__ import annotations

import random

import pytest
from geopy.distance import geodesic

from dispatch.checker.geodesy import measure_geodesic_km


def test_one_degree_of_the_equator() -> None:
    # 2 pi x 6378.137 km / 360 = 111.319491 km
    assert measure_geodesic_km(0, 10, 0, 11) == pytest.approx(111.319491, abs=1e-6)


def test_a_quarter_of_a_meridian() -> None:
    # WGS-84: 10,001.965729 km from the equator to the pole (NIMA TR8350.2)
    assert measure_geodesic_km(0, 20, 90, 20) == pytest.approx(10_001.965729, abs=1e-5)


def test_a_place_is_no_way_from_itself() -> None:
    assert measure_geodesic_km(33.2, 107.5, 33.2, 107.5) == 0


def test_across_the_date_line_the_short_way_counts() -> None:
    # 0.2 degrees of the equator
    assert measure_geodesic_km(0, 179.9, 0, -179.9) == pytest.approx(22.263898, abs=1e-6)


def test_opposite_points_are_half_a_meridian_apart() -> None:
    # twice the quarter: 20,003.931459 km over a pole, the shortest way round
    assert measure_geodesic_km(0, 0, 0, 180) == pytest.approx(20_003.931459, abs=1e-5)


def test_a_thousand_pairs_agree_with_karney_within_a_millimetre() -> None:
    draw = random.Random(7)
    for _ in range(500):
        for south, north, west, east in ((18, 53, 74, 134), (-90, 90, -180, 180)):
            a, b = ((draw.uniform(south, north), draw.uniform(west, east)) for _ in range(2))
            assert measure_geodesic_km(*a, *b) == pytest.approx(geodesic(a, b).km, abs=1e-6)
