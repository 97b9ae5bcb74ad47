"""Which services connect a boarding place with a gate: itineraries of one to three trips.

An itinerary is a path of exactly one access, one ride and one egress edge of the graph: people change vehicles at most
twice, and only at terminals.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from dispatch.model.geography import Place
from dispatch.model.scenario import Scenario
from dispatch.model.travel import FrozenTravel
from dispatch.network.graph import MAX_TRANSFER_KM, Access, Egress, Graph, Ride, make_graph
from dispatch.units import DAY_MIN

__all__ = [
    "Connection",
    "Itinerary",
    "find_all_connections",
    "find_connections",
    "find_itineraries",
    "make_graph",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """One way to ride one service: index of the boarding and of the alighting stop, and what is needed around it."""

    service_id: str
    board_stop: int
    alight_stop: int
    needs_feeder: bool = False
    needs_last_mile: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Itinerary:
    """A chain of one to three trips from a boarding place to a gate; driving minutes of the coaches are frozen ones.

    ``gate_min``: earliest possible arrival, planning minutes, receiving hours and coach rests not considered.
    """

    connection: Connection
    board_terminal: str
    alight_terminal: str
    feeder_min: int
    depart_min: int
    arrive_min: int
    gate_min: int

    @property
    def trips(self) -> int:
        """Number of vehicles ridden that this side pays or provides."""
        return 1 + self.connection.needs_feeder + self.connection.needs_last_mile


def find_itineraries(graph: Graph, boarding_place_id: str, site_id: str) -> tuple[Itinerary, ...]:
    """All itineraries from a boarding place to a gate, by departure, arrival, service and stops; empty when there is none."""
    board, gate = ("board", boarding_place_id), ("gate", site_id)
    if board not in graph or gate not in graph:
        return ()
    found = list(_walk(graph, board, gate))
    found.sort(key=_order)
    return tuple(found)


def find_all_connections(
    scenario: Scenario,
    travel: FrozenTravel,
    pairs: Iterable[tuple[str, str]],
    *,
    max_transfer_km: int = MAX_TRANSFER_KM,
) -> dict[tuple[str, str], tuple[Connection, ...]]:
    """Connections of every (boarding place id, site id) pair given; an empty tuple where there is none."""
    wanted = list(pairs)
    graph = make_graph(
        scenario,
        travel,
        [board for board, _ in wanted],
        [site for _, site in wanted],
        max_transfer_km=max_transfer_km,
    )
    return {pair: tuple(found.connection for found in find_itineraries(graph, *pair)) for pair in wanted}


def find_connections(
    scenario: Scenario, travel: FrozenTravel, boarding_place_ids: Iterable[str], site_ids: Iterable[str]
) -> list[Connection]:
    """Every connection that serves some of the boarding places and some of the sites, each once, by service and stops."""
    sites = list(site_ids)
    pairs = [(board, site) for board in boarding_place_ids for site in sites]
    found = {c for some in find_all_connections(scenario, travel, pairs).values() for c in some}
    key = ("service_id", "board_stop", "alight_stop", "needs_feeder", "needs_last_mile")
    return sorted(found, key=lambda connection: tuple(getattr(connection, name) for name in key))


def _walk(graph: Graph, board: tuple[str, str], gate: tuple[str, str]) -> Iterator[Itinerary]:
    access: Access
    ride: Ride | None
    for _, terminal, access in graph.out_edges(board, data="access"):
        for _, exit_terminal, ride in graph.out_edges(terminal, data="ride"):
            if ride is None or not graph.has_edge(exit_terminal, gate) or not _is_in_time(access, ride):
                continue
            egress = graph.edges[exit_terminal, gate, 0]["egress"]
            yield _make_itinerary(terminal[1], exit_terminal[1], access, ride, egress)


def _is_in_time(access: Access, ride: Ride) -> bool:
    """A feeder can start within the boarding hours, late enough for ``max_wait_h`` and early enough for the train."""
    if not access.is_feeder:
        return True
    depart_min = ride.service.stops[ride.board_stop].depart_min
    return can_board_before(access.place, depart_min - access.most_lead_min, depart_min - access.lead_min)


def can_board_before(place: Place, earliest_min: int, latest_min: int) -> bool:
    """True where some minute from ``earliest_min`` to ``latest_min`` lies in the boarding hours of a place (C18)."""
    for day in range(earliest_min // DAY_MIN, latest_min // DAY_MIN + 1):
        opens, closes = day * DAY_MIN + place.boards_from_min, day * DAY_MIN + place.boards_until_min
        if max(opens, earliest_min) <= min(closes, latest_min):
            return True
    return False


def _make_itinerary(
    board_terminal: str, alight_terminal: str, access: Access, ride: Ride, egress: Egress
) -> Itinerary:
    stops = ride.service.stops
    arrive_min = stops[ride.alight_stop].arrive_min
    return Itinerary(
        connection=Connection(
            service_id=ride.service.id,
            board_stop=ride.board_stop,
            alight_stop=ride.alight_stop,
            needs_feeder=access.is_feeder,
            needs_last_mile=egress.needs_coach,
        ),
        board_terminal=board_terminal,
        alight_terminal=alight_terminal,
        feeder_min=access.minutes,
        depart_min=stops[ride.board_stop].depart_min,
        arrive_min=arrive_min,
        gate_min=arrive_min + egress.lag_min,
    )


def _order(itinerary: Itinerary) -> tuple[int, int, str, int, int]:
    connection = itinerary.connection
    return (
        itinerary.depart_min,
        itinerary.gate_min,
        connection.service_id,
        connection.board_stop,
        connection.alight_stop,
    )
