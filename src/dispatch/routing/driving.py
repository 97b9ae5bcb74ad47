"""Driving under the drivers' limits: from minutes of a leg to a timetable with breaks and night halts.

Two forms of the same arithmetic (house README, "Driving simulation"): ``drive`` follows the text word by word and
records every stretch; ``drive_fast`` works on compiled integers and is what the planner calls millions of times.
A property test holds them equal.
"""

from __future__ import annotations

from collections.abc import MutableSequence
from typing import NamedTuple

from dispatch.model.plan import EventKind
from dispatch.model.policy import DriverRules
from dispatch.units import DAY_MIN

#: Stands for "no such limit" in compiled rules.
NO_LIMIT = 1 << 40


class DrivingState(NamedTuple):
    """Driving minutes since the last rest, and those of them that fell in night hours."""

    cont_min: int = 0
    night_min: int = 0


RESTED = DrivingState()


class Stretch(NamedTuple):
    """Recorded stretch of a leg: DRIVE, BREAK or NIGHT_HALT; ``driven_min`` of the leg lie before it."""

    kind: EventKind
    start_min: int
    end_min: int
    driven_min: int


class CompiledRules(NamedTuple):
    """Drivers' limits as plain integers; ``NO_LIMIT`` and windows of length 0 where the rule has none."""

    day_max: int
    night_max: int
    break_min: int
    night_from: int
    night_length: int
    halt_from: int
    halt_length: int


def compile_rules(rules: DriverRules) -> CompiledRules:
    """Limits in the form ``drive_fast`` takes.

    Raises
    ------
    ValueError
        Where the limits would let nobody drive at all (a continuous limit or a break of zero minutes).
    """
    day_max = NO_LIMIT if rules.continuous_day_max_min is None else rules.continuous_day_max_min
    night_max = NO_LIMIT if rules.continuous_night_max_min is None else rules.continuous_night_max_min
    if day_max <= 0 or night_max < 0 or (night_max == 0 and rules.break_min <= 0):
        raise ValueError(f"continuous driving limits of {day_max} and {night_max} min let nobody drive")
    if measure_window(rules.halt_from_min, rules.halt_until_min) >= DAY_MIN:
        raise ValueError("halt hours that last all day let nobody drive")
    return CompiledRules(
        day_max=day_max,
        night_max=night_max,
        break_min=rules.break_min,
        night_from=rules.night_from_min % DAY_MIN,
        night_length=measure_window(rules.night_from_min, rules.night_until_min),
        halt_from=rules.halt_from_min % DAY_MIN,
        halt_length=measure_window(rules.halt_from_min, rules.halt_until_min),
    )


def measure_window(from_min: int, until_min: int) -> int:
    """Minutes of the daily window [from, until), which may pass midnight; 0 where both are equal."""
    return 0 if from_min == until_min else _count_until(from_min, until_min)


def is_in_window(at_min: int, from_min: int, until_min: int) -> bool:
    """True where the minute of the day of ``at_min`` lies in [from, until); the window may pass midnight."""
    return (at_min - from_min) % DAY_MIN < measure_window(from_min, until_min)


def _count_until(at_min: int, of_day_min: int) -> int:
    """Minutes from ``at_min`` to the next moment with that minute of the day: 1 to 1440, never 0."""
    return (of_day_min - at_min - 1) % DAY_MIN + 1


def rest(state: DrivingState, stood_min: int, rules: DriverRules) -> DrivingState:
    """State after standing at one stop or at several without driving between them: rested from ``break_min`` on."""
    return RESTED if stood_min >= rules.break_min else state


def drive(
    start_min: int, minutes: int, state: DrivingState, rules: DriverRules, halts_apply: bool
) -> tuple[int, DrivingState, tuple[Stretch, ...]]:
    """End minute, state and recorded stretches of driving a leg of ``minutes`` from ``start_min``.

    Times are planning minutes. ``halts_apply`` says whether the hours from ``halt_from_min`` to
    ``halt_until_min`` keep the coach standing. Ten hours from 06:00 with 4 h / 20 min: 06:00-10:00,
    10:20-14:20, 14:40-16:40.
    """
    at_min, left, (cont, night) = start_min, minutes, state
    stretches: list[Stretch] = []
    while left > 0:
        if halts_apply and is_in_window(at_min, rules.halt_from_min, rules.halt_until_min):
            until = at_min + _count_until(at_min, rules.halt_until_min)
            stretches.append(Stretch(EventKind.NIGHT_HALT, at_min, until, minutes - left))
            at_min, cont, night = until, 0, 0
        elif _must_break(at_min, cont, night, rules):
            until = at_min + rules.break_min
            stretches.append(Stretch(EventKind.BREAK, at_min, until, minutes - left))
            at_min, cont, night = until, 0, 0
        else:
            step = _find_step(at_min, left, DrivingState(cont, night), rules, halts_apply)
            _extend(stretches, at_min, step, minutes - left)
            cont += step
            night += step if is_in_window(at_min, rules.night_from_min, rules.night_until_min) else 0
            at_min, left = at_min + step, left - step
    return at_min, DrivingState(cont, night), tuple(stretches)


def _must_break(at_min: int, cont: int, night: int, rules: DriverRules) -> bool:
    if rules.continuous_day_max_min is not None and cont >= rules.continuous_day_max_min:
        return True
    is_night = is_in_window(at_min, rules.night_from_min, rules.night_until_min)
    return is_night and rules.continuous_night_max_min is not None and night >= rules.continuous_night_max_min


def _find_step(at_min: int, left: int, state: DrivingState, rules: DriverRules, halts_apply: bool) -> int:
    """Minutes until the first of: leg ends, a limit is reached, halt_from, a night boundary."""
    steps = [left]
    if rules.continuous_day_max_min is not None:
        steps.append(rules.continuous_day_max_min - state.cont_min)
    if rules.night_from_min != rules.night_until_min:
        is_night = is_in_window(at_min, rules.night_from_min, rules.night_until_min)
        if is_night and rules.continuous_night_max_min is not None:
            steps.append(rules.continuous_night_max_min - state.night_min)
        boundary = rules.night_until_min if is_night else rules.night_from_min
        steps.append(_count_until(at_min, boundary))
    if halts_apply and rules.halt_from_min != rules.halt_until_min:
        steps.append(_count_until(at_min, rules.halt_from_min))
    return min(steps)


def _extend(stretches: list[Stretch], at_min: int, step: int, driven_min: int) -> None:
    """Add ``step`` minutes of driving, joined to a driving stretch that ends just here."""
    last = stretches[-1] if stretches else None
    if last is not None and last.kind is EventKind.DRIVE and last.end_min == at_min:
        stretches[-1] = last._replace(end_min=at_min + step)
    else:
        stretches.append(Stretch(EventKind.DRIVE, at_min, at_min + step, driven_min))


def drive_fast(
    start_min: int,
    minutes: int,
    cont: int,
    night: int,
    rules: CompiledRules,
    halts_apply: bool,
    intervals: MutableSequence[tuple[int, int]] | None = None,
) -> tuple[int, int, int]:
    """End minute, ``cont`` and ``night`` after a leg: the same as ``drive`` without the record.

    Appends the driving intervals (start, end) of the leg to ``intervals`` where it is given.
    """
    if minutes <= 0:
        return start_min, cont, night
    day_max, night_max, break_min, night_from, night_length, halt_from, halt_length = rules
    at = began = start_min
    left = minutes
    while True:
        step = left
        if halts_apply and halt_length:
            inside = (at - halt_from) % DAY_MIN
            if inside < halt_length:
                if intervals is not None and at > began:
                    intervals.append((began, at))
                at += halt_length - inside
                began, cont, night, inside = at, 0, 0, halt_length
            step = min(left, DAY_MIN - inside)
        into_night = (at - night_from) % DAY_MIN
        is_night = into_night < night_length
        if cont >= day_max or (is_night and night >= night_max):
            if intervals is not None and at > began:
                intervals.append((began, at))
            at += break_min
            began, cont, night = at, 0, 0
            continue
        if is_night:
            step = min(step, day_max - cont, night_max - night, night_length - into_night)
            night += step
        else:
            step = min(step, day_max - cont, DAY_MIN - into_night)
        at += step
        cont += step
        left -= step
        if left == 0:
            if intervals is not None:
                intervals.append((began, at))
            return at, cont, night
