"""Driving under limits: hand-made timetables of single legs."""

import pytest
from routing_world import CN_RULES, NO_RULES

from dispatch.model.plan import EventKind
from dispatch.model.policy import DriverRules
from dispatch.routing.driving import RESTED, DrivingState, compile_rules, drive, rest

DAY_RULES = DriverRules(continuous_day_max_min=240, break_min=20)


def hours(text: str) -> int:
    """``26:05`` -> 1565."""
    whole, minutes = text.split(":")
    return int(whole) * 60 + int(minutes)


def spans(stretches):
    return [(s.kind.value, s.start_min, s.end_min) for s in stretches]


def test_ten_hours_from_six_with_twenty_minutes_after_every_four_hours_end_at_16_40():
    # 06:00-10:00, break to 10:20, 10:20-14:20, break to 14:40, the last two hours to 16:40
    end, state, stretches = drive(hours("6:00"), 600, RESTED, DAY_RULES, True)
    assert end == hours("16:40")
    assert state == DrivingState(120, 0)
    assert spans(stretches) == [
        ("drive", 360, 600),
        ("break", 600, 620),
        ("drive", 620, 860),
        ("break", 860, 880),
        ("drive", 880, 1000),
    ]


def test_a_leg_that_ends_as_the_limit_is_reached_needs_its_break_only_on_the_next_leg():
    end, state, _ = drive(360, 240, RESTED, DAY_RULES, True)
    assert (end, state) == (600, DrivingState(240, 0))
    end, state, stretches = drive(end, 10, state, DAY_RULES, True)
    assert end == 630
    assert stretches[0].kind is EventKind.BREAK


def test_night_driving_stops_after_two_hours():
    # no halt; 21:00-22:00 by day, two night hours to 00:00, break to 00:20, the last 60 minutes to 01:20
    end, state, stretches = drive(hours("21:00"), 240, RESTED, CN_RULES, False)
    assert end == hours("25:20")
    assert state == DrivingState(60, 60)
    assert spans(stretches)[1] == ("break", 1440, 1460)


def test_night_minutes_no_longer_bind_after_six_in_the_morning():
    # 04:01: 119 night minutes to 06:00, then by day until four hours are full at 08:01
    end, state, stretches = drive(hours("4:01"), 240, RESTED, CN_RULES, False)
    assert end == hours("8:01")
    assert len(stretches) == 1
    assert state == DrivingState(240, 119)


def test_the_halt_from_two_to_five_pushes_the_arrival_of_a_13_hour_run_to_14_00():
    # 21:00-00:00 (180), break, 00:20-02:00 (280), halt to 05:00, 05:00-09:00 (520), break,
    # 09:20-13:20 (760), break, 13:40-14:00 (780)
    end, _, stretches = drive(hours("21:00"), 780, RESTED, CN_RULES, True)
    assert end == hours("38:00")
    assert ("night_halt", hours("26:00"), hours("29:00")) in spans(stretches)


def test_without_the_halt_the_same_run_arrives_at_11_20():
    # 180 to 00:00, 120 to 02:20, 120 to 04:40, from 05:00 four hours to 09:00, from 09:20 the last 120
    assert drive(hours("21:00"), 780, RESTED, CN_RULES, False)[0] == hours("35:20")


def test_a_break_that_runs_into_the_halt_is_followed_by_it():
    # 23:40-01:40 are two night hours, break to 02:00 where the halt begins, on at 05:00
    end, _, stretches = drive(hours("23:40"), 130, RESTED, CN_RULES, True)
    assert end == hours("29:10")
    assert [s.kind for s in stretches] == [
        EventKind.DRIVE,
        EventKind.BREAK,
        EventKind.NIGHT_HALT,
        EventKind.DRIVE,
    ]
    assert [s.driven_min for s in stretches] == [0, 120, 120, 120]


def test_without_rules_a_coach_drives_through():
    assert drive(0, 3000, RESTED, NO_RULES, True)[0] == 3000


def test_a_leg_of_no_minutes_takes_no_time_even_in_halt_hours():
    assert drive(hours("3:00"), 0, DrivingState(240, 120), CN_RULES, True) == (
        180,
        DrivingState(240, 120),
        (),
    )


@pytest.mark.parametrize(("stop_min", "expected"), [(19, DrivingState(100, 50)), (20, RESTED)])
def test_only_a_stop_as_long_as_a_break_rests_the_driver(stop_min, expected):
    assert rest(DrivingState(100, 50), stop_min, CN_RULES) == expected


def test_limits_under_which_nobody_could_drive_are_refused():
    with pytest.raises(ValueError, match="let nobody drive"):
        compile_rules(DriverRules(continuous_day_max_min=0))
