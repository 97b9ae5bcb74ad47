"""Distances: the fast matrix stays close to the reference geodesic everywhere."""

import numpy as np
import numpy.typing as npt
import pytest
from geopy.distance import geodesic

from dispatch.network.distances import geodesic_km, geodesic_km_matrix

Points = npt.NDArray[np.float64]


def draw_points(seed: int, count: int, lats: tuple[float, float], lons: tuple[float, float]) -> Points:
    random = np.random.default_rng(seed)
    return np.column_stack([random.uniform(*lats, count), random.uniform(*lons, count)])


def largest_error_ratio(a: Points, b: Points) -> float:
    fast = np.diagonal(geodesic_km_matrix(a[:, 0], a[:, 1], b[:, 0], b[:, 1]))
    exact = np.array([geodesic(p, q).km for p, q in zip(a, b, strict=True)])
    return float(np.max(np.abs(fast - exact) / exact))


def test_a_single_pair_is_the_reference_geodesic() -> None:
    # One degree of the equator: 6378.137 km * pi / 180 = 111.3195 km.
    assert geodesic_km(0, 0, 0, 1) == pytest.approx(6378.137 * np.pi / 180, abs=1e-6)
    # A quarter of the WGS-84 meridian is 10,001.9657 km.
    assert geodesic_km(0, 30, 90, 30) == pytest.approx(10001.9657, abs=1e-3)


@pytest.mark.filterwarnings("ignore:Latitude normalization")
def test_latitudes_beyond_the_pole_are_refused() -> None:
    with pytest.raises(ValueError):
        geodesic_km(91, 0, 0, 0)


def test_the_matrix_is_within_two_millionths_over_china() -> None:
    china = ((18.0, 53.0), (74.0, 134.0))
    assert largest_error_ratio(draw_points(1, 400, *china), draw_points(2, 400, *china)) < 2e-6


def test_the_matrix_is_within_two_millionths_from_one_metre_to_ten_km() -> None:
    a = draw_points(3, 400, (18, 53), (74, 134))
    random = np.random.default_rng(4)
    reach_degrees = 10 ** random.uniform(-3, 1, 400) / 111
    angle = random.uniform(0, 2 * np.pi, 400)
    b = a + np.column_stack([reach_degrees * np.sin(angle), reach_degrees * np.cos(angle)])
    assert largest_error_ratio(a, b) < 2e-6


def test_the_matrix_is_within_six_thousandths_over_the_world() -> None:
    world = ((-90.0, 90.0), (-180.0, 180.0))
    assert largest_error_ratio(draw_points(5, 400, *world), draw_points(6, 400, *world)) < 0.006


def test_the_matrix_is_within_six_thousandths_near_the_antipode() -> None:
    a = draw_points(7, 300, (-85, 85), (-180, 180))
    b = np.column_stack([-a[:, 0], a[:, 1] + 180]) + draw_points(8, 300, (-3, 3), (-3, 3))
    exact_antipode = np.column_stack([-a[:, 0], a[:, 1] + 180])
    assert largest_error_ratio(a, b) < 0.006
    assert largest_error_ratio(a, exact_antipode) < 0.006


def test_poles_and_the_date_line_are_ordinary_places() -> None:
    km = geodesic_km_matrix([90.0, 10.0, -90.0], [0.0, 179.5, 12.0], [90.0, 10.0, 90.0], [77.0, -179.5, 0.0])
    assert km[0, 0] == pytest.approx(0.0, abs=1e-6)
    assert km[1, 1] == pytest.approx(geodesic_km(10, 179.5, 10, -179.5), rel=2e-6)
    assert km[2, 2] == pytest.approx(20003.93, rel=0.006)


def test_a_set_with_itself_is_symmetric_with_a_zero_diagonal() -> None:
    places = draw_points(9, 60, (-60, 60), (-180, 180))
    km = geodesic_km_matrix(places[:, 0], places[:, 1], places[:, 0], places[:, 1])
    assert np.array_equal(km, km.T)
    assert not np.diagonal(km).any()


def test_empty_sides_give_empty_matrices() -> None:
    assert geodesic_km_matrix([], [], [1.0], [2.0]).shape == (0, 1)
    assert geodesic_km_matrix([1.0, 2.0], [3.0, 4.0], [], []).shape == (2, 0)
