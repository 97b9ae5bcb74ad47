"""Feeder and last-mile duties by hand."""

from routing_world import CN_RULES, make_world

from dispatch.model.scenario import Limits
from dispatch.routing.duties import (
    find_best_feeder_order,
    find_best_last_mile_order,
    make_feeder_duty,
    make_last_mile_duty,
)

# depot -30- a -20- b -40- t -60- depot; c is 30 from t; x 30 and y 50 from t, 20 apart
STATION = {
    ("depot", "a"): (30, 30),
    ("depot", "b"): (40, 40),
    ("a", "b"): (20, 20),
    ("a", "t"): (55, 55),
    ("b", "t"): (40, 40),
    ("c", "t"): (30, 30),
    ("depot", "c"): (70, 70),
    ("depot", "t"): (60, 60),
    ("t", "x"): (30, 30),
    ("t", "y"): (50, 50),
    ("x", "y"): (20, 20),
    ("x", "depot"): (80, 80),
    ("y", "depot"): (100, 100),
}


def test_a_feeder_is_at_the_station_just_in_time():
    # by 10:00: b left 09:20, boarding there from 09:05; a left 08:45, boarding from 08:30; pull-out 08:00.
    # alights 10:00-10:15, home 11:15
    duty = make_feeder_duty(make_world(STATION), "line", [(("a", "b"), "t", 600)])
    (trip,) = duty.trips
    assert duty.pull_out_min == 480
    assert trip.place_ids == ("a", "b", "t")
    assert trip.arrive_min == (510, 545, 600)
    assert trip.depart_min == (525, 560, 615)
    assert duty.pull_in_min == 675
    # 30 + 20 + 40 + 60 = 150 km x 5.00, a day, a driver-day
    assert duty.cash_minor == 75_000 + 100_000 + 30_000


def test_a_feeder_on_a_later_day_is_the_same_moved_by_whole_days():
    context = make_world(STATION)
    today = make_feeder_duty(context, "line", [(("a", "b"), "t", 600)])
    later = make_feeder_duty(context, "line", [(("a", "b"), "t", 600 + 2 * 1440)])
    assert later.pull_out_min == today.pull_out_min + 2880
    assert later.trips[0].depart_min == tuple(at + 2880 for at in today.trips[0].depart_min)


def test_a_feeder_for_an_early_train_boards_the_evening_before():
    # by 06:30 nobody could board after 06:00; the last boarding at b is at 22:00 = -120, so at a at 21:25 = -155,
    # pull-out 20:55 = -185, at the station at 22:55 = -65
    duty = make_feeder_duty(make_world(STATION), "line", [(("a", "b"), "t", 390)])
    assert duty.trips[0].arrive_min == (-155, -120, -65)
    assert duty.pull_out_min == -185
    # from 20:55 to home at 22:55 + 15 + 60 = 00:10: two dates
    assert duty.days == 2


def test_the_next_feeder_trip_waits_to_board_as_late_as_it_may():
    # at the station until 10:15, at c at 10:45; for 12:00 boarding there begins at 12:00 - 30 - 15 = 11:15
    duty = make_feeder_duty(make_world(STATION), "line", [(("a", "b"), "t", 600), (("c",), "t", 720)])
    assert duty.trips[1].arrive_min == (675, 720)
    assert duty.km_tenths_total == 300 + 200 + 400 + 300 + 300 + 600


def test_a_second_trip_the_coach_cannot_reach_in_time_is_no_duty():
    # it can be at c at 10:45 and then at the station at 11:30, not before
    trips = [(("a", "b"), "t", 600), (("c",), "t", 690)]
    assert make_feeder_duty(make_world(STATION), "line", trips).trips[1].arrive_min == (645, 690)
    assert make_feeder_duty(make_world(STATION), "line", [trips[0], (("c",), "t", 689)]) is None


def test_a_last_mile_coach_is_there_when_boarding_may_begin():
    # 10:00 at t, pull-out 09:00; boards to 10:15, x 10:45-11:00, y 11:20-11:35, home 13:15
    duty = make_last_mile_duty(make_world(STATION), "line", [("t", 600, ("x", "y"))])
    (trip,) = duty.trips
    assert duty.pull_out_min == 540
    assert trip.arrive_min == (600, 645, 680)
    assert trip.depart_min == (615, 660, 695)
    assert duty.pull_in_min == 795


def test_people_board_at_a_station_at_any_hour_but_the_gate_keeps_its_hours():
    # 03:00 at the station, boarded to 03:15, at x at 03:45, received from 08:00
    context = make_world(STATION, sites=[("plant", "x", 480, 1080)])
    duty = make_last_mile_duty(context, "line", [("t", 180, ("x",))])
    assert duty.trips[0].arrive_min == (180, 480)


def test_a_last_mile_coach_runs_twice():
    # back from y at 11:35, at t at 12:25; the second boarding may begin from 12:00, so at 12:25
    duty = make_last_mile_duty(make_world(STATION), "line", [("t", 600, ("x", "y")), ("t", 720, ("x",))])
    assert duty.trips[1].arrive_min[0] == 745


def test_short_feeders_drive_through_the_night_halt_and_long_ones_do_not():
    # Chinese rules exempt up to 200 km one way. Boards at t 01:30-01:45 for x, 30 min away
    exempt = make_last_mile_duty(make_world(STATION, rules=CN_RULES), "line", [("t", 90, ("x",))])
    assert exempt.trips[0].arrive_min[1] == 135
    assert not exempt.halts_apply
    # 210 km and 30 min: 15 minutes to 02:00, the rest from 05:00
    far = {**STATION, ("t", "x"): (210, 30)}
    halted = make_last_mile_duty(make_world(far, rules=CN_RULES), "line", [("t", 90, ("x",))])
    assert halted.trips[0].arrive_min[1] == 315
    assert halted.halts_apply


def test_limits_on_stops_trips_and_rides_bind():
    two = [(("a", "b"), "t", 600), (("c",), "t", 720)]
    assert make_feeder_duty(make_world(STATION, limits=Limits(max_pickups=1)), "line", two[:1]) is None
    assert make_feeder_duty(make_world(STATION, limits=Limits(max_trips_per_duty=1)), "line", two) is None
    # a is aboard from 08:45 to 10:00 = 75 min, and drives 60 instead of 55
    assert make_feeder_duty(make_world(STATION, limits=Limits(max_ride_min=74)), "line", two[:1]) is None
    assert make_feeder_duty(make_world(STATION, limits=Limits(max_ride_min=75)), "line", two[:1]) is not None
    assert make_feeder_duty(make_world(STATION, limits=Limits(max_detour_min=4)), "line", two[:1]) is None
    assert make_feeder_duty(make_world(STATION, limits=Limits(max_detour_min=5)), "line", two[:1]) is not None


def test_the_best_feeder_order_is_the_shortest_from_depot_to_station():
    # a b: 30 + 20 + 40 = 90; b a: 40 + 20 + 55 = 115
    context = make_world(STATION)
    assert find_best_feeder_order(context, "line", frozenset("ab"), "t") == ("a", "b")


def test_the_best_last_mile_order_counts_the_way_home_only_if_the_coach_returns():
    # x y home: 30 + 20 + 100 = 150; y x home: 50 + 20 + 80 = 150: a tie, also in minutes; one way 50 against 70
    assert find_best_last_mile_order(make_world(STATION, returns=False), "line", "t", frozenset("xy")) == (
        "x",
        "y",
    )
    nearer = {**STATION, ("x", "depot"): (79, 79)}
    assert find_best_last_mile_order(make_world(nearer), "line", "t", frozenset("xy")) == ("y", "x")
