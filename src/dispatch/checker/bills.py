"""What each coach duty, service run and worker costs, worked out again in integer minor units."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction

from dispatch.checker.fleet import count_days
from dispatch.checker.view import Itinerary, View
from dispatch.model.plan import HOPELESS, CoachDuty, ServiceRun, Trip

HOPELESS_NAMES = frozenset(reason.value for reason in HOPELESS)


@dataclass(frozen=True, slots=True)
class Amount:
    """Money known exactly (both ends equal) or, over an estimated road, within a range."""

    low: int
    high: int


def bill_duty(view: View, duty: CoachDuty) -> dict[str, int]:
    """Cash terms of a coach duty: days, km and drivers, or lump sums alone."""
    tariff = view.lines[duty.fleet_id].tariff
    if tariff.lump_trip_minor is not None:
        return {"lump_sums": len(duty.trip_ids) * tariff.lump_trip_minor}
    days = count_days(duty.pull_out_min, duty.pull_in_min)
    km_tenths = sum(leg.km_tenths for leg in duty.legs)
    return {
        "vehicle_days": days * tariff.day_minor,
        "km": half_even(km_tenths * tariff.km_minor, 10),
        "driver_days": duty.drivers * days * tariff.driver_day_minor,
    }


def bill_run(view: View, run: ServiceRun) -> dict[str, int]:
    """Cash terms of a service that runs."""
    service = view.services[run.service_id]
    passengers = len({ride.worker for ride in view.riders[run.trip_id]})
    return {
        "service_fixed": service.fixed_minor,
        "carriages": run.carriages * service.carriage_minor,
        "seats": passengers * service.seat_minor,
    }


def bill_own_ticket(view: View, worker: str) -> Amount:
    """Price of one worker's own ticket."""
    tariff = view.scenario.rates.own_ticket
    if tariff is None:
        return Amount(0, 0)
    person = view.people[worker]
    road = view.roads.find_road(person.boarding, view.scenario.geography.sites[person.site].place_id)
    ends = [tariff.fixed_minor + half_even(km * tariff.km_minor, 10) for km in (road.km_from, road.km_to)]
    return Amount(ends[0], ends[1])


def bill_allowance(view: View, journey: Itinerary) -> int:
    """Allowance for the dates touched from first boarding to arrival."""
    return count_days(journey.first_min, journey.arrive_min) * view.scenario.rates.allowance_day_minor


def fine_lateness(view: View, journey: Itinerary) -> int:
    """Lateness of one worker."""
    return count_lateness(journey) * view.scenario.rates.lateness_day_minor


def count_lateness(journey: Itinerary) -> int:
    """Days from preferred (else earliest) to service date, never negative."""
    person = journey.person
    wanted = person.preferred if person.preferred is not None else person.earliest
    return max(0, journey.service_day - wanted) if wanted is not None else 0


def fine_ride_time(view: View, journey: Itinerary) -> int:
    """Minutes aboard all vehicles at the hourly rate."""
    minutes = 0
    for ride in journey.rides:
        stops = view.trips[ride.trip].stops
        minutes += stops[ride.alight].arrive_min - stops[ride.board].depart_min
    return half_even(minutes * view.scenario.rates.ride_h_minor, 60)


def fine_exposure(view: View, trip: Trip) -> int:
    """Pairs from different origin counties, minutes both aboard, at the hourly rate; rounded once for the trip."""
    rate = view.scenario.rates.exposure_h_minor
    groups: dict[tuple[int, int, str], int] = defaultdict(int)
    for ride in view.riders[trip.id] if rate else ():
        groups[ride.board, ride.alight, view.county(view.people[ride.worker].boarding)] += 1
    listed = list(groups.items())
    minutes = 0
    for number, ((board, alight, county), count) in enumerate(listed):
        for (other_board, other_alight, other_county), other_count in listed[number + 1 :]:
            if county != other_county:
                start = max(trip.stops[board].depart_min, trip.stops[other_board].depart_min)
                end = min(trip.stops[alight].arrive_min, trip.stops[other_alight].arrive_min)
                minutes += count * other_count * max(0, end - start)
    return half_even(minutes * rate, 60)


def fine_unserved(view: View, worker: str) -> int | None:
    """Penalty of an unserved worker, 0 where nothing could help; None where the plan names no penalty for the class."""
    if view.outcomes[worker].reason in HOPELESS_NAMES:
        return 0
    penalties = {**view.scenario.rates.unserved_minor, **view.plan.unserved_penalty_minor}
    return penalties.get(view.people[worker].priority, penalties.get(""))


def half_even(numerator: int, denominator: int) -> int:
    """Quotient rounded to the nearest whole, halves to even: 25 / 10 is 2, 35 / 10 is 4."""
    return round(Fraction(numerator, denominator))
