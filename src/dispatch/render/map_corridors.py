"""Trips of a large plan added up for the map: one line per class, date, origin county and destination.

The columns are those of single trips (see ``map_payload``) with two ends each, so that the page filters and draws both
alike; ``n`` says how many trips a line stands for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from dispatch.model.geography import PlaceKind
from dispatch.model.plan import GatePoint, Plan, Trip
from dispatch.model.scenario import Scenario
from dispatch.render.place_names import public_position
from dispatch.render.trip_classes import CLASS_INDEX, class_of, service_day

_LEVELS = ("county", "prefecture", "province")


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """An end of a line: a terminal, or the middle of a region's stops. ``levels``: names of county, prefecture, province."""

    name: str
    lat: float
    lon: float
    kind: int
    levels: tuple[str, str, str]


@dataclass(slots=True)
class Line:
    """Trips of one class and date between two ends (keys of ``Corridors.ends``); ``areas``: people by destination area."""

    cls: int
    day: int
    origin: str
    target: str
    trips: int = 0
    people: int = 0
    seats: int = 0
    km_tenths: int = 0
    first_min: int = 10**9
    last_min: int = 0
    areas: dict[str, int] = field(default_factory=lambda: defaultdict(int))


@dataclass(frozen=True, slots=True)
class Corridors:
    """Lines in order of date, class and ends, and the ends they run between."""

    lines: tuple[Line, ...]
    ends: Mapping[str, End]


def find_corridors(scenario: Scenario, plan: Plan, people: Mapping[str, Mapping[str, int]]) -> Corridors:
    """Lines of a plan; ``people``: riders of each trip by destination area."""
    nodes = {place_id: _find_node(scenario, point) for place_id, point in plan.points.items()}
    lines: dict[tuple[int, int, str, str], Line] = {}
    for trip in plan.trips:
        origin, target = nodes[trip.stops[0].place_id], nodes[trip.stops[-1].place_id]
        key = (service_day(trip), CLASS_INDEX[class_of(trip)], origin, target)
        line = lines.setdefault(key, Line(cls=key[1], day=key[0], origin=origin, target=target))
        _add_trip(line, trip, people.get(trip.id, {}))
    used = {end for line in lines.values() for end in (line.origin, line.target)}
    stops = {stop.place_id for trip in plan.trips for stop in trip.stops}
    return Corridors(
        lines=tuple(lines[key] for key in sorted(lines)),
        ends=_make_ends(
            scenario, plan, {place: node for place, node in nodes.items() if node in used and place in stops}
        ),
    )


def _add_trip(line: Line, trip: Trip, people: Mapping[str, int]) -> None:
    line.trips += 1
    line.people += trip.load
    line.seats += trip.capacity
    line.km_tenths += trip.km_tenths
    line.first_min = min(line.first_min, trip.stops[0].depart_min)
    line.last_min = max(line.last_min, trip.stops[-1].arrive_min)
    for area, count in people.items():
        line.areas[area] += count


def _find_node(scenario: Scenario, point: GatePoint) -> str:
    """A terminal stands for itself, any other place for its county."""
    place = scenario.geography.places.get(point.place_id)
    if place is None or place.kind is PlaceKind.TERMINAL or point.place_id in scenario.terminals:
        return f"place {point.place_id}"
    return f"region {place.region_id}"


def _make_ends(scenario: Scenario, plan: Plan, node_of: Mapping[str, str]) -> dict[str, End]:
    """Ends by key: at the mean of the public positions of their stops."""
    members: dict[str, list[str]] = defaultdict(list)
    for place_id in sorted(node_of):
        members[node_of[place_id]].append(place_id)
    return {
        node: _make_end(scenario, [plan.points[place] for place in places])
        for node, places in members.items()
    }


def _make_end(scenario: Scenario, points: list[GatePoint]) -> End:
    first = points[0]
    places = scenario.geography.places
    spots = [public_position(scenario, point) for point in points]
    place = places.get(first.place_id)
    terminal = place is None or place.kind is PlaceKind.TERMINAL or first.place_id in scenario.terminals
    group = first.region_name or first.name
    above = scenario.geography.get_ancestors(place.region_id) if place else ()
    names = {region.level: region.name for region in above}
    levels = []
    for level in _LEVELS:
        group = names.get(level, group)
        levels.append(group)
    sites = sum(places[one.place_id].kind is PlaceKind.SITE for one in points if one.place_id in places)
    return End(
        name=first.name if terminal else (above[0].name if above else group),
        lat=round(sum(lat for lat, _ in spots) / len(spots), 3),
        lon=round(sum(lon for _, lon in spots) / len(spots), 3),
        kind=2 if terminal else int(2 * sites > len(points)),
        levels=(levels[0], levels[1], levels[2]),
    )
