"""Trips and their stops as columns: where, when, and how many board and alight there according to the rides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from dispatch.checker.columns import Ints, bound_slices, list_distinct
from dispatch.checker.people import Rides
from dispatch.model.plan import Role, Trip
from dispatch.model.supply import Service

ROLES = {Role.DIRECT: 0, Role.LINE_HAUL: 1, Role.FEEDER: 2, Role.LAST_MILE: 3}
DIRECT, LINE_HAUL, FEEDER, LAST_MILE = range(4)
ROLE_NAMES = tuple(role.value for role in ROLES)


class Flow(NamedTuple):
    """People who ride from stop ``board`` to stop ``alight`` in one carriage of a trip."""

    carriage: int
    board: int
    alight: int
    people: int


@dataclass(frozen=True, slots=True)
class Stops:
    """One row per trip (``role``, ``first`` stop, ``day`` of the service date) and per stop (the others)."""

    role: Ints
    day: Ints
    first: Ints
    place: Ints
    arrive: Ints
    depart: Ints


@dataclass(frozen=True, slots=True)
class Flows:
    """Who boards where, per trip: ``starts`` bounds the rows of each trip; ``up`` and ``down`` per stop."""

    starts: Ints
    carriage: Ints
    board: Ints
    alight: Ints
    count: Ints
    up: Sequence[int]
    down: Sequence[int]

    def of_trip(self, trip: int) -> list[Flow]:
        """Flows of a trip, by carriage, boarding and alighting stop."""
        rows = slice(self.starts[trip], self.starts[trip + 1])
        columns = (self.carriage, self.board, self.alight, self.count)
        return [Flow(*row) for row in zip(*(column[rows].tolist() for column in columns), strict=True)]


def read_stops(trips: Sequence[Trip], services: Mapping[str, Service], places: Mapping[str, int]) -> Stops:
    """Stops of all trips. The service date of a line-haul is that of the service's first departure."""
    lengths = [len(trip.stops) for trip in trips]
    stops = [stop for trip in trips for stop in trip.stops]
    return Stops(
        role=np.array([ROLES[trip.role] for trip in trips], np.int8),
        day=np.array([_find_day(trip, services) for trip in trips], np.int64),
        first=np.append(0, np.cumsum(lengths, dtype=np.int64)),
        place=np.array([places.get(stop.place_id, -1) for stop in stops], np.int32),
        arrive=np.array([stop.arrive_min for stop in stops], np.int64),
        depart=np.array([stop.depart_min for stop in stops], np.int64),
    )


def read_flows(stops: Stops, rides: Rides) -> Flows:
    """Rides counted by trip, carriage and stops."""
    keys, counts = list_distinct(rides.trip, rides.carriage, rides.board, rides.alight)
    trip, carriage, board, alight = keys
    size = len(stops.place)
    first = stops.first[rides.trip]
    return Flows(
        starts=bound_slices(trip, len(stops.role)),
        carriage=carriage,
        board=board,
        alight=alight,
        count=counts,
        up=np.bincount(first + rides.board, minlength=size).tolist(),
        down=np.bincount(first + rides.alight, minlength=size).tolist(),
    )


def _find_day(trip: Trip, services: Mapping[str, Service]) -> int:
    if trip.role is Role.LINE_HAUL:
        return services[trip.service_id].stops[0].depart_min // 1440
    return trip.stops[0].arrive_min // 1440
