"""Names and rounding of places on pages that show no homes: shared by map and plan book."""

from __future__ import annotations

from dispatch.model.geography import PlaceKind, Precision
from dispatch.model.plan import GatePoint, Plan
from dispatch.model.scenario import Scenario

#: Mark of a place where no stop order is claimed.
COARSE_SIGN = "※"
_VILLAGE_DECIMALS, _PUBLIC_DECIMALS = 2, 4


def is_village(scenario: Scenario, place_id: str) -> bool:
    """True for a place where people live (kind village)."""
    place = scenario.geography.places.get(place_id)
    return place is not None and place.kind is PlaceKind.VILLAGE


def public_name(scenario: Scenario, point: GatePoint) -> str:
    """Name to print: of a home known to the door only its region, otherwise the place's own."""
    if is_village(scenario, point.place_id) and point.precision == Precision.GATE:
        return point.region_name
    return point.name


def public_position(scenario: Scenario, point: GatePoint) -> tuple[float, float]:
    """(lat, lon) to draw: villages to two decimals (about 1 km), everything else to four (about 10 m)."""
    decimals = _VILLAGE_DECIMALS if is_village(scenario, point.place_id) else _PUBLIC_DECIMALS
    return round(point.lat, decimals), round(point.lon, decimals)


def is_coarse(point: GatePoint) -> bool:
    """True where the place is known only to its county or worse."""
    return Precision(point.precision).is_coarse


def marked_name(scenario: Scenario, plan: Plan, place_id: str) -> str:
    """Public name of a place of the plan, with the mark where no stop order is claimed."""
    point = plan.points.get(place_id)
    if point is None:
        return place_id
    return public_name(scenario, point) + (f" {COARSE_SIGN}" if is_coarse(point) else "")
