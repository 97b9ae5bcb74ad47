"""Data block of the map: columns of numbers and cleaned names, no people. What the script on the page draws."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping

from dispatch.errors import UsageError
from dispatch.messages import Lang, word
from dispatch.messages.catalogue import WORDS
from dispatch.model.geography import PlaceKind
from dispatch.model.plan import GatePoint, Plan, Trip
from dispatch.model.scenario import Scenario
from dispatch.render.manifest_links import Papers
from dispatch.render.manifests import FOLDER, file_stem
from dispatch.render.place_names import is_coarse, public_name, public_position
from dispatch.render.safe_text import clean_text
from dispatch.render.trip_classes import CLASS_INDEX, CLASSES, class_of, service_day

Json = dict[str, object]

#: Above this many trips the map opens with flows by corridor instead of every line.
FLOWS_ABOVE_TRIPS = 200
_BASEMAP_DECIMALS = 3
_LEVELS = ("county", "prefecture", "province")
_WORD_KEYS = (
    "bus", "train", "charter", "feeder", "last_mile", "trips", "people", "date", "destination_area", "origin", "vehicle",
    "stops", "place", "arrive", "depart", "board", "alight", "load_capacity", "km", "batch", "service_date", "map_title",
    "map_caption", "map_schematic", "map_no_people", "map_coarse", "map_assumed", "filters", "legend", "clear_filters",
    "search_vehicle", "all_dates", "all_destinations", "shown", "people_line_haul", "feeder_people", "last_mile_people",
    "display", "display_auto", "display_trips", "display_flows", "flows_drawn", "trips_drawn", "corridor", "trips_here",
    "only_these", "manifest", "close", "show_all", "nothing_shown", "stop_pickup", "stop_drop", "stop_terminal",
    "width_people", "more", "plan_book",
)  # fmt: skip


def make_payload(
    scenario: Scenario, plan: Plan, lang: Lang, run_info: Mapping[str, str], papers: Papers
) -> Json:
    """Everything the page shows, as plain JSON values. Holds no worker, driver or contact.

    ``places`` and ``trips`` are columns; stops and people by area of trip *i* stand in flat columns between
    ``stop_off[i]``..``stop_off[i+1]`` and ``area_off[i]``..``area_off[i+1]``. Minutes are planning minutes.
    """
    places = _Places(scenario, plan)
    first = scenario.first_date
    trips = _trip_columns(scenario, plan, places)
    return {
        "title": clean_text(scenario.title or scenario.name),
        "first": [first.year, first.month, first.day],
        "foot": [f"{word(key, lang)} {clean_text(value)}" for key, value in run_info.items() if key in WORDS],
        "flowsAbove": FLOWS_ABOVE_TRIPS,
        "words": {key: word(key, lang) for key in _WORD_KEYS},
        "classes": [{"key": c.key, "colour": c.colour, "dash": c.dash} for c in CLASSES],
        "places": places.columns(),
        "trips": trips,
        "papers": {
            "folder": FOLDER,
            "endings": [[ending, word(key, lang)] for ending, key in papers],
            "stems": {
                i: file_stem(trip.id) for i, trip in enumerate(plan.trips) if file_stem(trip.id) != trip.id
            },
        },
        "basemap": None,
    }


class _Places:
    """Places the plan's trips stop at, numbered in order of first use."""

    def __init__(self, scenario: Scenario, plan: Plan) -> None:
        self.scenario = scenario
        self.points = plan.points
        self.index: dict[str, int] = {}
        self.groups: dict[str, int] = {}

    def number(self, place_id: str) -> int:
        return self.index.setdefault(place_id, len(self.index))

    def columns(self) -> Json:
        """Columns of names, rounded coordinates, kinds (0 other, 1 site, 2 terminal) and groups by level."""
        rows = [self._row(place_id, self.points[place_id]) for place_id in self.index]
        names = ("name", "lat", "lon", "kind", "coarse", "assumed", "levels")
        columns: Json = {name: [row[i] for row in rows] for i, name in enumerate(names)}
        columns["groups"] = list(self.groups)
        return columns

    def _row(self, place_id: str, point: GatePoint) -> tuple[object, ...]:
        place = self.scenario.geography.places.get(place_id)
        kind = 0
        if place_id in self.scenario.terminals or (place is not None and place.kind is PlaceKind.TERMINAL):
            kind = 2
        elif place is not None and place.kind is PlaceKind.SITE:
            kind = 1
        name = clean_text(public_name(self.scenario, point))
        lat, lon = public_position(self.scenario, point)
        return (
            name,
            lat,
            lon,
            kind,
            int(is_coarse(point)),
            int(point.assumed),
            self._levels(place_id, point),
        )

    def _levels(self, place_id: str, point: GatePoint) -> list[int]:
        place = self.scenario.geography.places.get(place_id)
        ancestors = self.scenario.geography.get_ancestors(place.region_id) if place else ()
        names = {region.level: region.name for region in ancestors}
        group = point.region_name or point.name
        numbers = []
        for level in _LEVELS:
            group = names.get(level, group)
            numbers.append(self.groups.setdefault(clean_text(group), len(self.groups)))
        return numbers


def _trip_columns(scenario: Scenario, plan: Plan, places: _Places) -> Json:
    people = count_people_by_area(plan)
    vehicles = name_vehicles(scenario, plan)
    areas: dict[str, int] = {}
    columns: dict[str, list[object]] = {
        name: []
        for name in (
            "id",
            "cls",
            "day",
            "vehicle",
            "load",
            "cap",
            "km",
            "batch",
            "place",
            "arr",
            "stay",
            "board",
            "alight",
        )
    }
    columns |= {"area": [], "area_people": [], "stop_off": [0], "area_off": [0]}
    for trip in plan.trips:
        _add_trip(columns, trip, vehicles.get(trip.id, ""))
        for stop in trip.stops:
            columns["place"].append(places.number(stop.place_id))
            columns["arr"].append(stop.arrive_min)
            columns["stay"].append(stop.depart_min - stop.arrive_min)
            columns["board"].append(stop.board)
            columns["alight"].append(stop.alight)
        for area, count in sorted(people.get(trip.id, {}).items()):
            columns["area"].append(areas.setdefault(area, len(areas)))
            columns["area_people"].append(count)
        columns["stop_off"].append(len(columns["place"]))
        columns["area_off"].append(len(columns["area"]))
    return {**columns, "areas": [clean_text(name_area(scenario, area)) for area in areas]}


def _add_trip(columns: dict[str, list[object]], trip: Trip, vehicle: str) -> None:
    columns["id"].append(trip.id)
    columns["cls"].append(CLASS_INDEX[class_of(trip)])
    columns["day"].append(service_day(trip))
    columns["vehicle"].append(clean_text(vehicle))
    columns["load"].append(trip.load)
    columns["cap"].append(trip.capacity)
    columns["km"].append(trip.km_tenths)
    columns["batch"].append(clean_text(", ".join(trip.batch_ids)))


def name_area(scenario: Scenario, area: str) -> str:
    """Name of a destination area: its region's name, else its id."""
    region = scenario.geography.regions.get(area)
    return region.name if region else area


def name_vehicles(scenario: Scenario, plan: Plan) -> dict[str, str]:
    """Vehicle in words of each trip: type, operator and duty of a coach; name and operator of a service. No people."""
    fleet = {line.id: line for line in scenario.fleet}
    duties = {duty.id: duty for duty in plan.duties}
    services = {service.id: service for service in (*scenario.services, *plan.proposed_services)}
    names = {}
    for trip in plan.trips:
        parts = [trip.duty_id or trip.service_id]
        duty, service = duties.get(trip.duty_id), services.get(trip.service_id)
        if duty and duty.fleet_id in fleet:
            line = fleet[duty.fleet_id]
            vehicle_type = scenario.vehicle_types.get(line.type_id)
            parts = [vehicle_type.name if vehicle_type else line.type_id, line.operator, duty.id]
        elif service:
            parts = [service.name or service.id, service.operator]
        names[trip.id] = " · ".join(part for part in parts if part)
    return names


def count_people_by_area(plan: Plan) -> dict[str, dict[str, int]]:
    """Riders of each trip by destination area of their batch, e.g. ``{"T1": {"320500": 24}}``."""
    area_of_batch = {batch.id: batch.destination_area for batch in plan.batches}
    batch_of_worker = plan.outcomes.set_index("worker_id")["batch_id"]
    areas = plan.rides["worker_id"].map(batch_of_worker).map(area_of_batch).fillna("")
    counts = Counter(zip(plan.rides["trip_id"], areas, strict=True))
    result: dict[str, dict[str, int]] = {}
    for (trip_id, area), count in counts.items():
        result.setdefault(trip_id, {})[area] = count
    return result


def read_basemap(text: str) -> Json:
    """Outlines of a GeoJSON text as lists of flat ``lat, lon`` lines; properties are dropped.

    A top-level ``attribution`` (for example the approval number of a standard map) is kept to be shown.

    Raises
    ------
    UsageError
        The text is not GeoJSON with lines or areas in longitude/latitude.
    """
    try:
        document = json.loads(text)
        lines = [line for geometry in _geometries(document) for line in _lines(geometry)]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise UsageError(f"the base map is not readable as GeoJSON: {error}") from error
    if not lines:
        raise UsageError(
            "the base map holds no line and no area; give a GeoJSON file with outlines (WGS-84, longitude first)"
        )
    return {"lines": lines, "attribution": clean_text(document.get("attribution", ""))}


def _geometries(node: Json) -> list[Json]:
    kind = node["type"]
    if kind == "FeatureCollection":
        return [found for feature in node["features"] for found in _geometries(feature)]  # type: ignore[attr-defined]
    if kind == "Feature":
        return _geometries(node["geometry"]) if node["geometry"] else []  # type: ignore[arg-type]
    if kind == "GeometryCollection":
        return [found for part in node["geometries"] for found in _geometries(part)]  # type: ignore[attr-defined]
    return [node]


def _lines(geometry: Json) -> list[list[float]]:
    depth = {"LineString": 0, "MultiLineString": 1, "Polygon": 1, "MultiPolygon": 2}.get(
        str(geometry["type"])
    )
    if depth is None:
        return []
    parts: list[object] = [geometry["coordinates"]]
    for _ in range(depth):
        parts = [inner for part in parts for inner in part]  # type: ignore[attr-defined]
    return [_flat_line(part) for part in parts]


def _flat_line(positions: object) -> list[float]:
    flat: list[float] = []
    for position in positions:  # type: ignore[attr-defined]
        lon, lat = float(position[0]), float(position[1])
        if not (-180 <= lon <= 180 and -90 <= lat <= 90):
            raise ValueError(f"coordinate {lon}, {lat} is not longitude, latitude")
        flat += [round(lat, _BASEMAP_DECIMALS), round(lon, _BASEMAP_DECIMALS)]
    return flat
