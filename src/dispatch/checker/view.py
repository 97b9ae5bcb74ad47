"""The plan and the scenario laid side by side, looked up by id. Decides nothing."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

from dispatch.checker.law import Law
from dispatch.checker.people import OutcomeRow, Person, Ride, read_outcomes, read_people, read_rides
from dispatch.checker.roads import Roads
from dispatch.model.geography import Place, Tier
from dispatch.model.plan import Batch, CoachDuty, Plan, Role, ServiceRun, Trip
from dispatch.model.scenario import Scenario
from dispatch.model.supply import FleetLine, Service

if TYPE_CHECKING:
    from dispatch.checker.path import Path

COACH_ROLES = (Role.DIRECT, Role.FEEDER, Role.LAST_MILE)
LAWFUL_CHAINS = {
    (Role.DIRECT,),
    (Role.LINE_HAUL,),
    (Role.FEEDER, Role.LINE_HAUL),
    (Role.LINE_HAUL, Role.LAST_MILE),
    (Role.FEEDER, Role.LINE_HAUL, Role.LAST_MILE),
}


@dataclass(frozen=True, slots=True)
class Itinerary:
    """One worker's journey. ``first_min``: first boarding; ``arrive_from_min`` to ``arrive_to_min``: gate arrival.

    The two arrivals differ only where the receiving side fetches people over an estimated distance.
    """

    person: Person
    rides: tuple[Ride, ...]
    line_haul: Trip
    service_day: int
    first_min: int
    arrive_from_min: int
    arrive_to_min: int
    arrive_min: int


@dataclass(slots=True)
class View:
    """Everything a check looks up. ``riders``: rides by trip; ``journeys``: itineraries by worker."""

    scenario: Scenario
    plan: Plan
    law: Law
    roads: Roads
    people: dict[str, Person]
    outcomes: dict[str, OutcomeRow]
    outcome_counts: dict[str, int]
    rides: dict[str, list[Ride]]
    riders: dict[str, list[Ride]]
    trips: dict[str, Trip]
    duties: dict[str, CoachDuty]
    lines: dict[str, FleetLine]
    services: dict[str, Service]
    runs: dict[str, ServiceRun]
    batches: dict[str, Batch]
    journeys: dict[str, Itinerary] = field(default_factory=dict)
    paths: dict[str, Path] = field(default_factory=dict)
    stop_counts: dict[str, list[tuple[int, int]]] = field(default_factory=dict)
    tiers: dict[tuple[str, int], Tier] = field(default_factory=dict)
    hours: dict[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def first_date(self) -> date:
        """First date of the horizon."""
        return self.scenario.first_date

    @property
    def last_day(self) -> int:
        """Last day of the horizon, counted from its first."""
        return (self.scenario.last_date - self.scenario.first_date).days

    def date_of(self, day: int) -> date:
        """Calendar date of a day counted from the horizon's first."""
        return self.scenario.first_date + timedelta(days=day)

    def place(self, place_id: str) -> Place:
        """Place by id; references have been checked before."""
        return self.scenario.geography.places[place_id]

    def county(self, place_id: str) -> str:
        """Region of a place."""
        return self.scenario.geography.places[place_id].region_id

    def coach_trips(self) -> list[Trip]:
        """Trips made by coaches."""
        return [trip for trip in self.plan.trips if trip.role in COACH_ROLES]

    def count_at_stops(self, trip: Trip) -> list[tuple[int, int]]:
        """(boarding, alighting) workers at each stop, counted from the rides."""
        if trip.id not in self.stop_counts:
            counts = [[0, 0] for _ in trip.stops]
            for ride in self.riders[trip.id]:
                counts[ride.board][0] += 1
                counts[ride.alight][1] += 1
            self.stop_counts[trip.id] = [(up, down) for up, down in counts]
        return self.stop_counts[trip.id]

    def tier(self, place_id: str, day: int) -> Tier:
        """Tier of a place's region on a day."""
        key = (self.county(place_id), day)
        if key not in self.tiers:
            self.tiers[key] = self.scenario.geography.get_tier(key[0], self.date_of(day))
        return self.tiers[key]

    def receiving(self, place_id: str) -> tuple[int, int]:
        """(opens, closes) of a place: of all sites there the latest opening and the earliest closing bind."""
        if not self.hours:
            for site in self.scenario.geography.sites.values():
                opens, closes = self.hours.get(site.place_id, (0, 1440))
                span = (max(opens, site.receives_from_min), min(closes, site.receives_until_min))
                self.hours[site.place_id] = span
        return self.hours.get(place_id, (0, 1440))

    def buffer_min(self, place_id: str) -> int:
        """Buffer of a terminal; 0 where the place is no terminal of the scenario."""
        terminal = self.scenario.terminals.get(place_id)
        return terminal.buffer_min if terminal else 0


def make_view(scenario: Scenario, plan: Plan) -> View:
    """View of a plan whose references are known to be sound."""
    people = read_people(scenario)
    rides = read_rides(plan)
    by_worker: dict[str, list[Ride]] = defaultdict(list)
    by_trip: dict[str, list[Ride]] = defaultdict(list)
    for ride in rides:
        by_worker[ride.worker].append(ride)
        by_trip[ride.trip].append(ride)
    for mine in by_worker.values():
        mine.sort(key=lambda ride: ride.leg)
    outcomes, counts = read_outcomes(scenario, plan)
    services = {service.id: service for service in plan.proposed_services}
    services.update({service.id: service for service in scenario.services})
    view = View(
        scenario=scenario,
        plan=plan,
        law=Law(scenario.policy.values),
        roads=Roads(scenario, plan),
        people=people,
        outcomes=outcomes,
        outcome_counts=counts,
        rides=by_worker,
        riders=by_trip,
        trips={trip.id: trip for trip in plan.trips},
        duties={duty.id: duty for duty in plan.duties},
        lines={line.id: line for line in scenario.fleet},
        services=services,
        runs={run.service_id: run for run in plan.service_runs},
        batches={batch.id: batch for batch in plan.batches},
    )
    for worker, outcome in outcomes.items():
        if outcome.status == "itinerary":
            journey = _find_journey(view, people[worker], outcome)
            if journey is not None:
                view.journeys[worker] = journey
    return view


def _find_journey(view: View, person: Person, outcome: OutcomeRow) -> Itinerary | None:
    """Itinerary of one worker, or None where the rides do not form one (a C1 finding elsewhere)."""
    rides = tuple(view.rides[person.id])
    trips = [view.trips[ride.trip] for ride in rides]
    if tuple(trip.role for trip in trips) not in LAWFUL_CHAINS:
        return None
    haul = next(trip for trip in trips if trip.role in (Role.DIRECT, Role.LINE_HAUL))
    earliest, latest = _find_arrival(view, person, trips[-1], rides[-1])
    return Itinerary(
        person=person,
        rides=rides,
        line_haul=haul,
        service_day=_service_day(view, haul),
        first_min=_first_boarding(view, trips[0], rides[0]),
        arrive_from_min=earliest,
        arrive_to_min=latest,
        arrive_min=min(max(outcome.arrive_min, earliest), latest),
    )


def _service_day(view: View, haul: Trip) -> int:
    if haul.role is Role.LINE_HAUL:
        return view.services[haul.service_id].stops[0].depart_min // 1440
    return haul.stops[0].arrive_min // 1440


def _first_boarding(view: View, trip: Trip, ride: Ride) -> int:
    stop = trip.stops[ride.board]
    if trip.role is Role.LINE_HAUL:
        return stop.depart_min - view.buffer_min(stop.place_id)
    return stop.arrive_min


def _find_arrival(view: View, person: Person, trip: Trip, ride: Ride) -> tuple[int, int]:
    """Earliest and latest defensible gate arrival."""
    stop = trip.stops[ride.alight]
    site = view.scenario.geography.sites.get(person.site)
    if trip.role is not Role.LINE_HAUL or site is None or site.place_id == stop.place_id:
        return stop.arrive_min, stop.arrive_min
    road = view.roads.find_road(stop.place_id, site.place_id)
    start = stop.arrive_min + view.buffer_min(stop.place_id)
    window = view.receiving(site.place_id)
    return (
        wait_for_opening(start + road.minutes_from, *window),
        wait_for_opening(start + road.minutes_to, *window),
    )


def wait_for_opening(at_min: int, opens_min: int, closes_min: int) -> int:
    """Moment at which a gate lets people in who stand before it at ``at_min`` (minutes of the day open/close)."""
    midnight = at_min - at_min % 1440
    if at_min - midnight < opens_min:
        return midnight + opens_min
    if at_min - midnight > closes_min:
        return midnight + 1440 + opens_min
    return at_min
