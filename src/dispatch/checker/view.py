"""The plan and the scenario laid side by side, looked up by id. Decides nothing.

People are columns (see ``people``, ``journeys``); trips, duties and services are the plan's own nouns.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

from dispatch.checker.columns import Ints
from dispatch.checker.journeys import Journeys, find_chains, find_journeys
from dispatch.checker.law import Law
from dispatch.checker.people import (
    Outcomes,
    People,
    RawRows,
    Rides,
    locate_rows,
    read_outcomes,
    read_people,
    read_rides,
)
from dispatch.checker.roads import Roads
from dispatch.checker.stops import Flow, Flows, Stops, read_flows, read_stops
from dispatch.model.geography import Place, Tier
from dispatch.model.plan import Batch, CoachDuty, Plan, Role, ServiceRun, Trip
from dispatch.model.scenario import Scenario
from dispatch.model.supply import FleetLine, Service

if TYPE_CHECKING:
    from dispatch.checker.evidence import Evidence
    from dispatch.checker.path import Path

COACH_ROLES = (Role.DIRECT, Role.FEEDER, Role.LAST_MILE)


@dataclass(frozen=True, slots=True)
class Rows:
    """The roster with numbered places and sites, and whom the plan's rows are about."""

    places: Mapping[str, int]
    sites: Mapping[str, int]
    people: People
    raw: RawRows


@dataclass(slots=True)
class View:
    """Everything a check looks up. ``number``: trips by id; numbers of places and sites count from 0, -1 is unknown.

    ``buffers``, ``county_of``: per place, with one entry for "unknown" at the end; ``site_places``: per site likewise.
    """

    scenario: Scenario
    plan: Plan
    law: Law
    roads: Roads
    people: People
    outcomes: Outcomes
    rides: Rides
    stops: Stops
    flows: Flows
    chains: Ints
    place_ids: tuple[str, ...]
    site_ids: tuple[str, ...]
    site_places: Ints
    buffers: Ints
    county_ids: tuple[str, ...]
    county_of: Ints
    number: dict[str, int]
    trips: dict[str, Trip]
    duties: dict[str, CoachDuty]
    lines: dict[str, FleetLine]
    services: dict[str, Service]
    runs: dict[str, ServiceRun]
    batches: dict[str, Batch]
    journeys: Journeys = field(init=False)
    loads: Ints = field(init=False)
    kept_evidence: Evidence | None = None
    paths: dict[str, Path] = field(default_factory=dict)
    capacities: dict[str, int] = field(default_factory=dict)
    tiers: dict[tuple[str, int], Tier] = field(default_factory=dict)
    hours: dict[str, tuple[int, int]] = field(default_factory=dict)
    above: dict[str, tuple[str, str, str, frozenset[str]]] = field(default_factory=dict)

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
        return self.scenario.first_date + timedelta(days=int(day))

    def place(self, place_id: str) -> Place:
        """Place by id; references have been checked before."""
        return self.scenario.geography.places[place_id]

    def county(self, place_id: str) -> str:
        """Region of a place."""
        return self.scenario.geography.places[place_id].region_id

    def prefecture(self, region_id: str) -> str:
        """Prefecture of a region."""
        return self._look_above(region_id)[0]

    def area(self, region_id: str) -> str:
        """Destination area of a region."""
        return self._look_above(region_id)[1]

    def pickup_group(self, region_id: str) -> str:
        """Pickup group of a county."""
        return self._look_above(region_id)[2]

    def ancestors(self, region_id: str) -> frozenset[str]:
        """Region itself and every region above it."""
        return self._look_above(region_id)[3]

    def coach_trips(self) -> list[Trip]:
        """Trips made by coaches."""
        return [trip for trip in self.plan.trips if trip.role in COACH_ROLES]

    def load(self, trip_id: str) -> int:
        """Distinct workers on a trip."""
        return int(self.loads[self.number[trip_id]])

    def flows_of(self, trip: Trip) -> list[Flow]:
        """Rides of a trip counted by carriage and stops."""
        return self.flows.of_trip(self.number[trip.id])

    def count_at_stops(self, trip: Trip) -> list[tuple[int, int]]:
        """(boarding, alighting) workers at each stop, counted from the rides."""
        start = int(self.stops.first[self.number[trip.id]])
        rows = slice(start, start + len(trip.stops))
        return list(zip(self.flows.up[rows], self.flows.down[rows], strict=True))

    def tier(self, place_id: str, day: int) -> Tier:
        """Tier of a place's region on a day."""
        return self.tier_of_county(self.county(place_id), day)

    def tier_of_county(self, region_id: str, day: int) -> Tier:
        """Tier of a region on a day."""
        key = (region_id, day)
        if key not in self.tiers:
            self.tiers[key] = self.scenario.geography.get_tier(region_id, self.date_of(day))
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

    def site_counties(self) -> Ints:
        """County of each worker's site, -1 where the site or its place is unknown."""
        return self.county_of[self.site_places[self.people.site]]

    def _look_above(self, region_id: str) -> tuple[str, str, str, frozenset[str]]:
        if region_id not in self.above:
            geography = self.scenario.geography
            self.above[region_id] = (
                geography.get_prefecture(region_id),
                geography.get_destination_area(region_id),
                geography.get_pickup_group(region_id),
                frozenset(region.id for region in geography.get_ancestors(region_id)),
            )
        return self.above[region_id]


def read_rows(scenario: Scenario, plan: Plan) -> Rows:
    """Who the plan's rows are about."""
    places = {name: number for number, name in enumerate(scenario.geography.places)}
    sites = {name: number for number, name in enumerate(scenario.geography.sites)}
    people = read_people(scenario, places, sites)
    return Rows(places, sites, people, locate_rows(plan, people))


def make_view(scenario: Scenario, plan: Plan, rows: Rows | None = None) -> View:
    """View of a plan whose references are known to be sound."""
    rows = rows or read_rows(scenario, plan)
    services = {service.id: service for service in plan.proposed_services}
    services.update({service.id: service for service in scenario.services})
    number = {trip.id: position for position, trip in enumerate(plan.trips)}
    rides = read_rides(plan, rows.people, rows.raw, number)
    stops = read_stops(plan.trips, services, rows.places)
    geography, terminals = scenario.geography, scenario.terminals
    counties = {place.region_id: 0 for place in geography.places.values()}
    counties = {region: position for position, region in enumerate(counties)}
    view = View(
        scenario=scenario,
        plan=plan,
        law=Law(scenario.policy.values),
        roads=Roads(scenario, plan),
        people=rows.people,
        outcomes=read_outcomes(scenario, plan, rows.people, rows.raw),
        rides=rides,
        stops=stops,
        flows=read_flows(stops, rides),
        chains=find_chains(rides, stops),
        place_ids=tuple(rows.places),
        site_ids=tuple(rows.sites),
        site_places=np.array(
            [*(rows.places.get(site.place_id, -1) for site in geography.sites.values()), -1], np.int32
        ),
        buffers=np.array(
            [*(terminals[name].buffer_min if name in terminals else 0 for name in rows.places), 0], np.int64
        ),
        county_ids=tuple(counties),
        county_of=np.array(
            [*(counties[place.region_id] for place in geography.places.values()), -1], np.int32
        ),
        number=number,
        trips={trip.id: trip for trip in plan.trips},
        duties={duty.id: duty for duty in plan.duties},
        lines={line.id: line for line in scenario.fleet},
        services=services,
        runs={run.service_id: run for run in plan.service_runs},
        batches={batch.id: batch for batch in plan.batches},
    )
    view.journeys = find_journeys(view)
    view.loads = _count_loads(view)
    return view


def _count_loads(view: View) -> Ints:
    """Distinct workers of each trip."""
    pairs = np.unique(view.rides.trip.astype(np.int64) * max(1, len(view.people.ids)) + view.rides.who)
    return np.bincount(pairs // max(1, len(view.people.ids)), minlength=len(view.plan.trips))
