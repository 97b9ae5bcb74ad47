"""Drives a duty once more with the recording simulation and writes down its legs and events in time order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from dispatch.model.geography import Place
from dispatch.model.plan import DutyEvent, DutyLeg, EventKind
from dispatch.routing.context import RoutingContext
from dispatch.routing.driving import RESTED, DrivingState, drive, rest
from dispatch.routing.duties import DutyShape

NameHalt = Callable[[float, float], str]


class Visit(NamedTuple):
    """A stop of a duty: what is done there from when to when, and whether people are aboard on the way to it."""

    place_id: str
    kind: EventKind
    begin_min: int
    end_min: int
    loaded: bool


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


class Recorder:
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

    def visit(self, visit: Visit) -> None:
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
