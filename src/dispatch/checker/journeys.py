"""One itinerary per served worker, as columns: first boarding, line-haul, arrival at the gate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from dispatch.checker.columns import Ints, each_run, list_runs
from dispatch.checker.people import ITINERARY, Rides
from dispatch.checker.stops import DIRECT, FEEDER, LAST_MILE, LINE_HAUL, Stops

if TYPE_CHECKING:
    from dispatch.checker.view import View

LAWFUL_CHAINS = (
    (DIRECT,),
    (LINE_HAUL,),
    (FEEDER, LINE_HAUL),
    (LINE_HAUL, LAST_MILE),
    (FEEDER, LINE_HAUL, LAST_MILE),
)
LONGEST_CHAIN = 3
_BASE = 5


@dataclass(frozen=True, slots=True)
class Journeys:
    """Itineraries. ``who``: worker; ``row``: their outcome; ``first`` to ``last``: their rides; ``haul``: trip of the line-haul.

    Gate arrival lies between ``arrive_from`` and ``arrive_to``, which differ only where the receiving side fetches people
    over an estimated distance; ``arrive`` is the printed arrival, held within them. ``at``: journey of a worker, -1 = none.
    """

    who: Ints
    row: Ints
    first: Ints
    last: Ints
    haul: Ints
    day: Ints
    first_min: Ints
    arrive_from: Ints
    arrive_to: Ints
    arrive: Ints
    at: Ints


def find_chains(rides: Rides, stops: Stops) -> Ints:
    """Number of each worker's sequence of roles; see ``is_lawful_chain``."""
    position = np.arange(len(rides.who)) - rides.start_of[rides.who]
    known = position < LONGEST_CHAIN
    digits = (stops.role[rides.trip[known]].astype(np.int64) + 1) * _BASE ** position[known]
    chains = np.bincount(rides.who[known], weights=digits, minlength=len(rides.start_of) - 1).astype(np.int64)
    too_long = np.diff(rides.start_of) > LONGEST_CHAIN
    return np.where(too_long, -1, chains)


def is_lawful_chain(chains: Ints) -> Ints:
    """True where a worker's roles make one itinerary."""
    lawful = [sum((role + 1) * _BASE**place for place, role in enumerate(chain)) for chain in LAWFUL_CHAINS]
    return np.asarray(np.isin(chains, lawful))


def find_journeys(view: View) -> Journeys:
    """Itineraries of all workers said to have one whose rides form one; the others are C1 findings elsewhere."""
    outcomes, rides, stops = view.outcomes, view.rides, view.stops
    served = np.flatnonzero(outcomes.status == ITINERARY)
    row = served[is_lawful_chain(view.chains[outcomes.who[served]])]
    who = outcomes.who[row]
    first = rides.start_of[who]
    last = rides.start_of[who + 1] - 1
    starts_by_feeder = stops.role[rides.trip[first]] == FEEDER
    haul = rides.trip[first + starts_by_feeder]
    arrive_from, arrive_to = _find_arrivals(view, who, last)
    at = np.full(len(view.people.ids), -1, np.int32)
    at[who] = np.arange(len(who), dtype=np.int32)
    return Journeys(
        who=who,
        row=row,
        first=first,
        last=last,
        haul=haul,
        day=stops.day[haul],
        first_min=_find_boarding(view, first),
        arrive_from=arrive_from,
        arrive_to=arrive_to,
        arrive=np.minimum(np.maximum(outcomes.arrive_min[row], arrive_from), arrive_to),
        at=at,
    )


def wait_for_opening(at_min: int, opens_min: int, closes_min: int) -> int:
    """Moment at which a gate lets people in who stand before it at ``at_min`` (minutes of the day open/close)."""
    midnight = at_min - at_min % 1440
    if at_min - midnight < opens_min:
        return midnight + opens_min
    if at_min - midnight > closes_min:
        return midnight + 1440 + opens_min
    return at_min


def _find_boarding(view: View, first: Ints) -> Ints:
    """First boarding: the coach's BOARD start, or the departure of a service less the buffer of its terminal."""
    rides, stops = view.rides, view.stops
    stop = stops.first[rides.trip[first]] + rides.board[first]
    by_service = stops.depart[stop] - view.buffers[stops.place[stop]]
    return np.asarray(np.where(stops.role[rides.trip[first]] == LINE_HAUL, by_service, stops.arrive[stop]))


def _find_arrivals(view: View, who: Ints, last: Ints) -> tuple[Ints, Ints]:
    """Earliest and latest defensible gate arrival."""
    rides, stops, people = view.rides, view.stops, view.people
    stop = stops.first[rides.trip[last]] + rides.alight[last]
    earliest = stops.arrive[stop].copy()
    latest = earliest.copy()
    site = people.site[who]
    gate = view.site_places[site]
    is_fetched = (stops.role[rides.trip[last]] == LINE_HAUL) & (site >= 0) & (gate != stops.place[stop])
    fetched = np.flatnonzero(is_fetched)
    order, starts = list_runs(stop[fetched], gate[fetched])
    for begin, end in each_run(starts):
        mine = fetched[order[begin:end]]
        terminal, at_gate = int(stops.place[stop[mine[0]]]), int(gate[mine[0]])
        road = view.roads.find_road(view.place_ids[terminal], view.place_ids[at_gate])
        start = int(earliest[mine[0]] + view.buffers[terminal])
        window = view.receiving(view.place_ids[at_gate])
        earliest[mine] = wait_for_opening(start + road.minutes_from, *window)
        latest[mine] = wait_for_opening(start + road.minutes_to, *window)
    return earliest, latest
