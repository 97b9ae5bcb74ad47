"""C6: tiers that may not mix, and regions where nobody boards or alights."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from dispatch.checker.accuse import broken, day_text
from dispatch.checker.view import View
from dispatch.findings import Finding
from dispatch.model.geography import Tier
from dispatch.model.plan import Role, Trip


def check_tiers(view: View) -> Iterator[Finding]:
    """Separated tiers on one coach, carriage or aircraft; boarding or alighting where the tier forbids it."""
    tiers = {worker: _find_worker_tier(view, worker) for worker in view.journeys}
    for trip in view.plan.trips:
        yield from _check_mixing(view, trip, tiers)
        yield from _check_stops(view, trip)


def _find_worker_tier(view: View, worker: str) -> Tier:
    journey = view.journeys[worker]
    return view.tier(journey.person.boarding, journey.first_min // 1440)


def _check_mixing(view: View, trip: Trip, tiers: dict[str, Tier]) -> Iterator[Finding]:
    is_service = trip.role is Role.LINE_HAUL
    depart = view.services[trip.service_id].stops[0].depart_min if is_service else trip.stops[0].arrive_min
    separated = view.law.tiers("separated_tiers", view.date_of(depart // 1440))
    aboard: dict[int, set[Tier]] = defaultdict(set)
    for ride in view.riders[trip.id]:
        if ride.worker in tiers:
            aboard[ride.carriage if is_service else 0].add(tiers[ride.worker])
    for carriage, found in sorted(aboard.items()):
        if len(found) > 1 and found & separated:
            names = ", ".join(sorted(found))
            where = f" in carriage {carriage}" if is_service else ""
            yield broken(
                "C6",
                trip.id,
                f"People of the tiers {names} share the vehicle{where}; the rule separates them.",
            )


def _check_stops(view: View, trip: Trip) -> Iterator[Finding]:
    for stop, (up, down) in zip(trip.stops, view.count_at_stops(trip), strict=True):
        if not up and not down:
            continue
        day = stop.arrive_min // 1440
        date = view.date_of(day)
        tier = view.tier(stop.place_id, day)
        if tier in view.law.tiers("no_boarding_tiers", date):
            yield broken(
                "C6",
                trip.id,
                f"People board or alight at {stop.place_id} on {day_text(view.first_date, day)}, a {tier}-tier region"
                " where that is forbidden.",
            )
