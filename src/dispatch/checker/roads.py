"""Road distance and time between two places, computed apart from the planner: table, else own geodesic.

The estimate: km = WGS-84 geodesic x circuity, to the nearest tenth; minutes = km / speed x 60 of those km, up. Circuity is the
largest of both ends' factors (1.40 for region codes 52, 53, 54, 5132, 5133, 5134; a country's own; else 1.30) and, under 50 km of
geodesic, of 1.40. Speed is 75 km/h, under 50 km 45 km/h. Source: the floors' README and the travel estimate's text.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dispatch.checker.columns import read_texts, read_whole
from dispatch.checker.geodesy import measure_geodesic_km
from dispatch.model.geography import Place
from dispatch.model.plan import Plan
from dispatch.model.scenario import Scenario

TOLERANCE = 0.006
ROUNDING_KM = 0.05
SHORT_KM = 50.0
SHORT_CIRCUITY = 1.40
USUAL_CIRCUITY = 1.30
MOUNTAIN_CIRCUITY = 1.40
MOUNTAIN_CODES = ("52", "53", "54", "5132", "5133", "5134")
COUNTRY_CIRCUITY = {"DE": 1.32, "IN": 1.31, "JP": 1.41, "MX": 1.46, "TH": 1.42, "US": 1.20}
SPEED_KMH = 75
SHORT_SPEED_KMH = 45


@dataclass(frozen=True, slots=True)
class Road:
    """What may stand in a plan for one directed pair: ranges of km (tenths) and minutes, both ends included."""

    km_from: int
    km_to: int
    minutes_from: int
    minutes_to: int
    exact: bool


class Roads:
    """Roads between places of one scenario: its table, what the plan froze, else estimates with tolerance."""

    def __init__(self, scenario: Scenario, plan: Plan) -> None:
        self._places = scenario.geography.places
        self._number = {name: number for number, name in enumerate(self._places)}
        frame = scenario.travel
        ends = [read_texts(frame[name]).number(self._number) for name in ("from_id", "to_id")]
        keys = np.where(
            (ends[0] >= 0) & (ends[1] >= 0), ends[0].astype(np.int64) * len(self._places) + ends[1], -1
        )
        order = np.argsort(keys, kind="stable")
        self._table_keys = keys[order]
        self._table_km = read_whole(frame["km_tenths"])[order]
        self._table_minutes = read_whole(frame["minutes"])[order]
        self._frozen = {(leg.from_id, leg.to_id): leg for duty in plan.duties for leg in duty.legs}
        self._geodesic_km: dict[tuple[str, str], float] = {}

    def find_row(self, from_id: str, to_id: str) -> tuple[int, int] | None:
        """(km in tenths, minutes) of the travel table's last row for a pair, None where it has none."""
        if not len(self._table_keys):
            return None
        key = self._number[from_id] * len(self._places) + self._number[to_id]
        row = int(np.searchsorted(self._table_keys, key, side="right")) - 1
        if row < 0 or self._table_keys[row] != key:
            return None
        return int(self._table_km[row]), int(self._table_minutes[row])

    def find_road(self, from_id: str, to_id: str) -> Road:
        """Road of a pair: exact from the table or a leg the plan froze, else the estimate's range."""
        if from_id == to_id:
            return Road(0, 0, 0, 0, exact=True)
        row = self.find_row(from_id, to_id)
        if row is not None:
            return Road(row[0], row[0], row[1], row[1], exact=True)
        leg = self._frozen.get((from_id, to_id))
        if leg is not None:
            return Road(leg.km_tenths, leg.km_tenths, leg.minutes, leg.minutes, exact=True)
        return self.estimate(from_id, to_id)

    def estimate(self, from_id: str, to_id: str) -> Road:
        """Range of the estimate: 0.6 % and the rounding of 0.05 km either way, both sides of the 50 km step near it."""
        km = self.measure_km(from_id, to_id)
        readings = {km < SHORT_KM, km * (1 - TOLERANCE) < SHORT_KM, km * (1 + TOLERANCE) < SHORT_KM}
        roads = [self._estimate_as(from_id, to_id, km, is_short=is_short) for is_short in sorted(readings)]
        return Road(
            min(road.km_from for road in roads),
            max(road.km_to for road in roads),
            min(road.minutes_from for road in roads),
            max(road.minutes_to for road in roads),
            exact=False,
        )

    def list_speeds(self, from_id: str, to_id: str) -> tuple[int, ...]:
        """Speeds (km/h) that an estimate of this pair may use: one, or both near the 50 km step."""
        km = self.measure_km(from_id, to_id)
        readings = {km * (1 - TOLERANCE) < SHORT_KM, km * (1 + TOLERANCE) < SHORT_KM}
        return tuple(SHORT_SPEED_KMH if is_short else SPEED_KMH for is_short in sorted(readings))

    def measure_km(self, from_id: str, to_id: str) -> float:
        """WGS-84 geodesic of two places, km."""
        pair = (from_id, to_id) if from_id < to_id else (to_id, from_id)
        if pair not in self._geodesic_km:
            a, b = self._places[pair[0]], self._places[pair[1]]
            self._geodesic_km[pair] = measure_geodesic_km(a.lat, a.lon, b.lat, b.lon)
        return self._geodesic_km[pair]

    def _estimate_as(self, from_id: str, to_id: str, km: float, *, is_short: bool) -> Road:
        ends = max(_factor(self._places[from_id]), _factor(self._places[to_id]))
        road_km = km * (max(ends, SHORT_CIRCUITY) if is_short else ends)
        low = max(0, _up(10 * (road_km * (1 - TOLERANCE) - ROUNDING_KM)))
        high = int(10 * (road_km * (1 + TOLERANCE) + ROUNDING_KM))
        speed = SHORT_SPEED_KMH if is_short else SPEED_KMH
        return Road(low, high, drive_minutes(low, speed), drive_minutes(high, speed), exact=False)


def drive_minutes(km_tenths: int, speed_kmh: int) -> int:
    """Whole minutes, rounded up: 130.0 km at 75 km/h are 104."""
    return -(-km_tenths * 6 // speed_kmh)


def _factor(place: Place) -> float:
    if place.region_id.startswith(MOUNTAIN_CODES):
        return MOUNTAIN_CIRCUITY
    return COUNTRY_CIRCUITY.get(place.region_id, USUAL_CIRCUITY)


def _up(value: float) -> int:
    return -int(-value // 1)
