"""Single values: dates, clocks, ID numbers, coordinates, seat rows."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.files.datum import gcj02_from_wgs84, wgs84_from
from dispatch.files.documents import check_documents
from dispatch.files.fleet_rows import derive_rows, make_built_in_types, parse_rows
from dispatch.files.service_rows import parse_dates
from dispatch.files.values import Unreadable, parse_clock, parse_date, parse_decimal, parse_int


@pytest.mark.parametrize(
    "text",
    [
        "2020-02-29",
        "2020/2/29",
        "2020.02.29",
        "2020年2月29日",
        "20200229",
        "２０２０-０２-２９",
        "2020-02-29 00:00:00",
    ],
)
def test_a_date_may_be_written_in_many_ways(text: str) -> None:
    assert parse_date(text) == date(2020, 2, 29)


@pytest.mark.parametrize("text", ["2020-02-30", "29.2.2020", "2月29日", "43890", "", "soon", "2020-13-01"])
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(Unreadable) as caught:
        parse_date(text)
    assert caught.value.code == "E122"


@given(st.dates(date(1955, 1, 1), date(2100, 1, 1)))
def test_spreadsheet_serials_count_days_since_the_end_of_1899(day: date) -> None:
    assert parse_date(str((day - date(1899, 12, 30)).days), excel=True) == day


def test_clocks() -> None:
    # 7 x 60 + 30 = 450; the next day 1440 + 7 x 60 + 10 = 1870
    assert [
        parse_clock(text) for text in ("07:30", "7:30", "24:00", "07:10+1", "０７：３０", "07:30:00")
    ] == [450, 450, 1440, 1870, 450, 450]
    assert parse_clock("0.5", excel=True) == 720
    for text in ("25:00", "07:60", "24:01", "0.5", "seven"):
        with pytest.raises(Unreadable):
            parse_clock(text)


def test_numbers() -> None:
    assert parse_int("1,234") == 1234 and parse_int("5.0") == 5 and parse_int("１２") == 12
    assert str(parse_decimal("0.10")) == "0.10"
    for text in ("1.5", "12人", "nan", "inf", "1,2"):
        with pytest.raises(Unreadable):
            parse_int(text)


def test_dates_of_a_service_may_be_a_list_or_a_daily_range() -> None:
    # 2020 is a leap year: 28 and 29 February, 1 March
    assert parse_dates("2020-02-28..2020-03-01") == (date(2020, 2, 28), date(2020, 2, 29), date(2020, 3, 1))
    assert parse_dates("2020-03-01; 2020-03-03") == (date(2020, 3, 1), date(2020, 3, 3))
    with pytest.raises(Unreadable):
        parse_dates("2020-03-03..2020-03-01")


def test_the_example_of_the_standard_has_a_right_check_digit() -> None:
    # GB 11643-1999 prints 11010519491231002X and 440524188001010014 as examples
    documents = pd.Series(
        [
            "11010519491231002X",
            "11010519491231002x",
            "440524188001010014",
            "440524188001010015",
            "E12345678",
            "",
        ],
        dtype="string",
    )
    wrong, tail = check_documents(documents)
    assert list(wrong) == [False, False, False, True, False, False]
    assert not tail.any()


@given(st.text("0123456789", min_size=17, max_size=17), st.integers(0, 9))
def test_exactly_one_check_character_is_right(body: str, _: int) -> None:
    wrong, _tail = check_documents(pd.Series([body + c for c in "0123456789X"], dtype="string"))
    assert int((~wrong).sum()) == 1


@given(st.floats(20, 45), st.floats(80, 130))
def test_gcj02_taken_back_is_the_point_itself(lat: float, lon: float) -> None:
    back_lat, back_lon = wgs84_from(*gcj02_from_wgs84(lat, lon), "gcj02")
    # 1e-6 degrees are 0.11 m
    assert abs(back_lat - lat) < 1e-6 and abs(back_lon - lon) < 1e-6


def test_the_shift_is_some_hundred_metres_in_china_and_none_abroad() -> None:
    # geography.md: 430 to 610 m at 昭通, 宁波, 南阳, 深圳
    for lat, lon in ((27.34, 103.72), (29.87, 121.55), (33.0, 112.53), (22.54, 114.06)):
        new_lat, new_lon = gcj02_from_wgs84(lat, lon)
        metres = ((new_lat - lat) ** 2 + ((new_lon - lon) * 0.87) ** 2) ** 0.5 * 111_200
        assert 400 < metres < 650
    assert gcj02_from_wgs84(-1.95, 30.06) == (-1.95, 30.06)
    assert wgs84_from(31.0, 121.0, "wgs84") == (31.0, 121.0)


def test_bd09_of_a_known_point() -> None:
    # the worked point of coordtransform (wandergis): bd09 116.404, 39.915 -> gcj02 116.39762729119315, 39.90865673957631
    lat, lon = wgs84_from(39.915, 116.404, "bd09")
    gcj_lat, gcj_lon = gcj02_from_wgs84(lat, lon)
    assert (round(gcj_lon, 5), round(gcj_lat, 5)) == (116.39763, 39.90866)


def test_seat_rows_add_up() -> None:
    assert parse_rows("4x12+5") == (4,) * 12 + (5,)
    assert parse_rows("2,4,4") == (2, 4, 4)
    assert parse_rows("four") is None
    assert derive_rows(53) == (4,) * 12 + (5,)
    assert all(sum(derive_rows(n)) == n and max(derive_rows(n)) <= 5 for n in range(2, 80))
    assert {kind.id: sum(kind.row_seats) for kind in make_built_in_types()} == {
        "coach53": 53,
        "coach45": 45,
        "coach35": 35,
    }
