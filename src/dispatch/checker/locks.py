"""C17: wishes that bind."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from dispatch.checker.accuse import broken, day_text
from dispatch.checker.view import Itinerary, View
from dispatch.findings import Finding
from dispatch.model.scenario import Lock, LockKind


def check_locks(view: View) -> Iterator[Finding]:
    """Every lock holds for each member of the worker's party who has an itinerary."""
    parties: dict[str, list[str]] = defaultdict(list)
    for person in view.people.values():
        parties[person.party].append(person.id)
    for lock in view.scenario.locks:
        if lock.worker_id not in view.people:
            continue
        members = parties[view.people[lock.worker_id].party]
        served = [view.journeys[worker] for worker in members if worker in view.journeys]
        for journey in served:
            trouble = _find_trouble(view, lock, journey, parties)
            if trouble:
                yield broken(
                    "C17", journey.person.id, f"The lock '{lock.kind} {lock.value}' does not hold: {trouble}."
                )


def _find_trouble(view: View, lock: Lock, journey: Itinerary, parties: dict[str, list[str]]) -> str:
    """What breaks the lock, empty when it holds."""
    haul = journey.line_haul
    if lock.kind is LockKind.DATE:
        day = day_text(view.first_date, journey.service_day)
        return "" if day == lock.value else f"the service date is {day}"
    if lock.kind is LockKind.SERVICE:
        return "" if haul.service_id == lock.value else f"the line-haul is {haul.service_id or haul.id}"
    if lock.kind is LockKind.MODE:
        return "" if haul.mode == lock.value else f"the mode is {haul.mode}"
    if lock.kind is LockKind.FLEET:
        duties = [view.trips[ride.trip].duty_id for ride in journey.rides]
        lines = {view.duties[duty].fleet_id for duty in duties if duty}
        return "" if lock.value in lines else f"the coaches are of {', '.join(sorted(lines)) or 'no fleet'}"
    return _find_company(view, lock, journey, parties)


def _find_company(view: View, lock: Lock, journey: Itinerary, parties: dict[str, list[str]]) -> str:
    if lock.value not in view.people:
        return ""
    others = parties[view.people[lock.value].party]
    hauls = {view.journeys[worker].line_haul.id for worker in others if worker in view.journeys}
    mine = journey.line_haul.id
    if lock.kind is LockKind.TOGETHER:
        return "" if mine in hauls else f"{lock.value} does not ride on {mine}"
    return f"{lock.value} rides on {mine} too" if mine in hauls else ""
