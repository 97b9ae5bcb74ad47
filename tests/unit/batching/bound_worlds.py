"""Small worlds for batching: places on a plane or a table of legs, parties, coaches, services; all made by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from dispatch.batching.alternatives import Alternatives
from dispatch.batching.demand import Cell, Demand, Party, Unit
from dispatch.batching.direct import DirectCosts
from dispatch.model.contracts import HEALTH, PARTIES, TRAVEL, WORKERS, make_frame
from dispatch.model.geography import Geography, Place, PlaceKind, Precision, Region, Site
from dispatch.model.policy import DriverRules, Policy, RuleValue
from dispatch.model.scenario import Limits, Rates, Scenario
from dispatch.model.supply import (
    CoachTariff,
    CountOnDates,
    FleetLine,
    Mode,
    Service,
    ServiceKind,
    ServiceStatus,
    ServiceStop,
    Terminal,
    VehicleType,
)
from dispatch.model.travel import FrozenTravel
from dispatch.routing.context import RoutingContext, make_context

FIRST = date(2020, 3, 1)
LAST = date(2020, 3, 16)
#: Chinese coach rules as in domain.md 2.1: 4 h by day, 2 h by night, 20 min, 8 h / 24 h, 44 h / week, 02:00-05:00.
CN_RULES = DriverRules(
    continuous_day_max_min=240,
    continuous_night_max_min=120,
    break_min=20,
    night_from_min=1320,
    night_until_min=360,
    rolling_24h_max_min=480,
    weekly_max_min=2640,
    halt_from_min=120,
    halt_until_min=300,
    halt_exempt_km=200,
    drivers_by_km=((600, 2),),
)
ALL_MODES = frozenset(Mode)


@dataclass(frozen=True)
class World:
    """A scenario with its routing context, demand and everything the bound is given."""

    scenario: Scenario
    context: RoutingContext
    demand: Demand
    alternatives: Alternatives
    costs: DirectCosts


@dataclass
class WorldBuilder:
    """Collects places and parties; ``km`` and minutes come from a plane (``speed`` km/h) or a table.

    ``points``: place -> (x km, y km, county). Places whose name starts with ``g`` are gates with a site of the same
    name, with ``d`` depots, with ``t`` terminals, others boarding places.
    """

    points: Mapping[str, tuple[float, float, str]]
    areas: Mapping[str, str] = field(default_factory=dict)
    groups: Mapping[str, str] = field(default_factory=dict)
    speed: float = 60.0
    rules: DriverRules = field(default_factory=DriverRules)
    values: tuple[RuleValue, ...] = ()
    limits: Limits = field(default_factory=Limits)
    rates: Rates = field(
        default_factory=lambda: Rates(lateness_day_minor=4000, unserved_minor={"": 10_000_000})
    )
    types: tuple[VehicleType, ...] = ()
    fleet: tuple[FleetLine, ...] = ()
    services: tuple[Service, ...] = ()
    buffer_min: int = 30
    hours: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    parties: list[dict[str, Any]] = field(default_factory=list)
    legs: Mapping[tuple[str, str], tuple[int, int]] = field(default_factory=dict)

    def add(self, size: int, board: str, site: str, days: tuple[int, int] = (0, 0), **more: Any) -> None:
        """Add a party; ``days``: earliest and latest service date."""
        self.parties.append({"size": size, "board": board, "site": site, "days": days, **more})

    def make(self, own_ticket_minor: int | None = None) -> World:
        """The world."""
        scenario = self._make_scenario()
        context = make_context(scenario, self._make_travel())
        demand = self._make_demand()
        alternatives = Alternatives(
            options={},
            tariffs={},
            pools={},
            slots={},
            own_ticket_minor={}
            if own_ticket_minor is None
            else {c.index: own_ticket_minor for c in demand.cells},
            unserved_minor=dict(scenario.rates.unserved_minor),
        )
        return World(scenario, context, demand, alternatives, DirectCosts(scenario, context, demand))

    def _make_travel(self) -> FrozenTravel:
        ids = tuple(self.points)
        xy = np.array([self.points[place][:2] for place in ids])
        km = np.hypot(*(xy[:, None] - xy[None, :]).transpose(2, 0, 1))
        tenths = np.round(km * 10).astype(np.int32)
        minutes = np.ceil(tenths / 10 / self.speed * 60 - 1e-9).astype(np.int32)
        index = {place: i for i, place in enumerate(ids)}
        for (here, there), (leg_tenths, leg_min) in self.legs.items():
            tenths[index[here], index[there]] = leg_tenths
            minutes[index[here], index[there]] = leg_min
        return FrozenTravel(
            place_ids=ids, index=index, km_tenths=tenths, minutes=minutes, from_table=tenths < 0
        )

    def _make_scenario(self) -> Scenario:
        places = {
            name: Place(
                id=name, name=name, lat=30.0, lon=110.0, region_id=county,
                kind=PlaceKind.VILLAGE, precision=Precision.VILLAGE,
            )
            for name, (_, _, county) in self.points.items()
        }  # fmt: skip
        counties = sorted({county for _, _, county in self.points.values()})
        regions = {
            county: Region(
                id=county, name=county, level="prefecture",
                destination_area=self.areas.get(county, county), pickup_group=self.groups.get(county, county),
            )
            for county in counties
        }  # fmt: skip
        sites = {
            name: Site(
                id=name, name=name, employer=name, place_id=name, opens_on=FIRST,
                receives_from_min=self.hours.get(name, (0, 1440))[0],
                receives_until_min=self.hours.get(name, (0, 1440))[1],
            )
            for name in self.points
            if name.startswith("g")
        }  # fmt: skip
        return Scenario(
            name="world", title="world", first_date=FIRST, last_date=LAST, time_zone="Asia/Shanghai", currency="CNY",
            geography=Geography(places=places, regions=regions, sites=sites),
            policy=Policy(profile_names=("test",), values=self.values, drivers=self.rules),
            rates=self.rates, limits=self.limits,
            workers=make_frame(WORKERS), health=make_frame(HEALTH), travel=make_frame(TRAVEL),
            vehicle_types={each.id: each for each in self.types}, fleet=self.fleet, services=self.services,
            terminals={
                name: Terminal(place_id=name, modes=ALL_MODES, buffer_min=self.buffer_min)
                for name in self.points
                if name.startswith("t")
            },
        )  # fmt: skip

    def _make_demand(self) -> Demand:
        cells: dict[tuple[Any, ...], Cell] = {}
        parties = []
        for index, row in enumerate(self.parties):
            cell = self._make_cell(row, len(cells))
            key = tuple(getattr(cell, name) for name in Cell.__slots__ if name != "index")
            cell = cells.setdefault(key, cell)
            parties.append(
                Party(
                    index=index,
                    key=f"p{index}",
                    size=row["size"],
                    minors=0,
                    cell=cell,
                    payers=(("", row["size"]),),
                )
            )
        units = tuple(Unit(index=i, parties=(party,), size=party.size) for i, party in enumerate(parties))
        return Demand(parties=tuple(parties), units=units, cells=tuple(cells.values()), apart=frozenset())

    def _make_cell(self, row: Mapping[str, Any], index: int) -> Cell:
        county, gate_county = self.points[row["board"]][2], self.points[row["site"]][2]
        first, last = row["days"]
        return Cell(
            index=index, board=row["board"], site=row["site"], gate=row["site"], county=county,
            group=self.groups.get(county, county), area=self.areas.get(gate_county, gate_county),
            tier_class="", earliest=first, preferred=row.get("preferred", first), latest=last,
            arrive_by=row.get("arrive_by", 100_000), clear_from=-100, clear_until=100_000,
            modes=row.get("modes", ALL_MODES), priority_class="", date_lock=None, service_lock="", mode_lock="",
            fleet_lock=row.get("fleet_lock", ""),
        )  # fmt: skip


def make_type(name: str, approved: int) -> VehicleType:
    """A coach type with so many approved persons, four to a row."""
    rows = (4,) * (approved // 4) + ((approved % 4,) if approved % 4 else ())
    return VehicleType(id=name, name=name, approved=approved, row_seats=rows)


def make_line(
    name: str,
    type_id: str,
    depot: str,
    *,
    day: int = 0,
    km: int = 0,
    driver: int = 0,
    lump: int | None = None,
    counts: Sequence[tuple[int, int, int]] = (),
    returns: bool = True,
) -> FleetLine:
    """A fleet line; ``counts``: (first day, last day, coaches), empty = without limit. Money in minor units."""
    return FleetLine(
        id=name, type_id=type_id, depot_place_id=depot, returns=returns,
        tariff=CoachTariff(day_minor=day, km_minor=km, driver_day_minor=driver, lump_trip_minor=lump),
        counts=tuple(
            CountOnDates(from_date=FIRST + timedelta(days=a), to_date=FIRST + timedelta(days=b), count=n)
            for a, b, n in counts
        ),
    )  # fmt: skip


def make_train(name: str, stops: Sequence[tuple[str, int]], seats: int, **more: Any) -> Service:
    """A chartered train; ``stops``: (terminal, planning minute); boards at all but the last, alights at all but the first."""
    return Service(
        id=name, name=name, mode=Mode.TRAIN, kind=ServiceKind.CHARTERED, status=ServiceStatus.CONFIRMED,
        committed=more.pop("committed", False),
        stops=tuple(
            ServiceStop(place_id=place, arrive_min=at, depart_min=at, boards=i < len(stops) - 1, alights=i > 0)
            for i, (place, at) in enumerate(stops)
        ),
        carriage_seats=seats, **more,
    )  # fmt: skip


def make_frames(world: World) -> tuple[Scenario, pd.DataFrame, pd.DataFrame]:
    """(scenario, parties, members) of a world as clearance would give them: one row per party, one member each.

    The scenario gets the world's roads as its travel table and the preferred dates as its workers' own.
    """
    scenario, travel = world.scenario, world.context.travel
    parties, workers, legs = [], [], []
    for party in world.demand.parties:
        cell = party.cell
        parties.append(
            {
                "party_key": party.key, "size": party.size, "boarding_place_id": cell.board, "site_id": cell.site,
                "earliest": cell.earliest, "preferred": cell.preferred, "latest": cell.latest,
                "arrive_by": cell.arrive_by, "clear_from": cell.clear_from, "clear_until": cell.clear_until,
                "modes": "|".join(sorted(cell.modes)), "priority_class": cell.priority_class, "minors": 0,
            }
        )  # fmt: skip
        preferred = pd.Timestamp(scenario.first_date) + pd.Timedelta(days=cell.preferred)
        workers.append({"worker_id": party.key, "party_id": party.key, "preferred_date": preferred})
    for i, begin in enumerate(travel.place_ids):
        for j, end in enumerate(travel.place_ids):
            km, minutes = int(travel.km_tenths[i, j]), int(travel.minutes[i, j])
            legs.append({"from_id": begin, "to_id": end, "km_tenths": km, "minutes": minutes})
    keys = [row["worker_id"] for row in workers]
    return (
        scenario.replace(workers=make_frame(WORKERS, workers), travel=make_frame(TRAVEL, legs)),
        make_frame(PARTIES, parties),
        pd.DataFrame({"worker_id": keys, "party_key": keys}, dtype="string"),
    )
