"""What each coach duty, service run and worker costs, worked out again in integer minor units."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from dispatch.checker.columns import NO_DAY, Flags, Ints, each_run, list_distinct, list_runs
from dispatch.checker.fleet import count_days
from dispatch.checker.people import OWN_TICKET, UNSERVED
from dispatch.checker.view import View
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
    return {
        "service_fixed": service.fixed_minor,
        "carriages": run.carriages * service.carriage_minor,
        "seats": view.load(run.trip_id) * service.seat_minor,
    }


def bill_own_tickets(view: View) -> Iterator[tuple[Ints, Amount]]:
    """(workers, price of each of them) of those with own tickets, by boarding place and site."""
    tariff, people = view.scenario.rates.own_ticket, view.people
    who = view.outcomes.who[view.outcomes.status == OWN_TICKET]
    if tariff is None:
        return
    place, gate = people.boarding[who], view.site_places[people.site[who]]
    order, starts = list_runs(place, gate)
    for begin, end in each_run(starts):
        first = order[begin]
        road = view.roads.find_road(view.place_ids[place[first]], view.place_ids[gate[first]])
        ends = [tariff.fixed_minor + half_even(km * tariff.km_minor, 10) for km in (road.km_from, road.km_to)]
        yield who[order[begin:end]], Amount(ends[0], ends[1])


def bill_allowances(view: View) -> Ints:
    """Per journey: allowance for the dates from first boarding to arrival, both included."""
    journeys = view.journeys
    days = journeys.arrive // 1440 - journeys.first_min // 1440 + 1
    return np.asarray(days * view.scenario.rates.allowance_day_minor)


def count_lateness(view: View) -> Ints:
    """Per journey: days from preferred (else earliest) to service date, never negative."""
    people, journeys = view.people, view.journeys
    preferred, earliest = people.preferred[journeys.who], people.earliest[journeys.who]
    wanted = np.where(preferred == NO_DAY, earliest, preferred)
    return np.where(wanted == NO_DAY, 0, np.maximum(0, journeys.day - wanted))


def fine_ride_time(view: View) -> Ints:
    """Per journey: minutes aboard all vehicles at the hourly rate."""
    rides, stops, journeys = view.rides, view.stops, view.journeys
    first = stops.first[rides.trip]
    aboard = stops.arrive[first + rides.alight] - stops.depart[first + rides.board]
    before = np.append(0, np.cumsum(aboard))
    minutes = before[journeys.last + 1] - before[journeys.first]
    return half_even_all(minutes * view.scenario.rates.ride_h_minor, 60)


def fine_exposure(view: View) -> int:
    """Pairs from different origin counties, minutes both aboard, at the hourly rate; rounded once for each trip."""
    rate, rides = view.scenario.rates.exposure_h_minor, view.rides
    if not rate:
        return 0
    county = view.county_of[view.people.boarding[rides.who]]
    (trip, board, alight, counties), counts = list_distinct(rides.trip, rides.board, rides.alight, county)
    starts = np.searchsorted(trip, np.arange(len(view.plan.trips) + 1))
    total = 0
    for number in np.flatnonzero(np.diff(starts) > 1):
        rows = slice(starts[number], starts[number + 1])
        minutes = _count_exposure(
            view.plan.trips[number], board[rows], alight[rows], counties[rows], counts[rows]
        )
        total += half_even(minutes * rate, 60)
    return total


def _count_exposure(trip: Trip, board: Ints, alight: Ints, county: Ints, count: Ints) -> int:
    """Minutes shared by pairs from different counties, summed over the pairs of one trip."""
    departs = np.array([stop.depart_min for stop in trip.stops])[board]
    arrives = np.array([stop.arrive_min for stop in trip.stops])[alight]
    shared = np.minimum.outer(arrives, arrives) - np.maximum.outer(departs, departs)
    pairs = np.multiply.outer(count, count) * np.not_equal.outer(county, county)
    return int((pairs * np.maximum(0, shared)).sum()) // 2


def fine_unserved(view: View) -> tuple[int, Ints]:
    """(penalties of all unserved workers, those for whose class the plan names none). Nothing where nothing could help."""
    outcomes = view.outcomes
    who = outcomes.who[find_fined(view)]
    penalties = {**view.scenario.rates.unserved_minor, **view.plan.unserved_penalty_minor}
    priority = view.people.priority
    total, unnamed = 0, [np.empty(0, np.int32)]
    counts = np.bincount(priority.codes[who], minlength=len(priority.names))
    for number in np.flatnonzero(counts):
        penalty = penalties.get(str(priority.names[int(number)]), penalties.get(""))
        total += int(counts[number]) * (penalty or 0)
        if penalty is None:
            unnamed.append(who[priority.codes[who] == number])
    return total, np.concatenate(unnamed)


def find_fined(view: View) -> Flags:
    """Per outcome: unserved for a reason that something could have helped."""
    outcomes = view.outcomes
    is_hopeless = outcomes.reason.flag(HOPELESS_NAMES.__contains__)
    return np.asarray((outcomes.status == UNSERVED) & ~is_hopeless)


def half_even(numerator: int, denominator: int) -> int:
    """Quotient rounded to the nearest whole, halves to even: 25 / 10 is 2, 35 / 10 is 4."""
    whole, rest = divmod(numerator, denominator)
    return whole + (2 * rest + whole % 2 > denominator)


def half_even_all(numerators: Ints, denominator: int) -> Ints:
    """``half_even`` of each numerator."""
    whole, rest = np.divmod(numerators, denominator)
    return np.asarray(whole + (2 * rest + whole % 2 > denominator))
