"""One trip as it is printed: stops, passengers and employers, already masked.

Nothing unmasked leaves this module: documents and phones go through the one mask of ``privacy`` while a passenger
is read, so that papers, workbooks and whatever is sent to another process hold only what may be seen.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from dispatch.model.plan import Role, Trip
from dispatch.model.supply import Mode
from dispatch.privacy import mask_document, mask_phone
from dispatch.render.sources import PrintSource, date_text, iso_text, place_text, printable
from dispatch.units import date_of_min

MODE_WORDS = {Mode.BUS: "大巴 coach", Mode.TRAIN: "火车 train", Mode.CHARTER: "包机 chartered aircraft"}
ROLE_WORDS = {
    Role.DIRECT: "直达 direct",
    Role.LINE_HAUL: "干线 line-haul",
    Role.FEEDER: "接驳上车 feeder",
    Role.LAST_MILE: "到站接送 last mile",
}
NEED_WORDS = {
    "wheelchair": "轮椅 wheelchair",
    "front_seat": "前排 front seat",
    "no_bus": "不乘大巴 no coach",
    "no_train": "不乘火车 no train",
    "no_charter": "不乘飞机 no flight",
}
_MINOR_AGE = 14


@dataclass(frozen=True, slots=True, kw_only=True)
class StopLine:
    """A stop of a trip as printed; ``aboard``: planned heads when the vehicle leaves it. Times are ISO with date."""

    number: int
    place: str
    sites: str
    arrive_at: str
    depart_at: str
    board: int
    alight: int
    aboard: int
    tier: str

    @property
    def arrive(self) -> str:
        """Arrival as papers show it, e.g. ``03-01 06:10``."""
        return self.arrive_at[5:]

    @property
    def depart(self) -> str:
        """Departure as papers show it."""
        return self.depart_at[5:]


@dataclass(frozen=True, slots=True, kw_only=True)
class Passenger:
    """A passenger of one trip as printed, masked. Stops are numbered from 1; ``carriage`` 0 on coaches.

    ``party``: label of a party of several within this trip, else empty. ``needs``: special needs in words; ``remarks``:
    needs, minor, same name. ``onward``: trip they change to, empty when they are handed to their employer here.
    """

    worker_id: str
    name: str
    sex: str
    document: str
    phone: str
    home: str
    board_stop: int
    board_place: str
    alight_stop: int
    alight_place: str
    carriage: int
    seat: str
    employer: str
    site: str
    party: str
    needs: str
    remarks: str
    onward: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TripPaper:
    """Everything the lists of one trip say: plain values only, ready to be sent to another process."""

    trip_id: str
    mode: Mode
    role: Role
    date: str
    batch: str
    route: str
    vehicle: str
    carriages: int
    capacity: int
    capacity_rule: str
    stops: tuple[StopLine, ...]
    passengers: tuple[Passenger, ...]


def get_trip_paper(source: PrintSource, trip_id: str) -> TripPaper:
    """Printed form of one trip. Raises ``KeyError`` for a trip the plan does not have."""
    trip = source.trips[trip_id]
    stops = tuple(_stop_lines(source, trip))
    return TripPaper(
        trip_id=trip.id,
        mode=trip.mode,
        role=trip.role,
        date=date_text(source, trip.service_date_min),
        batch="、".join(trip.batch_ids),
        route=f"{stops[0].place} → {stops[-1].place}" if stops else "",
        vehicle=_vehicle_text(source, trip),
        carriages=trip.carriages,
        capacity=trip.capacity,
        capacity_rule=trip.capacity_rule,
        stops=stops,
        passengers=tuple(_passengers(source, trip, stops)),
    )


def group_by_employer(paper: TripPaper) -> dict[str, tuple[Passenger, ...]]:
    """Passengers handed over by this trip, by employer in order of name; those who change vehicles are in none."""
    groups: dict[str, list[Passenger]] = {}
    for passenger in paper.passengers:
        if not passenger.onward:
            groups.setdefault(passenger.employer, []).append(passenger)
    return {employer: tuple(groups[employer]) for employer in sorted(groups)}


def group_by_onward(paper: TripPaper) -> dict[str, tuple[Passenger, ...]]:
    """Passengers who change to another trip, by that trip."""
    groups: dict[str, list[Passenger]] = {}
    for passenger in paper.passengers:
        if passenger.onward:
            groups.setdefault(passenger.onward, []).append(passenger)
    return {trip_id: tuple(groups[trip_id]) for trip_id in sorted(groups)}


def seat_order(seat: str) -> tuple[int, str]:
    """Sort key that puts seat 10A after 9D."""
    digits = re.match(r"\d+", seat)
    return (int(digits[0]) if digits else 10**6, seat)


def _stop_lines(source: PrintSource, trip: Trip) -> Iterator[StopLine]:
    geography = source.scenario.geography
    aboard = 0
    for number, stop in enumerate(trip.stops, start=1):
        aboard += stop.board - stop.alight
        place = geography.places.get(stop.place_id)
        day = date_of_min(source.scenario.first_date, stop.arrive_min)
        names = (geography.sites[site].name for site in stop.site_ids if site in geography.sites)
        yield StopLine(
            number=number,
            place=place_text(source, stop.place_id),
            sites="、".join(printable(name) for name in names),
            arrive_at=iso_text(source, stop.arrive_min),
            depart_at=iso_text(source, stop.depart_min),
            board=stop.board,
            alight=stop.alight,
            aboard=aboard,
            tier=geography.get_tier(place.region_id, day).value if place is not None else "",
        )


def _vehicle_text(source: PrintSource, trip: Trip) -> str:
    if trip.service_id:
        service = source.services.get(trip.service_id)
        return printable(service.name if service is not None else trip.service_id)
    duty = source.duties.get(trip.duty_id)
    line = next(
        (line for line in source.scenario.fleet if duty is not None and line.id == duty.fleet_id), None
    )
    kind = source.scenario.vehicle_types.get(line.type_id) if line is not None else None
    return printable(kind.name) if kind is not None else MODE_WORDS[trip.mode]


def _passengers(source: PrintSource, trip: Trip, stops: tuple[StopLine, ...]) -> list[Passenger]:
    rows = source.list_riders(trip.id)
    names = Counter(str(row["name"]) for row in rows)
    parties = _party_labels([str(row["party_id"]) for row in rows])
    year = date_of_min(source.scenario.first_date, trip.service_date_min).year
    passengers = [
        _passenger(
            source, row, stops, parties.get(str(row["party_id"]), ""), names[str(row["name"])] > 1, year
        )
        for row in rows
    ]
    return sorted(
        passengers, key=lambda one: (one.carriage, one.alight_stop, seat_order(one.seat), one.worker_id)
    )


def _passenger(
    source: PrintSource,
    row: Mapping[str, object],
    stops: tuple[StopLine, ...],
    party: str,
    same_name: bool,
    year: int,
) -> Passenger:
    text = {str(key): str(value) for key, value in row.items()}
    board, alight, birth_year = (
        int(text["board_stop"]),
        int(text["alight_stop"]),
        int(float(text["birth_year"])),
    )
    site = source.scenario.geography.sites.get(text["site_id"])
    needs = "、".join(NEED_WORDS.get(need, printable(need)) for need in text["needs"].split("|") if need)
    marks = (
        "未满14 minor" if birth_year and year - birth_year < _MINOR_AGE else "",
        "同名 same name" if same_name else "",
    )
    return Passenger(
        worker_id=printable(text["worker_id"]),
        name=printable(text["name"]),
        sex={"F": "女 F", "M": "男 M"}.get(text["sex"], ""),
        document=mask_document(text["document"]),
        phone=mask_phone(text["phone"]),
        home=place_text(source, text["home_place_id"]),
        board_stop=board + 1,
        board_place=stops[board].place,
        alight_stop=alight + 1,
        alight_place=stops[alight].place,
        carriage=int(text["carriage"]),
        seat=text["seat"],
        employer=printable(site.employer if site is not None else text["site_id"]),
        site=printable(site.name if site is not None else text["site_id"]),
        party=party,
        needs=needs,
        remarks="; ".join(part for part in (needs, *marks) if part),
        onward=text["onward"],
    )


def _party_labels(party_ids: list[str]) -> dict[str, str]:
    """Numbers of the parties of several, in order of appearance: the ids themselves may tell who somebody is."""
    shared = [party for party, count in Counter(party_ids).items() if count > 1]
    return {party: f"组{number}" for number, party in enumerate(shared, start=1)}
