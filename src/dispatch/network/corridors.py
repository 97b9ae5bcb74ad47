"""Corridors whose demand could fill a special train or a chartered aircraft: terminals at both ends, people by date."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass

import pandas as pd

from dispatch.model.geography import Place
from dispatch.model.scenario import Scenario
from dispatch.model.supply import Mode
from dispatch.network.distances import geodesic_km
from dispatch.network.terminals import KnownTerminal, TerminalKind, read_terminals
from dispatch.units import divide_half_even


@dataclass(frozen=True, slots=True, kw_only=True)
class DefaultService:
    """What a proposed service of a mode looks like; sources in the comments beside the two instances."""

    mode: Mode
    terminal_kind: TerminalKind
    label: str
    carriage_seats: int
    min_carriages: int
    max_carriages: int
    min_load: int
    circuity: float
    speed_kmh: int
    ground_min: int
    buffer_min: int
    most_a_day: int
    operator: str

    def count_minutes(self, geodesic_km: float) -> int:
        """Minutes from departure to arrival, rounded up."""
        return math.ceil(geodesic_km * self.circuity / self.speed_kmh * 60) + self.ground_min

    def price_carriage(self, geodesic_km: float) -> int:
        """Minor units per carriage: all its seats at the fare of a hard seat (trains only)."""
        if self.mode is not Mode.TRAIN:
            return 0
        line_km_tenths = round(geodesic_km * self.circuity * 10)
        return divide_half_even(self.carriage_seats * SEAT_KM_TENTHS_OF_FEN * line_km_tenths, 100)

    def price_run(self, geodesic_km: float) -> int:
        """Minor units per run: flight there and empty flight back (aircraft only)."""
        if self.mode is not Mode.CHARTER:
            return 0
        return divide_half_even(2 * self.count_minutes(geodesic_km) * FLIGHT_HOUR_MINOR, 60)


#: Hard seat CNY 0.06-0.13 per km (domain facts 2.6, confidence D): 9.5 fen, in tenths of a fen.
SEAT_KM_TENTHS_OF_FEN = 95
#: Narrow-body charter CNY 20,000-60,000 per flight hour (domain facts 2.6, confidence D): 40,000.
FLIGHT_HOUR_MINOR = 4_000_000

#: Hard seat cars YZ25 of 118 seats; trains under 300 people were not seen (domain facts 2.4 and 3); speed and line length by judgement.
SPECIAL_TRAIN = DefaultService(
    mode=Mode.TRAIN,
    terminal_kind="station",
    label="special train",
    carriage_seats=118,
    min_carriages=8,
    max_carriages=18,
    min_load=300,
    circuity=1.3,
    speed_kmh=100,
    ground_min=0,
    buffer_min=60,
    most_a_day=1,
    operator="railway bureau",
)
#: A320 family of 180 seats (domain facts 2.4); a least load of 120 by judgement.
CHARTER_FLIGHT = DefaultService(
    mode=Mode.CHARTER,
    terminal_kind="airport",
    label="charter flight",
    carriage_seats=180,
    min_carriages=1,
    max_carriages=1,
    min_load=120,
    circuity=1.0,
    speed_kmh=750,
    ground_min=60,
    buffer_min=90,
    most_a_day=3,
    operator="airline",
)
DEFAULT_SERVICES = (SPECIAL_TRAIN, CHARTER_FLIGHT)

#: Corridors per mode and dates per corridor that get candidates, the largest first.
MOST_CORRIDORS = 12
MOST_DATES = 7
#: No candidate for corridors shorter than this, nor with a terminal farther from its people; km in line.
LEAST_CORRIDOR_KM = 200.0
MOST_ACCESS_KM = 200.0
#: Within this distance a terminal of the scenario goes before nearer known ones; km in line.
OWN_FIRST_KM = 100.0
#: A known terminal this near to one of the scenario's is taken to be the same.
SAME_TERMINAL_KM = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class TerminalChoice:
    """A terminal of the scenario (``known`` None) or one of the known ones."""

    place_id: str
    name: str
    lat: float
    lon: float
    known: KnownTerminal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Corridor:
    """Demand between two terminals by one mode: workers available by day of the horizon."""

    default: DefaultService
    start: TerminalChoice
    end: TerminalChoice
    geodesic_km: float
    workers: int
    available: dict[int, int]


def list_corridors(scenario: Scenario, demand: pd.DataFrame, default: DefaultService) -> list[Corridor]:
    """Corridors of one mode that reach its minimum load on some date, the largest first."""
    if default.mode not in scenario.propose_modes:
        return []
    ends = _Ends(scenario, _list_terminals(scenario, default))
    groups: dict[tuple[TerminalChoice, TerminalChoice], list[int]] = defaultdict(list)
    for row, (county, area) in enumerate(
        zip(demand["origin_county"], demand["destination_area"], strict=True)
    ):
        start, end = ends.find_start(str(county)), ends.find_end(str(area))
        if start and end and start.place_id != end.place_id:
            groups[start, end].append(row)
    found = []
    for (start, end), rows in groups.items():
        km = geodesic_km(start.lat, start.lon, end.lat, end.lon)
        available = _count_available(scenario, demand.iloc[rows], default)
        if km >= LEAST_CORRIDOR_KM and available:
            workers = int(demand["workers"].iloc[rows].sum())
            found.append(
                Corridor(
                    default=default,
                    start=start,
                    end=end,
                    geodesic_km=km,
                    workers=workers,
                    available=available,
                )
            )
    found.sort(key=lambda corridor: (-corridor.workers, corridor.start.name, corridor.end.name))
    return found[:MOST_CORRIDORS]


def _count_available(scenario: Scenario, rows: pd.DataFrame, default: DefaultService) -> dict[int, int]:
    """Workers whose window holds a day, for the days on which they reach the minimum load; at most ``MOST_DATES``."""
    days = range((scenario.last_date - scenario.first_date).days + 1)
    counts = {
        day: int(rows.loc[(rows["earliest"] <= day) & (day <= rows["latest"]), "workers"].sum())
        for day in days
    }
    enough = [day for day in days if counts[day] >= default.min_load]
    best = sorted(enough, key=lambda day: (-counts[day], day))[:MOST_DATES]
    return {day: counts[day] for day in sorted(best)}


def _list_terminals(scenario: Scenario, default: DefaultService) -> list[TerminalChoice]:
    """The scenario's terminals of a mode, then known ones that are not among them."""
    places = scenario.geography.places
    own = [
        TerminalChoice(
            place_id=t.place_id,
            name=places[t.place_id].name,
            lat=places[t.place_id].lat,
            lon=places[t.place_id].lon,
        )
        for t in scenario.terminals.values()
        if default.mode in t.modes
    ]
    known = [
        TerminalChoice(place_id=f"terminal:{t.name}", name=t.name, lat=t.lat, lon=t.lon, known=t)
        for t in read_terminals()
        if t.kind == default.terminal_kind and not t.high_speed_only
    ]
    return own + [
        choice
        for choice in known
        if all(geodesic_km(choice.lat, choice.lon, o.lat, o.lon) > SAME_TERMINAL_KM for o in own)
    ]


class _Ends:
    """Nearest terminal of origin counties and destination areas, each looked up once."""

    def __init__(self, scenario: Scenario, terminals: list[TerminalChoice]) -> None:
        self._terminals = terminals
        geography = scenario.geography
        self._starts: dict[str, list[Place]] = defaultdict(list)
        for place_id in scenario.workers["boarding_place_id"].unique():
            if place_id in geography.places:
                self._starts[geography.get_county(place_id)].append(geography.places[place_id])
        self._stops: dict[str, list[Place]] = defaultdict(list)
        for site in geography.sites.values():
            if site.place_id in geography.places:
                area = geography.get_destination_area(geography.get_county(site.place_id))
                self._stops[area].append(geography.places[site.place_id])
        self._found: dict[tuple[str, str], TerminalChoice | None] = {}

    def find_start(self, county: str) -> TerminalChoice | None:
        """Terminal nearest to the middle of a county's boarding places."""
        return self._find("start", county, self._starts.get(county, []))

    def find_end(self, area: str) -> TerminalChoice | None:
        """Terminal nearest to the middle of an area's gates."""
        return self._find("end", area, self._stops.get(area, []))

    def _find(self, end: str, name: str, places: list[Place]) -> TerminalChoice | None:
        if (end, name) not in self._found:
            self._found[end, name] = self._find_nearest(places)
        return self._found[end, name]

    def _find_nearest(self, places: list[Place]) -> TerminalChoice | None:
        """Nearest terminal within reach; a near one of the scenario's own goes before all known ones."""
        if not places:
            return None
        lat = sum(place.lat for place in places) / len(places)
        lon = sum(place.lon for place in places) / len(places)
        reach = [
            (terminal.known is not None or km > OWN_FIRST_KM, km, terminal.name, terminal)
            for terminal in self._terminals
            if (km := geodesic_km(lat, lon, terminal.lat, terminal.lon)) <= MOST_ACCESS_KM
        ]
        return min(reach, key=lambda item: item[:3])[3] if reach else None
