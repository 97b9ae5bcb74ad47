"""C2: nobody beyond the effective capacity on any leg."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import attrgetter

from dispatch.checker.accuse import broken
from dispatch.checker.stops import Flow
from dispatch.checker.view import View
from dispatch.findings import Finding
from dispatch.model.geography import Tier
from dispatch.model.plan import Role, Trip
from dispatch.model.supply import Service, VehicleType


def check_capacity(view: View) -> Iterator[Finding]:
    """Coaches and carriages carrying more than the licence, the cap or the blocked seats allow."""
    for trip in view.plan.trips:
        if trip.role is Role.LINE_HAUL:
            yield from _check_carriages(view, trip)
            continue
        capacity = find_coach_capacity(view, trip)
        load = count_peak(view.flows_of(trip), len(trip.stops))
        if load > capacity:
            yield broken(
                "C2", trip.id, f"{load} people ride, the coach may carry {capacity}.", "Take a second coach."
            )


def find_coach_capacity(view: View, trip: Trip) -> int:
    """Passengers a coach trip may carry: min of the capped licence and the seats left free."""
    if trip.id not in view.capacities:
        duty = view.duties[trip.duty_id]
        first, last = view.county(trip.stops[0].place_id), view.county(trip.stops[-1].place_id)
        view.capacities[trip.id] = count_coach_places(
            view,
            view.scenario.vehicle_types[view.lines[duty.fleet_id].type_id],
            day=trip.stops[0].arrive_min // 1440,
            tier=find_highest_tier(view, trip, view.flows_of(trip)),
            drivers=duty.drivers,
            intercity=view.prefecture(first) != view.prefecture(last),
        )
    return view.capacities[trip.id]


def count_coach_places(
    view: View, coach: VehicleType, *, day: int, tier: Tier, drivers: int, intercity: bool
) -> int:
    """53 approved, cap 50 %, two drivers: 24 with the crew counted in the cap, else 26."""
    date = view.date_of(day)
    capped = int(coach.approved * view.law.cap("bus", tier, date, intercity=intercity))
    if view.law.flag("count_crew_in_cap", date, "bus"):
        capped -= drivers
    rows = view.law.number("blocked_rows", date, "bus", 0)
    blocked = sum(coach.row_seats[max(0, len(coach.row_seats) - rows) :]) if rows else 0
    seats = coach.approved - blocked - drivers - view.scenario.limits.escorts_per_coach
    return max(0, min(capped, seats))


def find_highest_tier(view: View, trip: Trip, flows: Iterable[Flow]) -> Tier:
    """Highest tier, on the date of the stop, among the stops where these people board or alight."""
    used = {index for flow in flows for index in (flow.board, flow.alight)}
    highest = Tier.LOW
    for index in used:
        stop = trip.stops[index]
        highest = max(highest, view.tier(stop.place_id, stop.arrive_min // 1440), key=_rank)
    return highest


def count_peak(flows: Iterable[Flow], stops: int) -> int:
    """Most people aboard between any two neighbouring stops."""
    change = [0] * (stops + 1)
    for flow in flows:
        change[flow.board] += flow.people
        change[flow.alight] -= flow.people
    aboard, peak = 0, 0
    for step in change:
        aboard += step
        peak = max(peak, aboard)
    return peak


def _check_carriages(view: View, trip: Trip) -> Iterator[Finding]:
    service = view.services[trip.service_id]
    for carriage, group in groupby(view.flows_of(trip), attrgetter("carriage")):
        flows = list(group)
        capacity = _count_carriage_places(view, trip, service, flows)
        load = count_peak(flows, len(trip.stops))
        if load > capacity:
            yield broken(
                "C2",
                trip.id,
                f"{load} people ride in carriage {carriage}, which may carry {capacity}.",
                "Use one more carriage.",
            )


def _count_carriage_places(view: View, trip: Trip, service: Service, flows: list[Flow]) -> int:
    if not service.carrier_caps_apply:
        return service.carriage_seats
    date = view.date_of(service.stops[0].depart_min // 1440)
    cap = view.law.cap(service.mode, find_highest_tier(view, trip, flows), date, intercity=True)
    isolation = service.isolation_seats
    if isolation is None:
        isolation = view.law.number("isolation_seats", date, service.mode, 0)
    return min(int(service.carriage_seats * cap), service.carriage_seats - isolation)


def _rank(tier: Tier) -> int:
    return {Tier.LOW: 0, Tier.MEDIUM: 1, Tier.HIGH: 2}[tier]
