"""The canonical timetable of a coach, worked out again from its frozen legs and the text of the floors' README.

State: clock, driving minutes since the last rest, and those of them in night hours. The coach halts in the forbidden hours, breaks
when a limit is reached, and drives until something happens.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from dispatch.model.plan import EventKind
from dispatch.model.policy import DriverRules

NO_LIMIT = 10**9


@dataclass(frozen=True, slots=True)
class Stretch:
    """What the coach does from ``start`` to ``end``; ``leg`` only while driving."""

    kind: EventKind
    start: int
    end: int
    leg: int = -1


@dataclass(slots=True)
class Clockwork:
    """A coach on its way. ``stood``: minutes of the stop under way, ``log``: stretches so far."""

    rules: DriverRules
    halts: bool
    clock: int
    driven: int = 0
    driven_by_night: int = 0
    stood: int = 0
    log: list[Stretch] = field(default_factory=list)

    def stand(self, kind: EventKind, minutes: int) -> None:
        """Board, alight or wait."""
        if minutes > 0:
            self._note(kind, minutes)
            self.stood += minutes

    def drive(self, kind: EventKind, leg: int, minutes: int) -> None:
        """One leg, with the halts and breaks that fall into it."""
        if minutes > 0:
            if self.stood >= self.rules.break_min:
                self._rest()
            self.stood = 0
        while minutes > 0:
            if self.halts and self._is_between(self.rules.halt_from_min, self.rules.halt_until_min):
                self._note(EventKind.NIGHT_HALT, self._minutes_to(self.rules.halt_until_min))
                self._rest()
            elif self._must_break():
                self._note(EventKind.BREAK, self.rules.break_min)
                self._rest()
            else:
                minutes -= self._drive_on(kind, leg, minutes)

    def _drive_on(self, kind: EventKind, leg: int, minutes: int) -> int:
        """Drive until the first thing that happens; returns the minutes driven."""
        rules, is_night = self.rules, self._is_night()
        until = [minutes, _limit(rules.continuous_day_max_min) - self.driven]
        if is_night:
            until.append(_limit(rules.continuous_night_max_min) - self.driven_by_night)
        if self.halts:
            until.append(self._minutes_to(rules.halt_from_min))
        if rules.night_from_min != rules.night_until_min:
            until += [self._minutes_to(rules.night_from_min), self._minutes_to(rules.night_until_min)]
        step = min(until)
        self._note(kind, step, leg)
        self.driven += step
        self.driven_by_night += step if is_night else 0
        return step

    def _must_break(self) -> bool:
        by_day = self.driven >= _limit(self.rules.continuous_day_max_min)
        by_night = self.driven_by_night >= _limit(self.rules.continuous_night_max_min)
        return by_day or (by_night and self._is_night())

    def _rest(self) -> None:
        self.driven = self.driven_by_night = 0

    def _is_night(self) -> bool:
        return self._is_between(self.rules.night_from_min, self.rules.night_until_min)

    def _is_between(self, from_min: int, until_min: int) -> bool:
        minute = self.clock % 1440
        if from_min <= until_min:
            return from_min <= minute < until_min
        return minute >= from_min or minute < until_min

    def _minutes_to(self, minute_of_day: int) -> int:
        """Minutes from now to the next such minute of the day, a whole day if it is now."""
        return (minute_of_day - self.clock - 1) % 1440 + 1

    def _note(self, kind: EventKind, minutes: int, leg: int = -1) -> None:
        self.log.append(Stretch(kind, self.clock, self.clock + minutes, leg))
        self.clock += minutes


def merge_stretches(stretches: list[Stretch]) -> list[Stretch]:
    """Same stretches without empty ones, neighbours of one kind and leg joined."""
    merged: list[Stretch] = []
    for stretch in stretches:
        if stretch.end == stretch.start:
            continue
        last = merged[-1] if merged else None
        if last and (last.kind, last.leg, last.end) == (stretch.kind, stretch.leg, stretch.start):
            merged[-1] = Stretch(last.kind, last.start, stretch.end, last.leg)
        else:
            merged.append(stretch)
    return merged


def _limit(minutes: int | None) -> int:
    return NO_LIMIT if minutes is None else minutes
