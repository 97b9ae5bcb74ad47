"""Feeder and last-mile duties: one coach, one or more trips to or from a terminal, in absolute planning minutes.

A feeder's pull-out is the latest from which the forward simulation reaches the terminal in time; a last-mile coach's the
latest from which it is at the terminal when boarding may begin. Searching for it steps back by the minutes missed, then
bisects; breaks and halts make arrival not quite monotone, so a still later pull-out may exist, but never an unlawful answer.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple, TypeVar

import numpy as np

from dispatch.model.plan import Role
from dispatch.model.supply import FleetLine
from dispatch.routing.context import RoutingContext
from dispatch.routing.costs import duty_costs
from dispatch.routing.drivers import count_drivers
from dispatch.routing.orders import find_paths, pack_weights
from dispatch.routing.walk import Walk
from dispatch.units import DAY_MIN, count_dates

#: How far back a pull-out is searched for before the duty is given up.
SEARCH_BACK_MIN = 2 * DAY_MIN

Stops = tuple[str, ...]
Found = TypeVar("Found")


class FeederTask(NamedTuple):
    """Pickups in order, the terminal, and the planning minute by which the coach arrives there."""

    pickups: Stops
    terminal_id: str
    reach_terminal_by_min: int


class LastMileTask(NamedTuple):
    """The terminal, the planning minute before which boarding there does not begin, and drop-offs in order."""

    terminal_id: str
    not_before_min: int
    drops: Stops


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyTrip:
    """One trip of a duty with its times by the TripStop convention; ``km_tenths`` first to last stop."""

    place_ids: Stops
    arrive_min: tuple[int, ...]
    depart_min: tuple[int, ...]
    km_tenths: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyShape:
    """Timetable and cash of a feeder or last-mile duty. Planning minutes; ``costs`` by cash term."""

    role: Role
    fleet_id: str
    trips: tuple[DutyTrip, ...]
    pull_out_min: int
    pull_in_min: int
    days: int
    drivers: int
    km_tenths_total: int
    halts_apply: bool
    costs: Mapping[str, int]
    cash_minor: int


def make_feeder_duty(
    context: RoutingContext, fleet_id: str, trips: Sequence[tuple[Stops, str, int]]
) -> DutyShape | None:
    """Duty of one coach that runs the feeder trips in turn, or None where they cannot be run lawfully.

    Parameters
    ----------
    trips
        (pickups in order, terminal, planning minute by which it is reached), in order of time.

    Notes
    -----
    The first pull-out and the BOARD start of every later trip are the latest found. None also where a rider (every
    pickup has one) would break the detour or ride limit, or stops or trips are too many.
    """
    tasks = tuple(FeederTask(*trip) for trip in trips)
    if not tasks:
        return None
    base = tasks[0].reach_terminal_by_min // DAY_MIN * DAY_MIN
    shifted = tuple(task._replace(reach_terminal_by_min=task.reach_terminal_by_min - base) for task in tasks)
    return _recall(
        context, (Role.FEEDER, fleet_id, shifted), base, lambda: _run_feeders(context, fleet_id, shifted)
    )


def make_last_mile_duty(
    context: RoutingContext, fleet_id: str, trips: Sequence[tuple[str, int, Stops]]
) -> DutyShape | None:
    """Duty of one coach that runs the last-mile trips in turn, or None where they cannot be run lawfully.

    Parameters
    ----------
    trips
        (terminal, planning minute before which boarding does not begin, drop-offs in order), in order of time. Boarding
        begins at that minute, or when the coach is back from the trip before; how late it may be is the caller's to check.
    """
    tasks = tuple(LastMileTask(*trip) for trip in trips)
    if not tasks:
        return None
    base = tasks[0].not_before_min // DAY_MIN * DAY_MIN
    shifted = tuple(task._replace(not_before_min=task.not_before_min - base) for task in tasks)
    return _recall(
        context,
        (Role.LAST_MILE, fleet_id, shifted),
        base,
        lambda: _run_last_miles(context, fleet_id, shifted),
    )


def _recall(
    context: RoutingContext, key: tuple[object, ...], base: int, make: Callable[[], DutyShape | None]
) -> DutyShape | None:
    """Duty from the cache, which holds it as if its first task fell on day 0, moved by ``base`` minutes."""
    cached = context.cache.duties
    if key not in cached:
        cached[key] = make()
    shape = cached[key]
    return shape if shape is None or base == 0 else _shift(shape, base)


def _shift(shape: DutyShape, by_min: int) -> DutyShape:
    trips = tuple(
        DutyTrip(
            place_ids=trip.place_ids,
            arrive_min=tuple(at + by_min for at in trip.arrive_min),
            depart_min=tuple(at + by_min for at in trip.depart_min),
            km_tenths=trip.km_tenths,
        )
        for trip in shape.trips
    )
    return dataclasses.replace(
        shape, trips=trips, pull_out_min=shape.pull_out_min + by_min, pull_in_min=shape.pull_in_min + by_min
    )


def _run_feeders(context: RoutingContext, fleet_id: str, tasks: tuple[FeederTask, ...]) -> DutyShape | None:
    line = context.lines[fleet_id]
    stops = [(*task.pickups, task.terminal_id) for task in tasks]
    if not _are_lawful(context, stops, context.limits.max_pickups):
        return None
    halts = _halts_apply(context, stops)
    depot = context.index[line.depot_place_id]
    first = tasks[0]
    latest = first.reach_terminal_by_min - _count_least_minutes(
        context, (line.depot_place_id, *stops[0]), len(first.pickups)
    )

    def pull_out_at(at_min: int) -> tuple[int, tuple[Walk, DutyTrip] | None]:
        return _follow_feeder(Walk(context, depot, at_min, halts), first, None)

    found = _find_latest(pull_out_at, latest, latest - SEARCH_BACK_MIN)
    if found is None:
        return None
    pull_out, (walk, trip) = found
    trips = [trip]
    for task, places in zip(tasks[1:], stops[1:], strict=True):
        ahead = walk.fork()
        arrived = ahead.go(context.index[places[0]])
        latest = task.reach_terminal_by_min - _count_least_minutes(context, places, len(task.pickups))

        def begin_at(
            at_min: int, task: FeederTask = task, walk: Walk = walk
        ) -> tuple[int, tuple[Walk, DutyTrip] | None]:
            return _follow_feeder(walk.fork(), task, at_min)

        later = _find_latest(begin_at, latest, arrived)
        if later is None:
            return None
        walk, trip = later[1]
        trips.append(trip)
    return _finish(context, line, Role.FEEDER, pull_out, walk, trips)


def _follow_feeder(
    walk: Walk, task: FeederTask, begin_min: int | None
) -> tuple[int, tuple[Walk, DutyTrip] | None]:
    """(minutes too late, (coach after it, trip) where it is in time) of a feeder trip from where the coach is."""
    context = walk.context
    walk.go(context.index[task.pickups[0]])
    before = walk.km_tenths
    begins: list[int] = []
    departs: list[int] = []
    for place_id in task.pickups:
        if begins:
            walk.go(context.index[place_id])
        hours = context.boarding[place_id]
        begin = walk.board(hours, None if begins else begin_min)
        if begin is None:
            here = walk.at_min if begins or begin_min is None else max(walk.at_min, begin_min)
            return here % DAY_MIN - hours[1], None
        begins.append(begin)
        departs.append(walk.at_min)
    arrival = walk.go(context.index[task.terminal_id])
    km_tenths = walk.km_tenths - before
    walk.stay(arrival + context.limits.dwell_drop_min)
    trip = DutyTrip(
        place_ids=(*task.pickups, task.terminal_id),
        arrive_min=(*begins, arrival),
        depart_min=(*departs, walk.at_min),
        km_tenths=km_tenths,
    )
    return arrival - task.reach_terminal_by_min, (walk, trip)


def _run_last_miles(
    context: RoutingContext, fleet_id: str, tasks: tuple[LastMileTask, ...]
) -> DutyShape | None:
    line = context.lines[fleet_id]
    stops = [(task.terminal_id, *task.drops) for task in tasks]
    if not _are_lawful(context, stops, context.limits.max_drop_offs):
        return None
    halts = _halts_apply(context, stops)
    depot, terminal = context.index[line.depot_place_id], context.index[tasks[0].terminal_id]
    ready = tasks[0].not_before_min

    def pull_out_at(at_min: int) -> tuple[int, bool]:
        return Walk(context, depot, at_min, halts).go(terminal) - ready, True

    latest = ready - context.get_minutes(line.depot_place_id, tasks[0].terminal_id)
    found = _find_latest(pull_out_at, latest, latest - SEARCH_BACK_MIN)
    if found is None:
        return None
    walk = Walk(context, depot, found[0], halts)
    trips = [_follow_last_mile(walk, task) for task in tasks]
    return _finish(context, line, Role.LAST_MILE, found[0], walk, trips)


def _follow_last_mile(walk: Walk, task: LastMileTask) -> DutyTrip:
    context = walk.context
    walk.go(context.index[task.terminal_id])
    before = walk.km_tenths
    begin = max(walk.at_min, task.not_before_min)
    walk.stay(begin + context.limits.dwell_pickup_min)
    arrives, departs = [begin], [walk.at_min]
    for place_id in task.drops:
        walk.go(context.index[place_id])
        arrives.append(walk.deliver(context.receiving.get(place_id)))
        departs.append(walk.at_min)
    return DutyTrip(
        place_ids=(task.terminal_id, *task.drops),
        arrive_min=tuple(arrives),
        depart_min=tuple(departs),
        km_tenths=walk.km_tenths - before,
    )


def _finish(
    context: RoutingContext, line: FleetLine, role: Role, pull_out: int, walk: Walk, trips: list[DutyTrip]
) -> DutyShape | None:
    """Shape of the duty after its last trip, or None where its riders' or its drivers' limits are broken."""
    if not all(_keeps_ride_limit(context, role, trip) for trip in trips):
        return None
    if line.returns:
        walk.go(context.index[line.depot_place_id])
    crew = count_drivers(walk.intervals, max(trip.km_tenths for trip in trips), context.rules)
    if crew is None:
        return None
    days = count_dates(pull_out, walk.at_min)
    costs = duty_costs(line.tariff, days, walk.km_tenths, crew[0], len(trips))
    return DutyShape(
        role=role,
        fleet_id=line.id,
        trips=tuple(trips),
        pull_out_min=pull_out,
        pull_in_min=walk.at_min,
        days=days,
        drivers=crew[0],
        km_tenths_total=walk.km_tenths,
        halts_apply=walk.halts,
        costs=costs,
        cash_minor=sum(costs.values()),
    )


def _find_latest(
    attempt: Callable[[int], tuple[int, Found | None]], latest: int, earliest: int
) -> tuple[int, Found] | None:
    """(minute, result) of the latest minute found at which ``attempt`` is not too late, or None.

    ``attempt`` gives the minutes by which it is too late (at most 0: in time). Steps back by these, further each time
    it does not help, then bisects between the last failure and the success.
    """
    at, failed, step, late_before = latest, latest + 1, 0, -1
    result: Found | None = None
    while at >= earliest:
        late, result = attempt(at)
        if late <= 0 and result is not None:
            break
        if at == earliest:
            return None
        step = 2 * step if late == late_before else max(late, 1)
        late_before, failed = late, at
        at = max(at - step, earliest)
    if result is None:
        return None
    while failed - at > 1:
        middle = (at + failed) // 2
        late, found = attempt(middle)
        if late <= 0 and found is not None:
            at, result = middle, found
        else:
            failed = middle
    return at, result


def _are_lawful(context: RoutingContext, trips: list[Stops], most_stops: int | None) -> bool:
    """True where the numbers of trips and stops and every rider's detour are within the limits."""
    if len(trips) > context.limits.max_trips_per_duty:
        return False
    return all(len(stops) >= 2 and (most_stops is None or len(stops) - 1 <= most_stops) for stops in trips)


def _keeps_ride_limit(context: RoutingContext, role: Role, trip: DutyTrip) -> bool:
    """True where every rider (to or from the terminal) keeps the detour and ride limits."""
    ride = context.limits.max_ride_min
    if ride is not None:
        at, last = trip.arrive_min, trip.depart_min
        rides = (
            [at[-1] - begun for begun in last[:-1]]
            if role is Role.FEEDER
            else [end - last[0] for end in at[1:]]
        )
        if max(rides) > ride:
            return False
    detour = context.limits.max_detour_min
    return detour is None or _find_worst_detour(context, role, trip.place_ids) <= detour


def _find_worst_detour(context: RoutingContext, role: Role, places: Stops) -> int:
    """Most driving minutes beyond the direct ones of any rider between a stop and the terminal."""
    legs = [context.get_minutes(here, there) for here, there in pairwise(places)]
    if role is Role.FEEDER:
        return max(sum(legs[i:]) - context.get_minutes(places[i], places[-1]) for i in range(len(legs)))
    return max(sum(legs[: i + 1]) - context.get_minutes(places[0], places[i + 1]) for i in range(len(legs)))


def _halts_apply(context: RoutingContext, trips: list[Stops]) -> bool:
    """False where every trip of the duty is short enough to be exempt from the night halt."""
    most = context.rules.halt_exempt_km * 10
    return any(sum(context.get_km_tenths(a, b) for a, b in pairwise(stops)) > most for stops in trips)


def _count_least_minutes(context: RoutingContext, places: Stops, pickups: int) -> int:
    """Driving from the first to the last place and boarding at so many pickups, without any rest or wait."""
    driving = sum(context.get_minutes(here, there) for here, there in pairwise(places))
    return driving + pickups * context.limits.dwell_pickup_min


def find_best_feeder_order(
    context: RoutingContext, fleet_id: str, pickup_set: frozenset[str], terminal_id: str
) -> Stops:
    """Pickups in the order of least km from the depot through all of them to the terminal (ties: minutes).

    Of the shortest orders for each last pickup, the first that keeps everybody's detour; the shortest where none does.
    """
    return _find_order(context, context.lines[fleet_id], Role.FEEDER, pickup_set, terminal_id)


def find_best_last_mile_order(
    context: RoutingContext, fleet_id: str, terminal_id: str, drop_set: frozenset[str]
) -> Stops:
    """Drop-offs in the order of least km from the terminal through all of them (and home, if the line returns)."""
    return _find_order(context, context.lines[fleet_id], Role.LAST_MILE, drop_set, terminal_id)


def _find_order(
    context: RoutingContext, line: FleetLine, role: Role, stop_set: frozenset[str], terminal_id: str
) -> Stops:
    key = (line.id, stop_set, terminal_id, role.value)
    cached = context.cache.orders
    if key not in cached:
        orders = _rank_orders(context, line, role, sorted(stop_set), terminal_id)
        most = context.limits.max_detour_min
        ends = [(*stops, terminal_id) if role is Role.FEEDER else (terminal_id, *stops) for stops in orders]
        lawful = (
            stops
            for stops, places in zip(orders, ends, strict=True)
            if most is None or _find_worst_detour(context, role, places) <= most
        )
        cached[key] = next(lawful, orders[0])
    return cached[key]


def _rank_orders(
    context: RoutingContext, line: FleetLine, role: Role, stops: list[str], terminal_id: str
) -> list[Stops]:
    """Shortest order for each last stop, shortest first."""
    rows = [context.index[place_id] for place_id in (line.depot_place_id, terminal_id, *stops)]
    grid = np.ix_(rows, rows)
    weights = pack_weights(context.travel.km_tenths[grid], context.travel.minutes[grid])
    begin, end = (0, 1) if role is Role.FEEDER else (1, 0)
    leaving = (
        weights[2:, end] if role is Role.FEEDER or line.returns else np.zeros(len(stops), dtype=np.int64)
    )
    paths = find_paths(weights[begin, 2:], weights[2:, 2:])
    ranked = sorted((weight + int(leaving[last]), path) for last, (weight, path) in paths.items())
    return [tuple(stops[i] for i in path) for _, path in ranked]
