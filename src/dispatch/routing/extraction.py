"""From shapes to papers: a coach duty with every event in time order, and its trips with their stops."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from dispatch.model.geography import Place
from dispatch.model.plan import CoachDuty, DutyEvent, DutyLeg, EventKind, Role, Trip, TripStop
from dispatch.model.supply import Mode
from dispatch.routing.context import RoutingContext
from dispatch.routing.drivers import count_drivers, make_duty_table
from dispatch.routing.driving import RESTED, DrivingState, drive, rest
from dispatch.routing.duties import DutyShape, DutyTrip
from dispatch.routing.trips import TripShape
from dispatch.units import DAY_MIN

NameHalt = Callable[[float, float], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class TripLoad:
    """Who rides a trip, as counts by place id, and the capacity in force.

    ``boards`` and ``alights``: workers boarding and alighting at each stop; ``site_ids``: gates served at a stop.
    """

    trip_id: str
    batch_ids: tuple[str, ...]
    boards: Mapping[str, int]
    alights: Mapping[str, int]
    site_ids: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    capacity: int = 0
    capacity_rule: str = ""


class _Visit(NamedTuple):
    """A stop of a duty: what is done there from when to when, and whether people are aboard on the way to it."""

    place_id: str
    kind: EventKind
    begin_min: int
    end_min: int
    loaded: bool


def make_direct_coach_duty(
    context: RoutingContext,
    shape: TripShape,
    duty_id: str,
    service_date_min: int,
    load: TripLoad,
    name_halt: NameHalt,
    driver_names: tuple[str, ...] = (),
    used_week_min: tuple[int, ...] = (),
) -> tuple[CoachDuty, Trip]:
    """Duty and trip of a direct coach on the service date that begins at ``service_date_min``.

    Parameters
    ----------
    load
        Counts by stop; those boarding and those alighting must be equally many.
    name_halt
        Name of the rest place or known place nearest to (lat, lon).
    used_week_min
        Driving minutes of each driver in the week before.

    Raises
    ------
    ValueError
        Where counts do not add up, or no duty table keeps the drivers' limits with ``used_week_min``.
    """
    trip = DutyTrip(
        place_ids=(*shape.pickups, *shape.drops),
        arrive_min=tuple(at + service_date_min for at in (*shape.board_min, *shape.arrive_min)),
        depart_min=tuple(at + service_date_min for at in (*shape.depart_min, *shape.alight_end_min)),
        km_tenths=shape.km_tenths_loaded,
    )
    as_duty = DutyShape(
        role=Role.DIRECT,
        fleet_id=shape.fleet_id,
        trips=(trip,),
        pull_out_min=shape.pull_out_min + service_date_min,
        pull_in_min=shape.pull_in_min + service_date_min,
        days=shape.days,
        drivers=shape.drivers,
        km_tenths_total=shape.km_tenths_total,
        halts_apply=True,
        costs=shape.costs,
        cash_minor=shape.cash_minor,
    )
    pickups = len(shape.pickups)
    duty = _make_duty(
        context, as_duty, duty_id, (load.trip_id,), (pickups,), name_halt, driver_names, used_week_min
    )
    return duty, _make_trip(as_duty, trip, duty_id, pickups, service_date_min, load)


def make_connection_coach_duty(
    context: RoutingContext,
    shape: DutyShape,
    duty_id: str,
    loads: tuple[TripLoad, ...],
    name_halt: NameHalt,
    driver_names: tuple[str, ...] = (),
    used_week_min: tuple[int, ...] = (),
) -> tuple[CoachDuty, tuple[Trip, ...]]:
    """Duty and trips of a feeder or last-mile coach, one load per trip. Parameters and errors as for direct trips."""
    pickups = tuple(len(trip.place_ids) - 1 if shape.role is Role.FEEDER else 1 for trip in shape.trips)
    ids = tuple(load.trip_id for load in loads)
    duty = _make_duty(context, shape, duty_id, ids, pickups, name_halt, driver_names, used_week_min)
    trips = tuple(
        _make_trip(shape, trip, duty_id, boarding_stops, trip.arrive_min[0] // DAY_MIN * DAY_MIN, load)
        for trip, boarding_stops, load in zip(shape.trips, pickups, loads, strict=True)
    )
    return duty, trips


def _make_trip(
    shape: DutyShape, trip: DutyTrip, duty_id: str, pickups: int, service_date_min: int, load: TripLoad
) -> Trip:
    stops = tuple(
        TripStop(
            place_id=place_id,
            arrive_min=arrive,
            depart_min=depart,
            board=load.boards.get(place_id, 0) if i < pickups else 0,
            alight=0 if i < pickups else load.alights.get(place_id, 0),
            site_ids=() if i < pickups else load.site_ids.get(place_id, ()),
        )
        for i, (place_id, arrive, depart) in enumerate(
            zip(trip.place_ids, trip.arrive_min, trip.depart_min, strict=True)
        )
    )
    boarded, alighted = sum(stop.board for stop in stops), sum(stop.alight for stop in stops)
    if (boarded, alighted) != (sum(load.boards.values()), sum(load.alights.values())) or boarded != alighted:
        raise ValueError(f"trip {load.trip_id}: {boarded} board at its stops, {alighted} alight")
    return Trip(
        id=load.trip_id,
        mode=Mode.BUS,
        role=shape.role,
        batch_ids=load.batch_ids,
        service_date_min=service_date_min,
        stops=stops,
        load=boarded,
        capacity=load.capacity,
        capacity_rule=load.capacity_rule,
        duty_id=duty_id,
        km_tenths=trip.km_tenths,
    )


def _make_duty(
    context: RoutingContext,
    shape: DutyShape,
    duty_id: str,
    trip_ids: tuple[str, ...],
    pickups: tuple[int, ...],
    name_halt: NameHalt,
    driver_names: tuple[str, ...],
    used_week_min: tuple[int, ...],
) -> CoachDuty:
    recorder = _Recorder(context, shape, name_halt)
    for trip, boarding_stops in zip(shape.trips, pickups, strict=True):
        for visit in _list_visits(trip, boarding_stops):
            recorder.visit(visit)
    recorder.finish()
    stretches = recorder.list_stretches()
    table = make_duty_table(stretches, shape.drivers, context.rules, used_week_min)
    crew = count_drivers(stretches, max(trip.km_tenths for trip in shape.trips), context.rules)
    if table is None or crew is None:
        raise ValueError(f"duty {duty_id}: no duty table for {shape.drivers} drivers keeps their limits")
    return CoachDuty(
        id=duty_id,
        fleet_id=shape.fleet_id,
        trip_ids=trip_ids,
        legs=tuple(recorder.legs),
        events=recorder.list_events(table),
        pull_out_min=shape.pull_out_min,
        pull_in_min=shape.pull_in_min,
        days=shape.days,
        drivers=shape.drivers,
        costs=dict(shape.costs),
        driver_reason=crew[1],
        driver_names=driver_names,
    )


def _list_visits(trip: DutyTrip, pickups: int) -> list[_Visit]:
    return [
        _Visit(place_id, EventKind.BOARD if i < pickups else EventKind.ALIGHT, begin, end, loaded=i > 0)
        for i, (place_id, begin, end) in enumerate(
            zip(trip.place_ids, trip.arrive_min, trip.depart_min, strict=True)
        )
    ]


@dataclass(slots=True)
class _Event:
    """An event before a driver is named."""

    kind: EventKind
    start_min: int
    end_min: int
    leg: int = -1
    place_id: str = ""
    place_name: str = ""
    approximate: bool = False
    lat: float = 0.0
    lon: float = 0.0

    @property
    def is_driving(self) -> bool:
        return self.kind in (EventKind.DRIVE, EventKind.DEADHEAD)


class _Recorder:
    """Drives a shape once more with the recording simulation and writes down legs and events."""

    def __init__(self, context: RoutingContext, shape: DutyShape, name_halt: NameHalt) -> None:
        self.context = context
        self.shape = shape
        self.name_halt = name_halt
        self.place_id = context.lines[shape.fleet_id].depot_place_id
        self.at_min = shape.pull_out_min
        self.state: DrivingState = RESTED
        self.stood_min = 0
        self.legs: list[DutyLeg] = []
        self.events: list[_Event] = []

    def visit(self, visit: _Visit) -> None:
        """Drive to a stop, wait where there is time, board or alight."""
        self._go(visit.place_id, visit.loaded)
        arrived = self.at_min
        if visit.begin_min < arrived:
            raise ValueError(f"the coach is at {visit.place_id} at {arrived}, after the stop began")
        if visit.begin_min > arrived:
            self._stand(EventKind.WAIT, visit.begin_min)
        self._stand(visit.kind, visit.end_min)
        self.stood_min += visit.end_min - arrived

    def finish(self) -> None:
        """Drive home if the line returns, and compare with the shape."""
        line = self.context.lines[self.shape.fleet_id]
        if line.returns:
            self._go(line.depot_place_id, loaded=False)
        if self.at_min != self.shape.pull_in_min:
            raise ValueError(f"recorded pull-in {self.at_min} differs from {self.shape.pull_in_min}")

    def _go(self, to_id: str, loaded: bool) -> None:
        km_tenths, minutes, source = self.context.travel.get_leg(self.place_id, to_id)
        self.legs.append(
            DutyLeg(
                from_id=self.place_id,
                to_id=to_id,
                km_tenths=km_tenths,
                minutes=minutes,
                source=source,
                loaded=loaded,
            )
        )
        if minutes > 0:
            self.state = rest(self.state, self.stood_min, self.context.rules)
            self.stood_min = 0
        self.at_min, self.state, stretches = drive(
            self.at_min, minutes, self.state, self.context.rules, self.shape.halts_apply
        )
        for stretch in stretches:
            if stretch.kind is EventKind.DRIVE:
                kind = EventKind.DRIVE if loaded else EventKind.DEADHEAD
                self.events.append(_Event(kind, stretch.start_min, stretch.end_min, leg=len(self.legs) - 1))
            else:
                self.events.append(
                    self._make_halt(
                        stretch.kind, stretch.start_min, stretch.end_min, to_id, stretch.driven_min / minutes
                    )
                )
        self.place_id = to_id

    def _make_halt(
        self, kind: EventKind, start_min: int, end_min: int, to_id: str, fraction: float
    ) -> _Event:
        """Halt at the point of the leg where ``fraction`` of its driving minutes is done."""
        here, there = self._get_place(self.place_id), self._get_place(to_id)
        if fraction == 0:
            return _Event(kind, start_min, end_min, -1, here.id, here.name, False, here.lat, here.lon)
        lat = round(here.lat + (there.lat - here.lat) * fraction, 5)
        lon = round(here.lon + _turn(there.lon - here.lon) * fraction, 5)
        return _Event(kind, start_min, end_min, -1, "", self.name_halt(lat, lon), True, lat, lon)

    def _stand(self, kind: EventKind, until_min: int) -> None:
        place = self._get_place(self.place_id)
        self.events.append(
            _Event(kind, self.at_min, until_min, -1, place.id, place.name, False, place.lat, place.lon)
        )
        self.at_min = until_min

    def _get_place(self, place_id: str) -> Place:
        return self.context.scenario.geography.places[place_id]

    def list_stretches(self) -> tuple[tuple[int, int], ...]:
        """Driving intervals in time order."""
        return tuple((event.start_min, event.end_min) for event in self.events if event.is_driving)

    def list_events(self, table: tuple[int, ...]) -> tuple[DutyEvent, ...]:
        """Events with the drivers of ``table`` at the wheel."""
        drivers = iter(table)
        return tuple(
            DutyEvent(
                kind=event.kind,
                start_min=event.start_min,
                end_min=event.end_min,
                leg=event.leg,
                driver=next(drivers) if event.is_driving else -1,
                place_id=event.place_id,
                place_name=event.place_name,
                approximate=event.approximate,
                lat=event.lat,
                lon=event.lon,
            )
            for event in self.events
        )


def _turn(degrees: float) -> float:
    """Difference of longitudes the short way round."""
    return (degrees + 180.0) % 360.0 - 180.0
