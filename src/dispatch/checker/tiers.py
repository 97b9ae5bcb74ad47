"""C6: tiers that may not mix, and regions where nobody boards or alights."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from dispatch.checker.accuse import broken, day_text
from dispatch.checker.columns import Ints, each_run, list_distinct, list_runs
from dispatch.checker.stops import LINE_HAUL
from dispatch.checker.view import View
from dispatch.findings import Finding
from dispatch.model.geography import Tier
from dispatch.model.plan import Trip

_TIERS = tuple(Tier)


def check_tiers(view: View) -> Iterator[Finding]:
    """Separated tiers on one coach, carriage or aircraft; boarding or alighting where the tier forbids it."""
    yield from _check_mixing(view)
    for trip in view.plan.trips:
        yield from _check_stops(view, trip)


def _check_mixing(view: View) -> Iterator[Finding]:
    rides, stops = view.rides, view.stops
    is_service = stops.role[rides.trip] == LINE_HAUL
    tier = _find_worker_tiers(view)[rides.who]
    known = tier >= 0
    carriage = np.where(is_service, rides.carriage, 0)
    (trips, carriages, tiers), _ = list_distinct(rides.trip[known], carriage[known], tier[known])
    order, starts = list_runs(trips, carriages)
    for begin in np.flatnonzero(np.diff(starts) > 1):
        rows = order[starts[begin] : starts[begin + 1]]
        found = {_TIERS[number] for number in tiers[rows]}
        number, seat_row = int(trips[rows[0]]), int(carriages[rows[0]])
        trip = view.plan.trips[number]
        if found & view.law.tiers("separated_tiers", view.date_of(stops.day[number])):
            where = f" in carriage {seat_row}" if stops.role[number] == LINE_HAUL else ""
            yield broken(
                "C6",
                trip.id,
                f"People of the tiers {', '.join(sorted(found))} share the vehicle{where}; the rule separates them.",
            )


def _find_worker_tiers(view: View) -> Ints:
    """Tier (index into ``Tier``) of each worker on the day of first boarding; -1 without an itinerary."""
    people, journeys = view.people, view.journeys
    tiers = np.full(len(people.ids), -1, np.int8)
    county, day = view.county_of[people.boarding[journeys.who]], journeys.first_min // 1440
    order, starts = list_runs(county, day)
    for begin, end in each_run(starts):
        rows = order[begin:end]
        if county[rows[0]] >= 0:
            tier = view.tier_of_county(view.county_ids[county[rows[0]]], int(day[rows[0]]))
            tiers[journeys.who[rows]] = _TIERS.index(tier)
    return tiers


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
