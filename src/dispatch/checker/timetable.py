"""The whole timetable of a coach duty: when it pulls out, stands at each stop, and pulls in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dispatch.checker.clockwork import Clockwork, Stretch, merge_stretches
from dispatch.checker.journeys import wait_for_opening
from dispatch.checker.path import Move, Path
from dispatch.checker.view import View
from dispatch.model.plan import CoachDuty, EventKind, Role, Trip


@dataclass(frozen=True, slots=True)
class Timetable:
    """Stretches of the duty and (arrive, depart) of each stop of each trip."""

    pull_out_min: int
    pull_in_min: int
    stretches: tuple[Stretch, ...]
    stops: dict[str, tuple[tuple[int, int], ...]]


def work_out(view: View, duty: CoachDuty, path: Path) -> Timetable:
    """Canonical timetable of a duty whose path is complete.

    A direct coach leaves at the earliest minute of its first boarding date, shifted once by the wait that would cost. A
    feeder or last-mile coach leaves when the plan says; each of its trips begins boarding when the plan says, not before
    the coach is there.
    """
    trips = [view.trips[trip_id] for trip_id in duty.trip_ids]
    halts = apply_halts(view, trips, path)
    pull_out = duty.pull_out_min
    if trips[0].role is Role.DIRECT:
        pull_out = _find_pull_out(view, trips[0], path.moves[0], halts)
    coach = Clockwork(view.scenario.policy.drivers, halts, pull_out)
    moves = iter(path.moves)
    stops: dict[str, tuple[tuple[int, int], ...]] = {}
    for number, trip in enumerate(trips):
        stops[trip.id] = tuple(_run_trip(view, coach, trip, moves, is_first=number == 0))
    for move in moves:
        coach.drive(EventKind.DEADHEAD, move.leg, move.minutes)
    return Timetable(pull_out, coach.clock, tuple(merge_stretches(coach.log)), stops)


def apply_halts(view: View, trips: list[Trip], path: Path) -> bool:
    """False without halt hours, and for short station runs that the rules exempt."""
    rules = view.scenario.policy.drivers
    if rules.halt_from_min == rules.halt_until_min:
        return False
    is_station_run = all(trip.role in (Role.FEEDER, Role.LAST_MILE) for trip in trips)
    return not (is_station_run and all(measure(path, trip) <= 10 * rules.halt_exempt_km for trip in trips))


def measure(path: Path, trip: Trip) -> int:
    """Frozen km (tenths) from the first to the last stop of a trip."""
    return sum(move.km_tenths for move in path.moves if move.trip_id == trip.id)


def _find_pull_out(view: View, trip: Trip, move: Move, halts: bool) -> int:
    date_min = trip.stops[0].arrive_min // 1440 * 1440
    attempt = date_min + view.scenario.limits.pull_out_from_min
    coach = Clockwork(view.scenario.policy.drivers, halts, attempt)
    coach.drive(EventKind.DEADHEAD, move.leg, move.minutes)
    opens = date_min + view.place(trip.stops[0].place_id).boards_from_min
    return attempt + max(0, opens - coach.clock)


def _run_trip(
    view: View, coach: Clockwork, trip: Trip, moves: Iterator[Move], *, is_first: bool
) -> list[tuple[int, int]]:
    times: list[tuple[int, int]] = []
    counts = view.count_at_stops(trip)
    first_drop = next((index for index, (_, down) in enumerate(counts) if down), len(counts) - 1)
    for index in range(len(trip.stops)):
        move = next(moves)
        coach.drive(EventKind.DRIVE if move.trip_id else EventKind.DEADHEAD, move.leg, move.minutes)
        if index < first_drop:
            stated = (
                trip.stops[0].arrive_min
                if index == 0 and not (is_first and trip.role is Role.DIRECT)
                else None
            )
            times.append(_board(view, coach, trip, index, stated))
        else:
            times.append(_alight(view, coach, trip, index))
    return times


def _board(view: View, coach: Clockwork, trip: Trip, index: int, stated: int | None) -> tuple[int, int]:
    begins = coach.clock
    if trip.role is not Role.LAST_MILE:
        opens = coach.clock // 1440 * 1440 + view.place(trip.stops[index].place_id).boards_from_min
        begins = max(begins, opens)
    if stated is not None:
        begins = max(begins, stated)
    coach.stand(EventKind.WAIT, begins - coach.clock)
    coach.stand(EventKind.BOARD, view.scenario.limits.dwell_pickup_min)
    return begins, coach.clock


def _alight(view: View, coach: Clockwork, trip: Trip, index: int) -> tuple[int, int]:
    arrival = coach.clock
    if trip.role is not Role.FEEDER:
        arrival = wait_for_opening(coach.clock, *view.receiving(trip.stops[index].place_id))
    coach.stand(EventKind.WAIT, arrival - coach.clock)
    coach.stand(EventKind.ALIGHT, view.scenario.limits.dwell_drop_min)
    return arrival, coach.clock
