"""C1: every worker exactly once, in one whole itinerary; parties travel whole."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from dispatch.checker.accuse import broken
from dispatch.checker.people import Person
from dispatch.checker.view import LAWFUL_CHAINS, View
from dispatch.findings import Finding
from dispatch.model.plan import Reason, Role

SET_ASIDE = frozenset({Reason.NOT_CLEARED, Reason.SEEKING, Reason.UNKNOWN_PLACE})


def check_roster(view: View) -> Iterator[Finding]:
    """Lost, doubled and stranded workers, and parties torn apart."""
    for person in view.people.values():
        count = view.outcome_counts.get(person.id, 0)
        if count != 1:
            yield broken("C1", person.id, f"The worker has {count} outcomes; exactly one was expected.")
        yield from _check_rides(view, person)
    parties: dict[tuple[str, str, str], list[Person]] = defaultdict(list)
    for person in view.people.values():
        parties[person.party, person.boarding, person.site].append(person)
    for members in parties.values():
        if len(members) > 1:
            yield from _check_party(view, members)


def _check_rides(view: View, person: Person) -> Iterator[Finding]:
    outcome = view.outcomes.get(person.id)
    rides = view.rides.get(person.id, [])
    if outcome is None or outcome.status != "itinerary":
        if rides:
            status = outcome.status if outcome else "lost"
            yield broken("C1", person.id, f"The worker is {status} but has a seat on {rides[0].trip}.")
        if outcome is not None and outcome.status == "own_ticket" and view.scenario.rates.own_ticket is None:
            yield broken(
                "C1", person.id, "The worker is given an own ticket, which the scenario does not offer."
            )
        return
    roles = tuple(view.trips[ride.trip].role for ride in rides)
    if roles not in LAWFUL_CHAINS or [ride.leg for ride in rides] != list(range(1, len(rides) + 1)):
        text = ", ".join(roles) or "no ride"
        yield broken(
            "C1", person.id, f"The rides ({text}) are not one itinerary: feeder, line-haul, last mile."
        )
        return
    yield from _check_ends(view, person)


def _check_ends(view: View, person: Person) -> Iterator[Finding]:
    rides = view.rides[person.id]
    first = view.trips[rides[0].trip].stops[rides[0].board].place_id
    if first != person.boarding:
        yield broken(
            "C1", person.id, f"The worker boards at {first}; their boarding place is {person.boarding}."
        )
    last_trip = view.trips[rides[-1].trip]
    last = last_trip.stops[rides[-1].alight].place_id
    site = view.scenario.geography.sites[person.site]
    is_fetched = last_trip.role is Role.LINE_HAUL and site.last_mile_by_receiver
    if last != site.place_id and not is_fetched:
        yield broken(
            "C1", person.id, f"The worker is set down at {last}; their site {site.id} is at {site.place_id}."
        )


def _check_party(view: View, members: list[Person]) -> Iterator[Finding]:
    known = [person for person in members if person.id in view.outcomes]
    aside = [
        p
        for p in known
        if view.outcomes[p.id].reason in SET_ASIDE and view.outcomes[p.id].status == "unserved"
    ]
    together = [person for person in known if person not in aside]
    signatures = {_signature(view, person) for person in together}
    name = members[0].party
    if len(signatures) > 1:
        yield broken(
            "C1", name, f"The party of {len(together)} is split over {len(signatures)} different ways."
        )
        return
    is_served = bool(together) and view.outcomes[together[0].id].status != "unserved"
    if not (is_served and aside):
        return
    if any(person.all_or_none for person in members):
        yield broken("C1", name, f"The party travels only whole, but {aside[0].id} stays behind.")
    has_minor = any(person.is_minor for person in together)
    lost_adult = any(not person.is_minor for person in aside)
    if has_minor and lost_adult and all(person.is_minor for person in together):
        yield broken("C1", name, "A minor travels without the adult of their party, who stays behind.")


def _signature(view: View, person: Person) -> tuple[object, ...]:
    rides = tuple((ride.trip, ride.board, ride.alight) for ride in view.rides.get(person.id, []))
    return (view.outcomes[person.id].status, rides)
