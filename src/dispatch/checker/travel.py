"""P2: frozen travel. Table legs exactly, estimates within 0.6 % of the checker's own, no leg missing."""

from __future__ import annotations

from collections.abc import Iterator

from dispatch.checker.accuse import broken
from dispatch.checker.path import find_path
from dispatch.checker.roads import drive_minutes
from dispatch.checker.view import View
from dispatch.findings import Finding
from dispatch.model.plan import CoachDuty, DutyLeg


def check_travel(view: View) -> Iterator[Finding]:
    """Missing legs, and legs whose km or minutes are not those of the table or the estimate."""
    frozen: dict[tuple[str, str], tuple[int, int]] = {}
    for duty in view.plan.duties:
        path = find_path(view, duty)
        if path.trouble:
            yield broken("P2", duty.id, path.trouble)
        for leg in duty.legs:
            yield from _check_leg(view, duty, leg)
            first = frozen.setdefault((leg.from_id, leg.to_id), (leg.km_tenths, leg.minutes))
            if first != (leg.km_tenths, leg.minutes):
                yield broken(
                    "P2", duty.id, f"The leg {_name(leg)} has two different frozen values in this plan."
                )


def _check_leg(view: View, duty: CoachDuty, leg: DutyLeg) -> Iterator[Finding]:
    row = view.roads.find_row(leg.from_id, leg.to_id)
    seen = f"{leg.km_tenths / 10:.1f} km, {leg.minutes} min ({leg.source})"
    if leg.from_id == leg.to_id:
        if (leg.km_tenths, leg.minutes) != (0, 0):
            yield broken(
                "P2", duty.id, f"The leg from {leg.from_id} to itself has {seen}; 0 km, 0 min was expected."
            )
    elif row is not None:
        if (leg.km_tenths, leg.minutes, leg.source) != (*row, "table"):
            yield broken(
                "P2",
                duty.id,
                f"The leg {_name(leg)} has {seen}; the table says {row[0] / 10:.1f} km, {row[1]} min.",
            )
    elif leg.source != "estimate":
        yield broken("P2", duty.id, f"The leg {_name(leg)} has {seen}; the table does not know it.")
    elif not _is_estimate(view, leg):
        road = view.roads.estimate(leg.from_id, leg.to_id)
        yield broken(
            "P2",
            duty.id,
            f"The leg {_name(leg)} has {seen}; {road.km_from / 10:.1f} to {road.km_to / 10:.1f} km"
            f" and {road.minutes_from} to {road.minutes_to} min was expected.",
        )


def _is_estimate(view: View, leg: DutyLeg) -> bool:
    road = view.roads.estimate(leg.from_id, leg.to_id)
    speeds = view.roads.list_speeds(leg.from_id, leg.to_id)
    fits = road.km_from <= leg.km_tenths <= road.km_to
    return fits and leg.minutes in {drive_minutes(leg.km_tenths, speed) for speed in speeds}


def _name(leg: DutyLeg) -> str:
    return f"{leg.from_id} to {leg.to_id}"
