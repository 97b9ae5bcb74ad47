"""Direct trips: timetables and cash by hand, and the cheapest order."""

import pickle

import pytest
from routing_world import CN_RULES, TARIFF, make_world

from dispatch.model.policy import DriverRules
from dispatch.model.scenario import Limits
from dispatch.model.supply import CoachTariff
from dispatch.routing.context import has_registered_end
from dispatch.routing.trips import (
    detour_minutes,
    find_best_direct_trip,
    keeps_ride_limits,
    make_direct_trip,
    ride_minutes,
)

# depot -30- a -20- b -100- x -10- y; x back to the depot 140, y 150
VILLAGES = {
    ("depot", "a"): (30, 30),
    ("depot", "b"): (45, 45),
    ("a", "b"): (20, 20),
    ("a", "x"): (115, 115),
    ("b", "x"): (100, 100),
    ("b", "y"): (105, 105),
    ("a", "y"): (120, 120),
    ("x", "y"): (10, 10),
    ("x", "depot"): (140, 140),
    ("y", "depot"): (150, 150),
}


def test_a_trip_of_two_pickups_and_two_drops_by_hand():
    # pull-out 05:00 would be at a at 05:30, 30 min before boarding: pull-out 05:30 = 330, a 06:00-06:15,
    # b 06:35-06:50, x 08:30-08:45, y 08:55-09:10, depot 11:40 = 700
    shape = make_direct_trip(make_world(VILLAGES), "line", ("a", "b"), ("x", "y"))
    assert shape.pull_out_min == 330
    assert shape.board_min == (360, 395)
    assert shape.depart_min == (375, 410)
    assert shape.arrive_min == (510, 535)
    assert shape.alight_end_min == (525, 550)
    assert shape.pull_in_min == 700
    assert shape.driven_min == (0, 20, 120, 130)


def test_its_money_by_hand():
    # 30 + 20 + 100 + 10 + 150 = 310 km x 5.00 = 1,550.00; one day 1,000.00; one driver-day 300.00
    shape = make_direct_trip(make_world(VILLAGES), "line", ("a", "b"), ("x", "y"))
    assert shape.km_tenths_total == 3100
    assert shape.km_tenths_loaded == 1300
    assert (shape.days, shape.drivers) == (1, 1)
    assert shape.costs == {"vehicle_days": 100_000, "km": 155_000, "driver_days": 30_000}
    assert shape.cash_minor == 285_000


def test_a_coach_that_does_not_return_ends_after_the_last_alighting():
    shape = make_direct_trip(make_world(VILLAGES, returns=False), "line", ("a", "b"), ("x", "y"))
    assert shape.pull_in_min == 550
    assert shape.km_tenths_total == 1600


def test_ride_and_detour_of_one_pair():
    # a to y: aboard from 06:15 to 08:55 = 160 min; driven 20 + 100 + 10 = 130 against 120 direct
    context = make_world(VILLAGES)
    shape = make_direct_trip(context, "line", ("a", "b"), ("x", "y"))
    assert ride_minutes(shape, "a", "y") == 160
    assert detour_minutes(context, shape, "a", "y") == 10


def test_the_pull_out_is_shifted_once_and_the_coach_waits_where_it_still_comes_too_early():
    # 170 min to a, boarding from 08:00. First try 03:00: two night hours to 05:00, break, 05:20-06:10 (370): 110 early.
    # From 04:50 only 70 min are night: no break, a at 07:40, 20 min of waiting remain.
    rules = DriverRules(continuous_night_max_min=120, break_min=20)
    context = make_world(
        {("depot", "a"): (170, 170), ("a", "x"): (10, 10), ("x", "depot"): (1, 1)},
        rules=rules, hours={"a": (480, 1320)}, limits=Limits(pull_out_from_min=180),
    )  # fmt: skip
    shape = make_direct_trip(context, "line", ("a",), ("x",))
    assert (shape.pull_out_min, shape.board_min) == (290, (480,))


def test_boarding_after_hours_is_unlawful_at_the_first_and_at_a_later_pickup():
    # from 05:00 the coach is at a at 05:30 and at b (via a, boarding from 06:00) at 06:35
    late_first = make_world(VILLAGES, hours={"a": (300, 329)})
    assert make_direct_trip(late_first, "line", ("a",), ("x",)) is None
    assert make_direct_trip(make_world(VILLAGES, hours={"b": (300, 394)}), "line", ("a", "b"), ("x",)) is None
    assert (
        make_direct_trip(make_world(VILLAGES, hours={"b": (300, 395)}), "line", ("a", "b"), ("x",))
        is not None
    )


def test_an_early_coach_waits_at_a_later_pickup():
    shape = make_direct_trip(make_world(VILLAGES, hours={"b": (420, 1320)}), "line", ("a", "b"), ("x",))
    assert shape.board_min == (360, 420)


def test_the_first_boarding_is_on_the_service_date():
    # 20 h to the pickup: 05:00 + 1,200 min = 01:00 the next day, lawful by the clock but a day late
    context = make_world(
        {("depot", "a"): (1200, 1200), ("a", "x"): (10, 10), ("x", "depot"): (1, 1)}, hours={"a": (0, 1440)}
    )
    assert make_direct_trip(context, "line", ("a",), ("x",)) is None


@pytest.mark.parametrize(
    ("opens", "closes", "arrival"),
    [
        (0, 1440, 510),  # 08:30
        (540, 1080, 540),  # waits for 09:00
        (300, 510, 510),  # just in time
        (300, 509, 1740),  # a minute late: 05:00 of the next day
    ],
)
def test_the_gate_receives_within_its_hours(opens, closes, arrival):
    context = make_world(VILLAGES, sites=[("plant", "x", opens, closes)])
    assert make_direct_trip(context, "line", ("a", "b"), ("x",)).arrive_min == (arrival,)


def test_of_several_sites_at_one_place_the_latest_opening_binds():
    context = make_world(VILLAGES, sites=[("one", "x", 540, 1080), ("two", "x", 600, 1000)])
    assert make_direct_trip(context, "line", ("a", "b"), ("x",)).arrive_min == (600,)


def test_the_1500_km_coach_under_chinese_rules():
    # as LONG_RUN in test_routing_drivers: boards 06:00-06:15, arrives 06:55 of the next day; three drivers, two dates.
    # 2 x 1,000.00 + 1,500 x 5.00 + 3 x 2 x 300.00 = 11,300.00
    context = make_world({("depot", "a"): (0, 0), ("a", "x"): (1500, 1200)}, rules=CN_RULES, returns=False)
    shape = make_direct_trip(context, "line", ("a",), ("x",))
    assert shape.arrive_min == (1440 + 415,)
    assert (shape.days, shape.drivers) == (2, 3)
    assert shape.cash_minor == 1_130_000


def test_a_boarding_shorter_than_a_break_does_not_rest_the_driver_and_a_longer_one_does():
    # three hours to a, two to x under 4 h / 20 min: from 06:00 boards 09:00-09:15, one hour more, break, 10:35-11:35
    legs = {("depot", "a"): (180, 180), ("a", "x"): (120, 120)}
    rules = DriverRules(continuous_day_max_min=240, break_min=20)
    short = make_world(legs, rules=rules, returns=False, limits=Limits(pull_out_from_min=360))
    assert make_direct_trip(short, "line", ("a",), ("x",)).arrive_min == (695,)
    # with 20 min of boarding: 09:20-11:20 without a break
    long = make_world(
        legs, rules=rules, returns=False, limits=Limits(pull_out_from_min=360, dwell_pickup_min=20)
    )
    assert make_direct_trip(long, "line", ("a",), ("x",)).arrive_min == (680,)


def test_stops_with_no_driving_between_them_rest_the_driver_together():
    # a and b share their coordinates: 15 + 15 min of boarding are a rest. 09:00-09:30, then 120 min to 11:30
    legs = {("depot", "a"): (180, 180), ("a", "b"): (0, 0), ("b", "x"): (120, 120)}
    rules = DriverRules(continuous_day_max_min=240, break_min=20)
    context = make_world(legs, rules=rules, returns=False, limits=Limits(pull_out_from_min=360))
    assert make_direct_trip(context, "line", ("a", "b"), ("x",)).arrive_min == (690,)


def test_too_many_stops_are_unlawful():
    context = make_world(VILLAGES, limits=Limits(max_pickups=1))
    assert make_direct_trip(context, "line", ("a", "b"), ("x",)) is None
    assert find_best_direct_trip(context, "line", frozenset("ab"), frozenset("x"), frozenset()) is None


def test_the_best_order_is_the_cheapest():
    # a b x y: 30+20+100+10+150 = 310; a b y x: 30+20+105+10+140 = 305; b a x y: 45+20+115+10+150 = 340;
    # b a y x: 45+20+120+10+140 = 335
    context = make_world(VILLAGES)
    best = find_best_direct_trip(
        context, "line", frozenset("ab"), frozenset("xy"), frozenset({("a", "x"), ("b", "y")})
    )
    assert (best.pickups, best.drops) == (("a", "b"), ("y", "x"))
    assert best.km_tenths_total == 3050


def test_a_detour_limit_takes_the_cheapest_order_away():
    # order a b y x drives b to x in 115 min, 15 more than direct; a to y 125, 5 more; a b x y keeps all within 10
    context = make_world(VILLAGES, limits=Limits(max_detour_min=14))
    pairs = frozenset({("a", "y"), ("b", "x")})
    best = find_best_direct_trip(context, "line", frozenset("ab"), frozenset("xy"), pairs)
    assert (best.pickups, best.drops) == (("a", "b"), ("x", "y"))
    assert keeps_ride_limits(context, best, pairs)


def test_with_lump_sums_the_quickest_order_wins():
    # every order costs the lump; a b y x is 20+105+10+140 and the shortest of all also in minutes
    context = make_world(VILLAGES, tariff=CoachTariff(lump_trip_minor=70_000))
    best = find_best_direct_trip(context, "line", frozenset("ab"), frozenset("xy"), frozenset())
    assert best.cash_minor == 70_000
    assert (best.pickups, best.drops) == (("a", "b"), ("y", "x"))


def test_a_ride_limit_no_order_keeps_leaves_no_trip():
    context = make_world(VILLAGES, limits=Limits(max_ride_min=99))
    assert (
        find_best_direct_trip(context, "line", frozenset("b"), frozenset("x"), frozenset({("b", "x")}))
        is None
    )


def test_the_region_of_registration_contains_one_end_of_the_trip():
    context = make_world(VILLAGES, registered="county_x")
    assert has_registered_end(context, "line", "a", "x")
    assert not has_registered_end(context, "line", "a", "b")
    assert has_registered_end(make_world(VILLAGES, registered="province"), "line", "a", "b")
    assert has_registered_end(make_world(VILLAGES), "line", "a", "b")


def test_a_context_survives_the_way_to_another_process():
    context = make_world(VILLAGES, tariff=TARIFF)
    copy = pickle.loads(pickle.dumps(context))
    order = ("line", ("a", "b"), ("x", "y"))
    assert make_direct_trip(copy, *order) == make_direct_trip(context, *order)
