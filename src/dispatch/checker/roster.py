"""C1: every worker exactly once, in one whole itinerary; parties travel whole."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from dispatch.checker.accuse import broken
from dispatch.checker.columns import Flags, Ints, list_distinct, list_runs
from dispatch.checker.journeys import is_lawful_chain
from dispatch.checker.people import ITINERARY, LOST, OWN_TICKET, UNSERVED
from dispatch.checker.stops import LINE_HAUL, ROLE_NAMES
from dispatch.checker.view import View
from dispatch.findings import Finding
from dispatch.model.plan import Reason

SET_ASIDE = frozenset({Reason.NOT_CLEARED, Reason.SEEKING, Reason.UNKNOWN_PLACE})


def check_roster(view: View) -> Iterator[Finding]:
    """Lost, doubled and stranded workers, and parties torn apart."""
    people, outcomes = view.people, view.outcomes
    for number in np.flatnonzero(outcomes.count_of != 1):
        count = int(outcomes.count_of[number])
        yield broken("C1", people.name(number), f"The worker has {count} outcomes; exactly one was expected.")
    yield from _check_unserved(view)
    yield from _check_itineraries(view)
    yield from _check_parties(view)


def _check_unserved(view: View) -> Iterator[Finding]:
    people, rides, status = view.people, view.rides, view.outcomes.status_of
    has_rides = np.diff(rides.start_of) > 0
    for number in np.flatnonzero((status != ITINERARY) & has_rides):
        trip = view.plan.trips[int(rides.trip[rides.start_of[number]])]
        row = int(view.outcomes.row_of[number])
        text = "lost" if status[number] == LOST else view.outcomes.status_texts.text(row)
        yield broken("C1", people.name(number), f"The worker is {text} but has a seat on {trip.id}.")
    if view.scenario.rates.own_ticket is None:
        for number in np.flatnonzero(status == OWN_TICKET):
            yield broken(
                "C1",
                people.name(number),
                "The worker is given an own ticket, which the scenario does not offer.",
            )


def _check_itineraries(view: View) -> Iterator[Finding]:
    """Chains of rides, numbered 1, 2, 3, from the boarding place to the site."""
    people, rides = view.people, view.rides
    position = np.arange(len(rides.who)) - rides.start_of[rides.who]
    is_numbered = np.ones(len(people.ids), np.bool_)
    is_numbered[rides.who[rides.leg != position + 1]] = False
    is_served = view.outcomes.status_of == ITINERARY
    is_whole = is_lawful_chain(view.chains) & is_numbered
    for number in np.flatnonzero(is_served & ~is_whole):
        mine = rides.trip[rides.start_of[number] : rides.start_of[number + 1]]
        text = ", ".join(ROLE_NAMES[role] for role in view.stops.role[mine]) or "no ride"
        yield broken(
            "C1",
            people.name(number),
            f"The rides ({text}) are not one itinerary: feeder, line-haul, last mile.",
        )
    yield from _check_ends(view, np.flatnonzero(is_served & is_whole))


def _check_ends(view: View, who: Ints) -> Iterator[Finding]:
    people, rides, stops = view.people, view.rides, view.stops
    first, last = rides.start_of[who], rides.start_of[who + 1] - 1
    start = stops.place[stops.first[rides.trip[first]] + rides.board[first]]
    for row in np.flatnonzero(start != people.boarding[who]):
        boarding = people.boarding_texts.text(who[row])
        yield broken(
            "C1",
            people.name(who[row]),
            f"The worker boards at {view.place_ids[start[row]]}; their boarding place is {boarding}.",
        )
    end = stops.place[stops.first[rides.trip[last]] + rides.alight[last]]
    sites = [*view.scenario.geography.sites.values()]
    by_receiver = np.array([*(site.last_mile_by_receiver for site in sites), False])
    is_fetched = (stops.role[rides.trip[last]] == LINE_HAUL) & by_receiver[people.site[who]]
    gate = view.site_places[people.site[who]]
    for row in np.flatnonzero((end != gate) & ~is_fetched):
        site = sites[people.site[who[row]]]
        yield broken(
            "C1",
            people.name(who[row]),
            f"The worker is set down at {view.place_ids[end[row]]}; their site {site.id} is at {site.place_id}.",
        )


def _check_parties(view: View) -> Iterator[Finding]:
    """Members with one boarding place and site go one way; some may be set aside."""
    people = view.people
    keys = (people.party.codes, people.boarding_texts.codes, people.site_texts.codes)
    order, starts = list_runs(*keys)
    sizes = np.diff(starts)
    group_of = np.empty(len(order), np.int64)
    group_of[order] = np.repeat(np.arange(len(sizes)), sizes)
    is_known = view.outcomes.status_of != LOST
    is_aside = _find_aside(view)
    together = np.flatnonzero(is_known & ~is_aside & (sizes[group_of] > 1))
    (group, _), _ = list_distinct(group_of[together], _find_ways(view, together))
    ways = np.bincount(group, minlength=len(sizes))
    has_aside = np.bincount(group_of[is_aside & is_known], minlength=len(sizes)) > 0
    for number in np.flatnonzero((ways > 1) | ((ways == 1) & has_aside)):
        members = order[starts[number] : starts[number + 1]]
        yield from _tell_party(view, members, is_aside, int(ways[number]))


def _find_aside(view: View) -> Flags:
    outcomes = view.outcomes
    is_aside = np.zeros(len(view.people.ids), np.bool_)
    is_aside[outcomes.who] = outcomes.reason.flag(SET_ASIDE.__contains__) & (outcomes.status == UNSERVED)
    return is_aside


def _find_ways(view: View, who: Ints) -> Ints:
    """A number for each worker that is equal where status and rides (trip, from, to) are equal."""
    rides, outcomes = view.rides, view.outcomes
    ways = outcomes.status_texts.codes[outcomes.row_of[who]].astype(np.int64)
    first = view.stops.first[rides.trip]
    _, ride_of = np.unique(
        (first + rides.board) * (len(view.stops.place) + 1) + first + rides.alight, return_inverse=True
    )
    lengths = np.diff(rides.start_of)[who]
    for position in range(int(lengths.max(initial=0))):
        more = np.flatnonzero(lengths > position)
        step = ride_of[rides.start_of[who[more]] + position] + 1
        steps = np.zeros(len(who), np.int64)
        steps[more] = step
        _, ways = np.unique(ways * (len(ride_of) + 2) + steps, return_inverse=True)
    return ways


def _tell_party(view: View, members: Ints, is_aside: Flags, ways: int) -> Iterator[Finding]:
    people, status = view.people, view.outcomes.status_of
    known = [number for number in members if status[number] != LOST]
    aside = [number for number in known if is_aside[number]]
    together = [number for number in known if not is_aside[number]]
    name = people.party.text(members[0])
    if ways > 1:
        yield broken("C1", name, f"The party of {len(together)} is split over {ways} different ways.")
        return
    if not aside or status[together[0]] == UNSERVED:
        return
    if people.all_or_none[members].any():
        yield broken("C1", name, f"The party travels only whole, but {people.name(aside[0])} stays behind.")
    if people.is_minor[together].all() and not people.is_minor[aside].all():
        yield broken("C1", name, "A minor travels without the adult of their party, who stays behind.")
