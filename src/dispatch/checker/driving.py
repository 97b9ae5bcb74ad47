"""C9, first part: the timetable of every coach duty is the canonical one, minute by minute."""

from __future__ import annotations

from collections.abc import Iterator

from dispatch.checker.accuse import broken, time_text
from dispatch.checker.clockwork import Stretch, merge_stretches
from dispatch.checker.fleet import count_days
from dispatch.checker.path import find_path
from dispatch.checker.timetable import Timetable, work_out
from dispatch.checker.view import View
from dispatch.findings import Finding
from dispatch.model.plan import CoachDuty, EventKind

DRIVING = (EventKind.DRIVE, EventKind.DEADHEAD)


def check_timetables(view: View) -> Iterator[Finding]:
    """Pull-out, events, stop times, pull-in and days of each duty against the timetable worked out again.

    Of events and of stops the first difference is reported. Duties with missing legs are left to P2.
    """
    for duty in view.plan.duties:
        path = find_path(view, duty)
        if path.trouble:
            continue
        expected = work_out(view, duty, path)
        yield from _compare_ends(view, duty, expected)
        yield from _compare_events(view, duty, expected)
        yield from _compare_stops(view, duty, expected)


def _compare_ends(view: View, duty: CoachDuty, expected: Timetable) -> Iterator[Finding]:
    first = view.first_date
    for what, seen, right in (
        ("pulls out", duty.pull_out_min, expected.pull_out_min),
        ("pulls in", duty.pull_in_min, expected.pull_in_min),
    ):
        if seen != right:
            yield broken(
                "C9",
                duty.id,
                f"The coach {what} at {time_text(first, seen)}; {time_text(first, right)} is right.",
            )
    days = count_days(duty.pull_out_min, duty.pull_in_min)
    if duty.days != days:
        yield broken("C9", duty.id, f"The duty counts {duty.days} days away; it touches {days} dates.")


def _compare_events(view: View, duty: CoachDuty, expected: Timetable) -> Iterator[Finding]:
    seen = merge_stretches(
        [Stretch(e.kind, e.start_min, e.end_min, e.leg if e.kind in DRIVING else -1) for e in duty.events]
    )
    right = list(expected.stretches)
    for number in range(max(len(seen), len(right))):
        mine = right[number] if number < len(right) else None
        theirs = seen[number] if number < len(seen) else None
        if mine != theirs:
            yield broken(
                "C9",
                duty.id,
                f"The timetable has {_tell(view, theirs)}; {_tell(view, mine)} is lawful and earliest.",
            )
            return


def _compare_stops(view: View, duty: CoachDuty, expected: Timetable) -> Iterator[Finding]:
    for trip_id in duty.trip_ids:
        for stop, times in zip(view.trips[trip_id].stops, expected.stops[trip_id], strict=True):
            if (stop.arrive_min, stop.depart_min) != times:
                seen, right = (
                    " to ".join(time_text(view.first_date, minute) for minute in pair)
                    for pair in ((stop.arrive_min, stop.depart_min), times)
                )
                yield broken("C9", trip_id, f"The coach stands at {stop.place_id} {seen}; {right} is right.")
                break


def _tell(view: View, stretch: Stretch | None) -> str:
    if stretch is None:
        return "nothing more"
    start, end = (time_text(view.first_date, minute) for minute in (stretch.start, stretch.end))
    return f"{stretch.kind} {start} to {end}"
