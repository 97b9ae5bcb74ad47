"""What the lines of the fleet may do at most: room on a coach, dates on which coaches exist, where they may run."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from dispatch.batching.bound.skeletons import SkeletonSpace
from dispatch.model.geography import Tier
from dispatch.model.scenario import Scenario
from dispatch.model.supply import FleetLine
from dispatch.routing.capacity import coach_capacity
from dispatch.routing.drivers import MAX_DRIVERS

FloatArray = NDArray[np.float64]
#: Longest duty, in dates, that the price tables know; a longer one pays at least as much.
MOST_DATES = 30


class Fleets:
    """Most passengers and least scarcity of each fleet line; optimistic wherever the order of stops decides."""

    def __init__(self, scenario: Scenario, shared: Collection[str] = ()) -> None:
        self.scenario = scenario
        self.shared = frozenset(shared)
        self.lines: tuple[FleetLine, ...] = tuple(sorted(scenario.fleet, key=lambda line: line.id))
        self.last_day = (scenario.last_date - scenario.first_date).days
        self._room: dict[tuple[str, int, Tier, bool], FloatArray] = {}
        self._tiers: dict[tuple[str, int], Tier] = {}

    @cached_property
    def finite(self) -> tuple[int, ...]:
        """Positions of the lines of which there are not coaches without limit."""
        return tuple(i for i, line in enumerate(self.lines) if line.counts)

    @cached_property
    def limited(self) -> tuple[int, ...]:
        """Positions of the finite lines whose coaches are not shared at given prices (ids ``shared``)."""
        return tuple(i for i in self.finite if self.lines[i].id not in self.shared)

    def find_available(self, line: FleetLine, day: int) -> int | None:
        """Coaches of a line that may be out on a day; None = unlimited."""
        return line.find_available(self.scenario.first_date + timedelta(days=day))

    def get_tier(self, place_id: str, day: int) -> Tier:
        """Tier of a place's county on a day."""
        geography = self.scenario.geography
        county = geography.get_county(place_id)
        if (county, day) not in self._tiers:
            on = self.scenario.first_date + timedelta(days=day)
            self._tiers[county, day] = geography.get_tier(county, on)
        return self._tiers[county, day]

    def find_room(self, line: FleetLine, day: int, space: SkeletonSpace) -> FloatArray:
        """Most passengers by number of drivers (index 0 to 6) of any trip of a corridor on a service date.

        Every trip stops at a boarding place and at a gate, so its highest tier is at least the lowest of either; stops
        may fall on any of the days a trip can last. Not rising with the number of drivers.
        """
        tiers, kinds = self._find_cases(day, space)
        rooms = [self._get_room(line, day, tier, intercity) for tier in tiers for intercity in kinds]
        best: FloatArray = np.max(rooms, axis=0)
        return best

    def _find_cases(self, day: int, space: SkeletonSpace) -> tuple[list[Tier], list[bool]]:
        corridor, geography = space.corridor, self.scenario.geography
        span = range(day, day + 12)
        ranks = []
        prefectures = []
        for clusters in (corridor.boards, corridor.gates):
            places = [place for cluster in clusters for place in cluster]
            ranks.append({self.get_tier(place, at).rank for place in places for at in span})
            prefectures.append({geography.get_prefecture(geography.get_county(place)) for place in places})
        lowest, highest = max(min(ranks[0]), min(ranks[1])), max(ranks[0] | ranks[1])
        tiers = [tier for tier in Tier if lowest <= tier.rank <= highest]
        kinds = {a != b for a in prefectures[0] for b in prefectures[1]}
        return tiers, sorted(kinds)

    def _get_room(self, line: FleetLine, day: int, tier: Tier, intercity: bool) -> FloatArray:
        key = (line.type_id, day, tier, intercity)
        if key not in self._room:
            scenario = self.scenario
            rooms = [
                coach_capacity(
                    scenario.vehicle_types[line.type_id],
                    scenario.policy,
                    service_date=scenario.first_date + timedelta(days=day),
                    tier=tier,
                    intercity=intercity,
                    drivers=max(drivers, 1),
                    escorts=scenario.limits.escorts_per_coach,
                )[0]
                for drivers in range(MAX_DRIVERS + 1)
            ]
            self._room[key] = np.array(rooms, dtype=np.float64)
        return self._room[key]

    def find_best_room(self, line: FleetLine) -> int:
        """Most passengers of a coach of a line with one driver, on any day, at any tier, near or far."""
        return max(
            int(self._get_room(line, day, tier, intercity)[1])
            for day in range(-1, self.last_day + 2)
            for tier in self._known_tiers
            for intercity in (False, True)
        )

    @cached_property
    def _known_tiers(self) -> tuple[Tier, ...]:
        regions = self.scenario.geography.regions.values()
        return tuple(
            tier
            for tier in Tier
            if tier is Tier.LOW or any(dated.tier is tier for r in regions for dated in r.tiers)
        )

    def find_allowed(self, line: FleetLine, space: SkeletonSpace) -> NDArray[np.bool_] | None:
        """Skeletons a line may run by registration, local licence and number of origin counties; None = all of them.

        A rule counts only where it holds on every date of the horizon. A line without a registered region is free.
        """
        corridor, geography, policy = space.corridor, self.scenario.geography, self.scenario.policy
        dates = [self.scenario.first_date + timedelta(days=day) for day in range(self.last_day + 1)]
        allowed = np.ones((len(space.board_sets.members), len(space.gate_sets.members)), dtype=bool)
        if line.registered_region_id and all(
            policy.get_flag("registered_end_required", on, "bus") for on in dates
        ):
            ends = [
                np.array(
                    [
                        any(self._lies_in(place, line.registered_region_id) for place in cluster)
                        for cluster in clusters
                    ]
                )
                for clusters in (corridor.boards, corridor.gates)
            ]
            first = space.board_sets.inside @ ends[0] > 0
            last = space.gate_sets.inside @ ends[1] > 0
            allowed &= first[:, None] | last[None, :]
        if line.local_only:
            allowed &= self._find_local(space)
        most = max((policy.get_count("max_origin_counties", on, "bus", 1) for on in dates), default=1)
        counties = [{geography.get_county(place) for place in cluster} for cluster in corridor.boards]
        if all(len(found) == 1 for found in counties) and len(set.union(*counties)) > most:
            counts = np.array(
                [len(set.union(*(counties[i] for i in chosen))) for chosen in space.board_sets.members]
            )
            allowed &= (counts <= most)[:, None]
        return None if allowed.all() else allowed

    def _find_local(self, space: SkeletonSpace) -> NDArray[np.bool_]:
        """Skeletons that may begin and end in one prefecture."""
        geography = self.scenario.geography
        local = np.zeros((len(space.board_sets.members), len(space.gate_sets.members)), dtype=bool)
        found = [
            [
                {geography.get_prefecture(geography.get_county(place)) for place in cluster}
                for cluster in clusters
            ]
            for clusters in (space.corridor.boards, space.corridor.gates)
        ]
        for prefecture in set().union(*found[0]):
            first = space.board_sets.inside @ np.array([float(prefecture in each) for each in found[0]]) > 0
            last = space.gate_sets.inside @ np.array([float(prefecture in each) for each in found[1]]) > 0
            local |= first[:, None] & last[None, :]
        return local

    def _lies_in(self, place_id: str, region_id: str) -> bool:
        geography = self.scenario.geography
        return any(
            region.id == region_id for region in geography.get_ancestors(geography.get_county(place_id))
        )
