"""Candidate services: special trains and chartered aircraft that could be requested where demand reaches their minimum load.

Everything here is a proposal: timetables come from distance and speed, prices are orders of magnitude (confidence D), and each
service is marked ``proposed`` and ``assumed`` until a carrier has answered.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pandas as pd

from dispatch.model.geography import Geography, Place, PlaceKind, Precision, Region
from dispatch.model.scenario import Assumption, Scenario
from dispatch.model.supply import Service, ServiceKind, ServiceStatus, ServiceStop, Terminal
from dispatch.network.corridors import DEFAULT_SERVICES, Corridor, TerminalChoice, list_corridors
from dispatch.network.gazetteer import read_gazetteer
from dispatch.network.resolver import GazetteerResolver
from dispatch.network.terminals import KnownTerminal
from dispatch.units import DAY_MIN, clock_text

#: Minutes of the day at which candidates leave.
DEPARTURES_MIN = (540, 1140)


def propose_services(scenario: Scenario, demand: pd.DataFrame) -> tuple[Scenario, frozenset[str]]:
    """Scenario with candidate services and the terminals they need, and the candidates' ids.

    Parameters
    ----------
    demand
        One row per group: ``origin_county`` (region id), ``destination_area``, ``earliest`` and ``latest`` (days of the horizon),
        ``workers``.

    Notes
    -----
    Only modes named in ``scenario.propose_modes`` are proposed. A candidate leaves on a date when the people available on that
    date reach the minimum load; the dates with most people are taken first.
    """
    corridors = [
        corridor for default in DEFAULT_SERVICES for corridor in list_corridors(scenario, demand, default)
    ]
    services = [
        service
        for number, corridor in enumerate(corridors, start=1)
        for service in _make_services(scenario, corridor, number)
    ]
    if not services:
        return scenario, frozenset()
    extended = _add_terminals(scenario, corridors)
    return extended.replace(
        services=(*scenario.services, *services),
        assumptions=(*scenario.assumptions, *(_make_assumption(corridor) for corridor in corridors)),
    ), frozenset(service.id for service in services)


def _make_services(scenario: Scenario, corridor: Corridor, number: int) -> Iterator[Service]:
    """Candidates of one corridor: dates x departures x copies, as many copies as the people of the date could fill."""
    default, minutes = corridor.default, corridor.default.count_minutes(corridor.geodesic_km)
    for day, workers in corridor.available.items():
        copies = min(default.most_a_day, max(1, workers // default.carriage_seats // default.max_carriages))
        for clock in DEPARTURES_MIN:
            for copy in range(1, copies + 1):
                depart_min = day * DAY_MIN + clock
                on = scenario.first_date + timedelta(days=day)
                yield Service(
                    id=f"cand-{default.mode}-{number:02d}-{on:%m%d}-{clock_text(clock).replace(':', '')}-{copy}",
                    name=f"{default.label} {corridor.start.name} - {corridor.end.name}, {on} {clock_text(clock)} ({copy})",
                    mode=default.mode,
                    kind=ServiceKind.CHARTERED,
                    status=ServiceStatus.CANDIDATE,
                    committed=False,
                    stops=_make_stops(corridor, depart_min, depart_min + minutes),
                    carriage_seats=default.carriage_seats,
                    min_carriages=default.min_carriages,
                    max_carriages=default.max_carriages,
                    min_load=default.min_load,
                    fixed_minor=default.price_run(corridor.geodesic_km),
                    carriage_minor=default.price_carriage(corridor.geodesic_km),
                    operator=default.operator,
                    proposed=True,
                    assumed=True,
                )


def _make_stops(corridor: Corridor, depart_min: int, arrive_min: int) -> tuple[ServiceStop, ServiceStop]:
    start, end = corridor.start.place_id, corridor.end.place_id
    return (
        ServiceStop(place_id=start, arrive_min=depart_min, depart_min=depart_min, boards=True, alights=False),
        ServiceStop(place_id=end, arrive_min=arrive_min, depart_min=arrive_min, boards=False, alights=True),
    )


def _add_terminals(scenario: Scenario, corridors: list[Corridor]) -> Scenario:
    """Scenario that knows the places, regions and terminals of all corridors; its own always win."""
    places, regions = dict(scenario.geography.places), dict(scenario.geography.regions)
    terminals = dict(scenario.terminals)
    resolver = GazetteerResolver(read_gazetteer())
    for corridor in corridors:
        for choice in (corridor.start, corridor.end):
            if choice.known is None or choice.place_id in places:
                continue
            chain = resolver.list_regions(resolver.gazetteer.get(choice.known.place_code))
            for region in chain:
                regions.setdefault(region.id, region)
            places[choice.place_id] = _make_place(choice, choice.known, chain[0])
            terminals[choice.place_id] = Terminal(
                place_id=choice.place_id,
                modes=frozenset({corridor.default.mode}),
                buffer_min=corridor.default.buffer_min,
            )
    geography = Geography(places=places, regions=regions, sites=scenario.geography.sites)
    return scenario.replace(geography=geography, terminals=terminals)


def _make_place(choice: TerminalChoice, known: KnownTerminal, region: Region) -> Place:
    return Place(
        id=choice.place_id,
        name=choice.name,
        lat=choice.lat,
        lon=choice.lon,
        region_id=region.id,
        kind=PlaceKind.TERMINAL,
        precision=Precision.VILLAGE if known.accuracy_km <= 3 else Precision.TOWNSHIP,
        source=f"table of known terminals ({known.source})",
        assumed=True,
        boards_from_min=0,
        boards_until_min=DAY_MIN,
    )


def _make_assumption(corridor: Corridor) -> Assumption:
    default = corridor.default
    return Assumption(
        subject=f"{default.label} {corridor.start.name} - {corridor.end.name}",
        what="proposed service: timetable from distance and speed, size and price by default (confidence D)",
        value=f"{corridor.geodesic_km:.0f} km in line, {default.count_minutes(corridor.geodesic_km)} min, least load {default.min_load}",
        people=corridor.workers,
        table="services",
    )
