"""C17: wishes that bind."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from dispatch.checker.accuse import broken, day_text
from dispatch.checker.columns import locate, read_strings
from dispatch.checker.view import View
from dispatch.findings import Finding
from dispatch.model.plan import Trip
from dispatch.model.scenario import Lock, LockKind


def check_locks(view: View) -> Iterator[Finding]:
    """Every lock holds for each member of the worker's party who has an itinerary."""
    numbers = find_named(view)
    for lock in view.scenario.locks:
        if lock.worker_id not in numbers:
            continue
        for journey in _list_journeys(view, numbers[lock.worker_id]):
            trouble = _find_trouble(view, lock, journey, numbers)
            if trouble:
                yield broken(
                    "C17",
                    view.people.name(view.journeys.who[journey]),
                    f"The lock '{lock.kind} {lock.value}' does not hold: {trouble}.",
                )


def find_named(view: View) -> dict[str, int]:
    """Numbers of the known workers whom locks name."""
    names = sorted({name for lock in view.scenario.locks for name in (lock.worker_id, lock.value)})
    if not names:
        return {}
    numbers = locate(read_strings(pd.Series(names, dtype="string")), view.people.ids)
    return {name: int(number) for name, number in zip(names, numbers, strict=True) if number >= 0}


def _list_journeys(view: View, worker: int) -> list[int]:
    """Journeys of the members of a worker's party."""
    members = view.people.list_party(int(view.people.party.codes[worker]))
    return [int(view.journeys.at[member]) for member in members if view.journeys.at[member] >= 0]


def _find_trouble(view: View, lock: Lock, journey: int, numbers: dict[str, int]) -> str:
    """What breaks the lock, empty when it holds."""
    haul = _find_haul(view, journey)
    if lock.kind is LockKind.DATE:
        day = day_text(view.first_date, view.journeys.day[journey])
        return "" if day == lock.value else f"the service date is {day}"
    if lock.kind is LockKind.SERVICE:
        return "" if haul.service_id == lock.value else f"the line-haul is {haul.service_id or haul.id}"
    if lock.kind is LockKind.MODE:
        return "" if haul.mode == lock.value else f"the mode is {haul.mode}"
    if lock.kind is LockKind.FLEET:
        rides = range(view.journeys.first[journey], view.journeys.last[journey] + 1)
        duties = [view.plan.trips[view.rides.trip[ride]].duty_id for ride in rides]
        lines = {view.duties[duty].fleet_id for duty in duties if duty}
        return "" if lock.value in lines else f"the coaches are of {', '.join(sorted(lines)) or 'no fleet'}"
    return _find_company(view, lock, haul.id, numbers)


def _find_company(view: View, lock: Lock, mine: str, numbers: dict[str, int]) -> str:
    if lock.value not in numbers:
        return ""
    hauls = {_find_haul(view, journey).id for journey in _list_journeys(view, numbers[lock.value])}
    if lock.kind is LockKind.TOGETHER:
        return "" if mine in hauls else f"{lock.value} does not ride on {mine}"
    return f"{lock.value} rides on {mine} too" if mine in hauls else ""


def _find_haul(view: View, journey: int) -> Trip:
    return view.plan.trips[int(view.journeys.haul[journey])]
