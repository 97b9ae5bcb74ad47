"""Data block of the map: columns of numbers and cleaned names, no people. What the script on the page draws."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from dispatch.messages import Lang, word
from dispatch.messages.catalogue import WORDS
from dispatch.model.geography import PlaceKind
from dispatch.model.lookup import find_rows, take_column
from dispatch.model.plan import GatePoint, Plan, Trip
from dispatch.model.scenario import Scenario
from dispatch.render.manifest_links import Papers
from dispatch.render.manifests import FOLDER, file_stem
from dispatch.render.map_corridors import Corridors, find_corridors
from dispatch.render.place_names import is_coarse, public_name, public_position
from dispatch.render.safe_text import clean_text
from dispatch.render.scale import TRIPS_DRAWN
from dispatch.render.trip_classes import CLASS_INDEX, CLASSES, class_of, service_day

Json = dict[str, object]

#: Above this many trips the map opens with flows by corridor instead of every line.
FLOWS_ABOVE_TRIPS = 200
_LEVELS = ("county", "prefecture", "province")
_WORD_KEYS = (
    "bus", "train", "charter", "feeder", "last_mile", "trips", "people", "date", "destination_area", "origin", "vehicle",
    "stops", "place", "arrive", "depart", "board", "alight", "load_capacity", "km", "batch", "service_date", "map_title",
    "map_caption", "map_schematic", "map_no_people", "map_coarse", "map_assumed", "filters", "legend", "clear_filters",
    "search_vehicle", "all_dates", "all_destinations", "shown", "people_line_haul", "feeder_people", "last_mile_people",
    "display", "display_auto", "display_trips", "display_flows", "flows_drawn", "trips_drawn", "corridor", "trips_here",
    "only_these", "manifest", "close", "show_all", "nothing_shown", "stop_pickup", "stop_drop", "stop_terminal",
    "width_people", "more", "plan_book", "lines_drawn", "lines_note", "display_lines",
)  # fmt: skip


def make_payload(
    scenario: Scenario, plan: Plan, lang: Lang, run_info: Mapping[str, str], papers: Papers
) -> Json:
    """Everything the page shows, as plain JSON values. Holds no worker, driver or contact.

    ``places`` and ``trips`` are columns; stops and people by area of trip *i* stand in flat columns between
    ``stop_off[i]``..``stop_off[i+1]`` and ``area_off[i]``..``area_off[i+1]``. Minutes are planning minutes.
    Above ``TRIPS_DRAWN`` trips a row of ``trips`` stands for the ``n`` trips of one class and date between two ends.
    """
    first = scenario.first_date
    drawn = len(plan.trips) <= TRIPS_DRAWN
    places, trips = _draw_trips(scenario, plan) if drawn else _draw_corridors(scenario, plan)
    return {
        "title": clean_text(scenario.title or scenario.name),
        "first": [first.year, first.month, first.day],
        "foot": [f"{word(key, lang)} {clean_text(value)}" for key, value in run_info.items() if key in WORDS],
        "flowsAbove": FLOWS_ABOVE_TRIPS,
        "words": {key: word(key, lang) for key in _WORD_KEYS},
        "classes": [{"key": c.key, "colour": c.colour, "dash": c.dash} for c in CLASSES],
        "places": places,
        "trips": trips,
        "papers": {
            "folder": FOLDER,
            "endings": [[ending, word(key, lang)] for ending, key in papers] if drawn else [],
            "stems": {
                i: file_stem(trip.id) for i, trip in enumerate(plan.trips) if file_stem(trip.id) != trip.id
            }
            if drawn
            else {},
        },
        "basemap": None,
    }


def _draw_trips(scenario: Scenario, plan: Plan) -> tuple[Json, Json]:
    """(places, trips): every trip with all its stops."""
    places = _Places(scenario, plan)
    trips = _trip_columns(scenario, plan, places)
    return places.columns(), trips


def _draw_corridors(scenario: Scenario, plan: Plan) -> tuple[Json, Json]:
    """(places, trips): lines between counties and terminals by date; ``n`` trips each, two ends, no vehicle."""
    found = find_corridors(scenario, plan, count_people_by_area(plan))
    index = {key: number for number, key in enumerate(found.ends)}
    areas: dict[str, int] = {}
    lines = found.lines
    columns: dict[str, list[object]] = {"area": [], "area_people": [], "area_off": [0]}
    for line in lines:
        for area, count in sorted(line.areas.items()):
            columns["area"].append(areas.setdefault(area, len(areas)))
            columns["area_people"].append(count)
        columns["area_off"].append(len(columns["area"]))
    trips: Json = {
        "n": [line.trips for line in lines],
        "id": [str(number) for number in range(1, len(lines) + 1)],
        "cls": [line.cls for line in lines],
        "day": [line.day for line in lines],
        "load": [line.people for line in lines],
        "cap": [line.seats for line in lines],
        "km": [line.km_tenths for line in lines],
        "place": [index[end] for line in lines for end in (line.origin, line.target)],
        "arr": [at for line in lines for at in (line.first_min, line.last_min)],
        "board": [count for line in lines for count in (line.people, 0)],
        "alight": [count for line in lines for count in (0, line.people)],
        "areas": [clean_text(name_area(scenario, area)) for area in areas],
        **columns,
    }
    return _place_ends(found), trips


def _place_ends(found: Corridors) -> Json:
    groups: dict[str, int] = {}
    ends = list(found.ends.values())
    levels = [[groups.setdefault(clean_text(name), len(groups)) for name in end.levels] for end in ends]
    return {
        "name": [clean_text(end.name) for end in ends],
        "lat": [end.lat for end in ends],
        "lon": [end.lon for end in ends],
        "kind": [end.kind for end in ends],
        "coarse": [0] * len(ends),
        "assumed": [0] * len(ends),
        "levels": levels,
        "groups": list(groups),
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
    rows = find_rows(plan.outcomes["worker_id"], plan.rides["worker_id"])
    batches = take_column(plan.outcomes, "batch_id", rows)
    riders = pd.DataFrame({"trip": plan.rides["trip_id"].astype("category").to_numpy(), "batch": batches})
    result: dict[str, dict[str, int]] = {}
    if riders.empty:
        return result
    for key, count in riders.groupby(["trip", "batch"], observed=True).size().items():
        trip_id, batch_id = key if isinstance(key, tuple) else (key, "")
        counts, area = result.setdefault(str(trip_id), {}), area_of_batch.get(str(batch_id), "")
        counts[area] = counts.get(area, 0) + int(count)
    return result
