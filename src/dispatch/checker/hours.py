"""C18: boarding hours of the places where people board coaches from home."""

from __future__ import annotations

from collections.abc import Iterator

from dispatch.checker.accuse import broken, time_text
from dispatch.checker.view import View
from dispatch.findings import Finding
from dispatch.model.geography import Place
from dispatch.model.plan import Role


def check_boarding_hours(view: View) -> Iterator[Finding]:
    """Pickups of direct coaches and feeders begin within the boarding hours of their place."""
    for trip in view.plan.trips:
        if trip.role not in (Role.DIRECT, Role.FEEDER):
            continue
        for stop, (up, _) in zip(trip.stops, view.count_at_stops(trip), strict=True):
            place = view.place(stop.place_id)
            if up and not may_board(place, stop.arrive_min):
                when = time_text(view.first_date, stop.arrive_min)
                yield broken(
                    "C18", trip.id, f"Boarding at {place.id} begins at {when}, outside its boarding hours."
                )


def may_board(place: Place, at_min: int) -> bool:
    """True within the boarding hours, both ends included; hours that end before they begin go past midnight."""
    minute, opens, closes = at_min % 1440, place.boards_from_min, place.boards_until_min
    return opens <= minute <= closes if opens <= closes else minute >= opens or minute <= closes
