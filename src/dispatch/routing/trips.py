"""Direct coach trips: the timetable and cash of one order of stops, and the cheapest lawful order.

Minute 0 is 00:00 of the service date. Every rule used here looks at the time of day only, so a shape holds for any date.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice, permutations, product
from math import factorial

import numpy as np

from dispatch.model.supply import FleetLine
from dispatch.routing.context import RoutingContext
from dispatch.routing.costs import duty_costs
from dispatch.routing.drivers import count_drivers
from dispatch.routing.orders import find_paths, pack_weights
from dispatch.routing.walk import Walk
from dispatch.units import DAY_MIN, count_dates, divide_half_even

#: Up to so many orders are all evaluated; beyond, the shortest ones by km are.
EVALUATED_ORDERS = 300
#: Orders tried one by one where none of the shortest ones is lawful.
TRIED_ORDERS = 5_000

Stops = tuple[str, ...]
Pair = tuple[str, str]
Order = tuple[Stops, Stops]


@dataclass(frozen=True, slots=True, kw_only=True)
class TripShape:
    """Timetable and cash of a direct trip, whoever rides. Minutes count from 00:00 of the service date.

    ``board_min``/``depart_min``: BOARD start and end at each pickup; ``arrive_min``/``alight_end_min``: *arrival* moment
    and ALIGHT end at each drop-off. ``driven_min``: driving minutes since the first pickup on reaching each pickup
    and then each drop-off. ``km_tenths_total`` includes deadheads; ``km_tenths_loaded`` is first to last stop.
    ``costs`` by cash term, ``cash_minor`` their sum.
    """

    fleet_id: str
    pickups: Stops
    drops: Stops
    km_tenths_total: int
    km_tenths_loaded: int
    pull_out_min: int
    pull_in_min: int
    days: int
    drivers: int
    board_min: tuple[int, ...]
    depart_min: tuple[int, ...]
    arrive_min: tuple[int, ...]
    alight_end_min: tuple[int, ...]
    driven_min: tuple[int, ...]
    costs: Mapping[str, int]
    cash_minor: int


def ride_minutes(shape: TripShape, pickup: str, drop: str) -> int:
    """Minutes aboard from the BOARD end at ``pickup`` to the arrival moment at ``drop``, rests included."""
    return shape.arrive_min[shape.drops.index(drop)] - shape.depart_min[shape.pickups.index(pickup)]


def detour_minutes(context: RoutingContext, shape: TripShape, pickup: str, drop: str) -> int:
    """Driving minutes aboard minus the direct driving minutes between the two stops."""
    at_drop = shape.driven_min[len(shape.pickups) + shape.drops.index(drop)]
    return at_drop - shape.driven_min[shape.pickups.index(pickup)] - context.get_minutes(pickup, drop)


def keeps_ride_limits(context: RoutingContext, shape: TripShape, pairs: Iterable[Pair]) -> bool:
    """True where every (pickup, drop) pair keeps ``max_detour_min`` and ``max_ride_min``."""
    detour, ride = context.limits.max_detour_min, context.limits.max_ride_min
    return all(
        (ride is None or ride_minutes(shape, *pair) <= ride)
        and (detour is None or detour_minutes(context, shape, *pair) <= detour)
        for pair in pairs
    )


def make_direct_trip(
    context: RoutingContext, fleet_id: str, pickups: Stops, drops: Stops
) -> TripShape | None:
    """Shape of the trip that visits ``pickups`` and then ``drops`` in the order given, or None if unlawful.

    Unlawful: too many stops, boarding outside boarding hours (the first: not on the service date), or no number of
    drivers keeps their limits. Detour and ride time depend on who rides: see ``keeps_ride_limits``.
    """
    key = (fleet_id, pickups, drops)
    cached = context.cache.trips
    if key not in cached:
        cached[key] = _make_shape(context, context.lines[fleet_id], (pickups, drops))
    return cached[key]


def _make_shape(context: RoutingContext, line: FleetLine, order: Order) -> TripShape | None:
    """Shape of one order; lines of one depot share the timetable and differ only in their tariff."""
    key = (line.depot_place_id, line.returns, *order)
    timetables = context.cache.timetables
    if key not in timetables:
        timetables[key] = _drive_order(context, line, order)
    shape = timetables[key]
    if shape is None or shape.fleet_id == line.id:
        return shape
    costs = duty_costs(line.tariff, shape.days, shape.km_tenths_total, shape.drivers, 1)
    return replace(shape, fleet_id=line.id, costs=costs, cash_minor=sum(costs.values()))


def _drive_order(context: RoutingContext, line: FleetLine, order: Order) -> TripShape | None:
    pickups, drops = order
    if not _counts_are_lawful(context, len(pickups), len(drops)):
        return None
    started = _start(context, line, pickups[0])
    if started is None:
        return None
    pull_out, begin, walk = started
    km_before, driven_before = walk.km_tenths, walk.driven_min
    begins, departs, driven = [begin], [walk.at_min], [0]
    for place_id in pickups[1:]:
        walk.go(context.index[place_id])
        driven.append(walk.driven_min - driven_before)
        later = walk.board(context.boarding[place_id])
        if later is None:
            return None
        begins.append(later)
        departs.append(walk.at_min)
    arrivals, ends = [], []
    for place_id in drops:
        walk.go(context.index[place_id])
        driven.append(walk.driven_min - driven_before)
        arrivals.append(walk.deliver(context.receiving.get(place_id)))
        ends.append(walk.at_min)
    loaded = walk.km_tenths - km_before
    if line.returns:
        walk.go(context.index[line.depot_place_id])
    crew = count_drivers(walk.intervals, loaded, context.rules)
    if crew is None:
        return None
    days = count_dates(pull_out, walk.at_min)
    costs = duty_costs(line.tariff, days, walk.km_tenths, crew[0], 1)
    return TripShape(
        fleet_id=line.id, pickups=pickups, drops=drops,
        km_tenths_total=walk.km_tenths, km_tenths_loaded=loaded,
        pull_out_min=pull_out, pull_in_min=walk.at_min, days=days, drivers=crew[0],
        board_min=tuple(begins), depart_min=tuple(departs),
        arrive_min=tuple(arrivals), alight_end_min=tuple(ends), driven_min=tuple(driven),
        costs=costs, cash_minor=sum(costs.values()),
    )  # fmt: skip


def _counts_are_lawful(context: RoutingContext, pickups: int, drops: int) -> bool:
    limits = context.limits
    return (
        pickups > 0
        and drops > 0
        and (limits.max_pickups is None or pickups <= limits.max_pickups)
        and (limits.max_drop_offs is None or drops <= limits.max_drop_offs)
    )


def _start(context: RoutingContext, line: FleetLine, first_pickup: str) -> tuple[int, int, Walk] | None:
    """(pull-out, first BOARD start, coach after it), or None where the first boarding is unlawful.

    The pull-out is ``pull_out_from``, shifted later once by the wait of that first try.
    """
    depot, first = context.index[line.depot_place_id], context.index[first_pickup]
    opens, closes = context.boarding[first_pickup]
    pull_out = context.limits.pull_out_from_min
    walk = Walk(context, depot, pull_out)
    if walk.go(first) < opens:
        pull_out += opens - walk.at_min
        walk = Walk(context, depot, pull_out)
        walk.go(first)
    begin = max(walk.at_min, opens)
    if begin > closes >= opens or begin >= DAY_MIN:
        return None
    walk.stay(begin + context.limits.dwell_pickup_min)
    return pull_out, begin, walk


def find_best_direct_trip(
    context: RoutingContext,
    fleet_id: str,
    pickup_set: frozenset[str],
    drop_set: frozenset[str],
    pairs: frozenset[Pair],
) -> TripShape | None:
    """Cheapest lawful trip over all orders of the stops, or None where none is lawful.

    ``pairs`` are the (pickup, drop) pairs really ridden; they must keep the detour and ride limits. Ties: fewer minutes
    from pull-out to pull-in, then fewer ride minutes over the pairs, then the stop ids. With at most 300 orders all
    are weighed by cash; beyond, the shortest orders by km for each last pickup and first drop-off.
    """
    key = (fleet_id, pickup_set, drop_set, pairs)
    cached = context.cache.best
    if key not in cached:
        cached[key] = _search(context, context.lines[fleet_id], pickup_set, drop_set, pairs)
    return cached[key]


def _search(
    context: RoutingContext,
    line: FleetLine,
    pickup_set: frozenset[str],
    drop_set: frozenset[str],
    pairs: Collection[Pair],
) -> TripShape | None:
    if not _counts_are_lawful(context, len(pickup_set), len(drop_set)):
        return None
    pickups, drops = sorted(pickup_set), sorted(drop_set)
    if factorial(len(pickups)) * factorial(len(drops)) <= EVALUATED_ORDERS:
        return _choose(context, line, product(permutations(pickups), permutations(drops)), pairs)
    shortest = list(_find_shortest_orders(context, line, pickups, drops))
    found = _choose(context, line, shortest, pairs)
    if found is not None:
        return found
    nearby = product(permutations(shortest[0][0]), permutations(shortest[0][1]))
    return _choose(context, line, islice(nearby, TRIED_ORDERS), pairs)


def _choose(
    context: RoutingContext, line: FleetLine, orders: Iterable[Order], pairs: Collection[Pair]
) -> TripShape | None:
    """Best lawful shape among the orders, shortest first; an order whose floor is above the best is not evaluated."""
    weighed = sorted(_weigh_orders(context, line, orders, pairs))
    best: TripShape | None = None
    best_key: tuple[int, int, int, Order] | None = None
    for floor_minor, _, order in weighed:
        if best is not None and floor_minor > best.cash_minor:
            break
        shape = _make_shape(context, line, order)
        if shape is None or not keeps_ride_limits(context, shape, pairs):
            continue
        ride = sum(ride_minutes(shape, *pair) for pair in pairs)
        key = (shape.cash_minor, shape.pull_in_min - shape.pull_out_min, ride, order)
        if best_key is None or key < best_key:
            best, best_key = shape, key
    return best


def _weigh_orders(
    context: RoutingContext, line: FleetLine, orders: Iterable[Order], pairs: Collection[Pair]
) -> Iterator[tuple[int, int, Order]]:
    """(least possible cash, minutes, order) of each order that keeps the detour limit."""
    limit = context.limits.max_detour_min
    index, size, minutes, km = context.index, context.size, context.minutes, context.km_tenths
    depot = index[line.depot_place_id]
    slack = [] if limit is None else [(a, b, context.get_minutes(a, b) + limit) for a, b in pairs]
    for order in orders:
        here, total_km, total_min, legs = depot, 0, 0, []
        reached: list[dict[str, int]] = []
        for stops in order:
            reached.append({})
            for place_id in stops:
                cell = here * size + index[place_id]
                total_km += km[cell]
                total_min += minutes[cell]
                legs.append(minutes[cell])
                reached[-1][place_id] = total_min
                here = index[place_id]
        at_pickup, at_drop = reached
        if any(at_drop[drop] - at_pickup[pickup] > most for pickup, drop, most in slack):
            continue
        if line.returns:
            total_km += km[here * size + depot]
            total_min += minutes[here * size + depot]
            legs.append(minutes[here * size + depot])
        yield find_cash_floor(context, line, total_km, legs, len(at_pickup) + len(at_drop)), total_min, order


def find_cash_floor(
    context: RoutingContext, line: FleetLine, km_tenths: int, legs_min: Sequence[int], stops: int
) -> int:
    """Cash that no direct trip over these legs can undercut, whatever its breaks, halts and waits turn out to be.

    ``km_tenths`` of all legs, ``legs_min`` driving minutes of each leg (deadheads included), ``stops`` pickups and drop-offs.
    The longest leg alone keeps a driver busy: in 1,440 minutes from its start at least 1,440 less one halt and all
    breaks that fit are driven (or the whole leg).
    """
    tariff = line.tariff
    if tariff.lump_trip_minor is not None:
        return tariff.lump_trip_minor
    start = context.limits.pull_out_from_min
    days = count_dates(start, _find_earliest_end(context, start, legs_min, stops))
    drivers, limit = 1, context.rules.rolling_24h_max_min
    if limit:
        drivers = -(-min(max(legs_min, default=0), _least_driven_in_a_day(context)) // limit)
    by_km = divide_half_even(km_tenths * tariff.km_minor, 10)
    return days * (tariff.day_minor + max(1, drivers) * tariff.driver_day_minor) + by_km


def _find_earliest_end(context: RoutingContext, start: int, legs_min: Sequence[int], stops: int) -> int:
    """Minute before which no trip over these legs can be over: driving, dwell or halts, and rests within long legs.

    A stop may stand through a halt and a break may run into one, so of dwell and halts the longer counts, and each
    halt stands for one rest.
    """
    limits, compiled = context.limits, context.compiled
    driven = end = start + sum(legs_min)
    rests = sum((minutes - 1) // compiled.day_max for minutes in legs_min if minutes)
    halts = 0
    if compiled.halt_length:
        halt = compiled.halt_from + (-(-(start - compiled.halt_from) // DAY_MIN)) * DAY_MIN
        while halt < end:
            end += compiled.halt_length
            halts += 1
            halt += DAY_MIN
    end = max(end, driven + stops * min(limits.dwell_pickup_min, limits.dwell_drop_min))
    return end + compiled.break_min * max(0, rests - halts)


def _least_driven_in_a_day(context: RoutingContext) -> int:
    """Fewest minutes driven in 1,440 minutes of one leg: all but one halt and the most breaks that fit."""
    rules = context.compiled
    breaks = rules.night_length // (min(rules.night_max, DAY_MIN) + rules.break_min) + 1
    breaks += (DAY_MIN - rules.night_length) // (min(rules.day_max, DAY_MIN) + rules.break_min) + 2
    return max(0, DAY_MIN - rules.halt_length - breaks * rules.break_min)


def _find_shortest_orders(
    context: RoutingContext, line: FleetLine, pickups: list[str], drops: list[str]
) -> Iterator[Order]:
    """Shortest order by km (then minutes) for each last pickup and first drop-off, the shortest overall first."""
    rows = [context.index[place_id] for place_id in (line.depot_place_id, *pickups, *drops)]
    grid = np.ix_(rows, rows)
    weights = pack_weights(context.travel.km_tenths[grid], context.travel.minutes[grid])
    n = len(pickups)
    onward = weights[1 : n + 1, n + 1 :].min(axis=1)
    to_pickups = find_paths(weights[0, 1 : n + 1], weights[1 : n + 1, 1 : n + 1], onward)
    home = weights[n + 1 :, 0] if line.returns else np.zeros(len(drops), dtype=np.int64)
    from_drops = find_paths(home, weights[n + 1 :, n + 1 :].T, weights[1 : n + 1, n + 1 :].min(axis=0))
    joined = sorted(
        (head + int(weights[1 + last, 1 + n + first]) + tail, path, back[::-1])
        for last, (head, path) in to_pickups.items()
        for first, (tail, back) in from_drops.items()
    )
    for _, path, delivery in joined:
        yield tuple(pickups[i] for i in path), tuple(drops[i] for i in delivery)
