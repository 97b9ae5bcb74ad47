"""C16: one seat each, none blocked, none that is not there, minors near an adult; C1: parties on trains kept together."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from dispatch.checker.accuse import broken
from dispatch.checker.columns import Ints, list_distinct, list_runs
from dispatch.checker.stops import LINE_HAUL
from dispatch.checker.view import View
from dispatch.findings import Finding
from dispatch.model.plan import Trip
from dispatch.model.supply import ServiceKind

_SEAT = re.compile(r"(\d+)([A-Z]+)")
NO_ROW = -1


class Sitting(NamedTuple):
    """A member of a party on one trip; ``row`` None where the seat label names none."""

    worker: int
    carriage: int
    seat: str
    row: int | None


def check_seats(view: View) -> Iterator[Finding]:
    """Seats of each trip; parties on trains in one carriage or in neighbouring ones."""
    yield from _check_shared(view)
    is_service = view.stops.role[view.rides.trip] == LINE_HAUL
    yield from _check_coaches(view, np.flatnonzero(~is_service))
    yield from _check_services(view, np.flatnonzero(is_service))
    yield from _check_parties(view)


def find_row(seat: str) -> int | None:
    """Row of a seat label such as ``12C``; None where the label has another form."""
    match = _SEAT.fullmatch(seat)
    return int(match[1]) if match else None


def _check_shared(view: View) -> Iterator[Finding]:
    """Two people in one seat, the second boarding before the first alights; in order of boarding and alighting."""
    rides, people = view.rides, view.people
    seated = np.flatnonzero(rides.seat.flag(bool))
    keys = (rides.trip, rides.carriage, rides.seat.codes, rides.board, rides.alight, rides.row)
    order = seated[np.lexsort([key[seated] for key in keys[::-1]])]
    one, two = order[:-1], order[1:]
    is_same = np.ones(len(one), np.bool_)
    for key in keys[:3]:
        is_same &= key[one] == key[two]
    for at in np.flatnonzero(is_same & (rides.board[two] < rides.alight[one])):
        carriage, seat = int(rides.carriage[one[at]]), rides.seat.text(one[at])
        where = f"carriage {carriage}, seat {seat}" if carriage else f"seat {seat}"
        names = f"{people.name(rides.who[one[at]])} and {people.name(rides.who[two[at]])}"
        yield broken("C16", _trip(view, one[at]).id, f"{names} have the same place: {where}.")


def _check_coaches(view: View, on_coach: Ints) -> Iterator[Finding]:
    rides, people = view.rides, view.people
    label_rows = np.array([_row_number(name) for name in rides.seat.names], np.int64)
    row = label_rows[rides.seat.codes[on_coach]] if len(label_rows) else np.empty(0, np.int64)
    rows_of, free_of, seats_of = _measure_coaches(view)
    trip = rides.trip[on_coach]
    is_label = (row != NO_ROW) & (rides.carriage[on_coach] == 0)
    is_there = (row >= 1) & (row <= rows_of[trip])
    is_free = row <= free_of[trip]
    for at in np.flatnonzero(~is_label | ~is_there | ~is_free):
        ride, name = on_coach[at], people.name(rides.who[on_coach[at]])
        if not is_label[at]:
            text = f"has the seat '{rides.seat.text(ride)}', which is no seat of a coach"
        elif not is_there[at]:
            text = f"sits in row {row[at]}; the coach has {rows_of[trip[at]]} rows"
        else:
            text = f"sits in row {row[at]}, which is blocked"
        yield broken("C16", _trip(view, ride).id, f"{name} {text}.")
    good = np.flatnonzero(is_label & is_there & is_free)
    (trips, used_rows, _), _ = list_distinct(trip[good], row[good], rides.seat.codes[on_coach[good]])
    (trips, used_rows), used = list_distinct(trips, used_rows)
    seats = seats_of[trips, used_rows - 1]
    for at in np.flatnonzero(used > seats):
        text = f"{used[at]} seats are used in row {used_rows[at]}; it has {seats[at]}."
        yield broken("C16", view.plan.trips[trips[at]].id, text)


def _measure_coaches(view: View) -> tuple[Ints, Ints, Ints]:
    """Per trip: rows of its coach, rows that are not blocked, and seats of each row (0 for services)."""
    types = view.scenario.vehicle_types
    trips = view.plan.trips
    most = max((len(coach.row_seats) for coach in types.values()), default=0)
    rows, free = np.zeros(len(trips), np.int64), np.zeros(len(trips), np.int64)
    seats = np.zeros((len(trips), max(1, most)), np.int16)
    for number, trip in enumerate(trips):
        if view.stops.role[number] != LINE_HAUL:
            coach = types[view.lines[view.duties[trip.duty_id].fleet_id].type_id]
            date = view.date_of(trip.stops[0].arrive_min // 1440)
            rows[number] = len(coach.row_seats)
            free[number] = rows[number] - view.law.number("blocked_rows", date, "bus", 0)
            seats[number, : len(coach.row_seats)] = coach.row_seats
    return rows, free, seats


def _check_services(view: View, on_service: Ints) -> Iterator[Finding]:
    rides, people, trips = view.rides, view.people, view.plan.trips
    carriages, needs_seat = np.zeros(len(trips), np.int64), np.zeros(len(trips), np.bool_)
    for number in np.flatnonzero(view.stops.role == LINE_HAUL):
        service_id = trips[number].service_id
        carriages[number] = view.runs[service_id].carriages
        needs_seat[number] = view.services[service_id].kind is not ServiceKind.SEATS
    trip, carriage = rides.trip[on_service], rides.carriage[on_service]
    for at in np.flatnonzero((carriage < 1) | (carriage > carriages[trip])):
        name = people.name(rides.who[on_service[at]])
        text = f"{name} sits in carriage {carriage[at]} of {carriages[trip[at]]}."
        yield broken("C16", trips[trip[at]].id, text)
    is_standing = rides.seat.flag(lambda text: not text)[on_service]
    for at in np.flatnonzero(is_standing & needs_seat[trip]):
        name = people.name(rides.who[on_service[at]])
        yield broken("C16", trips[trip[at]].id, f"{name} has no seat.")


def _check_parties(view: View) -> Iterator[Finding]:
    """Parties of two and more on one trip: in carriages side by side, minors near an adult."""
    rides, people = view.rides, view.people
    party = people.party.codes[rides.who]
    order, starts = list_runs(rides.trip, party)
    group = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
    carriage = rides.carriage[order]
    (carriage_group, _), _ = list_distinct(group, carriage)
    different = np.bincount(carriage_group, minlength=len(starts) - 1)
    minors = np.bincount(group, weights=people.is_minor[rides.who[order]], minlength=len(starts) - 1)
    sizes = np.diff(starts)
    for number in np.flatnonzero((different > 1) | ((minors > 0) & (minors < sizes))):
        mine = order[starts[number] : starts[number + 1]]
        trip = _trip(view, mine[0])
        used = sorted({int(rides.carriage[ride]) for ride in mine})
        if used[-1] - used[0] >= len(used):
            name, text = people.party.text(rides.who[mine[0]]), ", ".join(map(str, used))
            yield broken(
                "C1", trip.id, f"The party {name} sits in carriages {text}, which are not side by side."
            )
        if 0 < minors[number] < sizes[number]:
            yield from _check_minors(view, trip, [_sit(view, ride) for ride in mine])


def _check_minors(view: View, trip: Trip, party: list[Sitting]) -> Iterator[Finding]:
    people = view.people
    adults = [one for one in party if not people.is_minor[one.worker]]
    for one in party:
        if people.is_minor[one.worker] and not _is_near(one, adults, party):
            yield broken(
                "C16",
                trip.id,
                f"The minor {people.name(one.worker)} (seat {one.seat}) does not sit by an adult of the party.",
            )


def _is_near(minor: Sitting, adults: list[Sitting], party: list[Sitting]) -> bool:
    """True where rows without a gap, all used by the party, lead from the minor to an adult of the same carriage."""
    targets = {adult.row for adult in adults if adult.carriage == minor.carriage}
    if not targets:
        return False
    rows = {one.row for one in party if one.carriage == minor.carriage}
    if minor.row is None or None in targets:
        return True
    reached, frontier = {minor.row}, [minor.row]
    while frontier:
        row = frontier.pop()
        for near in (row - 1, row + 1):
            if near in rows and near not in reached:
                reached.add(near)
                frontier.append(near)
    return bool(reached & targets)


def _sit(view: View, ride: int) -> Sitting:
    rides = view.rides
    seat = rides.seat.text(ride)
    return Sitting(int(rides.who[ride]), int(rides.carriage[ride]), seat, find_row(seat))


def _trip(view: View, ride: int) -> Trip:
    return view.plan.trips[int(view.rides.trip[ride])]


def _row_number(seat: str) -> int:
    row = find_row(seat)
    return NO_ROW if row is None else min(row, 10**9)
