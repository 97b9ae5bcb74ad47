"""From shapes to papers: a coach duty with every event in time order, and its trips with their stops."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from dispatch.model.plan import CoachDuty, EventKind, Role, Trip, TripStop
from dispatch.model.supply import Mode
from dispatch.routing.context import RoutingContext
from dispatch.routing.drivers import count_drivers, make_duty_table
from dispatch.routing.duties import DutyShape, DutyTrip
from dispatch.routing.recorder import NameHalt, Recorder, Visit
from dispatch.routing.trips import TripShape
from dispatch.units import DAY_MIN


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
    recorder = Recorder(context, shape, name_halt)
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


def _list_visits(trip: DutyTrip, pickups: int) -> list[Visit]:
    return [
        Visit(place_id, EventKind.BOARD if i < pickups else EventKind.ALIGHT, begin, end, loaded=i > 0)
        for i, (place_id, begin, end) in enumerate(
            zip(trip.place_ids, trip.arrive_min, trip.depart_min, strict=True)
        )
    ]
