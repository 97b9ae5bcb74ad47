"""C16: one seat each, none blocked, none that is not there, minors near an adult; C1: parties on trains kept together."""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Iterator

from dispatch.checker.accuse import broken
from dispatch.checker.people import Ride
from dispatch.checker.view import View
from dispatch.findings import Finding
from dispatch.model.plan import Role, Trip
from dispatch.model.supply import ServiceKind

_SEAT = re.compile(r"(\d+)([A-Z]+)")


def check_seats(view: View) -> Iterator[Finding]:
    """Seats of each trip; parties on trains in one carriage or in neighbouring ones."""
    for trip in view.plan.trips:
        rides = view.riders[trip.id]
        yield from _check_shared(trip, rides)
        if trip.role is Role.LINE_HAUL:
            yield from _check_train(view, trip, rides)
        else:
            yield from _check_coach(view, trip, rides)
        yield from _check_parties(view, trip, rides)


def _check_shared(trip: Trip, rides: list[Ride]) -> Iterator[Finding]:
    holders: dict[tuple[int, str], list[Ride]] = defaultdict(list)
    for ride in rides:
        if ride.seat:
            holders[ride.carriage, ride.seat].append(ride)
    for (carriage, seat), mine in sorted(holders.items()):
        mine.sort(key=lambda ride: (ride.board, ride.alight))
        for one, two in itertools.pairwise(mine):
            if two.board < one.alight:
                where = f"carriage {carriage}, seat {seat}" if carriage else f"seat {seat}"
                yield broken("C16", trip.id, f"{one.worker} and {two.worker} have the same place: {where}.")


def _check_coach(view: View, trip: Trip, rides: list[Ride]) -> Iterator[Finding]:
    duty = view.duties[trip.duty_id]
    coach = view.scenario.vehicle_types[view.lines[duty.fleet_id].type_id]
    blocked = view.law.number("blocked_rows", view.date_of(trip.stops[0].arrive_min // 1440), "bus", 0)
    last_free = len(coach.row_seats) - blocked
    in_row: dict[int, set[str]] = defaultdict(set)
    for ride in rides:
        row = find_row(ride.seat)
        if row is None or ride.carriage:
            yield broken(
                "C16", trip.id, f"{ride.worker} has the seat '{ride.seat}', which is no seat of a coach."
            )
        elif not 1 <= row <= len(coach.row_seats):
            yield broken(
                "C16", trip.id, f"{ride.worker} sits in row {row}; the coach has {len(coach.row_seats)} rows."
            )
        elif row > last_free:
            yield broken("C16", trip.id, f"{ride.worker} sits in row {row}, which is blocked.")
        else:
            in_row[row].add(ride.seat)
    for row, seats in sorted(in_row.items()):
        if len(seats) > coach.row_seats[row - 1]:
            yield broken(
                "C16",
                trip.id,
                f"{len(seats)} seats are used in row {row}; it has {coach.row_seats[row - 1]}.",
            )


def _check_train(view: View, trip: Trip, rides: list[Ride]) -> Iterator[Finding]:
    service = view.services[trip.service_id]
    carriages = view.runs[trip.service_id].carriages
    for ride in rides:
        if not 1 <= ride.carriage <= carriages:
            yield broken("C16", trip.id, f"{ride.worker} sits in carriage {ride.carriage} of {carriages}.")
        if not ride.seat and service.kind is not ServiceKind.SEATS:
            yield broken("C16", trip.id, f"{ride.worker} has no seat.")


def _check_parties(view: View, trip: Trip, rides: list[Ride]) -> Iterator[Finding]:
    parties: dict[str, list[Ride]] = defaultdict(list)
    for ride in rides:
        parties[view.people[ride.worker].party].append(ride)
    for party, mine in parties.items():
        if len(mine) < 2:
            continue
        carriages = sorted({ride.carriage for ride in mine})
        if carriages[-1] - carriages[0] >= len(carriages):
            text = ", ".join(map(str, carriages))
            yield broken(
                "C1", trip.id, f"The party {party} sits in carriages {text}, which are not side by side."
            )
        yield from _check_minors(view, trip, mine)


def _check_minors(view: View, trip: Trip, mine: list[Ride]) -> Iterator[Finding]:
    adults = [ride for ride in mine if not view.people[ride.worker].is_minor]
    if not adults or len(adults) == len(mine):
        return
    for ride in mine:
        if view.people[ride.worker].is_minor and not _is_near(ride, adults, mine):
            yield broken(
                "C16",
                trip.id,
                f"The minor {ride.worker} (seat {ride.seat}) does not sit by an adult of the party.",
            )


def _is_near(minor: Ride, adults: list[Ride], party: list[Ride]) -> bool:
    """True where rows without a gap, all used by the party, lead from the minor to an adult of the same carriage."""
    if not any(adult.carriage == minor.carriage for adult in adults):
        return False
    start = find_row(minor.seat)
    targets = {find_row(adult.seat) for adult in adults if adult.carriage == minor.carriage}
    rows = {find_row(ride.seat) for ride in party if ride.carriage == minor.carriage}
    if start is None or None in targets:
        return True
    reached, frontier = {start}, [start]
    while frontier:
        row = frontier.pop()
        for near in (row - 1, row + 1):
            if near in rows and near not in reached:
                reached.add(near)
                frontier.append(near)
    return bool(reached & targets)


def find_row(seat: str) -> int | None:
    """Row of a seat label such as ``12C``; None where the label has another form."""
    match = _SEAT.fullmatch(seat)
    return int(match[1]) if match else None
