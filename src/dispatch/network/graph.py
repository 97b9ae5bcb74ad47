"""A multimodal graph of boarding places, terminals, dated departures and gates.

Nodes are ``("board", place id)``, ``("terminal", place id)`` and ``("gate", site id)``. An *access* edge leads from a boarding place to a
terminal (a feeder coach, or nothing when it is the terminal), a *ride* edge from terminal to terminal is one
boarding and alighting stop of one service, an *egress* edge leads to a gate (a last-mile coach, or nothing when the gate is the
terminal or its side fetches people).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

import networkx as nx

from dispatch.model.geography import Place
from dispatch.model.scenario import Scenario
from dispatch.model.supply import Service, ServiceStatus
from dispatch.model.travel import FrozenTravel

#: Longest feeder or last-mile ride thought sensible, one way; beyond it a direct coach or another terminal serves better.
MAX_TRANSFER_KM = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Ride:
    """Boarding at one stop of a service and alighting at a later one."""

    service: Service
    board_stop: int
    alight_stop: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Way to a terminal. ``lead_min``: from the latest first boarding to the departure; ``most_lead_min``: from the earliest."""

    place: Place
    is_feeder: bool
    minutes: int
    lead_min: int
    most_lead_min: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Egress:
    """Way to a gate. ``lag_min``: from the service's arrival to the gate at the earliest."""

    needs_coach: bool
    lag_min: int


Graph: TypeAlias = "nx.MultiDiGraph[tuple[str, str]]"


def make_graph(
    scenario: Scenario,
    travel: FrozenTravel,
    boarding_place_ids: Iterable[str] | None = None,
    site_ids: Iterable[str] | None = None,
    *,
    max_transfer_km: int = MAX_TRANSFER_KM,
) -> Graph:
    """Graph of boarding places, terminals, gates and all services that are not refused.

    Default boarding places and sites: all of the scenario's that ``travel`` knows. An access edge exists where the ride fits into
    ``max_wait_h`` and is at most ``max_transfer_km`` long; an egress edge likewise.
    """
    graph: Graph = nx.MultiDiGraph()
    boards = _get_boarding_places(scenario) if boarding_place_ids is None else boarding_place_ids
    sites = list(scenario.geography.sites) if site_ids is None else site_ids
    board_at, alight_at = _add_rides(graph, scenario, travel)
    for place_id in dict.fromkeys(boards):
        if place_id in travel.index:
            _add_access(graph, scenario, travel, place_id, board_at, max_transfer_km)
    for site_id in dict.fromkeys(sites):
        if scenario.geography.sites[site_id].place_id in travel.index:
            _add_egress(graph, scenario, travel, site_id, alight_at, max_transfer_km)
    return graph


def _get_boarding_places(scenario: Scenario) -> list[str]:
    return sorted({str(place_id) for place_id in scenario.workers["boarding_place_id"].unique()})


def _add_rides(graph: Graph, scenario: Scenario, travel: FrozenTravel) -> tuple[list[str], list[str]]:
    """Ride edges of all services; the terminals where people may board and those where they may alight, sorted."""
    boards, alights = set(), set()
    for service in scenario.services:
        if service.status is ServiceStatus.REFUSED:
            continue
        for board_stop, alight_stop in _list_rides(service):
            from_id = service.stops[board_stop].place_id
            to_id = service.stops[alight_stop].place_id
            if from_id not in travel.index or to_id not in travel.index or from_id == to_id:
                continue
            boards.add(from_id)
            alights.add(to_id)
            ride = Ride(service=service, board_stop=board_stop, alight_stop=alight_stop)
            graph.add_edge(("terminal", from_id), ("terminal", to_id), ride=ride)
    return sorted(boards), sorted(alights)


def _list_rides(service: Service) -> Iterator[tuple[int, int]]:
    """Pairs of a stop where people board and a later one where they alight."""
    for board_stop, stop in enumerate(service.stops):
        if stop.boards:
            for alight_stop in range(board_stop + 1, len(service.stops)):
                if service.stops[alight_stop].alights:
                    yield board_stop, alight_stop


def _add_access(
    graph: Graph, scenario: Scenario, travel: FrozenTravel, place_id: str, terminals: list[str], max_km: int
) -> None:
    """Edges from a boarding place to the terminals a feeder can reach."""
    limits = scenario.limits
    for terminal_id in terminals:
        km_tenths, minutes, _ = travel.get_leg(place_id, terminal_id)
        buffer = get_buffer_min(scenario, terminal_id)
        is_feeder = place_id != terminal_id
        lead = minutes + limits.dwell_pickup_min + buffer if is_feeder else buffer
        if is_feeder and (km_tenths > max_km * 10 or lead > limits.max_wait_h * 60):
            continue
        access = Access(
            place=scenario.geography.places[place_id],
            is_feeder=is_feeder,
            minutes=minutes,
            lead_min=lead,
            most_lead_min=limits.max_wait_h * 60,
        )
        graph.add_edge(("board", place_id), ("terminal", terminal_id), access=access)


def _add_egress(
    graph: Graph, scenario: Scenario, travel: FrozenTravel, site_id: str, terminals: list[str], max_km: int
) -> None:
    """Edges from the terminals to a gate that a last-mile coach, or the receiving side, can serve."""
    site, limits = scenario.geography.sites[site_id], scenario.limits
    for terminal_id in terminals:
        km_tenths, minutes, _ = travel.get_leg(terminal_id, site.place_id)
        buffer = get_buffer_min(scenario, terminal_id)
        is_there = terminal_id == site.place_id
        if not is_there and (km_tenths > max_km * 10 or minutes > limits.max_wait_h * 60):
            continue
        needs_coach = not is_there and not site.last_mile_by_receiver
        if needs_coach and buffer > limits.max_wait_h * 60:
            continue
        lag = 0 if is_there else buffer + minutes + (limits.dwell_pickup_min if needs_coach else 0)
        egress = Egress(needs_coach=needs_coach, lag_min=lag)
        graph.add_edge(("terminal", terminal_id), ("gate", site_id), egress=egress)


def get_buffer_min(scenario: Scenario, terminal_id: str) -> int:
    """Buffer minutes of a terminal, 0 for a place that is no terminal of the scenario."""
    terminal = scenario.terminals.get(terminal_id)
    return terminal.buffer_min if terminal else 0
