"""The five disjoint classes of trips every page counts and draws: how to tell them, their colours and dashes.

Colours are from the Okabe-Ito palette (two darkened for print); dash and width differ too, so grey prints stay readable.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from dispatch.model.plan import Plan, Role, Trip
from dispatch.model.supply import Mode
from dispatch.units import DAY_MIN, date_of_min

MAIN_ROLES = frozenset({Role.DIRECT, Role.LINE_HAUL})


@dataclass(frozen=True, slots=True, kw_only=True)
class TripClass:
    """One class of trips. ``key`` is also its word in the catalogue (``*_short`` where there is one); ``dash`` in SVG terms."""

    key: str
    word_key: str
    colour: str
    dash: str


CLASSES = (
    TripClass(key="bus", word_key="bus", colour="#0072B2", dash=""),
    TripClass(key="train", word_key="train", colour="#D55E00", dash="12 6"),
    TripClass(key="charter", word_key="charter", colour="#00795A", dash="1 7"),
    TripClass(key="feeder", word_key="feeder", colour="#B37700", dash="6 5"),
    TripClass(key="last_mile", word_key="last_mile", colour="#A8527F", dash="6 5"),
)
CLASS_INDEX = {trip_class.key: index for index, trip_class in enumerate(CLASSES)}


def class_of(trip: Trip) -> str:
    """Class of a trip: ``feeder`` and ``last_mile`` by role, all others by mode."""
    if trip.role in MAIN_ROLES:
        return Mode(trip.mode).value
    return Role(trip.role).value


def count_classes(plan: Plan) -> dict[str, int]:
    """Trips of each class; the sum is the number of trips of the plan."""
    counts = {trip_class.key: 0 for trip_class in CLASSES}
    for trip in plan.trips:
        counts[class_of(trip)] += 1
    return counts


def service_day(trip: Trip) -> int:
    """Service date of a trip as days after the horizon's first date."""
    return trip.service_date_min // DAY_MIN


def date_text(first_date: date, at_min: int) -> str:
    """``YYYY-MM-DD`` of a planning minute."""
    return date_of_min(first_date, at_min).isoformat()
