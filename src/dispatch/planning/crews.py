"""Which named drivers of a depot take which coach."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from dispatch.model.plan import CoachDuty
from dispatch.model.scenario import Scenario
from dispatch.model.supply import FleetLine
from dispatch.units import DAY_MIN

#: Days that must lie between two duties of one driver, so that no window of seven days spans both.
DAYS_APART = 7
#: Names of the drivers of a coach, and what each has driven in the week before (minutes).
Crew = tuple[tuple[str, ...], tuple[int, ...]]
NOBODY: Crew = ((), ())


class CrewBook:
    """Drivers of every depot and the days on which they are away."""

    def __init__(self, scenario: Scenario, lines: Mapping[str, FleetLine]) -> None:
        self._lines = lines
        self._busy: dict[str, set[int]] = defaultdict(set)
        self._drivers_at: dict[str, list[tuple[str, int]]] = defaultdict(list)
        for member in scenario.crew:
            if member.role == "driver":
                self._drivers_at[member.depot_place_id].append((member.name, member.used_week_min))

    def name_drivers(self, fleet_id: str, first_day: int, days: int, drivers: int) -> Crew:
        """Drivers of the line's depot with no other duty within a week, the most rested first.

        So no window of 24 hours or seven days ever spans two duties of one driver. Nobody where the scenario names none, or
        too few are free together: the sheet then leaves lines to fill in.
        """
        people = self._drivers_at.get(self._lines[fleet_id].depot_place_id, [])
        if len(people) < drivers:
            return NOBODY
        week = _days_near(first_day, days)
        free = [person for person in people if not week & self._busy[person[0]]]
        if len(free) < drivers:
            return NOBODY
        chosen = sorted(free, key=lambda person: (person[1], person[0]))[:drivers]
        for name, _ in chosen:
            self._busy[name] |= set(range(first_day, first_day + days))
        return tuple(name for name, _ in chosen), tuple(used for _, used in chosen)


def drop_clashing_names(duties: Iterable[CoachDuty]) -> Iterator[CoachDuty]:
    """Duties, in order; one whose drivers are on an earlier one within a week loses their names, to be filled in by hand.

    For plans of parts that were made with the same drivers in mind.
    """
    busy: dict[str, set[int]] = defaultdict(set)
    for duty in duties:
        first_day = duty.pull_out_min // DAY_MIN
        near = _days_near(first_day, duty.days)
        if any(near & busy[name] for name in duty.driver_names):
            yield replace(duty, driver_names=())
            continue
        for name in duty.driver_names:
            busy[name] |= set(range(first_day, first_day + duty.days))
        yield duty


def _days_near(first_day: int, days: int) -> set[int]:
    return set(range(first_day - DAYS_APART, first_day + days + DAYS_APART))
