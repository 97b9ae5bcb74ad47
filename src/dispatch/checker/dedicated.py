"""Would a coach for one party alone be lawful? The test of reasons that claim nothing could help, with unlimited supply."""

from __future__ import annotations

from dataclasses import dataclass

from dispatch.checker.capacity import count_coach_places
from dispatch.checker.clockwork import Clockwork
from dispatch.checker.drivers import count_needed_by_km, worst_window
from dispatch.checker.driving import DRIVING
from dispatch.checker.evidence import Evidence
from dispatch.checker.hours import may_board
from dispatch.checker.modes import accepts
from dispatch.checker.people import Person
from dispatch.checker.view import View, wait_for_opening
from dispatch.model.geography import Tier
from dispatch.model.plan import EventKind
from dispatch.model.supply import FleetLine

SPARE_DRIVERS = 2
MOST_DRIVERS = 6


@dataclass(frozen=True, slots=True)
class Run:
    """A coach for one party: boarding begins, gate arrival, minutes aboard, drivers that surely suffice."""

    board_min: int
    arrive_min: int
    ride_min: int
    drivers: int


def find_dedicated_day(view: View, evidence: Evidence, group: list[Person]) -> tuple[int, str] | None:
    """First service day and fleet line on which a coach of their own would carry this group lawfully, or None.

    Roads known only as estimates are tried at both ends of their range, and two drivers more than needed are seated, six
    at most, so that an answer is sure. Locks are not weighed: groups with locks are not to be asked about.
    """
    person = group[0]
    site = view.scenario.geography.sites[person.site]
    if not site.accepted or not all(accepts(member, "bus") for member in group):
        return None
    if site.arrivals_per_day is not None and site.arrivals_per_day < len(group):
        return None
    earliest = max([0, *(member.earliest for member in group if member.earliest is not None)])
    latest = min([view.last_day, *(member.latest for member in group if member.latest is not None)])
    for day in range(earliest, latest + 1):
        if not _is_covered(view, evidence, group, day, day):
            continue
        for line in view.scenario.fleet:
            if all(_is_lawful(view, evidence, group, line, day, slow=slow) for slow in (False, True)):
                return day, line.id
    return None


def _is_lawful(
    view: View, evidence: Evidence, group: list[Person], line: FleetLine, day: int, *, slow: bool
) -> bool:
    person = group[0]
    site = view.scenario.geography.sites[person.site]
    run = _try_run(view, person, line, day, slow=slow)
    arrival_day = run.arrive_min // 1440
    limits = view.scenario.limits
    return (
        run.board_min // 1440 == day
        and may_board(view.place(person.boarding), run.board_min)
        and view.date_of(arrival_day) >= site.opens_on
        and all(member.required is None or arrival_day <= member.required for member in group)
        and _is_covered(view, evidence, group, day, arrival_day)
        and (limits.max_ride_min is None or run.ride_min <= limits.max_ride_min)
        and _is_admitted(view, person, line, day, arrival_day)
        and run.drivers <= MOST_DRIVERS
        and len(group) <= _count_places(view, person, line, run)
    )


def _try_run(view: View, person: Person, line: FleetLine, day: int, *, slow: bool) -> Run:
    """Pull out, board, drive to the gate and back."""
    site = view.scenario.geography.sites[person.site]
    rules = view.scenario.policy.drivers
    pairs = [
        (line.depot_place_id, person.boarding),
        (person.boarding, site.place_id),
        (site.place_id, line.depot_place_id),
    ]
    roads = [view.roads.find_road(*pair) for pair in pairs]
    minutes = [road.minutes_to if slow else road.minutes_from for road in roads]
    halts = rules.halt_from_min != rules.halt_until_min
    opens = day * 1440 + view.place(person.boarding).boards_from_min
    pull_out = day * 1440 + view.scenario.limits.pull_out_from_min
    first_try = Clockwork(rules, halts, pull_out)
    first_try.drive(EventKind.DEADHEAD, 0, minutes[0])
    coach = Clockwork(rules, halts, pull_out + max(0, opens - first_try.clock))
    coach.drive(EventKind.DEADHEAD, 0, minutes[0])
    coach.stand(EventKind.WAIT, opens - coach.clock)
    board = coach.clock
    coach.stand(EventKind.BOARD, view.scenario.limits.dwell_pickup_min)
    leaves = coach.clock
    coach.drive(EventKind.DRIVE, 1, minutes[1])
    arrival = wait_for_opening(coach.clock, *view.receiving(site.place_id))
    coach.stand(EventKind.WAIT, arrival - coach.clock)
    coach.stand(EventKind.ALIGHT, view.scenario.limits.dwell_drop_min)
    if line.returns:
        coach.drive(EventKind.DEADHEAD, 2, minutes[2])
    return Run(board, arrival, arrival - leaves, _count_drivers(view, coach, roads[1].km_to))


def _count_drivers(view: View, coach: Clockwork, km_tenths: int) -> int:
    rules = view.scenario.policy.drivers
    spans = [(stretch.start, stretch.end) for stretch in coach.log if stretch.kind in DRIVING]
    needed = count_needed_by_km(view, km_tenths)
    for length, limit in ((1440, rules.rolling_24h_max_min), (10080, rules.weekly_max_min)):
        if limit is not None:
            needed = max(needed, -(-worst_window(spans, length) // limit))
    return needed + SPARE_DRIVERS


def _is_covered(view: View, evidence: Evidence, group: list[Person], from_day: int, to_day: int) -> bool:
    region = view.county(view.scenario.geography.sites[group[0].site].place_id)
    return not any(
        evidence.has_doubtful_result(member.id)
        or evidence.find_missing(member.id, region, from_day, to_day, strict=True)
        for member in group
    )


def _is_admitted(view: View, person: Person, line: FleetLine, day: int, arrival_day: int) -> bool:
    """Neither end forbids boarding by its tier, and the coach's licence and registration allow the trip."""
    gate = view.scenario.geography.sites[person.site].place_id
    geography = view.scenario.geography
    for place_id, on_day in ((person.boarding, day), (gate, arrival_day)):
        date = view.date_of(on_day)
        if view.tier(place_id, on_day) in view.law.tiers("no_boarding_tiers", date):
            return False
    if (
        line.local_only
        and len({geography.get_prefecture(view.county(p)) for p in (person.boarding, gate)}) > 1
    ):
        return False
    if not line.registered_region_id or not view.law.flag(
        "registered_end_required", view.date_of(day), "bus"
    ):
        return True
    regions = {
        region.id
        for place in (person.boarding, gate)
        for region in geography.get_ancestors(view.county(place))
    }
    return line.registered_region_id in regions


def _count_places(view: View, person: Person, line: FleetLine, run: Run) -> int:
    """Passengers at the tightest cap of any tier."""
    coach = view.scenario.vehicle_types[line.type_id]
    day = run.board_min // 1440
    return min(
        count_coach_places(view, coach, day=day, tier=tier, drivers=run.drivers, intercity=True)
        for tier in Tier
    )
