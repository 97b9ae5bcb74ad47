"""A coach duty as rows to print: the route hour by hour, and each driver's own table."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from dispatch.model.plan import CoachDuty, DutyEvent, EventKind
from dispatch.render.sources import PrintSource, moment_text, place_text, printable
from dispatch.units import DAY_MIN, divide_half_even

DRIVING = (EventKind.DRIVE, EventKind.DEADHEAD)
EVENT_WORDS = {
    EventKind.DRIVE: "载客行驶 drive",
    EventKind.DEADHEAD: "空驶 empty",
    EventKind.BREAK: "休息 break",
    EventKind.NIGHT_HALT: "夜间停驶 night halt",
    EventKind.BOARD: "上客 boarding",
    EventKind.ALIGHT: "下客 alighting",
    EventKind.WAIT: "等候 wait",
}


def join_stretches(events: Sequence[DutyEvent]) -> list[DutyEvent]:
    """Events with adjoining driving stretches of one leg and one driver made one."""
    joined: list[DutyEvent] = []
    for event in events:
        last = joined[-1] if joined else None
        same = last is not None and (last.kind, last.leg, last.driver) == (
            event.kind,
            event.leg,
            event.driver,
        )
        if last is not None and same and event.kind in DRIVING and last.end_min == event.start_min:
            joined[-1] = dataclasses.replace(last, end_min=event.end_min)
        else:
            joined.append(event)
    return joined


def split_km(duty: CoachDuty, events: Sequence[DutyEvent]) -> list[int]:
    """Tenths of a km of each event: a leg's km shared by minutes, so that its stretches add up to the leg.

    A leg of 100.0 km in 60 minutes driven in stretches of 20 and 40 minutes: 33.3 km and 66.7 km.
    """
    driven: dict[int, int] = {}
    shares = []
    for event in events:
        if event.kind not in DRIVING or event.leg < 0:
            shares.append(0)
            continue
        leg, before = duty.legs[event.leg], driven.get(event.leg, 0)
        after = before + event.end_min - event.start_min
        driven[event.leg] = after
        minutes = max(leg.minutes, 1)
        shares.append(
            divide_half_even(leg.km_tenths * after, minutes)
            - divide_half_even(leg.km_tenths * before, minutes)
        )
    return shares


def find_worst_24h(stretches: Sequence[DutyEvent]) -> int:
    """Most driving minutes within any 1440 minutes; one of the worst windows always begins with a stretch."""
    return max((_driving_within(stretches, stretch.start_min) for stretch in stretches), default=0)


def route_rows(source: PrintSource, duty: CoachDuty) -> list[tuple[str, ...]]:
    """Rows (from, until, what, where, km, minutes, driver) of a duty, depot to depot; ``≈``: km only estimated."""
    events = join_stretches(duty.events)
    rows: list[tuple[str, ...]] = []
    for event, km_tenths in zip(events, split_km(duty, events), strict=True):
        moving = event.kind in DRIVING
        rows.append(
            (
                moment_text(source, event.start_min),
                moment_text(source, event.end_min),
                EVENT_WORDS[event.kind],
                _where_text(source, duty, event),
                _km_text(duty, event, km_tenths) if moving else "",
                str(event.end_min - event.start_min),
                str(event.driver + 1) if moving and event.driver >= 0 else "",
            )
        )
    return rows


def driver_groups(source: PrintSource, duty: CoachDuty) -> list[tuple[str, list[tuple[str, ...]]]]:
    """For each driver: a label with the hours of the duty and of the worst 24 h, and a row per stretch."""
    events = join_stretches(duty.events)
    groups: list[tuple[str, list[tuple[str, ...]]]] = []
    for driver in range(duty.drivers):
        own = [event for event in events if event.kind in DRIVING and event.driver == driver]
        name = printable(duty.driver_names[driver]) if driver < len(duty.driver_names) else "____________"
        total = sum(event.end_min - event.start_min for event in own)
        label = (
            f"驾驶员 driver {driver + 1}  {name}  ·  驾驶 driving {hours_text(total)}"
            f"  ·  24 小时内最多 worst 24 h {hours_text(find_worst_24h(own))}"
        )
        groups.append(
            (
                label,
                [_stretch_row(source, duty, event) for event in own]
                or [("—", "—", "不驾驶 no driving", "", "")],
            )
        )
    return groups


def hours_text(minutes: int) -> str:
    """Hours and minutes, e.g. ``7 h 05``."""
    return f"{minutes // 60} h {minutes % 60:02d}"


def _km_text(duty: CoachDuty, event: DutyEvent, km_tenths: int) -> str:
    """Km of a stretch; ``≈`` before those of a leg that is only estimated."""
    estimated = event.leg >= 0 and duty.legs[event.leg].source == "estimate"
    return f"{'≈' if estimated else ''}{km_tenths / 10:.1f}"


def _stretch_row(source: PrintSource, duty: CoachDuty, event: DutyEvent) -> tuple[str, ...]:
    return (
        moment_text(source, event.start_min),
        moment_text(source, event.end_min),
        EVENT_WORDS[event.kind],
        _where_text(source, duty, event),
        hours_text(event.end_min - event.start_min),
    )


def _where_text(source: PrintSource, duty: CoachDuty, event: DutyEvent) -> str:
    if event.kind in DRIVING and event.leg >= 0:
        leg = duty.legs[event.leg]
        return f"{place_text(source, leg.from_id)} → {place_text(source, leg.to_id)}"
    name = printable(event.place_name) or (place_text(source, event.place_id) if event.place_id else "")
    return f"{name} 附近（近似）near, approximate" if event.approximate else name


def _driving_within(stretches: Sequence[DutyEvent], start_min: int) -> int:
    end_min = start_min + DAY_MIN
    return sum(max(0, min(one.end_min, end_min) - max(one.start_min, start_min)) for one in stretches)
