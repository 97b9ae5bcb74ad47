"""Duties on paper: events without holes, halts on the way, drivers at the wheel."""

import pytest
from routing_world import CN_RULES, make_world

from dispatch.model.plan import EventKind, Role
from dispatch.routing.duties import make_feeder_duty
from dispatch.routing.extraction import TripLoad, make_connection_coach_duty, make_direct_coach_duty
from dispatch.routing.trips import make_direct_trip

LONG = {("depot", "a"): (0, 0), ("a", "x"): (1500, 1200)}
DAY_2 = 2 * 1440


def name_halt(lat, lon):
    return f"near {lat:.1f}, {lon:.1f}"


def load(**counts):
    given = {"boards": {"a": 24}, "alights": {"x": 24}, **counts}
    return TripLoad(
        trip_id="T1", batch_ids=("B1",), site_ids={"x": ("plant",)}, capacity=24, capacity_rule="cap", **given
    )


def make_long_coach(**more):
    context = make_world(LONG, rules=CN_RULES, returns=False)
    shape = make_direct_trip(context, "line", ("a",), ("x",))
    return make_direct_coach_duty(context, shape, "D1", DAY_2, load(), name_halt, **more)


def test_events_follow_each_other_without_holes_from_pull_out_to_pull_in():
    duty, _ = make_long_coach()
    assert duty.events[0].start_min == duty.pull_out_min
    assert duty.events[-1].end_min == duty.pull_in_min
    assert all(a.end_min == b.start_min for a, b in zip(duty.events, duty.events[1:], strict=False))


def test_the_night_halt_of_the_long_coach_stands_at_its_point_of_the_leg():
    # 1,085 of 1,200 minutes are driven by 02:00 (see LONG_RUN in test_routing_drivers); a lies at 30 N 110 E,
    # depot at 31 N, x at 32 N 112 E: 30 + 2 x 1085/1200 = 31.80833 N
    duty, _ = make_long_coach()
    (halt,) = [event for event in duty.events if event.kind is EventKind.NIGHT_HALT]
    assert (halt.start_min, halt.end_min) == (DAY_2 + 1440 + 120, DAY_2 + 1440 + 300)
    assert (halt.lat, halt.lon) == (31.80833, 111.80833)
    assert halt.approximate
    assert halt.place_name == "near 31.8, 111.8"


def test_every_driving_stretch_has_a_driver_and_every_other_event_none():
    duty, _ = make_long_coach()
    for event in duty.events:
        assert (event.driver >= 0) == (event.kind in (EventKind.DRIVE, EventKind.DEADHEAD))
    assert {event.driver for event in duty.events if event.driver >= 0} == {0, 1, 2}
    assert duty.drivers == 3
    assert "1160" in duty.driver_reason


def test_legs_are_frozen_with_their_source_and_loaded_from_first_pickup_to_last_drop():
    duty, _ = make_long_coach()
    assert [(leg.from_id, leg.to_id, leg.km_tenths, leg.minutes, leg.loaded) for leg in duty.legs] == [
        ("depot", "a", 0, 0, False),
        ("a", "x", 15_000, 1200, True),
    ]
    assert duty.legs[1].source == "table"


def test_the_trip_carries_its_stops_load_and_capacity():
    _, trip = make_long_coach()
    assert trip.role is Role.DIRECT
    assert trip.service_date_min == DAY_2
    assert [(s.place_id, s.arrive_min, s.board, s.alight, s.site_ids) for s in trip.stops] == [
        ("a", DAY_2 + 360, 24, 0, ()),
        ("x", DAY_2 + 1855, 0, 24, ("plant",)),
    ]
    assert (trip.load, trip.capacity, trip.capacity_rule, trip.km_tenths) == (24, 24, "cap", 15_000)


def test_counts_that_do_not_add_up_are_refused():
    context = make_world(LONG, returns=False)
    shape = make_direct_trip(context, "line", ("a",), ("x",))
    for wrong in (load(alights={"x": 23}), load(boards={"a": 23, "b": 1})):
        with pytest.raises(ValueError, match="T1"):
            make_direct_coach_duty(context, shape, "D1", 0, wrong, name_halt)


def test_drivers_tired_from_the_week_before_are_refused():
    # three drivers with 2,600 of 2,640 minutes used cannot drive 1,200 more
    with pytest.raises(ValueError, match="no duty table"):
        make_long_coach(used_week_min=(2600, 2600, 2600))


def test_a_feeder_duty_of_two_trips_waits_and_drives_empty_between_them():
    legs = {
        ("depot", "a"): (30, 30), ("a", "t"): (40, 40), ("depot", "t"): (60, 60),
        ("c", "t"): (30, 30), ("depot", "c"): (70, 70),
    }  # fmt: skip
    context = make_world(legs)
    shape = make_feeder_duty(context, "line", [(("a",), "t", 600), (("c",), "t", 720)])
    loads = tuple(
        TripLoad(trip_id=f"F{i}", batch_ids=(), boards={place: 10}, alights={"t": 10})
        for i, place in enumerate("ac")
    )
    duty, trips = make_connection_coach_duty(context, shape, "D1", loads, name_halt)
    # pull-out 08:35, a 09:05-09:20, t 10:00-10:15, c at 10:45, waits to 11:15, boards to 11:30, t 12:00-12:15, home 13:15
    assert [(event.kind.value, event.start_min, event.end_min) for event in duty.events] == [
        ("deadhead", 515, 545),
        ("board", 545, 560),
        ("drive", 560, 600),
        ("alight", 600, 615),
        ("deadhead", 615, 645),
        ("wait", 645, 675),
        ("board", 675, 690),
        ("drive", 690, 720),
        ("alight", 720, 735),
        ("deadhead", 735, 795),
    ]
    assert duty.trip_ids == ("F0", "F1")
    assert [trip.role for trip in trips] == [Role.FEEDER, Role.FEEDER]
    assert [trip.load for trip in trips] == [10, 10]
    assert [leg.loaded for leg in duty.legs] == [False, True, False, True, False]
