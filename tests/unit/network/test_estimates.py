"""Road estimates follow the formula written in their module docstring."""

import math
from datetime import date

import numpy as np
import pytest

from dispatch.network.distances import geodesic_km
from dispatch.network.estimates import (
    COACH_SPEED,
    COUNTRY_CIRCUITY,
    INTERCITY_CIRCUITY,
    MOUNTAIN_CIRCUITY,
    SHORT_CIRCUITY,
    SHORT_COACH_SPEED,
    SHORT_DISTANCE,
    estimate_road_matrix,
    get_circuity,
)

YANGXIAN = (33.22, 107.54, "610723")
NANYANG = (33.00, 112.53, "411300")
MIANXIAN = (33.16, 106.67, "610725")
LANCANG = (22.56, 99.93, "530828")


def estimate(*places: tuple[float, float, str], **options: float) -> tuple[list[list[int]], list[list[int]]]:
    lats, lons, codes = zip(*places, strict=True)
    km_tenths, minutes = estimate_road_matrix(lats, lons, codes, **options)
    return km_tenths.tolist(), minutes.tolist()


def expect(
    a: tuple[float, float, str], b: tuple[float, float, str], circuity: float, kmh: float
) -> tuple[int, int]:
    km = round(geodesic_km(a[0], a[1], b[0], b[1]) * circuity, 1)
    return round(km * 10), math.ceil(km / kmh * 60 - 1e-9)


def test_intercity_pairs_use_1_30_and_75_kmh() -> None:
    km_tenths, minutes = estimate(YANGXIAN, NANYANG)
    assert (km_tenths[0][1], minutes[0][1]) == expect(YANGXIAN, NANYANG, 1.30, 75)


def test_one_end_in_the_mountains_is_enough_for_1_40() -> None:
    km_tenths, minutes = estimate(LANCANG, NANYANG)
    assert (km_tenths[0][1], minutes[0][1]) == expect(LANCANG, NANYANG, 1.40, 75)


def test_pairs_below_50_km_use_1_40_and_45_kmh() -> None:
    near = (33.22, 107.20, "610702")  # about 32 km west of Yang county
    km_tenths, minutes = estimate(YANGXIAN, near)
    assert (km_tenths[0][1], minutes[0][1]) == expect(YANGXIAN, near, 1.40, 45)
    beyond, _ = estimate(YANGXIAN, MIANXIAN)  # about 81 km
    assert beyond[0][1] == expect(YANGXIAN, MIANXIAN, 1.30, 75)[0]


def test_the_step_at_50_km_is_on_the_intercity_side() -> None:
    # On the equator one degree is 111.3195 km: 0.4491 degrees are 49.994 km, 0.4492 degrees 50.005 km.
    km_tenths, _ = estimate((0.0, 100.0, ""), (0.0, 100.4491, ""), (0.0, 100.4492, ""))
    assert km_tenths[0][1] == 700  # 49.994 * 1.40 = 69.99
    assert km_tenths[0][2] == 650  # 50.005 * 1.30 = 65.006


def test_a_number_from_the_caller_replaces_the_rules() -> None:
    # One degree of the equator, 111.3195 km: * 1.0 = 111.3 km; / 60 km/h = 111.3 min, up to 112.
    km_tenths, minutes = estimate((0.0, 100.0, "53"), (0.0, 101.0, "53"), speed_kmh=60.0, circuity=1.0)
    assert km_tenths == [[0, 1113], [1113, 0]]
    assert minutes == [[0, 112], [112, 0]]


def test_whole_minutes_are_not_rounded_up_again() -> None:
    # 111.3 km at 66.78 km/h are exactly 100 minutes.
    _, minutes = estimate((0.0, 100.0, ""), (0.0, 101.0, ""), speed_kmh=66.78, circuity=1.0)
    assert minutes[0][1] == 100


def test_distinct_places_at_one_point_are_zero_apart() -> None:
    assert estimate(YANGXIAN, YANGXIAN) == ([[0, 0], [0, 0]], [[0, 0], [0, 0]])


def test_a_few_metres_round_to_nothing_and_a_tenth_takes_a_minute() -> None:
    # 0.0001 degrees of the equator are 11 m, * 1.40 = 15.6 m; 0.001 degrees 111 m, 0.156 km: 0.2 km, 0.27 min.
    km_tenths, minutes = estimate((0.0, 100.0, ""), (0.0, 100.0001, ""), (0.0, 100.001, ""))
    assert (km_tenths[0], minutes[0]) == ([0, 0, 2], [0, 0, 1])


def test_matrices_are_symmetric_int32_with_a_zero_diagonal() -> None:
    random = np.random.default_rng(5)
    count = 150  # more than one block of rows
    codes = [str(code) for code in random.choice(["530000", "610723", "513200", "TH", ""], count)]
    km_tenths, minutes = estimate_road_matrix(
        random.uniform(20, 45, count).tolist(), random.uniform(98, 122, count).tolist(), codes
    )
    for matrix in (km_tenths, minutes):
        assert matrix.dtype == np.int32
        assert matrix.shape == (count, count)
        assert np.array_equal(matrix, matrix.T)
        assert not np.diagonal(matrix).any()


def test_no_places_give_empty_matrices() -> None:
    km_tenths, minutes = estimate_road_matrix([], [], [])
    assert km_tenths.shape == minutes.shape == (0, 0)


@pytest.mark.parametrize(
    ("code", "factor"),
    [
        ("530828", 1.40),  # Yunnan
        ("522301", 1.40),  # Guizhou
        ("540100", 1.40),  # Tibet
        ("513225", 1.40),  # Aba
        ("513301", 1.40),  # Garze
        ("513401", 1.40),  # Liangshan
        ("510100", 1.30),  # Chengdu
        ("510100-tianfu", 1.30),
        ("610723", 1.30),
        ("US", 1.20),
        ("DE", 1.32),
        ("TH", 1.42),
        ("IN", 1.31),
        ("JP", 1.41),
        ("MX", 1.46),
        ("VN", 1.30),  # not in the table
        ("", 1.30),
    ],
)
def test_the_factor_of_an_end_follows_its_region(code: str, factor: float) -> None:
    assert get_circuity(code) == factor


@pytest.mark.parametrize(
    "options", [{"speed_kmh": 0.0}, {"speed_kmh": -5.0}, {"circuity": 0.0}, {"circuity": math.nan}]
)
def test_meaningless_numbers_are_refused(options: dict[str, float]) -> None:
    with pytest.raises(ValueError):
        estimate(YANGXIAN, NANYANG, **options)


def test_unequal_lengths_are_refused() -> None:
    with pytest.raises(ValueError):
        estimate_road_matrix([1.0], [2.0, 3.0], ["CN"])


def test_every_assumption_names_its_source_and_date() -> None:
    singles = (
        INTERCITY_CIRCUITY,
        MOUNTAIN_CIRCUITY,
        SHORT_CIRCUITY,
        COACH_SPEED,
        SHORT_COACH_SPEED,
        SHORT_DISTANCE,
    )
    for assumption in (*singles, *COUNTRY_CIRCUITY.values()):
        assert assumption.source
        assert assumption.recorded_on >= date(2026, 1, 1)
    assert COACH_SPEED.assumed
    assert SHORT_COACH_SPEED.assumed
