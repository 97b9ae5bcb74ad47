"""C9, second part: enough drivers, and none of them beyond their own limits."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterator

from dispatch.checker.accuse import broken
from dispatch.checker.driving import DRIVING
from dispatch.checker.path import find_path
from dispatch.checker.timetable import measure
from dispatch.checker.view import View
from dispatch.findings import Finding
from dispatch.model.plan import CoachDuty, DutyEvent
from dispatch.model.supply import CrewMember

Span = tuple[int, int]
Crew = dict[str, list[CrewMember]]
WEEK = 10080
#: Most drivers on one coach.
MOST_DRIVERS = 6


def check_drivers(view: View) -> Iterator[Finding]:
    """Number of drivers by distance and by the worst 24 h; each driver's own 24 h and 7 days; named crew."""
    named: dict[str, list[Span]] = defaultdict(list)
    shifts: dict[str, list[Span]] = defaultdict(list)
    crew = _list_crew(view)
    for duty in view.plan.duties:
        driving = _list_driving(duty)
        yield from _check_number(view, duty, driving)
        yield from _check_each(view, duty, driving)
        yield from _check_names(view, duty, crew)
        for member_id, spans in _list_named(view, duty, driving, crew):
            named[member_id] += spans
            shifts[member_id].append((duty.pull_out_min, duty.pull_in_min))
    members = {member.id: member for member in view.scenario.crew}
    for member_id, spans in named.items():
        yield from _check_member(view, members[member_id], spans, shifts[member_id])


def worst_window(spans: list[Span], length: int) -> int:
    """Most minutes of the spans inside any window of ``length`` minutes.

    The worst window begins where some span begins or ends where some span ends.
    """
    if spans and max(end for _, end in spans) - min(start for start, _ in spans) <= length:
        return sum(end - start for start, end in spans)
    starts = [start for start, _ in spans] + [end - length for _, end in spans]
    return max((_inside(spans, start, start + length) for start in starts), default=0)


def count_needed_by_km(view: View, km_tenths: int) -> int:
    """Least number of drivers for a trip of that one-way length."""
    return max(
        (number for km, number in view.scenario.policy.drivers.drivers_by_km if km_tenths >= 10 * km),
        default=1,
    )


def _inside(spans: list[Span], from_min: int, until_min: int) -> int:
    return sum(max(0, min(end, until_min) - max(start, from_min)) for start, end in spans)


def _list_driving(duty: CoachDuty) -> list[DutyEvent]:
    return [event for event in duty.events if event.kind in DRIVING and event.end_min > event.start_min]


def _check_number(view: View, duty: CoachDuty, driving: list[DutyEvent]) -> Iterator[Finding]:
    rules = view.scenario.policy.drivers
    if duty.drivers > MOST_DRIVERS:
        yield broken(
            "C9", duty.id, f"{duty.drivers} drivers on one coach; at most {MOST_DRIVERS} may be seated."
        )
    path = find_path(view, duty)
    km_tenths = max((measure(path, view.trips[trip_id]) for trip_id in duty.trip_ids), default=0)
    by_km = count_needed_by_km(view, km_tenths)
    if duty.drivers < by_km:
        yield broken(
            "C9", duty.id, f"{duty.drivers} drivers for {km_tenths / 10:.1f} km one way; {by_km} are needed."
        )
    worst = worst_window([(event.start_min, event.end_min) for event in driving], 1440)
    limit = rules.rolling_24h_max_min
    if limit is not None and duty.drivers * limit < worst:
        yield broken(
            "C9",
            duty.id,
            f"{duty.drivers} drivers for {worst} driving minutes in 24 hours; {-(-worst // limit)} are needed.",
        )


def _check_each(view: View, duty: CoachDuty, driving: list[DutyEvent]) -> Iterator[Finding]:
    rules = view.scenario.policy.drivers
    spans: dict[int, list[Span]] = defaultdict(list)
    for event in driving:
        if not 0 <= event.driver < duty.drivers:
            yield broken(
                "C9", duty.id, f"Driver {event.driver + 1} drives; the duty has {duty.drivers} drivers."
            )
        spans[event.driver].append((event.start_min, event.end_min))
    for driver, mine in sorted(spans.items()):
        for name, length, limit in (
            ("24 hours", 1440, rules.rolling_24h_max_min),
            ("7 days", WEEK, rules.weekly_max_min),
        ):
            worst = worst_window(mine, length)
            if limit is not None and worst > limit:
                yield broken(
                    "C9",
                    duty.id,
                    f"Driver {driver + 1} drives {worst} minutes within {name}; {limit} are allowed.",
                )


def _check_names(view: View, duty: CoachDuty, crew: Crew) -> Iterator[Finding]:
    if not crew or not duty.driver_names:
        return
    if len(duty.driver_names) != duty.drivers:
        yield broken(
            "C9", duty.id, f"{len(duty.driver_names)} drivers are named for {duty.drivers} at the wheel."
        )
    for name in duty.driver_names:
        if not any(_may_drive(view, member, duty) for member in crew.get(name, ())):
            yield broken("C9", duty.id, f"The driver {name} is not in the crew that may take this duty.")


def _list_named(
    view: View, duty: CoachDuty, driving: list[DutyEvent], crew: Crew
) -> Iterator[tuple[str, list[Span]]]:
    """(id, driving) of each member of the crew whom the duty's names mean beyond doubt and who may take it."""
    for number, name in enumerate(duty.driver_names):
        known = crew.get(name, [])
        if len(known) == 1 and _may_drive(view, known[0], duty):
            yield known[0].id, [(e.start_min, e.end_min) for e in driving if e.driver == number]


def _list_crew(view: View) -> Crew:
    """Drivers of the crew by id and by name."""
    crew: dict[str, list[CrewMember]] = defaultdict(list)
    for member in view.scenario.crew:
        if member.role == "driver":
            for name in {member.id, member.name}:
                crew[name].append(member)
    return dict(crew)


def _may_drive(view: View, member: CrewMember, duty: CoachDuty) -> bool:
    line = view.lines[duty.fleet_id]
    if member.duties:
        return line.id in member.duties
    return member.depot_place_id in ("", line.depot_place_id)


def _check_member(view: View, member: CrewMember, spans: list[Span], shifts: list[Span]) -> Iterator[Finding]:
    rules = view.scenario.policy.drivers
    shifts.sort()
    if any(later[0] < earlier[1] for earlier, later in itertools.pairwise(shifts)):
        yield broken("C9", member.id, f"The driver {member.name} is on two coaches at once.")
    worst = worst_window(spans, 1440)
    if rules.rolling_24h_max_min is not None and worst > rules.rolling_24h_max_min:
        yield broken(
            "C9",
            member.id,
            f"The driver {member.name} drives {worst} minutes within 24 hours over all duties.",
        )
    week = max(worst_window(spans, WEEK), member.used_week_min + _inside(spans, 0, WEEK))
    if rules.weekly_max_min is not None and week > rules.weekly_max_min:
        yield broken(
            "C9", member.id, f"The driver {member.name} drives {week} minutes within 7 days over all duties."
        )
