"""What carries people: vehicle types, depots and fleets, terminals and dated services, drivers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Mode(StrEnum):
    """Mode of the line-haul."""

    BUS = "bus"
    TRAIN = "train"
    CHARTER = "charter"


@dataclass(frozen=True, slots=True, kw_only=True)
class VehicleType:
    """A kind of coach. ``approved`` counts persons on the licence, the driver(s) included.

    ``row_seats``: passenger seats of each row, front to back, e.g. twelve rows of four and a last
    row of five for 53 seats; its sum equals ``approved``. ``speed_kmh`` None = the travel estimate's.
    """

    id: str
    name: str
    approved: int
    row_seats: tuple[int, ...]
    speed_kmh: int | None = None
    ventilated: bool = False

    def count_blocked_seats(self, blocked_rows: int) -> int:
        """Seats in the rearmost ``blocked_rows`` rows."""
        return sum(self.row_seats[len(self.row_seats) - blocked_rows :]) if blocked_rows else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CoachTariff:
    """Price of a coach duty, in minor units: per vehicle-day, km and driver-day, or a lump sum per trip.

    With ``lump_trip_minor`` set, each trip of the duty costs that and nothing else is charged.
    """

    day_minor: int = 0
    km_minor: int = 0
    driver_day_minor: int = 0
    lump_trip_minor: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CountOnDates:
    """How many coaches exist on the dates ``from_date`` to ``to_date`` (both included)."""

    from_date: date
    to_date: date
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetLine:
    """One vehicle type at one depot. ``counts`` empty = unlimited; a date outside all ranges has none.

    ``standby_ratio`` (0 to 1) of the count, rounded up, is kept in reserve (C7). A coach that does not
    ``returns`` ends at its last stop and is gone for the rest of the horizon: it touches every date to
    the horizon's end for C7, but pays only for the dates until its last stop. A ``local_only`` line (township buses,
    station shuttles) is licensed only for trips whose first and last stop lie in one prefecture (C13). ``assumed`` marks a
    defaulted fleet or tariff.
    """

    id: str
    type_id: str
    depot_place_id: str
    tariff: CoachTariff
    counts: tuple[CountOnDates, ...] = ()
    returns: bool = True
    registered_region_id: str = ""
    standby_ratio: float = 0.0
    local_only: bool = False
    assumed: bool = False
    operator: str = ""

    def find_available(self, day: date) -> int | None:
        """Coaches that may be out on a date after standby; None = unlimited."""
        if not self.counts:
            return None
        count = sum(dated.count for dated in self.counts if dated.from_date <= day <= dated.to_date)
        standby = -int(-(count * round(self.standby_ratio * 1000)) // 1000)
        return max(0, count - standby)


class ServiceKind(StrEnum):
    """How seats of a service are bought."""

    CHARTERED = "chartered"
    BLOCK = "block"
    SEATS = "seats"


class ServiceStatus(StrEnum):
    """How far the request to the carrier has come."""

    CANDIDATE = "candidate"
    REQUESTED = "requested"
    CONFIRMED = "confirmed"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terminal:
    """A station or airport. ``bays`` None = no limit on coaches in one ``slot_min`` slot (C11).

    ``buffer_min``: least minutes between a coach's arrival and a departure, and between a service's
    arrival and a coach's departure. ``trains_per_day``/``aircraft_per_day`` None = no limit (C10); they
    count services of ours that run and stop here on the date, scheduled seats excepted.
    """

    place_id: str
    modes: frozenset[Mode]
    buffer_min: int = 60
    bays: int | None = None
    slot_min: int = 30
    trains_per_day: int | None = None
    aircraft_per_day: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceStop:
    """A halt of a service at a terminal. Planning minutes; people board and/or alight here."""

    place_id: str
    arrive_min: int
    depart_min: int
    boards: bool
    alights: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One dated departure of a train or aircraft, or scheduled seats on one.

    Capacity: ``min_carriages``..``max_carriages`` carriages of ``carriage_seats`` approved persons each,
    of which ``isolation_seats`` per carriage stay empty (None = the policy's). An aircraft is one
    carriage. For ``SEATS`` the one "carriage" is the block of seats on offer: approved = seats on sale,
    neither cap nor isolation seats apply (the carrier sells only lawful seats).
    Money in minor units: ``fixed_minor`` when it runs, ``carriage_minor`` per carriage, ``seat_minor`` per passenger.
    """

    id: str
    name: str
    mode: Mode
    kind: ServiceKind
    status: ServiceStatus
    committed: bool
    stops: tuple[ServiceStop, ...]
    carriage_seats: int
    min_carriages: int = 1
    max_carriages: int = 1
    isolation_seats: int | None = None
    min_load: int = 0
    fixed_minor: int = 0
    carriage_minor: int = 0
    seat_minor: int = 0
    operator: str = ""
    proposed: bool = False
    assumed: bool = False

    @property
    def depart_min(self) -> int:
        """Departure from the first terminal; its date is the service date."""
        return self.stops[0].depart_min

    @property
    def carrier_caps_apply(self) -> bool:
        """True where the load cap and isolation seats of the policy bind (not for scheduled seats)."""
        return self.kind is not ServiceKind.SEATS


@dataclass(frozen=True, slots=True, kw_only=True)
class CrewMember:
    """A driver or escort named in the scenario. Without any of a role, supply is unlimited.

    ``used_week_min``: driving minutes in the seven days before the horizon (drivers). ``duties``: fleet
    line ids they may take, empty = all of their depot.
    """

    id: str
    name: str
    role: str
    depot_place_id: str = ""
    phone: str = ""
    duties: tuple[str, ...] = ()
    used_week_min: int = 0
