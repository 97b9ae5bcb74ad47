"""Routing on random small worlds: the fast form equals the written-out one, limits hold, orders are the best there are."""

import sys
from itertools import pairwise, permutations, product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parents[1] / "unit" / "routing"))

from routing_world import CN_RULES, COACH_53, NO_RULES, make_world

from dispatch.model.plan import EventKind
from dispatch.model.policy import DriverRules
from dispatch.model.scenario import Limits
from dispatch.model.supply import CoachTariff
from dispatch.routing.carriage_seats import seat_train
from dispatch.routing.drivers import count_drivers, find_worst_window, make_duty_table
from dispatch.routing.driving import DrivingState, compile_rules, drive, drive_fast
from dispatch.routing.duties import find_best_feeder_order, make_feeder_duty, make_last_mile_duty
from dispatch.routing.extraction import TripLoad, make_connection_coach_duty, make_direct_coach_duty
from dispatch.routing.orders import find_paths
from dispatch.routing.seats import SeatParty, seat_coach
from dispatch.routing.trips import (
    find_best_direct_trip,
    find_cash_floor,
    keeps_ride_limits,
    make_direct_trip,
    ride_minutes,
)

of_day = st.integers(0, 1439)
rule_sets = st.builds(
    DriverRules,
    continuous_day_max_min=st.none() | st.integers(30, 300),
    continuous_night_max_min=st.none() | st.integers(20, 200),
    break_min=st.integers(1, 45),
    night_from_min=of_day,
    night_until_min=of_day,
    rolling_24h_max_min=st.none() | st.integers(300, 700),
    weekly_max_min=st.none() | st.integers(1500, 3000),
    halt_from_min=of_day,
    halt_until_min=of_day,
    halt_exempt_km=st.integers(0, 200),
    drivers_by_km=st.just(((400, 2),)),
)
states = st.builds(DrivingState, st.integers(0, 300), st.just(0))


def is_inside(at_min, from_min, until_min):
    """Window membership written by enumeration of the day, apart from the code under test."""
    if from_min <= until_min:
        return from_min <= at_min % 1440 < until_min
    return not until_min <= at_min % 1440 < from_min


@given(st.integers(-3000, 6000), st.integers(0, 2500), states, rule_sets, st.booleans())
@settings(max_examples=300, deadline=None)
def test_the_fast_simulation_equals_the_recorded_one(start, minutes, state, rules, halts):
    intervals = []
    end, cont, night = drive_fast(start, minutes, *state, compile_rules(rules), halts, intervals)
    recorded_end, recorded_state, stretches = drive(start, minutes, state, rules, halts)
    assert (end, (cont, night)) == (recorded_end, recorded_state)
    assert intervals == [(s.start_min, s.end_min) for s in stretches if s.kind is EventKind.DRIVE]


@given(st.integers(-3000, 6000), st.integers(1, 1500), rule_sets, st.booleans())
@settings(max_examples=150, deadline=None)
def test_no_minute_of_driving_breaks_a_limit(start, minutes, rules, halts):
    _, _, stretches = drive(start, minutes, DrivingState(), rules, halts)
    assert sum(s.end_min - s.start_min for s in stretches if s.kind is EventKind.DRIVE) == minutes
    assert all(a.end_min == b.start_min for a, b in pairwise(stretches))
    for stretch in stretches:
        if stretch.kind is not EventKind.DRIVE:
            continue
        driven_at = range(stretch.start_min, stretch.end_min)
        by_night = [t for t in driven_at if is_inside(t, rules.night_from_min, rules.night_until_min)]
        assert rules.continuous_day_max_min is None or len(driven_at) <= rules.continuous_day_max_min
        assert rules.continuous_night_max_min is None or len(by_night) <= rules.continuous_night_max_min
        if halts:
            assert not any(is_inside(t, rules.halt_from_min, rules.halt_until_min) for t in driven_at)


@st.composite
def stretch_lists(draw):
    at, found = draw(st.integers(0, 1439)), []
    for _ in range(draw(st.integers(1, 9))):
        length = draw(st.integers(10, 240))
        found.append((at, at + length))
        at += length + draw(st.sampled_from([15, 20, 180, 600]))
    return tuple(found)


@given(stretch_lists(), st.integers(240, 600), st.integers(1, 3))
@settings(max_examples=100, deadline=None)
def test_a_duty_table_exists_exactly_when_trying_all_tables_finds_one(stretches, limit, n):
    rules = DriverRules(rolling_24h_max_min=limit, weekly_max_min=1200)

    def is_lawful(table):
        for driver in set(table):
            minutes = np.zeros(stretches[-1][1] + 1, dtype=int)
            for (start, end), who in zip(stretches, table, strict=True):
                minutes[start:end] = who == driver
            done = np.concatenate([[0], np.cumsum(minutes)])
            for window, most in ((1440, limit), (10080, 1200)):
                if any(done[min(t + window, len(done) - 1)] - done[t] > most for t in range(len(done))):
                    return False
        return True

    table = make_duty_table(stretches, n, rules)
    if table is not None:
        assert is_lawful(table)
    elif n ** len(stretches) <= 729:
        assert not any(is_lawful(other) for other in product(range(n), repeat=len(stretches)))


@given(stretch_lists(), st.integers(300, 900))
@settings(max_examples=100, deadline=None)
def test_the_worst_window_is_that_of_trying_every_minute(stretches, window):
    driving = np.zeros(stretches[-1][1] + window + 1, dtype=int)
    for start, end in stretches:
        driving[start:end] = 1
    sums = np.convolve(driving, np.ones(window, dtype=int))
    assert find_worst_window(stretches, window) == sums.max()


@st.composite
def worlds(draw, pickups=3, drops=3):
    """A random table of legs between a depot, pickups a.. and drops x.. under drawn rules and hours."""
    a = [f"a{i}" for i in range(draw(st.integers(1, pickups)))]
    x = [f"x{i}" for i in range(draw(st.integers(1, drops)))]
    ids = ["depot", *a, *x]
    leg = st.tuples(st.integers(1, 400), st.integers(1, 400))
    legs = {(p, q): draw(leg) for p in ids for q in ids if p != q}
    context = make_world(
        legs,
        rules=draw(st.sampled_from([NO_RULES, CN_RULES]) | rule_sets),
        returns=draw(st.booleans()),
        tariff=draw(st.sampled_from([CoachTariff(lump_trip_minor=100), CoachTariff(day_minor=50_000, km_minor=500, driver_day_minor=30_000)])),
        hours={p: (draw(st.integers(0, 600)), draw(st.integers(800, 1440))) for p in a},
        sites=[(f"s{p}", p, draw(st.integers(0, 600)), draw(st.integers(600, 1440))) for p in x],
        limits=Limits(
            max_detour_min=draw(st.none() | st.integers(0, 600)),
            max_ride_min=draw(st.none() | st.integers(300, 2000)),
            dwell_pickup_min=draw(st.integers(0, 30)),
        ),
    )  # fmt: skip
    pairs = frozenset(draw(st.lists(st.sampled_from(list(product(a, x))), min_size=1, max_size=4)))
    return context, tuple(a), tuple(x), pairs


@given(worlds())
@settings(max_examples=120, deadline=None)
def test_the_best_trip_is_that_of_trying_every_order(world):
    context, a, x, pairs = world
    lawful = []
    for order in product(permutations(a), permutations(x)):
        shape = make_direct_trip(context, "line", *order)
        if shape is not None and keeps_ride_limits(context, shape, pairs):
            ride = sum(ride_minutes(shape, *pair) for pair in pairs)
            lawful.append((shape.cash_minor, shape.pull_in_min - shape.pull_out_min, ride, order))
    best = find_best_direct_trip(context, "line", frozenset(a), frozenset(x), pairs)
    assert (best is not None) == bool(lawful)
    if best is not None:
        assert (best.cash_minor, best.pull_in_min - best.pull_out_min) == min(lawful)[:2]
        assert (best.pickups, best.drops) == min(lawful)[3]


@given(worlds())
@settings(max_examples=150, deadline=None)
def test_no_lawful_trip_costs_less_than_its_floor(world):
    context, a, x, _ = world
    shape = make_direct_trip(context, "line", a, x)
    if shape is None:
        return
    places = ["depot", *a, *x, *(["depot"] if context.lines["line"].returns else [])]
    legs = [context.get_minutes(p, q) for p, q in pairwise(places)]
    floor = find_cash_floor(context, context.lines["line"], shape.km_tenths_total, legs, len(a) + len(x))
    assert floor <= shape.cash_minor


def test_a_stop_that_stands_through_the_halt_is_not_counted_twice_in_the_floor():
    # boards 06:00-06:45; 1,140 min bring it to x at 01:45, alighting to 02:30 reaches 30 min into the halt; from 05:00 it
    # drives 1,120 min home, to 23:40 of the second day. Halt and dwells added up, 360 + 2,260 + 180 + 90 = 2,890, would
    # be 00:10 of the third
    context = make_world(
        {("depot", "a"): (0, 0), ("a", "x"): (1, 1140), ("x", "depot"): (1, 1120)},
        rules=DriverRules(halt_from_min=120, halt_until_min=300),
        tariff=CoachTariff(day_minor=1),
        limits=Limits(dwell_pickup_min=45, dwell_drop_min=45, pull_out_from_min=360),
    )
    shape = make_direct_trip(context, "line", ("a",), ("x",))
    assert (shape.pull_in_min, shape.days) == (2860, 2)
    assert find_cash_floor(context, context.lines["line"], 20, [0, 1140, 1120], 2) <= 2


def name_halt(lat, lon):
    return "somewhere"


def check_duty(context, duty, km_tenths):
    """Everything a duty on paper must be, whatever the shape says."""
    assert duty.events == () or duty.events[0].start_min == duty.pull_out_min
    assert duty.events == () or duty.events[-1].end_min == duty.pull_in_min
    assert all(one.end_min == two.start_min for one, two in pairwise(duty.events))
    driving = [event for event in duty.events if event.kind in (EventKind.DRIVE, EventKind.DEADHEAD)]
    for i, leg in enumerate(duty.legs):
        assert sum(event.end_min - event.start_min for event in driving if event.leg == i) == leg.minutes
        assert all((event.kind is EventKind.DRIVE) == leg.loaded for event in driving if event.leg == i)
    assert sum(leg.km_tenths for leg in duty.legs) == km_tenths
    limit = context.rules.rolling_24h_max_min
    for driver in range(duty.drivers):
        own = [(event.start_min, event.end_min) for event in driving if event.driver == driver]
        assert limit is None or find_worst_window(own, 1440) <= limit


@given(worlds(), st.integers(0, 5))
@settings(max_examples=120, deadline=None)
def test_a_direct_duty_on_paper_is_whole_and_agrees_with_its_shape(world, day):
    context, a, x, _ = world
    shape = make_direct_trip(context, "line", a, x)
    if shape is None:
        return
    load = TripLoad(trip_id="T", batch_ids=(), boards={a[0]: len(x)}, alights=dict.fromkeys(x, 1))
    duty, trip = make_direct_coach_duty(context, shape, "D", day * 1440, load, name_halt)
    check_duty(context, duty, shape.km_tenths_total)
    assert (
        count_drivers(
            [(e.start_min, e.end_min) for e in duty.events if e.driver >= 0], trip.km_tenths, context.rules
        )[0]
        == shape.drivers
    )
    assert [stop.place_id for stop in trip.stops] == [*a, *x]
    assert trip.load == len(x)


@given(worlds(), st.integers(0, 5000))
@settings(max_examples=120, deadline=None)
def test_connection_duties_on_paper_keep_their_times(world, at_min):
    context, a, x, _ = world
    feeder = make_feeder_duty(context, "line", [(a, x[0], at_min), (a[:1], x[0], at_min + 1500)])
    if feeder is not None:
        loads = [
            TripLoad(trip_id=f"F{i}", batch_ids=(), boards={a[0]: 1}, alights={x[0]: 1}) for i in range(2)
        ]
        duty, trips = make_connection_coach_duty(context, feeder, "D", tuple(loads), name_halt)
        check_duty(context, duty, feeder.km_tenths_total)
        assert trips[0].stops[-1].arrive_min <= at_min
        assert trips[1].stops[-1].arrive_min <= at_min + 1500
        for stop in (stop for trip in trips for stop in trip.stops[:-1]):
            opens, closes = context.boarding[stop.place_id]
            assert opens <= stop.arrive_min % 1440 <= closes
    last_mile = make_last_mile_duty(context, "line", [(a[0], at_min, x)])
    if last_mile is not None:
        loads = [TripLoad(trip_id="L", batch_ids=(), boards={a[0]: len(x)}, alights=dict.fromkeys(x, 1))]
        duty, (trip,) = make_connection_coach_duty(context, last_mile, "D", tuple(loads), name_halt)
        check_duty(context, duty, last_mile.km_tenths_total)
        assert trip.stops[0].arrive_min == at_min


@given(worlds(pickups=1, drops=1), st.integers(0, 3000))
@settings(max_examples=60, deadline=None)
def test_a_feeder_never_pulls_out_so_early_that_a_minute_later_would_do(world, at_min):
    # a minute later is not in time: the coach arrives late, or boarding there is over
    context, (a,), (x,), _ = world
    duty = make_feeder_duty(context, "line", [((a,), x, at_min)])
    if duty is None:
        return
    rules, halts, dwell = context.rules, duty.halts_apply, context.limits.dwell_pickup_min
    at, state, _ = drive(duty.pull_out_min + 1, context.get_minutes("depot", a), DrivingState(), rules, halts)
    opens, closes = context.boarding[a]
    begin = at + max(0, opens - at % 1440)
    if begin + dwell - at >= rules.break_min:
        state = DrivingState()
    arrival, _, _ = drive(begin + dwell, context.get_minutes(a, x), state, rules, halts)
    assert at % 1440 > closes or arrival > at_min


@pytest.mark.parametrize("n", [6, 7])
@given(data=st.data())
@settings(max_examples=8, deadline=None)
def test_the_dynamic_programme_equals_trying_every_order(n, data):
    numbers = data.draw(st.lists(st.integers(1, 999), min_size=n * n + n, max_size=n * n + n))
    cost = np.array(numbers[: n * n], dtype=np.int64).reshape(n, n)
    entry = np.array(numbers[n * n :], dtype=np.int64)
    least: dict[int, int] = {}
    for order in permutations(range(n)):
        weight = int(entry[order[0]]) + sum(int(cost[a, b]) for a, b in pairwise(order))
        least[order[-1]] = min(weight, least.get(order[-1], weight))
    found = find_paths(entry, cost)
    assert {last: weight for last, (weight, _) in found.items()} == least
    for last, (weight, path) in found.items():
        assert sorted(path) == list(range(n))
        assert path[-1] == last
        assert int(entry[path[0]]) + sum(int(cost[a, b]) for a, b in pairwise(path)) == weight


def test_beyond_twenty_stops_the_order_is_whole_and_on_a_line_it_is_the_line():
    # 24 stops one km apart on a road that begins at the depot: the shortest path visits them as they come
    at = np.random.default_rng(7).permutation(24)
    cost = np.abs(at[:, None] - at[None, :]).astype(np.int64)
    ((last, (weight, path)),) = find_paths(at.astype(np.int64), cost).items()
    assert [int(at[stop]) for stop in path] == list(range(24))
    assert (int(at[last]), weight) == (23, 23)


@given(worlds(pickups=3, drops=1))
@settings(max_examples=60, deadline=None)
def test_the_best_feeder_order_is_the_shortest_that_keeps_the_detour_where_one_does(world):
    context, a, (x,), _ = world
    km = {}
    for order in permutations(a):
        km[order] = sum(context.get_km_tenths(p, q) for p, q in pairwise(("depot", *order, x)))
    best = find_best_feeder_order(context, "line", frozenset(a), x)
    if context.limits.max_detour_min is None:
        assert km[best] == min(km.values())
    assert sorted(best) == sorted(a)


@st.composite
def party_lists(draw, most):
    parties, left = [], most
    while left > 0 and len(parties) < 40:
        size = min(left, draw(st.integers(1, 7)))
        ids = tuple(f"{len(parties):02}-{i}" for i in range(size))
        minors = frozenset(ids[size - draw(st.integers(0, size // 2)) :])
        parties.append(
            SeatParty(
                party_key=ids[0], worker_ids=ids, minor_ids=minors if len(minors) < size else frozenset()
            )
        )
        left -= size + draw(st.integers(0, 3))
    return parties


@given(party_lists(42))
@settings(max_examples=60, deadline=None)
def test_every_worker_gets_one_free_seat_in_front_of_the_blocked_rows(parties):
    labels = seat_coach(COACH_53, 2, parties, reserved_seats=2)
    assert len(labels) == len(set(labels.values())) == sum(len(party.worker_ids) for party in parties)
    assert all(int(label[:-1]) <= 11 for label in labels.values())


@given(party_lists(120), st.integers(20, 59))
@settings(max_examples=60, deadline=None)
def test_no_carriage_holds_more_than_its_capacity_and_no_seat_two_people(parties, capacity):
    people = sum(len(party.worker_ids) for party in parties)
    carriages = -(-people // capacity)
    places = seat_train(carriages, capacity, 118, parties)
    assert len(set(places.values())) == len(places) == people
    for carriage in range(1, carriages + 1):
        assert sum(number == carriage for number, _ in places.values()) <= capacity
