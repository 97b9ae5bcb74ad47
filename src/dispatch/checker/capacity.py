"""C2: nobody beyond the effective capacity on any leg."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from dispatch.checker.accuse import broken
from dispatch.checker.people import Ride
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
        load = count_peak(view.riders[trip.id], len(trip.stops))
        if load > capacity:
            yield broken(
                "C2", trip.id, f"{load} people ride, the coach may carry {capacity}.", "Take a second coach."
            )


def find_coach_capacity(view: View, trip: Trip) -> int:
    """Passengers a coach trip may carry: min of the capped licence and the seats left free."""
    duty = view.duties[trip.duty_id]
    coach = view.scenario.vehicle_types[view.lines[duty.fleet_id].type_id]
    tier = find_highest_tier(view, trip, view.riders[trip.id])
    first, last = view.county(trip.stops[0].place_id), view.county(trip.stops[-1].place_id)
    geography = view.scenario.geography
    return count_coach_places(
        view,
        coach,
        day=trip.stops[0].arrive_min // 1440,
        tier=tier,
        drivers=duty.drivers,
        intercity=geography.get_prefecture(first) != geography.get_prefecture(last),
    )


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


def find_highest_tier(view: View, trip: Trip, rides: list[Ride]) -> Tier:
    """Highest tier, on the date of the stop, among the stops where these people board or alight."""
    used = {index for ride in rides for index in (ride.board, ride.alight)}
    highest = Tier.LOW
    for index in used:
        stop = trip.stops[index]
        highest = max(highest, view.tier(stop.place_id, stop.arrive_min // 1440), key=_rank)
    return highest


def count_peak(rides: list[Ride], stops: int) -> int:
    """Most people aboard between any two neighbouring stops."""
    change = [0] * (stops + 1)
    for ride in rides:
        change[ride.board] += 1
        change[ride.alight] -= 1
    aboard, peak = 0, 0
    for step in change:
        aboard += step
        peak = max(peak, aboard)
    return peak


def _check_carriages(view: View, trip: Trip) -> Iterator[Finding]:
    service = view.services[trip.service_id]
    by_carriage: dict[int, list[Ride]] = defaultdict(list)
    for ride in view.riders[trip.id]:
        by_carriage[ride.carriage].append(ride)
    for carriage, rides in sorted(by_carriage.items()):
        capacity = _count_carriage_places(view, trip, service, rides)
        load = count_peak(rides, len(trip.stops))
        if load > capacity:
            yield broken(
                "C2",
                trip.id,
                f"{load} people ride in carriage {carriage}, which may carry {capacity}.",
                "Use one more carriage.",
            )


def _count_carriage_places(view: View, trip: Trip, service: Service, rides: list[Ride]) -> int:
    if not service.carrier_caps_apply:
        return service.carriage_seats
    date = view.date_of(service.stops[0].depart_min // 1440)
    cap = view.law.cap(service.mode, find_highest_tier(view, trip, rides), date, intercity=True)
    isolation = service.isolation_seats
    if isolation is None:
        isolation = view.law.number("isolation_seats", date, service.mode, 0)
    return min(int(service.carriage_seats * cap), service.carriage_seats - isolation)


def _rank(tier: Tier) -> int:
    return {Tier.LOW: 0, Tier.MEDIUM: 1, Tier.HIGH: 2}[tier]
