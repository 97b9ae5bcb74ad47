"""The checker's own driving simulation, against timetables worked out by hand."""

from __future__ import annotations

from dispatch.checker.clockwork import Clockwork, Stretch, merge_stretches
from dispatch.checker.drivers import worst_window
from dispatch.model.plan import EventKind
from dispatch.model.policy import DriverRules

RULES = DriverRules(
    continuous_day_max_min=240,
    continuous_night_max_min=120,
    break_min=20,
    night_from_min=1320,
    night_until_min=360,
    halt_from_min=120,
    halt_until_min=300,
)


def list_drive(start_min: int, minutes: int, *, halts: bool = True) -> list[tuple[str, int, int]]:
    """(kind, start, end) of one leg driven by a rested coach."""
    coach = Clockwork(RULES, halts, start_min)
    coach.drive(EventKind.DRIVE, 0, minutes)
    return [(stretch.kind.value, stretch.start, stretch.end) for stretch in merge_stretches(coach.log)]


def test_four_hours_by_day_then_a_break() -> None:
    # 08:00 to 12:00, break to 12:20, the last hour to 13:20
    assert list_drive(480, 300) == [("drive", 480, 720), ("break", 720, 740), ("drive", 740, 800)]


def test_exactly_four_hours_need_no_break() -> None:
    assert list_drive(480, 240) == [("drive", 480, 720)]


def test_the_small_hours_are_spent_standing() -> None:
    # 23:00 drive two night hours to 01:00, break to 01:20, drive to 02:00, halt to 05:00 (1740), rested: 05:00 to 05:30
    assert list_drive(1380, 190) == [
        ("drive", 1380, 1500),
        ("break", 1500, 1520),
        ("drive", 1520, 1560),
        ("night_halt", 1560, 1740),
        ("drive", 1740, 1770),
    ]


def test_an_exempt_station_run_drives_at_three() -> None:
    assert list_drive(1620, 60, halts=False) == [("drive", 1620, 1680)]


def test_a_day_driver_who_enters_the_night_has_two_hours_there() -> None:
    # from 21:00: one day hour, then two night hours to 00:00; the break comes after 180 minutes in all
    assert list_drive(1260, 200) == [("drive", 1260, 1440), ("break", 1440, 1460), ("drive", 1460, 1480)]


def test_night_minutes_do_not_bind_by_day() -> None:
    # 04:00 without halts: 120 night minutes to 06:00, day begins just then: 120 more to 08:00, break
    assert list_drive(240, 250, halts=False) == [
        ("drive", 240, 480),
        ("break", 480, 500),
        ("drive", 500, 510),
    ]


def test_a_stop_as_long_as_a_break_rests_the_coach_and_a_shorter_one_does_not() -> None:
    for stood, breaks in ((19, 1), (20, 0)):
        coach = Clockwork(RULES, True, 480)
        coach.drive(EventKind.DRIVE, 0, 200)
        coach.stand(EventKind.WAIT, 9)
        coach.stand(EventKind.BOARD, stood - 9)
        coach.drive(EventKind.DRIVE, 1, 200)
        assert sum(stretch.kind is EventKind.BREAK for stretch in coach.log) == breaks


def test_without_limits_nobody_rests() -> None:
    coach = Clockwork(DriverRules(), False, 0)
    coach.drive(EventKind.DRIVE, 0, 3000)
    assert merge_stretches(coach.log) == [Stretch(EventKind.DRIVE, 0, 3000, 0)]


def test_the_worst_day_may_lie_across_midnight() -> None:
    # 20:00-24:00, 05:00-09:00, 21:00-23:00: the window from 20:00 holds 240 + 240, the one that ends at 23:00 too: 60 + 240 + 120
    assert worst_window([(1200, 1440), (1740, 1980), (2700, 2820)], 1440) == 480
    assert worst_window([(1200, 1440), (1740, 1980), (2580, 2820)], 1440) == 480 + 60
