"""Shared supply while a plan is being built: coaches and drivers per date, arrivals per gate, seats."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta

from dispatch.batching.direct import DirectTrip, arrive_moment
from dispatch.model.scenario import Scenario
from dispatch.units import DAY_MIN


class Resources:
    """Counts what is in use and answers whether one more trip fits (C5, C7 and named drivers)."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.lines = {line.id: line for line in scenario.fleet}
        self.fleet_used: dict[tuple[str, int], int] = defaultdict(int)
        self.drivers_used: dict[tuple[str, int], int] = defaultdict(int)
        self.arrivals: dict[tuple[str, int], int] = defaultdict(int)
        self.last_day = (scenario.last_date - scenario.first_date).days
        self._available: dict[tuple[str, int], int | None] = {}
        self.bays_used: dict[tuple[str, int], int] = defaultdict(int)
        self.bay_terminals = {id for id, terminal in scenario.terminals.items() if terminal.bays is not None}
        self.drivers_at: dict[str, int] = defaultdict(int)
        for member in scenario.crew:
            if member.role == "driver":
                self.drivers_at[member.depot_place_id] += 1
        self.has_named_drivers = bool(self.drivers_at)
        self.site_limits = {
            site.id: site.arrivals_per_day
            for site in scenario.geography.sites.values()
            if site.arrivals_per_day is not None
        }

    def find_available(self, fleet_id: str, day: int) -> int | None:
        """Coaches of a line that may be out on a day; None = unlimited."""
        key = (fleet_id, day)
        if key not in self._available:
            on = self.scenario.first_date + timedelta(days=day)
            self._available[key] = self.lines[fleet_id].find_available(on)
        return self._available[key]

    def days_touched(self, fleet_id: str, first_day: int, days: int) -> range:
        """Days on which a duty holds its coach: while away, or to the horizon's end if it never returns."""
        if self.lines[fleet_id].returns:
            return range(first_day, first_day + days)
        return range(first_day, max(self.last_day + 1, first_day + days))

    def has_coach(self, fleet_id: str, first_day: int, days: int, drivers: int) -> bool:
        """True where a coach and its drivers are free on every day of a duty."""
        depot = self.lines[fleet_id].depot_place_id
        for day in self.days_touched(fleet_id, first_day, days):
            available = self.find_available(fleet_id, day)
            if available is not None and self.fleet_used[fleet_id, day] >= available:
                return False
        if self.has_named_drivers:
            for day in range(first_day, first_day + days):
                if self.drivers_used[depot, day] + drivers > self.drivers_at[depot]:
                    return False
        return True

    def hold_coach(self, fleet_id: str, first_day: int, days: int, drivers: int, sign: int) -> None:
        """Take (+1) or give back (-1) a coach and its drivers for the days of a duty."""
        depot = self.lines[fleet_id].depot_place_id
        for day in self.days_touched(fleet_id, first_day, days):
            self.fleet_used[fleet_id, day] += sign
        for day in range(first_day, first_day + days):
            self.drivers_used[depot, day] += sign * drivers

    def count_arrivals(self, trip: DirectTrip) -> dict[tuple[str, int], int]:
        """People a trip brings to each limited gate, by arrival day."""
        counts: dict[tuple[str, int], int] = defaultdict(int)
        if self.site_limits:
            for unit in trip.units:
                for party in unit.parties:
                    if party.cell.site in self.site_limits:
                        day = trip.day + arrive_moment(trip.shape, party.cell.gate) // DAY_MIN
                        counts[party.cell.site, day] += party.size
        return counts

    def fits_arrivals(self, counts: dict[tuple[str, int], int]) -> bool:
        """True where the gates' daily limits allow these further arrivals."""
        return all(
            self.arrivals[key] + count <= self.site_limits[key[0]]
            for key, count in counts.items()
            if key[0] in self.site_limits
        )

    def hold_arrivals(self, counts: dict[tuple[str, int], int], sign: int) -> None:
        """Count (+1) or uncount (-1) arrivals."""
        for key, count in counts.items():
            self.arrivals[key] += sign * count

    def list_slots(self, place_id: str, from_min: int, until_min: int) -> list[tuple[str, int]]:
        """(terminal, slot number) that a coach's stop overlaps; empty where bays are not limited (C11)."""
        if place_id not in self.bay_terminals:
            return []
        slot_min = self.scenario.terminals[place_id].slot_min
        first = from_min // slot_min
        last = max(first, (until_min - 1) // slot_min)
        return [(place_id, number) for number in range(first, last + 1)]

    def has_bays(self, slots: list[tuple[str, int]]) -> bool:
        """True where every slot has a bay left."""
        return all(self.bays_used[key] < (self.scenario.terminals[key[0]].bays or 0) for key in slots)

    def _slots_of(self, trip: DirectTrip) -> list[tuple[str, int]]:
        if not self.bay_terminals:
            return []
        shape, start = trip.shape, trip.day * DAY_MIN
        dwell = self.scenario.limits.dwell_drop_min
        slots = []
        for place, begin, end in zip(shape.pickups, shape.board_min, shape.depart_min, strict=True):
            slots += self.list_slots(place, start + begin, start + end)
        for place, end in zip(shape.drops, shape.alight_end_min, strict=True):
            slots += self.list_slots(place, start + end - dwell, start + end)
        return slots

    def fits(self, trip: DirectTrip) -> bool:
        """True where one more direct trip finds a coach, drivers, bays and room at its gates."""
        return (
            self.has_coach(trip.fleet_id, trip.day, trip.shape.days, trip.shape.drivers)
            and self.fits_arrivals(self.count_arrivals(trip))
            and self.has_bays(self._slots_of(trip))
        )

    def hold(self, trip: DirectTrip, sign: int) -> None:
        """Take (+1) or give back (-1) all a direct trip uses."""
        self.hold_coach(trip.fleet_id, trip.day, trip.shape.days, trip.shape.drivers, sign)
        self.hold_arrivals(self.count_arrivals(trip), sign)
        for key in self._slots_of(trip):
            self.bays_used[key] += sign
