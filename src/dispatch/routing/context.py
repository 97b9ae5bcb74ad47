"""What a routing question needs besides the places asked about: frozen travel, hours, lines and limits as plain values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from dispatch.model.policy import DriverRules
from dispatch.model.scenario import Limits, Scenario
from dispatch.model.supply import FleetLine
from dispatch.model.travel import FrozenTravel
from dispatch.routing.driving import CompiledRules, compile_rules

if TYPE_CHECKING:
    from dispatch.routing.duties import DutyShape
    from dispatch.routing.trips import TripShape


@dataclass(slots=True)
class RoutingCache:
    """Answers already worked out, by ids. Emptying it changes no answer."""

    trips: dict[tuple[str, tuple[str, ...], tuple[str, ...]], TripShape | None] = field(default_factory=dict)
    timetables: dict[tuple[Any, ...], TripShape | None] = field(default_factory=dict)
    best: dict[tuple[Any, ...], TripShape | None] = field(default_factory=dict)
    duties: dict[tuple[Any, ...], DutyShape | None] = field(default_factory=dict)
    orders: dict[tuple[str, frozenset[str], str, str], tuple[str, ...]] = field(default_factory=dict)

    def clear(self) -> None:
        """Forget everything."""
        for answers in (self.trips, self.timetables, self.best, self.duties, self.orders):
            answers.clear()


@dataclass(frozen=True, slots=True, eq=False)
class RoutingContext:
    """One scenario as routing sees it. Make it with ``make_context``; it pickles as its two sources.

    ``km_tenths`` and ``minutes`` are flat row-major views of the frozen matrices with rows of ``size``.
    ``receiving`` and ``boarding`` map a place to (from, until) minutes of the day; a place used by no site is missing
    from ``receiving``.
    """

    scenario: Scenario
    travel: FrozenTravel
    index: Mapping[str, int]
    size: int
    km_tenths: memoryview
    minutes: memoryview
    lines: Mapping[str, FleetLine]
    receiving: Mapping[str, tuple[int, int]]
    boarding: Mapping[str, tuple[int, int]]
    limits: Limits
    rules: DriverRules
    compiled: CompiledRules
    cache: RoutingCache

    def __reduce__(self) -> tuple[Callable[..., RoutingContext], tuple[Scenario, FrozenTravel]]:
        return make_context, (self.scenario, self.travel)

    def get_km_tenths(self, from_id: str, to_id: str) -> int:
        """Frozen km of a leg in tenths. Raises KeyError for a place without frozen travel."""
        km: int = self.km_tenths[self.index[from_id] * self.size + self.index[to_id]]
        return km

    def get_minutes(self, from_id: str, to_id: str) -> int:
        """Frozen driving minutes of a leg. Raises KeyError for a place without frozen travel."""
        minutes: int = self.minutes[self.index[from_id] * self.size + self.index[to_id]]
        return minutes


def make_context(scenario: Scenario, travel: FrozenTravel) -> RoutingContext:
    """Routing's view of a scenario with its frozen travel, with an empty cache."""
    places = scenario.geography.places
    return RoutingContext(
        scenario=scenario,
        travel=travel,
        index=travel.index,
        size=len(travel.place_ids),
        km_tenths=_flatten(travel.km_tenths),
        minutes=_flatten(travel.minutes),
        lines={line.id: line for line in scenario.fleet},
        receiving=_find_receiving_hours(scenario),
        boarding={place.id: (place.boards_from_min, place.boards_until_min) for place in places.values()},
        limits=scenario.limits,
        rules=scenario.policy.drivers,
        compiled=compile_rules(scenario.policy.drivers),
        cache=RoutingCache(),
    )


def _flatten(matrix: Any) -> memoryview:
    return np.ascontiguousarray(matrix, dtype=np.int32).reshape(-1).data


def _find_receiving_hours(scenario: Scenario) -> dict[str, tuple[int, int]]:
    """Hours by place: of several sites at one place the latest opening and the earliest closing bind."""
    hours: dict[str, tuple[int, int]] = {}
    for site in scenario.geography.sites.values():
        opens, closes = hours.get(site.place_id, (0, 1440))
        hours[site.place_id] = (max(opens, site.receives_from_min), min(closes, site.receives_until_min))
    return hours


def has_registered_end(
    context: RoutingContext, fleet_id: str, first_place_id: str, last_place_id: str
) -> bool:
    """True where the region a line is registered in contains the first or the last stop of a trip (C13).

    A line that names no region of registration is not bound.
    """
    geography = context.scenario.geography
    registered = context.lines[fleet_id].registered_region_id
    if not registered:
        return True
    ends = (geography.get_county(place_id) for place_id in (first_place_id, last_place_id))
    return any(registered == region.id for end in ends for region in geography.get_ancestors(end))
